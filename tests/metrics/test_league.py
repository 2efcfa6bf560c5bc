"""League tables: places with ties, composite scores, and how they rest on their weights."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from zs_analysis import metrics

# The review of 2023, January to October, growth of clusters in percent.
CLUSTERS_FROM_REVIEW = {
    "marine_electronics": 34.6,
    "seafood": 16.3,
    "auto_parts": 8.7,
    "screws": 8.4,
    "grain_oil": 8.1,
}

NUMBERS = st.floats(-1e3, 1e3).map(lambda number: round(number, 2))
FIGURES = st.lists(NUMBERS, min_size=1, max_size=12)
TABLES = st.integers(2, 6).flatmap(
    lambda rows: st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=rows, max_size=rows)
)
WEIGHTS = st.lists(st.integers(1, 9), min_size=3, max_size=3)
BETTER = {"a": "up", "b": "down", "c": "up"}


def places(values: list[float], half_step: float = 0.0, better: str = "up") -> list[int]:
    figures = pd.Series(values, dtype=float)
    return metrics.rank_with_ties(figures - half_step, figures + half_step, better=better).tolist()


def table(rows: list[list[float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(BETTER), index=[f"area {number}" for number in range(len(rows))])


def weights(given_weights: list[int]) -> pd.Series:
    return pd.Series(given_weights, list(BETTER), dtype=float)


def scored(rows: pd.DataFrame, weight: pd.Series) -> pd.DataFrame:
    return metrics.composite_score(metrics.standard_scores(rows, BETTER), weight)


def test_clusters_of_the_review():
    assert places(list(CLUSTERS_FROM_REVIEW.values()), 0.05) == [1, 2, 3, 4, 5]


def test_competition_ranking():
    assert places([9, 7, 7, 5]) == [1, 2, 2, 4]
    assert places([9, 7, 7, 5], better="down") == [4, 2, 2, 1]


@given(FIGURES)
def test_exact_figures_rank_as_scipy_does(values):
    assert places(values) == rankdata([-value for value in values], method="min").tolist()
    assert places(values, better="down") == rankdata(values, method="min").tolist()


def test_a_difference_within_rounding_is_a_tie():
    lo, hi = pd.Series([18.95, 18.5, 12.5]), pd.Series([19.05, 19.5, 13.5])  # 19.0, 19 and 13
    assert metrics.rank_with_ties(lo, hi).tolist() == [1, 1, 3]


def test_neighbours_of_the_same_step_do_not_tie():
    assert places([13.2, 13.1], 0.05) == [1, 2]


def test_ties_link():
    # 13.4 and 12.6 both round to 13, so nothing can be said of the three
    lo, hi = pd.Series([13.35, 12.5, 12.55, 11.0]), pd.Series([13.45, 13.5, 12.65, 11.1])
    assert metrics.rank_with_ties(lo, hi).tolist() == [1, 1, 1, 4]


@given(FIGURES, st.floats(0, 50))
def test_a_place_never_contradicts_the_figures(values, half_step):
    found = places(values, half_step)
    assert all(
        found[i] <= found[j] for i, one in enumerate(values) for j, two in enumerate(values) if one >= two
    )


@given(FIGURES, st.sampled_from([0.01, 10, 1e8]))
def test_scaling_and_renaming_change_no_place(values, factor):
    figures = pd.Series(values, dtype=float)
    before = metrics.rank_with_ties(figures - 0.05, figures + 0.05)
    scaled = metrics.rank_with_ties((figures - 0.05) * factor, (figures + 0.05) * factor)
    turned = metrics.rank_with_ties(figures[::-1] - 0.05, figures[::-1] + 0.05)
    assert scaled.tolist() == before.tolist()
    assert turned[::-1].tolist() == before.tolist()


def test_ugly_figures():
    lo = pd.Series([np.nan, 3.0, np.nan], index=["a", "b", "c"])
    assert metrics.rank_with_ties(lo, lo).astype(object).where(lo.notna(), None).tolist() == [None, 1, None]
    assert metrics.rank_with_ties(lo[[]], lo[[]]).empty
    assert places([-3.0, 0.0, -0.5]) == [3, 1, 2]
    with pytest.raises(ValueError, match="more than once"):
        metrics.rank_with_ties(pd.Series([1.0, 2.0], ["a", "a"]), pd.Series([1.0, 2.0], ["a", "a"]))
    with pytest.raises(ValueError, match="lo must not lie above hi"):
        metrics.rank_with_ties(pd.Series([2.0]), pd.Series([1.0]))


def test_standard_scores_by_hand():
    # mean 13, standard deviation sqrt((36 + 0 + 36) / 3)
    scores = metrics.standard_scores(pd.DataFrame({"growth": [19.0, 13.0, 7.0]}), {"growth": "up"})
    assert scores["growth"].tolist() == pytest.approx([6 / 24**0.5, 0, -6 / 24**0.5])
    turned = metrics.standard_scores(pd.DataFrame({"energy": [19.0, 13.0, 7.0]}), {"energy": "down"})
    assert turned["energy"].tolist() == pytest.approx([-6 / 24**0.5, 0, 6 / 24**0.5])


def test_equal_figures_score_zero_and_missing_stay_missing():
    values = pd.DataFrame({"a": [0.1 + 0.2, 0.3, np.nan], "b": [1.0, np.nan, 3.0]})
    scores = metrics.standard_scores(values, {"a": "up", "b": "up"})
    assert scores["a"].tolist()[:2] == [0.0, 0.0] and np.isnan(scores["a"][2])
    assert scores["b"].isna().tolist() == [False, True, False]


@given(TABLES, WEIGHTS)
def test_scores_have_the_mean_50(rows, given_weights):
    assert scored(table(rows), weights(given_weights))["score"].mean() == pytest.approx(50)


@given(TABLES, WEIGHTS, st.sampled_from([0.01, 10, 1e8]), st.floats(-100, 100))
def test_units_change_no_score(rows, given_weights, factor, shift):
    values, weight = table(rows).round(0), weights(given_weights)
    other = values.assign(b=values["b"] * factor, c=values["c"] + round(shift))
    assert scored(other, 7 * weight)["score"].tolist() == pytest.approx(
        scored(values, weight)["score"].tolist()
    )


@given(TABLES, WEIGHTS)
def test_order_of_rows_changes_no_place(rows, given_weights):
    values, weight = table(rows), weights(given_weights)
    assert (
        scored(values[::-1], weight)["rank"].sort_index().tolist()
        == scored(values, weight)["rank"].sort_index().tolist()
    )


@given(TABLES, WEIGHTS, st.lists(st.floats(0, 50), min_size=3, max_size=3))
def test_who_is_nowhere_better_never_ranks_above(rows, given_weights, behind):
    values = table(rows)
    signs = np.array([-1, 1, -1])
    values.loc["behind"] = values.iloc[0] + signs * np.array(behind).round(2)
    ranks = scored(values, weights(given_weights))["rank"]
    assert ranks["behind"] >= ranks.iloc[0]


def test_missing_indicators_pass_their_weight_on_and_show_it():
    scores = pd.DataFrame({"a": [1.0, -1.0, 0.0], "b": [np.nan, 1.0, 0.0], "c": [np.nan, 1.0, 0.0]})
    weight = pd.Series({"a": 2.0, "b": 1.0, "c": 1.0})
    shown = metrics.composite_score(scores, weight, min_coverage=0.5)
    assert shown["coverage"].tolist() == [0.5, 1.0, 1.0]
    assert shown["score"].tolist() == [60.0, 50.0, 50.0]
    refused = metrics.composite_score(scores, weight, min_coverage=0.6)
    assert refused["score"].isna().tolist() == [True, False, False]
    assert refused["rank"].isna().tolist() == [True, False, False]
    assert refused["rank"].tolist()[1:] == [1, 1]


def test_scores_that_print_alike_tie():
    scores = pd.DataFrame({"a": [0.401, 0.404, -1.0]})
    assert metrics.composite_score(scores, pd.Series({"a": 1.0}))["rank"].tolist() == [1, 1, 3]


@pytest.mark.parametrize(
    ("weight", "message"),
    [({"a": -1.0}, "not negative"), ({"b": 1.0}, "known"), ({"a": 0.0}, "more than zero")],
)
def test_bad_weights_are_refused(weight, message):
    with pytest.raises(ValueError, match=message):
        metrics.composite_score(pd.DataFrame({"a": [1.0, 2.0]}), pd.Series(weight))


def shaken(scores: pd.DataFrame, weight: pd.Series, concentration: float = 50, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return metrics.weight_sensitivity(scores, weight, concentration=concentration, draws=4000, rng=rng)


def test_who_leads_everywhere_always_leads():
    scores = pd.DataFrame({"a": [1.0, 0.0, -1.0], "b": [1.0, -0.5, -0.5]})
    found = shaken(scores, pd.Series({"a": 1.0, "b": 1.0}), concentration=2)
    assert found["first_share"].tolist() == [1.0, 0.0, 0.0]
    assert found.loc[0, ["rank_low", "rank_high"]].tolist() == [1, 1]


def test_two_opposite_rivals_share_the_lead_by_symmetry():
    # by symmetry each is ahead in half of the draws; 4000 draws are within 2.5 points of that (3 s.e.)
    scores = pd.DataFrame({"a": [1.0, -1.0], "b": [-1.0, 1.0]})
    found = shaken(scores, pd.Series({"a": 1.0, "b": 1.0}))
    assert found["first_share"].tolist() == pytest.approx([0.5, 0.5], abs=0.025)
    assert found["rank_low"].tolist() == [1, 1] and found["rank_high"].tolist() == [2, 2]


def test_share_of_first_places_has_a_closed_form():
    # With two equal weights w is Beta(c/2, c/2); c = 2 is uniform, and 2w - (1-w) > 0 if w > 1/3.
    scores = pd.DataFrame({"a": [2.0, 0.0], "b": [-1.0, 0.0]})
    found = shaken(scores, pd.Series({"a": 1.0, "b": 1.0}), concentration=2)
    assert found["first_share"][0] == pytest.approx(2 / 3, abs=0.025)


def test_a_high_concentration_leaves_the_places():
    scores = pd.DataFrame({"a": [1.0, -1.0], "b": [-0.8, 0.8]})
    weight = pd.Series({"a": 1.0, "b": 1.0})
    assert shaken(scores, weight, concentration=1e6)["first_share"].tolist() == [1.0, 0.0]
    assert shaken(scores, weight, concentration=5)["first_share"][0] < 0.8


def test_the_same_seed_gives_the_same_bands():
    scores = pd.DataFrame({"a": [1.0, -1.0, 0.2], "b": [-0.8, 0.8, 0.1]})
    weight = pd.Series({"a": 1.0, "b": 1.0})
    pd.testing.assert_frame_equal(shaken(scores, weight), shaken(scores, weight))


def test_who_has_no_score_has_no_band_and_weights_of_zero_stay_zero():
    scores = pd.DataFrame({"a": [1.0, -1.0, np.nan], "b": [-9.0, 9.0, np.nan]})
    found = shaken(scores, pd.Series({"a": 1.0, "b": 0.0}))
    assert found["first_share"].tolist()[:2] == [1.0, 0.0]
    assert found.loc[2].isna().all()


def test_bad_settings_are_refused():
    scores, weight = pd.DataFrame({"a": [1.0, 2.0]}), pd.Series({"a": 1.0})
    with pytest.raises(ValueError, match="concentration must be above zero"):
        shaken(scores, weight, concentration=0)
    with pytest.raises(ValueError, match="min_coverage"):
        metrics.composite_score(scores, weight, min_coverage=0)
