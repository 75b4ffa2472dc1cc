"""The tables of appointments."""

from __future__ import annotations

from shared.db import ServiceBase, service_metadata


class Base(ServiceBase):
    """Parent of appointments' models."""

    metadata = service_metadata()
