"""What is published of gross output, cell by cell: levels and growth from January, of the city and its parts."""

from decimal import ROUND_CEILING, ROUND_FLOOR

import pandas as pd

from zs_analysis.model import PUBLISHED, last_month, require_code
from zs_analysis.present.numbers import period_words, rounded
from zs_analysis.present.view import View

OUTPUT, VALUE_ADDED, UNSPECIFIED = "gross_output_scale", "va_scale", "industry_scale_unspecified"
WHOLE = "total"
DIMENSIONS = {"ref_area": "areas", "activity": "activities"}
CELL = ["ref_area", "activity", "month", "freq"]
FIGURES = ["level", "level_decimals", "growth_pct", "growth_decimals"]


def year_to_date(view: View) -> pd.DataFrame:
    """Levels beside growth of output from January to each month, one row a cell, the newest month first.

    Returns
    -------
    pandas.DataFrame
        ``ref_area, activity, month`` (like ``2023-10``; a whole year is its December), ``level`` in 亿元,
        ``growth_pct``, the decimals of both and ``source_id``. Announced figures, figures with 约 or 超 and those
        released before their month was over are left out.
    """
    kinds = ("level", "ytd", "yoy", "ytd_yoy")
    rows = view.figures(OUTPUT, kinds, unit=("1e8_cny", "pct"), obs_status=PUBLISHED, comparison="").assign(
        month=lambda rows: last_month(rows)
    )
    over = pd.PeriodIndex(rows["month"], freq="M").to_timestamp(how="end").normalize()
    from_january = rows["freq"].eq("A") == rows["transformation"].isin(["level", "yoy"])
    rows = rows[from_january & ~rows["released"].lt(over)]
    growth = rows["transformation"].str.endswith("yoy")
    level, change = (_side(rows[side], name) for side, name in ((~growth, "level"), (growth, "growth")))
    joined = level.join(change.rename(columns={"growth": "growth_pct"}), how="outer").reset_index()
    known = joined[["level", "growth_pct"]].notna().sum(axis=1)
    # Of a December and its year the one with level and growth counts, then the year.
    order = joined.assign(known=known).sort_values(["month", "known", "freq"], ascending=[False, False, True])
    return joined.loc[order.index].drop_duplicates(CELL[:3]).reset_index(drop=True)


def _side(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    names = {"obs_value": name, "decimals": f"{name}_decimals", "source_id": f"{name}_source"}
    return rows.drop_duplicates(CELL).set_index(CELL)[list(names)].rename(columns=names)


def with_parts(view: View, dimension: str) -> pd.DataFrame:
    """Rows of `year_to_date` for the city, as ``total``, and for its parts that do not overlap.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}
        The areas that ``areas.csv`` calls additive, or the clusters.

    Returns
    -------
    pandas.DataFrame
        As `year_to_date`, with ``code``.
    """
    require_code("dimension", dimension, DIMENSIONS)
    rows = view.once(year_to_date)
    city = rows["ref_area"].eq(view.city) & rows["activity"].eq(WHOLE)
    if dimension == "ref_area":
        part = rows["ref_area"].isin(additive(view)) & rows["activity"].eq(WHOLE)
    else:
        part = is_cluster(view, rows)
    return rows[city | part].assign(code=rows[dimension].mask(city, "total"))


def newest_with_parts(view: View, dimension: str) -> tuple[pd.Series, pd.DataFrame] | None:
    """City and parts of the newest month for which level and growth of the city and of two parts are published.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}

    Returns
    -------
    (pandas.Series, pandas.DataFrame) or None
        The row of the city, and the rows of the parts by ``code``.
    """
    rows = with_parts(view, dimension).dropna(subset=["level", "growth_pct"])
    enough = rows.groupby("month")["code"].agg(lambda codes: "total" in set(codes) and len(codes) > 2)
    if not enough.any():
        return None
    newest = rows[rows["month"].eq(enough[enough].index.max())].set_index("code")
    return newest.loc["total"], newest.drop(index="total")


def is_cluster(view: View, rows: pd.DataFrame) -> pd.Series:
    """Which rows are of a cluster. Clusters do not overlap; an industry may lie inside one or cut across several."""
    return rows["ref_area"].eq(view.city) & rows["activity"].isin(view.table("clusters")["cluster"])


def additive(view: View) -> list[str]:
    """Areas that make up the city without overlap."""
    areas = view.table("areas")
    return areas.loc[areas["parent"].eq(view.city) & areas["additive"].eq("yes"), "area"].tolist()


def sources_of(rows: pd.DataFrame) -> pd.Series:
    """Sources of levels and growth."""
    return pd.concat([rows["level_source"], rows["growth_source"]]).dropna()


def months_words(view: View, month: str, *, year: bool = True) -> str:
    """The months from January to a month; all twelve are the year."""
    if month.endswith("-12"):
        return period_words(month[:4], view.lang)
    return period_words(month, view.lang, ytd=True, year=year)


def previous_end(view: View) -> str:
    """Last month of the quarter before the one reported."""
    return str((view.quarter - 1).asfreq("M", how="end"))


def is_current(view: View, month: str) -> bool:
    """Whether a month lies in the quarter reported."""
    return previous_end(view) < month <= view.last_month


def range_text(view: View, lo: float, hi: float, decimals: int = 1) -> str | None:
    """A range for a table's cell, rounded outwards; nothing where it is missing."""
    if pd.isna(lo):
        return None
    low, high = rounded(lo, decimals, ROUND_FLOOR), rounded(hi, decimals, ROUND_CEILING)
    return view.say(f"{low:f}至{high:f}", f"{low:,f} to {high:,f}")


def brackets(view: View, text: str) -> str:
    """Text in the brackets of the language."""
    return view.say(f"（{text}）", f" ({text})")
