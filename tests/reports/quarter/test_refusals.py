"""What cannot be rendered is refused before anything runs, and nothing is written."""

import pytest

import zs_analysis as zs
from zs_analysis import quarter
from zs_analysis.quarter import notebooks_named
from zs_analysis.reports import ReportError


def test_an_unknown_report_is_answered_with_the_nearest():
    with pytest.raises(ReportError, match="did you mean 20_investment"):
        notebooks_named(["investment"])


def test_no_report_at_all_is_answered_with_those_there_are():
    with pytest.raises(ReportError, match="there are 00_brief"):
        notebooks_named([])


def test_a_report_named_twice_is_made_once():
    assert [path.stem for path in notebooks_named(["40_targets", "00_brief", "40_targets"])] == [
        "40_targets",
        "00_brief",
    ]


def test_an_unknown_language_is_a_clear_error(tmp_path):
    with pytest.raises(ReportError, match="language 'fr'"):
        zs.render("2023Q4", out=tmp_path / "out", lang="fr")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("period", "as_of"), [("2023Q5", None), ("2023Q4", "13.12.2023")])
def test_a_bad_period_or_day_writes_nothing(tmp_path, period, as_of):
    with pytest.raises(zs.PeriodError):
        zs.render(period, out=tmp_path / "out", as_of=as_of)
    assert not (tmp_path / "out").exists()


def test_an_override_of_a_report_that_is_not_rendered_or_without_reason_writes_nothing(tmp_path):
    with pytest.raises(ReportError, match="An override names 75_lists; this run has 00_brief"):
        zs.render("2023Q4", "00_brief", tmp_path / "out", override={"75_lists": "x"})
    with pytest.raises(ReportError, match="The override of 00_brief has no reason"):
        zs.render("2023Q4", "00_brief", tmp_path / "out", override={"00_brief": ""})
    assert not (tmp_path / "out").exists()


def test_all_failures_of_the_data_are_told_at_once(package, tmp_path):
    for name in ("areas.csv", "rules.csv"):
        (package / name).unlink()
    with pytest.raises(zs.DataError) as caught:
        zs.render("2023Q4", out=tmp_path / "out", data=package)
    assert {"areas.csv", "rules.csv"} <= set(caught.value.failures["file"]) and not (
        tmp_path / "out"
    ).exists()


def test_a_manifest_names_a_data_package_as_seen_from_the_outputs(package, tmp_path):
    root = tmp_path / "far" / "out"
    order = quarter._order("2023Q4", "90_letters", "zh", None, None, out=root, data=package)
    named = {"data_dir": order["recorded"]["data_dir"]}
    assert named == {"data_dir": "../../data"} and order["parameters"]["data_dir"] == str(package)
    assert quarter.package_of(named, root) == package
    assert quarter.package_of({"data_dir": str(package)}, root) == package, "as versions before 0.6 did"
    assert quarter.package_of({"data_dir": None}, root) is None
