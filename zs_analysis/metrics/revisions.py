"""What changed since an earlier publication: revisions of old figures, news in new ones."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from zs_analysis.metrics._checks import require, require_unique

RELEASED = "released"


@dataclass(frozen=True)
class RevisionStatistics:
    """How published figures were revised, all in the unit of the figures.

    Attributes
    ----------
    count, revised : int
        Figures published more than once, and those of them that changed.
    mean, mean_absolute, root_mean_square : float
        Of the revisions (MR, MAR, RMSR), unchanged figures included; missing where there are none.
    t : float
        Of the mean against zero; missing with fewer than two figures or where all revisions are the same.
    """

    count: int
    revised: int
    mean: float
    mean_absolute: float
    root_mean_square: float
    t: float


def split_change(known: pd.Series, revised: pd.Series, new: pd.Series) -> pd.DataFrame:
    """Split the change of figures since an earlier day into revision and news.

    Parameters
    ----------
    known : pandas.Series
        The newest figures as known on the earlier day.
    revised : pandas.Series
        The figures of the same periods as known now.
    new : pandas.Series
        The newest figures as known now. All in one unit, matched by label; missing ones give missing results.

    Returns
    -------
    pandas.DataFrame
        ``revision`` (revised - known), ``news`` (new - revised) and ``change`` (new - known), in the unit of
        the figures. Revision and news add up to the change.

    Raises
    ------
    ValueError
        If a label comes twice.

    Notes
    -----
    News is what the new period brought. It is not a surprise against a forecast: that needs one.

    References
    ----------
    Bańbura and Modugno (2010), Maximum Likelihood Estimation of Factor Models on Data Sets with Arbitrary
    Pattern of Missing Data, ECB Working Paper 1189: the same two causes, there weighted by a model.

    Examples
    --------
    Growth of 10.1 % known in July, revised to 10.3 % since, and 12.5 % for the months to September.

    >>> split_change(pd.Series([10.1]), pd.Series([10.3]), pd.Series([12.5])).round(1).values.tolist()
    [[0.2, 2.2, 2.4]]
    """
    for series, name in ((known, "known"), (revised, "revised"), (new, "new")):
        require_unique(series.index, name)
    return pd.DataFrame({"revision": revised - known, "news": new - revised, "change": new - known})


def first_and_newest(observations: pd.DataFrame, *, cell: list[str]) -> pd.DataFrame:
    """First and newest figure of every cell that was published on more than one day.

    Parameters
    ----------
    observations : pandas.DataFrame
        With the columns of `cell`, ``obs_value``, ``decimals`` (printed after the point) and ``released``.
    cell : list of str
        Columns that tell one figure from another, its unit among them; not its source or day.

    Returns
    -------
    pandas.DataFrame
        The columns of `cell`, ``first`` and ``newest``, both rounded to the coarser of their printed
        precisions: a further digit is no revision. Rows without a day are left out; of one day the last row
        counts.

    Examples
    --------
    >>> rows = pd.DataFrame({"month": ["2023-09"] * 2, "obs_value": [9.9, 10.12], "decimals": [1, 2],
    ...                      "released": pd.to_datetime(["2023-10-20", "2023-11-20"])})
    >>> first_and_newest(rows, cell=["month"])[["first", "newest"]].values.tolist()
    [[9.9, 10.1]]
    """
    dated = observations.dropna(subset=[RELEASED]).sort_values(RELEASED, kind="stable")
    dated = dated.drop_duplicates([*cell, RELEASED], keep="last")
    first, newest = (dated.drop_duplicates(cell, keep=end).set_index(cell) for end in ("first", "last"))
    pairs = first.add_suffix("_first").join(newest.add_suffix("_newest"))
    pairs = pairs[pairs[f"{RELEASED}_first"].lt(pairs[f"{RELEASED}_newest"])]
    coarser = pairs[["decimals_first", "decimals_newest"]].min(axis=1).astype(int)
    values = {
        end: [round(value, digits) for value, digits in zip(pairs[f"obs_value_{end}"], coarser, strict=True)]
        for end in ("first", "newest")
    }
    return pairs[[]].assign(**values).reset_index()


def revision_statistics(first: pd.Series, newest: pd.Series) -> RevisionStatistics:
    """Mean, mean absolute and root mean square revision, and the t statistic of the mean.

    Parameters
    ----------
    first, newest : pandas.Series
        First and newest figures, in one unit, matched by label.

    Returns
    -------
    RevisionStatistics

    Raises
    ------
    ValueError
        If a figure is missing, or a label comes twice.

    Notes
    -----
    ``t = mean / (s / sqrt(n))`` with ``s`` the sample deviation of the revisions: a mean far from zero says
    that first figures err to one side. Figures still to be revised count as they are now.

    References
    ----------
    OECD and Eurostat (2008), Guidelines on Revisions Policy and Analysis, recommended summary statistics.

    Examples
    --------
    >>> found = revision_statistics(pd.Series([6.3, 5.1, 4.8, 7.0]), pd.Series([6.5, 5.0, 5.2, 7.1]))
    >>> round(found.mean, 2), round(found.mean_absolute, 2), round(found.root_mean_square, 4)
    (0.15, 0.2, 0.2345)
    """
    require_unique(first.index, "first")
    require_unique(newest.index, "newest")
    # Figures have at most a few digits; what lies below is binary noise.
    revision = (newest - first).round(9)
    require(revision.isna(), revision, rule="figures must be known", advice="Leave the missing ones out.")
    n = len(revision)
    if n == 0:
        return RevisionStatistics(0, 0, *[float("nan")] * 4)
    deviation = revision.std() if n > 1 else 0.0
    return RevisionStatistics(
        count=n,
        revised=int(revision.ne(0).sum()),
        mean=float(revision.mean()),
        mean_absolute=float(revision.abs().mean()),
        root_mean_square=float(np.sqrt((revision**2).mean())),
        t=float(revision.mean() / (deviation / np.sqrt(n))) if deviation else float("nan"),
    )
