"""Which reports need not be made again, and which only need their page: by what they are made from."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zs_analysis.files import sha256
from zs_analysis.kept import folder_of_kept, forget_unused
from zs_analysis.reports.files import write_atomic

# What shows on a page and changes no output of a cell.
DISPLAY = ("text", "page")


def shared_ingredients(
    data_files: Sequence[Path], made_with: Mapping[str, str], seen: Mapping[Path, str]
) -> dict[str, str]:
    """What all reports of a run are made from, each with a digest of its content.

    Parameters
    ----------
    data_files : sequence of Path
        That the notebooks may read.
    made_with : mapping of str to str
        What the caller knows the notebooks to depend on, or a digest of it; a name that begins with ``page``
        is of what pages alone depend on.
    seen : mapping of Path to str
        Digests of data files of which notebooks see less than all; empty where they see nothing.

    Returns
    -------
    dict of str to str
        Sixteen hexadecimal digits for each, for each file of one name.
    """
    found = {name: _digest(content) for name, content in made_with.items()}
    for path in data_files:
        name, digest = f"data {path.name}", seen[path] if path in seen else sha256(path)
        if digest:
            found[name] = found.get(name, "") + digest[:16]
    return found


def ingredients(
    notebook: Path, parameters: Mapping[str, object], page: Mapping[str, object], shared: Mapping[str, str]
) -> dict[str, str]:
    """Everything that a report is made from, each with a digest of its content.

    Parameters
    ----------
    notebook : Path
        Its code and its text count apart.
    parameters : mapping
        That it runs with.
    page : mapping
        What the page is made with besides: its language, its head.
    shared : mapping of str to str
        From `shared_ingredients`.
    """
    import nbformat

    cells = nbformat.read(notebook, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    text = [cell.source for cell in cells if cell.cell_type != "code"]
    metadata = [(cell.id, cell.metadata) for cell in cells]
    return {
        "code": _digest(code),
        "text": _digest([text, metadata]),
        "parameters": _digest(dict(parameters)),
        "page": _digest(dict(page)),
        **shared,
    }


def why_stale(entry: Mapping[str, Any] | None, made_from: Mapping[str, str], out: Path) -> list[str]:
    """Why a report has to be made again; nothing where its pages are what they would become.

    Parameters
    ----------
    entry : mapping or None
        Of the report in the manifest.
    made_from : mapping
        Its `ingredients` now.
    out : Path
        Folder of the run.
    """
    if entry is None:
        return ["it was never made"]
    if entry["status"] != "ok":
        return [f"it was {entry['status']} last time"]
    before = entry.get("made_from") or {}
    changed = [name for name in made_from if before.get(name) != made_from[name]]
    gone = [name for name in before if name not in made_from]
    return [
        *(f"{name} changed" for name in changed),
        *(f"{name} is gone" for name in gone),
        *(f"{name} is missing or was edited" for name in spoilt(entry, out)),
    ]


def spoilt(entry: Mapping[str, Any], out: Path) -> list[str]:
    """Files of a report that are not as they were published."""
    return [
        known["file"]
        for known in (entry["page"], *entry["files"])
        if not (out / known["file"]).is_file() or sha256(out / known["file"]) != known["sha256"]
    ]


def remembered(notebook: Path, made_from: Mapping[str, str]) -> str | None:
    """The notebook with the outputs of an earlier run from the same ingredients; None if there is none.

    Its text is that of `notebook` now.
    """
    import nbformat

    try:
        path = _place(made_from)
        executed = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        os.utime(path)
    except (OSError, ValueError):
        return None
    now = nbformat.read(notebook, as_version=4)
    made = [cell for cell in executed.cells if cell.cell_type == "code"]
    for cell, done in zip([one for one in now.cells if one.cell_type == "code"], made, strict=True):
        cell.outputs, cell.execution_count = done.outputs, done.execution_count
    return nbformat.writes(now)


def remember(executed: str, made_from: Mapping[str, str]) -> None:
    """Keep an executed notebook for runs from the same ingredients, where a folder can be written."""
    path = _place(made_from)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomic(path, executed)
    except (OSError, ValueError):
        return
    forget_unused(path.parent)


def settled(state: object) -> bool:
    """Whether there is nothing to do in a state: what is asked for, what it is made from, what is there."""
    path = _settled(state)
    if not path.is_file():
        return False
    with contextlib.suppress(OSError):
        os.utime(path)
    return True


def settle(state: object) -> None:
    """Remember that there is nothing to do in a state, where a folder can be written."""
    path = _settled(state)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch()
        forget_unused(path.parent)


def _settled(state: object) -> Path:
    return folder_of_kept() / "settled" / _digest(state)


def of_cells(made_from: Mapping[str, str]) -> dict[str, str]:
    """The ingredients on which outputs of cells depend."""
    return {name: digest for name, digest in made_from.items() if not name.startswith(DISPLAY)}


def _place(made_from: Mapping[str, str]) -> Path:
    return folder_of_kept() / "executed" / f"{_digest(of_cells(made_from))}.ipynb"


def _digest(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
