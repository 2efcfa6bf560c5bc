"""The two-piece normal of judgements against closed forms and against scoringrules.

K numbers are those of the project's list of known-answer cases.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from zs_analysis.forecast.judgement import two_piece_quantile, two_piece_scales

MODE, SIGMA1, SIGMA2 = K23 = (2.0, 1.0, 1.5)
QUANTILES_FROM_K23 = {0.4: 2.0, 0.5: 2.3156, 0.05: 0.4659, 0.95: 4.5975, 0.15: 1.1129, 0.85: 3.7255}
MEAN_FROM_K23 = 2.3989
CRPS_AT_1_FROM_K22 = 0.8221701


def even(parts: int) -> np.ndarray:
    return (np.arange(parts) + 0.5) / parts


def below(x: float, mode: float, sigma1: float, sigma2: float) -> float:
    """Distribution function as Britton, Fisher and Whitley (1998) write the density, integrated by hand."""
    both = sigma1 + sigma2
    if x <= mode:
        return 2 * sigma1 / both * norm.cdf((x - mode) / sigma1)
    return 1 - 2 * sigma2 / both * norm.sf((x - mode) / sigma2)


@pytest.mark.parametrize(("rank", "expected"), QUANTILES_FROM_K23.items())
def test_k23_quantiles(rank: float, expected: float) -> None:
    assert two_piece_quantile(np.array([rank]), *K23)[0] == pytest.approx(expected, abs=0.5e-4)


def test_k23_share_below_the_mode() -> None:
    assert np.mean(two_piece_quantile(even(1000), *K23) <= MODE) == pytest.approx(0.4)


def test_k23_mean() -> None:
    draws = two_piece_quantile(even(100_000), *K23)
    assert draws.mean() == pytest.approx(MEAN_FROM_K23, abs=0.5e-4)
    assert draws.mean() == pytest.approx(MODE + np.sqrt(2 / np.pi) * (SIGMA2 - SIGMA1), abs=1e-4)


def test_k22_crps_of_scoringrules_is_that_of_our_quantiles() -> None:
    import scoringrules

    published = scoringrules.crps_2pnormal(1.0, SIGMA1, SIGMA2, MODE)
    assert published == pytest.approx(CRPS_AT_1_FROM_K22, abs=0.5e-7)
    ranks = even(100_000)
    draws = two_piece_quantile(ranks, *K23)
    by_quantiles = 2 * np.mean((ranks - (draws > 1.0)) * (1.0 - draws))
    assert by_quantiles == pytest.approx(published, abs=1e-5)


def test_scales_of_k23_come_back_from_its_own_quantiles() -> None:
    low, high = two_piece_quantile(np.array([0.1, 0.9]), *K23)
    assert two_piece_scales(low, MODE, high) == pytest.approx((SIGMA1, SIGMA2), rel=1e-9)


def test_symmetric_is_the_normal() -> None:
    assert two_piece_scales(-1, 0, 1) == pytest.approx([1 / norm.ppf(0.9)] * 2)
    assert two_piece_quantile(even(9), 5.0, 2.0, 2.0) == pytest.approx(norm.ppf(even(9), 5, 2))


sizes = st.floats(-1e6, 1e6).map(lambda size: round(size, 3))


@given(st.tuples(sizes, sizes, sizes).map(sorted).filter(lambda three: three[0] < three[2]))
def test_any_three_in_order_are_its_quantile_mode_and_quantile(three: list[float]) -> None:
    low, central, high = three
    scales = two_piece_scales(low, central, high)
    assert below(low, central, *scales) == pytest.approx(0.1, abs=1e-8)
    assert below(high, central, *scales) == pytest.approx(0.9, abs=1e-8)
    assert two_piece_quantile(np.array([0.1, 0.9]), central, *scales) == pytest.approx(
        [low, high], abs=1e-8 * (high - low) + 1e-9
    )


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0.001, 0.999))
def test_quantile_inverts_the_distribution(sigma1: float, sigma2: float, rank: float) -> None:
    (x,) = two_piece_quantile(np.array([rank]), 3.0, sigma1, sigma2)
    assert below(x, 3.0, sigma1, sigma2) == pytest.approx(rank, abs=1e-9)


def test_three_alike_are_sure() -> None:
    assert two_piece_scales(4.0, 4.0, 4.0) == (0, 0)
    assert two_piece_quantile(even(3), 4.0, 0.0, 0.0).tolist() == [4.0, 4.0, 4.0]
