"""All KPIs, as data. Every figure in a report comes from a line here; the day is the branch's local day of the fact."""

from __future__ import annotations

from fractions import Fraction

from services.reporting.kpis.definition import Kpi

_PERCENT = Fraction(100)
_MICROSECONDS_TO_MINUTES = Fraction(1, 60_000_000)

BOOK: tuple[Kpi, ...] = (
    Kpi(
        "visits", 1, "来店人次", "Visits", "当日登记到店的来访数", "Visits checked in on the day", "count", "higher",
        ("reception.visit.checked_in.v1",), "visits.n",
    ),
    Kpi(
        "visits_greeted", 1, "已接待", "Visits greeted", "当日首次有人接待的来访数", "Visits whose first human contact was on the day",
        "count", "higher", ("reception.visit.greeted.v1",), "visits_greeted.n",
    ),
    Kpi(
        "greet_wait_mean_minutes", 1, "平均等候接待时间", "Mean wait to be greeted",
        "当日首次接待的来访：从登记到首次接待的时间之和 ÷ 人次；时间缺失或倒置的不计",
        "Visits greeted on the day: sum of the times from check-in to greeting ÷ their number; missing or reversed times are left out",
        "minutes", "lower", ("reception.visit.greeted.v1",), "greet_wait.total", "greet_wait.n", _MICROSECONDS_TO_MINUTES, 1,
    ),
    Kpi(
        "visits_completed", 1, "服务完成", "Visits completed", "当日服务完成的来访数", "Visits completed on the day", "count", "higher",
        ("reception.visit.completed.v1",), "visits_completed.n",
    ),
    Kpi(
        "visits_left", 1, "未接待离店", "Visits left unserved", "当日未得到服务而离店的来访数", "Visits that left without service on the day",
        "count", "lower", ("reception.visit.left.v1",), "visits_left.n",
    ),
    Kpi(
        "calls", 1, "来电", "Calls", "当日登记的来电数，按来电时间计", "Calls logged, on the day of the call", "count", "neither",
        ("reception.call.logged.v1",), "calls.n",
    ),
    Kpi(
        "calls_answered", 1, "接听", "Calls answered", "当日来电中已接听的数", "Of those calls, the answered ones", "count", "higher",
        ("reception.call.logged.v1",), "calls_answered.n",
    ),
    Kpi(
        "repair_orders_opened", 1, "开单台次", "Repair orders opened", "当日开立的工单数", "Repair orders opened on the day", "count", "higher",
        ("appointments.repair_order.opened.v1",), "repair_orders_opened.n",
    ),
    Kpi(
        "repair_orders_handed_over", 1, "交车台次", "Repair orders handed over", "当日交还客户的工单数",
        "Repair orders whose car was handed over on the day", "count", "higher",
        ("appointments.repair_order.handed_over.v1",), "repair_orders_handed_over.n",
    ),
    Kpi(
        "on_time_rate", 1, "准时交车率", "Handed over on time",
        "当日交车的工单：不晚于首次承诺时间的数 ÷ 有承诺的数", "Orders handed over on the day: by the first promise ÷ those that had a promise",
        "percent", "higher", ("appointments.repair_order.handed_over.v1",), "on_time.total", "on_time.n", _PERCENT, 1,
    ),
    Kpi(
        "promises_slipped", 1, "承诺推迟", "Promises slipped", "当日推迟承诺时间的次数", "Times that a promise was moved to later, on the day",
        "count", "lower", ("appointments.promise.slipped.v1",), "promises_slipped.n",
    ),
    Kpi(
        "call_backs_due", 1, "应回访", "Call-backs due", "应在当日完成的回访数（改期后按新时间）", "Call-backs due on the day, as last moved",
        "count", "neither", ("followup.follow_up.due.v1", "followup.follow_up.moved.v1"), "call_backs_due.n",
    ),
    Kpi(
        "call_backs_attempted", 1, "已拨打回访", "Call-backs attempted", "首次拨打在当日的回访数", "Call-backs first attempted on the day",
        "count", "higher", ("followup.follow_up.attempted.v1",), "call_backs_attempted.n",
    ),
    Kpi(
        "call_backs_closed", 1, "已结束回访", "Call-backs closed", "当日结束的回访数", "Call-backs closed on the day", "count", "higher",
        ("followup.follow_up.closed.v1",), "call_backs_closed.n",
    ),
    Kpi(
        "call_backs_reached_rate", 1, "回访接通率", "Call-backs reached", "当日结束的回访：联系到客户的数 ÷ 全部",
        "Call-backs closed on the day: customer reached ÷ all", "percent", "higher", ("followup.follow_up.closed.v1",),
        "call_backs_reached.total", "call_backs_reached.n", _PERCENT, 1,
    ),
    Kpi(
        "call_backs_on_time_rate", 1, "回访及时率", "Call-backs on time", "当日结束的回访：在期限内的数 ÷ 全部",
        "Call-backs closed on the day: within their time ÷ all", "percent", "higher", ("followup.follow_up.closed.v1",),
        "call_backs_on_time.total", "call_backs_on_time.n", _PERCENT, 1,
    ),
)  # fmt: skip
