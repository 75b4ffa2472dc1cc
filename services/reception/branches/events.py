"""What the other services keep of a branch: all of it, each time."""

from __future__ import annotations

from shared.branches import BranchView
from shared.events import GROUP, NewEvent


def branch_opened(view: BranchView) -> NewEvent:
    """A branch exists from now on."""
    return _told("opened", view)


def branch_changed(view: BranchView) -> NewEvent:
    """Its name, hours, zone or closures are different from now on."""
    return _told("changed", view)


def _told(name: str, view: BranchView) -> NewEvent:
    # Every service keeps every branch, so the fact belongs to the group.
    return NewEvent(
        type=f"reception.branch.{name}.v1", subject=f"branch/{view.code}", branch=GROUP, version=view.version,
        data=view.payload()
    )
