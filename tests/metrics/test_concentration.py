import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.metrics import concentration_ratio, hhi

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
