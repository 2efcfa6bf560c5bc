import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis import metrics
from zs_analysis.metrics import Interval

levels = st.floats(1, 1000)
rates = st.floats(-50, 100).map(lambda rate: round(rate, 2))
# Zhoushan Statistics Bureau, table of March 2020: January to March, 1e8 CNY and percent; petrochemicals in the city.
CITY_FROM_BUREAU_2020_03, PETROCHEMICALS_FROM_BUREAU_2020_03 = ("316.3", "76.9"), ("166.9", "625.8")


def test_city_without_petrochemicals_bureau_2020_03() -> None:
    (total, growth), (part, part_growth) = (
        map(Interval.printed, pair) for pair in (CITY_FROM_BUREAU_2020_03, PETROCHEMICALS_FROM_BUREAU_2020_03)
    )
    rest = metrics.without_part(total, growth, part=part, part_growth_pct=part_growth)
    # by hand: 149.4 / (316.3 / 1.769 - 166.9 / 7.258) = 149.4 / 155.806
    assert rest.value.value == pytest.approx(149.4)
    assert rest.base.value == pytest.approx(155.806, abs=5e-4)
    assert rest.growth_pct.value == pytest.approx(-4.112, abs=5e-4)
    assert rest.growth_pct.lo < -4.112 < rest.growth_pct.hi


@given(levels, rates, levels, rates)
def test_part_and_rest_make_the_whole(rest: float, h: float, part: float, g: float) -> None:
    base, part_base = rest / (1 + h / 100), part / (1 + g / 100)
    total_growth = 100 * ((rest + part) / (base + part_base) - 1)
    found = metrics.without_part(rest + part, total_growth, part=part, part_growth_pct=g)
    assert found.growth_pct == pytest.approx(h, abs=1e-4)
    assert found.base + part_base == pytest.approx(base + part_base)


@given(levels, rates, levels, rates)
def test_levels_and_shares_give_the_same_rest(rest: float, h: float, part: float, g: float) -> None:
    base, part_base = rest / (1 + h / 100), part / (1 + g / 100)
    share = part_base / (base + part_base)
    total_growth = share * g + (1 - share) * h
    by_share = metrics.rest_growth_pct(total_growth, g, part_base_share=share)
    by_level = metrics.without_part(rest + part, total_growth, part=part, part_growth_pct=g).growth_pct
    assert by_share == pytest.approx(by_level, abs=1e-4)


@given(rates, rates)
def test_beyond_the_largest_share_the_rest_would_be_negative(total: float, part: float) -> None:
    most = metrics.largest_base_share(total, part)
    if most < 1:
        assert metrics.rest_growth_pct(total, part, part_base_share=most) == pytest.approx(-100)
    else:
        assert part <= total + 1e-9


@given(rates, rates, st.floats(0.01, 0.9))
def test_a_faster_part_leaves_a_slower_rest(total: float, part: float, share: float) -> None:
    rest = metrics.rest_growth_pct(total, part, part_base_share=share)
    assert (rest <= total + 1e-9) if part >= total else (rest >= total - 1e-9)


def test_a_part_of_nothing_leaves_the_whole() -> None:
    assert metrics.rest_growth_pct(12.5, 19.0, part_base_share=0.0) == 12.5


@pytest.mark.parametrize("share", [1.0, 1.2, -0.1, pd.Series({"a": 0.5, "b": 50.0})])
def test_a_share_in_percent_is_refused(share: object) -> None:
    with pytest.raises(ValueError, match="part_base_share must lie in 0 to below 1"):
        metrics.rest_growth_pct(12.5, 19.0, part_base_share=share)


def test_a_part_larger_than_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="must be above zero"):
        metrics.without_part(100.0, 5.0, part=110.0, part_growth_pct=5.0)
