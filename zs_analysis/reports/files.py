"""Files that are either the old one or the new one, never half of either."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from pathlib import Path

from zs_analysis.reports.errors import ReportError


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_writable(folder: Path) -> None:
    """Make `folder` if needed and prove that a file can be written there.

    Raises
    ------
    ReportError
        It cannot; the message names the folder and the reason.
    """
    probe = folder / f".{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ReportError(
            f"Cannot write reports into {folder}: {error.strerror}. Nothing was run. "
            "Choose another folder or make this one writable."
        ) from error


def write_atomic(path: Path, text: str) -> None:
    """Write `text` to `path` so that a reader, a full disk or a crash never sees half a file.

    Raises
    ------
    ReportError
        The file cannot be written; what was at `path` before is still there.
    """
    # open() and not tempfile: the latter makes files that only their owner can read.
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise ReportError(
            f"Cannot write {path}: {error.strerror}. Any earlier file there is untouched."
        ) from error
