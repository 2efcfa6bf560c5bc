"""The Spring Festival moves between months: what that does is taken out before models see a series."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from zs_analysis.forecast.models import SOLVER, quiet
from zs_analysis.forecast.series import MERGED, SEASONS, Series

Holiday = Literal["spring_festival"] | None
# An effect that chance would give more often is none.
LEVEL = 0.05
# Below a movement of so much of a window there is nothing to estimate from.
STILL = 1e-6
# Coefficients are states of the filter: the likelihood is searched over the two moving averages alone.
AIRLINE = {
    "order": (0, 1, 1),
    "simple_differencing": True,
    "mle_regression": False,
    "concentrate_scale": True,
}


@dataclass(frozen=True)
class Effect:
    """What the date of a holiday does to a series.

    Attributes
    ----------
    coefficients : mapping of str to float
        By window: the effect of a whole window inside one month, in logs where the series is positive, else
        in its unit. Empty where chance could have given it.
    course : callable
        Number of periods from the start of the series -> the effect on each, on the same scale.
    ratios : bool
        Whether that scale is logs.
    """

    coefficients: Mapping[str, float]
    course: Callable[[int], np.ndarray]
    ratios: bool


def spring_festival(series: Series) -> Callable[[np.ndarray], Effect] | None:
    """An estimator of the festival's effect on a series from any first part of it; ``None`` without months.

    Parameters
    ----------
    series : Series
        Quarters hold the festival whole. Values filled in carry the effect of an average year.

    Raises
    ------
    ValueError
        If its periods are whole numbers, or lie outside the years of the lunar calendar known.

    Notes
    -----
    Airline model with the regressors of `zs_analysis.metrics.spring_festival_regressors`, coefficients by
    generalised least squares within its likelihood, in logs where the series is positive (Bell and Hillmer
    1983). All windows stay if an F test rejects zero for all of them at 5 %. Where February holds January it
    gets the mean of both.

    References
    ----------
    Bell and Hillmer (1983), Modeling time series with calendar variation, JASA 78 (383), 526-534.
    """
    if not isinstance(series.periods, pd.PeriodIndex):
        raise ValueError(
            f"series {series.unique_id!r} has whole numbers for periods, which have no Spring Festival; "
            "give months, or pass holiday=None"
        )
    if series.periods.freqstr != "M" or (series.season != SEASONS["M"] and MERGED not in series.facts):
        return None

    @cache
    def regressors(n: int) -> pd.DataFrame:
        return _regressors(series, n)

    def estimate(y: np.ndarray) -> Effect:
        positive = bool((y > 0).all())
        known = regressors(len(y))
        found = _significant(np.log(y) if positive else y, known.to_numpy(), series.season)
        if found is None:
            return Effect({}, np.zeros, positive)
        names = known.columns
        return Effect(
            dict(zip(names, found.tolist(), strict=True)),
            lambda n: regressors(n)[names].to_numpy() @ found,
            positive,
        )

    return estimate


def _regressors(series: Series, n: int) -> pd.DataFrame:
    """Regressors of the first `n` periods; those that never move are left out."""
    from zs_analysis.metrics import spring_festival_regressors
    from zs_analysis.metrics.seasonal.january_february import merge_regressors

    periods = series.periods.append(series.future(max(n - len(series.periods), 1)))[:n]
    whole = pd.period_range(f"{periods[0].year}-01", f"{periods[-1].year}-12", freq="M")
    found = spring_festival_regressors(whole)
    if MERGED in series.facts:
        found = merge_regressors(found, list(range(whole[0].year, whole[-1].year + 1)))
    found = found.reindex(periods)
    filled = series.periods[~series.observed]
    found[found.index.isin(filled)] = 0.0
    return found


def _significant(z: np.ndarray, regressors: np.ndarray, season: int) -> np.ndarray | None:
    """Coefficients, if chance would seldom give them."""
    from scipy.stats import f
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    number = regressors.shape[1]
    moved = regressors[season:] - regressors[:-season]
    free = len(z) - season - 1 - number
    if free <= number or np.linalg.matrix_rank(moved, tol=STILL) < number or not np.ptp(z):
        return None
    size = float(np.std(z))
    try:
        with quiet():
            model = SARIMAX(z / size, exog=regressors, seasonal_order=(0, 1, 1, season), **AIRLINE)
            fitted = model.fit(**SOLVER)
        found = fitted.filtered_state[-number:, -1]
        covariance = fitted.filtered_state_cov[-number:, -number:, -1]
        statistic = found @ np.linalg.solve(covariance, found) / number
    except (ValueError, np.linalg.LinAlgError):  # what a solver stumbles over is no effect to rely on
        return None
    return size * found if f.sf(statistic, number, free) < LEVEL else None
