"""Notebooks in, a folder of pages out. A failure never replaces a good page; nothing is half-written."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_event_loop

from zs_analysis.files import locked
from zs_analysis.reports import manifest
from zs_analysis.reports.errors import ParameterError, ReportError
from zs_analysis.reports.events import Tell, finished, silent, told_to_both
from zs_analysis.reports.execute import Execution, Failure, run_notebook
from zs_analysis.reports.files import check_writable
from zs_analysis.reports.forks import ForkServer, fork_server
from zs_analysis.reports.fresh import ingredients, remember, remembered, shared_ingredients, why_stale
from zs_analysis.reports.limits import Limits, beside
from zs_analysis.reports.page import FontCss, PageMeta
from zs_analysis.reports.parameters import checked, declared
from zs_analysis.reports.publish import Draft, Gate, Press, draft, earlier_entries, publish
from zs_analysis.reports.results import RenderResult, ReportResult, unchanged
from zs_analysis.reports.site import write_run_index
from zs_analysis.reports.words import WORDS, Lang

# Pages of a run besides its reports.
OWN_PAGES = ("index", "changes")
LOST = "The executor lost its worker, probably killed for lack of memory. Run fewer jobs at once."


@dataclass(frozen=True)
class _Job:
    notebook: Path
    parameters: dict[str, object]
    recipe: Mapping[str, str] | None = None


Submit = Callable[[_Job], "Future[Execution]"]


def render_notebooks(
    notebooks: Sequence[Path],
    parameters: Mapping[str, object],
    out: Path,
    *,
    root: Path | None = None,
    recorded: Mapping[str, object] | None = None,
    lang: Lang = "zh",
    page_meta: PageMeta,
    data_files: Sequence[Path] = (),
    data_seen: Mapping[Path, str] | None = None,
    font_css: FontCss,
    jobs: int | None = None,
    executor: Executor | None = None,
    gate: Gate | None = None,
    overrides: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    server: ForkServer | None = None,
    groundwork: Mapping[str, Callable[[], object]] | None = None,
    made_with: Mapping[str, str] | None = None,
    preceding: Path | None = None,
    force: bool = False,
    progress: bool = True,
    tell: Tell = silent,
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
    root : Path, optional
        Folder above `out` in which runs at the same time judge and publish one report after the other; `out`
        if not given.
    recorded : mapping, optional
        Parameters as the manifest is to have them, where it must not have them as they are: a path on this
        machine.
    lang : {"zh", "en"}
        Language of the furniture, and of the tagged cells that are shown. It is not handed to the notebooks;
        those that need it take it as a parameter.
    page_meta : PageMeta
        Suite, period and "as of" line for the head of the pages.
    data_files : sequence of Path
        Recorded by content in the manifest.
    data_seen : mapping of Path to str, optional
        Of data files that the notebooks see in part, with these parameters, a digest of that part, empty for
        nothing: what else changes in them makes no report stale.
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
    server : ForkServer, optional
        Forks the kernels, from a process that may have imported what the notebooks need; one that has not is
        started if not given and kernels can be forked. Not used with `executor`.
    groundwork : mapping of str to callable, optional
        By the name of a report, what makes and keeps results that its notebook would otherwise make itself; a
        function of a module, or a `functools.partial` of one. It runs in a process of its own beside the
        notebook, if several notebooks run at a time on forked kernels.
    made_with : mapping of str to str, optional
        What the notebooks depend on besides their cells, parameters and `data_files`, with its content or a
        digest of it: their library, say; names that begin with ``page`` only touch pages. With it, reports
        whose ingredients are those of the pages in `out` are left as they are, and those whose cells ran
        before with the same get a new page without running. Without it everything is made anew.
    preceding : Path, optional
        Folder of the run to compare with on the page of what changed; it need not be there.
    force : bool
        Make everything anew all the same.
    progress : bool
        A bar on stderr if it is a terminal, else a line for each report.
    tell : callable, optional
        Told each event with its facts: ``report_started`` (with an `executor`, handed over to it) and
        ``report_finished``.

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
    shared = None if made_with is None else shared_ingredients(data_files, made_with, data_seen or {})
    work = _planned(notebooks, parameters, recorded, lang, page_meta, shared, overrides or {})
    _check_overrides([job.notebook.stem for job in work], overrides or {})
    out, root = Path(out), Path(root or out)
    check_writable(out, root)
    books = [job.notebook for job in work]
    run = manifest.describe_run(books, data_files, {**parameters, **(recorded or {})}, lang)
    names = [book.stem for book in books]
    press = Press(out, root, lang, page_meta, font_css, run, names, gate, overrides or {})
    with (
        told_to_both(len(work), progress, tell) as tell,
        _runner(executor, jobs or os.cpu_count() or 1, limits, server, groundwork or {}, tell) as submit,
    ):
        results = _run_and_publish(work, press, submit, force, tell)
    with locked(root):
        index = write_run_index(out, preceding, **press.style)
    return RenderResult(out, index, tuple(results))


def _planned(
    notebooks: Sequence[Path],
    parameters: Mapping[str, object],
    recorded: Mapping[str, object] | None,
    lang: Lang,
    page_meta: PageMeta,
    shared: Mapping[str, str] | None,
    overrides: Mapping[str, str],
) -> list[_Job]:
    """The jobs of a run, with what each is made from where that is known."""
    work = _checked_jobs([Path(notebook) for notebook in notebooks], parameters)
    if shared is None:
        return work
    page, planned = {"lang": lang, "meta": asdict(page_meta)}, []
    for job in work:
        shown = page | {"override": overrides.get(job.notebook.stem)}
        told = {**job.parameters, **(recorded or {})}
        planned.append(replace(job, recipe=ingredients(job.notebook, told, shown, shared)))
    return planned


def _checked_jobs(notebooks: Sequence[Path], parameters: Mapping[str, object]) -> list[_Job]:
    names = Counter(notebook.stem for notebook in notebooks)
    clashes = [name for name, count in names.items() if count > 1 or name in OWN_PAGES]
    if clashes or not names:
        raise ReportError(
            f"Give at least one notebook, each with its own name and none named {' or '.join(OWN_PAGES)}; "
            f"got {clashes}."
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
    executor: Executor | None,
    jobs: int,
    limits: Limits | None,
    server: ForkServer | None,
    groundwork: Mapping[str, Callable[[], object]],
    tell: Tell,
) -> Iterator[Submit]:
    def sent(job: _Job) -> Future[Execution]:
        tell("report_started", report=job.notebook.stem)
        return executor.submit(run_notebook, job.notebook, job.parameters, limits)

    if executor is not None:
        yield sent
        return

    def run(job: _Job) -> Execution:
        tell("report_started", report=job.notebook.stem)
        try:
            return run_notebook(job.notebook, job.parameters, limits, server)
        finally:
            # That of this thread of the pool: left open, it complains when the interpreter ends.
            ensure_event_loop().close()

    # Every notebook has a kernel process of its own, so threads are enough to wait for them, and unlike
    # processes they need no `if __name__ == "__main__":` in the caller's script.
    own = nullcontext(server) if server else fork_server()
    with ThreadPoolExecutor(jobs) as pool, own as server, ExitStack() as stack, warnings.catch_warnings():
        warnings.simplefilter("ignore")

        def submit(job: _Job) -> Future[Execution]:
            future = pool.submit(run, job)
            if server and jobs > 1 and (function := groundwork.get(job.notebook.stem)):
                stack.enter_context(beside(function, server, limits or Limits()))
            return future

        try:
            yield submit
        except BaseException:
            # After Ctrl-C or a full disk the rest is of no use; the end of the server ends what runs.
            pool.shutdown(wait=False, cancel_futures=True)
            if server is not None:
                server.close()
            raise


def _run_and_publish(
    work: list[_Job], press: Press, submit: Submit, force: bool, tell: Tell
) -> list[ReportResult]:
    earlier = {} if force else earlier_entries(press.out)
    results = {job.notebook: found for job in work if (found := _unchanged(job, earlier, press))}
    press.current.update(result.name for result in results.values())
    for result in results.values():
        tell("report_finished", **finished(result))
    waiting, drafts = [job for job in work if job.notebook not in results], {}
    for made, execution in _executions(_longest_first(waiting), submit if force else _sparing(submit)):
        drafts[made.notebook] = _drafted(made, execution, press)
        for job in _ready(waiting, drafts):
            results[job.notebook] = publish(drafts[job.notebook], press, job.recipe)
            waiting.remove(job)
            tell("report_finished", **finished(results[job.notebook]))
    return [results[job.notebook] for job in work]


def _longest_first(jobs: list[_Job]) -> list[_Job]:
    """So that none runs alone at the end; the length of the notebook stands for the time that it takes."""
    return sorted(jobs, key=lambda job: job.notebook.stat().st_size, reverse=True)


def _drafted(job: _Job, execution: Execution, press: Press) -> Draft:
    # first of all: what ran need not run again, even if this process is killed while it publishes
    if job.recipe is not None and execution.failure is None:
        remember(execution.executed, job.recipe)
    return draft(execution, job.parameters, press)


def _ready(waiting: list[_Job], drafts: Mapping[Path, Draft]) -> list[_Job]:
    """Those that may be published: what the gate says of a report depends on those that come before it."""
    made = [job.notebook in drafts for job in waiting]
    first_open = [*made, False].index(False)
    return [
        job
        for at, job in enumerate(waiting)
        if at < first_open or (made[at] and not drafts[job.notebook].waits)
    ]


def _unchanged(job: _Job, earlier: Mapping[str, Mapping[str, Any]], press: Press) -> ReportResult | None:
    entry = earlier.get(job.notebook.stem)
    if job.recipe is None or why_stale(entry, job.recipe, press.out):
        return None
    return unchanged(entry, press.out)


def _sparing(submit: Submit) -> Submit:
    """Submits what did not run before with the same ingredients."""

    def sparing(job: _Job) -> Future[Execution]:
        executed = remembered(job.notebook, job.recipe) if job.recipe else None
        if executed is None:
            return submit(job)
        future: Future[Execution] = Future()
        future.set_result(Execution(job.notebook, 0.0, executed, None))
        return future

    return sparing


def explain_notebooks(
    notebooks: Sequence[Path],
    parameters: Mapping[str, object],
    out: Path,
    *,
    recorded: Mapping[str, object] | None = None,
    lang: Lang = "zh",
    page_meta: PageMeta,
    data_files: Sequence[Path] = (),
    data_seen: Mapping[Path, str] | None = None,
    made_with: Mapping[str, str],
    overrides: Mapping[str, str] | None = None,
) -> dict[str, list[str]]:
    """Why `render_notebooks` with these arguments would make each report again; nothing is run or written.

    Returns
    -------
    dict of str to list of str
        By report; an empty list where the page in `out` would be left as it is.
    """
    shared = shared_ingredients(data_files, made_with, data_seen or {})
    work = _planned(notebooks, parameters, recorded, lang, page_meta, shared, overrides or {})
    earlier = earlier_entries(Path(out))
    return {
        job.notebook.stem: why_stale(earlier.get(job.notebook.stem), job.recipe, Path(out)) for job in work
    }


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
