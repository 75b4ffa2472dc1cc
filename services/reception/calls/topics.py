"""What a call was about is a kind of matter, not a note: it travels in events that anybody may read."""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"[\s\-.()/]", re.ASCII)
_NUMBER = re.compile(r"[0-9]{7}", re.ASCII)


def names_a_number(topic: str) -> bool:
    """Whether a telephone number stands in it (seven digits or more, however they are set apart)."""
    return _NUMBER.search(_BETWEEN.sub("", topic)) is not None
