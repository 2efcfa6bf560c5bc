"""Accessible tables with units, fixed decimals, and marks for estimates and missing figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import pandas as pd
from pandas.api.types import is_number, is_numeric_dtype

from zs_analysis.present.numbers import decimals_of, fmt
from zs_analysis.present.style import Lang

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
SHORT = 9
SOURCE = {"zh": "资料来源：", "en": "Source: "}
UNIT = {"zh": "单位：", "en": "Unit: "}
NOTE = {"zh": "注：", "en": "Note: "}


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
    """

    frame: pd.DataFrame
    caption: str
    unit: str = ""
    source: str = ""
    note: str = ""
    columns: Sequence[Column] = ()
    lang: Lang = "zh"

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
        return f"{self.caption}\n{self.frame[[column.key for column in self.columns]].to_string(index=False)}"

    def _repr_html_(self) -> str:
        caption = f"<caption>{escape(self.caption)}{self._unit()}</caption>"
        return f'<div class="zs-table">\n<table>\n{caption}\n{self._grid()}</table>\n{self._foot()}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": str(self)}

    def _unit(self) -> str:
        if not self.unit:
            return ""
        return f' <span class="zs-unit">{escape(UNIT[self.lang] + self.unit)}</span>'

    def _grid(self) -> str:
        head = "".join(_head(column, self.frame) for column in self.columns)
        rendered = [_cells(column, self.frame, self.lang) for column in self.columns]
        rows = "".join(_row(cells, self.columns, self.frame) for cells in zip(*rendered, strict=True))
        return f"<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n"

    def _foot(self) -> str:
        signs = _signs(self.columns, self.frame)
        legend = ("；" if self.lang == "zh" else "; ").join(
            f"{sign}：{LEGEND['zh'][sign]}" if self.lang == "zh" else f"{sign}: {LEGEND['en'][sign]}"
            for sign in signs
        )
        return foot({"zs-legend": legend}) + foot_lines(self.source, self.note, self.lang)


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


def _head(column: Column, frame: pd.DataFrame) -> str:
    unit = f' <span class="zs-unit">({escape(column.unit)})</span>' if column.unit else ""
    return f'<th scope="col"{_attributes(column, frame)}>{escape(column.label or column.key)}{unit}</th>'


def _row(cells: Sequence[str], columns: Sequence[Column], frame: pd.DataFrame) -> str:
    first = f'<th scope="row"{_attributes(columns[0], frame)}>{cells[0]}</th>'
    others = "".join(
        f"<td{_attributes(column, frame)}>{cell}</td>"
        for cell, column in zip(cells[1:], columns[1:], strict=True)
    )
    return f"<tr>{first}{others}</tr>\n"


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
