"""The columns of a telephone system's export, under the headings that people use for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from services.reception.calls.model import (
    EXTERNAL_ID_LENGTH,
    HIGHEST_RATING,
    LOWEST_RATING,
    MOST_SECONDS,
    TOPIC_LENGTH,
    contradiction,
)
from services.reception.calls.topics import names_a_number
from shared import clock
from shared.importing import CellFault, Column, Layout, RowFaults, cells

AGENT_LENGTH = 64
# No telephone system of ours is older; a wrong century is the usual mistake.
_EARLIEST_YEAR = 1990
_AHEAD = timedelta(seconds=60)

_SECONDS = cells.duration_seconds(MOST_SECONDS)

NAMES = {
    "external_id": (
        "Call Id", "Id", "Call No", "Call Number", "来电编号", "通话编号", "编号", "序号", "流水号", "通话ID",
    ),
    "agent": (
        "Agent", "Agent Name", "Operator", "Answered By", "坐席", "客服", "客服专员", "接线员", "接听人", "话务员",
    ),
    "date": ("Date", "Call Date", "日期", "来电日期", "通话日期"),
    "time": ("Time", "Call Time", "Start Time", "时刻", "来电时刻", "通话时刻"),
    "moment": (
        "Date and time", "Datetime", "Timestamp", "Occurred at", "来电时间", "通话时间", "呼叫时间", "开始时间",
    ),
    "topic": ("Topic", "Subject", "Reason", "主题", "来电主题", "事由", "咨询类型", "来电类型", "业务类型"),
    "answered": ("Answered (Y/N)", "Answered", "是否接听", "接听", "是否接通", "接通", "接听状态"),
    "resolved": ("Resolved", "Resolved (Y/N)", "是否解决", "解决", "已解决"),
    "answer_seconds": (
        "Speed of answer in seconds", "Speed of answer", "Answer seconds", "接听用时", "接听用时（秒）", "应答时长",
        "等待秒数", "应答秒数", "振铃时长",
    ),
    "talk_seconds": (
        "AvgTalkDuration", "Talk duration", "Duration", "Talk seconds", "通话时长", "通话用时", "时长", "平均通话时长",
    ),
    "rating": ("Satisfaction rating", "Rating", "Satisfaction", "满意度", "满意度评分", "评分"),
}  # fmt: skip

TEXTS = {
    "call.not_answered": ("未接来电不应有此值", "A call that nobody answered cannot have this"),
    "call.topic_names_number": ("主题里不要写电话号码", "A topic must not hold a telephone number"),
}

LAYOUT = Layout(
    columns=(
        Column("external_id", cells.text(EXTERNAL_ID_LENGTH), NAMES["external_id"]),
        Column("agent", cells.text(AGENT_LENGTH), NAMES["agent"]),
        Column("date", cells.day, NAMES["date"], needed=False),
        Column("time", cells.clock_time, NAMES["time"], needed=False),
        Column("moment", cells.moment, NAMES["moment"], needed=False),
        Column("topic", cells.text(TOPIC_LENGTH), NAMES["topic"]),
        Column("answered", cells.yes_no, NAMES["answered"]),
        Column("resolved", cells.yes_no, NAMES["resolved"], needed=False, empty=True),
        Column("answer_seconds", _SECONDS, NAMES["answer_seconds"], needed=False, empty=True),
        Column("talk_seconds", _SECONDS, NAMES["talk_seconds"], needed=False, empty=True),
        Column("rating", cells.whole(LOWEST_RATING, HIGHEST_RATING), NAMES["rating"], needed=False, empty=True),
    ),
    one_of=(frozenset({"date", "time"}), frozenset({"moment"})),
)


def check(values: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """One call as ``actions.log_calls`` takes it, with the agent's label in place of an id. Raises RowFaults."""
    field = "moment" if "moment" in values else "time"
    local = values["moment"] if "moment" in values else datetime.combine(values["date"], values["time"])
    faults: list[tuple[str | None, Any]] = []
    occurred_at = None
    try:
        if local.year < _EARLIEST_YEAR:
            raise CellFault("time.range")
        occurred_at = cells.instant(local, options["zone"])
        if occurred_at > clock.now() + _AHEAD:
            raise CellFault("time.future")
    except CellFault as fault:
        faults.append((field, fault))
    call = {
        "external_id": values["external_id"],
        "agent": values["agent"],
        "occurred_at": occurred_at,
        "local_date": local.date(),
        "topic": values["topic"],
        "answered": values["answered"],
        **{name: values.get(name) for name in ("resolved", "answer_seconds", "talk_seconds", "rating")},
    }
    wrong = contradiction(call)
    if wrong:
        faults.append((wrong, CellFault("call.not_answered")))
    if names_a_number(call["topic"]):
        faults.append(("topic", CellFault("call.topic_names_number")))
    if faults:
        raise RowFaults(*faults)
    return call
