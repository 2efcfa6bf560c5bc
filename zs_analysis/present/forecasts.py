"""Forecasts in words, tables and charts: the running year, the years to come, targets, scenarios, and how good they are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from zs_analysis.forecast.nowcast import Nowcast
from zs_analysis.present import forecast_charts, panel
from zs_analysis.present.chart import Chart
from zs_analysis.present.headlines import Metric
from zs_analysis.present.numbers import comparison_words, fmt, pct, period_words, yi
from zs_analysis.present.outlook import (
    OUTPUT,
    REST,
    REST_OF_AREAS,
    WHOLE,
    attained,
    events,
    expectations,
    last_years,
    measured,
    outlook,
    register_checked,
    revenue_ratio,
    too_wide,
    yearly,
)
from zs_analysis.present.phrases import listed, metric, told
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

LEVELS = (80, 95)
# Quarters of history in a fan chart at most.
QUARTERS_SHOWN = 16
REASONS = {
    "too_short": ("序列太短", "series too short"),
    "gaps": ("缺数过多", "too many gaps"),
    "too_wide": ("区间过宽", "interval too wide"),
    "other_indicator": ("指标不同，且没有可用的折算比率", "another indicator, without a bridge"),
    "not_forecast": ("该部分没有预测", "no forecast of this part"),
    "beyond_horizon": ("超出预测期", "beyond the horizon"),
    "decided": ("已有结果", "already decided"),
    "other_unit": ("单位不同", "another unit"),
    "standard": ("为标准线，不是进度目标", "a standard, not progress"),
    "no_year": ("没有期限", "no deadline"),
    "incomplete_year": ("年份不完整", "year incomplete"),
    "start_unknown": ("起始年数据未知", "start unknown"),
}


def part_name(view: View, code: str) -> str:
    """Name of a series of the forecast."""
    names = {
        WHOLE: view.say("全市", "City"),
        REST: view.say("其余行业", "Other industries"),
        REST_OF_AREAS: view.say("其余地区", "Other areas"),
    }
    if code in names:
        return names[code]
    return view.name("areas" if code in set(view.table("areas")["area"]) else "activities", code)


def _interval(view: View, row: dict[str, float]) -> str:
    """The 80 % interval of a row with its unit: ``3846—4075亿元``."""
    return ends(view, row) + view.say("亿元", " bn yuan")


def year_rows(view: View, year: int, code: str | None = None) -> pd.DataFrame:
    """Forecast of a year by part, with growth on the year before; empty where there is none.

    Returns
    -------
    pandas.DataFrame
        ``unique_id, mean, lo-80, hi-80, lo-95, hi-95, growth_pct, growth_lo-80, growth_hi-80, known_share, wide``.
    """
    rows = view.once(_years)
    rows = rows[rows["window"].eq(str(year))] if len(rows) else rows
    return rows if code is None or rows.empty else rows[rows["unique_id"].eq(code)]


def _years(view: View) -> pd.DataFrame:
    """Years and quarters to come of every series, in one frame."""
    return rows_of(view, view.once(yearly))


def rows_of(view: View, years: Mapping[int, Nowcast]) -> pd.DataFrame:
    """Years and quarters of some paths in one frame, as `year_rows` gives those of the models."""
    found, before = [], view.once(last_years)
    for now in years.values():
        found.append(now.frame(LEVELS, before))
        before = now
    if not found:
        return pd.DataFrame()
    rows = pd.concat(found, ignore_index=True)
    return rows.assign(wide=too_wide(view, rows))


def running_year(view: View) -> int | None:
    """The year reported, where its months are not all known, else the next; as far as the paths go."""
    made = view.once(outlook)
    return (
        None
        if made is None
        else max((made.last + 1).year, min(view.quarter.year, made.paths.periods[-1].year))
    )


def year_finding(view: View) -> str | None:
    """What the running year comes to, and how probable the announced figure is."""
    year = running_year(view)
    if year is None:
        return None
    [row] = year_rows(view, year, WHOLE).to_dict("records")
    made, share = view.once(outlook), pct(100 * row["known_share"], 0, view.lang)
    known = period_words(str(made.last), view.lang, ytd=True)
    growth = _growth_words(view, row)
    said = view.say(
        f"预测{year}年全市规上工业总产值{yi(row['mean'], 0)}（80%区间{_interval(view, row)}）{growth}"
        + (f"，其中{known}已公布的占{share}。" if row["known_share"] else f"{_since(view)}。"),
        f"Gross output above designated size is forecast at {yi(row['mean'], 0, 'en')} in {year} (80% interval "
        f"{_interval(view, row)}){growth}"
        + (f"; {share} of it is published ({known})." if row["known_share"] else f"{_since(view)}."),
    )
    text = view.say("", " ").join([said, *_expected(view)])
    return told(
        view,
        text,
        *window_metrics(view, row),
        *(known for _, known, found in view.once(expectations) if found.probability is not None),
    )


def window_metrics(view: View, row: dict[str, Any], origin: str = "model") -> list[Metric]:
    """The forecast of a year or quarter and its growth as numbers of a finding."""
    shared = {"time_period": row["window"], "status": "F", "origin": origin}
    ends = {"lo": row["lo-80"], "hi": row["hi-80"]}
    made = [metric(view, OUTPUT, row["mean"], unit="1e8_cny", decimals=0, **shared, **ends)]
    if not pd.isna(row.get("growth_pct", np.nan)):
        ends = {"lo": row["growth_lo-80"], "hi": row["growth_hi-80"]}
        growth = {"unit": "pct", "decimals": 1, "transformation": "yoy"}
        made.append(metric(view, OUTPUT, row["growth_pct"], **growth, **shared, **ends))
    return made


def next_quarter_finding(view: View) -> str | None:
    """What the quarter after the report comes to; the outcome stands in a later report."""
    if running_year(view) is None:
        return None
    window = str(view.quarter + 1).replace("Q", "-Q")
    rows = view.once(_years)
    rows = rows[
        rows["unique_id"].eq(WHOLE) & rows["window"].eq(window) & rows["reason"].eq("") & ~rows["wide"]
    ]
    if rows.empty:
        return None
    [row] = rows.to_dict("records")
    when = period_words(window, view.lang)
    text = view.say(
        f"预测{when}规上工业总产值{yi(row['mean'], 0)}（80%区间{_interval(view, row)}）。",
        f"Gross output above designated size is forecast at {yi(row['mean'], 0, 'en')} in {when} (80% interval "
        f"{_interval(view, row)}).",
    )
    return told(view, text, window_metrics(view, row)[0])


def short_finding(view: View) -> str | None:
    """The running year in one short sentence, for the brief."""
    year = running_year(view)
    if year is None:
        return None
    [row] = year_rows(view, year, WHOLE).to_dict("records")
    said = [
        found.probability
        for code, _, found in view.once(expectations)
        if code == WHOLE and found.probability is not None
    ]
    chance = _about(view, said[0]) if said else ""
    return told(
        view,
        view.say(
            f"模型预测{year}年规上工业总产值{yi(row['mean'], 0)}（80%区间{_interval(view, row)}）"
            + (f"，达到公布预计的概率{chance}。" if said else f"{_since(view)}。"),
            f"Models put gross output of {year} at {yi(row['mean'], 0, 'en')} (80% interval {_interval(view, row)})"
            + (f"; the chance of the announced figure is {chance}." if said else f"{_since(view)}."),
        ),
        window_metrics(view, row)[0],
    )


def _since(view: View) -> str:
    """Where the newest output is of a year before the one reported, say so."""
    last = view.once(outlook).last
    if last.year >= view.quarter.year:
        return ""
    month = period_words(str(last), view.lang)
    return view.say(f"，产值的公布数只到{month}", f"; published output ends in {month}")


def _growth_words(view: View, row: dict[str, float]) -> str:
    if "growth_pct" not in row or pd.isna(row["growth_pct"]):
        return ""
    low, middle, high = (
        fmt(row[key], 1, view.lang) for key in ("growth_lo-80", "growth_pct", "growth_hi-80")
    )
    return view.say(
        f"，比上年名义增长{middle}%（{low}%—{high}%）",
        f", {middle}% above the year before in nominal terms ({low}% to {high}%)",
    )


def _expected(view: View) -> list[str]:
    said = []
    for code, known, found in view.once(expectations):
        if found.probability is None:
            continue
        name = part_name(view, code)
        level = comparison_words(yi(known.value, known.decimals, view.lang), known.comparison, view.lang)
        said.append(
            view.say(
                f"{name}达到公布的全年预计（{level}）的概率{_about(view, found.probability)}。",
                f"The chance that the {name.lower()} reaches the announced {level} is {_about(view, found.probability)}.",
            )
        )
    return said


def _chance(view: View, probability: float) -> str:
    """A probability in whole percent; what no path showed is not called impossible."""
    if probability < 0.01:
        return view.say("不到1%", "below 1%")
    if probability > 0.99:
        return view.say("超过99%", "above 99%")
    return f"{fmt(100 * probability, 0, view.lang)}%"


def _about(view: View, probability: float) -> str:
    chance = _chance(view, probability)
    return view.say("约", "about ") + chance if chance[0].isdigit() else chance


def next_year_finding(view: View) -> str | None:
    """The year after the running one."""
    year = running_year(view)
    if year is None:
        return None
    [row] = year_rows(view, year + 1, WHOLE).to_dict("records")
    growth = _growth_words(view, row)
    return told(
        view,
        view.say(
            f"按现有数据的走势，{year + 1}年为{yi(row['mean'], 0)}（80%区间{_interval(view, row)}）{growth}；"
            "这是模型由过去外推的结果，不含新投产、停产等判断。",
            f"On past form {year + 1} comes to {yi(row['mean'], 0, 'en')} (80% interval "
            f"{_interval(view, row)}){growth}. This carries the past forward; new plants or "
            "shutdowns are not in it.",
        ),
        *window_metrics(view, row),
    )


def refused_finding(view: View) -> str | None:
    """Clusters without a forecast, by name."""
    made = view.once(outlook)
    if made is None:
        return None
    clusters = view.table("clusters").sort_values("rank_order")
    shown = printed(view)
    missing = clusters.loc[~clusters["cluster"].isin(shown), f"name_{view.lang}"].tolist()
    if not missing:
        return None
    return view.say(
        f"{len(missing)}个集群不作预测（{listed(view, missing)}）：没有公布过可用的产值水平，或区间过宽。",
        f"{len(missing)} clusters have no forecast ({listed(view, missing)}): no usable level of output was published, or "
        "the interval is too wide.",
    )


def printed(view: View) -> list[str]:
    """Parts whose forecast of the next year is narrow enough to be printed."""
    rows = year_rows(view, running_year(view) + 1)
    return rows.loc[~rows["wide"], "unique_id"].tolist()


def target_finding(view: View) -> str | None:
    """Probability of the targets of output and revenue."""
    rows = view.once(attained)
    rows = rows[rows["probability"].notna()] if len(rows) else rows
    if rows.empty:
        return None
    rows = rows.to_dict("records")
    said = view.say("", " ").join(_target_words(view, row) for row in rows)
    return told(view, said, *(_chance_metric(view, row) for row in rows))


def _target_words(view: View, row: dict) -> str:
    goal = comparison_words(yi(row["value"], 0, view.lang), row["comparison"], view.lang)
    chance, what = _about(view, row["probability"]), row[f"name_{view.lang}"]
    bridge = _bridge_words(view) if row["bridge"] is not None else ""
    return view.say(
        f"{what}{row['deadline']}年{goal}：达到的概率{chance}{bridge}。",
        f"{what}, {goal} by {row['deadline']}: the chance of reaching it is {chance}{bridge}.",
    )


def _chance_metric(view: View, row: dict) -> Metric:
    return metric(
        view,
        f"chance_{row['target_id']}",
        100 * row["probability"],
        unit="pct",
        decimals=0,
        time_period=str(row["deadline"]),
        status="F",
        origin="model",
        name={"zh": f"达到目标的概率：{row['name_zh']}", "en": f"Chance of the target: {row['name_en']}"},
    )


def _bridge_words(view: View) -> str:
    known = view.once(revenue_ratio)
    if known is None:
        return ""
    year, ratio = known
    width = fmt(view.rules("forecast")["value"]["bridge_width"])
    return view.say(
        f"（由全市产值预测折算：{year}年每元产值的营业收入为{fmt(ratio, 3)}元，假定今后上下{width}%；以全部规上工业代替集群）",
        f" (bridged from the forecast of output: {fmt(ratio, 3, 'en')} yuan of revenue for a yuan of output in {year}, taken to "
        f"stay within {width}% either way; all industry above designated size stands in for the clusters)",
    )


def quarters(view: View, code: str, last: int | None = None) -> pd.DataFrame:
    """Quarters of a series, known and forecast: ``period, value, mean``, bounds and status.

    Parameters
    ----------
    last : int, optional
        The last year; the one after the running year if not given.
    """
    made = view.once(outlook)
    past = made.known[made.known["unique_id"].eq(code)]
    quarters = made.past.periods.asfreq("Q")
    draws = made.past.of(code)
    whole = [q for q in quarters.unique() if (quarters == q).sum() == 3][-QUARTERS_SHOWN:]
    rows = []
    for quarter in whole:
        inside = quarters == quarter
        sums = draws[inside].sum(axis=0)
        value, spread = past["y"].to_numpy()[inside].sum(), np.quantile(sums, [0.1, 0.9])
        sure = spread[1] - spread[0] < 0.01 * value
        rows.append(
            {
                "period": str(quarter),
                "value": value,
                "status": "A" if sure else "E",
                "lo-80": spread[0],
                "hi-80": spread[1],
            }
        )
    end = running_year(view) + 1 if last is None else last
    ahead = view.once(_years)
    ahead = ahead[ahead["unique_id"].eq(code) & ahead["window"].str.contains("Q") & ahead["reason"].eq("")]
    ahead = ahead[ahead["window"].str[:4].astype(int).le(end)]
    ahead = ahead.assign(period=ahead["window"].str.replace("-Q", "Q"), status="F")
    late = ahead[ahead["period"].gt(str(whole[-1]))] if whole else ahead
    frame = pd.concat([pd.DataFrame(rows), late], ignore_index=True)
    amounts = [column for column in frame if column in ("value", "mean") or column[:3] in ("lo-", "hi-")]
    return frame.assign(**{column: view.money(frame[column]) for column in amounts})


def city_fan(view: View) -> Chart | None:
    """Quarters of the city's output to the end of the next year."""
    year = running_year(view)
    if year is None:
        return None
    [row] = year_rows(view, year + 1, WHOLE).to_dict("records")
    return fan_of_city(
        view,
        title=view.say(
            f"{year + 1}年规上工业总产值预测{yi(row['mean'], 0)}，80%区间{_interval(view, row)}",
            f"Gross output of {year + 1} is forecast at {yi(row['mean'], 0, 'en')}, 80% interval "
            f"{_interval(view, row)}",
        ),
        source=_source(view),
        note=_fan_note(view),
    )


def fan_of_city(
    view: View, *, title: str, source: str, note: str, target: forecast_charts.Required | None = None
) -> Chart:
    """The city's quarters as a fan, with a path to compare with or without."""
    frame = quarters(view, WHOLE)
    ahead = frame["status"].eq("F")
    return forecast_charts.fan(
        frame[~ahead],
        frame[ahead],
        target=target,
        title=title,
        unit=view.say("规上工业总产值，每季，亿元", f"gross output a quarter, {view.money_unit}"),
        source=source,
        decimals=view.say(0, 1),
        note=note,
        lang=view.lang,
    )


def _fan_note(view: View) -> str:
    return view.say(
        "空心点由公布数联立估计（细线为80%区间），虚线和阴影为预测。月度序列的估计误差已计入预测区间。",
        "Hollow points are estimated from published figures together (with their 80% band); the dashed line and the shades are "
        "forecast. Errors of the estimated months are in the bands.",
    )


def _source(view: View) -> str:
    return view.source(view.once(panel.fitted).facts["source_id"])


def as_above(view: View) -> str:
    """The source of what rests on the same figures as the chart of the city."""
    return view.say("同全市预测图", "as of the chart of the city")


def parts_fan(view: View) -> Chart | None:
    """Small fan charts of the parts that have a forecast narrow enough."""
    made = view.once(outlook)
    if made is None:
        return None
    narrow = printed(view)
    shown = [code for code in made.parts.get("activities", []) if code in narrow][:12]
    if not shown:
        return None
    frame = pd.concat([quarters(view, code).assign(name=part_name(view, code)) for code in shown])
    rows = year_rows(view, running_year(view) + 1).set_index("unique_id").loc[shown]
    best = rows["growth_pct"].idxmax()
    return forecast_charts.fans(
        frame,
        title=view.say(
            f"{running_year(view) + 1}年预测增长最快的是{part_name(view, best)}（{pct(rows.loc[best, 'growth_pct'], 1)}）",
            f"{part_name(view, best)}: forecast to grow most in {running_year(view) + 1} "
            f"({pct(rows.loc[best, 'growth_pct'], 1, 'en')})",
        ),
        unit=view.say("总产值，每季，亿元", f"gross output a quarter, {view.money_unit}"),
        source=as_above(view),
        decimals=view.say(0, 1),
        note=_fan_note(view),
        lang=view.lang,
    )


def years_table(view: View) -> Table | None:
    """The running and the next year by part, with 80 % intervals; what is too wide says so."""
    year = running_year(view)
    if year is None:
        return None
    rows = [_year_row(view, code) for code in in_order(view)]
    money = view.say(0, 1)
    columns = [Column("name", view.say("部分", "Part"))]
    for which in (year, year + 1):
        columns += [
            Column(
                f"{which}",
                period_words(str(which), view.lang),
                money,
                unit=view.money_unit,
                status=f"{which} status",
            ),
            Column(f"{which} interval", view.say("80%区间", "80% interval"), align="right"),
            Column(
                f"{which} growth",
                view.say("名义增速", "Nominal growth"),
                1,
                unit="%",
                status=f"{which} status",
            ),
        ]
    return Table(
        pd.DataFrame(rows),
        view.say("分集群、分地区预测", "Forecast by cluster and area"),
        columns=tuple(columns),
        source=as_above(view),
        note=view.say(
            "各集群与其余行业之和、各地区之和都等于全市（概率分布逐条路径协调一致）。增速由水平推算，与公布的可比口径增速不同。"
            "—为区间过宽，不予列出。",
            "Clusters and other industries add up to the city, and so do areas (reconciled path by path). Growth is that of levels and "
            "differs from published growth on a comparable base. A dash: the interval is too wide to be printed.",
        ),
        lang=view.lang,
    )


def in_order(view: View) -> list[str]:
    """The city, then its activities and areas that have a forecast."""
    made = view.once(outlook)
    return [WHOLE, *(code for codes in made.parts.values() for code in codes if code in made.paths.ids)]


def _year_row(view: View, code: str) -> dict[str, object]:
    year, found = running_year(view), {"name": part_name(view, code)}
    for which in (year, year + 1):
        [row] = year_rows(view, which, code).to_dict("records")
        found[f"{which} status"] = "F"
        if not row["wide"]:
            found |= {
                str(which): view.money(row["mean"]),
                f"{which} interval": ends(view, row),
                f"{which} growth": row.get("growth_pct"),
            }
        else:
            found |= {str(which): None, f"{which} interval": None, f"{which} growth": None}
    return found


def ends(view: View, row: dict[str, float]) -> str:
    """The 80 % interval of a row without its unit: ``3846—4075``."""
    low, high = (fmt(view.money(row[side]), view.say(0, 1), view.lang) for side in ("lo-80", "hi-80"))
    return view.say(f"{low}—{high}", f"{low} to {high}")


def expectation_table(view: View) -> Table | None:
    """Announced figures for the running year: what they leave for the rest of it, and what the forecast says."""
    rows = [row for row in view.once(expectations) if row[2].probability is not None]
    if not rows:
        return None
    year = running_year(view)
    frame = pd.DataFrame([_expectation_row(view, year, *row) for row in rows])
    money = view.say(0, 1)
    return Table(
        frame,
        view.say(f"{year}年公布预计与预测", f"Announced and forecast {year}"),
        columns=(
            Column("name", view.say("部分", "Part")),
            Column("announced", view.say("公布预计", "Announced"), align="right"),
            Column("forecast", view.say("预测", "Forecast"), money, unit=view.money_unit, status="status"),
            Column("interval", view.say("80%区间", "80% interval"), align="right"),
            Column("probability", view.say("达到的概率", "Chance of reaching it"), align="right"),
            Column(
                "asked",
                view.say("余下月份月均所需", "Asked of each month left"),
                view.say(1, 2),
                unit=view.money_unit,
            ),
            Column(
                "nowcast",
                view.say("余下月份月均预测", "Forecast for each"),
                view.say(1, 2),
                unit=view.money_unit,
                status="status",
            ),
        ),
        source=view.source([known.source_id for _, known, _ in rows]),
        lang=view.lang,
    )


def _expectation_row(view: View, year: int, code: str, known, found) -> dict[str, object]:
    [row] = year_rows(view, year, code).to_dict("records")
    level = comparison_words(yi(known.value, known.decimals, view.lang), known.comparison, view.lang)
    return {
        "name": part_name(view, code),
        "announced": level,
        "forecast": view.money(row["mean"]),
        "status": "F",
        "interval": ends(view, row),
        "probability": _chance(view, found.probability),
        "asked": view.money(found.remainder.per_month) if found.remainder else None,
        "nowcast": view.money(found.nowcast_per_month) if found.nowcast_per_month else None,
    }


def attainment_table(view: View) -> Table | None:
    """Targets of output and revenue: probability, what the forecast has at the deadline, required growth."""
    rows = view.once(attained)
    if rows.empty:
        return None
    frame = pd.DataFrame([_attainment_row(view, row) for row in rows.to_dict("records")])
    return Table(
        frame,
        view.say("目标达成概率", "Chance of meeting the targets"),
        columns=(
            Column("name", view.say("目标", "Target")),
            Column("goal", view.say("目标值", "Value"), align="right"),
            Column("probability", view.say("达到的概率", "Chance"), align="right"),
            Column("judged", view.say("计入判断", "With judgements"), align="right"),
            Column(
                "median",
                view.say("期限年预测中位数", "Median at the deadline"),
                view.say(0, 1),
                unit=view.money_unit,
                status="status",
            ),
            Column("interval", view.say("80%区间", "80% interval"), align="right"),
            Column("required", view.say("所需年均增速", "Growth a year it takes"), 1, unit="%"),
            *(
                (Column("reason", view.say("不作预测的原因", "Why there is no forecast")),)
                if frame["reason"].any()
                else ()
            ),
        ),
        source=view.source(rows["source_id"]),
        note=_bridge_words(view).strip("（）() ") + view.say("。", ".")
        if rows["bridge"].notna().any()
        else "",
        lang=view.lang,
        disclosure=register_checked(view),
    )


def _attainment_row(view: View, row: dict) -> dict[str, object]:
    known = pd.notna(row["probability"])
    return {
        "name": view.say(
            f"{row['name_zh']}（{row['deadline']}年）", f"{row['name_en']}, by {row['deadline']}"
        ),
        "goal": comparison_words(yi(row["value"], 0, view.lang), row["comparison"], view.lang),
        "probability": _chance(view, row["probability"]) if known else None,
        "judged": _chance(view, row["judged"]) if known and view.once(events) else None,
        "median": view.money(row["median"]) if known else None,
        "status": "F",
        "interval": ends(view, row) if known else None,
        "required": row["required_growth_pct"],
        "reason": view.say(*REASONS[row["reason"]]) if row["reason"] else None,
    }


def attainment_chart(view: View) -> Chart | None:
    """The indicator of the first target that has a probability: its forecast by year, and the path the target takes."""
    rows = view.once(attained)
    rows = rows[rows["probability"].notna() & rows["path"].notna()] if len(rows) else rows
    if rows.empty:
        return None
    row = rows.iloc[0]
    found = measured(view, view.once(yearly), row["indicator"])
    ahead = found.paths.only([row["unique_id"]]).frame(LEVELS)
    ahead = ahead[pd.PeriodIndex(ahead["ds"]).year <= int(row["deadline"])]
    known = found.known[found.known["unique_id"].eq(row["unique_id"])].sort_values("ds")
    bounds = [column for column in ahead if column == "mean" or column[:3] in ("lo-", "hi-")]
    path = pd.DataFrame(
        {"period": row["path"].index.astype(str), "value": view.money(row["path"]).to_numpy()}
    )
    goal = comparison_words(yi(row["value"], 0, view.lang), row["comparison"], view.lang)
    name = view.name("indicators", row["indicator"])
    chart = forecast_charts.fan(
        pd.DataFrame({"period": known["ds"].astype(str), "value": view.money(known["y"]), "status": "A"}),
        ahead[bounds].apply(view.money).assign(period=ahead["ds"].astype(str)),
        target=(view.say("达到目标所需路径", "path the target takes"), path),
        title=view.say(
            f"{row['deadline']}年{goal}的概率{_about(view, row['probability'])}",
            f"The chance of {goal} by {row['deadline']} is {_about(view, row['probability'])}",
        ),
        unit=f"{name}{view.say('，', ', ')}{view.money_unit}",
        source=view.source([row["source_id"]]),
        decimals=view.say(0, 1),
        note=_bridge_words(view).strip("（）() ") + view.say("。", ".") if row["bridge"] is not None else "",
        lang=view.lang,
    )
    # What the register adds to the chance stands in the table, but it was read on the way.
    return replace(chart, disclosure=register_checked(view))
