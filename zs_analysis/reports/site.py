"""The two index pages: of one run, and of all runs below a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zs_analysis.reports import manifest
from zs_analysis.reports.changes import CHANGES
from zs_analysis.reports.files import write_atomic
from zs_analysis.reports.page import FontCss, PageMeta, document, lenient
from zs_analysis.reports.words import LANG_NAMES, WORDS, Lang


def write_run_index(
    out: Path, run: Mapping[str, Any], *, lang: Lang, meta: PageMeta, font_css: FontCss
) -> Path:
    """Write `index.html` of one run: a card for each report with its state and findings.

    Parameters
    ----------
    out : Path
        Folder of the run.
    run : mapping
        Its manifest.
    lang, meta, font_css
        As for `report_page`.

    Returns
    -------
    Path
        The index.
    """
    reports = run["reports"]
    failed = any(report["status"] in ("failed", "withheld") for report in reports)
    context = {
        "title": WORDS[lang]["run_title"].format(meta.period),
        "reports": reports,
        "failed": failed,
        "parameters": run["parameters"],
        "changes": CHANGES if (out / CHANGES).is_file() else None,
    }
    return _write_index(out, "run.html.j2", context, lang=lang, meta=meta, font_css=font_css)


def write_root_index(root: Path, *, lang: Lang, meta: PageMeta, font_css: FontCss) -> Path:
    """Write `index.html` over all runs below `root`: periods down, newest first, and reports across.

    Parameters
    ----------
    root : Path
        Its manifests are looked for one or two folders down. The first folder's name is the period and sorts
        the rows; runs in several languages share a row.
    lang, meta, font_css
        As for `report_page`.

    Returns
    -------
    Path
        The index.
    """
    runs = [run for folder in _run_folders(root) if (run := _run(root, folder))]
    runs.sort(key=lambda run: list(WORDS).index(run["lang"]))
    titles = {report["name"]: report["title"] for run in runs for report in run["reports"]}
    # A second pass, so that a title in the language of this page wins over another one.
    titles |= {r["name"]: r["title"] for run in runs if run["lang"] == lang for r in run["reports"]}
    periods = sorted({run["period"] for run in runs}, reverse=True)
    rows = [_row([run for run in runs if run["period"] == period], list(titles)) for period in periods]
    context = {
        "title": WORDS[lang]["root_title"],
        "columns": list(titles),
        "titles": titles,
        "rows": rows,
        "lang_names": LANG_NAMES,
    }
    return _write_index(root, "root.html.j2", context, lang=lang, meta=meta, font_css=font_css)


def _write_index(
    folder: Path,
    template: str,
    context: Mapping[str, object],
    *,
    lang: Lang,
    meta: PageMeta,
    font_css: FontCss,
) -> Path:
    index = folder / "index.html"
    write_atomic(index, document(template, context, lang=lang, meta=meta, font_css=lenient(font_css)))
    return index


def _run_folders(root: Path) -> list[Path]:
    found = [*root.glob(f"*/{manifest.NAME}"), *root.glob(f"*/*/{manifest.NAME}")]
    return sorted(path.parent for path in found)


def _run(root: Path, folder: Path) -> dict[str, Any] | None:
    run = manifest.read(folder)
    if run is None:
        return None
    relative = folder.relative_to(root)
    period, lang = relative.parts[0], run.get("lang", "zh")
    return {
        "period": period,
        "lang": lang,
        "folder": f"{relative.as_posix()}/",
        "reports": run["reports"],
    }


def _row(runs: list[dict[str, Any]], columns: list[str]) -> dict[str, Any]:
    cells = {
        name: [(run, report) for run in runs for report in run["reports"] if report["name"] == name]
        for name in columns
    }
    return {"period": runs[0]["period"], "runs": runs, "cells": cells}
