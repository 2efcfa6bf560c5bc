"""Investment: its sentences, charts and tables; `projects` has those of the register."""

from collections.abc import Mapping

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics import ExFirmBound, Interval
from zs_analysis.model import Figure, figure_of
from zs_analysis.present import charts, projects
from zs_analysis.present.chart import Chart
from zs_analysis.present.findings import Findings
from zs_analysis.present.headlines import Metric
from zs_analysis.present.numbers import comparison_words, fmt, pct, period_words, yi
from zs_analysis.present.phrases import (
    amount,
    between,
    findings,
    growth,
    listed,
    metric,
    quantity,
    rounded,
    span,
    statement,
    told,
    window,
)
from zs_analysis.present.projects import CAPACITY, STAGES, named_projects
from zs_analysis.present.projects import project_lights_table as project_lights_table
from zs_analysis.present.projects import timeline_chart as timeline_chart
from zs_analysis.present.table import Column, Table
from zs_analysis.present.targets import running_targets
from zs_analysis.present.view import Note, View

TOTAL, EX_ZPC, RENOVATION = "investment_industry", "investment_industry_ex_zpc", "investment_renovation"
RATIO, MANUFACTURING, FIXED = (
    "investment_manufacturing_ratio",
    "investment_manufacturing",
    "investment_fixed_asset",
)
TRACED = (TOTAL, EX_ZPC, RENOVATION, CAPACITY, RATIO, MANUFACTURING, FIXED)


def summary(view: View) -> Findings:
    """Findings that open the report."""
    return findings(
        view,
        [
            statement(view, TOTAL),
            ex_firm_finding(view),
            statement(view, RENOVATION),
            renovation_finding(view),
            statement(view, "investment_renovation_scale"),
            statement(view, FIXED),
            statement(view, MANUFACTURING),
            share_finding(view),
            statement(view, "major_project", activity="manufacturing"),
            digital_project_finding(view),
            capacity_finding(view),
            *projects.sentences(view),
            ratio_finding(view),
        ],
    )


def ex_firm(view: View) -> tuple[Figure, Figure, Figure] | None:
    """Level, growth and growth without the dominant firm, where all three are published for one period."""
    level, total, without = (
        view.current(TOTAL, "ytd"),
        view.current(TOTAL, "ytd_yoy"),
        view.current(EX_ZPC, "ytd_yoy"),
    )
    if level is None or total is None or without is None:
        return None
    return (level, total, without) if level.time_period == total.time_period == without.time_period else None


def firm(view: View) -> str:
    """Name of the firm without which growth is published too."""
    if "zpc" in set(view.table("areas")["area"]):
        return view.name("areas", "zpc")
    return view.say("主导企业", "the dominant firm")


def ex_firm_bound(view: View) -> ExFirmBound | None:
    """Bounds on the dominant firm's investment, with what rounding leaves open."""
    known = ex_firm(view)
    if known is None:
        return None
    level, total, without = map(rounded, known)
    return metrics.ex_firm_bound(level, total, ex_growth_pct=without)


def telling_bound(view: View) -> ExFirmBound | None:
    """The bound where it says something: at least 0.0 does not."""
    bound = ex_firm_bound(view)
    return bound if bound and max(_base_bound(bound), _level_bound(bound)) > 0 else None


def _base_bound(bound: ExFirmBound) -> float:
    return round(bound.firm_base_min.value, 1)


def _level_bound(bound: ExFirmBound) -> float:
    return round(bound.firm_level_min.value, 1)


def ex_firm_finding(view: View) -> str | None:
    """What growth with and without one firm says about that firm, and what it does not."""
    known, bound = ex_firm(view), telling_bound(view)
    if known is None or bound is None:
        return None
    _, total, without = known
    if _base_bound(bound) > 0:
        said = _grew_less(view, bound, growth(view, total), growth(view, without))
        return told(view, said, without)
    least = bound.firm_level_min
    return told(
        view,
        view.say(
            f"扣除{firm(view)}后{growth(view, without)}，低于全部工业投资的{growth(view, total)}：本年{firm(view)}投资至少"
            f"{yi(least.value, 1)}（计入舍入误差不低于{yi(least.lo, 1)}）；其上年投资额无法由公布数确定，只知增速不低于全部工业投资。",
            f"Without {firm(view)} it is {growth(view, without)}, less than the total. Both hold at once only if {firm(view)} "
            f"invested at least {yi(least.value, 1, 'en')} this year ({yi(least.lo, 1, 'en')} allowing for rounding); its investment a "
            "year earlier cannot be told from what is published, only that it did not grow less than the total.",
        ),
        total,
        without,
    )


def _grew_less(view: View, bound: ExFirmBound, total: str, without: str) -> str:
    least, share = bound.firm_base_min, bound.firm_base_share_min_pct
    return view.say(
        f"扣除{firm(view)}后{without}，与全部工业投资的{total}并不矛盾：上年同期{firm(view)}投资至少"
        f"{yi(least.value, 1)}（计入舍入误差不低于{yi(least.lo, 1)}），占{pct(share.value, 1)}以上；其本年投资额无法由公布数确定，只知增速不高于全部工业投资。",
        f"Without {firm(view)} it is {without}. Both hold at once only if {firm(view)} invested at least "
        f"{yi(least.value, 1, 'en')} a year earlier ({yi(least.lo, 1, 'en')} allowing for rounding), "
        f"{pct(share.value, 1, 'en')} of the total or more; its investment this year cannot be told from what is published, "
        "only that it did not grow faster than the total.",
    )


def ex_firm_note(view: View) -> Note:
    """Why there is no bound on the dominant firm."""
    if ex_firm(view) is None:
        return Note(
            view.say(
                f"扣除{firm(view)}的增速、全部工业投资的水平和增速没有同一时期的公布数，推不出界限。",
                f"Level, growth and growth without {firm(view)} are not published for one period: there is no bound.",
            )
        )
    return Note(
        view.say(
            "两个增速相近，推出的下限为零，不能说明什么。",
            f"Growth with and without {firm(view)} is alike: the bound is zero and says nothing.",
        )
    )


def renovation_finding(view: View) -> str | None:
    """Share of technical renovation in industrial investment, computed from the two published levels."""
    part, whole = view.current(RENOVATION, "ytd"), view.current(TOTAL, "ytd")
    change = view.current(RENOVATION, "ytd_yoy")
    if part is None or whole is None or part.time_period != whole.time_period:
        return None
    share = _share_pct(part, whole)
    base = metrics.implied_base(rounded(part), rounded(change)) if change else None
    tail_zh = f"；推算上年同期为{yi(base.value, 1)}（{between(view, base, 1, '亿元')}）" if base else ""
    tail_en = f"; the implied year before is {yi(base.value, 1, 'en')}" if base else ""
    return told(
        view,
        view.say(
            f"据此推算，{window(view, part)}技改投资占工业投资的{pct(share.value, 1)}（{between(view, share, 1, '%')}）{tail_zh}。",
            f"Technological upgrading was thus {pct(share.value, 1, 'en')} of industrial investment "
            f"({between(view, share, 1, '%')}){tail_en}.",
        ),
        _share_metric(
            view,
            part.time_period,
            share.value,
            "renovation_share",
            {"zh": "技改投资占工业投资", "en": "Technological upgrading in industrial investment"},
        ),
    )


def _share_metric(
    view: View, period: str, share_pct: float, code: str, name: Mapping[str, str] | None = None
) -> Metric:
    """A share computed from two published levels, as a number of the finding."""
    words = {lang: period_words(period, lang, ytd=len(period) > 4) for lang in ("zh", "en")}
    return metric(
        view,
        code,
        share_pct,
        unit="pct",
        decimals=1,
        time_period=period,
        transformation="share",
        status="E",
        name=name,
        period=words,
    )


def digital_project_finding(view: View) -> str | None:
    """Growth of investment in projects of the digital economy."""
    name = view.say(
        "数字经济核心产业项目投资", "Project investment in core industries of the digital economy"
    )
    return statement(view, "investment_fixed_asset", name, activity="digital_core")


def capacity_finding(view: View) -> str | None:
    """Annual output of the projects that came on stream."""
    added = view.current(CAPACITY, "ytd")
    if added is None:
        return None
    done = named_projects(view).query("status == 'completed'")
    # a register is not named in public
    names = "" if projects.has_register(view) else listed(view, done[f"name_{view.lang}"])
    which = view.say(f"{names}等", f" ({names})") if names else ""
    return told(
        view,
        view.say(
            f"{which}项目建成投产，年新增产值{amount(view, added)}。",
            f"Projects that came on stream{which} add {amount(view, added)} of output a year.",
        ),
        added,
    )


def ratio_finding(view: View) -> str | None:
    """The target for the manufacturing share of investment, where no share of the year can be had."""
    target = ratio_target(view)
    if target is None or (view.once(shares)["year"] == view.year).any():
        return None
    return view.say(
        f"{view.about.plan['zh']}提出制造业投资占固定资产投资比例达到{fmt(target)}%；截至报告日没有查到本年全市实际值，"
        "也没有同期的制造业投资和固定资产投资额可供计算，不作推算。",
        f"The {view.about.plan['en']} asks for manufacturing to be {fmt(target)}% of fixed-asset investment; no outcome for the city was found "
        "by the day of the report, nor levels of both for one period, and none is estimated.",
    )


def ratio_target(view: View) -> float | None:
    """The target for the manufacturing share of fixed-asset investment, in percent, where one is in force."""
    targets = running_targets(view).query("indicator == @RATIO")
    return None if targets.empty else float(targets["value"].iloc[0])


def shares(view: View) -> pd.DataFrame:
    """Manufacturing in percent of fixed-asset investment of the city, as published or from levels of one period.

    Returns
    -------
    pandas.DataFrame
        By period, the oldest first: ``time_period``, ``year``, ``share`` (`Interval`, percent), ``source_ids``,
        ``computed`` (from two levels). One row a year: the whole year, else its newest month.
    """
    rows = view.figures((RATIO, MANUFACTURING), ("level", "ytd", "share"), ref_area=view.city)
    # the newest first, and a whole year before its last months
    periods = sorted(set(rows["time_period"]), key=lambda period: (len(period) == 4, period), reverse=True)
    found: dict[str, tuple] = {}
    for period in periods:
        if period[:4] not in found and (share := _share(view, period)):
            found[period[:4]] = share
    columns = ["time_period", "year", "share", "source_ids", "computed"]
    return pd.DataFrame([found[year] for year in sorted(found)], columns=columns)


def _share(view: View, period: str) -> tuple[str, str, Interval, list[str], bool] | None:
    where = {"time_period": period, "ref_area": view.city}
    kinds = ("level",) if len(period) == 4 else ("ytd", "level")
    told = [
        view.figure(code, kind, activity=activity, **where)
        for code, kind in ((RATIO, kinds[0]), (RATIO, "level"), (MANUFACTURING, "share"))
        for activity in ("manufacturing", "total")
    ]
    known = next((one for one in told if one), None)
    if known:
        return period, period[:4], rounded(known), [known.source_id], False
    part, whole = (view.figure(code, kinds[0], **where) for code in (MANUFACTURING, FIXED))
    # levels with 约 or 超 have no share to the digit
    if part is None or whole is None or part.comparison or whole.comparison or whole.value <= 0:
        return None
    return period, period[:4], _share_pct(part, whole), [part.source_id, whole.source_id], True


def _share_pct(part: Figure, whole: Figure) -> Interval:
    return metrics.propagate(lambda x, y: 100 * x / y, rounded(part), rounded(whole))


def share_finding(view: View) -> str | None:
    """The manufacturing share of fixed-asset investment in the year, against the target."""
    rows, target = view.once(shares).query("year == @view.year"), ratio_target(view)
    if rows.empty:
        return None
    row = rows.iloc[-1]
    when = (
        period_words(row["time_period"], view.lang, ytd=True, year=False)
        if len(row["time_period"]) > 4
        else view.year
    )
    size = pct(row["share"].value, 1, view.lang)
    met = None if target is None else metrics.compare(row["share"].value, ">=", target)
    verdict = {
        None: ("", ""),
        True: (f"，已达到{fmt(target or 0)}%的目标", f", at or above the target of {fmt(target or 0)}%"),
        False: (f"，低于{fmt(target or 0)}%的目标", f", below the target of {fmt(target or 0)}%"),
    }[met]
    how = view.say("（由两项投资额计算）", " (from the two levels)") if row["computed"] else ""
    return told(
        view,
        view.say(
            f"{when}制造业投资占固定资产投资的{size}{how}{verdict[0]}。",
            f"Manufacturing was {size} of fixed-asset investment, {when}{how}{verdict[1]}.",
        ),
        _share_metric(view, row["time_period"], row["share"].value, RATIO),
    )


def share_chart(view: View) -> Chart | None:
    """Manufacturing share of fixed-asset investment through the years, beside the target."""
    rows, target = view.once(shares), ratio_target(view)
    if len(rows) < 2:
        return None
    frame = rows.assign(value=[share.value for share in rows["share"]])
    first, last = (
        pct(share.value, 1, view.lang) for share in (rows["share"].iloc[0], rows["share"].iloc[-1])
    )
    return charts.levels(
        frame,
        "year",
        "value",
        reference=(view.say("目标", "target"), target) if target else None,
        title=view.say(
            f"制造业投资占固定资产投资的比例由{rows['year'].iloc[0]}年的{first}变为{rows['year'].iloc[-1]}年的{last}",
            f"Manufacturing went from {first} of fixed-asset investment in {rows['year'].iloc[0]} to {last} in {rows['year'].iloc[-1]}",
        ),
        unit="%",
        decimals=1,
        source=view.source(source for sources in rows["source_ids"] for source in sources),
        note=view.say(
            f"未公布比例的年份由投资额计算；{rows['year'].iloc[-1]}年为{_told(view, rows)}数。",
            f"Computed from levels where no share is published; {rows['year'].iloc[-1]} is {_told(view, rows)}.",
        ),
        lang=view.lang,
    )


def share_missing(view: View) -> Note:
    """Why there is no chart of the manufacturing share."""
    target = ratio_target(view)
    asked_zh, asked_en = (
        (f"目标为{fmt(target)}%。", f" The target is {fmt(target)}%.") if target else ("", "")
    )
    return Note(
        view.say(
            f"{asked_zh}可算出比例的年份不足两年：比例没有公布，制造业投资和固定资产投资也没有同一时期的投资额。"
            "装入含这两项投资额的统计月报后即可列出。已有的公布数见下表。",
            "Fewer than two years have a share: it is not published, nor are levels of manufacturing and of fixed-asset investment for "
            f"one period. Load bulletins with both levels.{asked_en} What is published is below.",
        )
    )


def _told(view: View, rows: pd.DataFrame) -> str:
    return (
        period_words(rows["time_period"].iloc[-1], view.lang, ytd=True, year=False)
        if len(rows["time_period"].iloc[-1]) > 4
        else view.say("全年", "the whole year")
    )


def share_history_table(view: View) -> Table | None:
    """What is published of manufacturing and fixed-asset investment, and the share where both are levels."""
    rows = view.figures(
        (MANUFACTURING, FIXED, RATIO),
        ("level", "ytd", "yoy", "ytd_yoy", "avg_yoy", "share"),
        ref_area=view.city,
    ).query("activity in ('total', 'manufacturing')")
    if rows.empty:
        return None
    # of each year the newest: the whole year, or the most of it
    rows = rows.assign(year=rows["time_period"].str[:4], kind=rows["transformation"].str.removeprefix("ytd_"))
    rows = rows.replace({"kind": {"ytd": "level"}}).drop_duplicates(["indicator", "year", "kind"])
    frame = pd.DataFrame([_history_row(view, row) for row in rows.itertuples()])
    return Table(
        frame,
        view.say(
            "制造业投资与固定资产投资的公布数",
            "What is published of manufacturing and fixed-asset investment",
        ),
        columns=(
            Column("indicator", view.say("指标", "Indicator")),
            Column("period", view.say("时期", "Period")),
            Column("value", view.say("公布数", "Published"), align="right"),
            Column("note", view.say("备注", "Note (Chinese)")),
        ),
        source=view.source(rows["source_id"]),
        note=multiple_note(view),
        lang=view.lang,
    )


def _history_row(view: View, row: tuple) -> dict[str, object]:
    known = figure_of(row._asdict())
    words = comparison_words(
        quantity(view, known.value, known.decimals, known.unit), known.comparison, view.lang
    )
    if row.transformation == "avg_yoy":
        value = view.say(f"年均增长{words}（基期{row.base_per}年）", f"{words} a year since {row.base_per}")
    elif row.transformation in ("yoy", "ytd_yoy"):
        value = growth(view, known)
    else:
        value = words
    name = view.name("indicators", row.indicator)
    return {"indicator": name, "period": span(view, known), "value": value, "note": row.note or None}


def multiple_note(view: View) -> str:
    """What average growth of manufacturing and of all investment over the same years says of the share."""
    pair = [view.figure(code, "avg_yoy", ref_area=view.city) for code in (MANUFACTURING, FIXED)]
    if None in pair or pair[0].time_period != pair[1].time_period:
        return ""
    bases = [_base_year(view, one) for one in pair]
    if bases[0] != bases[1]:
        return ""
    years = int(pair[0].time_period) - int(bases[0])
    times = metrics.share_multiple(rounded(pair[0]), rounded(pair[1]), years=years)
    return view.say(
        f"由两个年均增速推算，{pair[0].time_period}年制造业投资占比为{bases[0]}年的{fmt(times.value, 2)}倍（{between(view, times, 2, '倍')}）；"
        "两年的占比本身没有查到。",
        f"From the two average rates the share of manufacturing in {pair[0].time_period} was {fmt(times.value, 2, 'en')} times that of "
        f"{bases[0]} ({between(view, times, 2)}); neither share itself was found.",
    )


def _base_year(view: View, known: Figure) -> str:
    rows = view.figures(
        known.indicator,
        "avg_yoy",
        time_period=known.time_period,
        source_id=known.source_id,
        ref_area=view.city,
    )
    return str(rows["base_per"].iloc[0])


def renovation_table(view: View) -> Table | None:
    """Technical renovation: level, growth, place, share of industrial investment, and what rounding leaves open."""
    part, whole = view.current(RENOVATION, "ytd"), view.current(TOTAL, "ytd")
    if part is None:
        return None
    change = view.beside(part, "ytd_yoy")
    place = view.beside(part, "ytd_yoy_rank")
    rows = [(view.say("投资额", "Level"), amount(view, part), None)]
    if change:
        base = metrics.implied_base(rounded(part), rounded(change))
        rows += [
            (view.say("同比", "Growth"), growth(view, change), None),
            (
                view.say("推算上年同期", "Implied, a year before"),
                yi(base.value, 1, view.lang),
                _between_yi(view, base),
            ),
        ]
    if place:
        rows.append((view.say("增速位次", "Rank by growth"), quantity(view, place.value, 0, "rank"), None))
    if whole and whole.time_period == part.time_period:
        share = _share_pct(part, whole)
        rows.append(
            (
                view.say("占工业投资", "Of industrial investment"),
                pct(share.value, 1, view.lang),
                between(view, share, 1, "%"),
            )
        )
    return Table(
        pd.DataFrame(rows, columns=["what", "value", "range"]),
        view.say(f"{window(view, part)}工业技改投资", f"Technical renovation, {window(view, part)}"),
        columns=(
            Column("what", view.say("项目", "Item")),
            Column("value", view.say("数值", "Value"), align="right"),
            Column("range", view.say("舍入误差范围", "What rounding leaves open"), align="right"),
        ),
        source=view.source(one.source_id for one in (part, whole, change, place) if one),
        note=view.say(
            "推算数由公布数计算，范围只计入舍入。",
            "Implied figures are computed; ranges are of rounding alone.",
        ),
        lang=view.lang,
    )


def _between_yi(view: View, interval: Interval) -> str:
    lo, hi = (view.money(value) for value in (interval.lo, interval.hi))
    return between(
        view, Interval((lo + hi) / 2, lo, hi), 1 if view.lang == "zh" else 2, view.say("亿元", " bn yuan")
    )


def growth_chart(view: View) -> Chart | None:
    """Growth of investment: total, without the dominant firm, technical renovation."""
    parts = {code: view.current(code, "ytd_yoy") for code in (TOTAL, EX_ZPC, RENOVATION)}
    parts = {code: figure for code, figure in parts.items() if figure}
    if not parts:
        return None
    frame = view.frame(parts)
    total, best = parts.get(TOTAL), max(parts.values(), key=lambda figure: figure.value)
    title = (
        view.say(
            f"工业投资{growth(view, total)}，{view.name('indicators', best.indicator)}{growth(view, best)}",
            f"Industrial investment is {growth(view, total)}; {view.name('indicators', best.indicator)}: {growth(view, best)}",
        )
        if total and best is not total
        else view.name("indicators", best.indicator) + view.say("", ": ") + growth(view, best)
    )
    return charts.bars(
        frame,
        "name",
        "value",
        title=title,
        highlight=view.name("indicators", EX_ZPC),
        lang=view.lang,
        unit=view.say(f"{window(view, best)}同比，%", f"growth on a year earlier, {window(view, best)}, %"),
        source=view.source(figure.source_id for figure in parts.values()),
    )


def ex_firm_chart(view: View) -> Chart | None:
    """Every pair of the firm's investment this year and last that the published figures allow."""
    known, bound = ex_firm(view), telling_bound(view)
    if known is None or bound is None:
        return None
    level, total, without = map(rounded, known)
    frame = metrics.ex_firm_set(level, total, ex_growth_pct=without).apply(view.money)
    past = _base_bound(bound) > 0
    least = bound.firm_base_min if past else bound.firm_level_min
    now = view.say(
        f"{firm(view)}本年投资（亿元，未公布）", f"{firm(view)} this year (bn yuan, not published)"
    )
    before = view.say(
        f"{firm(view)}上年同期投资（亿元，未公布）", f"{firm(view)} a year earlier (bn yuan, not published)"
    )
    return charts.identified_set(
        frame,
        *(("firm_level", "firm_base") if past else ("firm_base", "firm_level")),
        interval=("firm_base_lo", "firm_base_hi") if past else None,
        bound=(view.say("下限", "Least"), view.money(least.value)),
        title=view.say(
            f"{'上年同期' if past else '本年'}{firm(view)}工业投资不可能低于{yi(least.value, 1)}",
            f"{firm(view)} cannot have invested less than {yi(least.value, 1, 'en')} {'a year earlier' if past else 'this year'}",
        ),
        x_label=now if past else before,
        y_label=before if past else now,
        unit=view.money_unit,
        source=view.source([known[0].source_id]),
        lang=view.lang,
        note=view.say(
            "蓝色带内每一点都与公布数相符，不分可能性大小，带宽只是舍入误差；斜线区都与公布数矛盾。坐标轴上的粗条是各自可能的范围。这是界限，不是估计。",
            "Every point of the blue band agrees with what is published and none is likelier; its width is rounding alone, and all "
            "that is hatched contradicts the figures. The bars along the axes are the possible ranges. Bounds, not estimates.",
        ),
    )


def project_table(view: View) -> Table | None:
    """The projects that documents name, with the stage they state; a register is not for publication by name."""
    known = named_projects(view)
    if known.empty or projects.has_register(view):
        return None
    stage = view.say("status_zh", "status")
    order = known["status"].map(STAGES.index)
    frame = known.assign(
        investment=view.money(known["investment"]),
        name=known[f"name_{view.lang}"],
        stage=known[stage],
        cluster=[view.name("activities", code) if code else None for code in known["cluster"]],
    ).iloc[(-order).argsort(kind="stable")]
    return Table(
        frame,
        view.say(f"{len(frame)}个文中列名项目及其阶段", f"{len(frame)} named projects and their stage"),
        columns=(
            Column("name", view.say("项目", "Project")),
            Column("stage", view.say("阶段（原文）", "Stage")),
            Column("cluster", view.say("集群", "Cluster")),
            Column("investment", view.say("总投资", "Investment"), 1, unit=view.money_unit),
            Column("place", view.say("出处", "Clause")),
        ),
        source=view.source(frame["source_id"]),
        note=view.say(
            "原文未写明集群或投资额的为“—”。",
            "Cluster and investment are — where the source does not give them.",
        ),
        lang=view.lang,
    )
