"""Forecasts of many series: read, combined, drawn, made to add up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from zs_analysis.forecast.combination import Combination, combine, sane
from zs_analysis.forecast.hierarchy import Hierarchy, Reconciled, couple, reconcile
from zs_analysis.forecast.holiday import Holiday, spring_festival
from zs_analysis.forecast.paths import Paths
from zs_analysis.forecast.predictive import draw
from zs_analysis.forecast.series import Series, read, typed, without_shifts

DRAWS = 1000
# A forecast is made from so many draws of an uncertain history; each is the centre of its share of the paths.
HISTORIES = 40


@dataclass(frozen=True)
class Outlook:
    """The future of one series, or why there is none.

    Attributes
    ----------
    series : Series
    combination : Combination or None
        Absent where refused or constant.
    values : numpy.ndarray
        Draws, horizon by draws; empty where refused.
    facts : tuple of str
        What was found of the series, and which models failed.
    """

    series: Series
    combination: Combination | None
    values: np.ndarray
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forecast:
    """Forecasts of all series of a frame.

    Attributes
    ----------
    outlooks : mapping of str to Outlook
    horizon : int
    back : callable
        From periods to the frame's own kind of `ds`.
    reconciled : Reconciled or None
    """

    outlooks: Mapping[str, Outlook]
    horizon: int
    back: Callable[[pd.Index], pd.Index]
    reconciled: Reconciled | None = None

    @property
    def paths(self) -> Paths:
        """Joint draws of the series that have a forecast.

        Raises
        ------
        ValueError
            If they do not end together.
        """
        if self.reconciled is not None:
            return self.reconciled.paths
        return _joint([made for made in self.outlooks.values() if not made.series.reason], self.horizon)

    @property
    def refused(self) -> pd.DataFrame:
        """``unique_id, reason`` of the series without a forecast."""
        rows = [(code, made.series.reason) for code, made in self.outlooks.items() if made.series.reason]
        return pd.DataFrame(rows, columns=["unique_id", "reason"])

    def frame(self, levels: Sequence[float] = (80, 95)) -> pd.DataFrame:
        """The long frame that `forecast` returns."""
        found = [self._one(made, levels) for made in self.outlooks.values()]
        if not found:
            return Paths((), pd.Index([]), np.empty((0, 0, 1))).frame(levels).assign(reason=[])
        return pd.concat(found, ignore_index=True)

    def _one(self, made: Outlook, levels: Sequence[float]) -> pd.DataFrame:
        code, reason = made.series.unique_id, made.series.reason
        future = made.series.future(self.horizon)
        values = np.full((self.horizon, 1), np.nan) if reason else made.values
        if self.reconciled is not None and not reason:
            values = self.reconciled.paths.of(code)
        frame = Paths((code,), future, values[None]).frame(levels)
        return frame.assign(ds=self.back(future), reason=reason)


def forecast(
    df: pd.DataFrame,
    horizon: int,
    levels: Sequence[float] = (80, 95),
    season_length: int | None = None,
    hierarchy: Hierarchy | None = None,
    holiday: Holiday = None,
) -> pd.DataFrame:
    """Forecast series with calibrated intervals.

    Parameters
    ----------
    df : pandas.DataFrame
        ``unique_id, ds, y``; `ds` periods, dates, whole numbers or text like ``2023-10``. An optional column
        ``se`` holds standard errors of `y`, which flow into the intervals.
    horizon : int
        Periods ahead of each series' own end.
    levels : sequence of float
        Coverage of the intervals in percent.
    season_length : int, optional
        Periods of a cycle; by default from the frequency.
    hierarchy : mapping, optional
        Parent to its parts, or to several lists of parts: forecasts are made to add up.
    holiday : "spring_festival" or None
        A holiday whose date moves between months. What it does to a series, if it can be told from chance, is
        taken out before the models see it and put back ahead. Quarters and years hold the festival whole.

    Returns
    -------
    pandas.DataFrame
        ``unique_id, ds, mean``, ``lo-L, hi-L`` for each level, ``reason`` (empty; ``too_short`` or ``gaps``
        where there is no forecast and the numbers are missing).

    Raises
    ------
    ValueError
        If the frame or an argument cannot be used; it says which.

    Notes
    -----
    A weighted combination of models, see `zs_analysis.forecast.combination.combine`; intervals from the
    combination's own errors at origins it had not seen, calibrated across series of its frequency. Not for
    daily data, and no regressors: what is known of the future enters as a judgement.

    Examples
    --------
    >>> months = pd.period_range("2015-01", periods=60, freq="M")
    >>> y = 100 * np.exp(0.01 * np.arange(60) + np.resize([0.1, -0.1, 0.0], 60))
    >>> found = forecast(pd.DataFrame({"unique_id": "ships", "ds": months, "y": y}), 2)
    >>> list(found.columns)
    ['unique_id', 'ds', 'mean', 'lo-80', 'hi-80', 'lo-95', 'hi-95', 'reason']
    """
    return fit(df, horizon, season_length=season_length, hierarchy=hierarchy, holiday=holiday).frame(levels)


def fit(
    df: pd.DataFrame,
    horizon: int,
    *,
    season_length: int | None = None,
    hierarchy: Hierarchy | None = None,
    holiday: Holiday = None,
    history: Paths | None = None,
    draws: int = DRAWS,
    rng: np.random.Generator | None = None,
) -> Forecast:
    """Forecast series and keep what the frame of `forecast` leaves out.

    Parameters
    ----------
    df, horizon, season_length, hierarchy, holiday
        As in `forecast`.
    history : Paths, optional
        Joint draws of the series' own past, where that is estimated: same ids, the periods of `df`.
    draws : int
        Sample paths.
    rng : numpy.random.Generator, optional
        By default a fixed one: the same series give the same paths.

    Raises
    ------
    ValueError
        If horizon is below 1, the holiday is another, or `df` cannot be used.
    """
    if horizon < 1:
        raise ValueError(f"horizon must be at least 1; got {horizon}")
    if holiday not in (None, "spring_festival"):
        raise ValueError(f"holiday must be 'spring_festival' or None; got {holiday!r}")
    rng = np.random.default_rng(0) if rng is None else rng
    series = read(df, season_length)
    *sources, joining = rng.spawn(len(series) + 1)
    # By name, so that the order of rows does not matter.
    source = dict(zip(sorted(one.unique_id for one in series), sources, strict=True))
    made = {}
    for one in series:
        past = _past(history, one, source[one.unique_id])
        made[one.unique_id] = _outlook(one, horizon, draws, source[one.unique_id], past, holiday)
    found = Forecast(made, horizon, _way_back(typed(df["ds"])))
    return found if hierarchy is None else _reconciled(found, hierarchy, joining)


def _past(history: Paths | None, series: Series, rng: np.random.Generator) -> np.ndarray | None:
    """Draws of an uncertain past, periods by draws: joint ones if given, else from the standard errors."""
    if series.reason:
        return None
    if history is not None and series.unique_id in history.ids:
        known = pd.Index(history.periods).get_indexer(series.periods)
        if (known < 0).any():
            lost = series.periods[known < 0][0]
            raise ValueError(f"the history of {series.unique_id!r} has no draws of {lost}; draw every period")
        # What was filled in has no draws of its own.
        return np.where(series.observed[:, None], history.of(series.unique_id)[known], series.y[:, None])
    if series.se is None or not series.se.any():
        return None
    noise = rng.standard_normal((len(series.y), HISTORIES)) * (series.se * series.observed)[:, None]
    y = series.y[:, None]
    return y * np.exp(noise / y) if series.positive else y + noise


def _outlook(
    series: Series,
    horizon: int,
    draws: int,
    rng: np.random.Generator,
    history: np.ndarray | None,
    holiday: Holiday,
) -> Outlook:
    if series.reason:
        return Outlook(series, None, np.empty((horizon, 0)), series.facts)
    if series.constant:
        return Outlook(series, None, np.full((horizon, draws), series.y[-1]), series.facts)
    level, moved, facts = _levelled(series)
    combination = combine(level, series.season, horizon, holiday=spring_festival(series) if holiday else None)
    means = np.repeat(combination.mean[:, None], draws, axis=1)
    if history is not None:
        means = _from_histories(combination, moved(history), horizon, draws)
    values = draw(combination, means, series.season, positive=combination.positive, rng=rng)
    if (series.y >= 0).all():
        values = np.maximum(values, 0)
    felt = (holiday,) * bool(combination.holiday)
    failed = tuple(f"failed:{name}:{reason}" for name, reason in combination.failed.items())
    return Outlook(series, combination, values, (*series.facts, *facts, *felt, *failed))


def _levelled(series: Series) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray], tuple[str, ...]]:
    """The series at the level of its present, the same move for other draws of it, and what was found."""
    z = np.log(series.y) if series.positive else series.y
    level, shifts, recent = without_shifts(z, series.season)
    facts = tuple(f"level_shift:{series.periods[at]}" for at in shifts) + tuple(
        f"recent_jump:{series.periods[at]}" for at in recent
    )
    move = (level - z)[:, None]
    if series.positive:
        return np.exp(level), lambda history: history * np.exp(move), facts
    return level, lambda history: history + move, facts


def _from_histories(combination: Combination, history: np.ndarray, horizon: int, draws: int) -> np.ndarray:
    """Forecasts from draws of the history, about the combination's own."""
    chosen = history.T[:HISTORIES]
    # The combination's own where a draw gives none to use.
    ahead = np.tile(combination.mean, (len(chosen), 1))
    # Models of logs have nothing to say of a draw at or below zero.
    told = (chosen > 0).all(axis=1) | (not combination.positive)
    if told.any():
        found = combination.forecasts(chosen[told], horizon)[:, -1]
        # Parameters of a smooth history may run away with the noise of a draw.
        runs = [not sane(*pair) for pair in zip(found, chosen[told], strict=True)]
        ahead[told] = np.where(np.array(runs)[:, None], combination.mean, found)
    return np.resize(ahead, (draws, horizon)).T


def _joint(made: Iterable[Outlook], horizon: int) -> Paths:
    made = list(made)
    futures = [one.series.future(horizon) for one in made]
    apart = [
        one.series.unique_id for one, index in zip(made, futures, strict=True) if not index.equals(futures[0])
    ]
    if apart:
        raise ValueError(
            f"series {made[0].series.unique_id!r} and {apart[0]!r} do not end in one period; "
            "cut them to the same end, or forecast them one by one"
        )
    index = futures[0] if futures else pd.Index([])
    values = np.array([one.values for one in made]) if made else np.empty((0, horizon, DRAWS))
    return Paths(tuple(one.series.unique_id for one in made), index, values)


def _reconciled(found: Forecast, hierarchy: Hierarchy, rng: np.random.Generator) -> Forecast:
    known = _without_refused(hierarchy, set(found.refused["unique_id"]))
    if not known:
        return found
    paths = found.paths
    errors = [_one_step(found.outlooks[code]) for code in paths.ids]
    width = max(map(len, errors))
    residuals = np.array([np.r_[np.full(width - len(one), np.nan), one] for one in errors])
    return replace(found, reconciled=reconcile(couple(paths, residuals, rng), known, residuals))


def _one_step(made: Outlook) -> np.ndarray:
    """One-step errors in the unit of the series, the last one last."""
    if made.combination is None:
        return np.zeros(1)
    errors = made.combination.errors[:, 0]
    y = made.series.y[len(made.series.y) - len(errors) :]
    return y * (1 - np.exp(-errors)) if made.combination.positive else errors


def _without_refused(hierarchy: Hierarchy, refused: set[str]) -> dict[str, list[list[str]]]:
    """The splits all of whose members have a forecast."""
    found = {}
    for parent, parts in hierarchy.items():
        splits = (
            [list(parts)] if all(isinstance(part, str) for part in parts) else [list(one) for one in parts]
        )
        kept = [one for one in splits if not refused & {parent, *one}]
        if kept:
            found[parent] = kept
    return found


def _way_back(ds: pd.Series) -> Callable[[pd.Index], pd.Index]:
    """From periods to the kind of `ds` that was given."""
    if pd.api.types.is_datetime64_any_dtype(ds):
        how = "end" if (ds.dt.day > 27).all() else "start"
        return lambda periods: periods.to_timestamp(how=how).normalize()
    if isinstance(ds.dtype, pd.PeriodDtype) or pd.api.types.is_integer_dtype(ds):
        return lambda periods: periods
    dash = "-Q" if ds.str.contains("-Q").all() else "Q"
    return lambda periods: periods.astype(str).str.replace("Q", dash)
