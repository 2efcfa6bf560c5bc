"""The release lab: what came out on a day, what it revised, and what contradicts what as known then."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from zs_analysis import metrics
from zs_analysis.explore.lab import Choice, Lab, Options, Piece
from zs_analysis.explore.views import newest_view, view_of
from zs_analysis.model import KEY
from zs_analysis.present import clusters, panel
from zs_analysis.present.numbers import Lang, period_words
from zs_analysis.present.phrases import TRANSFORMATIONS, quantity
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

CELL = [name for name in KEY if name not in ("source_id", "obs_status")]


def release_lab(*, as_of: str | None = None, lang: Lang = "zh", data: str | Path | None = None) -> Lab:
    """Look at the data as known on a day: pick the day and what to look at.

    Parameters
    ----------
    as_of : str, optional
        Day like ``2023-12-13``; what was released later is invisible.
    lang : {"zh", "en"}
    data : path, optional
        Folder of another data package.

    Examples
    --------
    >>> lab = release_lab(as_of="2023-12-13")
    >>> lab.chosen
    {'day': '2023-12-13', 'subject': 'new'}
    """
    newest = newest_view(as_of, lang, data)
    subjects: Mapping[str, tuple[str, Callable[[View], Piece | None]]] = {
        "new": (newest.say("当日公布的数", "Figures released that day"), _new),
        "revised": (newest.say("此前历次修订", "Revisions until then"), _revised),
        "doubts": (
            newest.say("互相矛盾的公布数", "Figures that contradict each other"),
            lambda view: panel.doubts_table(view) or panel.no_doubts(view),
        ),
        "coverage": (newest.say("各集群有哪些数", "What there is of each cluster"), clusters.coverage_table),
    }
    choices = [
        Choice("day", newest.say("截至", "As known on"), lambda _: _days(newest)),
        Choice(
            "subject",
            newest.say("看什么", "Subject"),
            lambda _: [(words, code) for code, (words, _) in subjects.items()],
        ),
    ]
    return Lab(
        choices,
        lambda day, subject: [subjects[subject][1](_on(newest, day))],
        title=newest.say("数据的历次公布", "Releases of the data"),
        lang=lang,
    )


def _on(newest: View, day: str) -> View:
    """What was known on a day, told of the quarter that the newest figures are of."""
    return view_of(newest.period, day, newest.lang, newest.data_dir)


def _days(view: View) -> Options:
    days = view.table("observations")["released"].dropna().dt.strftime("%Y-%m-%d")
    counts = days.value_counts().sort_index(ascending=False)
    return [
        (view.say(f"{day}（{count}个数）", f"{day} ({count} figures)"), day) for day, count in counts.items()
    ]


def _new(view: View) -> Table | None:
    rows = view.table("observations")
    rows = rows[rows["released"].eq(pd.Timestamp(view.as_of))]
    return _listed(
        view,
        rows,
        view.say(f"{view.as_of}公布的{len(rows)}个数", f"{len(rows)} figures released on {view.as_of}"),
    )


def _listed(view: View, rows: pd.DataFrame, title: str) -> Table | None:
    if rows.empty:
        return None
    frame = pd.DataFrame(_rows(view, rows)).assign(
        value=[quantity(view, row.obs_value, row.decimals, row.unit) for row in rows.itertuples()],
        status=rows["obs_status"].to_numpy(),
        place=rows["place"].replace("", None).to_numpy(),
    )
    columns = (
        *_cell_columns(view),
        Column("value", view.say("公布数", "Figure"), align="right", status="status"),
        Column("place", view.say("出处", "Clause")),
    )
    return Table(frame, title, columns=columns, source=view.source(rows["source_id"]), lang=view.lang)


def _rows(view: View, rows: pd.DataFrame) -> Iterator[dict[str, str]]:
    for row in rows.itertuples():
        ytd = row.transformation.startswith("ytd")
        yield {
            "indicator": view.name("indicators", row.indicator),
            "area": view.name("areas", row.ref_area),
            "activity": view.name("activities", row.activity),
            "kind": view.say(*TRANSFORMATIONS[row.transformation]),
            "period": period_words(row.time_period, view.lang, ytd=ytd),
        }


def _cell_columns(view: View) -> tuple[Column, ...]:
    return (
        Column("indicator", view.say("指标", "Indicator")),
        Column("area", view.say("地区", "Area")),
        Column("activity", view.say("集群、行业", "Cluster, industry")),
        Column("kind", view.say("数据类型", "Measure")),
        Column("period", view.say("时期", "Period")),
    )


def _revised(view: View) -> Table | None:
    """Figures that were published again until the day, with another value."""
    known = view.table("observations").query("obs_status != 'F'")
    pairs = metrics.first_and_newest(known, cell=CELL)
    pairs = pairs[pairs["first"].ne(pairs["newest"])].reset_index(drop=True)
    if pairs.empty:
        return None
    frame = pd.DataFrame(_rows(view, pairs)).assign(
        first=pairs["first"],
        newest=pairs["newest"],
        change=(pairs["newest"] - pairs["first"]).round(9),
        unit=[view.name("units", unit) for unit in pairs["unit"]],
    )
    again = metrics.first_and_newest(known, cell=CELL)
    columns = (
        *_cell_columns(view),
        Column("first", view.say("首次公布", "First")),
        Column("newest", view.say("最新公布", "Newest")),
        Column("change", view.say("修订", "Revision")),
        Column("unit", view.say("单位", "Unit")),
    )
    title = view.say(
        f"公布过不止一次的{len(again)}个数中{len(frame)}个有修订",
        f"{len(frame)} of {len(again)} figures published more than once were revised",
    )
    return Table(
        frame,
        title,
        columns=columns,
        source=view.source(known.merge(pairs[CELL], on=CELL)["source_id"]),
        lang=view.lang,
    )
