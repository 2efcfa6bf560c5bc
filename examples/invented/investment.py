"""Investment as published: the projects, the upgrading of the firms, and what is too small to be listed."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from invented.figures import PCT, YI, published_months, rank, row
from invented.output import WAN_IN_YI
from invented.sectors import DOMINANT, MONTHS, rng_of

# Smaller investment a month in 2021, 100 million yuan, and its growth a year.
SMALL, SMALL_GROWTH = 5.5, 0.11
# Manufacturing in industrial investment; manufacturing in all fixed-asset investment from 2021 on.
MANUFACTURING, RATIO = 0.91, {2021: 0.172, 2022: 0.196, 2023: 0.181, 2024: 0.194}


def by_month(projects: pd.DataFrame, courses: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Investment since January, by month, 100 million yuan.

    Returns
    -------
    pandas.DataFrame
        Indexed by `MONTHS` from 2021 on: ``industry, without_dominant, renovation, manufacturing``,
        ``fixed_asset``, ``added`` (yearly output of the projects that came on stream since January).
    """
    months = MONTHS[MONTHS.year > 2020]
    owner = projects.set_index("project_id")["enterprise"]
    spent = courses["invested"] - courses.groupby("project_id")["invested"].shift(fill_value=0.0)
    dominant = courses["project_id"].map(owner).eq(DOMINANT)
    listed, own = (
        _monthly(courses[mask].assign(spent=spent[mask]), months) for mask in (~dominant, dominant)
    )
    rng = rng_of("small investment")
    years = (months.year - 2021 + months.month / 12).to_numpy()
    small = SMALL * (1 + SMALL_GROWTH) ** years * rng.normal(1, 0.05, len(months))
    table = pd.DataFrame({"without_dominant": listed + small, "industry": listed + own + small}, index=months)
    table["added"] = _added(projects, months)
    table = table.groupby(months.year).cumsum()
    upgrading = reports.groupby("time_period")["renovation_ytd"].sum() / WAN_IN_YI
    renovation = pd.Series(upgrading.reindex(months.astype(str)).to_numpy(), index=months).bfill()
    table["renovation"] = renovation
    table[["without_dominant", "industry"]] += renovation.to_numpy()[:, None]
    table["manufacturing"] = MANUFACTURING * table["industry"]
    wobble = 1 + 0.015 * np.sin(np.arange(len(months)))
    table["fixed_asset"] = table["manufacturing"] / months.year.map(RATIO) * wobble
    return table


def _monthly(courses: pd.DataFrame, months: pd.PeriodIndex) -> np.ndarray:
    return (
        courses.groupby("time_period")["spent"].sum().reindex(months.astype(str), fill_value=0.0).to_numpy()
    )


def _added(projects: pd.DataFrame, months: pd.PeriodIndex) -> np.ndarray:
    done = projects.dropna(subset=["actual_completed"])
    by = done.groupby(done["actual_completed"].dt.to_period("M"))["output_a_year"].sum()
    return by.reindex(months, fill_value=0.0).to_numpy()


def figures(table: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Published levels, growth, places and ratio.

    Parameters
    ----------
    table : pandas.DataFrame
        As `by_month` gives it.
    """
    rng = rng_of("places of investment")
    names = {
        "investment_industry": "industry",
        "investment_renovation": "renovation",
        "investment_manufacturing": "manufacturing",
        "investment_fixed_asset": "fixed_asset",
    }
    for month in published_months():
        now, before, period = table.loc[month], table.loc[month - 12], str(month)
        for indicator, column in names.items():
            yield row(indicator, "ytd", period, now[column], YI, prices="current")
            growth = 100 * (now[column] / before[column] - 1)
            yield row(indicator, "ytd_yoy", period, growth, PCT, prices="current")
            place = np.clip(round(6 - growth / 12 + rng.normal(0, 0.6)), 1, 11)
            yield rank(indicator, "ytd_yoy_rank", period, place)
        without = 100 * (now["without_dominant"] / before["without_dominant"] - 1)
        yield row("investment_industry_ex_zpc", "ytd_yoy", period, without, PCT, prices="current")
        share = 100 * now["manufacturing"] / now["fixed_asset"]
        yield row("investment_manufacturing_ratio", "ytd", period, share, PCT)
        yield row("output_added_by_projects", "ytd", period, now["added"], YI, prices="current")
