"""What each column of a block holds, from the storeys of its head."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from zs_analysis.loaders.bulletin.cells import Cell
from zs_analysis.loaders.bulletin.grid import Block, Row, is_data
from zs_analysis.loaders.bulletin.labels import Dictionary, Kind, Meaning, understand
from zs_analysis.loaders.bulletin.text import numeral, packed
from zs_analysis.loaders.bulletin.windows import Window

Role = Literal["label", "unit", "serial", "note", "value"]

# Percentage points between a printed growth rate and the one its two levels imply.
IMPLIED = 3.0
_NAMES = {
    "growth": "growth",
    "share": "the share",
    "contribution": "the contribution",
    "rank": "the rank",
    "growth_rank": "the rank of growth",
}
_NOTES = re.compile(r"备注|说明|注释")
MONTH_ON_MONTH = re.compile(r"环比|[比较]上月")
NO_MONTH_ON_MONTH = "month-on-month growth is not in the data model"


@dataclass(frozen=True)
class Column:
    """A column of a block.

    Attributes
    ----------
    role : {"label", "unit", "serial", "note", "value"}
    head : tuple of Cell
        Storeys over it, from the top.
    meaning : Meaning
        All storeys together.
    problem : str
        Why the numbers under it cannot be read, else empty.
    """

    role: Role
    head: tuple[Cell, ...] = ()
    meaning: Meaning = Meaning()
    problem: str = ""


def columns_of(block: Block, words: Dictionary, chain: Sequence[str]) -> dict[int, Column]:
    """Columns of a block by number; a column without a head is not among them."""
    heads = _heads(block.storeys)
    columns = {number: _column(head, words, chain) for number, head in heads.items()}
    if not any(column.role == "label" for column in columns.values()):
        columns |= _leftmost_label(block, columns)
    return _with_shared_window(_with_neighbours(dict(sorted(columns.items())), block))


def _heads(storeys: Mapping[int, Row]) -> dict[int, tuple[Cell, ...]]:
    rows = list(storeys.values())
    filled = [*(_repeated(upper, rows[place + 1]) for place, upper in enumerate(rows[:-1])), rows[-1]]
    numbers = sorted({number for row in filled for number in row})
    return {
        number: tuple(dict.fromkeys(row[number] for row in filled if number in row)) for number in numbers
    }


def _repeated(upper: Row, lower: Row) -> Row:
    """In text a merged head is its first cell and blanks: they repeat it as far as the storey below goes."""
    if any(cell.columns > 1 for cell in upper.values()):
        return upper
    row, last = dict(upper), None
    for number in sorted({*upper, *lower}):
        last = upper.get(number, last)
        if last is not None and number in lower and packed(last.text) not in ("单位", "计量单位", "序号"):
            row.setdefault(number, last)
    return row


def _column(head: tuple[Cell, ...], words: Dictionary, chain: Sequence[str]) -> Column:
    whole, above = Meaning(), list(chain)
    for cell in head:
        said = understand(cell.text, words, above)
        if _NOTES.fullmatch(said.label):
            return Column("note", head, said)
        if not said.known and len(head) > 1:
            said = understand("".join(part.text for part in head), words, chain)
            whole = said
            break
        whole = _both(whole, said)
        above.insert(0, said.label)
    if whole.kind in ("stub", "unit", "serial"):
        return Column({"stub": "label"}.get(whole.kind, whole.kind), head, whole)
    return Column("value", head, whole, _head_problem(whole))


def _both(upper: Meaning, lower: Meaning) -> Meaning:
    codes = lower.codes.within(upper.codes)
    codes = replace(
        codes,
        unit=lower.codes.unit or upper.codes.unit,
        transformation=lower.codes.transformation or upper.codes.transformation,
    )
    kind: Kind = upper.kind if lower.kind in ("", "level") and upper.kind else lower.kind
    kind = "growth_rank" if (upper.kind, lower.kind) == ("growth", "rank") else kind
    window = lower.window.filled_from(upper.window)
    known, status = upper.known and lower.known, upper.status or lower.status
    return Meaning((upper.label + lower.label), codes, kind, window, status, known)


def without_clashes(columns: Mapping[int, Column], base: Window) -> dict[int, Column]:
    """Two heads that come to the same thing under the title's period, as 本期 | 累计, say nothing."""
    seen: dict[object, list[int]] = {}
    for number, column in columns.items():
        if column.role == "value" and not column.problem:
            said = column.meaning
            key = (
                replace(said.codes, unit="", note=""),
                said.kind.replace("level", ""),
                said.window.filled_from(base),
            )
            seen.setdefault(key, []).append(number)
    clashing = [numbers for numbers in seen.values() if len(numbers) > 1]
    problems = {
        number: replace(columns[number], problem="two heads for the same number")
        for numbers in clashing
        for number in numbers
    }
    return {**columns, **problems}


def _head_problem(meaning: Meaning) -> str:
    if meaning.window.span == "bad":
        return "unparsable period in the head"
    if meaning.known:
        return ""
    return NO_MONTH_ON_MONTH if MONTH_ON_MONTH.search(meaning.label) else "the head is not understood"


def _leftmost_label(block: Block, columns: Mapping[int, Column]) -> dict[int, Column]:
    used = sorted({number for row in block.body.values() for number in row})
    for number in used:
        cells = [row[number] for row in block.body.values() if number in row]
        texts = sum(not is_data(cell) for cell in cells)
        if columns.get(number, Column("value")).role == "value" and texts * 2 > len(cells):
            return {number: Column("label", columns[number].head if number in columns else ())}
    return {}


def _with_neighbours(columns: dict[int, Column], block: Block) -> dict[int, Column]:
    """Growth, rank and share columns take the window and the codes of the column they belong to."""
    levels = {number: column for number, column in columns.items() if _is_level(column)}
    for number, column in columns.items():
        if column.role != "value" or number in levels or column.problem or column.meaning.codes.indicator:
            continue
        columns[number] = _of_neighbour(number, columns, levels, block)
    return columns


def _of_neighbour(
    number: int, columns: Mapping[int, Column], levels: Mapping[int, Column], block: Block
) -> Column:
    column, left = columns[number], _left_of(number, columns)
    said = column.meaning
    if "rank" in said.kind and left.problem == NO_MONTH_ON_MONTH:
        return replace(column, problem=NO_MONTH_ON_MONTH)
    alike = [level for level, other in levels.items() if _may_own(other.meaning, said)]
    owner = _owner(number, alike, columns) or _later_year(number, alike, columns, block)
    if owner is not None:
        return replace(_owned(column, columns[owner]), problem=columns[owner].problem)
    after_growth = (said.kind, left.meaning.kind) == ("rank", "growth")
    if after_growth and not levels:
        # 增速 | 位次 without an amount: the place of the growth.
        column = replace(column, meaning=replace(said, kind="growth_rank"))
        return replace(_owned(column, left), problem=left.problem)
    measured = any(levels[level].meaning.codes.indicator for level in alike)
    if after_growth or (alike and (measured or not said.window.span)):
        return replace(column, problem=f"{_NAMES[said.kind]} of which column is not said")
    return column


def _left_of(number: int, columns: Mapping[int, Column]) -> Column:
    """The nearest column of values on the left."""
    before = [other for other, column in columns.items() if other < number and column.role == "value"]
    return columns[max(before)] if before else Column("note")


def _with_shared_window(columns: dict[int, Column]) -> dict[int, Column]:
    """Under one merged head, growth and ranks that name no stretch are of the only one named beside them."""
    for number, column in columns.items():
        said = column.meaning
        if said.kind in ("", "level") or said.window.span or len(column.head) < 2:
            continue
        beside = [other for other in columns.values() if _same_under_one_head(other, column)]
        named = {other.meaning.window for other in beside if other.meaning.window.span or _is_level(other)}
        if len(named) == 1:
            columns[number] = replace(column, meaning=replace(said, window=said.window.filled_from(*named)))
    return columns


def _same_under_one_head(one: Column, other: Column) -> bool:
    measured, of = one.meaning.codes, other.meaning.codes
    alike = all(
        getattr(measured, code) == getattr(of, code) for code in ("indicator", "activity", "ref_area")
    )
    merged = len(one.head) > 1 and one.head[0] is other.head[0]
    return alike and merged and bool(of.indicator) and not one.meaning.window.years_back


def _is_level(column: Column) -> bool:
    said = column.meaning
    of_now = not said.window.years_back and column.problem != NO_MONTH_ON_MONTH
    return column.role == "value" and said.kind in ("", "level") and of_now


def _later_year(number: int, levels: list[int], columns: Mapping[int, Column], block: Block) -> int | None:
    """Of two years side by side (2023年 | 2022年 | ±%), the later where their numbers imply the growth."""
    if len(levels) != 2 or columns[number].meaning.kind != "growth":
        return None
    early, late = sorted(levels, key=lambda level: columns[level].meaning.window.year or 0)
    one, two = columns[early].meaning.window, columns[late].meaning.window
    if not one.year or replace(one, year=one.year + 1) != two:
        return None
    rows = [[row.get(column) for column in (early, late, number)] for row in block.body.values()]
    read = [[numeral(cell.text) for cell in row] for row in rows if all(row)]
    gaps = [_gap(*(number.value for number in row)) for row in read if all(row)]
    return late if gaps and 2 * sum(gap <= IMPLIED for gap in gaps) > len(gaps) else None


def _gap(early: float, late: float, growth: float) -> float:
    return abs(100 * (late / early - 1) - growth) if early > 0 else float("inf")


def _may_own(level: Meaning, other: Meaning) -> bool:
    same_area = not other.codes.ref_area or level.codes.ref_area == other.codes.ref_area
    return same_area and (not other.window.span or level.window == other.window)


def _owner(number: int, levels: list[int], columns: Mapping[int, Column]) -> int | None:
    """The only level there is, or the one on the left where every level has such a column on its right."""
    kind = columns[number].meaning.kind
    alike = [
        other for other, column in columns.items() if column.role == "value" and column.meaning.kind == kind
    ]
    before = [level for level in levels if level < number]
    if kind == "rank" and columns.get(number - 1, Column("note")).meaning.kind == "growth":
        return None
    if len(levels) == 1:
        return levels[0]
    owners = [max((level for level in levels if level < other), default=0) for other in alike]
    sound = {level for level in levels if not columns[level].problem}
    return before[-1] if before and len(set(owners)) == len(owners) and sound <= set(owners) else None


def _owned(column: Column, owner: Column) -> Column:
    codes = replace(column.meaning.codes.within(owner.meaning.codes), unit=column.meaning.codes.unit)
    window = column.meaning.window.filled_from(owner.meaning.window)
    return replace(column, meaning=replace(column.meaning, codes=codes, window=window))
