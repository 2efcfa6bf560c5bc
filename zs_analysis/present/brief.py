"""The brief: the quarter on one page."""

import pandas as pd

from zs_analysis.model import Figure
from zs_analysis.present import clusters, investment, output, targets
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import fmt, pct, yi
from zs_analysis.present.phrases import amount, findings, growth, nothing, statement, window
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

KEY_INDICATORS = (
    "gross_output_scale",
    "va_scale",
    "export_delivery_scale",
    "investment_industry",
    "investment_renovation",
    "revenue_scale",
    "profit_scale",
    "tax_per_mu_scale",
    "new_product_ratio_scale",
)


def summary(view: View) -> Findings:
    """The few findings an official needs, in the order of the review."""
    table = view.once(targets.progress)
    quarter = [
        statement(view, output.OUTPUT),
        statement(view, output.VALUE_ADDED),
        output.contribution_finding(view),
        output.rest_of_year_finding(view),
        investment_finding(view),
        statement(view, investment.RENOVATION),
        output.parts_finding(view, "ref_area"),
        output.digital_finding(view),
    ]
    plan = [targets.met_finding(view, table), revenue_finding(view)]
    return findings(view, [*(quarter if any(quarter) else [nothing(view)]), *plan])


def investment_finding(view: View) -> str | None:
    """Investment with and without the dominant firm, and what the two say together."""
    plain, known, bound = (
        statement(view, investment.TOTAL),
        investment.ex_firm(view),
        investment.telling_bound(view),
    )
    if plain is None or known is None or bound is None:
        return plain
    least, share = bound.firm_base_min.value, bound.firm_base_share_min_pct.value
    return plain.rstrip("。.") + view.say(
        f"；扣除浙石化{growth(view, known[2])}，可推知上年同期浙石化投资至少{yi(least, 1)}（占{pct(share, 1)}以上）。",
        f"; without ZPC {growth(view, known[2])}, so ZPC invested at least {yi(least, 1, 'en')} a year earlier "
        f"({pct(share, 1, 'en')} or more).",
    )


def revenue_finding(view: View) -> str | None:
    """Growth that the clusters' revenue target takes, in short."""
    known = clusters.required_growth(view)
    if known is None:
        return None
    start, target, rate = known
    return view.say(
        f"要在{target['deadline']}年使集群营业收入突破{yi(target['value'], 0)}，以{start.time_period}年全部规上工业"
        f"{amount(view, start)}为参照，年均需增长{pct(rate, 1)}。",
        f"To lift the clusters' revenue above {yi(target['value'], 0, 'en')} by {target['deadline']} takes "
        f"{pct(rate, 1, 'en')} a year from the {amount(view, start)} of all industry in {start.time_period}.",
    )


def key_table(view: View) -> Table | None:
    """Key figures of the year so far: level, growth and place in the province."""
    rows = [row for indicator in KEY_INDICATORS if (row := _key_row(view, indicator))]
    if not rows:
        return None
    return Table(
        pd.DataFrame(rows),
        view.say(
            "主要指标（公布数；增加值增速按可比价，其余按现价）",
            "Key figures as published (value added at comparable prices, all else at current prices)",
        ),
        columns=(
            Column("name", view.say("指标", "Indicator")),
            Column("window", view.say("时期", "Period")),
            Column("level", view.say("数值", "Level"), align="right"),
            Column("growth", view.say("同比", "Growth"), align="right", unit="%"),
            Column("rank", view.say("全省位次", "Place in the province"), 0),
            Column("place", view.say("出处", "Clause")),
        ),
        source=view.source(source for row in rows for source in row["sources"]),
        lang=view.lang,
    )


def _growth_cell(view: View, change: Figure) -> str:
    if change.unit == "times":
        return fmt(100 * change.value, 0, view.lang)
    return fmt(change.value, change.decimals, view.lang)


def _key_row(view: View, indicator: str) -> dict[str, object] | None:
    level, change = view.level_and_growth(indicator)
    dated = level or change
    if dated is None:
        return None
    place = view.beside(dated, "ytd_yoy_rank") or view.beside(dated, "rank")
    return {
        "name": view.name("indicators", indicator),
        "window": window(view, dated),
        "level": amount(view, level) if level else None,
        "growth": _growth_cell(view, change) if change else None,
        "rank": place.value if place else None,
        "place": dated.place or None,
        "sources": [figure.source_id for figure in (level, change, place) if figure],
    }
