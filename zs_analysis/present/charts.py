"""The charts of the reports. Each takes a tidy frame and returns a `Chart`; none computes a statistic.

Parameters that all share: ``title`` states the finding; ``alt`` is generated from the numbers if not given;
``unit`` stands under the title; ``source`` and ``note`` stand below; ``decimals`` are as many as the numbers need,
at most two, if not given; ``lang`` is the language of every word the chart adds.
"""

from collections.abc import Sequence
from functools import partial
from math import ceil
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from zs_analysis.present import style
from zs_analysis.present.chart import Chart
from zs_analysis.present.numbers import MONTHS_EN, decimals_of, fmt, pct, period_words, rounded
from zs_analysis.present.style import COMPARISON, FAIR, GOOD, HIGHLIGHT, INK, PUBLISHED, RULE, Lang
from zs_analysis.present.table import LEGEND, MISSING

Reference = tuple[str, float]
"""A label and the value it stands for."""
Place = tuple[tuple[float, float], dict[str, str]]
"""Where a text stands beside its point: offset in typographic points, and alignment."""

ROW_IN = 0.3
MOST_COLUMNS = 12
WIDEST_LABEL = 26

WORDS = {
    "zh": {
        "name": "名称",
        "value": "数值",
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
        "unallocated": "未分摊",
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
    """
    rows = _on_every_period(_tidy(frame, x, y, status, interval))
    decimals = decimals_of(rows["value"]) if decimals is None else decimals
    figure = Figure((style.WIDTH_IN, 3.3))
    ax = figure.subplots()
    if len(rows) <= MOST_COLUMNS:
        _columns(ax, rows, decimals, lang)
    else:
        _line(ax, rows, decimals, lang)
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
        The least possible `y`; what lies below is shaded as ruled out.
    """
    columns = [x, y, *(interval or ())]
    rows = frame[columns].sort_values(x)
    decimals = decimals_of(rows.to_numpy().ravel(), most=1) if decimals is None else decimals
    figure = Figure((style.WIDTH_IN, 3.8))
    ax = figure.subplots()
    if interval:
        ax.fill_between(
            rows[x], rows[interval[0]], rows[interval[1]], color=PUBLISHED, alpha=0.25, linewidth=0
        )
    ax.plot(rows[x], rows[y], color=PUBLISHED)
    ax.set(xlabel=x_label, xlim=(0, None), ylim=(0, rows[columns[1:]].max().max() * 1.12))
    ax.set_title(y_label, loc="left")
    _number_axes(ax, lang, "x", "y")
    middle = rows.iloc[len(rows) // 2]
    _note_at(ax, (middle[x], middle[y]), WORDS[lang]["possible"], (-6, 8), ha="right", color=PUBLISHED)
    ax.grid(axis="x")
    for row, side in ((rows.iloc[0], "left"), (rows.iloc[-1], "right")):
        if side == "right" or not bound:
            _corner(ax, row[x], row[y], fmt(row[y], decimals, lang), side)
    if bound:
        _shade_below(ax, bound, decimals, lang)
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
        _note_at(ax, (x, top), _shown(row.value, decimals, lang), (0, 3), ha="center", va="bottom")
        if row.low < row.high:
            ax.vlines(x, row.low, row.high, color=INK, linewidth=1.2)
    ax.set_yticks([])
    ax.grid(False)


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
        side, at = ("right", end + 0.5) if start > len(periods) / 2 else ("left", start - 0.5)
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


def _shade_below(ax: Axes, bound: Reference, decimals: int, lang: Lang) -> None:
    label, value = bound
    ax.axhspan(0, value, facecolor="#f1f2f4", edgecolor=RULE, hatch="////", linewidth=0, zorder=0.4)
    ax.axhline(value, color=HIGHLIGHT, linewidth=1.2)
    ground = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"}
    label_text = f"{label} {fmt(value, decimals, lang)}"
    for at, move, side, text, color in (
        (1, -6, "right", label_text, HIGHLIGHT),
        (0, 8, "left", WORDS[lang]["ruled out"], INK),
    ):
        ax.annotate(
            text,
            (at, value),
            (move, -7),
            xycoords=ax.get_yaxis_transform(),
            textcoords="offset points",
            color=color,
            ha=side,
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
