"""What the invented economy is made of: its sectors, areas and festivals. Every number here is made up."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

SEED = (155, 1)
FIRST_YEAR, LAST_MONTH = 2020, "2024-09"
YEARS = (2020, 2021, 2022, 2023, 2024)
MONTHS = pd.period_range(f"{FIRST_YEAR}-01", LAST_MONTH, freq="M")
# Operating revenue from which industry counts as above designated size, 10,000 yuan.
THRESHOLD = 2000


@dataclass(frozen=True)
class Sector:
    """A cluster, or an industry beside the clusters: a row of ``sectors.csv``.

    Attributes
    ----------
    zh, en : str
        What its firms are called by.
    firms : int
        Number of firms, one more or less being born or closing later.
    output : float
        Output in 2021, 100 million yuan, without the dominant firm.
    growth, prices : tuple of float
        Growth of output at current prices, and of prices, in each of `YEARS`, percent.
    swing : float
        How strongly output moves with the season and the Spring Festival, 0 to 1.
    value_added, energy : float
        Value added per output; tonnes of standard coal per 10,000 yuan of value added.
    homes : str
        Areas and how many firms of a hundred lie in each.
    divisions : str
        Divisions of GB/T 4754 its firms belong to.
    """

    zh: str
    en: str
    firms: int
    output: float
    growth: tuple[float, ...]
    prices: tuple[float, ...]
    swing: float
    value_added: float
    energy: float
    homes: str
    divisions: str


LISTS = ("growth", "prices")


def _read() -> dict[str, Sector]:
    table = pd.read_csv(Path(__file__).with_name("sectors.csv"), dtype={"divisions": str})
    lists = {name: table[name].str.split().map(lambda row: tuple(map(float, row))) for name in LISTS}
    return {row.pop("sector"): Sector(**row) for row in table.assign(**lists).to_dict("records")}


SECTORS = _read()
CLUSTERS = tuple(SECTORS)[:11]
AREAS = ("dinghai", "putuo", "daishan", "shengsi", "etdz")

# The dominant firm, the first of the petrochemical ones: output of 2021, growth in each of `YEARS`.
DOMINANT = "e-001"
DOMINANT_OUTPUT, DOMINANT_GROWTH = 1580.0, (14, 24, 12, 8.5, 3.6)

# In which functional zone a firm of a sector or area lies, and how many of a hundred do; the first that fits.
ZONES = (
    ("petrochemicals", "daishan", "petrochemical_base", 85),
    ("screws", "dinghai", "jintang", 78),
    ("ships", "putuo", "liuheng", 44),
    ("aviation", "putuo", "hightech_zone", 90),
    ("marine_electronics", "dinghai", "hightech_zone", 45),
    ("clean_energy_equipment", "putuo", "hightech_zone", 60),
    ("", "dinghai", "xincheng", 12),
    ("", "putuo", "hightech_zone", 14),
    ("", "etdz", "etdz", 100),
)

FESTIVALS = ("2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10")
# Days before and after the Spring Festival on which work slackens, and by how much at full swing.
FESTIVAL_DAYS, FESTIVAL_LOSS = (-5, 19), 0.45
# Share of a month in a year without the festival, times twelve, at full swing.
SEASON = (0.95, 0.88, 1.02, 0.99, 1.0, 1.02, 0.96, 0.94, 1.03, 1.03, 1.07, 1.11)


def rng_of(part: str) -> np.random.Generator:
    """Random numbers of one part of the example, so that a change in one part leaves the others alone."""
    return np.random.default_rng([*SEED, *part.encode()])
