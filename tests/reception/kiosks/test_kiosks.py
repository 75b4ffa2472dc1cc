"""Kiosks: bound to a branch when enrolled, closed out when revoked."""

from __future__ import annotations

import json

import pytest

from services.reception.kiosks.actions import enrol, revoke
from services.reception.visits.model import Visit
from shared.access.model import AccessKey
from shared.http.problems import Problem
from tests.reception.door import BEIJING, SHANGHAI, VISITS, check_in, facts, names, staff, ticket

pytestmark = pytest.mark.duty("R12.1")
KIOSKS = "/reception/api/v1/kiosks"


def test_a_manager_enrols_a_kiosk_that_checks_in_for_the_branch_only(house):
    answer = house.client("reception").post(KIOSKS, json={"label": "正门"}, headers=staff(house, "branch_manager"))
    assert answer.status_code == 201
    headers = {"Authorization": f"Bearer {answer.json['key']}"}
    visit = ticket(house, headers)
    with house.reading("reception", BEIJING) as session:
        assert session.get(Visit, visit["visit_id"]).branch_id == BEIJING
        assert answer.json["key"].rpartition("_")[2] not in session.get(AccessKey, answer.json["kiosk_id"]).hash
    assert house.client("reception").get(VISITS, headers=headers).status_code == 403
    [told] = facts(house, f"kiosk/{answer.json['kiosk_id']}")
    assert json.loads(told.data) == {"kiosk_id": answer.json["kiosk_id"], "branch": BEIJING, "label": "正门"}


def test_a_revoked_kiosk_opens_nothing(house):
    with house.at("reception", BEIJING):
        kiosk = enrol("正门")
        revoke(kiosk.kiosk_id)
        revoke(kiosk.kiosk_id)
    assert check_in(house, {"Authorization": f"Bearer {kiosk.key}"}).status_code == 401
    assert names(facts(house, f"kiosk/{kiosk.kiosk_id}")) == ["kiosk.enrolled", "kiosk.revoked"]


def test_another_branchs_kiosk_cannot_be_revoked(house):
    with house.at("reception"):
        kiosk = enrol("正门", SHANGHAI)
    answer = house.client("reception").delete(f"{KIOSKS}/{kiosk.kiosk_id}", headers=staff(house, "branch_manager"))
    assert answer.status_code == 404
    assert check_in(house, {"Authorization": f"Bearer {kiosk.key}"}).status_code == 201


def test_who_may_not_enrol_does_not(house):
    assert house.client("reception").post(KIOSKS, json={"label": "x"}, headers=staff(house)).status_code == 403
    with house.at("reception"), pytest.raises(Problem) as refused:
        enrol("x", "nowhere")
    assert refused.value.status == 422
