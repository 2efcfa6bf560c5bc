"""Digital economy, innovation and enterprise services: the review's indicators, subject by subject."""

from dataclasses import dataclass

import pandas as pd

from zs_analysis.model import Figure, figure, figure_of
from zs_analysis.present import charts, targets
from zs_analysis.present.chart import Chart
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import pct
from zs_analysis.present.phrases import (
    amount,
    findings,
    growth,
    growth_cell,
    listed,
    place_words,
    told,
    window,
)
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View


@dataclass(frozen=True)
class Item:
    """A line of a subject: an indicator of an activity in the city or its province, and what to call it (else its codes' names)."""

    indicator: str
    activity: str = "total"
    in_province: bool = False
    names: tuple[str, str] | None = None
    short: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Reading:
    """What is published about an item up to the quarter: a level, its growth, a place, and the target."""

    item: Item
    level: Figure | None
    growth: Figure | None
    place: Figure | None
    target: tuple | None

    @property
    def dated(self) -> Figure:
        """The figure that dates the line."""
        return self.level or self.growth


GROWTH = (
    Item(
        "investment_fixed_asset",
        "digital_core",
        names=("数字经济核心产业项目投资", "Project investment, digital core industries"),
        short=("项目投资", "project investment"),
    ),
    Item(
        "revenue",
        "digital_core",
        names=("数字经济核心产业营业收入", "Revenue, digital core industries"),
        short=("营业收入", "revenue"),
    ),
    Item(
        "va_scale",
        "digital_core_manufacturing",
        names=("数字经济核心制造业增加值", "Value added, digital core manufacturing"),
        short=("核心制造业增加值", "value added of core manufacturing"),
    ),
    Item(
        "revenue",
        "software",
        names=("软件与信息服务业营业收入", "Revenue, software and information services"),
        short=("软件与信息服务业营业收入", "revenue of software services"),
    ),
)
SUBJECTS: dict[str, tuple[tuple[str, str], tuple[Item, ...]]] = {
    "economy": (
        ("数字经济", "Digital economy"),
        (
            *GROWTH,
            Item("base_station_5g"),
            Item("base_station_5g_per_1e4_person"),
            Item("firm_ship_iot"),
            Item("ship_iot_installation"),
            Item("ship_iot_revenue"),
            Item("digital_case_provincial"),
        ),
    ),
    "factories": (
        ("数字化改造", "Digital transformation"),
        (
            Item("digital_coverage"),
            Item("future_factory_pilot_new"),
            Item("smart_factory_pilot_new"),
            Item("smart_demo_factory_national"),
            Item("smart_demo_factory_national", in_province=True),
            Item("firm_single_champion_pool"),
        ),
    ),
    "services": (
        ("助企服务", "Enterprise services"),
        (
            Item("burden_reduction"),
            Item("policy_fund_paid"),
            Item("beneficiary_entity"),
            Item("special_fund_industry"),
            Item("support_fund_paid_ratio"),
            Item("firm_assistant"),
            Item("firm_assistant_city"),
            Item("firm_problem_collected"),
            Item("firm_problem_resolved_ratio"),
            Item("practice_provincial"),
            Item("matching_event"),
        ),
    ),
    "innovation": (
        ("创新", "Innovation"),
        (
            Item("new_product_ratio_scale"),
            Item("tech_centre_city_new"),
            Item("new_product_project"),
            Item("new_product_appraisal"),
            Item("first_set_product_provincial", "ships"),
            Item("open_bid_project", "seafood"),
            Item("production_line_automated_new", "seafood"),
            Item("design_top_product"),
        ),
    ),
    "clusters": (
        ("集群建设与招引", "Cluster building and new projects"),
        (
            Item("cluster_core_zone_provincial"),
            Item("cluster_coordinated_zone_provincial"),
            Item("industrial_fund", "petrochemicals"),
            Item("ship_new_order", "ships"),
            Item("small_firm_park_building", "manufacturing"),
            Item("inefficient_firm_rectified"),
            Item("chain_project_listed"),
            Item("investment_total", "clean_energy_equipment"),
        ),
    ),
    "other": (
        ("其他", "Other"),
        (
            Item("export_delivery_scale"),
            Item(
                "gdp",
                "industry_scale",
                names=(
                    "规上工业对全市GDP增速的贡献率",
                    "Industry above designated size, contribution to GDP growth",
                ),
            ),
            Item("major_project", "manufacturing"),
            Item("benchmark_coverage", "manufacturing"),
            Item("ethylene_capacity_new", "petrochemicals"),
            Item("county_level_division", in_province=True),
        ),
    ),
}
INDICATORS = tuple(dict.fromkeys(item.indicator for _, items in SUBJECTS.values() for item in items))
# What the findings say of each subject; the rest stands in its table.
HEADLINES = {
    "economy": ("base_station_5g", "base_station_5g_per_1e4_person", "ship_iot_revenue"),
    "factories": ("digital_coverage", "future_factory_pilot_new", "smart_factory_pilot_new"),
    "services": ("burden_reduction", "policy_fund_paid", "firm_problem_resolved_ratio"),
    "innovation": ("new_product_ratio_scale", "tech_centre_city_new", "first_set_product_provincial"),
    "clusters": ("cluster_core_zone_provincial", "ship_new_order", "inefficient_firm_rectified"),
    "other": (),
}
# Clauses of the plan on digital empowerment and on innovation.
CLAUSES = ("二(五)", "二(六)")
STOCKS = ("level", "cumulative", "contribution")
FIRST_PLACES = 3


def summary(view: View) -> Findings:
    """Findings that open the report."""
    return findings(
        view,
        [
            growth_finding(view),
            *(subject_finding(view, subject) for subject in SUBJECTS),
            plan_finding(view),
        ],
    )


def readings(view: View, subject: str) -> list[Reading]:
    """What is published about the items of a subject; items without a figure of the year are left out."""
    return view.once(_readings)[subject]


def _readings(view: View) -> dict[str, list[Reading]]:
    running = list(view.once(targets.progress).itertuples())
    return {
        subject: [found for item in items if (found := _reading(view, item, running))]
        for subject, (_, items) in SUBJECTS.items()
    }


def _reading(view: View, item: Item, running: list[tuple]) -> Reading | None:
    where = {"ref_area": _area(view, item), "activity": item.activity}
    level, change = view.level_and_growth(item.indicator, **where)
    level = level or (None if change else _stock(view, item))
    dated = level or change
    if dated is None:
        return None
    place = view.beside(dated, "ytd_yoy_rank") or view.beside(dated, "rank")
    cell = (item.indicator, where["ref_area"], item.activity)
    about = [one for one in running if _cell(one) == cell and one.start <= view.year]
    return Reading(item, level, change, place, about[0] if about else None)


def _cell(target: tuple) -> tuple[str, str, str]:
    return target.indicator, target.ref_area, target.activity


def _area(view: View, item: Item) -> str:
    return view.province if item.in_province else view.city


def _stock(view: View, item: Item) -> Figure | None:
    """A stock or a sum over years of the reported year, else what the publisher expects of the year."""
    rows = view.past[view.past["time_period"].str[:4].eq(view.year)]
    for kind in STOCKS:
        if found := figure(rows, item.indicator, kind, ref_area=_area(view, item), activity=item.activity):
            return found
    own = not item.in_province and item.activity == "total"
    return view.expected(item.indicator) if own else None


def growing(view: View) -> list[Reading]:
    """The digital economy's growth rates, in percent, of the newest months that any of them covers."""
    known = readings(view, "economy")
    known = [one for one in known if one.item in GROWTH and one.growth and one.growth.unit == "pct"]
    newest = max((one.growth.last_month for one in known), default="")
    return [one for one in known if one.growth.last_month == newest]


def growth_finding(view: View) -> str | None:
    """Growth of the digital economy's core industries and their places in the province."""
    known = growing(view)
    if not known:
        return None
    items = [view.say(*one.item.short) + _size_and_place(view, one) for one in known]
    when = window(view, known[0].growth)
    return told(
        view,
        view.say(
            f"{when}数字经济核心产业同比增速：{listed(view, items)}。",
            f"Digital core industries, growth in {when} and place in the province: {listed(view, items)}.",
        ),
        *(figure for one in known for figure in (one.growth, one.place)),
    )


def _size_and_place(view: View, reading: Reading) -> str:
    size = pct(reading.growth.value, reading.growth.decimals, view.lang)
    place = place_words(view, reading.place) if reading.place else ""
    if view.lang == "en":
        return f" {size}" + (f" ({place.removesuffix(' in the province')})" if place else "")
    return f"（{size}{'，' if place else ''}{place}）"


def _brackets(view: View, parts: list[str]) -> str:
    return view.say(f"（{'，'.join(parts)}）", f" ({', '.join(parts)})") if parts else ""


def subject_finding(view: View, subject: str) -> str | None:
    """The headline figures of a subject in one sentence, grouped by the months they cover."""
    known = [one for one in readings(view, subject) if one.item.indicator in HEADLINES[subject]]
    if not known:
        return None
    groups: dict[str, list[str]] = {}
    for reading in known:
        groups.setdefault(window(view, reading.dated), []).append(_said(view, reading))
    name = view.say(*SUBJECTS[subject][0])
    parts = [
        f"{when}{view.say('', ': ')}{view.say('、', '; ').join(items)}" for when, items in groups.items()
    ]
    return told(
        view,
        view.say(f"{name}：{'；'.join(parts)}。", f"{name}. {'. '.join(map(_capital, parts))}."),
        *(figure for one in known for figure in (one.dated, one.place)),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _said(view: View, reading: Reading) -> str:
    name, level = name_of(view, reading.item), reading.level
    if level is None:
        return name + view.say("", " ") + growth(view, reading.growth)
    place = [place_words(view, reading.place)] if reading.place else []
    return name + view.say("", " ") + _level_words(view, level) + _brackets(view, place)


def _level_words(view: View, level: Figure) -> str:
    expected = view.say("预计", "expected ") if level.obs_status == "F" else ""
    return expected + amount(view, level)


def name_of(view: View, item: Item) -> str:
    """Name of an item, with its activity and area where they are not the city's whole industry."""
    if item.names:
        return view.say(*item.names)
    names = [view.name("areas", view.province)] if item.in_province else []
    names += [] if item.activity in ("total", "manufacturing") else [view.name("activities", item.activity)]
    name = view.name("indicators", item.indicator)
    return view.say("".join([*names, name]), ", ".join([name, *names]))


def plan_finding(view: View) -> str | None:
    """How far the plan's targets on digital empowerment and innovation are."""
    rows = plan_rows(view)
    if rows.empty:
        return None
    rated = rows["outcome"].notna()
    met = rows[rated & rows["ratio_pct"].ge(100).fillna(False)]
    open_ = int((~rated & ~rows["state"].eq("rule")).sum())
    names = listed(view, (targets.name_of(view, row) for row in met.itertuples()))
    some = view.say(f"（{names}）", f" ({names})") if names else ""
    return view.say(
        f"数字赋能、创新强工两项行动在期量化目标{len(rows)}项：{int(rated.sum())}项有公布数可对照，"
        f"{len(met)}项达到或超过目标值{some}；{open_}项没有查到口径一致的公布数。",
        f"The plan's actions on digital empowerment and innovation have {len(rows)} numeric targets: "
        f"{int(rated.sum())} with a published outcome, {len(met)} at or above their value{some}; "
        f"{open_} without a matching outcome.",
    )


def plan_rows(view: View) -> pd.DataFrame:
    """Targets of the two actions, from `targets.progress`."""
    table = view.once(targets.progress)
    return table[table["clause"].str.startswith(CLAUSES)].reset_index(drop=True)


def growth_chart(view: View) -> Chart | None:
    """Bars of growth in the digital economy, each with its place in the province."""
    known = growing(view)
    if not known:
        return None
    places = [[place_words(view, one.place)] if one.place else [] for one in known]
    names = [
        name_of(view, one.item) + _brackets(view, place) for one, place in zip(known, places, strict=True)
    ]
    when = window(view, known[0].growth)
    return charts.bars(
        pd.DataFrame({"name": names, "value": [one.growth.value for one in known]}),
        "name",
        "value",
        title=_chart_title(view, known),
        unit=view.say(f"{when}同比增速，%", f"growth on a year earlier, {when}, %"),
        source=view.source(one.growth.source_id for one in known),
        note=view.say(
            "增加值增速按可比价格，其余按现价。",
            "Value added at comparable prices, all else at current prices.",
        ),
        lang=view.lang,
    )


def _chart_title(view: View, known: list[Reading]) -> str:
    first = sum(one.place is not None and one.place.value <= FIRST_PLACES for one in known)
    rising = sum(one.growth.value > 0 for one in known)
    zh, en = (
        f"数字经济{len(known)}项增速中{rising}项为正",
        f"{rising} of {len(known)} growth rates of the digital economy are positive",
    )
    if not first:
        return view.say(zh, en)
    return view.say(f"{zh}，{first}项居全省前三位", f"{en}, {first} in the province's first three")


def subject_table(view: View, subject: str) -> Table | None:
    """The items of a subject with level, growth, place in the province and progress against the plan's target.

    Parameters
    ----------
    subject : {"economy", "factories", "services", "innovation", "clusters", "other"}
    """
    known = readings(view, subject)
    if not known:
        return None
    labels = {
        "name": ("指标", "Indicator"),
        "window": ("时期", "Period"),
        "level": ("数值", "Level"),
        "growth": ("同比", "Growth"),
        "place": ("全省位次", "Place in the province"),
        "target": ("计划目标", "Target"),
        "ratio": ("完成比例", "Done"),
        "state": ("评价", "Status"),
        "clause": ("出处", "Clause"),
    }
    rows = pd.DataFrame([_line(view, reading) for reading in known])
    shown = [
        key
        for key in labels
        if key not in ("growth", "place", "target", "ratio", "state") or rows[key].notna().any()
    ]
    columns = {key: Column(key, view.say(*labels[key]), **COLUMN.get(key, {})) for key in shown}
    return Table(
        rows[shown],
        view.say(f"{SUBJECTS[subject][0][0]}：公布数", f"{SUBJECTS[subject][0][1]}, as published"),
        columns=tuple(columns.values()),
        source=view.source(_sources(known)),
        note=_note(view, known),
        lang=view.lang,
    )


COLUMN = {
    "level": {"align": "right"},
    "growth": {"align": "right", "unit": "%"},
    "place": {"align": "right"},
    "ratio": {"decimals": 0, "unit": "%"},
}


def _line(view: View, reading: Reading) -> dict[str, object]:
    level, change, target = reading.level, reading.growth, reading.target
    return {
        "name": name_of(view, reading.item),
        "window": window(view, reading.dated),
        "level": _level_words(view, level) if level else None,
        "growth": growth_cell(view, change) if change else None,
        "place": _place_cell(view, reading.place),
        "target": _target_cell(view, target) if target else None,
        "ratio": float(target.ratio_pct) if target and pd.notna(target.ratio_pct) else None,
        "state": view.say(*targets.LIGHT_WORDS[target.state]) if target else None,
        "clause": reading.dated.place or None,
    }


def _place_cell(view: View, place: Figure | None) -> str | None:
    if place is None:
        return None
    tied = view.say("并列", "joint ") if "并列" in place.note else ""
    return f"{tied}{place.value:.0f}"


def _target_cell(view: View, target: tuple) -> str:
    due = targets.due_words(view, target)
    return f"{due}{view.say('', ': ')}{targets.target_words(view, target)}"


def _sources(known: list[Reading]) -> list[str]:
    parts = [part for one in known for part in (one.level, one.growth, one.place) if part]
    return [part.source_id for part in parts] + [one.target.source_id for one in known if one.target]


def _note(view: View, known: list[Reading]) -> str:
    if not any(one.target and one.level and pd.notna(one.target.ratio_pct) for one in known):
        return ""
    return view.say(
        "完成比例=公布数÷目标值，不考虑时间进度；亮灯规则见《目标进度》。",
        "Done = published / target, whatever the time passed; how lights are given stands in the report on targets.",
    )


def expected_table(view: View) -> Table | None:
    """What the publisher itself expects of the year, beside the newest figure of the year so far."""
    rows = view.observations
    rows = rows[
        rows["obs_status"].eq("F") & rows["time_period"].eq(view.year) & rows["ref_area"].eq(view.city)
    ]
    rows = rows[rows["activity"].eq("total") & rows["transformation"].eq("level")]
    if rows.empty:
        return None
    known = [(figure_of(row), view.current(row["indicator"], "ytd")) for row in rows.to_dict("records")]
    frame = pd.DataFrame(
        {
            "name": [view.name("indicators", one.indicator) for one, _ in known],
            "expected": [amount(view, one) for one, _ in known],
            "so_far": [_level_with_window(view, now) if now else None for _, now in known],
            "clause": [one.place or None for one, _ in known],
        }
    )
    return Table(
        frame,
        view.say("发布机构对全年的预计", "What the publisher expects of the year"),
        columns=(
            Column("name", view.say("指标", "Indicator")),
            Column("expected", view.say("全年预计", "Expected"), align="right"),
            Column("so_far", view.say("累计已公布", "Published so far"), align="right"),
            Column("clause", view.say("出处", "Clause")),
        ),
        source=view.source(one.source_id for pair in known for one in pair if one),
        lang=view.lang,
    )


def _level_with_window(view: View, level: Figure) -> str:
    return amount(view, level) + _brackets(view, [window(view, level)])


def plan_table(view: View) -> Table | None:
    """The plan's targets on digital empowerment and innovation, with or without an outcome."""
    rows = plan_rows(view)
    if rows.empty:
        return None
    outcomes = [_level_with_window(view, one) if one else None for one in rows["outcome"]]
    frame = pd.DataFrame(
        {
            "name": [targets.name_of(view, row) for row in rows.itertuples()],
            "target": [_target_cell(view, row) for row in rows.itertuples()],
            "outcome": outcomes,
            "state": [view.say(*targets.LIGHT_WORDS[state]) for state in rows["state"]],
            "lead": [view.name("departments", code) if code else None for code in rows["lead_department"]],
            "clause": rows["clause"],
        }
    )
    labels = {
        "name": ("目标", "Target"),
        "target": ("要求", "Target value"),
        "outcome": ("最新公布数", "Newest outcome"),
        "state": ("评价", "Status"),
        "lead": ("牵头部门", "Lead"),
        "clause": ("条款", "Clause"),
    }
    return Table(
        frame,
        view.say(
            "数字赋能、创新强工行动的量化目标",
            "Numeric targets of the actions on digital empowerment and innovation",
        ),
        columns=tuple(Column(key, view.say(*label)) for key, label in labels.items()),
        source=view.source([*rows["source_id"], *(one.source_id for one in rows["outcome"] if one)]),
        note=view.say(
            "工作回顾中的未来工厂、智能工厂是“试点”新增数，与计划的累计建成数口径不同，不作对照。",
            "The review counts pilots added, the plan factories built to date: the two are not held against each other.",
        ),
        lang=view.lang,
    )
