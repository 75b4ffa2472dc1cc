"""The worklist, the page of one call, a customer's card: as they answer, on both stacks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.followup.call_backs import settings
from services.followup.call_backs.records import ANSWERS, FACTORS
from services.followup.call_backs.words import WORDS
from shared import clock
from shared.ids import uuid7
from shared.privacy.model import AccessRecord
from shared.settings.actions import set_value
from tests.appointments.desk import BEIJING, SHANGHAI, staff
from tests.contracts.telling import tell
from tests.followup.test_call_backs import one

pytestmark = pytest.mark.duty("F1.1")
LIST = "/followup/worklist"
COMPLETE = {
    "reached": "yes", "answer-fixed_first_time": "yes", "answer-work_explained": "yes", "answer-ready_on_time": "no",
    "next_step": "none",
}  # fmt: skip


def due(house, ago=timedelta(days=1), branch=BEIJING, name="欧阳娜娜", **changes):
    """A call-back of a car that was handed over so long ago."""
    order, customer, car = uuid7(), uuid7(), uuid7()
    at = clock.wire(clock.now() - ago)
    tell(house, "reception.customer.registered.v1", customer, "group", customer_id=customer, name=name,
         phones=["+8613812345678"])  # fmt: skip
    tell(house, "reception.vehicle.registered.v1", car, "group", vehicle_id=car, plate="京A12345",
         plate_kind="ordinary", customer_id=customer)  # fmt: skip
    tell(house, "appointments.repair_order.handed_over.v1", order, branch, 7, repair_order_id=order,
         handed_over_at=at, opened_at=at, customer_id=customer, vehicle_id=car, **changes)  # fmt: skip
    house.settle()
    return one(house, order)


def get(house, path, role="care_specialist", branch=BEIJING):
    return house.client("followup").get(path, headers=staff(house, role, branch, key=False))


def send(house, path, role="care_specialist", htmx=False, **form):
    headers = staff(house, role, key=False) | ({"HX-Request": "true"} if htmx else {})
    return house.client("followup").post(path, data=form, headers=headers)


@pytest.mark.duty("F1.2")
def test_the_worklist_stands_in_the_order_in_which_calls_are_due(house):
    later, late = due(house), due(house, timedelta(days=9))
    elsewhere = due(house, branch=SHANGHAI)
    page = get(house, LIST).text
    assert page.index(late.id) < page.index(later.id)
    assert page.index("已超期") < page.index(late.id)
    assert elsewhere.id not in page
    assert "138****5678" in page
    assert "13812345678" not in page
    assert re.search("09:00–12:00、14:00–20:00", page)


def test_an_empty_list_says_so_and_how_many_are_due_tomorrow(house):
    assert "今日任务完成" in get(house, LIST).text
    tomorrow = due(house, timedelta(days=2))
    page = get(house, LIST).text
    local = clock.local_date(clock.now() + timedelta(days=1), "Asia/Shanghai")
    assert ("明天到期 1 个回访" in page) == (tomorrow.due_date == local)
    assert "今日任务完成" in page


def test_a_number_is_shown_whole_once_it_is_written_down_to_whom(house):
    call = due(house)
    url = f"/followup/call-backs/{call.id}"
    assert "13812345678" not in get(house, url).text
    shown = send(house, f"{url}/reveal", htmx=True)
    assert 'href="tel:+8613812345678"' in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    with house.reading("followup", BEIJING) as session:
        (row,) = session.execute(select(AccessRecord)).scalars()
    assert (row.subject, row.reason) == (f"follow_up/{call.id}", "contact")
    whole = send(house, f"{url}/reveal")
    assert "<html" in whole.text
    assert "13812345678" in whole.text
    assert send(house, f"{url}/reveal", role="service_manager").status_code == 403


@pytest.mark.duty("F1.3")
def test_a_call_is_logged_and_what_is_wrong_with_it_stands_beside_its_field(house):
    call = due(house)
    url = f"/followup/call-backs/{call.id}"
    nothing = send(house, f"{url}/attempts", version="1", note="语音信箱")
    assert nothing.status_code == 422
    assert 'id="outcome-fault"' in nothing.text
    assert "语音信箱" in nothing.text
    no_time = send(house, f"{url}/attempts", version="1", outcome="asked_later")
    assert no_time.status_code == 422
    assert 'id="asked_for-fault"' in no_time.text
    done = send(house, f"{url}/attempts", version="1", outcome="not_reached", note="语音信箱")
    assert done.status_code == 303
    page = get(house, done.headers["Location"]).text
    assert "无人接听" in page
    assert "语音信箱" in page
    slow = send(house, f"{url}/attempts", version="1", outcome="busy")
    assert slow.status_code == 412
    assert 'role="alert"' in slow.text


@pytest.mark.duty("F1.2")
def test_a_time_that_the_customer_asked_for_is_the_branchs_own(house):
    call = due(house)
    wanted = clock.local(clock.now() + timedelta(days=2), "Asia/Shanghai")
    form = {"version": "1", "outcome": "asked_later", "asked_for": f"{wanted:%Y-%m-%dT%H:%M}"}
    assert send(house, f"/followup/call-backs/{call.id}/attempts", **form).status_code == 303
    moved = one(house, call.repair_order_id)
    assert moved.due_at == wanted.replace(second=0, microsecond=0)
    assert "客户约定" in get(house, LIST).text


@pytest.mark.duty("F1.3")
def test_a_record_that_lacks_something_comes_back_with_all_of_it_and_a_whole_one_leads_on(house):
    call, following = due(house, timedelta(days=9)), due(house)
    url = f"/followup/call-backs/{call.id}"
    send(house, f"{url}/attempts", version="1", outcome="reached")
    lacking = send(house, f"{url}/record", version="2", reached="yes", suggestions="希望提前告知", **{
        "answer-work_explained": "yes",
    })  # fmt: skip
    assert lacking.status_code == 422
    for name in ("answer-fixed_first_time", "answer-ready_on_time", "next_step"):
        assert f'id="{name}-fault"' in lacking.text
    assert 'id="answer-work_explained-fault"' not in lacking.text
    assert "希望提前告知" in lacking.text
    score = send(house, f"{url}/record", version="2", **COMPLETE, **{"score-quality": "11"})
    assert score.status_code == 422
    done = send(house, f"{url}/record", version="2", then="next", **COMPLETE, **{"score-quality": "9"})
    assert done.headers["Location"].endswith(following.id)
    assert one(house, call.repair_order_id).result == "reached"
    again = send(house, f"{url}/record", version="3", **COMPLETE)
    assert again.status_code == 409
    assert "已经结束" in again.text
    assert call.id in get(house, f"{LIST}?of=done").text


def test_what_was_done_and_what_to_say_stand_on_the_page(house):
    call = due(house, number="A2026-00042", on_time=False)
    page = get(house, f"/followup/call-backs/{call.id}").text
    assert "A2026-00042" in page
    assert "请先致歉" in page
    assert "我是bj-chaoyang的care_specialist-1" in page
    assert "欧阳娜娜" in page
    english = get(house, f"/followup/call-backs/{call.id}?lang=en").text
    assert "What to say" in english


def test_who_may_read_but_not_call_sees_no_form(house):
    call = due(house)
    page = get(house, f"/followup/call-backs/{call.id}", role="service_manager").text
    assert "/attempts" not in page
    assert "/reveal" not in page
    assert get(house, LIST, role="receptionist").status_code == 403
    assert get(house, f"/followup/call-backs/{call.id}", branch=SHANGHAI).status_code == 404


def test_a_customers_card_has_open_call_backs_first_and_is_empty_for_strangers(house):
    call = due(house)
    card = get(house, f"/followup/customers/{call.customer_id}/card").text
    assert call.id in card
    assert "<html" not in card
    assert "没有此客户" in get(house, f"/followup/customers/{uuid7()}/card").text
    assert call.id not in get(house, f"/followup/customers/{call.customer_id}/card", branch=SHANGHAI).text


def test_every_code_of_the_defaults_has_words_in_both_languages():
    named = {
        *(f"outcome-{code}" for code in settings.OUTCOMES.default),
        *(f"ask-{code}" for code in settings.QUESTIONS.default),
        *(f"step-{code}" for code in settings.NEXT_STEPS.default),
        *(f"factor-{code}" for code in FACTORS),
        *(f"answer-{code}" for code in ANSWERS),
    }
    assert named <= WORDS.keys()
    assert all(each["zh"] and each["en"] for each in WORDS.values())


def test_an_outcome_that_a_branch_added_is_shown_as_it_is(house):
    call = due(house)
    with house.at("followup", BEIJING):
        set_value("call_backs.outcomes", ["reached", "asked_later", "voicemail"], BEIJING)
    house.settle()
    assert "voicemail" in get(house, f"/followup/call-backs/{call.id}").text
