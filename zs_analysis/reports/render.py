"""Notebooks in, a folder of pages out. A failure never replaces a good page; nothing is half-written."""

from __future__ import annotations

import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from zs_analysis.reports import manifest
from zs_analysis.reports.errors import ParameterError, ReportError
from zs_analysis.reports.execute import Execution, Failure, fork_server, run_notebook
from zs_analysis.reports.files import check_writable
from zs_analysis.reports.limits import Limits
from zs_analysis.reports.page import FontCss, PageMeta
from zs_analysis.reports.parameters import checked, declared
from zs_analysis.reports.publish import Gate, Press, ReportResult, earlier_entries, entries, publish
from zs_analysis.reports.site import write_run_index
from zs_analysis.reports.words import WORDS, Lang

LOST = "The executor lost its worker, probably killed for lack of memory. Run fewer jobs at once."


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


@dataclass(frozen=True)
class _Job:
    notebook: Path
    parameters: dict[str, object]


Submit = Callable[[_Job], "Future[Execution]"]


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
    gate: Gate | None = None,
    overrides: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    preload: Callable[[], object] | None = None,
    progress: bool = True,
) -> RenderResult:
    """Run notebooks side by side and publish their pages, an index and a manifest.

    A page comes with the workbook of its numbers and the files that its notebook made.

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
    gate : callable, optional
        Judges what the notebooks tell of their disclosures before anything is published; see `Gate`.
        Reports are judged in the order of `notebooks`. A report with reasons against it is withheld.
    overrides : mapping of str to str, optional
        Why a report is published whatever the gate says, by its name.
    limits : Limits, optional
        What each notebook may take; the defaults of `Limits` if not given.
    preload : callable, optional
        Imports what the notebooks need, once for all of them; see `ForkServer`. Not used with `executor`, nor
        where kernels cannot be forked.
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
        The notebooks cannot share a folder, `out` cannot be written, or an override names no report or no
        reason; nothing was run.
    """
    if lang not in WORDS:
        raise ReportError(f"No language {lang!r}; there are: {', '.join(WORDS)}.")
    work = _checked_jobs([Path(notebook) for notebook in notebooks], parameters)
    _check_overrides([job.notebook.stem for job in work], overrides or {})
    check_writable(Path(out))
    earlier = earlier_entries(Path(out))
    press = Press(Path(out), lang, page_meta, font_css, gate, overrides or {}, [], earlier)
    run = manifest.describe_run([job.notebook for job in work], data_files, parameters, lang)
    with _runner(executor, min(jobs or os.cpu_count() or 1, len(work)), limits, preload) as submit:
        results = _run_and_publish(work, press, submit, progress)
    run |= {"finished": manifest.now(), "reports": entries(results, earlier, run)}
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


def _check_overrides(names: Sequence[str], overrides: Mapping[str, str]) -> None:
    unknown = [name for name in overrides if name not in names]
    if unknown:
        raise ReportError(f"An override names {', '.join(unknown)}; this run has {', '.join(names)}.")
    if empty := [name for name, reason in overrides.items() if not reason.strip()]:
        raise ReportError(f"The override of {', '.join(empty)} has no reason; say why it may be published.")


@contextmanager
def _runner(
    executor: Executor | None, jobs: int, limits: Limits | None, preload: Callable[[], object] | None
) -> Iterator[Submit]:
    if executor is not None:
        yield lambda job: executor.submit(run_notebook, job.notebook, job.parameters, limits)
        return
    # Every notebook has a kernel process of its own, so threads are enough to wait for them, and unlike
    # processes they need no `if __name__ == "__main__":` in the caller's script.
    with ThreadPoolExecutor(jobs) as pool, fork_server(preload) as server, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield lambda job: pool.submit(run_notebook, job.notebook, job.parameters, limits, server)
        except BaseException:
            # After Ctrl-C or a full disk the rest is of no use; the end of the server ends what runs.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _run_and_publish(work: list[_Job], press: Press, submit: Submit, progress: bool) -> list[ReportResult]:
    results: list[ReportResult] = []
    done: dict[Path, Execution] = {}
    with _progress(len(work), progress) as tell:
        for finished, execution in _executions(work, submit):
            done[finished.notebook] = execution
            # In the order asked for: what the gate says of a report depends on those published before it.
            while len(results) < len(work) and (job := work[len(results)]).notebook in done:
                results.append(publish(done.pop(job.notebook), job.parameters, press))
                tell(results[-1])
    return results


def _executions(work: list[_Job], submit: Submit) -> Iterator[tuple[_Job, Execution]]:
    futures, unsent = {}, []
    for job in work:
        try:
            futures[submit(job)] = job
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
