"""Sample paths: what a forecast is before it is cut to a mean and intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Paths:
    """Draws of the future of several series, jointly: draw k of one series belongs to draw k of another.

    Attributes
    ----------
    ids : tuple of str
        The series.
    periods : pandas.Index
        The future periods, in order.
    values : numpy.ndarray
        Shape ``(series, periods, draws)``, in the unit of the series.

    Examples
    --------
    >>> months = pd.period_range("2024-01", periods=2, freq="M")
    >>> two = Paths(("city",), months, np.array([[[1.0, 3], [2, 6]]]))
    >>> two.frame(levels=(80,))[["mean", "lo-80", "hi-80"]].round(1).values.tolist()
    [[2.0, 1.2, 2.8], [4.0, 2.4, 5.6]]
    """

    ids: tuple[str, ...]
    periods: pd.Index
    values: np.ndarray

    def of(self, unique_id: str) -> np.ndarray:
        """Draws of one series, periods by draws."""
        return self.values[self.ids.index(unique_id)]

    def with_values(self, values: np.ndarray) -> "Paths":
        """The same series and periods with other draws."""
        return replace(self, values=values)

    def only(self, ids: Sequence[str]) -> "Paths":
        """Some of the series."""
        return Paths(tuple(ids), self.periods, self.values[[self.ids.index(code) for code in ids]])

    def frame(self, levels: Sequence[float] = (80, 95)) -> pd.DataFrame:
        """Means and central intervals as a long frame.

        Parameters
        ----------
        levels : sequence of float
            Coverage of the intervals in percent.

        Returns
        -------
        pandas.DataFrame
            ``unique_id, ds, mean`` and ``lo-L, hi-L`` for each level L. Means add up where draws do.

        Raises
        ------
        ValueError
            If a level is not between 0 and 100.
        """
        columns: dict[str, Any] = {
            "unique_id": np.repeat(self.ids, len(self.periods)),
            "ds": pd.Index(np.tile(np.arange(len(self.periods)), len(self.ids))).map(
                dict(enumerate(self.periods))
            ),
            "mean": self.values.mean(axis=2).ravel(),
        }
        for level in levels:
            if not 0 < level < 100:
                raise ValueError(f"levels are in percent, above 0 and below 100; got {level:g}")
            tail = (100 - level) / 200
            low, high = np.quantile(self.values, [tail, 1 - tail], axis=2)
            columns |= {f"lo-{level:g}": low.ravel(), f"hi-{level:g}": high.ravel()}
        return pd.DataFrame(columns)
