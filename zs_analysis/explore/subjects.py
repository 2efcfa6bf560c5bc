"""Labs of growth and investment: the charts and tables of the reports, for any quarter and as known on any day."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from zs_analysis.explore.lab import Choice, Chosen, Lab, Options, Piece
from zs_analysis.explore.views import newest_view, view_of
from zs_analysis.loaders import headlines
from zs_analysis.model import last_month
from zs_analysis.present import investment, output, panel, projects
from zs_analysis.present.numbers import Lang, period_words
from zs_analysis.present.view import Note, View

Makers: TypeAlias = Sequence[Callable[[View], Piece | None]]
Subjects: TypeAlias = Mapping[tuple[str, str, str], Makers]

# Code and words of a subject: what it shows.
GROWTH: Subjects = {
    ("clusters", "分集群增速", "Growth by cluster"): (
        lambda view: output.growth_chart(view, "activity"),
        lambda view: output.moves_table(view, "activity"),
    ),
    ("areas", "分地区增速", "Growth by area"): (
        lambda view: output.growth_chart(view, "ref_area"),
        lambda view: output.moves_table(view, "ref_area"),
    ),
    ("pull_clusters", "拉动：分集群", "Contributions by cluster"): (
        lambda view: output.contribution_chart(view, "activity"),
        lambda view: output.contribution_table(view, "activity"),
    ),
    ("pull_areas", "拉动：分地区", "Contributions by area"): (
        lambda view: output.contribution_chart(view, "ref_area"),
        lambda view: output.contribution_table(view, "ref_area"),
    ),
    ("quarter", "当季", "The quarter alone"): (
        lambda view: output.quarter_chart(view) or output.missing_note(view),
        output.quarter_table,
    ),
    ("course", "逐月估计", "The months, estimated"): (panel.course_chart, panel.years_table),
    ("remainder", "全年预计与其余月份", "What the announced year leaves"): (
        output.remainder_chart,
        output.history_table,
    ),
}
INVESTMENT: Subjects = {
    ("growth", "三个口径的增速", "Growth of three scopes"): (
        investment.growth_chart,
        investment.renovation_table,
    ),
    ("ex_firm", "扣除龙头企业", "Without the dominant firm"): (
        lambda view: investment.ex_firm_chart(view) or investment.ex_firm_note(view),
    ),
    ("share", "制造业投资占比", "Manufacturing share"): (
        lambda view: investment.share_chart(view) or investment.share_missing(view),
        investment.share_history_table,
    ),
    ("projects", "项目", "Projects"): (
        projects.stage_table,
        lambda view: investment.project_table(view) or projects.not_named(view),
    ),
}


def growth_lab(*, as_of: str | None = None, lang: Lang = "zh", data: str | Path | None = None) -> Lab:
    """Look at growth of output: pick subject, quarter, and whether as known then or now.

    Parameters
    ----------
    as_of : str, optional
        Day like ``2023-12-13``; what was released later is invisible.
    lang : {"zh", "en"}
    data : path, optional
        Folder of another data package.

    Examples
    --------
    >>> lab = growth_lab(as_of="2023-12-13").choose(subject="areas")
    >>> lab.pieces[0].title
    '公布增速的5个区域中，高新区最快（37.7%），普陀最慢（13.1%）'
    """
    indicators = (output.OUTPUT, output.VALUE_ADDED, output.UNSPECIFIED)
    return _lab(GROWTH, ("产出增长", "Output growth"), indicators, newest_view(as_of, lang, data))


def investment_lab(*, as_of: str | None = None, lang: Lang = "zh", data: str | Path | None = None) -> Lab:
    """Look at investment: pick subject, quarter, and whether as known then or now; see `growth_lab`."""
    return _lab(INVESTMENT, ("投资", "Investment"), investment.TRACED, newest_view(as_of, lang, data))


def _lab(subjects: Subjects, title: tuple[str, str], indicators: Iterable[str], newest: View) -> Lab:
    quarters = list(_quarters(newest, indicators))
    choices = [
        Choice("subject", newest.say("看什么", "Subject"), lambda _: _named(newest, subjects)),
        Choice("period", newest.say("季度", "Quarter"), lambda _: quarters, newest.period),
        Choice("known", newest.say("数据", "Data"), lambda so_far: _days(newest, so_far)),
    ]
    makers = {code: made for (code, *_), made in subjects.items()}
    return Lab(
        choices,
        lambda subject, period, known: _pieces(
            makers[subject], view_of(period, known or newest.as_of, newest.lang, newest.data_dir)
        ),
        title=newest.say(*title),
        lang=newest.lang,
    )


def _named(view: View, subjects: Subjects) -> Options:
    return [(view.say(zh, en), code) for code, zh, en in subjects]


def _quarters(view: View, indicators: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Quarters for which a figure of these indicators was published, the newest first."""
    rows = view.table("observations").query("indicator in @indicators and obs_status != 'F'")
    months = pd.PeriodIndex(last_month(rows).unique(), freq="M")
    for quarter in sorted(set(months.asfreq("Q")), reverse=True):
        yield period_words(quarter, view.lang), str(quarter)


def _days(view: View, so_far: Chosen) -> Options:
    """All that is known now; and what was known when the quarter's headline figure came out, where that is less."""
    now = (view.say("现在所知", "as known now"), "")
    known = headlines(view.data_dir, view.as_of).drop_duplicates("quarter", keep="last").set_index("quarter")
    if so_far["period"] not in known.index:
        return [now]
    day = known.at[so_far["period"], "released"]
    return [now, (view.say(f"{day}所知", f"as known on {day}"), day)]


def _pieces(makers: Makers, view: View) -> list[Piece | None]:
    """What there is; where that is nothing, how far the figures reach."""
    found = [make(view) for make in makers]
    return (
        found if any(piece is not None for piece in found) else [view.no_data, Note(view.reach.words) or None]
    )
