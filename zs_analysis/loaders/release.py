"""A file to be ingested, a bulletin or a table of observations, as one thing: a source and its rows."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from zs_analysis.files import sha256
from zs_analysis.loaders import rows, vintages
from zs_analysis.loaders.bulletin.read import examine
from zs_analysis.loaders.package import check, fields_of, read_text
from zs_analysis.loaders.schema import MISSING, TEXT, DataError, failure, failure_frame
from zs_analysis.loaders.text import read_head, reading
from zs_analysis.model import KEY

UNDATED = "发布日期未见，以入库日计"
OPTIONAL = {"counterpart_area", "base_per", "price_basis", "comparison"}
OPTIONAL |= {"source_id", "place", "released", "note"}
TABLE_MARKS = {"indicator", "obs_value", "time_period"}


@dataclass(frozen=True)
class Release:
    """What is to be ingested.

    Attributes
    ----------
    source_id : str
        Names the release and its file.
    fields : dict of str to str
        The lines above the rows: the source (no ``title`` if the rows name sources known already), the
        original's ``file`` and ``sha256``.
    batches : callable
        The rows as text cells, in the package's columns; may be called again.
    complete : callable
        What fills the empty cells of a batch of the original.
    bulletin : bool
        Read by the bulletin reader, not row by row.
    """

    path: Path
    source_id: str
    fields: dict[str, str]
    batches: Callable[[], Iterator[pa.RecordBatch]]
    complete: Callable[[pa.RecordBatch], pa.RecordBatch]
    bulletin: bool
    unread: pd.DataFrame = field(default_factory=pd.DataFrame)
    labels: pd.DataFrame = field(default_factory=pd.DataFrame)


def is_table(path: Path) -> bool:
    """Whether a file is a table of observations by its header."""
    with reading(path, str(path)):
        pass
    try:
        return set(rows.header(path)) >= TABLE_MARKS
    except (ValueError, OSError):
        return False


def of_table(path: Path, folder: Path, released: str | None, source: str | None) -> Release:
    """A CSV table with the columns of the observations.

    Raises
    ------
    DataError
        If it lacks a column, or has one too many, or the source cannot be recorded.
    """
    names, columns, head = rows.header(path), fields_of("observations"), read_head(path).fields
    _check_columns(path, names, columns)
    first = _first_row(path)
    collection = first.get("source_id", "") in _curated(folder)
    named = "" if collection else first.get("source_id", "")
    source_id = source or head.get("source_id") or named or slug(path.stem, sha256(path))
    if named not in ("", source_id):
        _refuse(path, f"its rows name the source {named}, the caller {source_id}; leave --source out")
    released = released or head.get("released") or first.get("released")
    fields = {"source_id": source_id}
    if not collection:
        fields |= source_fields(path, source_id, head, released, folder)
    fields |= {"file": path.name, "sha256": sha256(path)}

    def completed(batch: pa.RecordBatch) -> pa.RecordBatch:
        return complete(batch, columns, source_id, fields.get("released", ""))

    def batches() -> Iterator[pa.RecordBatch]:
        return map(completed, rows.read(path))

    return Release(path, source_id, fields, batches, completed, bulletin=False)


def _check_columns(path: Path, names: list[str], columns: list[str]) -> None:
    wrong = [failure(path.name, MISSING, column=name) for name in columns if name not in {*names, *OPTIONAL}]
    wrong += [
        failure(path.name, "the column is not one of the observations'", column=name)
        for name in names
        if name not in columns
    ]
    if wrong or len(set(names)) < len(names):
        raise DataError(failure_frame(wrong or [failure(path.name, "a column comes twice")]))


def _first_row(path: Path) -> dict[str, str]:
    try:
        batch = next(rows.read(path), None)
    except rows.Unclean:
        return {}
    return rows.to_frame(batch.slice(0, 1)).iloc[0].to_dict() if batch is not None and len(batch) else {}


def complete(batch: pa.RecordBatch, columns: list[str], source_id: str, released: str) -> pa.RecordBatch:
    """A batch with all columns in their order; empty cells of the source's own rows filled."""
    empty = pa.array([""] * len(batch), pa.string())
    cells = {name: batch.column(name) if name in batch.schema.names else empty for name in columns}
    cells["source_id"] = pc.if_else(pc.equal(cells["source_id"], ""), source_id, cells["source_id"])
    if released:
        undated = pc.and_(pc.equal(cells["released"], ""), pc.equal(cells["source_id"], source_id))
        cells["released"] = pc.if_else(undated, released, cells["released"])
    return pa.RecordBatch.from_arrays(list(cells.values()), names=columns)


def of_bulletin(
    path: Path, folder: Path, period: str | None, area: str | None, released: str | None, source: str | None
) -> Release:
    """A statistical bulletin in any format.

    Raises
    ------
    BulletinError
        If it cannot be read without guessing.
    """
    found = examine(path, period=period, area=area, data=folder)
    said = {key: str(value) for key, value in found.source.items() if value}
    released = released or said.get("released")
    digest = sha256(path)
    source_id = source or said.get("source_id") or slug(f"{released or ''}-{path.stem}", digest)
    fields = {"source_id": source_id}
    if source_id not in _curated(folder):
        fields |= source_fields(path, source_id, said, released, folder)
    released = fields.get("released") or released or _curated(folder)[source_id]
    fields |= {"file": path.name, "sha256": digest}
    text = _as_text(found.observations, source_id, released)
    batch = rows.from_frame(text)
    return Release(
        path, source_id, fields, lambda: iter([batch]), lambda whole: whole, True, found.unread, found.labels
    )


def _as_text(observations: pd.DataFrame, source_id: str, released: str) -> pd.DataFrame:
    printed = [
        f"{value:.{int(digits)}f}"
        for value, digits in zip(observations["obs_value"], observations["decimals"], strict=True)
    ]
    text = observations.assign(obs_value=printed, source_id=source_id, released=released)
    text = text[fields_of("observations")].astype(TEXT)
    # A bulletin prints some figures twice; once is enough where they agree.
    return text.drop_duplicates([*KEY, "obs_value"])


def source_fields(
    path: Path, source_id: str, said: dict[str, str], released: str | None, folder: Path
) -> dict[str, str]:
    """The source of a release as the lines above its rows.

    Raises
    ------
    DataError
        If the fields break what `sources` asks for.
    """
    today = {} if released else {"released": date.today().isoformat(), "note": UNDATED}
    said = today | _stored(folder, source_id) | {key: value for key, value in said.items() if value}
    title = said.get("title") or path.stem
    fields = {
        "source_id": source_id,
        "title": title,
        "publisher": said.get("publisher") or "未注明",
        "url": said.get("url", ""),
        "released": released or said["released"],
        "kind": said.get("kind") or ("official_copy" if said.get("publisher") else "secondary"),
        "language": said.get("language") or _language(title),
        "note": said.get("note", ""),
    }
    fields = {key: " ".join(value.split()) for key, value in fields.items()}
    failures = check("sources", pd.DataFrame([fields], index=[1], dtype=TEXT), folder)
    if len(failures):
        raise DataError(failures.assign(file=path.name, line=None))
    return fields


def _language(title: str) -> str:
    return "zh" if re.search(r"[\u4e00-\u9fff]", title) else "en"


def _curated(folder: Path) -> dict[str, str]:
    """Sources that are not themselves ingested releases, with their release dates."""
    sources = read_text("sources", folder)
    # An ingested one stands on the first line of its file, where sources.csv has its header.
    return sources[sources.index > 1].set_index("source_id")["released"].to_dict()


def _stored(folder: Path, source_id: str) -> dict[str, str]:
    path = folder / vintages.FOLDER / f"{source_id}.csv"
    return read_head(path).fields if path.is_file() else {}


def slug(name: str, digest: str) -> str:
    """A source_id from a file's name; what other writing leaves out, the file's hash makes up for."""
    kept = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return kept if kept and name.isascii() else f"{kept}-{digest[:8]}".strip("-")


def _refuse(path: Path, rule: str) -> None:
    raise DataError.of(path.name, rule)
