import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.metrics import apportion, month_targets, month_weights, target_course

MONTHS = list(range(2, 13))
some_weights = (
    st.lists(st.floats(0, 1e6), min_size=1, max_size=40).map(pd.Series).filter(lambda w: w.sum() > 1)
)


def year(group: str, name: str, values: list[float]) -> pd.DataFrame:
    periods = [f"{name}-{month:02d}" for month in MONTHS]
    return pd.DataFrame({"group": group, "time_period": periods, "value": values})


@st.composite
def bases(draw: st.DrawFn) -> pd.DataFrame:
    amounts = st.lists(st.floats(1, 1e5), min_size=11, max_size=11)
    groups = draw(st.lists(st.sampled_from(["ships", "seafood", "screws"]), min_size=1, unique=True))
    return pd.concat([year(group, name, draw(amounts)) for group in groups for name in ("2022", "2023")])


def test_ten_seats_by_largest_remainders() -> None:
    """43, 42 and 15 percent of 10: quotas 4.3, 4.2, 1.5; the last seat goes to the largest remainder."""
    assert apportion(10, pd.Series([43.0, 42.0, 15.0])).tolist() == [4.0, 4.0, 2.0]


@given(some_weights, st.integers(0, 10**7), st.sampled_from([1.0, 10.0, 1000.0]))
def test_parts_sum_to_the_total_and_stay_near_their_share(
    weights: pd.Series, units: int, step: float
) -> None:
    parts = apportion(units * step, weights, step=step)
    assert parts.sum() == units * step
    assert (parts % step == 0).all() and (parts >= 0).all()
    exact = units * step * weights / weights.sum()
    assert (parts - exact).abs().max() < step * (1 + 1e-6)


@given(bases(), st.integers(1, 10**6))
def test_the_breakdown_closes_both_ways(base: pd.DataFrame, target: int) -> None:
    weights = month_weights(base, ["2022", "2023"])
    targets = month_targets(target, weights)
    assert targets.to_numpy().sum() == target
    assert targets.sum().tolist() == apportion(target, weights.sum()).tolist()
    assert list(targets.columns) == MONTHS


@given(bases())
def test_weights_are_parts_of_one_whole(base: pd.DataFrame) -> None:
    weights = month_weights(base, ["2022", "2023"])
    assert weights.to_numpy().sum() == pytest.approx(1)
    newest = base[base["time_period"].str.startswith("2023")].groupby("group")["value"].sum()
    shares = weights.sum(axis=1)
    assert shares.to_numpy() == pytest.approx((newest / newest.sum())[shares.index].to_numpy())


@given(bases())
def test_neither_order_nor_unit_matters(base: pd.DataFrame) -> None:
    other = month_weights(base.assign(value=10 * base["value"]).iloc[::-1], ["2023", "2022"])
    pd.testing.assert_frame_equal(other, month_weights(base, ["2022", "2023"]))


@given(bases())
def test_months_do_not_depend_on_the_grouping(base: pd.DataFrame) -> None:
    weights = month_weights(base, ["2022", "2023"])
    whole = weights.sum().to_frame("all").T
    assert month_targets(10**6, weights).sum().tolist() == month_targets(10**6, whole).loc["all"].tolist()


def test_with_one_base_year_every_cell_is_its_share_of_it() -> None:
    base = pd.concat([year("ships", "2023", [40.0] + [20.0] * 10), year("seafood", "2023", [10.0] * 11)])
    weights = month_weights(base, ["2023"])
    assert weights.loc["ships", 2] == pytest.approx(40 / 350)
    assert month_targets(700, weights).loc["ships", 2] == 80


def test_the_season_is_the_average_and_the_part_is_the_newest_years() -> None:
    flat, late = [10.0] * 11, [0.0] * 10 + [220.0]
    weights = month_weights(pd.concat([year("a", "2022", flat), year("a", "2023", late)]), ["2022", "2023"])
    assert weights.loc["a", 12] == pytest.approx((1 / 11 + 1) / 2)
    assert weights.loc["a", 2] == pytest.approx(1 / 22)


def test_course_against_the_target() -> None:
    targets = pd.DataFrame([[20.0] + [10.0] * 10, [2.0] + [1.0] * 10], index=["a", "b"], columns=MONTHS)
    made = [("a", 2, 18.0), ("b", 2, 3.0), ("a", 3, 33.0), ("b", 3, 3.5), ("late", 3, 1.0), ("late", 2, 0.0)]
    course = target_course(targets, pd.DataFrame(made, columns=["group", "month", "value"]))
    march = course[course["month"].eq(3)].set_index("group")
    assert march.loc["a", ["target", "target_ytd", "actual", "gap_ytd"]].tolist() == [10, 30, 15, 3]
    assert march.loc["total", ["target_ytd", "actual_ytd", "gap_ytd"]].tolist() == [33, 37.5, 4.5]
    assert march.loc["total", "done_pct"] == pytest.approx(100 * 37.5 / 33)
    assert course[course["month"].eq(4)]["actual_ytd"].isna().all()


def test_a_gap_in_the_year_leaves_two_months_unknown() -> None:
    targets = pd.DataFrame([[1.0] * 11], index=["a"], columns=MONTHS)
    made = pd.DataFrame({"group": "a", "month": [2, 4, 5], "value": [2.0, 4.0, 5.0]})
    actual = target_course(targets, made).query("group == 'a'").set_index("month")["actual"]
    assert np.isnan([actual[3], actual[4]]).all() and actual[[2, 5]].tolist() == [2.0, 1.0]


def test_refusals() -> None:
    short = year("ships", "2023", [1.0] * 11).query("time_period != '2023-07'")
    with pytest.raises(ValueError, match="not complete: ships 2023-07 missing"):
        month_weights(short, ["2023"])
    with pytest.raises(ValueError, match="base year 2022 is not complete: no month at all"):
        month_weights(short, ["2022"])
    with pytest.raises(ValueError, match="must name a base year"):
        month_weights(short, [])
    with pytest.raises(ValueError, match="more than zero"):
        month_weights(year("ships", "2023", [0.0] * 11), ["2023"])
    with pytest.raises(ValueError, match="multiple of 10"):
        apportion(15, pd.Series([1.0]), step=10)
    for weights in ([0.0], [-1.0, 3.0], [np.nan, 1.0]):
        with pytest.raises(ValueError, match="known, not negative"):
            apportion(1, pd.Series(weights))


def test_a_group_that_made_nothing_is_asked_for_nothing() -> None:
    base = pd.concat([year("ships", "2023", [1.0] * 11), year("idle", "2023", [0.0] * 11)])
    assert month_targets(110, month_weights(base, ["2023"])).loc["idle"].tolist() == [0.0] * 11
