"""Reconciled forecasts against printed numbers.

K numbers are those of the project's list of known-answer cases.
"""

import numpy as np
import pandas as pd
import pytest

from zs_analysis.forecast.hierarchy import Weights, reconcile
from zs_analysis.forecast.paths import Paths

# Minimum trace, base forecasts 100 of the total, 40 and 50 of its parts; by hand and by hierarchicalforecast.
BASE_OF_K12 = [100.0, 40.0, 50.0]
COVARIANCE_OF_K12 = [[9, 2, 1], [2, 4, 0.5], [1, 0.5, 1]]
OLS_FROM_K12 = [96.6667, 43.3333, 53.3333]
STRUCTURAL_FROM_K12 = [95, 42.5, 52.5]
VARIANCES_FROM_K12 = [93.5714, 42.8571, 50.7143]
COVARIANCE_FROM_K12 = [93.3333, 42.7778, 50.5556]

TOGGLE = np.array([1.0, -1, 1, -1])


def large_sample(covariance: list[list[float]]) -> np.ndarray:
    """Residuals with exactly this covariance, so many that next to nothing is shrunk."""
    noise = np.random.default_rng(1).standard_normal((len(covariance), 400_000))
    noise -= noise.mean(axis=1, keepdims=True)
    white = np.linalg.solve(np.linalg.cholesky(np.cov(noise)), noise)
    return np.linalg.cholesky(covariance) @ white


@pytest.mark.parametrize(
    ("residuals", "weights", "expected"),
    [
        (np.outer([1, 1, 1], TOGGLE), "wls_var", OLS_FROM_K12),
        (None, "wls_struct", STRUCTURAL_FROM_K12),
        (np.outer([3, 2, 1], TOGGLE), "wls_var", VARIANCES_FROM_K12),
        (large_sample(COVARIANCE_OF_K12), "mint_shrink", COVARIANCE_FROM_K12),
    ],
    ids=["ols", "structural", "variances", "covariance"],
)
def test_k12_minimum_trace(residuals: np.ndarray | None, weights: Weights, expected: list[float]) -> None:
    year = pd.period_range("2024", periods=1, freq="Y")
    base = Paths(("city", "ships", "seafood"), year, np.array(BASE_OF_K12)[:, None, None])
    found = reconcile(base, {"city": ["ships", "seafood"]}, residuals)
    assert found.weights == weights
    assert found.paths.values.ravel() == pytest.approx(expected, abs=5e-5)
