"""Fan charts, alone and as small multiples, in both languages."""

import html
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axis import Axis
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.text import Text

from zs_analysis.present import Chart, font_face_css
from zs_analysis.present.forecast_charts import BOUNDS, SHADES, WORDS, _apart, fan, fans
from zs_analysis.present.style import PUBLISHED, contrast

TEXT = {"title": '石化到年底 <最高> & "第一"', "unit": "亿元", "source": "经信局〔2023〕22号"}
NAMES = ["石化 & 新材料", "海洋电子信息与装备制造产业集群", "岱山贻贝<i>", "船舶"]


def history(months: int = 46) -> pd.DataFrame:
    """From 2020 on: published from September to December, estimated in the other months."""
    periods = pd.period_range("2020-01", periods=months, freq="M")
    value = (300 + 2.0 * np.arange(months) + 10 * np.sin(np.arange(months))).round(1)
    status = np.where(periods.month > 8, "A", "E")
    frame = pd.DataFrame({"period": periods.astype(str), "value": value, "status": status})
    return frame.assign(**{"lo-80": value - 15, "hi-80": value + 15})


def forecast(months: int = 14, start: str = "2023-11", level: float = 400.0) -> pd.DataFrame:
    periods = pd.period_range(start, periods=months, freq="M")
    mean, width = level + 2.0 * np.arange(months), 12 * np.sqrt(np.arange(1, months + 1))
    frame = pd.DataFrame({"period": periods.astype(str), "mean": mean})
    for name, times in (("80", 1.28), ("95", 1.96)):
        frame = frame.assign(**{f"lo-{name}": mean - times * width, f"hi-{name}": mean + times * width})
    return frame


def years() -> tuple[pd.DataFrame, pd.DataFrame]:
    past = pd.DataFrame({"period": ["2021", "2022", "2023"], "value": [2530.4, 3330, 3866], "status": "A"})
    ahead = pd.DataFrame(
        {
            "period": ["2024", "2025"],
            "mean": [4200.44, 4600.45],
            "lo-80": [4010.26, 4210.29],
            "hi-80": [4398.61, 5000.01],
            "lo-95": [3905, 4000],
            "hi-95": [4510, 5250.5],
        }
    )
    return past, ahead


@cache
def months(lang: str) -> Chart:
    path = pd.DataFrame({"period": ["2023-10", "2025-06"], "value": [390.0, 470.0]})
    marks = [("市里预计", 455.0, "2024-06"), ("部门测算", 460.0, "2025-06")]
    return fan(history(), forecast(), marks=marks, target=(NAMES[1], path), lang=lang, **TEXT)


@cache
def yearly(lang: str) -> Chart:
    past, ahead = years()
    marks = [("公布预计", 3800, "2023"), (NAMES[0], 4580.0, "2025")]
    return fan(past, ahead, marks=marks, lang=lang, **TEXT)


@cache
def quarters(lang: str) -> Chart:
    past, ahead = years()
    past, ahead = (
        past.assign(period=["2023-Q2", "2023Q3", "2023-Q4"]),
        ahead.assign(period=["2024Q1", "2024-Q3"]),
    )
    return fan(past, ahead, lang=lang, **TEXT)


@cache
def one_ahead(lang: str) -> Chart:
    return fan(history(), forecast(1), lang=lang, **TEXT)


@cache
def no_history(lang: str) -> Chart:
    return fan(history(0), forecast(1), lang=lang, **TEXT)


@cache
def no_forecast(lang: str) -> Chart:
    return fan(history(), forecast(0), lang=lang, **TEXT)


@cache
def panels(lang: str) -> Chart:
    return fans(many(NAMES), decimals=1, lang=lang, **TEXT)


def many(names: list[str]) -> pd.DataFrame:
    """Each name ten times as large as the one before; the last has no forecast."""
    parts = []
    for power, name in enumerate(names):
        past, ahead = history().tail(22).assign(name=name), forecast(8).assign(name=name, status="F")
        for rows in (past, ahead):
            numbers = rows.columns.difference(["name", "period", "status"])
            rows[numbers] *= 10.0**power / 10
        parts += [past] if name == names[-1] else [past, ahead]
    return pd.concat(parts, ignore_index=True)


EVERY = [months, yearly, quarters, one_ahead, no_history, no_forecast, panels]
every = pytest.mark.parametrize("draw", EVERY, ids=lambda draw: draw.__name__)
langs = pytest.mark.parametrize("lang", ["zh", "en"])


def svg(chart: Chart) -> str:
    return re.search(r"<svg.*</svg>", chart._repr_html_(), re.DOTALL)[0]


@cache
def words(chart: Chart) -> list[str]:
    root = ElementTree.fromstring(svg(chart))
    return [element.text for element in root.iter() if element.tag.endswith("}text")]


def lines(chart: Chart, at: int = 0) -> list[Line2D]:
    """Those that join points."""
    drawn = chart.figure.axes[at].lines
    return [line for line in drawn if line.get_linestyle() != "None" and len(line.get_xdata()) > 2]


def bands(chart: Chart, level: int) -> list[PolyCollection]:
    color = SHADES[level]["facecolor"]
    found = [shade for shade in chart.figure.axes[0].collections if isinstance(shade, PolyCollection)]
    return [shade for shade in found if to_hex(shade.get_facecolor()[0]) == color]


def seen(axis: Axis, limits: tuple[float, float]) -> list[Text]:
    return [tick.label1 for tick in axis.get_major_ticks() if limits[0] <= tick.get_loc() <= limits[1]]


def corners(shade: PolyCollection, x: float) -> tuple[float, float]:
    points = shade.get_paths()[0].vertices
    here = points[np.isclose(points[:, 0], x), 1]
    return float(here.min()), float(here.max())


@every
@langs
def test_chart_page(draw: Callable[[str], Chart], lang: str):
    chart = draw(lang)
    page = chart._repr_html_()
    assert f'aria-label="{html.escape(chart.alt, quote=False)}"' in page
    assert html.escape(TEXT["title"]) in page
    assert "<最高>" not in page and "<i>" not in page
    assert '<details class="zs-data">' in page
    assert not re.search(r"\bnan\b", page, re.IGNORECASE)
    font_face_css(html.unescape(re.sub("<[^>]*>", "", page)) + chart.alt)


@every
def test_same_input_same_bytes(draw: Callable[[str], Chart]):
    assert draw("zh")._repr_html_() == draw.__wrapped__("zh")._repr_html_()


@every
@langs
def test_every_text_lies_in_the_picture_and_meets_no_other(draw: Callable[[str], Chart], lang: str):
    figure = draw(lang).figure
    drawn, page = figure.get_tightbbox(), figure.bbox_inches
    assert drawn.x0 >= -0.01 and drawn.y0 >= -0.01
    assert drawn.x1 <= page.x1 + 0.01 and drawn.y1 <= page.y1 + 0.01
    for ax in figure.axes:
        labels = [*ax.texts, *seen(ax.xaxis, ax.get_xlim()), *seen(ax.yaxis, ax.get_ylim())]
        boxes = [(text.get_text(), text.get_window_extent()) for text in labels if text.get_text()]
        for (one, box), (other, beside) in combinations(boxes, 2):
            width = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            height = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            # the boxes of digits have room below for letters that reach down
            assert width <= 1 or height <= 6, (one, other)


def test_large_numbers_fit_into_panels():
    figure = fans(many([*NAMES, "新能源", "水产"]), lang="en", decimals=1, **TEXT).figure
    drawn, page = figure.get_tightbbox(), figure.bbox_inches
    assert drawn.x0 >= -0.01 and drawn.x1 <= page.x1 + 0.01
    assert min(ax.get_position().width for ax in figure.axes) > 0.18


def test_alt_tells_the_ends_the_bands_and_what_stands_beside():
    past, ahead = years()
    path = pd.DataFrame({"period": ["2023", "2027"], "value": [3866.0, 7000.0]})
    marks = [("公布预计", 3800, "2023")]
    assert fan(past, ahead, marks=marks, target=("所需路径", path), **TEXT).alt == (
        "从2021年 2530.4（公布）；到2023年 3866.0（公布）；"
        "预测2025年 4600.5（80%区间 4210.2—5000.1，95%区间 4000.0—5250.5）；"
        "所需路径 2027年 7000.0；公布预计 2023年 3800.0（亿元）。"
    )
    assert fan(past.tail(1), ahead.head(1), decimals=0, lang="en", **TEXT).alt == (
        "From 2023 3,866 (published); forecast 2024 4,200 (80% band 4,010–4,399, 95% band 3,905–4,510) (亿元)."
    )
    assert fan(past, ahead.head(0), **TEXT).alt.endswith("到2023年 3866.0（公布）；无预测（亿元）。")
    assert fan(past, ahead, alt="mine", **TEXT).alt == "mine"


def test_alt_of_panels_has_every_name():
    told = panels("zh").alt
    assert "石化 & 新材料：2023年10月 39.9（公布），预测2024年6月 41.4（80%区间 37.0—45.8，" in told
    assert told.endswith("船舶：2023年10月 39850.0（公布），无预测（亿元）。")
    assert "; 船舶: October 2023 39,850.0 (published), no forecast (亿元)." in panels("en").alt


def test_data_has_every_number_drawn():
    data = yearly("zh").data
    bounds = ["80%区间下限", "80%区间上限", "95%区间下限", "95%区间上限"]
    assert list(data) == ["时期", "数值", "性质", *bounds]
    assert data["性质"].tolist() == ["公布"] * 3 + ["预测"] * 2 + ["公布预计", NAMES[0]]
    assert data["数值"].tolist() == [2530.4, 3330, 3866, 4200.4, 4600.5, 3800, 4580]
    # outwards
    assert data[bounds].iloc[3].tolist() == [4010.2, 4398.7, 3905, 4510]
    assert data[bounds].iloc[[0, 1, 2, 5, 6]].isna().all(axis=None)
    assert len(months("zh").data) == 46 + 14 + 2 + 2
    assert list(months("en").data)[3:] == [
        "80% band, low",
        "80% band, high",
        "95% band, low",
        "95% band, high",
    ]
    named = panels("en").data
    assert list(named)[:4] == ["Name", "Period", "Value", "Status"]
    assert named.groupby("Name", sort=False).size().to_dict() == dict.fromkeys(NAMES[:3], 30) | {"船舶": 22}


def test_a_published_figure_has_no_band():
    past = pd.DataFrame(
        {"period": ["2022", "2023"], "value": [1.0, 2.0], "status": "A", "lo-80": 0.5, "hi-80": 3.0}
    )
    assert list(fan(past, forecast(0), **TEXT).data) == ["时期", "数值", "性质"]


def test_published_estimated_and_forecast_look_different():
    chart = months("zh")
    thin, solid, dashed = lines(chart)[:3]
    assert thin.get_linewidth() < solid.get_linewidth()
    assert (thin.get_linestyle(), solid.get_linestyle(), dashed.get_linestyle()) == ("-", "-", "--")
    months_of = history()["status"].eq("A").to_numpy()
    assert np.isfinite(solid.get_ydata()[:46]).tolist() == months_of.tolist()
    markers = {
        (line.get_marker(), to_hex(line.get_markerfacecolor()))
        for line in chart.figure.axes[0].lines
        if line.get_marker() in ("o", "s") and len(line.get_xdata())
    }
    assert markers == {("o", PUBLISHED), ("o", "#ffffff"), ("s", "#ffffff")}
    assert {"公布", "估计", "预测", "80%区间", "95%区间"} <= set(words(chart))
    assert {"published", "estimate", "forecast", "80% band", "95% band"} <= set(words(months("en")))


def test_the_legend_names_only_what_is_drawn():
    assert not {"估计"} & set(words(yearly("zh")))
    assert not {"公布", "估计"} & set(words(no_history("zh")))
    assert not {"预测", "95%区间"} & set(words(no_forecast("zh")))


def test_bands_stay_apart_in_grey_print():
    inner, outer = (SHADES[level] for level in (80, 95))
    assert contrast(inner["facecolor"], outer["facecolor"]) >= 1.5
    assert contrast(outer["facecolor"]) >= 1.2
    assert contrast(PUBLISHED, inner["facecolor"]) >= 4
    assert inner.get("linestyle") != outer["linestyle"]


def test_missing_months_stay_gaps():
    past = history().drop(index=range(30, 33))
    thin, solid = lines(fan(past, forecast(), **TEXT))[:2]
    assert np.isnan(thin.get_ydata()[30:33]).all() and np.isnan(solid.get_ydata()[30:33]).all()


def test_a_figure_between_gaps_is_seen():
    past = history().assign(status="A").drop(index=[29, 31])
    alone = [
        line for line in fan(past, forecast(), **TEXT).figure.axes[0].lines if line.get_linestyle() == "None"
    ]
    assert [x for line in alone for x in line.get_xdata()] == [30]
    estimate = past.assign(status=np.where(past["period"].eq("2022-07"), "E", "A"))
    chart = fan(estimate, forecast(), **TEXT)
    low, high = corners(bands(chart, 80)[0], 29.75)
    assert (low, high) == tuple(past.loc[30, ["lo-80", "hi-80"]])


def test_the_forecast_starts_from_the_last_figure():
    chart = months("zh")
    dashed = lines(chart)[2]
    last = history().iloc[-1]
    assert (dashed.get_xdata()[0], dashed.get_ydata()[0]) == (45, last["value"])
    assert corners(bands(chart, 95)[0], 45) == (last["value"], last["value"])
    assert corners(bands(chart, 95)[0], 59) == pytest.approx(tuple(forecast()[BOUNDS[95]].iloc[-1]))
    assert {f"2023年10月 {last['value']}（公布）", "2024年12月", "426.0", "80%区间", "368.5—483.5"} <= set(
        words(chart)
    )


def test_a_forecast_from_an_estimate_starts_with_its_band():
    past = history(44)  # ends in August, estimated
    chart = fan(past, forecast(start="2023-09"), **TEXT)
    own = tuple(past[BOUNDS[80]].iloc[-1])
    assert corners(bands(chart, 80)[-1], 43) == corners(bands(chart, 95)[0], 43) == own
    assert f"2023年8月 {past['value'].iloc[-1]}（估计）" in words(chart)


def test_an_old_forecast_is_drawn_beside_what_came():
    dashed = lines(fan(history(), forecast(start="2023-01"), **TEXT))[2]
    assert dashed.get_xdata()[:2].tolist() == [35, 36]


def test_one_forecast_without_history_has_bands_of_some_width():
    chart = no_history("zh")
    (shade,) = bands(chart, 80)
    assert (
        corners(shade, -0.25) == corners(shade, 0.25) == pytest.approx(tuple(forecast(1)[BOUNDS[80]].iloc[0]))
    )
    assert "无预测" not in chart.alt and chart.alt.startswith("预测2023年11月 400")


def test_bands_narrower_than_a_line():
    past, ahead = years()
    ahead[BOUNDS[80] + BOUNDS[95]] = ahead[["mean"] * 4].to_numpy() + np.array([-1e-6, 1e-6, -2e-6, 2e-6])
    chart = fan(past, ahead, **TEXT)
    assert len(bands(chart, 80)) == len(bands(chart, 95)) == 1
    assert "4600.4—4600.5" in words(chart)
    flat = ahead.assign(**dict.fromkeys(BOUNDS[80] + BOUNDS[95], ahead["mean"]))
    assert fan(past, flat, **TEXT).data["80%区间下限"].notna().sum() == 2


def test_axis_starts_at_zero_unless_that_flattens_everything():
    past, ahead = years()
    assert fan(past, ahead, **TEXT).figure.axes[0].get_ylim()[0] == 0
    assert fan(past.tail(1), ahead.head(1), **TEXT).figure.axes[0].get_ylim()[0] > 3500
    fallen = past.assign(value=[5.0, -3.0, 2.0])
    assert fan(fallen, ahead.head(0), **TEXT).figure.axes[0].get_ylim()[0] < -3
    one = past.tail(1).assign(value=0.0)
    assert fan(one, ahead.head(0), **TEXT).figure.axes[0].get_ylim() == (0, 1)


def test_ticks_are_years_and_short_stretches_name_their_months():
    def ticks(chart: Chart) -> list[str]:
        return [text.get_text() for text in chart.figure.axes[0].get_xticklabels()]

    assert ticks(months("zh")) == ["2020", "2021", "2022", "2023", "2024", "2025"]
    assert ticks(yearly("zh")) == ["2021", "2022", "2023", "2024", "2025"]
    assert ticks(quarters("zh")) == ["2023Q2", "2023Q3", "2023Q4", "2024Q1", "2024Q2", "2024Q3"]
    short = ticks(fan(history().tail(10), forecast(4), **TEXT))
    assert short[:2] == ["2023-01", "2023-03"] and len(short) == 7


def test_panels_share_their_periods_but_not_their_scale():
    axes = panels("zh").figure.axes
    assert [ax.get_title(loc="left").split("\n")[-1] for ax in axes[:4]] == [
        "41.4（37.0—45.8）",
        "414.0（370.5—457.5）",
        "4140.0（3705.5—4574.5）",
        "无预测",
    ]
    assert len({ax.get_xlim() for ax in axes[:4]}) == 1
    tops = [ax.get_ylim()[1] for ax in axes[:3]]
    assert np.divide(tops[1:], tops[:-1]) == pytest.approx([10, 10], rel=1e-6)
    assert WORDS["zh"]["above"] in panels("zh").note
    assert panels("en").note == WORDS["en"]["above"].strip()


def test_a_name_without_any_figure_keeps_its_panel():
    frame = many(NAMES[:2])
    unknown = frame["name"].eq(NAMES[1])
    frame.loc[unknown, "value"] = np.nan
    chart = fans(frame, **TEXT)
    assert chart.figure.axes[1].get_title(loc="left").endswith("\n无预测")
    assert chart.alt.endswith(f"{NAMES[1]}：无预测（亿元）。")


@pytest.mark.parametrize(
    ("past", "ahead", "message"),
    [
        (history(0), forecast(0), "nothing to draw"),
        (
            history().drop(columns="status"),
            forecast(),
            "the history has no column status; it has period, value",
        ),
        (history(), forecast().drop(columns="hi-95"), "the forecast has no column hi-95"),
        (
            history().assign(status="F"),
            forecast(),
            "status 'F' in 2020-01; a known figure has one of A, P, E",
        ),
        (history().assign(status=np.nan), forecast(), "status nan in 2020-01"),
        (pd.concat([history(), history().tail(1)]), forecast(), "the history has 2023-10 twice"),
        (history(), years()[1], "frequencies M, Y-DEC in one chart"),
        (history(), forecast().assign(**{"hi-95": np.inf}), "the forecast has an infinite number in 2023-11"),
    ],
)
def test_refused(past: pd.DataFrame, ahead: pd.DataFrame, message: str):
    with pytest.raises(ValueError, match=message):
        fan(past, ahead, **TEXT)


def test_panels_refused():
    with pytest.raises(ValueError, match="fans got 13 names; a page holds 1 to 12"):
        fans(pd.concat([years()[0].assign(name=str(name)) for name in range(13)]), **TEXT)
    with pytest.raises(ValueError, match="fans got 0 names"):
        fans(pd.DataFrame(), **TEXT)
    with pytest.raises(ValueError, match="the frame has no column name"):
        fans(years()[0], **TEXT)
    with pytest.raises(ValueError, match="the history of 船舶 has 2023-10 twice"):
        frame = many(NAMES[2:])
        fans(pd.concat([frame, frame.tail(1)]), **TEXT)


def test_both_languages_have_every_word():
    assert WORDS["zh"].keys() == WORDS["en"].keys()


def test_drawing_leaves_no_input_changed():
    past, ahead, frame = history(), forecast(), many(NAMES)
    copies = [rows.copy(deep=True) for rows in (past, ahead, frame)]
    fan(past, ahead, **TEXT)
    fans(frame, **TEXT)
    for rows, copy in zip((past, ahead, frame), copies, strict=True):
        pd.testing.assert_frame_equal(rows, copy)


labels = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(1, 100)), max_size=6)


@given(labels)
def test_labels_are_moved_apart_and_no_further(labels: list[tuple[float, float]]):
    places, heights = [place for place, _ in labels], [height for _, height in labels]
    moved = _apart(places, heights)
    order = sorted(range(len(places)), key=places.__getitem__)
    for low, high in zip(order, order[1:], strict=False):
        assert moved[high] - moved[low] >= (heights[low] + heights[high]) / 2 - 1e-6
    free = all(
        places[high] - places[low] >= (heights[low] + heights[high]) / 2
        for low, high in zip(order, order[1:], strict=False)
    )
    assert not free or moved == pytest.approx(places)
    # the whole does not drift
    assert np.dot(moved, heights) == pytest.approx(np.dot(places, heights), abs=1e-4)
