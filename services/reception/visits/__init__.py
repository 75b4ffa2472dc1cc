"""Visitors: checking in, the line, being called, greeted and served."""
