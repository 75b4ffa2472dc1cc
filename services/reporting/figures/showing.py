"""Figures and facts in people's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from services.reporting.feed import Fact
from services.reporting.figures.words import SAID
from services.reporting.kpis import Figure
from shared import clock, contracts

_DAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
# What a fact says, in the order in which people ask; ids say nothing to anybody.
_TOLD = (
    "ticket", "number", "purpose", "topic", "kind", "outcome", "result", "reason", "answered", "on_time", "door",
    "answer_seconds", "talk_seconds", "previous_promised_at", "promised_at", "due_at",
)  # fmt: skip


def value(figure: Figure | None) -> str:
    """The number alone: whole counts, other units as rounded by the book. Empty where nothing can be said."""
    if figure is None or figure.value is None:
        return ""
    return f"{figure.value:,}" if figure.unit == "count" else f"{figure.value:,.1f}"


def titled(type_: str, language: str) -> str:
    """What an event type is called."""
    try:
        return contracts.get(type_).title[language]
    except contracts.UnknownContract:
        return type_


def spoken(day: date, language: str) -> str:
    """A date as it is said: ``11月24日 周二``, ``Tue 24 Nov``."""
    if language == "zh":
        return f"{day.month}月{day.day}日 周{_DAYS['zh'][day.weekday()]}"
    return f"{_DAYS['en'][day.weekday()]} {day.day} {day:%b}"


def facts_of(fact: Fact, language: str, zone: str) -> Iterator[tuple[str, str]]:
    """Label and words of what a fact says; nothing of a personal one."""
    data: dict[str, Any] = fact.data or {}
    for name in _TOLD:
        if data.get(name) is not None:
            yield SAID[name][language], _say(name, data[name], language, zone)


def _say(name: str, given: Any, language: str, zone: str) -> str:
    if isinstance(given, bool):
        return SAID["yes" if given else "no"][language]
    if name.endswith("_at"):
        return format(clock.local(clock.parse(given), zone), "%m-%d %H:%M")
    return SAID.get(f"{name}.{given}", {}).get(language, str(given))
