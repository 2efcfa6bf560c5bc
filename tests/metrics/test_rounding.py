import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.metrics import Interval, carries_rounding, implied_base, propagate

numerals = st.decimals(min_value=-(10**6), max_value=10**6, places=2).map(str)
levels = st.floats(min_value=1, max_value=1e6)
rates = st.floats(min_value=-90, max_value=300)
margins = st.floats(min_value=0, max_value=0.5)


def around(value: float, margin: float) -> Interval:
    return Interval(value, value - margin, value + margin)


@pytest.mark.parametrize(
    ("number", "decimals", "ends"),
    [
        ("12.5", None, (12.45, 12.55)),
        ("0.3", None, (0.25, 0.35)),
        ("50.0", None, (49.95, 50.05)),
        ("50", None, (49.5, 50.5)),
        (429, None, (428.5, 429.5)),
        (np.int64(429), None, (428.5, 429.5)),
        (Decimal("2.10"), None, (2.095, 2.105)),
        (12.5, 1, (12.45, 12.55)),
        ("18", 1, (17.95, 18.05)),
        ("3800", -2, (3750, 3850)),
        (0, -2, (-50, 50)),
        ("-2.1", None, (-2.15, -2.05)),
    ],
)
def test_printed_number_is_half_a_step_either_way(
    number: str | float | Decimal, decimals: int | None, ends: tuple[float, float]
) -> None:
    got = Interval.printed(number, decimals=decimals)
    assert (got.lo, got.hi) == ends


@pytest.mark.parametrize("number", ["", "3,246.8", "12.5%", "1_000", "about 5", "nan", "inf", math.nan, None])
def test_printed_refuses_what_is_no_numeral(number: str | float | None) -> None:
    with pytest.raises(ValueError, match="not a plain numeral"):
        Interval.printed(number, decimals=1)


@pytest.mark.parametrize("number", [50.0, np.float64(50), np.float32(50), "1e3"])
def test_printed_refuses_to_guess_decimals(number: str | float) -> None:
    with pytest.raises(ValueError, match="pass decimals="):
        Interval.printed(number)


@pytest.mark.parametrize(("number", "decimals"), [("12.55", 1), (3246.8, 0), (3847, -2), (0.1 + 0.2, 1)])
def test_printed_refuses_digits_beyond_decimals(number: str | float, decimals: int) -> None:
    with pytest.raises(ValueError, match="digits beyond"):
        Interval.printed(number, decimals=decimals)


@pytest.mark.parametrize("numbers", [(1, 2, 3), (3, 1, 2), (math.nan, 0, 1), (0, -math.inf, 0)])
def test_interval_refuses_disorder(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="lo <= value <= hi"):
        Interval(*numbers)


@given(numerals)
def test_printed_contains_itself_and_is_half_open(number: str) -> None:
    got = Interval.printed(number)
    assert got.contains(float(number)) and got.contains(got.lo) and not got.contains(got.hi)
    assert got.width == pytest.approx(0.01, abs=1e-9)


def test_exact_number_contains_only_itself() -> None:
    exact = Interval(5, 5, 5)
    assert exact.contains(5) and not exact.contains(5.1)
    assert str(exact) == "5"


def test_format_applies_to_all_three_numbers() -> None:
    assert f"{Interval.printed('12.5'):.2f}" == "12.50 [12.45, 12.55]"
    assert str(Interval.printed("12.5")) == "12.5 [12.45, 12.55]"


@given(levels, margins, rates, margins)
def test_propagate_contains_the_centre(level: float, a: float, rate: float, b: float) -> None:
    got = implied_base(around(level, a), around(rate, b))
    assert got.lo <= implied_base(level, rate) == got.value <= got.hi


@given(levels, margins, rates, margins)
def test_narrower_inputs_nest(level: float, a: float, rate: float, b: float) -> None:
    wide = implied_base(around(level, a), around(rate, b))
    narrow = implied_base(around(level, a / 2), around(rate, b / 2))
    assert wide.lo <= narrow.lo and narrow.hi <= wide.hi


@given(levels, margins, rates, margins, st.floats(0, 1), st.floats(0, 1))
def test_corners_bound_every_inner_point(
    level: float, a: float, rate: float, b: float, s: float, t: float
) -> None:
    got = implied_base(around(level, a), around(rate, b))
    inner = implied_base(level + a * (2 * s - 1), rate + b * (2 * t - 1))
    assert got.lo <= inner * (1 + 1e-12) and inner * (1 - 1e-12) <= got.hi


def test_propagate_contains_the_centre_of_what_is_not_monotone() -> None:
    assert propagate(lambda x: x**2, Interval.printed("0")) == Interval(0, 0, 0.25)


def test_scalars_are_exact() -> None:
    assert propagate(lambda x, y: x * y, 2, 3) == Interval(6, 6, 6)


def test_keyword_intervals_are_carried() -> None:
    got = implied_base(level=Interval.printed("100"), growth_pct=0.0)
    assert got == Interval(100, 99.5, 100.5)


def test_interval_beside_series_is_refused() -> None:
    with pytest.raises(TypeError, match="Series"):
        implied_base(pd.Series([1.0]), Interval.printed("12.5"))


def test_carries_rounding_keeps_name_and_docstring() -> None:
    @carries_rounding
    def double(x: float) -> float:
        """Twice."""
        return 2 * x

    assert (double.__name__, double.__doc__) == ("double", "Twice.")
