"""The palette and the settings."""

from itertools import combinations

import matplotlib
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.figure import Figure

import zs_analysis as zs
from zs_analysis.present import style


def test_at_most_five_colours():
    assert len(style.PALETTE) <= 5


@pytest.mark.parametrize("color", style.PALETTE.values())
def test_marks_stand_out_from_white(color):
    assert style.contrast(color) >= 3


@pytest.mark.parametrize("color", [style.INK, style.HIGHLIGHT, style.PUBLISHED])
def test_text_colours_reach_wcag_aa(color):
    assert style.contrast(color) >= 4.5


@pytest.mark.parametrize(
    "together",
    [
        (style.PUBLISHED, style.HIGHLIGHT, style.COMPARISON),
        (style.GOOD, style.HIGHLIGHT, style.FAIR),
    ],
)
def test_colours_used_together_differ_in_grey_print(together):
    assert min(style.contrast(a, b) for a, b in combinations(together, 2)) >= 1.3


@pytest.mark.parametrize("status", ["E", "F"])
def test_estimates_and_forecasts_are_hollow_and_hatched(status):
    look = style.area(status)
    assert look["facecolor"] == "white"
    assert look["hatch"]
    assert style.marker(status)["markerfacecolor"] == "white"


def test_published_is_filled():
    assert style.area("A")["facecolor"] == style.PUBLISHED
    assert "hatch" not in style.area("P")


def test_drawing_leaves_no_setting_behind():
    before = dict(matplotlib.rcParams)
    with style.drawing():
        assert matplotlib.rcParams["font.family"] == ["Noto Sans SC"]
    assert dict(matplotlib.rcParams) == before


def test_use_style_sets_the_session():
    with matplotlib.rc_context():
        style.use_style()
        assert matplotlib.rcParams["svg.fonttype"] == "none"
        assert matplotlib.rcParams["axes.unicode_minus"] is False


def test_use_style_serves_a_users_own_plot(tmp_path):
    with zs.use_style():
        figure = Figure()
        ax = figure.subplots()
        line, second = ax.plot([-1, 0, 1]) + ax.plot([1, 0, -1])
        ax.set_title("规上工业总产值（亿元）：岱山、嵊泗与涅槃")
        # pytest turns a missing glyph into an error
        figure.savefig(tmp_path / "plot.png")
    assert [line.get_color(), second.get_color()] == [style.PUBLISHED, style.COMPARISON]


def test_without_the_house_style_the_glyphs_are_missing(tmp_path):
    figure = Figure()
    figure.subplots().set_title("规上工业总产值")
    with pytest.raises(UserWarning, match="Glyph .* missing"):
        figure.savefig(tmp_path / "plot.png")


def test_use_style_as_a_block_puts_back_what_was_there():
    before = dict(matplotlib.rcParams)
    with zs.use_style():
        assert matplotlib.rcParams["axes.grid"]
    assert dict(matplotlib.rcParams) == before


def test_a_cell_of_a_notebook_that_ends_in_use_style_shows_nothing():
    with zs.use_style() as applied:
        assert DisplayFormatter().format(applied) == ({}, {})
