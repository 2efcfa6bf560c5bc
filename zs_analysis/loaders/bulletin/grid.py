"""A sheet as rows and columns, cut into blocks: titles, head, body."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zs_analysis.loaders.bulletin.cells import Cell
from zs_analysis.loaders.bulletin.labels import Dictionary, Meaning, understand
from zs_analysis.loaders.bulletin.text import is_missing, numeral, packed
from zs_analysis.loaders.bulletin.windows import windows_in

Row = dict[int, Cell]

NOTE = re.compile(r"(?:备注|注|说明|附注|资料来源|数据来源|来源|制表|审核|填报)[0-9]?[::]|注$|[*※]")
UNIT_LINE = re.compile(r"(?:计量)?单位[::](.+)")
_YEAR = re.compile(r"(?:19|20)\d\d")
PERIOD = re.compile(r"(?:19|20)\d\d(?:0?[1-9]|1[0-2])?")
_LONG = 60
_LARGEST_MERGE = 2000


@dataclass(frozen=True)
class Grid:
    """Cells by row and column.

    Attributes
    ----------
    rows : mapping of int to dict
        Row to column to cell; a merged cell at its first row and column.
    covered : mapping of int to dict
        Row to column to the merged cell that covers the place from above or from the left.
    widths : mapping of int to int
        Fields written in a row, where that is known.
    """

    rows: Mapping[int, Row]
    covered: Mapping[int, Row]
    widths: Mapping[int, int]


@dataclass(frozen=True)
class Block:
    """A head with the rows under it.

    Attributes
    ----------
    titles : tuple of Cell
        Lines before the head that belong to it, the nearest last.
    storeys : mapping of int to dict
        Rows of the head, merged cells repeated in each column they cover.
    body : mapping of int to dict
    open_above : bool
        Whether a head without rows right above may be a part of this one.
    """

    titles: tuple[Cell, ...]
    storeys: Mapping[int, Row]
    body: Mapping[int, Row]
    open_above: bool = False


def grid_of(cells: tuple[Cell, ...], widths: Mapping[int, int]) -> Grid:
    """Place the cells of a sheet whose columns are columns."""
    rows: dict[int, Row] = {}
    covered: dict[int, Row] = {}
    for cell in cells:
        rows.setdefault(cell.row, {})[cell.column] = cell
        for row, column in _places(cell):
            covered.setdefault(row, {})[column] = cell
    return Grid(dict(sorted(rows.items())), covered, widths)


def _places(cell: Cell) -> Iterator[tuple[int, int]]:
    # What is merged over more than that is a title or a mistake, no head and no label.
    if cell.rows * cell.columns > _LARGEST_MERGE:
        return
    for row in range(cell.row, cell.row + cell.rows):
        for column in range(cell.column, cell.column + cell.columns):
            if (row, column) != (cell.row, cell.column):
                yield row, column


def is_note(cell: Cell) -> bool:
    """Whether a cell is a footnote or another line of text that is not part of the table."""
    text = packed(cell.text)
    return NOTE.match(text) is not None or len(text) > _LONG


def is_data(cell: Cell) -> bool:
    """Whether a cell stands where a number does: a number, or a mark for none, but not a year."""
    if _YEAR.fullmatch(packed(cell.text)):
        return False
    return numeral(cell.text) is not None or is_missing(cell.text)


def is_head(row: Row, words: Dictionary) -> bool:
    """Whether a row is a storey of a head: words of a head and no number."""
    if len(row) < 2 or any(is_data(cell) and not _is_period(cell) for cell in row.values()):
        return False
    if any(is_data(cell) for cell in row.values()):
        return any(understand(cell.text, words).kind == "stub" for cell in row.values())
    if any(UNIT_LINE.match(packed(cell.text)) or is_note(cell) for cell in row.values()):
        return False
    meanings = {column: understand(cell.text, words) for column, cell in row.items()}
    if any(meaning.kind in ("stub", "unit", "serial") for meaning in meanings.values()):
        return True
    return any(_heads_a_column(meaning) for column, meaning in meanings.items() if column > min(row)) or (
        1 not in row and all(meaning.known for meaning in meanings.values())
    )


def _heads_a_column(meaning: Meaning) -> bool:
    return meaning.known and bool(meaning.kind or meaning.window.span)


def blocks(grid: Grid, words: Dictionary) -> tuple[list[Cell], list[Block]]:
    """Cut a grid at its heads; the cells before the first head's titles come first."""
    heads = _heads(grid, words)
    numbers = list(grid.rows)
    place = {number: index for index, number in enumerate(numbers)}
    if not heads:
        return [cell for row in grid.rows.values() for cell in row.values()], []
    starts = [_titles_start(numbers, place[head[0]], grid, first=head is heads[0]) for head in heads]
    found: list[Block] = []
    for head, start, end in zip(heads, starts, [*starts[1:], len(numbers)], strict=True):
        titles = tuple(cell for row in numbers[start : place[head[0]]] for cell in grid.rows[row].values())
        body = {row: grid.rows[row] for row in numbers[place[head[-1]] + 1 : end]}
        # 指标 | 定海区 over 指标 | 总量: two heads, or one that repeats what was merged?
        open_above = (
            bool(found) and not found[-1].body and not titles and _names_nothing(grid.rows[head[0]], words)
        )
        found.append(Block(titles, {row: _spread(grid, row, head[0]) for row in head}, body, open_above))
    return [cell for row in numbers[: starts[0]] for cell in grid.rows[row].values()], found


def _heads(grid: Grid, words: Dictionary) -> list[list[int]]:
    heads: list[list[int]] = []
    previous = None
    for number, row in grid.rows.items():
        if (
            previous is not None
            and heads
            and heads[-1][-1] == previous
            and _continues(row, grid, heads[-1], words)
        ):
            heads[-1].append(number)
        elif is_head(row, words):
            heads.append([number])
        previous = number
    return heads


def _continues(row: Row, grid: Grid, head: list[int], words: Dictionary) -> bool:
    if is_head(row, words):
        return len(head) < 4 and not _stub_again(row, grid.rows[head[0]], words)
    # A lower storey stands under columns that the one above heads, and leaves the labels' column blank.
    top = grid.rows[head[0]]
    stubs = _stubs(top, words) or [min(top)]
    return (
        not set(stubs) & set(row)
        and not any(is_data(cell) or is_note(cell) for cell in row.values())
        and all(understand(cell.text, words).known for cell in row.values())
    )


def _stubs(row: Row, words: Dictionary) -> list[int]:
    return [column for column, cell in row.items() if understand(cell.text, words).kind == "stub"]


def _stub_again(row: Row, top: Row, words: Dictionary) -> bool:
    """Whether 指标 stands again under 指标: another head, whose block lost its title and the rows above."""
    return bool(set(_stubs(row, words)) & set(_stubs(top, words)))


def _names_nothing(row: Row, words: Dictionary) -> bool:
    said = [understand(cell.text, words) for cell in row.values()]
    return not any(
        meaning.window.span or meaning.codes.indicator or meaning.codes.ref_area for meaning in said
    )


def _titles_start(numbers: list[int], place: int, grid: Grid, *, first: bool) -> int:
    """Where the titles of a head begin: at the line above it, for the first head at the first line."""
    start = place
    while (
        start
        and _is_title(grid.rows[numbers[start - 1]])
        and (first or _is_over(numbers[start - 1], numbers[start:place], grid))
    ):
        start -= 1
    return start


def _is_over(number: int, below: list[int], grid: Grid) -> bool:
    """Whether a line is a title of a later head: the one right above it, of units, or with a period."""
    row = grid.rows[number]
    texts = [packed(cell.text) for cell in row.values()]
    first = not any(_is_title(grid.rows[other]) and not _units_only(grid.rows[other]) for other in below)
    return first or _units_only(row) or any(windows_in(text)[0] for text in texts)


def _units_only(row: Row) -> bool:
    return all(UNIT_LINE.match(packed(cell.text)) for cell in row.values())


def _is_title(row: Row) -> bool:
    lone = len(row) == 1 or any(UNIT_LINE.match(packed(cell.text)) for cell in row.values())
    return lone and not any(
        (is_data(cell) and not _is_period(cell)) or is_note(cell) for cell in row.values()
    )


def _is_period(cell: Cell) -> bool:
    return PERIOD.fullmatch(packed(cell.text)) is not None


def _spread(grid: Grid, number: int, top: int) -> Row:
    """A storey with merged cells in every column they cover."""
    over = {column: cell for column, cell in grid.covered.get(number, {}).items() if cell.row >= top}
    return dict(sorted((grid.rows[number] | over).items()))
