"""Every figure a report rests on, traced to its clause."""

import pytest
from report_views import THE_DAY_BEFORE, view_of

from zs_analysis.present import investment, output, trace

USED = [output.OUTPUT, output.VALUE_ADDED, output.UNSPECIFIED, investment.TOTAL, investment.RENOVATION]
# indicator, kind, period, value, clause
FROM_REVIEW = [
    ("规上工业总产值", "累计", "2023年1—10月", "3246.8亿元", "一(一)"),
    ("规上工业总产值", "累计同比", "2023年1—10月", "12.5%", "一(一)"),
    ("规上工业总产值", "累计增速位次", "2023年1—10月", "第1位", "一(一)"),
    ("工业投资", "累计", "2023年1—10月", "429亿元", "一(二)"),
    ("工业投资", "累计同比", "2023年1—10月", "-2.1%", "一(二)"),
]
OUTPUT = ("gross_output_scale", "ytd")


def rows(view) -> list[tuple[str, ...]]:
    return list(trace.table(view, USED).frame.iloc[:, :5].itertuples(index=False, name=None))


@pytest.mark.parametrize("row", FROM_REVIEW, ids=lambda row: "-".join(row[:2]))
def test_figures_stand_with_their_clause(row):
    assert row in rows(view_of())


def test_an_announced_figure_is_marked():
    assert [
        value for _, kind, period, value, _ in rows(view_of()) if (kind, period) == ("数值", "2023年")
    ] == [
        "约3800亿元（预计）",
        "超过1000亿元（预计）",
    ]
    assert "about 380 bn yuan (announced)" in [row[3] for row in rows(view_of("en"))]


@pytest.mark.parametrize("status", ["E", "P"])
def test_estimates_and_provisional_figures_are_marked(changed_view, status):
    view = changed_view(
        more=[(OUTPUT, {"time_period": "2023-09", "obs_value": "2888.8", "obs_status": status})]
    )
    (value,) = [row[3] for row in rows(view) if "2888.8" in row[3]]
    assert value != "2888.8亿元"


def test_the_day_before_the_review_there_is_nothing_to_trace():
    assert trace.table(view_of(as_of=THE_DAY_BEFORE), USED) is None


def test_areas_and_industries_are_named():
    named = {row[0] for row in rows(view_of())}
    assert {"规上工业（未注明产值或增加值）：岱山", "规上工业（未注明产值或增加值）：海洋电子"} <= named


def test_figures_of_other_years_and_places_are_left_out():
    assert all(row[2].startswith("2023年") for row in rows(view_of()))
    assert trace.table(view_of(), ["nothing_of_the_kind"]) is None


def test_every_figure_of_the_year_is_there_once():
    known = view_of().observations
    mine = known[
        known["indicator"].isin(USED)
        & known["time_period"].str[:4].eq("2023")
        & known["ref_area"].isin(["zhoushan", *view_of().inside("zhoushan"), "zhejiang"])
    ]
    assert len(rows(view_of())) == len(mine) > 20


@pytest.mark.parametrize(
    ("indicator", "row"),
    [
        ("smart_demo_factory_national", ("入选国家级智能制造示范工厂数：浙江", "累计", "8家", "一(三)")),
        ("county_level_division", ("县级行政区数：浙江", "数值", "90个", "一(一)")),
    ],
)
def test_figures_of_the_province_are_traced_too(indicator, row):
    frame = trace.table(view_of(), [indicator]).frame
    assert [tuple(line) for line in frame[["figure", "kind", "value", "place"]].to_numpy()] == [row]
