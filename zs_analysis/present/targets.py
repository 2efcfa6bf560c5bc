"""Targets: every numeric target beside what is published about it."""

import re
from collections.abc import Sequence

import pandas as pd

from zs_analysis import metrics
from zs_analysis.model import Figure, figure
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import comparison_words
from zs_analysis.present.phrases import amount, findings, is_are, listed, quantity, window
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

LIGHTS = ("re-base", "green", "amber", "red")
BASIS = {
    "level_by": ("到期达到", "reached by the deadline"),
    "per_year": ("每年", "each year"),
    "cumulative_by": ("期内累计", "summed to the deadline"),
    "threshold": ("政策标准", "policy standard"),
}
LIGHT_WORDS = {
    "re-base": ("已提前达到，应重新设定", "met: re-base"),
    "green": ("绿灯", "green"),
    "amber": ("黄灯", "amber"),
    "red": ("红灯", "red"),
    "unrated": ("未评价：缺基期值", "not rated: no base value"),
    "rule": ("不考核进度", "a standard, not progress"),
    "unpublished": ("没有同口径数据", "no matching outcome found"),
    "not started": ("未到考核期", "not started"),
}


def rules(view: View) -> pd.Series:
    """Thresholds of the lights in force in the quarter, by name."""
    return view.rules("pace")["value"]


def running_targets(view: View) -> pd.DataFrame:
    """Targets in force in the reported year, and those announced for the next."""
    targets = view.table("targets")
    start = targets["start"].where(
        targets["start"].ne(""), targets["released"].dt.year.astype("Int64").astype("str")
    )
    running = targets["deadline"].ge(view.year) & start.le(str(view.quarter.year + 1))
    return targets[running].reset_index(drop=True)


def progress(view: View) -> pd.DataFrame:
    """Targets still running in the reported year, each with its newest published outcome.

    Returns
    -------
    pandas.DataFrame
        The columns of ``targets`` and ``outcome`` (a `Figure` or ``None``), ``ratio_pct`` of the target,
        ``state``: a light, or why there is none (``unrated``, ``rule``, ``unpublished``, ``not started``).
    """
    running = running_targets(view)
    targets = list(running.itertuples())
    outcomes = [outcome_of(view, target) for target in targets]
    known = rules(view)
    states = [state_of(view, *pair, known) for pair in zip(targets, outcomes, strict=True)]
    ratios = [
        100 * value_of(view, target, found) / target.value if found else None
        for target, found in zip(targets, outcomes, strict=True)
    ]
    return running.assign(outcome=outcomes, ratio_pct=pd.array(ratios, dtype="Float64"), state=states)


def outcome_of(view: View, target: tuple) -> Figure | None:
    """The newest published figure that a target can be held against.

    Notes
    -----
    A yearly target is held against the year so far, a level against its newest value; so is a running total
    (累计), which has no start. Flows of single years are not added up: what came before is not published.
    """
    where = {"ref_area": target.ref_area, "activity": target.activity}
    if target.basis == "per_year":
        found = [view.current(target.indicator, "ytd", **where)]
    else:
        found = [figure(view.past, target.indicator, kind, **where) for kind in _kinds(target)]
    comparable = [one for one in found if one and _same_dimension(view, one.unit, target.unit)]
    return max(comparable, key=lambda one: one.last_month, default=None)


def _kinds(target: tuple) -> tuple[str, ...]:
    if target.basis == "cumulative_by":
        return ("cumulative",) if target.start else ("cumulative", "level")
    return ("level", "ytd", "share") if target.basis == "level_by" else ()


def _same_dimension(view: View, unit: str, other: str) -> bool:
    dimension = view.units.set_index("unit")["dimension"]
    return dimension[unit] == dimension[other]


def value_of(view: View, target: tuple, outcome: Figure) -> float:
    """A published outcome in the unit of its target."""
    return metrics.convert(outcome.value, outcome.unit, to=target.unit, units=view.units)


def state_of(view: View, target: tuple, outcome: Figure | None, known: pd.Series) -> str:
    """The light of a target, or why it has none."""
    if target.basis == "threshold":
        return "rule"
    if target.start > view.year:
        return "not started"
    if outcome is None:
        return "unpublished"
    value = value_of(view, target, outcome)
    limits = {"green": known["light_green"], "amber": known["light_amber"]}
    if target.basis == "per_year":
        months = 12 if outcome.freq == "A" else int(outcome.time_period[-2:])
        # A yearly target met early is on time; next year asks for it again.
        return metrics.light(metrics.flow_pace(value, target.value, months=months), **limits, met=False)
    if outcome.comparison == "<" and target.comparison in (">", ">="):
        # Fewer than 15 is not 15, however near.
        return "unrated"
    met = metrics.compare(value, target.comparison, target.value, tolerance_pct=known["about_tolerance"])
    # The pace of a level needs the level the plan started from, which it does not give.
    return "re-base" if met else "unrated"


def summary(view: View) -> Findings:
    """Findings that open the report."""
    table = view.once(progress)
    if table.empty:
        return findings(view, [])
    return findings(
        view,
        [
            count_finding(view, table),
            met_finding(view, table),
            light_finding(view, table),
            missing_finding(view, table),
        ],
    )


def count_finding(view: View, table: pd.DataFrame) -> str:
    """How many targets there are and who leads them."""
    kinds = [
        f"{view.say(*BASIS[basis])}{view.say('', ': ')}{count}{view.say('项', '')}"
        for basis, count in table["basis"].value_counts().items()
    ]
    counted = view.say(
        f"在期量化目标{len(table)}项（{listed(view, kinds)}）",
        f"{len(table)} numeric target{'' if len(table) == 1 else 's'} {is_are(len(table))} running ({listed(view, kinds)})",
    )
    leads = table.loc[table["lead_department"].ne(""), "lead_department"].value_counts()
    if leads.empty:
        return counted + view.say("。", ".")
    most = view.name("departments", leads.index[0])
    return counted + view.say(
        f"，其中{leads.sum()}项写明牵头部门，共{len(leads)}个部门，{most}最多（{leads.iloc[0]}项）。",
        f"; {leads.sum()} of them name a lead among {len(leads)} department{'' if len(leads) == 1 else 's'}, the {most} most often ({leads.iloc[0]}).",
    )


def met_finding(view: View, table: pd.DataFrame) -> str | None:
    """Targets that are met before their deadline and steer nothing any more."""
    met = table[table["state"].eq("re-base")]
    if met.empty:
        return None
    items = [
        f"{name_of(view, row)}{view.say('', ' ')}{amount(view, row.outcome)}{view.say('（目标', ' (target ')}{target_words(view, row)}{view.say('）', ')')}"
        for row in met.itertuples()
    ]
    return view.say(
        f"{len(met)}项已提前达到，应重新设定：{listed(view, items)}。",
        f"{len(met)} {is_are(len(met))} met before their deadline and call for a new value: {listed(view, items)}.",
    )


def light_finding(view: View, table: pd.DataFrame) -> str | None:
    """Yearly targets by light."""
    rated = table[table["state"].isin(["green", "amber", "red"])]
    if rated.empty:
        return None
    items = []
    for light in ("green", "amber", "red"):
        rows = rated[rated["state"].eq(light)]
        if len(rows):
            names = listed(view, (name_of(view, row) for row in rows.itertuples()))
            items.append(
                view.say(f"{LIGHT_WORDS[light][0]}{len(rows)}项（{names}）", f"{len(rows)} {light} ({names})")
            )
    return view.say(f"按年度序时进度，{'，'.join(items)}。", f"By the pace of the year: {'; '.join(items)}.")


def missing_finding(view: View, table: pd.DataFrame) -> str | None:
    """How many targets cannot be judged, and for which reason."""
    missing, base = (int(table["state"].eq(state).sum()) for state in ("unpublished", "unrated"))
    parts = (
        [view.say(f"{missing}项没有查到口径一致的公布数", f"{missing} without a matching published outcome")]
        if missing
        else []
    )
    parts += [view.say(f"{base}项有公布数但缺基期值", f"{base} with one but no base value")] if base else []
    if not parts:
        return None
    return view.say(
        f"{'，'.join(parts)}，不作评价；没有数据不等于没有进展。",
        f"Not rated: {', '.join(parts)}. No data does not mean no progress.",
    )


def name_of(view: View, row: tuple) -> str:
    """Name of a target."""
    return row.name_zh if view.lang == "zh" else row.name_en


def target_words(view: View, row: tuple) -> str:
    """What a target asks for, with its unit: 34万元/亩以上."""
    number = quantity(view, row.value, row.decimals, row.unit)
    # 达到, 实施, 建成 N个 ask for N and say nothing of more.
    printed = f"{row.value:.{row.decimals}f}"
    least = rf"{printed}[^，,、]{{0,6}}以上|不低于{printed}"
    plain = row.comparison == ">=" and not re.search(least, row.quote)
    return number if plain else comparison_words(number, row.comparison, view.lang)


def method(view: View) -> Note:
    """How lights are given, with the thresholds in force."""
    known = rules(view)
    green, amber, about = (f"{known[name]:g}" for name in ("light_green", "light_amber", "about_tolerance"))
    return Note(
        view.say(
            f"序时进度=累计完成÷（年度目标×已过月份÷12）；不低于{green}为绿灯，{amber}至{green}为黄灯，以下为红灯。"
            f"“左右”按目标值上下{about}%理解。文件没有公布亮灯阈值，这里是本套件的约定（data/rules.csv）。",
            f"Pace = done so far / (yearly target x months passed / 12); {green} and above is green, {amber} to {green} amber, "
            f'below red. "About" is read as {about}% either way. No thresholds are published: these are the suite\'s own '
            "(data/rules.csv).",
        )
    )


def progress_chart(view: View) -> Chart | None:
    """Published outcomes as percent of their targets."""
    table = view.once(progress)
    rows = table[table["ratio_pct"].notna() & ~table["state"].isin(["rule", "not started"])]
    if rows.empty:
        return None
    over = int(rows["ratio_pct"].ge(100).sum())
    frame = rows.assign(
        name=[name_of(view, row) for row in rows.itertuples()],
        ratio=rows["ratio_pct"].astype(float),
        light=rows["state"].where(rows["state"].isin(LIGHTS), ""),
    )
    return charts.target_progress(
        frame,
        "name",
        "ratio",
        "light",
        title=view.say(
            f"有公布数可对照的{len(rows)}项目标中，{over}项已达到或超过目标值",
            f"Of {len(rows)} targets with a published outcome, {over} are at or above their value",
        ),
        unit=view.say("公布数占目标值的百分比", "outcome as percent of the target"),
        source=view.source([*rows["source_id"], *(outcome.source_id for outcome in rows["outcome"])]),
        lang=view.lang,
    )


def target_table(view: View) -> Table | None:
    """Every running target with its newest outcome, state, deadline, lead and clause."""
    table = view.once(progress)
    if table.empty:
        return None
    frame = pd.DataFrame(
        {
            "name": [name_of(view, row) for row in table.itertuples()],
            "target": [target_words(view, row) for row in table.itertuples()],
            "due": [due_words(view, row) for row in table.itertuples()],
            "outcome": [_outcome_words(view, outcome) for outcome in table["outcome"]],
            "state": [view.say(*LIGHT_WORDS[state]) for state in table["state"]],
            "lead": [view.name("departments", code) if code else None for code in table["lead_department"]],
            "clause": table["clause"].where(table["clause"].ne(""), None),
        }
    )
    columns = {
        "name": ("目标", "Target"),
        "target": ("要求", "Target value"),
        "due": ("期限", "Deadline"),
        "outcome": ("最新公布数", "Newest outcome"),
        "state": ("状态", "Status"),
        "lead": ("牵头部门", "Lead department"),
        "clause": ("条款", "Clause"),
    }
    return Table(
        frame,
        view.say(f"在期量化目标{len(frame)}项", f"{len(frame)} numeric targets in force"),
        columns=tuple(Column(key, view.say(*label)) for key, label in columns.items()),
        source=view.source(_all_sources(table)),
        note=view.say(
            "条款未写牵头部门的为“—”。目标取自行动方案征求意见稿（2023年5月）等文件，正式印发稿如有调整，以正式稿为准。",
            "Lead is — where the clause names none. The plan is the consultation draft of May 2023; the adopted text prevails.",
        ),
        lang=view.lang,
    )


def due_words(view: View, row: tuple) -> str:
    """When a target is due: by a year, each year, summed to a year, or always."""
    words = {
        "level_by": (f"到{row.deadline}年", f"by {row.deadline}"),
        "per_year": ("每年", "each year")
        if row.start != row.deadline
        else (f"{row.deadline}年", row.deadline),
        "cumulative_by": (f"到{row.deadline}年累计", f"in all by {row.deadline}"),
        "threshold": ("政策标准", "policy standard"),
    }
    return view.say(*words[row.basis])


def _outcome_words(view: View, outcome: Figure | None) -> str | None:
    if outcome is None:
        return None
    when = window(view, outcome)
    return amount(view, outcome) + view.say(f"（{when}）", f" ({when})")


def _all_sources(table: pd.DataFrame) -> Sequence[str]:
    return [*table["source_id"], *(outcome.source_id for outcome in table["outcome"] if outcome)]


def department_table(view: View) -> Table | None:
    """Targets by lead department and state."""
    table = view.once(progress)
    if table.empty:
        return None
    lead = [
        view.name("departments", code) if code else view.say("未写明", "not named")
        for code in table["lead_department"]
    ]
    counts = pd.crosstab(pd.Index(lead, name="lead"), table["state"]).assign(
        total=lambda counts: counts.sum(axis=1)
    )
    counts = counts.sort_values("total", ascending=False, kind="stable").rename_axis("lead").reset_index()
    states = [state for state in LIGHT_WORDS if state in counts.columns]
    return Table(
        counts,
        view.say("按牵头部门统计的目标项数", "Targets by lead department"),
        columns=(
            Column("lead", view.say("牵头部门", "Lead")),
            Column("total", view.say("合计", "All"), 0),
            *(Column(state, view.say(*LIGHT_WORDS[state]), 0) for state in states),
        ),
        source=view.source(table["source_id"]),
        lang=view.lang,
    )
