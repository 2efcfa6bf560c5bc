"""The quarter's reports, rendered once for all tests of this folder, in both languages."""

import pickle
from dataclasses import dataclass
from pathlib import Path

import pytest

import zs_analysis as zs
from zs_analysis.files import locked

PERIOD, REVIEW_DAY, LANGS = "2023Q4", "2023-12-13", ("zh", "en")


@dataclass(frozen=True)
class Site:
    """A folder of published pages and what `render` said of them."""

    root: Path
    results: dict[str, object]

    def folder(self, lang: str) -> Path:
        return self.root / PERIOD / ("" if lang == "zh" else lang)

    def pages(self, lang: str) -> list[Path]:
        return sorted(report.page for report in self.results[lang].reports)

    def html(self, name: str, lang: str) -> str:
        return (self.folder(lang) / f"{name}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Site:
    # one rendering for all workers of a run
    root = tmp_path_factory.getbasetemp().parent / f"site-{testrun_uid}"
    root.mkdir(exist_ok=True)
    turns = root.with_suffix(".lock")
    turns.touch()
    with locked(turns):
        known = root / "results.pickle"
        if not known.exists():
            results = {lang: zs.render(PERIOD, out=root, lang=lang, as_of=REVIEW_DAY) for lang in LANGS}
            known.write_bytes(pickle.dumps(results))
        return Site(root, pickle.loads(known.read_bytes()))
