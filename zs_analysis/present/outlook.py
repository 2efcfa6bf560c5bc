"""Forecasts of the city, its clusters and areas: from the panel's draws to paths, years and probabilities."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from zs_analysis import forecast, panels
from zs_analysis.forecast import forecasting
from zs_analysis.forecast.accuracy import scores
from zs_analysis.forecast.attainment import Measured, attainments, bridge
from zs_analysis.forecast.backtest import COMBINATION, rolled
from zs_analysis.forecast.combination import BENCHMARK
from zs_analysis.forecast.evaluation import diebold_mariano
from zs_analysis.forecast.forecasting import DRAWS, HISTORIES
from zs_analysis.forecast.hierarchy import Hierarchy
from zs_analysis.forecast.holiday import Holiday
from zs_analysis.forecast.judgement import Judgement, apply, dated, from_scenarios
from zs_analysis.forecast.news import Vintage, news, totals
from zs_analysis.forecast.nowcast import Expectation, Nowcast, against_expectation, nowcast
from zs_analysis.forecast.paths import Paths
from zs_analysis.forecast.series import CYCLES_NEEDED
from zs_analysis.kept import kept
from zs_analysis.model import Figure, figure, figures
from zs_analysis.present import panel, projects
from zs_analysis.present.disclosure import Disclosure
from zs_analysis.present.output.changes import last_day
from zs_analysis.present.panel import MONTHS_OF_YEAR, OUTPUT, REST, WHOLE
from zs_analysis.present.targets import running_targets
from zs_analysis.present.view import View

REST_OF_AREAS = "rest_of_areas"
REVENUE, MONEY, CAPACITY = "revenue_scale", "1e8_cny", "capacity"
SEED = 155
# Share of the city's months that figures fix, from which on the festival's date can show in them.
MOSTLY_KNOWN = 0.5
# A month surer than this is taken as known.
EXACT = 0.005
# How far the backtest looks ahead, and from how many past months.
BACKTEST_MONTHS = BACKTEST_ORIGINS = 12
# Months ahead that the backtest is shown for.
HORIZONS = (1, 3, 6, 12)
LEAST_MONTHS = CYCLES_NEEDED * MONTHS_OF_YEAR + BACKTEST_MONTHS + BACKTEST_ORIGINS
# A window of which this share was published then was no forecast.
ALMOST = 0.999


# Of a vintage: its months, how far it was forecast, and around which holiday.
Known = tuple[pd.Series, int, Holiday]


@dataclass(frozen=True)
class Card:
    """What is to be said of the forecast of one series.

    Attributes
    ----------
    reason : str
        Why there is none; empty where there is one.
    facts : tuple of str
        What was found of the series, and which models failed.
    weights : mapping of str to float
        Of the models; empty for a constant series.
    errors, naive_errors : numpy.ndarray or None
        Origins by horizon, of the forecast and of the seasonal naive one.
    """

    reason: str
    facts: tuple[str, ...]
    weights: Mapping[str, float]
    errors: np.ndarray | None
    naive_errors: np.ndarray | None


@dataclass(frozen=True)
class Outlook:
    """What is known and what is forecast of the city and its parts, month by month.

    Attributes
    ----------
    known : pandas.DataFrame
        ``unique_id, ds, y, se``: the panel's months up to the last one.
    drawn : Paths
        Draws of the same months, `HISTORIES` of them.
    paths : Paths
        Joint draws of the months to come.
    cards : mapping of str to Card
    incoherence : pandas.DataFrame or None
        As of `zs_analysis.forecast.hierarchy.Reconciled`.
    parts : mapping of str to list of str
        ``activities`` and ``areas`` that make up the city.
    holiday : "spring_festival" or None
        Whose effect was looked for: none where months are estimates, which know of no date.
    """

    known: pd.DataFrame
    drawn: Paths
    paths: Paths
    cards: Mapping[str, Card]
    incoherence: pd.DataFrame | None
    parts: Mapping[str, list[str]]
    holiday: Holiday

    @property
    def last(self) -> pd.Period:
        """Last month known."""
        return self.drawn.periods[-1]

    @cached_property
    def past(self) -> Paths:
        """As many draws of the past as of the future: path n goes on from draw n."""
        return self.drawn.with_values(self.drawn.values[:, :, np.arange(DRAWS) % HISTORIES])

    @property
    def hierarchy(self) -> Hierarchy:
        """The city by activities and by areas."""
        return {WHOLE: list(self.parts.values())}


def outlook(view: View) -> Outlook | None:
    """Forecasts from what was known on the day; ``None`` where there is no panel, or too little of the city."""
    return _outlook(view, *_leaves(view, fit)) if (fit := view.once(panel.fitted)) is not None else None


def city_outlook(view: View) -> Outlook | None:
    """The same of the city alone, without its parts: quick, and not reconciled."""
    fit = view.once(panel.fitted)
    return (
        None if fit is None else _outlook(view, {WHOLE: fit.cells.mask(view.city, [WHOLE]).astype(float)}, {})
    )


def _outlook(view: View, leaves: dict[str, np.ndarray], parts: dict[str, list[str]]) -> Outlook | None:
    last = last_month(view)
    if last is None:
        return None
    # Reports in either language look at the same forecast.
    made = kept(_made, view.once(panel.fitted).inputs, leaves, parts, last, _horizon(view, last))
    return None if made.cards[WHOLE].reason else made


def _made(
    inputs: panels.Inputs,
    leaves: dict[str, np.ndarray],
    parts: dict[str, list[str]],
    last: pd.Period,
    horizon: int,
) -> Outlook:
    """The forecast from the panel of some inputs: by these it is found again, not by numbers drawn from it."""
    fit, sums = panels.solved(inputs), np.array(list(leaves.values()))
    at = fit.months <= last
    values = fit.draws(sums, HISTORIES, np.random.default_rng(SEED))[:, at]
    drawn = Paths(tuple(leaves), fit.months[at], values)
    return _forecast(drawn, fit.months_of(sums)[:, at], parts, horizon, _holiday(fit, last))


def _holiday(fit: panels.Fit, last: pd.Period) -> Holiday:
    """The festival, if figures fix enough of the city's months for its date to show in them."""
    rows = fit.panel[fit.panel["freq"].eq("M") & fit.panel["time_period"].le(str(last))]
    city = rows[rows["ref_area"].eq(fit.inputs.codes.city) & rows["activity"].eq(WHOLE)]
    return "spring_festival" if (city["se"] / city["value"]).lt(EXACT).mean() >= MOSTLY_KNOWN else None


def _forecast(
    drawn: Paths, value: np.ndarray, parts: dict[str, list[str]], horizon: int, holiday: Holiday
) -> Outlook:
    error = drawn.values.std(axis=2)
    known = pd.DataFrame(
        {
            "unique_id": np.repeat(drawn.ids, len(drawn.periods)),
            "ds": np.tile(drawn.periods, len(drawn.ids)),
            "y": value.ravel(),
            "se": error.ravel(),
        }
    )
    unsure = [code for code, one in zip(drawn.ids, (error / value).max(axis=1), strict=True) if one > EXACT]
    made = forecast.fit(
        known[["unique_id", "ds", "y"]],
        horizon,
        hierarchy={WHOLE: list(parts.values())} if parts else None,
        holiday=holiday,
        history=drawn.only(unsure),
    )
    cards = {code: _card(one) for code, one in made.outlooks.items()}
    incoherence = made.reconciled and made.reconciled.incoherence
    return Outlook(known, drawn, made.paths, cards, incoherence, parts, holiday)


def _card(one: forecasting.Outlook) -> Card:
    judged = one.combination
    if judged is None:
        return Card(one.series.reason, one.facts, {}, None, None)
    naive = judged.member_errors[BENCHMARK]
    return Card(one.series.reason, one.facts, judged.weights, judged.errors, naive)


def last_month(view: View) -> pd.Period | None:
    """Last month of the city that published figures reach, within the quarter."""
    rows = view.once(panel.course)
    if rows.empty:
        return None
    months = rows[rows["freq"].eq("M") & rows["activity"].eq(WHOLE) & rows["obs_status"].isin(["A", "E"])]
    return None if months.empty else pd.Period(months["time_period"].max(), freq="M")


def _leaves(view: View, fit: panels.Fit) -> tuple[dict[str, np.ndarray], dict[str, list[str]]]:
    """Leaves of the city, of its clusters and industries with a level and of what is left; likewise by area."""
    cells = fit.cells
    whole = cells.mask(view.city, [WHOLE])
    found, parts = {WHOLE: whole}, {}
    clusters = [code for code in view.table("clusters")["cluster"] if code in cells.activities]
    others = sorted(set(cells.activities) - {WHOLE, REST} - set(clusters))
    masks = {
        code: cells.mask(view.city, [code])
        for code in [*clusters, *others]
        if (view.city, code) not in cells.no_level
    }
    parts["activities"] = _disjoint(masks, whole, REST)
    found |= masks
    areas = {
        code: cells.mask(code, [WHOLE])
        for code in cells.areas
        if code not in (view.city, REST) and (code, WHOLE) not in cells.no_level
    }
    parts["areas"] = _disjoint(areas, whole, REST_OF_AREAS)
    found |= areas
    shown = [WHOLE, *parts["activities"], *parts["areas"]]
    return {code: found[code].astype(float) for code in shown}, {k: v for k, v in parts.items() if len(v) > 1}


def _disjoint(masks: dict[str, np.ndarray], whole: np.ndarray, rest: str) -> list[str]:
    """The first masks that do not overlap, with the rest of the whole added to them under its name."""
    taken, kept = np.zeros_like(whole), []
    for code, mask in masks.items():
        if not (mask & taken).any() and (mask != whole).any():
            taken, kept = taken | mask, [*kept, code]
    if (whole & ~taken).any():
        masks[rest] = whole & ~taken
        kept.append(rest)
    return kept


def _horizon(view: View, last: pd.Period) -> int:
    """Months to the end of the next year, or to the last deadline of a target that output may be held against."""
    deadlines = pd.to_numeric(running_targets(view).query("indicator in (@OUTPUT, @REVENUE)")["deadline"])
    end = max([(last + 1).year + 1, *deadlines.dropna().astype(int)])
    return int((pd.Period(f"{end}-12", freq="M") - last).n)


def events(view: View) -> dict[str, tuple[Judgement, ...]]:
    """Judgements by event: new capacity from the projects, then what was entered, amounts before percentages."""
    made = view.once(outlook)
    return {} if made is None else _events(view, made)


def _events(view: View, made: Outlook) -> dict[str, tuple[Judgement, ...]]:
    """What was judged by the day of a view, of the series of an outlook."""
    found = {CAPACITY: _new_capacity(view, made)}
    for one in sorted(entered(view), key=lambda one: (one.kind, one.made, one.name)):
        if one.unique_id in made.paths.ids:
            found[one.name] = (*found.get(one.name, ()), one)
    return {name: about for name, about in found.items() if about}


def _new_capacity(view: View, made: Outlook) -> tuple[Judgement, ...]:
    """From the scenarios the projects give; none where they give none."""
    frame = view.once(projects.capacity)
    if frame.empty or not projects.capacity_is_safe(view):
        return ()
    known = frame[frame["unique_id"].isin(made.paths.ids)].assign(
        ds=lambda rows: pd.PeriodIndex(rows["ds"], freq="M")
    )
    known = known[known["ds"].isin(made.paths.periods)]
    scenarios = set(known["scenario"])
    if not scenarios or (len(scenarios) > 1 and "central" not in scenarios):
        return ()
    day = projects.judged_on(view).date()
    return from_scenarios(
        known, name=CAPACITY, made=day, by="zs-analysis", source=projects.capacity_source(view)
    )


def register_checked(view: View) -> Disclosure | None:
    """What was looked at before a number with the projects' capacity is printed; nothing where none is in it."""
    return projects.checked(view) if CAPACITY in view.once(events) else None


def standing(view: View) -> pd.DataFrame:
    """Rows of the table ``judgements`` as known on the day, on whatever series; those withdrawn left out."""
    rows = view.register("judgements")
    return rows[rows["low"].ne(0) | rows["high"].ne(0)]


def entered(view: View) -> tuple[Judgement, ...]:
    """The judgements of `standing`, row by row."""
    return tuple(_entered(view, row) for row in view.once(standing).itertuples())


def _entered(view: View, row: tuple) -> Judgement:
    until = pd.Period(row.until, freq="M") if row.until else None
    start = pd.Period(row.start, freq="M")
    return Judgement(
        row.judgement,
        _id(view, row.ref_area, row.activity),
        "factor" if row.unit == "pct" else "added",
        dated(start, row.low, row.central, row.high, until=until, ramp=int(row.ramp)),
        made=row.released.date(),
        by=row.department,
        source=row.source_id,
    )


def judged(view: View) -> Paths | None:
    """Paths with all judgements on them."""
    made = view.once(outlook)
    if made is None:
        return None
    return with_judgements(made, view.once(events))


def with_judgements(made: Outlook, about: Mapping[str, tuple[Judgement, ...]]) -> Paths:
    """The models' paths with the judgements of some events on them."""
    judgements = [one for sides in about.values() for one in sides]
    return apply(made.paths, judgements, np.random.default_rng(SEED), made.hierarchy)


def yearly(view: View) -> dict[int, Nowcast]:
    """Years from the running one on, each with its quarters: published sums, known months and paths of the rest."""
    made = view.once(outlook)
    if made is None:
        return {}
    return years_of(view, made, made.paths)


def yearly_judged(view: View) -> dict[int, Nowcast]:
    """The same with the judgements on the paths."""
    made = view.once(outlook)
    return {} if made is None else years_of(view, made, view.once(judged))


def years_of(view: View, made: Outlook, paths: Paths) -> dict[int, Nowcast]:
    """Years of some paths, as `yearly` gives those of the models."""
    years = range((made.last + 1).year, paths.periods[-1].year + 1)
    return {year: _year(view, made, year, paths) for year in years}


def _year(view: View, made: Outlook, year: int, paths: Paths) -> Nowcast:
    ids = paths.ids
    inside = made.past.periods.year == year
    singles = Paths(made.past.ids, made.past.periods[inside], made.past.values[:, inside]).only(ids)
    return nowcast(paths, year, _published_sums(view, made, year), singles if inside.any() else None)


def _published_sums(view: View, made: Outlook, year: int) -> pd.DataFrame:
    """Year-to-date figures of the year that the panel rests on: ``unique_id, ds, y``."""
    rows = view.once(_sums_since_january)
    months = rows["ds"].dt
    return rows[months.year.eq(year) & rows["ds"].le(made.last) & rows["unique_id"].isin(made.paths.ids)]


def _sums_since_january(view: View) -> pd.DataFrame:
    """All year-to-date figures that the panel rests on: ``unique_id, ds, y``."""
    fit = view.once(panel.fitted)
    facts = fit.facts[fit.checked.rests]
    facts = facts[facts["kind"].eq("level") & ~facts["linked"]]
    rows = [
        (_id(view, fact.area, fact.activities[0]), fact.last, fact.value)
        for fact in facts.itertuples()
        if (fact.first.month, fact.first.year) == (1, fact.last.year) and len(fact.activities) == 1
    ]
    found = pd.DataFrame(rows, columns=["unique_id", "ds", "y"])
    return found.drop_duplicates(["unique_id", "ds"], keep="last").assign(
        ds=lambda table: pd.PeriodIndex(table["ds"], freq="M")
    )


def _id(view: View, area: str, activity: str) -> str:
    return activity if area == view.city else area if activity == WHOLE else f"{area}|{activity}"


def last_years(view: View) -> Nowcast | None:
    """The year before the running one, from known months alone."""
    made = view.once(outlook)
    if made is None:
        return None
    year = (made.last + 1).year - 1
    inside = made.past.periods.year == year
    known = Paths(made.past.ids, made.past.periods[inside], made.past.values[:, inside])
    return nowcast(known.only(made.paths.ids), year) if inside.sum() == 12 else None


def expectations(view: View) -> list[tuple[str, Figure, Expectation]]:
    """Announced figures for the running year against the nowcast."""
    made, years = view.once(outlook), view.once(yearly)
    if made is None:
        return []
    year = (made.last + 1).year
    where = {"freq": "A", "time_period": str(year), "obs_status": "F"}
    rows = figures(view.observations, OUTPUT, "level", **where)
    found = []
    for code in rows["activity"].unique():
        known = figure(view.observations, OUTPUT, "level", ref_area=view.city, activity=code, **where)
        if known and code in made.paths.ids:
            found.append((code, known, against_expectation(years[year], code, known.value)))
    return found


def attained(view: View) -> pd.DataFrame:
    """Running targets of output and of revenue with the probability that they are met, or why none is said.

    Returns
    -------
    pandas.DataFrame
        As `zs_analysis.forecast.attainment.attainments` gives them, and ``judged``: the probability with the
        judgements on the models' paths. Empty where there is no forecast or no such target.
    """
    made = view.once(outlook)
    targets = running_targets(view).query("indicator in (@OUTPUT, @REVENUE)")
    if made is None or targets.empty:
        return pd.DataFrame()
    targets = targets.assign(unique_id=[_target_id(view, row, made) for row in targets.itertuples()])
    found = []
    for indicator, rows in targets.groupby("indicator", sort=False):
        plain, more = (measured(view, view.once(years), indicator) for years in (yearly, yearly_judged))
        if plain is None:
            continue
        added = attainments(rows, more)["probability"]
        found.append(attainments(rows, plain).assign(judged=added.to_numpy()))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _target_id(view: View, target: tuple, made: Outlook) -> str:
    if target.activity in made.paths.ids and target.activity != WHOLE:
        return target.activity
    # The city stands in for its clusters, which have no forecast of their own; the report says so.
    return WHOLE if target.activity in (WHOLE, "all_clusters") and target.ref_area == view.city else ""


def measured(view: View, years: dict[int, Nowcast], indicator: str) -> Measured | None:
    """Yearly paths of an indicator: of output itself, or of revenue by its ratio to output."""
    output = Measured(_year_paths(years), OUTPUT, MONEY, _whole_years(view, OUTPUT))
    if indicator == OUTPUT:
        return output
    known = view.once(revenue_ratio)
    if known is None:
        return None
    year, ratio = known
    width = view.rules("forecast")["value"]["bridge_width"] / 100
    return bridge(
        output,
        ratio * (1 - width),
        ratio,
        ratio * (1 + width),
        indicator=indicator,
        name=view.say("每元产值的营业收入", "revenue per yuan of output"),
        source=str(year),
        rng=np.random.default_rng(SEED),
        known=_whole_years(view, indicator),
    )


def _year_paths(years: dict[int, Nowcast]) -> Paths:
    sums = [one.year for one in years.values()]
    index = pd.PeriodIndex([str(year) for year in years], freq="Y")
    return Paths(sums[0].ids, index, np.concatenate([one.values for one in sums], axis=1))


def _whole_years(view: View, indicator: str) -> pd.DataFrame:
    """Published levels of whole years of the city: ``unique_id, ds, y``."""
    rows = figures(view.past, indicator, "level", freq="A", ref_area=view.city, activity=WHOLE, unit=MONEY)
    rows = rows[rows["obs_status"].ne("F")].drop_duplicates("time_period")
    years = pd.PeriodIndex(rows["time_period"], freq="Y")
    return pd.DataFrame({"unique_id": WHOLE, "ds": years, "y": rows["obs_value"].to_numpy()})


def revenue_ratio(view: View) -> tuple[int, float] | None:
    """Newest year with published revenue, and revenue per yuan of the panel's output in it."""
    made, known = view.once(outlook), view.figure(REVENUE, "level", ref_area=view.city, freq="A")
    if made is None or known is None:
        return None
    months = made.known[made.known["unique_id"].eq(WHOLE)].set_index("ds")["y"]
    inside = months[months.index.year == int(known.time_period)]
    return (int(known.time_period), known.value / inside.sum()) if len(inside) == 12 else None


def too_wide(view: View, rows: pd.DataFrame) -> pd.Series:
    """Whether the 80 % interval of a forecast is too wide to be printed."""
    most = view.rules("forecast")["value"]["widest_interval"] / 100
    return (rows["hi-80"] - rows["lo-80"]) / 2 > most * rows["mean"]


def earlier(view: View) -> View | None:
    """The last quarter's report, if it forecast the city from fewer months than are known now."""
    before = view.once(last_report)
    made, now = None if before is None else before.once(city_outlook), view.once(outlook)
    return before if made is not None and now is not None and made.last < now.last else None


def last_report(view: View) -> View | None:
    """The last quarter's report, on the day its newest figure of output came out; ``None`` where there was none."""
    day = view.once(last_day)
    return None if day is None else View(str(view.quarter - 1), str(day.date()), view.lang, view.data_dir)


def since(view: View) -> pd.DataFrame:
    """What the last quarter's forecast said of quarters and years that are over now, beside what they came to.

    Returns
    -------
    pandas.DataFrame
        ``unique_id, window, mean, lo-80, hi-80, now, error_pct, inside``; empty where there is nothing to compare.
    """
    before = view.once(earlier)
    if before is None:
        return pd.DataFrame()
    made, known = view.once(outlook), []
    then = before.once(city_outlook)
    for year in range((then.last + 1).year, made.last.year + 1):
        said = _year(before, then, year, then.paths)
        inside = made.past.periods.year == year
        if not inside.any():
            continue
        now = _known_windows(made, year)
        rows = said.frame((80,)).merge(now, on=["unique_id", "window"])
        known.append(rows[rows["known_share"].lt(ALMOST)])
    if not known:
        return pd.DataFrame()
    rows = pd.concat(known, ignore_index=True)
    return rows.assign(
        error_pct=100 * (rows["now"] / rows["mean"] - 1),
        inside=rows["now"].between(rows["lo-80"], rows["hi-80"]),
    )


def _known_windows(made: Outlook, year: int) -> pd.DataFrame:
    """Quarters and the year that lie within the known months, as the panel has them now."""
    months = made.known[made.known["ds"].dt.year.eq(year)]
    quarters = months.groupby(["unique_id", months["ds"].dt.quarter])["y"].agg(["sum", "size"]).reset_index()
    quarters = quarters[quarters["size"].eq(3)]
    whole = months.groupby("unique_id")["y"].agg(["sum", "size"]).query("size == 12").reset_index()
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "unique_id": quarters["unique_id"],
                    "window": [f"{year}-Q{quarter}" for quarter in quarters["ds"]],
                    "now": quarters["sum"],
                }
            ),
            pd.DataFrame({"unique_id": whole["unique_id"], "window": str(year), "now": whole["sum"]}),
        ]
    )


def backtested(view: View) -> pd.DataFrame:
    """How the city's forecast made anew at past months did, judged against what the panel has there now.

    Returns
    -------
    pandas.DataFrame
        For each of `HORIZONS` the scores of `zs_analysis.forecast.scores`, the seasonal ``naive`` one's MASE
        and ``p`` of the difference from it; empty where the course is too short.
    """
    last = last_month(view)
    return pd.DataFrame() if last is None else kept(_backtest, view.once(panel.fitted).inputs, last)


def _backtest(inputs: panels.Inputs, last: pd.Period) -> pd.DataFrame:
    fit = panels.solved(inputs)
    months = fit.months[fit.months <= last]
    if len(months) < LEAST_MONTHS:
        return pd.DataFrame()
    whole = fit.cells.mask(inputs.codes.city, [WHOLE]).astype(float)
    course = pd.Series(fit.months_of(whole[None])[0, : len(months)], months)
    ends, holiday = months[-BACKTEST_ORIGINS:], _holiday(fit, last)
    # Most past months are those that the backtest of the quarter before looked from.
    rows = pd.concat([kept(_looked_back, course[:end], holiday) for end in ends], ignore_index=True)
    known = _frame(course)
    found = scores(rows, known, by=["h"]).set_index(["model", "h"])
    ours, naive = (found.loc[model].loc[list(HORIZONS)] for model in (COMBINATION, BENCHMARK))
    return ours.assign(naive=naive["mase"], p=[_p(rows, h) for h in HORIZONS]).reset_index()


def _looked_back(course: pd.Series, holiday: Holiday) -> pd.DataFrame:
    """The last months of a course as forecast from before them, as `rolled` gives them."""
    return rolled(_frame(course), BACKTEST_MONTHS, 1, holiday=holiday)


def _p(rows: pd.DataFrame, horizon: int) -> float:
    at = rows[rows["h"].eq(horizon)].assign(error=lambda one: one["y"] - one["mean"])
    errors = at.pivot(index="ds", columns="model", values="error")
    return diebold_mariano(errors[COMBINATION], errors[BENCHMARK], horizon).p


def change_of_year(view: View) -> pd.DataFrame:
    """Why the forecast of the city's running year moved since the last quarter's report.

    Returns
    -------
    pandas.DataFrame
        ``cause`` and ``impact`` in 亿元, with rows ``old`` and ``new``; empty where nothing can be compared. The
        city's models are alone, before reconciliation; ``judgement`` is what today's judgements add to today's
        paths, less what those of then would add to them.
    """
    before = view.once(earlier)
    if before is None:
        return pd.DataFrame()
    made = view.once(outlook)
    both = (before.once(city_outlook), made)
    vintages = [(_city(one), len(one.paths.periods), one.holiday) for one in both]
    rows = dict(kept(_moved, *vintages, (made.last + 1).year))
    if not rows:
        return pd.DataFrame()
    then, now = (_judged_effect(made, about) for about in (_events(before, made), view.once(events)))
    rows |= {"old": rows["old"] + then, "judgement": now - then, "new": rows.pop("new") + now}
    return pd.DataFrame({"cause": list(rows), "impact": list(rows.values())})


def _judged_effect(made: Outlook, about: Mapping[str, tuple[Judgement, ...]]) -> float:
    """What judgements add to the city's running year on average."""
    paths = with_judgements(made, about)
    months = paths.periods.year == (made.last + 1).year
    return float((paths.of(WHOLE) - made.paths.of(WHOLE))[months].sum(axis=0).mean())


def _city(made: Outlook) -> pd.Series:
    months = made.known[made.known["unique_id"].eq(WHOLE)]
    return pd.Series(months["y"].to_numpy(), pd.PeriodIndex(months["ds"]))


def _moved(old: Known, new: Known, year: int) -> list[tuple[str, float]]:
    """The year's forecast by the city's models from the old figures, what moved it, and from the new ones."""
    if old[0].index[0] != new[0].index[0]:
        return []
    vintages = [_vintage(*one) for one in (old, new)]
    target = pd.period_range(f"{year}-01", f"{year}-12", freq="M")
    moved = news(*vintages, target).groupby("cause", sort=False)["impact"].sum()
    ends = totals(*vintages, target)
    return [("old", ends.old), *moved.drop("judgement").items(), ("new", ends.new)]


def _vintage(series: pd.Series, horizon: int, holiday: Holiday) -> Vintage:
    return Vintage(series, forecast.fit(_frame(series), horizon, holiday=holiday).outlooks[WHOLE].combination)


def _frame(series: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": WHOLE, "ds": series.index, "y": series.to_numpy()})
