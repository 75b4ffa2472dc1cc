"""Who finds whom: one's own customers by a part, the group's by a whole phone or plate and then little of them."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select, text

from services.reception.customers import forget, queries, searching
from services.reception.customers.model import Acquaintance, CustomerTerm
from shared import search
from shared.ids import uuid7
from tests.kit.house import stack_of
from tests.reception.door import BEIJING, SHANGHAI, kiosk, staff, ticket

SEARCH = "/reception/api/v1/customers/search"


@pytest.fixture
def look(house):
    """Somebody of a branch types something; what is found."""
    people = {branch: staff(house, branch=branch) for branch in (BEIJING, SHANGHAI)}

    def look(typed, branch=BEIJING, **more):
        answer = house.client("reception").get(SEARCH, query_string={"q": typed, **more}, headers=people[branch])
        assert answer.status_code == 200, answer.json
        return answer.json["customers"]

    return look


@pytest.fixture
def guest(house):
    """Somebody who came to Beijing once."""
    return ticket(house, kiosk(house), name="欧阳娜娜", phone="13812345678", plate="京A12345")


def terms(house, branch=None):
    with house.reading("reception", branch) as session:
        rows = session.execute(select(CustomerTerm.branch_id, CustomerTerm.term, CustomerTerm.entry_id))
        return sorted(map(tuple, rows))


@pytest.mark.parametrize("typed", [
    "欧", "娜", "欧阳", "阳娜娜", "娜娜", "欧 阳", "ouyang", "OuYangNaNa", "ou yang", "nana", "oynn", "ynn",
    "678", "5678", "345678", "138 1234 5678", "+8613812345678", "１３８１２３４５６７８",
    "345", "12345", "a12345", "京A12345", "京a·12345",
])  # fmt: skip
def test_a_part_finds_those_who_came_to_the_branch(guest, look, typed):
    assert [(hit["level"], hit["name"], hit["phones"], hit["plates"]) for hit in look(typed)] == [
        ("branch", "欧阳娜娜", ["138****5678"], ["京A12345"])
    ]


@pytest.mark.parametrize("typed", [
    "阳欧", "o", "78", "1381234", "京A123", "娜欧", "nb", "%", "_", "欧%x", "' OR 1=1--", "#",
])  # fmt: skip
def test_what_is_no_part_finds_nobody(guest, look, typed):
    assert look(typed) == []


@pytest.mark.parametrize("typed", [
    "欧", "欧阳", "欧阳娜娜", "ouyangnana", "oynn", "5678", "12345678", "12345", "A12345", "1381234567",
])  # fmt: skip
def test_s06_a_part_of_another_branchs_customer_finds_nobody(guest, look, typed):
    assert look(typed, SHANGHAI) == []


@pytest.mark.parametrize("typed", ["13812345678", "+86 138 1234 5678", "京A12345", "京a·12345"])
def test_s06_a_whole_phone_or_plate_finds_the_groups_customer_and_shows_little(guest, look, typed):
    [hit] = look(typed, SHANGHAI)
    assert hit.pop("customer_id")
    assert hit == {"level": "group", "name": "欧**", "phones": [], "plates": ["京A12345"], "known_at": BEIJING}


def test_a_visit_makes_them_visible_here_from_then_on(house, guest, look):
    ticket(house, kiosk(house, SHANGHAI), phone="13812345678")
    assert [hit["level"] for hit in look("欧阳", SHANGHAI)] == ["branch"]
    assert [hit["plates"] for hit in look("2345", SHANGHAI)] == [["京A12345"]]


def test_a_stranger_stands_before_ones_own_and_limits_hold(house, guest, look):
    for number in range(3):
        ticket(house, kiosk(house, SHANGHAI), name="王伟", phone=f"139000{number}5678")
    assert [hit["level"] for hit in look("13812345678", SHANGHAI)] == ["group"]
    assert len(look("5678", SHANGHAI)) == 3
    answer = house.client("reception").get(
        SEARCH, query_string={"q": "王", "limit": 2}, headers=staff(house, branch=SHANGHAI)
    )
    assert (len(answer.json["customers"]), answer.json["more"]) == (2, True)


def test_another_car_is_found_in_every_branch_that_knows_its_keeper(house, guest, look):
    ticket(house, kiosk(house, SHANGHAI), phone="13812345678", plate="沪B99887")
    assert [hit["name"] for hit in look("9887", SHANGHAI)] == ["欧阳娜娜"]
    house.work("reception")
    assert [hit["plates"] for hit in look("9887")] == [["京A12345", "沪B99887"]]


@pytest.mark.duty("R10.1")
def test_nobody_finds_an_erased_person(house, guest, look):
    ticket(house, kiosk(house, SHANGHAI), phone="13812345678")
    [hit] = look("欧阳")
    with house.at("reception"):
        forget(hit["customer_id"])
    for branch in (BEIJING, SHANGHAI):
        assert [look(typed, branch) for typed in ("欧阳", "5678", "13812345678", "京A12345")] == [[], [], [], []]
    assert terms(house) == []
    with house.reading("reception") as session:
        assert session.scalars(select(Acquaintance)).all() == []


def test_terms_made_anew_are_the_terms_that_were_there(house, guest):
    ticket(house, kiosk(house, SHANGHAI), phone="13812345678", plate="沪B99887")
    ticket(house, kiosk(house, SHANGHAI), name="单小明", phone="13912345678")
    ticket(house, kiosk(house, SHANGHAI), plate="沪B11111")
    house.work("reception")
    before = terms(house)
    with house.writing("reception") as session:
        session.execute(text("DELETE FROM customer_term WHERE term > 'o'"))
    assert terms(house) != before
    with house.at("reception"):
        assert searching.rebuild() == len(before)
    assert terms(house) == before


def test_only_staff_of_the_floor_may_look(house, guest):
    client = house.client("reception")
    asked = {"q": "欧阳"}
    assert client.get(SEARCH, query_string=asked).status_code == 401
    assert client.get(SEARCH, query_string=asked, headers=kiosk(house)).status_code == 403
    assert client.get(SEARCH, query_string=asked, headers=staff(house, "technician")).status_code == 403
    assert client.get(SEARCH, headers=staff(house)).status_code == 400
    assert client.get(SEARCH, query_string={"q": "王" * 65}, headers=staff(house)).status_code == 400


def plan(session, ask):
    """How the database answers the one statement that ``ask`` sends."""
    sent = []
    connection = session.connection()
    note = lambda conn, cursor, statement, parameters, context, many: sent.append((statement, parameters))  # noqa: E731
    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    [(statement, parameters)] = sent
    sqlite = connection.dialect.name == "sqlite"
    rows = connection.exec_driver_sql(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + statement, parameters)
    return [row[-1] for row in rows]


@stack_of("embedded")
def test_a_whole_phone_or_plate_is_found_without_reading_a_table_through(house):
    with house.reading("reception", BEIJING) as session:
        said = plan(session, lambda: queries.find(session, "+8613812345678", "京A12345"))
    assert "SEARCH customer_phone USING INDEX uq_customer_phone_number_finds (number=?)" in said, said
    assert not any(line.startswith(("SCAN customer", "SCAN vehicle", "SCAN ownership")) for line in said), said


def test_one_range_of_one_index_answers(house):
    """By the plan, not by the clock: no scan of the table, no sorting."""
    given = "伟芳娜敏静丽强磊军洋"
    people = [(BEIJING, uuid7(), search.name_terms(f"王{first}{last}")) for first in given for last in given * 5]
    with house.writing("reception", BEIJING) as session:
        search.write(session, CustomerTerm, people)
    with house.reading("reception", BEIJING) as session:
        said = plan(session, lambda: search.lookup(session, CustomerTerm, "王", 20))
    if house.stack == "embedded":
        index = "sqlite_autoindex_customer_term_1 (branch_id=? AND term>? AND term<?)"
        assert said == [f"SEARCH customer_term USING COVERING INDEX {index}"]
    else:
        [condition] = [line for line in said if "Index Cond" in line]
        assert "Index Only Scan using pk_customer_term" in " ".join(said), said
        assert all(bound in condition for bound in ("(branch_id = ", "(term >= ", "(term < ")), said
        assert not any(word in " ".join(said) for word in ("Seq Scan", "Sort")), said
