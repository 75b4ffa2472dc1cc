"""Who is asking, and what they may do: keys of machines, tokens of staff, permissions on actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.access.actor import PUBLIC, SYSTEM, Actor, acting_as, current_actor
from shared.access.permissions import action

if TYPE_CHECKING:
    from shared.access.guards import needs, needs_any

__all__ = ["PUBLIC", "SYSTEM", "Actor", "acting_as", "action", "current_actor", "needs", "needs_any"]


def __getattr__(name: str) -> Any:
    # Late: guards know requests, keys and tokens; a capability that only declares an action needs none of them.
    if name in ("needs", "needs_any"):
        from shared.access import guards

        return getattr(guards, name)
    raise AttributeError(name)
