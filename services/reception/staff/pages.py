"""Signing in with a browser, staying signed in, one's own account. Every page works without a script."""

from __future__ import annotations

import math
import secrets
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, request

from services.reception.staff import queries, sessions
from services.reception.staff.agents import client_here
from services.reception.staff.own_password import change_own_password
from services.reception.staff.people import blueprint as people
from services.reception.staff.signing_in import sign_in
from services.reception.staff.words import WORDS
from shared import branches as places
from shared import clock
from shared.access import browsers, current_actor, guards, needs
from shared.db import every_branch, reader
from shared.events import GROUP
from shared.http import accepts
from shared.http.problems import Problem
from shared.i18n.language import language_of
from shared.runtime import runtime
from shared.web.frame import page
from shared.web.navigation import first_page

account_pages = Blueprint("account", __name__, template_folder="templates")
blueprint = [account_pages, people]
ACCOUNT = "/reception/account"
# Where one goes who wanted nothing else.
HOME = "/reception/home"
_FORM = "application/x-www-form-urlencoded"


@account_pages.get("/sign-in")
def sign_in_page() -> Response:
    """The form; who is signed in already goes where they wanted to go."""
    if guards.by_cookie() is not None:
        return _to(_next())
    return _sign_in_form(200, notice="signed-out" if "out" in request.args else None)


@account_pages.post("/sign-in")
@accepts(_FORM)
def sign_in_by_form() -> Response:
    """A new session and its cookies (S21, S22); what was wrong stands above the form, with the name as typed."""
    browsers.check_same_site()
    user, password, new, repeated = (_typed(name) for name in ("user", "password", "new_password", "repeated"))
    if not user or not password:
        return _sign_in_form(422, "needed", user=user)
    if new is not None and new != repeated:
        return _sign_in_form(422, fault="staff.password_repeat", user=user, choosing=True)
    device = browsers.device_secret() or secrets.token_urlsafe(24)
    try:
        person = sign_in(user, password, None, client_here("", device), new_password=new, any_branch=True)
    except Problem as problem:
        return _refused(problem, user, choosing=new is not None)
    with every_branch(), reader() as session:
        several = len(queries.roles_by_branch(session, person.staff_id)) > 1
    wanted = _next()
    answer = _to(f"{ACCOUNT}?next={quote(wanted, safe='/')}" if several else wanted)
    return browsers.keep(answer, person.token(), person.refresh, device)


@account_pages.get("/refresh")
def refresh_page() -> Response:
    """A page whose token has run out comes here, and goes back with the next one, or to the form."""
    secret = browsers.refresh_secret()
    person = sessions.refresh(secret) if secret else None
    if person is None:
        return browsers.forget(_to(f"{browsers.SIGN_IN}?next={quote(_next(), safe='/')}"))
    return browsers.keep(_to(_next()), person.token(), person.refresh)


@account_pages.post("/sign-out")
@needs("staff")
@accepts(_FORM)
def sign_out_by_form() -> Response:
    """End the session everywhere (S23)."""
    sessions.end_own(current_actor().id, current_actor().session)
    return browsers.forget(_to(f"{browsers.SIGN_IN}?out=1"))


@account_pages.get("/home")
@needs("staff")
def home() -> Response:
    """Where this person's day happens."""
    return _to(first_page(current_actor().roles) or ACCOUNT)


@account_pages.get("/account")
@needs("staff")
def account() -> Response:
    """One's branches, devices and password."""
    return _account(200, notice="password-changed" if "changed" in request.args else None)


@account_pages.post("/account/branch")
@needs("staff")
@accepts(_FORM)
def switch_by_form() -> Response:
    """Go on in another branch of one's own, under a new session id (S21)."""
    actor, branch = current_actor(), request.form.get("branch", "")
    if branch == actor.branch:
        return _to(_next())
    person = sessions.switch_branch(actor.id, actor.session, branch)
    if person is None:
        raise Problem(422, "unknown-reference", errors=[("/branch", "unknown-reference")])
    return browsers.keep(_to(_next()), person.token(), None)


@account_pages.post("/account/sessions/<string:session_id>/end")
@needs("staff")
@accepts(_FORM)
def end_by_form(session_id: str) -> Response:
    """Sign another device of one's own out; one that is out already is no mistake."""
    sessions.end_own(current_actor().id, session_id)
    return _to(ACCOUNT)


@account_pages.post("/account/password")
@needs("staff")
@accepts(_FORM)
def change_by_form() -> Response:
    """Another password for oneself."""
    old, new, repeated = (_typed(name) or "" for name in ("password", "new_password", "repeated"))
    if new != repeated:
        return _account(422, fault="staff.password_repeat")
    try:
        change_own_password(old, new, request.remote_addr or "")
    except Problem as problem:
        if problem.status == 429:
            return _account(429, error="wait", minutes=_minutes(problem), headers=problem.headers)
        if problem.status != 422:
            raise
        return _account(422, fault=problem.errors[0].code)
    return _to(f"{ACCOUNT}?changed=1")


def _refused(problem: Problem, user: str, *, choosing: bool) -> Response:
    if problem.code == "password-change-required":
        return _sign_in_form(422, user=user, choosing=True)
    if problem.status == 422:
        return _sign_in_form(422, fault=problem.errors[0].code, user=user, choosing=choosing)
    if problem.status == 429:
        return _sign_in_form(429, "wait", user=user, minutes=_minutes(problem), headers=problem.headers)
    if problem.status != 401:
        raise problem
    return _sign_in_form(401, "failed", user=user, choosing=choosing)


def _sign_in_form(
    status: int,
    error: str | None = None,
    *,
    fault: str | None = None,
    notice: str | None = None,
    user: str | None = None,
    choosing: bool = False,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> Response:
    reachable = browsers.secure() or browsers.on_loopback()
    return _page(
        "staff/sign_in.html", status, headers, error=error if reachable else error or "https-needed", fault=fault,
        notice=notice, user=user or "", choosing=choosing, values=values,
    )  # fmt: skip


def _account(
    status: int,
    *,
    error: str | None = None,
    fault: str | None = None,
    notice: str | None = None,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> Response:
    actor = current_actor()
    with every_branch(), reader() as session:
        branches = sorted(queries.roles_by_branch(session, actor.id))
        rows = queries.sessions_of(session, actor.id)
        member = queries.by_id(session, actor.id)
        zone = places.get(session, actor.branch).zone if actor.branch and actor.branch != GROUP else None
        views = {code: places.get(session, code) for code in branches if code != GROUP}
    return _page(
        "staff/account.html", status, headers, error=error, fault=fault, notice=notice, values=values,
        user=member.user_name if member else None, zone=zone,
        sessions=[(row, clock.local(row.seen_at, zone or "UTC")) for row in rows],
        branches=[(code, views[code].name if code in views else None) for code in branches],
    )  # fmt: skip


def _page(template: str, status: int, headers: dict[str, str] | None, *, fault: str | None, **parts: Any) -> Response:
    sentence = runtime().wording.field(fault, language_of(request), {}) if fault else None
    keep = "?" + urlencode({"next": _next()}, safe="/")
    answer = page(template, WORDS, status, **parts, fault=sentence, keep=keep)
    answer.headers.update(headers or {})
    return answer


def _typed(name: str) -> str | None:
    found = request.form.get(name)
    return found[:400] if found else None


def _minutes(problem: Problem) -> int:
    return math.ceil(int(problem.headers.get("Retry-After", "60")) / 60)


def _next() -> str:
    return browsers.local_address(request.args.get("next"), HOME)


def _to(address: str) -> Response:
    return redirect(address, 303)  # type: ignore[return-value]
