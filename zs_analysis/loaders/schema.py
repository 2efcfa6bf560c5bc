"""Checks at the border: every table against its description in ``datapackage.json``, all failures at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    # Imported where it is used: what was checked before is not checked again, and then it is not needed.
    import pandera.pandas as pa


# Of text cells. pandas' own choice is pyarrow, whose calls take longer than Python's on thousands of rows.
TEXT = pd.StringDtype("python", na_value=np.nan)
FAILURE_COLUMNS = ["file", "line", "column", "rule", "got"]
NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?", re.ASCII)
WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
SHOWN = 12
MISSING = "the column is missing"


class DataError(ValueError):
    """The data package, or a part of it, cannot be used.

    Attributes
    ----------
    failures : pandas.DataFrame
        One row a failure: ``file, line, column, rule, got``; line 1 is the header.
    """

    def __init__(self, failures: pd.DataFrame) -> None:
        self.failures = failures.reset_index(drop=True)
        super().__init__(describe(self.failures))

    @classmethod
    def of(cls, file: str, rule: str, *, line: int | None = None) -> DataError:
        """The error of a file that cannot be read at all."""
        return cls(failure_frame([failure(file, rule, line=line)]))


def describe(failures: pd.DataFrame) -> str:
    """Failures as text, one a line, the first dozen."""
    lines = [" ".join(_where(row) + [row.rule] + _got(row)) for row in failures.itertuples()]
    if len(lines) > SHOWN:
        lines[SHOWN:] = [f"... and {len(lines) - SHOWN} more (zs-analysis validate lists them all)"]
    return "\n".join(lines)


def _where(row: Any) -> list[str]:
    line = f", line {row.line}" if pd.notna(row.line) else ""
    column = f", column {row.column}" if row.column else ""
    return [f"{row.file}{line}{column}:"]


def _got(row: Any) -> list[str]:
    return [f"(got {row.got!r})"] if row.got not in (None, "") else []


def failure(
    file: str, rule: str, *, line: int | None = None, column: str = "", got: str = ""
) -> dict[str, Any]:
    """One row of `DataError.failures`."""
    return {"file": file, "line": line, "column": column, "rule": rule, "got": got}


def failure_frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Failures as a table with its columns, also when there are none."""
    return pd.DataFrame(rows, columns=FAILURE_COLUMNS)


def schema_of(resource: Mapping[str, Any], known: Mapping[str, set[str]]) -> pa.DataFrameSchema:
    """The pandera schema of one table of text cells.

    Parameters
    ----------
    resource : mapping
        An entry of ``resources`` in ``datapackage.json``.
    known : mapping of str to set of str
        Column name to the codes a foreign key allows in it.
    """
    import pandera.pandas as pa

    columns = {
        field["name"]: pa.Column(TEXT, checks=_checks(field, known.get(field["name"])))
        for field in resource["schema"]["fields"]
    }
    key = resource["schema"]["primaryKey"]
    return pa.DataFrameSchema(columns, checks=_unique(key), strict=True)


def _checks(field: Mapping[str, Any], codes: set[str] | None) -> list[pa.Check]:
    import pandera.pandas as pa

    constraints = field.get("constraints", {})
    checks = []
    if constraints.get("required"):
        checks.append(pa.Check(lambda cell: cell.ne(""), error="must not be empty"))
    if field["type"] == "number":
        checks.append(_matches(NUMBER, "must be a number, like 3246.8 or -2"))
    if field["type"] == "integer":
        checks.append(_matches(WHOLE, "must be a whole number"))
    if field["type"] == "date":
        checks.append(pa.Check(_is_date, error="is not a day, month or year of the calendar"))
    if "pattern" in constraints:
        checks.append(
            _matches(re.compile(constraints["pattern"], re.ASCII), f"must look like {field['example']}")
        )
    if "enum" in constraints:
        allowed = set(constraints["enum"])
        checks.append(
            pa.Check(lambda cell: cell.isin(allowed), error=f"must be one of {', '.join(sorted(allowed))}")
        )
    if codes is not None:
        checks.append(pa.Check(lambda cell: cell.isin(codes | {""}), error=_unknown_code(field["name"])))
    return checks


def _is_date(cell: pd.Series) -> pd.Series:
    return cell.eq("") | pd.to_datetime(cell, format="ISO8601", errors="coerce").notna()


def _matches(pattern: re.Pattern[str], error: str) -> pa.Check:
    import pandera.pandas as pa

    return pa.Check(lambda cell: cell.eq("") | cell.str.fullmatch(pattern), error=error)


def _unknown_code(column: str) -> str:
    return f"is not a known code; add it to the table of {column} codes or correct it"


def _unique(key: list[str]) -> pa.Check:
    import pandera.pandas as pa

    return pa.Check(
        lambda frame: ~frame.duplicated(key, keep="first"),
        error=f"repeats the key ({', '.join(key)}) of an earlier line",
    )


def missing_columns(frame: pd.DataFrame, resource: Mapping[str, Any]) -> pd.DataFrame:
    """A failure for each column that a table should have and has not."""
    names = [field["name"] for field in resource["schema"]["fields"]]
    rows = [failure(resource["path"], MISSING, column=name) for name in names if name not in frame]
    return failure_frame(rows)


def failures_in(frame: pd.DataFrame, schema: pa.DataFrameSchema, file: str) -> pd.DataFrame:
    """Everything in which a table of text cells breaks its schema; empty if nothing."""
    from pandera.errors import SchemaErrors

    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return _tidy(errors.failure_cases, file)
    return failure_frame([])


def _tidy(cases: pd.DataFrame, file: str) -> pd.DataFrame:
    # pandera repeats a failure of a whole row once for each column of the table
    whole_row = cases["schema_context"].eq("DataFrameSchema")
    cases = pd.concat([cases[~whole_row], cases[whole_row].drop_duplicates(["check", "index"])])
    rows = [_row(case, file) for case in cases.sort_values("index", kind="stable").to_dict("records")]
    return failure_frame(rows).drop_duplicates(ignore_index=True)


def _row(case: dict[str, Any], file: str) -> dict[str, Any]:
    if case["check"] == "column_in_schema":
        return failure(file, "the column is not one of this table's", column=str(case["failure_case"]))
    line = None if pd.isna(case["index"]) else int(case["index"])
    if case["schema_context"] == "DataFrameSchema":
        return failure(file, case["check"], line=line)
    return failure(file, case["check"], line=line, column=case["column"], got=str(case["failure_case"]))
