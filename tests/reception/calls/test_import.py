"""Lists of telephone calls come in by API: checked whole, then imported once, however often they are sent (R3.1)."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from shared.events.tables import EventLog
from tests.reception.calls.telephone import HEADINGS, IMPORTS, imported, job, line, listing, logged, send
from tests.reception.door import BEIJING, SHANGHAI, kiosk, staff

pytestmark = pytest.mark.duty("R3.1")


def events(house: Any, type_: str) -> list[EventLog]:
    with house.reading("reception") as session:
        return list(session.query(EventLog).filter(EventLog.type == f"reception.{type_}.v1").order_by(EventLog.id))


def kept(house: Any) -> list[Path]:
    """The files that lie on the disk."""
    return [path for path in (house.runtime("reception").environment.data_dir / "files").rglob("*") if path.is_file()]


def test_a_list_goes_in_through_a_job_and_each_call_is_a_fact(house: Any) -> None:
    manager = staff(house, "branch_manager")
    answer = send(house, manager, listing(250))
    assert answer.headers["Location"] == answer.json["status_url"]
    assert job(house, manager, answer)["state"] == "waiting"
    house.settle()
    found = job(house, manager, answer)
    assert (found["state"], found["error"], found["progress"], found["total"]) == ("done", None, 251, 251)
    assert {name: found["result"][name] for name in ("rows", "added", "unchanged", "different", "wrong_rows")} == {
        "rows": 250, "added": 250, "unchanged": 0, "different": 0, "wrong_rows": 0,
    }  # fmt: skip
    assert len(logged(house)) == len(events(house, "call.logged")) == 250
    assert len(events(house, "staff.joined")) == 4  # the manager and three agents


def test_a_call_keeps_its_own_time_and_day_beside_the_time_of_recording(house: Any) -> None:
    imported(house, staff(house, "branch_manager"), f"{HEADINGS}\n{line(1, date='2021-01-01', time='0:12:58')}\n")
    import json

    (event,) = events(house, "call.logged")
    data = json.loads(event.data)
    assert (data["occurred_at"], data["local_date"]) == ("2020-12-31T16:12:58.000000Z", "2021-01-01")
    assert event.time.year >= 2026
    said = {"answered": True, "resolved": True, "answer_seconds": 1, "talk_seconds": 143, "rating": 2, "imported": True}
    assert {name: data[name] for name in said} == said


def test_the_same_list_again_adds_nothing_and_a_longer_one_only_what_is_new(house: Any) -> None:
    manager = staff(house, "branch_manager")
    imported(house, manager, listing(120))
    again = imported(house, manager, listing(120))["result"]
    longer = imported(house, manager, listing(150))["result"]
    changed = imported(house, manager, f"{HEADINGS}\n{line(1, topic='Other')}\n{line(2)}\n")["result"]
    assert (again["added"], again["unchanged"]) == (0, 120)
    assert (longer["added"], longer["unchanged"]) == (30, 120)
    assert (changed["added"], changed["different"], changed["different_rows"]) == (0, 1, [2])
    assert len(logged(house)) == len(events(house, "call.logged")) == 150


def test_one_wrong_row_and_nothing_is_imported_but_every_fault_is_said(house: Any) -> None:
    wrong = [
        line(1), line(2, date="2021-02-30"), line(3, agent="=cmd|'/c calc'!A1"), line(4, rating="9", answered="maybe"),
        line(5), line(6, talk="0:01:00"), line(7, topic="call 138-1234-5678"), line(1),
    ]  # fmt: skip
    manager = staff(house, "branch_manager")
    found = imported(house, manager, "\n".join([HEADINGS, *wrong]))
    assert (found["state"], found["error"]["code"], found["error"]["error_count"]) == ("failed", "rows-invalid", 7)
    assert [(e["row"], e["column"], e["code"]) for e in found["error"]["errors"]] == [
        (3, "Date", "cell.date"), (4, "Agent", "cell.formula"), (5, "Answered (Y/N)", "cell.yes_no"),
        (5, "Satisfaction rating", "cell.range"), (7, "AvgTalkDuration", "call.not_answered"),
        (8, "Topic", "call.topic_names_number"), (9, "Call Id", "row.twice"),
    ]  # fmt: skip
    assert found["error"]["errors"][0]["detail"] == "应为日期，例如 2026-11-23"
    assert logged(house) == []
    assert len(events(house, "staff.joined")) == 1


def test_the_faults_come_in_english_and_as_a_file_that_no_spreadsheet_runs(house: Any) -> None:
    manager = staff(house, "branch_manager")
    answer = send(house, manager, f"{HEADINGS}\n{line(1, date='x')}\n")
    house.settle()
    url = answer.json["status_url"]
    found = house.client("reception").get(url, headers={**manager, "Accept-Language": "en"}).json
    assert found["error"]["errors"][0]["detail"] == "Must be a date, for example 2026-11-23"
    assert found["error"]["detail"] == "1 rows are wrong; nothing was imported"
    file = house.client("reception").get(found["file_url"], headers=manager)
    assert file.mimetype == "text/csv"
    assert file.headers["Content-Disposition"].startswith("attachment")
    lines = list(csv.reader(io.StringIO(file.get_data().decode("utf-8-sig"))))
    assert lines[1][:3] == ["2", "Date", "cell.date"]


def test_good_rows_go_in_when_it_is_wished_and_the_others_are_listed(house: Any) -> None:
    rows = [line(n, rating="7") if n in (2, 5) else line(n) for n in range(1, 8)]
    found = imported(house, staff(house, "branch_manager"), "\n".join([HEADINGS, *rows]), on_error="skip")
    assert (found["state"], found["result"]["added"], found["result"]["wrong_rows"]) == ("done", 5, 2)
    assert [error["row"] for error in found["result"]["errors"]] == [3, 6]
    assert [call.external_id for call in logged(house)] == ["ID00001", "ID00003", "ID00004", "ID00006", "ID00007"]


def test_a_dry_run_says_what_would_be_and_writes_nothing(house: Any) -> None:
    manager = staff(house, "branch_manager")
    imported(house, manager, listing(10))
    found = imported(house, manager, listing(30), dry_run="true")
    assert (found["state"], found["result"]["dry_run"]) == ("done", True)
    assert (found["result"]["added"], found["result"]["unchanged"]) == (20, 10)
    assert len(logged(house)) == len(events(house, "call.logged")) == 10


def test_chinese_headings_another_encoding_and_a_mapping(house: Any) -> None:
    head = "通话编号;接线员;通话时间;业务;是否接通;是否解决"
    text = f"{head}\nT1;王芳;2021-01-01 9:12;保养;是;否\nT2;李娜;2021年1月2日 10:00;投诉;否;\n"
    found = imported(house, staff(house, "branch_manager"), text.encode("gb18030"), mapping='{"业务": "topic"}')
    assert (found["state"], found["error"]) == ("done", None)
    assert found["result"]["file"] == {"kind": "csv", "encoding": "gb18030", "delimiter": ";"}
    assert [(call.topic, call.answered, call.resolved) for call in logged(house)] == [
        ("保养", True, False), ("投诉", False, None),
    ]  # fmt: skip


def test_a_workbook_is_as_good_as_csv_and_its_formulas_are_refused(house: Any) -> None:
    import datetime as dt

    def workbook(second: Any) -> bytes:
        book, out = openpyxl.Workbook(), io.BytesIO()
        book.active.append(HEADINGS.split(","))
        when = [dt.date(2021, 1, 1), dt.time(9, 12, 58)]
        book.active.append(["X1", "Diane", *when, "A", "Y", "Y", 10, dt.timedelta(seconds=143), 3])
        book.active.append(["X2", "Diane", *when, "A", "Y", "Y", second, dt.time(0, 2, 23), 3])
        book.save(out)
        return out.getvalue()

    manager = staff(house, "branch_manager")
    refused = imported(house, manager, workbook("=5+5"))
    assert [(e["row"], e["code"]) for e in refused["error"]["errors"]] == [(3, "cell.formula")]
    assert logged(house) == []
    assert imported(house, manager, workbook(10))["result"]["added"] == 2
    assert {(call.talk_seconds, call.answer_seconds) for call in logged(house)} == {(143, 10)}


def test_a_file_that_is_no_such_list_fails_with_its_reason(house: Any) -> None:
    bad: dict[str, str | bytes] = {
        "heading.missing": "Call Id,Agent\nA,B\n", "heading.unknown": listing(1).replace("Topic", "Stoff"),
        "file.no_rows": HEADINGS, "file.empty": b"", "file.utf16": listing(3).encode("utf-16"),
        "file.binary": b"\x00\x01\x02" * 100, "file.quote": listing(2) + '"open',
    }  # fmt: skip
    manager = staff(house, "branch_manager")
    answers = {code: send(house, manager, content) for code, content in bad.items()}
    house.settle()
    for code, answer in answers.items():
        found = job(house, manager, answer)
        assert (found["state"], found["error"]["code"]) == ("failed", code)
        assert found["error"]["errors"][0]["detail"]
    assert logged(house) == []


def test_the_same_post_again_is_the_same_job(house: Any) -> None:
    manager = staff(house, "branch_manager")
    first, second = (send(house, manager, listing(5), key="k-1") for _ in range(2))
    other = send(house, manager, listing(6), key="k-1")
    assert first.json == second.json
    assert second.headers["Location"] == first.json["status_url"]
    assert (other.status_code, other.json["type"]) == (422, "/problems/idempotency-key-reused")
    assert len(kept(house)) == 1


BAD_FORMS: list[tuple[dict[str, str], int, str]] = [
    ({"branch": SHANGHAI}, 403, "forbidden"), ({"branch": "nowhere"}, 403, "forbidden"),
    ({"zone": "Mars/Base"}, 422, "zone.unknown"),
    ({"mapping": "{"}, 422, "mapping.json"), ({"mapping": '{"Agent": "wage"}'}, 422, "mapping.field"),
    ({"mapping": "[1]"}, 422, "mapping.json"), ({"dry_run": "perhaps"}, 422, "field.choice"),
    ({"on_error": "x"}, 422, "field.choice"), ({"colour": "red"}, 422, "field.unknown"),
    ({"file": "text"}, 422, "field.invalid"),
]  # fmt: skip


def test_a_form_that_cannot_be_meant_is_refused_and_its_file_not_kept(house: Any) -> None:
    manager = staff(house, "branch_manager")
    for form, status, code in BAD_FORMS:
        answer = send(house, manager, listing(1), **form)
        assert answer.status_code == status, form
        assert code in (answer.json["type"].rpartition("/")[2], *(e["code"] for e in answer.json.get("errors", [])))
    assert kept(house) == []


def test_a_form_may_come_without_a_key_and_with_booleans_of_any_program(house: Any) -> None:
    manager = staff(house, "branch_manager")
    form = {"branch": BEIJING, "dry_run": "True", "file": (io.BytesIO(listing(2).encode()), "x.csv")}
    answer = house.client("reception").post(IMPORTS, data=form, content_type="multipart/form-data", headers=manager)
    house.settle()
    assert job(house, manager, answer)["result"]["dry_run"] is True


def test_a_form_without_its_file_is_refused(house: Any) -> None:
    headers = {**staff(house, "branch_manager"), "Idempotency-Key": "k"}
    form = {"branch": BEIJING}
    client = house.client("reception")
    for kind, status in (("multipart/form-data", 422), ("application/x-www-form-urlencoded", 422)):
        assert client.post(IMPORTS, data=form, content_type=kind, headers=headers).status_code == status
    assert client.post(IMPORTS, json=form, headers=headers).status_code == 415


def test_who_may_import_and_who_may_follow(house: Any) -> None:
    manager, advisor = staff(house, "branch_manager"), staff(house, "service_advisor")
    assert send(house, advisor, listing(1)).status_code == 403
    assert send(house, kiosk(house), listing(1)).status_code == 403
    assert send(house, {}, listing(1)).status_code == 401
    answer = send(house, manager, listing(1))
    client, url = house.client("reception"), answer.json["status_url"]
    assert client.get(url, headers=advisor).status_code == 200
    assert client.get(url, headers=staff(house, "branch_manager", SHANGHAI)).status_code == 404
    assert client.get(url, headers=kiosk(house)).status_code == 404
    assert client.get(url).status_code == 401
    assert client.get("/reception/api/v1/jobs/nothing", headers=manager).status_code == 404


def test_a_file_above_the_limit_is_413_and_nothing_stays(house: Any) -> None:
    from shared.access import SYSTEM, acting_as
    from shared.settings.actions import set_value

    with house.at("reception"), acting_as(SYSTEM):
        set_value("calls.import_limit_mib", 1)
    manager = staff(house, "branch_manager")
    answer = send(house, manager, b"x" * (1 << 20) + b"y")
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
    assert send(house, manager, listing(10)).status_code == 202
    assert len(kept(house)) == 1


def test_another_branch_may_use_the_same_ids(house: Any) -> None:
    imported(house, staff(house, "branch_manager"), listing(5))
    imported(house, staff(house, "branch_manager", SHANGHAI), listing(5), branch=SHANGHAI)
    assert len(logged(house, BEIJING)) == len(logged(house, SHANGHAI)) == 5
    agents = [{call.agent_id for call in logged(house, branch)} for branch in (BEIJING, SHANGHAI)]
    assert agents[0].isdisjoint(agents[1])
