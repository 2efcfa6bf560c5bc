"""How much of a whole its largest parts hold."""

from dataclasses import dataclass

import pandas as pd

from zs_analysis.metrics._checks import require


def hhi(values: pd.Series) -> float:
    """Herfindahl-Hirschman index, in points from 10000 / n to 10000.

    Parameters
    ----------
    values : pandas.Series
        Levels of all firms or clusters that make up the whole, or their shares; any unit.

    Returns
    -------
    float
        Sum of squared shares in percent.

    Raises
    ------
    ValueError
        If a value is missing or negative, or the values do not add to more than zero.

    Notes
    -----
    ``sum((100 * x_i / sum(x)) ** 2)``. The values are taken as the whole: with small firms left out the index
    comes out too high. Sum firms by enterprise group first.

    References
    ----------
    Hirschman (1964), The Paternity of an Index, American Economic Review 54 (5), 761.

    Examples
    --------
    >>> round(hhi(pd.Series([70, 10, 10, 5, 5])))
    5150
    """
    return float((_shares_pct(values) ** 2).sum())


def concentration_ratio(values: pd.Series, top: int = 4) -> float:
    """Share of the largest parts in the whole, in percent.

    Parameters
    ----------
    values : pandas.Series
        As in `hhi`.
    top : int
        How many of the largest; at least 1. With no more parts than that the ratio is 100.

    Returns
    -------
    float
        ``100 * (sum of the top largest) / sum``, in percent.

    Raises
    ------
    ValueError
        As in `hhi`, or if `top` is below 1.

    Examples
    --------
    >>> round(concentration_ratio(pd.Series([70, 10, 10, 5, 5]), 4))
    95
    """
    require(top < 1, top, rule="top must be at least 1", advice="CR4 is top=4.")
    return float(_shares_pct(values).nlargest(top).sum())


@dataclass(frozen=True)
class Concentration:
    """What published parts say of the concentration of the whole.

    Attributes
    ----------
    covered_pct : float
        Share of the published parts in the whole, in percent.
    hhi_lo, hhi_hi : float
        Least and greatest Herfindahl-Hirschman index, in points.
    cr_lo, cr_hi : float
        Least and greatest share of the largest parts, in percent.
    """

    covered_pct: float
    hhi_lo: float
    hhi_hi: float
    cr_lo: float
    cr_hi: float


def concentration_bounds(
    values: pd.Series, total: float, *, top: int = 4, slack: float = 0.0
) -> Concentration:
    """Concentration of a whole of which only some parts are published.

    Parameters
    ----------
    values : pandas.Series
        Levels of the published parts, which do not overlap; at least one.
    total : float
        Level of the whole, in the same unit.
    top : int
        How many of the largest parts the ratio counts.
    slack : float
        By how much the parts may exceed the whole through rounding, in the unit of `total`.

    Returns
    -------
    Concentration

    Raises
    ------
    ValueError
        If a part is missing or negative, or the parts make more than the whole.

    Notes
    -----
    With shares ``s_i`` published and the rest ``r = 100 - sum(s_i)``, the index is least where the rest is
    spread over ever smaller parts, ``sum(s_i^2)``, and greatest where it is one, ``sum(s_i^2) + r^2``. The
    ratio is least with the `top` largest of the published, greatest with the rest as one more part.

    Examples
    --------
    >>> concentration_bounds(pd.Series([70, 10, 10]), 100)
    Concentration(covered_pct=90.0, hhi_lo=5100.0, hhi_hi=5200.0, cr_lo=90.0, cr_hi=100.0)
    """
    values = pd.Series(values, dtype="float64")
    covered = values.sum()
    advice = "Check that they do not overlap and are of one period and unit."
    require(covered > total + slack, covered, rule=f"parts must not exceed the whole, {total}", advice=advice)
    rest = pd.Series([max(total - covered, 0.0)])
    whole = pd.concat([values, rest], ignore_index=True)
    # A rest of ever smaller parts adds nothing to the squares.
    rest_pct = 100 * rest[0] / whole.sum()
    shares = _shares_pct(whole).iloc[:-1]
    return Concentration(
        covered_pct=float(shares.sum()),
        hhi_lo=hhi(whole) - float(rest_pct**2),
        hhi_hi=hhi(whole),
        cr_lo=float(shares.nlargest(top).sum()),
        cr_hi=concentration_ratio(whole, top),
    )


def _shares_pct(values: pd.Series) -> pd.Series:
    values = pd.Series(values, dtype="float64")
    bad = values.isna() | (values < 0)
    require(
        bad,
        values,
        rule="values must be known and not negative",
        advice="Complete them, or leave the index out.",
    )
    total = values.sum()
    require(total <= 0, total, rule="values must add to more than zero", advice="There is no whole to share.")
    return 100 * values / total
