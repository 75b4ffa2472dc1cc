"""What may be set for calls."""

from __future__ import annotations

from shared.settings import Setting

IMPORT_LIMIT_MIB = Setting(
    "calls.import_limit_mib", "int", 32, scope="group", duty="R3.1", least=1, most=256,
    zh="来电导入文件的大小上限（MiB）", en="Largest file of calls that may be imported (MiB)",
)  # fmt: skip

SETTINGS = (IMPORT_LIMIT_MIB,)
