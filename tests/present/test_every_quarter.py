"""Whatever the quarter, the day and the language: sentences, charts and tables are made and are well written."""

import re

import pytest
from report_views import CHARTS, LANGS, QUARTER, REVIEW_DAY, SUMMARIES, TABLES, chart, sentences, table

from zs_analysis.present import Findings

QUARTERS = [
    (QUARTER, REVIEW_DAY),
    ("2005Q1", None),
    ("2020Q1", "2020-06-30"),
    ("2024Q1", None),
]
EVERY_QUARTER = pytest.mark.parametrize(
    ("period", "as_of"), QUARTERS, ids=lambda value: value or "everything"
)
EVERY_LANG = pytest.mark.parametrize("lang", LANGS)
HAN = re.compile(r"[\u3400-\u9fff]")
# "HTML" or "155" may stand in Chinese text; two English words in a row are a sentence that was not translated.
ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
ASCII_STOP_IN_CHINESE = re.compile(r"[\u3400-\u9fff“”%][,;()]|[,;()][\u3400-\u9fff“”]")
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
NO_VALUE = re.compile(r"\b(nan|NaN|None|NaT|inf|null)\b")


def written(lang: str, period: str, as_of: str | None) -> list[str]:
    """All the prose of a quarter: findings, and the words around charts and tables."""
    prose = [sentence for room in SUMMARIES for sentence in sentences(room, lang, period, as_of)]
    for drawn in (chart(name, lang, period, as_of) for name in CHARTS):
        prose += [drawn.title, drawn.alt, drawn.unit, drawn.note] if drawn else []
    for made in (table(name, lang, period, as_of) for name in TABLES):
        prose += [made.caption, *(f"{column.label} {column.unit}" for column in made.columns)] if made else []
    return prose


@EVERY_LANG
@EVERY_QUARTER
def test_everything_is_made_and_holds_no_missing_value(period, as_of, lang):
    shown = [chart(name, lang, period, as_of) for name in CHARTS] + [
        table(name, lang, period, as_of) for name in TABLES
    ]
    pages = [one._repr_html_() for one in shown if one is not None]
    assert all(sentences(room, lang, period, as_of) for room in SUMMARIES)
    assert [
        found for text in [*pages, *written(lang, period, as_of)] if (found := NO_VALUE.search(text))
    ] == []


@EVERY_QUARTER
def test_english_is_english(period, as_of):
    allowed = "电子电机"  # the printed label, quoted
    assert [text for text in written("en", period, as_of) if HAN.search(text.replace(allowed, ""))] == []


@EVERY_QUARTER
def test_chinese_is_chinese(period, as_of):
    assert [text for text in written("zh", period, as_of) if ENGLISH.search(text)] == []
    assert [
        text
        for text in written("zh", period, as_of)
        if text.strip() and not HAN.search(text) and "%" not in text
    ] == []


@EVERY_QUARTER
def test_chinese_has_chinese_punctuation(period, as_of):
    assert [text for text in written("zh", period, as_of) if ASCII_STOP_IN_CHINESE.search(text)] == []


@EVERY_LANG
@EVERY_QUARTER
def test_every_finding_is_a_sentence(period, as_of, lang):
    found = [sentence for room in SUMMARIES for sentence in sentences(room, lang, period, as_of)]
    assert [one for one in found if not one.endswith({"zh": "。", "en": "."}[lang])] == []
    assert [one for one in found if re.search(r"  |。。|，，|\.\.|,,|\(\)|（）| [.,;]|，。", one)] == []


@EVERY_LANG
@EVERY_QUARTER
def test_every_number_stands_in_its_sentence_as_printed(period, as_of, lang):
    told_of = [
        (sentence, one)
        for room in SUMMARIES
        for sentence in sentences(room, lang, period, as_of)
        for one in getattr(sentence, "metrics", ())
    ]
    missing = [
        (sentence, words[kind])
        for sentence, one in told_of
        for words in [one.words[lang]]
        for kind in ("text", "interval")
        # 下降2.1% tells the sign in words
        for number in NUMBER.findall(words[kind])
        if number not in sentence and number.lstrip("-") not in sentence
    ]
    assert missing == []


@EVERY_QUARTER
def test_both_languages_tell_the_same_numbers(period, as_of):
    for room in SUMMARIES:
        zh, en = (
            [one.record() for one in Findings(sentences(room, lang, period, as_of), lang).metrics]
            for lang in LANGS
        )
        assert zh == en


@EVERY_QUARTER
def test_one_is_not_plural_in_english(period, as_of):
    found = [sentence for room in SUMMARIES for sentence in sentences(room, "en", period, as_of)]
    assert [
        one
        for one in found
        if re.search(r"(?<![\d,.])1 (are|have|areas|industries|departments|targets|clusters|levels)\b", one)
    ] == []


@EVERY_QUARTER
def test_a_single_part_is_no_ranking(period, as_of):
    for name in ("growth by area", "growth by industry"):
        drawn = chart(name, "zh", period, as_of)
        assert drawn is None or not drawn.title.startswith("1个")


@EVERY_LANG
@EVERY_QUARTER
def test_charts_and_tables_name_their_source(period, as_of, lang):
    shown = [chart(name, lang, period, as_of) for name in CHARTS] + [
        table(name, lang, period, as_of) for name in TABLES
    ]
    assert [str(one) for one in shown if one is not None and not one.source] == []


@EVERY_QUARTER
def test_nothing_cites_what_was_not_yet_released(period, as_of):
    shown = [chart(name, "zh", period, as_of) for name in CHARTS] + [
        table(name, "zh", period, as_of) for name in TABLES
    ]
    days = re.findall(r"，(\d{4}-\d{2}-\d{2})）", "".join(one.source for one in shown if one is not None))
    assert as_of is None or all(day <= as_of for day in days)
