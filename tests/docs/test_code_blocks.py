"""What README and docs say: their commands exist, and their code runs and gives what they show.

The tutorials run when the site is built (`test_site.py`), the Python of the READMEs in `test_project.py`.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import code_blocks
import pytest
from sybil.example import SybilFailure

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
DOCS = sorted(path for path in ROOT.glob("docs/**/*.md") if "_build" not in path.parts)
EVERY = [*READMES, *DOCS]
RUN = [
    path
    for path in DOCS
    if re.search(r"^```(python|console)", path.read_text(encoding="utf-8"), re.M)
    and not path.stem.startswith("tutorial")
]
CHANGING = [path for path in RUN if "```console" in path.read_text(encoding="utf-8")]
LOOKING = [path for path in RUN if path not in CHANGING]
LEFT_OUT_AT_MOST = 2
every = pytest.mark.parametrize("page", EVERY, ids=lambda page: str(page.relative_to(ROOT)))


def test_the_pages_are_found():
    assert len(CHANGING) >= 6 and len(LOOKING) >= 3
    assert {"howto", "methods"} <= {path.parent.name for path in DOCS}


@every
def test_every_command_named_exists(page):
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:zs-analysis|make) [^`\n]+)`", text)
    unknown = {command: code_blocks.unknown(shlex.split(command)) for command in named}
    assert {command: word for command, word in unknown.items() if word} == {}
    for example in code_blocks.BLOCKS.parse(page).examples():
        if example.region.evaluator is code_blocks.sh:
            example.evaluate()


@pytest.mark.parametrize("page", LOOKING, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_code_of_a_page_runs_and_gives_what_it_shows(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code_blocks.run(page)


@pytest.mark.slow
def test_the_commands_of_the_pages_run_and_print_what_they_show(tmp_path):
    # they change data and notebooks: those of a copy, which one process imports for all pages
    for folder in ("zs_analysis", "notebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs/_ext/code_blocks.py"), str(ROOT), *map(str, CHANGING)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_few_blocks_are_left_out():
    text = "".join(page.read_text(encoding="utf-8") for page in EVERY)
    assert text.count("<!--- skip") <= LEFT_OUT_AT_MOST


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("```python\n1 + 1\n```\n```output\n3\n```\n", "got:\n2"),
        ("```console\n$ zs-analysis verify nowhere\n```\n", "ended with 2"),
        ("```console\n$ zs-analysis verify --help\nUsage: …\nnothing of the kind\n```\n", "expected:"),
        ("```sh\nmake coffee\n```\n", "coffee"),
        ("```sh\nzs-analysis render --quickly\n```\n", "--quickly"),
        ("```sh\nrm -rf outputs\n```\n", "rm"),
    ],
)
def test_a_block_that_is_wrong_is_found(tmp_path, block, message):
    page = tmp_path / "page.md"
    page.write_text(block, encoding="utf-8")
    with pytest.raises(SybilFailure, match=re.escape(message)):
        code_blocks.run(page)


def test_a_file_shown_on_a_page_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text("```text figures.csv\na,b\n```\n\n```text figures.csv\n1,2\n```\n", encoding="utf-8")
    code_blocks.run(page)
    assert (tmp_path / "figures.csv").read_text(encoding="utf-8") == "a,b\n1,2\n"
