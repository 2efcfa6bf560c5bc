"""Statistical disclosure control for tables of amounts: what must not be shown, and what still gives it away.

A cell is sensitive where its figure would tell much about one respondent. Respondents are enterprise groups
(`holding`), not legal units. Tables have one or more dimensions, each with a total under the code ``total``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zs_analysis.metrics._checks import require
from zs_analysis.metrics.investment import ExFirmBound
from zs_analysis.metrics.rounding import Interval

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

TOTAL = "total"
PRIMARY, SECONDARY = "primary", "secondary"
REASONS = ("respondents", "dominance", "p")
# Shares of the largest total of a table: what counts as no difference, and the least protection of a cell
# that has too few respondents where no p% rule says more.
TOLERANCE, LEAST = 1e-7, 1e-5

Cell = tuple[str, ...]


@dataclass(frozen=True)
class DisclosureRules:
    """What makes a cell sensitive. A rule that is not given does not apply.

    Attributes
    ----------
    min_respondents : int, optional
        Fewer groups than that are too few.
    dominance_n, dominance_pct : int and float, optional
        The (n,k) rule: the `n` largest groups may hold at most `k` percent of the cell.
    p_pct : float, optional
        The p% rule: the second largest group may not be able to work out the largest within `p` percent.
    """

    min_respondents: int | None = None
    dominance_n: int | None = None
    dominance_pct: float | None = None
    p_pct: float | None = None


@dataclass(frozen=True)
class Sensitivity:
    """Why a set of contributions must not be shown, and how far off an attacker must stay.

    Attributes
    ----------
    reason : str
        The first rule broken of ``respondents``, ``dominance``, ``p``; empty if none is.
    protection : float
        Least distance of each end of an attacker's interval from the truth, in the unit of the contributions.
    """

    reason: str
    protection: float


@dataclass(frozen=True, eq=False)
class PublishedTable:
    """A table as readers see it.

    Attributes
    ----------
    frame : pandas.DataFrame
        Columns `by` and `value`, totals under the code ``total``, suppressed cells empty. Cells that are not
        there have no respondents.
    by : tuple of str
        Dimensions; none for a single figure.
    value : str
        Column of amounts.
    """

    frame: pd.DataFrame
    by: tuple[str, ...]
    value: str


def sensitivity(contributions: Iterable[float], rules: DisclosureRules) -> Sensitivity:
    """Judge one cell by its contributions.

    Parameters
    ----------
    contributions : iterable of float
        One for each respondent, already summed by enterprise group; any unit, not negative.
    rules : DisclosureRules

    Returns
    -------
    Sensitivity

    Raises
    ------
    ValueError
        If a contribution is negative or missing: dominance has no meaning then.

    Notes
    -----
    With ``x1 >= x2 >= ...`` and their sum ``X`` a cell is sensitive where there are fewer than
    `min_respondents`, or ``x1 + ... + xn > k/100 * X``, or ``X - x1 - x2 < p/100 * x1``. Its protection is
    the most that the broken rules ask for: ``p/100 * x1``, ``100/k * (x1 + ... + xn) - X`` and
    ``p/100 * x1 - (X - x1 - x2)``. A cell of zeros is not sensitive.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, sections 4.2.1 and 4.2.2.

    Examples
    --------
    The three small firms hide the large one too little: 40 is less than 10 % of 1500.

    >>> sensitivity([1500, 60, 30, 10], DisclosureRules(p_pct=10))
    Sensitivity(reason='p', protection=110.0)
    """
    amounts = -np.sort(-np.asarray(list(contributions), dtype=float))
    bad = ~(amounts >= 0)
    advice = "Rules of dominance have no meaning for losses and changes; show those as internal."
    require(bad.any(), amounts[bad], rule="contributions must be known and not negative", advice=advice)
    whole = amounts.sum()
    asked = _protections(amounts, whole, rules) if whole > 0 else {}
    return Sensitivity(next(iter(asked), ""), max(asked.values(), default=0.0))


def _protections(amounts: np.ndarray, whole: float, rules: DisclosureRules) -> dict[str, float]:
    asked, p = {}, (rules.p_pct or 0) / 100
    if rules.min_respondents and len(amounts) < rules.min_respondents:
        asked["respondents"] = max(p, LEAST) * amounts[0]
    if rules.dominance_n and rules.dominance_pct:
        largest = amounts[: rules.dominance_n].sum()
        if largest > rules.dominance_pct / 100 * whole:
            asked["dominance"] = 100 / rules.dominance_pct * largest - whole
    rest = amounts[2:].sum()
    if rest < p * amounts[0]:
        asked["p"] = p * amounts[0] - rest
    return {reason: float(protection) for reason, protection in asked.items()}


def protect(
    contributions: pd.DataFrame,
    *,
    by: Sequence[str],
    value: str,
    holding: str = "holding",
    rules: DisclosureRules,
    published: Sequence[PublishedTable] = (),
) -> pd.DataFrame:
    """Total a table and choose the cells to leave out so that no sensitive one can be worked out.

    Parameters
    ----------
    contributions : pandas.DataFrame
        A row for each enterprise, with its codes in the columns `by`, its group in `holding` and its amount
        in `value`. Rows without an amount are left out: those have not reported.
    by : sequence of str
        Dimensions of the table.
    value : str
        Column of amounts, not negative.
    holding : str
        Column of enterprise groups, which are the respondents.
    rules : DisclosureRules
    published : sequence of PublishedTable
        Tables of the same amounts that readers have already. Where possible what one shows stays shown, and
        what one hides is hidden.

    Returns
    -------
    pandas.DataFrame
        A row for each cell that has respondents, totals under the code ``total``, first in each dimension:
        `by`, `value` (the true one), `respondents`, `reason` (as in `Sensitivity`), `protection` and
        `suppressed` (empty, ``primary`` or ``secondary``). What is left gives no sensitive cell away to those
        who know that no amount is negative; `attack` tells how far they come.

    Raises
    ------
    ValueError
        If a code or a holding is missing, a code is ``total``, or an amount is negative.

    Notes
    -----
    Primary cells are those that are sensitive by themselves. Then each is made movable by its protection, up
    and down: the cheapest change of other cells that keeps every total is found by linear programming, where
    a cell costs its amount per unit moved and nothing if suppressed already, and the cells that it moves are
    suppressed too. The largest come first. What suppressed cells of one line add up to can be worked out from
    the line's total; where that sum is sensitive itself, two firms alone in their cells say, it is protected
    in the same way. In the end cells that turn out not to be needed are given back, dear ones first. The
    pattern is safe but not always the cheapest one.

    References
    ----------
    Fischetti and Salazar (2001), Solving the Cell Suppression Problem on Tabular Data with Linear
    Constraints, Management Science 47 (7); Castro (2012), Recent Advances in Optimization Techniques for
    Statistical Tabular Data Protection, European Journal of Operational Research 216 (2), section 3.

    Examples
    --------
    >>> firms = pd.DataFrame({"area": list("aaabbbccc"), "holding": list("123456789"),
    ...                       "output": [90, 5, 5, 20, 20, 20, 40, 40, 40]})
    >>> table = protect(firms, by=["area"], value="output", rules=DisclosureRules(p_pct=10))
    >>> table[["area", "output", "reason", "suppressed"]].to_string(index=False).splitlines()
    [' area  output reason suppressed', 'total   280.0                  ', \
'    a   100.0      p    primary', '    b    60.0         secondary', '    c   120.0                  ']
    """
    table = _Table.of(contributions, list(by), value, holding, rules)
    shown, kept = _seen(published, table)
    try:
        hidden = _pattern(replace(table, shown=frozenset(shown)), kept)
    except _NoPatternError:
        # What is shown already leaves no way; the joint audit will say so.
        hidden = _pattern(table, kept)
    return table.frame(value, hidden)


def attack(published: PublishedTable) -> pd.DataFrame:
    """What can be found of the suppressed cells of a table.

    Returns
    -------
    pandas.DataFrame
        `by`, `lo` and `hi` of each suppressed cell: its least and most, given everything published and that
        no amount is negative. `hi` is infinite where nothing bounds it.

    Raises
    ------
    ValueError
        If no amounts fit what is published.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, section 4.3.1.

    Examples
    --------
    A single suppressed cell is found exactly.

    >>> table = pd.DataFrame({"area": ["total", "a", "b"], "output": [170, None, 60]})
    >>> attack(PublishedTable(table, ("area",), "output"))
      area     lo     hi
    0    a  110.0  110.0
    """
    frame, by = published.frame, list(published.by)
    return joint_attack([published], frame.loc[frame[published.value].isna(), by])


def joint_attack(
    published: Sequence[PublishedTable], cells: pd.DataFrame, *, half_unit: float = 0.0
) -> pd.DataFrame:
    """What can be found of some cells from several tables of the same amounts taken together.

    Parameters
    ----------
    published : sequence of PublishedTable
        Other dimensions of one total, say, or an earlier release with other cells left out. A cell with the
        same codes is the same amount in every table.
    cells : pandas.DataFrame
        A column for each dimension.
    half_unit : float
        Half of the last digit published; zero where the amounts are given in full.

    Returns
    -------
    pandas.DataFrame
        `cells` with `lo` and `hi`, as from `attack`. A cell that one of the tables shows has `lo` = `hi`.

    Raises
    ------
    ValueError
        If no amounts fit everything published: the tables are not of the same amounts.

    Notes
    -----
    Each table brings its sums. A cell of two dimensions with one ``total`` is a cell of the other dimension
    alone, so a table by area bounds one by area and activity. A cell that two tables give differently,
    revised say, lies between the two.

    Examples
    --------
    Two releases that leave out different cells give each other away.

    >>> earlier = pd.DataFrame({"area": ["total", "a", "b", "c"], "output": [200, 110, None, None]})
    >>> now = pd.DataFrame({"area": ["total", "a", "b", "c"], "output": [200, None, None, 30]})
    >>> both = [PublishedTable(table, ("area",), "output") for table in (earlier, now)]
    >>> joint_attack(both, pd.DataFrame({"area": ["a", "b"]}))
      area     lo     hi
    0    a  110.0  110.0
    1    b   60.0   60.0
    """
    system = _System.of(published)
    by, cells = list(cells), cells.reset_index(drop=True)
    names = [_name(by, cell) for cell in cells.itertuples(index=False, name=None)]
    ends = [system.bounds(name, half_unit) for name in names]
    return cells.assign(lo=[lo for lo, _ in ends], hi=[hi for _, hi in ends])


@dataclass(frozen=True)
class PairDisclosure:
    """What two published figures, with and without one firm, say about that firm.

    Attributes
    ----------
    lo, hi : float
        Least and most of the firm's amount in the base period, in the unit of the total.
    share_min_pct : float
        The least as a share of the total, in percent.
    guess_error_pct : float
        How far off, at most, the best single guess is, in percent of the truth.
    bounded : bool
        Whether the pair says anything at all: `lo` is above zero.
    within_p : bool
        Whether that guess is as good as the p% rule forbids.
    """

    lo: float
    hi: float
    share_min_pct: float
    guess_error_pct: float
    bounded: bool
    within_p: bool


def pair_disclosure(bound: ExFirmBound, *, p_pct: float) -> PairDisclosure:
    """Judge the bound on a single respondent that follows from growth with and without it.

    Parameters
    ----------
    bound : ExFirmBound
        From `ex_firm_bound`.
    p_pct : float
        Of the p% rule, in percent.

    Returns
    -------
    PairDisclosure

    Notes
    -----
    The firm had between `firm_base_min` and all of the base. Of a number known to lie in ``[lo, hi]`` the
    guess with the least largest error in percent is ``2 * lo * hi / (lo + hi)``, which is off by at most
    ``(hi - lo) / (hi + lo)``. Where both figures are published already, leaving the bound out hides nothing.

    Examples
    --------
    >>> from zs_analysis.metrics import ex_firm_bound
    >>> found = pair_disclosure(ex_firm_bound(429.0, -2.1, ex_growth_pct=89.0), p_pct=10)
    >>> round(found.lo, 1), round(found.hi, 1), round(found.guess_error_pct, 1), found.within_p
    (211.2, 438.2, 35.0, False)
    """
    lo, hi, share = (
        number.value if isinstance(number, Interval) else number
        for number in (bound.firm_base_min, bound.base, bound.firm_base_share_min_pct)
    )
    error = 100 * (hi - lo) / (hi + lo)
    return PairDisclosure(lo, hi, share, error, bounded=lo > 0, within_p=error <= p_pct)


# Linear systems: cells are columns, and each row says that the parts of a line add up to its total.


def _equations(codes: Mapping[str, Sequence[str]]) -> list[tuple[Cell, list[Cell]]]:
    """Each total of a table with its parts."""
    sums = []
    for place, own in enumerate(codes.values()):
        others = [[""] if at == place else [TOTAL, *values] for at, values in enumerate(codes.values())]
        for cell in product(*others):
            parts = [(*cell[:place], code, *cell[place + 1 :]) for code in own]
            sums.append(((*cell[:place], TOTAL, *cell[place + 1 :]), parts))
    return sums


def _matrix(sums: Sequence[tuple[int, list[int]]], columns: int) -> np.ndarray:
    matrix = np.zeros((len(sums), columns))
    for row, (total, parts) in enumerate(sums):
        matrix[row, parts] = 1.0
        matrix[row, total] = -1.0
    return matrix


@dataclass(frozen=True)
class _Target:
    """Cells whose sum an attacker must not find within `protection`."""

    cells: frozenset[int]
    amount: float
    protection: float


@dataclass(frozen=True)
class _Table:
    by: list[str]
    cells: list[Cell]
    sums: list[tuple[int, list[int]]]
    holders: list[np.ndarray]
    of_holder: np.ndarray
    rules: DisclosureRules
    shown: frozenset[int] = frozenset()

    @classmethod
    def of(
        cls, contributions: pd.DataFrame, by: list[str], value: str, holding: str, rules: DisclosureRules
    ) -> "_Table":
        rows = _summed_by_holding(contributions, by, value, holding)
        codes = {name: sorted(rows[name].unique()) for name in by}
        cells = list(product(*([TOTAL, *codes[name]] for name in by)))
        place = {cell: at for at, cell in enumerate(cells)}
        sums = [(place[total], [place[part] for part in parts]) for total, parts in _equations(codes)]
        groups, names = pd.factorize(rows[holding])
        amounts = np.zeros((len(cells), len(names)))
        reported = np.zeros((len(cells), len(names)), dtype=bool)
        for codes_of_row, group, amount in zip(
            rows[by].itertuples(index=False, name=None), groups, rows[value], strict=True
        ):
            for cell in product(*((TOTAL, code) for code in codes_of_row)):
                amounts[place[cell], group] += amount
                reported[place[cell], group] = True
        return cls(by, cells, sums, [np.flatnonzero(row) for row in reported], amounts, rules)

    @cached_property
    def amounts(self) -> np.ndarray:
        return self.of_holder.sum(axis=1)

    @cached_property
    def scale(self) -> float:
        return max(float(self.amounts.max(initial=0.0)), 1e-300)

    @cached_property
    def matrix(self) -> np.ndarray:
        return _matrix(self.sums, len(self.cells))

    @cached_property
    def judged(self) -> list[Sensitivity]:
        return [self.judge([cell]) for cell in range(len(self.cells))]

    def judge(self, cells: Sequence[int]) -> Sensitivity:
        """Sensitivity of the sum of some cells."""
        holders = np.unique(np.concatenate([self.holders[cell] for cell in cells]))
        return sensitivity(self.of_holder[list(cells)].sum(axis=0)[holders], self.rules)

    def target(self, cells: Sequence[int], judged: Sensitivity) -> _Target:
        amount = float(self.amounts[list(cells)].sum())
        return _Target(frozenset(cells), amount, max(judged.protection, LEAST * amount))

    def reached(self, targets: Sequence[_Target], hidden: set[int]) -> list[bool]:
        """Whether an attacker's interval of each target reaches as far as its protection asks for, both ways.

        All are asked in one program: a copy of the hidden cells for each target and direction, its sum
        no farther than asked for, and the sums as far out as can be.
        """
        if not targets:
            return []
        cells = sorted(hidden)
        known = -self.matrix[:, ~np.isin(np.arange(len(self.cells)), cells)]
        sums = known @ (self.amounts / self.scale)[~np.isin(np.arange(len(self.cells)), cells)]
        rows = self.matrix[:, cells]
        used = rows.any(axis=1)
        signs = [sign for _ in targets for sign in (1, -1)]
        chosen = np.array([np.isin(cells, list(target.cells)) for target in targets for _ in (1, -1)])
        ends = np.array(
            [
                sign * (max(target.amount + sign * target.protection, 0.0)) / self.scale
                for target in targets
                for sign in (1, -1)
            ]
        )
        outward = chosen * np.array(signs)[:, None]
        far = _farthest(rows[used], sums[used], outward, ends)
        close = (far >= ends - TOLERANCE).reshape(-1, 2)
        return close.all(axis=1).tolist()

    def frame(self, value: str, hidden: Mapping[int, str]) -> pd.DataFrame:
        shown = [cell for cell in range(len(self.cells)) if len(self.holders[cell])]
        table = pd.DataFrame([self.cells[cell] for cell in shown], columns=self.by)
        table[value] = self.amounts[shown]
        table["respondents"] = [len(self.holders[cell]) for cell in shown]
        table["reason"] = [self.judged[cell].reason for cell in shown]
        table["protection"] = [self.judged[cell].protection for cell in shown]
        table["suppressed"] = [hidden.get(cell, "") for cell in shown]
        return table


def _summed_by_holding(contributions: pd.DataFrame, by: list[str], value: str, holding: str) -> pd.DataFrame:
    rows = contributions.dropna(subset=[value])
    for name in (*by, holding):
        codes = rows[name]
        advice = "Give each enterprise its code, or leave it out of the table knowingly."
        require(bool(codes.isna().any()), "none", rule=f"{name} must be known in every row", advice=advice)
        if name != holding:
            advice = "The totals have that code; rename yours."
            require(bool(codes.eq(TOTAL).any()), TOTAL, rule=f"{name} must be parts only", advice=advice)
    advice = "Rules of dominance have no meaning for losses and changes; show those as internal."
    require(rows[value].lt(0), rows[value], rule=f"{value} must not be negative", advice=advice)
    return rows.groupby([*by, holding], as_index=False)[value].sum()


def _extreme(objective: np.ndarray, matrix: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> float:
    """Least of a sum of cells; minus infinity where nothing bounds it."""
    free = upper > lower
    fixed = np.where(free, 0.0, lower)
    if not objective[free].any():
        return float(objective @ fixed)
    rows = matrix[:, free]
    involved = rows.any(axis=1)
    done = _solved(
        objective[free],
        rows[involved],
        -(matrix @ fixed)[involved],
        list(zip(lower[free], upper[free], strict=True)),
    )
    if done.status == 3:
        return -np.inf
    if done.status != 0:
        raise ValueError(
            "no amounts fit what is published: its parts do not add up to its totals. "
            "Compare tables of the same amounts and the same release."
        )
    return float(done.fun + objective @ fixed)


class _NoPatternError(Exception):
    """Cells that must stay shown leave no way to hide a sensitive one."""


def _seen(published: Sequence[PublishedTable], table: _Table) -> tuple[set[int], set[int]]:
    """Cells of a table that readers have seen, and those that were kept from them."""
    place = {_name(table.by, cell): at for at, cell in enumerate(table.cells)}
    shown, kept = set(), set()
    for earlier in published:
        for *cell, amount in earlier.frame[[*earlier.by, earlier.value]].itertuples(index=False, name=None):
            at = place.get(_name(earlier.by, cell))
            if at is not None:
                (kept if pd.isna(amount) else shown).add(at)
    return shown - kept, kept


def _solved(
    objective: np.ndarray,
    rows: object,
    sums: np.ndarray | None,
    bounds: object,
    at_most: object = None,
    ends: np.ndarray | None = None,
) -> "OptimizeResult":
    # scipy.optimize takes long to import, and most reports show no enterprise
    from scipy.optimize import linprog

    return linprog(objective, A_ub=at_most, b_ub=ends, A_eq=rows, b_eq=sums, bounds=bounds)


def _farthest(rows: np.ndarray, sums: np.ndarray, outward: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """How far each row of `outward` times cells with ``rows @ cells = sums`` can go, at most to its end."""
    from scipy.sparse import csr_array, eye_array, kron

    count, cells = outward.shape
    places, starts = np.arange(count * cells), np.arange(0, count * cells + 1, cells)
    done = _solved(
        -outward.ravel(),
        kron(eye_array(count), csr_array(rows), format="csr") if len(rows) else None,
        np.tile(sums, count) if len(rows) else None,
        (0, None),
        csr_array((outward.ravel(), places, starts), shape=(count, count * cells)),
        ends,
    )
    return (outward * done.x.reshape(count, cells)).sum(axis=1)


def _pattern(table: _Table, kept: set[int]) -> dict[int, str]:
    """Cells to hide, and why."""
    own = {cell: judged for cell, judged in enumerate(table.judged) if judged.reason}
    targets = [table.target([cell], judged) for cell, judged in own.items()]
    hidden = set(own) | kept
    while targets:
        hidden = _reaching(table, targets, hidden)
        told = _told_by_lines(table, hidden) - {target.cells for target in targets}
        if not told:
            break
        targets += [table.target(sorted(cells), table.judge(sorted(cells))) for cells in told]
    hidden = _without_needless(table, targets, hidden, set(own) | kept)
    return {cell: PRIMARY if cell in own else SECONDARY for cell in sorted(hidden)}


def _reaching(table: _Table, targets: Sequence[_Target], hidden: set[int]) -> set[int]:
    """Cells to hide so that every target can be moved by its protection, the largest served first."""
    ordered = sorted(targets, key=lambda one: (-one.amount, sorted(one.cells)))
    while True:
        reached = table.reached(ordered, hidden)
        short = [target for target, far in zip(ordered, reached, strict=True) if not far]
        moves = (_moved_along(table, target, hidden) - hidden for target in short)
        more = next((cells for cells in moves if cells), set())
        if not more:
            return hidden
        hidden = hidden | more


def _told_by_lines(table: _Table, hidden: set[int]) -> set[frozenset[int]]:
    """Sensitive sums of hidden cells that a shown total and the shown cells of its line leave over."""
    left = [
        frozenset(part for part in parts if part in hidden)
        for total, parts in table.sums
        if total not in hidden
    ]
    return {cells for cells in left if len(cells) > 1 and table.judge(sorted(cells)).reason}


def _moved_along(table: _Table, target: _Target, hidden: set[int]) -> set[int]:
    """Cells to hide besides, so that the target can be moved by its protection up and down."""
    more: set[int] = set()
    for direction in (1, -1):
        more |= _cheapest_move(table, target, hidden | more, direction)
    return more


def _cheapest_move(table: _Table, target: _Target, hidden: set[int], direction: int) -> set[int]:
    amounts = table.amounts / table.scale
    count = len(amounts)
    price = np.where(np.isin(np.arange(count), list(hidden)), 0.0, amounts)
    chosen = np.isin(np.arange(count), list(target.cells)).astype(float)
    step = target.protection if direction > 0 else min(target.protection, target.amount)
    rows = np.vstack([table.matrix, chosen])
    # A cell of zero stays: nobody has anything there. So does what readers have seen.
    moves = [amount > 0 and cell not in table.shown for cell, amount in enumerate(amounts)]
    done = _solved(
        np.concatenate([price, price]),
        np.hstack([rows, -rows]),
        np.concatenate([np.zeros(len(table.sums)), [direction * step / table.scale]]),
        [(0, np.inf if free else 0) for free in moves]
        + [(0, amount if free else 0) for free, amount in zip(moves, amounts, strict=True)],
    )
    if done.status != 0:
        raise _NoPatternError
    moved = np.abs(done.x[:count] - done.x[count:])
    return {int(cell) for cell in np.flatnonzero(moved > TOLERANCE / 100)}


def _without_needless(
    table: _Table, targets: Sequence[_Target], hidden: set[int], needed: set[int]
) -> set[int]:
    known = {target.cells for target in targets}
    for cell in sorted(hidden - needed, key=lambda one: (-table.amounts[one], one)):
        fewer = hidden - {cell}
        if not _told_by_lines(table, fewer) - known and all(table.reached(targets, fewer)):
            hidden = fewer
    return hidden


# Several tables together: a cell is named by its codes other than totals.

Name = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class _System:
    place: dict[Name, int]
    matrix: np.ndarray
    shown: dict[int, list[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Sequence[PublishedTable]) -> "_System":
        place: dict[Name, int] = {}
        sums, shown, hidden = [], {}, set()
        for table in tables:
            by, frame = table.by, table.frame
            codes = {name: [code for code in frame[name].unique() if code != TOTAL] for name in by}
            for cell in product(*([TOTAL, *codes[name]] for name in by)):
                place.setdefault(_name(by, cell), len(place))
            for *cell, amount in frame[[*by, table.value]].itertuples(index=False, name=None):
                at = place[_name(by, cell)]
                if pd.isna(amount):
                    hidden.add(at)
                else:
                    shown.setdefault(at, []).append(float(amount))
            sums += [
                (place[_name(by, total)], [place[_name(by, part)] for part in parts])
                for total, parts in _equations(codes)
            ]
        empty = {at: [0.0] for at in place.values() if at not in shown and at not in hidden}
        return cls(place, _matrix(sums, len(place)), shown | empty)

    def bounds(self, name: Name, half_unit: float) -> tuple[float, float]:
        """Least and most of a cell; of one that is in no table nothing is known."""
        if name not in self.place:
            return 0.0, np.inf
        scale = max([amount for amounts in self.shown.values() for amount in amounts] + [1e-300])
        lower, upper = np.zeros(len(self.place)), np.full(len(self.place), np.inf)
        for at, amounts in self.shown.items():
            lower[at] = max(min(amounts) - half_unit, 0.0) / scale
            upper[at] = (max(amounts) + half_unit) / scale
        chosen = np.zeros(len(self.place))
        chosen[self.place[name]] = 1.0
        lo, hi = (sign * scale * _extreme(sign * chosen, self.matrix, lower, upper) for sign in (1, -1))
        return lo, hi


def _name(by: Sequence[str], cell: Sequence[str]) -> Name:
    return frozenset((name, code) for name, code in zip(by, cell, strict=True) if code != TOTAL)
