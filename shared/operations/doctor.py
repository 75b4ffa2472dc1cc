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

    url = here.environment.bus_url
    if url.startswith("memory:"):
        yield Finding("bus", True, "inside this process")
        return
    look: Callable[[str], str | None] | None = getattr(bus, "look", None)
    trouble = look(url) if look else None
    yield Finding("bus", trouble is None, trouble or "reachable")


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


_LOOKS: dict[str, Callable[[Runtime], Iterator[Finding]]] = {
    "database": _database, "log": _log, "bus": _bus, "feeds": _feeds, "secrets": _secrets,
}  # fmt: skip
