"""What `zs.show` shows: frames that can be sorted and searched, charts and tables with their font."""

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd

from zs_analysis.explore import frames
from zs_analysis.present import fonts
from zs_analysis.present.numbers import Lang
from zs_analysis.present.view import Note

TAG = re.compile(r"<style.*?</style>|<script.*?</script>|data:[^\"']*|<[^>]*>", re.DOTALL)
NOTHING = {"zh": "没有可用数据。", "en": "No data."}
CARRIER: list[object] = []
ROWS = {"zh": "{}行", "en": "{} rows"}
LEFT_OUT = {"zh": "；没有内容的列未列出：{}", "en": "; columns without any entry are left out: {}"}
# DataTables' own words are English.
LANGUAGE = {
    "zh": {
        "search": "查找：",
        "info": "第_START_—_END_行，共_TOTAL_行",
        "infoEmpty": "没有行",
        "infoFiltered": "（全部_MAX_行）",
        "lengthMenu": "每页_MENU_行",
        "zeroRecords": "没有符合的行",
    },
    "en": {},
}


class Shown:
    """HTML for Lab, and plain text for everything else."""

    def __init__(self, html: str, text: str) -> None:
        self.html, self.text = html, text

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/html": self.html, "text/plain": self.text}


def show(what: Any, lang: Lang = "zh", data: str | Path | None = None) -> Shown:
    """Show a frame, a chart or a table as it reads best in JupyterLab.

    Parameters
    ----------
    what : pandas.DataFrame, result of a metric, Chart, Table or None
        A frame gets names beside its codes, its status in words and right-aligned figures; a long one can be
        sorted and searched. Charts and tables carry their Chinese font. ``None``, which charts without data
        are, says so.
    lang : {"zh", "en"}
    data : path, optional
        The data package whose names stand beside the codes of a frame.

    Notes
    -----
    A call, and no formatter that would change how every frame of a notebook looks. The frame itself stays
    what it is, figures and all. The script of sortable tables comes from the installed `itables`, never from
    the network.

    Examples
    --------
    >>> import zs_analysis as zs
    >>> zs.show(zs.load("clusters")[["cluster", "tier"]].head(2))
              cluster     tier
    0  petrochemicals     core
    1           ships  leading
    """
    if isinstance(what, pd.Series):
        what = what.to_frame()
    if (record := _record(what)) is not None:
        what = record
    if isinstance(what, pd.DataFrame):
        return Shown(_frame_html(frames.indexed(what), lang, data), repr(what))
    what = Note(NOTHING[lang]) if what is None else what
    return Shown(in_font([what._repr_html_()]), str(what))


def _record(what: object) -> pd.DataFrame | None:
    """The result of a metric, which has a few named numbers, as one row."""
    if isinstance(what, tuple) and hasattr(what, "_asdict"):
        return pd.DataFrame([what._asdict()])
    # charts and tables are records too, but have a picture of their own
    if is_dataclass(what) and not hasattr(what, "_repr_html_"):
        return pd.DataFrame([{field.name: getattr(what, field.name) for field in fields(what)}])
    return None


def in_font(pieces: Iterable[str]) -> str:
    """Pieces of HTML with the font that holds their characters, so that no browser shows boxes for them."""
    html = "\n".join(pieces)
    text = unescape(TAG.sub(" ", html))
    known = "".join(sorted(set(text) & fonts.glyphs()))
    family = f'style="font-family:{fonts.FAMILIES}"'
    return f"<style>{fonts.font_face_css(known)}</style>\n<div {family}>{html}</div>"


def _frame_html(frame: pd.DataFrame, lang: Lang, data: str | Path | None) -> str:
    cells = frames.readable(frame, lang, data)
    said = ROWS[lang].format(f"{len(frame):,}")
    if left := frames.empty_columns(frame, cells):
        said += LEFT_OUT[lang].format(", ".join(left))
    table = _sortable(frame, cells, lang) if len(frame) >= frames.LONG else _plain(frame, cells, lang)
    return f'{frames.STYLE}<div class="zs-frame">{table}<small>{said}</small></div>'


def _plain(frame: pd.DataFrame, cells: pd.DataFrame, lang: Lang) -> str:
    sides = {name: "right" if frames.stands_right(frame, name) else "left" for name in cells}
    heads = "".join(
        f'<th style="text-align:{side}">{frames.head(name, lang)}</th>' for name, side in sides.items()
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{side}">{cell}</td>'
            for cell, side in zip(row, sides.values(), strict=True)
        )
        + "</tr>"
        for row in cells.itertuples(index=False)
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _sortable(frame: pd.DataFrame, cells: pd.DataFrame, lang: Lang) -> str:
    from itables.javascript import to_html_datatable

    right = [place for place, name in enumerate(cells) if frames.stands_right(frame, name)]
    others = [place for place in range(cells.shape[1]) if place not in right]
    table = to_html_datatable(
        cells.set_axis([frames.head(name, lang) for name in cells], axis=1),
        connected=False,
        allow_html=True,
        showIndex=False,
        display_logo_when_loading=False,
        maxBytes=frames.HEAVIEST,
        pageLength=frames.PAGE,
        style="table-layout:auto;width:auto;margin:0",
        scrollX=True,
        language=LANGUAGE[lang],
        columnDefs=[
            {"targets": right, "className": "dt-right", "type": "num-fmt"},
            {"targets": others, "className": "dt-left"},
        ],
    )
    return _script() + table


def _script() -> str:
    """DataTables from the installed package: a megabyte, which one cell of a kernel carries for all."""
    from itables import options
    from itables.javascript import generate_init_offline_itables_html

    cell = _cell()
    if CARRIER and CARRIER[0] != cell:
        return ""
    CARRIER[:] = [cell]
    return generate_init_offline_itables_html(options.dt_bundle)


def _cell() -> object:
    """What tells the cell that runs from others: run again, the carrying one must not lose the script."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None or not hasattr(shell, "get_parent"):
        return object()
    return shell.get_parent().get("metadata", {}).get("cellId") or object()
