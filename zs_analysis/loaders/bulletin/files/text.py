"""Text to cells: comma, semicolon, tab or pipe between the fields, aligned blanks, or one cell a line."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from zs_analysis.loaders.bulletin.cells import BulletinError, Cell, Document, Sheet
from zs_analysis.loaders.bulletin.files.encoding import decode
from zs_analysis.loaders.bulletin.files.grid import clean, indent_of, is_numeral, make_sheet, width
from zs_analysis.loaders.bulletin.files.limits import (
    MAX_COLUMNS,
    MAX_LINE_CHARACTERS,
    MAX_LINES,
    MAX_TEXT_BYTES,
    refuse_above,
)

_PROPERTY = re.compile(r"#\s*(\w[\w ]{0,30}?)\s*[::]\s*(.*)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_RULE = re.compile(r"[-+=_|─━┄┼├┤┬┴┌┐└┘│ \t\u3000]{3,}")
_BLANKS = re.compile("[ \u3000\u00a0]{2,}|\u3000")
_CUT = "the file ends inside this line: it may have been cut off"
_BROKEN = "a line end may stand inside this numeral"
_SPACED_NUMERAL = re.compile(r"[-+−]?\d[\d,]*(?:\.\d+)?%?")


def read(path: Path, data: bytes) -> Document:
    """A text file as one sheet.

    Parameters
    ----------
    path : Path
    data : bytes
        The file's content, in any encoding that `decode` knows.

    Returns
    -------
    Document
        ``# key: value`` lines at the head are its properties. Rows are line numbers.

    Raises
    ------
    BulletinError
        If it cannot be decoded, a quotation mark stays open, or it is larger than any bulletin.
    """
    refuse_above(MAX_TEXT_BYTES, len(data), "bytes of text", path)
    text = decode(path, data).replace("\r\n", "\n").replace("\r", "\n").replace("│", "|")
    refuse_above(MAX_LINES, text.count("\n"), "lines", path)
    lines = text.split("\n")
    refuse_above(MAX_LINE_CHARACTERS, max(map(len, lines)), "characters in a line", path)
    properties, start = _head(lines)
    body = [" " if _is_rule(line) else line for line in lines[start:]]
    sheet = _read_body(path, body, start)
    return Document(
        path, properties, (_doubt_the_end(sheet, cut=bool(lines[-1].strip())),) if sheet.cells else ()
    )


def _head(lines: list[str]) -> tuple[dict[str, str], int]:
    """Properties from the ``# key: value`` lines before the table, and the number of such lines."""
    properties: dict[str, str] = {}
    for number, line in enumerate(lines):
        found = _PROPERTY.fullmatch(line.strip())
        if found:
            properties[found[1].lower()] = found[2]
        elif line.startswith("# ") and properties:
            properties["note"] = f"{properties.get('note', '')} {line[2:].strip()}".strip()
        elif line.strip():
            return properties, number
    return properties, len(lines)


def _is_rule(line: str) -> bool:
    """A line drawn under a head: at least three strokes and nothing else."""
    return _RULE.fullmatch(line) is not None and sum(mark not in "| \t\u3000" for mark in line) >= 3


def _read_body(path: Path, body: list[str], start: int) -> Sheet:
    delimiter = _delimiter(body)
    if not delimiter:
        return _undelimited(path, body, start)
    widths: dict[int, int] = {}
    cells: list[Cell] = []
    for row, fields in _records(path, body, delimiter, start):
        refuse_above(MAX_COLUMNS, len(fields), f"fields in line {row}", path)
        widths[row] = len(fields)
        cells += [Cell(row, column, field) for column, field in enumerate(fields, start=1) if field]
    return make_sheet(path, path.stem, _doubt_broken_lines(cells, widths), widths=widths)


def _doubt_broken_lines(cells: list[Cell], widths: dict[int, int]) -> list[Cell]:
    """Doubt a last field whose numeral goes on as the only field of the next line."""
    rest = {
        cell.row for cell in cells if widths[cell.row] == 1 and re.fullmatch(r"[\d.,]+%?", cell.text.strip())
    }
    ends = {cell.row: cell.column for cell in cells}
    return [
        replace(cell, doubt=_BROKEN)
        if cell.row in rest or (cell.row + 1 in rest and cell.column == ends[cell.row])
        else cell
        for cell in cells
    ]


def _delimiter(body: list[str]) -> str:
    """The mark that stands in most lines; a comma between thousands does not count."""
    bare = [_THOUSANDS.sub("", line) for line in body if line.strip()]
    counts = {mark: sum(mark in line.strip(" ") for line in bare) for mark in "\t|;,"}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] > len(bare) / 4 else ""


def _records(path: Path, body: list[str], delimiter: str, start: int) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each record; a quoted field may run over lines."""
    if delimiter == "|":
        # The blank after a stroke is padding, not indentation.
        padded = (line.replace("| ", "|").split("|") for line in body)
        yield from (
            (start + n, fields) for n, fields in enumerate(padded, start=1) if any(map(str.strip, fields))
        )
        return
    reader = csv.reader(io.StringIO("\n".join(body)), delimiter=delimiter, strict=True)
    first = 1
    try:
        for fields in reader:
            _refuse_swallowed_rows(path, fields, delimiter, start + first)
            if any(fields):
                yield start + first, fields
            first = reader.line_num + 1
    except csv.Error as error:
        why = f"a quotation mark opens a field and does not close it ({error}); mend the line"
        raise BulletinError(path, why, row=start + first) from error


def _refuse_swallowed_rows(path: Path, fields: list[str], delimiter: str, row: int) -> None:
    """A stray quotation mark turns the rows up to the next one into a single field."""
    for column, field in enumerate(fields, start=1):
        if any(line.count(delimiter) >= 2 for line in field.split("\n")[1:]):
            why = "a quotation mark opens here and closes only lines later, over whole rows; mend it"
            raise BulletinError(path, why, row=row, column=column)


def _undelimited(path: Path, body: list[str], start: int) -> Sheet:
    """Fields aligned by two or more blanks, numerals set apart by one, or a cell a line."""
    for split in (_wide_fields, _spaced_fields):
        rows = [split(line) for line in body]
        if sum(len(row) > 1 and any(is_numeral(field) for _, field in row) for row in rows) >= 2:
            break
    else:
        cells = [Cell(start + n, 1, line) for n, line in enumerate(body, start=1)]
        return make_sheet(path, path.stem, cells, layout="lines")
    cells = [
        Cell(start + n, column, field, offset=offset)
        for n, row in enumerate(rows, start=1)
        for column, (offset, field) in enumerate(row, start=1)
    ]
    cells = [replace(c, indent=indent_of(body[c.row - start - 1]) if c.column == 1 else 0) for c in cells]
    widths = {start + n: width(line) for n, line in enumerate(body, start=1)}
    return make_sheet(path, path.stem, cells, widths=widths, layout="blanks")


def _wide_fields(line: str) -> list[tuple[int, str]]:
    """Offset and text of the fields between runs of blanks.

    >>> _wide_fields("定 海  87.3    1.0")
    [(0, '定 海'), (7, '87.3'), (15, '1.0')]
    """
    fields, end = [], 0
    for gap in [*_BLANKS.finditer(line), None]:
        begin, stop = (gap.start(), gap.end()) if gap else (len(line), len(line))
        if line[end:begin].strip():
            fields.append((width(line[:end]), line[end:begin].rstrip()))
        end = stop
    return fields


def _spaced_fields(line: str) -> list[tuple[int, str]]:
    """Offset and text of the fields where each numeral stands between single blanks.

    >>> _spaced_fields("定 海 87.3 1.0")
    [(0, '定 海'), (6, '87.3'), (11, '1.0')]
    """
    fields: list[tuple[int, str]] = []
    for word in re.finditer(r"\S+", line):
        offset = width(line[: word.start()])
        alone = _SPACED_NUMERAL.fullmatch(word[0]) or not fields or _SPACED_NUMERAL.fullmatch(fields[-1][1])
        if alone:
            fields.append((offset, word[0]))
        else:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {word[0]}")
    return fields


def _doubt_the_end(sheet: Sheet, *, cut: bool) -> Sheet:
    """Doubt the last field of a file without a last line end where it looks cut off.

    A file may rightly end so. It looks cut off if it has fewer decimals than others in its column, or as an
    integer fewer digits than the longest there, if nothing compares, or if its row is shorter than others.
    """
    last = sheet.cells[-1]
    if not (cut or re.fullmatch(r"[-+−]?[\d,]+\.", last.text)):
        return sheet
    if sheet.layout == "lines":
        row, peers = _last_record(sheet)
    else:
        row = [cell for cell in sheet.cells if cell.row == last.row]
        peers = _numerals_above(sheet, last)
    if _is_short(sheet, row) or _looks_cut(last.text, [cell.text for cell in peers]):
        return replace(sheet, cells=(*sheet.cells[:-1], replace(last, doubt=_CUT)))
    return sheet


def _numerals_above(sheet: Sheet, last: Cell) -> list[Cell]:
    """The numerals right above a cell, up to the next text in its column: those of its own block."""
    peers: list[Cell] = []
    for cell in reversed(
        [cell for cell in sheet.cells if cell.column == last.column and cell.row < last.row]
    ):
        if not is_numeral(cell.text):
            break
        peers.append(cell)
    return peers


def _last_record(sheet: Sheet) -> tuple[list[Cell], list[Cell]]:
    """In a text of one cell a line: the last label's cells, and the numerals at the place of the last."""
    records: list[list[Cell]] = [[]]
    for cell in sheet.cells:
        records[-1].append(cell) if is_numeral(cell.text) else records.append([cell])
    place = len(records[-1]) - 1
    return records[-1], [record[place] for record in records[:-1] if len(record) > place > 0]


def _is_short(sheet: Sheet, row: list[Cell]) -> bool:
    """Whether the last row has fewer fields than the rows before it usually have."""
    last = row[-1].row
    if sheet.layout == "grid":
        sizes = Counter(fields for line, fields in sheet.widths.items() if line != last)
        return bool(sizes) and sheet.widths[last] < sizes.most_common(1)[0][0]
    if sheet.layout == "lines":
        lengths = Counter(length for length in _record_lengths(sheet)[:-1] if length > 1)
    else:
        lengths = Counter(Counter(c.row for c in sheet.cells if c.row != last and c.column > 1).values())
        row = row[1:]
    return bool(lengths) and len(row) < lengths.most_common(1)[0][0]


def _record_lengths(sheet: Sheet) -> list[int]:
    lengths = [0]
    for cell in sheet.cells:
        if is_numeral(cell.text):
            lengths[-1] += 1
        else:
            lengths.append(1)
    return lengths


def _looks_cut(text: str, peers: list[str]) -> bool:
    """Whether a numeral is shorter behind its point, or as an integer in all, than others in its column."""
    numerals = [peer for peer in peers if is_numeral(peer)]
    if not numerals:
        return is_numeral(text)
    if not is_numeral(text) or _decimals(text) < max(map(_decimals, numerals)):
        return True
    longest = max(len(re.sub(r"\D", "", peer)) for peer in numerals)
    return "." not in text and len(re.sub(r"\D", "", text)) < longest


def _decimals(text: str) -> int:
    return len(clean(text).rstrip("%").partition(".")[2])
