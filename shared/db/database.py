"""One service's database: the engines of its roles, and how a transaction begins on it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.db.postgresql import opening, postgresql_engine
from shared.db.scope import EVERY
from shared.db.sqlite import quick_check, sqlite_engine
from shared.db.units import note_failure, reader, transaction
from shared.db.watchman import Watchman


class Database:
    """``url`` serves one branch at a time, ``group_url`` the whole group (feeds, headquarters, reaction batches).

    ``owner_url`` migrates. On SQLite all three are one file, and the filter of the ORM alone keeps branches apart.
    """

    def __init__(
        self,
        url: str,
        group_url: str | None = None,
        owner_url: str | None = None,
        *,
        pool_size: int = 16,
        spare: int = 8,
        pool_timeout: float = 3.0,
        application: str = "yingbin",
    ) -> None:
        self.url = make_url(url)
        self.dialect = self.url.get_backend_name()
        if self.dialect not in ("sqlite", "postgresql"):
            raise ValueError(f"not a database we know: {self.dialect}")
        self.group_url = make_url(group_url) if group_url else None
        self.owner_url = make_url(owner_url) if owner_url else self.url
        # For what a process may remember of its database for a few seconds (branches, keys); dies with it.
        self.memory: dict[Any, Any] = {}
        # As many as threads that serve, and some for those behind them; who finds none waits ``pool_timeout``.
        self._pool: dict[str, Any] = {"pool_size": pool_size, "max_overflow": spare, "pool_timeout": pool_timeout}
        self._application = application
        self._engines: list[Engine] = []
        self._watchman = Watchman(self.url) if self.dialect == "postgresql" else None

    @cached_property
    def engine(self) -> Engine:
        """The engine of one branch's work."""
        if self.dialect == "sqlite":
            return self._kept(sqlite_engine(self.url, **self._pool))
        return self._kept(postgresql_engine(self.url, application=self._application, **self._pool))

    @cached_property
    def group_engine(self) -> Engine:
        """The engine of the group's work: another role on PostgreSQL, the same engine on SQLite."""
        if self.dialect == "sqlite":
            return self.engine
        if self.group_url is None:
            raise ValueError("work over every branch needs the group role: YINGBIN_<SERVICE>_GROUP_DATABASE_URL")
        return self._kept(postgresql_engine(self.group_url, application=self._application, **self._pool))

    @cached_property
    def _writer(self) -> Engine:
        return self.engine.execution_options(write=True)

    def transaction(self) -> AbstractContextManager[Session]:
        """``shared.db.transaction`` on this database."""
        return transaction(self)

    def reader(self) -> AbstractContextManager[Session]:
        """``shared.db.reader`` on this database."""
        return reader(self)

    def begin(self, scope: str | None, *, write: bool) -> Connection:
        """A connection whose transaction has begun, in the role of ``scope``.

        A pooled connection that died meanwhile shows at BEGIN, when nothing has happened yet: it and its kind are
        thrown away, and the transaction begins once more on a new one. That replaces a ping before every transaction.
        """
        if self.dialect == "sqlite":
            engine, first = (self._writer if write else self.engine), None
        elif scope == EVERY:
            engine, first = self.group_engine, opening(None, write=write)
        else:
            engine, first = self.engine, opening(scope, write=write)
        try:
            return _begun(engine, first)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return _begun(engine, first)

    def check(self) -> None:
        """Read a SQLite file through before serving from it; ``CorruptDatabase``. Nothing to do on PostgreSQL."""
        if self.dialect == "sqlite":
            quick_check(self.url)

    def dispose(self) -> None:
        """Close every pooled connection."""
        if self._watchman is not None:
            self._watchman.stop()
        for engine in self._engines:
            engine.dispose()

    def _kept(self, engine: Engine) -> Engine:
        event.listen(engine, "handle_error", note_failure)
        if self._watchman is not None:
            self._watchman.watch(engine)
        self._engines.append(engine)
        return engine


def _begun(engine: Engine, first: bytes | None) -> Connection:
    connection = engine.connect()
    try:
        if first is not None:
            connection.info["opening"] = first
        connection.begin()
    except BaseException:
        connection.close()
        raise
    return connection
