"""What is particular to workbooks."""

import openpyxl
import pytest
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from written import edit_parts

from zs_analysis.loaders.bulletin.files import open_document


@pytest.fixture
def workbook(tmp_path):
    def read(edit):
        book = openpyxl.Workbook()
        edit(book.active)
        book.save(tmp_path / "a.xlsx")
        return open_document(tmp_path / "a.xlsx")

    return read


def test_a_formula_without_a_result_is_doubted(workbook):
    def edit(sheet):
        sheet["A1"], sheet["B1"] = 1.5, "=A1*2"

    cells = workbook(edit).sheets[0].cells
    assert [(cell.text, "formula" in cell.doubt) for cell in cells] == [("1.5", False), ("=A1*2", True)]


def test_an_error_value_is_doubted_and_a_truth_value_is_text(workbook):
    def edit(sheet):
        sheet["A1"], sheet["B1"] = "#REF!", True

    first, second = workbook(edit).sheets[0].cells
    assert (first.text, first.doubt, second.text, second.doubt) == ("#REF!", "an error value", "TRUE", "")


def test_a_cell_far_away_and_a_range_over_everything_cost_nothing(workbook):
    def edit(sheet):
        sheet["A1"], sheet["XFD1048576"] = "三月", 1.5
        sheet.merge_cells("A1:XFD1")

    first, second = workbook(edit).sheets[0].cells
    assert (first.columns, second.row, second.column) == (16_384, 1_048_576, 16_384)


def test_a_merged_range_is_cut_to_what_is_written(workbook):
    def edit(sheet):
        sheet["A1"], sheet["B2"] = "三月", 1.5
        sheet.merge_cells("A1:XFD1")

    assert [(cell.rows, cell.columns) for cell in workbook(edit).sheets[0].cells] == [(1, 2), (1, 1)]


def test_raised_text_in_a_workbook(workbook):
    def edit(sheet):
        sheet["A1"] = CellRichText("316.3", TextBlock(InlineFont(vertAlign="superscript"), "1"))

    assert workbook(edit).sheets[0].cells[0].text == "316.3¹"


def test_hidden_rows_and_sheets_are_read(workbook):
    def edit(sheet):
        sheet["A1"], sheet["A2"] = 1.5, 2.5
        sheet.row_dimensions[2].hidden = True
        other = sheet.parent.create_sheet("底稿")
        other["A1"], other.sheet_state = 3.5, "hidden"

    assert [cell.text for sheet in workbook(edit).sheets for cell in sheet.cells] == ["1.5", "2.5", "3.5"]


def test_chinese_date_formats_known_by_number_alone(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = 43891
    book.active["A1"].number_format = "mm-dd-yy"  # number 14; 57 has no text of its own in a file
    book.save(tmp_path / "a.xlsx")
    edit_parts(tmp_path / "a.xlsx", "styles.xml", lambda xml: xml.replace('numFmtId="14"', 'numFmtId="57"'))
    assert open_document(tmp_path / "a.xlsx").sheets[0].cells[0].text == "2020-03"


def test_an_xls_formula_without_a_result_is_doubted(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    sheet.write(0, 0, 1.5)
    sheet.write(0, 1, xlwt.Formula("A1*2"))
    book.save(str(tmp_path / "a.xls"))
    cells = open_document(tmp_path / "a.xls").sheets[0].cells
    assert [("formula" in cell.doubt) for cell in cells] == [False, True]


def test_xls_raised_text_indentation_and_merged_cells(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    sheet.write_merge(0, 0, 0, 1, "三月")
    sheet.write(1, 0, "定海", xlwt.easyxf("align: indent 2"))
    sheet.write_rich_text(1, 1, ("316.3", ("1", xlwt.easyfont("escapement superscript"))))
    book.save(str(tmp_path / "a.xls"))
    first, second, third = open_document(tmp_path / "a.xls").sheets[0].cells
    assert (first.columns, second.indent, third.text) == (2, 4, "316.3¹")


def test_libraries_do_not_warn_on_stderr(workbook, recwarn, capfd):
    workbook(lambda sheet: sheet.append([1.5]))
    assert (len(recwarn), *capfd.readouterr()) == (0, "", "")
