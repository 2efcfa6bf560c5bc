"""Printed characters and numerals of a bulletin, without their meaning."""

import re
import unicodedata
from dataclasses import dataclass

# NFKC would turn a footnote mark ① or ² into a digit of the number before it, so only these are folded.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(mark): plain
    for marks, plain in (
        ("\u2212\ufe63", "-"),
        ("〜∼", "~"),
        ("﹪", "%"),
        ("【", "["),
        ("】", "]"),
        ("／", "/"),
    )
    for mark in marks
}
_BLANK = re.compile(r"[\s\u200b\ufeff]+")
_NUMERAL = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?\s*(?P<mark>[%‰]?)", re.ASCII
)
_TIMES = re.compile(r"(?:同比)?增(?:长|加)?(?P<digits>\d+)(?P<decimals>\.\d+)?倍", re.ASCII)
_RATE = re.compile(
    r"(?:同比)?(?P<word>增长|增|上升|下降|降|减少|减)(?P<digits>\d+)(?P<decimals>\.\d+)?(?P<mark>%?)",
    re.ASCII,
)
_POINTS = re.compile(r"(?P<sign>[+-]?)(?P<digits>\d+)(?P<decimals>\.\d+)?个?百分点", re.ASCII)
_MISSING = re.compile(r"[-—–―─…⋯.·/*×x]*|n/?a|无|空|null|none", re.IGNORECASE)
DIGIT = re.compile(r"\d")


def folded(text: str) -> str:
    """Full-width forms made plain, blanks kept.

    Examples
    --------
    >>> folded("１－３月　±％")
    '1-3月\\u3000±%'
    """
    return text.translate(_FOLD)


def packed(text: str) -> str:
    """Folded and without any blank: how labels are compared.

    Examples
    --------
    >>> packed("定　海（区）")
    '定海(区)'
    """
    return _BLANK.sub("", folded(text))


def display_width(text: str) -> int:
    """Columns a text takes on a screen: a full-width character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def holds_number(text: str) -> bool:
    """Whether a cell holds a digit, and so must be accounted for."""
    return DIGIT.search(folded(text)) is not None


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no number: ``-``, ``—``, ``…``, ``..``."""
    return _MISSING.fullmatch(packed(text)) is not None


@dataclass(frozen=True)
class Numeral:
    """A number as printed.

    Attributes
    ----------
    printed : str
        Without thousands separators, plus sign and unit: ``-2.50``.
    mark : str
        ``%``, ``‰``, ``倍``, ``百分点`` or empty.
    worded : bool
        Written as growth in words: 增长2.5倍, 下降3.1%.
    """

    printed: str
    mark: str = ""
    worded: bool = False

    @property
    def value(self) -> float:
        """The number."""
        return float(self.printed)

    @property
    def step(self) -> float:
        """One unit of the last printed digit."""
        return 10.0 ** -len(self.printed.partition(".")[2])


def numeral(text: str) -> Numeral | None:
    """The number a cell holds; ``None`` where it is not one number and nothing else.

    Blanks inside the digits are not closed up: ``12 34`` may be two cells run together.

    Examples
    --------
    >>> numeral("１，２３４.５０"), numeral("－2.5%").printed, numeral("增长2.5倍").mark
    (Numeral(printed='1234.50', mark='', worded=False), '-2.5', '倍')
    >>> numeral("4487."), numeral("上年为1.43"), numeral("12 34"), numeral("1,23")
    (None, None, None, None)
    """
    plain = folded(text).strip()
    if match := _NUMERAL.fullmatch(plain):
        sign = "-" if match["sign"] == "-" else ""
        return Numeral(sign + match["digits"].replace(",", "") + (match["decimals"] or ""), match["mark"])
    if match := _POINTS.fullmatch(packed(text)):
        sign = "-" if match["sign"] == "-" else ""
        return Numeral(sign + match["digits"] + (match["decimals"] or ""), "百分点")
    if match := _TIMES.fullmatch(packed(text)):
        return Numeral(match["digits"] + (match["decimals"] or ""), "倍", worded=True)
    if match := _RATE.fullmatch(packed(text)):
        sign = "-" if match["word"] in ("下降", "降", "减少", "减") else ""
        return Numeral(sign + match["digits"] + (match["decimals"] or ""), match["mark"], worded=True)
    return None


def why_not_a_number(text: str) -> str:
    """Reason for the report where a cell in a number column is not one number."""
    if re.fullmatch(r"[+-]?[\d,]+\.", packed(text)):
        return "the number is cut off"
    return "not a number, though in a number column"
