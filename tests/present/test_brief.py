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
    assert len(sentences("brief")) <= 10 and sentences("brief")[0].startswith("1—10月规上工业总产值")


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
