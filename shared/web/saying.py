"""Times as people at a desk say them, in the branch's own clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from shared import clock

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


class Saying:
    """``said.time(at)`` → ``16:30``; ``said.left(at)`` → ``还有 35 分钟``. For templates."""

    def __init__(self, zone: str, now: datetime, word: Callable[..., str]) -> None:
        self._zone, self._now, self._word = zone, now, word

    def time(self, at: datetime) -> str:
        """The time of day; with the date when that is another day."""
        local = clock.local(at, self._zone)
        same_day = local.date() == clock.local_date(self._now, self._zone)
        return f"{local:%H:%M}" if same_day else f"{local:%m-%d %H:%M}"

    def full(self, at: datetime) -> str:
        """Everything, for whoever points at it."""
        return f"{clock.local(at, self._zone):%Y-%m-%d %H:%M}"

    def wall(self, at: datetime) -> str:
        """As a field for date and time takes it."""
        return f"{clock.local(at, self._zone):%Y-%m-%dT%H:%M}"

    def ago(self, at: datetime) -> str:
        """How long it has been."""
        return self.span(self._now - at)

    def left(self, at: datetime) -> str:
        """How long until then, or since when it is over."""
        if at >= self._now:
            return self._word("left", span=self.span(at - self._now))
        over = self._now - at
        return self._word("just-now") if over < timedelta(minutes=1) else self._word("over", span=self.span(over))

    def span(self, length: timedelta) -> str:
        """``12 分钟``, ``3 小时 5 分``, ``2 天``."""
        seconds = max(0, int(length.total_seconds()))
        if seconds < _MINUTE:
            return self._word("moment")
        if seconds < _HOUR:
            return self._word("minutes", n=seconds // _MINUTE)
        if seconds < _DAY:
            return self._word("hours", h=seconds // _HOUR, m=seconds % _HOUR // _MINUTE)
        return self._word("days", n=seconds // _DAY)
