"""The quarterly run on the embedded data: a page a notebook in each language, and what they must hold."""

import base64
import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

import zs_analysis as zs
from zs_analysis import quarter
from zs_analysis.cli import main
from zs_analysis.loaders import DATA
from zs_analysis.reports import manifest as records

pytestmark = pytest.mark.slow

PERIOD, REVIEW_DAY, LANGS = "2023Q4", "2023-12-13", ("zh", "en")
MOST_BYTES, MOST_FURNITURE = 6_000_000, 50_000
REPORTS = sorted(path.stem for path in quarter.NOTEBOOKS.glob("*.ipynb"))
FROM_REVIEW = {
    ("00_brief", "zh"): ["1—10月规上工业总产值3246.8亿元，同比增长12.5%，增速居全省第1位。", "553.2亿元", "211.2亿元", "48.2%", "21.3%"],
    ("00_brief", "en"): ["324.68 bn yuan, up 12.5% year on year", "55.32 bn yuan", "21.12 bn yuan", "48.2%", "21.3%"],
    ("10_output_growth", "zh"): [
        "全年预计约3800亿元，据此11—12月需完成553.2亿元，月均276.6亿元，比1—10月月均324.7亿元低14.8%。",
        "37.7%", "19.2%", "13.2%", "13.1%", "34.6%", "16.3%", "8.7%", "8.4%", "8.1%", "76.9", "未分列及舍入差", "497.9", "543.7",
    ],
    ("10_output_growth", "en"): ["leaves 55.32 bn yuan for November–December", "37.7%", "34.6%", "76.9", "Not published separately"],
    ("20_investment", "zh"): ["1—10月工业投资429亿元，同比下降2.1%。", "同比增长89%", "211.2亿元", "48.2%", "56.9%", "23.3%", "140万吨乙烯"],
    ("20_investment", "en"): ["42.9 bn yuan, down 2.1% year on year", "up 89%", "21.12 bn yuan", "56.9%", "23.3%"],
    ("30_cluster_forecast", "zh"): ["预测2023年全市规上工业总产值", "7000亿元", "2192.8亿元", "21.3%", "276.6亿元"],
    ("30_cluster_forecast", "en"): ["is forecast at", "700 bn yuan", "219.28 bn yuan", "21.3%"],
    ("40_targets", "zh"): ["38.8万元/亩", "34万元/亩", "应重新设定", "市经信局", "没有数据不等于没有进展"],
    ("40_targets", "en"): ["388,000 yuan per mu", "340,000 yuan per mu", "re-base", "No data does not mean no progress"],
}  # fmt: skip
EVERY_LANG = pytest.mark.parametrize("lang", LANGS)
EVERY_PAGE = pytest.mark.parametrize("name", REPORTS)


def soup(site, name: str, lang: str) -> BeautifulSoup:
    return BeautifulSoup(site.html(name, lang), "html.parser")


def words(page: BeautifulSoup) -> str:
    for tag in page.find_all("style"):
        tag.decompose()
    return page.get_text(" ")


@EVERY_LANG
def test_every_report_is_made(site, lang):
    result = site.results[lang]
    assert result.ok and [report.name for report in result.reports] == REPORTS
    assert result.index == site.folder(lang) / "index.html" and result.index.is_file()
    assert {path.name for path in site.folder(lang).glob("*.html")} == {
        f"{name}.html" for name in [*REPORTS, "index"]
    }


@EVERY_LANG
def test_the_pages_are_light(site, lang):
    assert sum(page.stat().st_size for page in site.pages(lang)) < MOST_BYTES


@pytest.mark.parametrize("lang", ["zh"])
@EVERY_PAGE
def test_beside_font_words_charts_and_tables_a_page_has_little_furniture(site, name, lang):
    html = re.sub(r"@font-face\{.*?\}", "", site.html(name, lang))
    page = BeautifulSoup(html, "html.parser")
    for content in page.find_all(["figure", "table"]):
        content.decompose()
    assert len(str(page).encode()) < MOST_FURNITURE


@EVERY_LANG
@EVERY_PAGE
def test_every_chart_carries_its_numbers_as_table_and_file(site, name, lang):
    for chart in soup(site, name, lang).find_all("figure", class_="zs-chart"):
        link = chart.details.find("a", download=True)
        head, *rows = csv.reader(
            base64.b64decode(link["href"].partition("base64,")[2]).decode("utf-8-sig").splitlines()
        )
        assert link["download"].endswith(".csv") and len(head) == len(
            chart.table.find("thead").find_all("th")
        )
        assert rows and len(rows) >= len(chart.table.find("tbody").find_all("tr"))


@pytest.mark.parametrize(("name", "lang"), FROM_REVIEW, ids="-".join)
def test_the_page_holds_the_reviews_figures(site, name, lang):
    text = soup(site, name, lang).get_text()
    assert [figure for figure in FROM_REVIEW[name, lang] if figure not in text] == []


@EVERY_LANG
@EVERY_PAGE
def test_a_page_has_its_language_one_heading_and_the_period(site, name, lang):
    page = soup(site, name, lang)
    assert page.html["lang"] == {"zh": "zh-CN", "en": "en"}[lang]
    assert len(page.find_all("h1")) == 1 and page.h1.text.strip()
    assert {"zh": "2023年四季度", "en": "Q4 2023"}[
        lang
    ] in page.header.text and REVIEW_DAY in page.header.text


@EVERY_LANG
@EVERY_PAGE
def test_findings_open_the_page_and_are_those_of_the_result(site, name, lang):
    (report,) = [report for report in site.results[lang].reports if report.name == name]
    shown = [item.text for item in soup(site, name, lang).main.find(class_="zs-findings").find_all("li")]
    assert tuple(shown) == report.findings and len(shown) >= 3


@EVERY_LANG
@EVERY_PAGE
def test_no_code_no_warning_no_missing_value_is_shown(site, name, lang):
    assert "import zs_analysis" not in site.html(name, lang) and "zs.View(" not in site.html(name, lang)
    text = words(soup(site, name, lang))
    assert re.findall(r"\b(?:nan|NaN|None|NaT|Traceback|\w+Warning)\b|<\w+ object at", text) == []


@EVERY_LANG
@EVERY_PAGE
def test_nothing_acts_and_nothing_is_fetched(site, name, lang):
    html, page = site.html(name, lang), soup(site, name, lang)
    assert "<script" not in html and "@import" not in html
    resources = [
        tag.get(key)
        for tag in page.find_all(True)
        if tag.name != "a"
        for key in ("src", "href", "xlink:href", "data", "poster")
    ]
    assert [one for one in resources if one and not one.startswith(("data:", "#"))] == []
    assert [
        one for one in re.findall(r"url\(\s*[\"']?([^)\"']*)", html) if not one.startswith(("data:", "#"))
    ] == []


@EVERY_LANG
@EVERY_PAGE
def test_links_inside_a_page_resolve_and_ids_are_unique(site, name, lang):
    page = soup(site, name, lang)
    ids = [tag["id"] for tag in page.find_all(id=True)]
    anchors = [link["href"][1:] for link in page.find_all("a", href=re.compile("^#"))]
    assert len(ids) == len(set(ids)) and set(anchors) <= set(ids)
    assert page.nav.find_all("a")


@EVERY_LANG
@EVERY_PAGE
def test_every_picture_and_table_has_a_name_and_a_source(site, name, lang):
    page = soup(site, name, lang)
    assert all(tag.get("aria-label") and tag.get("role") == "img" for tag in page.find_all("svg"))
    assert all(table.caption and table.caption.text.strip() for table in page.find_all("table"))
    assert all(chart.find(class_="zs-source") for chart in page.find_all(class_="zs-chart"))


@EVERY_LANG
def test_only_the_words_of_the_language_are_shown(site, lang):
    other = {"zh": "Method and limits", "en": "方法与局限"}[lang]
    assert not any(other in site.html(name, lang) for name in REPORTS)


@EVERY_LANG
def test_links_of_the_indexes_resolve(site, lang):
    for index in (site.root / "index.html", site.folder(lang) / "index.html"):
        page = BeautifulSoup(index.read_text(encoding="utf-8"), "html.parser")
        links = [link["href"] for link in page.find_all("a") if not link["href"].startswith("#")]
        assert (
            len(links) >= len(REPORTS)
            and [link for link in links if not (index.parent / link).is_file()] == []
        )


def test_the_root_index_leads_to_every_page_in_both_languages(site):
    page = BeautifulSoup((site.root / "index.html").read_text(encoding="utf-8"), "html.parser")
    links = {(site.root / link["href"]).resolve() for link in page.find_all("a")}
    assert {path.resolve() for lang in LANGS for path in site.pages(lang)} <= links


def test_latest_leads_to_the_quarter_in_both_languages(site):
    assert (site.root / "latest").readlink() == Path(PERIOD)
    for lang in LANGS:
        index = BeautifulSoup((site.folder(lang) / "index.html").read_text(encoding="utf-8"), "html.parser")
        place = site.root / "latest" / site.folder(lang).relative_to(site.root / PERIOD)
        assert all((place / link["href"]).is_file() for link in index.main.find_all("a"))
    assert len(records.run_folders(site.root)) == 2


@EVERY_LANG
def test_the_manifest_records_what_the_pages_rest_on(site, lang):
    manifest = json.loads((site.folder(lang) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["parameters"] == {"period": PERIOD, "as_of": REVIEW_DAY, "lang": lang, "data_dir": None}
    hashes = {Path(entry["path"]).name: entry["sha256"] for entry in manifest["data"]}
    assert hashes.keys() == {path.name for path in [*DATA.glob("*.csv"), DATA / "datapackage.json"]} and all(
        len(value) == 64 for value in hashes.values()
    )
    assert {"pandas", "papermill", "nbconvert", "matplotlib", "zs-analysis"} <= manifest["packages"].keys()
    assert all(manifest["started"] <= report["rendered"] for report in manifest["reports"])


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """Two reports rendered once more, from a copy of the data: the embedded ones may change while the tests run."""
    root = tmp_path_factory.mktemp("again")
    data = Path(shutil.copytree(DATA, root / "data"))
    return zs.render(PERIOD, ["40_targets", "60_per_mu"], root / "out", "zh", REVIEW_DAY, data=data), data


def test_rendering_again_gives_the_same_bytes(site, again):
    result, _ = again
    assert [report.page.read_bytes() for report in result.reports] == [
        (site.folder("zh") / f"{report.name}.html").read_bytes() for report in result.reports
    ]


def test_a_run_with_nothing_to_do_loads_none_of_the_heavy_libraries(site):
    heavy = {"pandas", "matplotlib", "papermill", "nbconvert", "lxml"}
    asked = ["render", "2023Q4", "--lang", "en", "--as-of", "2023-12-13", "--out", str(site.root)]
    show = f"""import sys; from zs_analysis.cli import main
try: main({asked!r})
finally: print("loaded:", sorted({heavy!r} & set(sys.modules)))"""
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert done.stderr.count("unchanged") == len(site.results["en"].reports), done.stderr
    assert done.stdout.endswith("loaded: []\n")


def test_the_manifest_hashes_are_those_of_the_files(again):
    result, data = again
    manifest = json.loads((result.out / "manifest.json").read_text(encoding="utf-8"))
    hashes = {entry["path"]: entry["sha256"] for entry in manifest["data"]}
    files = [*data.glob("*.csv"), data / "datapackage.json"]
    assert hashes == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert manifest["parameters"]["data_dir"] == "../data"


@EVERY_LANG
def test_the_manifest_records_each_page(site, lang):
    manifest = json.loads((site.folder(lang) / "manifest.json").read_text(encoding="utf-8"))
    assert [report["name"] for report in manifest["reports"]] == REPORTS
    for report in manifest["reports"]:
        page = (site.folder(lang) / report["page"]["file"]).read_bytes()
        assert report["status"] == "ok" and "seconds" not in report
        assert report["page"]["sha256"] == hashlib.sha256(page).hexdigest() and report["page"][
            "bytes"
        ] == len(page)


def test_the_manifest_names_the_commit(site):
    if not (quarter.NOTEBOOKS.parent / ".git").exists():
        pytest.skip("this checkout is not under git")
    git = json.loads((site.folder("zh") / "manifest.json").read_text(encoding="utf-8"))["git"]
    known = subprocess.run(
        ["git", "-C", quarter.NOTEBOOKS.parent, "cat-file", "-t", git["commit"]],
        capture_output=True,
        text=True,
    )
    assert known.stdout.strip() == "commit" and isinstance(git["dirty"], bool)


@pytest.fixture(scope="module")
def broken(site, tmp_path_factory):
    """A copy of the site in which one report was rendered again from a notebook that fails, by the command line."""
    notebooks = Path(shutil.copytree(quarter.NOTEBOOKS, tmp_path_factory.mktemp("broken") / "notebooks"))
    root = Path(shutil.copytree(site.root, tmp_path_factory.mktemp("copy") / "out"))
    cells = nbformat.read(notebooks / "00_brief.ipynb", as_version=4)
    cells.cells[-2 if cells.cells[-2].cell_type == "code" else -1] = nbformat.v4.new_code_cell("1 / 0")
    nbformat.write(cells, notebooks / "00_brief.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quarter, "NOTEBOOKS", notebooks)
        call = ["render", PERIOD, "--report", "00_brief", "--as-of", REVIEW_DAY, "--out", str(root)]
        return root / PERIOD, CliRunner().invoke(main, call)


def test_a_broken_notebook_leaves_the_earlier_page(site, broken):
    folder, _ = broken
    for name in [*REPORTS]:
        assert (folder / f"{name}.html").read_bytes() == (site.folder("zh") / f"{name}.html").read_bytes()
    assert "ZeroDivisionError" in (folder / "00_brief.error.html").read_text(encoding="utf-8")


def test_a_broken_notebook_is_exit_code_one_and_a_plain_message(broken):
    folder, result = broken
    assert result.exit_code == 1
    assert "failed: 00_brief: ZeroDivisionError: division by zero" in result.stderr
    assert "00_brief.error.html" in result.stderr and "Traceback" not in result.stderr
    assert str(folder / "index.html") in result.stdout


def test_the_index_tells_that_the_page_is_an_earlier_one(broken):
    index = BeautifulSoup((broken[0] / "index.html").read_text(encoding="utf-8"), "html.parser")
    card = index.find("a", href="00_brief.html").find_parent(class_="zs-card")
    assert "失败" in card.text and card.find("a", href="00_brief.error.html")
