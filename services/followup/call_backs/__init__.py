"""Calls to customers whose car was handed over (F1.1, F1.2, F1.3)."""
