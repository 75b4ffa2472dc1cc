"""Signing in, a password against a token that every service believes for five minutes; sessions; people."""

from __future__ import annotations

from flask import Response, make_response, request

from services.reception.staff import actions, queries, sessions
from services.reception.staff import schemas as s
from services.reception.staff.agents import client_here
from services.reception.staff.model import Staff
from services.reception.staff.own_password import change_own_password
from services.reception.staff.signing_in import sign_in
from shared.access import browsers, current_actor, needs, signing
from shared.db import every_branch, reader
from shared.events import GROUP
from shared.http import Blueprint, Problem, decode_cursor, encode_cursor, etag, idempotent
from shared.http.etags import seen_version
from shared.http.schemas import written

tokens = Blueprint("tokens", __name__, url_prefix="/api/v1/tokens", description="Signing in")
own = Blueprint("sessions", __name__, url_prefix="/api/v1", description="One's own sessions and password")
people = Blueprint("staff", __name__, url_prefix="/api/v1/staff", description="The people who work here")
blueprint = (tokens, own, people)


def answer(person: sessions.SignedIn) -> dict:
    """What a program gets."""
    return {
        "token": person.token(),
        "expires_in": int(signing.TOKEN_LIFE.total_seconds()),
        "branch": person.branch,
        "roles": sorted(person.roles),
        "session": person.session_id,
        "refresh": person.refresh,
    }


@tokens.route("", methods=["POST"])
@tokens.arguments(s.SignInIn, example={"user": "wang", "password": "a-long-enough-phrase"})
@tokens.response(200, s.TokenOut)
@tokens.gives(401, "sign-in-failed")
@tokens.gives(422, "branch-required")
@tokens.gives(403, "password-change-required")
def sign_in_with_password(given):
    """A token for all services, and the secret to get the next one."""
    client = client_here(given["device"] or "")
    person = sign_in(given["user"], given["password"], given["branch"], client, new_password=given["new_password"])
    return answer(person)


@tokens.route("/refresh", methods=["POST"])
@tokens.arguments(s.RefreshIn, example={"refresh": "the-secret-of-the-last-answer"})
@tokens.response(200, s.TokenOut)
@tokens.gives(401, "unauthenticated")
def refresh_token(given):
    """The next token, and the next secret: each is good for one exchange. A browser's secret comes as a cookie."""
    in_cookie = given["refresh"] is None
    if in_cookie:
        browsers.check_same_site()
    secret = browsers.refresh_secret() if in_cookie else given["refresh"]
    person = sessions.refresh(secret) if secret else None
    if person is None:
        raise Problem(401, "unauthenticated", headers={"WWW-Authenticate": 'Bearer realm="reception"'})
    return _to_browser(person) if in_cookie else answer(person)


@tokens.route("/switch", methods=["POST"])
@needs("staff")
@tokens.arguments(s.SwitchIn, example={"branch": "sh-pudong"})
@tokens.response(200, s.TokenOut)
@tokens.gives(422, "unknown-reference")
def switch_branch(given):
    """Go on in another of one's branches; the secret stays the same."""
    person = sessions.switch_branch(current_actor().id, current_actor().session, given["branch"])
    if person is None:
        raise Problem(422, "unknown-reference", errors=[("/branch", "unknown-reference")])
    return _to_browser(person) if browsers.token_in_cookie() else answer(person)


@tokens.route("/sign-out", methods=["POST"])
@needs("staff")
@tokens.response(204)
def sign_out():
    """End this session; every service refuses its tokens within seconds."""
    sessions.end_own(current_actor().id, current_actor().session)
    return browsers.forget(make_response("", 204))


def _to_browser(person: sessions.SignedIn) -> Response:
    """The same answer with the cookies; the secret is nothing for a script to read."""
    body = answer(person)
    told = written({**body, "refresh": None}, s.TokenOut(), 200)
    return browsers.keep(told, body["token"], person.refresh)


@own.route("/sessions", methods=["GET"])
@needs("staff")
@own.response(200, s.SessionsOut)
def own_sessions():
    """Where one is signed in, the latest use first."""
    actor = current_actor()
    with every_branch(), reader() as session:
        rows = queries.sessions_of(session, actor.id)
    return {
        "sessions": [
            {
                "id": row.id, "branch": row.branch_id, "device": row.device, "agent": row.agent,
                "created_at": row.created_at, "seen_at": row.seen_at, "current": row.id == actor.session,
            }
            for row in rows
        ]
    }  # fmt: skip


@own.route("/sessions/<string:session_id>", methods=["DELETE"])
@needs("staff")
@own.response(204)
def end_session(session_id):
    """End one of one's own sessions, here or elsewhere."""
    if not sessions.end_own(current_actor().id, session_id):
        raise Problem(404, "not-found")


@own.route("/password", methods=["POST"])
@needs("staff")
@own.arguments(s.OwnPasswordIn, example={"password": "the-present-one", "new_password": "a-longer-phrase"})
@own.response(204)
def change_password(given):
    """Choose a new password; one's other sessions end."""
    change_own_password(given["password"], given["new_password"], request.remote_addr or "")


@people.route("", methods=["GET"])
@needs("staff")
@people.arguments(s.StaffQuery, location="query")
@people.response(200, s.StaffPageOut)
def list_staff(query):
    """The people of the own branch; of all branches for administrators of the group."""
    cursor = decode_cursor(query["after"], str, str)
    branch, limit = actions.whose(), query["limit"]
    with reader() as session:
        found = queries.page(session, branch, (cursor[0], cursor[1]) if cursor else None, limit + 1)
    shown = found[:limit]
    last = shown[-1][0] if len(found) > limit else None
    return {
        "staff": [_shown(member, access) for member, access in shown],
        "next": encode_cursor(last.label, last.id) if last else None,
    }


@people.route("", methods=["POST"])
@needs("staff")
@people.arguments(s.JoinIn, example={"label": "林晓", "roles": ["receptionist"]})
@idempotent(ignore=("password",))
@people.response(201, s.StaffOut)
@people.gives(409, "user-exists")
def join_staff(given):
    """Somebody new; a password given here is replaced at the first sign-in."""
    staff_id = actions.join(
        given["label"], given["branch"], given["roles"], given["user"], given["password"], must_change=True
    )
    body, _, headers = _one(staff_id)
    return body, 201, {**headers, "Location": f"{request.path.rstrip('/')}/{staff_id}"}


@people.route("/<string:staff_id>", methods=["GET"])
@needs("staff")
@people.response(200, s.StaffOut)
def show_staff(staff_id):
    """One person."""
    return _one(staff_id)


@people.route("/<string:staff_id>", methods=["PATCH"])
@needs("staff")
@people.arguments(s.ChangeIn, example={"label": "林晓"})
@people.response(200, s.StaffOut)
@people.gives(409, "user-exists")
@people.gives(409, "works-elsewhere")
def change_staff(given, staff_id):
    """Another label or user name; needs If-Match."""
    actions.change(staff_id, seen_version(), given.get("label"), given.get("user"))
    return _one(staff_id)


@people.route("/<string:staff_id>/roles", methods=["PUT"])
@needs("staff")
@people.arguments(s.RolesIn, example={"roles": ["receptionist", "sales_consultant"]})
@people.response(200, s.StaffOut)
@people.gives(409, "not-yourself")
@people.gives(409, "works-elsewhere")
def change_roles(given, staff_id):
    """The roles in a branch; needs If-Match. What the person has open gets the new rights within seconds."""
    actions.change_roles(staff_id, seen_version(), given["roles"], given["branch"])
    return _one(staff_id)


@people.route("/<string:staff_id>/password", methods=["PUT"])
@needs("staff")
@people.arguments(s.PasswordIn, example={"password": "for-the-first-day-only"})
@people.response(200, s.StaffOut)
@people.gives(409, "not-yourself")
@people.gives(409, "works-elsewhere")
def set_password(given, staff_id):
    """A password for the next sign-in only; needs If-Match."""
    actions.set_password(staff_id, seen_version(), given["password"])
    return _one(staff_id)


def _step(verb):
    @people.route(f"/<string:staff_id>/{verb.__name__}", methods=["POST"], endpoint=verb.__name__)
    @needs("staff")
    @idempotent
    @people.response(200, s.StaffOut)
    @people.gives(409, "not-yourself")
    @people.gives(409, "works-elsewhere")
    @people.gives(428, "precondition-required")
    def step(staff_id):
        verb(staff_id, seen_version())
        return _one(staff_id)

    step.__doc__ = verb.__doc__


for _verb in (actions.disable, actions.enable, actions.leave):
    _step(_verb)


def _one(staff_id: str):
    branch = actions.whose()
    with reader() as session:
        member = queries.one(session, staff_id, branch)
        access = queries.roles_by_branch(session, staff_id) if member is not None else {}
    if member is None:
        raise Problem(404, "not-found")
    return _shown(member, access), 200, {"ETag": etag(member.version)}


def _shown(member: Staff, access) -> dict:
    """Roles in other branches than the own are nothing to see for a branch."""
    branch = current_actor().branch or GROUP
    return {
        "id": member.id, "label": member.label, "user": member.user_name, "disabled": member.disabled,
        "must_change_password": member.must_change, "joined_at": member.joined_at, "left_at": member.left_at,
        "version": member.version,
        "access": [
            {"branch": at, "roles": sorted(roles)}
            for at, roles in sorted(access.items()) if branch in (GROUP, at)
        ],
    }  # fmt: skip
