"""Accessible tables with units, fixed decimals, and marks for estimates and missing figures."""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import pandas as pd
from pandas.api.types import is_bool_dtype, is_number, is_numeric_dtype

from zs_analysis.present.disclosure import MIME as DISCLOSURE
from zs_analysis.present.disclosure import Disclosure
from zs_analysis.present.numbers import Lang, decimals_of, fmt

SHEET = "application/vnd.zs.sheet+json"
FACTS = "application/vnd.zs.facts+json"
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MISSING, SUPPRESSED = "—", "×"
MARKS = {"E": "e", "F": "f", "P": "p"}
LEGEND = {
    "zh": {
        "—": "没有查到或不适用",
        "×": "不予公布，以免泄露单个企业数据",
        "e": "估计数",
        "f": "预计数",
        "p": "初步数",
    },
    "en": {
        "—": "not found or not applicable",
        "×": "withheld, to protect single enterprises",
        "e": "estimate",
        "f": "forecast",
        "p": "provisional",
    },
}
NO_WIDTH = "display:inline-block;width:0;line-height:0"  # a mark must not push its digits out of line
# Text of so few characters stays on one line: Chinese would break anywhere.
SHORT = 10
MOST_ROWS = 500
SOURCE = {"zh": "资料来源：", "en": "Source: "}
UNIT = {"zh": "单位：", "en": "Unit: "}
NOTE = {"zh": "注：", "en": "Note: "}
MORE = {
    "zh": "共{}行，页面列出前{}行，其余见本报告的数据工作簿。",
    "en": "{} rows in all; the page has the first {}, the workbook of this report the others.",
}


@dataclass(frozen=True)
class Column:
    """One column of a `Table`.

    Attributes
    ----------
    key : str
        Column of the frame.
    label : str
        Header; the key if empty.
    decimals : int, optional
        Fixed for the whole column; as many as its numbers need, at most two, if not given.
    align : {'left', 'right'}, optional
        Numbers right and text left if not given.
    unit : str
        Put into the header.
    status : str
        Column of the frame with the SDMX ``obs_status`` of each cell, if any.
    """

    key: str
    label: str = ""
    decimals: int | None = None
    align: Literal["left", "right"] | None = None
    unit: str = ""
    status: str = ""


@dataclass(frozen=True, eq=False)
class Table:
    """A table for readers; the first column heads the rows.

    Attributes
    ----------
    frame : pandas.DataFrame
    caption : str
        What the table shows; plain text.
    unit : str
        Of the whole table; a column's own unit goes into its header.
    columns : sequence of Column, optional
        All of the frame if not given.
    disclosure : Disclosure, optional
        What the table gives away of enterprises, where it was made from their registers.
    most : int
        Rows on the page, which stays light; the workbook of the report has all of them.
    facts : mapping, optional
        By name, what the manifest of the render is to record with the report; plain JSON.
    """

    frame: pd.DataFrame
    caption: str
    unit: str = ""
    source: str = ""
    note: str = ""
    columns: Sequence[Column] = ()
    lang: Lang = "zh"
    disclosure: Disclosure | None = None
    most: int = MOST_ROWS
    facts: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        columns = tuple(self.columns) or tuple(Column(str(key)) for key in self.frame.columns)
        wanted = [name for column in columns for name in (column.key, column.status) if name]
        unknown = [name for name in wanted if name not in self.frame.columns]
        if unknown:
            raise KeyError(
                f"table has no column {', '.join(unknown)}; it has {', '.join(self.frame.columns)}"
            )
        object.__setattr__(self, "columns", columns)

    def __str__(self) -> str:
        shown = self.frame[[column.key for column in self.columns]]
        labelled = shown.set_axis([column.label or column.key for column in self.columns], axis=1)
        with pd.option_context("display.unicode.east_asian_width", True):
            known = labelled.astype(object).where(labelled.notna(), "—")
            return f"{self.caption}\n{known.to_string(index=False)}"

    def _repr_html_(self) -> str:
        caption = f"<caption>{escape(self.caption)}{self._unit()}</caption>"
        return f'<div class="zs-table">\n<table>\n{caption}\n{self._grid()}</table>\n{self._foot()}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {
            "text/html": self._repr_html_(),
            "text/plain": str(self),
            SHEET: self.sheet(),
            **disclosed(self.disclosure, self.caption),
            **({FACTS: dict(self.facts)} if self.facts else {}),
        }

    def sheet(self) -> dict[str, Any]:
        """The numbers as plain JSON, for a workbook: columns with their kinds, rows, and the status of each cell."""
        columns = [_sheet_column(column, self.frame) for column in self.columns]
        values = [_plain_values(column, self.frame) for column in self.columns]
        statuses = [
            ["" if pd.isna(flag) else str(flag) for flag in _statuses(column, self.frame)]
            for column in self.columns
        ]
        return {
            "title": self.caption,
            "unit": self.unit,
            "source": self.source,
            "note": self.note,
            "columns": columns,
            "rows": [list(row) for row in zip(*values, strict=True)],
            "status": [list(row) for row in zip(*statuses, strict=True)],
        }

    def _unit(self) -> str:
        if not self.unit:
            return ""
        return f' <span class="zs-unit">{escape(UNIT[self.lang] + self.unit)}</span>'

    def _grid(self) -> str:
        attributes = [_attributes(column, self.frame) for column in self.columns]
        head = "".join(_head(*one) for one in zip(self.columns, attributes, strict=True))
        # judged by the whole frame: digits must not depend on where the page stops
        rendered = [_cells(column, self.frame, self.lang)[: self.most] for column in self.columns]
        rows = "".join(_row(cells, attributes) for cells in zip(*rendered, strict=True))
        return f"<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n"

    def _foot(self) -> str:
        signs = _signs(self.columns, self.frame)
        legend = ("；" if self.lang == "zh" else "; ").join(
            f"{sign}：{LEGEND['zh'][sign]}" if self.lang == "zh" else f"{sign}: {LEGEND['en'][sign]}"
            for sign in signs
        )
        own = foot({"zs-legend": legend}) + foot({"zs-legend": self._more()})
        return own + foot_lines(self.source, self.note, self.lang)

    def _more(self) -> str:
        return MORE[self.lang].format(len(self.frame), self.most) if len(self.frame) > self.most else ""


def disclosed(disclosure: Disclosure | None, title: str) -> dict[str, Any]:
    """The part of a MIME bundle by which the gate judges; nothing where no enterprise is shown."""
    return {DISCLOSURE: disclosure.record(title)} if disclosure else {}


def _sheet_column(column: Column, frame: pd.DataFrame) -> dict[str, Any]:
    values = frame[column.key]
    known = values.dropna()
    numbers = is_numeric_dtype(values) and not is_bool_dtype(values)
    days = len(known) > 0 and all(_is_day(value) for value in known)
    decimals = column.decimals if column.decimals is not None or not numbers else decimals_of(values)
    return {
        "label": column.label or column.key,
        "unit": column.unit,
        "kind": "number" if numbers else "date" if days else "text",
        "decimals": decimals,
    }


def _is_day(value: object) -> bool:
    return isinstance(value, datetime.date) or (isinstance(value, str) and bool(DAY.fullmatch(value)))


def _plain_values(column: Column, frame: pd.DataFrame) -> list[float | int | str | None]:
    return [_plain(value) for value in frame[column.key].tolist()]


def _plain(value: object) -> float | int | str | None:
    if pd.isna(value):
        return None
    if isinstance(value, datetime.date):
        return value.strftime("%Y-%m-%d")
    return value if is_number(value) and not isinstance(value, bool) else str(value)


def foot(lines: dict[str, str]) -> str:
    """Lines under a table or picture, each a paragraph with its class; empty ones are left out."""
    return "".join(f'<p class="{name}">{escape(text)}</p>\n' for name, text in lines.items() if text)


def foot_lines(source: str, note: str, lang: Lang) -> str:
    """The note and the source, introduced in the language of the page."""
    note_line = NOTE[lang] + note if note else ""
    return foot({"zs-note": note_line, "zs-source": SOURCE[lang] + source if source else ""})


def _right(column: Column, frame: pd.DataFrame) -> bool:
    return column.align == "right" if column.align else is_numeric_dtype(frame[column.key])


def _attributes(column: Column, frame: pd.DataFrame) -> str:
    if _right(column, frame):
        return ' class="num"'
    short = frame[column.key].dropna().astype(str).str.len().max() <= SHORT
    # JupyterLab aligns every cell right, so that text has to say what it wants
    return f' style="text-align:left{";white-space:nowrap" if short else ""}"'


def _head(column: Column, attributes: str) -> str:
    unit = f' <span class="zs-unit">({escape(column.unit)})</span>' if column.unit else ""
    return f'<th scope="col"{attributes}>{escape(column.label or column.key)}{unit}</th>'


def _row(cells: Sequence[str], attributes: Sequence[str]) -> str:
    first, *others = (f"{each}>{cell}" for each, cell in zip(attributes, cells, strict=True))
    return f'<tr><th scope="row"{first}</th>{"".join(f"<td{cell}</td>" for cell in others)}</tr>\n'


def _statuses(column: Column, frame: pd.DataFrame) -> list[str]:
    return frame[column.status].tolist() if column.status else [""] * len(frame)


def _cells(column: Column, frame: pd.DataFrame, lang: Lang) -> list[str]:
    values = frame[column.key].tolist()
    decimals = column.decimals
    if decimals is None and is_numeric_dtype(frame[column.key]):
        decimals = decimals_of(values)
    statuses = _statuses(column, frame)
    return [_cell(*cell, decimals, lang) for cell in zip(values, statuses, strict=True)]


def _cell(value: object, status: str, decimals: int | None, lang: Lang) -> str:
    if pd.isna(value):
        return SUPPRESSED if status == "Q" else MISSING
    shown = fmt(float(value), decimals, lang) if is_number(value) else escape(str(value))
    mark = MARKS.get(status, "")
    return f'{shown}<sup title="{LEGEND[lang][mark]}" style="{NO_WIDTH}">{mark}</sup>' if mark else shown


def _signs(columns: Sequence[Column], frame: pd.DataFrame) -> list[str]:
    used = set()
    for column in columns:
        for value, status in zip(frame[column.key], _statuses(column, frame), strict=True):
            empty = SUPPRESSED if status == "Q" else MISSING
            used.add(empty if pd.isna(value) else MARKS.get(status, ""))
    return [sign for sign in LEGEND["en"] if sign in used]
