"""Adding up, draw by draw.

Oracles are hierarchicalforecast with a summing matrix written by hand, and the closed form of the projection
with constraints in place of a summing matrix.
"""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hierarchicalforecast.methods import MinTrace
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis.forecast.hierarchy import couple, incoherence, reconcile
from zs_analysis.forecast.paths import Paths

YEARS = pd.period_range("2024", periods=3, freq="Y")
Splits = dict[str, list[list[str]]]

# No cells in common: 3 clusters and 2 areas.
CROSSED: Splits = {"city": [["ships", "seafood", "chips"], ["dinghai", "putuo"]]}
# The same with cells, and one area that is one district under another name.
CELLS = [f"{area} {cluster}" for area, cluster in product(CROSSED["city"][1], CROSSED["city"][0])]
GROUPED: Splits = {
    **CROSSED,
    **{name: [[cell for cell in CELLS if name in cell.split()]] for name in sum(CROSSED["city"], [])},
    "putuo ships": [["liuheng"]],
}
# Deep, and of unequal depth.
TREE: Splits = {"city": [["north", "south"]], "north": [["a", "b"]], "b": [["b1", "b2", "b3"]]}
# Two splits without common cells below another.
MIXED: Splits = {"zhejiang": [["city", "rest"]], **CROSSED, "dinghai": [["port", "town"]]}
HIERARCHIES = [CROSSED, GROUPED, TREE, MIXED]


def ids_of(hierarchy: Splits) -> list[str]:
    return list(
        dict.fromkeys([*hierarchy, *(part for lists in hierarchy.values() for one in lists for part in one)])
    )


def constraints(hierarchy: Splits, ids: list[str]) -> np.ndarray:
    return np.array(
        [
            [(code == parent) - float(code in parts) for code in ids]
            for parent, lists in hierarchy.items()
            for parts in lists
        ]
    )


def drawn(hierarchy: Splits, seed: int, *, draws: int = 20, shift: float = 0.0) -> tuple[Paths, np.ndarray]:
    """Base paths and 30 residuals of a hierarchy."""
    rng, ids = np.random.default_rng(seed), ids_of(hierarchy)
    values = rng.lognormal(1, 1, (len(ids), len(YEARS), draws)) - shift
    return Paths(tuple(ids), YEARS, values), rng.lognormal(0, 1, (len(ids), 1)) * rng.normal(
        0.1, 1, (len(ids), 30)
    )


def worst_gap(paths: Paths, hierarchy: Splits) -> float:
    gaps = np.tensordot(constraints(hierarchy, list(paths.ids)), paths.values, axes=1)
    return abs(gaps).max() / abs(paths.values).max()


some_hierarchy = st.sampled_from(HIERARCHIES)
seeds = st.integers(0, 10_000)
few = settings(max_examples=20, deadline=None)


# Against other programs


@pytest.mark.parametrize(("weights", "known"), [("mint_shrink", 30), ("wls_var", 5), ("wls_struct", 0)])
def test_weights_equal_those_of_hierarchicalforecast(weights: str, known: int) -> None:
    summing = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [0, 1, 1, 1, 0], *np.eye(5)])
    ids = ["city", "north", "b", "a", "b1", "b2", "b3", "south"]
    base, residuals = drawn(TREE, 3, shift=5)
    base, residuals = base.only(ids), residuals[[base.ids.index(code) for code in ids], :known]
    theirs = MinTrace(weights).fit_predict(
        S=summing,
        y_hat=base.values.reshape(8, -1),
        y_insample=residuals,
        y_hat_insample=np.zeros_like(residuals),
    )
    found = reconcile(base, TREE, residuals)
    assert found.weights == weights
    assert found.paths.values.reshape(8, -1) == pytest.approx(theirs["mean"], abs=1e-4)


@pytest.mark.filterwarnings("ignore:Converted matrix")
def test_nonnegative_draws_equal_the_quadratic_programme_of_hierarchicalforecast() -> None:
    summing = np.array([[1, 1, 1, 1], *np.eye(4)])
    hierarchy = {"city": [["a", "b", "c", "d"]]}
    rng = np.random.default_rng(5)
    # parts that move together: lifting one to zero lifts others above it
    residuals = np.array([[3.0], [2], [2], [2], [2]]) * rng.normal(0.3, 1, 40) + rng.normal(0, 1, (5, 40))
    values = np.array([3.0, 2, 2, 2, 2])[:, None, None] * rng.lognormal(-0.5, 1, (5, 3, 30))
    theirs = MinTrace("mint_shrink", nonnegative=True).fit_predict(
        S=summing, y_hat=values.reshape(5, -1), y_insample=residuals, y_hat_insample=np.zeros_like(residuals)
    )
    found = reconcile(Paths(("city", "a", "b", "c", "d"), YEARS, values), hierarchy, residuals)
    at_zero = found.paths.values.reshape(5, -1) == 0
    assert at_zero.any(axis=0).sum() > 10 and at_zero.sum(axis=0).max() > 1
    assert found.paths.values.reshape(5, -1) == pytest.approx(theirs["mean"], abs=1e-4)


@pytest.mark.parametrize("hierarchy", HIERARCHIES)
def test_variances_equal_the_closed_form_with_constraints(hierarchy: Splits) -> None:
    """y - W C' (C W C')^+ C y, which knows nothing of a summing matrix."""
    base, residuals = drawn(hierarchy, 1, shift=5)
    few_residuals = residuals[:, :6]
    matrix, variances = constraints(hierarchy, list(base.ids)), np.diag((few_residuals**2).mean(axis=1))
    flat = base.values.reshape(len(base.ids), -1)
    expected = flat - variances @ matrix.T @ np.linalg.pinv(matrix @ variances @ matrix.T) @ matrix @ flat
    found = reconcile(base, hierarchy, few_residuals)
    assert found.weights == "wls_var"
    assert found.paths.values.reshape(len(base.ids), -1) == pytest.approx(
        expected, abs=1e-4
    )  # the ridge of MinTrace


def test_structural_weights_count_the_finest_split() -> None:
    base, _ = drawn(CROSSED, 1, shift=5)
    matrix, weights = constraints(CROSSED, list(base.ids)), np.diag([3.0, 1, 1, 1, 1, 1])
    flat = base.values.reshape(6, -1)
    expected = flat - weights @ matrix.T @ np.linalg.solve(matrix @ weights @ matrix.T, matrix @ flat)
    assert reconcile(base, CROSSED).paths.values.reshape(6, -1) == pytest.approx(expected, abs=1e-4)


# Properties


@given(some_hierarchy, seeds, st.sampled_from([0, 6, 30]), st.sampled_from([0.0, 5.0]))
@few
def test_every_draw_adds_up(hierarchy: Splits, seed: int, known: int, shift: float) -> None:
    base, residuals = drawn(hierarchy, seed, shift=shift)
    found = reconcile(base, hierarchy, residuals[:, :known])
    assert worst_gap(base, hierarchy) > 0.01
    assert worst_gap(found.paths, hierarchy) < 1e-12
    assert incoherence(found.paths, hierarchy)["gap"].to_numpy() == pytest.approx(0, abs=1e-9)


@given(some_hierarchy, seeds)
@few
def test_what_adds_up_already_stays(hierarchy: Splits, seed: int) -> None:
    base, residuals = drawn(hierarchy, seed)
    coherent = reconcile(base, hierarchy).paths
    again = reconcile(coherent, hierarchy, residuals).paths
    assert again.values == pytest.approx(coherent.values, abs=1e-7)


@given(some_hierarchy, seeds)
@few
def test_nothing_falls_below_zero_that_was_above(hierarchy: Splits, seed: int) -> None:
    base, residuals = drawn(hierarchy, seed)
    assert reconcile(base, hierarchy, residuals).paths.values.min() >= 0


@given(seeds)
@few
def test_series_with_negative_draws_stay_free_and_bind_no_other(seed: int) -> None:
    base, residuals = drawn(CROSSED, seed)
    values = base.values.copy()
    values[base.ids.index("ships")] -= 60
    found = reconcile(base.with_values(values), CROSSED, residuals).paths
    others = [code for code in base.ids if code != "ships"]
    assert found.only(others).values.min() >= 0
    assert found.of("ships").min() < 0


@given(some_hierarchy, seeds, st.sampled_from([0, 6, 30]), st.sampled_from([0.1, 10, 1e4]))
@few
def test_the_unit_does_not_matter(hierarchy: Splits, seed: int, known: int, factor: float) -> None:
    base, residuals = drawn(hierarchy, seed)
    one = reconcile(base, hierarchy, residuals[:, :known]).paths.values
    other = reconcile(
        base.with_values(factor * base.values), hierarchy, factor * residuals[:, :known]
    ).paths.values
    assert other / factor == pytest.approx(one, abs=1e-6)


@given(some_hierarchy, seeds, st.randoms(use_true_random=False))
@few
def test_neither_names_nor_order_matter(hierarchy: Splits, seed: int, random) -> None:
    base, residuals = drawn(hierarchy, seed)
    order = list(range(len(base.ids)))
    random.shuffle(order)
    names = {code: f"{place} {code}" for place, code in zip(order, base.ids, strict=True)}
    renamed = {
        names[parent]: [[names[part] for part in reversed(parts)] for parts in reversed(lists)]
        for parent, lists in reversed(hierarchy.items())
    }
    shuffled = Paths(tuple(names[base.ids[place]] for place in order), YEARS, base.values[order])
    one = reconcile(base, hierarchy, residuals).paths
    other = reconcile(shuffled, renamed, residuals[order]).paths
    assert other.values == pytest.approx(one.values[order], abs=1e-6)


def test_splits_without_cells_add_up_both_ways() -> None:
    base, residuals = drawn(CROSSED, 2)
    found = reconcile(base, CROSSED, residuals).paths
    clusters, areas = (found.only(parts).values.sum(axis=0) for parts in CROSSED["city"])
    assert clusters == pytest.approx(found.of("city"), rel=1e-12)
    assert areas == pytest.approx(found.of("city"), rel=1e-12)


def test_the_sure_forecast_stays_and_the_unsure_gives_way() -> None:
    base, _ = drawn(CROSSED, 2)
    noise = np.random.default_rng(1).normal(size=(len(base.ids), 40))
    noise[base.ids.index("city")] /= 1e4
    found = reconcile(base, CROSSED, noise).paths
    assert found.of("city") == pytest.approx(base.of("city"), abs=1e-3)


def test_series_outside_the_hierarchy_are_left_alone() -> None:
    base, residuals = drawn(CROSSED, 4)
    values, errors = (
        np.append(base.values, base.values[:1] - 9, axis=0),
        np.append(residuals, residuals[:1], axis=0),
    )
    wider = reconcile(Paths((*base.ids, "investment"), YEARS, values), CROSSED, errors).paths
    assert wider.of("investment").tolist() == values[-1].tolist()
    assert wider.only(base.ids).values == pytest.approx(reconcile(base, CROSSED, residuals).paths.values)


def test_incoherence_counts_each_split_and_period() -> None:
    values = np.array([[100.0, 0], [40, 1], [50, 2], [30, 3], [80, 4]])[:, :, None]
    base = Paths(("city", "ships", "seafood", "dinghai", "putuo"), YEARS[:2], values)
    found = incoherence(base, {"city": [["ships", "seafood"], ["dinghai", "putuo"]]})
    assert list(found) == ["parent", "split", "ds", "base", "parts", "gap", "gap_pct"]
    assert found["split"].tolist() == [1, 1, 2, 2]
    assert found["ds"].tolist() == [*YEARS[:2], *YEARS[:2]]
    assert found["gap"].tolist() == [-10, 3, 10, 7]
    assert found["gap_pct"].round(6).tolist()[::2] == [-10, 10]
    assert found["gap_pct"].isna().tolist() == [False, True, False, True]


# Residuals that are short, missing or degenerate


def test_weights_step_down_with_what_the_residuals_can_bear() -> None:
    base, residuals = drawn(CROSSED, 7)

    def weights(errors: np.ndarray | None) -> str:
        return reconcile(base, CROSSED, errors).weights

    ragged = residuals.copy()
    ragged[0, :22] = np.nan
    assert weights(residuals) == weights(ragged) == weights(residuals[:, :8]) == "mint_shrink"
    ragged[0, :23] = np.nan
    assert weights(ragged) == weights(residuals[:, :7]) == weights(residuals[:, :4]) == "wls_var"
    ragged[0, :27] = np.nan
    assert (
        weights(ragged)
        == weights(residuals[:, :3])
        == weights(None)
        == weights(0 * residuals)
        == "wls_struct"
    )
    assert weights(np.full_like(residuals, np.nan)) == weights(residuals[:, :0]) == "wls_struct"


def test_mint_uses_the_periods_that_all_series_have() -> None:
    base, residuals = drawn(CROSSED, 7)
    ragged = residuals.copy()
    ragged[1, :5], ragged[2, 12] = np.nan, np.nan
    whole = np.delete(residuals[:, 5:], 7, axis=1)
    expected = reconcile(base, CROSSED, whole).paths.values
    assert reconcile(base, CROSSED, ragged).paths.values == pytest.approx(expected)


def test_residuals_that_sum_to_zero_or_never_vary_in_one_series_do_no_harm() -> None:
    base, residuals = drawn(CROSSED, 8)
    centred = residuals - residuals.mean(axis=1, keepdims=True)
    one, other = (reconcile(base, CROSSED, errors) for errors in (residuals, centred))
    assert other.weights == "mint_shrink"
    assert other.paths.values == pytest.approx(one.paths.values)
    centred[base.ids.index("dinghai")] = 0.5
    held = reconcile(base, CROSSED, centred)
    assert held.weights == "mint_shrink"
    assert worst_gap(held.paths, CROSSED) < 1e-12


def test_residuals_that_all_move_as_one_leave_variances() -> None:
    """Two-valued residuals of one shape are shrunk by nothing, and their covariance has no inverse."""
    base, _ = drawn(CROSSED, 8)
    found = reconcile(base, CROSSED, np.outer(np.arange(1, 7), np.tile([1.0, -1.0], 10)))
    assert found.weights == "wls_var"
    assert worst_gap(found.paths, CROSSED) < 1e-12


@pytest.mark.parametrize("known", [6, 30])
def test_one_series_that_varies_among_many_that_never_do_gives_way(known: int) -> None:
    parts = [f"firm {number}" for number in range(60)]
    residuals = np.zeros((61, known))
    residuals[0] = np.random.default_rng(1).normal(size=known)
    base = Paths(("city", *parts), YEARS, np.full((61, 3, 2), 5.0))
    assert reconcile(base, {"city": parts}, residuals).paths.of("city") == pytest.approx(300, rel=1e-4)


def test_one_draw_of_zeros_is_fine() -> None:
    base, residuals = drawn(GROUPED, 1, draws=1)
    found = reconcile(base.with_values(0 * base.values), GROUPED, residuals)
    assert not found.paths.values.any()


@pytest.mark.parametrize(
    ("hierarchy", "words"),
    [
        ({}, "no parent"),
        ({"city": []}, "split 1 of 'city' has no parts"),
        ({"city": [["ships", "seafood"], []]}, "split 2 of 'city' has no parts"),
        ({"city": "ships"}, "list of ids or a list of such lists; got 'ships'"),
        ({"city": ["ships", ["seafood"]]}, "list of ids or a list of such lists"),
        ({"city": ["ships", "tuna"]}, r"split 1 of 'city': no forecast of \['tuna'\]"),
        ({"province": ["ships", "seafood"]}, r"no forecast of \['province'\]"),
        ({"city": ["ships", "ships"]}, r"counts \['ships'\] twice, the second time in 'ships'"),
        (
            {"city": ["dinghai", "ships"], "dinghai": ["ships", "chips"]},
            r"of 'city' counts \['ships'\] twice",
        ),
        ({"city": ["city", "ships"]}, "circle, city > city"),
        (
            {"city": ["dinghai", "ships"], "dinghai": ["city", "chips"]},
            "circle, .* > .*: no series is a part of itself",
        ),
        ({"city": [["ships", "chips"], ["ships", "chips", "seafood"]]}, r"leaves nothing for \['seafood'\]"),
    ],
)
def test_wrong_hierarchies_are_named(hierarchy: Splits, words: str) -> None:
    base, residuals = drawn(CROSSED, 1)
    with pytest.raises(ValueError, match=words):
        reconcile(base, hierarchy, residuals)


def test_wrong_paths_and_residuals_are_named() -> None:
    base, residuals = drawn(CROSSED, 1)
    with pytest.raises(
        ValueError, match=r"residuals have shape \(5, 30\): give one row for each of the 6 series"
    ):
        reconcile(base, CROSSED, residuals[1:])
    with pytest.raises(ValueError, match=r"residuals have shape \(30,\)"):
        couple(base, residuals[0], np.random.default_rng(1))
    with pytest.raises(ValueError, match=r"series \['city'\] come more than once"):
        reconcile(Paths(("city", "city", *base.ids[2:]), YEARS, base.values), CROSSED)
    values = base.values.copy()
    values[1, 0, 0] = np.nan
    with pytest.raises(ValueError, match=rf"paths of \['{base.ids[1]}'\] have missing or infinite draws"):
        reconcile(base.with_values(values), CROSSED)


# Pairing


def walks(rng: np.random.Generator, series: int) -> np.ndarray:
    """4000 random walks of each series over 3 years, as if drawn apart."""
    return 50 + rng.normal(size=(series, 3, 4000)).cumsum(axis=1)


def test_pairing_keeps_the_draws_of_each_period_and_how_they_follow_one_another() -> None:
    rng = np.random.default_rng(3)
    correlation = np.array([[1, 0.8, -0.5], [0.8, 1, -0.3], [-0.5, -0.3, 1]])
    errors = np.linalg.cholesky(correlation) @ rng.normal(size=(3, 60))
    before = Paths(("a", "b", "c"), YEARS, np.exp(walks(rng, 3) - 50))
    after = couple(before, errors, rng)
    assert (np.sort(after.values, axis=2) == np.sort(before.values, axis=2)).all()
    for code in before.ids:
        logs = np.log(after.of(code)), np.log(before.of(code))
        assert np.corrcoef(logs[0]) == pytest.approx(np.corrcoef(logs[1]), abs=0.03)
    for period in range(3):
        assert np.corrcoef(np.log(before.values[:, period])) == pytest.approx(np.eye(3), abs=0.06)
        assert np.corrcoef(np.log(after.values[:, period])) == pytest.approx(np.corrcoef(errors), abs=0.06)


def test_paired_parts_give_totals_and_sums_of_periods_the_right_spread() -> None:
    """Random walks whose steps have correlation 0.6: their sum is too sure until they are paired."""
    rng, parts = np.random.default_rng(4), 10
    correlation = 0.6 + 0.4 * np.eye(parts)
    errors = np.linalg.cholesky(correlation) @ rng.normal(size=(parts, 2000))
    apart = Paths(tuple("abcdefghij"), YEARS, walks(rng, parts))
    step = np.sqrt(correlation.sum())
    total = couple(apart, errors, rng).values.sum(axis=0)
    assert apart.values.sum(axis=0).std(axis=1) == pytest.approx(np.sqrt(parts * np.arange(1, 4)), rel=0.05)
    assert total.std(axis=1) == pytest.approx(step * np.sqrt(np.arange(1, 4)), rel=0.06)
    assert total.sum(axis=0).std() == pytest.approx(step * np.sqrt(9 + 4 + 1), rel=0.06)


def test_pairing_without_enough_common_errors_changes_nothing() -> None:
    base, residuals = drawn(CROSSED, 1)
    residuals[0, 7:] = np.nan
    assert couple(base, residuals, np.random.default_rng(1)) is base


def test_series_whose_errors_never_vary_are_paired_at_random() -> None:
    rng = np.random.default_rng(5)
    errors = np.ones((3, 20))
    errors[0] = rng.normal(size=20)
    after = couple(Paths(("a", "b", "c"), YEARS, rng.normal(size=(3, 3, 4000))), errors, rng)
    assert np.corrcoef(after.values.mean(axis=1)) == pytest.approx(np.eye(3), abs=0.05)


def test_draws_without_spread_are_paired_like_others() -> None:
    """A series known for certain in the first period, and one that is always zero."""
    base, residuals = drawn(CROSSED, 1)
    values = base.values.copy()
    values[0, 0], values[1] = 7, 0
    after = couple(base.with_values(values), residuals, np.random.default_rng(1)).values
    assert (np.sort(after, axis=2) == np.sort(values, axis=2)).all()


def test_pairing_is_repeatable() -> None:
    base, residuals = drawn(CROSSED, 1)
    one, other = (couple(base, residuals, np.random.default_rng(9)).values for _ in range(2))
    assert (one == other).all()
