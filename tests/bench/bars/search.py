"""SEARCH: a part of a name, the end of a phone or plate, at 200 000 customers of one branch, on both databases.

The figure is the slowest of a hundred answers (p99, milliseconds) through the whole door: token, permission, search,
names, phones and cars. The people are invented with the surnames that China has, so that one character or syllable
means tens of thousands. Beside it: how long it took to make all terms anew, and the median.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import insert

from services.reception.customers import searching
from services.reception.customers.model import Acquaintance, Customer, CustomerPhone, Ownership, Vehicle
from services.reception.staff.actions import join
from shared import clock as time
from shared.access.signing import issue
from shared.ids import uuid7
from tests.bench.measuring import Bar, Taken, clock, in_turn, percentile, say
from tests.bench.stage import Stage
from tests.kit import databases
from tests.kit.house import BRANCHES, House, build, open_branches

PEOPLE = 200_000
ASKED = 100
PAGE = 5_000
BAR_MS = 20.0
# The commonest surnames, by their share.
_SURNAMES = ("王" * 7 + "李" * 7 + "张" * 7 + "刘" * 5 + "陈" * 5 + "杨" * 3 + "黄" * 2 + "赵" * 2 + "吴" * 2 + "周" * 2
             + "徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
             + "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏单")
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文志海晓春梅云飞鹏宇浩然子轩雨欣怡佳思琪嘉"
# The widest first: a surname, a syllable, two letters of pinyin, a pair, a tail.
_TYPED = ("王", "zh", "wa", "wang", "ww", "li", "张伟", "晓", "明", "欣怡", "liming", "zxm")


def measure(stage: Stage, rounds: int) -> list[Bar]:
    """SEARCH on SQLite and on PostgreSQL."""
    found = []
    for name, ground in (("sqlite", _embedded(stage)), ("postgresql", _real(stage))):
        with ground as (house, rest):
            random.seed(1)
            numbers = _invite(house)
            start = clock()
            with house.at("reception"):
                terms = searching.rebuild()
            seconds = clock() - start
            say(f"SEARCH {name}: {terms} terms in {seconds:.0f} s")
            rest()
            with house.at("reception"):
                staff_id = join(label="bench", branch=BRANCHES[0], roles=["receptionist"])
                headers = {"Authorization": f"Bearer {issue(staff_id, 'bench', BRANCHES[0], ['receptionist'])}"}
            turns = in_turn(f"SEARCH {name}", {"search": lambda: _run(house, headers, numbers)}, rounds)  # noqa: B023
        errors = turns.errors("search")
        value = None if errors else turns.median("search")
        found.append(Bar(
            f"SEARCH-{name}", f"an answer to a search at {PEOPLE:,} customers, p99, {name}", value, BAR_MS, "ms",
            turns.rounds, errors, turns.median("search"), None, "less",
            {"p50": turns.median("search", "p50"), "rebuild_seconds": seconds, "terms": terms},
        ))  # fmt: skip
    return found


@contextmanager
def _embedded(stage: Stage) -> Iterator[tuple[House, Callable[[], None]]]:
    folder = stage.folder("search")
    templates = folder / "templates"
    templates.mkdir()
    variables = {**databases.sqlite_files(templates, folder / "db"), "YINGBIN_BUS_URL": "memory://"}
    with _opened(build("embedded", variables, folder / "data")) as house:
        yield house, lambda: None


@contextmanager
def _real(stage: Stage) -> Iterator[tuple[House, Callable[[], None]]]:
    urls = databases.fresh(stage.postgres, stage.broker)

    def rest() -> None:
        """What autovacuum does overnight."""
        with stage.postgres.connect(urls.names["reception"]) as connection:
            connection.execute("VACUUM ANALYZE")

    try:
        with _opened(build("real", urls.variables(), stage.folder("data"))) as house:
            yield house, rest
    finally:
        databases.give_back(stage.postgres, urls)


@contextmanager
def _opened(house: House) -> Iterator[House]:
    try:
        open_branches(house)
        house.settle()
        yield house
    finally:
        house.close()


def _invite(house: House) -> list[str]:
    """Everybody with a phone and a car, known to the first branch; returns some of their numbers."""
    branch, now, some = BRANCHES[0], time.now(), []
    for start in range(0, PEOPLE, PAGE):
        rows: dict[Any, list[dict[str, Any]]] = {
            model: [] for model in (Customer, CustomerPhone, Vehicle, Ownership, Acquaintance)
        }
        for number in range(start, start + PAGE):
            person, car = uuid7(), uuid7()
            name = random.choice(_SURNAMES) + "".join(random.choices(_GIVEN, k=random.choice((1, 2, 2))))
            phone = f"+861{3_000_000_000 + number * 7919 % 1_000_000_000}"
            plate = f"京{'AB'[number // 100_000]}{number % 100_000:05d}"
            rows[Customer].append({
                "id": person, "name": name, "language": None, "first_branch": branch, "registered_at": now,
                "forgotten_at": None, "version": 1,
            })  # fmt: skip
            rows[CustomerPhone].append({"customer_id": person, "number": phone, "mobile": True, "finds": True})
            rows[Vehicle].append({
                "id": car, "plate": plate, "plate_kind": "ordinary", "registered_at": now, "forgotten_at": None,
                "version": 1,
            })  # fmt: skip
            rows[Ownership].append({
                "id": uuid7(), "vehicle_id": car, "customer_id": person, "since": now, "until": None,
            })  # fmt: skip
            rows[Acquaintance].append({"branch_id": branch, "customer_id": person, "since": now})
            if number % 20_000 == 0:
                some += [phone[-4:], phone[3:], plate[-5:], plate]
        with house.writing("reception") as session:
            for model, new in rows.items():
                session.execute(insert(model.__table__), new)
    return some


def _run(house: House, headers: dict[str, str], numbers: list[str]) -> Taken:
    client, seconds, wrong = house.client("reception"), [], 0
    longest: tuple[float, str] = (0.0, "")
    typed = [*_TYPED, *numbers]
    for count in range(ASKED):
        start = clock()
        answer = client.get(
            "/reception/api/v1/customers/search", query_string={"q": typed[count % len(typed)]}, headers=headers
        )
        seconds.append(1000 * (clock() - start))
        longest = max(longest, (seconds[-1], typed[count % len(typed)]))
        wrong += answer.status_code != 200 or not answer.json["customers"]
    say(f"SEARCH: longest {longest[0]:.1f} ms for {longest[1]}, half within {percentile(seconds, 0.5):.1f} ms")
    return Taken(percentile(seconds, 0.99), wrong, {"p50": percentile(seconds, 0.5)})
