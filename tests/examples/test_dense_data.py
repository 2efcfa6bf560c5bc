"""What the pages do where every cluster, area and month is published."""

import re

import pytest

from zs_analysis.present import clusters, panel
from zs_analysis.present.view import View

QUARTER, DAY = "2024Q3", "2024-10-25"


@pytest.fixture(scope="module")
def view(example) -> View:
    return View(QUARTER, DAY, "zh", str(example))


def test_a_row_of_bulletins_is_cited_by_its_ends(view):
    line = view.source([f"example-2024-{month:02d}" for month in range(2, 10)])
    assert line.count("《") == 2 and line.endswith("，共8期")
    assert "2024年2月（虚构）》" in line and "2024年9月（虚构）》" in line


def test_few_bulletins_are_cited_one_by_one(view):
    assert view.source([f"example-2024-{month:02d}" for month in (3, 6, 9)]).count("《") == 3


def test_clusters_with_levels_of_one_period_are_summed(view):
    (line,) = [line for line in clusters.summary(view).sentences if "都公布了" in line]
    together, share = map(
        float, re.search(r"合计([\d.]+)亿元，占全市规上工业总产值的([\d.]+)%", line).groups()
    )
    assert together == pytest.approx(clusters.coverage(view)["last_level"].sum(), abs=0.05)
    assert share == pytest.approx(100 * together / view.current("gross_output_scale", "ytd").value, abs=0.05)


def test_the_revenue_target_starts_from_the_clusters_own_revenue_where_it_is_published(view):
    start, _, _ = clusters.required_growth(view)
    assert clusters.is_own(start)
    assert "全部规上工业" not in clusters.required_finding(view) + clusters.path_chart(view).note


def test_columns_that_say_the_same_in_every_row_are_left_out(view):
    keys = [column.key for column in clusters.coverage_table(view).columns]
    assert "last_level_period" in keys
    assert not {"growth_period", "growth_indicator"} & set(keys)


def test_periods_of_a_cluster_count_a_year_and_its_last_month_once(view):
    assert set(clusters.coverage(view)["levels"]) == {11}


def test_of_a_year_published_month_by_month_the_longest_window_is_drawn(view):
    chart = panel.course_chart(view)
    windows = chart.data[
        chart.data.iloc[:, 0].str.contains("—") | chart.data.iloc[:, 0].str.fullmatch(r"\d{4}年")
    ]
    assert windows.iloc[:, 0].tolist() == ["2022年", "2023年", "2024年1—9月"]


def test_the_estimated_years_go_from_the_city_over_its_clusters_to_the_rest(view):
    names = panel.years_table(view).frame["name"].tolist()
    order = view.table("clusters").sort_values("rank_order")["name_zh"].tolist()
    assert names[0] == "全市" and names[-1] == "其余"
    assert names[2:13] == order
