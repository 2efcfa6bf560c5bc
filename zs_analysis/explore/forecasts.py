"""The forecast lab: the forecasts of the report, for one part, as far ahead and under what scenario one likes."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from zs_analysis.explore.lab import Choice, Chosen, Lab, Options, Piece, working
from zs_analysis.explore.views import newest_view, view_of
from zs_analysis.forecast.judgement import Judgement, dated
from zs_analysis.present import clusters, forecast_charts, forecasts, outlook, scenarios
from zs_analysis.present.numbers import Lang, period_words, yi
from zs_analysis.present.outlook import WHOLE
from zs_analysis.present.output.changes import last_day
from zs_analysis.present.phrases import listed
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

# Quarters to go back to, and sizes of the shocks, in percent of output from the first month ahead on.
BACK = 3
SHOCKS = (-20, -10, -5, 5, 10, 20)
AMOUNTS = ["mean", "lo-80", "hi-80", "lo-95", "hi-95"]


def forecast_lab(*, as_of: str | None = None, lang: Lang = "zh", data: str | Path | None = None) -> Lab:
    """Look at the forecasts: pick quarter, cluster or area, how far ahead, and a scenario.

    Parameters
    ----------
    as_of : str, optional
        Day like ``2023-12-13``; what was released later is invisible.
    lang : {"zh", "en"}
    data : path, optional
        Folder of another data package.

    Notes
    -----
    The forecasts are those of the report on clusters, and made once for both. Only what is narrow enough to be
    printed there is on offer. A shock is no forecast: it changes the models' path of one part by the percentage
    chosen, from the first month ahead on, and what adds up with the part goes along.
    """
    newest = newest_view(as_of, lang, data)
    known = dict(_known(newest))

    def view(so_far: Chosen) -> View:
        return view_of(so_far["period"], known[so_far["period"]], lang, newest.data_dir)

    choices = [
        Choice(
            "period",
            newest.say("季度", "Quarter"),
            lambda _: [(period_words(one, lang), one) for one in known],
        ),
        Choice("by", newest.say("范围", "Scope"), lambda so_far: _scopes(view(so_far))),
        Choice(
            "part",
            newest.say("集群、地区", "Cluster, area"),
            lambda so_far: _parts(view(so_far), so_far["by"]),
        ),
        Choice(
            "last", newest.say("预测到", "Up to"), lambda so_far: _years(view(so_far), so_far["part"]), -1
        ),
        Choice(
            "scenario",
            newest.say("情景", "Scenario"),
            lambda so_far: _scenarios(view(so_far), so_far["part"]),
        ),
    ]
    # the first time the models are fitted for all parts
    with working(lang):
        return Lab(
            choices,
            lambda **chosen: _pieces(view(chosen), chosen["part"], chosen["last"], chosen["scenario"]),
            title=newest.say("集群预测", "Forecast"),
            lang=lang,
        )


def _known(newest: View) -> list[tuple[str, str | None]]:
    """The newest quarter and some before, each with the day on which its newest figure was out."""
    found, view = [(newest.period, newest.as_of)], newest
    for _ in range(BACK):
        day = last_day(view)
        if day is None:
            break
        view = view_of(str(view.quarter - 1), str(day.date()), newest.lang, newest.data_dir)
        found.append((view.period, view.as_of))
    return found


def _scopes(view: View) -> Options:
    made = view.once(outlook.outlook)
    if made is None:
        return []
    words = {"activities": view.say("分集群", "by cluster"), "areas": view.say("分地区", "by area")}
    return [(view.say("全市", "the city"), WHOLE), *((words[name], name) for name in made.parts)]


def _parts(view: View, scope: str | None) -> Options:
    """Parts whose running year is narrow enough to be printed."""
    made = view.once(outlook.outlook)
    if made is None:
        return []
    codes = [WHOLE] if scope == WHOLE else made.parts[scope]
    return [(forecasts.part_name(view, code), code) for code in codes if _narrow_years(view, code)]


def _narrow_years(view: View, code: str) -> list[int]:
    """Years from the running one on, up to the first that is too wide to be printed."""
    found = []
    for year in view.once(outlook.yearly):
        if forecasts.year_rows(view, year, code)["wide"].any():
            break
        found.append(year)
    return found


def _years(view: View, code: str | None) -> Options:
    years = _narrow_years(view, code) if code else []
    return [(period_words(str(year), view.lang), year) for year in years]


def _scenarios(view: View, code: str | None) -> Options:
    if code is None:
        return []
    names = listed(view, [scenarios.event_name(view, name) for name in view.once(outlook.events)])
    entered = [(view.say(f"计入判断：{names}", f"with judgements: {names}"), "judged")] if names else []
    shocks = [(_shock_words(view, forecasts.part_name(view, code), size), size) for size in SHOCKS]
    return [(view.say("模型路径", "the models' path"), "model"), *entered, *shocks]


def _shock_words(view: View, part: str, size: int) -> str:
    zh, en = ("增加", "higher") if size > 0 else ("减少", "lower")
    return view.say(f"假定{part}{zh}{abs(size)}%", f"if {part} is {abs(size)}% {en}")


def _pieces(view: View, code: str | None, last: int | None, scenario: str | int | None) -> list[Piece]:
    if code is None or last is None:
        return [
            Note(
                clusters.no_fan_chart(view)
                or view.say("区间过宽，不予列出。", "The intervals are too wide to be printed.")
            )
        ]
    rows = _rows(view, code, last, scenario)
    return [_chart(view, code, last, scenario, rows), _table(view, code, scenario, rows)]


def _rows(view: View, code: str, last: int, scenario: str | int) -> pd.DataFrame:
    """Years and quarters of a part, by the models and in the scenario."""
    model = _of(forecasts.rows_of(view, view.once(outlook.yearly)), code, last)
    if scenario == "model":
        return model.assign(model=model["mean"])
    made = view.once(outlook.outlook)
    paths = outlook.with_judgements(made, _judgements(view, code, scenario))
    shocked = _of(forecasts.rows_of(view, outlook.years_of(view, made, paths)), code, last)
    return shocked.assign(model=model["mean"])


def _of(rows: pd.DataFrame, code: str, last: int) -> pd.DataFrame:
    rows = rows[rows["unique_id"].eq(code) & rows["reason"].eq("")]
    return rows[rows["window"].str[:4].astype(int).le(last)].reset_index(drop=True)


def _judgements(view: View, code: str, scenario: str | int) -> Mapping[str, tuple[Judgement, ...]]:
    if scenario == "judged":
        return view.once(outlook.events)
    made = view.once(outlook.outlook)
    day = date.fromisoformat(view.as_of) if view.as_of else made.last.end_time.date()
    steps = dated(made.last + 1, *[float(scenario)] * 3)
    return {"shock": (Judgement("shock", code, "factor", steps, made=day, by="zs-analysis", source="lab"),)}


def _chart(view: View, code: str, last: int, scenario: str | int, rows: pd.DataFrame) -> Piece:
    frame = forecasts.quarters(view, code, last)
    ahead = frame["status"].eq("F")
    path = rows[rows["window"].str.contains("Q")]
    path = pd.DataFrame({"period": path["window"].str.replace("-Q", "Q"), "value": view.money(path["mean"])})
    path = path[path["period"].isin(frame.loc[ahead, "period"])]
    return forecast_charts.fan(
        frame[~ahead],
        frame[ahead],
        target=None if scenario == "model" else (_scenario_words(view, code, scenario), path),
        title=_title(view, code, last, scenario, rows),
        unit=view.say("规上工业总产值，每季，亿元", f"gross output a quarter, {view.money_unit}"),
        source=_source(view),
        decimals=view.say(0, 1),
        note=_note(view, scenario),
        lang=view.lang,
    )


def _title(view: View, code: str, last: int, scenario: str | int, rows: pd.DataFrame) -> str:
    [row] = rows[rows["window"].eq(str(last))].to_dict("records")
    part, between = forecasts.part_name(view, code), forecasts.ends(view, row)
    if scenario != "model":
        words = _scenario_words(view, code, scenario)
        return view.say(
            f"{words}，{part}{last}年规上工业总产值为{yi(row['mean'], 0)}，模型路径为{yi(row['model'], 0)}",
            f"{part}, {words}: gross output of {last} at {yi(row['mean'], 0, 'en')}, by the models {yi(row['model'], 0, 'en')}",
        )
    return view.say(
        f"{part}{last}年规上工业总产值预测{yi(row['mean'], 0)}，80%区间{between}亿元",
        f"{part}: gross output of {last} forecast at {yi(row['mean'], 0, 'en')}, 80% interval {between} bn yuan",
    )


def _scenario_words(view: View, code: str, scenario: str | int) -> str:
    return next(words for words, value in _scenarios(view, code) if value == scenario)


def _source(view: View) -> str:
    return view.source(view.once(outlook.panel.fitted).facts["source_id"])


def _note(view: View, scenario: str | int) -> str:
    plain = view.say(
        "空心点由公布数联立估计，虚线和阴影为模型预测及80%、95%区间。",
        "Hollow points are estimated from published figures; the dashed line and the shades are the models' forecast with 80 and 95% intervals.",
    )
    shock = view.say(
        "点线为所选情景，是假定，不是预测。",
        " The dotted line is the scenario chosen: a supposition, no forecast.",
    )
    return plain if scenario == "model" else plain + shock


def _table(view: View, code: str, scenario: str | int, rows: pd.DataFrame) -> Table:
    money, columns = view.say(1, 2), [Column("period", view.say("时期", "Period"))]
    frame = rows.assign(
        period=[period_words(window, view.lang) for window in rows["window"]],
        status="F",
        change=view.money(rows["mean"] - rows["model"]),
        known=100 * rows["known_share"],
        **{name: view.money(rows[name]) for name in AMOUNTS},
    )
    names = (
        view.say("预测", "Forecast"),
        *(
            view.say(f"{level}%{side}", f"{level}% {word}")
            for level in (80, 95)
            for side, word in (("下限", "low"), ("上限", "high"))
        ),
    )
    for name, label in zip(AMOUNTS, names, strict=True):
        columns.append(Column(name, label, money, unit=view.money_unit, status="status"))
    if scenario != "model":
        columns.append(
            Column(
                "change",
                view.say("比模型路径", "Against the models"),
                money,
                unit=view.money_unit,
                status="status",
            )
        )
    columns += [
        Column("growth_pct", view.say("名义增速", "Nominal growth"), 1, unit="%", status="status"),
        Column("known", view.say("已公布部分", "Published part"), 0, unit="%"),
    ]
    words = _scenario_words(view, code, scenario)
    return Table(
        frame,
        view.say(
            f"{forecasts.part_name(view, code)}：{words}", f"{forecasts.part_name(view, code)}: {words}"
        ),
        columns=columns,
        source=_source(view),
        note=view.say(
            "增速由水平推算，与公布的可比口径增速不同。",
            "Growth is that of levels and differs from published growth on a comparable base.",
        ),
        lang=view.lang,
        disclosure=outlook.register_checked(view) if scenario == "judged" else None,
    )
