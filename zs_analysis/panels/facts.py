"""From observations to the facts a panel stands on: which figures count, for which cell, how exactly."""

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from zs_analysis.model import PUBLISHED, PeriodError, as_of_date, known_on, require_code
from zs_analysis.panels.cells import TOTAL, additive_areas, areas_inside, overlapping_activities

TRANSFORMATIONS = {
    "level": "level",
    "ytd": "level",
    "cumulative": "level",
    "yoy": "growth",
    "ytd_yoy": "growth",
    "avg_yoy": "growth",
    "growth_since": "growth",
    "share": "share",
    "contribution": "contribution",
}
OPTIONAL = ("counterpart_area", "base_per", "price_basis", "comparison", "obs_status", "source_id", "note")
DATED = re.compile(r"\d{4}(-?(Q[1-4]|\d{2}))?(-?\d{2})?")
# Years without a single figure before the stretch is taken to have begun anew.
LONGEST_GAP = 2
REQUIRED = ["indicator", "ref_area", "activity", "freq", "time_period", "transformation", "obs_value", "unit"]
MOST_DECIMALS = 8


class NoLevelError(ValueError):
    """No level of a flow was published to start a panel from."""


@dataclass(frozen=True)
class Codes:
    """Tables of codes that a panel needs, as `zs_analysis.load` returns them, and the area it is of."""

    areas: pd.DataFrame
    activities: pd.DataFrame
    indicators: pd.DataFrame
    units: pd.DataFrame
    sources: pd.DataFrame
    links: pd.DataFrame
    city: str


def gather(
    observations: pd.DataFrame, codes: Codes, indicator: str, as_of: str | date | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Facts for a panel of one indicator, and the figures of it that are none.

    Parameters
    ----------
    observations : pandas.DataFrame
        At least the columns of the data model up to ``unit``; numbers as printed strings or floats.
    codes : Codes
    indicator : str
        A flow with a money or count unit.
    as_of : str or date, optional
        Leave out what was released later or at an unknown date.

    Returns
    -------
    facts : pandas.DataFrame
        ``fact, ref_area, activity, time_period, transformation, source_id, printed`` to recognise it by,
        ``area, activities, kind, first, last`` for the cell, ``of_area, of_activities, of_first, of_last``
        for what it is compared with, ``value, half, gap``: a level in the indicator's unit, a growth factor,
        a share or a contribution as a fraction; half a printed unit of it; its comparability gap.
    unused : pandas.DataFrame
        ``fact, reason``.
    """
    unit_of(codes, indicator)
    rows = _read(observations, codes, indicator, as_of)
    rows = _placed(rows, codes, indicator)
    rows = rows.assign(reason=_refusals(rows, codes, indicator))
    refused = rows.loc[rows["reason"].ne(""), ["fact", "reason"]]
    rows = rows[rows["reason"].eq("")]
    if not rows["transformation"].map(TRANSFORMATIONS).eq("level").any():
        raise NoLevelError(no_level(indicator, as_of, refused["reason"].value_counts().to_dict()))
    rows = _measured(rows, codes, indicator)
    rows, stale = _newest(rows, codes.sources)
    rows, early = _recent(rows)
    columns = ["fact", "reason"]
    unused = pd.concat([refused, stale[columns], early[columns]]).sort_values(columns, ignore_index=True)
    order = ["fact", "indicator", "freq", "base_per", "counterpart_area", "printed"]
    return rows.sort_values(order, ignore_index=True), unused


def concerned(observations: pd.DataFrame, codes: Codes, indicator: str) -> pd.DataFrame:
    """Figures of an indicator and of those that stand in for it; no other has a part in its panel.

    Raises
    ------
    ValueError
        If the observations lack a column.
    """
    missing = [name for name in REQUIRED if name not in observations]
    if missing:
        raise ValueError(f"observations lack {', '.join(missing)}; docs/data-model.md lists their columns")
    sources = {indicator, *codes.links.loc[codes.links["panel_indicator"].eq(indicator), "indicator"]}
    rows = observations[observations["indicator"].isin(sources)].reset_index(drop=True)
    return rows.copy()  # laid out as after a visit to the disk: what is kept is found by the bytes


def _read(observations: pd.DataFrame, codes: Codes, indicator: str, as_of: str | date | None) -> pd.DataFrame:
    rows = concerned(observations, codes, indicator)
    for name in OPTIONAL:
        rows[name] = rows[name].fillna("").astype(str) if name in rows else ""
    rows["obs_status"] = rows["obs_status"].replace("", "A")
    rows["time_period"] = rows["time_period"].astype(str)
    rows["released"] = _released(rows)
    if (day := as_of_date(as_of)) is not None:
        rows = rows[rows["released"].le(day)]
    if rows.empty:
        raise NoLevelError(no_level(indicator, as_of, {}))
    written = rows["obs_value"].map(lambda value: isinstance(value, str))
    rows["printed"] = rows["obs_value"].map(_plain)
    rows["obs_value"] = pd.to_numeric(rows["printed"], errors="coerce")
    rows["decimals"] = _decimals(rows, written)
    key = ["ref_area", "activity", "time_period", "transformation", "source_id"]
    rows["fact"] = rows[key].agg("|".join, axis=1)
    # Two figures a source prints for the same cell, in another unit or revised, are told apart by their
    # values.
    twins = rows.duplicated("fact", keep=False)
    rows.loc[twins, "fact"] += "|" + rows.loc[twins, "printed"] + " " + rows.loc[twins, "unit"]
    return rows


def no_level(indicator: str, as_of: str | date | None, unused: dict[str, int]) -> str:
    """What to say where there is nothing to start a panel from."""
    day = f" as of {as_of}" if as_of else ""
    return (
        f"no level of {indicator} to start from{day}: a year, quarter, month or year-to-date of the city or "
        "one of its parts. Growth and shares alone leave the size open. "
        f"Figures that do not count: {unused or 'none'}"
    )


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value.replace(",", "").strip()
    return "" if pd.isna(value) else format(float(value), ".12g")


def _released(rows: pd.DataFrame) -> pd.Series:
    if "released" not in rows:
        return pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    given = rows["released"]
    if pd.api.types.is_datetime64_any_dtype(given):
        return given
    text = given.map(lambda day: "" if pd.isna(day) else str(day)[:10])
    try:
        return known_on(text)
    except ValueError as error:
        raise PeriodError(f"released cannot be read: {error}; write 2023-12-13, 2023-12 or 2023") from None


def _decimals(rows: pd.DataFrame, written: pd.Series) -> pd.Series:
    """Digits printed: as told, as written, or as many as the source's other figures of the unit have."""
    digits = rows["printed"].map(lambda number: len(number.partition(".")[2]))
    # A float has lost its trailing zeros; a string has not.
    alike = digits.groupby([rows["source_id"], rows["unit"]]).transform("max")
    told = pd.to_numeric(rows["decimals"], errors="coerce") if "decimals" in rows else digits * np.nan
    return told.fillna(digits.where(written, alike)).clip(upper=MOST_DECIMALS)


def _placed(rows: pd.DataFrame, codes: Codes, indicator: str) -> pd.DataFrame:
    """Add the panel's area and activities of each figure, and the gap where it only stands in for them."""
    links = codes.links[codes.links["panel_indicator"].eq(indicator)].drop(columns="panel_indicator")
    rows = rows.merge(links, on=["indicator", "ref_area", "activity"], how="left")
    linked = rows["panel_area"].notna()
    rows["area"] = rows["panel_area"].where(linked, rows["ref_area"])
    own = rows["panel_activities"].where(linked, rows["activity"])
    rows["activities"] = [tuple(sorted(text.split(";"))) for text in own]
    rows["link_gap"] = pd.to_numeric(rows["gap_pct"], errors="coerce").fillna(0) / 100
    rows["since"] = rows["since"].fillna("")
    rows["linked"] = linked
    return rows


def _refusals(rows: pd.DataFrame, codes: Codes, indicator: str) -> pd.Series:
    """Why a figure is no fact, or empty."""
    dimension = codes.units.set_index("unit")["dimension"]
    wanted = dimension[unit_of(codes, indicator)]
    inside = areas_inside(codes.areas, codes.city)
    outside = ~rows["area"].isin([codes.city, *additive_areas(codes.areas, codes.city)])
    used = {code for some in rows.loc[~outside, "activities"] for code in some}
    overlapping = overlapping_activities(used, codes.activities)
    kind = rows["transformation"].map(TRANSFORMATIONS)
    level, rate = kind.eq("level"), kind.isin(["growth", "share"])
    unit = rows["unit"].map(dimension)
    whole = rows["counterpart_area"]
    checks = {
        "other_indicator": rows["indicator"].ne(indicator) & ~rows["linked"],
        "other_area": outside & ~rows["area"].isin(inside),
        "overlapping_area": outside,
        "forecast": ~rows["obs_status"].isin(PUBLISHED),
        "comparison": rows["comparison"].ne(""),
        "not_a_quantity": kind.isna(),
        "constant_price": rows["price_basis"].eq("constant"),
        "overlapping_activity": rows["activities"].map(lambda some: bool(overlapping & set(some))),
        "not_a_number": rows["obs_value"].isna(),
        "not_positive": (level | kind.eq("share")) & ~rows["obs_value"].gt(0),
        "unit": (level & unit.ne(wanted))
        | (rate & unit.ne("proportion"))
        | (kind.eq("contribution") & rows["unit"].ne("pp")),
        "other_whole": kind.isin(["share", "contribution"])
        & (~whole.isin(["", codes.city]) | (rows["linked"] & rows["ref_area"].ne(codes.city) & whole.eq(""))),
        "no_base_period": rows["transformation"].isin(["avg_yoy", "growth_since"]) & rows["base_per"].eq("")
        | rows["transformation"].eq("cumulative") & rows["base_per"].add(rows["since"]).eq(""),
        "no_whole": kind.eq("share") & rows["ref_area"].eq(codes.city) & rows["activity"].eq(TOTAL),
    }
    reason = pd.Series("", index=rows.index)
    for name, bad in reversed(checks.items()):
        reason = reason.mask(bad, name)
    return reason


def unit_of(codes: Codes, indicator: str) -> str:
    """The unit an indicator is reported in; raises if it is not a flow of the table."""
    table = codes.indicators.set_index("indicator")
    require_code("indicator", indicator, table.index, where="the table of indicators")
    if table.at[indicator, "kind"] != "flow":
        raise ValueError(
            f"{indicator} is a {table.at[indicator, 'kind']}, not a flow; only flows add up over months"
        )
    return str(table.at[indicator, "unit"])


def _measured(rows: pd.DataFrame, codes: Codes, indicator: str) -> pd.DataFrame:
    """Add windows, values, half units and gaps."""
    cells = [_cell(row, codes.city) for row in rows.to_dict("records")]
    names = ["kind", "first", "last", "of_area", "of_activities", "of_first", "of_last", "years"]
    rows = rows.assign(**{name: [cell[i] for cell in cells] for i, name in enumerate(names)})
    units = codes.units.set_index("unit")["factor"].astype(float)
    own = rows["unit"].map(units) / units[unit_of(codes, indicator)]
    factor = own.where(rows["kind"].eq("level"), rows["unit"].map(units).where(rows["unit"].ne("pp"), 0.01))
    raw, half = rows["obs_value"] * factor, 0.5 * 10.0 ** -rows["decimals"] * factor
    grown = (1 + raw).clip(lower=0)
    value = raw.where(rows["kind"].ne("growth"), grown ** rows["years"])
    half = half.where(rows["kind"].ne("growth"), half * rows["years"] * grown ** (rows["years"] - 1))
    rows = rows.assign(
        value=value.astype(float), half=half.astype(float), factor=factor, compounded=rows["years"]
    )
    return rows[rows["value"].gt(0) | rows["kind"].eq("contribution")]


def _cell(row: dict[str, object], city: str) -> tuple[object, ...]:
    """Kind, window, and area, activities and window of what it is compared with; years compounded."""
    kind, what = TRANSFORMATIONS[row["transformation"]], row["transformation"]
    cumulated = what in ("ytd", "ytd_yoy") or (what != "level" and what != "yoy" and row["freq"] == "M")
    first, last = _window(row["time_period"], cumulated)
    if what == "cumulative":
        first = _window(row["base_per"] or row["since"], False)[0]
    area, activities = row["area"], row["activities"]
    if kind == "growth":
        years = first.year - int(row["base_per"][:4]) if what in ("avg_yoy", "growth_since") else 1
        compounded = years if what == "avg_yoy" else 1
        return kind, first, last, area, activities, first - 12 * years, last - 12 * years, compounded
    if kind == "level":
        return kind, first, last, "", (), None, None, 1
    whole = row["counterpart_area"]
    if kind == "contribution":
        return kind, first, last, city, (TOTAL,), first - 12, last - 12, 1
    if whole and area != whole:
        return kind, first, last, whole, activities, first, last, 1
    if activities == (TOTAL,):
        return kind, first, last, city, (TOTAL,), first, last, 1
    return kind, first, last, area, (TOTAL,), first, last, 1


def _window(period: str, cumulated: bool) -> tuple[pd.Period, pd.Period]:
    if len(period) == 4:
        return pd.Period(f"{period}-01", freq="M"), pd.Period(f"{period}-12", freq="M")
    if "Q" in period:
        quarter = pd.Period(period.replace("-", ""), freq="Q")
        first, last = quarter.asfreq("M", "start"), quarter.asfreq("M", "end")
    else:
        first = last = pd.Period(period, freq="M")
    return (pd.Period(year=last.year, month=1, freq="M") if cumulated else first), last


CELL = ["kind", "area", "activities", "first", "last", "of_area", "of_activities", "of_first", "of_last"]
# Figures that stand in for a cell are of different coverage, not copies of each other.
PRINTED = ["indicator", "ref_area", "activity"]


def _newest(rows: pd.DataFrame, sources: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One vintage of each cell and family of sources, and one copy of what several sources print alike."""
    publisher = sources.set_index("source_id")["publisher"]
    family = rows["source_id"].map(publisher).fillna(rows["source_id"].str.replace(DATED, "", regex=True))
    rows = rows.assign(family=family.where(family.ne(""), rows["source_id"]))
    order = rows.sort_values(["released", "fact"], na_position="first", kind="stable")
    keys = [*CELL, *PRINTED, "family"]
    newest = order.groupby(keys, dropna=False)["released"].transform("max")
    stale = order["released"].lt(newest) | (order["released"].isna() & newest.notna())
    kept = order[~stale].sort_values(["half", "fact"], kind="stable")
    copies = _copies(kept)
    gone = pd.concat([order[stale].assign(reason="revised"), kept[copies].assign(reason="copy")])
    return kept[~copies], gone


def _copies(rows: pd.DataFrame) -> pd.Series:
    """Rows that a more exact row of the same cell already says, within their rounding."""
    kept: dict[tuple[object, ...], list[tuple[float, float]]] = {}
    found = []
    cells = zip(*(rows[name] for name in [*CELL, *PRINTED]), strict=True)
    for cell, value, half in zip(cells, rows["value"], rows["half"], strict=True):
        others = kept.setdefault(cell, [])
        found.append(any(abs(value - other) <= (half + its) * 1.0001 for other, its in others))
        others += [] if found[-1] else [(value, half)]
    return pd.Series(found, index=rows.index, dtype=bool)


def _recent(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Facts of the newest stretch of years; a run of years without any figure ends it."""
    if rows.empty:
        return rows.assign(gap=0.0), rows.assign(reason="")
    years = sorted({last.year for last in rows["last"]}, reverse=True)
    start = years[0]
    for year in years[1:]:
        if start - year > LONGEST_GAP + 1:
            break
        start = year
    begins = pd.Period(year=start - 1, month=1, freq="M")
    of_first = rows["of_first"].where(rows["of_first"].notna(), rows["first"])
    early = (rows["first"] < begins) | (of_first < begins)
    return rows[~early], rows[early].assign(reason="before_window")


def months_of(facts: pd.DataFrame) -> pd.PeriodIndex:
    """January of the year before the first fact to December of the last fact's year."""
    first, last = min(facts["last"]), max(facts["last"])
    return pd.period_range(f"{first.year - 1}-01", f"{last.year}-12", freq="M")
