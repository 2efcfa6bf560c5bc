"""Properties every panel must have, on a small city whose months are known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zs_analysis as zs

KEY = ["ref_area", "activity", "freq", "time_period"]
SLOW_INPUT = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def panel(published):
    return zs.panel(published)


def test_columns_and_order(panel):
    assert panel.columns.tolist() == [*KEY, "value", "se", "obs_status", "reason", "facts", "unit"]
    assert not panel.duplicated(KEY).any()
    assert set(panel["obs_status"]) <= {"A", "E", "F", "M"}
    assert panel["unit"].unique().tolist() == ["1e8_cny"]


def test_months_between_published_sums_are_published(panel, known):
    fixed = panel[panel["obs_status"].eq("A") & panel["freq"].eq("M")]
    assert set(fixed.loc[fixed["activity"].eq("total"), "time_period"].str[5:]) == {
        f"{m:02d}" for m in range(3, 13)
    }
    truth = np.array([known(row.activity, row.time_period) for row in fixed.itertuples()])
    assert (np.abs(fixed["value"] - truth) <= 0.2).all()


def test_january_is_estimated_because_it_is_published_with_february(panel):
    january = panel.query("activity == 'total' and time_period == '2022-01'").iloc[0]
    assert (january["obs_status"], january["se"] / january["value"] < 0.2) == ("E", True)


def test_published_figures_return_within_half_a_printed_unit(panel, published):
    cells = panel[panel["freq"].eq("M")].set_index(["activity", "time_period"])["value"]
    for row in published[published["transformation"].eq("ytd")].itertuples():
        inside = [f"{row.time_period[:4]}-{m:02d}" for m in range(1, int(row.time_period[5:]) + 1)]
        if cells[row.activity][inside].notna().all():
            assert abs(cells[row.activity][inside].sum() - float(row.obs_value)) <= 0.05


def test_parts_add_to_the_whole(panel):
    wide = (
        panel[panel["freq"].eq("M")].pivot(index="time_period", columns="activity", values="value").dropna()
    )
    assert len(wide) >= 20
    assert wide.drop(columns="total").sum(axis=1).to_numpy() == pytest.approx(
        wide["total"].to_numpy(), rel=1e-9
    )


def test_quarters_and_years_are_the_sums_of_their_months_with_errors_of_their_own(panel):
    months = panel[panel["freq"].eq("M") & panel["activity"].eq("total")].set_index("time_period")
    whole = panel.query("activity == 'total' and time_period == '2022'").iloc[0]
    inside = months.loc[months.index.str.startswith("2022")]
    assert whole["value"] == pytest.approx(inside["value"].sum(), rel=1e-9)
    # January and February are known together: their errors cancel, so the year's is far below the root of squares
    assert whole["se"] < 0.1 * np.sqrt((inside["se"] ** 2).sum())


def test_nothing_is_below_zero(panel):
    assert (panel["value"].dropna() > 0).all()
    assert (panel["se"].dropna() >= 0).all()


@SLOW_INPUT
@given(seed=st.integers(0, 2**16))
def test_the_order_of_rows_changes_nothing(seed, panel, published):
    shuffled = published.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(zs.panel(shuffled), panel)


UNITS = {"1e4_cny": 1e4, "bn_cny": 0.1, "mn_cny": 100, "cny": 1e8}


@SLOW_INPUT
@given(unit=st.sampled_from(sorted(UNITS)))
def test_the_unit_of_figures_changes_nothing(unit, panel, published):
    level = published["unit"].eq("1e8_cny")
    other = published.copy()
    other["decimals"] = np.where(level, 1 - round(np.log10(UNITS[unit])), 1)
    other.loc[level, "obs_value"] = [
        f"{float(v) * UNITS[unit]:.6f}" for v in published.loc[level, "obs_value"]
    ]
    other.loc[level, "unit"] = unit
    pd.testing.assert_frame_equal(
        zs.panel(other)[panel.columns.drop("facts")], panel.drop(columns="facts"), rtol=1e-4
    )


def test_thinner_figures_widen_the_bands(panel, published):
    thin = zs.panel(published[published["time_period"].str[5:].isin(["06", "12"])])
    both = panel.merge(thin, on=KEY, suffixes=("", "_thin"))
    wider = both["se_thin"].fillna(np.inf) >= both["se"] * 0.999
    # A jump fitted on fewer figures may be smaller, and its band a little narrower.
    assert wider[both["se"].notna()].mean() > 0.95


@pytest.mark.parametrize("transformation", ["share", "contribution"])
def test_a_share_or_a_contribution_pins_the_part(transformation, figure):
    rows = [figure("total", "level", "2021", "1000.0"), figure("total", "level", "2022", "1100.0"),
            figure("ships", "level", "2021", "200.0")]  # fmt: skip
    says = {"share": ("25.0", "pct", 275.0), "contribution": ("7.5", "pp", 275.0)}[transformation]
    rows.append(figure("ships", transformation, "2022", *says[:2]))
    found = zs.panel(pd.DataFrame(rows)).query("activity == 'ships' and time_period == '2022'").iloc[0]
    assert found["value"] == pytest.approx(says[2], rel=0.02)
    assert found["se"] / found["value"] < 0.02


def test_a_cumulative_figure_and_an_average_growth_count(figure):
    rows = [
        figure("total", "cumulative", "2022", "2100.0") | {"base_per": "2021"},
        figure("total", "level", "2021", "1000.0"),
        figure("total", "avg_yoy", "2023", "10.0", "pct") | {"base_per": "2021"},
    ]
    years = (
        zs.panel(pd.DataFrame(rows))
        .query("activity == 'total' and freq == 'A'")
        .set_index("time_period")["value"]
    )
    assert years["2022"] == pytest.approx(1100, abs=0.2)
    assert years["2023"] == pytest.approx(1210, rel=0.005)


def test_growth_in_times_is_growth(figure):
    rows = [figure("total", "level", "2021", "100.0"), figure("total", "yoy", "2022", "2.5", "times")]
    years = zs.panel(pd.DataFrame(rows)).query("freq == 'A'").set_index(["activity", "time_period"])["value"]
    assert years["total", "2022"] == pytest.approx(350, rel=0.02)


def test_cross_cells_add_both_ways(figure):
    rows = [
        figure("total", "level", "2021", "100.0"),
        figure("ships", "level", "2021", "40.0"),
        *[figure("total", "level", "2021", value, area=area) for area, value in [("dinghai", "55.0"), ("putuo", "45.0")]],
        figure("ships", "level", "2021", "30.0", area="dinghai"),
    ]  # fmt: skip
    found = (
        zs.panel(pd.DataFrame(rows))
        .query("time_period == '2021'")
        .set_index(["ref_area", "activity"])["value"]
    )
    assert found["zhoushan", "total"] == pytest.approx(
        found["dinghai", "total"] + found["putuo", "total"], rel=1e-9
    )
    assert found["dinghai", "ships"] == pytest.approx(30, abs=0.05)
    assert found["zhoushan", "ships"] == pytest.approx(40, abs=0.05)
