"""The tables of reporting."""

from __future__ import annotations

from shared.db import ServiceBase, service_metadata


class Base(ServiceBase):
    """Parent of reporting's models."""

    metadata = service_metadata()
