"""What a report must keep before it is published. The notebooks here were executed by hand: no kernel is started."""

import json
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_cells import code, text

from zs_analysis.present.fonts import font_face_css
from zs_analysis.quarter import NOTEBOOKS
from zs_analysis.reports import render_notebooks
from zs_analysis.reports.attachments import RECORD, SHEET
from zs_analysis.reports.contract import CHART, NOTE, PROMISES, REACH, breaches
from zs_analysis.reports.execute import Execution
from zs_analysis.reports.page import FINDINGS, PageMeta
from zs_analysis.reports.publish import Press, draft, publish
from zs_analysis.reports.words import WORDS

RUN = {"git": None, "parameters": {}}
META = PageMeta("套件", "2023年四季度")
NO_DATA = {"text/html": "<p>没有数据</p>", NOTE: "没有数据"}
FULL = {"text/html": "<figure><svg></svg></figure>", CHART: {"title": "图", "empty_axes": 0}}
SHORT = {"asked": "2024Q1", "newest": "2023-12", "reached": False, "note": "只到12月 <旧>"}


def cell(*bundles: dict, tags: tuple[str, ...] = (), stderr: str = ""):
    streams = [new_output("stream", name="stderr", text=stderr)] if stderr else []
    outputs = streams + [new_output("display_data", bundle) for bundle in bundles]
    return new_code_cell("show(view)", metadata={"tags": list(tags)}, outputs=outputs)


def kinds(*cells, lang: str = "zh") -> list[str]:
    return [breach.kind for breach in breaches(new_notebook(cells=list(cells)), lang)]


@pytest.mark.parametrize("tag", sorted(PROMISES))
def test_a_promise_that_nothing_keeps_is_a_breach(tag):
    assert kinds(cell(tags=(tag,))) == [tag]
    assert kinds(cell(), cell({"text/plain": "None"})) == []


@pytest.mark.parametrize(
    ("tag", "bundle"),
    [
        ("chart", FULL),
        ("chart", {"image/png": "QUJD"}),
        ("chart", NO_DATA),
        ("table", {"text/html": "<table><tr><td>1</td></tr></table>"}),
        ("table", NO_DATA),
        ("findings", {FINDINGS: ["升了。"]}),
        ("output", {"text/html": "<p>x</p>"}),
        ("period", {REACH: SHORT | {"reached": True, "note": ""}}),
    ],
)
def test_a_promise_is_kept_by_what_it_names_or_by_a_note(tag, bundle):
    assert kinds(cell(bundle, tags=(tag,))) == []


@pytest.mark.parametrize(
    ("tag", "bundle"),
    [
        ("chart", {"text/html": "<p>a chart, one day</p>"}),
        ("table", {"text/html": "<p>x</p>"}),
        ("table", {"text/html": "", NOTE: " "}),
        ("findings", {FINDINGS: ["", " "]}),
        ("findings", NO_DATA),
        ("period", NO_DATA),
    ],
)
def test_a_promise_is_not_kept_by_anything_else(tag, bundle):
    assert kinds(cell(bundle, tags=(tag,))) == [tag]


def test_a_cell_of_the_other_language_owes_nothing():
    assert kinds(cell(tags=("chart", "en"))) == [] and kinds(cell(tags=("chart", "en")), lang="en") == [
        "chart"
    ]


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("产值nan亿元。", True),
        ("up None%.", True),
        ("inf%", True),
        ("增长 <NA>。", True),
        ("None of the 3 targets is met.", False),
        ("Nanotechnology and information: none.", False),
    ],
)
def test_a_finding_without_its_number_is_a_breach(sentence, wrong):
    assert kinds(cell({FINDINGS: ["好。", sentence]})) == (["no_value"] if wrong else [])


def test_whatever_the_tags_nothing_broken_passes():
    empty = {SHEET: {"title": "表", "rows": []}}
    assert kinds(cell(stderr="FutureWarning: x")) == ["stderr"]
    assert kinds(cell(FULL | {CHART: {"title": "图", "empty_axes": 1}})) == ["empty_axes"]
    assert kinds(cell(empty), cell({SHEET: [empty[SHEET], {"title": "b", "rows": [[1]]}]})) == ["no_rows"] * 2


def test_data_that_end_before_the_period_are_a_breach_unless_the_page_says_so():
    assert kinds(cell({REACH: SHORT})) == ["reach"]
    assert kinds(cell({REACH: SHORT | {"note": ""}, "text/html": "<p></p>"})) == ["reach"]
    assert kinds(cell({REACH: SHORT, "text/html": "<p>只到12月 &lt;旧&gt;</p>"})) == []


def refused(tmp_path: Path, *cells, lang: str = "zh"):
    notebook = new_notebook(cells=[text("# 题"), *cells])
    source = tmp_path / "report.ipynb"
    nbformat.write(new_notebook(cells=[text("# 题")]), source)
    press = Press(tmp_path, tmp_path, lang, META, lambda _: "", RUN, ["report"])
    (tmp_path / "report.html").write_text("an earlier page")
    return publish(draft(Execution(source, 1.0, nbformat.writes(notebook), None), {}, press), press)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_breach_fails_the_report_with_a_page_and_leaves_the_earlier_one(tmp_path, lang):
    cells = [text("## 分区域"), cell(tags=("chart",)), cell(NO_DATA, stderr="Warning: <b>")]
    result = refused(tmp_path, *cells, lang=lang)
    page = BeautifulSoup(result.error_page.read_text(), "html.parser")
    words = WORDS[lang]
    assert result.status == "failed" and result.page.read_text() == "an earlier page"
    assert page.h1.text == words["breach_title"] and result.title == "题"
    assert [heading.text for heading in page.main.find_all("h2")][:2] == [
        f"1. {words['breach_chart']}",
        f"2. {words['breach_stderr']}",
    ]
    assert page.find("pre", class_="zs-error").text == "Warning: <b>"
    assert f"{words['cell_number']} 3 · 分区域" in page.main.text and "没有数据" in page.main.text
    assert result.message.startswith(
        f"{words['cell_number']} 3: {words['breach_chart']} {words['cell_number']} 4:"
    )


def test_a_breach_page_quotes_nothing_that_nobody_judged(tmp_path):
    secret = cell({"text/html": "<p>secret</p>", RECORD: {"passes": True}}, stderr="secret firm")
    result = refused(tmp_path, secret)
    assert WORDS["zh"]["breach_stderr"] in result.message
    assert "secret" not in result.error_page.read_text() + result.message


def test_a_run_that_warns_is_not_green(notebook, tmp_path):
    path = notebook("warns", text("# 警告"), code("import warnings\nwarnings.warn('doubtful')"))
    result = render_notebooks([path], {}, tmp_path, page_meta=META, font_css=lambda _: "", progress=False)
    assert not result.ok and "UserWarning: doubtful" in (tmp_path / "warns.error.html").read_text()


def test_a_glyph_that_is_missing_fails_the_report(tmp_path):
    source = tmp_path / "report.ipynb"
    executed = nbformat.writes(new_notebook(cells=[text("# 题 😀")]))
    press = Press(tmp_path, tmp_path, "zh", META, font_face_css, RUN, ["report"])
    result = publish(draft(Execution(source, 1.0, executed, None), {}, press), press)
    assert result.status == "failed" and "U+1F600" in result.message


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_cell_of_our_notebooks_says_what_it_owes(path):
    cells = [one for one in json.loads(path.read_text())["cells"] if one["cell_type"] == "code"]
    tags = [one["metadata"].get("tags", []) for one in cells]
    assert tags[:3] == [["parameters"], ["period"], ["findings"]]
    # a cell without an alternative may stay silent, after a note in the cell above
    silent = ["".join(one["source"]) for one, tag in zip(cells, tags, strict=True) if not tag]
    assert [source for source in silent if " or " in source] == []
    assert all(set(tag) <= {*PROMISES, "parameters"} for tag in tags)
