"""What comes in and goes out about signing in and people."""

from __future__ import annotations

import marshmallow as ma

from services.reception.staff import passwords
from shared.http import Code, InputSchema, Instant, Limit, OutputSchema, QuerySchema, Text


def password_field(**options: object) -> ma.fields.String:
    """A password as it was typed: nothing is cut off."""
    return ma.fields.String(
        load_only=True, validate=ma.validate.Length(1, passwords.MAX_LENGTH, error="field.length"),
        error_messages={"required": "field.required", "null": "field.null", "invalid": "text.type"}, **options,
    )  # fmt: skip


class SignInIn(InputSchema):
    """Name and password; the branch only where somebody works in several."""

    user = Text(64, required=True)
    password = password_field(required=True)
    branch = Code(40, allow_none=True, load_default=None)
    # Needed once, when somebody else has set the present one.
    new_password = password_field(allow_none=True, load_default=None)
    device = Text(64, allow_none=True, load_default=None, metadata={"description": "its name in the list of sessions"})


class TokenOut(OutputSchema):
    """``Authorization: Bearer <token>``, for ``expires_in`` seconds; ``refresh`` gets the next one, once."""

    shows = {"expires_in": 300, "roles": ["receptionist"]}
    token = ma.fields.String(required=True)
    expires_in = ma.fields.Integer(required=True)
    branch = ma.fields.String(required=True)
    roles = ma.fields.List(ma.fields.String(), required=True)
    session = ma.fields.String(required=True)
    refresh = ma.fields.String(
        allow_none=True, metadata={"description": "null: in the cookie, or the one you have stays good"}
    )


class RefreshIn(InputSchema):
    """The secret of the last answer; a browser sends it as a cookie instead."""

    refresh = Text(80, allow_none=True, load_default=None)


class SwitchIn(InputSchema):
    """The branch to go on in."""

    branch = Code(40, required=True)


class SessionOut(OutputSchema):
    """One device that is signed in."""

    id = ma.fields.String(required=True)
    branch = ma.fields.String(required=True)
    device = ma.fields.String(required=True)
    agent = ma.fields.String(required=True)
    created_at = Instant(required=True)
    seen_at = Instant(required=True)
    current = ma.fields.Boolean(required=True)


class SessionsOut(OutputSchema):
    """All of them."""

    sessions = ma.fields.List(ma.fields.Nested(SessionOut), required=True)


class OwnPasswordIn(InputSchema):
    """The present password and the new one."""

    password = password_field(required=True)
    new_password = password_field(required=True)


class StaffQuery(QuerySchema):
    """A page of the list."""

    after = ma.fields.String(load_default=None)
    limit = Limit()


class AccessOut(OutputSchema):
    """Roles in one branch (``group`` for headquarters)."""

    branch = ma.fields.String(required=True)
    roles = ma.fields.List(ma.fields.String(), required=True)


class StaffOut(OutputSchema):
    """A member of staff."""

    id = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    user = ma.fields.String(required=True, allow_none=True)
    disabled = ma.fields.Boolean(required=True)
    must_change_password = ma.fields.Boolean(required=True)
    access = ma.fields.List(ma.fields.Nested(AccessOut), required=True)
    joined_at = Instant(required=True)
    left_at = Instant(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)


class StaffPageOut(OutputSchema):
    """One page."""

    staff = ma.fields.List(ma.fields.Nested(StaffOut), required=True)
    next = ma.fields.String(required=True, allow_none=True)


def _roles(**options: object) -> ma.fields.List:
    return ma.fields.List(
        Code(40), validate=ma.validate.Length(max=20, error="list.too_long"),
        error_messages={"required": "field.required", "null": "field.null", "invalid": "list.type"}, **options,
    )  # fmt: skip


class JoinIn(InputSchema):
    """Somebody new. With user and password they can sign in, and choose another password then."""

    label = Text(64, required=True)
    user = Text(64, allow_none=True, load_default=None)
    password = password_field(allow_none=True, load_default=None)
    roles = _roles(required=True)
    branch = Code(
        40, allow_none=True, load_default=None, metadata={"description": "only for administrators of the group"}
    )


class RolesIn(InputSchema):
    """All roles in the branch from now on; none at all takes the person out of it."""

    roles = _roles(required=True)
    branch = Code(
        40, allow_none=True, load_default=None, metadata={"description": "only for administrators of the group"}
    )


class ChangeIn(InputSchema):
    """What is to be different."""

    label = Text(64)
    user = Text(64)


class PasswordIn(InputSchema):
    """A password that holds until the person's first sign-in with it."""

    password = password_field(required=True)
