"""Lists that steer the months (清单): large firms, decline, renovation, firms near the threshold, projects.

Firms come from ``enterprise_months``: year-to-date figures, one row a firm and month, in 10,000 yuan. A
January of its own is no figure: it comes with February. A missing month is never filled.
"""

import numpy as np
import pandas as pd

from zs_analysis.metrics._checks import require, require_unique
from zs_analysis.metrics.projects import investment_progress, stage_delays

OUTPUT, BASE, REVENUE, RENOVATION = "output_ytd", "output_ytd_base", "revenue_ytd", "renovation_ytd"


def firm_single_months(months: pd.DataFrame) -> pd.DataFrame:
    """Output of each firm in single months, by difference; January and February as one.

    Parameters
    ----------
    months : pandas.DataFrame
        ``enterprise``, ``time_period`` (like ``2024-02``), ``output_ytd``, ``output_ytd_base``.

    Returns
    -------
    pandas.DataFrame
        ``enterprise``, ``time_period`` (the piece's last month), ``months`` (2 for January and February),
        ``output`` and ``base`` (the same months a year before, comparable). Missing where the month before
        is not there.

    Raises
    ------
    ValueError
        If a firm has a month twice.

    Notes
    -----
    ``value_m = ytd_m - ytd_(m-1)`` within a year, as in `ytd_to_single`. What a firm corrects within the
    year lands in the month it was reported in and can make that month negative.

    Examples
    --------
    >>> months = pd.DataFrame({"enterprise": "a", "time_period": ["2024-02", "2024-03", "2024-05"],
    ...     "output_ytd": [50.0, 80.0, 130.0], "output_ytd_base": [40.0, 70.0, 100.0]})
    >>> firm_single_months(months)["output"].tolist()
    [50.0, 30.0, nan]
    """
    require_unique(pd.MultiIndex.from_frame(months[["enterprise", "time_period"]]), "enterprise_months")
    rows = months[~months["time_period"].str.endswith("-01")].sort_values(["enterprise", "time_period"])
    month = rows["time_period"].str[5:].astype(int)
    year = rows["time_period"].str[:4]
    before = rows.assign(month=month).groupby(["enterprise", year])[["month", OUTPUT, BASE]].shift()
    first, follows = month.eq(2), before["month"].eq(month - 1)
    single = {
        name: rows[column].where(first, (rows[column] - before[column]).where(follows))
        for name, column in {"output": OUTPUT, "base": BASE}.items()
    }
    pieces = rows[["enterprise", "time_period"]].assign(months=1 + first.astype(int), **single)
    return pieces.reset_index(drop=True)


def large_firms(months: pd.DataFrame, month: str, *, threshold: float) -> pd.DataFrame:
    """Firms whose output of a year is at or over a threshold: the high weights of the city's output.

    Parameters
    ----------
    months : pandas.DataFrame
        ``enterprise``, ``time_period``, ``output_ytd``, ``output_ytd_base``.
    month : str
        Month of the list, like ``2024-09``.
    threshold : float
        Output of twelve months, 10,000 yuan; from the dated rules.

    Returns
    -------
    pandas.DataFrame
        Largest first: ``enterprise``, ``output`` and ``base`` (year to date), ``growth_pct``, ``share_pct``
        of all firms' output, ``pull_pp`` on their growth, ``last_year`` (its December), ``twelve_months``
        (up to `month`), ``standing``: ``above`` both times, ``rising`` (last year below), ``new`` (over it,
        with no figure for last year), ``falling`` (only last year was), ``unclear`` (last year was, the
        twelve months are not known).

    Raises
    ------
    ValueError
        If a firm has a month twice, or the threshold is not above zero.

    Notes
    -----
    ``twelve_months = ytd_m + (ytd_12 - ytd_m of last year)`` with last year's own figures, not the
    comparable base. Shares are of the firms that reported the month, not of the published total.

    Examples
    --------
    >>> months = pd.DataFrame({"enterprise": "a", "time_period": ["2023-09", "2023-12", "2024-09"],
    ...     "output_ytd": [40000.0, 52000.0, 36000.0], "output_ytd_base": [38000.0, 50000.0, 40000.0]})
    >>> row = large_firms(months, "2024-09", threshold=50000).iloc[0]
    >>> print(row["twelve_months"], row["standing"], row["growth_pct"])
    48000.0 falling -10.0
    """
    require(threshold <= 0, threshold, rule="threshold must be above zero", advice="See the rules.")
    table = _year_to_date(months, month, OUTPUT, BASE).rename(columns={OUTPUT: "output", BASE: "base"})
    table = _with_growth(table)
    table["share_pct"] = 100 * table["output"] / table["output"].sum()
    yearly = _yearly(months, month, OUTPUT)
    table = table.join(yearly)
    now = table["twelve_months"].fillna(table["output"]).ge(threshold)
    then = table["last_year"].ge(threshold)
    standing = np.select(
        [now & then, now & table["last_year"].isna(), now, table["twelve_months"].isna()],
        ["above", "new", "rising", "unclear"],
        "falling",
    )
    listed = table.assign(standing=standing)[now | then]
    return _sorted(listed, "output")


def _year_to_date(months: pd.DataFrame, month: str, *columns: str) -> pd.DataFrame:
    require_unique(pd.MultiIndex.from_frame(months[["enterprise", "time_period"]]), "enterprise_months")
    return months[months["time_period"].eq(month)].set_index("enterprise")[list(columns)].astype(float)


def _with_growth(table: pd.DataFrame) -> pd.DataFrame:
    """Growth and pull of firms that have a base above zero and a figure; the others have none."""
    comparable = table["base"].gt(0) & table["output"].notna()
    gain = (table["output"] - table["base"]).where(comparable)
    growth = 100 * gain / table["base"].where(comparable)
    both = table["base"].notna() & table["output"].notna()
    whole = table["base"].where(both).sum()
    pull = 100 * (table["output"] - table["base"]).where(both) / (whole if whole > 0 else float("nan"))
    return table.assign(growth_pct=growth, pull_pp=pull)


def _yearly(months: pd.DataFrame, month: str, column: str) -> pd.DataFrame:
    """Last year, and the twelve months up to `month`, from the firms' own figures of both years."""
    before = str(int(month[:4]) - 1)
    now, then, year = (
        _year_to_date(months, when, column)[column]
        for when in (month, f"{before}-{month[5:]}", f"{before}-12")
    )
    table = pd.DataFrame({"now": now, "then": then, "last_year": year}).astype(float)
    return table.assign(twelve_months=table["now"] + table["last_year"] - table["then"])[
        ["last_year", "twelve_months"]
    ]


def _sorted(table: pd.DataFrame, column: str) -> pd.DataFrame:
    # by code first: firms of one size come in one order, whatever the order of the rows
    ordered = table.rename_axis("enterprise").sort_index().sort_values(column, ascending=False, kind="stable")
    return ordered.reset_index()


def declining_firms(months: pd.DataFrame, month: str) -> pd.DataFrame:
    """Firms whose output of the year so far lies below that of a year before, the largest loss first.

    Parameters
    ----------
    months : pandas.DataFrame
        ``enterprise``, ``time_period``, ``output_ytd``, ``output_ytd_base``.
    month : str
        Month of the list, like ``2024-09``.

    Returns
    -------
    pandas.DataFrame
        ``enterprise``, ``output`` and ``base`` (year to date), ``lost`` (above zero), ``growth_pct``,
        ``pull_pp`` on the growth of all firms, ``share_of_loss_pct`` in the loss of all firms of the list,
        ``months_in_a_row`` of single months below a year before up to `month` (January and February are one
        figure and two months), and ``stopped``: nothing was made in the last month.

    Raises
    ------
    ValueError
        If a firm has a month twice.

    Notes
    -----
    The gains of other firms are not set against the loss. A firm without a base, or with a base of zero,
    cannot decline. ``months_in_a_row`` ends at a month that is missing; zero: the last month was no
    decline.

    Examples
    --------
    >>> months = pd.DataFrame({"enterprise": "a", "time_period": ["2024-02", "2024-03", "2024-04"],
    ...     "output_ytd": [50.0, 70.0, 85.0], "output_ytd_base": [40.0, 75.0, 100.0]})
    >>> declining_firms(months, "2024-04")[["lost", "months_in_a_row"]].values.tolist()
    [[15.0, 2.0]]
    """
    table = _year_to_date(months, month, OUTPUT, BASE).rename(columns={OUTPUT: "output", BASE: "base"})
    table = _with_growth(table)
    pieces = firm_single_months(months[months["time_period"].le(month)])
    last = pieces[pieces["time_period"].eq(month)].set_index("enterprise")["output"]
    table = table.assign(
        lost=table["base"] - table["output"],
        months_in_a_row=_months_in_a_row(pieces, month).reindex(table.index, fill_value=0),
        stopped=last.reindex(table.index).eq(0),
    )
    below = table[table["lost"].gt(0) & table["base"].gt(0)]
    below = below.assign(share_of_loss_pct=100 * below["lost"] / below["lost"].sum())
    return _sorted(below, "lost")


def _months_in_a_row(pieces: pd.DataFrame, month: str) -> pd.Series:
    """Months of decline that end in `month`, firm by firm."""
    wide = pieces.assign(fell=pieces["output"].lt(pieces["base"]))
    table = wide.pivot(index="enterprise", columns="time_period", values="fell")
    every = [str(one) for one in pd.period_range(pieces["time_period"].min(), month, freq="M")]
    every = [one for one in every if not one.endswith("-01")]
    # a gap ends the run as a month without decline does
    unbroken = table.reindex(columns=every[::-1]).eq(True).astype(int).cumprod(axis=1)
    length = pd.Series([2 if one.endswith("-02") else 1 for one in unbroken.columns], index=unbroken.columns)
    return unbroken.mul(length).sum(axis=1).astype(int)


def upgrading_firms(
    months: pd.DataFrame, month: str, *, below_scale: pd.Index, threshold: float, near: float
) -> pd.DataFrame:
    """Firms below designated size that are about to pass its threshold (小升规), the nearest first.

    Parameters
    ----------
    months : pandas.DataFrame
        ``enterprise``, ``time_period``, ``revenue_ytd``: main business revenue.
    month : str
        Month of the list, like ``2024-09``.
    below_scale : pandas.Index
        Codes of the firms that are not above designated size.
    threshold : float
        Main business revenue of a year, 10,000 yuan; from the dated rules.
    near : float
        Least part of the threshold that puts a firm on the list, a ratio; from the dated rules.

    Returns
    -------
    pandas.DataFrame
        ``enterprise``, ``revenue`` (year to date), ``twelve_months``, ``annualised``, ``shape`` (whose last
        year annualised it: ``own`` or ``all`` of these firms), ``distance`` (threshold less the larger of
        the two years; negative: beyond), ``standing``: ``passed`` (the year so far is at the threshold),
        ``on_course`` (either year is), ``near``.

    Raises
    ------
    ValueError
        If a firm has a month twice, or threshold or `near` are not above zero.

    Notes
    -----
    ``annualised = ytd_m * (ytd_12 / ytd_m of last year)``, with all such firms of last year together where
    a firm made nothing in January and February of last year, or is new. Without any firm to learn from,
    only the twelve months count. It does not know whether the firm is to be registered; that is an
    application.

    Examples
    --------
    >>> months = pd.DataFrame({"enterprise": ["a", "a", "a", "a", "b"],
    ...     "time_period": ["2023-02", "2023-09", "2023-12", "2024-09", "2024-09"],
    ...     "revenue_ytd": [200.0, 1000.0, 1500.0, 1400.0, 900.0]})
    >>> small = pd.Index(["a", "b"])
    >>> firms = upgrading_firms(months, "2024-09", below_scale=small, threshold=2000, near=0.6)
    >>> firms[["enterprise", "annualised", "shape", "standing"]].values.tolist()
    [['a', 2100.0, 'own', 'on_course'], ['b', 1350.0, 'all', 'near']]
    """
    require(threshold <= 0, threshold, rule="threshold must be above zero", advice="See the rules.")
    require(near <= 0, near, rule="near must be above zero", advice="See the rules.")
    small = months[months["enterprise"].isin(below_scale)]
    table = _year_to_date(small, month, REVENUE).rename(columns={REVENUE: "revenue"}).dropna()
    table = table.join(_annualised(small, month, table["revenue"]))
    best = table[["twelve_months", "annualised", "revenue"]].max(axis=1)
    standing = pd.Series("near", index=table.index).mask(best.ge(threshold), "on_course")
    standing = standing.mask(table["revenue"].ge(threshold), "passed")
    listed = table.assign(distance=threshold - best, standing=standing, best=best)
    return _sorted(listed[best.ge(near * threshold)], "best").drop(columns="best")


def _annualised(months: pd.DataFrame, month: str, revenue: pd.Series) -> pd.DataFrame:
    yearly = _yearly(months, month, REVENUE)
    before = f"{int(month[:4]) - 1}-{month[5:]}"
    then = _year_to_date(months, before, REVENUE)[REVENUE]
    first = _year_to_date(months, f"{before[:4]}-02", REVENUE)[REVENUE]
    # a firm that began during last year has no shape of a year: its ratio would be far too high
    whole_year = then.where(first.reindex(then.index).gt(0))
    own = (yearly["last_year"] / whole_year).reindex(revenue.index)
    both = pd.DataFrame({"year": yearly["last_year"], "then": then}).dropna()
    whole = both["year"].sum() / both["then"].sum() if both["then"].sum() > 0 else float("nan")
    shape = pd.Series("own", index=revenue.index).mask(own.isna(), "all")
    return pd.DataFrame(
        {
            "twelve_months": yearly["twelve_months"].reindex(revenue.index),
            "annualised": revenue * own.fillna(whole),
            "shape": shape,
        }
    )


def renovating_firms(months: pd.DataFrame, month: str) -> pd.DataFrame:
    """Firms that invest in technological upgrading (技术改造), now or in the same months of last year.

    Parameters
    ----------
    months : pandas.DataFrame
        ``enterprise``, ``time_period``, ``renovation_ytd``.
    month : str
        Month of the list, like ``2024-09``.

    Returns
    -------
    pandas.DataFrame
        Largest first: ``enterprise``, ``renovation`` (year to date), ``base`` (the same months of last
        year, as the firm reported them then), ``growth_pct`` (missing without a base above zero),
        ``share_pct`` of all firms'.

    Raises
    ------
    ValueError
        If a firm has a month twice.

    Examples
    --------
    >>> months = pd.DataFrame({"enterprise": ["a", "a", "b"], "renovation_ytd": [100.0, 150.0, 50.0],
    ...     "time_period": ["2023-09", "2024-09", "2024-09"]})
    >>> renovating_firms(months, "2024-09")[["growth_pct", "share_pct"]].values.tolist()
    [[50.0, 75.0], [nan, 25.0]]
    """
    before = f"{int(month[:4]) - 1}-{month[5:]}"
    now, then = (_year_to_date(months, when, RENOVATION)[RENOVATION] for when in (month, before))
    table = pd.DataFrame({"renovation": now, "base": then.reindex(now.index)}).astype(float)
    growth = 100 * (table["renovation"] / table["base"].where(table["base"].gt(0)) - 1)
    whole = table["renovation"].sum()
    share = 100 * table["renovation"] / (whole if whole > 0 else float("nan"))
    invests = table["renovation"].gt(0) | (table["base"].gt(0) & table["renovation"].notna())
    return _sorted(table.assign(growth_pct=growth, share_pct=share)[invests], "renovation")


def missing_reports(months: pd.DataFrame, month: str) -> pd.Index:
    """Firms that reported earlier months of the year but not this one: lists do not have them.

    Parameters
    ----------
    months : pandas.DataFrame
        ``enterprise``, ``time_period``, ``output_ytd``.
    month : str
        Like ``2024-09``.

    Returns
    -------
    pandas.Index
        Codes, in order. A firm that closed looks like one that is late.

    Examples
    --------
    >>> months = pd.DataFrame({"enterprise": ["a", "a", "b"], "output_ytd": 1.0,
    ...     "time_period": ["2024-08", "2024-09", "2024-08"]})
    >>> missing_reports(months, "2024-09").tolist()
    ['b']
    """
    known = months[months[OUTPUT].notna()]
    this_year = known["time_period"].str[:4].eq(month[:4]) & known["time_period"].lt(month)
    earlier = set(known.loc[this_year, "enterprise"])
    return pd.Index(sorted(earlier - set(known.loc[known["time_period"].eq(month), "enterprise"])))


def coming_on_stream(
    projects: pd.DataFrame, stages: pd.DataFrame, year: str, on: pd.Timestamp
) -> pd.DataFrame:
    """Projects that came on stream (竣工投产) in a year, were planned to, or are overdue from before.

    Parameters
    ----------
    projects : pandas.DataFrame
        ``project_id``, ``status``, ``as_of`` (text, the day of the status), ``output_a_year`` (1e8 CNY).
    stages : pandas.DataFrame
        ``project_id``, ``stage``, ``planned``, ``actual`` (timestamps, `NaT` where unknown); one row a stage.
    year : str
        Like ``2024``.
    on : pandas.Timestamp
        Day of the judgement; what happened later has not happened.

    Returns
    -------
    pandas.DataFrame
        Those on stream first, then by planned day: ``project_id``, ``planned``, ``actual``, ``reached``,
        ``days_late``, ``state`` (as in `stage_delays`; ``undated`` where only the status says completed, or
        no day was planned), ``output_a_year`` at full capacity, missing where not stated.

    Raises
    ------
    ValueError
        If a project has a stage twice.

    Notes
    -----
    ``output_a_year`` is a plan for a full year, not what the project makes this year.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> projects = pd.DataFrame({"project_id": ["a", "b"], "status": ["building", "completed"],
    ...     "as_of": "2024-09-30", "output_a_year": [5.0, None]})
    >>> stages = pd.DataFrame({"project_id": ["a"], "stage": "completed", "planned": [day("2024-08-31")],
    ...     "actual": pd.NaT})
    >>> coming_on_stream(projects, stages, "2024", day("2024-09-30"))[["project_id", "state"]].values.tolist()
    [['b', 'undated'], ['a', 'overdue']]
    """
    life = stage_delays(stages, on)
    last = life[life["stage"].eq("completed")].drop(columns="stage")
    planned, actual = (last[day].dt.year for day in ("planned", "actual"))
    done = last["reached"] & actual.eq(int(year))
    still_open = ~last["reached"] & planned.le(int(year))
    told = projects["status"].eq("completed") & projects["as_of"].str[:4].eq(year)
    only_told = projects.loc[told & ~projects["project_id"].isin(last["project_id"]), ["project_id"]]
    rows = pd.concat([last[done | still_open], only_told.assign(reached=True, state="undated")])
    table = rows.merge(projects[["project_id", "output_a_year"]], on="project_id")
    table["reached"] = table["reached"].astype(bool)
    table["actual"] = table["actual"].where(table["reached"])
    order = table.assign(waits=~table["reached"]).sort_values(["waits", "actual", "planned", "project_id"])
    return table.loc[order.index].reset_index(drop=True)


def renovation_projects(projects: pd.DataFrame, months: pd.DataFrame, last_month: str) -> pd.DataFrame:
    """Projects of technological upgrading with investment done against schedule, the furthest behind first.

    Parameters
    ----------
    projects : pandas.DataFrame
        ``project_id``, ``kind``, ``status``, ``investment``.
    months : pandas.DataFrame
        ``project_id``, ``time_period``, ``scheduled``, ``invested`` since the start, 1e8 CNY.
    last_month : str
        Like ``2024-09``.

    Returns
    -------
    pandas.DataFrame
        ``project_id``, ``status``, ``investment``, ``time_period`` of the figures, ``scheduled``,
        ``invested``, ``ratio_pct`` of schedule, ``gap`` (invested less scheduled). Projects without figures
        come after the others, those on stream last.

    Examples
    --------
    >>> projects = pd.DataFrame({"project_id": ["a", "b"], "kind": ["renovation", "new"],
    ...     "status": "building", "investment": 5.0})
    >>> months = pd.DataFrame({"project_id": ["a"], "time_period": "2024-09", "scheduled": 4.0,
    ...     "invested": 3.0})
    >>> table = renovation_projects(projects, months, "2024-09")
    >>> table[["project_id", "ratio_pct", "gap"]].values.tolist()
    [['a', 75.0, -1.0]]
    """
    chosen = projects.loc[projects["kind"].eq("renovation"), ["project_id", "status", "investment"]]
    progress = investment_progress(months, last_month).rename_axis("project_id").reset_index()
    table = chosen.merge(progress, on="project_id", how="left")
    table["gap"] = table["invested"] - table["scheduled"]
    order = table.assign(done=table["status"].eq("completed")).sort_values(["done", "gap", "project_id"])
    return table.loc[order.index].reset_index(drop=True)
