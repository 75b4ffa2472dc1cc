"""Each rule about the services' wiring holds for the four of them, and a bad one turns it red."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, Table

from services.reporting.kpis import BOOK
from shared import contracts
from shared.access import needs
from shared.app import create_app
from shared.db import mechanism, unscoped_tables
from shared.http import Blueprint, idempotent
from shared.i18n.pages import WORDS
from shared.i18n.wording import Wording
from shared.service import load, names, rooms
from shared.settings.environment import Environment
from shared.settings.example import example_text, render
from shared.settings.registry import Setting
from tests.house import code, wiring
from tests.house.building import ROOT
from tests.house.wiring import Words

SERVICES = names()


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Flask]]:
    """The four apps, on databases that nobody opens."""
    folder = str(tmp_path_factory.mktemp("house"))
    settings = {"DATA_DIR": folder, "YINGBIN_BUS_URL": "memory://"}
    made = {name: create_app(name, Environment.read(name, settings)) for name in SERVICES}
    yield made
    for app in made.values():
        app.extensions["yingbin"].close()


def test_there_are_four_services() -> None:
    assert set(SERVICES) == set(wiring.GROUP_WIDE) == {"reception", "appointments", "followup", "reporting"}


# -- tables


@pytest.mark.parametrize("name", SERVICES)
def test_every_table_has_a_branch_or_stands_on_the_list(name: str) -> None:
    service = load(name)
    rooms(service, "model")
    assert wiring.homeless_tables(name, service.base.metadata) == []


def test_the_mechanism_says_why_its_tables_have_no_branch() -> None:
    assert unscoped_tables(mechanism) == []


def test_a_table_without_branch_is_found() -> None:
    metadata = MetaData()
    Table("note", metadata, Column("id", Integer, primary_key=True))
    Table("star", metadata, Column("id", Integer, primary_key=True), info={"group_wide": "shines on all"})
    assert wiring.homeless_tables("desk", metadata, {"desk": {"moon"}}) == [
        "desk.note has no branch and says no reason",
        "desk.star is not on the list of group-wide tables",
        "desk.moon is on the list for nothing",
    ]


# -- doors


@pytest.mark.parametrize("name", SERVICES)
def test_every_door_asks_for_a_key_and_every_post_may_be_sent_twice(name: str, apps: dict[str, Flask]) -> None:
    assert wiring.unsafe_doors(apps[name]) == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_route_is_in_the_document(name: str, apps: dict[str, Flask]) -> None:
    told = apps[name].test_client().get(f"/{name}/openapi.json").json
    assert told["openapi"].startswith("3.1")
    assert wiring.undocumented(apps[name], told) == []


def test_bad_doors_are_found() -> None:
    blueprint = Blueprint("desk", __name__, url_prefix="/desk/api/v1")

    @blueprint.route("/once", methods=["POST"])
    @needs("kiosk", scope="check_ins")
    @idempotent
    def once() -> str:
        return ""

    @blueprint.route("/twice", methods=["POST"])
    @needs("kiosk", scope="check_ins")
    def twice() -> str:
        return ""

    @blueprint.route("/open")
    def nobody_asks() -> str:
        return ""

    @blueprint.route("/person", methods=["POST"])
    @needs("staff")
    def person() -> str:
        return ""

    app = Flask("bad")
    app.register_blueprint(blueprint)
    assert wiring.unsafe_doors(app) == [
        "/desk/api/v1/twice: a POST that takes no Idempotency-Key",
        "/desk/api/v1/open: anybody may come in",
        "/desk/api/v1/person: a POST that takes no Idempotency-Key",
    ]
    told = {
        "paths": {
            "/desk/api/v1/once": {"post": {}},
            "/desk/api/v1/person": {"get": {}},
            "/desk/api/v1/twice": {"post": {}},
        }
    }
    assert wiring.undocumented(app, told) == ["GET /desk/api/v1/open", "POST /desk/api/v1/person"]


# -- words


def _words() -> Iterator[Words]:
    for name in SERVICES:
        service = load(name)
        yield Words(name, service.title["zh"], service.title["en"])
        wording = Wording.of(service)
        yield from (Words(f"{name} {code}", each["zh"], each["en"]) for code, each in wording.happenings.items())
        for name_of, problem in wording.problems.items():
            for part in (0, 1):
                yield Words(f"{name} {name_of}", problem["zh"][part], problem["en"][part])
        yield from (Words(f"{name} {name_of}", field["zh"], field["en"]) for name_of, field in wording.fields.items())
        yield from (Words(setting.key, setting.zh, setting.en) for setting in service.settings)
    # Each language's own name stands on the button that leads to it.
    yield from (Words(key, each["zh"], each["en"]) for key, each in WORDS.items() if key != "other-language")
    yield from (Words(contract.type, contract.title["zh"], contract.title["en"]) for contract in contracts.all())
    for kpi in BOOK:
        yield Words(kpi.id, kpi.zh, kpi.en)
        yield Words(kpi.id, kpi.formula_zh, kpi.formula_en)


def test_both_languages_are_complete() -> None:
    assert wiring.untranslated(_words()) == []


@pytest.mark.parametrize(
    ("zh", "en"), [("", "Visit"), ("来访", ""), ("Visit", "Visit"), ("来访", "来访"), ("来访", "Visit 来访")]
)
def test_a_word_in_one_language_only_is_found(zh: str, en: str) -> None:
    assert len(wiring.untranslated([Words("visit", zh, en), Words("call", "来电", "Call")])) == 1


def test_what_is_raised_has_words() -> None:
    wordings = [Wording.of(load(name)) for name in SERVICES]
    happenings = {code for wording in wordings for code in wording.happenings}
    problems = {code for wording in wordings for code in wording.problems}
    fields = {code for wording in wordings for code in wording.fields}
    assert code.unworded(ROOT, problems, fields, happenings) == []


def test_a_code_without_words_is_found(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "a.py").write_text(
        "raise Problem(409, 'not-known')\nraise Problem(404, 'not-found')\nraise FieldFault('plate.odd')\n"
        "raise Problem(422, 'not-found', errors=[{'pointer': '/a', 'code': 'a.odd'}, ('/b', 'b.odd')])\n"
        "raise JobFailed('too.late')\nhappened('visit.moved', to=3)\nhappened('visit.called')\n"
    )
    assert sorted(code.unworded(tmp_path, {"not-found"}, {"plate.format"}, {"visit.called"})) == [
        "shared/a.py:1: not-known",
        "shared/a.py:3: plate.odd",
        "shared/a.py:4: a.odd",
        "shared/a.py:4: b.odd",
        "shared/a.py:5: too.late",
        "shared/a.py:6: visit.moved",
    ]


# -- settings


def test_the_example_file_shows_every_setting_with_its_default() -> None:
    assert (ROOT / "deploy" / "settings.example.toml").read_text(encoding="utf-8") == example_text()


def test_a_forgotten_setting_changes_the_example_file() -> None:
    setting = Setting(
        key="visits.greet_minutes", type="minutes", default=5, duty="R1.3", zh="接待时限", en="Greet within"
    )
    assert render({"desk": (setting,)}) != render({"desk": ()})
    assert '"visits.greet_minutes" = 5' in render({"desk": (setting,)})


# -- facts


def test_every_golden_example_keeps_its_contract() -> None:
    assert {contract.service for contract in contracts.all()} == set(SERVICES)
    for contract in contracts.all():
        contracts.validate(contract.type, contract.example)


def test_a_broken_example_is_found() -> None:
    contract = contracts.get("reception.visit.checked_in.v1")
    with pytest.raises(contracts.ContractBroken):
        contracts.validate(contract.type, {**contract.example, "party_size": "two"})


def test_the_rules_are_where_people_look_for_them() -> None:
    assert {path.stem for path in Path(__file__).parent.glob("test_*.py")} >= {
        "test_files",
        "test_imports",
        "test_wiring",
    }
