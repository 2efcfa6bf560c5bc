"""Periods and dates as Chinese statistics use them."""

import re
from datetime import date

import pandas as pd

QUARTER = re.compile(r"([1-9]\d{3})-?[Qq]([1-4])", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class PeriodError(ValueError):
    """A period or a date that cannot be read; the message says what is allowed."""


def quarter(text: str) -> pd.Period:
    """Read a quarter.

    Parameters
    ----------
    text : str
        ``2023Q4`` or ``2023-Q4``.

    Returns
    -------
    pandas.Period
        With quarterly frequency.

    Raises
    ------
    PeriodError
        If the text is anything else.

    Examples
    --------
    >>> quarter("2023Q4")
    Period('2023Q4', 'Q-DEC')
    """
    match = QUARTER.fullmatch(str(text))
    if not match:
        raise PeriodError(f"period {text!r} is not a quarter; write the year and Q1 to Q4, like 2023Q4")
    return pd.Period(year=int(match[1]), quarter=int(match[2]), freq="Q")


def as_of_date(value: str | date | None) -> pd.Timestamp | None:
    """Read an as-of date; ``None`` means that everything is known.

    Raises
    ------
    PeriodError
        If the value is not a day written like ``2023-12-13``.

    Examples
    --------
    >>> as_of_date("2023-12-13")
    Timestamp('2023-12-13 00:00:00')
    """
    if value is None:
        return None
    try:
        text = str(value)[:10] if isinstance(value, date) else value
        if not DAY.fullmatch(text):
            raise ValueError
        return pd.Timestamp(date.fromisoformat(text))
    except (ValueError, TypeError):
        raise PeriodError(f"as-of date {value!r} is not a day; write it like 2023-12-13") from None


def known_on(released: pd.Series) -> pd.Series:
    """Days on which releases of reduced precision count as known: the last day of the month or year.

    Parameters
    ----------
    released : pandas.Series of str
        ``2023-12-13``, ``2023-03``, ``2022`` or empty.

    Returns
    -------
    pandas.Series of datetime64
        ``NaT`` where the release date is unknown: such a figure is known only without ``as_of``.

    Examples
    --------
    >>> known_on(pd.Series(["2023-12-13", "2020-02", "2022", ""])).dt.strftime("%Y-%m-%d").tolist()
    ['2023-12-13', '2020-02-29', '2022-12-31', nan]
    """
    text = released.where(released.ne(""))
    start = pd.to_datetime(text, format="ISO8601")
    by_length = {4: start + pd.offsets.YearEnd(0), 7: start + pd.offsets.MonthEnd(0)}
    known = start
    for length, end in by_length.items():
        known = known.where(text.str.len().ne(length), end)
    return known
