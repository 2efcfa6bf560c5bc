"""Targets: is the value there, is the pace right (序时进度), and which light that gives (红黄绿灯)."""

import math
import operator
from collections.abc import Callable
from typing import Literal, TypeAlias

import pandas as pd

from zs_analysis.metrics._checks import require, require_positive
from zs_analysis.metrics.rounding import Interval, Quantity, Rounded, carries_rounding

Comparison: TypeAlias = Literal[">=", "<=", "~=", ">", "<"]
Light: TypeAlias = Literal["re-base", "green", "amber", "red"]

ORDERINGS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def level_pace(
    value: Quantity, target: Quantity, *, start_value: Quantity, elapsed: float, total: float
) -> Quantity:
    """Progress of a level towards its target against the time that has passed.

    Parameters
    ----------
    value, target, start_value : float, Interval or pandas.Series
        The level now, at the deadline, and when the target was set; in one unit.
    elapsed, total : float
        Time from the start to now and to the deadline, in one unit of time; ``0 < elapsed <= total``.

    Returns
    -------
    float, Interval or pandas.Series
        ``((value - start_value) / (target - start_value)) / (elapsed / total)``, a ratio: 1 is on time, below
        zero the level has moved away from the target. Falling targets work alike.

    Raises
    ------
    ValueError
        If the target equals the start, or the time is outside the plan's.

    Notes
    -----
    Assumes that progress is even over time. It is not a forecast.

    Examples
    --------
    Half of the way in half of the time:

    >>> level_pace(5400.0, 7000.0, start_value=3800.0, elapsed=2, total=4)
    1.0
    """
    late = "Before the start there is no pace; after the deadline compare the value with the target."
    rule = f"elapsed must lie above 0 and up to {total}"
    require(not 0 < elapsed <= total, elapsed, rule=rule, advice=late)
    _require_distance(target, start_value)
    return _level_pace(value, target, start_value, elapsed / total)


@carries_rounding
def _level_pace(value: Quantity, target: Quantity, start_value: Quantity, time_share: float) -> Quantity:
    return (value - start_value) / (target - start_value) / time_share


def _require_distance(target: Quantity, start_value: Quantity) -> None:
    asked = gap(start_value, ">=", target)
    # Rounding that lets the distance be zero lets the pace be anything: the corners would not show it.
    none = asked.lo <= 0 <= asked.hi if isinstance(asked, Interval) else asked == 0
    advice = "The target was met when it was set; it has no pace."
    require(none, asked, rule="target must differ from start_value", advice=advice)


@carries_rounding
def flow_pace(cumulative: Quantity, target: Quantity, *, months: int, target_months: int = 12) -> Quantity:
    """Progress of a flow towards its target against the months that have passed.

    Parameters
    ----------
    cumulative : float, Interval or pandas.Series
        Sum from the start of the target's period.
    target : float, Interval or pandas.Series
        For the whole period, in the same unit; above zero.
    months : int
        Passed, 1 to `target_months`.
    target_months : int
        Length of the target's period: 12 for a yearly target.

    Returns
    -------
    float, Interval or pandas.Series
        ``cumulative / (target * months / target_months)``, a ratio: 1 is on time.

    Raises
    ------
    ValueError
        If the target is not above zero, or `months` lies outside its period.

    Notes
    -----
    Assumes even months, which a seasonal flow does not have.

    Examples
    --------
    40 a year, 35 by October:

    >>> flow_pace(35, 40, months=10)
    1.05
    """
    late = "Before the start there is no pace; after the period compare the sum with the target."
    rule = f"months must be 1 to {target_months}"
    require(not 0 < months <= target_months, months, rule=rule, advice=late)
    require_positive(target, "target", advice="A pace towards nothing has no meaning.")
    return cumulative * target_months / (target * months)


@carries_rounding
def gap(value: Quantity, comparison: Comparison, target: Quantity) -> Quantity:
    """What is still missing to the target, in its unit.

    Parameters
    ----------
    value, target : float, Interval or pandas.Series
        In one unit.
    comparison : {">=", "<=", "~=", ">", "<"}
        As the target puts it.

    Returns
    -------
    float, Interval or pandas.Series
        ``target - value`` where more is asked, or about as much; ``value - target`` where less is asked.
        Negative: beyond the target.

    Raises
    ------
    ValueError
        If the comparison is none of these.

    Examples
    --------
    >>> gap(38.8, ">=", 34.0) < 0
    True
    >>> gap(0.5, "<=", 0.25)
    0.25
    """
    _require_comparison(comparison)
    return value - target if comparison in ("<=", "<") else target - value


def compare(
    value: Rounded, comparison: Comparison, target: float, *, tolerance_pct: float | None = None
) -> bool | None:
    """Whether a value meets its target.

    Parameters
    ----------
    value : float or Interval
        In the unit of `target`.
    comparison : {">=", "<=", "~=", ">", "<"}
        As the target puts it; ``~=`` is about (约, 左右).
    target : float
        As set.
    tolerance_pct : float, optional
        How far either way still counts as about, in percent of the target; from the dated rules. Needed for
        ``~=`` and not used otherwise.

    Returns
    -------
    bool or None
        For an interval, ``None`` where some of the numbers it stands for meet the target and some do not.
        To judge the number as printed, pass ``value.value``.

    Raises
    ------
    ValueError
        If the comparison is none of these, a number is missing, or ``~=`` comes without a tolerance.

    Examples
    --------
    >>> compare(38.8, ">=", 34.0)
    True
    >>> compare(3746.8, "~=", 3800.0, tolerance_pct=5)
    True
    >>> print(compare(Interval.printed("34"), ">=", 34.0))
    None
    """
    _require_comparison(comparison)
    if math.isnan(target) or value != value:
        raise ValueError(
            f"cannot tell {value} {comparison} {target}: a number is missing; show it as missing"
        )
    points = _telling_points(value, target)
    verdicts = {_meets(point, comparison, target, tolerance_pct) for point in points}
    return verdicts.pop() if len(verdicts) == 1 else None


def light(pace: Rounded, *, green: float, amber: float, met: bool | None) -> Light:
    """Traffic light of a target.

    Parameters
    ----------
    pace : float or Interval
        From `level_pace` or `flow_pace`. An interval is judged by its value; show the interval
        beside the light.
    green, amber : float
        Least pace for each, from the dated rules; ``amber <= green``.
    met : bool or None
        From `compare` with the target at its deadline. A met target steers nothing any more and asks to be
        set anew; ``None`` (open within rounding) does not count as met.

    Returns
    -------
    {"re-base", "green", "amber", "red"}

    Raises
    ------
    ValueError
        If the pace is missing and the target not met, or `amber` lies above `green`.

    Examples
    --------
    >>> light(1.05, green=1.0, amber=0.9, met=False)
    'green'
    >>> light(1.05, green=1.0, amber=0.9, met=True)
    're-base'
    """
    require(amber > green, amber, rule=f"amber must not lie above green ({green})", advice="Check the rules.")
    if met:
        return "re-base"
    ratio = pace.value if isinstance(pace, Interval) else pace
    require(pd.isna(ratio), ratio, rule="pace must be known", advice="Show the target as not measured.")
    if ratio >= green:
        return "green"
    return "amber" if ratio >= amber else "red"


def _require_comparison(comparison: str) -> None:
    allowed = [*ORDERINGS, "~="]
    if comparison not in allowed:
        raise ValueError(f"comparison {comparison!r} is unknown; use one of {', '.join(allowed)}")


def _telling_points(value: Rounded, target: float) -> set[float]:
    """Numbers that show all verdicts an interval can have: its ends, and the target inside it."""
    if not isinstance(value, Interval):
        return {value}
    if value.lo == value.hi:
        return {value.value}
    top = math.nextafter(value.hi, value.lo)
    return {value.lo, top} | ({target} if value.contains(target) else set())


def _meets(number: float, comparison: str, target: float, tolerance_pct: float | None) -> bool:
    if comparison in ORDERINGS:
        return bool(ORDERINGS[comparison](number, target))
    if tolerance_pct is None:
        raise ValueError(f"'~= {target}' needs tolerance_pct; pass what the rules count as about, in percent")
    return bool(abs(number - target) <= abs(target) * tolerance_pct / 100)
