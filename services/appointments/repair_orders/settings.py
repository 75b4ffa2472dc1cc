"""What a branch sets for its repair orders."""

from __future__ import annotations

from services.appointments.repair_orders.stages import MAY_BE_SKIPPED
from shared.settings import Setting

SKIPPED_STAGES = Setting(
    key="repair_orders.skipped_stages",
    type="codes",
    default=list(MAY_BE_SKIPPED),
    duty="P5.1",
    zh="工单可跳过的环节",
    en="Stages that repair orders may skip",
)
FURTHEST_PROMISE = Setting(
    key="repair_orders.furthest_promise_days",
    type="int",
    default=400,
    least=1,
    most=1000,
    duty="P5.3",
    zh="承诺时间最远天数",
    en="How many days ahead a time may be promised",
)

SETTINGS = (SKIPPED_STAGES, FURTHEST_PROMISE)
