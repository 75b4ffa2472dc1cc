"""What can be wrong with a plate or a phone, in words."""

from __future__ import annotations

PROBLEMS: dict[str, dict[str, tuple[str, str]]] = {}

FIELDS = {
    "plate.format": {"zh": "车牌格式不正确，例如 京A12345", "en": "Not a number plate such as 京A12345"},
    "plate.lookalike": {
        "zh": "车牌含有形近的外文字母，请重新输入",
        "en": "The plate holds letters of another script that only look alike",
    },
    "phone.format": {"zh": "电话号码格式不正确，例如 13812345678", "en": "Not a phone number such as 13812345678"},
}
