"""The numbers of two workbooks, cell by cell: what changed is counted, whatever moved."""

import pytest

from zs_analysis.reports.books import compared_books
from zs_analysis.workbook import report_book

WORDS = dict.fromkeys(
    ("readme", "item", "meaning", "sheet_head", "title_head", "unit_head", "source_head", "unit", "source"),
    "x",
) | {"note": "x", "status": "status"}


def sheet(heads, rows, title="t"):
    columns = [{"label": head, "unit": "", "kind": "text", "decimals": None} for head in heads]
    status = [[""] * len(heads) for _ in rows]
    return {
        "title": title,
        "unit": "",
        "source": "",
        "note": "",
        "columns": columns,
        "rows": rows,
        "status": status,
    }


@pytest.fixture
def compared(tmp_path):
    """Compares two lists of sheets, each written as the workbook of a report."""

    def compare(old, new):
        folders = tmp_path / "old", tmp_path / "new"
        for folder, sheets in zip(folders, (old, new), strict=True):
            folder.mkdir(exist_ok=True)
            (folder / "a.xlsx").write_bytes(report_book([], sheets, WORDS))
        run = {"reports": [{"name": "a", "title": "A"}, {"name": "b", "title": "B"}]}
        return compared_books(folders, (run, run))

    return compare


def test_cells_meet_by_the_labels_of_their_rows(compared):
    old = sheet(["area", "2022", "2023"], [["定海", 1.0, 2.0], ["普陀", 3.0, 4.0]])
    new = sheet(
        ["area", "2022", "2023"], [["普陀", 3.0, 5.0], ["岱山", 6.0, None], ["定海", 1.0, 2.0]], "other"
    )
    [found] = compared([old], [new])
    assert (found.changed, found.new, found.gone) == (1, 1, 0)
    [cell] = found.largest
    assert (cell.sheet, cell.row, cell.column, cell.before, cell.after) == ("other", "普陀", "2023", 4, 5)


def test_rows_of_one_name_are_told_apart_by_further_columns_and_then_by_their_order(compared):
    heads = ["year", "area", "value"]
    old = sheet(heads, [[2022, "定海", 1.0], [2022, "普陀", 2.0]])
    new = sheet(heads, [[2022, "普陀", 9.0], [2022, "定海", 1.0]])
    [found] = compared([old], [new])
    assert (found.changed, found.new, found.gone) == (1, 0, 0) and found.largest[0].row == "2022 · 普陀"
    same = [["甲", 1.0], ["甲", 2.0]]
    [found] = compared([sheet(["a", "b"], same)], [sheet(["a", "b"], [*same, ["甲", 3.0]])])
    assert (found.changed, found.new, found.gone) == (0, 1, 0)


def test_text_counts_and_noise_does_not(compared):
    old = sheet(["a", "said", "n"], [["x", "亿元3", 1.0]])
    [found] = compared([old], [sheet(["a", "said", "n"], [["x", "亿元4", 1.0 + 1e-13]])])
    assert (found.changed, found.largest) == (1, ())
    assert compared([old], [sheet(["a", "said", "n"], [["x", "亿元3", 1.0 + 1e-13]], "title")]) == ()


def test_sheets_meet_by_their_heads_and_like_ones_by_their_order(compared):
    first, second = sheet(["a", "b"], [["x", 1.0]], "1"), sheet(["a", "b"], [["x", 2.0]], "2")
    alone = sheet(["other"], [["x"]])
    [found] = compared([first, second], [alone, first, second])
    assert (found.changed, found.sheets_new, found.sheets_gone) == (0, 1, 0)


def test_the_largest_changes_are_those_of_the_number_itself(compared):
    rows = [[str(n), float(n)] for n in range(1, 9)]
    [found] = compared([sheet(["a", "b"], rows)], [sheet(["a", "b"], [[name, n + 1] for name, n in rows])])
    assert found.changed == 8 and [cell.after for cell in found.largest] == [2, 3, 4, 5, 6]
    assert found.largest[0].size == 0.5


def test_reports_without_two_workbooks_are_left_out(compared):
    assert compared([sheet(["a"], [["x"]])], [sheet(["a"], [["x"]])]) == ()
