"""A cell that nothing determines has no value, and says what would determine it."""

import pandas as pd
import pytest

import zs_analysis as zs


@pytest.fixture(scope="module")
def panel(figure):
    rows = [
        figure("total", "level", "2021", "1200.0"),
        figure("total", "ytd", "2022-10", "1100.0"),
        figure("ships", "ytd", "2021-03", "50.0"),
        figure("seafood", "yoy", "2022", "5.0", "pct"),
    ]
    return zs.panel(pd.DataFrame(rows)).set_index(["activity", "time_period"])


def test_published_cells_are_a(panel):
    assert panel.loc[[("total", "2021"), ("ships", "2021-Q1")], "obs_status"].tolist() == ["A", "A"]
    assert panel.loc[("total", "2021"), "facts"] == "zhoushan|total|2021|level|bulletin"


def test_cells_after_the_last_figure_are_f(panel):
    assert panel.loc[("total", "2022-10"), "obs_status"] == "E"
    late = panel.loc[[("total", "2022-11"), ("total", "2022-12"), ("total", "2022")]]
    assert late[["obs_status", "reason"]].to_numpy().tolist() == [["F", "after_last_fact"]] * 3


def test_growth_without_a_level_gives_no_level(panel):
    seafood = panel.loc["seafood"]
    assert seafood["value"].isna().all() and seafood["se"].isna().all()
    assert (seafood["obs_status"].unique().tolist(), seafood["reason"].unique().tolist()) == (
        ["M"],
        ["no_level"],
    )


def test_a_wide_cell_is_refused_and_names_what_would_fix_it(panel):
    year = panel.loc[("ships", "2022")]
    assert (year["obs_status"], year["reason"], year["facts"]) == (
        "M",
        "too_wide",
        "zhoushan|ships|2022-12|ytd",
    )
    assert pd.isna(year["value"])
    assert panel.loc[("ships", "2021-Q2"), "facts"] == "zhoushan|ships|2021-06|ytd"


def test_no_shown_cell_is_wider_than_the_rule(panel):
    shown = panel[panel["obs_status"].isin(["E", "F"])]
    limit = shown["freq"].map({"M": 0.2, "Q": 0.1, "A": 0.1})
    assert (shown["se"] / shown["value"] <= limit).all()
    assert panel.loc[panel["obs_status"].eq("A"), ["value", "se"]].eval("se / value").max() <= 0.005


def test_what_a_part_without_a_level_would_hold_lies_in_the_rest(panel):
    year = panel.loc[[("total", "2021"), ("rest", "2021")], "value"]
    assert year.iloc[1] < year.iloc[0]
