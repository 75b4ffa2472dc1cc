"""Fault points: places where a test may kill the process, raise, or wait.

Off and free by default. ``CHAOS_FP="name:probability:action"`` (comma separated; action ``kill``, ``raise`` or
``sleep``) arms points from outside; ``armed()`` arms them inside a test. The idea is FoundationDB's: code that must
survive a crash says where the crash hurts most.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class InjectedFault(RuntimeError):
    """Raised by an armed fault point whose action is ``raise``."""


_points: dict[str, tuple[float, Callable[[], None]]] = {}


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise() -> None:
    raise InjectedFault("injected")


def _sleep() -> None:
    threading.Event().wait(3.0)


_ACTIONS = {"kill": _kill, "raise": _raise, "sleep": _sleep}


def arm_from_environment(text: str | None = None) -> None:
    """Read ``CHAOS_FP``; an unknown action is refused, so that a typing error does not make a chaos run silently
    calm.
    """
    for part in filter(None, (text if text is not None else os.environ.get("CHAOS_FP", "")).split(",")):
        name, probability, action = part.split(":")
        _points[name] = (float(probability), _ACTIONS[action])


@contextmanager
def armed(name: str, action: Callable[[], None] | str, probability: float = 1.0) -> Iterator[None]:
    """Arm one point while the block runs (tests)."""
    _points[name] = (probability, _ACTIONS[action] if isinstance(action, str) else action)
    try:
        yield
    finally:
        _points.pop(name, None)


def fp(name: str) -> None:
    """Pass the fault point ``name``."""
    if _points:
        point = _points.get(name)
        if point and random.random() < point[0]:
            point[1]()


arm_from_environment()
