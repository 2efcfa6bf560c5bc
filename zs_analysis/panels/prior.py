"""What is believed about a monthly series of industrial output before any figure is read."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Prior:
    """Sizes of what moves log output; all are standard deviations of a log, so 0.08 is about 8 percent.

    Attributes
    ----------
    level : float
        Of a cell about an equal split: says next to nothing.
    drift : float
        Of the growth per month about `growth`.
    walk : float
        Of the monthly step of the trend, before a jump widens it.
    month : float
        Of each month's seasonal.
    festival, split : float
        Of what January and February have in common, and of their difference, every year.
    shift : float
        What the date of the Spring Festival moves between January and February in one year.
    irregular : float
        Of one month alone.
    shocks : mapping of str to float
        Months in which everything may stand off: the first wave of Covid-19.
    growth : float
        Expected growth of the log per month.
    profile : tuple of float
        Expected seasonal, January to December.
    common, together : float
        Share of the variances that all cells move by together, and of those of the festival.
    activity, area, cell : float
        Where both margins are cut: variances, as shares of the above, that the cells of one activity have in
        common, those of one area, and of the cell alone. They add up to more than one with `common`, so that
        an activity summed over areas moves as much as one that is not cut.
    gap : float
        Comparability gap of a published growth rate: the set of firms is not last year's.
    jump_start, jump_weight : float
        Where the widening of a cell's trend in a year starts, and the weight of the belief in none, in years.
    """

    level: float = 2.0
    drift: float = 0.008
    walk: float = 0.053
    month: float = 0.058
    festival: float = 0.13
    split: float = 0.075
    shift: float = 0.06
    irregular: float = 0.036
    shocks: Mapping[str, float] = field(
        default_factory=lambda: {"2020-01": 0.083, "2020-02": 0.25, "2020-03": 0.125}
    )
    growth: float = 0.005
    profile: tuple[float, ...] = (-0.06, -0.19, 0.02, 0.01, 0.02, 0.03, 0.01, 0.01, 0.02, 0.02, 0.03, 0.04)
    common: float = 0.25
    together: float = 0.85
    activity: float = 0.6
    area: float = 0.2
    cell: float = 0.2
    gap: float = 0.01
    jump_start: float = 9.0
    jump_weight: float = 0.25


class Belief:
    """Prior mean and covariance of the log output of cells by months.

    Movements are shared by all cells, by those of an activity, by those of an area, or are a cell's own; each
    adds a covariance over the months within its group. It is applied without ever being formed whole.

    Parameters
    ----------
    prior : Prior
    cells : sequence of (area, activity)
        Codes of the leaves.
    months : pandas.PeriodIndex
    scale : float
        Log of the output of one cell in one month, roughly.
    """

    def __init__(
        self, prior: Prior, cells: list[tuple[str, str]], months: pd.PeriodIndex, scale: float
    ) -> None:
        self.prior, self.months, self.count = prior, months, len(cells)
        self.year = months.year.to_numpy() - months.year[0]
        steps = np.arange(len(months))
        profile = np.array(prior.profile)[months.month - 1]
        self.mean = np.tile(scale + prior.growth * (steps - steps.mean()) + profile, self.count)
        shares, levels, members = _groups(prior, cells)
        own = members.shape[0] - self.count
        self.shared = members[:own]
        self.between, self.levels = (members.T * share @ members for share in (shares, levels))
        festival = _calendar(prior, months)
        moves = _time(prior, months) + (1 - prior.together) * festival
        when = shares[:, None, None] * moves + levels[:, None, None]
        when[0] += prior.together * festival
        self.when, self.alone = when[:own], when[own:]
        self.widen(np.full((self.count, self.year[-1] + 1), prior.jump_start))

    def widen(self, jumps: np.ndarray) -> None:
        """Take each cell's trend in each year for so many times wider."""
        self.jumps = jumps
        steps = np.arange(len(self.months))
        # A walk's covariance at two months is the sum of its step variances up to the earlier.
        self._own = self.alone + self._extra().cumsum(axis=1)[:, np.minimum.outer(steps, steps)]

    def anew(self, jumps: np.ndarray | None = None) -> "Belief":
        """The same belief with the jumps unfitted, or as given."""
        found = copy(self)
        found.widen(np.full_like(self.jumps, self.prior.jump_start) if jumps is None else jumps.copy())
        return found

    def apply(self, columns: np.ndarray) -> np.ndarray:
        """The covariance times a matrix with one row a cell and month."""
        cube = np.ascontiguousarray(columns).reshape(self.count, len(self.months), -1)
        found = self._own @ cube
        groups = self.when @ np.tensordot(self.shared, cube, axes=1)
        found += np.tensordot(self.shared.T, groups, axes=1)
        return found.reshape(columns.shape)

    def _extra(self) -> np.ndarray:
        extra = self.prior.walk**2 * (self.jumps - 1)[:, self.year]
        extra[:, 0] = 0
        return np.maximum(extra, 0)

    def steps(self, columns: np.ndarray) -> np.ndarray:
        """Covariance of the steps of the trends with what the columns weigh together."""
        later = _backwards(np.ascontiguousarray(columns).reshape(self.count, len(self.months), -1))
        found = self._extra()[:, :, None] * later
        found += self.prior.walk**2 * np.tensordot(self.between, later, axes=1)
        found[:, 0] = 0
        return found.reshape(columns.shape)

    def level_part(self, columns: np.ndarray) -> np.ndarray:
        """Likewise, with the uncertainty about levels alone."""
        cube = columns.reshape(self.count, len(self.months), -1)
        found = np.tensordot(self.levels, cube.sum(axis=1), axes=1)[:, None, :]
        return np.broadcast_to(found, cube.shape).reshape(columns.shape)


def _backwards(cube: np.ndarray) -> np.ndarray:
    return np.cumsum(cube[:, ::-1], axis=1)[:, ::-1]


def _groups(prior: Prior, cells: list[tuple[str, str]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Groups of cells (all, by activity, by area, each alone), with their variances, of movements and levels.

    The third holds groups by cells, one where a cell belongs to the group.
    """
    areas, activities = (np.array(codes) for codes in zip(*cells, strict=True))
    kinds = [np.ones((1, len(cells))), *(np.unique(codes)[:, None] == codes for codes in (activities, areas))]
    kinds.append(np.eye(len(cells)))
    if len(set(areas)) == 1 or len(set(activities)) == 1:
        movements, levels = (prior.common, 0.0, 0.0, 1 - prior.common), (0.0, 0.0, 0.0, 1.0)
    else:
        movements, levels = (prior.common, prior.activity, prior.area, prior.cell), (0.0, 0.4, 0.4, 0.2)
    sizes = [len(kind) for kind in kinds]
    levels = prior.level**2 * np.repeat(levels, sizes)
    return np.repeat(movements, sizes), levels, np.vstack(kinds).astype(float)


def _time(prior: Prior, months: pd.PeriodIndex) -> np.ndarray:
    steps, month = np.arange(len(months)), months.month.to_numpy() - 1
    centred = steps - steps.mean()
    seasonal = prior.month**2 * (np.eye(12) - 1 / 12)
    return (
        prior.drift**2 * np.outer(centred, centred)
        + prior.walk**2 * np.minimum.outer(steps, steps)
        + seasonal[np.ix_(month, month)]
        + np.diag(prior.irregular**2 + _shocks(prior, months))
    )


def _shocks(prior: Prior, months: pd.PeriodIndex) -> np.ndarray:
    found = np.zeros(len(months))
    for month, size in prior.shocks.items():
        found += size**2 * (months == pd.Period(month, freq="M"))
    return found


def _calendar(prior: Prior, months: pd.PeriodIndex) -> np.ndarray:
    """The Spring Festival, which comes over all industries at once."""
    month = months.month.to_numpy()
    spring = np.isin(month, (1, 2)) - 1 / 6
    opposed = np.where(month == 1, 1.0, np.where(month == 2, -1.0, 0.0))
    same_year = months.year.to_numpy()[:, None] == months.year.to_numpy()
    split = (prior.split**2 + prior.shift**2 * same_year) * np.outer(opposed, opposed)
    return prior.festival**2 * np.outer(spring, spring) + split
