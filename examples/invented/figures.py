"""Rows of observations, printed as a bulletin prints them."""

from collections.abc import Iterable
from functools import partial

import pandas as pd

from invented.reports import release_of
from invented.sectors import MONTHS

CITY, WHOLE, PROVINCE = "zhoushan", "total", "zhejiang"
YI, PCT, RANK = "1e8_cny", "pct", "rank"
# Table of the invented bulletin that an indicator stands in, by how its code begins.
TABLES = {"gross_output": "表1", "va_scale": "表2", "investment": "表3", "output_added": "表3"}
OTHER_TABLE = "表4"


def row(
    indicator: str,
    transformation: str,
    period: str,
    value: float,
    unit: str,
    *,
    decimals: int = 1,
    area: str = CITY,
    activity: str = WHOLE,
    whole: str = "",
    prices: str = "",
    status: str = "A",
    comparison: str = "",
    since: str = "",
    source: str = "",
    released: str = "",
) -> dict[str, str]:
    """One figure; without a source, the bulletin of its own month."""
    month = pd.Period(period, freq="M") if len(period) == 7 else pd.Period(f"{period}-12", freq="M")
    return {
        "indicator": indicator,
        "ref_area": area,
        "counterpart_area": whole,
        "activity": activity,
        "freq": "M" if len(period) == 7 else "A",
        "time_period": period,
        "base_per": since,
        "transformation": transformation,
        "price_basis": prices,
        "comparison": comparison,
        "obs_value": f"{value:.{decimals}f}",
        "unit": unit,
        "obs_status": status,
        "conf_status": "F",
        "source_id": source or bulletin(month),
        "place": next((table for start, table in TABLES.items() if indicator.startswith(start)), OTHER_TABLE),
        "released": released or release_of(month),
        "note": "",
    }


rank = partial(row, unit=RANK, decimals=0, whole=PROVINCE)
"""The city's place among the cities of the province."""


def bulletin(month: pd.Period) -> str:
    """Source of a month's figures."""
    return f"example-{month}"


def frame(rows: Iterable[dict[str, str]]) -> pd.DataFrame:
    """Rows as a table."""
    return pd.DataFrame(list(rows))


def published_months() -> pd.PeriodIndex:
    """Months with a bulletin: from February 2022, none for January alone."""
    return MONTHS[(pd.Period("2022-02", freq="M") <= MONTHS) & (MONTHS.month > 1)]


def quarter_ends() -> pd.PeriodIndex:
    """Months with a bulletin that end a quarter."""
    months = published_months()
    return months[months.month % 3 == 0]
