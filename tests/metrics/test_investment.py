import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.metrics import Interval, ex_firm_bound, ex_firm_set

levels = st.floats(min_value=10, max_value=1e5)
rates = st.floats(min_value=-80, max_value=300)


@given(st.floats(0, 1e4), st.floats(0.1, 1e4), st.floats(0.1, 1e4), st.floats(0.1, 1e4))
def test_bound_holds_for_every_true_firm(
    firm: float, firm_base: float, others: float, others_base: float
) -> None:
    level, base = firm + others, firm_base + others_base
    growth, ex_growth = 100 * (level / base - 1), 100 * (others / others_base - 1)
    bound = ex_firm_bound(level, growth, ex_growth_pct=ex_growth)
    slack = 1e-6 * (base + level)
    assert bound.firm_base_min <= firm_base + slack
    assert bound.firm_level_min <= firm + slack
    assert bound.ex_base_max >= others_base - slack


@given(levels, rates, rates)
def test_set_runs_from_the_bound_to_the_total(level: float, growth: float, ex_growth: float) -> None:
    bound = ex_firm_bound(level, growth, ex_growth_pct=ex_growth)
    table = ex_firm_set(level, growth, ex_growth_pct=ex_growth, points=11)
    assert table["firm_base"].iloc[0] == pytest.approx(bound.firm_base_min, abs=1e-6 * level)
    assert table["firm_base"].iloc[-1] == pytest.approx(bound.base)
    assert table["firm_level"].iloc[[0, -1]].tolist() == pytest.approx([bound.firm_level_min, level])
    assert table["firm_base"].is_monotonic_increasing


@given(levels, rates, rates)
def test_every_pair_reproduces_both_growth_rates(level: float, growth: float, ex_growth: float) -> None:
    table = ex_firm_set(level, growth, ex_growth_pct=ex_growth, points=5).iloc[:-1]
    others = level - table["firm_level"]
    assert (others / table["ex_base"]).tolist() == pytest.approx([1 + ex_growth / 100] * len(table), rel=1e-6)
    base = table["firm_base"] + table["ex_base"]
    assert (level / base).tolist() == pytest.approx([1 + growth / 100] * len(table))


@given(levels, rates, rates)
def test_scaling_by_ten_scales_by_ten(level: float, growth: float, ex_growth: float) -> None:
    one = ex_firm_bound(level, growth, ex_growth_pct=ex_growth)
    ten = ex_firm_bound(10 * level, growth, ex_growth_pct=ex_growth)
    assert ten.firm_base_min == pytest.approx(10 * one.firm_base_min, abs=1e-6)
    assert ten.firm_base_share_min_pct == pytest.approx(one.firm_base_share_min_pct, abs=1e-6)


def test_others_that_grew_less_bound_the_firm_now() -> None:
    bound = ex_firm_bound(200.0, 100.0, ex_growth_pct=0.0)
    assert (bound.firm_base_min, bound.firm_level_min, bound.ex_base_max) == (0, 100, 100)


def test_rounding_widens_the_set() -> None:
    table = ex_firm_set(
        Interval.printed("429"), Interval.printed("-2.1"), ex_growth_pct=Interval.printed("89"), points=5
    )
    assert table["firm_level"].iloc[-1] == 428.5
    assert table["firm_base"].between(table["firm_base_lo"], table["firm_base_hi"]).all()
    assert table["firm_base_lo"].iloc[0] == pytest.approx(428.5 / 0.9795 - 428.5 / 1.885)


@pytest.mark.parametrize(
    ("level", "growth", "ex_growth", "words"),
    [
        (0.0, 1.0, 1.0, "level must be above zero"),
        (Interval.printed("0"), 1.0, 1.0, "level must be above zero"),
        (429.0, -100.0, 1.0, "above -100"),
        (429.0, 1.0, -100.0, "above -100"),
    ],
)
def test_refusals(level: float | Interval, growth: float, ex_growth: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ex_firm_bound(level, growth, ex_growth_pct=ex_growth)


def test_one_point_is_no_set() -> None:
    with pytest.raises(ValueError, match="points must be at least 2"):
        ex_firm_set(429.0, -2.1, ex_growth_pct=89.0, points=1)


def test_an_unknown_growth_gives_no_bound():
    with pytest.raises(ValueError, match="must be known"):
        ex_firm_bound(429.0, -2.1, ex_growth_pct=float("nan"))
