"""Pages where managers keep their people: who works here, in which roles, with which account; and what roles open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, request
from sqlalchemy.orm import Session

from services.reception.roles import ROLES
from services.reception.staff import actions, queries
from services.reception.staff.model import CALL_AGENT
from services.reception.staff.people_words import PERMISSIONS, WORDS
from shared import branches as places
from shared import clock
from shared.access import current_actor, needs
from shared.db import every_branch, reader
from shared.events import GROUP
from shared.http import accepts
from shared.http.problems import Problem
from shared.runtime import runtime
from shared.service import load, names
from shared.web.frame import page, page_language

blueprint = Blueprint("people", __name__, template_folder="templates")
_FORM = "application/x-www-form-urlencoded"
_A_PAGE = 200
_SHOWN_AGAIN = (409, 412, 422)


@blueprint.get("/people")
@needs("staff")
def people() -> Response:
    """Everybody of the own branch, of all branches for the group; by label."""
    branch, after = actions.whose(), request.args.get("after", "")[:80]
    label, _, last = after.rpartition("/")
    with every_branch(), reader() as session:
        found = queries.page(session, branch, (label, last) if last else None, _A_PAGE + 1)
        known = _branches(session)
    shown, more = found[:_A_PAGE], found[_A_PAGE:]
    following = f"{shown[-1][0].label}/{shown[-1][0].id}" if more else ""
    return page(
        "staff/people.html", WORDS, people=[(each, _held(access)) for each, access in shown], known=known,
        following=following, roles=ROLES,
    )  # fmt: skip


@blueprint.get("/people/new")
@needs("staff")
def newcomer() -> Response:
    """The form for somebody new."""
    actions.whose()
    return _newcomer(200, {}, {})


@blueprint.post("/people/new")
@needs("staff")
@accepts(_FORM)
def join() -> Response:
    """Somebody joins (R8.1). What was wrong stands beside its field."""
    given = _given("label", "user", "password", "branch")
    roles = _roles()
    branch = given["branch"] or None if _is_group() else None
    if not given["label"]:
        return _newcomer(422, {**given, "roles": roles}, {"label": "field.required"})
    try:
        staff_id = actions.join(
            given["label"], branch, roles, given["user"] or None, given["password"] or None, must_change=True
        )
    except Problem as problem:
        return _newcomer(problem.status, {**given, "roles": roles}, _faults(problem))
    return _to(f"/reception/people/{staff_id}?done=joined")


@blueprint.get("/people/<string:staff_id>")
@needs("staff")
def person(staff_id: str) -> Response:
    """One person: name, roles in each branch, account."""
    return _person(staff_id, 200, {})


@blueprint.post("/people/<string:staff_id>")
@needs("staff")
@accepts(_FORM)
def change(staff_id: str) -> Response:
    """Another name or user name."""
    given = _given("label", "user")
    return _done(staff_id, "changed", lambda seen: actions.change(
        staff_id, seen, given["label"] or None, given["user"] or None
    ))  # fmt: skip


@blueprint.post("/people/<string:staff_id>/roles")
@needs("staff")
@accepts(_FORM)
def change_roles(staff_id: str) -> Response:
    """Exactly these roles in a branch from now on; sessions there get them within seconds."""
    branch = request.form.get("branch", "")[:40] or None if _is_group() else None
    return _done(staff_id, "roles", lambda seen: actions.change_roles(staff_id, seen, _roles(), branch))


@blueprint.post("/people/<string:staff_id>/password")
@needs("staff")
@accepts(_FORM)
def set_password(staff_id: str) -> Response:
    """A password for the next sign-in only."""
    password = _given("password")["password"]
    return _done(staff_id, "password", lambda seen: actions.set_password(staff_id, seen, password))


@blueprint.post("/people/<string:staff_id>/<any(disable, enable, leave):step>")
@needs("staff")
@accepts(_FORM)
def step(staff_id: str, step: str) -> Response:
    """Let somebody in no more, in again, or say that they have left."""
    verbs: dict[str, Callable[[str, int], None]] = {
        "disable": actions.disable, "enable": actions.enable, "leave": actions.leave,
    }  # fmt: skip
    return _done(staff_id, step, lambda seen: verbs[step](staff_id, seen))


@blueprint.get("/rights")
@needs("staff")
def rights() -> Response:
    """What each role opens, over all services, as the code says it."""
    actions.whose()
    language = page_language()
    table = []
    for role in ROLES.values():
        opened = []
        for name in names():
            codes = sorted(code for code, held in load(name).permissions.items() if role.name in held)
            if codes:
                opened.append((load(name).title[language], codes))
        table.append((role, opened))
    return page("staff/rights.html", WORDS, table=table, said=lambda code: PERMISSIONS[code][language])


def _done(staff_id: str, said: str, act: Callable[[int], None]) -> Response:
    version = request.form.get("version", "")
    try:
        act(int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1)
    except Problem as problem:
        if problem.status not in _SHOWN_AGAIN:
            raise
        return _person(staff_id, problem.status, _faults(problem))
    with every_branch(), reader() as session:
        stays = queries.one(session, staff_id, actions.whose()) is not None
    return _to(f"/reception/people/{staff_id}?done={said}" if stays else "/reception/people")


def _person(staff_id: str, status: int, faults: dict[str, str]) -> Response:
    branch = actions.whose()
    with every_branch(), reader() as session:
        member = queries.one(session, staff_id, branch)
        access = queries.roles_by_branch(session, staff_id) if member is not None else {}
        known = _branches(session)
    if member is None:
        raise Problem(404, "not-found")
    seen = {at: roles for at, roles in sorted(access.items()) if branch in (GROUP, at)}
    places_ = [*seen, *(() if branch != GROUP else (code for code in known if code not in seen))]
    return page(
        "staff/person.html", WORDS, status, member=member, access=seen, places=places_ or [branch], known=known,
        choices=_choices, roles=ROLES, errors=_sentences(faults), done=request.args.get("done", ""),
        elsewhere=len(access) > len(seen), joined=_local(member.joined_at), left=_local(member.left_at),
        myself=member.id == current_actor().id,
    )  # fmt: skip


def _newcomer(status: int, given: dict[str, Any], faults: dict[str, str]) -> Response:
    with every_branch(), reader() as session:
        known = _branches(session)
    branch = given.get("branch") or (GROUP if _is_group() else current_actor().branch)
    return page(
        "staff/newcomer.html", WORDS, status, given=given, errors=_sentences(faults),
        known=known if _is_group() else {}, choices=_choices, branch=branch, all_roles=_is_group(), roles=ROLES,
    )  # fmt: skip


def _choices(branch: str) -> list[str]:
    """The roles that whoever is here may give in ``branch``."""
    above = not _is_group()
    return [
        role.name
        for role in ROLES.values()
        if role.name != CALL_AGENT and (role.group if branch == GROUP else role.branch) and not (above and role.group)
    ]


def _held(access: dict[str, frozenset[str]]) -> dict[str, list[str]]:
    branch = current_actor().branch or GROUP
    return {at: sorted(roles) for at, roles in access.items() if branch in (GROUP, at)}


def _branches(session: Session) -> dict[str, str]:
    """Code → name of every branch, the group first."""
    found = {code: places.get(session, code).name for code in places.all_codes(session)}
    return {GROUP: "", **found}


def _is_group() -> bool:
    return current_actor().branch in (None, GROUP)


def _given(*fields: str) -> dict[str, str]:
    return {name: request.form.get(name, "").strip()[:200] for name in fields}


def _roles() -> list[str]:
    return [each[:40] for each in request.form.getlist("roles")[:40]]


def _faults(problem: Problem) -> dict[str, str]:
    if problem.status not in _SHOWN_AGAIN:
        raise problem
    return {fault.pointer[1:]: fault.code for fault in problem.errors} or {"": problem.code}


def _sentences(faults: dict[str, str]) -> dict[str, str]:
    wording, language = runtime().wording, page_language()

    def sentence(code: str) -> str:
        known = code in wording.fields
        return wording.field(code, language, {}) if known else wording.problem(code, 409, language, {})[1]

    return {name: sentence(code) for name, code in faults.items()}


def _local(at: Any) -> str:
    branch = current_actor().branch
    if at is None:
        return ""
    with every_branch(), reader() as session:
        zone = places.get(session, branch).zone if branch and branch != GROUP else "Asia/Shanghai"
    return f"{clock.local(at, zone):%Y-%m-%d}"


def _to(address: str) -> Response:
    return redirect(address, 303)  # type: ignore[return-value]
