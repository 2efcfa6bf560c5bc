"""Small cities whose months are known."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

REVIEW_DAY = "2023-12-13"
Row = dict[str, object]


@pytest.fixture(scope="session")
def figure() -> Callable[..., Row]:
    def build(
        activity: str,
        transformation: str,
        period: str,
        value: object,
        unit: str = "1e8_cny",
        area: str = "zhoushan",
    ) -> Row:
        freq = "A" if len(period) == 4 else "Q" if "Q" in period else "M"
        return {
            "indicator": "gross_output_scale",
            "ref_area": area,
            "activity": activity,
            "freq": freq,
            "time_period": period,
            "transformation": transformation,
            "price_basis": "current",
            "obs_value": value,
            "unit": unit,
            "obs_status": "A",
            "conf_status": "F",
            "source_id": "bulletin",
            "released": "2024-01-31",
            "note": "",
        }

    return build


@pytest.fixture(scope="session")
def months() -> pd.DataFrame:
    """Three industries of a city, 2021 and 2022: a season, a trend, a plant that comes on stream in May 2022."""
    steps = np.arange(24)
    season = 1 + 0.1 * np.sin(steps * np.pi / 6) - 0.2 * (steps % 12 == 1)
    plant = np.where(steps >= 16, 2.0, 1.0)
    index = pd.period_range("2021-01", periods=24, freq="M").astype(str)
    data = {
        "petrochemicals": 60 * season * plant,
        "ships": 20 * season * 1.01**steps,
        "rest": 30 * season * 0.998**steps,
    }
    return pd.DataFrame(data, index=index)


@pytest.fixture(scope="session")
def published(months: pd.DataFrame, figure: Callable[..., Row]) -> pd.DataFrame:
    """Year-to-date figures of every month from February on, and the growth of 2022; the rest is not published."""
    whole = months.assign(total=months.sum(axis=1)).drop(columns="rest")
    ytd = whole.groupby(whole.index.str[:4]).cumsum()
    rows = []
    for activity in whole:
        for month in ytd.index[~ytd.index.str.endswith("-01")]:
            rows.append(figure(activity, "ytd", month, f"{ytd.loc[month, activity]:.1f}"))
            if month >= "2022":
                growth = 100 * (ytd.loc[month, activity] / ytd.loc[f"2021{month[4:]}", activity] - 1)
                rows.append(figure(activity, "ytd_yoy", month, f"{growth:.1f}", "pct"))
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def known(months: pd.DataFrame) -> Callable[[str, str], float]:
    def value(activity: str, period: str) -> float:
        series = months.sum(axis=1) if activity == "total" else months[activity]
        if "Q" in period:
            wanted = [f"{period[:4]}-{3 * int(period[-1]) - 2 + i:02d}" for i in range(3)]
        else:
            wanted = [month for month in months.index if month.startswith(period)]
        return float(series[wanted].sum())

    return value
