"""Observations by the million: read in batches, checked by distinct values, compared by hashes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from zs_analysis.loaders import rules
from zs_analysis.loaders.schema import NUMBER, TEXT, failures_in
from zs_analysis.loaders.text import read_head
from zs_analysis.model import KEY, known_on

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

BLOCK = 1 << 20
FREE = ("place", "note")
RULED = ["freq", "time_period", "base_per", "transformation", "unit"]
FIGURE = ["key", "cell", "day", "value", "step"]
POWERS = 10.0 ** -np.arange(19)
NEVER = np.iinfo("int32").min
EPOCH = pd.Timestamp("1970-01-01")
MIX = np.uint64(0x9E3779B97F4A7C15)
Encoded = dict[str, "Column"]
Factors = Mapping[str, tuple[str, float]]


class Unclean(ValueError):
    """A table that is not sound; who reads it line by line finds out where."""


def header(path: Path) -> list[str]:
    """Column names of a CSV file."""
    with path.open("rb") as stream:
        stream.seek(read_head(path).end)
        return next(csv.reader([stream.readline().decode("utf-8-sig")]), [])


def read(path: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a CSV file as batches of text cells.

    Raises
    ------
    Unclean
        If the file is not a table of UTF-8 text.
    """
    names = header(path)
    text = pv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    # One thread and small blocks: reading ahead would cost more memory than it saves time.
    one = pv.ReadOptions(block_size=BLOCK, use_threads=False)
    quoted = pv.ParseOptions(newlines_in_values=True)
    with path.open("rb") as stream:
        stream.seek(read_head(path).end)
        try:
            yield from pv.open_csv(stream, read_options=one, parse_options=quoted, convert_options=text)
        except pa.ArrowInvalid as error:
            raise Unclean(str(error)) from error


def from_frame(text: pd.DataFrame) -> pa.RecordBatch:
    """A table of text cells as one batch."""
    arrays = [pa.array(text[name].tolist(), pa.string()) for name in text]
    return pa.RecordBatch.from_arrays(arrays, names=list(text))


def to_frame(table: pa.Table | pa.RecordBatch) -> pd.DataFrame:
    """Batches as a table of text cells."""
    return table.to_pandas().astype(TEXT)


def to_csv(batch: pa.RecordBatch) -> bytes:
    """A batch of sound observations as the lines of a CSV file; only free text can need quotes."""
    cells = [_quoted(batch[name]) if name in FREE else batch[name] for name in batch.schema.names]
    lines = pc.binary_join_element_wise(*cells, ",")
    joined = pc.binary_join_element_wise(lines, "", "\n")
    # The texts of an array lie one after the other: with its line ends that is the file.
    return joined.buffers()[2].to_pybytes() if len(batch) else b""


def _quoted(cells: pa.Array) -> pa.Array:
    special = pc.match_substring_regex(cells, '[",\r\n]')
    if not pc.any(special).as_py():
        return cells
    doubled = pc.replace_substring(cells, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), cells)


@dataclass(frozen=True)
class Column:
    """Distinct values of a column with their hashes, and for each row the place of its value among them."""

    values: np.ndarray
    hashed: np.ndarray
    rows: np.ndarray


def encode(batch: pa.RecordBatch, names: Iterable[str]) -> Encoded:
    """Some columns of a batch by their distinct values."""
    return {name: _column(batch.column(name).dictionary_encode()) for name in names}


def _column(cells: pa.DictionaryArray) -> Column:
    values = np.array(cells.dictionary.to_pylist(), dtype=object)
    return Column(values, pd.util.hash_array(values, categorize=False), cells.indices.to_numpy())


def hashes(encoded: Encoded, names: Iterable[str], recode: Mapping[str, Mapping[str, str]]) -> np.ndarray:
    """A 64-bit hash of some columns of each row, the values of a column recoded first."""
    total = np.uint64(0)
    for name in names:
        column, hashed = encoded[name], encoded[name].hashed
        if name in recode:
            values = [recode[name].get(value, value) for value in column.values]
            hashed = pd.util.hash_array(np.array(values, dtype=object), categorize=False)
        # Most columns hold one value in a batch; then there is nothing to spread over the rows.
        total = total * MIX ^ (hashed[column.rows] if len(hashed) > 1 else hashed)
    return np.broadcast_to(total, len(column.rows)) if len(total) == 1 else total


class Border:
    """Tells whether batches keep a schema; each distinct value is checked once.

    Parameters
    ----------
    schema : pandera.pandas.DataFrameSchema
        Of the table; its uniqueness is not checked here.
    """

    def __init__(self, schema: DataFrameSchema) -> None:
        self.checked = {name: column for name, column in schema.columns.items() if column.checks}
        self.seen: dict[str, set[str]] = {name: set() for name in self.checked}
        self.ruled: set[tuple[str, ...]] = set()

    def lets_in(self, batch: pa.RecordBatch, encoded: Encoded | None = None) -> bool:
        """Whether every row of a batch is sound; its columns may be `encode`d already."""
        encoded = encoded or encode(batch, self.checked.keys() - {"obs_value"})
        numbers = pc.match_substring_regex(batch.column("obs_value"), f"^(?:{NUMBER.pattern})$")
        return bool(
            pc.all(numbers).as_py() is not False
            and all(self._sound(name, encoded[name].values) for name in encoded if name in self.checked)
            and self._keeps_the_rules(encoded)
        )

    def _sound(self, name: str, values: np.ndarray) -> bool:
        new = set(values) - self.seen[name]
        if not new:
            return True
        from pandera.pandas import DataFrameSchema

        schema = DataFrameSchema({name: self.checked[name]})
        if not failures_in(pd.DataFrame({name: sorted(new)}, dtype=TEXT), schema, "").empty:
            return False
        self.seen[name] |= new
        return True

    def _keeps_the_rules(self, encoded: Encoded) -> bool:
        _, first = np.unique(hashes(encoded, RULED, {}), return_index=True)
        columns = [encoded[name].values[encoded[name].rows[first]] for name in RULED]
        new = set(zip(*columns, strict=True)) - self.ruled
        if not new:
            return True
        combinations = pd.DataFrame(sorted(new), columns=RULED, dtype=TEXT)
        if not rules.broken("observations", combinations, "").empty:
            return False
        self.ruled |= new
        return True


def figures(batch: pa.RecordBatch, encoded: Encoded, factors: Factors) -> dict[str, np.ndarray]:
    """What is needed to compare the figures of a batch with others.

    Parameters
    ----------
    factors : mapping of str to (str, float)
        Unit to its dimension and factor.

    Returns
    -------
    dict of str to numpy.ndarray
        ``key`` and ``cell`` (hashes: of the key; of what is measured, whoever says so and in whatever unit),
        ``day`` of release, ``value`` in the base unit and ``step``, a unit of its last printed digit.
    """
    same = {"unit": {unit: dimension for unit, (dimension, _) in factors.items()}}
    # A provisional figure and its final one are one cell; what is announced beforehand is another.
    same["obs_status"] = dict.fromkeys("APEM", "")
    cell = [name for name in KEY if name != "source_id"]
    unit, printed = encoded["unit"], batch.column("obs_value")
    factor = np.array([factors[name][1] for name in unit.values])[unit.rows]
    point = pc.find_substring(printed, ".").to_numpy()
    digits = np.where(point < 0, 0, pc.utf8_length(printed).to_numpy() - point - 1)
    return {
        "key": hashes(encoded, KEY, {}),
        "cell": hashes(encoded, cell, same),
        "day": _days(tuple(encoded["released"].values))[encoded["released"].rows],
        "value": pc.cast(printed, pa.float64()).to_numpy() * factor,
        "step": (factor * POWERS[digits]).astype("float32"),
    }


def gather(parts: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """Figures of many batches as one table; the parts are emptied on the way, to save memory."""
    whole = {name: np.concatenate([part.pop(name) for part in parts]) for name in FIGURE} if parts else {}
    return pd.DataFrame(whole, columns=FIGURE, copy=False)


@lru_cache
def _days(released: tuple[str, ...]) -> np.ndarray:
    # Batch after batch brings the same few dates.
    known = (known_on(pd.Series(released, dtype=TEXT)) - EPOCH).dt.days
    return known.fillna(NEVER).to_numpy(dtype="int32")
