"""The reception board as a page: lanes, steps, who was faster, the form at the desk, the wall."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import event

from tests.kit.house import House, stack_of
from tests.reception.door import SHANGHAI, ago, kiosk, staff, ticket

BOARD = "/reception/board"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(house: House) -> dict[str, str]:
    return staff(house, "receptionist")


def get(house: House, headers: dict[str, str], path: str = BOARD) -> Any:
    return house.client("reception").get(path, headers=headers)


def post(house: House, headers: dict[str, str], path: str, **form: Any) -> Any:
    return house.client("reception").post(path, data=form, headers={**headers, **HTMX})


def guest(house: House, **changes: Any) -> dict[str, Any]:
    return ticket(house, kiosk(house), **changes)


@pytest.mark.duty("R1.3")
def test_the_board_shows_who_waits_how_long_and_what_was_promised(house: House, desk: dict[str, str]) -> None:
    late = guest(house, name="欧阳娜娜", phone="13812345678", plate="沪AD12345", occurred_at=ago(minutes=6))
    first = guest(house, purpose="complaint", occurred_at=ago(minutes=4), phone="13900001111")
    shown = get(house, desk).text
    assert shown.index(first["ticket"]) < shown.index(late["ticket"])
    assert "欧阳娜娜" in shown
    assert "13812345678" not in shown
    assert 'class="plate nev">沪A·D12345' in shown
    assert shown.count("guest late") == 2
    assert "应 3 分钟内" in shown
    assert "应 5 分钟内" in shown


@pytest.mark.duty("R1.3")
def test_a_visit_goes_its_way_and_who_was_slower_is_told(house: House, desk: dict[str, str]) -> None:
    visit = guest(house)
    at = f"{BOARD}/{visit['visit_id']}"
    called = post(house, desk, f"{BOARD}/next", csrf="")
    assert (called.status_code, "X-Told" in called.headers) == (200, True)
    stale = post(house, desk, f"{at}/call", version="1")
    assert (stale.status_code, "alert" in stale.text) == (412, True)
    taken = post(house, desk, f"{at}/take", version="2")
    assert "data-key=\"e\"" in taken.text
    done = post(house, desk, f"{at}/complete", version=re.search(r'name="version" value="(\d+)"', taken.text)[1])
    assert done.status_code == 200
    again = post(house, desk, f"{at}/complete")
    assert (again.status_code, "alert" in again.text) == (409, True)
    assert "没有人在等候了" in post(house, desk, f"{BOARD}/next").text


def test_somebody_is_taken_straight_from_the_line(house: House, desk: dict[str, str]) -> None:
    visit = guest(house)
    answer = post(house, desk, f"{BOARD}/{visit['visit_id']}/take", version="1")
    assert (answer.status_code, 'data-key="e"' in answer.text) == (200, True)


@pytest.mark.duty("R1.1")
def test_the_desk_checks_somebody_in_and_a_fault_comes_back_with_what_was_typed(
    house: House, desk: dict[str, str]
) -> None:
    form = {"purpose": "repair", "plate": "沪A1", "phone": "", "name": "林晓", "host": "", "party_size": "2"}
    wrong = post(house, desk, f"{BOARD}/new", notice="on", **form)
    assert (wrong.status_code, "plate-fault" in wrong.text, "林晓" in wrong.text) == (422, True, True)
    untold = post(house, desk, f"{BOARD}/new", **{**form, "plate": "沪A12345"})
    assert (untold.status_code, "notice-fault" in untold.text) == (422, True)
    done = post(house, desk, f"{BOARD}/new", notice="on", **{**form, "plate": "沪A12345"})
    assert done.status_code == 303
    assert "已登记" in get(house, desk, done.headers["Location"]).text
    for purpose, party in (("", "1"), ("party", "1"), ("repair", "0"), ("repair", "many")):
        answer = post(house, desk, f"{BOARD}/new", notice="on", **{**form, "purpose": purpose, "party_size": party})
        assert answer.status_code == 422, (purpose, party)


def test_a_phone_is_shown_once_asked_for_with_a_reason(house: House, desk: dict[str, str]) -> None:
    visit = guest(house, phone="13812345678")
    at = f"{BOARD}/{visit['visit_id']}/reveal"
    assert post(house, desk, at, reason="curiosity").status_code == 422
    shown = post(house, desk, at, reason="contact")
    assert (shown.status_code, "tel:+8613812345678" in shown.text) == (200, True)


def test_the_wall_tells_tickets_and_nobodys_name(house: House, desk: dict[str, str]) -> None:
    visit = guest(house, name="欧阳娜娜", phone="13812345678", plate="沪A12345")
    post(house, desk, f"{BOARD}/next")
    shown = get(house, desk, "/reception/wall").text
    assert visit["ticket"] in shown
    assert not any(secret in shown for secret in ("欧阳", "沪A", "5678"))


def test_a_board_is_its_branchs_own_and_needs_a_right(house: House, desk: dict[str, str]) -> None:
    visit = guest(house, name="欧阳娜娜")
    elsewhere = staff(house, "receptionist", SHANGHAI)
    assert visit["visit_id"] not in get(house, elsewhere).text
    assert post(house, elsewhere, f"{BOARD}/{visit['visit_id']}/call").status_code == 404
    assert get(house, staff(house, "technician")).status_code == 403
    assert "欧阳娜娜" not in get(house, staff(house, "office_admin")).text


def test_nothing_new_is_304_and_somebody_new_is_not(house: House, desk: dict[str, str]) -> None:
    guest(house, occurred_at=ago(minutes=3, seconds=10))
    first = get(house, desk, f"{BOARD}/lanes")
    again = {**desk, "If-None-Match": first.headers["ETag"]}
    assert get(house, again, f"{BOARD}/lanes").status_code == 304
    guest(house)
    assert get(house, again, f"{BOARD}/lanes").status_code == 200


@stack_of("embedded")
def test_as_many_statements_for_two_visitors_as_for_forty(house: House, desk: dict[str, str]) -> None:
    counts = []
    get(house, desk)
    for many in (2, 40):
        for number in range(many):
            guest(house, phone=f"139{many:04}{number:04}", name="林晓")
        sent: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, several: bool) -> None:
            sent.append(statement)  # noqa: B023

        engine = house.runtime("reception").database.engine
        event.listen(engine, "before_cursor_execute", note)
        assert get(house, desk).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(sent))
    assert counts[0] == counts[1] < 12
