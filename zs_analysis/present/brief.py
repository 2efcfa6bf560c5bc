"""The brief: the quarter on one page."""

import pandas as pd

from zs_analysis.present import clusters, investment, output, targets
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import fmt, rank_words
from zs_analysis.present.phrases import amount, findings, statement, window
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
    table = targets.progress(view)
    return findings(
        view,
        [
            statement(view, output.OUTPUT),
            statement(
                view,
                output.VALUE_ADDED,
                view.say("规上工业增加值（可比价）", "Value added (comparable prices)"),
            ),
            output.rest_of_year_finding(view),
            statement(view, investment.TOTAL),
            investment.ex_firm_finding(view),
            statement(view, investment.RENOVATION),
            output.parts_finding(view, "activity"),
            targets.met_finding(view, table) if len(table) else None,
            clusters.required_finding(view),
        ],
    )


def key_table(view: View) -> Table | None:
    """Key figures of the year so far: level, growth and place in the province."""
    rows = [row for indicator in KEY_INDICATORS if (row := _key_row(view, indicator))]
    if not rows:
        return None
    return Table(
        pd.DataFrame(rows),
        view.say("主要指标", "Key figures"),
        columns=(
            Column("name", view.say("指标", "Indicator")),
            Column("window", view.say("时期", "Period")),
            Column("level", view.say("水平", "Level"), align="right"),
            Column("growth", view.say("同比", "Growth"), align="right", unit="%"),
            Column("rank", view.say("全省位次", "Place in the province")),
            Column("place", view.say("出处", "Clause")),
        ),
        source=view.source(source for row in rows for source in row["sources"]),
        lang=view.lang,
    )


def _key_row(view: View, indicator: str) -> dict[str, object] | None:
    level, growth = view.current(indicator, "ytd"), view.current(indicator, "ytd_yoy")
    dated = level or growth
    if dated is None:
        return None
    growth = growth if growth and growth.time_period == dated.time_period else None
    place = view.current(indicator, "ytd_yoy_rank") or view.current(indicator, "rank")
    return {
        "name": view.name("indicators", indicator),
        "window": window(view, dated),
        "level": amount(view, level) if level else None,
        "growth": fmt(growth.value, growth.decimals, view.lang) if growth else None,
        "rank": rank_words(int(place.value), view.lang) if place else None,
        "place": dated.place or None,
        "sources": [figure.source_id for figure in (level, growth, place) if figure],
    }
