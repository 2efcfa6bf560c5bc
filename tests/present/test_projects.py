"""Projects through their life, on the invented example and on the named projects of the review."""

import pandas as pd
import pytest
from report_views import table, view_of

from zs_analysis.present import investment, projects
from zs_analysis.present.view import View

OPEN_LISTS = ("stage_table", "delay_table", "life_chart", "schedule_chart", "light_chart", "capacity_table")


@pytest.fixture(scope="module", params=["zh", "en"])
def view(example, request) -> View:
    return View("2024Q3", "2024-10-25", request.param, str(example))


def test_the_reviews_projects_stand_where_it_says():
    frame = table("stages").frame
    assert frame["now"].tolist() == [8, 9, 1, 9, 4] and frame["reached"].iloc[0] == 31


def test_what_to_load_is_said_without_a_register():
    view = view_of()
    assert "project_stages.csv" in projects.register_missing(view)
    assert projects.delay_table(view) is None and projects.project_lights_table(view) is None


def test_the_published_200_is_the_one_scenario_and_says_what_it_assumes():
    added = projects.capacity(view_of())
    assert set(added["scenario"]) == {"published"} and added["output_added"].eq(200 / 12).all()
    assert (
        str(added["ds"].iloc[0].date()) == "2023-11-30" and str(added["ds"].iloc[-1].date()) == "2024-12-31"
    )
    (row,) = table("capacity").frame.itertuples()
    assert row.year == pytest.approx(200) and "按月均摊" in row.assumes


def test_every_project_of_the_register_is_counted_once(view):
    known = view.register("project_stages")["project_id"].nunique()
    assert len(projects.lives(view)) == known == projects.stage_table(view).frame["now"].sum()
    for by in projects.GROUPS:
        assert projects.group_table(view, by).frame["total"].iloc[-1] == known


def test_lights_are_given_to_all_that_are_not_on_stream_and_to_no_other(view):
    rows = projects.lives(view)
    lit = projects.schedule_table(view, "cluster").frame.iloc[-1][list(projects.LIGHT_WORDS)].sum()
    assert rows.loc[rows["stage"].eq("completed"), "light"].isna().all()
    assert lit == rows["stage"].ne("completed").sum() == len(projects.project_lights_table(view).frame)


def test_red_projects_come_first(view):
    lights = projects.project_lights_table(view).frame["light"]
    red = view.say("红灯", "red")
    assert lights.iloc[0] == red and lights.eq(red).to_numpy().nonzero()[0].max() == lights.eq(red).sum() - 1


def test_open_tables_name_no_project(view):
    names = view.table("projects")[f"name_{view.lang}"]
    shown = [getattr(projects, name)(view) for name in OPEN_LISTS]
    shown += [
        make(view, by) for make in (projects.group_table, projects.schedule_table) for by in projects.GROUPS
    ]
    page = "".join(one._repr_html_() for one in shown) + "".join(investment.summary(view).sentences)
    assert not any(name in page for name in names)
    assert investment.project_table(view) is None and str(projects.not_named(view))


def test_lists_that_name_projects_are_marked_internal(view):
    for shown in (projects.project_lights_table(view), projects.timeline_chart(view)):
        assert shown.disclosure.kind == "internal" and not shown.disclosure.passes


def test_a_cell_of_one_investor_is_withheld(view):
    rows = projects.lives(view).assign(investor=lambda rows: rows["enterprise"])
    few = rows.groupby("cluster")["investor"].nunique().loc[lambda counts: counts < 3].index
    amounts = projects.group_table(view, "cluster").frame
    assert len(few) and amounts.loc[few, "investment"].isna().all()
    assert set(amounts.loc[few, "investment_status"]) == {"Q"}


def test_scenarios_of_the_register_come_in_order(view):
    frame = projects.capacity_table(view).frame
    assert len(frame) == 3 and frame["year"].is_monotonic_increasing
    added = projects.capacity(view)
    assert list(added.columns) == ["scenario", "unique_id", "ds", "output_added"]
    assert str(added["ds"].min().date()) == "2024-10-31" and str(added["ds"].max().date()) == "2025-12-31"


def test_the_course_leaves_out_the_months_of_few_investors(view):
    course = projects.investment_course(view)
    months = view.register("project_months")
    assert course["time_period"].iloc[0] > months["time_period"].min()
    assert course["projects"].iloc[0] >= 3


def test_an_earlier_quarter_knows_less(example):
    then, now = (View(period, data_dir=str(example)) for period in ("2023Q4", "2024Q3"))
    done = [projects.lives(one)["stage"].eq("completed").sum() for one in (then, now)]
    assert done[0] <= done[1]


def test_the_day_is_that_of_the_report_in_an_unfinished_quarter(example):
    assert projects.judged_on(View("2024Q3", "2024-08-15", "zh", str(example))) == pd.Timestamp("2024-08-15")
    assert projects.judged_on(View("2024Q3", "2024-10-25", "zh", str(example))) == pd.Timestamp("2024-09-30")
