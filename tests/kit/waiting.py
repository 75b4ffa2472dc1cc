"""Waiting for something that happens in another thread or process: a ceiling, never a guess."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from shared import clock

_never = threading.Event()


def until(condition: Callable[[], Any], seconds: float, what: str = "") -> float:
    """Wait until ``condition()`` is true; returns the seconds it took. AssertionError after ``seconds``."""
    began = clock.monotonic()
    while True:
        if condition():
            return clock.monotonic() - began
        if clock.monotonic() - began > seconds:
            raise AssertionError(f"not within {seconds} s: {what or condition}")
        _never.wait(0.02)
