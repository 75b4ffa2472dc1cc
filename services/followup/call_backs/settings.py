"""What a branch sets for its call-backs. That they are made within three days is a duty and no setting."""

from __future__ import annotations

from shared.settings import Setting

HOURS = Setting(
    key="call_backs.hours",
    type="spans",
    default=[["09:00", "12:00"], ["14:00", "20:00"]],
    duty="F1.2",
    zh="允许致电客户的时段（当地时间）",
    en="Hours in which customers may be called (branch time)",
)
ATTEMPTS = Setting(
    key="call_backs.attempts",
    type="int",
    default=3,
    least=1,
    most=10,
    duty="F1.3",
    zh="回访最多致电次数",
    en="How often a customer is tried",
)
WITHIN_HOURS = Setting(
    key="call_backs.attempts_within_hours",
    type="int",
    default=72,
    least=1,
    most=720,
    duty="F1.3",
    zh="多次致电须在几小时内完成",
    en="Hours within which all tries are made",
)
SPACING = Setting(
    key="call_backs.spacing_minutes",
    type="minutes",
    default=240,
    most=2880,
    duty="F1.2",
    zh="两次致电的最短间隔（分钟）",
    en="Minutes between two tries, at least",
)
BUSY_AGAIN = Setting(
    key="call_backs.busy_again_minutes",
    type="minutes",
    default=30,
    least=1,
    most=1440,
    duty="F1.3",
    zh="占线后多少分钟再打",
    en="Minutes until a busy line is tried again",
)
OUTCOMES = Setting(
    key="call_backs.outcomes",
    type="codes",
    default=[
        "reached", "asked_later", "not_reached", "busy", "powered_off", "wrong_number", "refused", "car_sold",
        "used_elsewhere",
    ],
    duty="F1.3",
    zh="致电结果",
    en="Outcomes of a call",
)  # fmt: skip
ANSWERING = Setting(
    key="call_backs.outcomes_answering",
    type="codes",
    default=["reached"],
    duty="F1.3",
    zh="视为已访到的结果",
    en="Outcomes with which the customer answers the questions",
)
ENDING = Setting(
    key="call_backs.outcomes_ending",
    type="codes",
    default=["wrong_number", "refused", "car_sold", "used_elsewhere"],
    duty="F1.2",
    zh="不再致电的结果",
    en="Outcomes after which nobody calls again",
)
NEXT_DAY = Setting(
    key="call_backs.outcomes_next_day",
    type="codes",
    default=["powered_off"],
    duty="F1.3",
    zh="次日再打的结果",
    en="Outcomes after which one tries the next day",
)
SOON = Setting(
    key="call_backs.outcomes_soon",
    type="codes",
    default=["busy"],
    duty="F1.3",
    zh="稍后再打的结果",
    en="Outcomes after which one tries again soon",
)
QUESTIONS = Setting(
    key="call_backs.questions",
    type="codes",
    default=["fixed_first_time", "work_explained", "ready_on_time"],
    duty="F1.3",
    zh="回访必答问题",
    en="Questions that every call-back asks",
)
NEXT_STEPS = Setting(
    key="call_backs.next_steps",
    type="codes",
    default=["none", "call_again", "appointment", "complaint", "thank"],
    duty="F1.3",
    zh="下一步",
    en="Next steps after a call-back",
)

SETTINGS = (
    HOURS, ATTEMPTS, WITHIN_HOURS, SPACING, BUSY_AGAIN, OUTCOMES, ANSWERING, ENDING, NEXT_DAY, SOON, QUESTIONS,
    NEXT_STEPS,
)  # fmt: skip
