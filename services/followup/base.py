"""The tables of followup."""

from __future__ import annotations

from shared.db import ServiceBase, service_metadata


class Base(ServiceBase):
    """Parent of followup's models."""

    metadata = service_metadata()
