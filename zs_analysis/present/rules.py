"""The dated rules a report goes by, printed with their source."""

import pandas as pd

from zs_analysis.present.numbers import decimals_of, fmt
from zs_analysis.present.phrases import quantity
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

# The suite's own conventions; other sources are titles of documents and stay as they are.
CONVENTION = "本套件约定"


def rules_table(view: View, *schemes: str) -> Table | None:
    """The rules of some schemes in force in the quarter: value, meaning, since when, and who says so.

    Parameters
    ----------
    *schemes : str
        Such as ``pace``, in the order to print.
    """
    order = list(dict.fromkeys(view.table("rules")["rule"]))
    rules = pd.concat(
        [
            view.rules(scheme).reset_index().sort_values("rule", key=lambda names: names.map(order.index))
            for scheme in schemes
        ]
    )
    if rules.empty:
        return None
    frame = pd.DataFrame(
        {
            "rule": rules[view.say("description_zh", "description_en")],
            "value": [_value(view, row) for row in rules.itertuples()],
            "since": rules["valid_from"],
            "source": [_source(view, source) for source in rules["source"]],
        }
    )
    return Table(
        frame,
        view.say("本报告采用的规则", "Rules this report goes by"),
        columns=(
            Column("rule", view.say("规则", "Rule")),
            Column("value", view.say("取值", "Value"), align="right"),
            Column("since", view.say("自何时起", "Since"), align="right"),
            Column("source", view.say("依据", "Source")),
        ),
        source=view.say("规则表（data/rules.csv）", "Table of rules (data/rules.csv)"),
        note=view.say("改规则表即可调整，不需要改程序。", "Change the table, not the program."),
        lang=view.lang,
    )


def _value(view: View, row: tuple) -> str:
    if row.unit in ("ratio", "pct"):
        return fmt(row.value) + ("%" if row.unit == "pct" else "")
    if row.unit.startswith(("1e4_cny", "1e8_cny")) or row.unit == "count":
        return quantity(view, row.value, decimals_of([row.value]), row.unit)
    return fmt(row.value) + view.say("", " ") + view.name("units", row.unit)


def _source(view: View, source: str) -> str:
    return view.say(source, "convention of this suite" if source.startswith(CONVENTION) else source)
