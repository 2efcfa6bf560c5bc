"""Most likely parameters of seasonal ARMA models.

statsmodels has the same likelihood, by the Kalman filter. It takes several times as long, and tight enough a
search that printed forecasts do not hang on the last bits of a series takes several times as long again.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
from scipy.linalg.lapack import dpbtrf, dtbtrs
from scipy.optimize import minimize
from scipy.signal import lfilter

# Partial autocorrelations to start from, as likelihoods of seasonal models may have more than one top; of
# those that are alike to so many digits the first: what less than a season of data cannot tell stays zero.
GRID = (0.0, 0.4, -0.4, 0.8, -0.8)
ALIKE = 9
# A moving average may end at the unit circle; no forecast tells this from it.
FURTHEST = 1 - 1e-5
STEP = 5e-6
TIGHT = {"ftol": 1e-13, "gtol": 1e-7}


def most_likely(
    w: np.ndarray, order: tuple[int, int], seasonal_order: tuple[int, int], season: int, *, drift: bool
) -> np.ndarray:
    """Parameters under which a stationary series is most likely.

    Parameters
    ----------
    w : numpy.ndarray
        The series, differenced as it takes.
    order, seasonal_order : tuple of int
        (p, q) and (P, Q).
    season : int
    drift : bool
        Whether the model has a constant.

    Returns
    -------
    numpy.ndarray
        In the order of `statsmodels.tsa.statespace.sarimax.SARIMAX`: the constant, then the coefficients of
        the autoregressive, moving average, seasonal autoregressive and seasonal moving average polynomials.

    Raises
    ------
    ValueError
        The search met a model that is singular in double precision, as may happen with many parameters.

    Notes
    -----
    The first observations, as many as the autoregressive polynomial has lags, and the later ones filtered by
    it have a banded covariance. Its Cholesky factor gives the exact Gaussian likelihood (Ansley 1979). The
    variance is concentrated out, and so is the mean, from which the constant follows. The search is over
    partial autocorrelations, which keeps the model stationary and invertible (Monahan 1984).

    References
    ----------
    Ansley (1979), Biometrika 66 (1), 59-65. Monahan (1984), Biometrika 71 (2), 403-404.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=2000)
    >>> most_likely(noise[1:] + 0.6 * noise[:-1], (0, 1), (0, 0), 1, drift=False).round(1).tolist()
    [0.6]
    """
    sizes = (*order, *seasonal_order)
    columns = np.column_stack([w, np.ones(len(w))]) if drift else w[:, None]
    steps = STEP * np.eye(sum(sizes))

    def deviance(partial: Sequence[float]) -> float:
        return _fitted(columns, *_polynomials(_coefficients(partial, sizes), season))[0]

    def slope(partial: np.ndarray) -> np.ndarray:
        return np.array([deviance(partial + s) - deviance(partial - s) for s in steps]) / (2 * STEP)

    start = min(product(GRID, repeat=len(steps)), key=lambda partial: round(deviance(partial), ALIKE))
    bounds = [(-FURTHEST, FURTHEST)] * len(steps)
    found = minimize(deviance, start, method="L-BFGS-B", jac=slope, bounds=bounds, options=TIGHT).x
    coefficients = _coefficients(found, sizes)
    ar, ma = _polynomials(coefficients, season)
    constant = [_fitted(columns, ar, ma)[1] * ar.sum()] * drift
    return np.concatenate([constant, *coefficients])


def _coefficients(partial: Sequence[float], sizes: Sequence[int]) -> list[list[float]]:
    """Of each polynomial, from its partial autocorrelations (Durbin 1960); of moving averages negated."""
    left, parts = list(partial), []
    for size, sign in zip(sizes, (1, -1, 1, -1), strict=True):
        found: list[float] = []
        for value in left[:size]:
            found = [one - value * other for one, other in zip(found, found[::-1], strict=True)] + [value]
        parts.append([sign * one for one in found])
        left = left[size:]
    return parts


def _polynomials(coefficients: list[list[float]], season: int) -> tuple[np.ndarray, np.ndarray]:
    """Both polynomials of the lag, each the product of a plain and a seasonal one."""
    ar, ma, seasonal_ar, seasonal_ma = coefficients
    return (
        np.convolve([1.0, *(-one for one in ar)], _spread([-one for one in seasonal_ar], season)),
        np.convolve([1.0, *ma], _spread(seasonal_ma, season)),
    )


def _spread(seasonal: list[float], season: int) -> np.ndarray:
    found = np.zeros(len(seasonal) * season + 1)
    found[::season] = [1.0, *seasonal]
    return found


def _fitted(columns: np.ndarray, ar: np.ndarray, ma: np.ndarray) -> tuple[float, float]:
    """-2/n times the concentrated log-likelihood, less a constant, and the mean of the series."""
    p = len(ar) - 1
    root, failed = dpbtrf(_covariance(ar, ma, len(columns)), lower=1)
    if failed:
        raise ValueError(f"covariance of {len(columns)} observations is not positive definite")
    known = columns.copy(order="F")
    for back in range(1, p + 1):
        known[p:] += ar[back] * columns[p - back : -back]
    white, _ = dtbtrs(root, known, uplo="L", overwrite_b=1)
    errors, mean = white[:, 0], 0.0
    if white.shape[1] > 1:
        mean = (white[:, 1] @ errors) / (white[:, 1] @ white[:, 1])
        errors = errors - mean * white[:, 1]
    return np.log(errors @ errors / len(errors)) + 2 * np.log(root[0]).mean(), mean


def _covariance(ar: np.ndarray, ma: np.ndarray, n: int) -> np.ndarray:
    """Lower bands of the covariance of the first p observations and the later ones filtered by `ar`."""
    p, q = len(ar) - 1, len(ma) - 1
    bands = np.zeros((max(q + 1, p), n))
    bands[: q + 1] = np.correlate(ma, ma, "full")[q:, None]
    if p:
        # of an observation with the filtered one so many periods later, and of two observations
        across = np.correlate(ma, lfilter(ma, ar, np.eye(1, q + 1)[0]), "full")[q:]
        lags = np.arange(p + 1)
        equations = np.zeros((p + 1, p + 1))
        for back, value in enumerate(ar):
            equations[lags, abs(lags - back)] += value
        own = np.linalg.solve(equations, np.concatenate([across, np.zeros(p)])[: p + 1])
        for at in range(p):
            bands[:, at] = 0
            bands[: p - at, at] = own[: p - at]
            bands[p - at : q + 1, at] = across[p - at :]
    return bands
