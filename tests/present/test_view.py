"""What a report sees of the data: the quarter, the day and the language."""

import pytest
from report_views import REVIEW_DAY, THE_DAY_BEFORE, view_of

from zs_analysis.model import PeriodError
from zs_analysis.present.view import Note, View

OUTPUT_FROM_REVIEW = 3246.8
EXPECTED_FROM_REVIEW = 3800.0
RENOVATION_RANK_FROM_REVIEW = 2
OUTPUT_OF_2020_Q1_FROM_STATISTICS_BUREAU = 316.3
OUTPUT, OUTPUT_GROWTH = ("gross_output_scale", "ytd"), ("gross_output_scale", "ytd_yoy")


@pytest.mark.parametrize("period", ["2023Q5", "2023", "Q4", "2023-10", ""])
def test_a_period_that_is_no_quarter_is_refused_at_once(period):
    with pytest.raises(PeriodError, match="like 2023Q4"):
        View(period)


@pytest.mark.parametrize("day", ["2023/12/13", "yesterday", "2023-02-30", "2023-12"])
def test_a_day_that_is_none_is_refused_at_once(day):
    with pytest.raises(PeriodError, match="like 2023-12-13"):
        View("2023Q4", day)


def test_the_newest_figure_of_the_year_so_far():
    found = view_of().current("gross_output_scale", "ytd")
    assert (found.value, found.time_period, found.unit) == (OUTPUT_FROM_REVIEW, "2023-10", "1e8_cny")


def test_a_later_quarter_of_the_year_does_not_reach_back():
    assert view_of(period="2023Q3").current("gross_output_scale", "ytd") is None


def test_a_figure_of_another_year_is_not_the_years():
    assert view_of(period="2024Q4").current("gross_output_scale", "ytd") is None
    assert (
        view_of(period="2020Q2").current("gross_output_scale", "ytd").value
        == OUTPUT_OF_2020_Q1_FROM_STATISTICS_BUREAU
    )


def test_the_whole_year_takes_the_place_of_its_months(changed_view):
    year = {
        "freq": "A",
        "time_period": "2023",
        "transformation": "level",
        "obs_value": "3811.5",
        "released": "2024-02-01",
    }
    view = changed_view(more=[(OUTPUT, year)], as_of=None)
    assert view.current("gross_output_scale", "ytd").value == 3811.5
    assert (
        View("2023Q4", REVIEW_DAY, data_dir=view.data_dir).current("gross_output_scale", "ytd").value
        == OUTPUT_FROM_REVIEW
    )


def test_an_announced_year_is_never_a_figure():
    assert view_of().expected("gross_output_scale").value == EXPECTED_FROM_REVIEW
    assert view_of().current("gross_output_scale", "level") is None


def test_ranks_are_of_the_indicator():
    assert view_of().current("investment_renovation", "ytd_yoy_rank").value == RENOVATION_RANK_FROM_REVIEW


def test_the_day_before_the_review_nothing_of_it_is_known():
    view = view_of(as_of=THE_DAY_BEFORE)
    assert "review-2023" not in set(view.observations["source_id"])
    assert view.current("gross_output_scale", "ytd") is None and view.expected("gross_output_scale") is None


def test_no_observation_after_the_quarter_is_past():
    assert view_of(period="2020Q1", as_of=None).past["time_period"].str[:7].max() <= "2020-03"


def test_areas_inside_the_city_are_found_at_any_depth_and_firms_are_none():
    inside = view_of().inside("zhoushan")
    assert {"dinghai", "jintang", "petrochemical_base"} <= set(inside)
    assert "zpc" not in inside and len(inside) == len(set(inside))


def test_money_is_in_the_unit_of_the_language():
    assert view_of("zh").money(OUTPUT_FROM_REVIEW) == OUTPUT_FROM_REVIEW
    assert view_of("en").money(OUTPUT_FROM_REVIEW) == pytest.approx(324.68)


def test_codes_have_short_names_in_chinese_and_full_ones_in_english():
    assert view_of("zh").name("areas", "daishan") == "岱山"
    assert view_of("en").name("areas", "daishan") == "Daishan County"


def test_a_source_is_cited_once_with_publisher_and_day():
    line = view_of().source(["review-2023", "review-2023"])
    assert line.count("《") == 1 and "舟山市经济和信息化局" in line and REVIEW_DAY in line
    assert view_of().source(["plan-2023", "review-2023"]).count("；") == 1


@pytest.mark.parametrize(("lang", "quarter"), [("zh", "2023年四季度"), ("en", "Q4 2023")])
def test_a_view_introduces_itself(lang, quarter):
    assert quarter in str(view_of(lang)) and REVIEW_DAY in str(view_of(lang))
    assert str(view_of(lang)) in view_of(lang)._repr_html_()


@pytest.mark.parametrize(
    ("period", "newest", "reached"),
    [("2020Q1", "2020-03", True), ("2005Q1", "2004-12", False), ("1900Q1", None, False)],
)
def test_a_view_tells_how_far_its_figures_reach_and_says_where_they_fall_short(period, newest, reached):
    view = View(period)
    bundle = view._repr_mimebundle_()
    note = bundle["application/vnd.zs.reach+json"]["note"]
    assert (view.reach.newest, view.reach.reached) == (newest, reached)
    assert bool(note) is not reached and note in bundle["text/html"] and note == view.reach.words
    assert ("最新的数到2004年12月为止" in note) is (period == "2005Q1")
    assert view.reach._repr_html_() == ("" if reached else f'<p class="zs-note">{note}</p>')


def test_an_expectation_of_the_year_is_no_figure_of_its_end():
    view = View("2021Q4", "2022-01-11")
    assert "F" in view.observations.query("time_period == '2021'")["obs_status"].tolist()
    assert view.reach.newest == "2021-11"


def test_a_note_is_known_as_one_in_the_notebook():
    assert Note("没有 <数>")._repr_mimebundle_() == {
        "text/html": '<p class="zs-note">没有 &lt;数&gt;</p>',
        "text/plain": "没有 <数>",
        "application/vnd.zs.note+json": "没有 <数>",
    }


def test_another_package_is_another_view(changed_view):
    assert changed_view({OUTPUT: "3000.0"}).current("gross_output_scale", "ytd").value == 3000.0
    assert view_of().current("gross_output_scale", "ytd").value == OUTPUT_FROM_REVIEW
