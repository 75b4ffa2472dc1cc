"""The file that shows an operator every setting with its default; a house test holds it against the registry."""

from __future__ import annotations

import json
from collections.abc import Mapping

from shared.service import load, names
from shared.settings.registry import Setting

_HEAD = """# Every setting of every service, with its type and its default. Written by `yingbin settings`, not by hand.
# A branch changes a value from a day on; this file only shows what holds until then.
"""


def example_text() -> str:
    """The example file for all services of this house (``deploy/settings.example.toml``)."""
    return render({name: load(name).settings for name in names()})


def render(settings: Mapping[str, tuple[Setting, ...]]) -> str:
    """The text of the example file (TOML) for ``{service: its settings}``."""
    parts = [_HEAD]
    for service in settings:
        parts.append(f"\n[{service}]\n")
        for setting in sorted(settings[service], key=lambda each: each.key):
            bounds = "" if setting.least is None and setting.most is None else f", {_bounds(setting)}"
            parts.append(f"# {setting.zh} · {setting.en}\n")
            parts.append(f"# {setting.type}, per {setting.scope}{bounds}, {setting.duty}\n")
            # JSON's numbers, booleans, strings and arrays of strings are written the same way in TOML.
            parts.append(f'"{setting.key}" = {json.dumps(setting.default, ensure_ascii=False)}\n')
    return "".join(parts)


def _bounds(setting: Setting) -> str:
    least = ("0" if setting.type == "minutes" else "") if setting.least is None else str(setting.least)
    most = "" if setting.most is None else str(setting.most)
    return f"{least}…{most}"
