"""What is missing to a target, and what the months left would have to bring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.metrics import flow_pace, flow_shortfall, level_shortfall

# 每年新招引落地总投资亿元以上的制造业重大项目40个以上 (plan, 二(二)4), held against 20 by September.
PROJECTS_A_YEAR, DONE, MONTHS = 40, 20, 9
AMOUNTS = st.floats(0.01, 1e6)


def test_what_half_a_yearly_target_leaves_to_three_months():
    short = flow_shortfall(DONE, PROJECTS_A_YEAR, months=MONTHS)
    assert (short.missing, short.behind, short.months_left) == (20, 10, 3)
    assert short.per_month == pytest.approx(20 / 3) and short.per_month_so_far == pytest.approx(20 / 9)


def test_no_month_left_needs_no_pace():
    short = flow_shortfall(30, 40, months=12)
    assert (short.missing, short.behind, short.months_left, short.per_month) == (10, 10, 0, None)
    assert level_shortfall(1, ">=", 3, months_left=0).per_month is None


def test_a_level_that_has_to_fall_counts_the_way_down():
    short = level_shortfall(0.6, "<=", 0.5, months_left=10)
    assert short.missing == pytest.approx(0.1) and short.per_month == pytest.approx(0.01)
    assert short.behind is None and short.per_month_so_far is None


@given(done=AMOUNTS, target=AMOUNTS, months=st.integers(1, 59))
def test_the_months_left_at_the_pace_needed_reach_the_target(done, target, months):
    short = flow_shortfall(done, target, months=months, target_months=60)
    reached = short.per_month_so_far * months + short.per_month * short.months_left
    assert reached == pytest.approx(target)


@given(done=AMOUNTS, target=AMOUNTS, months=st.integers(1, 12))
def test_behind_is_zero_exactly_at_the_pace_of_one(done, target, months):
    short, pace = flow_shortfall(done, target, months=months), flow_pace(done, target, months=months)
    assert (short.behind > 1e-9 * target) <= (pace < 1) and (short.behind < -1e-9 * target) <= (pace > 1)


@given(value=AMOUNTS, target=AMOUNTS, left=st.integers(1, 60), factor=st.sampled_from([0.1, 10.0, 1e4]))
def test_a_unit_ten_times_smaller_gives_ten_times_more(value, target, left, factor):
    plain = level_shortfall(value, ">=", target, months_left=left)
    scaled = level_shortfall(factor * value, ">=", factor * target, months_left=left)
    assert scaled.per_month == pytest.approx(factor * plain.per_month, abs=1e-9 * factor * (value + target))


@pytest.mark.parametrize("months", [0, 13, -1])
def test_months_outside_the_period_are_refused(months):
    with pytest.raises(ValueError, match="months must be 1 to 12"):
        flow_shortfall(1, 2, months=months)


def test_a_deadline_in_the_past_is_refused():
    with pytest.raises(ValueError, match="must not be negative"):
        level_shortfall(1, ">=", 2, months_left=-1)
