"""From a combination's own past errors to sample paths whose intervals cover what they say."""

import numpy as np

from zs_analysis.forecast.calibration import CALIBRATIONS, PROBABILITIES, Calibration
from zs_analysis.forecast.combination import ABSURD, Combination

# Origins at which the law of growth of errors weighs as much as the errors seen at one horizon.
LAW_WEIGHT = 4.0


def calibration(season: int) -> Calibration:
    """The calibration for a season: that of the nearest one measured."""
    nearest = min(CALIBRATIONS, key=lambda measured: abs(np.log(season / measured)))
    return CALIBRATIONS[nearest]


def spread(errors: np.ndarray, horizon: int, growth: float) -> np.ndarray:
    """Size of the errors at each horizon.

    Parameters
    ----------
    errors : numpy.ndarray
        Origins by horizon, missing beyond the end of the series, as `Combination.errors`.
    horizon : int
        May be further than any error seen.
    growth : float
        Errors grow like ``h ** growth``.

    Returns
    -------
    numpy.ndarray
        Root mean square errors by horizon: those seen, drawn towards the law by overlapping origins
        (n origins are worth n / h at horizon h).

    Examples
    --------
    >>> spread(np.ones((12, 2)), 3, 0.5).round(2).tolist()
    [0.97, 1.1, 1.5]
    """
    steps = np.arange(1, horizon + 1)
    law = steps**growth
    seen = np.full((len(errors), horizon), np.nan)
    width = min(horizon, errors.shape[1])
    seen[:, :width] = errors[:, :width]
    count = (~np.isnan(seen)).sum(axis=0)
    square = np.nansum(seen**2, axis=0) / np.maximum(count, 1)
    common = np.nansum((seen / law) ** 2) / count.sum()
    worth = count / steps
    return np.sqrt((worth * square + LAW_WEIGHT * common * law**2) / (worth + LAW_WEIGHT))


def conformal_quantile(scores: np.ndarray, coverage: float) -> float:
    """The score that so many of new ones stay below, whatever their distribution (Vovk et al. 2005).

    The ``ceil((n + 1) * coverage)``-th smallest of n scores; infinite where there are too few.

    Examples
    --------
    >>> conformal_quantile(np.array([1.0, 2, 2, 3, 4, 5, 6, 8, 9]), 0.8)
    8.0
    """
    rank = int(np.ceil((len(scores) + 1) * coverage - 1e-9))
    return float(np.sort(scores)[rank - 1]) if rank <= len(scores) else np.inf


def shocks(season: int, horizon: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Errors in units of their size: horizon by draws, dependent along a path, calibrated at each horizon.

    Notes
    -----
    Gaussian dependence with correlation ``(h / k) ** persistence`` between horizons h < k, that of errors
    which pile up; each horizon then takes the quantiles of the calibration. Draws are paired with their
    opposites, so that the centre is exact.
    """
    law = calibration(season)
    steps = np.arange(1, horizon + 1)
    ratio = np.minimum.outer(steps, steps) / np.maximum.outer(steps, steps)
    factor = np.linalg.cholesky(ratio**law.persistence + 1e-10 * np.eye(horizon))
    half = factor @ rng.standard_normal((horizon, (draws + 1) // 2))
    normal = np.concatenate([half, -half], axis=1)[:, :draws]
    return np.sign(normal) * _quantile(np.abs(normal), law)


def _quantile(normal: np.ndarray, law: Calibration) -> np.ndarray:
    """Sizes of calibrated errors where a normal one has these sizes."""
    from scipy.special import erf

    return np.interp(erf(normal / np.sqrt(2)), PROBABILITIES, law.sizes)


def draw(
    combination: Combination,
    means: np.ndarray,
    season: int,
    *,
    positive: bool,
    rng: np.random.Generator,
) -> np.ndarray:
    """Sample paths around means.

    Parameters
    ----------
    combination : Combination
    means : numpy.ndarray
        Horizon by draws: the same column again and again, or a forecast for each draw of the history.
    season : int
    positive : bool
        Whether errors are ratios.

    Returns
    -------
    numpy.ndarray
        Horizon by draws; their mean is that of `means` where all columns are alike.
    """
    horizon, draws = means.shape
    size = spread(combination.errors, horizon, calibration(season).growth)
    errors = size[:, None] * shocks(season, horizon, draws, rng)
    if not positive:
        return means + errors
    # A few paths far beyond would make up the mean, and draw all others below it.
    ratios = np.exp(np.clip(errors, -np.log(ABSURD), np.log(ABSURD)))
    return means * ratios / ratios.mean(axis=1, keepdims=True)
