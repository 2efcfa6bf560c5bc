"""Judgements of the data package: what counts, how it is shown, and what the manifest keeps of it."""

import pandas as pd
import pytest
from report_views import QUARTER, REVIEW_DAY

from zs_analysis.loaders import validate
from zs_analysis.present import scenarios
from zs_analysis.present.outlook import change_of_year, entered
from zs_analysis.present.view import View

COLUMNS = {
    **{"judgement": "repair", "name_zh": "大修", "name_en": "a repair", "ref_area": "zhoushan"},
    **{"activity": "petrochemicals", "low": "-12", "central": "-8", "high": "-4", "unit": "1e8_cny"},
    **{"start": "2024-03", "until": "2024-05", "ramp": "0", "department": "市经信局"},
    **{"reason_zh": "测试", "reason_en": "a test", "source_id": "review-2023", "released": "2023-12-01"},
}
LATER = {"released": "2023-12-10"}
SHOCK = {
    "judgement": "price",
    "name_zh": "降价",
    "low": "-9",
    "central": "-5",
    "high": "-1",
    "unit": "pct",
    "until": "",
}


@pytest.fixture
def judging(package):
    """A view of the embedded figures with these judgements, each given by what differs from `COLUMNS`."""

    def make(*changes, as_of=REVIEW_DAY, lang="zh"):
        rows = [COLUMNS | change for change in changes]
        pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(package / "judgements.csv", index=False)
        return View(QUARTER, as_of, lang, str(package))

    return make


def counted(view):
    return [(one.name, one.unique_id, one.kind, one.steps[0].central) for one in entered(view)]


def test_an_amount_and_a_percentage_are_judgements_of_their_kind(judging):
    assert counted(judging({}, SHOCK)) == [
        ("repair", "petrochemicals", "added", -8.0),
        ("price", "petrochemicals", "factor", -5.0),
    ]


def test_the_effect_ends_after_its_last_month(judging):
    [one] = entered(judging({}))
    assert [(str(step.start), step.low, step.high) for step in one.steps] == [
        ("2024-03", -12.0, -4.0),
        ("2024-06", 0.0, 0.0),
    ]


def test_a_later_row_replaces_an_earlier_one(judging):
    assert counted(judging({}, LATER | {"central": "-9"})) == [("repair", "petrochemicals", "added", -9.0)]


def test_a_judgement_of_size_zero_withdraws_the_earlier_one(judging):
    assert counted(judging({}, LATER | dict.fromkeys(("low", "central", "high"), "0"))) == []


def test_what_is_judged_after_the_day_is_unknown(judging):
    assert counted(judging({}, LATER | {"central": "-9"}, as_of="2023-12-05")) == [
        ("repair", "petrochemicals", "added", -8.0)
    ]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"low": "-5"}, "low, central and high must rise in this order"),
        (SHOCK | {"low": "-120"}, "nothing falls by more than 100 percent"),
        ({"until": "2024-02"}, "until lies before start"),
        ({"unit": "times"}, "must be one of 1e8_cny, pct"),
        ({"department": "市某局"}, "is not a known code"),
    ],
)
def test_what_cannot_be_is_named_by_line(judging, package, change, rule):
    judging(change)
    [failure] = validate(package).to_dict("records")
    assert rule in failure["rule"] and (failure["file"], failure["line"]) == ("judgements.csv", 2)


def test_the_judgements_and_the_models_add_up_to_what_is_said_together(judging):
    view = judging({}, SHOCK, {"judgement": "far", "activity": "auto_parts"})
    table = scenarios.scenario_table(view)
    model, *effects, together = table.frame["2024"]
    assert model + sum(effects) == pytest.approx(together)
    by_name = table.frame.set_index("name")["2024"]
    assert by_name["大修"] == pytest.approx(-24, abs=1) and by_name["降价"] < -50
    known = [(one["name"], one["unique_id"]) for one in table.facts["judgements"]]
    # the cluster without a forecast is named, not used
    assert {("repair", "petrochemicals"), ("price", "petrochemicals")} <= set(known)
    assert not [name for name, part in known if part == "auto_parts"]
    used = scenarios.judgement_table(view).frame.set_index("part")["used"]
    assert used["石化和新材料"].tolist() == ["是", "是"] and used["汽配"].startswith("否")
    assert scenarios.scenario_finding(view).startswith("计入判断（")


def test_new_capacity_is_recorded_as_one_sum(example):
    # what a cluster gains may be one firm's, and the manifest is published
    facts = scenarios.scenario_table(View("2024Q3", data_dir=str(example))).facts["judgements"]
    assert {one["unique_id"] for one in facts if one["name"] == "capacity"} == {"total"}
    assert {one["name"] for one in facts} == {"capacity", "turnaround", "oil_price"}


def test_where_nothing_was_entered_the_report_says_so(judging):
    view = judging()
    assert scenarios.judgement_table(view) is None and "没有录入判断" in scenarios.none_entered(view)


def test_what_was_judged_since_the_last_report_is_a_cause_of_its_own(judging):
    # of 2023, in the months still to come, and after the last report's day
    event = {"start": "2023-11", "until": "2023-12", "low": "-12", "central": "-8", "high": "-4"}
    entered_as = {"none": (), "new": (event,), "old": (event | {"released": "2022-01-01"},)}
    rows = {
        # one after the other: each writes the table anew
        name: change_of_year(judging(*changes)).set_index("cause")["impact"]
        for name, changes in entered_as.items()
    }
    for found in rows.values():
        assert found["old"] + found.drop(["old", "new"]).sum() == pytest.approx(found["new"])
    assert rows["new"]["judgement"] - rows["none"]["judgement"] == pytest.approx(-16, abs=0.5)
    assert rows["old"]["judgement"] == pytest.approx(rows["none"]["judgement"])
    assert rows["old"]["old"] - rows["none"]["old"] == pytest.approx(-16, abs=0.5)


def test_the_sides_of_one_event_are_listed_each_with_its_own_size(judging):
    side = {"activity": "ships", "low": "-3", "central": "-2", "high": "-1", "until": "2024-04"}
    frame = scenarios.judgement_table(judging({}, side)).frame.set_index("part")
    assert frame["size"].to_dict() == {
        "石化和新材料": "每月-8.0亿元（-12.0至-4.0）",
        "船舶": "每月-2.0亿元（-3.0至-1.0）",
    }
    assert frame["months"].to_dict() == {
        "石化和新材料": "2024年3月至2024年5月",
        "船舶": "2024年3月至2024年4月",
    }
