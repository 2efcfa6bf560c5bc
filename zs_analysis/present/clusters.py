"""Clusters: what is published for each, and what the published figures imply for the years to 2027."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.model import Figure, figure, figures
from zs_analysis.present import charts, output
from zs_analysis.present.chart import Chart
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import pct, period_words, yi
from zs_analysis.present.phrases import amount, findings, listed
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

REVENUE, OUTPUT, UNSPECIFIED = "revenue_scale", "gross_output_scale", "industry_scale_unspecified"
# Seasonal models want three full years of months (or of quarters) before they say anything.
MONTHS_NEEDED, QUARTERS_NEEDED = 36, 12


def summary(view: View) -> Findings:
    """Findings that open the report."""
    return findings(
        view,
        [
            no_fan_chart(view),
            required_finding(view),
            output.rest_of_year_finding(view),
            coverage_finding(view),
        ],
    )


def no_fan_chart(view: View) -> str:
    """Say plainly that there is no forecast yet, and why."""
    counts = coverage(view)
    most = int(counts["levels"].max())
    return view.say(
        f"目前不能画扇形图：预测至少需要{MONTHS_NEEDED}个月或{QUARTERS_NEEDED}个季度的连续数据，而11个集群中"
        f"公布过产值最多的也只有{most}期，且不连续。以下只做账面推算，不是预测。",
        f"No fan chart can be drawn yet: a forecast needs at least {MONTHS_NEEDED} months or {QUARTERS_NEEDED} quarters in a "
        f"row, and the best covered of the 11 clusters has {most} published level{'' if most == 1 else 's'}, with gaps. "
        "What follows is accounting, not forecasting.",
    )


def revenue_target(view: View) -> pd.Series | None:
    """The plan's revenue target for all clusters."""
    rows = view.table("targets").query(
        "indicator == @REVENUE and activity == 'all_clusters' and basis == 'level_by'"
    )
    return None if rows.empty else rows.sort_values("deadline").iloc[-1]


def last_revenue(view: View) -> Figure | None:
    """Newest published yearly revenue of all industry above designated size, which holds the clusters'."""
    return figure(view.past, REVENUE, "level", freq="A")


def required_growth(view: View) -> tuple[Figure, pd.Series, float] | None:
    """Revenue last published, its target, and the growth a year that leads there."""
    start, target = last_revenue(view), revenue_target(view)
    if start is None or target is None:
        return None
    years = int(target["deadline"]) - int(start.time_period)
    return start, target, metrics.required_growth_pct(start.value, target["value"], years=years)


def required_finding(view: View) -> str | None:
    """Growth a year that the revenue target asks for; a lower bound, as the base holds more than the clusters."""
    known = required_growth(view)
    if known is None:
        return None
    start, target, rate = known
    goal = yi(target["value"], 0, view.lang)
    return view.say(
        f"行动方案要求{target['deadline']}年集群规上企业营业收入突破{goal}。集群营业收入的基数没有公布；以{start.time_period}年"
        f"全部规上工业营业收入{amount(view, start)}为起点，年均至少需增长{pct(rate, 1)}（集群只是其中一部分，实际所需更高）。"
        "营业收入与总产值是两个指标，不能以总产值衡量此目标的进度。",
        f"The plan wants the clusters' revenue above {goal} by {target['deadline']}. Their base is not published; from the "
        f"{amount(view, start)} of all industry above designated size in {start.time_period} it takes at least "
        f"{pct(rate, 1, 'en')} a year (the clusters are only part of it, so more in fact). Revenue and gross output are "
        "different indicators: output does not measure progress towards this target.",
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
    where = {"ref_area": "zhoushan", "activity": cluster, "obs_status": "A"}
    level_rows = pd.concat([figures(view.past, OUTPUT, kind, **where) for kind in ("level", "ytd")])
    level_rows = level_rows.sort_values("time_period", ascending=False, kind="stable")
    growth_rows = pd.concat(
        [
            figures(view.past, code, kind, **where)
            for code in (OUTPUT, UNSPECIFIED)
            for kind in ("yoy", "ytd_yoy")
        ]
    ).sort_values("time_period", ascending=False, kind="stable")
    return (
        {"cluster": cluster, "levels": level_rows["time_period"].nunique()}
        | _newest(view, level_rows, "last_level")
        | (
            _newest(view, growth_rows, "growth")
            | {"sources": [*level_rows["source_id"], *growth_rows["source_id"]]}
        )
    )


def _newest(view: View, rows: pd.DataFrame, name: str) -> dict[str, object]:
    if rows.empty:
        return {name: None, f"{name}_period": None, f"{name}_indicator": None}
    row = rows.iloc[0]
    value = (
        metrics.convert(row["obs_value"], row["unit"], to="1e8_cny", units=view.units)
        if row["unit"].endswith("cny")
        else row["obs_value"]
    )
    return {
        name: value,
        f"{name}_period": period_words(
            row["time_period"], view.lang, ytd=row["transformation"].startswith("ytd")
        ),
        f"{name}_indicator": view.name("indicators", row["indicator"]),
    }


def coverage_finding(view: View) -> str:
    """Which clusters have figures and which have none."""
    table = coverage(view)
    none = table[table["last_level"].isna() & table["growth"].isna()]
    only_growth = table[table["last_level"].isna() & table["growth"].notna()]
    return view.say(
        f"{len(table)}个集群中，{_count(view, only_growth, '只公布过增速')}；{_count(view, none, '没有查到任何产值或增速')}。"
        "没有水平值就没有权重，因此不汇总、不推算占比。",
        f"Of {len(table)} clusters, {_count(view, only_growth, 'with growth only')}; {_count(view, none, 'with no figure found')}. "
        "Without levels there are no weights, so nothing is summed up or shared out.",
    )


def _count(view: View, rows: pd.DataFrame, what: str) -> str:
    names = listed(view, rows["name"])
    return (
        view.say(f"{len(rows)}个{what}（{names}）", f"{len(rows)} {what} ({names})")
        if names
        else view.say(f"没有{what}的", f"none {what}")
    )


def coverage_table(view: View) -> Table:
    """Clusters with what is published for each."""
    frame = coverage(view)
    tiers = {
        "core": view.say("核心", "core"),
        "leading": view.say("主导", "leading"),
        "special": view.say("特色", "special"),
    }
    return Table(
        frame.assign(tier=frame["tier"].map(tiers)),
        view.say("各集群已公布的数据", "What is published for each cluster"),
        columns=(
            Column("name", view.say("集群", "Cluster")),
            Column("tier", view.say("层级", "Tier")),
            Column("levels", view.say("产值期数", "Levels"), 0),
            Column(
                "last_level", view.say("最近产值", "Newest output"), 1, unit=view.name("units", "1e8_cny")
            ),
            Column("last_level_period", view.say("时期", "Period")),
            Column("growth", view.say("最近增速", "Newest growth"), 1, unit="%"),
            Column("growth_period", view.say("时期", "Period")),
            Column("growth_indicator", view.say("增速指标", "Growth of")),
        ),
        source=view.source(source for sources in frame["sources"] for source in sources),
        note=view.say(
            "电子电机的公布数归入海洋电子，两者范围未必一致。",
            "Figures printed for 电子电机 stand under marine electronics; their scopes may differ.",
        ),
        lang=view.lang,
    )


def path_chart(view: View) -> Chart | None:
    """Revenue last published and the path to its target."""
    known = required_growth(view)
    if known is None:
        return None
    start, target, rate = known
    rows = figures(
        view.past, REVENUE, "level", freq="A", ref_area="zhoushan", activity="total"
    ).drop_duplicates("time_period")
    history = rows.set_index(rows["time_period"].astype(int))["obs_value"].sort_index()
    return charts.path_to_target(
        history,
        (int(target["deadline"]), target["value"]),
        required_growth_pct=rate,
        title=view.say(
            f"从{start.time_period}年起年均至少增长{pct(rate, 1)}，才能在{target['deadline']}年达到{yi(target['value'], 0)}",
            f"It takes at least {pct(rate, 1, 'en')} a year from {start.time_period} to reach "
            f"{yi(target['value'], 0, 'en')} in {target['deadline']}",
        ),
        unit=view.say("营业收入，亿元", "operating revenue, 100 million yuan"),
        source=view.source([start.source_id, target["source_id"]]),
        lang=view.lang,
        note=view.say(
            "起点为全部规上工业，目标为“155”集群规上企业；虚线是所需路径，不是预测。",
            "The start is all industry above designated size, the target the 155 clusters; the dashed path is required, not forecast.",
        ),
    )


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
    frame = pd.DataFrame({"year": [str(year) for year in path.index], "level": path.to_numpy()})
    return Table(
        frame,
        view.say(
            "达到目标所需的营业收入路径（年均增速相同）", "Revenue that leads to the target at even growth"
        ),
        unit=view.name("units", "1e8_cny"),
        columns=(
            Column("year", view.say("年份", "Year")),
            Column("level", view.say("所需营业收入", "Required revenue"), 1),
        ),
        source=view.source([start.source_id, target["source_id"]]),
        note=view.say("由公布数推算，均为估计。", "Computed from published figures; all are estimates."),
        lang=view.lang,
    )
