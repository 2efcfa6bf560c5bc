"""Forecasts in words, tables and charts: the running year, the years to come, targets, scenarios, and how good they are."""

from dataclasses import replace

import numpy as np
import pandas as pd

from zs_analysis.forecast.combination import BENCHMARK
from zs_analysis.forecast.evaluation import diebold_mariano
from zs_analysis.present import forecast_charts, panel, projects
from zs_analysis.present.chart import Chart
from zs_analysis.present.numbers import comparison_words, fmt, pct, period_words, yi
from zs_analysis.present.outlook import (
    REST,
    REST_OF_AREAS,
    WHOLE,
    attained,
    change_of_year,
    earlier,
    expectations,
    judged,
    judgements,
    last_years,
    measured,
    outlook,
    revenue_ratio,
    since,
    too_wide,
    yearly,
)
from zs_analysis.present.phrases import listed
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

LEVELS = (80, 95)
# Quarters of history in a fan chart at most.
QUARTERS_SHOWN = 16
# Months ahead that errors are shown for, and the fewest origins to speak of.
HORIZONS, FEWEST_ORIGINS = (1, 3, 6, 12), 5
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
    return _ends(view, row) + view.say("亿元", " billion yuan")


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
    found, before = [], view.once(last_years)
    for now in view.once(yearly).values():
        found.append(now.frame(LEVELS, before))
        before = now
    if not found:
        return pd.DataFrame()
    rows = pd.concat(found, ignore_index=True)
    return rows.assign(wide=too_wide(view, rows))


def running_year(view: View) -> int | None:
    """The year that the first month to come lies in."""
    made = view.once(outlook)
    return None if made is None else (made.last + 1).year


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
        + (f"，其中{known}已公布的占{share}。" if row["known_share"] else "。"),
        f"Gross output above designated size is forecast at {yi(row['mean'], 0, 'en')} in {year} (80% interval "
        f"{_interval(view, row)}){growth}"
        + (f"; {share} of it is published ({known})." if row["known_share"] else "."),
    )
    return " ".join([said, *_expected(view)]) if view.lang == "en" else "".join([said, *_expected(view)])


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
                f"{name}达到公布的全年预计（{level}）的概率为{_chance(view, found.probability)}。",
                f"The chance that the {name.lower()} reaches the announced {level} is {_chance(view, found.probability)}.",
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
    return view.say(
        f"按现有数据的走势，{year + 1}年为{yi(row['mean'], 0)}（80%区间{_interval(view, row)}）{growth}；"
        "这是模型由过去外推的结果，不含新投产、停产等判断。",
        f"On past form {year + 1} comes to {yi(row['mean'], 0, 'en')} (80% interval "
        f"{_interval(view, row)}){growth}. This carries the past forward; new plants or "
        "shutdowns are not in it.",
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
    return view.say("", " ").join(_target_words(view, row) for row in rows.to_dict("records"))


def _target_words(view: View, row: dict) -> str:
    goal = comparison_words(yi(row["value"], 0, view.lang), row["comparison"], view.lang)
    chance, what = _about(view, row["probability"]), row[f"name_{view.lang}"]
    bridge = _bridge_words(view) if row["bridge"] is not None else ""
    return view.say(
        f"{what}{row['deadline']}年{goal}：达到的概率{chance}{bridge}。",
        f"{what}, {goal} by {row['deadline']}: the chance of reaching it is {chance}{bridge}.",
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


def _quarters(view: View, code: str) -> pd.DataFrame:
    """Quarters of a series, known and forecast: ``period, value, mean``, bounds and status."""
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
    end = running_year(view) + 1
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
    frame = _quarters(view, WHOLE)
    ahead = frame["status"].eq("F")
    [row] = year_rows(view, year + 1, WHOLE).to_dict("records")
    return forecast_charts.fan(
        frame[~ahead],
        frame[ahead],
        title=view.say(
            f"{year + 1}年规上工业总产值预测{yi(row['mean'], 0)}，80%区间{_interval(view, row)}",
            f"Gross output of {year + 1} is forecast at {yi(row['mean'], 0, 'en')}, 80% interval "
            f"{_interval(view, row)}",
        ),
        unit=view.say("规上工业总产值，每季，亿元", f"gross output a quarter, {view.money_unit}"),
        source=_source(view),
        decimals=view.say(0, 1),
        note=_fan_note(view),
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


def _as_above(view: View) -> str:
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
    frame = pd.concat([_quarters(view, code).assign(name=part_name(view, code)) for code in shown])
    rows = year_rows(view, running_year(view) + 1).set_index("unique_id").loc[shown]
    best = rows["growth_pct"].idxmax()
    return forecast_charts.fans(
        frame,
        title=view.say(
            f"{running_year(view) + 1}年预测增长最快的是{part_name(view, best)}（{pct(rows.loc[best, 'growth_pct'], 1)}）",
            f"In {running_year(view) + 1} {part_name(view, best)} is forecast to grow most "
            f"({pct(rows.loc[best, 'growth_pct'], 1, 'en')})",
        ),
        unit=view.say("总产值，每季，亿元", f"gross output a quarter, {view.money_unit}"),
        source=_as_above(view),
        decimals=view.say(0, 1),
        note=_fan_note(view),
        lang=view.lang,
    )


def years_table(view: View) -> Table | None:
    """The running and the next year by part, with 80 % intervals; what is too wide says so."""
    year = running_year(view)
    if year is None:
        return None
    rows = [_year_row(view, code) for code in _in_order(view)]
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
        source=_as_above(view),
        note=view.say(
            "各集群与其余行业之和、各地区之和都等于全市（概率分布逐条路径协调一致）。增速由水平推算，与公布的可比口径增速不同。"
            "—为区间过宽，不予列出。",
            "Clusters and other industries add up to the city, and so do areas (reconciled path by path). Growth is that of levels and "
            "differs from published growth on a comparable base. A dash: the interval is too wide to be printed.",
        ),
        lang=view.lang,
    )


def _in_order(view: View) -> list[str]:
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
                f"{which} interval": _ends(view, row),
                f"{which} growth": row.get("growth_pct"),
            }
        else:
            found |= {str(which): None, f"{which} interval": None, f"{which} growth": None}
    return found


def _ends(view: View, row: dict[str, float]) -> str:
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
        "interval": _ends(view, row),
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
            Column("with_capacity", view.say("计入新增产能", "With new capacity"), align="right"),
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
        disclosure=projects.checked(view) if view.once(judgements) else None,
    )


def _attainment_row(view: View, row: dict) -> dict[str, object]:
    known = pd.notna(row["probability"])
    return {
        "name": view.say(
            f"{row['name_zh']}（{row['deadline']}年）", f"{row['name_en']}, by {row['deadline']}"
        ),
        "goal": comparison_words(yi(row["value"], 0, view.lang), row["comparison"], view.lang),
        "probability": _chance(view, row["probability"]) if known else None,
        "with_capacity": _chance(view, row["with_capacity"]) if known and view.once(judgements) else None,
        "median": view.money(row["median"]) if known else None,
        "status": "F",
        "interval": _ends(view, row) if known else None,
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
    return replace(chart, disclosure=projects.checked(view) if view.once(judgements) else None)


def scenario_table(view: View) -> Table | None:
    """What new capacity adds to the model's path of the next year, shown apart from it."""
    made, judgement = view.once(outlook), view.once(judgements)
    if made is None or not judgement:
        return None
    year = running_year(view) + 1
    months = made.paths.periods.year == year
    # Of the city alone: what a cluster gains may be one firm's.
    plain, more = (paths.of(WHOLE)[months].sum(axis=0) for paths in (made.paths, view.once(judged)))
    low, high = np.quantile(more, [0.1, 0.9])
    row = {
        "name": part_name(view, WHOLE),
        "model": view.money(plain.mean()),
        "judgement": view.money((more - plain).mean()),
        "total": view.money(more.mean()),
        "interval": _ends(view, {"lo-80": low, "hi-80": high}),
        "status": "F",
    }
    money = view.say(0, 1)
    return Table(
        pd.DataFrame([row]),
        view.say(
            f"{year}年：模型路径与新增产能判断", f"{year}: the models' path, and new capacity as a judgement"
        ),
        columns=(
            Column("name", view.say("部分", "Part")),
            Column("model", view.say("模型", "Models"), money, unit=view.money_unit, status="status"),
            Column(
                "judgement",
                view.say("判断：新增产能", "Judgement: new capacity"),
                money,
                unit=view.money_unit,
                status="status",
            ),
            Column("total", view.say("合计", "Together"), money, unit=view.money_unit, status="status"),
            Column("interval", view.say("合计80%区间", "80% interval of both"), align="right"),
        ),
        source=projects.capacity_source(view),
        note=_scenario_note(view),
        lang=view.lang,
        disclosure=projects.checked(view),
    )


def _scenario_note(view: View) -> str:
    names = list(dict.fromkeys(view.once(projects.capacity)["scenario"]))
    said = view.say("；", "; ").join(projects.assumption(view, name) for name in names)
    twice = view.say(
        "模型的趋势已含以往投产的惯性，两者可能部分重复。",
        "The models' trend holds past start-ups already, so part may count twice.",
    )
    return view.say(f"情景：{said}。{twice}", f"Scenarios: {said}. {twice}")


def card_table(view: View) -> Table | None:
    """The model card: what each series rests on, how its forecasts did on its own past, and what was found of it."""
    made = view.once(outlook)
    if made is None:
        return None
    rows = [_card_row(view, code) for code in _in_order(view)]
    return Table(
        pd.DataFrame(rows),
        view.say(
            "模型卡：各序列用了什么，过去预测得怎样", "Model card: what each series rests on and how it did"
        ),
        columns=(
            Column("name", view.say("部分", "Part")),
            Column("months", view.say("月数", "Months"), 0),
            Column("error", view.say("月值标准误", "Error of a month"), 1, unit="%"),
            Column("models", view.say("权重最大的两类模型", "Most weight")),
            Column("ratio", view.say("误差比", "Error ratio"), 2),
            Column("origins", view.say("检验起点数", "Origins judged"), 0),
            Column("facts", view.say("数据特征、退出的模型", "Found; left out")),
        ),
        source=_as_above(view),
        note=view.say(
            "月值标准误为中位数。误差比为与季节朴素法之比，小于1为更好：最后三分之一起点上各期绝对（对数）误差的平均，参数只用此前的数据估计。检验对象是现在的月度估计值，"
            "不是当时公布的数，因此偏乐观。区间按M3竞赛中2303条序列的误差校准，见方法页。",
            "The error of a month is a median. The error ratio is to the seasonal naive, below 1 is better: mean absolute (log) errors at "
            "the origins of the last third, with parameters from before. They are judged against today's estimates of months, not what was known then, which flatters them. "
            "Intervals are calibrated on the errors of 2303 series of the M3 competition; see the method page.",
        ),
        lang=view.lang,
    )


# By family: in logs or not makes no difference to a reader.
MODELS = {
    "theta": ("Theta", "Theta"),
    "ets": ("指数平滑", "ETS"),
    "stl": ("STL+指数平滑", "STL + ETS"),
    "airline": ("航线模型", "airline"),
    "mean": ("季节AR(1)", "seasonal AR(1)"),
    "arima": ("ARIMA(0,1,1)", "ARIMA(0,1,1)"),
    "local": ("局部线性趋势", "local linear trend"),
    "drift": ("漂移", "drift"),
    "seasonal": ("季节朴素法", "seasonal naive"),
}


def _family(model: str) -> str:
    return model.partition("_")[0]


FACTS = {
    "gap": ("补缺{}期", "{} gaps filled"),
    "isolated": ("{}单个非正值按缺失补上", "a single value not above zero in {} filled in as a gap"),
    "constant": ("为常数", "constant"),
    "not_positive": ("含零或负值", "zeros or negative values"),
    "merged_january": ("1—2月合并", "January with February"),
    "level_shift": ("{}水平跳变", "level shift in {}"),
    "spring_festival": ("剔除春节移动影响", "moving Spring Festival taken out"),
    "recent_jump": ("{}刚有跳变，尚难判断", "a jump in {}, too recent to tell"),
}


def _card_row(view: View, code: str) -> dict[str, object]:
    made = view.once(outlook)
    one, known = made.made.outlooks[code], made.known[made.known["unique_id"].eq(code)]
    error = 100 * (known["se"] / known["y"]).median()
    found = {
        "name": part_name(view, code),
        "months": len(known),
        "error": error,
        "facts": listed(view, [_fact_words(view, fact) for fact in one.facts]) or None,
    }
    if one.combination is None:
        return found | {"models": None, "ratio": None, "origins": None}
    weights = pd.Series(one.combination.weights).groupby(_family).sum().nlargest(2)
    size = {
        name: np.nanmean(np.abs(errors))
        for name, errors in (
            ("ours", one.combination.errors),
            ("naive", one.combination.member_errors[BENCHMARK]),
        )
    }
    return found | {
        "models": listed(
            view, [f"{view.say(*MODELS[name])} {fmt(100 * share, 0)}%" for name, share in weights.items()]
        ),
        "ratio": size["ours"] / size["naive"] if size["naive"] else None,
        "origins": len(one.combination.errors),
    }


def _fact_words(view: View, fact: str) -> str:
    kind, _, rest = fact.partition(":")
    if kind == "failed":
        name = view.say(*MODELS[_family(rest)])
        return view.say(f"{name}退出", f"{name} left out")
    text = period_words(rest, view.lang) if "-" in rest else rest
    return view.say(*FACTS[kind]).format(text)


def coherence_table(view: View) -> Table | None:
    """How far the forecasts made one by one were from adding up, before they were reconciled."""
    made = view.once(outlook)
    if made is None or made.made.reconciled is None:
        return None
    rows = made.made.reconciled.incoherence
    rows = rows.assign(year=pd.PeriodIndex(rows["ds"]).year)
    rows = rows[rows["year"].le(running_year(view) + 1)]
    sums = rows.groupby(["split", "year"], as_index=False)[["base", "parts"]].sum()
    splits = dict(enumerate(made.parts, 1))
    words = {
        "activities": view.say("集群与其余行业", "clusters and the rest"),
        "areas": view.say("地区", "areas"),
    }
    frame = pd.DataFrame(
        {
            "split": [words[splits[number]] for number in sums["split"]],
            "year": sums["year"].astype(str),
            "base": view.money(sums["base"]),
            "parts": view.money(sums["parts"]),
            "gap": 100 * (sums["parts"] / sums["base"] - 1),
        }
    )
    return Table(
        frame,
        view.say(
            "协调之前：各部分预测之和与全市预测", "Before reconciliation: the parts' forecasts and the city's"
        ),
        columns=(
            Column("split", view.say("划分", "Split")),
            Column("year", view.say("年份（余下月份）", "Year (months left)")),
            Column("base", view.say("全市", "City"), view.say(0, 1), unit=view.money_unit),
            Column("parts", view.say("各部分之和", "Sum of the parts"), view.say(0, 1), unit=view.money_unit),
            Column("gap", view.say("相差", "Gap"), 1, unit="%"),
        ),
        source=_as_above(view),
        note=view.say(
            "用最小迹法（MinT）逐条路径协调，误差大的让步多；上文各表均为协调后的结果。",
            "Reconciled path by path (MinT): what is uncertain gives way most. All tables above are after it.",
        ),
        lang=view.lang,
    )


def since_table(view: View) -> Table | None:
    """How the last report's forecast did: quarters and years that are over now."""
    rows = view.once(since)
    rows = rows[rows["unique_id"].eq(WHOLE)] if len(rows) else rows
    if rows.empty:
        return None
    frame = pd.DataFrame(
        {
            "window": [period_words(window, view.lang) for window in rows["window"]],
            "then": view.money(rows["mean"]),
            "status": "F",
            "interval": [_ends(view, row) for row in rows.to_dict("records")],
            "now": view.money(rows["now"]),
            "error": rows["error_pct"],
            "inside": [
                view.say("是", "yes") if inside else view.say("否", "no") for inside in rows["inside"]
            ],
        }
    )
    day, money = view.once(earlier).as_of, view.say(0, 1)
    return Table(
        frame,
        view.say(
            f"上次预测（数据截至{day}）与现在所知", f"The last forecast (data to {day}) and what is known now"
        ),
        columns=(
            Column("window", view.say("时期", "Period")),
            Column(
                "then", view.say("当时预测", "Forecast then"), money, unit=view.money_unit, status="status"
            ),
            Column("interval", view.say("80%区间", "80% interval"), align="right"),
            Column("now", view.say("现在所知", "Known now"), money, unit=view.money_unit),
            Column("error", view.say("相差", "Difference"), 1, unit="%"),
            Column("inside", view.say("在区间内", "Inside")),
        ),
        source=_as_above(view),
        note=view.say(
            "当时预测由当时已公布的数重新做出，方法与现在相同；现在所知为公布数或由公布数联立估计。全市产值。",
            "The forecast then is made again from what was published by then, in today's way; what is known now is published or "
            "estimated from published figures together. Output of the city.",
        ),
        lang=view.lang,
    )


def since_finding(view: View) -> str | None:
    """How many of the last report's intervals held what came out."""
    rows = view.once(since)
    rows = rows[rows["unique_id"].eq(WHOLE)] if len(rows) else rows
    if rows.empty:
        return None
    held, count = int(rows["inside"].sum()), len(rows)
    day = view.once(earlier).as_of
    return view.say(
        f"上次预测（数据截至{day}）的{count}个已有结果的时期中，{held}个落在80%区间内。",
        f"Of {count} periods of the last forecast (data to {day}) that are over, {held} lie in the 80% interval.",
    )


CAUSES = {
    "old": ("上次预测", "last forecast"),
    "revision": ("旧数修订", "revision of old figures"),
    "news": ("新数与当时预期之差", "new figures against what was expected"),
    "re_estimation": ("模型重新估计", "models fitted anew"),
    "new": ("本次预测", "this forecast"),
}


def change_table(view: View) -> Table | None:
    """The running year's forecast by the models alone: then, now, and the change by cause."""
    rows = view.once(change_of_year)
    if rows.empty:
        return None
    year = running_year(view)
    frame = pd.DataFrame(
        {"cause": [view.say(*CAUSES[cause]) for cause in rows["cause"]], "impact": view.money(rows["impact"])}
    )
    return Table(
        frame,
        view.say(f"{year}年预测为什么变了", f"Why the forecast of {year} moved"),
        columns=(
            Column("cause", view.say("原因", "Cause")),
            Column("impact", view.say("亿元", view.money_unit), view.say(1, 2)),
        ),
        source=_as_above(view),
        note=view.say(
            "全市单独的模型预测，协调之前；各原因之和等于变化。",
            "The city's own models, before reconciliation; the causes add up to the change.",
        ),
        lang=view.lang,
    )


def horizon_table(view: View) -> Table | None:
    """Errors of the city's forecast by horizon, beside the benchmark's, and whether the difference could be chance."""
    made = view.once(outlook)
    one = made and made.made.outlooks[WHOLE].combination
    if one is None:
        return None
    naive = one.member_errors[BENCHMARK]
    shown = [h for h in HORIZONS if (~np.isnan(one.errors[:, h - 1])).sum() >= FEWEST_ORIGINS]
    if not shown:
        return None
    frame = pd.DataFrame([_horizon_row(view, h, one.errors[:, h - 1], naive[:, h - 1]) for h in shown])
    return Table(
        frame,
        view.say("全市预测误差：按预测期", "Errors of the city's forecast by horizon"),
        columns=(
            Column("horizon", view.say("提前月数", "Months ahead"), 0),
            Column("origins", view.say("起点数", "Origins"), 0),
            Column("ours", view.say("本预测平均误差", "Mean error, this forecast"), 1, unit="%"),
            Column("naive", view.say("季节朴素法", "Seasonal naive"), 1, unit="%"),
            Column("p", view.say("差异检验p值", "p of the difference"), 3),
        ),
        source=_as_above(view),
        note=view.say(
            "平均绝对误差，对照现在的月度估计值；检验为Diebold-Mariano（Harvey-Leybourne-Newbold修正），起点太少的不检验。",
            "Mean absolute errors against today's estimates of months; Diebold and Mariano's test in the version of Harvey, Leybourne "
            "and Newbold, not made where origins are few.",
        ),
        lang=view.lang,
    )


def _horizon_row(view: View, horizon: int, ours: np.ndarray, naive: np.ndarray) -> dict[str, object]:
    known = ~np.isnan(ours) & ~np.isnan(naive)
    a, b = pd.Series(ours[known]), pd.Series(naive[known])
    return {
        "horizon": horizon,
        "origins": int(known.sum()),
        "ours": 100 * a.abs().mean(),
        "naive": 100 * b.abs().mean(),
        "p": diebold_mariano(a, b, horizon).p,
    }
