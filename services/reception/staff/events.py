"""Facts about members of staff. Their content is personal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.reception.staff.model import Staff
from shared import clock
from shared.events import NewEvent


def _about(member: Staff, verb: str, branch: str, data: dict[str, Any]) -> NewEvent:
    return NewEvent(
        type=f"reception.staff.{verb}.v1", subject=f"staff/{member.id}", branch=branch, version=member.version,
        data={"staff_id": member.id, **data},
    )  # fmt: skip


def staff_joined(member: Staff, branch: str, roles: Sequence[str]) -> NewEvent:
    """A member of staff works in ``branch`` from now on."""
    told = {"branch": branch, "label": member.label, "user": member.user_name, "roles": sorted(roles)}
    return _about(member, "joined", branch, told)


def staff_changed(member: Staff, branch: str) -> NewEvent:
    """What they are called, or sign in as, is different."""
    return _about(member, "changed", branch, {"branch": branch, "label": member.label, "user": member.user_name})


def staff_access_changed(member: Staff, branch: str, access: Mapping[str, frozenset[str]]) -> NewEvent:
    """What they may do, in every branch, and whether they may at all."""
    told = [{"branch": at, "roles": sorted(roles)} for at, roles in sorted(access.items())]
    return _about(member, "access_changed", branch, {"disabled": member.disabled, "access": told})


def staff_left(member: Staff, branch: str, at: datetime) -> NewEvent:
    """They work here no longer."""
    return _about(member, "left", branch, {"branch": branch, "at": clock.wire(at)})
