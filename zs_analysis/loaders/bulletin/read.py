"""Statistical bulletins to tidy observations, with an account of every number in the file."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from zs_analysis.loaders.bulletin.cells import Cell, Document, Sheet
from zs_analysis.loaders.bulletin.checks import (
    Doubt,
    Draft,
    implausible,
    mixed_units,
    parts_that_do_not_add,
    said_twice,
    shares_that_do_not_match,
    with_units_checked,
)
from zs_analysis.loaders.bulletin.columns import columns_of, without_clashes
from zs_analysis.loaders.bulletin.context import Options, Setting, notes_of, options_of, title_windows
from zs_analysis.loaders.bulletin.files import open_document
from zs_analysis.loaders.bulletin.grid import PERIOD, UNIT_LINE, Block, Grid, blocks
from zs_analysis.loaders.bulletin.labels import Dictionary, dictionary, title_label
from zs_analysis.loaders.bulletin.reading import GROWTH, Reading
from zs_analysis.loaders.bulletin.reflow import reflowed
from zs_analysis.loaders.bulletin.rows import Aside, Line, Reader
from zs_analysis.loaders.bulletin.text import folded, holds_number, packed
from zs_analysis.loaders.bulletin.windows import tight_month
from zs_analysis.loaders.package import fields_of, typed
from zs_analysis.loaders.schema import TEXT
from zs_analysis.model import known_on

UNREAD = ["sheet", "row", "column", "cell", "reason", "detail"]
LABELS = ["sheet", "row", "column", "cell", "what"]
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?")
_RELEASED = re.compile(r"(?:发布|发文|公布|成文|更新)(?:日期|时间):?(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2})")


@dataclass(frozen=True)
class Bulletin:
    """A bulletin as read: every cell with a number lies in exactly one of the three tables.

    Attributes
    ----------
    observations : pandas.DataFrame
        With the columns and types of ``zs.load("observations")``.
    unread : pandas.DataFrame
        ``sheet, row, column, cell, reason, detail``: numbers that did not become observations.
    labels : pandas.DataFrame
        ``sheet, row, column, cell, what``: numerals of titles, heads, labels, footnotes; not data.
    source : dict of str to str
        ``source_id, title, publisher, url, released, sha256``, as far as the file says.
    """

    observations: pd.DataFrame
    unread: pd.DataFrame
    labels: pd.DataFrame
    source: dict[str, str]


def read_bulletin(
    path: str | Path, *, period: str | None = None, area: str | None = None, data: str | Path | None = None
) -> pd.DataFrame:
    """Read the observations of a statistical bulletin.

    Parameters
    ----------
    path : path
        An Excel, Word, HTML, MHT, CSV or text file.
    period : str, optional
        What the file leaves open of its period: ``2023``, ``2023-10`` or ``2023年1-10月``.
    area : str, optional
        Code of the area, where the file names none or several.
    data : path, optional
        Folder of another data package, whose names and ``aliases.csv`` are the words that can be read.

    Returns
    -------
    pandas.DataFrame
        With the columns and types of ``zs.load("observations")``; ``place`` is the sheet and cell.

    Raises
    ------
    BulletinError
        If the file cannot be read, or its period, a unit or the area is ambiguous.

    See Also
    --------
    examine : The same with the numbers that were not read, and why.
    """
    return examine(path, period=period, area=area, data=data).observations


def examine(
    path: str | Path, *, period: str | None = None, area: str | None = None, data: str | Path | None = None
) -> Bulletin:
    """Read a statistical bulletin and account for every number in it.

    Parameters and errors are those of `read_bulletin`.

    Returns
    -------
    Bulletin
        ``observations``, ``unread``, ``labels`` and ``source``.
    """
    path = Path(path)
    document = open_document(path)
    words = dictionary(data)
    options = options_of(path, period, area, words)
    return _Examination(document, words, options).bulletin()


class _Examination:
    """One file on its way through: each cell with a number gets one entry in the account."""

    def __init__(self, document: Document, words: Dictionary, options: Options) -> None:
        self.document, self.words, self.options = document, words, options
        self.released = _released(document)
        self.drafts: list[Draft] = []
        self.unread: dict[tuple[int, Cell], Doubt] = {}
        self.labels: dict[tuple[int, Cell], str] = {}
        self.title = ""

    def bulletin(self) -> Bulletin:
        for number, sheet in enumerate(self.document.sheets):
            self._sheet(number, sheet)
        drafts = self._checked()
        source = self._source(drafts)
        return Bulletin(
            self._observations(drafts, source), self._unread(drafts), self._labels(drafts), source
        )

    # The sheet

    def _sheet(self, number: int, sheet: Sheet) -> None:
        laid = reflowed(sheet, self.words)
        self.unread |= {(number, cell): doubt for cell, doubt in laid.doubts.items()}
        self.labels |= {(number, cell): what for cell, what in laid.labels.items()}
        before, found = blocks(laid.grid, self.words)
        over = found[0].titles if found else ()
        # The line right above the first head is that block's own, unless it is all there is.
        own = over[-1:] if len(over) > 1 else ()
        sheet_titles = over[: len(over) - len(own)]
        if found:
            self._aside(number, "title", [*before, *over])
        self.title = self.title or next((cell.text for cell in [*before, *over]), "")
        notes = notes_of(sheet)
        for place, block in enumerate(found):
            printed = [
                cell
                for storey in block.storeys.values()
                for cell in storey.values()
                if PERIOD.fullmatch(packed(cell.text))
            ]
            titles = (
                *(block.titles if place else own),
                *(cell for cell in printed if tight_month(packed(cell.text))),
            )
            setting = Setting(
                self.document, sheet, self.words, self.options, titles, sheet_titles, notes, self.released
            )
            self._block(number, place, block, laid.grid, setting, many_heads=len(found) > 1)
            if place and any(title_windows(cell.text) for cell in block.titles):
                # A second table on the sheet: its title holds for the blocks below it.
                sheet_titles = block.titles

    def _aside(self, sheet: int, what: str, cells: Sequence[Cell]) -> None:
        self.labels |= {(sheet, cell): what for cell in cells}

    def _block(
        self, sheet: int, place: int, block: Block, grid: Grid, setting: Setting, *, many_heads: bool
    ) -> None:
        texts = [text for text in setting.title_texts() if not UNIT_LINE.match(packed(text).lstrip("("))]
        titles = [title_label(text) for text in texts]
        columns = columns_of(block, self.words, titles)
        self._aside(sheet, "title", block.titles)
        for storey in block.storeys.values():
            self._aside(sheet, "head", list(storey.values()))
        base = setting.window([column.meaning.window for column in columns.values()])
        columns = without_clashes(columns, base)
        reading = Reading(
            self.words,
            setting,
            columns,
            place,
            grid.widths,
            _head_widths(block, grid),
            block.open_above,
            base,
            setting.status(),
        )
        for part in Reader(self.words, titles, columns, grid.covered, many_heads).read(block.body):
            if isinstance(part, Aside):
                self._aside(sheet, part.what, [part.cell])
            else:
                self._line(sheet, part, reading)

    def _line(self, sheet: int, line: Line, reading: Reading) -> None:
        for cell, result in reading.read(line):
            if isinstance(result, Doubt):
                self.unread[sheet, cell] = result
            elif isinstance(result, str):
                self.labels[sheet, cell] = result
            else:
                self.drafts.append(replace(result, sheet=sheet))

    # The checks

    def _checked(self) -> list[Draft]:
        drafts, doubts = with_units_checked(self.drafts, self.words)
        repeats, twice = said_twice(drafts)
        doubts |= implausible(drafts, self.words) | mixed_units(drafts, self.words) | twice
        sound = [draft for draft in drafts if draft not in doubts and draft not in repeats]
        doubts |= shares_that_do_not_match(sound, self.words) | parts_that_do_not_add(sound, self.words)
        self.unread |= {(draft.sheet, draft.cell): doubt for draft, doubt in doubts.items()}
        for draft, earlier in repeats.items():
            if draft not in doubts and earlier not in doubts:
                self.labels[draft.sheet, draft.cell] = f"repeats {self._place(earlier)}"
            else:
                self.unread.setdefault((draft.sheet, draft.cell), doubts.get(earlier) or doubts[draft])
        return [draft for draft in drafts if draft not in doubts and draft not in repeats]

    # The three tables and the source

    def _place(self, draft: Draft) -> str:
        sheet, cell = self.document.sheets[draft.sheet], draft.cell
        if sheet.layout == "grid" and not sheet.widths:
            return f"{sheet.name}!{_letters(cell.column)}{cell.row}"
        table = f"{sheet.name} " if len(self.document.sheets) > 1 else ""
        return f"{table}第{cell.row}行第{cell.column}列"

    def _source(self, drafts: Sequence[Draft]) -> dict[str, str]:
        properties = self.document.properties
        said = {
            "title": self.title or properties.get("title", ""),
            "publisher": properties.get("publisher", ""),
            "url": properties.get("url", ""),
            "released": self.released,
        }
        known = _known_source(said, properties.get("title", ""), self.words.sources)
        sha256 = hashlib.sha256(self.document.path.read_bytes()).hexdigest()
        return {"source_id": known or _new_source(said, drafts, sha256), **said, "sha256": sha256}

    def _observations(self, drafts: Sequence[Draft], source: dict[str, str]) -> pd.DataFrame:
        rows = [self._row(draft, source) for draft in drafts]
        return typed("observations", pd.DataFrame(rows, columns=fields_of("observations"), dtype=TEXT))

    def _row(self, draft: Draft, source: dict[str, str]) -> dict[str, str]:
        return {
            "indicator": draft.indicator,
            "ref_area": draft.ref_area,
            "counterpart_area": draft.counterpart,
            "activity": draft.activity,
            "freq": draft.freq,
            "time_period": draft.time_period,
            "base_per": "",
            "transformation": draft.transformation,
            "price_basis": _price_basis(draft, self.words),
            "comparison": "",
            "obs_value": draft.number.printed,
            "unit": draft.unit,
            "obs_status": draft.status or "A",
            "conf_status": "F",
            "source_id": source["source_id"],
            "place": self._place(draft),
            "released": source["released"],
            "note": "；".join(dict.fromkeys(note for note in draft.notes if note)),
        }

    def _unread(self, drafts: Sequence[Draft]) -> pd.DataFrame:
        taken = {(draft.sheet, draft.cell) for draft in drafts}
        nothing = Doubt("no head over it")
        rows = [
            (*_shown(sheet, cell), doubt.reason, doubt.detail)
            for number, sheet, cell in self._numbers()
            if (number, cell) not in taken
            and (doubt := self.unread.get((number, cell), None if (number, cell) in self.labels else nothing))
        ]
        return pd.DataFrame(rows, columns=UNREAD)

    def _labels(self, drafts: Sequence[Draft]) -> pd.DataFrame:
        elsewhere = {(draft.sheet, draft.cell) for draft in drafts} | set(self.unread)
        rows = [
            (*_shown(sheet, cell), self.labels[number, cell])
            for number, sheet, cell in self._numbers()
            if (number, cell) in self.labels and (number, cell) not in elsewhere
        ]
        return pd.DataFrame(rows, columns=LABELS)

    def _numbers(self) -> Iterator[tuple[int, Sheet, Cell]]:
        for number, sheet in enumerate(self.document.sheets):
            yield from ((number, sheet, cell) for cell in sheet.cells if holds_number(cell.text))


def _shown(sheet: Sheet, cell: Cell) -> tuple[str, int, int, str]:
    return sheet.name, cell.row, cell.column, cell.text


def _head_widths(block: Block, grid: Grid) -> set[int]:
    """Fields in the rows of a head, and in the lines around it where at least half of those have more."""
    own = {grid.widths[row] for row in block.storeys if row in grid.widths}
    titles = {cell.row for cell in block.titles}
    padded = {row for row in titles if grid.widths.get(row, 0) > len(grid.rows[row])}
    around = [grid.widths[row] for row in (*padded, *block.body) if row in grid.widths]
    wider = [width for width in around if own and width > max(own)]
    return own | set(wider) if 2 * len(wider) >= len(around) else own


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _price_basis(draft: Draft, words: Dictionary) -> str:
    official = words.indicators[draft.indicator]["price_basis"]
    if draft.transformation in GROWTH.values():
        return official
    return "current" if official and draft.transformation in GROWTH else ""


def _released(document: Document) -> str:
    """The release date, as precise as the file gives it: from its properties, else a line 发布日期."""
    if match := _DATE.match(folded(document.properties.get("date", "")).strip()):
        return _date(match)
    lines = [
        text
        for sheet in document.sheets
        for text in (*sheet.above, *sheet.below, *(cell.text for cell in sheet.cells))
    ]
    found = next((match for text in lines if (match := _RELEASED.search(packed(text)))), None)
    return _date(_DATE.match(found[1])) if found else ""


def _date(match: re.Match[str]) -> str:
    text = "-".join(part.zfill(2) for part in match.groups() if part)
    return text if pd.notna(pd.to_datetime(text, format="ISO8601", errors="coerce")) else ""


def _known_source(said: dict[str, str], named: str, sources: pd.DataFrame) -> str:
    """The source in the data package with this address, or with this title and release date."""
    at = sources[sources["url"].ne("") & sources["url"].eq(said["url"].split(" ")[0])]
    if len(at):
        return at["source_id"].iloc[0]
    titles = {packed(said["title"]), packed(named)} - {""}
    same = sources[sources["title"].map(packed).isin(titles)]
    if said["released"]:
        same = same[same["released"].eq(known_on(pd.Series([said["released"]])).iloc[0])]
    return same["source_id"].iloc[0] if len(same) == 1 else ""


def _new_source(said: dict[str, str], drafts: Sequence[Draft], sha256: str) -> str:
    """An id from area, period, release date and title: the same for the same release in another format.

    Without a title the file's own hash stands for it: two untitled files are two sources.
    """
    first = drafts[0] if drafts else None
    period = max((draft.time_period for draft in drafts), default="")
    named = packed(said["title"] + said["publisher"])
    mark = hashlib.sha256(named.encode()).hexdigest() if packed(said["title"]) else sha256
    parts = ["bulletin", first.ref_area if first else "", period, said["released"].replace("-", ""), mark[:8]]
    return "-".join(part.replace("_", "-") for part in parts if part).lower()
