"""A machine that has all, and machines that lack something: the finding names it and how to get it."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from zs_analysis import doctor
from zs_analysis.cli import main
from zs_analysis.loaders import DATA

COMMAND = Path(sys.executable).with_name("zs-analysis")


def found(name: str, *arguments) -> doctor.Finding:
    return next(finding for finding in doctor.examine(*arguments) if finding.name == name)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """All findings on this machine."""
    return {one.name: one for one in doctor.examine(out=tmp_path_factory.mktemp("out") / "reports")}


def test_a_machine_that_runs_the_tests_lacks_nothing(here):
    assert [str(one) for one in here.values() if one.state == "missing"] == []
    assert here["kernel"].says.startswith("a notebook ran in")
    assert "newest quarter 2023Q4, known on 2023-12-13" in here["data"].says


def test_only_what_is_not_there_has_a_remedy(here):
    assert all(one.state == "optional" for one in here.values() if one.remedy)


def test_the_command_prints_each_finding_and_ends_with_0(tmp_path):
    result = CliRunner().invoke(main, ["doctor", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0 and result.output.startswith("ok       Python      3.")
    assert not (tmp_path / "out").exists()


def test_data_that_are_not_sound(tmp_path):
    result = CliRunner().invoke(main, ["doctor", "--data", str(tmp_path)])
    assert result.exit_code == 1 and "missing  data" in result.output
    assert f"zs-analysis validate --data {tmp_path}" in result.output


def test_packages_that_are_old_or_absent(monkeypatch):
    needed = ["pandas>=99", "nowhere-to-be-found>=1", "numpy>=1", "apprise>=99; extra == 'notify'"]
    monkeypatch.setattr(doctor.importlib.metadata, "requires", lambda _: needed)
    packages, _, notify = doctor._packages()
    assert (packages.state, packages.says) == ("missing", "2 of 3 absent or too old")
    assert packages.remedy.startswith('pip install "pandas>=99" "nowhere-to-be-found>=1"; in a checkout:')
    assert (notify.state, notify.remedy) == ("optional", 'pip install "apprise>=99"')


def test_a_folder_that_cannot_be_written_to(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    (finding,) = doctor._folder("outputs", tmp_path / "file/below", "missing", "choose")
    assert (finding.state, finding.remedy) == ("missing", "choose") and "file/below" in finding.says


def test_a_tool_that_is_not_on_the_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert {one.state for one in doctor._tools()} == {"optional"}


def test_a_look_that_breaks_is_a_finding_and_the_others_go_on(monkeypatch):
    monkeypatch.setitem(sys.modules, "psutil", None)
    memory = found("memory")
    assert memory.state == "missing" and memory.says.startswith("ModuleNotFoundError")
    assert found("data").state == "ok"


def test_a_terminal_without_chinese():
    done = subprocess.run(
        [COMMAND, "doctor"], env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "cp1252"}, capture_output=True
    )
    assert done.returncode == 1
    assert b"missing  text        cp1252 has no Chinese" in done.stdout and b"PYTHONUTF8=1" in done.stdout


def test_a_data_package_elsewhere_is_named():
    finding = found("data", DATA)
    assert finding.state == "ok" and str(DATA) in finding.says
