"""The drill: traffic, a backup, more traffic, a restore. Nothing twice, nothing that never happened, and on it goes."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.local.assembling import SERVICES
from shared import files
from shared.operations import backup
from shared.operations.restore import restore
from shared.operations.serving import InUse, hold
from shared.operations.snapshots import CannotSave
from shared.settings.environment import Environment
from tests.faults.checkers import feed, sums_agree
from tests.faults.facts import call, log_calls
from tests.kit.databases import REPOSITORY
from tests.kit.house import House, build, stack_of
from tests.kit.morning import play, tomorrow
from tests.operations.shop import open_shop

pytestmark = [pytest.mark.timeout(240)]


class Drill:
    """A house that is saved, lives on, is stopped, and comes back."""

    def __init__(self, house: House, variables: dict[str, str], folder: Path) -> None:
        self.house, self.folder = house, folder
        self._variables = {**variables, "DATA_DIR": str(folder / "data"), "YINGBIN_MODE": "real"}
        self._stack = house.stack

    @property
    def environments(self) -> dict[str, Environment]:
        return {name: Environment.read(name, self._variables) for name in SERVICES}

    def save(self) -> dict:
        return backup.back_up(self.environments, self.folder / "backup")

    def come_back(self, *services: str) -> House:
        """Stop, restore, start again; then everybody has heard of it."""
        self.house.close()
        restore(self.environments, self.folder / "backup", services, replace=True)
        self.house = build(self._stack, self._variables, self.folder / "data")
        self.house.settle()
        return self.house

    def rows(self, service: str, query: str) -> list[tuple]:
        with self.house.reading(service) as session:
            return [tuple(row) for row in session.execute(text(query))]


@pytest.fixture
def drill(house: House, variables: dict[str, str], tmp_path: Path) -> Iterator[Drill]:
    made = Drill(house, variables, tmp_path)
    yield made
    made.house.close()


def nothing_twice(house: House) -> None:
    """No fact stands twice in headquarters' feed, and arrivals equal visits, one each."""
    told = [event["id"] for event in feed(house)]
    assert len(told) == len(set(told))
    with house.reading("reception") as session:
        visits = Counter(session.execute(text("SELECT id FROM visit")).scalars())
    with house.reading("appointments") as session:
        assert Counter(session.execute(text("SELECT visit_id FROM arrival")).scalars()) == visits
    sums_agree(house)


def test_f45_one_service_comes_back_and_the_others_reconcile(drill: Drill) -> None:
    desks = play(drill.house, 2)
    manifest = drill.save()
    base = manifest["services"]["reception"]["head"]
    for number in (901, 902, 903):
        desks[0].check_in(number)
    log_calls(drill.house, [call("orphan", n) for n in range(3)])
    drill.house.settle()
    lost = drill.house.flow("reception")["head"]
    calls_due = drill.rows("followup", "SELECT id FROM follow_up ORDER BY id")
    assert lost > base
    assert drill.rows("reporting", "SELECT topic FROM calls_daily WHERE topic = 'orphan'")

    house = drill.come_back("reception")

    epochs = drill.rows("reception", "SELECT after_position FROM epoch ORDER BY number")
    assert epochs == [(0,), (base,)]
    for consumer in ("appointments", "followup", "reporting"):
        orphans = drill.rows(consumer, "SELECT source, first_position, last_position FROM orphan_range")
        assert orphans == [("reception", base + 1, lost)], consumer
    assert not drill.rows("reporting", "SELECT topic FROM calls_daily WHERE topic = 'orphan'")
    assert drill.rows("followup", "SELECT id FROM follow_up ORDER BY id") == calls_due, "a reaction acted twice"
    # The feed goes on behind the base, under the new epoch.
    log_calls(house, [call("new-life", n) for n in range(2)])
    house.settle()
    headers = house.key("reception", "service", ["events"])
    page = house.client("reception").get(f"/reception/api/v1/events?after={base}", headers=headers).json
    assert [event["position"] for event in page["events"]][:2] == [base + 1, base + 2]
    assert {event["epoch"] for event in page["events"]} == {page["epochs"][-1]["epoch"]}
    assert drill.rows("reporting", "SELECT sum(calls) FROM calls_daily WHERE topic = 'new-life'") == [(2,)]
    with house.at("reporting"):
        nothing_twice(house)


def test_f45_what_was_acted_on_before_it_had_a_number_is_not_acted_on_again(drill: Drill) -> None:
    """Committed, saved, and only then numbered: after the restore it gets another number, and stays the same fact."""
    desk = play(drill.house, 2)[0]
    visit = desk.check_in(801)["visit_id"]
    desk.at_desk(visit, "call", "greet", "serve")
    drill.house.settle()
    order = desk.post("appointments", "service_advisor", "/repair-orders", {
        "visit_id": visit, "promised_at": tomorrow(), "reason": "opening",
    })["repair_order_id"]  # fmt: skip
    for step in ("check-in", "start-work", "ready", "hand-over"):
        desk.post("appointments", "service_advisor", f"/repair-orders/{order}/{step}")
    assert drill.house.flow("appointments")["unnumbered"]
    manifest = drill.save()
    drill.house.settle()
    planned = drill.rows("followup", "SELECT repair_order_id, id FROM follow_up ORDER BY id")
    assert order in dict(planned)
    sent = drill.house.flow("followup")["head"]

    house = drill.come_back("appointments")

    assert drill.rows("followup", "SELECT source FROM orphan_range") == [("appointments",)]
    assert drill.rows("followup", "SELECT repair_order_id, id FROM follow_up ORDER BY id") == planned
    assert house.flow("followup")["head"] == sent
    assert house.flow("appointments")["head"] > manifest["services"]["appointments"]["head"]


def test_everything_comes_back_as_it_was_and_lives_on(drill: Drill) -> None:
    desks = play(drill.house, 2)
    hq = drill.house.key("reporting", "hq", ["feed"])
    before = drill.house.client("reporting").get("/reporting/api/v1/feed?limit=1000", headers=hq).json
    manifest = drill.save()
    desks[1].check_in(950)
    drill.house.settle()
    after = drill.house.client("reporting").get("/reporting/api/v1/feed?limit=1", headers=hq).json["head"]
    assert after > before["head"]

    house = drill.come_back()

    for name in SERVICES:
        stood = manifest["services"][name]
        assert drill.rows(name, "SELECT count(*), max(after_position) FROM epoch") == [(2, stood["head"])], name
        # Readers were saved before what they read: nobody stands beyond a log that came back.
        assert drill.rows(name, "SELECT count(*) FROM orphan_range") == [(0,)], name
        for source, cursor in stood["cursors"].items():
            assert cursor["position"] <= manifest["services"][source]["head"]
    ahead = house.client("reporting").get(f"/reporting/api/v1/feed?after={after}", headers=hq)
    assert ahead.status_code == 409
    assert len(ahead.json["epochs"]) == 2
    again = house.client("reporting").get("/reporting/api/v1/feed?limit=1000", headers=hq).json
    assert [event["id"] for event in again["events"]] == [event["id"] for event in before["events"]]
    with house.at("reporting"):
        nothing_twice(house)
    log_calls(house, [call("new-life", 1)])
    house.settle()
    assert drill.rows("reporting", "SELECT sum(calls) FROM calls_daily WHERE topic = 'new-life'") == [(1,)]


@stack_of("embedded")
def test_a_backup_is_whole_private_and_finds_the_damage_done_to_it(drill: Drill) -> None:
    with drill.house.at("reception"):
        kept = files.store(BytesIO(b"a signature"), owner="visit/1", media_type="image/png", limit=100)
    manifest = drill.save()
    folder = drill.folder / "backup"
    assert all(not stat.S_IMODE(path.stat().st_mode) & 0o077 for path in [folder, folder / "manifest.json"])
    assert not stat.S_IMODE((folder / "databases" / "reception.db").stat().st_mode) & 0o077
    assert {item["path"] for item in manifest["content"]} >= {f"databases/{name}.db" for name in SERVICES}
    assert not list(folder.parent.glob(".backup.*"))
    last = json.loads((drill.folder / "data" / "last-backup.json").read_text())
    assert last["folder"] == str(folder)
    with pytest.raises(CannotSave, match="exists"):
        drill.save()

    (stored,) = (drill.folder / "data" / "files" / "reception").rglob("*/*")
    stored.unlink()
    drill.come_back("reception")
    with drill.house.reading("reception") as session:
        assert files.path_of(session, kept).read_bytes() == b"a signature"

    drill.house.close()
    damaged = folder / "databases" / "reporting.db"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    with pytest.raises(CannotSave, match=r"reporting\.db of the backup is missing or damaged"):
        restore(drill.environments, folder, replace=True)
    # What is not wanted is not looked at.
    assert restore(drill.environments, folder, ["reception"], replace=True) == ["reception"]


def _later_release(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["services"]["reception"]["revision"] = "2099_later"
    (folder / "manifest.json").write_text(json.dumps(manifest))


@stack_of("embedded")
@pytest.mark.parametrize(
    ("prepare", "services", "said"),
    [
        (_later_release, ["reception"], "later release"),
        (lambda folder: (folder / "manifest.json").unlink(), ["reception"], "not a whole backup"),
        (lambda folder: None, ["followup"], "holds no followup"),
        (lambda folder: None, ["reception"], "--replace"),
    ],
)
def test_a_restore_that_cannot_succeed_touches_nothing(
    drill: Drill, prepare: Callable[[Path], None], services: list[str], said: str
) -> None:
    folder = drill.folder / "backup"
    backup.back_up({"reception": drill.environments["reception"]}, folder)
    prepare(folder)
    before = drill.house.flow("reception")["head"], drill.rows("reception", "SELECT epoch FROM epoch")
    drill.house.close()
    with pytest.raises(CannotSave, match=said):
        restore(drill.environments, folder, services, replace="--replace" not in said)
    drill.house = build("embedded", drill._variables, drill.folder / "data")
    assert (drill.house.flow("reception")["head"], drill.rows("reception", "SELECT epoch FROM epoch")) == before


@stack_of("real")
def test_a_postgresql_that_is_in_use_is_not_restored_over(drill: Drill) -> None:
    drill.save()
    with pytest.raises(InUse, match="connections of the running product"):
        restore(drill.environments, drill.folder / "backup", ["reception"], replace=True)


@stack_of("embedded")
def test_a_running_shop_is_saved_and_not_restored_over(stack: str, variables: dict[str, str], tmp_path: Path) -> None:
    shop = open_shop(stack, variables, tmp_path)

    def yingbin(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "deploy.cli", *arguments], env={"PATH": "/usr/bin:/bin", **shop.variables},
            capture_output=True, text=True, check=False, timeout=120, cwd=REPOSITORY,
        )  # fmt: skip

    folder = str(tmp_path / "backup")
    with shop.running("local") as process:
        shop.up(process)
        with shop.client() as client:
            assert shop.check_in(client).status_code == 201
            saved = yingbin("backup", folder)
            assert saved.returncode == 0, saved.stderr
            assert shop.check_in(client).status_code == 201
        refused = yingbin("restore", folder, "--replace")
        assert (refused.returncode, "stop it first" in refused.stderr) == (1, True), refused.stderr
    back = yingbin("restore", folder, "--replace")
    assert back.returncode == 0, back.stderr
    assert len(list((tmp_path / "data").glob("replaced-*"))) == 1
    with shop.running("local") as process:
        shop.up(process)
        with shop.client() as client:
            assert shop.check_in(client).json()["ticket"].endswith("2"), "the second of the backup's own day"


def test_nobody_begins_to_serve_while_a_restore_is_under_way(tmp_path: Path) -> None:
    from shared.operations.serving import alone

    with alone(tmp_path), pytest.raises(InUse, match="restore is under way"):
        hold(tmp_path)
    hold(tmp_path)
    hold(tmp_path)
    with pytest.raises(InUse, match="runs here"), alone(tmp_path):
        pass


def test_readers_are_saved_before_their_sources() -> None:
    assert backup.readers_first(SERVICES) == ["reporting", "followup", "appointments", "reception"]
