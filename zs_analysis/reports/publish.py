"""From an executed notebook to what readers get: page, workbook and files, or a page that says why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import nbformat

from zs_analysis.reports import manifest
from zs_analysis.reports.attachments import Attachments, read_attachments, records, workbook
from zs_analysis.reports.changes import before_of
from zs_analysis.reports.contract import Breach, breaches
from zs_analysis.reports.errors import ReportError
from zs_analysis.reports.execute import Execution, Failure
from zs_analysis.reports.files import write_atomic, write_together
from zs_analysis.reports.page import (
    Body,
    FontCss,
    PageLink,
    PageMeta,
    breach_page,
    error_page,
    read_body,
    report_page,
    withheld_page,
)
from zs_analysis.reports.words import WORDS, Lang

# Takes the records of a report and the public tables of reports published before it in this run; gives the
# reasons against publishing it, none if it may, and its own public tables.
Gate = Callable[
    [Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]], tuple[list[str], list[dict[str, Any]]]
]


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
    made_from: Mapping[str, str] | None = None
    unchanged: bool = False


@dataclass(frozen=True)
class Press:
    """Where and how the pages of a run are printed, and who looks at them first."""

    out: Path
    lang: Lang
    meta: PageMeta
    font_css: FontCss
    gate: Gate | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    published: list[Mapping[str, Any]] = field(default_factory=list)
    earlier: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def style(self) -> dict[str, Any]:
        """What every page is made with."""
        return {"lang": self.lang, "meta": self.meta, "font_css": self.font_css}


def publish(execution: Execution, parameters: Mapping[str, object], press: Press) -> ReportResult:
    """Publish what a notebook made, or a page that says why not.

    Parameters
    ----------
    execution : Execution
    parameters : mapping
        The values that it ran with.
    press : Press
        Its `published` grows by the public tables of this report.

    Returns
    -------
    ReportResult
        An earlier good page stays as it is where this one fails or is withheld.

    Raises
    ------
    ReportError
        A file cannot be written; what was there before still is.
    """
    if execution.failure is not None:
        return _publish_error(execution, parameters, press)
    notebook = nbformat.reads(execution.executed, as_version=4)
    try:
        if broken := breaches(notebook, press.lang):
            return _publish_breaches(execution, broken, press)
        body, attached = read_body(notebook, execution.notebook, press.lang), read_attachments(notebook)
        verdict = _judged(execution.name, attached, press)
        content = {} if _withheld(verdict) else _content(execution.name, body, attached, verdict, press)
    except Exception as error:
        failure = Failure(f"The page could not be made. {type(error).__name__}: {error}")
        failed = Execution(execution.notebook, execution.seconds, None, failure)
        return _publish_error(failed, parameters, press)
    if _withheld(verdict):
        return _publish_withheld(execution, body, verdict, press)
    published = _publish_files(execution, body, content, verdict, press)
    return replace(published, facts=attached.facts)


def _withheld(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.status == "failed"


def _judged(name: str, attached: Attachments, press: Press) -> Verdict | None:
    if press.gate is None:
        return None
    words = WORDS[press.lang]
    if not attached.records:
        return Verdict("passed", words["gate_nothing"])
    reasons, tables = press.gate(attached.records, press.published)
    if not reasons:
        return Verdict("passed", words["gate_passed"], (), "", tuple(tables))
    if override := press.overrides.get(name, ""):
        text = words["gate_overridden"].format(override)
        return Verdict("overridden", text, tuple(reasons), override, tuple(tables))
    return Verdict("failed", words["gate_failed"], tuple(reasons))


def _content(
    name: str, body: Body, attached: Attachments, verdict: Verdict | None, press: Press
) -> dict[str, bytes]:
    """Everything that a report publishes, by file name; the page comes last."""
    others = {
        file["file"].lower()
        for report, entry in press.earlier.items()
        if report != name
        for file in entry.get("files", [])
    }
    if taken := [file for file in attached.files if file.lower() in others]:
        raise ReportError(f"Another report has files of these names already: {', '.join(taken)}.")
    content = dict(attached.files)
    if attached.sheets:
        text = verdict.text if verdict else ""
        book = workbook(attached.sheets, body.title, text, lang=press.lang, meta=press.meta)
        content[f"{name}.xlsx"] = book
    links = [_link(name, file, press.lang) for file in sorted(content, key=lambda one: one != f"{name}.xlsx")]
    override = verdict.text if verdict and verdict.status == "overridden" else ""
    page = report_page(body, **press.style, links=links, override=override)
    return content | {f"{name}.html": page.encode()}


def _link(name: str, file: str, lang: Lang) -> PageLink:
    return PageLink(file, WORDS[lang]["data_book"] if file == f"{name}.xlsx" else file)


def _publish_files(
    execution: Execution, body: Body, content: Mapping[str, bytes], verdict: Verdict | None, press: Press
) -> ReportResult:
    name = execution.name
    write_together({press.out / file: bytes_ for file, bytes_ in content.items()})
    stale = {file["file"] for file in press.earlier.get(name, {}).get("files", [])} - content.keys()
    for file in (*sorted(stale), f"{name}.error.html"):
        (press.out / file).unlink(missing_ok=True)
    if verdict:
        press.published.extend(verdict.tables)
    files = tuple(press.out / file for file in content if file != f"{name}.html")
    page = press.out / f"{name}.html"
    return ReportResult(
        name, body.title, "ok", page, None, execution.seconds, body.findings, "", files, verdict
    )


def _publish_withheld(execution: Execution, body: Body, verdict: Verdict, press: Press) -> ReportResult:
    text = withheld_page(execution.name, body.title, verdict.reasons, **press.style)
    message = " ".join(verdict.reasons)
    return _not_published(execution, text, body.title, "withheld", message, verdict, press)


def _publish_error(execution: Execution, parameters: Mapping[str, object], press: Press) -> ReportResult:
    text = error_page(_unjudged_left_out(execution), parameters, **press.style)
    title, message = _title(execution.notebook, press.lang), execution.failure.message
    return _not_published(execution, text, title, "failed", message, None, press)


def _publish_breaches(execution: Execution, broken: Sequence[Breach], press: Press) -> ReportResult:
    words, shown = WORDS[press.lang], _unjudged_left_out(execution)
    if shown is not execution:
        broken = [replace(breach, detail="") for breach in broken]
    text = breach_page(shown, broken, **press.style)
    message = " ".join(
        f"{words['cell_number']} {breach.cell + 1}: {words['breach_' + breach.kind]}" for breach in broken
    )
    return _not_published(
        execution, text, _title(execution.notebook, press.lang), "failed", message, None, press
    )


def _unjudged_left_out(execution: Execution) -> Execution:
    """Without outputs where some come with a record: nobody judged what half a report gives away."""
    notebook = nbformat.reads(execution.executed, as_version=4) if execution.executed else None
    if notebook is None or not records(notebook):
        return execution
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return replace(execution, executed=nbformat.writes(notebook))


def _not_published(
    execution: Execution,
    text: str,
    title: str,
    status: Literal["failed", "withheld"],
    message: str,
    verdict: Verdict | None,
    press: Press,
) -> ReportResult:
    earlier, error = (press.out / f"{execution.name}{end}" for end in (".html", ".error.html"))
    write_atomic(error, text)
    page = earlier if earlier.is_file() else None
    files = [press.out / file["file"] for file in press.earlier.get(execution.name, {}).get("files", [])]
    kept = tuple(file for file in files if page and file.is_file())
    return ReportResult(
        execution.name, title, status, page, error, execution.seconds, (), message, kept, verdict
    )


def _title(notebook: Path, lang: Lang) -> str:
    try:
        return read_body(nbformat.read(notebook, as_version=4), notebook, lang).title
    except Exception:
        return notebook.stem


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


def earlier_entries(out: Path) -> dict[str, dict[str, Any]]:
    """What the manifest in a folder says of each report; nothing where there is none."""
    return {report["name"]: report for report in (manifest.read(out) or {"reports": []})["reports"]}


def entries(
    results: Sequence[ReportResult], earlier: Mapping[str, Mapping[str, Any]], run: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The reports of the manifest: those of this run, then those that an earlier run left in the folder."""
    made = [_entry(result, earlier.get(result.name, {}), run) for result in results]
    here = {result.name for result in results}
    left = [entry | {"kept": True} for name, entry in earlier.items() if name not in here]
    return made + [entry for entry in left if entry["page"] or entry["error_page"]]


def _entry(result: ReportResult, earlier: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
    if result.unchanged:
        return {**earlier, "kept": False}
    kept = result.status != "ok" and result.page is not None
    # The findings shown beside a link belong to the page behind it.
    made = {
        "rendered": manifest.now(),
        "commit": (run["git"] or {}).get("commit"),
        "parameters": run["parameters"],
        "findings": result.findings,
        "facts": dict(result.facts),
    }
    source = earlier if kept else made
    return {
        "name": result.name,
        "title": result.title,
        "status": result.status,
        "kept": kept,
        "seconds": round(result.seconds, 2),
        "message": result.message,
        "error_page": result.error_page.name if result.error_page else None,
        "page": manifest.page_facts(result.page) if result.page else None,
        "files": [manifest.page_facts(file) for file in result.files],
        "findings": list(source.get("findings", [])),
        "facts": source.get("facts", {}),
        "before": earlier.get("before") if kept else before_of(made, earlier),
        "rendered": source.get("rendered"),
        "commit": source.get("commit"),
        "parameters": source.get("parameters"),
        "disclosure": _disclosure(result.verdict),
        "published": _published(result, earlier),
        "made_from": result.made_from if result.status == "ok" else None,
    }


def _disclosure(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "verdict": verdict.status,
        "text": verdict.text,
        "reasons": list(verdict.reasons),
        "override": verdict.override or None,
    }


def _published(result: ReportResult, earlier: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Tables that readers may have of this report: what was published once is out for good."""
    tables = list(earlier.get("published", []))
    new = result.verdict.tables if result.verdict and result.status == "ok" else ()
    return tables + [table for table in new if table not in tables]
