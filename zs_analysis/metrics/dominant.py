"""The whole without its dominant part: growth of the rest, or the bounds that are left without a level."""

from dataclasses import dataclass

from zs_analysis.metrics._checks import require, require_growth
from zs_analysis.metrics.rounding import Quantity, Rounded, carries_rounding
from zs_analysis.metrics.year_to_date import single_period_growth


@dataclass(frozen=True)
class Rest:
    """A whole without one of its parts.

    Attributes
    ----------
    value, base : float or Interval
        Level of the rest in this and the base period, in one unit.
    base_share : float or Interval
        `base` in the base of the whole, between 0 and 1.
    growth_pct : float or Interval
        In percent.
    """

    value: Rounded
    base: Rounded
    base_share: Rounded
    growth_pct: Rounded


def without_part(
    total: Rounded, total_growth_pct: Rounded, *, part: Rounded, part_growth_pct: Rounded
) -> Rest:
    """Growth of a whole without one part whose level and growth are published.

    Parameters
    ----------
    total, part : float or Interval
        Levels of the whole and of the part, of one period, in one unit and one scope.
    total_growth_pct, part_growth_pct : float or Interval
        Their published growth, in percent, in the prices of the levels.

    Returns
    -------
    Rest
        With intervals where intervals were given.

    Raises
    ------
    ValueError
        If the implied base of the rest is not above zero, at the printed values or within their rounding: the
        part is not inside the whole, or is all of it.

    Notes
    -----
    ``(X - x) / (X / (1 + G) - x / (1 + g)) - 1``. A month is to the year to date what the rest is to the
    whole, so that the formula is the one of `single_period_growth`. It takes away what the part made itself,
    not what others made for it.

    References
    ----------
    NBS, implied bases on the comparable scope, see `implied_base`.

    Examples
    --------
    Zhoushan, January to March 2020: 316.3 (+76.9 %), of which petrochemicals 166.9 (+625.8 %).

    >>> rest = without_part(316.3, 76.9, part=166.9, part_growth_pct=625.8)
    >>> round(rest.value, 1), round(rest.growth_pct, 1)
    (149.4, -4.1)
    """
    rest = single_period_growth(
        total, total_growth_pct, previous_ytd=part, previous_growth_pct=part_growth_pct
    )
    return Rest(rest.value, rest.base, rest.base_share, rest.growth_pct)


@carries_rounding
def rest_growth_pct(
    total_growth_pct: Quantity, part_growth_pct: Quantity, *, part_base_share: Quantity
) -> Quantity:
    """Growth of the rest if the part had this share of the base, in percent.

    Parameters
    ----------
    total_growth_pct, part_growth_pct : float, Interval or pandas.Series
        In percent.
    part_base_share : float, Interval or pandas.Series
        Share of the part in the base of the whole, from 0 to below 1.

    Returns
    -------
    float, Interval or pandas.Series
        ``(G - w g) / (1 - w)``, in percent. Below -100 where the part would have made more than the whole.

    Raises
    ------
    ValueError
        If a share is outside 0 to 1 or is 1, or a growth is at or below -100 percent.

    Examples
    --------
    >>> round(rest_growth_pct(12.5, 19.0, part_base_share=0.5), 1)
    6.0
    """
    require_growth(total_growth_pct, "total_growth_pct")
    require_growth(part_growth_pct, "part_growth_pct")
    outside = (part_base_share < 0) | (part_base_share >= 1)
    require(
        outside,
        part_base_share,
        rule="part_base_share must lie in 0 to below 1",
        advice="Divide percent by 100.",
    )
    return (total_growth_pct - part_base_share * part_growth_pct) / (1 - part_base_share)


@carries_rounding
def largest_base_share(total_growth_pct: Quantity, part_growth_pct: Quantity) -> Quantity:
    """The largest share in the base that a part with this growth can have had.

    Parameters
    ----------
    total_growth_pct, part_growth_pct : float, Interval or pandas.Series
        In percent.

    Returns
    -------
    float, Interval or pandas.Series
        ``min(1, (1 + G) / (1 + g))``: with more, the part alone would have made more than the whole. 1 says
        nothing: the part grew no faster than the whole.

    Raises
    ------
    ValueError
        If a growth is at or below -100 percent.

    Examples
    --------
    >>> round(largest_base_share(12.5, 19.0), 3), largest_base_share(12.5, 5.0)
    (0.945, 1.0)
    """
    require_growth(total_growth_pct, "total_growth_pct")
    require_growth(part_growth_pct, "part_growth_pct")
    share = (1 + total_growth_pct / 100) / (1 + part_growth_pct / 100)
    return share.clip(upper=1.0) if hasattr(share, "clip") else min(1.0, share)
