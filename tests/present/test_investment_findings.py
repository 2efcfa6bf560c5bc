"""Investment, against the review."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_views import THE_DAY_BEFORE, chart, sentences, table, view_of

from zs_analysis.present import investment
from zs_analysis.present.view import View

FROM_REVIEW = {
    "zh": ["429亿元", "下降2.1%", "增长89%", "211.2亿元", "48.2%", "100亿元", "增长56.9%", "第2位", "200亿元"],
    "en": ["42.9 bn yuan", "down 2.1%", "up 89%", "21.12 bn yuan", "48.2%", "10 bn yuan", "up 56.9%", "2nd in the province", "20 bn yuan"],
}  # fmt: skip
# 100 of 429, and 100 / 1.569
COMPUTED_FROM_REVIEW = {"zh": ["23.3%", "63.7亿元"], "en": ["23.3%", "6.37 bn yuan"]}
COMPLETED_IN_REVIEW = {
    "zh": ["140万吨乙烯", "润海新能源", "一塑新材料", "大洋世家优品园"],
    "en": ["ethylene", "Runhai", "Yisu", "Ocean Family"],
}
TOTAL, TOTAL_GROWTH = ("investment_industry", "ytd"), ("investment_industry", "ytd_yoy")
EX_ZPC_GROWTH = ("investment_industry_ex_zpc", "ytd_yoy")


@pytest.mark.parametrize("lang", FROM_REVIEW)
def test_findings_hold_the_reviews_figures(lang):
    said = "\n".join(sentences("investment", lang))
    wanted = FROM_REVIEW[lang] + COMPUTED_FROM_REVIEW[lang] + COMPLETED_IN_REVIEW[lang]
    assert [figure for figure in wanted if figure not in said] == []


@pytest.mark.parametrize("lang", FROM_REVIEW)
def test_the_day_before_the_review_there_is_none_of_it(lang):
    said = "\n".join(sentences("investment", lang, as_of=THE_DAY_BEFORE))
    assert [figure for figure in FROM_REVIEW[lang] if figure in said] == []
    assert chart("growth of investment", lang, as_of=THE_DAY_BEFORE) is None
    assert table("projects", lang, as_of=THE_DAY_BEFORE) is None


def test_the_firms_part_is_a_bound_and_not_an_estimate():
    (finding,) = [sentence for sentence in sentences("investment") if sentence.startswith("扣除浙石化")]
    assert "至少211.2亿元" in finding and "不低于210.1亿元" in finding and "无法由公布数确定" in finding
    assert "211.2亿元" in chart("the dominant firm").title


@settings(max_examples=6, deadline=None)
@given(total=st.integers(-30, 60), without=st.integers(-30, 120))
def test_any_pair_of_growth_rates_gives_a_sound_bound(review_view, total, without):
    view = review_view({TOTAL_GROWTH: str(total), EX_ZPC_GROWTH: str(without)})
    least = max(0.0, 429 / (1 + total / 100) - 429 / (1 + without / 100))
    assert investment.ex_firm_bound(view).firm_base_min.value == pytest.approx(least)
    assert "至少-" not in (investment.ex_firm_finding(view) or "")


def test_a_bound_of_nothing_is_not_told_as_a_finding(review_view):
    finding = investment.ex_firm_finding(review_view({TOTAL_GROWTH: "10.0", EX_ZPC_GROWTH: "3.0"}))
    assert "至少0.0亿元" not in (finding or "") and "占0.0%以上" not in (finding or "")


def test_growth_of_other_months_gives_no_bound(changed_view):
    later = {"time_period": "2023-11", "obs_value": "80"}
    view = changed_view(more=[(EX_ZPC_GROWTH, later)])
    assert investment.ex_firm_bound(view) is None and investment.ex_firm_chart(view) is None


def test_the_ratio_that_is_not_published_is_said_to_be_missing():
    assert "20%" in sentences("investment")[-1] and "没有查到" in sentences("investment")[-1]
    assert "none is estimated" in sentences("investment", "en")[-1]


def test_all_projects_of_the_review_stand_in_the_table_the_finished_first():
    frame = table("projects", "en").frame
    assert len(frame) == len(view_of().table("projects"))
    assert frame["status"].iloc[0] == "completed" and frame["status"].iloc[-1] == "planned"


@pytest.mark.parametrize("lang", FROM_REVIEW)
def test_new_output_without_a_named_project_has_no_empty_brackets(changed_view, lang):
    view = changed_view(lang=lang)
    projects = pd.read_csv(f"{view.data_dir}/projects.csv", dtype=str, keep_default_na=False)
    projects[projects["status"].ne("completed")].to_csv(f"{view.data_dir}/projects.csv", index=False)
    finding = investment.capacity_finding(View(view.period, view.as_of, lang, view.data_dir))
    assert "()" not in finding and "（）" not in finding and "等项目" not in finding


def test_the_best_and_the_whole_head_the_chart():
    assert (
        "下降2.1%" in chart("growth of investment").title and "增长89%" in chart("growth of investment").title
    )
    assert chart("growth of investment").data.shape[0] == 3
