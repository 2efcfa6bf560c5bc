"""The Lunar New Year against the moon, its windows against counting by hand."""

import math
from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.metrics import lunar_new_year, spring_festival_regressors
from zs_analysis.metrics.seasonal import SPRING_FESTIVAL_WINDOWS, window_shares

ALL_YEARS = range(1930, 2051)
ALL_MONTHS = pd.period_range("1930-01", "2050-12", freq="M")


def new_moon_in_beijing(near: datetime) -> datetime:
    """Meeus (1998), Astronomical Algorithms, ch. 49, terms above two minutes; good to some ten minutes."""
    k = round(((near - datetime(2000, 1, 6)).days) / 29.530588861)
    t = k / 1236.85
    sun, moon, node = (
        math.radians(first + step * k)
        for first, step in ((2.5534, 29.1053567), (201.5643, 385.81693528), (160.7108, 390.67050284))
    )
    correction = (
        -0.40720 * math.sin(moon)
        + 0.17241 * math.sin(sun)
        + 0.01608 * math.sin(2 * moon)
        + 0.01039 * math.sin(2 * node)
        + 0.00739 * math.sin(moon - sun)
        - 0.00514 * math.sin(moon + sun)
        + 0.00208 * math.sin(2 * sun)
    )
    days = 2451550.09766 + 29.530588861 * k + 0.00015437 * t * t + correction - 2451545.0
    # Terrestrial time runs about a minute ahead of the clock; Beijing is eight hours east.
    return datetime(2000, 1, 1, 12) + timedelta(days=days) - timedelta(minutes=1) + timedelta(hours=8)


@pytest.mark.parametrize("year", ALL_YEARS)
def test_the_new_year_is_the_day_of_a_new_moon_in_beijing(year: int) -> None:
    day = lunar_new_year(year)
    assert (1, 21) <= (day.month, day.day) <= (2, 21)
    noon = datetime(day.year, day.month, day.day, 12)
    assert abs(new_moon_in_beijing(noon) - noon) <= timedelta(hours=12, minutes=10)


def test_a_year_outside_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="known for 1930 to 2050; got 2051"):
        lunar_new_year(2051)
    with pytest.raises(ValueError, match="got 1929"):
        window_shares(pd.period_range("1929-12", "1931-01", freq="M"), (0, 19))


@given(first=st.integers(-40, 40), length=st.integers(1, 40))
def test_shares_of_a_festival_add_to_one(first: int, length: int) -> None:
    shares = window_shares(ALL_MONTHS, (first, first + length - 1))
    inner = shares["1930-06":"2050-05"]
    festivals = inner.groupby((inner.index - 5).year).sum()
    assert festivals.to_numpy() == pytest.approx(1.0)
    assert shares.between(0, 1).all()


def test_the_default_windows_lie_in_one_quarter_every_year() -> None:
    for window in SPRING_FESTIVAL_WINDOWS.values():
        shares = window_shares(ALL_MONTHS, window)
        assert shares[ALL_MONTHS.month <= 3].groupby(
            lambda month: month.year
        ).sum().to_numpy() == pytest.approx(1)


def test_regressors_have_no_mean_by_calendar_month() -> None:
    regressors = spring_festival_regressors(ALL_MONTHS, mean_years=(1930, 2050))
    assert list(regressors) == ["pre", "post"]
    assert regressors.groupby(ALL_MONTHS.month).mean().abs().to_numpy().max() < 1e-12


def test_a_longer_series_revises_no_regressor() -> None:
    long, short = (spring_festival_regressors(ALL_MONTHS[start:]) for start in (0, 600))
    pd.testing.assert_frame_equal(long.iloc[600:], short)


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match=r"got \(-1, -5\)"):
        window_shares(ALL_MONTHS, (-1, -5))
