import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis import metrics

rates = st.floats(min_value=-90, max_value=300)


@given(rates, rates)
def test_deflating_by_the_implied_deflator_gives_real_growth(nominal: float, real: float) -> None:
    index = 100 * metrics.implied_deflator(nominal, real)
    assert metrics.real_growth_pct(nominal, index) == pytest.approx(real, abs=1e-8)


@given(rates)
def test_unchanged_prices_leave_growth_alone(nominal: float) -> None:
    assert metrics.real_growth_pct(nominal, 100) == pytest.approx(nominal, abs=1e-9)


@pytest.mark.parametrize("rate", [-100.0, -150.0])
def test_fall_to_nothing_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="real_growth_pct must be above -100"):
        metrics.implied_deflator(12.5, rate)
    with pytest.raises(ValueError, match="nominal_growth_pct must be above -100"):
        metrics.real_growth_pct(rate, 95.3)


@pytest.mark.parametrize("index", [0, -4.7])
def test_change_of_prices_instead_of_index_is_refused(index: float) -> None:
    with pytest.raises(ValueError, match="not its change"):
        metrics.real_growth_pct(12.5, index)
