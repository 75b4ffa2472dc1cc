"""Lists that people bring as CSV or Excel: read in flat memory, checked whole, imported by chunks, safe to run again.

A capability says its columns and what its rows are (``Importer``); its job calls ``run.run_import``, its doors
``upload.receive`` and ``upload.plan_import``.
"""

from __future__ import annotations

from shared.importing import cells
from shared.importing.headings import Column, Layout
from shared.importing.importer import DIFFERENT, NEW, SAME, SKIP, STOP, Importer
from shared.importing.problems import CellFault, FileFault, ImportFault, RowFaults

__all__ = [
    "DIFFERENT", "NEW", "SAME", "SKIP", "STOP", "CellFault", "Column", "FileFault", "ImportFault", "Importer", "Layout",
    "RowFaults", "cells",
]  # fmt: skip
