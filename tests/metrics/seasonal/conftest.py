from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

Economy = Callable[..., tuple[pd.Series, pd.Series]]


def simulate(
    periods: int = 120,
    *,
    start: str = "2013-01",
    freq: str = "M",
    seed: int = 0,
    festival: pd.Series | float = 0.0,
    noise: float = 1.0,
) -> tuple[pd.Series, pd.Series]:
    index = pd.period_range(start, periods=periods, freq=freq)
    rng = np.random.default_rng(seed)
    month = index.month.to_numpy() if freq == "M" else 3 * index.quarter.to_numpy()
    season = 0.1 * np.sin(2 * np.pi * month / 12) + 0.05 * np.cos(4 * np.pi * month / 12)
    # A season that moves a little from year to year, as real ones do; X-13 is slow on one that never does.
    drift = np.cumsum(rng.normal(0, 0.004 * noise, (periods // 4 + 1, 13)), axis=0)
    season = season + drift[index.year - index[0].year, month]
    log = np.log(100) + 0.005 * np.arange(periods) + np.cumsum(rng.normal(0, 0.006 * noise, periods))
    truth = pd.Series(np.exp(log + rng.normal(0, 0.012 * noise, periods)), index)
    return truth * np.exp(season + festival), truth


@pytest.fixture(scope="session")
def economy() -> Economy:
    """Makes a series with trend, season, festival and noise, and the same without season and festival."""
    return simulate
