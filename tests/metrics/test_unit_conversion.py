import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.metrics import Interval, convert

ROWS = [
    ("1e8_cny", "cny", "1e8"),
    ("1e4_cny", "cny", "1e4"),
    ("bn_cny", "cny", "1e9"),
    ("cny", "cny", "1"),
    ("1e8_usd", "usd", "1e8"),
    ("pct", "ratio", "0.01"),
    ("pp", "pp", "1"),
]
# The data package is read as text: factors arrive as strings.
UNITS = pd.DataFrame(ROWS, columns=["unit", "dimension", "factor"])
money = st.sampled_from(["1e8_cny", "1e4_cny", "bn_cny", "cny"])


@given(st.floats(min_value=-1e9, max_value=1e9), money, money)
def test_there_and_back(value: float, unit: str, to: str) -> None:
    there = convert(value, unit, to=to, units=UNITS)
    assert convert(there, to, to=unit, units=UNITS) == pytest.approx(value)


def test_no_artefacts_of_binary_factors() -> None:
    assert convert(32468, "1e4_cny", to="1e8_cny", units=UNITS) == 3.2468


def test_series_and_intervals() -> None:
    series = convert(pd.Series({"ships": 3.5}), "1e8_cny", to="bn_cny", units=UNITS)
    assert series.to_dict() == {"ships": 0.35}
    assert convert(Interval.printed("429"), "1e8_cny", to="bn_cny", units=UNITS) == Interval(
        42.9, 42.85, 42.95
    )


@pytest.mark.parametrize(("unit", "to"), [("1e8_cny", "1e8_usd"), ("pct", "pp")])
def test_other_dimension_is_refused_naming_both(unit: str, to: str) -> None:
    with pytest.raises(ValueError, match=rf"convert {unit} .* to {to} .*dimensions differ"):
        convert(1.0, unit, to=to, units=UNITS)


def test_unknown_unit_is_refused_with_a_suggestion() -> None:
    with pytest.raises(ValueError, match="no unit '1e8_cyn' in the units table; did you mean 1e8_cny"):
        convert(1.0, "1e8_cyn", to="cny", units=UNITS)


def test_unit_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="pp more than once"):
        convert(1.0, "pp", to="pp", units=pd.concat([UNITS, UNITS.tail(1)]))
