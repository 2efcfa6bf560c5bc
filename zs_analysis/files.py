"""Files that are either the old one or the new one, never half of either."""

import contextlib
import errno
import hashlib
import io
import os
import re
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def source_below(folder: Path, besides: Path | None = None) -> str:
    """The files below a folder, each with its SHA-256, a line each; without bytecode and one folder in it."""
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and "__pycache__" not in path.parts
        and not (besides and path.is_relative_to(besides))
    ]
    return "\n".join(f"{path.relative_to(folder).as_posix()} {sha256(path)}" for path in paths)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose bytes become the file at `path` when the block ends well; else that file stays as it is.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    temporary = _temporary(path)
    try:
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def replace_together(contents: Mapping[Path, bytes]) -> None:
    """Write files of one folder; all are complete on disk before the first takes its place, in that order.

    Raises
    ------
    OSError
        A file cannot be written; the files that were there are untouched.
    """
    temporaries = {path: _temporary(path) for path in contents}
    try:
        for path, content in contents.items():
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "a folder of that name is in the way", str(path))
            with temporaries[path].open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for path, temporary in temporaries.items():
            temporary.replace(path)
    except BaseException:
        for temporary in temporaries.values():
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        raise
    _sync_folder(next(iter(contents)).parent)


def _temporary(path: Path) -> Path:
    # beside the file, and not by tempfile, which makes files that only their owner can read
    return path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")


def _sync_folder(folder: Path) -> None:
    # The new name lies in the folder: without this a power cut may forget it. Windows cannot open folders.
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def locked(path: Path, waiting: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Keep other processes that ask for the same folder or file waiting, who are told so by `waiting`.

    The system frees it when a process dies.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def clear_leftovers(path: Path) -> None:
    """Remove what a killed `replacing` of `path` left behind; only while the folder is `locked`."""
    for leftover in path.parent.glob(f".{path.name}.*.tmp"):
        leftover.unlink(missing_ok=True)


def timeless_zip(archive: bytes) -> bytes:
    """A zip file (workbook, letter) without the time of its making: the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z?", b"2000-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
