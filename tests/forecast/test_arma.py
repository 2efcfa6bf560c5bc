"""Likelihoods and parameters of ARMA models against statsmodels; numbers of R are in tests/published."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis.forecast.arma import most_likely
from zs_analysis.forecast.models import sarima

Size = tuple[int, int]
Model = tuple[Size, Size, int, bool]
MODELS: list[Model] = [
    ((0, 1), (0, 1), 12, False),
    ((1, 0), (0, 1), 12, True),
    ((1, 0), (0, 1), 4, True),
    ((2, 1), (0, 0), 1, True),
    ((0, 2), (0, 0), 1, False),
    ((3, 0), (1, 0), 4, False),
]


def of_statsmodels(w: np.ndarray, order: Size, seasonal_order: Size, season: int, drift: bool) -> object:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    cycle = (seasonal_order[0], 0, seasonal_order[1], season if season > 1 else 0)
    options = {"trend": "c" if drift else "n", "concentrate_scale": True}
    return SARIMAX(w, order=(order[0], 0, order[1]), seasonal_order=cycle, **options)


def ours(w: np.ndarray, order: Size, seasonal_order: Size, season: int, drift: bool) -> np.ndarray:
    return most_likely(w, order, seasonal_order, season, drift=drift)


def noisy(seed: int, n: int = 70) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 0.3 * rng.normal(size=n).cumsum() + rng.normal(size=n) + 2


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("model", MODELS, ids=str)
@settings(max_examples=4, deadline=None, derandomize=True)
@given(seed=st.integers(0, 999))
def test_no_parameters_beside_are_likelier_by_the_kalman_filter(model: Model, seed: int) -> None:
    w = noisy(seed)
    found, theirs, rng = ours(w, *model), of_statsmodels(w, *model), np.random.default_rng(seed)
    # a moving average at the unit circle ends a little before it
    best = theirs.loglike(found) + 1e-4
    assert all(theirs.loglike(found + 1e-3 * rng.normal(size=len(found))) < best for _ in range(20))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("model", [model for model in MODELS if sum(model[0] + model[1]) == 2], ids=str)
@settings(max_examples=4, deadline=None, derandomize=True)
@given(seed=st.integers(0, 999))
def test_the_search_of_statsmodels_finds_none_likelier(model: Model, seed: int) -> None:
    w = noisy(seed)
    theirs = of_statsmodels(w, *model)
    found = theirs.fit(return_params=True, disp=False, cov_type="none", pgtol=1e-6, factr=1e3)
    assert theirs.loglike(ours(w, *model)) > theirs.loglike(found) - 1e-3


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("size", [1e-6, 1e6])
def test_the_unit_of_a_series_is_that_of_its_constant_alone(size: float) -> None:
    plain = most_likely(noisy(1), (1, 0), (0, 1), 4, drift=True)
    found = most_likely(size * noisy(1), (1, 0), (0, 1), 4, drift=True)
    assert found == pytest.approx(plain * [size, 1, 1], rel=1e-5)


@pytest.mark.parametrize(
    ("order", "seasonal_order", "drift"), [((0, 1, 1), (0, 1, 1), False), ((1, 0, 0), (0, 1, 1), True)]
)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 999))
def test_forecasts_do_not_hang_on_the_last_bits_of_a_series(
    order: tuple[int, int, int], seasonal_order: tuple[int, int, int], drift: bool, seed: int
) -> None:
    """The same series from another processor, say."""
    rng = np.random.default_rng(seed)
    y = noisy(seed) + np.resize(rng.normal(size=12), 70)
    other = y * (1 + 1e-13 * rng.normal(size=70))
    found, again = (
        sarima(order, seasonal_order, drift)(one, 12).forecasts(one, 12)[-1] for one in (y, other)
    )
    assert again == pytest.approx(found, rel=1e-6, abs=1e-6)


def test_a_series_that_never_changes_has_parameters_too() -> None:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = most_likely(np.zeros(30), (0, 1), (0, 1), 4, drift=False)
    assert np.isfinite(found).all()


def test_less_than_a_season_tells_nothing_of_the_season() -> None:
    found = most_likely(noisy(3, 11), (0, 1), (0, 1), 12, drift=False)
    alone = most_likely(noisy(3, 11), (0, 1), (0, 0), 1, drift=False)
    assert found.tolist() == pytest.approx([*alone, 0], abs=1e-6)
