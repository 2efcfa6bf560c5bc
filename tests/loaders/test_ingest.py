"""Files into the data package: what is said to change, what stands on disk whatever happens, what is refused."""

import os
import resource
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zs_analysis as zs
from zs_analysis.loaders import DataError, read_text, vintages
from zs_analysis.loaders.changes import agree, contradictions
from zs_analysis.loaders.package import fields_of
from zs_analysis.loaders.text import read_head
from zs_analysis.model import figure

# Published by the bureau on 2023-12-13 (一(一)): gross output, January to October, 亿元 and growth.
REVIEW = {"ytd": "3246.8", "ytd_yoy": "12.5"}
PLAIN = {
    "indicator": "gross_output_scale",
    "ref_area": "zhoushan",
    "activity": "total",
    "freq": "M",
    "time_period": "2023-10",
    "transformation": "ytd",
    "obs_value": "3246.8",
    "unit": "1e8_cny",
    "obs_status": "A",
    "conf_status": "F",
    "released": "2024-01-20",
}
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


def write(path: Path, *rows: dict[str, str], head: str = "", **everywhere: str) -> Path:
    """A table of observations: each row is the plain one with some cells changed."""
    frame = pd.DataFrame([PLAIN | everywhere | row for row in rows])
    path.write_text(head + frame.to_csv(index=False), encoding="utf-8")
    return path


def state(package: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(package)): path.read_bytes() for path in package.rglob("*") if path.is_file()
    }


def counts(result: zs.loaders.Ingest) -> dict[str, int]:
    return {kind: count for kind, count in result.counts.items() if count}


def value(package: Path, as_of: str | None = None, **cell: str) -> float:
    observations = zs.load("observations", as_of=as_of, data=package)
    where = {"ref_area": "zhoushan", "time_period": "2023-10"} | cell
    return figure(observations, "gross_output_scale", "ytd", **where).value


def test_a_later_release_revises_adds_and_confirms(package, tmp_path):
    file = write(
        tmp_path / "january.csv",
        {"obs_value": "3250.1"},
        {"transformation": "ytd_yoy", "obs_value": REVIEW["ytd_yoy"], "unit": "pct"},
        {"time_period": "2023-11", "obs_value": "3561.0"},
    )
    result = zs.ingest(file, data=package)
    assert result.written and counts(result) == {"added": 1, "unchanged": 1, "revised": 1}
    revised = result.changes.query("change == 'revised'").iloc[0]
    assert (revised["was"], revised["now"]) == (REVIEW["ytd"], "3250.1")
    assert result.path.read_text(encoding="utf-8").splitlines()[-1].split(",")[10] == "3561.0"


def test_as_of_views_before_and_after_a_revision(package, tmp_path):
    zs.ingest(write(tmp_path / "january.csv", {"obs_value": "3250.1"}), data=package)
    assert [value(package, day) for day in ("2023-12-13", "2024-01-19", "2024-01-20", None)] == [
        3246.8,
        3246.8,
        3250.1,
        3250.1,
    ]
    assert "january" not in set(zs.load("sources", as_of="2024-01-19", data=package)["source_id"])
    assert "january" in set(zs.load("sources", as_of="2024-01-20", data=package)["source_id"])


def test_the_same_file_again_changes_nothing(package, tmp_path):
    file = write(tmp_path / "january.csv", {"obs_value": "3250.1"}, {"time_period": "2023-11"})
    zs.ingest(file, data=package)
    before = state(package)
    again = zs.ingest(file, data=package)
    assert (again.written, again.ok, counts(again)) == (False, True, {"unchanged": 2})
    assert state(package) == before and "Nothing is new" in str(again)


def test_an_older_release_is_kept_as_an_earlier_vintage(package, tmp_path):
    file = write(tmp_path / "early.csv", {"obs_value": "3240.0"}, released="2023-11-20")
    assert counts(zs.ingest(file, data=package)) == {"older": 1}
    assert [value(package, day) for day in ("2023-11-20", "2023-12-13", None)] == [3240.0, 3246.8, 3246.8]


def test_releases_in_any_order_give_the_same_views(package, tmp_path):
    files = [
        write(tmp_path / f"v{day}.csv", {"obs_value": f"32{day}.5"}, released=f"2024-01-{day}")
        for day in (11, 18, 25)
    ]
    for file in (files[2], files[0], files[1]):
        zs.ingest(file, data=package)
    days = ["2024-01-10", "2024-01-11", "2024-01-18", "2024-01-24", "2024-01-25"]
    assert [value(package, day) for day in days] == [3246.8, 3211.5, 3218.5, 3218.5, 3225.5]


def test_a_coarser_or_finer_print_of_the_same_number_is_unchanged(package, tmp_path):
    coarse = write(tmp_path / "coarse.csv", {"obs_value": "324.7", "unit": "bn_cny"})
    result = zs.ingest(coarse, data=package)
    assert counts(result) == {"unchanged": 1} and result.changes["was"].tolist() == ["324.68"]
    wrong = write(tmp_path / "wrong.csv", {"obs_value": "32.47", "unit": "bn_cny"}, released="2024-02-01")
    assert counts(zs.ingest(wrong, data=package)) == {"revised": 1}


def test_an_announcement_is_not_revised_by_what_came_true(package, tmp_path):
    file = write(tmp_path / "f.csv", {"obs_status": "F", "obs_value": "3300"}, {"obs_status": "P"})
    assert counts(zs.ingest(file, data=package)) == {"added": 1, "unchanged": 1}


def test_another_source_of_the_same_day_that_says_otherwise_is_a_conflict(package, tmp_path):
    file = write(tmp_path / "other.csv", {"obs_value": "3300.0"}, released="2023-12-13")
    before = state(package)
    result = zs.ingest(file, data=package)
    assert (result.written, result.ok, counts(result)) == (False, False, {"conflicting": 1})
    assert state(package) == before and "--keep-conflicts" in str(result)
    kept = zs.ingest(file, data=package, keep_conflicts=True)
    assert kept.written and counts(kept) == {"conflicting": 1}
    both = zs.load("observations", data=package).query(
        "indicator == 'gross_output_scale' and ref_area == 'zhoushan' and activity == 'total'"
        " and time_period == '2023-10' and transformation == 'ytd'"
    )
    assert sorted(both["obs_value"]) == [3246.8, 3300.0]


def test_a_file_that_contradicts_itself_is_a_conflict(package, tmp_path):
    file = write(
        tmp_path / "twice.csv",
        {"time_period": "2023-11", "obs_value": "3561.0"},
        {"time_period": "2023-11", "obs_value": "365.1", "unit": "bn_cny"},
    )
    result = zs.ingest(file, data=package)
    assert not result.written and counts(result) == {"added": 2, "conflicting": 1}
    assert result.changes.iloc[0][["change", "was", "now"]].tolist() == ["conflicting", "356.10", "365.1"]


def test_the_same_source_that_says_otherwise_is_never_stored(package, tmp_path):
    zs.ingest(write(tmp_path / "january.csv", {"obs_value": "3250.1"}), data=package)
    before = state(package)
    (tmp_path / "again").mkdir()
    other = write(tmp_path / "again" / "january.csv", {"obs_value": "3251.0"})
    result = zs.ingest(other, data=package, keep_conflicts=True)
    assert not result.ok and "--source" in str(result) and state(package) == before
    assert zs.ingest(other, data=package, source="january-corrected", released="2024-01-25").written is False
    assert zs.ingest(other, data=package, source="january-corrected", keep_conflicts=True).written


def test_a_second_part_of_a_release_joins_the_first(package, tmp_path):
    first = write(tmp_path / "one.csv", {"time_period": "2023-11", "obs_value": "3561.0"})
    second = write(
        tmp_path / "two.csv", {"time_period": "2023-11", "ref_area": "dinghai", "obs_value": "500"}
    )
    zs.ingest(first, data=package, source="january")
    joined = zs.ingest(second, data=package, source="january")
    assert counts(joined) == {"added": 1}
    stored = zs.load("observations", data=package).query("source_id == 'january'")
    assert sorted(stored["ref_area"]) == ["dinghai", "zhoushan"]
    assert read_head(joined.path).fields["file"] == "one.csv; two.csv"
    before = state(package)
    assert not zs.ingest(first, data=package, source="january").written and state(package) == before


def test_figures_the_package_holds_already_make_no_file(package, tmp_path):
    rows = read_text("observations", package).query("source_id == 'review-2023'")
    rows.to_csv(tmp_path / "review.csv", index=False)
    result = zs.ingest(tmp_path / "review.csv", data=package)
    assert result.ok and not result.written and counts(result) == {"unchanged": len(rows)}
    assert vintages.paths(package) == []


def test_reports_say_the_same_when_a_release_repeats_known_figures(package, tmp_path):
    from zs_analysis.present import brief, output

    rows = read_text("observations", package).query("source_id == 'review-2023'")
    rows.drop(columns="source_id").assign(released="2023-12-18").to_csv(tmp_path / "again.csv", index=False)
    before = zs.View("2023Q4", "2023-12-20", "zh", str(zs.loaders.DATA))
    said = [room.summary(before).sentences for room in (brief, output)]
    assert counts(zs.ingest(tmp_path / "again.csv", data=package)) == {"unchanged": len(rows)}
    after = zs.View("2023Q4", "2023-12-20", "zh", str(package))
    assert [room.summary(after).sentences for room in (brief, output)] == said


def test_a_dry_run_shows_the_same_and_writes_nothing(package, tmp_path):
    file, before = write(tmp_path / "january.csv", {"obs_value": "3250.1"}), state(package)
    dry = zs.ingest(file, data=package, write=False)
    assert dry.ok and not dry.written and state(package) == before and not (package / "vintages").exists()
    wet = zs.ingest(file, data=package)
    assert dry.counts == wet.counts and dry.changes.equals(wet.changes)


def test_the_release_date_of_a_file_without_one_is_the_day_of_ingestion(package, tmp_path):
    file = write(tmp_path / "undated.csv", {"time_period": "2023-11", "released": ""})
    path = zs.ingest(file, data=package).path
    fields = read_head(path).fields
    assert fields["released"] == pd.Timestamp.today().strftime("%Y-%m-%d")
    assert fields["note"] == "发布日期未见，以入库日计"
    assert not zs.ingest(file, data=package).written
    dated = zs.ingest(file, data=package, released="2024-01-30", source="dated")
    assert (
        read_head(dated.path).fields["released"] == "2024-01-30"
        and read_head(dated.path).fields["note"] == ""
    )


def test_the_lines_above_a_table_name_its_source(package, tmp_path):
    head = "# title: 2023年统计月报\n# publisher: 舟山市统计局\n# released: 2024-01-22\n# kind: official\n"
    file = write(tmp_path / "月报.csv", {"time_period": "2023-11", "released": ""}, head=head)
    result = zs.ingest(file, data=package, source="zsstat-2023-11")
    source = zs.load("sources", data=package).set_index("source_id").loc["zsstat-2023-11"]
    assert source[["title", "publisher", "kind"]].tolist() == ["2023年统计月报", "舟山市统计局", "official"]
    assert value(package, time_period="2023-11", as_of="2024-01-22") == 3246.8
    again = zs.ingest(result.path, data=package)
    assert again.ok and not again.written, "a vintage file is itself a table to be ingested"


def test_text_with_commas_quotes_and_line_ends_comes_back_as_it_was(package, tmp_path):
    notes = ['一,二"三"', "一\n二", "=1+1", " blanks ", "# not a head"]
    rows = [{"time_period": f"2022-0{month + 1}", "note": note} for month, note in enumerate(notes)]
    zs.ingest(write(tmp_path / "notes.csv", *rows), data=package)
    assert zs.load("observations", data=package).query("source_id == 'notes'")["note"].tolist() == notes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "yuan"}, "line 3, column unit: is not a known code"),
        ({"obs_value": "3,246.8"}, "line 3, column obs_value: must be a number"),
        ({"time_period": "2023-13"}, "line 3, column time_period: must look like"),
        ({"freq": "A"}, "line 3: time_period does not fit freq"),
        ({"released": "2024-02-30"}, "line 3, column released: is not a day"),
        ({"indicator": ""}, "line 3, column indicator: must not be empty"),
        ({"time_period": "2023-11"}, "line 3: repeats the key"),
        ({"source_id": "nobody"}, "line 3, column source_id: is not a known code"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line_and_nothing_is_written(package, tmp_path, change, message):
    first = {"time_period": "2023-11"} | ({"source_id": ""} if "source_id" in change else {})
    file, before = write(tmp_path / "bad.csv", first, change), state(package)
    with pytest.raises(DataError, match=f"bad.csv, {message}"):
        zs.ingest(file, data=package)
    assert {name: text for name, text in state(package).items() if "tmp" not in name} == before


def test_missing_and_unknown_columns_are_named(package, tmp_path):
    write(tmp_path / "bad.csv", {})
    frame = pd.read_csv(tmp_path / "bad.csv", dtype=str).drop(columns=["unit", "freq"]).assign(vale="1")
    frame.to_csv(tmp_path / "bad.csv", index=False)
    with pytest.raises(DataError) as caught:
        zs.ingest(tmp_path / "bad.csv", data=package)
    assert sorted(caught.value.failures["column"]) == ["freq", "unit", "vale"]


@pytest.mark.parametrize(("released", "source"), [("2024-02-30", None), ("soon", None), (None, "Not An Id")])
def test_a_bad_date_or_name_for_the_release_is_refused(package, tmp_path, released, source):
    file, before = write(tmp_path / "good.csv", {"released": ""}), state(package)
    with pytest.raises(DataError):
        zs.ingest(file, data=package, released=released, source=source)
    assert state(package) == before


def test_an_uneven_file_is_refused_with_its_line(package, tmp_path):
    file = write(tmp_path / "bad.csv", {}, {"time_period": "2023-11"})
    file.write_text(file.read_text().rsplit(",", 3)[0])
    with pytest.raises(DataError, match=r"bad.csv, line 3: has \d+ cells, the header has 11"):
        zs.ingest(file, data=package)


def test_many_failures_are_counted_and_the_first_listed(package, tmp_path):
    rows = [{"time_period": f"{year}-01", "unit": "yuan"} for year in range(1000, 2500)]
    with pytest.raises(DataError) as caught:
        zs.ingest(write(tmp_path / "bad.csv", *rows), data=package)
    failures = caught.value.failures
    assert (
        failures.iloc[0]["rule"] == "has 1,500 failures; the first 1,000 are listed" and len(failures) == 1001
    )


def broken_vintage(package: Path, tmp_path: Path) -> Path:
    return zs.ingest(write(tmp_path / "january.csv", {"time_period": "2023-11"}), data=package).path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("3246.8", "n/a", r"vintages/january.csv, line 12, column obs_value: must be a number.*'n/a'"),
        ("1e8_cny", "yuan", r"vintages/january.csv, line 12, column unit: is not a known code"),
        ("# kind: secondary", "# kind: gossip", r"vintages/january.csv, line 1, column kind: must be one of"),
        (
            ",unit,",
            ",units,",
            r"vintages/january.csv: .*column|vintages/january.csv, column unit: the column is missing",
        ),
        (",M,", ",M,,", r"vintages/january.csv, line 12: has 19 cells"),
    ],
)
def test_a_broken_vintage_is_named_by_file_and_line(package, tmp_path, old, new, message):
    path = broken_vintage(package, tmp_path)
    path.write_text(path.read_text().replace(old, new))
    failures = zs.validate(package)
    assert len(failures) and failures["file"].str.startswith("vintages/january.csv").any()
    with pytest.raises(DataError, match=message):
        zs.load("sources" if "kind" in old else "observations", data=package)


def test_a_vintage_that_is_not_utf8_is_named(package, tmp_path):
    path = broken_vintage(package, tmp_path)
    path.write_bytes(path.read_bytes() + "舟山".encode("gb18030"))
    with pytest.raises(DataError, match=r"vintages/january.csv: is not UTF-8"):
        zs.load("observations", data=package)


def test_a_key_in_two_files_is_named_by_the_later_one(package, tmp_path):
    path = broken_vintage(package, tmp_path)
    path.with_name("later.csv").write_bytes(path.read_bytes())
    with pytest.raises(DataError, match=r"vintages/later.csv, line 12: repeats the key"):
        zs.load("observations", data=package)


def test_leftovers_of_a_killed_run_are_ignored_and_then_removed(package, tmp_path):
    path = broken_vintage(package, tmp_path)
    leftover = path.with_name(".january.csv.4711-1.tmp")
    leftover.write_text("half a fi")
    assert zs.validate(package).empty
    zs.ingest(tmp_path / "january.csv", data=package)
    assert not leftover.exists()


BULLETIN = """舟山市2024年1-2月主要统计指标
发布日期：2024-03-20
指标,单位,1-2月,同比±%
规上工业总产值,亿元,600.0,5.0
天外来客数,家,12,1.0
"""


def test_a_bulletin_is_stored_and_its_unknown_label_told(package, tmp_path):
    file = tmp_path / "2024-02.csv"
    file.write_text(BULLETIN, encoding="gb18030")
    result = zs.ingest(file, data=package)
    assert result.ok and counts(result) == {"added": 2} and result.unread["cell"].tolist() == ["12", "1.0"]
    assert "aliases.csv: label,within,indicator" in str(result)
    assert value(package, time_period="2024-02", as_of="2024-03-20") == 600.0
    assert not zs.ingest(file, data=package).written


def test_read_anew_after_an_alias_a_release_is_replaced_by_the_fuller_one(package, tmp_path):
    file, aliases = tmp_path / "2024-02.csv", package / "aliases.csv"
    file.write_text(BULLETIN, encoding="utf-8")
    first, names = zs.ingest(file, data=package), aliases.read_text(encoding="utf-8")
    aliases.write_text(names + "天外来客数,,firms_scale,,,,,\n", encoding="utf-8")
    fuller = zs.ingest(file, data=package)
    assert fuller.path == first.path and counts(fuller) == {"added": 2, "unchanged": 2}
    assert fuller.unread.empty and len(vintages.paths(package)) == 1
    aliases.write_text(names, encoding="utf-8")
    poorer = zs.ingest(file, data=package)
    assert poorer.written and counts(poorer) == {"unchanged": 2, "dropped": 2}
    assert zs.validate(package).empty


def test_a_bulletin_whose_source_is_known_adds_only_what_that_lacks(package, tmp_path):
    observations = read_text("observations", package)
    known = observations["source_id"].eq("zsstat-2020-03-table") & observations["indicator"].eq("gdp")
    observations[~known].to_csv(package / "observations.csv", index=False)
    file = Path(__file__).parents[2] / "../shared/tables/zhoushan_2020-03_zhuyao_tongji_zhibiao.txt"
    if not file.exists():
        pytest.skip("the bulletins in ../shared are not here")
    result = zs.ingest(file, data=package)
    assert result.counts["added"] == known.sum() and result.counts["conflicting"] == 0
    assert set(result.changes.query("change == 'added'")["indicator"]) == {"gdp"}
    assert len(zs.load("observations", data=package)) == len(observations)
    assert (zs.load("sources", data=package)["source_id"] == "zsstat-2020-03-table").sum() == 1


def test_options_of_bulletins_are_refused_for_a_table(package, tmp_path):
    with pytest.raises(DataError, match="--period and --area are for bulletins"):
        zs.ingest(write(tmp_path / "january.csv", {}), data=package, period="2023-10")


@pytest.mark.parametrize("name", ["../out", "A", "a b", ".hidden", "舟山"])
def test_a_source_that_is_no_name_is_refused(package, tmp_path, name):
    rows = read_text("observations", package).head(1).assign(place="1")
    rows.to_csv(tmp_path / "rows.csv", index=False)
    with pytest.raises(DataError, match="a source is named in lower-case letters"):
        zs.ingest(tmp_path / "rows.csv", data=package, source=name)


def run(script: str, *arguments: str | Path, **options) -> subprocess.CompletedProcess:
    call = [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, timeout=300, **options)


@POSIX
@pytest.mark.parametrize("moment", ["fsync", "replace", "after"])
def test_killed_at_the_worst_moment_the_old_or_the_new_release_stands(package, tmp_path, moment):
    old = zs.ingest(
        write(tmp_path / "a.csv", {"time_period": "2023-11"}), data=package, source="r"
    ).path.read_bytes()
    more = write(tmp_path / "b.csv", {"time_period": "2023-11", "ref_area": "dinghai"})
    script = """
        import os, signal, sys
        from pathlib import Path
        from zs_analysis import files
        from zs_analysis.loaders import ingest
        def die(*_): os.kill(os.getpid(), signal.SIGKILL)
        moment = sys.argv[3]
        if moment == "fsync": os.fsync = die
        if moment == "replace": Path.replace = die
        if moment == "after": files._sync_folder = die
        ingest(sys.argv[1], data=sys.argv[2], source="r")
    """
    assert run(script, more, package, moment).returncode == -9
    stored = (package / "vintages" / "r.csv").read_bytes()
    assert (stored == old) == (moment != "after")
    assert zs.validate(package).empty
    assert zs.ingest(more, data=package, source="r").ok
    assert len(zs.load("observations", data=package).query("source_id == 'r'")) == 2
    assert [path.name for path in (package / "vintages").iterdir()] == ["r.csv"]


@POSIX
@pytest.mark.slow
def test_killed_at_random_moments_the_old_or_the_new_release_stands(package, tmp_path):
    periods = [{"time_period": f"{year}-{month:02d}"} for year in range(1000, 1300) for month in range(1, 13)]
    first, second = write(tmp_path / "a.csv", *periods[:2]), write(tmp_path / "b.csv", *periods)
    path = zs.ingest(first, data=package, source="r").path
    old = path.read_bytes()
    new = zs.ingest(second, data=package, source="r").path.read_bytes()
    path.write_bytes(old)
    # Each child is a fork of one process that has the libraries loaded, so that the kills hit the work.
    script = """
        import os, random, signal, sys, time
        from pathlib import Path
        from zs_analysis.loaders import ingest, validate
        more, package, path = sys.argv[1:4]
        validate(package)
        old, random = Path(path).read_bytes(), random.Random(1)
        def child():
            pid = os.fork()
            if not pid:
                ingest(more, data=package, source="r")
                os._exit(0)
            return pid
        started = time.monotonic(); os.waitpid(child(), 0); whole = time.monotonic() - started
        for _ in range(20):
            Path(path).write_bytes(old)
            pid = child()
            time.sleep(random.uniform(0, 1.6) * whole)
            os.kill(pid, signal.SIGKILL); os.waitpid(pid, 0)
            Path(f"{path}.{_}.seen").write_bytes(Path(path).read_bytes())
    """
    done = run(script, second, package, path)
    assert done.returncode == 0, done.stderr
    seen = [found.read_bytes() for found in path.parent.glob("*.seen")]
    assert len(seen) == 20 and set(seen) == {old, new}
    assert zs.validate(package).empty
    path.write_bytes(old)
    assert zs.ingest(second, data=package, source="r").written and path.read_bytes() == new
    assert list(path.parent.glob("*.tmp")) == [] == list(path.parent.glob(".*.tmp"))


@POSIX
def test_concurrent_ingests_lose_nothing(package, tmp_path):
    files = [
        write(
            tmp_path / f"r{number}.csv", *({"time_period": f"{year}-0{number}"} for year in range(1000, 1200))
        )
        for number in range(1, 9)
    ]
    script = """
        import os, sys
        from zs_analysis.loaders import ingest
        children = []
        for file in sys.argv[2:]:
            pid = os.fork()
            if not pid:
                for source in (None, "shared"):
                    assert ingest(file, data=sys.argv[1], source=source).written
                os._exit(0)
            children.append(pid)
        sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children))
    """
    done = run(script, package, *files)
    assert done.returncode == 0, done.stderr
    stored = zs.load("observations", data=package)
    assert [int((stored["source_id"] == file.stem).sum()) for file in files] == [200] * 8
    assert (stored["source_id"] == "shared").sum() == 1600


@POSIX
def test_a_full_disk_leaves_the_package_as_it_was(package, tmp_path):
    rows = ({"time_period": f"{year}-01"} for year in range(1000, 3000))
    file, before = write(tmp_path / "big.csv", *rows), state(package)
    script = "import sys, zs_analysis as zs\nzs.ingest(sys.argv[1], data=sys.argv[2])"
    limit = 50_000
    done = run(
        script, file, package, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    )
    assert done.returncode == 1 and "vintages/big.csv: cannot be written: File too large" in done.stderr
    assert state(package) == before


def test_a_file_in_the_place_of_the_folder_is_a_clear_error(package, tmp_path):
    (package / "vintages").write_text("mine")
    with pytest.raises(DataError, match=r"vintages/january.csv: cannot be written"):
        zs.ingest(write(tmp_path / "january.csv", {}), data=package)
    assert (package / "vintages").read_text() == "mine"


def test_a_folder_that_is_no_package_is_a_clear_error(tmp_path):
    with pytest.raises(DataError, match="there is no such file"):
        zs.ingest(write(tmp_path / "january.csv", {}), data=tmp_path / "nowhere")


def test_a_file_that_is_not_there_is_a_clear_error(package):
    with pytest.raises(DataError, match="there is no such file"):
        zs.ingest("nowhere.csv", data=package)


def test_an_unsound_package_is_told_before_anything_is_written(package, tmp_path):
    text = (package / "observations.csv").read_text(encoding="utf-8")
    (package / "observations.csv").write_text(text.replace(",3246.8,", ",x,", 1), encoding="utf-8")
    with pytest.raises(DataError, match=r"observations.csv, line 2, column obs_value"):
        zs.ingest(write(tmp_path / "january.csv", {}), data=package)


numerals = st.decimals(-9999, 9999, places=1).map(str)
cells = st.tuples(st.sampled_from(["2022-01", "2022-02", "2022-03"]), st.sampled_from(["dinghai", "putuo"]))


@settings(max_examples=6, deadline=None)
@given(releases=st.lists(st.dictionaries(cells, numerals, min_size=1), min_size=1, max_size=3))
def test_every_release_is_stored_whole_and_the_view_is_the_newest(tmp_path_factory, releases):
    folder = tmp_path_factory.mktemp("releases")
    package = Path(shutil.copytree(zs.loaders.DATA, folder / "data"))
    newest: dict[tuple[str, str], str] = {}
    for day, release in enumerate(releases, start=1):
        rows = [
            {"time_period": period, "ref_area": area, "obs_value": text}
            for (period, area), text in release.items()
        ]
        result = zs.ingest(write(folder / f"r{day}.csv", *rows, released=f"2024-03-0{day}"), data=package)
        differ = sum(
            newest.get(cell, text) != text and float(newest[cell]) != float(text)
            for cell, text in release.items()
        )
        assert result.written and result.counts["revised"] == differ
        assert result.counts["added"] == len(set(release) - set(newest))
        newest |= release
    view = zs.load("observations", data=package)
    for (period, area), text in newest.items():
        found = figure(view, "gross_output_scale", "ytd", time_period=period, ref_area=area)
        assert found.value == float(text)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 3)), min_size=2, max_size=20))
def test_figures_agree_with_themselves_and_both_ways(numbers):
    figures = pd.DataFrame(
        {
            "value": [round(number, digits) for number, digits in numbers],
            "step": np.array([10.0**-digits for _, digits in numbers], dtype="float32"),
        }
    )
    assert agree(figures, figures).all()
    turned = figures.iloc[::-1].reset_index(drop=True)
    assert (agree(figures, turned) == agree(turned, figures)).all()


def test_contradictions_are_found_among_many():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"cell": rng.permutation(5000).astype("uint64"), "day": np.int32(1), "value": 1.0, "step": 0.1}
    )
    frame.loc[7, "cell"], frame.loc[7, "value"] = frame.loc[4000, "cell"], 2.0
    here, first = contradictions(frame)
    assert {here.item(), first.item()} == {7, 4000}


def test_the_columns_of_a_vintage_are_those_of_the_observations(package, tmp_path):
    lines = broken_vintage(package, tmp_path).read_text(encoding="utf-8").splitlines()
    assert lines[10].split(",") == fields_of("observations")
