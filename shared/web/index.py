"""The page at ``/`` of one address for all services, and what stands under no service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask, render_template

from shared.http import errors
from shared.http.lifecycle import SuiteApp, install
from shared.i18n.wording import HOUSE
from shared.service import load
from shared.web.status import frame


def index_page(services: Sequence[str]) -> Flask:
    """A small app: ``/`` lists the services, ``/problems`` explains codes, ``/healthz`` answers, all else is 404."""
    app = SuiteApp("yingbin.index", static_folder=None, template_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False
    errors.register(app)
    titles = [(name, load(name).title) for name in services]
    from shared.web.status import blueprint as web

    app.jinja_loader = web.jinja_loader
    app.add_url_rule("/static/<path:filename>", "web.static", view_func=web.send_static_file)

    install(app)

    @app.get("/")
    def index() -> str:
        return render_template("web/index.html", services=titles, **frame())

    @app.get("/problems")
    @app.get("/problems/<code>")
    def problems(code: str | None = None) -> Any:
        return render_template(
            "web/problems.html",
            service=None,
            problems=sorted(HOUSE.problems.items()),
            fields=sorted(HOUSE.fields.items()),
            **frame(),
        )

    @app.get("/healthz")
    def healthz() -> Any:
        return {"status": "ok"}

    return app
