"""The quarter alone, contributions, the dominant producer, concentration, the province and what changed."""

from pathlib import Path

import pandas as pd
import pytest
from report_views import LANGS, REVIEW_DAY, sentences, table, view_of

from zs_analysis.present import output
from zs_analysis.present.view import View

LEVEL, GROWTH, RANK = (("gross_output_scale", code) for code in ("ytd", "ytd_yoy", "ytd_yoy_rank"))
# K1: January to September 2900 and 12.0 % are invented, January to October is the review's.
SEPTEMBER_FROM_K1 = ("2900.0", "12.0")
# Bureau's table of March 2020: HHI of the areas by hand from 172.4, 87.3, 46.6, 8.9, 1.0 of 316.3 (a rest of 0.1).
HHI_OF_AREAS_FROM_BUREAU_2020_03 = sum((100 * x / 316.3) ** 2 for x in (172.4, 87.3, 46.6, 8.9, 1.0, 0.1))
EARLIER = {"source_id": "zsstat-2020-03-table"}


def at(month: str, level: str, growth: str, **where: str) -> list[tuple]:
    """Rows of the city's output, or of a part, as if printed for a month of 2023."""
    day = {"released": f"2023-{int(month[-2:]) + 1:02d}-20"} | where
    cells = ((LEVEL, level), (GROWTH, growth))
    return [(cell, {"time_period": month, "obs_value": value} | day) for cell, value in cells]


@pytest.fixture(scope="module")
def october(changed_view) -> View:
    """January to September released in October, corrected in November; the review's January to October."""
    september = at("2023-09", *SEPTEMBER_FROM_K1, **EARLIER)
    corrected = [(GROWTH, {"time_period": "2023-09", "obs_value": "12.2", "released": "2023-11-25"})]
    return changed_view(more=[*september, *corrected])


@pytest.fixture(scope="module")
def uncorrected(changed_view) -> View:
    return changed_view(more=at("2023-09", *SEPTEMBER_FROM_K1, **EARLIER))


@pytest.fixture(scope="module")
def parts_of_october(changed_view) -> View:
    """Petrochemicals and ships beside the city in September and October; the base on Yushan in October."""
    rows = at("2023-09", *SEPTEMBER_FROM_K1, **EARLIER)
    for code, september, october in (
        ("petrochemicals", ("1800.0", "14.0"), ("2000.0", "15.0")),
        ("ships", ("300.0", "-2.0"), ("340.0", "-1.0")),
        ("seafood", ("200.0", "15.0"), ("225.0", "15.0")),
    ):
        rows += at("2023-09", *september, activity=code, **EARLIER)
        rows += at("2023-10", *october, activity=code, released=REVIEW_DAY)
    rows += at("2023-10", "1900.0", "19.0", ref_area="petrochemical_base", released=REVIEW_DAY)
    return changed_view(more=rows)


# The quarter alone


def test_k1_the_month_after_the_quarter_is_told_with_its_range(uncorrected):
    (said,) = [one for one in output.summary(uncorrected).sentences if one.startswith("10月")]
    assert said == "10月规上工业总产值346.8亿元，同比增长16.9%（按舍入介于15.9%至17.9%）。"


def test_k2_the_quarter_alone_is_a_difference(changed_view):
    rows = [*at("2023-03", "830.0", "10.0"), *at("2023-06", "1840.0", "12.0")]
    view = changed_view(more=rows, period="2023Q2", as_of="2023-08-01")
    frame = output.quarter_table(view).frame.set_index("name")
    assert frame.loc["2023年二季度", "value"] == 1010.0 and frame.loc["2023年一季度", "value"] == 830.0
    assert any("当季1010.0亿元" in one and "比一季度加快" in one for one in output.summary(view).sentences)


def test_the_growth_of_a_first_quarter_is_published_and_has_no_range():
    (row,) = table("quarters alone").frame.to_dict("records")
    assert (row["name"], row["growth_pct"], row["range"]) == ("2020年一季度", 76.9, None)


def test_what_is_missing_for_the_quarter_is_named(uncorrected):
    assert "2023年1—9月、2023年" in str(output.missing_note(view_of()))
    assert "2023年1—9月" not in str(output.missing_note(uncorrected))


def test_a_figure_out_before_its_month_was_over_is_no_december(changed_view):
    rows = [(cell, {"time_period": "2023-12"}) for cell in (LEVEL, GROWTH)]
    view = changed_view(more=[*at("2023-09", *SEPTEMBER_FROM_K1), *rows])
    assert "2023年四季度" not in set(output.quarter_table(view).frame["name"])


def test_parts_alone_stand_above_the_city_by_growth(parts_of_october):
    frame = output.quarter_parts_table(parts_of_october, "activity").frame
    assert frame["name"].tolist() == ["石化和新材料", "水产", "船舶", "全市"]
    # 2000 / 1.15 - 1800 / 1.14 by hand: 200 on 160.18
    assert frame.iloc[0]["growth_pct"] == pytest.approx(100 * (200 / (2000 / 1.15 - 1800 / 1.14) - 1))


# Contributions


def shares(view: View, dimension: str) -> pd.Series:
    return output.contribution_parts(view, dimension)["share_pct"]


def test_shares_close_to_100_with_what_is_not_published(parts_of_october):
    rows = output.contribution_parts(parts_of_october, "activity")
    assert shares(parts_of_october, "activity").drop("total").sum() == pytest.approx(100)
    assert rows["contribution_pp"].drop("total").sum() == pytest.approx(12.5)
    assert rows.index[[0, 1, -1]].tolist() == ["total", "petrochemicals", "unallocated"]


def test_shares_are_refused_where_parts_pull_both_ways():
    # seafood -5.2 and the rest -2.1 of 76.9: more than the rule's 5 %
    assert shares(view_of(), "activity").isna().all()
    assert "不给贡献率：与全市反向的拉动合计超过总增速的5%" in table("contributions of industries").note
    assert "No shares" in table("contributions of industries", "en").note


def test_the_limits_of_shares_are_rules(changed_view):
    view = changed_view()
    rules = Path(view.data_dir, "rules.csv")
    loose = rules.read_text(encoding="utf-8").replace("max_opposite,0.05", "max_opposite,0.5")
    rules.write_text(loose, encoding="utf-8")
    assert shares(view, "activity").notna().all()
    strict = loose.replace("contribution,min_growth,1,", "contribution,min_growth,80,")
    rules.write_text(strict, encoding="utf-8")
    again = View(view.period, view.as_of, "zh", view.data_dir)
    assert shares(again, "activity").isna().all()
    assert "低于80%" in output.contribution_table(again, "activity").note


def test_clusters_of_the_quarter_are_among_the_findings(parts_of_october):
    (said,) = [one for one in output.summary(parts_of_october).sentences if "拉动最大" in one]
    pull = 100 * (2000 - 2000 / 1.15) / (3246.8 / 1.125)
    assert f"石化和新材料（{pull:.1f}个百分点" in said and "2020" not in said


def test_old_contributions_say_that_they_are_old():
    assert "最近一个" in table("contributions of areas").note
    assert not [one for one in sentences("output") if "拉动最大" in one]


# The dominant producer


def test_the_city_without_petrochemicals_bureau_2020_03():
    frame = table("dominant").frame.set_index("name")
    rest = frame.loc["不含石化和新材料"]
    assert rest["level"] == pytest.approx(149.4) and rest["growth"] == pytest.approx(-4.11, abs=0.005)
    assert rest["range"] == "-4.2至-4.0"
    assert frame["pull"].iloc[1:].sum() == pytest.approx(frame["pull"].iloc[0])


def test_with_growth_alone_there_are_only_bounds():
    (said,) = [one for one in sentences("output") if "只能给出界限" in one]
    assert "石化基地" in said and "低于12.5%" in said and "66%" in said and "未注明" in said
    frame = table("bounds").frame.set_index("share")["growth"]
    assert frame[50] == pytest.approx(2 * 12.5 - 19) and frame[70] < 0 < frame[60]


def test_levels_replace_the_bounds(parts_of_october):
    frame = output.dominant_table(parts_of_october).frame.set_index("name")
    assert {"不含石化和新材料", "不含石化基地"} <= set(frame.index)
    assert output.bound_table(parts_of_october) is None
    assert "不需要另给界限" in str(output.no_bounds(parts_of_october))
    assert any("扣除石化和新材料" in one for one in output.summary(parts_of_october).sentences)


# Concentration


def test_concentration_of_the_areas_bureau_2020_03():
    frame = table("concentration").frame.set_index("name")
    row = frame.loc["区域，2020年1—3月"]
    assert row["hhi"] == f"{HHI_OF_AREAS_FROM_BUREAU_2020_03:.0f}" and row["covered"] == pytest.approx(
        99.97, abs=0.005
    )


def test_missing_clusters_make_a_range():
    frame = table("concentration").frame.set_index("name")
    assert frame.loc["集群，2020年1—3月", "hhi"] == "3082至3688"
    assert "升降不能判定" in table("concentration").caption


# Against the province, ranks


def test_the_gap_to_the_province_is_in_points_with_its_rounding(changed_view):
    view = changed_view(more=[(GROWTH, {"ref_area": "zhejiang", "obs_value": "5.5"})])
    (row,) = output.province_table(view).frame.query("indicator == 'gross_output_scale'").to_dict("records")
    assert row["gap"] == pytest.approx(7.0) and row["range"] == "6.9至7.1"
    assert any("规上工业总产值快于全省7.0个百分点" in one for one in output.summary(view).sentences)


def test_growth_at_other_prices_is_not_compared(changed_view):
    other = {"ref_area": "zhejiang", "obs_value": "5.5", "price_basis": "constant"}
    assert not [
        one for one in output.summary(changed_view(more=[(GROWTH, other)])).sentences if "与全省相比" in one
    ]


def test_ranks_move_against_the_last_quarter(changed_view):
    view = changed_view(more=[(RANK, {"time_period": "2023-09", "obs_value": "4"})])
    row = output.rank_table(view).frame.set_index("name").loc["规上工业总产值增速"]
    assert (row["obs_value"], row["moved"], row["then"]) == (1, 3, "第4位（2023年1—9月）")


# What changed since the last quarter


def test_revision_and_news_make_the_change(october):
    (row,) = [
        row for row in output.changes_table(october).frame.to_dict("records") if "产值增速" in row["name"]
    ]
    numbers = [row[name] for name in ("known", "revised", "new", "revision", "news", "change")]
    assert numbers == ["12.0", "12.2", "12.5", "0.2", "0.3", "0.5"]


def test_the_change_is_told_since_the_first_release_of_the_last_quarter(october):
    (said,) = [one for one in output.summary(october).sentences if "首次公布" in one]
    assert said == (
        "1—10月产值增速12.5%，比1—9月首次公布的12.0%（2023-10-20）加快0.5个百分点：其中数据修订0.2个百分点，新月份0.3个百分点。"
    )


def test_without_a_new_figure_nothing_changed(october):
    assert output.changes_table(View("2023Q4", "2023-11-24", "zh", october.data_dir)) is None


def test_levels_of_two_years_are_not_compared():
    # the last known figures before the review are of 2021
    names = table("changes").frame["name"].tolist()
    assert len(names) == 2 and all("增速" in name for name in names)
    assert "上季度没有公布数" in table("changes").caption
    assert not [one for one in sentences("output") if "首次公布" in one]


def test_revisions_are_counted_over_all_figures_released_again(october):
    row = output.revision_table(october).frame.set_index("name").loc["增速（百分点）"]
    before = table("revisions").frame.set_index("name").loc["增速（百分点）"]
    assert (row["count"], row["revised"]) == (before["count"] + 1, before["revised"] + 1)


def test_places_of_clusters_move_and_ties_share_them(parts_of_october):
    frame = output.moves_table(parts_of_october, "activity").frame.set_index("name")
    assert frame["place"].to_dict() == {"石化和新材料": 1, "水产": 1, "船舶": 3}
    assert frame["gained"].to_dict() == {"石化和新材料": 1, "水产": 0, "船舶": 0}
    assert (frame["revision"] + frame["news"]).tolist() == pytest.approx(frame["change"].tolist())


@pytest.mark.parametrize("lang", LANGS)
def test_every_gap_says_what_to_load(lang):
    view = view_of(lang, "2005Q1", None)
    notes = [
        output.missing_note(view),
        output.no_last_quarter(view),
        output.no_revisions(view),
        output.no_province(view),
    ]
    notes += [output.no_bounds(view), *(output.no_parts(view, name) for name in ("activity", "ref_area"))]
    assert all(note and note.endswith({"zh": "。", "en": "."}[lang]) for note in map(str, notes))
