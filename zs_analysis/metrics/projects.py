"""The life of investment projects: stages, delays, investment against schedule, lights, capacity to come.

Stages come in the order of `STAGES`. A project that reached one has passed those before it, whether their
days were recorded or not.
"""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd

from zs_analysis.metrics._checks import require

STAGES = ("planned", "signed", "started", "building", "completed")
SCENARIOS = ("low", "central", "high")
LIGHTS = ("green", "amber", "red")


def stage_delays(stages: pd.DataFrame, on: pd.Timestamp) -> pd.DataFrame:
    """Planned against actual days of every stage of every project.

    Parameters
    ----------
    stages : pandas.DataFrame
        ``project_id``, ``stage``, ``planned``, ``actual`` (timestamps, `NaT` where unknown); one row a stage.
    on : pandas.Timestamp
        Day of the judgement; what happened later has not happened.

    Returns
    -------
    pandas.DataFrame
        The rows in the order of the projects' lives, with ``reached``, ``days_late`` (actual, or else `on`,
        less planned; negative is early; missing without a planned day) and ``state``: ``on_time``, ``late``,
        ``overdue`` (not reached and past its day), ``not_due``, or ``undated``.

    Raises
    ------
    ValueError
        If a stage is unknown or a project has one twice.

    Notes
    -----
    A stage without an actual day that lies before one that was reached is passed, on a day nobody recorded.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> stages = pd.DataFrame({"project_id": "a", "stage": ["signed", "started"],
    ...     "planned": [day("2024-01-31"), day("2024-06-30")], "actual": [day("2024-02-10"), pd.NaT]})
    >>> stage_delays(stages, day("2024-07-30"))[["stage", "days_late", "state"]]
         stage  days_late    state
    0   signed       10.0     late
    1  started       30.0  overdue
    """
    _require_stages(stages)
    rows = stages.assign(rank=stages["stage"].map(STAGES.index)).sort_values(["project_id", "rank"])
    reached = rows["actual"].le(on)
    passed = rows["rank"].le(rows["rank"].where(reached).groupby(rows["project_id"]).transform("max"))
    days = (rows["actual"].where(reached, on) - rows["planned"]).dt.days.astype(float)
    days = days.mask(passed & ~reached)
    state = np.select(
        [days.isna(), reached & days.le(0), reached, days.gt(0)],
        ["undated", "on_time", "late", "overdue"],
        "not_due",
    )
    found = rows.assign(reached=reached | passed, days_late=days, state=state)
    return found.drop(columns="rank").reset_index(drop=True)


def _require_stages(stages: pd.DataFrame) -> None:
    unknown = sorted(set(stages["stage"]) - set(STAGES))
    require(bool(unknown), unknown, rule=f"stage must be one of {', '.join(STAGES)}", advice="Map it to one.")
    twice = stages[stages.duplicated(["project_id", "stage"])]
    got = ", ".join(f"{row.project_id} {row.stage}" for row in twice.itertuples())
    require(len(twice) > 0, got, rule="a project has each stage once", advice="Keep its newest release.")


def standing(stages: pd.DataFrame, on: pd.Timestamp, *, longest_days: Mapping[str, float]) -> pd.DataFrame:
    """Where each project stands in its life on a day.

    Parameters
    ----------
    stages, on
        As in `stage_delays`.
    longest_days : mapping of str to float
        Days a project may stay in a stage, by stage; a stage without one has no limit. From the dated rules.

    Returns
    -------
    pandas.DataFrame
        By ``project_id``: ``stage`` (the furthest reached; missing before the first), ``since``,
        ``days_in_stage``, ``next_stage`` (the first that is left and has a planned day), ``next_planned``,
        ``days_late`` of the newest milestone (the next stage if it is overdue, else the one reached last),
        ``stuck`` (longer in its stage than allowed; never once completed).

    Examples
    --------
    >>> day = pd.Timestamp
    >>> stages = pd.DataFrame({"project_id": "a", "stage": ["signed", "started"],
    ...     "planned": [day("2024-01-31"), day("2024-06-30")], "actual": [day("2024-01-31"), pd.NaT]})
    >>> row = standing(stages, day("2024-07-30"), longest_days={"signed": 180}).loc["a"]
    >>> print(row["stage"], row["days_in_stage"], row["next_stage"], row["days_late"], row["stuck"])
    signed 181.0 started 30.0 True
    """
    life = stage_delays(stages, on)
    at = life[life["reached"]].drop_duplicates("project_id", keep="last").set_index("project_id")
    now = at[["stage", "actual", "days_late"]].set_axis(["stage", "since", "late_then"], axis=1)
    left = life[~life["reached"] & life["planned"].notna()].drop_duplicates("project_id")
    left = left.set_index("project_id")[["stage", "planned", "days_late"]]
    left.columns = ["next_stage", "next_planned", "late_next"]
    table = now.reindex(life["project_id"].drop_duplicates()).join(left)
    overdue = table["late_next"].gt(0)
    days = (on - table["since"]).dt.days.astype(float)
    limit = table["stage"].map(longest_days).astype(float)
    return table.assign(
        days_in_stage=days,
        days_late=table["late_then"].mask(overdue, table["late_next"]),
        stuck=days.gt(limit) & table["stage"].ne("completed"),
    ).drop(columns=["late_then", "late_next"])


def life_counts(
    projects: pd.DataFrame, by: Sequence[Hashable] = (), *, value: str = "investment"
) -> pd.DataFrame:
    """Funnel of the projects' life: how many are at each stage, and how many got at least so far.

    Parameters
    ----------
    projects : pandas.DataFrame
        One row a project: ``stage`` (its furthest; missing ones are left out), `value` and the columns of
        `by`.
    by : sequence
        Columns to split by, such as ``["cluster"]``.
    value : str
        Column to sum, e.g. total investment in 1e8 CNY. Missing amounts count as projects and add nothing.

    Returns
    -------
    pandas.DataFrame
        The columns of `by`, ``stage``, ``now`` and ``reached`` (projects), `value` summed over those now at
        the stage, ``<value>_reached`` over those that got there. ``reached`` never grows along the life.

    Examples
    --------
    >>> projects = pd.DataFrame({"stage": ["signed", "completed"], "investment": [2.0, 3.0]})
    >>> life_counts(projects)[["stage", "now", "reached", "investment_reached"]].iloc[1:]
           stage  now  reached  investment_reached
    1     signed    1        2                 5.0
    2    started    0        1                 3.0
    3   building    0        1                 3.0
    4  completed    1        1                 3.0
    """
    known = projects[projects["stage"].notna()]
    if not len(by):
        return _funnel(known, value)
    groups = known.groupby(list(by), sort=False)
    parts = [_funnel(rows, value).assign(**dict(zip(by, key, strict=True))) for key, rows in groups]
    columns = [*by, "stage", "now", "reached", value, f"{value}_reached"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _funnel(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    now = rows.groupby("stage").agg(now=("stage", "size"), amount=(value, "sum"))
    now = now.reindex(STAGES).fillna(0)
    so_far = now.iloc[::-1].cumsum().iloc[::-1]
    columns = {"now": now["now"].astype(int), "reached": so_far["now"].astype(int)}
    amounts = {value: now["amount"], f"{value}_reached": so_far["amount"]}
    return pd.DataFrame(columns | amounts).rename_axis("stage").reset_index()


def stage_course(stages: pd.DataFrame, stage: str, on: pd.Timestamp) -> pd.DataFrame:
    """Projects that should have reached a stage, and those that have, month by month.

    Parameters
    ----------
    stages, on
        As in `stage_delays`. Projects without a planned day for the stage are in neither count.
    stage : str
        One of `STAGES`.

    Returns
    -------
    pandas.DataFrame
        ``ds`` (month ends), ``planned`` and ``actual``: projects up to then. From the first month of either
        to the last planned one; ``actual`` is missing after `on`. Empty if no project has a planned day.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> stages = pd.DataFrame({"project_id": ["a", "b"], "stage": "started",
    ...     "planned": [day("2024-01-31"), day("2024-02-29")], "actual": [day("2024-02-10"), pd.NaT]})
    >>> stage_course(stages, "started", day("2024-02-29"))[["planned", "actual"]].to_numpy().tolist()
    [[1.0, 0.0], [2.0, 1.0]]
    """
    life = stage_delays(stages, on)
    rows = life[life["stage"].eq(stage) & life["planned"].notna()]
    reached = rows["actual"].where(rows["actual"].le(on))
    if rows.empty:
        return pd.DataFrame({"ds": pd.DatetimeIndex([]), "planned": [], "actual": []})
    first = min(rows["planned"].min(), reached.min()) if reached.notna().any() else rows["planned"].min()
    months = pd.period_range(first, max(rows["planned"].max(), on), freq="M")
    ends = months.to_timestamp(how="end").normalize()
    counts = {"planned": rows["planned"], "actual": reached}
    table = pd.DataFrame({name: [float(days.le(end).sum()) for end in ends] for name, days in counts.items()})
    return table.assign(ds=ends, actual=table["actual"].where(months <= on.to_period("M")))[
        ["ds", "planned", "actual"]
    ]


def investment_progress(months: pd.DataFrame, last_month: str) -> pd.DataFrame:
    """Investment done against schedule, each project at its newest month.

    Parameters
    ----------
    months : pandas.DataFrame
        ``project_id``, ``time_period`` (month), ``scheduled``, ``invested``: sums since the start of the
        project, in one unit of money.
    last_month : str
        Like ``2024-09``; later months are not looked at.

    Returns
    -------
    pandas.DataFrame
        By ``project_id``: ``time_period``, ``scheduled``, ``invested``, ``ratio_pct`` (invested in percent of
        scheduled). The ratio is missing where nothing was scheduled: more than nothing has no percentage.

    Raises
    ------
    ValueError
        If a project has a month twice.

    Examples
    --------
    >>> months = pd.DataFrame({"project_id": "a", "time_period": ["2024-08", "2024-09"],
    ...     "scheduled": [1.0, 2.0], "invested": [1.0, 1.5]})
    >>> investment_progress(months, "2024-09")["ratio_pct"].tolist()
    [75.0]
    """
    rows = _known_months(months, last_month)
    newest = rows.drop_duplicates("project_id", keep="last").set_index("project_id")
    ratio = 100 * newest["invested"] / newest["scheduled"].where(newest["scheduled"].gt(0))
    return newest[["time_period", "scheduled", "invested"]].assign(ratio_pct=ratio)


def investment_course(months: pd.DataFrame, last_month: str) -> pd.DataFrame:
    """Investment scheduled and done of all projects together, month by month.

    Parameters
    ----------
    months, last_month
        As in `investment_progress`.

    Returns
    -------
    pandas.DataFrame
        ``time_period`` (every month from the first), ``scheduled``, ``invested``, ``projects``. A project
        counts from its first month on; between its reports, and after the last, it stays at its newest
        figures.

    Examples
    --------
    >>> months = pd.DataFrame({"project_id": list("aba"), "time_period": ["2024-01", "2024-02", "2024-03"],
    ...     "scheduled": [1.0, 5.0, 2.0], "invested": [1.0, 4.0, 2.0]})
    >>> investment_course(months, "2024-03")["invested"].tolist()
    [1.0, 5.0, 6.0]
    """
    rows = _known_months(months, last_month)
    if rows.empty:
        return pd.DataFrame(columns=["time_period", "scheduled", "invested", "projects"])
    spread = rows.pivot(index="time_period", columns="project_id", values=["scheduled", "invested"])
    every = pd.period_range(spread.index[0], last_month, freq="M").astype(str)
    filled = spread.reindex(every).ffill()
    sums = {name: filled[name].sum(axis=1) for name in ("scheduled", "invested")}
    count = filled["invested"].notna().sum(axis=1)
    return pd.DataFrame(sums | {"projects": count}).rename_axis("time_period").reset_index()


def _known_months(months: pd.DataFrame, last_month: str) -> pd.DataFrame:
    twice = months[months.duplicated(["project_id", "time_period"])]
    got = ", ".join(f"{row.project_id} {row.time_period}" for row in twice.itertuples())
    advice = "Keep its newest release."
    require(len(twice) > 0, got, rule="a project has each month once", advice=advice)
    known = months["scheduled"].notna() & months["invested"].notna()
    return months[known & months["time_period"].le(last_month)].sort_values(["time_period", "project_id"])


def project_lights(
    ratio_pct: pd.Series, days_late: pd.Series, *, limits: Mapping[str, float]
) -> pd.DataFrame:
    """Traffic lights of projects (亮灯预警): the worse of investment against schedule and days late.

    Parameters
    ----------
    ratio_pct : pandas.Series
        Investment done in percent of schedule; missing where unknown.
    days_late : pandas.Series
        Of the newest milestone; missing where unknown.
    limits : mapping of str to float
        ``invested_green`` and ``invested_amber``: the least ratio for each, 1 is on schedule; ``late_green``
        and ``late_amber``: the most days for each. From the dated rules.

    Returns
    -------
    pandas.DataFrame
        ``light`` (missing where neither is known), ``by_investment`` and ``by_days``.

    Raises
    ------
    ValueError
        If the limits of amber are stricter than those of green.

    Notes
    -----
    No document gives these thresholds; they are conventions.

    Examples
    --------
    >>> limits = {"invested_green": 1, "invested_amber": 0.9, "late_green": 30, "late_amber": 90}
    >>> project_lights(pd.Series([100.0, 95.0]), pd.Series([91.0, None]), limits=limits)["light"].tolist()
    ['red', 'amber']
    """
    ratios, days = ([limits[f"{kind}_{light}"] for light in LIGHTS[:2]] for kind in ("invested", "late"))
    disorder = ratios[1] > ratios[0] or days[1] < days[0]
    require(disorder, dict(limits), rule="amber must not be stricter than green", advice="Check the rules.")
    by_investment = _worse_than(-ratio_pct / 100, [-limit for limit in ratios])
    by_days = _worse_than(days_late, days)
    worst = pd.concat([by_investment, by_days], axis=1).max(axis=1)
    columns = {"light": worst, "by_investment": by_investment, "by_days": by_days}
    return pd.DataFrame({name: ranks.map(dict(enumerate(LIGHTS))) for name, ranks in columns.items()})


def _worse_than(trouble: pd.Series, limits: Sequence[float]) -> pd.Series:
    """How many limits a number is beyond; missing stays missing."""
    known = trouble.astype(float)
    # the slack keeps 90 / 100 from failing 0.9 by its last binary digit
    return sum(known.gt(limit + 1e-9).astype(float) for limit in limits).where(known.notna())


def usual_delay_days(stages: pd.DataFrame, on: pd.Timestamp, *, least: int) -> float | None:
    """Days by which projects usually come on stream after their planned day, the unfinished ones allowed for.

    Parameters
    ----------
    stages, on
        As in `stage_delays`.
    least : int
        Completions needed; below there is no usual delay.

    Returns
    -------
    float or None
        The median in days, at least 0; ``None`` where completions are too few or half of the projects are not
        known to have come on stream whatever the delay.

    Notes
    -----
    The median of the Kaplan-Meier curve of the delay of the stage ``completed``. A project that has not come
    on stream is late by at least `on` less its planned day, and counts as censored there; the median of
    completed projects alone would be too short, for the latest are still missing from it. Assumes that what
    keeps projects unfinished says nothing more of their delay.

    References
    ----------
    Kaplan and Meier (1958), Nonparametric Estimation from Incomplete Observations, JASA 53, 457-481.

    Examples
    --------
    Delays of 10 and 20 days, and two projects already 25 days overdue:

    >>> day = pd.Timestamp
    >>> stages = pd.DataFrame({"project_id": list("abcd"), "stage": "completed", "planned": day("2024-01-01"),
    ...     "actual": [day("2024-01-11"), day("2024-01-21"), pd.NaT, pd.NaT]})
    >>> [usual_delay_days(stages, day("2024-01-26"), least=least) for least in (2, 5)]
    [20.0, None]
    """
    life = stage_delays(stages, on)
    rows = life[life["stage"].eq("completed") & life["days_late"].notna()]
    done = rows["actual"].le(on)
    if done.sum() < max(least, 1):
        return None
    days = rows["days_late"].astype(float)
    # the estimator wants times above zero; a shift of all moves the median by as much
    shift = 1 - days.min()
    from statsmodels.duration.survfunc import SurvfuncRight  # takes a second to import

    curve = SurvfuncRight(days + shift, done.astype(int))
    half = curve.surv_times[curve.surv_prob <= 0.5 + 1e-12]
    return max(float(half[0] - shift), 0.0) if len(half) else None


def capacity_scenarios(
    projects: pd.DataFrame,
    *,
    last_known: str,
    months: int,
    ramp_months: float,
    delay_days: float | None,
) -> pd.DataFrame:
    """Output that projects coming on stream add, month by month, in three scenarios.

    Parameters
    ----------
    projects : pandas.DataFrame
        ``unique_id`` (the series a project adds to, e.g. its cluster), ``output_a_year`` at full capacity
        (1e8 CNY), ``planned`` and ``actual`` day of coming on stream (timestamps, `NaT` where unknown).
    last_known : str
        Last month with output figures, like ``2024-09``: what projects delivered by then is in those.
    months : int
        To look ahead, at least 1.
    ramp_months : float
        Months from coming on stream to full capacity, rising evenly; at least 1. From the dated rules.
    delay_days : float or None
        Delay of projects not yet on stream, as `usual_delay_days` gives it; without one there is no central
        scenario.

    Returns
    -------
    pandas.DataFrame
        ``scenario`` (``low``: what is on stream; ``central``: the others at their planned day and the delay;
        ``high``: the others as planned), ``unique_id``, ``ds`` (month ends), ``output_added``: output of the
        month above that of `last_known` due to projects, 1e8 CNY. A planned day that has passed is moved to
        `last_known`. ``low <= central <= high`` everywhere.

    Raises
    ------
    ValueError
        If `months` or `ramp_months` is below 1, the delay or an output below zero.

    Notes
    -----
    With ``k`` months since coming on stream, a project runs at ``min(max(k, 0) / ramp_months, 1)`` of
    ``output_a_year / 12``. Projects without output or without any day add nothing. It does not know whether
    new output replaces old, nor demand; prices are those of the plan.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> projects = pd.DataFrame({"unique_id": "ships", "output_a_year": [12.0, 24.0],
    ...     "planned": [day("2024-06-30"), day("2024-10-31")], "actual": [day("2024-09-30"), pd.NaT]})
    >>> added = capacity_scenarios(projects, last_known="2024-09", months=2, ramp_months=2, delay_days=31)
    >>> added.groupby("scenario", sort=False)["output_added"].apply(list).to_dict()
    {'low': [0.5, 1.0], 'central': [0.5, 1.0], 'high': [0.5, 2.0]}
    """
    _require_scenario(projects, months, ramp_months, delay_days)
    start = pd.Period(last_known, freq="M")
    days = _completion_days(projects, start.to_timestamp(how="end").normalize(), delay_days)
    ahead = pd.period_range(start + 1, periods=months, freq="M")
    rows = [
        pd.DataFrame(
            {
                "scenario": scenario,
                "unique_id": projects["unique_id"].to_numpy(),
                "ds": month.to_timestamp(how="end").normalize(),
                "output_added": _monthly_gain(projects["output_a_year"], day, start, month, ramp_months),
            }
        )
        for scenario, day in days.items()
        for month in ahead
    ]
    return pd.concat(rows).groupby(["scenario", "unique_id", "ds"], sort=False).sum().reset_index()


def _require_scenario(projects: pd.DataFrame, months: int, ramp: float, delay_days: float | None) -> None:
    require(months < 1, months, rule="months must be at least 1", advice="Look at least a month ahead.")
    require(ramp < 1, ramp, rule="ramp_months must be at least 1", advice="Output follows the completion.")
    late = 0.0 if delay_days is None else delay_days
    require(late < 0, late, rule="delay_days must not be below zero", advice="An early start is no delay.")
    output = projects["output_a_year"]
    require(output < 0, output, rule="output_a_year must not be below zero", advice="Capacity adds output.")


def _completion_days(
    projects: pd.DataFrame, known: pd.Timestamp, delay_days: float | None
) -> dict[str, pd.Series]:
    # frames without a single day have another resolution
    planned, actual = (projects[name].astype("datetime64[us]") for name in ("planned", "actual"))
    actual = actual.where(actual.le(known))
    # what is not on stream by now cannot have come on stream before
    days = {"low": actual}
    if delay_days is not None:
        days["central"] = actual.fillna(_not_before(known, planned + pd.Timedelta(days=delay_days)))
    return days | {"high": actual.fillna(_not_before(known, planned))}


def _not_before(known: pd.Timestamp, days: pd.Series) -> pd.Series:
    return days.mask(days.lt(known), known).astype("datetime64[us]")


def _monthly_gain(
    output_a_year: pd.Series, day: pd.Series, start: pd.Period, month: pd.Period, ramp: float
) -> np.ndarray:
    index = 12 * day.dt.year + day.dt.month
    then, now = (
        ((12 * period.year + period.month - index) / ramp).clip(0, 1).fillna(0) for period in (start, month)
    )
    return (output_a_year.fillna(0) / 12 * (now - then)).to_numpy(dtype=float)


def published_capacity(output_a_year: float, *, last_known: str, months: int) -> pd.DataFrame:
    """The one scenario that a published total of new capacity allows: a twelfth of it every month.

    Parameters
    ----------
    output_a_year : float
        Output a year of the projects that came on stream (1e8 CNY), as published.
    last_known, months
        As in `capacity_scenarios`.

    Returns
    -------
    pandas.DataFrame
        ``scenario`` (``published``), ``unique_id`` (``total``), ``ds`` and ``output_added``, as
        `capacity_scenarios` has them.

    Notes
    -----
    Supposes full capacity from the next month on and nothing of it before. The day each project came on
    stream is not known; what they delivered by `last_known` is counted twice, so it is the most they can add.

    Examples
    --------
    >>> published_capacity(200.0, last_known="2023-10", months=2)["output_added"].round(2).tolist()
    [16.67, 16.67]
    """
    require(months < 1, months, rule="months must be at least 1", advice="Look at least a month ahead.")
    ahead = pd.period_range(pd.Period(last_known, freq="M") + 1, periods=months, freq="M")
    ends = ahead.to_timestamp(how="end").normalize()
    return pd.DataFrame(
        {"scenario": "published", "unique_id": "total", "ds": ends, "output_added": output_a_year / 12}
    )
