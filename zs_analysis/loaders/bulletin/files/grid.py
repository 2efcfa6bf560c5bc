"""What every format shares: clean text, indentation, the sheet of those cells that hold something."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from zs_analysis.loaders.bulletin.cells import Cell, Sheet
from zs_analysis.loaders.bulletin.files.limits import (
    MAX_CELL_CHARACTERS,
    MAX_CELLS,
    MAX_PLACES,
    refuse_above,
)

# Zero-width characters and a stray byte order mark. Direction marks stay: they change what a reader sees.
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_BLANKS = " \t\u3000\u00a0\u2002\u2003\u2009\u202f"
NUMERAL = re.compile(r"[-+−±]?\s?\d[\d,]*(?:\.\d*)?%?")
_ENDS_AT_POINT = re.compile(r"[-+−]?\d[\d,]*\.")
_NO_DECIMALS = "ends at its point: digits may be lost"
_SUPERSCRIPT = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_WIDE = {"W": 2, "F": 2, "A": 1}


def width(text: str) -> int:
    """Columns a text takes on a monospaced screen, a Chinese character two.

    >>> width("定 海")
    5
    """
    return sum(_WIDE.get(unicodedata.east_asian_width(mark), 1) for mark in text)


def indent_of(text: str) -> int:
    """Blanks before a text, a full-width blank counting two.

    >>> indent_of("\\u3000 其中:城镇")
    3
    """
    if not text[:1].isspace():
        return 0
    first_line = text.lstrip("\r\n")
    return width(first_line[: len(first_line) - len(first_line.lstrip(_BLANKS))])


def clean(text: str) -> str:
    """A cell's text as a reader sees it: no invisible characters, one kind of line break, no outer blanks.

    >>> clean(" 1-3月\\r\\n±%\\u200b ")
    '1-3月\\n±%'
    """
    if text.isalnum():
        return text
    lines = _INVISIBLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.strip() for line in lines).strip()


def superscript(text: str) -> str:
    """Raised text, so that a footnote's mark does not read as a last digit.

    >>> "316.3" + superscript("1"), "km" + superscript("2")
    ('316.3¹', 'km²')
    """
    raised = text.translate(_SUPERSCRIPT)
    return raised if raised != text or not text.strip() else f"^{text}"


def is_numeral(text: str) -> bool:
    """Whether a text is a numeral and nothing else."""
    return NUMERAL.fullmatch(text) is not None


def make_sheet(
    path: Path,
    name: str,
    cells: Iterable[Cell],
    *,
    widths: Mapping[int, int] | None = None,
    above: Iterable[str] = (),
    below: Iterable[str] = (),
    layout: Literal["grid", "blanks", "lines"] = "grid",
) -> Sheet:
    """A sheet of the cells that hold text, in reading order.

    Parameters
    ----------
    path : Path
        Of the file, for messages.
    name : str
    cells : iterable of Cell
        As the file has them, empty ones included, text not yet clean.
    widths, above, below, layout
        As in `Sheet`.

    Raises
    ------
    BulletinError
        If there are more cells, or longer ones, than a bulletin has.
    """
    placed = _clip(
        _doubt_doubles(sorted(_written(path, name, cells), key=lambda cell: (cell.row, cell.column)))
    )
    refuse_above(MAX_PLACES, sum(c.rows * c.columns for c in placed), "merged places", path, sheet=name)
    rows = {cell.row for cell in placed}
    return Sheet(
        name,
        tuple(placed),
        {row: fields for row, fields in (widths or {}).items() if row in rows},
        tuple(filter(None, map(clean, above))),
        tuple(filter(None, map(clean, below))),
        layout,
    )


def _written(path: Path, name: str, cells: Iterable[Cell]) -> list[Cell]:
    """The cells that hold text, clean."""
    written: list[Cell] = []
    for cell in cells:
        refuse_above(MAX_CELL_CHARACTERS, len(cell.text), f"characters in row {cell.row}", path, sheet=name)
        if text := clean(cell.text):
            indent = cell.indent + indent_of(cell.text)
            same = text == cell.text and indent == cell.indent
            doubt = cell.doubt or (_NO_DECIMALS if _ENDS_AT_POINT.fullmatch(text) else "")
            same = same and doubt == cell.doubt
            written.append(cell if same else replace(cell, text=text, indent=indent, doubt=doubt))
            refuse_above(MAX_CELLS, len(written), "cells", path, sheet=name)
    return written


def _clip(cells: list[Cell]) -> list[Cell]:
    """Cut merged ranges to the rows and columns in which anything is written."""
    last_row = max((cell.row for cell in cells), default=0)
    last_column = max((cell.column for cell in cells), default=0)
    return [
        cell
        if cell.rows == cell.columns == 1
        else replace(
            cell,
            rows=min(cell.rows, last_row - cell.row + 1),
            columns=min(cell.columns, last_column - cell.column + 1),
        )
        for cell in cells
    ]


def _doubt_doubles(cells: list[Cell]) -> list[Cell]:
    places = Counter((cell.row, cell.column) for cell in cells)
    return [
        replace(cell, doubt="two cells of the file claim this place")
        if places[cell.row, cell.column] > 1
        else cell
        for cell in cells
    ]
