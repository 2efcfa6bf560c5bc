"""What a release says against what was known: added, unchanged, revised, older, conflicting."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

KINDS = ["added", "unchanged", "revised", "older", "conflicting", "corrected"]
ADDED, UNCHANGED, REVISED, OLDER, CONFLICTING, CORRECTED = range(len(KINDS))
NOTHING = -1
Figures = Mapping[str, np.ndarray] | pd.DataFrame


class Known:
    """Figures to compare with, to be looked up by the million.

    Attributes
    ----------
    figures : pandas.DataFrame
        As `rows.gather` gives them, and ``own``: stored by an earlier reading of the same release.
    """

    def __init__(self, figures: pd.DataFrame) -> None:
        self.figures = figures
        cell, key = figures["cell"].to_numpy(), figures["key"].to_numpy()
        self._by_cell = np.lexsort((figures["day"].to_numpy(), cell)).astype("int32")
        self._by_key = np.argsort(key, kind="stable").astype("int32")
        self._cells, self._keys = cell[self._by_cell], key[self._by_key]

    def newest(self, cell: np.ndarray) -> np.ndarray:
        """Place of the figure released last for each cell, -1 where there is none."""
        return _last(self._cells, self._by_cell, cell)

    def same_key(self, key: np.ndarray) -> np.ndarray:
        """Place of the figure with each key, -1 where there is none."""
        return _last(self._keys, self._by_key, key)


def _last(ordered: np.ndarray, places: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    if not len(ordered):
        return np.full(len(wanted), NOTHING)
    at = np.searchsorted(ordered, wanted, side="right") - 1
    return np.where((at >= 0) & (ordered[at] == wanted), places[at], NOTHING)


def compare(incoming: Figures, known: Known, *, same_file: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compare the figures of a release with the known ones.

    Parameters
    ----------
    incoming : mapping of str to numpy.ndarray
        As `rows.figures` gives them.
    same_file : bool
        The release was read from this very file before: what differs now is a correction of that reading.

    Returns
    -------
    kind, was, named : numpy.ndarray
        Place in `KINDS`; place of the figure compared with in ``known.figures``, -1 for none; whether a
        figure of this key, so by this source, is known.
    """
    newest, same_key = known.newest(incoming["cell"]), known.same_key(incoming["key"])
    named = same_key != NOTHING
    was = np.where(named, same_key, newest)
    if not len(known.figures):
        return np.full(len(was), ADDED, dtype="int8"), was, named
    other = known.figures.take(np.maximum(was, 0))
    same, before, day = agree(incoming, other), other["day"].to_numpy(), incoming["day"]
    rereading = other["own"].to_numpy() & same_file
    kind = np.select(
        [was == NOTHING, same & (named | (before <= day)), named, before > day, before == day],
        [ADDED, UNCHANGED, np.where(rereading, CORRECTED, CONFLICTING), OLDER, CONFLICTING],
        REVISED,
    )
    return kind.astype("int8"), was, named


def agree(one: Figures, other: Figures) -> np.ndarray:
    """Whether figures are the same number at the coarser of their printed precisions.

    Examples
    --------
    >>> figures = pd.DataFrame({"value": [5.5e6, 5.52e6, 5.6e6], "step": [1e5, 1e4, 1e5]})
    >>> [agree(figures.iloc[[0]], figures.iloc[[row]]).item() for row in range(3)]
    [True, True, False]
    """
    gap = np.abs(np.asarray(one["value"]) - np.asarray(other["value"]))
    # A millionth of the last digit more than half of it: 0.05 has no exact binary form.
    return gap <= np.maximum(np.asarray(one["step"]), np.asarray(other["step"])).astype(float) * 0.500001


def repeats(key: np.ndarray) -> np.ndarray:
    """Values that come more than once."""
    ordered = np.sort(key)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def contradictions(incoming: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Figures that differ from an earlier one for the same cell and day in the same file.

    Returns
    -------
    here, first : numpy.ndarray
        Places of such figures, and of the earlier ones.
    """
    stamped = incoming["cell"].to_numpy() + incoming["day"].to_numpy().astype("uint64")
    if not len(repeats(stamped)):
        return np.array([], dtype=int), np.array([], dtype=int)
    order = np.lexsort((incoming["day"].to_numpy(), incoming["cell"].to_numpy()))
    cell, day = incoming["cell"].to_numpy()[order], incoming["day"].to_numpy()[order]
    again = np.flatnonzero((cell[1:] == cell[:-1]) & (day[1:] == day[:-1])) + 1
    here, first = order[again], order[again - 1]
    differ = ~agree(incoming.take(here), incoming.take(first))
    return here[differ], first[differ]
