"""Signing in with a browser: S21, S22, S23, S24 (the guard's part), S47 (where a link leads), on both stacks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.reception.staff import actions
from services.reception.staff.words import WORDS
from shared.access import browsers
from tests.house import wiring
from tests.kit.house import SERVICES, House
from tests.security.signed_in import BEIJING, DOORS, PASSWORD, SHANGHAI, USER, later, look_again, member

SIGN_IN, ACCOUNT, SIGN_OUT = "/reception/sign-in", "/reception/account", "/reception/sign-out"
HOME = "/reception/home"
HTTPS = {"base_url": "https://desk.example"}
HTML = {"Accept": "text/html,application/xhtml+xml"}


def sign_in(client: FlaskClient, query: str = "", **form: Any) -> Any:
    headers = form.pop("headers", {})
    options = form.pop("options", {})
    return client.post(SIGN_IN + query, data={"user": USER, "password": PASSWORD, **form}, headers=headers, **options)


def browser(house: House) -> FlaskClient:
    """Somebody signed in on plain http on this machine."""
    client = house.client("reception")
    assert sign_in(client).status_code == 303
    return client


def csrf_of(client: FlaskClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(ACCOUNT, headers=HTML).text)
    assert found
    return found[1]


def cookies(answer: Any) -> dict[str, list[str]]:
    """name → the attributes of each cookie set."""
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        first, *rest = line.split("; ")
        found[first.partition("=")[0]] = rest
    return found


def token_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("yingbin")
    assert cookie is not None
    return cookie.value


def let_in(house: House, token: str) -> dict[str, bool]:
    look_again(house)
    found = {}
    for service in SERVICES:
        client = house.client(service)
        client.set_cookie("yingbin", token)
        found[service] = client.get(DOORS[service]).status_code != 401
    return found


def test_cookies_over_https_are_for_this_host_alone_and_out_of_scripts_reach(house: House) -> None:
    """S22."""
    member(house)
    answer = sign_in(house.client("reception"), options=HTTPS)
    set_ = cookies(answer)
    assert set(set_) == {"__Host-yingbin", "__Secure-yingbin-refresh", "__Host-yingbin-device"}
    for name, attributes in set_.items():
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(attributes), name
        assert not any(each.startswith("Domain") for each in attributes)
        if name.startswith("__Host-"):
            assert "Path=/" in attributes
    assert "Path=/reception" in set_["__Secure-yingbin-refresh"]


def test_plain_http_has_cookies_on_this_machine_only_and_says_so_elsewhere(house: House) -> None:
    member(house)
    assert set(cookies(sign_in(house.client("reception")))) == {"yingbin", "yingbin-refresh", "yingbin-device"}
    elsewhere = {"base_url": "http://desk.example"}
    assert "__Host-yingbin" in cookies(sign_in(house.client("reception"), options=elsewhere))
    assert "https://" in house.client("reception").get(SIGN_IN, **elsewhere).text


def test_behind_a_proxy_with_tls_it_is_https(house: House) -> None:
    member(house)
    answer = sign_in(house.client("reception"), headers={"X-Forwarded-Proto": "https"})
    assert "__Host-yingbin" in cookies(answer)


def test_a_cookie_opens_the_doors_of_all_services_and_a_header_comes_first(house: House) -> None:
    member(house)
    token = token_of(browser(house))
    assert let_in(house, token) == dict.fromkeys(SERVICES, True)
    client = house.client("followup")
    client.set_cookie("yingbin", token)
    assert client.get(DOORS["followup"], headers={"Authorization": "Bearer x"}).status_code == 401


def test_what_was_in_the_cookies_before_is_nothing_after_signing_in(house: House) -> None:
    """S21: neither a made-up token nor somebody else's session goes on."""
    member(house)
    first = browser(house)
    before = token_of(first)
    client = house.client("reception")
    client.set_cookie("yingbin", before)
    client.set_cookie("yingbin-refresh", "a" * 32 + "." + "b" * 32, path="/reception")
    assert sign_in(client).status_code == 303
    assert token_of(client) != before
    listed = client.get("/reception/api/v1/sessions").json["sessions"]
    assert [each["current"] for each in listed] == [True, False]


def test_other_roles_lead_a_page_to_a_new_session_without_a_password(house: House) -> None:
    """S21."""
    staff_id = member(house)
    client = browser(house)
    before = token_of(client)
    with house.at("reception"):
        actions.change_roles(staff_id, 1, ["branch_manager"], BEIJING)
    look_again(house)
    assert client.get("/reception/api/v1/sessions").status_code == 401
    assert client.get(ACCOUNT, headers=HTML, follow_redirects=True).status_code == 200
    assert token_of(client) != before
    assert len(client.get("/reception/api/v1/sessions").json["sessions"]) == 1
    house.settle()
    assert let_in(house, before) == dict.fromkeys(SERVICES, False)


def test_signing_out_takes_the_cookies_and_ends_the_session_everywhere(house: House) -> None:
    """S23."""
    member(house)
    client = browser(house)
    token, secret = token_of(client), client.get_cookie("yingbin-refresh", path="/reception")
    answer = client.post(SIGN_OUT, data={"csrf": csrf_of(client)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/reception/sign-in?out=1")
    assert client.get_cookie("yingbin") is None
    assert client.get_cookie("yingbin-device") is not None, "the device stays known"
    house.settle()
    assert let_in(house, token) == dict.fromkeys(SERVICES, False)
    client.set_cookie("yingbin-refresh", secret.value, path="/reception")
    assert client.post("/reception/api/v1/tokens/refresh", json={}).status_code == 401


# -- a token that has run out


def test_a_page_whose_token_has_run_out_gets_the_next_one_and_is_shown(house: House) -> None:
    member(house)
    client = browser(house)
    before = token_of(client)
    with later(minutes=6):
        first = client.get(f"{ACCOUNT}?lang=en", headers=HTML)
        assert first.headers["Location"] == "/reception/refresh?next=/reception/account%3Flang%3Den"
        shown = client.get(f"{ACCOUNT}?lang=en", headers=HTML, follow_redirects=True)
        assert (shown.status_code, shown.request.full_path) == (200, "/reception/account?lang=en")
        assert token_of(client) != before
        assert client.get("/reception/api/v1/sessions").status_code == 200
    with later(hours=13):
        assert client.get("/reception/api/v1/sessions").status_code == 401, "a program is told, not led"
        shown = client.get(ACCOUNT, headers=HTML, follow_redirects=True)
        assert shown.request.full_path == "/reception/sign-in?next=/reception/account"


def test_a_script_refreshes_by_cookie_and_sees_no_secret(house: House) -> None:
    member(house)
    client = browser(house)
    before = client.get_cookie("yingbin-refresh", path="/reception").value
    answer = client.post("/reception/api/v1/tokens/refresh", json={}, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.json["refresh"]) == (200, None)
    assert client.get_cookie("yingbin-refresh", path="/reception").value != before
    foreign = client.post("/reception/api/v1/tokens/refresh", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, foreign.json["type"]) == (403, "/problems/csrf")


# -- S24


FOREIGN: list[tuple[str, dict[str, str], bool]] = [
    ("a page of somebody else", {"Origin": "https://evil.example"}, True),
    ("a page without an origin", {"Origin": "null"}, True),
    ("another host of ours", {"Origin": "http://localhost.evil.example"}, True),
    ("another port", {"Origin": "http://localhost:9999"}, True),
    ("a browser that says so", {"Sec-Fetch-Site": "cross-site"}, True),
    ("a sister site", {"Sec-Fetch-Site": "same-site"}, True),
    ("no token of the form", {}, False),
]


@pytest.mark.parametrize(("headers", "with_token"), [each[1:] for each in FOREIGN], ids=[each[0] for each in FOREIGN])
def test_a_change_by_cookie_that_no_page_of_ours_asks_for_is_403(
    house: House, headers: dict[str, str], with_token: bool
) -> None:
    """S24: by form and by API, in the service that made the token and in another one."""
    member(house)
    client = browser(house)
    csrf = csrf_of(client) if with_token else "x"
    answers = [
        client.post(SIGN_OUT, data={"csrf": csrf}, headers=headers),
        client.post(SIGN_OUT, data={}, headers=headers) if not with_token else None,
        client.post("/reception/api/v1/password", json={}, headers={"X-CSRF-Token": csrf, **headers}),
    ]
    other = house.client("followup")
    other.set_cookie("yingbin", token_of(client))
    doors = house.app("followup").url_map.iter_rules()
    rule = next(each.rule for each in doors if "POST" in each.methods and "/api/v1/call" in each.rule)
    path = re.sub(r"<[^>]+>", "0199f0a0-0000-7000-8000-000000000001", rule)
    answers.append(other.post(path, json={}, headers={"X-CSRF-Token": csrf, **headers}))
    for answer in filter(None, answers):
        assert (answer.status_code, answer.json["type"]) == (403, "/problems/csrf"), answer.request.path
    assert client.get("/reception/api/v1/sessions").status_code == 200


def test_a_change_from_our_own_page_is_done_in_every_service(house: House) -> None:
    member(house, "branch_manager")
    client = browser(house)
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": csrf_of(client)}
    assert client.post("/reception/api/v1/password", json={}, headers=own).status_code == 422
    assert client.delete("/reception/api/v1/sessions/x", headers=own).status_code == 404


def test_a_bearer_header_needs_no_form(house: House) -> None:
    """Nobody else's page can set it."""
    member(house)
    headers = {"Authorization": f"Bearer {token_of(browser(house))}", "Origin": "https://evil.example"}
    answer = house.client("reception").post("/reception/api/v1/tokens/sign-out", headers=headers)
    assert answer.status_code == 204


def test_nobody_signs_a_browser_in_from_a_page_of_his_own(house: House) -> None:
    """S24: so that nobody works in somebody else's account without knowing."""
    member(house)
    client = house.client("reception")
    assert sign_in(client, headers={"Origin": "https://evil.example"}).json["type"] == "/problems/csrf"
    assert client.get_cookie("yingbin") is None


# -- S47


ELSEWHERE = [
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/%0d%0aSet-Cookie:x",
    "javascript:x",
    "/\t/evil.example", "/ /evil", "evil", "", "///evil.example", "/a\r\nb", "/" + "a" * 3000, "/é",
]  # fmt: skip


@pytest.mark.parametrize("wished", ELSEWHERE)
def test_a_link_leads_nowhere_else(wished: str) -> None:
    """S47."""
    found = browsers.local_address(wished, "/here")
    assert found == "/here" or (found == wished and wished == "/%0d%0aSet-Cookie:x"), "escaped it is a path like others"


def test_after_signing_in_one_is_where_one_wanted_to_go_if_that_is_here(house: House) -> None:
    """S47."""
    member(house)
    good = sign_in(house.client("reception"), "?next=/followup/%3Fday%3D1")
    assert good.headers["Location"] == "/followup/?day=1"
    for bad in ("//evil.example", "https://evil.example", "/%5Cevil.example"):
        assert sign_in(house.client("reception"), f"?next={bad}").headers["Location"] == HOME


# -- the pages


def test_what_was_wrong_stands_above_the_form_with_the_name_and_never_the_password(house: House) -> None:
    member(house)
    client = house.client("reception")
    wrong = sign_in(client, "?lang=en&next=/reporting/", password="wrong wrong")
    assert wrong.status_code == 401
    assert WORDS["failed"]["en"] in wrong.text
    assert f'value="{USER}"' in wrong.text
    assert "wrong wrong" not in wrong.text
    assert 'action="/reception/sign-in?next=/reporting/"' in wrong.text
    for _ in range(4):
        sign_in(client, password="wrong wrong")
    waits = sign_in(client)
    assert waits.status_code == 429
    assert "Retry-After" in waits.headers
    assert "15" in waits.text
    assert sign_in(client, user="").status_code == 422


def test_a_name_with_markup_is_shown_as_text(house: House) -> None:
    shown = sign_in(house.client("reception"), user='"><script>alert(1)</script>{{7*7}}', password="x").text
    assert "<script>alert" not in shown
    assert "{{7*7}}" in shown


def test_a_first_password_is_replaced_on_the_way_in(house: House) -> None:
    member(house, must_change=True)
    client = house.client("reception")
    asked = sign_in(client)
    assert (asked.status_code, 'name="repeated"' in asked.text) == (422, True)
    new = "autumn by the lake"
    assert WORDS["choose-title"]["zh"] in sign_in(client, new_password=new, repeated="another").text
    assert sign_in(client, new_password="password1", repeated="password1").status_code == 422
    assert sign_in(client, new_password=new, repeated=new).status_code == 303
    assert client.get(ACCOUNT, headers=HTML).status_code == 200


def test_who_works_in_several_branches_is_asked_and_finds_the_last_one_again(house: House) -> None:
    staff_id = member(house)
    with house.at("reception"):
        actions.change_roles(staff_id, 1, ["branch_manager"], SHANGHAI)
    client = house.client("reception")
    assert sign_in(client, "?next=/reporting/").headers["Location"] == "/reception/account?next=/reporting/"
    form = {"branch": SHANGHAI, "csrf": csrf_of(client)}
    answer = client.post("/reception/account/branch?next=/reporting/", data=form)
    assert answer.headers["Location"] == "/reporting/"
    assert client.post("/reception/account/branch", data={**form, "branch": "gz-tianhe"}).status_code == 422
    again = house.client("reception")
    sign_in(again)
    listed = again.get("/reception/api/v1/sessions").json["sessions"]
    assert {each["branch"] for each in listed} == {SHANGHAI}


def test_the_account_page_ends_other_devices_and_changes_the_password(house: House) -> None:
    member(house)
    client, tablet = browser(house), browser(house)
    csrf = csrf_of(client)
    shown = client.get(ACCOUNT, headers=HTML).text
    [other] = re.findall(r"/reception/account/sessions/([0-9a-f-]{36})/end", shown)
    assert client.post(f"/reception/account/sessions/{other}/end", data={"csrf": csrf}).status_code == 303
    look_again(house)
    assert tablet.get("/reception/api/v1/sessions").status_code == 401
    form = {"csrf": csrf, "password": PASSWORD, "new_password": "autumn by the lake", "repeated": "autumn by the lake"}
    assert client.post("/reception/account/password", data={**form, "repeated": "x"}).status_code == 422
    assert client.post("/reception/account/password", data={**form, "password": "x"}).status_code == 422
    assert client.post("/reception/account/password", data=form).headers["Location"] == f"{ACCOUNT}?changed=1"
    assert sign_in(house.client("reception"), password="autumn by the lake").status_code == 303


def test_the_pages_speak_both_languages(house: House) -> None:
    said = (wiring.Words(key, words["zh"], words["en"]) for key, words in WORDS.items())
    assert wiring.untranslated(said) == []
    for language in ("zh", "en"):
        assert WORDS["sign-in-lead"][language] in house.client("reception").get(f"{SIGN_IN}?lang={language}").text
