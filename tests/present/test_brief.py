"""The brief: the review's story on one page."""

import re

import pytest
from bs4 import BeautifulSoup
from report_views import THE_DAY_BEFORE, sentences, table, view_of

from zs_analysis.present import brief

FROM_REVIEW = {
    "zh": ["3246.8亿元", "增长12.5%", "增长18%", "第1位", "约3800亿元", "553.2亿元", "276.6亿元", "14.8%", "429亿元", "下降2.1%", "增长89%", "211.2亿元", "48.2%", "100亿元", "增长56.9%", "37.7%", "19.2%", "19%", "13.2%", "13.1%", "38.8万元/亩", "34万元/亩", "7000亿元", "2192.8亿元", "21.3%"],
    "en": [
        "324.68 bn yuan", "up 12.5%", "up 18%", "1st in the province", "about 380 bn yuan", "55.32 bn yuan", "27.66 bn yuan", "14.8%",
        "42.9 bn yuan", "down 2.1%", "up 89%", "21.12 bn yuan", "48.2%", "10 bn yuan", "up 56.9%", "37.7%", "19.2%", "19%", "13.2%", "13.1%",
        "388,000 yuan per mu", "340,000 yuan per mu", "700 bn yuan", "219.28 bn yuan", "21.3%",
    ],
}  # fmt: skip
KEY_FIGURES_FROM_REVIEW = {
    "规上工业总产值": ["3246.8亿元", "12.5", "1"],
    "规上工业增加值": ["—", "18", "1"],
    "工业投资": ["429亿元", "-2.1", "—"],
    "工业技改投资": ["100亿元", "56.9", "2"],
    "规上工业亩均税收": ["38.8万元/亩", "—", "2"],
}
REVIEW_ONLY = {"zh": ["3246.8", "429亿元", "38.8"], "en": ["324.68", "42.9 bn", "388,000"]}


@pytest.mark.parametrize("lang", FROM_REVIEW)
def test_findings_hold_the_reviews_figures(lang):
    said = "\n".join(sentences("brief", lang))
    assert [figure for figure in FROM_REVIEW[lang] if figure not in said] == []


def test_the_brief_is_brief():
    assert len(sentences("brief")) <= 14 and sentences("brief")[0].startswith("1—10月规上工业总产值")


@pytest.mark.parametrize("name", KEY_FIGURES_FROM_REVIEW)
def test_key_figures_are_the_reviews(name):
    page = BeautifulSoup(table("key figures")._repr_html_(), "html.parser")
    row = page.find("th", scope="row", string=name).parent
    level, growth, place = (cell.text for cell in row.find_all("td")[1:4])
    assert [level, growth, re.sub(r"\D", "", place) or place] == KEY_FIGURES_FROM_REVIEW[name]


def test_key_figures_tell_their_months_and_clause():
    frame = table("key figures").frame.set_index("name")
    assert frame.loc["规上工业亩均税收", "window"] == "1—9月" and frame.loc["工业投资", "window"] == "1—10月"
    assert frame["place"].notna().all()


@pytest.mark.parametrize(("lang", "nothing"), [("zh", "没有已公布"), ("en", "Nothing")])
def test_the_day_before_the_review_the_brief_says_that_nothing_is_published(lang, nothing):
    said = "\n".join(sentences("brief", lang, as_of=THE_DAY_BEFORE))
    assert not any(figure in said for figure in REVIEW_ONLY[lang])
    assert nothing in said
    assert table("key figures", lang, as_of=THE_DAY_BEFORE) is None


@pytest.mark.parametrize(
    ("growth", "words"), [("-0.4", "同比下降0.4%"), ("0.0", "同比持平"), ("21.0", "同比增长21.0%")]
)
def test_changed_figures_flow_into_the_brief(review_view, growth, words):
    view = review_view({("gross_output_scale", "ytd_yoy"): growth})
    assert words in brief.summary(view).sentences[0]
    assert brief.key_table(view).frame.set_index("name").loc["规上工业总产值", "growth"] == growth


def test_both_languages_say_the_same_number_of_things():
    assert len(sentences("brief", "zh")) == len(sentences("brief", "en"))
    assert len(brief.key_table(view_of("en")).frame) == len(table("key figures").frame)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_subject_of_the_steering_has_its_sentence(lang):
    said = "\n".join(sentences("brief", lang))
    subjects = {
        "zh": ["工业总产值", "工业投资", "分集群看", "分区域看", "在期量化目标", "亩均税收", "企业培育", "数字经济", "要在2027年"],
        "en": ["Gross output", "Industrial investment", "Clusters, growth", "Areas, growth", "numeric targets", "Tax per mu", "Enterprises", "Digital", "by 2027"],
    }  # fmt: skip
    assert [subject for subject in subjects[lang] if subject not in said] == []


def test_lights_are_counted_and_the_red_ones_named(changed_view):
    low = {"indicator": "project_signed", "activity": "manufacturing", "obs_value": "5", "unit": "count"}
    view = changed_view(more=[(("gross_output_scale", "ytd"), low | {"price_basis": ""})])
    (said,) = [sentence for sentence in brief.summary(view).sentences if "在期量化目标" in sentence]
    assert "红灯1项（新招引落地总投资亿元以上制造业重大项目）" in said
    counts = [int(count) for count in re.findall(r"(?<!目标)(\d+)项", said)]
    assert sum(counts) == int(re.search(r"目标(\d+)项", said)[1])


def test_many_parts_are_told_by_the_first_and_the_last(changed_view):
    cell = ("gross_output_scale", "ytd_yoy")
    codes = ["ships", "seafood", "screws", "auto_parts", "grain_oil", "aviation"]
    more = [(cell, {"activity": code, "obs_value": str(value - 2)}) for value, code in enumerate(codes)]
    said = [brief.parts_finding(changed_view(more=more, lang=lang), "activity") for lang in ("zh", "en")]
    assert "6个集群中3个增长，现代航空（3%）、粮油加工（2%）、汽配（1%）居前，船舶（-2%）最后。" in said[0]
    assert "3 of 6 grew; " in said[1] and said[1].endswith("-2% comes last.")


def test_the_bound_of_the_dominant_firm_is_not_told_where_it_is_nothing(changed_view):
    cells = {("investment_industry", "ytd_yoy"): "11.1", ("investment_industry_ex_zpc", "ytd_yoy"): "-4.2"}
    said = brief.investment_finding(changed_view(cells))
    assert said.endswith("扣除浙石化同比下降4.2%。") and "0.0" not in said
