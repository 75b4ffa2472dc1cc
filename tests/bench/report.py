"""The result: a table for people, results.json for programs."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.measuring import Bar

RESULTS = Path(__file__).with_name("results.json")


def write(bars: Sequence[Bar], command: str, machine: dict[str, object], file: Path = RESULTS) -> None:
    """Write what this run has shown; nothing of an earlier run stays."""
    content = {"bars": [as_dict(bar) for bar in bars], "machine": machine, "command": command}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def as_dict(bar: Bar) -> dict[str, object]:
    """One bar as it stands in results.json."""
    found = {
        "id": bar.id, "what": bar.what, "value": _short(bar.value), "bar": bar.bar, "better": bar.better,
        "reached": bar.reached, "unit": bar.unit, "rounds": bar.rounds, "errors": bar.errors, "ours": _short(bar.ours),
        "rival": _short(bar.rival),
    }  # fmt: skip
    if bar.more:
        found["more"] = {name: _short(value) for name, value in bar.more.items()}
    return found


def show(bars: Sequence[Bar]) -> None:
    """Print the table."""
    table = Table(title="bars (ratios inside one run, medians over the rounds)", title_justify="left")
    for heading, justify in (
        ("bar", "left"), ("what", "left"), ("value", "right"), ("wanted", "right"), ("", "center"), ("ours", "right"),
        ("rival", "right"), ("rounds", "right"), ("errors", "right"),
    ):  # fmt: skip
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for bar in bars:
        wanted = "" if bar.bar is None else f"{'≥' if bar.better == 'more' else '≤'} {bar.bar:g}"
        mark = {True: "[green]yes[/]", False: "[red]NO[/]", None: ""}[bar.reached]
        value = "none" if bar.value is None else f"{bar.value:.3g}"
        rival = "" if bar.rival is None else f"{bar.rival:,.4g}"
        table.add_row(
            bar.id, f"{bar.what}\n[dim]{bar.unit}[/]", value, wanted, mark, f"{bar.ours:,.4g}", rival, str(bar.rounds),
            str(bar.errors) if not bar.errors else f"[red]{bar.errors}[/]",
        )  # fmt: skip
    Console(width=None if os.isatty(1) else 140).print(table)


def machine(**servers: str) -> dict[str, object]:
    """Where it ran: figures of another machine are figures of another run."""
    return {
        "system": platform.platform(), "python": platform.python_version(), "cpus": os.cpu_count(),
        "processor": _processor(), "memory_gb": _memory(), **servers,
    }  # fmt: skip


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1] if found else platform.processor()


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (ValueError, OSError):
        return None


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")
