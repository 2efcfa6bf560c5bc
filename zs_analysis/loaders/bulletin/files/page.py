"""Tables of pages saved from a browser (html, mht) to cells."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lxml import html

from zs_analysis.loaders.bulletin.cells import BulletinError, Cell, Document, Sheet
from zs_analysis.loaders.bulletin.files.encoding import decode
from zs_analysis.loaders.bulletin.files.grid import clean, is_numeral, make_sheet, superscript
from zs_analysis.loaders.bulletin.files.limits import (
    MAX_ATTRIBUTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_LINES,
    MAX_NESTED_PARTS,
    MAX_PAGE_TAGS,
    MAX_PLACES,
    MAX_SHEETS,
    MAX_TEXT_BYTES,
    refuse_above,
)

_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?([\w-]+)", re.I)
_LONG_TAG = re.compile(r"<[^<>]{2000,}")
_UNSEEN = {"script", "style", "head", "template", "noscript", "select", "textarea", "title", "rt", "rp"}
_BLOCKS = {"p", "div", "li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "ul", "ol"}
_BLOCKS |= {"caption", "center", "section", "article", "header", "footer"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SHIFT = re.compile(r"(?:padding-left|text-indent)\s*:\s*([\d.]+)(em|px|pt)", re.I)
_BLANKS_PER = {"em": 2.0, "px": 1 / 8, "pt": 1 / 6}  # at a font of 16 pixels, 12 points
_RULE = re.compile(r"\.([\w-]+)\s*\{([^}]*)\}")
_MAX_SPANS = {"colspan": 1000, "rowspan": 65534}  # as the HTML standard has browsers do
_UNCLOSED = "the page ends inside this table: it may have been cut off"
_PUBLISHER = ("author", "publisher", "sitename", "contentsource")
_DATE = ("pubdate", "publishdate", "date")


def read(path: Path, data: bytes) -> Document:
    """A saved page: each table a sheet, the text before it `above`.

    Parameters
    ----------
    path : Path
    data : bytes

    Returns
    -------
    Document
        Hidden rows are read; hidden parts of a cell are not, as no reader sees them.

    Raises
    ------
    BulletinError
        If it cannot be decoded, is nested too deeply, or is larger than any bulletin.
    """
    refuse_above(MAX_TEXT_BYTES, len(data), "bytes of a page", path)
    return _read_page(path, data, "")


def read_archive(path: Path, data: bytes) -> Document:
    """A page saved as one file (mht, mhtml): every page in it, in order.

    Parameters
    ----------
    path : Path
    data : bytes

    Returns
    -------
    Document

    Raises
    ------
    BulletinError
        As `read`; also if a part's transfer encoding is damaged.
    """
    refuse_above(MAX_TEXT_BYTES, len(data), "bytes of a page", path)
    nested = len(re.findall(rb"(?i)content-type:\s*multipart", data))
    refuse_above(MAX_NESTED_PARTS, nested, "parts within parts", path)
    refuse_above(MAX_SHEETS, len(re.findall(rb"(?i)content-type:\s*text/html", data)), "pages", path)
    message = email.message_from_bytes(data, policy=email.policy.default)
    documents = []
    for part in message.walk():
        if part.get_content_type() != "text/html":
            continue
        content = part.get_payload(decode=True)
        if part.defects:
            why = f"its page is damaged ({type(part.defects[0]).__name__}): save the page again"
            raise BulletinError(path, why)
        documents.append(_read_page(path, content, part.get_content_charset() or ""))
    sheets = [sheet for document in documents for sheet in document.sheets]
    named = [replace(sheet, name=f"table {number}") for number, sheet in enumerate(sheets, start=1)]
    properties = {key: value for document in documents[::-1] for key, value in document.properties.items()}
    return Document(path, properties, tuple(named))


def _read_page(path: Path, data: bytes, charset: str) -> Document:
    declared = _CHARSET.search(data[:4096])
    source = decode(path, data, charset or (declared[1].decode() if declared else ""))
    refuse_above(MAX_PAGE_TAGS, source.count("<"), "tags", path)
    refuse_above(
        MAX_ATTRIBUTES, max(map(_attributes, _LONG_TAG.findall(source)), default=0), "attributes", path
    )
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False)
    root = html.document_fromstring(source.encode(), parser=parser)
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise BulletinError(
            path, f"elements nested more than {MAX_DEPTH} deep: no page of a bulletin; save it as xlsx"
        )
    walk = _Walk(path, _class_styles(source))
    walk.visit(root)
    sheets = walk.finished()
    if sheets and source.lower().rfind("</table") < source.lower().rfind("<table"):
        sheets[-1] = _doubt_last(sheets[-1])
    return Document(path, _properties(root), tuple(sheets))


@dataclass
class _Walk:
    """Goes through a page once: text gathers in `above` until a table takes it."""

    path: Path
    styles: dict[str, str]
    sheets: list[Sheet] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)

    def visit(self, element: Any) -> None:
        """Take in an element that stands outside the cells of any table of figures."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _UNSEEN:
            return
        if tag == "table":
            self._table(element)
            return
        block = tag in _BLOCKS or tag in ("td", "th", "br", "pre")
        if block:
            self._flush()
        self.line.append(element.text or "")
        for child in element:
            self.visit(child)
            self.line.append(child.tail or "")
        if block:
            self._flush()

    def finished(self) -> list[Sheet]:
        """The sheets, once the whole page was visited."""
        self._flush()
        if self.sheets:
            last = self.sheets[-1]
            self.sheets[-1] = replace(last, below=(*last.below, *self.above))
        return self.sheets

    def _flush(self) -> None:
        text = clean(_collapse("".join(self.line)))
        self.above += [text] if text else []
        self.line = []

    def _table(self, table: Any) -> None:
        """A table of figures becomes a sheet; one that only lays out a page is gone through."""
        self._flush()
        inner = next(table.iterdescendants("table"), None) is not None
        sheet = None if inner and not self._has_numerals(table) else self._sheet(table)
        if sheet is None:
            self.line.append(table.text or "")
            for child in table:
                self.visit(child)
                self.line.append(child.tail or "")
            self._flush()
            return
        if sheet.cells:
            self.sheets.append(sheet)
            self.above = []
        for nested in _nearest(table, ("table",), through_cells=True) if inner else ():
            self._table(nested)

    def _has_numerals(self, table: Any) -> bool:
        return any(is_numeral(clean(_text(cell, self.styles))) for row in _rows(table) for cell in row)

    def _sheet(self, table: Any) -> Sheet:
        captions = [clean(_text(caption, self.styles)) for caption in _nearest(table, ("caption",))]
        stray = [clean(_collapse(text)) for text in _stray_text(table) if text.strip()]
        grid = _Grid(self.path, f"table {len(self.sheets) + 1}", self.styles)
        for row in _rows(table):
            grid.add_row(row)
        above = (*self.above, *captions)
        # What a broken tag leaves between cells is no title.
        return make_sheet(self.path, grid.name, grid.cells, widths=grid.widths, above=above, below=stray)


@dataclass
class _Grid:
    """Places of cells under rowspans and colspans."""

    path: Path
    name: str
    styles: dict[str, str]
    cells: list[Cell] = field(default_factory=list)
    widths: dict[int, int] = field(default_factory=dict)
    row: int = 0
    covered: int = 0
    taken_to: dict[int, int] = field(default_factory=dict)  # column to the last row a span above covers

    def add_row(self, elements: list[Any]) -> None:
        """Place the cells of the next row."""
        self.row += 1
        refuse_above(MAX_LINES, self.row, "rows", self.path, sheet=self.name)
        column = 1
        for element in elements:
            while self.taken_to.get(column, 0) >= self.row:
                column += 1
            cell = self._cell(element, column)
            column += cell.columns
            refuse_above(MAX_COLUMNS, column, f"columns in row {self.row}", self.path, sheet=self.name)
            self._take(cell)
        refuse_above(MAX_CELLS, len(self.cells), "cells", self.path, sheet=self.name)
        self.taken_to = {place: last for place, last in self.taken_to.items() if last >= self.row}
        self.covered += len(self.taken_to)
        refuse_above(MAX_PLACES, self.covered, "merged places", self.path, sheet=self.name)
        self.widths[self.row] = len(self.taken_to)

    def _take(self, cell: Cell) -> None:
        """A cell takes its places in this row and, by its rowspan, in those below."""
        self.cells.append(cell)
        for place in range(cell.column, cell.column + cell.columns):
            self.taken_to[place] = cell.row + cell.rows - 1

    def _cell(self, element: Any, column: int) -> Cell:
        return Cell(
            self.row,
            column,
            _text(element, self.styles),
            _indent(element, self.styles),
            _span(element, "rowspan"),
            _span(element, "colspan"),
        )


def _attributes(tag: str) -> int:
    """The words of a tag, those inside quotation marks left out."""
    return len(re.sub(r"\"[^\"]*\"|'[^']*'", "", tag).split())


def _span(element: Any, name: str) -> int:
    found = re.match(r"\s*\+?(\d{1,9})", element.get(name, ""))
    span = int(found[1]) if found else 1
    if span == 0:
        return _MAX_SPANS[name] if name == "rowspan" else 1
    return min(span, _MAX_SPANS[name])


def _nearest(parent: Any, tags: tuple[str, ...], *, through_cells: bool = False) -> Iterator[Any]:
    """Elements of these kinds below a parent, but not those inside a further table or cell."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif (
            isinstance(child.tag, str)
            and child.tag != "table"
            and (through_cells or child.tag not in ("td", "th"))
        ):
            yield from _nearest(child, tags, through_cells=through_cells)


def _rows(table: Any) -> Iterator[list[Any]]:
    """Cells by row; cells outside any row make one of their own."""
    loose: list[Any] = []
    for element in _nearest(table, ("tr", "td", "th")):
        if element.tag != "tr":
            loose.append(element)
            continue
        if loose:
            yield loose
            loose = []
        yield list(_nearest(element, ("td", "th")))
    if loose:
        yield loose


def _stray_text(table: Any) -> Iterator[str]:
    """Text that stands between rows or cells."""
    yield table.text or ""
    for child in table:
        yield child.tail or ""
        if child.tag in ("tr", "tbody", "thead", "tfoot"):
            yield from _stray_text(child)


def _style(element: Any, styles: dict[str, str]) -> str:
    """An element's own style and those of its classes."""
    classes = (styles.get(name, "") for name in element.get("class", "").split())
    return ";".join([element.get("style", ""), *classes])


def _class_styles(source: str) -> dict[str, str]:
    """Rules of single classes, as Excel writes them into the pages it saves."""
    sheets = re.findall(r"<style[^>]*>(.*?)</style", source, re.DOTALL | re.I)
    return {name: rule for sheet in sheets for name, rule in _RULE.findall(sheet)}


def _is_hidden(element: Any, styles: dict[str, str]) -> bool:
    return element.get("hidden") is not None or _HIDDEN.search(_style(element, styles)) is not None


def _text(cell: Any, styles: dict[str, str]) -> str:
    """A cell's text with its line breaks; no-break blanks stay, as they indent."""
    return _collapse(_inner_text(cell, styles))


def _inner_text(element: Any, styles: dict[str, str]) -> str:
    parts = [element.text or ""]
    for child in element:
        tag = child.tag
        if tag == "br":
            parts.append("\u2028")
        elif isinstance(tag, str) and tag not in _UNSEEN and tag != "table" and not _is_hidden(child, styles):
            inner = _inner_text(child, styles)
            parts.append(
                superscript(inner) if tag == "sup" else f"\u2028{inner}\u2028" if tag in _BLOCKS else inner
            )
        parts.append(child.tail or "")
    return "".join(parts)


def _collapse(text: str) -> str:
    """Blanks and line ends of the source as one blank, marked breaks as line ends."""
    return re.sub(" ?\u2028[ \u2028]*", "\n", re.sub(r"[ \t\r\n\f]+", " ", text)).strip(" \n")


def _indent(cell: Any, styles: dict[str, str]) -> int:
    """Indentation of a cell or of the paragraph it starts with, in blanks."""
    first = cell[0] if len(cell) and isinstance(cell[0].tag, str) and not (cell.text or "").strip() else None
    found = [
        _BLANKS_PER[unit.lower()] * float(size)
        for element in (cell, first)
        if element is not None
        for size, unit in _SHIFT.findall(_style(element, styles))
    ]
    return min(round(sum(found)), 100)


def _doubt_last(sheet: Sheet) -> Sheet:
    return replace(sheet, cells=(*sheet.cells[:-1], replace(sheet.cells[-1], doubt=_UNCLOSED)))


def _properties(root: Any) -> dict[str, str]:
    """Title, publisher, date and address from a page's meta elements."""
    metas = {meta.get("name", "").lower(): meta.get("content", "").strip() for meta in root.iter("meta")}
    title = metas.get("articletitle") or clean(root.findtext(".//title") or "")
    saved_from = re.search(
        r"saved from url=\(\d+\)(\S+)", " ".join(str(c) for c in root.xpath("//comment()")[:5])
    )
    known = {
        "title": title,
        "publisher": next((metas[name] for name in _PUBLISHER if metas.get(name)), ""),
        "date": next((metas[name] for name in _DATE if metas.get(name)), ""),
        "url": metas.get("url") or (saved_from[1] if saved_from else ""),
    }
    return {key: value for key, value in known.items() if value}
