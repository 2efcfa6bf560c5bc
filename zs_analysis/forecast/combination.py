"""Several models as one: weights from forecasts the series itself has already judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from zs_analysis.forecast.holiday import Effect
from zs_analysis.forecast.models import (
    Fitted,
    Model,
    around,
    classical_factors,
    deseasonalised,
    drift,
    ets,
    in_logs,
    sarima,
    scaled,
    seasonal_naive,
    stl_factors,
    structural,
    theta,
)

AIRLINE = sarima((0, 1, 1), (0, 1, 1))
MEAN_REVERTING = sarima((1, 0, 0), (0, 1, 1), drift=True)
THETA = deseasonalised(theta, classical_factors, ratios=True)
THETA_LOG = in_logs(deseasonalised(theta, classical_factors))
LOCAL_TREND = scaled(structural)


class Pool(NamedTuple):
    """Models that speak together, and how: weighted mean, or weighted median where one may run away."""

    models: Mapping[str, Model]
    centre: Literal["mean", "median"] = "mean"


# Which models speak was chosen on M3 and M1 by frequency, never by series: docs/methods/forecast.md says how.
MONTHLY = Pool(
    {
        "theta": THETA,
        "theta_log": THETA_LOG,
        "ets_damped_log": in_logs(ets()),
        "stl_ets_log": in_logs(deseasonalised(ets(), stl_factors)),
        "airline_log": in_logs(AIRLINE),
        "mean_reverting_log": in_logs(MEAN_REVERTING),
    }
)
QUARTERLY = Pool(
    {
        "theta": THETA,
        "theta_log": THETA_LOG,
        "ets_damped": ets(),
        "stl_ets": deseasonalised(ets(), stl_factors, ratios=True),
        "airline": AIRLINE,
        "mean_reverting": MEAN_REVERTING,
    }
)
YEARLY = Pool(
    {
        "theta": theta,
        "drift": drift,
        "ets_level": ets(trend=None),
        "ets_damped_log": in_logs(ets()),
        "arima_011_log": in_logs(AIRLINE),
        "local_trend": LOCAL_TREND,
    },
    "median",
)
# Series with zeros or negative values have no logs and no ratios.
SIGNED = Pool(
    {
        "theta": deseasonalised(theta, classical_factors),
        "ets_damped": ets(),
        "ets_level": ets(trend=None),
        "stl_ets": deseasonalised(ets(), stl_factors),
        "airline": AIRLINE,
        "local_trend": LOCAL_TREND,
    },
    "median",
)
# Seasons up to this one are quarters; beyond, months.
QUARTERS = 4
# The last third of a series judges the models; their parameters come from what was before.
JUDGED = 3
# Forecasts beyond so many times the largest observation (or so many ranges away from all) are a failure of
# the solver.
ABSURD = 10.0
BENCHMARK = "seasonal_naive"


@dataclass(frozen=True)
class Combination:
    """Fitted models with their weights.

    Attributes
    ----------
    members : mapping of str to Fitted
        Models that speak, parameters from the whole series.
    weights : mapping of str to float
        They sum to one.
    centre : {"mean", "median"}
        How they are put together.
    mean : numpy.ndarray
        Forecasts from the last observation.
    errors : numpy.ndarray
        Origins by horizon: what came out over the forecast of the combination (its log where the series is
        positive), from origins its parameters had not seen; missing beyond the series' end.
    positive : bool
        Whether the series is positive, so that errors are logs.
    member_means, member_errors : mapping of str to numpy.ndarray
        The same for each model and for the benchmark.
    failed : mapping of str to str
        Models that do not speak, with the reason.
    holiday : mapping of str to float
        Coefficients of a holiday's effect around which the models were fitted; empty without one.
    """

    members: Mapping[str, Fitted]
    weights: Mapping[str, float]
    centre: Literal["mean", "median"]
    mean: np.ndarray
    errors: np.ndarray
    positive: bool
    member_means: Mapping[str, np.ndarray]
    member_errors: Mapping[str, np.ndarray]
    failed: Mapping[str, str]
    holiday: Mapping[str, float] = field(default_factory=dict)

    def forecasts(self, y: np.ndarray, horizon: int) -> np.ndarray:
        """Forecasts from every observation of a series that begins as the fitted one did, or of several."""
        found = {name: model.forecasts(y, horizon) for name, model in self.members.items()}
        return _together(found, self.weights, self.centre)


def pool(y: np.ndarray, season: int) -> Pool:
    """The models that suit a series."""
    if not (y > 0).all():
        return SIGNED
    return YEARLY if season == 1 else QUARTERLY if season <= QUARTERS else MONTHLY


def combine(
    y: np.ndarray,
    season: int,
    horizon: int,
    models: Pool | None = None,
    holiday: Callable[[np.ndarray], Effect] | None = None,
) -> Combination:
    """Fit the models of a pool and weigh them by how they did.

    Parameters
    ----------
    y : numpy.ndarray
        A series without gaps.
    season : int
    horizon : int
        Furthest horizon judged.
    models : Pool, optional
        Another pool than that which suits the series.
    holiday : callable, optional
        Estimates the effect of a holiday, around which the models are fitted; the benchmark is not.

    Notes
    -----
    Each model is fitted on the first two thirds and forecasts from every origin of the last third. Weights
    are the inverse of the mean absolute (log) error over all origins and horizons: between equal weights and
    Bates & Granger (1969), whose inverse squares trust so few origins too much. A model that fails or speaks
    absurdly is left out and named. If none is left the benchmark speaks alone.

    Examples
    --------
    >>> wave = np.exp(0.01 * np.arange(60) + np.resize([0.1, 0.0, -0.1, 0.0], 60))
    >>> both = combine(wave, 4, 4)
    >>> bool(abs(both.mean[0] / np.exp(0.6 + 0.1) - 1) < 0.01)
    True
    """
    known = len(y) - len(y) // JUDGED
    members, judged, ahead, failed = {}, {}, {}, {}
    chosen = models or pool(y, season)
    before, effect = (holiday(part) if holiday else None for part in (y[:known], y))
    for name, model in chosen.models.items():
        try:
            early = _around(model, before)(y[:known], season, None)
            judged[name] = early.forecasts(y, horizon)[known - 1 : -1]
            members[name] = _around(model, effect)(y, season, early.parameters)
            ahead[name] = members[name].forecasts(y, horizon)[-1]
            failed[name] = "" if sane(ahead[name], y) and sane(judged[name], y) else "absurd"
        except Exception as error:  # whatever a solver stumbles over, the others still speak
            failed[name] = type(error).__name__
    benchmark = seasonal_naive(y, season)
    beside = benchmark.forecasts(y, horizon)
    members = {name: model for name, model in members.items() if not failed[name]}
    if not members:
        members, judged, ahead = (
            {BENCHMARK: benchmark},
            {BENCHMARK: beside[known - 1 : -1]},
            {BENCHMARK: beside[-1]},
        )
    outcomes, positive = _outcomes(y, known, horizon), bool((y > 0).all())
    errors = {name: _errors(outcomes, judged[name], positive) for name in members}
    weights = _weights(errors)
    return Combination(
        members,
        weights,
        chosen.centre,
        mean=_together(ahead, weights, chosen.centre),
        errors=_errors(outcomes, _together(judged, weights, chosen.centre), positive),
        positive=positive,
        member_means={name: ahead[name] for name in members} | {BENCHMARK: beside[-1]},
        member_errors=errors | {BENCHMARK: _errors(outcomes, beside[known - 1 : -1], positive)},
        failed={name: reason for name, reason in failed.items() if reason},
        holiday=effect.coefficients if effect else {},
    )


def _around(model: Model, effect: Effect | None) -> Model:
    return around(model, effect.course, ratios=effect.ratios) if effect and effect.coefficients else model


def _together(
    found: Mapping[str, np.ndarray], weights: Mapping[str, float], centre: Literal["mean", "median"]
) -> np.ndarray:
    """Weighted mean, or median with straight lines between the middles of the weights."""
    size = np.array(list(weights.values()))
    stacked = np.array([found[name] for name in weights])
    if centre == "mean":
        return np.tensordot(size, stacked, axes=1)
    order = np.argsort(stacked, axis=0)
    size, stacked = size[order], np.take_along_axis(stacked, order, axis=0)
    middle = np.cumsum(size, axis=0) - size / 2
    after = (middle >= 0.5).argmax(axis=0)[None]
    after = np.where(middle[-1:] < 0.5, len(size) - 1, after)
    before = np.maximum(after - 1, 0)
    at = [
        np.take_along_axis(part, place, axis=0)[0] for part in (middle, stacked) for place in (before, after)
    ]
    share = np.clip((0.5 - at[0]) / np.where(at[1] > at[0], at[1] - at[0], 1.0), 0, 1)
    return at[2] + share * (at[3] - at[2])


def sane(found: np.ndarray, y: np.ndarray) -> bool:
    """Whether forecasts are numbers within `ABSURD` of the series, and above zero if it is.

    Examples
    --------
    >>> sane(np.array([2.0, 9.0]), np.array([1.0, 2.0])), sane(np.array([21.0]), np.array([1.0, 2.0]))
    (True, False)
    """
    if not np.isfinite(found).all():
        return False
    positive = (y > 0).all()
    low = 0.0 if positive else y.min() - ABSURD * np.ptp(y)
    high = ABSURD * y.max() if positive else y.max() + ABSURD * np.ptp(y)
    return bool((found > low).all() and (found < high).all())


def _outcomes(y: np.ndarray, known: int, horizon: int) -> np.ndarray:
    """What came out after each judged origin; missing beyond the end."""
    padded = np.r_[y, np.full(horizon, np.nan)]
    return np.lib.stride_tricks.sliding_window_view(padded, horizon)[known : len(y)]


def _errors(outcomes: np.ndarray, found: np.ndarray, positive: bool) -> np.ndarray:
    return np.log(outcomes / found) if positive else outcomes - found


def _weights(errors: Mapping[str, np.ndarray]) -> dict[str, float]:
    size = np.array([np.nanmean(np.abs(found)) for found in errors.values()])
    if not np.isfinite(size).all() or (size <= 0).any():
        size = np.ones(len(size))
    return dict(zip(errors, (1 / size) / (1 / size).sum(), strict=True))
