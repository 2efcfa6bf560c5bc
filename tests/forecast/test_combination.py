"""Several models as one: weights by hand, models that fail, errors in their place in time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis.forecast.combination import (
    ABSURD,
    BENCHMARK,
    JUDGED,
    MONTHLY,
    QUARTERLY,
    SIGNED,
    YEARLY,
    Combination,
    Pool,
    combine,
    pool,
)
from zs_analysis.forecast.models import Fitted, Model, drift, seasonal_naive

SIMPLE = Pool({"last": seasonal_naive, "drift": drift})


def made_up(n: int = 30, seed: int = 0) -> np.ndarray:
    return 100 * np.exp(np.random.default_rng(seed).normal(0.01, 0.05, n).cumsum())


def constantly(value: float, *, from_row: int = 0, fit_fails: type[Exception] | None = None) -> Model:
    """A model that always says the same, as the solvers of statsmodels do when they have gone astray."""

    def fit(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
        if fit_fails is not None:
            raise fit_fails("the solver gave up")

        def forecasts(y: np.ndarray, horizon: int) -> np.ndarray:
            rows = np.arange(len(y))[:, None] + np.zeros(horizon)
            return np.where(rows >= from_row, value, y[-1])

        return Fitted(forecasts)

    return fit


def fails_the_second_time(error: type[Exception]) -> Model:
    def fit(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
        if near is not None:
            raise error("no convergence")
        return Fitted(seasonal_naive(y, 1).forecasts, np.ones(1))

    return fit


def same_speech(found: Combination, expected: Combination) -> None:
    np.testing.assert_array_equal(found.mean, expected.mean)
    np.testing.assert_array_equal(found.errors, expected.errors)
    assert found.weights == expected.weights


def test_weights_are_inverse_absolute_log_errors_by_hand() -> None:
    y, horizon = made_up(), 3
    known = len(y) - len(y) // JUDGED
    size: dict[str, list[float]] = {"last": [], "drift": []}
    for origin in range(known - 1, len(y) - 1):
        slope = (y[origin] - y[0]) / origin
        for h in range(1, min(horizon, len(y) - 1 - origin) + 1):
            size["last"].append(abs(np.log(y[origin + h] / y[origin])))
            size["drift"].append(abs(np.log(y[origin + h] / (y[origin] + h * slope))))
    inverse = {name: 1 / np.mean(found) for name, found in size.items()}
    found = combine(y, 1, horizon, SIMPLE)
    assert found.weights == pytest.approx(
        {name: one / sum(inverse.values()) for name, one in inverse.items()}
    )
    slope = (y[-1] - y[0]) / (len(y) - 1)
    expected = [y[-1] + found.weights["drift"] * slope * h for h in (1, 2, 3)]
    assert found.mean.tolist() == pytest.approx(expected)


@pytest.mark.parametrize("name", ["last", "drift"])
def test_errors_stand_where_they_happened(name: str) -> None:
    y, horizon = made_up(), 4
    found = combine(y, 1, horizon, Pool({name: SIMPLE.models[name]}))
    known = len(y) - len(y) // JUDGED
    assert found.errors.shape == (len(y) - known, horizon)
    for k in range(len(y) - known):
        # Made at known + k - 1; the parameters of these two are the series up to there.
        made = SIMPLE.models[name](y, 1, None).forecasts(y[: known + k], horizon)[-1]
        for h in range(horizon):
            at = known + k + h
            expected = np.log(y[at] / made[h]) if at < len(y) else np.nan
            assert found.errors[k, h] == pytest.approx(expected, nan_ok=True)
    np.testing.assert_array_equal(found.member_errors[name], found.errors)


def test_models_are_judged_with_parameters_from_before() -> None:
    seen = []

    def spy(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
        seen.append((len(y), near is None))
        return Fitted(seasonal_naive(y, 1).forecasts, np.ones(1))

    combine(made_up(31), 1, 2, Pool({"spy": spy}))
    assert seen == [(21, True), (31, False)]


def test_errors_do_not_depend_on_parameters_of_the_end() -> None:
    y = made_up(24)
    other = np.r_[y[:-1], y[-1] * 1.5]
    before, after = combine(y, 1, 2, YEARLY), combine(other, 1, 2, YEARLY)
    for name in YEARLY.models:
        np.testing.assert_allclose(
            after.member_errors[name][:-2], before.member_errors[name][:-2], err_msg=name
        )


BROKEN: dict[str, Model] = {
    "raises": constantly(1, fit_fails=ValueError),
    "singular": constantly(1, fit_fails=np.linalg.LinAlgError),
    "runs out": constantly(1, fit_fails=RuntimeError),
    "stops later": fails_the_second_time(ZeroDivisionError),
    "explodes": constantly(1e30),
    "infinite": constantly(np.inf),
    "nan": constantly(np.nan),
    "nan at the end": constantly(np.nan, from_row=29),
    "negative": constantly(-5.0),
    "zero": constantly(0.0),
}
REASONS = {
    "raises": "ValueError",
    "singular": "LinAlgError",
    "runs out": "RuntimeError",
    "stops later": "ZeroDivisionError",
}


@pytest.mark.parametrize("centre", ["mean", "median"])
def test_what_fails_is_named_and_poisons_nothing(centre: str) -> None:
    y = made_up()
    found = combine(y, 1, 3, Pool(BROKEN | SIMPLE.models, centre))
    same_speech(found, combine(y, 1, 3, SIMPLE._replace(centre=centre)))
    assert dict(found.failed) == dict.fromkeys(BROKEN, "absurd") | REASONS
    assert set(found.members) == set(SIMPLE.models)
    assert set(found.member_errors) == set(found.member_means) == {*SIMPLE.models, BENCHMARK}


@pytest.mark.parametrize("name", BROKEN)
def test_if_all_fail_the_benchmark_speaks(name: str) -> None:
    y = made_up()
    found = combine(y, 4, 6, Pool({name: BROKEN[name]}, "median"))
    assert found.mean.tolist() == [*y[-4:], *y[-4:-2]]
    assert found.weights == {BENCHMARK: 1.0}
    assert list(found.failed) == [name]
    assert np.isfinite(found.errors[0]).all()


def test_an_explosion_only_at_judged_origins_counts() -> None:
    y = made_up()

    def once(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
        def forecasts(y: np.ndarray, horizon: int) -> np.ndarray:
            found = seasonal_naive(y, 1).forecasts(y, horizon)
            found[22] *= 2 * ABSURD
            return found

        return Fitted(forecasts)

    assert combine(y, 1, 3, Pool({"once": once} | SIMPLE.models)).failed == {"once": "absurd"}


@pytest.mark.parametrize("value, sane", [(999.0, True), (1001.0, False), (0.001, True)])
def test_absurd_is_ten_times_the_largest_of_a_positive_series(value: float, sane: bool) -> None:
    y = np.resize([99.0, 100.0], 12)
    assert ("flat" not in combine(y, 1, 2, Pool({"flat": constantly(value)})).failed) == sane


@pytest.mark.parametrize("value, sane", [(-95.0, True), (-101.0, False), (109.0, True), (111.0, False)])
def test_absurd_is_ten_ranges_away_from_a_signed_series(value: float, sane: bool) -> None:
    y = np.resize([0.0, 10.0], 12)
    assert ("flat" not in combine(y, 1, 2, Pool({"flat": constantly(value)})).failed) == sane


def test_mean_and_median_of_equal_weights() -> None:
    # Log errors of the same size.
    y = np.full(12, 100.0)
    flats = {"low": constantly(90.0), "middle": constantly(100 / 0.9), "high": constantly(100 * 0.9)}
    found = combine(y, 1, 2, Pool(flats, "mean"))
    assert list(found.weights.values()) == pytest.approx([1 / 3] * 3)
    assert found.mean.tolist() == pytest.approx([(90 + 100 / 0.9 + 90) / 3] * 2)
    assert combine(y, 1, 2, Pool(flats, "median")).mean.tolist() == pytest.approx([90.0] * 2)


def test_median_shrugs_off_what_drags_the_mean() -> None:
    y = np.resize([95.0, 105.0], 18)
    calm = {"a": constantly(99.0), "b": constantly(101.0), "c": constantly(100.0)}
    wild = calm | {"wild": constantly(900.0)}
    mean, median = (combine(y, 1, 1, Pool(wild, centre)).mean[0] for centre in ("mean", "median"))
    assert median == pytest.approx(100.3, abs=0.5)
    assert mean > 105


def test_weighted_median_by_hand() -> None:
    # Log errors of .1, .2 and .4: weights 4/7, 2/7 and 1/7; the middles of their shares, in order of the
    # forecasts, are 2/7, 5/7 and 13/14, and one half lies midway between the first two.
    y = np.ones(12)
    flats = {name: constantly(float(np.exp(size))) for name, size in {"a": 0.1, "b": 0.2, "c": 0.4}.items()}
    found = combine(y, 1, 1, Pool(flats, "median"))
    assert list(found.weights.values()) == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert found.mean[0] == pytest.approx((np.exp(0.1) + np.exp(0.2)) / 2)


def test_a_perfect_model_leaves_equal_weights() -> None:
    y = 10.0 + np.arange(18)
    assert combine(y, 1, 2, SIMPLE).weights == {"last": 0.5, "drift": 0.5}


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 999),
    n=st.integers(6, 40),
    horizon=st.integers(1, 20),
    centre=st.sampled_from(["mean", "median"]),
    factor=st.sampled_from([0.001, 10.0, 1e6]),
)
def test_of_any_series(seed: int, n: int, horizon: int, centre: str, factor: float) -> None:
    y = made_up(n, seed)
    models = Pool(SIMPLE.models | {"benchmark of two": lambda y, season, near: seasonal_naive(y, 2)}, centre)
    found = combine(y, 1, horizon, models)
    assert sum(found.weights.values()) == pytest.approx(1)
    each = np.array([found.member_means[name] for name in found.members])
    assert (found.mean >= each.min(axis=0) * (1 - 1e-12)).all()
    assert (found.mean <= each.max(axis=0) * (1 + 1e-12)).all()
    assert found.errors.shape == (n // JUDGED, horizon)
    # The last judged origin has one outcome, the one before two, and so on.
    for k, row in enumerate(found.errors):
        assert (~np.isnan(row)).sum() == min(horizon, n // JUDGED - k)
    np.testing.assert_allclose(found.forecasts(y, horizon)[-1], found.mean)
    many = combine(factor * y, 1, horizon, models)
    np.testing.assert_allclose(many.mean, factor * found.mean)
    np.testing.assert_allclose(many.errors, found.errors, atol=1e-9)


def test_a_horizon_longer_than_the_judged_third() -> None:
    found = combine(made_up(18), 1, 15, YEARLY)
    assert np.isfinite(found.mean).all()
    assert np.isnan(found.errors[:, 6:]).all()
    assert np.isfinite(found.errors[0, :6]).all()


@pytest.mark.parametrize("y", [np.r_[0.0, made_up(29)], made_up(30) - 99.0, np.r_[np.zeros(3), made_up(27)]])
def test_errors_of_a_series_that_is_not_positive_are_in_its_unit(y: np.ndarray) -> None:
    # Also where all judged outcomes and forecasts happen to be positive.
    found = combine(y, 1, 2, Pool({"last": seasonal_naive}))
    assert not found.positive
    np.testing.assert_allclose(found.errors[:, 0], np.diff(y)[-len(found.errors) :])


def test_pools_by_frequency_and_sign() -> None:
    y = made_up()
    assert [pool(y, season) for season in (1, 2, 4, 11, 12)] == [
        YEARLY,
        QUARTERLY,
        QUARTERLY,
        MONTHLY,
        MONTHLY,
    ]
    assert pool(y - 200, 12) is pool(np.r_[0.0, y], 1) is SIGNED


@pytest.mark.parametrize("season, n", [(1, 6), (4, 8), (11, 22), (12, 24)])
def test_the_shortest_series_that_is_let_in_has_a_forecast(season: int, n: int) -> None:
    found = combine(made_up(n), season, season)
    assert np.isfinite(found.mean).all()
    assert sum(found.weights.values()) == pytest.approx(1)


def test_whole_pools_follow_a_plain_season() -> None:
    wave = 50 * np.exp(0.005 * np.arange(64) + np.resize([0.2, 0.0, -0.1, -0.1], 64))
    noise = np.exp(0.002 * np.random.default_rng(0).normal(size=64))
    found = combine((wave * noise)[:58], 4, 6)
    assert not found.failed
    np.testing.assert_allclose(found.mean, wave[58:], rtol=0.02)
