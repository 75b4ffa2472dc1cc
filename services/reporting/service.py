"""Reporting: what it consists of and whom it hears."""

from __future__ import annotations

from services.reporting.base import Base
from services.reporting.permissions import PERMISSIONS
from shared.service import Service

SERVICE = Service(
    name="reporting",
    title={"zh": "报表", "en": "Reporting"},
    base=Base,
    capabilities=("feed", "kpis", "figures", "calls", "staff_labels"),
    # Its own log too: headquarters' feed is everything that happened, also here.
    hears=("reception", "appointments", "followup", "reporting"),
    # Labels of staff for the rows of a report; nothing else that is personal ever comes here.
    personal={"reception": frozenset({"staff"})},
    permissions=PERMISSIONS,
)
