"""The monthly panel of gross output: its chart, table and sentences."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from zs_analysis import panels
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.numbers import comparison_words, fmt, period_words
from zs_analysis.present.phrases import quantity
from zs_analysis.present.table import Column, Table
from zs_analysis.present.trace import TRANSFORMATIONS
from zs_analysis.present.view import Note, View

OUTPUT, WHOLE, REST = "gross_output_scale", "total", "rest"
ALL_CLUSTERS = "all_clusters"
# A year with more published windows than this shows the longest alone.
MOST_WINDOWS = 3
# Two-sided normal quantiles of the bands.
BANDS = {95: 1.960, 80: 1.282}
MONTHS_OF_YEAR = 12
# Standard deviations from what the other figures say: a strain worth showing; `panels` flags contradictions.
TENSION, MOST_DOUBTS = 2.0, 8


def fitted(view: View) -> panels.Fit | None:
    """The panel of what is known on the day; ``None`` where no level was published to start from."""
    try:
        return panels.fit(view.table("observations"), indicator=OUTPUT, data=view.data_dir)
    except panels.NoLevelError:
        return None


def course(view: View) -> pd.DataFrame:
    """Rows of `zs_analysis.panel` for the city up to the end of the quarter; empty where there is none."""
    fit = view.once(fitted)
    if fit is None:
        return pd.DataFrame()
    rows = fit.panel
    last = rows["time_period"].str[:4].le(view.year)
    return rows[rows["ref_area"].eq(view.city) & last & ~_after(view, rows)]


def _after(view: View, rows: pd.DataFrame) -> pd.Series:
    return rows["freq"].eq("M") & rows["time_period"].gt(view.last_month)


def with_bands(rows: pd.DataFrame) -> pd.DataFrame:
    """Lower and upper bounds ``lo-80``, ``hi-80``, ``lo-95``, ``hi-95`` of log-normal estimates.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``value, se`` as `zs_analysis.panel` gives them.
    """
    relative = rows["se"] / rows["value"]
    return rows.assign(
        **{
            f"{side}-{level}": rows["value"] * np.exp(sign * quantile * relative)
            for level, quantile in BANDS.items()
            for side, sign in (("lo", -1), ("hi", 1))
        }
    )


def course_chart(view: View) -> Chart | None:
    """Estimated months of the city's output with bands, under the windows that were published."""
    rows = view.once(course)
    months = rows[rows["freq"].eq("M") & rows["activity"].eq(WHOLE)] if len(rows) else rows
    if months.empty:
        return None
    frame = with_bands(months.assign(period=months["time_period"], status=months["obs_status"]))
    amounts = ["value", *(f"{side}-{level}" for level in BANDS for side in ("lo", "hi"))]
    frame[amounts] = frame[amounts].apply(view.money)
    return charts.course(
        frame,
        _windows(view),
        bands=[(f"lo-{level}", f"hi-{level}") for level in BANDS],
        decimals=view.say(0, 1),
        title=_course_title(view, rows),
        unit=view.say(f"规上工业总产值，每月，{view.money_unit}", f"output a month, {view.money_unit}"),
        source=view.source(_level_facts(view)["source_id"]),
        note=_course_note(view, months),
        lang=view.lang,
    )


def _course_note(view: View, months: pd.DataFrame) -> str:
    estimated = months[months["obs_status"].ne("A")]
    width = fmt((estimated["se"] / estimated["value"]).median() * 100, 0) if len(estimated) else ""
    error = view.say(f"，标准误中位数为{width}%", f" (median standard error {width}%)") if width else ""
    few = len(_shown_windows(view)) < len(_level_facts(view))
    thinned = view.say(
        "一年公布多次的只画最长的一段。", " Of a year published many times only the longest is drawn."
    )
    return (
        view.say(
            f"黑横线为公布的累计数或全年数折成的月均，是公布数；虚线为由全部公布数联立估计的月度值{error}，不是公布数。",
            "Black bars are published year-to-date or yearly figures as monthly averages; dashed months are estimated from all "
            f"published figures together{error} and were not published.",
        )
        + (thinned if few else "")
        + view.say("所用的全部来源见下表。", " The table below lists all sources.")
    )


def _course_title(view: View, rows: pd.DataFrame) -> str:
    years = rows[rows["freq"].eq("A") & rows["activity"].eq(WHOLE) & rows["obs_status"].isin(["A", "E"])]
    if len(years) < 2:
        return view.say("规上工业总产值的逐月估计", "Gross output by month, estimated")
    first, last = years.iloc[0], years.iloc[-1]
    start, end = (_about(view, row) for row in (first, last))
    rise = view.say("升至", "rose") if last["value"] > first["value"] else view.say("降至", "fell")
    return view.say(
        f"规上工业总产值由{first['time_period']}年的{start}{rise}{last['time_period']}年的{end}",
        f"Gross output {rise} from {start} in {first['time_period']} to {end} in {last['time_period']}",
    )


def _level_facts(view: View) -> pd.DataFrame:
    facts = view.once(fitted).facts
    whole = facts["area"].eq(view.city) & facts["activities"].map(lambda codes: codes == (WHOLE,))
    return facts[whole & facts["kind"].eq("level") & (facts["last"].astype(str) <= view.last_month)]


def _shown_windows(view: View) -> pd.DataFrame:
    """Windows to draw: where a year's months came out one by one, the longest holds the others."""
    facts = _level_facts(view)
    year = facts["first"].map(lambda month: month.year)
    many = year.groupby(year).transform("size").gt(MOST_WINDOWS)
    longest = facts["last"].eq(facts.groupby(year)["last"].transform("max"))
    return facts[~many | longest]


def _windows(view: View) -> pd.DataFrame:
    facts = _shown_windows(view)
    length = [(last - first).n + 1 for first, last in zip(facts["first"], facts["last"], strict=True)]
    return pd.DataFrame(
        {
            "name": [_window_words(view, row) for row in facts.itertuples()],
            "start": facts["first"].astype(str),
            "end": facts["last"].astype(str),
            "value": view.money(facts["value"] / length),
        }
    )


def _window_words(view: View, fact: pd.Series) -> str:
    length = (fact.last - fact.first).n + 1
    text = str(fact.last.year) if length == MONTHS_OF_YEAR else str(fact.last)
    return period_words(text, view.lang, ytd=length > 1)


def years_table(view: View) -> Table | None:
    """Yearly output of the city and its industries: published, estimated with its uncertainty, or refused."""
    rows = view.once(course)
    years = rows[rows["freq"].eq("A")] if len(rows) else rows
    shown = years[years["activity"].isin(_with_a_value(years))] if len(years) else years
    if shown.empty:
        return None
    cells = shown.assign(text=[_cell(view, row) for row in shown.to_dict("records")])
    wide = cells.pivot(index="activity", columns="time_period", values="text")
    wide = wide.loc[_in_order(view, shown["activity"].unique())]
    status = cells.pivot(index="activity", columns="time_period", values="obs_status").add_suffix(" status")
    frame = wide.join(status).reset_index()
    frame["name"] = [_part(view, code) for code in frame["activity"]]
    subtotal = _subtotal(view) if ALL_CLUSTERS in set(frame["activity"]) else ""
    return Table(
        frame,
        view.say("规上工业总产值的年度估计", "Gross output a year, estimated"),
        unit=view.money_unit,
        columns=(
            Column("name", view.say("部分", "Part")),
            *(
                Column(year, period_words(year, view.lang), align="right", status=f"{year} status")
                for year in wide.columns
            ),
        ),
        source=view.source(view.once(fitted).facts["source_id"]),
        note=view.say(
            "±后为95%区间的半宽；没有±的由公布数确定。—表示公布数不足以确定（相对标准误超过10%或没有任何水平数），不给估计。"
            f"各部分之和等于全市{subtotal}；“其余”为未单独公布的行业。f含最后一个公布数之后的月份，只是顺推，不是预测。",
            "After ± half the width of the 95% interval; figures without it follow from published ones. A dash means "
            "that published figures do not determine the cell (relative standard error above 10%, or no level at all). Parts add "
            f"to the city{subtotal}; the rest are industries not published separately. Years marked f hold months after the last published "
            "figure: carried on, not forecast.",
        ),
        lang=view.lang,
    )


def _with_a_value(years: pd.DataFrame) -> pd.Series:
    return years.loc[years["value"].notna(), "activity"]


def _subtotal(view: View) -> str:
    name = view.name("activities", ALL_CLUSTERS)
    return view.say(f"（{name}是其中的小计）", f" (the {name} are a subtotal)")


def _in_order(view: View, codes: Iterable[str]) -> list[str]:
    """The city, the clusters in their order, other industries, and what is left."""
    order = [WHOLE, ALL_CLUSTERS, *view.table("clusters").sort_values("rank_order")["cluster"]]
    place = {code: number for number, code in enumerate(order)} | {REST: 2 * len(order)}
    return sorted(codes, key=lambda code: place.get(code, len(order)))


def _part(view: View, code: str) -> str:
    names = {WHOLE: view.say("全市", "City"), REST: view.say("其余", "Rest")}
    return names.get(code) or view.name("activities", code)


def _cell(view: View, row: dict[str, object]) -> str | None:
    if pd.isna(row["value"]):
        return None
    amount = view.money(row["value"])
    if row["obs_status"] == "A":
        return fmt(amount, view.say(1, 2), view.lang)
    return f"{fmt(amount, view.say(0, 1), view.lang)} ±{_half_width(view, row)}"


def _half_width(view: View, row: dict[str, object]) -> str:
    return f"{fmt(100 * BANDS[95] * row['se'] / row['value'], 1, view.lang)}%"


def _about(view: View, row: pd.Series) -> str:
    text = quantity(view, float(row["value"]), 0, "1e8_cny")
    return comparison_words(text, "~=" if row["obs_status"] == "E" else "", view.lang)


def doubts_table(view: View) -> Table | None:
    """Published figures that the others contradict or strain, the worst first."""
    fit = view.once(fitted)
    if fit is None:
        return None
    rows = fit.consistency
    rows = rows[(rows["flag"].ne("") | rows["z"].abs().gt(TENSION)) & rows["time_period"].le(view.last_month)]
    if rows.empty:
        return None
    rows = rows.sort_values("z", key=lambda z: -z.abs(), kind="stable").head(MOST_DOUBTS)
    return Table(
        rows.assign(
            what=[_what(view, row) for row in rows.to_dict("records")],
            printed=[_printed(view, row) for row in rows.to_dict("records")],
            foreseen=[_foreseen(view, row) for row in rows.to_dict("records")],
            verdict=[_verdict(view, row) for row in rows.to_dict("records")],
        ),
        view.say("与其他公布数不合或偏紧的公布数", "Published figures that the others contradict or strain"),
        columns=(
            Column("what", view.say("公布数", "Figure")),
            Column("printed", view.say("公布", "Printed"), align="right"),
            Column("foreseen", view.say("其余公布数推算", "From the others"), align="right"),
            Column("z", view.say("相差（标准差）", "Distance (s.d.)"), 1),
            Column("verdict", view.say("判断", "Reading")),
        ),
        source=view.source(rows["source_id"]),
        note=view.say(
            "逐个剔除一个公布数，用其余全部公布数推算它；相差3.5个标准差以上为不合，2个以上为偏紧。可比口径、企业范围变化和印刷错误都会造成不合；公布数不因此改动。",
            "Each figure is left out in turn and foreseen from all others; more than 3.5 standard deviations is a contradiction, more than 2 "
            "a strain. Comparable bases, the set of firms and misprints all cause them; no published figure is changed.",
        ),
        lang=view.lang,
    )


def _what(view: View, row: dict[str, object]) -> str:
    area = view.name("areas", row["ref_area"]) if row["ref_area"] != view.city else ""
    part = view.name("activities", row["activity"]) if row["activity"] != WHOLE else ""
    where = view.say("", ", ").join(filter(None, [area, part])) or view.say("全市", "City")
    kind = TRANSFORMATIONS[row["transformation"]][view.lang == "en"]
    return view.say(f"{_when(view, row)}{where}{kind}", f"{where}, {kind}, {_when(view, row)}")


def _when(view: View, row: dict[str, object]) -> str:
    ytd = row["transformation"].startswith("ytd") or row["transformation"] in ("share", "contribution")
    return period_words(row["time_period"], view.lang, ytd=ytd)


def _printed(view: View, row: dict[str, object]) -> str:
    decimals = len(str(row["printed"]).partition(".")[2])
    return quantity(view, float(row["printed"]), decimals, row["unit"])


def _foreseen(view: View, row: dict[str, object]) -> str:
    """What the others say, with half the width of its 95% interval, in the unit printed."""
    half = BANDS[95] * row["predicted_se"]
    middle, spread = (quantity(view, float(value), 1, row["unit"]) for value in (row["predicted"], half))
    return f"{middle} ±{spread}"


def _verdict(view: View, row: dict[str, object]) -> str:
    words = {
        "contradiction": view.say("不合", "contradicted"),
        "jump": view.say("仅此一数要求突变", "alone asks for a jump"),
        "sources_disagree": view.say("来源不一", "sources disagree"),
        "": view.say("偏紧", "strained"),
    }
    unused = "" if row["used"] else view.say("，未用于估计", ", not used")
    return words[row["flag"]] + unused


def no_doubts(view: View) -> Note:
    """What the page says where no figure stands out, or there is no panel."""
    if view.once(course).empty:
        return view.no_data
    return Note(
        view.say(
            "没有相差2个标准差以上的公布数。", "No published figure is more than 2 standard deviations off."
        )
    )
