"""Seasonal adjustment of one series, with the Spring Festival taken out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from zs_analysis.metrics._periods import require_periods
from zs_analysis.metrics.seasonal.calendar import (
    SPRING_FESTIVAL_WINDOWS,
    Window,
    spring_festival_regressors,
)
from zs_analysis.metrics.seasonal.january_february import (
    Merged,
    merge_components,
    merge_regressors,
    merged_years,
    split,
)
from zs_analysis.metrics.seasonal.parts import DIAGNOSTICS, Parts, SeasonalAdjustmentError, Transform
from zs_analysis.metrics.seasonal.stl import stl_parts
from zs_analysis.metrics.seasonal.x13 import x13_parts, x13_program

# ESS guidelines on seasonal adjustment (Eurostat, 2024): none below three years, with caution below seven.
YEARS_NEEDED, YEARS_FOR_TRUST = 3, 7
RESIDUAL_SEASONALITY_P = 0.01

Method = Literal["auto", "x13", "stl"]
Holiday = Literal["spring_festival", "easter"] | None


@dataclass(frozen=True)
class SeasonalAdjustment:
    """A series taken apart: ``raw = adjusted * seasonal * holiday * trading_day`` (sums if not in logs).

    Attributes
    ----------
    raw, adjusted, trend : pandas.Series
        In the unit of the input, by `pandas.Period`.
    seasonal, irregular, holiday, trading_day : pandas.Series
        Factors around 1 if `transform` is "log", else differences in the unit of the input; of the same
        periods. ``adjusted = trend * irregular`` except where X-11 set an outlier aside.
    method : "x13" or "stl"
    transform : "log" or "none"
    model : str
        ARIMA model, as (p d q)(P D Q).
    diagnostics : pandas.Series
        `m1` to `m11` and `q` (good below 1); `qs_raw`, `qs_adjusted` and their p-values `_p` (small: a season
        is there); `aicc`; `holiday_aicc_gain` (what the festival regressors take off the AICc). Missing where
        the method has none.
    regressors : pandas.DataFrame
        By regressor: `group` (holiday, trading_day, outlier, other), `estimate`, `se`, `t`, and `kept`, False
        for a holiday that was tested and left out.
    flags : tuple of str
        `few_years`, `merged_jan_feb`, `holiday_within_quarter`, `holiday_not_estimable`, `holiday_not_kept`,
        `fallback`, `model_given`, `no_seasonality`, `residual_seasonality`, `poor_quality`, `not_converged`.
    """

    raw: pd.Series
    adjusted: pd.Series
    seasonal: pd.Series
    trend: pd.Series
    irregular: pd.Series
    holiday: pd.Series
    trading_day: pd.Series
    method: Literal["x13", "stl"]
    transform: Literal["log", "none"]
    model: str
    diagnostics: pd.Series
    regressors: pd.DataFrame
    flags: tuple[str, ...]


def seasonal_adjust(
    series: pd.Series,
    *,
    method: Method = "auto",
    transform: Transform = "auto",
    holiday: Holiday = "spring_festival",
    windows: Mapping[str, Window] = SPRING_FESTIVAL_WINDOWS,
    merged_jan_feb: Merged = "auto",
) -> SeasonalAdjustment:
    """Take the season, the Spring Festival and the trading days out of a monthly or quarterly series.

    Parameters
    ----------
    series : pandas.Series
        Levels (not growth, not year-to-date) by monthly or quarterly period, or by a DatetimeIndex with a
        frequency; any unit, any order of rows, three years or more.
    method : "auto", "x13" or "stl"
        "auto" is X-13, and STL with the flag `fallback` where X-13 cannot run.
    transform : "auto", "log" or "none"
        Factors or differences. "auto" is X-13's own test, which one large outlier can sway: pass "log" for a
        series that grows. A series with a zero or a negative value is adjusted in differences.
    holiday : "spring_festival", "easter" or None
        Which moving holiday to test. Easter is for foreign series and needs X-13.
    windows : mapping of str to (int, int)
        Days around the Lunar New Year that may differ, by name: five before, and twenty from the day on.
    merged_jan_feb : bool or "auto"
        Whether February holds the sum of January and February where January is missing, as China publishes
        it. "auto": yes, if no January at all is known.

    Returns
    -------
    SeasonalAdjustment
        From the first known value to the last. In a merged year January is missing and February stands for
        both months.

    Raises
    ------
    TypeError
        If it is no Series, or its index has no monthly or quarterly periods.
    SeasonalAdjustmentError
        A `ValueError`: below three years, a gap, an infinite value, the same value throughout, or an error of
        X-13, which is quoted.

    Notes
    -----
    X-13ARIMA-SEATS chooses the ARIMA model, outliers and trading days, X-11 the factors. Below five years, or
    where that search fails, the model is (0 1 1)(0 1 1) without trading days, flagged `model_given`.
    Festival regressors stay if they lower the AICc; their coefficients are reported either way. A quarter
    holds the whole festival, so quarterly series get none.

    The sum of a merged January and February is split by days, adjusted, and summed again. On Chinese exports
    and imports merged by hand the adjusted sum came out 1.3 to 2.9 percent from that of the single months on
    average, other months 0.5 to 0.9; on US retail 0.1 (docs/methods/seasonal-adjustment.md).

    Not for growth rates, and not to replace the adjusted growth NBS publishes.

    References
    ----------
    Findley, Monsell, Bell, Otto and Chen (1998), New capabilities and methods of the X-12-ARIMA program,
    Journal of Business and Economic Statistics 16 (2), 127-152.

    Examples
    --------
    >>> months = pd.period_range("2012-01", "2023-12", freq="M")
    >>> wave = 1 + 0.2 * np.sin(2 * np.pi * months.month.to_numpy() / 12)
    >>> noise = np.random.default_rng(3).normal(1, 0.01, len(months))
    >>> got = seasonal_adjust(pd.Series(100 * wave * noise, index=months), method="stl")
    >>> bool((got.adjusted / 100 - 1).abs().mean() < 0.02)
    True
    """
    raw = _checked(series)
    years = merged_years(raw, merged_jan_feb)
    work = split(_from_january(raw, years), years)
    _refuse_unfit(work, transform)
    festival, flags = _festival(work.index, holiday, windows, years)
    program = _program(method, holiday)
    if program == "x13":
        parts = x13_parts(work, festival, easter=holiday == "easter", transform=transform)
    else:
        parts = stl_parts(work, festival, transform)
    flags += ["merged_jan_feb"] * bool(years) + ["fallback"] * (method == "auto" and program == "stl")
    components = merge_components(parts.components, years, parts.transform).reindex(raw.index)
    return SeasonalAdjustment(
        raw=raw,
        **{name: components[name] for name in components},
        method=program,
        transform=parts.transform,
        model=parts.model,
        diagnostics=pd.Series(parts.diagnostics, dtype=float).reindex(DIAGNOSTICS),
        regressors=parts.regressors,
        flags=(*flags, *parts.flags, *_verdicts(work, parts)),
    )


def _checked(series: pd.Series) -> pd.Series:
    """Sorted, on every period from the first known value to the last, as floats."""
    if not isinstance(series, pd.Series):
        raise TypeError(f"series needs to be a pandas Series; got {type(series).__name__}")
    index = series.index
    if isinstance(index, pd.DatetimeIndex) and index.freq is not None:
        index = index.to_period()
    require_periods(index, "series", freqs="QM")
    if index.freqstr not in ("M", "Q-DEC"):
        raise TypeError(f"series needs single months or calendar quarters; got frequency {index.freqstr}")
    known = pd.Series(series.to_numpy(dtype=float, na_value=np.nan), index=index).dropna().sort_index()
    _refuse(known.empty, "the series holds no value", "Pass at least three years of levels")
    infinite = known.index[np.isinf(known)]
    _refuse(len(infinite), f"infinite value in {_listed(infinite)}", "Correct it, or leave the value missing")
    _refuse(
        known.nunique() == 1,
        f"every value is {known.iloc[0]:g}",
        "A constant series has no season: use it as it is",
    )
    whole = pd.period_range(known.index[0], known.index[-1], freq=index.freq)
    return known.reindex(whole).rename(series.name)


def _from_january(raw: pd.Series, years: list[int]) -> pd.Series:
    """Begin a merged first year in its January, which the first February stands for too."""
    first = raw.index[0]
    if first.year not in years:
        return raw
    return raw.reindex(pd.period_range(f"{first.year}-01", raw.index[-1], freq="M"))


def _refuse_unfit(work: pd.Series, transform: Transform) -> None:
    missing, needed = work.index[work.isna()], YEARS_NEEDED * _per_year(work.index)
    _refuse(
        len(missing),
        f"no value for {_listed(missing)} inside the series",
        "Load the missing releases, or start the series after the gap; a gap is not filled",
    )
    _refuse(
        len(work) < needed,
        f"{len(work)} periods from {work.index[0]} to {work.index[-1]}, needed are {needed}",
        "Below three years a season cannot be told from chance: compare with the same period a year before",
    )
    _refuse(
        transform == "log" and work.min() <= 0,
        f"{_listed(work.index[work <= 0])} not above zero, so there is no logarithm",
        "Pass transform='none'",
    )


def _refuse(bad: bool | int, what: str, advice: str) -> None:
    if bad:
        raise SeasonalAdjustmentError(f"cannot adjust: {what}. {advice}")


def _listed(periods: pd.PeriodIndex) -> str:
    shown = ", ".join(map(str, periods[:6]))
    return shown if len(periods) <= 6 else f"{shown} and {len(periods) - 6} more"


def _per_year(index: pd.PeriodIndex) -> int:
    return 12 if index.freqstr == "M" else 4


def _program(method: Method, holiday: Holiday) -> Literal["x13", "stl"]:
    program = "stl" if method == "stl" or (method == "auto" and x13_program() is None) else "x13"
    _refuse(program == "stl" and holiday == "easter", "STL here knows no Easter", "Pass method='x13'")
    return program


def _festival(
    index: pd.PeriodIndex, holiday: Holiday, windows: Mapping[str, Window], years: list[int]
) -> tuple[pd.DataFrame, list[str]]:
    """Regressors to a year beyond the series, where X-13 forecasts, and what is to be said about them."""
    periods = pd.period_range(index[0], index[-1] + _per_year(index), freq=index.freq)
    none = pd.DataFrame(index=periods)
    if holiday != "spring_festival":
        return none, []
    if index.freqstr != "M":
        return none, ["holiday_within_quarter"]
    festival = spring_festival_regressors(periods, windows)
    if years:
        ahead = range(years[-1] + 1, periods[-1].year + 1)
        festival = merge_regressors(festival, [*years, *ahead])
    moved = festival.reindex(index).diff(12).dropna()
    if festival.empty or np.linalg.matrix_rank(moved, tol=1e-6) < festival.shape[1]:
        return none, ["holiday_not_estimable"]
    return festival, []


def _verdicts(work: pd.Series, parts: Parts) -> list[str]:
    said = {
        "few_years": len(work) < YEARS_FOR_TRUST * _per_year(work.index),
        "residual_seasonality": parts.diagnostics.get("qs_adjusted_p", 1) < RESIDUAL_SEASONALITY_P,
        "poor_quality": parts.diagnostics.get("q", 0) > 1,
    }
    return [flag for flag, holds in said.items() if holds]
