"""The door of the KPI book."""

from __future__ import annotations

from services.reporting.kpis.book import BOOK
from services.reporting.kpis.definition import Kpi
from services.reporting.kpis.schemas import BookOut
from shared.access import needs
from shared.http import Blueprint

blueprint = Blueprint("kpis", __name__, url_prefix="/api/v1/kpis", description="指标手册 · The KPI book")


@blueprint.route("")
@needs("hq", scope="reports")
@blueprint.response(200, BookOut)
def book() -> dict:
    """Each figure's one definition: formula, unit, rounding, which way is good, and the facts it comes from (T2.3)."""
    return {"kpis": [_line(kpi) for kpi in BOOK]}


def _line(kpi: Kpi) -> dict:
    return {
        "id": kpi.id, "version": kpi.version, "name": {"zh": kpi.zh, "en": kpi.en},
        "formula": {"zh": kpi.formula_zh, "en": kpi.formula_en}, "unit": kpi.unit, "decimals": kpi.decimals,
        "better": kpi.better, "source_events": kpi.sources,
    }  # fmt: skip
