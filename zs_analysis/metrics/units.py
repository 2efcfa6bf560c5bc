"""Conversion of units, within a dimension only."""

import pandas as pd

from zs_analysis.metrics._checks import require_unique
from zs_analysis.metrics.rounding import Quantity, carries_rounding
from zs_analysis.model import require_code


def convert(value: Quantity, unit: str, *, to: str, units: pd.DataFrame) -> Quantity:
    """Convert a value from one unit to another of the same dimension.

    Parameters
    ----------
    value : float, Interval or pandas.Series
        In `unit`.
    unit, to : str
        Codes of the units table.
    units : pandas.DataFrame
        Columns `unit`, `dimension` and `factor`; a value times its factor is in the base unit of the
        dimension.

    Returns
    -------
    float, Interval or pandas.Series
        ``value * factor(unit) / factor(to)``, in `to`.

    Raises
    ------
    ValueError
        If a unit is not in the table or comes twice, or the dimensions differ. Currencies do not convert: the
        rate of exchange is a figure with a date and a source, not a factor.

    Examples
    --------
    >>> rows = [("1e8_cny", "cny", 1e8), ("1e4_cny", "cny", 1e4)]
    >>> units = pd.DataFrame(rows, columns=["unit", "dimension", "factor"])
    >>> convert(3246.8, "1e8_cny", to="1e4_cny", units=units)
    32468000.0
    """
    require_unique(units["unit"], "units table")
    columns = (units[name].tolist() for name in ("unit", "dimension", "factor"))
    table = {code: row for code, *row in zip(*columns, strict=True)}
    for code in (unit, to):
        require_code("unit", code, table, where="the units table")
    (dimension, factor), (wanted, wanted_factor) = table[unit], table[to]
    if dimension != wanted:
        raise ValueError(f"cannot convert {unit} ({dimension}) to {to} ({wanted}): the dimensions differ")
    return _converted(value, float(factor), float(wanted_factor))


@carries_rounding
def _converted(value: Quantity, factor: float, wanted: float) -> Quantity:
    # Dividing by a whole number is exact where multiplying by its inverse is not.
    return value * (factor / wanted) if factor >= wanted else value / (wanted / factor)
