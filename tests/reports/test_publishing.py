"""Publishing under load and under fire: two runs at once, a kill at every step, and what the next run mends."""

import errno
import fcntl
import json
import multiprocessing
import os
import random
import runpy
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebook_cells import code, text

from zs_analysis.files import locked
from zs_analysis.reports import Execution, PageMeta, ReportError, Runner, manifest, scratch
from zs_analysis.reports.fresh import why_stale
from zs_analysis.reports.publish import Press, draft, publish
from zs_analysis.reports.render import render_notebooks
from zs_analysis.reports.site import lead_to_latest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")
FORK = multiprocessing.get_context("fork") if hasattr(os, "fork") else None
ROOT = Path(__file__).parents[2]
META = PageMeta("套件", "2023年四季度")
RUN = {"git": None, "parameters": {}}
RECIPE = {"code": "1"}


def execution(name: str, said: str, file: str) -> Execution:
    """A report that ran: a finding, a table for the gate, a letter."""
    data = {
        "application/vnd.zs.findings+json": [said],
        "application/vnd.zs.disclosure+json": {"table": {"of": said}},
        "application/vnd.zs.file+json": {"name": file, "media": "x/y", "base64": "cGF0aA=="},
        "text/html": f"<p>{said}</p>",
    }
    cells = [new_markdown_cell(f"# {name}"), new_code_cell("", outputs=[new_output("display_data", data)])]
    return Execution(Path(f"{name}.ipynb"), 0.0, nbformat.writes(new_notebook(cells=cells)), None)


def press(root: Path, names: list[str], gate: Callable | None = None, run: str = "2023Q4") -> Press:
    (root / run).mkdir(exist_ok=True)
    gate = gate or (lambda records: ([], [record["table"] for record in records]))
    return Press(root / run, root, "zh", META, lambda _: "", RUN, names, gate)


def put(root: Path, name: str, said: str, file: str, **options) -> str:
    at = press(root, [name], **options)
    done = publish(draft(execution(name, said, file), {}, at), at, RECIPE)
    return done.status


def entries(folder: Path) -> dict[str, dict]:
    return {entry["name"]: entry for entry in manifest.read(folder)["reports"]}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def together(*calls: Callable[[], object]) -> None:
    """Run them in processes of their own, all at once."""
    processes = [FORK.Process(target=call) for call in calls]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * len(calls)


def test_runs_at_once_lose_none_of_each_others_reports(tmp_path):
    def several(run: int) -> None:
        for number in range(3):
            put(tmp_path, f"r{run}{number}", f"said {run}{number}", f"f{run}{number}.docx")

    several(0)
    together(*(partial(several, run) for run in (1, 2, 3)))
    found = entries(tmp_path / "2023Q4")
    assert found.keys() == {f"r{run}{number}" for run in range(4) for number in range(3)}
    assert all(why_stale(entry, RECIPE, tmp_path / "2023Q4") == [] for entry in found.values())


def test_of_two_reports_that_together_give_a_firm_away_one_is_withheld(tmp_path):
    def gate(records):
        known = [
            table
            for run in manifest.runs_below(tmp_path)
            for one in run["reports"]
            for table in one["published"]
        ]
        time.sleep(0.2)  # long enough for the other one to look, too, if it may
        return ["one is out" for _ in known], [record["table"] for record in records]

    runs = ("2023Q3", "2023Q4")
    together(*(partial(put, tmp_path, "firms", run, f"{run}.docx", gate=gate, run=run) for run in runs))
    assert sorted(entries(tmp_path / run)["firms"]["status"] for run in runs) == ["ok", "withheld"]


def test_where_folders_cannot_be_locked_a_file_in_them_is(tmp_path, monkeypatch):
    real, waited = fcntl.flock, tmp_path / "waited"

    def as_on_nfs(handle: int, how: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EBADF, "Bad file descriptor")
        real(handle, how)

    monkeypatch.setattr(fcntl, "flock", as_on_nfs)

    def wait() -> None:
        with locked(tmp_path):
            waited.touch()

    process = FORK.Process(target=wait)
    with locked(tmp_path):
        process.start()
        process.join(0.3)
        assert process.is_alive() and not waited.exists()
    process.join(60)
    assert waited.exists()


def die_at(step: int, publication: Callable[[], object]) -> None:
    """Publish, but be killed before the given step on the disk."""
    left = iter(range(step, -1, -1))

    def counted(real: Callable) -> Callable:
        def call(*args, **kwargs):
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return call

    for name in ("fsync", "replace", "unlink"):
        setattr(os, name, counted(getattr(os, name)))
    publication()


def test_a_kill_at_any_step_leaves_whole_files_and_the_next_run_mends(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    wanted, before = tmp_path / "wanted", []
    for root in (wanted, *(tmp_path / str(step) for step in range(12))):
        root.mkdir()
        put(root, "firms", "old", "old.docx")
        (root / "2023Q4" / "firms.error.html").write_text("<html>an earlier failure</html>")
    before = files(wanted / "2023Q4")
    put(wanted, "firms", "new", "new.docx")
    after = files(wanted / "2023Q4")
    assert {"old.docx", "firms.error.html"} == before.keys() - after.keys() and "new.docx" in after
    killed = 0
    for root in (tmp_path / str(step) for step in range(12)):
        folder, again = root / "2023Q4", partial(put, root, "firms", "new", "new.docx")
        process = FORK.Process(target=die_at, args=[int(root.name), again])
        process.start()
        process.join(60)
        killed += process.exitcode == -signal.SIGKILL
        shown = {name: content for name, content in files(folder).items() if not name.endswith(".tmp")}
        assert all(content in (before.get(name), after.get(name)) for name, content in shown.items())
        if "new.docx" in shown or shown["firms.html"] == after["firms.html"]:
            assert {"of": "new"} in entries(folder)["firms"]["published"], "later verdicts must know of it"
        assert shown == after or why_stale(entries(folder)["firms"], {"code": "2"}, folder)
        assert again() == "ok"
        assert {
            name: content for name, content in files(folder).items() if not name.endswith(".tmp")
        } == after
    # manifest, letter and page: complete on disk, two files gone, three in place, and the folder
    assert killed == 9


def test_renders_killed_at_random_moments_leave_whole_files_and_no_process(tmp_path):
    killed = runpy.run_path(str(ROOT / "benchmarks/rendering/killed.py"))
    place = killed["Place"](tmp_path)
    counts = killed["measure"](place, 3, random.Random(4))
    assert counts["killed alone"] + counts["killed with all children"] >= 2 and len(place.seen) >= 5
    assert not counts["processes left"] + counts["files not whole"] + counts["not repaired by the next run"]


class Done(Executor):
    """Hands over reports that ran elsewhere."""

    def submit(self, function, path, /, *_):
        future = Future()
        future.set_result(execution(path.stem, "said", f"{path.stem}.docx"))
        return future


@pytest.fixture
def render(notebook, monkeypatch, tmp_path) -> Callable[..., bool]:
    """Renders reports without kernels into a folder."""
    monkeypatch.setenv("ZS_ANALYSIS_CACHE", str(tmp_path / "kept"))

    books = {name: notebook(name, text("# 题"), code(repr(name))) for name in "ab"}

    def render(out: Path, *names: str, **options) -> bool:
        order = {"page_meta": META, "font_css": lambda _: "", "made_with": {}, "progress": False}
        with Runner(executor=Done()) as runner:
            return render_notebooks(
                [books[name] for name in names], {}, out, runner=runner, **order, **options
            ).ok

    return render


def test_what_killed_writers_left_is_cleared_and_nothing_else(render, tmp_path):
    out = tmp_path / "out" / "2023Q4"
    out.mkdir(parents=True)
    left = [
        out / ".a.html.4711-1.tmp",
        out.parent / ".feed.xml.4711-140.tmp",
        out.parent / ".latest.4711-2.tmp",
    ]
    own = [out / ".mine.tmp", out.parent / "notes.4711-1.tmp"]
    for path in (*left, *own):
        path.touch()
    assert render(out, "a", root=out.parent)
    assert not any(path.exists() for path in left) and all(path.exists() for path in own)


def test_an_index_that_a_killed_run_left_behind_is_made_anew_and_a_good_one_is_not(render, tmp_path):
    render(tmp_path, "a", "b")
    index = tmp_path / "index.html"
    good, inode = index.read_bytes(), index.stat().st_ino
    render(tmp_path, "a", "b")
    assert index.stat().st_ino == inode
    for spoil in (index.unlink, partial(index.write_text, "of an earlier manifest")):
        spoil()
        render(tmp_path, "a", "b")
        assert index.read_bytes() == good


def test_reports_of_a_run_that_was_not_finished_are_told_from_those_it_made(render, tmp_path):
    render(tmp_path, "a", "b")
    put(tmp_path.parent, "b", "new", "b.docx", run=tmp_path.name)
    assert {name: entry["kept"] for name, entry in entries(tmp_path).items()} == {"a": True, "b": False}


def test_folders_of_killed_kernels_are_cleared_and_those_in_use_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    dead, hidden, other = (
        tmp_path / name for name in (f"zs-{ended.pid}-a", f"zs-{ended.pid}-b", "zs-verify-a")
    )
    for folder in (dead, hidden, other, tmp_path / f"zs-{os.getpid()}-c"):
        folder.mkdir()
    with locked(hidden), scratch.scratch() as mine:
        assert mine.is_dir() and not dead.exists()
    assert {path.name for path in tmp_path.iterdir()} == {hidden.name, other.name, f"zs-{os.getpid()}-c"}


def good_run(root: Path, period: str, *names: str, status: str = "ok", lang: str = "zh") -> None:
    folder = root / period / ("" if lang == "zh" else lang)
    folder.mkdir(parents=True)
    reports = [{"name": name, "status": status} for name in names]
    (folder / manifest.NAME).write_text(json.dumps({"lang": lang, "parameters": {}, "reports": reports}))


def test_latest_leads_to_the_newest_period_all_of_whose_reports_are_good(tmp_path):
    latest = tmp_path / "latest"
    for period, names, options, leads in (
        ("2023Q3", "ab", {}, "2023Q3"),
        ("2023Q2", "ab", {}, "2023Q3"),
        ("2023Q4", "a", {}, "2023Q3"),
        ("2024Q1", "ab", {"status": "failed"}, "2023Q3"),
        ("2024Q2", "ab", {"lang": "en"}, "2024Q2"),
        ("2024Q3", "abc", {"status": "withheld"}, "2024Q3"),
    ):
        good_run(tmp_path, period, *names, **options)
        lead_to_latest(tmp_path, period, ["a", "b"])
        assert latest.readlink() == Path(leads)
    good_run(tmp_path, "2024Q3", "a", status="failed", lang="en")
    assert (latest / "en" / manifest.NAME).is_file()
    folders = manifest.run_folders(tmp_path)
    assert len(folders) == 7 == len(manifest.runs_below(tmp_path)) and latest not in folders


def test_what_someone_else_put_at_latest_stays(tmp_path):
    (tmp_path / "latest").mkdir()
    good_run(tmp_path, "2023Q4", "a")
    lead_to_latest(tmp_path, "2023Q4", ["a"])
    assert (tmp_path / "latest").is_dir() and not (tmp_path / "latest").is_symlink()


def test_where_links_cannot_be_made_there_is_none(tmp_path, monkeypatch):
    def refused(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "symlink", refused)
    good_run(tmp_path, "2023Q4", "a")
    lead_to_latest(tmp_path, "2023Q4", ["a"])
    assert [path.name for path in tmp_path.iterdir()] == ["2023Q4"]


SITE = """import sys
from pathlib import Path
from zs_analysis.reports import PageMeta, render_notebooks, write_root_index
from zs_analysis.reports.site import lead_to_latest
out = Path("site/out")
for lang in ("zh", "en"):
    style = {"lang": lang, "page_meta": PageMeta("s", "p", "d"), "font_css": lambda text: ""}
    folder = out / "2023Q4" / ("" if lang == "zh" else lang)
    done = render_notebooks(sorted(Path("site/notebooks").glob("*.ipynb")), {"data_dir": str(Path("site/data").resolve())}, folder,
        root=out, recorded={"data_dir": "../data"}, data_files=[Path("site/data/a.csv")], made_with={}, **style)
    assert done.ok, done
lead_to_latest(out, "2023Q4", ["one"])
write_root_index(out, lang="zh", meta=PageMeta("s"), font_css=lambda text: "")
"""


def test_two_copies_at_other_places_in_other_time_zones_give_the_same_bytes(tmp_path):
    trees = []
    for place, zone, language in (
        ("one", "Asia/Shanghai", "C.UTF-8"),
        ("a/deeper place", "America/New_York", "C"),
    ):
        cwd = tmp_path / place
        (cwd / "site/data").mkdir(parents=True)
        (cwd / "site/notebooks").mkdir()
        (cwd / "site/data/a.csv").write_text("a\n5\n")
        show = "import pandas as pd\npd.read_csv(f'{data_dir}/a.csv')"
        cells = [code("data_dir: str = ''", "parameters"), text("# 题"), code(show)]
        for number, cell in enumerate(cells):
            cell["id"] = f"cell{number}"
        nbformat.write(new_notebook(cells=cells), cwd / "site/notebooks/one.ipynb")
        changed = {"TZ": zone, "LC_ALL": language, "HOME": str(cwd), "ZS_ANALYSIS_CACHE": str(cwd / "kept")}
        env = os.environ | changed | {"SOURCE_DATE_EPOCH": "1700000000"}
        done = subprocess.run([sys.executable, "-c", SITE], cwd=cwd, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        out = cwd / "site/out"
        trees.append(
            {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        )
    assert trees[0] == trees[1]
    assert {"feed.xml", "index.html", "2023Q4/one.html", "2023Q4/en/one.html"} <= trees[0].keys()
    assert b"2023-11-15 06:13" in trees[0]["index.html"], "on the clocks of Beijing"


@pytest.mark.parametrize("epoch", ["yesterday", "1.5", "99999999999999999999"])
def test_an_epoch_that_is_none_is_refused(epoch, render, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(ReportError, match=f"SOURCE_DATE_EPOCH takes whole seconds since 1970; got '{epoch}'"):
        render(tmp_path / "out", "a")
