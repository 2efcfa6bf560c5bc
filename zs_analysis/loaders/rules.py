"""Rules across the columns of a table, which a column-by-column description cannot state."""

import re
from collections.abc import Callable

import pandas as pd

from zs_analysis.loaders.schema import failure, failure_frame

Rule = Callable[[pd.DataFrame], pd.Series]

PERIODS = {"A": r"\d{4}", "Q": r"\d{4}-Q[1-4]", "M": r"\d{4}-\d{2}"}
GROWTH = ["yoy", "ytd_yoy", "avg_yoy", "growth_since"]
NEEDS_BASE = ["avg_yoy", "growth_since"]
RANKS = ["rank", "yoy_rank", "ytd_yoy_rank"]
YEAR_TO_DATE = ["ytd", "ytd_yoy", "ytd_yoy_rank"]


def _period_fits_freq(table: pd.DataFrame) -> pd.Series:
    fits = [
        re.fullmatch(PERIODS[freq], period)
        for freq, period in zip(table["freq"], table["time_period"], strict=True)
    ]
    return pd.Series([match is not None for match in fits], index=table.index)


def _growth_is_a_rate(table: pd.DataFrame) -> pd.Series:
    return ~table["transformation"].isin(GROWTH) | table["unit"].isin(["pct", "pp", "times"])


def _rank_has_its_unit(table: pd.DataFrame) -> pd.Series:
    return table["transformation"].isin(RANKS) == table["unit"].eq("rank")


def _base_where_needed(table: pd.DataFrame) -> pd.Series:
    return ~table["transformation"].isin(NEEDS_BASE) | table["base_per"].ne("")


def _no_year_to_date_of_a_year(table: pd.DataFrame) -> pd.Series:
    return ~(table["transformation"].isin(YEAR_TO_DATE) & table["freq"].eq("A"))


def _starts_before_deadline(table: pd.DataFrame) -> pd.Series:
    return table["start"].eq("") | table["start"].str[:4].le(table["deadline"].str[:4])


def _lead_comes_first(table: pd.DataFrame) -> pd.Series:
    return table["lead_department"].eq(table["departments"].str.split(";").str[0])


def _asks_for_something(table: pd.DataFrame) -> pd.Series:
    return table["basis"].ne("per_year") | table["value"].astype(float).gt(0)


def _sizes_rise(table: pd.DataFrame) -> pd.Series:
    low, central, high = (table[column].astype(float) for column in ("low", "central", "high"))
    return low.le(central) & central.le(high)


def _falls_by_no_more_than_all(table: pd.DataFrame) -> pd.Series:
    return table["unit"].ne("pct") | table["low"].astype(float).ge(-100)


def _ends_after_its_start(table: pd.DataFrame) -> pd.Series:
    return table["until"].eq("") | table["start"].le(table["until"])


def _lies_in_no_circle(column: str) -> Rule:
    def holds(table: pd.DataFrame) -> pd.Series:
        parents = dict(zip(table[column], table["parent"], strict=True))
        return table[column].map(lambda code: code not in _ancestors(code, parents))

    return holds


def _ancestors(code: str, parents: dict[str, str]) -> set[str]:
    found: set[str] = set()
    while (code := parents.get(code, "")) and code not in found:
        found.add(code)
    return found


RULES: dict[str, dict[str, Rule]] = {
    "observations": {
        "time_period does not fit freq (A: 2023, Q: 2023-Q3, M: 2023-10)": _period_fits_freq,
        "growth must be in pct, pp or times": _growth_is_a_rate,
        "a rank, and only a rank, has the unit rank": _rank_has_its_unit,
        "avg_yoy and growth_since need their base year in base_per": _base_where_needed,
        "a whole year is a level, not year-to-date": _no_year_to_date_of_a_year,
    },
    "targets": {
        "start lies after deadline": _starts_before_deadline,
        "a yearly target must be above zero": _asks_for_something,
        "lead_department must be the first of departments": _lead_comes_first,
    },
    "judgements": {
        "low, central and high must rise in this order": _sizes_rise,
        "nothing falls by more than 100 percent": _falls_by_no_more_than_all,
        "until lies before start": _ends_after_its_start,
    },
    "areas": {"lies in itself, directly or not": _lies_in_no_circle("area")},
    "activities": {"lies in itself, directly or not": _lies_in_no_circle("activity")},
}


def broken(table: str, text: pd.DataFrame, file: str) -> pd.DataFrame:
    """Lines of a table that break one of its rules."""
    rows = [
        failure(file, rule, line=int(line))
        for rule, holds in RULES[table].items()
        for line in text.index[~holds(text)]
    ]
    return failure_frame(rows).sort_values("line", ignore_index=True)
