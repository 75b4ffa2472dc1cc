"""Who may do what, as one text: written to ``permissions.csv`` beside this file, so that a change shows in a diff."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from services.reception.roles import ROLES
from shared.service import load, names

FILE = Path(__file__).with_name("permissions.csv")
KEYS = ("kiosk", "hq", "service")
"""The kinds of machines' keys are roles too; nobody gives them to people."""


def text() -> str:
    """The table: one line per service and permission with the roles that have it, in the order of the list of roles."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(("service", "permission", "roles"))
    order = [*ROLES, *KEYS]
    for service in names():
        for permission, roles in sorted(load(service).permissions.items()):
            lines.writerow((service, permission, " ".join(sorted(roles, key=order.index))))
    return written.getvalue()
