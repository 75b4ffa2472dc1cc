"""``python -m tests.bench [B2 B4 …] [--rounds N]``: measure bars, print them, write results.json.

Without names all of them; ``B2`` means B2a and B2b. Exit 0 whenever everything could be measured without an error: a
bar that is missed is a figure, not a failure.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from pathlib import Path

import structlog

from tests.bench import report
from tests.bench.measuring import Bar, say
from tests.bench.stage import Stage

ROOMS = ("b1", "b2", "b3", "b4", "b9", "b10", "search")
ROUNDS = 7


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0])
    parser.add_argument("bars", nargs="*", metavar="BAR", help=f"of {' '.join(room.upper() for room in ROOMS)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"at least {ROUNDS} for a figure that counts")
    parser.add_argument("--output", type=Path, default=report.RESULTS, help="where the result goes")
    options = parser.parse_args(arguments)
    wanted = [name.lower().rstrip("abc") for name in options.bars] or list(ROOMS)
    unknown = sorted(set(wanted) - set(ROOMS))
    if unknown or options.rounds < 1:
        parser.error(f"not a bar: {' '.join(unknown)}" if unknown else "at least one round")
    # What the product logs belongs to its own runs; a bench says only what went wrong.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    bars: list[Bar] = []
    with Stage() as stage:
        for room in (room for room in ROOMS if room in wanted):
            say(f"-- {room.upper()}")
            bars += importlib.import_module(f"tests.bench.bars.{room}").measure(stage, options.rounds)
            # After each one: a run that is cut short has shown something.
            report.write(bars, " ".join(["python -m tests.bench", *arguments]), stage.machine(), options.output)
    report.show(bars)
    return 1 if any(bar.errors for bar in bars) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
