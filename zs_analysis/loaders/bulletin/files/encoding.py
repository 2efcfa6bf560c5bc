"""Bytes to text, strictly: what cannot be decoded is an error with its place, never a replacement mark."""

import codecs
import re
from pathlib import Path

from zs_analysis.loaders.bulletin.cells import BulletinError

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# U+0A00 and U+0D00 are line ends of UTF-16 read one byte off: a byte was lost or added before them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u0a00\u0d00]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
# Letters that no Chinese table has but that GB18030 bytes make when they happen to be valid UTF-8.
_STRANGE = re.compile("[\u0100-\u036f\u0400-\u07ff]")
_ADVICE = "save it again as UTF-8 or as xlsx"
# Share of ordinary characters from which on a decoding is believed: Traditional text in GBK has 0.6 to
# 0.7 of its characters in GB 2312, Big5 read as GB18030 about 0.4.
_PLAUSIBLE = 0.5


def decode(path: Path, data: bytes, declared: str = "") -> str:
    """The text of a file.

    A byte order mark decides; else the declared encoding if the bytes agree; else UTF-8, GB18030 and Big5 in
    that order, where the first that is valid and makes ordinary Chinese is taken.

    Parameters
    ----------
    path : Path
    data : bytes
    declared : str, optional
        What the file says of itself (a page's charset).

    Raises
    ------
    BulletinError
        If a byte cannot be decoded (with its line), the encoding is not clear, or it is no text.
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _checked(path, _strict(path, data[len(mark) :], encoding))
    if b"\0" in data:
        return _checked(path, _strict(path, data, _utf16_order(path, data)))
    return _checked(path, _strict(path, data, _encoding_of(path, data, _python_name(declared))))


def _encoding_of(path: Path, data: bytes, declared: str) -> str:
    """The encoding of bytes without a mark."""
    if (
        declared
        and _valid(data, declared)
        and (declared == "utf-8" or _ordinary(data, declared) >= _PLAUSIBLE)
    ):
        return declared
    if _valid(data, "utf-8") and not _STRANGE.search(data.decode()):
        return "utf-8"
    if _mostly_utf8(data):
        return "utf-8"
    shares = {name: _ordinary(data, name) for name in ("gb18030", "big5") if _valid(data, name)}
    best = max(shares, key=shares.__getitem__, default="")
    if best and shares[best] >= _PLAUSIBLE:
        return best
    if not shares:
        return "gb18030"  # to name the byte at which it fails
    raise BulletinError(path, f"the encoding is not clear (tried UTF-8, GB18030, Big5): {_ADVICE}")


def _python_name(declared: str) -> str:
    """GB2312 and GBK are subsets of GB18030, and files that claim them use all of it."""
    try:
        name = codecs.lookup(declared).name if declared else ""
    except LookupError:
        return ""
    return "gb18030" if name in ("gb2312", "gbk", "hz") else name


def _valid(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _mostly_utf8(data: bytes) -> bool:
    """Whether it is UTF-8 with a damaged place rather than another encoding."""
    text = data.decode("utf-8", "replace")
    chinese = sum("\u2e80" <= mark <= "\uffee" and mark != "\ufffd" for mark in text)
    return chinese > text.count("\ufffd")


def _ordinary(data: bytes, encoding: str) -> float:
    """Share of the characters beyond ASCII that are in the everyday sets GB 2312 or Big5 level 1."""
    marks = _NOT_ASCII.findall(data.decode(encoding))
    everyday = sum(_everyday(mark, encoding) for mark in marks)
    return everyday / len(marks) if marks else 1.0


def _everyday(mark: str, encoding: str) -> bool:
    if encoding != "big5":
        return _valid_character(mark, "gb2312")
    return _valid_character(mark, "big5") and mark.encode("big5") < b"\xc7"


def _valid_character(mark: str, encoding: str) -> bool:
    try:
        mark.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _utf16_order(path: Path, data: bytes) -> str:
    """ASCII digits and line ends leave zeros at every second byte of UTF-16 text."""
    odd, even = data[1::2].count(0), data[0::2].count(0)
    if odd > 10 * even:
        return "utf-16-le"
    if even > 10 * odd:
        return "utf-16-be"
    raise BulletinError(path, "neither text nor a workbook, Word file or page: open it and save it as xlsx")


def _strict(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = 1 + len(re.findall("\r\n|\r|\n", data[: error.start].decode(encoding, "replace")))
        shown = data[error.start : error.start + 4].hex(" ")
        why = f"byte {error.start + 1} ({shown}) is not valid {encoding.upper()} text: {_ADVICE}"
        raise BulletinError(path, why, row=line) from error


def _checked(path: Path, text: str) -> str:
    """Refuse control characters; the end-of-file mark of DOS and form feeds are blanks."""
    text = text.removesuffix("\x1a").replace("\x0c", " ").replace("\x85", "\n")
    found = _CONTROL.search(text)
    if found:
        line = 1 + len(re.findall("\r\n|\r|\n", text[: found.start()]))
        code = f"U+{ord(found[0]):04X}"
        raise BulletinError(path, f"control character {code}: no text, or damaged; {_ADVICE}", row=line)
    return text
