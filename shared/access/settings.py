"""What the group may set about tokens, in every service that hears their issuer."""

from __future__ import annotations

from shared.settings.registry import Setting

# At most twelve hours: sessions that have ended are remembered a little longer than that (ended.py).
ACCEPTED_WHILE_AWAY = Setting(
    key="access.accepted_while_away", type="minutes", default=720, least=5, most=720, scope="group", duty="S23",
    zh="前台服务无法连接时，登录凭证签发后仍可使用多久",
    en="How long after its issue a sign-in token counts while reception cannot be reached",
)  # fmt: skip

SETTINGS = (ACCEPTED_WHILE_AWAY,)
