"""Kiosks of the own branch, for whoever may enrol them."""

from __future__ import annotations

import marshmallow as ma

from services.reception.kiosks import actions
from shared.access import needs
from shared.http import Blueprint, InputSchema, OutputSchema, Text, idempotent

blueprint = Blueprint("kiosks", __name__, url_prefix="/api/v1/kiosks", description="Kiosks of the branch")


class KioskIn(InputSchema):
    """What people call the device."""

    label = Text(64, required=True, metadata={"examples": ["正门左侧"]})


class EnrolledOut(OutputSchema):
    """The key is shown this once."""

    shows = {"key": "yb_kiosk_…"}
    kiosk_id = ma.fields.String(required=True)
    key = ma.fields.String(required=True)


@blueprint.route("", methods=["POST"])
@needs("staff")
@blueprint.arguments(KioskIn, example={"label": "正门左侧"})
@idempotent(secret=True)
@blueprint.response(201, EnrolledOut)
def enrol(given):
    """Enrol a kiosk for the own branch."""
    return actions.enrol(given["label"])._asdict()


@blueprint.route("/<kiosk_id>", methods=["DELETE"])
@needs("staff")
@blueprint.response(204)
def revoke(kiosk_id):
    """Revoke a kiosk of the own branch."""
    actions.revoke(kiosk_id)
