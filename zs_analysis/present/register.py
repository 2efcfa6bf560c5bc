"""The registers of enterprises as reports use them: who is in them, up to which month, and what is missing."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.present.view import Note, View

OTHER = "other"
GROUPS = {"cluster": ("集群", "Cluster"), "ref_area": ("地区", "Area")}


def firms(view: View) -> pd.DataFrame:
    """The register of enterprises by code, with ``name`` and ``cluster`` (``other`` outside the clusters)."""
    rows = view.table("enterprises").set_index("enterprise")
    clusters = {code: cluster_of(view, code) for code in rows["activity"].unique()}
    return rows.assign(name=rows[f"name_{view.lang}"], cluster=rows["activity"].map(clusters))


def cluster_of(view: View, activity: str) -> str:
    """The cluster an activity is or lies in; ``other`` if none."""
    parents = view.table("activities").set_index("activity")["parent"]
    clusters = set(view.table("clusters")["cluster"])
    while activity and activity not in clusters:
        activity = parents.get(activity, "")
    return activity or OTHER


def group_name(view: View, by: str, code: str) -> str:
    """Name of a cluster or area of the register."""
    if code == OTHER:
        return view.say("其他行业", "Other industries")
    return view.name("areas" if by == "ref_area" else "activities", code)


def group_order(view: View, by: str) -> list[str]:
    """Clusters or areas in the order of their tables, ``other`` last."""
    if by == "ref_area":
        return view.table("areas")["area"].tolist()
    return [*view.table("clusters")["cluster"], OTHER]


def latest_month(view: View) -> str | None:
    """Newest month of the reported year, up to the quarter, that enterprises have reported."""
    known = view.register("enterprise_months")["time_period"]
    known = known[known.str[:4].eq(view.year) & known.between(f"{view.year}-02", view.last_month)]
    return known.max() if len(known) else None


def years(view: View) -> pd.DataFrame:
    """``enterprise_years`` up to the reported year."""
    rows = view.register("enterprise_years")
    return rows[rows["year"].le(view.year)]


def above_scale(view: View) -> pd.Index:
    """Enterprises above designated size in the newest year known of each."""
    newest = years(view).sort_values("year").drop_duplicates("enterprise", keep="last")
    return pd.Index(newest.loc[newest["above_scale"].eq("yes"), "enterprise"])


def below_scale(view: View) -> pd.Index:
    """Enterprises of the register not above designated size: by their newest year, or with no year so far."""
    listed = pd.Index(view.table("enterprises")["enterprise"])
    return listed.difference(above_scale(view))


def in_money(view: View, amount: pd.Series) -> pd.Series:
    """Amounts of enterprises, from 万元 as reported to the money of the report: 亿元, or billion yuan."""
    return view.money(metrics.convert(amount.astype(float), "1e4_cny", to="1e8_cny", units=view.units))


def source(view: View, *tables: str) -> str:
    """Where figures of enterprises come from: the registers, as known on the day."""
    newest = max(view.table(name)["released"].max() for name in tables)
    day = "" if pd.isna(newest) else f"{newest:%Y-%m-%d}"
    files = view.say("、", ", ").join(f"{name}.csv" for name in tables)
    known = view.say(f"（最新一批{day}）", f" (newest release {day})") if day else ""
    return view.say(f"企业台账{files}{known}", f"Registers of enterprises {files}{known}")


def missing(view: View, *tables: str) -> Note:
    """What to load where the registers have nothing for a page or a section."""
    files = view.say("、", ", ").join(f"{name}.csv" for name in tables)
    return Note(
        view.say(
            f"数据包的{files}没有本期的行，本节无法编制。按docs/data-model.md的列填报后重新生成；没有公开的企业数据，不作推算。",
            f"{files} of the data package hold no rows for this period, so this section cannot be made. Fill them in as "
            "docs/data-model.md says and render again; no data of firms are public and none are estimated.",
        )
    )
