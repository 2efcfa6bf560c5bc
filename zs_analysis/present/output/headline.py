"""The findings that open the report."""

from zs_analysis import metrics
from zs_analysis.model import Figure
from zs_analysis.present.findings import Findings
from zs_analysis.present.headlines import Metric
from zs_analysis.present.numbers import fmt, pct
from zs_analysis.present.output.cells import OUTPUT, VALUE_ADDED, brackets
from zs_analysis.present.output.changes import change_finding
from zs_analysis.present.output.contributions import pull_finding
from zs_analysis.present.output.dominant import dominant_finding
from zs_analysis.present.output.outlook import rest_of_year_finding
from zs_analysis.present.output.parts import parts_finding
from zs_analysis.present.output.province import contribution_finding, province_finding
from zs_analysis.present.output.quarter import quarter_finding
from zs_analysis.present.phrases import between, findings, listed, metric, rounded, span, statement, told
from zs_analysis.present.view import View


def summary(view: View) -> Findings:
    """Findings that open the report."""
    return findings(
        view,
        [
            statement(view, OUTPUT),
            quarter_finding(view),
            change_finding(view),
            statement(view, VALUE_ADDED),
            price_finding(view),
            pull_finding(view),
            dominant_finding(view),
            province_finding(view),
            contribution_finding(view),
            rest_of_year_finding(view),
            parts_finding(view, "ref_area"),
            parts_finding(view, "activity"),
            parts_finding(view, "cross_cutting"),
            digital_finding(view),
        ],
    )


def price_finding(view: View) -> str | None:
    """Why nominal output and real value added do not clash."""
    nominal, real = view.current(OUTPUT, "ytd_yoy"), view.current(VALUE_ADDED, "ytd_yoy")
    if nominal is None or real is None or nominal.time_period != real.time_period:
        return None
    deflator = metrics.implied_deflator(rounded(nominal), rounded(real))
    index, span = fmt(deflator.value, 3), between(view, deflator, 4)
    return told(
        view,
        view.say(
            f"产值按现价、增加值按可比价计算，增速不能直接比较：若增加值率不变，两者之差相当于隐含平减指数{index}"
            f"（{span}），即{_price_words(view, deflator.value)}；增加值率变化也会形成这一差距，因此不是工业品价格指数。",
            f"Output is at current and value added at comparable prices, so their growth rates differ: with an unchanged "
            f"value-added rate the gap amounts to an implied deflator of {index} ({span}), {_price_words(view, deflator.value)}. "
            "A change of that rate would give the same gap; this is no price index.",
        ),
        _deflator(view, nominal, deflator.value),
    )


def _deflator(view: View, nominal: Figure, value: float) -> Metric:
    return metric(
        view,
        "implied_deflator",
        value,
        unit="ratio",
        decimals=3,
        time_period=nominal.time_period,
        status="E",
        name={"zh": "隐含平减指数", "en": "Implied deflator"},
        period=view.in_both(lambda one: span(one, nominal)),
    )


def _price_words(view: View, deflator: float) -> str:
    change = 100 * (deflator - 1)
    size = pct(abs(change), 1, view.lang)
    if size == "0.0%":
        return view.say("与上年同期大致持平", "about the level of a year earlier")
    higher = change > 0
    return view.say(
        f"比上年同期{'高' if higher else '低'}约{size}",
        f"about {size} {'above' if higher else 'below'} a year earlier",
    )


def digital_finding(view: View) -> str | None:
    """Growth of the core industries of the digital economy and their places in the province."""
    cells = {
        ("investment_fixed_asset", "digital_core"): view.say("项目投资", "project investment"),
        ("revenue", "digital_core"): view.say("营业收入", "revenue"),
        (VALUE_ADDED, "digital_core_manufacturing"): view.say(
            "核心制造业增加值", "value added of core manufacturing"
        ),
        ("revenue", "software"): view.say(
            "软件与信息服务业营收", "revenue of software and information services"
        ),
    }
    items, known = [], []
    changes = {cell: view.current(cell[0], "ytd_yoy", activity=cell[1]) for cell in cells}
    newest = max((change.last_month for change in changes.values() if change), default="")
    for cell, name in cells.items():
        change = changes[cell]
        if change and change.last_month == newest:
            place = view.beside(change, "ytd_yoy_rank")
            detail = view.say(f"，第{place.value:.0f}位", f", no. {place.value:.0f}") if place else ""
            known += [change, place]
            items.append(name + brackets(view, pct(change.value, change.decimals, view.lang) + detail))
    if not items:
        return None
    return told(
        view,
        view.say(
            f"数字经济核心产业同比增速及全省位次：{listed(view, items)}。",
            f"Digital economy, growth and place in the province: {listed(view, items)}.",
        ),
        *known,
    )
