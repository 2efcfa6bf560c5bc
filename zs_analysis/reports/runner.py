"""Where the notebooks of one run or several wait for their turn, and run."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from jupyter_core.utils import ensure_event_loop

from zs_analysis.reports.events import Tell
from zs_analysis.reports.execute import Execution, run_notebook
from zs_analysis.reports.forks import ForkServer, fork_server
from zs_analysis.reports.fresh import of_cells, remember, remembered
from zs_analysis.reports.limits import Limits, beside


@dataclass(frozen=True)
class Job:
    """A notebook to run.

    Attributes
    ----------
    notebook : Path
    parameters : mapping
    recipe : mapping of str to str, optional
        Its `ingredients`, by which what it makes is remembered.
    groundwork : callable, optional
        Runs in a process of its own beside the notebook; see `render_notebooks`.
    """

    notebook: Path
    parameters: Mapping[str, object]
    recipe: Mapping[str, str] | None = None
    groundwork: Callable[[], object] | None = None

    @property
    def outcome(self) -> str:
        """What tells jobs apart that may come to different outputs."""
        return repr((self.notebook, sorted(self.parameters.items()), of_cells(self.recipe or {})))


class Runner:
    """Runs notebooks side by side, the first that is asked for first.

    Use it in a ``with`` block: at its end nothing runs any more. If an exception leaves the block, what is
    not done is given up.

    Parameters
    ----------
    jobs : int, optional
        Notebooks at a time; as many as there are processors by default. Not used with `executor`.
    executor : concurrent.futures.Executor, optional
        Runs the notebooks elsewhere, such as on a Dask cluster, which must see the same notebook paths.
    limits : Limits, optional
        What each notebook may take; the defaults of `Limits` if not given.
    server : ForkServer, optional
        Forks the kernels, from a process that may have imported what the notebooks need; one that has not is
        started if not given and kernels can be forked. Not used with `executor`.
    """

    def __init__(
        self,
        jobs: int | None = None,
        executor: Executor | None = None,
        limits: Limits | None = None,
        server: ForkServer | None = None,
    ) -> None:
        self._jobs = jobs or os.cpu_count() or 1
        self._executor, self._server = executor, server
        self._limits = limits or Limits()
        self._begun: dict[str, Future[Execution]] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        if self._executor is None:
            # Every notebook has a kernel process of its own, so threads are enough to wait for them, and
            # unlike processes they need no `if __name__ == "__main__":` in the caller's script.
            self._pool = self._open.enter_context(ThreadPoolExecutor(self._jobs))
            server = nullcontext(self._server) if self._server else fork_server()
            self._server = self._open.enter_context(server)
            self._open.enter_context(warnings.catch_warnings(action="ignore"))
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and self._executor is None:
            # After Ctrl-C or a full disk the rest is of no use; the end of the server ends what runs.
            self._pool.shutdown(wait=False, cancel_futures=True)
            if self._server is not None:
                self._server.close()
        self._open.close()

    def begin(self, job: Job, tell: Tell, *, force: bool = False) -> None:
        """Run a job that `submit` will be asked for with the same arguments, when there is room."""
        # an executor that is broken is told of there
        with suppress(BrokenExecutor):
            if job.outcome not in self._begun:
                self._begun[job.outcome] = self._started(job, tell, force)

    def submit(self, job: Job, tell: Tell, *, force: bool = False) -> Future[Execution]:
        """Run a job, unless it was begun before.

        Parameters
        ----------
        job : Job
        tell : callable
            Told of ``report_started`` (with an `executor`, handed over to it).
        force : bool
            Also where outputs of its ingredients are remembered.
        """
        return self._begun.pop(job.outcome, None) or self._started(job, tell, force)

    def _started(self, job: Job, tell: Tell, force: bool) -> Future[Execution]:
        if not force and job.recipe and (executed := remembered(job.notebook, job.recipe)):
            future: Future[Execution] = Future()
            future.set_result(Execution(job.notebook, 0.0, executed, None))
            return future
        if self._executor is None:
            future = self._pool.submit(self._run, job, tell)
        else:
            tell("report_started", report=job.notebook.stem)
            future = self._executor.submit(run_notebook, job.notebook, job.parameters, self._limits)
        if job.recipe is not None:
            # what ran need not run again, even if this process is killed before it publishes
            future.add_done_callback(lambda done: _remember(done, job.recipe))
        return future

    def _run(self, job: Job, tell: Tell) -> Execution:
        tell("report_started", report=job.notebook.stem)
        with ExitStack() as stack:
            # That of this thread of the pool: left open, it complains when the interpreter ends.
            stack.callback(lambda: ensure_event_loop().close())
            if job.groundwork and self._server and self._jobs > 1:
                stack.enter_context(beside(job.groundwork, self._server, self._limits))
            return run_notebook(job.notebook, job.parameters, self._limits, self._server)


def _remember(done: Future[Execution], recipe: Mapping[str, str]) -> None:
    if not done.cancelled() and done.exception() is None and done.result().failure is None:
        remember(done.result().executed, recipe)
