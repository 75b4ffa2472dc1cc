"""Facts about kiosks."""

from __future__ import annotations

from services.reception.kiosks.model import Kiosk
from shared.events import NewEvent


def kiosk_enrolled(kiosk: Kiosk) -> NewEvent:
    """A kiosk was bound to a branch."""
    return _told("enrolled", kiosk)


def kiosk_renamed(kiosk: Kiosk) -> NewEvent:
    """People call it something else from now on."""
    return _told("renamed", kiosk)


def kiosk_revoked(kiosk: Kiosk) -> NewEvent:
    """A kiosk lost its access, for good."""
    return _told("revoked", kiosk)


def _told(name: str, kiosk: Kiosk) -> NewEvent:
    return NewEvent(
        type=f"reception.kiosk.{name}.v1",
        subject=f"kiosk/{kiosk.id}",
        branch=kiosk.branch_id,
        version=kiosk.version,
        data={"kiosk_id": kiosk.id, "branch": kiosk.branch_id, "label": kiosk.label},
    )
