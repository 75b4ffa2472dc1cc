"""What a branch may set about check-ins."""

from __future__ import annotations

from shared.settings import Setting

CLOCK_TOLERANCE = Setting(
    key="visits.clock_tolerance", type="int", default=60, least=0, most=600, scope="branch", duty="R12.1",
    zh="自助机时钟最多可快多少秒", en="Seconds by which a kiosk's clock may be ahead",
)  # fmt: skip
LATE_AFTER = Setting(
    key="visits.late_after", type="minutes", default=5, least=1, most=1440, scope="branch", duty="R12.1",
    zh="登记送达晚于多少分钟记为迟到", en="Minutes after which a check-in counts as delivered late",
)  # fmt: skip
LATEST_DELIVERY = Setting(
    key="visits.latest_delivery", type="int", default=7, least=1, most=31, scope="branch", duty="R12.1",
    zh="自助机离线登记最多保留多少天", en="Days a kiosk without network may keep a check-in",
)  # fmt: skip

GREET_FIRST = Setting(
    key="visits.greet_first", type="minutes", default=3, least=1, most=60, scope="branch", duty="R1.3",
    zh="预约或反映问题的来宾应在多少分钟内接待", en="Minutes within which a booked or complaining visitor is greeted",
)  # fmt: skip
GREET_OTHERS = Setting(
    key="visits.greet_others", type="minutes", default=5, least=1, most=120, scope="branch", duty="R1.3",
    zh="其他来宾应在多少分钟内接待", en="Minutes within which any other visitor is greeted",
)  # fmt: skip

SETTINGS = (CLOCK_TOLERANCE, LATE_AFTER, LATEST_DELIVERY, GREET_FIRST, GREET_OTHERS)
