"""The envelope: CloudEvents 1.0, structured JSON.

Encoding is a plain splice: every attribute is checked once, when the event is recorded, so that a page of a thousand
or a burst to the bus costs string joining and nothing else. Decoding is strict, because what arrives on a bus may
come from anybody.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared import clock, contracts

CONTENT_TYPE = "application/cloudevents+json"
GROUP = "group"

_BRANCH = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_TYPE = re.compile(r"[a-z]+(\.[a-z0-9_]+){2,3}\.v[0-9]{1,3}", re.ASCII)
_SUBJECT = re.compile(r"[a-z_]{1,40}/[A-Za-z0-9._:-]{1,70}", re.ASCII)
_SOURCE = re.compile(r"/services/([a-z]{1,40})", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)


class NotAnEvent(ValueError):
    """The bytes are not one of our CloudEvents. The message says which attribute, never what stood in it."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact about to be recorded. ``data`` carries the full state of what changed, ids and codes, no sentences."""

    type: str
    subject: str
    branch: str
    version: int
    data: dict[str, Any]

    def check(self) -> None:
        """Raise ``NotAnEvent`` when an attribute could not be spliced into an envelope unescaped."""
        for name, pattern in (("type", _TYPE), ("subject", _SUBJECT), ("branch", _BRANCH)):
            if not pattern.fullmatch(getattr(self, name)):
                raise NotAnEvent(name)


@dataclass(slots=True)
class Event:
    """A fact as a consumer sees it. ``data`` is None for a personal event that we may not read or that was erased."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    branch: str
    position: int
    previd: str | None
    epoch: str
    version: int
    data: dict[str, Any] | None
    personal: bool
    redacted: bool
    correlation_id: str | None
    causation_id: str | None
    traceparent: str | None
    _wire: str | None = field(default=None, repr=False)

    @property
    def subject_id(self) -> str:
        """What stands after the slash: the id of the thing it is about."""
        return self.subject.partition("/")[2]

    @property
    def recorded_at(self) -> datetime:
        """When the source recorded it (UTC); the time of the happening itself is ``data["occurred_at"]``."""
        return clock.parse(self.time)

    @property
    def wire(self) -> str:
        """The CloudEvent as text; for a personal type always without ``data``, also when we hold it."""
        if self._wire is None or (self.personal and self.data is not None):
            self._wire = _encode(self, None if self.personal or self.data is None else _dump(self.data))
        return self._wire


def _dump(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _optional(name: str, value: str | None) -> str:
    return f',"{name}":"{value}"' if value else ""


def _encode(e: Any, data: str | None) -> str:
    """``e`` is anything with an Event's attribute names; ``data`` is JSON text already."""
    tail = ""
    if data is not None:
        tail = f',"datacontenttype":"application/json","data":{data}'
    elif e.redacted:
        tail = ',"redacted":true'
    elif e.personal:
        # Not the content but where it can be had, by those whose key allows it.
        tail = f',"dataref":"/{e.source}/api/v1/events?after={e.position - 1}&limit=1"'
    return (
        f'{{"specversion":"1.0","id":"{e.id}","source":"/services/{e.source}","type":"{e.type}","subject":"{e.subject}",'
        f'"time":"{e.time}","branchid":"{e.branch}","position":{e.position},"epoch":"{e.epoch}","subjectversion":{e.version}'
        f"{_optional('previd', e.previd)}{_optional('correlationid', e.correlation_id)}"
        f"{_optional('causationid', e.causation_id)}{_optional('traceparent', e.traceparent)}{tail}}}"
    )


@dataclass(slots=True)
class LogRow:
    """One numbered row of the log, named as an Event is, so that one encoder serves both."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    branch: str
    version: int
    correlation_id: str | None
    causation_id: str | None
    traceparent: str | None
    data_text: str | None
    personal: bool
    redacted: bool
    position: int
    previd: str | None
    epoch: str

    def encode(self, *, personal_families: frozenset[str] = frozenset()) -> str:
        """The CloudEvent; a personal type's data only for a reader whose key has its family."""
        shown = not self.personal or contracts.family(self.type) in personal_families
        return _encode(self, self.data_text if shown else None)


def encode_data(data: dict[str, Any]) -> str:
    """JSON text of a payload; NaN and infinities are refused (ValueError)."""
    return _dump(data)


def plain(value: str | None) -> str | None:
    """An id that may stand in an envelope unescaped, or None: a stranger's header never breaks the log."""
    return value if value and _PLAIN.fullmatch(value) else None


def _refuse(token: str) -> None:
    raise NotAnEvent("number")


def decode(raw: bytes | str) -> Event:
    """Read one structured CloudEvent of ours; anything else raises NotAnEvent."""
    try:
        body = json.loads(raw, parse_constant=_refuse)
    except NotAnEvent:
        raise
    except (ValueError, RecursionError) as error:
        raise NotAnEvent("json") from error
    if "\\ud" in (raw if isinstance(raw, str) else raw.decode("utf-8", "replace")).lower():
        _refuse_half_characters(body)
    return from_dict(body, raw if isinstance(raw, str) else None)


def _refuse_half_characters(body: Any) -> None:
    # An escaped lone surrogate is JSON, but no text: no database takes it, and it would hold up everything behind it.
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise NotAnEvent("encoding") from error


def from_dict(body: Any, wire: str | None = None) -> Event:
    """The same for an envelope that is already parsed (a page of a feed)."""
    if not isinstance(body, dict) or body.get("specversion") != "1.0":
        raise NotAnEvent("specversion")
    get = body.get
    source = get("source")
    match = _SOURCE.fullmatch(source) if isinstance(source, str) else None
    if match is None:
        raise NotAnEvent("source")
    for name, pattern in (
        ("id", _PLAIN),
        ("type", _TYPE),
        ("subject", _SUBJECT),
        ("branchid", _BRANCH),
        ("epoch", _PLAIN),
    ):
        value = get(name)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise NotAnEvent(name)
    position, version = get("position"), get("subjectversion")
    if type(position) is not int or position < 1 or type(version) is not int:
        raise NotAnEvent("position")
    data = get("data")
    if data is not None and not isinstance(data, dict):
        raise NotAnEvent("data")
    time = get("time")
    if not isinstance(time, str):
        raise NotAnEvent("time")
    type_ = body["type"]
    return Event(
        id=body["id"],
        source=match[1],
        type=type_,
        subject=body["subject"],
        time=time,
        branch=body["branchid"],
        position=position,
        previd=plain(get("previd")),
        epoch=body["epoch"],
        version=version,
        data=data,
        personal=contracts.is_personal(type_),
        redacted=get("redacted") is True,
        correlation_id=plain(get("correlationid")),
        causation_id=plain(get("causationid")),
        traceparent=plain(get("traceparent")),
        _wire=wire,
    )
