"""The same bulletin in every format reads to the same observations."""

from pathlib import Path

import pytest
from written import WRITERS, Span, write

from zs_analysis.loaders.bulletin.files import open_document
from zs_analysis.loaders.bulletin.read import examine

SHARED = Path(__file__).parents[3] / "../shared/tables"
WHAT = [
    "indicator",
    "ref_area",
    "activity",
    "freq",
    "time_period",
    "transformation",
    "obs_value",
    "decimals",
    "unit",
    "obs_status",
]


def row(*fields):
    return [*fields, *[""] * (6 - len(fields))]


# In the shape of the city's monthly tables: blocks with heads of their own, children, text in number cells.
BULLETIN = [
    row("2021年5月主要统计指标"),
    row("地区生产总值"),
    row("指 标", "单位", "1-5月同比±%"),
    row("地区生产总值", "%", "9.3"),
    row("第二产业", "%", "-12.5"),
    row("工业经济"),
    [Span("指 标", 2, 1), Span("单位", 2, 1), Span("1-5月", 1, 2), None, "", ""],
    [None, None, "绝对量", "同比±%", "", ""],
    row("规模以上工业:"),
    row("工业总产值", "亿元", "1,316.3", "76.9"),
    row("其中:船舶修造业", "亿元", "150.3", "14.9"),
    row("水产品加工业", "亿元", "71.3", "-30.3"),
    row("工业产销率", "%", "74.1", ""),
    row("旅游"),
    row("指 标", "单位", "5月", "±%", "1-5月", "±%"),
    row("旅游接待人数", "万人次", "115.5", "-75.4", "293.5", "-72.6"),
    row("其中:入境过夜人数", "万人次", "0.0", "上年为1.43", "1.5", "-48.5"),
]


def figures(path):
    found = examine(path)
    return set(map(tuple, found.observations[WHAT].astype(str).values)), sorted(found.unread["cell"])


@pytest.fixture(scope="module")
def of_xlsx(tmp_path_factory):
    return figures(write(BULLETIN, "xlsx", tmp_path_factory.mktemp("xlsx")))


def test_the_bulletin_is_read_in_full(of_xlsx):
    observations, unread = of_xlsx
    assert (len(observations), unread) == (16, ["上年为1.43"])
    assert (
        "gross_output_scale",
        "zhoushan",
        "ships",
        "M",
        "2021-05",
        "ytd",
        "150.3",
        "1",
        "1e8_cny",
        "A",
    ) in observations


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_reads_to_the_same_observations(of_xlsx, tmp_path, name):
    merges_lost = name not in ("xlsx", "xlsx-shared", "xls", "docx", "html", "html-gb-as-xls", "mht")
    if merges_lost:
        # Text has no merged cells: 1-5月 stands over the first of its two columns, and over nothing else.
        one_storey = row("指 标", "单位", "1-5月绝对量", "1-5月同比±%")
        table = [*BULLETIN[:6], one_storey, *BULLETIN[8:]]
    else:
        table = BULLETIN
    assert figures(write(table, name, tmp_path)) == of_xlsx


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published tables lie outside the project")
@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("file", ["zhoushan_2020-03_zhuyao_tongji_zhibiao.txt"])
def test_a_published_table_reads_the_same_in_every_format(tmp_path, file, name):
    original = SHARED / file
    (sheet,) = open_document(original).sheets
    last = max(cell.column for cell in sheet.cells), max(cell.row for cell in sheet.cells)
    table = [[""] * last[0] for _ in range(last[1])]
    for cell in sheet.cells:
        table[cell.row - 1][cell.column - 1] = " " * cell.indent + cell.text
    assert figures(write(table, name, tmp_path)) == figures(original)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published tables lie outside the project")
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("file", sorted(path.name for path in SHARED.glob("*.txt")))
def test_a_published_text_reads_the_same_in_every_encoding(tmp_path, file, encoding):
    text = (SHARED / file).read_text(encoding="utf-8")
    (tmp_path / file).write_bytes(text.encode(encoding))
    assert figures(tmp_path / file) == figures(SHARED / file)
