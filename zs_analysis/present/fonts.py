"""Noto Sans SC for pictures and pages: matplotlib's font file and a small web font of the characters used."""

import base64
import io
import unicodedata
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import uharfbuzz as harfbuzz
from fontTools.ttLib import TTFont

FAMILY = "Noto Sans SC"
PAGE_FAMILY = "Zs Sans"
FALLBACKS = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei")
FAMILIES = ",".join(f"'{name}'" for name in (PAGE_FAMILY, FAMILY, *FALLBACKS)) + ",sans-serif"
ASCII = frozenset(map(chr, range(32, 127)))
NO_INK = {"Cc", "Cf", "Zl", "Zp", "Zs"}
NOTICE_NAMES = {0, 1, 2, 13, 14}  # the OFL asks that copyright and licence travel with every copy
UNUSED_TABLES = ("BASE", "DSIG", "VORG", "vhea", "vmtx")


class MissingGlyphError(ValueError):
    """The font has no glyph for a character, so that readers would see an empty box."""


def path() -> Path:
    """Noto Sans SC Regular (SIL Open Font License 1.1), as installed with `pylopdf_fonts_zh_cn`."""
    return pylopdf_fonts_zh_cn.sans_path()


@cache
def register() -> str:
    """Make the font known to matplotlib, once per process.

    Returns
    -------
    str
        The family name to use.
    """
    from matplotlib import font_manager

    font_manager.fontManager.addfont(path())
    return FAMILY


@cache
def _face() -> harfbuzz.Face:
    return harfbuzz.Face(harfbuzz.Blob.from_file_path(str(path())))


@cache
def glyphs() -> frozenset[str]:
    """Characters that the font can draw."""
    return frozenset(map(chr, _face().unicodes))


def check(text: str) -> None:
    """Refuse text that the font cannot draw; control characters and spaces need no glyph.

    Raises
    ------
    MissingGlyphError
        Naming every character that is missing.

    Examples
    --------
    >>> check("岱山 贻贝 涅槃 〔2021〕22号")
    """
    missing = [c for c in sorted(set(text) - glyphs()) if unicodedata.category(c) not in NO_INK]
    if missing:
        names = ", ".join(f"{c!r} U+{ord(c):04X} {unicodedata.name(c, 'unnamed')}" for c in missing)
        raise MissingGlyphError(f"{FAMILY} has no glyph for {names}; write the text with other characters")


def font_face_css(text: str) -> str:
    """An ``@font-face`` rule for ``"Zs Sans"`` that holds the glyphs of a text, as a data URI.

    Parameters
    ----------
    text : str
        All the plain text of the page, without markup. Printable ASCII is always added.

    Returns
    -------
    str
        One CSS rule; the same characters give the same bytes.

    Raises
    ------
    MissingGlyphError
        If a character has no glyph.
    """
    check(text)
    return _rule("".join(sorted(ASCII | (set(text) & glyphs()))))


@cache
def _rule(characters: str) -> str:
    data = base64.b64encode(_woff(characters)).decode("ascii")
    source = f'url(data:font/woff;base64,{data}) format("woff")'
    return f'@font-face{{font-family:"{PAGE_FAMILY}";font-display:block;src:{source}}}'


def _woff(characters: str) -> bytes:
    """A tenth larger than WOFF2, whose compression takes a hundred times as long."""
    wanted, sets = harfbuzz.SubsetInput(), harfbuzz.SubsetInputSets
    wanted.flags = harfbuzz.SubsetFlags.NO_HINTING | harfbuzz.SubsetFlags.DESUBROUTINIZE
    wanted.sets(sets.UNICODE).set(set(map(ord, characters)))
    wanted.sets(sets.NAME_ID).set(NOTICE_NAMES)
    wanted.sets(sets.LAYOUT_FEATURE_TAG).set({_tag("kern")})
    wanted.sets(sets.DROP_TABLE_TAG).update(map(_tag, UNUSED_TABLES))
    part = harfbuzz.subset(_face(), wanted).blob.data
    out = io.BytesIO()
    with TTFont(io.BytesIO(part), lazy=True, recalcTimestamp=False, recalcBBoxes=False) as font:
        font.flavor = "woff"
        font.save(out)
    return out.getvalue()


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")
