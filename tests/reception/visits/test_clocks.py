"""When a visitor checked in, whatever the kiosk's clock says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.reception.visits.model import Visit
from services.reception.visits.settings import LATEST_DELIVERY
from shared.settings.actions import set_value
from tests.reception.door import BEIJING, check_in, facts, kiosk, ticket

pytestmark = pytest.mark.duty("R12.1")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def stored(house):
    """What is stored of a check-in."""
    key = kiosk(house)

    def stored(**changes):
        visit_id = ticket(house, key, **changes)["visit_id"]
        with house.reading("reception", BEIJING) as session:
            return session.get(Visit, visit_id)

    return stored


def test_a_clock_a_little_ahead_is_now(stored):
    for ahead in (1, 60):
        visit = stored(occurred_at=NOW + timedelta(seconds=ahead))
        assert (visit.checked_in_at, visit.late) == (NOW, False)


def test_a_clock_far_ahead_is_told_the_servers_time(house):
    answer = check_in(house, kiosk(house), occurred_at=NOW + timedelta(seconds=61))
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/clock-skew")
    assert "2026-11-23T02:00:00.000000Z" in answer.json["detail"]
    assert facts(house, kind="visit%") == []


def test_with_the_time_of_sending_a_wrong_clock_is_shifted_to_ours(stored):
    wrong = NOW + timedelta(days=400)
    visit = stored(occurred_at=wrong, sent_at=wrong + timedelta(minutes=3))
    assert (visit.checked_in_at, visit.late) == (NOW - timedelta(minutes=3), False)


def test_what_happened_after_it_was_sent_is_refused(house):
    answer = check_in(house, kiosk(house), occurred_at=NOW + timedelta(seconds=62), sent_at=NOW)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "time.range")


def test_up_to_seven_days_late_is_accepted_and_marked(stored):
    minutes = {0.5: False, 5: False, 6: True, 7 * 24 * 60: True}
    for age, late in minutes.items():
        at = NOW - timedelta(minutes=age)
        visit = stored(occurred_at=at)
        assert (visit.checked_in_at, visit.late, visit.received_at) == (at, late, NOW)


def test_older_than_seven_days_is_refused(house):
    answer = check_in(house, kiosk(house), occurred_at=NOW - timedelta(days=7, seconds=1))
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [("/occurred_at", "time.range")]


def test_a_late_check_in_gets_a_ticket_of_its_own_day_and_its_place_in_the_line(house):
    key = kiosk(house)
    ticket(house, key)
    yesterday = ticket(house, key, occurred_at=NOW - timedelta(days=1))
    assert yesterday["ticket"] == "A001"
    first = ticket(house, key, occurred_at=NOW - timedelta(hours=1))
    assert (first["ticket"], first["people_ahead"]) == ("A002", 0)
    assert '"late":true' in facts(house, f"visit/{first['visit_id']}")[0].data


def test_how_late_is_too_late_is_the_branchs_to_set(house):
    with house.at("reception", BEIJING):
        set_value(LATEST_DELIVERY.key, 1, BEIJING)
    key = kiosk(house)
    assert check_in(house, key, occurred_at=NOW - timedelta(days=1)).status_code == 201
    assert check_in(house, key, occurred_at=NOW - timedelta(days=1, seconds=1)).status_code == 422


def test_any_offset_is_an_instant(stored):
    for offset in ("2026-11-23T10:00:00+08:00", "2026-11-22T20:59:59.5-05:00"):
        assert stored(occurred_at=offset).checked_in_at == datetime.fromisoformat(offset)
