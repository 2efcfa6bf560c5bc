"""Lunar New Year: the day, the windows around it, and the regressors they give."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from zs_analysis.metrics._periods import require_periods

Window = tuple[int, int]

# Spokesman of NBS, 14 March 2019: the festival is felt 4 to 5 days before and 15 to 20 days after.
SPRING_FESTIVAL_WINDOWS: Mapping[str, Window] = {"pre": (-5, -1), "post": (0, 19)}

FIRST_YEAR, LAST_YEAR = 1930, 2050

# Month and day, ten years a line from 1930: Hong Kong Observatory, calendar conversion table.
_NEW_YEAR_DAYS = """
0130 0217 0206 0126 0214 0204 0124 0211 0131 0219
0208 0127 0215 0205 0125 0213 0202 0122 0210 0129
0217 0206 0127 0214 0203 0124 0212 0131 0218 0208
0128 0215 0205 0125 0213 0202 0121 0209 0130 0217
0206 0127 0215 0203 0123 0211 0131 0218 0207 0128
0216 0205 0125 0213 0202 0220 0209 0129 0217 0206
0127 0215 0204 0123 0210 0131 0219 0207 0128 0216
0205 0124 0212 0201 0122 0209 0129 0218 0207 0126
0214 0203 0123 0210 0131 0219 0208 0128 0216 0205
0125 0212 0201 0122 0210 0129 0217 0206 0126 0213
0203 0123 0211 0131 0219 0208 0128 0215 0204 0124
0212 0201 0122 0210 0130 0217 0206 0126 0214 0202
0123
"""


def lunar_new_year(year: int) -> date:
    """First day of the lunar year (正月初一), which is the Spring Festival (春节).

    Parameters
    ----------
    year : int
        1930 to 2050.

    Raises
    ------
    ValueError
        If the year lies outside the table.

    References
    ----------
    Hong Kong Observatory, Gregorian-Lunar Calendar Conversion Table, 1901 to 2100.

    Examples
    --------
    >>> lunar_new_year(2023)
    datetime.date(2023, 1, 22)
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(
            f"the Lunar New Year is known for {FIRST_YEAR} to {LAST_YEAR}; got {year}. "
            "Shorten the series, or pass holiday=None"
        )
    day = _NEW_YEAR_DAYS.split()[year - FIRST_YEAR]
    return date(year, int(day[:2]), int(day[2:]))


def window_shares(months: pd.PeriodIndex, window: Window) -> pd.Series:
    """Share of the days of a window around the Lunar New Year that falls into each month.

    Parameters
    ----------
    months : pandas.PeriodIndex
        Monthly, within 1930 to 2050.
    window : (int, int)
        First and last day, counted from the New Year's day, which is 0.

    Returns
    -------
    pandas.Series
        Between 0 and 1; over the months of one festival the shares add to 1.

    Raises
    ------
    TypeError, ValueError
        If the index is not monthly, the window ends before it begins, or a year lies outside the table.

    Examples
    --------
    >>> months = pd.period_range("2026-01", "2026-03", freq="M")
    >>> window_shares(months, (0, 19)).tolist()
    [0.0, 0.6, 0.4]
    """
    require_periods(months, "months", freqs="M")
    for year in {months.year.min(), months.year.max()}:
        lunar_new_year(year)
    return _all_shares(window).reindex(months)


def spring_festival_regressors(
    months: pd.PeriodIndex,
    windows: Mapping[str, Window] = SPRING_FESTIVAL_WINDOWS,
    *,
    mean_years: tuple[int, int] = (FIRST_YEAR + 1, LAST_YEAR - 1),
) -> pd.DataFrame:
    """Window shares less the mean share of the same calendar month: what moves, without what is seasonal.

    Parameters
    ----------
    months : pandas.PeriodIndex
        Monthly, within 1930 to 2050.
    windows : mapping of str to (int, int)
        Windows by name. Default: five days before, and twenty from the day itself.
    mean_years : (int, int)
        First and last year of the mean. The default is fixed, so that a new year of data revises nothing.

    Returns
    -------
    pandas.DataFrame
        One column a window. A coefficient is the effect of a whole window inside one month: about -0.12 in
        logs takes 12 percent off that month.

    Raises
    ------
    TypeError, ValueError
        As in `window_shares`.

    References
    ----------
    `genhol` of the US Census Bureau, centred by calendar month. Windows: NBS press conference, 14 March 2019.

    Examples
    --------
    >>> months = pd.period_range("2023-01", "2023-03", freq="M")
    >>> spring_festival_regressors(months, {"post": (0, 19)}, mean_years=(2013, 2023)).round(4).post.tolist()
    [0.4, -0.3045, -0.0955]
    """
    first, last = mean_years
    columns = {}
    for name, window in windows.items():
        shares = _all_shares(window)
        base = shares[(shares.index.year >= first) & (shares.index.year <= last)]
        means = base.groupby(base.index.month).mean()
        columns[name] = window_shares(months, window) - means.reindex(months.month).to_numpy()
    return pd.DataFrame(columns, index=months)


@cache
def _all_shares(window: Window) -> pd.Series:
    first, last = window
    if last < first:
        raise ValueError(
            f"a window runs from its first day to its last; got {window}. Write (-5, -1), not (-1, -5)"
        )
    days = [
        lunar_new_year(year) + timedelta(days=offset)
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        for offset in range(first, last + 1)
    ]
    months = pd.period_range(f"{FIRST_YEAR}-01", f"{LAST_YEAR}-12", freq="M")
    counts = pd.DatetimeIndex(np.array(days, dtype="datetime64[D]")).to_period("M").value_counts()
    return counts.reindex(months, fill_value=0) / (last - first + 1)
