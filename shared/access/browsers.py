"""What is different for people in a browser: the token comes in a cookie, so others' pages could send it along too.

Over https cookies are called ``__Host-…``: no other host, and no page without TLS, can have set them (S22). Plain http
exists on loopback only; there browsers drop such cookies, so the names are plain.
"""

from __future__ import annotations

import re
from hmac import compare_digest
from urllib.parse import quote, urlsplit

from flask import Response, redirect, request

from shared.access.actor import Actor
from shared.http.problems import Problem

SIGN_IN, REFRESH = "/reception/sign-in", "/reception/refresh"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# The secret goes only where it is exchanged; __Host- would send it to every service.
_REFRESH_PATH = "/reception"
_DEVICE_SECONDS = 400 * 24 * 3600
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LOCAL = re.compile(r"/(?:[\x21-\x2e\x30-\x5b\x5d-\x7e][\x21-\x5b\x5d-\x7e]*)?", re.ASCII)
_MOST_ADDRESS = 2000


def token_in_cookie() -> str | None:
    """The token that the browser sent along."""
    return request.cookies.get(_name("__Host-", "yingbin"))


def refresh_secret() -> str | None:
    """The secret for the next token, where the browser sends it."""
    return request.cookies.get(_name("__Secure-", "yingbin-refresh"))


def device_secret() -> str | None:
    """The mark of a browser that somebody signed in from before."""
    found = request.cookies.get(_name("__Host-", "yingbin-device"))
    return found if found and len(found) <= 64 else None


def keep(response: Response, token: str, refresh: str | None, device: str | None = None) -> Response:
    """Give the browser its token, and the secret and the device's mark when there are new ones."""
    _set(response, _name("__Host-", "yingbin"), token)
    if refresh is not None:
        _set(response, _name("__Secure-", "yingbin-refresh"), refresh, path=_REFRESH_PATH)
    if device is not None:
        _set(response, _name("__Host-", "yingbin-device"), device, seconds=_DEVICE_SECONDS)
    return response


def forget(response: Response) -> Response:
    """Take token and secret away; the device stays known."""
    _set(response, _name("__Host-", "yingbin"), "", seconds=0)
    _set(response, _name("__Secure-", "yingbin-refresh"), "", path=_REFRESH_PATH, seconds=0)
    return response


def check_same_site() -> None:
    """Problem 403 ``csrf`` for a change that a page of somebody else asks for, as the browser itself says."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if (origin is not None and urlsplit(origin).netloc != request.host) or site not in (None, "same-origin"):
        raise Problem(403, "csrf")


def check_form(actor: Actor) -> None:
    """Problem 403 ``csrf`` unless the change comes from a page of ours, made for this session (S24).

    The value stands in the signed token, so every service can tell without asking anybody: a form's field ``csrf`` or
    the header ``X-CSRF-Token``.
    """
    if request.method in _SAFE:
        return
    check_same_site()
    given = request.headers.get("X-CSRF-Token", "")
    if not given and request.mimetype in FORMS:
        given = request.form.get("csrf", "")
    if not compare_digest(given.encode(), actor.csrf.encode()):
        raise Problem(403, "csrf")


def wants_page() -> bool:
    """Whether a person waits for a page, who can be led somewhere, rather than a program for an answer."""
    return (
        request.method == "GET"
        and "text/html" in request.headers.get("Accept", "")
        and "/api/" not in request.path
        and "HX-Request" not in request.headers
    )


def to_refresh() -> Response:
    """To where a new token is had, and back here."""
    here = request.full_path if request.query_string else request.path
    return redirect(f"{REFRESH}?next={quote(here, safe='/')}", 303)  # type: ignore[return-value]


def local_address(wished: str | None, otherwise: str) -> str:
    """``wished`` when it is an address on this very host, else ``otherwise``: no link of ours leads elsewhere (S47)."""
    if wished and len(wished) <= _MOST_ADDRESS and _LOCAL.fullmatch(wished):
        return wished
    return otherwise


def secure() -> bool:
    """Whether the browser speaks https with us, or with the proxy before us."""
    # A client that lies about it changes only the names of its own cookies.
    return request.is_secure or request.headers.get("X-Forwarded-Proto", "") == "https"


def on_loopback() -> bool:
    """Whether the browser runs on this machine, by the address it asked for."""
    return (urlsplit(f"//{request.host}").hostname or "") in _LOOPBACK


def _plain() -> bool:
    return not secure() and on_loopback()


def _name(prefix: str, name: str) -> str:
    return name if _plain() else prefix + name


def _set(response: Response, name: str, value: str, path: str = "/", seconds: int | None = None) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path=path, secure=not _plain(), httponly=True, samesite="Lax"
    )
