"""Refusals the metrics share: what was wrong, what was got, what to do."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

Plain = float | pd.Series


def require(bad: bool | pd.Series, got: Plain, *, rule: str, advice: str) -> None:
    """Raise if `bad` holds anywhere; name the values, and the labels where there are any.

    Examples
    --------
    >>> require(True, -3.0, rule="base must be above zero", advice="Give the change instead.")
    Traceback (most recent call last):
    ValueError: base must be above zero; got -3.0. Give the change instead.
    """
    if not np.any(bad):
        return
    if isinstance(bad, pd.Series) and isinstance(got, pd.Series):
        got = ", ".join(f"{label}: {value}" for label, value in got[bad].items())
    raise ValueError(f"{rule}; got {got}. {advice}")


def require_positive(number: Plain, name: str, *, advice: str) -> None:
    """Raise unless every number is above zero; a missing one passes and stays missing.

    Examples
    --------
    >>> require_positive(2886.0, "base", advice="Give the change instead.")
    """
    require(number <= 0, number, rule=f"{name} must be above zero", advice=advice)


def require_growth(growth_pct: Plain, name: str) -> None:
    """Raise unless every growth is above -100 percent, so that a base exists.

    Examples
    --------
    >>> require_growth(-2.1, "growth_pct")
    """
    advice = "A level that fell to nothing has no base that can be inferred."
    require(growth_pct <= -100, growth_pct, rule=f"{name} must be above -100 percent", advice=advice)


def require_unique(labels: Iterable[object], name: str) -> None:
    """Raise if a label comes twice.

    Examples
    --------
    >>> require_unique(["dinghai", "putuo"], "parts")
    """
    index = pd.Index(labels)
    if not index.is_unique:
        twice = index[index.duplicated()].unique().astype(str).tolist()
        raise ValueError(f"{name} has {', '.join(twice)} more than once; keep one row for each")
