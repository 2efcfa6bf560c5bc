"""The data package in the formats others read: SDMX-CSV, Excel, Parquet."""

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from lxml.etree import LxmlError

from zs_analysis.files import replacing
from zs_analysis.loaders.package import printed, resource, typed
from zs_analysis.model import KEY
from zs_analysis.workbook import as_bytes, fill_frame, new_book

Format = Literal["sdmx-csv", "xlsx", "parquet"]
SUFFIX = {"sdmx-csv": ".csv", "xlsx": ".xlsx", "parquet": ".parquet"}
DATAFLOW = "ZS:OBSERVATIONS(1.0)"
NOT_APPLICABLE = "_Z"
# Concepts that SDMX calls otherwise than our columns.
CONCEPTS = {"unit": "UNIT_MEASURE", "note": "COMMENT_OBS"}
COMPARISONS = {"": "EQ", "~=": "ABOUT", ">": "GT", ">=": "GE", "<": "LT"}
# Rows of single enterprises and of their projects.
REGISTERS = (
    "enterprises",
    "enterprise_months",
    "enterprise_years",
    "project_stages",
    "project_months",
)
ROWS = 1_048_575
README = [
    ("内容 Content", "zs-analysis：公布数，按原文，未作推算 published figures, as printed, none computed"),
    ("截至 As of", ""),
    (
        "单位 Units",
        "见各行 unit 列，代码见 units.csv: column unit of each row, codes in units.csv",
    ),
    ("obs_status", "A 正常 normal; P 初步 provisional; E 估计 estimated; F 预计 forecast; M 缺 missing"),
    ("conf_status", "F 公开 free; C 保密 confidential; N 不公开 not for publication"),
    ("comparison", "空 the number as such; ~= 约 about; > 超 more than; >= 以上 at least; < 近 below"),
    ("decimals", "小数点后原文印出的位数 digits printed after the point"),
    ("released", "发布日期，按已知精度 release date, as precise as it is known"),
]


class ExportError(ValueError):
    """An export that cannot be made; the message says why and what to do."""


def export(
    path: str | Path,
    *,
    format: Format,
    table: str = "observations",
    as_of: str | date | None = None,
    data: str | Path | None = None,
    override: str | None = None,
) -> Path:
    """Write a table of the data package as SDMX-CSV, Excel or Parquet.

    Parameters
    ----------
    path : path
        A file, or a folder in which the file gets the table's name.
    format : {"sdmx-csv", "xlsx", "parquet"}
        SDMX-CSV 1.0, the CSV format of SDMX 2.1, for observations only; a workbook with the sources and an
        explanation beside the table; or typed columns.
    table : str
        As in `load`.
    as_of : str or datetime.date, optional
        Only what was released on that day or before.
    data : path, optional
        Folder of another data package.
    override : str, optional
        Why a register of single enterprises or their projects is written out all the same; goes into it.

    Returns
    -------
    Path
        The file. The same figures give the same bytes.

    Raises
    ------
    ExportError
        If the format is unknown or does not hold the table, it is a register and no reason is given, or
        the file cannot be written.
    DataError
        If the data package is not sound.

    References
    ----------
    SDMX Technical Working Group, SDMX-CSV 1.0 field guide (2018).
    """
    if format not in SUFFIX:
        raise ExportError(f"no format {format!r}; there are {', '.join(SUFFIX)}")
    if format == "sdmx-csv" and table != "observations":
        raise ExportError(f"SDMX-CSV holds observations, not {table}; choose xlsx or parquet")
    reason = _checked_reason(table, override)
    text = printed(table, as_of, data)
    known = str(as_of or "")
    writers: dict[str, Callable[[], bytes]] = {
        "sdmx-csv": lambda: sdmx_csv(text),
        "xlsx": lambda: _workbook(table, text, _sources(text, data), known, reason),
        "parquet": lambda: _parquet(table, text, known, reason),
    }
    path = Path(path)
    target = path / f"{table}{SUFFIX[format]}" if path.is_dir() else path
    try:
        content = writers[format]()
        with replacing(target) as stream:
            stream.write(content)
    except (OSError, LxmlError) as error:
        # openpyxl writes its sheets through lxml into the system's temporary folder, which may be full too.
        rule = getattr(error, "strerror", None) or error
        raise ExportError(f"Cannot write {target}: {rule}. Any earlier file there is untouched.") from error
    return target


def _checked_reason(table: str, override: str | None) -> str:
    """Why single enterprises may leave the house; empty where none do."""
    if table not in REGISTERS:
        return ""
    if not (override or "").strip():
        raise ExportError(
            f"{table} holds single enterprises or their projects, which must not be handed on. Where it is "
            "allowed, give the reason: override='reason', on the command line --override REASON"
        )
    return override.strip()


def sdmx_csv(text: pd.DataFrame) -> bytes:
    """Observations as an SDMX-CSV 1.0 message.

    The key of our observations becomes the dimensions, so no two rows share one; ``_Z`` stands where a
    dimension does not apply. Values and periods are those of the package.

    Parameters
    ----------
    text : pandas.DataFrame
        Observations as text cells.
    """
    dimensions = [name for name in KEY if name != "time_period"]
    attributes = [name for name in text if name not in {*KEY, "obs_value"}]
    table = pd.DataFrame({"DATAFLOW": DATAFLOW}, index=text.index)
    for name in dimensions:
        table[_concept(name)] = text[name].where(text[name].ne(""), NOT_APPLICABLE)
    table["TIME_PERIOD"], table["OBS_VALUE"] = text["time_period"], text["obs_value"]
    table["DECIMALS"] = text["obs_value"].str.partition(".")[2].str.len()
    for name in attributes:
        table[_concept(name)] = text[name].map(COMPARISONS) if name == "comparison" else text[name]
    # RFC 4180 ends lines in CR LF.
    return table.to_csv(index=False, lineterminator="\r\n").encode()


def _concept(name: str) -> str:
    return CONCEPTS.get(name, name.upper())


def _sources(text: pd.DataFrame, data: str | Path | None) -> pd.DataFrame | None:
    if "source_id" not in text or "title" in text:
        return None
    sources = printed("sources", None, data)
    return sources[sources["source_id"].isin(text["source_id"])]


def _parquet(table: str, text: pd.DataFrame, as_of: str, reason: str) -> bytes:
    arrow = pa.Table.from_pandas(typed(table, text), preserve_index=False)
    said = {"title": resource(table)["description"], "as_of": as_of, "dataflow": DATAFLOW, "override": reason}
    columns = {field["name"]: field.get("description", "") for field in resource(table)["schema"]["fields"]}
    metadata = {key: value for key, value in said.items() if value} | {"columns": json.dumps(columns)}
    out = io.BytesIO()
    pq.write_table(arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), **metadata}), out)
    return out.getvalue()


def _workbook(table: str, text: pd.DataFrame, sources: pd.DataFrame | None, as_of: str, reason: str) -> bytes:
    if len(text) > ROWS:
        raise ExportError(
            f"Excel holds {ROWS:,} rows, {table} has {len(text):,}; choose parquet or an as-of date"
        )
    book = new_book()
    said = [(item, meaning or as_of or "全部已知 everything known") for item, meaning in README]
    if reason:
        said.append(
            (
                "保密 Confidential",
                f"含单个企业数据，经指定导出 single enterprises, exported because: {reason}",
            )
        )
    fill_frame(book.active, "readme", pd.DataFrame(said, columns=["项目 Item", "说明 Meaning"]), {})
    fill_frame(book.create_sheet(), table, *_cells(table, text))
    if sources is not None:
        fill_frame(book.create_sheet(), "sources", *_cells("sources", sources))
    return as_bytes(book)


def _cells(table: str, text: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """A table with real numbers and dates, and for each column of numbers the digits to show."""
    frame, digits = typed(table, text).astype(object), {}
    if "released" in text:
        frame["released"] = [_day(cell) for cell in text["released"]]
    for field in resource(table)["schema"]["fields"]:
        if field["type"] == "number":
            digits[field["name"]] = text[field["name"]].map(lambda number: len(number.partition(".")[2]))
    return frame, digits


def _day(cell: str) -> date | str:
    # Known by its month or year only, it stays as printed: Excel would make a day of it.
    return date.fromisoformat(cell) if len(cell) == 10 else cell
