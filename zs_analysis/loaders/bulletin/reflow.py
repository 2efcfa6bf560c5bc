"""Text without columns, put back into them: one cell a line, or fields between blanks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from zs_analysis.loaders.bulletin.cells import Cell, Sheet
from zs_analysis.loaders.bulletin.checks import SECTORS, SUM_TOLERANCE, Doubt
from zs_analysis.loaders.bulletin.grid import Grid, Row, grid_of, is_data, is_note
from zs_analysis.loaders.bulletin.labels import Dictionary, understand
from zs_analysis.loaders.bulletin.text import display_width, folded, holds_number, numeral, packed

_HEAD_WITH_UNIT = re.compile(r"([^()]+[(][^()]*[)])")


@dataclass
class Reflowed:
    """A sheet as rows and columns.

    Attributes
    ----------
    grid : Grid
    doubts : dict of Cell to Doubt
        Cells for which no place was found.
    labels : dict of Cell to str
        Cells that became part of a head.
    """

    grid: Grid
    doubts: dict[Cell, Doubt] = field(default_factory=dict)
    labels: dict[Cell, str] = field(default_factory=dict)


def reflowed(sheet: Sheet, words: Dictionary) -> Reflowed:
    """Give every cell its row and column."""
    if sheet.layout == "lines":
        return _records(sheet.cells, words)
    if sheet.layout == "blanks":
        rows = _by_row(sheet.cells)
        return _broken_lines(sheet, rows, words) if _label_lines(rows) else _aligned(sheet, rows, words)
    return Reflowed(grid_of(sheet.cells, sheet.widths))


def _by_row(cells: Sequence[Cell]) -> dict[int, list[Cell]]:
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    return rows


# One cell a line


def _records(cells: Sequence[Cell], words: Dictionary) -> Reflowed:
    """A head from its stub to the last text before a number, then a label and its numbers again and again."""
    found = Reflowed(Grid({}, {}, {}))
    rows: dict[int, Row] = {}
    records: list[tuple[Cell, list[Cell]]] = []
    head: list[Cell] = []
    place = 0
    while place < len(cells):
        if understand(cells[place].text, words).kind == "stub" and (end := _head_end(cells, place)):
            _lay(head, records, rows, found)
            head, records, place = list(cells[place:end]), [], end
            continue
        wanted = len(head) - 1
        values = _values(cells, place + 1, wanted, words) if head and not is_data(cells[place]) else []
        records.append((cells[place], values))
        place += 1 + len(values)
    _lay(head, records, rows, found)
    found.grid = Grid(dict(sorted(rows.items())), {}, {})
    return found


def _lay(
    head: list[Cell], records: Sequence[tuple[Cell, list[Cell]]], rows: dict[int, Row], found: Reflowed
) -> None:
    """Records under their head; all are doubted where most have not as many numbers as it has columns."""
    wanted = len(head) - 1
    if head:
        rows[head[0].row] = dict(enumerate(head, 1))
    counts = [len(values) for label, values in records if values or is_data(label)]
    sound = 2 * sum(count == wanted for count in counts) > len(counts)
    for label, values in records:
        whole = len(values) == wanted and sound and not is_data(label)
        if not is_data(label):
            rows[label.row] = dict(enumerate([label, *values], 1)) if whole else {1: label}
        if not whole:
            found.doubts |= _odd_record([cell for cell in (label, *values) if is_data(cell)], wanted)


def _odd_record(values: Sequence[Cell], wanted: int) -> dict[Cell, Doubt]:
    if wanted < 1:
        return dict.fromkeys(values, Doubt("no head over it"))
    lost = "lost" if len(values) < wanted else "gained"
    doubt = Doubt(f"the row has {lost} a field", f"{len(values)} numbers, the head has {wanted}")
    return dict.fromkeys(values, doubt)


def _head_end(cells: Sequence[Cell], start: int) -> int:
    """The label of the first record is the last text before the first number."""
    number = next((place for place in range(start, len(cells)) if is_data(cells[place])), 0)
    return number - 1 if number > start + 2 else 0


def _values(cells: Sequence[Cell], start: int, wanted: int, words: Dictionary) -> list[Cell]:
    taken: list[Cell] = []
    for cell in cells[start:]:
        odd = 0 < len(taken) < wanted and holds_number(cell.text) and not understand(cell.text, words).known
        if not is_data(cell) and not odd:
            break
        taken.append(cell)
    return taken


# Fields between blanks


def _label_lines(rows: Mapping[int, list[Cell]]) -> bool:
    """Whether lines of numbers without a label follow lines of one label, twice at least."""
    lines = list(rows.values())
    pairs = zip(lines, lines[1:], strict=False)
    return sum(len(one) == 1 and not is_data(one[0]) and _bare(two) for one, two in pairs) > 1


def _bare(line: Sequence[Cell]) -> bool:
    return len(line) > 1 and all(numeral(cell.text) or cell.doubt for cell in line)


def _broken_lines(sheet: Sheet, rows: Mapping[int, list[Cell]], words: Dictionary) -> Reflowed:
    """A head broken over lines, its sub-heads after it, then a line for the label and a line of numbers."""
    numbers = list(rows)
    start = next((n for n in numbers if understand(rows[n][0].text.split()[0], words).kind == "stub"), None)
    first = next(place for place, n in enumerate(numbers) if _bare(rows[n])) - 1
    if start is None or numbers.index(start) > first:
        return Reflowed(grid_of(sheet.cells, {}))
    lines = [rows[n] for n in numbers[numbers.index(start) : first]]
    stub, heads, subs = _head_of(lines)
    body = _labelled(rows, numbers[first:])
    wanted = len(heads) + len(subs)
    full = [values for _, values in body.values() if len(values) == wanted and not values[-1].doubt]
    at = _place_of_subs(heads, subs, full, words) if 2 * len(full) >= len(body) else None
    found = Reflowed(Grid({}, {}, {}), labels={cell: "head" for line in lines for cell in line})
    grid: dict[int, Row] = {n: dict(enumerate(rows[n], 1)) for n in numbers[: numbers.index(start)]}
    grid |= _storeys(stub, heads, subs, at) if heads else {}
    used = {label.row for label, _ in body.values()} | set(body)
    grid |= {n: {1: rows[n][0]} for n in numbers[first:] if n not in used and len(rows[n]) == 1}
    step = _step(full)
    for number, (label, values) in body.items():
        placed = _placed(values, wanted, sheet.widths.get(number), step) if at is not None else None
        if placed is None or is_data(label):
            why = "the row has lost a field" if at is not None else "the head and the rows do not match"
            found.doubts |= dict.fromkeys(
                values, Doubt(why, f"the row has {len(values)} fields, the head {wanted}")
            )
        else:
            grid[number] = {1: label, **placed}
    found.grid = Grid(dict(sorted(grid.items())), {}, {})
    return found


def _labelled(rows: Mapping[int, list[Cell]], numbers: Sequence[int]) -> dict[int, tuple[Cell, list[Cell]]]:
    """Lines of numbers with the line over each; where one has no label, two labels in a row are none."""
    triples = list(zip([numbers[0], *numbers], numbers, numbers[1:], strict=False))
    orphans = any(_bare(rows[above]) and _bare(rows[below]) for _, above, below in triples)
    body = {}
    for before, above, below in triples:
        if _bare(rows[below]):
            twice = orphans and before != above and not _bare(rows[before])
            body[below] = (rows[below][0] if twice else rows[above][0], rows[below])
    return body


def _head_of(lines: Sequence[Sequence[Cell]]) -> tuple[Cell, list[Cell], list[Cell]]:
    """Stub, columns with their units, and the words after the last unit: sub-heads."""
    first = lines[0][0]
    whole = "".join(folded(cell.text) + "\n" for line in lines for cell in line)
    stub, _, rest = re.sub(r"\s+", " ", whole.strip()).partition(" ")
    names = _HEAD_WITH_UNIT.findall(rest)
    after = _HEAD_WITH_UNIT.sub("", rest).split()
    return (
        replace(first, text=stub),
        [replace(first, column=place, text=packed(name)) for place, name in enumerate(names, 2)],
        [replace(first, row=first.row + 1, column=place, text=name) for place, name in enumerate(after, 1)],
    )


def _place_of_subs(
    heads: Sequence[Cell], subs: Sequence[Cell], full: Sequence[Sequence[Cell]], words: Dictionary
) -> int | None:
    """After which column the sub-heads stand: the one that is the sum of the three sectors in every row."""
    if not subs:
        return len(heads) - 1
    sectors = [
        place for place, sub in enumerate(subs) if understand(sub.text, words).codes.activity in SECTORS
    ]
    if len(sectors) != len(SECTORS) or not full:
        return None
    fits = [at for at in range(len(heads)) if all(_adds(values, at, sectors) for values in full)]
    return fits[0] if len(fits) == 1 else None


def _adds(values: Sequence[Cell], at: int, sectors: Sequence[int]) -> bool:
    read = [numeral(values[place].text) for place in (at, *(at + 1 + sector for sector in sectors))]
    if not all(read):
        return False
    whole, *parts = read
    room = SUM_TOLERANCE * abs(whole.value) + sum(number.step for number in read) / 2
    return abs(sum(part.value for part in parts) - whole.value) <= room


def _storeys(stub: Cell, heads: Sequence[Cell], subs: Sequence[Cell], at: int | None) -> dict[int, Row]:
    at = len(heads) - 1 if at is None else at
    upper = [*heads[: at + 1], *[heads[at]] * len(subs), *heads[at + 1 :]]
    lower = {at + 3 + place: sub for place, sub in enumerate(subs)}
    storeys = {stub.row: {1: stub, **dict(enumerate(upper, 2))}}
    return storeys | ({stub.row + 1: lower} if subs else {})


def _step(full: Sequence[Sequence[Cell]]) -> int | None:
    """Blanks between two fields, where they are always as many."""
    gaps = {gap for values in full for gap in _gaps(values)}
    return gaps.pop() if len(gaps) == 1 else None


def _gaps(values: Sequence[Cell]) -> list[int]:
    ends = [cell.offset + display_width(cell.text) for cell in values]
    return [cell.offset - end for cell, end in zip(values[1:], ends, strict=False)]


def _placed(values: Sequence[Cell], wanted: int, width: int | None, step: int | None) -> Row | None:
    """Fields by column, empty ones counted by their blanks; a cut-off last line is whole so far."""
    if len(values) == wanted:
        return dict(enumerate(values, 2))
    if step is None or width is None:
        return None
    column, row = 2, {2: values[0]}
    for cell, gap in zip(values[1:], _gaps(values), strict=True):
        if gap % step:
            return None
        column += gap // step
        row[column] = cell
    last = values[-1]
    trailing = (width - last.offset - display_width(last.text)) // step
    whole = column - 1 + trailing == wanted or bool(last.doubt and column - 1 <= wanted)
    return row if whole else None


def _aligned(sheet: Sheet, rows: Mapping[int, list[Cell]], words: Dictionary) -> Reflowed:
    """Lines with their labels: by the number of the field, in short lines by where it stands."""
    wide = [line for line in rows.values() if len(line) > 1 and not is_note(line[0])]
    most = max((len(line) for line in wide), default=0)
    full = [line for line in wide if len(line) == most]
    edges = _edges(full)
    grid: dict[int, Row] = {}
    widths: dict[int, int] = {}
    for number, line in rows.items():
        by_place = _by_place(line, edges) if len(line) not in (1, most) else None
        grid[number] = by_place or dict(enumerate(line, 1))
        widths[number] = most if by_place else len(line)
    return Reflowed(Grid(grid, {}, widths))


def _edges(full: Sequence[Sequence[Cell]]) -> list[tuple[int, int]]:
    """From where to where each column reaches; empty where columns overlap."""
    edges = [
        (min(cell.offset for cell in column), max(cell.offset + display_width(cell.text) for cell in column))
        for column in zip(*full, strict=True)
    ]
    return edges if all(one[1] <= two[0] for one, two in zip(edges, edges[1:], strict=False)) else []


def _by_place(line: Sequence[Cell], edges: Sequence[tuple[int, int]]) -> Row | None:
    row: Row = {}
    for cell in line:
        end = cell.offset + display_width(cell.text)
        over = [place for place, (left, right) in enumerate(edges, 1) if cell.offset < right and left < end]
        if len(over) != 1 or over[0] in row:
            return None
        row[over[0]] = cell
    return row
