"""CSV tables as text cells, with the lines they stand on."""

import csv
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from zs_analysis.loaders.schema import TEXT, DataError, failure, failure_frame

BOM = b"\xef\xbb\xbf"
Line = tuple[int, list[str]]


@dataclass(frozen=True)
class Head:
    """The ``# key: value`` lines above a table.

    Attributes
    ----------
    fields : dict of str to str
        In the file's order.
    lines, end : int
        How many lines, and the byte at which the table begins.
    """

    fields: dict[str, str]
    lines: int
    end: int


def read_head(path: Path, file: str | None = None) -> Head:
    """The lines above the table of a CSV file that say where it comes from; most files have none.

    Raises
    ------
    DataError
        If the file cannot be read or they are not UTF-8.
    """
    fields, lines = {}, 0
    with reading(path, file or path.name) as stream:
        end = len(BOM) if stream.read(len(BOM)) == BOM else 0
        stream.seek(end)
        for line in iter(stream.readline, b""):
            if not line.startswith(b"#"):
                break
            key, _, value = line.decode("utf-8")[1:].partition(":")
            fields[key.strip()] = value.strip()
            lines, end = lines + 1, end + len(line)
    return Head(fields, lines, end)


@contextmanager
def reading(path: Path, file: str) -> Iterator[BinaryIO]:
    """An open file whose errors become one `DataError` that names it."""
    try:
        with path.open("rb") as stream:
            yield stream
    except FileNotFoundError:
        raise DataError.of(file, f"there is no such file in {path.parent}") from None
    except UnicodeDecodeError:
        raise DataError.of(file, f"is not UTF-8 (byte {_first_bad_byte(path)}); save it as UTF-8") from None
    except OSError as error:
        raise DataError.of(file, f"cannot be read: {error.strerror}") from None


def _first_bad_byte(path: Path) -> int:
    place = 0
    with path.open("rb") as stream:
        for line in stream:
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return place + error.start
            place += len(line)
    return place


def lines(path: Path, file: str) -> Iterator[Line]:
    """The lines of a table as cells, its header first; blank lines and the head are left out.

    Raises
    ------
    DataError
        If the file is missing, is not UTF-8, or is not a table.
    """
    head = read_head(path, file)
    with reading(path, file) as stream:
        stream.seek(head.end)
        reader = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""), strict=True)
        try:
            yield from ((head.lines + reader.line_num, cells) for cells in reader if cells)
        except csv.Error as error:
            line = head.lines + reader.line_num
            raise DataError.of(file, f"is not a CSV table: {error}", line=line) from None


def read_table(path: Path, file: str) -> pd.DataFrame:
    """A CSV table as text cells; the index holds the lines of the file."""
    found = list(lines(path, file))
    if not found:
        raise DataError.of(file, "is empty; it needs at least its header")
    return rectangle(found[0][1], found[1:], file)


def tables(path: Path, file: str, rows: int) -> Iterator[pd.DataFrame]:
    """A long CSV table as tables of so many rows each; the index holds the lines of the file."""
    rest = lines(path, file)
    head = next(rest, None)
    if head is None:
        raise DataError.of(file, "is empty; it needs at least its header")
    while body := list(islice(rest, rows)):
        yield rectangle(head[1], body, file)


def rectangle(head: list[str], body: list[Line], file: str) -> pd.DataFrame:
    """Lines under a header as a table.

    Raises
    ------
    DataError
        If a line is longer or shorter than the header, or a column comes twice.
    """
    # pandas.read_csv would fill short rows and take surplus cells for an index
    uneven = [
        failure(file, f"has {len(cells)} cells, the header has {len(head)}", line=line)
        for line, cells in body
        if len(cells) != len(head)
    ]
    repeated = [
        failure(file, "the column comes twice", column=name)
        for name in dict.fromkeys(head)
        if head.count(name) > 1
    ]
    if uneven or repeated:
        raise DataError(failure_frame(uneven + repeated))
    # Most cells repeat others: as one object they take less memory and are compared at once.
    cells = [list(map(sys.intern, cells)) for _, cells in body]
    return pd.DataFrame(cells, columns=head, index=[line for line, _ in body], dtype=TEXT)
