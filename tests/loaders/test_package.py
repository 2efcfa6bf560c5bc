import pandas as pd
import pytest

from zs_analysis import loaders
from zs_analysis.loaders import DataError, checked, load, validate
from zs_analysis.model import PeriodError


def spoil(package, table, edit):
    path = package / f"{table}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    edit(frame).to_csv(path, index=False)


def test_the_embedded_package_has_no_failure():
    assert validate().empty, validate().to_string()


def test_a_package_counts_as_checked_until_a_file_of_it_changes(package, tmp_path, monkeypatch):
    monkeypatch.setenv("ZS_ANALYSIS_CACHE", str(tmp_path / "kept"))
    assert not checked(package)
    validate(package)
    assert checked(package)
    with (package / "areas.csv").open("a") as stream:
        stream.write("\n")
    assert not checked(package)


@pytest.mark.parametrize("table", loaders.TABLES)
def test_every_table_loads(table):
    # the bureau's own registers and judgements: nothing of the kind is public
    register = table.startswith("enterprise") or table in ("project_stages", "project_months", "judgements")
    assert (len(load(table)) == 0) == register


def test_an_unknown_table_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match="no table 'obs'.*observations"):
        load("obs")


def test_values_are_numbers_that_remember_their_printed_digits():
    observations = load("observations")
    assert observations["obs_value"].dtype == "float64"
    output = observations.query(
        "indicator == 'gross_output_scale' and time_period == '2023-10' and transformation == 'ytd' and ref_area == 'zhoushan'"
    ).iloc[0]
    assert (output["obs_value"], output["decimals"], output["unit"]) == (3246.8, 1, "1e8_cny")


def test_as_of_hides_what_was_released_later_and_what_has_no_date():
    view = load("observations", as_of="2023-12-12")
    assert (view["released"] <= pd.Timestamp("2023-12-12")).all()
    assert "review-2023" not in set(view["source_id"])
    assert "review-2023" in set(load("observations", as_of="2023-12-13")["source_id"])


def test_as_of_narrows_monotonically():
    sizes = [
        len(load("observations", as_of=day))
        for day in ("2005-01-01", "2015-06-30", "2021-01-01", "2023-12-13")
    ]
    assert sizes == sorted(sizes)
    assert len(load("observations")) > sizes[-1]


def test_targets_have_their_own_release_date():
    assert load("targets", as_of="2023-05-03").query("source_id == 'plan-2023'").empty
    assert len(load("targets", as_of="2023-05-04").query("source_id == 'plan-2023'")) >= 60


def test_a_bad_as_of_is_refused():
    with pytest.raises(PeriodError):
        load("observations", as_of="2023/12/13")


def test_all_failures_are_reported_at_once_with_their_place(package):
    def edit(frame):
        frame.loc[0, "obs_value"] = "3,246.8"
        frame.loc[3, "unit"] = "yuan"
        frame.loc[5, "freq"] = "W"
        return frame

    spoil(package, "observations", edit)
    with pytest.raises(DataError) as caught:
        load("observations", data=package)
    failures = caught.value.failures
    assert failures[["line", "column"]].values.tolist() == [[2, "obs_value"], [5, "unit"], [7, "freq"]]
    assert "observations.csv, line 5, column unit: is not a known code" in str(caught.value)


def test_a_duplicate_observation_is_named_by_its_line(package):
    spoil(package, "observations", lambda frame: pd.concat([frame, frame.iloc[[4]]]))
    with pytest.raises(DataError, match=r"observations\.csv, line \d+: repeats the key"):
        load("observations", data=package)


def test_a_missing_column_is_named(package):
    spoil(package, "observations", lambda frame: frame.drop(columns=["unit", "released"]))
    with pytest.raises(DataError) as caught:
        load("observations", data=package)
    assert caught.value.failures["column"].tolist() == ["unit", "released"]


def test_an_unknown_column_is_named(package):
    spoil(package, "observations", lambda frame: frame.assign(vale="1"))
    with pytest.raises(DataError, match="column vale: the column is not one of this table's"):
        load("observations", data=package)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ": is empty"),
        (b'indicator,unit\n"open quote,1\n', ", line 2: is not a CSV table"),
        (b"a,b\n1,2,3,4\n", ", line 2: has 4 cells, the header has 2"),
        (b"a,b\n1\n", ", line 2: has 1 cells, the header has 2"),
        (b"a,a\n1,2\n", ", column a: the column comes twice"),
        ("indicator\n舟山\n".encode("gb18030"), ": is not UTF-8"),
    ],
)
def test_a_corrupt_file_is_one_clear_message(package, content, message):
    (package / "observations.csv").write_bytes(content)
    with pytest.raises(DataError, match=f"observations.csv{message}"):
        load("observations", data=package)


def test_a_missing_file_is_named(package):
    (package / "areas.csv").unlink()
    with pytest.raises(DataError, match=r"areas\.csv: there is no such file"):
        load("observations", data=package)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"freq": "A", "time_period": "2023-10"}, "time_period does not fit freq"),
        ({"freq": "Q", "time_period": "2023-10"}, "time_period does not fit freq"),
        ({"freq": "M", "time_period": "2023-Q3"}, "time_period does not fit freq"),
        ({"transformation": "avg_yoy", "unit": "pct", "base_per": ""}, "need their base year"),
        ({"transformation": "ytd", "freq": "A", "time_period": "2023"}, "a whole year is a level"),
        ({"transformation": "yoy", "unit": "1e8_cny"}, "growth must be in pct"),
        ({"transformation": "rank", "unit": "pct"}, "a rank, and only a rank"),
    ],
)
def test_rules_across_columns(package, change, rule):
    def edit(frame):
        for column, value in change.items():
            frame.loc[10, column] = value
        return frame

    spoil(package, "observations", edit)
    with pytest.raises(DataError, match=rf"line 12: .*{rule}"):
        load("observations", data=package)


def test_validate_collects_failures_of_all_tables(package):
    spoil(package, "areas", lambda frame: frame.assign(kind="planet"))
    spoil(package, "units", lambda frame: frame.assign(factor="many"))
    (package / "rules.csv").unlink()
    assert set(validate(package)["file"]) == {"areas.csv", "units.csv", "rules.csv"}


def test_the_newest_quarter_follows_the_headline_figure(package):
    def edit(frame):
        row = frame.query(
            "indicator == 'gross_output_scale' and time_period == '2023-10' and transformation == 'ytd'"
        ).iloc[[0]]
        return pd.concat([frame, row.assign(time_period="2024-03", released="2024-04-20")])

    assert loaders.newest_quarter() == ("2023Q4", "2023-12-13")
    spoil(package, "observations", edit)
    assert loaders.newest_quarter(package) == ("2024Q1", "2024-04-20")


def test_no_headline_figure_is_a_clear_error(package):
    spoil(package, "observations", lambda frame: frame[frame["indicator"].ne("gross_output_scale")])
    with pytest.raises(DataError, match="no gross_output_scale"):
        loaders.newest_quarter(package)


@pytest.mark.parametrize(
    ("table", "column", "value", "rule"),
    [
        ("observations", "released", "2023-13", "is not a day, month or year"),
        ("observations", "released", "2023-02-30", "is not a day, month or year"),
        ("observations", "obs_value", "１２.5", "must be a number"),
        ("observations", "obs_value", "9" * 400, "must be a number"),
        ("units", "factor", "0", "above zero"),
        ("rules", "valid_from", "2023-00-01", "is not a day"),
    ],
)
def test_what_looks_right_and_is_not(package, table, column, value, rule):
    def edit(frame):
        frame.loc[0, column] = value
        return frame

    spoil(package, table, edit)
    with pytest.raises(DataError, match=rf"line 2, column {column}: .*{rule}"):
        load(table, data=package)


def test_areas_that_lie_in_each_other_are_refused(package):
    spoil(
        package,
        "areas",
        lambda frame: frame.assign(parent=frame["parent"].mask(frame["area"].eq("zhoushan"), "dinghai")),
    )
    with pytest.raises(DataError, match="lies in itself, directly or not"):
        load("areas", data=package)


def test_an_announced_figure_makes_no_newest_quarter(package):
    def edit(frame):
        row = frame.query(
            "indicator == 'gross_output_scale' and time_period == '2023-10' and transformation == 'ytd'"
        )
        return pd.concat(
            [frame, row.iloc[[0]].assign(time_period="2024-06", obs_status="F", released="2024-04-20")]
        )

    spoil(package, "observations", edit)
    assert loaders.newest_quarter(package) == ("2023Q4", "2023-12-13")


def test_the_newest_quarter_as_known_on_a_day():
    assert loaders.newest_quarter(as_of="2021-01-01") == ("2020Q1", "2020-05-09")


def test_a_broken_table_of_codes_is_one_failure_and_not_one_a_line(package):
    (package / "areas.csv").write_text('x"y\n1\n')
    with pytest.raises(DataError) as caught:
        load("observations", data=package)
    assert caught.value.failures[["file", "column"]].values.tolist() == [["areas.csv", "area"]]
    assert len(validate(package)) < 20


def test_what_is_done_to_a_table_does_not_reach_the_next_that_is_loaded():
    first = load("observations", as_of="2023-12-13")
    before = first.copy(deep=True)
    first.loc[0, ["obs_value", "indicator"]] = [-1.0, "changed"]
    first["note"].array[1] = "changed"
    pd.testing.assert_frame_equal(load("observations", as_of="2023-12-13"), before)
