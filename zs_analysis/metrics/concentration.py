"""How much of a whole its largest parts hold."""

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
