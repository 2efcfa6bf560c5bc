"""What both programs of seasonal adjustment hand back, and the error they share."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Transform = Literal["auto", "log", "none"]

COMPONENTS = ["adjusted", "seasonal", "trend", "irregular", "holiday", "trading_day"]
DIAGNOSTICS = [
    *(f"m{i}" for i in range(1, 12)),
    "q",
    "qs_raw",
    "qs_raw_p",
    "qs_adjusted",
    "qs_adjusted_p",
    "aicc",
    "holiday_aicc_gain",
]
REGRESSOR_COLUMNS = ["group", "estimate", "se", "t", "kept"]


class SeasonalAdjustmentError(ValueError):
    """A series that cannot be adjusted: says what was got and what is needed."""


@dataclass(frozen=True)
class Parts:
    """Components and model of one adjustment, before flags.

    `components` has the columns `COMPONENTS`; factors where `transform` is "log", differences otherwise.
    """

    components: pd.DataFrame
    transform: Literal["log", "none"]
    model: str
    diagnostics: dict[str, float]
    regressors: pd.DataFrame
    flags: tuple[str, ...] = ()


def recompose(components: pd.DataFrame, transform: str, names: list[str]) -> pd.Series:
    """Put components together again: the product in logs, the sum otherwise.

    Examples
    --------
    >>> table = pd.DataFrame({"adjusted": [100.0], "seasonal": [1.1]})
    >>> recompose(table, "log", ["adjusted", "seasonal"]).round(9).tolist()
    [110.0]
    """
    chosen = components[names]
    return chosen.prod(axis=1) if transform == "log" else chosen.sum(axis=1)
