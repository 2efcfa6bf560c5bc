"""Forecasts as they would have been made at earlier dates, beside what came out."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from zs_analysis.forecast.accuracy import crps, scores
from zs_analysis.forecast.combination import BENCHMARK
from zs_analysis.forecast.forecasting import DRAWS, Outlook, fit
from zs_analysis.forecast.holiday import Holiday
from zs_analysis.forecast.models import seasonal_naive
from zs_analysis.forecast.paths import Paths
from zs_analysis.forecast.predictive import draw
from zs_analysis.forecast.series import calendar, checked

COMBINATION = "combination"
SEED = 0


def backtest(
    df: pd.DataFrame,
    horizon: int,
    windows: int,
    *,
    step: int = 1,
    levels: Sequence[float] = (80, 95),
    season_length: int | None = None,
    holiday: Holiday = None,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Accuracy and coverage by series and horizon over rolling origins.

    Parameters
    ----------
    df, horizon, levels, season_length, holiday
        As in `zs_analysis.forecast.forecast`.
    windows : int
        Origins; the last one leaves `horizon` periods of the series to be forecast.
    step : int
        Periods between two origins, gaps counted. One in a gap is that of the last observation before it, and
        is judged once.
    executor : concurrent.futures.Executor, optional
        Takes one job a series and origin; by default this process does them in turn.

    Returns
    -------
    pandas.DataFrame
        ``model, unique_id, h`` and the scores of `zs_analysis.forecast.scores`, for the combination, each of
        its models and the seasonal naive benchmark. Series that are refused at an origin are not in it.

    Raises
    ------
    ValueError
        If the frame cannot be used, `horizon`, `windows` or `step` is below 1, or no origin leaves enough
        history.

    Examples
    --------
    >>> months = pd.period_range("2015-01", periods=60, freq="M")
    >>> y = 100 * np.exp(0.01 * np.arange(60) + np.resize([0.1, -0.1, 0.0], 60))
    >>> found = backtest(pd.DataFrame({"unique_id": "ships", "ds": months, "y": y}), 2, 1)
    >>> found.loc[found["model"].eq("seasonal_naive"), "h"].tolist()
    [1, 2]
    """
    df = checked(df)
    evaluated = rolled(
        df,
        horizon,
        windows,
        step=step,
        levels=levels,
        season_length=season_length,
        holiday=holiday,
        executor=executor,
    )
    return scores(evaluated, df, levels, by=["unique_id", "h"], season_length=season_length)


def rolled(
    df: pd.DataFrame,
    horizon: int,
    windows: int,
    *,
    step: int = 1,
    levels: Sequence[float] = (80, 95),
    season_length: int | None = None,
    holiday: Holiday = None,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Every forecast of a backtest beside its outcome; see `backtest` for the arguments.

    Returns
    -------
    pandas.DataFrame
        ``model, unique_id, cutoff, ds, h, y, mean``, ``lo-L, hi-L`` for each level, ``crps``.
    """
    for name, number in {"horizon": horizon, "windows": windows, "step": step}.items():
        if number < 1:
            raise ValueError(f"{name} must be at least 1; got {number}")
    df = checked(df)
    held = [horizon + back * step for back in range(windows)[::-1]]
    jobs = [
        (rows, cutoff, horizon, tuple(levels), season_length, holiday)
        for _, rows in df.dropna(subset="y").sort_values("ds").groupby("unique_id", sort=False)
        for cutoff in _cutoffs(rows["ds"], held, season_length)
    ]
    found = (executor.map if executor else map)(_evaluated, *zip(*jobs, strict=True)) if jobs else []
    known = [made for made in found if len(made)]
    if not known:
        raise ValueError(
            f"no series is long enough to be judged at {windows} origins {step} periods apart with horizon "
            f"{horizon}; ask for fewer or a shorter horizon"
        )
    return pd.concat(known, ignore_index=True)


def _cutoffs(known: pd.Series, held: Sequence[int], season_length: int | None) -> list[Any]:
    """Last observations before the last so many periods of a series, each once."""
    grid, _, _ = calendar(pd.Index(known), season_length)
    ends = [grid[-1 - back] for back in held if back < len(grid)]
    return list(dict.fromkeys(known[known <= end].max() for end in ends))


def _evaluated(
    rows: pd.DataFrame,
    cutoff: Any,
    horizon: int,
    levels: tuple[float, ...],
    season_length: int | None,
    holiday: Holiday,
) -> pd.DataFrame:
    """Forecasts of one series by every model that sees nothing after the cutoff."""
    past = rows[rows["ds"] <= cutoff]
    [made] = fit(past, horizon, season_length=season_length, holiday=holiday).outlooks.values()
    if made.combination is None:
        return pd.DataFrame()
    drawn = dict(_by_model(made, horizon))
    # Models stand for series here: all are put into frames and scored in one go.
    paths = Paths(tuple(drawn), made.series.future(horizon), np.array(list(drawn.values())))
    outcomes = pd.merge(pd.DataFrame({"unique_id": paths.ids}), rows[["ds", "y"]], how="cross")
    found = paths.frame(levels).merge(outcomes, how="left").merge(crps(paths, outcomes))
    steps = np.tile(np.arange(1, horizon + 1), len(drawn))
    found = found.rename(columns={"unique_id": "model"})
    found = found.assign(unique_id=made.series.unique_id, cutoff=made.series.periods[-1], h=steps)
    return found[_columns(levels)]


def _columns(levels: Sequence[float]) -> list[str]:
    bounds = [f"{side}-{level:g}" for level in levels for side in ("lo", "hi")]
    return ["model", "unique_id", "cutoff", "ds", "h", "y", "mean", *bounds, "crps"]


def _by_model(made: Outlook, horizon: int) -> Iterator[tuple[str, np.ndarray]]:
    """Draws of the combination, of each of its models and of the benchmark, intervals made in one way."""
    yield COMBINATION, made.values
    series, combination = made.series, made.combination
    # The benchmark repeats what was, also where the models were shown an earlier level moved to today's.
    repeated = seasonal_naive(series.y, series.season).forecasts(series.y, horizon)[-1]
    for name, mean in {**combination.member_means, BENCHMARK: repeated}.items():
        alone = replace(combination, errors=combination.member_errors[name])
        means = np.repeat(mean[:, None], DRAWS, axis=1)
        rng = np.random.default_rng(SEED)
        yield name, draw(alone, means, series.season, positive=combination.positive, rng=rng)
