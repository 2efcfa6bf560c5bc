"""Which published figures contradict the rest, and which jumps it took to reconcile them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from zs_analysis.panels.cells import Cells
from zs_analysis.panels.facts import CELL, PRINTED
from zs_analysis.panels.prior import Belief
from zs_analysis.panels.solve import MOST_STEPS, ROUNDS, Solution, System, solve

# A figure this many standard deviations off what all others say contradicts them; a trend whose variance
# must be widened this much jumps.
CONTRADICTS, JUMPS = 3.5, 8.0
# Others determine a figure if they foresee it at least this well (standard deviation of the log).
DETERMINED = 0.1
# And contradict it if a wider trend does not help either and they foresee it at least this well.
FORESEEN = 0.5
# Below this a suspect is let in by its rank, above it by how well it fits.
DOUBTED = 2.0
AGAINST = 3
# Standard deviation added to every figure while misprints are looked for.
LOOSE = 0.03
# Steps are enough to tell suspects apart well before the last digit settles.
SCREEN = 12


@dataclass(frozen=True)
class Checked:
    """A solution that rests on figures which do not contradict each other.

    Attributes
    ----------
    solution : Solution
    rests : numpy.ndarray of bool
        Facts the solution rests on.
    aside : numpy.ndarray of bool
        Facts set aside because the others contradict them. What is neither says nothing that is not said
        already: growth between two published levels.
    events : list of tuple
        ``(leaf, year, widening, lone)`` of every jump; `lone` is the only fact that asks for it, or -1.
    """

    solution: Solution
    rests: np.ndarray
    aside: np.ndarray
    events: list[tuple[int, int, float, int]]


def check(facts: pd.DataFrame, system: System, belief: Belief) -> Checked:
    """Solve, set aside what the other figures contradict, and find out who asks for each jump."""
    # Of two that clash, a stand-in goes before a growth rate, and that before a level.
    rank = np.where(facts["linked"], 2, facts["kind"].isin(["growth", "contribution"]))
    pairs = _pairs(facts)
    aside = np.zeros(len(facts), dtype=bool)
    rests = ~_implied(pairs, aside)
    # Misprints are told apart while every figure is taken loosely: exact figures that clash have no solution.
    solution = None
    for error, tries in ((LOOSE, 6), (0.0, 4)):
        for left in range(tries, 0, -1):
            rests = ~aside & ~_implied(pairs, aside)
            used = np.flatnonzero(rests)
            noisy = system.loosened(np.hypot(error, clash(facts, aside) / 2 * (error == 0)))
            start = solution if solution is not None and len(solution.news) == len(used) else None
            steps = MOST_STEPS if error == 0 else SCREEN
            solution = solve(noisy.only(rests), belief.anew(), steps=steps, start=start)
            found = _contradicted(facts, noisy, solution, used, rank)
            events, lone = _events(facts, noisy, solution, used, rank) if error == 0 else ([], [])
            if not found and not lone:
                break
            # The worst may have drawn the others along; the last try does not ask any more.
            aside[lone or (found[:1] if left > 1 else found)] = True
    back = _fits_after_all(system, solution, aside)
    if len(back):
        aside[back] = False
        rests = ~aside & ~_implied(pairs, aside)
        solution = solve(system.loosened(clash(facts, aside) / 2).only(rests), belief.anew())
    return Checked(solution, rests, aside, events)


def _fits_after_all(system: System, solution: Solution, aside: np.ndarray) -> np.ndarray:
    """Facts set aside along with a misprint, which agree with the rest now that it is out."""
    out = np.flatnonzero(aside)
    if len(out) < 2:
        return out[:0]
    off, covariance = solution.foresee(system.only(out))
    return out[np.abs(off) < DOUBTED * np.sqrt(np.diag(covariance))]


def clash(facts: pd.DataFrame, aside: np.ndarray) -> np.ndarray:
    """Range of the logs that several sources print for the same cell, zero where there is one."""
    value = facts["value"].where(~aside)
    logs = np.log(value.where(facts["kind"].ne("contribution"), 1.0))
    groups = logs.groupby([facts[name] for name in [*CELL, *PRINTED]], dropna=False)
    return (groups.transform("max") - groups.transform("min")).fillna(0.0).to_numpy()


def _pairs(facts: pd.DataFrame) -> np.ndarray:
    """For each fact the two published levels it lies between, or -1."""
    own = facts["kind"].eq("level") & ~facts["linked"]
    levels = {
        cell: i
        for i, cell in zip(
            np.flatnonzero(own),
            zip(*(facts.loc[own, name] for name in ("area", "activities", "first", "last")), strict=True),
            strict=True,
        )
    }
    return np.array(
        [
            [levels.get((r.area, r.activities, r.first, r.last), -1),
             levels.get((r.of_area, r.of_activities, r.of_first, r.of_last), -1)]
            if r.kind == "growth"
            else [-1, -1]
            for r in facts.itertuples()
        ]
    )  # fmt: skip


def _implied(pairs: np.ndarray, aside: np.ndarray) -> np.ndarray:
    return (pairs >= 0).all(axis=1) & ~aside[pairs].any(axis=1)


def _contradicted(
    facts: pd.DataFrame,
    system: System,
    solution: Solution,
    used: np.ndarray,
    rank: np.ndarray,
    *,
    fitted: bool = True,
) -> list[int]:
    """Facts the others contradict: suspects are all left out, then let in again while they fit."""
    off, error = solution.leave_one_out()
    suspects = used[np.abs(off) > CONTRADICTS * error]
    if not len(suspects):
        return []
    belief = solution.belief.anew(None if fitted else solution.belief.jumps)
    clean = solve(system.only(np.setdiff1d(used, suspects)), belief, rounds=ROUNDS * fitted, steps=SCREEN)
    off, covariance = clean.foresee(system.only(suspects))
    at_first = np.abs(off) / np.sqrt(np.diag(covariance))
    left = [
        i for i, deviation in _let_in(off, covariance, rank[suspects]) if fitted or deviation <= DETERMINED
    ]
    # Of two sources for a cell one goes only if the others tell which.
    twin = clash(facts, ~np.isin(np.arange(len(facts)), used))[suspects] > 0
    return [int(suspects[i]) for i in left if not twin[i] or at_first[i] > CONTRADICTS]


def _let_in(off: np.ndarray, covariance: np.ndarray, rank: np.ndarray) -> list[tuple[int, float]]:
    """Suspects that stay out when let in one by one, the worst first, and how well they are foreseen."""
    waiting = list(range(len(off)))
    while waiting:
        error = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
        z = np.abs(off) / error
        best = min(waiting, key=lambda i: (z[i] > DOUBTED, rank[i], z[i]))
        if z[best] > CONTRADICTS:
            return [(i, float(error[i])) for i in sorted(waiting, key=lambda i: -z[i])]
        waiting.remove(best)
        gain = covariance[:, best] / covariance[best, best]
        off, covariance = off - gain * off[best], covariance - np.outer(gain, covariance[best])
    return []


def _events(
    facts: pd.DataFrame, system: System, solution: Solution, used: np.ndarray, rank: np.ndarray
) -> tuple[list[tuple[int, int, float, int]], list[int]]:
    """Jumps, the fact behind each that stands alone, and those of these that the others determine."""
    events, aside = [], []
    for leaf, year in np.argwhere(solution.belief.jumps > JUMPS):
        calm = solution.belief.jumps.copy()
        calm[leaf, year] = 1.0
        held = solve(system.only(used), solution.belief.anew(calm), rounds=0, steps=SCREEN)
        without = _contradicted(facts, system, held, used, rank, fitted=False)
        lone = without[0] if len(without) == 1 else -1
        aside += without if lone >= 0 else []
        events.append((int(leaf), int(year), float(solution.belief.jumps[leaf, year]), lone))
    return events, aside


def report(
    facts: pd.DataFrame, cells: Cells, months: pd.PeriodIndex, system: System, checked: Checked
) -> pd.DataFrame:
    """One row a fact: what it says, what all others say of it, and what stands against it."""
    foreseen, error = _foreseen(system, checked)
    size = np.where(system.log, np.exp(foreseen), foreseen)
    off = system.target - foreseen
    rows = facts.assign(
        predicted=_as_printed(facts, size),
        predicted_se=_as_printed_error(facts, size, error),
        z=off / error,
        used=~checked.aside,
        jump=0.0,
        jump_cell="",
    )
    for leaf, year, widening, lone in checked.events:
        if lone >= 0:
            rows.loc[lone, ["jump", "jump_cell"]] = [
                widening,
                f"{'|'.join(cells.leaves[leaf])}|{months[12 * year].year}",
            ]
    flag = np.where(rows["jump"].gt(JUMPS), "jump", "")
    flag = np.where(rows["z"].abs().gt(CONTRADICTS) | checked.aside, "contradiction", flag)
    rows["flag"] = np.where(clash(facts, checked.aside) > 0, "sources_disagree", flag)
    rows["against"] = _against(facts, system, checked)
    rows["words"] = [_words(row) for row in rows.itertuples()]
    return rows[COLUMNS].reset_index(drop=True)


COLUMNS = [
    "fact", "ref_area", "activity", "time_period", "transformation", "source_id", "printed", "unit",
    "predicted",
    "predicted_se", "z", "used", "jump", "jump_cell", "flag", "against", "words", "note",
]  # fmt: skip


def _foreseen(system: System, checked: Checked) -> tuple[np.ndarray, np.ndarray]:
    found, error = np.empty_like(system.target), np.empty_like(system.target)
    off, deviation = checked.solution.leave_one_out()
    found[checked.rests], error[checked.rests] = system.target[checked.rests] - off, deviation
    if not checked.rests.all():
        rest = system.only(~checked.rests)
        off, covariance = checked.solution.foresee(rest)
        found[~checked.rests], error[~checked.rests] = rest.target - off, np.sqrt(np.diag(covariance))
    return found, error


def _as_printed(facts: pd.DataFrame, value: np.ndarray) -> np.ndarray:
    grown = facts["kind"].eq("growth").to_numpy()
    return (np.where(grown, value ** (1 / facts["compounded"].to_numpy()) - 1, value)) / facts[
        "factor"
    ].to_numpy()


def _as_printed_error(facts: pd.DataFrame, value: np.ndarray, error: np.ndarray) -> np.ndarray:
    slope = np.where(facts["kind"].eq("contribution"), 1.0, value)
    return slope * error / facts["factor"].to_numpy()


def _against(facts: pd.DataFrame, system: System, checked: Checked) -> list[str]:
    """The facts that say most about each one: largest partial correlations of what is foreseen."""
    names = facts["fact"].to_numpy()
    weight, used = checked.solution.weight, np.flatnonzero(checked.rests)
    scale = np.sqrt(np.diag(weight))
    ties = np.abs(weight / np.outer(scale, scale)) - 2 * np.eye(len(weight))
    found = dict(zip(used, ties, strict=True))
    if not checked.rests.all():
        rest = np.flatnonzero(~checked.rests)
        effects = checked.solution.effects(system.only(~checked.rests).slope(checked.solution.z))
        found |= dict(zip(rest, effects, strict=True))
    return ["; ".join(names[used[np.argsort(-found[i], kind="stable")[:AGAINST]]]) for i in range(len(names))]


def _words(row) -> str:
    said = f"{row.predicted:.5g} +- {row.predicted_se:.2g}"
    told = f"printed {row.printed} {row.unit}; the other figures say {said}"
    if row.flag == "jump":
        jump = f"in {row.jump_cell}, its trend's variance {row.jump:.0f} times the usual"
        return f"{told}; alone asks for a jump {jump}"
    if row.flag == "sources_disagree":
        return f"{told}; another source prints another figure for the same cell; both are used"
    if row.flag:
        return f"{told}; contradicted by {row.against}{'' if row.used else '; not used'}"
    return told
