"""Heavy results that are made once: by whichever report, run or session needs them first."""

import contextlib
import importlib.metadata
import os
import pickle
import platform
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from zs_analysis.files import SHIPPED, locked, replacing, source_below

T = TypeVar("T")
FOLDER = "ZS_ANALYSIS_CACHE"
# What takes part in the results besides our own code.
LIBRARIES = ("hierarchicalforecast", "numpy", "pandas", "scipy", "statsmodels")
DAYS_UNUSED = 30


def kept(make: Callable[..., T], *arguments: object) -> T:
    """What a pure function makes of its arguments, from the disk if it was made before.

    Parameters
    ----------
    make : callable
        A function of a module of this package, whose result depends on nothing but its arguments and can be
        pickled.
    *arguments
        Compared by content, or by their ``digest`` if they have one.

    Returns
    -------
    object
        A result found on disk was made by the same code, the same libraries and the same Python. Who asks
        while another process is making it waits for that one.

    Notes
    -----
    Results lie in the user's cache folder, or in that of the environment variable ``ZS_ANALYSIS_CACHE``, and
    leave it after 30 days without use. Where nothing can be written the result is made each time.
    """
    path = _place(make, arguments)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = path.with_suffix(".lock")
        lock.touch()
    except OSError:
        return make(*arguments)
    with locked(lock):
        if found := _stored(path):
            return found[0]
        made = make(*arguments)
        _store(path, made)
    return made


def is_kept(make: Callable[..., object], *arguments: object) -> bool:
    """Whether `kept` has a result for these arguments."""
    return _place(make, arguments).exists()


def _place(make: Callable[..., object], arguments: tuple[object, ...]) -> Path:
    name = make.__qualname__.strip("_")
    told = [getattr(argument, "digest", argument) for argument in arguments]
    return folder_of_kept() / f"{name}-{digest_of(CODE, make.__module__, name, told)}.pickle"


def digest_of(*content: object) -> str:
    """Tells values apart by their content alone, whether or not equal strings in them are one object, say."""
    from joblib import hash as content_of

    return content_of(content, "sha1")


def folder_of_kept() -> Path:
    """Where results are kept: the user's cache folder, or that of ``ZS_ANALYSIS_CACHE``."""
    if folder := os.environ.get(FOLDER):
        return Path(folder)
    from platformdirs import user_cache_path

    return user_cache_path("zs-analysis")


def _stored(path: Path) -> tuple[object, ...]:
    """The result at a path; none where there is none that can be read."""
    try:
        with path.open("rb") as stream:
            found = pickle.load(stream)
        os.utime(path)
    except Exception:  # cut short, say: as good as none
        return ()
    return (found,)


def _store(path: Path, made: object) -> None:
    with contextlib.suppress(OSError), replacing(path) as stream:
        pickle.dump(made, stream, protocol=pickle.HIGHEST_PROTOCOL)
    forget_unused(path.parent)


@cache
def forget_unused(folder: Path) -> None:
    """Remove what lies in a folder of kept results and was not used for a month; once a process."""
    oldest = time.time() - DAYS_UNUSED * 86400
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def _code() -> str:
    """This package's source but for the makers of pages, and what it computes with."""
    folder = Path(__file__).parent
    versions = [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]
    source = source_below(folder, besides=[folder / "reports", folder / SHIPPED])
    return "\n".join([platform.python_version(), platform.machine(), *versions, source])


# On import: what is edited later is not what runs here.
CODE = _code()
