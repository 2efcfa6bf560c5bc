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


LEVELS = {"investment_manufacturing": "80", "investment_fixed_asset": "420.0"}


@pytest.fixture
def with_levels(changed_view):
    """A view in which levels of manufacturing and of fixed-asset investment are published."""

    def make(levels: dict[str, str], lang: str = "zh", period: str = "2023-10") -> View:
        cells = [
            (TOTAL, {"indicator": code, "obs_value": value, "time_period": period})
            for code, value in levels.items()
        ]
        return changed_view(more=cells, lang=lang)

    return make


def test_the_share_of_manufacturing_is_that_of_the_two_levels(with_levels):
    share = investment.shares(with_levels(LEVELS)).query("year == '2023'").iloc[-1]
    assert share["share"].value == pytest.approx(100 * 80 / 420) and share["computed"]
    assert share["share"].lo == pytest.approx(100 * 79.5 / 420.05)


@pytest.mark.parametrize(
    ("manufacturing", "words"),
    [("80", "低于20%的目标"), ("84", "已达到20%的目标"), ("85", "已达到20%的目标")],
)
def test_the_share_is_held_against_twenty_percent(with_levels, manufacturing, words):
    said = investment.share_finding(with_levels(LEVELS | {"investment_manufacturing": manufacturing}))
    assert words in said and "由两项投资额计算" in said
    assert investment.ratio_finding(with_levels(LEVELS)) is None


def test_a_published_share_comes_before_a_computed_one(with_levels):
    view = with_levels(LEVELS | {"investment_manufacturing_ratio": "19.2"})
    share = investment.shares(view).query("year == '2023'").iloc[-1]
    assert share["share"].value == 19.2 and not share["computed"]


def test_one_level_alone_gives_no_share(with_levels):
    assert investment.shares(with_levels({"investment_manufacturing": "80"})).empty
    assert investment.share_chart(view_of()) is None and "20%" in investment.share_missing(view_of())


def test_nothing_invested_gives_no_share(with_levels):
    assert investment.shares(with_levels(LEVELS | {"investment_fixed_asset": "0"})).empty


def test_average_growth_says_how_the_share_moved():
    # 16.0 % against 9.8 % a year from 2012 to 2021
    assert "1.64倍" in table("history of shares").note and "占比超过五成" in "".join(
        table("history of shares").frame["note"].dropna()
    )


def test_renovation_is_23_3_percent_with_its_rounding():
    rows = table("renovation").frame.set_index("what")
    assert rows.loc["占工业投资"].tolist() == ["23.3%", "介于23.1%至23.5%"]
    assert rows.loc["推算上年同期", "value"] == "63.7亿元" and rows.loc["增速位次", "value"] == "第2位"


def test_others_that_grew_less_bound_the_firm_now(review_view):
    view = review_view({TOTAL_GROWTH: "10.0", EX_ZPC_GROWTH: "3.0"})
    # 429 - 429 / 1.1 * 1.03
    assert "本年浙石化投资至少27.3亿元" in investment.ex_firm_finding(view)
    assert investment.ex_firm_chart(view).title == "本年浙石化工业投资不可能低于27.3亿元"


def test_alike_growth_says_nothing_and_why(review_view):
    view = review_view({TOTAL_GROWTH: "10.0", EX_ZPC_GROWTH: "10.0"})
    assert investment.ex_firm_finding(view) is None and investment.ex_firm_chart(view) is None
    assert "下限为零" in investment.ex_firm_note(view)


def test_the_band_of_k8_runs_from_the_bound_to_the_total():
    drawn = chart("the dominant firm")
    low, high = (drawn.data.iloc[:, 1].min(), drawn.data.iloc[:, 1].max())
    assert (low, high) == (211.2, 437.9) and "不是估计" in drawn.note


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
