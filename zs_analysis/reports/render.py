"""Notebooks in, a folder of pages out. A failure never replaces a good page; nothing is half-written."""

from __future__ import annotations

import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat
from tqdm import tqdm

from zs_analysis.reports import manifest
from zs_analysis.reports.errors import ParameterError, ReportError
from zs_analysis.reports.execute import Execution, Failure, run_notebook
from zs_analysis.reports.files import check_writable, write_atomic
from zs_analysis.reports.page import Body, FontCss, PageMeta, error_page, read_body, report_page
from zs_analysis.reports.parameters import checked, declared
from zs_analysis.reports.site import write_run_index
from zs_analysis.reports.words import WORDS, Lang

LOST = "The executor lost its worker, probably killed for lack of memory. Run fewer jobs at once."


@dataclass(frozen=True)
class ReportResult:
    """What became of one report.

    `page` is the published page, after a failure that of an earlier run; `error_page` says what went wrong.
    """

    name: str
    title: str
    status: Literal["ok", "failed"]
    page: Path | None
    error_page: Path | None
    seconds: float
    findings: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True)
class RenderResult:
    """What became of a run; `ok` if every report of it was made."""

    out: Path
    index: Path
    reports: tuple[ReportResult, ...]

    @property
    def ok(self) -> bool:
        """Whether no report failed."""
        return all(report.status == "ok" for report in self.reports)


@dataclass(frozen=True)
class _Job:
    notebook: Path
    parameters: dict[str, object]


@dataclass(frozen=True)
class _Press:
    """Where and how the pages of a run are printed."""

    out: Path
    lang: Lang
    meta: PageMeta
    font_css: FontCss

    @property
    def style(self) -> dict[str, Any]:
        return {"lang": self.lang, "meta": self.meta, "font_css": self.font_css}


def render_notebooks(
    notebooks: Sequence[Path],
    parameters: Mapping[str, object],
    out: Path,
    *,
    lang: Lang = "zh",
    page_meta: PageMeta,
    data_files: Sequence[Path] = (),
    font_css: FontCss,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: bool = True,
) -> RenderResult:
    """Run notebooks side by side and publish their pages, an index and a manifest.

    Parameters
    ----------
    notebooks : sequence of Path
        Each with a cell tagged `parameters`; its file name names the report.
    parameters : mapping
        Given to every notebook. All of them must declare all of the names.
    out : Path
        Folder of the run. Reports already there and not part of this run stay, in the index too.
    lang : {"zh", "en"}
        Language of the furniture, and of the tagged cells that are shown. It is not handed to the notebooks;
        those that need it take it as a parameter.
    page_meta : PageMeta
        Suite, period and "as of" line for the head of the pages.
    data_files : sequence of Path
        Recorded by content in the manifest.
    font_css : callable
        Takes the text of a page, gives the CSS of a font with its characters; ValueError if there is none.
    jobs : int, optional
        Notebooks at a time; as many as there are processors by default. Not used with `executor`.
    executor : concurrent.futures.Executor, optional
        Runs the notebooks elsewhere, such as on a Dask cluster, which must see the same notebook paths.
    progress : bool
        A bar on stderr if it is a terminal, else a line for each report.

    Returns
    -------
    RenderResult
        Also when notebooks failed.

    Raises
    ------
    ParameterError
        A notebook does not take these parameters; nothing was run or written.
    ReportError
        The notebooks cannot share a folder, or `out` cannot be written; nothing was run.
    """
    if lang not in WORDS:
        raise ReportError(f"No language {lang!r}; there are: {', '.join(WORDS)}.")
    work = _checked_jobs([Path(notebook) for notebook in notebooks], parameters)
    press = _Press(Path(out), lang, page_meta, font_css)
    check_writable(press.out)
    run = manifest.describe_run([job.notebook for job in work], data_files, parameters, lang)
    results = _run_and_publish(work, press, executor, jobs or os.cpu_count() or 1, progress)
    run |= {"finished": manifest.now(), "reports": _entries(press.out, results, run)}
    manifest.write(press.out, run)
    index = write_run_index(press.out, run, **press.style)
    return RenderResult(press.out, index, tuple(results))


def _checked_jobs(notebooks: Sequence[Path], parameters: Mapping[str, object]) -> list[_Job]:
    names = Counter(notebook.stem for notebook in notebooks)
    clashes = [name for name, count in names.items() if count > 1 or name == "index"]
    if clashes or not names:
        raise ReportError(
            f"Give at least one notebook, each with its own name, none named 'index'; got {clashes}."
        )
    work, problems = [], []
    for notebook in notebooks:
        try:
            work.append(_Job(notebook, checked(declared(notebook), parameters)))
        except ParameterError as error:
            problems += [p if notebook.name in p else f"{notebook.name}: {p}" for p in error.problems]
    if problems:
        raise ParameterError(problems)
    return work


def _run_and_publish(
    work: list[_Job], press: _Press, executor: Executor | None, jobs: int, progress: bool
) -> list[ReportResult]:
    results = {}
    with _progress(len(work), progress) as tell:
        for job, execution in _executions(work, executor, min(jobs, len(work))):
            results[job.notebook] = _publish(execution, job.parameters, press)
            tell(results[job.notebook])
    return [results[job.notebook] for job in work]


def _executions(work: list[_Job], executor: Executor | None, jobs: int) -> Iterator[tuple[_Job, Execution]]:
    if executor is not None:
        yield from _done(executor, work)
        return
    # Every notebook has a kernel process of its own, so threads are enough to wait for them, and unlike
    # processes they need no `if __name__ == "__main__":` in the caller's script.
    with ThreadPoolExecutor(jobs) as pool, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield from _done(pool, work)
        except BaseException:
            # Leaving the block waits for what was submitted; after Ctrl-C or a full disk that is of no use.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _done(executor: Executor, work: list[_Job]) -> Iterator[tuple[_Job, Execution]]:
    futures, unsent = {}, []
    for job in work:
        try:
            futures[executor.submit(run_notebook, job.notebook, job.parameters)] = job
        except BrokenExecutor as error:
            unsent.append((job, error))
    for future in as_completed(futures):
        yield futures[future], _outcome(futures[future], future.exception() or future.result())
    yield from ((job, _outcome(job, error)) for job, error in unsent)


def _outcome(job: _Job, done: Execution | BaseException) -> Execution:
    if isinstance(done, Execution):
        return done
    message = LOST if isinstance(done, BrokenExecutor) else f"{type(done).__name__}: {done}"
    return Execution(job.notebook, 0.0, None, Failure(message))


def _publish(execution: Execution, parameters: Mapping[str, object], press: _Press) -> ReportResult:
    if execution.failure is None:
        notebook = nbformat.reads(execution.executed, as_version=4)
        try:
            body = read_body(notebook, execution.notebook, press.lang)
            text = report_page(body, **press.style)
        except Exception as error:
            failure = Failure(f"The page could not be made. {type(error).__name__}: {error}")
            execution = Execution(execution.notebook, execution.seconds, None, failure)
        else:
            return _publish_page(execution, body, text, press.out)
    return _publish_error(execution, parameters, press)


def _publish_page(execution: Execution, body: Body, text: str, out: Path) -> ReportResult:
    page = out / f"{execution.name}.html"
    write_atomic(page, text)
    (out / f"{execution.name}.error.html").unlink(missing_ok=True)
    return ReportResult(execution.name, body.title, "ok", page, None, execution.seconds, body.findings)


def _publish_error(execution: Execution, parameters: Mapping[str, object], press: _Press) -> ReportResult:
    earlier, error = (press.out / f"{execution.name}{end}" for end in (".html", ".error.html"))
    write_atomic(error, error_page(execution, parameters, **press.style))
    title = _title(execution.notebook, press.lang)
    page = earlier if earlier.is_file() else None
    return ReportResult(
        execution.name, title, "failed", page, error, execution.seconds, (), execution.failure.message
    )


def _title(notebook: Path, lang: Lang) -> str:
    try:
        return read_body(nbformat.read(notebook, as_version=4), notebook, lang).title
    except Exception:
        return notebook.stem


def _entries(out: Path, results: Sequence[ReportResult], run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The reports of the manifest: those of this run, then those that an earlier run left in the folder."""
    earlier = {report["name"]: report for report in (manifest.read(out) or {"reports": []})["reports"]}
    entries = [_entry(result, earlier.pop(result.name, None), run) for result in results]
    left = [report | {"kept": True} for report in earlier.values() if report["page"] or report["error_page"]]
    return entries + left


def _entry(result: ReportResult, earlier: Mapping[str, Any] | None, run: Mapping[str, Any]) -> dict[str, Any]:
    kept = result.status == "failed" and result.page is not None
    # The findings shown beside a link belong to the page behind it.
    made = {
        "rendered": manifest.now(),
        "commit": (run["git"] or {}).get("commit"),
        "parameters": run["parameters"],
        "findings": result.findings,
    }
    source = (earlier or {}) if kept else made
    return {
        "name": result.name,
        "title": result.title,
        "status": result.status,
        "kept": kept,
        "seconds": round(result.seconds, 2),
        "message": result.message,
        "error_page": result.error_page.name if result.error_page else None,
        "page": manifest.page_facts(result.page) if result.page else None,
        "findings": list(source.get("findings", [])),
        "rendered": source.get("rendered"),
        "commit": source.get("commit"),
        "parameters": source.get("parameters"),
    }


@contextmanager
def _progress(total: int, show: bool) -> Iterator[Callable[[ReportResult], None]]:
    bar_fits = sys.stderr.isatty()
    with tqdm(total=total, file=sys.stderr, disable=not (show and bar_fits), unit="report") as bar:

        def tell(result: ReportResult) -> None:
            bar.update()
            if show:
                # tqdm keeps the line and the bar apart; without a terminal this is a plain line.
                tqdm.write(f"{result.status:6} {result.name} {result.seconds:.1f} s", file=sys.stderr)

        yield tell
