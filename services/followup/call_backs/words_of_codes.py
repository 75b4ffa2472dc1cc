"""The codes of call-backs in words. A code that a branch added itself is shown as it is."""

from __future__ import annotations

CODES: dict[str, dict[str, str]] = {
    "outcome-reached": {"zh": "已接听", "en": "Reached"},
    "outcome-asked_later": {"zh": "另约时间", "en": "Asked for another time"},
    "outcome-not_reached": {"zh": "无人接听", "en": "No answer"},
    "outcome-busy": {"zh": "占线", "en": "Busy"},
    "outcome-powered_off": {"zh": "关机", "en": "Powered off"},
    "outcome-wrong_number": {"zh": "号码错误", "en": "Wrong number"},
    "outcome-refused": {"zh": "拒绝回访", "en": "Refused"},
    "outcome-car_sold": {"zh": "车已卖出", "en": "Car sold"},
    "outcome-used_elsewhere": {"zh": "车在外地使用", "en": "Car used elsewhere"},
    "outcome-forgotten": {"zh": "客户信息已删除", "en": "Customer erased"},
    "ask-fixed_first_time": {"zh": "上次的问题一次就修好了吗？", "en": "Was it fixed right the first time?"},
    "ask-work_explained": {"zh": "维修项目和费用向您解释清楚了吗？", "en": "Were the work and its price explained?"},
    "ask-ready_on_time": {"zh": "是否按答应的时间交车？", "en": "Was the car ready at the promised time?"},
    "answer-yes": {"zh": "是", "en": "Yes"},
    "answer-no": {"zh": "否", "en": "No"},
    "answer-no_answer": {"zh": "未回答", "en": "No answer"},
    "factor-quality": {"zh": "维修质量", "en": "Quality"},
    "factor-facility": {"zh": "设施环境", "en": "Facility"},
    "factor-pick_up": {"zh": "取车过程", "en": "Pick-up"},
    "factor-advisor": {"zh": "服务顾问", "en": "Advisor"},
    "factor-initiation": {"zh": "预约接待", "en": "Initiation"},
    "step-none": {"zh": "无需跟进", "en": "Nothing more"},
    "step-call_again": {"zh": "再次致电", "en": "Call again"},
    "step-appointment": {"zh": "预约进店", "en": "Make an appointment"},
    "step-complaint": {"zh": "转投诉处理", "en": "Hand to complaints"},
    "step-thank": {"zh": "表示感谢", "en": "Thank the customer"},
}
