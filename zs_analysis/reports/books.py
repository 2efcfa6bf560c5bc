"""The numbers behind the charts and tables of a report in two runs, cell by cell of their workbooks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Cells of a report that are shown.
MOST_SHOWN = 5
# Below this share of a number a difference is one of computing, not of what is told.
NONE = 1e-9

Row = tuple[Any, ...]


@dataclass(frozen=True)
class CellChange:
    """A number that is another one now: in which sheet, row and column."""

    sheet: str
    row: str
    column: str
    before: float
    after: float

    @property
    def size(self) -> float:
        """The change as a share of the larger of the two numbers."""
        return abs(self.after - self.before) / max(abs(self.before), abs(self.after))


@dataclass(frozen=True)
class BookChanges:
    """What is not as it was in the workbook of a report.

    Attributes
    ----------
    report : str
        Its title.
    changed, new, gone : int
        Cells, numbers and text, of sheets that both workbooks have.
    sheets_new, sheets_gone : int
        Sheets that only one has.
    largest : tuple of CellChange
        The numbers that changed most, as a share of themselves.
    """

    report: str
    changed: int
    new: int
    gone: int
    sheets_new: int
    sheets_gone: int
    largest: tuple[CellChange, ...]

    @property
    def any(self) -> bool:
        """Whether anything is not as it was."""
        return any((self.changed, self.new, self.gone, self.sheets_new, self.sheets_gone))


@dataclass(frozen=True)
class _Sheet:
    title: str
    heads: Row
    rows: list[Row]


def compared_books(
    folders: tuple[Path, Path], runs: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> tuple[BookChanges, ...]:
    """Compare the workbooks of the reports that two runs published; those that are alike are left out.

    Parameters
    ----------
    folders, runs : pair of Path, pair of mapping
        Of the earlier and the later run, and their manifests.
    """
    titles = {report["name"]: report["title"] for report in runs[1]["reports"]}
    earlier = {report["name"] for report in runs[0]["reports"]}
    pairs = [
        (title, *(folder / f"{name}.xlsx" for folder in folders))
        for name, title in titles.items()
        if name in earlier
    ]
    found = [
        _compared(title, before, after)
        for title, before, after in pairs
        if before.is_file() and after.is_file() and before.read_bytes() != after.read_bytes()
    ]
    return tuple(one for one in found if one.any)


def _compared(title: str, before: Path, after: Path) -> BookChanges:
    old, new = _sheets(before), _sheets(after)
    cells = [change for key in new if key in old for change in _cells(old[key], new[key])]
    counts = Counter(kind for kind, _ in cells)
    numbers = [cell for kind, cell in cells if kind == "changed" and cell is not None]
    largest = tuple(sorted(numbers, key=lambda cell: -cell.size)[:MOST_SHOWN])
    sheets = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    return BookChanges(title, counts["changed"], counts["new"], counts["gone"], *sheets, largest)


def _sheets(path: Path) -> dict[tuple[Row, int], _Sheet]:
    """Sheets by their heads, which stay where titles tell other findings; of like ones by their order."""
    from openpyxl import load_workbook

    from zs_analysis.workbook import HEAD_ROW

    book, seen, found = load_workbook(path, data_only=True), Counter(), {}
    for sheet in book.worksheets[1:]:
        rows = list(sheet.iter_rows(values_only=True))
        heads = rows[HEAD_ROW - 1]
        found[heads, seen[heads]] = _Sheet(str(rows[0][0] or ""), heads, rows[HEAD_ROW:])
        seen[heads] += 1
    return found


def _cells(old: _Sheet, new: _Sheet) -> Iterator[tuple[str, CellChange | None]]:
    """What became of each cell that is not as it was; of changed numbers, both."""
    width = _label_columns(old.rows, new.rows)
    before, after = (_by_place(sheet.rows, width) for sheet in (old, new))
    for place in dict.fromkeys([*before, *after]):
        then, now = before.get(place), after.get(place)
        if _same(then, now):
            continue
        if then is None or now is None:
            yield "new" if then is None else "gone", None
        elif _is_number(then) and _is_number(now):
            (label, _), column = place
            words = " · ".join(str(one) for one in label if one is not None)
            yield "changed", CellChange(new.title, words, str(new.heads[column]), then, now)
        else:
            yield "changed", None


def _label_columns(*tables: Sequence[Row]) -> int:
    """The fewest leading columns that tell the rows of each table apart; all but the last if none do."""
    widest = max((len(row) for rows in tables for row in rows), default=1)
    for width in range(1, widest):
        if all(len({row[:width] for row in rows}) == len(rows) for rows in tables):
            return width
    return max(widest - 1, 1)


def _by_place(rows: Sequence[Row], width: int) -> dict[tuple[tuple[Row, int], int], Any]:
    """Cells by the labels of their row, counted where several rows have the same, and their column."""
    seen: Counter[Row] = Counter()
    found = {}
    for row in rows:
        label = row[:width]
        for column, value in enumerate(row[width:], start=width):
            found[(label, seen[label]), column] = value
        seen[label] += 1
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _same(then: object, now: object) -> bool:
    if _is_number(then) and _is_number(now):
        return math.isclose(then, now, rel_tol=NONE)
    return then == now
