"""Targets beside what is published about them."""

import pandas as pd
import pytest
from report_views import THE_DAY_BEFORE, chart, sentences, table, view_of

from zs_analysis.present import targets
from zs_analysis.present.view import View

FROM_REVIEW = {"zh": ["38.8万元/亩", "34万元/亩"], "en": ["388,000 yuan per mu", "340,000 yuan per mu"]}
# review: 88 projects of the 50 a year, 7 technology centres of 5, more than 10 events of 5, about 100 renovations of 100
MET_EARLY_IN_REVIEW = {"major_project", "tech_centre_city_new", "matching_event", "renovation_project"}
CHAIN_LEADERS = ("firm_chain_leader", "level")
PROJECTS = "plan-2-2-6-project-1e8"


@pytest.fixture(scope="module")
def progress():
    return targets.progress(view_of()).set_index("target_id")


def state(view: View, target_id: str) -> str:
    return targets.progress(view).set_index("target_id").loc[target_id, "state"]


@pytest.mark.parametrize("lang", FROM_REVIEW)
def test_findings_hold_the_reviews_figures(lang):
    said = "\n".join(sentences("targets", lang))
    assert [figure for figure in FROM_REVIEW[lang] if figure not in said] == []


def test_tax_per_mu_is_met_and_should_be_set_anew(progress):
    tax = progress.loc["plan-1-2-tax-per-mu"]
    assert (tax["state"], tax["outcome"].value, tax["value"]) == ("re-base", 38.8, 34.0)
    assert "亩均税收" in [one for one in sentences("targets") if "重新设定" in one][0]


def test_thresholds_are_rules_and_not_rated(progress):
    rules = progress[progress["basis"].eq("threshold")]
    assert len(rules) == 7 and set(rules["state"]) == {"rule"} and rules["outcome"].isna().all()


def test_a_yearly_target_met_early_is_green(progress):
    yearly = progress[progress["indicator"].isin(MET_EARLY_IN_REVIEW) & progress["start"].le("2023")]
    assert set(yearly["indicator"]) == MET_EARLY_IN_REVIEW and set(yearly["state"]) == {"green"}


def test_next_years_targets_have_not_started(progress):
    waiting = progress[progress["start"].eq("2024")]
    assert len(waiting) == 3 and set(waiting["state"]) == {"not started"}


def test_what_is_not_published_is_not_rated(progress):
    assert progress.loc[progress["state"].eq("unpublished"), "outcome"].isna().all()
    assert progress.loc["plan-2-2-6-manufacturing-investment-ratio", "state"] == "unpublished"
    missing = int(progress["state"].eq("unpublished").sum())
    assert f"{missing}项没有查到口径一致的公布数" in sentences("targets")[-1]


def test_an_announced_outcome_is_none(progress):
    assert progress.loc["plan-2-5-18-digital-retrofit", "outcome"] is None


def test_departments_add_up(progress):
    counts = table("departments").frame
    states = [name for name in targets.LIGHT_WORDS if name in counts]
    assert counts["total"].sum() == len(progress) == counts[states].to_numpy().sum()
    assert counts["total"].tolist() == sorted(counts["total"], reverse=True)


def test_every_running_target_has_its_line(progress):
    assert len(table("targets").frame) == len(progress) == len(targets.running_targets(view_of()))
    assert sentences("targets")[0].startswith(f"在期量化目标{len(progress)}项")


def test_the_chart_counts_what_it_draws(progress):
    drawn = progress[progress["ratio_pct"].notna() & progress["state"].ne("not started")]
    over = int((drawn["ratio_pct"] >= 100).sum())
    assert f"{len(drawn)}项" in chart("progress").title and f"{over}项" in chart("progress").title


def test_the_day_before_the_review_no_outcome_of_it_is_known():
    known = targets.progress(view_of(as_of=THE_DAY_BEFORE))
    assert not any(outcome and outcome.source_id == "review-2023" for outcome in known["outcome"])
    assert not known["target_id"].str.startswith("review-").any()


def test_before_the_plan_there_is_no_target_of_it():
    ids = targets.running_targets(view_of(as_of="2023-05-03"))["target_id"]
    assert not ids.str.startswith("plan-").any()


@pytest.mark.parametrize(
    ("value", "light"), [("42", "green"), ("41", "amber"), ("38", "amber"), ("37", "red"), ("0", "red")]
)
def test_a_yearly_flow_is_held_against_ten_months_of_twelve(changed_view, value, light):
    # 50 a year is 41.67 in ten months, 0.9 of that 37.5
    view = changed_view()
    path = f"{view.data_dir}/observations.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[frame["indicator"].eq("major_project") & frame["time_period"].eq("2023-10"), "obs_value"] = (
        value
    )
    frame.to_csv(path, index=False)
    assert state(view, PROJECTS) == light


def test_below_fifteen_firms_is_not_fifteen(changed_view):
    view = changed_view()
    path = f"{view.data_dir}/observations.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[
        frame["indicator"].eq("firm_chain_leader") & frame["source_id"].eq("review-2023"), "comparison"
    ] = "<"
    frame.to_csv(path, index=False)
    assert state(view, "plan-2-3-10-chain-leader") == "unrated"


def test_lights_follow_the_rules_in_force(changed_view):
    view = changed_view()
    path = f"{view.data_dir}/rules.csv"
    rules = pd.read_csv(path, dtype=str, keep_default_na=False)
    stricter = rules[rules["rule"].eq("light_green")].assign(value="3.0", valid_from="2023-07-01")
    pd.concat([rules, stricter]).to_csv(path, index=False)
    assert targets.rules(view)["light_green"] == 3.0
    assert targets.rules(View("2023Q2", data_dir=view.data_dir))["light_green"] == 1.0
