"""The page, from notebooks executed by hand: no kernel is started here."""

import base64
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_cells import text

from zs_analysis.present import fonts
from zs_analysis.reports.errors import ReportError
from zs_analysis.reports.execute import Execution, Failure
from zs_analysis.reports.page import FINDINGS, TEMPLATES, PageMeta, error_page, read_body, report_page

META = PageMeta("套件", "2023年第四季度", "数据截至 <2023>")
STAMPED_SVG = """<?xml version="1.0"?><!DOCTYPE svg><svg viewBox="0 0 1 1" onload="x()"><!-- 12:00 -->
<metadata><date>2024-01-01</date></metadata><image href="https://far/x.png"/><use href="#a"/></svg>"""


def shown(**data: object):
    bundle = {kind.replace("_", "/", 1): value for kind, value in data.items()}
    return new_code_cell("secret_code()", outputs=[new_output("display_data", bundle)])


def page(*cells, lang: str = "zh") -> BeautifulSoup:
    return BeautifulSoup(html(*cells, lang=lang), "html.parser")


def html(*cells, lang: str = "zh", source: Path = Path("a/report.ipynb"), font_css=lambda _: "") -> str:
    body = read_body(new_notebook(cells=list(cells)), source, lang)
    return report_page(body, lang=lang, meta=META, font_css=font_css)


def test_language_picks_cells_and_furniture():
    cells = [text("# 标题", "zh"), text("# Title", "en"), text("both")]
    zh, en = page(*cells), page(*cells, lang="en")
    assert (zh.html["lang"], en.html["lang"]) == ("zh-CN", "en")
    assert (zh.h1.text, en.h1.text) == ("标题", "Title")
    assert "Title" not in zh.text and "both" in zh.text and "both" in en.text
    assert "跳到正文" in zh.text and "Skip to" in en.text


def test_one_h1_landmarks_and_a_name_without_heading():
    soup = page(text("# One"), text("# Two"), text("## Three"))
    assert [tag.text for tag in soup.find_all("h1")] == ["One"]
    assert [tag.text for tag in soup.find_all("h2")] == ["Two", "Three"]
    assert all(len(soup.find_all(name)) == 1 for name in ("header", "nav", "main", "footer"))
    assert page(text("no heading")).h1.text == "report"


def test_contents_resolve_also_in_chinese_and_when_doubled():
    soup = page(
        text("# 题"),
        text("## 工业 总产值（亿元）\n\n### 增长 12.5%"),
        text("## 工业 总产值（亿元）\n\n## Main"),
    )
    anchors = [link["href"][1:] for link in soup.nav.find_all("a")]
    assert anchors == ["工业-总产值-亿元", "增长-12-5", "工业-总产值-亿元-2", "main-2"]
    assert all(len(soup.find_all(id=anchor)) == 1 for anchor in [*anchors, "main"])


def test_no_code_no_streams_no_errors_shown():
    cell = new_code_cell(
        "secret_code()",
        outputs=[
            new_output("stream", name="stdout", text="printed"),
            new_output("stream", name="stderr", text="warned"),
            new_output("error", ename="E", evalue="raised", traceback=["raised"]),
            new_output("execute_result", {"text/plain": "plain <b>", "application/json": {}}),
        ],
    )
    soup = page(cell)
    assert not re.search("secret_code|printed|warned|raised", str(soup))
    assert soup.find("pre").text == "plain <b>" and soup.find("pre")["tabindex"] == "0"


def test_richest_output_wins_and_pictures_have_words():
    soup = page(
        shown(text_html="<i>rich</i>", text_plain="poor"),
        shown(**{"image_png": "QUJD\n", "text_plain": "poor"}),
        shown(text_markdown="**bold**", text_plain="poor"),
    )
    assert soup.find("i").text == "rich" and soup.find("strong").text == "bold" and "poor" not in soup.text
    assert soup.img["src"] == "data:image/png;base64,QUJD" and soup.img["alt"]


def test_nothing_acts_and_nothing_is_fetched():
    soup = page(
        shown(**{"image_svg+xml": STAMPED_SVG}),
        shown(
            text_html='<img src="http://far/a.png" alt=""><iframe src="//far"></iframe><a href=" Java\nScript:x">y</a>'
        ),
        text(
            "<script>alert(1)</script><link rel=stylesheet href=https://far/x.css>\n\n[source](https://example.org)"
        ),
    )
    assert not soup.find_all(["script", "link", "iframe", "metadata"])
    loaded = [tag.get(name) for tag in soup.find_all(True) for name in ("src", "href") if tag.name != "a"]
    assert [value for value in loaded if value] == ["#a"]
    assert not re.search("onload|12:00|2024-01-01|DOCTYPE svg|javascript", str(soup), re.IGNORECASE)
    assert soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"].startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    )


def test_inline_html_of_markdown_keeps_its_content():
    assert (
        page(text("state: <span class='zs-ok'>● on track</span>")).find(class_="zs-ok").text == "● on track"
    )


def test_formulas_become_mathml_and_nothing_waits_for_mathjax():
    source = "行内$x_t$与\\$5，`$a$`。\n\n$$\\text{同比} = \\frac{x_t}{x_{t-12}} - 1$$\n\n\\begin{align}a&=b\\end{align}"
    done = html(text(source), shown(text_markdown="$\\sqrt{2}$"))
    inline, display, align, output = BeautifulSoup(done, "html.parser").find_all("math")
    assert inline.msub.mi["class"] == ["is-variable"] and inline.get("display") is None
    assert display["display"] == "block" and display.mfrac and display.mtext.text == "同比"
    assert align.mtable and output.msqrt and "$5，<code>$a$</code>" in done
    boxes = [formula.parent for formula in (display, align)]
    assert [box["aria-label"] for box in boxes] == ["公式", "公式 2"] and boxes[0]["tabindex"] == "0"
    assert "mathjax" not in done.lower() and "\\frac" not in done


@pytest.mark.parametrize("prices", ["$5 to $6", "$5-$6 each", "出口$5亿，进口$6亿", "a $ b $ c"])
def test_prices_are_no_formulas(prices):
    main = page(text(f"{prices} and $x$")).main
    assert [formula.text for formula in main.find_all("math")] == ["x"]
    assert prices in main.text


def test_a_formula_that_cannot_be_read_is_named():
    with pytest.raises(ReportError, match=r"The formula \$\\foo\{x\}\$ cannot be read: .*\\foo"):
        page(text("$\\foo{x}$"))


def test_the_sign_of_roots_and_likes_of_what_the_font_lacks_are_in_the_font():
    seen = []
    html(text("$\\sqrt{a \\cdot \\hat b}$"), font_css=lambda words: seen.append(words) or "")
    fonts.check(seen[0])
    assert "√" in seen[0]


def test_markdown_pictures_are_embedded(tmp_path):
    (tmp_path / "地图.svg").write_text("<svg/>")
    soup = BeautifulSoup(html(text("![map](地图.svg)"), source=tmp_path / "r.ipynb"), "html.parser")
    assert soup.img["src"] == "data:image/svg+xml;base64," + base64.b64encode(b"<svg/>").decode()


def test_a_large_picture_is_whole():
    source = "data:image/png;base64," + "QUJD" * 3_000_000
    assert page(shown(text_html=f'<img alt="" src="{source}">')).img["src"] == source


def test_titles_findings_and_metadata_are_escaped():
    soup = page(
        text("# A &lt;script&gt;x&lt;/script&gt;"),
        shown(**{FINDINGS.replace("/", "_"): ["<script>y</script>"]}),
    )
    assert not soup.find_all("script")
    assert soup.h1.text == "A <script>x</script>" and "数据截至 <2023>" in soup.header.text
    assert soup.find(class_="zs-findings").li.text == "<script>y</script>"


def test_findings_are_hoisted_to_the_top_once():
    findings = shown(text_html="<ul><li>升了</li></ul>", **{FINDINGS.replace("/", "_"): ["升了"]})
    soup = page(text("# 题\n\n前言"), findings)
    assert soup.main.get_text().count("升了") == 1
    assert soup.main.find(True)["class"] == ["zs-key"]


def test_tables_scroll_under_their_caption():
    box = page(shown(text_html="<table><caption>产值</caption><tr><td>1</td></tr></table>")).table.parent
    assert (box["class"], box["aria-label"], box["tabindex"]) == (["zs-scroll"], "产值", "0")


def test_tables_of_one_name_are_told_apart():
    tables = [shown(text_html=f"<table><tr><td>{number}</td></tr></table>") for number in range(2)]
    boxes = page(*tables).find_all(class_="zs-scroll")
    assert [box["aria-label"] for box in boxes] == ["表格", "表格 2"]


def test_title_and_period_stand_over_printed_pages_and_cannot_end_the_style():
    done = html(text('# A "b" } &lt;/style&gt;'))
    (rule,) = re.findall(r"@page \{ @top-left.*$", done, re.M)
    content = [
        re.sub(r"\\([0-9a-f]+) ", lambda found: chr(int(found[1], 16)), one)
        for one in re.findall('content: "(.*?)"', rule)
    ]
    assert content == ['A "b" } </style>', "2023年第四季度"] and done.count("</style>") == 1


def test_an_output_without_words_leaves_no_gap():
    assert not page(shown(text_html=" ", text_plain="x")).find(class_="zs-output")


def test_font_gets_the_plain_text_of_the_page_and_lands_in_its_style():
    seen = []
    done = html(text("# 岱&amp;山"), font_css=lambda words: seen.append(words) or "@font-face{}")
    assert "岱&山" in seen[0] and "<" not in seen[0].replace("<2023>", "")
    assert "<style>\n@font-face{}\n" in done


def test_same_notebook_same_bytes_and_little_furniture():
    cells = [text("# 题"), shown(**{"image_svg+xml": STAMPED_SVG})]
    assert html(*cells) == html(*cells)
    assert len(html().encode()) < 20_000
    assert "http" not in (TEMPLATES / "style.css").read_text()


def test_error_page_shows_where_with_neighbours_and_nothing_acts():
    cells = [new_code_cell(f"step{i} = '<script>'\nsecond") for i in range(5)]
    trace = "Cell In[3], line 2\n<script>alert(1)</script>"
    notebook = new_notebook(cells=[text("# 题"), *cells, text("## 到此为止")])
    failure = Failure("ValueError: <script>", trace, 3, cells[2].source)
    execution = Execution(Path("r.ipynb"), 1.0, nbformat.writes(notebook), failure)
    done = error_page(execution, {"p": "<script>"}, lang="zh", meta=META, font_css=odd_font)
    soup = BeautifulSoup(done, "html.parser")
    assert not soup.find_all("script")
    assert [re.search(r"step\d", box.text)[0] for box in soup.find_all(class_="zs-code")] == [
        "step1",
        "step2",
        "step3",
    ]
    assert soup.find("li", class_="is-bad").text.strip() == "second"
    assert "ValueError: <script>" in soup.text and "p = '<script>'" in soup.text and trace in soup.text
    assert soup.find(class_="zs-partial").h2.text == "到此为止"


def odd_font(_: str) -> str:
    raise ValueError("no glyph for U+1F600")


def test_report_page_insists_on_the_glyphs():
    with pytest.raises(ValueError, match="no glyph"):
        html(text("😀"), font_css=odd_font)
