"""Every environment variable that means something: its type, its default and what it does. What is not here is refused.

One file may serve all services, so each service knows the names of all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from shared.service import names

PREFIX = "YINGBIN_"
MODES = ("demo", "real")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class Variable:
    """One variable. ``type`` and ``default`` are for people; a ``secret`` is never shown, and has a ``_FILE`` twin."""

    name: str
    type: str
    default: str
    says: str
    secret: bool = False


# Without our prefix: names that hosts and their tools already know.
_PLAIN = (
    Variable("DATA_DIR", "folder", "var", "everything this installation writes"),
    Variable("PORT", "1…65535", "8000", "the port to listen on"),
    Variable("WEB_CONCURRENCY", "number", "2", "web processes of one service (`yingbin <service> web`)"),
    Variable("PROMETHEUS_MULTIPROC_DIR", "folder", "(a temporary one)", "where a service's processes add up"),
)
_OURS = (
    Variable("MODE", " | ".join(MODES), "real", "demo: an invented group with known passwords, on loopback only"),
    Variable("BIND", "address", "127.0.0.1", "the address to listen on"),
    Variable("LAN", "0 | 1", "0", "one process: serve the local network over https with a certificate of our own"),
    Variable("BUS_URL", "amqp://…", "memory://", "RabbitMQ for services that name none of their own", secret=True),
    Variable("SIGNING_KEYS_FILE", "file", "DATA_DIR/secrets/signing-keys.json", "the keys that sign staff tokens"),
    Variable("BUILD", "text", "dev", "which build this is, for /version and metrics"),
    Variable("THREADS", "1…256", "16 (web: 8)", "request threads of a process; its database pool is as large"),
    Variable("LOG_LEVEL", " | ".join(LEVELS), "INFO", "INFO and DEBUG write a line for each request"),
    Variable("TRUSTED_HOSTS", "names, with commas", "(any)", "Host headers that are answered; all others get 400"),
    Variable("DRAIN_SECONDS", "0…30", "1", "after TERM, how long /readyz says 503 before the door is shut"),
)
_OF_A_SERVICE = (
    Variable("DATABASE_URL", "postgresql://…", "sqlite in DATA_DIR", "its database, as the role of one branch", True),
    Variable("GROUP_DATABASE_URL", "postgresql://…", "(none)", "the same as the role of all branches", True),
    Variable("OWNER_DATABASE_URL", "postgresql://…", "DATABASE_URL", "the same as the tables' owner", True),
    Variable("BUS_URL", "amqp://…", "YINGBIN_BUS_URL", "RabbitMQ, as this service", True),
    Variable("FEED_URL", "http(s)://…", "(this very process)", "where others read its feed"),
)  # fmt: skip


@lru_cache(maxsize=1)
def variables() -> Mapping[str, Variable]:
    """Every variable by its full name, ``<NAME>_FILE`` twins left out."""
    found = list(_PLAIN)
    found += [Variable(PREFIX + v.name, v.type, v.default, v.says, v.secret) for v in _OURS]
    for service in names():
        own = f"{PREFIX}{service.upper()}_"
        found += [Variable(own + v.name, v.type, v.default, f"{service}: {v.says}", v.secret) for v in _OF_A_SERVICE]
        for source in names():
            says = f"{service}: the key by which it reads {source}'s feed"
            found.append(Variable(f"{own}KEY_FOR_{source.upper()}", "key", "from DATA_DIR/secrets", says, True))
    return {variable.name: variable for variable in found}


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Every name of ours that may be set."""
    ours = [variable for variable in variables().values() if variable.name.startswith(PREFIX)]
    return frozenset({v.name for v in ours} | {f"{v.name}_FILE" for v in ours if v.secret})


def explain(given: Mapping[str, str]) -> list[tuple[Variable, str, str]]:
    """(variable, value, where it came from) of every one: ``environment``, ``file <path>`` or ``default``.

    A secret's value is only said to be there: what an operator pastes into a ticket must not open a door.
    """
    found = []
    for name, variable in variables().items():
        direct, file = given.get(name, "").strip(), given.get(f"{name}_FILE", "").strip() if variable.secret else ""
        if direct:
            found.append((variable, "•••" if variable.secret else direct, "environment"))
        elif file:
            found.append((variable, "•••", f"file {file}"))
        else:
            found.append((variable, variable.default, "default"))
    return found
