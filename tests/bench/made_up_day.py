"""Twenty thousand facts of reception, as a busy group leaves them in the log, and what they must come to in reporting.

Eight facts a visit: a person becomes known (personal: content stays home), the visit goes through its five states, and
two calls come in. Five of the eight move a roll-up, every one goes into headquarters' feed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from shared import clock, contracts
from shared.events.bus import Frame
from shared.events.envelope import encode_data
from shared.events.numbering import read_after
from shared.events.tables import EventLog
from shared.ids import uuid7
from tests.bench.stage import BRANCHES

_START = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
_DAYS = 7
_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
_STATES = (
    ("checked_in", "waiting", "checked_in_at"), ("called", "called", "called_at"), ("greeted", "called", "greeted_at"),
    ("serving_started", "serving", "serving_started_at"), ("completed", "done", "completed_at"),
)  # fmt: skip
_COLUMNS = (
    "event_id, type, subject, branch_id, version, time, correlation_id, traceparent, data, personal, position, previd,"
    " epoch"
)
assert set(_COLUMNS.split(", ")) <= set(EventLog.__table__.c.keys())


@dataclass(frozen=True)
class Fact:
    """One fact before it stands in a log."""

    id: str
    type: str
    subject: str
    branch: str
    version: int
    correlation_id: str
    data: str


def facts(count: int) -> list[Fact]:
    """The first ``count`` facts of the day, each checked against its contract."""
    made: list[Fact] = []
    for number in range(-(-count // 8)):
        made += _of_one_visit(number)
    return made[:count]


def expected(made: Sequence[Fact]) -> dict[str, int]:
    """What reporting must hold after these facts, counted without any of its code."""
    kinds = Counter(fact.type.removeprefix("reception.").removesuffix(".v1") for fact in made)
    return {
        "feed": len(made), "calls": kinds["call.logged"], "visits": kinds["visit.checked_in"],
        "visits_greeted": kinds["visit.greeted"], "greet_wait": kinds["visit.greeted"],
        "visits_completed": kinds["visit.completed"],
    }  # fmt: skip


def _of_one_visit(number: int) -> Iterator[Fact]:
    branch = BRANCHES[number % len(BRANCHES)]
    at = _START + timedelta(days=number % _DAYS, seconds=number * 7 % 32_000)
    day, visit, person = (at + timedelta(hours=8)).date().isoformat(), uuid7(), uuid7()
    phones = [f"+8613{number:09d}"]
    yield _fact("customer.registered", f"customer/{person}", branch, 1, {"customer_id": person, "phones": phones})
    times: dict[str, str] = {}
    for version, (name, status, time) in enumerate(_STATES, start=1):
        times[time] = clock.wire(at + timedelta(minutes=4 * (version - 1), microseconds=number))
        yield _fact(f"visit.{name}", f"visit/{visit}", branch, version, dict(
            visit_id=visit, branch=branch, status=status, customer_id=person, local_date=day, occurred_at=times[time],
            ticket=f"A{number % 1000:03d}", **times,
        ))  # fmt: skip
    for which in range(2):
        call = uuid7()
        yield _fact("call.logged", f"call/{call}", branch, 1, {
            "call_id": call, "branch": branch, "local_date": day, "occurred_at": clock.wire(at),
            "agent_id": f"agent-{number % 5}", "answered": (number + which) % 9 != 0, "imported": False,
            "external_id": f"{number}-{which}", "topic": ("booking", "price", "complaint")[number % 3],
        })  # fmt: skip


def _fact(kind: str, subject: str, branch: str, version: int, data: dict[str, Any]) -> Fact:
    type_ = f"reception.{kind}.v1"
    content = {**contracts.get(type_).example, **data}
    if kind == "call.logged" and not content["answered"]:
        content.update(answer_seconds=None, talk_seconds=None, rating=None, resolved=None)
    contracts.validate(type_, content)
    return Fact(uuid7(), type_, subject, branch, version, uuid7(), encode_data(content))


def write(connection: psycopg.Connection, made: Sequence[Fact], *, numbered: bool) -> None:
    """Put the facts behind what the log holds: committed and waiting for the relay, or numbered and told already."""
    now = clock.now()
    (base, previd), (epoch,) = _state(connection)
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy(f"COPY event_log ({_COLUMNS}) FROM STDIN") as copy:
            for place, fact in enumerate(made, start=base + 1):
                given = (place, previd, epoch) if numbered else (None, None, None)
                copy.write_row((
                    fact.id, fact.type, fact.subject, fact.branch, fact.version, now, fact.correlation_id, _TRACE,
                    fact.data, contracts.is_personal(fact.type), *given,
                ))  # fmt: skip
                previd = fact.id
        if numbered:
            cursor.execute("UPDATE log_counter SET position = %s, event_id = %s", [base + len(made), previd])


def head(connection: psycopg.Connection) -> int:
    """The last position given."""
    return _state(connection)[0][0]


def _state(connection: psycopg.Connection) -> tuple[Any, Any]:
    counter = connection.execute("SELECT position, event_id FROM log_counter WHERE name = 'head'").fetchone()
    return counter, connection.execute("SELECT epoch FROM epoch ORDER BY number DESC LIMIT 1").fetchone()


def frames(house: Any, after: int) -> list[Frame]:
    """What the relay would send of everything numbered after a position."""
    with house.reading("reception") as session:
        rows = read_after(session.connection(), "reception", after, 1_000_000)
    return [Frame(f"{row.branch}.{row.type}", row.encode(), row.id) for row in rows]
