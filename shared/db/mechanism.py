"""Tables that every service's database has (log, cursors, jobs, idempotency …): the mechanism's, no service's."""

from __future__ import annotations

from shared.db.base import ServiceBase, service_metadata

mechanism = service_metadata()


class MechanismBase(ServiceBase):
    """Base of the mechanism's own tables."""

    metadata = mechanism
