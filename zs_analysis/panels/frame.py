"""A solved panel as a frame: months, quarters and years of every node, with error and status."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from zs_analysis.panels.cells import REST, TOTAL, Cells
from zs_analysis.panels.solve import Solution, System

COLUMNS = [
    "ref_area", "activity", "freq", "time_period", "value", "se", "obs_status", "reason", "facts", "unit",
]  # fmt: skip
# Standard error over value: a cell published figures fix; the widest month, and quarter or year, worth
# printing.
FIXED, WIDEST = 0.005, {"M": 0.2, "Q": 0.1, "A": 0.1}
# A fact is named beside a cell if it moves it at least this much of what the strongest one does.
NAMED, MOST_NAMED = 0.2, 4


@dataclass(frozen=True)
class Window:
    """A month, quarter or year of the panel."""

    freq: str
    time_period: str
    first: int
    last: int


def windows(months: pd.PeriodIndex) -> list[Window]:
    """All months, quarters and years, in this order."""
    count = range(len(months))
    found = [Window("M", str(months[i]), i, i) for i in count]
    found += [Window("Q", f"{months[i].year}-Q{months[i].quarter}", i, i + 2) for i in count[::3]]
    return found + [Window("A", str(months[i].year), i, i + 11) for i in count[::12]]


def panel_frame(
    facts: pd.DataFrame, cells: Cells, months: pd.PeriodIndex, solution: Solution, unit: str
) -> pd.DataFrame:
    """Every node in every window, with standard errors from the joint covariance.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`, sorted by node, frequency and period.
    """
    rows, spans, published = list(facts.itertuples()), windows(months), _published(solution.system)
    found = [
        _node(rows, cells, months, solution, published, spans, area, activity)
        for area, activity in nodes(facts, cells)
    ]
    columns = {name: np.concatenate([node[name] for node in found]) for name in found[0]}
    return pd.DataFrame(columns).assign(unit=unit)[COLUMNS]


def nodes(facts: pd.DataFrame, cells: Cells) -> list[tuple[str, str]]:
    """What the panel shows: the whole, its parts either way, and cross cells that figures speak of."""
    own = facts[~facts["linked"]]
    spoken = {(row.area, code) for row in own.itertuples() for code in row.activities}
    parts = [code for code in cells.activities if _on_top(code, cells)]
    city = [
        (cells.city, code)
        for code in [TOTAL, *sorted(set(parts) - {TOTAL, REST}), REST]
        if code in cells.activities
    ]
    nested = sorted(
        (cells.city, code) for area, code in spoken if area == cells.city and (cells.city, code) not in city
    )
    areas = [(area, TOTAL) for area in sorted(set(cells.areas) - {cells.city, REST})]
    areas += [(REST, TOTAL)] * (REST in cells.areas)
    crossed = {(row.area, code) for row in facts.itertuples() for code in row.activities}
    return (
        city
        + nested
        + areas
        + sorted(crossed - set(city) - set(nested) - set(areas) - {(cells.city, code) for _, code in crossed})
    )


def _on_top(code: str, cells: Cells) -> bool:
    mine = cells.activities[code]
    return not any(mine < cells.activities[other] for other in cells.activities if other not in (TOTAL, REST))


def _node(
    rows: list,
    cells: Cells,
    months: pd.PeriodIndex,
    solution: Solution,
    published: Callable[[np.ndarray], np.ndarray],
    spans: list[Window],
    area: str,
    activity: str,
) -> dict[str, np.ndarray]:
    mask, x = cells.mask(area, [activity]), np.exp(solution.z).reshape(len(cells.leaves), -1)
    first, last = (np.array([getattr(w, end) for w in spans]) for end in ("first", "last"))
    month = np.arange(len(months))
    inside = (month >= first[:, None]) & (month <= last[:, None])
    parts = (x * mask[:, None])[None] * inside[:, None, :]
    value = parts.sum(axis=(1, 2))
    gradient = (parts / value[:, None, None]).reshape(len(spans), -1)
    relative, by_level = solution.errors(gradient)
    fixed = published((mask[None, :, None] * inside[:, None, :]).reshape(len(spans), -1))
    freq = np.array([w.freq for w in spans])
    late = last > months.get_loc(_last_fact(rows, cells.city, area, activity))
    unknown = (area, activity) in cells.no_level
    refused = unknown | (relative > np.array([WIDEST[one] for one in freq]))
    leveled = unknown | (by_level**2 > 0.5 * relative**2)
    status = np.where(late, "F", np.where(fixed & (relative <= FIXED), "A", "E"))
    reason = np.where(late, "after_last_fact", "")
    named = _named(solution.effects(gradient), [row.fact for row in rows])
    return {
        "ref_area": np.full(len(spans), area),
        "activity": np.full(len(spans), activity),
        "freq": freq,
        "time_period": np.array([w.time_period for w in spans]),
        "value": np.where(refused, np.nan, value),
        "se": np.where(refused, np.nan, relative * value),
        "obs_status": np.where(refused, "M", status),
        "reason": np.where(refused, np.where(leveled, "no_level", "too_wide"), reason),
        "facts": np.where(refused, _wanted(rows, area, activity, spans), named),
    }


def _last_fact(rows: list, city: str, area: str, activity: str) -> pd.Period:
    about = [
        row.last
        for row in rows
        if (row.area, row.activities) == (city, (TOTAL,)) or (row.area == area and activity in row.activities)
    ]
    return max(about or [row.last for row in rows])


def _published(system: System) -> Callable[[np.ndarray], np.ndarray]:
    """A test of sums: is each an exact combination of published levels?"""
    from scipy.linalg import cho_factor, cho_solve

    levels = system.top[system.alone & system.log & (system.noise < FIXED**2)]
    if not len(levels):
        return lambda sums: np.zeros(len(sums), dtype=bool)
    gram = levels @ levels.T
    factor = cho_factor(gram + 1e-9 * np.diag(gram).max() * np.eye(len(gram)))

    def test(sums: np.ndarray) -> np.ndarray:
        left = sums - cho_solve(factor, levels @ sums.T).T @ levels
        return (left**2).sum(axis=1) < 1e-4 * (sums**2).sum(axis=1)

    return test


def _named(effects: np.ndarray, names: list[str]) -> list[str]:
    found = []
    for row in effects:
        order = np.argsort(-row, kind="stable")[:MOST_NAMED]
        found.append("; ".join(names[i] for i in order if row[i] >= NAMED * row.max()))
    return found


def _wanted(rows: list, area: str, activity: str, spans: list[Window]) -> list[str]:
    """Year-to-date figures that would fix each window, less those that are published."""
    node = ("level", area, (activity,))
    own = [row for row in rows if (row.kind, row.area, row.activities) == node]
    known = {str(row.last) for row in own if row.first.month == 1}
    found = []
    for window in spans:
        months = (window.first % 12, window.last % 12 + 1)
        needed = [f"{window.time_period[:4]}-{month:02d}" for month in months if month]
        found.append("; ".join(f"{area}|{activity}|{period}|ytd" for period in needed if period not in known))
    return found
