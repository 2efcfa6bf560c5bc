"""Ctrl-C and a stop by the system: a plain line, the right exit code, no process left, the folder whole."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from notebook_cells import code

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")

# The command line with a command that runs a notebook which never ends.
SCRIPT = """import signal
from pathlib import Path
from zs_analysis.cli import main
from zs_analysis.reports import PageMeta, render_notebooks
from zs_analysis.reports.events import logged

# A shell has what it starts in the background ignore Ctrl-C, tests too.
signal.signal(signal.SIGINT, signal.default_int_handler)

@main.command()
def endless():
    with logged(Path({log!r})) as tell:
        render_notebooks([Path({notebook!r})], {{}}, Path({out!r}), page_meta=PageMeta("s"), font_css=str, tell=tell)

main(["endless"])"""
WAITS = "import os, pathlib, time\npathlib.Path({!r}).write_text(str(os.getpid()))\ntime.sleep(600)"


@pytest.mark.parametrize(
    ("number", "exit_code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_run_that_is_told_to_end_ends_tidily(notebook, tmp_path, number, exit_code, word):
    mark, out, log = tmp_path / "kernel", tmp_path / "out", tmp_path / "log"
    book = notebook(f"waits{exit_code}", code(WAITS.format(str(mark))))
    out.mkdir()
    (out / f"{book.stem}.html").write_text("of an earlier run")
    script = SCRIPT.format(log=str(log), notebook=str(book), out=str(out))
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONFAULTHANDLER": "1"}
    run = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True, env=environment)
    while not (mark.is_file() and (kernel := mark.read_text())):
        assert run.poll() is None, run.stderr.read()
        time.sleep(0.05)
    family = [psutil.Process(int(kernel)), *psutil.Process(run.pid).children(recursive=True)]
    run.send_signal(number)
    try:
        _, said = run.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        run.send_signal(signal.SIGABRT)  # it says where it stands
        pytest.fail(run.communicate()[1])
    assert run.returncode == exit_code
    assert said == (
        f"zs-analysis: {word}; what is published is whole, and the next run goes on with what is missing.\n"
    )
    assert psutil.wait_procs(family, timeout=10)[1] == [], "processes are left"
    assert {path.name: path.read_text() for path in out.iterdir()} == {
        f"{book.stem}.html": "of an earlier run"
    }
    assert list(tmp_path.glob("zs-*")) == []
    end = json.loads(Path(log).read_text(encoding="utf-8").splitlines()[-1])
    assert (end["event"], end["exit_code"]) == ("run_finished", exit_code)
