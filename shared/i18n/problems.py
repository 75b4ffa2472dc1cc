"""The house's problems and faults of fields in words. A capability adds its own in ``problems.py`` (PROBLEMS, FIELDS).

Problems: code → language → (title, detail). Fields: code → language → sentence. Never with values of people.
"""

from __future__ import annotations

PROBLEMS: dict[str, dict[str, tuple[str, str]]] = {
    "bad-request": {
        "zh": ("请求有误", "这个请求无法处理。"),
        "en": ("Bad request", "This request cannot be handled."),
    },
    "malformed-body": {
        "zh": ("请求内容格式有误", "请求内容不是有效的 JSON 对象。"),
        "en": ("Malformed body", "The body is not a valid JSON object."),
    },
    "malformed-query": {
        "zh": ("查询参数有误", "查询参数缺失、重复或格式不正确。"),
        "en": ("Malformed query", "A query parameter is missing, repeated or of the wrong form."),
    },
    "malformed-url": {
        "zh": ("网址有误", "网址过长，或含有不允许的字符。"),
        "en": ("Malformed address", "The address is too long or holds characters that are not allowed."),
    },
    "malformed-header": {
        "zh": ("请求头有误", "请求头的格式不正确。"),
        "en": ("Malformed header", "A header of the request is of the wrong form."),
    },
    "idempotency-key-required": {
        "zh": ("缺少 Idempotency-Key", "请为每个新请求生成一个 Idempotency-Key，重试时沿用同一个。"),
        "en": (
            "Idempotency-Key missing",
            "Give each new request an Idempotency-Key of its own and keep it when trying again.",
        ),
    },
    "idempotency-key-invalid": {
        "zh": ("Idempotency-Key 无效", "Idempotency-Key 须为 1 至 200 个可见的 ASCII 字符。"),
        "en": ("Idempotency-Key invalid", "An Idempotency-Key has 1 to 200 visible ASCII characters."),
    },
    "idempotency-key-reused": {
        "zh": ("Idempotency-Key 已用于其他请求", "同一个 Idempotency-Key 之前随另一份内容提交过。"),
        "en": ("Idempotency-Key used before", "This Idempotency-Key came before with another content."),
    },
    "request-in-progress": {
        "zh": ("相同的请求正在处理", "同一个 Idempotency-Key 的请求尚未完成，请稍后重试。"),
        "en": ("Request in progress", "A request with this Idempotency-Key has not ended yet. Try again shortly."),
    },
    "answer-erased": {
        "zh": ("原答复已删除", "这个请求此前已完成，其答复已按个人信息删除要求清除。"),
        "en": ("Answer erased", "This request was done before; its answer was erased with the person's data."),
    },
    "answer-not-kept": {
        "zh": ("原答复未保留", "这个请求此前已完成；答复中有仅显示一次的内容，未予保留。"),
        "en": ("Answer not kept", "This request was done before; its answer is shown once and was not kept."),
    },
    "bad-cursor": {
        "zh": ("翻页标记无效", "翻页标记不是由这份列表给出的，请从第一页开始。"),
        "en": ("Cursor not valid", "The cursor was not given by this list. Begin at the first page."),
    },
    "unauthenticated": {
        "zh": ("需要身份验证", "请提供有效的密钥或令牌。"),
        "en": ("Authentication needed", "Send a valid key or token."),
    },
    "forbidden": {
        "zh": ("没有权限", "当前身份不允许此操作。"),
        "en": ("Not permitted", "You may not do this."),
    },
    "csrf": {
        "zh": ("请求来源不明", "这个操作不是从本系统的页面发起的，或页面已过期。请刷新页面后重试。"),
        "en": ("Not from a page of ours", "This did not come from a page of ours, or the page is old. Reload it."),
    },
    "not-found": {
        "zh": ("未找到", "这里没有您要找的内容。"),
        "en": ("Not found", "There is nothing here."),
    },
    "method-not-allowed": {
        "zh": ("不支持的方法", "这个地址不支持该请求方法。"),
        "en": ("Method not allowed", "This address does not take that method."),
    },
    "conflict": {
        "zh": ("状态冲突", "内容已被改变，请刷新后重试。"),
        "en": ("Conflict", "It has changed meanwhile. Reload and try again."),
    },
    "ahead-of-log": {
        "zh": ("读取位置超前", "读取位置超过了日志末尾 {head}：日志可能从备份恢复，请按 epochs 重新定位。"),
        "en": (
            "Ahead of the log",
            "You are beyond the end of the log ({head}): it was restored. Find your place by the epochs.",
        ),
    },
    "gone": {
        "zh": ("已失效", "这项内容已不再可用。"),
        "en": ("Gone", "It is no longer available."),
    },
    "precondition-failed": {
        "zh": ("版本已改变", "您看到的版本已不是最新，请刷新后重试。"),
        "en": ("Changed meanwhile", "You saw an older version. Reload and try again."),
    },
    "precondition-required": {
        "zh": ("缺少版本", "请用 If-Match 说明您修改的是哪个版本。"),
        "en": ("Version missing", "Say with If-Match which version you are changing."),
    },
    "body-too-large": {
        "zh": ("内容过大", "请求内容超过 {most} 字节的上限。"),
        "en": ("Too large", "The body is larger than the {most} bytes allowed."),
    },
    "unsupported-media-type": {
        "zh": ("不支持的内容类型", "请按 Accept-Post 所列的类型发送，不压缩，使用 UTF-8。"),
        "en": ("Unsupported content type", "Send one of the types in Accept-Post, uncompressed, in UTF-8."),
    },
    "headers-too-large": {
        "zh": ("请求头过大", "请求头超过上限。"),
        "en": ("Headers too large", "The headers of the request are too large."),
    },
    "range-not-satisfiable": {
        "zh": ("范围无效", "请求的范围不存在。"),
        "en": ("Range not satisfiable", "There is no such range."),
    },
    "validation": {
        "zh": ("部分内容有误", "有 {count} 处需要更正。"),
        "en": ("Some fields are not valid", "{count} to correct."),
    },
    "unknown-reference": {
        "zh": ("引用的内容不存在", "请求中提到的内容不存在。"),
        "en": ("Unknown reference", "Something that the request names does not exist."),
    },
    "unknown-setting": {
        "zh": ("没有这项设置", "这项设置不存在。"),
        "en": ("Unknown setting", "There is no such setting."),
    },
    "too-many-requests": {
        "zh": ("请求过于频繁", "请稍后再试。"),
        "en": ("Too many requests", "Wait a little and try again."),
    },
    "internal-error": {
        "zh": ("系统内部错误", "出现了意外情况，已记录。请提供请求编号以便查询。"),
        "en": (
            "Internal error",
            "Something unexpected happened and was noted. Quote the request id when you report it.",
        ),
    },
    "unavailable": {
        "zh": ("暂时不可用", "数据库暂时繁忙或不可用，请稍后重试。"),
        "en": ("Unavailable for now", "The database is busy or away. Try again shortly."),
    },
    "deadline-passed": {
        "zh": ("处理超时", "请求未能在限定时间内完成，请稍后重试。"),
        "en": ("Took too long", "The request did not end within its time. Try again shortly."),
    },
    "storage-full": {
        "zh": ("存储空间不足", "暂时无法写入，请联系管理员。"),
        "en": ("Storage full", "Nothing can be written for now. Tell the administrator."),
    },
}

FIELDS: dict[str, dict[str, str]] = {
    "field.invalid": {"zh": "内容无效", "en": "Not valid"},
    "field.required": {"zh": "必填", "en": "Needed"},
    "field.null": {"zh": "不能为 null", "en": "May not be null"},
    "field.unknown": {"zh": "没有这个字段", "en": "There is no such field"},
    "field.choice": {"zh": "不在可选范围内", "en": "Not one of the choices"},
    "field.length": {"zh": "长度不符合要求", "en": "Not of the right length"},
    "field.range": {"zh": "超出范围", "en": "Out of range"},
    "unknown-reference": {"zh": "本店没有这项内容", "en": "This branch has no such thing"},
    "field.repeated": {"zh": "重复", "en": "Given more than once"},
    "object.type": {"zh": "应为对象", "en": "Should be an object"},
    "list.type": {"zh": "应为列表", "en": "Should be a list"},
    "list.too_long": {"zh": "项目过多", "en": "Too many items"},
    "list.repeated": {"zh": "项目重复", "en": "The same item twice"},
    "text.type": {"zh": "应为文字", "en": "Should be text"},
    "text.empty": {"zh": "不能为空", "en": "May not be empty"},
    "text.too_long": {"zh": "最多 {most} 个字符", "en": "At most {most} characters"},
    "text.control": {"zh": "含有不可见或控制字符", "en": "Holds control or invisible characters"},
    "text.encoding": {"zh": "不是有效的 Unicode 文字", "en": "Not valid Unicode text"},
    "text.format": {"zh": "格式不正确", "en": "Not of the right form"},
    "code.format": {
        "zh": "应为小写字母、数字、下划线或连字符组成的代码",
        "en": "Should be a code of small letters, digits, _ and -",
    },
    "id.format": {"zh": "编号格式不正确", "en": "Not the form of an id"},
    "bool.type": {"zh": "应为 true 或 false", "en": "Should be true or false"},
    "number.type": {"zh": "应为整数", "en": "Should be a whole number"},
    "number.range": {"zh": "应在 {least} 到 {most} 之间", "en": "Should be from {least} to {most}"},
    "time.format": {
        "zh": "时间格式不正确，例如 2026-11-23T10:00:00+08:00",
        "en": "Not an instant such as 2026-11-23T10:00:00+08:00",
    },
    "time.offset_required": {
        "zh": "时间须带时区偏移，例如 +08:00",
        "en": "An instant needs its offset, such as +08:00",
    },
    "time.range": {"zh": "时间超出允许范围", "en": "Out of the range of time allowed"},
    "date.format": {"zh": "日期格式不正确，例如 2026-11-23", "en": "Not a date such as 2026-11-23"},
    "date.range": {"zh": "日期超出允许范围", "en": "Out of the range of dates allowed"},
    "query.repeated": {"zh": "参数重复", "en": "Given more than once"},
    "query.number": {
        "zh": "应为 {least} 到 {most} 的整数（ASCII 数字）",
        "en": "Should be a whole number from {least} to {most}, in ASCII digits",
    },
    "query.unknown": {"zh": "没有这个参数", "en": "There is no such parameter"},
    "json.object_required": {"zh": "最外层应为 JSON 对象", "en": "The top level should be a JSON object"},
    "json.syntax": {"zh": "不是有效的 JSON", "en": "Not valid JSON"},
    "json.duplicate_key": {"zh": "对象中有重复的键", "en": "A key stands twice in an object"},
    "json.depth": {"zh": "嵌套超过 20 层", "en": "Nested deeper than 20"},
    "json.encoding": {"zh": "须为不带 BOM 的 UTF-8", "en": "Should be UTF-8 without a BOM"},
    "json.number": {"zh": "数字超出可接受的范围或形式", "en": "A number beyond the range or form accepted"},
    "file.kind": {"zh": "请使用 JPEG、PNG、WebP 图片或 PDF", "en": "Use a JPEG, PNG or WebP picture, or a PDF"},
    "file.damaged": {"zh": "文件已损坏，无法读取", "en": "The file is damaged and cannot be read"},
    "file.pixels": {"zh": "图片像素过多", "en": "The picture has too many pixels"},
    "setting.int": {"zh": "应为整数", "en": "Should be a whole number"},
    "setting.bool": {"zh": "应为 true 或 false", "en": "Should be true or false"},
    "setting.text": {"zh": "应为文字", "en": "Should be text"},
    "setting.ratio": {"zh": "应为 0 到 1 之间的小数（文字形式）", "en": "Should be a decimal from 0 to 1, as text"},
    "setting.codes": {"zh": "应为不重复的代码列表", "en": "Should be a list of different codes"},
    "setting.time": {"zh": "应为 HH:MM", "en": "Should be HH:MM"},
    "setting.times": {"zh": "应为时刻列表", "en": "Should be a list of times"},
    "setting.spans": {"zh": "应为依次排列、互不重叠的时段", "en": "Should be spans in order that do not overlap"},
    "setting.range": {"zh": "超出允许范围", "en": "Out of the range allowed"},
}
