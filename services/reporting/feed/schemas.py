"""What the feed is asked for, and what it answers."""

from __future__ import annotations

import marshmallow as ma

from services.reporting.queries_in import Capped, LenientQuery
from shared.http import Code, OutputSchema, Whole

MOST_EVENTS = 1000
MOST_WAIT_SECONDS = 10


class FeedQuery(LenientQuery):
    """From where on, how much, whose, and how long to wait for something new."""

    after = Whole(0, 2**63 - 1, query=True, load_default=0, metadata={"description": "The last position you have."})
    limit = Capped(1, MOST_EVENTS, load_default=500)
    branch = Code(load_default=None, metadata={"description": "One branch's facts, `group` for the group's; else all."})
    wait = Capped(
        0, MOST_WAIT_SECONDS, load_default=0,
        metadata={"description": "Seconds to wait when nothing is new. At most two wait at a time, others do not."},
    )  # fmt: skip


class EpochOut(OutputSchema):
    """One life of the feed."""

    epoch = ma.fields.String(required=True)
    after_position = ma.fields.Integer(required=True)


class FeedPageOut(OutputSchema):
    """One page: events are CloudEvents with this feed's `position`, `previd`, `epoch` and the source's beside them."""

    epochs = ma.fields.List(ma.fields.Nested(EpochOut), required=True)
    head = ma.fields.Integer(required=True)
    events = ma.fields.List(ma.fields.Dict(), required=True)


EXAMPLE = {
    "epochs": [{"epoch": "019ab000-0000-7000-8000-000000000001", "after_position": 0}],
    "head": 2,
    "events": [
        {
            "specversion": "1.0", "id": "019ab011-0001-7a51-8a01-0d5f3a2b1c01", "source": "/services/reception",
            "type": "reception.visit.left.v1", "subject": "visit/019aafff-1111-7a51-8a01-0d5f3a2b1c02",
            "time": "2026-11-23T01:09:00.000000Z", "branchid": "bj-chaoyang", "position": 2,
            "epoch": "019ab000-0000-7000-8000-000000000001", "subjectversion": 2, "datacontenttype": "application/json",
            "data": {"visit_id": "019aafff-1111-7a51-8a01-0d5f3a2b1c02", "status": "left"}, "sourceposition": 1,
            "sourceepoch": "019ab000-0000-7000-8000-000000000002", "previd": "019ab011-0000-7a51-8a01-0d5f3a2b1c01",
        }
    ],
}  # fmt: skip
CSV_EXAMPLE = "position,sourceposition,source,…\n2,1,/services/reception,…\n"
