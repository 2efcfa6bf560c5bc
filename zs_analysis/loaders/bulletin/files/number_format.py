"""A stored number as its cell prints it: the number formats of Excel."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

# Formats that Excel stores by number alone, dates on a Chinese system (ECMA-376 part 1, 18.8.30).
CHINESE_FORMATS = (
    dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"')
    | dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"')
    | {30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"'}
)
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<ampm>AM/PM|A/P|上午/下午)|(?P<exponent>E[+-])"
    r"|(?P<date>y+|m+|d+|h+|s+|e+|a{3,4})|(?P<digits>[0#?.,]+)|(?P<percent>%)|(?P<at>@)|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
_SECTION = re.compile(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[^;])*)(?:;|$)', re.DOTALL)
_Tokens = list[tuple[str, str]]


def printed(value: float, code: str, *, epoch: datetime = WINDOWS_EPOCH) -> tuple[str, str]:
    """A number as its format prints it.

    Parameters
    ----------
    value : float
        As stored.
    code : str
        The number format, as in ``0.0`` or ``yyyy"年"m"月"``.
    epoch : datetime, optional
        Day 0 of the workbook's dates.

    Returns
    -------
    text : str
        Dates with a year come as ``2020-03`` or ``2020-03-31``; without a format the shortest text of the
        number at Excel's 15 digits.
    doubt : str
        Why the text may mislead (a format that hides the number), else empty.

    Examples
    --------
    >>> [printed(v, c)[0] for v, c in [(316.29999999999995, "General"), (0.1034, "0.0%"), (1234.5, "#,##0")]]
    ['316.3', '10.3%', '1,235']
    >>> printed(43891, 'yyyy"年"m"月"')[0]
    '2020-03'
    """
    if value != value or value in (float("inf"), float("-inf")):
        return str(value), "not a number"
    tokens, signed = _section(value, code)
    kinds = {kind for kind, _ in tokens}
    if "date" in kinds or "ampm" in kinds:
        return _date(value, tokens, epoch)
    if "general" in kinds or not tokens and not code.strip(";"):
        text = "".join(
            _literal(token) or (general(abs(value)) if token[0] == "general" else "") for token in tokens
        )
        return _sign(value, signed, text or general(abs(value)), tokens), _hidden(code)
    if any(kind == "bracket" and text.upper().startswith("DBNUM") for kind, text in tokens) or "at" in kinds:
        return general(value), "" if "at" in kinds else f"printed in Chinese numerals ({code})"
    if "digits" not in kinds:
        return _without_digits(value, code, tokens)
    return _number(value, code, tokens, signed)


def general(value: float) -> str:
    """The shortest text of a number at the 15 digits Excel works with.

    >>> general(0.1 + 0.2), general(3246.0), general(1e-7)
    ('0.3', '3246', '0.0000001')
    """
    number = Decimal(f"{value:.15g}")
    if abs(number.adjusted()) > 20:
        return f"{value:.15g}".upper()
    return f"{number.normalize():f}"


def text_as_printed(text: str, code: str) -> str:
    """A text with what its format prints around it, as in ``"其中:"@``."""
    if "@" not in code or code == "@":
        return text
    section = next(part for part in reversed(_sections(code)) if "@" in part)
    return "".join(text if kind == "at" else _literal((kind, part)) for kind, part in _tokens(section))


def _sections(code: str) -> list[str]:
    parts = [found[1] for found in _SECTION.finditer(code)]
    return parts[:-1] if len(parts) > 1 and not parts[-1] and not code.endswith(";") else parts


def _tokens(section: str) -> _Tokens:
    return [(str(found.lastgroup), found[str(found.lastgroup)]) for found in _TOKEN.finditer(section)]


def _section(value: float, code: str) -> tuple[_Tokens, bool]:
    """The section of a format that prints this number, and whether the number keeps its own sign there."""
    sections = [_tokens(part) for part in _sections(code)[:3]] or [[]]
    conditions = [_condition(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or condition(value):
                return section, True
        return sections[-1], True
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], True
    return sections[0], True


def _condition(section: _Tokens) -> Callable[[float], bool] | None:
    """The test a section makes on the number, as in ``[>=100]``."""
    for kind, text in section:
        found = _CONDITION.fullmatch(text) if kind == "bracket" else None
        if found:
            bound = float(found[2])
            compare = {"<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__}
            compare |= {"=": float.__eq__, "<>": float.__ne__}
            return lambda value, test=compare[found[1]]: test(float(value), bound)
    return None


def _literal(token: tuple[str, str]) -> str:
    """What a token prints whatever the number is."""
    kind, text = token
    if kind in ("quoted", "escaped", "plain", "percent"):
        return text
    if kind == "space":
        return " "
    if kind == "bracket" and text.startswith("$"):
        return text[1:].partition("-")[0]
    return ""


def _sign(value: float, signed: bool, text: str, tokens: _Tokens) -> str:
    """A minus before a number that keeps its sign, or whose sign is shown by its colour alone."""
    literals = "".join(map(_literal, tokens)).strip(" %")
    coloured = any(kind == "bracket" and not text.startswith("$") for kind, text in tokens)
    return f"-{text.strip()}" if value < 0 and (signed or coloured and not literals) else text.strip()


def _hidden(code: str) -> str:
    return "" if code.strip(";") or not code else f"its number format ({code}) hides it"


def _without_digits(value: float, code: str, tokens: _Tokens) -> tuple[str, str]:
    """A section of literals alone, as ``"-"`` for zero."""
    text = "".join(map(_literal, tokens)).strip()
    if value == 0 and text:
        return text, ""
    return general(value), f"its number format ({code}) hides it"


def _number(value: float, code: str, tokens: _Tokens, signed: bool) -> tuple[str, str]:
    places = [n for n, (kind, _) in enumerate(tokens) if kind == "digits"]
    kinds = [kind for kind, _ in tokens]
    if "exponent" in kinds:
        mantissa = tokens[places[0]][1]
        return f"{value:.{len(mantissa.partition('.')[2])}E}", ""
    # Digits in several groups: a fraction, or a code such as 000-0000.
    if len(places) > 1:
        return general(value), f"its number format ({code}) is not one of a figure"
    digits = _digits(abs(Decimal(f"{value:.15g}")) * 100 ** kinds.count("percent"), tokens[places[0]][1])
    before, after = tokens[: places[0]], tokens[places[0] + 1 :]
    text = "".join(map(_literal, before)) + digits + "".join(map(_literal, after))
    signless = value < 0 and not signed and not re.search(r"[-−–(]", text) and text.strip(" %") == digits
    coloured = any(kind == "bracket" and not part.startswith("$") for kind, part in tokens)
    if signless and not coloured:
        return f"-{text.strip()}", f"its number format ({code}) hides the minus"
    rounded_away = not digits.strip("0.,")
    shown = text.strip() if rounded_away and signed else _sign(value, signed, text, tokens)
    return shown, ""


def _digits(number: Decimal, placeholders: str) -> str:
    """The digits of a number in placeholders like ``#,##0.0``."""
    whole, _, fraction = placeholders.partition(".")
    scale = len(whole) - len(whole.rstrip(",")) + fraction.count(",")
    whole, fraction = whole.rstrip(","), fraction.replace(",", "")
    number /= 1000**scale
    rounded = number.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    left, _, right = f"{rounded:f}".partition(".")
    optional = len(fraction) - len(fraction.rstrip("#?"))
    kept = right[: len(fraction) - optional]
    right = kept + right[len(kept) :].rstrip("0")
    left = left.lstrip("0").zfill(whole.count("0"))
    if "," in whole:
        left = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", left)
    return f"{left}.{right}" if right or (fraction and not left) else left or "0"


def _date(value: float, tokens: _Tokens, epoch: datetime) -> tuple[str, str]:
    """A serial number as the date its format prints."""
    letters = "".join(text[0].lower() for kind, text in tokens if kind == "date").replace("e", "y")
    try:
        day = from_excel(max(value, 0), epoch)
        if not isinstance(day, datetime):
            day = datetime.combine(datetime(1900, 1, 1), day)
    except (OverflowError, ValueError):
        return general(value), "formatted as a date, but no date has this number"
    if value < 0:
        return general(value), "formatted as a date, but negative"
    clock = f" {day:%H:%M}" if "h" in letters else ""
    if "y" in letters and "d" in letters:
        return f"{day:%Y-%m-%d}{clock}", ""
    if "y" in letters:
        return f"{day:%Y-%m}" if "m" in letters else f"{day:%Y}", ""
    return _date_as_printed(day, tokens).strip(), ""


def _date_as_printed(day: datetime, tokens: _Tokens) -> str:
    """A date without a year, or a time, with the format's own words."""
    shown, after_hour = "", False
    for kind, text in tokens:
        letter = text[0].lower() if kind == "date" else ""
        minute = letter == "m" and after_hour
        numbers = {"m": day.minute if minute else day.month, "d": day.day, "h": day.hour, "s": day.second}
        if letter in numbers:
            shown += f"{numbers[letter]:0{min(len(text), 2)}d}"
        elif letter == "a":
            shown += "星期" * (len(text) == 4) + "一二三四五六日"[day.weekday()]
        else:
            shown += _literal((kind, text))
        after_hour = (after_hour and not letter) or letter == "h"
    return shown
