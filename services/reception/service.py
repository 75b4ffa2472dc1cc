"""Reception: what it consists of and whom it hears."""

from __future__ import annotations

from services.reception.base import Base
from services.reception.permissions import PERMISSIONS
from shared.service import Service

SERVICE = Service(
    name="reception",
    title={"zh": "前台", "en": "Reception"},
    base=Base,
    capabilities=("branches", "staff", "customers", "kiosks", "visits", "calls"),
    # Nobody else's facts change anything here yet.
    hears=(),
    permissions=PERMISSIONS,
)
