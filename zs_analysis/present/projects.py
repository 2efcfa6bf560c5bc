"""Projects through their life (招引、签约、开工、在建、投产): stages, investment against schedule, lights, capacity to come."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics.disclosure import sensitivity
from zs_analysis.metrics.projects import LIGHTS, SCENARIOS, STAGES
from zs_analysis.model import as_of_date, known_on
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.disclosure import Disclosure, disclosure_rules, protected
from zs_analysis.present.numbers import fmt, pct, period_words, yi
from zs_analysis.present.phrases import amount, is_are, listed
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

OUTPUT, CAPACITY = "gross_output_scale", "output_added_by_projects"
MONEY, UNSTATED = "1e8_cny", "unstated"
STAGE_WORDS = {
    "planned": ("谋划招引", "planned"),
    "signed": ("签约", "signed"),
    "started": ("开工", "started"),
    "building": ("在建", "building"),
    "completed": ("投产", "on stream"),
}
STATE_WORDS = {
    "on_time": ("按期", "on time"),
    "late": ("延期到达", "reached late"),
    "overdue": ("超期未到", "overdue"),
    "not_due": ("未到期", "not due"),
    "undated": ("日期不全", "undated"),
}
LIGHT_WORDS = {
    "green": ("绿灯", "green"),
    "amber": ("黄灯", "amber"),
    "red": ("红灯", "red"),
    "unrated": ("未评价", "not rated"),
}
SCENARIO_WORDS = {
    "low": ("低", "low"),
    "central": ("中", "central"),
    "high": ("高", "high"),
    "published": ("公布数", "published"),
}
GROUPS = {
    "cluster": ("activities", ("集群", "Cluster")),
    "ref_area": ("areas", ("地区", "Area")),
}


def judged_on(view: View) -> pd.Timestamp:
    """The day projects are judged on: the end of the quarter, or the day of the report if that is earlier."""
    end = view.quarter.end_time.normalize()
    day = as_of_date(view.as_of)
    return end if day is None else min(day, end)


def has_register(view: View) -> bool:
    """Whether the package follows projects through their life; those that are only named in documents it does not."""
    return not view.register("project_stages").empty


def register_missing(view: View) -> Note:
    """What to load where the life of projects is not known."""
    return Note(
        view.say(
            "数据包没有项目登记表。装入 project_stages.csv（各阶段计划日期与实际日期）和 project_months.csv（计划投资与完成投资），"
            "本节即可生成；字段见 docs/data-model.md。",
            "The data package holds no register of projects. With project_stages.csv (planned and actual day of each stage) and "
            "project_months.csv (investment scheduled and done) this section is made; docs/data-model.md has the fields.",
        )
    )


def needs_register(view: View) -> Note:
    """Where a section needs the register too."""
    return Note(
        view.say("本节需要项目登记表，见上。", "This section needs the register of projects too; see above.")
    )


def not_named(view: View) -> Note:
    """Why projects are not listed by name."""
    if has_register(view):
        return Note(
            view.say(
                "项目来自登记表，不是公布的名单，只在内部报告中逐个列出。",
                "Projects come from a register that is not published; single ones are listed in an internal report only.",
            )
        )
    return view.no_data


def named_projects(view: View) -> pd.DataFrame:
    """Projects whose stage is stated for a day up to the end of the quarter."""
    projects = view.table("projects")
    return projects[projects["as_of"].str[:7].le(view.last_month)]


def stages(view: View) -> pd.DataFrame:
    """The register of stages with its days; a day known only by its month counts as the last of it."""
    rows = view.register("project_stages")
    return rows.assign(**{name: known_on(rows[name]) for name in ("planned", "actual")})


def lives(view: View) -> pd.DataFrame:
    """Every project of the register where it stands: stage, delay, investment against schedule, light.

    Returns
    -------
    pandas.DataFrame
        By ``project_id``: the columns of ``projects``, with ``investment`` in 亿元, and those of
        `metrics.standing`, `metrics.investment_progress` and `metrics.project_lights`. A project on stream has no
        light: there is nothing left to warn of. Without a register the stage is the one the documents state.
    """
    projects = named_projects(view).set_index("project_id")
    projects = projects.assign(investment=_in_yi(view, projects))
    if not has_register(view):
        return projects.assign(stage=projects["status"])
    known = metrics.standing(stages(view), judged_on(view), longest_days=longest_days(view))
    done = metrics.investment_progress(view.register("project_months"), str(judged_on(view))[:7])
    rows = projects.join(known, how="inner").join(done)
    lights = metrics.project_lights(rows["ratio_pct"], rows["days_late"], limits=limits(view))
    return rows.join(lights.where(rows["stage"].ne("completed")))


def _in_yi(view: View, projects: pd.DataFrame) -> list[float]:
    pairs = zip(projects["investment"], projects["unit"], strict=True)
    return [
        metrics.convert(value, unit, to=MONEY, units=view.units) if unit else float("nan")
        for value, unit in pairs
    ]


def limits(view: View) -> pd.Series:
    """Thresholds of the projects' lights in force in the quarter."""
    return view.rules("project_light")["value"]


def longest_days(view: View) -> dict[str, float]:
    """Days a project may stay in each stage."""
    rules = view.rules("project_life")["value"]
    return {name.removeprefix("stay_"): days for name, days in rules.items()}


def sentences(view: View) -> list[str | None]:
    """Findings on the register; none without one."""
    if not has_register(view):
        return []
    return [life_finding(view), late_finding(view), schedule_finding(view), light_finding(view)]


def life_finding(view: View) -> str | None:
    """How many projects are at each stage."""
    rows = view.once(lives)
    counts = metrics.life_counts(rows.reset_index()).set_index("stage")["now"]
    parts = [
        f"{view.say(*STAGE_WORDS[stage])}{view.say('', ' ')}{n}{view.say('个', '')}"
        for stage, n in counts.items()
    ]
    amount = total(view, "investment")
    digits, unit = (1, "") if view.lang == "zh" else (2, " ")
    size = "" if amount is None else fmt(amount, digits, view.lang) + unit + view.money_unit
    return view.say(
        f"登记在册的{len(rows)}个项目{f'总投资{size}' if size else ''}：{listed(view, parts)}。",
        f"The register holds {len(rows)} projects{f' of {size} in all' if size else ''}: {listed(view, parts)}.",
    )


def late_finding(view: View) -> str | None:
    """How many projects are past the planned day of their next stage, and how many are stuck."""
    rows = view.once(lives)
    overdue = rows["next_planned"].lt(judged_on(view))
    if not overdue.any() and not rows["stuck"].any():
        return None
    days = rows.loc[overdue, "days_late"]
    typical = f"{fmt(days.median(), 0)}" if len(days) else ""
    late = int(overdue.sum())
    stuck = int(rows["stuck"].sum())
    zh = f"{late}个项目的下一节点已过计划日" + (f"，超期天数中位数为{typical}天" if typical else "")
    en = f"{late} project{'' if late == 1 else 's'} {is_are(late)} past the planned day of the next stage" + (
        f", by {typical} days at the median" if typical else ""
    )
    return view.say(
        f"{zh}；{stuck}个在同一阶段停留超过规定时限。",
        f"{en}; {stuck} {'has' if stuck == 1 else 'have'} been in one stage longer than the rule allows.",
    )


def schedule_finding(view: View) -> str | None:
    """Investment done against schedule since the start of the projects."""
    course = view.once(investment_course)
    if course.empty:
        return None
    row = course.iloc[-1]
    ratio = 100 * row["invested"] / row["scheduled"] if row["scheduled"] > 0 else None
    month = period_words(row["time_period"], view.lang)
    told = view.say(f"，为计划的{pct(ratio, 1)}", f", {pct(ratio, 1, 'en')} of schedule") if ratio else ""
    return view.say(
        f"截至{month}，{row['projects']}个项目自开工以来完成投资{yi(row['invested'], 1)}{told}。",
        f"By {month}, {row['projects']} projects had invested {yi(row['invested'], 1, 'en')} since their start{told}.",
    )


def light_finding(view: View) -> str | None:
    """Projects not yet on stream, by light."""
    lights = view.once(lives)["light"].value_counts()
    if lights.empty:
        return None
    zh = listed(view, [f"{LIGHT_WORDS[light][0]}{lights.get(light, 0)}个" for light in LIGHTS])
    en = listed(view, [f"{lights.get(light, 0)} {light}" for light in LIGHTS])
    return view.say(f"未投产项目亮灯：{zh}。", f"Lights of the projects not yet on stream: {en}.")


def stage_table(view: View) -> Table | None:
    """The funnel: projects now at each stage and at least so far, with their total investment."""
    rows = view.once(lives)
    if rows.empty:
        return None
    frame = metrics.life_counts(rows.reset_index()).drop(columns=["investment", "investment_reached"])
    frame, disclosure = frame.assign(share=100 * frame["reached"] / len(rows)), None
    if has_register(view):
        amounts, disclosure = sums(view, "stage", "investment")
        frame = frame.join(amounts, on="stage")
    frame["stage"] = [view.say(*STAGE_WORDS[stage]) for stage in frame["stage"]]
    columns = [
        Column("stage", view.say("阶段", "Stage")),
        Column("now", view.say("目前在此阶段", "Now here"), 0, unit=view.say("个", "projects")),
        Column("reached", view.say("已到达或越过", "Got this far"), 0, unit=view.say("个", "projects")),
        Column("share", view.say("占全部", "Of all"), 1, unit="%"),
    ]
    if has_register(view):
        columns.append(_money_column(view, "investment", ("总投资（目前在此阶段）", "Investment, now here")))
    return Table(
        frame,
        view.say(f"{len(rows)}个项目的阶段分布", f"Where {len(rows)} projects stand"),
        columns=columns,
        source=source(view, rows),
        note=""
        if has_register(view)
        else view.say("阶段按原文表述归类。", "Stages as the source words them."),
        lang=view.lang,
        disclosure=disclosure,
    )


def _money_column(view: View, key: str, label: tuple[str, str]) -> Column:
    return Column(
        key, view.say(*label), 1 if view.lang == "zh" else 2, unit=view.money_unit, status=f"{key}_status"
    )


def sums(view: View, by: str, value: str) -> tuple[pd.DataFrame, Disclosure]:
    """Amounts of projects summed by a column, in the report's money, withheld where they give one investor away."""
    return view.once(_protected_sums)[by, value]


def _protected_sums(view: View) -> dict[tuple[str, str], tuple[pd.DataFrame, Disclosure]]:
    # all in one order, whatever a report shows first: what one table shows the next cannot hide
    rows = view.once(lives)
    rows = rows.assign(
        holding=_investors(view, rows),
        **{by: rows[by].replace("", UNSTATED).fillna(UNSTATED) for by in (*GROUPS, "stage")},
    )
    found = {}
    for value in ("investment", "scheduled", "invested"):
        for by in (*GROUPS, "stage"):
            table, disclosure = protected(view, rows, by, value, population="projects")
            table = table.set_index(by).rename(index={UNSTATED: ""})
            found[by, value] = (table.assign(**{value: view.money(table[value])}), disclosure)
    return found


def _investors(view: View, rows: pd.DataFrame) -> pd.Series:
    """The group that invests; a project whose enterprise is not stated stands for itself."""
    holdings = view.register("enterprises").set_index("enterprise")["holding"]
    named = rows["enterprise"].map(holdings).fillna(rows["enterprise"])
    return named.where(rows["enterprise"].ne(""), rows.index.to_series())


def total(view: View, value: str) -> float | None:
    """An amount of all projects in the report's money, or ``None`` where it would give one investor away."""
    amount = sums(view, "cluster", value)[0].loc["total", value]
    return None if pd.isna(amount) else float(amount)


def delay_table(view: View) -> Table | None:
    """Planned against actual days of each stage."""
    if not has_register(view):
        return None
    life = metrics.stage_delays(stages(view), judged_on(view))
    counts = pd.crosstab(life["stage"], life["state"]).reindex(STAGES, fill_value=0)
    counts = counts.reindex(columns=list(STATE_WORDS), fill_value=0)
    reached = life[life["reached"]].groupby("stage")["days_late"]
    rows = view.once(lives)
    frame = counts.assign(
        median=reached.median(),
        worst=reached.max(),
        stuck=rows[rows["stuck"]].groupby("stage").size(),
    )
    frame["stuck"] = frame["stuck"].fillna(0).astype(int)
    frame = frame.reset_index()
    frame["stage"] = [view.say(*STAGE_WORDS[stage]) for stage in frame["stage"]]
    return Table(
        frame,
        view.say("各阶段计划日期与实际日期", "Planned against actual days by stage"),
        columns=(
            Column("stage", view.say("阶段", "Stage")),
            *(
                Column(state, view.say(*words), 0)
                for state, words in STATE_WORDS.items()
                if frame[state].any()
            ),
            Column("median", view.say("中位延期", "Late, median"), 0, unit=view.say("天", "days")),
            Column("worst", view.say("最长延期", "Late, most"), 0, unit=view.say("天", "days")),
            Column("stuck", view.say("滞留", "Stuck"), 0),
        ),
        source=source(view, rows),
        note=view.say(
            "天数只算已到达的节点，负数为提前；滞留指在该阶段停留超过规定时限。",
            "Days are those of stages reached, negative is early; stuck means longer in the stage than the rule allows.",
        ),
        lang=view.lang,
        disclosure=Disclosure.counts(),
    )


def group_table(view: View, by: str) -> Table | None:
    """Projects of each cluster or area by stage, with those past the planned day of the next.

    Parameters
    ----------
    by : {"cluster", "ref_area"}
    """
    rows, register = view.once(lives), has_register(view)
    # documents name hardly any area
    if rows.empty or (by == "ref_area" and not register):
        return None
    counts = pd.crosstab(rows[by], rows["stage"]).reindex(columns=STAGES, fill_value=0)
    counts = counts.assign(total=rows.groupby(by).size())
    if register:
        counts["overdue"] = rows["next_planned"].lt(judged_on(view)).groupby(rows[by]).sum()
    frame = _with_total(view, by, counts.sort_values("total", ascending=False, kind="stable"))
    disclosure = None
    if register:
        amounts, disclosure = sums(view, by, "investment")
        frame = frame.join(amounts)
    columns = [
        Column("name", view.say(*GROUPS[by][1])),
        Column("total", view.say("合计", "All"), 0),
        *(Column(stage, view.say(*STAGE_WORDS[stage]), 0) for stage in STAGES),
    ]
    if register:
        columns += [
            Column("overdue", view.say("下一节点超期", "Overdue"), 0),
            _money_column(view, "investment", ("总投资", "Investment")),
        ]
    return Table(
        frame,
        view.say(f"按{GROUPS[by][1][0]}分的项目数", f"Projects by {GROUPS[by][1][1].lower()}"),
        columns=columns,
        source=source(view, rows),
        lang=view.lang,
        disclosure=disclosure,
    )


def _with_total(view: View, by: str, counts: pd.DataFrame) -> pd.DataFrame:
    """Counts by cluster or area under the names of those, all of them in the last row."""
    frame = pd.concat([counts, counts.sum().to_frame("total").T])
    return frame.assign(name=[*_group_names(view, by, counts.index), view.say("合计", "All")])


def _group_names(view: View, by: str, codes: Sequence[str]) -> list[str]:
    none = view.say("未注明", "not stated")
    return [view.name(GROUPS[by][0], code) if code else none for code in codes]


def life_chart(view: View, stage: str = "completed") -> Chart | None:
    """Projects that should have reached a stage by each month, and those that have."""
    if not has_register(view):
        return None
    course = metrics.stage_course(stages(view), stage, judged_on(view))
    known = course.dropna()
    if known.empty:
        return None
    planned, actual = (int(known[name].iloc[-1]) for name in ("planned", "actual"))
    zh, en = STAGE_WORDS[stage]
    return charts.against_plan(
        course.assign(period=course["ds"].dt.strftime("%Y-%m")),
        names=(view.say("计划", "planned"), view.say("实际", "actual")),
        title=view.say(
            f"按计划应有{planned}个项目{zh}，实际{actual}个",
            f"{planned} projects were planned to be {en} by now, {actual} {is_are(actual)}",
        ),
        unit=view.say("累计项目数，个", "projects so far"),
        source=source(view, view.once(lives)),
        lang=view.lang,
    )


def investment_course(view: View) -> pd.DataFrame:
    """Investment scheduled and done of all projects, month by month, in 亿元, from when no single investor shows."""
    months, end = view.register("project_months"), str(judged_on(view))[:7]
    course = metrics.investment_course(months, end)
    telling = [period for period in course["time_period"] if _gives_away(view, months, period)]
    return course[course["time_period"].gt(max(telling, default=""))]


def _gives_away(view: View, months: pd.DataFrame, period: str) -> bool:
    known = metrics.investment_progress(months, period)
    investors = _investors(view, view.once(lives)).reindex(known.index)
    amounts = known[["scheduled", "invested"]].groupby(investors.fillna(known.index.to_series())).sum()
    rules = disclosure_rules(view)
    return any(sensitivity(amounts[name], rules).reason for name in amounts)


def schedule_chart(view: View) -> Chart | None:
    """Investment done against schedule, all projects together."""
    course = view.once(investment_course)
    if course.empty:
        return None
    last = course.iloc[-1]
    behind = last["scheduled"] - last["invested"]
    ahead = (
        view.say("超出计划", "ahead of schedule") if behind < 0 else view.say("落后计划", "behind schedule")
    )
    size = yi(abs(behind), 1, view.lang)
    frame = pd.DataFrame(
        {
            "period": course["time_period"],
            "planned": view.money(course["scheduled"].astype(float)),
            "actual": view.money(course["invested"].astype(float)),
        }
    )
    chart = charts.against_plan(
        frame,
        names=(view.say("计划", "scheduled"), view.say("完成", "done")),
        title=view.say(f"在册项目完成投资{ahead}{size}", f"Investment of the projects is {size} {ahead}"),
        unit=view.say("自开工累计，亿元", "since the start of each project, bn yuan"),
        decimals=1,
        source=source(view, view.once(lives)),
        note=view.say(
            "项目自首次报数起计入，没有报数的月份沿用上次数；投资集中在少数企业的早期月份不列出。",
            "A project counts from its first report on, months without one keep the last; early months in which few firms "
            "invested are left out.",
        ),
        lang=view.lang,
    )
    return replace(chart, disclosure=checked(view))


def schedule_table(view: View, by: str) -> Table | None:
    """Investment done against schedule and lights, by cluster or area.

    Parameters
    ----------
    by : {"cluster", "ref_area"}
    """
    if not has_register(view):
        return None
    rows = view.once(lives)
    (scheduled, first), (invested, second) = (sums(view, by, value) for value in ("scheduled", "invested"))
    frame = _with_total(view, by, _light_counts(rows, by)).join(scheduled).join(invested)
    hidden = frame["scheduled_status"].eq("Q") | frame["invested_status"].eq("Q")
    ratio = 100 * frame["invested"] / frame["scheduled"].where(frame["scheduled"].gt(0))
    frame = frame.assign(ratio=ratio, ratio_status=hidden.map({True: "Q", False: ""}))
    frame = pd.concat([frame.iloc[:-1].sort_values("ratio", kind="stable"), frame.iloc[-1:]])
    return Table(
        frame,
        view.say(
            f"按{GROUPS[by][1][0]}分的投资进度与亮灯",
            f"Investment against schedule and lights by {GROUPS[by][1][1].lower()}",
        ),
        columns=(
            Column("name", view.say(*GROUPS[by][1])),
            _money_column(view, "scheduled", ("计划投资", "Scheduled")),
            _money_column(view, "invested", ("完成投资", "Done")),
            Column("ratio", view.say("完成计划", "Of schedule"), 1, unit="%", status="ratio_status"),
            *(Column(light, view.say(*words), 0) for light, words in LIGHT_WORDS.items()),
        ),
        source=source(view, rows),
        note=view.say(
            "投资自各项目开工累计；亮灯只数未投产项目。",
            "Investment since the start of each project; lights count projects not yet on stream.",
        ),
        lang=view.lang,
        disclosure=Disclosure.joined(first, second),
    )


def _light_counts(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    open_ones = rows[rows["stage"].ne("completed")]
    counts = pd.crosstab(open_ones[by], open_ones["light"].fillna("unrated"))
    return counts.reindex(index=sorted(rows[by].unique()), columns=list(LIGHT_WORDS), fill_value=0)


def light_chart(view: View) -> Chart | None:
    """Lights of the projects not yet on stream, by cluster."""
    if not has_register(view):
        return None
    rows = view.once(lives)
    counts = _light_counts(rows, "cluster")
    order = ["red", "amber", "green", "unrated"]
    counts = counts[counts.sum(axis=1).gt(0)].sort_values(order, ascending=False, kind="stable")
    if counts.empty:
        return None
    red, amber = int(counts["red"].sum()), int(counts["amber"].sum())
    return charts.stacked(
        counts.assign(name=_group_names(view, "cluster", counts.index)),
        "name",
        {light: view.say(*LIGHT_WORDS[light]) for light in order},
        title=view.say(
            f"未投产项目红灯{red}个、黄灯{amber}个",
            f"{red} projects not yet on stream show red, {amber} amber",
        ),
        unit=view.say("个", "projects"),
        source=source(view, rows),
        lang=view.lang,
    )


def source(view: View, rows: pd.DataFrame) -> str:
    """Sources of projects."""
    return view.source(rows["source_id"])


# Capacity to come


def capacity(view: View) -> pd.DataFrame:
    """Output that projects add in the months to come, by scenario, for the forecast to take in.

    Returns
    -------
    pandas.DataFrame
        ``scenario``, ``unique_id``, ``ds``, ``output_added`` (亿元 a month above the last month with output figures),
        to the end of the next year: of `metrics.capacity_scenarios` where a register is there, else of
        `metrics.published_capacity`, or empty.
    """
    start = last_known(view)
    ahead = 12 * (view.quarter.year + 1 - int(start[:4])) + 12 - int(start[5:])
    published = view.current(CAPACITY, "ytd")
    if has_register(view):
        return metrics.capacity_scenarios(
            coming(view),
            last_known=start,
            months=ahead,
            ramp_months=view.rules("capacity")["value"]["ramp_months"],
            delay_days=usual_delay(view),
        )
    if published:
        return metrics.published_capacity(published.value, last_known=start, months=ahead)
    return pd.DataFrame(columns=["scenario", "unique_id", "ds", "output_added"])


def last_known(view: View) -> str:
    """Last month with output figures of the city, or the month of the report if there are none."""
    output = view.current(OUTPUT, "ytd")
    return output.last_month if output else str(judged_on(view))[:7]


def coming(view: View) -> pd.DataFrame:
    """Projects with the output they add a year and the day they come on stream; the series is the cluster."""
    days = stages(view).query("stage == 'completed'").set_index("project_id")[["planned", "actual"]]
    rows = view.once(lives).join(days)
    return rows.assign(unique_id=rows["cluster"].where(rows["cluster"].ne(""), "rest"))


def usual_delay(view: View) -> float | None:
    """Usual delay of coming on stream, in days, or ``None`` where too few projects are."""
    least = int(view.rules("capacity")["value"]["least_completed"])
    return metrics.usual_delay_days(stages(view), judged_on(view), least=least)


def capacity_table(view: View) -> Table | None:
    """The scenarios of new capacity: what each assumes and adds, quarter by quarter."""
    added = view.once(capacity)
    if added.empty or not capacity_is_safe(view):
        return None
    quarters = added["ds"].dt.to_period("Q")
    sums = (
        added.groupby(["scenario", quarters], sort=False)["output_added"].sum().unstack().head(len(SCENARIOS))
    )
    sums = view.money(sums).rename(columns=str)
    year = str(view.quarter.year + 1)
    frame = sums.assign(
        scenario=[view.say(*SCENARIO_WORDS[name]) for name in sums.index],
        assumes=[assumption(view, name) for name in sums.index],
        year=sums[[column for column in sums if column.startswith(year)]].sum(axis=1),
    )
    shown = [column for column in sums if column.startswith(year)]
    decimals = 1 if view.lang == "zh" else 2
    start = period_words(last_known(view), view.lang)
    return Table(
        frame,
        view.say(f"投产项目带来的新增产值：{year}年情景", f"Output added by projects: scenarios for {year}"),
        unit=view.money_unit,
        columns=(
            Column("scenario", view.say("情景", "Scenario")),
            Column("assumes", view.say("假定", "Assumes")),
            *(Column(quarter, period_words(quarter, view.lang), decimals) for quarter in shown),
            Column("year", period_words(year, view.lang), decimals),
        ),
        source=capacity_source(view),
        note=view.say(
            f"均为高出{start}水平的部分，由登记的达产产值推算，不是预测。",
            f"All above the level of {start}, from the stated output at full capacity; none is a forecast.",
        )
        if has_register(view)
        else view.say(
            "由公布的年新增产值推算，不是预测。", "Worked out from the published total, not a forecast."
        ),
        lang=view.lang,
        disclosure=checked(view),
    )


def checked(view: View) -> Disclosure | None:
    """What was looked at before capacity was printed: nothing where no register is behind it."""
    return Disclosure.checked(disclosure_rules(view)) if has_register(view) else None


def capacity_is_safe(view: View) -> bool:
    """Whether the capacity of the projects, on stream and to come, gives no single investor away."""
    if not has_register(view):
        return True
    rows = view.once(coming)
    part = rows["actual"].notna().map({True: "on_stream", False: "to_come"})
    contributions = rows.assign(part=part, holding=_investors(view, rows))
    table, _ = protected(view, contributions, "part", "output_a_year", population="projects")
    return bool(table["output_a_year_status"].ne("Q").all())


def capacity_note(view: View) -> Note:
    """Why no scenarios are shown."""
    if has_register(view):
        return Note(
            view.say(
                "产能集中在少数企业，公布会泄露单个企业数据，情景不予列出。",
                "Capacity lies with a few firms and would give them away: no scenarios are shown.",
            )
        )
    return Note(
        view.say(
            "没有公布的新增产能，也没有项目登记表，不作情景。",
            "No new capacity is published and there is no register: no scenarios.",
        )
    )


def capacity_source(view: View) -> str:
    """Where the figures of new capacity come from: the register, or the published total."""
    published = view.current(CAPACITY, "ytd")
    if has_register(view) or published is None:
        return source(view, view.once(lives))
    return view.source([published.source_id])


def assumption(view: View, scenario: str) -> str:
    """What a scenario of new capacity supposes."""
    ramp = fmt(view.rules("capacity")["value"]["ramp_months"])
    delay = usual_delay(view) if scenario == "central" else None
    days = fmt(delay, 0) if delay is not None else ""
    published = view.current(CAPACITY, "ytd")
    words = {
        "low": (
            f"只算已投产项目，投产后{ramp}个月均匀爬坡至达产",
            f"only projects on stream, rising evenly to full capacity over {ramp} months",
        ),
        "central": (
            f"未投产项目比计划日晚{days}天（延期天数的中位数，未投产的按截尾计）",
            f"the others {days} days after their planned day (median delay, unfinished ones as censored)",
        ),
        "high": ("未投产项目都按计划日投产", "the others on their planned day"),
        "published": (
            f"公布的年新增产值{amount(view, published) if published else ''}按月均摊，投产日期和爬坡没有公布，此前已产出的部分未扣除，是上限",
            f"the published {amount(view, published) if published else ''} a year spread evenly; days of coming on stream are not "
            "published and what was produced before is not taken off, so it is the most",
        ),
    }
    return view.say(*words[scenario])


# Lists that name single projects: for reports that stay inside


def project_lights_table(view: View) -> Table | None:
    """Every project not yet on stream with its light, the red ones first. Names single projects."""
    if not has_register(view):
        return None
    rows = view.once(lives).query("stage != 'completed'")
    worst = rows["light"].map({light: -rank for rank, light in enumerate(LIGHTS)}).fillna(1)
    rows = rows.assign(worst=worst).sort_values(
        ["worst", "days_late"], ascending=[True, False], kind="stable"
    )
    frame = rows.assign(
        name=rows[f"name_{view.lang}"],
        cluster=_group_names(view, "cluster", rows["cluster"]),
        area=_group_names(view, "ref_area", rows["ref_area"]),
        stage=[view.say(*STAGE_WORDS[stage]) if stage in STAGES else None for stage in rows["stage"]],
        stuck=[view.say("滞留", "stuck") if stuck else None for stuck in rows["stuck"]],
        light=[view.say(*LIGHT_WORDS[light]) for light in rows["light"].fillna("unrated")],
        investment=view.money(rows["investment"]),
    )
    return Table(
        frame,
        view.say(
            f"未投产项目亮灯清单（{len(frame)}个）", f"Lights of {len(frame)} projects not yet on stream"
        ),
        columns=(
            Column("name", view.say("项目", "Project")),
            Column("light", view.say("亮灯", "Light")),
            Column("cluster", view.say("集群", "Cluster")),
            Column("area", view.say("地区", "Area")),
            Column("stage", view.say("阶段", "Stage")),
            Column("days_late", view.say("延期天数", "Days late"), 0),
            Column("ratio_pct", view.say("完成计划", "Of schedule"), 1, unit="%"),
            Column("days_in_stage", view.say("停留天数", "Days in stage"), 0),
            Column("stuck", view.say("滞留", "Stuck")),
            Column("investment", view.say("总投资", "Investment"), 1, unit=view.money_unit),
        ),
        source=source(view, rows),
        lang=view.lang,
        disclosure=Disclosure.internal("项目亮灯清单", "the lights of single projects"),
        most=int(view.rules("lists")["value"]["list_rows"]),
    )


def timeline_chart(view: View, most: int = 15) -> Chart | None:
    """Planned and actual lives of the largest projects. Names single projects."""
    if not has_register(view):
        return None
    rows = view.once(lives).nlargest(most, "investment")
    life = metrics.stage_delays(stages(view), judged_on(view))
    life = life[life["project_id"].isin(rows.index) & life["stage"].ne("planned")]
    spans = life.groupby("project_id").agg(planned_start=("planned", "min"), start=("actual", "min"))
    ends = life[life["stage"].eq("completed")].set_index("project_id")
    spans = spans.join(ends[["planned", "actual"]].set_axis(["planned_end", "end"], axis=1)).reindex(
        rows.index
    )
    late = int((spans["end"].isna() & spans["planned_end"].lt(judged_on(view))).sum())
    chart = charts.timeline(
        spans.assign(name=rows[f"name_{view.lang}"]).reset_index(drop=True),
        judged_on(view),
        names=(view.say("计划", "planned"), view.say("实际", "actual")),
        title=view.say(
            f"总投资最大的{len(rows)}个项目中，{late}个已过计划投产日而未投产",
            f"Of the {len(rows)} largest projects {late} {is_are(late)} past the planned day of coming on stream",
        ),
        unit=view.say("签约至投产", "signing to coming on stream"),
        source=source(view, rows),
        lang=view.lang,
    )
    return replace(chart, disclosure=Disclosure.internal("项目进度图", "the course of single projects"))
