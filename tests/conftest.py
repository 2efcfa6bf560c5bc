import os
import runpy
import shutil
import tempfile
from pathlib import Path

import pytest

from zs_analysis.loaders import DATA

ROOT = Path(__file__).parents[1]
KEPT = pytest.StashKey[tempfile.TemporaryDirectory]()


def pytest_configure(config: pytest.Config) -> None:
    """One folder of kept results for the workers of a run, and none from runs before."""
    if not hasattr(config, "workerinput"):
        config.stash[KEPT] = tempfile.TemporaryDirectory(prefix="zs-kept-", ignore_cleanup_errors=True)
        os.environ["ZS_ANALYSIS_CACHE"] = config.stash[KEPT].name


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if folder := config.stash.get(KEPT, None):
        folder.cleanup()


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
