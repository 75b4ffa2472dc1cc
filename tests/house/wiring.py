"""Rules about what the services are made of: tables, actions, words, settings. They look at objects, so a test can hand in bad ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import MetaData

from shared.db import unscoped_tables

# Tables that belong to no branch, beside the mechanism's own. Law 6 has the short list; whoever adds one argues here.
GROUP_WIDE = {
    "appointments": {},
    "followup": {},
    "reception": {},
    "reporting": {},
}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
