"""What becomes of reports and of runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Verdict:
    """What the gate said of a report.

    Attributes
    ----------
    status : {"passed", "failed", "overridden"}
    text : str
        A sentence for readers.
    reasons : tuple of str
        What speaks against publishing.
    override : str
        Why it is published all the same.
    tables : tuple of mapping
        What later gates compare with.
    """

    status: Literal["passed", "failed", "overridden"]
    text: str
    reasons: tuple[str, ...] = ()
    override: str = ""
    tables: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class ReportResult:
    """What became of one report.

    `page` is the published page, after a failure that of an earlier run, and `files` lie beside it;
    `error_page` says what went wrong or why the report was withheld. `unchanged` pages were left as they are.
    """

    name: str
    title: str
    status: Literal["ok", "failed", "withheld"]
    page: Path | None
    error_page: Path | None
    seconds: float
    findings: tuple[str, ...] = ()
    message: str = ""
    files: tuple[Path, ...] = ()
    verdict: Verdict | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    unchanged: bool = False


@dataclass(frozen=True)
class RenderResult:
    """What became of a run; `ok` if every report of it was made."""

    out: Path
    index: Path
    reports: tuple[ReportResult, ...]

    @property
    def ok(self) -> bool:
        """Whether every report was published."""
        return all(report.status == "ok" for report in self.reports)


def unchanged(entry: Mapping[str, Any], out: Path) -> ReportResult:
    """The result of a report that is left as its entry in the manifest says."""
    files = tuple(out / file["file"] for file in entry["files"])
    return ReportResult(
        entry["name"],
        entry["title"],
        "ok",
        page=out / entry["page"]["file"],
        error_page=None,
        seconds=0.0,
        findings=tuple(entry["findings"]),
        files=files,
        facts=entry["facts"],
        unchanged=True,
    )
