"""What the words of a bulletin stand for: the names in the data package and ``aliases.csv``."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from zs_analysis.loaders.about import about
from zs_analysis.loaders.bulletin.text import folded, packed
from zs_analysis.loaders.bulletin.windows import Span, Window, tight_month, windows_in
from zs_analysis.loaders.package import DATA, load

Kind = Literal[
    "", "level", "growth", "share", "contribution", "rank", "growth_rank", "stub", "unit", "serial"
]

CHILD = re.compile(r"(?:其中|内)[::]|[##]")
_ENUMERATION = re.compile(
    r"(?:[一二三四五六七八九十]+、|[(](?:[一二三四五六七八九十]+|\d+)[)]|\d+[.、](?!\d))"
)
TABLE_NUMBER = re.compile(r"^\s*(?:续?表\s*\d*(?:-\d+)*|\d+(?:-\d+)+)(?:\s+|(?=[^\d年月-]))")
_FOOTNOTE_MARK = re.compile(r"(?:[①-⑳*※¹²³⁴⁵]|\[\d+\])+$")
_PRICES = {
    "现价",
    "当年价",
    "当年价格",
    "可比价",
    "可比价格",
    "不变价",
    "不变价格",
    "按可比价计算",
    "按现价计算",
}
_STATUS = (("F", re.compile(r"[(]?预计数?[)]?")), ("P", re.compile(r"[(]?(?:初步核算数?|初步|快报数?)[)]?")))
_SINCE = r"(?:同比|(?:比|较|与)?(?:上年|去年)(?:同期|同月)?(?:相?比)?)"
_CHANGE = r"(?:名义|实际|可比)?(?:增长|增减|增速|增幅|升降|涨跌|±|\+-|\+/-|增±减-?|增)"
_STUBS = (
    "指标 主要指标 指标名称 项目 名称 地区 城市 县区 县(区) 区县 市县 地市 行业 产业 类别 分组 "
    "月份 时间 年份 年度 产品 品种"
)
_LEVELS = (
    "绝对量 绝对数 绝对值 绝对额 数额 总量 实绩 数值 数量 金额 实际 完成 完成数 完成额 完成值 指标值 "
    "年末数 期末数 年末余额 期末余额 年末 期末 本年 本期"
)
_NOT_LAST_YEAR = r"(?<!上年)(?<!去年)(?<!环比)"


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in words.split()))


_WORDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("growth_rank", re.compile(r"(?:增速|增幅|增长)(?:全省|全市|全国)?(?:的)?(?:位次|排名|名次|排位)")),
    ("rank", re.compile(r"(?:居|在)?(?:全省|全市|全国)?(?:的)?(?:位次|排名|名次|排位)")),
    ("growth", re.compile(rf"(?:{_SINCE}{_CHANGE}|{_NOT_LAST_YEAR}(?:同比|{_CHANGE}))(?:幅度|速度|率)?±?")),
    ("share", re.compile(r"(?:所)?占(?:总量|总数)?(?:的)?比重|比重|构成|占比")),
    ("contribution", re.compile(r"拉动(?:增长|点数)?|贡献率")),
    ("unit", re.compile(r"(?:计量)?单位")),
    ("serial", re.compile(r"序号|编号|代码|编码|行次|№|[Nn][Oo]\.?")),
    ("stub", _any_of(_STUBS)),
    ("level", _any_of(_LEVELS)),
)  # fmt: skip
_YEAR_BEFORE = re.compile(r"(?:上年|去年)(?:同期|同月)?(?P<sum>累计)?(?:数|值|实绩|完成)?")
_SPAN_WORDS: tuple[tuple[Span, re.Pattern[str]], ...] = (
    ("ytd", re.compile(r"(?:本月止|本年|自年初|年初至今)?累计数?|1至本月|1-本月")),
    ("month", re.compile(r"[本当]月数?")),
)


# Code to row, each row a mapping of column to cell.
Table = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Codes:
    """Codes a label stands for; empty ones come from the context."""

    indicator: str = ""
    ref_area: str = ""
    activity: str = ""
    unit: str = ""
    transformation: str = ""
    note: str = ""
    kind: Kind = ""

    @property
    def partial(self) -> bool:
        """Whether the label says nothing of what is measured."""
        return not self.indicator

    def within(self, context: "Codes") -> "Codes":
        """These codes with what they leave open taken from the context: an indicator starts at its total."""
        own = replace(self, ref_area=self.ref_area or context.ref_area)
        if self.indicator:
            return replace(own, activity=self.activity or "total")
        return replace(
            own,
            indicator=context.indicator,
            activity=self.activity or context.activity,
            transformation=self.transformation or context.transformation,
            kind=self.kind or context.kind,
        )


@dataclass(frozen=True)
class Meaning:
    """What a head or a label says.

    Attributes
    ----------
    label : str
        As printed, packed, without 其中:, numbering and the colon at its end.
    codes : Codes
    kind : str
        What its numbers are; empty where the label does not say.
    window : Window
    status : {"", "P", "F"}
    known : bool
        Whether every part of the label was understood.
    """

    label: str = ""
    codes: Codes = field(default_factory=Codes)
    kind: Kind = ""
    window: Window = field(default_factory=Window)
    status: str = ""
    known: bool = True


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Labels, units and code tables of one data package."""

    names: dict[tuple[str, str], Codes]
    settled: set[str]
    units: dict[str, str]
    areas: Table
    indicators: Table
    activities: Table
    measures: Table
    sources: pd.DataFrame
    known: dict[tuple[str, ...], list[tuple[str, str, float]]]
    city: str

    def find(self, label: str, chain: Sequence[str] = ()) -> Codes | None:
        """Codes of a label: for the nearest block that defines it, else anywhere, else behind an area."""
        return self._exact(label, chain) or self._joined(label, chain)

    def _exact(self, label: str, chain: Sequence[str]) -> Codes | None:
        scopes = self._scopes.get(label, {})
        found = next((scopes[scope] for place in chain for scope in scopes if scope in place), None)
        return found or (None if label in self.ambiguous else self.names.get((label, "")))

    @cached_property
    def _scopes(self) -> dict[str, dict[str, Codes]]:
        """Labels to the scopes in which `aliases.csv` defines them."""
        scopes: dict[str, dict[str, Codes]] = {}
        for (label, within), codes in self.names.items():
            if within:
                scopes.setdefault(label, {})[within] = codes
        return scopes

    def _joined(self, label: str, chain: Sequence[str]) -> Codes | None:
        for cut in range(len(label) - 1, 0, -1):
            first = self.names.get((label[:cut], ""))
            if first is None or not first.partial or first.unit:
                continue
            rest = self._exact(label[cut:].removeprefix("的"), chain)
            if rest is not None and rest.indicator and not (first.activity and rest.activity):
                return replace(
                    rest, ref_area=rest.ref_area or first.ref_area, activity=rest.activity or first.activity
                )
        return None

    @cached_property
    def ambiguous(self) -> dict[str, str]:
        """Labels that stand for one indicator here and another there: 工业总产值 of all industry or 规上.

        Outside the scopes of `aliases.csv` they are not read, unless a line there settles it for anywhere.
        """
        found = {}
        for label, scopes in self._scopes.items():
            anywhere = self.names.get((label, ""), Codes()).indicator
            codes = {anywhere, *(codes.indicator for codes in scopes.values())}
            if anywhere and label not in self.settled and len(codes) > 1:
                found[label] = " or ".join(sorted(codes))
        return found

    def official(self, codes: Codes) -> set[str]:
        """Names the code tables give what a label stands for."""
        found: set[str] = set()
        for table, code in (
            (self.areas, codes.ref_area),
            (self.indicators, codes.indicator),
            (self.activities, codes.activity),
        ):
            if code and code != "total":
                found |= {
                    packed(table[code][name]) for name in ("name_zh", "short_zh") if name in table[code]
                }
        return found

    def nearest(self, label: str) -> str:
        """What an ambiguous label may be; for another, known labels that look like it."""
        if label in self.ambiguous:
            return self.ambiguous[label]
        known = dict.fromkeys(name for name, _ in self.names)
        close = difflib.get_close_matches(label, known, n=3, cutoff=0.5)
        return "、".join(
            name if (name, "") in self.names else f"{name}({self._where(name)})" for name in close
        )

    def _where(self, label: str) -> str:
        return f"only within {'、'.join(self._scopes[label])}"

    def areas_in(self, text: str) -> list[str]:
        """Areas a text names, the longest names first; an area that holds another one named is left out."""
        found: list[str] = []
        for name, area in self._area_names:
            if name in text:
                text = text.replace(name, "\x00")
                found.append(area)
        around = {outer for area in found for outer in self.outer(area)}
        return [area for area in dict.fromkeys(found) if area not in around]

    @cached_property
    def _area_names(self) -> list[tuple[str, str]]:
        columns = ("name_zh", "short_zh")
        pairs = {(packed(row[column]), code) for code, row in self.areas.items() for column in columns}
        return sorted(pairs, key=lambda pair: (-len(pair[0]), pair))

    def outer(self, area: str) -> list[str]:
        """Areas that hold an area, the nearest first."""
        found: list[str] = []
        while (area := self.areas[area]["parent"]) and area not in found:
            found.append(area)
        return found

    def parts(self, area: str) -> list[str]:
        """Areas whose amounts add up to those of an area."""
        return [
            code for code, row in self.areas.items() if row["parent"] == area and row["additive"] == "yes"
        ]


def dictionary(data: str | Path | None = None) -> Dictionary:
    """The words of a data package; read again when a file of it changes."""
    folder = Path(data) if data else DATA
    stamps = tuple((path.name, path.stat().st_mtime_ns) for path in _files(folder))
    return _dictionary(folder.resolve(), stamps)


def _files(folder: Path) -> list[Path]:
    return [*sorted(folder.glob("*.csv")), *folder.glob("datapackage.json")]


@lru_cache(maxsize=4)
def _dictionary(folder: Path, stamps: tuple[tuple[str, int], ...]) -> Dictionary:
    tables = {
        name: load(name, data=folder)
        for name in (
            "areas",
            "indicators",
            "activities",
            "clusters",
            "units",
            "aliases",
            "sources",
            "observations",
        )
    }
    units = {packed(row.name_zh): row.unit for row in tables["units"].itertuples()}
    units |= {row.label: row.unit for row in tables["aliases"].itertuples() if _names_a_unit(row)}
    return Dictionary(
        names=_names(tables),
        settled=set(tables["aliases"].query("within == ''")["label"]),
        units=units | {"个百分点": "pp", "个": "count"},
        areas=_by_code(tables["areas"], "area"),
        indicators=_by_code(tables["indicators"], "indicator"),
        activities=_by_code(tables["activities"], "activity"),
        measures=_by_code(tables["units"], "unit"),
        sources=tables["sources"],
        known=_known_figures(tables["observations"], tables["units"]),
        city=about(folder).city,
    )


def _by_code(table: pd.DataFrame, code: str) -> Table:
    return {row[code]: row for row in table.to_dict("records")}


def _known_figures(
    observations: pd.DataFrame, units: pd.DataFrame
) -> dict[tuple[str, ...], list[tuple[str, str, float]]]:
    """Published amounts in base units: what they are of, to their periods, units and values."""
    factors = dict(zip(units["unit"], units["factor"], strict=True))
    known: dict[tuple[str, ...], list[tuple[str, str, float]]] = {}
    for row in observations[observations["transformation"].isin(["level", "ytd"])].itertuples():
        key = (row.indicator, row.ref_area, row.activity, row.freq, row.transformation)
        known.setdefault(key, []).append((row.time_period, row.unit, row.obs_value * factors[row.unit]))
    return known


def _names_a_unit(row: object) -> bool:
    return bool(row.unit) and not (row.indicator or row.ref_area or row.activity or row.transformation)


def _names(tables: dict[str, pd.DataFrame]) -> dict[tuple[str, str], Codes]:
    names: dict[tuple[str, str], Codes] = {}
    for row in tables["activities"].iloc[1:].itertuples():
        names[packed(row.name_zh), ""] = Codes(activity=row.activity)
    for row in tables["clusters"].itertuples():
        names |= {(packed(name), ""): Codes(activity=row.cluster) for name in row.aliases.split(";") if name}
    for row in tables["areas"].itertuples():
        names |= {(packed(name), ""): Codes(ref_area=row.area) for name in (row.name_zh, row.short_zh)}
    for row in tables["indicators"].itertuples():
        names[packed(row.name_zh), ""] = Codes(indicator=row.indicator)
    given = [column.name for column in fields(Codes) if column.name != "kind"]
    for row in tables["aliases"].itertuples():
        if not _names_a_unit(row):
            names[row.label, row.within] = Codes(**{name: getattr(row, name) for name in given})
    return names


def understand(text: str, words: Dictionary, chain: Sequence[str] = ()) -> Meaning:
    """What a head or a label says, inside the headings ``chain`` (the nearest first).

    Examples
    --------
    >>> words = dictionary()
    >>> understand("其中:船舶修造业", words).codes.activity
    'ships'
    >>> head = understand("1-3月 同比±%", words)
    >>> head.kind, head.codes.unit, str(head.window)
    ('growth', 'pct', '1-3月')
    """
    return _understood(text, words, tuple(chain))


@lru_cache(maxsize=20_000)
def _understood(text: str, words: Dictionary, chain: tuple[str, ...]) -> Meaning:
    label = plain_label(text)
    if codes := words.find(label, chain):
        return Meaning(label, codes)
    if tight_month(label):
        # 20203 over a column is the table's period, whatever it turns out to be.
        return Meaning(label, kind="level")
    rest, unit = _without_unit(label, words)
    status, rest = _without_status(rest)
    found, rest = windows_in(rest)
    rest = rest.removesuffix("()").strip("(),:、")
    window = found[0] if found else Window()
    said = Meaning(rest or label, Codes(unit=unit), "", window, status, len(found) < 2)
    if not rest:
        return replace(said, known=said.known and bool(unit or found or status))
    return _rest_of(rest, said, words, chain)


def plain_label(text: str) -> str:
    """A label packed, without 其中:, numbering, footnote marks and the colon at its end."""
    label = CHILD.sub("", packed(text), count=1) if CHILD.match(packed(text)) else packed(text)
    label = _FOOTNOTE_MARK.sub(
        "", _ENUMERATION.sub("", label, count=1) if _ENUMERATION.match(label) else label
    )
    return label.rstrip(":")


def title_label(text: str) -> str:
    """A title as `aliases.csv` names it in ``within``: without its table number and its period."""
    label = plain_label(TABLE_NUMBER.sub("", folded(text)))
    return windows_in(label)[1].removesuffix("()")


def _without_unit(label: str, words: Dictionary) -> tuple[str, str]:
    unit = ""
    while match := re.search(r"[(]([^()]+)[)]$", label):
        if match[1] in _PRICES:
            label = label[: match.start()]
        elif match[1] in words.units and not unit:
            label, unit = label[: match.start()], words.units[match[1]]
        else:
            break
    if label in words.units and not unit:
        return "", words.units[label]
    if label[-1:] in "%‰" and label and not unit:
        return label[:-1].rstrip("("), words.units[label[-1]]
    return label, unit


def status_in(text: str) -> str:
    """``F`` for 预计, ``P`` for 初步 and 快报, else empty.

    Examples
    --------
    >>> status_in("2020年1-3月快报")
    'P'
    """
    return next((status for status, word in _STATUS if word.search(text)), "")


def _without_status(label: str) -> tuple[str, str]:
    for status, word in _STATUS:
        if word.search(label):
            return status, word.sub("", label, count=1)
    return "", label


def _rest_of(rest: str, said: Meaning, words: Dictionary, chain: Sequence[str]) -> Meaning:
    if codes := words.find(rest, chain):
        return replace(said, codes=replace(codes, unit=said.codes.unit or codes.unit))
    for span, word in _SPAN_WORDS:
        if match := word.match(rest):
            said, rest = replace(said, window=replace(said.window, span=span)), rest[match.end() :]
            break
    if not rest:
        return said
    if match := _YEAR_BEFORE.fullmatch(rest):
        span = "ytd" if match["sum"] else said.window.span
        return replace(said, kind="level", window=replace(said.window, span=span, years_back=1))
    for kind, word in _WORDS:
        if word.fullmatch(rest):
            return replace(said, kind=kind)
    return _named_growth(rest, said, words, chain)


def _named_growth(rest: str, said: Meaning, words: Dictionary, chain: Sequence[str]) -> Meaning:
    for kind, word in _WORDS[:5]:
        for match in word.finditer(rest):
            named, end = rest[: match.start()], match.end() == len(rest)
            if end and named and (codes := words.find(named, chain)):
                return replace(said, codes=replace(codes, unit=said.codes.unit), kind=kind)
    return replace(said, known=False)
