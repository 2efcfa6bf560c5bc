"""Notebooks in, a folder of pages out. A failure never replaces a good page; nothing is half-written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, as_completed
from contextlib import nullcontext
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from zs_analysis.files import locked
from zs_analysis.reports import manifest
from zs_analysis.reports.errors import ParameterError, ReportError
from zs_analysis.reports.events import Tell, finished, silent, told_to_both
from zs_analysis.reports.execute import Execution, Failure
from zs_analysis.reports.files import check_writable
from zs_analysis.reports.fresh import ingredients, shared_ingredients, why_stale
from zs_analysis.reports.page import FontCss, PageMeta
from zs_analysis.reports.parameters import checked, declared
from zs_analysis.reports.publish import Draft, Gate, Press, draft, earlier_entries, publish
from zs_analysis.reports.results import RenderResult, ReportResult, unchanged
from zs_analysis.reports.runner import Job, Runner
from zs_analysis.reports.site import write_run_index
from zs_analysis.reports.words import WORDS, Lang

# Pages of a run besides its reports.
OWN_PAGES = ("index", "changes")
LOST = "The executor lost its worker, probably killed for lack of memory. Run fewer jobs at once."
Submit = Callable[[Job], "Future[Execution]"]


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
    gate: Gate | None = None,
    overrides: Mapping[str, str] | None = None,
    runner: Runner | None = None,
    begin_next: Callable[[], object] | None = None,
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
    gate : callable, optional
        Judges what the notebooks tell of their disclosures before anything is published; see `Gate`.
        Reports are judged in the order of `notebooks`. A report with reasons against it is withheld.
    overrides : mapping of str to str, optional
        Why a report is published whatever the gate says, by its name.
    runner : Runner, optional
        Runs the notebooks; one of its own with the defaults of `Runner` if not given.
    begin_next : callable, optional
        Called when all notebooks of this run are with the runner, so that it can be given those of the next.
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
        Told each event with its facts: ``report_started`` (see `Runner.submit`) and ``report_finished``.

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
    work = _planned(
        notebooks, parameters, recorded, lang, page_meta, shared, overrides or {}, groundwork or {}
    )
    _check_overrides([job.notebook.stem for job in work], overrides or {})
    out, root = Path(out), Path(root or out)
    check_writable(out, root)
    books = [job.notebook for job in work]
    run = manifest.describe_run(books, data_files, {**parameters, **(recorded or {})}, lang)
    names = [book.stem for book in books]
    press = Press(out, root, lang, page_meta, font_css, run, names, gate, overrides or {})
    with (
        told_to_both(len(work), progress, tell) as tell,
        nullcontext(runner) if runner else Runner() as runner,
    ):
        submit = partial(runner.submit, tell=tell, force=force)
        earlier = {} if force else earlier_entries(out)
        results = _run_and_publish(work, earlier, press, submit, begin_next, tell)
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
    groundwork: Mapping[str, Callable[[], object]],
) -> list[Job]:
    """The jobs of a run, with what each is made from where that is known."""
    work = [
        replace(job, groundwork=groundwork.get(job.notebook.stem))
        for job in _checked_jobs([Path(notebook) for notebook in notebooks], parameters)
    ]
    if shared is None:
        return work
    page, planned = {"lang": lang, "meta": asdict(page_meta)}, []
    for job in work:
        shown = page | {"override": overrides.get(job.notebook.stem)}
        told = {**job.parameters, **(recorded or {})}
        planned.append(replace(job, recipe=ingredients(job.notebook, told, shown, shared)))
    return planned


def _checked_jobs(notebooks: Sequence[Path], parameters: Mapping[str, object]) -> list[Job]:
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
            work.append(Job(notebook, checked(declared(notebook), parameters)))
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


def _run_and_publish(
    work: list[Job],
    earlier: Mapping[str, Mapping[str, Any]],
    press: Press,
    submit: Submit,
    begin_next: Callable[[], object] | None,
    tell: Tell,
) -> list[ReportResult]:
    results = {job.notebook: found for job in work if (found := _unchanged(job, earlier, press.out))}
    press.current.update(result.name for result in results.values())
    for result in results.values():
        tell("report_finished", **finished(result))
    waiting, drafts = [job for job in work if job.notebook not in results], {}
    for made, execution in _executions(_longest_first(waiting), submit, begin_next):
        drafts[made.notebook] = draft(execution, made.parameters, press)
        for job in _ready(waiting, drafts):
            results[job.notebook] = publish(drafts[job.notebook], press, job.recipe)
            waiting.remove(job)
            tell("report_finished", **finished(results[job.notebook]))
    return [results[job.notebook] for job in work]


def _longest_first(jobs: list[Job]) -> list[Job]:
    """So that none runs alone at the end; the length of the notebook stands for the time that it takes."""
    return sorted(jobs, key=lambda job: job.notebook.stat().st_size, reverse=True)


def _ready(waiting: list[Job], drafts: Mapping[Path, Draft]) -> list[Job]:
    """Those that may be published: what the gate says of a report depends on those that come before it."""
    made = [job.notebook in drafts for job in waiting]
    first_open = [*made, False].index(False)
    return [
        job
        for at, job in enumerate(waiting)
        if at < first_open or (made[at] and not drafts[job.notebook].waits)
    ]


def _unchanged(job: Job, earlier: Mapping[str, Mapping[str, Any]], out: Path) -> ReportResult | None:
    entry = earlier.get(job.notebook.stem)
    if job.recipe is None or why_stale(entry, job.recipe, out):
        return None
    return unchanged(entry, out)


def begin_notebooks(
    notebooks: Sequence[Path],
    parameters: Mapping[str, object],
    out: Path,
    *,
    runner: Runner,
    recorded: Mapping[str, object] | None = None,
    lang: Lang = "zh",
    page_meta: PageMeta,
    data_files: Sequence[Path] = (),
    data_seen: Mapping[Path, str] | None = None,
    made_with: Mapping[str, str],
    overrides: Mapping[str, str] | None = None,
    groundwork: Mapping[str, Callable[[], object]] | None = None,
    force: bool = False,
    tell: Tell = silent,
) -> None:
    """Let a runner begin what `render_notebooks` with the same arguments will ask it for."""
    shared = shared_ingredients(data_files, made_with, data_seen or {})
    work = _planned(
        notebooks, parameters, recorded, lang, page_meta, shared, overrides or {}, groundwork or {}
    )
    earlier = {} if force else earlier_entries(Path(out))
    for job in _longest_first([job for job in work if not _unchanged(job, earlier, Path(out))]):
        runner.begin(job, tell, force=force)


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
    work = _planned(notebooks, parameters, recorded, lang, page_meta, shared, overrides or {}, {})
    earlier = earlier_entries(Path(out))
    return {
        job.notebook.stem: why_stale(earlier.get(job.notebook.stem), job.recipe, Path(out)) for job in work
    }


def _executions(
    work: list[Job], submit: Submit, begin_next: Callable[[], object] | None
) -> Iterator[tuple[Job, Execution]]:
    futures, unsent = {}, []
    for job in work:
        try:
            futures[submit(job)] = job
        except BrokenExecutor as error:
            unsent.append((job, error))
    if begin_next is not None:
        begin_next()
    for future in as_completed(futures):
        yield futures[future], _outcome(futures[future], future.exception() or future.result())
    yield from ((job, _outcome(job, error)) for job, error in unsent)


def _outcome(job: Job, done: Execution | BaseException) -> Execution:
    if isinstance(done, Execution):
        return done
    message = LOST if isinstance(done, BrokenExecutor) else f"{type(done).__name__}: {done}"
    return Execution(job.notebook, 0.0, None, Failure(message))
