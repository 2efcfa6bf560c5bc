from collections.abc import Callable
from itertools import count

import pytest
from report_views import QUARTER, REVIEW_DAY, write_package, write_review

from zs_analysis.present.view import View


@pytest.fixture(scope="session")
def changed_view(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., View]:
    """A view of a package in which the review says something else."""

    def make(changed=None, *, more=(), without=(), lang="zh", period=QUARTER, as_of=REVIEW_DAY) -> View:
        folder = tmp_path_factory.mktemp("package") / "data"
        return View(period, as_of, lang, write_package(folder, changed, more, without))

    return make


@pytest.fixture(scope="session")
def review_view(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., View]:
    """A view of the review's figures alone, some of them changed."""
    folder, number = tmp_path_factory.mktemp("reviews"), count()

    def make(changed, lang="zh") -> View:
        return View(QUARTER, REVIEW_DAY, lang, write_review(folder / str(next(number)), changed))

    return make
