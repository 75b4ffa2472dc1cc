"""Settings over HTTP and on their page: who may see and set them, versions, faults beside the field, both languages."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from shared import clock
from tests.reception.door import BEIJING, SHANGHAI, staff

pytestmark = pytest.mark.duty("R12.1")
API, PAGE = "/reception/api/v1/settings", "/reception/settings"
LATE = "visits.late_after"


@pytest.fixture
def manager(house) -> dict[str, str]:
    return staff(house, "branch_manager")


def put(house, headers, value, key=LATE, version: int | None = 0, **more: Any):
    seen = {} if version is None else {"If-Match": f'"{version}"'}
    return house.client("reception").put(f"{API}/{key}", json={"value": value, **more}, headers={**headers, **seen})


def get(house, headers, path=API):
    return house.client("reception").get(path, headers=headers)


def test_a_setting_shows_its_default_until_the_branch_sets_it(house, manager):
    [shown] = [each for each in get(house, manager).json["settings"] if each["key"] == LATE]
    assert (shown["value"], shown["default"], shown["version"], shown["author"]) == (5, 5, 0, None)
    answer = put(house, manager, 7)
    assert (answer.status_code, answer.headers["ETag"], answer.json["value"]) == (200, '"1"', 7)
    assert answer.json["author"].startswith("staff/")
    assert [row["value"] for row in answer.json["history"]] == [7]
    # Another branch keeps its own.
    assert get(house, staff(house, "branch_manager", SHANGHAI), f"{API}/{LATE}").json["value"] == 5


def test_a_later_value_waits_for_its_day(house, manager):
    tomorrow = clock.wire(clock.now() + timedelta(days=1))
    answer = put(house, manager, 9, valid_from=tomorrow).json
    assert (answer["value"], [row["value"] for row in answer["planned"]]) == (5, [9])


def test_who_saw_an_older_version_changes_nothing(house, manager):
    assert put(house, manager, 7, version=None).status_code == 428
    assert put(house, manager, 7).status_code == 200
    assert put(house, manager, 8).status_code == 412
    assert get(house, manager, f"{API}/{LATE}").json["value"] == 7


@pytest.mark.parametrize(("value", "code"), [
    ("7", "setting.int"), (0, "setting.range"), (1441, "setting.range"), (True, "setting.int"), (None, "field.null"),
])  # fmt: skip
def test_what_is_no_such_value_is_said_at_its_field(house, manager, value, code):
    answer = put(house, manager, value)
    assert (answer.status_code, [(e["pointer"], e["code"]) for e in answer.json["errors"]]) == (422, [("/value", code)])


@pytest.mark.parametrize("moment", [timedelta(days=-1), timedelta(days=1000)])
def test_the_past_stays_as_it_was(house, manager, moment):
    answer = put(house, manager, 7, valid_from=clock.wire(clock.now() + moment))
    assert [error["code"] for error in answer.json["errors"]] == ["time.range"]


def test_only_those_who_may_set_see_settings(house, manager):
    assert get(house, {}).status_code == 401
    assert get(house, staff(house, "receptionist")).status_code == 403
    assert put(house, staff(house, "receptionist"), 7).status_code == 403
    assert get(house, manager, f"{API}/no.such").status_code == 404
    assert put(house, manager, 7, key="no.such").status_code == 404
    assert get(house, staff(house, "receptionist"), PAGE).status_code == 403


def post(house, headers, key=LATE, **form: str):
    return house.client("reception").post(f"{PAGE}/{key}", data=form, headers=headers)


@pytest.mark.parametrize(("language", "words"), [
    ("zh", ("设置", "登记送达晚于多少分钟记为迟到", "默认值")),
    ("en", ("Settings", "Minutes after which a check-in counts as delivered late", "Default")),
])  # fmt: skip
def test_the_page_speaks_both_languages(house, manager, language, words):
    for path in (PAGE, f"{PAGE}/{LATE}"):
        answer = get(house, manager, f"{path}?lang={language}")
        assert answer.status_code == 200
        assert all(word in unescape(answer.text) for word in words), path


def test_the_form_sets_a_value_and_the_history_says_so(house, manager):
    answer = post(house, manager, value="７", valid_from="", version="0")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}/{LATE}?done=1")
    page = unescape(get(house, manager, f"{PAGE}/{LATE}?lang=en").text)
    assert "Set to 7, from " in page
    assert 'value="7"' in page and 'name="version" value="1"' in page  # noqa: PT018


@pytest.mark.parametrize(("form", "status", "words"), [
    ({"value": "seven"}, 422, ("setting.int", "seven")),
    ({"value": "99999"}, 422, ("setting.range", "99999")),
    ({"value": "7", "valid_from": "2020-01-01T10:00"}, 422, ("time.range", "2020-01-01T10:00")),
    ({"value": "7", "valid_from": "soon"}, 422, ("time.format", "soon")),
    ({"value": "7", "version": "5"}, 412, (None, "7")),
    ({"value": "<script>", "version": "0"}, 422, ("setting.int", "&lt;script&gt;")),
])  # fmt: skip
def test_a_fault_comes_back_with_what_was_typed(house, manager, form, status, words):
    answer = post(house, manager, **{"valid_from": "", "version": "0", **form})
    code, typed = words
    assert answer.status_code == status
    assert f'value="{typed}"' in answer.text
    if code:
        sentence = house.runtime("reception").wording.field(code, "zh", {})
        assert sentence in answer.text and 'aria-invalid="true"' in answer.text  # noqa: PT018
    assert get(house, manager, f"{API}/{LATE}").json["version"] == 0


def test_hours_are_typed_a_span_a_line(house):
    supervisor = staff(house, "care_supervisor", BEIJING)
    house.settle()
    client, page = house.client("followup"), "/followup/settings/call_backs.hours"
    form = {"value": "09:00-12:00\r\n14:00 至 18:30", "valid_from": "", "version": "0"}
    assert client.post(page, data=form, headers=supervisor).status_code == 303
    shown = client.get("/followup/api/v1/settings/call_backs.hours", headers=supervisor).json
    assert shown["value"] == [["09:00", "12:00"], ["14:00", "18:30"]]
    wrong = {"value": "09:00-12:00\n11:00-18:00", "valid_from": "", "version": "1"}
    answer = client.post(page, data=wrong, headers=supervisor)
    assert (answer.status_code, "09:00-12:00\n11:00-18:00" in answer.text) == (422, True)
