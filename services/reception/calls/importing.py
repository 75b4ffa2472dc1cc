"""The import of calls, as the mechanism wants it told."""

from __future__ import annotations

from services.reception.calls import actions, columns, queries
from shared.importing import Importer

IMPORTER = Importer(
    layout=columns.LAYOUT,
    key="external_id",
    check=columns.check,
    compare=queries.compare,
    add=lambda session, calls, options: actions.log_calls(session, calls),
    texts=columns.TEXTS,
)
