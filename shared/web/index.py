"""The page at ``/`` of one address for all services, and what stands under no service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask

from shared.http import errors
from shared.http.lifecycle import SuiteApp, install
from shared.i18n.wording import HOUSE
from shared.service import load
from shared.web import assets
from shared.web.frame import page


def index_page(services: Sequence[str]) -> Flask:
    """A small app: ``/`` lists the services, ``/problems`` explains codes, ``/healthz`` answers, all else is 404."""
    app = SuiteApp("yingbin.index", static_folder=None, template_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False
    errors.register(app)
    titles = [(name, load(name).title) for name in services]
    from shared.web.status import blueprint as web

    app.jinja_loader = web.jinja_loader
    app.add_url_rule("/static/<mark>/<path:name>", "web.static", assets.serve)

    install(app)

    @app.get("/")
    def index() -> Any:
        return page("web/index.html", services=titles)

    @app.get("/problems")
    @app.get("/problems/<code>")
    def problems(code: str | None = None) -> Any:
        return page(
            "web/problems.html", problems=sorted(HOUSE.problems.items()), fields=sorted(HOUSE.fields.items())
        )

    @app.get("/healthz")
    def healthz() -> Any:
        return {"status": "ok"}

    return app
