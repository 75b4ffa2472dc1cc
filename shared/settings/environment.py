"""What a process is told from outside: addresses, keys, mode. Read once at start; a wrong variable stops it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.service import names

PREFIX = "YINGBIN_"
MODES = ("demo", "real")
# The kit and the bench keep notes for themselves under this prefix; services do not read it.
IGNORED = "YINGBIN_TEST_"
COMMON = ("MODE", "BIND", "BUS_URL", "SIGNING_KEYS_FILE", "BUILD", "THREADS", "LOG_LEVEL", "TRUSTED_HOSTS", "BIND")
OF_A_SERVICE = ("DATABASE_URL", "GROUP_DATABASE_URL", "OWNER_DATABASE_URL", "BUS_URL", "FEED_URL")
# Anything that may hold a password can be given as a file instead: <NAME>_FILE.
SECRET = ("DATABASE_URL", "GROUP_DATABASE_URL", "OWNER_DATABASE_URL", "BUS_URL")


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

    @property
    def demo(self) -> bool:
        """Invented data, known passwords, loopback only."""
        return self.mode == "demo"

    @classmethod
    def read(cls, service: str, variables: Mapping[str, str] | None = None) -> Environment:
        """The environment of ``service``, from ``variables`` or the process; BadEnvironment."""
        given = _Variables(os.environ if variables is None else variables)
        given.refuse_unknown()
        data_dir = Path(given.text("DATA_DIR", "var")).absolute()
        own = service.upper()
        database_url = given.secret(f"{PREFIX}{own}_DATABASE_URL") or f"sqlite:///{data_dir / f'{service}.db'}"
        group_url = given.secret(f"{PREFIX}{own}_GROUP_DATABASE_URL")
        if database_url.startswith("postgresql") and not group_url:
            raise BadEnvironment(f"{PREFIX}{own}_GROUP_DATABASE_URL is needed with PostgreSQL: the group's own role")
        sources = [name for name in names() if name != service] + [service]
        keys = {source: given.secret(f"{PREFIX}{own}_KEY_FOR_{source.upper()}") for source in sources}
        feeds = {source: given.text(f"{PREFIX}{source.upper()}_FEED_URL", "") for source in sources}
        return cls(
            service=service,
            mode=given.choice(f"{PREFIX}MODE", MODES, "real"),
            data_dir=data_dir,
            port=given.whole("PORT", 8000, 1, 65535),
            database_url=database_url,
            group_database_url=group_url,
            owner_database_url=given.secret(f"{PREFIX}{own}_OWNER_DATABASE_URL"),
            bus_url=given.secret(f"{PREFIX}{own}_BUS_URL") or given.secret(f"{PREFIX}BUS_URL") or "memory://",
            signing_keys_file=Path(
                given.text(f"{PREFIX}SIGNING_KEYS_FILE", str(data_dir / "secrets" / "signing-keys.json"))
            ),
            feed_urls={source: url for source, url in feeds.items() if url},
            service_keys={source: key for source, key in keys.items() if key},
            build=given.text(f"{PREFIX}BUILD", "dev"),
            threads=given.whole(f"{PREFIX}THREADS", 16, 1, 256),
            log_level=given.choice(f"{PREFIX}LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
            bind=given.text(f"{PREFIX}BIND", "127.0.0.1"),
            trusted_hosts=tuple(filter(None, given.text(f"{PREFIX}TRUSTED_HOSTS", "").replace(" ", "").split(","))),
        )


def known() -> frozenset[str]:
    """Every variable of ours that means something, for all services: one file may serve them all."""
    found = {PREFIX + name for name in COMMON} | {f"{PREFIX}BUS_URL_FILE"}
    for service in names():
        own = PREFIX + service.upper()
        found |= {f"{own}_{name}" for name in OF_A_SERVICE} | {f"{own}_{name}_FILE" for name in SECRET}
        for source in names():
            found |= {f"{own}_KEY_FOR_{source.upper()}", f"{own}_KEY_FOR_{source.upper()}_FILE"}
    return frozenset(found)


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
            raise BadEnvironment(f"unknown variables: {', '.join(wrong)}")

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
            return Path(file).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            raise BadEnvironment(f"{name}_FILE cannot be read") from None
