"""Growth: rates in percent, changes in percentage points, implied bases and what is left of a year.

Growth computed here from levels is implied growth. It is not the published one, which is on a comparable
scope and often in constant prices; `growth_gap_pp` shows how far the two lie apart.
"""

from dataclasses import dataclass

import pandas as pd

from zs_analysis.metrics._checks import require, require_growth, require_positive
from zs_analysis.metrics._periods import require_periods
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
