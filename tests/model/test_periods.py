import datetime

import pandas as pd
import pytest

from zs_analysis.model import PeriodError, as_of_date, known_on, quarter


@pytest.mark.parametrize("text", ["2023Q4", "2023-Q4", "2023q4"])
def test_quarter_reads_the_usual_spellings(text):
    assert str(quarter(text)) == "2023Q4"


@pytest.mark.parametrize("text", ["2023Q5", "2023", "2023-10", "23Q4", "", "2023Q4 ", "２０２３Q4", "0000Q1"])
def test_anything_else_is_refused_with_the_way_to_write_it(text):
    with pytest.raises(PeriodError, match="like 2023Q4"):
        quarter(text)


@pytest.mark.parametrize("value", ["2023-12-13", datetime.date(2023, 12, 13), pd.Timestamp("2023-12-13")])
def test_as_of_takes_text_and_dates(value):
    assert as_of_date(value) == pd.Timestamp("2023-12-13")


@pytest.mark.parametrize(
    "value", ["13.12.2023", "2023-02-30", "2023-12", "yesterday", "20231213", "2023-W50-3", 20231213]
)
def test_as_of_refuses_what_is_not_a_day(value):
    with pytest.raises(PeriodError, match="like 2023-12-13"):
        as_of_date(value)


def test_a_month_or_year_is_known_from_its_last_day():
    known = known_on(pd.Series(["2020-02", "2023", "", "2021-06-03"]))
    assert known.dropna().dt.strftime("%Y-%m-%d").tolist() == ["2020-02-29", "2023-12-31", "2021-06-03"]
    assert known.isna().tolist() == [False, False, True, False]
