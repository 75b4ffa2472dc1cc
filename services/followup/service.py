"""Followup: what it consists of and whom it hears."""

from __future__ import annotations

from services.followup.base import Base
from services.followup.permissions import PERMISSIONS
from shared.service import Service

SERVICE = Service(
    name="followup",
    title={"zh": "回访与客户关怀", "en": "Follow-up"},
    base=Base,
    capabilities=("contacts", "call_backs"),
    hears=("reception", "appointments"),
    # Whom to call and about which car, and what the colleague is called who called before.
    personal={"reception": frozenset({"customer", "vehicle", "staff"})},
    permissions=PERMISSIONS,
)
