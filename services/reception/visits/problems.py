"""What can be wrong with a check-in or a call, in words."""

from __future__ import annotations

PROBLEMS = {
    "visit.state": {
        "zh": ("接待状态不允许", "这位访客当前的状态不允许此操作，请刷新后重试。"),
        "en": ("Not in this state", "The visit is not in a state that allows this. Reload and try again."),
    },
    "clock-skew": {
        "zh": ("设备时钟不准", "设备时间超前。服务器时间为 {now}；请校准时钟，或在请求中附上 sent_at。"),
        "en": ("Clock ahead", "The device's clock is ahead; the server's says {now}. Set it, or send sent_at as well."),
    },
    "consent-required": {
        "zh": ("缺少告知书版本", "登记须注明访客所见告知书的版本（consent.version）；同意的用途可以为空。"),
        "en": ("Notice missing", "Say which notice was shown (consent.version). The list of purposes may be empty."),
    },
}

FIELDS = {
    "time.ahead": {"zh": "时间超前于服务器时钟", "en": "Ahead of the server's clock"},
    "consent.version": {"zh": "须注明告知书版本", "en": "The version of the notice is needed"},
}
