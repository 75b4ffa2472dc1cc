"""How long a session lasts, and how often somebody may mistype a password."""

from __future__ import annotations

from shared.settings import Setting

SESSION_IDLE = Setting(
    key="staff.session_idle", type="minutes", default=720, least=5, most=10080, scope="group", duty="S23",
    zh="无操作多久后需重新登录", en="A session ends after this time without use",
)  # fmt: skip
SESSION_MOST = Setting(
    key="staff.session_most", type="minutes", default=10080, least=5, most=43200, scope="group", duty="S23",
    zh="登录后最长多久需重新登录", en="A session ends after this time in any case",
)  # fmt: skip
WRONG_PER_ACCOUNT = Setting(
    key="staff.wrong_per_account", type="int", default=5, least=1, most=100, scope="group", duty="S18",
    zh="同一账号在时限内最多可输错几次", en="Wrong passwords per account within the window",
)  # fmt: skip
WRONG_PER_ADDRESS = Setting(
    key="staff.wrong_per_address", type="int", default=5, least=1, most=1000, scope="group", duty="S18",
    zh="同一网络地址在时限内最多可输错几次", en="Wrong passwords per network address within the window",
)  # fmt: skip
WRONG_WINDOW = Setting(
    key="staff.wrong_window", type="minutes", default=15, least=1, most=1440, scope="group", duty="S18",
    zh="输错次数的计算时限", en="The window in which wrong passwords are counted",
)  # fmt: skip

SETTINGS = (SESSION_IDLE, SESSION_MOST, WRONG_PER_ACCOUNT, WRONG_PER_ADDRESS, WRONG_WINDOW)
