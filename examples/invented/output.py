"""Output and value added as published: sums of the firms above designated size, rounded, revised once."""

from collections.abc import Iterator

import pandas as pd

from invented.figures import (
    CITY,
    PCT,
    WHOLE,
    YI,
    bulletin,
    published_months,
    quarter_ends,
    row,
)
from invented.reports import release_of
from invented.sectors import AREAS, CLUSTERS, SECTORS, YEARS

WAN_IN_YI = 10_000
OUTPUT, VALUE_ADDED, UNSPECIFIED = "gross_output_scale", "va_scale", "industry_scale_unspecified"
ZONES = ("petrochemical_base", "hightech_zone", "xincheng", "jintang", "liuheng")
EQUIPMENT = ("33", "34", "35", "36", "37", "38", "39", "40")


def above_scale(reports: pd.DataFrame, accounts: pd.DataFrame, firms: pd.DataFrame) -> pd.DataFrame:
    """Monthly reports of the firms that were above designated size at the end of the year before.

    Returns
    -------
    pandas.DataFrame
        The reports with their vintages, and the firm's ``ref_area, zone, activity, gbt4754``. Of the first
        year, which nobody published, the firms of the second.
    """
    standing = accounts.loc[accounts["above_scale"].eq("yes"), ["enterprise", "year"]]
    counted = standing.assign(counts_in=(standing["year"].astype(int) + 1).astype(str))
    first = standing[standing["year"].eq(standing["year"].min())]
    counted = pd.concat([first.assign(counts_in=first["year"]), counted])
    rows = reports.assign(counts_in=reports["time_period"].str[:4])
    rows = rows.merge(counted[["enterprise", "counts_in"]], on=["enterprise", "counts_in"])
    return rows.merge(firms[["enterprise", "ref_area", "zone", "activity", "gbt4754"]], on="enterprise")


def known(rows: pd.DataFrame, final: bool) -> pd.DataFrame:
    """The first or the last release of each firm's month."""
    keep = "last" if final else "first"
    return rows.sort_values("released", kind="stable").drop_duplicates(
        ["enterprise", "time_period"], keep=keep
    )


def cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums of every cell that bulletins print.

    Parameters
    ----------
    rows : pandas.DataFrame
        One release of each firm's month.

    Returns
    -------
    pandas.DataFrame
        ``time_period, area, activity``; ``output, base, revenue, renovation, value_added, real`` (value added
        at last year's prices), ``real_base`` (value added of the year before), 100 million yuan.
    """
    rows = rows.assign(**_valued(rows))
    clusters, equipment = rows["activity"].isin(CLUSTERS), rows["gbt4754"].isin(EQUIPMENT)
    parts = [
        _sum(rows, CITY, WHOLE),
        _sum(rows[clusters], CITY, "all_clusters"),
        _sum(rows[equipment], CITY, "equipment_manufacturing"),
        *(_sum(rows[rows["activity"].eq(code)], CITY, code) for code in SECTORS),
        *(_sum(rows[rows["ref_area"].eq(area)], area, WHOLE) for area in AREAS),
        *(_sum(rows[rows["zone"].eq(zone)], zone, WHOLE) for zone in ZONES),
    ]
    return pd.concat(parts, ignore_index=True)


def _valued(rows: pd.DataFrame) -> dict[str, pd.Series]:
    year = rows["time_period"].str[:4].astype(int) - YEARS[0]
    rate = rows["activity"].map({code: sector.value_added for code, sector in SECTORS.items()})
    table = pd.DataFrame({code: sector.prices for code, sector in SECTORS.items()})
    prices = table.to_numpy()[year, table.columns.get_indexer(rows["activity"])] / 100
    return {
        "value_added": rows["output_ytd"] * rate,
        "real": rows["output_ytd"] * rate / (1 + prices),
        "real_base": rows["output_ytd_base"] * rate,
    }


def _sum(rows: pd.DataFrame, area: str, activity: str) -> pd.DataFrame:
    names = {
        "output_ytd": "output",
        "output_ytd_base": "base",
        "revenue_ytd": "revenue",
        "renovation_ytd": "renovation",
    }
    amounts = [*names, "value_added", "real", "real_base"]
    total = rows.groupby("time_period")[amounts].sum() / WAN_IN_YI
    return total.rename(columns=names).assign(area=area, activity=activity).reset_index()


def figures(rows: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Published output and value added: first figures, and those revised with the next quarter.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `above_scale` gives them.
    """
    first, final = (list(_printed(cells(known(rows, last)))) for last in (False, True))
    yield from first
    printed = {tuple(figure.values()) for figure in first}
    for figure in final:
        if tuple(figure.values()) not in printed:
            month = pd.Period(figure["source_id"].removeprefix("example-"), freq="M") + 3
            yield figure | {"source_id": bulletin(month), "released": release_of(month)}


def _printed(table: pd.DataFrame) -> Iterator[dict[str, str]]:
    """The city every month, its parts at each quarter's end: as many as the monthly panel solves quickly."""
    city = table["area"].eq(CITY) & table["activity"].eq(WHOLE)
    every, ends = published_months().astype(str), quarter_ends().astype(str)
    shown = table["time_period"].isin(ends) | (city & table["time_period"].isin(every))
    for cell in table[shown].to_dict("records"):
        yield from _output_of(cell)
        if cell["area"] == CITY and cell["activity"] == WHOLE:
            yield from _value_added_of(cell)


def _output_of(cell: dict[str, object]) -> Iterator[dict[str, str]]:
    period, where = (
        cell["time_period"],
        {"area": cell["area"], "activity": cell["activity"], "prices": "current"},
    )
    growth = 100 * (cell["output"] / cell["base"] - 1)
    digits = 1 if cell["output"] >= 100 else 2
    yield row(OUTPUT, "ytd", period, cell["output"], YI, decimals=digits, **where)
    yield row(OUTPUT, "ytd_yoy", period, growth, PCT, **where)
    if period.endswith("-12"):
        yield row(OUTPUT, "level", period[:4], cell["output"], YI, decimals=digits, **where)
        yield row(OUTPUT, "yoy", period[:4], growth, PCT, **where)


def _value_added_of(cell: dict[str, object]) -> Iterator[dict[str, str]]:
    period, growth = cell["time_period"], 100 * (cell["real"] / cell["real_base"] - 1)
    yield row(VALUE_ADDED, "ytd", period, cell["value_added"], YI, prices="current")
    yield row(VALUE_ADDED, "ytd_yoy", period, growth, PCT, prices="constant")
    if period.endswith("-12"):
        yield row(VALUE_ADDED, "level", period[:4], cell["value_added"], YI, prices="current")
        yield row(VALUE_ADDED, "yoy", period[:4], growth, PCT, prices="constant")
