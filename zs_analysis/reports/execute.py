"""Run one notebook: a plain function with picklable arguments, so that any executor can run it anywhere."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import DeadKernelError
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

# A Unix socket path is cut at about 100 bytes; a longer temporary folder falls back to TCP.
LONGEST_SOCKET_FOLDER = 80


@dataclass(frozen=True)
class Failure:
    """Where and why a notebook stopped. `cell` counts from 0 in the source notebook; None if no cell ran."""

    message: str
    traceback: str = ""
    cell: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Execution:
    """One run of one notebook.

    `executed` is the notebook with its outputs so far, as JSON text and not as a path, so that it also comes
    back from a worker on another machine. It is None when no notebook came back.
    """

    notebook: Path
    seconds: float
    executed: str | None
    failure: Failure | None

    @property
    def name(self) -> str:
        """The report's name: the notebook's file name without its ending."""
        return self.notebook.stem


class ThisInterpreter(AsyncKernelManager):
    """A kernel on the running Python, whatever kernelspecs are or are not installed.

    An own IPython folder keeps the user's start-up files out of reports; a fixed hash seed keeps the order of
    sets. Reports run side by side, so linear algebra takes one thread each: more would wait for each other.
    """

    @property
    def kernel_spec(self) -> KernelSpec:
        """The specification of the kernel to start."""
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        env = {"PYTHONHASHSEED": "0", "IPYTHONDIR": str(Path(self.connection_file).parent), **threads}
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, env=env, display_name="Python 3", language="python")


def run_notebook(notebook: Path, parameters: Mapping[str, object]) -> Execution:
    """Run a notebook from top to bottom in a fresh kernel.

    Parameters
    ----------
    notebook : Path
        The source notebook; it is not changed. Its folder is the working directory of the kernel.
    parameters : mapping
        Values for its `parameters` cell.

    Returns
    -------
    Execution
        Also when a cell fails or the kernel dies; nothing is raised for what the notebook does.
    """
    started = time.perf_counter()
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="zs-", ignore_cleanup_errors=True) as folder:
        staged = Path(folder, "executed.ipynb")
        error = _attempt(Path(notebook).resolve(), staged, dict(parameters))
        executed = _without_papermill_cells(staged) if staged.exists() else None
    failure = _failure(error, executed) if error else None
    text = nbformat.writes(executed) if executed else None
    return Execution(Path(notebook), time.perf_counter() - started, text, failure)


def _attempt(notebook: Path, staged: Path, parameters: dict[str, object]) -> Exception | None:
    try:
        papermill.execute_notebook(
            notebook,
            staged,
            parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            kernel_manager_class=ThisInterpreter,
            config=_kernel_config(staged.parent),
            shutdown_kernel="immediate",
            # papermill's own `cwd` changes the directory of this whole process.
            resources={"metadata": {"path": str(notebook.parent)}},
        )
    except Exception as error:
        return error
    return None


def _kernel_config(folder: Path) -> Config:
    # Sockets, not ports: 1 in 200 parallel starts was lost to "address already in use" (papermill#511).
    ipc = os.name == "posix" and len(str(folder)) < LONGEST_SOCKET_FOLDER
    kernel = {"connection_file": str(folder / "kernel.json"), "transport": "ipc" if ipc else "tcp"}
    return Config({"KernelManager": kernel})


def _without_papermill_cells(staged: Path) -> NotebookNode:
    notebook = nbformat.read(staged, as_version=4)
    added = {"papermill-error-cell-tag", "injected-parameters"}
    notebook.cells = [cell for cell in notebook.cells if added.isdisjoint(cell.metadata.get("tags", []))]
    return notebook


def _failure(error: Exception, executed: NotebookNode | None) -> Failure:
    cell, source = _last_started(executed)
    if isinstance(error, PapermillExecutionError):
        message = f"{error.ename}: {error.evalue}"
        return Failure(strip_ansi(message), strip_ansi("\n".join(error.traceback)), cell, source)
    if isinstance(error, DeadKernelError):
        hint = "The kernel died while running this cell, probably for lack of memory."
        return Failure(f"{hint} Free memory or run fewer jobs at once.", "", cell, source)
    return Failure(f"{type(error).__name__}: {strip_ansi(str(error))}", "", cell, source)


def _last_started(executed: NotebookNode | None) -> tuple[int | None, str]:
    cells = executed.cells if executed else []
    for index, cell in reversed(list(enumerate(cells))):
        if cell.cell_type == "code" and cell.metadata.get("papermill", {}).get("start_time"):
            return index, cell.source
    return None, ""
