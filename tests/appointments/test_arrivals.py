"""Visits of reception as the service desk sees them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.appointments.arrivals.model import Arrival
from shared.events.rebuild import rebuild
from shared.ids import uuid7
from tests.appointments.desk import BEIJING, SHANGHAI, staff, visit
from tests.contracts.telling import tell

pytestmark = pytest.mark.duty("P4.1")
ARRIVALS = "/appointments/api/v1/arrivals"
NOON = "2026-11-23T04:00:00.000000Z"


def listed(house, headers, **query):
    return house.client("appointments").get(ARRIVALS, headers=headers, query_string=query).get_json()


def rows(house):
    with house.reading("appointments") as session:
        found = session.execute(select(Arrival).order_by(Arrival.visit_id)).scalars()
        return [{column.name: getattr(row, column.name) for column in Arrival.__table__.c} for row in found]


def test_the_list_shows_who_is_in_the_house_of_this_branch(house):
    here, _ = visit(house), visit(house, SHANGHAI)
    gone, done = visit(house), visit(house)
    tell(house, "reception.visit.left.v1", gone, BEIJING, 2, visit_id=gone)
    tell(house, "reception.visit.completed.v1", done, BEIJING, 2, visit_id=done)
    house.settle()
    shown = listed(house, staff(house, "service_advisor"))
    assert [each["visit_id"] for each in shown["arrivals"]] == [here]
    assert "name" not in shown["arrivals"][0]


def test_it_comes_in_pages_in_the_order_of_arrival(house):
    ids = []
    for minute in (3, 1, 4, 0, 2):
        visit_id = uuid7()
        at = f"2026-11-23T04:0{minute}:00.000000Z"
        tell(house, "reception.visit.checked_in.v1", visit_id, BEIJING, visit_id=visit_id, checked_in_at=at)
        ids.append((minute, visit_id))
    house.settle()
    advisor, seen, after = staff(house, "service_advisor"), [], ""
    while after is not None:
        page = listed(house, advisor, limit=2, after=after)
        seen += [each["visit_id"] for each in page["arrivals"]]
        after = page["next"]
    assert seen == [visit_id for _, visit_id in sorted(ids)]


def test_the_last_fact_of_a_visit_holds_and_a_rebuild_says_the_same(house):
    visit_id = uuid7()
    tell(house, "reception.visit.checked_in.v1", visit_id, BEIJING, 1, visit_id=visit_id)
    tell(house, "reception.visit.called.v1", visit_id, BEIJING, 2, visit_id=visit_id)
    tell(house, "reception.visit.serving_started.v1", visit_id, BEIJING, 4, visit_id=visit_id, status="serving")
    house.settle()
    visit(house, SHANGHAI)
    live = rows(house)
    assert [row["status"] for row in live if row["visit_id"] == visit_id] == ["serving"]
    with house.app("appointments").app_context():
        rebuild(house.runtime("appointments"), "arrivals")
    assert rows(house) == live
