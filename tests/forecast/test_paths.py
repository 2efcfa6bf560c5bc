"""Sample paths cut to means and intervals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.forecast.paths import Paths

MONTHS = pd.period_range("2023-11", periods=3, freq="M")


def made_up(seed: int = 0, draws: int = 50) -> Paths:
    rng = np.random.default_rng(seed)
    return Paths(("city", "ships"), MONTHS, rng.lognormal(0, 1, (2, 3, draws)))


def test_a_frame_by_hand() -> None:
    # Eleven draws 0 to 10: the 10 and 90 % points are draws themselves.
    paths = Paths(("city",), MONTHS[:1], np.arange(11.0)[None, None])
    assert paths.frame(levels=(80,)).values.tolist() == [["city", MONTHS[0], 5, 1, 9]]


def test_rows_are_series_by_period() -> None:
    paths = made_up()
    frame = paths.frame()
    assert list(frame.columns) == ["unique_id", "ds", "mean", "lo-80", "hi-80", "lo-95", "hi-95"]
    assert frame["unique_id"].tolist() == ["city"] * 3 + ["ships"] * 3
    assert frame["ds"].tolist() == [*MONTHS, *MONTHS]
    assert frame["ds"].dtype == "period[M]"
    for code in paths.ids:
        assert frame[frame["unique_id"].eq(code)]["mean"].tolist() == pytest.approx(
            paths.of(code).mean(axis=1)
        )


@pytest.mark.parametrize(
    "periods", [pd.RangeIndex(2020, 2023), pd.date_range("2023-11-01", periods=3, freq="MS"), MONTHS]
)
def test_periods_stay_what_they_are(periods: pd.Index) -> None:
    assert Paths(("city",), periods, np.ones((1, 3, 2))).frame()["ds"].tolist() == list(periods)


@given(seed=st.integers(0, 999))
def test_intervals_nest_and_means_add_up(seed: int) -> None:
    paths = made_up(seed)
    frame = paths.frame(levels=(50, 80, 95))
    ordered = frame[["lo-95", "lo-80", "lo-50", "hi-50", "hi-80", "hi-95"]].to_numpy()
    assert (np.diff(ordered, axis=1) >= 0).all()
    total = paths.values.sum(axis=0, keepdims=True)
    means = Paths(("both",), MONTHS, total).frame()["mean"]
    np.testing.assert_allclose(means, frame["mean"].to_numpy().reshape(2, 3).sum(axis=0))


def test_levels_are_named_as_given() -> None:
    columns = made_up().frame(levels=(99, 97.5, 80.0)).columns
    assert list(columns[3:]) == ["lo-99", "hi-99", "lo-97.5", "hi-97.5", "lo-80", "hi-80"]
    assert list(made_up().frame(levels=()).columns) == ["unique_id", "ds", "mean"]


@pytest.mark.parametrize("level", [0, 100, -5, 120])
def test_levels_are_percent(level: float) -> None:
    with pytest.raises(ValueError, match=f"levels are in percent, above 0 and below 100; got {level}"):
        made_up().frame(levels=(80, level))


def test_some_of_the_series_and_other_draws() -> None:
    paths = made_up()
    assert paths.only(["ships"]).ids == ("ships",)
    np.testing.assert_array_equal(paths.only(["ships", "city"]).values, paths.values[::-1])
    np.testing.assert_array_equal(paths.with_values(paths.values * 2).of("ships"), 2 * paths.values[1])
    with pytest.raises(ValueError):
        paths.of("chips")


def test_no_series() -> None:
    frame = Paths((), MONTHS, np.empty((0, 3, 5))).frame()
    assert (len(frame), list(frame.columns)[:3]) == (0, ["unique_id", "ds", "mean"])
