"""The documentation site: built as `make docs` does, and opened as a reader opens it."""

import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

sync_api = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
PAGES = [
    "index.html",
    "tutorial.zh-CN.html",
    "gallery.html",
    "reference/zs.html",
    "data/dictionary.html",
    "data/sources.html",
]
pytestmark = pytest.mark.slow


class Links(HTMLParser):
    """What a page links to, loads and can be linked at."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.page, self.targets, self.loads, self.ids = page, [], [], {""}
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids.add(values.get("id"))
        if tag == "a" and values.get("href"):
            self.targets.append(values["href"])
        if tag in ("script", "img", "iframe", "source"):
            self.loads.append(values.get("src") or "")
        if tag == "link" and values.get("rel") in ("stylesheet", "preload", "icon"):
            self.loads.append(values["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built in another place so that `docs/_build` stays the reader's."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    done = subprocess.run(
        [*command, "-d", str(out / "doctrees"), str(ROOT / "docs"), str(out / "html")],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return out / "html"


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Links]:
    return {path: Links(path) for path in site.rglob("*.html")}


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip("no Chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


def inside(links: Links) -> list[tuple[Path, str]]:
    found = [urldefrag(target) for target in links.targets if not re.match(r"\w+:", target)]
    return [
        ((links.page.parent / unquote(file)).resolve() if file else links.page, unquote(anchor))
        for file, anchor in found
    ]


def test_every_link_inside_leads_somewhere(pages):
    dead = [
        (links.page.name, file.name, anchor)
        for links in pages.values()
        for file, anchor in inside(links)
        if not file.exists() or (file in pages and anchor not in pages[file].ids)
    ]
    assert dead == []
    assert sum(len(links.targets) for links in pages.values()) > 1000


def test_nothing_is_loaded_from_elsewhere(site, pages):
    assert [load for links in pages.values() for load in links.loads if re.match(r"(\w+:)?//", load)] == []
    for style in site.rglob("*.css"):
        sheet = style.read_text(encoding="utf-8")
        assert not re.search(r"url\(['\"]?(https?:)?//|@import ['\"]?https?:", sheet), style


def test_pages_open_without_requests_errors_or_scrolling_sideways(site, browser):
    for width in (1280, 390):
        page = browser.new_page(viewport={"width": width, "height": 900})
        asked, errors = [], []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        for name in PAGES:
            page.goto((site / name).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert errors == []
        assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
        page.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("规上工业总产值", "Codes"),
        ("口径差", "Tutorial"),
        ("亩均论英雄", "Per-mu efficiency"),
        ("disclosure gate", "Share"),
        ("forecasting", "Forecasts"),
    ],
)
def test_the_search_finds_chinese_and_english_words(site, browser, query, found):
    page = browser.new_page()
    page.goto(f"{(site / 'search.html').as_uri()}?q={query}")
    page.wait_for_selector("#search-results ul.search li")
    titles = page.locator("#search-results ul.search li a").all_inner_texts()
    assert any(found in title for title in titles), titles
    page.close()


def test_the_gallery_shows_every_chart_of_the_reports(site):
    text = (site / "gallery.html").read_text(encoding="utf-8")
    notebooks = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("notebooks/*.ipynb"))
    calls = re.findall(r'"(\w+\.\w*(?:chart|fan)\(view[^)]*\)) or ', notebooks.replace('\\"', "'"))
    plain = unescape(re.sub(r"<[^>]+>", "", text)).replace('"', "'")
    assert len(set(calls)) > 20
    assert [call for call in calls if call not in plain] == []
    pictures = re.findall(r"<svg[^>]*>", text)
    assert len(pictures) >= len(set(calls))
    assert all('role="img"' in picture and 'aria-label="' in picture for picture in pictures)
