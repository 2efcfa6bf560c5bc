"""Numbers in sentences, tables and labels, in Chinese and English.

Negative numbers carry the ASCII hyphen-minus everywhere: Chinese bulletins print it, a reader who types
``-2.1`` finds it, and a pasted cell stays a number. Chinese text has no thousands separators, English text has
commas.
"""

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from math import isfinite
from typing import Literal

import pandas as pd

Lang = Literal["zh", "en"]

MOST_DECIMALS = 2
# not calendar.month_name, which follows the locale of the machine
MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
QUARTERS_ZH = "一二三四"
COMPARISONS = {
    "zh": {"": "{}", "~=": "约{}", ">": "超过{}", ">=": "{}以上", "<": "低于{}", "<=": "不超过{}"},
    "en": {
        "": "{}",
        "~=": "about {}",
        ">": "more than {}",
        ">=": "at least {}",
        "<": "less than {}",
        "<=": "at most {}",
    },
}
# By the signs of growth now and before where they differ, else by what there was and whether it went up.
TURNS = {
    "zh": {
        (1, -1): "由降转增，提高{}",
        (-1, 1): "由增转降，回落{}",
        (0, -1): "由降转平，提高{}",
        (-1, 0): "由平转降，回落{}",
        ("growth", True): "加快{}",
        ("growth", False): "回落{}",
        ("fall", True): "降幅收窄{}",
        ("fall", False): "降幅扩大{}",
    },
    "en": {
        (1, -1): "up after a fall, {} higher",
        (-1, 1): "down after growth, {} lower",
        (0, -1): "level after a fall, {} higher",
        (-1, 0): "down after no change, {} lower",
        ("growth", True): "{} faster",
        ("growth", False): "{} slower",
        ("fall", True): "a fall {} smaller",
        ("fall", False): "a fall {} larger",
    },
}


def exact(value: float) -> Decimal:
    """The decimal number meant by a float, free of binary noise.

    Raises
    ------
    ValueError
        For NaN and infinities: a sentence cannot hold them.

    Examples
    --------
    >>> exact(0.1 + 0.2)
    Decimal('0.3')
    """
    if not isfinite(value):
        raise ValueError(f"{value!r} cannot be written as a number; say that it is not published instead")
    return Decimal(f"{value:.12g}")


def rounded(value: float, decimals: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Round half away from zero (四舍五入), as official statistics do; a zero has no sign.

    Examples
    --------
    >>> rounded(2.675, 2), rounded(-0.04, 1)
    (Decimal('2.68'), Decimal('0.0'))
    """
    result = exact(value).quantize(Decimal(1).scaleb(-int(decimals)), rounding)
    return abs(result) if result.is_zero() else result


def decimals_of(values: Iterable[float], most: int = MOST_DECIMALS) -> int:
    """Decimals that show every value in full, up to a limit; missing values do not count.

    Examples
    --------
    >>> decimals_of([12.5, 3.0, float("nan")])
    1
    """
    known = [exact(value).normalize() for value in values if not pd.isna(value)]
    return min(most, max([0, *(-int(number.as_tuple().exponent) for number in known)]))


def fmt(value: float, decimals: int | None = None, lang: Lang = "zh") -> str:
    """A number with fixed decimals.

    Parameters
    ----------
    decimals : int, optional
        As many as the value has, at most two, if not given.

    Examples
    --------
    >>> fmt(3246.8, 1), fmt(3246.8, 1, "en"), fmt(-0.04, 1), fmt(-2.1)
    ('3246.8', '3,246.8', '0.0', '-2.1')
    """
    number = rounded(value, _decimals(value, decimals))
    return f"{number:,f}" if lang == "en" else f"{number:f}"


def pct(value: float, decimals: int | None = None, lang: Lang = "zh") -> str:
    """Percent, given as published: 12.5 is 12.5%."""
    return fmt(value, decimals, lang) + "%"


def pp(value: float, decimals: int | None = None, lang: Lang = "zh") -> str:
    """Percentage points.

    Examples
    --------
    >>> pp(2.1), pp(2.1, lang="en"), pp(1, lang="en")
    ('2.1个百分点', '2.1 percentage points', '1 percentage point')
    """
    text = fmt(value, decimals, lang)
    if lang == "zh":
        return f"{text}个百分点"
    return f"{text} percentage point{'' if text in ('1', '-1') else 's'}"


def yi(value: float, decimals: int | None = None, lang: Lang = "zh") -> str:
    """An amount in 亿元 (1e8 yuan); in English converted to billion yuan, exactly and to the same step.

    Parameters
    ----------
    value : float
        In 亿元.
    decimals : int, optional
        Decimals of the amount in 亿元; English shows one more, unless that makes a whole number look finer.

    Examples
    --------
    >>> yi(3246.8), yi(3246.8, lang="en"), yi(4000, 0, "en"), yi(3255, 0, "en")
    ('3246.8亿元', '324.68 bn yuan', '400 bn yuan', '325.5 bn yuan')
    """
    decimals = _decimals(value, decimals)
    if lang == "zh":
        return f"{fmt(value, decimals)}亿元"
    billions = rounded(value, decimals).scaleb(-1)
    if decimals == 0 and billions == billions.to_integral_value():
        billions = billions.quantize(Decimal(1))
    return f"{billions:,f} bn yuan"


def growth_words(value: float, decimals: int | None = None, lang: Lang = "zh") -> str:
    """Growth on the same period a year before, in percent, as words.

    Notes
    -----
    Growth that rounds to zero without being zero is 基本持平 (little changed): never 增长0.0%.

    Examples
    --------
    >>> growth_words(12.5), growth_words(-2.1), growth_words(-0.04, 1)
    ('同比增长12.5%', '同比下降2.1%', '同比基本持平')
    >>> growth_words(12.5, lang="en"), growth_words(0, lang="en")
    ('up 12.5% year on year', 'unchanged year on year')
    """
    shown = rounded(value, _decimals(value, decimals))
    size = f"{abs(shown):,f}" if lang == "en" else f"{abs(shown):f}"
    if shown == 0:
        return _level_words(value, lang, zh="同比", en="year on year")
    if shown > 0:
        return {"zh": f"同比增长{size}%", "en": f"up {size}% year on year"}[lang]
    return {"zh": f"同比下降{size}%", "en": f"down {size}% year on year"}[lang]


def _level_words(value: float, lang: Lang, *, zh: str, en: str) -> str:
    """No change, or none that the digits show."""
    if exact(value) == 0:
        return {"zh": f"{zh}持平", "en": f"unchanged {en}"}[lang]
    return {"zh": f"{zh}基本持平", "en": f"little changed {en}"}[lang]


def turn_words(now: float, before: float, decimals: int | None = None, lang: Lang = "zh") -> str:
    """How a growth rate moved against an earlier one, as a bulletin puts it.

    Parameters
    ----------
    now, before : float
        Growth rates in percent; the earlier one may be negative.

    Returns
    -------
    str
        Growth that quickens or slows (加快, 回落), a fall that narrows or widens (降幅收窄, 降幅扩大), a change of
        sign (由降转增, 由增转降, 由降转平, 由平转降) or no change (持平, 基本持平), with the distance in percentage
        points. The sentence around it says what it is compared with.

    Examples
    --------
    >>> turn_words(12.5, 10.1), turn_words(3.0, 5.0), turn_words(-2.0, -5.0), turn_words(-5.0, -2.0)
    ('加快2.4个百分点', '回落2个百分点', '降幅收窄3个百分点', '降幅扩大3个百分点')
    >>> turn_words(1.0, -2.1), turn_words(5.0, 5.0), turn_words(5.04, 5.0, 1), turn_words(-2.1, 1.0, lang="en")
    ('由降转增，提高3.1个百分点', '持平', '基本持平', 'down after growth, 3.1 percentage points lower')
    """
    decimals = decimals_of([now, before]) if decimals is None else decimals
    change = rounded(now - before, decimals)
    if change == 0:
        return _level_words(now - before, lang, zh="", en="").strip()
    signs = tuple(
        int(shown > 0) - int(shown < 0) for shown in (rounded(one, decimals) for one in (now, before))
    )
    kind = signs if signs in TURNS[lang] else ("fall" if min(signs) < 0 else "growth", change > 0)
    return TURNS[lang][kind].format(pp(float(abs(change)), decimals, lang))


def versus_words(
    own: float, other: float, decimals: int | None = None, lang: Lang = "zh", *, whom: str | None = None
) -> str:
    """A growth rate against another's: 快于, 低于 or 与…持平, in percentage points.

    Parameters
    ----------
    own, other : float
        Growth rates in percent, over the same period.
    whom : str, optional
        Who the other is: ``全省`` or ``the province`` if not given.

    Examples
    --------
    >>> versus_words(12.5, 6.2), versus_words(-2.1, 6.0), versus_words(6.0, 6.0), versus_words(6.04, 6.0, 1)
    ('快于全省6.3个百分点', '低于全省8.1个百分点', '与全省持平', '与全省基本持平')
    >>> versus_words(12.5, 6.2, lang="en")
    '6.3 percentage points above the province'
    """
    decimals = decimals_of([own, other]) if decimals is None else decimals
    whom = whom or {"zh": "全省", "en": "the province"}[lang]
    shown = rounded(own - other, decimals)
    if shown == 0:
        close = exact(own - other) != 0
        return {
            "zh": f"与{whom}{'基本' if close else ''}持平",
            "en": f"{'about ' if close else ''}the same as {whom}",
        }[lang]
    size = pp(float(abs(shown)), decimals, lang)
    if lang == "zh":
        return f"{'快于' if shown > 0 else '低于'}{whom}{size}"
    return f"{size} {'above' if shown > 0 else 'below'} {whom}"


def rank_words(rank: int, lang: Lang = "zh", among: str | None = None, *, tied: bool = False) -> str:
    """A place in a ranking.

    Parameters
    ----------
    among : str, optional
        Who is ranked: ``全省`` or ``the province`` if not given.
    tied : bool
        Whether others share the place.

    Examples
    --------
    >>> rank_words(1), rank_words(11, "en"), rank_words(22, "en", "the country")
    ('居全省第1位', '11th in the province', '22nd in the country')
    >>> rank_words(2, tied=True), rank_words(2, "en", tied=True)
    ('居全省并列第2位', 'joint 2nd in the province')
    """
    if rank != int(rank) or rank < 1:
        raise ValueError(f"rank {rank!r} is not a place; a rank is 1, 2, 3 and so on")
    if lang == "zh":
        return f"居{among or '全省'}{'并列' if tied else ''}第{int(rank)}位"
    return f"{'joint ' if tied else ''}{_ordinal(int(rank))} in {among or 'the province'}"


def period_words(period: str | pd.Period, lang: Lang = "zh", *, ytd: bool = False, year: bool = True) -> str:
    """A period as readers say it.

    Parameters
    ----------
    period : str or pandas.Period
        ``2023``, ``2023-10``, ``2023Q4`` or ``2023-Q4``.
    ytd : bool
        The months from January on.
    year : bool
        Say the year too; a year alone always says it.

    Examples
    --------
    >>> period_words("2023-10", ytd=True), period_words("2023-10", ytd=True, year=False)
    ('2023年1—10月', '1—10月')
    >>> period_words("2023-10", "en", ytd=True), period_words("2023Q4"), period_words("2023Q4", "en")
    ('January–October 2023', '2023年四季度', 'Q4 2023')
    """
    period = pd.Period(str(period).replace("-Q", "Q"))
    kind = period.freqstr[0]
    if kind not in "AYQM":
        raise ValueError(f"period {period} is not a year, quarter or month")
    if kind in "AY":
        return {"zh": f"{period.year}年", "en": f"{period.year}"}[lang]
    part = _quarter_words(period, lang) if kind == "Q" else _month_words(period.month, lang, ytd)
    if not year:
        return part
    return f"{period.year}年{part}" if lang == "zh" else f"{part} {period.year}"


def comparison_words(text: str, comparison: str, lang: Lang = "zh") -> str:
    """Put the source's 约, 超过, 以上 to a number that is already written out.

    Parameters
    ----------
    comparison : str
        Empty, ``~=``, ``>``, ``>=``, ``<`` or ``<=``.

    Examples
    --------
    >>> comparison_words("4000亿元", ">="), comparison_words("400 bn yuan", "~=", "en")
    ('4000亿元以上', 'about 400 bn yuan')
    """
    known = COMPARISONS[lang]
    if comparison not in known:
        raise ValueError(f"comparison {comparison!r} is unknown; use one of {', '.join(map(repr, known))}")
    return known[comparison].format(text)


def interval_words(
    low: float, high: float, decimals: int | None = None, lang: Lang = "zh", *, unit: str = "%"
) -> str:
    """An interval, rounded outwards so that it still holds the number.

    Examples
    --------
    >>> interval_words(12.45, 12.55), interval_words(12.451, 12.549, 1, "en")
    ('介于12.45%至12.55%', 'between 12.4% and 12.6%')
    """
    if low > high:
        raise ValueError(f"interval from {low} to {high} is empty; give the lower bound first")
    decimals = decimals_of([low, high]) if decimals is None else decimals
    comma = "," if lang == "en" else ""
    below = f"{rounded(low, decimals, ROUND_FLOOR):{comma}f}{unit}"
    above = f"{rounded(high, decimals, ROUND_CEILING):{comma}f}{unit}"
    return f"介于{below}至{above}" if lang == "zh" else f"between {below} and {above}"


def _decimals(value: float, decimals: int | None) -> int:
    return decimals_of([value]) if decimals is None else decimals


def _ordinal(rank: int) -> str:
    teens = 10 <= rank % 100 <= 20
    return f"{rank}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(rank % 10, 'th')}"


def _quarter_words(period: pd.Period, lang: Lang) -> str:
    return f"{QUARTERS_ZH[period.quarter - 1]}季度" if lang == "zh" else f"Q{period.quarter}"


def _month_words(month: int, lang: Lang, ytd: bool) -> str:
    since_january = ytd and month > 1
    if lang == "zh":
        return f"1—{month}月" if since_january else f"{month}月"
    name = MONTHS_EN[month - 1]
    return f"{MONTHS_EN[0]}–{name}" if since_january else name
