"""The KPI book (T2.3): each figure has one definition, exact until it is rounded."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.figures.measures import RULES
from services.reporting.kpis import BOOK, Figure, Kpi, Sum
from shared import contracts

KPIS = {kpi.id: kpi for kpi in BOOK}


@pytest.mark.duty("T2.3")
def test_every_kpi_has_one_line_with_formula_unit_and_source_events() -> None:
    assert len(KPIS) == len(BOOK)
    for kpi in BOOK:
        assert kpi.version >= 1
        assert kpi.formula_zh
        assert kpi.formula_en
        for source in kpi.sources:
            assert contracts.get(source).title["zh"]
            assert source in RULES or source == "reception.call.logged.v1"


def test_a_count_of_nothing_is_zero() -> None:
    assert KPIS["visits"].figure({}) == Figure("visits", 1, 0, "count", 0)


@pytest.mark.parametrize(
    "kpi", ["greet_wait_mean_minutes", "on_time_rate", "call_backs_reached_rate", "call_backs_on_time_rate"]
)
def test_a_mean_or_a_rate_of_nothing_is_not_zero(kpi: str) -> None:
    assert (KPIS[kpi].figure({}).value, KPIS[kpi].figure({}).n) == (None, 0)


def test_a_rate_of_none_of_some_is_zero() -> None:
    assert KPIS["on_time_rate"].figure({"on_time": Sum(3, 0)}) == Figure("on_time_rate", 1, 0.0, "percent", 3)


def test_a_wait_in_microseconds_becomes_minutes_with_one_decimal_and_halves_go_up() -> None:
    kpi = KPIS["greet_wait_mean_minutes"]
    assert kpi.figure({"greet_wait": Sum(2, 2 * 60_000_000 + 30_000_000)}).value == 1.3  # 1.25
    assert kpi.figure({"greet_wait": Sum(1, 74_999_999)}).value == 1.2


@given(hits=st.integers(0, 10**6), n=st.integers(1, 10**6))
def test_a_rate_is_the_exact_quotient_rounded_once(hits: int, n: int) -> None:
    value = KPIS["on_time_rate"].figure({"on_time": Sum(n, hits)}).value
    assert abs(Fraction(str(value)) - Fraction(100 * hits, n)) <= Fraction(1, 20)


@pytest.mark.parametrize(
    "wrong",
    [{"unit": "furlongs"}, {"better": "sometimes"}, {"numerator": "visits"}, {"denominator": "visits.mean"}],
    ids=str,
)
def test_a_line_that_makes_no_sense_is_refused(wrong: dict[str, str]) -> None:
    line = {
        "id": "x",
        "version": 1,
        "zh": "某",
        "en": "x",
        "formula_zh": "某",
        "formula_en": "x",
        "unit": "count",
        "better": "higher",
        "sources": (),
        "numerator": "visits.n",
    }
    Kpi(**line)
    with pytest.raises(ValueError, match="x"):
        Kpi(**{**line, **wrong})
