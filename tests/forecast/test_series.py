"""Series as they come: frequencies, gaps, shifts, and what is refused with which reason."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis.forecast.series import (
    MOST_FILLED,
    SHIFT_WINDOW,
    Series,
    as_periods,
    checked,
    read,
    without_shifts,
)

MONTHS = pd.period_range("2019-01", periods=48, freq="M")


def frame(ds: object, y: object = None, **more: object) -> pd.DataFrame:
    ds = pd.Series(ds)
    y = 100 + np.random.default_rng(0).normal(0, 1, len(ds)) if y is None else y
    return pd.DataFrame({"unique_id": "city", "ds": ds, "y": y, **more})


def one(ds: object, y: object = None, season_length: int | None = None, **more: object) -> Series:
    [found] = read(frame(ds, y, **more), season_length)
    return found


def wave(n: int = 48, season: int = 12, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 0.2 * np.sin(2 * np.pi * np.arange(n) / season) + 0.01 * rng.normal(size=n).cumsum()


def future(series: Series, horizon: int = 3) -> list[str]:
    return [str(period) for period in series.future(horizon)]


KINDS = {
    "months": (pd.period_range("2020-11", periods=30, freq="M"), 12, ["2023-05", "2023-06"]),
    "quarters": (pd.period_range("2015Q3", periods=30, freq="Q"), 4, ["2023Q1", "2023Q2"]),
    "years": (pd.period_range("1990", periods=30, freq="Y"), 1, ["2020", "2021"]),
    "starts of months": (pd.date_range("2020-11-01", periods=30, freq="MS"), 12, ["2023-05", "2023-06"]),
    "ends of months": (pd.date_range("2020-11-30", periods=30, freq="ME"), 12, ["2023-05", "2023-06"]),
    "last working days": (pd.date_range("2020-11-01", periods=30, freq="BME"), 12, ["2023-05", "2023-06"]),
    "starts of quarters": (pd.date_range("2015-07-01", periods=30, freq="QS"), 4, ["2023Q1", "2023Q2"]),
    "ends of quarters": (pd.date_range("2015-09-30", periods=30, freq="QE"), 4, ["2023Q1", "2023Q2"]),
    "starts of years": (pd.date_range("1990-01-01", periods=30, freq="YS"), 1, ["2020", "2021"]),
    "ends of years": (pd.date_range("1990-12-31", periods=30, freq="YE"), 1, ["2020", "2021"]),
    "numbers": (range(1990, 2020), 1, ["2020", "2021"]),
    "months as text": (
        pd.period_range("2020-11", periods=30, freq="M").astype(str),
        12,
        ["2023-05", "2023-06"],
    ),
    "quarters as text": (
        [f"{year}-Q{quarter}" for year in range(2016, 2023) for quarter in range(1, 5)],
        4,
        ["2023Q1", "2023Q2"],
    ),
    "years as text": ([str(year) for year in range(1990, 2020)], 1, ["2020", "2021"]),
    "periods as objects": (
        pd.Series(pd.period_range("2015Q3", periods=30, freq="Q"), dtype=object),
        4,
        ["2023Q1", "2023Q2"],
    ),
    "days as objects": (
        [datetime.date(2020 + month // 12, month % 12 + 1, 1) for month in range(10, 40)],
        12,
        ["2023-05", "2023-06"],
    ),
}


@pytest.mark.parametrize("ds, season, expected", KINDS.values(), ids=KINDS)
def test_frequency_is_seen(ds: object, season: int, expected: list[str]) -> None:
    found = one(ds)
    assert (found.season, future(found, 2), found.reason, found.facts) == (season, expected, "", ())


def test_frequency_is_seen_through_gaps() -> None:
    months = pd.date_range("2019-01-01", periods=48, freq="MS").delete([5, 6, 20])
    quarters = pd.date_range("2010-01-01", periods=40, freq="QS").delete([7, 8, 9])
    years = pd.date_range("1990-01-01", periods=30, freq="YS").delete([3, 4])
    assert [one(ds).season for ds in (months, quarters, years)] == [12, 4, 1]
    # Never three months in a row, yet no quarters: one pair of dates stands four months apart.
    apart = pd.DatetimeIndex(["2019-01-01", "2019-04-01", "2019-08-01", "2019-11-01"])
    assert as_periods(pd.Series(apart)).dtype == "period[M]"
    assert as_periods(pd.Series(apart[:1])).dtype == "period[M]"


def test_another_season_than_that_of_the_calendar() -> None:
    assert one(range(40), season_length=7).season == 7
    assert one(MONTHS, season_length=4).season == 4
    # Eleven of anything else is not a year without January.
    assert future(one(range(40), season_length=11)) == ["40", "41", "42"]
    assert future(one(MONTHS, season_length=11)) == ["2023-01", "2023-02", "2023-03"]


def test_merged_january() -> None:
    without = MONTHS[MONTHS.month != 1]
    found = one(without)
    assert (found.season, found.facts, len(found.y), found.observed.all()) == (
        11,
        ("merged_january",),
        44,
        True,
    )
    assert list(found.periods) == list(without)
    assert future(found, 2) == ["2023-02", "2023-03"]
    ahead = future(found, 24)
    assert len(ahead) == 24
    assert not [period for period in ahead if period.endswith("-01")]
    assert ahead[10:12] == ["2023-12", "2024-02"]


def test_one_january_is_enough_to_have_months() -> None:
    found = one(MONTHS[(MONTHS.month != 1) | (MONTHS.year == 2021)])
    assert (found.season, found.facts) == (12, ("gap:2",))
    # Less than a year cannot tell.
    assert one(MONTHS[1:12], season_length=None).season == 12
    # Whoever says twelve means gaps.
    assert one(MONTHS[MONTHS.month != 1], season_length=12).facts == ("gap:3",)


def test_merged_january_has_gaps_of_its_own() -> None:
    found = one(MONTHS[(MONTHS.month != 1)].delete([5, 6]))
    assert (found.season, found.facts, len(found.y)) == (11, ("merged_january", "gap:2"), 44)


def test_gaps_are_filled_along_the_season() -> None:
    y = 100 * np.exp(wave())
    hidden = [13, 14, 15, 30]
    seen = np.delete(np.arange(48), hidden)
    found = one(MONTHS[seen], y[seen])
    assert found.facts == ("gap:4",)
    assert (~found.observed).nonzero()[0].tolist() == hidden
    np.testing.assert_array_equal(found.y[seen], y[seen])
    # Straight lines alone would miss the peak by a fifth.
    np.testing.assert_allclose(found.y[hidden], y[hidden], rtol=0.05)


def test_empty_values_are_gaps_like_absent_rows() -> None:
    y = 100 * np.exp(wave())
    empty, absent = (
        one(MONTHS, np.where(np.arange(48) == 20, np.nan, y)),
        one(MONTHS.delete(20), np.delete(y, 20)),
    )
    np.testing.assert_array_equal(empty.y, absent.y)
    assert empty.facts == absent.facts == ("gap:1",)


def test_gaps_of_a_plain_series_lie_on_straight_lines() -> None:
    found = one(
        [2000, 2001, 2002, 2003, 2006, 2007, 2008, 2009, 2010, 2011], [-1.0, 0, 1, 2, 5, 6, 7, 8, 9, 10]
    )
    assert found.y.tolist() == pytest.approx([-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), hidden=st.sets(st.integers(1, 94), min_size=1, max_size=15))
def test_what_is_filled_into_a_positive_series_is_positive(seed: int, hidden: set[int]) -> None:
    # A season that swings by a third of a level that grows a thousandfold.
    y = np.exp(np.linspace(0, 7, 96) + 2 * wave(96, seed=seed))
    seen = np.delete(np.arange(96), sorted(hidden))
    found = one(pd.period_range("2010-01", periods=96, freq="M")[seen], y[seen])
    assert found.positive
    np.testing.assert_allclose(np.log(found.y), np.log(y), atol=0.5)


def test_too_many_gaps_are_refused() -> None:
    n = 50
    at_most = int(MOST_FILLED * n)
    for hidden, reason in ((at_most, ""), (at_most + 1, "gaps")):
        seen = np.delete(np.arange(n), np.arange(10, 10 + hidden))
        found = one(seen)
        assert (found.reason, (~found.observed).sum()) == (reason, hidden)


@pytest.mark.parametrize(
    "ds, season_length, needed",
    [
        (MONTHS, None, 24),
        (MONTHS[MONTHS.month != 1], None, 22),
        (pd.period_range("2010Q1", periods=40, freq="Q"), None, 8),
        (pd.period_range("1980", periods=40, freq="Y"), None, 6),
        (pd.RangeIndex(40), None, 6),
        (pd.RangeIndex(40), 7, 14),
    ],
)
def test_too_short(ds: pd.Index, season_length: int | None, needed: int) -> None:
    assert one(ds[:needed], season_length=season_length).reason == ""
    assert one(ds[: needed - 1], season_length=season_length).reason == "too_short"
    assert one(ds[:1], season_length=season_length).reason == "too_short"


def test_what_is_counted_for_too_short_is_what_was_observed() -> None:
    y = 100 * np.exp(wave())[:25]
    y[[3, 9]] = np.nan
    assert one(MONTHS[:25], y).reason == "too_short"


def test_all_missing_is_refused_and_says_of_which_future() -> None:
    found = one(MONTHS, np.nan)
    assert (found.reason, future(found, 2)) == ("too_short", ["2023-01", "2023-02"])


def test_missing_ends_are_cut_off() -> None:
    y = 100 * np.exp(wave())
    y[[0, 1, 46, 47]] = np.nan
    found = one(MONTHS, y)
    assert (str(found.periods[0]), len(found.y), found.facts) == ("2019-03", 44, ())
    assert future(found, 1) == ["2022-11"]


@pytest.mark.parametrize(
    "y, facts",
    [
        (np.full(48, 5.0), ("constant",)),
        (np.zeros(48), ("constant",)),
        (np.r_[0.0, np.ones(47)], ("not_positive",)),
        (np.r_[-1.0, np.ones(47)], ("not_positive",)),
        (np.ones(48) + wave(), ()),
    ],
)
def test_constant_zero_and_negative(y: np.ndarray, facts: tuple[str, ...]) -> None:
    found = one(MONTHS, y)
    assert (found.facts, found.positive, found.reason) == (facts, bool((y > 0).all()), "")


def isolated_at(at: int, value: float = 0.0, n: int = 48) -> np.ndarray:
    return np.where(np.arange(n) == at, value, 100 * np.exp(wave(n)))


@pytest.mark.parametrize("value", [0.0, -30.0])
def test_one_value_not_above_zero_is_a_gap(value: float) -> None:
    y = isolated_at(20, value)
    found, absent = one(MONTHS, y, se=1.0), one(MONTHS.delete(20), np.delete(y, 20))
    assert found.facts == ("isolated:2020-09", "gap:1")
    assert (found.positive, found.observed.tolist().index(False)) == (True, 20)
    np.testing.assert_array_equal(found.y, absent.y)


@pytest.mark.parametrize(
    "y",
    [
        isolated_at(0),
        isolated_at(47),
        np.minimum(isolated_at(20), isolated_at(33)),
        # A season that comes close to zero every year: it may reach it once.
        isolated_at(21) * np.where(np.arange(48) % 12 == 9, 0.05, 1.0),
        isolated_at(20)[:35],
    ],
    ids=["first", "last", "two", "near zero every year", "fewer than three years"],
)
def test_values_not_above_zero_that_belong_to_the_series(y: np.ndarray) -> None:
    found = one(MONTHS[: len(y)], y)
    assert (found.facts, found.positive, found.observed.all()) == (("not_positive",), False, True)


def test_a_series_that_grows_a_thousandfold_may_have_one_too() -> None:
    y = np.where(np.arange(96) == 50, 0.0, np.exp(np.linspace(0, 7, 96) + wave(96)))
    found = one(pd.period_range("2010-01", periods=96, freq="M"), y)
    assert found.facts == ("isolated:2014-03", "gap:1")
    # What is filled in lies between its neighbours, not near the mean of the whole.
    assert 0.7 * y[49] < found.y[50] < 1.4 * y[51]


def test_order_of_rows_is_that_of_time_and_of_first_appearance() -> None:
    rows = pd.concat([frame(MONTHS).assign(unique_id=code) for code in ("zones", "city")])
    mixed = rows.sample(frac=1, random_state=1)
    assert [series.unique_id for series in read(rows)] == ["zones", "city"]
    expected = {series.unique_id: series.y.tolist() for series in read(rows)}
    assert {series.unique_id: series.y.tolist() for series in read(mixed)} == expected


def test_standard_errors_go_with_their_periods() -> None:
    y = np.where(np.arange(48) == 20, np.nan, 100 * np.exp(wave()))
    se = np.where(np.arange(48) == 30, np.nan, np.arange(48.0))
    found = read(frame(MONTHS, y, se=se).sample(frac=1, random_state=2))[0]
    expected = np.arange(48.0)
    expected[[20, 30]] = 0
    assert found.se.tolist() == expected.tolist()
    assert one(MONTHS).se is None


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda df: df.drop(columns="ds"), "no column ds; give unique_id, ds, y"),
        (lambda df: df.drop(columns=["unique_id", "y"]), "no column unique_id, y"),
        (lambda df: pd.concat([df, df.iloc[[3]]]), "'city' has 2019-04 more than once; keep one"),
        (lambda df: df.assign(y=df["y"].where(df.index != 3, np.inf)), "'city' has an infinite value"),
        (lambda df: df.assign(se=-np.inf), "'city' has an infinite value"),
        (lambda df: df.assign(y="many"), "column y holds no number: .*many"),
        (lambda df: df.assign(ds=df["ds"].where(df.index != 3)), "column ds is empty in some rows"),
        (lambda df: df.assign(ds="next year"), "column ds holds no period: .*write 2023-10, 2023-Q3 or 2023"),
        (
            lambda df: df.assign(ds=df["ds"].dt.to_timestamp().astype(str)),
            "column ds holds '2019-01-01'; write",
        ),
        (lambda df: df.assign(ds=df["ds"].astype(str).where(df.index != 3, "2030")), "mixes frequencies"),
        (lambda df: df.assign(unique_id=df["unique_id"].where(df.index != 3)), "unique_id is empty"),
    ],
)
def test_unusable_frames_say_what_to_do(spoil: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(spoil(frame(MONTHS)))


@pytest.mark.parametrize("season_length", [0, -12])
def test_a_season_has_a_length(season_length: int) -> None:
    with pytest.raises(ValueError, match=f"season_length must be at least 1; got {season_length}"):
        read(frame(MONTHS), season_length)


def test_numbers_as_text_and_whole_numbers_are_numbers() -> None:
    found = checked(pd.DataFrame({"unique_id": 1, "ds": ["2023-01", "2023-02"], "y": ["1.5", None]}))
    assert found["y"].tolist() == pytest.approx([1.5, np.nan], nan_ok=True)
    whole = pd.Series([1, None], dtype="Int64")
    assert checked(frame(MONTHS[:2], whole))["y"].isna().tolist() == [False, True]


def test_nothing_becomes_no_series() -> None:
    assert read(frame(MONTHS).iloc[:0]) == []


@pytest.mark.parametrize("season", [1, 4, 12])
@pytest.mark.parametrize("at", [12, 29, 48 - SHIFT_WINDOW])
@pytest.mark.parametrize("size", [1.5, -1.5])
def test_a_shift_is_found_and_the_past_moved(season: int, at: int, size: float) -> None:
    z = wave(48, season) if season > 1 else 0.05 * np.random.default_rng(0).normal(size=48)
    level, shifts, recent = without_shifts(z + size * (np.arange(48) >= at), season)
    assert (shifts, recent) == ([at], [])
    # Today's level is left as it is.
    np.testing.assert_allclose(level[at:], z[at:] + size)
    np.testing.assert_allclose(level[:at], z[:at] + size, atol=0.4)


@pytest.mark.parametrize("season", [1, 12])
@pytest.mark.parametrize("back", [1, 2, 3])
def test_a_jump_at_the_end_is_too_recent_to_tell(season: int, back: int) -> None:
    z = wave(48, season) if season > 1 else 0.05 * np.random.default_rng(0).normal(size=48)
    y = z + 1.5 * (np.arange(48) >= 48 - back)
    level, shifts, recent = without_shifts(y, season)
    assert (shifts, recent) == ([], [48 - back])
    np.testing.assert_array_equal(level, y)


@pytest.mark.parametrize("season", [1, 12])
@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 999),
    at=st.integers(6, 42),
    length=st.integers(1, 2),
    size=st.sampled_from([-3.0, 3.0]),
)
def test_what_comes_back_is_no_shift(season: int, seed: int, at: int, length: int, size: float) -> None:
    z = np.random.default_rng(seed).normal(0, 0.05, 48) + (wave() if season > 1 else 0)
    z[at : at + length] += size
    level, shifts, recent = without_shifts(z, season)
    assert (shifts, recent) == ([], [])
    np.testing.assert_array_equal(level, z)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 9999), factor=st.sampled_from([1e-3, 1.0, 1e4]), trend=st.floats(-0.1, 0.1))
def test_steps_of_a_random_walk_are_no_shift(seed: int, factor: float, trend: float) -> None:
    z = factor * np.random.default_rng(seed).normal(trend, 0.05, 60).cumsum()
    assert without_shifts(z, 1)[1:] == ([], [])


@pytest.mark.parametrize("z", [np.zeros(24), np.arange(24.0), np.r_[np.zeros(12), np.ones(12)], np.zeros(25)])
def test_where_changes_have_no_usual_size_nothing_is_moved(z: np.ndarray) -> None:
    for season in (1, 2, 12):
        np.testing.assert_array_equal(without_shifts(z, season)[0], z)
