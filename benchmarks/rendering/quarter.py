"""One quarter against the usual tools, what a report costs beyond its cells, and memory side by side.

    python benchmarks/rendering/quarter.py
    python benchmarks/rendering/quarter.py --reports 90_letters 60_per_mu --rounds 3

The usual way is `papermill` and then `jupyter nbconvert --to html`, each a process, one report after the
other. Both sides start cold and take turns, so other work on the machine falls on both; seconds are those of
the clock, and CPU seconds those of a process with all its children, counted from `/proc` (Linux).
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook

PERIOD = "2023Q4"
BIN = Path(sys.executable).parent
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
CELLS = 30


def usual(notebooks: list[Path], folder: Path) -> None:
    """papermill, then nbconvert, for each report; the library keeps its results for the next one here too."""
    for notebook in notebooks:
        done = folder / notebook.name
        papermill = [BIN / "papermill", "--no-progress-bar", "-k", "python3", "--cwd", notebook.parent]
        run([*papermill, "-p", "period", PERIOD, notebook, done])
        run([BIN / "jupyter", "nbconvert", "--to", "html", done])


def ours(notebooks: list[Path], folder: Path) -> None:
    """The command line, with every part of it: pages, workbooks, gate, index, manifest."""
    named = [part for notebook in notebooks for part in ("--report", notebook.stem)]
    run([BIN / "zs-analysis", "render", PERIOD, *named, "--as-of", "2023-12-13", "--out", folder / "site"])


def run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True, capture_output=True, env=os.environ | ONE_THREAD)


@contextmanager
def clean() -> Iterator[Path]:
    """A folder to write into, and nothing kept from before."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZS_ANALYSIS_CACHE"] = str(Path(folder, "kept"))
        yield Path(folder)


class Cpu:
    """CPU seconds of all processes below this one, the dead ones as last seen."""

    def __init__(self) -> None:
        self._seen: dict[psutil.Process, float] = {}
        self._over = threading.Event()

    @contextmanager
    def counted(self) -> Iterator[None]:
        watch = threading.Thread(target=self._watch)
        watch.start()
        try:
            yield
        finally:
            self._over.set()
            watch.join()

    @property
    def seconds(self) -> float:
        return sum(self._seen.values())

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            for process in psutil.Process().children(recursive=True):
                try:
                    self._seen[process] = sum(process.cpu_times()[:2])
                except psutil.Error:
                    continue


def race(notebooks: list[Path], rounds: int) -> dict[str, float]:
    """(a) Cold processes, taking turns."""
    times: dict[str, list[tuple[float, float]]] = {"usual": [], "ours": []}
    again: list[float] = []
    for _ in range(rounds):
        for name, way in (("usual", usual), ("ours", ours)):
            with clean() as folder:
                began, cpu = time.perf_counter(), Cpu()
                with cpu.counted():
                    way(notebooks, folder)
                times[name].append((time.perf_counter() - began, cpu.seconds))
                if name == "ours":
                    began = time.perf_counter()
                    ours(notebooks, folder)
                    again.append(time.perf_counter() - began)
    wall, work = (
        {name: statistics.median(t[i] for t in pairs) for name, pairs in times.items()} for i in (0, 1)
    )
    print(f"{len(notebooks)} reports, cold, median of {rounds}")
    print(f"  seconds: usual {wall['usual']:.1f}, ours {wall['ours']:.1f}")
    print(f"  ratio of wall time {wall['usual'] / wall['ours']:.1f}")
    print(
        f"  CPU seconds {work['usual']:.1f} and {work['ours']:.1f}, ratio {work['usual'] / work['ours']:.1f}"
    )
    last = statistics.median(again)
    print(f"  ours again, nothing changed: {last:.2f} s, {100 * last / wall['ours']:.1f} % of cold")
    return wall


def many(notebooks: list[Path], count: int, usual_seconds: float) -> None:
    """(d) Quarters of one command, against as many times the usual way's one quarter."""
    import pandas as pd

    named = [part for notebook in notebooks for part in ("--report", notebook.stem)]
    with clean() as folder:
        began = time.perf_counter()
        periods = map(str, pd.period_range(end=PERIOD, periods=count, freq="Q"))
        run([BIN / "zs-analysis", "render", *periods, *named, "--out", folder / "site"])
        seconds = time.perf_counter() - began
    print(
        f"{count} quarters: {seconds:.0f} s, ratio to the usual way's one quarter times {count}: "
        f"{count * usual_seconds / seconds:.1f}"
    )


def overhead(rounds: int) -> None:
    """(b) A notebook whose cells do nothing costs what a report costs beyond its cells."""
    from zs_analysis.preload import preload
    from zs_analysis.reports import run_notebook
    from zs_analysis.reports.forks import fork_server

    with tempfile.TemporaryDirectory() as folder, fork_server(preload) as server:
        notebook = empty(Path(folder))
        run_notebook(notebook, {}, None, server)
        for name, way in (("fork server", server), ("fresh interpreter", None)):
            seconds = statistics.median(run_notebook(notebook, {}, None, way).seconds for _ in range(rounds))
            print(f"{CELLS} cells that do nothing, {name}, median of {rounds}: {seconds:.2f} s")


def empty(folder: Path, last: str = "pass") -> Path:
    """A notebook of cells that do nothing, but for the last."""
    first = new_code_cell('period: str = ""', metadata={"tags": ["parameters"]})
    cells = [first, *(new_code_cell(source) for source in ["pass"] * (CELLS - 2) + [last])]
    path = folder / "empty.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def memory(notebooks: list[Path], jobs: int) -> None:
    """(c) The most memory of kernels, keepers and server of reports side by side, at first and again."""
    from zs_analysis.loaders import validate
    from zs_analysis.preload import preload
    from zs_analysis.reports import run_notebook
    from zs_analysis.reports.forks import fork_server

    for name, start in (("fork server", partial(fork_server, preload)), ("fresh interpreters", None)):
        with clean() as folder:
            for state in ("nothing kept", "results kept"):
                (copied := folder / state).mkdir()
                copies = waiting(notebooks[:jobs], copied)
                most = with_server(start, partial(side_by_side, copies, run_notebook))
                print(f"{len(copies)} reports at their last cell, {name}, {state}: {most / 2**20:.0f} MB PSS")
                validate()  # as the command does before reports run: its results are kept too


def with_server(start: Callable | None, measure: Callable) -> float:
    if start is None:
        return measure(None)
    with start() as server:
        return measure(server)


def waiting(notebooks: list[Path], folder: Path) -> list[Path]:
    """Copies of reports that stay at their end until all are there."""
    paths = []
    for notebook in notebooks:
        copy = nbformat.read(notebook, as_version=4)
        wait = f"import pathlib, time; pathlib.Path('{folder}/{notebook.stem}').touch()\n"
        wait += f"while not pathlib.Path('{folder}/over').exists(): time.sleep(0.1)"
        copy.cells.append(new_code_cell(wait))
        paths.append(folder / notebook.name)
        nbformat.write(copy, paths[-1])
    return paths


def side_by_side(notebooks: list[Path], run_notebook: Callable, server: object) -> float:
    """Bytes of all child processes once every report has come to its end."""
    with ThreadPoolExecutor(len(notebooks)) as pool:
        done = [
            pool.submit(run_notebook, notebook, {"period": PERIOD}, None, server) for notebook in notebooks
        ]
        while not all(path.with_suffix("").exists() for path in notebooks):
            if failed := [one.result().failure for one in done if one.done()]:
                sys.exit(f"a report ended early: {failed}")
            time.sleep(0.2)
        most = sum(process.memory_full_info().pss for process in psutil.Process().children(recursive=True))
        (notebooks[0].parent / "over").touch()
    return most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--reports", nargs="*", help="all if not given")
    parser.add_argument("--rounds", type=int, default=1, help="of the whole quarter")
    parser.add_argument("--jobs", type=int, default=8, help="reports side by side, for memory")
    parser.add_argument("--quarters", type=int, help="that many as well, ours alone")
    parser.add_argument("--only", choices=["quarter", "overhead", "memory"])
    asked = parser.parse_args()
    from zs_analysis.quarter import notebooks_named

    os.environ.update(ONE_THREAD)
    notebooks = notebooks_named(asked.reports)
    if asked.only in (None, "overhead"):
        overhead(9)
    if asked.only in (None, "memory"):
        memory(notebooks, asked.jobs)
    if asked.only in (None, "quarter"):
        wall = race(notebooks, asked.rounds)
        if asked.quarters:
            many(notebooks, asked.quarters, wall["usual"])


if __name__ == "__main__":
    main()
