"""Workbooks: real numbers and dates, text that stays text, and no time of their making."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from zs_analysis.files import timeless_zip

WIDEST = 60
LONGEST_SHEET_NAME = 31
BOLD = Font(bold=True)
FORMULA_STARTS = "=+-@"
# The lines above the columns of a sheet are always as many, so that programs find the head.
ABOVE = ("title", "notice", "unit", "source", "note")
HEAD_ROW = len(ABOVE) + 1
# What every workbook says about itself, in the language of its report.
FURNITURE = {
    "zh": {
        "readme": "说明",
        "item": "项目",
        "meaning": "说明",
        "sheet_head": "工作表",
        "title_head": "标题",
        "unit_head": "单位",
        "source_head": "资料来源",
        "unit": "单位：",
        "source": "资料来源：",
        "note": "注：",
        "status": "状态",
        "layout": "排列",
        "layout_text": "各表第1—5行为标题、提示、单位、来源、注，第6行为表头，第7行起为数据。",
        "flags": "状态标记",
        "flags_text": "空或A 正常；P 初步数；E 估计数；F 预计数；M 缺；Q 不予公布，数值留空",
    },
    "en": {
        "readme": "readme",
        "item": "Item",
        "meaning": "Meaning",
        "sheet_head": "Sheet",
        "title_head": "Title",
        "unit_head": "Unit",
        "source_head": "Source",
        "unit": "Unit: ",
        "source": "Source: ",
        "note": "Note: ",
        "status": "status",
        "layout": "Layout",
        "layout_text": "Of each sheet rows 1 to 5 are title, notice, unit, source and note, row 6 the head; "
        "data from row 7.",
        "flags": "Status flags",
        "flags_text": "empty or A normal; P provisional; E estimated; F forecast; M missing; Q withheld, "
        "no value",
    },
}


def new_book() -> Workbook:
    """An empty workbook with one sheet."""
    book = Workbook()
    book.properties.creator = "zs-analysis"
    return book


def as_bytes(book: Workbook) -> bytes:
    """The file of a workbook; the same sheets give the same bytes."""
    out = io.BytesIO()
    book.save(out)
    return timeless_zip(out.getvalue())


def fill_frame(sheet: Worksheet, title: str, frame: pd.DataFrame, digits: Mapping[str, pd.Series]) -> None:
    """Write a table from the first row on, its head frozen.

    Parameters
    ----------
    title : str
        Name of the sheet.
    frame : pandas.DataFrame
    digits : mapping of str to pandas.Series
        For columns of numbers, the digits to show after the point, cell by cell.
    """
    sheet.title = title
    columns = [(name, frame[name].tolist(), digits[name].tolist() if name in digits else 0) for name in frame]
    _fill_columns(sheet, columns, head_row=1)


def report_book(
    about: Sequence[tuple[str, str]], sheets: Sequence[Mapping[str, Any]], words: Mapping[str, str]
) -> bytes:
    """The workbook of a report: what it is, then a sheet for each table or chart.

    Parameters
    ----------
    about : sequence of pairs
        What the first sheet says of the report: item and meaning.
    sheets : sequence of mapping
        `title`, `unit`, `source`, `note`, `notice`; `columns`, each with `label`, `unit`, `kind` (``number``,
        ``date`` or ``text``) and `decimals`; `rows` and `status`, both row by row.
    words : mapping
        `FURNITURE` in the language of the report.

    Returns
    -------
    bytes
        The same arguments give the same bytes.
    """
    book, names = new_book(), sheet_names(sheet["title"] for sheet in sheets)
    _fill_readme(book.active, about, sheets, names, words)
    for name, one in zip(names, sheets, strict=True):
        sheet = book.create_sheet(name)
        for row, item in enumerate(ABOVE, start=1):
            text = str(one.get(item) or "")
            _fill(
                sheet.cell(row, 1),
                f"{words[item]}{text}" if text and item in words and row > 2 else text,
                None,
            )
            sheet.cell(row, 1).font = BOLD if row <= 2 else Font()
        _fill_columns(sheet, headed_columns(one, words), HEAD_ROW)
    return as_bytes(book)


def sheet_names(titles: Iterable[str]) -> list[str]:
    """Names that Excel takes for sheets, no two alike: the number of the sheet and what fits of its title.

    Examples
    --------
    >>> sheet_names(["Output: up 12.5 %", "Output: up 12.5 %"])
    ['1 Output up 12.5 %', '2 Output up 12.5 %']
    """
    return [
        f"{number} {_allowed(title)}"[:LONGEST_SHEET_NAME].rstrip("' ")
        for number, title in enumerate(titles, start=1)
    ]


def _allowed(title: str) -> str:
    # Excel counts in UTF-16; what lies outside its basic plane counts twice and is no loss here.
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]|[^\x00-\uffff]", " ", title)
    return " ".join(plain.split())


def _fill_readme(
    sheet: Worksheet,
    about: Sequence[tuple[str, str]],
    sheets: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    words: Mapping[str, str],
) -> None:
    sheet.title = words["readme"]
    listed = [
        (name, one["title"], one["unit"], one["source"]) for name, one in zip(names, sheets, strict=True)
    ]
    rows = [
        (words["item"], words["meaning"]),
        *about,
        (),
        tuple(words[f"{item}_head"] for item in ("sheet", "title", "unit", "source")),
        *listed,
    ]
    for row, cells in enumerate(rows, start=1):
        for place, text in enumerate(cells, start=1):
            _fill(sheet.cell(row, place), text, None)
            if row in (1, len(about) + 3):
                sheet.cell(row, place).font = BOLD
    for place, column in enumerate(zip_longest(*rows, fillvalue=""), start=1):
        _widen(sheet, place, column)
    sheet.freeze_panes = "A2"


def headed_columns(
    sheet: Mapping[str, Any], words: Mapping[str, str]
) -> list[tuple[str, list[Any], int | None]]:
    """Columns with their heads; one with flags is followed by a column of those."""
    columns = []
    for place, column in enumerate(sheet["columns"]):
        values = [row[place] for row in sheet["rows"]]
        flags = [row[place] for row in sheet["status"]]
        head = f"{column['label']} ({column['unit']})" if column["unit"] else column["label"]
        if column["kind"] == "date":
            values = [value and date.fromisoformat(value) for value in values]
        columns.append((head, values, column["decimals"]))
        if any(flags):
            columns.append((f"{column['label']} {words['status']}", flags, None))
    return columns


def _fill_columns(sheet: Worksheet, columns: Sequence[tuple[str, list[Any], Any]], head_row: int) -> None:
    sheet.freeze_panes = f"A{head_row + 1}"
    for place, (name, values, digits) in enumerate(columns, start=1):
        _fill(sheet.cell(head_row, place), name, None)
        sheet.cell(head_row, place).font = BOLD
        places = digits if isinstance(digits, list) else [digits] * len(values)
        for row, (value, after_point) in enumerate(zip(values, places, strict=True), start=head_row + 1):
            _fill(sheet.cell(row, place), value, after_point)
        _widen(sheet, place, [name, *values])


def _widen(sheet: Worksheet, place: int, texts: Iterable[object]) -> None:
    longest = max(_width(str(text)) for text in texts)
    sheet.column_dimensions[get_column_letter(place)].width = min(longest, WIDEST) + 2


def _fill(cell: Cell, value: object, digits: int | None) -> None:
    if pd.isna(value) or value == "":
        return
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        # Text that looks like a formula stays text, also when someone edits the cell.
        cell.data_type, cell.quotePrefix = "s", value[0] in FORMULA_STARTS
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif digits is not None and isinstance(value, (int, float)) and not isinstance(value, bool):
        cell.number_format = f"0.{'0' * digits}" if digits else "0"


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
