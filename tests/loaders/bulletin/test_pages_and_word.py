"""What is particular to saved pages and Word files."""

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from written import as_html

from zs_analysis.loaders.bulletin.cells import BulletinError
from zs_analysis.loaders.bulletin.files import open_document

ROWS = [["指标", "1-3月"], ["产值", "316.3"]]


@pytest.fixture
def page(tmp_path):
    def read(body, head="", name="bulletin.html", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(f"<html><head>{head}</head><body>{body}</body></html>".encode(encoding))
        return open_document(path)

    return read


def texts(sheet):
    return {(cell.row, cell.column): cell.text for cell in sheet.cells}


def test_text_around_tables_goes_above_and_below(page):
    table = "<table><tr><td>{}</td><td>1.5</td></tr></table>"
    first, second = page(
        f"<h1>三月</h1><p>单位:亿元</p>{table.format('a')}<p>续表</p>{table.format('b')}<p>注:无</p>"
    ).sheets
    assert (first.above, second.above, second.below) == (("三月", "单位:亿元"), ("续表",), ("注:无",))


def test_a_caption_is_above_its_table(page):
    (sheet,) = page("<table><caption>表1</caption><tr><td>a</td></tr></table>").sheets
    assert (sheet.above, texts(sheet)) == (("表1",), {(1, 1): "a"})


def test_spans_push_later_cells_aside(page):
    (sheet,) = page(
        "<table><tr><td rowspan=2>a<td colspan=2>b<tr><td>c<td>d<tr><td>e<td>f<td>g</table>"
    ).sheets
    assert texts(sheet) == {
        (1, 1): "a",
        (1, 2): "b",
        (2, 2): "c",
        (2, 3): "d",
        (3, 1): "e",
        (3, 2): "f",
        (3, 3): "g",
    }
    assert set(sheet.widths.values()) == {3}


def test_a_short_row_is_told_by_its_width(page):
    (sheet,) = page("<table><tr><td>a<td>b<td>c<tr><td>d<td>1</table>").sheets
    assert sheet.widths == {1: 3, 2: 2}


def test_a_table_that_lays_out_the_page_is_gone_through(page):
    inner = "<table><tr><td>产值<td>316.3</table>"
    (sheet,) = page(f"<table><tr><td>菜单<td><h2>三月</h2>{inner}</table>").sheets
    assert (texts(sheet), sheet.above) == ({(1, 1): "产值", (1, 2): "316.3"}, ("菜单", "三月"))


def test_a_table_inside_a_cell_of_figures_loses_no_number(page):
    outer, inner = page("<table><tr><td>产值<td>316.3<td><table><tr><td>船舶<td>50.3</table></table>").sheets
    assert (texts(outer)[1, 2], texts(inner)[1, 2]) == ("316.3", "50.3")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("316.3<sup>1</sup>", "316.3¹"),
        ("km<sup>2</sup>", "km²"),
        ("316.3<sup>a</sup>", "316.3^a"),
        ("<span style='display:none'>0003163</span>316.3", "316.3"),
        ("1-3月<br>±%", "1-3月\n±%"),
        ("<p>1-3月</p>\n<p>±%</p>", "1-3月\n±%"),
        (" 316\n .3 ", "316 .3"),
        ("&minus;8.7&nbsp;", "−8.7"),
        ("&lt;5", "<5"),
        ("<!-- 9 -->316.3<script>1</script>", "316.3"),
    ],
)
def test_a_cell_reads_as_a_reader_sees_it(page, cell, text):
    (sheet,) = page(f"<table><tr><td>产值<td>{cell}</td></tr></table>").sheets
    assert texts(sheet)[1, 2] == text


@pytest.mark.parametrize(
    ("cell", "indent"),
    [
        ("<td>&nbsp;&nbsp;a", 2),
        ("<td>\u3000a", 2),
        ("<td style='padding-left:16px'>a", 2),
        ("<td><p style='text-indent:2em'>a</p>", 4),
        ("<td class=c>a", 3),
    ],
)
def test_indentation(page, cell, indent):
    (sheet,) = page(
        f"<table><tr>{cell}</td><td>1</td></tr></table>", head="<style>.c {padding-left:18pt}</style>"
    ).sheets
    assert sheet.cells[0].indent == indent


def test_what_a_page_says_of_itself(page):
    head = "<title>t</title><meta name=ArticleTitle content=三月><meta name=PubDate content=2020-05-09><meta name=ContentSource content=统计局>"
    assert page("<table><tr><td>1</table>", head=head).properties == {
        "title": "三月",
        "publisher": "统计局",
        "date": "2020-05-09",
    }


def test_a_page_that_calls_itself_gb2312_but_is_utf8(page):
    (sheet,) = page("<table><tr><td>嵊泗县<td>1.0</table>", head="<meta charset=gb2312>").sheets
    assert texts(sheet)[1, 1] == "嵊泗县"


@pytest.mark.parametrize("kept", ["316.3", "316.", "31", "316.3</td>", "316.3</td></tr>"])
def test_a_page_cut_inside_a_table_doubts_its_last_cell(tmp_path, kept):
    path = tmp_path / "a.html"
    source = as_html(ROWS, "utf-8")
    path.write_text(source[: source.index("316.3")] + kept, encoding="utf-8")
    assert "cut off" in open_document(path).sheets[0].cells[-1].doubt


def test_a_damaged_transfer_encoding_is_refused(tmp_path):
    path = tmp_path / "a.mht"
    path.write_bytes(
        b"MIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nPHRhYmxl*PjE=A\n"
    )
    with pytest.raises(BulletinError, match="damaged"):
        open_document(path)


# Word


@pytest.fixture
def word(tmp_path):
    def read(edit):
        document = docx.Document()
        document.add_paragraph("三月")
        table = document.add_table(2, 2)
        for row, fields in zip(table.rows, ROWS, strict=True):
            for cell, text in zip(row.cells, fields, strict=True):
                cell.paragraphs[0].text = text
        edit(document, table)
        document.save(str(tmp_path / "a.docx"))
        return open_document(tmp_path / "a.docx")

    return read


def add_run(cell, xml):
    cell.paragraphs[0]._p.append(parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1)))


def test_tracked_changes_read_as_shown_and_are_doubted(word):
    def edit(_, table):
        add_run(table.cell(1, 1), '<w:ins w:id="1" w:author="a"><w:r><w:t>7</w:t></w:r></w:ins>')
        add_run(table.cell(1, 1), '<w:del w:id="2" w:author="a"><w:r><w:delText>9</w:delText></w:r></w:del>')

    cell = word(edit).sheets[0].cells[-1]
    assert (cell.text, "tracked change" in cell.doubt) == ("316.37", True)


def test_hidden_and_raised_text(word):
    def edit(_, table):
        table.cell(1, 1).paragraphs[0].add_run("9").font.hidden = True
        table.cell(1, 1).paragraphs[0].add_run("1").font.superscript = True

    assert word(edit).sheets[0].cells[-1].text == "316.3¹"


def test_paragraphs_between_word_tables(word):
    def edit(document, _):
        document.add_paragraph("续表")
        document.add_table(1, 1).cell(0, 0).text = "1.5"
        document.add_paragraph("注")

    first, second = word(edit).sheets
    assert (first.above, second.above, second.below) == (("三月",), ("续表",), ("注",))


def test_a_word_table_in_a_cell_is_a_sheet_of_its_own(word):
    def edit(_, table):
        table.cell(0, 0).add_table(1, 1).cell(0, 0).text = "50.3"

    first, second = word(edit).sheets
    assert (texts(first)[1, 1], texts(second)) == ("指标", {(1, 1): "50.3"})


def test_the_indentation_of_a_word_paragraph(word):
    def edit(_, table):
        table.cell(1, 0).paragraphs[0].paragraph_format.left_indent = docx.shared.Pt(21)

    assert [cell.indent for cell in word(edit).sheets[0].cells] == [0, 0, 4, 0]
