"""Attainment: how probable it is that a target is met, from the paths of the very indicator it names."""

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from zs_analysis import metrics
from zs_analysis.forecast.judgement import even_ranks, two_piece_draws
from zs_analysis.forecast.paths import Paths
from zs_analysis.forecast.series import SEASONS
from zs_analysis.metrics._periods import require_periods
from zs_analysis.metrics.targets import Comparison

Basis: TypeAlias = Literal["level_by", "per_year", "cumulative_by", "threshold"]

TARGET_COLUMNS = ("unique_id", "indicator", "unit", "comparison", "value", "basis", "start", "deadline")


@dataclass(frozen=True)
class Bridge:
    """What was assumed to get from the indicator that was forecast to another one: printed with its results.

    Attributes
    ----------
    name, source : str
        What the ratio is called, and what it rests on.
    base, indicator : str
        The indicator forecast, and the one that the ratio leads to.
    low, central, high : float
        10 % quantile, mode and 90 % quantile of ``indicator / base``.
    """

    name: str
    source: str
    base: str
    indicator: str
    low: float
    central: float
    high: float


@dataclass(frozen=True)
class Measured:
    """Yearly paths and what they measure, so that a target of something else is not held against them.

    Attributes
    ----------
    paths : Paths
        By year, see `year_sums`.
    indicator, unit : str
        Codes as in the targets.
    known : pandas.DataFrame or None
        ``unique_id, ds, y``: years known in full, of the same indicator and unit.
    bridge : Bridge or None
        What led here from the indicator that was forecast, if that was another.
    """

    paths: Paths
    indicator: str
    unit: str
    known: pd.DataFrame | None = None
    bridge: Bridge | None = None


@dataclass(frozen=True)
class Attainment:
    """Whether a target will be met, or why that is not said.

    Attributes
    ----------
    reason : str
        Empty, or a refusal: ``other_indicator``, ``other_unit``, ``not_forecast`` (no paths of the series),
        ``standard`` (a rule's cut-off, not progress), ``no_year`` (no deadline, not a year, or one before the
        start), ``decided`` (the deadline's year is known), ``beyond_horizon``, ``incomplete_year`` (forecast
        and known periods do not make up the deadline's year), ``start_unknown`` (a sum without a start, or
        with years before the paths that are not known).
    probability, error : float or None
        Share of the paths that meet the target, and its Monte Carlo standard error. The error says how far
        more paths would move the share, not how good the model is.
    median, low, high : float or None
        Of what is judged at the deadline, with the central 80 % interval.
    required_growth_pct : float or None
        A year, from the last known year to the deadline; of levels only.
    path : pandas.Series or None
        Levels by year at that growth, to draw against the paths.
    met : bool or None
        Whether the last known year satisfies the target already; of levels only. The probability is still
        that of the deadline.
    """

    reason: str = ""
    probability: float | None = None
    error: float | None = None
    median: float | None = None
    low: float | None = None
    high: float | None = None
    required_growth_pct: float | None = None
    path: pd.Series | None = None
    met: bool | None = None


def year_sums(paths: Paths, known: pd.DataFrame | Paths | None = None) -> Paths:
    """Sums of the months or quarters of each year, path by path.

    Parameters
    ----------
    paths : Paths
        Monthly, quarterly or yearly flows.
    known : pandas.DataFrame or Paths, optional
        What came before, of the same frequency: exact numbers (``unique_id, ds, y``), or as many draws where
        it is estimated. Years before the first path are not needed.

    Returns
    -------
    Paths
        Years of which every period is there and at least one is forecast; others are left out.

    Raises
    ------
    ValueError
        If a known period is also forecast, missing for one of the series, or of another frequency, or the
        draws differ in number.

    Notes
    -----
    For flows. A ratio, or a count at the end of a period, does not add up over the year.

    Examples
    --------
    >>> quarters = pd.PeriodIndex(["2023Q4", "2024Q1"], freq="Q")
    >>> before = pd.period_range("2023Q1", "2023Q3", freq="Q")
    >>> known = pd.DataFrame({"unique_id": "city", "ds": before, "y": [1.0, 2, 3]})
    >>> sums = year_sums(Paths(("city",), quarters, np.array([[[4.0, 5.0], [6.0, 7.0]]])), known)
    >>> sums.periods.astype(str).tolist(), sums.values.tolist()
    (['2023'], [[[10.0, 11.0]]])
    """
    whole = SEASONS.get(paths.periods.freqstr[0])
    if whole is None:
        raise ValueError(f"paths are by {paths.periods.freqstr}; years are summed from months or quarters")
    before = _before(paths, known)
    years = np.concatenate([before.periods.year, paths.periods.year])
    values = np.concatenate([before.values, paths.values], axis=1)
    complete = [int(year) for year in np.unique(years) if (years == year).sum() == whole]
    sums = [values[:, years == year].sum(axis=1) for year in complete]
    index = pd.PeriodIndex([pd.Period(year=year, freq="Y") for year in complete], freq="Y")
    return Paths(paths.ids, index, np.stack(sums, axis=1) if sums else values[:, :0])


def _before(paths: Paths, known: pd.DataFrame | Paths | None) -> Paths:
    """What is known of the first year, for the same series, with as many draws."""
    if known is None:
        return Paths(paths.ids, paths.periods[:0], paths.values[:, :0])
    if isinstance(known, pd.DataFrame):
        known = _exact(known, paths)
    _require_alike(known, paths)
    kept = known.periods.year >= paths.periods[0].year
    before = known.only(paths.ids)
    before = Paths(before.ids, before.periods[kept], before.values[:, kept])
    both = before.periods.intersection(paths.periods)
    if len(both):
        raise ValueError(f"{', '.join(map(str, both))}: both known and forecast; start the paths later")
    gaps = np.argwhere(np.isnan(before.values).any(axis=2))
    if len(gaps):
        got = ", ".join(f"{paths.ids[series]} {before.periods[at]}" for series, at in gaps)
        raise ValueError(f"known lacks {got}; add them, or sum the series that have them by themselves")
    return before


def _exact(known: pd.DataFrame, paths: Paths) -> Paths:
    table = known.pivot(index="unique_id", columns="ds", values="y").reindex(list(paths.ids))
    periods = pd.PeriodIndex(list(table.columns), freq=None if len(table.columns) else paths.periods.freq)
    draws = np.repeat(table.to_numpy(dtype=float)[:, :, None], paths.values.shape[2], axis=2)
    return Paths(paths.ids, periods, draws)


def _require_alike(known: Paths, paths: Paths) -> None:
    missing = [code for code in paths.ids if code not in known.ids]
    if missing:
        raise ValueError(f"known lacks {', '.join(missing)}; add them, or sum the others by themselves")
    has, needs = ((one.values.shape[2], one.periods.freqstr) for one in (known, paths))
    if has != needs:
        raise ValueError(
            f"known has {has[0]} draws by {has[1]}, the paths {needs[0]} by {needs[1]}; give as many draws "
            "of the same frequency, or exact numbers"
        )


def bridge(
    measured: Measured,
    low: float,
    central: float,
    high: float,
    *,
    indicator: str,
    name: str,
    source: str,
    rng: np.random.Generator,
    known: pd.DataFrame | None = None,
) -> Measured:
    """Paths of another indicator by a stated ratio, such as revenue for a yuan of output.

    Parameters
    ----------
    measured : Measured
        The indicator that was forecast.
    low, central, high : float
        10 % quantile, mode and 90 % quantile of the ratio, a two-piece normal; above zero.
    indicator : str
        What the ratio leads to, in the same unit.
    name, source : str
        What the ratio is called, and what it rests on.
    rng : numpy.random.Generator
        Draws the ratio: one for each path, for all its years and series, so that parts still add up.
    known : pandas.DataFrame, optional
        ``unique_id, ds, y``: known years of the other indicator.

    Returns
    -------
    Measured
        With the statement in `bridge`, which goes with every result.

    Raises
    ------
    ValueError
        If the ratio is not above zero or out of order, name or source are missing, or `measured` rests on a
        bridge already.

    Notes
    -----
    The ratio is uncertain, but taken as free of the output and constant over the years.

    Examples
    --------
    >>> years = pd.PeriodIndex(["2027"], freq="Y")
    >>> output = Measured(Paths(("city",), years, np.array([[[6000.0]]])), "gross_output_scale", "1e8_cny")
    >>> revenue = bridge(output, 1.1, 1.1, 1.1, indicator="revenue_scale", name="revenue per output",
    ...     source="2022", rng=np.random.default_rng(1))
    >>> revenue.paths.values.round(1).tolist(), revenue.bridge.base
    ([[[6600.0]]], 'gross_output_scale')
    """
    if not 0 < low <= central <= high < np.inf:
        raise ValueError(
            f"ratio is {low}, {central}, {high}; give low, central, high in order and above zero"
        )
    if not name.strip() or not source.strip():
        raise ValueError("a bridge needs a name and a source; they are printed with what rests on it")
    if measured.bridge is not None:
        raise ValueError(
            f"{measured.indicator} rests on the bridge {measured.bridge.name!r} already; build one from "
            f"{measured.bridge.base}"
        )
    ratio = two_piece_draws(low, central, high, even_ranks(measured.paths.values.shape[2], rng))
    return Measured(
        measured.paths.with_values(measured.paths.values * ratio),
        indicator,
        measured.unit,
        known,
        Bridge(name, source, measured.indicator, indicator, low, central, high),
    )


def attainment(
    paths: Paths,
    unique_id: str,
    comparison: Comparison,
    value: float,
    *,
    deadline: pd.Period,
    basis: Basis = "level_by",
    start: pd.Period | None = None,
    known: pd.Series | None = None,
    tolerance_pct: float | None = None,
) -> Attainment:
    """Probability that one series meets a target.

    Parameters
    ----------
    paths : Paths
        By year, of the target's indicator and unit: see `attainments`, which checks that.
    unique_id : str
        The series.
    comparison : {">=", "<=", "~=", ">", "<"}
        As the target puts it.
    value : float
        Of the target.
    deadline : pandas.Period
        The last year.
    basis : {"level_by", "per_year", "cumulative_by", "threshold"}
        What is compared: the deadline's year; every year of the paths from `start` to the deadline (years
        already known do not count); the sum from `start` to the deadline, known years with it.
    start : pandas.Period, optional
        The target's first year; needed for a sum.
    known : pandas.Series, optional
        Known years, by yearly period, in the same unit.
    tolerance_pct : float, optional
        How far either way still counts as about, in percent of the target; from the dated rules. Needed for
        ``~=`` and not used otherwise.

    Returns
    -------
    Attainment

    Raises
    ------
    ValueError
        If the series is not in the paths, the paths are not by year, a draw is missing, a known year comes
        twice, or ``~=`` comes without a tolerance.
    TypeError
        If `known` is not by year.

    Notes
    -----
    With k of n paths meeting the target, the probability is k / n, held within 1 / (n + 2) and
    (n + 1) / (n + 2): what n paths never showed is not impossible. The ends are those of the rule of
    succession (Laplace 1814). The error is ``sqrt(p (1 - p) / n)``.

    Examples
    --------
    >>> years = pd.PeriodIndex(["2024", "2025"], freq="Y")
    >>> paths = Paths(("city",), years, np.array([[[4000.0, 4200, 4400], [4400, 4900, 5200]]]))
    >>> known = pd.Series([3800.0], index=pd.PeriodIndex(["2023"], freq="Y"))
    >>> found = attainment(paths, "city", ">=", 4800.0, deadline=years[1], known=known)
    >>> round(found.probability, 2), found.median, round(found.required_growth_pct, 1), found.met
    (0.67, 4900.0, 12.4, False)
    """
    _require_yearly(paths, unique_id)
    known = _years_until(deadline, paths, known)
    reason = _refusal(paths, deadline, basis, start, known)
    if reason:
        return Attainment(reason)
    outcome = _outcome(paths, unique_id, deadline, basis, start, known)
    probability, error = _probability(outcome, comparison, value, tolerance_pct)
    low, median, high = np.quantile(outcome[-1], [0.1, 0.5, 0.9]).tolist()
    found = Attainment("", probability, error, median, low, high)
    if basis != "level_by" or known.empty:
        return found
    return replace(found, **_from_here(known, comparison, value, deadline, tolerance_pct))


def _require_yearly(paths: Paths, unique_id: str) -> None:
    if not isinstance(paths.periods, pd.PeriodIndex) or paths.periods.freqstr[0] != "Y":
        raise ValueError("paths must be by year; sum months or quarters with year_sums first")
    if unique_id not in paths.ids:
        raise ValueError(f"no paths of {unique_id!r}; name one of {', '.join(paths.ids)}")


def _years_until(deadline: pd.Period, paths: Paths, known: pd.Series | None) -> pd.Series:
    """Known years up to the deadline, in order; what is forecast is not known."""
    if known is None or known.empty:
        return pd.Series([], index=paths.periods[:0], dtype=float)
    require_periods(known.index, "known", freqs="Y")
    years = known.dropna().astype(float).sort_index()
    return years[~years.index.isin(paths.periods) & (years.index <= deadline)]


def _refusal(
    paths: Paths, deadline: pd.Period, basis: Basis, start: pd.Period | None, known: pd.Series
) -> str:
    """Why there is no probability, or nothing."""
    if basis == "threshold":
        return "standard"
    if start is not None and start > deadline:
        return "no_year"
    if deadline in known.index:
        return "decided"
    if not len(paths.periods) or deadline > paths.periods[-1]:
        return "beyond_horizon"
    if deadline not in paths.periods:
        return "incomplete_year"
    if basis == "cumulative_by":
        needed = [] if start is None else pd.period_range(start, deadline, freq="Y")
        if not len(needed) or not needed.isin(known.index.union(paths.periods)).all():
            return "start_unknown"
    return ""


def _outcome(
    paths: Paths, unique_id: str, deadline: pd.Period, basis: Basis, start: pd.Period | None, known: pd.Series
) -> np.ndarray:
    """What has to satisfy the comparison, years by draws; the last row is what is judged at the deadline."""
    if basis == "level_by":
        return paths.of(unique_id)[paths.periods == deadline]
    first = paths.periods[0] if start is None else start
    running = (paths.periods >= first) & (paths.periods <= deadline)
    years = paths.of(unique_id)[running]
    if basis == "per_year":
        return years
    return years.sum(axis=0, keepdims=True) + known[known.index >= first].sum()


def _probability(
    outcome: np.ndarray, comparison: Comparison, value: float, tolerance_pct: float | None
) -> tuple[float, float]:
    """Share of the draws that meet the target in every row, and its standard error."""
    meets = [
        all(metrics.compare(float(x), comparison, value, tolerance_pct=tolerance_pct) for x in draw)
        for draw in outcome.T
    ]
    draws = len(meets)
    share = float(np.clip(np.mean(meets), 1 / (draws + 2), (draws + 1) / (draws + 2)))
    return share, float(np.sqrt(share * (1 - share) / draws))


def _from_here(
    known: pd.Series, comparison: Comparison, value: float, deadline: pd.Period, tolerance_pct: float | None
) -> dict[str, Any]:
    """What the last known year says: whether the target is met, and the growth it still takes."""
    year, now = known.index[-1], float(known.iloc[-1])
    met = metrics.compare(now, comparison, value, tolerance_pct=tolerance_pct)
    if min(now, value) <= 0:
        return {"met": met}
    years = deadline.year - year.year
    return {
        "met": met,
        "required_growth_pct": metrics.required_growth_pct(now, value, years=years),
        "path": metrics.required_path(now, value, years=years, start=year),
    }


def attainments(
    targets: pd.DataFrame, measured: Measured, *, tolerance_pct: float | None = None
) -> pd.DataFrame:
    """Probabilities of targets, or why there are none.

    Parameters
    ----------
    targets : pandas.DataFrame
        The columns of ``targets.csv``, and ``unique_id``: the series each is about, missing or empty where
        there is none.
    measured : Measured
        The paths and what they measure.
    tolerance_pct : float, optional
        For ``~=``, as in `attainment`.

    Returns
    -------
    pandas.DataFrame
        The rows of `targets` with ``reason, probability, error, median, lo-80, hi-80, required_growth_pct,
        met, path`` as in `Attainment`, and ``bridge``: the `Bridge` the row rests on, or ``None``.

    Notes
    -----
    A target of another indicator is refused: revenue is not output, nor the output of all firms that of the
    larger ones. Use `bridge` and say so. Values are not converted: do that before.

    Examples
    --------
    >>> years = pd.PeriodIndex(["2027"], freq="Y")
    >>> output = Measured(Paths(("city",), years, np.array([[[6000.0]]])), "gross_output_scale", "1e8_cny")
    >>> target = pd.DataFrame([{"target_id": "plan", "unique_id": "city", "indicator": "revenue_scale",
    ...     "value": 7000.0, "unit": "1e8_cny", "comparison": ">", "basis": "level_by", "start": "2023",
    ...     "deadline": "2027"}])
    >>> attainments(target, output)["reason"].tolist()
    ['other_indicator']
    """
    missing = [name for name in TARGET_COLUMNS if name not in targets]
    if missing:
        raise ValueError(f"targets lack {', '.join(missing)}; pass the rows of targets.csv with unique_id")
    judged = [_judged(target, measured, tolerance_pct) for target in targets.itertuples()]
    frame = pd.DataFrame([vars(one) for one in judged], columns=list(Attainment.__dataclass_fields__))
    numbers = ["probability", "error", "median", "low", "high", "required_growth_pct"]
    frame = frame.astype(dict.fromkeys(numbers, float)).rename(columns={"low": "lo-80", "high": "hi-80"})
    rested = [measured.bridge if one.probability is not None else None for one in judged]
    return targets.reset_index(drop=True).join(frame.assign(bridge=pd.Series(rested, dtype=object)))


def _judged(target: Any, measured: Measured, tolerance_pct: float | None) -> Attainment:
    if target.indicator != measured.indicator:
        return Attainment("other_indicator")
    if target.unit != measured.unit:
        return Attainment("other_unit")
    if target.unique_id not in measured.paths.ids:
        return Attainment("not_forecast")
    deadline, start = (_year(text) for text in (target.deadline, target.start))
    if deadline is None:
        return Attainment("standard" if target.basis == "threshold" else "no_year")
    return attainment(
        measured.paths,
        target.unique_id,
        target.comparison,
        target.value,
        deadline=deadline,
        basis=target.basis,
        start=start,
        known=_known_years(measured, target.unique_id),
        tolerance_pct=tolerance_pct,
    )


def _year(text: Any) -> pd.Period | None:
    """A year of the targets table; months and quarters are none."""
    found = str(text).strip()
    return pd.Period(found, freq="Y") if len(found) == 4 and found.isdecimal() else None


def _known_years(measured: Measured, unique_id: str) -> pd.Series | None:
    if measured.known is None:
        return None
    return measured.known[measured.known["unique_id"].eq(unique_id)].set_index("ds")["y"]
