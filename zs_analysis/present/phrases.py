"""Published figures put into words: the pieces that the reports' sentences are made of."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from zs_analysis.metrics import Interval, convert
from zs_analysis.model import Figure
from zs_analysis.present.findings import Findings
from zs_analysis.present.headlines import Metric, Sentence
from zs_analysis.present.numbers import (
    comparison_words,
    fmt,
    growth_words,
    interval_words,
    period_words,
    rank_words,
    turn_words,
    versus_words,
    yi,
)
from zs_analysis.present.view import View

# A floor area ratio is a bare number.
NO_WORD = ("ratio",)
ORIGINS = {
    "announced": ("公布的预计", "announced"),
    "model": ("模型预测", "forecast by models"),
    "judged": ("计入判断的预测", "forecast with judgements"),
}
# What the difference of two such numbers is counted in.
CHANGES = {"pct": ("个百分点", " percentage points"), "rank": ("位", " places")}
TRANSFORMATIONS = {
    "level": ("数值", "level"),
    "ytd": ("累计", "year to date"),
    "yoy": ("同比", "growth"),
    "ytd_yoy": ("累计同比", "growth, year to date"),
    "avg_yoy": ("年均增速", "average growth a year"),
    "growth_since": ("比基期增长", "growth since the base year"),
    "cumulative": ("多年累计", "sum over years"),
    "share": ("占比", "share"),
    "contribution": ("贡献", "contribution"),
    "rank": ("位次", "rank"),
    "yoy_rank": ("增速位次", "rank by growth"),
    "ytd_yoy_rank": ("累计增速位次", "rank by growth, year to date"),
}


def rounded(figure: Figure) -> Interval:
    """What a printed figure stands for: 12.5 is [12.45, 12.55).

    Examples
    --------
    >>> growth = View("2023Q4", "2023-12-13").current("gross_output_scale", "ytd_yoy")
    >>> rounded(growth).lo
    12.45
    """
    return Interval.printed(figure.value, decimals=figure.decimals)


def window(view: View, figure: Figure) -> str:
    """The months or the year a figure covers; the year is said where it is not the one reported."""
    return span(view, figure, year=figure.time_period[:4] != view.year)


def span(view: View, figure: Figure, *, year: bool = True) -> str:
    """The period of a figure; at a monthly frequency shares and contributions cover the year so far too."""
    single = figure.freq != "M" or figure.transformation in ("level", "yoy", "yoy_rank")
    if figure.freq == "M" and figure.unfinished:
        month = period_words(figure.time_period, view.lang, year=year)
        return view.say(f"截至{month}发文", f"to the release in {month}")
    if figure.transformation == "cumulative":
        month = period_words(figure.time_period, view.lang, year=year)
        return view.say(f"截至{month}累计", f"in all to {month}")
    return period_words(figure.time_period, view.lang, ytd=not single, year=year)


def amount(view: View, figure: Figure) -> str:
    """A level with its unit and the source's 约 or 超过."""
    text = quantity(view, figure.value, figure.decimals, figure.unit)
    return comparison_words(text, figure.comparison, view.lang)


def quantity(view: View, value: float, decimals: int, unit: str) -> str:
    """A number with its unit as readers of the language write it, in the precision given.

    Notes
    -----
    Chinese counts by ten thousand and by measure words, English by thousand and without them: 38.8万元/亩 is
    388,000 yuan per mu, 15家 is 15. Money is in 亿元 or billion yuan in both.

    Examples
    --------
    >>> quantity(View("2023Q4", lang="en"), 38.8, 1, "1e4_cny_per_mu")
    '388,000 yuan per mu'
    """
    if unit in ("1e8_cny", "bn_cny"):
        value = convert(value, unit, to="1e8_cny", units=view.units)
        return yi(value, max(decimals - (unit == "bn_cny"), 0), view.lang)
    if unit == "rank":
        return view.say(f"第{value:.0f}位", f"no. {value:.0f}")
    power, word = scale(view, unit)
    return fmt(value * 10**power, max(decimals - power, 0), view.lang) + word


def scale(view: View, unit: str) -> tuple[int, str]:
    """Power of ten by which readers of the language count in a unit, and the words after the number.

    Examples
    --------
    >>> scale(View("2023Q4", lang="en"), "1e4_cny_per_mu"), scale(View("2023Q4"), "1e8_cny")
    ((4, ' yuan per mu'), (0, '亿元'))
    """
    units = view.once(_units)
    row = units[unit]
    chinese = view.lang == "zh"
    if unit in ("1e8_cny", "bn_cny"):
        return (unit == "bn_cny") - (not chinese), view.say("亿元", " bn yuan")
    if unit in NO_WORD or (row["dimension"] == "count" and not chinese):
        return 0, ""
    if chinese or unit in ("pct", "permille"):
        return 0, row["name_zh"]
    base = [code for code, one in units.items() if (one["dimension"], one["factor"]) == (row["dimension"], 1)]
    if base and row["factor"] > 1:
        return round(math.log10(row["factor"])), f" {view.name('units', base[0])}"
    return 0, f" {view.name('units', unit)}"


def _units(view: View) -> dict[str, dict[str, Any]]:
    """Rows of the table of units by their codes."""
    return view.units.set_index("unit").to_dict("index")


def growth(view: View, figure: Figure) -> str:
    """Growth in words, with its prices where they are constant: 按可比价格计算同比增长18%."""
    words = _growth_words(view, figure)
    if figure.price_basis != "constant":
        return words
    return view.say(f"按可比价格计算{words}", f"{words} at comparable prices")


def _growth_words(view: View, figure: Figure) -> str:
    if figure.unit != "times":
        return growth_words(figure.value, figure.decimals, view.lang)
    times = fmt(figure.value, figure.decimals)
    return view.say(f"同比增长{times}倍", growth_words(100 * figure.value, 0, "en"))


def growth_cell(view: View, change: Figure) -> str:
    """Growth as the text of a table's cell, in percent."""
    if change.unit == "times":
        return fmt(100 * change.value, 0, view.lang)
    return fmt(change.value, change.decimals, view.lang)


def rank(view: View, change: Figure) -> str:
    """The place of a growth in the province, as a clause that joins the growth, or nothing."""
    place = view.beside(change, "ytd_yoy_rank")
    if place is None:
        return ""
    words = place_words(view, place)
    return view.say(f"，增速{words}", f" ({words} by growth)")


def place_words(view: View, place: Figure) -> str:
    """A published place in the province; the source's 并列 (joint) stands in its note."""
    return rank_words(int(place.value), view.lang, tied="并列" in place.note)


def versus_year_before(view: View, change: Figure) -> str | None:
    """A published growth against the one published for the same period a year before, as a clause."""
    year, rest = change.time_period[:4], change.time_period[4:]
    before = _growth_elsewhere(view, change, time_period=f"{int(year) - 1}{rest}")
    if before is None:
        return None
    words = turn_words(change.value, before.value, max(change.decimals, before.decimals), view.lang)
    if words.endswith("持平"):
        return f"增速与上年同期{words}"
    if words in ("unchanged", "little changed"):
        return f"growth {words} from a year before"
    return view.say(f"比上年同期{words}", f"{words} than a year before")


def versus_province(view: View, change: Figure) -> str | None:
    """A published growth against the province's over the same period, as a clause."""
    other = _growth_elsewhere(view, change, ref_area=view.province)
    if other is None or change.ref_area == view.province:
        return None
    return versus_words(change.value, other.value, max(change.decimals, other.decimals), view.lang)


def _growth_elsewhere(view: View, change: Figure, **elsewhere: str) -> Figure | None:
    """The same growth of another time or place, where both are in percent and at the same prices."""
    cell = {name: getattr(change, name) for name in ("time_period", "ref_area", "activity", "freq", "unit")}
    found = view.figure(change.indicator, change.transformation, **(cell | elsewhere))
    return found if found and change.unit == "pct" and found.price_basis == change.price_basis else None


def statement(view: View, indicator: str, name: str | None = None, **where: str) -> Sentence | None:
    """Level, growth and place of an indicator in one sentence; ``None`` where neither level nor growth is out.

    Examples
    --------
    >>> print(statement(View("2023Q4", "2023-12-13"), "gross_output_scale"))
    1—10月规上工业总产值3246.8亿元，同比增长12.5%，增速居全省第1位。
    """
    level, change = view.level_and_growth(indicator, **where)
    if level is None and change is None:
        return None
    name = name or view.name("indicators", indicator)
    parts = [amount(view, level)] if level else []
    parts += [growth(view, change) + rank(view, change)] if change else []
    when = window(view, level or change)
    said = view.say(f"{when}{name}{'，'.join(parts)}。", f"{name}, {when}: {', '.join(parts)}.")
    return told(view, said, level, change, view.beside(change, "ytd_yoy_rank") if change else None)


def compared(view: View, indicator: str, **where: str) -> str | None:
    """A `statement` with its growth held against the year before and against the province, where those are published."""
    said, (_, change) = statement(view, indicator, **where), view.level_and_growth(indicator, **where)
    if said is None or change is None:
        return said
    clauses = [
        clause for clause in (versus_year_before(view, change), versus_province(view, change)) if clause
    ]
    return told(view, view.say("，", ", ").join([said[:-1], *clauses]) + said[-1], said)


def listed(view: View, items: Iterable[str]) -> str:
    """Items of an enumeration."""
    return view.say("、", ", ").join(items)


def is_are(count: int) -> str:
    """The verb behind a count in English."""
    return "is" if count == 1 else "are"


def between(view: View, interval: Interval, decimals: int, unit: str = "") -> str:
    """The interval that rounding leaves, as words."""
    return interval_words(interval.lo, interval.hi, decimals, view.lang, unit=unit)


def told(view: View, text: str, *known: Figure | Metric | str | None) -> Sentence:
    """A finding with the numbers that it tells.

    Parameters
    ----------
    text : str
        The sentence.
    *known : Figure, Metric or str, optional
        Its numbers; of another `Sentence` those that it knows. ``None`` counts for nothing.

    Examples
    --------
    >>> view = View("2023Q4", "2023-12-13")
    >>> [metric.value for metric in statement(view, "gross_output_scale").metrics]
    [3246.8, 12.5, 1.0]
    """
    metrics: list[Metric] = []
    for one in known:
        if isinstance(one, Figure):
            metrics.append(metric_of(view, one))
        elif isinstance(one, Metric):
            metrics.append(one)
        else:
            metrics += getattr(one, "metrics", ())
    return Sentence(text, metrics)


def metric_of(view: View, figure: Figure) -> Metric:
    """A published figure as a number of a finding; what its publisher expects is ``announced``."""
    return metric(
        view,
        figure.indicator,
        figure.value,
        unit=figure.unit,
        decimals=figure.decimals,
        time_period=figure.time_period,
        transformation=figure.transformation,
        ref_area=figure.ref_area,
        activity=figure.activity,
        status=figure.obs_status,
        origin="announced" if figure.obs_status == "F" else "",
        period=view.in_both(lambda one: span(one, figure)),
        comparison=figure.comparison,
    )


def metric(
    view: View,
    indicator: str,
    value: float,
    *,
    unit: str,
    decimals: int,
    time_period: str,
    transformation: str = "level",
    ref_area: str = "",
    activity: str = "total",
    status: str = "A",
    origin: str = "",
    lo: float | None = None,
    hi: float | None = None,
    name: Mapping[str, str] | None = None,
    period: Mapping[str, str] | None = None,
    comparison: str = "",
) -> Metric:
    """A number as a finding prints it, in both languages.

    Parameters
    ----------
    unit, decimals, comparison
        As in `quantity` and `amount`.
    ref_area : str
        Code; the city if not given.
    name : mapping of str to str, optional
        By language, where the indicator is not one of the data package.
    period : mapping of str to str, optional
        In words, by language; those of `time_period` if not given.
    """
    shown, ref_area = (unit, decimals, comparison), ref_area or view.city
    words = view.in_both(
        lambda one: {
            "label": _label(one, indicator, ref_area, activity, transformation, origin, name),
            "period": period[one.lang] if period else period_words(time_period, one.lang),
            **_printed(one, value, [end for end in (lo, hi) if end is not None], *shown),
        }
    )
    cell = (indicator, ref_area, activity, time_period, transformation, unit)
    ends = (None if end is None else float(end) for end in (lo, hi))
    return Metric(*cell, float(value), status, origin, *ends, words)


def _printed(
    view: View, value: float, ends: list[float], unit: str, decimals: int, comparison: str
) -> dict[str, Any]:
    """A number and its interval in words, and how its differences are to be written."""
    power, word = scale(view, unit)
    return {
        "text": comparison_words(quantity(view, value, decimals, unit), comparison, view.lang),
        "interval": view.say("至", " to ").join(quantity(view, end, decimals, unit) for end in ends),
        "power": power,
        "decimals": max(decimals - power, 0),
        "unit": view.say(*CHANGES[unit]) if unit in CHANGES else word,
        "relative": unit not in (*CHANGES, "pp"),
    }


def _label(
    view: View,
    indicator: str,
    area: str,
    activity: str,
    transformation: str,
    origin: str,
    name: Mapping[str, str] | None,
) -> str:
    names = [name[view.lang] if name else view.name("indicators", indicator)]
    names += [view.name("areas", area)] if area != view.city else []
    names += [view.name("activities", activity)] if activity != "total" else []
    kinds = [] if transformation == "level" else [view.say(*TRANSFORMATIONS[transformation])]
    inside = view.say("，", ", ").join(kinds + ([view.say(*ORIGINS[origin])] if origin else []))
    return view.say("，", ", ").join(names) + (view.say(f"（{inside}）", f" ({inside})") if inside else "")


def findings(view: View, sentences: Iterable[str | None]) -> Findings:
    """Findings of a report; where nothing was published, that is the finding."""
    found = [sentence for sentence in sentences if sentence]
    return Findings(found or [nothing(view)], view.lang)


def nothing(view: View) -> str:
    """Say that nothing was published."""
    return view.say(
        "截至报告日，本季度没有已公布的相关数据。",
        "Nothing on this subject had been published for the quarter.",
    )
