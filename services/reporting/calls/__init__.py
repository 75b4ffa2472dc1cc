"""The hotline's figures per agent, day and topic (R3.1, T1.1)."""

from services.reporting.calls.queries import totals_by_branch, totals_of_day

__all__ = ["totals_by_branch", "totals_of_day"]
