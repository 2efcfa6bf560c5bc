"""What each row of a block is about: labels, headings, 其中 and indentation."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from zs_analysis.loaders.bulletin.cells import Cell
from zs_analysis.loaders.bulletin.columns import MONTH_ON_MONTH, NO_MONTH_ON_MONTH, Column
from zs_analysis.loaders.bulletin.grid import Row, is_note
from zs_analysis.loaders.bulletin.labels import CHILD, Codes, Dictionary, Meaning, plain_label, understand
from zs_analysis.loaders.bulletin.text import packed
from zs_analysis.loaders.bulletin.windows import Window

# Words of a title that say how its table is laid out, not what it measures.
_LAYOUT = re.compile(r"[及和]?[各分](?:县(?:[(](?:市、)?区[)]|市?区)|区县|市县?|地区|月份?)|全市|主要")
# 其中: takes six half-width places; children stand that far in, give or take a blank.
_PREFIX = 6
_STEP = 2


@dataclass(frozen=True)
class Line:
    """A row of a block with numbers.

    Attributes
    ----------
    number : int
        Its row in the grid.
    cells : dict
        Column to cell, labels and unit aside.
    label, unit : Cell or None
        The innermost label, the unit cell.
    meaning : Meaning
        Of the label; its codes are the row's own.
    inherited : Codes
        What the rows and headings over it say.
    over : str
        The row or heading it belongs to, where that one is not known.
    problem, detail : str
        Why its numbers cannot be read, else empty.
    """

    number: int
    cells: Row
    label: Cell | None
    unit: Cell | None
    meaning: Meaning
    inherited: Codes
    over: str = ""
    problem: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Aside:
    """A cell that is no number: a heading, a label, a unit, a footnote."""

    what: str
    cell: Cell


@dataclass(frozen=True)
class _Parent:
    start: int
    label: str
    codes: Codes | None


@dataclass
class Reader:
    """Reads the rows of a block from the top, remembering what holds for the rows below.

    Attributes
    ----------
    whole : Codes or None
        The last row or heading that says what is measured; None after one that nobody knows.
    over : str
        Label of the row or heading that is not known.
    area : str
        Area of a heading like 定海区 over rows of indicators.
    """

    words: Dictionary
    titles: Sequence[str]
    columns: Mapping[int, Column]
    covered: Mapping[int, Row]
    many_heads: bool
    whole: Codes | None = None
    over: str = ""
    area: str = ""
    window: Window = field(default_factory=Window)
    plain: str = ""
    section: str = ""
    parents: list[_Parent] = field(default_factory=list)
    previous: Line | None = None
    headless: bool = False

    def read(self, body: Mapping[int, Row]) -> Iterator[Line | Aside]:
        """Lines with numbers and the cells beside them."""
        self._start()
        numbers = list(body)
        for place, number in enumerate(numbers):
            below = body[numbers[place + 1]] if place + 1 < len(numbers) else {}
            yield from self._row(number, body[number], below)

    def _start(self) -> None:
        for place, title in enumerate(self.titles):
            above = self.titles[place + 1 :]
            meaning = understand(title, self.words, above)
            if not meaning.known:
                meaning = understand(_LAYOUT.sub("", title), self.words, above)
            if meaning.known and meaning.codes.indicator:
                self.whole = _codes(meaning).within(Codes())
                return
        self.over = self.titles[0] if self.titles else ""

    def _row(self, number: int, row: Row, below: Row) -> Iterator[Line | Aside]:
        if len(row) == 1 and is_note(next(iter(row.values()))):
            yield Aside("footnote", next(iter(row.values())))
            return
        labels = self._labels(number, row)
        unit = next((cell for column, cell in row.items() if self._role(column) == "unit"), None)
        values = {c: cell for c, cell in row.items() if cell not in labels and cell is not unit}
        yield from (Aside("label", cell) for cell in labels)
        if unit is not None:
            yield Aside("unit", unit)
        if labels and not values:
            self._heading(labels, unit, below)
        elif values:
            yield self._line(number, values, labels, unit)

    def _role(self, column: int) -> str:
        return self.columns[column].role if column in self.columns else ""

    def _labels(self, number: int, row: Row) -> list[Cell]:
        columns = [column for column in self.columns if self._role(column) == "label"]
        cells = [row.get(column) or self.covered.get(number, {}).get(column) for column in columns]
        return [cell for cell in cells if cell is not None]

    def _understood(self, labels: Sequence[Cell]) -> Meaning:
        """The innermost label inside the outer ones, as 定海区 | 工业总产值."""
        said, chain = Meaning(), self._chain()
        for cell in labels:
            inner = understand(cell.text, self.words, chain)
            codes = replace(_codes(inner).within(_codes(said)), unit=inner.codes.unit)
            said = replace(
                inner,
                codes=codes,
                known=said.known and inner.known,
                window=inner.window.filled_from(said.window),
            )
            chain.insert(0, inner.label)
        return said

    def _chain(self) -> list[str]:
        above = [parent.label for parent in reversed(self.parents)]
        return [label for label in (*above, self.plain, self.section, *self.titles) if label]

    def _heading(self, labels: Sequence[Cell], unit: Cell | None, below: Row) -> None:
        said, label = self._understood(labels), plain_label(labels[-1].text)
        if said.known and said.codes.partial and (said.codes.ref_area or said.codes.activity):
            self._part_without_numbers(said, unit, below)
            return
        self.parents.clear()
        self.section, self.plain = (
            (label, "") if packed(labels[-1].text).endswith(":") else (self.section, label)
        )
        if said.known and said.window.span:
            self.window = said.window
        elif said.codes.indicator:
            self.whole, self.over, self.headless = _codes(said).within(Codes(ref_area=self.area)), "", False
        elif not said.known:
            self.whole, self.over = None, label
            self.headless |= self.many_heads and unit is None and not packed(labels[-1].text).endswith(":")

    def _part_without_numbers(self, said: Meaning, unit: Cell | None, below: Row) -> None:
        """An area or industry alone: a heading over rows of indicators, or a row with blank numbers."""
        siblings = self.previous is not None and _same_kind(self.previous.meaning.codes, said.codes)
        next_labels = self._labels(-1, below)
        full_below = (
            bool(next_labels)
            and not understand(next_labels[-1].text, self.words, self._chain()).codes.partial
        )
        if unit is None and not siblings and said.codes.ref_area and full_below:
            self.area, self.whole, self.over = said.codes.ref_area, None, said.label
            self.parents.clear()
        elif not siblings and not _same_kind(said.codes, self._kind_of(next_labels)):
            self.whole, self.over = None, said.label

    def _kind_of(self, labels: Sequence[Cell]) -> Codes:
        return understand(labels[-1].text, self.words, self._chain()).codes if labels else Codes()

    def _line(self, number: int, values: Row, labels: Sequence[Cell], unit: Cell | None) -> Line:
        cell = labels[-1] if labels else None
        child = cell is not None and CHILD.match(packed(cell.text)) is not None
        parent = self._parent(cell, child)
        said = self._understood(labels) if labels else Meaning(known=False)
        inherited, over = self._inherited(said, parent, child)
        said = replace(said, window=said.window.filled_from(self.window))
        line = Line(number, values, cell, unit, said, inherited, over, *self._problem(said, cell))
        self._remember(line, parent, child)
        return line

    def _parent(self, cell: Cell | None, child: bool) -> _Parent | None:
        start = (cell.indent if cell else 0) + _PREFIX * child
        while self.parents and self.parents[-1].start + _STEP > start:
            self.parents.pop()
        return self.parents[-1] if self.parents else None

    def _inherited(self, said: Meaning, parent: _Parent | None, child: bool) -> tuple[Codes, str]:
        if (
            said.kind in ("rank", "growth_rank")
            and said.codes.partial
            and not said.codes.ref_area
            and self.previous
        ):
            previous = self.previous
            return _codes(previous.meaning).within(previous.inherited), previous.over
        if said.codes.indicator:
            whole = parent.codes if parent else self.whole if child else None
            return Codes(ref_area=whole.ref_area if whole and whole.ref_area else self.area), ""
        whole = parent.codes if parent else self.whole
        over = "" if whole else parent.label if parent else self.over
        return (whole or Codes(ref_area=self.area)), over

    def _problem(self, said: Meaning, cell: Cell | None) -> tuple[str, str]:
        if self.headless:
            return "no head over these rows", self.over
        if cell is None:
            return "no label", ""
        if said.window.span == "bad":
            return "unparsable period in the label", cell.text
        if said.known:
            return "", ""
        if MONTH_ON_MONTH.search(said.label):
            return NO_MONTH_ON_MONTH, ""
        what = "ambiguous label" if said.label in self.words.ambiguous else "unknown label"
        return what, self.words.nearest(said.label)

    def _remember(self, line: Line, parent: _Parent | None, child: bool) -> None:
        codes = _codes(line.meaning).within(line.inherited)
        known = line.meaning.known and not line.problem and codes.indicator
        start = (line.label.indent if line.label else 0) + _PREFIX * child
        self.parents.append(_Parent(start, line.meaning.label, codes if known else None))
        if not line.meaning.known and not child and not parent:
            self.whole, self.over = None, line.meaning.label
        elif line.meaning.codes.indicator and not child and not parent:
            after_child = self.previous is not None and self._was_full_child(self.previous)
            self.whole, self.over = (None, line.meaning.label) if after_child else (codes, "")
        self.previous = line

    def _was_full_child(self, line: Line) -> bool:
        """Whether it is a row like 其中:出口; 进口 under it may be its brother or a new whole."""
        return bool(
            line.label
            and CHILD.match(packed(line.label.text))
            and line.meaning.codes.indicator
            and not line.label.indent
        )


def _codes(meaning: Meaning) -> Codes:
    return replace(meaning.codes, kind=meaning.codes.kind or meaning.kind)


def _same_kind(one: Codes, other: Codes) -> bool:
    return one.partial and other.partial and bool(one.ref_area) == bool(other.ref_area)
