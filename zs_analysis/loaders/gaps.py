"""What a data package still lacks, report by report: it may be sound and yet leave pages empty."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

Tables = Callable[[str], pd.DataFrame]
FIRMS = "enterprises.csv, enterprise_years.csv, enterprise_months.csv"


@dataclass(frozen=True)
class Gap:
    """Something that is missing from a data package.

    Attributes
    ----------
    zh, en : str
        What it is, as part of a sentence.
    reports : tuple of str
        Numbers of the reports that have less to show, like ``10``.
    add : str
        What to do about it.
    on_page : bool
        Whether reports name it at their top; of registers their sections say so themselves.
    """

    zh: str
    en: str
    reports: tuple[str, ...]
    add: str
    on_page: bool = True


def gaps(table: Tables, city: str, province: str) -> list[Gap]:
    """Everything that a data package does not hold a single row of.

    Parameters
    ----------
    table : callable
        Gives a table of the package by name, as `zs_analysis.load` does.
    city, province : str
        Codes of areas.
    """
    found = [gap for gap, there in _figures(table, city, province) if not there]
    return found + [gap for gap, there in _tables(table, city) if not there]


def _figures(table: Tables, city: str, province: str) -> list[tuple[Gap, bool]]:
    rows = table("observations")
    own, parts = rows[rows["ref_area"].eq(city)], set(_inside(table("areas"), city))
    known, clusters = set(own["indicator"]), set(table("clusters")["cluster"])

    def of(indicators: str, zh: str, en: str, *reports: str) -> tuple[Gap, bool]:
        codes = indicators.split()
        add = f"observations.csv or zs-analysis ingest: {' or '.join(codes)} of {city}"
        return Gap(zh, en, reports, add), not known.isdisjoint(codes)

    by_part = "observations.csv or zs-analysis ingest: figures with {} as {}"
    return [
        of("gross_output_scale", "规上工业总产值", "gross output", "00", "10", "30", "50", "75"),
        of("va_scale", "规上工业增加值", "value added", "00", "10"),
        of("investment_industry", "工业投资", "industrial investment", "20"),
        of("tax_per_mu_scale va_per_mu_scale", "亩均税收和亩均增加值", "tax and value added per mu", "60"),
        of(
            "firm_revenue_10bn firm_revenue_1bn firms_scale",
            "各梯级企业数",
            "numbers of firms on each rung",
            "70",
        ),
        (
            Gap(
                "数字经济的增速",
                "growth of the digital economy",
                ("80",),
                by_part.format("digital_core or digital_core_manufacturing", "activity"),
            ),
            bool(own["activity"].str.startswith("digital_core").any()),
        ),
        (
            Gap(
                "各集群的公布数",
                "figures of single clusters",
                ("10", "30", "50"),
                by_part.format("a cluster", "activity"),
            ),
            bool(own["activity"].isin(clusters).any()),
        ),
        (
            Gap(
                "各区域的公布数",
                "figures of single areas",
                ("10", "50"),
                by_part.format("an area of the city", "ref_area"),
            ),
            bool(rows["ref_area"].isin(parts).any()),
        ),
        (
            Gap("全省的公布数", "figures of the province", ("10",), by_part.format(province, "ref_area")),
            bool(rows["ref_area"].eq(province).any()),
        ),
    ]


def _tables(table: Tables, city: str) -> list[tuple[Gap, bool]]:
    targets = table("targets")
    return [
        (
            Gap(
                "县（市、区）",
                "districts and counties",
                ("10", "50"),
                f"areas.csv: one line each, with {city} as parent and additive yes",
            ),
            bool(_inside(table("areas"), city)),
        ),
        (
            Gap(
                "产业集群",
                "clusters",
                ("30", "50", "70"),
                "clusters.csv: one line each, and the code in activities.csv too, in all_clusters",
            ),
            len(table("clusters")) > 0,
        ),
        (
            Gap(
                "目标",
                "targets",
                ("00", "30", "40", "60", "80", "90"),
                "targets.csv: one line each, quoted from the plan, and the plan in sources.csv",
            ),
            len(targets) > 0,
        ),
        (
            Gap(
                "目标的牵头部门",
                "departments that lead on a target",
                ("40", "90"),
                "targets.csv: lead_department and departments; departments.csv: their names",
            ),
            bool(targets["lead_department"].ne("").any()) or targets.empty,
        ),
        (
            Gap("项目", "projects", ("20", "75"), "projects.csv: one line each"),
            len(table("projects")) > 0,
        ),
        (
            Gap("企业台账", "registers of enterprises", ("60", "70", "75"), f"{FIRMS}", on_page=False),
            len(table("enterprises")) > 0,
        ),
    ]


def _inside(areas: pd.DataFrame, city: str) -> list[str]:
    return areas.loc[areas["parent"].eq(city) & areas["kind"].ne("enterprise"), "area"].tolist()
