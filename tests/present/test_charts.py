"""Every chart function, in both languages."""

import base64
import codecs
import csv
import html
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import _pylab_helpers
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from zs_analysis.present import Chart, charts, font_face_css
from zs_analysis.present.style import PUBLISHED, contrast

NAMES = ["岱山贻贝<i>", "鱿鱼〔甬〕", "涅槃—“凤凰”", "石化 & 新材料"]
TEXT = {"title": '鱿鱼增长最快 <最快> & "第一"', "unit": "%", "source": "经信局〔2023〕22号"}


def bars(lang: str) -> Chart:
    frame = pd.DataFrame({"n": NAMES, "v": [12.5, -2.1, np.nan, 34.6], "s": ["A", "F", "M", "E"]})
    return charts.bars(
        frame, "n", "v", reference=("全市", 12.5), status="s", highlight=NAMES[1], lang=lang, **TEXT
    )


def levels(lang: str) -> Chart:
    frame = pd.DataFrame(
        {"t": ["2019", "2021", "2022", "2023"], "y": [1921, 2530.4, 3330, 3866], "s": list("AAAF")}
    )
    return charts.levels(frame, "t", "y", status="s", lang=lang, **TEXT)


def line(lang: str) -> Chart:
    months = pd.period_range("2021-01", periods=30, freq="M")
    level = 200 + 10 * np.sin(np.arange(30))
    level[10:13] = np.nan
    frame = pd.DataFrame({"t": months, "y": level.round(1), "s": ["A"] * 25 + ["F"] * 5})
    frame = frame.assign(low=frame["y"] - 5, high=frame["y"] + 5)
    return charts.levels(frame, "t", "y", status="s", interval=("low", "high"), lang=lang, **TEXT)


def course(lang: str) -> Chart:
    months = pd.period_range("2021-01", periods=30, freq="M").astype(str)
    level = (200 + 10 * np.sin(np.arange(30))).round(1)
    status = ["E"] * 20 + ["A"] * 2 + ["M"] * 3 + ["E"] * 3 + ["F"] * 2
    frame = pd.DataFrame({"period": months, "value": level, "status": status})
    frame["value"] = frame["value"].where(frame["status"].ne("M"))
    for name, width in (("lo-95", -40), ("hi-95", 40), ("lo-80", -25), ("hi-80", 25)):
        frame[name] = frame["value"] + width
    windows = pd.DataFrame({"name": [NAMES[1]], "start": ["2021-01"], "end": ["2021-03"], "value": [205.2]})
    bands = [("lo-95", "hi-95"), ("lo-80", "hi-80")]
    return charts.course(frame, windows, bands=bands, decimals=1, lang=lang, **TEXT)


def path_to_target(lang: str) -> Chart:
    history = pd.Series([1921.0, 3330.0, 3866.0], index=[2019, 2022, 2023])
    about = {"required_growth_pct": 16.0, "current_growth_pct": -1.0, "lang": lang}
    return charts.path_to_target(history, (2027, 7000.0), **about, **TEXT)


def remainder(lang: str) -> Chart:
    return charts.remainder(10, 324.68, 309.6, lang=lang, **TEXT)


def identified_set(lang: str) -> Chart:
    x = np.linspace(0, 429, 101)
    frame = pd.DataFrame({"x": x, "y": 211.2 + x / 1.89})
    frame = frame.assign(low=frame["y"] - 1, high=frame["y"] + 1)
    about = {"interval": ("low", "high"), "x_label": "本年", "y_label": "上年", "bound": ("至少", 211.2)}
    return charts.identified_set(frame, "x", "y", **about, lang=lang, **TEXT)


def target_progress(lang: str) -> Chart:
    frame = pd.DataFrame(
        {"n": NAMES, "r": [101.2, 187.4, np.nan, 81.5], "l": ["green", "re-base", None, "red"]}
    )
    return charts.target_progress(frame, "n", "r", "l", lang=lang, title=TEXT["title"], source=TEXT["source"])


def contributions(lang: str) -> Chart:
    frame = pd.DataFrame({"n": NAMES, "v": [9.1, 1.6, -0.2, 0.9]})
    return charts.contributions(frame, "n", "v", total=("全市", 12.5), lang=lang, **TEXT)


def reference(lang: str) -> Chart:
    frame = pd.DataFrame({"t": ["2022", "2023", "2024"], "y": [19.9, 18.2, 20.1]})
    return charts.levels(frame, "t", "y", reference=("目标", 20.0), lang=lang, **TEXT)


def stacked(lang: str) -> Chart:
    frame = pd.DataFrame({"n": NAMES, "red": [2, 0, 0, 1], "amber": [1, 0, 3, 0], "green": [9, 0, 1, 0]})
    parts = {"red": "红灯", "amber": "黄灯", "green": "绿灯"}
    return charts.stacked(frame, "n", parts, lang=lang, **TEXT)


def against_plan(lang: str) -> Chart:
    months = pd.period_range("2023-01", periods=18, freq="M").astype(str)
    planned = np.arange(18.0)
    actual = np.where(np.arange(18) < 15, planned * 0.98, np.nan)
    frame = pd.DataFrame({"period": months, "planned": planned, "actual": actual})
    return charts.against_plan(frame, names=("计划", "实际"), lang=lang, **TEXT)


def timeline(lang: str) -> Chart:
    day = pd.Timestamp
    frame = pd.DataFrame(
        {
            "name": NAMES,
            "planned_start": [day("2022-01-31"), day("2022-06-30"), pd.NaT, day("2024-12-31")],
            "planned_end": [day("2023-01-31"), day("2023-06-30"), pd.NaT, day("2026-06-30")],
            "start": [day("2022-02-28"), day("2022-06-30"), day("2023-01-01"), pd.NaT],
            "end": [day("2023-03-31"), pd.NaT, pd.NaT, pd.NaT],
        }
    )
    return charts.timeline(frame, day("2024-09-30"), names=("计划", "实际"), lang=lang, **TEXT)


def place_bands(lang: str) -> Chart:
    frame = pd.DataFrame(
        {
            "n": NAMES,
            "p": [1, 2, 2, 4],
            "low": [1, 1, 1, 4],
            "high": [2, 3, 3, 4],
            "w": ["57.7", "56.4", "56.4", "42.0"],
        }
    )
    return charts.place_bands(frame, "n", "p", ("low", "high"), {"w": "得分"}, lang=lang, **TEXT)


def panels(lang: str) -> Chart:
    frame = pd.DataFrame(
        {"n": [name for name in NAMES for _ in "12"], "t": ["2022", "2023"] * 4, "y": range(8)}
    )
    return charts.panels(frame, "n", "t", "y", lang=lang, **TEXT)


EVERY = [
    panels,
    place_bands,
    bars,
    levels,
    line,
    course,
    path_to_target,
    remainder,
    identified_set,
    target_progress,
    contributions,
    reference,
    stacked,
    against_plan,
    timeline,
]
every = pytest.mark.parametrize("draw", EVERY, ids=lambda draw: draw.__name__)


def svg(chart: Chart) -> str:
    return re.search(r"<svg.*</svg>", chart._repr_html_(), re.DOTALL)[0]


def words(chart: Chart) -> list[str]:
    return [
        element.text for element in ElementTree.fromstring(svg(chart)).iter() if element.tag.endswith("}text")
    ]


@every
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_chart_page(draw: Callable[[str], Chart], lang: str):
    chart = draw(lang)
    page = chart._repr_html_()
    assert (
        f'role="img" aria-label="{html.escape(chart.alt)}"' in page.replace("&#x27;", "'")
        or chart.alt in page
    )
    assert html.escape(TEXT["title"]) in page
    assert "<最快>" not in page and "<i>" not in page
    assert "经信局〔2023〕22号" in page
    assert '<details class="zs-data">' in page
    assert not re.search(r"<svg[^>]* (width|height)=", page)
    assert not re.search(r"https?://(?!www\.w3\.org/(2000/svg|1999/xlink))", page)
    font_face_css(html.unescape(re.sub("<[^>]*>", "", page)) + chart.alt)


@every
def test_same_input_same_bytes(draw: Callable[[str], Chart]):
    assert draw("zh")._repr_html_() == draw("zh")._repr_html_()
    chart = draw("zh")
    assert chart._repr_html_() == chart._repr_html_()


@every
def test_drawing_leaks_nothing(draw: Callable[[str], Chart]):
    before = dict(matplotlib.rcParams)
    draw("zh")._repr_html_()
    assert dict(matplotlib.rcParams) == before
    assert not _pylab_helpers.Gcf.figs


@every
def test_every_text_lies_in_the_picture(draw: Callable[[str], Chart]):
    for lang in ("zh", "en"):
        figure = draw(lang).figure
        drawn, page = figure.get_tightbbox(), figure.bbox_inches
        assert drawn.x0 >= -0.01 and drawn.y0 >= -0.01
        assert drawn.x1 <= page.x1 + 0.01 and drawn.y1 <= page.y1 + 0.01


def test_ids_are_unique_on_a_page_and_every_reference_is_met():
    page = "\n".join(draw(lang)._repr_html_() for draw in EVERY for lang in ("zh", "en"))
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert ids and len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]*)\)", page)) | set(re.findall(r'href="#([^"]*)"', page)) == set(ids)
    assert "<style" not in page


def test_text_is_text():
    shown = words(bars("zh"))
    assert {
        "岱山贻贝<i>",
        "鱿鱼〔甬〕",
        "涅槃—“凤凰”",
        "12.5",
        "-2.1",
        "全市 12.5",
        "没有查到或不适用",
    } <= set(shown)
    assert "'Zs Sans','Noto Sans SC'" in svg(bars("zh"))


def test_alt_names_the_extremes():
    assert bars("zh").alt == "4项：最高石化 & 新材料 34.6；最低鱿鱼〔甬〕 -2.1；全市 12.5（%）。"
    assert bars("en").alt.startswith("4 items: highest 石化 & 新材料 34.6; lowest 鱿鱼〔甬〕 -2.1")
    assert "最低2019年 1921.0；最高2023年 3866.0" in levels("zh").alt
    assert "187.4" in target_progress("zh").alt and "81.5" in target_progress("zh").alt
    assert "needs 16.0% a year" in path_to_target("en").alt


def test_alt_can_be_given():
    frame = pd.DataFrame({"n": ["a"], "v": [1.0]})
    assert charts.bars(frame, "n", "v", alt="mine", **TEXT).alt == "mine"


def test_nothing_published():
    frame = pd.DataFrame({"n": ["a"], "v": [np.nan]})
    assert charts.bars(frame, "n", "v", **TEXT).alt == "没有公布的数据。"


def test_the_numbers_come_as_a_file_in_which_nothing_runs():
    frame = pd.DataFrame(
        {"n": ["=cmd()", "-2+3|x", "-2.1%", "岱山,“普陀”"], "v": [0.1 + 0.2, 3, -1.5, 1e6 / 3]}
    )
    drawn = charts.bars(frame, "n", "v", title="甲/乙: <增速>？", unit="%", source="x")
    heads, *rows = csv.reader(drawn.csv().splitlines())
    assert heads == ["名称", "数值 (%)"]
    assert sorted(map(tuple, rows)) == sorted(
        [("'=cmd()", "0.3"), ("'-2+3|x", "3"), ("-2.1%", "-1.5"), ("岱山,“普陀”", "333333.3333")]
    )
    page = drawn._repr_html_()
    assert re.search('download="(.*?)"', page)[1] == "甲 乙 增速 ？.csv"
    content = base64.b64decode(re.search('href="data:text/csv;charset=utf-8;base64,(.*?)"', page)[1])
    assert content.decode("utf-8-sig") == drawn.csv() and content.startswith(codecs.BOM_UTF8)


def test_a_chart_says_which_axes_are_empty():
    known = pd.DataFrame({"n": ["甲", "乙"], "v": [0.0, 1.0]})
    full, zero = (charts.bars(frame, "n", "v", **TEXT) for frame in (known, known.assign(v=0.0)))
    facts = [drawn._repr_mimebundle_()["application/vnd.zs.chart+json"] for drawn in (full, zero)]
    assert facts == [{"title": TEXT["title"], "empty_axes": 0}] * 2


def test_thousands_of_rows_are_cut_on_the_page_and_whole_in_the_file():
    long = pd.DataFrame({"year": range(3000), "output": range(3000)})
    drawn = Chart(Figure(), "长", "alt", "亿元", "x", long)
    page = drawn._repr_html_()
    assert page.count("<tr>") == 1 + 500 and "共3000行，页面列出前500行" in page
    assert len(drawn.csv().splitlines()) == 1 + 3000


def test_forecast_bar_is_hollow():
    patches = bars("zh").figure.axes[0].patches
    looks = {
        round(patch.get_width(), 1): (to_hex(patch.get_facecolor()), patch.get_hatch()) for patch in patches
    }
    assert looks[-2.1][0] == "#ffffff" and looks[-2.1][1]
    assert looks[34.6][0] == "#ffffff" and looks[34.6][1]
    assert looks[12.5] == (PUBLISHED, None)


def test_missing_years_stay_gaps():
    axes = levels("zh").figure.axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["2019", "2020", "2021", "2022", "2023"]
    assert "—" in words(levels("zh"))
    solid = line("zh").figure.axes[0].lines[0].get_ydata()
    assert np.isnan(solid[10:13]).all()


def test_contributions_close_to_the_total():
    data = contributions("zh").data
    parts, total = data["数值"].iloc[:-1], data["数值"].iloc[-1]
    assert "未分列" in set(data["名称"])
    assert parts.sum() == pytest.approx(total)


def test_path_ends_in_the_target_and_refuses_the_past():
    assert path_to_target("zh").data["需达到"].iloc[-1] == 7000
    with pytest.raises(ValueError, match="not after the last known year"):
        charts.path_to_target(pd.Series({2025: 1.0}), (2025, 2.0), required_growth_pct=1.0, **TEXT)


def test_remainder_needs_a_remainder():
    with pytest.raises(ValueError, match="1 to 11 months"):
        charts.remainder(12, 1.0, 1.0, **TEXT)


def test_light_is_told_by_word_shape_and_colour():
    assert {"绿灯", "红灯", "已提前达到", "未评价"} <= set(words(target_progress("zh")))
    looks = {(shape, color) for shape, color, _ in charts.LIGHTS.values()}
    assert len({shape for shape, _ in looks}) == len({color for _, color in looks}) == len(charts.LIGHTS)


def test_states_stay_apart_without_colour():
    solid = [look["facecolor"] for look in charts.STATE_LOOKS.values() if "hatch" not in look]
    hatched = [look["hatch"] for look in charts.STATE_LOOKS.values() if "hatch" in look]
    assert len(set(hatched)) == len(hatched)
    assert contrast(*solid) >= 1.3


def test_stacked_bars_have_their_counts_and_no_empty_edges():
    figure = stacked("zh").figure
    assert sorted(patch.get_width() for patch in figure.axes[0].patches) == [1, 1, 1, 2, 3, 9]
    assert {"9", "3", "2", "1"} <= set(words(stacked("zh")))
    assert "2" in stacked("en").alt and "红灯" in stacked("en").alt


def test_the_last_known_month_is_numbered_on_both_lines():
    assert {"14", "2024年3月"} <= set(words(against_plan("zh")))
    assert against_plan("zh").alt == "2024年3月；计划 14；实际 14（%）。"


def test_a_life_that_goes_on_ends_at_the_day():
    ends = [patch.get_x() + patch.get_width() for patch in timeline("zh").figure.axes[0].patches]
    assert ends.count(date2num(pd.Timestamp("2024-09-30"))) == 2
    assert timeline("zh").alt == "截至2024-09-30，4个项目中1个已完成，1个已过计划完成日而未完成。"


def test_all_but_the_band_is_ruled_out():
    assert words(identified_set("zh")).count("不可能") == 2
    hatched = [patch for patch in identified_set("zh").figure.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == 1


def test_bands_of_places_hold_the_place_and_show_the_words():
    data = place_bands("zh").data
    assert data["下限"].le(data["名次"]).all() and data["名次"].le(data["上限"]).all()
    assert {"1", "2", "3", "4", "得分", "57.7", "42.0"} <= set(words(place_bands("zh")))
    assert "石化 & 新材料 4（4—4）" in place_bands("zh").alt


def test_missing_glyph_is_an_error():
    frame = pd.DataFrame({"n": ["🔴"], "v": [1.0]})
    with pytest.raises(UserWarning, match="Glyph 128308"):
        charts.bars(frame, "n", "v", **TEXT)
