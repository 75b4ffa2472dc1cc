"""What a process is told from outside: addresses, keys, mode. Read once at start; a wrong variable stops it."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shared.service import names
from shared.settings.variables import LEVELS, MODES, PREFIX, known

# The kit and the bench keep notes for themselves under this prefix; services do not read it.
IGNORED = "YINGBIN_TEST_"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# What guides, images and our own examples use: whoever kept one of them has no password.
_WELL_KNOWN = frozenset(
    {"…", "admin", "changeme", "change-me", "guest", "password", "placeholder", "postgres", "root", "secret"}
)


class BadEnvironment(ValueError):
    """The environment cannot be served from; the message names the variable, never its value."""


@dataclass(frozen=True)
class Environment:
    """The settings of one process. ``feed_urls`` and ``service_keys`` are per source."""

    service: str
    mode: str
    data_dir: Path
    port: int
    database_url: str = field(repr=False)
    group_database_url: str | None = field(repr=False)
    owner_database_url: str | None = field(repr=False)
    bus_url: str = field(repr=False)
    signing_keys_file: Path
    feed_urls: Mapping[str, str] = field(default_factory=dict)
    service_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    build: str = "dev"
    threads: int = 16
    log_level: str = "INFO"
    trusted_hosts: tuple[str, ...] = ()
    # Where gunicorn listens; its configuration reads the same variable.
    bind: str = "127.0.0.1"
    # One process serves the local network over https (deploy/local/lan.py).
    lan: bool = False
    drain_seconds: int = 1

    @property
    def demo(self) -> bool:
        """Invented data, printed passwords, loopback only unless LAN is asked for."""
        return self.mode == "demo"

    @classmethod
    def read(cls, service: str, variables: Mapping[str, str] | None = None) -> Environment:
        """The environment of ``service``, from ``variables`` or the process; BadEnvironment."""
        given = _Variables(os.environ if variables is None else variables)
        given.refuse_unknown()
        mode = given.choice(f"{PREFIX}MODE", MODES, "real")
        data_dir = Path(given.text("DATA_DIR", "var")).absolute()
        own = f"{PREFIX}{service.upper()}"
        bind, lan = given.text(f"{PREFIX}BIND", "127.0.0.1"), given.choice(f"{PREFIX}LAN", ("0", "1"), "0") == "1"
        if mode == "demo" and bind not in LOOPBACK and not lan:
            raise BadEnvironment(
                f"{PREFIX}BIND: the demo group's passwords are printed, so it listens on loopback only; "
                f"{PREFIX}LAN=1 shows it to the local network over https"
            )
        database_url = given.secret(f"{own}_DATABASE_URL") or f"sqlite:///{data_dir / f'{service}.db'}"
        group_url = given.secret(f"{own}_GROUP_DATABASE_URL")
        owner_url = given.secret(f"{own}_OWNER_DATABASE_URL")
        bus_url = given.secret(f"{own}_BUS_URL") or given.secret(f"{PREFIX}BUS_URL")
        postgresql = database_url.startswith("postgresql")
        if postgresql and not group_url:
            raise BadEnvironment(f"{own}_GROUP_DATABASE_URL is needed with PostgreSQL: the group's own role")
        if mode == "real":
            if postgresql and not bus_url:
                raise BadEnvironment(
                    f"{own}_BUS_URL is needed with PostgreSQL: RabbitMQ's address (memory:// says: by the feeds alone)"
                )
            for name, url in (("DATABASE_URL", database_url), ("GROUP_DATABASE_URL", group_url),
                              ("OWNER_DATABASE_URL", owner_url), ("BUS_URL", bus_url)):  # fmt: skip
                _refuse_weak(f"{own}_{name}", url or "")
        sources = [name for name in names() if name != service] + [service]
        keys = {source: given.secret(f"{own}_KEY_FOR_{source.upper()}") for source in sources}
        feeds = {source: given.text(f"{PREFIX}{source.upper()}_FEED_URL", "") for source in sources}
        return cls(
            service=service,
            mode=mode,
            data_dir=data_dir,
            port=given.whole("PORT", 8000, 1, 65535),
            database_url=database_url,
            group_database_url=group_url,
            owner_database_url=owner_url,
            bus_url=bus_url or "memory://",
            signing_keys_file=Path(
                given.text(f"{PREFIX}SIGNING_KEYS_FILE", str(data_dir / "secrets" / "signing-keys.json"))
            ),
            feed_urls={source: url for source, url in feeds.items() if url},
            service_keys={source: key for source, key in keys.items() if key},
            build=given.text(f"{PREFIX}BUILD", "dev"),
            threads=given.whole(f"{PREFIX}THREADS", 16, 1, 256),
            log_level=given.choice(f"{PREFIX}LOG_LEVEL", LEVELS, "INFO"),
            bind=bind,
            lan=lan,
            drain_seconds=given.whole(f"{PREFIX}DRAIN_SECONDS", 1, 0, 30),
            trusted_hosts=tuple(filter(None, given.text(f"{PREFIX}TRUSTED_HOSTS", "").replace(" ", "").split(","))),
        )


def _refuse_weak(name: str, url: str) -> None:
    """BadEnvironment for an address whose secret is missing or known to everybody (S52)."""
    address = urlsplit(url)
    # In memory, in a file, or through a socket where the system itself says who asks.
    if address.scheme.startswith(("memory", "sqlite")) or not address.hostname:
        return
    user, password = unquote(address.username or ""), unquote(address.password or "")
    if address.scheme.startswith("amqp") and user in ("", "guest"):
        raise BadEnvironment(f"{name}: every broker knows the user guest; give this service a user of its own")
    if not password or password.lower() in _WELL_KNOWN or (user and password == user):
        raise BadEnvironment(f"{name}: its password is empty or known to everybody; give it one of its own")


class _Variables:
    """Typed reading; an error names the variable and never repeats its value."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._all = variables

    def refuse_unknown(self) -> None:
        meant = known()
        wrong = sorted(
            name for name in self._all
            if name.startswith(PREFIX) and not name.startswith(IGNORED) and name not in meant
        )  # fmt: skip
        if wrong:
            told = [f"{name}{_meant(name, meant)}" for name in wrong]
            raise BadEnvironment(f"unknown variables: {', '.join(told)}; `yingbin settings --explain` lists all")

    def text(self, name: str, default: str) -> str:
        return self._all.get(name, "").strip() or default

    def choice(self, name: str, of: tuple[str, ...], default: str) -> str:
        found = self.text(name, default)
        if found not in of:
            raise BadEnvironment(f"{name} is one of {', '.join(of)}")
        return found

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        found = self.text(name, str(default))
        if not (found.isascii() and found.isdigit() and len(found) < 10 and least <= int(found) <= most):
            raise BadEnvironment(f"{name} is a whole number from {least} to {most}")
        return int(found)

    def secret(self, name: str) -> str | None:
        direct, file = self.text(name, ""), self.text(f"{name}_FILE", "")
        if direct and file:
            raise BadEnvironment(f"{name} and {name}_FILE are both set")
        if not file:
            return direct or None
        try:
            found = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise BadEnvironment(f"{name}_FILE cannot be read") from None
        if not found:
            raise BadEnvironment(f"{name}_FILE is empty")
        return found


def _meant(name: str, known_names: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known_names, 1)
    return f" ({near[0]}?)" if near else ""
