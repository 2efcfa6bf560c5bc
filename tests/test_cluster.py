"""Reports on a Dask cluster: the same pages, a lost worker costs a retry, and what does not fit is refused."""

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

pytest.importorskip("distributed")

from zs_analysis import cluster
from zs_analysis.loaders import DATA
from zs_analysis.reports import PageMeta, ReportError, Runner, render_notebooks


@pytest.fixture(scope="module")
def workers():
    """Two processes that take reports, and their scheduler."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as local,
        Client(local, set_as_default=False) as client,
    ):
        yield client


def render(notebook: Path, out: Path, executor=None) -> bytes:
    style = {"page_meta": PageMeta("套件"), "font_css": lambda _: "", "progress": False}
    with Runner(executor=executor) as runner:
        result = render_notebooks([notebook], {"period": "2023Q4"}, out, runner=runner, **style)
    assert result.ok, result.reports[0].message
    return result.reports[0].page.read_bytes()


# The first to come waits for its end and leaves the number of its worker and its own.
WAITS = """import os, pathlib, time
folder = pathlib.Path({!r})
mark = folder / f"{{os.getppid()}}-{{os.getpid()}}"
if not list(folder.iterdir()):
    mark.touch()
    time.sleep(600)
period"""


def write(path: Path, source: str) -> Path:
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    parameters = new_code_cell('period: str = ""', metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[parameters, new_code_cell(source)]), path)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_lost_worker_costs_a_retry_and_the_page_is_the_local_one(workers, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    marks = tmp_path / "marks"
    marks.mkdir()
    notebook = write(tmp_path / "waits.ipynb", WAITS.format(str(marks)))
    with ThreadPoolExecutor(1) as thread:
        page = thread.submit(render, notebook, tmp_path / "far", workers.get_executor(pure=False))
        while not (found := list(marks.iterdir())):
            assert not page.done(), page.result()
            time.sleep(0.05)
        worker, kernel = map(int, found[0].name.split("-"))
        os.kill(worker, signal.SIGKILL)
        assert page.result() == render(notebook, tmp_path / "near")
    psutil.wait_procs([psutil.Process(kernel)] if psutil.pid_exists(kernel) else [], timeout=20)
    assert not psutil.pid_exists(kernel), "the kernel of the lost worker lives on"


def test_a_cluster_like_this_machine_is_taken(tmp_path):
    from distributed import LocalCluster

    notebook = write(tmp_path / "one.ipynb", "period")
    with (
        LocalCluster(n_workers=1, processes=False, dashboard_address=None) as local,
        cluster.dask_executor(local.scheduler_address) as executor,
    ):
        page = render(notebook, tmp_path / "far", executor)
        write(notebook, "period * 2")
        assert render(notebook, tmp_path / "far", executor) != page, "an edited notebook runs again"


def test_a_cluster_without_workers_is_refused():
    from distributed import LocalCluster

    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=None) as local,
        pytest.raises(
            ReportError, match=f"at {local.scheduler_address} has no worker. Start some: dask worker"
        ),
        cluster.dask_executor(local.scheduler_address),
    ):
        pass


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("tcp://127.0.0.1:1", "No Dask scheduler answers at tcp://127.0.0.1:1: Timed out .* after 0.3 s"),
        ("127.0.0.1", "missing port number"),
        ("http://127.0.0.1:1", "unknown address scheme 'http'"),
    ],
)
def test_no_scheduler_is_told_with_the_address(monkeypatch, address, message):
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    with pytest.raises(ReportError, match=message), cluster.dask_executor(address):
        raise AssertionError("it ran")


def test_without_dask_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    message = "uv sync --extra distributed"
    with pytest.raises(ReportError, match=message), cluster.dask_executor("tcp://127.0.0.1:1"):
        raise AssertionError("it ran")


def test_every_way_in_which_a_worker_can_differ_is_named(tmp_path):
    here = cluster.seen([("notebooks", cluster.NOTEBOOKS), ("data", DATA)])
    assert {"Python", "pandas", "library", "page templates", f"data in {DATA}"} <= here.keys()
    assert list(cluster.differences(here, dict(here))) == []
    there = here | {"pandas": "1.0", f"data in {DATA}": "", "library": "0"}
    assert list(cluster.differences(here, there)) == [
        f"pandas is 1.0 there and {here['pandas']} here",
        f"library is 0 there and {here['library']} here",
        f"data in {DATA} is not there",
    ]
    assert list(cluster.differences(here, ModuleNotFoundError("No module named 'zs_analysis'"))) == [
        "cannot be asked: ModuleNotFoundError: No module named 'zs_analysis'"
    ]
    assert cluster.seen([("data", tmp_path / "none")])[f"data in {tmp_path / 'none'}"] == ""
