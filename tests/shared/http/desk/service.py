"""A service with one capability that uses everything shared.http and shared.access offer, for their tests."""

from __future__ import annotations

from shared.db import ServiceBase, service_metadata
from shared.service import Service


class Base(ServiceBase):
    metadata = service_metadata()


SERVICE = Service(
    name="desk",
    title={"zh": "柜台", "en": "Desk"},
    base=Base,
    capabilities=("notes",),
    permissions={
        "notes.write": frozenset({"kiosk", "clerk"}),
        "notes.read": frozenset({"clerk"}),
        "settings.change": frozenset({"clerk"}),
    },
    package="tests.shared.http.desk",
)
