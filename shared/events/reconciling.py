"""A source whose log was restored from a backup lives a new epoch: what we applied beyond its base never happened
there.

Such positions are listed for people (orphans), the cursor goes back to the base, projections are rebuilt; reactions
remember what they acted on and do not act twice.
"""

from __future__ import annotations

import structlog
from sqlalchemy import delete, insert

from shared import clock
from shared.db import every_branch
from shared.events import parking
from shared.events.applying import Applier
from shared.events.pull import AheadOfSource, FeedClient
from shared.events.rebuild import rebuild_projections_of
from shared.events.tables import Attempt, OrphanRange, Parked
from shared.runtime import Runtime

log = structlog.get_logger(__name__)


def base_for(epochs: list[tuple[str, int]], ours: str | None, position: int, head: int) -> int:
    """The last position that we and the source have in common, from its epochs and the epoch of our cursor."""
    names = [epoch for epoch, _ in epochs]
    if ours is None or position == 0:
        return 0
    if ours not in names:
        return 0
    index = names.index(ours)
    later = [base for _, base in epochs[index + 1 :]]
    # Restored twice: the earliest base after ours is what is left of what we know.
    return min([position, head, *later])


def reconcile(runtime: Runtime, applier: Applier, feed: FeedClient) -> None:
    """Bring the cursor in line with the source's present life. Harmless when nothing has changed."""
    with every_branch(), runtime.database.reader() as session:
        cursor = applier.peek(session)
        position, ours, last_id = cursor.position, cursor.epoch, cursor.last_id
    try:
        page = feed.page(position, 1)
        epochs, head = page.epochs, page.head
        broken = bool(page.events) and page.events[0].previd != last_id
    except AheadOfSource as ahead:
        epochs, head, broken = ahead.epochs, ahead.head, False
    base = base_for(epochs, ours, position, head)
    applier.old_epochs = {epoch for epoch, _ in epochs}
    if base == position and not broken:
        return
    if base == position:
        # Same epoch, other ids: the log was exchanged without saying so. Only its beginning can be trusted.
        base = 0
    before = feed.page(base - 1, 1).events[0] if base else None
    with every_branch(), runtime.database.transaction() as session:
        cursor = applier.lock(session)
        if cursor.position != position:
            return
        session.execute(
            insert(OrphanRange.__table__),
            {
                "source": applier.source,
                "epoch": ours,
                "first_position": base + 1,
                "last_position": position,
                "found_at": clock.now(),
            },
        )
        session.execute(
            delete(Parked.__table__).where(
                Parked.__table__.c.source == applier.source, Parked.__table__.c.position > base
            )
        )
        session.execute(delete(Attempt.__table__).where(Attempt.__table__.c.source == applier.source))
        cursor.position, cursor.last_id, cursor.epoch = (
            base,
            before.id if before else None,
            before.epoch if before else None,
        )
        session.flush()
        parking.recount(session, applier.source)
    log.error(
        "source.new_epoch", service=runtime.service.name, source=applier.source, base=base, orphans=position - base
    )
    rebuild_projections_of(runtime, applier.source)
