"""Where a service finds its addresses (``environment``) and what branches may set for themselves (``registry``).

>>> from shared import settings
>>> settings.value(session, GREET_WITHIN, branch)      # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.settings.registry import NotASettingValue, Registry, Setting

if TYPE_CHECKING:
    from shared.settings.queries import value

__all__ = ["NotASettingValue", "Registry", "Setting", "value"]


def __getattr__(name: str) -> Any:
    # Late: shared.db reads the environment from this package before there is a database to ask.
    if name == "value":
        from shared.settings.queries import value

        return value
    raise AttributeError(name)
