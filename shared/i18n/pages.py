"""The words on the house's own pages. A capability's pages bring theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

WORDS: dict[str, dict[str, str]] = {
    "product": {"zh": "迎宾", "en": "Yingbin"},
    "other-language": {"zh": "English", "en": "中文"},
    "services": {"zh": "服务", "en": "Services"},
    "services-lead": {
        "zh": "四个服务，各管一摊，用事实互相通气。",
        "en": "Four services, each with its own work, telling each other facts.",
    },
    "state": {"zh": "运行状态", "en": "State"},
    "ready": {"zh": "正常", "en": "Ready"},
    "not_ready": {"zh": "未就绪", "en": "Not ready"},
    "draining": {"zh": "正在退出", "en": "Shutting down"},
    "database": {"zh": "数据库", "en": "Database"},
    "migrations": {"zh": "数据库版本", "en": "Schema"},
    "bus": {"zh": "消息总线", "en": "Bus"},
    "ok": {"zh": "正常", "en": "OK"},
    "behind": {"zh": "需要升级", "en": "Behind"},
    "degraded": {"zh": "降级：改由日志补送", "en": "Degraded: facts travel by the log"},
    "unknown": {"zh": "未知", "en": "Unknown"},
    "unreachable": {"zh": "无法连接", "en": "Unreachable"},
    "facts": {"zh": "事实", "en": "Facts"},
    "log-head": {"zh": "已记录", "en": "Recorded"},
    "log-behind": {"zh": "待发布", "en": "To publish"},
    "heard": {"zh": "收听", "en": "Heard"},
    "source": {"zh": "来源", "en": "Source"},
    "position": {"zh": "已处理到", "en": "Applied up to"},
    "parked": {"zh": "搁置", "en": "Parked"},
    "no-sources": {"zh": "这个服务不收听其他服务。", "en": "This service hears no other."},
    "flow-unknown": {
        "zh": "暂时读不到数据库，稍后再看。",
        "en": "The database cannot be asked now. Look again shortly.",
    },
    "documents": {"zh": "文档", "en": "Documents"},
    "openapi": {"zh": "HTTP 接口（OpenAPI）", "en": "HTTP interface (OpenAPI)"},
    "asyncapi": {"zh": "事件（AsyncAPI）", "en": "Events (AsyncAPI)"},
    "problems": {"zh": "错误代码", "en": "Problem codes"},
    "problems-lead": {
        "zh": "出错时，响应的 type 末尾就是这里的代码。",
        "en": "When something goes wrong, the end of the answer's type is one of these codes.",
    },
    "field-codes": {"zh": "字段错误代码", "en": "Codes of fields"},
    "code": {"zh": "代码", "en": "Code"},
    "meaning": {"zh": "含义", "en": "Meaning"},
    "build": {"zh": "版本", "en": "Build"},
    "demo": {"zh": "演示数据，纯属虚构", "en": "An invented demo group"},
    "settings": {"zh": "设置", "en": "Settings"},
    "settings-lead": {
        "zh": "本门店现在的取值。每次更改都留下记录，可以定在以后某一时刻生效。",
        "en": "What holds in this branch now. Every change is kept, and may be set to begin later.",
    },
    "setting": {"zh": "项目", "en": "Setting"},
    "value": {"zh": "取值", "en": "Value"},
    "default": {"zh": "默认值", "en": "Default"},
    "as-default": {"zh": "按默认值", "en": "As by default"},
    "valid-from": {"zh": "生效时间", "en": "Valid from"},
    "valid-from-hint": {"zh": "留空即刻生效；时区", "en": "Empty: at once. Time zone"},
    "duty": {"zh": "依据", "en": "Duty"},
    "planned": {"zh": "待生效", "en": "Planned"},
    "holds": {"zh": "生效中", "en": "In force"},
    "of-the-group": {"zh": "集团统一", "en": "Of the group"},
    "set-by-group": {"zh": "这一项由集团统一设置。", "en": "This one is set by the group."},
    "no-settings": {"zh": "这个服务没有可设置的项目。", "en": "There is nothing to set in this service."},
    "saved": {"zh": "已保存", "en": "Saved"},
    "history": {"zh": "变更记录", "en": "History"},
    "never-set": {"zh": "从未更改，按默认值。", "en": "Never changed: the default holds."},
    "what": {"zh": "内容", "en": "What"},
    "author": {"zh": "更改人", "en": "By"},
    "when": {"zh": "更改时间", "en": "When"},
    "true": {"zh": "是", "en": "Yes"},
    "false": {"zh": "否", "en": "No"},
    "typed-int": {"zh": "整数", "en": "A whole number"},
    "typed-minutes": {"zh": "整分钟数", "en": "Whole minutes"},
    "typed-bool": {"zh": "是或否", "en": "Yes or no"},
    "typed-text": {"zh": "文字", "en": "Text"},
    "typed-ratio": {"zh": "0 到 1 之间的小数，例如 0.85", "en": "A decimal from 0 to 1, such as 0.85"},
    "typed-codes": {"zh": "每行一个代码", "en": "One code a line"},
    "typed-times": {"zh": "每行一个时刻，例如 17:00", "en": "One time a line, such as 17:00"},
    "typed-spans": {"zh": "每行一个时段，例如 09:00-12:00", "en": "One span a line, such as 09:00-12:00"},
    "home": {"zh": "首页", "en": "Home"},
    "skip": {"zh": "跳到正文", "en": "Skip to the content"},
    "menu": {"zh": "菜单", "en": "Menu"},
    "branch-group": {"zh": "集团总部", "en": "Headquarters"},
    "demo-short": {"zh": "演示环境", "en": "Demo"},
    "my-sessions": {"zh": "我的登录与密码", "en": "My sign-ins and password"},
    "sign-in": {"zh": "登录", "en": "Sign in"},
    "sign-out": {"zh": "退出登录", "en": "Sign out"},
    "connection-lost": {"zh": "网络已断开，恢复后自动继续。", "en": "The connection is lost. It goes on by itself."},
    "save": {"zh": "保存", "en": "Save"},
    "find": {"zh": "查找", "en": "Find"},
    "keys": {"zh": "快捷键", "en": "Keyboard shortcuts"},
    "keys-lead": {
        "zh": "在输入框以外按下即可。",
        "en": "They work wherever nothing is being typed.",
    },
    "keys-on": {"zh": "启用单键快捷键", "en": "Single-key shortcuts on"},
    "keys-none": {"zh": "这一页没有自己的快捷键。", "en": "This page has no keys of its own."},
    "key-sheet": {"zh": "打开这张表", "en": "Open this sheet"},
    "key-close": {"zh": "关闭", "en": "Close"},
    "key-next": {"zh": "下一条", "en": "Next"},
    "key-previous": {"zh": "上一条", "en": "Previous"},
    "close": {"zh": "关闭", "en": "Close"},
    "undo": {"zh": "撤销", "en": "Undo"},
    "pause": {"zh": "暂停更新", "en": "Pause updates"},
    "go-on": {"zh": "继续更新", "en": "Go on updating"},
    "updated": {"zh": "更新于", "en": "Updated"},
    "failed": {"zh": "没有成功，请再试一次。", "en": "That did not work. Try again."},
    "retry": {"zh": "重试", "en": "Try again"},
    "unavailable": {"zh": "暂时无法取得，其余内容不受影响。", "en": "Not available now. The rest is not affected."},
    "switch-branch": {"zh": "切换门店", "en": "Change branch"},
    "printed": {"zh": "打印于", "en": "Printed"},
    "left": {"zh": "还有 {span}", "en": "{span} left"},
    "over": {"zh": "超过 {span}", "en": "{span} over"},
    "moment": {"zh": "不到 1 分钟", "en": "under a minute"},
    "minutes": {"zh": "{n} 分钟", "en": "{n} min"},
    "hours": {"zh": "{h} 小时 {m} 分", "en": "{h} h {m} min"},
    "days": {"zh": "{n} 天", "en": "{n} d"},
    "cancel": {"zh": "取消", "en": "Cancel"},
    "back": {"zh": "返回", "en": "Back"},
}


def words(language: str, extra: Mapping[str, Mapping[str, str]] | None = None) -> Callable[..., str]:
    """``t("ready")`` for templates, in one language; ``extra`` are the words of a page's own capability.

    ``t("people-count", n=3)`` fills ``{n}`` in.
    """
    known = {**WORDS, **(extra or {})}

    def word(key: str, **values: object) -> str:
        text = known[key][language]
        return text.format(**values) if values else text

    return word
