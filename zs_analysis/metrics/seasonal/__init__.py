"""Seasonal adjustment with the Spring Festival: X-13ARIMA-SEATS, and STL where it cannot run."""

from zs_analysis.metrics.seasonal.adjustment import SeasonalAdjustment, seasonal_adjust
from zs_analysis.metrics.seasonal.calendar import (
    SPRING_FESTIVAL_WINDOWS,
    lunar_new_year,
    spring_festival_regressors,
    window_shares,
)
from zs_analysis.metrics.seasonal.parts import SeasonalAdjustmentError

__all__ = [
    "SPRING_FESTIVAL_WINDOWS",
    "SeasonalAdjustment",
    "SeasonalAdjustmentError",
    "lunar_new_year",
    "seasonal_adjust",
    "spring_festival_regressors",
    "window_shares",
]
