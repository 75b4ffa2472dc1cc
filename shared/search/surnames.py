"""Surnames that are read otherwise than their characters usually are. Whoever says "Shan" must be found as Shan."""

from __future__ import annotations

# One character: its readings as a surname; several where families differ.
SINGLE: dict[str, tuple[str, ...]] = {
    "单": ("shan",), "曾": ("zeng",), "仇": ("qiu",), "解": ("xie",), "查": ("zha",), "任": ("ren",),
    "朴": ("piao",), "区": ("ou",), "覃": ("qin", "tan"), "盖": ("ge", "gai"), "翟": ("zhai", "di"),
    "缪": ("miao", "mou"), "黑": ("he", "hei"), "乐": ("yue", "le"), "员": ("yun", "yuan"), "秘": ("bi", "mi"),
    "折": ("she",), "洗": ("xian",), "种": ("chong",), "召": ("shao", "zhao"), "繁": ("po",),
    "隗": ("wei", "kui"), "卜": ("bu",), "祭": ("zhai", "ji"), "句": ("gou",), "牟": ("mu", "mou"),
    "都": ("du",), "佴": ("nai",), "阚": ("kan",), "尉": ("wei", "yu"), "葛": ("ge",), "华": ("hua",),
    "冼": ("xian",), "谌": ("chen", "shen"), "褚": ("chu",), "纪": ("ji",), "宓": ("mi", "fu"), "郗": ("xi", "chi"),
    "燕": ("yan",), "宁": ("ning",), "应": ("ying",), "盛": ("sheng",), "那": ("na",), "车": ("che",),
}  # fmt: skip

# Two characters: what pinyin dictionaries of words may not know, or read as a word.
DOUBLE: dict[str, tuple[str, str]] = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "单于": ("chan", "yu"), "澹台": ("tan", "tai"),
    "长孙": ("zhang", "sun"), "乐正": ("yue", "zheng"), "令狐": ("ling", "hu"), "宇文": ("yu", "wen"),
    "夏侯": ("xia", "hou"), "鲜于": ("xian", "yu"), "淳于": ("chun", "yu"), "亓官": ("qi", "guan"),
    "拓跋": ("tuo", "ba"), "呼延": ("hu", "yan"), "赫连": ("he", "lian"), "濮阳": ("pu", "yang"),
}  # fmt: skip


def readings(name: str) -> list[tuple[str, ...]]:
    """Every way to read the surname that ``name`` begins with, a syllable per character; [()] when as usual."""
    if name[:2] in DOUBLE:
        return [DOUBLE[name[:2]]]
    if len(name) > 1 and name[0] in SINGLE:
        return [(reading,) for reading in SINGLE[name[0]]]
    return [()]
