"""The portal over all runs and its feed, from manifests written by hand."""

import base64
import hashlib
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from zs_analysis.reports import PageMeta, manifest, write_root_index
from zs_analysis.reports.feed import NEVER, atom
from zs_analysis.reports.words import WORDS

META = PageMeta("套件")
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MADE = "2023-12-31T16:30:00Z"


def entry(name: str, title: str, **changes: object) -> dict[str, object]:
    page = {"file": f"{name}.html", "bytes": 1, "sha256": "0"}
    made = {"rendered": MADE, "as_of": "数据截至2023-12-13。", "page": page, "error_page": None, "files": []}
    return {"name": name, "title": title, "status": "ok", "kept": False, "findings": [], **made} | changes


def run(root: Path, folder: str, *reports: dict[str, object], lang: str = "zh") -> None:
    (root / folder).mkdir(parents=True)
    (root / folder / manifest.NAME).write_text(
        json.dumps({"lang": lang, "parameters": {}, "reports": reports})
    )


def portal(root: Path, lang: str = "zh") -> BeautifulSoup:
    index = write_root_index(root, lang=lang, meta=META, font_css=lambda _: "")
    return BeautifulSoup(index.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Two periods: a report in two languages with files, and one that failed, was withheld, was kept."""
    files = [{"file": "信 1.docx", "bytes": 1, "sha256": "0"}]
    failed = {"status": "failed", "error_page": "b.error.html", "page": None, "message": "m"}
    withheld = {"status": "withheld", "error_page": "c.error.html", "kept": True}
    run(tmp_path, "2023Q3", entry("a", "产出", findings=["增长<1%>"]), entry("b", "投资", **failed))
    run(
        tmp_path,
        "2023Q4",
        entry("a", "产出", files=files, findings=list("一二三四五")),
        entry("b", "投资", kept=True),
        entry("c", "企业", **withheld),
    )
    run(tmp_path, "2023Q3/en", entry("a", "Output", findings=["up 1%"]), lang="en")
    return tmp_path


def test_the_matrix_has_newest_periods_first_and_every_state_with_its_link(site):
    table = portal(site).table
    assert [head.text for head in table.thead.find_all("th")] == ["报告", "2023Q4", "2023Q3"]
    rows = {row.th.text: row.find_all("td") for row in table.tbody.find_all("tr")}
    assert list(rows) == ["产出", "投资", "企业"]
    assert [link["href"] for link in rows["产出"][1].find_all("a")] == ["2023Q3/a.html", "2023Q3/en/a.html"]
    assert "已生成" in rows["产出"][0].text and "2024-01-01" in rows["产出"][0].text, (
        "on the clocks of Beijing"
    )
    assert "沿用较早的运行" in rows["投资"][0].text and rows["投资"][0].a["href"] == "2023Q4/b.html"
    assert (
        rows["投资"][1].find(class_="zs-bad")["href"] == "2023Q3/b.error.html"
        and "中文" in rows["投资"][1].text
    )
    assert [link["href"] for link in rows["企业"][0].find_all("a")] == [
        "2023Q4/c.html",
        "2023Q4/c.error.html",
    ]
    assert rows["企业"][0].find(class_="zs-bad").text == "未公布" and rows["企业"][1].text.strip() == ""


@pytest.mark.parametrize(("lang", "said"), [("zh", "增长<1%>"), ("en", "up 1%")])
def test_a_card_has_titles_of_all_languages_findings_of_one_age_and_downloads(site, lang, said):
    newest, older = portal(site, lang).find_all("details", class_="zs-quarter")
    assert newest.has_attr("open") and not older.has_attr("open")
    card = older.find(class_="zs-card")
    assert [link.text for link in card.h3.find_all("a")] == ["产出", "Output"]
    assert [item.text for item in card.find_all("li")] == [said]
    assert card.find("time")["datetime"] == MADE and "2024-01-01 00:30 · 数据截至2023-12-13。" in card.text
    assert [item.text for item in newest.find(class_="zs-found").details.find_all("li")] == ["四", "五"]
    downloads = newest.find_all("details", class_="zs-data")[1]
    assert downloads.a["href"] == "2023Q4/%E4%BF%A1%201.docx" and downloads.a.has_attr("download")
    assert downloads.summary.text == WORDS[lang]["downloads"].format(1)


def test_one_script_may_run_and_without_scripts_nothing_is_hidden_but_the_search(site):
    page = portal(site)
    digest = base64.b64encode(hashlib.sha256(page.script.string.encode()).digest()).decode()
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'") and policy.endswith(f"; script-src 'sha256-{digest}'")
    assert [tag for tag in page.find_all(hidden=True) if not tag.find_parent(hidden=True)] == [
        page.find(role="search")
    ]


def test_the_search_script_cannot_be_ended_by_what_reports_say(site):
    run(site, "2024Q1", entry("a", "</script><script>x</script>", findings=["<!--<script>"]))
    assert len(portal(site).find_all("script")) == 1


def test_no_runs_no_search(tmp_path):
    page = portal(tmp_path)
    assert "尚无报告" in page.text and not page.script
    assert ElementTree.parse(tmp_path / "feed.xml").find("a:updated", ATOM).text == NEVER


def test_a_manifest_of_an_older_version_is_shown(tmp_path):
    old = entry("a", "产出", status="ok")
    for name in ("rendered", "as_of"):
        del old[name]
    run(tmp_path, "2023Q4", old)
    assert portal(tmp_path).table.a["href"] == "2023Q4/a.html"


def test_the_feed_is_linked_and_has_what_atom_asks_for(site):
    link = portal(site).find("link", rel="alternate")
    assert (link["href"], link["type"]) == ("feed.xml", "application/atom+xml")
    feed = ElementTree.parse(site / "feed.xml").getroot()
    assert feed.tag == "{" + ATOM["a"] + "}feed" and feed.find("a:author/a:name", ATOM).text == "套件"
    assert feed.find("a:updated", ATOM).text == MADE
    entries = feed.findall("a:entry", ATOM)
    links = [one.find("a:link", ATOM).get("href") for one in entries]
    assert links == ["2023Q3/a.html", "2023Q3/en/a.html", "2023Q4/a.html", "2023Q4/b.html", "2023Q4/c.html"]
    ids = [one.find("a:id", ATOM).text for one in [feed, *entries]]
    assert len(set(ids)) == 6 and all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one) for one in ids)
    assert entries[0].find("a:title", ATOM).text == "产出 · 2023Q3"
    assert entries[0].find("a:summary", ATOM).text == "增长<1%>"
    assert entries[1].get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


def page(href: str, updated: str, said: str = "x") -> dict[str, object]:
    return {"href": href, "lang": "zh", "title": said, "updated": updated, "findings": []}


def test_a_page_made_again_keeps_its_identifier_and_comes_first():
    before, after = (
        ElementTree.fromstring(atom([page("a.html", MADE), page("b.html", day)], "s", "zh"))
        for day in ("2023-01-01T00:00:00Z", "2024-06-01T00:00:00Z")
    )
    ids = [[one.text for one in feed.findall("a:entry/a:id", ATOM)] for feed in (before, after)]
    assert ids[0] == ids[1][::-1] and after.find("a:updated", ATOM).text == "2024-06-01T00:00:00Z"
    assert before.find("a:id", ATOM).text == after.find("a:id", ATOM).text


def test_what_xml_cannot_hold_is_left_out_of_the_feed():
    feed = ElementTree.fromstring(atom([page("a b.html", MADE, "a\x00\x0b\ud800&<\U0001f600")], "s", "zh"))
    assert feed.find("a:entry/a:title", ATOM).text == "a&<\U0001f600"
    assert feed.find("a:entry/a:link", ATOM).get("href") == "a%20b.html"
