"""What stands around every page: language, menu, who is signed in, and the words of the capability that shows it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from shared import branches, clock
from shared.access import Actor, current_actor, guards
from shared.branches import BranchView, UnknownBranch
from shared.db import every_branch, reader
from shared.events import GROUP
from shared.i18n.language import COOKIE, LANGUAGES, language_of
from shared.i18n.pages import words
from shared.runtime import EXTENSION
from shared.web import assets
from shared.web.navigation import find, menu

_A_YEAR = 365 * 24 * 3600


def page_language() -> str:
    """The language of this page: the one that its address wishes, else the one chosen before."""
    wished = request.args.get("lang", "")
    return wished if wished in LANGUAGES else language_of(request)


def frame(extra: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, Any]:
    """The values that the frame's templates need; ``extra``: words of the page's own, in both languages."""
    language = page_language()
    here = current_app.extensions.get(EXTENSION)
    prefix = f"/{here.service.name}" if here is not None else ""
    actor = current_actor()
    if actor.kind == "public" and here is not None:
        # A page for everybody, seen by somebody who is signed in: the menu stays where it was.
        actor = guards.by_cookie() or actor
    signed_in = actor.kind == "staff"
    other = "en" if language == "zh" else "zh"
    return {
        "language": language,
        "html_language": {"zh": "zh-CN", "en": "en"}[language],
        "t": words(language, extra),
        "other_address": "?" + urlencode({**request.args, "lang": other}, safe="/"),
        "other": other,
        "asset": lambda name: assets.address(prefix, name),
        "icon": assets.icon,
        "actor": actor if signed_in else None,
        "menu": menu(actor.roles) if signed_in else [],
        "here": request.path,
        "now": clock.now(),
        "place": _place(actor) if signed_in and here is not None else None,
        "group": GROUP,
        "find": find(actor.roles) if signed_in else None,
        "csrf": actor.csrf if signed_in else "",
        "demo": here is not None and here.environment.demo,
    }


def page(template: str, extra: Mapping[str, Mapping[str, str]] | None = None, status: int = 200, **values: Any) -> Any:
    """A page in its frame: ``return page("staff/people.html", WORDS, people=…)``; 422 for a form that comes back."""
    answer = current_app.make_response((render_template(template, **frame(extra), **values), status))
    wished = request.args.get("lang", "")
    if wished in LANGUAGES:
        answer.set_cookie(COOKIE, wished, max_age=_A_YEAR, path="/", samesite="Lax")
    return answer


def fragment(
    template: str, extra: Mapping[str, Mapping[str, str]] | None = None, status: int = 200, **values: Any
) -> Response:
    """A part of a page that is fetched again and again: with the ETag of its content, 304 when it is the same."""
    text = render_template(template, **frame(extra), **values)
    answer = make_response(text, status)
    # Not for the browser to keep: who is named here is kept nowhere. The page itself remembers the ETag.
    answer.headers["Cache-Control"] = "no-store"
    if status == 200:
        answer.set_etag(hashlib.blake2b(text.encode(), digest_size=12).hexdigest())
        answer.make_conditional(request)
    return answer


def told(answer: Response, sentence: str, undo: str = "") -> Response:
    """Let the page that asked show ``sentence`` for ten seconds; ``undo``: an address of ours that takes it back."""
    answer.headers["X-Told"] = json.dumps({"said": sentence, "undo": undo})
    return answer


def _place(actor: Actor) -> BranchView | None:
    """The branch that this person works in now; None for headquarters, or while the database cannot be asked."""
    if not actor.branch or actor.branch == GROUP:
        return None
    try:
        with every_branch(), reader() as session:
            return branches.get(session, actor.branch)
    except (UnknownBranch, SQLAlchemyError):
        return None
