"""Metrics of regional industry statistics: pure functions on numbers and pandas objects.

| module | holds |
|---|---|
| `rounding` | what a printed number stands for, and how its rounding carries on |
| `growth` | percent, percentage points, implied bases, year-to-date to months and quarters, paths |
| `contribution` | 拉动 and 贡献率, and the row that closes parts to the whole |
| `deflator` | prices implied by nominal and real growth |
| `investment` | bounds on a dominant firm |
| `targets` | pace, gap, comparison and traffic light |
| `concentration` | HHI and concentration ratio |
| `seasonal` | seasonal adjustment with the Spring Festival, January and February merged or not |
| `units` | conversion within a dimension |

Scalar functions take an `Interval` wherever they take a number, and then return one. Names end in their unit:
`_pct` percent, `_pp` percentage points.
"""

from zs_analysis.metrics.concentration import concentration_ratio, hhi
from zs_analysis.metrics.contribution import (
    contribution_pp,
    contribution_share,
    share_refusal,
    weighted_contribution_pp,
    with_unallocated,
)
from zs_analysis.metrics.deflator import implied_deflator, real_growth_pct
from zs_analysis.metrics.growth import (
    Remainder,
    SinglePeriod,
    cagr_pct,
    change_pp,
    growth_gap_pp,
    growth_pct,
    implied_base,
    implied_remainder,
    implied_yoy_pct,
    month_pull_on_ytd,
    required_growth_pct,
    required_path,
    single_period_growth,
    ytd_to_quarter,
    ytd_to_single,
)
from zs_analysis.metrics.investment import ExFirmBound, ex_firm_bound, ex_firm_set
from zs_analysis.metrics.rounding import Interval, carries_rounding, propagate
from zs_analysis.metrics.seasonal import (
    SeasonalAdjustment,
    SeasonalAdjustmentError,
    lunar_new_year,
    seasonal_adjust,
    spring_festival_regressors,
)
from zs_analysis.metrics.targets import compare, flow_pace, gap, level_pace, light
from zs_analysis.metrics.units import convert

__all__ = [
    "ExFirmBound",
    "Interval",
    "Remainder",
    "SeasonalAdjustment",
    "SeasonalAdjustmentError",
    "SinglePeriod",
    "cagr_pct",
    "carries_rounding",
    "change_pp",
    "compare",
    "concentration_ratio",
    "contribution_pp",
    "contribution_share",
    "convert",
    "ex_firm_bound",
    "ex_firm_set",
    "flow_pace",
    "gap",
    "growth_gap_pp",
    "growth_pct",
    "hhi",
    "implied_base",
    "implied_deflator",
    "implied_remainder",
    "implied_yoy_pct",
    "level_pace",
    "light",
    "lunar_new_year",
    "month_pull_on_ytd",
    "propagate",
    "real_growth_pct",
    "required_growth_pct",
    "required_path",
    "seasonal_adjust",
    "share_refusal",
    "single_period_growth",
    "spring_festival_regressors",
    "weighted_contribution_pp",
    "with_unallocated",
    "ytd_to_quarter",
    "ytd_to_single",
]
