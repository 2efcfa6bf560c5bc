"""The quarterly run: which notebooks, which parameters, where to."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import date
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, Literal

from zs_analysis import model
from zs_analysis.files import source_below
from zs_analysis.kept import CODE
from zs_analysis.loaders import DATA, DataError, digests_as_known, notice, validate
from zs_analysis.preload import preload
from zs_analysis.present.disclosure import judge
from zs_analysis.present.fonts import font_face_css
from zs_analysis.present.numbers import period_words
from zs_analysis.present.view import View
from zs_analysis.reports import manifest
from zs_analysis.reports.errors import ReportError
from zs_analysis.reports.events import Tell, silent
from zs_analysis.reports.limits import Limits
from zs_analysis.reports.page import PageMeta
from zs_analysis.reports.publish import Gate
from zs_analysis.reports.render import RenderResult, explain_notebooks, render_notebooks
from zs_analysis.reports.site import lead_to_latest, write_root_index

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
SUITE = {"zh": "舟山“155”产业集群分析", "en": "Zhoushan's 155 manufacturing clusters"}


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
    if jobs is not None and jobs < 1:
        raise ReportError(f"jobs must be 1 or more; got {jobs}")
    limits = _limits(time_limit, memory_limit)
    order = _order(period, reports, out, lang, as_of, data, override)
    # Data that the pages were made from with this library have been checked.
    if force or any(explain_notebooks(**order).values()):
        failures = validate(_folder(data))
        if len(failures):
            raise DataError(failures)
    result = render_notebooks(
        **order,
        font_css=font_face_css,
        jobs=jobs,
        executor=executor,
        root=Path(out),
        gate=disclosure_gate(Path(out), _folder(data), lang),
        limits=limits,
        preload=partial(preload, _folder(data)),
        preceding=_run_folder(Path(out), str(model.quarter(order["parameters"]["period"]) - 1), lang),
        force=force,
        tell=tell,
    )
    quarter = order["parameters"]["period"]
    root_lang = "zh" if (Path(out) / quarter / "manifest.json").exists() else lang
    root_meta = PageMeta(SUITE[root_lang], notice=notice(_folder(data)).get(root_lang, ""))
    write_root_index(Path(out), lang=root_lang, meta=root_meta, font_css=font_face_css)
    lead_to_latest(Path(out), quarter, [notebook.stem for notebook in notebooks_named()])
    return result


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
    return explain_notebooks(**_order(period, reports, out, lang, as_of, data, override))


def _order(
    period: str,
    reports: str | Iterable[str] | None,
    out: str | Path,
    lang: Literal["zh", "en"],
    as_of: str | date | None,
    data: str | Path | None,
    override: Mapping[str, str] | None,
) -> dict[str, Any]:
    """What is to be made, as the renderer takes it."""
    if lang not in SUITE:
        raise ReportError(f"no language {lang!r}; there are {', '.join(SUITE)}")
    notebooks = notebooks_named([reports] if isinstance(reports, str) else reports)
    folder = _folder(data)
    view = View(period, as_of, lang, str(folder) if folder else None)
    quarter, root = str(view.quarter), folder or DATA
    target = _run_folder(Path(out), quarter, lang)
    elsewhere = _published(Path(out), folder, besides=target)
    return {
        "notebooks": notebooks,
        "parameters": {"period": quarter, "as_of": view.as_of, "lang": lang, "data_dir": view.data_dir},
        "recorded": {"data_dir": _seen_from(Path(out), folder)},
        "out": target,
        "lang": lang,
        "page_meta": PageMeta(SUITE[lang], period_words(quarter, lang), view.as_of_words, view.notice),
        "data_files": [
            *sorted(root.glob("*.csv")),
            *sorted(root.glob("vintages/*.csv")),
            *root.glob("datapackage.json"),
        ],
        # Releases after the day of a report cannot change it.
        "data_seen": digests_as_known(view.as_of, folder) if view.as_of else {},
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
