"""Every explore notebook, from top to bottom, in both languages."""

import re
from pathlib import Path

import nbformat
import papermill
import pytest

from zs_analysis.quarter import NOTEBOOKS

EXPLORE = sorted((NOTEBOOKS / "explore").glob("*.ipynb"))


def test_start_here_is_where_lab_begins():
    makefile = (NOTEBOOKS.parent / "Makefile").read_text(encoding="utf-8")
    assert "default_url=/lab/tree/explore/start_here.ipynb" in makefile
    assert "start_here" in [path.stem for path in EXPLORE]


def run(path: Path, lang: str, folder: Path) -> list[nbformat.NotebookNode]:
    """The cells after a run from top to bottom; a cell that fails ends it."""
    done = folder / "done.ipynb"
    options = {"progress_bar": False, "cwd": folder, "kernel_name": "python3"}
    papermill.execute_notebook(path, done, {"lang": lang}, **options)
    return nbformat.read(done, 4).cells


def warnings_in(cells: list[nbformat.NotebookNode]) -> list[str]:
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return [output["text"] for output in outputs if output.get("name") == "stderr"]


@pytest.mark.slow
@pytest.mark.parametrize("path", EXPLORE, ids=lambda path: path.stem)
def test_it_runs_and_shows_something_in_every_section(path: Path, tmp_path: Path):
    cells = run(path, "zh", tmp_path)
    assert not warnings_in(cells)
    shown = [cell for cell in cells if cell.cell_type == "code" and cell.outputs]
    sections = [cell for cell in cells if cell.cell_type == "markdown" and cell.source.startswith("## ")]
    assert len(shown) >= len([cell for cell in sections if "接下来" not in cell.source])
    assert [file.name for file in tmp_path.iterdir()] == ["done.ipynb"], "files are written on request alone"


@pytest.mark.slow
def test_all_of_them_run_in_english(tmp_path: Path):
    # one after the other in one kernel, which takes seconds to start
    books = [nbformat.read(path, 4) for path in EXPLORE]
    one = books[0]
    code = [cell for book in books[1:] for cell in book.cells if cell.cell_type == "code"]
    one.cells += [cell for cell in code if "parameters" not in cell.metadata.get("tags", [])]
    for number, cell in enumerate(one.cells):
        cell["id"] = str(number)
    nbformat.write(one, tmp_path / "all.ipynb")
    assert not warnings_in(run(tmp_path / "all.ipynb", "en", tmp_path))


@pytest.mark.parametrize("path", EXPLORE, ids=lambda path: path.stem)
def test_every_text_is_in_both_languages_the_chinese_first(path: Path):
    cells = nbformat.read(path, 4).cells
    for cell in [cell for cell in cells if cell.cell_type == "markdown"]:
        chinese, _, english = cell.source.rpartition("\n\n")
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese), cell.source
        assert english.startswith("*") and english.endswith("*") and english[1:8].isascii(), cell.source


@pytest.mark.parametrize("path", EXPLORE, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path):
    text = "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
    for link in re.findall(r"\]\(([\w./]+\.ipynb)\)", text):
        assert (path.parent / link).is_file()
