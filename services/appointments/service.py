"""Appointments: what it consists of and whom it hears."""

from __future__ import annotations

from services.appointments.base import Base
from services.appointments.permissions import PERMISSIONS
from shared.service import Service

SERVICE = Service(
    name="appointments",
    title={"zh": "预约与维修进度", "en": "Appointments"},
    base=Base,
    capabilities=("people", "arrivals", "repair_orders"),
    hears=("reception",),
    # Orders know customer and car by id; whoever works on them is shown a name and a plate. No phone is kept here.
    personal={"reception": frozenset({"customer", "vehicle", "staff"})},
    permissions=PERMISSIONS,
)
