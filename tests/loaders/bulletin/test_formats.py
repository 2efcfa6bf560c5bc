"""The same table in every format gives the same cells."""

import pytest
from written import MERGING, WRITERS, Span, write

from zs_analysis.loaders.bulletin.files import open_document

BULLETIN = [
    [Span("2020年3月主要统计指标", 1, 4), None, None, None],
    [Span("指 标", 2, 1), Span("单位", 2, 1), Span("1-3月", 1, 2), None],
    [None, None, "本期", "同比±%"],
    ["工业总产值", "亿元", "1,316.3", "76.9"],
    ["  其中:船舶修造业", "亿元", "50.0", "-14.9"],
    ["    水产品“加工”业", "亿元", "", "-"],
    ["工业产销率", "%", "74.1%", "上年为1.43"],
    ["企业数", "家", "406", "…"],
]
TEXTS = {
    (row, column): (field.text if isinstance(field, Span) else field).strip()
    for row, fields in enumerate(BULLETIN, start=1)
    for column, field in enumerate(fields, start=1)
    if field
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_table_reads_to_the_same_cells_in_every_format(tmp_path, name):
    (sheet,) = open_document(write(BULLETIN, name, tmp_path)).sheets
    assert {(cell.row, cell.column): cell.text for cell in sheet.cells} == TEXTS
    assert [cell.doubt for cell in sheet.cells if cell.doubt] == []
    indents = {cell.text: cell.indent for cell in sheet.cells if cell.column == 1}
    assert indents["工业总产值"] < indents["其中:船舶修造业"] < indents["水产品“加工”业"]


@pytest.mark.parametrize("name", MERGING)
def test_merged_cells_keep_their_size(tmp_path, name):
    (sheet,) = open_document(write(BULLETIN, name, tmp_path)).sheets
    sizes = {cell.text: (cell.rows, cell.columns) for cell in sheet.cells if cell.rows * cell.columns > 1}
    assert sizes == {
        "2020年3月主要统计指标": (1, 4),
        "指 标": (2, 1),
        "单位": (2, 1),
        "1-3月": (1, 2),
    }


@pytest.mark.parametrize("name", sorted(set(WRITERS) - {"xlsx", "xlsx-shared", "xls"}))
def test_the_fields_of_each_row_are_counted(tmp_path, name):
    (sheet,) = open_document(write(BULLETIN, name, tmp_path)).sheets
    assert set(sheet.widths.values()) == {4}
