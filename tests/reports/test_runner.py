"""Kernels forked from a warm process: nothing leaks, both ways make the same, whatever goes wrong is named."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat import NotebookNode
from notebook_cells import code, text

from zs_analysis.preload import preload
from zs_analysis.reports import Execution, Limits, PageMeta, Runner, execute, render_notebooks, run_notebook
from zs_analysis.reports.forks import CAN_FORK, ForkServer, fork_server

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="kernels are forked on Linux only")

SPOIL = """import locale, os, random, sys, textwrap, warnings
import matplotlib, numpy as np, pandas as pd
matplotlib.rcParams["font.size"] = 99
pd.set_option("display.precision", 1)
random.seed(7); np.random.seed(7)
os.environ["SPOILT"] = "yes"; del os.environ["PATH"]
os.chdir("/")
textwrap.dedent = pd.DataFrame.mean = len
sys.modules["colorsys"] = textwrap
sys.path.insert(0, "/spoilt"); sys.setrecursionlimit(5000)
warnings.simplefilter("error"); locale.setlocale(locale.LC_ALL, "C")"""
LOOK = """import colorsys, json, locale, os, random, sys, textwrap, warnings
import matplotlib, numpy as np, pandas as pd
state = [
    matplotlib.rcParams["font.size"], pd.get_option("display.precision"), random.random(), np.random.random(),
    sorted(set(os.environ) - {"JPY_PARENT_PID"}), os.environ["PATH"], os.getcwd(), pd.DataFrame({"a": [1.0]}).mean()["a"],
    colorsys.__name__, textwrap.dedent(" a"), sys.path, sys.getrecursionlimit(), len(warnings.filters) < 50, locale.setlocale(locale.LC_ALL),
    hash("seed"), period,
]
print(json.dumps(state))"""
SHOW = """%matplotlib inline
import pandas as pd
frame = pd.DataFrame({"增速": [1.5, 2.25]})
frame.plot()
print("text"); frame"""
LEAVE_CHILDREN = """import os, subprocess
left = [subprocess.Popen(["sleep", "1000"]).pid, subprocess.Popen(["sleep", "1000"], start_new_session=True).pid]
inlet, outlet = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(outlet, str(os.getpid()).encode())
        os.execvp("sleep", ["sleep", "1000"])
    os._exit(0)
print(*left, int(os.read(inlet, 20)))"""
FAMILY = """import psutil
kernel = psutil.Process()
open("family.txt", "w").write(f"{kernel.pid} {kernel.ppid()} {kernel.parent().ppid()}")
import time; time.sleep(1000)"""


@pytest.fixture(scope="module")
def server():
    with fork_server(partial(preload, forecasting=True)) as server:
        yield server


@pytest.fixture(scope="module")
def run(server: ForkServer, notebook: Callable[..., Path]):
    """Runs a notebook of one cell, after one whose result is kept, in a forked kernel."""

    def run(name: str, source: str, limits: Limits | None = None) -> Execution:
        path = notebook(name, code("'kept'"), code(source))
        return run_notebook(path, {"period": "2023Q4"}, limits, server)

    return run


def outputs(execution: Execution) -> list[NotebookNode]:
    assert execution.failure is None, execution.failure
    return [cell.get("outputs") for cell in nbformat.reads(execution.executed, as_version=4).cells]


def gone(pids: list[int]) -> bool:
    """Whether they all end before long."""
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=30)
    return not alive


class Forked(Executor):
    """Runs each job at once, in a kernel of a server."""

    def __init__(self, server: ForkServer):
        self.server = server

    def submit(self, function, /, *args):
        future = Future()
        future.set_result(function(*args, self.server))
        return future


def test_no_state_passes_from_report_to_report_and_a_fresh_kernel_makes_the_same(notebook, server):
    look = notebook("look", text("# 图"), code(LOOK), code(SHOW))
    assert run_notebook(notebook("spoil", code(SPOIL)), {}, None, server).failure is None
    forked, fresh = (outputs(run_notebook(look, {"period": "2024Q1"}, None, way)) for way in (server, None))
    state = json.loads(forked[-2][0].text)
    assert state[:2] == [10.0, 6] and state[6:10] == [str(look.parent), 1.0, "colorsys", "a"]
    assert "SPOILT" not in state[4] and state[-1] == "2024Q1"
    assert forked == fresh


def test_both_ways_publish_the_same_bytes(notebook, server, tmp_path):
    # matplotlib's own font has no Chinese and warns, which would refuse the page
    path = notebook("show", text("# 图"), code(SHOW.replace("增速", "growth")))
    with ThreadPoolExecutor(1) as fresh:
        for out, executor in (("forked", Forked(server)), ("fresh", fresh)):
            style = {"page_meta": PageMeta("s"), "font_css": lambda _: "", "progress": False}
            with Runner(executor=executor) as runner:
                assert render_notebooks([path], {}, tmp_path / out, **style, runner=runner).ok
    pages = [(tmp_path / out / "show.html").read_bytes() for out in ("forked", "fresh")]
    assert b"data:image/png" in pages[0] and pages[0] == pages[1]


@pytest.mark.parametrize(
    ("source", "limits", "message"),
    [
        ("import os; os._exit(3)", Limits(), "it ended itself with exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", Limits(), "killed by signal 9 (SIGKILL), probably for lack of memory"),
        ("import os; os.kill(os.getpid(), 35)", Limits(), "killed by signal 35 (a real-time signal)"),
        ("import ctypes; ctypes.string_at(0)", Limits(), "killed by signal 11 (SIGSEGV), a crash in compiled code"),
        ("import time; time.sleep(1000)", Limits(seconds=1), "longer than 1 seconds, the time limit"),
        ("b = b'x' * (600 << 20); input()", Limits(memory=500 << 20), "more than 500 MB of memory, the memory limit"),
        ("while True: print('x' * 9999)", Limits(output=2 << 20), "more than 2 MB of output"),
        ("while True: display(period)", Limits(output=1 << 20), "more than 1 MB of output"),
        ("import os\nfor _ in range(230): os.fork() or __import__('signal').pause()\ninput()", Limits(), "more than 200 processes"),
    ],
    ids=["exit", "signal", "real-time signal", "crash", "hang", "memory", "flood", "many outputs", "many processes"],
)  # fmt: skip
def test_what_stops_a_report_is_named_and_its_outputs_are_kept(run, source, limits, message):
    done = run("stops", source.replace("input()", "import time; time.sleep(1000)"), limits)
    assert message in done.failure.message and done.failure.source
    kept = nbformat.reads(done.executed, as_version=4)
    assert kept.cells[1].outputs[0].data["text/plain"] == "'kept'"
    assert done.failure.cell == 2


def test_nothing_that_a_report_started_outlives_it(run):
    done = run("leaves", LEAVE_CHILDREN)
    assert not any(map(psutil.pid_exists, map(int, outputs(done)[-1][0].text.split())))


def test_no_output_is_lost_however_busy_the_reader(run, monkeypatch):
    def slow(content: dict, pauses: list[float] = [2.0]) -> int:  # noqa: B006
        time.sleep(pauses.pop() if pauses and "data" in content else 0)
        return 1

    monkeypatch.setattr(execute, "_size", slow)
    done = run("many", "for i in range(3000): display(i)")
    shown = [output.data["text/plain"] for output in outputs(done)[-1]]
    assert shown == [str(i) for i in range(3000)]


def test_the_end_of_the_server_ends_its_reports(notebook):
    path = notebook("sleeps", code(FAMILY))
    with ThreadPoolExecutor(1) as pool, fork_server() as server:
        future = pool.submit(run_notebook, path, {}, None, server)
        pids = family(path, future)
        server.close()
        assert "killed by signal 9" in future.result().failure.message
    assert gone(pids)


def test_a_killed_parent_leaves_no_process(notebook, tmp_path):
    path = notebook("orphan", code(FAMILY))
    script = f"""from pathlib import Path
from zs_analysis.reports import PageMeta, render_notebooks
render_notebooks([Path({str(path)!r})], {{}}, Path({str(tmp_path)!r}), page_meta=PageMeta("s"), font_css=str)"""
    with subprocess.Popen([sys.executable, "-c", script]) as parent:
        pids = family(path, parent)
        parent.kill()
    assert gone(pids)


def family(notebook: Path, running: Future | subprocess.Popen) -> list[int]:
    """The pids of the kernel, its keeper and the server, once the notebook has told them."""
    told = notebook.with_name("family.txt")
    while not told.exists() or not told.read_text():
        assert not (running.done() if isinstance(running, Future) else running.poll())
        time.sleep(0.05)
    pids = [int(pid) for pid in told.read_text().split()]
    told.unlink()
    assert len(pids) == 3 and os.getpid() not in pids
    return pids


def test_a_server_that_was_killed_is_started_again_but_not_after_its_end(notebook):
    path = notebook("good", code("1 + 1"))
    with fork_server() as server:
        assert run_notebook(path, {}, None, server).failure is None
        server._process.kill()
        server._process.wait()
        assert run_notebook(path, {}, None, server).failure is None
        server.close()
        assert "has died" in run_notebook(path, {}, None, server).failure.message
    with fork_server() as unused:
        unused.close()
        assert "has died" in run_notebook(path, {}, None, unused).failure.message


def test_a_kernel_does_not_outlive_its_keeper(notebook, server, tmp_path):
    told = tmp_path / "pid"
    end = f"import os, pathlib, time\npathlib.Path({str(told)!r}).write_text(str(os.getpid()))\n"
    path = notebook("orphan", code(end + "os.kill(os.getppid(), 9)\ntime.sleep(600)"))
    assert "killed by signal 9" in run_notebook(path, {}, None, server).failure.message
    for _ in range(100):
        if not psutil.pid_exists(int(told.read_text())):
            return
        time.sleep(0.05)
    raise AssertionError("the kernel is still there")


def test_a_preload_that_fails_is_left_to_the_notebooks(notebook):
    path = notebook("good", code("1 + 1"))
    with fork_server(partial(import_module, "no.such.module")) as server:
        assert run_notebook(path, {}, None, server).failure is None
    with fork_server(partial(os._exit, 1)) as server:
        assert "forked from has died" in run_notebook(path, {}, None, server).failure.message


def test_the_preload_of_the_reports_keeps_to_one_thread_and_to_what_may_be_shared(notebook, server):
    look = """import psutil, sys
print("zs_analysis.present.brief" in sys.modules, "matplotlib_inline.backend_inline" in sys.modules)
print(psutil.Process().parent().parent().num_threads())"""
    done = run_notebook(notebook("threads", code(look)), {}, None, server)
    assert outputs(done)[-1][0].text.split() == ["True", "False", "1"]


def test_a_failure_says_nothing_of_whose_machine_it_was(notebook, server):
    look = "from pathlib import Path\nimport zs_analysis\nzs_analysis.files.sha256(Path.home() / 'nowhere' / 'to be found')"
    failure = run_notebook(
        notebook("look", code("import zs_analysis.files"), code(look)), {}, None, server
    ).failure
    assert "'~/nowhere/to be found'" in failure.message and "File zs_analysis/files.py:" in failure.traceback
    assert (
        str(Path.home()) + "/" not in failure.traceback
        and str(Path(__file__).parents[2]) not in failure.traceback
    )
