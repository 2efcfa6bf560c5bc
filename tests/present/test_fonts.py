"""The font: every character or a clear refusal."""

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont
from matplotlib import font_manager

from zs_analysis.present import fonts

RARE = "岱贻鱿甬槃鑫暨遴酰〔〕—“”–→▲●■◆％℃亩"


def decoded(css: str) -> TTFont:
    return TTFont(io.BytesIO(base64.b64decode(re.search(r"base64,([^)]*)\)", css)[1])))


def test_subset_holds_exactly_the_characters_used_and_ascii():
    characters = set(map(chr, decoded(fonts.font_face_css(RARE + "\n\t")).getBestCmap()))
    assert characters == set(RARE) | fonts.ASCII


def test_same_characters_same_bytes():
    first = fonts.font_face_css("岱山")
    fonts._rule.cache_clear()
    assert fonts.font_face_css("山岱岱") == first


def test_the_licence_travels_with_the_subset():
    assert "Open Font License" in decoded(fonts.font_face_css("岱"))["name"].getDebugName(13)


def test_missing_glyph_is_named():
    with pytest.raises(fonts.MissingGlyphError, match=r"U\+1F534 LARGE RED CIRCLE"):
        fonts.font_face_css("红灯 🔴")


def test_what_has_no_ink_needs_no_glyph():
    fonts.check("a\u200bb\u202fc\ufeff\r\n")


def test_register_is_idempotent():
    fonts.register()
    before = len(font_manager.fontManager.ttflist)
    assert fonts.register() == fonts.FAMILY
    assert len(font_manager.fontManager.ttflist) == before
    assert font_manager.findfont(fonts.FAMILY, fallback_to_default=False) == str(fonts.path())
