import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis import metrics
from zs_analysis.metrics import Interval

levels = st.floats(min_value=1, max_value=1e6)
rates = st.floats(min_value=-90, max_value=300)
year_of_flows = st.lists(st.floats(min_value=0, max_value=1e4), min_size=2, max_size=12)


def monthly(values: list[float], *months: str) -> pd.Series:
    return pd.Series(values, index=pd.PeriodIndex(months, freq="M"))


def year_to_date(flows: list[float], year: int = 2023) -> pd.Series:
    index = pd.period_range(f"{year}-01", periods=len(flows), freq="M")
    return pd.Series(flows, index=index).cumsum()


@given(levels, rates)
def test_implied_base_inverts_growth(level: float, rate: float) -> None:
    assert metrics.growth_pct(level, metrics.implied_base(level, rate)) == pytest.approx(rate, abs=1e-9)


@given(levels, levels)
def test_growth_does_not_depend_on_the_unit(current: float, base: float) -> None:
    assert metrics.growth_pct(10 * current, 10 * base) == pytest.approx(
        metrics.growth_pct(current, base), abs=1e-8, rel=1e-9
    )


@pytest.mark.parametrize(
    "base", [0, -5.0, Interval.printed("0.0"), pd.Series({"ships": 1.0, "seafood": 0.0})]
)
def test_growth_refuses_a_base_not_above_zero(base: object) -> None:
    with pytest.raises(ValueError, match="base must be above zero; got"):
        metrics.growth_pct(12.5, base)


def test_growth_names_the_label_at_fault() -> None:
    with pytest.raises(ValueError, match="got seafood: 0.0"):
        metrics.growth_pct(
            pd.Series({"ships": 1.0, "seafood": 2.0}), pd.Series({"ships": 1.0, "seafood": 0.0})
        )


def test_missing_levels_stay_missing() -> None:
    assert math.isnan(metrics.growth_pct(math.nan, 5.0)) and math.isnan(metrics.growth_pct(5.0, math.nan))
    growth = metrics.growth_pct(pd.Series({"a": 2.0, "b": 3.0}), pd.Series({"b": 2.0}))
    assert math.isnan(growth["a"]) and growth["b"] == 50


def test_profit_that_turned_to_loss_is_below_minus_100() -> None:
    assert metrics.growth_pct(-5.0, 10.0) == -150


@pytest.mark.parametrize("rate", [-100, -100.5])
def test_implied_base_refuses_a_fall_to_nothing(rate: float) -> None:
    with pytest.raises(ValueError, match="above -100 percent"):
        metrics.implied_base(5.0, rate)


@pytest.mark.parametrize(("freq", "step"), [("M", 12), ("Q", 4), ("Y", 1)])
def test_implied_yoy_looks_a_year_back(freq: str, step: int) -> None:
    levels = pd.Series(np.arange(1.0, 31.0), index=pd.period_range("2000-01", periods=30, freq=freq))
    expected = 100 * (levels / levels.shift(step) - 1)
    pd.testing.assert_series_equal(
        metrics.implied_yoy_pct(levels.sample(frac=1, random_state=0)).sort_index(), expected
    )


def test_implied_yoy_is_missing_where_last_year_is() -> None:
    got = metrics.implied_yoy_pct(monthly([10.0, 12.0, 15.0], "2022-02", "2023-02", "2023-03"))
    assert got.isna().tolist() == [True, False, True] and got["2023-02"] == pytest.approx(20)


@pytest.mark.parametrize("index", [pd.RangeIndex(2), pd.period_range("2023-01-01", periods=2, freq="D")])
def test_implied_yoy_refuses_other_indexes(index: pd.Index) -> None:
    with pytest.raises(TypeError, match="PeriodIndex of frequency Y or Q or M"):
        metrics.implied_yoy_pct(pd.Series([1.0, 2.0], index=index))


@given(st.lists(year_of_flows, min_size=1, max_size=3))
def test_single_months_add_up_to_year_to_date(years: list[list[float]]) -> None:
    ytd = pd.concat([year_to_date(flows, 2021 + k) for k, flows in enumerate(years)])
    single = metrics.ytd_to_single(ytd)
    back = single["value"].groupby(single.index.year).cumsum()
    pd.testing.assert_series_equal(back, ytd, check_names=False, check_freq=False)
    assert not single["jan_feb"].any() and single["months"].eq(1).all()


@given(st.lists(year_of_flows, min_size=1, max_size=3))
def test_merged_january_february_covers_both(years: list[list[float]]) -> None:
    ytd = pd.concat([year_to_date(flows, 2021 + k) for k, flows in enumerate(years)])
    single = metrics.ytd_to_single(ytd[ytd.index.month != 1])
    merged = single[single["jan_feb"]]
    assert merged.index.month.tolist() == [2] * len(years)
    assert merged["months"].eq(2).all() and [p.month for p in merged["first_month"]] == [1] * len(years)
    assert merged["value"].tolist() == ytd[ytd.index.month == 2].tolist()


def test_missing_january_counts_as_not_published() -> None:
    single = metrics.ytd_to_single(monthly([math.nan, 500.0, 830.0], "2023-01", "2023-02", "2023-03"))
    assert single["jan_feb"].tolist() == [True, False] and single["value"].tolist() == [500, 330]


def test_single_months_do_not_depend_on_order() -> None:
    ytd = year_to_date([3.0, 1.0, 4.0, 1.0, 5.0])
    pd.testing.assert_frame_equal(metrics.ytd_to_single(ytd.iloc[::-1]), metrics.ytd_to_single(ytd))


@pytest.mark.parametrize(
    ("months", "missing"),
    [
        (["2023-02", "2023-04"], "2023-03"),
        (["2023-01", "2023-03"], "2023-02"),
        (["2022-12", "2023-02"], "2022-02, 2022-03"),
        (["2023-05"], "2023-02, 2023-03, 2023-04"),
    ],
)
def test_a_gap_is_refused_and_named(months: list[str], missing: str) -> None:
    with pytest.raises(ValueError, match=f"months: {missing}.*Load that release"):
        metrics.ytd_to_single(monthly([float(k) for k, _ in enumerate(months)], *months))


def test_a_missing_value_inside_is_a_gap() -> None:
    with pytest.raises(ValueError, match="2023-02"):
        metrics.ytd_to_single(monthly([1.0, math.nan, 3.0], "2023-01", "2023-02", "2023-03"))


@pytest.mark.parametrize("split", [metrics.ytd_to_single, metrics.ytd_to_quarter])
def test_a_month_that_comes_twice_is_refused(split: object) -> None:
    with pytest.raises(ValueError, match="2023-01 more than once"):
        split(monthly([1.0, 2.0], "2023-01", "2023-01"))


@pytest.mark.parametrize("split", [metrics.ytd_to_single, metrics.ytd_to_quarter])
def test_other_indexes_are_refused(split: object) -> None:
    with pytest.raises(TypeError, match="frequency M; got DatetimeIndex"):
        split(pd.Series([1.0], index=pd.DatetimeIndex(["2023-01-31"])))


@pytest.mark.parametrize("split", [metrics.ytd_to_single, metrics.ytd_to_quarter])
def test_nothing_in_nothing_out(split: object) -> None:
    assert split(pd.Series([], dtype=float, index=pd.PeriodIndex([], freq="M"))).empty


@given(st.lists(st.floats(min_value=0, max_value=1e4), min_size=12, max_size=12))
def test_quarters_are_sums_of_their_months(flows: list[float]) -> None:
    quarters = metrics.ytd_to_quarter(year_to_date(flows))
    assert quarters.tolist() == pytest.approx(np.reshape(flows, (4, 3)).sum(axis=1).tolist(), abs=1e-6)


def test_unfinished_quarter_is_left_out() -> None:
    assert metrics.ytd_to_quarter(year_to_date([1.0] * 5)).index.astype(str).tolist() == ["2023Q1"]
    assert metrics.ytd_to_quarter(year_to_date([1.0] * 2)).empty


def test_missing_end_of_quarter_is_refused() -> None:
    with pytest.raises(ValueError, match="quarters: 2023-03 missing"):
        metrics.ytd_to_quarter(monthly([4.0, 5.0], "2023-04", "2023-05"))


@given(levels, levels, rates, rates)
def test_single_period_growth_recovers_the_month(before: float, month: float, g: float, h: float) -> None:
    base, month_base = before / (1 + g / 100), month / (1 + h / 100)
    ytd = before + month
    ytd_growth = 100 * (ytd / (base + month_base) - 1)
    got = metrics.single_period_growth(ytd, ytd_growth, previous_ytd=before, previous_growth_pct=g)
    # The month is a difference: its error is that of the sums, magnified by the inverse of its share.
    magnified = 1e-9 * ytd / month * (1 + base / month_base) * (100 + abs(h))
    assert got.growth_pct == pytest.approx(h, abs=max(1e-6, magnified))


def test_single_period_without_a_base_is_refused() -> None:
    with pytest.raises(ValueError, match="implied base of the period must be above zero"):
        metrics.single_period_growth(110.0, 50.0, previous_ytd=100.0, previous_growth_pct=5.0)


@given(levels, levels, st.integers(1, 11))
def test_remainder_closes_the_year(full_year: float, ytd: float, months_left: int) -> None:
    rest = metrics.implied_remainder(full_year, ytd, months_left=months_left)
    assert ytd + rest.value == pytest.approx(full_year)
    assert rest.per_month * months_left == pytest.approx(rest.value)


def test_remainder_carries_what_about_3800_leaves_open() -> None:
    rest = metrics.implied_remainder(
        Interval.printed("3800", decimals=-2), Interval.printed("3246.8"), months_left=2
    )
    assert (rest.value.lo, rest.value.hi) == pytest.approx((503.15, 603.25))
    assert rest.versus_ytd_pct.lo < -14.808 < rest.versus_ytd_pct.hi < 0


@pytest.mark.parametrize("months_left", [0, 12, -1, 1.5])
def test_remainder_refuses_months_outside_the_year(months_left: float) -> None:
    with pytest.raises(ValueError, match="months_left must be 1 to 11"):
        metrics.implied_remainder(3800, 3246.8, months_left=months_left)


@given(levels, levels, st.integers(1, 10))
def test_required_path_hits_the_target(current: float, target: float, years: int) -> None:
    path = metrics.required_path(current, target, years=years)
    assert len(path) == years and path.iloc[-1] == pytest.approx(target)


def test_required_path_by_period() -> None:
    path = metrics.required_path(3800, 7000, years=4, start=pd.Period("2023", "Y"))
    assert path.index.astype(str).tolist() == ["2024", "2025", "2026", "2027"]


@pytest.mark.parametrize(
    ("current", "target", "years", "words"),
    [
        (0, 7, 4, "start"),
        (7, -1, 4, "end"),
        (7, 8, 0, "years must be above"),
        (7, 8, 1.5, "years must be whole"),
    ],
)
def test_required_path_refuses(current: float, target: float, years: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        metrics.required_path(current, target, years=years)


@given(st.floats(1, 100), st.floats(0.1, 1), rates, rates)
def test_pulls_of_the_months_add_to_year_to_date_growth(a: float, b: float, g: float, h: float) -> None:
    months = [(a, g), (b, h)]
    ytd, base = a + b, metrics.implied_base(a, g) + metrics.implied_base(b, h)
    growth = metrics.growth_pct(ytd, base)
    pulls = [metrics.month_pull_on_ytd(*month, ytd=ytd, ytd_growth_pct=growth) for month in months]
    assert sum(pulls) == pytest.approx(growth, abs=1e-8)
