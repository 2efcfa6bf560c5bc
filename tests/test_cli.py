"""The command line: what a user can get wrong is one message on stderr, exit code 2, and nothing written."""

import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from zs_analysis.cli import main
from zs_analysis.loaders import TABLES

COMMAND = Path(sys.executable).with_name("zs-analysis")
HEAVY = {"pandas", "matplotlib", "numpy", "papermill", "nbconvert", "pandera", "pyarrow", "openpyxl"}


def refused(*arguments: str) -> str:
    """The message of a call that must be refused."""
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert "Traceback" not in result.stderr and result.exception.__class__ is SystemExit
    return result.stderr


def spoil(path: Path, edit) -> None:
    edit(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(path, index=False)


@pytest.fixture
def out(tmp_path: Path):
    """A folder for the reports that must not come to be."""
    folder = tmp_path / "out"
    yield folder
    assert not folder.exists(), "something was written"


@pytest.mark.parametrize("period", ["2023Q5", "2023", "last", "2023-10"])
def test_a_bad_period(out, period):
    message = refused("render", period, "--out", out)
    assert (
        message
        == f"zs-analysis: period '{period}' is not a quarter; write the year and Q1 to Q4, like 2023Q4\n"
    )


def test_all_periods_are_read_before_the_first_is_rendered(out):
    assert "period '2024Q9' is not a quarter" in refused("render", "2023Q4", "2024Q9", "--out", out)


@pytest.mark.parametrize("day", ["2023/12/13", "13.12.2023", "2023-02-30", "2023-12"])
def test_a_bad_day(out, day):
    message = refused("render", "2023Q4", "--as-of", day, "--out", out)
    assert message == f"zs-analysis: as-of date '{day}' is not a day; write it like 2023-12-13\n"


def test_an_unknown_report_names_the_nearest(out):
    message = refused("render", "2023Q4", "--report", "output_growth", "--out", out)
    assert "no report 'output_growth'" in message and "did you mean 10_output_growth?" in message
    assert message.count("\n") == 1


def test_an_unknown_report_like_none_lists_all(out):
    message = refused("render", "2023Q4", "--report", "zzz", "--out", out)
    assert "there are 00_brief, 10_output_growth, 20_investment" in message and "did you mean" not in message


@pytest.mark.parametrize("option", [("--lang", "fr"), ("--jobs", "0"), ("--nope",), ("--as-of",)])
def test_bad_options(out, option):
    assert option[0] in refused("render", "2023Q4", "--out", out, *option)


@pytest.mark.parametrize("override", ["00_brief", "00_brief=", "00_brief= ", "="])
def test_an_override_without_a_reason(out, override):
    message = refused("render", "2023Q4", "--out", out, "--override", override)
    assert f"--override takes NAME=REASON; got {override}" in message


def test_an_override_of_no_report_of_the_run(out):
    message = refused("render", "2023Q4", "--report", "00_brief", "--out", out, "--override", "0_brief=x")
    assert message == "zs-analysis: An override names 0_brief; this run has 00_brief.\n"


def test_the_limits_reach_the_report(tmp_path):
    options = ["--memory-limit", "1", "--time-limit", "999", "--report", "90_letters", "--out", str(tmp_path)]
    result = CliRunner().invoke(main, ["render", "2023Q4", *options])
    assert result.exit_code == 1 and "more than 1 MB of memory, the memory limit" in result.stderr


def test_a_register_is_exported_with_a_reason_only(tmp_path):
    call = ("export", "--format", "xlsx", "--table", "enterprises", "--out", tmp_path)
    assert "give the reason: override='reason', on the command line --override REASON" in refused(*call)
    assert "enterprises.xlsx" in told(*call, "--override", "审计")


def test_a_corrupt_table(package, out):
    (package / "observations.csv").write_bytes(b"\xff\xfe\x00garbage\n")
    message = refused("render", "2023Q4", "--data", package, "--out", out)
    assert message == "zs-analysis: observations.csv: is not UTF-8 (byte 0); save it as UTF-8\n"


def test_a_byte_that_is_not_utf8_is_found_where_it_is(package, out):
    whole = (package / "observations.csv").read_bytes()
    (package / "observations.csv").write_bytes(whole + b"\xff\n")
    message = refused("render", "2023Q4", "--data", package, "--out", out)
    assert f"is not UTF-8 (byte {len(whole)})" in message


def test_a_cut_off_table(package, out):
    whole = (package / "observations.csv").read_text(encoding="utf-8")
    (package / "observations.csv").write_text(whole.rsplit(",", 6)[0], encoding="utf-8")
    message = refused("render", "2023Q4", "--data", package, "--out", out)
    assert message.startswith("zs-analysis: observations.csv, line ") and message.count("\n") == 1


def test_a_number_that_is_none_is_named_with_its_place(package, out):
    spoil(
        package / "observations.csv", lambda frame: frame.assign(obs_value=["n/a", *frame["obs_value"][1:]])
    )
    message = refused("render", "2023Q4", "--data", package, "--out", out)
    assert "observations.csv, line 2, column obs_value: must be a number" in message and "'n/a'" in message


def test_a_missing_column(package, out):
    spoil(package / "observations.csv", lambda frame: frame.drop(columns="unit"))
    message = refused("render", "2023Q4", "--data", package, "--out", out)
    assert "observations.csv" in message and "column unit" in message and message.count("\n") == 1


def test_a_duplicate_observation(package, out):
    spoil(package / "observations.csv", lambda frame: pd.concat([frame, frame.head(1)]))
    message = refused("render", "2023Q4", "--data", package, "--out", out)
    assert "observations.csv, line" in message and "repeats the key" in message and message.count("\n") == 1


def test_a_missing_table(package, out):
    (package / "targets.csv").unlink()
    assert "targets.csv: there is no such file" in refused(
        "render", "2023Q4", "--data", package, "--out", out
    )


def test_a_package_that_is_not_there(tmp_path, out):
    message = refused("render", "2023Q4", "--data", tmp_path / "nowhere", "--out", out)
    assert str(tmp_path / "nowhere") in message


def test_many_failures_are_cut_short_with_the_way_to_see_all(package, out):
    spoil(package / "observations.csv", lambda frame: frame.assign(obs_value="x"))
    message = refused("render", "2023Q4", "--data", package, "--out", out)
    assert message.count("\n") < 20 and "zs-analysis validate lists them all" in message


@pytest.mark.parametrize("place", ["out", "out/2023Q4", "out/2023Q4/en"])
def test_a_file_in_the_place_of_the_output_folder(tmp_path, place):
    blocked = tmp_path / place
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("mine")
    message = refused("render", "2023Q4", "--lang", "en", "--out", tmp_path / "out")
    assert "Cannot write reports into" in message and message.count("\n") == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [
        blocked
    ] and blocked.read_text() == "mine"


def test_an_output_folder_where_nothing_can_be_made():
    assert "Cannot write reports into /proc/zs" in refused("render", "2023Q4", "--out", "/proc/zs")


def test_without_a_period_bad_data_is_told_just_the_same(package, out):
    (package / "observations.csv").write_text("")
    assert "observations.csv: is empty" in refused("render", "--data", package, "--out", out)


def test_validate_counts_the_rows_of_every_table():
    result = CliRunner().invoke(main, ["validate"])
    assert result.exit_code == 0 and result.stderr == ""
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[: len(TABLES)]] == list(TABLES)
    assert lines[len(TABLES)] == "No registers of enterprises: less in 60, 70, 75"
    assert lines[-1] == "Next: zs-analysis render"


def test_validate_lists_every_failure(package):
    spoil(package / "observations.csv", lambda frame: frame.assign(freq="W"))
    (package / "rules.csv").unlink()
    message = refused("validate", "--data", package)
    rows = len((package / "observations.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert f"{rows + 1} failures" in message and "rules.csv" in message


TABLE = """indicator,ref_area,activity,freq,time_period,transformation,obs_value,unit,obs_status,conf_status,released
gross_output_scale,zhoushan,total,M,2023-10,ytd,{},1e8_cny,A,F,2024-01-20
"""


def told(*arguments: str | Path, code: int = 0) -> str:
    """What a call prints."""
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == code and "Traceback" not in result.output, result.output
    return result.output


def table(path: Path, value: str = "3250.1") -> Path:
    path.write_text(TABLE.format(value))
    return path


def test_ingest_shows_what_changed_and_again_nothing(package, tmp_path):
    file = table(tmp_path / "january.csv")
    said = told("ingest", file, "--data", package)
    assert "january: 1 revised" in said and "3246.8 3250.1" in said
    assert f"Written: {package / 'vintages' / 'january.csv'}" in said
    assert "Nothing is new" in told("ingest", file, "--data", package)


def test_ingest_dry_run_writes_nothing(package, tmp_path):
    said = told("ingest", table(tmp_path / "january.csv"), "--data", package, "--dry-run")
    assert "1 revised" in said and "Dry run" in said and not (package / "vintages").exists()


def test_ingest_takes_the_good_files_and_ends_with_2_for_the_bad(package, tmp_path):
    good, bad = table(tmp_path / "good.csv"), table(tmp_path / "bad.csv", "x")
    said = told("ingest", bad, tmp_path / "none.csv", good, "--data", package, code=2)
    assert "bad.csv, line 2, column obs_value" in said and "none.csv: there is no such file" in said
    assert [path.name for path in (package / "vintages").iterdir()] == ["good.csv"]


def test_ingest_refuses_a_conflict_until_told_to_keep_it(package, tmp_path):
    file = table(tmp_path / "other.csv")
    file.write_text(file.read_text().replace("2024-01-20", "2023-12-13"))
    assert "conflicting" in told("ingest", file, "--data", package, code=2)
    assert "Written" in told("ingest", file, "--data", package, "--keep-conflicts")


def test_ingest_of_one_source_takes_one_file(package, tmp_path):
    file = table(tmp_path / "january.csv")
    assert "--source names one release" in refused("ingest", file, file, "--source", "a", "--data", package)


def test_ingested_releases_are_validated_and_named(package, tmp_path):
    told("ingest", table(tmp_path / "january.csv"), "--data", package)
    path = package / "vintages" / "january.csv"
    path.write_text(path.read_text().replace("3250.1", "n/a"))
    assert "vintages/january.csv" in refused("validate", "--data", package)
    message = refused("ingest", table(tmp_path / "february.csv"), "--data", package)
    assert "vintages/january.csv, line 12, column obs_value" in message


@pytest.mark.parametrize("form", ["sdmx-csv", "xlsx", "parquet"])
def test_export_writes_the_file_it_names(tmp_path, form):
    said = told("export", "--format", form, "--out", tmp_path, "--as-of", "2023-12-13")
    assert Path(said.removeprefix("Written: ").strip()).is_file()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--format", "pdf"], "'pdf' is not one of"),
        (["--format", "xlsx", "--table", "obs"], "no table 'obs'"),
        (["--format", "sdmx-csv", "--table", "targets"], "holds observations, not targets"),
        (["--format", "xlsx", "--as-of", "soon"], "as-of date 'soon' is not a day"),
    ],
)
def test_export_refuses_in_words(tmp_path, options, message):
    assert message in refused("export", "--out", tmp_path, *options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [["--help"], ["render", "--help"], ["validate", "-h"], ["ingest", "-h"], ["export", "-h"]]
)
def test_help_is_there(arguments):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0 and "Usage:" in result.stdout


def test_an_unknown_command_is_bad_usage():
    assert "No such command" in refused("rendre")


def run(*arguments: str | Path) -> subprocess.CompletedProcess:
    return subprocess.run([*map(str, arguments)], capture_output=True, text=True, timeout=120)


def test_the_installed_command_refuses_in_one_line(out):
    done = run(COMMAND, "render", "2023Q5", "--out", out)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "zs-analysis: period '2023Q5' is not a quarter; write the year and Q1 to Q4, like 2023Q4\n"
    )


def test_the_installed_command_refuses_bad_data(package, out):
    (package / "units.csv").write_bytes(b"")
    done = run(COMMAND, "render", "2023Q4", "--data", package, "--out", out)
    assert done.returncode == 2 and "units.csv: is empty" in done.stderr and "Traceback" not in done.stderr


def test_help_does_not_wait_for_the_heavy_libraries():
    show = f"import sys; from zs_analysis.cli import main\ntry: main(['--help'])\nfinally: print('loaded:', sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    done = run(sys.executable, "-c", show)
    assert done.returncode == 0 and "render" in done.stdout and "validate" in done.stdout
    assert done.stderr == "loaded: []\n"


def test_targets_in_the_terminal():
    result = CliRunner().invoke(main, ["targets", "--lang", "en"])
    first, caption, heads, *rows = result.stdout.splitlines()
    assert first == "Newest quarter in the data: 2023Q4, as known on 2023-12-13"
    assert caption == f"{len(rows)} numeric targets in force" and len(rows) > 60
    assert heads.split()[:2] == ["Target", "Target"] and "<NA>" not in result.stdout


def test_targets_known_on_a_day_before_the_plan():
    result = CliRunner().invoke(main, ["targets", "2020Q4", "--as-of", "2020-12-31"])
    assert result.exit_code == 0 and "行动方案" not in result.stdout


@pytest.fixture
def browser(tmp_path, monkeypatch):
    """A browser that writes down what it is to open."""
    program = tmp_path / "bin/xdg-open"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.delenv("BROWSER", raising=False)
    return tmp_path / "opened"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems start browsers in other ways")
@pytest.mark.parametrize(
    ("asked", "page"), [((), "index.html"), (("2023Q4", "--lang", "en"), "2023Q4/en/index.html")]
)
def test_open_shows_the_page_in_the_browser(browser, tmp_path, asked, page):
    there = tmp_path / page
    there.parent.mkdir(parents=True, exist_ok=True)
    there.touch()
    result = CliRunner().invoke(main, ["open", *asked, "--out", str(tmp_path)])
    assert result.stdout == f"Open {there}\n"
    for _ in range(100):
        if browser.exists() and browser.read_text():
            break
        time.sleep(0.05)
    assert browser.read_text().strip() == str(there)


def test_open_says_what_makes_a_page_that_is_not_there(tmp_path):
    message = refused("open", "2022Q1", "--out", tmp_path)
    assert "2022Q1/index.html; zs-analysis render 2022Q1 makes it." in message
