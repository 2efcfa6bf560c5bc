"""What `pip install` brings: the library with its data and notebooks, which renders without a checkout."""

import json
import os
import subprocess
import sys
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel of this tree, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def run(installed: Path, place: Path, *arguments: str) -> subprocess.CompletedProcess:
    """The command of the installed library, as its entry point starts it, in a folder of its own."""
    start = "import sys; from zs_analysis.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", start, *arguments],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def rendered(installed, tmp_path_factory):
    place = tmp_path_factory.mktemp("somewhere")
    done = run(installed, place, "render", "--report", "90_letters")
    assert done.returncode == 0, done.stderr
    return place / "outputs/2023Q4"


def files_below(folder: Path) -> set[str]:
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path.as_posix() for path in found if ".ipynb_checkpoints" not in path.parts}


@pytest.mark.parametrize("name", ["data", "notebooks"])
def test_it_has_all(installed, name):
    assert files_below(installed / "zs_analysis/shipped" / name) == files_below(ROOT / name)


def test_its_command_is_the_one_that_runs_here(installed):
    (information,) = installed.glob("*.dist-info")
    (entry,) = PathDistribution(information).entry_points.select(group="console_scripts")
    assert (entry.name, entry.value) == ("zs-analysis", "zs_analysis.cli:main")


def test_it_renders_from_what_it_brings(rendered, installed):
    recorded = json.loads((rendered / "manifest.json").read_text(encoding="utf-8"))
    assert recorded["reports"][0]["status"] == "ok" and (rendered / "90_letters.html").is_file()
    assert {entry["path"] for entry in recorded["data"]} >= {"observations.csv", "datapackage.json"}


def test_it_has_no_commit_of_its_own(rendered):
    assert json.loads((rendered / "manifest.json").read_text(encoding="utf-8"))["git"] is None


def test_its_own_data_are_not_written_to(installed, tmp_path):
    (tmp_path / "new.csv").write_text("indicator\n", encoding="utf-8")
    done = run(installed, tmp_path, "ingest", "new.csv")
    assert done.returncode == 2 and "name the copy with --data" in done.stderr
    assert not (installed / "zs_analysis/shipped/data/vintages").exists()
