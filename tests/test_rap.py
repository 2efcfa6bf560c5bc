"""How far the project is a reproducible analytical pipeline (RAP): one test a line of the levels.

References
----------
NHS England, RAP Community of Practice, Levels of RAP (baseline, silver, gold), as of August 2026.
UK Government Analysis Function, Quality assurance of code for analysis and research (the Duck Book), 2026: the
items that few pipelines have.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner

import zs_analysis as zs
from zs_analysis.cli import main
from zs_analysis.files import source_below
from zs_analysis.reports.manifest import git_state

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "zs_analysis"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MODULES = sorted(LIBRARY.rglob("*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
CI = (ROOT / ".ci/run").read_text(encoding="utf-8")
in_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")


def make(*arguments: str) -> str:
    """What make would run."""
    return subprocess.run(
        ["make", "-C", ROOT, "--no-print-directory", "-n", *arguments],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", "-C", ROOT, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def code_of(notebook: Path) -> list[str]:
    cells = nbformat.read(notebook, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def public_functions(module: Path) -> list[ast.AST]:
    """What others may call: not the private, not the parts of functions."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name[0] != "_"]
    found = [node for body in (tree, *classes) for node in body.body if isinstance(node, ast.FunctionDef)]
    return [node for node in found if node.name[0] != "_"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One report, rendered with a log from the command line: manifest, events, data before and after."""
    folder = tmp_path_factory.mktemp("rap")
    before = source_below(zs.loaders.DATA)
    asked = ["render", "--report", "90_letters", "--out", folder / "out", "--log", folder / "log.jsonl"]
    result = CliRunner().invoke(main, list(map(str, asked)))
    assert result.exit_code == 0, result.output
    return {
        "manifest": json.loads((folder / "out/2023Q4/manifest.json").read_text(encoding="utf-8")),
        "page": (folder / "out/2023Q4/90_letters.html").read_text(encoding="utf-8"),
        "log": [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()],
        "untouched": source_below(zs.loaders.DATA) == before,
    }


class TestBaseline:
    def test_data_are_produced_by_code_in_an_open_language(self):
        languages = {nbformat.read(path, as_version=4).metadata.kernelspec.language for path in NOTEBOOKS}
        assert languages == {"python"} and len(MODULES) > 100

    @in_git
    def test_code_is_under_version_control(self):
        assert git_state(ROOT)["root"] == ROOT
        assert {"zs_analysis", "notebooks", "data", "tests"} <= {
            path.split("/")[0] for path in git("ls-files")
        }

    def test_the_readme_has_the_steps_to_reproduce(self):
        for command in re.findall(r"^make (\w+)", README, re.M):
            assert make(command) is not None
        assert {"report", "test"} <= set(re.findall(r"^make (\w+)", README, re.M))

    @in_git
    @pytest.mark.xfail(
        strict=True, reason="reviews are for the bureau to hold; commits would say Reviewed-by"
    )
    def test_code_is_reviewed_by_peers(self):
        assert git("log", "-1", "--format=%(trailers:key=Reviewed-by)")[0]

    @pytest.mark.xfail(
        strict=True, reason="whether to publish, and under which licence, is for the bureau to say"
    )
    def test_code_is_published_in_the_open(self):
        assert PYPROJECT["project"]["license"] and PYPROJECT["project"]["urls"]

    @in_git
    def test_what_is_published_leads_to_its_code(self, run):
        assert run["manifest"]["git"]["commit"] == git("rev-parse", "HEAD")[0]
        assert 'href="manifest.json"' in run["page"]


class TestSilver:
    def test_outputs_take_one_command(self):
        assert "zs-analysis render" in make("report").splitlines()[-1]

    def test_users_are_guided_through_use_structure_and_method(self):
        for room in (path.parent.name for path in LIBRARY.glob("*/__init__.py")):
            assert f"`{room}`" in README, f"the structure in the README lacks {room}"
        assert {"## Each quarter", "## Share", "## Where things are"} <= set(README.splitlines())
        assert len(list((ROOT / "docs/methods").glob("*.md"))) >= len(NOTEBOOKS)

    @pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(LIBRARY)))
    def test_functions_have_docstrings(self, module):
        without = [function.name for function in public_functions(module) if not ast.get_docstring(function)]
        assert not without

    def test_the_directories_are_the_usual_ones(self):
        usual = ["zs_analysis", "notebooks", "data", "docs", "tests", "benchmarks", "examples"]
        assert all((ROOT / name).is_dir() for name in usual)

    @pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
    def test_notebooks_call_reusable_functions_and_hold_none(self, notebook):
        own = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda)
        assert not any(
            isinstance(node, own) for cell in code_of(notebook) for node in ast.walk(ast.parse(cell))
        )

    def test_code_follows_an_agreed_standard(self):
        for check in (["check", "-q"], ["format", "--check", "-q"]):
            subprocess.run([sys.executable, "-m", "ruff", *check, ROOT], check=True)

    @pytest.mark.parametrize(
        "room", ["forecast", "loaders", "metrics", "model", "panels", "present", "reports"]
    )
    def test_each_room_has_tests(self, room):
        assert list((ROOT / "tests" / room).rglob("test_*.py"))

    def test_there_are_back_tests(self):
        tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/published").glob("*.py"))
        assert "2023-12-13" in tests, "the bureau's review of 2023 is reproduced"
        assert "backtest" in "".join(code_of(ROOT / "notebooks/30_cluster_forecast.ipynb"))

    def test_dependencies_are_listed_and_locked(self):
        locked = {one["name"] for one in tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]}
        declared = {re.match(r"[\w-]+", line)[0].lower() for line in PYPROJECT["project"]["dependencies"]}
        assert declared <= locked and (ROOT / "environment.yml").is_file()

    def test_logs_are_recorded(self, run):
        events = [line["event"] for line in run["log"]]
        assert {"report_started", "report_finished"} <= set(events), events
        assert all(line.get("time") for line in run["log"])

    def test_data_are_tidy(self):
        observations = zs.load("observations")
        key = ["indicator", "ref_area", "activity", "time_period", "transformation", "price_basis", "unit"]
        assert not observations.duplicated([*key, "source_id", "released", "obs_value"]).any()
        assert pd.api.types.is_float_dtype(observations["obs_value"])


class TestGold:
    def test_code_is_packaged(self):
        (command,) = entry_points(group="console_scripts", name="zs-analysis")
        assert command.load() is main and version("zs-analysis") == PYPROJECT["project"]["version"]

    def test_tests_run_on_every_change(self):
        assert "make lint" in CI and "make test" in CI

    def test_runs_start_by_schedule_and_by_new_data(self):
        schedules = [path for path in (ROOT / "examples/schedule").rglob("*") if path.is_file()]
        assert any("render --due" in path.read_text(encoding="utf-8") for path in schedules)
        assert "--due" in CliRunner().invoke(main, ["render", "--help"]).output

    def test_changes_are_signposted(self):
        changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        released = re.findall(r"^## (\d+)\.(\d+)\.(\d+) \(\d{4}-\d\d-\d\d\)$", changelog, re.M)
        numbers = [tuple(map(int, one)) for one in released]
        assert numbers == sorted(numbers, reverse=True) and len(numbers) > 3


class TestDuckBook:
    def test_every_input_is_in_a_data_register(self):
        register = zs.load("sources").set_index("source_id")
        assert set(zs.load("observations")["source_id"]) <= set(register.index)
        assert register[["title", "publisher"]].notna().all(axis=None)
        assert register["note"][register["released"].isna()].str.contains("未注日期").all()

    def test_every_column_is_in_a_data_dictionary(self):
        package = json.loads((zs.loaders.DATA / "datapackage.json").read_text(encoding="utf-8"))
        for resource in package["resources"]:
            fields = {field["name"]: field.get("description") for field in resource["schema"]["fields"]}
            columns = (zs.loaders.DATA / resource["path"]).read_text(encoding="utf-8").splitlines()[0]
            assert set(columns.split(",")) == set(fields), resource["name"]
            assert all(fields.values()), (resource["name"], fields)

    def test_assumptions_stand_beside_what_they_hold_for(self):
        rules = zs.load("rules")
        assert rules[["description_zh", "description_en", "source", "valid_from"]].notna().all(axis=None)
        for notebook in NOTEBOOKS[1:]:
            text = notebook.read_text(encoding="utf-8")
            assert re.search(r"## (方法|说明|口径|局限)", text), (
                f"{notebook.stem} states no method and limits"
            )

    def test_the_configuration_of_each_output_is_recorded(self, run):
        recorded = run["manifest"]
        assert recorded["parameters"]["as_of"] == "2023-12-13" and recorded["packages"]["pandas"]
        assert all(len(file["sha256"]) == 64 for file in recorded["data"] + recorded["notebooks"])

    def test_inputs_are_only_read(self, run):
        assert run["untouched"]

    @in_git
    def test_outputs_are_disposable(self):
        assert subprocess.run(["git", "-C", ROOT, "check-ignore", "-q", "outputs/2023Q4"]).returncode == 0
        assert "verify" in main.commands, "and can be made again"

    def test_the_way_that_code_chose_is_recorded(self):
        card = " ".join(code_of(ROOT / "notebooks/30_cluster_forecast.ipynb"))
        assert "model_card" in card, "which models were taken, and how they did"

    def test_readers_are_told_how_far_it_was_checked(self):
        cells = " ".join(code_of(ROOT / "notebooks/30_cluster_forecast.ipynb"))
        assert re.search(r"backtest|accuracy", cells), "how far intervals held is on the page of the forecast"
        assert "Coverage" in (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
