"""Every published figure a report rests on, traced to its place in the source."""

from collections.abc import Sequence

import pandas as pd

from zs_analysis.model import figure_of, last_month
from zs_analysis.present.numbers import comparison_words
from zs_analysis.present.phrases import TRANSFORMATIONS, quantity, span
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

CELL = [
    "indicator",
    "ref_area",
    "counterpart_area",
    "activity",
    "freq",
    "transformation",
    "unit",
    "obs_status",
]
STATUSES = {
    "F": ("（预计）", " (announced)"),
    "P": ("（初步）", " (provisional)"),
    "E": ("（估计）", " (estimate)"),
}


def table(view: View, indicators: Sequence[str]) -> Table | None:
    """Figures of some indicators for the city, its areas and the province in the year, with their source lines.

    Parameters
    ----------
    indicators : sequence of str
        Codes.

    Notes
    -----
    Of monthly figures those of the newest month of each cell; the months before would fill pages.
    """
    areas = [view.city, *view.inside(view.city), view.province]
    known = view.observations
    rows = known[known["indicator"].isin(indicators) & known["ref_area"].isin(areas)]
    within = last_month(rows).le(view.last_month) | rows["obs_status"].eq("F")
    rows = rows[rows["time_period"].str[:4].eq(view.year) & within]
    month = last_month(rows)
    rows = rows[month.eq(month.groupby([rows[name] for name in CELL]).transform("max"))]
    if rows.empty:
        return None
    return Table(
        pd.DataFrame([_row(view, row) for row in rows.itertuples()]),
        view.say(
            "本报告所用的本年公布数及出处", "Published figures of the year used here, with their sources"
        ),
        columns=(
            Column("figure", view.say("指标", "Figure")),
            Column("kind", view.say("数据类型", "Kind")),
            Column("period", view.say("时期", "Period")),
            Column("value", view.say("公布数", "Published"), align="right"),
            Column("place", view.say("出处", "Clause")),
            Column("note", view.say("备注", "Note (Chinese)")),
        ),
        source=view.source(rows["source_id"]),
        lang=view.lang,
    )


def _row(view: View, row: tuple) -> dict[str, object]:
    names = [view.name("indicators", row.indicator)]
    names += [view.name("areas", row.ref_area)] if row.ref_area != view.city else []
    names += [view.name("activities", row.activity)] if row.activity != "total" else []
    number = quantity(view, row.obs_value, row.decimals, row.unit)
    status = view.say(*STATUSES[row.obs_status]) if row.obs_status in STATUSES else ""
    return {
        "figure": view.say("：", ": ").join(names),
        "kind": view.say(*TRANSFORMATIONS[row.transformation]),
        "period": span(view, figure_of(row._asdict())),
        "value": comparison_words(number, row.comparison, view.lang) + status,
        "place": row.place or None,
        "note": row.note or None,
    }
