"""The pages in a browser: offline, with and without scripts, wide and narrow, and on paper."""

import csv
import re
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Browser, Page, sync_playwright

from zs_analysis import quarter
from zs_analysis.present.fonts import PAGE_FAMILY
from zs_analysis.present.phrases import statement
from zs_analysis.present.view import View
from zs_analysis.reports import Execution, Failure, PageMeta
from zs_analysis.reports.changes import Changes, Comparison, changes, changes_page
from zs_analysis.reports.contract import Breach
from zs_analysis.reports.page import breach_page, error_page, read_body, report_page, withheld_page

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path; Debian: apt-get install chromium"),
]

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LANGS = ("zh", "en")
REPORTS = sorted(path.stem for path in quarter.NOTEBOOKS.glob("*.ipynb"))
NAMES = ["index", *REPORTS]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SAMPLE = "舟山规上工业总产值"
HEADLINE_FROM_REVIEW = {"zh": "3246.8亿元", "en": "324.68 bn yuan"}
TEXT = "h1, h2, h3, p, li, th, td, summary, figcaption, svg text"
EVERY_LANG = pytest.mark.parametrize("lang", LANGS)
# what no language changes
IN_CHINESE = pytest.mark.parametrize("lang", ["zh"])
NEEDS_PDFTOTEXT = pytest.mark.skipif(
    shutil.which("pdftotext") is None,
    reason="no pdftotext on the path; Debian: apt-get install poppler-utils",
)
EVERY_PAGE = pytest.mark.parametrize("name", NAMES)
EVERY_REPORT = pytest.mark.parametrize("name", REPORTS)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


def url(site, name: str, lang: str) -> str:
    return (site.folder(lang) / f"{name}.html").as_uri()


@pytest.fixture(scope="module")
def visit(site, browser: Browser):
    """Opens a page offline on a desktop screen, once, and notes what it asks for and complains about."""

    @cache
    def open_page(name: str, lang: str) -> tuple[Page, list[str]]:
        page, seen = browser.new_context(offline=True, viewport=DESKTOP).new_page(), []
        page.on("request", lambda request: seen.append(request.url))
        page.on("console", lambda message: seen.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: seen.append(f"error: {error}"))
        page.goto(url(site, name, lang), wait_until="load")
        page.evaluate("document.fonts.ready")
        return page, seen

    return open_page


@pytest.fixture
def opened(visit, name: str, lang: str) -> tuple[Page, list[str]]:
    return visit(name, lang)


@EVERY_LANG
@EVERY_PAGE
def test_a_page_asks_for_nothing_but_itself_and_complains_of_nothing(opened, site, name, lang):
    _, seen = opened
    assert [one for one in seen if not one.startswith("data:")] == [url(site, name, lang)]


@EVERY_LANG
@pytest.mark.parametrize("name", ["index", "00_brief"])
def test_a_page_has_no_fault_of_accessibility(opened, name, lang):
    page, _ = opened
    page.set_viewport_size(PHONE)
    assert faults(page) == []


@IN_CHINESE
@pytest.mark.parametrize("name", REPORTS[1:])
def test_no_report_has_a_fault_of_accessibility(opened, name, lang):
    page, _ = opened
    page.set_viewport_size(PHONE)
    # colours are those of the pages above; to measure them anew takes longer than all else
    assert faults(page, {"color-contrast": {"enabled": False}}) == []


def faults(page: Page, rules: Mapping[str, object] = MappingProxyType({})) -> list[str]:
    """What axe-core finds wrong with a page, its folded parts open."""
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    options = {"resultTypes": ["violations"], "rules": dict(rules)}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@EVERY_LANG
@pytest.mark.parametrize("kind", ["error", "breach", "withheld", "formulas", "changes", "root"])
def test_the_other_kinds_of_page_are_as_good(site, browser, tmp_path, kind, lang):
    file = site.root / "index.html" if kind == "root" else tmp_path / "page.html"
    if kind != "root":
        file.write_text(other_page(kind, lang), encoding="utf-8")
    page, seen = browser.new_context(offline=True, viewport=PHONE).new_page(), []
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: seen.append(f"console: {message.text}"))
    page.goto(file.as_uri())
    assert faults(page) == []
    assert [one for one in seen if not one.startswith("data:")] == [file.as_uri()]
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_portal_is_searched_and_without_scripts_everything_is_there(site, browser, scripts):
    page = browser.new_context(offline=True, java_script_enabled=scripts).new_page()
    seen = []
    page.on("console", lambda message: seen.append(message.text))
    page.goto((site.root / "index.html").as_uri())
    search, cards = page.get_by_role("searchbox"), page.locator(".zs-card:visible")
    assert (
        search.count() == scripts
        and cards.count() == len(REPORTS)
        and page.locator(".zs-overview").is_visible()
    )
    if scripts:
        search.fill("亩均  ３８．８")
        assert 1 <= cards.count() < len(REPORTS) and not page.locator(".zs-overview").is_visible()
        assert page.get_by_role("status").inner_text() == f"找到{cards.count()}份"
        assert all("亩均" in text and "38.8" in text for text in cards.all_inner_texts())
        search.fill("没有这样的报告")
        assert cards.count() == 0
        search.fill("")
        assert cards.count() == len(REPORTS) and page.locator(".zs-overview").is_visible()
    assert seen == []
    page.context.close()


def other_page(kind: str, lang: str) -> str:
    """A page that no good run makes, or a formula; with lines too long for a phone."""
    style = {"lang": lang, "meta": PageMeta("s", "2023Q4"), "font_css": lambda _: ""}
    long = "much_too_long_for_a_phone = " + " + ".join(["1"] * 99)
    said = f"# 题 $x$\n\n## A\n\n$$\\frac{{1}}{{2}}$$\n\n$$\\sqrt{{3}}$$\n\n```\n{long}\n```"
    notebook = new_notebook(cells=[new_markdown_cell(said), new_code_cell(long)])
    failure = Failure(f"ValueError: {long}", f"Cell In[1], line 1\n{long}", 1, long)
    run = Execution(Path("r.ipynb"), 1.0, nbformat.writes(notebook), failure)
    if kind == "error":
        return error_page(run, {"period": "2023Q4"}, **style)
    if kind == "breach":
        broken = [Breach("chart", 1, "A", long), Breach("stderr", 1, "", long, long)]
        return breach_page(run, broken, {"period": "2023Q4"}, **style)
    if kind == "withheld":
        return withheld_page(
            "a_report_of_a_long_name_that_a_phone_must_scroll", "题", ["a reason", long], **style
        )
    if kind == "changes":
        return changes_page([Comparison("2023Q3 · 2023Q4", moved_and_revised())], **style)
    return report_page(read_body(notebook, Path("r.ipynb"), lang), **style)


def moved_and_revised() -> Changes:
    """A figure of a later month, one that a release changes, and other data."""
    runs = []
    for day, value in (("2023-12-12", 3200), ("2023-12-13", 3246.8)):
        known = [
            one.record() for one in statement(View("2023Q4", "2023-12-13"), "gross_output_scale").metrics
        ]
        level = known[0] | {"value": value, "words": relabelled(known[0]["words"], f"{value}")}
        growth = known[1] | {"time_period": day}
        entry = {"name": "a", "title": "A", "status": "ok", "facts": {"metrics": [level, growth, known[2]]}}
        runs.append({"parameters": {"as_of": day}, "reports": [entry]})
    return changes(*runs)


def relabelled(words: Mapping[str, Mapping[str, object]], text: str) -> dict[str, dict[str, object]]:
    return {lang: {**told, "text": text} for lang, told in words.items()}


@EVERY_LANG
@pytest.mark.parametrize("name", ["20_investment"])
def test_the_data_of_a_chart_unfold_and_come_as_a_file(opened, name, lang):
    page, _ = opened
    chart = page.locator("figure.zs-chart", has=page.locator(".zs-csv")).first
    if not chart.locator("table").is_visible():
        chart.locator("summary").click()
    with page.expect_download() as download:
        chart.locator(".zs-csv a").click()
    content = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename.endswith(".csv") and content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    shown = [" ".join(head.split()) for head in chart.locator("thead th").all_inner_texts()]
    assert [head.split(" (")[0] for head in rows[0]] == [head.split(" (")[0] for head in shown]
    assert len(rows) - 1 == chart.locator("tbody tr").count()


@EVERY_LANG
@EVERY_PAGE
def test_no_page_scrolls_sideways(opened, name, lang):
    page, _ = opened
    for screen in (PHONE, DESKTOP):
        page.set_viewport_size(screen)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= screen["width"], screen


@IN_CHINESE
@EVERY_PAGE
def test_the_embedded_font_is_used(opened, name, lang):
    page, _ = opened
    family = page.evaluate("getComputedStyle(document.body).fontFamily")
    assert family.split(",")[0].strip("\"'") == PAGE_FAMILY
    assert page.evaluate(
        "[...document.fonts].map(face => face.family.replaceAll('\"', '') + ' ' + face.status)"
    ) == [f"{PAGE_FAMILY} loaded"]
    assert page.evaluate(f"document.fonts.check(\"16px '{PAGE_FAMILY}'\", '{SAMPLE}')")


@EVERY_LANG
@pytest.mark.parametrize("name", ["00_brief", "10_output_growth"])
def test_every_character_comes_from_the_embedded_font(opened, name, lang):
    page, _ = opened
    used = fonts_used(page)
    assert used and {font for font, custom in used if not custom} == set()


def fonts_used(page: Page) -> set[tuple[str, bool]]:
    """Fonts that drew the text of a page, and whether the page brought them along."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": TEXT})["nodeIds"]
    used = [
        font
        for node in nodes
        for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    ]
    return {(font["familyName"], font["isCustomFont"]) for font in used}


@IN_CHINESE
@EVERY_REPORT
def test_every_picture_has_a_name(opened, name, lang):
    page, _ = opened
    names = page.evaluate(
        "[...document.querySelectorAll('svg, img')].map(e => e.getAttribute('aria-label') || e.getAttribute('alt') || '')"
    )
    assert all(names)
    assert page.get_by_role("img").count() == len(names)


@IN_CHINESE
@EVERY_REPORT
def test_headings_come_in_order_inside_one_main_part(opened, name, lang):
    page, _ = opened
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(e => +e.tagName[1])")
    assert levels[0] == 1 and all(
        after - before <= 1 for before, after in zip(levels, levels[1:], strict=False)
    )
    assert page.get_by_role("main").count() == 1


@IN_CHINESE
@EVERY_REPORT
def test_findings_are_read_with_scripts_off(site, browser, name, lang):
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(url(site, name, lang))
    shown = page.locator(".zs-findings li").all_inner_texts()
    context.close()
    (report,) = [report for report in site.results[lang].reports if report.name == name]
    assert tuple(shown) == report.findings


@EVERY_LANG
@pytest.mark.parametrize("name", ["00_brief", "10_output_growth"])
def test_a_page_prints(opened, tmp_path, name, lang):
    page, _ = opened
    paper = tmp_path / "page.pdf"
    page.pdf(path=paper, format="A4")
    assert paper.read_bytes().startswith(b"%PDF") and paper.stat().st_size > 10_000


@EVERY_LANG
@pytest.mark.parametrize("name", ["10_output_growth"])
@NEEDS_PDFTOTEXT
def test_the_printed_page_holds_the_headline_as_text(opened, tmp_path, name, lang):
    page, _ = opened
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    text = pdf_text(tmp_path / "page.pdf")
    assert HEADLINE_FROM_REVIEW[lang].replace(" ", "") in text
    assert lang == "en" or "规上工业总产值" in text


@EVERY_LANG
@pytest.mark.parametrize("name", ["10_output_growth"])
@NEEDS_PDFTOTEXT
def test_title_and_period_stand_over_the_pages_after_the_first(opened, site, tmp_path, name, lang):
    page, _ = opened
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    title = "".join(page.locator("h1").inner_text().split())
    period = {"zh": "2023年四季度", "en": "Q42023"}[lang]
    for number in (2, 3):
        assert pdf_text(tmp_path / "page.pdf", number).startswith(title + period)
        assert f"{number}/{pages_of((tmp_path / 'page.pdf').read_bytes())}" in pdf_text(
            tmp_path / "page.pdf", number
        )
    assert not pdf_text(tmp_path / "page.pdf", 1).startswith(title)


@EVERY_LANG
@pytest.mark.parametrize("name", ["00_brief"])
def test_the_brief_is_one_sheet_of_paper(opened, tmp_path, name, lang):
    page, _ = opened
    page.pdf(path=tmp_path / "brief.pdf", format="A4", prefer_css_page_size=True)
    assert pages_of((tmp_path / "brief.pdf").read_bytes()) == 1


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def pdf_text(path: Path, page: int | None = None) -> str:
    only = ["-f", str(page), "-l", str(page)] if page else []
    done = subprocess.run(["pdftotext", "-layout", *only, path, "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())
