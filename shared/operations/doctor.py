"""``yingbin <service> doctor``: look at everything a service stands on and say what is wrong, in words that help."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy import func, select, text

from shared import clock
from shared.db import database_now, every_branch
from shared.events.relay import LOCK_KEY
from shared.events.tables import Cursor, OrphanRange
from shared.operations.health import readiness
from shared.runtime import Runtime

_OLDEST_SECONDS = 60
_MOST_BEHIND = 1000
_CLOCK_SECONDS = 2.0
_HELD_SQLITE = (
    "SELECT count(*) FROM relay_lease WHERE holder IS NOT NULL AND :key IS NOT NULL"
    " AND until > (julianday('now') - 2440587.5) * 86400.0"
)
_HELD_POSTGRESQL = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = CAST(:key AS bigint)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Finding(NamedTuple):
    """One thing looked at."""

    what: str
    well: bool
    detail: str
    # What to do about it, as one types it.
    advice: str = ""


def examine(here: Runtime) -> Iterator[Finding]:
    """Everything, one after the other; what cannot even be looked at is a finding too."""
    reachable = True
    for what, look in _LOOKS.items():
        if what in _NEED_THE_DATABASE and not reachable:
            # Said once is enough.
            continue
        try:
            for finding in look(here):
                reachable = reachable and (finding.what not in ("database", "migrations") or finding.well)
                yield finding
        except Exception as error:
            yield Finding(what, False, f"could not be looked at: {type(error).__name__}", "look at the database first")


def _database(here: Runtime) -> Iterator[Finding]:
    state = readiness(here)
    name = here.service.name
    address = f"is it up, and YINGBIN_{name.upper()}_DATABASE_URL right?"
    if here.database.dialect == "sqlite":
        address = "is DATA_DIR right? The first start makes the file; a lost one comes back by yingbin restore"
    yield Finding("database", state["database"] == "ok", state["database"], address)
    yield Finding("migrations", state["migrations"] == "ok", state["migrations"], f"yingbin {name} migrate")
    here.database.check()
    yield Finding("file", True, "reads through" if here.database.dialect == "sqlite" else "PostgreSQL's own business")


def _log(here: Runtime) -> Iterator[Finding]:
    from shared.events.metrics import flow

    state = flow(here)
    age = state["oldest_age_seconds"]
    behind = state["unnumbered"] + state["unpublished"]
    name = here.service.name
    yield Finding(
        "log",
        age < _OLDEST_SECONDS,
        f"head {state['head']}, {behind} not published, the oldest for {age:.0f} s",
        f"is the bus up, and yingbin {name} worker running? Facts travel by the feeds meanwhile, only slower",
    )
    parked = sum(state["parked"].values())
    reasons = ", ".join(f"{count} {reason}" for reason, count in state["parked"].items())
    yield Finding(
        "parked", not parked, reasons or "none",
        f"yingbin {name} parked list; after the repair: yingbin {name} parked retry --all",
    )  # fmt: skip


def _relay(here: Runtime) -> Iterator[Finding]:
    """Somebody must hold the log's lock, or nothing that happens here is told to anybody."""
    held = _HELD_POSTGRESQL if here.database.dialect == "postgresql" else _HELD_SQLITE
    with every_branch(), here.database.reader() as session:
        alive = bool(session.execute(text(held), {"key": LOCK_KEY}).scalar_one())
    said = "numbers the log" if alive else "nobody numbers the log: what happens stays here"
    yield Finding("relay", alive, said, f"start the product (yingbin local, or yingbin {here.service.name} worker)")


def _jobs(here: Runtime) -> Iterator[Finding]:
    from shared import jobs

    with every_branch(), here.database.reader() as session:
        found = jobs.backlog(session, database_now(session))
    name = here.service.name
    late = found["due"] and found["oldest_seconds"] > _OLDEST_SECONDS
    yield Finding(
        "jobs", not late, f"{found['due']} due, the oldest for {found['oldest_seconds']:.0f} s",
        f"is yingbin {name} worker running? Its log says which job takes so long",
    )  # fmt: skip
    yield Finding("jobs given up", not found["failed"], f"{found['failed']}", f"their errors stand in {name}'s log")


def _clock(here: Runtime) -> Iterator[Finding]:
    if here.database.dialect != "postgresql":
        return
    with every_branch(), here.database.reader() as session:
        apart = abs((database_now(session) - clock.now()).total_seconds())
    advice = "set both clocks by NTP: tokens and leases go by them"
    yield Finding("clock", apart < _CLOCK_SECONDS, f"{apart:.1f} s apart from the database's", advice)


def _files(here: Runtime) -> Iterator[Finding]:
    """Photos and imports need a place; the place is tried, not believed."""
    folder = here.environment.data_dir / "files" / here.service.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as tried:
            tried.write(b"yingbin")
            tried.flush()
        yield Finding("files", True, f"{folder} takes files")
    except OSError as error:
        advice = "free space there, or give it to the product's user"
        yield Finding("files", False, f"{folder}: {error.strerror}", advice)


def _bus(here: Runtime) -> Iterator[Finding]:
    from shared.events import bus

    if here.environment.bus_url.startswith("memory:"):
        yield Finding("bus", True, "inside this process")
        return
    connection = bus.connect(here.environment.bus_url)
    try:
        channel = connection.channel()
        yield Finding("bus", True, "answers")
        try:
            bus.declare_exchange(channel)
            yield Finding("exchange", True, f"{bus.EXCHANGE} is there")
        except bus.BROKER_ERRORS:
            # A service may not make it, on purpose: it belongs to the broker's definitions.
            advice = "load deploy/rabbitmq/definitions.json into the broker again"
            yield Finding("exchange", False, f"{bus.EXCHANGE} is missing", advice)
    except bus.BROKER_ERRORS as error:
        yield Finding("bus", False, f"{type(error).__name__}: facts travel by the feeds meanwhile",
                      "start RabbitMQ, or correct the user and password in the bus address")  # fmt: skip
    finally:
        bus.collect(connection)


def _locks(here: Runtime) -> Iterator[Finding]:
    """PostgreSQL's second lock between branches: row security on their tables, roles that cannot pass it."""
    from shared.db import mechanism
    from shared.db.row_security import unsecured

    database = here.database
    if database.dialect != "postgresql":
        return
    roles = database.url.username or "", (database.group_url.username if database.group_url else None) or ""
    with every_branch(), database.reader() as session:
        wrong = unsecured(session.connection(), (mechanism, here.service.base.metadata), *roles)
    advice = f"yingbin {here.service.name} migrate puts policies and rights in order"
    yield Finding("row security", not wrong, "; ".join(wrong)[:300] or "every branch behind its own lock", advice)


def _feeds(here: Runtime) -> Iterator[Finding]:
    """Each source answers, and what it has is applied here."""
    with every_branch(), here.database.reader() as session:
        heard = {cursor.source: cursor.position for cursor in session.scalars(select(Cursor))}
        orphans = session.execute(select(func.count()).select_from(OrphanRange)).scalar_one()
    name = here.service.name
    for source in here.service.hears:
        peer = here.peers.get(source)
        if peer is None:
            yield Finding(f"feed of {source}", False, "no address", f"set YINGBIN_{source.upper()}_FEED_URL")
            continue
        try:
            with every_branch():
                head = peer.page(0, 1).head
        except Exception as error:
            yield Finding(
                f"feed of {source}", False, f"{type(error).__name__} {error}"[:120],
                f"is {source} running, and may the key of {name} read it?",
            )  # fmt: skip
            continue
        behind = head - heard.get(source, 0)
        yield Finding(f"feed of {source}", True, f"answers, head {head}")
        advice = f"a restored {source} is being reconciled, or yingbin {name} worker does not run"
        yield Finding(f"lag behind {source}", 0 <= behind < _MOST_BEHIND, f"{behind} events", advice)
    yield Finding("orphans", True, f"{orphans} ranges that a restored source no longer knows" if orphans else "none")


def _secrets(here: Runtime) -> Iterator[Finding]:
    from shared.access.signing import ISSUING_SERVICE

    path = here.environment.signing_keys_file
    if here.service.name == ISSUING_SERVICE:
        own = path.exists() and not stat.S_IMODE(path.stat().st_mode) & 0o077
        said = "readable by the owner alone" if own else "missing, or readable by others"
        yield Finding("signing keys", own, f"{path}: {said}", f"restore it from a backup, or chmod 600 {path}")


_NEED_THE_DATABASE = frozenset({"row security", "clock", "log", "relay", "feeds", "jobs"})
_LOOKS: dict[str, Callable[[Runtime], Iterator[Finding]]] = {
    "database": _database, "row security": _locks, "clock": _clock, "log": _log, "relay": _relay, "bus": _bus,
    "feeds": _feeds, "jobs": _jobs, "files": _files, "secrets": _secrets,
}  # fmt: skip
