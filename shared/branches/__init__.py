"""The branches of the group, as every service knows them: name, zone, hours, and the days that are not as others."""

from shared.branches.hours import (
    is_closing_day,
    is_makeup_workday,
    is_open,
    is_public_holiday,
    next_opening,
    open_intervals,
    public_holiday,
)
from shared.branches.queries import UnknownBranch, all_codes, get, known
from shared.branches.view import BranchView

__all__ = [
    "BranchView", "UnknownBranch", "all_codes", "get", "is_closing_day", "is_makeup_workday", "is_open",
    "is_public_holiday", "known", "next_opening", "open_intervals", "public_holiday",
]
