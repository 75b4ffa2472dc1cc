"""The people who work here. Other capabilities ask who works in a branch through what is named here."""

from services.reception.staff.actions import ensure_agent, join
from services.reception.staff.queries import labels, works_here

__all__ = ["ensure_agent", "join", "labels", "works_here"]
