"""Which areas and activities a panel is made of, so that every sum is a sum of the same cells."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

TOTAL, REST = "total", "rest"


@dataclass(frozen=True)
class Cells:
    """The leaves of a panel and the nodes that are sums of them.

    Attributes
    ----------
    areas, activities : dict of str to frozenset of str
        Node to the leaf codes it is the sum of; `city` and `TOTAL` are the wholes.
    no_level : frozenset of tuple
        ``(area, activity)`` nodes without any published level; they lie within a rest.
    city : str
        Code of the area that is cut up.
    """

    areas: dict[str, frozenset[str]]
    activities: dict[str, frozenset[str]]
    no_level: frozenset[tuple[str, str]]
    city: str

    @cached_property
    def leaves(self) -> list[tuple[str, str]]:
        """``(area, activity)`` of every leaf."""
        return [(a, k) for a in sorted(self.areas[self.city]) for k in sorted(self.activities[TOTAL])]

    def mask(self, area: str, activities: Iterable[str]) -> np.ndarray:
        """Which leaves an area's activities are the sum of."""
        codes = frozenset().union(*(self.activities[activity] for activity in activities))
        return np.array([a in self.areas[area] and k in codes for a, k in self.leaves])


def additive_areas(areas: pd.DataFrame, city: str) -> set[str]:
    """Areas that are parts of a city's published partition."""
    return set(areas.loc[areas["parent"].eq(city) & areas["additive"].eq("yes"), "area"])


def areas_inside(areas: pd.DataFrame, city: str) -> set[str]:
    """Areas that lie in a city, whether parts of its partition or not."""
    parents = areas.set_index("area")["parent"]
    return {area for area in parents.index if city in _ancestors(area, parents)}


def overlapping_activities(used: set[str], activities: pd.DataFrame) -> set[str]:
    """Known activities among `used` that are no part of a partition with the others.

    A cluster, or what lies in one, always is a part. Another industry is, where its divisions of GB/T 4754
    are given and none belongs to a cluster or industry that is used too.
    """
    table = activities.set_index("activity")
    divisions = {code: set(text.split(";")) - {""} for code, text in table["gbt4754"].items()}
    known = used & set(table.index) - {TOTAL}
    clustered = {code for code in known if "all_clusters" in [code, *_ancestors(code, table["parent"])]}
    taken = set().union(*(divisions[code] for code in clustered))
    found = set()
    for code in sorted(known - clustered, key=lambda code: (len(divisions[code]), code)):
        if not divisions[code] or divisions[code] & taken:
            found.add(code)
        taken |= divisions[code] if code not in found else set()
    return found


def _ancestors(code: str, parents: pd.Series) -> list[str]:
    found: list[str] = []
    while (code := parents.get(code, "")) and code not in found:
        found.append(code)
    return found


def arrange(facts: pd.DataFrame, areas: pd.DataFrame, activities: pd.DataFrame, city: str) -> Cells:
    """Cut a city into the cells that the facts speak of.

    Parameters
    ----------
    facts : pandas.DataFrame
        Usable facts: ``area, activities`` (a tuple), ``kind, first, last, value, half``.
    areas, activities : pandas.DataFrame
        Tables of codes.
    city : str
        Code of the area.
    """
    used = {code for codes in facts["activities"] for code in codes} - {TOTAL}
    parents = _nearest(used, activities)
    levels = facts[facts["kind"].isin(["level", "share"])]
    leveled = {(row.area, row.activities[0]) for row in levels.itertuples() if len(row.activities) == 1}
    by_activity = _tree(
        TOTAL,
        parents,
        {k for a, k in leveled if a == city},
        lambda parts, whole: _closed(levels, parts, whole, city),
    )
    by_area = _partition_areas(facts, levels, leveled, additive_areas(areas, city), city)
    nodes = {(city, activity) for activity in used} | {(area, TOTAL) for area in by_area}
    cross = {(row.area, code) for row in facts.itertuples() for code in row.activities}
    named = (nodes | cross) - {(city, TOTAL)}
    return Cells(by_area, by_activity, frozenset(named - leveled - {(REST, TOTAL)}), city)


def _nearest(used: set[str], activities: pd.DataFrame) -> dict[str, str]:
    """Nearest used ancestor of each used activity; the total where there is none or the code is not known."""
    parents = activities.set_index("activity")["parent"]
    return {
        code: next((up for up in _ancestors(code, parents) if up in used), TOTAL) for code in sorted(used)
    }


def _tree(node, parents, leveled, closed) -> dict[str, frozenset[str]]:
    """Leaves of a node and of everything in it; what the children leave over is a leaf of its own."""
    children = sorted(child for child, parent in parents.items() if parent == node)
    found: dict[str, frozenset[str]] = {}
    for child in children:
        found |= _tree(child, parents, leveled, closed)
    rest = REST if node == TOTAL else f"{node}_{REST}"
    unknown = [child for child in children if child not in leveled]
    left_over = frozenset().union(*(found[child] for child in unknown))
    if children and not (not unknown and closed(children, node)):
        found[rest] = left_over | {rest}
    if not children:
        return found | {node: frozenset({node})}
    return found | {node: frozenset().union(found.get(rest, frozenset()), *(found[c] for c in children))}


def _partition_areas(
    facts: pd.DataFrame,
    levels: pd.DataFrame,
    leveled: set[tuple[str, str]],
    additive: set[str],
    city: str,
) -> dict[str, frozenset[str]]:
    named = sorted(set(facts["area"]) - {city})
    if not named:
        return {city: frozenset({city})}
    found = {area: frozenset({area}) for area in named}
    unknown = [area for area in named if (area, TOTAL) not in leveled]
    whole = _makes_whole(levels, [f"{area}|{TOTAL}" for area in named], f"{city}|{TOTAL}")
    if whole is None:
        whole = set(named) == additive and not unknown
    if not whole:
        found[REST] = frozenset({REST, *unknown})
    return found | {city: frozenset().union(*found.values())}


def _closed(levels: pd.DataFrame, parts: list[str], whole: str, city: str) -> bool:
    return bool(_makes_whole(levels, [f"{city}|{part}" for part in parts], f"{city}|{whole}"))


def _makes_whole(levels: pd.DataFrame, parts: list[str], whole: str) -> bool | None:
    """Whether the parts make the whole in most windows in which all are published; `None` if in none."""
    rows = levels[levels["kind"].eq("level") & levels["link_gap"].eq(0) & levels["activities"].map(len).eq(1)]
    rows = rows.assign(node=rows["area"] + "|" + rows["activities"].str[0])
    nodes = [whole, *parts]
    if not set(nodes) <= set(rows["node"]):
        return None
    rows = rows.drop_duplicates(["node", "first", "last"])
    table = rows.pivot(index=["first", "last"], columns="node", values=["value", "half"])
    value, half = (table[name][nodes].dropna() for name in ("value", "half"))
    if value.empty:
        return None
    missing = value[whole] - value[parts].sum(axis=1)
    return bool((missing.abs() <= half.sum(axis=1) * 1.001).mean() > 0.5)
