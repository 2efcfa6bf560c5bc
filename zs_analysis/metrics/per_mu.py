"""Per-mu efficiency of firms (亩均论英雄): indicators, score, classes, low-efficiency land, energy screen."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from zs_analysis.metrics._checks import require, require_positive, require_unique

# numerator and denominator, columns of the register of enterprises
RATIOS = {
    "tax_per_mu": ("tax", "land"),
    "va_per_mu": ("value_added", "land"),
    "va_per_energy": ("value_added", "energy"),
    "va_per_emission": ("value_added", "emission"),
    "va_per_employee": ("value_added", "employees"),
    "rd_per_revenue": ("rd", "revenue"),
}


def per_mu_indicators(firms: pd.DataFrame) -> pd.DataFrame:
    """The six indicators of the scheme, one row a firm.

    Parameters
    ----------
    firms : pandas.DataFrame
        ``tax, value_added, rd, revenue`` in 10,000 yuan, ``land`` in mu, ``energy`` in tonnes of standard
        coal, ``emission`` in tonnes, ``employees``; of one year.

    Returns
    -------
    pandas.DataFrame
        ``tax_per_mu`` and ``va_per_mu`` (亩均税收, 亩均增加值; 10,000 yuan per mu), ``va_per_energy``
        (单位能耗增加值; 10,000 yuan per tonne of standard coal), ``va_per_emission`` (单位排放增加值; 10,000
        yuan per tonne), ``va_per_employee`` (全员劳动生产率; 10,000 yuan per person), ``rd_per_revenue``
        (R&D/主营业务收入; a share of 1). Missing where either part is, or the denominator is not above zero.

    References
    ----------
    浙政发〔2018〕5号, the six indicators for firms above designated size.

    Examples
    --------
    >>> firm = {"tax": 340, "value_added": 1710, "land": 10, "energy": 855, "employees": 57}
    >>> firm |= {"emission": None, "rd": 260, "revenue": 10000}
    >>> per_mu_indicators(pd.DataFrame([firm])).iloc[0].tolist()
    [34.0, 171.0, 2.0, nan, 30.0, 0.026]
    """
    amounts = firms[sorted({column for pair in RATIOS.values() for column in pair})].astype(float)
    return pd.DataFrame(
        {
            name: amounts[over] / amounts[under].where(amounts[under] > 0)
            for name, (over, under) in RATIOS.items()
        }
    )


def per_mu_score(
    indicators: pd.DataFrame,
    benchmark: Mapping[str, float],
    weight: Mapping[str, float],
    *,
    mean_for: Sequence[str] = (),
) -> pd.DataFrame:
    """Points of each firm on each indicator, and their sum.

    Parameters
    ----------
    indicators : pandas.DataFrame
        From `per_mu_indicators`; the firms that are judged together.
    benchmark : mapping of str to float
        What earns the full points of an indicator, in its unit; above zero.
    weight : mapping of str to float
        Full points of each indicator, not negative, usually 100 in all.
    mean_for : sequence of str
        Indicators for which a firm without figures gets the mean points of the others (emissions in the
        scheme of Huangyan); from the dated rules.

    Returns
    -------
    pandas.DataFrame
        Points by indicator, ``score`` (missing where an indicator is, and no rule fills it), and ``filled``:
        how many points are means.

    Raises
    ------
    ValueError
        If a benchmark is not above zero, a weight is negative or missing, or an indicator has no column.

    Notes
    -----
    ``score = sum over the indicators of value / benchmark * weight``. There is no cap: the published scheme
    states none, so one very high ratio can outweigh the rest. Negative ratios count as they are.

    References
    ----------
    台州市黄岩区 (2023), 工业企业综合评价得分计算说明 for the year 2022, chacewang.com news430850.

    Examples
    --------
    >>> firms = pd.DataFrame({"tax_per_mu": [34.0, 17.0], "va_per_mu": [171.0, 342.0]}, ["plan", "other"])
    >>> full = {"tax_per_mu": 60.0, "va_per_mu": 40.0}
    >>> per_mu_score(firms, {"tax_per_mu": 34.0, "va_per_mu": 171.0}, full)["score"].tolist()
    [100.0, 110.0]
    """
    weights, benchmarks = pd.Series(weight, dtype=float), pd.Series(benchmark, dtype=float)
    unknown = sorted(set(weights.index) - (set(indicators.columns) & set(benchmarks.index)))
    if unknown:
        raise ValueError(
            f"no figures or no benchmark for {', '.join(unknown)}; check the rules of the scheme"
        )
    bad = weights.isna() | (weights < 0)
    require(bad, weights, rule="weights must be known and not negative", advice="Check the rules.")
    benchmarks = benchmarks[weights.index]
    require_positive(benchmarks, "benchmarks", advice="Check the rules.")
    points = indicators[list(weights.index)] / benchmarks * weights
    empty = points[list(mean_for)].isna()
    points = points.fillna(points[list(mean_for)].mean())
    score = points.sum(axis=1, skipna=False)
    return points.assign(score=score, filled=(empty & points[list(mean_for)].notna()).sum(axis=1))


def per_mu_class(score: pd.Series, cuts: Mapping[str, float]) -> pd.Series:
    """Classes of firms by the place of their score.

    Parameters
    ----------
    score : pandas.Series
        From `per_mu_score`, one firm a row; a firm without a score has no class.
    cuts : mapping of str to float
        Classes from the best on, each with the share of the firms (0 to 1) up to which it reaches; the last
        at 1. From the dated rules: there is no universal cut.

    Returns
    -------
    pandas.Series
        The class of each firm. With firms ordered by score, a firm is in the first class whose cut is not
        below ``place / firms``; equal scores have the best of their places, so they share a class.

    Raises
    ------
    ValueError
        If the cuts do not rise to 1.

    Examples
    --------
    >>> cuts = {"A": 0.25, "B": 0.7, "C": 0.95, "D": 1.0}
    >>> per_mu_class(pd.Series([90, 120, 80, 80]), cuts).tolist()
    ['B', 'A', 'C', 'C']
    """
    limits = pd.Series(cuts, dtype=float)
    rising = limits.is_monotonic_increasing and limits.gt(0).all() and limits.iloc[-1] == 1
    require(not rising, dict(cuts), rule="cuts must rise to 1", advice="Check the rules of the scheme.")
    place = score.rank(method="min", ascending=False) / score.notna().sum()
    # 7/10 is not quite the 0.7 of the rules
    position = np.searchsorted(limits.to_numpy() + 1e-12, place.fillna(1.0))
    return pd.Series(limits.index.to_numpy()[position], score.index).where(score.notna())


def low_efficiency(firms: pd.DataFrame, *, worst: str, min_tax_per_mu: float) -> pd.Series:
    """Firms whose land counts as used with low efficiency, and why.

    Parameters
    ----------
    firms : pandas.DataFrame
        ``class`` from `per_mu_class` and ``tax_per_mu`` in 10,000 yuan per mu.
    worst : str
        The class that counts: D.
    min_tax_per_mu : float
        Tax per mu below which a firm counts too, in 10,000 yuan; from the dated rules.

    Returns
    -------
    pandas.Series
        ``class``, ``tax``, ``both``, or empty text where neither holds. A missing tax per mu is not below the
        line.

    Notes
    -----
    Legal low-efficiency land (低效工业用地) is recognised plot by plot, from plans, building and tax records.
    This is the land of firms that score low, a place to look.

    Examples
    --------
    >>> firms = pd.DataFrame({"class": ["A", "D", "C", "D"], "tax_per_mu": [40.0, 8.0, 5.0, 2.0]})
    >>> low_efficiency(firms, worst="D", min_tax_per_mu=6.0).tolist()
    ['', 'class', 'tax', 'both']
    """
    by_class, by_tax = firms["class"].eq(worst), firms["tax_per_mu"].lt(min_tax_per_mu)
    reasons = np.select([by_class & by_tax, by_class, by_tax], ["both", "class", "tax"], default="")
    return pd.Series(reasons, firms.index)


def energy_screen(energy_tce: pd.Series, value_added: pd.Series, *, limit: float) -> pd.Series:
    """Which door of the energy review a firm or project would take.

    Parameters
    ----------
    energy_tce : pandas.Series
        Energy used, in tonnes of standard coal.
    value_added : pandas.Series
        In 10,000 yuan, same labels.
    limit : float
        Tonnes of standard coal per 10,000 yuan: 0.52 in the plan, clause 三(五).

    Returns
    -------
    pandas.Series
        ``fast`` below the limit (绿色通道), ``review`` above it, ``open`` at the limit, of which the clause
        says nothing; missing where a figure is, or the value added is not above zero.

    Notes
    -----
    The clause is about new projects. For firms in operation this shows where the limit would cut, no more.

    Examples
    --------
    >>> energy_screen(pd.Series([500.0, 530.0, 520.0]), pd.Series([1000.0] * 3), limit=0.52).tolist()
    ['fast', 'review', 'open']
    """
    require_unique(energy_tce.index, "firms")
    require(limit <= 0, limit, rule="limit must be above zero", advice="Check the rules.")
    intensity = energy_tce / value_added.where(value_added > 0)
    door = np.select([intensity < limit, intensity > limit], ["fast", "review"], default="open")
    return pd.Series(door, intensity.index).where(intensity.notna())
