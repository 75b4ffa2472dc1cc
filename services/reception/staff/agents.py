"""Where a request comes from, in the words of the list of sessions."""

from __future__ import annotations

from flask import request

from services.reception.staff.signing_in import Client
from shared.access import browsers

# The first that fits: Edge says Chrome too, and Chrome says Safari.
_FAMILIES = (("Edg/", "Edge"), ("MicroMessenger", "WeChat"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
             ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip


def client_here(device: str = "", device_secret: str | None = None) -> Client:
    """Who sends the present request, as far as a sign-in needs it."""
    secret = device_secret or browsers.device_secret()
    return Client(request.remote_addr or "", secret, device, family(request.headers.get("User-Agent", "")))


def family(user_agent: str) -> str:
    """``Chrome · Windows``; ``program`` for anything that is no browser. No versions: they tell people nothing."""
    if not user_agent.startswith("Mozilla/"):
        return "program"
    browser = next((name for mark, name in _FAMILIES if mark in user_agent[:400]), "browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent[:400]), "")
    return f"{browser} · {system}" if system else browser
