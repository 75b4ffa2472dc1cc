"""What somebody typed stays text: on pages, in SQL, in spreadsheets, in patterns, on the bus."""

from __future__ import annotations

import ast
import json
import pickle
import re
import re._parser as parser  # type: ignore[import-not-found]
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from services.reporting.feed.csv_lines import lines
from shared.events.bus import EXCHANGE, connect
from shared.events.pull import MOST_BYTES, AheadOfSource, HttpFeed, SourceUnreachable, read_page
from tests.house.building import PRODUCT, ROOT, files, place, trees
from tests.kit.house import BRANCHES, SERVICES, House
from tests.reception.door import check_in, kiosk, staff
from tests.security.keys_at_hand import KeysAtHand
from tests.shared.http.bad_inputs import routes

EMBEDDED = pytest.mark.parametrize("stack", ["embedded"], indirect=True)
NAMES = [
    "<img src=x onerror=alert(1)>", '"><svg/onload=1>', "</script><script>alert(1)</script>", "{{7*7}}", "${7*7}",
    "{% for a in b %}", "' OR 1=1--", '"; DROP TABLE visit;--',
]  # fmt: skip


@EMBEDDED
def test_s25_s26_s27_what_was_typed_comes_back_as_it_was_and_never_as_markup(house: House) -> None:
    entry = kiosk(house)
    for number, name in enumerate(NAMES):
        assert check_in(house, entry, name=name, phone=f"1390000{number:04d}").status_code == 201
    house.settle()
    board = house.client("reception").get("/reception/api/v1/visits", headers=staff(house))
    assert board.content_type == "application/json"
    assert {visit["name"] for visit in board.json["visits"]} == set(NAMES)
    for service in SERVICES:
        keys, client = KeysAtHand(house, service), house.client(service)
        for rule in house.app(service).url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.arguments:
                continue
            view = house.app(service).view_functions[rule.endpoint]
            needs = getattr(view, "needs", ())
            answer = client.get(rule.rule, headers=keys.doors[needs[0].kind] if needs else {})
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            if answer.mimetype == "text/html":
                assert not [name for name in NAMES if "<" in name and name in answer.text], rule.rule
                # What looks like a template was not run as one.
                assert "{{7*7}}" in answer.text or ">49<" not in answer.text


def unescaped(root: Path) -> list[str]:
    """Templates that switch escaping off or run what stands in them."""
    inline = r"<script(?![^>]*\bsrc=)[^>]*>\s*\S|\son[a-z]+\s*=|javascript:"
    wrong = re.compile(rf"\|\s*safe\b|autoescape\s+false|{inline}", re.I)
    found = []
    for file in files(root, ".html", ".svg", below=PRODUCT):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if wrong.search(line) and "application/json" not in line:
                found.append(place(root, file, number))
    return found


def test_s26_no_template_switches_escaping_off_or_runs_what_stands_in_it(tmp_path: Path) -> None:
    assert unescaped(ROOT) == []
    (tmp_path / "shared").mkdir()
    bad = '{{ name|safe }}\n<a onclick="x()">\n<script>x()</script>\n'
    (tmp_path / "shared" / "a.html").write_text(f"{bad}<b>{{{{ a }}}}</b>")
    assert unescaped(tmp_path) == [f"shared/a.html:{line}" for line in (1, 2, 3)]


@EMBEDDED
def test_s28_sql_in_any_parameter_of_any_list_finds_nothing(house: House) -> None:
    entry = kiosk(house)
    assert check_in(house, entry, name="王").status_code == 201
    house.settle()
    wrong = []
    for service in SERVICES:
        keys, client = KeysAtHand(house, service), house.client(service)
        for route in routes(house.app(service), "GET"):
            schema = getattr(route.view, "reads", {}).get("query")
            names = {field.data_key or name for name, field in schema.fields.items()} | {"sort"} if schema else set()
            for name in sorted(names or ({"after"} if route.rule.endswith("/events") else ())):
                for value in ("' OR 1=1--", "1; DROP TABLE visit", '") OR ("1"="1', "id DESC"):
                    answer = client.get(f"{route.url}?{name}={quote(value)}", headers=keys(route))
                    found = answer.status_code == 200 and name == "q" and next(iter(answer.json.values()))
                    if answer.status_code not in (400, 404) and (name != "q" or found):
                        wrong.append(f"{route.rule}?{name}={value}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize(
    "text", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠SUM(A1)"]
)
def test_s29_no_cell_of_a_feed_is_a_formula(text: str) -> None:
    written = lines([{"position": 1, "subject": text}]).split("\r\n", 1)[1]
    assert f"'{text}" in written


# -- patterns


def quantified(pattern: Any) -> bool:
    """Whether something repeated without bound stands inside something repeated without bound (``(\\w+\\s?)+``)."""

    def parts(kind: str, value: Any) -> list[Any]:
        if kind in ("MAX_REPEAT", "MIN_REPEAT"):
            return [value[2]]
        if kind == "BRANCH":
            return value[1]
        return [value[3]] if kind == "SUBPATTERN" else []

    def endless(tree: Any, inside: bool) -> bool:
        for kind, value in tree:
            many = str(kind) in ("MAX_REPEAT", "MIN_REPEAT") and value[1] is parser.MAXREPEAT
            if (many and inside) or any(endless(part, inside or many) for part in parts(str(kind), value)):
                return True
        return False

    return endless(parser.parse(pattern), False)


# Letters and dots take turns in these, so there is one way to read a text, and a fault is found in one pass.
ONE_READING = {r"[a-z_]+(\.[a-z0-9_]+)+", r"[a-z_]+(\.[a-z_]+)+", r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+"}


def slow_patterns(root: Path) -> list[str]:
    """Patterns of ``re`` in the code that may take exponential time."""
    found = []
    for file, tree in trees(root, PRODUCT):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                first = node.args[0]
                ours = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
                constant = first.value if ours and isinstance(first, ast.Constant) else ""
                if constant not in ONE_READING and quantified(constant):
                    found.append(place(root, file, node.lineno))
    return found


def test_s44_no_pattern_has_one_endless_repetition_inside_another(tmp_path: Path) -> None:
    assert slow_patterns(ROOT) == []
    (tmp_path / "shared").mkdir()
    bad = "re.compile(r'^(\\w+\\s?)+$')\nre.compile(r'(?:a|b+)*')\nre.match('a+b*', '')\n"
    (tmp_path / "shared" / "a.py").write_text(f"import re\n{bad}")
    assert slow_patterns(tmp_path) == ["shared/a.py:2", "shared/a.py:3"]


@EMBEDDED
def test_s44_a_long_text_is_refused_by_its_length(house: House) -> None:
    entry = kiosk(house)
    for field in ("name", "plate", "phone", "host", "source"):
        for text in ("a" * 28 + "!", "京A1 " * 10_000, "1" * 60_000):
            answer = check_in(house, entry, **{field: text})
            assert answer.status_code in (201, 413, 422), (field, answer.status_code)


# -- other services, other programs


@pytest.mark.parametrize("body", [
    b"", b"[]", b"null", b'"x"', b"{}", b'{"epochs": 1, "head": 1, "events": []}', b"\xff", b"[" * 100_000,
    b'{"epochs": [], "head": "x", "events": []}', b'{"epochs": [], "head": 1, "events": [{}]}',
    b'{"epochs": [], "head": 1, "events": {"a": 1}}', b'{"epochs": [[]], "head": 1, "events": []}',
], ids=map(str, range(12)))  # fmt: skip
@pytest.mark.parametrize("status", [200, 409], ids=str)
def test_s53_an_answer_that_is_no_feed_is_refused(body: bytes, status: int) -> None:
    with pytest.raises((SourceUnreachable, AheadOfSource)):
        read_page(status, body, "reception")


def test_s53_events_of_another_source_are_refused() -> None:
    golden = json.loads((ROOT / "shared/contracts/reception/visit.left.v1.json").read_text())
    assert golden  # the source stands in the envelope, not in the contract
    with pytest.raises(SourceUnreachable):
        read_page(200, b'{"epochs": [], "head": 1, "events": [{"source": "/services/evil"}]}', "reception")


def test_s53_an_answer_without_end_is_cut_off() -> None:
    sent = 0

    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            nonlocal sent
            self.send_response(200)
            self.end_headers()
            try:
                while sent < MOST_BYTES * 8:
                    self.wfile.write(b" " * 1_000_000)
                    sent += 1_000_000
            except OSError:
                pass

        def log_message(self, *unused: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Endless)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with pytest.raises(SourceUnreachable, match="too large"):
            HttpFeed(f"http://127.0.0.1:{server.server_port}", "reception", "key").page(0)
    finally:
        server.shutdown()
        server.server_close()
    assert sent < MOST_BYTES * 4


class Trap:
    """Leaves a file behind when somebody unpickles it."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return open, (self.file, "w")


def test_s54_what_is_pickled_is_never_read(house: House, tmp_path: Path) -> None:
    house.settle()
    sprung = tmp_path / "sprung"
    message = pickle.dumps(Trap(str(sprung)))
    pickle.loads(message).close()
    assert sprung.exists(), "the trap works"
    sprung.unlink()
    with connect(house.runtime("reception").environment.bus_url) as connection:
        producer = connection.Producer()
        for kind, encoding in (("application/x-python-serialize", "binary"), ("application/json", "utf-8")):
            producer.publish(
                message, exchange=EXCHANGE, routing_key="group.reception.visit.left.v1", content_type=kind,
                content_encoding=encoding, delivery_mode=2,
            )  # fmt: skip
    assert check_in(house, kiosk(house, BRANCHES[0])).status_code == 201
    house.settle()
    assert house.quiet()
    assert not sprung.exists()
