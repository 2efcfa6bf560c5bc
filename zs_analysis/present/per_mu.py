"""Per-mu efficiency (亩均论英雄): what is published, how firms are scored and classed, and the energy screen."""

from dataclasses import replace

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics.per_mu import RATIOS
from zs_analysis.model import PUBLISHED, Figure
from zs_analysis.present import charts, targets
from zs_analysis.present.chart import Chart
from zs_analysis.present.disclosure import Disclosure, protected
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import fmt, pct
from zs_analysis.present.phrases import amount, findings, listed, place_words, told, window
from zs_analysis.present.rules import rules_table
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

TAX = "tax_per_mu_scale"
RECTIFIED = "inefficient_firm_rectified"
# Published indicators of the subject with the activity they are published for.
INDICATORS = {
    TAX: "total",
    "va_per_mu_scale": "total",
    "labour_productivity_scale": "manufacturing",
    "rd_revenue_ratio_scale": "manufacturing",
    "energy_per_va_industry": "total",
    RECTIFIED: "total",
    "land_redeveloped_inefficient": "total",
}
ENERGY_TARGET = "plan-3-5-energy-fast-track"
LAND_TARGET = "land_redeveloped_inefficient"
CLASSES = ("A", "B", "C", "D")
NO_CLASS = "none"
POPULATION = "above_scale"
NAMES = {
    "tax_per_mu": ("亩均税收", "Tax per mu"),
    "va_per_mu": ("亩均增加值", "Value added per mu"),
    "va_per_energy": ("单位能耗增加值", "Value added per unit of energy"),
    "va_per_emission": ("单位排放增加值", "Value added per unit of emission"),
    "va_per_employee": ("全员劳动生产率", "Labour productivity"),
    "rd_per_revenue": ("R&D经费占主营业务收入比重", "R&D to revenue"),
}
DOORS = {
    "fast": ("低于界限（绿色通道）", "below (fast track)"),
    "review": ("高于界限（按标准审查）", "above (review)"),
    "open": ("等于界限（条款未规定）", "at the limit (clause silent)"),
}
MOST_PERIODS = 12


def scheme(view: View) -> str:
    """The scheme of scores in force: the one whose weights came into force last.

    Notes
    -----
    A package may add its own beside Huangyan's: rules ``weight_*`` and ``benchmark_*`` under ``per_mu_`` and a name.
    """
    rules = view.table("rules")
    own = rules[rules["scheme"].str.startswith("per_mu_") & rules["rule"].str.startswith("weight_")]
    in_force = own[own["valid_from"].str[:7].le(view.last_month)]
    return (in_force if len(in_force) else own).sort_values("valid_from", kind="stable")["scheme"].iloc[-1]


def scoring(view: View) -> pd.DataFrame:
    """The six indicators with ``weight``, ``benchmark``, ``unit`` and ``mean``: whether a gap gets the mean."""
    rules = view.rules(scheme(view))
    value = rules["value"]
    names = [name for name in RATIOS if f"weight_{name}" in value.index]
    return pd.DataFrame(
        {
            "weight": [value[f"weight_{name}"] for name in names],
            "benchmark": [value[f"benchmark_{name}"] for name in names],
            "unit": [rules.loc[f"benchmark_{name}", "unit"] for name in names],
            "mean": [value.get(f"mean_{name}", 0) == 1 for name in names],
        },
        index=names,
    )


def _points(view: View, indicators: pd.DataFrame) -> pd.DataFrame:
    known = scoring(view)
    filled = known.index[known["mean"]].tolist()
    return metrics.per_mu_score(indicators, known["benchmark"], known["weight"], mean_for=filled)


def firms(view: View) -> pd.DataFrame:
    """Firms above designated size in their newest accounts up to the reported year.

    Returns
    -------
    pandas.DataFrame
        Columns of ``enterprise_years`` and ``enterprises``, the six indicators, ``score, class`` (``none`` without
        a score), ``low`` (why the land counts as used with low efficiency) and ``door`` (of the energy review).
        Empty where the register is.
    """
    years = view.register("enterprise_years")
    years = years[years["above_scale"].eq("yes") & years["year"].le(view.year)]
    newest = years[years["year"].eq(years["year"].max())]
    known = newest.merge(view.register("enterprises").drop(columns="released"), on="enterprise")
    if known.empty:
        return known
    rules = view.rules("per_mu")["value"]
    indicators = metrics.per_mu_indicators(known)
    known = known.join(indicators).join(_points(view, indicators)["score"])
    cuts = {"A": rules["cut_a"], "B": rules["cut_b"], "C": rules["cut_c"], "D": 1.0}
    known["class"] = metrics.per_mu_class(known["score"], cuts).fillna(NO_CLASS)
    known["low"] = metrics.low_efficiency(known, worst=CLASSES[-1], min_tax_per_mu=rules["low_tax_per_mu"])
    limit = energy_limit(view)
    door = metrics.energy_screen(known["energy"], known["value_added"], limit=limit) if limit else None
    return known.assign(door=door)


def energy_limit(view: View) -> float | None:
    """Tonnes of standard coal per 10,000 yuan of value added below which the plan opens its fast track."""
    rows = view.table("targets").query("target_id == @ENERGY_TARGET")
    return None if rows.empty else float(rows["value"].iloc[0])


# Findings


def summary(view: View) -> Findings:
    """Findings that open the report."""
    return findings(
        view,
        [
            tax_finding(view),
            inefficient_finding(view),
            register_finding(view),
            low_land_finding(view),
            energy_finding(view),
        ],
    )


def tax_finding(view: View) -> str | None:
    """Tax per mu with its place in the province, against the plan's target."""
    known = view.current(TAX, "ytd")
    if known is None:
        return None
    place = view.beside(known, "rank")
    said = amount(view, known) + (view.say("，", ", ") + place_words(view, place) if place else "")
    name = view.name("indicators", TAX)
    return told(
        view,
        view.say(
            f"{window(view, known)}{name}{said}{_target_clause(view, known)}。",
            f"{name}, {window(view, known)}: {said}{_target_clause(view, known)}.",
        ),
        known,
        place,
    )


def _target_clause(view: View, known: Figure) -> str:
    rows = view.once(targets.progress).query("indicator == @TAX")
    if rows.empty:
        return ""
    row = next(rows.itertuples())
    asked = targets.target_words(view, row)
    whole = _whole_year(view, known)
    if known.value >= row.value:
        return view.say(
            f"，已超过到{row.deadline}年{asked}的目标，应重新设定{whole}",
            f"; the target of {asked} by {row.deadline} is met and calls for a new value{whole}",
        )
    return view.say(
        f"；到{row.deadline}年的目标为{asked}{whole}", f"; the target for {row.deadline} is {asked}{whole}"
    )


def _whole_year(view: View, known: Figure) -> str:
    """A caution for a figure of part of a year: what the last whole year was, or that its rate is not said."""
    if known.freq == "A" or known.time_period.endswith("-12"):
        return ""
    year = view.figure(TAX, "level", ref_area=view.city, freq="A")
    if year is None:
        return view.say("（未注明是否折合全年）", " (not said to be at a yearly rate)")
    size = amount(view, year)
    return view.say(f"（{year.time_period}年全年{size}）", f" (whole of {year.time_period}: {size})")


def inefficient_finding(view: View) -> str | None:
    """How far the work on low-efficiency firms and land is."""
    done = view.current(RECTIFIED, "ytd") or view.current(RECTIFIED, "level")
    land = view.current(LAND_TARGET, "ytd")
    row = next(view.once(targets.progress).query("indicator == @LAND_TARGET").itertuples(), None)
    parts = []
    if done:
        parts.append(
            view.say(
                f"{window(view, done)}低效企业整治完成率{amount(view, done)}",
                f"{amount(view, done)} of the low-efficiency firms on the list were dealt with in {window(view, done)}",
            )
        )
    if row is not None:
        asked = targets.target_words(view, row)
        so_far = (
            view.say(
                f"，{window(view, land)}完成{amount(view, land)}",
                f", {amount(view, land)} done in {window(view, land)}",
            )
            if land
            else view.say("，没有查到完成数", ", with no outcome found")
        )
        parts.append(
            view.say(
                f"行动方案要求每年改造开发低效工业用地{asked}{so_far}",
                f"the plan asks for {asked} of low-efficiency industrial land a year{so_far}",
            )
        )
    if not parts:
        return None
    text = view.say("；", "; ").join(parts)
    return told(
        view, text[:1].upper() + text[1:] + view.say("。", "."), done, land if row is not None else None
    )


def register_finding(view: View) -> str:
    """Classes of the firms, or that there is no register to judge."""
    known = view.once(firms)
    if known.empty:
        return view.say(
            "企业登记表没有规上企业的年度数据，不能评分、分类和统计低效用地；导入enterprises.csv和enterprise_years.csv后自动计算。",
            "The register holds no yearly accounts of firms above designated size, so nothing can be scored or classed; load "
            "enterprises.csv and enterprise_years.csv.",
        )
    counts = known["class"].value_counts()
    items = [view.say(f"{one}类{counts.get(one, 0)}家", f"{counts.get(one, 0)} in {one}") for one in CLASSES]
    rest = counts.get(NO_CLASS, 0)
    missing = (
        view.say(f"，{rest}家缺数据不分类", f"; {rest} without a score for want of figures") if rest else ""
    )
    year = known["year"].iloc[0]
    return view.say(
        f"按台州市黄岩区2022年度办法试算，{year}年规上企业{len(known)}家：{listed(view, items)}{missing}。{view.city_name}的办法没有查到，分类仅供参考。"
        if scheme(view) == "per_mu_huangyan_2022"
        else f"{year}年规上企业{len(known)}家：{listed(view, items)}{missing}。",
        f"{len(known)} firms above designated size in {year}: {listed(view, items)}{missing}"
        + (
            f"; scored by Huangyan's scheme of 2022, as {view.city_name}'s was not found."
            if _borrowed(view)
            else "."
        ),
    )


def _borrowed(view: View) -> bool:
    return scheme(view) == "per_mu_huangyan_2022"


def low_land_finding(view: View) -> str | None:
    """Land of the firms that score low, in all."""
    known = view.once(firms)
    if known.empty:
        return None
    table, _ = low_land_by(view, "ref_area")
    whole = table.loc[table["ref_area"].eq("total"), "low_land"]
    if whole.empty or whole.isna().all():
        return None
    low = known["low"].ne("")
    line = view.rules("per_mu")["value"]["low_tax_per_mu"]
    size = fmt(whole.iloc[0], 0, view.lang)
    return view.say(
        f"D类或亩均税收低于{line:g}万元/亩的企业{low.sum()}家，占地{size}亩，是排查低效用地的线索，不等于依法认定的低效用地。",
        f"{low.sum()} firms are in class D or pay less than {line * 10000:,.0f} yuan of tax per mu; they hold {size} mu. That is where "
        "to look, not low-efficiency land in law.",
    )


def energy_finding(view: View) -> str | None:
    """Where the plan's limit on energy would cut among the firms."""
    limit, known = energy_limit(view), view.once(firms)
    if limit is None:
        return None
    rule = view.say(
        f"新上项目单位工业增加值能耗低于{limit:g}吨标准煤/万元的走节能审查绿色通道，高于的按标准审查（行动方案三（五））",
        f"New projects below {limit:g} tonnes of standard coal per 10,000 yuan of value added take the fast track of the energy "
        "review, those above are reviewed (plan, clause 3.5)",
    )
    if known.empty:
        return rule + view.say(
            "；项目没有能耗数据，不能逐个判断。", "; projects have no energy figures to judge them by."
        )
    doors = known["door"].value_counts()
    fast, review = doors.get("fast", 0), doors.get("review", 0)
    return rule + view.say(
        f"；用同一界限看现有规上企业，{fast}家低于、{review}家高于。",
        f"; by the same limit {fast} of the present firms lie below and {review} above.",
    )


# What is published


def published_table(view: View) -> Table | None:
    """The city's published figures of the subject beside the plan's targets."""
    progress = view.once(targets.progress)
    rows = [_published_row(view, *cell, progress) for cell in INDICATORS.items()]
    rows = [row for row in rows if row]
    if not rows:
        return None
    labels = {
        "name": ("指标", "Indicator"),
        "figure": ("最新公布数", "Newest figure"),
        "period": ("时期", "Period"),
        "place": ("全省位次", "Place"),
        "target": ("目标", "Target"),
        "state": ("状态", "Status"),
    }
    return Table(
        pd.DataFrame(rows),
        view.say("亩均效益的公布数与目标", "Per-mu efficiency: published figures and targets"),
        columns=[Column(key, view.say(*label)) for key, label in labels.items()],
        source=view.source(source for row in rows for source in row["sources"]),
        note=view.say(
            "1—9月等累计数没有注明是否折合全年，与全年目标比较时应留意。",
            "Figures of part of a year are not said to be at a yearly rate; mind that beside yearly targets.",
        ),
        lang=view.lang,
    )


def _published_row(view: View, indicator: str, activity: str, progress: pd.DataFrame) -> dict | None:
    where = {"ref_area": view.city, "activity": activity}
    found = [view.figure(indicator, kind, **where) for kind in ("ytd", "level")]
    known = max(filter(None, found), key=lambda one: one.last_month, default=None)
    target = next(progress.query("indicator == @indicator").itertuples(), None)
    if known is None and target is None:
        return None
    place = view.beside(known, "rank") if known else None
    return {
        "name": view.name("indicators", indicator),
        "figure": amount(view, known) if known else None,
        "period": window(view, known) if known else None,
        "place": _place(view, place) if place else None,
        "target": _asked(view, target) if target else None,
        "state": view.say(*targets.LIGHT_WORDS[target.state]) if target else None,
        "sources": [one.source_id for one in (known, target) if one],
    }


def _asked(view: View, target: tuple) -> str:
    asked, due = targets.target_words(view, target), targets.due_words(view, target)
    return view.say(f"{asked}（{due}）", f"{asked} ({due})")


def _place(view: View, place: Figure) -> str:
    return place_words(view, place).removeprefix("居全省").removesuffix(" in the province")


def history_chart(view: View) -> Chart | None:
    """Tax per mu of the city through time, whole years if there are two, else the same months of each year."""
    rows = _history(view)
    if len(rows) < 2:
        return None
    last = rows.iloc[-1]
    yearly = last["freq"] == "A"
    when = view.say("全年", "whole years") if yearly else _months(view, last["time_period"])
    direction = last["obs_value"] - rows["obs_value"].iloc[-2]
    year, before = last["time_period"][:4], rows["time_period"].iloc[-2][:4]
    words = {
        True: (f"{year}年亩均税收高于{before}年", f"Tax per mu was higher in {year} than in {before}"),
        False: (
            f"{year}年亩均税收没有高于{before}年",
            f"Tax per mu was not higher in {year} than in {before}",
        ),
    }[bool(direction > 0)]
    return charts.levels(
        rows.assign(year=rows["time_period"].str[:4]),
        "year",
        "obs_value",
        title=view.say(*words),
        unit=view.say(f"规上工业亩均税收，{when}，万元/亩", f"tax per mu, {when}, 10 thousand yuan per mu"),
        source=view.source(rows["source_id"]),
        lang=view.lang,
    )


def _history(view: View) -> pd.DataFrame:
    rows = view.figures(TAX, ("ytd", "level"), ref_area=view.city, activity="total", obs_status=PUBLISHED)
    rows = rows.drop_duplicates(["freq", "time_period"])
    yearly = rows[rows["freq"].eq("A")]
    monthly = rows[rows["freq"].eq("M")]
    same = (
        monthly[monthly["time_period"].str[5:].eq(monthly["time_period"].max()[5:])]
        if len(monthly)
        else monthly
    )
    chosen = yearly if len(yearly) >= 2 else same
    return chosen.sort_values("time_period").tail(MOST_PERIODS)


def _months(view: View, period: str) -> str:
    month = int(period[5:])
    return view.say(f"1—{month}月", f"first {month} months")


# How firms are scored


def _example_words(view: View) -> str:
    """Where the example firm's figures are from."""
    if view.rules("per_mu_example")["source"].str.contains("目标").any():
        return view.say(
            "算例的亩均税收、亩均增加值和R&D比重取行动方案2025年目标，其余为假设。",
            "The example takes tax and value added per mu and R&D from the plan's targets for 2025; the rest is assumed.",
        )
    return view.say("算例为假设。", "The example is assumed.")


def scheme_table(view: View) -> Table:
    """Weights and benchmarks in force, those before, and a worked example."""
    known = scoring(view)
    example = view.rules("per_mu_example")["value"]
    rules = view.table("rules").query("scheme == @scheme(@view)")
    older = rules.sort_values("valid_from").drop_duplicates("rule").set_index("rule")["value"]
    first, last = rules["valid_from"].min()[:4], view.rules(scheme(view))["valid_from"].max()[:4]
    points = _points(view, pd.DataFrame([example])).iloc[0]
    frame = pd.DataFrame(
        {
            "name": [_with_unit(view, name, unit) for name, unit in known["unit"].items()],
            "weight": known["weight"].to_numpy(),
            "older": [f"{older[f'benchmark_{name}']:g}" for name in known.index],
            "benchmark": [f"{value:g}" for value in known["benchmark"]],
            "example": [f"{example[name]:g}" for name in known.index],
            "points": points[known.index].to_numpy(),
        }
    )
    blank = dict.fromkeys(("older", "benchmark", "example"), "")
    whole = blank | {
        "name": view.say("合计", "Total"),
        "weight": known["weight"].sum(),
        "points": points["score"],
    }
    sources = dict.fromkeys(view.rules(scheme(view))["source"])
    return Table(
        pd.concat([frame, pd.DataFrame([whole])], ignore_index=True),
        view.say(
            "评分办法：六项指标的权重、基准值和一个算例",
            "The scheme: six indicators with weights, benchmarks and an example",
        ),
        columns=(
            Column("name", view.say("指标", "Indicator")),
            Column("weight", view.say("权重分", "Full points"), 0),
            Column("older", view.say(f"{first}年基准值", f"Benchmark {first}"), align="right"),
            Column("benchmark", view.say(f"{last}年基准值", f"Benchmark {last}"), align="right"),
            Column("example", view.say("算例企业", "Example firm"), align="right"),
            Column("points", view.say("算例得分", "Its points"), 3),
        ),
        source=view.say("；", "; ").join(sources),
        note=view.say(
            "得分=Σ（指标值÷基准值×权重分）；各项达到基准值为100分，办法没有写封顶。没有排放数据的企业，此项按有数据企业的平均得分计。",
            "Score = sum of value / benchmark x full points; 100 where every benchmark is met, with no cap stated. Firms without "
            "emission figures get the mean points of the others. ",
        )
        + _example_words(view),
        lang=view.lang,
    )


def _with_unit(view: View, name: str, unit: str) -> str:
    words = view.say(*NAMES[name])
    if unit == "ratio":
        return words
    unit = view.name("units", unit)
    return view.say(f"{words}（{unit}）", f"{words} ({unit})")


def method_table(view: View) -> Table | None:
    """The cuts of the classes and the line of low-efficiency land."""
    return rules_table(view, "per_mu")


# What firms add up to, through the gate


def totals(view: View, by: str) -> tuple[pd.DataFrame, Disclosure]:
    """Firms, land, tax and value added of areas, clusters or classes, with what must be withheld left out.

    Parameters
    ----------
    by : {"ref_area", "activity", "class"}

    Returns
    -------
    pandas.DataFrame
        By `by` (the whole under ``total``): ``firms``; ``land, tax, value_added`` with their ``_status``;
        ``tax_per_mu, va_per_mu`` where both parts are shown, and ``land_pct``, the share of all land.
    Disclosure
    """
    known = view.once(firms)
    counts = known[by].value_counts()
    frame = pd.DataFrame({by: [*counts.index, "total"], "firms": [*counts, len(known)]})
    parts = []
    for value in ("land", "tax", "value_added"):
        if known[value].min() < 0:
            # dominance has no meaning for losses: such a column is not shown
            frame = frame.assign(**{value: float("nan"), f"{value}_status": "Q"})
            continue
        table, part = protected(
            view, known, by, value, period=str(known["year"].iloc[0]), population=POPULATION
        )
        frame, parts = frame.merge(table, on=by, how="left"), [*parts, part]
    for ratio, (over, under) in {"tax_per_mu": ("tax", "land"), "va_per_mu": ("value_added", "land")}.items():
        frame[ratio] = frame[over] / frame[under].where(frame[under] > 0)
        hidden = frame[[f"{over}_status", f"{under}_status"]].eq("Q").any(axis=1)
        frame[f"{ratio}_status"] = hidden.map({True: "Q", False: ""})
    whole = frame.loc[frame[by].eq("total"), "land"].iloc[0]
    return frame.assign(land_pct=100 * frame["land"] / whole), Disclosure.joined(*parts)


def low_land_by(view: View, by: str) -> tuple[pd.DataFrame, Disclosure]:
    """Land of firms in the last class or below the tax line, as `protected` gives it: ``low_land``."""
    known = view.once(firms)
    low = known[known["low"].ne("") & known["land"].notna()].assign(low_land=lambda rows: rows["land"])
    return protected(
        view, low, by, "low_land", period=str(known["year"].iloc[0]), population="low_efficiency"
    )


def class_table(view: View) -> Table | None:
    """Firms, land and tax by class."""
    known = view.once(firms)
    if known.empty:
        return None
    frame, disclosure = totals(view, "class")
    order = {code: number for number, code in enumerate((*CLASSES, NO_CLASS, "total"))}
    frame = frame.sort_values("class", key=lambda codes: codes.map(order))
    names = {NO_CLASS: view.say("未分类", "not classed"), "total": view.say("合计", "Total")}
    return _totals_table(
        view,
        frame.assign(name=[names.get(code, _class_name(view, code)) for code in frame["class"]]),
        disclosure,
        view.say(f"{_year(view)}年规上企业按类别", f"Firms above designated size in {_year(view)} by class"),
        view.say("类别", "Class"),
    )


def _year(view: View) -> str:
    return str(view.once(firms)["year"].iloc[0])


def part_table(view: View, by: str) -> Table | None:
    """Land, tax and value added per mu, and land used with low efficiency, by area or cluster.

    Parameters
    ----------
    by : {"ref_area", "activity"}
    """
    known = view.once(firms)
    if known.empty:
        return None
    frame, disclosure = totals(view, by)
    low, more = low_land_by(view, by)
    frame = frame.merge(low, on=by, how="left")
    none = ~frame[by].isin(low[by])
    frame["low_land"] = frame["low_land"].mask(none, 0.0)
    table = {"ref_area": "areas", "activity": "activities"}[by]
    whole = frame[by].eq("total")
    frame = pd.concat([frame[~whole].sort_values("firms", ascending=False, kind="stable"), frame[whole]])
    names = [view.say("合计", "Total") if code == "total" else view.name(table, code) for code in frame[by]]
    what = {"ref_area": ("区域", "area"), "activity": ("行业", "industry")}[by]
    return _totals_table(
        view,
        frame.assign(name=names, low_land_status=frame["low_land_status"].fillna("")),
        Disclosure.joined(disclosure, more),
        view.say(
            f"{_year(view)}年规上企业亩均效益按{what[0]}",
            f"Per-mu efficiency of firms in {_year(view)} by {what[1]}",
        ),
        view.say(what[0], what[1].capitalize()),
        Column("low_land", view.say("低效线索", "Low-efficiency"), 0, status="low_land_status"),
    )


def _totals_table(
    view: View, frame: pd.DataFrame, disclosure: Disclosure, caption: str, head: str, *more: Column
) -> Table:
    return Table(
        frame.reset_index(drop=True),
        caption,
        unit=view.say("用地为亩，亩均为万元/亩", "land in mu, per mu in 10,000 yuan"),
        columns=(
            Column("name", head),
            Column("firms", view.say("企业数", "Firms"), 0),
            Column("land", view.say("用地", "Land"), 0, status="land_status"),
            Column("land_pct", view.say("占用地", "Share"), 1, unit="%", status="land_status"),
            Column("tax_per_mu", view.say("亩均税收", "Tax per mu"), 1, status="tax_per_mu_status"),
            Column("va_per_mu", view.say("亩均增加值", "Value added"), 1, status="va_per_mu_status"),
            *more,
        ),
        source=_register(view),
        note=view.say(
            "只含规上企业；亩均数为汇总后相除。类别按得分名次划分，各地比例不同。",
            "Firms above designated size; ratios of totals. Classes go by place of the score, with cuts that differ by county.",
        ),
        lang=view.lang,
        disclosure=disclosure,
    )


def land_chart(view: View) -> Chart | None:
    """Share of the land that each class holds."""
    known = view.once(firms)
    if known.empty:
        return None
    frame, disclosure = totals(view, "class")
    rows = frame[frame["class"].isin(CLASSES) & frame["land_pct"].notna()].sort_values("class")
    if rows.empty:
        return None
    counts = [view.say(f"{count}家", f"{count} firms") for count in rows["firms"]]
    names = [_class_name(view, code) for code in rows["class"]]
    together = [
        view.say(f"{name}（{count}）", f"{name} ({count})") for name, count in zip(names, counts, strict=True)
    ]
    share = pct(rows["land_pct"].iloc[0], 1, view.lang)
    chart = charts.bars(
        rows.assign(name=together),
        "name",
        "land_pct",
        title=view.say(
            f"{names[0]}企业占规上企业用地的{share}",
            f"{names[0]} holds {share} of the land of firms above designated size",
        ),
        unit=view.say(
            f"占{_year(view)}年规上企业用地的比重，%", f"share of the land of firms in {_year(view)}, %"
        ),
        source=_register(view),
        decimals=1,
        note=view.say(
            "类别按得分名次划分，各地比例不同。", "Classes go by place of the score; cuts differ by county."
        ),
        lang=view.lang,
    )
    return replace(chart, disclosure=disclosure)


def _class_name(view: View, code: str) -> str:
    return view.say(f"{code}类", f"Class {code}")


def _register(view: View) -> str:
    return view.say("企业登记表（enterprise_years）", "Register of enterprises (enterprise_years)")


def energy_table(view: View) -> Table | None:
    """How many firms lie below and above the plan's limit on energy, by industry."""
    known = view.once(firms)
    if known.empty or known["door"].isna().all():
        return None
    counts = pd.crosstab(known["activity"], known["door"]).reindex(columns=list(DOORS), fill_value=0)
    counts = counts.loc[:, counts.sum() > 0]
    counts = counts.assign(all=counts.sum(axis=1)).sort_values("all", ascending=False, kind="stable")
    frame = pd.concat([counts, counts.sum().rename("total").to_frame().T])
    names = [
        view.say("合计", "Total") if code == "total" else view.name("activities", code)
        for code in frame.index
    ]
    limit = f"{energy_limit(view):g}"
    return Table(
        frame.assign(name=names),
        view.say(
            f"按单位增加值能耗{limit}吨标准煤/万元界限划分的规上企业数",
            f"Firms by the limit of {limit} tonnes of standard coal per 10,000 yuan of value added",
        ),
        columns=(
            Column("name", view.say("行业", "Industry")),
            *(Column(door, view.say(*DOORS[door]), 0) for door in DOORS if door in frame.columns),
            Column("all", view.say("合计", "All"), 0),
        ),
        source=view.say(
            "企业登记表（enterprise_years）；界限见行动方案三（五）",
            "Register of enterprises (enterprise_years); limit from the plan, clause 3.5",
        ),
        note=view.say(
            "条款只适用于新上项目；这里用同一界限看现有企业，不是审查结论。",
            "The clause is about new projects; here the limit is held against present firms and decides nothing.",
        ),
        lang=view.lang,
        disclosure=Disclosure.counts(frame),
    )


def firm_table(view: View) -> Table | None:
    """Every firm above designated size with its indicators, score, class and what speaks of low efficiency.

    Notes
    -----
    Names single firms: for internal reports only.
    """
    known = view.once(firms)
    if known.empty:
        return None
    known = known.sort_values("score", ascending=False, kind="stable", na_position="last")
    why = {
        "": None,
        "class": ("D类", "class D"),
        "tax": ("税收低", "low tax"),
        "both": ("D类且税收低", "both"),
    }
    frame = known.assign(
        name=known[f"name_{view.lang}"],
        area=[view.name("areas", code) for code in known["ref_area"]],
        industry=[view.name("activities", code) for code in known["activity"]],
        shown=known["class"].where(known["class"].ne(NO_CLASS), None),
        reason=[view.say(*why[code]) if why[code] else None for code in known["low"]],
        rd_per_revenue=100 * known["rd_per_revenue"],
    )
    units = scoring(view)["unit"]
    return Table(
        frame,
        view.say(
            f"{_year(view)}年规上企业亩均评价",
            f"Firms above designated size in {_year(view)}: scores and classes",
        ),
        columns=(
            Column("name", view.say("企业", "Firm")),
            Column("area", view.say("区域", "Area")),
            Column("industry", view.say("行业", "Industry")),
            *(
                Column(
                    name,
                    view.say(*NAMES[name]),
                    1,
                    unit="%" if units[name] == "ratio" else view.name("units", units[name]),
                )
                for name in units.index
            ),
            Column("score", view.say("得分", "Score"), 1),
            Column("shown", view.say("类别", "Class")),
            Column("reason", view.say("低效线索", "Low efficiency")),
        ),
        source=_register(view),
        lang=view.lang,
        disclosure=Disclosure.internal("企业亩均评价", "per-mu scores of firms"),
        most=int(view.rules("lists")["value"]["list_rows"]),
    )
