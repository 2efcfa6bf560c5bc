"""Fan charts: what is published, what is estimated, and what is forecast with its intervals.

The parameters that all charts share are those of `charts`.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP
from math import ceil
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from zs_analysis.present import charts, style
from zs_analysis.present.chart import Chart
from zs_analysis.present.numbers import Lang, decimals_of, fmt, period_words, rounded
from zs_analysis.present.style import ESTIMATED, FORECAST, HIGHLIGHT, INK, PUBLISHED

Mark = tuple[str, float, str | pd.Period]
"""Words, level and period of an announced figure."""
Required = tuple[str, pd.DataFrame]
"""Words and ``period, value`` of a required path."""
Label = tuple[float, str, str]
"""Level, text and colour of a label at the right end."""
Look = dict[str, Any]

LEVELS = (80, 95)
BOUNDS = {80: ["lo-80", "hi-80"], 95: ["lo-95", "hi-95"]}
EVERY_BOUND = BOUNDS[80] + BOUNDS[95]
NUMBERS = ["value", *EVERY_BOUND]
SHADES = {
    80: {"facecolor": "#9db8d2", "edgecolor": PUBLISHED, "linewidth": 0.7},
    95: {"facecolor": "#dfe8f1", "edgecolor": PUBLISHED, "linewidth": 0.7, "linestyle": (0, (1, 2))},
}
"""Opaque, so that the legend shows them as they are; the edges are for grey print."""
UNDER_THE_GRID = 0.3
SLIVER = np.array([-0.25, 0.25])
DASHED, DOTTED = (0, (4, 2)), (0, (1, 1.5))
THIN = 1.0

MOST_PANELS = 12
PANEL_COLUMNS = 3
PANEL_NAME = {"zh": 13, "en": 24}
WIDE, NARROW = 12, 4
"""Labels that the axis of periods of a chart and of a panel has room for."""
PICTURE_PT, PANEL_PT = 400.0, 125.0
"""About how wide their plotting areas are, in typographic points."""
ROOMY_PT, CROWDED_PT = 12.0, 5.0
"""Width of a period from which every figure has its marker, and below which markers shrink."""
FLATTENED = 0.3
"""An axis from zero is left where all levels would lie in less than this part of it."""
LINE_PT, HEIGHT_PT = 13.5, 185.0
"""About how high a line of text and the plotting area of a chart are, in typographic points."""
KNOWN_STATUS = ("A", "P", ESTIMATED)

GROUND = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
ROUNDING = {"value": ROUND_HALF_UP} | {
    bound: ROUND_FLOOR if bound.startswith("lo") else ROUND_CEILING for bound in EVERY_BOUND
}

DASH = {"zh": "—", "en": "–"}
WORDS = {
    "zh": {
        "low": "{}%区间下限",
        "high": "{}%区间上限",
        "brackets": "{}（{}）",
        "comma": "，",
        "colon": "：",
        "from": "从{}",
        "to": "到{}",
        "ahead": "预测",
        "no forecast": "无预测",
        "above": "各图名称下为末期预测值（80%区间）。",
    },
    "en": {
        "low": "{}% band, low",
        "high": "{}% band, high",
        "brackets": "{} ({})",
        "comma": ", ",
        "colon": ": ",
        "from": "From {}",
        "to": "to {}",
        "ahead": "forecast ",
        "no forecast": "no forecast",
        "above": "Below each name: the last forecast (80% band). ",
    },
}


@style.drawing()
def fan(
    history: pd.DataFrame,
    forecast: pd.DataFrame,
    *,
    title: str,
    unit: str,
    source: str,
    marks: Sequence[Mark] = (),
    target: Required | None = None,
    decimals: int | None = None,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """A level through time: published solid, estimated thin and hollow, forecast dashed in its two bands.

    Parameters
    ----------
    history : pandas.DataFrame
        ``period`` (``2023-10``, ``2023-Q4`` or ``2023``), ``value`` and ``status`` (SDMX ``obs_status``; P is
        drawn as published); for estimates also ``lo-80`` and ``hi-80`` if known. May be empty. Missing
        periods stay gaps.
    forecast : pandas.DataFrame
        ``period, mean, lo-80, hi-80, lo-95, hi-95``. Joined to the last known figure before it. May be empty,
        such as after a refusal.
    marks : sequence of (str, float, str)
        Words, level and period of figures to compare with, such as an announced year.
    target : (str, pandas.DataFrame), optional
        Words for a path to compare with, such as the one a target takes, and its ``period, value``. Drawn dotted.
    decimals : int, optional
        As many as the history has, at most two, if not given.

    Raises
    ------
    ValueError
        If there is nothing to draw, a column is missing, a figure of the history is not A, P or E, a number is
        infinite, a period comes twice, or the periods differ in frequency.

    Notes
    -----
    Bounds are rounded outwards, so that the interval that is read still holds the one that was meant.

    The axis starts at zero, unless that would press all levels into less than 30 % of it.

    Examples
    --------
    >>> history = pd.DataFrame({"period": ["2022", "2023"], "value": [3330, 3866], "status": ["A", "A"]})
    >>> bands = {"lo-80": [4010.2], "hi-80": [4398.6], "lo-95": [3905], "hi-95": [4510]}
    >>> forecast = pd.DataFrame({"period": ["2024"], "mean": [4200.4]} | bands)
    >>> chart = fan(history, forecast, title="2024年预计4200亿元", unit="亿元", source="示例")
    >>> chart.alt
    '从2022年 3330（公布）；到2023年 3866（公布）；预测2024年 4200（80%区间 4010—4399，95%区间 3905—4510）（亿元）。'
    """
    past, future = _past(history), _future(forecast)
    pins, path = _pins(marks), _path(target)
    periods = _axis_periods([past, future, pins, path])
    decimals = _decimals(past, decimals)
    figure = Figure((style.WIDTH_IN, 3.7))
    ax = figure.subplots()
    _draw(ax, past, future, periods, PICTURE_PT)
    _draw_beside(ax, pins, path)
    _level_axis(ax, [past, future, pins, path])
    charts._number_axes(ax, lang, "y")
    _ticks(ax, periods, WIDE)
    _name_last(ax, past, periods, decimals, lang)
    at_end = pins["x"].eq(len(periods) - 1)
    _label_right(ax, _right_labels(future, pins[at_end], path, decimals, lang))
    _label_pins(ax, pins[~at_end], pd.concat([past, future]), len(periods), decimals, lang)
    _legend(figure, past, future, lang)
    data = _data([past, future, pins, path], decimals, lang)
    alt = alt or _fan_alt(past, future, pins, path, unit, decimals, lang)
    return Chart(figure, title, alt, unit, source, data, note, lang)


@style.drawing()
def fans(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    source: str,
    decimals: int | None = None,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """Fan charts of several names, one panel each: they share their periods but not their scale.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``name``, ``status`` and the columns of both frames of `fan`: rows with status F are the forecast and have
        ``mean``, the others the history and have ``value``. Panels come in the order of the frame, at most 12.

    Raises
    ------
    ValueError
        As `fan`, or for more panels than a page holds.

    Notes
    -----
    A name without a forecast says so above its panel.

    Examples
    --------
    >>> known = {"period": ["2022", "2023"] * 2, "name": ["石化"] * 2 + ["船舶"] * 2}
    >>> history = pd.DataFrame(known | {"value": [2480, 2890, 310, 352], "status": "A"})
    >>> ahead = {"period": ["2024"] * 2, "name": ["石化", "船舶"], "status": "F", "mean": [3105, 381]}
    >>> bands = {"lo-80": [2980, 350], "hi-80": [3240, 412], "lo-95": [2900, 335], "hi-95": [3320, 430]}
    >>> about = {"title": "两个集群的预测", "unit": "亿元", "source": "示例"}
    >>> chart = fans(pd.concat([history, pd.DataFrame(ahead | bands)]), **about)
    >>> chart.data.shape
    (6, 8)
    """
    _need(frame, ["name", "status"], "frame")
    names = list(frame["name"].unique()) if len(frame) else []
    if not 1 <= len(names) <= MOST_PANELS:
        raise ValueError(f"fans got {len(names)} names; a page holds 1 to {MOST_PANELS}, draw several charts")
    stories = {name: _story(frame, name) for name in names}
    both = [rows for story in stories.values() for rows in story]
    periods = _axis_periods(both)
    past, future = (pd.concat([story[i] for story in stories.values()]) for i in (0, 1))
    decimals = _decimals(past, decimals)
    figure, axes = _grid(len(names))
    for ax, (name, story) in zip(axes, stories.items(), strict=True):
        _panel(ax, str(name), *story, periods, decimals, lang)
    _legend(figure, past, future, lang)
    named = [rows.assign(name=name) for name, story in stories.items() for rows in story]
    data = _data(named, decimals, lang)
    alt = alt or _fans_alt(stories, unit, decimals, lang)
    note = (WORDS[lang]["above"] + note).strip() if len(future) else note
    return Chart(figure, title, alt, unit, source, data, note, lang)


# Rows: period, value, status, four bounds, and the words of what is neither published, estimated nor forecast


def _need(frame: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    lacking = [column for column in columns if column not in frame]
    if lacking and len(frame):
        raise ValueError(f"the {what} has no column {', '.join(lacking)}; it has {', '.join(frame.columns)}")


def _rows(frame: pd.DataFrame, value: str, what: str) -> pd.DataFrame:
    """The known rows in order of time, with every column that the drawing asks for."""
    _need(frame, ["period", value], what)
    rows = frame.reindex(columns=["period", value, "status", *EVERY_BOUND]).rename(columns={value: "value"})
    rows = (
        rows.assign(words=frame.get("words", ""))
        .astype(dict.fromkeys(NUMBERS, float))
        .dropna(subset=["value"])
    )
    endless = np.isinf(rows[NUMBERS]).any(axis=1)
    if endless.any():
        raise ValueError(
            f"the {what} has an infinite number in {rows['period'][endless].iloc[0]}; leave it out"
        )
    rows["period"] = [pd.Period(str(period).replace("-Q", "Q")) for period in rows["period"]]
    again = rows.duplicated(["period", "words"])
    if again.any():
        raise ValueError(f"the {what} has {rows['period'][again].iloc[0]} twice; give one row a period")
    return rows.sort_values("period").reset_index(drop=True)


def _past(history: pd.DataFrame, what: str = "history") -> pd.DataFrame:
    _need(history, ["status"], what)
    rows = _rows(history, "value", what)
    unknown = rows[~rows["status"].isin(KNOWN_STATUS)]
    for row in unknown.head(1).itertuples():
        allowed = ", ".join(KNOWN_STATUS)
        raise ValueError(
            f"the {what} has status {row.status!r} in {row.period}; a known figure has one of {allowed}"
        )
    # a published figure has no band
    return rows.assign(**{bound: rows[bound].where(rows["status"].eq(ESTIMATED)) for bound in EVERY_BOUND})


def _future(forecast: pd.DataFrame, what: str = "forecast") -> pd.DataFrame:
    _need(forecast, EVERY_BOUND, what)
    return _rows(forecast, "mean", what).assign(status=FORECAST)


def _pins(marks: Sequence[Mark]) -> pd.DataFrame:
    frame = pd.DataFrame(list(marks), columns=["words", "value", "period"])
    return _rows(frame, "value", "marks").assign(status="")


def _path(target: Required | None) -> pd.DataFrame:
    words, frame = target or ("", pd.DataFrame())
    return _rows(frame, "value", "target").assign(status="", words=words)


def _story(frame: pd.DataFrame, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = frame[frame["name"].eq(name)]
    ahead = rows["status"].eq(FORECAST)
    return _past(rows[~ahead], f"history of {name}"), _future(rows[ahead], f"forecast of {name}")


def _axis_periods(parts: Iterable[pd.DataFrame]) -> pd.PeriodIndex:
    """Every period from the first to the last; the parts learn their places on it."""
    parts = list(parts)
    periods = [period for rows in parts for period in rows["period"]]
    kinds = {period.freqstr for period in periods}
    if len(kinds) != 1:
        raise ValueError(
            f"periods of the frequencies {', '.join(sorted(kinds))} in one chart; give all parts the same one"
            if kinds
            else "there is nothing to draw: no figure and no forecast; say in words why there is none"
        )
    every = pd.period_range(min(periods), max(periods))
    for rows in parts:
        rows["x"] = every.get_indexer(pd.PeriodIndex(rows["period"], freq=every.freq))
    return every


def _decimals(past: pd.DataFrame, decimals: int | None) -> int:
    return decimals_of(past["value"]) if decimals is None else decimals


# Drawing


def _draw(
    ax: Axes, past: pd.DataFrame, future: pd.DataFrame, periods: pd.PeriodIndex, width_pt: float
) -> None:
    room = width_pt / len(periods)
    size = 5.5 if room >= CROWDED_PT else 4.0
    _draw_past(ax, past.set_index("x").reindex(range(len(periods))), room)
    if len(past):
        last = past.iloc[-1]
        ax.plot(
            last["x"], last["value"], marker="o", markersize=size, zorder=4, **style.marker(last["status"])
        )
    if len(future):
        _draw_future(ax, past, future)
        end = future.iloc[-1]
        look = {"marker": "s", "markersize": size, "clip_on": False} | style.marker(FORECAST)
        ax.plot(end["x"], end["value"], zorder=4, **look)
    ax.set_xlim(-0.5, len(periods) - 0.7)


def _draw_past(ax: Axes, rows: pd.DataFrame, room: float) -> None:
    """Lines and markers of the history; `room` is what a period has, in typographic points."""
    value, guessed = rows["value"], rows["status"].eq(ESTIMATED)
    # a thin stretch reaches the published figures beside it, so that the line is not torn
    near = guessed | guessed.shift(1, fill_value=False) | guessed.shift(-1, fill_value=False)
    low, high = (rows[bound].fillna(value).where(near) for bound in BOUNDS[80])
    _shade(ax, rows.index, low, high, {"facecolor": SHADES[80]["facecolor"], "linewidth": 0})
    ax.plot(value.where(near), color=PUBLISHED, linewidth=THIN)
    ax.plot(value.where(~guessed), color=PUBLISHED)
    roomy = room >= ROOMY_PT
    published = value[~guessed].dropna().index if roomy else sorted(charts._alone(value.where(~guessed)))
    # hollow markers that touch would read as a thick line
    spaced = value[guessed].dropna().index[:: ceil(8 / room)]
    hollow = sorted({*spaced, *(i for i in charts._alone(value) if guessed[i])})
    size = 5.5 if roomy else 3.6
    for status, places in (("A", published), (ESTIMATED, hollow)):
        look = style.marker(status) | {"markeredgewidth": THIN}
        ax.plot(places, value.loc[places], linestyle="", marker="o", markersize=size, **look)


def _draw_future(ax: Axes, past: pd.DataFrame, future: pd.DataFrame) -> None:
    joined = pd.concat([_joint(past, future), future])
    for level in reversed(LEVELS):
        _shade(ax, joined["x"], *(joined[bound] for bound in BOUNDS[level]), SHADES[level])
    ax.plot(joined["x"], joined["value"], color=PUBLISHED, linestyle=DASHED)


def _joint(past: pd.DataFrame, future: pd.DataFrame) -> pd.DataFrame:
    """The last known figure before the forecast, with its own band if it is an estimate."""
    last = past[past["x"] < future["x"].iloc[0]].tail(1)
    # an estimate that has but one band begins both of the forecast's
    own = {narrow: last[narrow].fillna(last["value"]) for narrow in BOUNDS[80]}
    wide = {far: last[far].fillna(own[near]) for near, far in zip(BOUNDS[80], BOUNDS[95], strict=True)}
    return last.assign(**own, **wide)


def _shade(ax: Axes, x: Sequence[int], low: pd.Series, high: pd.Series, look: Look) -> None:
    x, low, high = (np.asarray(part, dtype=float) for part in (x, low, high))
    known = np.isfinite(low) & np.isfinite(high)
    alone = np.isin(np.arange(len(x)), sorted(charts._alone(pd.Series(low).where(known))))
    look = look | {"zorder": UNDER_THE_GRID}
    if (low < high)[known & ~alone].any():
        ax.fill_between(x, low, high, where=known & ~alone, **look)
    # a period between gaps has no width of its own
    for i in np.flatnonzero(alone & (low < high)):
        ax.fill_between(x[i] + SLIVER, low[i], high[i], **look)


def _draw_beside(ax: Axes, pins: pd.DataFrame, path: pd.DataFrame) -> None:
    if len(path):
        ax.plot(path["x"], path["value"], color=HIGHLIGHT, linestyle=DOTTED)
        end = path.iloc[-1]
        look = {"marker": "D", "clip_on": False} | style.marker(FORECAST, HIGHLIGHT)
        ax.plot(end["x"], end["value"], zorder=4, **look)
    if len(pins):
        # hollow, so that a figure that came out as announced stays in sight
        look = style.marker("A", INK) | {"markerfacecolor": "none", "markersize": 9, "linestyle": ""}
        ax.plot(pins["x"], pins["value"], marker="D", zorder=5, clip_on=False, **look)


def _level_axis(ax: Axes, parts: Iterable[pd.DataFrame]) -> None:
    drawn = pd.concat(parts)[NUMBERS].stack()
    if drawn.empty:
        ax.set_yticks([])
        return
    low, high = drawn.min(), drawn.max()
    if low >= 0 and high - low >= FLATTENED * high:
        ax.set_ylim(0, 1.08 * high or 1.0)
        return
    room = 0.1 * (high - low) or max(1.0, 0.1 * abs(high))
    ax.set_ylim(low - room, high + room)
    if low < 0:
        ax.axhline(0, color=INK, linewidth=0.9, zorder=0.6)


def _ticks(ax: Axes, periods: pd.PeriodIndex, most: int) -> None:
    """The first period of each year carries the year; within two years periods have their own names."""
    # the first label would touch the zero of the other axis
    ax.tick_params(axis="x", pad=6)
    firsts = np.flatnonzero(periods.year != (periods - 1).year)
    yearly = periods.freqstr[0] in "AY"
    if len(firsts) > 2 or yearly:
        firsts = firsts[:: ceil(len(firsts) / most)]
        ax.set_xticks(firsts, [str(periods[i].year) for i in firsts])
        return
    places = range(0, len(periods), ceil(len(periods) / (most * 0.6)))
    ax.set_xticks(places, [str(periods[i]) for i in places])


# Labels and legend


def _name_last(ax: Axes, past: pd.DataFrame, periods: pd.PeriodIndex, decimals: int, lang: Lang) -> None:
    """Name the last figure above the picture, where no forecast can run into it."""
    if past.empty:
        return
    last = past.iloc[-1]
    ax.axvline(last["x"], color=style.COMPARISON, linewidth=0.8, linestyle=(0, (2, 2)), zorder=0.5)
    side = "right" if last["x"] > len(periods) / 2 else "left"
    at = ax.get_xaxis_transform()
    text = _point(last, decimals, lang, status=True)
    ax.annotate(text, (last["x"], 1), (0, 3), xycoords=at, textcoords="offset points", ha=side)


def _right_labels(
    future: pd.DataFrame, pins: pd.DataFrame, path: pd.DataFrame, decimals: int, lang: Lang
) -> list[Label]:
    labels = []
    for row in future.tail(1).to_dict("records"):
        lines = [period_words(row["period"], lang), fmt(row["value"], decimals, lang)]
        if pd.notna(row["lo-80"]):
            lines += [charts.WORDS[lang]["band"].format(80), _band(row, 80, decimals, lang)]
        labels.append((row["value"], "\n".join(lines), PUBLISHED))
    for rows, color in ((path.tail(1), HIGHLIGHT), (pins, INK)):
        for row in rows.itertuples():
            lines = [row.words, period_words(row.period, lang), fmt(row.value, decimals, lang)]
            labels.append((row.value, "\n".join(lines), color))
    return labels


def _label_right(ax: Axes, labels: Sequence[Label]) -> None:
    low, high = ax.get_ylim()
    heights = [LINE_PT * (1 + text.count("\n")) * (high - low) / HEIGHT_PT for _, text, _ in labels]
    for (_, text, color), y in zip(labels, _apart([label[0] for label in labels], heights), strict=True):
        charts._note_at(ax, (ax.get_xlim()[1], y), text, (8, 0), color=color, va="center", linespacing=1.3)


def _label_pins(
    ax: Axes, pins: pd.DataFrame, course: pd.DataFrame, count: int, decimals: int, lang: Lang
) -> None:
    """Words beside the marks, out of the fan, with a thin line to it."""
    for row in pins.itertuples():
        text = f"{row.words} {fmt(row.value, decimals, lang)}"
        half = _width_pt(text) / 2 * count / PICTURE_PT
        side = "left" if row.x < half else "right" if row.x + half > count - 1 else "center"
        at = _write_outside(ax, (row.x, row.value), text, course, PICTURE_PT / count, side)
        ax.plot([row.x, row.x], [row.value, at], color=INK, linewidth=0.7)


def _write_outside(
    ax: Axes, point: tuple[float, float], text: str, course: pd.DataFrame, room: float, side: str
) -> float:
    """Write over or under a point, on the nearest level that is clear of lines and bands."""
    x, value = point
    width = _width_pt(text) / room
    first = x - {"left": 0.0, "center": width / 2, "right": width}[side]
    # with the periods around it, since lines lead there
    near = course.loc[course["x"].between(first - 1, first + width + 1), NUMBERS].stack()
    top, bottom = max([value, *near]), min([value, *near])
    above = top - value <= value - bottom
    at, offset, va = (top, 6, "bottom") if above else (bottom, -6, "top")
    charts._note_at(ax, (x, at), text, (0, offset), ha=side, va=va, bbox=GROUND, zorder=5)
    return at


def _width_pt(text: str) -> float:
    """About how wide a line of text is; Chinese counts double."""
    return sum(5.3 if letter.isascii() else 9.5 for letter in text)


def _apart(places: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Move what would overlap as little as needed: those that meet form a clump around their middle."""
    clumps: list[tuple[float, float, list[int]]] = []
    for i in sorted(range(len(places)), key=places.__getitem__):
        middle, height, members = places[i], heights[i], [i]
        while clumps and clumps[-1][0] + (clumps[-1][1] + height) / 2 > middle:
            below, depth, lower = clumps.pop()
            middle = (below * depth + middle * height) / (depth + height)
            height, members = depth + height, lower + members
        clumps.append((middle, height, members))
    moved = {}
    for middle, height, members in clumps:
        bottoms = middle - height / 2 + np.cumsum([0, *(heights[i] for i in members)])
        moved |= {i: float(bottom + heights[i] / 2) for i, bottom in zip(members, bottoms, strict=False)}
    return [moved[i] for i in range(len(places))]


def _legend(figure: Figure, past: pd.DataFrame, future: pd.DataFrame, lang: Lang) -> None:
    words, handles = charts.WORDS[lang], []
    guessed = past["status"].eq(ESTIMATED)
    for status, some, width in (("A", ~guessed, 1.8), (ESTIMATED, guessed, THIN)):
        if some.any():
            look = {"color": PUBLISHED, "linewidth": width, "marker": "o"} | style.marker(status)
            handles.append(Line2D([], [], label=words[status], **look))
    if len(future):
        look = {"color": PUBLISHED, "linestyle": DASHED, "marker": "s"} | style.marker(FORECAST)
        handles.append(Line2D([], [], label=words[FORECAST], **look))
    for level in LEVELS:
        if pd.concat([past, future])[BOUNDS[level][0]].notna().any():
            handles.append(Patch(label=words["band"].format(level), **SHADES[level]))
    figure.legend(handles=handles, loc="outside lower right", ncols=5, borderaxespad=0, columnspacing=1.4)


# Panels


def _grid(count: int) -> tuple[Figure, list[Axes]]:
    lines, columns = ceil(count / PANEL_COLUMNS), min(count, PANEL_COLUMNS)
    figure = Figure((style.WIDTH_IN, 1.95 * lines + 0.35), layout="constrained")
    figure.get_layout_engine().set(h_pad=0.07, w_pad=0.06)
    axes = list(figure.subplots(lines, columns, squeeze=False).ravel())
    for ax in axes[count:]:
        ax.set_axis_off()
    return figure, axes[:count]


def _panel(
    ax: Axes,
    name: str,
    past: pd.DataFrame,
    future: pd.DataFrame,
    periods: pd.PeriodIndex,
    decimals: int,
    lang: Lang,
) -> None:
    _draw(ax, past, future, periods, PANEL_PT)
    _level_axis(ax, [past, future])
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    charts._number_axes(ax, lang, "y")
    _ticks(ax, periods, NARROW)
    for last in past.tail(1).itertuples():
        text = fmt(last.value, decimals, lang)
        _write_outside(ax, (last.x, last.value), text, past, PANEL_PT / len(periods), "right")
    ahead = WORDS[lang]["no forecast"]
    for end in future.tail(1).to_dict("records"):
        ahead = _with_band(fmt(end["value"], decimals, lang), end, decimals, lang)
    ax.set_title(f"{fill(name, PANEL_NAME[lang])}\n{ahead}", loc="left", pad=5, linespacing=1.25)


# Words and numbers for those who do not see the picture


def _rounded(value: float, column: str, decimals: int) -> float:
    return float(rounded(value, decimals, ROUNDING[column]))


def _band(row: Mapping[str, Any], level: int, decimals: int, lang: Lang) -> str:
    ends = [fmt(_rounded(row[bound], bound, decimals), decimals, lang) for bound in BOUNDS[level]]
    return DASH[lang].join(ends)


def _with_band(text: str, row: Mapping[str, Any], decimals: int, lang: Lang) -> str:
    if pd.isna(row["lo-80"]):
        return text
    return WORDS[lang]["brackets"].format(text, _band(row, 80, decimals, lang))


def _point(row: Mapping[str, Any], decimals: int, lang: Lang, *, status: bool = False) -> str:
    text = f"{period_words(row['period'], lang)} {fmt(row['value'], decimals, lang)}"
    word = charts.WORDS[lang].get(row["status"]) if status else None
    return WORDS[lang]["brackets"].format(text, word) if word else text


def _ahead_words(future: pd.DataFrame, decimals: int, lang: Lang) -> str:
    """The end of the forecast with all the bands it has."""
    words = WORDS[lang]
    for end in future.tail(1).to_dict("records"):
        text = f"{words['ahead']}{_point(end, decimals, lang)}"
        bands = [
            f"{charts.WORDS[lang]['band'].format(level)} {_band(end, level, decimals, lang)}"
            for level in LEVELS
            if pd.notna(end[BOUNDS[level][0]])
        ]
        return words["brackets"].format(text, words["comma"].join(bands)) if bands else text
    return words["no forecast"]


def _fan_alt(
    past: pd.DataFrame,
    future: pd.DataFrame,
    pins: pd.DataFrame,
    path: pd.DataFrame,
    unit: str,
    decimals: int,
    lang: Lang,
) -> str:
    words = WORDS[lang]
    ends = [
        _point(row, decimals, lang, status=True) for row in past.iloc[[0, -1][: len(past)]].to_dict("records")
    ]
    parts = [word.format(end) for word, end in zip((words["from"], words["to"]), ends, strict=False)]
    parts.append(_ahead_words(future, decimals, lang))
    for row in [*path.tail(1).to_dict("records"), *pins.to_dict("records")]:
        parts.append(f"{row['words']} {_point(row, decimals, lang)}")
    return charts._joined(parts, unit, lang)


def _fans_alt(
    stories: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]], unit: str, decimals: int, lang: Lang
) -> str:
    words, parts = WORDS[lang], []
    for name, (past, future) in stories.items():
        known = [_point(row, decimals, lang, status=True) for row in past.tail(1).to_dict("records")]
        told = words["comma"].join([*known, _ahead_words(future, decimals, lang)])
        parts.append(f"{name}{words['colon']}{told}")
    return charts._joined(parts, unit, lang)


def _data(parts: Iterable[pd.DataFrame], decimals: int, lang: Lang) -> pd.DataFrame:
    """Every number drawn; the words of a mark or a path stand where others have their status."""
    words, rows = charts.WORDS[lang], pd.concat(parts, ignore_index=True)
    for column in ROUNDING:
        rows[column] = [
            value if pd.isna(value) else _rounded(value, column, decimals) for value in rows[column]
        ]
    rows["period"] = [period_words(period, lang) for period in rows["period"]]
    rows["status"] = [row.words or words.get(row.status, row.status) for row in rows.itertuples()]
    heads = {key: words[key] for key in ("name", "period", "value", "status") if key in rows}
    for level, (low, high) in BOUNDS.items():
        if rows[low].notna().any():
            heads |= {low: WORDS[lang]["low"].format(level), high: WORDS[lang]["high"].format(level)}
    return rows[list(heads)].set_axis(list(heads.values()), axis=1)
