"""Conversion of units, within a dimension only."""

import pandas as pd

from zs_analysis.metrics._checks import require_unique
from zs_analysis.metrics.rounding import Quantity, carries_rounding
from zs_analysis.model import require_code


@carries_rounding
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
    table = units.set_index("unit")[["dimension", "factor"]]
    (dimension, factor), (wanted, wanted_factor) = _row(table, unit), _row(table, to)
    if dimension != wanted:
        raise ValueError(f"cannot convert {unit} ({dimension}) to {to} ({wanted}): the dimensions differ")
    # Dividing by a whole number is exact where multiplying by its inverse is not.
    return value * (factor / wanted_factor) if factor >= wanted_factor else value / (wanted_factor / factor)


def _row(table: pd.DataFrame, unit: str) -> tuple[str, float]:
    require_code("unit", unit, table.index, where="the units table")
    return str(table.at[unit, "dimension"]), float(table.at[unit, "factor"])
