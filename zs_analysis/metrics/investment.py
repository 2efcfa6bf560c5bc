"""What total growth and growth without one dominant firm say about that firm.

The result bounds a single respondent. Check it against the disclosure rules before publishing.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from zs_analysis.metrics._checks import require, require_growth, require_positive
from zs_analysis.metrics.growth import implied_base
from zs_analysis.metrics.rounding import Interval, Rounded, carries_rounding

FIRM_BASE = ["firm_base", "firm_base_lo", "firm_base_hi"]


@dataclass(frozen=True)
class ExFirmBound:
    """Bounds on a dominant firm from growth with and without it; levels in the unit of the total.

    Attributes
    ----------
    base : float or Interval
        Total in the base period.
    ex_base_max : float or Interval
        The most the others can have had in the base period.
    firm_base_min : float or Interval
        The least the firm can have had in the base period. With intervals `lo` is the conservative bound.
    firm_base_share_min_pct : float or Interval
        The same as a share of `base`, in percent.
    firm_level_min : float or Interval
        The least the firm can have now. Above zero only where the others grew less than the total.
    """

    base: Rounded
    ex_base_max: Rounded
    firm_base_min: Rounded
    firm_base_share_min_pct: Rounded
    firm_level_min: Rounded


def ex_firm_bound(level: Rounded, growth_pct: Rounded, *, ex_growth_pct: Rounded) -> ExFirmBound:
    """Bound a dominant firm's investment from growth with and without it.

    Parameters
    ----------
    level : float or Interval
        Total investment now, the firm included.
    growth_pct : float or Interval
        Its growth, in percent.
    ex_growth_pct : float or Interval
        Growth of the total without the firm, in percent.

    Returns
    -------
    ExFirmBound
        With intervals where intervals were given.

    Raises
    ------
    ValueError
        If the level is not above zero, or a growth is at or below -100 percent.

    Notes
    -----
    Let ``I`` be the total now, ``f >= 0`` the firm's part of it, ``g`` and ``h`` growth with and without the
    firm. The base is ``B = I / (1 + g)``. The others now have ``I - f``, and had ``(I - f) / (1 + h)``. As
    the firm's investment is not negative, they have at most ``I`` now, so they had at most ``I / (1 + h)``,
    and the firm had at least ``B - I / (1 + h)``. Likewise the firm's base is not negative, so that
    ``f >= I - B * (1 + h)``. Bounds below zero are given as zero. Both growth rates must be of one indicator,
    one scope and one period; a bound is not an estimate.

    References
    ----------
    Manski (2003), Partial Identification of Probability Distributions, for the reasoning.

    Examples
    --------
    Zhoushan, January to October 2023: 429 (1e8 CNY), -2.1 %, without ZPC +89 %.

    >>> bound = ex_firm_bound(429.0, -2.1, ex_growth_pct=89.0)
    >>> round(bound.base, 4), round(bound.ex_base_max, 4), round(bound.firm_base_min, 4)
    (438.2022, 226.9841, 211.2181)
    >>> round(bound.firm_base_share_min_pct, 1)
    48.2
    """
    given = (level, growth_pct, ex_growth_pct)
    _require_known(*given)
    _require_level(level)
    return ExFirmBound(
        base=implied_base(level, growth_pct),
        ex_base_max=_ex_base_max(level, growth_pct, ex_growth_pct),
        firm_base_min=_firm_base_min(*given),
        firm_base_share_min_pct=_firm_base_share_min(*given),
        firm_level_min=_firm_level_min(*given),
    )


def ex_firm_set(
    level: Rounded, growth_pct: Rounded, *, ex_growth_pct: Rounded, points: int = 101
) -> pd.DataFrame:
    """All pairs of the firm's investment now and in the base period that the figures allow.

    Parameters
    ----------
    level, growth_pct, ex_growth_pct : float or Interval
        As in `ex_firm_bound`.
    points : int
        Rows, at least 2.

    Returns
    -------
    pandas.DataFrame
        `firm_level`, evenly spaced from the least the firm can have now to the total; `firm_base` it implies,
        with `firm_base_lo` and `firm_base_hi` as rounding allows; `ex_base`, of the others. Levels in the
        unit of `level`. With a rounded total `firm_level` ends at the lowest total the print allows.

    Raises
    ------
    ValueError
        As in `ex_firm_bound`, or if `points` is below 2.

    Notes
    -----
    ``firm_base = base - (level - firm_level) / (1 + ex_growth_pct / 100)``. No row is likelier than another.

    Examples
    --------
    >>> ex_firm_set(429.0, -2.1, ex_growth_pct=89.0, points=3)[["firm_level", "firm_base"]].round(1)
       firm_level  firm_base
    0         0.0      211.2
    1       214.5      324.7
    2       429.0      438.2
    """
    require(points < 2, points, rule="points must be at least 2", advice="A line needs two ends.")
    bound = ex_firm_bound(level, growth_pct, ex_growth_pct=ex_growth_pct)
    start, top = _value(bound.firm_level_min), level.lo if isinstance(level, Interval) else level
    rows = [
        (firm, _firm_base(level, growth_pct, ex_growth_pct, firm)) for firm in np.linspace(start, top, points)
    ]
    table = pd.DataFrame([(firm, *_ends(base)) for firm, base in rows], columns=["firm_level", *FIRM_BASE])
    return table.assign(ex_base=_value(bound.base) - table["firm_base"])


@carries_rounding
def share_multiple(part_growth_pct: Rounded, whole_growth_pct: Rounded, *, years: int) -> Rounded:
    """How many times its old share a part has of the whole after growing at another rate.

    Parameters
    ----------
    part_growth_pct, whole_growth_pct : float or Interval
        Average growth a year, in percent, over the same years and at the same prices.
    years : int
        From the base year on, at least 1.

    Returns
    -------
    float or Interval
        ``((1 + part) / (1 + whole)) ** years``. It is not a share: that needs one level of both.

    Raises
    ------
    ValueError
        If `years` is below 1 or growth at or below -100 percent.

    Examples
    --------
    Manufacturing 16.0 % a year, all fixed assets 9.8 %, 2013 to 2021:

    >>> round(share_multiple(16.0, 9.8, years=9), 3)
    1.639
    """
    require(
        years < 1, years, rule="years must be at least 1", advice="Over less there is nothing to compare."
    )
    require_growth(part_growth_pct, "part_growth_pct")
    require_growth(whole_growth_pct, "whole_growth_pct")
    return ((1 + part_growth_pct / 100) / (1 + whole_growth_pct / 100)) ** years


def _require_known(*given: Rounded) -> None:
    # max(0, nan) is 0: an unknown growth would turn into a bound.
    missing = any(math.isnan(_value(number)) for number in given)
    require(missing, given, rule="level and growth must be known", advice="Without them there is no bound.")


def _require_level(level: Rounded) -> None:
    lowest = level.lo if isinstance(level, Interval) else level
    require_positive(lowest, "level", advice="Without investment there is nothing to divide.")


def _value(number: Rounded) -> float:
    return number.value if isinstance(number, Interval) else number


def _ends(number: Rounded) -> tuple[float, float, float]:
    return (number.value, number.lo, number.hi) if isinstance(number, Interval) else (number,) * 3


@carries_rounding
def _ex_base_max(level: float, growth: float, ex_growth: float) -> float:
    return min(implied_base(level, growth), implied_base(level, ex_growth))


@carries_rounding
def _firm_base(level: float, growth: float, ex_growth: float, firm: float) -> float:
    return max(0.0, implied_base(level, growth) - implied_base(level - firm, ex_growth))


@carries_rounding
def _firm_base_min(level: float, growth: float, ex_growth: float) -> float:
    return _firm_base(level, growth, ex_growth, 0.0)


@carries_rounding
def _firm_base_share_min(level: float, growth: float, ex_growth: float) -> float:
    return 100 * _firm_base(level, growth, ex_growth, 0.0) / implied_base(level, growth)


@carries_rounding
def _firm_level_min(level: float, growth: float, ex_growth: float) -> float:
    return max(0.0, level - implied_base(level, growth) * (1 + ex_growth / 100))
