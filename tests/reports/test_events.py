"""The log: whole lines, whoever else writes; what a run was asked, what became of it, how it ended."""

import contextlib
import json
import multiprocessing
import os
import re
import sys
from pathlib import Path

import pytest
from notebook_cells import code, text

from zs_analysis.reports import PageMeta, ReportError, render_notebooks
from zs_analysis.reports.events import Log, logged, shown


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def many(path: Path, name: str) -> None:
    log = Log(path, name=name)
    for number in range(300):
        log("said", name=name, number=number, filling="满" * (number * 10))


@pytest.mark.skipif(sys.platform != "linux", reason="forks writers")
def test_runs_that_share_a_file_leave_whole_lines(tmp_path):
    path, start = tmp_path / "a" / "run.jsonl", multiprocessing.get_context("fork")
    runs = [start.Process(target=many, args=(path, name)) for name in "ab"]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    told = lines(path)
    for name in "ab":
        assert [line["number"] for line in told if line["name"] == name] == list(range(300))
    assert len({line["run"] for line in told}) == 2


@pytest.fixture(scope="module")
def told(notebook, tmp_path_factory):
    """What the log has of one run that goes half wrong, and of the same again."""
    folder = tmp_path_factory.mktemp("log")
    books = [notebook("good", text("# 好"), code("1")), notebook("bad", text("# 坏"), code("1 / 0"))]
    for _ in range(2):
        with logged(folder / "run.jsonl", out="x") as tell:
            render_notebooks(
                books,
                {"period": "2023Q4"},
                folder / "out",
                page_meta=PageMeta("套件"),
                font_css=lambda _: "",
                made_with={"library": "1"},
                progress=False,
                tell=tell,
            )
    return lines(folder / "run.jsonl")


def test_a_run_is_told_from_begin_to_end(told):
    first = [line for line in told if line["run"] == told[0]["run"]]
    assert [line["event"] for line in first] == [
        "run_started",
        *["report_started"] * 2,
        *["report_finished"] * 2,
        "run_finished",
    ]
    assert first[0]["out"] == "x"
    bad, good = sorted(first[3:5], key=lambda line: line["report"])
    assert (good["report"], good["status"], good["title"], good["message"]) == ("good", "ok", "好", "")
    assert Path(good["page"]).name == "good.html" and good["error_page"] is None and good["seconds"] > 0
    assert (bad["status"], bad["message"]) == ("failed", "ZeroDivisionError: division by zero")
    assert Path(bad["error_page"]).name == "bad.error.html" and bad["page"] is None
    end = {"ok": 1, "unchanged": 0, "failed": 1, "withheld": 0, "exit_code": 1, "message": ""}
    assert {name: first[-1][name] for name in end} == end


def test_what_is_left_as_it_is_is_told_so(told):
    second = [line for line in told if line["run"] != told[0]["run"]]
    assert [line["status"] for line in second if "status" in line] == ["unchanged", "failed"]
    assert [line["report"] for line in second if line["event"] == "report_started"] == ["bad"]
    assert (second[-1]["unchanged"], second[-1]["failed"]) == (1, 1)


def test_times_are_utc_in_order_and_to_the_millisecond(told):
    times = [line["time"] for line in told]
    assert times == sorted(times)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in times)


@pytest.mark.parametrize(
    ("error", "code"),
    [(ReportError("no"), 2), (KeyboardInterrupt(), 130), (SystemExit(143), 143), (ZeroDivisionError("x"), 1)],
)
def test_a_run_that_breaks_off_is_told_with_its_exit_code(tmp_path, error, code):
    with pytest.raises(type(error)), logged(tmp_path / "log"):
        raise error
    end = lines(tmp_path / "log")[-1]
    assert (end["event"], end["exit_code"]) == ("run_finished", code)
    assert end["message"] == f"{type(error).__name__}: {error}"


def test_a_log_that_cannot_be_written_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(ReportError, match=r"Cannot write the log .*Is a directory\. Nothing was run"):
        Log(tmp_path)


def test_a_log_that_breaks_later_does_not_stop_the_run(tmp_path, monkeypatch, capsys):
    log = Log(tmp_path / "log")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    log("one")
    log("two")
    assert capsys.readouterr().err.count("No space left on device") == 1


def test_a_person_reads_plain_lines_where_there_is_no_terminal(capsys):
    with shown(3, True) as tell:
        tell("report_started", report="a")
        tell("report_finished", report="a", status="ok", seconds=1.23, title="A")
        tell("report_finished", report="b", status="unchanged", seconds=0.0)
        tell("report_finished", report="c", status="withheld", seconds=2.0)
    assert capsys.readouterr().err == "ok     a 1.2 s\nok     b unchanged\nwithheld c 2.0 s\n"


def test_a_terminal_shows_a_bar_and_the_lines(monkeypatch):
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with shown(2, True) as tell:
            tell("report_finished", report="a", status="ok", seconds=1)
    seen = ""
    with contextlib.suppress(OSError):  # the end of what was shown
        while piece := os.read(ours, 10_000):
            seen += piece.decode()
    os.close(ours)
    assert "ok     a 1.0 s" in seen and "50%" in seen and "1/2" in seen
