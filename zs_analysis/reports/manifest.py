"""The record of a run: what was run, on what, with what, and what came out."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zs_analysis.files import sha256
from zs_analysis.reports.files import write_atomic
from zs_analysis.reports.page import DISTRIBUTION

NAME = "manifest.json"


def git_state(folder: Path) -> dict[str, object] | None:
    """Tell which commit the files in `folder` belong to.

    Parameters
    ----------
    folder : Path
        Any folder.

    Returns
    -------
    dict or None
        `commit`, `dirty` (the tree differs from the commit, new files included) and `root`; None outside git.
    """
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
        As given on the command line.
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
        "platform": platform.platform(),
        "packages": package_versions(),
        "notebooks": [_content(path, root) for path in notebooks],
        "data": [_content(path, root) for path in data_files],
    }


def package_versions() -> dict[str, str]:
    """Return the installed versions of this package and of those it declares to need."""
    try:
        required = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        required = ["papermill", "nbconvert", "ipykernel"]
    names = sorted({re.match(r"[\w.-]+", line)[0] for line in required if "extra ==" not in line})
    return {name: version for name in [DISTRIBUTION, *names] if (version := _version(name))}


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def read(folder: Path) -> dict[str, Any] | None:
    """Read the manifest in `folder`; None if there is none that can be read."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and isinstance(manifest.get("reports"), list) else None


def runs_below(root: Path, besides: Path | None = None) -> list[dict[str, Any]]:
    """The manifests of all runs one or two folders below `root`, but for that of one folder."""
    found = sorted([*root.glob(f"*/{NAME}"), *root.glob(f"*/*/{NAME}")])
    return [run for path in found if path.parent != besides and (run := read(path.parent)) is not None]


def write(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Write the manifest into `folder` and return its path."""
    write_atomic(folder / NAME, json.dumps(manifest, ensure_ascii=False, indent=2, default=str) + "\n")
    return folder / NAME


def page_facts(page: Path) -> dict[str, object] | None:
    """Return name, size and hash of a published page; None if there is no such page."""
    if not page.is_file():
        return None
    return {"file": page.name, "bytes": page.stat().st_size, "sha256": sha256(page)}


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
