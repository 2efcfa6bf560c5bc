"""News: why a forecast changed between two vintages, by cause."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from zs_analysis.metrics._periods import require_periods

COLUMNS = ["cause", "period", "forecast", "actual", "news", "weight", "impact"]
# Of a figure: a smaller miss is that of floating point, and a weight on it would mean nothing.
BINARY_NOISE = 1e-9
NUMBERS = dict.fromkeys(COLUMNS[2:], float)


class Forecaster(Protocol):
    """What a `Combination` and a `models.Fitted` have in common."""

    def forecasts(self, y: np.ndarray, horizon: int) -> np.ndarray:
        """Observations by horizon: row t holds the forecasts made knowing the series up to t."""


@dataclass(frozen=True)
class Vintage:
    """A series as known on one day, and what was fitted to it.

    Attributes
    ----------
    series : pandas.Series
        Flows by period (PeriodIndex), without gaps; Januaries may be absent where February holds them.
    model : Forecaster
        A `Combination` or a `models.Fitted`, fitted to `series`.
    judgement : float
        What judgements add to the target, in the unit of the series.
    """

    series: pd.Series
    model: Forecaster
    judgement: float = 0.0


class Totals(NamedTuple):
    """Forecast of the target in the old and the new vintage, and the change."""

    old: float
    new: float
    change: float


def news(old: Vintage, new: Vintage, target: pd.PeriodIndex) -> pd.DataFrame:
    """Decompose the change of a forecast into revision, news, re-estimation and judgement.

    Parameters
    ----------
    old, new : Vintage
        The new series may revise the old one and be longer.
    target : pandas.PeriodIndex
        What is forecast: the sum over these periods, such as the months of a year. Known ones count as
        themselves.

    Returns
    -------
    pandas.DataFrame
        ``cause, period, forecast, actual, news, weight, impact``; a row ``revision``, a row ``news`` for each
        new period, rows ``re_estimation`` and ``judgement``. `period` to `weight` are for news only. Impacts
        are in the unit of the series and add up to the change.

    Raises
    ------
    ValueError
        If a series has gaps, the new one starts elsewhere or lacks periods of the old one, the target is
        empty, twice, before the series or in a January that February holds, or a model has no forecast.
    TypeError
        If an index is not by period, or not of one frequency.

    Notes
    -----
    One thing changes at a time, with the forecast F taken after each step::

        revision       old model on the revised data up to the old end     less F(old)
        news, period k old model with one more period                      less the step before
        re_estimation  new model on the new data                           less the step before
        judgement      new judgement                                       less the old

    ``news = actual - forecast``, the forecast being the old model's from the period before (revised data);
    ``weight = impact / news``, missing where the news is zero. In a model that is not linear a weight is that
    of this news, and the order of the steps matters. Of several new periods each is news against a forecast
    that knows the ones before it; statsmodels' ``news()`` takes all from the old end, so its rows differ and
    their sum does not.

    The model's own forecasts are decomposed, not the mean of paths made from them. A model is only asked what
    follows its data: the trap of predictions within the sample that ignore new figures does not arise.

    References
    ----------
    Bańbura and Modugno (2010), ECB Working Paper 1189, for revision and news; the Bank of England's
    news-decomp for re-estimation.

    Examples
    --------
    An AR(1) with coefficient 0.5, the target two periods on:

    >>> from zs_analysis.forecast.models import Fitted
    >>> half = Fitted(lambda y, horizon: y[:, None] * 0.5 ** np.arange(1, horizon + 1))
    >>> months = pd.period_range("2023-01", periods=5, freq="M")
    >>> old, new = pd.Series([1, 0.6, 1.0], months[:3]), pd.Series([1, 0.6, 1.0, 0.9], months[:4])
    >>> found = news(Vintage(old, half), Vintage(new, half), months[4:])
    >>> print(found.drop(columns="period").round(2).to_string(index=False, na_rep=""))
            cause  forecast  actual  news  weight  impact
         revision                                     0.0
             news       0.5     0.9   0.4     0.5     0.2
    re_estimation                                     0.0
        judgement                                     0.0
    """
    _require_comparable(old, new, target)
    known = len(old.series)
    courses = _courses(Vintage(new.series, old.model), target, known)
    places = _places(new.series, target)
    # one by one as in `_value`: another order of summation would show as a revision
    steps = [course[places].sum() for course in courses]
    arrived = pd.DataFrame(
        {
            "cause": "news",
            "period": new.series.index[known:].astype(object),
            "forecast": [course[known + k] for k, course in enumerate(courses[:-1])],
            "actual": new.series.to_numpy(dtype=float)[known:],
            "impact": np.diff(steps),
        }
    )
    arrived["news"] = arrived["actual"] - arrived["forecast"]
    told = arrived["news"].abs() > BINARY_NOISE * arrived["actual"].abs()
    arrived["weight"] = arrived["impact"] / arrived["news"].where(told)
    before = _cause("revision", steps[0] - _value(old, target))
    after = [
        _cause("re_estimation", _value(new, target) - steps[-1]),
        _cause("judgement", new.judgement - old.judgement),
    ]
    return pd.DataFrame([before, *arrived.to_dict("records"), *after], columns=COLUMNS).astype(NUMBERS)


def _cause(name: str, impact: float) -> dict[str, object]:
    return {"cause": name, "impact": impact}


def totals(old: Vintage, new: Vintage, target: pd.PeriodIndex) -> Totals:
    """The forecast of the target in two vintages, judgement included, and the change that `news` explains.

    Parameters
    ----------
    old, new, target
        As in `news`.

    Returns
    -------
    Totals

    Raises
    ------
    ValueError, TypeError
        As in `news`.

    Examples
    --------
    >>> from zs_analysis.forecast.models import seasonal_naive
    >>> months = pd.period_range("2023-01", periods=3, freq="M")
    >>> old, new = pd.Series([1.0, 2.0], months[:2]), pd.Series([1.0, 4.0], months[:2])
    >>> last = seasonal_naive(old.to_numpy(), 1)
    >>> totals(Vintage(old, last), Vintage(new, last, judgement=0.5), months)
    Totals(old=5.0, new=9.5, change=4.5)
    """
    _require_comparable(old, new, target)
    before, after = (_value(one, target) + one.judgement for one in (old, new))
    return Totals(before, after, after - before)


def _value(vintage: Vintage, target: pd.PeriodIndex) -> float:
    """The target by the model from the end of the series."""
    course = _courses(vintage, target, len(vintage.series))[-1]
    return float(course[_places(vintage.series, target)].sum())


def _courses(vintage: Vintage, target: pd.PeriodIndex, known: int) -> np.ndarray:
    """The grid's periods with `known` observations, with one more, and so on to all."""
    y = vintage.series.to_numpy(dtype=float)
    length = len(_grid(vintage.series, target))
    ahead = vintage.model.forecasts(y, max(length - known, 1))
    found = np.stack([np.r_[y[:n], ahead[n - 1]][:length] for n in range(known, len(y) + 1)])
    if not np.isfinite(found).all():
        raise ValueError(
            f"the model has no forecast from {vintage.series.index[known - 1]}; give it more observations"
        )
    return found


def _places(series: pd.Series, target: pd.PeriodIndex) -> np.ndarray:
    """Where the target's periods stand in the grid; -1 where they do not."""
    return _grid(series, target).get_indexer(target)


def _grid(series: pd.Series, target: pd.PeriodIndex) -> pd.PeriodIndex:
    """Periods from the start to the end of series and target, without Januaries where February holds them."""
    start, end = series.index[0], series.index[-1]
    grid = pd.period_range(start, max([end, *target]))
    merged = series.index.freqstr[0] == "M" and 1 not in series.index.month and start.year < end.year
    return grid[grid.month != 1] if merged else grid


def _require_comparable(old: Vintage, new: Vintage, target: pd.PeriodIndex) -> None:
    """Raise unless both series are whole, the new one goes on from the old, and the target can be told."""
    require_periods(target, "the target", freqs="MQY")
    _require_series(old.series, "the old series", target)
    _require_series(new.series, "the new series", target)
    starts = old.series.index[0], new.series.index[0]
    if starts[0] != starts[1]:
        raise ValueError(
            f"the new series starts in {starts[1]}, the old one in {starts[0]}; cut both to one start"
        )
    was, now = old.series.index, new.series.index[new.series.index <= old.series.index[-1]]
    if len(was.difference(now)):
        raise ValueError(f"the new series lacks {_named(was.difference(now))} of the old one; give them too")
    if len(now.difference(was)):
        raise ValueError(f"the old series lacks {_named(now.difference(was))} of the new one; leave them out")
    outside = target[_places(old.series, target) < 0]
    if target.empty or len(outside):
        raise ValueError(
            f"the target has {_named(outside) or 'no period'}; give periods from {starts[0]} on that the "
            "series has or comes to"
        )


def _require_series(series: pd.Series, name: str, target: pd.PeriodIndex) -> None:
    require_periods(series.index, name, freqs="MQY")
    if series.empty or series.index.freqstr != target.freqstr:
        got = "nothing" if series.empty else f"periods like {series.index[0]}"
        raise TypeError(f"{name} has {got}, the target is by {target.freqstr}; give both of one frequency")
    if not series.index.is_monotonic_increasing:
        raise ValueError(f"{name} is out of order; sort it by period")
    gaps = _grid(series, series.index).difference(series.dropna().index)
    if len(gaps):
        raise ValueError(f"{name} has no figure of {_named(gaps)}; fill it in, as for the fit")


def _named(periods: pd.PeriodIndex) -> str:
    return ", ".join(map(str, periods))
