"""Signing in: a password against a token that every service believes for five minutes."""

from __future__ import annotations

import marshmallow as ma

from services.reception.staff import passwords
from services.reception.staff.signing_in import sign_in
from shared.access import signing
from shared.http import Blueprint, Code, InputSchema, OutputSchema, Text

blueprint = Blueprint("tokens", __name__, url_prefix="/api/v1/tokens", description="Signing in")


class SignInIn(InputSchema):
    """Name and password; the branch only where somebody works in several."""

    user = Text(64, required=True)
    password = ma.fields.String(
        required=True, load_only=True, validate=ma.validate.Length(1, passwords.MAX_LENGTH),
        error_messages={"required": "field.required", "null": "field.null", "invalid": "text.type"},
    )  # fmt: skip
    branch = Code(40, allow_none=True, load_default=None)


class TokenOut(OutputSchema):
    """``Authorization: Bearer <token>``, for ``expires_in`` seconds."""

    shows = {"expires_in": 300, "roles": ["receptionist"]}
    token = ma.fields.String(required=True)
    expires_in = ma.fields.Integer(required=True)
    branch = ma.fields.String(required=True)
    roles = ma.fields.List(ma.fields.String(), required=True)


@blueprint.route("", methods=["POST"])
@blueprint.arguments(SignInIn, example={"user": "wang", "password": "a-long-enough-phrase"})
@blueprint.response(200, TokenOut)
@blueprint.gives(401, "sign-in-failed")
@blueprint.gives(422, "branch-required")
def sign_in_with_password(given):
    """A token for all services."""
    person = sign_in(given["user"], given["password"], given["branch"])
    return {
        "token": signing.issue(person.staff_id, person.user, person.branch, sorted(person.roles)),
        "expires_in": int(signing.TOKEN_LIFE.total_seconds()),
        "branch": person.branch,
        "roles": sorted(person.roles),
    }
