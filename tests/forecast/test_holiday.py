"""The Spring Festival in forecasts: found where it is, left alone where it is not, and put where it falls next."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from zs_analysis.forecast import fit, rolled
from zs_analysis.forecast.combination import AIRLINE, Combination, Pool, combine
from zs_analysis.forecast.holiday import Effect, spring_festival
from zs_analysis.forecast.models import in_logs
from zs_analysis.forecast.series import Series, read
from zs_analysis.metrics import spring_festival_regressors

FESTIVAL = "spring_festival"
# The share of the twenty days from the Lunar New Year on that lies in March; K17 of the known answers.
MARCH_FROM_K17 = {2015: 0.5, 2018: 0.35, 2019: 0.0}
EFFECT = -0.12
ALONE = Pool({"airline": in_logs(AIRLINE)})


def months(n: int = 96, start: str = "2011-01") -> pd.PeriodIndex:
    return pd.period_range(start, periods=n, freq="M")


def log_of_output(ds: pd.PeriodIndex, effect: float, seed: int = 1) -> np.ndarray:
    """Trend, season, small noise, and a festival that takes so much off the months it falls into."""
    noise = np.random.default_rng(seed).normal(0, 0.005, len(ds))
    season = 0.1 * np.sin(2 * np.pi * ds.month.to_numpy() / 12)
    moved = spring_festival_regressors(ds)["post"].to_numpy()
    return 5 + 0.004 * np.arange(len(ds)) + season + effect * moved + noise


def frame(ds: pd.PeriodIndex | None = None, effect: float = EFFECT) -> pd.DataFrame:
    ds = months() if ds is None else ds
    return pd.DataFrame({"unique_id": "city", "ds": ds, "y": np.exp(log_of_output(ds, effect))})


def merged(rows: pd.DataFrame) -> pd.DataFrame:
    """January within February, as published."""
    both = rows.assign(ds=rows["ds"].where(rows["ds"].dt.month > 1, rows["ds"] + 1))
    return both.groupby(["unique_id", "ds"], as_index=False)["y"].sum()


def estimated(rows: pd.DataFrame, n: int | None = None) -> tuple[Series, Effect]:
    [series] = read(rows)
    return series, spring_festival(series)(series.y[:n])


@cache
def combined(holiday: bool) -> Combination:
    """The airline model alone: quick."""
    [series] = read(frame())
    return combine(series.y, 12, 12, ALONE, spring_festival(series) if holiday else None)


def test_k18_the_coefficient_is_found() -> None:
    _, effect = estimated(frame(months(132)))
    assert effect.coefficients["post"] == pytest.approx(EFFECT, abs=0.01)
    assert effect.coefficients["pre"] == pytest.approx(0, abs=0.01)
    assert effect.ratios


def test_the_effect_falls_where_the_festival_does() -> None:
    series, effect = estimated(frame())
    course = pd.Series(effect.course(120), months(120))
    march = course[course.index.month == 3]
    march.index = march.index.year
    for year, share in MARCH_FROM_K17.items():
        moved = effect.coefficients["post"] * (share - MARCH_FROM_K17[2019])
        assert march[year] - march[2019] == pytest.approx(moved, abs=1e-9)
    assert (course[course.index.month > 3] == 0).all()
    # What is known of the past does not hang on how far ahead is asked.
    np.testing.assert_array_equal(effect.course(len(series.y)), course[: len(series.y)])


def test_forecasts_move_with_the_festival() -> None:
    truth = np.exp(log_of_output(months(108), EFFECT))[-12:]
    felt, missed = (np.abs(np.log(combined(holiday).mean / truth)) for holiday in (True, False))
    assert felt.max() < 0.02
    assert missed[:3].max() > 2 * felt[:3].max()
    # What is explained leaves the errors that the intervals are made of.
    felt, missed = (np.nanstd(combined(holiday).errors[:, 0]) for holiday in (True, False))
    assert felt < 0.6 * missed


def test_without_an_effect_nothing_changes() -> None:
    [series] = read(frame(months(60), effect=0.0))
    plain, tried = (combine(series.y, 12, 3, ALONE, one) for one in (None, spring_festival(series)))
    assert tried.holiday == {}
    np.testing.assert_array_equal(plain.mean, tried.mean)
    np.testing.assert_array_equal(plain.errors, tried.errors)


def test_the_unit_makes_no_difference() -> None:
    rows = frame()
    (_, small), (_, large) = (estimated(rows.assign(y=rows["y"] * unit)) for unit in (1e-4, 1e4))
    assert small.coefficients == pytest.approx(large.coefficients, abs=1e-3)
    # Below zero the effect is in the unit of the series.
    [levels, thousands] = [
        estimated(rows.assign(y=unit * (np.log(rows["y"]) - 5)))[1].coefficients for unit in (1.0, 1e3)
    ]
    assert levels["post"] == pytest.approx(EFFECT, abs=0.02)
    assert thousands["post"] == pytest.approx(1e3 * levels["post"], rel=0.01)


def test_a_first_part_above_zero_has_an_effect_in_logs_of_its_own() -> None:
    rows = frame()
    rows.loc[80:90, "y"] = -5.0
    series, early = estimated(rows, 64)
    assert (series.positive, early.ratios) == (False, True)
    assert early.coefficients["post"] == pytest.approx(EFFECT, abs=0.03)
    made = combine(series.y, 12, 3, Pool({"airline": AIRLINE}), spring_festival(series))
    assert np.isfinite(made.mean).all() and not made.failed


def test_judged_origins_know_the_effect_from_before_alone() -> None:
    [series] = read(frame())
    y, known = series.y, 64
    later = np.where(np.arange(96) < known, y, y * np.exp(0.3 * np.sin(np.arange(96.0))))
    first = [combine(one, 12, 3, ALONE, spring_festival(series)).errors[0] for one in (y, later)]
    # The forecast of the first judged origin is the same; what came out is not.
    expected = np.log(later[known : known + 3] / y[known : known + 3])
    np.testing.assert_allclose(first[1] - first[0], expected, atol=1e-9)


def test_a_backtest_sees_nothing_of_the_festival_after_the_cutoff() -> None:
    rows = frame(months(75))
    changed = rows.assign(y=rows["y"].where(rows.index < 72, 3 * rows["y"]))
    found = rolled(changed, 3, 1, holiday=FESTIVAL).query("model == 'combination'")
    made = fit(frame(months(72)), 3, holiday=FESTIVAL)
    assert found["mean"].tolist() == made.frame()["mean"].tolist()
    assert FESTIVAL in made.outlooks["city"].facts
    assert found["mean"].to_numpy() == pytest.approx(rows["y"][72:].to_numpy(), rel=0.03)


def test_a_merged_january_and_february_gains_what_march_does_not_lose() -> None:
    series, effect = estimated(merged(frame(months(132))))
    # The window before the day is always within the two.
    assert set(effect.coefficients) == {"post"}
    course = pd.Series(effect.course(len(series.y)), series.periods)
    february, march = (course[course.index.month == month].to_numpy() for month in (2, 3))
    np.testing.assert_allclose(np.diff(february), -np.diff(march) / 2, atol=1e-9)
    assert effect.coefficients["post"] == pytest.approx(EFFECT, abs=0.02)


def test_filled_months_carry_the_effect_of_an_average_year() -> None:
    rows = frame().drop(index=[48, 49, 50])
    series, effect = estimated(rows)
    course = effect.course(len(series.y))
    assert (course[48:51] == 0).all()
    assert (course[36:39] != 0).all()
    assert effect.coefficients["post"] == pytest.approx(EFFECT, abs=0.02)


def test_quarters_hold_the_festival_whole() -> None:
    rows = frame(months(72)).assign(ds=lambda table: table["ds"].dt.asfreq("Q"))
    quarters = rows.groupby(["unique_id", "ds"], as_index=False)["y"].sum()
    assert spring_festival(read(quarters)[0]) is None


@pytest.mark.parametrize("n", [24, 28])
def test_two_years_are_too_few_to_tell(n: int) -> None:
    _, effect = estimated(frame(months(n, "2014-03")))
    assert effect.coefficients == {}


@pytest.mark.parametrize("y", [np.full(60, 7.0), np.r_[np.zeros(59), 1.0], np.arange(60.0)])
def test_series_without_anything_to_estimate_from(y: np.ndarray) -> None:
    rows = frame(months(60)).assign(y=y)
    assert estimated(rows)[1].coefficients == {}


def test_what_has_no_festival_says_so() -> None:
    numbers = frame().assign(ds=range(96))
    with pytest.raises(ValueError, match="'city' has whole numbers for periods.*pass holiday=None"):
        fit(numbers, 1, holiday=FESTIVAL)
    with pytest.raises(ValueError, match="holiday must be 'spring_festival' or None; got 'easter'"):
        fit(frame(), 1, holiday="easter")
    with pytest.raises(ValueError, match="known for 1930 to 2050.*pass holiday=None"):
        fit(frame(months(60, "1920-01")).assign(y=1.0 + np.arange(60)), 1, holiday=FESTIVAL)
