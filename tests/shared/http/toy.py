"""The desk on a fresh database, on either kind; keys and tokens to come in with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from shared.access import SYSTEM, acting_as, keys, signing
from shared.app import create_app
from shared.db import every_branch, mechanism, transaction
from shared.db.migrate import import_mechanism
from shared.db.sqlite import migration_engine
from shared.settings.environment import Environment
from tests.shared.http.desk.service import SERVICE

BRANCH, OTHER = "bj-chaoyang", "sh-pudong"


class Desk:
    """What the tests hold in their hands."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.runtime = app.extensions["yingbin"]
        self.client: FlaskClient = app.test_client()

    def key(self, kind: str, scopes: list[str], branch: str | None = None) -> dict[str, str]:
        """Headers with a new key."""
        with self.inside(), transaction() as session:
            return {"Authorization": f"Bearer {keys.create(session, kind, scopes, branch=branch)}"}

    def token(self, *roles: str, branch: str = BRANCH) -> str:
        """A token of a member of staff. The desk has no issuing service beside it, so it plays that part too."""
        with self.inside():
            return signing.issue("0199f0a0-0000-7000-8000-000000000001", "wang", branch, list(roles))

    def staff(self, *roles: str, branch: str = BRANCH) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(*roles, branch=branch)}"}

    def kiosk(self, branch: str = BRANCH) -> dict[str, str]:
        return self.key("kiosk", ["notes"], branch)

    def inside(self):
        from contextlib import ExitStack

        stack = ExitStack()
        stack.enter_context(self.app.app_context())
        stack.enter_context(every_branch())
        stack.enter_context(acting_as(SYSTEM))
        return stack


def environment(folder: Path, database: str | None = None) -> Environment:
    return Environment(
        service="desk",
        mode="real",
        data_dir=folder,
        port=8000,
        database_url=database or f"sqlite:///{folder / 'desk.db'}",
        group_database_url=database,
        owner_database_url=None,
        bus_url="memory://",
        signing_keys_file=folder / "secrets" / "signing-keys.json",
        threads=24,
    )


def create_tables(url: str) -> None:
    import_mechanism()
    engine = migration_engine(create_engine(url).url) if url.startswith("sqlite") else create_engine(url)
    with engine.begin() as connection:
        mechanism.create_all(connection)
        SERVICE.base.metadata.create_all(connection)
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def desk_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An address of an empty database with the desk's tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'desk.db'}"
        return
    server = request.getfixturevalue("postgres")
    import uuid

    name = f"desk_{uuid.uuid4().hex[:8]}"
    urls = server.create_service("reception", name)
    yield urls.owner
    server.drop_database(name)


@pytest.fixture
def desk(desk_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk on either database."""
    yield from _desk(desk_database, tmp_path, monkeypatch)


@pytest.fixture
def small_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk on SQLite alone, for what no database decides."""
    yield from _desk(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path, monkeypatch)


def _desk(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    import tests.shared.http.desk.notes.model  # noqa: F401 - its table

    create_tables(url)
    monkeypatch.setattr("shared.operations.health.head", lambda service: None)
    monkeypatch.setattr("shared.access.signing.names", lambda: ("reception", "desk"))
    app = create_app(SERVICE, environment(folder, url))
    try:
        yield Desk(app)
    finally:
        app.extensions["yingbin"].close()
