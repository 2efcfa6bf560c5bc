"""xlsx workbooks to cells. Streams each sheet: a claimed size or merged range costs nothing."""

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.escape import unescape

# Not public, but the one streaming reader there is that also tells merged ranges and hidden rows.
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from zs_analysis.loaders.bulletin.cells import BulletinError, Cell, Document, Sheet
from zs_analysis.loaders.bulletin.files.archive import check_archive
from zs_analysis.loaders.bulletin.files.grid import make_sheet, superscript
from zs_analysis.loaders.bulletin.files.limits import MAX_CELLS, refuse_above
from zs_analysis.loaders.bulletin.files.merge import Merge, merged_cells
from zs_analysis.loaders.bulletin.files.number_format import CHINESE_FORMATS, printed, text_as_printed

NO_RESULT = "a formula without a stored result: open the file in Excel and save it"
ERROR_VALUE = "an error value"
BLANKS_PER_INDENT = 2  # one step of a cell's indentation is about as wide as a Chinese character


def read(path: Path, data: bytes) -> Document:
    """An xlsx or xlsm workbook; macros are not looked at.

    Parameters
    ----------
    path : Path
    data : bytes

    Returns
    -------
    Document
        Numbers as their formats print them. Chart sheets have no cells and are left out.

    Raises
    ------
    BulletinError
        If it is damaged, protected, or larger than any bulletin.
    """
    check_archive(path, data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that no cell's text depends on
        book = load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False, rich_text=True
        )
        parts = [sheet._worksheet_path for sheet in book.worksheets]
        if len(set(parts)) < len(parts):
            raise BulletinError(path, "two sheets claim the same cells: damaged; open it and save it as xlsx")
        sheets = [_read_sheet(path, book, sheet) for sheet in book.worksheets]
    properties = {"title": book.properties.title} if book.properties.title else {}
    return Document(path, properties, tuple(sheet for sheet in sheets if sheet.cells))


class _Parser(WorkSheetParser):
    """Tells a formula that was never computed from an empty cell."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """A cell as openpyxl reads it, or the formula it lacks the result of."""
        cell = super().parse_cell(element)
        formula = element.find(FORMULA_TAG)
        if formula is not None and cell["value"] is None and cell["data_type"] != "s":
            cell |= {"value": f"={formula.text or ''}", "data_type": "f"}
        return cell


def _read_sheet(path: Path, book: Workbook, sheet: Any) -> Sheet:
    with sheet._get_source() as source:
        parser = _Parser(source, sheet._shared_strings, data_only=True, epoch=book.epoch, rich_text=True)
        cells = list(_cells(path, sheet, parser))
    found = parser.merged_cells.mergeCell if parser.merged_cells else []
    merges = [Merge(*(edge or 1 for edge in range_boundaries(item.ref))) for item in found]
    return make_sheet(path, sheet.title, merged_cells(path, cells, merges))


def _cells(path: Path, sheet: Any, parser: _Parser) -> Iterator[Cell]:
    seen = 0
    for _, row in parser.parse():
        for parsed in row:
            if parsed["value"] is not None:
                seen += 1
                refuse_above(MAX_CELLS, seen, "cells", path, sheet=sheet.title)
                yield _cell(path, ReadOnlyCell(sheet, **parsed))


def _cell(path: Path, cell: ReadOnlyCell) -> Cell:
    code = CHINESE_FORMATS.get(cell.style_array.numFmtId, cell.number_format) or "General"
    text, doubt = _text(cell, code)
    if cell.row < 1 or cell.column < 1:
        raise BulletinError(path, "a cell without a place: damaged; open it and save it as xlsx")
    indent = int(cell.alignment.indent or 0) if cell.has_style else 0
    return Cell(cell.row, cell.column, text, BLANKS_PER_INDENT * indent, doubt=doubt)


def _text(cell: ReadOnlyCell, code: str) -> tuple[str, str]:
    """The text of a cell and what is doubtful about it."""
    value = cell.value
    if cell.data_type == "f":
        return value, NO_RESULT
    if cell.data_type == "e":
        return str(value), ERROR_VALUE
    if isinstance(value, bool):
        return str(value).upper(), ""
    if isinstance(value, int | float):
        return printed(value, code, epoch=cell.parent.parent.epoch)
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}", ""
    if isinstance(value, CellRichText):
        value = "".join(map(_run, value))
    return text_as_printed(unescape(str(value)), code), ""


def _run(run: str | TextBlock) -> str:
    if isinstance(run, TextBlock):
        raised = run.font is not None and run.font.vertAlign == "superscript"
        return superscript(run.text) if raised else run.text
    return run
