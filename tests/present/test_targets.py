"""Targets beside what is published about them."""

import pandas as pd
import pytest
from report_views import THE_DAY_BEFORE, chart, sentences, table, view_of

from zs_analysis.present import targets
from zs_analysis.present.view import View

FROM_REVIEW = {"zh": ["38.8万元/亩", "34万元/亩"], "en": ["388,000 yuan per mu", "340,000 yuan per mu"]}
# review: 88 projects of the 50 a year, 7 technology centres of 5, more than 10 events of 5, about 100 renovations of 100
MET_EARLY_IN_REVIEW = {"major_project", "tech_centre_city_new", "matching_event", "renovation_project"}
SIX_ACTIONS = ["空间腾换", "招大做强", "企业优强", "品质提升", "数字赋能", "创新强工"]
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


@pytest.mark.parametrize("name", ["actions", "departments"])
def test_counts_of_states_add_up(progress, name):
    counts = table(name).frame
    assert counts["total"].sum() == len(progress) == counts[list(targets.STATE_HEADS)].to_numpy().sum()


def test_departments_come_by_number_and_actions_in_the_plans_order():
    counts = table("departments").frame
    assert counts["total"].tolist() == sorted(counts["total"], reverse=True)
    assert table("actions").frame["name"].tolist()[1:7] == SIX_ACTIONS


def test_every_action_has_an_english_name(progress):
    assert set(progress["action"]) - {""} <= set(targets.ACTIONS_EN)


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


PATENTS, LAND_RATIO = "plan-1-2-high-value-patent", "plan-3-4-industrial-land-ratio"
TAX, PARKS, COVERAGE = "plan-1-2-tax-per-mu", "plan-2-1-2-small-firm-park", "plan-2-2-5-green-factory"


@pytest.fixture
def told(changed_view):
    """A view of a package in which some more is published."""

    def make(*rows: dict[str, str]) -> View:
        view = changed_view()
        path = f"{view.data_dir}/observations.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        blank = (
            frame[frame["source_id"].eq("review-2023")]
            .iloc[[0]]
            .assign(
                activity="total", comparison="", base_per="", price_basis="", note="", counterpart_area=""
            )
        )
        more = [blank.assign(**row) for row in rows]
        pd.concat([frame, *more]).to_csv(path, index=False)
        return View(view.period, view.as_of, view.lang, view.data_dir)

    return make


def row(
    indicator: str, period: str, value: str, unit: str, kind: str = "level", **more: str
) -> dict[str, str]:
    freq = "A" if len(period) == 4 else "M"
    cell = {"indicator": indicator, "time_period": period, "freq": freq, "transformation": kind}
    return cell | {"obs_value": value, "unit": unit} | more


def of(view: View, target_id: str) -> pd.Series:
    return targets.progress(view).set_index("target_id").loc[target_id]


def test_a_level_is_paced_from_the_year_before_its_first(told):
    # 6.8 to 11.8 by 2025 from the end of 2022; 2.5 of 5 after one year of three
    patents = "high_value_patent_per_1e4_person"
    one = of(told(row(patents, "2022", "6.8", "piece"), row(patents, "2023-12", "9.3", "piece")), PATENTS)
    assert one["pace"] == pytest.approx(1.5) and one["state"] == "green"
    assert one["start_figure"].time_period == "2022" and one["measured"].value == 9.3
    assert one["required_a_year"] == pytest.approx(1.25)


@pytest.mark.parametrize(
    ("now", "light"), [("8.5", "green"), ("8.4", "amber"), ("8.2", "red"), ("6.0", "red")]
)
def test_lights_of_a_level_follow_its_pace(told, now, light):
    # a third of the way, 5/3, is due after a third of the time: 8.47
    patents = "high_value_patent_per_1e4_person"
    view = told(row(patents, "2022", "6.8", "piece"), row(patents, "2023-12", now, "piece"))
    assert of(view, PATENTS)["state"] == light


def test_without_a_start_a_level_has_no_pace(told):
    one = of(told(row("high_value_patent_per_1e4_person", "2023-12", "9.3", "piece")), PATENTS)
    assert one["state"] == "unrated" and pd.isna(one["pace"]) and one["start_figure"] is None


def test_a_target_that_was_met_when_it_was_set_has_no_pace(told):
    patents = "high_value_patent_per_1e4_person"
    one = of(told(row(patents, "2022", "12.0", "piece"), row(patents, "2023-12", "11.0", "piece")), PATENTS)
    assert one["state"] == "unrated" and pd.isna(one["pace"])


def test_part_of_a_year_is_not_held_against_a_whole_one(told):
    # tax per mu adds up over the year: nine months of 38.8 say nothing of the way from 30 a year
    one = of(told(row("tax_per_mu_scale", "2022", "30", "1e4_cny_per_mu")), TAX)
    assert one["outcome"].value == 38.8 and one["state"] == "re-base" and pd.isna(one["pace"])


def test_a_yearly_ratio_does_not_wait_for_december(told):
    one = of(told(row("industrial_land_ratio", "2023-10", "31", "pct", "ytd")), LAND_RATIO)
    assert one["state"] == "green" and one["pace"] == pytest.approx(31 / 30)


def test_a_running_total_is_paced_from_its_level_before(told):
    view = told(
        row("small_firm_park", "2022", "8", "count", activity="manufacturing"),
        row("small_firm_park", "2023-12", "10", "count", activity="manufacturing"),
    )
    # 10 to go in five years, 2 done in one
    assert of(view, PARKS)["pace"] == pytest.approx(1.0)


def test_a_sum_starts_at_nothing_in_its_first_year(told):
    # 70 in five years is 14 a year: 11.67 in ten months
    one = of(told(row("green_factory", "2023-10", "7", "firm", "ytd")), COVERAGE)
    assert one["pace"] == pytest.approx(7 / (70 * 10 / 60)) and one["state"] == "red"
    assert one["required_a_year"] == pytest.approx(12 * 63 / 50)


def test_later_years_alone_are_no_sum(told):
    view = told(row("green_factory", "2024-10", "7", "firm", "ytd", released="2024-11-01"))
    later = View("2024Q4", "2024-12-01", data_dir=view.data_dir)
    assert of(later, COVERAGE)["state"] == "unpublished"


def test_what_is_behind_comes_first_and_worst_first(told):
    view = told(
        row("robot_new", "2023-10", "100", "set", "ytd"),
        row("project_signed", "2023-10", "31", "count", "ytd", activity="manufacturing"),
        row("firm_tech_new", "2023-10", "10", "firm", "ytd"),
    )
    frame = targets.urgent_table(view).frame
    assert frame["name"].tolist() == [
        "新增科技型中小企业和高新技术企业",
        "新增应用工业机器人",
        "新招引落地总投资亿元以上制造业重大项目",
    ]
    assert frame["pace"].is_monotonic_increasing and "红灯2项" in targets.summary(view).sentences[1]


def test_the_base_of_2020_is_the_start_of_the_base_on_yushan(progress):
    # 748 (2020), 2314 (2022), 2500 asked for by 2025
    one = progress.loc["chinadaily-2021-base-output"]
    assert one["pace"] == pytest.approx((2314 - 748) / (2500 - 748) / (2 / 5))
    assert table("pace").frame["start"].tolist() == ["748亿元（2020年）"]


def test_the_bureau_sees_what_others_lead():
    frame = table("other leads").frame
    assert len(frame) == 17 and "市经信局" not in set(frame["lead"])


def test_nothing_behind_is_said():
    assert table("urgent targets") is None and "没有红灯" in targets.none_urgent(view_of())
