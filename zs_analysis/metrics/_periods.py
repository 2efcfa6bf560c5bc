"""Year-to-date series: what must be there before they can be split."""

from collections.abc import Callable, Iterable

import pandas as pd

from zs_analysis.metrics._checks import require_unique


def splittable(ytd: pd.Series, *, needed: Callable[[int], Iterable[int]], unit: str) -> pd.Series:
    """Check that a year-to-date series can be split, and sort it.

    Parameters
    ----------
    ytd : pandas.Series
        Year-to-date levels with a monthly PeriodIndex; missing values are dropped.
    needed : callable
        From the last month present in a year to the months that year must have.
    unit : str
        What the series is split into, for the message.

    Raises
    ------
    TypeError
        If the index is not a monthly PeriodIndex.
    ValueError
        If a month comes twice, or one that is needed is missing.

    Examples
    --------
    >>> ytd = pd.Series([830.0, 500.0], index=pd.PeriodIndex(["2023-03", "2023-02"], freq="M"))
    >>> splittable(ytd, needed=lambda last: range(2, last + 1), unit="month").tolist()
    [500.0, 830.0]
    """
    require_periods(ytd.index, "ytd", freqs="M")
    known = ytd.dropna().sort_index()
    missing = [
        pd.Period(year=year, month=month, freq="M")
        for year, months in known.index.month.groupby(known.index.year).items()
        for month in needed(max(months))
        if month not in months
    ]
    if missing:
        raise ValueError(
            f"cannot split year-to-date into {unit}s: {', '.join(map(str, missing))} missing before a later "
            "month of the year. Load that release, or leave the year out; a gap is not spread over its months"
        )
    return known


def require_periods(index: pd.Index, name: str, *, freqs: str) -> None:
    """Raise unless the index holds periods of one of `freqs` (initials: Y, Q, M), each once.

    Raises
    ------
    TypeError
        If it holds no periods, or others.
    ValueError
        If a period comes twice.

    Examples
    --------
    >>> require_periods(pd.period_range("2023-01", "2023-03", freq="M"), "ytd", freqs="M")
    """
    kind = index.freqstr if isinstance(index, pd.PeriodIndex) else type(index).__name__
    if not isinstance(index, pd.PeriodIndex) or kind[0] not in freqs:
        wanted = " or ".join(freqs)
        raise TypeError(
            f"{name} needs a PeriodIndex of frequency {wanted}; got {kind}. Convert with .to_period()"
        )
    require_unique(index, name)
