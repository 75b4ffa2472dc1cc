"""Everything that goes wrong has one shape, two languages, the headers that belong to it, and gives nothing away."""

from __future__ import annotations

import ast
import re
import sqlite3
from pathlib import Path
from typing import Any

import marshmallow as ma
import psycopg
import pytest
from flask import abort
from sqlalchemy import exc as sa
from werkzeug import exceptions

from shared.db import TurnstileTimeout
from shared.http.errors import _CODES, database_problem
from shared.http.problems import Problem
from shared.i18n.problems import FIELDS, PROBLEMS
from shared.i18n.wording import Wording
from tests.shared.http.toy import Desk

ROOT = Path(__file__).resolve().parents[3]
PERSONAL = "13812345678 欧阳娜娜"


def ask(desk: Desk, raised: BaseException | int, **headers: str) -> Any:
    """The answer of a route that raises."""

    def view() -> None:
        if isinstance(raised, int):
            abort(raised)
        raise raised

    desk.app.view_functions["notes.broken"] = view
    return desk.client.get("/desk/api/v1/notes/broken", headers=headers)


@pytest.mark.parametrize("code", sorted(c for c in exceptions.default_exceptions if c >= 400))
def test_whatever_flask_can_abort_with_is_a_problem(small_desk: Desk, code: int) -> None:
    answer = ask(small_desk, code)
    problem = answer.get_json()
    assert (answer.status_code, answer.content_type) == (code, "application/problem+json")
    assert problem["type"].removeprefix("/problems/") in PROBLEMS
    assert problem["instance"] == "/desk/api/v1/notes/broken"
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    if code == 503:
        assert answer.headers["Retry-After"]
    if code == 401:
        assert answer.headers["WWW-Authenticate"]


def test_headers_that_belong_to_an_error_stay(small_desk: Desk) -> None:
    answer = small_desk.client.delete("/desk/api/v1/notes")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}
    late = ask(small_desk, exceptions.TooManyRequests(retry_after=7))
    assert late.headers["Retry-After"] == "7"


def test_chinese_first_english_when_asked_for(small_desk: Desk) -> None:
    url = "/desk/api/v1/notes/closed"
    plain = small_desk.client.get(url)
    assert (plain.get_json()["title"], plain.get_json()["detail"]) == ("柜台已关", "08:30 再来。")
    assert "柜台".encode() in plain.data, "not escaped"
    for wish, title in {
        "en": "Desk closed", "en-GB,en;q=0.9,zh;q=0.1": "Desk closed", "zh-CN,zh;q=0.9,en;q=0.8": "柜台已关",
        "fr": "柜台已关", ";;;": "柜台已关", "*": "柜台已关", "x" * 5000: "柜台已关",
    }.items():  # fmt: skip
        assert small_desk.client.get(url, headers={"Accept-Language": wish}).get_json()["title"] == title, wish


def test_all_faults_at_once_with_codes_and_sentences(small_desk: Desk) -> None:
    body = {"text": "hush", "count": 1000, "mood": "sad", "status": "x", "at": "2026-11-23T10:00"}
    answer = small_desk.client.post(
        "/desk/api/v1/notes/staff", json=body, headers={**small_desk.staff("clerk"), "Accept-Language": "en"}
    )
    problem = answer.get_json()
    assert answer.status_code == 422
    assert {e["pointer"]: e["code"] for e in problem["errors"]} == {
        "/count": "number.range", "/mood": "field.choice", "/status": "field.unknown", "/at": "time.offset_required",
    }  # fmt: skip
    assert {e["detail"] for e in problem["errors"]} >= {"Should be from 1 to 99"}
    assert problem["detail"] == "4 to correct."
    loud = small_desk.client.post("/desk/api/v1/notes/staff", json={"text": "SHOUT"}, headers=small_desk.staff("clerk"))
    assert loud.get_json()["errors"] == [{"pointer": "/text", "code": "note.shouting", "detail": "请小声"}]


@pytest.mark.parametrize(
    "surprise",
    [
        RuntimeError(PERSONAL),
        KeyError(PERSONAL),
        sa.IntegrityError(f"INSERT {PERSONAL}", {"phone": PERSONAL}, Exception(PERSONAL)),
        sa.ProgrammingError(f"SELECT {PERSONAL}", {}, Exception("no such table")),
        RecursionError(PERSONAL),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, PERSONAL),
    ],
)
def test_a_surprise_gives_nothing_away_and_is_noted_without_values(
    small_desk: Desk, surprise: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ask(small_desk, surprise)
    out = capsys.readouterr()
    assert answer.status_code == 500
    assert answer.get_json()["type"] == "/problems/internal-error"
    for secret in ("13812345678", "欧阳", "Traceback", "INSERT", "SELECT", "sqlalchemy", ".py"):
        assert secret not in answer.text
    assert "13812345678" not in out.out + out.err
    assert answer.get_json()["request_id"] in out.out


def operational(cause: BaseException) -> sa.OperationalError:
    return sa.OperationalError("SELECT 1", {}, cause)


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (sa.TimeoutError("pool"), 503, "unavailable"),
        (TurnstileTimeout("line"), 503, "unavailable"),
        (operational(psycopg.OperationalError("gone")), 503, "unavailable"),
        (operational(psycopg.errors.QueryCanceled("slow")), 503, "unavailable"),
        (operational(psycopg.errors.TooManyConnections("full")), 503, "unavailable"),
        (operational(psycopg.errors.DeadlockDetected("dead")), 503, "unavailable"),
        (operational(psycopg.errors.DiskFull("full")), 507, "storage-full"),
        (operational(sqlite_error(sqlite3.SQLITE_BUSY)), 503, "unavailable"),
        (operational(sqlite_error(sqlite3.SQLITE_CANTOPEN)), 503, "unavailable"),
        (operational(sqlite_error(sqlite3.SQLITE_READONLY)), 503, "unavailable"),
        (operational(sqlite_error(sqlite3.SQLITE_FULL)), 507, "storage-full"),
    ],
)
def test_a_database_that_cannot_now_is_503_with_retry_after(
    small_desk: Desk, error: sa.SQLAlchemyError, status: int, code: str
) -> None:
    answer = ask(small_desk, error)
    assert (answer.status_code, answer.get_json()["type"]) == (status, f"/problems/{code}")
    assert answer.headers["Retry-After"]


def test_a_missing_table_is_our_mistake_not_a_busy_database() -> None:
    assert database_problem(operational(sqlite_error(sqlite3.SQLITE_ERROR))) is None


def test_marshmallows_own_error_is_a_validation_problem(small_desk: Desk) -> None:
    answer = ask(small_desk, ma.ValidationError({"a": {0: ["Not a valid integer."]}, "_schema": ["odd"]}))
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.get_json()["errors"]] == [
        ("/a/0", "number.type"), ("", "field.invalid"),
    ]  # fmt: skip


def codes_in_the_source() -> set[tuple[str, str]]:
    """(file, code) of every ``Problem(status, "code")`` in the product."""
    found = set()
    for part in ("shared", "services"):
        for file in (ROOT / part).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and len(node.args) > 1:
                    code = node.args[1]
                    if isinstance(code, ast.Constant):
                        found.add((file.relative_to(ROOT).as_posix(), str(code.value)))
    return found


def words_of(file: str) -> Wording:
    """The words that stand where a file can use them: the house's and those of its service's capabilities."""
    import importlib

    service = re.match(r"services/(\w+)/", file)
    rooms = (ROOT / "services" / service[1]).glob("*/problems.py") if service else []
    return Wording(importlib.import_module(".".join(room.relative_to(ROOT).with_suffix("").parts)) for room in rooms)


def test_every_code_that_is_raised_is_put_into_words() -> None:
    silent = sorted(f"{file}: {code}" for file, code in codes_in_the_source() if code not in words_of(file).problems)
    assert not silent, "\n".join(silent)


def test_the_rule_would_find_a_code_without_words() -> None:
    assert "unheard-of" not in words_of("services/reception/visits/actions.py").problems
    assert ("shared/settings/actions.py", "unknown-setting") in codes_in_the_source()


def test_every_code_has_both_languages() -> None:
    for code, words in PROBLEMS.items():
        assert set(words) == {"zh", "en"}, code
        for title, detail in words.values():
            assert title, code
            assert detail, code
        assert re.search(r"[\u4e00-\u9fff]", words["zh"][0]), code
        assert words["en"][1].isascii(), code
    for code, sentences in FIELDS.items():
        assert set(sentences) == {"zh", "en"}, code
        assert all(sentences.values()), code
    assert set(_CODES.values()) <= set(PROBLEMS)


def test_the_page_of_codes_lists_the_houses_and_the_capabilities(small_desk: Desk) -> None:
    page = small_desk.client.get("/desk/problems", headers={"Accept-Language": "en"}).text
    assert "desk-closed" in page
    assert "Permission" not in page
    assert "request-in-progress" in page


def test_an_unknown_id_and_a_random_one_look_the_same(small_desk: Desk) -> None:
    def body(note: str) -> dict[str, Any]:
        headers = {**small_desk.staff("clerk"), "X-Request-Id": "the-same-request"}
        found = small_desk.client.get(f"/desk/api/v1/notes/{note}", headers=headers).get_json()
        return {**found, "instance": ""}

    assert body("0199f0a0-0000-7000-8000-000000000001") == body("x")


def test_problem_words_may_be_given_in_place() -> None:
    problem = Problem(409, "conflict", {"zh": "不行", "en": "no"})
    assert problem.detail == {"zh": "不行", "en": "no"}
