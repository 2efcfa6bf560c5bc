"""Judgements: what people know and the series do not, kept apart from the model's path.

Capacity coming on stream, a shutdown, a price shock: each has a name, an author, a date, a size with its own
uncertainty, and goes on top of the paths. Sizes are two-piece normal, as in the Bank of England's fan charts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from itertools import groupby
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import pandas as pd

from zs_analysis.forecast.hierarchy import Hierarchy
from zs_analysis.forecast.paths import Paths
from zs_analysis.metrics.projects import SCENARIOS

Kind: TypeAlias = Literal["added", "factor"]
Changes: TypeAlias = dict[str, np.ndarray]

TAIL = 0.1


class Step(NamedTuple):
    """The size of a judgement from a period on, until its next step.

    Attributes
    ----------
    start : pandas.Period
        First period it holds in.
    low, central, high : float
        10 % quantile, mode and 90 % quantile, in the unit of the series a period or in percent; all alike for
        a sure size.
    """

    start: pd.Period
    low: float
    central: float
    high: float


@dataclass(frozen=True)
class Judgement:
    """A named, dated, quantified judgement on one series.

    Attributes
    ----------
    name : str
        Of the event. Judgements of one name are sides of one event: they share their draw, so where one turns
        out high the others do.
    unique_id : str
        The series it is about.
    kind : {"added", "factor"}
        An amount a period in the unit of the series (below zero for a shutdown), or percent of the path (a
        price shock of -8 % on a series in current prices: of its value, not of its volume).
    steps : tuple of Step
        In order of time; the last holds for good. See `dated` and `from_scenarios`.
    made : datetime.date
        The day of the judgement.
    by, source : str
        Who judged, and on what.

    Raises
    ------
    ValueError
        If a word is missing, the kind unknown, or the steps are none, out of order, of several frequencies,
        not finite, not ``low <= central <= high``, or a fall of more than 100 percent.

    Examples
    --------
    >>> repair = Judgement("turnaround", "petrochemicals", "added",
    ...     dated(pd.Period("2024-03", "M"), -9.0, -6.0, -5.0, until=pd.Period("2024-04", "M")),
    ...     made=date(2023, 12, 13), by="Industry bureau", source="firm's notice")
    >>> [(str(step.start), step.central) for step in repair.steps]
    [('2024-03', -6.0), ('2024-05', 0.0)]
    """

    name: str
    unique_id: str
    kind: Kind
    steps: tuple[Step, ...]
    made: date
    by: str
    source: str

    def __post_init__(self) -> None:
        where = f"judgement {self.name!r} on {self.unique_id!r}"
        for field in ("name", "unique_id", "by", "source"):
            if not str(getattr(self, field)).strip():
                raise ValueError(f"{where} has no {field}; give one, it is printed and recorded")
        if self.kind not in get_args(Kind):
            raise ValueError(f"{where} is {self.kind!r}; kind must be one of {', '.join(get_args(Kind))}")
        starts = [step.start for step in self.steps]
        if not starts or len({start.freqstr for start in starts}) > 1 or starts != sorted(set(starts)):
            got = ", ".join(map(str, starts)) or "none"
            raise ValueError(f"{where} needs steps in order, each period once, of one frequency; got {got}")
        for step in self.steps:
            _require_sizes(step, where, least=-100.0 if self.kind == "factor" else -np.inf)


def _require_sizes(step: Step, where: str, least: float) -> None:
    sizes = step[1:]
    if not np.isfinite(sizes).all() or list(sizes) != sorted(sizes) or sizes[0] < least:
        raise ValueError(
            f"{where} from {step.start}: low, central, high are {sizes}; give numbers in rising order"
            + (f", none below {least:g} percent" if np.isfinite(least) else "")
        )


def dated(
    start: pd.Period,
    low: float,
    central: float,
    high: float,
    *,
    until: pd.Period | None = None,
    ramp: int = 0,
) -> tuple[Step, ...]:
    """Steps of a judgement of one size.

    Parameters
    ----------
    start : pandas.Period
        First period with an effect.
    low, central, high : float
        The full size, as in `Step`.
    until : pandas.Period, optional
        Last period with an effect; without it the effect stays.
    ramp : int
        Periods from `start` to full effect, rising evenly: of the full size, period k (from 0) has
        ``min((k + 1) / (ramp + 1), 1)``.

    Returns
    -------
    tuple of Step

    Raises
    ------
    ValueError
        If `until` lies before `start`, or `ramp` is below zero.

    Examples
    --------
    >>> [step.central for step in dated(pd.Period("2024-01", "M"), 2.0, 4.0, 6.0, ramp=3)]
    [1.0, 2.0, 3.0, 4.0]
    """
    if ramp < 0:
        raise ValueError(f"ramp is {ramp}; give the periods until full effect, 0 for at once")
    if until is not None and until < start:
        raise ValueError(f"the effect ends in {until}, before it starts in {start}; check the two")
    sizes = np.array([low, central, high], dtype=float)
    rising = [Step(start + k, *(sizes * (k + 1) / (ramp + 1)).tolist()) for k in range(ramp + 1)]
    if until is None:
        return tuple(rising)
    return (*(step for step in rising if step.start <= until), Step(until + 1, 0.0, 0.0, 0.0))


def from_scenarios(
    frame: pd.DataFrame, *, name: str, made: date, by: str, source: str
) -> tuple[Judgement, ...]:
    """Judgements from scenarios of new capacity, one for each series.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``scenario`` (``low``, ``central``, ``high``, or one scenario of any name), ``unique_id``, ``ds``
        (days or periods), ``output_added`` (a period, unit of the series), as `metrics.capacity_scenarios`
        and `metrics.published_capacity` give it.
    name, made, by, source
        As in `Judgement`; of one name, so that one delay holds for all series.

    Returns
    -------
    tuple of Judgement
        Of kind ``added``, sorted by series; none of an empty frame. Days become months. One
        scenario alone is a sure size.

    Raises
    ------
    ValueError
        If there are several scenarios but not just low, central and high for every period, if one comes
        twice, or their amounts do not rise in that order.

    Notes
    -----
    The amounts are those above the last known month. What the model's path holds of them already, because
    capacity grew as fast before, counts twice: judge it.

    Examples
    --------
    >>> frame = pd.DataFrame({"scenario": ["low", "central", "high"], "unique_id": "ships",
    ...     "ds": pd.Period("2024-01", "M"), "output_added": [0.5, 1.0, 2.0]})
    >>> (ships,) = from_scenarios(frame, name="capacity", made=date(2023, 12, 13), by="us", source="register")
    >>> ships.steps
    (Step(start=Period('2024-01', 'M'), low=0.5, central=1.0, high=2.0),)
    """
    if frame.empty:
        return ()
    days = pd.api.types.is_datetime64_any_dtype(frame["ds"])
    rows = frame.assign(ds=frame["ds"].dt.to_period("M")) if days else frame
    twice = rows[rows.duplicated(["scenario", "unique_id", "ds"])]
    if len(twice):
        got = ", ".join(f"{row.scenario} {row.unique_id} {row.ds}" for row in twice.itertuples())
        raise ValueError(f"{got} more than once; keep one amount of a scenario for a series and period")
    table = rows.pivot(index=["unique_id", "ds"], columns="scenario", values="output_added")
    if len(table.columns) == 1:
        table = pd.concat([table.iloc[:, 0]] * len(SCENARIOS), axis=1, keys=SCENARIOS)
    if set(table.columns) != set(SCENARIOS) or table.isna().any(axis=None):
        raise ValueError(
            f"scenarios {', '.join(map(str, table.columns))}: give low, central and high for every period "
            "of a series, or one scenario alone for a sure size"
        )
    return tuple(
        Judgement(name, unique_id, "added", _steps(part), made, by, source)
        for unique_id, part in table[list(SCENARIOS)].groupby(level="unique_id", sort=False)
    )


def _steps(part: pd.DataFrame) -> tuple[Step, ...]:
    return tuple(Step(*row) for row in part.droplevel("unique_id").sort_index().itertuples(name=None))


def two_piece_scales(low: float, central: float, high: float) -> tuple[float, float]:
    """Scales of the two-piece normal with a given 10 % quantile, mode and 90 % quantile.

    Parameters
    ----------
    low, central, high : float
        ``low <= central <= high``.

    Returns
    -------
    tuple of float
        ``sigma1`` below the mode and ``sigma2`` above it; zero where the three are one.

    Notes
    -----
    With ``p = sigma1 / (sigma1 + sigma2)``, the share below the mode, and z the standard normal quantile::

        central - low = sigma1 z(1 - 0.1 / 2p),   high - central = sigma2 z(1 - 0.1 / 2(1 - p))

    Their ratio rises in p from 0 at p = 0.1 (the mode is the 10 % quantile) to infinity at 0.9, so any three
    in order have one solution. The distribution is that of Britton, Fisher and Whitley (1998), Bank of
    England Quarterly Bulletin 38, 30-37.

    Examples
    --------
    >>> two_piece_scales(-1.2816, 0.0, 1.2816)  # doctest: +ELLIPSIS
    (1.0000..., 1.0000...)
    """
    from scipy.special import ndtri

    width = high - low
    if width < np.finfo(float).tiny:
        return 0.0, 0.0
    below, above = (central - low) / width, (high - central) / width

    def distances(p: float) -> tuple[float, float]:
        return p * ndtri(1 - TAIL / 2 / p), (1 - p) * ndtri(1 - TAIL / 2 / (1 - p))

    def mismatch(p: float) -> float:
        lower, upper = distances(p)
        return below * upper - above * lower

    # scipy.optimize takes a third of a second to import
    left, right = TAIL, 1 - TAIL
    while left < (share := (left + right) / 2) < right:
        left, right = (share, right) if mismatch(share) > 0 else (left, share)
    total = width / float(sum(distances(share)))
    return share * total, (1 - share) * total


def two_piece_quantile(ranks: np.ndarray, mode: float, sigma1: float, sigma2: float) -> np.ndarray:
    """Quantiles of a two-piece normal.

    Parameters
    ----------
    ranks : numpy.ndarray
        Probabilities, above 0 and below 1.
    mode, sigma1, sigma2 : float
        The most likely value and the scales below and above it.

    Returns
    -------
    numpy.ndarray

    Notes
    -----
    The density is ``sqrt(2 / pi) / (sigma1 + sigma2) * exp(-(x - mode)^2 / 2 sigma^2)`` with the sigma of its
    side (Britton, Fisher and Whitley 1998).

    Examples
    --------
    >>> two_piece_quantile(np.array([0.4, 0.5]), 2.0, 1.0, 1.5).round(4).tolist()
    [2.0, 2.3156]
    """
    from scipy.special import ndtri

    both = sigma1 + sigma2
    if both == 0:
        return np.full(np.shape(ranks), mode)
    # each side asks for its own half only: the other would leave the range of probabilities
    below = ndtri(np.minimum(ranks * both / 2 / sigma1, 0.5))
    above = -ndtri(np.minimum((1 - ranks) * both / 2 / sigma2, 0.5))
    return mode + sigma1 * below + sigma2 * above


def two_piece_draws(low: float, central: float, high: float, ranks: np.ndarray) -> np.ndarray:
    """Draws of a two-piece normal; where low and high lie on one side of zero, the draws stay there.

    Parameters
    ----------
    low, central, high : float
        10 % quantile, mode and 90 % quantile.
    ranks : numpy.ndarray
        From `even_ranks`.

    Returns
    -------
    numpy.ndarray
        New capacity takes nothing away, a shutdown adds nothing: such draws are zero.

    Examples
    --------
    >>> two_piece_draws(0.0, 1.0, 2.0, np.array([0.05, 0.5])).tolist()
    [0.0, 1.0]
    """
    draws = two_piece_quantile(ranks, central, *two_piece_scales(low, central, high))
    return np.clip(draws, 0 if low >= 0 else None, 0 if high <= 0 else None)


def even_ranks(draws: int, rng: np.random.Generator) -> np.ndarray:
    """The middles of `draws` equal parts of 0 to 1, shuffled: even over the distribution, free of the paths.

    Examples
    --------
    >>> sorted(even_ranks(2, np.random.default_rng(1)).tolist())
    [0.25, 0.75]
    """
    return (rng.permutation(draws) + 0.5) / draws


def apply(
    paths: Paths,
    judgements: Sequence[Judgement],
    rng: np.random.Generator,
    hierarchy: Hierarchy | None = None,
) -> Paths:
    """Paths with judgements on them.

    Parameters
    ----------
    paths : Paths
        The model's.
    judgements : sequence of Judgement
        In any order.
    rng : numpy.random.Generator
        Draws the sizes. The size is uncertain, not noise: one draw holds for all periods of a path and all
        judgements of one name, and does not depend on the path.
    hierarchy : mapping, optional
        Parts of each whole, or several lists of them (``{"city": [clusters, areas]}``). Then paths that add
        up still do.

    Returns
    -------
    Paths
        The same series, periods and draws.

    Raises
    ------
    ValueError
        If a judgement or the hierarchy names a series that is not in the paths, the frequencies differ, or
        one name comes twice with one series and kind.

    Notes
    -----
    All amounts come first and add up, then the percentages, which hold for the model's path with the amounts
    and multiply: ``(path + sum of amounts) * product of (1 + percent / 100)``. A path at or above zero stays
    there.

    A change of a part enters its wholes in full. A change of a whole that no part explains (a price shock
    on the city; the areas, where the judgement is on a cluster) is spread over the parts in proportion to
    their paths, evenly where those are zero.

    Examples
    --------
    >>> month = pd.Period("2024-01", "M")
    >>> values = np.array([[[10.0]], [[4.0]], [[6.0]]])
    >>> paths = Paths(("city", "ships", "rest"), pd.PeriodIndex([month]), values)
    >>> sure = dated(month, 1.0, 1.0, 1.0)
    >>> yard = Judgement("yard", "ships", "added", sure, made=date(2023, 12, 13), by="us", source="plan")
    >>> rng = np.random.default_rng(1)
    >>> apply(paths, [yard], rng, {"city": ["ships", "rest"]}).values.ravel().tolist()
    [11.0, 5.0, 6.0]
    """
    _require_applicable(paths, judgements)
    breakdowns = _breakdowns(hierarchy or {}, paths.ids)
    order = _parts_first(paths.ids, breakdowns)
    ranks = {name: even_ranks(paths.values.shape[2], rng) for name in sorted({j.name for j in judgements})}
    now = dict(zip(paths.ids, paths.values, strict=True))

    def turn(judgement: Judgement) -> tuple[str, int]:
        return judgement.kind, order.index(judgement.unique_id)

    # the name last: sums come in one order whatever the order of the list
    for (kind, _), same in groupby(sorted(judgements, key=lambda one: (turn(one), one.name)), turn):
        about = list(same)
        unique_id = about[0].unique_id
        sizes = [_sizes(judgement, paths.periods, ranks[judgement.name]) for judgement in about]
        change = {unique_id: _changed(now[unique_id], kind, sizes) - now[unique_id]}
        for code, extra in _carried(change, now, breakdowns, order).items():
            now[code] = now[code] + extra
    after = np.stack([now[code] for code in paths.ids])
    # a whole less its part can end a rounding error below zero
    return paths.with_values(np.where(paths.values >= 0, np.maximum(after, 0), after))


def _require_applicable(paths: Paths, judgements: Sequence[Judgement]) -> None:
    seen = set()
    for judgement in judgements:
        where = f"judgement {judgement.name!r} on {judgement.unique_id!r}"
        if judgement.unique_id not in paths.ids:
            raise ValueError(f"{where}: no such series; name one of {', '.join(paths.ids)}")
        if judgement.steps[0].start.freqstr != paths.periods.freqstr:
            raise ValueError(
                f"{where} starts in {judgement.steps[0].start}, the paths have periods like "
                f"{paths.periods[0]}; give the judgement for those"
            )
        key = (judgement.name, judgement.unique_id, judgement.kind)
        if key in seen:
            raise ValueError(f"{where} comes twice as {judgement.kind!r}; keep one, or name the other event")
        seen.add(key)


def _breakdowns(hierarchy: Hierarchy, ids: Sequence[str]) -> dict[str, list[list[str]]]:
    """The lists of parts of each whole."""
    lists = {
        whole: [list(parts)] if all(isinstance(part, str) for part in parts) else [list(one) for one in parts]
        for whole, parts in hierarchy.items()
    }
    named = {*lists, *(part for several in lists.values() for parts in several for part in parts)}
    if named - set(ids):
        raise ValueError(f"the hierarchy has {', '.join(sorted(named - set(ids)))}, which the paths have not")
    return lists


def _parts_first(ids: Sequence[str], breakdowns: Mapping[str, list[list[str]]]) -> list[str]:
    graph = {code: [part for parts in breakdowns.get(code, []) for part in parts] for code in ids}
    return list(TopologicalSorter(graph).static_order())


def _sizes(judgement: Judgement, periods: pd.PeriodIndex, ranks: np.ndarray) -> np.ndarray:
    """Draws of the size, periods by draws; zero before the first step."""
    starts = pd.PeriodIndex([step.start for step in judgement.steps])
    draws = [two_piece_draws(*step[1:], ranks) for step in judgement.steps]
    return np.stack([np.zeros(len(ranks)), *draws])[starts.searchsorted(periods, side="right")]


def _changed(values: np.ndarray, kind: str, sizes: Sequence[np.ndarray]) -> np.ndarray:
    if kind == "factor":
        # nothing falls by more than all of it
        return values * np.prod([1 + np.maximum(size, -100) / 100 for size in sizes], axis=0)
    after = values + np.sum(sizes, axis=0)
    return np.where(values >= 0, np.maximum(after, 0), after)


def _carried(
    changes: Changes, now: Changes, breakdowns: Mapping[str, list[list[str]]], order: Sequence[str]
) -> Changes:
    """A change and what follows from it: down to the parts, up to the wholes, down their other breakdowns."""
    changes = _spread(changes, now, breakdowns, order)
    for whole in order:
        for parts in breakdowns.get(whole, []):
            known = [changes[part] for part in parts if part in changes]
            if known and whole not in changes:
                changes[whole] = np.sum(known, axis=0)
    return _spread(changes, now, breakdowns, order)


def _spread(
    changes: Changes, now: Changes, breakdowns: Mapping[str, list[list[str]]], order: Sequence[str]
) -> Changes:
    """Changes of wholes shared out where none of the parts has changed."""
    changes = dict(changes)
    for whole in reversed(order):
        for parts in breakdowns.get(whole, []):
            if whole in changes and not any(part in changes for part in parts):
                total = np.sum([now[part] for part in parts], axis=0)
                for part in parts:
                    share = np.divide(
                        now[part], total, out=np.full_like(total, 1 / len(parts)), where=total != 0
                    )
                    changes[part] = changes[whole] * share
    return changes


def effects(before: Paths, after: Paths, levels: Sequence[float] = (80, 95)) -> pd.DataFrame:
    """The model and the judgements side by side.

    Parameters
    ----------
    before, after : Paths
        The model's, and those with judgements on them.
    levels : sequence of float
        Coverage of the intervals in percent.

    Returns
    -------
    pandas.DataFrame
        ``unique_id, ds, model`` (mean of the model's paths), ``judgement`` (what the judgements add to it on
        average), ``total``, and ``lo-L, hi-L`` of the total.

    Raises
    ------
    ValueError
        If the two differ in series or periods.

    Examples
    --------
    >>> before = Paths(("city",), pd.PeriodIndex(["2024-01"], freq="M"), np.array([[[8.0, 12.0]]]))
    >>> effects(before, before.with_values(before.values + 1), levels=())
      unique_id       ds  model  judgement  total
    0      city  2024-01   10.0        1.0   11.0
    """
    if before.ids != after.ids or not before.periods.equals(after.periods):
        raise ValueError(
            "the paths before and after the judgements differ in series or periods; pass one pair"
        )
    frame = after.frame(levels).rename(columns={"mean": "total"})
    frame.insert(2, "model", before.values.mean(axis=2).ravel())
    frame.insert(3, "judgement", frame["total"] - frame["model"])
    return frame


def record(judgements: Sequence[Judgement]) -> list[dict[str, Any]]:
    """Judgements as plain values of JSON, for a manifest.

    Returns
    -------
    list of dict
        ``name, unique_id, kind, made, by, source`` and ``steps``, each ``start, low, central, high``.

    Examples
    --------
    >>> steps = dated(pd.Period("2024-01", "M"), -12.0, -8.0, -4.0)
    >>> record([Judgement("price", "city", "factor", steps, date(2023, 12, 13), "us", "futures")])[0]["steps"]
    [{'start': '2024-01', 'low': -12.0, 'central': -8.0, 'high': -4.0}]
    """
    return [
        {
            "name": one.name,
            "unique_id": one.unique_id,
            "kind": one.kind,
            "made": one.made.isoformat(),
            "by": one.by,
            "source": one.source,
            "steps": [
                {"start": str(step.start)} | {name: float(getattr(step, name)) for name in SCENARIOS}
                for step in one.steps
            ],
        }
        for one in judgements
    ]
