"""The page of events in every service: how far the facts are, what is parked, and who lets it go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from deploy.local.assembling import SERVICES
from shared.events import GROUP
from shared.events.handlers import Reaction
from shared.events.tables import Parked, SetAside
from shared.jobs import Job
from tests.faults.facts import call, log_calls
from tests.kit.house import BRANCHES, House
from tests.reception.door import staff

CALL = "reception.call.logged.v1"


@pytest.fixture
def poisoned(house: House) -> Iterator[dict[str, bool]]:
    """Reporting gets a reaction that cannot stand calls about poison, until ``cured``."""
    state = {"cured": False}

    def act(event: Any) -> None:
        if event.data["topic"] == "poison" and not state["cured"]:
            raise ValueError("this reaction never works")

    handlers = house.runtime("reporting").handlers
    handlers.reactions["test.poison"] = Reaction("test.poison", frozenset({CALL}), act)
    house.renew_consumers("reporting")
    yield state
    del handlers.reactions["test.poison"]


@pytest.fixture
def admin(house: House) -> dict[str, str]:
    """Somebody who looks after the system."""
    headers = staff(house, "system_admin", GROUP)
    house.settle()
    return headers


def get(house: House, headers: dict[str, str], path: str, status: int = 200, service: str = "reporting") -> str:
    part = {"HX-Request": "true"} if path.endswith("standing") else {}
    answer = house.client(service).get(f"/{service}/{path}", headers={**headers, **part, "Accept": "text/html"})
    assert answer.status_code == status, answer.text[:400]
    return answer.text


def decide(house: House, headers: dict[str, str], parked_id: int, what: str) -> Any:
    return house.client("reporting").post(
        f"/reporting/events/parked/{parked_id}", headers=headers, data={"what": what}
    )


def parked(house: House) -> list[int]:
    with house.reading("reporting") as session:
        return list(session.scalars(select(Parked.id).order_by(Parked.id)))


def poison(house: House) -> int:
    """One call that cannot be applied; its number among the parked."""
    log_calls(house, [call("poison", 1), call("service", 2)])
    house.settle()
    [parked_id] = parked(house)
    return parked_id


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_says_how_far_it_is(house: House, admin: dict[str, str], service: str) -> None:
    text = get(house, admin, "events", service=service)
    heads = house.flow("reception")["head"]
    for source in house.runtime(service).service.hears:
        assert f'id="equals-{source}"' in text
    if "reception" in house.runtime(service).service.hears:
        assert f"一致，到第 {heads} 条为止" in text
    assert "没有搁置的事实" in text
    assert "Nothing is parked" in get(house, admin, "events?lang=en", service=service)


def test_an_event_is_tried_again_after_the_cause_was_mended(
    house: House, poisoned: dict[str, bool], admin: dict[str, str]
) -> None:
    parked_id = poison(house)
    text = get(house, admin, "events/standing")
    assert "ValueError" in text
    assert "其中 1 条搁置" in text
    assert decide(house, admin, parked_id, "retry").status_code == 303
    assert "正在处理" in get(house, admin, "events/standing")
    house.settle()
    assert parked(house) == [parked_id], "nothing was mended"
    poisoned["cured"] = True
    decide(house, admin, parked_id, "retry")
    house.settle()
    assert parked(house) == []


def test_who_gave_an_event_up_is_kept(house: House, poisoned: dict[str, bool], admin: dict[str, str]) -> None:
    parked_id = poison(house)
    decide(house, admin, parked_id, "set_aside")
    house.settle()
    assert parked(house) == []
    with house.reading("reporting") as session:
        [row] = session.scalars(select(SetAside))
        [job] = session.scalars(select(Job).where(Job.kind == "events.release"))
        assert (row.author, job.state) == (job.owner, "done")
        assert row.author.startswith("staff/")
    assert row.author in get(house, admin, "events/standing")
    answer = house.client("reporting").post(
        f"/reporting/events/parked/{parked_id}", headers={**admin, "HX-Request": "true"}, data={"what": "retry"}
    )
    assert answer.status_code == 200
    assert "X-Told" in answer.headers, "somebody was faster"


def test_who_may_look_and_who_may_decide(house: House, poisoned: dict[str, bool], admin: dict[str, str]) -> None:
    parked_id = poison(house)
    manager, head = staff(house, "branch_manager", BRANCHES[0]), staff(house, "hq_admin", GROUP)
    house.settle()
    get(house, manager, "events", 403)
    get(house, manager, "events/standing", 403)
    get(house, manager, "feed/compared", 403)
    assert f"/parked/{parked_id}" not in get(house, head, "events")
    assert decide(house, head, parked_id, "set_aside").status_code == 403
    assert f"/parked/{parked_id}" in get(house, admin, "events")
    assert decide(house, admin, parked_id, "anything").status_code == 422
    assert parked(house) == [parked_id]


@pytest.mark.duty("T6.1")
def test_reporting_holds_what_reception_said_and_says_when_it_does_not(house: House, admin: dict[str, str]) -> None:
    from sqlalchemy import delete

    from services.reporting.feed.model import FeedEntry

    log_calls(house, [call("service", n) for n in range(1, 6)])
    house.settle()
    head = house.flow("reception")["head"]
    assert f"报表与前台一致，到第 {head} 条" in get(house, admin, "feed/compared")
    with house.writing("reporting") as session:
        session.execute(delete(FeedEntry).where(FeedEntry.source == "reception", FeedEntry.source_position == 3))
    assert f"处理到第 {head} 条，却收到 {head - 1} 条" in get(house, admin, "feed/compared")
