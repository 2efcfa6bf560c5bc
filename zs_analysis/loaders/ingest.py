"""New figures into the data package: what would change, and one file a release, written whole or not."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa

from zs_analysis.files import clear_leftovers, locked, replacing
from zs_analysis.loaders import rows, vintages
from zs_analysis.loaders.changes import (
    CONFLICTING,
    KINDS,
    NOTHING,
    UNCHANGED,
    Known,
    compare,
    contradictions,
    repeats,
)
from zs_analysis.loaders.package import DATA, fields_of, observation_schema, read_text, resource, validate
from zs_analysis.loaders.release import Release, is_table, of_bulletin, of_table
from zs_analysis.loaders.schema import DataError, failure, failure_frame, failures_in
from zs_analysis.loaders.text import read_head

CELL = ["indicator", "ref_area", "activity", "time_period", "transformation", "unit"]
SHOWN = ["change", *CELL, "was", "now", "place"]
LISTED = 10_000
PRINTED = 40
SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)


@dataclass(frozen=True)
class Ingest:
    """What an ingested file changed, or would change.

    Attributes
    ----------
    source_id : str
        The release.
    path : Path
        Its file in the data package.
    written : bool
        Whether that file was written. It is not where nothing is new, and where `verdict` says why.
    counts : dict of str to int
        Figures ``added``, ``unchanged``, ``revised``, ``older`` (a newer release is known), ``conflicting``,
        ``corrected`` and ``dropped`` (read otherwise from the same file before).
    changes : pandas.DataFrame
        ``change, indicator, ref_area, activity, time_period, transformation, unit, was, now, place``, one row
        a figure, at most 10,000 of each change; ``was`` in the unit of ``now``.
    unread, labels : pandas.DataFrame
        Of a bulletin: numbers that were not read, with their place and the reason, and numerals that belong
        to titles and heads.
    verdict : str
        Why nothing was written, in words; empty if it was.
    """

    source_id: str
    path: Path
    written: bool
    counts: dict[str, int]
    changes: pd.DataFrame
    unread: pd.DataFrame = field(default_factory=pd.DataFrame)
    labels: pd.DataFrame = field(default_factory=pd.DataFrame)
    verdict: str = ""

    @property
    def ok(self) -> bool:
        """Whether the figures are in the package now, or would be without a dry run."""
        return self.written or self.verdict in ("", ALREADY, DRY_RUN)

    def __str__(self) -> str:
        counted = ", ".join(f"{count:,} {kind}" for kind, count in self.counts.items() if count)
        parts = [f"{self.source_id}: {counted or 'no figure'}"]
        shown = self.changes[self.changes["change"].ne("unchanged")]
        parts += [shown.head(PRINTED).to_string(index=False)] if len(shown) else []
        parts += [f"... and {len(shown) - PRINTED:,} more"] if len(shown) > PRINTED else []
        if len(self.unread):
            parts += [f"Numbers not read: {len(self.unread)}", self.unread.to_string(index=False)]
            parts += [MAPPING] if self.unread["reason"].str.contains("label").any() else []
        return "\n".join([*parts, self.verdict or f"Written: {self.path}"])

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


ALREADY = "Nothing is new: the package holds these figures already."
MAPPING = "A label is mapped by one line in aliases.csv: " + ",".join(fields_of("aliases"))
DRY_RUN = "Dry run: nothing was written."
EMPTY = "Nothing was written: no figure could be read."
SAME_SOURCE = (
    "Nothing was written: the same source says otherwise already. Correct the file, or, if it is another "
    "release, name it with --source."
)
CONFLICTS = (
    "Nothing was written: figures released on the same day contradict each other. Correct the file, or keep "
    "both with --keep-conflicts."
)


class _Discard(Exception):
    """Leaves a file as it was."""


def ingest(
    path: str | Path,
    *,
    data: str | Path | None = None,
    period: str | None = None,
    area: str | None = None,
    released: str | None = None,
    source: str | None = None,
    keep_conflicts: bool = False,
    write: bool = True,
) -> Ingest:
    """Take the figures of a file into the data package.

    Parameters
    ----------
    path : path
        A statistical bulletin in any format, or a CSV table with the columns of the observations; those that
        may be empty may be left out.
    data : path, optional
        Folder of another data package.
    period, area : str, optional
        What the bulletin leaves open, like ``2023-10`` and ``dinghai``.
    released : str, optional
        Release date where the file does not say; else the day of ingestion, and the source's note says so.
    source : str, optional
        The release's ``source_id``; by default from the file.
    keep_conflicts : bool
        Store figures that contradict others of the same day beside them.
    write : bool
        False only shows what would change.

    Returns
    -------
    Ingest
        What changed. ``ok`` is false, and nothing written, where figures conflict or none could be read.

    Raises
    ------
    DataError
        If the file or the data package is not sound, or the file cannot be written; nothing has changed then.
    BulletinError
        If a bulletin cannot be read without guessing.

    Notes
    -----
    The release becomes one file, ``vintages/<source_id>.csv``, moved into place in one step: whatever
    happens, the package has the whole release or none of it. Earlier ones stay, for ``as_of`` views.
    """
    path, folder = Path(path), Path(data) if data else DATA
    if write and folder.is_relative_to(Path(__file__).parents[1]):
        rule = f"belongs to the installed library and goes with it; copy {DATA} and name the copy with --data"
        raise DataError.of("the data package", rule)
    release = _release(path, folder, (period, area), released, source)
    if not write:
        return _take_in(release, folder, None, keep_conflicts)
    target = folder / vintages.FOLDER / f"{release.source_id}.csv"
    try:
        target.parent.mkdir(exist_ok=True)
        # One at a time: what is known must not change between the comparison and the writing.
        with locked(target.parent):
            clear_leftovers(target.parent)
            with replacing(target) as stream:
                result = _take_in(release, folder, stream, keep_conflicts)
                if not result.written:
                    raise _Discard
    except _Discard:
        pass
    except OSError as error:
        rule = f"cannot be written: {error.strerror}; what was there is untouched"
        raise DataError.of(vintages.name(target), rule) from error
    return result


def _release(
    path: Path, folder: Path, hints: tuple[str | None, str | None], released: str | None, source: str | None
) -> Release:
    if not is_table(path):
        release = of_bulletin(path, folder, *hints, released, source)
    elif any(hints):
        raise DataError.of(path.name, "is a table of observations; --period and --area are for bulletins")
    else:
        release = of_table(path, folder, released, source)
    # It becomes the name of a file.
    if not SOURCE_ID.fullmatch(release.source_id):
        rule = "a source is named in lower-case letters, digits and hyphens, like zsstat-2024-01"
        raise DataError(failure_frame([failure(path.name, rule, got=release.source_id)]))
    return release


def _take_in(release: Release, folder: Path, stream: BinaryIO | None, keep: bool) -> Ingest:
    target = folder / vintages.FOLDER / f"{release.source_id}.csv"
    if (count := _stored_as_is(release, target)) is not None:
        counts = dict.fromkeys([*KINDS, "dropped"], 0) | {KINDS[UNCHANGED]: count}
        said = counts, pd.DataFrame(columns=SHOWN), release.unread, release.labels, ALREADY
        return Ingest(release.source_id, target, False, *said)
    book = _Book.open(release, folder, target)
    if stream:
        stream.write(book.head())
    try:
        for batch in release.batches():
            new = book.enter(batch)
            if stream:
                stream.write(rows.to_csv(new))
    except rows.Unclean as error:
        found = _failures(release, folder)
        raise DataError(found) if len(found) else DataError.of(release.path.name, str(error)) from error
    book.close()
    verdict = book.verdict(keep) or ("" if stream else DRY_RUN)
    if stream and not verdict and not book.same_file:
        for batch in book.kept():
            stream.write(rows.to_csv(batch))
    said = book.counts(), book.changes(), release.unread, release.labels, verdict
    return Ingest(release.source_id, target, not verdict, *said)


def _stored_as_is(release: Release, target: Path) -> int | None:
    """How many rows a release has, if its file holds exactly them."""
    if not target.is_file() or read_head(target).fields != release.fields:
        return None
    count = 0
    with target.open("rb") as stored:
        stored.seek(read_head(target).end)
        stored.readline()
        for batch in release.batches():
            lines, count = rows.to_csv(batch), count + len(batch)
            if stored.read(len(lines)) != lines:
                return None
        return count if not stored.read(1) else None


class _Book:
    """The comparison of one release with what is known, batch by batch."""

    def __init__(self, release: Release, folder: Path, target: Path, known: Known) -> None:
        self.release, self.folder, self.target, self.known = release, folder, target, known
        self.own = known.figures["own"].to_numpy(dtype=bool)
        self.stored = read_head(target).fields if target.is_file() else {}
        self.border = rows.Border(observation_schema(folder, [release.source_id]))
        self.factors = _factors(folder)
        self.found: list[dict[str, np.ndarray]] = []
        self.listed: list[pd.DataFrame] = []
        self.room = dict.fromkeys(KINDS, LISTED)
        self.tally: Counter[str] = Counter()
        self.blocked = self.named = 0

    @classmethod
    def open(cls, release: Release, folder: Path, target: Path) -> "_Book":
        """Compare with all files of the package; those of this very release are its own."""
        paths = [folder / resource("observations")["path"], *vintages.paths(folder)]
        parts = [(part, path == target) for path in paths for part in _figures(path, folder)]
        own = [np.full(len(part["key"]), mine) for part, mine in parts]
        figures = rows.gather([part for part, _ in parts]).assign(own=np.concatenate(own))
        return cls(release, folder, target, Known(figures))

    @property
    def same_file(self) -> bool:
        """Whether the stored release was read from this very file, and from no other."""
        return self.stored.get("sha256") == self.release.fields["sha256"]

    def head(self) -> bytes:
        """The lines above the rows; originals that were read before stay named."""
        fields = dict(self.release.fields)
        for key in ("file", "sha256"):
            before = self.stored.get(key, "").split("; ") if not self.same_file else []
            fields[key] = "; ".join(dict.fromkeys([*filter(None, before), fields[key]]))
        lines = [f"# {key}: {value}".rstrip() for key, value in fields.items()]
        return "\n".join([*lines, ",".join(fields_of("observations")), ""]).encode()

    def enter(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Compare a batch; the rows that no other file holds already."""
        encoded = rows.encode(batch, fields_of("observations", without=("obs_value", *rows.FREE)))
        if not self.border.lets_in(batch, encoded):
            raise rows.Unclean("does not keep the rules of the table")
        figures = rows.figures(batch, encoded, self.factors)
        kind, was, named = compare(figures, self.known, same_file=self.same_file)
        self.tally.update({KINDS[code]: int(count) for code, count in enumerate(np.bincount(kind)) if count})
        self.blocked += int(((kind == CONFLICTING) & named).sum())
        self._list(batch, kind, was)
        self.found.append(figures)
        elsewhere = named & ~self.own[was]
        self.named += int(named.sum())
        return batch.filter(pa.array(~elsewhere)) if elsewhere.any() else batch

    def _list(self, batch: pa.RecordBatch, kind: np.ndarray, was: np.ndarray) -> None:
        for code, name in enumerate(KINDS):
            here = np.flatnonzero(kind == code)[: self.room[name]]
            self.room[name] -= len(here)
            if len(here):
                shown = rows.to_frame(batch.take(pa.array(here)))
                before = _printed(self.known.figures, was[here], shown["unit"], self.factors)
                self.listed.append(_change(shown, name, before))

    def close(self) -> None:
        """Look for contradictions inside the release."""
        self.incoming = rows.gather(self.found)
        if self.incoming.empty:
            return
        if len(repeats(self.incoming["key"].to_numpy())) and not self.release.bulletin:
            repeated = vintages.repeated([(self.release.path.name, self.release.path)])
            if len(repeated):
                raise DataError(repeated)
        here, first = contradictions(self.incoming)
        if len(here):
            self._contradict(here, first)

    def _contradict(self, here: np.ndarray, first: np.ndarray) -> None:
        order = np.argsort(here)[:LISTED]
        shown = vintages.rows_at(self.release.batches(), here[order])
        before = _printed(self.incoming, first[order], shown["unit"], self.factors)
        self.listed.append(_change(shown, KINDS[CONFLICTING], before))
        self.tally[KINDS[CONFLICTING]] += len(here)
        key = self.incoming["key"].to_numpy()
        self.blocked += int((key[here] == key[first]).sum())

    @cached_property
    def dropped(self) -> np.ndarray:
        """Places, in the stored file, of figures that the release no longer gives."""
        own = self.known.figures["key"].to_numpy()[self.own]
        return (
            np.flatnonzero(~np.isin(own, self.incoming["key"].to_numpy())) if len(own) else np.array([], int)
        )

    def kept(self) -> list[pa.RecordBatch]:
        """Figures of the stored release that came from other originals."""
        if not self.target.is_file():
            return []
        kept = vintages.rows_at(rows.read(self.target), self.dropped)
        return [rows.from_frame(kept[fields_of("observations")])]

    def counts(self) -> dict[str, int]:
        """Figures by kind of change."""
        lost = len(self.dropped) if self.same_file else 0
        return {name: self.tally[name] for name in KINDS} | {"dropped": lost}

    def changes(self) -> pd.DataFrame:
        """The listed figures, what matters most first."""
        listed = list(self.listed)
        if self.same_file and len(gone := self.dropped[:LISTED]):
            shown = vintages.rows_at(rows.read(self.target), gone)
            listed.append(_change(shown, "dropped", shown["obs_value"].to_numpy()).assign(now=""))
        if not listed:
            return pd.DataFrame(columns=SHOWN)
        order = ["conflicting", "dropped", "corrected", "revised", "older", "added", "unchanged"]
        rank = {name: place for place, name in enumerate(order)}
        whole = pd.concat(listed, ignore_index=True)
        return whole.iloc[whole["change"].map(rank).argsort(kind="stable")].reset_index(drop=True)

    def verdict(self, keep: bool) -> str:
        """Why the release is not to be written, or nothing."""
        if self.incoming.empty:
            return EMPTY
        if self.tally[KINDS[CONFLICTING]] and (self.blocked or not keep):
            return SAME_SOURCE if self.blocked else CONFLICTS
        # Each figure is stored already, here or in another file, and the source's fields are the same.
        known = self.named == len(self.incoming) and set(self.tally) <= {KINDS[UNCHANGED]}
        lost = self.same_file and len(self.dropped)
        here = {key: value for key, value in self.release.fields.items() if key not in ("file", "sha256")}
        recorded = not self.stored or here.items() <= self.stored.items()
        return ALREADY if known and recorded and not lost else ""


def _factors(folder: Path) -> rows.Factors:
    units = read_text("units", folder)
    return {row.unit: (row.dimension, float(row.factor)) for row in units.itertuples()}


def _figures(path: Path, folder: Path) -> list[dict[str, np.ndarray]]:
    names = fields_of("observations", without=("obs_value", *rows.FREE))
    try:
        factors = _factors(folder)
        return [rows.figures(batch, rows.encode(batch, names), factors) for batch in rows.read(path)]
    except (ValueError, KeyError, AttributeError, OSError):
        # The package itself is not sound: say where.
        raise DataError(validate(folder)) from None


def _failures(release: Release, folder: Path) -> pd.DataFrame:
    schema = observation_schema(folder, [release.source_id])
    if release.bulletin:
        text = rows.to_frame(next(release.batches()))
        return failures_in(text, schema, release.path.name)
    file, table = release.path.name, resource("observations")
    return vintages.failures(release.path, file, table, schema, release.complete)


def _printed(known: pd.DataFrame, was: np.ndarray, unit: pd.Series, factors: rows.Factors) -> np.ndarray:
    """Known figures as printed, in the units of those they are compared with; empty where there is none."""
    if not len(known):
        return np.full(len(was), "")
    found, factor = (
        known.take(np.maximum(was, 0)),
        unit.map(lambda name: factors[name][1]).to_numpy(dtype=float),
    )
    digits = np.maximum(0, np.round(np.log10(factor / found["step"].to_numpy()))).astype(int)
    values = found["value"].to_numpy() / factor
    printed = [f"{value:.{places}f}" for value, places in zip(values, digits, strict=True)]
    return np.where(was == NOTHING, "", printed)


def _change(shown: pd.DataFrame, name: str, before: np.ndarray) -> pd.DataFrame:
    return shown.assign(change=name, was=before, now=shown["obs_value"])[SHOWN]
