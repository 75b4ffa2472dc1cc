"""What can be wrong with enrolling a kiosk, in words."""

from __future__ import annotations

PROBLEMS = {
    "kiosk-code-wrong": {
        "zh": ("登记码不正确", "请核对管理员屏幕上的登记码。"),
        "en": ("Not the right code", "Compare it with the code on the administrator's screen."),
    },
    "kiosk-code-spent": {
        "zh": ("登记码已失效", "登记码只能使用一次，且十分钟内有效。请向管理员索取新的登记码。"),
        "en": ("The code is spent", "A code works once and for ten minutes. Ask the administrator for a new one."),
    },
}

FIELDS = {"kiosk.code": {"zh": "登记码不正确", "en": "Not the right code"}}
