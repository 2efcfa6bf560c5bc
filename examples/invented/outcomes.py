"""What else is published: the province, outcomes of the targets, and the indicators of a yearly review."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from invented.figures import (
    CITY,
    PCT,
    PROVINCE,
    WHOLE,
    YI,
    bulletin,
    published_months,
    quarter_ends,
    rank,
    row,
)
from invented.output import OUTPUT, UNSPECIFIED, VALUE_ADDED, WAN_IN_YI
from invented.reports import ACCOUNTS_RELEASE, release_of
from invented.sectors import CLUSTERS, rng_of

CITIES = 11
# Growth of the province's output and real value added, percent, by year.
PROVINCE_GROWTH = {2022: (6.2, 4.4), 2023: (3.9, 5.6), 2024: (5.1, 7.3)}
# Output, value added and number of firms expected of the year, by year.
EXPECTED = {2022: (3150, 680, 430), 2023: (3480, 750, 445), 2024: (3700, 800, 460)}
GDP_SHARE = {"2021": 0.354, "2022": 0.366, "2023": 0.379}
# How far targets have got against their straight path, in turn, and those of which nothing is published.
PACES = (1.08, 0.97, 1.25, 0.72, 1.0, 0.93, 1.4, 0.85)
NOT_PUBLISHED = (
    "plan-2-1-3-cluster-zone",
    "plan-2-4-16-ip-alliance",
    "plan-2-3-12-overseas-warehouse",
    "plan-2-6-20-research-project-ratio",
    "plan-3-1-land-revenue-fund",
    "plan-3-4-industrial-land-ratio",
)
# Where a level stood at the end of 2022, as a share of its target.
BASE = 0.62
KINDS = {"per_year": "ytd", "level_by": "level", "cumulative_by": "cumulative"}

# Of the indicators of `review.csv`, those printed with growth and those with a place in the province.
WITH_GROWTH, WITH_PLACE = ("export_delivery_scale", "profit_scale"), ("new_product_ratio_scale",)
# Growth and place of the digital economy and the like: code, activity, prices, growth of a usual year.
DIGITAL = (
    ("investment_fixed_asset", "digital_core", "current", 46.0),
    ("revenue", "digital_core", "current", 23.0),
    (VALUE_ADDED, "digital_core_manufacturing", "constant", 13.0),
    ("revenue", "software", "current", 9.0),
    (VALUE_ADDED, "high_tech", "constant", 14.0),
    (VALUE_ADDED, "equipment_manufacturing", "constant", 11.5),
    ("ship_new_order", "ships", "", 62.0),
)


def province(published: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Growth of the province, the city's places in it, and what the city adds to its growth.

    Parameters
    ----------
    published : pandas.DataFrame
        Figures of output and value added, first releases before later ones.
    """
    rng = rng_of("province")
    city = published["ref_area"].eq(CITY) & published["activity"].eq(WHOLE)
    growth = published[city & published["transformation"].eq("ytd_yoy")]
    growth = growth.drop_duplicates(["indicator", "time_period"])
    growth = growth.set_index(["indicator", "time_period"])["obs_value"].astype(float)
    for month in published_months():
        period = str(month)
        for number, (indicator, prices) in enumerate(((OUTPUT, "current"), (VALUE_ADDED, "constant"))):
            mean = PROVINCE_GROWTH[month.year][number] + rng.normal(0, 0.3)
            cities = mean + rng.normal(0, 3.2, CITIES - 1)
            place = 1 + int((cities > growth[indicator, period]).sum())
            yield row(indicator, "ytd_yoy", period, mean, PCT, area=PROVINCE, prices=prices)
            yield rank(indicator, "ytd_yoy_rank", period, place)
        if month.month % 3 == 0:
            share = growth[VALUE_ADDED, period] / 1.4 + rng.normal(0, 0.5)
            yield row(UNSPECIFIED, "contribution", period, share, PCT, whole=PROVINCE)
            yield row("gdp", "contribution", period, 4.3 * share, PCT, activity="industry_scale")


def expectations() -> Iterator[dict[str, str]]:
    """What is expected of the year, announced with the figures of June and again with September's."""
    for year, (output, value_added, firms) in EXPECTED.items():
        for month, change in ((6, 1.0), (9, 0.985)):
            said, period = pd.Period(year=year, month=month, freq="M"), str(year)
            how = {"status": "F", "decimals": 0, "source": bulletin(said), "released": release_of(said)}
            near = round(output * change, -1)
            yield row(OUTPUT, "level", period, near, YI, prices="current", comparison="~=", **how)
        yield row(VALUE_ADDED, "level", period, value_added, YI, prices="current", comparison=">", **how)
        yield row("firms_scale", "level", period, firms, "firm", comparison=">", **how)


def digital() -> Iterator[dict[str, str]]:
    """Growth and places of the digital economy, high-tech and equipment industry, and ship orders."""
    rng = rng_of("digital")
    for indicator, activity, prices, usual in DIGITAL:
        for month in quarter_ends():
            growth = usual * rng.uniform(0.5, 1.5)
            where = {"activity": activity}
            yield row(indicator, "ytd_yoy", str(month), growth, PCT, prices=prices, **where)
            place = np.clip(round(7 - 5 * growth / usual + rng.normal(0, 1)), 1, CITIES)
            yield rank(indicator, "ytd_yoy_rank", str(month), place, **where)
    for month in quarter_ends():
        share = 71.5 + 0.35 * (month - quarter_ends()[0]).n / 3 + rng.normal(0, 0.3)
        yield row(VALUE_ADDED, "share", str(month), share, PCT, activity="high_tech")


def review() -> Iterator[dict[str, str]]:
    """Indicators of the review at each quarter's end.

    Notes
    -----
    ``review.csv`` has, for each, whether it adds up over the year (``kind`` ytd) or stands at a level, how it
    is ``printed``, its value of 2023 and its growth a year.
    """
    rng = rng_of("review")
    for line in reviewed().to_dict("records"):
        for month in quarter_ends():
            years = month.year - 2023 + (month.month / 12 - 1) * (line["kind"] == "level")
            part = month.month / 12 if line["kind"] == "ytd" else 1
            value = line["value"] * (1 + line["growth"]) ** years * part * rng.uniform(0.985, 1.015)
            value = min(value, 100) if line["unit"] == PCT else value
            how = {"activity": line["activity"], "prices": "current" if line["unit"] == YI else ""}
            name, period = line["indicator"], str(month)
            yield row(name, line["printed"], period, value, line["unit"], decimals=line["decimals"], **how)
            if name in WITH_GROWTH:
                growth = 100 * line["growth"] * rng.uniform(0.5, 1.4)
                yield row(name, "ytd_yoy", period, growth, PCT, **how)
            if name in WITH_PLACE:
                yield rank(name, "rank", period, rng.integers(1, 4))


def reviewed() -> pd.DataFrame:
    """The review's own indicators, invented: ``review.csv``."""
    return pd.read_csv(Path(__file__).with_name("review.csv"))


def judgements() -> pd.DataFrame:
    """What the example's bureaus expect and its series do not know: ``judgements.csv``."""
    return pd.read_csv(Path(__file__).with_name("judgements.csv"), dtype=str, keep_default_na=False)


def of_targets(targets: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Outcomes of the plan's targets that no firm's account measures, at each quarter's end.

    Parameters
    ----------
    targets : pandas.DataFrame
        Text cells of ``targets.csv``: the frame that the invented outcomes are held against.
    """
    measured = {"investment_manufacturing_ratio", VALUE_ADDED, *BY_FIRMS, *reviewed()["indicator"]}
    left = targets[targets["deadline"].gt("2023") & targets["ref_area"].eq(CITY)]
    left = left[
        left["basis"].ne("threshold")
        & ~left["indicator"].isin(measured)
        & ~left["target_id"].isin(NOT_PUBLISHED)
    ]
    for number, target in enumerate(left.drop_duplicates(["indicator", "activity"]).to_dict("records")):
        yield from _course_of(target, PACES[number % len(PACES)])


def _course_of(target: dict[str, str], pace: float) -> Iterator[dict[str, str]]:
    goal, kind = float(target["value"]), KINDS[target["basis"]]
    start = pd.Period(f"{target['start'] or '2023'}-01", freq="M")
    length = 12 * (int(target["deadline"]) - start.year + 1)
    decimals = len(target["value"].partition(".")[2])
    for month in quarter_ends()[quarter_ends() >= pd.Period("2022-12", freq="M")]:
        part = min(max((month - start).n + 1, 0) / length, 1) * pace
        value = {
            "ytd": goal * month.month / 12 * pace,
            "level": goal * (BASE + (1 - BASE) * part),
            "cumulative": goal * part,
        }[kind]
        value = min(value, 100) if target["unit"] == PCT else value
        where = {"activity": target["activity"], "since": target["start"] if kind == "cumulative" else ""}
        if value > 0:
            yield row(
                target["indicator"], kind, str(month), value, target["unit"], decimals=decimals, **where
            )


# Indicators counted or summed over the yearly accounts of the firms above designated size.
BY_FIRMS = {
    "tax_per_mu_scale": ("1e4_cny_per_mu", 1),
    "va_per_mu_scale": ("1e4_cny_per_mu", 1),
    "labour_productivity_scale": ("1e4_cny_per_person", 1),
    "rd_revenue_ratio_scale": (PCT, 2),
    "va_scale_gdp_ratio": (PCT, 1),
    "revenue_scale": (YI, 1),
    "firm_revenue_10bn": ("firm", 0),
    "firm_revenue_1bn": ("firm", 0),
    "firm_listed": ("firm", 0),
    "firm_specialised_sme": ("firm", 0),
    "firm_chain_leader": ("firm", 0),
    "firm_output_1bn": ("firm", 0),
    "firms_scale": ("firm", 0),
}


def of_accounts(
    accounts: pd.DataFrame, firms: pd.DataFrame, targets: pd.DataFrame
) -> Iterator[dict[str, str]]:
    """Yearly indicators of the firms above designated size: ladder, productivity, land, revenue."""
    rows = accounts[accounts["above_scale"].eq("yes")]
    rows = rows.assign(activity=rows["enterprise"].map(firms.set_index("enterprise")["activity"]))
    scopes = targets.drop_duplicates("indicator").set_index("indicator")["activity"]
    for year, some in rows.groupby("year"):
        source = {"source": f"example-accounts-{year}", "released": f"{int(year) + 1}-{ACCOUNTS_RELEASE}"}
        for indicator, (unit, decimals) in BY_FIRMS.items():
            activity = scopes.get(indicator, WHOLE)
            for scope in dict.fromkeys([activity, WHOLE] if indicator == "revenue_scale" else [activity]):
                value = _measure(indicator, some[_within(some, scope)])
                yield row(indicator, "level", year, value, unit, decimals=decimals, activity=scope, **source)
        gdp = some["value_added"].sum() / WAN_IN_YI / GDP_SHARE[year]
        yield row("gdp", "level", year, gdp, YI, prices="current", **source)


def _within(rows: pd.DataFrame, scope: str) -> pd.Series:
    if scope == "all_clusters":
        return rows["activity"].isin(CLUSTERS)
    return rows["activity"].ne("power_supply") | (scope == WHOLE)


def _measure(indicator: str, rows: pd.DataFrame) -> float:
    total = rows[["revenue", "value_added", "tax", "rd", "employees", "land"]].sum()
    return {
        "tax_per_mu_scale": lambda: total["tax"] / total["land"],
        "va_per_mu_scale": lambda: total["value_added"] / total["land"],
        "labour_productivity_scale": lambda: total["value_added"] / total["employees"],
        "rd_revenue_ratio_scale": lambda: 100 * total["rd"] / total["revenue"],
        "va_scale_gdp_ratio": lambda: 100 * GDP_SHARE[rows["year"].iloc[0]],
        "revenue_scale": lambda: total["revenue"] / WAN_IN_YI,
        "firm_revenue_10bn": lambda: rows["revenue"].ge(1e6).sum(),
        "firm_revenue_1bn": lambda: rows["revenue"].ge(1e5).sum(),
        "firm_listed": lambda: rows["listed"].eq("yes").sum(),
        "firm_specialised_sme": lambda: rows["specialised"].isin(["specialised", "little_giant"]).sum(),
        "firm_chain_leader": lambda: rows["chain_leader"].ne("none").sum(),
        "firm_output_1bn": lambda: rows["output"].ge(1e5).sum(),
        "firms_scale": lambda: len(rows),
    }[indicator]()


def per_mu(accounts: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Tax per mu of the year so far, with its place: the quarterly form of the yearly accounts."""
    rng = rng_of("per mu")
    rows = accounts[accounts["above_scale"].eq("yes")]
    sums = rows.groupby(rows["year"].astype(int))[["tax", "land"]].sum()
    # Without accounts yet, a year goes on as the last one did.
    of_year = (sums["tax"] / sums["land"]).reindex([2022, 2023, 2024]).ffill() * [1, 1, 1.05]
    for month in quarter_ends():
        value = of_year[month.year] * month.month / 12 * rng.uniform(0.98, 1.04)
        yield row("tax_per_mu_scale", "ytd", str(month), value, "1e4_cny_per_mu", prices="current")
        yield rank("tax_per_mu_scale", "rank", str(month), rng.integers(2, 5))
