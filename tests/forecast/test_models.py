"""Models against statsmodels' own forecasts, row by row, and what holds of every one.

The known answers are in tests/published/test_forecast_models.py.
"""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis.forecast.combination import MONTHLY, QUARTERLY, SIGNED, YEARLY
from zs_analysis.forecast.models import (
    Fitted,
    Model,
    around,
    classical_factors,
    deseasonalised,
    drift,
    ets,
    has_season,
    in_logs,
    sarima,
    seasonal_naive,
    smoothed,
    stl_factors,
    structural,
    theta,
)

HORIZON = 7
# Last known observations: the end, and one in the middle of a year.
ORIGINS = (50, 45)
POOLS = {"monthly": (MONTHLY, 12), "quarterly": (QUARTERLY, 4), "yearly": (YEARLY, 1), "signed": (SIGNED, 4)}
EVERY = {
    f"{kind} {name}": (model, season)
    for kind, (pool, season) in POOLS.items()
    for name, model in pool.models.items()
    if kind != "signed" or name in ("theta", "ets_level", "local_trend")
} | {"seasonal naive": (seasonal_naive, 4)}
BY_NAME = pytest.mark.parametrize("name", EVERY)


def made_up(n: int, season: int, noise: float = 0.02, growth: float = 0.01) -> np.ndarray:
    """A positive series with a sharp season."""
    rng = np.random.default_rng(0)
    pattern = 0.2 * np.sin(2 * np.pi * np.arange(n) / season) if season > 1 else 0.0
    return 100 * np.exp(growth * np.arange(n) + pattern + noise * rng.normal(size=n).cumsum() / 2)


@cache
def fitted(name: str) -> tuple[Fitted, np.ndarray]:
    model, season = EVERY[name]
    y = made_up(50, season)
    return model(y, season, None), y


def same(found: np.ndarray, expected: np.ndarray, rel: float = 1e-6) -> None:
    np.testing.assert_allclose(found, expected, rtol=rel)


@pytest.mark.parametrize("season", [1, 4, 12])
@pytest.mark.parametrize(
    "error, trend, seasonal",
    [("add", "add", "add"), ("add", None, "add"), ("mul", "add", "mul")],
)
def test_ets_is_that_of_statsmodels(error: str, trend: str | None, seasonal: str, season: int) -> None:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    y = made_up(50, season)
    options = {"damped_trend": trend is not None, "initialization_method": "heuristic"}
    if season > 1:
        options |= {"seasonal": seasonal, "seasonal_periods": season}
    own = ETSModel(y, error=error, trend=trend, **options).fit(disp=False)
    found = ets(error, trend, seasonal)(y, season)
    for known in ORIGINS:
        expected = own.predict(start=known, end=known + HORIZON - 1, dynamic=True)
        same(found.forecasts(y, HORIZON)[known - 1], expected)
        same(found.forecasts(y[:known], HORIZON)[-1], expected)


@pytest.mark.parametrize(
    "order, seasonal_order, constant, season",
    [
        ((0, 1, 1), (0, 1, 1), False, 12),
        ((0, 1, 1), (0, 1, 1), False, 1),
        ((1, 0, 0), (0, 1, 1), True, 4),
        ((2, 1, 1), (0, 0, 0), True, 1),
        ((1, 0, 1), (0, 0, 0), True, 1),
        ((0, 2, 2), (0, 0, 0), False, 1),
    ],
)
def test_sarima_is_that_of_statsmodels(
    order: tuple[int, int, int],
    seasonal_order: tuple[int, int, int],
    constant: bool,
    season: int,
) -> None:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    y = made_up(50, season)
    found = sarima(order, seasonal_order, drift=constant)(y, season)
    # Undifferenced, with a diffuse start: another road to the same forecast.
    options = {"order": order, "trend": "c" if constant else "n"}
    options["seasonal_order"] = (*seasonal_order, season) if season > 1 else (0, 0, 0, 0)
    for known in ORIGINS:
        own = SARIMAX(y[:known], concentrate_scale=True, use_exact_diffuse=True, **options)
        expected = own.filter(found.parameters).forecast(HORIZON)
        same(found.forecasts(y, HORIZON)[known - 1], expected)
        same(found.forecasts(y[:known], HORIZON)[-1], expected)


@pytest.mark.parametrize("season", [1, 4])
def test_local_trend_is_that_of_statsmodels(season: int) -> None:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    y = made_up(50, season)
    found = structural(y, season)
    for known in ORIGINS:
        own = UnobservedComponents(y[:known], level="lltrend", seasonal=season if season > 1 else None)
        expected = own.filter(found.parameters).forecast(HORIZON)
        same(found.forecasts(y, HORIZON)[known - 1], expected)
        same(found.forecasts(y[:known], HORIZON)[-1], expected)


def test_theta_is_that_of_statsmodels() -> None:
    from statsmodels.tsa.forecasting.theta import ThetaModel

    y = made_up(50, 1)
    expected = ThetaModel(y, deseasonalize=False).fit().forecast(HORIZON)
    same(theta(y, 1).forecasts(y, HORIZON)[-1], expected)


def test_theta_at_an_earlier_origin_by_hand() -> None:
    from statsmodels.tsa.forecasting.theta import ThetaModel

    y, known = made_up(30, 1), 12
    slope, alpha = ThetaModel(y, deseasonalize=False).fit().params[["b0", "alpha"]]
    level = y[0]
    for value in y[1:known]:
        level = alpha * value + (1 - alpha) * level
    expected = [level + slope / 2 * (h - 1 + 1 / alpha - (1 - alpha) ** known / alpha) for h in (1, 2, 3)]
    same(theta(y, 1).forecasts(y, 3)[known - 1], expected)


def test_smoothing_by_hand() -> None:
    assert smoothed(np.array([4.0, 8, 0]), 0.25).tolist() == [4, 5, 3.75]


def test_seasonal_naive_by_hand() -> None:
    found = seasonal_naive(np.arange(5.0), 4).forecasts(np.arange(5.0), 6)
    assert found[4].tolist() == [1, 2, 3, 4, 1, 2]
    assert found[3].tolist() == [0, 1, 2, 3, 0, 1]
    # Before a whole cycle is known some seasons are not.
    assert np.isnan(found[2]).tolist() == [True, False, False, False, True, False]


def test_drift_by_hand() -> None:
    y = np.array([3.0, 9, 5])
    assert drift(y, 4).forecasts(y, 2).tolist() == [[3, 3], [15, 21], [6, 7]]


@BY_NAME
@settings(max_examples=3, deadline=None)
@given(cut=st.integers(26, 49), seed=st.integers(0, 99))
def test_no_row_sees_what_came_after_it(name: str, cut: int, seed: int) -> None:
    model, y = fitted(name)
    other = y.copy()
    other[cut:] *= np.random.default_rng(seed).uniform(0.5, 2, len(y) - cut)
    before, after = model.forecasts(y, HORIZON), model.forecasts(other, HORIZON)
    same(after[:cut], before[:cut], rel=1e-9)
    same(model.forecasts(y[:cut], HORIZON), before[:cut], rel=1e-9)
    assert not np.allclose(after[cut:], before[cut:])


@BY_NAME
def test_a_row_for_each_observation_and_a_longer_horizon_begins_alike(name: str) -> None:
    model, y = fitted(name)
    near, far = model.forecasts(y, 2), model.forecasts(y, 30)
    assert far.shape == (50, 30)
    same(far[:, :2], near)
    assert np.isfinite(far[-20:]).all()


@BY_NAME
def test_ten_times_the_series_is_ten_times_the_forecast(name: str) -> None:
    model, season = EVERY[name]
    own, y = fitted(name)
    found = model(10 * y, season, None).forecasts(10 * y, HORIZON)[-1]
    # Solvers stop a little elsewhere.
    same(found, 10 * own.forecasts(y, HORIZON)[-1], rel=1e-4)


@BY_NAME
def test_the_season_goes_on_where_the_series_stops_in_mid_year(name: str) -> None:
    model, season = EVERY[name]
    n = 49
    whole = made_up(n + season, season, noise=0.004, growth=0.0)
    found = model(whole[:n], season, None).forecasts(whole[:n], season)[-1]
    # The pattern swings by a fifth, the rest wanders by a hundredth or two.
    same(found, whole[n:], rel=0.03)


@pytest.mark.parametrize("factors", [stl_factors, classical_factors])
@pytest.mark.parametrize("n", [48, 53, 59, 131])
def test_factors_begin_with_the_first_observation(factors: object, n: int) -> None:
    pattern = np.array([5.0, -1, 0, 2, -3, -3, 1, 4, -2, -2, 0, -1])
    found = factors(np.resize(pattern, n) + 0.1 * np.arange(n), 12)
    assert found.tolist() == pytest.approx(pattern, abs=0.35)


@pytest.mark.parametrize("ratios", [False, True])
def test_what_is_taken_off_as_a_pattern_comes_back(ratios: bool) -> None:
    pattern = np.array([1.2, 0.9, 1.0, 0.9])

    def factors(y: np.ndarray, season: int) -> np.ndarray:
        return np.log(pattern) if ratios else pattern

    y = np.resize(pattern, 10) * 50 if ratios else np.resize(pattern, 10) + 50
    found = deseasonalised(seasonal_naive, factors, ratios=ratios)(y, 4).forecasts(y, 5)
    ahead = np.resize(pattern, 15)[10:]
    same(found[-1], 50 * ahead if ratios else 50 + ahead)


def test_logs_turn_a_sum_into_a_product() -> None:
    y = 2.0 ** np.arange(6)
    assert in_logs(drift)(y, 1).forecasts(y, 2)[-1].tolist() == pytest.approx([64, 128])


def test_short_series_have_no_pattern() -> None:
    y = made_up(24, 12)
    assert not stl_factors(y, 12).any()
    assert not classical_factors(y[:23], 12).any()
    # Two seasons and one observation more: one is found.
    assert stl_factors(made_up(25, 12), 12).any()


def test_a_season_is_seen_where_there_is_one() -> None:
    rng = np.random.default_rng(0)
    assert has_season(np.resize([1.0, 0, 0, -1], 40) + 0.1 * rng.normal(size=40), 4)
    assert not has_season(rng.normal(size=40), 4)
    assert not has_season(np.ones(40), 4)
    assert not classical_factors(rng.normal(size=40), 4).any()


@pytest.mark.parametrize("n", [6, 9, 10, 12])
def test_exponential_smoothing_of_few_observations(n: int) -> None:
    y = made_up(n, 1)
    assert np.isfinite(ets()(y, 1).forecasts(y, 3)[-1]).all()


@pytest.mark.parametrize("name", ["monthly ets_damped_log", "quarterly airline", "yearly local_trend"])
def test_a_near_start_finds_the_same_forecast(name: str) -> None:
    model, season = EVERY[name]
    cold, y = fitted(name)
    warm = model(y, season, model(y[:34], season, None).parameters)
    same(warm.forecasts(y, HORIZON)[-1], cold.forecasts(y, HORIZON)[-1], rel=0.01)


def test_parameters_of_another_shape_are_no_start() -> None:
    y = made_up(50, 4)
    without_season: Model = ets()
    short = without_season(y[:9], 4, None)
    assert len(short.parameters) != len(ets()(y, 4, None).parameters)
    same(ets()(y, 4, short.parameters).forecasts(y, 3), ets()(y, 4, None).forecasts(y, 3))


@pytest.mark.parametrize("ratios", [False, True])
def test_a_model_around_an_effect_sees_the_rest_and_gives_it_back_ahead(ratios: bool) -> None:
    effect = np.log(np.arange(1.0, 21.0))
    plain = np.linspace(50, 60, 12)
    course = lambda n: effect[:n]  # noqa: E731
    y = plain * np.exp(effect[:12]) if ratios else plain + effect[:12]
    fitted = around(drift, course, ratios=ratios)(y, 1)
    ahead = drift(plain, 1).forecasts(plain, 4)
    moved = np.array([effect[t + 1 : t + 5] for t in range(12)])
    same(fitted.forecasts(y, 4), ahead * np.exp(moved) if ratios else ahead + moved)
    same(fitted.forecasts(y[:7], 2), fitted.forecasts(y, 2)[:7])


@BY_NAME
def test_several_series_at_once_are_forecast_like_each_of_them(name: str) -> None:
    model, y = fitted(name)
    many = y * np.exp(np.random.default_rng(1).normal(0, 0.02, (3, len(y))))
    np.testing.assert_allclose(
        model.forecasts(many, 5), [model.forecasts(one, 5) for one in many], rtol=1e-9, equal_nan=True
    )
