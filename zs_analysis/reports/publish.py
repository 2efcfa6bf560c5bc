"""From an executed notebook to what readers get: page, workbook and files, or a page that says why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import nbformat

from zs_analysis.files import locked
from zs_analysis.reports import manifest
from zs_analysis.reports.attachments import Attachments, read_attachments, records, workbook
from zs_analysis.reports.changes import before_of
from zs_analysis.reports.contract import Breach, breaches
from zs_analysis.reports.errors import ReportError
from zs_analysis.reports.execute import Execution, Failure
from zs_analysis.reports.files import write_together
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
from zs_analysis.reports.results import ReportResult, Verdict
from zs_analysis.reports.words import WORDS, Lang

# Takes the records of a report; gives the reasons against publishing it, none if it may, and its public
# tables. Asked while nobody else publishes below `root`: what lies there is what to compare with.
Gate = Callable[[Sequence[Mapping[str, Any]]], tuple[list[str], list[dict[str, Any]]]]


@dataclass(frozen=True)
class Press:
    """Where and how the pages of a run are printed, and who looks at them first.

    Attributes
    ----------
    out, root : Path
        Folder of the run; the folder above, in which one report at a time is judged and published.
    run : mapping
        The manifest of the run without its reports.
    names : sequence of str
        Its reports, in the order of the manifest.
    current : set of str
        Those that are as this run has them; grows.
    """

    out: Path
    root: Path
    lang: Lang
    meta: PageMeta
    font_css: FontCss
    run: Mapping[str, Any]
    names: Sequence[str]
    gate: Gate | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    current: set[str] = field(default_factory=set)

    @property
    def style(self) -> dict[str, Any]:
        """What every page is made with."""
        return {"lang": self.lang, "meta": self.meta, "font_css": self.font_css}

    def earlier_page(self, name: str) -> str:
        """The page of a report that an earlier run published, if there is one."""
        return f"{name}.html" if (self.out / f"{name}.html").is_file() else ""


@dataclass(frozen=True)
class _Issue:
    """A report as it is to be published: all of its files, or a page that says why there are none.

    Without files, it waits for its verdict.
    """

    name: str
    title: str
    status: Literal["ok", "failed", "withheld"]
    files: Mapping[str, bytes] = field(default_factory=dict)
    message: str = ""
    verdict: Verdict | None = None
    body: Body | None = None
    attached: Attachments | None = None


@dataclass(frozen=True)
class Draft:
    """What a notebook made, as far as it does not hang on what others publish."""

    execution: Execution
    parameters: Mapping[str, object]
    issue: _Issue

    @property
    def waits(self) -> bool:
        """Whether the gate has to look at what was published before it."""
        return self.issue.status == "ok" and not self.issue.files


def draft(execution: Execution, parameters: Mapping[str, object], press: Press) -> Draft:
    """Make the page of a report, or one that says why there is none; nothing is written.

    Parameters
    ----------
    execution : Execution
    parameters : mapping
        The values that it ran with.
    press : Press
    """
    return Draft(execution, parameters, _or_error(_draft, execution, parameters, press))


def publish(draft: Draft, press: Press, made_from: Mapping[str, str] | None = None) -> ReportResult:
    """Publish what a notebook made, or a page that says why not, and record it in the manifest.

    Parameters
    ----------
    draft : Draft
    press : Press
    made_from : mapping, optional
        Its `ingredients`, for the manifest.

    Returns
    -------
    ReportResult
        An earlier good page stays as it is where this one fails or is withheld.

    Raises
    ------
    ReportError
        A file cannot be written; what was there before still is.

    Notes
    -----
    What others publish must not change between the verdict and the manifest that tells them of this report,
    so `press.root` is locked meanwhile. The manifest takes its place before the files of which it tells: if
    the process is killed between the two, no later verdict misses what readers may have, and the next run
    sees files that are not as recorded and makes the report again.
    """
    issue, execution = draft.issue, draft.execution
    with locked(press.root):
        run = manifest.read(press.out) or {"reports": []}
        earlier = {entry["name"]: entry for entry in run["reports"]}
        if issue.status == "ok":
            issue = _or_error(partial(_judged, issue, earlier), execution, draft.parameters, press)
        return _put_out(issue, earlier, execution.seconds, made_from, press)


def _or_error(
    make: Callable[..., _Issue], execution: Execution, parameters: Mapping[str, object], press: Press
) -> _Issue:
    try:
        return make(execution, parameters, press)
    except Exception as error:
        failure = Failure(f"The page could not be made. {type(error).__name__}: {error}")
        return _failed(replace(execution, executed=None, failure=failure), parameters, press)


def _draft(execution: Execution, parameters: Mapping[str, object], press: Press) -> _Issue:
    if execution.failure is not None:
        return _failed(execution, parameters, press)
    notebook = nbformat.reads(execution.executed, as_version=4)
    if broken := breaches(notebook, press.lang):
        return _broken(execution, broken, parameters, press)
    body, attached = read_body(notebook, execution.notebook, press.lang), read_attachments(notebook)
    draft = _Issue(execution.name, body.title, "ok", body=body, attached=attached)
    if press.gate is None:
        return _complete(draft, press)
    if not attached.records:
        return _complete(replace(draft, verdict=Verdict("passed", WORDS[press.lang]["gate_nothing"])), press)
    return draft


def _judged(
    draft: _Issue,
    earlier: Mapping[str, Mapping[str, Any]],
    execution: Execution,
    parameters: Mapping[str, object],
    press: Press,
) -> _Issue:
    """The report with its verdict."""
    others = {
        file["file"].lower()
        for report, entry in earlier.items()
        if report != draft.name
        for file in entry.get("files", [])
    }
    if taken := [file for file in draft.attached.files if file.lower() in others]:
        raise ReportError(f"Another report has files of these names already: {', '.join(taken)}.")
    if draft.files:
        return draft
    verdict = _verdict(draft, press)
    if verdict.status == "failed":
        left = press.earlier_page(draft.name)
        text = withheld_page(draft.name, draft.title, verdict.reasons, **press.style, earlier=left)
        return _refused(draft.name, draft.title, "withheld", text, " ".join(verdict.reasons), verdict)
    return _complete(replace(draft, verdict=verdict), press)


def _verdict(draft: _Issue, press: Press) -> Verdict:
    words = WORDS[press.lang]
    reasons, tables = press.gate(draft.attached.records)
    if not reasons:
        return Verdict("passed", words["gate_passed"], (), "", tuple(tables))
    if override := press.overrides.get(draft.name, ""):
        text = words["gate_overridden"].format(override)
        return Verdict("overridden", text, tuple(reasons), override, tuple(tables))
    return Verdict("failed", words["gate_failed"], tuple(reasons))


def _complete(draft: _Issue, press: Press) -> _Issue:
    """With everything that the report publishes, by file name; the page comes last."""
    name, verdict, content = draft.name, draft.verdict, dict(draft.attached.files)
    if draft.attached.sheets:
        text = verdict.text if verdict else ""
        content[f"{name}.xlsx"] = workbook(
            draft.attached.sheets, draft.title, text, lang=press.lang, meta=press.meta
        )
    links = [_link(name, file, press.lang) for file in sorted(content, key=lambda one: one != f"{name}.xlsx")]
    override = verdict.text if verdict and verdict.status == "overridden" else ""
    page = report_page(draft.body, **press.style, links=links, override=override)
    return replace(draft, files=content | {f"{name}.html": page.encode()})


def _link(name: str, file: str, lang: Lang) -> PageLink:
    return PageLink(file, WORDS[lang]["data_book"] if file == f"{name}.xlsx" else file)


def _failed(execution: Execution, parameters: Mapping[str, object], press: Press) -> _Issue:
    earlier = press.earlier_page(execution.name)
    text = error_page(_unjudged_left_out(execution), parameters, **press.style, earlier=earlier)
    title = _title(execution.notebook, press.lang)
    return _refused(execution.name, title, "failed", text, execution.failure.message)


def _broken(
    execution: Execution, broken: Sequence[Breach], parameters: Mapping[str, object], press: Press
) -> _Issue:
    words, shown = WORDS[press.lang], _unjudged_left_out(execution)
    if shown is not execution:
        broken = [replace(breach, detail="") for breach in broken]
    earlier = press.earlier_page(execution.name)
    text = breach_page(shown, broken, parameters, **press.style, earlier=earlier)
    message = " ".join(
        f"{words['cell_number']} {breach.cell + 1}: {words['breach_' + breach.kind]}" for breach in broken
    )
    return _refused(execution.name, _title(execution.notebook, press.lang), "failed", text, message)


def _refused(
    name: str,
    title: str,
    status: Literal["failed", "withheld"],
    page: str,
    message: str,
    verdict: Verdict | None = None,
) -> _Issue:
    return _Issue(name, title, status, {f"{name}.error.html": page.encode()}, message, verdict)


def _unjudged_left_out(execution: Execution) -> Execution:
    """Without outputs where some come with a record: nobody judged what half a report gives away."""
    notebook = nbformat.reads(execution.executed, as_version=4) if execution.executed else None
    if notebook is None or not records(notebook):
        return execution
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return replace(execution, executed=nbformat.writes(notebook))


def _title(notebook: Path, lang: Lang) -> str:
    try:
        return read_body(nbformat.read(notebook, as_version=4), notebook, lang).title
    except Exception:
        return notebook.stem


def _put_out(
    issue: _Issue,
    earlier: Mapping[str, Mapping[str, Any]],
    seconds: float,
    made_from: Mapping[str, str] | None,
    press: Press,
) -> ReportResult:
    """Write manifest and files, remove what is not made any more; all or nothing."""
    before = earlier.get(issue.name, {})
    entry = _entry(issue, before, made_from, press)
    press.current.add(issue.name)
    run = press.run | {"reports": _reports({**earlier, issue.name: entry}, press)}
    gone = [press.out / file for file in sorted(_not_made_any_more(issue, before))]
    contents = {manifest.NAME: manifest.encoded(run), **issue.files}
    write_together({press.out / file: content for file, content in contents.items()}, gone)
    return ReportResult(
        issue.name,
        issue.title,
        issue.status,
        page=press.out / entry["page"]["file"] if entry["page"] else None,
        error_page=press.out / entry["error_page"] if entry["error_page"] else None,
        seconds=seconds,
        findings=tuple(issue.body.findings) if issue.body else (),
        message=issue.message,
        files=tuple(press.out / file["file"] for file in entry["files"]),
        verdict=issue.verdict,
        facts=issue.attached.facts if issue.attached else {},
    )


def _not_made_any_more(issue: _Issue, before: Mapping[str, Any]) -> set[str]:
    if issue.status != "ok":
        return set()
    return {file["file"] for file in before.get("files", [])} - issue.files.keys() | {
        f"{issue.name}.error.html"
    }


def earlier_entries(out: Path) -> dict[str, dict[str, Any]]:
    """What the manifest in a folder says of each report; nothing where there is none."""
    return {report["name"]: report for report in (manifest.read(out) or {"reports": []})["reports"]}


def _reports(entries: Mapping[str, Mapping[str, Any]], press: Press) -> list[Mapping[str, Any]]:
    """The reports of the manifest: those of this run, then those that an earlier run left in the folder."""
    names = [name for name in press.names if name in entries]
    names += [name for name in entries if name not in names]
    found = [entries[name] | {"kept": _kept(entries[name], press)} for name in names]
    return [entry for entry in found if entry["page"] or entry["error_page"]]


def _kept(entry: Mapping[str, Any], press: Press) -> bool:
    """Whether what readers find is of an earlier run."""
    return entry["name"] not in press.current or (entry["status"] != "ok" and entry["page"] is not None)


def _entry(
    issue: _Issue, earlier: Mapping[str, Any], made_from: Mapping[str, str] | None, press: Press
) -> dict[str, Any]:
    """What the manifest says of a report."""
    ok = issue.status == "ok"
    made = {
        "rendered": manifest.now(),
        "as_of": press.meta.as_of,
        "commit": (press.run["git"] or {}).get("commit"),
        "parameters": press.run["parameters"],
    }
    if ok:
        page, *others = (manifest.file_facts(*file) for file in reversed(issue.files.items()))
        made |= {"page": page, "files": others[::-1]}
        made |= {"findings": list(issue.body.findings), "facts": dict(issue.attached.facts)}
    else:
        # What stands beside a link belongs to the page behind it.
        made = _left(issue.name, earlier, press.out) or made | {
            "page": None,
            "files": [],
            "findings": [],
            "facts": {},
        }
    return {
        "name": issue.name,
        "title": issue.title,
        "status": issue.status,
        "message": issue.message,
        "error_page": None if ok else f"{issue.name}.error.html",
        **made,
        "before": before_of(made, earlier) if ok else earlier.get("before"),
        "disclosure": _disclosure(issue.verdict),
        "published": _published(issue, earlier),
        "made_from": made_from if ok else None,
    }


def _left(name: str, earlier: Mapping[str, Any], out: Path) -> dict[str, Any]:
    """What an earlier run published of a report, where it is still there."""
    page = out / f"{name}.html"
    if not page.is_file():
        return {}
    found = {key: earlier.get(key) for key in ("rendered", "as_of", "commit", "parameters")}
    known = [path for file in earlier.get("files", []) if (path := out / file["file"]).is_file()]
    files = [manifest.file_facts(path.name, path.read_bytes()) for path in known]
    found |= {"page": manifest.file_facts(page.name, page.read_bytes()), "files": files}
    return found | {"findings": earlier.get("findings", []), "facts": earlier.get("facts", {})}


def _disclosure(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "verdict": verdict.status,
        "text": verdict.text,
        "reasons": list(verdict.reasons),
        "override": verdict.override or None,
    }


def _published(issue: _Issue, earlier: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Tables that readers may have of this report: what was published once is out for good."""
    tables = list(earlier.get("published", []))
    new = issue.verdict.tables if issue.verdict and issue.status == "ok" else ()
    return tables + [table for table in new if table not in tables]
