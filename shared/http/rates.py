"""How often one key or token may ask: enough for any desk and any kiosk, too little for a loop gone wild (S42).

Counted per process, in memory: what it protects is this process. A limit that belongs to a rule (signing in, enrolling)
is the business of its capability.
"""

from __future__ import annotations

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from shared import clock
from shared.access.actor import Actor
from shared.http.problems import Problem

# Six hundred a second over ten seconds: no desk and no kiosk comes near it, a loop does.
MOST: dict[str, RateLimitItem] = {
    "kiosk": RateLimitItemPerSecond(6000, 10),
    "staff": RateLimitItemPerSecond(6000, 10),
    "hq": RateLimitItemPerSecond(6000, 10),
    "service": RateLimitItemPerSecond(12000, 10),
}
_limiter = FixedWindowRateLimiter(MemoryStorage())


def count(actor: Actor, service: str) -> None:
    """Count a request of ``actor``; Problem 429 with ``Retry-After`` beyond the limit of its kind."""
    most = MOST.get(actor.kind)
    if most is not None and not _limiter.hit(most, service, actor.kind, actor.id):
        window = _limiter.get_window_stats(most, service, actor.kind, actor.id)
        after = max(1, round(window.reset_time - clock.now().timestamp()))
        raise Problem(429, "too-many-requests", headers={"Retry-After": str(after)})


def forget() -> None:
    """Begin to count anew."""
    _limiter.storage.reset()
