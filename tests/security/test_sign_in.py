"""Signing in, staying signed in and being signed out: S15-S19, S21, S23 of the security matrix, on both stacks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from services.reception.branches.actions import open_branch
from services.reception.staff import actions, passwords, sessions
from services.reception.staff.model import SignInCount, Staff, StaffSession
from shared.access.model import EndedSession
from shared.events.pull import SourceUnreachable
from shared.http.problems import Problem
from tests.kit.house import SERVICES, House
from tests.reception.door import facts, names
from tests.security.signed_in import (
    BEIJING,
    PASSWORD,
    SHANGHAI,
    TOKENS,
    USER,
    bearer,
    later,
    look_again,
    member,
    refresh,
    sign_in,
    statuses,
)

EVERYWHERE, NOWHERE = dict.fromkeys(SERVICES, True), dict.fromkeys(SERVICES, False)


def version(house: House, staff_id: str) -> int:
    with house.reading("reception") as session:
        return session.get(Staff, staff_id).version


# -- tokens


def test_no_token_garbage_and_an_expired_one_get_the_same_401(house: House) -> None:
    """S15."""
    member(house)
    good = bearer(sign_in(house))
    assert statuses(house, good) == EVERYWHERE
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}):
        assert statuses(house, headers) == NOWHERE, headers
    with later(seconds=301):
        assert statuses(house, good) == NOWHERE
        answer = house.client("reporting").get("/reporting/api/v1/jobs/x", headers=good)
    bare = house.client("reporting").get("/reporting/api/v1/jobs/x")
    assert {answer.headers["WWW-Authenticate"], bare.headers["WWW-Authenticate"]} == {'Bearer realm="reporting"'}
    told = ("type", "title", "detail", "status")
    assert [answer.json[name] for name in told] == [bare.json[name] for name in told]


# -- S18: tries are counted


def test_after_five_wrong_passwords_the_sixth_try_waits_also_with_the_right_one(house: House) -> None:
    """S18."""
    member(house)
    for number in range(5):
        assert sign_in(house, "wrong wrong", address=f"10.0.0.{number}").status_code == 401
    refused = sign_in(house, address="10.0.0.99")
    assert (refused.status_code, refused.json["type"]) == (429, "/problems/too-many-requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    with later(minutes=16):
        assert sign_in(house, address="10.0.0.99").status_code == 200


def test_one_address_that_tries_many_names_waits_too_and_others_do_not(house: House) -> None:
    """S18."""
    member(house)
    tried = [sign_in(house, "wrong wrong", user=f"name{number}").status_code for number in range(6)]
    assert tried == [401] * 5 + [429]
    assert sign_in(house, address="10.0.0.2").status_code == 200


def test_twenty_tries_at_once_are_twenty(house: House) -> None:
    """S18: the count is in the database and taken before the password is looked at."""
    member(house)
    with ThreadPoolExecutor(4) as pool:
        tried = list(pool.map(lambda n: sign_in(house, "wrong wrong", address=f"10.1.0.{n}").status_code, range(20)))
    assert sorted(tried) == [401] * 5 + [429] * 15


def test_who_was_right_is_not_counted_and_clears_the_account(house: House) -> None:
    member(house)
    for _ in range(3):
        assert [sign_in(house, "wrong wrong").status_code for _ in range(4)] == [401] * 4
        assert sign_in(house, address="10.0.0.7").status_code == 200
        with house.writing("reception") as session:
            # The address keeps its own count; another one is used so that only the account's matters here.
            for row in session.scalars(select(SignInCount)):
                session.delete(row)
    assert [sign_in(house).status_code for _ in range(8)] == [200] * 8


def test_a_device_that_signed_in_before_is_not_locked_out_by_strangers(house: House) -> None:
    """S18: and it has five wrong tries of its own, no more."""
    member(house)
    known = house.client("reception")
    known.set_cookie("yingbin-device", "a-mark-of-this-browser")

    def here(password: str) -> int:
        return known.post(TOKENS, json={"user": USER, "password": password}).status_code

    assert here(PASSWORD) == 200
    for number in range(6):
        sign_in(house, "wrong wrong", address=f"10.0.0.{number}")
    assert sign_in(house, address="10.0.0.9").status_code == 429
    assert here(PASSWORD) == 200
    assert [here("wrong wrong") for _ in range(6)] == [401] * 5 + [429]


def test_an_unknown_name_is_answered_as_a_wrong_password_after_the_same_work(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S19: status, body, count and hash."""
    worked: list[str] = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda stored, given: worked.append(given) or matches(stored, given))
    member(house)
    told = ("type", "title", "detail", "status")
    for user in (USER, "nobody"):
        answers = [sign_in(house, "wrong wrong", user, address=f"10.2.{user}.{n}") for n in range(6)]
        assert [each.status_code for each in answers] == [401] * 5 + [429]
        assert {tuple(each.json[name] for name in told) for each in answers[:5]} == {
            ("/problems/sign-in-failed", "登录失败", "用户名或密码不正确。", 401)
        }
    assert len(worked) == 10


# -- sessions


def test_a_secret_gets_the_next_token_once_and_the_one_after_it(house: House) -> None:
    member(house)
    first = sign_in(house).json
    second = refresh(house, first["refresh"])
    assert second.status_code == 200
    assert second.json["session"] == first["session"]
    assert second.json["refresh"] != first["refresh"]
    assert statuses(house, bearer(second)) == EVERYWHERE
    assert refresh(house, second.json["refresh"]).status_code == 200


def test_two_who_refresh_at_once_get_the_same_next_secret(house: House) -> None:
    """Two tabs of one browser, or an answer that got lost."""
    member(house)
    first = sign_in(house).json["refresh"]
    together = threading.Barrier(2)

    def tab(_: int) -> str:
        together.wait()
        return refresh(house, first).json["refresh"]

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(tab, range(2))
    assert one == other
    assert refresh(house, one).status_code == 200


def test_an_old_secret_ends_the_session_for_whoever_has_the_new_one_too(house: House) -> None:
    """S23: a copy was made of it; nobody can tell whose is the copy."""
    member(house)
    first = sign_in(house).json
    second = refresh(house, first["refresh"])
    with later(seconds=31):
        assert refresh(house, first["refresh"]).status_code == 401
        assert refresh(house, second.json["refresh"]).status_code == 401
        house.settle()
        assert statuses(house, bearer(second)) == NOWHERE


@pytest.mark.parametrize("secret", ["", "x", "x.y", "a" * 32 + "." + "b" * 32, "é" * 32 + "." + "b" * 32, "." * 65])
def test_what_is_no_secret_is_401_and_ends_nothing(house: House, secret: str) -> None:
    member(house)
    good = sign_in(house).json["refresh"]
    answer = house.client("reception").post(f"{TOKENS}/refresh", json={"refresh": secret} if secret else {})
    assert answer.status_code == 401
    assert refresh(house, good).status_code == 200


def test_a_session_ends_by_itself_when_nobody_uses_it_and_after_a_week(house: House) -> None:
    member(house)
    secret = sign_in(house).json["refresh"]
    with later(hours=12, minutes=1):
        assert refresh(house, secret).status_code == 401
    secret = sign_in(house).json["refresh"]
    for hours in range(11, 7 * 24, 11):
        with later(hours=hours):
            secret = refresh(house, secret).json["refresh"]
    with later(hours=7 * 24 + 1):
        assert refresh(house, secret).status_code == 401


def test_nothing_that_opens_a_door_is_in_the_database(house: House) -> None:
    member(house)
    told = sign_in(house).json
    with house.reading("reception") as session:
        [row] = session.scalars(select(StaffSession))
        kept = " ".join(str(getattr(row, column.key)) for column in StaffSession.__table__.columns)
    family, current = told["refresh"].split(".")
    assert family not in kept
    assert current not in kept
    assert told["token"] not in kept


def test_ones_own_sessions_are_listed_and_ended_and_nobody_elses(house: House) -> None:
    member(house)
    member(house, user="wu.tong")
    desk, tablet = sign_in(house, device="前台电脑"), sign_in(house, device="平板")
    other = sign_in(house, user="wu.tong")
    client, url = house.client("reception"), "/reception/api/v1/sessions"
    listed = client.get(url, headers=bearer(desk)).json["sessions"]
    assert {(each["device"], each["current"], each["branch"]) for each in listed} == {
        ("前台电脑", True, BEIJING), ("平板", False, BEIJING),
    }  # fmt: skip
    assert client.delete(f"{url}/{other.json['session']}", headers=bearer(desk)).status_code == 404
    assert client.delete(f"{url}/{tablet.json['session']}", headers=bearer(desk)).status_code == 204
    house.settle()
    assert statuses(house, bearer(tablet)) == NOWHERE
    assert refresh(house, tablet.json["refresh"]).status_code == 401
    assert statuses(house, bearer(desk)) == statuses(house, bearer(other)) == EVERYWHERE


# -- S23: signed out everywhere


def test_signing_out_ends_the_token_in_all_four_services_within_one_pull(house: House) -> None:
    """S23."""
    member(house)
    signed_in = sign_in(house)
    headers = bearer(signed_in)
    assert statuses(house, headers) == EVERYWHERE
    assert house.client("reception").post(f"{TOKENS}/sign-out", headers=headers).status_code == 204
    assert statuses(house, headers, "reception") == {"reception": False}
    house.relay("reception")
    for service in SERVICES[1:]:
        with house.at(service):
            house.consumer(service, "reception").pull()
    assert statuses(house, headers) == NOWHERE
    assert refresh(house, signed_in.json["refresh"]).status_code == 401


def test_a_disabled_person_is_refused_everywhere_within_one_pull_and_cannot_come_back(house: House) -> None:
    """S23: also where nobody may read who the person is."""
    staff_id = member(house)
    one, two = sign_in(house), sign_in(house)
    with house.at("reception"):
        actions.disable(staff_id, 1)
    house.relay("reception")
    for service in SERVICES[1:]:
        with house.at(service):
            house.consumer(service, "reception").pull()
    assert statuses(house, bearer(one)) == statuses(house, bearer(two)) == NOWHERE
    assert refresh(house, one.json["refresh"]).status_code == 401
    assert sign_in(house).status_code == 401
    with house.at("reception"):
        actions.enable(staff_id, 2)
    assert sign_in(house).status_code == 200
    assert refresh(house, one.json["refresh"]).status_code == 401


def test_disabling_between_the_password_and_the_session_wins(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    staff_id = member(house)
    matches = passwords.matches

    def meanwhile(stored: str | None, given: str) -> bool:
        with house.at("reception"):
            actions.disable(staff_id, 1)
        return matches(stored, given)

    monkeypatch.setattr(passwords, "matches", meanwhile)
    assert sign_in(house).status_code == 401


def test_other_roles_mean_another_session_id_and_the_secret_leads_to_it(house: House) -> None:
    """S21: the token of before counts nowhere, nobody has to type a password."""
    staff_id = member(house)
    before = sign_in(house)
    with house.at("reception"):
        actions.change_roles(staff_id, 1, ["branch_manager"], BEIJING)
    house.settle()
    assert statuses(house, bearer(before)) == NOWHERE
    after = refresh(house, before.json["refresh"])
    assert after.json["roles"] == ["branch_manager"]
    assert after.json["session"] != before.json["session"]
    assert statuses(house, bearer(after)) == EVERYWHERE
    with house.at("reception"):
        actions.change_roles(staff_id, 2, [], BEIJING)
    assert refresh(house, after.json["refresh"]).status_code == 401


def test_going_on_in_another_branch_ends_the_token_of_the_first(house: House) -> None:
    """S21; and never into one that is not one's own."""
    staff_id = member(house)
    with house.at("reception"):
        actions.change_roles(staff_id, 1, ["receptionist"], SHANGHAI)
    before = sign_in(house, branch=BEIJING)
    client = house.client("reception")
    switch = f"{TOKENS}/switch"
    assert client.post(switch, json={"branch": "gz-tianhe"}, headers=bearer(before)).status_code == 422
    after = client.post(switch, json={"branch": SHANGHAI}, headers=bearer(before))
    assert (after.json["branch"], after.json["refresh"]) == (SHANGHAI, None)
    house.settle()
    assert statuses(house, bearer(before)) == NOWHERE
    assert statuses(house, bearer(after)) == EVERYWHERE
    assert refresh(house, before.json["refresh"]).json["branch"] == SHANGHAI


def test_every_sign_in_is_a_session_of_its_own(house: House) -> None:
    """S21."""
    member(house)
    one, two = sign_in(house).json, sign_in(house).json
    assert one["session"] != two["session"]
    assert one["refresh"].split(".")[0] != two["refresh"].split(".")[0]


def test_ended_sessions_are_told_without_a_name_and_put_away_when_no_token_can_need_them(house: House) -> None:
    staff_id = member(house)
    first = sign_in(house).json["session"]
    with house.at("reception"):
        sessions.end_own(staff_id, first)
    [told] = facts(house, f"access/{first}")
    assert (names([told]), told.branch_id, told.personal) == (["access.session_ended"], "group", False)
    assert "周敏" not in told.data
    with later(hours=14):
        second = sign_in(house).json["session"]
        with house.at("reception"):
            sessions.end_own(staff_id, second)
        house.settle()
    for service in SERVICES:
        with house.reading(service) as session:
            assert list(session.scalars(select(EndedSession.id))) == [second], service


# -- the issuer is away


class Away:
    """A feed that does not answer."""

    def page(self, after: int, limit: int = 500) -> None:
        raise SourceUnreachable("away")


def test_while_reception_is_away_tokens_count_for_twelve_hours_and_then_no_longer(house: House) -> None:
    staff_id = member(house)
    house.settle()
    headers = bearer(sign_in(house))
    consumer = house.consumer("followup", "reception")
    feed, consumer.feed = consumer.feed, Away()
    with later(minutes=6):
        assert statuses(house, headers) == NOWHERE, "it is not away until somebody has tried to reach it"
        with house.at("followup"), pytest.raises(SourceUnreachable):
            consumer.pull()
        only_there = {**NOWHERE, "followup": True}
        assert statuses(house, headers) == only_there, "reception itself, and who can reach it, wait for nobody"
    with later(hours=11, minutes=59):
        assert statuses(house, headers) == only_there
    with later(hours=12, minutes=1):
        assert statuses(house, headers) == NOWHERE
    with later(minutes=7):
        consumer.feed = feed
        with house.at("followup"):
            consumer.pull()
        assert statuses(house, headers) == NOWHERE, "it is back: five minutes again"
    assert version(house, staff_id) == 1


def test_who_was_seen_to_sign_out_is_not_let_in_again_by_an_outage(house: House) -> None:
    """S23."""
    member(house)
    headers = bearer(sign_in(house))
    house.client("reception").post(f"{TOKENS}/sign-out", headers=headers)
    house.settle()
    consumer = house.consumer("followup", "reception")
    consumer.feed = Away()
    with house.at("followup"), pytest.raises(SourceUnreachable):
        consumer.pull()
    with later(minutes=6):
        assert statuses(house, headers, "followup") == {"followup": False}


def test_steady_traffic_does_not_hide_that_reception_is_away(house: House) -> None:
    """Under steady traffic nothing is pulled; the feed is asked all the same, and facts are applied meanwhile."""
    member(house)
    house.settle()
    consumer = house.consumer("followup", "reception")
    consumer.feed, consumer._asked_at = Away(), 0.0
    consumer._pull_at = float("inf")
    # A fact without names: one about a person is read from the feed alone.
    with house.at("reception"):
        open_branch(code="gz-tianhe", name="天河店", letter="C", zone="Asia/Shanghai")
    house.relay("reception")
    with house.at("followup"):
        for _ in range(20):
            consumer.turn(0.1)
            if consumer._unreachable:
                break
    assert consumer._unreachable
    with house.at("followup"):
        assert house.flow("followup")["sources"]["reception"]["position"] == house.flow("reception")["head"]


# -- passwords


def test_a_password_that_somebody_else_set_is_replaced_at_the_first_sign_in(house: House) -> None:
    member(house, must_change=True)
    refused = sign_in(house)
    assert (refused.status_code, refused.json["type"]) == (403, "/problems/password-change-required")
    assert sign_in(house, "wrong wrong").json["type"] == "/problems/sign-in-failed"
    assert sign_in(house, new_password=PASSWORD).json["errors"][0]["code"] == "staff.password_same"
    assert sign_in(house, new_password="autumn by the lake").status_code == 200
    assert sign_in(house).status_code == 401
    assert sign_in(house, "autumn by the lake").status_code == 200


def test_ones_own_password_needs_the_old_one_and_signs_other_devices_out(house: House) -> None:
    member(house)
    here, elsewhere = sign_in(house), sign_in(house)
    client, url = house.client("reception"), "/reception/api/v1/password"

    def change(old: str, new: str) -> int:
        return client.post(url, json={"password": old, "new_password": new}, headers=bearer(here)).status_code

    assert change("wrong wrong", "autumn by the lake") == 422
    assert change(PASSWORD, "password1") == 422
    assert change(PASSWORD, "autumn by the lake") == 204
    look_again(house)
    assert statuses(house, bearer(here), "reception") == {"reception": True}
    assert statuses(house, bearer(elsewhere), "reception") == {"reception": False}
    assert [change("wrong wrong", "x" * 9) for _ in range(6)] == [422] * 5 + [429]


GOOD = ["plum rain at noon", "一二三四五六七八", "correct horse battery", "kf83-mmx", "xxxyyyzz", "4829104738126"]
BAD = [
    "short", "1234567", "12345678", "13812345678", "20261123", "password", "P@ssw0rd", "Password123!",
    "ｐａｓｓｗｏｒｄ１",
    "qwertyuiop", "asdfghjk", "1qaz2wsx", "aaaaaaaa", "abcabcabc", "yingbin2026", "Yingbin!!", "zhou.min", "Zhou.Min99",
    "woaini1314", "x" * 201,
]  # fmt: skip


def test_passwords_are_long_and_not_the_ones_that_everybody_guesses() -> None:
    for good in GOOD:
        passwords.check(good, USER)
    for bad in BAD:
        with pytest.raises(Problem):
            passwords.check(bad, USER)


def test_a_password_typed_on_another_keyboard_is_the_same(house: House) -> None:
    member(house)
    assert sign_in(house, "ｐｌｕｍ ｒａｉｎ ａｔ ｎｏｏｎ").status_code == 200
