"""The enterprise ladder (企业梯度培育): firms on each rung, how they move, and what is published about them."""

from collections.abc import Iterable

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics.ladder import ABSENT, BELOW, CHAINS, MEASURES, UNKNOWN
from zs_analysis.model import Figure
from zs_analysis.present import charts, register, targets
from zs_analysis.present.chart import Chart
from zs_analysis.present.disclosure import Disclosure
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import yi
from zs_analysis.present.phrases import amount, findings, listed, told, window
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

YEARS = "enterprise_years"
SIZE_WORDS = {
    "output": ("产值{}以上", "output of {} or more"),
    "revenue": ("营业收入{}以上", "revenue of {} or more"),
}
STANDING_WORDS = {
    "above_scale": ("规上工业", "above designated size"),
    "listed": ("上市", "listed"),
    "innovative": ("省级创新型中小企业及以上", "innovative SME or higher"),
    "specialised": ("省级专精特新及以上", "specialised SME or higher"),
    "little_giant": ("国家“小巨人”", "national little giant"),
    "chain_leader_city": ("市级以上“链主”", "chain leader, city or higher"),
    "chain_leader_province": ("省级“链主”", "chain leader, province"),
}
SHORT_WORDS = {
    "above_scale": ("规上", "scale"),
    "listed": ("上市", "listed"),
    "innovative": ("创新型", "innovative"),
    "specialised": ("专精特新", "specialised"),
    "little_giant": ("小巨人", "little giant"),
    "chain_leader_city": ("市级链主", "city leader"),
    "chain_leader_province": ("省级链主", "province leader"),
}
SHORT_SIZES = {"output": ("产值 {}", "output {}"), "revenue": ("收入 {}", "revenue {}")}
RUNGS = (
    "above_scale",
    "output_500m",
    "output_1bn",
    "revenue_1bn",
    "revenue_10bn",
    "listed",
    "innovative",
    "specialised",
    "little_giant",
    "chain_leader_city",
    "chain_leader_province",
)
# The indicator that is published, or asked for, of each rung.
INDICATORS = {
    "above_scale": "firms_scale",
    "output_1bn": "firm_output_1bn",
    "revenue_1bn": "firm_revenue_1bn",
    "revenue_10bn": "firm_revenue_10bn",
    "listed": "firm_listed",
    "specialised": "firm_specialised_sme",
    "chain_leader_city": "firm_chain_leader",
}
# Left out of tables by cluster and area, which have no room for all.
NARROW = ("innovative", "chain_leader_province")
ADDED = ("firm_innovative_sme_new", "firm_specialised_sme_new", "firm_little_giant_new")
OTHERS = ("firm_specialised_sme_applied", "benchmark_coverage")
TRACED = (*INDICATORS.values(), *ADDED, *OTHERS)
STATES = {
    ABSENT: ("不在名录", "not in the register"),
    BELOW: ("以下", "below"),
    UNKNOWN: ("数据缺失", "not known"),
}


def limits(view: View) -> dict[str, float]:
    """Thresholds of the size rungs in force in the quarter, in 10,000 yuan, as the registers are."""
    rules = view.rules("ladder")
    return {
        rung: metrics.convert(
            rules.loc[rung, "value"], rules.loc[rung, "unit"], to="1e4_cny", units=view.units
        )
        for rung in MEASURES
    }


def rung_name(view: View, rung: str, *, short: bool = False) -> str:
    """A rung in words; sizes with the threshold in force. Short ones head columns."""
    if rung not in MEASURES:
        words = STANDING_WORDS | STATES | (SHORT_WORDS if short else {})
        return view.say(*words[rung])
    threshold = metrics.convert(limits(view)[rung], "1e4_cny", to="1e8_cny", units=view.units)
    sizes = SHORT_SIZES if short else SIZE_WORDS
    return view.say(*sizes[MEASURES[rung]]).format(yi(threshold, lang=view.lang))


def members(view: View) -> pd.DataFrame:
    """Who stood on which rung in the years up to the reported one, as `metrics.rung_members` has it."""
    return metrics.rung_members(register.years(view), limits(view))


def newest_years(view: View) -> list[str]:
    """The years of the register up to the reported one, in order."""
    return sorted(register.years(view)["year"].unique())


def summary(view: View) -> Findings:
    """Findings that open the report."""
    known = [added_finding(view), expected_finding(view)]
    if register.years(view).empty:
        return findings(view, [*known, missing_finding(view)] if any(known) else [])
    return findings(view, [*known, register_finding(view), move_finding(view), gap_finding(view)])


def added_finding(view: View) -> str | None:
    """Firms recognised this year, as published."""
    found = [one for one in (view.current(code, "ytd") for code in ADDED) if one]
    if not found:
        return None
    items = [f"{_added_name(view, one)}{view.say('', ' ')}{amount(view, one)}" for one in found]
    when = window(view, found[0])
    return told(
        view, view.say(f"{when}新增{listed(view, items)}。", f"New, {when}: {listed(view, items)}."), *found
    )


def _added_name(view: View, one: Figure) -> str:
    """The firms that were added, without the words that say so: 省级创新型中小企业."""
    name = view.name("indicators", one.indicator)
    return view.say(name.removeprefix("新增").removesuffix("数"), name.removeprefix("New "))


def expected_finding(view: View) -> str | None:
    """Firms above designated size that are expected for the year, and chain leaders."""
    expected, leaders = view.expected("firms_scale"), view.current("firm_chain_leader", "level")
    parts = []
    if expected:
        parts.append(
            view.say(
                f"预计全年规上工业企业{amount(view, expected)}",
                f"firms above designated size expected for the year: {amount(view, expected)}",
            )
        )
    if leaders:
        parts.append(
            view.say(
                f"市级以上“链主”企业{amount(view, leaders)}",
                f"chain leaders of the city or higher: {amount(view, leaders)}",
            )
        )
    text = view.say("；", "; ").join(parts)
    return told(view, text[0].upper() + text[1:] + view.say("。", "."), expected, leaders) if parts else None


def missing_finding(view: View) -> str:
    """That there is no register to count."""
    return view.say(
        "数据包没有企业年度数据，各梯级的企业数和升降无法统计。",
        "The data package holds no yearly figures of firms, so rungs and moves cannot be counted.",
    )


def register_finding(view: View) -> str:
    """How many firms stood on the rungs in the newest year of the register."""
    year, counts = newest_years(view)[-1], view.once(count_table).iloc[-1]
    before = view.once(count_table)["above_scale"].shift().iloc[-1]
    total = len(register.years(view).query("year == @year"))
    change = _change_words(view, counts["above_scale"] - before)
    higher = [
        f"{rung_name(view, rung)}{view.say('', ' ')}{_firms(view, counts[rung])}" for rung in RUNGS[1:5]
    ]
    return view.say(
        f"{year}年在册企业{total}家，其中规上工业{counts['above_scale']}家{change}；{listed(view, higher)}。",
        f"In {year} the register held {_firms(view, total)}, {counts['above_scale']} of them above designated "
        f"size{change}; {listed(view, higher)}.",
    )


def _firms(view: View, count: int) -> str:
    return view.say(f"{count}家", f"{count} firm{'' if count == 1 else 's'}")


def _change_words(view: View, change: float) -> str:
    if pd.isna(change):
        return ""
    if change == 0:
        return view.say("（与上年持平）", " (as many as the year before)")
    word = view.say(*(("增加", "more") if change > 0 else ("减少", "fewer")))
    return view.say(
        f"（比上年{word}{abs(change):.0f}家）", f" ({abs(change):.0f} {word} than the year before)"
    )


def count_table(view: View) -> pd.DataFrame:
    """Firms on each rung, a row a year."""
    counts = metrics.rung_counts(view.once(members))
    return counts.pivot(index="year", columns="rung", values="firms")[list(RUNGS)]


def move_finding(view: View) -> str | None:
    """How many firms went up and down the ladder of output between the newest two years."""
    known = newest_years(view)
    if len(known) < 2:
        return None
    flows = _flows(view, "output")
    moves = metrics.rung_moves(flows)
    up, down = moves["up"].sum(), moves["down"].sum()
    came, went = flows.loc[ABSENT].sum(), flows[ABSENT].sum()
    return view.say(
        f"{known[-2]}—{known[-1]}年，按产值梯级上升{up}家、下降{down}家；新进名录{came}家，退出{went}家。",
        f"From {known[-2]} to {known[-1]}, {_firms(view, up)} moved up the ladder of output and {down} moved down; "
        f"{came} entered the register and {went} left it.",
    )


def _flows(view: View, chain: str) -> pd.DataFrame:
    held = metrics.highest_rung(view.once(members), CHAINS[chain])
    return metrics.transitions(held, *newest_years(view)[-2:], CHAINS[chain])


def targets_of(view: View) -> dict[str, tuple]:
    """The running target of each rung, where there is one; of several the one due last."""
    running = targets.running_targets(view).sort_values("deadline")
    by_indicator = {row.indicator: row for row in running.itertuples()}
    return {rung: by_indicator[code] for rung, code in INDICATORS.items() if code in by_indicator}


def gap_finding(view: View) -> str | None:
    """Which targets of the ladder the register has reached, and how far the others are."""
    counts = view.once(count_table).iloc[-1]
    asked = targets_of(view)
    if not asked:
        return None
    met = [rung_name(view, rung) for rung, row in asked.items() if counts[rung] >= row.value]
    short = [
        f"{rung_name(view, rung)}{view.say('差', ' by ')}{row.value - counts[rung]:.0f}{view.say('家', '')}"
        for rung, row in asked.items()
        if counts[rung] < row.value
    ]
    year = newest_years(view)[-1]
    parts = [view.say(f"已达到{listed(view, met)}", f"met: {listed(view, met)}")] if met else []
    parts += [view.say(f"未达到{listed(view, short)}", f"short: {listed(view, short)}")] if short else []
    return view.say(
        f"按{year}年台账对照目标，{'；'.join(parts)}。",
        f"Targets held against the register of {year}: {'; '.join(parts)}.",
    )


def published(view: View, rung: str) -> Figure | None:
    """The newest published count of a rung, or what is announced for the year."""
    code = INDICATORS.get(rung)
    if code is None:
        return None
    cells = [(kind, activity) for kind in ("level", "cumulative") for activity in ("total", "manufacturing")]
    known = [view.figure(code, kind, ref_area=view.city, activity=activity) for kind, activity in cells]
    newest = max(filter(None, known), key=_month, default=None)
    this_year = newest is not None and newest.last_month[:4] == view.year
    return newest if this_year else view.expected(code) or newest


def _month(one: Figure) -> str:
    return one.last_month


def ladder_table(view: View) -> Table | None:
    """Every rung: firms in the register, what is published, what the target asks."""
    asked, told = targets_of(view), {rung: published(view, rung) for rung in RUNGS}
    counts = None if register.years(view).empty else view.once(count_table)
    rungs = [rung for rung in RUNGS if counts is not None or rung in asked or told[rung]]
    if not rungs:
        return None
    frame = pd.DataFrame(
        {
            "rung": [_capital(rung_name(view, rung)) for rung in rungs],
            "published": [_told_words(view, told[rung]) for rung in rungs],
            "target": [_target_words(view, asked.get(rung)) for rung in rungs],
        }
    )
    columns = [Column("rung", view.say("梯级", "Rung"))]
    if counts is not None:
        columns += _add_counts(view, frame, counts, rungs, asked)
    columns += [
        Column("published", view.say("公布数", "Published"), align="left"),
        Column("target", view.say("目标", "Target"), align="left"),
    ]
    sources = [*(row.source_id for row in asked.values()), *(one.source_id for one in told.values() if one)]
    return Table(
        frame,
        view.say("企业梯度：台账、公布数与目标", "The ladder: register, published counts and targets"),
        columns=tuple(columns),
        source=_sources(view, sources, counts is not None),
        note=view.say(
            "上一级企业同时计入下一级。公布数与台账口径可能不同，两者都列出，不作调整。",
            "A rung counts the firms of the rungs above it. Published and register counts may differ in scope; "
            "both are shown as they are.",
        ),
        lang=view.lang,
        **_counts(counts is not None, frame),
    )


def _counts(from_register: bool, frame: pd.DataFrame) -> dict[str, Disclosure]:
    return {"disclosure": Disclosure.counts(frame)} if from_register else {}


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _add_counts(
    view: View, frame: pd.DataFrame, counts: pd.DataFrame, rungs: list[str], asked: dict[str, tuple]
) -> list[Column]:
    years = counts.index[-2:]
    for year in years:
        frame[year] = counts.loc[year, rungs].to_numpy()
    gaps = [asked[rung].value - counts[rung].iloc[-1] if rung in asked else None for rung in rungs]
    frame["to_go"] = pd.array([gap if gap is None else max(gap, 0) for gap in gaps], dtype="Float64")
    heads = [Column(year, view.say(f"{year}年台账", f"Register {year}"), 0) for year in years]
    return [*heads, Column("to_go", view.say("距目标", "Short of target"), 0)]


def _told_words(view: View, one: Figure | None) -> str | None:
    if one is None:
        return None
    when = window(view, one)
    status = view.say("预计", "expected, ") if one.obs_status == "F" else ""
    return amount(view, one) + view.say(f"（{status}{when}）", f" ({status}{when})")


def _target_words(view: View, row: tuple | None) -> str | None:
    if row is None:
        return None
    due = targets.due_words(view, row)
    return targets.target_words(view, row) + view.say(f"（{due}）", f" ({due})")


def _sources(view: View, codes: Iterable[str], with_register: bool) -> str:
    parts = [view.source(codes)] if list(codes) else []
    parts += [register.source(view, YEARS)] if with_register else []
    return view.say("；", "; ").join(parts)


def added_chart(view: View) -> Chart | None:
    """Firms recognised this year, as published."""
    found = {code: one for code in ADDED if (one := view.current(code, "ytd"))}
    if not found:
        return None
    frame = view.frame(found)
    most = max(found.values(), key=lambda one: one.value)
    return charts.bars(
        frame,
        "name",
        "value",
        title=view.say(
            f"{window(view, most)}新增{_added_name(view, most)}最多，{amount(view, most)}",
            f"New this year, {window(view, most)}: most are {_added_name(view, most)} ({amount(view, most)})",
        ),
        unit=view.say("家", "firms"),
        source=view.source(one.source_id for one in found.values()),
        lang=view.lang,
    )


def ladder_chart(view: View) -> Chart | None:
    """Firms on each rung by year."""
    if register.years(view).empty:
        return None
    counts = view.once(count_table)
    names = [_capital(rung_name(view, rung)) for rung in RUNGS]
    frame = pd.DataFrame(
        {
            "rung": [name for name in names for _ in counts.index],
            "year": list(counts.index) * len(names),
            "firms": counts.T.to_numpy().ravel(),
        }
    )
    first, last = counts.index[0], counts.index[-1]
    grown = int((counts.iloc[-1] > counts.iloc[0]).sum())
    return charts.panels(
        frame,
        "rung",
        "year",
        "firms",
        title=view.say(
            f"{first}—{last}年，{len(RUNGS)}个梯级中{grown}个企业数增加",
            f"From {first} to {last} the number of firms grew on {grown} of {len(RUNGS)} rungs",
        )
        if len(counts) > 1
        else view.say(f"{last}年各梯级企业数", f"Firms on each rung in {last}"),
        unit=view.say("家；各图纵轴不同", "firms; each panel has its own scale"),
        source=register.source(view, YEARS),
        lang=view.lang,
        disclosure=Disclosure.counts(frame),
    )


def transition_table(view: View, chain: str = "output") -> Table | None:
    """From which rung to which firms went between the newest two years.

    Parameters
    ----------
    chain : {"output", "revenue", "specialised", "chain_leader"}
        Which ladder.
    """
    if len(newest_years(view)) < 2:
        return None
    flows, known = _flows(view, chain), newest_years(view)[-2:]
    shown = [
        state for state in flows.index if state != UNKNOWN or flows.loc[UNKNOWN].sum() + flows[UNKNOWN].sum()
    ]
    table = flows.loc[shown, shown].assign(total=flows.loc[shown, shown].sum(axis=1))
    table.loc["total"] = table.sum()
    words = {state: _state_words(view, state, chain) for state in shown} | {"total": view.say("合计", "All")}
    frame = table.rename(columns=str).reset_index(drop=True)
    frame.insert(0, "from", [words[state] for state in table.index])
    frame.loc[frame.index[0], ABSENT] = None
    return Table(
        frame,
        view.say(
            f"{_chain_words(view, chain)}：{known[0]}年所在梯级（行）到{known[1]}年所在梯级（列）",
            f"{_chain_words(view, chain)}: rung in {known[0]} (rows) to rung in {known[1]} (columns)",
        ),
        unit=view.say("家", "firms"),
        columns=(
            Column("from", view.say(f"{known[0]}年", known[0])),
            *(Column(state, _head(view, state, chain), 0, align="right") for state in table.columns),
        ),
        source=register.source(view, YEARS),
        note=view.say(
            "每家企业按所在的最高梯级计一次。对角线为未变动，其右为上升，其左为下降。",
            "Each firm counts once, on its highest rung. The diagonal stayed, right of it moved up, left of it down.",
        ),
        lang=view.lang,
        disclosure=Disclosure.counts(frame),
    )


def _chain_words(view: View, chain: str) -> str:
    words = {
        "output": ("产值梯级", "Ladder of output"),
        "revenue": ("营业收入梯级", "Ladder of revenue"),
        "specialised": ("专精特新梯级", "Ladder of specialised SMEs"),
        "chain_leader": ("“链主”梯级", "Ladder of chain leaders"),
    }
    return view.say(*words[chain])


def _head(view: View, state: str, chain: str) -> str:
    if state == "total":
        return view.say("合计", "All")
    return _state_words(view, state, chain, short=True)


def _state_words(view: View, state: str, chain: str, *, short: bool = False) -> str:
    if state == BELOW:
        first = {
            "above_scale": ("规下", "below designated size"),
            "innovative": ("未入库", "none"),
            "chain_leader_city": ("非“链主”", "none"),
        }
        return view.say(*first[CHAINS[chain][0]])
    return rung_name(view, state, short=short)


def turnover_table(view: View) -> Table | None:
    """Firms new on each rung and lost from it between the newest two years."""
    known = newest_years(view)[-2:]
    if len(known) < 2:
        return None
    turnover = metrics.rung_turnover(view.once(members), *known).loc[list(RUNGS)]
    frame = turnover.reset_index().assign(rung=[_capital(rung_name(view, rung)) for rung in RUNGS])
    columns = {
        "rung": view.say("梯级", "Rung"),
        "before": view.say(f"{known[0]}年", known[0]),
        "new": view.say("新增", "New"),
        "lost": view.say("退出", "Lost"),
        "unclear": view.say("数据缺失所致净变动", "Net of missing values"),
        "after": view.say(f"{known[1]}年", known[1]),
    }
    if not frame["unclear"].any():
        del columns["unclear"]
    return Table(
        frame,
        view.say(
            f"{known[0]}—{known[1]}年各梯级新增和退出的企业数",
            f"Firms new and lost on each rung, {known[0]} to {known[1]}",
        ),
        unit=view.say("家", "firms"),
        columns=tuple(Column(key, label, None if key == "rung" else 0) for key, label in columns.items()),
        source=register.source(view, YEARS),
        lang=view.lang,
        disclosure=Disclosure.counts(frame),
    )


def group_table(view: View, by: str) -> Table | None:
    """Firms of each cluster or area on the rungs in the newest year.

    Parameters
    ----------
    by : {"cluster", "ref_area"}
        What to count by.
    """
    if register.years(view).empty:
        return None
    year = newest_years(view)[-1]
    counts = metrics.rung_counts(view.once(members), register.firms(view)[by])
    table = counts[counts["year"].eq(year)].pivot(index="group", columns="rung", values="firms")[list(RUNGS)]
    order = [code for code in register.group_order(view, by) if code in table.index]
    table = table.loc[order]
    frame = pd.concat([table, table.sum().to_frame("total").T]).reset_index(drop=True)
    frame.insert(
        0, "name", [*(register.group_name(view, by, code) for code in order), view.say("合计", "All")]
    )
    what = view.say(*register.GROUPS[by])
    shown = [rung for rung in RUNGS if rung not in NARROW and frame[rung].any()]
    return Table(
        frame,
        view.say(f"{year}年各梯级企业数，按{what}", f"Firms on each rung in {year}, by {what.lower()}"),
        unit=view.say("家", "firms"),
        columns=(
            Column("name", what),
            *(Column(rung, _capital(rung_name(view, rung, short=True)), 0) for rung in shown),
        ),
        source=register.source(view, YEARS, "enterprises"),
        note=view.say(
            f"集群按企业名录的行业归入；不在{view.about.clusters['zh']}内的行业合为其他行业。",
            f"Clusters go by the industry in the register; industries outside the {view.about.clusters['en']} are put together.",
        )
        if by == "cluster"
        else "",
        lang=view.lang,
        disclosure=Disclosure.counts(frame),
    )
