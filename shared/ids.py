"""Identities: UUID version 7, so that rows made one after the other lie side by side in an index.

An id is identity only. Order between events comes from the database: ordered by ids made here, a third stood wrong.
"""

from __future__ import annotations

import os
import threading

from shared import clock

# A clock set back by no more than this is waited out by counting on; further back, ids follow the clock again.
_PATIENCE_MS = 10_000

_mutex = threading.Lock()
_last_ms = 0
_counter = 0


def uuid7() -> str:
    """A new UUIDv7 as 36 characters; within one process each is greater than the one before."""
    global _last_ms, _counter
    tail = int.from_bytes(os.urandom(10), "big")
    with _mutex:
        ms = clock.epoch_milliseconds()
        if ms > _last_ms or _last_ms - ms > _PATIENCE_MS:
            _last_ms = ms
            # Half of the 12 bits start random; the other half is room to count within one millisecond.
            _counter = (tail >> 64) & 0x7FF
        else:
            _counter += 1
            if _counter > 0xFFF:
                _last_ms += 1
                _counter = (tail >> 64) & 0x7FF
        ms, counter = _last_ms, _counter
    digits = f"{ms << 80 | 0x7 << 76 | counter << 64 | 0x2 << 62 | tail & 0x3FFF_FFFF_FFFF_FFFF:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
