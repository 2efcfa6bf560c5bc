"""Notebooks of the next run are begun while the last ones of a run are still running."""

from concurrent.futures import BrokenExecutor, Executor, Future
from functools import partial
from pathlib import Path

import pytest
from notebook_cells import code, text

from zs_analysis.reports import Execution, Failure, Limits, PageMeta, Runner, render_notebooks
from zs_analysis.reports.events import silent
from zs_analysis.reports.fresh import remembered
from zs_analysis.reports.render import begin_notebooks
from zs_analysis.reports.runner import Job

META = PageMeta("套件")
MADE_WITH = {"library": "1"}
PERIODS = ("2023Q3", "2023Q4")
# The first run ends when the second has begun, and only then; the second leaves a mark of each time it runs.
WAITS = """import pathlib, time
marks = pathlib.Path({!r})
if period == "2023Q3":
    end = time.monotonic() + 50
    while not list(marks.iterdir()) and time.monotonic() < end: time.sleep(0.05)
    print(len(list(marks.iterdir())))
else:
    (marks / str(time.monotonic_ns())).touch()
    print(len(list(marks.iterdir())))"""


class Counting(Executor):
    """Hands a notebook over as it is, and counts."""

    def __init__(self, failure: Failure | None = None):
        self.ran, self.failure = [], failure

    def submit(self, function, notebook, parameters, *_):
        self.ran.append(parameters)
        future = Future()
        future.set_result(Execution(notebook, 1.0, notebook.read_text(encoding="utf-8"), self.failure))
        return future


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("ZS_ANALYSIS_CACHE", str(tmp_path / "kept"))


@pytest.fixture
def book(notebook) -> Path:
    return notebook("one", text("# 一"), code("1"))


def two_runs(books, out, runner, made_with=MADE_WITH, tell=silent, ahead=True) -> list:
    def order(period: str) -> dict:
        return {
            "notebooks": books,
            "parameters": {"period": period},
            "out": out / period,
            "page_meta": META,
            "made_with": made_with,
            "tell": partial(tell, period=period),
        }

    style = {"font_css": lambda _: "", "progress": False, "runner": runner}
    begin_next = partial(begin_notebooks, **order(PERIODS[1]), runner=runner)
    return [
        render_notebooks(**order(PERIODS[0]), **style, begin_next=begin_next if ahead else None),
        render_notebooks(**order(PERIODS[1]), **style),
    ]


def test_the_next_run_begins_before_the_last_report_of_one_is_made_and_runs_once(notebook, tmp_path):
    marks, told = tmp_path / "marks", []
    marks.mkdir()
    book = notebook("waits", text("# 等"), code(WAITS.format(str(marks))))
    with Runner(2, limits=Limits(seconds=60)) as runner:
        results = two_runs([book], tmp_path, runner, tell=lambda event, **facts: told.append((event, facts)))
    assert all(result.ok for result in results) and len(list(marks.iterdir())) == 1
    assert [(event, facts["period"]) for event, facts in told] == [
        ("report_started", "2023Q3"),
        ("report_started", "2023Q4"),
        ("report_finished", "2023Q3"),
        ("report_finished", "2023Q4"),
    ]


def test_pages_are_those_of_runs_one_after_the_other(book, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    found = []
    for ahead in (True, False):
        out = tmp_path / str(ahead)
        with Runner(executor=Counting()) as runner:
            two_runs([book], out, runner, ahead=ahead)
        files = [path for path in out.rglob("*") if path.is_file()]
        found.append({path.relative_to(out): path.read_bytes() for path in files})
    assert found[0] == found[1] and len(found[0]) == 6


def test_what_would_not_run_is_not_begun(book, tmp_path):
    with Runner(executor=(executor := Counting())) as runner:
        two_runs([book], tmp_path / "out", runner)
        assert len(executor.ran) == 2
        two_runs([book], tmp_path / "out", runner)
        assert len(executor.ran) == 2, "unchanged"
        two_runs([book], tmp_path / "other", runner)
        assert len(executor.ran) == 2, "remembered"
        two_runs([book], tmp_path / "out", runner, made_with={"library": "2"})
        assert len(executor.ran) == 4


@pytest.mark.parametrize("change", [{"recipe": {"library": "2"}}, {"parameters": {"period": "2023Q3"}}])
def test_a_job_begun_from_something_else_runs_anew(book, change):
    job = {"notebook": book, "parameters": {"period": "2023Q4"}, "recipe": {"library": "1", "page": "1"}}
    with Runner(executor=(executor := Counting())) as runner:
        runner.begin(Job(**job), silent)
        runner.begin(Job(**job), silent)
        assert len(executor.ran) == 1
        begun = runner.submit(Job(**job | {"recipe": {"library": "1", "page": "2"}}), silent, force=True)
        assert len(executor.ran) == 1 and begun.result().seconds == 1
        runner.begin(Job(**job), silent, force=True)
        runner.submit(Job(**job | change), silent, force=True)
        assert len(executor.ran) == 3


@pytest.mark.parametrize("failure", [None, Failure("wrong")])
def test_what_ran_ahead_is_remembered_at_once_unless_it_failed(book, failure):
    recipe = {"library": "1"}
    with Runner(executor=Counting(failure)) as runner:
        runner.begin(Job(book, {}, recipe), silent)
    assert (remembered(book, recipe) is None) == (failure is not None)


class BreaksSoon(Counting):
    """Takes one notebook and no other."""

    def submit(self, *job):
        if self.ran:
            raise BrokenExecutor("broken before")
        return super().submit(*job)


def test_an_executor_that_breaks_costs_the_next_run_and_not_the_one_before(book, tmp_path):
    with Runner(executor=BreaksSoon()) as runner:
        first, second = two_runs([book], tmp_path, runner)
    assert first.ok and [report.status for report in second.reports] == ["failed"]
    assert "lost its worker" in second.reports[0].message


def test_what_was_begun_ends_where_the_run_breaks_down(notebook, tmp_path):
    sleeps = notebook("sleeps", code("import time; time.sleep(600)"))
    waits = notebook("waits_too", code("1"))
    with pytest.raises(KeyboardInterrupt), Runner(1) as runner:
        runner.begin(Job(sleeps, {}), silent)
        runner.begin(Job(waits, {}), silent)
        raise KeyboardInterrupt
