"""Numbers as words."""

import math

import pandas as pd
import pytest

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
    yi,
)


@pytest.mark.parametrize(
    ("value", "decimals", "zh", "en"),
    [
        (12.5, 1, "同比增长12.5%", "up 12.5% year on year"),
        (-2.1, 1, "同比下降2.1%", "down 2.1% year on year"),
        (0, 1, "同比持平", "unchanged year on year"),
        (-0.04, 1, "同比持平", "unchanged year on year"),
        (0.04, 1, "同比持平", "unchanged year on year"),
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
