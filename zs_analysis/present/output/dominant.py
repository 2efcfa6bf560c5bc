"""Output with and without its dominant producer: growth of the rest, or what can be said of it without a level."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics import Interval, Rest
from zs_analysis.present.numbers import fmt, growth_words, pct
from zs_analysis.present.output.cells import (
    OUTPUT,
    UNSPECIFIED,
    WHOLE,
    brackets,
    is_current,
    months_words,
    range_text,
    sources_of,
    year_to_date,
)
from zs_analysis.present.output.parts import growth_by
from zs_analysis.present.phrases import between
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

# Shares of the base for which the growth of the rest is worked out, where the share itself is unknown.
SHARES_PCT = (10, 20, 30, 40, 50, 60, 70, 80)


def candidates(view: View) -> list[tuple[str, str]]:
    """Area and activity of what may dominate: firms of the city, the zones they are in, and the core cluster."""
    areas = view.table("areas").set_index("area")
    inside = [code for code in areas.index if _lies_in(view.city, code, areas)]
    firms = [code for code in inside if areas.loc[code, "kind"] == "enterprise"]
    zones = [areas.loc[code, "parent"] for code in firms]
    zones = [code for code in zones if areas.loc[code, "kind"] == "zone"]
    core = view.table("clusters").query("tier == 'core'")["cluster"]
    return [(view.city, code) for code in core] + [(code, WHOLE) for code in dict.fromkeys([*zones, *firms])]


def _lies_in(city: str, code: str, areas: pd.DataFrame) -> bool:
    parent = areas.loc[code, "parent"]
    return parent == city or (parent in areas.index and _lies_in(city, parent, areas))


def rests(view: View) -> list[tuple[pd.Series, pd.Series, Rest]]:
    """City, part and the rest without it, of the newest month with level and growth of both, for each candidate.

    Returns
    -------
    list of (pandas.Series, pandas.Series, Rest)
        Rows of `year_to_date` and the rest with intervals; only of the newest month that any candidate has.
    """
    known = view.once(year_to_date).dropna(subset=["level", "growth_pct"])
    city = known[known["ref_area"].eq(view.city) & known["activity"].eq(WHOLE)].set_index("month")
    pairs = []
    for area, activity in candidates(view):
        part = known[
            known["ref_area"].eq(area) & known["activity"].eq(activity) & known["month"].isin(city.index)
        ]
        if len(part):
            pairs.append((city.loc[part.iloc[0]["month"]].rename("city"), part.iloc[0]))
    newest = max((part["month"] for _, part in pairs), default="")
    return [(whole, part, _rest(whole, part)) for whole, part in pairs if part["month"] == newest]


def _rest(whole: pd.Series, part: pd.Series) -> Rest:
    (level, growth), (part_level, part_growth) = _printed(whole), _printed(part)
    return metrics.without_part(level, growth, part=part_level, part_growth_pct=part_growth)


def _printed(row: pd.Series) -> tuple[Interval, Interval]:
    return (
        Interval.printed(row["level"], decimals=int(row["level_decimals"])),
        Interval.printed(row["growth_pct"], decimals=int(row["growth_decimals"])),
    )


def part_name(view: View, area: str, activity: str) -> str:
    """The area's name, or the activity's where the area is the city."""
    return view.name("activities", activity) if area == view.city else view.name("areas", area)


def dominant_finding(view: View) -> str | None:
    """Growth of the quarter without the dominant producer, or the bound that its growth alone gives."""
    found = [one for one in rests(view) if is_current(view, one[1]["month"])]
    if not found:
        return bound_words(view)
    _, part, rest = found[0]
    name = part_name(view, part["ref_area"], part["activity"])
    when = months_words(view, part["month"], year=False)
    growth = growth_words(rest.growth_pct.value, 1, view.lang)
    span = between(view, rest.growth_pct, 1, "%")
    return view.say(
        f"{when}扣除{name}，其余规上工业总产值{growth}（按舍入{span}）。",
        f"Without {name}, output in {when} was {growth} ({span} by rounding).",
    )


def dominant_table(view: View) -> Table | None:
    """The city with and without each candidate, of the newest month with level and growth of both."""
    found = rests(view)
    if not found:
        return None
    whole = found[0][0]
    rows = [_whole_row(view, whole)]
    for _, part, rest in found:
        rows += _pair_rows(view, whole, part, rest)
    month = whole_month(found)
    return Table(
        pd.DataFrame(rows),
        view.say(
            f"{months_words(view, month)}规上工业总产值：含与不含主导产业",
            f"Gross output with and without the dominant producer, {months_words(view, month)}",
        ),
        columns=(
            Column("name", view.say("范围", "Scope")),
            Column("level", view.say("产值", "Output"), view.say(1, 2), unit=view.money_unit),
            Column("share", view.say("占比", "Share"), 1, unit="%"),
            Column("growth", view.say("同比", "Growth"), 1, unit="%"),
            Column("range", view.say("舍入区间", "Rounding"), unit="%", align="right"),
            Column("pull", view.say("拉动", "Contribution"), 1, unit=view.say("百分点", "points")),
        ),
        source=view.source(sources_of(pd.DataFrame([whole, *(part for _, part, _ in found)]))),
        note=_note(view, month),
        lang=view.lang,
    )


def whole_month(found: list[tuple[pd.Series, pd.Series, Rest]]) -> str:
    """The month of the pairs."""
    return found[0][1]["month"]


def _whole_row(view: View, whole: pd.Series) -> dict[str, object]:
    growth = whole["growth_pct"]
    row = {"name": view.say("全市", "City"), "share": 100.0, "growth": growth, "range": None, "pull": growth}
    return row | {"level": view.money(whole["level"])}


def _pair_rows(view: View, whole: pd.Series, part: pd.Series, rest: Rest) -> list[dict[str, object]]:
    name = part_name(view, part["ref_area"], part["activity"])
    base = metrics.implied_base(whole["level"], whole["growth_pct"])
    part_base = metrics.implied_base(part["level"], part["growth_pct"])
    growth = rest.growth_pct
    rows = [
        (view.say(f"其中：{name}", f"of which {name}"), part["level"], part_base, part["growth_pct"], None),
        (
            view.say(f"不含{name}", f"without {name}"),
            rest.value.value,
            rest.base.value,
            growth.value,
            range_text(view, growth.lo, growth.hi),
        ),
    ]
    return [
        {
            "name": label,
            "level": view.money(level),
            "share": 100 * level / whole["level"],
            "growth": change,
            "range": span,
            "pull": metrics.contribution_pp(level, start, total_base=base),
        }
        for label, level, start, change, span in rows
    ]


def _note(view: View, month: str) -> str:
    note = view.say(
        "其余部分的增速由公布的产值与增速推算，区间是四个公布数的舍入造成的范围。各行主导产业互相包含，不能相加。",
        "Growth of the rest follows from published output and growth; the range is what the rounding of the four leaves. "
        "The producers contain each other and must not be added up.",
    )
    if is_current(view, month):
        return note
    return note + view.say(
        "这是最近一个可以推算的时期；本期没有查到主导产业的产值。",
        " This is the newest period with the figures; no output of the dominant producer was found for the quarter.",
    )


def growth_only(view: View) -> tuple[str, pd.Series, pd.Series] | None:
    """Name and growth of a candidate without a level, and the city's growth of the same months."""
    city = view.current(OUTPUT, "ytd_yoy")
    if city is None:
        return None
    for dimension in ("activity", "ref_area"):
        parts = growth_by(view, dimension)
        for _, row in parts.iterrows():
            if (row["ref_area"], row["activity"]) in candidates(view) and row[
                "time_period"
            ] == city.time_period:
                return part_name(view, row["ref_area"], row["activity"]), row, city
    return None


def bound_words(view: View) -> str | None:
    """What the growth of the dominant producer alone says of the rest."""
    found = growth_only(view)
    if found is None or found[1]["obs_value"] == found[2].value:
        return None
    name, part, city = found
    faster = part["obs_value"] > city.value
    grew, total = (
        pct(part["obs_value"], int(part["decimals"]), view.lang),
        pct(city.value, city.decimals, view.lang),
    )
    doubt = _doubt(view, part)
    turning = ""
    if faster and city.value > 0:
        share = pct(100 * city.value / part["obs_value"], 0, view.lang)
        turning = view.say(
            f"；若其占同期基数超过{share}，其余部分为下降",
            f"; if it made more than {share} of the base, the rest fell",
        )
    return view.say(
        f"没有公布{name}的产值，只能给出界限：其增速{grew}{doubt}{'高于' if faster else '低于'}全市{total}，"
        f"因此其余部分增速{'低于' if faster else '高于'}{total}{turning}。",
        f"No output of the {name} is published, so there are only bounds: it grew by {grew}{doubt}, "
        f"{'more' if faster else 'less'} than the city's {total}, so the rest grew {'less' if faster else 'more'} than that{turning}.",
    )


def _doubt(view: View, part: pd.Series) -> str:
    if part["indicator"] != UNSPECIFIED:
        return ""
    return brackets(
        view, view.say("原文未注明产值或增加值，按产值理解", "read as output; the source does not say")
    )


def bound_table(view: View) -> Table | None:
    """Growth of the rest for shares that the dominant producer may have had, where its level is not published."""
    found = growth_only(view)
    if found is None or any(is_current(view, part["month"]) for _, part, _ in rests(view)):
        return None
    name, part, city = found
    total = Interval.printed(city.value, decimals=city.decimals)
    grown = Interval.printed(part["obs_value"], decimals=int(part["decimals"]))
    most = metrics.largest_base_share(total, grown).hi
    rows = []
    for share in (share for share in SHARES_PCT if share / 100 < most):
        rest = metrics.rest_growth_pct(total, grown, part_base_share=share / 100)
        rows.append({"share": share, "growth": rest.value, "range": range_text(view, rest.lo, rest.hi)})
    when = months_words(view, city.last_month)
    return Table(
        pd.DataFrame(rows),
        view.say(
            f"{when}其余部分的增速取决于{name}的比重", f"Growth of the rest by the share of {name}, {when}"
        ),
        columns=(
            Column("share", view.say(f"假设{name}占同期基数", f"If {name} made of the base"), 0, unit="%"),
            Column("growth", view.say("其余部分同比", "Growth of the rest"), 1, unit="%"),
            Column("range", view.say("舍入区间", "Rounding"), unit="%", align="right"),
        ),
        source=view.source([part["source_id"], city.source_id]),
        note=view.say(
            f"比重是假设，不是公布数；公布了{name}的产值后本表由实际数代替。"
            f"比重不可能超过{fmt(100 * most, 1)}%，否则其余部分为负。{_unstated(view, part)}",
            f"The shares are assumptions, not figures; a published output of the {name} replaces this table. "
            f"More than {fmt(100 * most, 1)}% is impossible: the rest would be negative. {_unstated(view, part)}".strip(),
        ),
        lang=view.lang,
    )


def no_bounds(view: View) -> Note:
    """Why there is no table of bounds: they are not needed, or not even growth is published."""
    if any(is_current(view, part["month"]) for _, part, _ in rests(view)):
        words = view.say(
            "本期主导产业的产值和增速都已公布，上表是实际数，不需要另给界限。",
            "Output and growth of the dominant producer are published, so the table above needs no bounds.",
        )
    else:
        words = view.say(
            "本期没有查到主导产业的产值或增速，给不出界限；载入分行业或所在园区的公布数即可。",
            "Neither output nor growth of the dominant producer was found for the quarter; load figures by industry "
            "or of the zone it lies in.",
        )
    return Note(words)


def _unstated(view: View, part: pd.Series) -> str:
    if part["indicator"] != UNSPECIFIED:
        return ""
    return view.say(
        "原文未注明其增速是产值还是增加值，这里按产值理解。",
        "The source does not say whether its growth is of output or of value added; it is read as output.",
    )
