"""Telephone calls (R3.1): logged by hand, by a telephone system, or from its list."""
