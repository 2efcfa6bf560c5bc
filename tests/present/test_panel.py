"""The estimated course of output on the page: what is published stays solid, what is estimated says so."""

import re

import pytest
from report_views import chart, table, view_of

from zs_analysis.present import panel

OUTPUT = ("gross_output_scale", "ytd")
PUBLISHED_2020 = "1532.1"  # 规上工业总产值, city, 2020


def test_published_windows_stand_as_their_monthly_average():
    data = chart("monthly course").data
    published = data[data["性质"].eq("公布")].set_index("时期")["数值"]
    # 316.3 in three months, 1532.1 in twelve, 3246.8 in ten
    assert published.to_dict() == {"2020年1—3月": 105, "2020年": 128, "2023年1—10月": 325}


def test_a_month_alone_is_no_year_to_date(changed_view):
    view = changed_view(more=[(OUTPUT, {"transformation": "level"})])
    named = set(panel.course_chart(view).data["时期"])
    assert {"2023年10月", "2023年1—10月"} <= named


def test_months_after_the_last_figure_are_forecasts_and_the_others_estimates():
    data = chart("monthly course").data.set_index("时期")
    assert data["性质"][["2023年10月", "2023年11月"]].tolist() == ["估计", "预测"]
    months = data[data["性质"].isin(["估计", "预测"])]
    assert (months["下限"] < months["数值"]).all() and (months["数值"] < months["上限"]).all()


def test_a_year_that_was_published_stands_as_printed_and_the_others_with_their_width():
    city = table("estimated years").frame.set_index("name").loc["全市"]
    assert city["2020"] == PUBLISHED_2020
    assert re.fullmatch(r"\d{4} ±\d\.\d%", city["2022"])
    assert city["2020 status"] == "A" and city["2022 status"] == "E"


def test_what_no_figure_determines_is_left_empty():
    assert table("estimated years").frame.set_index("name")["2022"].isna()["水产"]


def test_parts_of_a_year_add_to_the_city():
    years = (
        panel.course(view_of()).query("freq == 'A' and time_period == '2020'").set_index("activity")["value"]
    )
    known = years.drop("total").sum()
    assert known <= years["total"] * (1 + 1e-9)


def test_the_contradicted_figure_is_named_and_not_used():
    doubts = table("doubts").frame
    first = doubts.iloc[0]
    assert (first["printed"], first["verdict"]) == ("695.47亿元", "不合，未用于估计")
    assert doubts["z"].abs().is_monotonic_decreasing


def test_without_a_level_there_is_no_course(review_view):
    view = review_view({})
    assert panel.course_chart(view) is not None  # 3246.8 of the review alone starts a panel
    old = view_of(period="2005Q1", as_of=None)
    assert panel.course_chart(old) is None and panel.years_table(old) is None
    assert panel.no_doubts(old) == old.no_data


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_quarter_before_any_whole_year_has_a_plain_title(lang):
    title = chart("monthly course", lang, "2020Q1", "2020-06-30").title
    assert title == {"zh": "规上工业总产值的逐月估计", "en": "Gross output by month, estimated"}[lang]
