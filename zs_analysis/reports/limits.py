"""What one report may take, and the end of those that take more."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from zs_analysis.reports.forks import ForkServer

GIB = 2**30
INTERVAL = 0.2
MOST_PROCESSES = 200


@dataclass(frozen=True)
class Limits:
    """Of one report with all the processes that it starts.

    Parameters
    ----------
    seconds : float
        From start to end.
    memory : int
        Bytes that it does not share with others (Linux: its proportional share, PSS).
    output : int
        Bytes that its cells display and print.
    """

    seconds: float = 1800
    memory: int = 4 * GIB
    output: int = 50 * 2**20


class Guard:
    """Watches a kernel while a block runs, and kills it with its children if it breaks its limits.

    Attributes
    ----------
    reason : str
        Why it was killed; empty if it was not.
    """

    def __init__(self, pid: int, limits: Limits) -> None:
        self.limits = limits
        self.reason = ""
        self._kernel = psutil.Process(pid)
        self._family = {self._kernel}
        self._output = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Guard:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._kill(self._family - {self._kernel})

    def count_output(self, size: int) -> bool:
        """Add to the output; whether it is still within the limit."""
        self._output += size
        if self._output > self.limits.output:
            self._stop(f"It wrote more than {self.limits.output >> 20} MB of output.")
        return not self.reason

    def _watch(self) -> None:
        end = time.monotonic() + self.limits.seconds
        # At once: a report may be over sooner than it would be looked at a first time.
        self._look()
        while not self.reason and not self._over.wait(min(INTERVAL, max(0, end - time.monotonic()))):
            if time.monotonic() >= end:
                self._stop(f"It took longer than {self.limits.seconds:g} seconds, the time limit.")
            else:
                self._look()

    def _look(self) -> None:
        with suppress(psutil.Error):
            family = {self._kernel, *self._kernel.children(recursive=True)}
            self._family = self._family | family
            if len(family) > MOST_PROCESSES:
                self._stop(f"It started more than {MOST_PROCESSES} processes.")
            # The plain sum counts shared pages in every process, but costs nothing.
            elif _resident(family) > self.limits.memory < _proportional(family):
                self._stop(f"It used more than {self.limits.memory >> 20} MB of memory, the memory limit.")

    def _stop(self, reason: str) -> None:
        self.reason = self.reason or reason
        with suppress(psutil.Error):
            self._family = self._family.union(self._kernel.children(recursive=True))
        self._kill(self._family)

    @staticmethod
    def _kill(family: set[psutil.Process]) -> None:
        for process in family:
            with suppress(psutil.Error):
                process.kill()


@contextmanager
def beside(function: Callable[[], object], server: ForkServer, limits: Limits) -> Iterator[None]:
    """While a block runs, let a process of its own run a function; nothing is raised for it."""
    try:
        process = server.call(function)
        guard = Guard(process.pid, limits)
    except (RuntimeError, psutil.NoSuchProcess):  # none could be had, or it has ended already
        yield
        return
    try:
        with guard:
            yield
    finally:
        process.send_signal(signal.SIGKILL)


def _resident(family: set[psutil.Process]) -> int:
    return sum(process.memory_info().rss for process in family)


def _proportional(family: set[psutil.Process]) -> int:
    infos = [process.memory_full_info() for process in family]
    return sum(getattr(info, "pss", info.uss) for info in infos)
