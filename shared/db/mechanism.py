"""Tables that every service's database has (log, cursors, jobs, idempotency …): the mechanism's, no service's."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import Table

from shared.db.base import ServiceBase, service_metadata

mechanism = service_metadata()


class MechanismBase(ServiceBase):
    """Base of the mechanism's own tables."""

    # They are tables and never anything else that one can select from: statements by Core want to know.
    __table__: ClassVar[Table]
    metadata = mechanism
