"""From past errors to sample paths: sizes by hand, quantiles against the calibration."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata

from zs_analysis.forecast.calibration import CALIBRATIONS, PROBABILITIES
from zs_analysis.forecast.combination import ABSURD, Combination, Pool, combine
from zs_analysis.forecast.models import seasonal_naive
from zs_analysis.forecast.paths import Paths
from zs_analysis.forecast.predictive import (
    LAW_WEIGHT,
    calibration,
    conformal_quantile,
    draw,
    shocks,
    spread,
)

DRAWS = 100_000
SEASONS = sorted(CALIBRATIONS)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def made_up(n: int = 45, season: int = 1) -> Combination:
    y = 100 * np.exp(np.random.default_rng(1).normal(0.01, 0.05, n).cumsum())
    return combine(y, season, 8, Pool({"last": seasonal_naive}))


def test_spread_by_hand() -> None:
    errors = np.array([[1.0, 2.0], [-2.0, 1.0], [3.0, np.nan]])
    # Growth .5: over the law the five squares are 1, 4, 9 and 4/2, 1/2; their mean 3.3 is the common one.
    common = (1 + 4 + 9 + 2 + 0.5) / 5
    assert common == pytest.approx(3.3)
    first = (3 * (14 / 3) + LAW_WEIGHT * common * 1) / (3 + LAW_WEIGHT)
    # Two overlapping origins at horizon two are worth one; none at horizon three leaves the law.
    second = (1 * (5 / 2) + LAW_WEIGHT * common * 2) / (1 + LAW_WEIGHT)
    expected = np.sqrt([first, second, common * 3])
    assert spread(errors, 3, 0.5).tolist() == pytest.approx(expected)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), growth=st.sampled_from([0.3, 0.5, 0.8]), horizon=st.integers(1, 30))
def test_spread_of_errors_that_obey_the_law_is_the_law(seed: int, growth: float, horizon: int) -> None:
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], (12, 6))
    law = np.arange(1, 7) ** growth
    found = spread(signs * law, horizon, growth)
    np.testing.assert_allclose(found, np.arange(1, horizon + 1) ** growth)
    np.testing.assert_allclose(spread(7 * signs * law, horizon, growth), 7 * found)
    # A horizon already seen is not changed by asking for further ones.
    np.testing.assert_allclose(spread(signs * law, 40, growth)[:horizon], found)


def test_many_origins_speak_louder_than_the_law() -> None:
    flat = np.ones((4000, 4))
    np.testing.assert_allclose(spread(flat, 4, 0.8), 1, rtol=0.01)


@settings(max_examples=20, deadline=None)
@given(
    scores=st.lists(st.floats(0, 100), min_size=1, max_size=60), coverage=st.sampled_from([0.5, 0.8, 0.95])
)
def test_conformal_quantile_is_the_least_score_that_covers(scores: list[float], coverage: float) -> None:
    found = conformal_quantile(np.array(scores), coverage)
    below = (np.array(scores) <= found).sum()
    if np.isinf(found):
        assert len(scores) < coverage * (len(scores) + 1)
    else:
        assert found in scores
        assert below >= coverage * (len(scores) + 1) - 1e-9
        assert (np.array(scores) < found).sum() < coverage * (len(scores) + 1)


def test_the_nearest_season_calibrates() -> None:
    found = [calibration(season) for season in (1, 2, 3, 4, 7, 11, 12, 52)]
    assert found == [CALIBRATIONS[season] for season in (1, 1, 4, 4, 12, 12, 12, 12)]


@pytest.mark.parametrize("season", SEASONS)
def test_tables_of_the_calibration_are_distributions(season: int) -> None:
    law = CALIBRATIONS[season]
    assert len(law.sizes) == len(PROBABILITIES)
    assert (PROBABILITIES[0], PROBABILITIES[-1], law.sizes[0]) == (0, 1, 0)
    assert (np.diff(law.sizes) > 0).all()
    assert (np.diff(PROBABILITIES) > 0).all()
    assert 0 < law.growth < 1.5
    assert 0 < law.persistence < 3


@pytest.mark.parametrize("season", SEASONS)
def test_shocks_have_the_quantiles_of_the_calibration_at_each_horizon(season: int) -> None:
    sizes = CALIBRATIONS[season].sizes
    for at_horizon in shocks(season, 6, DRAWS, rng()):
        assert at_horizon.mean() == pytest.approx(0, abs=1e-12)
        assert np.abs(at_horizon).max() <= sizes[-1]
        for probability, size in zip(PROBABILITIES[1:-1], sizes[1:-1], strict=True):
            # Half the draws are opposites of the others: standard error of a share of DRAWS / 2.
            error = np.sqrt(probability * (1 - probability) / (DRAWS / 2))
            assert (np.abs(at_horizon) <= size).mean() == pytest.approx(probability, abs=4 * error)
            assert (at_horizon > size).mean() == pytest.approx((1 - probability) / 2, abs=3 * error)


@pytest.mark.parametrize("season", SEASONS)
def test_shocks_hang_together_along_the_path_as_stated(season: int) -> None:
    found = shocks(season, 8, DRAWS, rng())
    normal = norm.ppf(rankdata(found, axis=1) / (DRAWS + 1))
    steps = np.arange(1, 9)
    ratio = np.minimum.outer(steps, steps) / np.maximum.outer(steps, steps)
    np.testing.assert_allclose(np.corrcoef(normal), ratio ** CALIBRATIONS[season].persistence, atol=0.02)


@pytest.mark.parametrize("draws", [1, 2, 7, 1000])
def test_as_many_shocks_as_asked(draws: int) -> None:
    found = shocks(12, 24, draws, rng())
    assert found.shape == (24, draws)
    np.testing.assert_array_equal(found, shocks(12, 24, draws, rng()))


@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize("season", SEASONS)
def test_draws_have_their_means_and_spread(season: int, positive: bool) -> None:
    combination, means = made_up(), np.linspace(90, 130, 12)[:, None]
    if not positive:
        combination = replace(combination, errors=100 * combination.errors)
    found = draw(combination, np.repeat(means, 2000, axis=1), season, positive=positive, rng=rng())
    np.testing.assert_allclose(found.mean(axis=1), means[:, 0])
    law = CALIBRATIONS[season]
    size = spread(combination.errors, 12, law.growth)
    deviation = np.log(found / np.median(found, axis=1, keepdims=True)) if positive else found - means
    at = PROBABILITIES.index(0.8)
    np.testing.assert_allclose(np.quantile(np.abs(deviation), 0.8, axis=1), size * law.sizes[at], rtol=0.15)
    if positive:
        assert (found > 0).all()


@pytest.mark.parametrize("positive", [True, False])
def test_intervals_nest_and_grow_where_errors_obey_the_law(positive: bool) -> None:
    combination = made_up()
    law = np.arange(1, 9) ** CALIBRATIONS[1].growth
    combination = replace(combination, errors=0.02 * law * np.resize([1.0, -1.0], (20, 1)))
    found = draw(combination, np.full((18, 1000), 100.0), 1, positive=positive, rng=rng())
    frame = Paths(("city",), np.arange(18), found[None]).frame()
    assert (frame["lo-95"] < frame["lo-80"]).all()
    assert (frame["hi-80"] < frame["hi-95"]).all()
    for level in (80, 95):
        width = frame[f"hi-{level}"] - frame[f"lo-{level}"]
        # Every third horizon: neighbours differ by less than a thousand draws can tell.
        assert (np.diff(width[::3]) > 0).all()


@pytest.mark.parametrize("season", SEASONS)
def test_wide_errors_leave_the_mean_inside_the_interval(season: int) -> None:
    combination = made_up()
    combination = replace(combination, errors=np.resize([0.9, -0.9], (20, 1)))
    found = draw(combination, np.full((4, 1000), 100.0), season, positive=True, rng=rng())
    np.testing.assert_allclose(found.mean(axis=1), 100)
    assert (found.max(axis=1) / found.min(axis=1) <= ABSURD**2 * (1 + 1e-9)).all()
    low, high = np.quantile(found, [0.1, 0.9], axis=1)
    assert (low < 60).all()
    assert (high > 140).all()


def test_each_draw_stays_with_its_own_mean() -> None:
    means = np.tile([100.0, 200.0], (3, 500))
    found = draw(made_up(), means, 12, positive=False, rng=rng())
    assert np.abs(found - means).max() < 5
    assert found.mean() == pytest.approx(150)
