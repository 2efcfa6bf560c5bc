import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis import metrics

CLUSTERS = ["petrochemicals", "ships", "seafood", "screws", "auto_parts"]
levels = st.floats(min_value=1, max_value=1e6)
some_levels = st.lists(levels, min_size=5, max_size=5).map(lambda values: pd.Series(values, index=CLUSTERS))
growing = st.lists(st.floats(1, 3), min_size=5, max_size=5).map(
    lambda values: pd.Series(values, index=CLUSTERS)
)


@given(some_levels, some_levels)
def test_contributions_add_to_total_growth(current: pd.Series, base: pd.Series) -> None:
    pull = metrics.contribution_pp(current, base, total_base=base.sum())
    assert pull.sum() == pytest.approx(metrics.growth_pct(current.sum(), base.sum()), abs=1e-6, rel=1e-9)


@given(some_levels, growing)
def test_levels_and_weights_give_the_same_contribution(base: pd.Series, factor: pd.Series) -> None:
    by_level = metrics.contribution_pp(base * factor, base, total_base=base.sum())
    by_weight = metrics.weighted_contribution_pp(100 * (factor - 1), base / base.sum())
    pd.testing.assert_series_equal(by_level, by_weight, atol=1e-8)


@given(some_levels, growing)
def test_shares_add_to_100(base: pd.Series, factor: pd.Series) -> None:
    pull = metrics.contribution_pp(base * (factor + 0.1), base, total_base=base.sum())
    assert metrics.contribution_share(pull, pull.sum(), min_growth_pct=1).sum() == pytest.approx(100)


@given(some_levels, some_levels)
def test_neither_unit_nor_name_matters(current: pd.Series, base: pd.Series) -> None:
    pull = metrics.contribution_pp(current, base, total_base=base.sum())
    renamed = {name: f"cluster {k}" for k, name in enumerate(CLUSTERS)}
    again = metrics.contribution_pp(
        10 * current.rename(renamed), 10 * base.rename(renamed), total_base=10 * base.sum()
    )
    assert again.tolist() == pytest.approx(pull.tolist())


@pytest.mark.parametrize(
    ("parts", "growth", "reason"),
    [
        ({"ships": 0.3, "seafood": 0.2}, 0.5, "growth too small"),
        ({"ships": 0.0}, 0.0, "growth too small"),
        ({"ships": 5.0, "seafood": -1.0}, 4.0, "signs mix"),
        ({"ships": -5.0, "seafood": 1.0}, -4.0, "signs mix"),
        ({"ships": 5.0}, math.nan, "growth missing"),
    ],
)
def test_share_is_refused_with_a_reason(parts: dict[str, float], growth: float, reason: str) -> None:
    pull = pd.Series(parts, name="contribution")
    assert metrics.share_refusal(pull, growth, min_growth_pct=1) == reason
    share = metrics.contribution_share(pull, growth, min_growth_pct=1)
    assert share.isna().all() and share.index.equals(pull.index) and share.name == pull.name


def test_share_of_no_growth_is_refused_at_any_threshold() -> None:
    assert metrics.share_refusal(pd.Series({"ships": 0.0}), 0.0, min_growth_pct=0) == "growth too small"


def test_share_of_a_fall_is_positive() -> None:
    share = metrics.contribution_share(pd.Series({"ships": -3.0, "seafood": -1.0}), -4.0, min_growth_pct=1)
    assert share.tolist() == [75, 25]


def test_missing_part_stays_missing() -> None:
    pull = pd.Series({"ships": 3.0, "seafood": math.nan})
    share = metrics.contribution_share(pull, 4.0, min_growth_pct=1)
    assert share["ships"] == 75 and math.isnan(share["seafood"])


def test_the_same_part_twice_is_refused() -> None:
    twice = pd.Series([1.0, 2.0], index=["jintang", "jintang"])
    with pytest.raises(ValueError, match="jintang more than once"):
        metrics.contribution_pp(twice, twice, total_base=3)


@pytest.mark.parametrize("total_base", [0, -1])
def test_whole_without_base_is_refused(total_base: float) -> None:
    with pytest.raises(ValueError, match="total_base must be above zero"):
        metrics.contribution_pp(2.0, 1.0, total_base=total_base)


@pytest.mark.parametrize("share", [55.0, -0.1])
def test_share_in_percent_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        metrics.weighted_contribution_pp(19.0, share)


def test_negative_threshold_is_refused() -> None:
    with pytest.raises(ValueError, match="min_growth_pct"):
        metrics.share_refusal(pd.Series({"ships": 1.0}), 4.0, min_growth_pct=-1)


@given(some_levels, st.floats(min_value=-1e6, max_value=1e7))
def test_unallocated_closes_the_total(parts: pd.Series, total: float) -> None:
    closed = metrics.with_unallocated(parts, total)
    assert closed.sum() == pytest.approx(total, abs=1e-6)
    assert closed.index.tolist() == [*CLUSTERS, "unallocated"]


def test_missing_part_is_in_the_unallocated_row() -> None:
    closed = metrics.with_unallocated(pd.Series({"ships": 3.0, "seafood": math.nan}), 10.0, label="其他")
    assert math.isnan(closed["seafood"]) and closed["其他"] == 7


def test_all_of_it_is_unallocated_without_parts() -> None:
    assert metrics.with_unallocated(pd.Series([], dtype=float), 10.0).to_dict() == {"unallocated": 10}


def test_second_unallocated_row_is_refused() -> None:
    with pytest.raises(ValueError, match="unallocated more than once"):
        metrics.with_unallocated(pd.Series({"unallocated": 1.0}), 2.0)


def test_missing_total_is_refused() -> None:
    with pytest.raises(ValueError, match="total must be known"):
        metrics.with_unallocated(pd.Series({"ships": 1.0}), math.nan)


# Opposite contributions below this part of the growth are let through.
TOLERATED = {"min_growth_pct": 1, "max_opposite": 0.05}


def test_small_opposite_contributions_may_be_tolerated() -> None:
    pull = pd.Series({"petrochemicals": 7.5, "grain_oil": -0.3})
    assert metrics.share_refusal(pull, 7.2, **TOLERATED) == ""
    assert metrics.share_refusal(pull, 7.2, min_growth_pct=1) == "signs mix"
    assert metrics.share_refusal(pull - 0.2, 6.8, **TOLERATED) == "signs mix"
    assert metrics.share_refusal(-pull, -7.2, **TOLERATED) == ""


def test_negative_tolerance_is_refused() -> None:
    with pytest.raises(ValueError, match="max_opposite"):
        metrics.share_refusal(pd.Series({"ships": 1.0}), 4.0, min_growth_pct=1, max_opposite=-0.1)


some_growth = st.lists(st.floats(-30, 60), min_size=5, max_size=5).map(
    lambda values: pd.Series(values, index=CLUSTERS)
)
COLUMNS = ["level", "growth_pct", "level_decimals", "growth_decimals"]


def printed_parts(
    base: pd.Series, growth: pd.Series, *, published: int = 5
) -> tuple[pd.DataFrame, pd.Series]:
    """Parts and total of a whole with these bases and growth, printed to one decimal."""
    level = base * (1 + growth / 100)
    whole = [level.sum(), 100 * (level.sum() / base.sum() - 1)]
    parts = (
        pd.DataFrame({"level": level, "growth_pct": growth})
        .round(1)
        .assign(level_decimals=1, growth_decimals=1)
    )
    total = pd.Series([round(value, 1) for value in whole] + [1, 1], index=COLUMNS)
    return parts.head(published), total


large_levels = st.lists(st.floats(min_value=50, max_value=5000), min_size=5, max_size=5).map(
    lambda values: pd.Series(values, index=CLUSTERS)
)


@given(large_levels, some_growth, st.integers(1, 5))
def test_contributions_close_to_the_total(base: pd.Series, growth: pd.Series, published: int) -> None:
    parts, total = printed_parts(base, growth, published=published)
    closed = metrics.contributions(parts, total)
    assert closed["contribution_pp"].sum() == pytest.approx(total["growth_pct"], abs=1e-8)
    assert closed["level"].sum() == pytest.approx(total["level"])
    assert closed["base"].sum() == pytest.approx(metrics.implied_base(total["level"], total["growth_pct"]))
    assert (closed["contribution_lo"] <= closed["contribution_pp"] + 1e-9).all()
    assert (closed["contribution_pp"] <= closed["contribution_hi"] + 1e-9).all()


@given(large_levels, some_growth)
def test_the_range_holds_the_contribution_that_was_rounded_away(base: pd.Series, growth: pd.Series) -> None:
    closed = metrics.contributions(*printed_parts(base, growth))
    truth = metrics.contribution_pp(base * (1 + growth / 100), base, total_base=base.sum())
    assert (closed["contribution_lo"].drop("unallocated") - 1e-9 <= truth).all()
    assert (truth <= closed["contribution_hi"].drop("unallocated") + 1e-9).all()


@given(large_levels, some_growth)
def test_where_all_parts_are_published_the_open_row_may_be_rounding(
    base: pd.Series, growth: pd.Series
) -> None:
    row = metrics.contributions(*printed_parts(base, growth)).loc["unallocated"]
    assert row["contribution_lo"] - 1e-9 <= 0 <= row["contribution_hi"] + 1e-9


@given(large_levels, some_growth)
def test_shares_with_the_open_row_close_to_100(base: pd.Series, growth: pd.Series) -> None:
    parts, total = printed_parts(base, growth.abs() + 5, published=3)
    pull = metrics.contributions(parts, total)["contribution_pp"]
    shares = metrics.contribution_share(pull, total["growth_pct"], **TOLERATED)
    assert shares.sum() == pytest.approx(100)


@given(large_levels, some_growth)
def test_contributions_depend_neither_on_unit_nor_on_names(base: pd.Series, growth: pd.Series) -> None:
    parts, total = printed_parts(base, growth)
    renamed, tenfold = parts.rename(index=lambda name: f"renamed {name}"), total.copy()
    for one in (renamed, tenfold):
        # 12.3 in a unit a tenth as large is printed as 123
        one["level"], one["level_decimals"] = round(10 * one["level"], 0), 0
    again = metrics.contributions(renamed, tenfold)
    closed = metrics.contributions(parts, total)
    assert again["contribution_pp"].tolist() == pytest.approx(closed["contribution_pp"].tolist(), abs=1e-6)
    assert again["contribution_hi"].tolist() == pytest.approx(closed["contribution_hi"].tolist(), abs=1e-6)


def test_a_part_twice_is_refused() -> None:
    parts, total = printed_parts(pd.Series(100.0, index=CLUSTERS), pd.Series(5.0, index=CLUSTERS))
    with pytest.raises(ValueError, match="petrochemicals more than once"):
        metrics.contributions(pd.concat([parts, parts.head(1)]), total)
