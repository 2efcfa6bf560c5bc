"""Clusters: accounting towards 2027, and what there is for each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_views import THE_DAY_BEFORE, chart, sentences, table, view_of

from zs_analysis.present import clusters

# plan: 突破7000亿元 by 2027; bulletin: 2192.8 in 2021; (7000 / 2192.8) ** (1 / 6) - 1
FROM_PLAN_AND_BULLETIN = {
    "zh": ["7000亿元", "2192.8亿元", "21.3%"],
    "en": ["700 bn yuan", "219.28 bn yuan", "21.3%"],
}
FROM_REVIEW = {"zh": ["553.2亿元", "276.6亿元", "14.8%"], "en": ["55.32 bn yuan", "27.66 bn yuan", "14.8%"]}
GROWTH_FROM_REVIEW = {"海洋电子": 34.6, "水产": 16.3, "汽配": 8.7, "螺杆": 8.4, "粮油加工": 8.1}
OUTPUT = ("gross_output_scale", "ytd")


@pytest.mark.parametrize("lang", FROM_REVIEW)
def test_findings_hold_the_published_figures(lang):
    said = "\n".join(sentences("clusters", lang))
    assert [figure for figure in FROM_PLAN_AND_BULLETIN[lang] + FROM_REVIEW[lang] if figure not in said] == []


def test_where_too_little_is_known_the_first_finding_says_that_there_is_no_forecast_and_why():
    first = sentences("clusters", period="2005Q1", as_of=None)[0]
    assert first.startswith("现有数据不足以预测") and "24" in first


@pytest.mark.parametrize("lang", FROM_REVIEW)
def test_the_day_before_the_review_the_target_stands_and_the_year_is_open(lang):
    said = "\n".join(sentences("clusters", lang, as_of=THE_DAY_BEFORE))
    assert all(figure in said for figure in FROM_PLAN_AND_BULLETIN[lang])
    assert not any(figure in said for figure in FROM_REVIEW[lang])


def test_revenue_and_output_are_never_mixed():
    assert "不能以总产值衡量" in "".join(sentences("clusters"))
    assert "营业收入" in chart("path of revenue").unit


def test_the_required_path_is_marked_as_no_forecast():
    assert (
        "不是预测" in chart("path of revenue").note and "not forecast" in chart("path of revenue", "en").note
    )
    assert "估计" in table("path").note and "estimates" in table("path", "en").note


def test_the_path_leads_to_the_target_at_even_growth():
    path = table("path").frame["level"]
    assert path.iloc[-1] == pytest.approx(7000)
    assert (path / path.shift()).dropna().tolist() == pytest.approx([1.2134] * 5, abs=5e-4)


def test_each_cluster_stands_once_with_its_growth():
    coverage = clusters.coverage(view_of()).set_index("name")
    assert len(coverage) == 11 and coverage["tier"].value_counts().to_dict() == {
        "leading": 5,
        "special": 5,
        "core": 1,
    }
    assert coverage["growth"].dropna().filter(GROWTH_FROM_REVIEW).to_dict() == GROWTH_FROM_REVIEW


def test_the_groups_of_clusters_add_up():
    coverage = clusters.coverage(view_of())
    level, growth = coverage["last_level"].notna(), coverage["growth"].notna()
    groups = [int(level.sum()), int((~level & growth).sum()), int((~level & ~growth).sum())]
    assert sum(groups) == 11 and all(f"{group}个" in " ".join(sentences("clusters")) for group in groups)


@settings(max_examples=4, deadline=None)
@given(revenue=st.integers(1000, 6900))
def test_required_growth_follows_the_last_revenue(changed_view, revenue):
    year = {
        "indicator": "revenue_scale",
        "freq": "A",
        "time_period": "2022",
        "transformation": "level",
        "obs_value": str(revenue),
    }
    finding = clusters.required_finding(changed_view(more=[(OUTPUT, year)]))
    rate = 100 * ((7000 / revenue) ** (1 / 5) - 1)
    assert f"以2022年全部规上工业营业收入{revenue}亿元为参照" in finding and f"{rate:.1f}%" in finding


def test_the_year_of_the_deadline_needs_no_path(changed_view):
    year = {
        "indicator": "revenue_scale",
        "freq": "A",
        "time_period": "2027",
        "transformation": "level",
        "obs_value": "6500",
        "released": "2028-02-01",
    }
    view = changed_view(more=[(OUTPUT, year)], period="2027Q4", as_of=None)
    assert clusters.path_chart(view) is None and clusters.path_table(view) is None
    assert clusters.required_finding(view) is None


def test_a_target_already_passed_asks_for_no_negative_growth(changed_view):
    year = {
        "indicator": "revenue_scale",
        "freq": "A",
        "time_period": "2022",
        "transformation": "level",
        "obs_value": "7500",
    }
    assert "-" not in (clusters.required_finding(changed_view(more=[(OUTPUT, year)])) or "")
