"""Forecasts of many series: what comes back, what it does not depend on, and what is refused."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from zs_analysis.forecast import Forecast, Paths, fit, forecast
from zs_analysis.forecast.forecasting import _from_histories
from zs_analysis.forecast.models import Fitted

COLUMNS = ["unique_id", "ds", "mean", "lo-80", "hi-80", "lo-95", "hi-95", "reason"]
NUMBERS = COLUMNS[2:7]
YEARS = pd.period_range("2000", periods=18, freq="Y")


def walk(seed: int, n: int = 18, size: float = 100.0) -> np.ndarray:
    return size * np.exp(np.random.default_rng(seed).normal(0.03, 0.05, n).cumsum())


def frame(*codes: str, ds: object = YEARS, y: object = None, **more: object) -> pd.DataFrame:
    return pd.concat(
        [
            pd.DataFrame({"unique_id": code, "ds": ds, "y": walk(seed, len(ds)) if y is None else y, **more})
            for seed, code in enumerate(codes)
        ],
        ignore_index=True,
    )


@cache
def of_three() -> pd.DataFrame:
    return forecast(frame("city", "ships", "zones"), 4)


def test_columns_and_rows() -> None:
    found = of_three()
    assert list(found.columns) == COLUMNS
    assert found["unique_id"].tolist() == ["city"] * 4 + ["ships"] * 4 + ["zones"] * 4
    assert found["ds"].tolist() == list(pd.period_range("2018", periods=4, freq="Y")) * 3
    assert (found["reason"] == "").all()
    ordered = found[["lo-95", "lo-80", "mean", "hi-80", "hi-95"]].to_numpy()
    assert (np.diff(ordered, axis=1) > 0).all()
    assert (found["lo-95"] > 0).all()


def test_the_same_frame_gives_the_same_numbers() -> None:
    pd.testing.assert_frame_equal(forecast(frame("city", "ships", "zones"), 4), of_three())


def test_another_generator_gives_other_draws_of_the_same_mean() -> None:
    own = fit(frame("city"), 4, rng=np.random.default_rng(7)).frame()
    default = of_three()[:4]
    np.testing.assert_allclose(own["mean"], default["mean"])
    assert not np.allclose(own["hi-95"], default["hi-95"], rtol=1e-6)
    np.testing.assert_allclose(own["hi-95"], default["hi-95"], rtol=0.1)


def test_the_order_of_rows_does_not_matter() -> None:
    mixed = forecast(frame("city", "ships", "zones").sample(frac=1, random_state=1), 4)
    assert mixed["unique_id"].iloc[0] != "city"
    found = mixed.sort_values(["unique_id", "ds"], ignore_index=True)
    pd.testing.assert_frame_equal(found, of_three())


def test_names_do_not_matter() -> None:
    renamed = {"city": "一", "ships": "丁", "zones": "丙丁"}
    order = sorted(renamed.values())
    found = forecast(frame(*order), 4)
    assert found["unique_id"].tolist() == np.repeat(order, 4).tolist()
    pd.testing.assert_frame_equal(found[NUMBERS], of_three()[NUMBERS])


@pytest.mark.parametrize("factor", [0.001, 10.0])
def test_ten_times_the_series_is_ten_times_the_forecast(factor: float) -> None:
    found = forecast(frame("city", y=factor * walk(0)), 4)
    np.testing.assert_allclose(found[NUMBERS], factor * of_three()[NUMBERS][:4], rtol=1e-4)


@pytest.mark.parametrize("kind", ["quarters", "signed"])
def test_scaling_with_seasons_and_signs(kind: str) -> None:
    quarters = pd.period_range("2015Q1", periods=22, freq="Q")
    y = walk(3, 22) * np.resize([1.2, 1.0, 0.9, 0.9], 22) - (100 if kind == "signed" else 0)
    small, large = (forecast(frame("city", ds=quarters, y=factor * y), 5) for factor in (1, 1e4))
    scale = np.abs(small[NUMBERS]).max().max()
    np.testing.assert_allclose(large[NUMBERS] / 1e4, small[NUMBERS], rtol=1e-3, atol=1e-3 * scale)


def test_other_series_do_not_matter_for_the_mean() -> None:
    alone = forecast(frame("city"), 4)
    np.testing.assert_allclose(alone["mean"], of_three()["mean"][:4])


def test_other_levels() -> None:
    found = forecast(frame("city"), 2, levels=(50, 99))
    assert list(found.columns) == ["unique_id", "ds", "mean", "lo-50", "hi-50", "lo-99", "hi-99", "reason"]
    assert (found["hi-50"] < of_three()["hi-80"][:2]).all()
    assert (found["hi-99"] > of_three()["hi-95"][:2]).all()


def test_a_horizon_longer_than_the_series() -> None:
    far = forecast(frame("city"), 30)
    assert len(far) == 30
    assert np.isfinite(far[NUMBERS]).all().all()
    assert far["ds"].tolist() == list(pd.period_range("2018", periods=30, freq="Y"))


@pytest.mark.parametrize("horizon", [0, -1])
def test_a_horizon_is_at_least_one(horizon: int) -> None:
    with pytest.raises(ValueError, match=f"horizon must be at least 1; got {horizon}"):
        forecast(frame("city"), horizon)


@pytest.mark.parametrize("levels", [(80, 120), (0,)])
def test_levels_are_percent(levels: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="levels are in percent"):
        forecast(frame("city"), 2, levels=levels)


KINDS = {
    "periods": (YEARS, list(pd.period_range("2018", periods=2, freq="Y"))),
    "numbers": (range(2000, 2018), [2018, 2019]),
    "years as text": (YEARS.astype(str), ["2018", "2019"]),
    "starts of years": (
        pd.date_range("2000-01-01", periods=18, freq="YS"),
        [pd.Timestamp("2018-01-01"), pd.Timestamp("2019-01-01")],
    ),
    "ends of years": (
        pd.date_range("2000-12-31", periods=18, freq="YE"),
        [pd.Timestamp("2018-12-31"), pd.Timestamp("2019-12-31")],
    ),
    "ends of months": (
        pd.date_range("2020-01-31", periods=24, freq="ME"),
        [pd.Timestamp("2022-01-31"), pd.Timestamp("2022-02-28")],
    ),
    "starts of quarters": (
        pd.date_range("2015-01-01", periods=16, freq="QS"),
        [pd.Timestamp("2019-01-01"), pd.Timestamp("2019-04-01")],
    ),
    "months as text": (pd.period_range("2020-01", periods=24, freq="M").astype(str), ["2022-01", "2022-02"]),
    "quarters as text": (
        [f"{year}-Q{quarter}" for year in range(2015, 2019) for quarter in range(1, 5)],
        ["2019-Q1", "2019-Q2"],
    ),
    "quarters as plain text": (
        [f"{year}Q{quarter}" for year in range(2015, 2019) for quarter in range(1, 5)],
        ["2019Q1", "2019Q2"],
    ),
}


@pytest.mark.parametrize("ds, expected", KINDS.values(), ids=KINDS)
def test_ds_comes_back_in_its_own_kind(ds: object, expected: list[object]) -> None:
    assert forecast(frame("city", ds=ds, y=1.0), 2)["ds"].tolist() == expected


def test_refusals_are_rows_with_a_reason() -> None:
    rows = [
        frame("city"),
        frame("short").iloc[-5:],
        frame("holes").iloc[[0, 1, 2, 7, 8, 9, 10, 15, 16, 17]],
        frame("empty", y=np.nan),
    ]
    made = fit(pd.concat(rows), 2)
    found = made.frame().set_index("unique_id")
    reasons = {"short": "too_short", "holes": "gaps", "empty": "too_short"}
    assert made.refused.set_index("unique_id")["reason"].to_dict() == reasons
    for code, reason in reasons.items():
        assert found.loc[code, "reason"].tolist() == [reason] * 2
        assert found.loc[code, NUMBERS].isna().all().all()
        assert [str(period) for period in found.loc[code, "ds"]] == ["2018", "2019"]
    assert found.loc["city", NUMBERS].notna().all().all()
    assert made.paths.ids == ("city",)
    assert found["ds"].dtype == "period[Y-DEC]"


def test_nothing_to_forecast() -> None:
    found = forecast(frame("city").iloc[:0], 3)
    assert (list(found.columns), len(found)) == (COLUMNS, 0)
    alone = fit(frame("city", y=np.nan), 2)
    assert alone.frame()["mean"].isna().all()
    assert alone.paths.values.shape[:1] == (0,)


def test_a_constant_goes_on() -> None:
    found = fit(frame("city", y=7.0), 2)
    assert (found.frame()[NUMBERS] == 7).all().all()
    assert found.outlooks["city"].facts == ("constant",)


def test_zeros_and_negative_values_have_forecasts() -> None:
    zero, negative = np.r_[0.0, 0.0, walk(1, 16)], walk(1) - 150
    found = fit(pd.concat([frame("zero", y=zero), frame("negative", y=negative)]), 3)
    table = found.frame().set_index("unique_id")
    assert np.isfinite(table[NUMBERS]).all().all()
    # What never was negative does not become so.
    assert (table.loc["zero", "lo-95"] >= 0).all()
    assert "not_positive" in found.outlooks["zero"].facts
    # Errors of the plain series behind are some 5 %: the interval must be of that order, not of its log.
    width = table.loc["zero", "hi-80"].iloc[0] - table.loc["zero", "lo-80"].iloc[0]
    assert 0.02 < width / table.loc["zero", "mean"].iloc[0] < 1


def test_mostly_zeros() -> None:
    found = forecast(frame("city", y=np.resize([0.0, 0, 0, 5, 0, 0, 0], 18)), 3)
    assert np.isfinite(found[NUMBERS]).all().all()
    assert (found["lo-95"] >= 0).all()
    assert (found["mean"] < 10).all()


@pytest.mark.parametrize("positive", [True, False])
def test_forecasts_start_from_the_level_after_a_shift(positive: bool) -> None:
    # A plant comes on stream: the level triples; noise is a hundredth.
    noise = np.random.default_rng(0).normal(0, 1, 30)
    y = np.where(np.arange(30) < 18, 50, 150) + noise - (0 if positive else 55)
    found = fit(frame("city", ds=pd.period_range("1990", periods=30, freq="Y"), y=y), 4)
    assert "level_shift:2008" in found.outlooks["city"].facts
    table = found.frame()
    np.testing.assert_allclose(table["mean"], y[-12:].mean(), rtol=0.03)
    width = (table["hi-80"] - table["lo-80"]).iloc[0]
    assert 1 < width < 15


def test_a_jump_at_the_end_is_named() -> None:
    y = np.r_[walk(0, 17, size=10) ** 0.2, 9.0]
    facts = fit(frame("city", y=y), 1).outlooks["city"].facts
    assert "recent_jump:2017" in facts


def test_gaps_and_merged_january_are_named() -> None:
    months = pd.period_range("2019-02", periods=47, freq="M")
    months = months[months.month != 1].delete(7)
    found = fit(frame("city", ds=months), 12)
    assert found.outlooks["city"].facts[:2] == ("merged_january", "gap:1")
    ahead = found.frame()["ds"]
    assert (len(ahead), (ahead.dt.month == 1).any()) == (12, False)


def test_models_that_fail_are_named() -> None:
    # Eight quarters leave the seasonal models next to nothing to be fitted on.
    made = fit(frame("city", ds=pd.period_range("2020Q1", periods=8, freq="Q")), 2)
    outlook = made.outlooks["city"]
    failed = tuple(f"failed:{name}:{reason}" for name, reason in outlook.combination.failed.items())
    assert outlook.facts == failed
    assert np.isfinite(made.frame()[NUMBERS]).all().all()


def width(found: pd.DataFrame, level: int = 80) -> np.ndarray:
    return (found[f"hi-{level}"] - found[f"lo-{level}"]).to_numpy()


def test_standard_errors_of_the_data_widen_the_intervals() -> None:
    plain = of_three()[:4]
    none = forecast(frame("city", se=0.0), 4)
    unsure = forecast(frame("city", se=walk(0) * 0.15), 4)
    pd.testing.assert_frame_equal(none, plain)
    assert (width(unsure) > 1.2 * width(plain)).all()
    assert (unsure["lo-95"] > 0).all()


def histories(code: str = "city", seed: int = 0, periods: pd.Index = YEARS) -> Paths:
    noise = np.random.default_rng(5).normal(0, 0.15, (len(periods), 40))
    return Paths((code,), periods, (walk(seed, len(periods))[:, None] * np.exp(noise))[None])


def test_draws_of_the_history_widen_the_intervals() -> None:
    own = fit(frame("city", "ships"), 4, history=histories()).frame()
    assert (width(own[:4]) > 1.2 * width(of_three()[:4])).all()
    # The other series is as before.
    np.testing.assert_allclose(own["mean"][4:], of_three()["mean"][4:8])


def test_the_history_may_be_longer_but_not_shorter() -> None:
    longer = histories(periods=pd.period_range("2000", periods=20, freq="Y"))
    assert np.isfinite(fit(frame("city"), 2, history=longer).frame()[NUMBERS]).all().all()
    with pytest.raises(ValueError, match="the history of 'city' has no draws of 2017; draw every period"):
        fit(frame("city"), 2, history=histories(periods=YEARS[:-1]))


def test_draws_below_zero_do_not_poison() -> None:
    past = histories()
    values = past.values.copy()
    values[0, 3, ::2] = -1.0
    found = fit(frame("city"), 2, history=past.with_values(values)).frame()
    assert np.isfinite(found[NUMBERS]).all().all()


def test_a_forecast_that_runs_away_from_a_draw_is_not_heard() -> None:
    def forecasts(y: np.ndarray, horizon: int) -> np.ndarray:
        return np.full((*y.shape, horizon), np.where(y[..., :1, None] > 100, 1e6, 120.0))

    made = fit(frame("city"), 2).outlooks["city"].combination
    wild = replace(made, members={"one": Fitted(forecasts)}, weights={"one": 1.0})
    past = np.column_stack([np.full(18, 99.0), np.full(18, 101.0)])
    ahead = _from_histories(wild, past, 2, 2)
    assert ahead[:, 0].tolist() == [120.0, 120.0]
    assert ahead[:, 1].tolist() == made.mean.tolist()


def test_draws_of_a_value_set_aside_do_not_poison() -> None:
    y = walk(0, 18)
    y[9] = -2.0
    noise = np.random.default_rng(5).normal(0, 0.05, (18, 40))
    past = Paths(("city",), YEARS, (y[:, None] * np.exp(noise))[None])
    found = fit(frame("city", y=y), 2, history=past)
    assert found.outlooks["city"].facts[:2] == ("isolated:2009", "gap:1")
    assert (width(found.frame()) > 1.05 * width(fit(frame("city", y=y), 2).frame())).all()


def whole_and_parts(last: int = 18) -> pd.DataFrame:
    parts = frame("ships", "seafood", "north", "south")
    ships = parts.loc[parts["unique_id"].isin(["ships", "seafood"])]
    city = ships.groupby("ds", as_index=False)["y"].sum().assign(unique_id="city")
    found = pd.concat([city, parts], ignore_index=True)
    return found[~(found["unique_id"].eq("south") & (found["ds"] < YEARS[18 - last]))]


SPLITS = {"city": [["ships", "seafood"], ["north", "south"]]}


def adds_up(made: Forecast, parts: list[str]) -> bool:
    whole = made.paths.of("city")
    return np.allclose(whole, sum(made.paths.of(part) for part in parts))


def test_a_whole_is_the_sum_of_its_parts_in_every_draw() -> None:
    rows = whole_and_parts()
    rows = rows[rows["unique_id"] != "south"]
    made = fit(rows, 3, hierarchy={"city": ["ships", "seafood"]})
    assert adds_up(made, ["ships", "seafood"])
    mean = made.frame().set_index(["unique_id", "ds"])["mean"]
    np.testing.assert_allclose(mean["city"], mean["ships"] + mean["seafood"])
    # What is not in the hierarchy is left in its place.
    assert list(made.frame()["unique_id"].unique()) == ["city", "ships", "seafood", "north"]


def test_two_splits_at_once() -> None:
    made = fit(whole_and_parts(), 1, hierarchy=SPLITS)
    assert adds_up(made, ["ships", "seafood"])
    assert adds_up(made, ["north", "south"])


def test_a_refused_part_drops_its_split_only() -> None:
    made = fit(whole_and_parts(last=5), 2, hierarchy=SPLITS)
    assert made.refused["unique_id"].tolist() == ["south"]
    assert adds_up(made, ["ships", "seafood"])
    found = made.frame().set_index("unique_id")
    assert found.loc["south", "mean"].isna().all()
    assert found.loc["north", "mean"].notna().all()


def test_without_any_whole_split_forecasts_stay_apart() -> None:
    rows = whole_and_parts(last=5)
    made = fit(rows[rows["unique_id"].isin(["city", "south"])], 2, hierarchy={"city": ["south"]})
    assert made.reconciled is None
    assert made.frame().set_index("unique_id").loc["city", "mean"].notna().all()


def test_series_of_one_hierarchy_end_together() -> None:
    rows = whole_and_parts()
    rows = rows[rows["unique_id"].isin(["city", "seafood"])]
    unequal = rows[~(rows["unique_id"].eq("seafood") & (rows["ds"] == YEARS[-1]))]
    words = "series 'city' and 'seafood' do not end in one period; cut them to the same end"
    with pytest.raises(ValueError, match=words):
        fit(unequal, 2, hierarchy={"city": ["seafood"]})
    # Each for itself they may.
    ahead = forecast(unequal, 1).set_index("unique_id")["ds"].astype(str)
    assert (ahead["city"], ahead["seafood"]) == ("2018", "2017")


def test_series_apart_have_draws_of_their_own() -> None:
    paths = fit(frame("city", "ships"), 1, draws=2000).paths
    assert paths.values.shape == (2, 1, 2000)
    correlation = np.corrcoef(paths.of("city")[0], paths.of("ships")[0])[0, 1]
    assert abs(correlation) < 0.1
