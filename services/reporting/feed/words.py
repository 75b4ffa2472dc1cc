"""The words on the page of the feed."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "feed": {"zh": "事实流", "en": "The feed of facts"},
    "feed-lead": {
        "zh": "所有服务里发生的事，按到达先后编号，最新的在上。这里不含任何个人信息。",
        "en": "Everything that happened in all services, numbered as it came in, newest first. Nothing about persons.",
    },
    "branch": {"zh": "门店", "en": "Branch"},
    "every-branch": {"zh": "全部门店", "en": "All branches"},
    "group": {"zh": "集团", "en": "Group"},
    "type": {"zh": "事实类型", "en": "Kind of fact"},
    "every-type": {"zh": "全部类型", "en": "All kinds"},
    "show": {"zh": "查看", "en": "Show"},
    "number": {"zh": "编号", "en": "Number"},
    "when": {"zh": "时间", "en": "Time"},
    "fact": {"zh": "事实", "en": "Fact"},
    "about": {"zh": "关于", "en": "About"},
    "from": {"zh": "来源", "en": "Source"},
    "reception": {"zh": "前台", "en": "Reception"},
    "appointments": {"zh": "售后", "en": "Appointments"},
    "followup": {"zh": "客户关怀", "en": "Follow-up"},
    "reporting": {"zh": "报表", "en": "Reporting"},
    "personal": {"zh": "个人信息不在此处", "en": "Personal content stays home"},
    "older": {"zh": "更早的", "en": "Older"},
    "newest": {"zh": "回到最新", "en": "Back to the newest"},
    "head": {"zh": "已编到 {head}", "en": "Numbered up to {head}"},
    "resume": {"zh": "从某处继续读取", "en": "Read on from a place"},
    "resume-lead": {
        "zh": "每次记下最后一条的编号，下次从它之后继续；同一编号的内容永远不变。程序用密钥读取：",
        "en": "Keep the last number you have and go on after it; a number never changes. Programs read by key:",
    },
    "download-json": {"zh": "从本页最早一条起（JSON）", "en": "From the oldest one here on (JSON)"},
    "download-csv": {"zh": "从本页最早一条起（CSV）", "en": "From the oldest one here on (CSV)"},
    "none": {"zh": "没有符合条件的事实。", "en": "No fact matches."},
    "none-of-type": {
        "zh": "最近 {n} 条里没有这一类事实。",
        "en": "None of this kind among the last {n}.",
    },
    "all": {"zh": "查看全部", "en": "Show all"},
    "compared": {"zh": "逐条核对", "en": "Compared one by one"},
    "compared-lead": {
        "zh": "每个来源的事实按 1、2、3… 连续编号：收到的条数应等于处理到的位置。",
        "en": "Each source numbers its facts 1, 2, 3 …: as many must have come in as the last number that was applied.",
    },
    "same": {
        "zh": "报表与{source}一致，到第 {n} 条：收到 {n} 条，不多不少。",
        "en": "Reporting equals {source} up to event {n}: {n} have come in, none missing, none twice.",
    },
    "not-same": {
        "zh": "报表与{source}不一致：处理到第 {n} 条，却收到 {kept} 条。请运行 yingbin doctor。",
        "en": "Reporting does not equal {source}: applied up to {n}, but {kept} have come in. Run yingbin doctor.",
    },
    "nothing-yet": {"zh": "还没有来自{source}的事实。", "en": "Nothing has come from {source} yet."},
    "how-many": {"zh": "条数", "en": "How many"},
    "back-to-events": {"zh": "回到事件", "en": "Back to events"},
}
