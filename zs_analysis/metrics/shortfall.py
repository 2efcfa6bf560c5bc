"""What is missing to a target, and what the months left would have to bring."""

from dataclasses import dataclass

from zs_analysis.metrics._checks import require
from zs_analysis.metrics.targets import Comparison, gap


@dataclass(frozen=True)
class Shortfall:
    """How far a target is away.

    Attributes
    ----------
    missing : float
        To the target at its deadline, in its unit; zero or less once it is met.
    behind : float or None
        To the share of a flow's target that is due by now (序时进度); ``None`` for a level.
    months_left : int
        From the last month of the figure to the deadline.
    per_month : float or None
        Needed in each month left; ``None`` where no month is left.
    per_month_so_far : float or None
        Average of the months passed; ``None`` for a level, whose start is not known.
    """

    missing: float
    behind: float | None
    months_left: int
    per_month: float | None
    per_month_so_far: float | None


def flow_shortfall(done: float, target: float, *, months: int, target_months: int = 12) -> Shortfall:
    """Shortfall of a sum that grows month by month.

    Parameters
    ----------
    done, target : float
        Sum since the start of the target's period, and asked for by its end; in one unit.
    months : int
        Passed, 1 to `target_months`.
    target_months : int
        Length of the period: 12 for a yearly target.

    Returns
    -------
    Shortfall
        ``behind = target * months / target_months - done``; ``per_month = (target - done) / months left``.

    Raises
    ------
    ValueError
        If `months` lies outside the period.

    Notes
    -----
    Assumes even months, as `flow_pace` does; it knows nothing of the season and is no forecast.

    Examples
    --------
    40 a year, 20 by September:

    >>> short = flow_shortfall(20, 40, months=9)
    >>> short.missing, short.behind, short.months_left, round(short.per_month, 1)
    (20, 10.0, 3, 6.7)
    """
    rule = f"months must be 1 to {target_months}"
    require(not 0 < months <= target_months, months, rule=rule, advice="Pass the months the sum covers.")
    missing, left = target - done, target_months - months
    behind = target * months / target_months - done
    return Shortfall(missing, behind, left, missing / left if left else None, done / months)


def level_shortfall(value: float, comparison: Comparison, target: float, *, months_left: int) -> Shortfall:
    """Shortfall of a level that has to be reached by a deadline.

    Parameters
    ----------
    value, target : float
        Now and at the deadline, in one unit.
    comparison : {">=", "<=", "~=", ">", "<"}
        As the target puts it: where less is asked, what is missing is the way down.
    months_left : int
        From the figure to the deadline, zero or more.

    Returns
    -------
    Shortfall
        ``per_month = missing / months_left``, an even way to the target.

    Raises
    ------
    ValueError
        If the comparison is unknown or `months_left` is negative.

    Examples
    --------
    >>> level_shortfall(2.1, ">=", 2.6, months_left=10).per_month
    0.05
    """
    require(
        months_left < 0, months_left, rule="months_left must not be negative", advice="The deadline is past."
    )
    missing = gap(value, comparison, target)
    return Shortfall(missing, None, months_left, missing / months_left if months_left else None, None)
