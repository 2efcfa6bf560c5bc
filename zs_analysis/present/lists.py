"""The six lists (6张清单) of firms and projects that steer the months. They name single firms: internal."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics.breakdown import PIECES
from zs_analysis.model import Figure
from zs_analysis.present import charts, projects, register
from zs_analysis.present.chart import Chart
from zs_analysis.present.disclosure import Disclosure
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import pct, period_words, yi
from zs_analysis.present.phrases import amount, findings, is_are, listed, statement, told
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

OUTPUT, CAPACITY, RENOVATION = "gross_output_scale", "output_added_by_projects", "investment_renovation"
TRACED = (OUTPUT, CAPACITY, RENOVATION, "renovation_project", "firms_scale")
MONTHS = "enterprise_months"
STANDINGS = {
    "above": ("稳定在线上", "above"),
    "rising": ("新升至线上", "newly above"),
    "new": ("线上，无上年数", "above, no last year"),
    "falling": ("掉至线下", "fallen below"),
    "unclear": ("近12个月不明", "twelve months unknown"),
    "passed": ("本年累计已过线", "passed this year"),
    "on_course": ("预计过线", "on course"),
    "near": ("接近", "near"),
}
SHAPES = {"own": ("本企业", "own"), "all": ("全部规下", "all")}


def rules(view: View) -> pd.Series:
    """Rules of the lists in force in the quarter, by name; see `limit` for amounts."""
    return view.rules("lists")["value"]


def limit(view: View, scheme: str, rule: str) -> float:
    """A threshold in force, in 10,000 yuan, as the registers are."""
    row = view.rules(scheme).loc[rule]
    return metrics.convert(row["value"], row["unit"], to="1e4_cny", units=view.units)


def months(view: View) -> pd.DataFrame:
    """What firms have reported for months up to the end of the quarter."""
    rows = view.register(MONTHS)
    return rows[rows["time_period"].le(view.last_month)]


def of_firms(view: View, make: Callable[[pd.DataFrame, str], pd.DataFrame]) -> pd.DataFrame | None:
    """A list of firms at the newest month, with their names, clusters and areas; ``None`` without any."""
    month = register.latest_month(view)
    if month is None:
        return None
    rows = make(months(view), month)
    firms = register.firms(view).reindex(rows["enterprise"])
    return rows.assign(
        name=firms["name"].to_numpy(),
        cluster=[register.group_name(view, "cluster", code) for code in firms["cluster"]],
        area=[register.group_name(view, "ref_area", code) for code in firms["ref_area"]],
    )


def large(view: View) -> pd.DataFrame | None:
    """Firms with a yearly output at or over the threshold."""
    threshold = limit(view, "ladder", "output_500m")
    return of_firms(view, lambda rows, month: metrics.large_firms(rows, month, threshold=threshold))


def declining(view: View) -> pd.DataFrame | None:
    """Firms whose output lies below that of a year before."""
    return of_firms(view, metrics.declining_firms)


def renovating(view: View) -> pd.DataFrame | None:
    """Firms that invest in technological upgrading."""
    return of_firms(view, metrics.renovating_firms)


def upgrading(view: View) -> pd.DataFrame | None:
    """Firms below designated size that are near its threshold."""
    if register.years(view).empty:
        return None
    known = {
        "below_scale": register.below_scale(view),
        "threshold": limit(view, "lists", "scale_revenue"),
        "near": rules(view)["near_scale"],
    }
    return of_firms(view, lambda rows, month: metrics.upgrading_firms(rows, month, **known))


def coming(view: View) -> pd.DataFrame:
    """Projects that came on stream in the year, were to, or are overdue."""
    named = projects.named_projects(view)
    on = projects.judged_on(view)
    rows = metrics.coming_on_stream(named, projects.stages(view), view.year, on)
    return rows.merge(named.drop(columns="output_a_year"), on="project_id")


def renovation_projects(view: View) -> pd.DataFrame:
    """Projects of technological upgrading with their investment against schedule."""
    rows = projects.lives(view).reset_index()
    month = str(projects.judged_on(view))[:7]
    progress = metrics.renovation_projects(rows, view.register("project_months"), month)
    return progress.merge(rows.drop(columns=[*progress.columns[1:]], errors="ignore"), on="project_id")


# What the year was asked for, and how it was split


def yearly_target(view: View) -> Figure | None:
    """The output expected of the year, as announced: what the months are split from."""
    return view.expected(OUTPUT)


def base_years(view: View) -> list[str]:
    """Complete years before the reported one that give the months their season, at most as many as the rule says."""
    known = months(view)
    most = int(rules(view)["base_years"])
    years = [str(int(view.year) - back) for back in range(1, most + 1)]
    complete = {
        year: set(known.loc[known["time_period"].str[:4].eq(year), "time_period"].str[5:].astype(int))
        for year in years
    }
    found = []
    for year in years:
        if not set(PIECES) <= complete[year]:
            break
        found.append(year)
    return sorted(found)


def course(view: View, by: str) -> pd.DataFrame | None:
    """The yearly target by month and by cluster or area, against what was made; 10,000 yuan.

    Parameters
    ----------
    by : {"cluster", "ref_area"}

    Returns
    -------
    pandas.DataFrame or None
        As `metrics.target_course`; ``None`` without a target, a complete year before, or firms above designated size.

    Notes
    -----
    Firms above designated size in the newest year known. The base leaves out firms that lack a month of it.
    """
    target, years, month = yearly_target(view), base_years(view), register.latest_month(view)
    above = register.above_scale(view)
    if target is None or not years or month is None or above.empty:
        return None
    known = months(view)
    known = known[known["enterprise"].isin(above)]
    cells = register.firms(view)[["ref_area", "cluster"]]
    try:
        weights = metrics.month_weights(_base(known, years, cells.agg("|".join, axis=1)), years)
        weights = weights.groupby([cell.split("|")[by == "cluster"] for cell in weights.index]).sum()
        targets = metrics.month_targets(round(target.value * 1e4, 4), weights, step=step(target))
    except ValueError:
        # a month of a cluster below zero has no share; `breakdown_missing` says so
        return None
    return metrics.target_course(targets, _made(view, known, cells[by], targets.index))


def step(target: Figure) -> float:
    """The last digit that is split: a tenth of 亿元, or finer where the target is; in 10,000 yuan."""
    return 10.0 ** (4 - max(target.decimals, 1))


def _base(known: pd.DataFrame, years: Sequence[str], groups: pd.Series) -> pd.DataFrame:
    single = metrics.firm_single_months(known)
    single = single[single["time_period"].str[:4].isin(years)].dropna(subset=["output"])
    pieces = single.groupby(["enterprise", single["time_period"].str[:4]])["output"].transform("size")
    whole = single[pieces.eq(len(PIECES))]
    table = whole.assign(group=whole["enterprise"].map(groups))
    # a group needs all base years to have an average season
    years_of = table.groupby("group")["time_period"].agg(lambda periods: periods.str[:4].nunique())
    kept = table[table["group"].isin(years_of.index[years_of.eq(len(years))])]
    return kept.groupby(["group", "time_period"])["output"].sum().rename("value").reset_index()


def _made(view: View, known: pd.DataFrame, groups: pd.Series, every: pd.Index) -> pd.DataFrame:
    rows = known[known["time_period"].str[:4].eq(view.year)].dropna(subset=["output_ytd"])
    rows = rows.assign(group=rows["enterprise"].map(groups), month=rows["time_period"].str[5:].astype(int))
    rows = rows.astype({"output_ytd": float})
    table = rows.pivot_table(
        index="group", columns="month", values="output_ytd", aggfunc="sum", fill_value=0.0
    )
    table = table.reindex(table.index.union(every), fill_value=0.0)
    shown = table[[month for month in table if month in PIECES]].rename_axis("group")
    return shown.stack().rename("value").reset_index()


def cluster_course(view: View) -> pd.DataFrame | None:
    """The course of each cluster."""
    return course(view, "cluster")


def city_course(view: View) -> pd.DataFrame | None:
    """The course of all firms together, month by month."""
    known = view.once(cluster_course)
    return None if known is None else known[known["group"].eq("total")].reset_index(drop=True)


# Findings


def summary(view: View) -> Findings:
    """Findings that open the report."""
    made = [
        breakdown_finding(view),
        large_finding(view),
        coming_finding(view),
        statement(view, RENOVATION),
        renovation_finding(view),
        upgrading_finding(view),
        declining_finding(view),
        missing_finding(view),
    ]
    return findings(view, made)


def breakdown_finding(view: View) -> str | None:
    """How far the year is along its target."""
    table = view.once(city_course)
    target = yearly_target(view)
    if table is None:
        if target is None:
            return None
        return told(
            view,
            view.say(
                f"全年规上工业总产值预计{amount(view, target)}；没有上年完整的企业月度数据，不作月度分解。",
                f"Output expected of the year: {amount(view, target)}; without a complete last year of firms it is not "
                "split over months.",
            ),
            target,
        )
    row = table.dropna(subset=["gap_ytd"]).iloc[-1]
    made, asked, gap = (yi(row[key] / 1e4, 1, view.lang) for key in ("actual_ytd", "target_ytd", "gap_ytd"))
    ahead = row["gap_ytd"] >= 0
    until = _month_words(view, row["month"], ytd=True)
    gap, published = gap.lstrip("-"), view.current(OUTPUT, "ytd")
    same = published is not None and published.time_period == f"{view.year}-{row['month']:02d}"
    beside = (
        view.say(f"（公布数{amount(view, published)}）", f" (published: {amount(view, published)})")
        if same
        else ""
    )
    return view.say(
        f"{until}规上工业在册企业产值{made}{beside}，分解目标{asked}，{'超' if ahead else '欠'}{gap}，完成序时目标的{pct(row['done_pct'], 1)}。",
        f"{until}: output of firms above designated size {made}{beside} against {asked} split from the target, "
        f"{gap} {'ahead' if ahead else 'behind'} ({pct(row['done_pct'], 1)} of the target to date).",
    )


def _month_words(view: View, month: int, *, ytd: bool = False) -> str:
    return period_words(f"{view.year}-{month:02d}", view.lang, ytd=ytd, year=False)


def large_finding(view: View) -> str | None:
    """How many large firms there are, what they weigh and how many of them fall."""
    rows = view.once(large)
    if rows is None or rows.empty:
        return None
    threshold = yi(limit(view, "ladder", "output_500m") / 1e4, lang=view.lang)
    down, share = int(rows["growth_pct"].lt(0).sum()), pct(rows["share_pct"].sum(), 1)
    return view.say(
        f"产值{threshold}以上企业{len(rows)}家，占在册企业累计产值的{share}；其中{down}家同比下降。",
        f"{len(rows)} firm{'' if len(rows) == 1 else 's'} with a yearly output of {threshold} or more "
        f"make {share} of the output of the register; {down} {is_are(down)} down on a year before.",
    )


def coming_finding(view: View) -> str | None:
    """Projects on stream this year and what they add, those overdue, and the published capacity."""
    rows = view.once(coming)
    added = view.current(CAPACITY, "ytd")
    if rows.empty:
        return None
    done, late = rows[rows["reached"]], int(rows["state"].eq("overdue").sum())
    known = done["output_a_year"].sum()
    adds = view.say(f"，达产后年产值{yi(known, 1)}", f", adding {yi(known, 1, 'en')} a year at full capacity")
    published = view.say(
        f"（公布的年新增产值为{amount(view, added)}）" if added else "",
        f" (published: {amount(view, added)} a year)" if added else "",
    )
    overdue = (
        view.say(f"；{late}个超过计划投产日", f"; {late} {is_are(late)} past the planned day") if late else ""
    )
    return told(
        view,
        view.say(
            f"{'本年已' if projects.has_register(view) else '文中列名的本年'}投产项目{len(done)}个{adds if known else ''}{published}{overdue}。",
            f"{len(done)} {'' if projects.has_register(view) else 'named '}project{'' if len(done) == 1 else 's'} came on stream this year{adds if known else ''}"
            f"{published}{overdue}.",
        ),
        added,
    )


def renovation_finding(view: View) -> str | None:
    """Investment in technological upgrading by firms and projects."""
    rows, plans = view.once(renovating), view.once(renovation_projects)
    parts = []
    if rows is not None and len(rows):
        now, base = rows["renovation"].sum() / 1e4, rows["base"].sum() / 1e4
        change = view.say(f"，上年同期{yi(base, 1)}", f" ({yi(base, 1, 'en')} a year before)") if base else ""
        parts.append(
            view.say(
                f"{rows['renovation'].gt(0).sum()}家企业本年有技改投资，合计{yi(now, 1)}{change}",
                f"{rows['renovation'].gt(0).sum()} firms invested {yi(now, 1, 'en')} in technological upgrading{change}",
            )
        )
    known = plans[plans["stage"].ne("completed")].dropna(subset=["gap"])
    if len(known):
        behind = int(known["gap"].lt(0).sum())
        parts.append(
            view.say(
                f"{len(known)}个未投产的技改项目中{behind}个投资落后于计划",
                f"{behind} of {len(known)} upgrading projects not yet on stream {is_are(behind)} behind schedule",
            )
        )
    return view.say("；", "; ").join(parts) + view.say("。", ".") if parts else None


def upgrading_finding(view: View) -> str | None:
    """How many small firms are about to pass the threshold."""
    rows = view.once(upgrading)
    if rows is None or rows.empty:
        return None
    counts = rows["standing"].value_counts()
    parts = [
        view.say(f"{STANDINGS[code][0]}{counts[code]}家", f"{counts[code]} {STANDINGS[code][1]}")
        for code in ("passed", "on_course", "near")
        if code in counts
    ]
    return view.say(
        f"小升规清单{len(rows)}家：{listed(view, parts)}。",
        f"Near the threshold of designated size: {listed(view, parts)}.",
    )


def declining_finding(view: View) -> str | None:
    """How many firms fall and where the loss lies."""
    rows = view.once(declining)
    if rows is None or rows.empty:
        return None
    lost, top = yi(rows["lost"].sum() / 1e4, 1, view.lang), rows.head(10)
    share = pct(top["share_of_loss_pct"].sum(), 1)
    return view.say(
        f"减产企业{len(rows)}家，合计减少产值{lost}；减少最多的{len(top)}家占{share}。",
        f"{len(rows)} firm{'' if len(rows) == 1 else 's'} lost {lost} of output on a year before; the {len(top)} "
        f"largest losses are {share} of it.",
    )


def missing_finding(view: View) -> str | None:
    """That there is no register of firms, or that some are late."""
    month = register.latest_month(view)
    if month is None:
        return view.say(
            "数据包没有企业月度数据，按企业编制的清单无法生成。",
            "The data package holds no monthly figures of firms; the lists of firms cannot be made.",
        )
    late = metrics.missing_reports(months(view), month)
    if late.empty:
        return None
    when = period_words(month, view.lang)
    return view.say(
        f"{when}有{len(late)}家企业未报数，不在各清单内。",
        f"{len(late)} firm{'' if len(late) == 1 else 's'} did not report {when} and {is_are(len(late))} on no list.",
    )


# Tables


def _list_table(
    view: View,
    frame: pd.DataFrame | None,
    caption: tuple[str, str],
    columns: Sequence[Column],
    *,
    source: str,
    note: tuple[str, str] = ("", ""),
    internal: bool = True,
) -> Table | None:
    """A list on the page, cut to the rows the rule allows; the workbook has all."""
    if frame is None or frame.empty:
        return None
    words = view.say(*caption)
    return Table(
        frame,
        words,
        columns=tuple(columns),
        source=source,
        note=view.say(*note),
        lang=view.lang,
        disclosure=Disclosure.internal("逐户清单", "a list, case by case") if internal else None,
        most=int(rules(view)["list_rows"]),
    )


def _firm_columns(view: View) -> list[Column]:
    return [
        Column("name", view.say("企业", "Firm")),
        Column("cluster", view.say("集群", "Cluster")),
        Column("area", view.say("地区", "Area")),
    ]


def _money(view: View, rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return rows.assign(**{column: register.in_money(view, rows[column]) for column in columns})


def _until(view: View) -> str:
    return period_words(register.latest_month(view), view.lang, ytd=True)


def month_table(view: View) -> Table | None:
    """The monthly targets of the city against what was made."""
    rows = view.once(city_course)
    if rows is None:
        return None
    target, years = yearly_target(view), listed(view, base_years(view))
    frame = _money(view, rows, "target", "target_ytd", "actual", "actual_ytd", "gap_ytd").assign(
        when=[_month_words(view, month, ytd=month == PIECES[0]) for month in rows["month"]]
    )
    digits = view.say(1, 2)
    columns = {
        "target": ("当月目标", "Target"),
        "actual": ("当月实际", "Actual"),
        "target_ytd": ("累计目标", "Target to date"),
        "actual_ytd": ("累计实际", "Actual to date"),
        "gap_ytd": ("累计超欠", "Ahead (+) or behind (-)"),
    }
    return Table(
        frame,
        view.say(
            f"{view.year}年规上工业总产值{amount(view, target)}的月度分解与实际",
            f"Output of {amount(view, target)} expected of {view.year}, split over months, and actual output",
        ),
        unit=view.money_unit,
        columns=(
            Column("when", view.say("月份", "Month")),
            *(Column(key, view.say(*label), digits) for key, label in columns.items()),
            Column("done_pct", view.say("完成序时", "Done to date"), 1, unit="%"),
        ),
        source=view.say("；", "; ").join([view.source([target.source_id]), register.source(view, MONTHS)]),
        note=view.say(
            f"季节形状取{years}年在册规上企业的平均；1—2月合并。各月目标之和等于全年目标。",
            f"Season: average of firms above designated size in {years}; January and February as one. The months sum to "
            "the target of the year.",
        ),
        lang=view.lang,
        disclosure=_totals_disclosure(),
    )


def _totals_disclosure() -> Disclosure:
    return Disclosure.internal("可推断大企业的汇总数", "totals that give large firms away")


def month_chart(view: View) -> Chart | None:
    """How far output is ahead of the target to date, or behind it, month by month."""
    rows = view.once(city_course)
    if rows is None:
        return None
    known = _money(view, rows.dropna(subset=["gap_ytd"]), "gap_ytd")
    last, digits = rows.dropna(subset=["gap_ytd"]).iloc[-1], view.say(1, 2)
    ahead, until = last["gap_ytd"] >= 0, _month_words(view, last["month"], ytd=True)
    gap = yi(abs(last["gap_ytd"]) / 1e4, 1, view.lang)
    chart = charts.levels(
        known.assign(period=[f"{view.year}-{month:02d}" for month in known["month"]]),
        "period",
        "gap_ytd",
        title=view.say(
            f"{until}累计产值比分解目标{'超' if ahead else '欠'}{gap}",
            f"Output of {until} is {gap} {'ahead of' if ahead else 'behind'} the target to date",
        ),
        unit=view.say(
            f"1月起累计实际减累计目标，{view.money_unit}",
            f"actual less target, both from January on, {view.money_unit}",
        ),
        source=register.source(view, MONTHS),
        decimals=digits,
        lang=view.lang,
    )
    return replace(chart, disclosure=_totals_disclosure())


def group_table(view: View, by: str) -> Table | None:
    """The target of each cluster or area, of the year and to date, against what was made.

    Parameters
    ----------
    by : {"cluster", "ref_area"}
    """
    known = view.once(cluster_course) if by == "cluster" else course(view, by)
    if known is None:
        return None
    month = known.dropna(subset=["gap_ytd"]).query("group == 'total'")["month"].max()
    yearly = known.groupby("group", sort=False)["target"].sum().rename("year_target")
    rows = known[known["month"].eq(month)].merge(yearly, on="group").set_index("group")
    order = [code for code in register.group_order(view, by) if code in rows.index]
    frame = _money(
        view,
        rows.loc[[*order, "total"]],
        "year_target",
        "target",
        "actual",
        "target_ytd",
        "actual_ytd",
        "gap_ytd",
    )
    names = [*(register.group_name(view, by, code) for code in order), view.say("合计", "All")]
    what, digits = view.say(*register.GROUPS[by]), view.say(1, 2)
    columns = {
        "year_target": ("全年目标", "Target of the year"),
        "target": ("当月目标", "Target of the month"),
        "actual": ("当月实际", "Actual of the month"),
        "target_ytd": ("累计目标", "Target to date"),
        "actual_ytd": ("累计实际", "Actual to date"),
        "gap_ytd": ("累计超欠", "Ahead (+) or behind (-)"),
    }
    until = _month_words(view, month)
    return Table(
        frame.assign(name=names),
        view.say(f"月度指标分解，按{what}，截至{until}", f"Monthly targets by {what.lower()}, to {until}"),
        unit=view.money_unit,
        columns=(
            Column("name", what),
            *(Column(key, view.say(*label), digits) for key, label in columns.items()),
            Column("done_pct", view.say("完成序时", "Done to date"), 1, unit="%"),
        ),
        source=register.source(view, MONTHS, "enterprises"),
        note=view.say(
            f"全年目标按{base_years(view)[-1]}年产值占比分到各{what}，再按各自的季节形状分到各月。",
            f"The target of the year goes to each {what.lower()} by its output in {base_years(view)[-1]}, then to months "
            "by its own season.",
        ),
        lang=view.lang,
        disclosure=_totals_disclosure(),
    )


def large_table(view: View) -> Table | None:
    """Firms with a yearly output at or over the threshold."""
    rows = view.once(large)
    if rows is None or rows.empty:
        return None
    threshold = yi(limit(view, "ladder", "output_500m") / 1e4, lang=view.lang)
    frame = _money(view, rows, "output", "twelve_months").assign(
        standing=[view.say(*STANDINGS[code]) for code in rows["standing"]]
    )
    digits = view.say(1, 2)
    columns = [
        *_firm_columns(view)[:2],
        Column("output", view.say("累计产值", "Output to date"), digits, unit=view.money_unit),
        Column("growth_pct", view.say("同比", "Growth"), 1, unit="%"),
        Column("share_pct", view.say("占比", "Share"), 1, unit="%"),
        Column("twelve_months", view.say("近12个月产值", "Last 12 months"), digits, unit=view.money_unit),
        Column("standing", view.say("状态", "Standing")),
    ]
    return _list_table(
        view,
        frame,
        (
            f"年产值{threshold}以上企业，{_until(view)}",
            f"Firms with a yearly output of {threshold} or more, {_until(view)}",
        ),
        columns,
        source=register.source(view, MONTHS, "enterprises"),
        note=(
            "上年或近12个月产值过线的都列入。同比按企业填报的可比口径同期数；占比以当月报数的在册企业为总体。",
            "Listed where last year or the last twelve months are over the line. Growth is on the comparable base that "
            "firms report; the share is of the firms that reported the month.",
        ),
    )


def declining_table(view: View) -> Table | None:
    """Firms in decline, the largest loss first."""
    rows = view.once(declining)
    if rows is None or rows.empty:
        return None
    frame = _money(view, rows, "output", "base", "lost").assign(
        stopped=[view.say("停产", "stopped") if stopped else None for stopped in rows["stopped"]]
    )
    digits = view.say(2, 3)
    columns = [
        *_firm_columns(view),
        Column("output", view.say("累计产值", "Output to date"), digits, unit=view.money_unit),
        Column("lost", view.say("同比减少", "Lost"), digits, unit=view.money_unit),
        Column("growth_pct", view.say("同比", "Growth"), 1, unit="%"),
        Column("share_of_loss_pct", view.say("占减产额", "Share of all losses"), 1, unit="%"),
        Column("months_in_a_row", view.say("连降月数", "Months in a row"), 0),
        Column("stopped", view.say("备注", "Note")),
    ]
    return _list_table(
        view,
        frame,
        (f"减产企业，{_until(view)}", f"Firms in decline, {_until(view)}"),
        columns,
        source=register.source(view, MONTHS, "enterprises"),
        note=(
            "没有同期数或同期为零的企业不列入。连降月数按当月计，1—2月为一个数、计两个月，0表示最近一个月没有下降；备注“停产”指最近一个月产值为零。",
            "Firms without a base, or with a base of zero, are not listed. Months in a row are single months (January and "
            "February are one figure and two months); 0: the last month was no decline. Stopped: no output in the last month.",
        ),
    )


def renovating_table(view: View) -> Table | None:
    """Firms that invest in technological upgrading, the largest first."""
    rows = view.once(renovating)
    if rows is None or rows.empty:
        return None
    digits = view.say(2, 3)
    columns = [
        *_firm_columns(view),
        Column("renovation", view.say("累计技改投资", "Investment to date"), digits, unit=view.money_unit),
        Column("base", view.say("上年同期", "A year before"), digits, unit=view.money_unit),
        Column("growth_pct", view.say("同比", "Growth"), 1, unit="%"),
        Column("share_pct", view.say("占比", "Share"), 1, unit="%"),
    ]
    return _list_table(
        view,
        _money(view, rows, "renovation", "base"),
        (f"技术改造企业，{_until(view)}", f"Firms in technological upgrading, {_until(view)}"),
        columns,
        source=register.source(view, MONTHS, "enterprises"),
        note=(
            "本年或上年同期有技改投资的企业；上年同期为零的没有同比。",
            "Firms with such investment this year or in the same months of last year; no growth on a base of zero.",
        ),
    )


def upgrading_table(view: View) -> Table | None:
    """Firms near the threshold of designated size, the nearest first."""
    rows = view.once(upgrading)
    if rows is None or rows.empty:
        return None
    small = view.say("1e4_cny", "mn_cny")
    unit, digits = view.say("万元", "mn yuan"), view.say(0, 2)
    amounts = ("revenue", "twelve_months", "annualised", "distance")
    frame = rows.assign(
        **{
            key: metrics.convert(rows[key].astype(float), "1e4_cny", to=small, units=view.units)
            for key in amounts
        },
        standing=[view.say(*STANDINGS[code]) for code in rows["standing"]],
        shape=[view.say(*SHAPES[code]) for code in rows["shape"]],
    )
    columns = [
        *_firm_columns(view)[:2],
        Column("revenue", view.say("累计营业收入", "Revenue to date"), digits, unit=unit),
        Column("twelve_months", view.say("近12个月", "Last 12 months"), digits, unit=unit),
        Column("annualised", view.say("年化", "Annualised"), digits, unit=unit),
        Column("shape", view.say("年化按", "By the year of")),
        Column("distance", view.say("距标准", "Short of it"), digits, unit=unit),
        Column("standing", view.say("状态", "Standing")),
    ]
    return _list_table(
        view,
        frame,
        (f"小升规企业，{_until(view)}", f"Firms near designated size, {_until(view)}"),
        columns,
        source=register.source(view, MONTHS, "enterprise_years", "enterprises"),
        note=(
            "规下企业中，近12个月、年化或累计主营业务收入达到规上标准一定比例的；距标准为负表示已超过。是否申报入统由企业和统计部门决定。",
            "Firms below designated size whose last twelve months, year annualised or year to date reach a part of the "
            "threshold; negative means beyond it. Whether a firm is registered is not for this list to say.",
        ),
    )


def coming_table(view: View) -> Table | None:
    """Projects on stream in the year, or to be, with planned and actual days."""
    rows = view.once(coming)
    if rows.empty:
        return None
    frame = rows.assign(
        name=rows[f"name_{view.lang}"],
        group=[view.name("activities", code) if code else None for code in rows["cluster"]],
        planned_on=[_day_words(one) for one in rows["planned"]],
        actual_on=[_day_words(one) for one in rows["actual"]],
        what=[_state_words(view, row) for row in rows.itertuples()],
        output_a_year=view.money(rows["output_a_year"]),
    )
    columns = [
        Column("name", view.say("项目", "Project")),
        Column("group", view.say("集群", "Cluster")),
        Column("planned_on", view.say("计划投产", "Planned")),
        Column("actual_on", view.say("实际投产", "Actual")),
        Column("days_late", view.say("延期天数", "Days late"), 0, align="right"),
        Column("what", view.say("状态", "State")),
        Column(
            "output_a_year", view.say("达产年产值", "Output a year"), view.say(1, 2), unit=view.money_unit
        ),
    ]
    return _list_table(
        view,
        frame,
        (f"{view.year}年竣工投产项目", f"Projects coming on stream in {view.year}"),
        columns,
        source=projects.source(view, rows),
        # without the register only projects that documents name are listed
        internal=projects.has_register(view),
        note=(
            "已投产的在前；以前年份应投产而未投产的也列入。延期天数为负表示提前，未投产的算到报告日。没有日期的，来源只说已投产。",
            "Those on stream come first; projects overdue from earlier years are listed too. Negative days are early; open "
            "ones count to the day of the report. Without days the source only says that it is on stream.",
        ),
    )


def _day_words(one: pd.Timestamp) -> str | None:
    return None if pd.isna(one) else f"{one:%Y-%m-%d}"


def _state_words(view: View, row: tuple) -> str:
    if row.state == "undated":
        return view.say("已投产", "on stream") if row.reached else view.say("未投产", "not yet")
    words = {
        "on_time": ("按期投产", "on time"),
        "late": ("延期投产", "late"),
        "overdue": ("超期未投产", "overdue"),
        "not_due": ("待投产", "due later"),
    }
    return view.say(*words[row.state])


def renovation_project_table(view: View) -> Table | None:
    """Projects of technological upgrading: investment done against schedule, the furthest behind first."""
    rows = view.once(renovation_projects)
    if rows.empty:
        return None
    digits = view.say(2, 3)
    frame = rows.assign(
        name=rows[f"name_{view.lang}"],
        group=[view.name("activities", code) if code else None for code in rows["cluster"]],
        stage_now=[
            view.say(*projects.STAGE_WORDS[code]) if pd.notna(code) else None for code in rows["stage"]
        ],
        **{
            key: view.money(rows[key].astype(float)) for key in ("investment", "scheduled", "invested", "gap")
        },
    )
    columns = [
        Column("name", view.say("项目", "Project")),
        Column("group", view.say("集群", "Cluster")),
        Column("stage_now", view.say("阶段", "Stage")),
        Column("scheduled", view.say("计划完成", "Scheduled"), digits, unit=view.money_unit),
        Column("invested", view.say("实际完成", "Done"), digits, unit=view.money_unit),
        Column("gap", view.say("超欠", "Ahead or behind"), digits, unit=view.money_unit),
        Column("ratio_pct", view.say("完成计划", "Of schedule"), 1, unit="%"),
    ]
    return _list_table(
        view,
        frame,
        ("技术改造项目投资进度", "Technological upgrading: projects against schedule"),
        columns,
        source=projects.source(view, rows),
        # without the register only projects that documents name are listed
        internal=projects.has_register(view),
        note=(
            "开工以来累计，欠进度最多的在前。",
            "Since the start of each project; the furthest behind come first.",
        ),
    )


def projects_missing(view: View) -> Note:
    """What to load where no project of the kind is known."""
    return Note(
        view.say(
            "projects.csv中没有符合条件的项目。填报项目性质（kind）、达产年产值（output_a_year），并在project_stages.csv和project_months.csv中填报各阶段日期和投资进度。",
            "projects.csv holds no such project. Fill in kind and output_a_year there, and the days and investment of each "
            "project in project_stages.csv and project_months.csv.",
        )
    )


def breakdown_missing(view: View) -> Note:
    """Why the target of the year is not split."""
    return Note(
        view.say(
            "月度分解需要：本年规上工业总产值的预期目标、企业名录和规上标识（enterprise_years.csv）、上年1—2月至12月完整的企业月度产值"
            "（enterprise_months.csv），且各集群各月产值不为负。缺少其中一项，不作分解。",
            "The split needs an output expected of the year, firms and their standing (enterprise_years.csv), and complete "
            "monthly output of the year before (enterprise_months.csv) that is not negative in any cluster and month. One "
            "of these is missing, so nothing is split.",
        )
    )
