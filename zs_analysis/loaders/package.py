"""The data package on disk and its as-of views."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pandas as pd

from zs_analysis.files import sha256_of_now
from zs_analysis.kept import is_kept, kept
from zs_analysis.loaders import DATA, rules, vintages
from zs_analysis.loaders.about import about
from zs_analysis.loaders.schema import (
    MISSING,
    DataError,
    failure,
    failure_frame,
    failures_in,
    missing_columns,
    schema_of,
)
from zs_analysis.loaders.text import read_table
from zs_analysis.model import PUBLISHED, as_of_date, figures, known_on, require_code

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

# For editors and `load?`, which complete and show it; `TABLES` decides.
TableName: TypeAlias = Literal[
    "observations", "targets", "clusters", "areas", "indicators", "activities", "units", "aliases", "sources",
    "projects", "enterprises", "enterprise_months", "enterprise_years", "project_stages", "project_months",
    "departments", "rules", "panel_links", "judgements",
]  # fmt: skip
PRINTED = {"observations": "obs_value", "targets": "value"}
# The first of these that a city publishes from January on is its headline figure.
HEADLINES = ("gross_output_scale", "va_scale")


@cache
def description() -> dict[str, Any]:
    """``datapackage.json`` of the embedded package; it describes every package."""
    return json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


def _resources() -> dict[str, Any]:
    return {resource["name"]: resource for resource in description()["resources"]}


TABLES = tuple(_resources())


def resource(table: str) -> dict[str, Any]:
    """The entry of a table in ``datapackage.json``."""
    return _resources()[table]


def fields_of(table: str, without: Iterable[str] = ()) -> list[str]:
    """Columns of a table, in their order."""
    names = [field["name"] for field in resource(table)["schema"]["fields"]]
    return [name for name in names if name not in without]


def load(table: TableName, as_of: str | date | None = None, data: str | Path | None = None) -> pd.DataFrame:
    """Read one table of the data package, checked.

    Parameters
    ----------
    table : str
        ``observations``, ``targets``, ``clusters``, ``areas``, ``indicators``, ``activities``, ``units``,
        ``aliases``, ``sources``, ``projects``, ``departments``, ``rules``, or one of the registers;
        ``docs/data-model.md`` has their columns.
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
    require_code("table", table, TABLES, where="the data package")
    day, folder = as_of_date(as_of), Path(data) if data else DATA
    dated = "released" in fields_of(table)
    return _loaded(table, day if dated else None, folder, _content(folder)).copy()


# One of each table: what reports of one day need, and processes forked meanwhile have it too.
@lru_cache(maxsize=len(TABLES))
def _loaded(table: str, day: pd.Timestamp | None, folder: Path, content: str) -> pd.DataFrame:
    return typed(table, printed(table, day, folder)).reset_index(drop=True)


def printed(table: str, as_of: str | date | None = None, data: str | Path | None = None) -> pd.DataFrame:
    """One table as `load` reads it, but as text cells: numerals and dates as printed."""
    require_code("table", table, TABLES, where="the data package")
    day = as_of_date(as_of)
    folder = Path(data) if data else DATA
    failures = _failures(table, folder)
    if len(failures):
        raise DataError(failures)
    text = _whole_text(table, folder)
    if day is not None and "released" in text:
        text = text[known_on(text["released"]).le(day)]
    return text


def read_text(table: str, folder: Path) -> pd.DataFrame:
    """One table as text cells, just as they stand in its file; the index holds the lines of the file.

    The sources include those of the ingested releases, the observations not their rows.

    Raises
    ------
    DataError
        If the file is missing, is not UTF-8, or is not a table.
    """
    file = _resources()[table]["path"]
    text = read_table(folder / file, file)
    if table == "sources":
        return pd.concat([text, *(row for _, row in vintages.sources(folder))])
    return text


def _whole_text(table: str, folder: Path) -> pd.DataFrame:
    """A table as text cells, with the rows of the ingested releases."""
    text = read_text(table, folder)
    if table == "observations" and vintages.paths(folder):
        return pd.concat([text, vintages.read(folder, fields_of(table))], ignore_index=True)
    return text


def _failures(table: str, folder: Path) -> pd.DataFrame:
    """Everything wrong with a table and with what the ingested releases add to it."""
    return _failures_in(table, folder, _content(folder))


def _content(folder: Path) -> str:
    """Tells one state of a data package from another; any file of it can break any table."""
    files = (DATA / "datapackage.json", *sorted((*folder.glob("*.csv"), *vintages.paths(folder))))
    return " ".join(map(_named, files))


def _named(path: Path) -> str:
    try:
        return path.name + sha256_of_now(path)
    except OSError:  # the check of the table says it in words
        return path.name


@lru_cache(maxsize=256)
def _failures_in(table: str, folder: Path, content: str) -> pd.DataFrame:
    return kept(_checked, table, folder, content)


def _checked(table: str, folder: Path, content: str) -> pd.DataFrame:
    file = resource(table)["path"]
    found = check(table, read_table(folder / file, file), folder)
    if table == "sources":
        return pd.concat([found, *_vintage_sources(folder)], ignore_index=True)
    if table == "observations" and found.empty and (paths := vintages.paths(folder)):
        found = vintages.check(folder, resource(table), observation_schema(folder))
        if found.empty:
            files = [(file, folder / file), *((vintages.name(path), path) for path in paths)]
            found = vintages.repeated(files)
    return found


def _vintage_sources(folder: Path) -> Iterator[pd.DataFrame]:
    file = resource("sources")["path"]
    known = set(read_table(folder / file, file)["source_id"])
    for vintage, row in vintages.sources(folder):
        yield check("sources", row, folder).assign(file=vintage)
        if row["source_id"].isin(known).all():
            rule = f"the name of the file is a source_id of {file}; rename it or drop its title line"
            yield failure_frame([failure(vintage, rule)])


def observation_schema(folder: Path, sources: Iterable[str] = ()) -> DataFrameSchema:
    """What rows of observations must keep, one by one, in a data package with some more sources."""
    resource = _resources()["observations"]
    known = _codes(resource, folder)
    known["source_id"] |= set(sources)
    schema = schema_of(resource, known)
    schema.checks = []
    return schema


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


def typed(table: str, text: pd.DataFrame) -> pd.DataFrame:
    """Text cells of a table as `load` returns them: numbers, ``decimals``, the day a row became known."""
    frame = text.copy()
    for field in _resources()[table]["schema"]["fields"]:
        if field["type"] in ("number", "integer"):
            frame[field["name"]] = pd.to_numeric(text[field["name"]])
    if table in PRINTED:
        decimals = text[PRINTED[table]].map(lambda number: len(number.partition(".")[2])).astype("int64")
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
    # As one result: two processes that check the same package would otherwise take turns at its tables.
    found = [_failures_of_about(folder), *kept(_failures_of_tables, folder, _content(folder))]
    return pd.concat([frame for frame in found if len(frame)] or [failure_frame([])]).drop_duplicates(
        ignore_index=True
    )


def checked(data: str | Path | None = None) -> bool:
    """Whether `validate` has seen a data package as it is now."""
    folder = Path(data) if data else DATA
    return is_kept(_failures_of_tables, folder, _content(folder))


def _failures_of_tables(folder: Path, content: str) -> list[pd.DataFrame]:
    found = []
    for table in TABLES:
        try:
            found.append(_failures_in(table, folder, content))
        except DataError as error:
            found.append(error.failures)
    return found


def _failures_of_about(folder: Path) -> pd.DataFrame:
    try:
        about(folder)
    except DataError as error:
        return error.failures
    return failure_frame([])


def digests_as_known(as_of: str | date, data: str | Path | None = None) -> dict[Path, str]:
    """What reports can see on a day of the files whose rows have a release date.

    Parameters
    ----------
    as_of : str or datetime.date
        As `load` takes it.
    data : path, optional
        Folder of another data package.

    Returns
    -------
    dict of Path to str
        A digest of the rows that are known, for each such file of a table; rows of ingested releases count
        with the table, and their own files have none (an empty string). Nothing at all for a package that
        cannot be read, which `load` says in words.

    Notes
    -----
    A source counts if it was released by that day, has no date, or is that of a row that counts: those are
    the ones that a report can cite.
    """
    folder = Path(data) if data else DATA
    dated = [table for table in TABLES if "released" in fields_of(table)]
    try:
        known = {table: _known(table, folder, as_of) for table in dated}
    except (ValueError, KeyError):
        return {}
    cited = {one for text in known.values() if "source_id" in text for one in text["source_id"]}
    sources = _whole_text("sources", folder)
    later = known_on(sources["released"]).gt(as_of_date(as_of))
    known["sources"] = sources[~later | sources["source_id"].isin(cited)]
    rows = {folder / resource(table)["path"]: text.to_csv(index=False) for table, text in known.items()}
    digests = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in rows.items()}
    return digests | dict.fromkeys(vintages.paths(folder), "")


def _known(table: str, folder: Path, as_of: str | date) -> pd.DataFrame:
    text = _whole_text(table, folder)
    return text[known_on(text["released"]).le(as_of_date(as_of))]


def headlines(data: str | Path | None = None, as_of: str | None = None) -> pd.DataFrame:
    """Every release of the headline figure: the city's gross output from January on, else its value added.

    Parameters
    ----------
    data : path, optional
        Folder of another data package.
    as_of : str, optional
        Leave out what was released later.

    Returns
    -------
    pandas.DataFrame
        ``quarter, month, released``: what the figure reaches to and when it became known, as text; the newest
        last.

    Raises
    ------
    DataError
        If there is none, so that there is no quarter to report on.

    Examples
    --------
    >>> headlines().iloc[-1].tolist()
    ['2023Q4', '2023-10', '2023-12-13']
    """
    city, observations = about(data).city, load("observations", as_of, data)
    rows = _of_city(observations, city)
    if rows.empty:
        rule = (
            f"holds no {' or '.join(HEADLINES)} of {city} with transformation ytd and a release date, "
            "so there is no newest quarter; name the quarter, like 2023Q4"
        )
        raise DataError.of("observations.csv", rule)
    month = pd.PeriodIndex(rows["time_period"], freq="M")
    day = rows["released"].dt.strftime("%Y-%m-%d")
    quarter = month.asfreq("Q").astype("str")
    return pd.DataFrame({"quarter": quarter, "month": month.astype("str"), "released": day.to_numpy()})


def _of_city(observations: pd.DataFrame, city: str) -> pd.DataFrame:
    where = {"ref_area": city, "activity": "total", "obs_status": PUBLISHED}
    for indicator in HEADLINES:
        rows = figures(observations, indicator, "ytd", **where)
        rows = rows[rows["released"].notna()][::-1]
        if len(rows):
            break
    return rows


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
        Quarter and as-of date: those of the newest headline figure, at its last month.

    Examples
    --------
    >>> newest_quarter()
    ('2023Q4', '2023-12-13')
    """
    newest = headlines(data, as_of).iloc[-1]
    return newest["quarter"], newest["released"]
