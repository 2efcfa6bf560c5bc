"""A reader's way through the published site, on a web server: the portal, a search, a report, its workbook."""

import re
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path; Debian: apt-get install chromium"),
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
MANY_TABS = 200


class Quiet(SimpleHTTPRequestHandler):
    """A web server that does not write down who comes."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site):
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site.root)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def portal(browser, address, screen):
    context = browser.new_context(viewport=screen, has_touch=screen == PHONE, accept_downloads=True)
    page = context.new_page()
    page.goto(f"{address}/")
    yield page
    context.close()


def cells_of(workbook: Path) -> list[object]:
    """All cells of a workbook."""
    sheets = load_workbook(workbook, read_only=True).worksheets
    return [value for sheet in sheets for row in sheet.iter_rows(values_only=True) for value in row]


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_search_read_and_take_the_workbook(portal, screen, tmp_path):
    assert fits(portal)
    portal.get_by_role("searchbox").fill("扣除浙石化")
    report = portal.locator(".zs-card:visible").get_by_role("link", name="投资", exact=True).first
    report.tap() if screen == PHONE else report.click()
    expect(portal.get_by_role("heading", level=1)).to_have_text("投资")
    assert fits(portal)
    expect(portal.get_by_role("region", name="要点")).to_contain_text("429亿元")
    with portal.expect_download() as download:
        portal.get_by_role("link", name="本报告的数据（xlsx）").click()
    download.value.save_as(tmp_path / "taken.xlsx")
    assert {-2.1, 89} <= set(cells_of(tmp_path / "taken.xlsx"))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, and see that it can be seen."""
    for _ in range(MANY_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            break
    focused = page.locator(":focus")
    expect(page.locator(f"{selector}:focus")).to_have_count(1)
    assert focused.evaluate("one => getComputedStyle(one).outlineStyle") != "none", "focus cannot be seen"


@pytest.mark.parametrize("screen", [DESKTOP], ids=["desktop"])
def test_all_of_it_with_the_keyboard_alone(portal, tmp_path):
    tab_to(portal, "input[type=search]")
    portal.keyboard.type("扣除浙石化")
    tab_to(portal, ".zs-card:not([hidden]) h3 a[href$='20_investment.html']")
    portal.keyboard.press("Enter")
    expect(portal.get_by_role("heading", level=1)).to_have_text("投资")
    tab_to(portal, "a.zs-skip")
    portal.keyboard.press("Enter")
    expect(portal.locator("#main")).to_be_focused()
    tab_to(portal, "a[download][href$='.xlsx']")
    with portal.expect_download() as download:
        portal.keyboard.press("Enter")
    assert download.value.suggested_filename == "20_investment.xlsx"
    tab_to(portal, "figure summary")
    portal.keyboard.press("Enter")
    expect(portal.locator("figure details[open]").first.get_by_role("table")).to_be_visible()
    tab_to(portal, "footer a[href='index.html']")
    portal.keyboard.press("Enter")
    expect(portal).to_have_url(re.compile("/2023Q4/index.html$"))
