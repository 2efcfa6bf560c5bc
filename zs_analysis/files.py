"""Files that are either the old one or the new one, never half of either."""

import contextlib
import errno
import hashlib
import io
import os
import re
import threading
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

LOCK = ".lock"
# Where the wheel puts data and notebooks (pyproject.toml).
SHIPPED = "shipped"
LEFTOVER = re.compile(r"\..+\.\d+-\d+\.tmp")


def shipped(name: str) -> Path:
    """A folder that comes with the library: inside it where it is installed, beside it in a checkout."""
    inside = Path(__file__).parent / SHIPPED / name
    return inside if inside.is_dir() else Path(__file__).parents[1] / name


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of_now(path: Path) -> str:
    """The same, from memory where the file was not written to since."""
    state = path.stat()
    return _sha256_as_of(path, state.st_ino, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=1024)
def _sha256_as_of(path: Path, *state: int) -> str:
    return sha256(path)


def source_below(folder: Path, besides: Collection[Path] = ()) -> str:
    """The files below a folder, a line each with its SHA-256; without bytecode and some folders."""
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and not any(map(path.is_relative_to, besides))
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


def replace_together(contents: Mapping[Path, bytes], gone: Iterable[Path] = ()) -> None:
    """Write files of one folder; all are complete on disk before the first takes its place, in that order.

    Parameters
    ----------
    contents : mapping of Path to bytes
    gone : iterable of Path
        Files that are not to be there any more; they go before the new ones take their places.

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
        for path in gone:
            path.unlink(missing_ok=True)
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
def locked(place: Path, waiting: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Keep other processes that ask for the same folder or file waiting; a process that dies frees it.

    Parameters
    ----------
    place : Path
    waiting : callable
        Called before waiting for another process.

    Raises
    ------
    OSError
        It cannot be locked.
    """
    if fcntl is None:
        yield
        return
    handle = _lock(place, waiting)
    try:
        yield
    finally:
        # not by closing alone: a process that was forked meanwhile has the handle too
        fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)


def _lock(place: Path, waiting: Callable[[], object]) -> int:
    handle = os.open(place, os.O_RDONLY if place.is_dir() else os.O_RDWR)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:
        os.close(handle)
        if not place.is_dir():
            raise
        # NFS locks only what is open for writing, which no folder can be: flock(2)
        (place / LOCK).touch()
        return _lock(place / LOCK, waiting)
    return handle


def in_use(folder: Path) -> bool:
    """Whether a process keeps a folder `locked`; a folder that cannot be opened counts as in use."""
    if fcntl is None:
        return False
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def switch_link(link: Path, target: str) -> None:
    """Have a symbolic link lead to `target`, without a moment in which it leads nowhere.

    Raises
    ------
    OSError
        Links cannot be made here.
    """
    temporary = _temporary(link)
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target, target_is_directory=True)
    temporary.replace(link)
    _sync_folder(link.parent)


def clear_leftovers(folder: Path) -> None:
    """Remove what killed writers left in a folder; only while all who write there keep it `locked`."""
    for path in folder.glob(".*.tmp"):
        if LEFTOVER.fullmatch(path.name):
            path.unlink(missing_ok=True)


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
