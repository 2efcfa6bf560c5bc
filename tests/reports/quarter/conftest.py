"""The quarter's five reports, rendered once for all tests of this folder, in both languages."""

from dataclasses import dataclass
from pathlib import Path

import pytest

import zs_analysis as zs

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
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = tmp_path_factory.mktemp("site")
    results = {lang: zs.render(PERIOD, out=root, lang=lang, as_of=REVIEW_DAY) for lang in LANGS}
    return Site(root, results)
