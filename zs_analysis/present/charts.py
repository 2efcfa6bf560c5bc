"""The charts of the reports. Each takes a tidy frame and returns a `Chart`; none computes a statistic.

Parameters that all share: ``title`` states the finding; ``alt`` is generated from the numbers if not given;
``unit`` stands under the title; ``source`` and ``note`` stand below; ``decimals`` are as many as the numbers need,
at most two, if not given; ``lang`` is the language of every word the chart adds.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from math import ceil
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.dates import DateFormatter, YearLocator, date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from zs_analysis.present import style
from zs_analysis.present.chart import Chart
from zs_analysis.present.disclosure import Disclosure
from zs_analysis.present.numbers import MONTHS_EN, Lang, decimals_of, fmt, pct, period_words, rounded
from zs_analysis.present.style import COMPARISON, FAIR, GOOD, HIGHLIGHT, INK, PUBLISHED, RULE
from zs_analysis.present.table import LEGEND, MISSING

Reference = tuple[str, float]
"""A label and the value it stands for."""
Place = tuple[tuple[float, float], dict[str, str]]
"""Where a text stands beside its point: offset in typographic points, and alignment."""

ROW_IN = 0.3
MOST_COLUMNS = 12
WIDEST_LABEL = 26
PANEL_COLUMNS = 3
PANEL_LABEL = {"zh": 16, "en": 30}

WORDS = {
    "zh": {
        "name": "名称",
        "value": "数值",
        "place": "名次",
        "status": "性质",
        "period": "时期",
        "low": "下限",
        "high": "上限",
        "months": "月数",
        "average": "月均",
        "required": "需达到",
        "current": "按现有增速",
        "light": "评价",
        "start": "起点",
        "end": "终点",
        "A": "公布",
        "P": "初步",
        "E": "估计",
        "F": "预测",
        "unallocated": "未分列",
        "so far": "实际月均",
        "implied": "推算月均",
        "target": "目标",
        "possible": "可能的组合",
        "ruled out": "不可能",
        "window": "公布数的月均",
        "band": "{}%区间",
    },
    "en": {
        "name": "Name",
        "value": "Value",
        "place": "Place",
        "status": "Status",
        "period": "Period",
        "low": "Low",
        "high": "High",
        "months": "Months",
        "average": "Monthly average",
        "required": "Required",
        "current": "At current growth",
        "light": "Rating",
        "start": "From",
        "end": "To",
        "A": "published",
        "P": "provisional",
        "E": "estimate",
        "F": "forecast",
        "unallocated": "Unallocated",
        "so far": "average so far",
        "implied": "average implied",
        "target": "Target",
        "possible": "possible pairs",
        "ruled out": "ruled out",
        "window": "published, monthly average",
        "band": "{}% band",
    },
}
COURSE_DASHES = {"A": "-", "E": (0, (4, 2)), "F": (0, (1, 1.5))}
LIGHTS = {
    "green": ("o", GOOD, {"zh": "绿灯", "en": "green"}),
    "amber": ("^", FAIR, {"zh": "黄灯", "en": "amber"}),
    "red": ("s", HIGHLIGHT, {"zh": "红灯", "en": "red"}),
    "re-base": ("D", PUBLISHED, {"zh": "已提前达到", "en": "met"}),
    "": ("x", COMPARISON, {"zh": "未评价", "en": "not rated"}),
}

STATE_LOOKS = {
    "red": {"facecolor": HIGHLIGHT, "edgecolor": HIGHLIGHT},
    "amber": {"facecolor": "white", "edgecolor": FAIR, "hatch": "////"},
    "green": {"facecolor": GOOD, "edgecolor": GOOD},
    "re-base": {"facecolor": "white", "edgecolor": PUBLISHED, "hatch": "...."},
    "unrated": {"facecolor": "white", "edgecolor": COMPARISON, "hatch": "\\\\\\\\"},
    "unpublished": {"facecolor": "white", "edgecolor": COMPARISON, "hatch": ""},
    "rule": {"facecolor": "white", "edgecolor": INK, "hatch": "||"},
    "not started": {"facecolor": "white", "edgecolor": INK, "hatch": "--"},
}
"""How a state looks: hatched ones stay apart in grey print."""
TIMELINE = ("planned_start", "planned_end", "start", "end")


@style.drawing()
def bars(
    frame: pd.DataFrame,
    label: str,
    value: str,
    *,
    title: str,
    unit: str,
    source: str,
    highlight: str | Sequence[str] = (),
    reference: Reference | None = None,
    status: str | None = None,
    decimals: int | None = None,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """Ranked horizontal bars of growth rates or levels.

    Parameters
    ----------
    label, value : str
        Columns of the frame. A missing value keeps its row, at the end.
    highlight : str or sequence of str
        Labels to set off.
    reference : (str, float), optional
        A line across all bars, e.g. ``("全市", 12.5)``.
    status : str, optional
        Column with the SDMX ``obs_status``; estimates and forecasts are drawn hollow and hatched.

    Examples
    --------
    >>> growth = pd.DataFrame(
    ...     {"area": ["普陀区", "岱山县", "定海区", "嵊泗县"], "pct": [15.5, 19.2, 8.6, None]}
    ... )
    >>> chart = bars(
    ...     growth,
    ...     "area",
    ...     "pct",
    ...     title="岱山增长最快",
    ...     unit="%",
    ...     source="示例",
    ...     reference=("全市", 12.5),
    ... )
    >>> chart.alt
    '4项：最高岱山县 19.2；最低定海区 8.6；全市 12.5（%）。'
    """
    rows = _tidy(frame, label, value, status).sort_values("value", ascending=False, kind="stable")
    decimals = decimals_of(rows["value"]) if decimals is None else decimals
    figure, ax = _rows_figure(rows["name"], extra_in=0.25 if reference else 0.0)
    chosen = {highlight} if isinstance(highlight, str) else set(highlight)
    for y, row in enumerate(rows.itertuples()):
        color = HIGHLIGHT if row.name in chosen else PUBLISHED
        ax.barh(y, row.value, height=0.64, **style.area(row.status, color))
        _bar_label(ax, row.value, y, _shown(row.value, decimals, lang, LEGEND[lang][MISSING]))
    _bar_axis(ax, 0.0, rows["value"])
    if reference:
        _reference_line(ax, reference, decimals, lang)
    _status_legend(figure, rows["status"], lang)
    alt = alt or _ranking_alt(rows, unit, decimals, reference, lang)
    return Chart(figure, title, alt, unit, source, _data(rows, status, lang), note, lang)


@style.drawing()
def levels(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    title: str,
    unit: str,
    source: str,
    status: str | None = None,
    interval: tuple[str, str] | None = None,
    reference: Reference | None = None,
    decimals: int | None = None,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """Levels through time: columns for up to 12 periods, a line for more. Gaps stay gaps.

    Parameters
    ----------
    x : str
        Column of periods of one frequency, as `pandas.Period` or text.
    y : str
        Column of levels.
    status : str, optional
        Column with the SDMX ``obs_status``; estimates and forecasts are hollow, hatched or dashed.
    interval : (str, str), optional
        Columns with the lower and upper bound of forecasts.
    reference : (str, float), optional
        A line across the periods, such as a target.

    Examples
    --------
    >>> revenue = pd.DataFrame(
    ...     {
    ...         "year": ["2020", "2021", "2022", "2023"],
    ...         "level": [1921, 2530.4, 3330, 3866],
    ...         "status": list("AAAF"),
    ...     }
    ... )
    >>> chart = levels(
    ...     revenue,
    ...     "year",
    ...     "level",
    ...     title="Revenue doubled in three years",
    ...     unit="100 million yuan",
    ...     source="example",
    ...     status="status",
    ...     lang="en",
    ... )
    >>> chart.alt
    'From 2020 1,921.0; to 2023 3,866.0; lowest 2020 1,921.0; highest 2023 3,866.0 (100 million yuan).'
    """
    rows = _on_every_period(_tidy(frame, x, y, status, interval))
    decimals = decimals_of(rows["value"]) if decimals is None else decimals
    figure = Figure((style.WIDTH_IN, 3.3))
    ax = figure.subplots()
    if len(rows) <= MOST_COLUMNS:
        _columns(ax, rows, decimals, lang)
    else:
        _line(ax, rows, decimals, lang)
    if reference:
        _target_line(ax, reference, decimals, lang)
    _period_ticks(ax, rows.index)
    _status_legend(figure, rows["status"], lang, lines=len(rows) > MOST_COLUMNS)
    named = rows.assign(name=[period_words(period, lang) for period in rows.index])
    alt = alt or _levels_alt(named, unit, decimals, lang)
    return Chart(figure, title, alt, unit, source, _data(named, status, lang, "period"), note, lang)


@style.drawing()
def course(
    frame: pd.DataFrame,
    windows: pd.DataFrame,
    *,
    bands: Sequence[tuple[str, str]],
    title: str,
    unit: str,
    source: str,
    decimals: int = 0,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """An estimated monthly course with its bands, and the published windows it agrees with.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``period`` (month), ``value``, ``status`` (SDMX ``obs_status``) and the columns named in `bands`.
    windows : pandas.DataFrame
        ``name``, ``start``, ``end`` (months) and ``value``: the monthly average of what was published for those
        months together. Drawn solid.
    bands : sequence of (str, str)
        Columns with lower and upper bounds, the widest first.

    Examples
    --------
    >>> months = pd.period_range("2023-01", periods=6, freq="M").astype(str)
    >>> monthly = pd.DataFrame(
    ...     {"period": months, "value": [280, 290, 310, 330, 345, 350], "status": list("EEAEEF")}
    ... )
    >>> monthly = monthly.assign(low=monthly["value"] - 20, high=monthly["value"] + 20)
    >>> known = pd.DataFrame(
    ...     {"name": ["一季度"], "start": ["2023-01"], "end": ["2023-03"], "value": [293.3]}
    ... )
    >>> chart = course(
    ...     monthly, known, bands=[("low", "high")], title="逐月产值", unit="亿元", source="示例"
    ... )
    >>> chart.data.head(2)
            时期     数值     下限     上限  性质
    0      一季度  293.0    NaN    NaN  公布
    1  2023年1月  280.0  260.0  300.0  估计
    """
    rows = _on_every_period(_tidy(frame, "period", "value", "status", bands[0]))
    figure = Figure((style.WIDTH_IN, 3.6))
    ax = figure.subplots()
    for depth, (low, high) in enumerate(bands):
        span = frame.set_index("period")[[low, high]].reindex(rows.index.astype(str))
        ax.fill_between(
            np.arange(len(rows)), *span.to_numpy().T, color=PUBLISHED, alpha=0.13 + 0.1 * depth, linewidth=0
        )
    for status, dash in COURSE_DASHES.items():
        here = rows["status"].eq(status)
        # a stretch begins at the month before it, so that the line is not torn
        shown = rows["value"].where(here | here.shift(-1, fill_value=False))
        ax.plot(np.arange(len(rows)), shown, color=PUBLISHED, linestyle=dash, linewidth=1.3)
    _draw_windows(ax, windows, rows.index, decimals, lang)
    ax.set_ylim(0, None)
    _number_axes(ax, lang, "y")
    _period_ticks(ax, rows.index)
    _course_legend(figure, rows["status"], lang)
    named = rows.assign(name=[period_words(period, lang) for period in rows.index])
    told = pd.DataFrame({"name": windows["name"], "value": windows["value"], "status": "A"})
    data = _data(pd.concat([told, named], ignore_index=True), "status", lang, "period").round(decimals)
    alt = alt or _levels_alt(named, unit, decimals, lang)
    return Chart(figure, title, alt, unit, source, data, note, lang)


@style.drawing()
def path_to_target(
    history: pd.Series,
    target: tuple[int, float],
    *,
    required_growth_pct: float,
    title: str,
    unit: str,
    source: str,
    current_growth_pct: float | None = None,
    decimals: int | None = None,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """The way from the last known level to a target, and where the current growth leads.

    Parameters
    ----------
    history : pandas.Series
        Levels by year (int); missing years stay gaps.
    target : (int, float)
        Year and level.
    required_growth_pct : float
        Average yearly growth the target asks for, as the metrics give it.
    current_growth_pct : float, optional
        Growth to compare with.

    Examples
    --------
    >>> history = pd.Series({2021: 2530.4, 2022: 3330.0, 2023: 3866.0})
    >>> about = {
    ...     "title": "The target asks for 16 % a year",
    ...     "unit": "100 million yuan",
    ...     "source": "example",
    ...     "lang": "en",
    ... }
    >>> chart = path_to_target(
    ...     history, (2027, 7000.0), required_growth_pct=16.0, current_growth_pct=10.0, **about
    ... )
    >>> chart.alt
    '2023 3,866.0; Target 2027 7,000.0; needs 16.0% a year; at the current 10.0% a year (100 million yuan).'
    """
    known = history.dropna().sort_index()
    decimals = decimals_of([*known, target[1]]) if decimals is None else decimals
    paths = _paths(known, target, current_growth_pct)
    figure = Figure((style.WIDTH_IN, 3.3))
    ax = figure.subplots()
    _draw_history(ax, known, decimals, lang)
    _draw_paths(ax, paths)
    words = {"required": required_growth_pct, "current": current_growth_pct}
    _label_ends(
        ax, paths, {name: _end_words(name, growth, lang) for name, growth in words.items()}, decimals, lang
    )
    data = _path_data(known, paths, lang)
    alt = alt or _path_alt(known, target, words, unit, decimals, lang)
    return Chart(figure, title, alt, unit, source, data, note, lang)


@style.drawing()
def remainder(
    ytd_months: int,
    ytd_average: float,
    implied_average: float,
    *,
    title: str,
    unit: str,
    source: str,
    decimals: int | None = None,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """Monthly average so far beside the one that the remaining months need; areas are amounts.

    Parameters
    ----------
    ytd_months : int
        Months since January with figures, 1 to 11.
    ytd_average, implied_average : float
        A month, in `unit`.

    Examples
    --------
    >>> chart = remainder(
    ...     10, 324.68, 276.6, title="后两个月的月均低于前十个月", unit="亿元", source="示例"
    ... )
    >>> chart.alt
    '1—10月 实际月均 324.68；11—12月 推算月均 276.60（亿元）。'
    """
    if not 1 <= ytd_months <= 11:
        raise ValueError(f"ytd_months is {ytd_months}; a remainder needs 1 to 11 months so far")
    averages = [ytd_average, implied_average]
    decimals = decimals_of(averages) if decimals is None else decimals
    names = [_months_words(1, ytd_months, lang), _months_words(ytd_months + 1, 12, lang)]
    words = [WORDS[lang]["so far"], WORDS[lang]["implied"]]
    shown = [fmt(average, decimals, lang) for average in averages]
    figure = Figure((style.WIDTH_IN, 2.6))
    ax = figure.subplots()
    _blocks(ax, ytd_months, averages)
    _block_labels(ax, ytd_months, averages, shown, [f"{n}\n{w}" for n, w in zip(names, words, strict=True)])
    columns = [WORDS[lang][word] for word in ("period", "months", "average")]
    data = pd.DataFrame(zip(names, [ytd_months, 12 - ytd_months], averages, strict=True), columns=columns)
    facts = [" ".join(fact) for fact in zip(names, words, shown, strict=True)]
    alt = alt or _joined(facts, unit, lang)
    return Chart(figure, title, alt, unit, source, data, note, lang)


@style.drawing()
def identified_set(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    title: str,
    x_label: str,
    y_label: str,
    unit: str,
    source: str,
    interval: tuple[str, str] | None = None,
    bound: Reference | None = None,
    decimals: int | None = None,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """All pairs of two unknown amounts that published figures allow.

    Parameters
    ----------
    frame : pandas.DataFrame
        E.g. from `zs_analysis.metrics.ex_firm_set`, with ``x="firm_level"`` and ``y="firm_base"``.
    interval : (str, str), optional
        Columns with the least and most `y` that rounding allows.
    bound : (str, float), optional
        The least possible `y`.

    Notes
    -----
    All but the band is hatched as ruled out; the bars along the axes are the amounts that are possible for each.

    Examples
    --------
    >>> from zs_analysis.metrics import ex_firm_set
    >>> pairs = ex_firm_set(429, -2.1, ex_growth_pct=89)
    >>> about = {
    ...     "x_label": "this year",
    ...     "y_label": "a year before",
    ...     "unit": "100 million yuan",
    ...     "lang": "en",
    ... }
    >>> chart = identified_set(
    ...     pairs,
    ...     "firm_level",
    ...     "firm_base",
    ...     title="What the firm may have invested",
    ...     source="example",
    ...     **about,
    ... )
    >>> chart.alt
    'this year: 0.0 – 429.0; a year before: 211.2 – 438.2 (100 million yuan).'
    """
    columns = [x, y, *(interval or ())]
    rows = frame[columns].sort_values(x)
    decimals = decimals_of(rows.to_numpy().ravel(), most=1) if decimals is None else decimals
    figure = Figure((style.WIDTH_IN, 3.8))
    ax = figure.subplots()
    low, high = interval or (y, y)
    # the outline keeps a band in sight that rounding makes thinner than a line
    ax.fill_between(rows[x], rows[low], rows[high], facecolor=PUBLISHED, edgecolor=PUBLISHED, linewidth=2.4)
    ax.set(xlabel=x_label, xlim=(0, None), ylim=(0, rows[columns[1:]].max().max() * 1.12))
    ax.set_title(y_label, loc="left")
    _number_axes(ax, lang, "x", "y")
    middle = rows.iloc[len(rows) // 2]
    _note_at(ax, (middle[x], middle[y]), WORDS[lang]["possible"], (-6, 8), ha="right", color=PUBLISHED)
    ax.grid(axis="x")
    for row, side in ((rows.iloc[0], "left"), (rows.iloc[-1], "right")):
        if side == "right" or not bound:
            _corner(ax, row[x], row[y], fmt(row[y], decimals, lang), side)
    _rule_out(ax, rows[x], rows[[low, high]], bound[1] if bound else 0.0, lang)
    if bound:
        _bound_line(ax, bound, decimals, lang)
    heads = [x_label, y_label, WORDS[lang]["low"], WORDS[lang]["high"]][: len(columns)]
    alt = alt or _set_alt(rows, x, y, x_label, y_label, bound, unit, decimals, lang)
    data = _thinned(rows).round(decimals).set_axis(heads, axis=1)
    return Chart(figure, title, alt, unit, source, data, note, lang)


@style.drawing()
def target_progress(
    frame: pd.DataFrame,
    name: str,
    ratio_pct: str,
    light: str,
    *,
    title: str,
    source: str,
    unit: str = "%",
    cap_pct: float = 150.0,
    decimals: int = 1,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """Current values as percent of their targets, with the light as shape, colour and word.

    Parameters
    ----------
    name, ratio_pct, light : str
        Columns of the frame. Lights are ``green``, ``amber``, ``red``, ``re-base`` or missing.
    cap_pct : float
        Points beyond are drawn here, with an arrow; the figure beside them is the true one.

    Examples
    --------
    >>> states = pd.DataFrame(
    ...     {
    ...         "target": ["Industrial output", "Tax per mu"],
    ...         "reached": [81.5, 101.2],
    ...         "light": ["amber", "green"],
    ...     }
    ... )
    >>> chart = target_progress(
    ...     states,
    ...     "target",
    ...     "reached",
    ...     "light",
    ...     title="One target of two is met",
    ...     source="example",
    ...     lang="en",
    ... )
    >>> chart.alt
    '2 items: highest Tax per mu 101.2; lowest Industrial output 81.5 (%).'
    """
    rows = _tidy(frame, name, ratio_pct, light).sort_values("value", ascending=False, kind="stable")
    figure, ax = _rows_figure(rows["name"], extra_in=0.35)
    for y, row in enumerate(rows.itertuples()):
        _progress_row(ax, y, row.value, row.status, cap_pct, decimals, lang)
    ax.set_xlim(0, max(110, min(cap_pct, rows["value"].max()) * 1.04))
    _reference_line(ax, (WORDS[lang]["target"] + " =", 100), 0, lang, suffix="%")
    ax.axvline(0, color=COMPARISON, linewidth=0.8)
    words = [LIGHTS[code][2][lang] for code in rows["status"]]
    heads = [WORDS[lang][word] for word in ("name", "target", "light")]
    data = pd.DataFrame({heads[0]: rows["name"], f"{heads[1]} = 100": rows["value"], heads[2]: words})
    alt = alt or _ranking_alt(rows, "%", decimals, None, lang)
    return Chart(figure, title, alt, unit, source, data, note, lang)


@style.drawing()
def contributions(
    frame: pd.DataFrame,
    label: str,
    value: str,
    *,
    total: Reference,
    title: str,
    unit: str,
    source: str,
    decimals: int | None = None,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """Contributions that add up to a total, one step each; what the parts leave open is a step of its own.

    Parameters
    ----------
    label, value : str
        Columns of the frame, in the order to draw.
    total : (str, float)
        The published total, e.g. ``("全市", 12.5)``.

    Examples
    --------
    >>> parts = pd.DataFrame({"cluster": ["石化", "船舶", "水产"], "pp": [9.1, 1.6, -0.2]})
    >>> chart = contributions(
    ...     parts,
    ...     "cluster",
    ...     "pp",
    ...     total=("全市", 12.5),
    ...     title="石化拉动9.1个百分点",
    ...     unit="百分点",
    ...     source="示例",
    ... )
    >>> chart.alt
    '4项：最高石化 9.1；最低水产 -0.2；全市 12.5（百分点）。'
    """
    parts = _tidy(frame, label, value)
    decimals = decimals_of([*parts["value"], total[1]]) if decimals is None else decimals
    steps = _steps(parts, total, decimals, WORDS[lang]["unallocated"])
    figure, ax = _rows_figure(steps["name"])
    for y, step in enumerate(steps.itertuples()):
        ax.barh(y, step.value, left=step.start, height=0.64, **_step_style(step.kind, step.value))
        _bar_label(ax, step.value, y, _shown(step.value, decimals, lang), start=step.start)
    _connect(ax, steps)
    _bar_axis(ax, steps["start"], steps["value"])
    data = steps[["name", "value"]].set_axis([WORDS[lang]["name"], WORDS[lang]["value"]], axis=1)
    alt = alt or _ranking_alt(steps.iloc[:-1], unit, decimals, total, lang)
    return Chart(figure, title, alt, unit, source, data, note, lang)


@style.drawing()
def stacked(
    frame: pd.DataFrame,
    label: str,
    parts: Mapping[str, str],
    *,
    title: str,
    unit: str,
    source: str,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """Counts by state, one bar a row; states differ in hatching as well as in colour and carry their number.

    Parameters
    ----------
    label : str
        Column that names the rows, in the order to draw.
    parts : mapping of str to str
        Columns of counts, each a state of `STATE_LOOKS`, and the words of the legend.

    Examples
    --------
    >>> states = pd.DataFrame(
    ...     {"lead": ["经信局", "科技局"], "red": [2, 0], "amber": [1, 3], "green": [9, 1]}
    ... )
    >>> lights = {"red": "红灯", "amber": "黄灯", "green": "绿灯"}
    >>> chart = stacked(states, "lead", lights, title="两项亮红灯", unit="项", source="示例")
    >>> chart.alt
    '经信局：红灯 2、黄灯 1、绿灯 9；科技局：黄灯 3、绿灯 1（项）。'
    """
    rows = frame[[label, *parts]].reset_index(drop=True)
    used = {state: words for state, words in parts.items() if rows[state].gt(0).any()}
    figure, ax = _rows_figure(rows[label].astype(str), extra_in=0.3 * ceil(len(used) / 3) + 0.1)
    widest = max(1.0, float(rows[list(parts)].sum(axis=1).max()))
    start = pd.Series(0.0, rows.index)
    for state in used:
        # a bar of no width would still have its edge
        some = rows[state].gt(0)
        ax.barh(rows.index[some], rows[state][some], left=start[some], height=0.64, **STATE_LOOKS[state])
        _count_labels(ax, rows[state], start, widest, solid="hatch" not in STATE_LOOKS[state])
        start = start + rows[state]
    ax.set_xlim(0, widest)
    handles = [Patch(label=words, **STATE_LOOKS[state]) for state, words in used.items()]
    if handles:
        figure.legend(handles=handles, loc="outside lower left", ncols=3, borderaxespad=0)
    data = rows.rename(columns={label: WORDS[lang]["name"], **parts})
    alt = alt or _stacked_alt(rows, label, used, unit, lang)
    return Chart(figure, title, alt, unit, source, data, note, lang)


@style.drawing()
def against_plan(
    frame: pd.DataFrame,
    *,
    names: tuple[str, str],
    title: str,
    unit: str,
    source: str,
    decimals: int = 0,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """What was planned, dashed, and what was done, solid, through the months.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``period`` (month, as text), ``planned`` and ``actual``; missing where not yet known.
    names : (str, str)
        Words for planned and actual.

    Examples
    --------
    >>> months = pd.period_range("2023-01", periods=6, freq="M").astype(str)
    >>> done = pd.DataFrame(
    ...     {
    ...         "period": months,
    ...         "planned": [10, 20, 30, 40, 50, 60],
    ...         "actual": [8, 17, 27, 39, None, None],
    ...     }
    ... )
    >>> chart = against_plan(
    ...     done,
    ...     names=("planned", "actual"),
    ...     title="Close to schedule",
    ...     unit="100 million yuan",
    ...     source="example",
    ...     lang="en",
    ... )
    >>> chart.alt
    'April 2023; planned 40; actual 39 (100 million yuan).'
    """
    rows = frame.reset_index(drop=True)
    periods = pd.PeriodIndex(rows["period"], freq="M")
    figure = Figure((style.WIDTH_IN, 3.2))
    ax = figure.subplots()
    looks = {"planned": (COMPARISON, "--"), "actual": (PUBLISHED, "-")}
    for (key, (color, dash)), name in zip(looks.items(), names, strict=True):
        ax.plot(range(len(rows)), rows[key], color=color, linestyle=dash, label=name)
    last = rows["actual"].last_valid_index()
    if last is not None:
        _mark_gap(ax, last, rows.loc[last], period_words(periods[last], lang), decimals, lang)
    ax.set_ylim(0, max(1.0, 1.12 * float(rows[["planned", "actual"]].max().max())))
    _number_axes(ax, lang, "y")
    _period_ticks(ax, periods)
    figure.legend(loc="outside lower right", ncols=2, borderaxespad=0)
    named = [period_words(period, lang) for period in periods]
    data = pd.DataFrame({WORDS[lang]["period"]: named, names[0]: rows["planned"], names[1]: rows["actual"]})
    alt = alt or _plan_alt(data, last, names, unit, decimals, lang)
    return Chart(figure, title, alt, unit, source, data.round(decimals), note, lang)


@style.drawing()
def timeline(
    frame: pd.DataFrame,
    on: pd.Timestamp,
    *,
    names: tuple[str, str],
    title: str,
    unit: str,
    source: str,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """Lives of projects: the planned span above, hollow, and the actual one below, filled, up to a day.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``name``, ``planned_start``, ``planned_end``, ``start``, ``end`` (timestamps; missing ends are open up to
        `on`), in the order to draw.
    on : pandas.Timestamp
        The day of the report, a line across all.
    names : (str, str)
        Words for planned and actual.

    Examples
    --------
    >>> columns = ["name", "planned_start", "planned_end", "start", "end"]
    >>> lives = pd.DataFrame(
    ...     [
    ...         ["乙烯扩建", "2022-03-01", "2023-09-30", "2022-05-01", "2023-12-31"],
    ...         ["船坞改造", "2023-01-01", "2024-06-30", "2023-02-01", None],
    ...     ],
    ...     columns=columns,
    ... )
    >>> lives[columns[1:]] = lives[columns[1:]].apply(pd.to_datetime)
    >>> chart = timeline(
    ...     lives,
    ...     pd.Timestamp("2024-03-31"),
    ...     names=("计划", "实际"),
    ...     title="一个项目晚三个月投产",
    ...     unit="",
    ...     source="示例",
    ... )
    >>> chart.alt
    '截至2024-03-31，2个项目中1个已完成，0个已过计划完成日而未完成。'
    """
    figure, ax = _rows_figure(frame["name"].astype(str), extra_in=0.7)
    spans = (("planned_start", "planned_end", -0.18, "F"), ("start", "end", 0.14, "A"))
    for first, last, shift, status in spans:
        ends = frame[last].fillna(on) if status == "A" else frame[last]
        known = (frame[first].notna() & ends.notna()).to_numpy()
        days = (ends - frame[first]).dt.days
        ax.barh(
            np.flatnonzero(known) + shift,
            days[known],
            left=date2num(frame[first][known]),
            height=0.26,
            **style.area(status),
        )
    done = frame["end"].notna().to_numpy()
    ax.plot(date2num(frame["end"][done]), np.flatnonzero(done) + 0.14, "D", color=INK, markersize=5)
    ax.axvline(date2num(on), color=HIGHLIGHT, linewidth=1.1)
    _above(ax, date2num(on), f"{on:%Y-%m-%d}")
    ax.xaxis_date()
    ax.xaxis.set_major_locator(YearLocator())
    ax.xaxis.set_major_formatter(DateFormatter("%Y"))
    ax.grid(axis="x")
    handles = [Patch(label=name, **style.area(span[3])) for name, span in zip(names, spans, strict=True)]
    figure.legend(handles=handles, loc="outside lower right", ncols=2, borderaxespad=0)
    data = frame.assign(**{column: frame[column].dt.strftime("%Y-%m-%d") for column in TIMELINE})
    heads = dict(zip(TIMELINE, _timeline_heads(names, lang), strict=True)) | {"name": WORDS[lang]["name"]}
    alt = alt or _timeline_alt(frame, on, lang)
    return Chart(
        figure, title, alt, unit, source, data[["name", *TIMELINE]].rename(columns=heads), note, lang
    )


@style.drawing()
def panels(
    frame: pd.DataFrame,
    panel: str,
    x: str,
    y: str,
    *,
    title: str,
    unit: str,
    source: str,
    decimals: int | None = None,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
    disclosure: Disclosure | None = None,
) -> Chart:
    """Small multiples: columns of levels that share their periods but not their scale, one panel a name.

    Parameters
    ----------
    panel, x, y : str
        Columns of the frame: name of the panel, period, and level of zero or more. Panels come in the order of
        the frame.

    Examples
    --------
    >>> tax = pd.DataFrame(
    ...     {
    ...         "area": ["定海"] * 3 + ["普陀"] * 3,
    ...         "year": ["2021", "2022", "2023"] * 2,
    ...         "level": [18.2, 19.5, 20.1, 15.0, 14.2, 16.3],
    ...     }
    ... )
    >>> chart = panels(tax, "area", "year", "level", title="亩均税收", unit="万元/亩", source="示例")
    >>> chart.alt
    '定海：2021 18.2、2022 19.5、2023 20.1；普陀：2021 15.0、2022 14.2、2023 16.3（万元/亩）。'
    """
    rows = frame[[panel, x, y]].set_axis(["name", "x", "value"], axis=1)
    decimals = decimals_of(rows["value"]) if decimals is None else decimals
    names = rows["name"].unique()
    lines = ceil(len(names) / PANEL_COLUMNS)
    figure = Figure((style.WIDTH_IN, 1.65 * lines), layout="constrained")
    figure.get_layout_engine().set(h_pad=0.09, w_pad=0.09)
    axes = figure.subplots(lines, PANEL_COLUMNS, squeeze=False).ravel()
    for ax, name in zip(axes, names, strict=False):
        _panel(ax, rows[rows["name"].eq(name)], name, decimals, lang)
    for ax in axes[len(names) :]:
        ax.set_axis_off()
    data = rows.set_axis([WORDS[lang]["name"], WORDS[lang]["period"], WORDS[lang]["value"]], axis=1)
    alt = alt or _panels_alt(rows, unit, decimals, lang)
    return Chart(figure, title, alt, unit, source, data, note, lang, disclosure)


@style.drawing()
def place_bands(
    frame: pd.DataFrame,
    label: str,
    place: str,
    band: tuple[str, str],
    beside: dict[str, str],
    *,
    title: str,
    unit: str,
    source: str,
    alt: str | None = None,
    note: str = "",
    lang: Lang = "zh",
) -> Chart:
    """Places in a league, one row a competitor, with the range they move in; the first place is at the left.

    Parameters
    ----------
    label, place : str
        Columns of the frame, in the order to draw.
    band : (str, str)
        Columns with the best and the worst place of the range.
    beside : dict of str to str
        Columns of words that stand at the right of each row, with their heads.

    Examples
    --------
    >>> league = pd.DataFrame(
    ...     {
    ...         "area": ["定海", "普陀", "岱山"],
    ...         "place": [1, 2, 3],
    ...         "best": [1, 1, 3],
    ...         "worst": [2, 2, 3],
    ...         "score": ["57.7", "56.4", "42.0"],
    ...     }
    ... )
    >>> chart = place_bands(
    ...     league,
    ...     "area",
    ...     "place",
    ...     ("best", "worst"),
    ...     {"score": "得分"},
    ...     title="定海领先，但与普陀难分高下",
    ...     unit="",
    ...     source="示例",
    ... )
    >>> chart.alt
    '定海 1（1—2）；普陀 2（1—2）；岱山 3（3—3）。'
    """
    rows = _tidy(frame, label, place, interval=band)
    figure, ax = _rows_figure(rows["name"], extra_in=0.4)
    worst = int(rows["high"].max())
    for y, row in enumerate(rows.itertuples()):
        ax.hlines(y, 1, worst, color=RULE, linewidth=0.6, zorder=0.5)
        ax.hlines(y, row.low, row.high, color=COMPARISON, linewidth=6)
        ax.plot(row.value, y, marker="D", markersize=8, clip_on=False, **style.marker())
    ax.set_xticks(range(1, worst + 1))
    ax.tick_params(axis="x", top=False, labeltop=True, labelbottom=False)
    ax.set_xlim(0.6, worst + 0.4)
    columns = [(head, frame[column].tolist()) for column, head in beside.items()]
    for number, (head, words) in enumerate(columns):
        for y, text in enumerate([head, *words], start=-1):
            _note_at(ax, (worst + 0.4, y), text, (46 * (number + 1), 0), ha="right", va="center_baseline")
    words = WORDS[lang]
    data = pd.DataFrame({words["name"]: rows["name"], words["place"]: rows["value"].astype(int)})
    data = data.assign(**{words["low"]: rows["low"].astype(int), words["high"]: rows["high"].astype(int)})
    data = data.assign(**dict(columns))
    alt = alt or _places_alt(rows, lang)
    return Chart(figure, title, alt, unit, source, data, note, lang)


def _places_alt(rows: pd.DataFrame, lang: Lang) -> str:
    dash = "—" if lang == "zh" else "–"
    texts = [
        f"{row.name} {row.value:.0f}"
        + (
            f"（{row.low:.0f}{dash}{row.high:.0f}）"
            if lang == "zh"
            else f" ({row.low:.0f}{dash}{row.high:.0f})"
        )
        for row in rows.itertuples()
    ]
    return _joined(texts, "", lang)


# What several charts share


def _tidy(
    frame: pd.DataFrame,
    label: str,
    value: str,
    status: str | None = None,
    interval: tuple[str, str] | None = None,
) -> pd.DataFrame:
    low, high = interval or (value, value)
    return pd.DataFrame(
        {
            "name": frame[label].astype(str).to_numpy(),
            "value": frame[value].astype(float).to_numpy(),
            "status": frame[status].fillna("").astype(str).to_numpy() if status else "A",
            "low": frame[low].astype(float).to_numpy(),
            "high": frame[high].astype(float).to_numpy(),
        }
    )


def _data(rows: pd.DataFrame, status: str | None, lang: Lang, name: str = "name") -> pd.DataFrame:
    words = WORDS[lang]
    table = pd.DataFrame({words[name]: rows["name"], words["value"]: rows["value"]})
    if rows["low"].lt(rows["high"]).any():
        table = table.assign(**{words["low"]: rows["low"], words["high"]: rows["high"]})
    if status:
        table[words["status"]] = rows["status"].map(lambda code: words.get(code, code))
    return table.reset_index(drop=True)


def _shown(value: float, decimals: int, lang: Lang, missing: str = MISSING) -> str:
    return missing if pd.isna(value) else fmt(value, decimals, lang)


def _wrapped(text: str) -> str:
    return fill(text, WIDEST_LABEL, break_long_words=False) if text.isascii() else text


def _rows_figure(names: Sequence[str], extra_in: float = 0.0) -> tuple[Figure, Axes]:
    labels = [_wrapped(name) for name in names]
    lines = sum(1 + 0.45 * label.count("\n") for label in labels)
    figure = Figure((style.WIDTH_IN, ROW_IN * lines + 0.15 + extra_in))
    ax = figure.subplots()
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.set_xticks([])
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)
    return figure, ax


def _note_at(
    ax: Axes, xy: tuple[float, float], text: str, offset: tuple[float, float], **look: object
) -> None:
    ax.annotate(text, xy, offset, textcoords="offset points", annotation_clip=False, **look)


def _bar_label(ax: Axes, value: float, y: float, text: str, start: float = 0.0) -> None:
    rightward = pd.isna(value) or value >= 0
    look = {"ha": "left", "va": "center_baseline"} if rightward else {"ha": "right", "va": "center_baseline"}
    # the white ground keeps the number readable where a reference line passes behind it
    ground = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
    at = start + np.nan_to_num(value)
    _note_at(ax, (at, y), text, (4 if rightward else -4, 0), bbox=ground, **look)


def _bar_axis(ax: Axes, starts: pd.Series | float, values: pd.Series) -> None:
    ends = (starts + values).fillna(0.0)
    low, high = min(0.0, ends.min()), max(0.0, ends.max())
    if low == high:
        high = 1.0
    room = 0.1 * (high - low)
    near = (values < 0) & (ends < low + room)
    ax.set_xlim(low - room if near.any() else low, high)
    ax.axvline(0, color=INK if low < 0 else COMPARISON, linewidth=0.9, zorder=3)


def _reference_line(ax: Axes, reference: Reference, decimals: int, lang: Lang, suffix: str = "") -> None:
    label, value = reference
    ax.axvline(value, color=INK, linewidth=1, linestyle=(0, (4, 2)), zorder=0.5)
    _above(ax, value, f"{label} {fmt(value, decimals, lang)}{suffix}")


def _target_line(ax: Axes, reference: Reference, decimals: int, lang: Lang) -> None:
    label, value = reference
    ax.axhline(value, color=INK, linewidth=1, linestyle=(0, (4, 2)), zorder=2)
    ax.set_ylim(min(0.0, ax.get_ylim()[0]), max(ax.get_ylim()[1], 1.12 * value))
    text = f"{label} {fmt(value, decimals, lang)}"
    at = ax.get_yaxis_transform()
    ax.annotate(text, (0, value), (0, 3), xycoords=at, textcoords="offset points", ha="left", va="bottom")


def _status_legend(figure: Figure, statuses: pd.Series, lang: Lang, lines: bool = False) -> None:
    used = [code for code in ("A", "P", "E", "F") if statuses.eq(code).any()]
    if not {"E", "F"} & set(used):
        return
    handles = [_key(code, WORDS[lang][code], lines) for code in used if code != "P"]
    figure.legend(handles=handles, loc="outside lower right", ncols=len(handles), borderaxespad=0)


def _key(status: str, label: str, line: bool) -> Patch | Line2D:
    if line:
        dash = "--" if status in ("E", "F") else "-"
        return Line2D(
            [], [], color=PUBLISHED, linestyle=dash, marker="o", label=label, **style.marker(status)
        )
    return Patch(label=label, **style.area(status))


# Words for those who do not see the picture


def _joined(parts: Sequence[str], unit: str, lang: Lang) -> str:
    if lang == "zh":
        return "；".join(parts) + (f"（{unit}）。" if unit else "。")
    return "; ".join(parts) + (f" ({unit})." if unit else ".")


def _ranking_alt(
    rows: pd.DataFrame, unit: str, decimals: int, reference: Reference | None, lang: Lang
) -> str:
    known = rows.dropna(subset=["value"])
    if known.empty:
        return {"zh": "没有公布的数据。", "en": "No published figures."}[lang]
    top, bottom = known.loc[known["value"].idxmax()], known.loc[known["value"].idxmin()]
    high, low = (f"{row['name']} {fmt(row['value'], decimals, lang)}" for row in (top, bottom))
    count = len(rows)
    parts = (
        [f"{count}项：最高{high}", f"最低{low}"]
        if lang == "zh"
        else [f"{count} items: highest {high}", f"lowest {low}"]
    )
    if reference:
        parts.append(f"{reference[0]} {fmt(reference[1], decimals, lang)}")
    return _joined(parts, unit, lang)


def _levels_alt(rows: pd.DataFrame, unit: str, decimals: int, lang: Lang) -> str:
    known = rows.dropna(subset=["value"])
    if known.empty:
        return _ranking_alt(rows, unit, decimals, None, lang)
    ends = [known.iloc[0], known.iloc[-1]]
    extremes = [known.loc[known["value"].idxmin()], known.loc[known["value"].idxmax()]]
    texts = [f"{row['name']} {fmt(row['value'], decimals, lang)}" for row in ends + extremes]
    words = {
        "zh": ("从{}", "到{}", "最低{}", "最高{}"),
        "en": ("From {}", "to {}", "lowest {}", "highest {}"),
    }
    return _joined([word.format(text) for word, text in zip(words[lang], texts, strict=True)], unit, lang)


def _path_alt(
    known: pd.Series,
    target: tuple[int, float],
    growth: dict[str, float | None],
    unit: str,
    decimals: int,
    lang: Lang,
) -> str:
    ends = ((known.index[-1], known.iloc[-1]), target)
    last, goal = (f"{period_words(str(year), lang)} {fmt(level, decimals, lang)}" for year, level in ends)
    parts = [last, f"{WORDS[lang]['target']} {goal}"]
    parts += [_end_words(name, pace, lang) for name, pace in growth.items() if pace is not None]
    return _joined(parts, unit, lang)


def _set_alt(
    rows: pd.DataFrame,
    x: str,
    y: str,
    x_label: str,
    y_label: str,
    bound: Reference | None,
    unit: str,
    decimals: int,
    lang: Lang,
) -> str:
    colon = "：" if lang == "zh" else ": "
    ends = [
        " – ".join(fmt(value, decimals, lang) for value in (rows[c].min(), rows[c].max())) for c in (x, y)
    ]
    parts = [f"{label}{colon}{text}" for label, text in zip((x_label, y_label), ends, strict=True)]
    if bound:
        parts.append(f"{bound[0]} {fmt(bound[1], decimals, lang)}")
    return _joined(parts, unit, lang)


# Levels


def _on_every_period(rows: pd.DataFrame) -> pd.DataFrame:
    texts = [name.replace("-Q", "Q") for name in rows["name"]]
    index = pd.PeriodIndex(texts, freq=pd.Period(texts[0]).freq)
    everything = pd.period_range(index.min(), index.max())
    full = rows.set_axis(index).reindex(everything)
    return full.fillna({"status": ""})


def _columns(ax: Axes, rows: pd.DataFrame, decimals: int, lang: Lang) -> None:
    for x, row in enumerate(rows.itertuples()):
        ax.bar(x, row.value, width=0.62, **style.area(row.status))
        top = np.nanmax([row.value, row.high, 0.0])
        shown = _shown(row.value, decimals, lang)
        # the white ground keeps the number readable where a reference line passes behind it
        ground = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        _note_at(ax, (x, top), shown, (0, 4), ha="center", va="bottom", bbox=ground, zorder=4)
        if row.low < row.high:
            # white beneath, for the half that lies on the column
            ax.vlines(x, row.low, row.high, color="white", linewidth=3.6)
            ax.vlines(x, row.low, row.high, color=INK, linewidth=1.2)
    if rows["value"].lt(0).any():
        ax.axhline(0, color=INK, linewidth=0.9)
    ax.set_yticks([])
    ax.grid(False)


def _panel(ax: Axes, rows: pd.DataFrame, name: str, decimals: int, lang: Lang) -> None:
    """Columns of one panel, numbered, with its name above."""
    _columns(ax, rows.assign(status="A", low=np.nan, high=np.nan), decimals, lang)
    ax.set_xticks(range(len(rows)), rows["x"].astype(str))
    ax.set_xlim(-0.7, max(len(rows), 3) - 0.3)
    ax.set_ylim(0, 1.25 * max(1.0, rows["value"].max()))
    ax.set_title(fill(name, PANEL_LABEL[lang]), loc="left", pad=4)


def _panels_alt(rows: pd.DataFrame, unit: str, decimals: int, lang: Lang) -> str:
    colon, comma = ("：", "、") if lang == "zh" else (": ", ", ")
    texts = [
        f"{name}{colon}"
        + comma.join(f"{row.x} {_shown(row.value, decimals, lang)}" for row in part.itertuples())
        for name, part in rows.groupby("name", sort=False)
    ]
    return _joined(texts, unit, lang)


def _line(ax: Axes, rows: pd.DataFrame, decimals: int, lang: Lang) -> None:
    x = np.arange(len(rows))
    guessed = rows["status"].isin(["E", "F"])
    # a dashed stretch starts at the last published point, so that the line is not torn
    dashed = rows["value"].where(guessed | guessed.shift(-1, fill_value=False))
    ax.fill_between(x, rows["low"], rows["high"], color=PUBLISHED, alpha=0.18, linewidth=0)
    ax.plot(x, rows["value"].where(~guessed), color=PUBLISHED)
    ax.plot(x, dashed, color=PUBLISHED, linestyle="--")
    ax.margins(y=0.16)
    _number_axes(ax, lang, "y")
    _mark_last_published(ax, rows, decimals, lang)
    values, places = rows["value"], _telling(rows)
    for i in sorted(set(places) | _alone(values)):
        ax.plot(i, values.iloc[i], marker="o", **style.marker(rows["status"].iloc[i]))
    for i, (offset, look) in places.items():
        _note_at(ax, (i, values.iloc[i]), fmt(values.iloc[i], decimals, lang), offset, **look)


def _draw_windows(
    ax: Axes, windows: pd.DataFrame, periods: pd.PeriodIndex, decimals: int, lang: Lang
) -> None:
    ground = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
    for row in windows.itertuples():
        start, end = (periods.get_loc(pd.Period(month, freq="M")) for month in (row.start, row.end))
        ax.hlines(row.value, start - 0.5, end + 0.5, color=INK, linewidth=3, zorder=4)
        # of windows that share months the highest is named above its bar, the others below theirs
        shared = windows["start"].le(row.end) & windows["end"].ge(row.start)
        highest = row.value >= windows.loc[shared, "value"].max()
        offset, look = ((0, 6), {"va": "bottom"}) if highest else ((0, -6), {"va": "top"})
        text = f"{row.name} {fmt(row.value, decimals, lang)}"
        # near the edge a name goes back over its bar, and only there: elsewhere it would meet the one before
        side, at = ("right", end + 0.5) if start > len(periods) * 2 / 3 else ("left", start - 0.5)
        _note_at(ax, (at, row.value), text, offset, ha=side, bbox=ground, zorder=5, **look)


def _course_legend(figure: Figure, statuses: pd.Series, lang: Lang) -> None:
    words, handles = WORDS[lang], []
    handles.append(Line2D([], [], color=INK, linewidth=3, label=words["window"]))
    for code, dash in COURSE_DASHES.items():
        if statuses.eq(code).any():
            handles.append(Line2D([], [], color=PUBLISHED, linestyle=dash, label=words[code]))
    for alpha, level in ((0.13, 95), (0.36, 80)):
        handles.append(Patch(facecolor=PUBLISHED, alpha=alpha, label=words["band"].format(level)))
    figure.legend(handles=handles, loc="outside lower right", ncols=3, borderaxespad=0)


def _alone(values: pd.Series) -> set[int]:
    known = values.notna()
    neighbours = known.shift(1, fill_value=False) | known.shift(-1, fill_value=False)
    return set(np.flatnonzero(known & ~neighbours))


def _telling(rows: pd.DataFrame) -> dict[int, Place]:
    """Points of a line that carry a label, and where it goes: the last one, and extremes away from it."""
    values = rows["value"].to_numpy()
    above, below = ((0, 6), {"ha": "center"}), ((0, -6), {"ha": "center", "va": "top"})
    known = np.flatnonzero(~np.isnan(values))
    published = known[~rows["status"].iloc[known].isin(["E", "F"])]
    busy = {int(known[-1]), *map(int, published[-1:])}
    places = {int(known[-1]): ((7, 0), {"ha": "left", "va": "center_baseline"})}
    for i, place in ((int(np.nanargmax(values)), above), (int(np.nanargmin(values)), below)):
        if all(abs(i - other) > len(values) * 0.08 for other in busy):
            places[i] = place
    return places


def _mark_last_published(ax: Axes, rows: pd.DataFrame, decimals: int, lang: Lang) -> None:
    """Name the last published figure above the picture, where no forecast can run into it."""
    known = np.flatnonzero(rows["value"].notna())
    published = np.flatnonzero(rows["value"].notna() & ~rows["status"].isin(["E", "F"]))
    if not published.size or published[-1] == known[-1]:
        return
    x = int(published[-1])
    value = rows["value"].iloc[x]
    ax.plot(x, value, marker="o", **style.marker())
    ax.axvline(x, color=COMPARISON, linewidth=0.8, linestyle=(0, (2, 2)), zorder=0.5)
    text = f"{period_words(rows.index[x], lang)} {fmt(value, decimals, lang)}"
    _above(ax, x, text)


def _above(ax: Axes, x: float, text: str) -> None:
    at = ax.get_xaxis_transform()
    ax.annotate(text, (x, 1), (0, 2), xycoords=at, textcoords="offset points", ha="center")


def _period_ticks(ax: Axes, periods: pd.PeriodIndex) -> None:
    if len(periods) <= MOST_COLUMNS:
        ax.set_xticks(range(len(periods)), [str(period) for period in periods])
        return
    # long series: the first period of a year carries the year
    firsts = np.flatnonzero(periods.year != (periods - 1).year)
    firsts = firsts[:: ceil(len(firsts) / MOST_COLUMNS)]
    ax.set_xticks(firsts, [str(periods[i].year) for i in firsts])


def _number_axes(ax: Axes, lang: Lang, *which: str) -> None:
    for name in which:
        axis = getattr(ax, f"{name}axis")
        axis.set_major_formatter(partial(_tick, axis=axis, lang=lang))


def _tick(value: float, position: int, axis: Axis, lang: Lang) -> str:
    return fmt(value, decimals_of(axis.get_majorticklocs()), lang)


# The path to a target


def _paths(
    known: pd.Series, target: tuple[int, float], current_growth_pct: float | None
) -> dict[str, pd.Series]:
    start, level = int(known.index[-1]), known.iloc[-1]
    if target[0] <= start:
        raise ValueError(
            f"target year {target[0]} is not after the last known year {start}; there is no path"
        )
    years = np.arange(start, target[0] + 1)
    factors = {"required": (target[1] / level) ** (1 / (target[0] - start))}
    if current_growth_pct is not None:
        factors["current"] = 1 + current_growth_pct / 100
    return {name: pd.Series(level * factor ** (years - start), years) for name, factor in factors.items()}


def _draw_history(ax: Axes, known: pd.Series, decimals: int, lang: Lang) -> None:
    years = range(int(known.index[0]), int(known.index[-1]) + 1)
    ax.plot(known.reindex(years), color=PUBLISHED, marker="o", **style.marker())
    rises = known.iloc[-1] >= known.iloc[0]
    free = {True: ((-2, 6), {"ha": "right"}), False: ((2, 6), {"ha": "left"})}[bool(rises)]
    places = {known.index[0]: ((0, 7), {"ha": "center"}), known.index[-1]: free}
    for year, (offset, look) in places.items():
        _note_at(ax, (year, known[year]), fmt(known[year], decimals, lang), offset, **look)
    _number_axes(ax, lang, "y")


def _draw_paths(ax: Axes, paths: dict[str, pd.Series]) -> None:
    for name, color in (("current", COMPARISON), ("required", HIGHLIGHT)):
        if name in paths:
            ax.plot(paths[name], color=color, linestyle="--")
    goal = paths["required"]
    ax.plot(goal.index[-1], goal.iloc[-1], marker="D", markersize=8, **style.marker("F", HIGHLIGHT))
    first, last = int(ax.dataLim.x0), int(goal.index[-1])
    ax.set_xticks(range(first, last + 1, ceil((last - first + 1) / MOST_COLUMNS)))
    ax.margins(y=0.14)


def _end_words(name: str, growth_pct: float | None, lang: Lang) -> str:
    if growth_pct is None:
        return ""
    size, falls = pct(abs(growth_pct), 1, lang), growth_pct < 0
    if lang == "zh":
        verb = "下降" if falls else "增长"
        return f"{'需' if name == 'required' else '按现速'}年均{verb}{size}"
    sign = "-" if falls else ""
    return f"needs {sign}{size} a year" if name == "required" else f"at the current {sign}{size} a year"


def _label_ends(
    ax: Axes, paths: dict[str, pd.Series], words: dict[str, str], decimals: int, lang: Lang
) -> None:
    ends = {name: path.iloc[-1] for name, path in paths.items()}
    spots = _apart(ends, gap=0.17 * np.ptp(ax.get_ylim()))
    for name, end in ends.items():
        text = f"{fmt(end, decimals, lang)}\n{words[name]}"
        if name == "required":
            text = f"{WORDS[lang]['target']} {text}"
        color = HIGHLIGHT if name == "required" else INK
        _note_at(
            ax, (paths[name].index[-1], spots[name]), text, (10, 0), color=color, va="center", linespacing=1.3
        )


def _apart(ends: dict[str, float], gap: float) -> dict[str, float]:
    if len(ends) < 2:
        return ends
    (low, lower), (high, upper) = sorted(ends.items(), key=lambda item: item[1])
    push = max(0.0, gap - (upper - lower)) / 2
    return {low: lower - push, high: upper + push}


def _path_data(known: pd.Series, paths: dict[str, pd.Series], lang: Lang) -> pd.DataFrame:
    words = WORDS[lang]
    named = {words["A"]: known} | {words[name]: path.iloc[1:] for name, path in paths.items()}
    table = pd.DataFrame(named).rename_axis(words["period"]).reset_index()
    return table.round(1).astype({words["period"]: int}).astype({words["period"]: str})


# Blocks, sets, progress, contributions


def _months_words(first: int, last: int, lang: Lang) -> str:
    if lang == "zh":
        return f"{first}月" if first == last else f"{first}—{last}月"
    return MONTHS_EN[first - 1] if first == last else f"{MONTHS_EN[first - 1]}–{MONTHS_EN[last - 1]}"


def _blocks(ax: Axes, ytd_months: int, averages: Sequence[float]) -> None:
    spans = ((0, ytd_months, "A"), (ytd_months, 12 - ytd_months, "F"))
    for (start, width, status), average in zip(spans, averages, strict=True):
        ax.bar(start, average, width=width, align="edge", **style.area(status))
    ax.vlines(range(1, ytd_months), 0, averages[0], color="white", linewidth=0.8)
    ax.set(xticks=[], yticks=[], xlim=(0, 12), ylim=(min(0.0, *averages), None))
    ax.grid(False)


def _block_labels(
    ax: Axes, ytd_months: int, averages: Sequence[float], shown: Sequence[str], names: Sequence[str]
) -> None:
    centres = (ytd_months / 2, (12 + ytd_months) / 2)
    for centre, average, text in zip(centres, averages, shown, strict=True):
        _note_at(ax, (centre, max(average, 0.0)), text, (0, 4), ha="center")
    # from the outer edges inwards, so that a block of one month has room for its words
    for edge, side, text in zip((0, 12), ("left", "right"), names, strict=True):
        _note_at(
            ax,
            (edge, ax.get_ylim()[0]),
            text,
            (0, -6),
            ha=side,
            va="top",
            multialignment=side,
            linespacing=1.3,
        )


def _corner(ax: Axes, x: float, y: float, text: str, side: str) -> None:
    ax.plot(x, y, marker="o", clip_on=False, zorder=4, **style.marker("E"))
    offset, va = ((6, -6), "top") if side == "left" else ((-4, 7), "bottom")
    _note_at(ax, (x, y), text, offset, ha=side, va=va)


def _rule_out(ax: Axes, x: pd.Series, y: pd.DataFrame, least: float, lang: Lang) -> None:
    """Hatch the whole plane behind the band, and show beside the axes what is possible for each amount."""
    ax.axhspan(*ax.get_ylim(), facecolor="#f1f2f4", edgecolor=RULE, hatch="////", linewidth=0, zorder=0.4)
    bar = {"color": PUBLISHED, "linewidth": 5, "solid_capstyle": "butt", "clip_on": False, "alpha": 0.55}
    ax.plot([x.min(), x.max()], [0, 0], **bar)
    ax.plot([0, 0], [y.min().min(), y.max().max()], **bar)
    ground = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"}
    below = least / ax.get_ylim()[1] / 2
    # under the bound if there is room, else above it
    for at in ((0.12, 0.88), (0.7, below - 0.02 if below > 0.1 else 0.3)):
        ax.text(*at, WORDS[lang]["ruled out"], transform=ax.transAxes, ha="center", bbox=ground, color=INK)


def _bound_line(ax: Axes, bound: Reference, decimals: int, lang: Lang) -> None:
    label, value = bound
    ax.axhline(value, color=HIGHLIGHT, linewidth=1.2)
    ground = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"}
    ax.annotate(
        f"{label} {fmt(value, decimals, lang)}",
        (1, value),
        (-6, -7),
        xycoords=ax.get_yaxis_transform(),
        textcoords="offset points",
        color=HIGHLIGHT,
        ha="right",
        va="top",
        bbox=ground,
    )


def _thinned(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.iloc[np.unique(np.linspace(0, len(rows) - 1, 11).astype(int))]


def _progress_row(
    ax: Axes, y: int, value: float, light: str, cap_pct: float, decimals: int, lang: Lang
) -> None:
    shape, color, words = LIGHTS[light]
    texts = ((1.11, "right", _shown(value, decimals, lang)), (1.135, "left", words[lang]))
    for x, side, text in texts:
        ax.text(x, y, text, transform=ax.get_yaxis_transform(), ha=side, va="center_baseline")
    if pd.isna(value):
        return
    at = min(value, cap_pct)
    ax.hlines(y, 0, at, color=RULE, linewidth=3, zorder=1)
    filled = {} if shape == "x" else {"markeredgecolor": "white"}
    size = 11 if shape == "^" else 9
    ax.plot(at, y, marker=shape, color=color, markersize=size, clip_on=False, zorder=3, **filled)
    if value > cap_pct:
        _note_at(ax, (at, y), "→", (6, 0), va="center_baseline", color=color)


def _steps(parts: pd.DataFrame, total: Reference, decimals: int, unallocated: str) -> pd.DataFrame:
    steps = parts[["name", "value"]].assign(kind="part")
    rest = float(rounded(total[1] - parts["value"].sum(), decimals))
    if rest:
        steps.loc[len(steps)] = [unallocated, rest, "rest"]
    steps["start"] = steps["value"].cumsum() - steps["value"]
    steps.loc[len(steps)] = [total[0], total[1], "total", 0.0]
    return steps


def _step_style(kind: str, value: float) -> dict[str, object]:
    if kind == "rest":
        return style.area("E", COMPARISON)
    color = {"part": PUBLISHED if value >= 0 else HIGHLIGHT, "total": INK}[kind]
    return style.area("A", color)


def _connect(ax: Axes, steps: pd.DataFrame) -> None:
    ends = (steps["start"] + steps["value"]).iloc[:-1]
    for y, end in enumerate(ends):
        ax.vlines(end, y, y + 1, color=COMPARISON, linewidth=0.7, zorder=0.5)


# Counts by state, plans and lives


def _count_labels(ax: Axes, counts: pd.Series, start: pd.Series, widest: float, *, solid: bool) -> None:
    ground = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
    look = {"color": "white"} if solid else {"color": INK, "bbox": ground}
    for y, (count, left) in enumerate(zip(counts, start, strict=True)):
        if count / widest >= 0.02:
            _note_at(
                ax, (left + count / 2, y), f"{count:.0f}", (0, 0), ha="center", va="center_baseline", **look
            )


def _stacked_alt(rows: pd.DataFrame, label: str, used: Mapping[str, str], unit: str, lang: Lang) -> str:
    colon, comma = ("：", "、") if lang == "zh" else (": ", ", ")
    texts = []
    for row in rows.to_dict("records"):
        parts = [f"{words} {row[state]:.0f}" for state, words in used.items() if row[state]]
        texts.append(f"{row[label]}{colon}{comma.join(parts) or MISSING}")
    return _joined(texts, unit, lang)


def _mark_gap(ax: Axes, x: int, row: pd.Series, period: str, decimals: int, lang: Lang) -> None:
    """Number both lines at the last month that is known."""
    ax.axvline(x, color=COMPARISON, linewidth=0.8, linestyle=(0, (2, 2)), zorder=0.5)
    _above(ax, x, period)
    ground = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
    above = row["planned"] >= row["actual"]
    for key, color, up in (("planned", INK, above), ("actual", PUBLISHED, not above)):
        if pd.notna(row[key]):
            text, move = fmt(row[key], decimals, lang), (6, 7 if up else -7)
            _note_at(ax, (x, row[key]), text, move, ha="left", va="center_baseline", color=color, bbox=ground)


def _plan_alt(
    data: pd.DataFrame, last: int | None, names: tuple[str, str], unit: str, decimals: int, lang: Lang
) -> str:
    if last is None:
        return _joined([], unit, lang)
    row = data.loc[last]
    texts = [f"{name} {_shown(row[name], decimals, lang)}" for name in names]
    return _joined([row.iloc[0], *texts], unit, lang)


def _timeline_heads(names: tuple[str, str], lang: Lang) -> list[str]:
    ends = (WORDS[lang]["start"], WORDS[lang]["end"])
    template = "{}（{}）" if lang == "zh" else "{} ({})"
    return [template.format(name, end) for name in names for end in ends]


def _timeline_alt(frame: pd.DataFrame, on: pd.Timestamp, lang: Lang) -> str:
    done, late = (
        int(frame["end"].notna().sum()),
        int((frame["end"].isna() & frame["planned_end"].lt(on)).sum()),
    )
    if lang == "zh":
        return f"截至{on:%Y-%m-%d}，{len(frame)}个项目中{done}个已完成，{late}个已过计划完成日而未完成。"
    return f"By {on:%Y-%m-%d}, {done} of {len(frame)} projects are finished and {late} are past their planned day."
