"""Published figures put into words: the pieces that the reports' sentences are made of."""

import math
from collections.abc import Iterable

from zs_analysis.metrics import Interval, convert
from zs_analysis.model import Figure, figure
from zs_analysis.present.findings import Findings
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
    row = view.units.set_index("unit").loc[unit]
    if unit in ("1e8_cny", "bn_cny"):
        value = convert(value, unit, to="1e8_cny", units=view.units)
        return yi(value, max(decimals - (unit == "bn_cny"), 0), view.lang)
    if unit == "rank":
        return view.say(f"第{value:.0f}位", f"no. {value:.0f}")
    if unit in NO_WORD or unit in ("pct", "permille"):
        return fmt(value, decimals, view.lang) + (row["name_zh"] if unit not in NO_WORD else "")
    if view.lang == "zh":
        return fmt(value, decimals) + row["name_zh"]
    if row["dimension"] == "count":
        return fmt(value, decimals, "en")
    base = view.units.query("dimension == @row.dimension and factor == 1")["unit"]
    if len(base) and row["factor"] > 1:
        scale = round(math.log10(row["factor"]))
        value, decimals, unit = value * 10**scale, max(decimals - scale, 0), base.iloc[0]
    return f"{fmt(value, decimals, 'en')} {view.name('units', unit)}"


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
    other = _growth_elsewhere(view, change, ref_area="zhejiang")
    if other is None or change.ref_area == "zhejiang":
        return None
    return versus_words(change.value, other.value, max(change.decimals, other.decimals), view.lang)


def _growth_elsewhere(view: View, change: Figure, **elsewhere: str) -> Figure | None:
    """The same growth of another time or place, where both are in percent and at the same prices."""
    cell = {name: getattr(change, name) for name in ("time_period", "ref_area", "activity", "freq", "unit")}
    found = figure(view.past, change.indicator, change.transformation, **(cell | elsewhere))
    return found if found and change.unit == "pct" and found.price_basis == change.price_basis else None


def statement(view: View, indicator: str, name: str | None = None, **where: str) -> str | None:
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
    return view.say(f"{when}{name}{'，'.join(parts)}。", f"{name}, {when}: {', '.join(parts)}.")


def compared(view: View, indicator: str, **where: str) -> str | None:
    """A `statement` with its growth held against the year before and against the province, where those are published."""
    said, (_, change) = statement(view, indicator, **where), view.level_and_growth(indicator, **where)
    if said is None or change is None:
        return said
    clauses = [
        clause for clause in (versus_year_before(view, change), versus_province(view, change)) if clause
    ]
    return view.say("，", ", ").join([said[:-1], *clauses]) + said[-1]


def listed(view: View, items: Iterable[str]) -> str:
    """Items of an enumeration."""
    return view.say("、", ", ").join(items)


def is_are(count: int) -> str:
    """The verb behind a count in English."""
    return "is" if count == 1 else "are"


def between(view: View, interval: Interval, decimals: int, unit: str = "") -> str:
    """The interval that rounding leaves, as words."""
    return interval_words(interval.lo, interval.hi, decimals, view.lang, unit=unit)


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
