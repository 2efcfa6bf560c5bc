"""Exit codes: 0 all good, 1 a report failed, 2 bad usage or bad data, 128 + n ended by signal n."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

FAILED, REFUSED = 1, 2


class Terminated(SystemExit):
    """The end of a process that was asked to end."""


def for_the_user(error: BaseException) -> bool:
    """Whether an error is one that its reader can mend: bad usage or bad data, told in words."""
    return isinstance(error, ValueError) and type(error).__module__.startswith("zs_analysis")


def exit_code(error: BaseException | None) -> int:
    """The exit code of a command that an error ends.

    Examples
    --------
    >>> exit_code(None), exit_code(KeyError()), exit_code(KeyboardInterrupt()), exit_code(SystemExit(143))
    (0, 1, 130, 143)
    """
    if error is None:
        return 0
    if isinstance(error, KeyboardInterrupt):
        return 128 + signal.SIGINT
    if isinstance(error, SystemExit) and isinstance(error.code, int):
        return error.code
    return REFUSED if for_the_user(error) else FAILED


@contextmanager
def terminable() -> Iterator[None]:
    """A block that SIGTERM ends as Ctrl-C does, with all its tidying up, and with exit code 143."""
    if threading.current_thread() is not threading.main_thread():  # it gets no signals
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _end(number: int, frame: FrameType | None) -> None:
    # a second one must not cut the tidying short; whoever cannot wait sends SIGKILL
    signal.signal(number, signal.SIG_IGN)
    raise Terminated(128 + number)
