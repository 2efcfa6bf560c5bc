"""The second city: a small real package from published figures, and its reports in both languages."""

import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import zs_analysis as zs
from zs_analysis.loaders import newest_quarter

NINGBO = Path(__file__).parents[2] / "examples/ningbo"
LEAKS = re.compile(
    "舟山(?!港)|(?<!Ningbo )Zhoushan|“155”|155 clusters|浙石化|ZPC|岱山|Daishan|石化基地|5428|六大行动"
)


@pytest.fixture(scope="module", params=["zh", "en"])
def site(request, tmp_path_factory):
    out = tmp_path_factory.mktemp(f"ningbo-{request.param}")
    return zs.render("2023Q4", out=out, lang=request.param, as_of="2023-12-20", data=NINGBO, jobs=1)


def text_of(page: Path) -> str:
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    for style in soup("style"):
        style.extract()
    return " ".join([soup.get_text(" "), *(image.get("alt", "") for image in soup("img"))])


def test_the_package_is_sound():
    assert zs.validate(NINGBO).empty
    assert newest_quarter(NINGBO) == ("2023Q4", "2023-12-20")


def test_every_figure_can_be_cited():
    observations, sources = zs.load("observations", data=NINGBO), zs.load("sources", data=NINGBO)
    assert sources["url"].str.startswith("http").all()
    assert set(sources["source_id"]) == {
        *observations["source_id"],
        *zs.load("targets", data=NINGBO)["source_id"],
    }
    assert sources["released"].notna().all()


def test_figures_carried_over_are_those_of_the_embedded_package():
    keys = ["indicator", "ref_area", "activity", "time_period", "transformation", "source_id"]
    both = zs.load("observations", data=NINGBO).merge(
        zs.load("observations"), on=keys, suffixes=("", "_main")
    )
    assert len(both) >= 30
    pd.testing.assert_series_equal(both["obs_value"], both["obs_value_main"], check_names=False)


def test_parts_of_the_table_of_2018_nearly_make_the_whole():
    rows = zs.load("observations", data=NINGBO).query("source_id == 'nbstat-2018-11-industry'")
    rows = rows.query("indicator == 'va_scale' and transformation == 'ytd' and activity == 'total'")
    whole = rows["ref_area"].eq("ningbo")
    assert rows.loc[whole, "obs_value"].item() == 3400.6
    assert rows.loc[~whole, "obs_value"].sum() == pytest.approx(3392.4)


def test_a_target_is_known_from_the_day_of_its_plan():
    known = {day: len(zs.load("targets", as_of=day, data=NINGBO)) for day in ("2023-07-24", "2023-07-25")}
    assert known == {"2023-07-24": 0, "2023-07-25": 1}


def test_every_report_is_made_and_is_only_about_ningbo(site):
    assert site.ok and len(site.reports) == 11
    for page in [site.index, *(report.page for report in site.reports)]:
        assert not LEAKS.findall(text_of(page)), page.name


def test_the_headline_is_the_published_figure(site):
    [brief] = [report.page for report in site.reports if report.name == "00_brief"]
    assert re.search("4823.8亿元.*6.4%|6.4%.*482.38 bn yuan|482.38 bn yuan.*6.4%", text_of(brief), re.DOTALL)


def test_growth_of_other_months_is_not_told_under_the_newest(site):
    # value added of digital manufacturing is of January to September, investment of January to November
    [page] = [report.page for report in site.reports if report.name == "80_digital_innovation"]
    items = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select("li")
    [finding] = [item.get_text() for item in items if "47.7%" in item.get_text()]
    assert "6.5%" not in finding


def test_a_forecast_from_old_figures_says_how_old(site):
    [page] = [report.page for report in site.reports if report.name == "30_cluster_forecast"]
    text = text_of(page)
    assert "只到2021年12月" in text or "ends in December 2021" in text
