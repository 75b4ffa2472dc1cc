"""Repair orders and the ledger of promised times (P4.1, P5.1, P5.3)."""
