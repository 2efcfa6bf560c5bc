"""What an executed notebook hands over besides its page: sheets for a workbook, files, disclosures, facts."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from zs_analysis.reports.errors import ReportError
from zs_analysis.reports.page import PageMeta
from zs_analysis.reports.words import WORDS, Lang

SHEET = "application/vnd.zs.sheet+json"
FILE = "application/vnd.zs.file+json"
RECORD = "application/vnd.zs.disclosure+json"
FACTS = "application/vnd.zs.facts+json"
METRICS = "application/vnd.zs.metrics+json"
# What a headline number has; `zs_analysis.reports.changes` tells what it is for.
METRIC = (
    "indicator",
    "ref_area",
    "activity",
    "time_period",
    "transformation",
    "unit",
    "value",
    "status",
    "origin",
    "lo",
    "hi",
    "words",
)
# No separators, nothing that Windows refuses, no hidden files.
SAFE_NAME = re.compile(r"[^\x00-\x1f<>:\"/\\|?*.\s][^\x00-\x1f<>:\"/\\|?*]*\.[A-Za-z0-9]{1,8}")
LONGEST_NAME = 200
# Pages, the manifest and the workbooks are the renderer's own.
OWN_ENDINGS = (".html", ".htm", ".json", ".xlsx", ".tmp")


@dataclass(frozen=True)
class Attachments:
    """What a notebook hands over, in the order of its cells."""

    sheets: tuple[Mapping[str, Any], ...]
    files: Mapping[str, bytes]
    records: tuple[Mapping[str, Any], ...]
    facts: Mapping[str, Any]


def read_attachments(notebook: NotebookNode) -> Attachments:
    """Collect sheets, files and records from the outputs of a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Executed. Outputs with the MIME types `SHEET`, `FILE` and `RECORD` hold a JSON object or a list of
        such. A file has `name` and `base64`. One with `FACTS` holds an object, by name what the manifest
        is to keep of the report. Numbers of `METRICS` are kept among the facts as ``metrics``.

    Returns
    -------
    Attachments

    Raises
    ------
    ReportError
        A file has no safe name or content, or two files or facts have the same name.
    """
    files: dict[str, bytes] = {}
    for item in _items(notebook, FILE):
        name = _safe_name(item.get("name"))
        if name.lower() in (known.lower() for known in files):
            raise ReportError(f"Two files of the notebook are called {name!r}; give each its own name.")
        files[name] = _content(name, item.get("base64"))
    return Attachments(tuple(_items(notebook, SHEET)), files, records(notebook), _facts(notebook))


def _facts(notebook: NotebookNode) -> dict[str, Any]:
    numbers = _metrics(notebook)
    found: dict[str, Any] = {"metrics": numbers} if numbers else {}
    for item in _items(notebook, FACTS):
        if twice := found.keys() & item.keys():
            raise ReportError(
                f"Two outputs of the notebook record {', '.join(sorted(twice))}; record it once."
            )
        found |= item
    return found


def _metrics(notebook: NotebookNode) -> list[dict[str, Any]]:
    numbers = _items(notebook, METRICS)
    for one in numbers:
        if lacking := [name for name in METRIC if name not in one]:
            raise ReportError(
                f"A headline number of the notebook lacks {', '.join(lacking)}; it has {', '.join(METRIC)}."
            )
    return numbers


def records(notebook: NotebookNode) -> tuple[Mapping[str, Any], ...]:
    """What the tables and charts of a notebook say of themselves to the gate."""
    return tuple(_items(notebook, RECORD))


def _items(notebook: NotebookNode, kind: str) -> list[dict[str, Any]]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    found = [output["data"][kind] for output in outputs if kind in output.get("data", {})]
    return [dict(item) for data in found for item in (data if isinstance(data, list) else [data])]


def _safe_name(name: object) -> str:
    text = str(name)
    safe = SAFE_NAME.fullmatch(text) and len(text.encode()) <= LONGEST_NAME
    if not safe or text.lower().endswith(OWN_ENDINGS):
        raise ReportError(
            f"A file of the notebook is called {text!r}; a name has no folder, an ending like .docx, and "
            f"none of {', '.join(OWN_ENDINGS)}."
        )
    return text


def _content(name: str, text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ReportError(f"The content of the file {name!r} is not base64: {error}.") from error


def workbook(
    sheets: Sequence[Mapping[str, Any]], title: str, verdict: str, *, lang: Lang, meta: PageMeta
) -> bytes:
    """The numbers behind a page as a workbook.

    Parameters
    ----------
    sheets : sequence of mapping
        Of `Attachments`.
    title : str
        Of the report.
    verdict : str
        Of the gate, as a sentence.
    lang, meta
        As for `report_page`.

    Returns
    -------
    bytes
        The same arguments give the same bytes.
    """
    # openpyxl takes a while to import, and a run that fails at once does not need it
    from zs_analysis.workbook import FURNITURE, report_book

    words, furniture = WORDS[lang], FURNITURE[lang]
    about = [
        (words["book_suite"], meta.suite),
        (words["book_report"], title),
        (words["period"], meta.period),
        (words["book_as_of"], meta.as_of),
        (words["book_notice"], meta.notice),
        (words["book_verdict"], verdict),
        (furniture["layout"], furniture["layout_text"]),
        (furniture["flags"], furniture["flags_text"]),
    ]
    with_notice = [{**sheet, "notice": meta.notice} for sheet in sheets]
    return report_book([row for row in about if row[1]], with_notice, furniture)
