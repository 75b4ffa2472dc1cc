"""Files that people bring or that we make: content-addressed under ``DATA_DIR/files``, gone when their owner goes."""

from __future__ import annotations

from shared.files.model import StoredFile
from shared.files.store import (
    UPLOAD,
    FileTooLarge,
    NoSuchFile,
    about,
    bury,
    hand_over,
    path_of,
    release_owned,
    remove_orphans,
    store,
)

__all__ = [
    "UPLOAD", "FileTooLarge", "NoSuchFile", "StoredFile", "about", "bury", "hand_over", "path_of", "release_owned",
    "remove_orphans", "store",
]  # fmt: skip
