"""The announced year, and what it leaves for the months to come."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics import Remainder
from zs_analysis.model import Figure
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.headlines import Metric
from zs_analysis.present.numbers import pct, period_words, yi
from zs_analysis.present.output.cells import OUTPUT
from zs_analysis.present.phrases import amount, metric, told, window
from zs_analysis.present.view import View

MONTHS = 12


def rest_of_year(view: View) -> tuple[Figure, Figure, Remainder] | None:
    """The announced year, the year so far and what they leave for the months to come."""
    expected, so_far = view.expected(OUTPUT), view.current(OUTPUT, "ytd")
    if expected is None or so_far is None or so_far.freq == "A":
        return None
    months_left = MONTHS - int(so_far.time_period[-2:])
    if months_left == 0 or so_far.value >= expected.value:
        return None
    # An announced 约3800 is no measurement: its rounding is unknown, so it enters as the number it is.
    return expected, so_far, metrics.implied_remainder(expected.value, so_far.value, months_left=months_left)


def rest_of_year_finding(view: View) -> str | None:
    """What the announced year implies for the months to come, against the months so far."""
    known = rest_of_year(view)
    if known is None:
        return None
    expected, so_far, rest = known
    lower = rest.versus_ytd_pct < 0
    change = abs(rest.versus_ytd_pct)
    months = months_left_words(view, so_far)
    return told(
        view,
        view.say(
            f"全年预计{amount(view, expected)}，据此{months}需完成{yi(rest.value, 1)}，月均{yi(rest.per_month, 1)}，"
            f"比{window(view, so_far)}月均{yi(rest.ytd_per_month, 1)}{'低' if lower else '高'}{pct(change, 1)}。",
            f"The announced year, {amount(view, expected)}, leaves {yi(rest.value, 1, 'en')} for {months}: "
            f"{yi(rest.per_month, 1, 'en')} a month, {pct(change, 1, 'en')} {'below' if lower else 'above'} the "
            f"monthly average of {window(view, so_far)} ({yi(rest.ytd_per_month, 1, 'en')}).",
        ),
        expected,
        _left(view, expected, rest),
    )


def _left(view: View, expected: Figure, rest: Remainder) -> Metric:
    """What the announced year leaves, as a number of the finding."""
    name = {"zh": "按全年预计尚需完成的产值", "en": "Output that the announced year leaves"}
    return metric(
        view,
        "gross_output_left",
        rest.value,
        unit="1e8_cny",
        decimals=1,
        time_period=expected.time_period,
        status="E",
        name=name,
    )


def months_left_words(view: View, so_far: Figure) -> str:
    """The months after a year-to-date figure: 11—12月."""
    first = pd.Period(so_far.time_period, freq="M") + 1
    last = f"{view.year}-12"
    if str(first) == last:
        return period_words(last, view.lang, year=False)
    start, end = (period_words(month, view.lang, year=False) for month in (str(first), last))
    return view.say(f"{first.month}—{end}", f"{start}–{end}")


def remainder_chart(view: View) -> Chart | None:
    """Monthly output so far against what the announced year leaves."""
    known = rest_of_year(view)
    if known is None:
        return None
    expected, so_far, rest = known
    title = view.say(
        f"按全年{amount(view, expected)}推算，{months_left_words(view, so_far)}月均产值比{window(view, so_far)}{'低' if rest.versus_ytd_pct < 0 else '高'}"
        f"{pct(abs(rest.versus_ytd_pct), 1)}",
        f"The announced year of {amount(view, expected)} puts {months_left_words(view, so_far)} "
        f"{pct(abs(rest.versus_ytd_pct), 1, 'en')} {'below' if rest.versus_ytd_pct < 0 else 'above'} the months so far",
    )
    return charts.remainder(
        int(so_far.time_period[-2:]),
        view.money(rest.ytd_per_month),
        view.money(rest.per_month),
        decimals=view.say(1, 2),
        title=title,
        unit=view.say(f"月均产值，{view.money_unit}", f"output a month, {view.money_unit}"),
        source=view.source([so_far.source_id, expected.source_id]),
        lang=view.lang,
        note=view.say(
            "面积为产值；虚框由预计数推算，不是已公布数。",
            "Area is output; the hollow block is implied, not published.",
        ),
    )
