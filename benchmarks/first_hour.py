"""The first hour of someone who has just cloned the suite: how long each step takes, and a picture of it.

    .venv/bin/python benchmarks/first_hour.py PICTURES

In a clone with an empty home folder, as on a fresh machine; what `make` downloads may be in a local cache.
Needs Chromium. Writes the pictures of docs/first-hour.md and prints its table.
"""

import argparse
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
LAB = runpy.run_path(str(ROOT / "tests/explore/test_lab_in_browser.py"))
DESK, PHONE = {"width": 1200, "height": 800}, {"width": 390, "height": 780}
BULLETIN = "examples/bulletin-2024-10.csv"


class Hour:
    """A fresh clone, a browser, and the steps taken so far."""

    def __init__(self, place: Path, pictures: Path, browser: object) -> None:
        self.home, self.clone, self.pictures = place / "home", place / "zs-analysis", pictures
        self.home.mkdir()
        self.page: Page = browser.new_page(viewport=DESK)
        self.page.set_default_timeout(LAB["PATIENCE_MS"])

    @contextmanager
    def step(self, name: str, command: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        print(f"| {name} | `{command}` | {time.perf_counter() - began:.0f} s |", flush=True)

    def run(self, name: str, command: str, folder: Path | None = None) -> str:
        """Take a step in the shell and return what it says."""
        environment = os.environ | {"HOME": str(self.home), "ZS_ANALYSIS_CACHE": str(self.home / "kept")}
        environment["PATH"] = f"{self.clone}/.venv/bin:{os.environ['PATH']}"
        with self.step(name, command):
            done = subprocess.run(
                command, shell=True, cwd=folder or self.clone, env=environment, capture_output=True, text=True
            )
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        return done.stdout

    def show(self, address: str, picture: str, size: dict[str, int] = DESK) -> None:
        self.page.set_viewport_size(size)
        self.page.goto(address)
        self.take(picture)

    def take(self, picture: str) -> None:
        self.page.screenshot(path=self.pictures / f"{picture}.png")

    def show_text(self, text: str, picture: str) -> None:
        """A picture of what the shell said."""
        self.page.set_viewport_size(DESK | {"height": 20 * (text.count("\n") + 3)})
        style = "font: 13px/20px 'Noto Sans Mono CJK SC', monospace; margin: 16px"
        self.page.set_content(f'<pre style="{style}">{escape(text)}</pre>')
        self.take(picture)


def with_chinese_font(place: Path) -> dict[str, str]:
    """The environment of a browser whose user has a Chinese font, as those of JupyterLab in Chinese do."""
    from zs_analysis.present import fonts

    folder = place / "browser/.fonts"
    folder.mkdir(parents=True)
    (folder / fonts.path().name).symlink_to(fonts.path())
    return {"HOME": str(folder.parent)}


def look(hour: Hour) -> None:
    """Lab, its first notebook, and a chart that changes with a choice."""
    page = hour.page
    page.set_viewport_size(DESK | {"height": 1000})
    with LAB["started"](hour.clone, hour.home) as address:
        with hour.step("Lab, `start_here` run from top to bottom", "make lab"):
            LAB["run_all"](page, address)
        page.locator(".zs-title").last.scroll_into_view_if_needed()
        hour.take("lab")
        with hour.step("A chart changed in `growth_lab`", "make lab"):
            LAB["run_all"](page, LAB["at"](address, "growth_lab"))
            lab = page.locator(".zs-lab").first
            lab.scroll_into_view_if_needed()
            title = lab.locator(".zs-title").first.inner_text()
            lab.locator("select").first.focus()
            page.keyboard.press("ArrowDown")
            LAB["expect"](lab.locator(".zs-title").first).not_to_have_text(title)
        page.wait_for_timeout(1000)
        hour.take("changed")


def share(hour: Hour) -> None:
    """A page as a colleague opens it on a phone."""
    folder = hour.clone / "examples/site/2024Q4"
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with hour.step("A page shared", "python -m http.server --directory examples/site"):
            hour.show(f"http://127.0.0.1:{server.server_port}/00_brief.html", "shared", PHONE)
        server.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pictures", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        options = {
            "args": ["--no-sandbox", "--disable-gpu"],
            "env": os.environ | with_chinese_font(Path(place)),
        }
        browser = playwright.chromium.launch(executable_path=chromium, **options)
        hour = Hour(Path(place), asked.pictures.resolve(), browser)
        hour.run("Clone", f"git clone -q {ROOT} zs-analysis", Path(place))
        hour.run("The environment and the newest quarter", "make report")
        hour.show((hour.clone / "outputs/2023Q4/20_investment.html").as_uri(), "report")
        look(hour)
        hour.run("Invented data to try things on", "python examples/generate.py examples/data")
        said = hour.run(
            "A new bulletin, looked at", f"zs-analysis ingest {BULLETIN} --data examples/data --dry-run"
        )
        hour.show_text(said, "ingest")
        hour.run("The bulletin taken in", f"zs-analysis ingest {BULLETIN} --data examples/data")
        override = '--override "75_enterprise_lists=the firms are invented"'
        render = f"zs-analysis render 2024Q4 --data examples/data --out examples/site {override}"
        hour.run("Its quarter rendered", render)
        hour.show((hour.clone / "examples/site/2024Q4/index.html").as_uri(), "quarter")
        share(hour)


if __name__ == "__main__":
    main()
