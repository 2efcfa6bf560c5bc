"""Output growth, against the review and the bureau's table of March 2020."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_views import THE_DAY_BEFORE, chart, sentences, table, view_of

from zs_analysis.present import output

FROM_REVIEW = {
    "zh": ["3246.8亿元", "增长12.5%", "增长18%", "第1位", "约3800亿元", "553.2亿元", "276.6亿元", "低14.8%", "37.7%", "19.2%", "19%", "13.2%", "13.1%", "34.6%", "16.3%", "8.7%", "8.4%", "8.1%"],
    "en": [
        "324.68 bn yuan", "up 12.5%", "up 18%", "1st in the province", "about 380 bn yuan", "55.32 bn yuan", "27.66 bn yuan",
        "14.8% below", "37.7%", "19.2%", "19%", "13.2%", "13.1%", "34.6%", "16.3%", "8.7%", "8.4%", "8.1%",
    ],
}  # fmt: skip
# 岱山 172.4 +468.2 %, 定海 87.3 +1.0 %, 普陀 46.6 -8.7 %, 嵊泗 1.0 -32.8 %, 经开区 8.9 +0.5 %; the city 316.3 +76.9 %
CITY_GROWTH_FROM_BUREAU_2020_03 = 76.9
AREAS_FROM_BUREAU_2020_03 = {"daishan", "dinghai", "putuo", "shengsi", "etdz"}
OVERLAPPING = {"xincheng", "jintang", "liuheng"}
OUTPUT, GROWTH, EXPECTED = (("gross_output_scale", code) for code in ("ytd", "ytd_yoy", "level"))
VALUE_ADDED_GROWTH = ("va_scale", "ytd_yoy")
AREA_ROW = {"ref_area": "dinghai", "obs_value": "99.9"}


@pytest.mark.parametrize("lang", FROM_REVIEW)
def test_findings_hold_the_reviews_figures(lang):
    said = "\n".join(sentences("output", lang))
    assert [figure for figure in FROM_REVIEW[lang] if figure not in said] == []


@pytest.mark.parametrize(("lang", "nothing"), [("zh", "没有已公布"), ("en", "Nothing")])
def test_the_day_before_the_review_there_is_nothing(lang, nothing):
    (only,) = sentences("output", lang, as_of=THE_DAY_BEFORE)
    assert nothing in only
    assert chart("rest of the year", lang, as_of=THE_DAY_BEFORE) is None
    assert chart("growth by area", lang, as_of=THE_DAY_BEFORE) is None


def test_nominal_and_real_growth_are_reconciled_by_a_deflator():
    (price,) = [sentence for sentence in sentences("output") if "平减" in sentence]
    assert "0.953" in price and "低约4.7%" in price and "介于0.9489至0.9579" in price


def test_a_doubt_about_the_indicator_is_said():
    by_area = [sentence for sentence in sentences("output") if sentence.startswith("分")]
    assert len(by_area) == 2 and all("原文未注明" in sentence for sentence in by_area)
    assert "未注明" in chart("growth by area").note


def test_the_announced_year_is_marked_as_such():
    assert [sentence for sentence in sentences("output") if "3800" in sentence][0].startswith("全年预计约")
    assert "不是已公布数" in chart("rest of the year").note
    history = table("history")
    assert (
        history.frame.set_index("period").loc["2023年", "level_status"] == "F"
        and ">f</sup>" in history._repr_html_()
    )


def test_an_announced_growth_of_the_year_is_marked_too(changed_view):
    year = {
        "freq": "A",
        "time_period": "2023",
        "transformation": "yoy",
        "obs_value": "10.5",
        "obs_status": "F",
    }
    page = output.history_table(changed_view(more=[(GROWTH, year)]))._repr_html_()
    assert "10.5<sup" in page


def test_a_forecast_of_an_area_is_not_told_as_its_growth(changed_view):
    said = {
        "indicator": "industry_scale_unspecified",
        "price_basis": "",
        "ref_area": "shengsi",
        "obs_value": "44.4",
        "obs_status": "F",
    }
    finding = output.parts_finding(changed_view(more=[(GROWTH, said)]), "ref_area")
    assert "44.4" not in finding or "预计" in finding


def test_output_of_one_month_is_not_the_year_to_date(changed_view):
    month = {"time_period": "2023-09", "transformation": "level", "obs_value": "333.3"}
    history = output.history_table(changed_view(more=[(OUTPUT, month)])).frame
    assert history.loc[history["level"].eq(333.3), "period"].tolist() == ["2023年9月"]


@pytest.mark.parametrize("dimension", ["ref_area", "activity"])
def test_contributions_close_to_the_city_with_what_is_left_over(dimension):
    frame = output.contribution_table(view_of(), dimension).frame.set_index("name")["contribution_pp"]
    assert frame["全市"] == pytest.approx(CITY_GROWTH_FROM_BUREAU_2020_03)
    assert frame.drop("全市").sum() == pytest.approx(CITY_GROWTH_FROM_BUREAU_2020_03)
    assert "未分列及舍入差" in frame.index


def test_areas_that_overlap_are_not_in_the_contributions():
    parts = set(output.contribution_parts(view_of(), "ref_area").index) - {"total", "unallocated"}
    assert parts == AREAS_FROM_BUREAU_2020_03 and not parts & OVERLAPPING


def test_the_left_over_of_the_areas_is_rounding():
    frame = table("contributions of areas").frame.set_index("name")
    assert frame.loc["未分列及舍入差", "level"] == pytest.approx(0.1)
    assert abs(frame.loc["未分列及舍入差", "contribution_pp"]) < 0.5


def test_an_industry_inside_another_is_not_counted_twice(changed_view):
    part = {"activity": "shipbuilding", "time_period": "2020-03"}
    view = changed_view(more=[(OUTPUT, part | {"obs_value": "30.0"}), (GROWTH, part | {"obs_value": "10.0"})])
    left, before = (
        output.contribution_table(one, "activity").frame.set_index("name").loc["未分列及舍入差"]
        for one in (view, view_of())
    )
    assert left["level"] == pytest.approx(before["level"])
    assert left["contribution_pp"] == pytest.approx(before["contribution_pp"])


def test_areas_with_output_are_preferred_to_those_of_an_unstated_indicator(changed_view):
    parts = output.growth_by(changed_view(more=[(GROWTH, AREA_ROW)]), "ref_area")
    assert parts[["ref_area", "obs_value"]].values.tolist() == [["dinghai", 99.9]]


def test_the_strongest_area_comes_first_and_heads_the_chart():
    growth = output.growth_by(view_of(), "ref_area")["obs_value"].tolist()
    assert growth == sorted(growth, reverse=True)
    assert "37.7%" in chart("growth by area").title and "13.1%" in chart("growth by area").title


def test_published_and_implied_growth_stand_side_by_side():
    gap = table("gaps").frame.query("name == '规上工业增加值' and year == '2021'").iloc[0]
    assert (gap["before"], gap["level"], gap["published"]) == (497.9, 543.7, 18.8)
    assert gap["implied"] == pytest.approx(9.2, abs=0.05) and gap["gap"] == pytest.approx(9.6, abs=0.05)


@settings(max_examples=6, deadline=None)
@given(announced=st.integers(3300, 6000))
def test_the_rest_of_the_year_follows_the_announcement(review_view, announced):
    finding = output.rest_of_year_finding(review_view({EXPECTED: str(announced)}))
    rest = announced - 3246.8
    assert f"约{announced}亿元" in finding and f"需完成{rest:.1f}亿元" in finding
    assert ("低" in finding) == (rest / 2 < 324.68)


def test_the_announced_year_already_reached_asks_for_nothing(review_view):
    finding = output.rest_of_year_finding(review_view({EXPECTED: "3000"}))
    assert finding is None or "-" not in finding


def test_twelve_months_leave_no_rest_of_the_year(changed_view):
    december = {"time_period": "2023-12", "obs_value": "3790.0"}
    view = changed_view(more=[(OUTPUT, december), (GROWTH, december | {"obs_value": "12.0"})])
    assert output.rest_of_year_finding(view) is None
    assert output.summary(view).sentences[0].startswith("截至12月发文规上工业总产值3790.0亿元，同比增长12.0%")


def test_eleven_months_leave_december(changed_view):
    finding = output.rest_of_year_finding(
        changed_view(more=[(OUTPUT, {"time_period": "2023-11", "obs_value": "3500.0"})])
    )
    assert "据此12月需完成300.0亿元" in finding


@pytest.mark.parametrize(("real", "word"), [("5.0", "高约"), ("18", "低约")])
def test_prices_rise_or_fall_with_the_gap(review_view, real, word):
    assert word in output.price_finding(review_view({VALUE_ADDED_GROWTH: real}))


def test_equal_growth_is_no_change_of_prices(review_view):
    assert "0.0%" not in output.price_finding(review_view({VALUE_ADDED_GROWTH: "12.5"}))


def test_growth_of_different_months_gives_no_deflator(changed_view):
    later = {"time_period": "2023-11", "obs_value": "17.0"}
    assert output.price_finding(changed_view(more=[(VALUE_ADDED_GROWTH, later)])) is None
