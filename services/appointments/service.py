"""Appointments: what it consists of and whom it hears."""

from __future__ import annotations

from services.appointments.base import Base
from services.appointments.permissions import PERMISSIONS
from shared.service import Service

SERVICE = Service(
    name="appointments",
    title={"zh": "预约与维修进度", "en": "Appointments"},
    base=Base,
    capabilities=("arrivals", "repair_orders"),
    hears=("reception",),
    # No personal family: an order knows its customer and car by id only.
    personal={},
    permissions=PERMISSIONS,
)
