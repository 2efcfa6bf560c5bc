"""Headline numbers as data: every summary hands over numbers; `test_every_quarter` finds them in the sentences."""

import json
from dataclasses import replace

import pytest
from report_views import SUMMARIES, sentences, view_of

from zs_analysis.present import Findings
from zs_analysis.present.headlines import METRICS, Metric
from zs_analysis.present.phrases import metric, scale, statement, told
from zs_analysis.present.view import View


def metrics_of(room: str, lang: str = "zh") -> dict[tuple[str, ...], Metric]:
    found = Findings(sentences(room, lang), lang).metrics
    return {(one.indicator, one.time_period, one.transformation, one.origin): one for one in found}


@pytest.mark.parametrize("room", SUMMARIES)
def test_every_report_hands_over_numbers(room):
    assert Findings(sentences(room)).metrics


def test_published_figures_of_the_review_as_data():
    output = metrics_of("output")
    level = output["gross_output_scale", "2023-10", "ytd", ""]
    assert (level.value, level.unit, level.status) == (3246.8, "1e8_cny", "A")
    assert level.words["zh"]["text"] == "3246.8亿元" and level.words["en"]["text"] == "324.68 bn yuan"
    assert output["gross_output_scale", "2023-10", "ytd_yoy", ""].value == 12.5
    assert output["gross_output_scale", "2023", "level", "announced"].value == 3800


def test_forecasts_carry_their_interval_and_who_makes_them():
    clusters = metrics_of("clusters")
    years = [key for key in clusters if key[0] == "gross_output_scale" and key[3] == "model"]
    assert {key[1:3] for key in years} >= {("2023", "level"), ("2023", "yoy"), ("2024", "level")}
    for key in years:
        one = clusters[key]
        assert one.status == "F" and one.lo < one.value < one.hi
    assert metrics_of("brief")["gross_output_scale", "2023", "level", "model"] in clusters.values()


def test_a_forecast_has_the_key_of_its_outcome():
    forecast = metrics_of("clusters")["gross_output_scale", "2023", "yoy", "model"]
    [outcome] = statement(View("2021Q4"), "gross_output_scale").metrics
    assert (outcome.time_period, outcome.status, outcome.value) == ("2021", "A", 46.7)
    assert _cell(replace(forecast, time_period="2021")) == _cell(outcome)


def _cell(one: Metric) -> tuple[str, ...]:
    return one.indicator, one.ref_area, one.activity, one.time_period, one.transformation, one.unit


def test_within_a_report_a_cell_has_one_value():
    for room in SUMMARIES:
        found = Findings(sentences(room)).metrics
        keys = [(*_cell(one), one.origin) for one in found]
        assert len(keys) == len(set(keys)), room


def test_numbers_go_along_with_the_findings_as_json():
    view = view_of()
    count = metric(view, "x", 3, unit="item", decimals=0, time_period="2023-Q4", name={"zh": "某", "en": "A"})
    findings = Findings([told(view, "某3项。", count, None), told(view, "又是3项。", count), "没有数。"])
    [record] = json.loads(json.dumps(findings._repr_mimebundle_()[METRICS], ensure_ascii=False))
    assert (record["value"], record["words"]["zh"]["text"], record["words"]["en"]["text"]) == (
        3.0,
        "3项",
        "3",
    )
    assert Findings(["没有数。"])._repr_mimebundle_()[METRICS] == []


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("1e8_cny", (0, "亿元"), (-1, " bn yuan")),
        ("bn_cny", (1, "亿元"), (0, " bn yuan")),
        ("pct", (0, "%"), (0, "%")),
        ("1e4_person", (0, "万人"), (4, " persons")),
        ("firm", (0, "家"), (0, "")),
        ("ratio", (0, ""), (0, "")),
    ],
)
def test_units_are_counted_as_readers_do(unit, zh, en):
    assert scale(view_of(), unit) == zh
    assert scale(view_of("en"), unit) == en
