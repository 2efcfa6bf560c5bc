"""A kernel for one report, fresh or forked from a process that has imported everything already.

Run as a script by path, never imported: `reports` itself would bring nbconvert and papermill along.
`kernel.py -f FILE` is a fresh kernel. `kernel.py --serve FD` (Linux) forks a kernel whenever it is sent a
connection. This process stays at one thread, as a fork copies no other; and it must not import
`matplotlib_inline.backend_inline`, whose hooks each shell registers on import: charts would vanish.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import pickle
import random
import signal
import sys
from importlib import import_module
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle
from typing import ClassVar

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SEED = 0
# What ipykernel otherwise imports in each kernel.
IMPORTED_AT_START = (
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "sqlite3",
    "tornado.platform.asyncio",
)


def import_kernel() -> type:
    """The class of kernels, without the debugger, which no report needs and which takes half of the start."""
    sys.modules["debugpy"] = None
    for name in IMPORTED_AT_START:
        import_module(name)
    from ipykernel import ipkernel
    from ipykernel.kernelapp import IPKernelApp

    del sys.modules["debugpy"]
    ipkernel.sys = WithoutModules()
    return IPKernelApp


class WithoutModules:
    """`sys` for ipykernel, which lists the files of all modules for the debugger.

    That alone would give each kernel ten megabytes of its own.
    """

    modules: ClassVar[dict] = {}

    def __getattr__(self, name: str) -> object:
        return getattr(sys, name)


def run_kernel(argv: list[str], ready: Connection | None = None) -> None:
    """Be a kernel until it is shut down."""
    import numpy as np
    from traitlets.config import Config

    IPKernelApp = import_kernel()

    class ReportKernel(IPKernelApp):
        def init_iopub(self, context: object) -> None:
            # Beyond this many waiting outputs zmq drops new ones in silence (nteract/papermill#426).
            context.sndhwm = 0
            super().init_iopub(context)

        def parse_command_line(self, argv: list[str] | None = None) -> None:
            """Nothing: what it would find is known, and making the parser takes a quarter of the start."""

        def load_config_file(self, suppress_errors: bool | None = None) -> None:
            """Nothing: what this machine's IPython is told to do is not for reports."""

    random.seed(SEED)
    np.random.seed(SEED)
    # 1: its keeper watches over it, so it need not watch its parent, nor tell how to stop it.
    # What it logs would stand in the user's terminal: of a transport that others may read, say, or of the
    # interrupt with which its client ends it.
    app = ReportKernel.instance(
        connection_file=argv[argv.index("-f") + 1],
        log_level="CRITICAL",
        # The sleep lets output out before the reply, but our clients wait until all output is there.
        config=Config({"HistoryManager": {"hist_file": ":memory:"}, "IPythonKernel": {"_execute_sleep": 0}}),
        **({"parent_handle": 1} if ready else {}),
    )
    app.initialize([])
    if ready is not None:
        _tell_ready(ready)
    app.start()


def _tell_ready(ready: Connection) -> None:
    with contextlib.suppress(OSError):  # who asked was killed; the keeper, who sees it too, ends this process
        ready.send(("ready", os.getpid()))
    ready.close()


def serve(control: Connection) -> tuple[dict, Connection] | None:
    """Fork a keeper with a kernel for each connection that comes, until there come no more.

    Returns
    -------
    tuple or None
        In the process that is to do something: the request and where to say that it is there.
    """
    gc.disable()  # while all that is made is to stay
    _preload(control.recv_bytes())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    alive, server_lives = os.pipe()
    gc.freeze()
    while True:
        try:
            handle = recv_handle(control)
        except EOFError:
            break
        if os.fork() == 0:
            control.close()
            os.close(server_lives)
            return _keep(Connection(handle), alive)
        os.close(handle)
    os.close(server_lives)
    with contextlib.suppress(ChildProcessError):
        os.wait()  # returns when all keepers have gone
    return None


def _preload(pickled: bytes) -> None:
    # First, as the parent may wait for it. Whatever is wrong with it, a report that needs it meets the same
    # error and shows it on its own page.
    with contextlib.suppress(Exception):
        pickle.loads(pickled)()

    import psutil  # noqa: F401

    import_kernel()


def _keep(job: Connection, alive: int) -> tuple[dict, Connection]:
    """Be the parent of one kernel, and see that nothing which it started outlives it."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request, keeper = job.recv(), os.getpid()
    kernel = os.fork()
    if kernel == 0:
        # Nobody else would end it if the keeper were killed, now or already.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != keeper:
            os._exit(1)
        os.close(alive)
        gc.enable()
        _become(**request["process"])
        return request, job
    ended = os.pidfd_open(kernel)
    while True:
        ready = wait([job, alive, ended])
        if ended in ready or alive in ready:
            break
        try:
            signum = job.recv()
        except (EOFError, OSError):
            break
        if signum == signal.SIGKILL:
            break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(kernel, signum)
    code = _end_descendants(kernel)
    with contextlib.suppress(OSError):
        job.send(("ended", code))
    os._exit(0)


def _become(env: dict[str, str], cwd: str | None) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    if cwd is not None:
        os.chdir(cwd)


def _end_descendants(kernel: int) -> int:
    """Kill all that is left, orphans too, which fall to this process; the kernel's exit code."""
    import psutil

    code = 0
    with contextlib.suppress(ChildProcessError):  # none is left
        while True:
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            pid, status = os.wait()
            while pid:
                if pid == kernel:
                    code = os.waitstatus_to_exitcode(status)
                pid, status = os.waitpid(-1, os.WNOHANG)
    return code


def main() -> None:
    """Be a fresh kernel, or serve forked ones."""
    del sys.path[0]  # the folder of this script; the shell adds the kernel's working directory
    argv = sys.argv[1:]
    if argv[0] != "--serve":
        return run_kernel(argv)
    os.set_inheritable(int(argv[1]), False)
    if forked := serve(Connection(int(argv[1]))):
        request, ready = forked
        if "call" in request:
            call(request["call"], ready)
        else:
            run_kernel(request["argv"], ready)
    return None


def call(pickled: bytes, ready: Connection) -> None:
    """Run a function; whatever is wrong with it, a report that needs what it makes meets the same error."""
    _tell_ready(ready)
    with contextlib.suppress(Exception):
        pickle.loads(pickled)()


if __name__ == "__main__":
    main()
