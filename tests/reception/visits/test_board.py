"""The board of the branch: whose turn it is, who is shown, and to whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.reception.door import SHANGHAI, VISITS, ago, facts, kiosk, move, names, staff, ticket

pytestmark = pytest.mark.duty("R1.3")


def get(house, headers, path=""):
    return house.client("reception").get(f"{VISITS}{path}", headers=headers)


def call_next(house, headers):
    return house.client("reception").post(f"{VISITS}/call-next", headers=headers)


def test_the_board_shows_the_day_in_the_order_of_the_turn(house):
    key, desk = kiosk(house), staff(house)
    ticket(house, key, name="王伟", phone="13812345678", plate="京A12345", occurred_at=ago(seconds=3))
    ticket(house, key, purpose="complaint", occurred_at=ago(seconds=2))
    ticket(house, key, occurred_at=ago(seconds=1))
    rows = get(house, desk).json["visits"]
    assert [row["ticket"] for row in rows] == ["A002", "A001", "A003"]
    shown = rows[1]
    assert (shown["name"], shown["phone"], shown["plate"]) == ("王伟", "138****5678", "京A12345")
    assert "13812345678" not in get(house, desk).text


def test_the_board_is_read_page_by_page(house):
    key, desk = kiosk(house), staff(house)
    tickets = [ticket(house, key)["ticket"] for _ in range(5)]
    seen, after = [], ""
    while after is not None:
        page = get(house, desk, f"?limit=2{f'&after={after}' if after else ''}").json
        seen += [row["ticket"] for row in page["visits"]]
        after = page["next"]
    assert seen == tickets
    assert get(house, desk, "?limit=0").status_code == 400
    assert get(house, desk, "?after=x").status_code == 400
    assert get(house, desk, "?branch=sh-pudong").status_code == 400


def test_a_status_or_a_day_can_be_asked_for(house):
    key, desk = kiosk(house), staff(house)
    first = ticket(house, key)
    ticket(house, key)
    move(house, desk, first["visit_id"], "call")
    assert [row["ticket"] for row in get(house, desk, "?status=called").json["visits"]] == ["A001"]
    assert get(house, desk, "?date=2020-01-01").json == {"visits": [], "next": None}


def test_two_receptionists_never_call_the_same_visitor(house):
    key, desks = kiosk(house), [staff(house) for _ in range(2)]
    waiting = [ticket(house, key)["ticket"] for _ in range(10)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: call_next(house, desks[n % 2]), range(12)))
    called = [answer.json["ticket"] for answer in answers if answer.status_code == 200]
    assert sorted(called) == waiting
    assert [answer.status_code for answer in answers].count(204) == 2
    assert names(facts(house, kind="visit.called")) == ["visit.called"] * 10


def test_a_complaint_is_called_first_then_by_arrival(house):
    key, desk = kiosk(house), staff(house)
    ticket(house, key, occurred_at=ago(seconds=1))
    ticket(house, key, occurred_at=ago(seconds=30))
    ticket(house, key, purpose="complaint")
    assert [call_next(house, desk).json["ticket"] for _ in range(3)] == ["A003", "A002", "A001"]


def test_another_branchs_visit_is_not_there(house):
    visit_id, other = ticket(house, kiosk(house))["visit_id"], staff(house, branch=SHANGHAI)
    unknown = "019aafff-1111-7a51-8a01-0d5f3a2b1c02"
    mine, theirs = get(house, other, f"/{unknown}"), get(house, other, f"/{visit_id}")
    assert (theirs.status_code, theirs.json["type"]) == (404, "/problems/not-found")
    assert (theirs.json["title"], theirs.json["detail"]) == (mine.json["title"], mine.json["detail"])
    assert move(house, other, visit_id, "call").status_code == 404
    assert get(house, other).json["visits"] == []
    assert names(facts(house, f"visit/{visit_id}")) == ["visit.checked_in"]


def test_a_wrong_id_is_not_there(house):
    desk = staff(house)
    for wrong in ("0", "-1", str(2**63), "1;drop", "019AAFFF-1111-7A51-8A01-0D5F3A2B1C02"):
        assert get(house, desk, f"/{wrong}").status_code == 404, wrong
        assert move(house, desk, wrong, "call").status_code == 404, wrong


def test_only_those_who_may_see_the_board(house):
    visit_id = ticket(house, kiosk(house))["visit_id"]
    for headers, status in ((kiosk(house), 403), (staff(house, "call_agent"), 403), ({}, 401)):
        assert get(house, headers).status_code == status
        assert get(house, headers, f"/{visit_id}").status_code == status
        assert move(house, headers, visit_id, "call").status_code == status
        assert call_next(house, headers).status_code == status


def test_yesterdays_visitors_are_not_called_today(house, time_machine):
    time_machine.move_to("2031-11-23T02:00:00Z", tick=False)
    key = kiosk(house)
    ticket(house, key)
    time_machine.shift(timedelta(days=1))
    assert call_next(house, staff(house)).status_code == 204
