"""The app factory: one service, its rooms found and mounted below ``/<service>``, its runtime an extension."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Blueprint, Flask, Response, jsonify

from shared import logs
from shared.access import SYSTEM, acting_as
from shared.access.permissions import Roles
from shared.db import Database, every_branch
from shared.events import Handlers
from shared.events.wake import CHANNEL, PAGES, Wake
from shared.http import deadline, errors
from shared.http.bodies import MOST_BYTES
from shared.http.describing import describe
from shared.http.documenting import SuiteApi
from shared.http.lifecycle import SuiteApp, install
from shared.http.schemas import Blueprint as ApiBlueprint
from shared.http.schemas import many
from shared.i18n.wording import Wording
from shared.jobs import JobKinds
from shared.operations import health, metrics
from shared.runtime import EXTENSION, Runtime
from shared.service import Service, complete, load, rooms
from shared.settings import Registry
from shared.settings.environment import Environment
from shared.web import bell, status

log = structlog.get_logger(__name__)


def create_app(service: str | Service, environment: Environment | None = None) -> Flask:
    """The Flask app of one service. A test may hand in a Service of its own."""
    wiring = load(service) if isinstance(service, str) else complete(service)
    environment = environment or Environment.read(wiring.name)
    if not structlog.is_configured():
        logs.configure(environment.log_level)
    app = SuiteApp(f"yingbin.{wiring.name}", static_folder=None, template_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config.update(
        API_TITLE=f"Yingbin {wiring.title['en']}",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=f"/{wiring.name}",
        OPENAPI_JSON_PATH="openapi.json",
        MAX_CONTENT_LENGTH=MOST_BYTES,
        TRUSTED_HOSTS=list(environment.trusted_hosts) or None,
    )
    here = _runtime(app, wiring, environment)
    app.extensions[EXTENSION] = here
    install(app)
    api = SuiteApi(app)
    errors.register(app)
    _mount_house(app, api, here)
    _mount_rooms(app, api, wiring)
    describe(app, api.spec)
    deadline.watch(here.database)
    _announce_keys(app, here)
    return app


def _runtime(app: Flask, service: Service, environment: Environment) -> Runtime:
    rooms(service, "model")
    database = Database(
        environment.database_url,
        environment.group_database_url,
        environment.owner_database_url,
        pool_size=environment.threads,
        application=f"yingbin {service.name}",
    )
    url = database.url.set(drivername="postgresql") if database.dialect == "postgresql" else None
    postgres = url.render_as_string(hide_password=False) if url is not None else None
    return Runtime(
        app=app,
        service=service,
        environment=environment,
        database=database,
        wake=Wake(postgres),
        pages=Wake(postgres, PAGES, (CHANNEL, PAGES), crowd=True),
        handlers=_handlers(service),
        jobs=_jobs(service),
        settings=Registry(service.settings),
        roles=Roles(service.permissions),
        wording=Wording.of(service),
    )


def _handlers(service: Service) -> Handlers:
    found = Handlers()
    from shared.access import reactions as access
    from shared.branches import reactions as branches

    # Where the issuing service is heard, its branches and public keys are kept; it never hears itself for these.
    for room in (branches, access):
        sources = frozenset().union(*(p.sources for p in room.handlers.projections.values()))
        if sources <= set(service.hears) - {service.name}:
            found.add(room.handlers)
    for room in rooms(service, "reactions"):
        found.add(room.handlers)
    return found


def _jobs(service: Service) -> JobKinds:
    from shared.events.releasing import jobs as releasing

    found = JobKinds()
    found.add(releasing)
    for room in rooms(service, "jobs"):
        found.add(room.jobs)
    return found


def _mount_house(app: Flask, api: SuiteApi, here: Runtime) -> None:
    """What every service answers: health, numbers, documents, the feed, its jobs, its status page."""
    from shared.contracts.asyncapi import document
    from shared.events import feed
    from shared.events.pages import blueprint as events_pages
    from shared.files.api import blueprint as files
    from shared.jobs.api import blueprint as jobs
    from shared.settings.api import blueprint as settings
    from shared.settings.pages import blueprint as settings_pages

    name = here.service.name
    documents = Blueprint("documents", __name__)

    @documents.get("/asyncapi.json")
    def asyncapi() -> Response:
        return jsonify(document(name, here.service.hears))

    plain = (health.blueprint, metrics.blueprint, documents, bell.blueprint, status.blueprint)
    for blueprint in (*plain, settings_pages, events_pages):
        app.register_blueprint(blueprint, url_prefix=f"/{name}")
    # Where nobody may bring a file there are none.
    documents_of = (files,) if "files.bring" in here.service.permissions else ()
    for documented in (feed.blueprint(name), jobs, settings, *documents_of):
        api.register_blueprint(documented, url_prefix=_below(here.service, documented))


def _mount_rooms(app: Flask, api: SuiteApi, service: Service) -> None:
    for room in rooms(service, "api"):
        for blueprint in many(room.blueprint):
            if not isinstance(blueprint, ApiBlueprint):
                raise TypeError(f"{room.__name__}: use shared.http.Blueprint, which reads JSON strictly")
            api.register_blueprint(blueprint, url_prefix=_below(service, blueprint))
    for room in rooms(service, "pages"):
        for blueprint in many(room.blueprint):
            app.register_blueprint(blueprint, url_prefix=_below(service, blueprint))


def _below(service: Service, blueprint: Any) -> str:
    prefix = blueprint.url_prefix or ""
    return prefix if prefix.startswith(f"/{service.name}/") else f"/{service.name}{prefix}"


def _announce_keys(app: Flask, here: Runtime) -> None:
    from shared.access.signing import announce_at_start

    try:
        with app.app_context(), every_branch(), acting_as(SYSTEM):
            announce_at_start(here)
    except Exception as error:
        # No tables yet, or a database that is away: the first token tries again.
        log.warning("keys.not_announced", error=type(error).__name__)
