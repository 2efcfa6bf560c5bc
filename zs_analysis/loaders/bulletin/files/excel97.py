"""xls workbooks (Excel 2 to 2003, WPS) to cells."""

import io
import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import xlrd
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from zs_analysis.loaders.bulletin.cells import BulletinError, Cell, Document, Sheet
from zs_analysis.loaders.bulletin.files.excel import BLANKS_PER_INDENT, ERROR_VALUE, NO_RESULT
from zs_analysis.loaders.bulletin.files.grid import make_sheet, superscript
from zs_analysis.loaders.bulletin.files.limits import MAX_CELLS, MAX_PLACES, MAX_TEXT_BYTES, refuse_above
from zs_analysis.loaders.bulletin.files.merge import Merge, merged_cells
from zs_analysis.loaders.bulletin.files.number_format import CHINESE_FORMATS, printed, text_as_printed

# Record codes of the BIFF format ([MS-XLS] 2.3.2).
_FORMULA = (0x0006, 0x0206, 0x0406)
_MANY_CELLS = (0x00BD, 0x00BE)
_CELLS = {*_FORMULA, *_MANY_CELLS, 0x0203, 0x027E, 0x00FD, 0x0204, 0x0201, 0x0205, 0x00D6}
_COMPUTE_ON_LOAD = 2
_EMPTY_RESULT = b"\x03\0\0\0\0\0\xff\xff"
_SUPERSCRIPT = 1
_Place = tuple[int, int, int]


def read(path: Path, data: bytes) -> Document:
    """An xls workbook.

    Parameters
    ----------
    path : Path
    data : bytes

    Returns
    -------
    Document
        Numbers as their formats print them.

    Raises
    ------
    BulletinError
        If it is damaged, protected, or larger than any bulletin.
    """
    refuse_above(MAX_TEXT_BYTES, len(data), "bytes of an xls file", path)
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, on_demand=True, ragged_rows=True, logfile=io.StringIO()
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            why = "protected by a password: open it, take the password off and save it"
            raise BulletinError(path, why) from error
        raise
    _refuse_wide_rows(path, book)
    computed_later = set(_formulas_without_result(book))
    sheets, total = [], 0
    for number in range(book.nsheets):
        sheets.append(_read_sheet(path, book, number, computed_later))
        total += len(sheets[-1].cells)
        refuse_above(MAX_CELLS, total, "cells", path)
        book.unload_sheet(number)
    return Document(path, {}, tuple(sheet for sheet in sheets if sheet.cells))


def _read_sheet(path: Path, book: xlrd.Book, number: int, computed_later: set[_Place]) -> Sheet:
    sheet = book.sheet_by_index(number)
    cells = (
        _cell(book, sheet, row, column, (number, row, column) in computed_later)
        for row in range(sheet.nrows)
        for column, kind in enumerate(sheet.row_types(row))
        if kind not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)
    )
    merges = [Merge(left + 1, top + 1, right, bottom) for top, bottom, left, right in sheet.merged_cells]
    return make_sheet(path, sheet.name, merged_cells(path, cells, merges))


def _cell(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int, column: int, computed_later: bool) -> Cell:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    style = book.xf_list[sheet.cell_xf_index(row, column)]
    known = book.format_map.get(style.format_key)
    code = CHINESE_FORMATS.get(style.format_key) or (known.format_str if known else "") or "General"
    doubt = ""
    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        text, doubt = printed(value, code, epoch=MAC_EPOCH if book.datemode else WINDOWS_EPOCH)
    elif kind == xlrd.XL_CELL_BOOLEAN:
        text = "TRUE" if value else "FALSE"
    elif kind == xlrd.XL_CELL_ERROR:
        text, doubt = xlrd.error_text_from_code.get(value, "#ERROR"), ERROR_VALUE
    else:
        runs = sheet.rich_text_runlist_map.get((row, column), [])
        text = text_as_printed(_raised(book, value, runs), code)
    indent = BLANKS_PER_INDENT * style.alignment.indent_level
    if computed_later:
        text, doubt = "=", NO_RESULT
    return Cell(row + 1, column + 1, text, indent, doubt=doubt)


def _raised(book: xlrd.Book, text: str, runs: list[tuple[int, int]]) -> str:
    """A text with its raised parts told from the rest; a run is where it starts and its font."""
    shown = text[: runs[0][0]] if runs else text
    for (start, font), (end, _) in pairwise([*runs, (len(text), 0)]):
        raised = book.font_list[font].escapement == _SUPERSCRIPT
        shown += superscript(text[start:end]) if raised else text[start:end]
    return shown


def _records(book: xlrd.Book) -> Iterator[tuple[int, int, int, int]]:
    """Sheet, code, place in the stream and length of the records of the sheets."""
    sheet_of = {position: number for number, position in enumerate(book._sh_abs_posn)}
    at, sheet, end = book.base, -1, book.base + book.stream_len
    while at + 4 <= end:
        code, length = struct.unpack_from("<HH", book.mem, at)
        sheet = sheet_of.get(at, sheet)
        if sheet >= 0:
            yield sheet, code, at + 4, length
        at += 4 + length


def _refuse_wide_rows(path: Path, book: xlrd.Book) -> None:
    """xlrd fills rows up to their last cell: a cell at the edge of each row costs 17 million places."""
    widths: dict[tuple[int, int], int] = {}
    for sheet, code, at, length in _records(book):
        if code in _CELLS and length >= 6:
            row, column = struct.unpack_from("<HH", book.mem, at)
            if code in _MANY_CELLS:
                (column,) = struct.unpack_from("<H", book.mem, at + length - 2)
            widths[sheet, row] = max(widths.get((sheet, row), 0), column + 1)
    refuse_above(MAX_PLACES, sum(widths.values()), "places", path)


def _formulas_without_result(book: xlrd.Book) -> Iterator[_Place]:
    """Sheet, row and column, from 0, of formulas that were never computed.

    Programs that write workbooks without computing them store an empty text, or 0 to be computed on loading;
    xlrd hands these on as if they were results.
    """
    for sheet, code, at, length in _records(book):
        if code in _FORMULA and length >= 16:
            row, column, _, result, flags = struct.unpack_from("<HHH8sH", book.mem, at)
            if result == _EMPTY_RESULT or (flags & _COMPUTE_ON_LOAD and not any(result)):
                yield sheet, row, column
