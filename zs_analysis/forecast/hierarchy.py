"""Forecasts of a whole and of its parts made to add up, draw by draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from zs_analysis.forecast.paths import Paths

Hierarchy = Mapping[str, Sequence[str] | Sequence[Sequence[str]]]
Weights = Literal["mint_shrink", "wls_var", "wls_struct"]

# Periods in which all series have a residual: with fewer, correlations are noise. Residuals of one series:
# with fewer, its variance is noise.
FEWEST_JOINT, FEWEST_OWN = 8, 4
# In standard deviations of the reconciled series: what still counts as not negative before it is cut.
ROUNDING = 1e-9
# Of the mean variance: a series is never taken as surer, or MinTrace refuses where most residuals are zero.
LEAST_VARIANCE = 1e-7


class Split(NamedTuple):
    """One way in which a parent falls into parts; a parent with several has them numbered from 1."""

    parent: str
    number: int
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Reconciled:
    """Sample paths that add up, and by how much the base forecasts did not.

    Attributes
    ----------
    paths : Paths
        The series of the base paths, in their order. In each draw every parent is the sum of its parts.
    incoherence : pandas.DataFrame
        Of the base forecasts, as `incoherence` returns it.
    weights : {"mint_shrink", "wls_var", "wls_struct"}
        What decided which forecast gives way: the shrunk covariance of the residuals, their variances alone,
        or the numbers of smallest parts.
    """

    paths: Paths
    incoherence: pd.DataFrame
    weights: Weights


def reconcile(paths: Paths, hierarchy: Hierarchy, residuals: np.ndarray | None = None) -> Reconciled:
    """Make forecasts add up in every draw, moving the uncertain ones most and none below zero.

    Parameters
    ----------
    paths : Paths
        Base forecasts of parents and parts, in one unit. Series outside the hierarchy are left as they are.
    hierarchy : mapping of str to list of str, or to list of lists of str
        Parent to its parts, or to several lists of parts where it splits in more than one way:
        ``{"city": [["ships", "seafood"], ["dinghai", "putuo"]]}``. Parts may be parents in their turn. Splits
        need no common smallest cells. A single part is the same thing under another name.
    residuals : numpy.ndarray, optional
        One-step errors of the base forecasts, shape ``(series, periods)``, series as in `paths`, periods in
        common; NaN where unknown.

    Returns
    -------
    Reconciled
        Coherent paths, the incoherence of the base, and the weights used.

    Raises
    ------
    ValueError
        If the hierarchy names an unknown series, counts one twice or goes in a circle, a parent has no parts,
        or the residuals do not fit the paths.

    Notes
    -----
    Each draw ``y`` becomes ``S (S' W^-1 S)^-1 S' W^-1 y``, the minimum-trace projection. W is the covariance
    of the residuals, its correlations shrunk to zero by Schäfer and Strimmer's intensity, over the periods
    in which every series has one. With fewer than 8 of these it is diagonal; with fewer than 4 residuals of
    any one series, or no spread at all, it is the number of smallest parts (of the finest split). A series
    whose residuals do not vary is taken as known and hardly moves.

    S writes all series in terms of as few as determine them. It comes from row reduction of the adding-up
    constraints with parents first, so it is the ordinary summing matrix where smallest cells determine
    everything. Where splits have no cells in common one part of each further split is the balance of the
    rest, with entries of -1; the projection is the same whichever part that is.

    A series none of whose base draws is negative stays so: a draw that fails is replaced by the nearest in
    the metric of W that does not, the exact solution of the quadratic programme. Others may be negative.

    Draws are reconciled one by one, so intervals are right only if a draw of one series belongs to the same
    draw of the others: see `couple`. This does not recalibrate intervals.

    References
    ----------
    Wickramasuriya, Athanasopoulos and Hyndman (2019), JASA 114 (526), 804-819. Schäfer and Strimmer
    (2005), Statistical Applications in Genetics and Molecular Biology 4 (1), 32. Wickramasuriya, Turlach and
    Hyndman (2020), Statistics and Computing 30, 1167-1182. Panagiotelis, Gamakumara, Athanasopoulos and
    Hyndman (2023), EJOR 306 (2), 693-706, for draws.

    Examples
    --------
    >>> year = pd.period_range("2024", periods=1, freq="Y")
    >>> base = Paths(("city", "ships", "seafood"), year, np.array([[[100.0]], [[40.0]], [[50.0]]]))
    >>> found = reconcile(base, {"city": ["ships", "seafood"]})
    >>> found.paths.values.ravel().round(4).tolist(), found.weights
    ([95.0, 42.5, 52.5], 'wls_struct')
    """
    splits = _checked_splits(hierarchy, paths.ids)
    members, summing = _summing_matrix(splits)
    rows = [paths.ids.index(code) for code in members]
    known = None if residuals is None else _checked_residuals(residuals, paths)[rows]
    weights, profile = _weighting(known, _smallest_parts(members, splits))
    to_free, covariance = _min_trace(summing, profile, weights)
    projection = summing @ to_free
    base = paths.values[rows].reshape(len(rows), -1)
    if missing := [code for code, draws in zip(members, base, strict=True) if not np.isfinite(draws).all()]:
        raise ValueError(f"paths of {missing} have missing or infinite draws: take them out of the hierarchy")
    coherent = projection @ base
    kept = base.min(axis=1) >= 0
    lifted = _lift(coherent, _bounds(members, splits, kept), projection, covariance)
    values = paths.values.astype(float)
    values[rows] = _add_up(lifted, summing, kept).reshape(len(rows), *paths.values.shape[1:])
    return Reconciled(paths.with_values(values), incoherence(paths, hierarchy), weights)


def incoherence(paths: Paths, hierarchy: Hierarchy) -> pd.DataFrame:
    """By how much the means of parts miss the mean of their parent.

    Parameters
    ----------
    paths : Paths
        Forecasts of parents and parts, in one unit.
    hierarchy : mapping of str to list of str, or to list of lists of str
        As for `reconcile`.

    Returns
    -------
    pandas.DataFrame
        ``parent, split, ds, base, parts, gap, gap_pct``: the split's number from 1, the mean of the parent,
        the sum of means of the parts, ``parts - base`` in the unit of the series and in percent of the base
        (missing where that is zero).

    Raises
    ------
    ValueError
        As `reconcile`.

    Examples
    --------
    >>> year = pd.period_range("2024", periods=1, freq="Y")
    >>> base = Paths(("city", "ships", "seafood"), year, np.array([[[100.0]], [[40.0]], [[50.0]]]))
    >>> incoherence(base, {"city": ["ships", "seafood"]})[["base", "parts", "gap", "gap_pct"]].values.tolist()
    [[100.0, 90.0, -10.0, -10.0]]
    """
    splits = _checked_splits(hierarchy, paths.ids)
    means = dict(zip(paths.ids, paths.values.mean(axis=2), strict=True))
    base = np.concatenate([means[split.parent] for split in splits])
    parts = np.concatenate([sum(means[part] for part in split.parts) for split in splits])
    gap = parts - base
    periods = len(paths.periods)
    return pd.DataFrame(
        {
            "parent": np.repeat([split.parent for split in splits], periods),
            "split": np.repeat([split.number for split in splits], periods),
            "ds": paths.periods[np.tile(np.arange(periods), len(splits))],
            "base": base,
            "parts": parts,
            "gap": gap,
            "gap_pct": np.divide(100 * gap, base, where=base != 0, out=np.full_like(gap, np.nan)),
        }
    )


def couple(paths: Paths, residuals: np.ndarray, rng: np.random.Generator) -> Paths:
    """Pair independently drawn paths so that series move together as their errors did.

    Parameters
    ----------
    paths : Paths
        Draws of each series, apart from those of the others.
    residuals : numpy.ndarray
        One-step errors of the base forecasts, shape ``(series, periods)``, series as in `paths`, periods in
        common; NaN where unknown.
    rng : numpy.random.Generator
        For the ranks.

    Returns
    -------
    Paths
        For each series and period the same draws in another order. Left as they are where fewer than 8
        periods have an error of every series.

    Raises
    ------
    ValueError
        If the residuals do not fit the paths.

    Notes
    -----
    Schaake shuffle with a Gaussian copula. In each period to come the series get joint normal shocks with the
    correlation of the errors; each series passes its shocks on to later periods as its own draws do (by the
    Cholesky factor of the correlation of their normal scores between periods), and draws take the ranks that
    come out. So marginals of each period stay exactly as they were, correlation between periods stays, and
    series correlate as if drawn from their models with joint shocks. The correlation of errors is not shrunk:
    variances of sums are to be right here, no inverse is taken, and shrinking makes totals too sure.
    Dependence that is not Gaussian, between periods or series, is lost.

    References
    ----------
    Clark, Gangopadhyay, Hay, Rajagopalan and Wilby (2004), Journal of Hydrometeorology 5 (1), 243-262.
    Schefzik, Thorarinsdottir and Gneiting (2013), Statistical Science 28 (4), 616-640, section 3.

    Examples
    --------
    >>> year, rng = pd.period_range("2024", periods=1, freq="Y"), np.random.default_rng(1)
    >>> independent = Paths(("ships", "seafood"), year, rng.normal(size=(2, 1, 1000)))
    >>> together = couple(independent, np.array([[1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 4, 3, 6, 5, 8, 7]]), rng)
    >>> np.corrcoef(together.values[:, 0])[0, 1].round(1).item()
    0.9
    """
    common = _common(_checked_residuals(residuals, paths))
    series, periods, draws = paths.values.shape
    if common.shape[1] < FEWEST_JOINT:
        return paths
    spread = common.std(axis=1, keepdims=True)
    errors = np.divide(common - common.mean(axis=1, keepdims=True), spread, where=spread > 0, out=0 * common)
    shocks = errors @ rng.standard_normal((periods, common.shape[1], draws)) / np.sqrt(common.shape[1])
    own_way = rng.standard_normal((periods, series, draws))
    shocks = np.where(spread > 0, shocks, own_way).swapaxes(0, 1)
    reordered = [
        _in_ranks_of(_serial_root(own) @ shock, own) for own, shock in zip(paths.values, shocks, strict=True)
    ]
    return paths.with_values(np.array(reordered))


def _serial_root(draws: np.ndarray) -> np.ndarray:
    """Cholesky factor of the correlation between periods, of normal scores of one series' draws."""
    from scipy.stats import norm, rankdata

    scores = norm.ppf(rankdata(draws, axis=1) / (draws.shape[1] + 1))
    # a series known for certain in a period has no scores to correlate there
    lengths = np.linalg.norm(scores, axis=1, keepdims=True)
    scores = np.divide(scores, lengths, where=lengths > ROUNDING, out=0 * scores)
    correlation = scores @ scores.T * (1 - ROUNDING)
    np.fill_diagonal(correlation, 1)
    return np.linalg.cholesky(correlation)


def _in_ranks_of(scores: np.ndarray, draws: np.ndarray) -> np.ndarray:
    ranks = scores.argsort(axis=1).argsort(axis=1)
    return np.take_along_axis(np.sort(draws, axis=1), ranks, axis=1)


def _checked_splits(hierarchy: Hierarchy, ids: Sequence[str]) -> list[Split]:
    if len(set(ids)) < len(ids):
        twice = sorted({code for code in ids if list(ids).count(code) > 1})
        raise ValueError(f"series {twice} come more than once in the paths: give each series once")
    splits = [split for parent, parts in hierarchy.items() for split in _splits_of(parent, parts)]
    if not splits:
        raise ValueError("hierarchy has no parent: map at least one series to its parts")
    for parent, number, parts in splits:
        where = f"hierarchy, split {number} of {parent!r}"
        unknown = sorted({parent, *parts} - set(ids))
        if unknown:
            raise ValueError(f"{where}: no forecast of {unknown}: forecast them or leave the split out")
        if not parts:
            raise ValueError(f"{where} has no parts: name them or leave it out")
    _require_counted_once(splits)
    return splits


def _splits_of(parent: str, parts: Sequence[str] | Sequence[Sequence[str]]) -> list[Split]:
    several = not isinstance(parts, str) and bool(parts) and not any(isinstance(part, str) for part in parts)
    lists = list(parts) if several else [parts]
    if isinstance(parts, str) or not all(isinstance(part, str) for one in lists for part in one):
        raise ValueError(
            f"hierarchy, {parent!r}: parts are a list of ids or a list of such lists; got {parts!r}"
        )
    return [Split(parent, number, tuple(one)) for number, one in enumerate(lists, start=1)]


def _require_counted_once(splits: list[Split]) -> None:
    below: dict[str, set[str]] = {}
    for code in reversed(_parents_first(splits)):
        below[code] = {code}.union(
            *(below[part] for split in splits if split.parent == code for part in split.parts)
        )
    for parent, number, parts in splits:
        counted: set[str] = set()
        for part in parts:
            if twice := counted & below[part]:
                raise ValueError(
                    f"hierarchy, split {number} of {parent!r} counts {sorted(twice)} twice, the second time "
                    f"in {part!r}: take out one of the two, or give them as two splits"
                )
            counted |= below[part]


def _parents_first(splits: list[Split]) -> list[str]:
    graph: dict[str, dict[str, None]] = {}
    for parent, _, parts in splits:
        graph.setdefault(parent, {}).update(dict.fromkeys(parts))
    try:
        return list(TopologicalSorter(graph).static_order())[::-1]
    except CycleError as error:
        circle = " > ".join(reversed(error.args[1]))
        raise ValueError(f"hierarchy goes in a circle, {circle}: no series is a part of itself") from error


def _summing_matrix(splits: list[Split]) -> tuple[list[str], np.ndarray]:
    """Series, the free ones last, and the matrix that gives all of them from the free ones."""
    order = _parents_first(splits)
    rows = np.array(
        [[float(code == parent) - (code in parts) for code in order] for parent, _, parts in splits]
    )
    pivots: list[int] = []
    for column in range(len(order)):
        done = len(pivots)
        candidates = done + np.flatnonzero(abs(rows[done:, column]) > ROUNDING)
        if candidates.size:
            rows[[done, candidates[0]]] = rows[[candidates[0], done]]
            rows[done] /= rows[done, column]
            others = np.arange(len(rows)) != done
            rows[others] -= np.outer(rows[others, column], rows[done])
            pivots.append(column)
    free = [column for column in range(len(order)) if column not in pivots]
    summing = np.vstack([-rows[: len(pivots), free], np.eye(len(free))])
    members = [order[column] for column in (*pivots, *free)]
    forced = [
        code for code, row in zip(members, summing, strict=True) if not abs(row).max(initial=0) > ROUNDING
    ]
    if forced:
        raise ValueError(f"hierarchy leaves nothing for {forced}: splits of one parent differ only by them")
    return members, summing


def _smallest_parts(members: list[str], splits: list[Split]) -> np.ndarray:
    """Number of series at the bottom of each series, of its finest split."""
    count = dict.fromkeys(members, 1)
    for code in reversed(_parents_first(splits)):
        sums = [sum(count[part] for part in split.parts) for split in splits if split.parent == code]
        count[code] = max(sums, default=1)
    return np.array([count[code] for code in members])


def _checked_residuals(residuals: np.ndarray, paths: Paths) -> np.ndarray:
    residuals = np.asarray(residuals, dtype=float)
    if residuals.ndim != 2 or len(residuals) != len(paths.ids):
        raise ValueError(
            f"residuals have shape {residuals.shape}: give one row for each of the {len(paths.ids)} series "
            "of the paths, in their order, and one column a period"
        )
    return residuals


def _weighting(residuals: np.ndarray | None, structure: np.ndarray) -> tuple[Weights, np.ndarray]:
    """The best weights the residuals allow, and residuals that stand for them."""
    if residuals is not None:
        joint = _joint(residuals)
        if joint is not None:
            return "mint_shrink", joint
        if (~np.isnan(residuals)).sum(axis=1).min() >= FEWEST_OWN and np.nanvar(residuals, axis=1).any():
            squares = np.nanmean(residuals**2, axis=1)
            return "wls_var", np.sqrt(squares / squares.mean() + LEAST_VARIANCE)[:, None]
    return "wls_struct", np.sqrt(structure)[:, None]


def _common(residuals: np.ndarray) -> np.ndarray:
    return residuals[:, ~np.isnan(residuals).any(axis=0)]


def _joint(residuals: np.ndarray) -> np.ndarray | None:
    """Residuals of the common periods around 1 in a common unit, if their shrunk covariance has full rank."""
    common = _common(residuals)
    if common.shape[1] < FEWEST_JOINT or not np.ptp(common, axis=1).any():
        return None
    centred = common - common.mean(axis=1, keepdims=True)
    # MinTrace refuses residuals that sum to zero and has an absolute ridge; its covariance is centred anyway.
    joint = 1 + centred / np.sqrt(centred.var(axis=1).mean())
    covariance = _min_trace(np.eye(len(joint)), joint, "mint_shrink")[1]
    deviations = np.sqrt(np.diag(covariance))
    smallest = np.linalg.eigvalsh(covariance / np.outer(deviations, deviations))[0]
    return joint if smallest > ROUNDING else None


def _min_trace(summing: np.ndarray, residuals: np.ndarray, weights: Weights) -> tuple[np.ndarray, np.ndarray]:
    """What turns base forecasts into those of the free series, and the covariance it rests on."""
    from hierarchicalforecast.methods import MinTrace

    # Its own wls_struct adds up rows of the summing matrix, which fails with the entries of -1.
    method = "mint_shrink" if weights == "mint_shrink" else "wls_var"
    zeros = np.zeros_like(residuals)
    fitted = MinTrace(method).fit(S=summing, y_hat=zeros, y_insample=residuals, y_hat_insample=zeros)
    return fitted.P, fitted.W


def _bounds(members: list[str], splits: list[Split], kept: np.ndarray) -> np.ndarray:
    """Series to keep from falling below zero, less parents that follow: dependent bounds slow the solver."""
    codes = {code for code, keep in zip(members, kept, strict=True) if keep}
    implied = {split.parent for split in splits if codes.issuperset(split.parts)}
    return np.array([code in codes - implied for code in members])


def _lift(
    coherent: np.ndarray, bounded: np.ndarray, projection: np.ndarray, covariance: np.ndarray
) -> np.ndarray:
    """Nearest coherent draws that are not negative where bounded.

    With the root of the covariance for coordinates the distance is Euclidean and the multipliers of the
    bounds a least squares problem. Bounds enter as a draw breaks them: few ever do.
    """
    from scipy.linalg import solve_triangular
    from scipy.optimize import nnls

    root = np.linalg.cholesky(covariance)
    draws = solve_triangular(root, coherent, lower=True)
    bounds = projection[bounded] @ root
    bounds /= np.linalg.norm(bounds, axis=1, keepdims=True)
    for column in np.flatnonzero((bounds @ draws < -ROUNDING).any(axis=0)):
        draw = lifted = draws[:, column]
        held = np.zeros(len(bounds), dtype=bool)
        while (broken := ~held & (bounds @ lifted < -ROUNDING)).any():
            held |= broken
            lifted = draw + bounds[held].T @ nnls(bounds[held].T, -draw)[0]
        coherent[:, column] = projection @ (root @ lifted)
    return coherent


def _add_up(coherent: np.ndarray, summing: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Coherent draws without rounding errors in sums and at zero."""
    bottom = slice(len(summing) - summing.shape[1], None)
    free = coherent[bottom].copy()
    free[kept[bottom]] = free[kept[bottom]].clip(min=0)
    summed = summing @ free
    summed[kept] = summed[kept].clip(min=0)
    return summed
