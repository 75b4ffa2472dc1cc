"""What a branch sets for the list of visitors at its service desk."""

from __future__ import annotations

from shared.settings import Setting

PURPOSES = Setting(
    key="arrivals.purposes",
    type="codes",
    default=["maintenance", "repair", "bodywork", "recall", "collect_vehicle"],
    duty="P4.1",
    zh="服务台接待的来店目的",
    en="Purposes of visits that the service desk looks after",
)

SETTINGS = (PURPOSES,)
