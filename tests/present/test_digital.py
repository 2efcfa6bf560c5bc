"""Digital economy, innovation and enterprise services."""

import pandas as pd
import pytest
from report_views import THE_DAY_BEFORE, chart, sentences, table, view_of

from zs_analysis.present import digital

SUBJECT_TABLES = {
    "economy": "digital economy",
    "factories": "digital transformation",
    "services": "enterprise services",
    "innovation": "innovation",
    "clusters": "cluster building",
    "other": "other figures",
}
# subject, name, period, level, growth, place, clause
FROM_REVIEW = [
    ("economy", "数字经济核心产业项目投资", "1—10月", None, "195.8", "1", "一(三)"),
    ("economy", "数字经济核心产业营业收入", "1—10月", None, "41.6", "2", "一(三)"),
    ("economy", "数字经济核心制造业增加值", "1—10月", None, "16.2", "3", "一(三)"),
    ("economy", "软件与信息服务业营业收入", "1—10月", None, "12.3", "5", "一(三)"),
    ("economy", "5G基站数", "9月", "5072个", None, None, "一(三)"),
    ("economy", "每万人拥有5G基站数", "9月", "43.35个", None, None, "一(三)"),
    ("factories", "浙江入选国家级智能制造示范工厂数", "截至12月发文", "8家", None, None, "一(三)"),
    ("services", "为企业减负金额", "1—10月", "47.2亿元", None, None, "一(七)"),
    ("services", "在线兑付惠企资金", "1—10月", "19.02亿元", None, None, "一(七)"),
    ("services", "企业问题化解率", "截至12月发文", "95.5%", None, None, "一(七)"),
    ("innovation", "规上工业新产品产值率", "1—9月", "72.5%", None, "1", "一(八)"),
    ("other", "规上工业对全市GDP增速的贡献率", "1—10月", "60%", None, None, "一(一)"),
    ("other", "浙江县级行政区数", "截至12月发文", "90个", None, None, "一(一)"),
    ("clusters", "船舶新接船舶订单量", "1—10月", None, "194", None, "一(四)"),
]


def line(subject: str, name: str, lang: str = "zh") -> dict[str, object]:
    frame = table(SUBJECT_TABLES[subject], lang).frame.set_index("name")
    return {key: value if pd.notna(value) else None for key, value in frame.loc[name].items()}


@pytest.mark.parametrize(("subject", "name", "window", "level", "growth", "place", "clause"), FROM_REVIEW)
def test_the_reviews_figures_stand_in_their_subject(subject, name, window, level, growth, place, clause):
    known = line(subject, name)
    assert [known.get(key) for key in ("window", "level", "growth", "place", "clause")] == [
        window, level, growth, place, clause,
    ]  # fmt: skip


def test_a_yearly_target_stands_beside_its_outcome():
    known = line("innovation", "新创建市级企业技术中心数")
    assert (known["level"], known["target"], known["ratio"], known["state"]) == (
        "7家",
        "每年5家",
        140,
        "绿灯",
    )


def test_what_the_publisher_expects_is_no_outcome_of_a_target():
    known = line("factories", "规上企业数字化改造1.0标准覆盖率")
    assert known["level"] == "预计75%以上" and known.get("ratio") is None
    assert (
        line(
            "factories",
            "Coverage of digital transformation standard 1.0 of firms above designated size",
            "en",
        )["level"]
        == "expected at least 75%"
    )


def test_the_years_expectations_stand_beside_what_is_published():
    frame = table("expected of the year").frame.set_index("name")
    assert frame["expected"].to_dict() == {
        "规上工业总产值": "约3800亿元",
        "规上工业增加值": "超过1000亿元",
        "规上工业企业数": "超过500家",
        "规上企业数字化改造1.0标准覆盖率": "75%以上",
    }
    assert frame.loc["规上工业总产值", "so_far"] == "3246.8亿元（1—10月）"


def test_columns_without_a_figure_are_left_out():
    assert (
        "growth" not in table("enterprise services").frame and "place" not in table("cluster building").frame
    )


def test_growth_is_told_with_its_place_in_both_languages():
    assert "营业收入（41.6%，居全省第2位）" in sentences("digital")[0]
    assert "revenue 41.6% (2nd)" in sentences("digital", "en")[0]


def test_the_chart_draws_the_four_growth_rates():
    drawn = chart("growth of the digital economy")
    assert drawn.data.iloc[:, 1].tolist() == [195.8, 41.6, 16.2, 12.3]
    assert drawn.title == "数字经济4项增速中4项为正，3项居全省前三位"


def test_growth_in_times_is_not_drawn_among_percent(changed_view):
    cell = ("gross_output_scale", "ytd_yoy")
    rate = {
        "indicator": "revenue",
        "activity": "software",
        "unit": "times",
        "obs_value": "2.5",
        "time_period": "2023-11",
    }
    view = changed_view(more=[(cell, rate)])
    assert [one.item.activity for one in digital.growing(view)] == ["digital_core"] * 2 + [
        "digital_core_manufacturing"
    ]
    frame = digital.subject_table(view, "economy").frame.set_index("name")
    assert frame.loc["软件与信息服务业营业收入", "growth"] == "250"


def test_a_shared_place_is_marked(changed_view):
    cell = ("gross_output_scale", "ytd_yoy_rank")
    place = {
        "indicator": "revenue",
        "activity": "software",
        "obs_value": "4",
        "note": "并列",
        "released": "2023-12-12",
    }
    view = changed_view(more=[(cell, place | {"source_id": "plan-2023"})])
    newest = (
        digital.subject_table(view, "economy")
        .frame.set_index("name")
        .loc["软件与信息服务业营业收入", "place"]
    )
    assert newest == "5", "the newer release counts"
    later = changed_view(more=[(cell, place | {"source_id": "plan-2023", "released": "2023-12-13", "time_period": "2023-11"}),
                               (("gross_output_scale", "ytd_yoy"), {"indicator": "revenue", "activity": "software", "time_period": "2023-11", "obs_value": "9.9"})])  # fmt: skip
    frame = digital.subject_table(later, "economy").frame.set_index("name")
    assert frame.loc["软件与信息服务业营业收入", "place"] == "并列4"


def test_every_target_of_the_two_actions_is_listed():
    rows = digital.plan_rows(view_of())
    assert len(rows) == len(table("targets of digital empowerment and innovation").frame) == 13
    assert set(rows["action"]) == {"数字赋能", "创新强工"}


def test_the_day_before_the_review_there_is_nothing_but_the_targets():
    assert all(
        digital.subject_table(view_of(as_of=THE_DAY_BEFORE), subject) is None for subject in digital.SUBJECTS
    )
    (said,) = sentences("digital", as_of=THE_DAY_BEFORE)
    assert "0项有公布数可对照" in said


def test_every_item_has_names_and_every_headline_is_an_item():
    for subject, (_, items) in digital.SUBJECTS.items():
        assert all(digital.name_of(view_of(lang), item) for item in items for lang in ("zh", "en"))
        assert set(digital.HEADLINES[subject]) <= {item.indicator for item in items}
