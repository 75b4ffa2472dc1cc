"""F45: a source's database comes back from an old backup; what consumers applied beyond it never happened there."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from shared.events.numbering import begin_epoch
from shared.events.reconciling import base_for
from tests.faults.facts import call, log_calls
from tests.kit.house import House

pytestmark = pytest.mark.faults


def restore(house: House, base: int) -> None:
    """Reception as it was at position ``base``, living a new epoch."""
    with house.writing("reception") as session:
        session.execute(text("DELETE FROM event_log WHERE position > :base"), {"base": base})
        session.execute(
            text(
                "UPDATE log_counter SET position = :base,"
                " event_id = (SELECT event_id FROM event_log WHERE position = :base) WHERE name = 'head'"
            ),
            {"base": base},
        )
        begin_epoch(session.connection())


def counted(house: House) -> dict[str, int]:
    with house.reading("reporting") as session:
        return dict(session.execute(text("SELECT topic, sum(calls) FROM calls_daily GROUP BY topic")).all())


@pytest.mark.parametrize("after", [1, 5, 9], ids=["fewer-facts-than-before", "as-many", "more"])
def test_f45_orphans_are_listed_and_the_tables_equal_the_restored_source(house: House, after: int) -> None:
    log_calls(house, [call("kept", n) for n in range(1, 4)])
    house.settle()
    base = house.flow("reception")["head"]
    log_calls(house, [call("orphan", n) for n in range(1, 6)])
    house.settle()
    lost = house.flow("reception")["head"]
    assert counted(house) == {"kept": 3, "orphan": 5}

    restore(house, base)
    log_calls(house, [call("new-life", n) for n in range(1, 1 + after)])
    house.settle()

    assert counted(house) == {"kept": 3, "new-life": after}
    with house.reading("reporting") as session:
        orphans = session.execute(text("SELECT source, first_position, last_position FROM orphan_range")).all()
        feed = session.execute(
            text(
                "SELECT epoch, count(*) FROM feed_entry WHERE type = 'reception.call.logged.v1' "
                "GROUP BY epoch ORDER BY epoch"
            )
        ).all()
    assert [tuple(row) for row in orphans] == [("reception", base + 1, lost)]
    # Headquarters' log forgets nothing: what happened before the restore stays, under its own epoch.
    assert [count for _, count in feed] == [8, after]


def test_the_common_past_ends_where_the_earliest_later_epoch_begins() -> None:
    epochs = [("a", 0), ("b", 80), ("c", 60)]
    assert base_for(epochs, "a", 100, 200) == 60
    assert base_for(epochs, "a", 50, 200) == 50
    assert base_for(epochs, "c", 100, 200) == 100
    assert base_for(epochs, "unknown", 100, 200) == 0
    assert base_for(epochs, None, 0, 200) == 0
