"""A chart as a self-contained piece of HTML: real text, an alternative text and the numbers behind it."""

import base64
import csv
import hashlib
import io
import re
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.etree import ElementTree

import pandas as pd
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from numpy import isfinite

from zs_analysis.present import fonts, style
from zs_analysis.present.disclosure import Disclosure
from zs_analysis.present.findings import html_lang
from zs_analysis.present.numbers import Lang
from zs_analysis.present.table import SHEET, Table, disclosed, foot_lines

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
# without these ElementTree writes the prefixes ns0 and ns1, which HTML parsers do not know
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)

CHART = "application/vnd.zs.chart+json"
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
USED = re.compile(r"(?:url\(#|^#)([\w.-]+)", re.MULTILINE)
DATA = {"zh": "数据表", "en": "Data table"}
DOWNLOAD = {"zh": "下载数据（CSV）", "en": "Download the data (CSV)"}
# What some file system refuses.
NOT_IN_NAMES = re.compile(r"[\x00-\x1f<>:\"/\\|?*]")
LONGEST_NAME = 50
FORMULA = re.compile(r"[=@]|[+-](?![\d.,]+%?$)")


@dataclass(frozen=True, eq=False)
class Chart:
    """A picture with all that a reader needs to trust it.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        The picture alone, for those who want to go on drawing. It is not registered with pyplot.
    title : str
        The finding, as plain text. It stands above the picture and is not drawn in it.
    alt : str
        What the picture shows, for those who do not see it.
    data : pandas.DataFrame
        The numbers drawn, under headers that readers understand.
    disclosure : Disclosure, optional
        What the picture gives away of enterprises, where it was drawn from their registers.
    """

    figure: Figure
    title: str
    alt: str
    unit: str
    source: str
    data: pd.DataFrame
    note: str = ""
    lang: Lang = "zh"
    disclosure: Disclosure | None = None

    def __post_init__(self) -> None:
        # a layout that is solved anew at every drawing moves by a hair; solved once, the bytes stay the same
        with style.drawing():
            if (layout := self.figure.get_layout_engine()) and self.figure.axes:
                layout.execute(self.figure)
        self.figure.set_layout_engine("none")

    def __str__(self) -> str:
        return f"{self.title}\n{self.alt}"

    def _repr_html_(self) -> str:
        unit = f' <span class="zs-unit">{escape(self.unit)}</span>' if self.unit else ""
        caption = f'<figcaption><strong class="zs-title">{escape(self.title)}</strong>{unit}</figcaption>'
        foot = foot_lines(self.source, self.note, self.lang)
        opening = f'<figure class="zs-chart" lang="{html_lang(self.lang)}">'
        return f"{opening}\n{caption}\n{self._svg()}\n{foot}{self._details()}</figure>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {
            "text/html": self._repr_html_(),
            "text/plain": str(self),
            SHEET: self.sheet(),
            CHART: {"title": self.title, "empty_axes": empty_axes(self.figure)},
            **disclosed(self.disclosure, self.title),
        }

    def sheet(self) -> dict[str, Any]:
        """The numbers drawn as plain JSON, for a workbook; as of `Table`."""
        unit, source, note = self.unit, self.source, self.note
        return Table(self.data, self.title, unit=unit, source=source, note=note, lang=self.lang).sheet()

    def csv(self) -> str:
        """The numbers drawn as comma-separated text, the unit in the heads."""
        sheet, out = self.sheet(), io.StringIO()
        unit = {"number": f" ({self.unit})"} if self.unit else {}
        heads = [column["label"] + unit.get(column["kind"], "") for column in sheet["columns"]]
        rows = [[plain_text(value) for value in row] for row in sheet["rows"]]
        csv.writer(out, lineterminator="\n").writerows([heads, *rows])
        return out.getvalue()

    def _details(self) -> str:
        table = Table(self.data, self.title, unit=self.unit, lang=self.lang)
        summary = f"<summary>{DATA[self.lang]}</summary>"
        return f'<details class="zs-data">{summary}\n{table._repr_html_()}\n{self._download()}</details>\n'

    def _download(self) -> str:
        """A link that needs neither script nor server; Excel knows UTF-8 by its mark alone."""
        content = base64.b64encode(self.csv().encode("utf-8-sig")).decode("ascii")
        name = " ".join(NOT_IN_NAMES.sub(" ", self.title).split())[:LONGEST_NAME].strip(". ")
        return (
            f'<p class="zs-csv"><a download="{escape(name)}.csv" href="data:text/csv;charset=utf-8;base64,{content}">'
            f"{DOWNLOAD[self.lang]}</a></p>\n"
        )

    def _svg(self) -> str:
        return page_svg(self.figure, self.alt, salt=self.title + self.data.to_csv())


def plain_text(value: object) -> object:
    """A cell of comma-separated text: no binary noise, and no text that a spreadsheet would run."""
    # sums of decimals end in noise that differs between machines; a spreadsheet would run a formula
    if isinstance(value, float):
        return f"{value:.10g}"
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def empty_axes(figure: Figure) -> int:
    """How many axes of a figure show nothing measured: all of it missing, or only lines of reference.

    A place of a grid that is switched off and has nothing in it is no axes to a reader.

    Examples
    --------
    >>> figure = Figure()
    >>> full, empty, unused = figure.subplots(1, 3)
    >>> _ = full.plot([1, 2]), empty.plot([float("nan")]), empty.axhline(0), unused.set_axis_off()
    >>> empty_axes(figure)
    1
    """
    seen = [axes for axes in figure.axes if axes.axison or axes.has_data()]
    return sum(not isfinite(axes.dataLim.get_points()).all() for axes in seen)


def page_svg(figure: Figure, alt: str, salt: str) -> str:
    """A figure as SVG that can stand in an HTML page beside others.

    Parameters
    ----------
    alt : str
        The accessible name.
    salt : str
        What tells this chart from others; the ids of the picture are derived from it and from the picture.

    Notes
    -----
    The text stays text in the page's font, nothing depends on the day or the machine, and no rule or id reaches
    other pictures.
    """
    drawn = _draw(figure)
    root = ElementTree.fromstring(drawn)
    digest = hashlib.sha256(f"{salt}{drawn}".encode()).hexdigest()[:10]
    _drop_global_style(root)
    _rename_ids(root, f"zs{digest}-")
    _inherit_font(root)
    del root.attrib["height"], root.attrib["width"]
    root.attrib |= {
        "role": "img",
        "aria-label": alt,
        "style": f"width:100%;height:auto;font-family:{fonts.FAMILIES};"
        "stroke-linejoin:round;stroke-linecap:butt",
    }
    return ElementTree.tostring(root, encoding="unicode")


def _draw(figure: Figure) -> str:
    # not by savefig, which draws twice to save once where there is a layout engine, even one that does nothing
    out, canvas, dpi = io.StringIO(), figure.canvas, figure.dpi
    try:
        with style.drawing():
            FigureCanvasSVG(figure).print_svg(out, metadata=NO_METADATA)
    finally:
        figure.set_canvas(canvas)
        figure.dpi = dpi
    return out.getvalue()


def _drop_global_style(root: ElementTree.Element) -> None:
    # matplotlib's rule for "*" would reach every picture of the page
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag == f"{{{SVG}}}style"]:
            parent.remove(child)


def _rename_ids(root: ElementTree.Element, prefix: str) -> None:
    """Prefix the ids that something refers to and drop the others."""
    values = [value for element in root.iter() for value in element.attrib.values()]
    used = set(USED.findall("\n".join(values)))
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            if name == "id":
                element.attrib.pop("id")
                element.attrib |= {"id": prefix + value} if value in used else {}
            elif name == f"{{{XLINK}}}href":
                element.set(name, value.replace("#", f"#{prefix}", 1))
            else:
                element.set(name, value.replace("url(#", f"url(#{prefix}"))


def _inherit_font(root: ElementTree.Element) -> None:
    for text in root.iter(f"{{{SVG}}}text"):
        text.set("style", text.get("style", "").replace(f"font-family: '{fonts.FAMILY}'; ", ""))
