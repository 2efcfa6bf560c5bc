"""The gate before publishing, the workbook beside the page, and the files a notebook makes; with real kernels."""

import base64
import json
import shutil
from concurrent.futures import Executor, Future
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_cells import code, text

from zs_analysis.reports import Limits, PageMeta, ReportError, Runner, render_notebooks
from zs_analysis.reports.attachments import FACTS, FILE, read_attachments
from zs_analysis.reports.manifest import runs_below

META = PageMeta("套件", "2023年四季度", "数据截至2023-12-13。", "示例数据，纯属虚构")
SHEET = {
    "title": "产值",
    "unit": "亿元",
    "source": "",
    "note": "",
    "columns": [{"label": "区域", "unit": "", "kind": "text", "decimals": None}],
    "rows": [["定海"]],
    "status": [[""]],
}
TABLE = {"measure": "output", "cells": [["total", 5.0]]}
SHOW = f"""from IPython.display import display
display({{"text/html": "<p>" + period + "</p>", "application/vnd.zs.sheet+json": {SHEET!r}}}, raw=True)"""
LETTER = """from IPython.display import display
display({"text/html": "<p>letter</p>", "application/vnd.zs.file+json": {
    "name": "市经信局.docx", "media": "x/y", "base64": "cGF0aA=="}}, raw=True)"""
FACT = """from IPython.display import display
display({"text/html": "<p>fact</p>", "application/vnd.zs.facts+json": {"judgements": [{"name": "油价"}]}}, raw=True)"""
RECORD = """from IPython.display import display
display({{"text/html": "<p>secret</p>", "application/vnd.zs.disclosure+json": {{"passes": {}, "table": {!r}}}}}, raw=True)"""


class Inline(Executor):
    """Runs each job at once, in this process."""

    def submit(self, function, /, *args):
        future = Future()
        future.set_result(function(*args))
        return future


def gate(records):
    """Refuses records that do not pass."""
    reasons = ["列出单个企业。" for record in records if not record["passes"]]
    return reasons, [record["table"] for record in records]


def only_one(root: Path):
    """A gate that refuses whatever comes after a first report of one table anywhere below a folder."""

    def gate(records):
        known = [
            table for run in runs_below(root) for entry in run["reports"] for table in entry["published"]
        ]
        tables = [record["table"] for record in records]
        return ["与已公布的重复。" for table in known if table not in tables], tables

    return gate


def render(notebooks, out, runner=None, **options):
    options = {"gate": gate, "page_meta": META, "font_css": lambda _: "", "progress": False} | options
    with runner or Runner(executor=Inline()) as runner:
        return render_notebooks(notebooks, {"period": "2023Q4"}, out, runner=runner, **options)


def manifest(out: Path) -> dict[str, dict]:
    return {entry["name"]: entry for entry in json.loads((out / "manifest.json").read_text())["reports"]}


def page(out: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((out / f"{name}.html").read_text(), "html.parser")


@pytest.fixture(scope="module")
def runs(notebook, tmp_path_factory):
    """Good reports; then one of them is withheld; then it is published by decision; then it has no data any more."""
    out = tmp_path_factory.mktemp("outputs")
    good = notebook("good", text("# 好"), code(SHOW), code(LETTER), code(FACT))
    first_firms = shutil.copy(
        notebook("a", text("# 企业"), code(RECORD.format(True, TABLE))), out.parent / "firms.ipynb"
    )
    snapshots = []

    def snapshot(result):
        files = {path.name: path.read_bytes() for path in out.iterdir()}
        snapshots.append(SimpleNamespace(result=result, files=files, entries=manifest(out)))

    snapshot(render([good, first_firms], out))
    shutil.copy(notebook("b", text("# 企业"), code(SHOW), code(RECORD.format(False, TABLE))), first_firms)
    snapshot(render([first_firms], out))
    snapshot(render([first_firms], out, overrides={"firms": "市领导小组审阅"}))
    bare = shutil.copy(notebook("c", text("# 好")), out.parent / "good.ipynb")
    snapshot(render([bare], out))
    return SimpleNamespace(out=out, good=good, snapshots=snapshots)


def test_a_report_without_records_passes_and_says_so(runs):
    entry = runs.snapshots[0].entries["good"]
    assert entry["disclosure"] == {
        "verdict": "passed",
        "text": "未使用企业登记数据，只有已公布的数。",
        "reasons": [],
        "override": None,
    }
    assert entry["published"] == []


def test_what_passes_is_published_and_its_public_tables_are_recorded(runs):
    entry = runs.snapshots[0].entries["firms"]
    assert entry["status"] == "ok" and entry["disclosure"]["verdict"] == "passed"
    assert entry["published"] == [TABLE]


def test_a_withheld_report_leaves_the_earlier_page_and_shows_nothing_of_itself(runs):
    before, now = runs.snapshots[:2]
    (report,) = now.result.reports
    assert not now.result.ok and report.status == "withheld" and report.message == "列出单个企业。"
    assert now.files["firms.html"] == before.files["firms.html"] and "firms.xlsx" not in now.files
    why = BeautifulSoup(now.files["firms.error.html"], "html.parser")
    assert "列出单个企业。" in why.text and "--override firms=理由" in why.text and "secret" not in why.text
    assert now.entries["firms"]["disclosure"]["verdict"] == "failed"
    assert now.entries["firms"]["kept"] and now.entries["firms"]["published"] == [TABLE]


def test_the_index_says_that_a_report_is_withheld_and_why(runs):
    index = BeautifulSoup(runs.snapshots[1].files["index.html"], "html.parser")
    card = index.find("a", href="firms.html").find_parent(class_="zs-card")
    assert "未公布" in card.text and "列出单个企业。" in card.text and "沿用较早的运行" in card.text
    assert card.find("a", href="firms.error.html").text == "为什么未公布、怎么办"


def test_an_override_publishes_with_its_reason_on_the_page_in_the_workbook_and_the_manifest(runs):
    now = runs.snapshots[2]
    assert now.result.ok and "firms.error.html" not in now.files
    soup = BeautifulSoup(now.files["firms.html"], "html.parser")
    assert soup.find(role="note", class_="zs-error").text.endswith("经指定公布。理由：市领导小组审阅")
    said = now.entries["firms"]["disclosure"]
    assert (said["verdict"], said["override"], said["reasons"]) == (
        "overridden",
        "市领导小组审阅",
        ["列出单个企业。"],
    )
    assert {"firms.xlsx"} == {file["file"] for file in now.entries["firms"]["files"]}


def test_overrides_without_name_or_reason_are_refused_before_anything_runs(notebook, tmp_path):
    one = notebook("one")
    with pytest.raises(ReportError, match="An override names two; this run has one"):
        render([one], tmp_path / "out", overrides={"two": "x"})
    with pytest.raises(ReportError, match="The override of one has no reason"):
        render([one], tmp_path / "out", overrides={"one": " "})
    assert not (tmp_path / "out").exists()


def test_reports_are_judged_in_the_order_asked_for(notebook, tmp_path):
    names = ["second", "first"]
    notebooks = [notebook(name, code(RECORD.format(True, {"of": name}))) for name in names]
    order = {"runner": Runner(jobs=2), "root": tmp_path, "gate": only_one(tmp_path)}
    result = render(notebooks, tmp_path / "run", **order)
    assert [report.status for report in result.reports] == ["ok", "withheld"]


def test_a_report_without_records_waits_for_nobody(notebook, tmp_path):
    page = tmp_path / "run" / "quick.html"
    until_there = (
        f"import pathlib, time\nwhile not pathlib.Path({str(page)!r}).exists():\n    time.sleep(0.05)"
    )
    notebooks = [notebook("slow", code(until_there)), notebook("quick", code("1"))]
    order = {"runner": Runner(jobs=2, limits=Limits(seconds=30)), "gate": only_one(tmp_path)}
    result = render(notebooks, tmp_path / "run", **order)
    assert [(report.name, report.status) for report in result.reports] == [("slow", "ok"), ("quick", "ok")]


def test_workbook_and_files_lie_beside_the_page_and_are_linked_and_recorded(runs):
    now = runs.snapshots[0]
    links = [link["href"] for link in BeautifulSoup(now.files["good.html"], "html.parser").main.find_all("a")]
    assert links == ["good.xlsx", "%E5%B8%82%E7%BB%8F%E4%BF%A1%E5%B1%80.docx"]
    assert now.files["市经信局.docx"] == b"path"
    assert [file["file"] for file in now.entries["good"]["files"]] == ["市经信局.docx", "good.xlsx"]
    assert [file.name for file in now.result.reports[0].files] == ["市经信局.docx", "good.xlsx"]


def test_facts_are_kept_in_the_manifest_while_their_page_is_published(runs):
    first, withheld, _, without = (snapshot.entries for snapshot in runs.snapshots)
    assert first["good"]["facts"] == withheld["good"]["facts"] == {"judgements": [{"name": "油价"}]}
    assert without["good"]["facts"] == first["firms"]["facts"] == {}


def test_a_fact_is_recorded_once():
    fact = {"text/html": "", FACTS: {"judgements": []}}
    notebook = new_notebook(cells=[new_code_cell("", outputs=[new_output("display_data", fact)] * 2)])
    with pytest.raises(ReportError, match="Two outputs of the notebook record judgements"):
        read_attachments(notebook)


def test_files_that_are_not_made_any_more_are_removed(runs):
    before, now = runs.snapshots[2:]
    assert {"good.xlsx", "市经信局.docx"} <= before.files.keys()
    assert not {"good.xlsx", "市经信局.docx"} & now.files.keys()
    assert now.entries["good"]["files"] == [] and "firms.xlsx" in now.files


def test_the_same_inputs_give_the_same_workbook(runs, notebook, tmp_path):
    render([runs.good], tmp_path)
    assert (tmp_path / "good.xlsx").read_bytes() == runs.snapshots[0].files["good.xlsx"]


def test_a_file_that_another_report_has_fails_the_report(runs, notebook, tmp_path):
    render([runs.good], tmp_path)
    result = render([notebook("thief", code(LETTER))], tmp_path)
    assert "Another report has files of these names already: 市经信局.docx" in result.reports[0].message
    assert (tmp_path / "市经信局.docx").is_file() and not (tmp_path / "thief.html").exists()


def test_a_folder_in_the_way_of_the_workbook_leaves_all_as_it_was(runs, tmp_path):
    (tmp_path / "good.xlsx").mkdir()
    (tmp_path / "good.html").write_text("old")
    with pytest.raises(ReportError, match="a folder of that name is in the way"):
        render([runs.good], tmp_path)
    assert (tmp_path / "good.html").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.html", "good.xlsx"]


def made(*items: dict) -> object:
    outputs = [new_output("display_data", {FILE: item}) for item in items]
    return new_notebook(cells=[new_code_cell("x", outputs=outputs)])


def file(name: str, content: bytes = b"x") -> dict:
    return {"name": name, "media": "a/b", "base64": base64.b64encode(content).decode()}


@pytest.mark.parametrize(
    "name",
    ["../a.docx", "a/b.docx", "a\\b.docx", ".hidden.docx", "none", "", "a.html", "A.XLSX", "manifest.json", "a:b.docx", "a.docx\n", "x" * 300 + ".docx"],
)  # fmt: skip
def test_unsafe_names_of_files_are_refused(name):
    with pytest.raises(ReportError, match="A file of the notebook is called"):
        read_attachments(made(file(name)))


def test_two_files_of_one_name_and_bad_content_are_refused():
    with pytest.raises(ReportError, match="Two files of the notebook are called 'A.docx'"):
        read_attachments(made(file("a.docx"), file("A.docx")))
    with pytest.raises(ReportError, match="The content of the file 'a.docx' is not base64"):
        read_attachments(made({"name": "a.docx", "base64": "§"}))


def test_lists_of_files_come_one_by_one():
    assert read_attachments(made([file("a.docx", b"1"), file("工作提示函 1.pdf", b"2")])).files == {
        "a.docx": b"1",
        "工作提示函 1.pdf": b"2",
    }


def test_half_a_report_shows_nothing_that_nobody_judged(notebook, tmp_path):
    half = notebook("half", text("# 企业"), code(RECORD.format(True, TABLE)), code("1 / 0"))
    (result,) = render([half], tmp_path / "out").reports
    shown = result.error_page.read_text()
    assert result.status == "failed" and "ZeroDivisionError" in shown and "1 / 0" in shown
    assert "<p>secret</p>" not in shown
