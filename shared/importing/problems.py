"""What can be wrong with a file, a row or a cell: stable codes, said in both languages, never with the value itself."""

from __future__ import annotations

from typing import Any

TEXTS: dict[str, tuple[str, str]] = {
    "file.empty": ("文件是空的", "The file is empty"),
    "file.no_rows": ("文件只有标题行，没有数据", "The file has headings and no rows"),
    "file.kind": ("请使用 CSV 或 Excel（.xlsx）文件", "Use a CSV or an Excel (.xlsx) file"),
    "file.xls": (
        "这是旧版 Excel 或带密码的文件，请另存为 .xlsx 或 CSV",
        "An old or encrypted Excel file: save it as .xlsx or CSV",
    ),
    "file.utf16": ("文件编码为 UTF-16，请另存为 UTF-8 的 CSV", "The file is UTF-16: save it as CSV in UTF-8"),
    "file.binary": ("这不是文本文件", "This is not a text file"),
    "file.encoding": (
        "文件编码无法识别，请另存为 UTF-8 或 GB18030",
        "The encoding is neither UTF-8 nor GB18030: save the file again in one of them",
    ),
    "file.damaged": ("文件已损坏，无法读取", "The file is damaged and cannot be read"),
    "file.too_much": ("文件解压后过大", "The file unpacks to more than is allowed"),
    "file.line_too_long": ("有一行过长", "A line is too long"),
    "file.quote": ("从这一行起引号没有闭合", "A quote that opens in this row is never closed"),
    "file.gone": ("文件已不在，请重新上传", "The file is gone: upload it again"),
    "heading.unknown": ("不认识的列：{names}", "Unknown columns: {names}"),
    "heading.missing": ("缺少必需的列：{names}", "Missing columns: {names}"),
    "heading.twice": ("多列指向同一内容：{names}", "Several columns mean the same: {names}"),
    "heading.not_found": (
        "对应关系中的列在文件里不存在：{names}",
        "The mapping names columns that the file lacks: {names}",
    ),
    "row.encoding": ("这一行的编码与文件其余部分不同", "This row is in another encoding than the rest"),
    "row.quote": ("这一行的引号有误", "The quotes of this row are wrong"),
    "row.too_long": ("这一行的单元格比标题多", "This row has more cells than there are headings"),
    "row.twice": ("编号与第 {first} 行重复", "The same id as in row {first}"),
    "cell.required": ("不能为空", "Must not be empty"),
    "cell.formula": ("单元格里是公式，请只保留数值", "The cell holds a formula: keep its value only"),
    "cell.error_value": ("单元格里是 Excel 错误值", "The cell holds an Excel error value"),
    "cell.control": ("含有控制字符", "Holds control characters"),
    "cell.too_long": ("最多 {most} 个字符", "At most {most} characters"),
    "cell.number": ("应为整数", "Must be a whole number"),
    "cell.range": ("应在 {least} 到 {most} 之间", "Must be from {least} to {most}"),
    "cell.yes_no": ("应为 是/否 或 Y/N", "Must be yes or no (Y/N, 是/否)"),
    "cell.date": ("应为日期，例如 2026-11-23", "Must be a date, for example 2026-11-23"),
    "cell.time": ("应为时间，例如 9:12:58", "Must be a time, for example 9:12:58"),
    "cell.moment": ("应为日期和时间，例如 2026-11-23 9:12:58", "Must be a date and a time: 2026-11-23 9:12:58"),
    "cell.duration": ("应为时长，例如 0:02:23，或秒数", "Must be a duration such as 0:02:23, or seconds"),
    "time.nonexistent": ("当地没有这个时刻（夏令时）", "This local time does not exist (daylight saving)"),
    "time.future": ("时间在将来", "The time lies in the future"),
    "time.range": ("时间不在合理范围", "The time is out of range"),
}  # fmt: skip

# What an import's job may end with: the faults of a whole file, and of its rows.
HAPPENINGS: dict[str, dict[str, str]] = {
    **{code: {"zh": zh, "en": en} for code, (zh, en) in TEXTS.items() if code.startswith(("file.", "heading."))},
    "rows-invalid": {
        "zh": "有 {rows} 行不正确，没有导入任何内容",
        "en": "{rows} rows are wrong; nothing was imported",
    },
}


class ImportFault(ValueError):
    """Something that the person who brought the file can put right."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class FileFault(ImportFault):
    """The file as a whole cannot be read; nothing of it is imported. ``row`` where it was seen, if that helps."""

    def __init__(self, code: str, row: int | None = None, **params: Any) -> None:
        super().__init__(code, **params)
        self.row = row


class CellFault(ImportFault):
    """One cell does not say what its column needs."""


class RowFaults(ValueError):
    """A row is wrong as a whole, or in several of its fields: pairs of field (or None) and fault."""

    def __init__(self, *faults: tuple[str | None, ImportFault]) -> None:
        super().__init__(", ".join(fault.code for _, fault in faults))
        self.faults = faults


def explain(fault: ImportFault, texts: dict[str, tuple[str, str]] | None = None) -> dict[str, str]:
    """``{"zh", "en"}`` for a fault; ``texts`` are the codes that a capability adds."""
    zh, en = (texts or {}).get(fault.code) or TEXTS[fault.code]
    return {"zh": zh.format(**fault.params), "en": en.format(**fault.params)}
