"""Pages that are either the old one or the new one, and errors that name the folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from zs_analysis.files import clear_leftovers, locked, replace_together, replacing
from zs_analysis.reports.errors import ReportError


def check_writable(folder: Path, root: Path) -> None:
    """Make `folder` if needed and prove that a file can be written there; clear what killed runs left.

    `root` is `folder` or above it; whoever writes below keeps it locked.

    Raises
    ------
    ReportError
        It cannot; the message names the folder and the reason.
    """
    probe = folder / f".probe.{os.getpid()}-0.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(root):
            for place in {folder, root}:
                clear_leftovers(place)
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
    try:
        with replacing(path) as stream:
            stream.write(text.encode())
    except OSError as error:
        raise ReportError(
            f"Cannot write {path}: {error.strerror}. Any earlier file there is untouched."
        ) from error


def write_together(contents: Mapping[Path, bytes], gone: Iterable[Path] = ()) -> None:
    """Write files of one folder so that a full disk leaves all the old ones; the last takes its place last.

    Files of `gone` are not to be there any more.

    Raises
    ------
    ReportError
        A file cannot be written; what was at the paths before is still there.
    """
    try:
        replace_together(contents, gone)
    except OSError as error:
        raise ReportError(
            f"Cannot write {', '.join(path.name for path in contents)} into {next(iter(contents)).parent}: "
            f"{error.strerror}. Any earlier files there are untouched."
        ) from error
