"""Nowcast: the running year and its quarters, from what is published of them and paths of what is not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
import pandas as pd

from zs_analysis import metrics
from zs_analysis.forecast.attainment import attainment
from zs_analysis.forecast.paths import Paths
from zs_analysis.metrics._checks import require_unique
from zs_analysis.metrics._periods import require_periods
from zs_analysis.metrics.growth import Remainder
from zs_analysis.metrics.rounding import Interval, Rounded

# First and last month: (1, 10) is January to October, (10, 10) October alone, (10, 12) the fourth quarter.
Span: TypeAlias = tuple[int, int]
Draws: TypeAlias = dict[Span, np.ndarray]
Value = TypeVar("Value")

YEAR: Span = (1, 12)
QUARTERS: list[Span] = [(1, 3), (4, 6), (7, 9), (10, 12)]


@dataclass(frozen=True)
class Nowcast:
    """Draws of one year and of its quarters.

    Attributes
    ----------
    windows : Paths
        The year and its four quarters, named ``2023``, ``2023-Q1`` to ``2023-Q4``. Draws are missing where
        nothing tells a quarter from the months around it.
    published : numpy.ndarray
        Shape ``(series, windows)``: the part of each window that published figures fix.
    ytd : mapping of str to (int, float)
        Months published from January on without a gap, and their sum.
    """

    windows: Paths
    published: np.ndarray
    ytd: Mapping[str, tuple[int, float]]

    @property
    def year(self) -> Paths:
        """The year alone, by year: what `attainment` takes."""
        index = pd.PeriodIndex(self.windows.periods[:1], freq="Y")
        return Paths(self.windows.ids, index, self.windows.values[:, :1])

    def frame(self, levels: Sequence[float] = (80, 95), last_year: "Nowcast | None" = None) -> pd.DataFrame:
        """Means and central intervals of the year and its quarters.

        Parameters
        ----------
        levels : sequence of float
            Coverage of the intervals in percent.
        last_year : Nowcast, optional
            The year before, of the same series with as many draws. Its year-to-date figure in December is
            enough for growth of the year.

        Returns
        -------
        pandas.DataFrame
            ``unique_id, window, mean``, and ``lo-L, hi-L`` for each level L, in the unit of the paths;
            ``known_share``, the part of the mean that published figures fix (0 to 1); ``reason``, empty or
            ``not_split`` (a published sum reaches over the quarter's ends and nothing splits it). With
            `last_year` also ``growth_pct, growth_lo-L, growth_hi-L``, in percent, missing where the year
            before is not told or not above zero.

        Raises
        ------
        ValueError
            If `last_year` is another year, or has other series or another number of draws.

        Notes
        -----
        Growth is that of the levels: nominal and implied. Published growth has a comparable base (可比口径)
        and differs.
        """
        found = self.windows.frame(levels).rename(columns={"ds": "window"})
        told = found["mean"].notna()
        share = self.published.ravel() / found["mean"]
        found = found.assign(known_share=share, reason=np.where(told, "", "not_split"))
        return found if last_year is None else found.join(_growth(self.windows, last_year.windows, levels))


@dataclass(frozen=True)
class Expectation:
    """The year against an announced figure.

    Attributes
    ----------
    reason : str
        Empty, or ``decided``: the whole year is published, so compare it.
    probability, error : float or None
        That the year reaches the figure, and the Monte Carlo error of that, as in `attainment`.
    remainder : Remainder or None
        What the figure leaves for the months not published, per month, and against the average month so far
        (``versus_ytd_pct``); ``None`` where nothing is published yet.
    nowcast_per_month : float or None
        What the nowcast has on average for each of these months.
    """

    reason: str = ""
    probability: float | None = None
    error: float | None = None
    remainder: Remainder | None = None
    nowcast_per_month: float | None = None


class _Course(NamedTuple):
    """A year of one series: draws of the spans that make it up, and the sums of spans that are published."""

    draws: Draws
    published: dict[Span, float]


def nowcast(
    paths: Paths,
    year: int,
    ytd: pd.DataFrame | None = None,
    singles: pd.DataFrame | Paths | None = None,
    *,
    merged_january: bool = False,
) -> Nowcast:
    """The year and its quarters from published figures and paths of what is left.

    Parameters
    ----------
    paths : Paths
        Monthly or quarterly flows that are not known yet. Other years are left out.
    year : int
        The year asked for.
    ytd : pandas.DataFrame, optional
        ``unique_id, ds, y``: year-to-date figures by their last month, in the unit of the paths, one or more
        of a series; taken as exact. A missing one counts as not published.
    singles : pandas.DataFrame or Paths, optional
        Single months or quarters: published ones (``unique_id, ds, y``), or as many draws where they are
        estimated. They split the year-to-date figures, and stand for themselves after the last one.
    merged_january : bool
        Whether February holds January too in `paths` and `singles` (1-2月).

    Returns
    -------
    Nowcast

    Raises
    ------
    ValueError
        If periods are out of order, twice, known and forecast at once, or neither; if single periods cover a
        year-to-date window in part, or are below zero in it; if draws are missing or differ in number.
    TypeError
        If periods are of another frequency.

    Notes
    -----
    ``year = YTD + draws of what is left``. Of several year-to-date figures each difference is exact; within
    it each draw of the single periods is multiplied by ``difference / sum of the draw``, so that every draw
    adds up to what is published. A quarter wholly known by differences is exact. A revision of earlier months
    lands in the difference in which it was published.

    For flows: growth rates, ratios and counts do not add up. Nothing is fitted here.

    Examples
    --------
    January to October 3246.8, and two draws of November and December:

    >>> left = pd.period_range("2023-11", "2023-12", freq="M")
    >>> paths = Paths(("city",), left, np.array([[[300.0, 320], [310, 330]]]))
    >>> october = pd.PeriodIndex(["2023-10"], freq="M")
    >>> ytd = pd.DataFrame({"unique_id": "city", "ds": october, "y": [3246.8]})
    >>> found = nowcast(paths, 2023, ytd).frame(levels=())
    >>> found[["window", "mean", "known_share", "reason"]].round(3).iloc[[0, 4]].values.tolist()
    [['2023', 3876.8, 0.837, ''], ['2023-Q4', nan, nan, 'not_split']]
    """
    draws = paths.values.shape[2]
    ends = {} if ytd is None else _ends(ytd, year)
    ahead = _spans(paths, "paths", draws, year, merged_january)
    known = {} if singles is None else _spans(singles, "singles", draws, year, merged_january)
    exact = isinstance(singles, pd.DataFrame)
    courses = [
        _course(f"{code} {year}", ends.get(code, {}), known.get(code, {}), exact, ahead[code], draws)
        for code in paths.ids
    ]
    windows = {str(year): YEAR} | {f"{year}-Q{k}": span for k, span in enumerate(QUARTERS, 1)}
    values = [[_total(one.draws, span, draws) for span in windows.values()] for one in courses]
    fixed = [[sum(_inside(one.published, span).values()) for span in windows.values()] for one in courses]
    return Nowcast(
        Paths(paths.ids, pd.Index(list(windows)), np.array(values)),
        np.array(fixed),
        dict(zip(paths.ids, map(_so_far, courses), strict=True)),
    )


def _ends(ytd: pd.DataFrame, year: int) -> dict[str, dict[int, float]]:
    """Year-to-date figures of each series by their last month."""
    known = _table(ytd, "ytd", freqs="M")
    return {
        str(code): {row.ds.month: row.y for row in rows.itertuples() if row.ds.year == year}
        for code, rows in known.groupby("unique_id")
    }


def _table(frame: pd.DataFrame, name: str, *, freqs: str) -> pd.DataFrame:
    """Rows of a long frame that have a figure."""
    missing = [column for column in ("unique_id", "ds", "y") if column not in frame]
    if missing:
        raise ValueError(f"{name} has no column {', '.join(missing)}; give unique_id, ds, y")
    known = frame.dropna(subset="y").astype({"y": float})
    if known.empty:
        return known
    require_periods(pd.Index(known["ds"]).unique(), name, freqs=freqs)
    require_unique(known["unique_id"].astype(str) + " " + known["ds"].astype(str), name)
    return known.sort_values("ds")


def _spans(figures: pd.DataFrame | Paths, name: str, draws: int, year: int, merged: bool) -> dict[str, Draws]:
    """Draws of each series by the months of the year they span."""
    if isinstance(figures, Paths):
        _require_draws(figures, name, draws)
        rows = [
            (code, period, figures.of(code)[at])
            for code in figures.ids
            for at, period in enumerate(figures.periods)
        ]
    else:
        table = _table(figures, name, freqs="MQ")
        rows = [(str(row.unique_id), row.ds, np.full(draws, row.y)) for row in table.itertuples()]
    found: dict[str, Draws] = {code: {} for code, *_ in rows}
    for code, period, values in rows:
        if period.year == year:
            found[code][_span(period, name, merged)] = values
    return found


def _span(period: pd.Period, name: str, merged: bool) -> Span:
    if period.freqstr[0] == "Q":
        return QUARTERS[period.quarter - 1]
    if merged and period.month == 1:
        raise ValueError(f"{name} have {period}, which February holds too; leave merged_january out")
    return (1 if merged and period.month == 2 else period.month), period.month


def _require_draws(paths: Paths, name: str, draws: int) -> None:
    """Raise unless the periods come in order of time and every draw is there."""
    require_periods(paths.periods, name, freqs="MQ")
    for before, after in zip(paths.periods, paths.periods[1:], strict=False):
        if after < before:
            raise ValueError(f"{name} have {after} after {before}; give the periods in order of time")
    if paths.values.shape[2] != draws:
        raise ValueError(f"{name} have {paths.values.shape[2]} draws, the paths {draws}; give as many")
    gaps = np.argwhere(~np.isfinite(paths.values).all(axis=2))
    if len(gaps):
        got = ", ".join(f"{paths.ids[series]} {paths.periods[at]}" for series, at in gaps)
        raise ValueError(f"{name} lack draws of {got}; leave the series out, or give all its draws")


def _course(
    where: str, ends: Mapping[int, float], singles: Draws, exact: bool, ahead: Draws, draws: int
) -> _Course:
    """Put the year together: differences of year-to-date figures first, then single periods, then paths."""
    spans: Draws = {}
    published: dict[Span, float] = {}
    done, so_far = 0, 0.0
    for end, figure in sorted(ends.items()):
        window, total = (done + 1, end), figure - so_far
        parts = _split(where, window, total, _inside(singles, window))
        spans |= parts or {window: np.full(draws, total)}
        published |= _firsts(parts) if parts and exact else {window: total}
        done, so_far = end, figure
    after = _inside(singles, (done + 1, 12))
    if exact:
        published |= _firsts(after)
    _require_once(where, _months(spans | after), _months(singles), _months(ahead))
    return _Course(spans | after | ahead, published)


def _require_once(where: str, known: set[int], singles: set[int], ahead: set[int]) -> None:
    """Raise unless every month of the year is either known or forecast."""
    both = ahead & (known | singles)
    if both:
        raise ValueError(f"{where}: {_named(both)} both known and forecast; start the paths later")
    neither = _months([YEAR]) - known - ahead
    if neither:
        raise ValueError(
            f"{where}: {_named(neither)} neither known nor forecast; start the paths earlier, or give what "
            "is known"
        )


def _split(where: str, window: Span, total: float, parts: Draws) -> Draws:
    """Single periods of a window scaled draw by draw to its published sum; even where all are zero."""
    if not parts:
        return {}
    missing = _months([window]) - _months(parts)
    if missing:
        raise ValueError(
            f"{where}: singles lack {_named(missing)} of the published {_named(_months([window]))}; "
            "give every period of it, or none"
        )
    values = np.stack(list(parts.values()))
    if values.min() < 0:
        raise ValueError(
            f"{where}: single periods of {_named(_months([window]))} fall below zero; a share needs none"
        )
    sums = values.sum(axis=0)
    shares = np.divide(values, sums, out=np.full_like(values, 1 / len(parts)), where=sums > 0)
    return dict(zip(parts, total * shares, strict=True))


def _inside(spans: Mapping[Span, Value], window: Span) -> dict[Span, Value]:
    return {span: value for span, value in spans.items() if window[0] <= span[0] and span[1] <= window[1]}


def _months(spans: Iterable[Span]) -> set[int]:
    return {month for first, last in spans for month in range(first, last + 1)}


def _named(months: set[int]) -> str:
    """Months for a message: 1-10, or 3, 5."""
    first, last = min(months), max(months)
    if len(months) > 1 and len(months) == last - first + 1:
        return f"months {first}-{last}"
    return f"month{'s' if len(months) > 1 else ''} {', '.join(map(str, sorted(months)))}"


def _firsts(parts: Draws) -> dict[Span, float]:
    """Values of published periods, alike in every draw."""
    return {span: float(values[0]) for span, values in parts.items()}


def _total(spans: Draws, window: Span, draws: int) -> np.ndarray:
    """Draws of a window, missing where spans reach over its ends."""
    parts = _inside(spans, window)
    if _months(parts) != _months([window]):
        return np.full(draws, np.nan)
    return np.sum(list(parts.values()), axis=0)


def _so_far(course: _Course) -> tuple[int, float]:
    """Last month published from January on without a gap, and the sum to it."""
    done, total = 0, 0.0
    for (first, last), value in sorted(course.published.items()):
        if first == done + 1:
            done, total = last, total + value
    return done, total


def _growth(now: Paths, then: Paths, levels: Sequence[float]) -> pd.DataFrame:
    """Growth of each window on the year before, draw by draw, in percent."""
    before = [f"{int(name[:4]) - 1}{name[4:]}" for name in now.periods]
    if list(then.periods) != before or then.ids != now.ids or then.values.shape != now.values.shape:
        raise ValueError(
            f"last_year is {then.periods[0]} of {', '.join(then.ids)} with {then.values.shape[2]} draws; "
            f"give {before[0]} of {', '.join(now.ids)} with {now.values.shape[2]}"
        )
    base = np.where(then.values > 0, then.values, np.nan)
    frame = now.with_values(100 * (now.values / base - 1)).frame(levels)
    names = {"mean": "growth_pct"} | {name: f"growth_{name}" for name in frame if name[:3] in ("lo-", "hi-")}
    return frame.rename(columns=names)[list(names.values())]


def against_expectation(found: Nowcast, unique_id: str, announced: Rounded) -> Expectation:
    """How probable an announced figure for the year is, and what it asks of the months left.

    Parameters
    ----------
    found : Nowcast
        Of the year the figure is for.
    unique_id : str
        The series.
    announced : float or Interval
        In the unit of the nowcast. An Interval carries what "about" leaves open into `remainder`; the
        probability is that of reaching the printed value.

    Returns
    -------
    Expectation

    Raises
    ------
    ValueError
        If the series is not in the nowcast.

    Notes
    -----
    `metrics.implied_remainder` on the published sum from January on. The comparison with the average month
    so far knows nothing of the season; `nowcast_per_month` does.

    Examples
    --------
    >>> left = pd.period_range("2023-11", "2023-12", freq="M")
    >>> paths = Paths(("city",), left, np.array([[[300.0, 320, 260], [310, 330, 270]]]))
    >>> october = pd.PeriodIndex(["2023-10"], freq="M")
    >>> ytd = pd.DataFrame({"unique_id": "city", "ds": october, "y": [3246.8]})
    >>> about = against_expectation(nowcast(paths, 2023, ytd), "city", 3800.0)
    >>> round(about.remainder.per_month, 1), round(about.remainder.versus_ytd_pct, 1)
    (276.6, -14.8)
    >>> round(about.probability, 2), round(about.nowcast_per_month, 1)
    (0.67, 298.3)
    """
    year = found.year
    figure = announced.value if isinstance(announced, Interval) else announced
    reached = attainment(year, unique_id, ">=", figure, deadline=year.periods[0])
    months, total = found.ytd[unique_id]
    left = 12 - months
    if not left:
        return Expectation("decided")
    if not months or total <= 0:
        return Expectation("", reached.probability, reached.error)
    rest = metrics.implied_remainder(announced, total, months_left=left)
    per_month = float(year.of(unique_id).mean() - total) / left
    return Expectation("", reached.probability, reached.error, rest, per_month)
