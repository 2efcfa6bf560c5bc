"""A published figure as a record, and how to find it among observations."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

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


# What a publisher announces (F) is not history; what it marks provisional or estimated is.
PUBLISHED = ("A", "P", "E")


def last_month(observations: pd.DataFrame) -> pd.Series:
    """Last month of each row's period, like ``2023-12``: it puts years, quarters and months in order.

    Examples
    --------
    >>> last_month(pd.DataFrame({"time_period": ["2023", "2023-Q3", "2023-10"]})).tolist()
    ['2023-12', '2023-09', '2023-10']
    """
    period = observations["time_period"]
    return period.map(_last_month, na_action="ignore").astype(period.dtype)


def _last_month(period: str) -> str:
    if len(period) == len("2023"):
        return f"{period}-12"
    return re.sub(r"-?Q([1-4])", lambda quarter: f"-{3 * int(quarter[1]):02d}", period)


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
    price_basis: str
    place: str
    note: str
    released: pd.Timestamp

    @property
    def unfinished(self) -> bool:
        """Whether the figure was out before its last month was over: 截至发文."""
        return (
            pd.notna(self.released)
            and self.released < pd.Period(self.last_month, freq="M").end_time.normalize()
        )

    @property
    def last_month(self) -> str:
        """Last month of the period, like ``2023-12``."""
        return _last_month(self.time_period)


# The columns that make one.
FIGURE = [name for name in Figure.__dataclass_fields__ if name != "value"] + ["obs_value"]
Codes = str | Sequence[str]


def figures(
    observations: pd.DataFrame, indicator: Codes, transformation: Codes, **where: Codes
) -> pd.DataFrame:
    """Rows of some indicators and transformations, the newest period and release first.

    Parameters
    ----------
    observations : pandas.DataFrame
        As `zs_analysis.load` returns it.
    indicator, transformation : str or sequence of str
        Codes, any of which will do.
    **where : str or sequence of str
        Further columns and the codes each may hold, e.g. ``ref_area="zhoushan"``.
    """
    return FigureIndex(observations).figures(indicator, transformation, **where)


def figure(observations: pd.DataFrame, indicator: str, transformation: str, **where: Codes) -> Figure | None:
    """The figure last released for a cell, or ``None`` where nothing was published.

    Parameters
    ----------
    observations : pandas.DataFrame
        As `zs_analysis.load` returns it; its ``as_of`` view decides what is known.
    indicator, transformation : str
        Codes.
    **where : str or sequence of str
        As `FigureIndex.figure` takes them: ``ref_area`` at least.

    Examples
    --------
    >>> import zs_analysis as zs
    >>> observations = zs.load("observations", as_of="2023-12-13")
    >>> figure(observations, "gross_output_scale", "ytd", ref_area="zhoushan", time_period="2023-10").value
    3246.8
    """
    return FigureIndex(observations).figure(indicator, transformation, **where)


class FigureIndex:
    """Observations whose columns are turned into numbers once, for those who look up figures by the thousand.

    Parameters
    ----------
    observations : pandas.DataFrame
        As `zs_analysis.load` returns it; not to be changed afterwards.
    """

    def __init__(self, observations: pd.DataFrame) -> None:
        self.observations = observations
        self._columns: dict[str, tuple[np.ndarray, dict[str, int]]] = {}

    def figures(self, indicator: Codes, transformation: Codes, **where: Codes) -> pd.DataFrame:
        """See `figures`."""
        return self.observations.iloc[self._places(indicator, transformation, where)]

    def figure(
        self,
        indicator: str,
        transformation: str,
        *,
        ref_area: str,
        time_period: str | None = None,
        activity: str = "total",
        obs_status: Codes = PUBLISHED,
        **where: Codes,
    ) -> Figure | None:
        """See `figure`.

        Parameters
        ----------
        time_period : str, optional
            The newest one if not given.
        activity : str
            The whole, not a part, if not given.
        obs_status : str or sequence of str
            What was published if not given; expectations are not.
        """
        where |= {"ref_area": ref_area, "activity": activity, "obs_status": obs_status}
        if time_period is not None:
            where["time_period"] = time_period
        at = self._places(indicator, transformation, where)
        return figure_of({name: cells[at[0]] for name, cells in self._cells.items()}) if len(at) else None

    @cached_property
    def _cells(self) -> dict[str, ExtensionArray]:
        return {name: self.observations[name].array for name in FIGURE}

    def _places(self, indicator: Codes, transformation: Codes, where: Mapping[str, Codes]) -> np.ndarray:
        """Positions of the rows of `figures`, in its order."""
        at = np.arange(len(self.observations))
        for column, codes in {"indicator": indicator, "transformation": transformation, **where}.items():
            numbers, known = self._column(column)
            wanted = np.zeros(len(known) + 1, dtype=bool)
            for code in [codes] if isinstance(codes, str) else codes:
                wanted[known.get(code, -1)] = True
            # What is missing is -1 too.
            wanted[-1] = False
            at = at[wanted[numbers[at]]]
            if not len(at):
                return at
        return self._newest_first(at) if len(at) > 1 else at

    def _column(self, name: str) -> tuple[np.ndarray, dict[str, int]]:
        """A column as numbers, with the number of each code; what is missing is -1."""
        if name not in self._columns:
            numbers, codes = pd.factorize(self.observations[name])
            self._columns[name] = numbers, {code: number for number, code in enumerate(codes)}
        return self._columns[name]

    def _newest_first(self, at: np.ndarray) -> np.ndarray:
        period, freq, released = (
            self.observations[name].array[at] for name in ("time_period", "freq", "released")
        )
        # NaT, the least of integers, comes last.
        keys = list(zip(map(_last_month, period), freq == "A", released.asi8, strict=True))
        return at[sorted(range(len(at)), key=keys.__getitem__, reverse=True)]


def figure_of(row: dict[str, Any]) -> Figure:
    """A row of observations as a record."""
    known = {name: row[name] for name in FIGURE if name != "obs_value"}
    return Figure(value=float(row["obs_value"]), **(known | {"decimals": int(row["decimals"])}))
