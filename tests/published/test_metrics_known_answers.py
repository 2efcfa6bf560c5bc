"""Known answers for the metrics: the seed documents, published worked examples, closed forms.

K numbers are those of the project's list of known-answer cases. A tolerance is half the last digit given.
"""

from collections.abc import Callable

import pandas as pd
import pytest

from zs_analysis import metrics
from zs_analysis.metrics import Interval
from zs_analysis.metrics.rounding import Rounded

# The review of 2023 (seed document 003), January to October, levels in 1e8 CNY.
OUTPUT_FROM_REVIEW = "3246.8"
OUTPUT_GROWTH_FROM_REVIEW = "12.5"
VALUE_ADDED_GROWTH_FROM_REVIEW = "18"
FULL_YEAR_OUTPUT_FROM_REVIEW = "3800"
INVESTMENT_FROM_REVIEW = "429"
INVESTMENT_GROWTH_FROM_REVIEW = "-2.1"
INVESTMENT_GROWTH_WITHOUT_ZPC_FROM_REVIEW = "89"

# jinchutou.com document 497619730, printed there as 17.9 and 60.4.
TOTAL_FROM_JINCHUTOU = (4888.0, 6341.0)
PART_FROM_JINCHUTOU = (2556.0, 3433.0)

# Worked example on Zhejiang 2012 found at Baidu, printed there as 1.5.
APRIL_FROM_BAIDU = (884.9, 5.6)
JANUARY_TO_APRIL_FROM_BAIDU = (3191.0, 5.1)


def near(expected: float, decimals: int) -> object:
    return pytest.approx(expected, abs=0.5 * 10**-decimals, rel=0)


def check_interval(got: Interval, value: float, lo: float, hi: float, *, decimals: int) -> None:
    assert (got.value, got.lo, got.hi) == (near(value, decimals), near(lo, decimals), near(hi, decimals))


def october(number: Callable[[str], Rounded]) -> metrics.SinglePeriod:
    return metrics.single_period_growth(
        number(OUTPUT_FROM_REVIEW),
        number(OUTPUT_GROWTH_FROM_REVIEW),
        previous_ytd=number("2900.0"),
        previous_growth_pct=number("12.0"),
    )


def test_k1_ytd_to_month() -> None:
    month = october(float)
    assert month.value == near(346.8, 4)
    assert month.base == near(296.7587, 4)
    assert month.base_share == near(0.102825, 6)
    assert month.growth_pct == near(16.8626, 4)


def test_k1_ytd_to_month_by_the_formula_of_shares() -> None:
    share = october(float).base_share
    by_shares = 100 * ((1.125 - (1 - share) * 1.12) / share - 1)
    assert october(float).growth_pct == pytest.approx(by_shares)


def test_k1_rounding_of_all_four_inputs() -> None:
    check_interval(october(Interval.printed).growth_pct, 16.863, 15.909, 17.833, decimals=3)


def test_k2_ytd_to_quarter() -> None:
    ytd = pd.Series([830.0, 1840.0], index=pd.PeriodIndex(["2023-03", "2023-06"], freq="M"))
    expected = pd.Series([830.0, 1010.0], index=pd.PeriodIndex(["2023Q1", "2023Q2"], freq="Q"))
    pd.testing.assert_series_equal(metrics.ytd_to_quarter(ytd), expected)


def test_k3_implied_base_of_the_review() -> None:
    level, growth = Interval.printed(OUTPUT_FROM_REVIEW), Interval.printed(OUTPUT_GROWTH_FROM_REVIEW)
    check_interval(metrics.implied_base(level, growth), 2886.0444, 2884.7179, 2887.3722, decimals=4)


def test_k4_contribution_jinchutou() -> None:
    (total_base, total), (base, current) = TOTAL_FROM_JINCHUTOU, PART_FROM_JINCHUTOU
    pull = metrics.contribution_pp(
        pd.Series({"part": current}), pd.Series({"part": base}), total_base=total_base
    )
    growth = metrics.growth_pct(total, total_base)
    assert pull["part"] == near(17.94, 2)
    assert metrics.contribution_share(pull, growth, min_growth_pct=1)["part"] == near(60.36, 2)


def test_k4b_contributions_add_up() -> None:
    growth = pd.Series({"core": 19.0, "leading": 10.0, "special": 2.0})
    pull = metrics.weighted_contribution_pp(
        growth, pd.Series({"core": 0.55, "leading": 0.25, "special": 0.20})
    )
    assert pull.tolist() == [near(10.45, 2), near(2.50, 2), near(0.40, 2)]
    assert pull.sum() == near(13.35, 2)
    share = metrics.contribution_share(pull, pull.sum(), min_growth_pct=1)
    assert share.tolist() == [near(78.28, 2), near(18.73, 2), near(3.00, 2)]


def test_k5_pull_of_a_month_zhejiang_2012() -> None:
    (month, month_growth), (ytd, ytd_growth) = APRIL_FROM_BAIDU, JANUARY_TO_APRIL_FROM_BAIDU
    pull = metrics.month_pull_on_ytd(month, month_growth, ytd=ytd, ytd_growth_pct=ytd_growth)
    assert pull == near(1.5456, 4)
    share = metrics.contribution_share(pd.Series({"april": pull}), ytd_growth, min_growth_pct=1)
    assert share["april"] == near(30.31, 2)


def test_k6_implied_remainder_of_the_review() -> None:
    full_year, ytd = float(FULL_YEAR_OUTPUT_FROM_REVIEW), float(OUTPUT_FROM_REVIEW)
    rest = metrics.implied_remainder(full_year, ytd, months_left=2)
    assert rest.value == near(553.2, 1)
    assert rest.per_month == near(276.6, 1)
    assert rest.ytd_per_month == near(324.68, 2)
    assert rest.versus_ytd_pct == near(-14.808, 3)


def test_k7_single_deflation() -> None:
    nominal = metrics.growth_pct(1125 * 0.25, 1000 * 0.25)
    assert nominal == near(12.5, 1)
    assert metrics.real_growth_pct(nominal, 95.3) == near(18.048, 3)
    assert metrics.implied_deflator(12.5, 18.0) == near(0.95339, 5)


def test_k7_rounding_if_18_stands_for_18_0() -> None:
    nominal = Interval.printed(OUTPUT_GROWTH_FROM_REVIEW)
    real = Interval.printed(VALUE_ADDED_GROWTH_FROM_REVIEW, decimals=1)
    check_interval(metrics.implied_deflator(nominal, real), 0.9534, 0.9526, 0.9542, decimals=4)


def test_k7_rounding_if_18_is_taken_as_printed() -> None:
    nominal = Interval.printed(OUTPUT_GROWTH_FROM_REVIEW)
    real = Interval.printed(VALUE_ADDED_GROWTH_FROM_REVIEW)
    check_interval(
        metrics.implied_deflator(nominal, real), 0.9534, 1.1245 / 1.185, 1.1255 / 1.175, decimals=4
    )


def test_k8_bound_on_zpc() -> None:
    bound = metrics.ex_firm_bound(429.0, -2.1, ex_growth_pct=89.0)
    assert bound.base == near(438.2022, 4)
    assert bound.ex_base_max == near(226.9841, 4)
    assert bound.firm_base_min == near(211.2181, 4)
    assert bound.firm_base_share_min_pct == near(48.2, 1)
    assert bound.firm_level_min == 0


def test_k8_conservative_bound_on_zpc() -> None:
    bound = metrics.ex_firm_bound(
        Interval.printed(INVESTMENT_FROM_REVIEW),
        Interval.printed(INVESTMENT_GROWTH_FROM_REVIEW),
        ex_growth_pct=Interval.printed(INVESTMENT_GROWTH_WITHOUT_ZPC_FROM_REVIEW),
    )
    assert bound.firm_base_min.value == near(211.2181, 4)
    assert bound.firm_base_min.lo == pytest.approx(428.5 / 0.9795 - 428.5 / 1.885)


def test_k33_pace_of_a_yearly_flow() -> None:
    pace = metrics.flow_pace(35, 40, months=10)
    assert pace == near(1.05, 2)
    assert metrics.light(pace, green=1, amber=0.9, met=metrics.compare(35, ">=", 40)) == "green"


def test_k33_required_path() -> None:
    assert metrics.required_growth_pct(3800, 7000, years=4) == near(16.501, 3)
    assert metrics.cagr_pct(3800, 7000, years=4) == near(16.501, 3)
    path = metrics.required_path(3800, 7000, years=4)
    assert path.to_dict() == {1: near(4427.0, 1), 2: near(5157.5, 1), 3: near(6008.5, 1), 4: near(7000, 1)}


def test_k33_met_target_asks_for_a_new_base() -> None:
    """Tax per mu: 34 (1e4 CNY) is asked by 2025, 38.8 was there in January to September 2023."""
    met = metrics.compare(38.8, ">=", 34)
    assert metrics.light(1.2, green=1, amber=0.9, met=met) == "re-base"


def test_k35_concentration() -> None:
    values = pd.Series([70, 10, 10, 5, 5])
    assert metrics.hhi(values) == near(5150, 0)
    assert metrics.concentration_ratio(values, 4) == near(95, 0)


def test_published_growth_is_not_implied_growth_value_added_2021() -> None:
    """497.9 to 543.7 (1e8 CNY) is 9.2 % nominal; 18.8 % in comparable prices is published."""
    assert metrics.growth_pct(543.7, 497.9) == near(9.2, 1)
    assert metrics.growth_gap_pp(18.8, current=543.7, base=497.9) == near(9.6, 1)
