"""Ingested releases: one file each in ``vintages/`` of the data package, its source above its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from zs_analysis.loaders import rows, rules
from zs_analysis.loaders.changes import repeats
from zs_analysis.loaders.schema import (
    TEXT,
    DataError,
    failure,
    failure_frame,
    failures_in,
    missing_columns,
)
from zs_analysis.loaders.text import lines, read_head, tables
from zs_analysis.model import KEY

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

FOLDER = "vintages"
SOURCE = ["title", "publisher", "url", "released", "kind", "language", "note"]
CHUNK = 20_000
LISTED = 1000


def paths(folder: Path) -> list[Path]:
    """Files of the releases ingested into a data package, by name."""
    return sorted(path for path in (folder / FOLDER).glob("*.csv") if not path.name.startswith("."))


def name(path: Path) -> str:
    """How messages call the file of a release."""
    return f"{FOLDER}/{path.name}"


def sources(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """File and row of `sources` of each release that is one itself; collections of others are none."""
    for path in paths(folder):
        fields = read_head(path, name(path)).fields
        if "title" in fields:
            row = {"source_id": path.stem} | {key: fields.get(key, "") for key in SOURCE}
            yield name(path), pd.DataFrame([row], index=[1], dtype=TEXT)


def read(folder: Path, columns: list[str]) -> pd.DataFrame:
    """The rows of all releases as text cells."""
    found = [rows.to_frame(batch.select(columns)) for path in paths(folder) for batch in rows.read(path)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns, dtype=TEXT)


def check(folder: Path, resource: Mapping[str, Any], schema: DataFrameSchema) -> pd.DataFrame:
    """What is wrong with the rows of all releases, one by one."""
    border, columns = rows.Border(schema), {field["name"] for field in resource["schema"]["fields"]}
    wrong = [
        failures(path, name(path), resource, schema)
        for path in paths(folder)
        if not _sound(path, border, columns)
    ]
    return pd.concat(wrong, ignore_index=True) if wrong else failure_frame([])


def _sound(path: Path, border: rows.Border, columns: set[str]) -> bool:
    try:
        return set(rows.header(path)) == columns and all(map(border.lets_in, rows.read(path)))
    except (rows.Unclean, UnicodeDecodeError):
        return False


def failures(
    path: Path,
    file: str,
    resource: Mapping[str, Any],
    schema: DataFrameSchema,
    complete: Callable[[pa.RecordBatch], pa.RecordBatch] = lambda batch: batch,
) -> pd.DataFrame:
    """What is wrong with a file of observations, line by line: the count and the first thousand."""
    found, count = [], 0
    try:
        for part in tables(path, file, CHUNK):
            table = rows.to_frame(complete(rows.from_frame(part))).set_index(part.index)
            wrong = _failures_in_chunk(table, file, resource, schema)
            count += len(wrong)
            found.append(wrong.head(LISTED - sum(map(len, found))))
            if wrong["rule"].eq("the column is missing").any():
                break
    except DataError as error:
        found.append(error.failures)
        count += len(error.failures)
    listed = pd.concat(found, ignore_index=True) if found else failure_frame([])
    if count > len(listed):
        rule = f"has {count:,} failures; the first {len(listed):,} are listed"
        listed = pd.concat([failure_frame([failure(file, rule)]), listed], ignore_index=True)
    return listed


def _failures_in_chunk(
    table: pd.DataFrame, file: str, resource: Mapping[str, Any], schema: DataFrameSchema
) -> pd.DataFrame:
    missing = missing_columns(table, resource).assign(file=file)
    if len(missing):
        return missing
    found = failures_in(table, schema, file)
    return rules.broken("observations", table, file) if found.empty else found


def repeated(files: list[tuple[str, Path]]) -> pd.DataFrame:
    """Failures for keys that come again, in a file or over several; the first line with a key is not one."""
    keys = {file: _keys(path) for file, path in files}
    again = repeats(np.concatenate(list(keys.values()))) if keys else np.array([])
    if not len(again):
        return failure_frame([])
    # Hashes only point at candidates; the cells themselves decide.
    candidates = pd.concat([_rows_with(path, file, keys[file], again[:LISTED]) for file, path in files])
    wrong = candidates[candidates.duplicated([name for name in KEY if name in candidates])]
    rule = f"repeats the key ({', '.join(KEY)}) of an earlier line"
    found = [failure(row.file, rule, line=int(row.line)) for row in wrong.itertuples()]
    return failure_frame(found)


def _keys(path: Path) -> np.ndarray:
    names = [name for name in KEY if name in rows.header(path)]
    found = [rows.hashes(rows.encode(batch, names), names, {}) for batch in rows.read(path)]
    return np.concatenate(found) if found else np.array([], dtype="uint64")


def _rows_with(path: Path, file: str, keys: np.ndarray, wanted: np.ndarray) -> pd.DataFrame:
    places = np.flatnonzero(np.isin(keys, wanted))
    table = rows_at(rows.read(path), places)
    return table.assign(file=file, line=lines_of(path, file, places))


def rows_at(batches: Iterator[pa.RecordBatch], places: np.ndarray) -> pd.DataFrame:
    """The rows at some places, counted from 0 and in order, as text cells."""
    found, start = [], 0
    for batch in batches:
        here = places[(places >= start) & (places < start + len(batch))] - start
        if len(here) or not found:
            found.append(rows.to_frame(batch.take(pa.array(here, pa.int64()))))
        start += len(batch)
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=KEY)


def lines_of(path: Path, file: str, places: np.ndarray) -> list[int]:
    """The lines of a file on which the rows at some places stand."""
    wanted = set(places.tolist())
    return [line for row, (line, _) in enumerate(lines(path, file), start=-1) if row in wanted]
