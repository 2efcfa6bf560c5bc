"""Forecasts from earlier origins: what they may see, and what stands beside them."""

from concurrent.futures import ProcessPoolExecutor
from functools import cache

import numpy as np
import pandas as pd
import pytest

from zs_analysis.forecast import backtest, fit, rolled
from zs_analysis.forecast.combination import BENCHMARK, QUARTERLY, YEARLY

YEARS = pd.period_range("2000", periods=14, freq="Y")
ROLLED = ["model", "unique_id", "cutoff", "ds", "h", "y", "mean", "lo-80", "hi-80", "lo-95", "hi-95", "crps"]
EVERY = {"combination", BENCHMARK, *YEARLY.models}


def frame(*codes: str, ds: object = YEARS) -> pd.DataFrame:
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "unique_id": code,
                    "ds": ds,
                    "y": 100 * np.exp(np.random.default_rng(seed).normal(0.03, 0.05, len(ds)).cumsum()),
                }
            )
            for seed, code in enumerate(codes)
        ],
        ignore_index=True,
    )


@cache
def of_two() -> pd.DataFrame:
    return rolled(frame("city", "ships"), 2, 2)


def test_a_row_for_every_model_series_origin_and_horizon() -> None:
    found = of_two()
    assert list(found.columns) == ROLLED
    assert set(found["model"]) == EVERY
    assert len(found) == len(EVERY) * 2 * 2 * 2
    assert not found.duplicated(["model", "unique_id", "cutoff", "h"]).any()
    assert sorted(set(found["cutoff"].astype(str))) == ["2010", "2011"]
    assert (found["ds"].dt.year == found["cutoff"].dt.year + found["h"]).all()
    assert found.notna().all().all()


def test_outcomes_are_those_of_the_frame() -> None:
    truth = frame("city", "ships").set_index(["unique_id", "ds"])["y"]
    found = of_two()
    expected = truth.reindex(pd.MultiIndex.from_frame(found[["unique_id", "ds"]])).to_numpy()
    np.testing.assert_array_equal(found["y"], expected)


def test_scores_by_model_series_and_horizon() -> None:
    found = backtest(frame("city", "ships"), 2, 2)
    assert set(found["model"]) == EVERY
    assert len(found) == len(EVERY) * 2 * 2
    assert (found["n"] == 2).all()
    assert {"mae", "mase", "smape", "skill", "crps", "coverage-80", "winkler-95"} <= set(found.columns)
    # Averaged by hand.
    one = of_two().query("model == 'combination' and unique_id == 'ships' and h == 2")
    row = found.query("model == 'combination' and unique_id == 'ships' and h == 2").iloc[0]
    assert row["mae"] == pytest.approx((one["y"] - one["mean"]).abs().mean())
    assert row["crps"] == pytest.approx(one["crps"].mean())
    assert row["coverage-80"] == one["y"].between(one["lo-80"], one["hi-80"]).mean()


def test_the_combination_is_the_forecast_of_that_day() -> None:
    found = of_two().query("model == 'combination' and unique_id == 'ships'")
    found = found[found["cutoff"] == YEARS[10]]
    past = frame("city", "ships").query("unique_id == 'ships'")
    past = past[past["ds"] <= YEARS[10]]
    expected = fit(past, 2).frame()
    np.testing.assert_array_equal(found[ROLLED[6:-1]], expected[ROLLED[6:-1]])


def test_the_benchmark_repeats_the_last_season() -> None:
    quarters = pd.period_range("2016Q1", periods=18, freq="Q")
    rows = frame("city", ds=quarters)
    found = rolled(rows, 3, 1)
    assert {"combination", BENCHMARK} < set(found["model"]) <= {"combination", BENCHMARK, *QUARTERLY.models}
    naive = found[found["model"].eq(BENCHMARK)]
    assert naive["mean"].tolist() == pytest.approx(rows["y"].iloc[11:14].tolist())


def test_nothing_after_the_cutoff_is_seen() -> None:
    rows = frame("city")
    changed = rows.assign(y=rows["y"].where(rows["ds"] <= YEARS[-3], 3 * rows["y"] + 50))
    before, after = (rolled(df, 2, 1).drop(columns=["y", "crps"]) for df in (rows, changed))
    pd.testing.assert_frame_equal(before, after)
    assert not rolled(changed, 2, 1)["y"].equals(rolled(rows, 2, 1)["y"])


def test_members_are_shown_the_level_after_a_shift_too() -> None:
    y = np.where(np.arange(30) < 16, 50.0, 150.0) + np.random.default_rng(0).normal(0, 1, 30)
    years = pd.period_range("1990", periods=30, freq="Y")
    rows = pd.DataFrame({"unique_id": "city", "ds": years, "y": y})
    found = rolled(rows, 2, 1).query("h == 1").set_index("model")["mean"]
    [made] = fit(rows.iloc[:-2], 2).outlooks.values()
    assert any(fact.startswith("level_shift:") for fact in made.facts)
    for name in made.combination.members:
        assert found[name] == pytest.approx(made.combination.member_means[name][0])
    assert found[BENCHMARK] == pytest.approx(y[27])


def test_other_processes_find_the_same() -> None:
    with ProcessPoolExecutor(2) as executor:
        found = rolled(frame("city", "ships"), 2, 2, executor=executor)
    pd.testing.assert_frame_equal(found, of_two())


def test_origins_a_step_apart() -> None:
    found = rolled(frame("city"), 2, 2, step=3)
    assert sorted(set(found["cutoff"].astype(str))) == ["2008", "2011"]


def test_other_levels() -> None:
    found = backtest(frame("city"), 1, 1, levels=(50,))
    assert "coverage-50" in found
    assert "coverage-80" not in found


@pytest.mark.parametrize(
    "ds",
    [
        YEARS.astype(str),
        range(2000, 2014),
        pd.date_range("2000-12-31", periods=14, freq="YE"),
    ],
    ids=["text", "numbers", "dates"],
)
def test_every_kind_of_ds(ds: object) -> None:
    pd.testing.assert_frame_equal(backtest(frame("city", ds=ds), 1, 1), of_periods())


@cache
def of_periods() -> pd.DataFrame:
    return backtest(frame("city"), 1, 1)


def test_numbers_as_names() -> None:
    found = rolled(frame("city").assign(unique_id=7), 1, 1)
    assert set(found["unique_id"]) == {"7"}
    assert found["y"].notna().all()


def test_series_too_short_are_left_out() -> None:
    rows = pd.concat([frame("city"), frame("ships").iloc[-8:], frame("zones").iloc[-2:]])
    found = rolled(rows, 2, 2)
    # Eight years leave six for the later origin and five, too few, for the earlier one.
    assert found.groupby("unique_id")["cutoff"].nunique().to_dict() == {"city": 2, "ships": 1}


def test_an_outcome_that_is_missing_is_counted_as_such() -> None:
    rows = frame("city").drop(index=12)
    found = backtest(rows, 3, 1).query("model == 'combination'")
    assert found["missing"].sum() == 1
    assert len(found) == 3


def test_origins_go_by_periods_across_gaps() -> None:
    rows = frame("city", ds=pd.period_range("1995", periods=19, freq="Y")).drop(index=[10, 11, 17])
    found = rolled(rows, 2, 3, step=2).query("model == 'combination'")
    # 2013 is the last year, 2005, 2006 and 2012 are missing: origins in 2011, 2009 and 2007.
    assert found.groupby("cutoff")["ds"].agg(list).astype(str).to_dict() == {
        pd.Period(str(year), "Y"): str([pd.Period(str(year + h), "Y") for h in (1, 2)])
        for year in (2007, 2009, 2011)
    }
    assert found.set_index("ds")["y"].isna().sum() == 1


def test_an_origin_in_a_gap_is_that_of_the_last_observation_once() -> None:
    rows = frame("city", ds=pd.period_range("1995", periods=19, freq="Y")).drop(index=[14, 15])
    found = rolled(rows, 1, 5).query("model == 'combination'")
    # Of 2008 to 2012 two are missing: 2009 and 2010 are judged from 2008.
    assert found["cutoff"].astype(str).tolist() == ["2008", "2011", "2012"]


def test_a_year_without_january_has_eleven_periods() -> None:
    months = pd.period_range("2019-12", periods=37, freq="M")
    rows = frame("city", ds=months[months.month > 1])
    found = rolled(rows, 12, 1).query("model == 'combination'")
    assert found["cutoff"].astype(str).unique().tolist() == ["2021-11"]
    assert found["ds"].astype(str).tolist()[:3] == ["2021-12", "2022-02", "2022-03"]


@pytest.mark.parametrize(
    "windows, step, words", [(0, 1, "windows must be at least 1; got 0"), (1, 0, "step must")]
)
def test_origins_are_counted_from_one(windows: int, step: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        backtest(frame("city"), 2, windows, step=step)


def test_no_series_long_enough() -> None:
    with pytest.raises(
        ValueError, match="no series is long enough to be judged at 3 origins 1 periods apart"
    ):
        backtest(frame("city").iloc[:7], 2, 3)
    with pytest.raises(ValueError, match="no series is long enough"):
        backtest(frame("city").iloc[:0], 2, 3)


def test_unusable_frames_say_what_to_do() -> None:
    with pytest.raises(ValueError, match="no column unique_id; give unique_id, ds, y"):
        backtest(frame("city").drop(columns="unique_id"), 2, 1)
    with pytest.raises(ValueError, match="horizon must be at least 1"):
        backtest(frame("city"), 0, 1)
