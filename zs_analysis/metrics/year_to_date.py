"""Year-to-date figures taken apart into months and quarters, with what rounding leaves of them."""

from dataclasses import dataclass

import pandas as pd

from zs_analysis.metrics._checks import require_positive
from zs_analysis.metrics._periods import require_periods, splittable
from zs_analysis.metrics.growth import growth_pct, implied_base
from zs_analysis.metrics.rounding import Interval, Quantity, Rounded, carries_rounding


def ytd_to_single(ytd: pd.Series) -> pd.DataFrame:
    """Split year-to-date levels into single months, January and February together where so published.

    Parameters
    ----------
    ytd : pandas.Series
        Year-to-date levels with a monthly PeriodIndex, of one or more years, in any order. A missing value
        counts as not published.

    Returns
    -------
    pandas.DataFrame
        By last month: `value` (in the unit of `ytd`), `first_month`, `months` covered, and `jan_feb`, true
        where January and February come as one figure.

    Raises
    ------
    TypeError, ValueError
        If the index is not monthly, a month comes twice, or a month other than January is missing before a
        year's last: a gap is refused, not spread over its months.

    Notes
    -----
    ``value_m = ytd_m - ytd_(m-1)`` within a year. A revision of earlier months in the year lands in the month
    in which it was published, and cannot be seen here.

    References
    ----------
    NBS releases no January figure of its own for most monthly indicators.

    Examples
    --------
    >>> months = pd.period_range("2023-02", "2023-04", freq="M")
    >>> ytd_to_single(pd.Series([500.0, 830.0, 1150.0], index=months))
             value first_month  months  jan_feb
    2023-02  500.0     2023-01       2     True
    2023-03  330.0     2023-03       1    False
    2023-04  320.0     2023-04       1    False
    """
    known = splittable(ytd, needed=lambda last: range(2, last + 1), unit="month")
    previous = known.groupby(known.index.year).shift(fill_value=0.0)
    jan_feb = (known.index.month == 2) & ~(known.index - 1).isin(known.index)
    return pd.DataFrame(
        {
            "value": known - previous,
            "first_month": known.index - jan_feb.astype(int),
            "months": 1 + jan_feb.astype(int),
            "jan_feb": jan_feb,
        }
    )


def ytd_to_quarter(ytd: pd.Series) -> pd.Series:
    """Quarters from year-to-date levels; January and February need no split.

    Parameters
    ----------
    ytd : pandas.Series
        Year-to-date levels with a monthly PeriodIndex. Only the last months of quarters are used; a missing
        value counts as not published.

    Returns
    -------
    pandas.Series
        Levels of the quarters, in the unit of `ytd`, by quarterly period. A quarter that has not ended in the
        series is left out.

    Raises
    ------
    TypeError, ValueError
        If the index is not monthly, a month comes twice, or a quarter's end is missing before a later month.

    Notes
    -----
    ``Q1 = ytd_Mar``, ``Q2 = ytd_Jun - ytd_Mar`` and so on. Not for GDP, which has been compiled quarter by
    quarter since 2015.

    Examples
    --------
    >>> months = pd.PeriodIndex(["2023-03", "2023-06"], freq="M")
    >>> ytd_to_quarter(pd.Series([830.0, 1840.0], index=months)).tolist()
    [830.0, 1010.0]
    """
    known = splittable(ytd, needed=lambda last: range(3, last + 1, 3), unit="quarter")
    ends = known[known.index.month % 3 == 0]
    single = ends - ends.groupby(ends.index.year).shift(fill_value=0.0)
    return single.set_axis(ends.index.asfreq("Q"))


@dataclass(frozen=True)
class SinglePeriod:
    """The period between two year-to-date figures.

    Attributes
    ----------
    value, base : float or Interval
        Level of the period, and of the same period a year before on the comparable scope, in one unit.
    base_share : float or Interval
        `base` in the year-to-date base, between 0 and 1. Rounding errors of the published growth are
        multiplied by about its inverse.
    growth_pct : float or Interval
        In percent.
    """

    value: Rounded
    base: Rounded
    base_share: Rounded
    growth_pct: Rounded


def single_period_growth(
    ytd: Rounded, ytd_growth_pct: Rounded, *, previous_ytd: Rounded, previous_growth_pct: Rounded
) -> SinglePeriod:
    """Growth of the period between two year-to-date figures of one year.

    Parameters
    ----------
    ytd, previous_ytd : float or Interval
        Year-to-date levels to the end of the period, and to the end of the period before it.
    ytd_growth_pct, previous_growth_pct : float or Interval
        Their published growth, in percent, in the prices of the levels.

    Returns
    -------
    SinglePeriod
        With intervals where intervals were given. Give them: four rounded numbers leave little of a month.

    Raises
    ------
    ValueError
        If the implied base of the period is not above zero, at the printed values or within their rounding.

    Notes
    -----
    With base share ``w`` and growth ``G`` of the two year-to-date figures,
    ``g = ((1 + G_m) - (1 - w) * (1 + G_(m-1))) / w - 1``, computed here as level over base. Not for value
    added: its growth is real, its level nominal.

    Examples
    --------
    >>> october = single_period_growth(3246.8, 12.5, previous_ytd=2900.0, previous_growth_pct=12.0)
    >>> round(october.growth_pct, 4)
    16.8626
    """
    given = (ytd, ytd_growth_pct, previous_ytd, previous_growth_pct)
    return SinglePeriod(
        value=_single_value(*given),
        base=_single_base(*given),
        base_share=_single_share(*given),
        growth_pct=_single_growth_pct(*given),
    )


@carries_rounding
def _single_value(ytd: float, growth: float, previous: float, previous_growth: float) -> float:
    return ytd - previous


@carries_rounding
def _single_base(ytd: float, growth: float, previous: float, previous_growth: float) -> float:
    base = implied_base(ytd, growth) - implied_base(previous, previous_growth)
    advice = "Check that both figures are of one year and one scope, or give more decimals."
    require_positive(base, "the implied base of the period", advice=advice)
    return base


@carries_rounding
def _single_share(ytd: float, growth: float, previous: float, previous_growth: float) -> float:
    return _single_base(ytd, growth, previous, previous_growth) / implied_base(ytd, growth)


@carries_rounding
def _single_growth_pct(ytd: float, growth: float, previous: float, previous_growth: float) -> float:
    return growth_pct(ytd - previous, _single_base(ytd, growth, previous, previous_growth))


@carries_rounding
def month_pull_on_ytd(
    month: Quantity, month_growth_pct: Quantity, *, ytd: Quantity, ytd_growth_pct: Quantity
) -> Quantity:
    """Pull (拉动) of one month on year-to-date growth, in percentage points.

    Parameters
    ----------
    month, ytd : float, Interval or pandas.Series
        Levels of the month alone and from January to it, in one unit.
    month_growth_pct, ytd_growth_pct : float, Interval or pandas.Series
        Their published growth, in percent, in the prices of the levels.

    Returns
    -------
    float, Interval or pandas.Series
        Change of the month over the year-to-date base, in percentage points.

    Notes
    -----
    ``100 * (month - base of month) / base of ytd``, both bases implied.

    Examples
    --------
    Zhejiang, April 2012; the published answer is 1.5.

    >>> round(month_pull_on_ytd(884.9, 5.6, ytd=3191.0, ytd_growth_pct=5.1), 4)
    1.5456
    """
    change = month - implied_base(month, month_growth_pct)
    return 100 * change / implied_base(ytd, ytd_growth_pct)


def quarters_alone(ytd: pd.DataFrame) -> pd.DataFrame:
    """Quarters alone (当季) from published year-to-date levels and growth, with what rounding leaves of them.

    Parameters
    ----------
    ytd : pandas.DataFrame
        By month (PeriodIndex): ``level`` and ``growth_pct`` from January to the month, as printed, and
        ``level_decimals`` and ``growth_decimals``, the digits printed after the point. Growth may be missing.

    Returns
    -------
    pandas.DataFrame
        By last month: ``first_month``; ``value``, the level of the quarter alone; ``growth_pct``,
        ``growth_lo`` and ``growth_hi``, its growth in percent and the range rounding leaves; ``base_share``,
        its share in the year-to-date base. Besides the ends of quarters the newest month counts, for the
        months since the last quarter. A quarter whose start is not published is left out; growth is missing
        where a growth is, or where rounding leaves no base above zero.

    Raises
    ------
    TypeError, ValueError
        If the index is not monthly or a month comes twice.

    Notes
    -----
    The level is the difference of two levels, the growth that of `single_period_growth`. Levels and growth
    must be in the same prices: not for value added. A revision of earlier months lands in the quarter in
    which it was published.

    Examples
    --------
    >>> months = pd.PeriodIndex(["2023-03", "2023-06"], freq="M")
    >>> ytd = pd.DataFrame({"level": [830.0, 1840.0], "growth_pct": [10.0, 12.0]}, index=months)
    >>> alone = quarters_alone(ytd.assign(level_decimals=0, growth_decimals=1))
    >>> alone[["value", "growth_pct", "growth_lo", "growth_hi"]].round(1).values.tolist()
    [[830.0, 10.0, 10.0, 10.0], [1010.0, 13.7, 13.6, 13.8]]
    """
    require_periods(ytd.index, "ytd", freqs="M")
    known = ytd.dropna(subset=["level"]).sort_index()
    ends = [month for month in known.index if month.month % 3 == 0 or month == known.index[-1]]
    rows = {month: _alone(known, month) for month in ends if _starts(month) in (None, *known.index)}
    columns = ["first_month", "value", "growth_pct", "growth_lo", "growth_hi", "base_share"]
    return pd.DataFrame(list(rows.values()), index=pd.PeriodIndex(list(rows), freq="M"), columns=columns)


def _starts(month: pd.Period) -> pd.Period | None:
    """The month before the quarter, or ``None`` where the quarter opens the year."""
    return None if month.quarter == 1 else month.asfreq("Q").asfreq("M", how="start") - 1


def _alone(known: pd.DataFrame, month: pd.Period) -> dict[str, object]:
    now, before = known.loc[month], _starts(month)
    first = pd.Period(year=month.year, month=1, freq="M") if before is None else before + 1
    if before is None:
        return {"first_month": first, "value": now["level"], "base_share": 1.0} | _growth_range(
            _printed(now)[1]
        )
    then = known.loc[before]
    decimals = int(max(now["level_decimals"], then["level_decimals"]))
    row = {"first_month": first, "value": round(now["level"] - then["level"], decimals)}
    printed = (*_printed(now), *_printed(then))
    if any(number is None for number in printed) or _base_may_vanish(*printed):
        return row
    single = single_period_growth(
        printed[0], printed[1], previous_ytd=printed[2], previous_growth_pct=printed[3]
    )
    return row | {"base_share": single.base_share.value} | _growth_range(single.growth_pct)


def _printed(row: pd.Series) -> tuple[Interval, Interval | None]:
    level = Interval.printed(row["level"], decimals=int(row["level_decimals"]))
    if pd.isna(row["growth_pct"]):
        return level, None
    return level, Interval.printed(row["growth_pct"], decimals=int(row["growth_decimals"]))


def _base_may_vanish(
    level: Interval, growth: Interval, previous: Interval, previous_growth: Interval
) -> bool:
    return implied_base(level, growth).lo <= implied_base(previous, previous_growth).hi


def _growth_range(growth: Interval | None) -> dict[str, float]:
    return (
        {} if growth is None else {"growth_pct": growth.value, "growth_lo": growth.lo, "growth_hi": growth.hi}
    )
