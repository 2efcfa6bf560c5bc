"""Making published reports again and comparing them: same inputs, same bytes, and if not, what differs."""

import difflib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import html

from zs_analysis.files import sha256
from zs_analysis.kept import FOLDER
from zs_analysis.quarter import package_of, render
from zs_analysis.reports import manifest
from zs_analysis.reports.errors import ReportError
from zs_analysis.reports.publish import ReportResult
from zs_analysis.reports.render import RenderResult

# Lines of a page that are shown where it differs.
MOST_LINES = 6


@dataclass(frozen=True)
class Verification:
    """What came of making the reports of a folder again.

    Attributes
    ----------
    same : tuple of str
        Files that came out byte by byte as they are.
    differences : tuple of str
        A sentence for each file that did not, or that is not as it was published.
    causes : tuple of str
        What is not as it was when the reports were made: code, data, packages.
    """

    same: tuple[str, ...]
    differences: tuple[str, ...]
    causes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every file is what comes out now."""
        return not self.differences


def verify(folder: str | Path, jobs: int | None = None) -> Verification:
    """Make the published reports of a folder again, from nothing, and compare byte by byte.

    Parameters
    ----------
    folder : path
        Of one run and language, such as ``outputs/2023Q4``; nothing in it is changed.
    jobs : int, optional
        Reports at a time; one a core if not given.

    Returns
    -------
    Verification

    Raises
    ------
    ReportError
        If there is no manifest in the folder, or none of its reports is published.
    """
    folder = Path(folder)
    run = manifest.of_run(folder, "verify")
    entries = {entry["name"]: entry for entry in run["reports"] if entry["status"] == "ok" and entry["page"]}
    if not entries:
        raise ReportError(f"{folder} has no published report to verify.")
    with tempfile.TemporaryDirectory(prefix="zs-verify-") as place, _nothing_kept(Path(place, "kept")):
        made = {}
        for names, parameters in _orders(entries):
            override = {name: reason for name in names if (reason := _override(entries[name]))}
            data = package_of(parameters, _root(folder, run))
            result = _again(names, parameters, data, Path(place), jobs, override)
            made |= {report.name: report for report in result.reports}
            now = manifest.read(result.out)
        found = [line for name, entry in entries.items() for line in _compared(folder, entry, made[name])]
    same = tuple(file for file, problem in found if not problem)
    return Verification(same, tuple(problem for _, problem in found if problem), tuple(_causes(run, now)))


@contextmanager
def _nothing_kept(folder: Path) -> Iterator[None]:
    """From nothing: results of earlier runs are not looked at."""
    before = os.environ.get(FOLDER)
    os.environ[FOLDER] = str(folder)
    try:
        yield
    finally:
        del os.environ[FOLDER]
        if before is not None:
            os.environ[FOLDER] = before


def _again(
    names: list[str],
    parameters: Mapping[str, Any],
    data: Path | None,
    place: Path,
    jobs: int | None,
    override: Mapping[str, str],
) -> RenderResult:
    return render(
        parameters["period"],
        names,
        place,
        parameters["lang"],
        parameters["as_of"],
        jobs=jobs,
        data=data,
        override=override,
        force=True,
    )


def _root(folder: Path, run: Mapping[str, Any]) -> Path:
    """What was `out` when a run was made."""
    return folder.resolve().parents[0 if run["lang"] == "zh" else 1]


def _orders(entries: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[list[str], Mapping[str, Any]]]:
    """Reports that were made with the same parameters, together."""
    told: list[Mapping[str, Any]] = []
    for entry in entries.values():
        if entry["parameters"] not in told:
            told.append(entry["parameters"])
            yield [name for name, one in entries.items() if one["parameters"] == told[-1]], told[-1]


def _override(entry: Mapping[str, Any]) -> str | None:
    return (entry["disclosure"] or {}).get("override")


def _compared(folder: Path, entry: Mapping[str, Any], made: ReportResult) -> Iterator[tuple[str, str]]:
    """Each file of a report, with what is wrong with it, if anything."""
    if made.status != "ok":
        yield entry["page"]["file"], f"{entry['name']}: {made.status} now: {made.message}"
        return
    for known in (entry["page"], *entry["files"]):
        file, again = known["file"], made.page.with_name(known["file"])
        if not (folder / file).is_file():
            yield file, f"{file}: is gone from {folder}"
        elif sha256(folder / file) != known["sha256"]:
            yield file, f"{file}: was changed after it was published"
        elif not again.is_file():
            yield file, f"{file}: is not made any more"
        elif sha256(again) != known["sha256"]:
            yield file, f"{file}: comes out differently{_lines(folder / file, again)}"
        else:
            yield file, ""


def _lines(before: Path, after: Path) -> str:
    """The first lines of text in which two pages differ."""
    if before.suffix != ".html":
        return ""
    changed = [line for line in difflib.ndiff(_text(before), _text(after)) if line[0] in "+-"]
    more = f"\n    and {len(changed) - MOST_LINES} lines more" if len(changed) > MOST_LINES else ""
    return "".join(f"\n    {line}" for line in changed[:MOST_LINES]) + more or ", though its text is the same"


def _text(page: Path) -> list[str]:
    body = html.fromstring(page.read_bytes(), parser=html.HTMLParser(encoding="utf-8", huge_tree=True)).body
    return [line for piece in body.itertext() for line in piece.split("\n") if line.strip()]


def _causes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in ("python", "platform"):
        if before[name] != now[name]:
            yield f"{name}: {before[name]}, now {now[name]}"
    for name in sorted(before["packages"].keys() | now["packages"].keys()):
        versions = before["packages"].get(name), now["packages"].get(name)
        if versions[0] != versions[1]:
            yield f"{name}: {versions[0]}, now {versions[1]}"
    for kind in ("notebooks", "data"):
        old, new = ({one["path"]: one["sha256"] for one in run[kind]} for run in (before, now))
        yield from (f"{path} changed" for path in sorted(old.keys() & new.keys()) if old[path] != new[path])
        yield from (f"{path} is new" for path in sorted(new.keys() - old.keys()))
    commits = [(run["git"] or {}).get("commit") for run in (before, now)]
    if commits[0] != commits[1]:
        yield f"commit: {commits[0]}, now {commits[1]}"
