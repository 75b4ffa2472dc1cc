"""Keeps the public keys of a service that hears the issuing one. The issuer itself writes them when it announces."""

from __future__ import annotations

from sqlalchemy.orm import Session

from shared.access.verification import put_keys
from shared.events import Event, Handlers

handlers = Handlers()
_keys = handlers.projection("verification_keys", tables=("verification_key",))


@_keys.on("reception.access.keys_rotated.v1")
def on_keys_rotated(session: Session, event: Event) -> None:
    """The announced set, and nothing else, is believed from now on."""
    if event.data is not None:
        put_keys(session, event.data["keys"], event.recorded_at)
