"""League tables (赛马): places with honest ties, a composite score, and how far it rests on its weights."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from zs_analysis.metrics._checks import require, require_unique

Better: TypeAlias = Literal["up", "down"]

SCORE_DECIMALS = 1
# The order of additions moves the last bits of a float; what is smaller than this is nothing.
NOTHING = 1e-9


def rank_with_ties(lo: pd.Series, hi: pd.Series, *, better: Better = "up") -> pd.Series:
    """Places of competitors on one indicator, told apart only where rounding allows it.

    Parameters
    ----------
    lo, hi : pandas.Series
        What each printed figure stands for, half-open ``[lo, hi)``: 12.5 is [12.45, 12.55); ``lo == hi`` for
        an exact number. One label a competitor, the same in both; a missing figure has no place.
    better : {"up", "down"}
        Whether more or less is better.

    Returns
    -------
    pandas.Series
        Competition ranking 1, 2, 2, 4 (``Int64``), missing where the figure is.

    Raises
    ------
    ValueError
        If a competitor comes twice, or ``lo`` lies above ``hi``.

    Notes
    -----
    Figures whose ranges overlap share a place, and so do all that such overlaps link: 13 (printed without
    decimals) ties with 13.4 and with 12.6. So a place never contradicts the order of the figures, and a
    difference that rounding could have made is no difference. For exact numbers this is
    ``scipy.stats.rankdata(method="min")``.

    Examples
    --------
    >>> growth = pd.Series({"daishan": 19.2, "dinghai": 13.2, "putuo": 13.1})
    >>> rank_with_ties(growth - 0.05, growth + 0.05).tolist()
    [1, 2, 3]
    >>> rank_with_ties(growth - 0.5, growth + 0.5).tolist()
    [1, 2, 2]
    """
    require_unique(lo.index, "competitors")
    require(lo > hi, lo, rule="lo must not lie above hi", advice="Give the range of the printed figure.")
    known = pd.DataFrame({"lo": lo, "hi": hi}).astype(float).dropna().sort_values(["lo", "hi"], kind="stable")
    reach = known["hi"].cummax().shift(fill_value=-np.inf)
    noise = NOTHING * known.abs().max(axis=None)
    apart = known["lo"].ge(reach - noise) & known["lo"].gt(known["lo"].shift(fill_value=-np.inf))
    level = apart.cumsum()
    places = level.rank(method="min", ascending=better == "down").astype("Int64")
    return places.reindex(lo.index).rename("rank")


def standard_scores(values: pd.DataFrame, better: Mapping[str, Better]) -> pd.DataFrame:
    """Indicators on one scale: z-scores among the competitors, more always better.

    Parameters
    ----------
    values : pandas.DataFrame
        Competitors by indicators, each column in its own unit; missing where nothing is published.
    better : mapping of str to {"up", "down"}
        Direction of each indicator.

    Returns
    -------
    pandas.DataFrame
        ``(x - mean) / standard deviation`` (that of the competitors, not of a sample), with the sign turned
        where less is better. Zero throughout where all are equal; missing where the value is.

    Notes
    -----
    Of the normalisations in the handbook the z-score lets no single competitor set the scale, as the best and
    the worst do in min-max: between two neighbours that hardly differ it puts no distance. It is relative to
    those who take part, so scores of different quarters are not comparable.

    References
    ----------
    OECD and JRC (2008), Handbook on Constructing Composite Indicators, doi:10.1787/9789264043466-en, step 5
    (normalisation).

    Examples
    --------
    >>> growth = pd.DataFrame({"growth": [19.2, 13.2, 13.2]}, ["daishan", "dinghai", "putuo"])
    >>> standard_scores(growth, {"growth": "up"})["growth"].round(3).tolist()
    [1.414, -0.707, -0.707]
    """
    values = values.astype(float)
    spread = values.std(ddof=0)
    # what float noise leaves of equal values is no spread
    flat = spread <= NOTHING * values.abs().max()
    scores = (values - values.mean()) / spread.mask(flat)
    scores.loc[:, flat] = 0.0 * values.loc[:, flat]
    signs = pd.Series({name: -1.0 if better[name] == "down" else 1.0 for name in values.columns})
    return scores * signs


def composite_score(scores: pd.DataFrame, weight: pd.Series, *, min_coverage: float = 1.0) -> pd.DataFrame:
    """Weighted mean of standard scores, with how much of the weights each competitor's figures cover.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `standard_scores`.
    weight : pandas.Series
        By indicator, not negative; any positive sum.
    min_coverage : float
        Share of the weights a competitor's figures must cover to get a score, above 0 up to 1; from the dated
        rules.

    Returns
    -------
    pandas.DataFrame
        By competitor: ``score`` = 50 + 10 times the weighted mean of the standard scores there are (50 is the
        mean of the competitors, 10 a standard deviation of an indicator), missing below `min_coverage`;
        ``coverage``, a share of 1; ``rank`` by score, where scores that print alike with one decimal tie.

    Raises
    ------
    ValueError
        If a weight is missing or negative, all are zero, or `min_coverage` is not a share.

    Notes
    -----
    Where an indicator is missing, the weights of the others are scaled up to 1. A competitor may gain by a
    missing figure; that is why the coverage is shown and has a floor. A weighted mean lets a strength pay for
    a weakness (full compensation).

    Examples
    --------
    >>> scores = pd.DataFrame({"growth": [1.0, -1.0], "investment": [-1.0, None]}, ["daishan", "dinghai"])
    >>> composite_score(scores, pd.Series({"growth": 3.0, "investment": 1.0}), min_coverage=0.7)
             score  coverage  rank
    daishan   55.0      1.00     1
    dinghai   40.0      0.75     2
    """
    scores, weight = scores.astype(float), _weights(weight, scores.columns)
    require(
        not 0 < min_coverage <= 1,
        min_coverage,
        rule="min_coverage must lie above 0 and up to 1",
        advice="1 asks for every indicator.",
    )
    coverage = scores.notna().astype(float) @ weight
    mean = (scores.fillna(0.0) @ weight) / coverage.where(coverage > 0)
    score = (50 + 10 * mean).where(coverage >= min_coverage - NOTHING)
    frame = pd.DataFrame({"score": score, "coverage": coverage})
    return frame.assign(rank=_places(score.to_numpy()[None, :])[0]).astype({"rank": "Int64"})


def weight_sensitivity(
    scores: pd.DataFrame,
    weight: pd.Series,
    *,
    concentration: float,
    draws: int,
    rng: np.random.Generator,
    band: tuple[float, float] = (0.05, 0.95),
    min_coverage: float = 1.0,
) -> pd.DataFrame:
    """How places move when the weights do: shares of draws in first place, and the range of places.

    Parameters
    ----------
    scores, weight, min_coverage
        As in `composite_score`.
    concentration : float
        Of the Dirichlet distribution the weights are drawn from, above zero: its parameters are
        `concentration` times the weights as shares; the standard deviation of a weight w is
        ``sqrt(w (1 - w) / (concentration + 1))``.
    draws : int
        Number of draws, at least 1.
    rng : numpy.random.Generator
        Seeded by the caller, so that a report can print the seed.
    band : (float, float)
        Quantiles of the places given as range.

    Returns
    -------
    pandas.DataFrame
        By competitor: ``first_share`` (of draws in which it is first, ties included; missing without a
        score), ``rank_low`` and ``rank_high`` (the quantiles, rounded away from the middle to whole places).

    Notes
    -----
    ``1 - first_share`` of a leader is how often the leader changes. This is uncertainty of the weights alone,
    not of the figures, nor of the choice of indicators or of normalisation.

    References
    ----------
    OECD and JRC (2008), as above, step 7 (uncertainty and sensitivity analysis). Saisana, Saltelli and
    Tarantola (2005), Uncertainty and sensitivity analysis techniques as tools for the quality assessment of
    composite indicators, JRSS A 168 (2), 307-323.

    Examples
    --------
    >>> scores = pd.DataFrame({"growth": [1.0, -1.0], "investment": [1.0, -1.0]}, ["daishan", "dinghai"])
    >>> equal = pd.Series({"growth": 1.0, "investment": 1.0})
    >>> rng = np.random.default_rng(1)
    >>> weight_sensitivity(scores, equal, concentration=10, draws=100, rng=rng)["first_share"].tolist()
    [1.0, 0.0]
    """
    scores, weight = scores.astype(float), _weights(weight, scores.columns)
    for name, number in (("concentration", concentration), ("draws", draws)):
        require(number <= 0, number, rule=f"{name} must be above zero", advice="Check the rules.")
    drawn = np.zeros((draws, len(weight)))
    used = weight.to_numpy() > 0
    drawn[:, used] = rng.dirichlet(concentration * weight.to_numpy()[used], size=draws)
    scored = composite_score(scores, weight, min_coverage=min_coverage)["score"].notna().to_numpy()
    known = scores.notna().to_numpy(dtype=float)
    # a draw may put next to nothing on the indicators a competitor has
    mean = (drawn @ scores.fillna(0.0).to_numpy().T) / np.maximum(drawn @ known.T, NOTHING)
    places = _places(np.where(scored, 50 + 10 * mean, np.nan))
    first = np.where(scored, (places == 1).mean(axis=0), np.nan)
    low, high = np.quantile(places, band, axis=0)
    frame = pd.DataFrame({"first_share": first, "rank_low": np.floor(low), "rank_high": np.ceil(high)})
    return frame.set_index(scores.index).astype({"rank_low": "Int64", "rank_high": "Int64"})


def _weights(weight: pd.Series, indicators: pd.Index) -> pd.Series:
    shares = weight.reindex(indicators).astype(float)
    bad = shares.isna() | (shares < 0)
    require(bad, shares, rule="weights must be known and not negative", advice="Check the rules.")
    total = shares.sum()
    require(total <= 0, total, rule="weights must add to more than zero", advice="Check the rules.")
    return shares / total


def _places(scores: np.ndarray) -> np.ndarray:
    """Competition ranking of each row, the highest first; scores that print alike tie."""
    printed = np.floor(scores.round(9) * 10**SCORE_DECIMALS + 0.5)
    ahead = printed[:, None, :] > printed[:, :, None]
    return np.where(np.isnan(scores), np.nan, 1 + ahead.sum(axis=2))
