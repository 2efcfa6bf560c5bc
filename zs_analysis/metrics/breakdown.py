"""A yearly target split over months and parts (月度指标分解), and how far the year is along it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from zs_analysis.metrics._checks import require, require_unique

PIECES = range(2, 13)
"""Months that a year is told in: January and February come as one, in February."""


def month_weights(single: pd.DataFrame, years: Sequence[str]) -> pd.DataFrame:
    """What part of a year falls to each group and month, by the base years.

    Parameters
    ----------
    single : pandas.DataFrame
        ``group``, ``time_period`` (month, January and February as one in February), ``value``: output of
        the month.
    years : sequence of str
        Base years; the shape over the months is their average, the parts of the groups are those of the
        newest.

    Returns
    -------
    pandas.DataFrame
        Groups in rows, months 2 to 12 in columns; all weights sum to 1.

    Raises
    ------
    ValueError
        If there is no base year, a group has a month twice or lacks one of a base year, or all together
        made nothing.

    Notes
    -----
    ``w[g, m] = share of g in the newest base year * mean over the years of (x[g, m] / sum over m)``. A
    group keeps its own season, the city has the sum of them. A year in which a group made nothing has no
    shape and does not count in its mean.

    Examples
    --------
    >>> months = [f"2023-{m:02d}" for m in range(2, 13)]
    >>> single = pd.DataFrame({"group": "ships", "time_period": months, "value": [2.0] + [1.0] * 10})
    >>> month_weights(single, ["2023"]).loc["ships"].round(4).tolist()[:3]
    [0.1667, 0.0833, 0.0833]
    """
    require(not len(years), list(years), rule="years must name a base year", advice="Take last year.")
    tables = [_year_table(single, year) for year in sorted(years)]
    groups = tables[-1].index
    totals = [table.sum(axis=1).reindex(groups) for table in tables]
    shapes = [
        table.reindex(groups).div(total.where(total.gt(0)), axis=0)
        for table, total in zip(tables, totals, strict=True)
    ]
    shape = pd.concat(shapes).groupby(level="group").mean().reindex(groups)
    newest = totals[-1]
    made = newest.sum()
    require(made <= 0, made, rule="the base year must add to more than zero", advice="Load it.")
    return shape.mul(newest / made, axis=0).fillna(0.0)


def _year_table(single: pd.DataFrame, year: str) -> pd.DataFrame:
    rows = single[single["time_period"].str[:4].eq(year)]
    require_unique(pd.MultiIndex.from_frame(rows[["group", "time_period"]]), "base year")
    month = rows["time_period"].str[5:].astype(int)
    table = rows.assign(month=month).pivot(index="group", columns="month", values="value")
    table = table.reindex(columns=PIECES).astype(float)
    cells = table.stack(future_stack=True)
    gaps = [f"{group} {year}-{month:02d}" for group, month in cells[cells.isna()].index]
    if table.empty or gaps:
        raise ValueError(
            f"base year {year} is not complete: {', '.join(gaps[:5]) or 'no month at all'} missing. Load "
            "those months, leave the firms or groups out, or take another base year"
        )
    return table


def apportion(
    total: float, weights: pd.Series | pd.DataFrame, *, step: float = 1.0
) -> pd.Series | pd.DataFrame:
    """Split a total in proportion to weights into multiples of a step that sum to it exactly.

    Parameters
    ----------
    total : float
        A multiple of `step`, not negative.
    weights : pandas.Series or pandas.DataFrame
        Not negative; their sum is above zero.
    step : float
        The last digit to be printed, in the unit of `total`. Whole numbers keep the sums exact in floats.

    Returns
    -------
    pandas.Series or pandas.DataFrame
        As `weights`. No part is a step or more away from its exact share.

    Raises
    ------
    ValueError
        If the total is no multiple of the step, or the weights are negative, missing or all zero.

    Notes
    -----
    Largest remainders (Hamilton): each part gets its share rounded down, the steps that are left go to the
    largest remainders, of equal ones to the first.

    References
    ----------
    Balinski and Young (1982), Fair Representation, chapter 2 (the method of Hamilton).

    Examples
    --------
    >>> apportion(10, pd.Series([1.0, 1.0, 1.0])).tolist()
    [4.0, 3.0, 3.0]
    """
    values = weights.to_numpy(dtype=float)
    bad = not np.isfinite(values).all() or bool((values < 0).any()) or values.sum() <= 0
    rule = "weights must be known, not negative, and above zero in sum"
    require(bad, weights, rule=rule, advice="See the base.")
    steps = round(total / step)
    off = total < 0 or abs(steps * step - total) > 1e-6 * step
    rule = f"total must be a multiple of {step:g} and not negative"
    require(off, total, rule=rule, advice="Use a finer step.")
    exact = steps * values.ravel() / values.sum()
    # a share that is whole but for its last binary digit must not lose a step
    whole = np.floor(exact + 1e-9)
    left = int(steps - whole.sum())
    first = np.argsort(-(exact - whole).round(9), kind="stable")[:left]
    whole[first] += 1
    parts = (whole * step).reshape(values.shape)
    if isinstance(weights, pd.DataFrame):
        return pd.DataFrame(parts, weights.index, weights.columns)
    return pd.Series(parts, weights.index)


def month_targets(total: float, weights: pd.DataFrame, *, step: float = 1.0) -> pd.DataFrame:
    """Split a yearly target over months, then each month over groups, so that every printed sum closes.

    Parameters
    ----------
    total, step : float
        As in `apportion`.
    weights : pandas.DataFrame
        Groups in rows, months in columns, as `month_weights` makes them or sums of its rows.

    Returns
    -------
    pandas.DataFrame
        As `weights`: multiples of the step. Columns sum to the months, which depend on the sums of the
        columns of the weights alone: two ways of grouping one base have the same months.

    Raises
    ------
    ValueError
        As in `apportion`: a month of a group below zero, for one.

    Examples
    --------
    >>> weights = pd.DataFrame({2: [0.4, 0.1], 3: [0.3, 0.2]}, index=["ships", "seafood"])
    >>> month_targets(11, weights).values.tolist()
    [[5.0, 3.0], [1.0, 2.0]]
    """
    months = apportion(total, weights.sum(), step=step)
    return pd.DataFrame(
        {month: apportion(months[month], weights[month], step=step) for month in weights.columns}
    )


def target_course(targets: pd.DataFrame, actual_ytd: pd.DataFrame) -> pd.DataFrame:
    """Monthly targets against what was made, group by group and for all together.

    Parameters
    ----------
    targets : pandas.DataFrame
        Groups in rows, months 2 to 12 in columns: what each month should bring, as `apportion` splits it.
    actual_ytd : pandas.DataFrame
        ``group``, ``month`` (2 to 12), ``value``: output of the year to date, in the unit of the targets. A
        group that `targets` lacks counts in the total alone.

    Returns
    -------
    pandas.DataFrame
        ``group`` (``total`` last), ``month``, ``target``, ``target_ytd``, ``actual``, ``actual_ytd``,
        ``gap_ytd`` (actual less target: above zero is ahead), ``done_pct`` (of the target so far). A month
        without figures leaves its own actual and the next month's missing; the total needs every group.

    Examples
    --------
    >>> targets = pd.DataFrame([[20.0] + [10.0] * 10], index=["ships"], columns=list(range(2, 13)))
    >>> actual = pd.DataFrame({"group": "ships", "month": [2, 3], "value": [18.0, 33.0]})
    >>> course = target_course(targets, actual)
    >>> course.query("group == 'total' and month == 3")[["target_ytd", "actual", "gap_ytd"]].values.tolist()
    [[30.0, 15.0, 3.0]]
    """
    made = actual_ytd.pivot(index="group", columns="month", values="value").reindex(columns=PIECES)
    known = made.reindex(made.index.union(targets.index, sort=False))
    whole = known.sum(axis=0, skipna=False).to_frame("total").T
    ytd = pd.concat([known.reindex(targets.index), whole])
    asked = pd.concat([targets, targets.sum().to_frame("total").T])
    single = ytd - ytd.shift(axis=1, fill_value=0.0)
    asked_ytd = asked.cumsum(axis=1)
    columns = {
        "target": asked,
        "target_ytd": asked_ytd,
        "actual": single,
        "actual_ytd": ytd,
        "gap_ytd": ytd - asked_ytd,
        "done_pct": 100 * ytd / asked_ytd.where(asked_ytd.gt(0)),
    }
    long = {name: table.stack(future_stack=True) for name, table in columns.items()}
    return pd.DataFrame(long).rename_axis(["group", "month"]).reset_index()
