"""Tables that every service's database has: log, cursors, jobs, idempotency … They belong to the mechanism, not to a service."""

from __future__ import annotations

from shared.db.base import ServiceBase, service_metadata

mechanism = service_metadata()


class MechanismBase(ServiceBase):
    """Base of the mechanism's own tables."""

    metadata = mechanism
