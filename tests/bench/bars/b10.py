"""B10, rebuilding: all of reporting's projections again from the first position, against hearing the same events (B3).

Rebuilding reads the source's feed over HTTP and writes tables beside; its figure is the events of the log divided by
the time for all projections together. What was rebuilt must equal what was there, row by row.
"""

from __future__ import annotations

from shared.events.rebuild import rebuild
from tests.bench.consuming import EVENTS, Listening, listening
from tests.bench.measuring import Bar, Taken, clock, in_turn
from tests.bench.stage import Stage


def measure(stage: Stage, rounds: int) -> list[Bar]:
    """B10. The rebuilding of a round follows its hearing: it has nothing to read before."""
    with listening(stage) as here:
        here.heard()
        turns = in_turn("B10", {"rebuild": lambda: _rebuilt(here), "consumer": here.heard}, rounds)
    return [turns.bar("B10", "rebuild of reporting's projections from position 0 (events/s)", "rebuild", "consumer",
                      1.0, "of the rate of B3")]  # fmt: skip


def _rebuilt(here: Listening) -> Taken:
    before = _content(here)
    with here.house.app("reporting").app_context():
        began = clock()
        rebuild(here.runtime, *here.runtime.handlers.projections)
        seconds = clock() - began
    after = _content(here)
    return Taken(EVENTS / seconds, sum(before[table] != after[table] for table in before) + here.wrong())


def _content(here: Listening) -> dict[str, str]:
    """A digest of each table of the projections, whatever order its rows lie in."""
    tables = sorted({table for each in here.runtime.handlers.projections.values() for table in each.tables})
    found = {}
    for table in tables:
        query = f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} AS t"
        found[table] = here.tables.connection.execute(query).fetchone()[0]
    return found
