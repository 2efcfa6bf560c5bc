"""The project's promises about itself."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
    "lazy-loader": "lazy_loader",
    "pandera[pandas]": "pandera-pandas",
}
NOTEBOOKS = sorted([*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "notebooks/explore").glob("*.ipynb")])


def requirements():
    groups = PYPROJECT["dependency-groups"]
    tools = [tool for tool in groups["dev"] if isinstance(tool, str)]
    return PYPROJECT["project"]["dependencies"] + tools + groups["docs"]


def split(requirement):
    name, bounds = re.fullmatch(r"([\w\[\]-]+)(.*)", requirement).groups()
    return CONDA_NAMES.get(name, name), bounds


def test_environment_yml_is_in_step_with_pyproject():
    listed = re.findall(
        r"^ +- ([\w-]+)([<>=].*)?$", (ROOT / "environment.yml").read_text(encoding="utf-8"), re.M
    )
    conda = {name: bounds for name, bounds in listed if bounds}
    assert conda.pop("python") == PYPROJECT["project"]["requires-python"]
    assert conda == dict(map(split, requirements()))


@pytest.mark.parametrize("requirement", requirements())
def test_every_dependency_earns_a_line(requirement):
    name = re.match(r"[\w-]+", requirement)[0]
    assert re.search(
        rf"^\|.*\b{name}\b.*\|.{{10,}}\|$", (ROOT / "docs/dependencies.md").read_text(encoding="utf-8"), re.M
    )


def test_the_newest_changelog_entry_is_this_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changelog, re.M)[1] == PYPROJECT["project"]["version"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_carry_no_outputs_and_stay_thin(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
    assert all(len(cell["source"]) <= 12 for cell in code), "logic belongs in zs_analysis/"
    assert not any("def " in "".join(cell["source"]) for cell in code)
    assert [cell["metadata"].get("tags") for cell in code][0] == ["parameters"]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readmes_give_the_two_commands_and_a_picture(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert "make report" in text and "make test" in text
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert pictures and all((ROOT / picture).is_file() for picture in pictures)


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_code_in_the_readmes_runs_and_gives_the_figures_it_says(readme):
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.S)
    names = {}
    exec(block, names)
    said = re.findall(r"^(zs\.metrics\.\S.*?) +# (-?[\d.]+)", block, re.M)
    assert len(said) == 2
    for call, number in said:
        assert eval(call, names) == pytest.approx(float(number), abs=0.05)
