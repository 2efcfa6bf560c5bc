"""The enterprise ladder (企业梯度培育): who stands on which rung, and how firms move between two years."""

from collections.abc import Mapping, Sequence

import pandas as pd

# Highest last. A rung holds the firms of the rungs above it too.
CHAINS = {
    "output": ("above_scale", "output_500m", "output_1bn"),
    "revenue": ("above_scale", "revenue_1bn", "revenue_10bn"),
    "specialised": ("innovative", "specialised", "little_giant"),
    "chain_leader": ("chain_leader_city", "chain_leader_province"),
}
MEASURES = {
    "revenue_10bn": "revenue",
    "revenue_1bn": "revenue",
    "output_1bn": "output",
    "output_500m": "output",
}
ABSENT, BELOW, UNKNOWN = "absent", "below", "unknown"


def rung_members(years: pd.DataFrame, thresholds: Mapping[str, float]) -> pd.DataFrame:
    """Whether each firm stood on each rung in each year.

    Parameters
    ----------
    years : pandas.DataFrame
        ``enterprise_years``, one row a firm and year: ``enterprise``, ``year``, ``output`` and ``revenue``
        (10,000 yuan), ``above_scale``, ``listed`` (yes, no), ``specialised``, ``chain_leader``.
    thresholds : mapping of str to float
        Least value of ``revenue_10bn``, ``revenue_1bn``, ``output_1bn`` and ``output_500m``, in 10,000 yuan,
        from the dated rules.

    Returns
    -------
    pandas.DataFrame
        By ``enterprise`` and ``year``, a nullable boolean for each rung. A size rung is missing where the
        firm's value is; ``innovative``, ``specialised`` and ``chain_leader_city`` hold the higher levels too.

    Raises
    ------
    ValueError
        If a threshold is missing, or a firm has two rows for a year.

    Notes
    -----
    A value equal to the threshold counts, also where the plan says above (超). The measures are taken as
    reported: a firm of a large group is judged alone.

    Examples
    --------
    >>> years = pd.DataFrame({"enterprise": ["a", "b"], "year": "2023", "output": [120000.0, None],
    ...     "revenue": [90000.0, 1500.0], "above_scale": ["yes", "no"], "listed": "no",
    ...     "specialised": ["little_giant", "none"], "chain_leader": "none"})
    >>> limits = {"revenue_10bn": 1e6, "revenue_1bn": 1e5, "output_1bn": 1e5, "output_500m": 5e4}
    >>> rung_members(years, limits)[["output_1bn", "revenue_1bn", "specialised"]].values.tolist()
    [[True, False, True], [<NA>, False, False]]
    """
    missing = [rung for rung in MEASURES if rung not in thresholds]
    if missing:
        raise ValueError(f"no threshold for {', '.join(missing)}; add it to the rules of the ladder")
    rows = years.set_index(["enterprise", "year"])
    twice = rows.index[rows.index.duplicated()]
    if len(twice):
        raise ValueError(
            f"{', '.join(map(str, twice[:3]))}: more than one row; keep the newest release of each"
        )
    sizes = {rung: _at_least(rows[measure], thresholds[rung]) for rung, measure in MEASURES.items()}
    standing = {
        "above_scale": rows["above_scale"].eq("yes"),
        "listed": rows["listed"].eq("yes"),
        "innovative": rows["specialised"].isin(["innovative", "specialised", "little_giant"]),
        "specialised": rows["specialised"].isin(["specialised", "little_giant"]),
        "little_giant": rows["specialised"].eq("little_giant"),
        "chain_leader_city": rows["chain_leader"].isin(["city", "province"]),
        "chain_leader_province": rows["chain_leader"].eq("province"),
    }
    return pd.DataFrame(sizes | standing).astype("boolean")


def _at_least(value: pd.Series, threshold: float) -> pd.Series:
    number = value.astype("Float64")
    return number.ge(threshold)


def rung_counts(members: pd.DataFrame, groups: pd.Series | None = None) -> pd.DataFrame:
    """Firms on each rung by year, those of the rungs above included.

    Parameters
    ----------
    members : pandas.DataFrame
        From `rung_members`.
    groups : pandas.Series, optional
        The cluster or area of each ``enterprise`` (the index): counts by group. A firm without one is left
        out.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``group`` where groups are given, ``rung``, ``firms``, and ``unknown``: firms that a missing
        value keeps from being placed.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("a", "2023"), ("b", "2023")], names=["enterprise", "year"])
    >>> rung_counts(pd.DataFrame({"output_1bn": [True, None]}, index=index, dtype="boolean")).values.tolist()
    [['2023', 'output_1bn', 1, 1]]
    """
    long = members.rename_axis(columns="rung").stack(future_stack=True).rename("holds").reset_index()
    keys = ["year", "rung"]
    if groups is not None:
        long["group"] = long["enterprise"].map(groups)
        keys = ["year", "group", "rung"]
    long = long.assign(
        firms=long["holds"].fillna(False).astype(int), unknown=long["holds"].isna().astype(int)
    )
    return long.groupby(keys, sort=False)[["firms", "unknown"]].sum().reset_index()


def highest_rung(members: pd.DataFrame, chain: Sequence[str]) -> pd.Series:
    """The highest rung of a chain that each firm held in each year.

    Parameters
    ----------
    members : pandas.DataFrame
        From `rung_members`.
    chain : sequence of str
        Rungs from the lowest to the highest, such as one of `CHAINS`.

    Returns
    -------
    pandas.Series
        By ``enterprise`` and ``year``: a rung, ``below`` the first, or ``unknown`` where a missing value
        could put the firm higher than what is known.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("a", "2023"), ("b", "2023")], names=["enterprise", "year"])
    >>> members = pd.DataFrame({"low": [True, True], "high": [False, None]}, index=index, dtype="boolean")
    >>> highest_rung(members, ["low", "high"]).tolist()
    ['low', 'unknown']
    """
    held = pd.Series(BELOW, index=members.index, name="rung")
    for rung in chain:
        held = held.mask(members[rung].fillna(False), rung)
        held = held.mask(members[rung].isna(), UNKNOWN)
    return held


def transitions(held: pd.Series, before: str, after: str, chain: Sequence[str]) -> pd.DataFrame:
    """How many firms went from which rung to which between two years.

    Parameters
    ----------
    held : pandas.Series
        From `highest_rung`.
    before, after : str
        Years.
    chain : sequence of str
        Rungs from the lowest to the highest.

    Returns
    -------
    pandas.DataFrame
        Rows: the rung in `before`; columns: in `after`; both with ``absent`` (not in the register),
        ``below``, the chain, ``unknown``. Rows sum to the firms of `before`, columns to those of `after`.

    Raises
    ------
    ValueError
        If the register has no firm in one of the years: everyone would have come or gone.

    Notes
    -----
    Gross flows between states. A firm that changed its code counts as one that left and one that came.

    Examples
    --------
    >>> keys = [("a", "2022"), ("a", "2023"), ("b", "2023")]
    >>> index = pd.MultiIndex.from_tuples(keys, names=["enterprise", "year"])
    >>> held = pd.Series(["below", "big", "below"], index=index)
    >>> transitions(held, "2022", "2023", ["big"]).loc[["absent", "below"], ["below", "big"]].values.tolist()
    [[1, 0], [0, 1]]
    """
    pair = {"before": _of_year(held, before), "after": _of_year(held, after)}
    both = pd.DataFrame(pair).astype(object).fillna(ABSENT)
    states = [ABSENT, BELOW, *chain, UNKNOWN]
    counted = pd.crosstab(both["before"], both["after"])
    return counted.reindex(index=states, columns=states, fill_value=0)


def _of_year(by_firm: pd.Series | pd.DataFrame, year: str) -> pd.Series | pd.DataFrame:
    known = by_firm.index.get_level_values("year")
    if year not in known:
        has = ", ".join(sorted(set(known))) or "none"
        raise ValueError(
            f"the register has no firm in {year}; it has years {has}. Load the year or take another"
        )
    return by_firm.xs(year, level="year")


def rung_moves(flows: pd.DataFrame) -> pd.DataFrame:
    """Every rung's way from the firms before to the firms after.

    Parameters
    ----------
    flows : pandas.DataFrame
        From `transitions`.

    Returns
    -------
    pandas.DataFrame
        By rung (``below`` first): ``before``; of these ``stayed``, ``up``, ``down``, ``left`` the register,
        ``to_unknown``; then who came: ``entered`` the register, ``risen`` from below, ``fallen`` from above,
        ``from_unknown``; and ``after``.

    Notes
    -----
    ``before = stayed + up + down + left + to_unknown``,
    ``after = stayed + entered + risen + fallen + from_unknown``.

    Examples
    --------
    >>> flows = pd.DataFrame([[0, 1, 0, 0], [0, 2, 3, 0], [1, 0, 4, 0], [0, 0, 0, 0]],
    ...     index=["absent", "below", "big", "unknown"], columns=["absent", "below", "big", "unknown"])
    >>> rung_moves(flows).loc["big", ["before", "stayed", "left", "risen", "after"]].tolist()
    [5, 4, 1, 3, 7]
    """
    ordered = [state for state in flows.index if state not in (ABSENT, UNKNOWN)]
    rows = {}
    for place, rung in enumerate(ordered):
        lower, higher = ordered[:place], ordered[place + 1 :]
        rows[rung] = {
            "before": flows.loc[rung].sum(),
            "stayed": flows.loc[rung, rung],
            "up": flows.loc[rung, higher].sum(),
            "down": flows.loc[rung, lower].sum(),
            "left": flows.loc[rung, ABSENT],
            "to_unknown": flows.loc[rung, UNKNOWN],
            "entered": flows.loc[ABSENT, rung],
            "risen": flows.loc[lower, rung].sum(),
            "fallen": flows.loc[higher, rung].sum(),
            "from_unknown": flows.loc[UNKNOWN, rung],
            "after": flows[rung].sum(),
        }
    return pd.DataFrame.from_dict(rows, orient="index").astype(int).rename_axis("rung")


def rung_turnover(members: pd.DataFrame, before: str, after: str) -> pd.DataFrame:
    """Firms new on each rung and firms lost from it between two years; a rung holds those of the rungs above.

    Parameters
    ----------
    members : pandas.DataFrame
        From `rung_members`.
    before, after : str
        Years.

    Returns
    -------
    pandas.DataFrame
        By rung: ``before``, ``new``, ``lost``, ``unclear`` and ``after``, with
        ``after = before + new - lost + unclear``. ``unclear`` nets the firms that come into sight or go out
        of sight because a value is missing in one of the years.

    Raises
    ------
    ValueError
        If the register has no firm in one of the years.

    Examples
    --------
    >>> keys = [("a", "2022"), ("a", "2023"), ("b", "2023")]
    >>> index = pd.MultiIndex.from_tuples(keys, names=["enterprise", "year"])
    >>> members = pd.DataFrame({"big": [True, False, True]}, index=index, dtype="boolean")
    >>> rung_turnover(members, "2022", "2023").loc["big"].tolist()
    [1, 1, 1, 0, 1]
    """
    first, second = _of_year(members, before), _of_year(members, after)
    firms = first.index.union(second.index)
    # a firm that is not in the register does not stand on a rung: that is known
    was, now = (_with_absent(side, firms) for side in (first, second))
    known = was.notna() & now.notna()
    counts = pd.DataFrame(
        {
            "before": was.fillna(False).sum(),
            "new": (known & ~was.fillna(False) & now.fillna(False)).sum(),
            "lost": (known & was.fillna(False) & ~now.fillna(False)).sum(),
            "unclear": 0,
            "after": now.fillna(False).sum(),
        }
    ).astype(int)
    counts["unclear"] = counts["after"] - counts["before"] - counts["new"] + counts["lost"]
    return counts.rename_axis("rung")


def _with_absent(members: pd.DataFrame, firms: pd.Index) -> pd.DataFrame:
    absent = pd.DataFrame(False, index=firms.difference(members.index), columns=members.columns)
    return pd.concat([members, absent]).astype("boolean").reindex(firms)
