"""A handler added later: what it missed is given to it when the worker starts.

A projection whose set of types changed is read again from position 1. A reaction is given only the events of types
that nobody here heard when they passed; what was heard and acted on before stays as it was.
"""

from __future__ import annotations

from collections import defaultdict

import structlog
from sqlalchemy import delete, insert, select

from shared import clock
from shared.access import SYSTEM, acting_as
from shared.db import every_branch
from shared.events.applying import Applier
from shared.events.rebuild import PAGE, fingerprint, rebuild
from shared.events.tables import BuiltProjection, Cursor, UnheardType
from shared.runtime import Runtime

log = structlog.get_logger(__name__)
_built = BuiltProjection.__table__


def backfill(runtime: Runtime) -> None:
    """Bring handlers that are new since the last start up to date. SourceUnreachable when a source is away: try again
    later.
    """
    with every_branch(), runtime.database.reader() as session:
        cursors = dict(session.execute(select(Cursor.source, Cursor.position)).all())
        built = dict(session.execute(select(BuiltProjection.name, BuiltProjection.types)).all())
        missed: dict[str, dict[str, int]] = defaultdict(dict)
        for row in session.scalars(select(UnheardType)):
            if row.type in runtime.handlers.types:
                missed[row.source][row.type] = row.first_position
    behind = []
    for projection in runtime.handlers.projections.values():
        if built.get(projection.name) == fingerprint(projection):
            continue
        if any(cursors.get(source) for source in projection.sources):
            behind.append(projection.name)
        else:
            _remember(runtime, projection.name, fingerprint(projection))
    if behind:
        rebuild(runtime, *behind)
    for source, types in missed.items():
        _act_on_missed(runtime, source, types, cursors.get(source, 0))


def _remember(runtime: Runtime, name: str, types: str) -> None:
    with every_branch(), runtime.database.transaction() as session:
        session.execute(delete(_built).where(_built.c.name == name))
        session.execute(insert(_built), {"name": name, "types": types, "built_at": clock.now()})


def _act_on_missed(runtime: Runtime, source: str, types: dict[str, int], until: int) -> None:
    applier = Applier(runtime, source)
    position = min(types.values()) - 1
    while position < until:
        page = runtime.peers[source].page(position, PAGE)
        events = [e for e in page.events if e.position <= until]
        if not events:
            break
        with every_branch(), acting_as(SYSTEM), runtime.database.transaction() as session:
            applier.lock(session)
            applier.react(session, [e for e in events if e.type in types and e.data is not None])
        position = events[-1].position
    with every_branch(), runtime.database.transaction() as session:
        session.execute(delete(UnheardType).where(UnheardType.source == source, UnheardType.type.in_(types)))
    log.info("handlers.backfilled", service=runtime.service.name, source=source, types=sorted(types))
