"""An invented morning, as a plan: who comes when to which branch, and what goes wrong. The same seed, the same morning.

Nobody in it exists: names, cars and telephone numbers are put together by chance.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

MINUTES = 200.0
"""How long the morning lasts. What would come after its end is not done: every board is left with work on it."""

WORKSHOP = ("maintenance", "repair", "bodywork", "recall")
_PURPOSES = (
    *("maintenance",) * 40, *("repair",) * 18, *("bodywork",) * 7, *("recall",) * 3, *("view_car",) * 14,
    *("test_drive",) * 5, *("collect_vehicle",) * 5, *("new_car_delivery",) * 3, *("meet_staff",) * 3, *("other",) * 2,
)  # fmt: skip
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = (
    "伟", "芳", "娜", "敏", "静", "秀英", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超",
    "秀兰", "霞", "平", "刚", "桂英", "子轩", "一诺", "浩然", "欣怡", "建国", "志强", "雨桐", "思远", "嘉怡",
    "文博", "晓彤", "俊熙", "梓涵", "海燕", "国栋", "晨曦", "若曦",
)  # fmt: skip
_COMPOUND = ("欧阳", "上官", "司徒", "诸葛")
# Each branch's own province most of the time, everybody else's now and then.
_HOME = {"yunfan-east": "苏浙沪", "yunfan-west": "川渝贵", "yunfan-port": "粤桂琼"}
_FAR = "京津冀晋蒙辽吉黑皖闽赣鲁豫鄂湘云陕甘青宁新藏"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_TOPICS = ("预约保养", "维修进度", "价格咨询", "投诉", "道路救援", "试驾预约", "保险理赔")
_SOURCES = ("friend", "website", "passing_by", "map")
_SLIPS = ("parts", "additional_work", "technician", "approval")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is done at ``minute`` of the morning in ``branch``; ``about`` ties the steps of one visit."""

    minute: float
    branch: str
    what: str
    about: int
    details: dict = field(default_factory=dict)


def plan(seed: int, visitors: int, branches: list[str]) -> list[Step]:
    """Every step of the morning, in order of time."""
    chance = random.Random(seed)
    steps: list[Step] = []
    for number in range(visitors):
        steps += _visit(chance, number, branches[number % len(branches)], _person(chance, branches, number))
    steps += _waits_in_vain(chance, steps)
    for branch in branches:
        steps += _calls(chance, branch, max(4, visitors // len(branches) // 2))
        steps += [Step(MINUTES - 1 + n / 100, branch, "call_back", n) for n in range(max(3, visitors // 20))]
    return sorted((step for step in steps if step.minute < MINUTES), key=lambda step: (step.minute, step.about))


def _person(chance: random.Random, branches: list[str], number: int) -> dict:
    family = chance.choice(_COMPOUND) if chance.random() < 0.02 else chance.choice(_FAMILY)
    branch = branches[number % len(branches)]
    near = chance.random() < 0.8
    province = chance.choice(_HOME.get(branch, _FAR) if near else _FAR)
    letter = chance.choice(_LETTERS[:12])
    electric = chance.random() < 0.3
    tail = f"{chance.choice('DF')}{chance.choice(_LETTERS)}{chance.randrange(10_000):04d}" if electric else (
        f"{chance.randrange(10)}{chance.choice(_LETTERS)}{chance.randrange(1000):03d}"
    )  # fmt: skip
    return {
        "name": family + chance.choice(_GIVEN),
        "phone": f"199{chance.randrange(100):02d}{number % 1000:03d}{chance.randrange(1000):03d}",
        "plate": f"{province}{letter}{tail if electric else tail + str(chance.randrange(10))}"[: 8 if electric else 7],
    }


def _visit(chance: random.Random, number: int, branch: str, person: dict) -> list[Step]:
    """One visitor from the door to wherever they get before noon."""
    # In each branch somebody complains, and somebody each half hour does not wait.
    purpose = "complaint" if number % 40 == 7 else chance.choice(_PURPOSES)
    at = chance.triangular(0, MINUTES - 2, 50)
    came = {
        **person, "purpose": purpose, "party_size": chance.choice((1, 1, 1, 2, 2, 3)),
        "source": chance.choice(_SOURCES), "at_desk": chance.random() < 0.15, "ago": chance.uniform(0.3, 4.0),
        "survey": chance.random() < 0.8,
    }  # fmt: skip
    if purpose in ("meet_staff", "other"):
        came["plate"] = None
    if number % 40 == 19:
        # A tablet that was without network brings its visitor late.
        came["ago"] = 26.0
    steps = [Step(at, branch, "check_in", number, came)]
    if number % 14 == 5:
        return [*steps, Step(at + chance.uniform(12, 30), branch, "leave", number)]
    at += chance.expovariate(1 / 9.0)
    steps.append(Step(at, branch, "call", number))
    at += chance.uniform(0.5, 2)
    steps.append(Step(at, branch, "greet", number))
    at += chance.uniform(0.5, 2)
    steps.append(Step(at, branch, "serve", number))
    if purpose in WORKSHOP:
        return steps + _workshop(chance, number, branch, at)
    return [*steps, Step(at + chance.uniform(8, 40), branch, "complete", number)]


def _workshop(chance: random.Random, number: int, branch: str, at: float) -> list[Step]:
    at += chance.uniform(4, 10)
    # Every fifth promise is one that nobody can keep; every seventh is moved, with a reason.
    hopeless = number // 3 % 5 == 1
    steps = [Step(at, branch, "open", number, {"hopeless": hopeless, "hours": chance.uniform(1, 5)})]
    at += chance.uniform(2, 6)
    steps.append(Step(at, branch, "complete", number))
    at += chance.uniform(1, 8)
    steps.append(Step(at, branch, "check-in", number))
    at += chance.uniform(5, 25)
    steps.append(Step(at, branch, "start-work", number))
    if number % 7 == 2:
        steps.append(Step(at + 5, branch, "slip", number, {"reason": chance.choice(_SLIPS)}))
    at += chance.uniform(15, 60)
    steps.append(Step(at, branch, "ready", number))
    at += chance.uniform(4, 20)
    return [*steps, Step(at, branch, "hand-over", number)]


def _waits_in_vain(chance: random.Random, steps: list[Step]) -> list[Step]:
    """Some whose car is still in the workshop come to collect it before noon."""
    came = {step.about: step for step in steps if step.what == "check_in"}
    ready = {step.about for step in steps if step.what == "ready" and step.minute < MINUTES}
    begun = [step for step in steps if step.what == "start-work" and step.minute < MINUTES - 20]
    found = [step for step in begun if step.about not in ready][:3]
    return [
        Step(
            MINUTES - chance.uniform(3, 9), step.branch, "check_in", 10_000 + step.about,
            {**came[step.about].details, "purpose": "collect_vehicle", "at_desk": False, "ago": 2.0},
        )
        for step in found
    ]  # fmt: skip


def _calls(chance: random.Random, branch: str, many: int) -> list[Step]:
    """The telephone: every fifth call rings in vain."""
    found = []
    for number in range(many):
        answered = number % 5 != 3
        found.append(Step(chance.uniform(0, MINUTES - 1), branch, "call_log", number, {
            "topic": chance.choice(_TOPICS), "answered": answered, "ago": chance.uniform(0, 20),
            "resolved": chance.random() < 0.8 if answered else None,
            "answer_seconds": chance.randrange(4, 40) if answered else None,
            "talk_seconds": chance.randrange(40, 400) if answered else None,
            "rating": chance.choice((3, 4, 5, 5, None)) if answered else None,
        }))  # fmt: skip
    return found
