"""Attainment: hand-counted probabilities, refusals, what must never change them."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zs_analysis as zs
from zs_analysis.forecast import judgement
from zs_analysis.forecast.attainment import Measured, attainment, attainments, bridge, year_sums
from zs_analysis.forecast.judgement import Judgement, dated
from zs_analysis.forecast.paths import Paths

YEARS = pd.period_range("2024", periods=4, freq="Y")
# 3800 in 2023 to 7000 in 2027 is 16.501 % a year (case K33 of the project's list of known answers)
GROWTH_FROM_K33, PATH_FROM_K33 = 16.501, [4427.0, 5157.5, 6008.5, 7000.0]
KNOWN = pd.Series([3800.0], index=pd.PeriodIndex(["2023"], freq="Y"))
draws_of_a_year = st.lists(st.floats(1, 1e4), min_size=1, max_size=30)


def year(text: str | int) -> pd.Period:
    return pd.Period(str(text), freq="Y")


def yearly(*rows: list[float], unique_id: str = "city") -> Paths:
    """Paths of one series: a row of draws for each year from 2024."""
    return Paths((unique_id,), YEARS[: len(rows)], np.array([rows], dtype=float))


def judged(paths: Paths, comparison: str, value: float, deadline: str | int, **more):
    return attainment(paths, paths.ids[0], comparison, value, deadline=year(deadline), **more)


def target(**changes) -> pd.DataFrame:
    row = {
        "target_id": "plan",
        "unique_id": "city",
        "indicator": "gross_output_scale",
        "value": 5000.0,
        "unit": "1e8_cny",
        "comparison": ">=",
        "basis": "level_by",
        "start": "2023",
        "deadline": "2025",
    }
    return pd.DataFrame([row | changes])


def output(*rows: list[float], **more) -> Measured:
    return Measured(yearly(*rows), "gross_output_scale", "1e8_cny", **more)


def test_probability_is_the_share_of_paths_with_its_error() -> None:
    found = judged(yearly([1, 2, 3, 4], [10, 20, 30, 40]), ">=", 30, 2025)
    assert (found.reason, found.probability) == ("", 0.5)
    assert found.error == pytest.approx(0.25)  # sqrt(0.5 * 0.5 / 4)
    assert (found.low, found.median, found.high) == (pytest.approx(13), 25, pytest.approx(37))


@pytest.mark.parametrize(
    ("comparison", "share"), [(">=", 3 / 5), (">", 2 / 5), ("<=", 3 / 5), ("<", 2 / 5), ("~=", 3 / 5)]
)
def test_every_comparison(comparison: str, share: float) -> None:
    found = judged(yearly([90, 95, 100, 105, 110]), comparison, 100, 2024, tolerance_pct=5)
    assert found.probability == pytest.approx(share)


def test_k33_growth_and_path_from_the_last_known_year() -> None:
    found = judged(yearly([4e3], [5e3], [6e3], [7e3]), ">", 7000, 2027, known=KNOWN)
    assert found.required_growth_pct == pytest.approx(GROWTH_FROM_K33, abs=0.5e-3)
    assert found.path.round(1).tolist() == PATH_FROM_K33
    assert found.path.index.equals(YEARS)


def test_what_is_known_after_the_deadline_is_no_start() -> None:
    known = pd.concat([pd.Series([9e9], index=pd.PeriodIndex(["2028"], freq="Y")), KNOWN])
    found = judged(yearly([4e3], [5e3], [6e3], [7e3]), ">", 7000, 2027, known=known)
    assert found.required_growth_pct == pytest.approx(GROWTH_FROM_K33, abs=0.5e-3)
    assert found.met is False


def test_every_year_of_the_paths_must_meet_a_yearly_target() -> None:
    paths = yearly([40, 39, 50], [41, 60, 39], [0, 0, 0])
    assert judged(paths, ">=", 40, 2025, basis="per_year").probability == pytest.approx(1 / 3)
    later = judged(paths, ">=", 40, 2025, basis="per_year", start=year(2025), known=KNOWN)
    assert later.probability == pytest.approx(2 / 3)
    assert later.required_growth_pct is None and later.met is None
    assert judged(paths, ">=", 40, 2025, basis="per_year").median == 41


def test_a_sum_takes_in_known_years_from_its_start() -> None:
    known = pd.Series([1000.0, 20.0, 30.0], index=pd.period_range("2021", "2023", freq="Y"))
    paths = yearly([10, 20, 30], [10, 20, 30])
    found = judged(paths, ">=", 90, 2025, basis="cumulative_by", start=year(2022), known=known)
    assert found.probability == pytest.approx(2 / 3)
    assert found.median == 90
    late = judged(paths, ">=", 60, 2025, basis="cumulative_by", start=year(2024), known=known)
    assert late.probability == pytest.approx(1 / 3)


def test_a_target_met_already_keeps_the_probability_of_its_deadline() -> None:
    found = judged(yearly([3000, 4000]), ">=", 3500, 2024, known=KNOWN)
    assert found.met is True
    assert found.probability == 0.5
    assert found.required_growth_pct < 0


def test_probabilities_of_finite_paths_are_never_0_or_1() -> None:
    paths = yearly(list(range(98)))
    assert judged(paths, ">=", 0, 2024).probability == 0.99
    assert judged(paths, ">=", 98, 2024).probability == pytest.approx(0.01)
    assert judged(paths, ">=", 98, 2024).error > 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"indicator": "revenue_scale"}, "other_indicator"),
        ({"indicator": "gross_output"}, "other_indicator"),
        ({"unit": "pct"}, "other_unit"),
        ({"unique_id": "ships"}, "not_forecast"),
        ({"unique_id": None}, "not_forecast"),
        ({"basis": "threshold"}, "standard"),
        ({"basis": "threshold", "deadline": ""}, "standard"),
        ({"deadline": ""}, "no_year"),
        ({"deadline": "2025-06"}, "no_year"),
        ({"deadline": "2025", "start": "2026"}, "no_year"),
        ({"deadline": "2023"}, "decided"),
        ({"deadline": "2026"}, "beyond_horizon"),
        ({"deadline": "2022", "start": ""}, "incomplete_year"),
        ({"basis": "cumulative_by", "start": ""}, "start_unknown"),
        ({"basis": "cumulative_by", "start": "2022"}, "start_unknown"),
        ({"basis": "cumulative_by", "start": "2023"}, ""),
    ],
)
def test_refusals_have_their_reason_and_no_number(changes: dict, reason: str) -> None:
    known = pd.DataFrame({"unique_id": "city", "ds": KNOWN.index, "y": KNOWN.to_numpy()})
    row = attainments(target(**changes), output([4000.0, 4400], [4600, 5200], known=known)).iloc[0]
    assert row["reason"] == reason
    assert pd.isna(row["probability"]) == bool(reason)
    assert row["bridge"] is None


def test_the_targets_of_the_package_are_judged_or_refused_one_by_one() -> None:
    targets = zs.load("targets").assign(unique_id="city")
    found = attainments(targets, output([1.0], [2.0]))
    assert found["target_id"].tolist() == targets["target_id"].tolist()
    # the plan sets revenue, the older goals the output of all firms
    assert found["reason"].eq("other_indicator").all()


def test_revenue_is_reached_from_output_by_a_stated_bridge_only() -> None:
    revenue_target = target(indicator="revenue_scale", value=7000.0, comparison=">", deadline="2027")
    forecast = output([4000.0] * 999, [5000.0] * 999, [6000.0] * 999, [6500.0] * 999)
    assert attainments(revenue_target, forecast)["reason"].tolist() == ["other_indicator"]
    bridged = bridge(
        forecast, 1.0, 7 / 6.5, 1.2, indicator="revenue_scale", name="revenue per output", source="yearbook",
        rng=np.random.default_rng(155),
    )  # fmt: skip
    row = attainments(revenue_target, bridged).iloc[0]
    # paths are sure, so the ratio alone decides: the share above its mode
    below, above = judgement.two_piece_scales(1.0, 7 / 6.5, 1.2)
    assert row["probability"] == pytest.approx(above / (below + above), abs=2e-3)
    assert (row["bridge"].name, row["bridge"].base) == ("revenue per output", "gross_output_scale")
    assert attainments(target(), bridged)["reason"].tolist() == ["other_indicator"]


def test_a_bridge_keeps_parts_adding_up_and_years_together() -> None:
    values = np.random.default_rng(1).gamma(2, 5, (2, 4, 50))
    both = Paths(("ships", "rest", "city"), YEARS, np.concatenate([values, values.sum(axis=0)[None]]))
    bridged = bridge(
        Measured(both, "gross_output_scale", "1e8_cny"), 0.9, 1.0, 1.3, indicator="revenue_scale", name="ratio",
        source="yearbook", rng=np.random.default_rng(2),
    )  # fmt: skip
    ratio = bridged.paths.values / both.values
    assert np.allclose(ratio, ratio[0, 0])
    assert np.allclose(bridged.paths.values[:2].sum(axis=0), bridged.paths.of("city"))


def test_known_output_is_not_taken_for_revenue() -> None:
    known = pd.DataFrame({"unique_id": "city", "ds": KNOWN.index, "y": KNOWN.to_numpy()})
    said = {"indicator": "revenue_scale", "name": "ratio", "source": "book", "rng": np.random.default_rng(1)}
    plain = bridge(output([4000.0], known=known), 1, 1, 1, **said)
    row = attainments(target(indicator="revenue_scale", deadline="2024"), plain).iloc[0]
    assert pd.isna(row["required_growth_pct"]) and row["path"] is None and row["met"] is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"low": 0.0}, "above zero"),
        ({"low": 1.2}, "in order"),
        ({"high": float("nan")}, "in order"),
        ({"name": " "}, "needs a name and a source"),
        ({"source": ""}, "needs a name and a source"),
    ],
)
def test_bridges_that_say_too_little_cannot_be_built(changes: dict, words: str) -> None:
    said = {
        "low": 1.0,
        "central": 1.1,
        "high": 1.2,
        "name": "ratio",
        "source": "book",
        "indicator": "revenue",
    }
    with pytest.raises(ValueError, match=words):
        bridge(output([1.0]), **(said | changes), rng=np.random.default_rng(1))


def test_a_bridge_on_a_bridge_would_hide_the_first() -> None:
    said = {"name": "ratio", "source": "book", "rng": np.random.default_rng(1)}
    revenue = bridge(output([1.0]), 1, 1, 1, indicator="revenue", **said)
    with pytest.raises(ValueError, match="build one from gross_output_scale"):
        bridge(revenue, 1, 1, 1, indicator="profit", **said)


@given(draws_of_a_year, st.floats(1, 1e4), st.floats(0, 1e4), st.sampled_from([">=", ">"]))
def test_a_higher_target_is_never_more_probable(
    draws: list[float], value: float, more: float, comparison: str
) -> None:
    first, second = (judged(yearly(draws), comparison, level, 2024) for level in (value, value + more))
    assert second.probability <= first.probability
    opposite = {">=": "<", ">": "<="}[comparison]
    assert judged(yearly(draws), opposite, value, 2024).probability == pytest.approx(1 - first.probability)


@settings(max_examples=20, deadline=None)
@given(draws_of_a_year, st.floats(1, 1e4), st.sampled_from([">=", "<=", "~="]))
def test_scaling_paths_and_target_changes_nothing(draws: list[float], value: float, comparison: str) -> None:
    # by a power of two, so that no rounding decides
    found = [
        judged(
            yearly([draw * factor for draw in draws]), comparison, value * factor, 2024, known=KNOWN * factor,
            tolerance_pct=6.25,
        )
        for factor in (1, 16)
    ]  # fmt: skip
    assert found[0].probability == found[1].probability
    assert found[1].median == pytest.approx(16 * found[0].median)
    assert found[1].required_growth_pct == pytest.approx(found[0].required_growth_pct)


@settings(max_examples=20, deadline=None)
@given(st.floats(-30, 30), st.floats(0, 20), st.floats(0, 20), st.floats(50, 900))
def test_a_higher_added_judgement_never_makes_a_floor_less_probable(
    low: float, spread: float, more: float, value: float
) -> None:
    months = pd.period_range("2024-01", periods=12, freq="M")
    paths = Paths(("city",), months, np.random.default_rng(1).gamma(20, 2, (1, 12, 40)))
    found = []
    for extra in (0, more):
        steps = dated(months[3], low + extra, low + extra, low + spread + extra)
        yard = Judgement("yard", "city", "added", steps, date(2023, 12, 13), "bureau", "register")
        sums = year_sums(judgement.apply(paths, [yard], np.random.default_rng(2)))
        found.append(judged(sums, ">=", value, 2024).probability)
    assert found[1] >= found[0]


@given(st.permutations(range(20)))
def test_the_order_of_paths_does_not_matter(order: list[int]) -> None:
    assert judged(yearly(order), ">=", 7, 2024) == judged(yearly(list(range(20))), ">=", 7, 2024)


def quarters(first: str, *rows: list[float]) -> Paths:
    periods = pd.period_range(first, periods=len(rows), freq="Q")
    return Paths(("city",), periods, np.array([rows], dtype=float))


def quarters_known(**values: float) -> pd.DataFrame:
    index = [pd.Period(text.removeprefix("q"), freq="Q") for text in values]
    return pd.DataFrame({"unique_id": "city", "ds": index, "y": list(values.values())})


def test_years_are_sums_along_each_path() -> None:
    paths = quarters("2024Q1", *([k, 10 * k] for k in range(1, 9)))
    sums = year_sums(paths)
    assert sums.periods.equals(YEARS[:2])
    assert sums.of("city").tolist() == [[10, 100], [26, 260]]


def test_years_that_are_not_complete_are_left_out() -> None:
    paths = quarters("2023Q4", *([1.0],) * 6)
    assert year_sums(paths).periods.astype(str).tolist() == ["2024"]
    assert year_sums(quarters("2023Q4", [1.0])).values.shape == (1, 0, 1)
    assert judged(year_sums(quarters("2023Q4", [1.0])), ">=", 1, 2023).reason == "beyond_horizon"


def test_the_first_year_takes_in_what_is_known_of_it() -> None:
    paths = quarters("2023Q3", [1.0, 2], [3, 4])
    known = quarters_known(q2022Q4=99.0, q2023Q1=10.0, q2023Q2=20.0)
    assert year_sums(paths, known).of("city").tolist() == [[34, 36]]
    drawn = quarters("2022Q1", *([9.0, float("nan")],) * 4, [10, 20], [30, 40])
    assert year_sums(paths, drawn).of("city").tolist() == [[44, 66]]
    assert year_sums(paths, quarters_known(q2022Q4=99.0)).values.shape == (1, 0, 2)
    assert year_sums(paths, known.head(0)).values.shape == (1, 0, 2)


def test_years_are_their_own_sums() -> None:
    paths = yearly([1.0, 2], [3, 4])
    assert np.array_equal(year_sums(paths).values, paths.values)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.integers(1, 30))
def test_known_and_forecast_months_make_the_same_year(first_month: int, ahead: int) -> None:
    months = pd.period_range("2023-01", periods=first_month - 1 + ahead, freq="M")
    values = np.random.default_rng(1).gamma(2, 5, len(months))
    split = first_month - 1
    known = pd.DataFrame({"unique_id": "city", "ds": months[:split], "y": values[:split]})
    paths = Paths(("city",), months[split:], values[None, split:, None])
    sums = year_sums(paths, known)
    of_years = pd.Series(values, index=months).groupby(months.year).agg(["sum", "size"])
    whole = of_years.loc[of_years["size"].eq(12), "sum"]
    assert sums.periods.year.tolist() == whole.index.tolist()
    assert sums.values.ravel() == pytest.approx(whole.to_numpy())


def test_what_does_not_join_is_refused() -> None:
    paths = quarters("2023Q3", [1.0, 2], [3, 4])
    with pytest.raises(ValueError, match="2023Q3: both known and forecast"):
        year_sums(paths, quarters_known(q2023Q3=1.0))
    with pytest.raises(ValueError, match="known lacks city 2023Q1"):
        year_sums(paths, quarters_known(q2023Q1=float("nan")))
    with pytest.raises(ValueError, match="known has 1 draws by Q-DEC, the paths 2 by Q-DEC"):
        year_sums(paths, quarters("2023Q1", [1.0], [2.0]))
    with pytest.raises(ValueError, match="by M, the paths 2 by Q-DEC"):
        year_sums(paths, quarters_known(q2023Q1=1.0).assign(ds=pd.Period("2023-01", freq="M")))
    with pytest.raises(ValueError, match="known lacks city; add them"):
        year_sums(paths, Paths(("ships",), paths.periods - 2, paths.values))
    with pytest.raises(ValueError, match="years are summed from months or quarters"):
        year_sums(Paths(("city",), pd.period_range("2024-01-01", periods=1, freq="W"), np.ones((1, 1, 1))))


def test_bad_arguments_say_what_to_do() -> None:
    paths = yearly([1.0, 2])
    with pytest.raises(ValueError, match="sum months or quarters with year_sums first"):
        judged(quarters("2024Q1", [1.0]), ">=", 1, 2024)
    with pytest.raises(ValueError, match="no paths of 'ships'; name one of city"):
        attainment(paths, "ships", ">=", 1, deadline=year(2024))
    with pytest.raises(ValueError, match="needs tolerance_pct"):
        judged(paths, "~=", 1, 2024)
    with pytest.raises(ValueError, match="a number is missing"):
        judged(yearly([1.0, float("nan")]), ">=", 1, 2024)
    with pytest.raises(ValueError, match="2023 more than once"):
        judged(paths, ">=", 1, 2024, known=pd.concat([KNOWN, KNOWN]))
    with pytest.raises(TypeError, match="known needs a PeriodIndex"):
        judged(paths, ">=", 1, 2024, known=pd.Series([1.0], index=[2023]))
    with pytest.raises(ValueError, match="targets lack unique_id"):
        attainments(target().drop(columns="unique_id"), output([1.0]))


def test_a_level_below_zero_has_no_growth_to_require() -> None:
    found = judged(yearly([1.0, 2]), ">=", 1.5, 2024, known=-KNOWN)
    assert found.met is False and found.required_growth_pct is None and found.probability == 0.5


def test_no_targets_are_no_rows() -> None:
    found = attainments(target().head(0), output([1.0]))
    assert found.empty and "probability" in found
