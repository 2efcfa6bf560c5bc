"""Exports: SDMX-CSV keeps the rules of its specification, all formats bring back the numbers as printed."""

import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

import zs_analysis as zs
from zs_analysis.loaders import TABLES, read_text
from zs_analysis.loaders.export import REGISTERS, ExportError

FORMATS = ["sdmx-csv", "xlsx", "parquet"]
# SDMX 2.1, SDMXCommon.xsd: IDType, and the forms of ObservationalTimePeriodType that our frequencies take.
SDMX_ID = re.compile(r"[A-Za-z0-9_@$\-]+")
PERIODS = {"A": r"\d{4}", "Q": r"\d{4}-Q[1-4]", "M": r"\d{4}-(0[1-9]|1[0-2])"}
DIMENSIONS = [
    "INDICATOR",
    "REF_AREA",
    "COUNTERPART_AREA",
    "ACTIVITY",
    "FREQ",
    "BASE_PER",
    "TRANSFORMATION",
    "UNIT_MEASURE",
    "OBS_STATUS",
    "SOURCE_ID",
    "TIME_PERIOD",
]
CODED = ["PRICE_BASIS", "COMPARISON", "CONF_STATUS"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exported")
    return {name: zs.export(folder, format=name) for name in FORMATS}


@pytest.fixture(scope="module")
def printed() -> pd.DataFrame:
    return read_text("observations", zs.loaders.DATA).reset_index(drop=True)


@pytest.fixture(scope="module")
def message(exported) -> bytes:
    return exported["sdmx-csv"].read_bytes()


@pytest.fixture(scope="module")
def records(message) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(message.decode("utf-8"), newline=""), strict=True))


# SDMX Technical Working Group, SDMX-CSV 1.0 field guide, "Design principles" and "RFC 4180", rule by rule.


def test_sdmx_csv_has_its_header_and_dataflow_comes_first(message):
    # "the separator can be determined by retrieving the ninth character"
    assert message[:9] == b"DATAFLOW,"


def test_sdmx_csv_records_have_the_columns_of_the_header_and_end_in_cr_lf(message, records):
    assert all(None not in record and None not in record.values() for record in records)
    assert message.endswith(b"\r\n") and message.count(b"\r\n") == len(records) + 1
    assert message.replace(b"\r\n", b"").count(b"\n") == 0


def test_sdmx_csv_columns_are_unique_ids(records):
    head = list(records[0])
    assert len(set(head)) == len(head) and all(SDMX_ID.fullmatch(name) and name.isupper() for name in head)


def test_sdmx_csv_has_a_column_for_each_dimension_the_measure_and_each_attribute(records):
    assert set(DIMENSIONS) | {"OBS_VALUE"} | set(CODED) <= set(records[0])


def test_sdmx_csv_names_its_dataflow_in_each_record(records):
    flow = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)*:[A-Za-z0-9_@$-]+\(\d+(\.\d+)*\)")
    assert all(flow.fullmatch(record["DATAFLOW"]) for record in records)


def test_sdmx_csv_dimensions_hold_code_ids_and_are_never_empty(records):
    for name in DIMENSIONS:
        assert all(SDMX_ID.fullmatch(record[name]) for record in records), name


def test_sdmx_csv_coded_attributes_hold_code_ids(records):
    for name in CODED:
        assert all(SDMX_ID.fullmatch(record[name] or "empty") for record in records), name


def test_sdmx_csv_time_periods_fit_their_frequency(records):
    assert all(re.fullmatch(PERIODS[record["FREQ"]], record["TIME_PERIOD"]) for record in records)


def test_sdmx_csv_values_are_numbers_with_a_point(records):
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", record["OBS_VALUE"]) for record in records)


def test_sdmx_csv_has_one_record_an_observation(records, printed):
    keys = {tuple(record[name] for name in DIMENSIONS) for record in records}
    assert len(keys) == len(records) == len(printed)


def test_sdmx_csv_has_no_byte_order_mark_and_is_utf8(message):
    assert message.decode("utf-8").startswith("DATAFLOW")


# The numbers as printed, back from each format by pandas


def test_sdmx_csv_brings_back_every_numeral(exported, printed):
    back = pd.read_csv(exported["sdmx-csv"], dtype=str, keep_default_na=False)
    assert back["OBS_VALUE"].tolist() == printed["obs_value"].tolist()
    assert back["COMMENT_OBS"].tolist() == printed["note"].tolist()
    assert back["RELEASED"].tolist() == printed["released"].tolist()


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_values_with_their_decimals_are_the_numerals_printed(exported, printed, form):
    back = (
        pd.read_excel(exported[form], "observations") if form == "xlsx" else pd.read_parquet(exported[form])
    )
    numerals = [
        f"{value:.{digits}f}" for value, digits in zip(back["obs_value"], back["decimals"], strict=True)
    ]
    assert numerals == printed["obs_value"].tolist()
    assert back["indicator"].tolist() == printed["indicator"].tolist()


def test_parquet_is_what_load_gives_with_metadata(exported):
    back = pd.read_parquet(exported["parquet"])
    pd.testing.assert_frame_equal(back, zs.load("observations").astype(back.dtypes))
    metadata = pq.read_schema(exported["parquet"]).metadata
    assert {b"title", b"columns", b"dataflow"} <= metadata.keys()


def test_the_workbook_explains_itself_and_holds_numbers_dates_and_sources(exported):
    book = openpyxl.load_workbook(exported["xlsx"])
    assert book.sheetnames == ["readme", "observations", "sources"]
    sheet = book["observations"]
    head = {cell.value: cell.column for cell in sheet[1]}
    value = sheet.cell(2, head["obs_value"])
    assert (value.value, value.number_format, value.data_type) == (3246.8, "0.0", "n")
    assert sheet.cell(2, head["released"]).is_date and sheet.freeze_panes == "A2"
    assert sheet.cell(2, head["unit"]).value == "1e8_cny"
    assert {cell.value for cell in book["sources"]["A"][1:]} == set(zs.load("observations")["source_id"])
    said = {row[0].value: row[1].value for row in book["readme"].iter_rows(min_row=2)}
    assert "everything" in said["截至 As of"] and "provisional" in said["obs_status"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_text_that_looks_like_a_formula_stays_text(package, tmp_path, text):
    frame = read_text("observations", package)
    frame.assign(note=text).to_csv(package / "observations.csv", index=False)
    sheet = openpyxl.load_workbook(zs.export(tmp_path, format="xlsx", data=package))["observations"]
    cell = sheet.cell(2, [cell.value for cell in sheet[1]].index("note") + 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_figures_give_the_same_bytes(exported, tmp_path, form):
    script = (
        "import sys, time, zs_analysis as zs; time.sleep(1.1); zs.export(sys.argv[1], format=sys.argv[2])"
    )
    out = tmp_path / "again"
    subprocess.run([sys.executable, "-c", script, str(out), form], check=True, timeout=120)
    assert out.read_bytes() == exported[form].read_bytes()


def test_a_workbook_holds_no_time_of_its_making(exported):
    with zipfile.ZipFile(exported["xlsx"]) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert parts.read("docProps/core.xml").count(b"2000-01-01T00:00:00Z") == 2


@pytest.mark.parametrize("form", FORMATS)
def test_as_of_hides_what_was_released_later(tmp_path, form):
    path = zs.export(tmp_path, format=form, as_of="2021-01-01")
    read = {"sdmx-csv": pd.read_csv, "parquet": pd.read_parquet}.get(form)
    back = read(path) if read else pd.read_excel(path, "observations")
    assert len(back) == len(zs.load("observations", as_of="2021-01-01"))


@pytest.mark.parametrize("table", TABLES)
def test_every_table_goes_into_a_workbook_and_comes_back(tmp_path, table):
    back = pd.read_excel(zs.export(tmp_path, format="xlsx", table=table, override="test"), table)
    assert len(back) == len(zs.load(table))
    assert list(back) == list(zs.load(table))


def test_ingested_releases_are_exported_too(package, tmp_path):
    rows = read_text("observations", package).head(3).assign(released="2024-02-01", source_id="again")
    rows.to_csv(tmp_path / "again.csv", index=False)
    zs.ingest(tmp_path / "again.csv", data=package)
    back = pd.read_csv(zs.export(tmp_path / "out.csv", format="sdmx-csv", data=package))
    assert (back["SOURCE_ID"] == "again").sum() == 3


def test_what_cannot_be_exported_is_refused(tmp_path):
    with pytest.raises(ExportError, match="no format 'pdf'; there are sdmx-csv"):
        zs.export(tmp_path, format="pdf")
    with pytest.raises(ExportError, match="holds observations, not targets"):
        zs.export(tmp_path, format="sdmx-csv", table="targets")
    with pytest.raises(ValueError, match="no table 'obs'"):
        zs.export(tmp_path, format="xlsx", table="obs")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("table", REGISTERS)
def test_registers_of_single_enterprises_need_a_reason_which_goes_into_the_file(tmp_path, table):
    for reason in (None, "", " "):
        with pytest.raises(ExportError, match=f"{table} holds single enterprises.*--override REASON"):
            zs.export(tmp_path, format="xlsx", table=table, override=reason)
    assert list(tmp_path.iterdir()) == []
    said = pd.read_excel(zs.export(tmp_path, format="xlsx", table=table, override="审计组调阅"), "readme")
    assert "审计组调阅" in said.iloc[-1, 1]
    metadata = pq.read_schema(zs.export(tmp_path, format="parquet", table=table, override="审计")).metadata
    assert metadata[b"override"].decode() == "审计"


def test_a_file_that_cannot_be_written_leaves_the_earlier_one(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportError, match="Cannot write .*nowhere"):
        zs.export(tmp_path / "nowhere" / "out.csv", format="sdmx-csv")


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_leaves_the_earlier_file(tmp_path, form):
    out = tmp_path / "out"
    out.write_text("earlier")
    script = (
        "import resource, sys, zs_analysis as zs\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
        "zs.export(sys.argv[1], format=sys.argv[2])"
    )
    done = subprocess.run([sys.executable, "-c", script, str(out), form], capture_output=True, text=True)
    assert done.returncode == 1 and "Any earlier file there is untouched" in done.stderr
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"out": "earlier"}
