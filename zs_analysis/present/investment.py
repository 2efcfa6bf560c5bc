"""Investment: its sentences, charts and tables."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics import ExFirmBound
from zs_analysis.model import Figure
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import fmt, pct, yi
from zs_analysis.present.phrases import amount, between, findings, growth, listed, rounded, statement, window
from zs_analysis.present.table import Column, Table
from zs_analysis.present.targets import running_targets
from zs_analysis.present.view import View

TOTAL, EX_ZPC, RENOVATION = "investment_industry", "investment_industry_ex_zpc", "investment_renovation"
CAPACITY, RATIO = "output_added_by_projects", "investment_manufacturing_ratio"
STAGES = ("planned", "signed", "started", "building", "completed")


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
            statement(view, "investment_manufacturing"),
            statement(view, "major_project", activity="manufacturing"),
            digital_project_finding(view),
            capacity_finding(view),
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
    return bound if bound and round(bound.firm_base_min.value, 1) > 0 else None


def ex_firm_finding(view: View) -> str | None:
    """What growth with and without one firm says about that firm, and what it does not."""
    known, bound = ex_firm(view), telling_bound(view)
    if known is None or bound is None:
        return None
    _, total, without = known
    least, share = bound.firm_base_min, bound.firm_base_share_min_pct
    return view.say(
        f"扣除浙石化（浙江石油化工有限公司）后{growth(view, without)}，与全部工业投资的{growth(view, total)}并不矛盾：上年同期浙石化投资至少"
        f"{yi(least.value, 1)}（计入舍入误差不低于{yi(least.lo, 1)}），占{pct(share.value, 1)}以上；其本年投资无法由公布数确定。",
        f"Without Zhejiang Petroleum & Chemical (ZPC) it is {growth(view, without)}. Both hold at once only if ZPC invested at least "
        f"{yi(least.value, 1, 'en')} a year earlier ({yi(least.lo, 1, 'en')} allowing for rounding), "
        f"{pct(share.value, 1, 'en')} of the total or more; its investment this year cannot be told from what is published.",
    )


def renovation_finding(view: View) -> str | None:
    """Share of technical renovation in industrial investment, computed from the two published levels."""
    part, whole = view.current(RENOVATION, "ytd"), view.current(TOTAL, "ytd")
    change = view.current(RENOVATION, "ytd_yoy")
    if part is None or whole is None or part.time_period != whole.time_period:
        return None
    share = metrics.propagate(lambda x, y: 100 * x / y, rounded(part), rounded(whole))
    base = metrics.implied_base(rounded(part), rounded(change)) if change else None
    tail_zh = f"；推算上年同期为{yi(base.value, 1)}（{between(view, base, 1, '亿元')}）" if base else ""
    tail_en = f"; the implied year before is {yi(base.value, 1, 'en')}" if base else ""
    return view.say(
        f"据此推算，{window(view, part)}技改投资占工业投资的{pct(share.value, 1)}（{between(view, share, 1, '%')}）{tail_zh}。",
        f"Technological upgrading was thus {pct(share.value, 1, 'en')} of industrial investment "
        f"({between(view, share, 1, '%')}){tail_en}.",
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
    names = listed(view, done[f"name_{view.lang}"])
    which = view.say(f"{names}等", f" ({names})") if names else ""
    return view.say(
        f"{which}项目建成投产，年新增产值{amount(view, added)}。",
        f"Projects that came on stream{which} add {amount(view, added)} of output a year.",
    )


def ratio_finding(view: View) -> str | None:
    """The target for the manufacturing share of investment, and whether an outcome is published."""
    targets = running_targets(view).query("indicator == @RATIO")
    if targets.empty or view.current(RATIO, "ytd"):
        return None
    target = targets.iloc[0]
    return view.say(
        f"行动方案（征求意见稿）提出制造业投资占固定资产投资比例达到{fmt(target['value'])}%；截至报告日没有查到本年全市实际值，不作推算。",
        f"The draft plan asks for manufacturing to be {fmt(target['value'])}% of fixed-asset investment; no outcome for the city "
        "was found by the day of the report, and none is estimated.",
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
    least = bound.firm_base_min
    return charts.identified_set(
        frame,
        "firm_level",
        "firm_base",
        interval=("firm_base_lo", "firm_base_hi"),
        bound=(view.say("下限", "Least"), view.money(least.value)),
        title=view.say(
            f"上年同期浙石化工业投资不可能低于{yi(least.value, 1)}",
            f"ZPC cannot have invested less than {yi(least.value, 1, 'en')} a year earlier",
        ),
        x_label=view.say("浙石化本年投资（亿元，未公布）", "ZPC this year (bn yuan, not published)"),
        y_label=view.say("浙石化上年同期投资（亿元）", "ZPC a year earlier (bn yuan)"),
        unit=view.money_unit,
        source=view.source([known[0].source_id]),
        lang=view.lang,
        note=view.say(
            "线上每一点都与公布数相符，不分可能性大小；浅色带为舍入误差。",
            "Every point of the line agrees with what is published and none is likelier; the pale band is rounding.",
        ),
    )


def named_projects(view: View) -> pd.DataFrame:
    """Named projects whose stage is stated for a day up to the end of the quarter."""
    projects = view.table("projects")
    return projects[projects["as_of"].str[:7].le(view.last_month)]


def project_table(view: View) -> Table | None:
    """The named projects with the stage the review states."""
    projects = named_projects(view)
    if projects.empty:
        return None
    stage = view.say("status_zh", "status")
    order = projects["status"].map(STAGES.index)
    frame = projects.assign(
        investment=view.money(projects["investment"]),
        name=projects[f"name_{view.lang}"],
        stage=projects[stage],
        cluster=[view.name("activities", code) if code else None for code in projects["cluster"]],
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
