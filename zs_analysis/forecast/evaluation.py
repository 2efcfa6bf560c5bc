"""Whether a difference or a bias of forecasts could be chance, and how earlier forecasts came out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from zs_analysis.forecast.accuracy import require_once
from zs_analysis.forecast.combination import BENCHMARK

FEWEST = 5


@dataclass(frozen=True)
class DieboldMariano:
    """Test of equal accuracy.

    Attributes
    ----------
    statistic : float
        Below zero where the first forecast is the better one; missing where the test is refused.
    p : float
        Two-sided, of equal expected squared error.
    n : int
        Forecasts compared.
    reason : str
        Why the test is refused: ``few_forecasts``, ``zero_variance``, or empty.
    """

    statistic: float
    p: float
    n: int
    reason: str


@dataclass(frozen=True)
class Bias:
    """Mean error of forecasts.

    Attributes
    ----------
    bias : float
        Mean of outcome less forecast: above zero where forecasts were too low.
    t, p : float
        Of no bias, two-sided; missing where the test is refused.
    n : int
        Forecasts with an outcome.
    reason : str
        Why the test is refused: ``few_forecasts``, ``zero_variance``, or empty.
    """

    bias: float
    t: float
    p: float
    n: int
    reason: str


@dataclass(frozen=True)
class MincerZarnowitz:
    """Regression of outcomes on forecasts.

    Attributes
    ----------
    alpha, beta : float
        Intercept (unit of the series) and slope; 0 and 1 where forecasts leave nothing to correct.
    p : float
        Of alpha = 0 and beta = 1 together.
    n : int
        Forecasts in the regression.
    reason : str
        Why numbers are refused: ``few_forecasts``, ``constant_forecast`` (both), ``zero_variance`` (the test
        only: the line fits exactly), or empty.
    """

    alpha: float
    beta: float
    p: float
    n: int
    reason: str


def diebold_mariano(errors_a: pd.Series, errors_b: pd.Series, h: int = 1) -> DieboldMariano:
    """Test whether two forecasts of one series are equally accurate.

    Parameters
    ----------
    errors_a, errors_b : pandas.Series
        Errors of both at one horizon, in one unit, matched by label (the period); pairs with a missing one
        are left out. Labels give the order in time.
    h : int
        The horizon, in steps from one origin to the next: errors overlap for h - 1 of them.

    Returns
    -------
    DieboldMariano
        Refused below five pairs, or where there are not more pairs than `h`.

    Raises
    ------
    ValueError
        If a label comes twice or `h` is below 1.

    Notes
    -----
    With d = a^2 - b^2, ``mean(d) / sqrt(V)`` times ``sqrt((n + 1 - 2h + h(h - 1)/n) / n)``, compared with
    t(n - 1). V is the variance of the mean with h - 1 autocovariances and Bartlett's weights, which unlike
    the equal ones of the paper never give a negative variance; at h = 1 they are the same. Not for pooling
    series: their errors come together.

    References
    ----------
    Diebold and Mariano (1995), Comparing Predictive Accuracy, JBES 13 (3), 253. Harvey, Leybourne and Newbold
    (1997), Testing the Equality of Prediction Mean Squared Errors, International Journal of Forecasting 13
    (2), 281, eq. 9.

    Examples
    --------
    >>> f, g = pd.Series([-1.0, -1, 1, -2, -3]), pd.Series([-3.0, -6, 6, 0, -9])
    >>> found = diebold_mariano(f, g)
    >>> round(found.statistic, 3), round(found.p, 3)
    (-2.223, 0.09)
    """
    pairs = _matched(errors_a, errors_b)
    return DieboldMariano(*_test_of_mean(pairs["a"] ** 2 - pairs["b"] ** 2, h))


def bias(errors: pd.Series, h: int = 1) -> Bias:
    """Mean error with its t statistic.

    Parameters
    ----------
    errors : pandas.Series
        Outcome less forecast at one horizon, by period; missing ones are left out.
    h : int
        As in `diebold_mariano`.

    Returns
    -------
    Bias
        The mean stands also where the test is refused.

    Raises
    ------
    ValueError
        As in `diebold_mariano`.

    Notes
    -----
    The t statistic is that of the mean with the variance and the factor of `diebold_mariano`. At h = 1 it is
    the textbook's ``mean / (s / sqrt(n))``.

    Examples
    --------
    >>> found = bias(pd.Series([0.5, 0.5, -1.0, 1.0, 1.0, -0.5]))
    >>> found.bias, round(found.t, 2)
    (0.25, 0.75)
    """
    errors = _matched(errors, errors)["a"]
    mean = float(errors.mean()) if len(errors) else float("nan")
    return Bias(mean, *_test_of_mean(errors, h))


def mincer_zarnowitz(y: pd.Series, f: pd.Series, h: int = 1) -> MincerZarnowitz:
    """Regression of outcomes on forecasts: is there something left to correct?

    Parameters
    ----------
    y, f : pandas.Series
        Outcomes and forecasts at one horizon, in one unit, matched by label (the period); pairs with a
        missing one are left out.
    h : int
        As in `diebold_mariano`.

    Returns
    -------
    MincerZarnowitz
        Refused below five forecasts in the regression.

    Raises
    ------
    ValueError
        As in `diebold_mariano`.

    Notes
    -----
    ``y = alpha + beta f + u`` by least squares, and the F test of (alpha, beta) = (0, 1). At h > 1 the
    regression takes every h-th forecast back from the newest, whose errors do not overlap: robust (HAC)
    covariances on all of them reject a true hypothesis far too often in samples of this size.

    References
    ----------
    Mincer and Zarnowitz (1969), The Evaluation of Economic Forecasts, in Economic Forecasts and Expectations,
    NBER.

    Examples
    --------
    >>> y, f = pd.Series([5.0, 6, 4, 7, 8, 6]), pd.Series([4.5, 5.5, 5, 6, 7, 6.5])
    >>> found = mincer_zarnowitz(y, f)
    >>> round(found.alpha, 3), round(found.beta, 3), round(found.p, 2)
    (-1.229, 1.257, 0.68)
    """
    from statsmodels.api import OLS, add_constant

    _require_horizon(h)
    pairs = _matched(y, f).iloc[::-h]
    nan, n = float("nan"), len(pairs)
    if n < FEWEST:
        return MincerZarnowitz(nan, nan, nan, n, "few_forecasts")
    if np.ptp(pairs["b"]) <= 1e-12 * pairs["b"].abs().max():
        return MincerZarnowitz(nan, nan, nan, n, "constant_forecast")
    line = OLS(pairs["a"].to_numpy(), add_constant(pairs["b"].to_numpy())).fit()
    alpha, beta = map(float, line.params)
    if line.ssr <= 1e-24 * (pairs["a"] ** 2).sum():
        return MincerZarnowitz(alpha, beta, nan, n, "zero_variance")
    return MincerZarnowitz(alpha, beta, float(line.f_test((np.eye(2), [0.0, 1.0])).pvalue), n, "")


def against_benchmark(evaluated: pd.DataFrame) -> pd.DataFrame:
    """Diebold-Mariano test of every model against the seasonal naive, by series and horizon.

    Parameters
    ----------
    evaluated : pandas.DataFrame
        Evaluated forecasts as in `zs_analysis.forecast.accuracy.scores`, from origins in a row.

    Returns
    -------
    pandas.DataFrame
        ``model, unique_id, h, statistic, p, n, reason``, sorted; below zero the model is better. One in
        twenty of equal models has p below 0.05: a table of many rows has some.

    Raises
    ------
    ValueError
        If the benchmark has no forecasts at all, or a forecast comes twice.

    Examples
    --------
    >>> months = pd.period_range("2023-01", periods=6, freq="M")
    >>> one = pd.DataFrame({"unique_id": "city", "cutoff": months - 1, "ds": months, "h": 1, "y": 1.0})
    >>> naive = one.assign(model="seasonal_naive", mean=[3.0, 4, 3, 4, 3, 4])
    >>> both = pd.concat([naive, one.assign(model="ets", mean=2.0)])
    >>> against_benchmark(both)[["model", "h", "statistic", "n"]].round(2).values.tolist()
    [['ets', 1, -4.92, 6]]
    """
    errors = evaluated.assign(error=evaluated["y"] - evaluated["mean"])
    errors = errors.set_index("ds").groupby(["model", "unique_id", "h"])["error"]
    found = dict(list(errors))
    if not any(model == BENCHMARK for model, _, _ in found):
        raise ValueError(f"model {BENCHMARK} is not among the forecasts; add its forecasts")
    none = pd.Series(dtype=float)
    rows = [
        {"model": model, "unique_id": code, "h": h}
        | vars(diebold_mariano(error, found.get((BENCHMARK, code, h), none), h))
        for (model, code, h), error in found.items()
        if model != BENCHMARK
    ]
    return pd.DataFrame(rows, columns=["model", "unique_id", "h", *DieboldMariano.__annotations__])


def outcomes(
    history: pd.DataFrame, observed: pd.DataFrame, levels: Sequence[float] = (80, 95)
) -> pd.DataFrame:
    """Forecasts as they were made, beside what came out.

    Parameters
    ----------
    history : pandas.DataFrame
        ``made`` (day of the data the forecast was made from), ``cutoff`` (last period known), ``unique_id,
        ds, mean`` and ``lo-L, hi-L`` for each level.
    observed : pandas.DataFrame
        ``unique_id, ds, y``: what is known now.
    levels : sequence of float
        Coverage of the intervals in percent.

    Returns
    -------
    pandas.DataFrame
        The history in its order with ``h`` (periods of ``ds`` past the one the cutoff lies in), ``y``,
        ``error`` (outcome less forecast), ``error_pct`` (percent of the outcome) and ``inside-L``; these are
        missing where nothing has come out yet.

    Raises
    ------
    ValueError
        If a forecast of one day or an outcome comes twice.

    Notes
    -----
    The outcome is the figure as known now: what revised it since is in the error.

    Examples
    --------
    >>> month = pd.Period("2024-01", "M")
    >>> made = {"made": "2023-12-20", "cutoff": month - 2, "unique_id": "city", "ds": month, "mean": 95.0}
    >>> history = pd.DataFrame([made | {"lo-80": 90.0, "hi-80": 99.0}])
    >>> observed = pd.DataFrame({"unique_id": ["city"], "ds": [month], "y": [100.0]})
    >>> outcomes(history, observed, levels=(80,))[["h", "error", "error_pct", "inside-80"]].values.tolist()
    [[2, 5.0, 5.0, False]]
    """
    require_once(history, ["made", "unique_id", "ds"], "history")
    require_once(observed, ["unique_id", "ds"], "observed")
    # Periods of different frequencies cannot be sorted, as a merge would, but they can be looked up.
    known = dict(zip(zip(observed["unique_id"], observed["ds"], strict=True), observed["y"], strict=True))
    cells = zip(history["unique_id"], history["ds"], strict=True)
    y = pd.Series([known.get(cell, np.nan) for cell in cells], history.index, dtype=float)
    steps = [
        ds.ordinal - cutoff.asfreq(ds.freq).ordinal
        for ds, cutoff in zip(history["ds"], history["cutoff"], strict=True)
    ]
    error = y - history["mean"]
    table = history.assign(h=steps, y=y, error=error, error_pct=100 * error / y.abs().where(y != 0))
    for level in levels:
        low, high = history[f"lo-{level:g}"], history[f"hi-{level:g}"]
        given = y.notna() & low.notna() & high.notna()
        table[f"inside-{level:g}"] = y.between(low, high).astype("boolean").where(given)
    return table


def by_horizon(table: pd.DataFrame, by: Sequence[str] = ("h",)) -> pd.DataFrame:
    """How the forecasts of a history came out, by horizon.

    Parameters
    ----------
    table : pandas.DataFrame
        As `outcomes` returns it, of one frequency.
    by : sequence of str
        Columns to tell apart; ``("unique_id", "h")`` for each series by itself.

    Returns
    -------
    pandas.DataFrame
        A row for each group: ``n`` (with an outcome), ``pending`` (without), ``mean_error, mae`` (unit of the
        series), ``mean_error_pct, mape`` (percent of the outcome) and ``coverage-L`` (share).

    Notes
    -----
    The periods of one quarter's forecasts share their luck: coverage over a few quarters says little.

    Examples
    --------
    >>> table = pd.DataFrame({"h": [1, 1], "error": [5.0, None], "error_pct": [5.0, None]})
    >>> by_horizon(table)[["h", "n", "pending", "mae"]].values.tolist()
    [[1.0, 1.0, 1.0, 5.0]]
    """
    inside = table.columns[table.columns.str.startswith("inside-")]
    parts = {
        "n": table["error"].notna(),
        "pending": table["error"].isna(),
        "mean_error": table["error"],
        "mae": table["error"].abs(),
        "mean_error_pct": table["error_pct"],
        "mape": table["error_pct"].abs(),
    }
    parts |= {
        name.replace("inside", "coverage"): table[name].astype("Float64").astype(float) for name in inside
    }
    groups = pd.DataFrame(parts).groupby([table[name] for name in by])
    counts = groups[["n", "pending"]].sum().astype(int)
    return counts.join(groups[[name for name in parts if name not in counts]].mean()).reset_index()


def _test_of_mean(differences: pd.Series, h: int) -> tuple[float, float, int, str]:
    """t statistic of a mean of zero, its two-sided p, the count, and why they are refused."""
    from statsmodels.tsa.stattools import diebold_mariano_test

    _require_horizon(h)
    n, nan = len(differences), float("nan")
    if n < FEWEST or n <= h:
        return nan, nan, n, "few_forecasts"
    if np.ptp(differences) <= 1e-12 * differences.abs().max():
        return nan, nan, n, "zero_variance"
    zero = np.zeros(n)
    # The losses are given as they are, so their difference is what is tested.
    found = diebold_mariano_test(
        zero, differences, zero, lags=h - 1, harvey_adj=True, horizon=h, criterion=lambda _, loss: loss
    )
    return float(found.statistic), float(found.pvalue), n, ""


def _matched(a: pd.Series, b: pd.Series) -> pd.DataFrame:
    """Columns a and b in order of their labels, where both are known."""
    for series in (a, b):
        if series.index.has_duplicates:
            twice = series.index[series.index.duplicated()][0]
            raise ValueError(f"period {twice} comes more than once; give the errors of one horizon")
    return pd.concat({"a": a, "b": b}, axis=1, join="inner").dropna().astype(float).sort_index()


def _require_horizon(h: int) -> None:
    if h < 1:
        raise ValueError(f"h must be at least 1; got {h}. The period after the last known one is h = 1.")
