"""What can be wrong with signing in or joining, in words."""

from __future__ import annotations

PROBLEMS = {
    "sign-in-failed": {
        "zh": ("登录失败", "用户名或密码不正确。"),
        "en": ("Sign-in failed", "The user name or the password is wrong."),
    },
    "branch-required": {
        "zh": ("请选择门店", "您在多家门店任职，请注明本次登录的门店。"),
        "en": ("Name a branch", "You work in several branches. Say for which one you sign in."),
    },
    "user-exists": {
        "zh": ("用户名已被使用", "已有员工使用这个用户名。"),
        "en": ("User name taken", "Somebody else signs in by this name."),
    },
}

FIELDS = {
    "staff.roles": {"zh": "须至少注明一个角色", "en": "Name at least one role"},
    "staff.role_unknown": {"zh": "没有这个角色", "en": "There is no such role"},
    "staff.role_elsewhere": {
        "zh": "门店与总部的角色不能互换", "en": "A role of a branch is not one of headquarters, nor the reverse",
    },
    "staff.role_above": {"zh": "该角色须由总部授予", "en": "Only headquarters gives this role"},
    "staff.password_length": {"zh": "密码须为 8 至 200 个字符", "en": "A password has 8 to 200 characters"},
}
