"""Nowcast: years added up by hand, what published figures fix, what must never change the numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis import metrics
from zs_analysis.forecast.nowcast import Nowcast, against_expectation, nowcast
from zs_analysis.forecast.paths import Paths

# Cumulative output of January to October 2023 and the figure announced for the year, 亿元 (case K6 of the project's list of known answers)
OCTOBER, ANNOUNCED = 3246.8, 3800.0
LEFT_FROM_K6, PER_MONTH_FROM_K6, SO_FAR_FROM_K6, VERSUS_FROM_K6 = 553.2, 276.6, 324.68, -14.808
levels = st.floats(1, 1e4)
widths = st.floats(0, 100)


def months(first: int, last: int, year: int = 2023) -> pd.PeriodIndex:
    return pd.period_range(f"{year}-{first:02d}", f"{year}-{last:02d}", freq="M")


def paths(first: int, rows: list[list[float]], *, unique_id: str = "city", year: int = 2023) -> Paths:
    """A row of draws for each month from `first` on."""
    return Paths((unique_id,), months(first, first + len(rows) - 1, year), np.array([rows], dtype=float))


def to(figures: dict[str, float], unique_id: str = "city") -> pd.DataFrame:
    index = pd.PeriodIndex(list(figures), freq="M")
    return pd.DataFrame({"unique_id": unique_id, "ds": index, "y": list(figures.values())})


def rows(found: Nowcast, **more) -> pd.DataFrame:
    return found.frame(**more).set_index("window")


TWO_LEFT = paths(11, [[300, 320, 310], [290, 330, 340]])
TO_OCTOBER = to({"2023-10": OCTOBER})


def test_the_year_is_the_published_sum_and_draws_of_what_is_left() -> None:
    found = nowcast(TWO_LEFT, 2023, TO_OCTOBER)
    assert found.year.values[0, 0] == pytest.approx([3836.8, 3896.8, 3896.8])
    assert str(found.year.periods[0]) == "2023"
    year = rows(found).loc["2023"]
    assert year["mean"] == pytest.approx(3876.8)
    assert year["known_share"] == pytest.approx(OCTOBER / 3876.8)
    assert (year["lo-80"], year["hi-80"]) == pytest.approx((3848.8, 3896.8))
    assert found.ytd == {"city": (10, OCTOBER)}


def test_columns_and_windows() -> None:
    found = nowcast(TWO_LEFT, 2023, TO_OCTOBER)
    intervals = ["lo-80", "hi-80", "lo-95", "hi-95"]
    assert found.frame().columns.tolist() == [
        "unique_id",
        "window",
        "mean",
        *intervals,
        "known_share",
        "reason",
    ]
    assert found.frame()["window"].tolist() == ["2023", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
    growth = ["growth_pct", *(f"growth_{name}" for name in intervals)]
    last = nowcast(TWO_LEFT, 2022, to({"2022-12": 3481}))
    assert found.frame(last_year=last).columns.tolist() == [*found.frame().columns, *growth]


def test_quarters_that_nothing_splits_are_refused_with_a_reason() -> None:
    found = rows(nowcast(TWO_LEFT, 2023, TO_OCTOBER))
    assert found["reason"].tolist() == ["", *["not_split"] * 4]
    assert found.loc["2023-Q4"].drop(["unique_id", "reason"]).isna().all()


def test_differences_of_published_sums_fix_quarters() -> None:
    ytd = to({"2023-03": 830, "2023-06": 1840, "2023-09": 2900, "2023-10": OCTOBER})
    found = rows(nowcast(TWO_LEFT, 2023, ytd))
    assert found["mean"].tolist() == pytest.approx([3876.8, 830, 1010, 1060, 976.8])
    assert (found["hi-95"] - found["lo-95"])[["2023-Q1", "2023-Q2", "2023-Q3"]].tolist() == [0, 0, 0]
    assert found["known_share"].tolist() == pytest.approx([OCTOBER / 3876.8, 1, 1, 1, 346.8 / 976.8])


def test_single_months_are_scaled_to_the_published_sum_draw_by_draw() -> None:
    singles = paths(1, [[10, 10, 30]] * 9 + [[10, 110, 30]])
    found = nowcast(TWO_LEFT, 2023, TO_OCTOBER, singles)
    first = [OCTOBER * share for share in (0.3, 0.15, 0.3)]
    fourth = [OCTOBER * share + left for share, left in zip((0.1, 0.55, 0.1), (590, 650, 650), strict=True)]
    assert found.windows.values[0, 1] == pytest.approx(first)
    assert found.windows.values[0, 4] == pytest.approx(fourth)
    assert found.windows.values[0, 0] == pytest.approx([3836.8, 3896.8, 3896.8])
    shares = rows(found)["known_share"]
    assert shares["2023"] == pytest.approx(OCTOBER / 3876.8)
    assert shares.iloc[1:].tolist() == [0, 0, 0, 0]  # the sum is published, its split is not


def test_published_single_months_are_known() -> None:
    index = months(1, 10)
    singles = pd.DataFrame({"unique_id": "city", "ds": index, "y": np.arange(10.0, 20)})
    alone = nowcast(TWO_LEFT, 2023, singles=singles)
    assert alone.ytd == {"city": (10, 145)}
    assert rows(alone)["known_share"].iloc[1:4].tolist() == [1, 1, 1]
    # printed months that miss the printed sum by their rounding give way to it
    scaled = nowcast(TWO_LEFT, 2023, to({"2023-10": 145.1}), singles)
    assert scaled.windows.values[0, 1] == pytest.approx([33 * 145.1 / 145] * 3)
    assert rows(scaled)["known_share"].iloc[1] == pytest.approx(1)
    assert scaled.ytd["city"][1] == pytest.approx(145.1)


def test_the_published_sum_ends_before_the_first_month_that_is_not() -> None:
    index = months(1, 12)
    singles = pd.DataFrame({"unique_id": "city", "ds": index[[0, 1, 2, 4]], "y": [10.0, 20, 30, 40]})
    left = Paths(("city",), index[[3, *range(5, 12)]], np.full((1, 8, 2), 5.0))
    found = nowcast(left, 2023, singles=singles)
    assert found.ytd == {"city": (3, 60)}
    assert found.published.tolist() == [[100, 60, 40, 0, 0]]


def test_estimated_months_after_the_published_sum_stand_for_themselves() -> None:
    found = nowcast(TWO_LEFT, 2023, to({"2023-09": 2900}), paths(10, [[340, 350, 360]]))
    assert found.windows.values[0, 4] == pytest.approx([930, 1000, 1010])
    assert found.ytd == {"city": (9, 2900)}
    assert rows(found).loc["2023-Q4", "known_share"] == 0


def test_nothing_published_yet() -> None:
    found = nowcast(paths(1, [[1.0, 3.0]] * 12), 2023)
    assert rows(found)["mean"].tolist() == [24, 6, 6, 6, 6]
    assert (rows(found)["known_share"] == 0).all()
    assert found.ytd == {"city": (0, 0)}


def test_what_is_known_of_other_years_and_series_does_not_enter() -> None:
    more = pd.concat([to({"2022-12": 3481, "2024-01": 1}), to({"2023-11": 9}, "ships"), TO_OCTOBER])
    further = Paths(("city",), pd.period_range("2023-11", "2024-04", freq="M"), np.full((1, 6, 3), 300.0))
    found = nowcast(further, 2023, more)
    assert found.year.values.tolist() == [[[OCTOBER + 600] * 3]]
    assert np.isnan(found.windows.values[0, 1:]).all()


def test_february_may_hold_january() -> None:
    index = pd.period_range("2023-02", "2023-12", freq="M")
    forecast = Paths(("city",), index, np.array([[[200.0, 220]] + [[100.0, 110]] * 10]))
    found = nowcast(forecast, 2023, merged_january=True)
    assert found.windows.values[0, :2].tolist() == [[1200, 1320], [300, 330]]
    with pytest.raises(ValueError, match="month 1 neither known nor forecast"):
        nowcast(forecast, 2023)
    known = pd.DataFrame({"unique_id": "city", "ds": index[:2], "y": [190.0, 110.0]})
    rest = Paths(("city",), index[2:], forecast.values[:, 2:])
    both = nowcast(rest, 2023, to({"2023-02": 190, "2023-03": 300}), known, merged_january=True)
    assert both.windows.values[0, 1].tolist() == [300, 300]


def test_quarterly_paths() -> None:
    left = Paths(("city",), pd.PeriodIndex(["2023Q4"], freq="Q"), np.array([[[900.0, 1000]]]))
    found = nowcast(left, 2023, to({"2023-06": 1840, "2023-09": 2900}))
    assert found.windows.values[0, [0, 3, 4]].tolist() == [[3800, 3900], [1060, 1060], [900, 1000]]
    halves = Paths(("city",), pd.period_range("2023Q1", "2023Q2", freq="Q"), np.array([[[1.0, 1], [1, 3]]]))
    split = nowcast(left, 2023, to({"2023-06": 1840, "2023-09": 2900}), halves)
    assert split.windows.values[0, 1].tolist() == [920, 460]


def test_draws_that_are_all_zero_share_evenly() -> None:
    found = nowcast(TWO_LEFT, 2023, TO_OCTOBER, paths(1, [[0, 0, 1]] * 10))
    assert found.windows.values[0, 1] == pytest.approx([OCTOBER * 0.3] * 3)


def test_growth_on_a_published_level_and_on_an_estimated_one() -> None:
    found = nowcast(TWO_LEFT, 2023, TO_OCTOBER)
    exact = nowcast(TWO_LEFT, 2022, to({"2022-12": 3481}))
    year = rows(found, last_year=exact).loc["2023"]
    assert year["growth_pct"] == pytest.approx(100 * (3876.8 / 3481 - 1))
    assert year["growth_hi-80"] == pytest.approx(100 * (3896.8 / 3481 - 1))
    estimated = nowcast(paths(1, [[280, 290, 300]] * 12, year=2022), 2022)
    joint = rows(found, last_year=estimated).loc["2023"]
    draws = 100 * (np.array([3836.8, 3896.8, 3896.8]) / [3360, 3480, 3600] - 1)
    assert joint["growth_pct"] == pytest.approx(draws.mean())
    assert joint["growth_lo-95"] == pytest.approx(np.quantile(draws, 0.025))
    assert rows(found, last_year=exact).loc["2023-Q4", "growth_pct":].isna().all()


def test_a_year_before_at_zero_has_no_growth() -> None:
    none = nowcast(TWO_LEFT, 2022, to({"2022-12": 0}))
    assert rows(nowcast(TWO_LEFT, 2023, TO_OCTOBER), last_year=none)["growth_pct"].isna().all()


def test_k6_what_the_announced_figure_asks_of_november_and_december() -> None:
    about = against_expectation(nowcast(TWO_LEFT, 2023, TO_OCTOBER), "city", ANNOUNCED)
    assert about.remainder.value == pytest.approx(LEFT_FROM_K6, abs=0.05)
    assert about.remainder.per_month == pytest.approx(PER_MONTH_FROM_K6, abs=0.05)
    assert about.remainder.ytd_per_month == pytest.approx(SO_FAR_FROM_K6, abs=0.005)
    assert about.remainder.versus_ytd_pct == pytest.approx(VERSUS_FROM_K6, abs=0.0005)
    assert about.nowcast_per_month == pytest.approx(315)
    assert (about.reason, about.probability) == ("", pytest.approx(4 / 5))  # three of three draws


@pytest.mark.parametrize(("announced", "share"), [(3836.8, 4 / 5), (3840, 2 / 3), (3896.9, 1 / 5)])
def test_probability_is_the_share_of_draws_that_reach_it(announced: float, share: float) -> None:
    about = against_expectation(nowcast(TWO_LEFT, 2023, TO_OCTOBER), "city", announced)
    assert about.probability == pytest.approx(share)
    assert about.error == pytest.approx(np.sqrt(share * (1 - share) / 3))


def test_what_about_leaves_open_is_in_the_remainder() -> None:
    about = metrics.Interval.printed("3800", decimals=-2)
    found = against_expectation(nowcast(TWO_LEFT, 2023, TO_OCTOBER), "city", about)
    assert (found.remainder.per_month.lo, found.remainder.per_month.hi) == pytest.approx((251.6, 301.6))
    assert found.probability == pytest.approx(4 / 5)


def test_a_published_year_is_decided_and_one_without_figures_has_no_remainder() -> None:
    none_yet = nowcast(TWO_LEFT, 2023, TO_OCTOBER.iloc[:0], paths(1, [[300, 310, 320]] * 10))
    assert against_expectation(none_yet, "city", ANNOUNCED).remainder is None
    later = paths(1, [[300, 310, 320]], year=2024)
    decided = against_expectation(nowcast(later, 2023, to({"2023-12": 3790})), "city", ANNOUNCED)
    assert (decided.reason, decided.probability, decided.remainder) == ("decided", None, None)


def test_several_series_each_with_its_own_figures() -> None:
    both = Paths(("city", "ships"), months(11, 12), np.array([[[300.0], [300]], [[30.0], [40]]]))
    ytd = pd.concat([TO_OCTOBER, to({"2023-09": 290, "2023-10": 320}, "ships")])
    found = nowcast(both, 2023, ytd.sample(frac=1, random_state=1))
    assert found.year.values.ravel() == pytest.approx([3846.8, 390])
    assert found.frame()["unique_id"].tolist() == ["city"] * 5 + ["ships"] * 5
    assert found.frame().set_index(["unique_id", "window"])["mean"]["ships", "2023-Q4"] == pytest.approx(100)
    assert found.ytd == {"city": (10, OCTOBER), "ships": (10, 320)}


@settings(deadline=None, max_examples=10)
@given(st.lists(st.tuples(levels, widths), min_size=12, max_size=12), st.randoms())
def test_intervals_of_the_year_shrink_as_months_become_known_and_end_at_nothing(year, random) -> None:
    ranks = np.linspace(-1, 1, 21)
    draws = np.array([level + width * ranks for level, width in year])
    came = [level + width * random.uniform(-1, 1) for level, width in year]
    before = np.inf
    for known in range(13):
        left = Paths(
            ("city",), pd.period_range("2023-01", periods=24, freq="M")[known:], np.ones((1, 24 - known, 21))
        )
        left.values[0, : 12 - known] = draws[known:]
        ytd = to({f"2023-{known:02d}": sum(came[:known])}) if known else None
        found = rows(nowcast(left, 2023, ytd)).loc["2023"]
        width = found["hi-95"] - found["lo-95"]
        assert width <= before + 1e-8
        assert found["lo-95"] <= found["lo-80"] <= found["mean"] + 1e-8
        before = width
    assert width == 0
    assert found["mean"] == pytest.approx(sum(came))
    assert found["known_share"] == pytest.approx(1)


@settings(deadline=None, max_examples=12)
@given(
    st.lists(st.lists(levels, min_size=3, max_size=3), min_size=12, max_size=12),
    st.integers(1, 11),
    st.floats(1, 1e5),
)
def test_however_months_are_split_every_draw_of_quarters_adds_up_to_the_year(rows_, known, figure) -> None:
    left, singles = paths(known + 1, rows_[known:]), paths(1, rows_[:known])
    ytd = to({f"2023-{known:02d}": figure})
    found = nowcast(left, 2023, ytd, singles).windows.values[0]
    assert found[1:].sum(axis=0) == pytest.approx(found[0])
    assert found[0] == pytest.approx(figure + np.sum(rows_[known:], axis=0))
    assert nowcast(left, 2023, ytd).year.values[0, 0] == pytest.approx(found[0])


@settings(deadline=None, max_examples=12)
@given(
    st.lists(st.lists(levels, min_size=3, max_size=3), min_size=12, max_size=12),
    st.integers(1, 11),
    st.floats(1, 1e5),
    st.sampled_from([0.1, 10, 1e4]),
)
def test_scaling_figures_and_paths_scales_the_nowcast(rows_, known, figure, factor) -> None:
    def at(scale: float) -> pd.DataFrame:
        scaled = np.array(rows_) * scale
        ytd = to({f"2023-{known:02d}": figure * scale})
        return nowcast(paths(known + 1, scaled[known:]), 2023, ytd, paths(1, scaled[:known])).frame()

    one, other = at(1.0), at(factor)
    for column in one.columns.drop(["unique_id", "window", "reason", "known_share"]):
        assert other[column].to_numpy() == pytest.approx(factor * one[column].to_numpy())
    assert other["known_share"].to_numpy() == pytest.approx(one["known_share"].to_numpy())


@pytest.mark.parametrize(
    ("left", "ytd", "singles", "message"),
    [
        (paths(12, [[1, 2]]), TO_OCTOBER, None, "city 2023: month 11 neither known nor forecast"),
        (TWO_LEFT, None, None, "months 1-10 neither"),
        (TWO_LEFT, to({"2023-11": 9}), None, "month 11 both known and forecast"),
        (TWO_LEFT, to({"2023-09": 9}), paths(10, [[1, 2, 3]] * 2), "month 11 both known and forecast"),
        (TWO_LEFT, TO_OCTOBER, paths(1, [[1, 2, 3]] * 9), r"singles lack month 10 of the published months 1-10"),
        (TWO_LEFT, TO_OCTOBER, paths(1, [[1, -2, 3]] * 10), "months 1-10 fall below zero"),
        (TWO_LEFT, TO_OCTOBER, paths(1, [[1, 2]] * 10), "singles have 2 draws, the paths 3"),
        (TWO_LEFT, TO_OCTOBER, paths(1, [[1, np.nan, 3]] * 10), "singles lack draws of city 2023-01"),
        (TWO_LEFT, pd.concat([TO_OCTOBER] * 2), None, "city 2023-10 more than once"),
        (TWO_LEFT, TO_OCTOBER.drop(columns="y"), None, "ytd has no column y"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(left, ytd, singles, message) -> None:
    with pytest.raises(ValueError, match=message):
        nowcast(left, 2023, ytd, singles)


def test_periods_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="paths have 2023-11 after 2023-12; give the periods in order"):
        nowcast(Paths(("city",), months(11, 12)[::-1], TWO_LEFT.values), 2023, TO_OCTOBER)
    with pytest.raises(ValueError, match="singles have 2023-01 after 2023-02"):
        shuffled = Paths(("city",), months(1, 2)[::-1], np.ones((1, 2, 3)))
        nowcast(TWO_LEFT, 2023, TO_OCTOBER, shuffled)


def test_a_published_quarter_is_not_forecast_in_part() -> None:
    singles = pd.DataFrame({"unique_id": ["city"], "ds": pd.PeriodIndex(["2023Q4"], freq="Q"), "y": [900.0]})
    with pytest.raises(ValueError, match="months 11-12 both known and forecast"):
        nowcast(TWO_LEFT, 2023, TO_OCTOBER, singles)


def test_a_hole_between_single_months_is_named() -> None:
    index = months(1, 10).delete([4, 6])
    singles = pd.DataFrame({"unique_id": "city", "ds": index, "y": 300.0})
    with pytest.raises(ValueError, match="singles lack months 5, 7 of the published months 1-10"):
        nowcast(TWO_LEFT, 2023, TO_OCTOBER, singles)


def test_january_beside_a_february_that_holds_it_is_refused() -> None:
    with pytest.raises(ValueError, match="paths have 2023-01, which February holds too"):
        nowcast(paths(1, [[1.0]] * 12), 2023, merged_january=True)


def test_other_frequencies_and_other_years_before_are_refused() -> None:
    yearly = Paths(("city",), pd.PeriodIndex(["2023"], freq="Y"), np.ones((1, 1, 3)))
    with pytest.raises(TypeError, match="paths needs a PeriodIndex of frequency M or Q"):
        nowcast(yearly, 2023)
    found = nowcast(TWO_LEFT, 2023, TO_OCTOBER)
    with pytest.raises(ValueError, match="last_year is 2023 of city with 3 draws; give 2022 of city with 3"):
        found.frame(last_year=found)


def test_a_series_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no paths of 'ships'"):
        against_expectation(nowcast(TWO_LEFT, 2023, TO_OCTOBER), "ships", ANNOUNCED)
