"""Growth: rates in percent, changes in percentage points, and what year-to-date figures imply.

Growth computed here from levels is implied growth. It is not the published one, which is on a comparable
scope and often in constant prices; `growth_gap_pp` shows how far the two lie apart.
"""

from dataclasses import dataclass

import pandas as pd

from zs_analysis.metrics._checks import require, require_growth, require_positive
from zs_analysis.metrics._periods import require_periods, splittable
from zs_analysis.metrics.rounding import Quantity, Rounded, carries_rounding

GIVE_THE_CHANGE = "Growth on such a base has no meaning: give the change in the indicator's unit instead."


@carries_rounding
def growth_pct(current: Quantity, base: Quantity) -> Quantity:
    """Growth of a level on its base, in percent: ``100 * (current / base - 1)``.

    Parameters
    ----------
    current, base : float, Interval or pandas.Series
        Levels in one unit. Series are matched by label; a missing level gives a missing growth.

    Returns
    -------
    float, Interval or pandas.Series
        In percent. Below -100 where a positive base turned into a loss.

    Raises
    ------
    ValueError
        If a base is zero or negative.

    References
    ----------
    NBS, Main Statistical Indicators Explained, entry on growth rates.

    Examples
    --------
    >>> round(growth_pct(543.7, 497.9), 1)
    9.2
    """
    require_positive(base, "base", advice=GIVE_THE_CHANGE)
    return 100 * (current / base - 1)


@carries_rounding
def change_pp(current_pct: Quantity, base_pct: Quantity) -> Quantity:
    """Change of a rate or a share, in percentage points: ``current_pct - base_pct``.

    Parameters
    ----------
    current_pct, base_pct : float, Interval or pandas.Series
        In percent.

    Returns
    -------
    float, Interval or pandas.Series
        In percentage points.

    Examples
    --------
    >>> change_pp(12.5, 10.0)
    2.5
    """
    return current_pct - base_pct


@carries_rounding
def implied_base(level: Quantity, growth_pct: Quantity) -> Quantity:
    """Base that a published level and its published growth imply: ``level / (1 + growth_pct / 100)``.

    Parameters
    ----------
    level : float, Interval or pandas.Series
        In any unit.
    growth_pct : float, Interval or pandas.Series
        In percent, in the same prices as the level.

    Returns
    -------
    float, Interval or pandas.Series
        In the unit of `level`.

    Notes
    -----
    This is the base on the comparable scope, not last year's publication: firms enter and leave, and NBS
    matches the scope of the base to the current period. Not for value added, whose growth is real while its
    level is nominal.

    References
    ----------
    NBS release notes on industry above designated size: the base has the scope of the current period.

    Examples
    --------
    >>> from zs_analysis.metrics import Interval
    >>> print(f"{implied_base(Interval.printed('3246.8'), Interval.printed('12.5')):.1f}")
    2886.0 [2884.7, 2887.4]
    """
    require_growth(growth_pct, "growth_pct")
    return level / (1 + growth_pct / 100)


def implied_yoy_pct(levels: pd.Series) -> pd.Series:
    """Growth on the same period a year before that levels imply, in percent.

    Parameters
    ----------
    levels : pandas.Series
        Levels or year-to-date levels by yearly, quarterly or monthly `pandas.Period`, in any order.

    Returns
    -------
    pandas.Series
        Of the same index; missing where the series has no level a year before.

    Raises
    ------
    TypeError, ValueError
        If the index is not periods, a period comes twice or a base is not above zero.

    Notes
    -----
    Scope and prices may differ between the two years, so this is not the published growth.

    Examples
    --------
    >>> years = pd.PeriodIndex(["2020", "2021"], freq="Y")
    >>> implied_yoy_pct(pd.Series([497.9, 543.7], index=years)).round(1).tolist()
    [nan, 9.2]
    """
    require_periods(levels.index, "levels", freqs="YQM")
    # To months and back is one step of a year for years, quarters and months alike.
    months = levels.index.asfreq("M", how="end")
    base = levels.reindex((months - 12).asfreq(levels.index.freq)).set_axis(levels.index)
    return growth_pct(levels, base)


@carries_rounding
def growth_gap_pp(published_pct: Quantity, *, current: Quantity, base: Quantity) -> Quantity:
    """Published growth minus the growth that published levels imply (口径差), in percentage points.

    Parameters
    ----------
    published_pct : float, Interval or pandas.Series
        Growth as published, in percent.
    current, base : float, Interval or pandas.Series
        Levels as published for this year and the year before, in one unit.

    Returns
    -------
    float, Interval or pandas.Series
        In percentage points; positive where the published growth is higher.

    Notes
    -----
    The gap mixes changes of price, scope and revisions; it does not say which of them it is.

    Examples
    --------
    Value added of Zhoushan, 2020 to 2021: 18.8 % is in comparable prices.

    >>> round(growth_gap_pp(18.8, current=543.7, base=497.9), 1)
    9.6
    """
    return change_pp(published_pct, growth_pct(current, base))


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


@dataclass(frozen=True)
class Remainder:
    """What is left for the rest of the year.

    Attributes
    ----------
    value, per_month, ytd_per_month : float or Interval
        Left in all, left per month, and the monthly average so far; in one unit.
    versus_ytd_pct : float or Interval
        `per_month` against `ytd_per_month`, in percent.
    """

    value: Rounded
    per_month: Rounded
    ytd_per_month: Rounded
    versus_ytd_pct: Rounded


def implied_remainder(full_year: Rounded, ytd: Rounded, *, months_left: int) -> Remainder:
    """What a full-year figure leaves for the months to come.

    Parameters
    ----------
    full_year, ytd : float or Interval
        Expected or targeted level of the year, and the level so far, in one unit.
    months_left : int
        1 to 11.

    Returns
    -------
    Remainder
        With intervals where intervals were given.

    Raises
    ------
    ValueError
        If `months_left` is outside 1 to 11, or the level so far is not above zero.

    Notes
    -----
    The comparison with the average so far knows nothing of the season.

    Examples
    --------
    >>> rest = implied_remainder(3800.0, 3246.8, months_left=2)
    >>> round(rest.value, 1), round(rest.per_month, 1), round(rest.versus_ytd_pct, 3)
    (553.2, 276.6, -14.808)
    """
    if months_left not in range(1, 12):
        raise ValueError(f"months_left must be 1 to 11; got {months_left}")
    return Remainder(
        value=_left(full_year, ytd, 1),
        per_month=_left(full_year, ytd, months_left),
        ytd_per_month=_per_month(ytd, 12 - months_left),
        versus_ytd_pct=_left_versus_ytd(full_year, ytd, months_left),
    )


@carries_rounding
def _left(full_year: float, ytd: float, months: int) -> float:
    return (full_year - ytd) / months


@carries_rounding
def _per_month(ytd: float, months: int) -> float:
    return ytd / months


@carries_rounding
def _left_versus_ytd(full_year: float, ytd: float, months_left: int) -> float:
    return growth_pct(_left(full_year, ytd, months_left), _per_month(ytd, 12 - months_left))


@carries_rounding
def cagr_pct(start: Quantity, end: Quantity, *, years: float) -> Quantity:
    """Average yearly growth between two levels, in percent.

    Parameters
    ----------
    start, end : float, Interval or pandas.Series
        Levels in one unit, above zero.
    years : float
        Between them; above zero.

    Returns
    -------
    float, Interval or pandas.Series
        ``100 * ((end / start) ** (1 / years) - 1)``, in percent.

    Raises
    ------
    ValueError
        If a level or `years` is not above zero.

    Examples
    --------
    >>> round(cagr_pct(3800.0, 7000.0, years=4), 3)
    16.501
    """
    require_positive(start, "start", advice=GIVE_THE_CHANGE)
    require_positive(end, "end", advice=GIVE_THE_CHANGE)
    require_positive(years, "years", advice="Count the years from the first level to the second.")
    return 100 * ((end / start) ** (1 / years) - 1)


@carries_rounding
def required_growth_pct(current: Quantity, target: Quantity, *, years: float) -> Quantity:
    """Yearly growth that leads from the current level to the target, in percent.

    Parameters
    ----------
    current, target : float, Interval or pandas.Series
        Levels of one indicator in one unit, above zero.
    years : float
        Left until the deadline; above zero.

    Returns
    -------
    float, Interval or pandas.Series
        In percent, see `cagr_pct`. Zero or negative where the target is met.

    Examples
    --------
    >>> round(required_growth_pct(3800.0, 7000.0, years=4), 3)
    16.501
    """
    return cagr_pct(current, target, years=years)


def required_path(current: float, target: float, *, years: int, start: pd.Period | None = None) -> pd.Series:
    """Levels year by year at the growth that reaches the target.

    Parameters
    ----------
    current, target : float
        Levels of one indicator in one unit, above zero.
    years : int
        Left until the deadline; at least 1.
    start : pandas.Period, optional
        The year of `current`, of yearly frequency. The path is then indexed by period.

    Returns
    -------
    pandas.Series
        ``current * (1 + g) ** k`` for k = 1 to `years`, in the unit of `current`; the last is the target.

    Raises
    ------
    ValueError
        If a level is not above zero, or `years` is no whole number above zero.

    Examples
    --------
    >>> required_path(3800.0, 7000.0, years=4, start=pd.Period("2023", "Y")).round(1).to_dict()
    {Period('2024', 'Y-DEC'): 4427.0, Period('2025', 'Y-DEC'): 5157.5, Period('2026', 'Y-DEC'): 6008.5, \
Period('2027', 'Y-DEC'): 7000.0}
    """
    require(
        not float(years).is_integer(),
        years,
        rule="years must be whole",
        advice="Use required_growth_pct for part years.",
    )
    factor = 1 + required_growth_pct(current, target, years=years) / 100
    steps = range(1, int(years) + 1)
    index = list(steps) if start is None else pd.PeriodIndex([start + step for step in steps])
    return pd.Series([current * factor**step for step in steps], index=index)
