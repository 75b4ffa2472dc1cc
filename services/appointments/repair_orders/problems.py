"""What can be wrong with a repair order, in words."""

from __future__ import annotations

PROBLEMS = {
    "repair_order.state": {
        "zh": ("工单状态不允许", "工单当前状态下不能进行此操作，请刷新后查看。"),
        "en": ("Not in this state", "The repair order is not in a state that allows this. Reload to see it."),
    },
    "repair_order.exists": {
        "zh": ("已有工单", "这次来店已经开过工单。"),
        "en": ("Order exists", "This visit has a repair order already."),
    },
}

FIELDS = {
    "promise.unchanged": {"zh": "与当前承诺时间相同", "en": "The time that is promised already"},
    "promise.without_time": {"zh": "填写原因时请同时填写承诺时间", "en": "A reason needs a promised time"},
}
