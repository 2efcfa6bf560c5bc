"""What someone meets who types in Lab and errs."""

from typing import get_args

import pytest

import zs_analysis as zs
from zs_analysis.loaders import TABLES
from zs_analysis.loaders.package import TableName
from zs_analysis.present import output

VIEW = zs.View("2023Q4", "2023-12-13")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: zs.load("cluster"), "no table 'cluster' in the data package; did you mean clusters"),
        (lambda: zs.load("xyz"), "no table 'xyz' in the data package; there are observations, targets"),
        (lambda: VIEW.name("areas", "dinghay"), "no areas 'dinghay'; did you mean dinghai"),
        (lambda: VIEW.table("target"), "did you mean targets"),
        (lambda: output.growth_chart(VIEW, "activty"), "no dimension 'activty'; did you mean activity"),
        (lambda: output.contribution_chart(VIEW, "area"), "no dimension 'area'; .*there are ref_area, activity"),
        (lambda: zs.panel(indicator="gros_output"), "no indicator 'gros_output' in the table of indicators; did you mean gross_output"),
        (lambda: zs.View("2023"), "2023Q4"),
        (lambda: zs.load("observations", as_of="20231213"), "write it like 2023-12-13"),
        (lambda: zs.forecast.forecast(zs.load("areas"), 4), "give unique_id, ds, y"),
    ],
)  # fmt: skip
def test_an_error_says_what_is_near(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()


def test_editors_know_the_tables():
    assert set(get_args(TableName)) == set(TABLES)


def test_completion_offers_what_a_user_calls():
    assert {"load", "panel", "panels", "metrics", "forecast", "present", "explore", "show", "View"} <= set(
        dir(zs)
    )
    assert {"growth_lab", "investment_lab", "forecast_lab", "release_lab", "series_lab", "show"} <= set(
        dir(zs.explore)
    )


@pytest.mark.parametrize("name", ["load", "panel", "show", "View", "validate", "ingest", "render", "export"])
def test_the_first_line_of_help_is_a_sentence(name):
    first = getattr(zs, name).__doc__.splitlines()[0]
    assert len(first) > 15 and first.endswith((".", ":")), first


def test_a_day_to_come_shows_all_that_is_known():
    assert len(zs.load("observations", as_of="2999-12-31")) == len(
        zs.load("observations", as_of="2026-11-22")
    )
