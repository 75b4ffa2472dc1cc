"""Facts about members of staff. Their content is personal."""

from __future__ import annotations

from collections.abc import Sequence

from services.reception.staff.model import Staff
from shared.events import NewEvent


def staff_joined(member: Staff, branch: str, roles: Sequence[str]) -> NewEvent:
    """A member of staff works in ``branch`` from now on."""
    return NewEvent(
        type="reception.staff.joined.v1",
        subject=f"staff/{member.id}",
        branch=branch,
        version=member.version,
        data={
            "staff_id": member.id,
            "branch": branch,
            "label": member.label,
            "user": member.user_name,
            "roles": sorted(roles),
        },
    )
