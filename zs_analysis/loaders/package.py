"""The data package on disk and its as-of views."""

import csv
import io
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from zs_analysis.loaders import rules
from zs_analysis.loaders.schema import (
    MISSING,
    DataError,
    failure,
    failure_frame,
    failures_in,
    missing_columns,
    schema_of,
)
from zs_analysis.model import PUBLISHED, as_of_date, figures, known_on

DATA = Path(__file__).parents[2] / "data"
CITY = {"ref_area": "zhoushan", "activity": "total", "obs_status": PUBLISHED}
PRINTED = {"observations": "obs_value", "targets": "value"}
HEADLINE = ("gross_output_scale", "ytd")


@cache
def description() -> dict[str, Any]:
    """``datapackage.json`` of the embedded package; it describes every package."""
    return json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


def _resources() -> dict[str, Any]:
    return {resource["name"]: resource for resource in description()["resources"]}


TABLES = tuple(_resources())


def load(table: str, as_of: str | date | None = None, data: str | Path | None = None) -> pd.DataFrame:
    """Read one table of the data package, checked.

    Parameters
    ----------
    table : str
        ``observations``, ``targets``, ``clusters``, ``areas``, ``indicators``, ``activities``, ``units``,
        ``sources``, ``projects``, ``departments`` or ``rules``; ``docs/data-model.md`` has their columns.
    as_of : str or datetime.date, optional
        Keep what was released on that day or before. A release known by its month or year counts as of
        the last day; one with no date is known only without ``as_of``.
    data : path, optional
        Folder of another data package.

    Returns
    -------
    pandas.DataFrame
        In the file's order. Numbers are floats; ``observations`` and ``targets`` gain ``decimals``, the
        digits printed after the point. ``released`` becomes the day from which a row is known.

    Raises
    ------
    DataError
        With every failure, if the table breaks its description.
    PeriodError
        If ``as_of`` is not a day.
    ValueError
        If there is no such table.

    Examples
    --------
    >>> load("clusters")["tier"].value_counts().to_dict()
    {'leading': 5, 'special': 5, 'core': 1}
    """
    if table not in TABLES:
        raise ValueError(f"no table {table!r} in the data package; there are {', '.join(TABLES)}")
    day = as_of_date(as_of)
    folder = Path(data) if data else DATA
    text = read_text(table, folder)
    failures = check(table, text, folder)
    if len(failures):
        raise DataError(failures)
    frame = _typed(table, text)
    if day is not None and "released" in frame:
        frame = frame[frame["released"].le(day)]
    return frame.reset_index(drop=True)


def read_text(table: str, folder: Path) -> pd.DataFrame:
    """One table as text cells, just as they stand in its file; the index holds the lines of the file.

    Raises
    ------
    DataError
        If the file is missing, is not UTF-8, or is not a table.
    """
    path = folder / _resources()[table]["path"]
    try:
        reader = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except FileNotFoundError:
        raise DataError.of(path.name, f"there is no such file in {folder}") from None
    except UnicodeDecodeError as error:
        raise DataError.of(path.name, f"is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except csv.Error as error:
        raise DataError.of(path.name, f"is not a CSV table: {error}", line=reader.line_num) from None
    except OSError as error:
        raise DataError.of(path.name, f"cannot be read: {error.strerror}") from None
    return _rectangle(lines, path.name)


def _rectangle(lines: list[tuple[int, list[str]]], file: str) -> pd.DataFrame:
    # pandas.read_csv would fill short rows and take surplus cells for an index
    if not lines:
        raise DataError.of(file, "is empty; it needs at least its header")
    (_, head), *body = lines
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
    return pd.DataFrame(
        [cells for _, cells in body], columns=head, index=[line for line, _ in body], dtype="str"
    )


def check(table: str, text: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Failures of a table against its description and, where that is clean, the rules across its columns."""
    resource = _resources()[table]
    missing = missing_columns(text, resource)
    if len(missing):
        return missing
    failures = failures_in(text, schema_of(resource, _codes(resource, folder)), resource["path"])
    if failures.empty and table in rules.RULES:
        return rules.broken(table, text, resource["path"])
    return failures


def _codes(resource: dict[str, Any], folder: Path) -> dict[str, set[str]]:
    known = {}
    for key in resource["schema"].get("foreignKeys", []):
        other = key["reference"]
        table = other["resource"] or resource["name"]
        frame = read_text(table, folder)
        if other["fields"] not in frame:
            # Without its codes the other table is the failure, not every line that uses one.
            file = _resources()[table]["path"]
            raise DataError(failure_frame([failure(file, MISSING, column=other["fields"])]))
        known[key["fields"]] = set(frame[other["fields"]])
    return known


def _typed(table: str, text: pd.DataFrame) -> pd.DataFrame:
    frame = text.copy()
    for field in _resources()[table]["schema"]["fields"]:
        if field["type"] in ("number", "integer"):
            frame[field["name"]] = pd.to_numeric(text[field["name"]])
    if table in PRINTED:
        decimals = text[PRINTED[table]].str.partition(".")[2].str.len()
        frame.insert(frame.columns.get_loc(PRINTED[table]) + 1, "decimals", decimals)
    if "released" in frame:
        frame["released"] = known_on(text["released"])
    return frame


def validate(data: str | Path | None = None) -> pd.DataFrame:
    """Check a whole data package.

    Returns
    -------
    pandas.DataFrame
        ``file, line, column, rule, got``, one row a failure; empty if the package is sound.

    Examples
    --------
    >>> len(validate())
    0
    """
    folder = Path(data) if data else DATA
    found = []
    for table in TABLES:
        try:
            found.append(check(table, read_text(table, folder), folder))
        except DataError as error:
            found.append(error.failures)
    return pd.concat([frame for frame in found if len(frame)] or [failure_frame([])]).drop_duplicates(
        ignore_index=True
    )


def newest_quarter(data: str | Path | None = None, as_of: str | None = None) -> tuple[str, str]:
    """The newest quarter with a published headline figure, and the day it became known.

    Parameters
    ----------
    data : path, optional
        Folder of another data package.
    as_of : str, optional
        Leave out what was released later.

    Returns
    -------
    tuple of str
        Quarter and as-of date: the city's gross output from January on, at its last month.

    Examples
    --------
    >>> newest_quarter()
    ('2023Q4', '2023-12-13')
    """
    rows = figures(load("observations", as_of, data), *HEADLINE, **CITY)
    rows = rows[rows["released"].notna()]
    if rows.empty:
        file, (indicator, transformation) = "observations.csv", HEADLINE
        rule = (
            f"holds no {indicator} with transformation {transformation}, so there is no quarter to report on"
        )
        raise DataError.of(file, rule)
    newest = rows.iloc[0]
    quarter = pd.Period(newest["time_period"], freq="M").asfreq("Q")
    return str(quarter), newest["released"].strftime("%Y-%m-%d")
