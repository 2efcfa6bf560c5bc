"""A folder for the time of one report; where the process is killed, the next run clears it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psutil

from zs_analysis.files import in_use, locked

NAME = re.compile(r"zs-(\d+)-\w+")


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of its own, removed at the end."""
    _clear(tempfile.gettempdir())
    with (
        tempfile.TemporaryDirectory(prefix=f"zs-{os.getpid()}-", ignore_cleanup_errors=True) as folder,
        locked(Path(folder)),
    ):
        yield Path(folder)


@cache
def _clear(place: str) -> None:
    """Remove folders whose process is gone; once in this one."""
    for folder in Path(place).glob("zs-*"):
        owner = NAME.fullmatch(folder.name)
        # The lock tells of processes that another container with the same temporary folder hides.
        if owner and not psutil.pid_exists(int(owner[1])) and not in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)
