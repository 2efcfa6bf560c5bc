"""Run one notebook: a plain function with picklable arguments, so that any executor can run it anywhere."""

from __future__ import annotations

import logging
import math
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import LocalProvisioner
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets import Instance, Type

from zs_analysis.reports.forks import FIXED_ENV, KERNEL, ForkServer, how_it_ended
from zs_analysis.reports.limits import Guard, Limits
from zs_analysis.reports.scratch import scratch

SUITE_FOLDER = Path(__file__).parents[2]
# A Unix socket path is cut at about 100 bytes; a longer temporary folder falls back to TCP.
LONGEST_SOCKET_FOLDER = 80


class ReportStopped(Exception):
    """The kernel of a report died or was ended; the text says why."""


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


class QuickClient(AsyncKernelClient):
    """Takes a kernel as ready with its first output message, which shows that no later one can be missed.

    The base class then still waits for 0.2 s of silence.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel listens and is heard; RuntimeError if it dies or does not come."""
        self.kernel_info()
        end = time.monotonic() + (timeout or math.inf)
        while not await self.iopub_channel.socket.poll(min(1000, 1000 * max(0, end - time.monotonic()))):
            if not await self.is_alive() or time.monotonic() >= end:
                raise RuntimeError("The kernel did not start.")


class ThisInterpreter(AsyncKernelManager):
    """A kernel on the running Python, whatever kernelspecs are or are not installed."""

    client_factory = Type(QuickClient, klass=AsyncKernelClient)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The specification of the kernel to start."""
        env = {"IPYTHONDIR": str(Path(self.connection_file).parent), **FIXED_ENV}
        argv = [sys.executable, str(KERNEL), "-f", "{connection_file}"]
        return KernelSpec(argv=argv, env=env, display_name="Python 3", language="python")


class ForkProvisioner(LocalProvisioner):
    """Gives `jupyter_client`, and so papermill and nbclient, kernels of a `ForkServer`."""

    server = Instance(ForkServer)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel instead of starting the interpreter of `cmd`; its arguments are kept."""
        self.cwd = kwargs.get("cwd")
        self.process = self.server.fork(cmd[2:], kwargs["env"], self.cwd)
        self.pid = self.process.pid
        return self.connection_info


class ReportClient(PapermillNotebookClient):
    """Stops a kernel that floods it."""

    guard: Guard

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Record a message of a cell, unless there were too many."""
        if self.guard.count_output(_size(msg["content"])):
            return super().process_message(msg, cell, cell_index)
        return None


class ReportEngine(Engine):
    """Runs a notebook for papermill: within limits, and handed over as it is, whatever happened.

    papermill itself writes the whole notebook to a file, several times (nteract/papermill#454).
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        manager: ThisInterpreter,
        folder: Path,
        limits: Limits,
        executed: list[NotebookNode],
        start_timeout: float,
        **_: object,
    ) -> None:
        """Run all cells, up to the first that fails; `executed` takes the notebook."""
        client = ReportClient(
            nb_man,
            manager,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            shutdown_kernel="immediate",
            # After a cell's end its last outputs may take longer than the usual 4 s on a busy machine.
            iopub_timeout=60,
            # How prints are cut into pieces is a matter of timing; one piece is the same in every run.
            coalesce_streams=True,
            log=logging.getLogger("papermill"),
        )
        try:
            client.start_new_kernel(cwd=str(folder))
            process = manager.provisioner.process
            with Guard(process.pid, limits) as client.guard:
                try:
                    client.execute(cleanup_kc=True)
                except Exception as error:
                    died = isinstance(error, DeadKernelError)
                    if reason := client.guard.reason or (died and _death(process)):
                        raise ReportStopped(reason) from error
                    raise
        finally:
            executed.append(nb_man.nb)


papermill_engines.register("report", ReportEngine)


def run_notebook(
    notebook: Path,
    parameters: Mapping[str, object],
    limits: Limits | None = None,
    server: ForkServer | None = None,
) -> Execution:
    """Run a notebook from top to bottom in a kernel of its own.

    Parameters
    ----------
    notebook : Path
        The source notebook; it is not changed. Its folder is the working directory of the kernel.
    parameters : mapping
        Values for its `parameters` cell.
    limits : Limits, optional
        What it may take; the defaults of `Limits` if not given.
    server : ForkServer, optional
        Forks the kernel; a fresh interpreter if not given. Both make the same notebook.

    Returns
    -------
    Execution
        Also when a cell fails or the kernel dies; nothing is raised for what the notebook does.
    """
    started = time.perf_counter()
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    with scratch() as folder:
        manager = _manager(folder, server)
        executed, error = _attempt(Path(notebook).resolve(), dict(parameters), manager, limits or Limits())
    failure = _failure(error, executed) if error else None
    text = nbformat.writes(executed) if executed else None
    return Execution(Path(notebook), time.perf_counter() - started, text, failure)


def _attempt(
    notebook: Path, parameters: dict[str, object], manager: ThisInterpreter, limits: Limits
) -> tuple[NotebookNode | None, Exception | None]:
    executed: list[NotebookNode] = []
    failed = None
    try:
        papermill.execute_notebook(
            notebook,
            None,
            parameters,
            engine_name="report",
            kernel_name="python3",
            language="python",
            progress_bar=False,
            manager=manager,
            folder=notebook.parent,  # papermill's own `cwd` changes the directory of this whole process
            limits=limits,
            executed=executed,
        )
    except Exception as error:
        failed = error
    return (_without_papermill_cells(executed[0]) if executed else None), failed


def _manager(folder: Path, server: ForkServer | None) -> ThisInterpreter:
    # Sockets, not ports: 1 in 200 parallel starts was lost to "address already in use" (papermill#511).
    ipc = os.name == "posix" and len(str(folder)) < LONGEST_SOCKET_FOLDER
    manager = ThisInterpreter(connection_file=str(folder / "kernel.json"), transport="ipc" if ipc else "tcp")
    if server is not None:
        manager.provisioner = ForkProvisioner(
            parent=manager, kernel_spec=manager.kernel_spec, kernel_id=folder.name, server=server
        )
    return manager


def _size(content: Mapping[str, Any]) -> int:
    """About how much a message adds to the notebook."""
    return (
        1000 + len(content.get("text", "")) + sum(len(str(part)) for part in content.get("data", {}).values())
    )


def _death(process: Any) -> str:
    return f"The kernel died while running this cell: it {how_it_ended(process.wait())}."


def _without_papermill_cells(notebook: NotebookNode) -> NotebookNode:
    added = {"papermill-error-cell-tag", "injected-parameters"}
    notebook.cells = [cell for cell in notebook.cells if added.isdisjoint(cell.metadata.get("tags", []))]
    return notebook


def _failure(error: Exception, executed: NotebookNode | None) -> Failure:
    cell, source = _last_started(executed)
    if isinstance(error, PapermillExecutionError):
        message, traceback = f"{error.ename}: {error.evalue}", "\n".join(error.traceback)
        return Failure(_portable(message), _portable(traceback), cell, source)
    if isinstance(error, ReportStopped):
        return Failure(str(error), "", cell, source)
    return Failure(_portable(f"{type(error).__name__}: {error}"), "", cell, source)


def _portable(text: str) -> str:
    """Without colours, and with paths that say nothing of whose machine it was: pages are sent around."""
    from nbconvert.filters import strip_ansi

    return (
        strip_ansi(text)
        .replace(f"{SUITE_FOLDER}{os.sep}", "")
        .replace(f"{Path.home()}{os.sep}", f"~{os.sep}")
    )


def _last_started(executed: NotebookNode | None) -> tuple[int | None, str]:
    cells = executed.cells if executed else []
    for index, cell in reversed(list(enumerate(cells))):
        if cell.cell_type == "code" and cell.metadata.get("papermill", {}).get("start_time"):
            return index, cell.source
    return None, ""
