"""Facts about kiosks."""

from __future__ import annotations

from shared.events import NewEvent


def kiosk_enrolled(kiosk_id: str, branch: str, label: str) -> NewEvent:
    """A kiosk was bound to a branch."""
    return _told("enrolled", kiosk_id, branch, label, version=1)


def kiosk_revoked(kiosk_id: str, branch: str, label: str) -> NewEvent:
    """A kiosk lost its access, for good."""
    return _told("revoked", kiosk_id, branch, label, version=2)


def _told(name: str, kiosk_id: str, branch: str, label: str, version: int) -> NewEvent:
    return NewEvent(
        type=f"reception.kiosk.{name}.v1",
        subject=f"kiosk/{kiosk_id}",
        branch=branch,
        version=version,
        data={"kiosk_id": kiosk_id, "branch": branch, "label": label},
    )
