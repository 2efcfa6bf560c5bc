"""Contributions of clusters and areas to the growth of output: in points, and as shares where those say something."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.numbers import fmt, pct, pp
from zs_analysis.present.output.cells import (
    DIMENSIONS,
    FIGURES,
    brackets,
    is_current,
    months_words,
    newest_with_parts,
    sources_of,
)
from zs_analysis.present.phrases import listed
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

UNALLOCATED, TOTAL = "unallocated", "total"
# Half a unit of the digit shown: a wider range is printed.
SHOWN = 0.05
NAMED = 3


def contribution_parts(view: View, dimension: str) -> pd.DataFrame:
    """Parts of the newest period for which levels and growth of parts are published, closed to the total.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}

    Returns
    -------
    pandas.DataFrame
        By ``code``, the total first, the largest contribution next and ``unallocated`` last: ``time_period``,
        ``level`` and ``base`` in 亿元, ``growth_pct``, ``contribution_pp``, ``contribution_lo``,
        ``contribution_hi`` and ``share_pct``, missing where refused. Empty if no period has the total and two
        parts.
    """
    found = newest_with_parts(view, dimension)
    if found is None:
        return pd.DataFrame(columns=["time_period", "level", "growth_pct", "base", "contribution_pp"])
    total, parts = found
    closed = metrics.contributions(parts[FIGURES], total[FIGURES], label=UNALLOCATED)
    shares = metrics.contribution_share(closed["contribution_pp"], total["growth_pct"], **share_rules(view))
    closed = closed.assign(share_pct=shares).sort_values("contribution_pp", ascending=False, kind="stable")
    whole = {
        "level": total["level"],
        "growth_pct": total["growth_pct"],
        "base": metrics.implied_base(total["level"], total["growth_pct"]),
        "contribution_pp": total["growth_pct"],
        "share_pct": 100.0 if shares.notna().all() else float("nan"),
    }
    order = [TOTAL, *closed.index.drop(UNALLOCATED), UNALLOCATED]
    rows = pd.concat([pd.DataFrame([whole], index=[TOTAL]), closed]).loc[order]
    return rows.assign(time_period=total["month"]).rename_axis("code")


def share_rules(view: View) -> dict[str, float]:
    """The dated rules that refuse shares."""
    values = view.rules("contribution")["value"]
    return {"min_growth_pct": float(values["min_growth"]), "max_opposite": float(values["max_opposite"])}


def pull_finding(view: View) -> str | None:
    """The clusters that contributed most to growth, where their figures are of the quarter."""
    rows = contribution_parts(view, "activity")
    if rows.empty or not is_current(view, rows["time_period"].iloc[0]):
        return None
    top = rows.drop(index=[TOTAL, UNALLOCATED]).head(NAMED)
    items = [view.name("activities", code) + _brackets_pull(view, row) for code, row in top.iterrows()]
    when = months_words(view, rows["time_period"].iloc[0], year=False)
    total = pct(rows.loc[TOTAL, "growth_pct"], 1, view.lang)
    return view.say(
        f"{when}全市增长{total}中，拉动最大的集群是{listed(view, items)}。",
        f"Of the city's {total} in {when}, the clusters that contributed most are {listed(view, items)}.",
    )


def _brackets_pull(view: View, row: pd.Series) -> str:
    text = pp(row["contribution_pp"], 1, view.lang)
    if pd.notna(row["share_pct"]):
        text += view.say(f"，贡献率{pct(row['share_pct'], 1)}", f", {pct(row['share_pct'], 1, 'en')} of it")
    return brackets(view, text)


def contribution_chart(view: View, dimension: str) -> Chart | None:
    """The growth of output built up from the contributions of its parts.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}
    """
    rows = contribution_parts(view, dimension)
    if rows.empty:
        return None
    parts = rows.drop(index=[TOTAL, UNALLOCATED])
    frame = parts.assign(name=[view.name(DIMENSIONS[dimension], code) for code in parts.index])
    total = rows.loc[TOTAL, "growth_pct"]
    return charts.contributions(
        frame,
        "name",
        "contribution_pp",
        total=(view.say("全市", "City"), total),
        title=_title(view, rows, frame["name"].iloc[0]),
        unit=view.say("拉动，百分点", "contribution to growth, percentage points"),
        source=view.source(_sources(view, dimension)),
        decimals=1,
        note=_period_note(view, rows),
        lang=view.lang,
    )


def _title(view: View, rows: pd.DataFrame, top: str) -> str:
    when = months_words(view, rows["time_period"].iloc[0])
    largest = fmt(rows["contribution_pp"].iloc[1], 1, view.lang)
    total = fmt(rows.loc[TOTAL, "growth_pct"], 1, view.lang)
    return view.say(
        f"{when}规上工业总产值增长{total}%，其中{top}拉动{largest}个百分点",
        f"Gross output, {when}: growth of {total}%, of which {top} {largest} points",
    )


def _period_note(view: View, rows: pd.DataFrame) -> str:
    if is_current(view, rows["time_period"].iloc[0]):
        return ""
    return view.say(
        "这是最近一个同时公布分项产值与增速的时期；本期的没有查到。",
        "This is the newest period with levels and growth of parts; for the quarter none were found.",
    )


def _sources(view: View, dimension: str) -> pd.Series:
    total, parts = newest_with_parts(view, dimension)
    return sources_of(pd.concat([total.to_frame().T, parts]))


def contribution_table(view: View, dimension: str) -> Table | None:
    """Contributions of parts in points and as shares, closed to the total by a row for what is not published.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}
    """
    rows = contribution_parts(view, dimension)
    if rows.empty:
        return None
    total, parts = rows.loc[TOTAL], rows.drop(index=TOTAL)
    names = [_part_name(view, dimension, code) for code in parts.index]
    frame = pd.concat(
        [parts.assign(name=names), total.to_frame().T.assign(name=view.say("全市", "City"))]
    ).infer_objects()
    frame[["level", "base"]] = frame[["level", "base"]].apply(view.money)
    frame["range"] = [
        (row["contribution_hi"] - row["contribution_lo"]) / 2
        for _, row in frame.astype({"name": str}).iterrows()
    ]
    return Table(
        frame,
        _title(view, rows, names[0]),
        columns=_columns(view, frame),
        source=view.source(_sources(view, dimension)),
        note=view.say("", " ").join(
            filter(None, (_method_note(view), _share_note(view, rows), _period_note(view, rows)))
        ),
        lang=view.lang,
    )


def _part_name(view: View, dimension: str, code: str) -> str:
    if code == UNALLOCATED:
        return view.say("未分列及舍入差", "Not published separately, rounding")
    return view.name(DIMENSIONS[dimension], code)


def _columns(view: View, frame: pd.DataFrame) -> list[Column]:
    money = view.say(1, 2)
    columns = [
        Column("name", view.say("部分", "Part")),
        Column("level", view.say("产值", "Output"), money, unit=view.money_unit),
        Column("growth_pct", view.say("同比", "Growth"), 1, unit="%"),
        Column("base", view.say("推算同期基数", "Base"), money, unit=view.money_unit),
        Column("contribution_pp", view.say("拉动", "Pull"), 1, unit=view.say("百分点", "points")),
    ]
    if frame["range"].drop(UNALLOCATED).gt(SHOWN).any():
        columns.append(Column("range", view.say("舍入±", "Rounding ±"), 1))
    if frame["share_pct"].notna().any():
        columns.append(Column("share_pct", view.say("贡献率", "Share"), 1, unit="%"))
    return columns


def _method_note(view: View) -> str:
    return view.say(
        "产值与增速为公布数；同期基数=产值÷（1+增速），拉动=增量÷全市同期基数，贡献率=拉动÷全市增速。",
        "Output and growth are published; base = output / (1 + growth), pull = contribution to growth = increase / "
        "the city's base, share = pull / the city's growth.",
    )


def _share_note(view: View, rows: pd.DataFrame) -> str:
    reason = metrics.share_refusal(
        rows["contribution_pp"].drop(TOTAL), rows.loc[TOTAL, "growth_pct"], **share_rules(view)
    )
    if not reason:
        return ""
    rule = view.rules("contribution").loc["min_growth" if reason == "growth too small" else "max_opposite"]
    if reason == "growth too small":
        limit = fmt(rule["value"], None, view.lang)
        why = view.say(f"全市增速绝对值低于{limit}%", f"the city's growth is below {limit}% either way")
    else:
        limit = fmt(100 * rule["value"], None, view.lang)
        why = view.say(
            f"与全市反向的拉动合计超过总增速的{limit}%",
            f"contributions against the city's growth exceed {limit}% of it",
        )
    return view.say(
        f"不给贡献率：{why}（规则来源：{rule['source'].replace('：', '，')}）。",
        f"No shares: {why} (a rule of this suite).",
    )
