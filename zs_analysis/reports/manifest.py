"""The record of a run: what was run, on what, with what, and what came out."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from zs_analysis.files import sha256
from zs_analysis.reports.errors import ReportError

DISTRIBUTION = "zs-analysis"
NAME = "manifest.json"
# Leads to a run, and is none itself.
LATEST = "latest"


def git_state(folder: Path) -> dict[str, object] | None:
    """Tell which commit the files in `folder` belong to, if git keeps them.

    Parameters
    ----------
    folder : Path
        Any folder.

    Returns
    -------
    dict or None
        `commit`, `dirty` (the tree differs from the commit, new files included) and `root`; None where
        git keeps no file of the folder: a library installed inside somebody's project is no part of it.
    """
    if not _git(folder, "ls-files", "--", "."):
        return None
    commit, root = _git(folder, "rev-parse", "HEAD"), _git(folder, "rev-parse", "--show-toplevel")
    if not commit or not root:
        return None
    return {"commit": commit, "dirty": bool(_git(folder, "status", "--porcelain")), "root": Path(root)}


def describe_run(
    notebooks: Sequence[Path], data_files: Sequence[Path], parameters: Mapping[str, object], lang: str
) -> dict[str, Any]:
    """Record everything that the results depend on; call it before the first notebook runs.

    Parameters
    ----------
    notebooks, data_files : sequence of Path
        Recorded by content. Paths inside the git tree are written relative to it.
    parameters : mapping
        As given on the command line, without paths of this machine.
    lang : str
        Language of the pages.

    Returns
    -------
    dict
        The manifest without its results.
    """
    git = git_state(Path(notebooks[0]).resolve().parent)
    root = git.pop("root") if git else None
    return {
        "started": now(),
        "lang": lang,
        "parameters": dict(parameters),
        "git": git,
        "python": platform.python_version(),
        # not the release of the kernel, on which nothing depends
        "platform": " ".join([platform.system(), platform.machine(), *platform.libc_ver()]).strip(),
        "packages": package_versions(),
        "notebooks": [_content(path, root) for path in notebooks],
        "data": [_content(path, root) for path in data_files],
    }


@cache
def package_versions() -> dict[str, str]:
    """Return the installed versions of this package and of those it declares to need."""
    try:
        required = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        required = ["papermill", "nbconvert", "ipykernel"]
    names = sorted({re.match(r"[\w.-]+", line)[0] for line in required if "extra ==" not in line})
    return {name: version for name in [DISTRIBUTION, *names] if (version := _version(name))}


def now() -> str:
    """Return the time in UTC, to the second: that of the variable ``SOURCE_DATE_EPOCH``, if it is set.

    Raises
    ------
    ReportError
        The variable is not a number of seconds since 1970.

    References
    ----------
    https://reproducible-builds.org/specs/source-date-epoch/
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        time = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ReportError(f"SOURCE_DATE_EPOCH takes whole seconds since 1970; got {epoch!r}.") from error
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")


def read(folder: Path) -> dict[str, Any] | None:
    """Read the manifest in `folder`; None if there is none that can be read."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and isinstance(manifest.get("reports"), list) else None


def of_run(folder: Path, purpose: str) -> dict[str, Any]:
    """Read the manifest in a folder that a user named.

    Raises
    ------
    ReportError
        There is none that can be read.
    """
    if (run := read(folder)) is None:
        raise ReportError(
            f"{folder} has no {NAME} to {purpose}; name the folder of a run, like outputs/2023Q4."
        )
    return run


def run_folders(root: Path) -> list[Path]:
    """Folders of runs, one or two below `root`; not again those that the link `latest` leads to."""
    found = [*root.glob(f"*/{NAME}"), *root.glob(f"*/*/{NAME}")]
    return sorted(path.parent for path in found if path.relative_to(root).parts[0] != LATEST)


def runs_below(root: Path, besides: Path | None = None) -> list[dict[str, Any]]:
    """The manifests of all runs one or two folders below `root`, but for that of one folder."""
    found = [read(folder) for folder in run_folders(root) if folder != besides]
    return [run for run in found if run is not None]


def encoded(manifest: Mapping[str, Any]) -> bytes:
    """The bytes of a manifest's file."""
    return (json.dumps(manifest, ensure_ascii=False, indent=2, default=str) + "\n").encode()


def file_facts(name: str, content: bytes) -> dict[str, object]:
    """Name, size and hash of a file."""
    return {"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _content(path: Path, root: Path | None) -> dict[str, str]:
    absolute = Path(path).resolve()
    shown = absolute.relative_to(root) if root and absolute.is_relative_to(root) else Path(path.name)
    return {"path": Path(shown).as_posix(), "sha256": sha256(absolute)}


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _git(folder: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
