"""The city against the province: growth in points, published contributions, and ranks."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.model import PUBLISHED, figure_of, last_month
from zs_analysis.present.headlines import Metric
from zs_analysis.present.numbers import versus_words
from zs_analysis.present.output.cells import (
    OUTPUT,
    UNSPECIFIED,
    VALUE_ADDED,
    WHOLE,
    is_current,
    months_words,
    previous_end,
    range_text,
)
from zs_analysis.present.output.changes import from_january
from zs_analysis.present.phrases import amount, metric, rounded, told, window
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

COMPARED = (OUTPUT, VALUE_ADDED, "revenue_scale", "profit_scale", "gdp")
RANKED = (OUTPUT, VALUE_ADDED, UNSPECIFIED, "revenue_scale", "profit_scale")
RANKS = ("yoy_rank", "ytd_yoy_rank", "rank")


def against_province(view: View) -> pd.DataFrame:
    """Growth of city and province over the newest months that both published, one row an indicator.

    Returns
    -------
    pandas.DataFrame
        ``indicator, month, city, province``, the gap in points with its rounding (``gap, gap_lo, gap_hi``),
        ``decimals`` and ``source_id`` of both as a list.
    """
    rows = from_january(view, COMPARED, activity=WHOLE, ref_area=(view.city, view.province))
    rows = rows[rows["kind"].eq("growth")].drop_duplicates(["indicator", "ref_area", "month", "price_basis"])
    city, province = (rows[rows["ref_area"].eq(area)] for area in (view.city, view.province))
    both = city.merge(province, on=["indicator", "month", "price_basis"], suffixes=("", "_province"))
    newest = both.drop_duplicates("indicator")
    order = [code for code in COMPARED if code in set(newest["indicator"])]
    return pd.DataFrame([_gap_row(newest[newest["indicator"].eq(code)].iloc[0]) for code in order])


def _gap_row(row: pd.Series) -> dict[str, object]:
    other = row.drop(labels=["obs_value", "decimals"]).rename(
        {"obs_value_province": "obs_value", "decimals_province": "decimals"}
    )
    gap = metrics.change_pp(rounded(figure_of(row.to_dict())), rounded(figure_of(other.to_dict())))
    return {
        "indicator": row["indicator"],
        "month": row["month"],
        "city": row["obs_value"],
        "province": row["obs_value_province"],
        "gap": gap.value,
        "gap_lo": gap.lo,
        "gap_hi": gap.hi,
        "decimals": int(max(row["decimals"], row["decimals_province"])),
        "source_id": [row["source_id"], row["source_id_province"]],
    }


def province_finding(view: View) -> str | None:
    """Growth of the quarter against the province's: 快于全省6.3个百分点."""
    rows = against_province(view)
    current = [row for row in rows.to_dict("records") if is_current(view, row["month"])]
    if not current:
        return None
    items = [
        view.name("indicators", row["indicator"])
        + view.say("", " ")
        + versus_words(row["city"], row["province"], row["decimals"], view.lang)
        for row in current
    ]
    when = months_words(view, current[0]["month"], year=False)
    return told(
        view,
        view.say(
            f"与全省相比，{when}{'，'.join(items)}。", f"Against the province, {when}: {'; '.join(items)}."
        ),
        *(_gap(view, row) for row in current),
    )


def _gap(view: View, row: dict[str, object]) -> Metric:
    """How much faster the city grew than the province, as a number of the finding."""
    code = str(row["indicator"])
    return metric(
        view,
        f"{code}_versus_province",
        row["city"] - row["province"],
        unit="pp",
        decimals=int(row["decimals"]),
        time_period=str(row["month"]),
        name=view.in_both(
            lambda one: one.name("indicators", code) + one.say("增速快于全省", ", above the province")
        ),
        period=view.in_both(lambda one: months_words(one, row["month"])),
        status="E",
    )


def province_table(view: View) -> Table | None:
    """Growth of city and province side by side, with the gap in points."""
    rows = against_province(view)
    if rows.empty:
        return None
    frame = rows.assign(
        name=[view.name("indicators", code) for code in rows["indicator"]],
        period=[months_words(view, month) for month in rows["month"]],
        range=[range_text(view, low, high) for low, high in zip(rows["gap_lo"], rows["gap_hi"], strict=True)],
    )
    first = frame.iloc[0]
    gap = versus_words(first["city"], first["province"], int(first["decimals"]), view.lang)
    return Table(
        frame,
        view.say(
            f"{first['period']}{first['name']}增速{gap}", f"{first['name']}, {first['period']}: growth {gap}"
        ),
        columns=(
            Column("name", view.say("指标", "Indicator")),
            Column("period", view.say("时期", "Period")),
            Column("city", view.say(view.city_name, "City"), 1, unit="%"),
            Column("province", view.say("全省", "Province"), 1, unit="%"),
            Column("gap", view.say("快于全省", "Faster by"), 1, unit=view.say("百分点", "points")),
            Column("range", view.say("舍入区间", "Rounding"), align="right"),
        ),
        source=view.source(source for pair in rows["source_id"] for source in pair),
        note=view.say(
            "每个指标取全市和全省都有公布数的最近一个时期；价格口径相同才比较。",
            "Each indicator is of the newest period that city and province both published, in the same prices.",
        ),
        lang=view.lang,
    )


def contribution_finding(view: View) -> str | None:
    """What industry contributes to the growth of the province's industry and of the city's GDP, as published."""
    province = view.current(UNSPECIFIED, "contribution", counterpart_area=view.province, unit="pct")
    gdp = view.current("gdp", "contribution", activity="industry_scale", unit="pct")
    parts = []
    if province:
        size = amount(view, province)
        parts += [
            view.say(f"对全省工业增速的贡献率为{size}", f"{size} to the growth of the province's industry")
        ]
    if gdp:
        size = amount(view, gdp)
        parts += [view.say(f"对全市GDP增速的贡献率为{size}", f"{size} to the growth of the city's GDP")]
    if not parts:
        return None
    when = window(view, province or gdp)
    return told(
        view,
        view.say(
            f"{when}规上工业{'，'.join(parts)}。",
            f"In {when} industry above designated size contributed {' and '.join(parts)}.",
        ),
        province,
        gdp,
    )


def contribution_note(view: View) -> Note | None:
    """The published contributions, as a line of the page."""
    words = contribution_finding(view)
    return Note(words) if words else None


def no_province(view: View) -> Note:
    """What is missing for a comparison with the province."""
    return Note(
        view.say(
            "没有查到全市和全省同一时期的增速；载入全省的公布数即可比较。",
            "No growth of city and province over the same period was found; load the province's figures.",
        )
    )


def ranks(view: View) -> pd.DataFrame:
    """Published places of the city's industry among the province's cities, newest and of the last quarter.

    Returns
    -------
    pandas.DataFrame
        Rows of observations of the newest place of each indicator and activity, with ``before`` and
        ``before_month``, those of the newest month up to the end of the last quarter.
    """
    rows = view.figures(RANKED, RANKS, ref_area=view.city, unit="rank", obs_status=PUBLISHED)
    rows = rows.assign(month=last_month(rows), by_growth=rows["transformation"].ne("rank"))
    cell = ["indicator", "activity", "counterpart_area", "by_growth"]
    rows = rows.drop_duplicates([*cell, "month"])
    newest = rows.drop_duplicates(cell)
    earlier = rows[rows["month"].le(previous_end(view))].drop_duplicates(cell)
    before = earlier[[*cell, "obs_value", "month"]].rename(
        columns={"obs_value": "before", "month": "before_month"}
    )
    found = newest.merge(before, on=cell, how="left")
    # a place that only repeats the last quarter's is no news
    return found[found["month"].gt(previous_end(view))]


def rank_table(view: View) -> Table | None:
    """Places in the province, and how they moved since they were last published."""
    rows = ranks(view)
    if rows.empty:
        return None
    before = [
        None if pd.isna(row["before"]) else _place_then(view, row["before"], row["before_month"])
        for _, row in rows.iterrows()
    ]
    frame = rows.assign(
        name=[_rank_name(view, row) for _, row in rows.iterrows()],
        period=[months_words(view, month) for month in rows["month"]],
        then=before,
        moved=rows["before"] - rows["obs_value"],
    )
    return Table(
        frame,
        view.say("在全省的位次及变化", "Places in the province, and how they moved"),
        columns=(
            Column("name", view.say("指标", "Indicator")),
            Column("period", view.say("时期", "Period")),
            Column("obs_value", view.say("位次", "Place"), 0),
            Column("then", view.say("此前公布", "Published before"), align="right"),
            Column("moved", view.say("前移（位）", "Places gained"), 0),
        ),
        source=view.source(rows["source_id"]),
        note=view.say(
            "位次为公布数；“前移”为负表示后退。此前一栏取上季度末或更早最近一次公布的位次。",
            "Places are published figures; a negative gain is a loss. Before: of the end of the last quarter, or of the newest earlier period.",
        ),
        lang=view.lang,
    )


def _place_then(view: View, place: float, month: str) -> str:
    return view.say(
        f"第{place:.0f}位（{months_words(view, month)}）", f"{place:.0f} ({months_words(view, month)})"
    )


def _rank_name(view: View, row: pd.Series) -> str:
    name = view.name("indicators", row["indicator"])
    if row["activity"] != WHOLE:
        name += view.say("：", ": ") + view.name("activities", row["activity"])
    return name + (view.say("增速", ", growth") if row["by_growth"] else "")
