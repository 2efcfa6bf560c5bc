import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.metrics import concentration_bounds, concentration_ratio, hhi

some_levels = st.lists(st.floats(min_value=0.1, max_value=1e6), min_size=1, max_size=20).map(pd.Series)


@given(some_levels)
def test_hhi_lies_between_equal_parts_and_monopoly(values: pd.Series) -> None:
    assert 10000 / len(values) - 1e-6 <= hhi(values) <= 10000 + 1e-6


@given(some_levels, st.integers(1, 5))
def test_neither_unit_nor_order_nor_name_matters(values: pd.Series, top: int) -> None:
    other = (10 * values.iloc[::-1]).rename(lambda k: f"firm {k}")
    assert hhi(other) == pytest.approx(hhi(values))
    assert concentration_ratio(other, top) == pytest.approx(concentration_ratio(values, top))


@given(some_levels)
def test_a_part_of_nothing_changes_nothing(values: pd.Series) -> None:
    assert hhi(pd.concat([values, pd.Series([0.0])])) == pytest.approx(hhi(values))


@given(st.integers(1, 50))
def test_equal_parts_have_the_closed_form(n: int) -> None:
    assert hhi(pd.Series([3.0] * n)) == pytest.approx(10000 / n)
    assert concentration_ratio(pd.Series([3.0] * n)) == pytest.approx(100 * min(4, n) / n)


@pytest.mark.parametrize(
    ("values", "words"),
    [([], "more than zero"), ([0, 0], "more than zero"), ([1, -1], "1: -1.0"), ([1, math.nan], "1: nan")],
)
def test_refusals(values: list[float], words: str) -> None:
    for measure in (hhi, concentration_ratio):
        with pytest.raises(ValueError, match=words):
            measure(pd.Series(values, dtype=float))


def test_top_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="top must be at least 1"):
        concentration_ratio(pd.Series([1.0]), 0)


shares_of_whole = st.lists(st.floats(0.1, 1000), min_size=2, max_size=11).map(pd.Series)


@given(shares_of_whole, st.integers(1, 5), st.data())
def test_bounds_hold_the_truth_of_the_parts_that_are_missing(
    values: pd.Series, top: int, data: st.DataObject
) -> None:
    known = data.draw(st.integers(1, len(values)))
    found = concentration_bounds(values.head(known), values.sum(), top=top, slack=1e-6)
    assert found.hhi_lo - 1e-6 <= hhi(values) <= found.hhi_hi + 1e-6
    assert found.cr_lo - 1e-6 <= concentration_ratio(values, top) <= found.cr_hi + 1e-6


@given(shares_of_whole)
def test_bounds_meet_where_everything_is_published(values: pd.Series) -> None:
    found = concentration_bounds(values, values.sum(), slack=1e-6)
    assert found.covered_pct == pytest.approx(100)
    assert found.hhi_lo == pytest.approx(hhi(values)) and found.hhi_hi == pytest.approx(hhi(values))
    assert found.cr_lo == pytest.approx(concentration_ratio(values)) == found.cr_hi


@given(shares_of_whole)
def test_bounds_depend_neither_on_unit_nor_on_names(values: pd.Series) -> None:
    found = concentration_bounds(values, 2 * values.sum())
    other = concentration_bounds((10 * values.iloc[::-1]).rename(lambda k: f"part {k}"), 20 * values.sum())
    assert vars(other) == pytest.approx(vars(found))


def test_more_published_parts_narrow_the_bounds() -> None:
    """K35: 70, 10, 10, 5, 5 with ever more of them published."""
    values = pd.Series([70.0, 10.0, 10.0, 5.0, 5.0])
    bounds = [concentration_bounds(values.head(known), 100) for known in (1, 3, 5)]
    assert [(one.hhi_lo, one.hhi_hi) for one in bounds] == [
        pytest.approx((4900, 5800)),
        pytest.approx((5100, 5200)),
        pytest.approx((5150, 5150)),
    ]
    assert [(one.cr_lo, one.cr_hi) for one in bounds] == [
        pytest.approx((70, 100)),
        pytest.approx((90, 100)),
        pytest.approx((95, 95)),
    ]


def test_parts_beyond_the_whole_are_refused_beyond_rounding() -> None:
    assert concentration_bounds(pd.Series([60.0, 40.1]), 100, slack=0.15).covered_pct == 100
    with pytest.raises(ValueError, match="parts must not exceed the whole, 100"):
        concentration_bounds(pd.Series([60.0, 41.0]), 100, slack=0.15)


@pytest.mark.parametrize("values", [[1.0, math.nan], [5.0, -1.0]])
def test_bounds_of_missing_or_negative_parts_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="known and not negative"):
        concentration_bounds(pd.Series(values), 100)
