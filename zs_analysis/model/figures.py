"""A published figure as a record, and how to find it among observations."""

from dataclasses import dataclass

import pandas as pd

KEY = [
    "indicator",
    "ref_area",
    "counterpart_area",
    "activity",
    "freq",
    "time_period",
    "base_per",
    "transformation",
    "unit",
    "obs_status",
    "source_id",
]


@dataclass(frozen=True)
class Figure:
    """One published number with all that is needed to quote it.

    Attributes
    ----------
    value : float
        In ``unit``, as published.
    decimals : int
        Printed after the point; half a unit of the last one is the rounding error.
    comparison : str
        Empty, or ``~=``, ``>``, ``>=``, ``<``: the source says about, more than, at least, below.
    """

    indicator: str
    ref_area: str
    activity: str
    freq: str
    time_period: str
    transformation: str
    value: float
    decimals: int
    unit: str
    comparison: str
    obs_status: str
    source_id: str
    place: str
    note: str


def figures(observations: pd.DataFrame, indicator: str, transformation: str, **where: str) -> pd.DataFrame:
    """Rows of one indicator and transformation, the newest period and release first.

    Parameters
    ----------
    observations : pandas.DataFrame
        As `zs_analysis.load` returns it.
    indicator, transformation : str
        Codes.
    **where : str
        Further columns and the code each must equal, e.g. ``ref_area="zhoushan"``.
    """
    keep = observations["indicator"].eq(indicator) & observations["transformation"].eq(transformation)
    for column, code in where.items():
        keep &= observations[column].eq(code)
    return observations[keep].sort_values(["time_period", "released"], ascending=False, kind="stable")


def figure(
    observations: pd.DataFrame,
    indicator: str,
    transformation: str,
    *,
    time_period: str | None = None,
    ref_area: str = "zhoushan",
    activity: str = "total",
    obs_status: str = "A",
    **where: str,
) -> Figure | None:
    """The figure last released for a cell, or ``None`` where nothing was published.

    Parameters
    ----------
    observations : pandas.DataFrame
        As `zs_analysis.load` returns it; its ``as_of`` view decides what is known.
    time_period : str, optional
        The newest one if not given.

    Examples
    --------
    >>> import zs_analysis as zs
    >>> observations = zs.load("observations", as_of="2023-12-13")
    >>> figure(observations, "gross_output_scale", "ytd", time_period="2023-10").value
    3246.8
    """
    where |= {"ref_area": ref_area, "activity": activity, "obs_status": obs_status}
    if time_period is not None:
        where["time_period"] = time_period
    rows = figures(observations, indicator, transformation, **where)
    if rows.empty:
        return None
    row = rows.iloc[0]
    known = {name: row[name] for name in Figure.__dataclass_fields__ if name != "value"}
    return Figure(value=float(row["obs_value"]), **(known | {"decimals": int(row["decimals"])}))
