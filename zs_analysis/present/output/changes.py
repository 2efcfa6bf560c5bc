"""What changed since the last quarter: figures known then, the same figures now, and what is new."""

from collections.abc import Sequence

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics import RevisionStatistics
from zs_analysis.model import PUBLISHED, last_month
from zs_analysis.present.numbers import fmt, pct, pp, turn_words
from zs_analysis.present.output.cells import (
    OUTPUT,
    UNSPECIFIED,
    VALUE_ADDED,
    WHOLE,
    brackets,
    months_words,
    previous_end,
)
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

HEADLINES = (OUTPUT, VALUE_ADDED, "revenue_scale", "profit_scale")
GROWTH, LEVEL = ("yoy", "ytd_yoy"), ("level", "ytd")
CELL = ["indicator", "ref_area", "activity", "kind"]
PERIOD = ["freq", "time_period"]
# A figure is shown as printed, a difference to the finer digit of the two.
DIGITS = {
    "known": "known_decimals",
    "revised": "known_decimals",
    "new": "new_decimals",
    "revision": "decimals",
    "news": "decimals",
    "change": "decimals",
}


def last_day(view: View) -> pd.Timestamp | None:
    """Day on which the last quarter's report could be written: its newest figure of output came out.

    Returns
    -------
    pandas.Timestamp or None
        First release of the city's newest growth or level of output up to the end of the last quarter; where
        there is none, of value added.
    """
    for indicator in (OUTPUT, VALUE_ADDED):
        rows = from_january(view, indicator, ref_area=view.city, activity=WHOLE)
        old = rows[rows["month"].le(previous_end(view)) & rows["released"].notna()]
        if len(old):
            return old.loc[old["month"].eq(old["month"].max()), "released"].min()
    return None


def from_january(view: View, indicators: str | Sequence[str], **where: str) -> pd.DataFrame:
    """Published levels and growth from January, all releases: newest month, then whole year, then newest release first.

    Returns
    -------
    pandas.DataFrame
        Rows of observations with ``month`` and ``kind`` (``growth`` or ``level``).
    """
    units = ("pct", "1e8_cny")
    rows = view.figures(indicators, (*GROWTH, *LEVEL), unit=units, obs_status=PUBLISHED, **where)
    whole = rows["transformation"].isin(["yoy", "level"])
    rows = rows[rows["freq"].eq("A") == whole]
    growth = rows["transformation"].isin(GROWTH)
    return rows.assign(month=last_month(rows), kind=growth.map({True: "growth", False: "level"}))


def compared(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Each cell's figure as known at the last quarter's publication, the same figure now, and the newest one.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `from_january` gives them.

    Returns
    -------
    pandas.DataFrame
        By indicator, area, activity and kind: ``known``, ``known_month``, ``revised``, ``new``, ``new_month``,
        their decimals and sources, and what `zs_analysis.metrics.split_change` makes of them. Levels of two years are not
        compared: January starts anew.
    """
    day = view.once(last_day)
    old = rows[rows["month"].le(previous_end(view)) & rows["released"].le(day)]
    known = old.drop_duplicates(CELL).set_index(CELL)
    now = rows.drop_duplicates([*CELL, *PERIOD]).set_index([*CELL, *PERIOD])["obs_value"]
    new = rows[rows["month"].gt(previous_end(view))].drop_duplicates(CELL).set_index(CELL)
    found = pd.DataFrame(
        {
            "known": known["obs_value"],
            "known_month": known["month"],
            "known_decimals": known["decimals"],
            "known_source": known["source_id"],
            "revised": known.join(now.rename("now"), on=[*CELL, *PERIOD])["now"],
        }
    ).join(new[["obs_value", "month", "decimals", "source_id"]], how="right")
    found = found.rename(columns={"obs_value": "new", "month": "new_month", "decimals": "new_decimals"})
    found["decimals"] = found[["known_decimals", "new_decimals"]].max(axis=1)
    other_year = found["known_month"].str[:4].ne(found["new_month"].str[:4])
    levels = found.index.get_level_values("kind") == "level"
    found[["known", "revised"]] = found[["known", "revised"]].mask(other_year & levels)
    return found.join(metrics.split_change(found["known"], found["revised"], found["new"]))


def headline_changes(view: View) -> pd.DataFrame:
    """`compared` for the city's headline figures that were known at the last quarter's publication."""
    rows = from_january(view, HEADLINES, ref_area=view.city, activity=WHOLE)
    found = compared(view, rows) if view.once(last_day) is not None else pd.DataFrame(columns=["known"])
    found = found.dropna(subset=["known"])
    order = {(code, kind): i for i, code in enumerate(HEADLINES) for kind in ("growth", "level")}
    return found.loc[sorted(found.index, key=lambda cell: (order[cell[0], cell[3]], cell[3]))]


def change_finding(view: View) -> str | None:
    """How growth of output changed since the last quarter, by revision and by news."""
    found = headline_changes(view)
    cell = (OUTPUT, view.city, WHOLE, "growth")
    if cell not in found.index or not of_last_quarter(view, found.loc[cell, "known_month"]):
        return None
    row = found.loc[cell]
    digits = int(row["decimals"])
    now, was = (pct(row[name], digits, view.lang) for name in ("new", "known"))
    revision, news = (pp(row[name], digits, view.lang) for name in ("revision", "news"))
    months = [months_words(view, row[name], year=False) for name in ("new_month", "known_month")]
    day, turn = view.once(last_day).date(), turn_words(row["new"], row["known"], digits, view.lang)
    return view.say(
        f"{months[0]}产值增速{now}，比{months[1]}首次公布的{was}（{day}）{turn}：其中数据修订{revision}，新月份{news}。",
        f"Growth of output is {now} for {months[0]} against {was} for {months[1]} as first released on {day} ({turn}): "
        f"{revision} by revision, {news} by the new months.",
    )


def of_last_quarter(view: View, month: str) -> bool:
    """Whether a month known before lies in the quarter before the one reported."""
    return month >= str((view.quarter - 1).asfreq("M", how="start"))


def changes_table(view: View) -> Table | None:
    """Headline figures at the last quarter's publication and now, the change split into revision and news."""
    found = headline_changes(view)
    if found.empty:
        return None
    columns = {
        "known": view.say("当时公布", "Known then"),
        "revised": view.say("该期现值", "Same, now"),
        "new": view.say("本期", "New"),
        "revision": view.say("修订", "Revision"),
        "news": view.say("新数据", "News"),
        "change": view.say("合计变动", "Change"),
    }
    return Table(
        pd.DataFrame([_change_row(view, cell, row) for cell, row in found.iterrows()]),
        _changes_title(view, found),
        columns=(
            Column("name", view.say("指标", "Figure")),
            *(Column(name, label, align="right") for name, label in columns.items()),
        ),
        source=view.source([*found["known_source"], *found["source_id"]]),
        note=view.say(
            "修订=同一时期现值-当时公布值；新数据=本期值-该期现值；两者之和为合计变动。增速的变动以百分点计。"
            "累计值跨年重新起算，不作比较。",
            "Revision = the same period now less as known then; news = the new period less that; together the change. "
            "Changes of growth are in points. Year-to-date levels start anew each year and are not compared over it.",
        ),
        lang=view.lang,
    )


def _changes_title(view: View, found: pd.DataFrame) -> str:
    day = view.once(last_day).date()
    if of_last_quarter(view, found["known_month"].max()):
        return view.say(
            f"与上季度数据公布时（{day}）相比的变动",
            f"Changes since the last quarter's figures came out ({day})",
        )
    return view.say(
        f"上季度没有公布数；与此前最近一次公布（{day}）相比的变动",
        f"No figures of the last quarter were found; changes since the last release before ({day})",
    )


def _change_row(view: View, cell: tuple[str, ...], row: pd.Series) -> dict[str, str]:
    level = cell[3] == "level"
    unit = view.money_unit if level else "%"
    what = view.name("indicators", cell[0]) + ("" if level else view.say("增速", ", growth"))
    periods = [months_words(view, row[name]) for name in ("known_month", "new_month")]
    name = f"{what}{view.say('，', ', ')}{unit}" + brackets(view, view.say("→", " → ").join(periods))
    more = 1 if level and view.lang == "en" else 0
    numbers = {
        key: fmt(view.money(row[key]) if level else row[key], int(row[digits]) + more, view.lang)
        for key, digits in DIGITS.items()
    }
    return {"name": name} | numbers


def no_last_quarter(view: View) -> Note:
    """Why nothing can be compared with the last quarter."""
    then = months_words(view, previous_end(view))
    return Note(
        view.say(
            f"没有查到{then}的公布数，无从与上季度比较；载入那一期统计月报即可。",
            f"No figures of {then} were found to compare with; load that bulletin.",
        )
    )


def no_revisions(view: View) -> Note:
    """Why there are no statistics of revisions."""
    return Note(
        view.say(
            "没有一个数发布过两次，修订无从统计。", "No figure was released twice, so there are no revisions."
        )
    )


def revision_table(view: View) -> Table | None:
    """How figures of output were revised between their first and newest release."""
    rows = from_january(view, (*HEADLINES, UNSPECIFIED))
    rows = rows[rows["ref_area"].isin([view.city, *view.inside(view.city)])]
    pairs = metrics.first_and_newest(rows, cell=[*CELL, *PERIOD, "unit"])
    if pairs.empty:
        return None
    growth = pairs["kind"].eq("growth")
    pairs.loc[~growth, "newest"] = 100 * (pairs["newest"] / pairs["first"] - 1)
    pairs.loc[~growth, "first"] = 0.0
    kinds = {
        view.say("增速（百分点）", "Growth (points)"): pairs[growth],
        view.say("数值（%）", "Levels (%)"): pairs[~growth],
    }
    found = {
        name: metrics.revision_statistics(one["first"], one["newest"])
        for name, one in kinds.items()
        if len(one)
    }
    again = rows.duplicated([*CELL, *PERIOD, "unit"], keep=False)
    return Table(
        pd.DataFrame([_revision_row(name, one) for name, one in found.items()]),
        view.say("历次发布之间的修订", "Revisions between first and newest release"),
        columns=(
            Column("name", view.say("数据", "Figures")),
            Column("count", view.say("多次发布", "Released again"), 0),
            Column("revised", view.say("有修订", "Revised"), 0),
            Column("mean", view.say("平均修订", "Mean"), 2),
            Column("mar", view.say("平均绝对修订", "Mean absolute"), 2),
            Column("rmsr", view.say("均方根", "Root mean square"), 2),
            Column("t", view.say("t值", "t"), 2),
        ),
        source=view.source(rows.loc[again, "source_id"]),
        note=view.say(
            "同一时期的同一个数发布过多次的，以最新值减首次值；位数不同的按较粗的位数比较。t为平均修订与零之差的检验值，绝对值超过2说明首次数据偏向一边。",
            "Newest less first figure of every period released more than once, at the coarser of the printed digits. t tests the "
            "mean against zero: beyond 2 either way the first figures err to one side.",
        ),
        lang=view.lang,
    )


def _revision_row(name: str, found: RevisionStatistics) -> dict[str, object]:
    return {
        "name": name,
        "count": found.count,
        "revised": found.revised,
        "mean": found.mean,
        "mar": found.mean_absolute,
        "rmsr": found.root_mean_square,
        "t": found.t,
    }
