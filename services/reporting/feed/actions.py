"""The feed's only writer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from services.reporting.feed.model import FeedCounter, FeedEpoch
from services.reporting.feed.queries import own_epoch
from shared.access import action
from shared.events import Event

_counter: Any = FeedCounter.__table__
_epochs: Any = FeedEpoch.__table__
_lock = (
    select(_counter.c.position, _counter.c.epoch, own_epoch()).where(_counter.c.id == 1).with_for_update(of=_counter)
)

_COLUMNS = "position, branch_id, source, epoch, source_position, type, event_id, envelope"
_SQLITE = f"INSERT INTO feed_entry ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
# One statement a batch: each event pays for it, and eight parameters an event would cost more than all the rest.
# No separator can stand inside a value: JSON has no bare control character, and the others are checked by the envelope.
_POSTGRESQL = f"""
    INSERT INTO feed_entry ({_COLUMNS})
    SELECT e.nth + %s, e.branch_id, e.source, e.epoch, e.source_position, e.type, e.event_id, e.envelope
    FROM unnest(string_to_array(%s, ','), string_to_array(%s, ','), string_to_array(%s, ','),
                string_to_array(%s, ',')::bigint[], string_to_array(%s, ','), string_to_array(%s, ','),
                string_to_array(%s, E'\\x1e'))
         WITH ORDINALITY AS e (branch_id, source, epoch, source_position, type, event_id, envelope, nth)
"""  # noqa: S608 - constants


@action("feed.append")
def append(session: Session, events: Sequence[Event]) -> None:
    """Give each event the next position and keep it, in the caller's transaction (T6.1).

    Called by the consumer alone, inside the transaction that moves its cursor. IntegrityError: an event stands here
    already.
    """
    if not events:
        return
    head = _locked_head(session)
    columns = zip(*[(e.branch, e.source, e.epoch, str(e.position), e.type, e.id, e.wire) for e in events], strict=True)
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        *plain, envelopes = columns
        connection.exec_driver_sql(_POSTGRESQL, (head, *map(",".join, plain), "\x1e".join(envelopes)))
    else:
        connection.exec_driver_sql(_SQLITE, list(zip(range(head + 1, head + 1 + len(events)), *columns, strict=True)))
    session.execute(update(_counter).where(_counter.c.id == 1).values(position=head + len(events)))


def _locked_head(session: Session) -> int:
    """The last position given, with the counter locked until the transaction ends."""
    row = session.execute(_lock).first()
    if row is None:
        # The first event ever. Of two sources at this instant the second waits here for the first.
        session.execute(text("INSERT INTO feed_counter (id, position) VALUES (1, 0) ON CONFLICT DO NOTHING"))
        row = session.execute(_lock).one()
    head, epoch, now = row
    if now is not None and now != epoch:
        number = (session.scalar(select(func.max(_epochs.c.number))) or 0) + 1
        session.execute(insert(_epochs).values(number=number, epoch=now, after_position=head))
        session.execute(update(_counter).where(_counter.c.id == 1).values(epoch=now))
    return head
