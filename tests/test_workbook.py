"""Workbooks read back by openpyxl and pandas: numbers, dates, flags, names of sheets, and text that stays text."""

import io
import re
import zipfile
from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.present.table import Column, Table
from zs_analysis.reports import PageMeta
from zs_analysis.reports.attachments import workbook
from zs_analysis.workbook import HEAD_ROW, LONGEST_SHEET_NAME, sheet_names

META = PageMeta("套件", "2024年三季度", "数据截至2024-10-25。", "示例数据，纯属虚构")
FRAME = pd.DataFrame(
    {
        "area": ["定海", "=1+1", "@x", "嵊泗"],
        "output": [12.0, -3.456, 7.0, None],
        "output_status": ["A", "E", "", "Q"],
        "day": ["2024-10-25", "2024-01-31", None, "2024-02-29"],
        "firms": [3, 4, 5, 1],
        "share": [0.5, 0.25, 0.25, 0.0],
    }
)
COLUMNS = (
    Column("area", "区域"),
    Column("output", "产值", 1, unit="亿元", status="output_status"),
    Column("day", "投产"),
    Column("firms", "家数"),
    Column("share", "比重"),
)
TABLE = Table(FRAME, "产值: [1/2]?", unit="亿元", source="《公报》", note="注意", columns=COLUMNS)


def book_of(*tables: Table, lang: str = "zh", meta: PageMeta = META) -> bytes:
    return workbook([table.sheet() for table in tables], "企业", "已通过披露审查。", lang=lang, meta=meta)


@pytest.fixture(scope="module")
def content() -> bytes:
    return book_of(TABLE, TABLE)


@pytest.fixture(scope="module")
def book(content) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(sheet, row: int) -> list:
    return [cell.value for cell in sheet[row]]


def test_the_first_sheet_says_what_the_workbook_is(book):
    said = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True) if row[0]}
    assert book.sheetnames[0] == "说明"
    assert (said["套件"], said["报告"], said["报告期"]) == ("套件", "企业", "2024年三季度")
    assert said["提示"] == "示例数据，纯属虚构" and said["披露审查"] == "已通过披露审查。"
    assert "Q 不予公布" in said["状态标记"]
    listed = {row[0]: row[1:] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert listed["1 产值 1 2"] == ("产值: [1/2]?", "亿元", "《公报》")
    assert book.sheetnames[1:] == ["1 产值 1 2", "2 产值 1 2"]


def test_a_sheet_opens_with_title_notice_unit_source_and_note_and_freezes_its_head(book):
    sheet = book.worksheets[1]
    above = [sheet.cell(row, 1).value for row in range(1, HEAD_ROW)]
    assert above == ["产值: [1/2]?", "示例数据，纯属虚构", "单位：亿元", "资料来源：《公报》", "注：注意"]
    assert cells(sheet, HEAD_ROW) == ["区域", "产值 (亿元)", "产值 状态", "投产", "家数", "比重"]
    assert sheet.freeze_panes == f"A{HEAD_ROW + 1}"


def test_numbers_are_numbers_with_the_decimals_of_their_column(book):
    sheet = book.worksheets[1]
    output, firms, share = (sheet.cell(HEAD_ROW + 2, place) for place in (2, 5, 6))
    assert (output.value, output.data_type, output.number_format) == (-3.456, "n", "0.0")
    assert (firms.value, firms.number_format) == (4, "0") and share.number_format == "0.00"


def test_days_are_dates(book):
    day = book.worksheets[1].cell(HEAD_ROW + 1, 4)
    assert day.is_date and day.value == datetime(2024, 10, 25) and day.number_format == "yyyy-mm-dd"


def test_flags_have_their_own_column_and_suppressed_cells_are_empty(book):
    sheet = book.worksheets[1]
    flags = [sheet.cell(row, 3).value for row in range(HEAD_ROW + 1, HEAD_ROW + 5)]
    assert flags == ["A", "E", None, "Q"] and sheet.cell(HEAD_ROW + 4, 2).value is None


def test_text_that_looks_like_a_formula_stays_text(book):
    cell = book.worksheets[1].cell(HEAD_ROW + 2, 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert book.worksheets[1].cell(HEAD_ROW + 3, 1).quotePrefix


def test_pandas_reads_the_table_back(content):
    back = pd.read_excel(io.BytesIO(content), "1 产值 1 2", header=HEAD_ROW - 1)
    assert back["产值 (亿元)"].tolist()[:3] == [12.0, -3.456, 7.0] and back["家数"].tolist() == [3, 4, 5, 1]
    assert back["投产"][3] == pd.Timestamp("2024-02-29")


def test_english_words_and_no_notice():
    book = openpyxl.load_workbook(io.BytesIO(book_of(TABLE, lang="en", meta=PageMeta("Suite"))))
    assert book.sheetnames[0] == "readme" and book.worksheets[1]["A3"].value == "Unit: 亿元"
    assert book.worksheets[1]["A2"].value is None
    assert "Notice" not in cells(book.worksheets[0], 1) + cells(book.worksheets[0], 4)


def test_the_same_tables_give_the_same_bytes_without_the_time(content):
    assert book_of(TABLE, TABLE) == content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_control_characters_do_not_break_the_file():
    table = Table(pd.DataFrame({"a": ["x\x00\x0by"]}), "t\x01\x02")
    sheet = openpyxl.load_workbook(io.BytesIO(book_of(table))).worksheets[1]
    assert sheet.cell(HEAD_ROW + 1, 1).value == "xy" and sheet["A1"].value == "t"


@given(st.lists(st.text(max_size=60), max_size=12))
def test_names_of_sheets_are_such_as_excel_takes(titles):
    names = sheet_names(titles)
    assert len({name.lower() for name in names}) == len(titles)
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= LONGEST_SHEET_NAME
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]", name) and name == name.strip() and name[-1] != "'"
