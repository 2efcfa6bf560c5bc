"""How good the forecasts are: what they rest on, how they did on the past, how the last one did and why it moved."""

import numpy as np
import pandas as pd

from zs_analysis.present import projects
from zs_analysis.present.forecasts import as_above, ends, in_order, part_name, running_year
from zs_analysis.present.numbers import fmt, pct, period_words
from zs_analysis.present.outlook import (
    LEAST_MONTHS,
    WHOLE,
    backtested,
    change_of_year,
    earlier,
    outlook,
    since,
)
from zs_analysis.present.phrases import listed
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

# An 80 % interval that held less than this share of what came out is called too narrow.
TOO_FEW = 0.6


def card_table(view: View) -> Table | None:
    """The model card: what each series rests on, how its forecasts did on its own past, and what was found of it."""
    made = view.once(outlook)
    if made is None:
        return None
    rows = [_card_row(view, code) for code in in_order(view)]
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
        source=as_above(view),
        note=view.say(
            "月值标准误为中位数。误差比为与季节朴素法之比，小于1为更好：最后三分之一起点上各期绝对（对数）误差的平均，参数只用此前的数据估计。检验对象是现在的月度估计值，"
            "不是当时公布的数，因此偏乐观。区间按M3竞赛中2129条序列的误差校准，见方法页。",
            "The error of a month is a median. The error ratio is to the seasonal naive, below 1 is better: mean absolute (log) errors at "
            "the origins of the last third, with parameters from before. They are judged against today's estimates of months, not what was known then, which flatters them. "
            "Intervals are calibrated on the errors of 2129 series of the M3 competition; see the method page.",
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
    "isolated": ("{}孤立的非正值按缺失处理", "one value not above zero in {}, taken as a gap"),
    "spring_festival": ("剔除春节影响后再加回", "effect of the Spring Festival taken out and put back"),
    "constant": ("为常数", "constant"),
    "not_positive": ("含零或负值", "zeros or negative values"),
    "merged_january": ("1—2月合并", "January with February"),
    "level_shift": ("{}水平跳变", "level shift in {}"),
    "recent_jump": ("{}刚有跳变，尚难判断", "a jump in {}, too recent to tell"),
}


def _card_row(view: View, code: str) -> dict[str, object]:
    made = view.once(outlook)
    one, known = made.cards[code], made.known[made.known["unique_id"].eq(code)]
    error = 100 * (known["se"] / known["y"]).median()
    found = {
        "name": part_name(view, code),
        "months": len(known),
        "error": error,
        "facts": listed(view, [_fact_words(view, fact) for fact in one.facts]) or None,
    }
    if one.errors is None:
        return found | {"models": None, "ratio": None, "origins": None}
    weights = pd.Series(one.weights).groupby(_family).sum().nlargest(2)
    ours, naive = (np.nanmean(np.abs(errors)) for errors in (one.errors, one.naive_errors))
    return found | {
        "models": listed(
            view, [f"{view.say(*MODELS[name])} {fmt(100 * share, 0)}%" for name, share in weights.items()]
        ),
        "ratio": ours / naive if naive else None,
        "origins": len(one.errors),
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
    if made is None or made.incoherence is None:
        return None
    rows = made.incoherence
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
        source=as_above(view),
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
            "interval": [ends(view, row) for row in rows.to_dict("records")],
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
        source=as_above(view),
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
        f"Of {count} period{'' if count == 1 else 's'} of the last forecast (data to {day}) that {'is' if count == 1 else 'are'} over, "
        f"{held} {'lies' if held == 1 else 'lie'} in the 80% interval.",
    )


CAUSES = {
    "old": ("上次预测", "last forecast"),
    "revision": ("旧数修订", "revision of old figures"),
    "news": ("新数与当时预期之差", "new figures against what was expected"),
    "re_estimation": ("模型重新估计", "models fitted anew"),
    "judgement": ("判断的变化", "change of the judgements"),
    "new": ("本次预测", "this forecast"),
}


def change_table(view: View) -> Table | None:
    """The running year's forecast with the judgements: then, now, and the change by cause."""
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
        source=as_above(view),
        note=view.say(
            "全市单独的模型预测（协调之前）加判断；各原因之和等于变化。",
            "The city's own models, before reconciliation, and the judgements; the causes add up to the change.",
        ),
        lang=view.lang,
        disclosure=projects.checked(view),
    )


def backtest_table(view: View) -> Table | None:
    """The city's forecast made anew at past months, by horizon: errors, intervals, and whether it beats the benchmark."""
    rows = view.once(backtested)
    if rows.empty:
        return None
    money = view.say(1, 2)
    frame = rows.assign(**{name: view.money(rows[name]) for name in ("crps", "winkler-80")})
    frame[["coverage-80", "coverage-95"]] *= 100
    return Table(
        frame,
        view.say("回测：全市预测，按提前月数", "Backtest: the city's forecast by months ahead"),
        columns=(
            Column("h", view.say("提前月数", "Months ahead"), 0),
            Column("n", view.say("起点数", "Origins"), 0),
            Column("smape", view.say("对称误差sMAPE", "sMAPE"), 1, unit="%"),
            Column("mase", view.say("标度误差MASE", "MASE"), 2),
            Column("naive", view.say("季节朴素法MASE", "MASE, seasonal naive"), 2),
            Column("p", view.say("差异检验p值", "p of the difference"), 3),
            Column("crps", view.say("CRPS评分", "CRPS"), money, unit=view.money_unit),
            Column("coverage-80", view.say("80%区间覆盖", "80% interval held"), 0, unit="%"),
            Column("coverage-95", view.say("95%区间覆盖", "95% interval held"), 0, unit="%"),
            Column(
                "winkler-80",
                view.say("80%区间Winkler评分", "Winkler score, 80%"),
                money,
                unit=view.money_unit,
            ),
        ),
        source=as_above(view),
        note=view.say(
            "在最近各月逐月退回、只用此前的月度估计值重新建模。对照现在的月度估计值：它们平滑，误差因此偏小；起点相邻，彼此不独立。"
            "MASE以上年同月之差的平均为1；检验为Diebold-Mariano（Harvey-Leybourne-Newbold修正），起点太少的不检验。",
            "Fitted anew at each of the last months from the months before it. Judged against today's estimates of months, which are "
            "smooth and flatter errors; origins are neighbours and not independent. A MASE of 1 is the mean change on the year before; "
            "Diebold and Mariano's test in the version of Harvey, Leybourne and Newbold, not made where origins are few.",
        ),
        lang=view.lang,
    )


def no_backtest(view: View) -> Note:
    """Why there is no backtest."""
    months = len(view.once(outlook).past.periods) if view.once(outlook) else 0
    return Note(
        view.say(
            f"不作回测：全市月度序列{months}个月，至少需要{LEAST_MONTHS}个月。",
            f"No backtest: the city's months are {months}, and it takes {LEAST_MONTHS}.",
        )
    )


def backtest_finding(view: View) -> str | None:
    """A warning where the intervals of the backtest held too little of what came out."""
    rows = view.once(backtested)
    short = rows[rows["coverage-80"].lt(TOO_FEW)] if len(rows) else rows
    if short.empty:
        return None
    row = short.iloc[-1]
    share, months, count = pct(100 * row["coverage-80"], 0, view.lang), int(row["h"]), int(row["n"])
    return view.say(
        f"回测提示区间可能偏窄：退回最近{count}个起点重做，提前{months}个月的80%区间只包含{share}的结果。",
        f"The backtest warns that intervals may be too narrow: made anew at {count} past months, the 80% interval {months} "
        f"months ahead held {share} of what came out.",
    )
