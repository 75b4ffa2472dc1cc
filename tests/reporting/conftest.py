"""Reporting alone, on both databases: its app, and a way to feed it facts as its consumers would."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from shared.access import SYSTEM, acting_as, keys
from shared.app import create_app
from shared.db import every_branch, reader, transaction
from shared.events.applying import Applier, run_projection
from shared.events.envelope import Event
from shared.events.tables import Cursor, Epoch, Parked
from shared.settings.environment import Environment
from tests.kit import databases
from tests.reporting.facts import BRANCH, OTHER, Source, sources

PROJECTED = ("daily_figure", "calls_daily", "staff_label")


class Reporting:
    """What a test drives."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.runtime: Any = app.extensions["yingbin"]
        self.metadata = self.runtime.service.base.metadata

    def begin(self) -> dict[str, Source]:
        """Empty tables, two branches open; returns the four logs to speak through. Shanghai and Urumqi's zones."""
        with self.app.app_context(), every_branch(), acting_as(SYSTEM), transaction() as session:
            for table in self.metadata.sorted_tables:
                session.execute(delete(table))
            session.execute(delete(Cursor))
            session.execute(delete(Parked))
            session.execute(delete(Epoch).where(Epoch.number > 1))
        said = sources()
        for letter, code, zone in (("A", BRANCH, "Asia/Shanghai"), ("B", OTHER, "Asia/Kathmandu")):
            data = {"code": code, "letter": letter, "zone": zone}
            self.hear(said["reception"].say("branch.opened", branch="group", subject_id=code, **data))
        return said

    def hear(self, *events: Event) -> None:
        """Apply events of one source as one batch, as the consumer does."""
        with self.app.app_context():
            applied = Applier(self.runtime, events[0].source).apply(events)
        assert applied.count == len(events)
        assert not applied.hole

    def project(self, events: list[Event]) -> None:
        """Give a batch to the projections alone, whatever its order."""
        with self.app.app_context(), every_branch(), acting_as(SYSTEM), transaction() as session:
            for name in ("daily_figures", "calls_daily", "staff_labels"):
                run_projection(session, self.runtime.handlers.projections[name], events)

    def rows(self, *tables: str) -> dict[str, list[tuple]]:
        """The content of tables, sorted."""
        with self.app.app_context(), every_branch(), reader() as session:
            return {
                name: sorted(tuple(row) for row in session.execute(select(self.metadata.tables[name])))
                for name in tables or PROJECTED
            }

    def parked(self) -> int:
        """How many events stand beside."""
        with self.app.app_context(), every_branch(), reader() as session:
            return sum(session.scalars(select(Cursor.parked)))

    def lose_cursor(self, source: str) -> None:
        """Make reporting believe that it has heard nothing of ``source`` yet."""
        with self.app.app_context(), every_branch(), transaction() as session:
            session.execute(update(Cursor).where(Cursor.source == source).values(position=0, last_id=None, epoch=None))

    def client(self) -> FlaskClient:
        """A client of the app."""
        return self.app.test_client()

    def key(self, *scopes: str, kind: str = "hq") -> dict[str, str]:
        """Headers with a new key."""
        with self.app.app_context(), every_branch(), acting_as(SYSTEM), transaction() as session:
            return {"Authorization": f"Bearer {keys.create(session, kind, list(scopes), label='test')}"}


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def running(
    request: pytest.FixtureRequest, run_directory: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reporting]:
    """Reporting on a migrated database, once for all tests that want it."""
    folder = tmp_path_factory.mktemp("reporting")
    server, name = None, f"reporting_{uuid.uuid4().hex[:8]}"
    if request.param == "sqlite":
        templates = run_directory / "templates"
        templates.mkdir(exist_ok=True)
        variables = databases.sqlite_files(templates, folder / "db", ("reporting",))
    else:
        server = request.getfixturevalue("postgres")
        urls = server.create_service("reporting", name, template=databases.template(server, "reporting"))
        variables = {
            "YINGBIN_REPORTING_DATABASE_URL": urls.app,
            "YINGBIN_REPORTING_GROUP_DATABASE_URL": urls.group,
            "YINGBIN_REPORTING_OWNER_DATABASE_URL": urls.owner,
        }
    settings = {"DATA_DIR": str(folder / "data"), "YINGBIN_BUS_URL": "memory://", **variables}
    built = Reporting(create_app("reporting", Environment.read("reporting", settings)))
    yield built
    built.runtime.close()
    if server is not None:
        server.drop_database(name)


@pytest.fixture
def reporting(running: Reporting) -> Reporting:
    """Reporting with two branches and nothing else."""
    running.begin()
    return running


def said_in_order(logs: Iterable[Source]) -> list[Event]:
    """Everything the logs hold but the opening of branches, source by source."""
    return [event for log in logs for event in log.said if not event.type.startswith("reception.branch.")]
