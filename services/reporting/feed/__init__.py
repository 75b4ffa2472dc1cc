"""Headquarters' feed: everything that happened in all services, in one order, for good (T6.1)."""

from services.reporting.feed.queries import Fact, facts_that_say, first_at_or_after

__all__ = ["Fact", "facts_that_say", "first_at_or_after"]
