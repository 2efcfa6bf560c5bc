"""Benchmarking: what must hold for any series, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis.panels import BenchmarkError, chow_lin, denton

positive = st.floats(0.5, 500.0)
METHODS = ["proportional", "additive"]


@st.composite
def cases(draw: st.DrawFn) -> tuple[pd.Series, pd.Series]:
    """Months with a few beyond the years they are to meet."""
    years = draw(st.integers(1, 4))
    before, after = draw(st.integers(0, 5)), draw(st.integers(0, 8))
    months = pd.period_range("2018-01", periods=12 * years + before + after, freq="M") - before
    values = draw(st.lists(positive, min_size=len(months), max_size=len(months)))
    totals = draw(st.lists(st.floats(10.0, 1e5), min_size=years, max_size=years))
    return pd.Series(values, months), pd.Series(totals, pd.period_range("2018", periods=years, freq="Y"))


def yearly(values: pd.Series, totals: pd.Series) -> pd.Series:
    return values.groupby(values.index.asfreq("Y")).sum().reindex(totals.index)


@pytest.mark.parametrize("method", METHODS)
@given(case=cases())
@settings(deadline=None, derandomize=True, max_examples=40)
def test_denton_meets_the_totals(method: str, case: tuple[pd.Series, pd.Series]) -> None:
    indicator, totals = case
    got = denton(indicator, totals, method=method)
    assert got.index.equals(indicator.index)
    np.testing.assert_allclose(yearly(got, totals), totals, rtol=1e-9, atol=1e-9 * indicator.sum())


@given(case=cases(), scale=st.floats(1e-3, 1e6))
@settings(deadline=None, derandomize=True, max_examples=30)
def test_denton_knows_no_units(case: tuple[pd.Series, pd.Series], scale: float) -> None:
    indicator, totals = case
    once = denton(indicator, totals)
    tolerance = {"rtol": 1e-7, "atol": 1e-9 * totals.max()}
    np.testing.assert_allclose(denton(indicator * scale, totals), once, **tolerance)
    np.testing.assert_allclose(denton(indicator, totals * scale) / scale, once, **tolerance)


@pytest.mark.parametrize("method", METHODS)
def test_denton_leaves_alone_what_already_adds_up(method: str) -> None:
    months = pd.period_range("2018-01", "2020-12", freq="M")
    indicator = pd.Series(np.random.default_rng(1).uniform(50, 150, 36), months)
    totals = indicator.groupby(months.asfreq("Y")).sum()
    np.testing.assert_allclose(denton(indicator, totals, method=method), indicator, rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_denton_of_a_constant_indicator_rises_with_rising_totals(method: str) -> None:
    months = pd.period_range("2018-01", "2020-12", freq="M")
    totals = pd.Series([120.0, 144.0, 180.0], pd.period_range("2018", "2020", freq="Y"))
    got = denton(pd.Series(7.0, months), totals, method=method)
    assert got.is_monotonic_increasing
    assert got.iloc[1] - got.iloc[0] < got.iloc[12] - got.iloc[11]


@pytest.mark.parametrize("method", METHODS)
def test_denton_minimises_what_it_says(method: str) -> None:
    """Any other series that meets the totals bends more; seen against random ones."""
    rng = np.random.default_rng(5)
    quarters = pd.period_range("2018Q1", "2020Q4", freq="Q")
    indicator = pd.Series(rng.uniform(50, 150, 12), quarters)
    totals = pd.Series([400.0, 500.0, 450.0], pd.period_range("2018", "2020", freq="Y"))

    def bend(x: pd.Series) -> float:
        kept = x / indicator if method == "proportional" else x - indicator
        return float((kept.diff() ** 2).sum())

    best = denton(indicator, totals, method=method)
    for _ in range(50):
        nudge = rng.normal(0, 1, (3, 4))
        nudge -= nudge.mean(axis=1, keepdims=True)
        assert bend(best + 0.1 * nudge.ravel()) > bend(best)


def test_the_order_of_rows_changes_nothing() -> None:
    quarters = pd.period_range("2018Q1", "2020Q4", freq="Q")
    indicator = pd.Series(np.arange(1.0, 13.0), quarters)
    totals = pd.Series([40.0, 60.0, 80.0], pd.period_range("2018", "2020", freq="Y"))
    mixed = denton(indicator.sample(frac=1, random_state=2), totals.iloc[::-1])
    pd.testing.assert_series_equal(mixed, denton(indicator, totals))


def simulated(
    rng: np.random.Generator, *, rho: float, years: int = 25
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Truth, related series and yearly totals of a Chow-Lin world."""
    quarters = pd.period_range("1995Q1", periods=4 * years + 2, freq="Q")
    related = pd.Series(100 + np.cumsum(rng.normal(0.5, 2.0, len(quarters))), quarters, name="power")
    error = np.zeros(len(quarters))
    for t in range(1, len(quarters)):
        error[t] = rho * error[t - 1] + rng.normal(0, 3.0)
    truth = 20 + 1.5 * related + error
    totals = truth.groupby(quarters.asfreq("Y")).sum().iloc[:years]
    return truth, related, totals


def test_chow_lin_meets_the_totals_and_knows_no_units() -> None:
    truth, related, totals = simulated(np.random.default_rng(2), rho=0.7)
    got = chow_lin(totals, related)
    np.testing.assert_allclose(yearly(got.values, totals), totals, rtol=1e-10)
    scaled = chow_lin(1000 * totals, related / 50)
    np.testing.assert_allclose(scaled.values, 1000 * got.values, rtol=1e-6)
    np.testing.assert_allclose(scaled.se, 1000 * got.se, rtol=1e-4)
    assert scaled.rho == pytest.approx(got.rho, abs=1e-5)


def test_chow_lin_bands_cover_the_truth() -> None:
    """95 in 100 by construction with the true rho; inside the totals and two quarters beyond them."""
    rng = np.random.default_rng(7)
    inside, beyond = [], []
    for _ in range(150):
        truth, related, totals = simulated(rng, rho=0.8)
        got = chow_lin(totals, related, rho=0.8)
        covered = (got.values - truth).abs() <= 1.96 * got.se
        inside.append(covered.iloc[:-2].mean())
        beyond.append(covered.iloc[-2:].mean())
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)
    assert np.mean(beyond) == pytest.approx(0.95, abs=0.04)


def test_beyond_the_totals_the_error_grows() -> None:
    _, related, totals = simulated(np.random.default_rng(3), rho=0.9)
    se = chow_lin(totals, related, rho=0.9).se
    assert se.iloc[-2:].min() > se.iloc[:-2].median()
    assert se.iloc[-1] > se.iloc[-2]


def test_chow_lin_from_two_related_series() -> None:
    truth, related, totals = simulated(np.random.default_rng(4), rho=0.5)
    other = pd.Series(np.random.default_rng(5).normal(0, 1, len(related)), related.index)
    got = chow_lin(totals, pd.DataFrame({"power": related, "freight": other}))
    assert list(got.coefficients.index) == ["constant", "power", "freight"]
    assert got.coefficients.loc["power", "estimate"] == pytest.approx(1.5, abs=0.2)
    assert abs(got.coefficients.loc["freight", "t"]) < 3


MONTHS = pd.Series(1.0, pd.period_range("2018-01", "2020-12", freq="M"))
YEARS = pd.Series([12.0, 13.0, 14.0], pd.period_range("2018", "2020", freq="Y"))
REFUSED = {
    "a month of a year is not there": (
        MONTHS.iloc[1:],
        YEARS,
        "all 12 periods of 2018; it runs from 2018-02",
    ),
    "a gap": (MONTHS.drop(MONTHS.index[5]), YEARS, "the series: 2018-06 missing"),
    "a missing value": (
        MONTHS.mask(MONTHS.index == MONTHS.index[7]),
        YEARS,
        "2018-08 without a finite value",
    ),
    "an infinite value": (MONTHS.replace(1.0, np.inf), YEARS, "and 30 more without a finite value"),
    "a month twice": (pd.concat([MONTHS, MONTHS.iloc[:1]]), YEARS, "2018-01 more than once"),
    "a year missing": (MONTHS, YEARS.drop(YEARS.index[1]), "the totals: 2019 missing"),
    "no totals": (MONTHS, YEARS.iloc[:0], "the totals: nothing there"),
    "a year without months": (MONTHS, YEARS.set_axis(YEARS.index + 5), "periods of 2023, 2024, 2025"),
}


@pytest.mark.parametrize(("series", "totals", "said"), REFUSED.values(), ids=REFUSED)
def test_periods_that_do_not_fit_are_named(series: pd.Series, totals: pd.Series, said: str) -> None:
    with pytest.raises(BenchmarkError, match=said):
        denton(series, totals)
    with pytest.raises(BenchmarkError, match=said):
        chow_lin(totals, series)


def test_a_proportional_benchmark_needs_an_indicator_above_zero() -> None:
    indicator = MONTHS.mask(MONTHS.index == MONTHS.index[3], 0.0)
    with pytest.raises(BenchmarkError, match=r"got 2018-04\. Pass method='additive'"):
        denton(indicator, YEARS)
    assert yearly(denton(indicator, YEARS, method="additive"), YEARS).tolist() == pytest.approx(
        YEARS.tolist()
    )


def test_other_indexes_are_refused() -> None:
    with pytest.raises(TypeError, match="the series need a PeriodIndex of frequency Q or M; got RangeIndex"):
        denton(MONTHS.reset_index(drop=True), YEARS)
    with pytest.raises(TypeError, match="longer periods than the series: got Q-DEC, Q-DEC"):
        quarters = pd.Series(1.0, pd.period_range("2018Q1", "2020Q4", freq="Q"))
        denton(quarters, quarters)


def test_chow_lin_refuses_what_cannot_be_estimated() -> None:
    with pytest.raises(BenchmarkError, match="repeat one another"):
        chow_lin(YEARS, MONTHS)
    with pytest.raises(BenchmarkError, match="2 totals cannot carry 2 coefficients"):
        chow_lin(YEARS.iloc[:2], MONTHS)
    with pytest.raises(BenchmarkError, match="rho goes with method='maxlog'"):
        chow_lin(YEARS, MONTHS + np.arange(36.0), rho=1.0)
    with pytest.raises(BenchmarkError, match="got 0.5, 'fernandez'"):
        chow_lin(YEARS, MONTHS + np.arange(36.0), method="fernandez", rho=0.5)
