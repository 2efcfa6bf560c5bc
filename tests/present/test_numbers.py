"""Numbers as words."""

import math
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.present.numbers import (
    comparison_words,
    decimals_of,
    fmt,
    growth_words,
    interval_words,
    pct,
    period_words,
    pp,
    rank_words,
    rounded,
    turn_words,
    versus_words,
    yi,
)

# Growth rates as printed: tenths of a percent.
RATES = st.integers(-1500, 1500).map(lambda tenths: tenths / 10)
DIGITS = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


@pytest.mark.parametrize(
    ("value", "decimals", "zh", "en"),
    [
        (12.5, 1, "同比增长12.5%", "up 12.5% year on year"),
        (-2.1, 1, "同比下降2.1%", "down 2.1% year on year"),
        (0, 1, "同比持平", "unchanged year on year"),
        (-0.04, 1, "同比基本持平", "little changed year on year"),
        (0.04, 1, "同比基本持平", "little changed year on year"),
        (-0.05, 1, "同比下降0.1%", "down 0.1% year on year"),
        (1250.0, 1, "同比增长1250.0%", "up 1,250.0% year on year"),
        (89, None, "同比增长89%", "up 89% year on year"),
    ],
)
def test_growth_words(value, decimals, zh, en):
    assert growth_words(value, decimals) == zh
    assert growth_words(value, decimals, "en") == en


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("words", [fmt, pct, pp, yi, growth_words])
def test_no_words_for_what_is_not_a_number(words, value):
    with pytest.raises(ValueError, match="cannot be written"):
        words(value, 1)


def test_rounding_is_half_up_and_zero_has_no_sign():
    assert [fmt(value, 1) for value in (0.25, 2.35, -0.25, -0.04, 0.04)] == [
        "0.3",
        "2.4",
        "-0.3",
        "0.0",
        "0.0",
    ]
    assert str(rounded(1.2499999999999998, 1)) == "1.3"


def test_thousands_only_in_english():
    assert (fmt(3246.8, 1), fmt(3246.8, 1, "en")) == ("3246.8", "3,246.8")
    assert fmt(-1234567, 0, "en") == "-1,234,567"


def test_minus_is_the_character_readers_type():
    assert pct(-2.1) == "-2.1%"


def test_decimals_of():
    assert decimals_of([]) == decimals_of([math.nan]) == 0
    assert decimals_of([100.0, 5000.0]) == 0
    assert decimals_of([1.5, 0.1 + 0.2]) == 1
    assert decimals_of([1 / 3]) == 2


def test_yi_converts_exactly_and_invents_no_precision():
    assert yi(3246.8, 1) == "3246.8亿元"
    assert yi(3246.8, 1, "en") == "324.68 bn yuan"
    assert yi(497.9, lang="en") == "49.79 bn yuan"
    assert yi(4000, lang="en") == "400 bn yuan"
    assert yi(1255, lang="en") == "125.5 bn yuan"
    assert yi(12000, lang="en") == "1,200 bn yuan"
    assert yi(3250.0, 1, "en") == "325.00 bn yuan"


def test_percentage_points():
    assert (pp(-2.1), pp(-2.1, lang="en")) == ("-2.1个百分点", "-2.1 percentage points")
    assert (pp(1, 0, "en"), pp(1, 1, "en")) == ("1 percentage point", "1.0 percentage points")


@pytest.mark.parametrize(
    ("rank", "ordinal"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (111, "111th"),
    ],
)
def test_rank_words(rank, ordinal):
    assert rank_words(rank) == f"居全省第{rank}位"
    assert rank_words(rank, "en") == f"{ordinal} in the province"


@pytest.mark.parametrize("rank", [0, -1, 1.5])
def test_rank_words_refuse_what_is_no_place(rank):
    with pytest.raises(ValueError, match="not a place"):
        rank_words(rank)


@pytest.mark.parametrize(
    ("period", "ytd", "zh", "en"),
    [
        ("2023", False, "2023年", "2023"),
        ("2023", True, "2023年", "2023"),
        ("2023-10", True, "2023年1—10月", "January–October 2023"),
        ("2023-10", False, "2023年10月", "October 2023"),
        ("2023-01", True, "2023年1月", "January 2023"),
        ("2023Q4", False, "2023年四季度", "Q4 2023"),
        ("2023-Q1", False, "2023年一季度", "Q1 2023"),
        (pd.Period("2023-02", "M"), True, "2023年1—2月", "January–February 2023"),
    ],
)
def test_period_words(period, ytd, zh, en):
    assert period_words(period, ytd=ytd) == zh
    assert period_words(period, "en", ytd=ytd) == en


def test_period_words_without_the_year():
    assert period_words("2023-10", ytd=True, year=False) == "1—10月"
    assert period_words("2023Q4", "en", year=False) == "Q4"


def test_period_words_refuse_a_day():
    with pytest.raises(ValueError, match="not a year, quarter or month"):
        period_words("2023-10-05")


@pytest.mark.parametrize(
    ("comparison", "zh", "en"),
    [
        ("", "4000", "4000"),
        ("~=", "约4000", "about 4000"),
        (">", "超过4000", "more than 4000"),
        (">=", "4000以上", "at least 4000"),
    ],
)
def test_comparison_words(comparison, zh, en):
    assert comparison_words("4000", comparison) == zh
    assert comparison_words("4000", comparison, "en") == en


def test_unknown_comparison_names_the_known_ones():
    with pytest.raises(ValueError, match="'>='"):
        comparison_words("4000", "=>")


def test_interval_words_never_shrink_the_interval():
    assert interval_words(12.45, 12.55, 2) == "介于12.45%至12.55%"
    assert interval_words(12.451, 12.549, 1) == "介于12.4%至12.6%"
    assert interval_words(-0.01, 0.01, 1, "en") == "between -0.1% and 0.1%"
    with pytest.raises(ValueError, match="lower bound first"):
        interval_words(2, 1)


@pytest.mark.parametrize(
    ("now", "before", "zh", "en"),
    [
        (12.5, 10.1, "加快2.4个百分点", "2.4 percentage points faster"),
        (3.0, 5.5, "回落2.5个百分点", "2.5 percentage points slower"),
        (-2.1, -5.0, "降幅收窄2.9个百分点", "a fall 2.9 percentage points smaller"),
        (-5.0, -2.1, "降幅扩大2.9个百分点", "a fall 2.9 percentage points larger"),
        (1.0, -2.1, "由降转增，提高3.1个百分点", "up after a fall, 3.1 percentage points higher"),
        (-2.1, 1.0, "由增转降，回落3.1个百分点", "down after growth, 3.1 percentage points lower"),
        (0.0, -2.1, "由降转平，提高2.1个百分点", "level after a fall, 2.1 percentage points higher"),
        (-2.1, 0.0, "由平转降，回落2.1个百分点", "down after no change, 2.1 percentage points lower"),
        (2.1, 0.0, "加快2.1个百分点", "2.1 percentage points faster"),
        (0.0, 2.1, "回落2.1个百分点", "2.1 percentage points slower"),
        (0.0, 0.0, "持平", "unchanged"),
        (-3.0, -3.0, "持平", "unchanged"),
        (5.04, 5.0, "基本持平", "little changed"),
        (-0.02, 0.02, "基本持平", "little changed"),
    ],
)
def test_growth_against_earlier_growth(now, before, zh, en):
    assert turn_words(now, before, 1) == zh
    assert turn_words(now, before, 1, "en") == en


@pytest.mark.parametrize(
    ("own", "other", "zh", "en"),
    [
        (12.5, 6.2, "快于全省6.3个百分点", "6.3 percentage points above the province"),
        (-2.1, 6.0, "低于全省8.1个百分点", "8.1 percentage points below the province"),
        (-2.1, -6.0, "快于全省3.9个百分点", "3.9 percentage points above the province"),
        (6.0, 6.0, "与全省持平", "the same as the province"),
        (6.04, 6.0, "与全省基本持平", "about the same as the province"),
        (7.0, 6.0, "快于全省1.0个百分点", "1.0 percentage points above the province"),
    ],
)
def test_growth_against_the_province(own, other, zh, en):
    assert versus_words(own, other, 1) == zh
    assert versus_words(own, other, 1, "en") == en


def test_others_than_the_province_are_named():
    assert versus_words(5.0, 4.0, whom="全国") == "快于全国1个百分点"
    assert versus_words(5.0, 4.0, lang="en", whom="the country") == "1 percentage point above the country"


@pytest.mark.parametrize("lang", ["zh", "en"])
@given(now=RATES, before=RATES)
def test_the_distance_said_is_the_distance_printed(lang, now, before):
    for words in (turn_words(now, before, 1, lang), versus_words(now, before, 1, lang)):
        said = [number.replace(",", "") for number in DIGITS.findall(words)]
        distance = f"{abs(now - before):.1f}"
        assert said == ([] if distance == "0.0" else [distance])


@pytest.mark.parametrize("lang", ["zh", "en"])
@given(value=st.floats(-0.6, 0.6), decimals=st.integers(0, 2))
def test_no_word_ever_holds_a_zero_that_is_said_to_move(lang, value, decimals):
    for words in (
        growth_words(value, decimals, lang),
        turn_words(value, 0.0, decimals, lang),
        versus_words(value, 0.0, decimals, lang),
    ):
        numbers = DIGITS.findall(words)
        assert all(float(number) > 0 for number in numbers)
        assert bool(numbers) != ("持平" in words or any(word in words for word in ("changed", "same")))


@given(now=RATES, before=RATES)
def test_turning_back_says_the_opposite(now, before):
    opposite = {
        "加快": "回落",
        "由降转增": "由增转降",
        "降幅收窄": "降幅扩大",
        "由降转平": "由平转降",
        "持平": "持平",
    }
    pairs = opposite | {there: back for back, there in opposite.items()}
    (said,) = [word for word in pairs if turn_words(now, before, 1).startswith(word)]
    (back,) = [word for word in pairs if turn_words(before, now, 1).startswith(word)]
    assert pairs[said] == back or {said, back} == {"加快", "回落"}


@given(own=RATES, other=RATES)
def test_whoever_is_faster_the_other_is_slower(own, other):
    assert versus_words(own, other, 1).startswith("快于") == versus_words(other, own, 1).startswith("低于")


def test_shared_places_say_so():
    assert rank_words(2, tied=True) == "居全省并列第2位"
    assert rank_words(2, "en", tied=True) == "joint 2nd in the province"
    assert rank_words(3, among="全国", tied=True) == "居全国并列第3位"


@pytest.mark.parametrize("rank", [0, -1, 1.5])
def test_what_is_no_place_is_refused(rank):
    with pytest.raises(ValueError, match="not a place"):
        rank_words(rank, tied=True)
