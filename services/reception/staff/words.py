"""The words on the pages of signing in and of one's own account."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "sign-in-lead": {"zh": "请用您的工作账号登录。", "en": "Use your work account."},
    "user": {"zh": "用户名", "en": "User name"},
    "password": {"zh": "密码", "en": "Password"},
    "old-password": {"zh": "当前密码", "en": "Present password"},
    "new-password": {"zh": "新密码", "en": "New password"},
    "repeat-password": {"zh": "再输入一次新密码", "en": "New password again"},
    "password-hint": {
        "zh": "至少 8 个字符，越长越好；可以用一句话。不要用常见密码或用户名。",
        "en": "At least 8 characters, the longer the better: a sentence is fine. Nothing common, not your user name.",
    },
    "choose-title": {"zh": "请设置您自己的密码", "en": "Choose a password of your own"},
    "choose-lead": {
        "zh": "现在的密码是管理员设置的。请再输入一次，并设置只有您知道的新密码。",
        "en": "Somebody else set the present one. Type it once more, and a new one that only you know.",
    },
    "choose": {"zh": "保存并登录", "en": "Save and sign in"},
    "failed": {"zh": "用户名或密码不正确。", "en": "The user name or the password is wrong."},
    "wait": {
        "zh": "输错次数过多，请在 {minutes} 分钟后再试。在您常用的电脑上不受影响。",
        "en": "Too many wrong tries. Try again in {minutes} minutes, or on a computer you have used before.",
    },
    "needed": {"zh": "请填写用户名和密码。", "en": "Fill in user name and password."},
    "https-needed": {
        "zh": "这个地址没有加密，浏览器不会保存登录状态。请改用 https:// 开头的地址。",
        "en": "This address is not encrypted, so the browser keeps no sign-in. Use the one that begins with https://.",
    },
    "help": {
        "zh": "忘记密码？请联系门店经理或系统管理员，由他们为您设置临时密码。",
        "en": "Forgot it? Your branch manager or an administrator can set a new one for you.",
    },
    "signed-out": {"zh": "您已退出登录。", "en": "You have signed out."},
    "account": {"zh": "我的账号", "en": "My account"},
    "signed-in-as": {"zh": "当前登录：{label}（{user}）", "en": "Signed in: {label} ({user})"},
    "branch": {"zh": "门店", "en": "Branch"},
    "branch-lead": {"zh": "您在这些门店任职，请选择现在工作的门店。", "en": "Choose where you work now."},
    "here": {"zh": "当前", "en": "Here now"},
    "group": {"zh": "集团总部", "en": "Headquarters"},
    "go-on": {"zh": "继续", "en": "Go on"},
    "sessions": {"zh": "已登录的设备", "en": "Where you are signed in"},
    "device": {"zh": "设备", "en": "Device"},
    "seen": {"zh": "最近使用", "en": "Last used"},
    "this-device": {"zh": "本机", "en": "This one"},
    "end-session": {"zh": "退出该设备", "en": "Sign it out"},
    "change-password": {"zh": "修改密码", "en": "Change password"},
    "change-lead": {"zh": "修改后，其他设备需要重新登录。", "en": "Your other devices will have to sign in again."},
    "password-changed": {"zh": "密码已修改。", "en": "Your password is changed."},
    "sign-out": {"zh": "退出登录", "en": "Sign out"},
    "program": {"zh": "程序", "en": "A program"},
}

