"""A row's numbers, each with all that is said of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from zs_analysis.loaders.bulletin.cells import Cell
from zs_analysis.loaders.bulletin.checks import Doubt, Draft, dimension
from zs_analysis.loaders.bulletin.columns import Column
from zs_analysis.loaders.bulletin.context import Setting, settled
from zs_analysis.loaders.bulletin.grid import is_data
from zs_analysis.loaders.bulletin.labels import Codes, Dictionary
from zs_analysis.loaders.bulletin.rows import Line
from zs_analysis.loaders.bulletin.text import (
    Numeral,
    holds_number,
    is_missing,
    numeral,
    packed,
    why_not_a_number,
)
from zs_analysis.loaders.bulletin.windows import Window

GROWTH = {"level": "yoy", "ytd": "ytd_yoy"}
RATES = ("pct", "pp", "permille", "times")
Result = Draft | Doubt | str


@dataclass(frozen=True)
class Reading:
    """What holds for every row of a block.

    Attributes
    ----------
    widths : mapping of int to int
        Fields in each row, where rows may lose one.
    head_widths : set of int
        Fields in the rows of the head; more than one number where it lost or gained one.
    open_above : bool
        Whether the head may go on above.
    base : Window
        The period of the titles and the option.
    """

    words: Dictionary
    setting: Setting
    columns: Mapping[int, Column]
    place: int
    widths: Mapping[int, int]
    head_widths: set[int]
    open_above: bool
    base: Window
    status: str

    def read(self, line: Line) -> Iterator[tuple[Cell, Result]]:
        """Each cell of a row with a number: a draft, why not, or what else it is."""
        trouble = self._row_trouble(line)
        for number, cell in line.cells.items():
            column = self.columns.get(number)
            if column is not None and column.role in ("serial", "note"):
                yield cell, "serial number" if column.role == "serial" else "note"
            elif is_missing(cell.text) or not holds_number(cell.text):
                continue
            elif trouble:
                yield cell, trouble
            else:
                yield cell, self._number(line, cell, column)
        if line.unit is not None and trouble and is_data(line.unit):
            yield line.unit, trouble
        if line.label is not None and trouble and numeral(line.label.text):
            yield line.label, trouble

    def _row_trouble(self, line: Line) -> Doubt | None:
        if doubt := self._lost_field(line):
            return doubt
        if line.unit is not None and is_data(line.unit) and not is_missing(line.unit.text):
            return Doubt("the row has lost a field", f"{line.unit.text} stands in the unit column")
        for number, cell in line.cells.items():
            if number not in self.columns and (
                holds_number(cell.text) or packed(cell.text) in self.words.units
            ):
                return Doubt("no head over a cell of the row", f"column {number}: {cell.text}")
            if (
                self.columns.get(number)
                and self.columns[number].role == "value"
                and packed(cell.text) in self.words.units
            ):
                return Doubt("the row has gained a field", f"{cell.text} stands in a number column")
        if line.problem:
            return Doubt(line.problem, line.detail)
        return self._wrong_dimension(line)

    def _lost_field(self, line: Line) -> Doubt | None:
        width = self.widths.get(line.number)
        if self.open_above:
            return Doubt("two heads, one right under the other")
        if len(self.head_widths) > 1:
            fields = " and ".join(map(str, sorted(self.head_widths)))
            return Doubt(
                "the head has lost or gained a field", f"{fields} fields in its rows and the lines around it"
            )
        if width is None or not self.head_widths or width in self.head_widths:
            return None
        (head,) = self.head_widths
        return Doubt(
            f"the row has {'lost' if width < head else 'gained'} a field",
            f"the row has {width} fields, the head {head}",
        )

    def _wrong_dimension(self, line: Line) -> Doubt | None:
        """A unit of another dimension than the indicator's shows that the row is not what it seems."""
        unit = self._unit_of_row(line)
        if line.unit is not None and not unit and not is_missing(line.unit.text):
            return Doubt("unknown unit", line.unit.text)
        if not unit or unit in RATES or line.meaning.kind in ("rank", "growth_rank"):
            return None
        combined = [_combined(line, column) for column in self.columns.values() if column.role == "value"]
        measured = {codes.indicator for codes in combined if isinstance(codes, Codes) and codes.indicator}
        if measured and all(dimension(unit, self.words) != self._dimension_of(code) for code in measured):
            return Doubt("contradictory unit", f"{line.unit.text} for {', '.join(sorted(measured))}")
        return None

    def _dimension_of(self, indicator: str) -> str:
        return dimension(self.words.indicators[indicator]["unit"], self.words)

    def _unit_of_row(self, line: Line) -> str:
        return self.words.units.get(packed(line.unit.text).strip("()"), "") if line.unit is not None else ""

    def _number(self, line: Line, cell: Cell, column: Column) -> Result:
        number = numeral(cell.text)
        if column.problem:
            return Doubt(column.problem, "、".join(head.text for head in column.head))
        if number is None:
            return Doubt(why_not_a_number(cell.text), cell.doubt)
        if cell.doubt:
            return Doubt(cell.doubt)
        codes = _combined(line, column)
        if isinstance(codes, Doubt):
            return codes
        if not codes.indicator:
            return Doubt("what is measured is not said", f"under {line.over}" if line.over else "")
        return self._draft(line, cell, column, number, codes)

    def _draft(self, line: Line, cell: Cell, column: Column, number: Numeral, codes: Codes) -> Draft | Doubt:
        kind = column.meaning.kind if column.meaning.kind not in ("", "level") else codes.kind
        kind = "growth_rank" if codes.kind == "rank" and kind == "growth" else kind
        if line.meaning.kind in ("rank", "growth_rank"):
            kind = "growth_rank" if column.meaning.kind == "growth" else line.meaning.kind
        unit = self._unit(line, cell, column, number, codes, kind)
        if isinstance(unit, Doubt):
            return unit
        window = column.meaning.window.filled_from(line.meaning.window)
        if column.meaning.window.contradicts(line.meaning.window):
            return Doubt("row and column name different periods")
        stock = self.words.indicators[codes.indicator]["kind"] == "stock"
        freq, period, span = settled(self.setting, window, self.base, cell, stock=stock)
        transformation = codes.transformation or _transformation(kind, span, freq)
        if not transformation:
            return Doubt(f"a {kind} of a single month has no place in the observations")
        area = codes.ref_area or self.setting.area(cell)
        return Draft(
            0, cell, number, self.place, line.number, codes.indicator, area, codes.activity, freq, period,
            transformation, unit, line.meaning.status or column.meaning.status or self.status,
            counterpart=self._counterpart(kind, area, cell, line),
            unit_cell=self._unit_cell(line, column),
            head_unit=not self._unit_of_row(line),
            notes=self._notes(line, column, codes, freq, period, span, kind),
        )  # fmt: skip

    def _unit(
        self, line: Line, cell: Cell, column: Column, number: Numeral, codes: Codes, kind: str
    ) -> str | Doubt:
        if kind in ("rank", "growth_rank"):
            return "rank"
        if kind == "growth":
            return self._growth_unit(line, column, number, codes)
        if kind == "contribution":
            return column.meaning.codes.unit or ("pp" if "拉动" in column.meaning.label else "pct")
        if number.worded or number.mark in ("倍", "百分点"):
            return Doubt(why_not_a_number(cell.text), "growth in words in a column of amounts")
        if kind == "share":
            return "pct"
        return self._level_unit(line, cell, column, number, codes)

    def _growth_unit(self, line: Line, column: Column, number: Numeral, codes: Codes) -> str | Doubt:
        row = self.words.indicators[codes.indicator]
        is_rate = row["kind"] == "ratio" and self._dimension_of(codes.indicator) == "proportion"
        said = {column.meaning.codes.unit, line.meaning.codes.unit, self._unit_of_row(line)}
        if number.mark == "百分点" or "pp" in said:
            if is_rate or row["kind"] == "index":
                return "pp"
            return Doubt("contradictory unit", f"个百分点 for the growth of {codes.indicator}")
        if number.mark == "‰" or column.meaning.codes.unit == "permille":
            return Doubt("contradictory unit", f"‰ for the growth of {codes.indicator}")
        if number.mark == "倍":
            return "times"
        if is_rate:
            return Doubt(
                "percent or percentage points", f"{codes.indicator} is a rate; 百分点 would settle it"
            )
        return "pct"

    def _level_unit(
        self, line: Line, cell: Cell, column: Column, number: Numeral, codes: Codes
    ) -> str | Doubt:
        mark = {"%": "pct", "‰": "permille"}.get(number.mark, "")
        stated = [self._unit_of_row(line), line.meaning.codes.unit, column.meaning.codes.unit, mark]
        stated = list(dict.fromkeys(unit for unit in stated if unit)) or [
            unit for unit in [self.setting.unit()] if unit
        ]
        if not stated:
            if any(other.role == "unit" for other in self.columns.values()):
                return Doubt("no unit")
            raise self.setting.error(self._units_wanted(codes.indicator), cell)
        wanted = self._dimension_of(codes.indicator)
        if len(stated) > 1 or dimension(stated[0], self.words) != wanted:
            names = "、".join(self.words.measures[unit]["name_zh"] for unit in stated)
            return Doubt("contradictory unit", f"{names} for {codes.indicator}")
        return stated[0]

    def _units_wanted(self, indicator: str) -> str:
        measures = self.words.measures
        kind = measures[self.words.indicators[indicator]["unit"]]["dimension"]
        names = "、".join(row["name_zh"] for row in measures.values() if row["dimension"] == kind)
        return f"the unit is not said; write it in the head or on a line 单位:… ({names})"

    def _unit_cell(self, line: Line, column: Column) -> Cell | None:
        if line.unit is not None and self._unit_of_row(line):
            return line.unit
        return column.head[-1] if column.meaning.codes.unit and column.head else None

    def _counterpart(self, kind: str, area: str, cell: Cell, line: Line) -> str:
        if kind in ("rank", "growth_rank"):
            return self.words.areas[area]["parent"]
        if kind in ("share", "contribution") and line.meaning.codes.ref_area:
            whole = line.inherited.ref_area or self.setting.area(cell)
            return whole if whole != area else ""
        return ""

    def _notes(
        self, line: Line, column: Column, codes: Codes, freq: str, period: str, span: str, kind: str
    ) -> tuple[str, ...]:
        month = f"{int(period[5:])}月" if freq == "M" else ""
        stretch = {"ytd": f"1-{month}", "level": f"{month}当月"}[span] if month else ""
        unit = line.unit.text if line.unit is not None else ""
        levels = any(
            other.role == "value" and other.meaning.kind in ("", "level") for other in self.columns.values()
        )
        wrong = kind == "growth" and not levels and self._unit_of_row(line) not in ("", *RATES)
        labels = [
            self._printed(line.meaning.label, line.meaning.codes),
            self._printed(column.meaning.label, column.meaning.codes),
        ]
        return (stretch, *labels, f"表中单位列误作“{unit}”" if wrong else "", codes.note)

    def _printed(self, label: str, codes: Codes) -> str:
        """The label where it is not a name of its code."""
        bare = label.partition("(")[0] or label
        if not (codes.indicator or codes.ref_area or codes.activity):
            return ""
        return "" if {label, bare} & self.words.official(codes) else f"原文作“{label}”"


def _own(line: Line) -> Codes:
    return replace(line.meaning.codes, kind=line.meaning.codes.kind or line.meaning.kind)


def _combined(line: Line, column: Column) -> Codes | Doubt:
    own, over = _own(line), column.meaning.codes
    for one, other in (
        (own.indicator, over.indicator),
        (own.ref_area, over.ref_area),
        (own.activity, over.activity),
    ):
        if one and other and one != other and "total" not in (one, other):
            return Doubt("row and column name different things", f"{one} and {other}")
    if own.indicator:
        codes = replace(own, activity=own.activity or over.activity or "total")
        return replace(codes, ref_area=own.ref_area or over.ref_area or line.inherited.ref_area)
    context = over if over.indicator else over.within(line.inherited)
    codes = own.within(context)
    return replace(codes, ref_area=codes.ref_area or line.inherited.ref_area, note=own.note or over.note)


def _transformation(kind: str, span: str, freq: str) -> str:
    if kind == "growth":
        return GROWTH[span]
    if kind == "growth_rank":
        return f"{GROWTH[span]}_rank"
    if kind in ("share", "contribution", "rank"):
        return kind if freq == "A" or span == "ytd" else ""
    return span
