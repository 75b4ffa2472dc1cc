"""Enrolling by a code, naming, listing: the door for a machine that nobody knows yet (R12.1)."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import MetaData, select

from services.reception.kiosks import codes, enrolling
from services.reception.kiosks.actions import make_code
from services.reception.kiosks.model import Kiosk, KioskGuess
from services.reception.visits.model import Visit
from shared import clock
from shared.access.keys import KeyRing
from shared.db import Database
from tests.kit.things import somebody
from tests.reception.door import BEIJING, SHANGHAI, check_in, facts, names, staff, ticket

pytestmark = pytest.mark.duty("R12.1")
KIOSKS = "/reception/api/v1/kiosks"
ENROLMENTS = f"{KIOSKS}/enrolments"
EMBEDDED = pytest.mark.parametrize("stack", ["embedded"], indirect=True)


def code(house, branch=BEIJING):
    answer = house.client("reception").post(
        f"{KIOSKS}/codes", json={"label": "正门"}, headers=staff(house, "branch_manager", branch)
    )
    assert answer.status_code == 201, answer.json
    return answer.json["code"]


def enrol(house, typed, address="10.0.0.7", **more):
    return house.client("reception").post(
        ENROLMENTS, json={"code": typed, **more}, environ_base={"REMOTE_ADDR": address}
    )


def opens(house, key):
    return {"Authorization": f"Bearer {key}"}


def listed(house, headers):
    return house.client("reception").get(KIOSKS, headers=headers).json["kiosks"]


def test_s35_a_code_makes_one_kiosk_of_the_admins_branch(house):
    given = code(house, SHANGHAI)
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", given)
    # As people type it.
    answer = enrol(house, given.lower().replace("-", " "))
    assert (answer.status_code, answer.json["branch"]) == (201, SHANGHAI)
    visit = ticket(house, opens(house, answer.json["key"]))
    with house.reading("reception", SHANGHAI) as session:
        assert session.get(Visit, visit["visit_id"]) is not None
        assert session.get(Kiosk, answer.json["kiosk_id"]).label == "正门"
    [told] = facts(house, f"kiosk/{answer.json['kiosk_id']}")
    assert json.loads(told.data) == {"kiosk_id": answer.json["kiosk_id"], "branch": SHANGHAI, "label": "正门"}
    again = enrol(house, given)
    assert (again.status_code, again.json["type"]) == (410, "/problems/kiosk-code-spent")


def test_s35_two_machines_with_one_code_make_one_kiosk(house):
    given = code(house)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: enrol(house, given, f"10.0.1.{n}").status_code, range(4)))
    assert sorted(answers) == [201, 410, 410, 410]


def test_s35_after_ten_minutes_a_code_is_spent(house):
    given = code(house)
    with time_machine.travel(clock.now() + codes.GOOD_FOR - timedelta(seconds=2)):
        fresh = code(house)
    with time_machine.travel(clock.now() + codes.GOOD_FOR):
        assert enrol(house, given).status_code == 410
        assert enrol(house, fresh).status_code == 201


def test_s35_after_five_wrong_codes_an_address_is_not_heard_not_even_with_a_right_one(house):
    given = code(house)
    wrong = [enrol(house, f"2222-22{n}{n}") for n in range(2, 7)]
    assert {(each.status_code, each.json["type"]) for each in wrong} == {(422, "/problems/kiosk-code-wrong")}
    shut = enrol(house, given)
    assert (shut.status_code, shut.json["type"]) == (429, "/problems/too-many-requests")
    assert 0 < int(shut.headers["Retry-After"]) <= 601
    # Somebody else's guessing locks nobody out.
    assert enrol(house, given, "10.0.0.8").status_code == 201
    with time_machine.travel(clock.now() + enrolling.COUNTED_FOR + timedelta(seconds=1)):
        assert enrol(house, "2222-2222").status_code == 422
        assert enrol(house, code(house)).status_code == 201
        with house.reading("reception") as session:
            assert len(session.scalars(select(KioskGuess)).all()) == 1, "what counts no longer is forgotten"


@EMBEDDED
def test_s35_only_who_may_enrol_is_shown_a_code(house):
    client = house.client("reception")
    for role in ("receptionist", "service_advisor", "office_admin", "hq_analyst"):
        refused = client.post(f"{KIOSKS}/codes", json={"label": "x"}, headers=somebody(house, BEIJING, role))
        assert refused.status_code == 403, role
    assert client.post(f"{KIOSKS}/codes", json={"label": "x"}).status_code == 401
    # The group has no door.
    group = somebody(house, "group", "system_admin")
    assert client.post(f"{KIOSKS}/codes", json={"label": "x"}, headers=group).status_code == 422


@EMBEDDED
def test_s36_neither_key_nor_code_nor_address_stands_in_the_database(house):
    with house.at("reception", BEIJING):
        given = make_code("正门").code
    key = enrol(house, given).json["key"]
    enrol(house, "2222-2222", "10.77.66.55")
    check_in(house, opens(house, key))
    metadata = MetaData()
    with house.reading("reception") as session:
        connection = session.connection()
        metadata.reflect(connection)
        dump = "".join(repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table)))
    assert "正门" in dump
    plain = (key, key.rpartition("_")[2], given, codes.typed(given), "10.77.66.55")
    assert [each for each in plain if each in dump] == []


def test_s39_a_lost_tablet_is_refused_by_every_process_within_five_seconds(house, monkeypatch):
    made = enrol(house, code(house)).json
    known = house.runtime("reception").database
    other = Database(known.url.render_as_string(hide_password=False))
    try:
        assert KeyRing.of(other).recognise(made["key"])
        assert check_in(house, opens(house, made["key"])).status_code == 201
        answer = house.client("reception").delete(
            f"{KIOSKS}/{made['kiosk_id']}", headers=staff(house, "branch_manager")
        )
        assert answer.status_code == 204
        now = clock.monotonic
        monkeypatch.setattr(clock, "monotonic", lambda: now() + 4.9)
        assert KeyRing.of(other).recognise(made["key"]) is None
        assert check_in(house, opens(house, made["key"])).status_code == 401
    finally:
        other.dispose()


@EMBEDDED
def test_s40_the_branch_is_always_the_keys(house):
    key = opens(house, enrol(house, code(house)).json["key"])
    for name in ("branch", "branch_id"):
        assert check_in(house, key, **{name: SHANGHAI}).status_code == 422
    visit = ticket(house, {**key, "X-Branch": SHANGHAI})
    with house.reading("reception") as session:
        assert session.get(Visit, visit["visit_id"]).branch_id == BEIJING


@EMBEDDED
def test_s20_a_kiosk_does_not_learn_who_is_known(house):
    key = opens(house, enrol(house, code(house)).json["key"])
    ticket(house, key, phone="13812345678", name="欧阳娜娜", plate="京A12345")
    known = ticket(house, opens(house, enrol(house, code(house, SHANGHAI)).json["key"]), phone="13812345678")
    unknown = ticket(house, key, phone="13912345678")
    assert set(known) == set(unknown) == {"visit_id", "ticket", "status", "people_ahead", "wait"}


def test_the_list_says_what_is_there_and_when_it_was_seen(house):
    manager = staff(house, "branch_manager")
    made = enrol(house, code(house), label="大厅").json
    enrol(house, code(house, SHANGHAI))
    [kiosk] = listed(house, manager)
    assert (kiosk["kiosk_id"], kiosk["label"], kiosk["last_seen_at"], kiosk["revoked_at"]) == (
        made["kiosk_id"], "大厅", None, None,
    )  # fmt: skip
    check_in(house, opens(house, made["key"]))
    with time_machine.travel(clock.now() + timedelta(seconds=61)), house.at("reception"):
        assert KeyRing.of(house.runtime("reception").database).write_seen()
    assert listed(house, manager)[0]["last_seen_at"] is not None
    assert house.client("reception").get(KIOSKS, headers=staff(house, "technician")).status_code == 403


def test_a_kiosk_is_renamed_by_who_saw_its_present_name(house):
    manager, client = staff(house, "branch_manager"), house.client("reception")
    made = enrol(house, code(house)).json
    url = f"{KIOSKS}/{made['kiosk_id']}"
    assert client.patch(url, json={"label": "侧门"}, headers=manager).status_code == 428
    assert client.patch(url, json={"label": "侧门"}, headers={**manager, "If-Match": '"7"'}).status_code == 412
    done = client.patch(url, json={"label": "侧门"}, headers={**manager, "If-Match": '"1"'})
    assert (done.status_code, done.json["label"], done.headers["ETag"]) == (200, "侧门", '"2"')
    same = client.patch(url, json={"label": "侧门"}, headers={**manager, "If-Match": '"2"'})
    assert same.headers["ETag"] == '"2"'
    assert client.delete(url, headers=manager).status_code == 204
    told = facts(house, f"kiosk/{made['kiosk_id']}")
    assert names(told) == ["kiosk.enrolled", "kiosk.renamed", "kiosk.revoked"]
    assert [row.version for row in told] == [1, 2, 3]
