"""Contributions to growth: percentage points (拉动) and shares of the growth (贡献率), kept apart.

The two are often confused: 拉动 adds up to the growth of the whole, 贡献率 adds up to 100 percent.
"""

import pandas as pd

from zs_analysis.metrics._checks import require, require_positive, require_unique
from zs_analysis.metrics.growth import implied_base
from zs_analysis.metrics.rounding import Interval, Quantity, Rounded, carries_rounding


@carries_rounding
def contribution_pp(current: Quantity, base: Quantity, *, total_base: Rounded) -> Quantity:
    """Contribution of each part to the growth of the whole (拉动), in percentage points.

    Parameters
    ----------
    current, base : float, Interval or pandas.Series
        Levels of the parts in this and the base period, in one unit. Series are matched by label; a part that
        is missing in either gives a missing contribution.
    total_base : float or Interval
        Level of the whole in the base period, in the same unit. It must be given: parts may overlap, or not
        cover the whole.

    Returns
    -------
    float, Interval or pandas.Series
        ``100 * (current - base) / total_base``, in percentage points. Over parts that make up the whole they
        add to its growth in percent.

    Raises
    ------
    ValueError
        If a part comes twice, or the base of the whole is not above zero.

    Notes
    -----
    Exact for levels in the prices the growth is measured in. For real growth use `weighted_contribution_pp`.

    Examples
    --------
    >>> round(contribution_pp(3433.0, 2556.0, total_base=4888.0), 2)
    17.94
    """
    for parts in (current, base):
        if isinstance(parts, pd.Series):
            require_unique(parts.index, "parts")
    require_positive(total_base, "total_base", advice="Growth on such a base has no meaning.")
    return 100 * (current - base) / total_base


def contributions(parts: pd.DataFrame, total: pd.Series, *, label: str = "unallocated") -> pd.DataFrame:
    """Contributions of published parts to the growth of the whole, closed to it, with their rounding.

    Parameters
    ----------
    parts : pandas.DataFrame
        One row a part that does not overlap the others: ``level`` and ``growth_pct`` as printed, and
        ``level_decimals`` and ``growth_decimals``, the digits printed after the point.
    total : pandas.Series
        The same four of the whole.
    label : str
        Of the row for what the parts leave open.

    Returns
    -------
    pandas.DataFrame
        The parts and the row `label`: ``level``, ``growth_pct`` (missing for `label`), ``base`` (implied, in
        the unit of the levels), ``contribution_pp``, and ``contribution_lo`` and ``contribution_hi``, the
        range that rounding leaves. Contributions add to the growth of the whole, levels and bases to its own.

    Raises
    ------
    ValueError
        If a part comes twice or has that label, a figure is missing, or a growth is at or below -100 percent.

    Notes
    -----
    Base and contribution as in `implied_base` and `contribution_pp`. The range of the row `label` is that of
    the total less the parts, each at its worst: where it holds zero, the row may be rounding alone.

    Examples
    --------
    >>> columns = ["level", "growth_pct", "level_decimals", "growth_decimals"]
    >>> parts = pd.DataFrame([[166.9, 625.8, 1, 1]], index=["petrochemicals"], columns=columns)
    >>> total = pd.Series([316.3, 76.9, 1, 1], index=columns)
    >>> contributions(parts, total)["contribution_pp"].round(1).to_dict()
    {'petrochemicals': 80.5, 'unallocated': -3.6}
    """
    total_base = implied_base(total["level"], total["growth_pct"])
    base = implied_base(parts["level"], parts["growth_pct"])
    pull = contribution_pp(parts["level"], base, total_base=total_base)
    wholes = {"level": total["level"], "base": total_base, "contribution_pp": total["growth_pct"]}
    closed = pd.DataFrame(
        {
            name: with_unallocated(column, wholes[name], label=label)
            for name, column in (("level", parts["level"]), ("base", base), ("contribution_pp", pull))
        }
    )
    return closed.join(_ranges(parts, total, label)).assign(growth_pct=parts["growth_pct"])


def _ranges(parts: pd.DataFrame, total: pd.Series, label: str) -> pd.DataFrame:
    """What rounding leaves of the contributions, and of what they leave open."""
    level, growth = _printed(total)
    found = {name: _pull(*_printed(row), level, growth) for name, row in parts.iterrows()}
    ranges = pd.DataFrame(
        {
            "contribution_lo": [one.lo for one in found.values()],
            "contribution_hi": [one.hi for one in found.values()],
        },
        index=list(found),
    )
    ranges.loc[label] = [
        growth.lo - ranges["contribution_hi"].sum(),
        growth.hi - ranges["contribution_lo"].sum(),
    ]
    return ranges


def _printed(row: pd.Series) -> tuple[Interval, Interval]:
    return tuple(
        Interval.printed(float(row[name]), decimals=int(row[f"{digits}_decimals"]))
        for name, digits in (("level", "level"), ("growth_pct", "growth"))
    )


@carries_rounding
def _pull(level: float, growth: float, total: float, total_growth: float) -> float:
    return contribution_pp(level, implied_base(level, growth), total_base=implied_base(total, total_growth))


@carries_rounding
def weighted_contribution_pp(growth_pct: Quantity, base_share: Quantity) -> Quantity:
    """Contribution of each part from its growth and its share in the base, in percentage points.

    Parameters
    ----------
    growth_pct : float, Interval or pandas.Series
        In percent.
    base_share : float, Interval or pandas.Series
        Share of the part in the whole in the base period, 0 to 1.

    Returns
    -------
    float, Interval or pandas.Series
        ``growth_pct * base_share``, in percentage points.

    Raises
    ------
    ValueError
        If a share is outside 0 to 1 (55 percent is 0.55).

    Examples
    --------
    >>> growth = pd.Series({"petrochemicals": 19.0, "ships": 10.0, "seafood": 2.0})
    >>> share = pd.Series({"petrochemicals": 0.55, "ships": 0.25, "seafood": 0.20})
    >>> weighted_contribution_pp(growth, share).round(2).tolist()
    [10.45, 2.5, 0.4]
    """
    outside = (base_share < 0) | (base_share > 1)
    require(outside, base_share, rule="base_share must lie in 0 to 1", advice="Divide percent by 100.")
    return growth_pct * base_share


def contribution_share(
    contributions_pp: pd.Series, total_growth_pct: float, *, min_growth_pct: float, max_opposite: float = 0.0
) -> pd.Series:
    """Share of each part in the growth of the whole (贡献率), in percent.

    Parameters
    ----------
    contributions_pp : pandas.Series
        Contributions of parts, in percentage points; not necessarily all parts.
    total_growth_pct : float
        Growth of the whole, in percent.
    min_growth_pct : float
        Smallest growth of the whole, up or down, of which shares are given; from the dated rules.
    max_opposite : float
        Largest sum of contributions against the growth of the whole, as a share of that growth, of which
        shares are given; from the dated rules.

    Returns
    -------
    pandas.Series
        ``100 * contributions_pp / total_growth_pct``, in percent. All missing where shares would mislead;
        `share_refusal` tells why, and the percentage points remain to be shown.

    Notes
    -----
    A rank order survives the refusal: the shares are the contributions in another unit.

    Examples
    --------
    >>> parts = pd.Series({"petrochemicals": 10.45, "ships": 2.50, "seafood": 0.40})
    >>> contribution_share(parts, 13.35, min_growth_pct=1.0).round(2).tolist()
    [78.28, 18.73, 3.0]
    >>> contribution_share(parts - 5, 13.35, min_growth_pct=1.0).tolist()
    [nan, nan, nan]
    """
    rules = {"min_growth_pct": min_growth_pct, "max_opposite": max_opposite}
    if share_refusal(contributions_pp, total_growth_pct, **rules):
        return pd.Series(float("nan"), index=contributions_pp.index, name=contributions_pp.name)
    return 100 * contributions_pp / total_growth_pct


def share_refusal(
    contributions_pp: pd.Series, total_growth_pct: float, *, min_growth_pct: float, max_opposite: float = 0.0
) -> str:
    """Why shares of the growth would mislead, or an empty string.

    Parameters
    ----------
    contributions_pp, total_growth_pct, min_growth_pct, max_opposite
        As in `contribution_share`.

    Returns
    -------
    str
        Of the refusals ``"growth missing"``, ``"growth too small"`` and ``"signs mix"`` the first that holds;
        empty where shares are given. They are codes for the reports to put into words.

    Raises
    ------
    ValueError
        If a part comes twice, or a rule is negative.

    Examples
    --------
    >>> share_refusal(pd.Series({"ships": 0.5, "seafood": -0.3}), 0.2, min_growth_pct=1.0)
    'growth too small'
    """
    require_unique(contributions_pp.index, "contributions_pp")
    for name, rule in (("min_growth_pct", min_growth_pct), ("max_opposite", max_opposite)):
        require(rule < 0, rule, rule=f"{name} must not be negative", advice="Give its size.")
    if pd.isna(total_growth_pct):
        return "growth missing"
    if total_growth_pct == 0 or abs(total_growth_pct) < min_growth_pct:
        return "growth too small"
    along = contributions_pp if total_growth_pct > 0 else -contributions_pp
    if -along.clip(upper=0).sum() > max_opposite * abs(total_growth_pct):
        return "signs mix"
    return ""


def with_unallocated(parts: pd.Series, total: float, *, label: str = "unallocated") -> pd.Series:
    """Append the row that closes published parts to the published total.

    Parameters
    ----------
    parts : pandas.Series
        Levels or contributions of parts that do not overlap, in the unit of `total`. What a missing part
        holds is in the unallocated row.
    total : float
        Of the whole.
    label : str
        Of the new row.

    Returns
    -------
    pandas.Series
        The parts and ``total`` minus their sum. Rounding of the parts is in that row too: expect it a few
        last digits from zero even where nothing is left out.

    Raises
    ------
    ValueError
        If a part comes twice or has that label already, or the total is missing.

    Examples
    --------
    >>> with_unallocated(pd.Series({"ships": 2.5, "seafood": 0.5}), 12.5).to_dict()
    {'ships': 2.5, 'seafood': 0.5, 'unallocated': 9.5}
    """
    require(pd.isna(total), total, rule="total must be known", advice="Without it the rest is unknown too.")
    rest = pd.Series({label: total - parts.sum()}, name=parts.name)
    require_unique([*parts.index, label], "parts with the unallocated row")
    return pd.concat([parts, rest])
