"""League tables (赛马): areas, zones and clusters by place, with a composite score and what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics import Interval
from zs_analysis.metrics.league import SCORE_DECIMALS
from zs_analysis.model import PUBLISHED, Figure, figure_of, figures
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.findings import Findings
from zs_analysis.present.headlines import Metric
from zs_analysis.present.numbers import fmt, pct, period_words
from zs_analysis.present.output import OUTPUT, UNSPECIFIED
from zs_analysis.present.phrases import amount, findings, growth, listed, metric, place_words, span, told
from zs_analysis.present.rules import rules_table
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

SCHEME = "league"
# What a rule's name ends in, the transformations that count (at a month, at a whole year), and the unit.
KINDS = {
    "ytd_yoy": (("ytd_yoy", "yoy"), "pct"),
    "contribution": (("contribution", "contribution"), "pp"),
    "share": (("share", "share"), "pct"),
    "ytd": (("ytd", "level"), ""),
    "level": (("level", "level"), ""),
}
KIND_WORDS = {
    "ytd_yoy": ("{}增速", "{}, growth"),
    "contribution": ("对{}增长的拉动", "{}, contribution to growth"),
    "share": ("{}占比", "{}, share"),
}
RANKS = ("rank", "ytd_yoy_rank", "yoy_rank")
DERIVED_DECIMALS = 2


@dataclass(frozen=True)
class Group:
    """Who competes with whom: each group has its own league.

    Attributes
    ----------
    scheme : str
        Of the rules with indicators and weights.
    dimension : str
        Column of observations with the competitors.
    name : (str, str)
        In Chinese and English.
    """

    scheme: str
    dimension: str
    name: tuple[str, str]


GROUPS = {
    "county": Group("league_area", "ref_area", ("县（区）", "Districts and counties")),
    "zone": Group("league_area", "ref_area", ("功能区和海岛", "Zones and islands")),
    "cluster": Group("league_cluster", "activity", ("产业集群", "Clusters")),
}
AREA_KINDS = {"county": ("district", "county"), "zone": ("zone", "island")}


@dataclass(frozen=True, eq=False)
class Contest:
    """One indicator on which at least two competitors have figures of one period.

    Attributes
    ----------
    kind : str
        Of `KINDS`.
    frame : pandas.DataFrame
        By competitor: ``value, lo, hi`` (what rounding leaves), ``rank, decimals, source_id``.
    """

    indicator: str
    kind: str
    weight: float
    better: str
    unit: str
    freq: str
    time_period: str
    derived: bool
    frame: pd.DataFrame

    @property
    def code(self) -> str:
        """As the rule is called."""
        return f"{self.indicator}_{self.kind}"


@dataclass(frozen=True, eq=False)
class Board:
    """The league of one group.

    Attributes
    ----------
    before : dict of str to Contest
        The contests of the quarter before, by code.
    scores : pandas.DataFrame or None
        Composite score with its sensitivity, by competitor.
    refusal : str
        Why there is no composite score, as the end of a sentence; empty if there is one.
    """

    group: str
    contests: list[Contest]
    before: dict[str, Contest]
    scores: pd.DataFrame | None
    refusal: str


def competitors(view: View, group: str) -> list[str]:
    """Codes of those who compete in a group.

    Parameters
    ----------
    group : {"county", "zone", "cluster"}
    """
    if group == "cluster":
        return view.table("clusters").sort_values("rank_order")["cluster"].tolist()
    areas = view.table("areas")
    mine = areas["kind"].isin(AREA_KINDS[group]) & areas["area"].isin(view.inside(view.city))
    return areas.loc[mine, "area"].tolist()


def boards(view: View) -> dict[str, Board]:
    """The leagues of all groups that have one, by group."""
    made = {group: _board(view, group) for group in GROUPS}
    return {group: board for group, board in made.items() if board.contests}


def _board(view: View, group: str) -> Board:
    contests = _contests(view, group)
    before = {contest.code: contest for contest in _contests(view.once(_quarter_before), group)}
    refusal = _refusal(view, contests)
    scores = None if refusal or not contests else _scores(view, contests)
    return Board(group, contests, before, scores, refusal)


def _quarter_before(view: View) -> View:
    return replace(view, period=str(view.quarter - 1))


def _contests(view: View, group: str) -> list[Contest]:
    """The contests of a scheme, the heaviest first."""
    weights = view.rules(GROUPS[group].scheme)["value"].sort_values(ascending=False, kind="stable")
    found = [_contest(view, group, *_parsed(rule), weight) for rule, weight in weights.items() if weight > 0]
    return [contest for contest in found if contest]


def _parsed(rule: str) -> tuple[str, str]:
    for kind in KINDS:
        if rule.endswith(f"_{kind}"):
            return rule.removesuffix(f"_{kind}"), kind
    raise ValueError(
        f"rule {rule} of a league is not an indicator and how to read it; end it in _{', _'.join(KINDS)} (data/rules.csv)"
    )


def _contest(view: View, group: str, indicator: str, kind: str, weight: float) -> Contest | None:
    rows = _published(view, group, indicator, kind)
    if rows.empty and kind == "contribution":
        return _pulls(view, group, indicator, weight)
    if rows.empty and indicator == OUTPUT:
        indicator, rows = UNSPECIFIED, _published(view, group, UNSPECIFIED, kind)
    if rows.empty:
        return None
    code = GROUPS[group].dimension
    ranges = [_range(row) for row in rows.to_dict("records")]
    frame = rows.set_index(rows[code].to_numpy())[["decimals", "source_id"]]
    return _ranked(view, indicator, kind, weight, rows.iloc[0].to_dict(), frame, ranges, derived=False)


def _range(row: dict[str, object]) -> Interval:
    return Interval.printed(row["obs_value"], decimals=int(row["decimals"]))


def _published(view: View, group: str, indicator: str, kind: str) -> pd.DataFrame:
    """Figures of one indicator for at least two competitors, of the newest period of the year that has them."""
    code, ((monthly, yearly), unit) = GROUPS[group].dimension, KINDS[kind]
    where = {"activity": "total"} if code == "ref_area" else {"ref_area": view.city}
    where |= {code: competitors(view, group), "unit": unit or _unit(view, indicator), "comparison": ""}
    rows = view.figures(indicator, (monthly, yearly), obs_status=PUBLISHED, **where)
    fitting = rows["transformation"].eq(rows["freq"].map({"M": monthly, "A": yearly}))
    rows = rows[fitting & rows["time_period"].str[:4].eq(view.year)]
    rows = rows.drop_duplicates(["time_period", "freq", code])
    several = rows.groupby(["time_period", "freq"])[code].transform("size").ge(2)
    rows = rows[several]
    return rows[rows["time_period"].eq(rows["time_period"].iloc[0])] if len(rows) else rows


def _unit(view: View, indicator: str) -> str:
    table = view.table("indicators").set_index("indicator")
    return table["unit"].get(indicator, "")


def _pulls(view: View, group: str, indicator: str, weight: float) -> Contest | None:
    """Contributions to the city's growth, worked out from published levels and growth."""
    level, rate = (_published(view, group, indicator, kind) for kind in ("ytd", "ytd_yoy"))
    code = GROUPS[group].dimension
    both = level.merge(rate, on=[code, "time_period", "freq"], suffixes=("", "_pct"))
    if len(both) < 2:
        return None
    base = _city_base(view, indicator, both.iloc[0])
    if base is None:
        return None
    ranges = [
        metrics.propagate(partial(_pull, base=base), *_both_ranges(row)) for row in both.to_dict("records")
    ]
    frame = both.set_index(both[code].to_numpy())[["source_id"]].assign(decimals=DERIVED_DECIMALS)
    row = both.iloc[0].to_dict() | {"unit": "pp"}
    return _ranked(view, indicator, "contribution", weight, row, frame, ranges, derived=True)


def _both_ranges(row: dict[str, object]) -> tuple[Interval, Interval]:
    growth = {"obs_value": row["obs_value_pct"], "decimals": row["decimals_pct"]}
    return _range(row), _range(growth)


def _pull(level: float, growth_pct: float, base: float) -> float:
    own = metrics.implied_base(level, growth_pct)
    return metrics.contribution_pp(level, own, total_base=base)


def _city_base(view: View, indicator: str, row: pd.Series) -> float | None:
    """What the city's level and growth of the period imply for the year before."""
    when = {"ref_area": view.city, "freq": row["freq"], "time_period": row["time_period"]}
    kinds = ("ytd", "ytd_yoy") if row["freq"] == "M" else ("level", "yoy")
    level, rate = (view.figure(indicator, kind, **when) for kind in kinds)
    if level is None or rate is None or rate.unit != "pct":
        return None
    return metrics.implied_base(level.value, rate.value)


def _ranked(
    view: View,
    indicator: str,
    kind: str,
    weight: float,
    row: dict[str, object],
    frame: pd.DataFrame,
    ranges: Sequence[Interval],
    *,
    derived: bool,
) -> Contest:
    better = view.table("indicators").set_index("indicator")["better"][indicator] or "up"
    ends = {name: [getattr(one, name) for one in ranges] for name in ("value", "lo", "hi")}
    frame = frame.assign(**ends)
    frame["rank"] = metrics.rank_with_ties(frame["lo"], frame["hi"], better=better)
    about = {name: row[name] for name in ("unit", "freq", "time_period")}
    order = frame.sort_values("rank", kind="stable")
    return Contest(indicator, kind, weight, better, **about, derived=derived, frame=order)


def _refusal(view: View, contests: Sequence[Contest]) -> str:
    """Why there can be no composite score, as the end of a sentence."""
    rules = view.rules(SCHEME)["value"]
    least, few = int(rules["min_indicators"]), int(rules["min_competitors"])
    count, known = len(contests), len(_values(contests))
    if count < least:
        return view.say(
            f"有至少两个参赛者同期公布数的指标只有{count}项，综合得分至少需要{least}项，因此不计算",
            f"a composite score needs {least} indicators with figures of one period for two competitors or more; there "
            f"{'is' if count == 1 else 'are'} {count}, so none is computed",
        )
    if known < few:
        return view.say(
            f"有公布数的参赛者只有{known}个，综合得分至少需要{few}个，因此不计算",
            f"a composite score needs {few} competitors with figures; there are {known}, so none is computed",
        )
    return ""


def _values(contests: Sequence[Contest]) -> pd.DataFrame:
    return pd.DataFrame({contest.code: contest.frame["value"] for contest in contests})


def _scores(view: View, contests: Sequence[Contest]) -> pd.DataFrame:
    rules = view.rules(SCHEME)["value"]
    weight = pd.Series({contest.code: contest.weight for contest in contests})
    directions = {contest.code: contest.better for contest in contests}
    standard = metrics.standard_scores(_values(contests), directions)
    floor = {"min_coverage": rules["min_coverage"]}
    shaken = metrics.weight_sensitivity(
        standard,
        weight,
        concentration=rules["concentration"],
        draws=int(rules["draws"]),
        rng=np.random.default_rng(int(rules["seed"])),
        band=(rules["band_low"], rules["band_high"]),
        **floor,
    )
    scores = metrics.composite_score(standard, weight, **floor).join(shaken)
    return scores.sort_values(["rank", "score"], ascending=[True, False], kind="stable")


# Words


def name_of(view: View, group: str, code: str) -> str:
    """Name of a competitor."""
    return view.name("areas" if GROUPS[group].dimension == "ref_area" else "activities", code)


def contest_name(view: View, contest: Contest) -> str:
    """What a contest is about: 规上工业总产值增速."""
    name = view.name("indicators", contest.indicator)
    return view.say(*KIND_WORDS.get(contest.kind, ("{}", "{}"))).format(name)


def _short(view: View, contest: Contest) -> str:
    """Name of a contest for heads of columns: 总产值增速."""
    name = view.name("indicators", contest.indicator).removeprefix("规上工业").split(" of industry")[0]
    if contest.indicator == UNSPECIFIED:
        name = view.say("规上工业", "Industry")
    kinds = {
        "ytd_yoy": ("增速", ", growth"),
        "contribution": ("拉动", ", contribution"),
        "share": ("占比", ", share"),
    }
    return name + view.say(*kinds.get(contest.kind, ("", "")))


def contest_period(view: View, contest: Contest) -> str:
    """The months or the year a contest covers."""
    ytd = contest.freq == "M" and contest.kind != "level"
    return period_words(contest.time_period, view.lang, ytd=ytd)


def _unit_words(view: View, contest: Contest) -> str:
    if contest.unit == "1e8_cny":
        return view.money_unit
    return view.say("百分点", "points") if contest.unit == "pp" else view.name("units", contest.unit)


def _shown(view: View, contest: Contest, code: str) -> float:
    value = contest.frame["value"].get(code)
    return view.money(value) if value is not None and contest.unit == "1e8_cny" else value


def _cell(view: View, contest: Contest, code: str) -> str:
    """A competitor's figure as words."""
    row = contest.frame.loc[code]
    decimals = int(row["decimals"]) + (contest.unit == "1e8_cny" and view.lang == "en")
    unit = "%" if contest.unit == "pct" else view.say("", " ") + _unit_words(view, contest)
    return fmt(_shown(view, contest, code), decimals, view.lang) + unit


def place(view: View, contest: Contest, code: str) -> str | None:
    """A competitor's place: 2, or 并列2 where others share it."""
    if code not in contest.frame.index:
        return None
    rank = contest.frame["rank"]
    tied = rank.eq(rank[code]).sum() > 1
    return (view.say("并列", "=") if tied else "") + str(rank[code])


def _ordinal(view: View, contest: Contest, code: str) -> str:
    rank, tied = contest.frame["rank"][code], contest.frame["rank"].eq(contest.frame["rank"][code]).sum() > 1
    return view.say(f"{'并列' if tied else ''}第{rank}", f"{'joint ' if tied else ''}no. {rank}")


def _moved(board: Board, contest: Contest, code: str) -> int | None:
    """Places gained since the quarter before, where the same competitors were ranked."""
    before = board.before.get(contest.code)
    if before is None or set(before.frame.index) != set(contest.frame.index):
        return None
    return int(before.frame["rank"][code]) - int(contest.frame["rank"][code])


def moves(view: View, board: Board) -> pd.DataFrame:
    """Places gained or lost since the quarter before.

    Returns
    -------
    pandas.DataFrame
        ``contest`` (a `Contest`), ``code, moved`` (places gained; negative: lost); the largest moves first.
    """
    rows = [
        {"contest": contest, "code": code, "moved": moved}
        for contest in board.contests
        for code in contest.frame.index
        if (moved := _moved(board, contest, code))
    ]
    frame = pd.DataFrame(rows, columns=["contest", "code", "moved"])
    return frame.sort_values("moved", key=lambda moved: -moved.abs(), kind="stable", ignore_index=True)


def summary(view: View) -> Findings:
    """Findings that open the report."""
    made = view.once(boards)
    said = [_board_finding(view, board) for board in made.values()]
    others = (move_finding, refusal_finding, overlap_finding, province_finding)
    return findings(view, [*said, *(finding(view) for finding in others)])


def _board_finding(view: View, board: Board) -> str:
    first, leader = _first(view, board), _leader(view, board)
    return told(view, view.say("", " ").join(filter(None, (first, leader))), first)


def refusal_finding(view: View) -> str | None:
    """Which groups get no composite score, and why."""
    reasons: dict[str, list[str]] = {}
    for board in view.once(boards).values():
        if board.refusal:
            reasons.setdefault(board.refusal, []).append(view.say(*GROUPS[board.group].name))
    if not reasons:
        return None
    items = [f"{listed(view, names)}{view.say('', ': ')}{reason}" for reason, names in reasons.items()]
    return view.say("；", "; ").join(items) + view.say("。", ".")


def _first(view: View, board: Board) -> str:
    """Places on the heaviest indicator."""
    contest = board.contests[0]
    items = [
        f"{_ordinal(view, contest, code)}{view.say('', ' ')}{name_of(view, board.group, code)}"
        f"{view.say('（', ' (')}{_cell(view, contest, code)}{view.say('）', ')')}"
        for code in contest.frame.index[:5]
    ]
    more = len(contest.frame) - 5
    rest = view.say(f"，其余{more}个见表", f"; {more} more in the table") if more > 0 else ""
    where = view.say(*GROUPS[board.group].name)
    what = contest_name(view, contest)
    return told(
        view,
        view.say(
            f"{where}{contest_period(view, contest)}{what}：{listed(view, items)}{rest}。",
            f"{where}, {contest_period(view, contest)}. {what}: {listed(view, items)}{rest}.",
        ),
        *_metrics(view, board, contest),
    )


def _metrics(view: View, board: Board, contest: Contest) -> list[Metric]:
    """The figures and places of those that the finding names."""
    rows, made = contest.frame.head(5), []
    shared = {"time_period": contest.time_period, "status": "E" if contest.derived else "A"}
    shared["period"] = view.in_both(lambda one: contest_period(one, contest))
    for code, row in rows.iterrows():
        where = {GROUPS[board.group].dimension: code}
        made.append(
            metric(
                view,
                contest.indicator,
                row["value"],
                unit=contest.unit,
                decimals=int(row["decimals"]),
                transformation=contest.kind,
                **where,
                **shared,
            )
        )
        name = view.in_both(lambda one: one.say("赛马位次：", "League place: ") + contest_name(one, contest))
        place = {"unit": "rank", "decimals": 0, "name": name}
        made.append(metric(view, f"league_{contest.code}", row["rank"], **place, **where, **shared))
    return made


def _leader(view: View, board: Board) -> str | None:
    """Who leads by composite score, and how far that rests on the weights."""
    if board.scores is None:
        return None
    scores = board.scores.dropna(subset=["score"])
    first = scores[scores["rank"].eq(1)]
    names = listed(view, (name_of(view, board.group, code) for code in first.index))
    score = fmt(first["score"].iloc[0], SCORE_DECIMALS, view.lang)
    change = pct(100 * (1 - first["first_share"].max()), 1, view.lang)
    draws = int(view.rules(SCHEME)["value"]["draws"])
    return view.say(
        f"综合得分（{len(board.contests)}项指标，参赛者平均为50）：{names}"
        f"{'并列' if len(first) > 1 else ''}居首（{score}）；权重随机扰动{draws}次，{change}的情形下第一名易主。",
        f"Composite score of {len(board.contests)} indicators (50 is the mean): {names} "
        f"{'lead jointly' if len(first) > 1 else 'leads'} ({score}); with the weights disturbed {draws:,} times, the leader "
        f"changes in {change} of the cases.",
    )


def move_finding(view: View) -> str | None:
    """How many places moved since the quarter before, and the largest moves."""
    moved = [(board, row) for board in view.once(boards).values() for row in moves(view, board).itertuples()]
    if not moved:
        return None
    largest = sorted(moved, key=lambda pair: -abs(pair[1].moved))[:3]
    items = [
        view.say(
            f"{name_of(view, board.group, row.code)}{_move_words(view, row.moved)}（{_short(view, row.contest)}）",
            f"{name_of(view, board.group, row.code)} {_move_words(view, row.moved)} ({_short(view, row.contest)})",
        )
        for board, row in largest
    ]
    places = "place" if len(moved) == 1 else "places"
    return view.say(
        f"与上季度相比，各项位次有{len(moved)}处升降，较大的是{listed(view, items)}。",
        f"{len(moved)} {places} moved since the last quarter, most of all {'; '.join(items)}.",
    )


def _move_words(view: View, moved: int) -> str:
    size = abs(moved)
    return view.say(f"{'升' if moved > 0 else '降'}{size}位", f"{'up' if moved > 0 else 'down'} {size}")


def overlap_finding(view: View) -> str | None:
    """Why zones are ranked apart from districts and counties."""
    if not {"county", "zone"} & set(view.once(boards)):
        return None
    return view.say(
        "功能区和海岛多已计入所在县（区）（经开区在分县（区）统计中单列），彼此也可能重叠，因此与县（区）分开排名，不合并排序、不相加。",
        "Most zones and islands are counted in districts and counties too (the Economic Development Zone is counted beside "
        "them), and they may overlap one another: they are ranked apart and never added up.",
    )


def province_places(view: View) -> list[tuple[Figure, Figure | None]]:
    """The city's newest published places among the cities of the province in the year, each with the one before."""
    rows = view.past[view.past["transformation"].isin(RANKS) & view.past["ref_area"].eq(view.city)]
    rows = figures(rows, rows["indicator"].unique(), RANKS)
    found = []
    for _, cell in rows.groupby(["indicator", "activity"], sort=False):
        known = [figure_of(row) for row in cell.drop_duplicates("time_period").to_dict("records")]
        if known[0].time_period[:4] == view.year:
            found.append((known[0], known[1] if len(known) > 1 else None))
    return found


def province_finding(view: View) -> str | None:
    """The city's places in the province, the best first."""
    places = sorted(province_places(view), key=lambda pair: pair[0].value)
    if not places:
        return None
    items = [_cell_name(view, now) + view.say("", ": ") + _place_alone(view, now) for now, _ in places[:4]]
    return told(
        view,
        view.say(
            f"全省位次：{listed(view, items)}等{len(places)}项。"
            if len(places) > 4
            else f"全省位次：{listed(view, items)}。",
            f"Places in the province: {'; '.join(items)}{f' ({len(places)} in all)' if len(places) > 4 else ''}.",
        ),
        *(now for now, _ in places[:4]),
    )


def _cell_name(view: View, known: Figure) -> str:
    name = view.name("indicators", known.indicator)
    if known.activity != "total":
        activity = view.name("activities", known.activity)
        name = view.say(f"{activity}{name}", f"{name} of {activity}")
    growing = known.transformation != "rank"
    return view.say(f"{name}增速" if growing else name, f"{name}, growth" if growing else name)


# Tables and charts


def chart(view: View, group: str) -> Chart | None:
    """Places by composite score with their bands; bars of the one indicator where there is no score.

    Parameters
    ----------
    group : {"county", "zone", "cluster"}
    """
    board = view.once(boards).get(group)
    if board is None:
        return None
    return _bars(view, board) if board.scores is None else _bands(view, board)


def _bars(view: View, board: Board) -> Chart:
    contest = board.contests[0]
    names = [
        f"{place(view, contest, code)}{view.say('．', '. ')}{name_of(view, board.group, code)}"
        for code in contest.frame.index
    ]
    top = listed(
        view, (name_of(view, board.group, code) for code in contest.frame.index[contest.frame["rank"].eq(1)])
    )
    what = contest_name(view, contest)
    return charts.bars(
        pd.DataFrame({"name": names, "value": [_shown(view, contest, code) for code in contest.frame.index]}),
        "name",
        "value",
        title=view.say(f"{top}居{view.say(*GROUPS[board.group].name)}首位", f"{top} ranks first: {what}"),
        unit=view.say(
            f"{contest_period(view, contest)}{what}，{_unit_words(view, contest)}",
            f"{what}, {contest_period(view, contest)}, {_unit_words(view, contest)}",
        ),
        source=view.source(contest.frame["source_id"]),
        note=_contest_note(view, board),
        lang=view.lang,
    )


def _bands(view: View, board: Board) -> Chart:
    known = board.scores.dropna(subset=["score"])
    frame = known.assign(
        name=[name_of(view, board.group, code) for code in known.index],
        words=[f"{fmt(score, SCORE_DECIMALS, view.lang)}" for score in known["score"]],
        often=[pct(100 * share, 0, view.lang) for share in known["first_share"]],
    )
    low, high = _band(view)
    return charts.place_bands(
        frame,
        "name",
        "rank",
        ("rank_low", "rank_high"),
        {"words": view.say("得分", "Score"), "often": view.say("居首", "First")},
        title=_bands_title(view, board, known),
        unit=view.say(
            f"名次；横条为权重扰动后{low}—{high}的名次范围",
            f"place; bars are the {low} to {high} range of disturbed weights",
        ),
        source=_source(view, board),
        note=_score_note(view),
        lang=view.lang,
    )


def _bands_title(view: View, board: Board, known: pd.DataFrame) -> str:
    first = known[known["rank"].eq(1)]
    names = listed(view, (name_of(view, board.group, code) for code in first.index))
    often = pct(100 * first["first_share"].max(), 0, view.lang)
    return view.say(
        f"{view.say(*GROUPS[board.group].name)}综合得分{names}居首，换权重后仍居首的占{often}",
        f"{names} {'lead' if len(first) > 1 else 'leads'} the composite score, and in {often} of disturbed weights",
    )


def _band(view: View) -> tuple[str, str]:
    rules = view.rules(SCHEME)["value"]
    return pct(100 * rules["band_low"], 0, view.lang), pct(100 * rules["band_high"], 0, view.lang)


def _contest_note(view: View, board: Board) -> str:
    notes = []
    if any(contest.indicator == UNSPECIFIED for contest in board.contests):
        notes.append(
            view.say(
                "原文未注明产值或增加值。", "The source does not say whether of output or of value added."
            )
        )
    if any(contest.derived for contest in board.contests):
        notes.append(
            view.say(
                "拉动由公布的产值和增速推算，不是公布数。",
                "Contributions are worked out from published output and growth.",
            )
        )
    if board.group == "cluster" and any(
        contest.indicator == UNSPECIFIED and "marine_electronics" in contest.frame.index
        for contest in board.contests
    ):
        notes.append(
            view.say(
                "电子电机的公布数归入海洋电子，两者范围未必一致。",
                "Figures printed for 电子电机 stand under marine electronics; their scopes may differ.",
            )
        )
    if board.group == "zone":
        notes.append(view.say("区域之间有重叠，不能相加。", "Areas overlap and must not be added up."))
    notes.append(
        view.say("并列：差距小于公布数的舍入误差。", "= joint place: the difference is within rounding.")
        if any(contest.frame["rank"].duplicated().any() for contest in board.contests)
        else ""
    )
    return view.say("", " ").join(filter(None, notes))


def _score_note(view: View) -> str:
    rules = view.rules(SCHEME)["value"]
    draws, seed, size = int(rules["draws"]), int(rules["seed"]), f"{rules['concentration']:g}"
    return view.say(
        f"得分=50+10×各指标标准分的加权平均；权重按集中度{size}的狄利克雷分布扰动{draws}次，随机数种子{seed}。"
        "只反映权重的不确定，不反映数据误差。",
        f"Score = 50 + 10 times the weighted mean of standard scores; weights drawn {draws:,} times from a Dirichlet "
        f"distribution of concentration {size}, seed {seed}. This is uncertainty of the weights, not of the figures.",
    )


def place_table(view: View, group: str) -> Table | None:
    """Places of a group's competitors, indicator by indicator.

    Parameters
    ----------
    group : {"county", "zone", "cluster"}
    """
    board = view.once(boards).get(group)
    if board is None:
        return None
    codes = _codes(board)
    frame = pd.DataFrame({"name": [name_of(view, group, code) for code in codes]})
    for contest in board.contests:
        frame[contest.code] = [_place_cell(view, board, contest, code) for code in codes]
    heads = [Column(contest.code, _short(view, contest), align="right") for contest in board.contests]
    return Table(
        frame,
        view.say(
            f"{view.say(*GROUPS[group].name)}各指标位次", f"{GROUPS[group].name[1]}: places by indicator"
        ),
        columns=[Column("name", view.say("参赛者", "Competitor")), *heads],
        source=_source(view, board),
        note=_place_note(view, board),
        lang=view.lang,
    )


def _codes(board: Board) -> list[str]:
    """Competitors with any figure, by score, else by place on the heaviest indicator."""
    if board.scores is not None:
        return board.scores.index.tolist()
    return list(dict.fromkeys(code for contest in board.contests for code in contest.frame.index))


def _source(view: View, board: Board) -> str:
    return view.source(source for contest in board.contests for source in contest.frame["source_id"])


def figure_table(view: View, group: str) -> Table | None:
    """The figures behind the places.

    Parameters
    ----------
    group : {"county", "zone", "cluster"}
    """
    board = view.once(boards).get(group)
    if board is None:
        return None
    codes = _codes(board)
    frame = pd.DataFrame({"name": [name_of(view, group, code) for code in codes]})
    columns = [Column("name", view.say("参赛者", "Competitor"))]
    for contest in board.contests:
        frame[contest.code] = pd.array([_shown(view, contest, code) for code in codes], dtype="Float64")
        digits, unit = _digits(view, contest), _unit_words(view, contest)
        columns.append(Column(contest.code, _short(view, contest), digits, unit=unit))
    return Table(
        frame,
        view.say(f"{view.say(*GROUPS[group].name)}各指标数值", f"{GROUPS[group].name[1]}: figures"),
        columns=columns,
        source=_source(view, board),
        note=_contest_note(view, board),
        lang=view.lang,
    )


def _digits(view: View, contest: Contest) -> int:
    finest = int(contest.frame["decimals"].max())
    return finest + (contest.unit == "1e8_cny" and view.lang == "en")


def _place_cell(view: View, board: Board, contest: Contest, code: str) -> str | None:
    shown, moved = (
        place(view, contest, code),
        _moved(board, contest, code) if code in contest.frame.index else None,
    )
    if not moved:
        return shown
    return view.say(f"{shown}（{_move_words(view, moved)}）", f"{shown} ({_move_words(view, moved)})")


def _place_note(view: View, board: Board) -> str:
    periods = dict.fromkeys(contest_period(view, contest) for contest in board.contests)
    notes = [
        view.say(f"时期：{listed(view, periods)}。", f"Period: {listed(view, periods)}."),
        _contest_note(view, board),
    ]
    compared = [
        contest for contest in board.contests if _moved(board, contest, contest.frame.index[0]) is not None
    ]
    notes.append(
        view.say("括号内为与上季度相比的升降。", "In brackets: moved since the last quarter.")
        if compared
        else view.say("上季度没有可比的位次。", "There are no comparable places of the last quarter.")
    )
    return view.say("", " ").join(filter(None, notes))


def refusal(view: View, group: str) -> Note | None:
    """Why a group has no composite score.

    Parameters
    ----------
    group : {"county", "zone", "cluster"}
    """
    board = view.once(boards).get(group)
    if board is None or not board.refusal:
        return None
    return Note(board.refusal[:1].upper() + board.refusal[1:] + view.say("。", "."))


def score_table(view: View, group: str) -> Table | None:
    """Composite scores with coverage, how often first, and the range of places; ``None`` where refused.

    Parameters
    ----------
    group : {"county", "zone", "cluster"}
    """
    board = view.once(boards).get(group)
    if board is None or board.scores is None:
        return None
    frame = board.scores.assign(
        name=[name_of(view, group, code) for code in board.scores.index],
        coverage=100 * board.scores["coverage"],
        first=100 * board.scores["first_share"],
        range=[_range_words(view, row) for row in board.scores.itertuples()],
    )
    configured = view.rules(GROUPS[group].scheme)["value"].sum()
    used = sum(contest.weight for contest in board.contests)
    share = pct(100 * used / configured, 0, view.lang)
    low, high = _band(view)
    return Table(
        frame,
        view.say(f"{view.say(*GROUPS[group].name)}综合得分", f"{GROUPS[group].name[1]}: composite score"),
        columns=(
            Column("name", view.say("参赛者", "Competitor")),
            Column("rank", view.say("名次", "Place"), 0),
            Column("score", view.say("得分", "Score"), SCORE_DECIMALS),
            Column("coverage", view.say("数据覆盖的权重", "Weights covered"), 0, unit="%"),
            Column("first", view.say("扰动后居首", "First when disturbed"), 1, unit="%"),
            Column(
                "range",
                view.say(f"名次范围（{low}—{high}）", f"Range of places ({low}–{high})"),
                align="right",
            ),
        ),
        source=_source(view, board),
        note=_score_note(view)
        + view.say("", " ")
        + view.say(
            f"已公布的指标占规则权重的{share}，其余指标没有至少两个参赛者的公布数，权重按比例放大；覆盖不足的不计分。",
            f"The indicators published carry {share} of the configured weights, the rest has no figures for two competitors and "
            "the weights are scaled up; too little coverage gets no score.",
        ),
        lang=view.lang,
    )


def _range_words(view: View, row: tuple) -> str | None:
    if pd.isna(row.rank_low):
        return None
    return (
        f"{row.rank_low}"
        if row.rank_low == row.rank_high
        else f"{row.rank_low}{view.say('—', '–')}{row.rank_high}"
    )


def move_table(view: View) -> Table | None:
    """All places that moved since the quarter before, with the figures of both quarters."""
    lines = [
        _move_line(view, board, row)
        for board in view.once(boards).values()
        for row in moves(view, board).itertuples()
    ]
    if not lines:
        return None
    sources = [source for line in lines for source in line["sources"]]
    labels = {
        "name": ("参赛者", "Competitor"),
        "contest": ("指标", "Indicator"),
        "before": ("上季度", "Last quarter"),
        "was": ("位次", "Place"),
        "now": ("本季度", "This quarter"),
        "place": ("位次", "Place"),
        "moved": ("升降", "Moved"),
    }
    right = ("before", "was", "now", "place", "moved")
    return Table(
        pd.DataFrame(lines),
        view.say("与上季度相比的位次变动", "Places that moved since the last quarter"),
        columns=[
            Column(key, view.say(*label), align="right" if key in right else None)
            for key, label in labels.items()
        ],
        source=view.source(sources),
        note=view.say(
            "只在参赛者与上季度相同的指标上比较；数字为两个季度截至各自期末的公布数。",
            "Only where the same competitors were ranked; figures are those to the end of each quarter.",
        ),
        lang=view.lang,
    )


def _move_line(view: View, board: Board, row: tuple) -> dict[str, object]:
    contest, before = row.contest, board.before[row.contest.code]
    return {
        "name": name_of(view, board.group, row.code),
        "contest": contest_name(view, contest),
        "before": _cell(view, before, row.code),
        "was": place(view, before, row.code),
        "now": _cell(view, contest, row.code),
        "place": place(view, contest, row.code),
        "moved": _move_words(view, row.moved),
        "sources": [*contest.frame["source_id"], *before.frame["source_id"]],
    }


def province_table(view: View) -> Table | None:
    """The city's published places among the cities of the province, with the figures they are about."""
    places = province_places(view)
    if not places:
        return None
    rows = [
        {
            "name": _cell_name(view, now),
            "period": span(view, now),
            "figure": _figure_words(view, now),
            "place": _place_alone(view, now),
            "before": _before_words(view, before),
        }
        for now, before in places
    ]
    labels = {
        "name": ("指标", "Indicator"),
        "period": ("时期", "Period"),
        "figure": ("公布数", "Figure"),
        "place": ("全省位次", "Place in the province"),
        "before": ("此前公布的位次", "Place published before"),
    }
    return Table(
        pd.DataFrame(rows),
        view.say(
            f"{view.city_name}在全省各市中的位次（{len(rows)}项）",
            f"{view.city_name}'s places in the province ({len(rows)})",
        ),
        columns=[Column(key, view.say(*label)) for key, label in labels.items()],
        source=view.source(one.source_id for pair in places for one in pair if one),
        note=view.say(
            "位次为公布数；其他市的数值没有收录，不另行排序。",
            "Places as published; the other cities' figures are not on file.",
        ),
        lang=view.lang,
    )


def _figure_words(view: View, now: Figure) -> str | None:
    for kind in ("ytd_yoy",) if now.transformation != "rank" else ("ytd", "level"):
        if beside := view.beside(now, kind):
            return growth(view, beside) if kind == "ytd_yoy" else amount(view, beside)
    return None


def _place_alone(view: View, known: Figure) -> str:
    return place_words(view, known).removeprefix("居全省").removesuffix(" in the province")


def _before_words(view: View, before: Figure | None) -> str | None:
    if before is None:
        return None
    words = _place_alone(view, before)
    return view.say(f"{words}（{span(view, before)}）", f"{words} ({span(view, before)})")


def weights_table(view: View) -> Table | None:
    """The rules of the leagues: indicators, weights and the settings of the score."""
    return rules_table(view, "league_area", "league_cluster", SCHEME)


def indicators(view: View) -> list[str]:
    """Indicators of the contests there are, and of the places in the province: for the trace."""
    contests = [contest for board in view.once(boards).values() for contest in board.contests]
    ranked = [now.indicator for now, _ in province_places(view)]
    return list(dict.fromkeys([*(contest.indicator for contest in contests), *ranked]))
