"""The most likely cells given the facts, and how sure they are: a Gaussian in logs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from zs_analysis.panels.cells import Cells
from zs_analysis.panels.prior import Belief, Prior

# exp() of a cell: e-fold range about the scale of the figures; a misprint must not overflow it.
REACH = 12.0
ROUNDING = 1 / np.sqrt(3)
# Relative; far below any printed digit, and what keeps the algebra regular.
EXACT = 1e-7
# A trend this much wider may grow fourfold in a month.
WIDEST = 1e3
ROUNDS, MOST_STEPS, MEMORY = 12, 60, 8
# Twice a log density: a thousandth of a standard deviation.
SETTLED = 1e-6


# Slope, news and Cholesky factor at a step.
Parts = tuple[np.ndarray, np.ndarray, tuple[np.ndarray, bool]]


@dataclass(frozen=True)
class System:
    """Facts as ratios of sums of cells.

    Attributes
    ----------
    top, bottom : numpy.ndarray
        Facts by cells: weights of the sum on either side; an all-zero bottom stands for one.
    log : numpy.ndarray of bool
        Whether the fact is on the log of the ratio (contributions are on the ratio itself).
    target, noise : numpy.ndarray
        Log or ratio published, and the variance of its error.
    """

    top: np.ndarray
    bottom: np.ndarray
    log: np.ndarray
    target: np.ndarray
    noise: np.ndarray

    def only(self, facts: np.ndarray) -> "System":
        """The system of some of its facts."""
        return System(*(getattr(self, name)[facts] for name in self.__dataclass_fields__))

    def loosened(self, error: float | np.ndarray) -> "System":
        """The system with more noise: a standard deviation for all facts, or for each."""
        return replace(self, noise=self.noise + error**2)

    def say(self, z: np.ndarray) -> np.ndarray:
        """What the log cells say of each fact."""
        x = np.exp(z)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (self.top @ x) / np.where(self.alone, 1.0, self.bottom @ x)
            return np.where(self.log, np.log(ratio), ratio)

    def slope(self, z: np.ndarray) -> np.ndarray:
        """Derivative of `say`: facts by cells."""
        x = np.exp(z)
        below = np.where(self.alone, 1.0, self.bottom @ x)
        ratio = (self.top @ x) / below
        # d log(a/b) = (da - a/b db) / a, d(a/b) = (da - a/b db) / b
        size = np.where(self.log, ratio * below, below)
        change = self.top - self.bottom * ratio[:, None]
        change *= x
        change /= size[:, None]
        return change

    @cached_property
    def alone(self) -> np.ndarray:
        """Facts that are compared with nothing."""
        return ~self.bottom.any(axis=1)


def system(facts: pd.DataFrame, cells: Cells, months: pd.PeriodIndex, prior: Prior) -> System:
    """Facts as rows of weights."""
    rows = list(facts.itertuples())
    top = [_weights(cells, months, r.area, r.activities, r.first, r.last) for r in rows]
    bottom = [_bottom(cells, months, row) for row in rows]
    change = facts["kind"].eq("contribution").to_numpy()
    for i in np.flatnonzero(change):
        row = rows[i]
        top[i] = top[i] - _weights(cells, months, row.area, row.activities, row.of_first, row.of_last)
    value = facts["value"].to_numpy()
    rates = facts["kind"].isin(["growth", "contribution"]).to_numpy()
    gap2 = facts["link_gap"].to_numpy() ** 2 + prior.gap**2 * rates * facts["years"].to_numpy()
    size = np.where(change, 1.0, value)
    gap2 = gap2 * np.where(change, np.maximum(np.abs(value), 0.1) ** 2, 1.0)
    noise = (facts["half"].to_numpy() * ROUNDING / size) ** 2 + gap2 + EXACT**2
    target = np.where(change, value, np.log(np.where(change, 1.0, value)))
    return System(np.array(top), np.array(bottom), ~change, target, noise)


def _weights(cells, months, area, activities, first, last) -> np.ndarray:
    inside = (months >= first) & (months <= last)
    return np.outer(cells.mask(area, activities), inside).astype(float).ravel()


def _bottom(cells: Cells, months: pd.PeriodIndex, row) -> np.ndarray:
    if row.kind == "level":
        return np.zeros(len(cells.leaves) * len(months))
    return _weights(cells, months, row.of_area, row.of_activities, row.of_first, row.of_last)


@dataclass(frozen=True)
class Solution:
    """Log cells at the mode and what is needed for the uncertainty of any sum of them.

    Attributes
    ----------
    z : numpy.ndarray
    belief : Belief
        With the jumps that were needed.
    system : System
    slope, spread : numpy.ndarray
        Derivatives of the facts at the mode, and the belief's covariance times their transpose.
    weight : numpy.ndarray
        Inverse covariance of what the belief foresees of the facts, noise included.
    news : numpy.ndarray
        `weight` times the difference between facts and foresight.
    converged : bool
    """

    z: np.ndarray
    belief: Belief
    system: System
    slope: np.ndarray
    spread: np.ndarray
    weight: np.ndarray
    news: np.ndarray
    converged: bool

    def leave_one_out(self) -> tuple[np.ndarray, np.ndarray]:
        """Difference of each fact from what all the others say, and its standard deviation."""
        own = np.diag(self.weight)
        return self.news / own, 1 / np.sqrt(own)

    def errors(self, gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Standard errors of sums, and the part of them that stems from unknown levels.

        The Joseph form: a sum of squares, so that a cell the facts fix is not lost to cancellation.

        Parameters
        ----------
        gradient : numpy.ndarray
            Rows: derivative of the log of a sum in the log cells.
        """
        total, level = [], []
        for rows in _blocks(gradient):
            gain = (rows @ self.spread) @ self.weight
            left = rows - gain @ self.slope
            variance = np.einsum("ij,ji->i", left, self.belief.apply(left.T))
            total.append(variance + gain**2 @ self.system.noise)
            level.append(np.einsum("ij,ji->i", left, self.belief.level_part(left.T)))
        return np.sqrt(np.concatenate(total)), np.sqrt(np.concatenate(level))

    def covariance(self, gradient: np.ndarray) -> np.ndarray:
        """Covariance of sums, in the Joseph form; see `errors` for the gradient."""
        gain = (gradient @ self.spread) @ self.weight
        left = gradient - gain @ self.slope
        return left @ self.belief.apply(left.T) + (gain * self.system.noise) @ gain.T

    def foresee(self, facts: System) -> tuple[np.ndarray, np.ndarray]:
        """Differences of facts it does not rest on from what it says, and their covariance."""
        slope = facts.slope(self.z)
        spread = self.belief.apply(slope.T)
        across = slope @ self.spread
        covariance = slope @ spread - across @ self.weight @ across.T
        # Where the facts fix a sum, cancellation may leave less than nothing.
        own = np.maximum(np.diag(covariance), 0) + facts.noise
        np.fill_diagonal(covariance, own)
        return facts.target - facts.say(self.z), covariance

    def effects(self, gradient: np.ndarray) -> np.ndarray:
        """How far each fact moves each sum, in standard deviations of the fact's news."""
        return np.abs(gradient @ self.spread @ self.weight) / np.sqrt(np.diag(self.weight))


def _blocks(rows: np.ndarray, size: int = 512) -> Iterator[np.ndarray]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def solve(
    facts: System,
    belief: Belief,
    *,
    rounds: int = ROUNDS,
    steps: int = MOST_STEPS,
    start: Solution | None = None,
) -> Solution:
    """Find the most likely cells.

    Parameters
    ----------
    facts : System
    belief : Belief
        Its jumps are fitted: a cell's trend may be wider in a year in which the facts demand it (EM for a
        scale mixture; Lange, Little and Taylor 1989).
    rounds : int
        At most, for the jumps; 0 leaves them as they are.
    steps : int
        At most, onto the facts.
    start : Solution, optional
        Of the same facts, taken more loosely.
    """
    z, u = belief.mean.copy(), np.zeros_like(belief.mean)
    if start is not None:
        z, u = start.z, start.slope.T @ start.news
        belief.widen(start.belief.jumps.copy())
    # Facts are first taken loosely, then ever more at their word: exact ratios from afar lead nowhere.
    for floor in 0.1 * 0.3 ** np.arange(4):
        z, u, _ = _step(facts, belief, z, u, floor) if start is None else (z, u, None)
    for _ in range(rounds):
        z, u, parts = _step(facts, belief, z, u, 1e-3)
        before = belief.jumps
        belief.widen(_jumps(belief, parts))
        if np.abs(np.log(belief.jumps / before)).max() < 0.1:
            break
    for floor in (3e-4, 1e-4, 1e-5):
        z, u, _ = _step(facts, belief, z, u, floor)
    z, u, converged = _settle(facts, belief, z, u, steps)
    said, slope = facts.say(z), facts.slope(z)
    spread = belief.apply(slope.T)
    weight = _inverse(slope @ spread + np.diag(facts.noise))
    news = weight @ (facts.target - said + slope @ (z - belief.mean))
    return Solution(z, belief, facts, slope, spread, weight, news, converged)


def _settle(
    facts: System, belief: Belief, z: np.ndarray, u: np.ndarray, steps: int
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Steps at the facts' own noise until nothing moves, mixed over the last few (Anderson 1965)."""

    def lost(z: np.ndarray, u: np.ndarray) -> float:
        return _loss(facts.target - facts.say(z), facts.noise, z - belief.mean, u)

    starts: list[np.ndarray] = []
    ends: list[np.ndarray] = []
    loss = np.inf
    for _ in range(steps):
        found, found_u, _ = _step(facts, belief, z, u, 0.0)
        starts, ends = (
            [*starts, np.stack([z, u])][-MEMORY:],
            [*ends, np.stack([found, found_u])][-MEMORY:],
        )
        z, u, before = found, found_u, loss
        loss = lost(z, u)
        if before - loss < SETTLED:
            return z, u, True
        if len(ends) > 1:
            mixed, mixed_u = _mix(starts, ends)
            if lost(mixed, mixed_u) < loss:
                z, u = mixed, mixed_u
    return z, u, False


def _mix(starts: list[np.ndarray], ends: list[np.ndarray]) -> np.ndarray:
    """The combination of past steps whose ends and starts differ least."""
    moves = np.array([(end - start)[0] for start, end in zip(starts, ends, strict=True)])
    shares = np.linalg.lstsq((moves[1:] - moves[:-1]).T, moves[-1], rcond=1e-8)[0]
    return ends[-1] - np.tensordot(shares, np.diff(np.array(ends), axis=0), axes=1)


def _step(
    facts: System, belief: Belief, z: np.ndarray, u: np.ndarray, floor: float
) -> tuple[np.ndarray, np.ndarray, Parts]:
    """One Gauss-Newton step, cut back while it does not improve; `u` is the precision times ``z - mean``."""
    from scipy.linalg import cho_factor, cho_solve

    noise = facts.noise + floor**2
    said, slope = facts.say(z), facts.slope(z)
    spread = belief.apply(slope.T)
    factor = cho_factor(_regular(slope @ spread + np.diag(noise)), lower=True)
    news = cho_solve(factor, facts.target - said + slope @ (z - belief.mean))
    to_u = slope.T @ news
    to_z = belief.mean + spread @ news
    to_z = np.clip(to_z, belief.mean - REACH, belief.mean + REACH)
    start = _loss(facts.target - said, noise, z - belief.mean, u)
    length = 1.0
    while length > 0.01:
        trial, trial_u = z + length * (to_z - z), u + length * (to_u - u)
        # Exact facts are curved in logs: a second-order correction brings the step back onto them.
        foreseen = (1 - length) * (facts.target - said) + length * noise * news
        back = cho_solve(factor, facts.target - facts.say(trial) - foreseen)
        trial = np.clip(trial + spread @ back, belief.mean - REACH, belief.mean + REACH)
        trial_u = trial_u + slope.T @ back
        off = facts.target - facts.say(trial)
        if _loss(off, noise, trial - belief.mean, trial_u) <= start * (1 + 1e-9) + 1e-9:
            break
        length /= 2
    return trial, trial_u, (slope, news, factor)


def _loss(off: np.ndarray, noise: np.ndarray, moved: np.ndarray, u: np.ndarray) -> float:
    """Minus twice the log density, up to a constant."""
    return float(u @ moved + (off**2 / noise).sum())


def _jumps(belief: Belief, parts: Parts) -> np.ndarray:
    """Widening of each cell's trend in each year: its expected squared steps over those of a quiet year."""
    from scipy.linalg import solve_triangular

    slope, news, (lower, _) = parts
    quiet = belief.prior.walk**2
    steps = belief.steps(slope.T)
    variance = quiet * belief.jumps[:, belief.year].ravel()
    variance = variance - (solve_triangular(lower, steps.T, lower=True) ** 2).sum(axis=0)
    squares = ((steps @ news) ** 2 + variance).reshape(belief.count, -1)[:, 1:] / quiet
    in_year = (belief.year[1:, None] == np.arange(belief.jumps.shape[1])).astype(float)
    weight = 12 * belief.prior.jump_weight
    found = (weight + squares @ in_year) / (weight + in_year.sum(axis=0))
    # A step of EM twice as far: it has the same fixed point and is there in half the rounds.
    return np.clip(found**2 / belief.jumps, 0.1 * found, WIDEST)


def _inverse(matrix: np.ndarray) -> np.ndarray:
    from scipy.linalg import cho_factor, cho_solve

    return cho_solve(cho_factor(_regular(matrix), lower=True), np.eye(len(matrix)))


def _regular(matrix: np.ndarray) -> np.ndarray:
    matrix.flat[:: len(matrix) + 1] *= 1 + 1e-13
    return matrix
