"""Scores, tests and the outcome of earlier forecasts: properties and ugly inputs.

The known answers are in tests/published/test_forecast_scores.py.
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis.forecast.accuracy import crps, scores
from zs_analysis.forecast.evaluation import (
    against_benchmark,
    bias,
    by_horizon,
    diebold_mariano,
    mincer_zarnowitz,
    outcomes,
)
from zs_analysis.forecast.paths import Paths

MONTHS = pd.period_range("2018-01", periods=60, freq="M")
LIMITS = ["lo-80", "hi-80", "lo-95", "hi-95"]
KEY = ["model", "unique_id", "cutoff", "ds"]


def history(rng: np.random.Generator, codes: tuple[str, ...] = ("city", "zones")) -> pd.DataFrame:
    return pd.concat(
        pd.DataFrame({"unique_id": code, "ds": MONTHS, "y": 100 + rng.normal(0, 10, len(MONTHS)).cumsum()})
        for code in codes
    )


def evaluated(seed: int, models: tuple[str, ...] = ("seasonal_naive", "ets")) -> pd.DataFrame:
    """Three origins, three horizons, with limits that nest and miss now and then."""
    rng = np.random.default_rng(seed)
    truth = history(np.random.default_rng(seed)).set_index(["unique_id", "ds"])["y"]
    rows = []
    for model in models:
        for code in ("city", "zones"):
            for origin in (48, 51, 54):
                for h in (1, 2, 3):
                    mean = truth[code, MONTHS[origin + h - 1]] + rng.normal(0, 8)
                    near, far = sorted(rng.uniform(2, 20, 2))
                    rows.append(
                        [model, code, MONTHS[origin - 1], MONTHS[origin + h - 1], h]
                        + [truth[code, MONTHS[origin + h - 1]], mean]
                        + [mean - near, mean + near, mean - far, mean + far, abs(rng.normal())]
                    )
    return pd.DataFrame(rows, columns=[*KEY, "h", "y", "mean", *LIMITS, "crps"])


def of(table: pd.DataFrame, model: str = "ets") -> pd.Series:
    return table[table["model"].eq(model)].iloc[0]


seeds = st.integers(0, 10_000)


@given(seeds)
@settings(max_examples=4, deadline=None)
def test_points_and_intervals_as_utilsforecast_has_them(seed: int) -> None:
    """One cutoff after another, then the mean over them: each has its own scale."""
    from utilsforecast import losses

    frame, train = evaluated(seed), history(np.random.default_rng(seed))
    ets = frame[frame["model"].eq("ets")].rename(
        columns={"mean": "ets"} | {name: f"ets-{name}" for name in LIMITS}
    )
    ets, train = (part.assign(ds=part["ds"].dt.to_timestamp()) for part in (ets, train))
    ets["cutoff"] = ets["cutoff"].dt.to_timestamp()
    found = of(scores(frame, history(np.random.default_rng(seed))))
    theirs = {
        "mase": losses.mase(ets, ["ets"], 12, train)["ets"].mean(),
        "smape": 200 * losses.smape(ets, ["ets"])["ets"].mean(),
        "mae": losses.mae(ets, ["ets"])["ets"].mean(),
        "coverage-95": losses.coverage(ets, ["ets"], 95)["ets"].mean(),
        "winkler-80": losses.winkler_score(ets, ["ets"], 80)["ets"].mean(),
        "rmse": losses.rmse(ets.drop(columns="cutoff"), ["ets"])["ets"].mean(),
        "wape": losses.wape(ets.drop(columns="cutoff"), ["ets"])["ets"].mean(),
    }
    assert found[list(theirs)].tolist() == pytest.approx(list(theirs.values()))


@given(seeds, st.sampled_from([0.1, 10.0]))
@settings(max_examples=4, deadline=None)
def test_scaling_leaves_relative_scores_and_multiplies_those_with_a_unit(seed: int, factor: float) -> None:
    frame, train = evaluated(seed), history(np.random.default_rng(seed))
    units = ["y", "mean", *LIMITS, "crps"]
    scaled = scores(
        frame.assign(**factor * frame[units]), train.assign(y=factor * train["y"]), by=["unique_id"]
    )
    table = scores(frame, train, by=["unique_id"])
    with_unit = ["mae", "rmse", "crps", "winkler-80", "winkler-95"]
    without = ["wape", "smape", "mase", "skill", "coverage-80", "coverage-95", "msis-80", "msis-95"]
    pd.testing.assert_frame_equal(scaled[with_unit], factor * table[with_unit])
    pd.testing.assert_frame_equal(scaled[without], table[without])


@given(seeds, st.floats(0, 30))
@settings(max_examples=4, deadline=None)
def test_wider_intervals_never_cover_less(seed: int, more: float) -> None:
    frame, train = evaluated(seed), history(np.random.default_rng(seed))
    wider = frame.assign(**{"lo-80": frame["lo-80"] - more, "hi-80": frame["hi-80"] + more})
    by = ["unique_id", "h"]
    assert (scores(wider, train, by=by)["coverage-80"] >= scores(frame, train, by=by)["coverage-80"]).all()


@given(seeds, st.randoms(use_true_random=False))
@settings(max_examples=4, deadline=None)
def test_the_order_of_rows_and_the_names_of_series_do_not_matter(seed: int, random: object) -> None:
    frame, train = evaluated(seed), history(np.random.default_rng(seed))
    shuffled = frame.sample(frac=1, random_state=random.randrange(2**31))
    renamed = {"city": "b", "zones": "a"}
    again = scores(shuffled.replace({"unique_id": renamed}), train.iloc[::-1].replace({"unique_id": renamed}))
    pd.testing.assert_frame_equal(scores(frame, train), again)


def test_a_perfect_forecast_scores_zero() -> None:
    frame = evaluated(1)
    perfect = frame["model"].eq("ets")
    for name in ("mean", *LIMITS):
        frame[name] = frame[name].where(~perfect, frame["y"])
    found = of(scores(frame, history(np.random.default_rng(1))))
    assert found[["mae", "rmse", "wape", "smape", "mase", "winkler-80", "msis-95"]].eq(0).all()
    assert found[["skill", "coverage-80", "coverage-95"]].eq(1).all()


def test_the_seasonal_naive_on_its_own_training_sample_has_mase_one() -> None:
    train = history(np.random.default_rng(2))
    fitted = train.assign(mean=train.groupby("unique_id")["y"].shift(12)).dropna()
    table = scores(fitted.assign(model="seasonal_naive", cutoff=MONTHS[-1]), train, levels=())
    assert of(table, "seasonal_naive")["mase"] == pytest.approx(1)
    assert of(table, "seasonal_naive")["skill"] == 0


def test_a_series_counts_once_however_many_forecasts_it_has() -> None:
    frame, train = evaluated(3), history(np.random.default_rng(3))
    fewer = frame[frame["unique_id"].ne("zones") | frame["h"].eq(1)]
    each = scores(fewer, train, by=["unique_id"])
    mean = each[each["model"].eq("ets")]["mase"].mean()
    assert of(scores(fewer, train))["mase"] == pytest.approx(mean)


def test_the_scale_is_of_what_was_known_at_the_cutoff() -> None:
    frame, train = evaluated(4), history(np.random.default_rng(4))
    later = train.assign(y=train["y"].where(train["ds"] <= frame["cutoff"].max(), 1e6))
    pd.testing.assert_frame_equal(scores(frame, train), scores(frame, later))


def test_a_gap_in_the_history_is_not_bridged() -> None:
    """Months twelve apart are compared, whatever lies between them."""
    frame, train = evaluated(5), history(np.random.default_rng(5))
    gap = MONTHS[20]
    found = of(scores(frame, train[train["ds"].ne(gap)]))
    by_hand = []
    for (code, cutoff), rows in frame[frame["model"].eq("ets")].groupby(["unique_id", "cutoff"]):
        y = train[train["unique_id"].eq(code)].set_index("ds")["y"][:cutoff]
        y[gap] = np.nan
        by_hand.append((rows["y"] - rows["mean"]).abs().mean() / (y - y.shift(12)).abs().mean())
    assert found["mase"] == pytest.approx(np.mean(by_hand))


def test_missing_outcomes_are_left_out_and_counted() -> None:
    frame, train = evaluated(6), history(np.random.default_rng(6))
    last = frame["cutoff"].eq(frame["cutoff"].max())
    found = of(scores(frame.assign(y=frame["y"].where(~last)), train))
    known = of(scores(frame[~last], train))
    assert (found["n"], found["missing"], known["missing"]) == (12, 6, 0)
    assert found.drop("missing").tolist() == known.drop("missing").tolist()


def test_skill_compares_the_forecasts_that_both_made() -> None:
    """A model that refuses the hard half is not the better for it."""
    frame, train = evaluated(7), history(np.random.default_rng(7))
    hard = frame["model"].eq("ets") & frame["unique_id"].eq("zones")
    found = of(scores(frame.assign(mean=frame["mean"].where(~hard)), train))
    city = of(scores(frame[frame["unique_id"].eq("city")], train))
    assert (found["n"], found["missing"]) == (9, 9)
    assert found["skill"] == pytest.approx(city["skill"])


def test_missing_limits_are_not_misses() -> None:
    frame, train = evaluated(8), history(np.random.default_rng(8))
    naive = frame["model"].eq("seasonal_naive")
    table = scores(frame.assign(**{name: frame[name].where(~naive) for name in LIMITS}), train)
    assert of(table, "seasonal_naive")[["coverage-80", "winkler-80", "msis-80"]].isna().all()
    assert of(table)["coverage-80"] == of(scores(frame, train))["coverage-80"]


@pytest.mark.parametrize(
    ("y", "reason"),
    [
        ([0.3] * 12 + [0.1 + 0.2] * 36, "constant_history"),
        ([5.0] * 48, "constant_history"),
        (list(range(12)) * 4, "constant_history"),
        ([*range(12)], "short_history"),
        ([math.nan] * 48, "short_history"),
    ],
)
def test_no_scale_is_refused_with_its_reason(y: list[float], reason: str) -> None:
    frame, train = evaluated(9), history(np.random.default_rng(9), codes=("city",))
    flat = pd.DataFrame({"unique_id": "zones", "ds": MONTHS[48 - len(y) : 48], "y": y})
    table = scores(frame, pd.concat([train, flat]), by=["unique_id"])
    zones, city = (table[table["unique_id"].eq(code)] for code in ("zones", "city"))
    assert zones["reason"].eq(reason).all() and zones["unscaled"].eq(zones["n"]).all()
    assert zones[["mase", "skill", "msis-95"]].isna().all(axis=None)
    assert zones[["mae", "smape", "coverage-95"]].notna().all(axis=None)
    assert city["reason"].eq("").all() and np.isfinite(city["mase"]).all()
    both = of(scores(frame, pd.concat([train, flat])))
    assert (both["unscaled"], both["reason"], both["mase"]) == (9, "", of(city)["mase"])


def test_one_forecast() -> None:
    frame, train = evaluated(10), history(np.random.default_rng(10))
    one = frame.groupby("model").head(1)
    found = of(scores(one, train))
    assert (found["n"], found["reason"]) == (1, "")
    assert against_benchmark(one)[["n", "reason"]].values.tolist() == [[1, "few_forecasts"]]


def test_no_outcome_at_all() -> None:
    table = scores(evaluated(11).assign(y=math.nan), history(np.random.default_rng(11)))
    assert table["reason"].eq("no_outcome").all() and table["n"].eq(0).all()
    assert table[["mae", "mase", "skill", "crps", "coverage-80", "winkler-95"]].isna().all(axis=None)


def test_zero_outcomes_have_no_percentage() -> None:
    frame = evaluated(12).assign(y=0.0, mean=0.0)
    found = of(scores(frame, history(np.random.default_rng(12))))
    assert found["smape"] == 0 and math.isnan(found["wape"]) and math.isnan(found["skill"])


def test_years_are_scaled_by_the_year_before() -> None:
    years = pd.period_range("2015", periods=6, freq="Y")
    train = pd.DataFrame({"unique_id": "city", "ds": years[:5], "y": [1.0, 2, 4, 7, 11]})
    one = {"unique_id": ["city"], "cutoff": years[4:5], "ds": years[5:], "y": [16.0], "mean": [11.0]}
    table = scores(pd.DataFrame(one | {"model": "seasonal_naive"}), train, levels=())
    assert table["mase"].tolist() == [5 / 2.5]


@pytest.mark.parametrize("by", [[], ["unique_id"], ["unique_id", "h"]])
def test_a_table_without_the_benchmark_is_refused(by: list[str]) -> None:
    frame, train = evaluated(13), history(np.random.default_rng(13))
    lacking = frame["model"].eq("seasonal_naive") & (frame["unique_id"].eq("zones") if by else True)
    with pytest.raises(ValueError, match="seasonal_naive is not among the forecasts of"):
        scores(frame[~lacking], train, by=by)
    with pytest.raises(ValueError, match="seasonal_naive is not among the forecasts of any group"):
        scores(frame.iloc[:0], train, by=by)
    with pytest.raises(ValueError, match="seasonal_naive is not among"):
        against_benchmark(frame[frame["model"].eq("ets")])


def test_frames_that_cannot_be_scored_are_refused() -> None:
    frame, train = evaluated(14), history(np.random.default_rng(14))
    with pytest.raises(ValueError, match="no column lo-90, hi-90"):
        scores(frame, train, levels=(80, 90))
    with pytest.raises(
        ValueError, match="evaluated has seasonal_naive, city, 2021-12, 2022-01 more than once"
    ):
        scores(pd.concat([frame, frame]), train)
    with pytest.raises(ValueError, match="train has city, 2018-01 more than once"):
        scores(frame, pd.concat([train, train]))
    with pytest.raises(ValueError, match="lo-80 lies above hi-80 in 36 forecasts"):
        scores(frame.rename(columns={"lo-80": "hi-80", "hi-80": "lo-80"}), train)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20), st.floats(-1e3, 1e3))
@settings(max_examples=12, deadline=None)
def test_crps_by_its_definition(draws: list[float], y: float) -> None:
    x = np.array(draws)
    expected = np.abs(x - y).mean() - np.abs(x[:, None] - x).mean() / 2
    observed = pd.DataFrame({"unique_id": "city", "ds": MONTHS[:1], "y": y})
    paths = Paths(("city", "zones"), MONTHS[:2], np.tile(x, (2, 2, 1)))
    found = crps(paths, observed).set_index(["unique_id", "ds"])["crps"]
    assert found["city", MONTHS[0]] == pytest.approx(expected, abs=1e-9)
    assert found.isna().sum() == 3
    tenfold = crps(paths.with_values(10 * paths.values), observed.assign(y=10 * y))["crps"].iloc[0]
    assert tenfold == pytest.approx(10 * expected, abs=1e-8)


def series(values: list[float]) -> pd.Series:
    return pd.Series(values, MONTHS[: len(values)], dtype=float)


errors = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=6, max_size=30)


@given(errors, st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_diebold_mariano_turns_its_sign_with_the_sides_and_does_not_mind_units(
    a: list[float], h: int
) -> None:
    rng = np.random.default_rng(len(a))
    one, other = series(a), series(list(rng.normal(0, 30, len(a))))
    found, turned = diebold_mariano(one, other, h), diebold_mariano(other, one, h)
    again = diebold_mariano(10 * one.sample(frac=1, random_state=h), -10 * other, h)
    assert (turned.statistic, turned.p) == pytest.approx((-found.statistic, found.p))
    assert (again.statistic, again.p) == pytest.approx((found.statistic, found.p))
    assert 0 <= found.p <= 1


def test_diebold_mariano_by_the_formula_at_two_steps() -> None:
    """Variance with one autocovariance at weight 1/2, the factor of Harvey and others, t with n - 1."""
    from scipy.stats import t

    rng = np.random.default_rng(3)
    a, b = rng.normal(0, 1, 12), rng.normal(0, 2, 12)
    d = a**2 - b**2
    u, n, h = d - d.mean(), 12, 2
    variance = (u @ u + 2 * 0.5 * (u[1:] @ u[:-1])) / n**2
    statistic = d.mean() / math.sqrt(variance) * math.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    found = diebold_mariano(series(a), series(b), h)
    assert (found.statistic, found.p) == pytest.approx((statistic, 2 * t.sf(abs(statistic), n - 1)))


@pytest.mark.parametrize("h", [1, 4, 12])
def test_equal_models_are_seldom_told_apart(h: int) -> None:
    """Errors of two equal models that overlap as h-step ones do: at a nominal 5 percent the test rejects
    between 0 and 10 percent in samples of two horizons and of forty."""
    rng, rejected = np.random.default_rng(h), []
    for n in (max(5, 2 * h), 40):
        for _ in range(60):
            a, b = (np.convolve(rng.normal(size=n + h - 1), np.ones(h), "valid") for _ in range(2))
            rejected.append(diebold_mariano(pd.Series(a), pd.Series(b), h).p < 0.05)
    assert np.mean(rejected) < 0.1


@pytest.mark.parametrize(
    ("a", "b", "h", "n", "reason"),
    [
        ([], [], 1, 0, "few_forecasts"),
        ([1, 2, 3, 4], [2, 3, 4, 5], 1, 4, "few_forecasts"),
        ([1, 2, 3, 4, math.nan], [2, 3, 4, 5, 6], 1, 4, "few_forecasts"),
        ([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 7], 6, 6, "few_forecasts"),
        ([1, 2, 3, 4, 5], [1, -2, 3, -4, 5], 1, 5, "zero_variance"),
        ([2] * 6, [3] * 6, 2, 6, "zero_variance"),
    ],
)
def test_diebold_mariano_refuses(a: list[float], b: list[float], h: int, n: int, reason: str) -> None:
    found = diebold_mariano(series(a), series(b), h)
    assert (found.n, found.reason) == (n, reason)
    assert math.isnan(found.statistic) and math.isnan(found.p)


def test_a_horizon_below_one_and_a_period_twice_are_errors() -> None:
    one = series([1, 2, 3, 4, 5, 6])
    for test in (lambda a, h: diebold_mariano(a, a, h), bias, lambda a, h: mincer_zarnowitz(a, a, h)):
        with pytest.raises(ValueError, match="h must be at least 1; got 0"):
            test(one, 0)
        with pytest.raises(ValueError, match="period 2018-01 comes more than once"):
            test(pd.concat([one, one]), 1)


@given(errors)
@settings(max_examples=20, deadline=None)
def test_bias_has_the_textbook_t_at_one_step(values: list[float]) -> None:
    from scipy.stats import ttest_1samp

    found, one = bias(series(values)), np.array(values)
    assert found.bias == pytest.approx(one.mean())
    if found.reason:
        assert np.ptp(one) == 0
        return
    expected = ttest_1samp(one, 0)
    assert (found.t, found.p) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-9)


def test_bias_stands_where_its_test_is_refused() -> None:
    assert (bias(series([2, 4])).bias, bias(series([2, 4])).reason) == (3, "few_forecasts")
    assert (bias(series([3] * 8)).bias, bias(series([3] * 8)).reason) == (3, "zero_variance")
    assert math.isnan(bias(series([math.nan])).bias)


def test_mincer_zarnowitz_takes_forecasts_whose_errors_do_not_overlap() -> None:
    rng = np.random.default_rng(5)
    f = series(list(rng.normal(100, 10, 31)))
    y = f + rng.normal(0, 5, 31)
    found, quarterly = mincer_zarnowitz(y, f, h=3), mincer_zarnowitz(y.iloc[::3], f.iloc[::3])
    assert found == quarterly and found.n == 11
    assert mincer_zarnowitz(y, f, h=12).reason == "few_forecasts"


def test_mincer_zarnowitz_of_useless_and_of_perfect_forecasts() -> None:
    y = series([5, 6, 4, 7, 8, 6])
    flat = mincer_zarnowitz(y, series([6] * 6))
    assert flat.reason == "constant_forecast" and math.isnan(flat.beta)
    line = mincer_zarnowitz(y, y)
    assert (line.alpha, line.beta) == pytest.approx((0, 1), abs=1e-9)
    assert line.reason == "zero_variance" and math.isnan(line.p)


def test_every_model_against_the_benchmark_by_series_and_horizon() -> None:
    rng = np.random.default_rng(6)
    cells = pd.MultiIndex.from_product([("city", "zones"), range(30), (1, 2)], names=["unique_id", "at", "h"])
    frame = cells.to_frame(index=False).assign(y=100.0)
    frame["cutoff"], frame["ds"] = MONTHS[frame["at"]], MONTHS[frame["at"] + frame["h"]]
    wide = {"seasonal_naive": 10, "good": 1, "same": 10}
    models = [frame.assign(model=name, mean=100 + rng.normal(0, sd, len(frame))) for name, sd in wide.items()]
    # One origin the benchmark lacks.
    found = against_benchmark(pd.concat(models).iloc[1:]).set_index(["model", "unique_id", "h"])
    assert len(found) == 8 and found["reason"].eq("").all()
    assert found.loc["good", "statistic"].lt(-2).all() and found.loc["good", "p"].lt(0.05).all()
    assert found["n"].value_counts().to_dict() == {30: 6, 29: 2}
    a, b = (
        part[part["unique_id"].eq("zones") & part["h"].eq(2)].set_index("ds")["mean"] - 100
        for part in models[1::-1]
    )
    assert found.loc[("good", "zones", 2), "statistic"] == pytest.approx(diebold_mariano(a, b, 2).statistic)


def made(
    day: str, cutoff: pd.Period, periods: pd.PeriodIndex, means: list[float], half: float = 5
) -> pd.DataFrame:
    frame = pd.DataFrame({"made": day, "cutoff": cutoff, "unique_id": "city", "ds": periods, "mean": means})
    return frame.assign(
        **{"lo-80": frame["mean"] - half, "hi-80": frame["mean"] + half},
        **{"lo-95": frame["mean"] - 2 * half, "hi-95": frame["mean"] + 2 * half},
    )


def test_outcomes_of_two_reports() -> None:
    quarters = pd.period_range("2023Q1", periods=4, freq="Q")
    told = pd.concat(
        [
            made("2022-12-31", pd.Period("2022Q4"), quarters[:3], [100.0, 110, 120]),
            made("2023-03-31", quarters[0], quarters[1:], [106.0, 100, 130]),
        ]
    )
    observed = pd.DataFrame({"unique_id": "city", "ds": quarters[:2], "y": [100.0, 104.0]})
    found = outcomes(told, observed)
    assert found["h"].tolist() == [1, 2, 3, 1, 2, 3]
    assert found["error"].tolist() == pytest.approx([0, -6, math.nan, -2, math.nan, math.nan], nan_ok=True)
    assert found["error_pct"].tolist()[:2] == pytest.approx([0, -100 * 6 / 104])
    assert found["inside-80"].tolist()[:2] == [True, False] and found["inside-80"].isna().sum() == 3
    assert found["inside-95"].dropna().all()
    table = by_horizon(found).set_index("h")
    assert table[["n", "pending"]].values.tolist() == [[2, 0], [1, 1], [0, 2]]
    assert table.loc[1, ["mean_error", "mae", "coverage-80"]].tolist() == [-1, 1, 1]
    assert table.loc[2, "mape"] == pytest.approx(100 * 6 / 104)
    assert table.loc[3, ["mae", "mape", "coverage-80", "coverage-95"]].isna().all()


def test_outcomes_of_months_and_years_together() -> None:
    """A year is forecast from its own October: no period past the one that the cutoff lies in."""
    october = pd.Period("2023-10", "M")
    year = pd.PeriodIndex(["2023"], freq="Y")
    told = pd.concat(
        [made("2023-11-20", october, MONTHS[:1] + 70, [9.0]), made("2023-11-20", october, year, [100.0])]
    )
    observed = pd.DataFrame({"unique_id": ["city"] * 2, "ds": [MONTHS[0] + 70, year[0]], "y": [10.0, 0.0]})
    found = outcomes(told, observed)
    assert found["h"].tolist() == [1, 0]
    assert found["error"].tolist() == [1, -100]
    assert found["error_pct"].iloc[0] == 10 and math.isnan(found["error_pct"].iloc[1])


def test_nothing_has_come_out_yet() -> None:
    told = made("2023-11-20", MONTHS[0], MONTHS[1:4], [1.0, 2, 3])
    found = outcomes(told, pd.DataFrame({"unique_id": [], "ds": [], "y": []}))
    assert found[["y", "error", "error_pct", "inside-80", "inside-95"]].isna().all(axis=None)
    assert by_horizon(found)["pending"].tolist() == [1, 1, 1]


def test_a_forecast_or_an_outcome_that_comes_twice_is_refused() -> None:
    told = made("2023-11-20", MONTHS[0], MONTHS[1:2], [1.0])
    observed = pd.DataFrame({"unique_id": "city", "ds": MONTHS[1:2], "y": [1.0]})
    with pytest.raises(ValueError, match="history has 2023-11-20, city, 2018-02 more than once"):
        outcomes(pd.concat([told, told]), observed)
    with pytest.raises(ValueError, match="observed has city, 2018-02 more than once"):
        outcomes(told, pd.concat([observed, observed]))
