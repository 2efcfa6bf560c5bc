"""Reports on the machines of a Dask cluster, refused where those would not make the same pages."""

import asyncio
import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from zs_analysis.files import source_below
from zs_analysis.loaders import DATA
from zs_analysis.quarter import NOTEBOOKS, made_with
from zs_analysis.reports.errors import ReportError

if TYPE_CHECKING:
    from distributed import Client

# Seconds in which a scheduler has to answer.
PATIENCE = 5
MEND = "Give all the same clone and data at the same paths, run uv sync --locked there, and start them again"


@contextmanager
def dask_executor(address: str, data: str | Path | None = None) -> Iterator[Executor]:
    """An executor that runs reports on a Dask cluster, for `zs_analysis.render`.

    Parameters
    ----------
    address : str
        Of the scheduler, like ``tcp://10.0.0.5:8786``.
    data : path, optional
        Folder of the data package of the reports; the embedded one if not given.

    Yields
    ------
    concurrent.futures.Executor

    Raises
    ------
    ReportError
        If the extra ``distributed`` is not installed, no scheduler answers at the address, the cluster has no
        worker, or a worker does not see what is here: the same notebooks and data at the same paths, the same
        library, packages and Python.

    Notes
    -----
    A report whose worker is lost runs again on another one.
    """
    with _client(address) as client:
        _check_workers(client, address, Path(data).resolve() if data else DATA)
        # Dask takes pure calls with equal arguments for one, though the notebook may have been edited.
        yield client.get_executor(pure=False)


def _client(address: str) -> "Client":
    try:
        from distributed import Client
    except ImportError as error:
        raise ReportError(
            "A scheduler needs Dask, which is not installed: uv sync --extra distributed, "
            "or pip install distributed."
        ) from error
    try:
        # A client that finds nobody blocks the end of the program. In a thread, as notebooks have a loop.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _greet(address)).result()
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception as error:  # whatever else listens there may answer anything
        raise ReportError(
            f"No Dask scheduler answers at {address}: {error}. "
            "Start one with dask scheduler, or mend the address."
        ) from error


async def _greet(address: str) -> None:
    from distributed.comm import connect

    comm = await connect(address, timeout=PATIENCE)
    await comm.close()


def _check_workers(client: "Client", address: str, data: Path) -> None:
    from distributed.versions import error_message

    versions = client.get_versions()
    if not versions["workers"]:
        raise ReportError(f"The Dask cluster at {address} has no worker. Start some: dask worker {address}")
    if told := error_message(versions["scheduler"], versions["workers"], versions["client"])["warning"]:
        raise ReportError(f"The Dask cluster at {address} is not like this machine; {MEND}.\n{told}")
    places = (("notebooks", NOTEBOOKS), ("data", data))
    here = seen(places)
    there = client.run(seen, places, on_error="return")
    if wrong := [f"{worker}: {what}" for worker, found in there.items() for what in differences(here, found)]:
        listed = "\n  ".join(sorted(wrong))
        raise ReportError(
            f"Workers of {address} would not make the same pages; nothing was run. {MEND}:\n  {listed}"
        )


def seen(places: Iterable[tuple[str, Path]]) -> dict[str, str]:
    """What a process makes reports from, each with its version or a digest.

    Parameters
    ----------
    places : iterable of tuple
        Names and folders that reports read.
    """
    made = made_with()
    packages = dict(line.rsplit(" ", 1) for line in made.pop("packages").splitlines())
    found = {"Python": platform.python_version()} | packages
    found |= {name: _digest(text) for name, text in made.items()}
    return found | {f"{name} in {folder}": _digest(source_below(folder)) for name, folder in places}


def differences(here: Mapping[str, str], there: Mapping[str, str] | BaseException) -> Iterator[str]:
    """What a worker has otherwise, a line each.

    Examples
    --------
    >>> list(differences({"pandas": "3.0.1", "data in /srv": "6a1f"}, {"pandas": "3.0.2"}))
    ['pandas is 3.0.2 there and 3.0.1 here', 'data in /srv is not there']
    """
    if isinstance(there, BaseException):
        yield f"cannot be asked: {type(there).__name__}: {there}"
        return
    for name, what in here.items():
        found = there.get(name, "")
        if not found:
            yield f"{name} is not there"
        elif found != what:
            yield f"{name} is {found} there and {what} here"


def _digest(text: str) -> str:
    """A few digits that tell one content from another; none of nothing."""
    return text and hashlib.sha256(text.encode()).hexdigest()[:8]
