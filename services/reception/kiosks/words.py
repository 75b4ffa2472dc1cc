"""The words on the pages of kiosks."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "kiosks": {"zh": "自助机", "en": "Kiosks"},
    "kiosks-lead": {
        "zh": "在本门店登记来访的平板和终端。每台机器用一次性代码登记，停用后数秒内失效。",
        "en": "Tablets and terminals where visitors check in here. Each is enrolled by a code that works once; a "
        "revoked one is out within seconds.",
    },
    "new-kiosk": {"zh": "登记一台", "en": "Enrol one"},
    "kiosk-name": {"zh": "名称", "en": "Name"},
    "kiosk-name-hint": {"zh": "写它放在哪里，例如“正门左侧”。", "en": "Where it stands: “left of the door”."},
    "make-code": {"zh": "生成代码", "en": "Make a code"},
    "code": {"zh": "登记代码", "en": "The code"},
    "code-lead": {
        "zh": "请在十分钟内到机器上打开 {address} 并输入。代码只显示这一次，用过即失效，输错五次会锁定。",
        "en": "Open {address} on the machine and type it within ten minutes. It is shown this once, works once, and "
        "five wrong tries lock it.",
    },
    "good-until": {"zh": "有效至 {time}", "en": "Good until {time}"},
    "enrolled": {"zh": "登记于", "en": "Enrolled"},
    "last-seen": {"zh": "最近使用", "en": "Last seen"},
    "never-seen": {"zh": "从未使用", "en": "Never"},
    "works": {"zh": "使用中", "en": "In use"},
    "revoked": {"zh": "已停用", "en": "Revoked"},
    "rename": {"zh": "改名", "en": "Rename"},
    "revoke": {"zh": "停用", "en": "Revoke"},
    "revoke-sure": {"zh": "确认停用（不能恢复）", "en": "Yes, revoke it for good"},
    "no-kiosks": {"zh": "本门店还没有自助机。", "en": "No kiosk is enrolled here yet."},
    "of-a-branch": {"zh": "自助机属于门店，请先切换到一家门店。", "en": "Kiosks are of a branch: change to one first."},
    "done-renamed": {"zh": "名称已修改。", "en": "Renamed."},
    "done-revoked": {"zh": "已停用，数秒内失效。", "en": "Revoked: within seconds it opens nothing."},
    "more": {"zh": "后面的自助机", "en": "Further kiosks"},
}
