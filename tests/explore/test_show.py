"""Frames, charts and results as `zs.show` shows them."""

import re

import pandas as pd
import pytest

import zs_analysis as zs
from zs_analysis.explore import frames, shown
from zs_analysis.present import charts

DAY = "2023-12-13"


@pytest.fixture
def observations() -> pd.DataFrame:
    return zs.load("observations", as_of=DAY)


def cells_of(html: str) -> list[str]:
    return [re.sub("<[^>]*>", " ", cell).strip() for cell in re.findall("<td[^>]*>(.*?)</td>", html, re.S)]


def test_published_figures_are_shown_as_printed(observations):
    shown_values = frames.readable(observations)["obs_value"]
    printed = zs.loaders.package.printed("observations", DAY)["obs_value"]
    assert [value.replace(",", "") for value in shown_values] == printed.tolist()


def test_figures_have_thousands_separators_and_stand_right():
    frame = pd.DataFrame({"name": ["a"], "obs_value": [3246.8], "decimals": [1]})
    html = zs.show(frame).html
    assert '<td style="text-align:right">3,246.8</td>' in html and "decimals" not in html


def test_codes_have_their_names_and_statuses_words(observations):
    html = zs.show(observations.head(2)).html
    assert "gross_output_scale<small>规上工业总产值</small>" in html
    assert "1e8_cny<small>亿元</small>" in html and "A 公布" in html
    assert "Gross output of industry" in zs.show(observations.head(2), "en").html


@pytest.mark.parametrize(
    ("status", "words"), [("A", "公布"), ("P", "初步"), ("E", "估计"), ("F", "预计"), ("M", "缺")]
)
def test_every_status_is_in_words_and_told_apart_without_colour(status, words):
    assert f'class="zs-{status}">{status} {words}<' in zs.show(pd.DataFrame({"obs_status": [status]})).html


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_the_library_returns_can_be_shown(lang):
    panel = zs.panel(as_of=DAY)
    for frame in (
        panel,
        zs.panels.consistency(as_of=DAY),
        zs.load("targets"),
        zs.load("clusters"),
        zs.validate(),
    ):
        assert str(len(frame)) in zs.show(frame, lang).html.replace(",", "")


def test_the_frame_stays_what_it_is(observations):
    before = observations.copy()
    zs.show(observations)
    pd.testing.assert_frame_equal(observations, before)


def test_showing_changes_no_other_frame():
    usual = pd.DataFrame({"a": [1]})._repr_html_()
    zs.show(pd.DataFrame({"a": range(100)}))
    assert pd.DataFrame({"a": [1]})._repr_html_() == usual


def test_long_frames_can_be_sorted_without_network():
    shown.CARRIER.clear()
    html = zs.show(pd.DataFrame({"a": range(100)})).html
    assert "ITable" in html and "DataTables" in html or "injectModule" in html
    assert not re.findall(r"(?:src|href)=[\"']?https?://(?!itables.org)", html)
    assert "import(" not in html.replace("await import(url)", "")


def test_text_of_a_frame_is_no_markup():
    html = zs.show(pd.DataFrame({"note": ["<script>alert(1)</script>", "x" * 40 + "<b>"]})).html
    assert "<script>" not in html and "&lt;script&gt;" in html and "<b>" not in html


def test_nothing_is_said_in_words():
    assert "没有可用数据" in zs.show(None).html and "No data" in zs.show(None, "en").html


def test_a_chart_is_shown_with_the_glyphs_it_needs():
    frame = pd.DataFrame({"name": ["嵊泗"], "value": [1.0]})
    chart = charts.bars(frame, "name", "value", title="题", unit="%", source="来源")
    assert "@font-face" in zs.show(chart).html and "font-family:'Zs Sans'" in zs.show(chart).html


def test_the_result_of_a_metric_is_a_row():
    html = zs.show(zs.metrics.implied_remainder(3800, 3246.8, months_left=2)).html
    assert "-14.81" in html and "553.2" in html and "per_month" in html


def test_an_index_with_a_name_is_shown_and_numbers_of_rows_are_not():
    counts = pd.Series([2, 3], index=pd.Index(["dinghai", "putuo"], name="ref_area"), name="count")
    assert "定海区" in zs.show(counts).html
    assert cells_of(zs.show(pd.DataFrame({"a": ["x"]}, index=[17])).html) == ["x"]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(),
        pd.DataFrame({"a": []}),
        pd.DataFrame({"a": [None, float("nan")]}),
        pd.DataFrame({"a": [float("inf"), 1]}),
    ],
)
def test_ugly_frames_are_shown_too(frame):
    assert zs.show(frame).html


def test_figures_kept_as_printed_stand_right_too():
    html = zs.show(pd.DataFrame({"printed": ["695.47"], "title": ["x"]})).html
    assert '<td style="text-align:right">695.47</td>' in html and '<td style="text-align:left">x</td>' in html
