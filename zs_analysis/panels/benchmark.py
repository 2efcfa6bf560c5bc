"""Benchmarking: a complete monthly or quarterly series brought to the totals of longer periods."""

from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
import pandas as pd

# Beyond these the covariance of an AR(1) is singular in floating point.
RHO_BOUND = 0.999

Table = TypeVar("Table", pd.Series, pd.DataFrame)


class BenchmarkError(ValueError):
    """Totals and series that do not fit together: says which periods, and what is needed."""


@dataclass(frozen=True)
class Disaggregation:
    """A series estimated from totals and related series.

    Attributes
    ----------
    values, se : pandas.Series
        Estimate and its standard error, in the unit of the totals, by period of the related series. Errors
        within one total cancel in their sum, so standard errors do not add up.
    coefficients : pandas.DataFrame
        `estimate`, `se` and `t` of the constant (per short period) and each related series.
    rho : float
        Autocorrelation of the error used; 1 for the random walk of Fernandez.
    rho_unrestricted : float
        Its estimate before a negative one was set to zero; missing where it was not estimated.
    """

    values: pd.Series
    se: pd.Series
    coefficients: pd.DataFrame
    rho: float
    rho_unrestricted: float


def denton(
    indicator: pd.Series,
    totals: pd.Series,
    *,
    method: Literal["proportional", "additive"] = "proportional",
) -> pd.Series:
    """Bring a series to totals while bending its movement as little as possible.

    Parameters
    ----------
    indicator : pandas.Series
        By monthly or quarterly period without a gap, over every period of the totals and perhaps beyond; any
        unit. Above zero if `method` is "proportional".
    totals : pandas.Series
        By longer periods (quarters or years) without a gap: the sums to meet.
    method : "proportional" or "additive"
        Whether the ratio to the indicator is kept smooth, or the difference from it (then in one unit).

    Returns
    -------
    pandas.Series
        On the periods of the indicator, in the unit of the totals. Before the first total and after the last
        the nearest ratio (or difference) carries on.

    Raises
    ------
    TypeError
        If an index has no periods of a suitable frequency.
    BenchmarkError
        A `ValueError`: a gap, a value that is missing or infinite, a total whose periods are not all there,
        or an indicator not above zero.

    Notes
    -----
    ``min sum_t (x_t / p_t - x_{t-1} / p_{t-1})^2``, or ``(x_t - p_t - x_{t-1} + p_{t-1})^2``, subject to the
    totals: Denton's first differences in the form of Cholette, with no term for the period before the first.
    It smooths, it does not estimate: there is no standard error, and nothing keeps a value above zero.

    References
    ----------
    Denton (1971), Adjustment of monthly or quarterly series to annual totals, JASA 66 (333), 99-102.
    Cholette (1984), Adjusting sub-annual series to yearly benchmarks, Survey Methodology 10, 35-49.
    Bloem, Dippelsman and Maehle (2001), Quarterly National Accounts Manual, IMF, ch. 6.

    Examples
    --------
    >>> quarters = pd.period_range("1998Q1", "1999Q4", freq="Q")
    >>> indicator = pd.Series([98.2, 100.8, 102.2, 100.8, 99.0, 101.6, 102.7, 101.5], index=quarters)
    >>> totals = pd.Series([4000.0, 4161.4], index=pd.period_range("1998", "1999", freq="Y"))
    >>> denton(indicator, totals).head(4).round(1).tolist()
    [969.8, 998.4, 1018.3, 1013.4]
    """
    indicator, totals, size = _aligned(indicator, totals)
    if method == "additive":
        sums = indicator.groupby(indicator.index.asfreq(totals.index.freq)).sum().reindex(totals.index)
        level = pd.Series(1.0, index=indicator.index)
        return (indicator + _proportional(level, totals - sums, size)).rename("value")
    low = indicator[indicator <= 0]
    if len(low):
        raise BenchmarkError(
            f"a proportional benchmark needs an indicator above zero; got {_listed(low.index)}. "
            "Pass method='additive', or another indicator"
        )
    return _proportional(indicator, totals, size).rename("value")


def chow_lin(
    totals: pd.Series,
    related: pd.Series | pd.DataFrame,
    *,
    method: Literal["maxlog", "fernandez"] = "maxlog",
    rho: float | None = None,
) -> Disaggregation:
    """Estimate the short periods of totals from related series, with standard errors.

    Parameters
    ----------
    totals : pandas.Series
        By quarterly or yearly period without a gap, any unit; more than related series and a constant.
    related : pandas.Series or DataFrame
        By monthly or quarterly period without a gap, over every period of the totals and perhaps beyond.
    method : "maxlog" or "fernandez"
        The error is an AR(1) whose rho maximises the likelihood, zero if that is negative; or a random walk.
    rho : float, optional
        Takes the AR(1) with this rho, between -1 and 1, instead of an estimate.

    Returns
    -------
    Disaggregation
        On the periods of the related series; values before the first total and after the last are estimates
        that no total binds.

    Raises
    ------
    TypeError
        If an index has no periods of a suitable frequency.
    BenchmarkError
        A `ValueError`: as in `denton`; or too few totals, related series that repeat one another, or a rho
        that is not between -1 and 1 or comes with "fernandez".

    Notes
    -----
    With Z the related series and a constant, C the sums and V the error's covariance:
    ``x = Z b + V C' (C V C')^-1 (y - C Z b)``, b by generalised least squares. Standard errors count the
    error and the estimate of b, and take rho as known. Totals say nothing of a season inside them: where the
    related series lack it, adjust both seasonally first, or the bands are far too narrow.

    References
    ----------
    Chow and Lin (1971), Best linear unbiased interpolation, distribution and extrapolation of time series by
    related series, Review of Economics and Statistics 53 (4), 372-375.
    Fernandez (1981), A methodological note on the estimation of time series, same 63 (3), 471-476.
    Sax and Steiner (2013), Temporal disaggregation of time series, The R Journal 5 (2), 80-87.

    Examples
    --------
    >>> quarters = pd.period_range("2018Q1", "2023Q4", freq="Q")
    >>> related = pd.Series([100.0 + q + 5 * (q % 4) for q in range(24)], index=quarters, name="power")
    >>> totals = (2 * related + 10).groupby(quarters.asfreq("Y")).sum()
    >>> chow_lin(totals, related).coefficients["estimate"].round(6).tolist()
    [10.0, 2.0]
    """
    table = related.to_frame(name=related.name or "related") if isinstance(related, pd.Series) else related
    table, totals, _ = _aligned(table, totals)
    y, z = totals.to_numpy(), np.column_stack([np.ones(len(table)), table.to_numpy()])
    sums = (table.index.asfreq(totals.index.freq).to_numpy() == totals.index.to_numpy()[:, None]).astype(
        float
    )
    _refuse_unidentified(y, sums @ z)
    _refuse_rho(rho, method)
    estimated = float("nan")
    if method == "fernandez":
        rho, covariance = 1.0, _random_walk(len(z))
    else:
        if rho is None:
            estimated = _likeliest_rho(y, z, sums)
            rho = max(estimated, 0.0)
        covariance = _autoregression(rho, len(z))
    values, se, b, b_se = _interpolate(y, z, sums, covariance)
    coefficients = pd.DataFrame(
        {"estimate": b, "se": b_se, "t": np.divide(b, b_se, out=np.full_like(b, np.nan), where=b_se > 0)},
        index=["constant", *table.columns],
    )
    return Disaggregation(
        values=pd.Series(values, index=table.index, name="value"),
        se=pd.Series(se, index=table.index, name="se"),
        coefficients=coefficients,
        rho=float(rho),
        rho_unrestricted=estimated,
    )


def _aligned(table: Table, totals: pd.Series) -> tuple[Table, pd.Series, int]:
    """Sorted and checked; with the number of short periods in a total."""
    table, totals = _complete(table, "QM", "the series"), _complete(totals, "YQ", "the totals")
    counts = pd.Series(table.index.asfreq(totals.index.freq)).value_counts()
    size = len(pd.period_range(totals.index[0].start_time, totals.index[0].end_time, freq=table.index.freq))
    if size < 2:
        raise TypeError(
            f"totals need longer periods than the series: got {totals.index.freqstr}, {table.index.freqstr}"
        )
    short = totals.index[counts.reindex(totals.index, fill_value=0) != size]
    if len(short):
        raise BenchmarkError(
            f"the series does not hold all {size} periods of {_listed(short)}; it runs from {table.index[0]} "
            f"to {table.index[-1]}. Leave those totals out, or extend the series"
        )
    return table, totals, size


def _complete(table: Table, freqs: str, name: str) -> Table:
    index = table.index
    if not isinstance(index, pd.PeriodIndex) or index.freqstr[0] not in freqs:
        got = index.freqstr if isinstance(index, pd.PeriodIndex) else type(index).__name__
        raise TypeError(f"{name} need a PeriodIndex of frequency {' or '.join(freqs)}; got {got}")
    if table.empty:
        raise BenchmarkError(f"{name}: nothing there; pass at least one period")
    table = table.astype(float).sort_index()
    twice = table.index[table.index.duplicated()].unique()
    values = table.to_numpy().reshape(len(table), -1)
    unknown = table.index[~np.isfinite(values).all(axis=1)]
    whole = pd.period_range(table.index.min(), table.index.max(), freq=index.freq)
    absent = whole.difference(table.index)
    for periods, what in (
        (twice, "more than once"),
        (unknown, "without a finite value"),
        (absent, "missing"),
    ):
        if len(periods):
            raise BenchmarkError(
                f"{name}: {_listed(periods)} {what}. Each period is needed once, with a value"
            )
    return table


def _listed(periods: pd.PeriodIndex) -> str:
    shown = ", ".join(map(str, periods[:6]))
    return shown if len(periods) <= 6 else f"{shown} and {len(periods) - 6} more"


def _proportional(indicator: pd.Series, totals: pd.Series, size: int) -> pd.Series:
    from statsmodels.tsa.interp.denton import dentonm

    inside = indicator.index.asfreq(totals.index.freq).isin(totals.index)
    # Ratios near one keep the equations well conditioned; the units come back with the product.
    level = indicator[inside].mean()
    bound = dentonm((indicator[inside] / level).to_numpy(), totals.to_numpy(), freq="other", k=size)
    ratio = pd.Series(bound, index=indicator.index[inside]) / indicator[inside]
    return indicator * ratio.reindex(indicator.index).ffill().bfill()


def _refuse_unidentified(y: np.ndarray, z: np.ndarray) -> None:
    totals, columns = z.shape
    if totals <= columns:
        raise BenchmarkError(
            f"{totals} totals cannot carry {columns} coefficients and an error; "
            f"pass at least {columns + 1} totals, or fewer related series"
        )
    if np.linalg.matrix_rank(z / np.abs(z).max(axis=0).clip(min=1e-300)) < columns:
        raise BenchmarkError("the related series repeat one another or the constant; leave one out")


def _refuse_rho(rho: float | None, method: str) -> None:
    if rho is not None and (method == "fernandez" or not abs(rho) <= RHO_BOUND):
        raise BenchmarkError(
            f"rho goes with method='maxlog' and lies within ±{RHO_BOUND}; got {rho}, '{method}'"
        )


def _autoregression(rho: float, n: int) -> np.ndarray:
    distance = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    return rho**distance / (1 - rho**2)


def _random_walk(n: int) -> np.ndarray:
    steps = np.arange(1, n + 1)
    return np.minimum.outer(steps, steps).astype(float)


def _likeliest_rho(y: np.ndarray, z: np.ndarray, sums: np.ndarray) -> float:
    from scipy.optimize import minimize_scalar

    def cost(rho: float) -> float:
        return -_log_likelihood(y, sums @ z, sums @ _autoregression(rho, len(z)) @ sums.T)

    # A grid first: the likelihood may have more than one hill.
    grid = np.linspace(-RHO_BOUND, RHO_BOUND, 41)
    best = int(np.argmin([cost(rho) for rho in grid]))
    around = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    return float(minimize_scalar(cost, bounds=around, method="bounded", options={"xatol": 1e-10}).x)


def _log_likelihood(y: np.ndarray, z: np.ndarray, covariance: np.ndarray) -> float:
    b, inverse = _least_squares(y, z, covariance)
    error = y - z @ b
    return -(len(y) * np.log(error @ inverse @ error) + np.linalg.slogdet(covariance)[1]) / 2


def _least_squares(y: np.ndarray, z: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inverse = np.linalg.inv(covariance)
    return np.linalg.solve(z.T @ inverse @ z, z.T @ inverse @ y), inverse


def _interpolate(
    y: np.ndarray, z: np.ndarray, sums: np.ndarray, covariance: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    summed = sums @ z
    b, inverse = _least_squares(y, summed, sums @ covariance @ sums.T)
    error = y - summed @ b
    variance = error @ inverse @ error / (len(y) - len(b))
    b_covariance = np.linalg.inv(summed.T @ inverse @ summed)
    spread = covariance @ sums.T @ inverse
    left = z - spread @ summed
    spread_out = covariance - spread @ sums @ covariance + left @ b_covariance @ left.T
    se = np.sqrt(variance * np.diag(spread_out).clip(min=0))
    return z @ b + spread @ error, se, b, np.sqrt(variance * np.diag(b_covariance))
