"""The KPI book: each figure has one definition (T2.3)."""

from services.reporting.kpis.book import BOOK
from services.reporting.kpis.definition import Figure, Kpi, Sum

__all__ = ["BOOK", "Figure", "Kpi", "Sum"]
