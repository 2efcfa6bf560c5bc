"""The quarterly run: which notebooks, which parameters, where to."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import zs_analysis as zs
from zs_analysis.files import locked, sha256, shipped, source_below
from zs_analysis.kept import CODE
from zs_analysis.preload import preload, prepare_forecast
from zs_analysis.reports import manifest
from zs_analysis.reports.errors import ReportError
from zs_analysis.reports.events import Tell, finished, silent, told_to_both
from zs_analysis.reports.forks import fork_server
from zs_analysis.reports.fresh import settle, settled, spoilt
from zs_analysis.reports.limits import Limits
from zs_analysis.reports.results import RenderResult, unchanged

# The rest is imported where it is used: a run that has nothing to do must not wait for it, and the process
# that reports are forked from imports its own part meanwhile.
if TYPE_CHECKING:
    from concurrent.futures import Executor
    from datetime import date

    from zs_analysis.reports.page import PageMeta
    from zs_analysis.reports.publish import Gate
    from zs_analysis.reports.runner import Runner

NOTEBOOKS = shipped("notebooks")
FORECAST = "30_cluster_forecast"


def render(
    period: str,
    reports: str | Iterable[str] | None = None,
    out: str | Path = "outputs",
    lang: Literal["zh", "en"] = "zh",
    as_of: str | date | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    data: str | Path | None = None,
    override: Mapping[str, str] | None = None,
    time_limit: float | None = None,
    memory_limit: int | None = None,
    force: bool = False,
    tell: Tell = silent,
) -> RenderResult:
    """Render the reports of a quarter into a folder of HTML pages.

    Parameters
    ----------
    period : str
        Quarter, like ``2023Q4``.
    reports : str or iterable of str, optional
        Names like ``10_output_growth``; all of them if not given.
    out : path
        The Chinese pages go to ``out/2023Q4``, the English ones to ``out/2023Q4/en``.
    lang : {"zh", "en"}
        Language of the reports.
    as_of : str or datetime.date, optional
        Use what was published by this day, like ``2023-12-13``; everything if not given.
    jobs : int, optional
        Reports at a time; one a core if not given.
    executor : concurrent.futures.Executor, optional
        Runs the reports elsewhere, such as that of `zs_analysis.cluster.dask_executor`; by default each has a
        local process, forked from one that has imported everything (Linux; an own interpreter elsewhere).
    data : path, optional
        Folder of another data package.
    override : mapping of str to str, optional
        Reports to publish whatever the disclosure gate says, each with the reason, which the page and the
        manifest then state: ``{"75_enterprise_lists": "for the leading group only"}``.
    time_limit : float, optional
        Seconds that a report may take; half an hour if not given.
    memory_limit : int, optional
        Megabytes of memory that a report may take; 4096 if not given.
    force : bool
        Make every report anew. Otherwise pages that would not change are left as they are, and cells that ran
        before on the same data, parameters and library are not run again.
    tell : callable, optional
        Told what happens to each report; `zs_analysis.reports.events.Log` writes it to a file.

    Returns
    -------
    RenderResult
        ``ok``, ``index`` and, for each report, its page, or what went wrong or why it is withheld.

    Raises
    ------
    PeriodError
        If the period or the day cannot be read.
    DataError
        If the data package breaks its description; all failures at once.
    ReportError
        If a report or the language is unknown, an override names no report of the run or gives no reason, or
        the folder cannot be written. Nothing is written then.
    """
    order = Order(period, as_of, reports, override or {})
    limits = {"time_limit": time_limit, "memory_limit": memory_limit}
    [result] = render_orders([order], out, lang, jobs, executor, data, **limits, force=force, tell=tell)
    return result


@dataclass(frozen=True)
class Order:
    """Reports of a quarter that are to be made.

    Attributes
    ----------
    period : str
        The quarter.
    as_of : str, datetime.date or None
        The day that they look from.
    reports : str, iterable of str or None
        None for all.
    override : mapping of str to str
        Reports that the disclosure gate does not stop, and why.
    """

    period: str
    as_of: str | date | None
    reports: str | Iterable[str] | None = None
    override: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.period}, {f'as known on {self.as_of}' if self.as_of else 'whatever the release date'}"


def render_orders(
    orders: Sequence[Order],
    out: str | Path = "outputs",
    lang: Literal["zh", "en"] = "zh",
    jobs: int | None = None,
    executor: Executor | None = None,
    data: str | Path | None = None,
    *,
    time_limit: float | None = None,
    memory_limit: int | None = None,
    force: bool = False,
    tell: Tell = silent,
) -> Iterator[RenderResult]:
    """Render several quarters, in their order; the next is begun while the last reports of one are made.

    Parameters
    ----------
    orders : sequence of Order
    out, lang, jobs, executor, data, time_limit, memory_limit, force, tell
        As `render` takes them.

    Yields
    ------
    RenderResult
        Of each quarter when it is published.

    Raises
    ------
    PeriodError, DataError, ReportError
        As `render` raises them.
    """
    if jobs is not None and jobs < 1:
        raise ReportError(f"jobs must be 1 or more; got {jobs}")
    run = _Run(Path(out), lang, _folder(data), force, tell)
    asked = [run.asked(order) for order in orders]
    with ExitStack() as stack:
        runner = None
        for one, following in zip_longest(asked, asked[1:]):
            result = run.as_it_is(one)
            if result is None:
                runner = runner or stack.enter_context(
                    _runner(run.folder, orders, jobs, executor, _limits(time_limit, memory_limit))
                )
                result = run.rendered(one, following, runner)
            yield result


@contextmanager
def _runner(
    folder: Path | None, orders: Sequence[Order], jobs: int | None, executor: Executor | None, limits: Limits
) -> Iterator[Runner]:
    """What runs the notebooks of some quarters, if the data are good."""
    make_ready = partial(preload, folder, orders[0].as_of, forecasting=len(orders) > 1 or None)
    with nullcontext() if executor else fork_server(make_ready) as server:
        if server:
            server.start()
        # The server, which has more to import, finds the verdict when it reads the data.
        if len(failures := zs.loaders.validate(folder)):
            raise zs.DataError(failures)
        from zs_analysis.reports.runner import Runner

        with Runner(jobs, executor, limits, server) as runner:
            yield runner


@dataclass(frozen=True)
class _Run:
    """What the quarters of one command have in common."""

    out: Path
    lang: Literal["zh", "en"]
    folder: Path | None
    force: bool
    tell: Tell

    def asked(self, order: Order) -> dict[str, Any]:
        named = [order.reports] if isinstance(order.reports, str) else order.reports
        names = [path.stem for path in notebooks_named(named)]
        return {**vars(order), "reports": names, "lang": self.lang}

    def as_it_is(self, asked: Mapping[str, Any]) -> RenderResult | None:
        """The result, told, where nothing is to be done."""
        result = None if self.force else _as_it_is(asked, self.out, self.folder)
        if result is not None:
            with told_to_both(len(result.reports), True, self._tell(asked)) as both:
                for report in result.reports:
                    both("report_finished", **finished(report))
        return result

    def rendered(
        self, asked: Mapping[str, Any], following: Mapping[str, Any] | None, runner: Runner
    ) -> RenderResult:
        begin_next = partial(self._begin, following, runner) if following else None
        result = _rendered(self._order(asked), self.out, self.folder, runner, begin_next)
        if result.ok:
            settle(_state(asked, self.out, self.folder))
        return result

    def _begin(self, asked: Mapping[str, Any], runner: Runner) -> None:
        from zs_analysis.reports.render import begin_notebooks

        if self.force or _as_it_is(asked, self.out, self.folder) is None:
            begin_notebooks(**self._order(asked), runner=runner)

    def _order(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be made, as the renderer takes it."""
        order = _order(**asked, out=self.out, data=self.folder)
        groundwork = {FORECAST: partial(prepare_forecast, order["parameters"])}
        return {**order, "groundwork": groundwork, "force": self.force, "tell": self._tell(asked)}

    def _tell(self, asked: Mapping[str, Any]) -> Tell:
        return partial(self.tell, period=asked["period"])


def _rendered(
    order: dict[str, Any],
    out: Path,
    folder: Path | None,
    runner: Runner,
    begin_next: Callable[[], object] | None,
) -> RenderResult:
    from zs_analysis.present.fonts import font_face_css
    from zs_analysis.reports.page import PageMeta
    from zs_analysis.reports.render import render_notebooks
    from zs_analysis.reports.site import lead_to_latest, write_root_index

    quarter, lang = order["parameters"]["period"], order["lang"]
    result = render_notebooks(
        **order,
        runner=runner,
        begin_next=begin_next,
        font_css=font_face_css,
        root=out,
        gate=disclosure_gate(out, folder, lang),
        preceding=_run_folder(out, str(zs.model.quarter(quarter) - 1), lang),
    )
    root_lang = "zh" if (out / quarter / manifest.NAME).exists() else lang
    package = zs.loaders.about(folder)
    root_meta = PageMeta(package.suite[root_lang], notice=package.notice.get(root_lang, ""))
    write_root_index(out, lang=root_lang, meta=root_meta, font_css=font_face_css)
    _compare_following(quarter, out, folder, lang)
    lead_to_latest(out, quarter, [notebook.stem for notebook in notebooks_named()])
    return result


def _compare_following(quarter: str, out: Path, folder: Path | None, lang: str) -> None:
    """Let the run of the next quarter tell what changed since this one as it now is."""
    from zs_analysis.present.fonts import font_face_css
    from zs_analysis.reports.site import write_run_index

    preceding = _run_folder(out, quarter, lang)
    following = _run_folder(out, str(zs.model.quarter(quarter) + 1), lang)
    run = manifest.read(following)
    if run is None or package_of(run["parameters"], out) != folder:
        return
    told = run["parameters"]
    view = zs.View(told["period"], told["as_of"], lang, str(folder) if folder else None)
    with locked(out):
        write_run_index(following, preceding, lang=lang, meta=_page_meta(view), font_css=font_face_css)


def _page_meta(view: zs.View) -> PageMeta:
    from zs_analysis.present.numbers import period_words
    from zs_analysis.reports.page import PageMeta

    period = period_words(str(view.quarter), view.lang)
    return PageMeta(view.about.suite[view.lang], period, view.as_of_words, view.notice)


def _as_it_is(asked: Mapping[str, Any], out: Path, folder: Path | None) -> RenderResult | None:
    """The result where all is as a run left it that had nothing more to do."""
    target = _run_folder(out, asked["period"], asked["lang"])
    entries = {entry["name"]: entry for entry in (manifest.read(target) or {"reports": []})["reports"]}
    made = [entries.get(name) for name in asked["reports"]]
    index = target / "index.html"
    if not all(made) or not index.is_file() or not (out / "index.html").is_file():
        return None
    if not settled(_state(asked, out, folder)) or any(spoilt(entry, target) for entry in made):
        return None
    return RenderResult(target, index, tuple(unchanged(entry, target) for entry in made))


def _state(asked: Mapping[str, Any], out: Path, folder: Path | None) -> list[object]:
    """What is asked for, everything that it is made from, and what the folder says of its runs."""
    runs = [run / manifest.NAME for run in manifest.run_folders(out)]
    recorded = [(path.relative_to(out).as_posix(), sha256(path)) for path in runs]
    data, notebooks = source_below(folder or zs.loaders.DATA), source_below(NOTEBOOKS)
    return [dict(asked), made_with(), data, notebooks, _seen_from(out, folder), recorded]


def explain(
    period: str,
    reports: str | Iterable[str] | None = None,
    out: str | Path = "outputs",
    lang: Literal["zh", "en"] = "zh",
    as_of: str | date | None = None,
    data: str | Path | None = None,
    override: Mapping[str, str] | None = None,
) -> dict[str, list[str]]:
    """Why `render` with the same arguments would make each report again; nothing is run or written.

    Returns
    -------
    dict of str to list of str
        By report; empty where its page would be left as it is.
    """
    from zs_analysis.reports.render import explain_notebooks

    return explain_notebooks(**_order(period, reports, lang, as_of, override, out=out, data=data))


def _order(
    period: str,
    reports: str | Iterable[str] | None,
    lang: Literal["zh", "en"],
    as_of: str | date | None,
    override: Mapping[str, str] | None,
    *,
    out: str | Path,
    data: str | Path | None,
) -> dict[str, Any]:
    """What is to be made, as the renderer takes it."""
    from zs_analysis.reports.words import WORDS

    if lang not in WORDS:
        raise ReportError(f"no language {lang!r}; there are {', '.join(WORDS)}")
    notebooks = notebooks_named([reports] if isinstance(reports, str) else reports)
    folder = _folder(data)
    view = zs.View(period, as_of, lang, str(folder) if folder else None)
    quarter, root = str(view.quarter), folder or zs.loaders.DATA
    target = _run_folder(Path(out), quarter, lang)
    elsewhere = _published(Path(out), folder, besides=target)
    return {
        "notebooks": notebooks,
        "parameters": {"period": quarter, "as_of": view.as_of, "lang": lang, "data_dir": view.data_dir},
        "recorded": {"data_dir": _seen_from(Path(out), folder)},
        "out": target,
        "lang": lang,
        "page_meta": _page_meta(view),
        "data_files": [
            *sorted(root.glob("*.csv")),
            *sorted(root.glob("vintages/*.csv")),
            *root.glob("datapackage.json"),
        ],
        # Releases after the day of a report cannot change it.
        "data_seen": zs.loaders.digests_as_known(view.as_of, folder) if view.as_of else {},
        "overrides": override,
        # The gate compares with what other runs published: it looks again when that has changed.
        "made_with": made_with() | {"page gate": json.dumps(elsewhere, sort_keys=True)},
    }


def _run_folder(out: Path, quarter: str, lang: str) -> Path:
    return out / quarter / ("" if lang == "zh" else lang)


def _folder(data: str | Path | None) -> Path | None:
    return Path(data).resolve() if data else None


def made_with() -> dict[str, str]:
    """Digests of what reports are made with: this library, what it rests on, and the makers of its pages."""
    versions = [f"{name} {version}" for name, version in manifest.package_versions().items()]
    return {
        "library": CODE,
        "packages": "\n".join(versions),
        "page templates": source_below(Path(__file__).parent / "reports"),
    }


def _limits(seconds: float | None, megabytes: int | None) -> Limits:
    given = {"seconds": seconds, "memory": megabytes and megabytes * 2**20}
    return Limits(**{name: value for name, value in given.items() if value is not None})


def disclosure_gate(root: Path, data: Path | None, lang: Literal["zh", "en"]) -> Gate:
    """A gate that compares a report with all publications under a folder made from the same data package.

    Parameters
    ----------
    root : Path
        As `out` of `render`.
    data : Path, optional
        The folder of the package; the embedded one if not given.
    lang : {"zh", "en"}
        Of its reasons.
    """

    def gate(records: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
        from zs_analysis.present.disclosure import judge

        return judge(records, _published(root, data), lang)

    return gate


def _published(root: Path, data: Path | None, besides: Path | None = None) -> list[Mapping[str, Any]]:
    """Tables of enterprises that runs under a folder published from a data package."""
    return [
        table
        for run in manifest.runs_below(root, besides)
        for report in run["reports"]
        if package_of(report.get("parameters") or run["parameters"], root) == data
        for table in report.get("published", [])
    ]


def package_of(parameters: Mapping[str, Any], root: Path) -> Path | None:
    """The data package that a manifest names; None for the embedded one.

    Parameters
    ----------
    parameters : mapping
        As recorded, with the folder of the package as seen from `root`.
    root : Path
        As `out` of `render`.
    """
    named = parameters.get("data_dir")
    return (root / named).resolve() if named else None


def _seen_from(root: Path, folder: Path | None) -> str | None:
    """A folder as the manifest names it: the same in two copies of a tree, wherever they lie."""
    if folder is None:
        return None
    try:
        return Path(os.path.relpath(folder, root.resolve())).as_posix()
    except ValueError:  # another drive (Windows)
        return folder.as_posix()


def notebooks_named(reports: Iterable[str] | None = None) -> list[Path]:
    """The notebooks of the named reports, or of all.

    Raises
    ------
    ReportError
        If there is no such report; the message names the nearest one.

    Examples
    --------
    >>> [path.stem for path in notebooks_named()][:2]
    ['00_brief', '10_output_growth']
    """
    known = {path.stem: path for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    wanted = list(dict.fromkeys(reports)) if reports is not None else list(known)
    unknown = [name for name in wanted if name not in known]
    if not wanted:
        raise ReportError(f"no report named; there are {', '.join(known)}")
    if unknown:
        hints = [
            f"did you mean {near[0]}?" for name in unknown if (near := get_close_matches(name, known, 1, 0.4))
        ]
        raise ReportError(
            " ".join([f"no report {', '.join(map(repr, unknown))};", *hints, f"there are {', '.join(known)}"])
        )
    return [known[name] for name in wanted]
