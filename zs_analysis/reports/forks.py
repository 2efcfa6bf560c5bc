"""Kernels forked from one process that has imported everything: ready at once, not after seconds."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe
from multiprocessing.reduction import send_handle
from pathlib import Path

KERNEL = Path(__file__).with_name("kernel.py")
# Elsewhere fork is missing (Windows) or unsafe beside system libraries (macOS), and so is what keepers need.
CAN_FORK = sys.platform == "linux"
# The same order of sets in every run. Reports run side by side, so linear algebra takes one thread each: more
# would wait for each other. Charts go to the cells, whatever the user's environment says.
FIXED_ENV = {
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    # The GNU C library keeps one heap and gives back what is free: kernels side by side need less.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    # pyarrow, which pandas imports, would start a thread, and a process to fork from must have one alone.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
START_TIMEOUT = 120
STOP_TIMEOUT = 10
DEAD = "The process that kernels are forked from has died."


def nothing() -> None:
    """What a server without preload runs."""


class ForkServer:
    """A process that kernels are forked from.

    It lives no longer than this object's process, even if that is killed, nor do its kernels and whatever
    they started. It is for one run: edits of a library are not seen by a process that has imported it.

    Parameters
    ----------
    preload : callable, optional
        Run in the new process before any kernel, to import modules and fill caches; a function of a module,
        or a `functools.partial` of one. It must start no threads. What it raises is left to the notebooks to
        meet.
    env : mapping
        Environment of the new process.
    """

    def __init__(self, preload: Callable[[], object] | None, env: Mapping[str, str]) -> None:
        self._preload = preload or nothing
        self._env = dict(env)
        self._lock = threading.Lock()
        self._control: Connection | None = None
        self._has_forked = False
        self._closed = False

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process if it is not there yet or has died, and do not wait for it. Not after `close`."""
        with self._lock:
            if self._closed:
                return
            if self._control is not None:
                if self._process.poll() is None:
                    return
                self._control.close()
            self._control, theirs = Pipe()
            with theirs:
                handle = theirs.fileno()
                self._process = subprocess.Popen(
                    [sys.executable, str(KERNEL), "--serve", str(handle)],
                    env=self._env,
                    pass_fds=[handle],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            self._control.send_bytes(pickle.dumps(self._preload))

    def fork(self, argv: list[str], env: Mapping[str, str], cwd: str | None) -> ForkedKernel:
        """A kernel of its own session, environment and working directory; returns once it listens.

        Raises
        ------
        RuntimeError
            The process or the new kernel died.
        """
        return self._forked_with({"argv": argv}, env, cwd)

    def call(self, function: Callable[[], object]) -> ForkedKernel:
        """A process that runs a function, given as `preload` is, and ends; returns once it is there.

        Raises
        ------
        RuntimeError
            The process or the new one died.
        """
        return self._forked_with({"call": pickle.dumps(function)}, self._env, None)

    def _forked_with(self, task: dict[str, object], env: Mapping[str, str], cwd: str | None) -> ForkedKernel:
        self.start()
        ours, theirs = Pipe()
        with theirs:
            ours.send(task | {"process": {"env": dict(env), "cwd": cwd}})
            try:
                with self._lock:
                    if self._closed:
                        raise RuntimeError(DEAD)
                    self._has_forked = True
                    send_handle(self._control, theirs.fileno(), self._process.pid)
            except OSError as error:
                raise RuntimeError(DEAD) from error
        return ForkedKernel(ours)

    def close(self) -> None:
        """End the process with all that came of it, and wait until they are gone; none comes after."""
        with self._lock:
            self._closed = True
            if self._control is not None:
                self._control.close()
                if not self._has_forked:  # nothing came of it yet, and it may be busy with its preload
                    self._process.kill()
                try:
                    self._process.wait(STOP_TIMEOUT)
                except subprocess.TimeoutExpired:  # it hangs in its preload
                    self._process.kill()
                    self._process.wait()


@contextmanager
def fork_server(preload: Callable[[], object] | None = None) -> Iterator[ForkServer | None]:
    """A server of kernels with the environment that reports run in; None where kernels cannot be forked.

    Parameters
    ----------
    preload : callable, optional
        As `ForkServer` takes it.
    """
    if not CAN_FORK:
        yield None
        return
    with ForkServer(preload, os.environ | FIXED_ENV) as server:
        yield server


class ForkedKernel:
    """A forked kernel as `LocalProvisioner` knows processes: the part of `subprocess.Popen` that it uses."""

    stdin = stdout = stderr = None

    def __init__(self, job: Connection) -> None:
        self._job = job
        self.returncode: int | None = None
        if not job.poll(START_TIMEOUT):
            raise RuntimeError(f"The kernel did not start within {START_TIMEOUT} seconds.")
        try:
            kind, self.pid = job.recv()
        except (EOFError, OSError) as error:
            raise RuntimeError(DEAD) from error
        if kind == "ended":
            raise RuntimeError(f"The kernel did not start; it {how_it_ended(self.pid)}.")

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        if self.returncode is None and self._job.poll():
            self.wait()
        return self.returncode

    def wait(self) -> int:
        """The exit code, once it and all that it started are gone."""
        if self.returncode is None:
            try:
                _, self.returncode = self._job.recv()
            except (EOFError, OSError):  # its keeper was killed
                self.returncode = -signal.SIGKILL
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Signal the kernel and its process group; SIGKILL ends all that it started."""
        with suppress(OSError):
            self._job.send(signum)
        if signum == signal.SIGKILL:
            self.wait()


def how_it_ended(code: int) -> str:
    """An exit code in words.

    Examples
    --------
    >>> how_it_ended(3)
    'ended itself with exit code 3'
    >>> how_it_ended(-11)
    'was killed by signal 11 (SIGSEGV), a crash in compiled code'
    >>> how_it_ended(-35)
    'was killed by signal 35 (a real-time signal)'
    """
    if code >= 0:
        return f"ended itself with exit code {code}"
    causes = {
        "SIGKILL": ", probably for lack of memory. Free memory or run fewer jobs at once",
        **dict.fromkeys(("SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL"), ", a crash in compiled code"),
    }
    names = {number.value: number.name for number in signal.Signals}
    name = names.get(-code, "a real-time signal")
    return f"was killed by signal {-code} ({name}){causes.get(name, '')}"
