"""JupyterLab as `make lab` starts it, in a browser: it speaks Chinese, start_here runs, a choice changes the chart."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path; Debian: apt-get install chromium"),
    pytest.mark.skipif(shutil.which("make") is None, reason="no make on the path"),
]
PATIENCE_MS = 240_000
CONNECTED = """() => {
  const context = window.jupyterapp?.shell.currentWidget?.sessionContext;
  const kernel = context?.isReady && context.session?.kernel;
  return kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle';
}"""


@contextmanager
def started(checkout: Path, home: Path) -> Iterator[str]:
    """The address of a server for one who never used it before."""
    token, log = secrets.token_hex(8), home / "log"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    asked = (
        f"--no-browser --allow-root --port {port} --ServerApp.port_retries=0 --IdentityProvider.token={token}"
    )
    with log.open("w") as stream:
        server = subprocess.Popen(
            ["make", "-C", checkout, "lab", f"ARGS={asked} --LabApp.expose_app_in_browser=True"],
            env=os.environ | {"HOME": str(home)},
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    try:
        while "is running at" not in log.read_text():
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/?token={token}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[str]:
    with started(ROOT, tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture(scope="module")
def page(lab) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page(viewport={"width": 1400, "height": 1000})
        opened.set_default_timeout(PATIENCE_MS)
        yield opened
        browser.close()


def run_all(page: Page, address: str) -> None:
    """Open a notebook, wait for its kernel, run every cell."""
    page.goto(address)
    page.wait_for_function(CONNECTED)
    page.wait_for_timeout(1500)  # the kernel tells that it is connected before its messages are heard
    assert page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')") is True
    page.wait_for_function(CONNECTED)
    page.locator(".jp-WindowedPanel-outer").first.evaluate("panel => { panel.scrollTop = 0 }")


def at(lab: str, notebook: str) -> str:
    server, token = lab.split("/?")
    return f"{server}/lab/tree/explore/{notebook}.ipynb?reset&{token}"


def test_start_here_opens_in_chinese_and_runs_from_top_to_bottom(page, lab):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    run_all(page, lab)
    assert "start_here" in page.title()
    expect(page.get_by_role("menubar").first).to_contain_text("文件")
    cells = nbformat.read(ROOT / "notebooks/explore/start_here.ipynb", as_version=4).cells
    prompts = page.evaluate(
        "jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.executionCount).filter(count => count)"
    )
    assert len(prompts) == sum(cell.cell_type == "code" for cell in cells)
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    page.locator(".zs-title").last.scroll_into_view_if_needed()
    expect(page.locator(".zs-chart svg").last).to_be_visible()
    server = lab.split("/?")[0]
    assert [one for one in asked if not one.startswith((server, "data:", "blob:"))] == []


def test_a_choice_with_the_keyboard_changes_chart_and_table(page, lab):
    run_all(page, at(lab, "growth_lab"))
    widget = page.locator(".zs-lab").first
    widget.scroll_into_view_if_needed()
    choice, title = widget.locator("select").first, widget.locator(".zs-title").first
    expect(title).not_to_be_empty()
    before, rows = title.inner_text(), widget.locator("table").first.inner_html()
    choice.focus()
    page.keyboard.press("ArrowDown")
    expect(title).not_to_have_text(before)
    expect(widget.locator(".zs-state").first).to_be_empty()
    assert widget.locator("table").first.inner_html() != rows
    with page.expect_download() as download:
        widget.locator(".zs-take a").first.click()
    assert download.value.suggested_filename.endswith(".xlsx")
