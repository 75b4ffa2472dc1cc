"""Query parameters, cursors and versions."""

from __future__ import annotations

from datetime import date

import pytest

from shared.http import query
from shared.http.problems import Problem
from tests.shared.http.toy import OTHER, Desk

URL = "/desk/api/v1/notes"


@pytest.mark.parametrize("text", ["-1", "1e3", "１０", "+1", "1.0", "abc", "0x1", "9" * 20, "1_0", "%20" + "1"])
def test_only_ascii_digits_are_a_number(small_desk: Desk, text: str) -> None:
    with small_desk.app.test_request_context(f"/?n={text}"), pytest.raises(Problem) as caught:
        query.whole_number("n", 0)
    assert (caught.value.status, caught.value.code) == (400, "malformed-query")


def test_numbers_have_a_default_a_least_and_a_cap(small_desk: Desk) -> None:
    with small_desk.app.test_request_context("/?n=7&zero=0&much=999999&none="):
        assert query.whole_number("n", 1) == 7
        assert query.whole_number("absent", 5) == query.whole_number("none", 5) == 5
        assert query.whole_number("much", 1, most=1000) == 1000
        with pytest.raises(Problem):
            query.whole_number("zero", 1, least=1)


def test_a_parameter_comes_once_and_is_known(small_desk: Desk) -> None:
    with small_desk.app.test_request_context("/?n=1&n=2&typo=x&day=2026-11-23&bad=2026-02-29"):
        with pytest.raises(Problem):
            query.one("n")
        with pytest.raises(Problem):
            query.only("n", "day", "bad")
        with pytest.raises(Problem):
            query.day("bad")
        assert query.day("day") == date(2026, 11, 23)


def test_lists_are_paged_by_at_most_200(small_desk: Desk) -> None:
    staff = small_desk.staff("clerk")
    assert small_desk.client.get(f"{URL}?limit=1000000000", headers=staff).get_json()["limit"] == 200
    assert small_desk.client.get(URL, headers=staff).get_json()["limit"] == 50
    assert small_desk.client.get(f"{URL}?limitt=5", headers=staff).status_code == 400


def test_a_cursor_goes_on_where_the_page_ended(small_desk: Desk) -> None:
    staff = small_desk.staff("clerk")
    for text in "abc":
        assert small_desk.client.post(f"{URL}/staff", json={"text": text}, headers=staff).status_code == 201
    first = small_desk.client.get(f"{URL}?limit=2", headers=staff).get_json()
    rest = small_desk.client.get(f"{URL}?limit=2&cursor={first['next']}", headers=staff).get_json()
    assert (first["notes"], rest["notes"]) == (["a", "b"], ["c"])


def test_a_cursor_of_another_branch_or_of_ones_own_make_is_refused(small_desk: Desk) -> None:
    staff = small_desk.staff("clerk")
    small_desk.client.post(f"{URL}/staff", json={"text": "a"}, headers=staff)
    cursor = small_desk.client.get(URL, headers=staff).get_json()["next"]
    foreign = small_desk.client.get(f"{URL}?cursor={cursor}", headers=small_desk.staff("clerk", branch=OTHER))
    assert (foreign.status_code, foreign.get_json()["type"]) == (400, "/problems/bad-cursor")
    for made in ("x", "====", "W10", "bnVsbA", cursor[:-4], "%27%20OR%201=1--", "a" * 399):
        answer = small_desk.client.get(f"{URL}?cursor={made}", headers=staff)
        assert (answer.status_code, answer.get_json()["type"]) == (400, "/problems/bad-cursor"), made


def test_a_change_names_the_version_that_was_seen(small_desk: Desk) -> None:
    staff = small_desk.staff("clerk")
    note = small_desk.client.post(f"{URL}/staff", json={"text": "a"}, headers=staff).get_json()["note_id"]
    seen = small_desk.client.get(f"{URL}/{note}", headers=staff).headers["ETag"]

    def change(**headers: str) -> tuple[int, str]:
        answer = small_desk.client.patch(f"{URL}/{note}", json={"text": "b"}, headers={**staff, **headers})
        return answer.status_code, answer.get_json().get("type", "")

    assert change() == (428, "/problems/precondition-required")
    assert change(**{"If-Match": "*"}) == (412, "/problems/precondition-failed")
    assert change(**{"If-Match": seen})[0] == 200
    assert change(**{"If-Match": seen}) == (412, "/problems/precondition-failed")
