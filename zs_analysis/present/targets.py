"""Targets: every numeric target beside what is published about it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from zs_analysis import metrics
from zs_analysis.model import Figure, figure
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.findings import Findings
from zs_analysis.present.headlines import Metric
from zs_analysis.present.numbers import comparison_words, pp
from zs_analysis.present.phrases import amount, findings, is_are, listed, metric, quantity, told, window
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

LIGHTS = ("re-base", "green", "amber", "red")
URGENT = ("red", "amber")
BUREAU = "市经信局"
MOST_NAMED, MOST_DRAWN = 6, 30
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
    "unrated": ("未评价：缺起点值", "not rated: no start value"),
    "rule": ("不考核进度", "a standard, not progress"),
    "unpublished": ("没有同口径数据", "no matching outcome found"),
    "not started": ("未到考核期", "not started"),
}
# In tables of counts, what calls for action first.
STATE_HEADS = {
    "red": ("红灯", "red"),
    "amber": ("黄灯", "amber"),
    "green": ("绿灯", "green"),
    "re-base": ("应重新设定", "re-base"),
    "unrated": ("未评价", "not rated"),
    "unpublished": ("无数据", "no outcome"),
    "rule": ("政策标准", "standard"),
    "not started": ("未开始", "not started"),
}
ACTIONS_EN = {
    "总体目标": "Overall targets",
    "空间腾换": "Space renewal",
    "招大做强": "Major investment",
    "企业优强": "Stronger firms",
    "品质提升": "Quality",
    "数字赋能": "Digital empowerment",
    "创新强工": "Innovation",
    "工作措施": "Supporting measures",
    "企业培育": "Nurturing firms",
    "重点项目投资释放": "Key project investment",
    "产业集群壮大提升": "Stronger clusters",
    "助企服务迭代升级": "Services to firms",
}


@dataclass(frozen=True)
class Judgement:
    """A target judged: its state and what it rests on.

    Attributes
    ----------
    state : str
        A light, or why there is none.
    pace : float or None
        Progress against the time passed, 1 is on time.
    measured : Figure or None
        The figure judged: the newest outcome, or the newest that covers as much of a year as the start does.
    start : Figure or None
        The figure a level is taken to have started from.
    """

    state: str
    pace: float | None = None
    measured: Figure | None = None
    start: Figure | None = None


# What findings count of the running targets: all, and by state.
COUNTED = {
    "running": {"zh": "在期量化目标", "en": "Numeric targets running"},
    "red": {"zh": "红灯目标", "en": "Targets on red"},
    "amber": {"zh": "黄灯目标", "en": "Targets on amber"},
    "green": {"zh": "绿灯目标", "en": "Targets on green"},
    "re-base": {"zh": "已提前达到的目标", "en": "Targets met early"},
    "unpublished": {"zh": "没有公布数可对照的目标", "en": "Targets without a published outcome"},
    "unrated": {"zh": "缺起点值的目标", "en": "Targets without a start value"},
    "silent": {"zh": "无从判断进度的目标", "en": "Targets with no outcome to judge by"},
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
        ``state``: a light, or why there is none (``unrated``, ``rule``, ``unpublished``, ``not started``);
        ``pace`` (1 is on time), ``measured`` and ``start_figure`` (the figures it rests on), ``required_a_year``
        (change a year from the measured figure that reaches the target by its deadline, in the target's unit).
    """
    running = running_targets(view)
    targets = list(running.itertuples())
    outcomes = [outcome_of(view, target) for target in targets]
    known = rules(view)
    judged = [judge(view, *pair, known) for pair in zip(targets, outcomes, strict=True)]
    ratios = [
        100 * value_of(view, target, found) / target.value if found else None
        for target, found in zip(targets, outcomes, strict=True)
    ]
    needed = [required_a_year(view, *pair) for pair in zip(targets, judged, strict=True)]
    return running.assign(
        outcome=outcomes,
        ratio_pct=pd.array(ratios, dtype="Float64"),
        state=[one.state for one in judged],
        pace=pd.array([one.pace for one in judged], dtype="Float64"),
        measured=[one.measured for one in judged],
        start_figure=[one.start for one in judged],
        required_a_year=pd.array(needed, dtype="Float64"),
    )


def outcome_of(view: View, target: tuple) -> Figure | None:
    """The newest published figure that a target can be held against.

    Notes
    -----
    A yearly target is held against the year so far, a level against its newest value; so is a running total
    (累计), which has no start. A sum from a start is held against a sum published from there on, in its first year
    against that year. Flows of single years are not added up.
    """
    where = {"ref_area": target.ref_area, "activity": target.activity}
    if target.basis == "per_year":
        found = [view.current(target.indicator, "ytd", **where)]
    elif target.basis == "cumulative_by" and target.start:
        sums = {"base_per": [target.start, f"{target.start}-01"]} | where
        found = [view.figure(target.indicator, "cumulative", **sums)]
        found += [view.current(target.indicator, "ytd", **where)] if target.start == view.year else []
    else:
        found = [view.figure(target.indicator, kind, **where) for kind in _kinds(target)]
    comparable = [one for one in found if one and _same_dimension(view, one.unit, target.unit)]
    return max(comparable, key=lambda one: one.last_month, default=None)


def _kinds(target: tuple) -> tuple[str, ...]:
    if target.basis == "cumulative_by":
        return ("cumulative", "level")
    return ("level", "ytd", "share") if target.basis == "level_by" else ()


def _same_dimension(view: View, unit: str, other: str) -> bool:
    dimension = view.units.set_index("unit")["dimension"]
    return dimension[unit] == dimension[other]


def value_of(view: View, target: tuple, outcome: Figure) -> float:
    """A published outcome in the unit of its target."""
    return metrics.convert(outcome.value, outcome.unit, to=target.unit, units=view.units)


def judge(view: View, target: tuple, outcome: Figure | None, known: pd.Series) -> Judgement:
    """The light of a target, or why it has none, and what that rests on."""
    if target.basis == "threshold":
        return Judgement("rule")
    if target.start > view.year:
        return Judgement("not started")
    if outcome is None:
        return Judgement("unpublished")
    if outcome.comparison == "<" and target.comparison in (">", ">="):
        # Fewer than 15 is not 15, however near.
        return Judgement("unrated", measured=outcome)
    limits = {"green": known["light_green"], "amber": known["light_amber"]}
    value = value_of(view, target, outcome)
    if target.basis == "per_year":
        pace = _yearly_pace(view, target, outcome, value)
        # A yearly target met early is on time; next year asks for it again.
        return Judgement(metrics.light(pace, **limits, met=False), pace, outcome)
    met = metrics.compare(value, target.comparison, target.value, tolerance_pct=known["about_tolerance"])
    measured, start = _way(view, target, outcome)
    pace = _pace_to_deadline(view, target, measured, start)
    if met or pace is None:
        return Judgement("re-base" if met else "unrated", pace, measured, start)
    return Judgement(metrics.light(pace, **limits, met=False), pace, measured, start)


def _yearly_pace(view: View, target: tuple, outcome: Figure, value: float) -> float:
    # a ratio does not grow with the months of the year
    ratio = _kind(view, target.indicator) == "ratio"
    months = 12 if ratio or outcome.freq == "A" else int(outcome.time_period[-2:])
    return metrics.flow_pace(value, target.value, months=months)


def _kind(view: View, indicator: str) -> str:
    return str(view.table("indicators").set_index("indicator")["kind"].get(indicator, ""))


def _way(view: View, target: tuple, outcome: Figure) -> tuple[Figure | None, Figure | None]:
    """The figure a level is judged by, and the one it started from: at the end of the year before, else in the first.

    What sums up over a year (tax per mu from January to September) is not held against a whole year.
    """
    if target.basis == "cumulative_by" and target.start:
        return outcome, None
    first = int(target.start or target.released.year)
    where = {"ref_area": target.ref_area, "activity": target.activity}
    periods = [str(year) + month for year in (first - 1, first) for month in ("", "-12")]
    found = [
        view.figure(target.indicator, kind, time_period=period, **where)
        for period in periods
        for kind in _kinds(target)
    ]
    known = [
        one for one in found if one and not one.comparison and _same_dimension(view, one.unit, target.unit)
    ]
    whole = outcome if _covers_a_year(view, outcome) else _newest_whole_year(view, target)
    start = next((one for one in known if whole and one.last_month < whole.last_month), None)
    return whole, start


def _covers_a_year(view: View, known: Figure) -> bool:
    if known.freq == "A" or known.last_month.endswith("-12"):
        return True
    proportion = view.units.set_index("unit").loc[known.unit, "dimension"] == "proportion"
    return proportion or (known.transformation == "level" and _kind(view, known.indicator) != "flow")


def _newest_whole_year(view: View, target: tuple) -> Figure | None:
    rows = view.past[view.past["freq"].eq("A") | view.past["time_period"].str.endswith("-12")]
    where = {"ref_area": target.ref_area, "activity": target.activity}
    found = [figure(rows, target.indicator, kind, **where) for kind in _kinds(target)]
    known = [one for one in found if one and _same_dimension(view, one.unit, target.unit)]
    return max(known, key=lambda one: one.last_month, default=None)


def _pace_to_deadline(
    view: View, target: tuple, measured: Figure | None, start: Figure | None
) -> float | None:
    """Pace of a sum since the first year, or of a level from its start; ``None`` where it has none."""
    if measured is None:
        return None
    value, last = value_of(view, target, measured), pd.Period(measured.last_month, freq="M")
    end = pd.Period(f"{target.deadline[:4]}-12", freq="M")
    if target.basis == "cumulative_by" and target.start:
        before = pd.Period(f"{target.start[:4]}-01", freq="M") - 1
        return metrics.flow_pace(
            value, target.value, months=(last - before).n, target_months=(end - before).n
        )
    if start is None:
        return None
    first, begun = value_of(view, target, start), pd.Period(start.last_month, freq="M")
    # a target that was met when it was set has no way to go
    if begun >= end or metrics.gap(first, target.comparison, target.value) <= 0:
        return None
    times = {"elapsed": (last - begun).n, "total": (end - begun).n}
    return metrics.level_pace(value, target.value, start_value=first, **times)


def required_a_year(view: View, target: tuple, judged: Judgement) -> float | None:
    """Even change a year that reaches a target by its deadline from the figure judged, in the target's unit."""
    if judged.measured is None or target.basis not in ("level_by", "cumulative_by"):
        return None
    last = pd.Period(judged.measured.last_month, freq="M")
    left = (pd.Period(f"{target.deadline[:4]}-12", freq="M") - last).n
    value = value_of(view, target, judged.measured)
    # the missing amount has its sign: a level that is to fall falls
    missing = target.value - value
    if left <= 0 or metrics.gap(value, target.comparison, target.value) <= 0:
        return None
    return 12 * missing / left


def summary(view: View) -> Findings:
    """Findings that open the report."""
    table = view.once(progress)
    if table.empty:
        return findings(view, [])
    return findings(
        view,
        [
            count_finding(view, table),
            light_finding(view, table),
            met_finding(view, table),
            missing_finding(view, table),
        ],
    )


def count_finding(view: View, table: pd.DataFrame) -> str:
    """How many targets there are and who leads them."""
    kinds = [
        f"{view.say(*BASIS[basis])}{view.say('', ': ')}{count}{view.say('项', '')}"
        for basis, count in table["basis"].value_counts().items()
    ]
    said = view.say(
        f"在期量化目标{len(table)}项（{listed(view, kinds)}）",
        f"{len(table)} numeric target{'' if len(table) == 1 else 's'} {is_are(len(table))} running ({listed(view, kinds)})",
    )
    leads = table.loc[table["lead_department"].ne(""), "lead_department"].value_counts()
    if leads.empty:
        return told(view, said + view.say("。", "."), counted(view, "running", len(table)))
    most = view.name("departments", leads.index[0])
    said += view.say(
        f"，其中{leads.sum()}项写明牵头部门，共{len(leads)}个部门，{most}最多（{leads.iloc[0]}项）。",
        f"; {leads.sum()} of them name a lead among {len(leads)} department{'' if len(leads) == 1 else 's'}, the {most} most often ({leads.iloc[0]}).",
    )
    return told(view, said, counted(view, "running", len(table)))


def counted(view: View, state: str, count: int) -> Metric:
    """Number of targets in a state of `COUNTED`, as a number of a finding."""
    return metric(
        view,
        f"targets_{state}",
        count,
        unit="item",
        decimals=0,
        time_period=str(view.quarter).replace("Q", "-Q"),
        name=COUNTED[state],
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
    return told(
        view,
        view.say(
            f"{len(met)}项已提前达到，应重新设定：{_some(view, items)}。",
            f"{len(met)} {is_are(len(met))} met before their deadline and call for a new value: {_some(view, items)}.",
        ),
        counted(view, "re-base", len(met)),
        *met["outcome"].head(MOST_NAMED),
    )


def _some(view: View, items: Sequence[str]) -> str:
    """Items of an enumeration, the first few of many."""
    tail = view.say("等", " and others") if len(items) > MOST_NAMED else ""
    return listed(view, items[:MOST_NAMED]) + tail


def light_finding(view: View, table: pd.DataFrame) -> str | None:
    """Targets by light, the ones that are behind by name."""
    rated = table[table["state"].isin(["green", "amber", "red"])]
    if rated.empty:
        return None
    items = []
    for light in ("red", "amber", "green"):
        rows = rated[rated["state"].eq(light)]
        if len(rows):
            named = light in URGENT or len(rows) <= MOST_NAMED
            names = _some(view, [name_of(view, row) for row in rows.itertuples()]) if named else ""
            zh, en = (f"（{names}）", f" ({names})") if named else ("", "")
            items.append(view.say(f"{LIGHT_WORDS[light][0]}{len(rows)}项{zh}", f"{len(rows)} {light}{en}"))
    return told(
        view,
        view.say(f"按序时进度，{'，'.join(items)}。", f"By their pace: {'; '.join(items)}."),
        *(counted(view, state, count) for state, count in rated["state"].value_counts(sort=False).items()),
    )


def missing_finding(view: View, table: pd.DataFrame) -> str | None:
    """How many targets cannot be judged, and for which reason."""
    missing, base = (int(table["state"].eq(state).sum()) for state in ("unpublished", "unrated"))
    parts = (
        [view.say(f"{missing}项没有查到口径一致的公布数", f"{missing} without a matching published outcome")]
        if missing
        else []
    )
    parts += [view.say(f"{base}项有公布数但缺起点值", f"{base} with one but no start value")] if base else []
    if not parts:
        return None
    return told(
        view,
        view.say(
            f"{'，'.join(parts)}，不作评价；没有数据不等于没有进展。",
            f"Not rated: {', '.join(parts)}. No data does not mean no progress.",
        ),
        counted(view, "unpublished", missing) if missing else None,
        counted(view, "unrated", base) if base else None,
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
            f"序时进度：年度目标=累计完成÷（年度目标×已过月份÷12）；到期达到的目标=（现值−起点值）÷（目标值−起点值）÷已过时间占比，"
            f"起点取开始年份前一年（没有则取当年）的公布数。不低于{green}为绿灯，{amber}至{green}为黄灯，以下为红灯。"
            f"“左右”按目标值上下{about}%理解。",
            "Pace: of a yearly target, done so far / (target x months passed / 12); of a level due by a date, the share of the way "
            "from the start value over the share of the time, the start being the published figure of the year before the first "
            f"(or of the first). {green} and above is green, {amber} to {green} amber, below red. "
            f'"About" is read as {about}% either way.',
        )
    )


def progress_chart(view: View) -> Chart | None:
    """Published outcomes as percent of their targets."""
    table = view.once(progress)
    rows = table[table["ratio_pct"].notna() & ~table["state"].isin(["rule", "not started"])]
    if rows.empty:
        return None
    over = int(rows["ratio_pct"].ge(100).sum())
    drawn = rows[rows["state"].ne("green")] if len(rows) > MOST_DRAWN else rows
    frame = drawn.assign(
        name=[name_of(view, row) for row in drawn.itertuples()],
        ratio=drawn["ratio_pct"].astype(float),
        light=drawn["state"].where(drawn["state"].isin(LIGHTS), ""),
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
        note=""
        if len(drawn) == len(rows)
        else view.say(
            "绿灯目标不画，见全部目标表。", "Green targets are left out; the table of all has them."
        ),
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
            "pace": table["pace"],
            "state": [view.say(*LIGHT_WORDS[state]) for state in table["state"]],
            "lead": [_lead(view, code) for code in table["lead_department"]],
            "clause": table["clause"].where(table["clause"].ne(""), None),
        }
    )
    columns = {
        "name": ("目标", "Target"),
        "target": ("要求", "Target value"),
        "due": ("期限", "Deadline"),
        "outcome": ("最新公布数", "Newest outcome"),
        "pace": ("序时进度", "Pace"),
        "state": ("状态", "Status"),
        "lead": ("牵头部门", "Lead department"),
        "clause": ("条款", "Clause"),
    }
    return Table(
        frame,
        view.say(f"在期量化目标{len(frame)}项", f"{len(frame)} numeric targets in force"),
        columns=tuple(
            Column(key, view.say(*label), 2 if key == "pace" else None) for key, label in columns.items()
        ),
        source=view.source(_all_sources(table)),
        note=view.say(
            f"条款未写牵头部门的为“—”。目标取自{view.about.plan['zh']}等文件，如有调整，以正式印发的文本为准。",
            f"Lead is — where the clause names none. Targets are those of the {view.about.plan['en']} and other documents; adopted texts prevail.",
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


def _all_sources(table: pd.DataFrame) -> Iterable[str]:
    figures = (one for column in ("outcome", "measured", "start_figure") for one in table[column])
    return [*table["source_id"], *(one.source_id for one in figures if one)]


def urgent_table(view: View) -> Table | None:
    """What is behind: red targets, then amber ones, the furthest behind first."""
    table = view.once(progress)
    rows = table[table["state"].isin(URGENT)]
    if rows.empty:
        return None
    rows = rows.assign(order=rows["state"].map(URGENT.index)).sort_values(["order", "pace"], kind="stable")
    frame = pd.DataFrame(
        {
            "state": [view.say(*LIGHT_WORDS[state]) for state in rows["state"]],
            "name": [name_of(view, row) for row in rows.itertuples()],
            "target": [_asked(view, row) for row in rows.itertuples()],
            "outcome": [_outcome_words(view, row.measured) for row in rows.itertuples()],
            "pace": rows["pace"],
            "lead": [_lead_and_clause(view, row) for row in rows.itertuples()],
        }
    )
    columns = {
        "name": ("目标", "Target"),
        "state": ("亮灯", "Light"),
        "target": ("要求", "Asked"),
        "outcome": ("评价所用数", "Judged by"),
        "pace": ("序时进度", "Pace"),
        "lead": ("牵头部门、条款", "Lead, clause"),
    }
    return Table(
        frame,
        view.say(f"红灯和黄灯目标{len(frame)}项", f"Red and amber targets: {len(frame)}"),
        columns=tuple(
            Column(key, view.say(*label), 2 if key == "pace" else None) for key, label in columns.items()
        ),
        source=view.source(_all_sources(rows)),
        note=view.say("序时进度1为与时间同步。", "A pace of 1 is on time."),
        lang=view.lang,
    )


def _lead_and_clause(view: View, row: tuple) -> str | None:
    parts = [part for part in (_lead(view, row.lead_department), row.clause) if part]
    return view.say("，", ", ").join(parts) or None


def none_urgent(view: View) -> Note:
    """What the page says where nothing is behind."""
    return Note(
        view.say(
            "按已公布的数，没有红灯或黄灯目标；没有数据的目标不在其中。",
            "By what is published no target is red or amber; those without an outcome are not among them.",
        )
    )


def _asked(view: View, row: tuple) -> str:
    return target_words(view, row) + view.say(f"（{due_words(view, row)}）", f" ({due_words(view, row)})")


def _lead(view: View, code: str) -> str | None:
    return view.name("departments", code) if code else None


def pace_table(view: View) -> Table | None:
    """Targets with a deadline that have a start: where from, where now, the pace, and what each year has to bring."""
    table = view.once(progress)
    rows = table[table["basis"].isin(["level_by", "cumulative_by"]) & table["pace"].notna()].sort_values(
        "pace", kind="stable"
    )
    if rows.empty:
        return None
    frame = pd.DataFrame(
        {
            "name": [name_of(view, row) for row in rows.itertuples()],
            "target": [_asked(view, row) for row in rows.itertuples()],
            "start": [
                _outcome_words(view, row.start_figure) or view.say("自零起", "from zero")
                for row in rows.itertuples()
            ],
            "now": [_outcome_words(view, row.measured) for row in rows.itertuples()],
            "pace": rows["pace"],
            "state": [view.say(*STATE_HEADS[state]) for state in rows["state"]],
            "needed": [_needed(view, row) for row in rows.itertuples()],
        }
    )
    frame["way"] = frame["start"] + " → " + frame["now"]
    columns = {
        "name": ("目标", "Target"),
        "target": ("要求", "Asked"),
        "way": ("起点→评价所用数", "Start → judged by"),
        "pace": ("序时进度", "Pace"),
        "state": ("状态", "Status"),
        "needed": ("此后每年需", "Needed a year"),
    }
    return Table(
        frame,
        view.say(
            f"有起点值的到期目标{len(frame)}项的序时进度", f"Pace of {len(frame)} targets with a start value"
        ),
        columns=tuple(
            Column(key, view.say(*label), 2 if key == "pace" else None) for key, label in columns.items()
        ),
        source=view.source(_all_sources(rows)),
        note=view.say(
            "序时进度假定逐年均匀推进，1为与时间同步，负数为比起点倒退；“此后每年需”是从评价所用数到期限的年均变化，已达到的为“—”。",
            "Pace supposes even progress: 1 is on time, below zero is further away than at the start. What is needed is the average "
            "change a year from the figure judged to the deadline, — where the target is met.",
        ),
        lang=view.lang,
    )


def no_start(view: View) -> Note:
    """What the page says where no target has a start value."""
    return Note(
        view.say(
            "没有一项到期目标有起点年份的公布数，算不出序时进度。",
            "No target with a deadline has a published start value; there is no pace.",
        )
    )


def _needed(view: View, row: tuple) -> str | None:
    if pd.isna(row.required_a_year) or row.state == "re-base":
        return None
    size = _change_words(view, row, abs(row.required_a_year))
    falls = row.required_a_year < 0
    return view.say("减少" if falls else "增加", "less by " if falls else "more by ") + size


def _change_words(view: View, row: tuple, value: float) -> str:
    decimals = max(row.decimals, row.measured.decimals, 1)
    if row.unit == "pct":
        return pp(value, decimals, view.lang)
    return quantity(view, value, decimals, row.unit)


def state_table(view: View, by: str) -> Table | None:
    """Counts of targets by state.

    Parameters
    ----------
    by : {"action", "lead_department", "cluster"}
    """
    counts = _state_counts(view, by)
    if counts.empty:
        return None
    states = [state for state in STATE_HEADS if counts[state].any()]
    label = {
        "action": ("行动", "Action"),
        "lead_department": ("牵头部门", "Lead"),
        "cluster": ("集群", "Cluster"),
    }[by]
    return Table(
        counts,
        view.say(f"按{label[0]}统计的目标项数", f"Targets by {label[1].lower()}"),
        columns=(
            Column("name", view.say(*label)),
            Column("total", view.say("合计", "All"), 0),
            *(Column(state, view.say(*STATE_HEADS[state]), 0) for state in states),
        ),
        source=view.source(view.once(progress)["source_id"]),
        lang=view.lang,
    )


def _state_counts(view: View, by: str) -> pd.DataFrame:
    """Targets by state under each action, lead or cluster; actions in the plan's order, the rest by number."""
    table = view.once(progress)
    rows = table[table["cluster"].ne("")] if by == "cluster" else table
    if rows.empty:
        return pd.DataFrame()
    keys = rows[by].where(rows[by].ne(""), "")
    counts = pd.crosstab(keys, rows["state"]).reindex(columns=list(STATE_HEADS), fill_value=0)
    counts = counts.reindex(keys.drop_duplicates()).assign(total=keys.value_counts())
    if by != "action":
        counts = counts.sort_values("total", ascending=False, kind="stable")
    names = {"action": _action, "lead_department": _lead_or_none, "cluster": _cluster}
    return counts.assign(name=[names[by](view, code) for code in counts.index])


def _action(view: View, code: str) -> str:
    return view.say(code, ACTIONS_EN.get(code, "Other")) if code else view.say("其他文件", "Other documents")


def _lead_or_none(view: View, code: str) -> str:
    return _lead(view, code) or view.say("未写明", "not named")


def _cluster(view: View, code: str) -> str:
    return view.name("activities", code)


def state_chart(view: View, by: str = "action") -> Chart | None:
    """States of the targets of each action or lead, as stacked bars.

    Parameters
    ----------
    by : {"action", "lead_department"}
    """
    counts = _state_counts(view, by)
    if counts.empty:
        return None
    silent = int(counts["unpublished"].sum())
    behind = int(counts[list(URGENT)].to_numpy().sum())
    return charts.stacked(
        counts,
        "name",
        {state: view.say(*words) for state, words in STATE_HEADS.items()},
        title=view.say(
            f"{int(counts['total'].sum())}项目标中，红灯和黄灯{behind}项，没有同口径数据{silent}项",
            f"Of {int(counts['total'].sum())} targets {behind} {is_are(behind)} red or amber, {silent} without a matching outcome",
        ),
        unit=view.say("项", "targets"),
        source=view.source(view.once(progress)["source_id"]),
        lang=view.lang,
    )


def bureau_table(view: View) -> Table | None:
    """Targets that another department leads and the bureau takes part in."""
    table = view.once(progress)
    part = [BUREAU in departments.split(";")[1:] for departments in table["departments"]]
    rows = table[part]
    if rows.empty:
        return None
    frame = pd.DataFrame(
        {
            "name": [name_of(view, row) for row in rows.itertuples()],
            "target": [_asked(view, row) for row in rows.itertuples()],
            "outcome": [_outcome_words(view, row.outcome) for row in rows.itertuples()],
            "state": [view.say(*LIGHT_WORDS[state]) for state in rows["state"]],
            "lead": [_lead(view, code) for code in rows["lead_department"]],
            "clause": rows["clause"],
        }
    )
    columns = {
        "name": ("目标", "Target"),
        "target": ("要求", "Asked"),
        "outcome": ("最新公布数", "Newest outcome"),
        "state": ("状态", "Status"),
        "lead": ("牵头部门", "Lead"),
        "clause": ("条款", "Clause"),
    }
    return Table(
        frame,
        view.say(
            f"市经信局参与、其他部门牵头的目标{len(frame)}项",
            f"{len(frame)} targets the bureau takes part in but does not lead",
        ),
        columns=tuple(Column(key, view.say(*label)) for key, label in columns.items()),
        source=view.source(_all_sources(rows)),
        lang=view.lang,
    )
