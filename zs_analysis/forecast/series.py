"""A series made ready for the models: regular, without gaps, on the scale its changes are even on; or refused
with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import gcd

import numpy as np
import pandas as pd

from zs_analysis.forecast.models import stl_factors

SEASONS = {"M": 12, "Q": 4, "Y": 1, "A": 1}
TEXT_FREQUENCIES = {"M", "Q-DEC", "Y-DEC"}
# January and February come as one figure: eleven periods a year.
MERGED_YEAR, MERGED = 11, "merged_january"
# Fewest observations: two full cycles, and without a season enough for a level and a slope.
CYCLES_NEEDED, PLAIN_NEEDED = 2, 6
# Share of a series that may be filled in.
MOST_FILLED = 0.2
# Fewest cycles, and part of the median of the cycles around that all other values reach, for one value at or
# below zero to be no part of what the series does.
CYCLES_TO_TELL, FAR_FROM_ZERO = 3, 0.1
# A change this many times its usual size that stays is a shift of level, not a step of the trend.
SHIFT, MAD_TO_SD = 8.0, 1.4826
# Part of the range of a series below which its changes are what binary fractions leave.
ROUNDING = 1e-9
# Observations on either side that must show a shift.
SHIFT_WINDOW = 6
# Part of a jump that has to be left in the medians: the way back from a dip is no shift.
STAYS = 0.7


@dataclass(frozen=True)
class Series:
    """One series on a regular grid of periods.

    Attributes
    ----------
    unique_id : str
    periods : pandas.PeriodIndex or pandas.Index
        Every period from the first to the last observation; Januaries are absent where they are merged
        into February.
    y : numpy.ndarray
        Observations in their own unit, with gaps filled in.
    season : int
        Periods of a cycle; 1 where there is none.
    facts : tuple of str
        What was found and done: ``gap:n``, ``isolated:period``, ``constant``, ``not_positive``,
        ``merged_january``, ``level_shift:period``, ``recent_jump:period``.
    reason : str
        Why there is no forecast: ``too_short``, ``gaps``; empty where there is one.
    observed : numpy.ndarray of bool
        What was not filled in.
    se : numpy.ndarray or None
        Standard errors of the observations, 0 where none is given.
    """

    unique_id: str
    periods: pd.Index
    y: np.ndarray
    season: int
    facts: tuple[str, ...] = ()
    reason: str = ""
    observed: np.ndarray = field(default_factory=lambda: np.array([], bool))
    se: np.ndarray | None = None

    @cached_property
    def positive(self) -> bool:
        """Whether the models see logs."""
        return bool((self.y > 0).all())

    @property
    def constant(self) -> bool:
        """Whether there is nothing to model."""
        return bool(np.ptp(self.y) == 0)

    def future(self, horizon: int) -> pd.Index:
        """The periods that follow."""
        merged = MERGED in self.facts
        ahead = self.periods[-1] + np.arange(1, (2 * horizon if merged else horizon) + 1)
        index = pd.PeriodIndex(ahead) if isinstance(self.periods, pd.PeriodIndex) else pd.Index(ahead)
        return index[index.month != 1][:horizon] if merged else index


def read(frame: pd.DataFrame, season_length: int | None = None) -> list[Series]:
    """Series of a long frame, ready for the models.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``unique_id, ds, y``; `ds` periods, dates, whole numbers or text like ``2023-10``, ``2023-Q3``,
        ``2023``.
    season_length : int, optional
        Periods of a cycle; by default 12, 4 or 1 from the frequency, 11 where no January is ever there.

    Raises
    ------
    ValueError
        If the frame or the season cannot be used, as `checked` says.

    Examples
    --------
    >>> months = pd.period_range("2020-01", periods=24, freq="M")
    >>> [one] = read(pd.DataFrame({"unique_id": "a", "ds": months, "y": range(1, 25)}))
    >>> one.season, str(one.future(1)[0])
    (12, '2022-01')
    """
    if season_length is not None and season_length < 1:
        raise ValueError(f"season_length must be at least 1; got {season_length}")
    groups = checked(frame).groupby("unique_id", sort=False)
    return [_ready(str(code), rows, season_length) for code, rows in groups]


def checked(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with periods and numbers, or an error that says what is wrong with it.

    Raises
    ------
    ValueError
        If a column is missing, a row has no series or no period, a period comes twice, a number is infinite,
        or `ds` or `y` cannot be read.

    Examples
    --------
    >>> frame = checked(pd.DataFrame({"unique_id": ["ships"], "ds": ["2023-Q3"], "y": ["5"]}))
    >>> str(frame["ds"][0]), float(frame["y"][0])
    ('2023Q3', 5.0)
    """
    missing = [name for name in ("unique_id", "ds", "y") if name not in frame]
    if missing:
        raise ValueError(
            f"the series have no column {', '.join(missing)}; give unique_id, ds, y "
            "(of a panel's rows, a name for each series, time_period and value)"
        )
    if frame["unique_id"].isna().any():
        raise ValueError("column unique_id is empty in some rows; name their series, or drop them")
    frame = frame.assign(ds=as_periods(frame["ds"]), y=_numbers(frame["y"]))
    twice = frame[frame.duplicated(["unique_id", "ds"])]
    if len(twice):
        first = twice.iloc[0]
        raise ValueError(f"series {first.unique_id!r} has {first.ds} more than once; keep one row for each")
    infinite = frame[np.isinf(frame[["y", *frame.columns.intersection(["se"])]].astype(float)).any(axis=1)]
    if len(infinite):
        raise ValueError(f"series {infinite['unique_id'].iloc[0]!r} has an infinite value; leave it empty")
    return frame


def _numbers(y: pd.Series) -> pd.Series:
    try:
        return pd.to_numeric(y).astype(float)
    except (ValueError, TypeError) as error:
        raise ValueError(f"column y holds no number: {error}; give numbers, or leave it empty") from None


def as_periods(ds: pd.Series) -> pd.Series:
    """Dates and text as periods; periods and whole numbers as they are.

    Raises
    ------
    ValueError
        If one is missing, a text is no period or a day, or frequencies are mixed.

    Examples
    --------
    >>> as_periods(pd.Series(["2023-Q3", "2023-Q4"])).astype(str).tolist()
    ['2023Q3', '2023Q4']
    """
    if ds.isna().any():
        raise ValueError("column ds is empty in some rows; give their period, or drop them")
    ds = typed(ds)
    if isinstance(ds.dtype, pd.PeriodDtype) or pd.api.types.is_integer_dtype(ds):
        return ds
    if pd.api.types.is_datetime64_any_dtype(ds):
        return ds.dt.to_period(_frequency(ds))
    try:
        found = ds.map(lambda text: pd.Period(str(text).replace("-Q", "Q")))
    except ValueError as error:
        raise ValueError(f"column ds holds no period: {error}; write 2023-10, 2023-Q3 or 2023") from None
    kinds = {period.freqstr: text for text, period in zip(ds, found, strict=True)}
    if len(kinds) > 1:
        raise ValueError(f"column ds mixes frequencies: {', '.join(kinds.values())}; forecast them apart")
    if not kinds.keys() <= TEXT_FREQUENCIES:
        raise ValueError(f"column ds holds {ds.iloc[0]!r}; write 2023-10, 2023-Q3 or 2023, or make it dates")
    return found


def typed(ds: pd.Series) -> pd.Series:
    """Periods and dates held as plain objects, in a column of their own kind.

    Examples
    --------
    >>> typed(pd.Series([pd.Period("2023-10")], dtype=object)).dtype
    period[M]
    """
    ds = ds.infer_objects()
    return pd.to_datetime(ds) if pd.api.types.infer_dtype(ds) in ("date", "datetime") else ds


def _frequency(dates: pd.Series) -> str:
    """Frequency of dates from the months they fall in."""
    months = sorted(dates.dt.to_period("M").dropna().unique())
    step = gcd(*((after - before).n for before, after in zip(months, months[1:], strict=False)))
    return "M" if step % 3 or step == 0 else "Q" if step % 12 else "Y"


def _ready(code: str, rows: pd.DataFrame, season_length: int | None) -> Series:
    rows = rows.sort_values("ds").set_index("ds")
    known = rows.dropna(subset="y")
    # Without any observation the future follows the last row.
    grid, season, facts = calendar((rows if known.empty else known).index, season_length)
    y = known["y"].reindex(grid).to_numpy(copy=True)
    if (alone := _isolated(y, season)) is not None:
        y[alone] = np.nan
        facts.append(f"isolated:{grid[alone]}")
    errors = known["se"].reindex(grid).fillna(0).to_numpy() if "se" in known else None
    series = Series(code, grid, y, season, tuple(facts), observed=~np.isnan(y), se=errors)
    needed = CYCLES_NEEDED * season if season > 1 else PLAIN_NEEDED
    if series.observed.sum() < needed:
        return replace(series, reason="too_short")
    if (~series.observed).sum() > MOST_FILLED * len(y):
        return replace(series, reason="gaps")
    return _described(_filled(series))


def calendar(known: pd.Index, season_length: int | None = None) -> tuple[pd.Index, int, list[str]]:
    """Every period between the ends, the season, and what was found of the calendar.

    Parameters
    ----------
    known : pandas.Index
        Periods or whole numbers with an observation, in order.
    season_length : int, optional
        As in `read`.

    Returns
    -------
    pandas.Index, int, list of str
        Without Januaries, and ``merged_january``, where no January is ever there.

    Examples
    --------
    >>> calendar(pd.PeriodIndex(["2023Q1", "2023Q4"], freq="Q"))[0].astype(str).tolist()
    ['2023Q1', '2023Q2', '2023Q3', '2023Q4']
    """
    if not isinstance(known.dtype, pd.PeriodDtype):
        return pd.RangeIndex(known[0], known[-1] + 1), season_length or 1, []
    known = pd.PeriodIndex(known)
    grid = pd.period_range(known[0], known[-1], freq=known.freq)
    season = season_length or SEASONS.get(known.freqstr[0], 1)
    merged = season == SEASONS["M"] and len(known) > season and 1 not in known.month
    if merged and season_length is None:
        return grid[grid.month != 1], MERGED_YEAR, [MERGED]
    return grid, season, []


def _isolated(y: np.ndarray, season: int) -> int | None:
    """Place of the one value at or below zero that must be a correction or a slip, if there is one."""
    found = np.flatnonzero(y <= 0)
    reach = max(season, SHIFT_WINDOW)
    # The last one may be the first of many, and nothing leads to the first.
    if len(found) != 1 or found[0] in (0, len(y) - 1) or (~np.isnan(y)).sum() < CYCLES_TO_TELL * reach:
        return None
    others = pd.Series(np.where(y > 0, y, np.nan))
    usual = others.rolling(2 * reach + 1, center=True, min_periods=1).median()
    return None if (others < FAR_FROM_ZERO * usual).any() else int(found[0])


def _filled(series: Series) -> Series:
    """Gaps by straight lines through the series less its season, in logs where what is known is positive."""
    if series.observed.all():
        return series
    positive = (series.y[series.observed] > 0).all()
    z = np.log(series.y) if positive else series.y
    at = np.arange(len(z))
    line = _line(at, series.observed, z)
    pattern = np.resize(stl_factors(line, series.season), len(at)) if series.season > 1 else np.zeros(len(at))
    filled = _line(at, series.observed, z - pattern) + pattern
    y = np.exp(filled) if positive else filled
    gaps = f"gap:{(~series.observed).sum()}"
    return replace(series, y=np.where(series.observed, series.y, y), facts=(*series.facts, gaps))


def _line(at: np.ndarray, observed: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.interp(at, at[observed], y[observed])


def _described(series: Series) -> Series:
    facts = list(series.facts)
    if series.constant:
        facts.append("constant")
    elif not series.positive:
        facts.append("not_positive")
    return replace(series, facts=tuple(facts))


def without_shifts(z: np.ndarray, season: int) -> tuple[np.ndarray, list[int], list[int]]:
    """A series whose past was moved to the level of its present, so that no model takes a jump for a trend.

    Parameters
    ----------
    z : numpy.ndarray
        The series on the scale of the models.
    season : int

    Returns
    -------
    numpy.ndarray, list of int, list of int
        The series, where its level shifted, and where a jump is too recent to tell.

    Notes
    -----
    A change of the series less its season that is `SHIFT` times the usual size (median absolute deviation)
    and still shows in the medians of the `SHIFT_WINDOW` observations on either side.

    Examples
    --------
    >>> wave = 0.1 * np.sin(np.arange(24))
    >>> without_shifts(wave + 5.0 * (np.arange(24) >= 12), 1)[1]
    [12]
    """
    shifts, recent = [], []
    for at, size in _jumps(z, season):
        if at > len(z) - SHIFT_WINDOW:
            recent.append(at)
        else:
            z = z + np.where(np.arange(len(z)) < at, size, 0.0)
            shifts.append(at)
    return z, shifts, recent


def _jumps(z: np.ndarray, season: int) -> Iterator[tuple[int, float]]:
    """The one dominant jump, if there is one: where the new level starts, and its size."""
    steps = np.diff(z)
    unusual = steps - np.resize([np.median(steps[k::season]) for k in range(season)], len(steps))
    at = int(np.abs(unusual).argmax()) + 1
    # A season found with the jump in it would have swallowed part of it.
    even = z + np.where(np.arange(len(z)) < at, unusual[at - 1], 0.0)
    plain = z - np.resize(stl_factors(even, season), len(z)) if season > 1 else z
    change = np.diff(plain)
    usual = MAD_TO_SD * np.median(np.abs(change - np.median(change)))
    size = change[at - 1] - np.median(change)
    if usual <= ROUNDING * np.ptp(z) or abs(size) <= SHIFT * usual:
        return
    after, before = plain[at : at + SHIFT_WINDOW], plain[max(at - SHIFT_WINDOW, 0) : at]
    stays = (np.median(after) - np.median(before)) / size
    if stays >= STAYS and at >= SHIFT_WINDOW:
        yield at, float(size)
