"""The advisor's desk, the workshop's board, one order, a customer's card: as they answer, on both stacks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from services.appointments.repair_orders.model import REASONS
from services.appointments.repair_orders.stages import STAGES
from services.appointments.repair_orders.words import WORDS
from shared import clock, contracts
from shared.ids import uuid7
from tests.appointments.desk import BEIJING, ORDERS, SHANGHAI, post, staff, visit
from tests.contracts.telling import tell

pytestmark = pytest.mark.duty("P5.1")
DESK = "/appointments/desk"


def today():
    return clock.local_date(clock.now(), "Asia/Shanghai").isoformat()


def somebody(house, name="欧阳娜娜", plate="京AD12345", kind="new_energy"):
    """A customer with a car that reception told of; their ids."""
    customer, car = uuid7(), uuid7()
    tell(house, "reception.customer.registered.v1", customer, "group", customer_id=customer, name=name)
    tell(house, "reception.vehicle.registered.v1", car, "group", vehicle_id=car, plate=plate, plate_kind=kind,
         customer_id=customer)  # fmt: skip
    return customer, car


def arrived(house, branch=BEIJING, **changes):
    customer, car = somebody(house)
    return visit(house, branch, **{"customer_id": customer, "vehicle_id": car, "local_date": today(), **changes})


def get(house, headers, path, **more):
    return house.client("appointments").get(path, headers={**headers, **more})


def send(house, headers, path, htmx=False, **form):
    extra = {"HX-Request": "true"} if htmx else {}
    return house.client("appointments").post(path, data=form, headers={**headers, **extra})


def opened(house, advisor, **changes):
    order = post(house, ORDERS, advisor, {"visit_id": arrived(house), **changes})
    assert order.status_code == 201, order.json
    return order.json["repair_order_id"]


def test_who_came_stands_on_the_desk_and_one_touch_opens_an_order(house):
    advisor, here = staff(house, "service_advisor", key=False), arrived(house)
    elsewhere = arrived(house, SHANGHAI)
    page = get(house, advisor, DESK)
    assert page.status_code == 200
    assert f'id="arrival-{here}"' in page.text
    assert "京A·D12345" in page.text
    assert "欧阳娜娜" in page.text
    assert elsewhere not in page.text
    done = send(house, advisor, f"{DESK}/arrivals/{here}/open", htmx=True)
    assert done.status_code == 200
    assert f"arrival-{here}" not in done.text
    assert "待接车" in done.text
    assert "X-Told" in done.headers
    again = send(house, advisor, f"{DESK}/arrivals/{here}/open", htmx=True)
    assert again.status_code == 409
    assert "这次来店已经开过工单" in again.text


def test_without_a_script_the_same_leads_back_to_the_page(house):
    advisor, here = staff(house, "service_advisor", key=False), arrived(house)
    done = send(house, advisor, f"{DESK}/arrivals/{here}/open")
    assert (done.status_code, done.headers["Location"]) == (303, "/appointments/desk")


def test_visits_for_somebody_else_and_for_no_service_are_not_offered_first(house):
    advisor = staff(house, "service_advisor", key=False)
    me = uuid7()
    shopping, mine, nobody = (arrived(house, purpose=each) for each in ("view_car", "repair", "repair"))
    tell(house, "reception.visit.serving_started.v1", mine, BEIJING, 2, visit_id=mine, served_by=me,
         local_date=today())  # fmt: skip
    house.settle()
    page = get(house, advisor, DESK).text
    assert shopping not in page
    assert page.index(f"arrival-{nobody}") < page.index(f"arrival-{mine}")


def test_an_order_goes_on_step_by_step_and_whoever_was_slower_is_told(house):
    advisor = staff(house, "service_advisor", key=False)
    order = opened(house, advisor)
    url = f"/appointments/repair-orders/{order}"
    assert "接车" in get(house, advisor, url).text
    first = send(house, advisor, f"{url}/check-in", htmx=True, version="1", at="desk")
    assert first.status_code == 200
    assert "待派工" in first.text
    late = send(house, advisor, f"{url}/check-in", htmx=True, version="1", at="desk")
    assert late.status_code == 412
    assert 'role="alert"' in late.text
    assert "待派工" in late.text
    wrong = send(house, advisor, f"{url}/hand-over", at="workshop", version="2")
    assert wrong.status_code == 409
    assert "<html" in wrong.text
    for version, step in enumerate(("start-work", "ready", "hand-over"), 2):
        assert send(house, advisor, f"{url}/{step}", version=str(version)).status_code == 303
    assert "已交车" in get(house, advisor, url).text


@pytest.mark.duty("P5.3")
def test_a_promise_and_its_slip_are_made_in_a_form_that_says_what_is_wrong(house):
    advisor = staff(house, "service_advisor", key=False)
    order = opened(house, advisor)
    url = f"/appointments/repair-orders/{order}/promise"
    soon = clock.local(clock.now() + timedelta(hours=2), "Asia/Shanghai")
    empty = send(house, advisor, url, htmx=True, version="1", promised_at="", reason="parts")
    assert empty.status_code == 422
    assert 'id="promised_at-fault"' in empty.text
    assert re.search(r'value="parts" selected', empty.text)
    assert "hx-post" in empty.text
    # On a page of its own the form leads on as forms do.
    assert "hx-post" not in get(house, advisor, url).text
    past = send(house, advisor, url, version="1", promised_at="2020-01-01T10:00", reason="opening")
    assert past.status_code == 422
    assert 'value="2020-01-01T10:00"' in past.text
    done = send(house, advisor, url, htmx=True, version="1", promised_at=f"{soon:%Y-%m-%dT%H:%M}", reason="opening")
    assert (done.status_code, "X-Told" in done.headers) == (204, True)
    other = soon + timedelta(hours=1)
    slow = send(house, advisor, url, htmx=True, version="1", promised_at=f"{other:%Y-%m-%dT%H:%M}", reason="parts")
    assert slow.status_code == 412
    slip = send(house, advisor, url, version="2", promised_at=f"{other:%Y-%m-%dT%H:%M}", reason="parts")
    assert slip.status_code == 303
    page = get(house, advisor, f"/appointments/repair-orders/{order}").text
    assert f"承诺延后到 {other:%H:%M}" in page or f"承诺延后到 {other:%m-%d %H:%M}" in page
    assert "等待配件" in page


def test_the_workshop_shows_lanes_and_the_wall_says_nothing_of_people(house):
    advisor = staff(house, "service_advisor", key=False)
    order = opened(house, advisor)
    technician = staff(house, "technician", key=False)
    page = get(house, technician, f"/appointments/repair-orders/{order}").text
    assert "欧**" in page
    assert "欧阳" not in page
    lanes = get(house, technician, "/appointments/workshop").text
    assert "京A·D12345" in lanes
    assert "欧阳" not in lanes
    wall = get(house, technician, "/appointments/workshop/wall").text
    assert "00001" in wall
    assert not re.search("12345|欧", wall)


def test_the_live_part_costs_nothing_while_nothing_happens(house):
    advisor = staff(house, "service_advisor", key=False)
    for path in (f"{DESK}/board", "/appointments/workshop/lanes", "/appointments/workshop/wall/lanes"):
        first = get(house, advisor, path)
        assert first.text.lstrip().startswith("<div")
        again = get(house, advisor, path, **{"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_a_customers_card_has_what_is_under_way_first_and_is_empty_for_strangers(house):
    advisor = staff(house, "service_advisor", key=False)
    customer, car = somebody(house)
    ids = [
        post(house, ORDERS, advisor, {"visit_id": visit(house, customer_id=customer, vehicle_id=car)}).json
        for _ in range(2)
    ]
    for step in ("check-in", "start-work", "ready", "hand-over"):
        post(house, f"{ORDERS}/{ids[1]['repair_order_id']}/{step}", advisor)
    card = get(house, advisor, f"/appointments/customers/{customer}/card").text
    assert card.index(ids[0]["number"]) < card.index(ids[1]["number"])
    assert "<html" not in card
    assert "没有此客户" in get(house, advisor, f"/appointments/customers/{uuid7()}/card").text
    strange = staff(house, "service_advisor", SHANGHAI, key=False)
    assert ids[0]["number"] not in get(house, strange, f"/appointments/customers/{customer}/card").text


def test_a_person_without_the_right_sees_no_page(house):
    receptionist = staff(house, "receptionist", key=False)
    for path in (DESK, "/appointments/workshop", f"/appointments/customers/{uuid7()}/card"):
        assert get(house, receptionist, path).status_code == 403


def test_a_forgotten_customer_is_no_name_any_more(house):
    advisor = staff(house, "service_advisor", key=False)
    order = opened(house, advisor)
    found = house.client("appointments").get(f"{ORDERS}/{order}", headers=advisor).json
    tell(house, "reception.customer.forgotten.v1", found["customer_id"], "group", 2, vehicle_ids=[found["vehicle_id"]])
    house.settle()
    page = get(house, advisor, f"/appointments/repair-orders/{order}").text
    assert "客户信息已删除" in page
    assert "欧阳" not in page
    assert "12345" not in page


def test_every_code_that_can_come_has_words_in_both_languages():
    purposes = contracts.get("reception.visit.checked_in.v1").schema["properties"]["purpose"]["enum"]
    named = {
        *(f"state-{state}" for state in STAGES),
        *(f"reason-{reason}" for reason in REASONS),
        *(f"purpose-{purpose}" for purpose in purposes),
    }
    assert named <= WORDS.keys()
    assert all(each["zh"] and each["en"] for each in WORDS.values())
