"""Whole runs with real kernels; three of them, shared by the tests, since kernels are what takes time."""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from bs4 import BeautifulSoup
from notebook_cells import code, text

from zs_analysis.reports import (
    PageMeta,
    ParameterError,
    ReportError,
    Runner,
    render_notebooks,
    run_notebook,
    write_root_index,
)
from zs_analysis.reports.limits import Limits
from zs_analysis.reports.manifest import git_state

META = PageMeta("套件", "2023年第四季度", "数据截至2023-12-13")
SHOW = """from IPython.display import HTML, SVG, display
print("noise")
display({"application/vnd.zs.findings+json": ["产值增长 <12.5%>"], "text/plain": ""}, raw=True)
display(HTML("<table><tr><td class='num'>" + period + "</td></tr></table>"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><path d='M0 0'/></svg>"))
"".join(sorted({"set", "of", "strings"}, key=hash))"""


class Inline(Executor):
    """Runs each job at once, in this process."""

    def submit(self, function, /, *args):
        future = Future()
        future.set_result(function(*args))
        return future


class Lost(Executor):
    """Loses its workers with the first job and refuses the next."""

    def __init__(self):
        self.future = None

    def submit(self, function, /, *args):
        if self.future:
            raise BrokenProcessPool("broken before")
        self.future = Future()
        self.future.set_exception(BrokenProcessPool("lost"))
        return self.future


def render(notebooks, out, fail=False, jobs=None, executor=None, **options):
    parameters, style = {"period": "2023Q4", "fail": fail}, {"page_meta": META, "font_css": lambda _: ""}
    with Runner(jobs, executor, Limits(seconds=60)) as runner:
        return render_notebooks(notebooks, parameters, out, runner=runner, **style, **options)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def runs(notebook, tmp_path_factory):
    """A good run, one in which things go wrong in every way, and a last one that mends one report."""
    root = tmp_path_factory.mktemp("outputs")
    out = root / "2023Q4" / "zh"
    data = root / "data.csv"
    data.write_text("a\n1\n")
    good = notebook("good", text("# 季报", "zh"), text("# Quarterly", "en"), text("## 总体"), code(SHOW))
    flaky = notebook("flaky", text("# 易错"), text("shown before"), code("shares = [1]\nif fail: shares[1]"))
    dies = notebook("dies", code("import os\nif fail: os._exit(1)"))
    kills = notebook("kills", text("# 杀手"), code("import os\nif fail: os.kill(os.getpid(), 9)"))
    first = render([good, flaky], out, data_files=[data], jobs=2), files(out)
    second = render([good, flaky, dies, kills], out, fail=True, jobs=2, progress=False), files(out)
    third = render([flaky], out, executor=Inline(), progress=False), files(out)
    return SimpleNamespace(root=root, out=out, data=data, good=good, flaky=flaky, runs=(first, second, third))


def test_first_run_publishes_pages_index_and_manifest(runs):
    result, written = runs.runs[0]
    assert result.ok and result.index == runs.out / "index.html"
    assert sorted(written) == ["flaky.html", "good.html", "index.html", "manifest.json"]
    good = result.reports[0]
    assert (good.name, good.title, good.status) == ("good", "季报", "ok")
    assert good.findings == ("产值增长 <12.5%>",)
    assert good.page == runs.out / "good.html" and good.error_page is None and good.seconds > 0


def test_page_shows_the_outputs_and_nothing_else(runs):
    page = BeautifulSoup(runs.runs[0][1]["good.html"], "html.parser")
    assert page.find("td", class_="num").text == "2023Q4" and page.find("svg")
    assert page.title.text == "季报 · 2023年第四季度 · 套件"
    assert "noise" not in page.text and "Quarterly" not in page.text
    assert "2023年第四季度" in page.header.text and "manifest.json" in str(page.footer)


def test_same_inputs_same_bytes_also_beside_failures(runs):
    first, second, _ = (written for _, written in runs.runs)
    assert first["good.html"] == second["good.html"]


def test_failures_are_results_and_leave_the_good_page(runs):
    result, written = runs.runs[1]
    assert not result.ok
    assert {report.name: report.status for report in result.reports} == {
        "good": "ok",
        "flaky": "failed",
        "dies": "failed",
        "kills": "failed",
    }
    assert written["flaky.html"] == runs.runs[0][1]["flaky.html"]
    assert {"flaky.error.html", "dies.error.html", "kills.error.html"} < set(written)
    assert "dies.html" not in written


def test_error_messages_say_what_happened(runs):
    flaky, dies, kills = runs.runs[1][0].reports[1:]
    assert flaky.message == "IndexError: list index out of range"
    assert "The kernel died" in dies.message
    assert "The kernel died" in kills.message and kills.title == "杀手"
    assert flaky.page and flaky.error_page and not kills.page


def test_error_page_shows_cell_line_parameters_and_outputs_so_far(runs):
    page = BeautifulSoup(runs.runs[1][1]["flaky.error.html"], "html.parser")
    assert page.html["lang"] == "zh-CN"
    assert page.find("li", class_="is-bad").text.strip() == "if fail: shares[1]"
    assert "fail = True" in page.text and "shown before" in page.text and "\x1b" not in page.text


def test_index_tells_failed_and_kept_reports(runs):
    index = BeautifulSoup(runs.runs[1][1]["index.html"], "html.parser")
    cards = {card.h2.text: card for card in index.find_all(class_="zs-card")}
    assert "已生成" in cards["季报"].text and "产值增长 <12.5%>" in cards["季报"].text
    assert "失败" in cards["易错"].text and "沿用较早的运行" in cards["易错"].text
    assert [link["href"] for link in cards["易错"].find_all("a")] == ["flaky.html", "flaky.error.html"]


def test_later_success_removes_the_error_page_and_keeps_the_other_reports(runs):
    result, written = runs.runs[2]
    assert result.ok and [report.name for report in result.reports] == ["flaky"]
    assert "flaky.error.html" not in written
    entries = {entry["name"]: entry for entry in json.loads(written["manifest.json"])["reports"]}
    assert entries["flaky"]["status"] == "ok" and not entries["flaky"]["kept"]
    assert entries["good"]["kept"] and entries["good"]["page"]["file"] == "good.html"
    assert BeautifulSoup(written["index.html"], "html.parser").text.count("沿用较早的运行") == 3


def test_manifest_names_everything(runs):
    manifest = json.loads(runs.runs[0][1]["manifest.json"])
    assert manifest["git"] is None and manifest["lang"] == "zh"
    assert manifest["parameters"] == {"period": "2023Q4", "fail": False}
    assert manifest["started"] <= manifest["reports"][0]["rendered"] and manifest["started"].endswith("Z")
    assert {"papermill", "nbconvert", "zs-analysis"} <= set(manifest["packages"])
    assert manifest["data"] == [{"path": runs.data.name, "sha256": hashlib.sha256(b"a\n1\n").hexdigest()}]
    assert [entry["path"] for entry in manifest["notebooks"]] == [runs.good.name, runs.flaky.name]
    page = runs.runs[0][1]["good.html"]
    good = manifest["reports"][0]
    assert good["page"] == {
        "file": "good.html",
        "bytes": len(page),
        "sha256": hashlib.sha256(page).hexdigest(),
    }
    assert good["findings"] == ["产值增长 <12.5%>"] and good["status"] == "ok"


def test_a_page_kept_from_other_parameters_says_so(notebook, tmp_path):
    render([notebook("old")], tmp_path, executor=Inline(), progress=False)
    render([notebook("new")], tmp_path, fail=True, executor=Inline(), progress=False)
    card, *_ = [
        part for part in (tmp_path / "index.html").read_text().split("<article") if "old.html" in part
    ]
    assert "此页另用参数：fail = False" in card


def test_root_index_links_every_page(runs):
    index = write_root_index(runs.root, lang="zh", meta=META, font_css=lambda _: "")
    soup = BeautifulSoup(index.read_text(), "html.parser")
    assert [head.text for head in soup.thead.find_all("th")] == ["报告", "2023Q4"]
    links = [link["href"] for link in soup.main.find_all("a")]
    assert "2023Q4/zh/good.html" in links
    assert all((runs.root / link).is_file() for link in links)


def test_kernel_is_this_interpreter_whatever_the_home_holds(notebook, tmp_path, monkeypatch):
    spec = tmp_path / ".local/share/jupyter/kernels/python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["/bin/false"], "display_name": "x", "language": "python"}')
    startup = tmp_path / ".ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("fail = 'spoilt by a start-up file'")
    for name in ("JUPYTER_PATH", "JUPYTER_DATA_DIR", "XDG_DATA_HOME", "IPYTHONDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    path = notebook(
        "where", code("import os, sys\nassert not fail\nprint(sys.executable, os.getcwd(), sep='\\n')")
    )
    before = Path.cwd()
    done = run_notebook(path, {})
    assert done.failure is None and Path.cwd() == before
    output = nbformat.reads(done.executed, as_version=4).cells[-1].outputs[0].text
    assert output.splitlines() == [sys.executable, str(path.parent)]


def test_all_bad_parameters_are_named_and_nothing_is_written(notebook, tmp_path):
    paths = [notebook("one"), notebook("two", parameters="quarter: int = 1")]
    with pytest.raises(ParameterError) as caught:
        render_notebooks(paths, {"perod": 1, "as_of": 5}, tmp_path / "out", page_meta=META, font_css=str)
    assert caught.value.problems == [
        "one.ipynb: no parameter 'perod'; did you mean 'period'?",
        "one.ipynb: parameter 'as_of' takes str | None, got 5 (int).",
        "two.ipynb: no parameter 'perod'; it takes: quarter.",
        "two.ipynb: no parameter 'as_of'; it takes: quarter.",
    ]
    assert not (tmp_path / "out").exists()


def test_out_that_is_a_file_is_refused_before_running(notebook, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ReportError, match=r"Cannot write reports into .*out"):
        render([notebook("one")], tmp_path / "out", executor=Lost())
    assert (tmp_path / "out").read_text() == "mine"


def test_names_that_clash_are_refused(notebook, tmp_path):
    with pytest.raises(ReportError, match="index"):
        render([notebook("index")], tmp_path / "out")


def test_broken_executor_fails_the_reports_with_plain_lines(notebook, tmp_path, capsys):
    result = render([notebook("one"), notebook("two")], tmp_path / "out", executor=Lost())
    assert [report.status for report in result.reports] == ["failed", "failed"]
    assert capsys.readouterr().err.splitlines() == ["failed one 0.0 s", "failed two 0.0 s"]
    assert "lost its worker" in result.reports[0].message


def test_a_script_without_a_main_guard_can_render(notebook, tmp_path):
    script = f"""from pathlib import Path
from zs_analysis.reports import PageMeta, render_notebooks
result = render_notebooks([Path({str(notebook("one", code("1 + 1")))!r})], {{"period": "2023Q4", "fail": False}},
                          Path({str(tmp_path)!r}), page_meta=PageMeta("s"), font_css=lambda text: "")
print(result.ok)"""
    done = subprocess.run([sys.executable, "-"], input=script, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_page_that_cannot_be_written_leaves_the_old_one(notebook, tmp_path, monkeypatch):
    (tmp_path / "one.error.html").write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportError, match="No space left on device"):
        render([notebook("one")], tmp_path, executor=Lost())
    assert files(tmp_path) == {"one.error.html": b"old"}


def test_git_state(tmp_path):
    assert git_state(tmp_path) is None
    (tmp_path / "kept").touch()
    installed = tmp_path / "installed"
    installed.mkdir()
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "kept"], [*identity, "commit", "-q", "-m", "x"]):
        subprocess.run(["git", "-C", tmp_path, *command], check=True)
    assert git_state(installed) is None, "what lies in a project is not always part of it"
    assert git_state(tmp_path)["dirty"] is False
    (tmp_path / "new").touch()
    assert git_state(tmp_path)["dirty"] is True and len(git_state(tmp_path)["commit"]) == 40


def test_groundwork_is_done_beside_its_report_by_a_process_that_is_gone_with_the_run(notebook, tmp_path):
    made, asleep = tmp_path / "made", tmp_path / "asleep.pid"
    wait = f"""from pathlib import Path
import time
while not (Path({str(made)!r}).exists() and Path({str(asleep)!r}).exists()): time.sleep(0.05)"""
    sleep = f"echo $$ > {asleep}.new; mv {asleep}.new {asleep}; sleep 600"
    groundwork = {
        "waits": partial(made.touch),
        "too": partial(subprocess.run, ["sh", "-c", sleep]),
        "fails": partial(made.joinpath, None),
        "dies": partial(os._exit, 1),
        "absent": partial(made.unlink),
    }
    names = ["waits", "too", "fails", "dies"]
    books = [notebook(name, text("# 等"), code(wait)) for name in names]
    result = render(books, tmp_path / "out", groundwork=groundwork, jobs=4)
    assert result.ok and made.exists()
    assert not psutil.pid_exists(int(asleep.read_text()))


def test_one_notebook_at_a_time_has_no_groundwork_beside_it(notebook, tmp_path):
    made = tmp_path / "made"
    book = notebook("alone", text("# 独"), code("1 + 1"))
    result = render([book], tmp_path / "out", groundwork={"alone": partial(made.touch)}, jobs=1)
    assert result.ok and not made.exists()
