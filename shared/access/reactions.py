"""Keeps the public keys and the ended sessions of a service that hears the issuing one. The issuer itself writes them
when it announces keys and ends sessions.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from shared import clock
from shared.access.ended import ENDED, put_ended
from shared.access.verification import put_keys
from shared.events import Event, Handlers

handlers = Handlers()
_keys = handlers.projection("verification_keys", tables=("verification_key",))
_ended = handlers.projection("ended_sessions", tables=("ended_session",))


@_keys.on("reception.access.keys_rotated.v1")
def on_keys_rotated(session: Session, event: Event) -> None:
    """The announced set, and nothing else, is believed from now on."""
    if event.data is not None:
        put_keys(session, event.data["keys"], event.recorded_at)


@_ended.on(ENDED)
def on_session_ended(session: Session, event: Event) -> None:
    """Its tokens are refused here from now on (S23)."""
    data = event.data or {}
    put_ended(session, data["session_id"], data["staff_id"], clock.parse(data["at"]))
