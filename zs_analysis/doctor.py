"""What this machine has of what the suite needs, and how to get the rest."""

from __future__ import annotations

import importlib.metadata
import locale
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import zs_analysis as zs
from zs_analysis.files import fcntl, shipped
from zs_analysis.reports.manifest import DISTRIBUTION

CELL_LIMIT_S = 120
RUN_MB, DISK_MB = 700, 100
ABOVE = "mend what is named above first"
CHARACTERS = "舟山‘’亿"
# By name, the option of `render` that wants it.
EXTRAS = {"distributed": "--scheduler", "notify": "--notify"}
TOOLS = {
    "git": ("the manifest of a run names the commit", "install git"),
    "chromium": ("tests open pages in a browser, and skip without", "install Chromium (Debian: chromium)"),
    "pdftotext": ("tests read printed pages, and skip without", "install Poppler (Debian: poppler-utils)"),
}


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes
    ----------
    name : str
    state : {"ok", "optional", "missing"}
        ``optional``: all works without it, or works in another way; ``missing``: something will fail.
    says : str
        What was found.
    remedy : str
        How to get what is missing; empty where nothing is.
    """

    name: str
    state: Literal["ok", "optional", "missing"]
    says: str
    remedy: str = ""

    def __str__(self) -> str:
        then = f"\n{'':21}-> {self.remedy}" if self.remedy else ""
        return f"{self.state:9}{self.name:12}{self.says}{then}"


def examine(data: Path | None = None, out: Path = Path("outputs")) -> Iterator[Finding]:
    """Look at this machine, one thing after another.

    Parameters
    ----------
    data : Path, optional
        Folder of another data package than the embedded one.
    out : Path
        Where reports are to go.

    Yields
    ------
    Finding
        At once when it is known; the last ones take seconds.
    """
    looks = {
        "Python": _python,
        "packages": _packages,
        "processes": _processes,
        "X-13": _x13,
        "text": _text,
        "memory": _memory,
        "cache": _cache,
        "outputs": partial(_folder, "outputs", out.resolve(), "missing", "choose another with --out"),
        "tools": _tools,
        "data": partial(_data, data),
        "kernel": _kernel,
    }
    for name, look in looks.items():
        # Where a package is absent, a look may break: that is a finding too, and the others go on.
        try:
            yield from look()
        except Exception as error:
            yield Finding(name, "missing", f"{type(error).__name__}: {error}", ABOVE)


def _python() -> Iterator[Finding]:
    system = f"{platform.system()} {platform.machine()}"
    yield Finding("Python", "ok", f"{platform.python_version()} on {system}, {sys.executable}")


def _packages() -> Iterator[Finding]:
    """The declared packages in the versions declared; those of extras may be absent."""
    needed = importlib.metadata.requires(DISTRIBUTION) or []
    always = _wanted(needed, extra="")
    if lacking := [line for line in always if not _installed(line)]:
        remedy = f"{_install(lacking)}; in a checkout: rm .venv/ready && make .venv/ready"
        yield Finding("packages", "missing", f"{len(lacking)} of {len(always)} absent or too old", remedy)
    else:
        yield Finding("packages", "ok", f"all {len(always)} installed")
    for extra, option in EXTRAS.items():
        of_extra = [line for line in _wanted(needed, extra) if line not in always]
        if all(map(_installed, of_extra)):
            yield Finding(extra, "ok", "installed")
        else:
            yield Finding(extra, "optional", f"not installed: render {option} needs it", _install(of_extra))


def _wanted(needed: list[str], extra: str) -> list[str]:
    """Of the requirements those that hold on this system with an extra."""
    from packaging.requirements import Requirement

    markers = {line: Requirement(line).marker for line in needed}
    return [line for line, marker in markers.items() if marker is None or marker.evaluate({"extra": extra})]


def _installed(line: str) -> bool:
    from packaging.requirements import Requirement

    requirement = Requirement(line)
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(version, prereleases=True)


def _install(lines: list[str]) -> str:
    return "pip install " + " ".join(f'"{line.partition(";")[0].strip()}"' for line in lines)


def _processes() -> Iterator[Finding]:
    from zs_analysis.reports.forks import CAN_FORK

    if CAN_FORK:
        yield Finding("processes", "ok", "reports are forked from one process")
    else:
        says = "each report starts an interpreter of its own: the same pages, some seconds later"
        yield Finding("processes", "optional", says)
    if not fcntl:
        says = "this system has none: let one run at a time write to a folder"
        yield Finding("locks", "optional", says)


def _x13() -> Iterator[Finding]:
    from zs_analysis.metrics.seasonal.x13 import x13_program

    if program := x13_program():
        yield Finding("X-13", "ok", str(program))
    else:
        yield Finding("X-13", "optional", "no X-13ARIMA-SEATS for this system: adjust with method='stl'")


def _text() -> Iterator[Finding]:
    encoding = sys.stdout.encoding or locale.getpreferredencoding()
    try:
        CHARACTERS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        says = f"{encoding} has no Chinese: messages fail or read as question marks"
        yield Finding("text", "missing", says, "set the environment variable PYTHONUTF8=1")
    else:
        yield Finding("text", "ok", encoding)


def _memory() -> Iterator[Finding]:
    import psutil

    free = psutil.virtual_memory().available // 2**20
    says = f"{free:,} MB free, {os.cpu_count()} cores"
    if free >= RUN_MB:
        yield Finding("memory", "ok", says)
    else:
        yield Finding("memory", "missing", says, f"a run wants {RUN_MB} MB; render --jobs 1 takes less")


def _cache() -> Iterator[Finding]:
    from zs_analysis.kept import FOLDER, folder_of_kept

    remedy = f"until {FOLDER} names a folder that can be written to, heavy results are made anew"
    yield from _folder("cache", folder_of_kept(), "optional", remedy)


def _folder(name: str, folder: Path, state: Literal["optional", "missing"], remedy: str) -> Iterator[Finding]:
    """Whether files can be written to a folder, which is not made for that, and whether the disk has room."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free // 2**20
    except OSError as error:
        yield Finding(name, state, f"{folder}: {error.strerror}", remedy)
    else:
        room = free >= DISK_MB
        yield Finding(name, "ok" if room else state, f"{folder}, {free:,} MB free", "" if room else remedy)


def _tools() -> Iterator[Finding]:
    for name, (use, remedy) in TOOLS.items():
        found = shutil.which(name)
        yield Finding(name, "ok", found) if found else Finding(name, "optional", f"not found: {use}", remedy)


def _data(data: Path | None) -> Iterator[Finding]:
    failures = zs.validate(data)
    folder = data or shipped("data")
    if len(failures):
        named = f" --data {data}" if data else ""
        says = f"{len(failures)} failures in {folder}"
        yield Finding("data", "missing", says, f"zs-analysis validate{named} lists them")
        return
    quarter, day = zs.loaders.newest_quarter(data)
    yield Finding("data", "ok", f"{folder}; newest quarter {quarter}, known on {day}")


def _kernel() -> Iterator[Finding]:
    """Run a notebook: kernels need sockets, a home and temporary files, which machines may refuse."""
    import nbformat

    from zs_analysis.reports.execute import run_notebook
    from zs_analysis.reports.limits import Limits

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import zs_analysis")])
    with tempfile.TemporaryDirectory(prefix="zs-doctor-") as folder:
        path = Path(folder, "doctor.ipynb")
        nbformat.write(notebook, path)
        run = run_notebook(path, {}, Limits(seconds=CELL_LIMIT_S))
    if run.failure:
        remedy = "allow local sockets, and see whether the temporary folder can be written to"
        yield Finding("kernel", "missing", run.failure.message, remedy)
    else:
        yield Finding("kernel", "ok", f"a notebook ran in {run.seconds:.1f} s")
