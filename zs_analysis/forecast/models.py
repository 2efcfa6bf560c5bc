"""Models behind one small interface: fit once, then forecast from every origin with the parameters kept.

A model takes a series and its season and returns a `Fitted` one, which gives the forecasts made after each
observation of a series. Kept parameters make three things cheap and honest: errors at many origins that the
fit has not seen, paths from draws of uncertain data, and what a new figure does to a forecast before anything
is estimated anew.

Parameters come from statsmodels, but those of ARMA models from `zs_analysis.forecast.arma`.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from statsmodels.tsa.statespace.mlemodel import MLEModel

# Two-sided 10 % point of the normal: the test of seasonality of the theta method (Assimakopoulos &
# Nikolopoulos 2000).
SEASONALITY_POINT = 1.645
# The ETS recursions start from a seasonal decomposition of at least two seasons.
SEASONS_NEEDED = 2
# Observations below which ETSModel has no rule of thumb for its first states.
HEURISTIC_NEEDS = 10
# A fixed seasonal pattern is that of the last cycles: seasons move over longer times.
PATTERN_CYCLES = 10
# Of the theta method, as in statsmodels.
SMOOTHING = (1e-4, 1 - 1e-4)
# Of local trends and the festival. Likelihoods are flat near their top: tighter tolerances cost a third more
# and move no forecast by a printed digit.
SOLVER = {"disp": False, "cov_type": "none", "pgtol": 1e-3, "factr": 1e9}


@dataclass(frozen=True)
class Fitted:
    """A model with its parameters.

    Attributes
    ----------
    forecasts : callable
        (series, horizon) -> (observations, horizon): row t holds the forecasts made knowing the series up to
        t, which begins as the fitted one did. Of several series alike, time last: (series, observations,
        horizon).
    parameters : numpy.ndarray
        Where the solver ended: a near start for the next fit.
    """

    forecasts: Callable[[np.ndarray, int], np.ndarray]
    parameters: np.ndarray | None = None


# (series, season, parameters to start from) -> Fitted
Model = Callable[[np.ndarray, int, np.ndarray | None], Fitted]


def seasonal_naive(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
    """The value of the same season a cycle before; of a series without season the last value.

    Examples
    --------
    >>> seasonal_naive(np.array([1.0, 2, 3, 4]), 2).forecasts(np.array([1.0, 2, 3, 4]), 3)[-1].tolist()
    [3.0, 4.0, 3.0]
    """

    def forecasts(y: np.ndarray, horizon: int) -> np.ndarray:
        back = season - 1 - np.arange(horizon) % season
        at = np.arange(y.shape[-1])[:, None] - back
        return np.where(at >= 0, y[..., np.maximum(at, 0)], np.nan)

    return Fitted(forecasts)


def theta(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
    """Theta method: simple exponential smoothing with half the slope of the linear trend.

    Notes
    -----
    ``level + b/2 (h - 1 + 1/alpha - (1 - alpha)**n / alpha)``, Hyndman & Billah (2003), equation 4, on a
    series without season (see `deseasonalised`); alpha and b as
    `statsmodels.tsa.forecasting.theta.ThetaModel` finds them, without the forecasts that it makes with them.

    Examples
    --------
    >>> steady = np.arange(1.0, 21.0)
    >>> theta(steady, 1).forecasts(steady, 2)[-1].round(1).tolist()
    [20.5, 21.0]
    """
    from scipy.optimize import minimize_scalar

    slope = np.polyfit(np.arange(len(y)), y, 1)[0]

    def misses(alpha: float) -> float:
        return float(np.square(y[1:] - smoothed(y, alpha)[:-1]).sum())

    alpha = minimize_scalar(misses, bounds=SMOOTHING, options={"xatol": 1e-9}).x

    def forecasts(y: np.ndarray, horizon: int) -> np.ndarray:
        known, ahead = np.arange(1, y.shape[-1] + 1)[:, None], np.arange(horizon)
        return smoothed(y, alpha)[..., None] + slope / 2 * (ahead + (1 - (1 - alpha) ** known) / alpha)

    return Fitted(forecasts)


def smoothed(y: np.ndarray, alpha: float) -> np.ndarray:
    """Simple exponential smoothing from the first value on."""
    from scipy.signal import lfilter

    return lfilter([alpha], [1, alpha - 1], y, zi=(1 - alpha) * y[..., :1])[0]


def ets(error: str = "add", trend: str | None = "add", seasonal: str = "add") -> Model:
    """Exponential smoothing with a damped trend (Gardner & McKenzie 1985; Hyndman et al. 2008).

    Parameters
    ----------
    error, seasonal : {"add", "mul"}
        How error and season enter.
    trend : {"add", None}
        A damped trend, or none.
    """

    def fit(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel

        cycle = season if season > 1 and len(y) >= SEASONS_NEEDED * season + 2 else None
        options = {
            "error": error,
            "trend": trend,
            "damped_trend": trend is not None,
            "seasonal": seasonal if cycle else None,
            "seasonal_periods": cycle,
        }
        with quiet():
            start = {"initialization_method": "heuristic" if len(y) >= HEURISTIC_NEEDS else "estimated"}
            model = ETSModel(y, **options, **start)
            found = model.fit(
                near if near is not None and len(near) == len(model.start_params) else None, disp=False
            )
        named = dict(zip(model.param_names, found.params, strict=True))
        known = _known_start(found.initial_state, trend, cycle)
        smoothing = [value for name, value in named.items() if not name.startswith("initial")]

        def states(y: np.ndarray) -> np.ndarray:
            with quiet():
                model = ETSModel(y, **options, initialization_method="known", **known)
                return model.smooth(smoothing, return_raw=True)[1].reshape(len(y), -1)

        def forecasts(y: np.ndarray, horizon: int) -> np.ndarray:
            found = np.array([states(one) for one in np.atleast_2d(y)]).reshape(*y.shape, -1)
            return _ets_ahead(found, horizon, named.get("damping_trend"), cycle, seasonal)

        return Fitted(forecasts, found.params)

    return fit


def _known_start(state: np.ndarray, trend: str | None, cycle: int | None) -> dict[str, object]:
    """Initial states by the names under which statsmodels takes them."""
    start = {"initial_level": state[0]}
    if trend is not None:
        start["initial_trend"] = state[1]
    if cycle is not None:
        start["initial_seasonal"] = state[-cycle:]
    return start


def _ets_ahead(
    states: np.ndarray, horizon: int, phi: float | None, cycle: int | None, seasonal: str
) -> np.ndarray:
    """Forecasts from level, slope and season at each time."""
    steps = np.arange(1, horizon + 1)
    found = np.repeat(states[..., :1], horizon, axis=-1)
    if phi is not None:
        found = found + states[..., 1:2] * np.cumsum(phi**steps)
    if cycle is None:
        return found
    factors = seasonal_naive(states[..., -1], cycle).forecasts(states[..., -1], horizon)
    return found * factors if seasonal == "mul" else found + factors


def sarima(order: tuple[int, int, int], seasonal_order: tuple[int, int, int], drift: bool = False) -> Model:
    """Seasonal ARIMA (Box & Jenkins 1970), without its seasonal part where there is no season.

    Parameters
    ----------
    order, seasonal_order : tuple of int
        (p, d, q) and (P, D, Q); (0, 1, 1)(0, 1, 1) is the airline model.
    drift : bool
        A constant in the differenced series.
    """

    def fit(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
        from statsmodels.tsa.statespace.sarimax import SARIMAX
        from statsmodels.tsa.statespace.tools import diff

        from zs_analysis.forecast.arma import most_likely

        (p, d, q), (seasonal_p, seasonal_d, seasonal_q) = order, seasonal_order if season > 1 else (0, 0, 0)
        cycle = (seasonal_p, 0, seasonal_q, season if season > 1 else 0)
        options = {"order": (p, 0, q), "seasonal_order": cycle, "trend": "c" if drift else "n"}

        def changes(y: np.ndarray) -> np.ndarray:
            return diff(y.T, d, seasonal_d or None, season).T

        known = changes(y)
        with quiet():
            model = SARIMAX(known, **options, concentrate_scale=True)
            parameters = most_likely(known, (p, q), (seasonal_p, seasonal_q), season, drift=drift)
        model.update(parameters)

        def forecasts(y: np.ndarray, horizon: int) -> np.ndarray:
            return _integrated(y, _state_space_ahead(model, changes(y), horizon), d, seasonal_d, season)

        return Fitted(forecasts, parameters)

    return fit


def _integrated(y: np.ndarray, changes: np.ndarray, d: int, seasonal_d: int, season: int) -> np.ndarray:
    """Forecasts of a series from those of its differences, at every origin."""
    filter_ = np.array([1.0])
    for lag in [1] * d + [season] * seasonal_d:
        filter_ = np.convolve(filter_, np.r_[1, np.zeros(lag - 1), -1])
    lost, horizon, known = len(filter_) - 1, changes.shape[-1], y.shape[-1]
    found = np.full((*y.shape, lost + horizon), np.nan)
    for k in range(lost):
        found[..., lost:, k] = y[..., k + 1 : known - lost + 1 + k]
    for h in range(horizon):
        found[..., lost:, lost + h] = changes[..., h] - found[..., lost:, h : lost + h] @ filter_[:0:-1]
    return found[..., lost:]


def structural(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
    """Local linear trend with a dummy seasonal (Harvey 1989)."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    with quiet():
        model = UnobservedComponents(y, level="lltrend", seasonal=season if season > 1 else None)
        parameters = model.fit(near, return_params=True, **SOLVER)
    model.update(parameters)
    return Fitted(partial(_state_space_ahead, model), parameters)


def _state_space_ahead(model: "MLEModel", y: np.ndarray, horizon: int) -> np.ndarray:
    """Means of the coming observations of each series given what was observed up to each time."""
    with quiet():
        # The model itself would take longer to make than to run. What a series says changes no gain.
        one = model.ssm.clone(np.atleast_2d(y)[0], state_intercept=model.ssm.state_intercept[:, :1])
        results = one.filter()
    design, transition = results.design[0, :, 0], results.transition[:, :, 0]
    constant, shift = results.obs_intercept[0, 0], results.state_intercept[:, 0]
    state = np.tile(results.predicted_state[:, 0], (*y.shape[:-1], 1))
    states = np.empty((*y.shape, len(design)))
    for t, gain in enumerate(results.kalman_gain[:, 0].T):
        news = y[..., t, None] - (state @ design)[..., None] - constant
        states[..., t, :] = state = state @ transition.T + shift + news * gain
    found = np.empty((*y.shape, horizon))
    for h in range(horizon):
        found[..., h] = states @ design + constant
        states = states @ transition.T + shift
    return found


def drift(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
    """The last value and the average change so far; it sees no season.

    Examples
    --------
    >>> drift(np.array([1.0, 2, 3]), 1).forecasts(np.array([1.0, 2, 3]), 2)[-1].tolist()
    [4.0, 5.0]
    """

    def forecasts(y: np.ndarray, horizon: int) -> np.ndarray:
        slope = (y - y[..., :1]) / np.maximum(np.arange(y.shape[-1]), 1)
        return y[..., None] + slope[..., None] * np.arange(1, horizon + 1)

    return Fitted(forecasts)


def in_logs(model: Model) -> Model:
    """A model of the logs of a positive series."""

    def fit(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
        inner = model(np.log(y), season, near)
        return Fitted(lambda y, horizon: np.exp(inner.forecasts(np.log(y), horizon)), inner.parameters)

    return fit


def scaled(model: Model) -> Model:
    """A model of the series over its spread: the tolerances of a solver know no unit."""

    def fit(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
        size = float(np.std(y)) or 1.0
        inner = model(y / size, season, near)
        return Fitted(lambda y, horizon: size * inner.forecasts(y / size, horizon), inner.parameters)

    return fit


def deseasonalised(
    model: Model, factors: Callable[[np.ndarray, int], np.ndarray], *, ratios: bool = False
) -> Model:
    """A model of the series without a fixed seasonal pattern.

    Parameters
    ----------
    model : Model
        What forecasts the rest; it sees no season.
    factors : callable
        (series, season) -> a value for each season, the first for the first observation.
    ratios : bool
        Whether the pattern multiplies (it is found in logs), or is added.
    """
    without, within = (np.divide, np.multiply) if ratios else (np.subtract, np.add)

    def fit(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
        if season == 1:
            return model(y, 1, near)
        pattern = np.exp(factors(np.log(y), season)) if ratios else factors(y, season)
        inner = model(without(y, np.resize(pattern, len(y))), 1, near)

        def forecasts(y: np.ndarray, horizon: int) -> np.ndarray:
            known = y.shape[-1]
            cycle = np.resize(pattern, known + horizon)
            ahead = np.arange(known)[:, None] + np.arange(1, horizon + 1)
            return within(inner.forecasts(without(y, cycle[:known]), horizon), cycle[ahead])

        return Fitted(forecasts, inner.parameters)

    return fit


def around(model: Model, course: Callable[[int], np.ndarray], *, ratios: bool = False) -> Model:
    """A model of the series without an effect that is known for the past and ahead.

    Parameters
    ----------
    model : Model
        What forecasts the rest.
    course : callable
        Number of periods from the start of the series -> the effect on each.
    ratios : bool
        Whether the effect is in logs and multiplies, or is added.
    """

    def without(y: np.ndarray, effect: np.ndarray) -> np.ndarray:
        return y / np.exp(effect) if ratios else y - effect

    def fit(y: np.ndarray, season: int, near: np.ndarray | None = None) -> Fitted:
        inner = model(without(y, course(len(y))), season, near)

        def forecasts(y: np.ndarray, horizon: int) -> np.ndarray:
            known = y.shape[-1]
            effect = course(known + horizon)
            ahead = np.lib.stride_tricks.sliding_window_view(effect[1:], horizon)
            return without(inner.forecasts(without(y, effect[:known]), horizon), -ahead)

        return Fitted(forecasts, inner.parameters)

    return fit


def classical_factors(y: np.ndarray, season: int) -> np.ndarray:
    """Seasonal means around a centred moving average; zeros where no season shows.

    Notes
    -----
    The test is that of the theta method: the autocorrelation at one season against its standard error
    (Bartlett).
    """
    from statsmodels.tsa.seasonal import seasonal_decompose

    recent = y[-PATTERN_CYCLES * season :]
    if len(y) < SEASONS_NEEDED * season or not has_season(recent, season):
        return np.zeros(season)
    pattern = np.asarray(seasonal_decompose(recent, period=season).seasonal[:season])
    return np.roll(pattern, (len(y) - len(recent)) % season)


def has_season(y: np.ndarray, season: int) -> bool:
    """Whether the autocorrelation at one season is more than chance would give."""
    from statsmodels.tsa.stattools import acf

    if np.ptp(y) == 0:
        return False
    found = acf(y, nlags=season, fft=False, result_object=False)
    error = np.sqrt((1 + 2 * (found[1:-1] ** 2).sum()) / len(y))
    return bool(abs(found[-1]) > SEASONALITY_POINT * error)


def stl_factors(y: np.ndarray, season: int) -> np.ndarray:
    """Last cycle of the seasonal of STL (Cleveland et al. 1990), as wide as the series: a fixed pattern."""
    from statsmodels.tsa.seasonal import STL

    if len(y) <= SEASONS_NEEDED * season:
        return np.zeros(season)
    recent = y[-PATTERN_CYCLES * season :]
    pattern = np.asarray(STL(recent, period=season, seasonal=10 * len(recent) + 1).fit().seasonal)
    return np.roll(pattern[-season:], len(y) % season)


def quiet() -> warnings.catch_warnings:
    """Solvers speak through the forecasts; what fails is found by looking at them."""
    return warnings.catch_warnings(action="ignore")
