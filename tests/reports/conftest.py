from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from notebook_cells import PARAMETERS, code


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a notebook of the given cells, after a cell of parameters."""
    folder = tmp_path_factory.mktemp("notebooks")

    def write(name: str, *cells: NotebookNode, parameters: str = PARAMETERS) -> Path:
        path = folder / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=[code(parameters, "parameters"), *cells]), path)
        return path

    return write
