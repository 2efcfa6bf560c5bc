"""Three published tables, figure by figure against the data package, which holds them as hand-entered facts."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

import zs_analysis as zs
from zs_analysis.loaders import DATA, examine

TABLES = Path(__file__).parents[3].parent / "shared" / "tables"
pytestmark = pytest.mark.skipif(not TABLES.exists(), reason="shared/tables is not beside this checkout")

MONTHLY = "zhoushan_2020-03_zhuyao_tongji_zhibiao.txt"
POPULATION = "zhoushan_2016_gongbao_biao1_huji_renkou.txt"
CITIES = "zhejiang_yearbook2016_17-2_cities_2015.txt"
FIGURE = [
    "indicator", "ref_area", "counterpart_area", "activity", "freq", "time_period", "transformation",
    "price_basis", "obs_value", "decimals", "unit", "obs_status", "conf_status", "source_id", "released",
]  # fmt: skip
# Read from the text 上年为1.43, which is no figure of its own column.
FROM_WORDS = ("tourist_inbound_overnight", "2019-03")


def facts(source_id, places=None):
    """Rows somebody typed from a table."""
    rows = zs.load("observations").query("source_id == @source_id")
    return rows[rows["place"].isin(places)] if places else rows


def as_set(rows):
    return set(rows[FIGURE].astype({"released": "str"}).itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("file", "source_id", "places", "typed"),
    [
        (MONTHLY, "zsstat-2020-03-table", None, 68),
        (POPULATION, "zs-bulletin-2016", ["表1"], 11),
        (CITIES, "zj-yearbook-2016-17-2", None, 35),
    ],
)
def test_every_typed_figure_of_a_table_is_read(file, source_id, places, typed):
    expected = facts(source_id, places)
    expected = expected[
        ~(expected["indicator"].eq(FROM_WORDS[0]) & expected["time_period"].eq(FROM_WORDS[1]))
    ]
    assert len(expected) == typed
    assert as_set(expected) <= as_set(zs.read_bulletin(TABLES / file))


@pytest.mark.parametrize(
    ("file", "observations", "unread", "labels"),
    [(MONTHLY, 68, ["上年为1.43"], 9), (POPULATION, 16, [], 4), (CITIES, 144, ["4487."], 1)],
)
def test_every_number_of_a_table_is_in_one_of_the_three_lists(file, observations, unread, labels):
    bulletin = examine(TABLES / file)
    assert len(bulletin.observations) == observations
    assert bulletin.unread["cell"].tolist() == unread
    assert len(bulletin.labels) == labels


def test_the_monthly_table_holds_nothing_but_what_was_typed():
    typed = facts("zsstat-2020-03-table").query("time_period == '2020-03'")
    assert as_set(zs.read_bulletin(TABLES / MONTHLY)) == as_set(typed)


def test_reasons_say_what_is_wrong_with_a_cell():
    assert examine(TABLES / MONTHLY).unread["reason"].tolist() == ["not a number, though in a number column"]
    assert examine(TABLES / CITIES).unread["reason"].tolist() == ["the number is cut off"]


def test_persons_under_a_head_of_ten_thousand_persons_need_figures_of_other_years(package):
    path = package / "observations.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    only = rows[rows["indicator"].str.startswith("population_registered") & rows["time_period"].eq("2016")]
    pd.concat([rows[~rows["indicator"].str.startswith("population")], only]).to_csv(path, index=False)
    # Without another year nothing speaks against the head, and a figure of the same year is not asked.
    assert set(zs.read_bulletin(TABLES / POPULATION, data=package).query("decimals == 0")["unit"]) == {
        "1e4_person"
    }
    corrected = zs.read_bulletin(TABLES / POPULATION).query("decimals == 0")
    assert set(corrected["unit"]) == {"person"}
    assert corrected["note"].str.contains("表头单位误作“万人”").all()


def test_observations_have_the_columns_and_types_of_the_data_package():
    assert zs.read_bulletin(TABLES / MONTHLY).dtypes.equals(zs.load("observations").dtypes)


def test_notes_keep_the_printed_label_and_the_stretch():
    rows = zs.read_bulletin(TABLES / MONTHLY).set_index(["activity", "transformation"])["note"]
    assert rows["petrochemicals", "ytd"] == "1-3月；原文作“石油化工业”"
    retail = zs.read_bulletin(TABLES / MONTHLY).query(
        "indicator == 'retail_sales' and ref_area == 'zhoushan'"
    )
    assert retail["note"].tolist() == ["3月当月；表中单位列误作“亿元”", "1-3月；表中单位列误作“亿元”"]


def test_the_source_is_proposed_from_the_file():
    source = examine(TABLES / MONTHLY).source
    assert (source["source_id"], source["released"]) == ("zsstat-2020-03-table", "2020-05-09")
    assert source["publisher"] == "舟山市统计局" and len(source["sha256"]) == 64


def test_the_sub_heads_of_the_yearbook_stand_where_the_three_sectors_add_up(tmp_path):
    """17-2 with its totals spoilt: nowhere do the sectors add, so nothing under the head is read."""
    text = (TABLES / CITIES).read_text(encoding="utf-8")
    spoilt = tmp_path / CITIES
    spoilt.write_text(text.replace("1092.85", "9092.85"), encoding="utf-8")
    bulletin = examine(spoilt)
    assert bulletin.observations.empty
    assert set(bulletin.unread["reason"]) == {"the head and the rows do not match"}


def test_one_line_in_the_aliases_maps_an_unknown_row(package, tmp_path):
    text = (TABLES / MONTHLY).read_text(encoding="utf-8").replace("水产品总产量", "渔获物总量")
    file = tmp_path / MONTHLY
    file.write_text(text, encoding="utf-8")
    unread = examine(file, data=package).unread
    assert len(unread) == 1 + 5 * 2
    with (package / "aliases.csv").open("a", encoding="utf-8") as aliases:
        aliases.write("渔获物总量,,aquatic_output,,fishery,,,\n")
    assert len(examine(file, data=package).unread) == 1
    assert as_set(zs.read_bulletin(file, data=package)) == as_set(zs.read_bulletin(TABLES / MONTHLY))


def test_a_package_without_the_known_sources_gets_a_new_source_id(tmp_path):
    package = Path(shutil.copytree(DATA, tmp_path / "data"))
    for table in ("observations", "sources", "targets", "projects"):
        rows = pd.read_csv(package / f"{table}.csv", dtype=str, keep_default_na=False)
        rows[~rows["source_id"].eq("zsstat-2020-03-table")].to_csv(package / f"{table}.csv", index=False)
    source_id = examine(TABLES / MONTHLY, data=package).source["source_id"]
    assert source_id.startswith("bulletin-zhoushan-2020-03-20200509-")
