"""Prices between nominal and real growth, by single deflation as the statistics system uses it."""

from zs_analysis.metrics._checks import require_growth, require_positive
from zs_analysis.metrics.rounding import Quantity, carries_rounding


@carries_rounding
def implied_deflator(nominal_growth_pct: Quantity, real_growth_pct: Quantity) -> Quantity:
    """Price ratio that reconciles nominal output growth with real value added growth.

    Parameters
    ----------
    nominal_growth_pct : float, Interval or pandas.Series
        Growth of gross output in current prices, in percent.
    real_growth_pct : float, Interval or pandas.Series
        Growth of value added in comparable prices, in percent.

    Returns
    -------
    float, Interval or pandas.Series
        ``(1 + nominal) / (1 + real)``, as a ratio: 0.953 is a fall of prices by 4.7 percent.

    Raises
    ------
    ValueError
        If a growth is at or below -100 percent.

    Notes
    -----
    Assumes that the value added rate (value added in gross output, current prices) did not change. If it
    rose, prices fell by less than this says. It is what two published figures imply, not a price index.

    References
    ----------
    NBS, industrial growth by single deflation: nominal value added divided by the producer price index.

    Examples
    --------
    >>> round(implied_deflator(12.5, 18.0), 5)
    0.95339
    """
    require_growth(nominal_growth_pct, "nominal_growth_pct")
    require_growth(real_growth_pct, "real_growth_pct")
    return (1 + nominal_growth_pct / 100) / (1 + real_growth_pct / 100)


@carries_rounding
def real_growth_pct(nominal_growth_pct: Quantity, price_index: Quantity) -> Quantity:
    """Real growth by single deflation, in percent.

    Parameters
    ----------
    nominal_growth_pct : float, Interval or pandas.Series
        Growth in current prices, in percent.
    price_index : float, Interval or pandas.Series
        Producer price index, the same period of the year before being 100.

    Returns
    -------
    float, Interval or pandas.Series
        ``100 * ((1 + nominal) / (price_index / 100) - 1)``, in percent.

    Raises
    ------
    ValueError
        If the growth is at or below -100 percent, or the index not above zero.

    Notes
    -----
    One price index for output and inputs alike. Where input prices moved otherwise, double deflation would
    give another number.

    Examples
    --------
    >>> round(real_growth_pct(12.5, 95.3), 3)
    18.048
    """
    require_growth(nominal_growth_pct, "nominal_growth_pct")
    require_positive(
        price_index, "price_index", advice="Give the index with last year as 100, not its change."
    )
    return 100 * ((1 + nominal_growth_pct / 100) / (price_index / 100) - 1)
