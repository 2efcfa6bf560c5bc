import runpy
import shutil
from pathlib import Path

import pytest

from zs_analysis.loaders import DATA

ROOT = Path(__file__).parents[1]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the data package that a test may spoil."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented data package of ``examples/``, generated once in each worker; not to be changed."""
    folder = tmp_path_factory.mktemp("example")
    runpy.run_path(str(ROOT / "examples/generate.py"))["write"](folder)
    return folder
