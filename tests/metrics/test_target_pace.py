import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.metrics import Interval, compare, flow_pace, gap, level_pace, light

levels = st.floats(min_value=1, max_value=1e6)
COMPARISONS = [">=", "<=", "~=", ">", "<"]


@given(levels, levels.filter(lambda x: x > 2), st.floats(0.1, 1))
def test_even_progress_has_pace_one(start: float, distance: float, time: float) -> None:
    for target in (start + distance, start - distance):
        value = start + time * (target - start)
        pace = level_pace(value, target, start_value=start, elapsed=time, total=1)
        assert pace == pytest.approx(1, abs=1e-5)


@given(levels, levels, st.integers(1, 12))
def test_pace_does_not_depend_on_the_unit(cumulative: float, target: float, months: int) -> None:
    pace = flow_pace(cumulative, target, months=months)
    assert flow_pace(10 * cumulative, 10 * target, months=months) == pytest.approx(pace)


def test_flow_over_several_years() -> None:
    assert flow_pace(50, 100, months=18, target_months=36) == 1


def test_level_that_moved_away_has_negative_pace() -> None:
    assert level_pace(3700, 7000, start_value=3800, elapsed=1, total=4) < 0


@pytest.mark.parametrize("elapsed", [0, -1, 5])
def test_time_outside_the_plan_is_refused(elapsed: float) -> None:
    with pytest.raises(ValueError, match="elapsed must lie above 0 and up to 4; got"):
        level_pace(5000, 7000, start_value=3800, elapsed=elapsed, total=4)


@pytest.mark.parametrize("start", [34.0, Interval.printed("34")])
def test_target_at_its_start_is_refused(start: float | Interval) -> None:
    with pytest.raises(ValueError, match="target must differ"):
        level_pace(38.8, 34.0, start_value=start, elapsed=1, total=4)


@pytest.mark.parametrize("months", [0, 13])
def test_months_outside_the_year_are_refused(months: int) -> None:
    with pytest.raises(ValueError, match="months must be 1 to 12"):
        flow_pace(35, 40, months=months)


def test_flow_without_target_is_refused() -> None:
    with pytest.raises(ValueError, match="target must be above zero"):
        flow_pace(35, 0, months=10)


@pytest.mark.parametrize(
    ("comparison", "verdicts"),
    [
        (">=", [False, True, True]),
        (">", [False, False, True]),
        ("<=", [True, True, False]),
        ("<", [True, False, False]),
        ("~=", [False, True, False]),
    ],
)
def test_compare_below_at_and_above(comparison: str, verdicts: list[bool]) -> None:
    assert [compare(value, comparison, 34, tolerance_pct=5) for value in (30, 34, 38)] == verdicts


def test_about_has_a_tolerance_either_way() -> None:
    verdicts = [compare(value, "~=", 3800, tolerance_pct=5) for value in (3600, 3610, 3990, 4000)]
    assert verdicts == [False, True, True, False]


def test_about_without_tolerance_is_refused() -> None:
    with pytest.raises(ValueError, match="needs tolerance_pct"):
        compare(3800, "~=", 3800)


@pytest.mark.parametrize(
    ("printed", "comparison", "target", "verdict"),
    [
        ("34.5", ">=", 34.45, True),
        ("34.5", ">=", 34.5, None),
        ("34.5", ">=", 34.55, False),
        ("34.5", ">", 34.45, None),
        ("34.5", "<=", 34.55, True),
        ("34.5", "<", 34.55, True),
        ("34.5", "<", 34.45, False),
        ("34.5", "<=", 34.45, None),
        ("38.8", ">=", 34.0, True),
    ],
)
def test_rounding_can_leave_the_verdict_open(
    printed: str, comparison: str, target: float, verdict: bool | None
) -> None:
    assert compare(Interval.printed(printed), comparison, target) is verdict


def test_about_is_open_where_rounding_is_wider_than_tolerance() -> None:
    assert compare(Interval.printed("34"), "~=", 33.8, tolerance_pct=0.1) is None
    assert compare(Interval.printed("34"), "~=", 34, tolerance_pct=5) is True
    assert compare(Interval.printed("34"), "~=", 40, tolerance_pct=5) is False


@given(
    st.integers(-(10**4), 10**4), st.floats(-1100, 1100), st.sampled_from(COMPARISONS), st.floats(0, 0.999)
)
def test_verdict_holds_for_every_number_the_print_stands_for(
    tenths: int, target: float, comparison: str, where: float
) -> None:
    printed = Interval.printed(f"{tenths // 10}.{tenths % 10}")
    verdict = compare(printed, comparison, target, tolerance_pct=5)
    if verdict is not None:
        inside = printed.lo + where * printed.width
        assert compare(inside, comparison, target, tolerance_pct=5) is verdict


@pytest.mark.parametrize(("value", "target"), [(math.nan, 34), (34, math.nan), (Interval(1, 1, 1), math.nan)])
def test_missing_numbers_are_refused(value: float | Interval, target: float) -> None:
    with pytest.raises(ValueError, match="a number is missing"):
        compare(value, ">=", target)


@pytest.mark.parametrize("use", [compare, gap])
def test_unknown_comparison_is_refused(use: object) -> None:
    with pytest.raises(ValueError, match="'=' is unknown; use one of"):
        use(1, "=", 2)


@given(levels, levels, st.sampled_from([">=", "<="]))
def test_gap_is_open_exactly_where_the_target_is_not_met(
    value: float, target: float, comparison: str
) -> None:
    assert (gap(value, comparison, target) <= 0) == compare(value, comparison, target)


@pytest.mark.parametrize(("pace", "colour"), [(1.0, "green"), (0.99, "amber"), (0.9, "amber"), (0.89, "red")])
def test_light_at_its_thresholds(pace: float, colour: str) -> None:
    assert light(pace, green=1, amber=0.9, met=False) == colour
    assert light(Interval(pace, pace - 0.2, pace + 0.2), green=1, amber=0.9, met=None) == colour
    assert light(pace, green=1, amber=0.9, met=True) == "re-base"


def test_light_without_pace_is_refused_unless_met() -> None:
    assert light(math.nan, green=1, amber=0.9, met=True) == "re-base"
    with pytest.raises(ValueError, match="pace must be known"):
        light(math.nan, green=1, amber=0.9, met=False)


def test_thresholds_in_disorder_are_refused() -> None:
    with pytest.raises(ValueError, match="amber must not lie above green"):
        light(1, green=0.9, amber=1, met=False)
