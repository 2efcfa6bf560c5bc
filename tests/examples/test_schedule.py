"""The schedules in examples/schedule: their commands are the command line's, and one of them runs for real."""

import ast
import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from zs_analysis.cli import main

ROOT = Path(__file__).parents[2]
SCHEDULE = ROOT / "examples/schedule"
HOME, COMMAND = "/srv/zs-analysis", ".venv/bin/zs-analysis"


def assigned(text: str, name: str) -> str:
    """The string that a Python source gives an argument."""
    (found,) = [
        one.value for one in ast.walk(ast.parse(text)) if isinstance(one, ast.keyword) and one.arg == name
    ]
    return ast.literal_eval(found)


def run_steps() -> list[str]:
    workflow = yaml.safe_load((SCHEDULE / "github-actions.yml").read_text(encoding="utf-8"))
    return [step["run"] for step in workflow["jobs"]["reports"]["steps"] if "run" in step]


def crontab_line() -> str:
    text = (SCHEDULE / "crontab").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if re.match(r"[\d*]+ ", line)]
    return line.split(" ", 5)[5]


def commands() -> dict[str, str]:
    """The line of each example that renders."""
    service = (SCHEDULE / "zs-analysis.service").read_text(encoding="utf-8")
    dag = (SCHEDULE / "airflow_dag.py").read_text(encoding="utf-8")
    return {
        "crontab": crontab_line(),
        "systemd": re.search(r"^ExecStart=(.*)$", service, re.M)[1],
        "GitHub": run_steps()[-1],
        "Airflow": assigned(dag, "bash_command"),
    }


@pytest.mark.parametrize("name", commands())
def test_each_example_calls_the_command_line_with_options_that_it_has(name):
    _, _, arguments = commands()[name].partition("zs-analysis render ")
    with main.commands["render"].make_context("render", shlex.split(arguments)) as context:
        assert context.params["due"] and context.params["log"] and context.params["notify"] == "change"


def test_no_command_line_holds_an_address():
    text = "".join(path.read_text(encoding="utf-8") for path in SCHEDULE.iterdir() if path.is_file())
    assert "ZS_ANALYSIS_NOTIFY" in text and not re.search(
        r"(?:mailto|wecombot|json|https?)s?://\S+[:@/]\S*token", text
    )


def there(line: str, folder: Path) -> str:
    """A line as it would read in a checkout at `folder`, of one report and without messages."""
    assert line.startswith(f"cd {HOME} && ")
    line = line.replace(HOME, str(folder)).replace("/etc/zs-analysis.env", str(folder / "env"))
    return line.replace(COMMAND, str(Path(sys.executable).with_name("zs-analysis"))).replace(
        "--notify change", "--report 90_letters"
    )


@pytest.mark.skipif(not shutil.which("flock"), reason="flock is not installed")
def test_the_line_of_the_crontab_renders_then_finds_nothing_to_do(tmp_path):
    (tmp_path / "env").write_text("ZS_ANALYSIS_NOTIFY=json://localhost\n")
    (tmp_path / ".venv").mkdir()
    line = there(crontab_line(), tmp_path)
    first, second = (
        subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, timeout=300) for _ in range(2)
    )
    assert first.returncode == 0, first.stderr
    assert first.stdout == "Open outputs/2023Q4/index.html\n"
    assert first.stderr.startswith("ok     90_letters ") and first.stderr.count("\n") == 1
    assert (second.returncode, second.stdout, second.stderr) == (0, "Nothing is due below outputs\n", "")
    events = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [event["exit_code"] for event in events if event["event"] == "run_finished"] == [0, 0]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_no_fault_with_the_units(tmp_path):
    units = []
    for path in SCHEDULE.glob("zs-analysis.*"):
        text = path.read_text(encoding="utf-8").replace("User=zs-analysis", "User=root")
        units.append(tmp_path / path.name)
        units[-1].write_text(
            text.replace(f"{HOME}/{COMMAND}", str(Path(sys.executable).with_name("zs-analysis")))
        )
    done = subprocess.run(["systemd-analyze", "verify", *map(str, units)], capture_output=True, text=True)
    said = [line for line in done.stderr.splitlines() if "zs-analysis" in line]
    assert len(units) == 2 and (done.returncode, said) == (0, [])


def test_the_workflow_installs_what_is_locked_renders_and_uploads_the_site():
    install, render = run_steps()
    extra = shlex.split(install)[-1]
    assert install == f"uv sync --locked --no-dev --extra {extra}"
    assert f'\n{extra} = ["apprise' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert render.startswith("uv run --no-sync zs-analysis render --due ")
    workflow = yaml.safe_load((SCHEDULE / "github-actions.yml").read_text(encoding="utf-8"))
    upload = workflow["jobs"]["reports"]["steps"][-1]
    assert upload["uses"].startswith("actions/upload-artifact@") and upload["with"]["path"].split() == [
        "outputs",
        "runs.jsonl",
    ]
    # YAML reads `on` as true
    assert {"push", "schedule", "workflow_dispatch"} == set(workflow[True])


def test_the_dag_compiles_and_is_imported_where_airflow_is():
    path = SCHEDULE / "airflow_dag.py"
    source = compile(path.read_text(encoding="utf-8"), path, "exec")
    assert commands()["Airflow"].startswith(f"{COMMAND} render --due ")
    if importlib.util.find_spec("airflow"):
        exec(source, {})


def test_the_job_of_jupyter_scheduler_runs_the_command_line(tmp_path):
    notebook = json.loads((SCHEDULE / "render_due.ipynb").read_text(encoding="utf-8"))
    parameters, render = ("".join(cell["source"]) for cell in notebook["cells"])
    assert (
        notebook["cells"][0]["metadata"]["tags"] == ["parameters"]
        and notebook["metadata"]["kernelspec"]["name"]
    )
    # says what it was called with, and fails as the command would
    fake = tmp_path / COMMAND
    fake.parent.mkdir(parents=True)
    fake.write_text("#!/bin/sh\necho $@\nexit 1\n")
    fake.chmod(0o755)
    script = f"{parameters}\nfolder = {str(tmp_path)!r}\n{render}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 1 and "CalledProcessError" in done.stderr
    command = done.stdout.splitlines()[0]
    with main.commands["render"].make_context("render", shlex.split(command)[1:]) as context:
        assert context.params["due"] and context.params["lang"] == "zh"


def test_the_readme_of_the_schedules_names_every_file():
    text = (SCHEDULE / "README.md").read_text(encoding="utf-8")
    assert [
        path.name for path in SCHEDULE.iterdir() if path.name not in text and path.name != "README.md"
    ] == []


def test_every_option_of_the_page_for_administrators_is_there():
    text = (ROOT / "docs/unattended.md").read_text(encoding="utf-8")
    help_text = CliRunner().invoke(main, ["render", "--help"]).stdout
    ours = set(re.findall(r"`(--[a-z-]+)", text))
    assert ours >= {"--due", "--log", "--notify", "--scheduler"}
    assert [option for option in ours if option not in help_text] == []
