"""Numbers as a workbook prints them."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH, to_excel

from zs_analysis.loaders.bulletin.files.number_format import general, printed, text_as_printed

MARCH = to_excel(datetime(2020, 3, 31))


# What Excel shows for a value in a format.
@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (316.29999999999995, "General", "316.3"),
        (316.29999999999995, "0.0", "316.3"),
        (50, "0.0", "50.0"),
        (2.675, "0.00", "2.68"),
        (-0.3, "0.0", "-0.3"),
        (-0.04, "0.0", "0.0"),
        (1234567.89, "#,##0", "1,234,568"),
        (1234567.89, "#,##0.0", "1,234,567.9"),
        (1234567.89, "#,##0.0,", "1,234.6"),
        (0.1034, "0.00%", "10.34%"),
        (-0.025, "0.0%", "-2.5%"),
        (0.5, "#.#", ".5"),
        (12, "0.0#", "12.0"),
        (12.34, "0.0#", "12.34"),
        (7, "000", "007"),
        (-8.7, "0.0_ ;[Red]\\-0.0\\ ", "-8.7"),
        (-8.7, "0.0;[Red]0.0", "-8.7"),
        (-8.7, "0.0_);(0.0)", "(8.7)"),
        (0, '0.0;-0.0;"—"', "—"),
        (316.3, '0.0"亿元"', "316.3亿元"),
        (316.3, "[$¥-804]#,##0.00", "¥316.30"),
        (120, '[>100]0.0;[<=100]"低"0.0', "120.0"),
        (1e21, "General", "1E+21"),
        (0.0000001, "General", "0.0000001"),
        (MARCH, "yyyy-mm-dd", "2020-03-31"),
        (MARCH, 'yyyy"年"m"月"', "2020-03"),
        (MARCH, 'm"月"', "3月"),
        (MARCH, 'm"月"d"日"', "3月31日"),
        (MARCH, "yyyy", "2020"),
        (MARCH + 0.5, "yyyy/m/d h:mm", "2020-03-31 12:00"),
        (0.25, "h:mm", "6:00"),
    ],
)
def test_printed_as_excel_prints_it(value, code, text):
    assert printed(value, code) == (text, "")


@pytest.mark.parametrize(
    ("value", "code"),
    [(1.5, ";;;"), (1.5, '"涨"'), (-8.7, "0.0;0.0"), (0.5, "# ?/?"), (3, "[DBNum1]0"), (1e9, "yyyy-mm-dd")],
)
def test_a_format_that_hides_a_number_is_doubted(value, code):
    assert printed(value, code)[1] != ""


def test_dates_count_from_the_workbooks_own_epoch():
    day = to_excel(datetime(2020, 3, 31), MAC_EPOCH)
    assert printed(day, "yyyy-mm-dd", epoch=MAC_EPOCH) == ("2020-03-31", "")


def test_text_formats():
    assert (text_as_printed("定海", '"其中:"@'), text_as_printed("定海", "General")) == ("其中:定海", "定海")


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_a_typed_number_prints_as_typed(digits, decimals):
    typed = f"{digits / 10**decimals:.{decimals}f}"
    code = "0" + ("." + "0" * decimals if decimals else "")
    assert printed(float(typed), code) == (typed.removeprefix("-") if float(typed) == 0 else typed, "")


@given(st.floats(-1e12, 1e12))
def test_general_loses_nothing_within_15_digits(value):
    assert float(general(value)) == float(f"{value:.15g}")
