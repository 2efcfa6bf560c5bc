import shutil
from pathlib import Path

import pytest

from zs_analysis.loaders import DATA

ROOT = Path(__file__).parents[1]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the data package that a test may spoil."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))
