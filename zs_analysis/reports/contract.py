"""What a finished report must keep before it is published: a wrong one must not look like a good one.

A notebook declares by the tags of its code cells what each of them owes the reader:

=========  =========================================================================================
tag        the cell shows
=========  =========================================================================================
findings   `FINDINGS`, at least one sentence
chart      a picture, or a `NOTE` that says why there is none
table      a table, or a `NOTE`
output     anything for the reader
period     `REACH`: the period asked for and the newest one that the data hold
=========  =========================================================================================

Whatever its tags, no cell may write to stderr, draw axes without data, hand over a table without rows or
state a finding without a value; and where the data end before the period asked, the page has to say so.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from nbformat import NotebookNode

from zs_analysis.reports.attachments import SHEET
from zs_analysis.reports.page import FINDINGS
from zs_analysis.reports.words import WORDS, Lang

NOTE = "application/vnd.zs.note+json"
CHART = "application/vnd.zs.chart+json"
REACH = "application/vnd.zs.reach+json"
# "None of" opens an English sentence; Chinese has no spaces around what should have been a number.
NO_VALUE = re.compile(r"(?<![A-Za-z])(?:nan|NaN|NaT|None(?! of\b)|inf|<NA>)(?![A-Za-z])")
HEADING = re.compile(r"^#+\s+(.+)$", re.MULTILINE)

Bundle = Mapping[str, Any]


@dataclass(frozen=True)
class Breach:
    """One thing that a finished report lacks or shows wrongly.

    Attributes
    ----------
    kind : str
        Names a sentence of `WORDS`.
    cell : int
        Counted from 0 in the notebook.
    section : str
        The heading above the cell.
    source : str
        Its code.
    detail : str
        What was found there. It may quote the report.
    """

    kind: str
    cell: int
    section: str
    source: str
    detail: str = ""


def breaches(notebook: NotebookNode, lang: Lang) -> tuple[Breach, ...]:
    """Hold a finished report against what its notebook declares.

    Parameters
    ----------
    notebook : NotebookNode
        Executed to its end.
    lang : {"zh", "en"}
        Cells tagged with the other language owe nothing.

    Returns
    -------
    tuple of Breach
        In the order of the cells; empty if the report may go on.
    """
    other, section = set(WORDS) - {lang}, ""
    pages = [str(data.get("text/html", "")) for cell in notebook.cells for data in _bundles(cell)]
    found = []
    for index, cell in enumerate(notebook.cells):
        if not other.isdisjoint(cell.metadata.get("tags", [])):
            continue
        if cell.cell_type == "markdown":
            section = (HEADING.findall(cell.source) or [section])[-1]
        if cell.cell_type == "code":
            wrong = [*_unkept(cell), *_defects(cell, pages)]
            found += [Breach(kind, index, section, cell.source, detail) for kind, detail in wrong]
    return tuple(found)


def _bundles(cell: NotebookNode) -> list[Bundle]:
    return [output.data for output in cell.get("outputs", []) if "data" in output]


def _unkept(cell: NotebookNode) -> Iterator[tuple[str, str]]:
    shown = _bundles(cell)
    for tag in cell.metadata.get("tags", []):
        if tag in PROMISES and not PROMISES[tag](shown):
            yield tag, ""


def _has_findings(shown: Sequence[Bundle]) -> bool:
    return any(str(sentence).strip() for data in shown for sentence in data.get(FINDINGS, []))


def _has_chart(shown: Sequence[Bundle]) -> bool:
    drawn = any(re.search(r"<(?:svg|img)\b", str(data.get("text/html", ""))) for data in shown)
    return drawn or any(kind.startswith("image/") for data in shown for kind in data) or _noted(shown)


def _has_table(shown: Sequence[Bundle]) -> bool:
    return any("<table" in str(data.get("text/html", "")) for data in shown) or _noted(shown)


def _noted(shown: Sequence[Bundle]) -> bool:
    return any(str(data.get(NOTE, "")).strip() for data in shown)


PROMISES: Mapping[str, Callable[[Sequence[Bundle]], bool]] = MappingProxyType(
    {
        "findings": _has_findings,
        "chart": _has_chart,
        "table": _has_table,
        "output": bool,
        "period": lambda shown: any(REACH in data for data in shown),
    }
)


def _defects(cell: NotebookNode, pages: Sequence[str]) -> Iterator[tuple[str, str]]:
    outputs = cell.get("outputs", [])
    if said := "".join(out.text for out in outputs if out.get("name") == "stderr").strip():
        yield "stderr", said
    for data in _bundles(cell):
        yield from (("empty_axes", title) for title in _with_empty_axes(data))
        yield from (("no_rows", sheet["title"]) for sheet in _listed(data.get(SHEET)) if not sheet["rows"])
        yield from (("no_value", text) for text in map(str, data.get(FINDINGS, [])) if NO_VALUE.search(text))
        yield from (("reach", f"{one['asked']} > {one['newest']}") for one in _unsaid(data, pages))


def _with_empty_axes(data: Bundle) -> list[str]:
    return [chart["title"] for chart in _listed(data.get(CHART)) if chart["empty_axes"]]


def _unsaid(data: Bundle, pages: Sequence[str]) -> list[Mapping[str, Any]]:
    short = [one for one in _listed(data.get(REACH)) if not one["reached"]]
    return [one for one in short if not _shown(one.get("note", ""), pages)]


def _shown(note: str, pages: Sequence[str]) -> bool:
    return bool(note) and any(html.escape(note) in page or note in page for page in pages)


def _listed(item: Any) -> list[Mapping[str, Any]]:
    return [] if item is None else item if isinstance(item, list) else [item]
