"""What real tables do, each with a table that does it; the numbers are invented, the names Zhoushan's."""

import re
from functools import cache

import docx
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zs_analysis as zs
from zs_analysis.loaders import DATA, examine, rules
from zs_analysis.loaders.bulletin.files import open_document
from zs_analysis.loaders.bulletin.text import holds_number
from zs_analysis.loaders.package import observation_schema
from zs_analysis.loaders.schema import TEXT, failures_in

NO_MONTH_ON_MONTH = "month-on-month growth is not in the data model"
KEY = ["indicator", "ref_area", "activity", "freq", "time_period", "transformation", "obs_value", "unit"]


SOURCE = "read-from-a-table"


@cache
def schema():
    return observation_schema(DATA, [SOURCE])


def broken_rules(observations):
    """What the package would refuse of the rows a table was read to."""
    printed = [
        f"{value:.{places}f}"
        for value, places in observations[["obs_value", "decimals"]].itertuples(index=False)
    ]
    released = observations["released"].dt.strftime("%Y-%m-%d").fillna("")
    text = observations.drop(columns="decimals").assign(
        obs_value=printed, released=released, source_id=SOURCE
    )
    text = text.astype(TEXT)
    return pd.concat([failures_in(text, schema(), ""), rules.broken("observations", text, "")])


@pytest.fixture
def read(tmp_path):
    """Examine a table given as pipe text; whatever comes of it keeps the rules of the package."""

    def examined(text, name="table.txt", **options):
        path = tmp_path / name
        path.write_text(text.strip() + "\n", encoding="utf-8")
        bulletin = examine(path, **options)
        assert broken_rules(bulletin.observations).empty
        return bulletin

    return examined


@pytest.fixture
def book(tmp_path):
    """Examine a workbook of one sheet."""

    def examined(rows, merged=(), **options):
        written = openpyxl.Workbook()
        for row in rows:
            written.active.append(row)
        for cells in merged:
            written.active.merge_cells(cells)
        written.save(tmp_path / "book.xlsx")
        bulletin = examine(tmp_path / "book.xlsx", **options)
        assert broken_rules(bulletin.observations).empty
        return bulletin

    return examined


def figures(bulletin):
    return set(bulletin.observations[KEY].itertuples(index=False, name=None))


def reasons(bulletin):
    return dict(zip(bulletin.unread["cell"], bulletin.unread["reason"], strict=True))


def output(
    value,
    period="2020-03",
    transformation="ytd",
    *,
    area="zhoushan",
    unit="1e8_cny",
    activity="total",
    freq="M",
):
    return ("gross_output_scale", area, activity, freq, period, transformation, value, unit)


# The period of the title


@pytest.mark.parametrize(
    ("title", "freq", "period", "transformation"),
    [
        ("2020年1-3月主要指标", "M", "2020-03", "ytd"),
        ("２０２０年１—３月主要指标", "M", "2020-03", "ytd"),
        ("2020年1至10月主要指标", "M", "2020-10", "ytd"),
        ("2020年一季度主要指标", "M", "2020-03", "ytd"),
        ("2020年第一季度主要指标", "M", "2020-03", "ytd"),
        ("2020年上半年主要指标", "M", "2020-06", "ytd"),
        ("2020年前三季度主要指标", "M", "2020-09", "ytd"),
        ("二〇二〇年十一月当月主要指标", "M", "2020-11", "level"),
        ("2020年全年主要指标", "A", "2020", "level"),
        ("2020年主要指标", "A", "2020", "level"),
        ("主要指标(2020年)", "A", "2020", "level"),
        ("2020年统计年鉴 主要指标(2019年)", "A", "2019", "level"),
    ],
)
def test_the_title_gives_the_period(read, title, freq, period, transformation):
    bulletin = read(f"{title}|||\n指标|单位|总量|\n规上工业总产值|亿元|316.3|")
    assert figures(bulletin) == {output(316.3, period, transformation, freq=freq)}


def test_columns_name_their_own_stretch(read):
    bulletin = read("2020年3月|||||\n指标|单位|3月|±%|1-3月|±%\n规上工业总产值|亿元|100.1|5.0|316.3|76.9")
    assert figures(bulletin) == {
        output(100.1, transformation="level"),
        output(5.0, transformation="yoy", unit="pct"),
        output(316.3),
        output(76.9, transformation="ytd_yoy", unit="pct"),
    }


def test_columns_of_this_month_and_since_january(read):
    bulletin = read(
        "2020年3月|||||\n指标|单位|本月|同比增长(%)|本月止累计|累计增长(%)\n规上工业总产值|亿元|100.1|5.0|316.3|76.9"
    )
    assert output(100.1, transformation="level") in figures(bulletin)
    assert output(316.3) in figures(bulletin)
    assert output(5.0, transformation="yoy", unit="pct") in figures(bulletin)


def test_years_across_the_columns(read):
    bulletin = read("舟山市主要指标|||\n指标|单位|2019年|2020\n规上工业总产值|亿元|1300.5|1532.1")
    assert figures(bulletin) == {
        output(1300.5, "2019", "level", freq="A"),
        output(1532.1, "2020", "level", freq="A"),
    }
    assert "2020" in set(bulletin.labels["cell"])


def test_months_down_the_rows(read):
    bulletin = read("2020年规上工业||\n月份|总产值(亿元)|增速(%)\n1-2月|200.5|3.0\n1-3月|316.3|76.9")
    assert figures(bulletin) >= {
        output(200.5, "2020-02"),
        output(316.3),
        output(76.9, transformation="ytd_yoy", unit="pct"),
    }


# Heads


def test_units_in_the_head_and_merged_storeys(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [
        ["2020年3月规模以上工业"],
        ["地区", "3月", None, "1-3月", None],
        [None, "工业总产值(亿元)", "增速(%)", "工业总产值(亿元)", "增速(%)"],
        ["定海区", 30.5, 1.5, 87.3, 1.0],
        ["普陀区", 15.5, -2.5, 46.6, -8.7],
    ]
    for row in rows:
        sheet.append(row)
    for merged in ("A1:E1", "A2:A3", "B2:C2", "D2:E2"):
        sheet.merge_cells(merged)
    path = tmp_path / "merged.xlsx"
    book.save(path)
    bulletin = examine(path)
    assert figures(bulletin) == {
        output(30.5, transformation="level", area="dinghai"),
        output(1.5, transformation="yoy", area="dinghai", unit="pct"),
        output(87.3, area="dinghai"),
        output(1.0, transformation="ytd_yoy", area="dinghai", unit="pct"),
        output(15.5, transformation="level", area="putuo"),
        output(-2.5, transformation="yoy", area="putuo", unit="pct"),
        output(46.6, area="putuo"),
        output(-8.7, transformation="ytd_yoy", area="putuo", unit="pct"),
    }
    assert bulletin.observations["place"].iloc[0] == "Sheet!B4"


def test_a_merged_head_flattened_to_its_first_cell(read):
    bulletin = read(
        "2020年3月||||\n指标|3月||1-3月|\n|绝对量|增速%|绝对量|增速%\n规上工业总产值(亿元)|100.1|5.0|316.3|76.9"
    )
    assert output(76.9, transformation="ytd_yoy", unit="pct") in figures(bulletin)
    assert len(bulletin.observations) == 4


@pytest.mark.parametrize(
    "head",
    [
        "1-3月|±%",
        "1-3月|同比±%",
        "1-3月|同比增长(%)",
        "1-3月|增长％",
        "1-3月|比上年同期增减(%)",
        "1-3月累计|增速（%）",
        "1-3月|增幅",
    ],
)
def test_growth_by_its_many_names(read, head):
    bulletin = read(f"2020年|||\n指标|单位|{head}\n规上工业总产值|亿元|316.3|76.9")
    assert figures(bulletin) == {output(316.3), output(76.9, transformation="ytd_yoy", unit="pct")}


def test_a_change_in_percentage_points(read):
    bulletin = read("2020年1-3月|||\n指标|单位|数值|比上年增减(百分点)\n工业产销率|%|74.1|-1.2")
    assert ("sales_ratio", "zhoushan", "total", "M", "2020-03", "ytd_yoy", -1.2, "pp") in figures(bulletin)


@pytest.mark.parametrize("line", ["单位:亿元", "单位：亿元", "（计量单位:亿元、%）"[1:-1]])
def test_a_unit_on_its_own_line(read, line):
    bulletin = read(f"2020年1-3月||\n||{line}\n指标|总量|增速%\n规上工业总产值|316.3|76.9")
    assert output(316.3) in figures(bulletin)


def test_a_row_of_units_under_the_head(read):
    bulletin = read("2020年1-3月||\n地区|规上工业总产值|工业投资\n|(亿元)|(万元)\n定海区|87.3|12345")
    assert figures(bulletin) == {
        output(87.3, area="dinghai"),
        ("investment_industry", "dinghai", "total", "M", "2020-03", "ytd", 12345.0, "1e4_cny"),
    }


def test_cities_across_the_columns(read):
    bulletin = read(
        "2020年|||\n指标|单位|舟山市|宁波市\n地区生产总值|亿元|1512.1|12408.7\n规上工业总产值|亿元|1532.1|17608.6"
    )
    assert output(17608.6, "2020", "level", area="ningbo", freq="A") in figures(bulletin)
    assert len(bulletin.observations) == 4


def test_areas_above_levels_and_growth(read):
    bulletin = read(
        "2020年1-3月||||\n指标|定海||普陀|\n|总量(亿元)|±%|总量(亿元)|±%\n规上工业总产值|87.3|1.0|46.6|-8.7"
    )
    assert output(-8.7, transformation="ytd_yoy", area="putuo", unit="pct") in figures(bulletin)
    assert len(bulletin.observations) == 4


def test_growth_stands_for_the_indicator_on_its_left(read):
    bulletin = read(
        "2020年1-3月||||\n地区|生产总值(亿元)|增速(%)|规上工业总产值(亿元)|增速(%)\n定海区|120.5|-2.1|87.3|1.0"
    )
    assert output(1.0, transformation="ytd_yoy", area="dinghai", unit="pct") in figures(bulletin)
    assert ("gdp", "dinghai", "total", "M", "2020-03", "ytd_yoy", -2.1, "pct") in figures(bulletin)


def test_growth_that_may_stand_for_two_columns_is_not_read(read):
    bulletin = read("2020年|||||\n指标|单位|±%|3月|1-3月|±%\n规上工业总产值|亿元|5.0|100.1|316.3|76.9")
    assert reasons(bulletin) == dict.fromkeys(["5.0", "76.9"], "growth of which column is not said")


def test_rank_columns_and_rank_rows(read):
    bulletin = read(
        "2020年1-3月|||\n地区|规上工业总产值(亿元)|位次|增速%\n舟山市|316.3|11|76.9\n宁波市|3500.1|1|-5.0"
    )
    ranks = bulletin.observations.query("unit == 'rank'")
    assert ranks[["ref_area", "counterpart_area", "transformation", "obs_value"]].values.tolist() == [
        ["zhoushan", "zhejiang", "rank", 11.0],
        ["ningbo", "zhejiang", "rank", 1.0],
    ]
    below = read(
        "2020年1-3月|||\n指标|单位|舟山市|宁波市\n规上工业总产值|亿元|316.3|3500.1\n位次|位|11|1\n注：按月度快报|||"
    )
    assert ("gross_output_scale", "ningbo", "total", "M", "2020-03", "rank", 1.0, "rank") in figures(below)


def test_shares_and_serial_numbers(read):
    bulletin = read(
        "2020年1-3月|||||\n序号|指标|单位|总量|比重(%)|备注\n1|第一产业增加值|亿元|20.5|6.5|初步数2\n2|第二产业增加值|亿元|120.5|38.1|"
    )
    assert ("gdp", "zhoushan", "secondary", "M", "2020-03", "share", 38.1, "pct") in figures(bulletin)
    assert bulletin.labels.set_index("cell")["what"][["1", "2", "初步数2"]].tolist() == [
        "serial number",
        "serial number",
        "note",
    ]


# Rows


def test_only_the_first_child_says_of_which(read):
    bulletin = read(
        "2020年3月|||\n指标|单位|1-3月|±%\n规模以上工业:|||\n工业总产值|亿元|316.3|76.9\n其中:船舶修造业|亿元|50.3|14.9\n石油化工业|亿元|166.9|625.8"
    )
    assert output(166.9, activity="petrochemicals") in figures(bulletin)
    assert output(14.9, transformation="ytd_yoy", activity="ships", unit="pct") in figures(bulletin)


def test_indented_industries_of_an_area(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["2020年1-3月"],
        ["指标", "亿元"],
        ["生产总值", 300.5],
        ["定海区", 120.5],
        ["　　第二产业", 40.5],
        ["普陀区", 90.5],
        ["　　第二产业", 30.5],
    ):
        sheet.append(row)
    book.save(tmp_path / "indent.xlsx")
    assert {row[1:3] + row[6:7] for row in figures(examine(tmp_path / "indent.xlsx"))} == {
        ("zhoushan", "total", 300.5),
        ("dinghai", "total", 120.5),
        ("dinghai", "secondary", 40.5),
        ("putuo", "total", 90.5),
        ("putuo", "secondary", 30.5),
    }


def test_an_area_on_its_own_line_over_its_indicators(read):
    bulletin = read(
        "2020年1-3月||\n指标|单位|总量\n定 海||\n生产总值|亿元|120.5\n规上工业总产值|亿元|87.3\n普 陀||\n规上工业总产值|亿元|46.6"
    )
    assert output(87.3, area="dinghai") in figures(bulletin)
    assert output(46.6, area="putuo") in figures(bulletin)


def test_a_row_without_numbers_among_areas_is_no_heading(read):
    bulletin = read("2020年1-3月||\n地区|单位|规上工业总产值\n定海区|亿元|87.3\n嵊泗县||\n岱山县|亿元|172.4")
    assert figures(bulletin) == {output(87.3, area="dinghai"), output(172.4, area="daishan")}


def test_two_label_columns(read):
    bulletin = read(
        "2020年1-3月|||\n地区|指标|单位|总量\n定海区|生产总值|亿元|120.5\n定海区|规上工业总产值|亿元|87.3"
    )
    assert output(87.3, area="dinghai") in figures(bulletin)


def test_blocks_with_different_heads_on_one_sheet(read):
    bulletin = read(
        "2020年3月|||||\n工业|||||\n指标|单位|1-3月|±%||\n规上工业总产值|亿元|316.3|76.9||\n旅游|||||\n指标|单位|3月|±%|1-3月|±%\n旅游接待人数|万人次|115.5|-75.4|293.5|-72.6"
    )
    assert len(bulletin.observations) == 6 and bulletin.unread.empty


def test_digits_signs_and_separators_of_all_kinds(read):
    bulletin = read(
        "2020年1-3月|||\n地区|单位|规上工业总产值|±％\n定海|亿元|１,０８７．３|－1.0％\n普陀|亿元|+46.60|＋ 8.7\n岱山|亿元|—|…\n嵊泗|亿元|-|"
    )
    assert figures(bulletin) == {
        output(1087.3, area="dinghai"),
        output(-1.0, transformation="ytd_yoy", area="dinghai", unit="pct"),
        output(46.6, area="putuo"),
        output(8.7, transformation="ytd_yoy", area="putuo", unit="pct"),
    }
    assert bulletin.observations.query("obs_value == 46.6")["decimals"].tolist() == [2]
    assert bulletin.unread.empty


def test_growth_in_words(read):
    bulletin = read(
        "2020年1-3月|||\n地区|单位|规上工业总产值|±%\n定海|亿元|87.3|增长2.5倍\n普陀|亿元|46.6|下降8.7%\n岱山|亿元|172.4|上年为1.43\n嵊泗|亿元|1.0|2.5倍"
    )
    assert output(2.5, transformation="ytd_yoy", area="dinghai", unit="times") in figures(bulletin)
    assert output(-8.7, transformation="ytd_yoy", area="putuo", unit="pct") in figures(bulletin)
    assert reasons(bulletin) == dict.fromkeys(
        ["上年为1.43", "2.5倍"], "not a number, though in a number column"
    )


def test_footnotes_are_no_data(read):
    bulletin = read(
        "2020年1-3月||\n指标|单位|总量\n规上工业总产值|亿元|316.3\n注：规上指年主营业务收入2000万元及以上。||\n*2019年数据有修订||"
    )
    assert set(bulletin.labels["what"]) == {"title", "footnote"} and bulletin.unread.empty


def test_provisional_and_expected_figures_say_so(read):
    assert read("2020年1-3月||\n指标|单位|总量(快报)\n规上工业总产值|亿元|316.3").observations[
        "obs_status"
    ].tolist() == ["P"]
    assert read("2020年1-3月快报||\n指标|单位|总量\n规上工业总产值|亿元|316.3").observations[
        "obs_status"
    ].tolist() == ["P"]
    assert read("2020年||\n指标|单位|预计\n规上工业总产值|亿元|1532.1").observations[
        "obs_status"
    ].tolist() == ["F"]


# What does not fit


def test_an_unknown_row_and_its_children_are_not_read(read):
    bulletin = read(
        "2020年1-3月||\n指标|单位|总量\n规上工业总产值|亿元|316.3\n规上工业生产值|亿元|99.5\n其中:定海区|亿元|87.3"
    )
    assert figures(bulletin) == {output(316.3)}
    assert reasons(bulletin) == {"99.5": "unknown label", "87.3": "what is measured is not said"}
    assert "规上工业总产值" in bulletin.unread["detail"].iloc[0]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("定海区|87.3|1.0", "the row has lost a field"),
        ("定海区|亿元|87.3|1.0|", "the row has gained a field"),
        ("定海区||亿元|87.3", "the row has gained a field"),
        ("定海区|87.3|1.0|", "the row has lost a field"),
        ("|亿元|87.3|1.0", "no label"),
        ("定海区|亿吨|87.3|1.0", "contradictory unit"),
        ("定海区|亿圆|87.3|1.0", "unknown unit"),
    ],
)
def test_a_row_that_shifted_is_not_read(read, row, reason):
    bulletin = read(f"2020年1-3月|||\n地区|单位|规上工业总产值|±%\n{row}\n普陀区|亿元|46.6|-8.7")
    assert set(bulletin.observations["ref_area"]) == {"putuo"}
    assert reasons(bulletin) == dict.fromkeys(["87.3", "1.0"] if "1.0" in row else ["87.3"], reason)


def test_levels_in_percent_of_an_amount_are_not_read(read):
    bulletin = read("2020年1-3月||\n指标|单位|总量\n规上工业总产值|%|76.9")
    assert reasons(bulletin) == {"76.9": "contradictory unit"}


def test_unparsable_periods_and_unknown_heads_are_reported(read):
    bulletin = read("2020年3月||||\n指标|单位|4-6月|环比(%)|1-3月\n规上工业总产值|亿元|1.5|2.5|316.3")
    assert figures(bulletin) == {output(316.3)}
    assert reasons(bulletin) == {"1.5": "unparsable period in the head", "2.5": NO_MONTH_ON_MONTH}


def test_numbers_without_a_head_are_reported(read):
    assert reasons(read("舟山|316.3|2020年\n定海|87.3|")) == dict.fromkeys(
        ["316.3", "87.3", "2020年"], "no head over it"
    )


def test_parts_that_do_not_make_the_whole(read):
    rows = "\n".join(
        f"{area}|亿元|{value}|1.0"
        for area, value in [
            ("舟山市", 316.3),
            ("定海区", 87.3),
            ("普陀区", 466.0),
            ("岱山县", 172.4),
            ("嵊泗县", 1.0),
            ("经开区", 8.9),
        ]
    )
    bulletin = read(f"2020年1-3月|||\n地区|单位|规上工业总产值|±%\n{rows}")
    assert set(bulletin.observations["unit"]) == {"pct"}
    assert bulletin.unread["reason"].unique().tolist() == ["parts do not add to the whole"]
    assert bulletin.unread["detail"].unique().tolist() == ["sum 735.6, whole 316.3"]
    sound = read(f"2020年1-3月|||\n地区|单位|规上工业总产值|±%\n{rows.replace('466.0', '46.6')}")
    assert sound.unread.empty


def test_sectors_that_do_not_make_the_gdp(read):
    text = "2020年1-3月||\n指标|单位|总量\n地区生产总值|亿元|300.0\n第一产业|亿元|20.0\n第二产业|亿元|{}\n第三产业|亿元|150.0"
    assert read(text.format("130.0")).unread.empty
    assert read(text.format("13.0")).observations.empty


def test_shares_that_are_not_those_of_their_amounts(read):
    text = "2020年1-3月|||\n指标|单位|总量|比重(%)\n地区生产总值|亿元|300.0|100\n第一产业|亿元|20.0|6.7\n第二产业|亿元|{}|43.3"
    assert read(text.format("130.0")).unread.empty
    assert reasons(read(text.format("13.0"))) == dict.fromkeys(
        ["13.0", "43.3"], "the share does not match the amount"
    )


def test_amounts_below_zero_and_months_above_the_sum(read):
    bulletin = read(
        "2020年||||\n地区|单位|3月规上工业总产值|1-3月规上工业总产值|\n定海区|亿元|-26.7|87.3|\n普陀区|亿元|46.6|15.5|\n岱山县|亿元|50.5|172.4|",
        period="2020-03",
    )
    assert set(bulletin.observations["ref_area"]) == {"daishan"}
    assert set(bulletin.unread["reason"]) == {
        "an amount below zero",
        "the month is above the sum since January",
    }


def test_a_figure_given_twice(read):
    same = read("2020年1-3月||\n指标|单位|总量\n规上工业总产值|亿元|316.3\n规模以上工业总产值|亿元|316.3")
    assert len(same.observations) == 1 and same.labels["what"].tolist()[-1].startswith("repeats 第3行第3列")
    twice = read("2020年1-3月||\n指标|单位|总量\n规上工业总产值|亿元|316.3\n规模以上工业总产值|亿元|361.3")
    assert twice.observations.empty and twice.unread["detail"].tolist() == ["316.3 and 361.3"] * 2


def test_a_block_whose_head_is_missing_does_not_take_the_head_above(read):
    bulletin = read(
        "2020年3月|||\n工业|||\n指标|单位|1-3月|±%\n规上工业总产值|亿元|316.3|76.9\n国内贸易|||\n社会消费品零售总额|亿元|26.7|21.6\n旅游|||\n指标|单位|1-3月|±%\n旅游接待人数|万人次|293.5|-72.6"
    )
    assert set(bulletin.observations["indicator"]) == {"gross_output_scale", "tourist"}
    assert reasons(bulletin) == dict.fromkeys(["26.7", "21.6"], "no head over these rows")


def test_an_orphan_head_does_not_pile_up_on_the_next_one(read):
    bulletin = read(
        "2020年12月|||||\n指标|单位|1-12月|||\n||绝对量|同比±%||\n指标|单位|12月|±%|1-12月|±%\n规上工业总产值|亿元|137.9|35.4|1654.2|8.8"
    )
    assert output(35.4, "2020-12", "yoy", unit="pct") in figures(bulletin)
    assert output(8.8, "2020-12", "ytd_yoy", unit="pct") in figures(bulletin)


def test_a_head_right_under_another_that_says_nothing_of_its_own_is_open(read):
    bulletin = read("2020年1-3月|||\n指标|单位|定海区|\n指标|单位|总量|±%\n规上工业总产值|亿元|316.3|76.9")
    assert set(reasons(bulletin).values()) == {"two heads, one right under the other"}


def test_a_head_whose_rows_differ_in_width_heads_nothing(read):
    bulletin = read("2020年3月||||\n指标|单位|1-3月||\n||绝对量|±%\n规上工业总产值|亿元|316.3|76.9|")
    assert set(reasons(bulletin).values()) == {"the head has lost or gained a field"}


def test_a_head_that_lost_a_field_over_a_row_cut_by_as_much_heads_nothing(read):
    text = "2021年2月,,,\n指标,单位,1-2月\n规上工业总产值,亿元,316.3"
    bulletin = read(text, name="padded.csv")
    assert set(reasons(bulletin).values()) == {"the head has lost or gained a field"}
    more = read(text + "\n固定资产投资,亿元,30.5", name="by-hand.csv")
    assert len(more.observations) == 2


def test_a_unit_that_contradicts_the_figures_of_other_years(read):
    """Zhoushan's registered population is 97.36 万人 in 2015."""
    bulletin = read("舟山市2018年||\n指标|单位|总量\n年末户籍人口|万人|968000\n")
    assert bulletin.observations[["obs_value", "unit", "note"]].values.tolist() == [
        [968000.0, "person", "表中单位误作“万人”"]
    ]
    nowhere = read("舟山市2018年||\n指标|单位|总量\n年末户籍人口|万人|96800000\n")
    assert nowhere.unread["reason"].tolist() == ["contradictory unit"]


def test_rows_of_one_indicator_in_two_units(read):
    bulletin = read(
        "2020年1-3月||\n地区|单位|规上工业总产值\n定海区|亿元|87.3\n普陀区|万元|46.6\n岱山县|亿元|172.4"
    )
    assert reasons(bulletin) == {"46.6": "contradictory unit"}


@pytest.mark.parametrize(
    "scope", ["规上工业主要指标", "表3 规模以上工业主要指标", "2020年1-3月工业经济运行情况"]
)
def test_the_scope_of_a_title_binds_the_rows_below(read, scope):
    bulletin = read(f"{scope}(2020年1-3月)||\n指标|单位|总量\n工业总产值|亿元|316.3\n利润总额|亿元|12.5")
    assert output(316.3) in figures(bulletin)
    assert bulletin.observations["indicator"].tolist() == ["gross_output_scale", "profit_scale"]


def test_a_label_of_two_scopes_is_not_read_without_one(read, package):
    text = "2020年1-3月||\n指标|单位|总量\n规摸以上工业:||\n工业总产值|亿元|316.3"
    bulletin = read(text)
    assert reasons(bulletin) == {"316.3": "ambiguous label"}
    assert bulletin.unread["detail"].tolist() == ["gross_output or gross_output_scale"]
    with (package / "aliases.csv").open("a", encoding="utf-8") as aliases:
        aliases.write("工业总产值,,gross_output,,,,,\n")
    assert read(text, data=package).observations["indicator"].tolist() == ["gross_output"]


def test_growth_beside_two_years_is_of_the_later_where_they_imply_it(read):
    text = "舟山市||||\n指标|单位|2023年|2022年|增长±%\n规上工业总产值|亿元|3868.2|3481.0|{}\n进出口总额|亿元|110.0|100.0|{}"
    bulletin = read(text.format("11.1", "10.0"))
    assert output(11.1, "2023", "yoy", freq="A", unit="pct") in figures(bulletin)
    assert set(reasons(read(text.format("-11.1", "30.0"))).values()) == {"growth of which column is not said"}


def test_the_year_before_in_its_own_column(read):
    bulletin = read(
        "2023年10月||||\n指标|单位|本年累计|上年同期累计|增减%\n规上工业总产值|亿元|3246.8|2886.0|12.5"
    )
    assert figures(bulletin) == {
        output(3246.8, "2023-10"),
        output(2886.0, "2022-10"),
        output(12.5, "2023-10", "ytd_yoy", unit="pct"),
    }


def test_two_heads_for_the_same_number_say_nothing(read):
    bulletin = read(
        "2023年一季度||||\n指标|单位|本期|累计|同比±%\n规上工业总产值|亿元|55.2|150.3|8.8\n工业产销率|%||98.5|1.2个百分点"
    )
    assert bulletin.observations.empty
    assert reasons(bulletin)["55.2"] == reasons(bulletin)["150.3"] == "two heads for the same number"


def test_a_change_in_points_in_a_column_of_rates(read):
    bulletin = read("2020年1-3月|||\n指标|单位|总量|同比±%\n工业产销率|%|74.1|-1.2个百分点")
    assert ("sales_ratio", "zhoushan", "total", "M", "2020-03", "ytd_yoy", -1.2, "pp") in figures(bulletin)


def test_a_second_table_on_the_sheet_has_its_own_month(read):
    block = "工业||\n指标|单位|累计\n规上工业总产值|亿元|{}\n贸易||\n指标|单位|累计\n进出口总额|亿元|{}"
    bulletin = read(
        "2020年3月主要指标||\n"
        + block.format("316.3", "101.5")
        + "\n2020年4月主要指标||\n"
        + block.format("420.5", "140.5")
    )
    periods = bulletin.observations.set_index("obs_value")["time_period"].to_dict()
    assert periods == {316.3: "2020-03", 101.5: "2020-03", 420.5: "2020-04", 140.5: "2020-04"}


@pytest.mark.parametrize(
    ("head", "cell", "unit"),
    [
        ("比上年增长%", "0.5", ""),
        ("比上年增长", "0.5%", ""),
        ("比上年增长%", "增长0.5%", ""),
        ("比上年增长%", "0.5个百分点", "pp"),
        ("比上年增减(百分点)", "0.5", "pp"),
    ],
)
def test_the_change_of_a_rate_is_read_where_it_says_points(read, head, cell, unit):
    bulletin = read(f"2021年主要指标|||\n指标|单位|2021年|{head}\n城镇化率|%|72.4|{cell}")
    changes = bulletin.observations.query("transformation == 'yoy'")
    assert changes["unit"].tolist() == [unit][: len(unit)]
    assert reasons(bulletin) == ({} if unit else {cell: "percent or percentage points"})


@pytest.mark.parametrize(
    ("row", "cell"), [("年末常住人口|万人|116.5|{}", "0.4个百分点"), ("地区生产总值|亿元|1703.62|{}", "8.4‰")]
)
def test_growth_of_an_amount_in_points_contradicts_it(read, row, cell):
    bulletin = read(f"2021年主要指标|||\n指标|单位|2021年|比上年增长%\n{row.format(cell)}")
    assert bulletin.observations["transformation"].tolist() == ["level"]
    assert reasons(bulletin) == {cell: "contradictory unit"}


def test_growth_beside_month_on_month_growth(book):
    rows = [
        ["2023年10月主要指标"],
        ["指标", "单位", "10月", "环比±%", "同比±%"],
        ["规上工业总产值", "亿元", 331.2, 1.2, 10.2],
    ]
    bulletin = book(rows)
    assert figures(bulletin) == {
        output(331.2, "2023-10", "level"),
        output(10.2, "2023-10", "yoy", unit="pct"),
    }
    assert reasons(bulletin) == {"1.2": NO_MONTH_ON_MONTH}


def test_nothing_that_hangs_on_month_on_month_growth_is_read(read):
    bulletin = read(
        "2023年1-10月||||\n指标|单位|环比±%|位次|\n规上工业总产值|亿元|1.2|3|\n其中:环比|%|2.2|4|"
    )
    assert bulletin.observations.empty
    assert set(bulletin.unread["reason"]) == {NO_MONTH_ON_MONTH}


def test_growth_takes_the_stretch_named_beside_it_under_one_head(book):
    rows = [
        ["2023年10月全省各市主要指标"],
        ["", "规上工业增加值增速", "", "规上工业总产值", ""],
        ["", "1-10月±%", "位次", "1-10月(亿元)", "同比±%"],
        ["杭州市", 2.1, 9, 15000.1, 1.1],
        ["舟山市", 18.0, 1, 3246.8, 12.5],
    ]
    bulletin = book(rows, ["B2:C2", "D2:E2", "A2:A3"])
    assert bulletin.unread.empty and len(bulletin.observations) == 8
    assert figures(bulletin) >= {
        output(12.5, "2023-10", "ytd_yoy", unit="pct"),
        ("va_scale", "hangzhou", "total", "M", "2023-10", "ytd_yoy_rank", 9.0, "rank"),
    }


def test_growth_under_one_head_does_not_take_the_stretch_of_the_year_before(book):
    rows = [
        ["2023年1-10月"],
        ["地区", "规上工业总产值(亿元)", "", ""],
        ["", "总量", "上年同期累计", "同比±%"],
        ["定海区", 290.5, 258.2, 12.5],
    ]
    bulletin = book(rows, ["B2:D2"])
    assert output(12.5, "2023-10", "ytd_yoy", area="dinghai", unit="pct") in figures(bulletin)


def test_growth_under_one_head_with_two_stretches_takes_neither(book):
    rows = [
        ["2023年10月"],
        ["地区", "规上工业总产值", "", ""],
        ["", "10月(亿元)", "1-10月(亿元)", "同比±%"],
        ["定海区", 31.2, 290.5, 12.5],
    ]
    with pytest.raises(zs.BulletinError, match="whether this is 10月 alone or 1-10月.*12.5"):
        book(rows, ["B2:D2"])


@pytest.mark.parametrize(
    "layout", ["各县区", "各县(区)", "分县(区)", "分县区", "各市", "全市", "主要", "全市及各县区"]
)
def test_words_for_the_layout_of_a_table_do_not_hide_what_its_title_names(book, layout):
    rows = [
        [f"2023年10月{layout}规上工业增加值"],
        ["地区", "增速(%)", "位次"],
        ["定海区", 5.1, 3],
        ["嵊泗县", -3.0, 4],
    ]
    with pytest.raises(zs.BulletinError, match="--period 2023年1-10月 or --period 2023年10月当月"):
        book(rows)
    bulletin = book(rows, period="2023年1-10月")
    va_scale = [("dinghai", "ytd_yoy", 5.1), ("dinghai", "ytd_yoy_rank", 3.0)]
    va_scale += [("shengsi", "ytd_yoy", -3.0), ("shengsi", "ytd_yoy_rank", 4.0)]
    columns = ["ref_area", "transformation", "obs_value"]
    assert list(bulletin.observations[columns].itertuples(index=False, name=None)) == va_scale
    assert set(bulletin.observations["indicator"]) == {"va_scale"} and bulletin.unread.empty


def test_a_rank_after_an_amount_and_its_growth_may_be_of_either(read):
    bulletin = read(
        "2023年1-10月|||\n地区|规上工业总产值(亿元)|增速%|1-10月位次\n定海区|290.5|12.5|3",
        period="2023年1-10月",
    )
    assert "3" in reasons(bulletin)


@pytest.mark.parametrize("units", ["单位：万元", "（单位：万元）"])
def test_months_down_the_rows_of_the_indicator_in_the_title(book, units):
    rows = [
        ["舟山市2023年各月规上工业总产值"],
        [units],
        ["月份", "当月", "累计", "累计同比±%"],
        ["1-2月", None, 5500000, 8.1],
        ["1-3月", 3200000, 8700000, 8.5],
    ]
    bulletin = book(rows)
    assert figures(bulletin) == {
        output(5500000.0, "2023-02", unit="1e4_cny"),
        output(8.1, "2023-02", "ytd_yoy", unit="pct"),
        output(3200000.0, "2023-03", "level", unit="1e4_cny"),
        output(8700000.0, "2023-03", unit="1e4_cny"),
        output(8.5, "2023-03", "ytd_yoy", unit="pct"),
    }
    rows[0] = ["舟山市2023年各月规摸工业"]
    assert set(book(rows).unread["detail"]) == {"under 舟山市各月规摸工业"}


@pytest.mark.parametrize(
    ("name", "unit", "dimension"),
    [
        ("万千瓦时", "1e4_kwh", "kwh"),
        ("亿千瓦时", "1e8_kwh", "kwh"),
        ("万吨标准煤", "1e4_tce", "tce"),
        ("万平方米", "1e4_m2", "area"),
        ("万辆", "1e4_vehicle", "count"),
        ("万件", "1e4_piece", "count"),
        ("人次", "visit", "visit"),
    ],
)
def test_units_of_bulletins(name, unit, dimension):
    row = zs.load("units").set_index("name_zh").loc[name]
    assert (row["unit"], row["dimension"]) == (unit, dimension)
    assert row["factor"] == {"万": 1e4, "亿": 1e8}.get(name[0], 1.0)


def test_electricity_of_industry_in_ten_thousand_kilowatt_hours(read):
    bulletin = read(
        "2024年3月|||\n指标|计量单位|本月止累计|累计比上年同期增长(%)\n工业用电量|万千瓦时|150,456|3.2"
    )
    assert figures(bulletin) == {
        ("electricity_industry", "zhoushan", "total", "M", "2024-03", "ytd", 150456.0, "1e4_kwh"),
        ("electricity_industry", "zhoushan", "total", "M", "2024-03", "ytd_yoy", 3.2, "pct"),
    }


def test_a_trimmed_row_says_how_many_fields_it_has(read):
    bulletin = read("2020年1-3月,,,\n指标,单位,总量,±%\n规上工业总产值,亿元,316.3", name="trimmed.csv")
    assert bulletin.observations.empty
    assert bulletin.unread["detail"].tolist() == ["the row has 3 fields, the head 4"]


def test_two_files_without_a_title_are_two_sources(tmp_path):
    sources = []
    for value in ("1890.12", "1890.13"):
        document = docx.Document()
        document.add_paragraph("2023年上半年 单位：亿元")
        table = document.add_table(rows=2, cols=2)
        for cell, text in zip(
            [*table.rows[0].cells, *table.rows[1].cells],
            ["指标", "上半年", "规上工业总产值", value],
            strict=True,
        ):
            cell.text = text
        document.save(tmp_path / f"{value}.docx")
        sources.append(examine(tmp_path / f"{value}.docx").source)
    assert [source["title"] for source in sources] == ["", ""]
    assert [source["source_id"] for source in sources] == [
        f"bulletin-zhoushan-2023-06-{source['sha256'][:8]}" for source in sources
    ]
    assert sources[0]["source_id"] != sources[1]["source_id"]


# What is refused


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "主要指标||\n指标|单位|1-3月\n规上工业总产值|亿元|316.3",
            "row 3, column 3: the year is not said.*--period.*316.3",
        ),
        (
            "2020年3月||\n指标|单位|总量\n规上工业总产值|亿元|316.3",
            "whether this is 3月 alone or 1-3月.*--period 2020年1-3月",
        ),
        ("2020年3月 2020年4月||\n指标|单位|总量\n规上工业总产值|亿元|316.3", "2020年3月 and 2020年4月"),
        ("20203||\n指标|单位|累计\n规上工业总产值|亿元|316.3", "'20203' may be 2020年3月 or 2020年1-9月"),
        ("2020年1月||\n指标|单位|1-12月\n规上工业总产值|亿元|316.3", "lies after"),
        (
            "定海、普陀2020年1-3月||\n指标|单位|总量\n规上工业总产值|亿元|316.3",
            "dinghai or putuo.*--area dinghai",
        ),
        ("2020年1-3月|\n指标|总量\n规上工业总产值|316.3", "the unit is not said.*亿元"),
    ],
)
def test_what_is_ambiguous_is_refused_with_its_cell_and_the_candidates(read, text, words):
    with pytest.raises(zs.BulletinError, match=words):
        read(text)


def test_options_fill_what_the_file_leaves_open(read):
    head = "指标|单位|1-3月\n规上工业总产值|亿元|316.3"
    assert figures(read(f"主要指标||\n{head}", period="2020-03", area="daishan")) == {
        output(316.3, area="daishan")
    }
    assert figures(read("主要指标||\n指标|单位|总量\n规上工业总产值|亿元|316.3", period="2020年1-3月")) == {
        output(316.3)
    }
    assert figures(read("20203||\n指标|单位|累计\n规上工业总产值|亿元|316.3", period="2020-03")) == {
        output(316.3)
    }


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"period": "2020-04"}, "contradicts"),
        ({"area": "daishan"}, "--area daishan contradicts the file, which names dinghai"),
        ({"period": "spring"}, "is not a period"),
        ({"area": "atlantis"}, "is not an area"),
    ],
)
def test_options_that_contradict_the_file_are_refused(read, option, words):
    with pytest.raises(zs.BulletinError, match=words):
        read("定海区2020年3月||\n指标|单位|1-3月\n规上工业总产值|亿元|316.3", **option)


def test_the_area_of_the_title_holds_and_the_own_city_where_nobody_is_named(read):
    table = "指标|单位|总量\n规上工业总产值|亿元|316.3"
    assert figures(read(f"舟山市定海区2020年1-3月||\n{table}")) == {output(316.3, area="dinghai")}
    assert figures(read(f"2020年1-3月||\n{table}")) == {output(316.3)}
    assert figures(read(f"# publisher: 岱山县统计局\n2020年1-3月||\n{table}")) == {
        output(316.3, area="daishan")
    }


# Every number is somewhere

TEXTS = st.sampled_from(
    [
        "",
        "2020年1-3月",
        "指标",
        "单位",
        "1-3月",
        "±%",
        "定海区",
        "其中:普陀区",
        "规上工业总产值",
        "工业总产值",
        "合计",
        "位次",
        "注：2019年",
        "亿元",
        "%",
    ]
    + [
        "316.3",
        "-8.7",
        "１２．５％",
        "12 34",
        "4487.",
        "上年为1.43",
        "—",
        "2020",
        "20203",
        "增长2.5倍",
        "规模以上工业:",
        "序号",
        "第3页",
        "单位:万元",
        "2019年",
    ]
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.lists(TEXTS, min_size=1, max_size=6), min_size=1, max_size=9), trimmed=st.booleans())
def test_every_number_is_in_exactly_one_of_the_three_tables(tmp_path, rows, trimmed):
    path = tmp_path / "any.csv"
    width = max(map(len, rows))
    rows = [
        ["指标", "单位", "1-3月", "±%"],
        *(row if trimmed else row + [""] * (width - len(row)) for row in rows),
    ]
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    options = {} if "20" in str(rows) else {"period": "2020-03", "area": "zhoushan"}
    try:
        bulletin = examine(path, **options)
    except zs.BulletinError:
        return
    assert broken_rules(bulletin.observations).empty
    numbers = {
        (cell.row, cell.column)
        for sheet in open_document(path).sheets
        for cell in sheet.cells
        if holds_number(cell.text)
    }
    lists = [
        set(bulletin.unread[["row", "column"]].itertuples(index=False, name=None)),
        set(bulletin.labels[["row", "column"]].itertuples(index=False, name=None)),
        {tuple(map(int, re.findall(r"\d+", place)[-2:])) for place in bulletin.observations["place"]},
    ]
    assert set.union(*lists) == numbers
    assert sum(map(len, lists)) == len(numbers)
