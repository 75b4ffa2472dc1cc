"""The words on the pages of customers."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "customers": {"zh": "顾客", "en": "Customers"},
    "search": {"zh": "查找", "en": "Search"},
    "search-lead": {
        "zh": "输入车牌或手机尾号、姓名、拼音首字母；完整的车牌或手机号可以找到其他门店的顾客。",
        "en": "The tail of a plate or phone, a name, pinyin initials. A whole plate or phone also finds customers of "
        "other branches.",
    },
    "nobody": {"zh": "没有找到“{typed}”。", "en": "Nobody was found for “{typed}”."},
    "more": {"zh": "还有更多，请多输入几个字。", "en": "There are more: type a little more."},
    "no-name": {"zh": "未留姓名", "en": "No name"},
    "elsewhere": {"zh": "其他门店的顾客", "en": "Known in another branch"},
    "phones": {"zh": "电话", "en": "Phones"},
    "cars": {"zh": "车辆", "en": "Cars"},
    "none": {"zh": "没有", "en": "None"},
    "check-in": {"zh": "登记来访", "en": "Check in"},
    "loading": {"zh": "正在读取", "en": "Loading"},
    "part-reception": {"zh": "来访", "en": "Visits"},
    "part-appointments": {"zh": "维修工单", "en": "Repair orders"},
    "part-followup": {"zh": "回访", "en": "Call-backs"},
}
