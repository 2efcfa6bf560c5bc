"""The palette and the settings."""

from itertools import combinations

import matplotlib
import pytest

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
