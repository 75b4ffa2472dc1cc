"""After the fault has healed: lost, doubled, out of order, or wrong in sum? Each checker reads the databases, not our
APIs.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from sqlalchemy import text

from tests.faults.ledger import Ledger
from tests.kit.house import House

CHECKED_IN = "reception.visit.checked_in.v1"


def check_all(house: House, ledger: Ledger) -> None:
    """L, D, O, A and E of the fault matrix."""
    nothing_lost(house, ledger)
    nothing_doubled(house, ledger)
    order_kept(house)
    sums_agree(house)
    errors_are_problems(ledger)


def nothing_lost(house: House, ledger: Ledger) -> None:
    """L: every confirmed check-in is a visit at reception, and has its effect once at each consumer."""
    confirmed = {operation.answer["visit_id"] for operation in ledger.of("ok", "check_in")}
    assert confirmed, "the load confirmed nothing: this run proves nothing"
    visits = set(_column(house, "reception", "SELECT id FROM visit"))
    assert confirmed <= visits
    arrivals = Counter(_column(house, "appointments", "SELECT visit_id FROM arrival"))
    told = Counter(
        envelope["subject"].removeprefix("visit/") for envelope in feed(house) if envelope["type"] == CHECKED_IN
    )
    for visit in visits:
        assert arrivals[visit] == 1
        assert told[visit] == 1


def nothing_doubled(house: House, ledger: Ledger) -> None:
    """D: no operation, confirmed or of unknown fate, has two effects; refused ones have none."""
    keys = _column(
        house, "reception", "SELECT key FROM idempotency WHERE route LIKE '%check-ins%' OR route LIKE '%check_in%'"
    )
    assert len(keys) == len(set(keys))
    assert set(keys) <= set(ledger.operations)
    assert not set(keys) & {operation.marker for operation in ledger.of("fail")}
    # Every visitor of the load is a new person, so keys and visits are one to one.
    assert len(_column(house, "reception", "SELECT id FROM visit")) == len(keys)
    numbers = _rows(house, "reception", "SELECT branch_id, local_date, number FROM visit")
    assert len(numbers) == len(set(numbers))
    days = defaultdict(list)
    for branch, day, number in numbers:
        days[branch, day].append(number)
    for given in days.values():
        assert sorted(given) == list(range(1, len(given) + 1)), "ticket numbers have a hole"


def order_kept(house: House) -> None:
    """O: what each subject went through arrives as versions 1, 2, 3 …; the feed of each source has no hole."""
    versions, positions = defaultdict(list), defaultdict(list)
    for envelope in feed(house):
        versions[envelope["source"], envelope["subject"], envelope["type"].split(".")[1]].append(
            envelope["subjectversion"]
        )
        positions[envelope["source"]].append(envelope["sourceposition"])
    for key, seen in versions.items():
        assert seen == sorted(seen), key
    for source, seen in positions.items():
        assert seen == list(range(1, len(seen) + 1)), source


def sums_agree(house: House) -> None:
    """A: reporting's total of visits per branch and day equals a count of reception's own rows."""
    owned = Counter(
        (branch, str(day)) for branch, day in _rows(house, "reception", "SELECT branch_id, local_date FROM visit")
    )
    counted = {
        (branch, str(day)): int(n)
        for branch, day, n in _rows(
            house, "reporting", "SELECT branch_id, day, n FROM daily_figure WHERE measure = 'visits'"
        )
    }
    assert counted == dict(owned)


def errors_are_problems(ledger: Ledger) -> None:
    """E: whatever was refused was refused in the one shape."""
    assert ledger.strange == []


def feed(house: House) -> list[dict]:
    """Headquarters' log, with each entry's position at its source."""
    return [
        {**json.loads(envelope), "sourceposition": position}
        for envelope, position in _rows(
            house, "reporting", "SELECT envelope, source_position FROM feed_entry ORDER BY position"
        )
    ]


def _rows(house: House, service: str, query: str) -> list[tuple]:
    with house.reading(service) as session:
        return [tuple(row) for row in session.execute(text(query))]


def _column(house: House, service: str, query: str) -> list:
    return [row[0] for row in _rows(house, service, query)]
