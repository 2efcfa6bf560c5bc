"""Tables of Word files (docx) to cells."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn

from zs_analysis.loaders.bulletin.cells import Cell, Document, Sheet
from zs_analysis.loaders.bulletin.files.archive import check_archive
from zs_analysis.loaders.bulletin.files.grid import clean, make_sheet, superscript
from zs_analysis.loaders.bulletin.files.limits import MAX_CELLS, MAX_COLUMNS, refuse_above

_TABLE, _ROW, _PARAGRAPH = qn("w:tbl"), qn("w:tr"), qn("w:p")
_CELL, _RUN, _TEXT = qn("w:tc"), qn("w:r"), qn("w:t")
# What a reader does not see: deleted text, the moved text's old place, and the older twin of a drawing.
_UNSEEN = {
    qn("w:del"),
    qn("w:moveFrom"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_BREAKS = {qn("w:br"), qn("w:cr")}
_TWIPS_PER_BLANK = 105  # half a Chinese character at 10.5 points, the size of most tables
_TRACKED = "a tracked change that is neither accepted nor rejected"


def read(path: Path, data: bytes) -> Document:
    """A docx file: each table a sheet, the paragraphs before it `above`.

    Parameters
    ----------
    path : Path
    data : bytes

    Returns
    -------
    Document
        Text deleted under track changes is left out; cells with such changes carry a doubt.

    Raises
    ------
    BulletinError
        If it is damaged, protected, or larger than any bulletin.
    """
    check_archive(path, data)
    document = docx.Document(io.BytesIO(data))
    sheets: list[Sheet] = []
    above: list[str] = []
    for block in _blocks(document.element.body):
        if block.tag == _PARAGRAPH:
            above.append(_paragraph(block))
            continue
        sheet = _read_table(path, block, f"table {len(sheets) + 1}", above)
        if sheet.cells:
            sheets.append(sheet)
            above = []
    if sheets:
        sheets[-1] = replace(sheets[-1], below=tuple(filter(None, map(clean, above))))
    title = document.core_properties.title
    return Document(path, {"title": title} if title else {}, tuple(sheets))


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order; a table inside a table's cell comes after the outer one."""
    for child in parent.iterchildren():
        if child.tag in (_PARAGRAPH, _TABLE):
            yield child
        if child.tag not in (_PARAGRAPH, *_UNSEEN):
            yield from (_inner_tables(child) if child.tag == _TABLE else _blocks(child))


def _inner_tables(table: Any) -> Iterator[Any]:
    return (inner for inner in table.iterdescendants(_TABLE))


def _nearest(parent: Any, tag: str) -> Iterator[Any]:
    """Elements of a kind below a parent, through content controls but not into tables or what is unseen."""
    for child in parent.iterchildren():
        if child.tag == tag:
            yield child
        elif child.tag != _TABLE and child.tag not in _UNSEEN:
            yield from _nearest(child, tag)


def _read_table(path: Path, table: Any, name: str, above: list[str]) -> Sheet:
    cells: list[Cell] = []
    widths: dict[int, int] = {}
    open_merges: dict[int, int] = {}  # column to the index of the cell that runs down it
    for row, line in enumerate(_nearest(table, _ROW), start=1):
        column = 1 + _number(line, "w:trPr/w:gridBefore", 0)
        for cell in _nearest(line, _CELL):
            columns = max(1, _number(cell, "w:tcPr/w:gridSpan", 1))
            refuse_above(MAX_COLUMNS, column + columns, f"columns in row {row}", path, sheet=name)
            _place(cells, open_merges, cell, Cell(row, column, "", columns=columns))
            column += columns
        widths[row] = column - 1
        refuse_above(MAX_CELLS, len(cells), "cells", path, sheet=name)
    return make_sheet(path, name, cells, widths=widths, above=above)


def _place(cells: list[Cell], open_merges: dict[int, int], element: Any, cell: Cell) -> None:
    """Add a cell, or lengthen the one above that it continues."""
    merge = element.find("w:tcPr/w:vMerge", element.nsmap)
    continues = merge is not None and merge.get(qn("w:val"), "continue") == "continue"
    owner = open_merges.get(cell.column)
    if continues and owner is not None:
        cells[owner] = replace(cells[owner], rows=cell.row - cells[owner].row + 1)
        return
    paragraphs = list(_nearest(element, _PARAGRAPH))
    text = "\n".join(map(_paragraph, paragraphs))
    doubt = _TRACKED if _has_tracked_changes(paragraphs) else ""
    cells.append(replace(cell, text=text, indent=_indent(paragraphs), doubt=doubt))
    open_merges.pop(cell.column, None)
    if merge is not None:
        open_merges[cell.column] = len(cells) - 1


def _number(element: Any, steps: str, default: int) -> int:
    found = element.find(steps, element.nsmap)
    value = found.get(qn("w:val")) if found is not None else None
    return int(value) if value is not None else default


def _paragraph(paragraph: Any) -> str:
    """The text a reader sees, inserted text and fields included."""
    parts: list[str] = []
    for child in paragraph.iterchildren():
        if child.tag == _RUN:
            parts.append(_run(child))
        elif child.tag not in _UNSEEN and child.tag != _TABLE:
            parts.append(_paragraph(child))
    return "".join(parts)


def _run(run: Any) -> str:
    if _is_on(run, "w:vanish"):
        return ""
    text = ""
    for child in run.iterchildren():
        if child.tag == _TEXT:
            text += child.text or ""
        elif child.tag == qn("w:tab"):
            text += " "
        elif child.tag in _BREAKS:
            text += "\n"
        elif child.tag == qn("w:noBreakHyphen"):
            text += "-"
    raised = run.find("w:rPr/w:vertAlign", run.nsmap)
    return superscript(text) if raised is not None and raised.get(qn("w:val")) == "superscript" else text


def _is_on(run: Any, switch: str) -> bool:
    found = run.find(f"w:rPr/{switch}", run.nsmap)
    return found is not None and found.get(qn("w:val"), "true") not in ("0", "false", "off")


def _has_tracked_changes(paragraphs: list[Any]) -> bool:
    marks = (qn("w:ins"), qn("w:del"), qn("w:moveFrom"), qn("w:moveTo"))
    return any(True for paragraph in paragraphs for mark in marks for _ in paragraph.iterdescendants(mark))


def _indent(paragraphs: list[Any]) -> int:
    """The first paragraph's indentation in blanks."""
    found = paragraphs[0].find("w:pPr/w:ind", paragraphs[0].nsmap) if paragraphs else None
    if found is None:
        return 0
    by_character = sum(int(found.get(qn(f"w:{side}Chars"), 0)) for side in ("left", "start", "firstLine"))
    if by_character:
        return max(0, round(by_character / 50))
    twips = sum(int(found.get(qn(f"w:{side}"), 0)) for side in ("left", "start", "firstLine"))
    return max(0, round(twips / _TWIPS_PER_BLANK))
