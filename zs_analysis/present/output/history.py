"""Output as published over time, and published growth against the growth that published levels imply."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.model import last_month
from zs_analysis.present.numbers import period_words
from zs_analysis.present.output.cells import OUTPUT, VALUE_ADDED
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

# A year of months and a few before; the quarters have a table of their own.
LISTED = 16


def history_table(view: View) -> Table | None:
    """Every published level and growth of the city's output, period by period."""
    known = _history(view)
    if known.empty:
        return None
    earlier = len(known) - LISTED
    known = known.head(LISTED)
    return Table(
        known.assign(level=view.money(known["level"])),
        view.say("规上工业总产值历次公布数", "Gross output above designated size as published over time"),
        columns=(
            Column("period", view.say("时期", "Period")),
            Column("level", view.say("产值", "Output"), unit=view.money_unit, status="level_status"),
            Column("growth", view.say("同比", "Growth"), 1, unit="%", status="growth_status"),
        ),
        source=view.source([*known["level_source"].dropna(), *known["growth_source"].dropna()]),
        note=view.say(
            "没有列出的时期没有查到公布数，不作插补。",
            "Periods not listed have no published figure that was found; none is filled in.",
        )
        + (
            view.say(f"更早的{earlier}期从略。", f" {earlier} earlier periods are left out.")
            if earlier > 0
            else ""
        ),
        lang=view.lang,
    )


def _history(view: View) -> pd.DataFrame:
    """Levels beside growth of the city's output, one row a period, the newest first."""
    kinds = {"level": (("level", "ytd"), "1e8_cny"), "growth": (("yoy", "ytd_yoy"), "pct")}
    rows = {
        name: view.figures(OUTPUT, kind, ref_area=view.city, activity="total", unit=unit)
        for name, (kind, unit) in kinds.items()
    }
    columns = {name: _by_period(table, name) for name, table in rows.items()}
    joined = columns["level"].join(columns["growth"], how="outer").reset_index()
    order = joined.assign(end=last_month(joined)).sort_values(
        ["end", "freq", "ytd"], ascending=[False, True, False]
    )
    joined = joined.loc[order.index].reset_index(drop=True)
    periods = [period_words(row.time_period, view.lang, ytd=row.ytd) for row in joined.itertuples()]
    statuses = joined[["level_status", "growth_status"]].fillna("")
    return joined.assign(period=periods, **statuses)


def _by_period(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    keys = ["freq", "time_period", "ytd"]
    rows = rows.assign(ytd=rows["transformation"].str.startswith("ytd")).drop_duplicates(keys).set_index(keys)
    names = {"obs_value": name, "obs_status": f"{name}_status", "source_id": f"{name}_source"}
    return rows[list(names)].rename(columns=names)


def gap_table(view: View) -> Table | None:
    """Published growth beside the growth that published levels imply (口径差)."""
    rows = [row for indicator in (OUTPUT, VALUE_ADDED) for row in _gaps(view, indicator)]
    if not rows:
        return None
    return Table(
        pd.DataFrame(rows),
        view.say("公布增速与由公布水平推算的增速", "Published growth and growth implied by published levels"),
        columns=(
            Column("name", view.say("指标", "Indicator")),
            Column("year", view.say("年份", "Year"), align="right"),
            Column("before", view.say("上年水平", "Year before"), view.say(1, 2), unit=view.money_unit),
            Column("level", view.say("本年水平", "Level"), view.say(1, 2), unit=view.money_unit),
            Column("implied", view.say("推算增速", "Implied"), 1, unit="%"),
            Column("published", view.say("公布增速", "Published"), 1, unit="%"),
            Column("gap", view.say("口径差", "Gap"), 1, unit=view.say("百分点", "points")),
        ),
        source=view.source(source for row in rows for source in row["sources"]),
        note=view.say(
            "增加值增速按可比价计算，水平按现价计算；企业范围和基数修订也造成口径差。公布增速不因推算值而改动。",
            "Growth of value added is at comparable prices, levels are at current prices; the set of firms and "
            "revised bases add to the gap. The published growth stands.",
        ),
        lang=view.lang,
    )


def _gaps(view: View, indicator: str) -> list[dict[str, object]]:
    where = {"freq": "A", "ref_area": view.city, "activity": "total", "obs_status": "A", "comparison": ""}
    levels = view.figures(indicator, "level", unit="1e8_cny", **where).drop_duplicates("time_period")
    growths = view.figures(indicator, "yoy", unit="pct", **where).drop_duplicates("time_period")
    level, published = (frame.set_index("time_period") for frame in (levels, growths))
    years = [year for year in sorted(published.index) if {year, str(int(year) - 1)} <= set(level.index)]
    return [_gap(view, indicator, level, published, year) for year in years]


def _gap(
    view: View, indicator: str, level: pd.DataFrame, published: pd.DataFrame, year: str
) -> dict[str, object]:
    now, before, rate = level.loc[year], level.loc[str(int(year) - 1)], published.loc[year]
    implied = metrics.growth_pct(now["obs_value"], before["obs_value"])
    return {
        "name": view.name("indicators", indicator),
        "year": year,
        "before": view.money(before["obs_value"]),
        "level": view.money(now["obs_value"]),
        "implied": implied,
        "published": rate["obs_value"],
        "gap": metrics.change_pp(rate["obs_value"], implied),
        "sources": (now["source_id"], before["source_id"], rate["source_id"]),
    }
