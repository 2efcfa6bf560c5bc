"""Renders that are killed (SIGKILL) at random moments: what is published stays whole, the next run repairs.

Three tiny notebooks with findings, a table, a workbook and a letter, real kernels, the disclosure gate asked;
by turns new parameters make the cells run, and a new suite name makes only the pages anew. After each kill of
the process, or of it and all its children, every file is looked at, processes are looked for, and the same
render runs to its end. At last every page that was found after a kill is opened in Chromium, if there is one.

    .venv/bin/python benchmarks/rendering/killed.py --kills 200
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import shutil
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from zs_analysis import workbook  # noqa: F401 - imported here once and not in every process
from zs_analysis.files import sha256
from zs_analysis.reports import PageMeta, Runner, manifest, render_notebooks, write_root_index
from zs_analysis.reports.page import read_body
from zs_analysis.reports.site import lead_to_latest

PERIOD, NAMES = "2023Q4", ("one", "two", "three")
MARK = "ZS_KILLED"
CELL = """import base64
from IPython.display import display
display({{"application/vnd.zs.findings+json": [f"{name} of {{period}}"], "text/plain": ""}}, raw=True)
column = {{"label": "a", "unit": "", "kind": "text", "decimals": None}}
sheet = {{"title": "t", "unit": "", "source": "", "note": "", "columns": [column], "rows": [[period]] * 50}}
sheet["status"] = [[""]] * 50
rows = "".join(f"<tr><td>{{period}}</td></tr>" for _ in range(20))
display({{"text/html": f"<table><caption>t</caption>{{rows}}</table>", "application/vnd.zs.sheet+json": sheet,
    "application/vnd.zs.disclosure+json": {{"table": {{"of": f"{name} {{period}}"}}}},
    "application/vnd.zs.file+json": {{"name": "{name}.docx", "media": "x/y",
        "base64": base64.b64encode(period.encode() * 9999).decode()}}}}, raw=True)"""


@dataclass
class Place:
    """A folder of its own for notebooks, pages, kept results and temporary files."""

    root: Path
    seen: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("out", "notebooks", "tmp"):
            (self.root / name).mkdir(exist_ok=True)
        for name in NAMES:
            first = new_code_cell('period: str = ""', metadata={"tags": ["parameters"]})
            cells = [first, new_markdown_cell(f"# {name}"), new_code_cell(CELL.format(name=name))]
            nbformat.write(new_notebook(cells=cells), self.root / "notebooks" / f"{name}.ipynb")

    @property
    def out(self) -> Path:
        """Where the runs are."""
        return self.root / "out"

    def render(self, version: int) -> None:
        """One run. An odd version differs from the one before in the suite, an even one in parameters too."""
        os.environ |= {MARK: str(self.root), "ZS_ANALYSIS_CACHE": str(self.root / "kept")}
        tempfile.tempdir = str(self.root / "tmp")
        meta = PageMeta(f"suite {version}")
        with Runner(jobs=2) as runner:
            render_notebooks(
                [self.root / "notebooks" / f"{name}.ipynb" for name in NAMES],
                {"period": f"{PERIOD} {version // 2}"},
                self.out / PERIOD,
                root=self.out,
                lang="en",
                page_meta=meta,
                font_css=lambda _: "",
                gate=lambda records: ([], [record["table"] for record in records]),
                made_with={},
                runner=runner,
                progress=False,
            )
        write_root_index(self.out, lang="en", meta=meta, font_css=lambda _: "")
        lead_to_latest(self.out, PERIOD, NAMES)

    def start(self, version: int) -> multiprocessing.Process:
        """Render in another process."""
        process = multiprocessing.get_context("fork").Process(target=self.render, args=[version])
        process.start()
        return process

    def kill(self, version: int, seconds: float, whole_tree: bool) -> bool:
        """Start a render and kill it after some time; False if it had ended."""
        process = self.start(version)
        process.join(seconds)
        alive = process.is_alive()
        family = psutil.Process(process.pid).children(recursive=True) if alive else []
        process.kill()
        for child in family if whole_tree else []:
            with contextlib.suppress(psutil.NoSuchProcess):  # ended by itself
                child.kill()
        process.join()
        return alive

    def left_running(self) -> list[int]:
        """Processes of a render that are still there, after a while."""
        until = time.monotonic() + 20
        while (found := [p.pid for p in psutil.process_iter() if self._mine(p)]) and time.monotonic() < until:
            time.sleep(0.05)
        return found

    def _mine(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get(MARK) == str(self.root)
        except psutil.Error:
            return False

    def files(self) -> Iterator[Path]:
        """What readers may open."""
        for path in (*self.out.glob("*"), *self.out.glob("*/*")):
            if path.is_file() and path.relative_to(self.out).parts[0] != "latest" and path.name[0] != ".":
                yield path

    def not_whole(self) -> list[str]:
        """Files that are cut off or cannot be read."""
        return [path.name for path in self.files() if not self._whole(path)]

    def _whole(self, path: Path) -> bool:
        content = path.read_bytes()
        if path.suffix == ".html":
            self.seen[sha256(path)] = content
            return content.startswith(b"<!DOCTYPE html>") and content.endswith(b"</html>")
        try:
            READERS[path.suffix](content)
        except Exception:
            return False
        return True

    def not_as_recorded(self) -> list[str]:
        """Files that are not those of the manifest: what the next run has to mend."""
        reports = (manifest.read(self.out / PERIOD) or {"reports": []})["reports"]
        known = {file["file"]: file["sha256"] for one in reports for file in [one["page"], *one["files"]]}
        folder = self.out / PERIOD
        own = {path.name: sha256(path) for path in self.files() if path.parent == folder}
        here = {name: digest for name, digest in own.items() if name not in ("index.html", manifest.NAME)}
        return sorted(name for name in known.keys() | here.keys() if known.get(name) != here.get(name))

    def litter(self) -> list[str]:
        """What killed writers left behind."""
        return [path.name for path in (*self.out.rglob(".*.tmp"), *(self.root / "tmp").glob("zs-*"))]

    def not_repaired(self, version: int) -> list[str]:
        """What is wrong after the same render ran to its end."""
        process = self.start(version)
        process.join(120)
        wrong = [] if process.exitcode == 0 else [f"exit code {process.exitcode}"]
        wrong += self.not_whole() + self.not_as_recorded() + self.litter()
        pages = [self.out / PERIOD / f"{name}.html" for name in ("index", *NAMES)] + [self.out / "index.html"]
        wrong += [page.name for page in pages if f"suite {version}<" not in page.read_text(encoding="utf-8")]
        wrong += [] if (self.out / "latest").readlink() == Path(PERIOD) else ["latest"]
        return wrong


def _unzip(content: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        if zipfile.ZipFile(file).testzip():
            raise ValueError


def _same_text(content: bytes) -> None:
    if len(content) % 9999 or content[: len(content) // 9999] * 9999 != content:
        raise ValueError


READERS = {".json": json.loads, ".xml": ElementTree.fromstring, ".xlsx": _unzip, ".docx": _same_text}


def durations(place: Place) -> dict[bool, float]:
    """Seconds of a run in which cells run, and of one in which only pages are made."""
    took = {}
    for version in (0, 1):
        began = time.perf_counter()
        place.start(version).join()
        took[version % 2 == 1] = time.perf_counter() - began
    return took


def measure(place: Place, kills: int, rng: random.Random) -> Counter:
    """Kill and repair; the counts, with a line for whatever went wrong."""
    read_body(new_notebook(cells=[new_markdown_cell("x")]), place.root, "en")  # processes start warm
    took, counts = durations(place), Counter()
    version = 1
    while counts["killed alone"] + counts["killed with all children"] < kills:
        version += 1
        tree = rng.random() < 0.5
        alive = place.kill(version, rng.uniform(0, took[version % 2 == 1]), tree)
        counts[
            "killed with all children" if alive and tree else "killed alone" if alive else "had ended"
        ] += 1
        for name, found in {
            "processes left": place.left_running(),
            "files not whole": place.not_whole(),
            "kills after which files are not those of the manifest": place.not_as_recorded()[:1],
            "kills that left temporary files or folders": place.litter()[:1],
            "not repaired by the next run": place.not_repaired(version),
        }.items():
            counts[name] += len(found)
            if found and not name.startswith("kills"):
                print(f"{version}: {name}: {found}")
        counts["files looked at after kills"] += sum(1 for _ in place.files())
    return counts


def opened(pages: dict[str, bytes], folder: Path) -> Counter:
    """Every page in Chromium: whether it loads, with a heading and without a complaint."""
    from playwright.sync_api import sync_playwright

    counts = Counter()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(offline=True).new_page()
        page.on("console", lambda message: counts.update(["complaints in Chromium"]))
        for content in pages.values():
            (folder / "page.html").write_bytes(content)
            page.goto((folder / "page.html").as_uri())
            counts["pages opened in Chromium"] += 1
            counts["pages without heading or foot"] += page.locator("h1, footer").count() != 2
        browser.close()
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="k-") as folder:
        place = Place(Path(folder))
        tell(measure(place, asked.kills, random.Random(asked.seed)))
        if shutil.which("chromium"):
            tell(opened(place.seen, place.root))


def tell(counts: Counter) -> None:
    for name, count in counts.items():
        print(f"{count:6} {name}", flush=True)


if __name__ == "__main__":
    main()
