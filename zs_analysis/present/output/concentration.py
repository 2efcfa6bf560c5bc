"""How concentrated output is: over the published clusters and areas, as bounds where parts are missing."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics import Concentration
from zs_analysis.present.numbers import fmt
from zs_analysis.present.output.cells import (
    is_current,
    months_words,
    newest_with_parts,
    range_text,
    sources_of,
)
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

PARTS = {"activity": ("集群", "Clusters"), "ref_area": ("区域", "Areas")}


def concentration(view: View, dimension: str) -> tuple[str, Concentration, Concentration] | None:
    """Month, concentration now and a year before, over the parts with published level and growth.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}
    """
    found = newest_with_parts(view, dimension)
    if found is None:
        return None
    total, parts = found
    # Printed parts may exceed the printed whole by half a unit each.
    slack = 0.5 * (10.0 ** -parts["level_decimals"]).sum() + 0.5 * 10.0 ** -total["level_decimals"]
    base = metrics.implied_base(parts["level"], parts["growth_pct"])
    total_base = metrics.implied_base(total["level"], total["growth_pct"])
    now = metrics.concentration_bounds(parts["level"], total["level"], slack=slack)
    # The bases carry the rounding of growth as well: half a unit in the last digit of the whole's.
    wide = slack + total_base * 0.01 * 10.0 ** -total["growth_decimals"]
    return total["month"], now, metrics.concentration_bounds(base, total_base, slack=wide)


def concentration_table(view: View) -> Table | None:
    """Herfindahl-Hirschman index and CR4 over clusters and over areas, now and a year before."""
    found = {name: concentration(view, name) for name in PARTS}
    known = {name: one for name, one in found.items() if one is not None}
    if not known:
        return None
    rows = [row for name, one in known.items() for row in _rows(view, name, *one)]
    return Table(
        pd.DataFrame(rows),
        _title(view, known),
        columns=(
            Column("name", view.say("范围与时期", "Over, period")),
            Column("covered", view.say("公布部分占全市", "Published parts"), 1, unit="%"),
            Column("hhi", view.say("HHI指数", "HHI"), align="right"),
            Column("cr", "CR4", unit="%", align="right"),
            Column("equal", view.say("相当于同等规模", "Like so many equal ones"), align="right"),
        ),
        source=view.source(pd.concat([_sources(view, name) for name in known])),
        note=_note(view, known),
        lang=view.lang,
    )


def _rows(
    view: View, name: str, month: str, now: Concentration, before: Concentration
) -> list[dict[str, object]]:
    year_before = f"{int(month[:4]) - 1}{month[4:]}"
    implied = view.say("，推算基数", ", implied base")
    return [
        _row(view, name, months_words(view, month), now),
        _row(view, name, months_words(view, year_before) + implied, before),
    ]


def _row(view: View, name: str, when: str, found: Concentration) -> dict[str, object]:
    return {
        "name": view.say(*PARTS[name]) + view.say("，", ", ") + when,
        "covered": found.covered_pct,
        "hhi": _bounds(view, found.hhi_lo, found.hhi_hi, 0),
        "cr": _bounds(view, found.cr_lo, found.cr_hi, 1),
        "equal": _bounds(view, 10_000 / found.hhi_hi, 10_000 / found.hhi_lo, 1),
    }


def _bounds(view: View, lo: float, hi: float, decimals: int) -> str:
    low, high = fmt(lo, decimals, view.lang), fmt(hi, decimals, view.lang)
    return low if low == high else str(range_text(view, lo, hi, decimals))


def _title(view: View, known: dict[str, tuple[str, Concentration, Concentration]]) -> str:
    name, (month, now, before) = next(iter(known.items()))
    what, when = view.say(*PARTS[name]), months_words(view, month)
    if now.hhi_lo > before.hhi_hi:
        turn = view.say("比上年同期上升", "higher than a year before")
    elif now.hhi_hi < before.hhi_lo:
        turn = view.say("比上年同期下降", "lower than a year before")
    else:
        turn = view.say("与上年同期相比升降不能判定", "not known to differ from a year before")
    return view.say(f"{when}{what}集中度（HHI）{turn}", f"{what}: concentration (HHI) in {when}, {turn}")


def _sources(view: View, name: str) -> pd.Series:
    total, parts = newest_with_parts(view, name)
    return sources_of(pd.concat([total.to_frame().T, parts]))


def _note(view: View, known: dict[str, tuple[str, Concentration, Concentration]]) -> str:
    note = view.say(
        "HHI为各部分占比（%）的平方和，最大10000；CR4为最大四个部分的占比之和。没有公布的部分按“分散到极小”与“合为一个”"
        "给出上下限。按集群和区域计算，不是按企业，不能与企业集中度的标准比较。",
        "HHI is the sum of squared shares in percent, 10,000 at most; CR4 the share of the four largest. What is not "
        "published gives the bounds: spread over ever smaller parts, or one. Parts are clusters and areas, "
        "not firms: the index must not be held against standards for firms.",
    )
    if any(not is_current(view, month) for month, _, _ in known.values()):
        note += view.say(
            "所列为最近一个公布分项产值与增速的时期。",
            " Periods are the newest with levels and growth of parts.",
        )
    return note
