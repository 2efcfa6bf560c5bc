"""Quarters alone from year-to-date figures; K1 and K2 are in tests/published."""

import math

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zs_analysis import metrics

quarter = st.tuples(st.floats(100, 1000), st.floats(-40, 60))
some_quarters = st.lists(quarter, min_size=1, max_size=4)


def printed(months: list[str], levels: list[float], growth: list[float], decimals: int = 1) -> pd.DataFrame:
    frame = pd.DataFrame({"level": levels, "growth_pct": growth}, index=pd.PeriodIndex(months, freq="M"))
    return frame.assign(level_decimals=decimals, growth_decimals=decimals)


def year_of(quarters: list[tuple[float, float]], decimals: int, scale: float = 1.0) -> pd.DataFrame:
    """Year-to-date figures, rounded, of a year whose quarters have these levels and growth."""
    level = pd.Series([scale * value for value, _ in quarters])
    base = level / (1 + pd.Series([growth for _, growth in quarters]) / 100)
    growth = 100 * (level.cumsum() / base.cumsum() - 1)
    months = [f"2023-{3 * (k + 1):02d}" for k in range(len(quarters))]
    return printed(months, level.cumsum().round(decimals).tolist(), growth.round(decimals).tolist(), decimals)


@given(some_quarters)
def test_the_range_holds_the_growth_that_was_rounded_away(quarters: list[tuple[float, float]]) -> None:
    alone = metrics.quarters_alone(year_of(quarters, 1))
    for (_, growth), row in zip(quarters, alone.itertuples(), strict=True):
        assert row.growth_lo - 1e-9 <= growth <= row.growth_hi + 1e-9


@given(some_quarters)
def test_quarters_add_up_to_the_year_to_date(quarters: list[tuple[float, float]]) -> None:
    ytd = year_of(quarters, 1)
    assert metrics.quarters_alone(ytd)["value"].sum() == pytest.approx(ytd["level"].iloc[-1], abs=1e-6)


@given(some_quarters)
def test_the_unit_changes_no_growth(quarters: list[tuple[float, float]]) -> None:
    ytd = year_of(quarters, 6)
    tenfold = ytd.assign(level=(10 * ytd["level"]).round(5), level_decimals=5)
    alone, again = metrics.quarters_alone(ytd), metrics.quarters_alone(tenfold)
    assert again["growth_pct"].tolist() == pytest.approx(alone["growth_pct"].tolist(), abs=1e-6)
    assert again["value"].tolist() == pytest.approx((10 * alone["value"]).tolist())


@given(st.floats(100, 1000), st.floats(-40, 60), st.floats(-40, 60))
def test_a_smaller_share_of_the_base_has_a_wider_range(level: float, g: float, h: float) -> None:
    assume(abs(g - h) > 1)
    large, small = (
        metrics.quarters_alone(year_of([(level, g), (part * level, h)], 1)).iloc[-1] for part in (1.0, 0.2)
    )
    assert small["base_share"] < large["base_share"]
    assert small["growth_hi"] - small["growth_lo"] > large["growth_hi"] - large["growth_lo"]


def test_the_first_quarter_is_the_year_to_date() -> None:
    (row,) = metrics.quarters_alone(printed(["2023-03"], [830.0], [10.0])).to_dict("records")
    assert (row["value"], row["growth_pct"], row["base_share"]) == (830.0, 10.0, 1.0)
    assert (row["growth_lo"], row["growth_hi"]) == (9.95, 10.05)


def test_months_after_a_quarter_stand_alone_only_at_the_end() -> None:
    ytd = printed(["2023-07", "2023-09", "2023-10"], [2100.0, 2900.0, 3246.8], [11.0, 12.0, 12.5])
    alone = metrics.quarters_alone(ytd)
    assert alone.index.astype(str).tolist() == ["2023-10"]  # the third quarter lacks June
    row = alone.loc["2023-10"]
    assert row["value"] == 346.8 and row["first_month"] == pd.Period("2023-10", "M")
    assert row["growth_pct"] == pytest.approx(16.8626, abs=5e-5)  # K1


def test_a_year_does_not_start_where_the_last_one_ended() -> None:
    alone = metrics.quarters_alone(printed(["2022-12", "2023-03"], [3000.0, 830.0], [9.0, 10.0]))
    assert alone.loc["2023-03", "value"] == 830.0 and "2022-12" not in alone.index


def test_a_level_without_growth_is_still_taken_alone() -> None:
    alone = metrics.quarters_alone(printed(["2023-03", "2023-06"], [830.0, 1840.0], [10.0, math.nan]))
    assert alone["value"].tolist() == [830.0, 1010.0]
    assert math.isnan(alone["growth_pct"].iloc[1]) and math.isnan(alone["base_share"].iloc[1])


def test_no_growth_where_rounding_leaves_no_base() -> None:
    alone = metrics.quarters_alone(printed(["2023-03", "2023-06"], [100.0, 100.1], [0.0, 0.1]))
    assert alone["value"].tolist() == [100.0, 0.1] and math.isnan(alone["growth_pct"].iloc[1])


def test_missing_levels_and_nothing_at_all() -> None:
    assert metrics.quarters_alone(printed([], [], [])).empty
    assert metrics.quarters_alone(printed(["2023-03"], [math.nan], [10.0])).empty


def test_a_month_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="2023-03 more than once"):
        metrics.quarters_alone(printed(["2023-03", "2023-03"], [1.0, 2.0], [1.0, 1.0]))
