"""What leads to reports: the index of a run, that of all runs with its feed, and the link `latest`."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from zs_analysis.files import locked, sha256, switch_link
from zs_analysis.reports import manifest
from zs_analysis.reports.changes import write_changes
from zs_analysis.reports.feed import FEED, atom
from zs_analysis.reports.files import write_together
from zs_analysis.reports.page import TEMPLATES, FontCss, PageMeta, document, lenient
from zs_analysis.reports.words import HTML_LANG, LANG_NAMES, WORDS, Lang

# The mark stands before the font, which is long.
HEAD_BYTES = 2000
BEIJING = timezone(timedelta(hours=8))


def write_run_index(
    out: Path, preceding: Path | None = None, *, lang: Lang, meta: PageMeta, font_css: FontCss
) -> Path:
    """Write `index.html` of one run: a card for each report with its state and findings; and what changed.

    Parameters
    ----------
    out : Path
        Folder of the run, with its manifest.
    preceding : Path, optional
        Of the run to compare with; it need not be there.
    lang, meta, font_css
        As for `report_page`.

    Returns
    -------
    Path
        The index; both pages are left alone if they are of these manifests.
    """
    compared = [out, preceding] if preceding else [out]
    index, made_from = out / "index.html", _made_from(out, compared, lang, meta)
    if _is_of(index, made_from):
        return index
    run = manifest.read(out) or {"reports": [], "parameters": {}}
    changes = write_changes(out, preceding, lang=lang, meta=meta, font_css=font_css)
    context = {
        "title": WORDS[lang]["run_title"].format(meta.period),
        "made_from": made_from,
        "reports": run["reports"],
        "failed": any(report["status"] in ("failed", "withheld") for report in run["reports"]),
        "parameters": run["parameters"],
        "changes": changes and changes.name,
    }
    page = document("run.html.j2", context, lang=lang, meta=meta, font_css=lenient(font_css))
    write_together({index: page.encode()})
    return index


def write_root_index(root: Path, *, lang: Lang, meta: PageMeta, font_css: FontCss) -> Path:
    """Write `index.html` over all runs below `root`, and its feed: periods, newest first, by reports.

    Parameters
    ----------
    root : Path
        Its manifests are looked for one or two folders down. The first folder's name is the period; runs in
        several languages share it. Other processes that publish below wait meanwhile.
    lang, meta, font_css
        As for `report_page`.

    Returns
    -------
    Path
        The index; it is left alone if it is of these manifests.
    """
    with locked(root):
        folders = manifest.run_folders(root)
        index, made_from = root / "index.html", _made_from(root, folders, lang, meta)
        if _is_of(index, made_from) and (root / FEED).is_file():
            return index
        runs = [run for folder in folders if (run := _run(root, folder))]
        runs.sort(key=lambda run: list(WORDS).index(run["lang"]))
        page = document(
            "root.html.j2",
            _portal(runs, lang) | {"made_from": made_from},
            lang=lang,
            meta=meta,
            font_css=lenient(font_css),
        )
        # The index, which says what both are made from, takes its place last.
        write_together({root / FEED: atom(_pages(runs), meta.suite, lang), index: page.encode()})
    return index


def lead_to_latest(root: Path, period: str, names: Sequence[str]) -> None:
    """Have the link `latest` in a folder lead to a period, unless it leads to a newer one already.

    Parameters
    ----------
    root : Path
        Other processes that publish below wait meanwhile.
    period : str
        Folder in `root`; names of later periods sort after those of earlier ones.
    names : sequence of str
        Reports that the period must have, all of them in one language; none may have failed in any. Withheld
        ones count: that is a decision.

    Notes
    -----
    Where links cannot be made, or something else has the name, nothing is done.
    """
    link = root / manifest.LATEST
    with locked(root):
        found = [manifest.read(folder) for folder in (root / period, *(root / period).glob("*/"))]
        taken = link.exists() and not link.is_symlink()
        newer = link.is_symlink() and link.readlink().name > period
        if taken or newer or not _good([run["reports"] for run in found if run], names):
            return
        try:
            if not (link.is_symlink() and link.readlink() == Path(period)):
                switch_link(link, period)
        except OSError:
            return


def _good(runs: Sequence[Sequence[Mapping[str, Any]]], names: Sequence[str]) -> bool:
    failed = any(report["status"] == "failed" for reports in runs for report in reports)
    return not failed and any({report["name"] for report in reports} >= set(names) for reports in runs)


def _made_from(base: Path, folders: Sequence[Path], lang: Lang, meta: PageMeta) -> str:
    """A digest of what an index shows."""
    manifests = [folder / manifest.NAME for folder in folders]
    known = [
        (Path(os.path.relpath(path, base)).as_posix(), sha256(path)) for path in manifests if path.is_file()
    ]
    text = json.dumps([lang, asdict(meta), known], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_of(index: Path, made_from: str) -> bool:
    """Whether an index shows what there is; a run that was killed left an old one."""
    try:
        with index.open("rb") as stream:
            return f'content="{made_from}"'.encode() in stream.read(HEAD_BYTES)
    except OSError:
        return False


def _run(root: Path, folder: Path) -> dict[str, Any] | None:
    run = manifest.read(folder)
    if run is None:
        return None
    relative = folder.relative_to(root)
    return {
        "period": relative.parts[0],
        "lang": run.get("lang", "zh"),
        "folder": f"{relative.as_posix()}/",
        "reports": run["reports"],
    }


def _portal(runs: Sequence[Mapping[str, Any]], lang: Lang) -> dict[str, Any]:
    """What the page over all runs shows."""
    titles = {report["name"]: report["title"] for run in runs for report in run["reports"]}
    # A second pass, so that a title in the language of this page wins over another one.
    titles |= {r["name"]: r["title"] for run in runs if run["lang"] == lang for r in run["reports"]}
    by_period = {run["period"]: [one for one in runs if one["period"] == run["period"]] for run in runs}
    return {
        "title": WORDS[lang]["root_title"],
        "titles": dict(sorted(titles.items())),
        "periods": [_period(by_period[one], list(titles), lang) for one in sorted(by_period, reverse=True)],
        "lang_names": LANG_NAMES,
        "html_langs": HTML_LANG,
        "feed": FEED,
        "script": (TEMPLATES / "search.js").read_text(encoding="utf-8").strip(),
    }


def _period(runs: Sequence[Mapping[str, Any]], names: Sequence[str], lang: Lang) -> dict[str, Any]:
    """The runs of a period, and its reports by name, each in the languages in which it was made."""
    cells = {
        name: [
            {"lang": run["lang"], "folder": run["folder"], "when": _when(report), **report}
            for run in runs
            for report in run["reports"]
            if report["name"] == name
        ]
        for name in names
    }
    return {"period": runs[0]["period"], "runs": runs, "cells": cells, "findings": _findings(cells, lang)}


def _findings(cells: Mapping[str, Sequence[Mapping[str, Any]]], lang: Lang) -> dict[str, Any]:
    """Of each report in the language of this page, else in another: the language and the findings."""
    return {
        name: max(made, key=lambda one: (bool(one["findings"]), one["lang"] == lang))
        for name, made in cells.items()
        if made
    }


def _when(report: Mapping[str, Any]) -> str:
    """When a page was made, on the clocks of its readers."""
    if not report.get("rendered"):
        return ""
    return f"{datetime.fromisoformat(report['rendered']).astimezone(BEIJING):%Y-%m-%d %H:%M}"


def _pages(runs: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The published pages, as the feed takes them."""
    for run in runs:
        for report in run["reports"]:
            if report["page"] and report.get("rendered"):
                yield {
                    "href": run["folder"] + report["page"]["file"],
                    "lang": run["lang"],
                    "title": f"{report['title']} · {run['period']}",
                    "updated": report["rendered"],
                    "findings": report["findings"],
                }
