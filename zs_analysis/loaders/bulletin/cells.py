"""What a file holds before anyone has understood it: documents, sheets, cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not empty.

    Attributes
    ----------
    row, column : int
        Place in the file, from 1: Excel's row and column; for text the line and the field in it.
    text : str
        As a reader of the file sees it: number formats applied, outer blanks taken off.
    indent : int
        Blanks before the text, a full-width blank counting two, or the cell's own indentation.
    rows, columns : int
        How many rows and columns a merged cell covers, of those in which anything is written.
    doubt : str
        Why the text may not be what its author meant (a formula without a stored result, the last field of a
        file that ends inside a line), else empty.
    offset : int
        In text aligned by blanks: the display width of the line before the field, a full-width character
        counting two. Otherwise 0.
    """

    row: int
    column: int
    text: str
    indent: int = 0
    rows: int = 1
    columns: int = 1
    doubt: str = ""
    offset: int = 0


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, a table of a page, or a whole text file.

    Attributes
    ----------
    name : str
        The sheet's name, or ``table 2``.
    cells : tuple of Cell
        In reading order. A merged cell comes once.
    widths : mapping of int to int
        Row to the number of fields written in it, empty ones included and spans counted; only where rows may
        differ by accident (delimited text, html, docx). A short or long row has lost or gained a field.
        In text aligned by blanks: the display width of the line with its trailing blanks.
    above : tuple of str
        Paragraphs, headings or the caption between the table before and this one.
    below : tuple of str
        Text after the last table of the document.
    layout : {"grid", "blanks", "lines"}
        ``grid``: the columns are columns. ``blanks``: text aligned by blanks, ``column`` is the number of the
        field in its line. ``lines``: text without a delimiter, one cell a line.
    """

    name: str
    cells: tuple[Cell, ...]
    widths: Mapping[int, int] = field(default_factory=dict)
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    layout: Literal["grid", "blanks", "lines"] = "grid"


@dataclass(frozen=True)
class Document:
    """A file as sheets of cells.

    Attributes
    ----------
    path : Path
    properties : mapping of str to str
        What the file says of itself: ``title``, ``publisher``, ``url``, ``date``; from ``# key: value`` lines
        at the head of a text, a page's title and meta elements, document properties.
    sheets : tuple of Sheet
        Those with cells, in the file's order.
    """

    path: Path
    properties: Mapping[str, str]
    sheets: tuple[Sheet, ...]


class BulletinError(ValueError):
    """A bulletin that cannot be read, or not without being told more: where, why, what to do."""

    def __init__(
        self,
        path: Path | str,
        why: str,
        *,
        sheet: str = "",
        row: int | None = None,
        column: int | None = None,
        cell: str = "",
    ) -> None:
        place = (
            [f"sheet {sheet}"] * bool(sheet)
            + [f"row {row}"] * bool(row)
            + [f"column {column}"] * bool(column)
        )
        shown = f" (cell {cell!r})" if cell else ""
        super().__init__(f"{', '.join([Path(path).name, *place])}: {why}{shown}")
        self.path, self.why, self.sheet, self.row, self.column, self.cell = (
            Path(path),
            why,
            sheet,
            row,
            column,
            cell,
        )
