"""Doors: who may come in by which route, and whose rows he then sees."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import abort, request

from shared.access import browsers
from shared.access.actor import Actor, acting_as
from shared.access.keys import KeyRing
from shared.access.verification import Verifier
from shared.db import branch_scope, every_branch
from shared.http.problems import Problem
from shared.http.rates import count
from shared.runtime import Runtime, runtime

View = TypeVar("View", bound=Callable[..., Any])
_BEARER = "Bearer "
_MOST_CHARACTERS = 4096
# Who works for one branch only; the others see what their scopes open, over all branches.
_OF_A_BRANCH = frozenset({"staff", "kiosk"})


@dataclass(frozen=True, slots=True)
class Need:
    """One way through a door."""

    kind: str
    scope: str | None = None

    def met_by(self, actor: Actor) -> bool:
        """Whether ``actor`` may come in by it."""
        return actor.kind == self.kind and (self.scope is None or self.scope in actor.scopes)


def needs(kind: str, scope: str | None = None) -> Callable[[View], View]:
    """Let in only ``kind`` (staff, kiosk, hq, service) with ``scope``; 401 ``unauthenticated``, 403 ``forbidden``.

    Inside, ``current_actor()`` is who asks, and the branch scope is the branch of his key or token, never one that the
    request names.
    """
    return needs_any(Need(kind, scope))


def needs_any(*ways: Need | tuple[str, str | None]) -> Callable[[View], View]:
    """Let in whoever has one of several ways: ``needs_any(("staff", None), ("hq", "reports"))``."""
    wanted = tuple(way if isinstance(way, Need) else Need(*way) for way in ways)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **options: Any) -> Any:
            actor = recognise()
            for need in wanted:
                if need.met_by(actor):
                    break
            else:
                raise Problem(403, "forbidden")
            with acting_as(actor), branch_scope(actor.branch or "") if actor.kind in _OF_A_BRANCH else every_branch():
                return view(*args, **options)

        marked: Any = guarded
        marked.needs = (*getattr(view, "needs", ()), *wanted)
        # What flask-smorest's ``doc`` decorator would write: the OpenAPI document says that a key or token is needed.
        marked._apidoc = deepcopy(getattr(view, "_apidoc", {}))
        marked._apidoc.setdefault("manual_doc", {})["security"] = [{"bearer": []}]
        return marked

    return guard


def recognise() -> Actor:
    """Who sends this request, by its Authorization header or else its cookie; Problem 401, the same for every reason.

    A person whose cookie has run out is led to where the next one is had; 403 ``csrf`` for a change by cookie that no
    page of ours asks for.
    """
    here = runtime()
    header = request.environ.get("HTTP_AUTHORIZATION", "")
    actor = _actor(here, header) if header else _by_cookie(here)
    if actor is None:
        if not header and browsers.wants_page():
            abort(browsers.to_refresh())
        raise Problem(401, "unauthenticated", headers={"WWW-Authenticate": f'Bearer realm="{here.service.name}"'})
    life = request.environ.get("yingbin.life")
    if life is not None:
        life.actor = actor
    count(actor, here.service.name)
    return actor


def by_cookie() -> Actor | None:
    """The member of staff whose browser this is, None for anybody else: for pages that everybody may see."""
    return _signed_in(runtime())


def _by_cookie(here: Runtime) -> Actor | None:
    actor = _signed_in(here)
    if actor is not None:
        browsers.check_form(actor)
    return actor


def _signed_in(here: Runtime) -> Actor | None:
    token = browsers.token_in_cookie()
    return Verifier.of(here.database).recognise(token, here.service.name, here.roles) if token else None


def _actor(here: Runtime, header: str) -> Actor | None:
    if not header.startswith(_BEARER) or len(header) > _MOST_CHARACTERS:
        return None
    secret = header[len(_BEARER) :]
    if secret.startswith("yb_"):
        known = KeyRing.of(here.database).recognise(secret)
        return known.actor(here.roles) if known else None
    return Verifier.of(here.database).recognise(secret, here.service.name, here.roles)
