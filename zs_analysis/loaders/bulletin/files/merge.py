"""Merged ranges of a workbook, laid over its cells."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from zs_analysis.loaders.bulletin.cells import Cell
from zs_analysis.loaders.bulletin.files.limits import MAX_PLACES, refuse_above

_UNDER = "lies under a merged cell, where no reader sees it"


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, all edges included, from 1."""

    first_column: int
    first_row: int
    last_column: int
    last_row: int

    def covers(self, cell: Cell) -> bool:
        """Whether a cell lies in the range."""
        inside_rows = self.first_row <= cell.row <= self.last_row
        return inside_rows and self.first_column <= cell.column <= self.last_column


def merged_cells(path: Path, cells: Iterable[Cell], merges: Iterable[Merge]) -> list[Cell]:
    """Cells with the size of their merged range; what a range hides is kept with a doubt.

    Parameters
    ----------
    path : Path
        For messages.
    cells : iterable of Cell
    merges : iterable of Merge

    Returns
    -------
    list of Cell

    Raises
    ------
    BulletinError
        If the ranges overlap so much that no program can have written them.

    Examples
    --------
    >>> cells = merged_cells(Path("a.xlsx"), [Cell(1, 1, "a"), Cell(1, 2, "b")], [Merge(1, 1, 3, 1)])
    >>> [(cell.text, cell.columns, cell.doubt != "") for cell in cells]
    [('a', 3, False), ('b', 1, True)]
    """
    cells = list(cells)
    by_row: dict[int, list[int]] = {}
    for number, cell in enumerate(cells):
        by_row.setdefault(cell.row, []).append(number)
    looked_at = 0
    for merge in merges:
        # A range may claim a million rows; only those with cells are looked at.
        claimed = range(merge.first_row, merge.last_row + 1)
        rows = claimed if len(claimed) < len(by_row) else [row for row in by_row if row in claimed]
        looked_at += len(rows)
        refuse_above(MAX_PLACES, looked_at, "rows of merged cells", path)
        for row in rows:
            for number in by_row.get(row, ()):
                if merge.covers(cells[number]):
                    cells[number] = _merged(cells[number], merge)
    return cells


def _merged(cell: Cell, merge: Merge) -> Cell:
    if (cell.row, cell.column) == (merge.first_row, merge.first_column):
        size = merge.last_row - merge.first_row + 1, merge.last_column - merge.first_column + 1
        return replace(cell, rows=size[0], columns=size[1])
    return replace(cell, doubt=_UNDER) if cell.text.strip() else cell
