"""The invented firms: who they are, and what they produce month by month."""

import numpy as np
import pandas as pd

from invented.sectors import (
    DOMINANT,
    DOMINANT_GROWTH,
    DOMINANT_OUTPUT,
    FESTIVAL_DAYS,
    FESTIVAL_LOSS,
    FESTIVALS,
    MONTHS,
    SEASON,
    SECTORS,
    YEARS,
    ZONES,
    rng_of,
)

WAN_IN_YI = 10_000
SMALL_SHARE, DECLINING_SHARE, BORN, CLOSED = 0.2, 0.09, 26, 9
# Sectors in which groups own several firms.
GROUPS = (
    *("petrochemicals", "ships", "ships", "ships", "seafood", "seafood", "seafood", "grain_oil"),
    *("auto_parts", "screws", "ship_parts", "power_supply", "machinery", "marine_electronics"),
)


def register() -> pd.DataFrame:
    """Every firm that ever reports.

    Returns
    -------
    pandas.DataFrame
        The columns of ``enterprises`` but ``released``; ``size`` (output of 2021, 10,000 yuan), ``drift``
        (logarithm of its growth a year beside its sector's), ``first`` and ``last`` (numbers of the months
        it produces in).
    """
    rng = rng_of("firms")
    parts = [_firms_of(code, rng) for code in SECTORS]
    firms = pd.concat(parts, ignore_index=True)
    firms.insert(0, "enterprise", [f"e-{number:03d}" for number in range(1, len(firms) + 1)])
    firms = _with_group(_with_life(firms, rng), rng)
    firms.loc[firms["enterprise"].eq(DOMINANT), ["size", "drift"]] = [DOMINANT_OUTPUT * WAN_IN_YI, 0.0]
    return firms


def _firms_of(code: str, rng: np.random.Generator) -> pd.DataFrame:
    sector, numbers = SECTORS[code], range(1, SECTORS[code].firms + 1)
    areas = _homes(sector.homes, sector.firms, rng)
    size, small = _sizes(sector.output * WAN_IN_YI, sector.firms, rng)
    drift = rng.normal(0, 0.05, sector.firms) + np.where(small, 0.09, 0)
    drift -= np.where(rng.random(sector.firms) < DECLINING_SHARE, 0.2, 0)
    return pd.DataFrame(
        {
            "name_zh": [f"示例{sector.zh}{number:03d}有限公司" for number in numbers],
            "name_en": [f"Example {sector.en} {number:03d}" for number in numbers],
            "ref_area": areas,
            "zone": [_zone(code, area, rng) for area in areas],
            "activity": code,
            "gbt4754": rng.choice(sector.divisions.split(), sector.firms),
            "size": size,
            "drift": drift,
        }
    )


def _sizes(total: float, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Sizes with a Pareto tail that add up to a total, and which firms are small ones near the threshold."""
    small = np.arange(count) >= round(count * (1 - SMALL_SHARE))
    drawn = np.minimum((1 - rng.random(count)) ** (-1 / 1.1), 60)
    tiny = rng.uniform(1000, 2600, count)
    big = np.sort(np.where(small, 0, drawn))[::-1]
    return np.where(small, tiny, big * (total - tiny[small].sum()) / big.sum()), small


def _homes(text: str, count: int, rng: np.random.Generator) -> np.ndarray:
    words = text.split()
    weights = np.array(words[1::2], dtype=float)
    homes = rng.choice(words[::2], count, p=weights / weights.sum())
    # The largest firm lies where the sector has its centre.
    homes[0] = words[0]
    return homes


def _zone(code: str, area: str, rng: np.random.Generator) -> str:
    place = rng.random() * 100
    for sector, home, zone, percent in ZONES:
        if sector in ("", code) and home == area:
            return zone if place < percent or code == "petrochemicals" and home == "daishan" else ""
    return ""


def _with_life(firms: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """First and last month of production: some firms are founded, some close."""
    middle = firms.index[firms["size"].lt(60_000)]
    chosen = rng.choice(middle, BORN + CLOSED, replace=False)
    first, last = np.zeros(len(firms), dtype=int), np.full(len(firms), len(MONTHS) - 1)
    first[chosen[:BORN]] = rng.integers(14, 51, BORN)
    last[chosen[BORN:]] = rng.integers(26, 54, CLOSED)
    return firms.assign(first=first, last=last)


def _with_group(firms: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Holdings: groups of two to five firms of a sector; any other firm is its own."""
    holding = firms["enterprise"].copy()
    free = set(firms.index)
    for number, code in enumerate(GROUPS, start=1):
        candidates = [index for index in firms.index[firms["activity"].eq(code)] if index in free]
        chosen = rng.choice(candidates[: len(candidates) // 2], rng.integers(2, 6), replace=False)
        holding.loc[chosen] = f"g-{number:02d}"
        free -= set(chosen)
    # The dominant firm owns a supplier of its own.
    petrochemical = firms["activity"].eq("petrochemicals") & firms["zone"].eq("petrochemical_base")
    own = firms.index[petrochemical | firms["enterprise"].eq(DOMINANT)][:3]
    holding.loc[own] = "g-00"
    return firms.assign(holding=holding)


def output(firms: pd.DataFrame) -> np.ndarray:
    """Output of each firm in each of `MONTHS`, 10,000 yuan: size, growth, season, chance."""
    rng = rng_of("output")
    growth = np.array([SECTORS[code].growth for code in firms["activity"]], dtype=float) / 100
    growth[0] = np.array(DOMINANT_GROWTH) / 100
    shock = rng.normal(0, 0.05, growth.shape) * _free(firms)[:, None]
    rate = np.log1p(growth) + firms["drift"].to_numpy()[:, None] + shock
    year = MONTHS.year.to_numpy() - YEARS[0]
    level = np.cumsum(rate[:, year] / 12, axis=1)
    level -= level[:, year == 1].mean(axis=1, keepdims=True)
    seasons = {code: _season(sector.swing) for code, sector in SECTORS.items()}
    season = np.array([seasons[code] for code in firms["activity"]])
    noise = rng.normal(0, 1, level.shape) * np.where(_free(firms), 0.05, 0.012)[:, None]
    alive = (np.arange(len(MONTHS)) >= firms[["first"]].to_numpy()) & (
        np.arange(len(MONTHS)) <= firms[["last"]].to_numpy()
    )
    return firms[["size"]].to_numpy() / 12 * np.exp(level + noise) * season * alive


def _free(firms: pd.DataFrame) -> np.ndarray:
    """Firms that chance moves: the dominant one runs its plant."""
    return firms["enterprise"].ne(DOMINANT).to_numpy()


def _season(swing: float) -> np.ndarray:
    usual = 1 + swing * (np.array(SEASON)[MONTHS.month - 1] - 1)
    return usual * (1 - swing * FESTIVAL_LOSS * _festival_share())


def _festival_share() -> np.ndarray:
    """Share of each month's days that lie around the Spring Festival."""
    days = [
        day
        for date in FESTIVALS
        for day in pd.date_range(*(pd.Timestamp(date) + pd.Timedelta(days=n) for n in FESTIVAL_DAYS))
    ]
    count = pd.Series(days).dt.to_period("M").value_counts().reindex(MONTHS, fill_value=0)
    return count.to_numpy() / MONTHS.days_in_month.to_numpy()
