"""Reading a source's feed: the way facts take when the bus has lost them, and the only way personal content travels."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from shared.events.envelope import Event, NotAnEvent, from_dict

PAGE = 500
MOST_BYTES = 64 * 1024 * 1024


class SourceUnreachable(RuntimeError):
    """The source does not answer, or answers nonsense. We wait and ask again; nothing is lost."""


class AheadOfSource(RuntimeError):
    """We have applied more than the source has: its log was restored from a backup. ``epochs`` says since when."""

    def __init__(self, epochs: list[tuple[str, int]], head: int) -> None:
        super().__init__("ahead of the source")
        self.epochs = epochs
        self.head = head


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a feed: its epochs (id, base position) in order, its head, and up to a thousand events."""

    epochs: list[tuple[str, int]]
    head: int
    events: list[Event]


class FeedClient(Protocol):
    """How a consumer reaches one source."""

    def page(self, after: int, limit: int = PAGE) -> Page:
        """Events after a position; SourceUnreachable, AheadOfSource."""


def read_page(status: int, body: bytes, source: str) -> Page:
    """Check and read an answer of a feed: another service is not trusted more than a stranger."""
    try:
        content: Any = json.loads(body)
        epochs = [(str(e["epoch"]), int(e["after_position"])) for e in content.get("epochs", [])]
        if status == 409:
            raise AheadOfSource(epochs, int(content["head"]))
        if status != 200:
            raise SourceUnreachable(f"status {status}")
        events = [from_dict(item) for item in content["events"]]
        head = int(content["head"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, NotAnEvent) as error:
        raise SourceUnreachable(f"not a feed: {type(error).__name__}") from error
    if any(event.source != source for event in events):
        raise SourceUnreachable("not a feed: foreign source")
    return Page(epochs, head, events)


class HttpFeed:
    """The feed of a source at an address of its own."""

    def __init__(self, address: str, source: str, key: str) -> None:
        self._source = source
        self._url = f"{address.rstrip('/')}/{source}/api/v1/events"
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=httpx.Timeout(5.0, connect=3.0),
            trust_env=False,
        )

    def page(self, after: int, limit: int = PAGE) -> Page:
        """One GET, with a bound on time and size."""
        try:
            with self._client.stream("GET", self._url, params={"after": after, "limit": limit}) as answer:
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise SourceUnreachable("too large")
                status = answer.status_code
        except httpx.HTTPError as error:
            raise SourceUnreachable(type(error).__name__) from error
        return read_page(status, bytes(body), self._source)


class InProcessFeed:
    """The same route and key without a socket: the four services live in one process (0.5 ms a call)."""

    def __init__(self, application: Callable[..., Any], source: str, key: str) -> None:
        from werkzeug.test import Client

        self._source = source
        self._path = f"/{source}/api/v1/events"
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._client = Client(application, use_cookies=False)

    def page(self, after: int, limit: int = PAGE) -> Page:
        """One call of the application."""
        answer = self._client.get(self._path, query_string={"after": after, "limit": limit}, headers=self._headers)
        return read_page(answer.status_code, answer.data, self._source)
