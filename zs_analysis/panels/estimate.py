"""The panel and its consistency report: where observations come in and frames go out."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from zs_analysis.kept import digest_of, kept
from zs_analysis.loaders import about, load
from zs_analysis.panels.cells import Cells, arrange
from zs_analysis.panels.contradictions import Checked, check, report
from zs_analysis.panels.facts import Codes, concerned, gather, months_of, unit_of
from zs_analysis.panels.frame import panel_frame
from zs_analysis.panels.prior import Belief, Prior
from zs_analysis.panels.solve import Solution, System, system

INDICATOR = "gross_output_scale"
# Share of an estimate below which no draw of it falls: output is positive.
LEAST_DRAWN = 0.05
TABLES = ("areas", "activities", "indicators", "units", "sources", "panel_links")


@dataclass(frozen=True)
class Inputs:
    """All that a panel depends on.

    Attributes
    ----------
    observations : pandas.DataFrame
        Figures of the indicator and of those that stand in for it.
    codes : Codes
    indicator : str
    as_of : str, datetime.date or None
        What was released later is left out.
    prior : Prior
    """

    observations: pd.DataFrame
    codes: Codes
    indicator: str
    as_of: str | date | None
    prior: Prior

    @cached_property
    def digest(self) -> str:
        """Their content in short, by which what rests on them is found again."""
        return digest_of(self.observations, self.codes, self.indicator, self.as_of, self.prior)


@dataclass(frozen=True)
class Fit:
    """A solved panel.

    Attributes
    ----------
    inputs : Inputs
        What it was solved from, by which it can be told from others without looking at a number.
    facts, unused : pandas.DataFrame
        Figures that count and figures that do not, with the reason.
    cells : Cells
    months : pandas.PeriodIndex
    system : System
        The facts as ratios of sums of cells.
    checked : Checked
        The solution, and what was set aside.
    unit : str
    """

    inputs: Inputs
    facts: pd.DataFrame
    unused: pd.DataFrame
    cells: Cells
    months: pd.PeriodIndex
    system: System
    checked: Checked
    unit: str

    @property
    def solution(self) -> Solution:
        """The cells, resting on the figures that do not contradict each other."""
        return self.checked.solution

    @cached_property
    def panel(self) -> pd.DataFrame:
        """Months, quarters and years, as `zs_analysis.panel` returns them."""
        used = self.facts[self.checked.rests]
        return panel_frame(used, self.cells, self.months, self.solution, self.unit)

    def months_of(self, leaves: np.ndarray) -> np.ndarray:
        """Months of sums of leaves, refused cells included: ``(sums, months)``; see `draws`."""
        return leaves @ np.exp(self.solution.z).reshape(len(self.cells.leaves), -1)

    def draws(self, leaves: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        """Joint draws of months of sums of leaves: what a forecast starts from.

        Parameters
        ----------
        leaves : numpy.ndarray
            Sums by leaves, 0 or 1; `Cells.mask` makes rows of it.
        count : int
        rng : numpy.random.Generator

        Returns
        -------
        numpy.ndarray
            Shape ``(sums, months, count)``, in ``unit``: Gaussian about the panel's values, so that in every
            draw sums add up and windows that figures fix stay fixed; what would fall below `LEAST_DRAWN` of
            its value is cut there. The draws are spread evenly along each principal direction (Latin
            hypercube: McKay, Beckman and Conover 1979), so that a few have the right mean and spread.

        Examples
        --------
        >>> found = fit(as_of="2023-12-13")
        >>> city = found.cells.mask("zhoushan", ["total"])[None].astype(float)
        >>> drawn = found.draws(city, 200, np.random.default_rng(0))
        >>> drawn.shape, bool(abs(drawn[0, 12:24].sum(axis=0) - 1532.1).max() < 1)
        ((1, 60, 200), True)
        """
        x = np.exp(self.solution.z).reshape(len(self.cells.leaves), -1)
        value = leaves @ x
        part = leaves[:, None, :, None] * x * np.eye(len(self.months))[None, :, None, :]
        gradient = (part / value[:, :, None, None]).reshape(value.size, -1)
        size, direction = np.linalg.eigh(self.solution.covariance(gradient))
        factor = direction * np.sqrt(np.maximum(size, 0))
        noise = (factor @ _even_normals(value.size, count, rng)).reshape(*value.shape, count)
        return value[:, :, None] * np.maximum(1 + noise, LEAST_DRAWN)

    @cached_property
    def consistency(self) -> pd.DataFrame:
        """Every figure beside what the others say of it, as `consistency` returns it."""
        return report(self.facts, self.cells, self.months, self.system, self.checked)


def fit(
    observations: pd.DataFrame | None = None,
    as_of: str | date | None = None,
    indicator: str = INDICATOR,
    data: str | Path | None = None,
    prior: Prior | None = None,
) -> Fit:
    """Solve a panel; see `panel` for the arguments.

    Raises
    ------
    NoLevelError
        If the observations hold no level to start from.
    ValueError
        If they lack a column, or the indicator is no flow.
    """
    codes = Codes(*(load(name, data=data) for name in TABLES), city=about(data).city)
    if observations is None:
        observations = load("observations", data=data)
    rows = concerned(observations, codes, indicator)
    return solved(Inputs(rows, codes, indicator, as_of, prior or Prior()))


def solved(inputs: Inputs) -> Fit:
    """The panel of some inputs, as `fit` gives it; it raises as that does."""
    return kept(_solved, inputs)


def _solved(inputs: Inputs) -> Fit:
    codes, indicator, prior = inputs.codes, inputs.indicator, inputs.prior
    facts, unused = gather(inputs.observations, codes, indicator, inputs.as_of)
    months = months_of(facts)
    cells = arrange(facts, codes.areas, codes.activities, codes.city)
    belief = Belief(prior, cells.leaves, months, _scale(facts, cells))
    whole = system(facts, cells, months, prior)
    checked = check(facts, whole, belief)
    made = Fit(inputs, facts, unused, cells, months, whole, checked, unit_of(codes, indicator))
    _ = made.panel  # kept with it: nearly all who fit it look at it
    return made


def panel(
    observations: pd.DataFrame | None = None,
    as_of: str | date | None = None,
    indicator: str = INDICATOR,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """A monthly panel of the city by area and cluster from whatever has been published, with standard errors.

    Parameters
    ----------
    observations : pandas.DataFrame, optional
        Columns of the data model up to ``unit``, numbers as printed strings or floats; by default those of
        the data package.
    as_of : str or datetime.date, optional
        Leave out what was released later, or at an unknown date.
    indicator : str
        A flow of the table of indicators.
    data : path, optional
        Folder of another data package, for codes, links and, without `observations`, figures.

    Returns
    -------
    pandas.DataFrame
        ``ref_area, activity, freq`` (M, Q, A), ``time_period, value, se`` (in ``unit``, one standard error),
        ``obs_status`` (A published figures fix it, E estimated, F after the last figure, M refused and
        empty), ``reason`` (``too_wide``, ``no_level`` or ``after_last_fact``), ``facts`` (what determines
        the cell, or for a refused one the figures that would).

    Notes
    -----
    The logs of all cells (areas by activities by months) are Gaussian; each figure is a ratio of sums of
    them. `docs/methods/panel.md` has the model, its calibration and its limits. Standard errors do not add
    up: quarters and years carry their own.

    Examples
    --------
    >>> found = panel(as_of="2023-12-13").query("ref_area == 'zhoushan' and freq == 'A'")
    >>> found[found["activity"].eq("total")].set_index("time_period")["obs_status"].to_dict()
    {'2019': 'E', '2020': 'A', '2021': 'E', '2022': 'E', '2023': 'F'}
    """
    return fit(observations, as_of, indicator, data).panel.copy()


def consistency(
    observations: pd.DataFrame | None = None,
    as_of: str | date | None = None,
    indicator: str = INDICATOR,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """Every figure beside what all the others say of it; see `panel` for the arguments.

    Returns
    -------
    pandas.DataFrame
        One row a figure: ``fact`` and its parts, ``printed`` in ``unit``, ``predicted`` and ``predicted_se``
        from all other figures in the same unit, ``z`` (their difference in standard deviations), ``used``,
        ``jump`` and ``jump_cell`` (how many times wider than usual a trend must be, for the figure that
        alone asks for it), ``flag`` (``contradiction``, ``jump``, ``sources_disagree`` or empty),
        ``against`` (the figures that say most about it), ``words``, and the data's own ``note``.

    Examples
    --------
    >>> found = consistency(as_of="2023-12-13")
    >>> found.loc[found["flag"].ne(""), "fact"].tolist()
    ['petrochemical_base|petrochemicals|2020-10|cumulative|zjdaily-2020-10-19-refinery']
    """
    return fit(observations, as_of, indicator, data).consistency.copy()


def _even_normals(rows: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Normal draws, each row with one draw in every `count`-th of its probability, mean 0 and variance 1."""
    from scipy.special import ndtri

    ranks = rng.random((rows, count)).argsort(axis=1)
    even = ndtri((np.arange(count) + 0.5) / count)
    return (even / even.std() if count > 1 else even)[ranks]


def _scale(facts: pd.DataFrame, cells: Cells) -> float:
    """Log of a cell's typical month: the belief must not depend on the unit."""
    levels = facts[facts["kind"].eq("level")]
    length = [(last - first).n + 1 for first, last in zip(levels["first"], levels["last"], strict=True)]
    leaves = [cells.mask(a, k).sum() for a, k in zip(levels["area"], levels["activities"], strict=True)]
    return float(np.median(np.log(levels["value"] / length / leaves)))
