"""The invented example: the same every time, sound, adding up, and nothing in it that is not invented."""

import re
import runpy
import shutil
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import zs_analysis as zs
from zs_analysis.loaders import DATA, TABLES, newest_quarter, read_text, validate
from zs_analysis.model import figures
from zs_analysis.present.view import View

GENERATE = Path(__file__).parents[2] / "examples/generate.py"
NOTICE = {"zh": "示例数据，纯属虚构。", "en": "Example data, wholly invented."}
QUARTER, DAY = "2024Q3", "2024-10-25"
INVENTED = ("observations", "enterprises", "enterprise_months", "enterprise_years", "projects")
REGISTERS = (
    "enterprises",
    "enterprise_months",
    "enterprise_years",
    "project_stages",
    "project_months",
    "judgements",
)
WAN_IN_YI = 10_000
CLUSTERS = tuple(read_text("clusters", DATA)["cluster"])


def test_the_same_bytes_come_out_every_time(example, tmp_path):
    runpy.run_path(str(GENERATE))["write"](tmp_path)
    files = sorted(path.name for path in example.iterdir())
    assert files == sorted(path.name for path in tmp_path.iterdir())
    assert [name for name in files if (example / name).read_bytes() != (tmp_path / name).read_bytes()] == []


def test_the_package_is_sound(example):
    assert validate(example).to_dict("records") == []


def test_no_real_firm_is_named(example):
    firms = zs.load("areas").query("kind == 'enterprise'")
    names = {*firms["name_zh"], *firms["short_zh"], *firms["name_en"]}
    told = [path.name for path in example.glob("*.csv") if path.name != "sources.csv"]
    text = "".join((example / name).read_text(encoding="utf-8") for name in told)
    assert len(names) > 4 and [name for name in names if name in text] == []


def test_its_size(example):
    rows = {name: len(read_text(name, example)) for name in REGISTERS}
    assert rows["enterprises"] == 500 and len(read_text("projects", example)) == 100
    assert all(rows.values())


def test_the_newest_quarter_is_the_one_it_is_made_for(example):
    assert newest_quarter(example) == (QUARTER, DAY)


# What is published adds up to the firms


@cache
def table(name: str, folder: Path) -> pd.DataFrame:
    return zs.load(name, data=folder)


@cache
def known_to(folder: Path, day: str) -> pd.DataFrame:
    """Monthly reports of the firms above designated size at the end of the year before, as of a day."""
    months = table("enterprise_months", folder).query("released <= @day")
    years = table("enterprise_years", folder).query("released <= @day")
    months = months.sort_values("released").drop_duplicates(["enterprise", "time_period"], keep="last")
    years = years.query("above_scale == 'yes'")
    counted = set(zip(years["enterprise"], (years["year"].astype(int) + 1).astype(str), strict=True))
    inside = [
        pair in counted for pair in zip(months["enterprise"], months["time_period"].str[:4], strict=True)
    ]
    return months[inside].merge(table("enterprises", folder).drop(columns="released"), on="enterprise")


def part(rows: pd.DataFrame, area: str, activity: str) -> pd.DataFrame:
    here = rows["ref_area"].eq(area) | rows["zone"].eq(area) | (area == "zhoushan")
    inside = rows["activity"].eq(activity)
    if activity in ("total", "all_clusters"):
        inside = rows["activity"].isin(CLUSTERS) | (activity == "total")
    return rows[here & inside]


def published(folder: Path, day: str, transformation: str) -> pd.DataFrame:
    """The newest release of each cell of output, in the month it was first or last printed for."""
    rows = figures(
        zs.load("observations", as_of=day, data=folder), "gross_output_scale", transformation, freq="M"
    )
    rows = rows[rows["ref_area"].ne("zhejiang") & rows["activity"].ne("equipment_manufacturing")]
    return rows.drop_duplicates(["ref_area", "activity", "time_period"])


@pytest.mark.parametrize("day", ["2022-07-25", "2024-07-25", DAY])
def test_published_output_is_the_sum_of_the_firms_as_known_on_the_day(example, day):
    levels, rates = published(example, day, "ytd"), published(example, day, "ytd_yoy")
    firms = known_to(example, day)
    assert len(levels) == len(rates) > 40
    months = dict(list(firms.groupby("time_period")))
    for row in pd.concat([levels, rates]).itertuples():
        cell = part(months[row.time_period], row.ref_area, row.activity)
        total, base = cell["output_ytd"].sum(), cell["output_ytd_base"].sum()
        said = total / WAN_IN_YI if row.transformation == "ytd" else 100 * (total / base - 1)
        half_a_digit = 0.5 * 10.0**-row.decimals
        assert abs(said - row.obs_value) <= half_a_digit * 1.000001, row


def test_clusters_add_up_to_the_line_of_all_clusters_and_areas_to_the_city(example):
    rows = (
        published(example, DAY, "ytd").query("time_period == '2024-09'").set_index(["ref_area", "activity"])
    )
    areas = zs.load("areas").query("parent == 'zhoushan' and additive == 'yes'")["area"]
    value = rows["obs_value"]
    assert value.loc["zhoushan", "total"] == pytest.approx(sum(value.loc[a, "total"] for a in areas), abs=0.3)
    clusters = sum(value.loc["zhoushan", c] for c in CLUSTERS)
    assert value.loc["zhoushan", "all_clusters"] == pytest.approx(clusters, abs=0.6)


def test_one_firm_makes_up_more_than_half_of_output(example):
    firms = known_to(example, DAY).query("time_period == '2024-09'")
    assert 0.5 < firms["output_ytd"].max() / firms["output_ytd"].sum() < 0.6


def test_each_quarter_revises_figures_of_the_quarter_before(example):
    rows = figures(zs.load("observations", data=example), "gross_output_scale", "ytd", freq="M")
    releases = rows.groupby(["ref_area", "activity", "time_period"])["released"].nunique()
    revised = releases[releases > 1].reset_index()["time_period"].unique()
    assert set(revised) == {
        f"{year}-{month:02d}" for year in (2022, 2023, 2024) for month in (3, 6, 9, 12)
    } - {
        "2024-09",
        "2024-12",
    }


# It is invented, says so, and is kept apart


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_view_of_it_says_that_it_is_invented(example, lang):
    assert View(QUARTER, DAY, lang, str(example)).notice == NOTICE[lang]


def test_sources_are_named_as_invented(example):
    rows = read_text("sources", example)
    invented = rows[rows["source_id"].str.startswith("example-")]
    assert invented["title"].str.fullmatch(r"示例.*（虚构）").all()
    assert invented["publisher"].str.contains("虚构").all()
    quoted = set(rows["source_id"]) - set(invented["source_id"])
    assert quoted <= set(read_text("targets", DATA)["source_id"])


@pytest.mark.parametrize("table", ["observations", "projects"])
def test_figures_come_from_invented_sources_alone(example, table):
    assert read_text(table, example)["source_id"].str.startswith("example-").all()


def test_firms_and_projects_are_named_as_examples(example):
    for table, zh, en in (
        ("enterprises", r"示例\D+\d{3}有限公司", r"Example [A-Z][A-Za-z ]+ \d{3}"),
        ("projects", r"示例项目\d{3}", r"Example project \d{3}"),
    ):
        rows = read_text(table, example)
        assert rows["name_zh"].str.fullmatch(zh).all() and rows["name_en"].str.fullmatch(en).all()


def test_no_amount_of_it_is_a_published_one(example):
    key = ["indicator", "ref_area", "activity", "time_period", "transformation", "obs_value", "unit"]
    amounts = [
        {tuple(row) for row in rows[rows["unit"].str.endswith("cny")][key].itertuples(index=False)}
        for rows in (read_text("observations", example), read_text("observations", DATA))
    ]
    assert amounts[0] and amounts[1] and not amounts[0] & amounts[1]


@pytest.mark.parametrize("table", sorted(set(TABLES) - {*INVENTED, *REGISTERS, "sources"}))
def test_vocabularies_rules_and_targets_are_the_embedded_ones(example, table):
    name = f"{table}.csv"
    text = (DATA / name).read_text(encoding="utf-8")
    for real, invented in runpy.run_path(str(GENERATE))["RENAMED"].items():
        text = text.replace(real, invented)
    assert (example / name).read_text(encoding="utf-8") == text


def test_numbers_are_written_plainly(example):
    for table in REGISTERS:
        text = (example / f"{table}.csv").read_text(encoding="utf-8")
        assert not re.search(r"\d\.\d{3,}|nan|NaT|\de[+-]\d", text), table


# There is something to report


def test_every_cluster_area_and_zone_has_output_of_the_quarter(example):
    rows = published(example, DAY, "ytd").query("time_period == '2024-09'")
    assert set(CLUSTERS) <= set(rows["activity"])
    places = {"dinghai", "putuo", "daishan", "shengsi", "etdz", "petrochemical_base", "hightech_zone"}
    assert places <= set(rows["ref_area"])


def test_projects_are_in_every_stage_some_early_some_late_some_stuck(example):
    projects = read_text("projects", example)
    assert set(projects["status"]) == {"planned", "signed", "started", "building", "completed"}
    assert 20 < projects["kind"].eq("renovation").sum() < 45
    stages = zs.load("project_stages", data=example).sort_values("released")
    newest = stages.drop_duplicates(["project_id", "stage"], keep="last")
    reached = newest[newest["actual"].ne("")]
    late = (pd.to_datetime(reached["actual"]) - pd.to_datetime(reached["planned"])).dt.days
    assert late.lt(-20).any() and late.gt(20).any()
    assert (newest["actual"].eq("") & newest["planned"].lt("2024-03")).any()


def test_standings_change_and_some_firms_cross_the_threshold(example):
    years = zs.load("enterprise_years", data=example)
    for column in ("above_scale", "specialised", "chain_leader", "listed"):
        kinds = years.groupby("enterprise")[column].nunique()
        assert kinds.gt(1).any(), column
    assert years["emission"].isna().mean() > 0.2


def test_holdings_own_several_firms(example):
    owned = read_text("enterprises", example).groupby("holding").size()
    assert 8 <= owned.gt(1).sum() <= 20 and owned.max() <= 6


def test_lights_of_every_colour_are_given(example):
    from zs_analysis.present import targets

    states = set(targets.progress(View(QUARTER, DAY, "zh", str(example)))["state"])
    assert {"green", "amber", "red", "re-base", "unpublished", "rule"} <= states


def test_the_next_bulletin_is_read_in_full_and_named_as_invented(example, tmp_path):
    folder = Path(shutil.copytree(example, tmp_path / "example"))
    result = zs.ingest(GENERATE.with_name("bulletin-2024-10.csv"), data=folder)
    assert (result.counts["added"], len(result.unread), result.written) == (19, 0, True)
    assert newest_quarter(folder) == ("2024Q4", "2024-11-25")
    sources = zs.load("sources", data=folder).set_index("source_id")
    assert "示例数据，纯属虚构" in sources.loc[result.source_id, "title"]
