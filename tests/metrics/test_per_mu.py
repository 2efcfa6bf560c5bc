"""Per-mu efficiency: the published scheme of Huangyan, classes, low-efficiency land and the energy screen."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis import metrics
from zs_analysis.present.view import View

# 台州市黄岩区《工业企业综合评价得分计算说明》 for 2022 and 2021, chacewang.com news430850 and news169062.
FROM_HUANGYAN_2022 = {
    "tax_per_mu": 24.097,
    "va_per_mu": 136.16,
    "va_per_energy": 2.694,
    "va_per_emission": 4929.81,
    "va_per_employee": 18.14,
    "rd_per_revenue": 0.0302,
}
FROM_HUANGYAN_2021 = {
    "tax_per_mu": 26.01,
    "va_per_mu": 132.27,
    "va_per_energy": 2.54,
    "va_per_emission": 4861.08,
    "va_per_employee": 17.45,
    "rd_per_revenue": 0.0305,
}
WEIGHTS_FROM_HUANGYAN = dict(zip(FROM_HUANGYAN_2022, (30.0, 20.0, 20.0, 10.0, 10.0, 10.0), strict=True))
EXAMPLE = dict(zip(FROM_HUANGYAN_2022, (34.0, 171.0, 2.0, 5000.0, 30.0, 0.026), strict=True))
# One scheme published outside Zhejiang: A the first 25 %, B to 70 %, C to 95 %, D the rest.
CUTS = {"A": 0.25, "B": 0.7, "C": 0.95, "D": 1.0}

AMOUNTS = st.floats(0.01, 1e6)
SCORES = st.lists(st.integers(0, 40).map(float), min_size=1, max_size=60)


def points(*rows: dict[str, float], benchmark=FROM_HUANGYAN_2022, **about) -> pd.DataFrame:
    return metrics.per_mu_score(pd.DataFrame(rows), benchmark, WEIGHTS_FROM_HUANGYAN, **about)


def test_k31_at_the_benchmarks():
    assert points(FROM_HUANGYAN_2022)["score"].item() == pytest.approx(100, abs=5e-10)
    assert points(FROM_HUANGYAN_2021, benchmark=FROM_HUANGYAN_2021)["score"].item() == pytest.approx(
        100, abs=5e-10
    )


def test_k31_worked_example():
    found = points(EXAMPLE).iloc[0]
    assert found["score"] == pytest.approx(117.584, abs=5e-4)
    expected = [42.329, 25.118, 14.848, 10.142, 16.538, 8.609]
    assert found[list(EXAMPLE)].tolist() == pytest.approx(expected, abs=5e-4)


def test_the_rules_hold_what_huangyan_published(rules_of):
    for period, published in (("2021Q4", FROM_HUANGYAN_2021), ("2023Q4", FROM_HUANGYAN_2022)):
        known = rules_of(period)
        assert {name: known[f"benchmark_{name}"] for name in published} == published
        assert {name: known[f"weight_{name}"] for name in published} == WEIGHTS_FROM_HUANGYAN


@pytest.fixture
def rules_of():
    return lambda period: View(period).rules("per_mu_huangyan_2022")["value"]


@given(st.lists(st.floats(0.1, 50), min_size=6, max_size=6), st.lists(AMOUNTS, min_size=6, max_size=6))
def test_the_benchmark_earns_the_sum_of_the_weights(weights, benchmarks):
    weights = {name: 100 * weight / sum(weights) for name, weight in zip(EXAMPLE, weights, strict=True)}
    benchmark = dict(zip(EXAMPLE, benchmarks, strict=True))
    assert metrics.per_mu_score(pd.DataFrame([benchmark]), benchmark, weights)[
        "score"
    ].item() == pytest.approx(100)


@given(st.floats(0.01, 100))
def test_points_are_in_proportion(factor):
    scaled = {name: factor * value for name, value in EXAMPLE.items()}
    assert points(scaled)["score"].item() == pytest.approx(factor * points(EXAMPLE)["score"].item())


def test_firms_without_emissions_get_the_mean_points_of_the_others():
    none = EXAMPLE | {"va_per_emission": np.nan}
    double = EXAMPLE | {"va_per_emission": 10000.0}
    found = points(EXAMPLE, double, none, mean_for=["va_per_emission"])
    assert found["va_per_emission"][2] == pytest.approx((10.142 + 20.285) / 2, abs=1e-3)
    assert found["filled"].tolist() == [0, 0, 1]
    assert points(EXAMPLE, none)["score"].isna().tolist() == [False, True]


def test_other_gaps_are_not_filled():
    no_land = EXAMPLE | {"tax_per_mu": np.nan}
    assert points(EXAMPLE, no_land, mean_for=["va_per_emission"])["score"].isna().tolist() == [False, True]
    all_missing = EXAMPLE | {"va_per_emission": np.nan}
    assert points(all_missing, mean_for=["va_per_emission"])["score"].isna().all()


def test_no_cap_and_negative_ratios_count():
    assert points(EXAMPLE | {"tax_per_mu": 2409.7})["tax_per_mu"].item() == pytest.approx(3000)
    assert points(EXAMPLE | {"va_per_mu": -136.16})["va_per_mu"].item() == pytest.approx(-20)


def test_bad_schemes_are_refused():
    with pytest.raises(ValueError, match="benchmarks must be above zero"):
        points(EXAMPLE, benchmark=FROM_HUANGYAN_2022 | {"va_per_mu": 0.0})
    with pytest.raises(ValueError, match="no figures or no benchmark for profit"):
        metrics.per_mu_score(pd.DataFrame([EXAMPLE]), FROM_HUANGYAN_2022, {"profit": 10.0})
    with pytest.raises(ValueError, match="not negative"):
        metrics.per_mu_score(pd.DataFrame([EXAMPLE]), FROM_HUANGYAN_2022, {"tax_per_mu": -1.0})


def firm(**changed: float | None) -> pd.DataFrame:
    known = {
        "tax": 340.0,
        "value_added": 1710.0,
        "land": 10.0,
        "energy": 855.0,
        "emission": 0.342,
        "employees": 57.0,
    }
    return pd.DataFrame([known | {"rd": 260.0, "revenue": 10000.0} | changed])


def test_indicators_of_a_firm():
    assert metrics.per_mu_indicators(firm()).iloc[0].to_dict() == pytest.approx(EXAMPLE)


@pytest.mark.parametrize("column", ["land", "energy", "emission", "employees", "revenue"])
@pytest.mark.parametrize("value", [0.0, -1.0, None])
def test_nothing_below_the_line_gives_no_indicator(column, value):
    found = metrics.per_mu_indicators(firm(**{column: value})).iloc[0]
    assert found.isna().sum() == (2 if column == "land" else 1)


def test_classes_of_twenty():
    classes = metrics.per_mu_class(pd.Series(range(20, 0, -1), dtype=float), CUTS)
    assert classes.tolist() == ["A"] * 5 + ["B"] * 9 + ["C"] * 5 + ["D"]


@given(SCORES)
def test_classes_partition_the_firms_in_the_order_of_their_scores(scores):
    series = pd.Series(scores)
    classes = metrics.per_mu_class(series, CUTS)
    assert classes.isin(list(CUTS)).all()
    for one, of_one in zip(scores, classes, strict=True):
        assert all(of_one <= of_two for two, of_two in zip(scores, classes, strict=True) if one >= two)


@given(SCORES, st.floats(0.1, 100))
def test_classes_do_not_depend_on_the_unit_of_scores(scores, factor):
    series = pd.Series(scores)
    assert metrics.per_mu_class(factor * series, CUTS).tolist() == metrics.per_mu_class(series, CUTS).tolist()


def test_ugly_scores():
    scores = pd.Series([np.nan, 3.0, np.nan, 3.0])
    assert metrics.per_mu_class(scores, CUTS).astype(object).where(scores.notna(), None).tolist() == [
        None,
        "B",
        None,
        "B",
    ]
    assert metrics.per_mu_class(pd.Series([np.nan]), CUTS).isna().all()
    assert metrics.per_mu_class(pd.Series([], dtype=float), CUTS).empty
    with pytest.raises(ValueError, match="cuts must rise to 1"):
        metrics.per_mu_class(pd.Series([1.0]), {"A": 0.7, "B": 0.25, "C": 1.0})
    with pytest.raises(ValueError, match="cuts must rise to 1"):
        metrics.per_mu_class(pd.Series([1.0]), {"A": 0.5})


def test_low_efficiency_names_its_reason_and_misses_no_figure():
    firms = pd.DataFrame({"class": ["D", "A", "D", None], "tax_per_mu": [np.nan, 5.9, 5.9, 6.0]})
    assert metrics.low_efficiency(firms, worst="D", min_tax_per_mu=6).tolist() == ["class", "tax", "both", ""]


# Clause 三(五) of the plan: below 0.52 the fast track, above it a review; of 0.52 itself it says nothing.
@pytest.mark.parametrize(("energy", "door"), [(519.9, "fast"), (520.1, "review"), (520.0, "open")])
def test_the_plan_s_limit_on_energy(energy, door):
    assert metrics.energy_screen(pd.Series([energy]), pd.Series([1000.0]), limit=0.52).tolist() == [door]


def test_the_screen_says_nothing_without_figures():
    energy, added = pd.Series([np.nan, 500.0, 500.0, 0.0]), pd.Series([1000.0, 0.0, -5.0, 10.0])
    doors = metrics.energy_screen(energy, added, limit=0.52)
    assert doors.isna().tolist() == [True, True, True, False]
    assert doors[3] == "fast"
