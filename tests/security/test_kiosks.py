"""Keys of kiosks open the kiosk's doors and no others; the feeds of the services open to services alone."""

from __future__ import annotations

import json

import pytest

from tests.kit.house import BRANCHES, SERVICES, House
from tests.kit.things import somebody, thing
from tests.reception.door import ticket
from tests.security.doors import at, doors, kinds, knock, names_in

OURS, THEIRS = BRANCHES
EMBEDDED = pytest.mark.parametrize("stack", ["embedded"], indirect=True)
PERSON = ("欧阳娜娜", "13812345678", "京A12345")


@EMBEDDED
def test_s14_s41_a_kiosks_key_opens_no_door_of_people_or_other_machines(house: House) -> None:
    tried, wrong = 0, []
    for service in SERVICES:
        # Reception alone makes keys of kiosks. If another service had one, it would open nothing there either.
        key = house.key(service, "kiosk", ["check_ins", "feed", "reports", "events"], OURS)
        for route in doors(house.app(service)):
            if "kiosk" in kinds(route):
                continue
            tried += 1
            url = at(route.rule, {name: thing(house, service, name, OURS) for name in names_in(route.rule)})
            answer = knock(house, route, key, url)
            if (answer.status_code, answer.content_type) != (403, "application/problem+json"):
                wrong.append(f"{route.method} {route.rule}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert tried > 25


@EMBEDDED
def test_s37_receptions_keys_are_nothing_to_the_other_services(house: House) -> None:
    key = house.key("reception", "kiosk", ["check_ins"], OURS)
    for service in SERVICES:
        for route in doors(house.app(service)):
            if service != "reception":
                ids = dict.fromkeys(names_in(route.rule), "0199f0a0-0000-7000-8000-00000000abcd")
                answer = knock(house, route, key, at(route.rule, ids))
                assert answer.status_code == 401, route.rule
                assert "WWW-Authenticate" in answer.headers


def test_s34_a_feed_opens_to_services_and_shows_stubs_without_the_scope(house: House) -> None:
    name, phone, plate = PERSON
    ticket(house, somebody(house, OURS, "receptionist"), name=name, phone=phone, plate=plate)
    house.settle()
    for service in SERVICES:
        client, url = house.client(service), f"/{service}/api/v1/events"
        assert client.get(url).status_code == 401
        others = (
            somebody(house, OURS), house.key(service, "kiosk", ["events"], OURS), house.key(service, "hq", ["events"]),
            house.key(service, "service", ["other"]),
        )  # fmt: skip
        assert [client.get(url, headers=headers).status_code for headers in others] == [403] * 4

    url, client = "/reception/api/v1/events?limit=1000", house.client("reception")
    families = ("customer", "vehicle", "consent", "staff", "contact")
    plain = client.get(url, headers=house.key("reception", "service", ["events"])).get_json()["events"]
    whole = client.get(
        url, headers=house.key("reception", "service", ["events", *(f"personal:{family}" for family in families)])
    ).get_json()["events"]
    assert [event["position"] for event in plain] == [event["position"] for event in whole]
    assert [event["id"] for event in plain] == [event["id"] for event in whole]
    said = json.dumps(whole, ensure_ascii=False)
    assert name in said
    assert plate in said
    assert not [each for each in PERSON if each in json.dumps(plain, ensure_ascii=False)]
    stubs = [event for event in plain if event["type"].split(".")[1] in families]
    assert stubs
    assert [event["type"] for event in stubs if "data" in event] == []
