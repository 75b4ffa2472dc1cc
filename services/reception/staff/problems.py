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
    "password-change-required": {
        "zh": ("请设置新密码", "当前密码由管理员设置，请在登录时设置您自己的新密码。"),
        "en": ("Choose a new password", "Somebody else set this password. Choose one of your own while signing in."),
    },
    "works-elsewhere": {
        "zh": ("该员工还在其他门店任职", "该员工还在其他门店或总部任职，这项操作须由总部管理员进行。"),
        "en": ("Works elsewhere too", "They work in other branches too: an administrator of the group does this."),
    },
    "not-yourself": {
        "zh": ("不能停用自己", "您不能停用自己的账号，也不能更改自己的角色。"),
        "en": ("Not yourself", "You cannot disable yourself or change your own roles."),
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
    "staff.no_account": {"zh": "该员工没有登录账号", "en": "This person has no account to sign in with"},
    "staff.password_length": {"zh": "密码须为 8 至 200 个字符", "en": "A password has 8 to 200 characters"},
    "staff.password_common": {
        "zh": "这个密码太常见，或与用户名、产品名相同，容易被猜到",
        "en": "Too common, or the user name or the product's: easy to guess",
    },
    "staff.password_same": {"zh": "新密码不能与原密码相同", "en": "The new password must differ from the old one"},
    "staff.password_wrong": {"zh": "原密码不正确", "en": "Not the present password"},
    "staff.password_repeat": {"zh": "两次输入的新密码不一致", "en": "The new password was not repeated exactly"},
}
