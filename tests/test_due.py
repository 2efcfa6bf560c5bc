"""What is due: quarters that new data have made stale, and those that were missed; each once, the oldest first."""

import json
import sys
import threading
from concurrent.futures import Executor, Future
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import zs_analysis as zs
from zs_analysis import quarter
from zs_analysis.cli import main
from zs_analysis.due import LOCK, one_at_a_time, orders_due
from zs_analysis.loaders import digests_as_known, headlines
from zs_analysis.present import fonts
from zs_analysis.reports import Execution, ReportError

PARAMETERS = 'period: str = ""\nas_of: str | None = None\nlang: str = "zh"\ndata_dir: str | None = None'
OCTOBER = "indicator == 'gross_output_scale' and time_period == '2023-10' and transformation == 'ytd' and ref_area == 'zhoushan' and activity == 'total'"


class Instant(Executor):
    """Takes notebooks for executed as they are: what is due does not depend on outputs."""

    def submit(self, function, notebook, *_):
        future = Future()
        future.set_result(Execution(notebook, 0.0, notebook.read_text(encoding="utf-8"), None))
        return future


@pytest.fixture
def place(package, tmp_path, monkeypatch):
    """A data package that can grow, two small reports, and a folder to render them into."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    for name in ("one", "two"):
        parameters = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
        cells = [parameters, new_markdown_cell(f"# {name}"), new_code_cell("period, as_of")]
        nbformat.write(new_notebook(cells=cells), notebooks / f"{name}.ipynb")
    observations = package / "observations.csv"
    read(observations).query("indicator == 'gross_output_scale'").to_csv(observations, index=False)
    monkeypatch.setattr(quarter, "NOTEBOOKS", notebooks)
    # What takes time and says nothing about what is due.
    monkeypatch.setattr(quarter, "preload", int)
    monkeypatch.setattr(fonts, "font_face_css", lambda _: "")
    monkeypatch.setattr(zs.loaders, "validate", lambda _: ())
    monkeypatch.setenv("ZS_ANALYSIS_CACHE", str(tmp_path / "kept"))
    return Place(package, tmp_path / "out")


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


class Place:
    def __init__(self, data: Path, out: Path):
        self.data, self.out = data, out

    def publish(self, month: str, day: str, **cells: str) -> None:
        """Add a headline figure to the data, from a source of its own."""
        name = f"{month}-{day}"
        for table, row in {"observations": OCTOBER, "sources": "source_id == 'plan-2023'"}.items():
            path = self.data / f"{table}.csv"
            frame = read(path)
            row = frame.query(row).iloc[[0]].assign(released=day, source_id=name)
            changes = cells | {"time_period": month} if table == "observations" else {}
            pd.concat([frame, row.assign(**changes)]).to_csv(path, index=False)

    def render(self, period: str, as_of: str | None, reports=None, **options):
        return zs.render(
            period, reports, self.out, as_of=as_of, data=self.data, executor=Instant(), **options
        )

    def due(self, **options) -> list[tuple]:
        orders = orders_due(self.out, data=self.data, **options)
        return [(order.period, order.as_of, *order.reports) for order in orders]

    def render_due(self) -> list[str]:
        made = self.due()
        for order in orders_due(self.out, data=self.data):
            assert self.render(order.period, order.as_of, order.reports).ok
        return made


def test_where_nothing_is_there_only_the_newest_quarter_is_due(place):
    place.publish("2023-03", "2023-04-20")
    assert place.due() == [("2023Q4", "2023-12-13", "one", "two")]
    assert not place.out.exists()


def test_missed_quarters_are_made_once_each_the_oldest_first(place):
    place.render("2023Q4", "2023-12-13")
    assert place.due() == []
    place.publish("2024-06", "2024-07-20")
    place.publish("2024-02", "2024-03-20")
    place.publish("2024-03", "2024-04-20")
    place.publish("2024-03", "2024-09-01", obs_value="999")
    expected = [("2024Q1", "2024-04-20", "one", "two"), ("2024Q2", "2024-07-20", "one", "two")]
    assert place.render_due() == expected
    assert place.due() == []


def test_a_quarter_between_that_nobody_asked_for_is_left_out(place):
    place.publish("2023-03", "2023-04-20")
    place.render("2020Q1", "2020-05-09")
    assert [period for period, *_ in place.due()] == ["2023Q1", "2023Q4"]
    place.render("2023Q4", "2023-12-13")
    assert place.due() == []


def test_a_later_month_of_the_quarter_moves_its_reports_on(place):
    place.render("2023Q4", "2023-12-13")
    place.publish("2023-12", "2024-01-20")
    place.publish("2023-12", "2024-03-01", obs_value="999")
    assert place.render_due() == [("2023Q4", "2024-01-20", "one", "two")]
    assert place.due() == []


def test_a_day_that_somebody_chose_stays(place):
    place.render("2023Q4", "2024-01-31")
    place.publish("2023-12", "2024-02-20")
    assert place.due() == []


def test_a_quarter_made_late_is_what_the_next_one_is_compared_with(place):
    page = place.out / "2023Q4" / "changes.html"
    place.render("2023Q4", "2023-12-13")
    assert not page.exists()
    place.render("2023Q3", "2023-10-31")
    compared = page.read_bytes()
    assert "与2023Q3的报告相比" in compared.decode()
    place.render("2023Q4", "2023-12-13", force=True)
    assert page.read_bytes() == compared


def test_later_releases_make_no_report_of_an_earlier_day_stale(place):
    place.render("2020Q1", "2020-05-09")
    place.render("2023Q4", "2023-12-13")
    place.publish("2020-02", "2024-02-20", obs_value="1")
    assert place.due() == []
    place.publish("2020-02", "2021-02-20", obs_value="1")
    assert place.due() == [("2023Q4", "2023-12-13", "one", "two")]


def test_a_report_of_no_day_is_stale_with_every_release(place):
    place.render("2023Q4", None)
    place.publish("2020-02", "2024-02-20", obs_value="1")
    assert place.render_due() == [("2023Q4", None, "one", "two")]


def test_reports_of_one_folder_keep_the_day_of_each(place):
    place.render("2023Q4", "2023-12-13", ["one"])
    place.render("2023Q4", None, ["two"])
    place.publish("2020-02", "2024-02-20", obs_value="1")
    assert place.due() == [("2023Q4", None, "two")]


def test_a_report_that_was_never_made_is_due_and_another_language_is_not_asked(place):
    place.render("2023Q4", "2023-12-13", ["one"])
    assert place.due() == [("2023Q4", "2023-12-13", "one", "two")]
    assert place.due(reports=["one"]) == []
    assert place.due(reports=["one"], lang="en") == [("2023Q4", "2023-12-13", "one")]


def test_runs_from_other_data_are_not_made_anew_from_these(place):
    place.render("2023Q4", "2023-12-13")
    with pytest.raises(
        ReportError, match=r"2023Q4 below .* was made from .*data, not from the embedded data"
    ):
        orders_due(place.out)


def test_an_override_of_no_report_is_refused(place):
    with pytest.raises(ReportError, match="An override names three; there are one, two"):
        place.due(override={"three": "because"})


def test_what_a_release_of_a_later_day_changes_is_seen_only_from_that_day_on(package):
    def digests(day: str) -> dict[str, str]:
        return {path.name: digest for path, digest in digests_as_known(day, package).items()}

    before = {day: digests(day) for day in ("2023-12-13", "2024-01-20")}
    source = ",".join(["new2024", "t", "p", "", "2024-01-20", "web", "zh", ""])
    with (package / "sources.csv").open("a", encoding="utf-8") as stream:
        stream.write(source + "\n")
    after = {day: digests(day) for day in before}
    assert before["2023-12-13"] == after["2023-12-13"]
    assert [name for name, one in before["2024-01-20"].items() if after["2024-01-20"][name] != one] == [
        "sources.csv"
    ]


def test_an_ingested_release_counts_by_its_day_and_so_does_its_source(place, tmp_path):
    table = tmp_path / "january.csv"
    table.write_text(
        "indicator,ref_area,activity,freq,time_period,transformation,obs_value,unit,obs_status,conf_status,released\n"
        "gross_output_scale,zhoushan,total,M,2023-09,ytd,2900,1e8_cny,A,F,2024-01-20\n"
    )
    place.render("2020Q1", "2020-05-09")
    place.render("2023Q4", "2024-01-31")
    zs.ingest(table, data=place.data)
    assert place.due() == [("2023Q4", "2024-01-31", "one", "two")]
    known = digests_as_known("2020-05-09", place.data)
    assert known[place.data / "vintages" / "january.csv"] == ""


def test_a_package_that_cannot_be_read_has_no_digests(package):
    (package / "observations.csv").write_bytes(b"\xff")
    assert digests_as_known("2023-12-13", package) == {}


def test_headlines_name_month_and_day_of_every_release(place):
    place.publish("2023-10", "2024-01-20", obs_value="999")
    assert headlines(place.data).values.tolist()[-2:] == [
        ["2023Q4", "2023-10", "2023-12-13"],
        ["2023Q4", "2023-10", "2024-01-20"],
    ]


def test_several_quarters_are_rendered_by_one_command(place):
    command = ["render", "2023Q3", "2023Q4", "--out", str(place.out), "--data", str(place.data)]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    indexes = [str(place.out / period / "index.html") for period in ("2023Q3", "2023Q4")]
    assert result.stdout.splitlines() == [f"Open {index}" for index in indexes]


def told(place: Place, *arguments: str, code: int = 0) -> str:
    command = ["render", "--due", "--out", str(place.out), "--data", str(place.data), *arguments]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_says_what_it_would_do_does_it_and_then_has_nothing_to_do(place):
    assert (
        told(place, "--explain")
        == "2023Q4, as known on 2023-12-13\none: it was never made\ntwo: it was never made\n"
    )
    assert not place.out.exists()
    log = place.out.parent / "log"
    assert f"Open {place.out / '2023Q4' / 'index.html'}" in told(place, "--log", str(log))
    assert told(place, "--log", str(log)) == f"Nothing is due below {place.out}\n"
    assert told(place, "--explain") == f"Nothing is due below {place.out}\n"
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert {event["period"] for event in events if "report" in event} == {"2023Q4"}
    ends = [event for event in events if event["event"] == "run_finished"]
    assert [(end["ok"], end["unchanged"], end["exit_code"]) for end in ends] == [(2, 0, 0), (0, 0, 0)]


def test_a_message_that_does_not_arrive_fails_no_run_and_its_address_is_nowhere(place, monkeypatch):
    pytest.importorskip("apprise")
    monkeypatch.setenv("ZS_ANALYSIS_NOTIFY", "json://bureau:geheim123@127.0.0.1:1/hook")
    log = place.out / "runs.jsonl"
    said = told(place, "--report", "one", "--notify", "always", "--log", str(log))
    assert "warning: The message to address 1 in ZS_ANALYSIS_NOTIFY (JSON) was not sent." in said
    written = b"".join(path.read_bytes() for path in place.out.rglob("*") if path.is_file())
    assert b"run_finished" in written and b"geheim123" not in written and "geheim123" not in said


def test_the_command_refuses_a_quarter_or_day_of_its_own(place):
    assert "leave out PERIOD and --as-of" in told(place, "2023Q4", code=2)
    assert "leave out PERIOD and --as-of" in told(place, "--as-of", "2023-12-13", code=2)


def test_bad_data_end_the_command_with_2_and_the_log_says_so(place):
    (place.data / "observations.csv").write_text("")
    log = place.out.parent / "log"
    assert "observations.csv: is empty" in told(place, "--log", str(log), code=2)
    end = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    assert (end["event"], end["exit_code"]) == ("run_finished", 2) and "is empty" in end["message"]


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_the_second_waits_for_the_first_and_finds_nothing_to_do(place):
    waits, done = threading.Event(), threading.Event()

    def second():
        with one_at_a_time(place.out, waits.set):
            done.set()

    thread = threading.Thread(target=second)
    with one_at_a_time(place.out, print):
        thread.start()
        assert waits.wait(60) and not done.is_set()
    thread.join(60)
    assert done.is_set() and (place.out / LOCK).is_file()
