"""The vocabulary: periods, figures and how they are found. No input or output happens here."""

from zs_analysis.model.codes import require_code
from zs_analysis.model.figures import (
    KEY,
    PUBLISHED,
    Codes,
    Figure,
    FigureIndex,
    figure,
    figure_of,
    figures,
    last_month,
)
from zs_analysis.model.periods import PeriodError, as_of_date, known_on, quarter

__all__ = [
    "KEY",
    "PUBLISHED",
    "Codes",
    "Figure",
    "FigureIndex",
    "PeriodError",
    "as_of_date",
    "figure",
    "figure_of",
    "figures",
    "known_on",
    "last_month",
    "quarter",
    "require_code",
]
