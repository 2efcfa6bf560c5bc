"""Clusters: what is published for each, and what the published figures imply for the years to 2027."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.forecast.series import CYCLES_NEEDED
from zs_analysis.model import PUBLISHED, Figure, last_month
from zs_analysis.present import charts, forecasts, model_card, output, scenarios
from zs_analysis.present.chart import Chart
from zs_analysis.present.findings import Findings
from zs_analysis.present.headlines import Metric
from zs_analysis.present.numbers import pct, period_words, yi
from zs_analysis.present.output import OUTPUT, UNSPECIFIED
from zs_analysis.present.panel import MONTHS_OF_YEAR
from zs_analysis.present.phrases import amount, findings, growth, listed, metric, told, window
from zs_analysis.present.table import Column, Table
from zs_analysis.present.targets import running_targets
from zs_analysis.present.view import View

REVENUE = "revenue_scale"


def summary(view: View) -> Findings:
    """Findings that open the report."""
    return findings(
        view,
        [
            forecasts.year_finding(view),
            forecasts.next_quarter_finding(view),
            forecasts.next_year_finding(view),
            scenarios.scenario_finding(view),
            forecasts.target_finding(view),
            forecasts.refused_finding(view),
            model_card.since_finding(view),
            model_card.backtest_finding(view),
            no_fan_chart(view),
            required_finding(view),
            output.rest_of_year_finding(view),
            coverage_finding(view),
            orders_finding(view),
            zones_finding(view),
        ],
    )


def no_fan_chart(view: View) -> str | None:
    """Say plainly that there is no forecast, and why."""
    if forecasts.running_year(view) is not None:
        return None
    least = CYCLES_NEEDED * MONTHS_OF_YEAR
    return view.say(
        f"现有数据不足以预测，不能绘制扇形图（概率区间图）：预测至少需要{least}个月可由公布数估计的全市产值。本报告只按已公布数测算，不是预测。",
        f"No fan chart can be drawn: a forecast needs at least {least} months of the city's output that published figures "
        "determine. This report is accounting, not forecasting.",
    )


def revenue_target(view: View) -> pd.Series | None:
    """The plan's revenue target for all clusters."""
    rows = running_targets(view).query(
        "indicator == @REVENUE and activity == 'all_clusters' and basis == 'level_by'"
    )
    return None if rows.empty else rows.sort_values("deadline").iloc[-1]


def last_revenue(view: View) -> Figure | None:
    """Newest published yearly revenue of the clusters; else of all industry above designated size, which holds it."""
    own = view.figure(REVENUE, "level", freq="A", ref_area=view.city, activity="all_clusters")
    return own or view.figure(REVENUE, "level", freq="A", ref_area=view.city)


def is_own(start: Figure) -> bool:
    """Whether a revenue is the clusters' own, as their target is."""
    return start.activity == "all_clusters"


def required_growth(view: View) -> tuple[Figure, pd.Series, float] | None:
    """Revenue last published, its target, and the growth a year that leads there."""
    start, target = last_revenue(view), revenue_target(view)
    if start is None or target is None:
        return None
    years = int(target["deadline"]) - int(start.time_period)
    if years <= 0 or start.value >= target["value"]:
        return None
    return start, target, metrics.required_growth_pct(start.value, target["value"], years=years)


def required_finding(view: View) -> str | None:
    """Growth a year that the revenue target asks for; a lower bound, as the base holds more than the clusters."""
    known = required_growth(view)
    if known is None:
        return None
    start, target, rate = known
    goal = yi(target["value"], 0, view.lang)
    if is_own(start):
        return told(
            view,
            view.say(
                f"{view.about.plan['zh']}提出{target['deadline']}年集群规上企业营业收入突破{goal}；{start.time_period}年为"
                f"{amount(view, start)}，{start.time_period}—{target['deadline']}年年均需增长{pct(rate, 1)}。",
                f"The {view.about.plan['en']} wants the clusters' revenue above {goal} by {target['deadline']}; it was {amount(view, start)} in "
                f"{start.time_period}, so it takes {pct(rate, 1, 'en')} a year to {target['deadline']}.",
            ),
            start,
            required_metric(view, known),
        )
    return told(
        view,
        view.say(
            f"{view.about.plan['zh']}提出{target['deadline']}年集群规上企业营业收入突破{goal}。集群营业收入的基数没有公布；以"
            f"{start.time_period}年全部规上工业营业收入{amount(view, start)}为参照，{start.time_period}—{target['deadline']}年年均需增长"
            f"{pct(rate, 1)}；此后的营业收入没有查到，剩余年份实际所需增速会有不同，集群范围与规上工业也不完全一致。"
            "营业收入与总产值是两个指标，不能以总产值衡量此目标的进度。",
            f"The {view.about.plan['en']} wants the clusters' revenue above {goal} by {target['deadline']}. Their base is not published; from the "
            f"{amount(view, start)} of all industry above designated size in {start.time_period} it takes {pct(rate, 1, 'en')} a "
            f"year to {target['deadline']}. No later revenue was found, so the rate needed from here differs, and the clusters are "
            "not quite industry above designated size. Revenue and gross output are different indicators: output does not measure "
            "progress towards this target.",
        ),
        start,
        required_metric(view, known),
    )


def required_metric(view: View, known: tuple[Figure, pd.Series, float]) -> Metric:
    """The growth a year that the revenue target takes, as a number of a finding."""
    start, target, rate = known
    return metric(
        view,
        "revenue_growth_required",
        rate,
        unit="pct",
        decimals=1,
        time_period=str(target["deadline"]),
        status="E",
        name={
            "zh": "集群营业收入达到目标年均需增长",
            "en": "Growth a year that the clusters' revenue target takes",
        },
        period=view.in_both(
            lambda one: one.say("—", " to ").join((start.time_period, str(target["deadline"])))
        ),
    )


def coverage(view: View) -> pd.DataFrame:
    """What is published for each cluster.

    Returns
    -------
    pandas.DataFrame
        One row a cluster: ``cluster, tier, name, levels`` (published output levels), ``last_level``,
        ``last_level_period``, ``growth``, ``growth_period``, ``growth_indicator``; missing where nothing is.
    """
    clusters = view.table("clusters").sort_values("rank_order")
    rows = [_coverage_of(view, row.cluster) for row in clusters.itertuples()]
    return pd.DataFrame(rows).assign(
        tier=clusters["tier"].to_numpy(),
        name=clusters[f"name_{view.lang}"].to_numpy(),
    )


def _coverage_of(view: View, cluster: str) -> dict[str, object]:
    where = {"ref_area": view.city, "activity": cluster, "obs_status": PUBLISHED}
    levels = view.figures(OUTPUT, ("level", "ytd"), **where)
    growths = view.figures((OUTPUT, UNSPECIFIED), ("yoy", "ytd_yoy"), **where)
    counted = {"cluster": cluster, "levels": last_month(levels).nunique()}
    sources = {"sources": [*levels["source_id"], *growths["source_id"]]}
    return counted | _newest(view, levels, "last_level") | _newest(view, growths, "growth") | sources


def _newest(view: View, rows: pd.DataFrame, name: str) -> dict[str, object]:
    if rows.empty:
        return {name: None, f"{name}_period": None, f"{name}_indicator": None}
    row = rows.iloc[0]
    value = row["obs_value"]
    if row["unit"].endswith("cny"):
        value = view.money(metrics.convert(value, row["unit"], to="1e8_cny", units=view.units))
    return {
        name: value,
        f"{name}_period": period_words(
            row["time_period"], view.lang, ytd=row["transformation"].startswith("ytd")
        ),
        f"{name}_indicator": view.say("未注明", "not stated")
        if row["indicator"] == UNSPECIFIED
        else view.say("总产值", "gross output"),
    }


def coverage_finding(view: View) -> str | None:
    """Which clusters have figures and which have none; ``None`` where the package lists no cluster."""
    if view.table("clusters").empty:
        return None
    table = coverage(view)
    level, rate = table["last_level"].notna(), table["growth"].notna()
    if level.all():
        return whole_finding(view, table)
    groups = {
        view.say("公布过产值", "with output levels"): table[level],
        view.say("只公布过增速", "with growth only"): table[~level & rate],
        view.say("没有查到产值或增速", "with no figure found"): table[~level & ~rate],
    }
    parts = [
        view.say(
            f"{len(rows)}个{what}（{listed(view, rows['name'])}）",
            f"{len(rows)} {what} ({listed(view, rows['name'])})",
        )
        for what, rows in groups.items()
        if len(rows)
    ]
    return view.say(
        f"{len(table)}个集群中，{'，'.join(parts)}。没有同期产值就没有权重，因此不汇总、不推算占比。",
        f"Of {len(table)} clusters, {'; '.join(parts)}. Without levels for one period there are no weights, so nothing is "
        "summed up or shared out.",
    )


def whole_finding(view: View, table: pd.DataFrame) -> str:
    """What the clusters make up together, where all of them have a level of one period."""
    count, total = len(table), view.current(OUTPUT, "ytd")
    if (
        table["last_level_period"].nunique() > 1
        or total is None
        or window_of(view, total) != table["last_level_period"].iloc[0]
    ):
        return view.say(
            f"{count}个集群都公布过产值，但时期不同，不能相加。",
            f"All {count} clusters have output levels, but of different periods: they do not add up.",
        )
    together = table["last_level"].sum() / view.money(1.0)
    share = 100 * together / total.value
    when = window(view, total)
    return view.say(
        f"{count}个集群都公布了{when}产值，合计{yi(together, 1)}，占全市规上工业总产值的{pct(share, 1)}。",
        f"All {count} clusters have output levels for {when}: together {yi(together, 1, 'en')}, "
        f"{pct(share, 1, 'en')} of the city's gross output above designated size.",
    )


def window_of(view: View, known: Figure) -> str:
    """The period of a figure as `coverage` names it."""
    return period_words(known.time_period, view.lang, ytd=known.transformation.startswith("ytd"))


def orders_finding(view: View) -> str | None:
    """New orders of the shipyards, which lead output by a year or more."""
    orders = view.current("ship_new_order", "ytd_yoy", activity="ships")
    if orders is None:
        return None
    return told(
        view,
        view.say(
            f"{window(view, orders)}船舶行业新接订单{growth(view, orders)}（订单，不是产值）。",
            f"New orders of the shipyards in {window(view, orders)} were {growth(view, orders)} (orders, not output).",
        ),
        orders,
    )


def zones_finding(view: View) -> str | None:
    """What the review says of building the clusters: zones, inefficient firms, parks."""
    parts = {
        "cluster_core_zone_provincial": ("省级集群核心区{}", "provincial core zones: {}"),
        "cluster_coordinated_zone_provincial": ("协同区{}", "coordinated zones: {}"),
        "inefficient_firm_rectified": ("低效企业整治完成率{}", "inefficient firms dealt with: {}"),
        "small_firm_park_building": ("在建制造业小微企业园{}", "parks for small firms being built: {}"),
    }
    items, told_of = [], []
    for indicator, words in parts.items():
        known = view.current(indicator, "ytd") or view.current(indicator, "level", activity="manufacturing")
        if known:
            told_of.append(known)
            items.append(view.say(*words).format(amount(view, known)))
    return (
        told(
            view,
            view.say(f"集群建设：{listed(view, items)}。", f"Building the clusters: {listed(view, items)}."),
            *told_of,
        )
        if items
        else None
    )


def coverage_table(view: View) -> Table | None:
    """Clusters with what is published for each; ``None`` where nothing is for any."""
    frame = coverage(view)
    if frame.empty or frame[["last_level", "growth"]].isna().all(axis=None):
        return None
    tiers = {code: words[view.lang] for code, words in view.about.tiers.items()}
    # Two columns of periods and one of the indicator only where they tell rows apart.
    same = (
        frame["last_level_period"].equals(frame["growth_period"]) and frame["growth_indicator"].nunique() == 1
    )
    told_apart = (
        Column("growth_period", view.say("时期", "Period")),
        Column("growth_indicator", view.say("增速指标", "Growth of")),
    )
    return Table(
        frame.assign(tier=frame["tier"].map(tiers)),
        view.say("各集群已公布的数据", "What is published for each cluster"),
        columns=(
            Column("name", view.say("集群", "Cluster")),
            Column("tier", view.say("层级", "Tier")),
            Column("levels", view.say("产值期数", "Levels"), 0),
            Column("last_level", view.say("最近产值", "Newest output"), view.say(1, 2), unit=view.money_unit),
            Column("last_level_period", view.say("时期", "Period")),
            Column("growth", view.say("最近增速", "Newest growth"), 1, unit="%"),
            *(() if same else told_apart),
        ),
        source=view.source(source for sources in frame["sources"] for source in sources),
        note=_scope_note(view),
        lang=view.lang,
    )


def _scope_note(view: View) -> str:
    if not view.past["note"].str.contains("电子电机").any():
        return ""
    return view.say(
        "电子电机的公布数归入海洋电子，两者范围未必一致。",
        "Figures printed for 电子电机 stand under marine electronics; their scopes may differ.",
    )


def path_chart(view: View) -> Chart | None:
    """Revenue last published and the path to its target."""
    known = required_growth(view)
    if known is None:
        return None
    start, target, rate = known
    rows = view.figures(
        REVENUE, "level", freq="A", ref_area=view.city, activity=start.activity
    ).drop_duplicates("time_period")
    history = rows.set_index(rows["time_period"].astype(int))["obs_value"].sort_index()
    return charts.path_to_target(
        view.money(history),
        (int(target["deadline"]), view.money(target["value"])),
        required_growth_pct=rate,
        title=view.say(
            f"从{start.time_period}年起年均增长{pct(rate, 1)}，才能在{target['deadline']}年达到{yi(target['value'], 0)}",
            f"It takes {pct(rate, 1, 'en')} a year from {start.time_period} to reach "
            f"{yi(target['value'], 0, 'en')} in {target['deadline']}",
        ),
        unit=view.say("营业收入，亿元", f"operating revenue, {view.money_unit}"),
        source=view.source([start.source_id, target["source_id"]]),
        lang=view.lang,
        note=_path_note(view, start),
    )


def _path_note(view: View, start: Figure) -> str:
    wider = view.say(
        f"起点为全部规上工业，目标为{view.about.clusters['zh']}规上企业；",
        f"The start is all industry above designated size, the target the {view.about.clusters['en']}. ",
    )
    path = view.say("虚线是所需路径，不是预测。", "The dashed path is required, not forecast.")
    return path if is_own(start) else wider + path


def path_table(view: View) -> Table | None:
    """Year by year, the revenue that leads to the target at even growth."""
    known = required_growth(view)
    if known is None:
        return None
    start, target, _ = known
    years = int(target["deadline"]) - int(start.time_period)
    path = metrics.required_path(
        start.value, target["value"], years=years, start=pd.Period(start.time_period, freq="Y")
    )
    frame = pd.DataFrame({"year": [str(year) for year in path.index], "level": view.money(path).to_numpy()})
    return Table(
        frame,
        view.say(
            "达到目标所需的营业收入路径（年均增速相同）", "Revenue that leads to the target at even growth"
        ),
        unit=view.money_unit,
        columns=(
            Column("year", view.say("年份", "Year")),
            Column("level", view.say("所需营业收入", "Required revenue"), 1),
        ),
        source=view.source([start.source_id, target["source_id"]]),
        note=view.say("由公布数推算，均为估计。", "Computed from published figures; all are estimates."),
        lang=view.lang,
    )
