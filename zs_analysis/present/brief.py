"""The brief: the quarter on one page."""

import pandas as pd

from zs_analysis.metrics import ExFirmBound
from zs_analysis.model import Figure, figure_of
from zs_analysis.present import clusters, digital, forecasts, investment, output, targets
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import pct, rounded, yi
from zs_analysis.present.phrases import (
    amount,
    compared,
    findings,
    growth,
    growth_cell,
    listed,
    nothing,
    place_words,
    told,
    window,
)
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
PER_MU = "tax_per_mu_scale"
ENTERPRISES = (
    ("firm_innovative_sme_new", "ytd"),
    ("firm_specialised_sme_new", "ytd"),
    ("firm_little_giant_new", "ytd"),
    ("firm_chain_leader", "level"),
)
LIGHTS = {
    "red": ("红灯", "red"),
    "amber": ("黄灯", "amber"),
    "green": ("绿灯", "green"),
    "re-base": ("已提前达到", "met early"),
}
# So many parts are all named; of more, the first few and the last.
MOST_PARTS, FIRST = 5, 3
MOST_RED = 2


def summary(view: View) -> Findings:
    """The few findings an official needs, in the order of the review."""
    quarter = [
        compared(view, output.OUTPUT),
        compared(view, output.VALUE_ADDED),
        output.contribution_finding(view),
        output.rest_of_year_finding(view),
        investment_finding(view),
        compared(view, investment.RENOVATION),
        parts_finding(view, "activity"),
        parts_finding(view, "ref_area"),
        per_mu_finding(view),
        enterprise_finding(view),
        digital.growth_finding(view),
    ]
    plan = [forecasts.short_finding(view), lights_finding(view), revenue_finding(view)]
    return findings(view, [*(quarter if any(quarter) else [nothing(view)]), *plan])


def investment_finding(view: View) -> str | None:
    """Investment with and without the dominant firm, and what the two say together."""
    plain, known, bound = (
        compared(view, investment.TOTAL),
        investment.ex_firm(view),
        investment.telling_bound(view),
    )
    if plain is None or known is None:
        return plain
    name = investment.firm(view)
    without = view.say(f"；扣除{name}{growth(view, known[2])}", f"; without {name} {growth(view, known[2])}")
    bounded = _bound_words(view, bound) if bound else ""
    return told(view, plain[:-1] + without + bounded + plain[-1], plain, known[2])


def _bound_words(view: View, bound: ExFirmBound) -> str:
    least, share = bound.firm_base_min.value, bound.firm_base_share_min_pct.value
    if rounded(least, 1) == 0:
        return ""
    return view.say(
        f"，可推知上年同期{investment.firm(view)}投资至少{yi(least, 1)}（占{pct(share, 1)}以上）",
        f", so {investment.firm(view)} invested at least {yi(least, 1, 'en')} a year earlier ({pct(share, 1, 'en')} or more)",
    )


def parts_finding(view: View, dimension: str) -> str | None:
    """Growth of clusters or areas: all of a few, of many the first and the last.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}
    """
    parts = output.growth_by(view, dimension)
    if parts.empty:
        return None
    sizes = [pct(*one, view.lang) for one in zip(parts["obs_value"], parts["decimals"], strict=True)]
    items = [
        name + view.say(f"（{size}）", f" {size}") for name, size in zip(parts["name"], sizes, strict=True)
    ]
    when = window(view, figure_of(parts.iloc[0].to_dict()))
    stated = parts["indicator"].iloc[0] == output.OUTPUT
    doubt = "" if stated else view.say("（原文未注明产值或增加值）", " (output or value added, not stated)")
    said = listed(view, items) if len(items) <= MOST_PARTS else _first_and_last(view, items, parts, dimension)
    return told(
        view,
        view.say(
            f"{'分区域' if dimension == 'ref_area' else '分集群'}看，{when}同比增速：{said}{doubt}。",
            f"{'Areas' if dimension == 'ref_area' else 'Clusters'}, growth in {when}: {said}{doubt}.",
        ),
        *_named(parts),
    )


def _named(parts: pd.DataFrame) -> list[Figure]:
    rows = [figure_of(row) for row in parts.to_dict("records")]
    return rows if len(rows) <= MOST_PARTS else [*rows[:FIRST], rows[-1]]


def _first_and_last(view: View, items: list[str], parts: pd.DataFrame, dimension: str) -> str:
    rising, many = int(parts["obs_value"].gt(0).sum()), len(items)
    what = "区域" if dimension == "ref_area" else "集群"
    return view.say(
        f"{many}个{what}{'全部' if rising == many else f'中{rising}个'}增长，{listed(view, items[:FIRST])}居前，{items[-1]}最后",
        f"{'all' if rising == many else rising} of {many} grew; {listed(view, items[:FIRST])} lead, {items[-1]} comes last",
    )


def per_mu_finding(view: View) -> str | None:
    """Tax per mu with its place in the province and the plan's target."""
    level = view.current(PER_MU, "ytd")
    if level is None:
        return None
    place = view.beside(level, "rank")
    said = [amount(view, level), *([place_words(view, place)] if place else [])]
    table = view.once(targets.progress)
    asked = next(table[table["indicator"].eq(PER_MU) & table["ratio_pct"].notna()].itertuples(), None)
    if asked is not None:
        due, value = targets.due_words(view, asked), targets.target_words(view, asked)
        ratio = pct(asked.ratio_pct, 1, view.lang)
        said.append(view.say(f"为{due}目标值（{value}）的{ratio}", f"{ratio} of the target of {value} {due}"))
    when, name = window(view, level), view.name("indicators", PER_MU)
    return told(
        view,
        view.say(f"{when}{name}{'，'.join(said)}。", f"{name}, {when}: {', '.join(said)}."),
        level,
        place,
    )


def enterprise_finding(view: View) -> str | None:
    """How the ladder of enterprises grew: what was added this year, and what is expected of the year."""
    known = [(code, view.current(code, kind)) for code, kind in ENTERPRISES]
    items = [_counted(view, code, amount(view, one)) for code, one in known if one]
    expected = view.expected("firms_scale")
    if expected:
        items.append(_counted(view, "firms_scale", view.say("预计", "expected ") + amount(view, expected)))
    if not items:
        return None
    return told(
        view,
        view.say(f"企业培育：{listed(view, items)}。", f"Enterprises: {'; '.join(items)}."),
        *(one for _, one in known),
        expected,
    )


def _counted(view: View, code: str, words: str) -> str:
    name = view.name("indicators", code)
    return view.say(name.removesuffix("数"), f"{name} ") + words


def lights_finding(view: View) -> str | None:
    """Targets by light, the red ones by name."""
    table = view.once(targets.progress)
    if table.empty:
        return None
    counts = {state: int(table["state"].eq(state).sum()) for state in ("red", "amber", "green", "re-base")}
    words = [
        view.say(f"{LIGHTS[state][0]}{count}项", f"{count} {LIGHTS[state][1]}")
        + _red_names(view, table, state)
        for state, count in counts.items()
        if count
    ]
    rest = len(table) - sum(counts.values())
    words += (
        [view.say(f"其余{rest}项没有可对照的公布数或不评价", f"{rest} without an outcome or not rated")]
        if rest
        else []
    )
    return told(
        view,
        view.say(
            f"在期量化目标{len(table)}项：{'，'.join(words)}。",
            f"{len(table)} numeric targets: {', '.join(words)}.",
        ),
        targets.counted(view, "running", len(table)),
        *(targets.counted(view, state, count) for state, count in counts.items() if count),
    )


def _red_names(view: View, table: pd.DataFrame, state: str) -> str:
    if state != "red":
        return ""
    names = [targets.name_of(view, row) for row in table[table["state"].eq(state)].itertuples()]
    more = view.say("等", " and others") if len(names) > MOST_RED else ""
    inside = listed(view, names[:MOST_RED]) + more
    return view.say(f"（{inside}）", f" ({inside})")


def revenue_finding(view: View) -> str | None:
    """Growth that the clusters' revenue target takes, in short."""
    known = clusters.required_growth(view)
    if known is None:
        return None
    start, target, rate = known
    own = clusters.is_own(start)
    whose = view.say("集群", "the clusters") if own else view.say("全部规上工业", "all industry")
    return told(
        view,
        view.say(
            f"要在{target['deadline']}年使集群营业收入突破{yi(target['value'], 0)}，以{start.time_period}年{whose}"
            f"{amount(view, start)}为参照，年均需增长{pct(rate, 1)}。",
            f"To lift the clusters' revenue above {yi(target['value'], 0, 'en')} by {target['deadline']} takes "
            f"{pct(rate, 1, 'en')} a year from the {amount(view, start)} of {whose} in {start.time_period}.",
        ),
        start,
        clusters.required_metric(view, known),
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
            "Key figures of industry above designated size (value added at comparable prices, all else at current prices)",
        ),
        columns=(
            Column("name", view.say("指标", "Indicator")),
            Column("window", view.say("时期", "Period")),
            Column("level", view.say("数值", "Level"), align="right"),
            Column("growth", view.say("同比", "Growth"), align="right", unit="%"),
            Column("rank", view.say("全省位次", "Place"), 0),
            Column("place", view.say("出处", "Clause")),
        ),
        source=view.source(source for row in rows for source in row["sources"]),
        note=_key_note(view),
        lang=view.lang,
    )


def _key_note(view: View) -> str:
    known, from_plan = view.about.plan[view.lang], ""
    if len(view.table("targets")):
        from_plan = view.say(f"目标取自{known}；", f"targets are those of the {known}; ")
    return view.say(
        f"只用截至报告日已公布的数字；{from_plan}依据见各专题报告。",
        f"Only what was published by the day of the report; {from_plan}the evidence stands in the reports by subject.",
    )


def _key_row(view: View, indicator: str) -> dict[str, object] | None:
    level, change = view.level_and_growth(indicator)
    dated = level or change
    if dated is None:
        return None
    # The caption says of which industry; the short name keeps the table's lines single on paper.
    name = view.name("indicators", indicator).replace(" of industry above designated size", "")
    place = view.beside(dated, "ytd_yoy_rank") or view.beside(dated, "rank")
    return {
        "name": name,
        "window": window(view, dated),
        "level": amount(view, level) if level else None,
        "growth": growth_cell(view, change) if change else None,
        "rank": place.value if place else None,
        "place": dated.place or None,
        "sources": [figure.source_id for figure in (level, change, place) if figure],
    }
