"""Growth of areas and industries as published, and what changed in it since the last quarter."""

import re

import pandas as pd

from zs_analysis.model import PUBLISHED, figure_of, require_code
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.numbers import growth_words, pct, period_words
from zs_analysis.present.output.cells import DIMENSIONS as TABLES
from zs_analysis.present.output.cells import (
    OUTPUT,
    UNSPECIFIED,
    additive,
    brackets,
    is_cluster,
    months_words,
)
from zs_analysis.present.output.changes import compared, from_january, last_day, of_last_quarter
from zs_analysis.present.phrases import listed, told
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

DIMENSIONS = {"ref_area": "ref_area", "activity": "activity", "cross_cutting": "activity"}
PRINTED_LABEL = re.compile(r"原文作“([^”]+)”")


def growth_by(view: View, dimension: str) -> pd.DataFrame:
    """Newest published growth of the city's areas or industries in the reported year.

    Parameters
    ----------
    dimension : {"ref_area", "activity", "cross_cutting"}
        Areas, the 155 clusters, or industries that are no cluster and may cut across several.

    Returns
    -------
    pandas.DataFrame
        Rows of observations with ``name``, the strongest growth first: of gross output where parts are
        published, else of what the source leaves unspecified. Empty if nothing is.
    """
    require_code("dimension", dimension, DIMENSIONS)
    rows = view.figures((OUTPUT, UNSPECIFIED), ("ytd_yoy", "yoy"), unit="pct", obs_status=PUBLISHED)
    whole_or_ytd = rows["freq"].eq("A") == rows["transformation"].eq("yoy")
    rows = rows[_is_part(view, rows, dimension) & whole_or_ytd & rows["time_period"].str[:4].eq(view.year)]
    if rows.empty:
        return rows.assign(name=[])
    newest = rows[rows["time_period"].eq(rows["time_period"].iloc[0])]
    stated = newest["indicator"].eq(OUTPUT)
    newest = newest[stated if stated.any() else ~stated].drop_duplicates(DIMENSIONS[dimension])
    names = [_part_name(view, row, dimension) for row in newest.to_dict("records")]
    return newest.assign(name=names).sort_values("obs_value", ascending=False, kind="stable")


def _part_name(view: View, row: dict[str, object], dimension: str) -> str:
    """The source's own word for an industry, where it differs from the cluster it is filed under."""
    if dimension == "ref_area":
        return view.name("areas", row["ref_area"])
    printed = PRINTED_LABEL.search(row["note"])
    return printed[1] if printed and view.lang == "zh" else view.name("activities", row["activity"])


def _is_part(view: View, rows: pd.DataFrame, dimension: str) -> pd.Series:
    if dimension == "ref_area":
        return rows["ref_area"].isin(view.inside(view.city)) & rows["activity"].eq("total")
    cluster = is_cluster(view, rows)
    if dimension == "activity":
        return cluster
    return rows["ref_area"].eq(view.city) & ~rows["activity"].isin(["total", "all_clusters"]) & ~cluster


def parts_finding(view: View, dimension: str) -> str | None:
    """Growth of areas or industries in one sentence.

    Parameters
    ----------
    dimension : {"ref_area", "activity", "cross_cutting"}
    """
    parts = growth_by(view, dimension)
    if parts.empty:
        return None
    items = [
        name + brackets(view, pct(value, decimals, view.lang))
        for name, value, decimals in parts[["name", "obs_value", "decimals"]].itertuples(index=False)
    ]
    what = {
        "ref_area": view.say("分区域看", "By area"),
        "activity": view.say("分行业看", "By industry"),
        "cross_cutting": view.say("从跨行业口径看", "Across industries"),
    }[dimension]
    when = _span(view, parts.iloc[0], year=False)
    return told(
        view,
        view.say(
            f"{what}，{when}同比增速：{listed(view, items)}{_doubt(view, parts)}。",
            f"{what}, growth in {when} was {listed(view, items)}{_doubt(view, parts)}.",
        ),
        *(figure_of(row) for row in parts.to_dict("records")),
    )


def _span(view: View, row: pd.Series, *, year: bool = True) -> str:
    return period_words(row["time_period"], view.lang, ytd=row["freq"] == "M", year=year)


def _doubt(view: View, parts: pd.DataFrame) -> str:
    if parts["indicator"].iloc[0] != UNSPECIFIED:
        return ""
    return view.say(
        "（原文未注明产值或增加值）", "; the source does not say whether of output or of value added"
    )


def growth_chart(view: View, dimension: str) -> Chart | None:
    """Bars of published growth by area or cluster; ``None`` where nothing is published.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}
    """
    parts = growth_by(view, dimension)
    if parts.empty:
        return None
    when = _span(view, parts.iloc[0])
    return charts.bars(
        parts,
        "name",
        "obs_value",
        title=_growth_title(view, parts, dimension),
        unit=view.say(f"{when}同比增速，%", f"growth on a year earlier, {when}, %"),
        source=view.source(parts["source_id"]),
        lang=view.lang,
        note=_growth_note(view, parts, dimension),
    )


def _growth_title(view: View, parts: pd.DataFrame, dimension: str) -> str:
    first, last = parts.iloc[0], parts.iloc[-1]
    if len(parts) == 1:
        return f"{first['name']}{view.say('', ': ')}{growth_words(first['obs_value'], first['decimals'], view.lang)}"
    what = {"ref_area": view.say("区域", "areas"), "activity": view.say("集群", "clusters")}[dimension]
    high, low = (pct(row["obs_value"], row["decimals"], view.lang) for row in (first, last))
    return view.say(
        f"公布增速的{len(parts)}个{what}中，{first['name']}最快（{high}），{last['name']}最慢（{low}）",
        f"Of {len(parts)} {what} with published growth, {first['name']} grew most ({high}), {last['name']} least ({low})",
    )


def _growth_note(view: View, parts: pd.DataFrame, dimension: str) -> str:
    noun = view.name("indicators", parts["indicator"].iloc[0])
    notes = [view.say(f"指标：{noun}。", f"Indicator: {noun}.")]
    if dimension == "ref_area" and not parts["ref_area"].isin(additive(view)).all():
        notes += [view.say("区域之间有重叠，不能相加。", "Areas overlap and must not be added up.")]
    if dimension == "activity" and len(parts) < len(view.table("clusters")):
        notes += [
            view.say(
                "其余集群没有查到同期增速。", "For the other clusters no growth of the period was found."
            )
        ]
    if parts["activity"].eq("marine_electronics").any():
        notes += [
            view.say(
                "电子电机归入海洋电子集群，两者范围未必一致。",
                "Marine electronics is printed as 电子电机 (electronics and motors); the scopes may differ.",
            )
        ]
    return view.say("", " ").join(notes)


def moves_table(view: View, dimension: str) -> Table | None:
    """Growth of areas or industries against the last quarter: revision, news, and places then and now.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}
    """
    newest = growth_by(view, dimension)
    if newest.empty or view.once(last_day) is None:
        return None
    rows = from_january(view, newest["indicator"].iloc[0])
    rows = rows[rows["kind"].eq("growth") & _is_part(view, rows, dimension)]
    found = compared(view, rows).droplevel(["indicator", "kind"])
    found = found.droplevel("activity" if dimension == "ref_area" else "ref_area").dropna(subset=["known"])
    found = found[[of_last_quarter(view, month) for month in found["known_month"]]]
    if len(found) < 2:
        return None
    found = found.sort_values("new", ascending=False, kind="stable")
    return Table(
        found.assign(
            name=[view.name(TABLES[dimension], code) for code in found.index],
            place=_places(found["new"]),
            place_then=_places(found["revised"]),
            gained=_places(found["revised"]) - _places(found["new"]),
        ),
        _moves_title(view, found, dimension),
        columns=(
            Column("name", view.say("部分", "Part")),
            Column("known", view.say("上次公布", "Known then"), 1, unit="%"),
            Column("revision", view.say("修订", "Revision"), 1, unit=view.say("百分点", "points")),
            Column("news", view.say("新数据", "News"), 1, unit=view.say("百分点", "points")),
            Column("new", view.say("本期", "Now"), 1, unit="%"),
            Column("place", view.say("位次", "Place"), 0),
            Column("gained", view.say("前移", "Gained"), 0),
        ),
        source=view.source([*found["known_source"], *found["source_id"]]),
        note=_moves_note(view, found),
        lang=view.lang,
    )


def _places(growth: pd.Series) -> pd.Series:
    """Places by growth; equal growth shares the better place."""
    return growth.rank(ascending=False, method="min")


def _moves_title(view: View, found: pd.DataFrame, dimension: str) -> str:
    faster, count = int(found["change"].gt(0).sum()), len(found)
    what = {"ref_area": view.say("区域", "areas"), "activity": view.say("集群", "clusters")}[dimension]
    return view.say(
        f"与上季度公布数相比，{count}个{what}中{faster}个累计增速加快或降幅收窄",
        f"Against the last quarter's figures, growth is higher in {faster} of {count} {what}",
    )


def _moves_note(view: View, found: pd.DataFrame) -> str:
    then, now = (months_words(view, found[name].max()) for name in ("known_month", "new_month"))
    return view.say(
        f"上次为{then}，本期为{now}；两次之差=修订+新数据。位次按累计增速在所列各项内排列，相同的并列；“前移”与修订后的上次位次相比。",
        f"Then: {then}; now: {now}; the difference is revision plus news. Places are by growth among those listed, ties share "
        "the better one; gains are against the revised places then.",
    )
