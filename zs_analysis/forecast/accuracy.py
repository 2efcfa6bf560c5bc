"""How good forecasts were: scores by model, beside the seasonal naive benchmark."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from zs_analysis.forecast.combination import BENCHMARK
from zs_analysis.forecast.paths import Paths
from zs_analysis.forecast.series import SEASONS

FORECAST = ["model", "unique_id", "cutoff", "ds"]
COUNTS = ["n", "missing", "unscaled"]
POINT = ["mae", "rmse", "wape", "smape", "mase", "skill"]


def scores(
    evaluated: pd.DataFrame,
    train: pd.DataFrame,
    levels: Sequence[float] = (80, 95),
    *,
    by: Sequence[str] = (),
    season_length: int | None = None,
) -> pd.DataFrame:
    """Scores of forecasts whose outcomes are known, by model.

    Parameters
    ----------
    evaluated : pandas.DataFrame
        Evaluated forecasts of one frequency, one row for each model, series, origin and period: ``model,
        unique_id, cutoff`` (last period known), ``ds, h, y`` (what came out), ``mean`` and ``lo-L, hi-L`` for
        each level, in the unit of the series; ``crps`` where it was computed (see `crps`). The model
        ``seasonal_naive`` has to be among them.
    train : pandas.DataFrame
        ``unique_id, ds, y``: the history of each series. What lies after a cutoff does not count for it.
    levels : sequence of float
        Coverage of the intervals in percent.
    by : sequence of str
        Further columns to tell apart, such as ``["unique_id", "h"]``.
    season_length : int, optional
        Periods in a year; by default 12, 4 or 1 by the frequency of ``ds``.

    Returns
    -------
    pandas.DataFrame
        A row for each model and group, sorted: ``n`` (forecasts with an outcome), ``missing`` (without
        outcome or mean, left out), ``unscaled`` (without a scale, left out of ``mase``, ``msis`` and
        ``skill``); ``mae, rmse`` (unit of the series), ``wape`` (share), ``smape`` (percent, 0 to 200),
        ``mase, skill, crps`` (unit of the series, where given), ``coverage-L`` (share), ``winkler-L`` (unit
        of the series), ``msis-L``; ``reason`` where scores are refused: ``no_outcome``, ``constant_history``
        (the training series repeats itself every season) or ``short_history`` (no longer than a season).

    Raises
    ------
    ValueError
        If a column is missing, a forecast comes twice, a lower limit lies above the upper one, or a group has
        no row of the benchmark.

    Notes
    -----
    Each score is a mean over series of the mean over the forecasts of one series, so that a series counts
    once however many forecasts it has. With e = y - mean and L = 100 (1 - alpha)::

        mae = mean|e|    rmse = sqrt(mean e^2)    wape = sum|e| / sum|y|
        smape = mean 200 |e| / (|y| + |mean|)
        mase = mean|e| / Q,  Q = mean |y_t - y_(t-m)| over the training series up to the cutoff
        winkler = hi - lo + 2/alpha (lo - y if y < lo, y - hi if y > hi)    msis = winkler / Q
        skill = 1 - mase / mase of the benchmark, over the forecasts that both made

    It does not say whether a difference between two models could be chance: see
    `zs_analysis.forecast.evaluation.diebold_mariano`. MAE, RMSE, CRPS and Winkler scores over series of
    different size are those of the largest ones.

    References
    ----------
    Hyndman and Koehler (2006), Another Look at Measures of Forecast Accuracy, International Journal of
    Forecasting 22 (4), 679. Gneiting and Raftery (2007), Strictly Proper Scoring Rules, Prediction, and
    Estimation, JASA 102, 359, eq. 43. Makridakis, Spiliotis and Assimakopoulos (2020), The M4 Competition,
    International Journal of Forecasting 36 (1), 54 (MSIS).

    Examples
    --------
    >>> quarters = pd.period_range("2022Q1", periods=9, freq="Q")
    >>> train = pd.DataFrame({"unique_id": "city", "ds": quarters[:8], "y": [5.0, 7, 6, 9, 8, 10, 9, 12]})
    >>> known = {"unique_id": "city", "cutoff": quarters[7], "ds": quarters[8], "h": 1, "y": 10.0}
    >>> rows = [known | {"model": "ets", "mean": 11.0}, known | {"model": "seasonal_naive", "mean": 8.0}]
    >>> scores(pd.DataFrame(rows), train, levels=())[["model", "mase", "skill"]].round(3).values.tolist()
    [['ets', 0.333, 0.5], ['seasonal_naive', 0.667, 0.0]]
    """
    _require_sound(evaluated, levels)
    _require_benchmark(evaluated, by)
    evaluated, keys = evaluated.reset_index(drop=True), ["model", *by]
    season = season_length or _season(evaluated["ds"])
    losses = _losses(evaluated.assign(scale=_scale(evaluated, train, season)), levels)
    intervals = [f"{name}-{level:g}" for name in ("coverage", "winkler", "msis") for level in levels]
    further = [*losses.columns.intersection(["crps"]), *intervals]
    table = _counts(losses, keys).join(_means(losses, keys, further)).reset_index()
    return table[[*keys, *COUNTS, *POINT, *further, "reason"]]


def crps(paths: Paths, observed: pd.DataFrame) -> pd.DataFrame:
    """Continuous ranked probability score of sample paths, period by period.

    Parameters
    ----------
    paths : Paths
        The forecast.
    observed : pandas.DataFrame
        ``unique_id, ds, y``: what came out; periods and series that are not there score as missing.

    Returns
    -------
    pandas.DataFrame
        ``unique_id, ds, crps``, in the unit of the series; lower is better.

    Raises
    ------
    ValueError
        If an outcome comes twice.

    Notes
    -----
    ``mean|x - y| - mean|x - x'| / 2`` over the draws x, x': the score of their own distribution function, of
    each period by itself. With one draw it is the absolute error. It does not see how the paths hang together
    over time.

    References
    ----------
    Gneiting and Raftery (2007), JASA 102, 359, eq. 21.

    Examples
    --------
    >>> months = pd.period_range("2024-01", periods=1, freq="M")
    >>> paths = Paths(("city",), months, np.array([[[1.0, 3.0]]]))
    >>> crps(paths, pd.DataFrame({"unique_id": ["city"], "ds": months, "y": [2.0]}))["crps"].tolist()
    [0.5]
    """
    from scoringrules import crps_ensemble

    require_once(observed, ["unique_id", "ds"], "observed")
    cells = paths.frame(levels=())[["unique_id", "ds"]]
    y = cells.merge(observed, on=["unique_id", "ds"], how="left")["y"].to_numpy(dtype=float)
    draws = paths.values.reshape(len(cells), -1)
    return cells.assign(crps=crps_ensemble(y, draws) if len(cells) else [])


def _losses(evaluated: pd.DataFrame, levels: Sequence[float]) -> pd.DataFrame:
    """Losses forecast by forecast; a missing limit or scale gives a missing loss, never a zero."""
    from scoringrules import interval_score

    y, mean, scale = (evaluated[name].astype(float) for name in ("y", "mean", "scale"))
    error, size, scale = (y - mean).abs(), y.abs() + mean.abs(), scale.where(scale > 0)
    losses = evaluated.assign(known=error.notna(), outcome=y.abs(), mae=error, squared=error**2)
    losses["smape"] = (200 * error / size).where(size > 0, error)
    losses["mase"] = error / scale
    for level in levels:
        low, high = (evaluated[f"{end}-{level:g}"].astype(float) for end in ("lo", "hi"))
        winkler = pd.Series(interval_score(y, low, high, 1 - level / 100), losses.index)
        losses[f"coverage-{level:g}"] = y.between(low, high).astype(float).where(winkler.notna())
        losses[f"winkler-{level:g}"], losses[f"msis-{level:g}"] = winkler, winkler / scale
    return _beside_the_benchmark(losses)


def _beside_the_benchmark(losses: pd.DataFrame) -> pd.DataFrame:
    """Scaled errors of each forecast and of the benchmark's for the same cell, where both are known."""
    naive = losses[losses["model"].eq(BENCHMARK)].set_index(FORECAST[1:])["mase"]
    beside = naive.reindex(pd.MultiIndex.from_frame(losses[FORECAST[1:]])).set_axis(losses.index)
    return losses.assign(
        own=losses["mase"].where(beside.notna()), benchmark=beside.where(losses["mase"].notna())
    )


def _means(losses: pd.DataFrame, keys: list[str], further: list[str]) -> pd.DataFrame:
    """Means over series of the means over their forecasts."""
    of_series = list(dict.fromkeys([*keys, "unique_id"]))
    averaged = ["mae", "squared", "outcome", "smape", "mase", "own", "benchmark", *further]
    each = losses[losses["known"]].groupby(of_series)[averaged].mean()
    each["rmse"] = np.sqrt(each["squared"])
    each["wape"] = each["mae"] / each["outcome"].where(each["outcome"] > 0)
    table = each.groupby(keys).mean()
    table["skill"] = 1 - table["own"] / table["benchmark"].where(table["benchmark"] > 0)
    return table


def _counts(losses: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Every group, also those without an outcome, with its counts and what was refused."""
    known, scale = losses["known"], losses["scale"]
    counted = losses[keys].assign(
        n=known, missing=~known, unscaled=known & ~scale.gt(0), constant=known & scale.eq(0)
    )
    counts = counted.groupby(keys).sum().astype(int)
    unscaled, constant = counts["unscaled"].eq(counts["n"]), counts.pop("constant").gt(0)
    refused = [counts["n"].eq(0), unscaled & constant, unscaled]
    return counts.assign(reason=np.select(refused, ["no_outcome", "constant_history", "short_history"], ""))


def _scale(evaluated: pd.DataFrame, train: pd.DataFrame, season: int) -> pd.Series:
    """Mean absolute seasonal naive error of each series up to each cutoff; missing where there is none."""
    require_once(train, ["unique_id", "ds"], "train")
    train = train[["unique_id", "ds", "y"]].dropna()
    before = train.assign(ds=train["ds"] + season)
    steps = train.merge(before, on=["unique_id", "ds"], suffixes=("", "_before"))
    step = (steps["y"] - steps["y_before"]).abs()
    # What binary fractions leave of a constant series is no scale.
    steps["step"] = step.where(step > 1e-12 * steps["y"].abs(), 0.0)
    # Periods cannot be matched to the last one before; their numbers can.
    steps = steps.assign(at=_ordinal(steps["ds"])).sort_values("at")
    of_series = steps.groupby("unique_id")["step"]
    steps["scale"] = of_series.cumsum() / (of_series.cumcount() + 1)
    cells = evaluated[["unique_id"]].assign(at=_ordinal(evaluated["cutoff"]))
    cells = cells.reset_index().sort_values("at")
    found = pd.merge_asof(cells, steps[["unique_id", "at", "scale"]], on="at", by="unique_id")
    return found.set_index("index")["scale"]


def _season(ds: pd.Series) -> int:
    """Periods in a year; whole numbers have no season."""
    return 1 if pd.api.types.is_integer_dtype(ds) else SEASONS[pd.PeriodIndex(ds).freqstr[0]]


def _ordinal(ds: pd.Series) -> pd.Index:
    return pd.Index(ds if pd.api.types.is_integer_dtype(ds) else pd.PeriodIndex(ds)).astype("int64")


def _require_sound(evaluated: pd.DataFrame, levels: Sequence[float]) -> None:
    limits = [f"{end}-{level:g}" for level in levels for end in ("lo", "hi")]
    missing = [name for name in [*FORECAST, "y", "mean", *limits] if name not in evaluated]
    if missing:
        raise ValueError(
            f"evaluated forecasts have no column {', '.join(missing)}; add it, or pass the levels given"
        )
    require_once(evaluated, FORECAST, "evaluated")
    for low, high in zip(limits[::2], limits[1::2], strict=True):
        crossed = evaluated[evaluated[low] > evaluated[high]]
        if len(crossed):
            first = ", ".join(map(str, crossed.iloc[0][FORECAST]))
            raise ValueError(
                f"{low} lies above {high} in {len(crossed)} forecasts, first {first}; exchange them"
            )


def require_once(frame: pd.DataFrame, key: list[str], name: str) -> None:
    """Raise if a key comes twice.

    Examples
    --------
    >>> require_once(pd.DataFrame({"unique_id": ["city", "zones"]}), ["unique_id"], "train")
    """
    twice = frame[frame.duplicated(key)]
    if len(twice):
        first = ", ".join(map(str, twice.iloc[0][key]))
        raise ValueError(f"{name} has {first} more than once; keep one row for each {', '.join(key)}")


def _require_benchmark(evaluated: pd.DataFrame, by: Sequence[str]) -> None:
    """No score is shown without the one that anybody reaches by repeating last year."""
    groups = [evaluated[name] for name in by] or (lambda _: "any group")
    found = evaluated["model"].eq(BENCHMARK).groupby(groups).any()
    lacking = found.index[~found].tolist() or ["any group"] * evaluated.empty
    if lacking:
        raise ValueError(f"model {BENCHMARK} is not among the forecasts of {lacking[0]}; add its forecasts")
