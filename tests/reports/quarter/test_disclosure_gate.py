"""The gate of the quarterly run: a report on firms is compared with what earlier runs published of the same package."""

import json
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_notebook
from notebook_cells import code, text

from zs_analysis import quarter
from zs_analysis.cli import main

QUARTER, DAY = "2024Q3", "2024-10-25"
PARAMETERS = (
    f'period: str = "{QUARTER}"\nas_of: str | None = None\nlang: str = "zh"\ndata_dir: str | None = None'
)
SHOW = """import zs_analysis as zs
from zs_analysis.present import Table
from zs_analysis.present.disclosure import Disclosure, protected
view = zs.View(period, as_of, lang, data_dir)
firms = view.register("enterprises").merge(view.register("enterprise_months").query("time_period == '2024-09'"), on="enterprise")
"""
PROTECTED = (
    SHOW
    + """frame, disclosure = protected(view, firms, "ref_area", "output_ytd")
Table(frame, "各区域产值", disclosure=disclosure)"""
)
INTERNAL = (
    SHOW
    + """Table(firms[["enterprise", "output_ytd"]], "清单", disclosure=Disclosure.internal("逐户清单", "a list"))"""
)


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name, source in {"70_firms": PROTECTED, "75_lists": INTERNAL}.items():
        cells = [text(f"# {name}"), code(PARAMETERS, "parameters"), code(source)]
        nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")
    monkeypatch.setattr(quarter, "NOTEBOOKS", folder)
    return folder


def render(example: Path, out: Path, *options: str) -> tuple[int, str, dict[str, dict]]:
    call = [
        "render",
        QUARTER,
        "--as-of",
        DAY,
        "--data",
        str(example),
        "--out",
        str(out),
        "--jobs",
        "1",
        *options,
    ]
    done = CliRunner().invoke(main, call)
    manifest = json.loads((out / QUARTER / "manifest.json").read_text(encoding="utf-8"))
    return done.exit_code, done.output, {entry["name"]: entry for entry in manifest["reports"]}


@pytest.mark.slow
def test_reports_on_firms_pass_are_withheld_or_overridden(notebooks, example, tmp_path):
    code_, said, entries = render(example, tmp_path / "out")
    folder = tmp_path / "out" / QUARTER
    assert code_ == 1 and "withheld: 75_lists: 限内部使用：逐户清单。" in said
    assert "--override 75_lists=REASON" in said and not (folder / "75_lists.html").exists()
    assert entries["75_lists"]["disclosure"]["verdict"] == "failed"
    assert entries["70_firms"]["disclosure"]["verdict"] == "passed"
    (table,) = entries["70_firms"]["published"]
    assert None in [amount for _, amount in table["cells"]] and table["measure"] == "output_ytd"
    assert (folder / "70_firms.xlsx").is_file()

    code_, said, entries = render(
        example, tmp_path / "out", "--override", "75_lists=供领导小组审阅", "--report", "75_lists"
    )
    assert code_ == 0 and entries["75_lists"]["disclosure"]["override"] == "供领导小组审阅"
    assert "供领导小组审阅" in (folder / "75_lists.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_an_earlier_publication_of_the_same_package_fails_a_report(notebooks, example, tmp_path):
    out = tmp_path / "out"
    _, _, entries = render(example, out, "--report", "70_firms")
    (table,) = entries["70_firms"]["published"]
    leaky = table | {"cells": [[code, 1e6 if amount is None else amount] for code, amount in table["cells"]]}
    earlier = out / "2024Q2" / "manifest.json"
    earlier.parent.mkdir()
    for data_dir, status in (("/elsewhere", "ok"), (str(example), "withheld")):
        run = {"parameters": {"data_dir": data_dir}, "reports": [{"name": "a", "published": [leaky]}]}
        run["reports"][0] |= {
            "parameters": None,
            "title": "a",
            "page": None,
            "error_page": None,
            "status": "ok",
        }
        earlier.write_text(json.dumps(run), encoding="utf-8")
        _, said, entries = render(example, out, "--report", "70_firms")
        assert entries["70_firms"]["status"] == status, said
    assert "与已公布的表合并后可以推算出来" in entries["70_firms"]["message"]
