"""What comes in and goes out about calls."""

from __future__ import annotations

from datetime import timedelta

import marshmallow as ma

from services.reception.calls.model import (
    EXTERNAL_ID_LENGTH,
    HIGHEST_RATING,
    LOWEST_RATING,
    MOST_SECONDS,
    TOPIC_LENGTH,
)
from shared.http import Flag, Identity, InputSchema, Instant, Limit, OutputSchema, QuerySchema, Text, Whole

# A clock that is a little ahead is forgiven; a call in the future is a mistake.
_AHEAD = timedelta(seconds=60)

EXAMPLE = {
    "agent_id": "019aaffe-1111-7a51-8a01-0d5f3a2b1c0b", "occurred_at": "2026-11-23T10:00:00+08:00",
    "topic": "预约保养", "answered": True, "resolved": True, "answer_seconds": 12, "talk_seconds": 143, "rating": 5,
}  # fmt: skip


class CallIn(InputSchema):
    """A call, by hand or by a telephone system. ``agent_id``: who took it, by default whoever logs it."""

    external_id = Text(EXTERNAL_ID_LENGTH, allow_none=True, load_default=None)
    agent_id = Identity(allow_none=True, load_default=None)
    occurred_at = Instant(required=True, future=_AHEAD)
    topic = Text(TOPIC_LENGTH, required=True)
    answered = Flag(required=True)
    resolved = Flag(allow_none=True, load_default=None)
    answer_seconds = Whole(0, MOST_SECONDS, allow_none=True, load_default=None)
    talk_seconds = Whole(0, MOST_SECONDS, allow_none=True, load_default=None)
    rating = Whole(LOWEST_RATING, HIGHEST_RATING, allow_none=True, load_default=None)


class CallOut(OutputSchema):
    """A logged call; durations in seconds, ``local_date`` on the branch's calendar."""

    shows = {
        "external_id": None, "direction": "inbound", "topic": "预约保养", "answer_seconds": 12, "talk_seconds": 143,
    }  # fmt: skip
    call_id = ma.fields.String(required=True, attribute="id")
    external_id = ma.fields.String(required=True, allow_none=True)
    agent_id = ma.fields.String(required=True)
    occurred_at = Instant(required=True)
    local_date = ma.fields.Date(required=True)
    direction = ma.fields.String(required=True)
    topic = ma.fields.String(required=True)
    answered = ma.fields.Boolean(required=True)
    resolved = ma.fields.Boolean(required=True, allow_none=True)
    answer_seconds = ma.fields.Integer(required=True, allow_none=True)
    talk_seconds = ma.fields.Integer(required=True, allow_none=True)
    rating = ma.fields.Integer(required=True, allow_none=True)
    imported = ma.fields.Boolean(required=True)


class CallsQuery(QuerySchema):
    """A page of the log, the latest call first."""

    after = ma.fields.String(load_default=None)
    limit = Limit()


class CallsOut(OutputSchema):
    """One page; ``next`` is the cursor of the following one."""

    calls = ma.fields.List(ma.fields.Nested(CallOut), required=True)
    next = ma.fields.String(required=True, allow_none=True)
