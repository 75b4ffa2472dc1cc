"""The tables of reception hang on this base; its metadata is what reception's migrations are held against."""

from __future__ import annotations

from shared.db import ServiceBase, service_metadata


class Base(ServiceBase):
    """Parent of every table of reception."""

    metadata = service_metadata()
