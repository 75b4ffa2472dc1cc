"""What can be wrong with a call-back, in words."""

from __future__ import annotations

PROBLEMS = {
    "call_back.closed": {
        "zh": ("回访已结束", "这条回访已经结束，不能再修改。"),
        "en": ("Call-back closed", "This call-back has been closed and cannot be changed any more."),
    },
    "record-incomplete": {
        "zh": ("回访记录不完整", "请补全 {count} 处后再结束回访。"),
        "en": ("Record not complete", "{count} to fill in before the call-back can be closed."),
    },
}

FIELDS = {
    "call_back.no_attempt": {"zh": "请先登记致电", "en": "Log a call first"},
    "call_back.not_reached_yet": {"zh": "致电记录中没有访到客户", "en": "No logged call reached the customer"},
    "call_back.was_reached": {"zh": "致电记录显示已访到客户", "en": "A logged call did reach the customer"},
    "call_back.tries_left": {"zh": "还应再次致电", "en": "The customer is to be tried again"},
    "call_back.unknown_outcome": {"zh": "没有这个致电结果", "en": "There is no such outcome"},
    "call_back.unknown_question": {"zh": "没有这个问题", "en": "There is no such question"},
    "call_back.unknown_next_step": {"zh": "没有这个下一步", "en": "There is no such next step"},
    "call_back.time_needed": {"zh": "请填写客户要求的时间", "en": "Say which time the customer asked for"},
    "call_back.time_unasked": {"zh": "只有客户另约时间时才填写", "en": "Only when the customer asked for another time"},
}
