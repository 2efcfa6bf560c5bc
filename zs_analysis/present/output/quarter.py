"""The quarter alone (当季), taken out of year-to-date figures."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.headlines import Metric
from zs_analysis.present.numbers import growth_words, interval_words, period_words, turn_words, yi
from zs_analysis.present.output.cells import (
    DIMENSIONS,
    FIGURES,
    OUTPUT,
    WHOLE,
    is_current,
    months_words,
    previous_end,
    range_text,
    sources_of,
    with_parts,
    year_to_date,
)
from zs_analysis.present.phrases import metric, told
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

# Three years of quarters fit a chart; two years a table.
CHARTED, LISTED = 12, 8


def quarters(view: View) -> pd.DataFrame:
    """The city's quarters alone, and the months since the last one, the newest first.

    Returns
    -------
    pandas.DataFrame
        By last month as text: what `zs_analysis.metrics.quarters_alone` gives, levels in 亿元, the year-to-date
        ``ytd_growth_pct``, and ``whole``: whether the quarter is over.
    """
    known = view.once(year_to_date)
    return _alone(known[known["ref_area"].eq(view.city) & known["activity"].eq(WHOLE)])


def _alone(rows: pd.DataFrame) -> pd.DataFrame:
    by_month = rows.set_index(pd.PeriodIndex(rows["month"], freq="M"))
    alone = metrics.quarters_alone(by_month[FIGURES]).sort_index(ascending=False)
    alone["ytd_growth_pct"] = by_month["growth_pct"]
    alone["whole"] = alone.index.month % 3 == 0
    return alone.set_index(alone.index.astype(str).rename("month"))


def alone_words(view: View, month: str, first: pd.Period, *, year: bool = True) -> str:
    """The quarter that ends in a month, or the months since the last quarter: 10月."""
    last = pd.Period(month, freq="M")
    if last.month % 3 == 0:
        return period_words(f"{last.year}Q{last.quarter}", view.lang, year=year)
    end = period_words(month, view.lang, year=year and first == last)
    if first == last:
        return end
    start = period_words(str(first), view.lang, year=year and view.lang == "zh")
    end = period_words(month, view.lang, year=year and view.lang == "en")
    return view.say(f"{start.removesuffix('月')}—{end}", f"{start}–{end}")


def quarter_finding(view: View) -> str | None:
    """Level and growth of the quarter alone, and how it moved against the one before."""
    rows = quarters(view)
    if rows.empty or not is_current(view, rows.index[0]):
        return None
    now = rows.iloc[0]
    when = alone_words(view, rows.index[0], now["first_month"], year=False)
    clauses = (
        [view.say("当季", "") + yi(now["value"], 1, view.lang)]
        if now["whole"]
        else [yi(now["value"], 1, view.lang)]
    )
    if pd.notna(now["growth_pct"]):
        span = interval_words(now["growth_lo"], now["growth_hi"], 1, view.lang)
        clauses.append(
            growth_words(now["growth_pct"], 1, view.lang)
            + view.say(f"（按舍入{span}）", f" ({span} by rounding)")
        )
        clauses += _turn(view, rows)
    return told(
        view,
        view.say(
            f"{when}规上工业总产值{'，'.join(clauses)}。",
            f"Gross output in {when} alone: {', '.join(clauses)}.",
        ),
        *_metrics(view, now),
    )


def _metrics(view: View, now: pd.Series) -> list[Metric]:
    """Level and growth of a whole quarter as numbers of the finding."""
    if not now["whole"]:
        return []
    period = str(pd.Period(now.name, freq="M").asfreq("Q")).replace("Q", "-Q")
    level = metric(view, OUTPUT, now["value"], unit="1e8_cny", decimals=1, time_period=period)
    if pd.isna(now["growth_pct"]):
        return [level]
    growth = now["growth_pct"]
    change = metric(
        view, OUTPUT, growth, unit="pct", decimals=1, time_period=period, transformation="yoy", status="E"
    )
    return [level, change]


def _turn(view: View, rows: pd.DataFrame) -> list[str]:
    """Against the quarter before, where that is known."""
    before = previous_end(view)
    if before not in rows.index or pd.isna(rows.loc[before, "growth_pct"]):
        return []
    turn = turn_words(rows.iloc[0]["growth_pct"], rows.loc[before, "growth_pct"], 1, view.lang)
    name = alone_words(view, before, rows.loc[before, "first_month"], year=False)
    return [
        view.say(
            f"比{name}{turn}",
            f"{turn} than in {name}" if "er" in turn.split()[-1] else f"{turn} against {name}",
        )
    ]


def quarter_chart(view: View) -> Chart | None:
    """Growth of the quarters alone, with the range that rounding leaves; ``None`` with fewer than two of them."""
    rows = quarters(view)
    rows = rows[rows["whole"]].dropna(subset=["growth_pct"])
    window = pd.period_range(end=pd.Period(view.last_month, freq="M").asfreq("Q"), periods=CHARTED, freq="Q")
    rows = rows.assign(quarter=pd.PeriodIndex(rows.index, freq="M").asfreq("Q"))
    rows = rows[rows["quarter"].isin(window)].iloc[::-1]
    if len(rows) < 2:
        return None
    last = rows.iloc[-1]
    name = alone_words(view, rows.index[-1], last["first_month"])
    return charts.levels(
        rows.assign(quarter=rows["quarter"].astype(str)),
        "quarter",
        "growth_pct",
        interval=("growth_lo", "growth_hi"),
        decimals=1,
        title=view.say(
            f"{name}当季规上工业总产值{growth_words(last['growth_pct'], 1)}",
            f"Gross output of {name} alone: {growth_words(last['growth_pct'], 1, 'en')}",
        ),
        unit=view.say("当季同比增速，%", "growth of the quarter on a year earlier, %"),
        source=view.source(_sources(view, rows.index)),
        note=view.say(
            "由累计产值和累计增速推算；竖线是公布数舍入造成的范围。",
            "Worked out from year-to-date output and growth; the vertical lines are the range rounding leaves.",
        ),
        lang=view.lang,
    )


def _sources(view: View, months: pd.Index) -> pd.Series:
    known = view.once(year_to_date)
    city = known["ref_area"].eq(view.city) & known["activity"].eq(WHOLE)
    starts = [str(pd.Period(month, freq="M").asfreq("Q").asfreq("M", how="start") - 1) for month in months]
    return sources_of(known[city & known["month"].isin([*months, *starts])])


def quarter_table(view: View) -> Table | None:
    """Output and growth of the quarters alone, the newest first, beside growth from January."""
    rows = quarters(view).head(LISTED)
    if rows.empty:
        return None
    names = [alone_words(view, month, row["first_month"]) for month, row in rows.iterrows()]
    # The growth of a first quarter is published and not worked out.
    worked_out = rows["growth_lo"].where(rows["base_share"].lt(1))
    ranges = [range_text(view, low, high) for low, high in zip(worked_out, rows["growth_hi"], strict=True)]
    return Table(
        rows.assign(
            name=names, range=ranges, value=view.money(rows["value"]), share=100 * rows["base_share"]
        ),
        view.say("当季规上工业总产值", "Gross output of single quarters"),
        columns=(
            Column("name", view.say("时期", "Period")),
            Column("value", view.say("当季产值", "Output"), view.say(1, 2), unit=view.money_unit),
            Column("growth_pct", view.say("当季同比", "Growth"), 1, unit="%"),
            Column("range", view.say("舍入区间", "Rounding"), unit="%", align="right"),
            Column("ytd_growth_pct", view.say("累计同比", "From January"), 1, unit="%"),
            Column("share", view.say("占累计基数", "Of the base"), 0, unit="%"),
        ),
        source=view.source(_sources(view, rows.index)),
        note=view.say("", " ").join(filter(None, (_method(view), missing_words(view)))),
        lang=view.lang,
    )


def _method(view: View) -> str:
    return view.say(
        "当季产值=本期累计-上季末累计；当季同比以两期推算基数之差为基数。占累计基数越小，舍入造成的区间越宽。",
        "Output = year to date less that of the quarter before; growth is on the difference of the two implied bases. "
        "The smaller the share of the base, the wider the range rounding leaves.",
    )


def missing_words(view: View) -> str:
    """Which figures the quarter reported still lacks to be taken alone, or nothing."""
    rows = quarters(view)
    if view.last_month in rows.index and pd.notna(rows.loc[view.last_month, "growth_pct"]):
        return ""
    known = view.once(year_to_date)
    city = known[known["ref_area"].eq(view.city) & known["activity"].eq(WHOLE)].set_index("month")
    complete = city.dropna(subset=["level", "growth_pct"]).index
    needed = [view.last_month] if view.quarter.quarter == 1 else [previous_end(view), view.last_month]
    absent = [months_words(view, month) for month in needed if month not in complete]
    if not absent:
        return ""
    quarter = period_words(view.period, view.lang)
    return view.say(
        f"要算{quarter}当季，还缺{'、'.join(absent)}的累计产值和增速，载入后即可算出。",
        f"To take {quarter} alone, output and growth of {' and of '.join(absent)} are missing; load them.",
    )


def missing_note(view: View) -> Note:
    """What a page shows where no quarter can be taken alone."""
    return Note(missing_words(view) or view.no_data)


def quarter_parts_table(view: View, dimension: str) -> Table | None:
    """Output and growth of the newest quarter alone for the parts of the city, the strongest growth first.

    ``None`` for a first quarter too: it is the year to date.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}
    """
    cells = with_parts(view, dimension)
    alone = {code: _alone(rows) for code, rows in cells.groupby("code")}
    month = max((rows.index[0] for code, rows in alone.items() if len(rows) and code != "total"), default="")
    if not month or pd.Period(month, freq="M").quarter == 1:
        return None
    found = {code: rows.loc[month] for code, rows in alone.items() if month in rows.index}
    if len(found) < 2:
        return None
    frame = pd.DataFrame(found).T.infer_objects().sort_values("growth_pct", ascending=False, kind="stable")
    frame = pd.concat([frame.drop(index="total", errors="ignore"), frame[frame.index == "total"]])
    names = [
        view.say("全市", "City") if code == "total" else view.name(DIMENSIONS[dimension], code)
        for code in frame.index
    ]
    ranges = [range_text(view, row["growth_lo"], row["growth_hi"]) for _, row in frame.iterrows()]
    growth = frame[["growth_pct", "ytd_growth_pct"]].astype(float)
    frame = frame.assign(
        name=names,
        range=ranges,
        value=view.money(frame["value"].astype(float)),
        faster=metrics.change_pp(growth["growth_pct"], growth["ytd_growth_pct"]),
    )
    when = alone_words(view, month, frame["first_month"].iloc[0])
    starts = str(pd.Period(month, freq="M").asfreq("Q").asfreq("M", how="start") - 1)
    return Table(
        frame,
        view.say(f"{when}当季产值与增速", f"Output and growth of {when} alone"),
        columns=(
            Column("name", view.say("部分", "Part")),
            Column("value", view.say("当季产值", "Output"), view.say(1, 2), unit=view.money_unit),
            Column("growth_pct", view.say("当季同比", "Growth"), 1, unit="%"),
            Column("range", view.say("舍入区间", "Rounding"), unit="%", align="right"),
            Column("ytd_growth_pct", view.say("累计同比", "From January"), 1, unit="%"),
            Column("faster", view.say("快于累计", "Faster by"), 1, unit=view.say("百分点", "points")),
        ),
        source=view.source(sources_of(cells[cells["month"].isin([month, starts])])),
        note="" if is_current(view, month) else _old_note(view),
        lang=view.lang,
    )


def no_parts(view: View, dimension: str) -> Note:
    """Why no part of the city can be taken alone.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}
    """
    if view.quarter.quarter == 1:
        return Note(
            view.say(
                "一季度的当季就是累计，见下文。", "The first quarter alone is the year to date, shown below."
            )
        )
    months = [months_words(view, month) for month in (previous_end(view), view.last_month)]
    zh, en = {"ref_area": ("区域", "Areas"), "activity": ("集群", "Clusters")}[dimension]
    return Note(
        view.say(
            f"各{zh}的当季数要有{'、'.join(months)}的分项产值和增速，没有查到；载入这两期统计月报即可。",
            f"{en} alone need their output and growth for {' and for '.join(months)}; load those bulletins.",
        )
    )


def _old_note(view: View) -> str:
    return view.say(
        "这是最近一个可以推算当季的时期；本期的分项没有查到。",
        "This is the newest quarter that can be taken alone; parts of the quarter reported were not found.",
    )
