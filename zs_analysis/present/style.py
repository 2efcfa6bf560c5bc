"""The look of every picture: one typeface, five colours, quiet axes."""

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import matplotlib
from matplotlib import rc_context

from zs_analysis.present import fonts

INK = "#22272e"
RULE = "#d5d9de"
PUBLISHED = "#1f4e79"
COMPARISON = "#8a9099"
HIGHLIGHT = "#c8421a"
GOOD = "#0a5c46"
FAIR = "#b07d00"
PALETTE = {
    "published": PUBLISHED,
    "comparison": COMPARISON,
    "highlight": HIGHLIGHT,
    "good": GOOD,
    "fair": FAIR,
}

WIDTH_IN = 7.2
ESTIMATED, FORECAST = "E", "F"


def rc() -> dict[str, object]:
    """Settings of matplotlib that make a picture of this house."""
    return {
        "font.family": [fonts.register()],
        "font.size": 9.5,
        "axes.titlesize": 9.5,
        "axes.labelsize": 9.5,
        "xtick.labelsize": 9.5,
        "ytick.labelsize": 9.5,
        "legend.fontsize": 9.5,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.color": RULE,
        "ytick.color": RULE,
        "axes.edgecolor": COMPARISON,
        "axes.prop_cycle": matplotlib.cycler(color=list(PALETTE.values())),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "grid.color": RULE,
        "grid.linewidth": 0.6,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "lines.linewidth": 1.8,
        "lines.markersize": 5.5,
        "hatch.linewidth": 0.8,
        "legend.frameon": False,
        "figure.figsize": (WIDTH_IN, 3.6),
        "figure.facecolor": "white",
        # text is measured in pixels: a fine grid keeps the picture's layout true to the page's
        "figure.dpi": 144,
        "figure.constrained_layout.use": True,
        # one minus for pictures, tables and prose: what a reader types finds it, and it pastes as a number
        "axes.unicode_minus": False,
        "axes.formatter.use_mathtext": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "zs-analysis",
    }


class Applied(ExitStack):
    """Settings in force; a ``with`` block ends by taking them back."""

    def _ipython_display_(self) -> None:
        """Show nothing where a cell ends in the call."""


def use_style() -> Applied:
    """Give your own plots the look of the reports: house colours, Chinese glyphs, quiet axes.

    Returns
    -------
    Applied
        Nothing to keep if the look is to hold from now on. As a context manager it puts back the settings
        that were there before, at the end of the block.

    Examples
    --------
    >>> import matplotlib
    >>> import zs_analysis as zs
    >>> with zs.use_style():
    ...     matplotlib.rcParams["font.family"]
    ['Noto Sans SC']
    >>> matplotlib.rcParams["font.family"]
    ['sans-serif']
    """
    house = rc()
    before = {name: matplotlib.rcParams[name] for name in house}
    matplotlib.rcParams.update(house)
    applied = Applied()
    applied.callback(matplotlib.rcParams.update, before)
    return applied


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with the house style, leave no setting behind, and fail on a missing glyph."""
    with rc_context(rc()), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing from")
        yield


def area(status: str = "A", color: str = PUBLISHED) -> dict[str, object]:
    """How a bar or block looks: published filled, estimates hollow and hatched, forecasts also dashed.

    Parameters
    ----------
    status : str
        SDMX ``obs_status``.
    """
    if status not in (ESTIMATED, FORECAST):
        return {"facecolor": color, "edgecolor": color, "linewidth": 1}
    hollow = {"facecolor": "white", "edgecolor": color, "linewidth": 1}
    if status == ESTIMATED:
        return hollow | {"hatch": "////"}
    return hollow | {"hatch": "\\\\\\\\", "linestyle": (0, (4, 2))}


def marker(status: str = "A", color: str = PUBLISHED) -> dict[str, object]:
    """How a point looks: published filled, anything else hollow."""
    hollow = status in (ESTIMATED, FORECAST)
    return {"markerfacecolor": "white" if hollow else color, "markeredgecolor": color, "markeredgewidth": 1.4}


def luminance(color: str) -> float:
    """Relative luminance of a colour ``#rrggbb``, from 0 (black) to 1 (white).

    References
    ----------
    W3C, Web Content Accessibility Guidelines 2.2, definition of relative luminance.
    """
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(color: str, other: str = "#ffffff") -> float:
    """Contrast ratio of two colours, from 1 (none) to 21.

    Examples
    --------
    >>> contrast("#000000")
    21.0
    """
    dark, light = sorted((luminance(color), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
