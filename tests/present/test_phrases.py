"""Published figures as words."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_views import view_of

from zs_analysis.model import Figure
from zs_analysis.present import phrases

OUTPUT_STATEMENT = {
    "zh": "1—10月规上工业总产值3246.8亿元，同比增长12.5%，增速居全省第1位。",
    "en": "Gross output of industry above designated size, January–October: 324.68 bn yuan, up 12.5% year on year "
    "(1st in the province by growth).",
}
OUTPUT, GROWTH, RANK = (("gross_output_scale", code) for code in ("ytd", "ytd_yoy", "ytd_yoy_rank"))


def figure(value: float, decimals: int, unit: str, comparison: str = "") -> Figure:
    return Figure(
        "gross_output_scale", "zhoushan", "total", "M", "2023-10", "ytd",
        value, decimals, unit, comparison, "A", "review-2023", "current", "一(一)", "", pd.Timestamp("2023-12-13"),
    )  # fmt: skip


@pytest.mark.parametrize("lang", OUTPUT_STATEMENT)
def test_level_growth_and_place_make_one_sentence(lang):
    assert phrases.statement(view_of(lang), "gross_output_scale") == OUTPUT_STATEMENT[lang]


def test_a_statement_of_nothing_is_none():
    assert phrases.statement(view_of(), "profit_scale") is None


@settings(max_examples=6, deadline=None)
@given(level=st.integers(1, 99_999), tenths=st.integers(-600, 900))
def test_what_the_package_says_is_what_the_sentence_says(review_view, level, tenths):
    view = review_view({OUTPUT: f"{level / 10:.1f}", GROWTH: f"{tenths / 10:.1f}"})
    size = f"{abs(tenths) / 10:.1f}%"
    words = "同比持平" if tenths == 0 else ("同比增长" if tenths > 0 else "同比下降") + size
    said = f"1—10月规上工业总产值{level / 10:.1f}亿元，{words}，增速居全省第1位。"
    assert phrases.statement(view, "gross_output_scale") == said


@pytest.mark.parametrize(
    ("growth", "zh", "en"),
    [
        ("-3.2", "同比下降3.2%", "down 3.2% year on year"),
        ("0.0", "同比持平", "unchanged year on year"),
        ("7", "同比增长7%", "up 7% year on year"),
    ],
)
def test_growth_turns_with_its_sign(review_view, growth, zh, en):
    assert zh in phrases.statement(review_view({GROWTH: growth}), "gross_output_scale")
    assert en in phrases.statement(review_view({GROWTH: growth}, "en"), "gross_output_scale")


def test_printed_digits_are_kept(review_view):
    assert "3246.80亿元" in phrases.statement(review_view({OUTPUT: "3246.80"}), "gross_output_scale")


def test_growth_of_other_months_does_not_join_the_level(changed_view):
    view = changed_view(more=[(GROWTH, {"time_period": "2023-11", "obs_value": "11.1"})], without=[GROWTH])
    assert "11.1" not in phrases.statement(view, "gross_output_scale")


def test_a_place_of_other_months_does_not_join_the_sentence(changed_view):
    view = changed_view(more=[(RANK, {"time_period": "2023-06", "obs_value": "7"})], without=[RANK])
    assert "第7位" not in phrases.statement(view, "gross_output_scale")


def test_growth_of_the_whole_year_is_not_lost_to_a_level_of_ten_months(changed_view):
    year = {
        "freq": "A",
        "time_period": "2023",
        "transformation": "yoy",
        "obs_value": "11.9",
        "released": "2024-01-25",
    }
    view = changed_view(more=[(GROWTH, year)], as_of=None)
    assert "11.9%" in phrases.statement(view, "gross_output_scale")


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "zh", "en"),
    [
        (3246.8, 1, "1e8_cny", "3246.8亿元", "324.68 bn yuan"),
        (655.0, 0, "bn_cny", "6550亿元", "655 bn yuan"),
        (38.8, 1, "1e4_cny_per_mu", "38.8万元/亩", "388,000 yuan per mu"),
        (15, 0, "firm", "15家", "15"),
        (72.5, 1, "pct", "72.5%", "72.5%"),
        (1.5, 1, "ratio", "1.5", "1.5"),
        (8600, 0, "1e4_cny", "8600万元", "86,000,000 yuan"),
    ],
)
def test_quantities_as_each_language_writes_them(value, decimals, unit, zh, en):
    assert phrases.quantity(view_of("zh"), value, decimals, unit) == zh
    assert phrases.quantity(view_of("en"), value, decimals, unit) == en


@pytest.mark.parametrize(
    ("comparison", "zh", "en"),
    [("~=", "约3800亿元", "about 380 bn yuan"), (">", "超过3800亿元", "more than 380 bn yuan"), (">=", "3800亿元以上", "at least 380 bn yuan")],
)  # fmt: skip
def test_the_sources_about_and_more_than_are_kept(comparison, zh, en):
    announced = figure(3800, 0, "1e8_cny", comparison)
    assert phrases.amount(view_of("zh"), announced) == zh
    assert phrases.amount(view_of("en"), announced) == en


def test_the_year_is_said_where_it_is_not_the_one_reported():
    assert phrases.window(view_of("zh"), figure(1, 0, "pct")) == "1—10月"
    assert phrases.window(view_of("zh", period="2024Q1"), figure(1, 0, "pct")) == "2023年1—10月"


def test_a_printed_figure_stands_for_what_rounds_to_it():
    interval = phrases.rounded(figure(12.5, 1, "pct"))
    assert (interval.lo, interval.value, interval.hi) == pytest.approx((12.45, 12.5, 12.55))
    assert phrases.between(view_of("en"), interval, 2, "%") == "between 12.45% and 12.55%"


def test_no_finding_is_a_finding():
    assert "没有已公布" in phrases.findings(view_of("zh"), [None]).sentences[0]
    assert "Nothing" in phrases.findings(view_of("en"), []).sentences[0]
    assert phrases.findings(view_of("zh"), [None, "一。"]).sentences == ("一。",)


def test_growth_in_times_is_not_percent():
    # the bulletin of 2021: 利润总额增长2.5倍
    assert "同比增长2.5倍" in phrases.statement(view_of("zh", "2021Q4", None), "profit_scale")
    assert "up 250% year on year" in phrases.statement(view_of("en", "2021Q4", None), "profit_scale")


def test_billions_and_yi_are_one_money(changed_view):
    more = [(OUTPUT, {"time_period": "2023-11", "obs_value": "350.12", "unit": "bn_cny"})]
    assert "3501.2亿元" in phrases.statement(changed_view(more=more), "gross_output_scale")


def rates(city: str, *, before: str | None = None, province: str | None = None) -> list:
    """Growth of the city in ten months, that of a year before, and the province's."""
    more = (
        [(GROWTH, {"time_period": "2022-10", "obs_value": before, "released": "2022-12-13"})]
        if before
        else []
    )
    more += [(GROWTH, {"ref_area": "zhejiang", "obs_value": province})] if province else []
    return [{GROWTH: city}, more]


@pytest.mark.parametrize(
    ("city", "before", "province", "zh", "en"),
    [
        ("12.5", "10.1", "6.2", "比上年同期加快2.4个百分点，快于全省6.3个百分点。", "2.4 percentage points faster than a year before, 6.3 percentage points above the province."),
        ("-2.1", "1.0", "6.0", "比上年同期由增转降，回落3.1个百分点，低于全省8.1个百分点。", "down after growth, 3.1 percentage points lower than a year before, 8.1 percentage points below the province."),
        ("5.0", "5.0", "5.0", "增速与上年同期持平，与全省持平。", "growth unchanged from a year before, the same as the province."),
        ("12.5", None, "6.2", "同比增长12.5%，增速居全省第1位，快于全省6.3个百分点。", "(1st in the province by growth), 6.3 percentage points above the province."),
        ("12.5", None, None, "同比增长12.5%，增速居全省第1位。", "(1st in the province by growth)."),
    ],
)  # fmt: skip
def test_growth_is_held_against_the_year_before_and_the_province(
    changed_view, city, before, province, zh, en
):
    changed, more = rates(city, before=before, province=province)
    assert phrases.compared(changed_view(changed, more=more), "gross_output_scale").endswith(zh)
    assert phrases.compared(changed_view(changed, more=more, lang="en"), "gross_output_scale").endswith(en)


def test_growth_at_other_prices_is_not_compared(changed_view):
    real = (GROWTH, {"ref_area": "zhejiang", "obs_value": "6.2", "price_basis": "constant"})
    assert "全省6.3" not in phrases.compared(changed_view(more=[real]), "gross_output_scale")


def test_growth_in_times_is_not_compared(changed_view):
    more = [(GROWTH, {"ref_area": "zhejiang", "obs_value": "1.5", "unit": "times"})]
    assert "百分点" not in phrases.compared(changed_view(more=more), "gross_output_scale")


def test_nothing_published_is_nothing_compared():
    assert phrases.compared(view_of(), "profit_scale") is None


def test_a_shared_place_is_said_to_be_shared(changed_view):
    place = (RANK, {"obs_value": "2", "note": "1-10月；并列"})
    said = [
        phrases.statement(changed_view(more=[place], without=[RANK], lang=lang), "gross_output_scale")
        for lang in ("zh", "en")
    ]
    assert "增速居全省并列第2位" in said[0] and "joint 2nd in the province by growth" in said[1]


def test_a_stock_told_before_its_month_ended_says_so():
    officers = view_of().current("firm_assistant", "level")
    assert phrases.window(view_of(), officers) == "截至12月发文"
    assert phrases.window(view_of(), view_of().current("base_station_5g", "level")) == "9月"
