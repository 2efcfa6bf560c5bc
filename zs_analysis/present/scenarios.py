"""Judgements on top of the models' forecast, shown apart from it: new capacity, shutdowns, price shocks."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from zs_analysis.forecast.judgement import Judgement, from_scenarios, record
from zs_analysis.forecast.paths import Paths
from zs_analysis.present import projects
from zs_analysis.present.chart import Chart
from zs_analysis.present.forecasts import (
    as_above,
    ends,
    fan_of_city,
    part_name,
    quarters,
    running_year,
    window_metrics,
)
from zs_analysis.present.numbers import fmt, period_words, yi
from zs_analysis.present.outlook import (
    CAPACITY,
    WHOLE,
    entered,
    events,
    judged,
    outlook,
    register_checked,
    standing,
    with_judgements,
    years_of,
)
from zs_analysis.present.phrases import listed, told
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

# Below this many 亿元 a change of a year is none.
NONE = 0.05


def scenario_finding(view: View) -> str | None:
    """What all judgements together make of the next year."""
    if not view.once(events):
        return None
    year = running_year(view) + 1
    model, together = (rows[year] for rows in (view.once(_steps)[0][1], view.once(_steps)[-1][1]))
    change = together["mean"] - model["mean"]
    if abs(change) < NONE:
        return None
    names = listed(view, [event_name(view, name) for name in view.once(events)])
    return told(
        view,
        view.say(
            f"计入判断（{names}）后，{year}年为{yi(together['mean'], 0)}（80%区间{ends(view, together)}亿元），"
            f"比模型路径{'高' if change > 0 else '低'}{yi(abs(change), 0)}。",
            f"With the judgements ({names}) {year} comes to {yi(together['mean'], 0, 'en')} (80% interval "
            f"{ends(view, together)} bn yuan), {yi(abs(change), 0, 'en')} {'above' if change > 0 else 'below'} the models' path.",
        ),
        window_metrics(view, together, "judged")[0],
    )


def event_name(view: View, code: str) -> str:
    """Name of an event: new capacity, or as entered."""
    if code == CAPACITY:
        return view.say("新增产能", "new capacity")
    rows = view.register("judgements")
    return rows.loc[rows["judgement"].eq(code), f"name_{view.lang}"].iloc[-1]


def _steps(view: View) -> list[tuple[str, dict[int, dict[str, float]]]]:
    """The city's years by the models alone, then with each event on top of those before: name and rows by year."""
    made = view.once(outlook)
    found, so_far = [("", _city_years(view, made.paths))], {}
    for name, about in view.once(events).items():
        so_far[name] = about
        found.append((name, _city_years(view, with_judgements(made, so_far))))
    return found


def _city_years(view: View, paths: Paths) -> dict[int, dict[str, float]]:
    years = years_of(view, view.once(outlook), paths)
    rows = pd.concat([one.frame((80,)) for one in years.values()])
    whole = rows[rows["unique_id"].eq(WHOLE) & rows["window"].isin([str(year) for year in years])]
    return {int(row["window"]): row for row in whole.to_dict("records")}


def scenario_table(view: View) -> Table | None:
    """The models' path of the city, what each event adds to it, and both together.

    Of the city alone: what a cluster gains may be one firm's.
    """
    if not view.once(events):
        return None
    year, money = running_year(view), view.say(0, 1)
    columns = [Column("name", view.say("项目", "Item"))]
    for which in (year, year + 1):
        words = period_words(str(which), view.lang)
        columns += [
            Column(f"{which}", words, money, unit=view.money_unit, status="status"),
            Column(f"{which} interval", view.say("80%区间", "80% interval"), align="right"),
        ]
    return Table(
        pd.DataFrame(_scenario_rows(view)),
        view.say("模型路径与判断：全市产值", "The models' path and the judgements: output of the city"),
        columns=tuple(columns),
        source=_all_sources(view),
        note=_scenario_note(view),
        lang=view.lang,
        disclosure=register_checked(view),
        facts={"judgements": record(_recorded(view))},
    )


def _recorded(view: View) -> list[Judgement]:
    """The judgements that count; of new capacity the sum alone, for what a cluster gains may be one firm's."""
    found = [one for name, about in view.once(events).items() if name != CAPACITY for one in about]
    if CAPACITY not in view.once(events):
        return found
    sides = view.once(events)[CAPACITY]
    first, rows = sides[0], view.once(projects.capacity)
    counted = rows[rows["unique_id"].isin([one.unique_id for one in sides])].assign(unique_id=WHOLE)
    sums = counted.groupby(["scenario", "unique_id", "ds"], as_index=False)["output_added"].sum()
    whole = from_scenarios(sums, name=CAPACITY, made=first.made, by=first.by, source=first.source)
    return [*whole, *found]


def _scenario_rows(view: View) -> Iterator[dict[str, object]]:
    steps = view.once(_steps)
    years = (running_year(view), running_year(view) + 1)
    for number, (name, rows) in enumerate(steps):
        row = {"name": event_name(view, name) if name else view.say("模型", "Models"), "status": "F"}
        for year in years:
            before = steps[number - 1][1][year]["mean"] if number else 0.0
            row[str(year)] = view.money(rows[year]["mean"] - before)
            row[f"{year} interval"] = None if number else ends(view, rows[year])
        yield row
    together = {"name": view.say("合计", "Together"), "status": "F"}
    for year in years:
        together[str(year)] = view.money(steps[-1][1][year]["mean"])
        together[f"{year} interval"] = ends(view, steps[-1][1][year])
    yield together


def _all_sources(view: View) -> str:
    capacity = [projects.capacity_source(view)] if CAPACITY in view.once(events) else []
    return view.say("；", "; ").join([*capacity, *([view.source(_sources(view))] if _sources(view) else [])])


def _sources(view: View) -> list[str]:
    return list(dict.fromkeys(one.source for one in view.once(entered)))


def _scenario_note(view: View) -> str:
    said = []
    if CAPACITY in view.once(events):
        names = list(dict.fromkeys(view.once(projects.capacity)["scenario"]))
        assumed = view.say("；", "; ").join(projects.assumption(view, name) for name in names)
        said += [
            view.say(f"新增产能：{assumed}。", f"New capacity: {assumed}."),
            view.say(
                "模型的趋势已含以往投产的惯性，两者可能部分重复。",
                "The models' trend holds past start-ups already, so part may count twice.",
            ),
        ]
    said.append(
        view.say(
            "判断逐项叠加，金额在前，百分比在后；模型路径不含判断。",
            "Judgements go on top of each other, amounts before percentages; the models' path holds none.",
        )
    )
    return view.say("", " ").join(said)


def judgement_table(view: View) -> Table | None:
    """The judgements entered: what, how much, from when to when, by whom and on what; and whether they count."""
    rows = view.once(standing)
    if rows.empty:
        return None
    pairs = zip(view.once(entered), rows.to_dict("records"), strict=True)
    return Table(
        pd.DataFrame([_judgement_row(view, *pair) for pair in pairs]),
        view.say("录入的判断", "Judgements entered"),
        columns=(
            Column("event", view.say("事件", "Event")),
            Column("part", view.say("对象", "About")),
            Column("size", view.say("大小", "Size"), align="right"),
            Column("months", view.say("起止", "From, to")),
            Column("by", view.say("判断人", "By")),
            Column("made", view.say("日期", "Day")),
            Column("reason", view.say("依据", "Resting on")),
            Column("used", view.say("是否计入", "Used")),
        ),
        source=view.source(_sources(view)),
        note=view.say(
            "大小为最可能值，括号内为两端各有十分之一可能超出的范围。",
            "The size is the most likely; the range in brackets is passed with a chance of one in ten on either side.",
        ),
        lang=view.lang,
    )


def none_entered(view: View) -> Note:
    """What stands in place of the table where nobody entered a judgement."""
    return Note(view.say("没有录入判断。", "No judgement was entered."))


def _judgement_row(view: View, one: Judgement, row: dict[str, object]) -> dict[str, object]:
    made = view.once(outlook)
    used = made is not None and one.unique_id in made.paths.ids
    return {
        "event": row[f"name_{view.lang}"],
        "part": _about(view, one.unique_id),
        "size": _size(view, row),
        "months": _months(view, row),
        "by": view.name("departments", one.by),
        "made": one.made.isoformat(),
        "reason": row[f"reason_{view.lang}"],
        "used": view.say("是", "yes")
        if used
        else view.say("否：该部分没有预测", "no: this part has no forecast"),
    }


def _about(view: View, unique_id: str) -> str:
    return view.say("", " ").join(part_name(view, code) for code in unique_id.split("|"))


def _size(view: View, row: dict[str, object]) -> str:
    sizes = [row[name] for name in ("central", "low", "high")]
    if row["unit"] == "pct":
        unit, each, decimals = "%", "", 1
    else:
        sizes, unit = map(view.money, sizes), view.say("亿元", " bn yuan")
        each, decimals = view.say("每月", " a month"), view.say(1, 2)
    central, low, high = (fmt(size, decimals, view.lang) for size in sizes)
    return view.say(f"{each}{central}{unit}（{low}至{high}）", f"{central}{unit}{each} ({low} to {high})")


def _months(view: View, row: dict[str, object]) -> str:
    start = period_words(row["start"], view.lang)
    ramp = int(row["ramp"])
    rising = view.say(f"，{ramp}个月内逐步到位", f", rising over {ramp} months") if ramp else ""
    if not row["until"]:
        return view.say(f"{start}起", f"from {start}") + rising
    end = period_words(row["until"], view.lang)
    return view.say(f"{start}至{end}", f"{start} to {end}") + rising


def scenario_fan(view: View) -> Chart | None:
    """The models' fan of the city, and the mean with the judgements as a line of its own."""
    if not view.once(events):
        return None
    year = running_year(view) + 1
    model, together = view.once(_steps)[0][1][year], view.once(_steps)[-1][1][year]
    change = together["mean"] - model["mean"]
    chart = fan_of_city(
        view,
        target=(view.say("计入判断", "with the judgements"), _judged_quarters(view)),
        title=view.say(
            f"判断使{year}年的预测{'提高' if change > 0 else '降低'}{yi(abs(change), 0)}，至{yi(together['mean'], 0)}",
            f"The judgements {'raise' if change > 0 else 'lower'} the forecast of {year} by {yi(abs(change), 0, 'en')} "
            f"to {yi(together['mean'], 0, 'en')}",
        ),
        source=as_above(view),
        note=view.say(
            "虚线和阴影为模型路径，不含判断；点线为计入全部判断后的均值。",
            "The dashed line and the shades are the models' path without judgements; the dotted line is the mean with all of them.",
        ),
    )
    return replace(chart, disclosure=register_checked(view))


def _judged_quarters(view: View) -> pd.DataFrame:
    """Means with the judgements, by quarter: what the models have, and the change of the months to come."""
    made = view.once(outlook)
    months = made.paths.periods.asfreq("Q").astype(str)
    change = (view.once(judged).of(WHOLE) - made.paths.of(WHOLE)).mean(axis=1)
    by_quarter = pd.Series(view.money(change), months).groupby(level=0).sum()
    frame = quarters(view, WHOLE).query("status == 'F'").set_index("period")
    return pd.DataFrame(
        {
            "period": frame.index,
            "value": frame["mean"].to_numpy() + by_quarter.reindex(frame.index).fillna(0).to_numpy(),
        }
    )
