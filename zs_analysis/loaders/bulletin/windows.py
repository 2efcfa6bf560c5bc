"""The stretch of time a title, a head or a label names."""

import re
from dataclasses import dataclass, replace
from typing import Literal

Span = Literal["", "A", "ytd", "month", "bad"]

_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=年)")
_CHINESE_MONTH = re.compile(r"(?<![一二三四五六七八九十])(十[一二]?|[一二三四五六七八九])(?=月)")
_TO = r"[-~—–―至到]"
_YEAR = r"(?:(?P<year>(?:19|20)\d\d)年(?:度)?)?"
# A yearbook is named by the year it appeared in, which is not the year of its figures.
_YEARBOOK = re.compile(r"年鉴[(]?\d{4}年?|\d{4}年?\w{0,6}年鉴")
_FORMS: tuple[tuple[Span, re.Pattern[str]], ...] = (
    ("bad", re.compile(rf"(?<!\d)(?:19|20)\d\d年?{_TO}(?:19|20)\d\d(?!\d)年?")),
    ("ytd", re.compile(_YEAR + rf"(?<!\d)0?1月?份?{_TO}(?P<month>\d{{1,2}})月份?(?:累计)?")),
    ("bad", re.compile(_YEAR + rf"(?<!\d)\d{{1,2}}月?份?{_TO}\d{{1,2}}月份?")),
    ("ytd", re.compile(_YEAR + rf"(?P<quarters>前?[1一]{_TO}[234二三四]季度)(?:累计)?")),
    ("ytd", re.compile(_YEAR + r"(?P<quarters>前[23二三]个?季度|上半年)(?:累计)?")),
    ("ytd", re.compile(_YEAR + r"(?P<quarters>[234二三四]季度累计)")),
    ("ytd", re.compile(_YEAR + r"第?(?P<quarters>[1一]季度)")),
    ("bad", re.compile(_YEAR + r"(?:第?[234二三四]季度|下半年)")),
    ("A", re.compile(_YEAR + r"全年")),
    ("month", re.compile(_YEAR + r"(?<!\d)(?P<month>\d{1,2})月份?(?:当月)?")),
    ("month", re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-./](?P<month>0?[1-9]|1[0-2])(?![-./\d])")),
    ("month", re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?!\d)")),
    ("A", re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)年(?:度)?(?:末|底)?")),
    ("A", re.compile(r"^(?P<year>(?:19|20)\d\d)$")),
)  # fmt: skip
# 20203 on a card of quarterly figures was the third quarter; on a monthly table it would be March.
_TIGHT = re.compile(r"(20\d\d)([1-9])")
_LAST_MONTH = {"1": 3, "一": 3, "2": 6, "二": 6, "上": 6, "3": 9, "三": 9, "4": 12, "四": 12}


@dataclass(frozen=True)
class Window:
    """A stretch of time, as far as it is named.

    Attributes
    ----------
    year, month : int or None
        Last month of the stretch.
    years_back : int
        1 for 上年同期: the same stretch a year before.
    span : {"", "A", "ytd", "month", "bad"}
        A whole year, January to the month, the month alone; empty where that is open, ``bad`` where it is a
        stretch that observations have no form for (4-6月) or no time at all (13月).
    """

    year: int | None = None
    month: int | None = None
    span: Span = ""
    years_back: int = 0

    def filled_from(self, other: "Window") -> "Window":
        """This window with what it leaves open taken from another."""
        span = self.span or other.span
        if self.month and span == "A":
            span = self.span
        month = self.month or (other.month if span != "A" else None)
        return Window(self.year or other.year, month, span, self.years_back or other.years_back)

    def joined(self, other: "Window") -> "Window":
        """Two statements on the same table as one: a year beside a month of it is that month."""
        own, further = (
            replace(one, span="") if one.span == "A" and two.month else one
            for one, two in ((self, other), (other, self))
        )
        return own.filled_from(further)

    def contradicts(self, other: "Window") -> bool:
        """Whether both cannot be said of the same table."""
        return any(
            one and two and one != two for one, two in ((self.year, other.year), (self.month, other.month))
        )

    def __str__(self) -> str:
        year = f"{self.year}年" if self.year else ""
        month = {"ytd": f"1-{self.month}月", "month": f"{self.month}月"}.get(self.span, f"{self.month}月")
        return year + (month if self.month else "")


def windows_in(text: str) -> tuple[list[Window], str]:
    """Every window a packed text names, and the text without them.

    Examples
    --------
    >>> windows_in("2020年1-3月同比±%")
    ([Window(year=2020, month=3, span='ytd', years_back=0)], '同比±%')
    >>> windows_in("17-2各市国民经济主要指标(2015年)(浙江统计年鉴2016)")[0]
    [Window(year=2015, month=None, span='A', years_back=0)]
    """
    rest = _YEARBOOK.sub("年鉴", _arabic(text))
    found: list[tuple[int, Window]] = []
    for span, form in _FORMS:
        while match := form.search(rest):
            found.append((match.start(), _window(span, match)))
            rest = rest[: match.start()] + "\x00" * len(match[0]) + rest[match.end() :]
    return [window for _, window in sorted(found, key=lambda pair: pair[0])], rest.replace("\x00", "")


def tight_month(text: str) -> list[Window]:
    """What a run of digits like ``20203`` may mean: March, or the first three quarters.

    Examples
    --------
    >>> [str(window) for window in tight_month("20203")]
    ['2020年3月', '2020年1-9月']
    """
    match = _TIGHT.fullmatch(text)
    if not match:
        return []
    year, digit = int(match[1]), int(match[2])
    quarter = [Window(year, digit * 3, "ytd")] if digit <= 4 else []
    return [Window(year, digit, "month"), *quarter]


def _arabic(text: str) -> str:
    text = _CHINESE_YEAR.sub(lambda match: match[0].translate(_CHINESE_DIGITS), text)
    return _CHINESE_MONTH.sub(lambda match: _month_number(match[0]), text)


def _month_number(word: str) -> str:
    ones = word.lstrip("十").translate(_CHINESE_DIGITS)
    return str(10 + int(ones or 0)) if word.startswith("十") else ones


def _window(span: Span, match: re.Match[str]) -> Window:
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else None
    if parts.get("quarters"):
        last = re.sub(r"[前个季度累计年半]", "", parts["quarters"])[-1]
        return Window(year, _LAST_MONTH[last], "ytd")
    month = int(parts["month"]) if parts.get("month") else None
    if month is not None and not 1 <= month <= 12:
        return Window(year, None, "bad")
    return Window(year, month, span)
