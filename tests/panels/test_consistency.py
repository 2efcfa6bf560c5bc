"""Figures that contradict the rest are named, never averaged in silence."""

import numpy as np
import pandas as pd
import pytest

import zs_analysis as zs


def flagged(observations: pd.DataFrame) -> dict[str, str]:
    found = zs.panels.consistency(observations)
    found = found[found["flag"].ne("")]
    return dict(zip(found["fact"], found["flag"], strict=True))


def times_ten(observations: pd.DataFrame, *fact: str) -> pd.DataFrame:
    activity, transformation, period = fact
    wrong = observations.copy()
    hit = (
        wrong["activity"].eq(activity)
        & wrong["transformation"].eq(transformation)
        & wrong["time_period"].eq(period)
    )
    assert hit.sum() == 1
    wrong.loc[hit, "obs_value"] = f"{10 * float(wrong.loc[hit, 'obs_value'].item()):.1f}"
    return wrong


def test_figures_that_agree_raise_nothing(published):
    assert flagged(published) == {}


@pytest.mark.parametrize(
    "fact",
    [
        ("total", "ytd", "2022-06"),
        ("ships", "ytd", "2021-09"),
        ("petrochemicals", "ytd", "2022-12"),
        ("total", "ytd_yoy", "2022-05"),
    ],
    ids="|".join,
)
def test_a_misprint_that_others_determine_is_named_and_left_out(fact, published):
    wrong = times_ten(published, *fact)
    name = f"zhoushan|{fact[0]}|{fact[2]}|{fact[1]}|bulletin"
    assert flagged(wrong) == {name: "contradiction"}
    row = zs.panels.consistency(wrong).set_index("fact").loc[name]
    printed = float(row["printed"])
    assert abs(row["z"]) > 3.5 and row["predicted"] < 0.5 * printed
    assert "contradicted by" in row["words"]
    months, clean = (
        zs.panel(rows).query("freq == 'A'").set_index(["activity", "time_period"])["value"]
        for rows in (wrong, published)
    )
    if fact[1] == "ytd" and not fact[2].endswith("12"):
        pd.testing.assert_series_equal(months, clean, rtol=1e-3)


def test_two_sources_that_disagree_are_both_used_and_both_named(figure):
    rows = [
        figure("total", "level", "2021", "1000.0"),
        figure("total", "level", "2022", "1050.0") | {"source_id": "one"},
        figure("total", "level", "2022", "1090.0") | {"source_id": "another"},
    ]
    found = zs.panels.consistency(pd.DataFrame(rows))
    assert found.loc[found["flag"].eq("sources_disagree"), "source_id"].tolist() == ["another", "one"]
    assert found["used"].all()
    year = zs.panel(pd.DataFrame(rows)).query("activity == 'total' and time_period == '2022'").iloc[0]
    assert year["obs_status"] == "E"
    assert 1050 - year["se"] < year["value"] < 1090 + year["se"] and year["se"] > 10


def test_of_two_sources_the_others_may_tell_which_is_wrong(published):
    copy = published[
        published["activity"].eq("total")
        & published["time_period"].eq("2022-06")
        & published["unit"].eq("1e8_cny")
    ]
    wrong = copy.assign(obs_value=[f"{2 * float(v):.1f}" for v in copy["obs_value"]], source_id="elsewhere")
    assert flagged(pd.concat([published, wrong])) == {"zhoushan|total|2022-06|ytd|elsewhere": "contradiction"}


def test_a_lone_misprint_is_a_jump_to_look_at(figure):
    rows = [
        figure("total", "level", str(year), f"{1000 * 1.05 ** (year - 2018):.1f}")
        for year in range(2018, 2023)
    ]
    rows[2]["obs_value"] = f"{10 * float(rows[2]['obs_value']):.1f}"
    found = flagged(pd.DataFrame(rows))
    assert set(found) >= {"zhoushan|total|2020|level|bulletin"}


def test_the_gap_of_published_growth_is_no_contradiction(figure):
    # 497.9 (2020) to 543.7 (2021) is +9.2 % where a gap of a point is published: law 1
    rows = [figure("total", "level", "2020", "497.9"), figure("total", "level", "2021", "543.7"),
            figure("total", "yoy", "2021", "10.2", "pct")]  # fmt: skip
    found = zs.panels.consistency(pd.DataFrame(rows))
    assert found["flag"].eq("").all()
    growth = found.set_index("transformation").loc["yoy"]
    assert growth["predicted"] == pytest.approx(9.2, abs=0.02)
    assert growth["z"] == pytest.approx(np.log(1.102 / (543.7 / 497.9)) / 0.01, rel=0.02)
