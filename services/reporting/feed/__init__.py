"""Headquarters' feed: everything that happened in all services, in one order, for good (T6.1)."""
