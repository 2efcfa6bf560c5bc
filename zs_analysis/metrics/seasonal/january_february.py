"""January and February published as one figure: taken apart for the program, put together again after it."""

from typing import Literal

import pandas as pd

from zs_analysis.metrics.seasonal.parts import COMPONENTS, SeasonalAdjustmentError, recompose

Merged = bool | Literal["auto"]


def merged_years(series: pd.Series, merged: Merged) -> list[int]:
    """Years whose February holds the sum of both months: those with no January but a February.

    Parameters
    ----------
    series : pandas.Series
        Monthly, missing values in place.
    merged : bool or "auto"
        "auto" takes them as merged only if no January at all is known.

    Raises
    ------
    SeasonalAdjustmentError
        If `merged` is "auto" and some years have a January while others have none.
    """
    if series.index.freqstr != "M" or merged is False:
        return []
    known = series.dropna().index
    januaries = set(known.year[known.month == 1])
    without = sorted(set(known.year[known.month == 2]) - januaries)
    if merged == "auto" and januaries and without:
        raise SeasonalAdjustmentError(
            f"January is missing in {', '.join(map(str, without))} and known in other years. If February "
            "holds the sum of both there, pass merged_jan_feb=True; if not, load the missing months"
        )
    return without


def split(series: pd.Series, years: list[int]) -> pd.Series:
    """Share the sum of January and February between them by their days.

    Examples
    --------
    >>> merged = pd.Series([float("nan"), 590.0], pd.period_range("2023-01", "2023-02", freq="M"))
    >>> split(merged, [2023]).tolist()
    [310.0, 280.0]
    """
    result = series.copy()
    for year in years:
        january, february = pd.Period(f"{year}-01", "M"), pd.Period(f"{year}-02", "M")
        days = january.days_in_month + february.days_in_month
        total = series[february]
        result[january] = total * january.days_in_month / days
        result[february] = total * february.days_in_month / days
    return result


def merge_regressors(regressors: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Give both months of a merged year the mean of their values: the split gave them one daily rate.

    A regressor that no longer moves after that (a window always inside the two months) is left out.
    """
    result = regressors.copy()
    in_merged = result.index.year.isin(years) & (result.index.month <= 2)
    pairs = result[in_merged]
    result[in_merged] = pairs.groupby(pairs.index.year).transform("mean")
    moving = result.groupby(result.index.month).std().max() > 1e-9
    return result.loc[:, moving]


def merge_components(components: pd.DataFrame, years: list[int], transform: str) -> pd.DataFrame:
    """Sum both months into February and leave January missing, so that the parts still make up the whole.

    The factors of February become those of the sum: each is what its multiplication adds to the sum.
    """
    result = components.copy()
    for year in years:
        rows = [pd.Period(f"{year}-01", "M"), pd.Period(f"{year}-02", "M")]
        result.loc[rows[0]] = float("nan")
        result.loc[rows[1]] = _merged_row(components.loc[rows], transform)
    return result


def _merged_row(pair: pd.DataFrame, transform: str) -> pd.Series:
    if transform != "log":
        return pair.sum()
    # Built up one factor at a time, so that the product of the merged factors is the merged product.
    steps = ["adjusted", "holiday", "trading_day", "seasonal"]
    totals = [recompose(pair, transform, steps[: i + 1]).sum() for i in range(len(steps))]
    row = {"adjusted": totals[0], "trend": pair["trend"].sum()}
    row |= {steps[i]: totals[i] / totals[i - 1] for i in range(1, len(steps))}
    row["irregular"] = row["adjusted"] / row["trend"]
    return pd.Series(row)[COMPONENTS]
