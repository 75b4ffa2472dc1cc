"""``yingbin <service> doctor``: look at everything a service stands on and say what is wrong, in words that help."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from typing import NamedTuple

from shared.db import every_branch
from shared.operations.health import readiness
from shared.runtime import Runtime

_OLDEST_SECONDS = 60


class Finding(NamedTuple):
    """One thing looked at."""

    what: str
    well: bool
    detail: str


def examine(here: Runtime) -> Iterator[Finding]:
    """Everything, one after the other; what cannot even be looked at is a finding too."""
    for what, look in _LOOKS.items():
        try:
            yield from look(here)
        except Exception as error:
            yield Finding(what, False, f"could not be looked at: {type(error).__name__}")


def _database(here: Runtime) -> Iterator[Finding]:
    state = readiness(here)
    yield Finding("database", state["database"] == "ok", state["database"])
    yield Finding(
        "migrations",
        state["migrations"] == "ok",
        f"{state['migrations']}; `yingbin {here.service.name} migrate` brings them",
    )
    here.database.check()
    yield Finding("file", True, "reads through" if here.database.dialect == "sqlite" else "PostgreSQL's own business")


def _log(here: Runtime) -> Iterator[Finding]:
    from shared.events.metrics import flow

    state = flow(here)
    age = state["oldest_age_seconds"]
    behind = state["unnumbered"] + state["unpublished"]
    yield Finding(
        "log", age < _OLDEST_SECONDS, f"head {state['head']}, {behind} not published, the oldest for {age:.0f} s"
    )
    parked = sum(state["parked"].values())
    reasons = ", ".join(f"{count} {reason}" for reason, count in state["parked"].items())
    yield Finding("parked", not parked, reasons or "none")


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
            yield Finding("exchange", False, f"{bus.EXCHANGE} is missing: load the broker's definitions.json again")
    except bus.BROKER_ERRORS as error:
        yield Finding("bus", False, f"{type(error).__name__}: facts travel by the feeds meanwhile")
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
    yield Finding("row security", not wrong, "; ".join(wrong)[:300] or "every branch behind its own lock")


def _feeds(here: Runtime) -> Iterator[Finding]:
    with every_branch():
        for source in here.service.hears:
            peer = here.peers.get(source)
            if peer is None:
                yield Finding(f"feed of {source}", False, "no address")
                continue
            try:
                yield Finding(f"feed of {source}", True, f"answers, head {peer.page(0, 1).head}")
            except Exception as error:
                yield Finding(f"feed of {source}", False, f"{type(error).__name__} {error}"[:120])


def _secrets(here: Runtime) -> Iterator[Finding]:
    from shared.access.signing import ISSUING_SERVICE

    path = here.environment.signing_keys_file
    if here.service.name == ISSUING_SERVICE:
        own = path.exists() and not stat.S_IMODE(path.stat().st_mode) & 0o077
        yield Finding(
            "signing keys", own, f"{path}: {'readable by the owner alone' if own else 'missing, or readable by others'}"
        )


def _jobs(here: Runtime) -> Iterator[Finding]:
    from shared.jobs.metrics import overdue

    found = overdue(here)
    late = found["oldest_seconds"] >= _OLDEST_SECONDS
    said = f"{found['due']:.0f} due, the oldest for {found['oldest_seconds']:.0f} s"
    yield Finding("jobs", not late, f"{said}: is a worker running?" if late else said)


_LOOKS: dict[str, Callable[[Runtime], Iterator[Finding]]] = {
    "database": _database, "row security": _locks, "log": _log, "jobs": _jobs, "bus": _bus,
    "feeds": _feeds, "secrets": _secrets,
}  # fmt: skip
