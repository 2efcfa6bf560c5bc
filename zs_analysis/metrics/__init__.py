"""Metrics of regional industry statistics: pure functions on numbers and pandas objects.

| module | holds |
|---|---|
| `rounding` | what a printed number stands for, and how its rounding carries on |
| `growth` | percent, percentage points, implied bases, what is left of a year, paths |
| `year_to_date` | year-to-date figures taken apart into months and quarters |
| `contribution` | 拉动 and 贡献率, and the row that closes parts to the whole |
| `dominant` | growth of the whole without its dominant part |
| `revisions` | change since an earlier publication: revision and news |
| `deflator` | prices implied by nominal and real growth |
| `investment` | bounds on a dominant firm, the change of a share |
| `projects` | stages, delays, investment against schedule, lights and new capacity of projects |
| `targets` | pace, gap, comparison and traffic light |
| `ladder` | rungs of the enterprise ladder, counts, transitions and turnover |
| `lists` | large firms, decline, renovation, firms near the threshold, projects coming on stream |
| `breakdown` | a yearly target split over months and parts |
| `league` | places with ties, composite score, sensitivity to weights |
| `per_mu` | per-mu efficiency: indicators, score, classes, low-efficiency land, energy screen |
| `shortfall` | what is missing to a target, and what the months left would have to bring |
| `concentration` | HHI and concentration ratio |
| `disclosure` | sensitive cells of tables of enterprises, what to leave out, what an attacker can find |
| `seasonal` | seasonal adjustment with the Spring Festival, January and February merged or not |
| `units` | conversion within a dimension |

Scalar functions take an `Interval` wherever they take a number, and then return one. Names end in their unit:
`_pct` percent, `_pp` percentage points.
"""

from zs_analysis.metrics.breakdown import apportion, month_targets, month_weights, target_course
from zs_analysis.metrics.concentration import Concentration, concentration_bounds, concentration_ratio, hhi
from zs_analysis.metrics.contribution import (
    contribution_pp,
    contribution_share,
    contributions,
    share_refusal,
    weighted_contribution_pp,
    with_unallocated,
)
from zs_analysis.metrics.deflator import implied_deflator, real_growth_pct
from zs_analysis.metrics.disclosure import (
    DisclosureRules,
    PairDisclosure,
    PublishedTable,
    Sensitivity,
    attack,
    joint_attack,
    pair_disclosure,
    protect,
    sensitivity,
)
from zs_analysis.metrics.dominant import Rest, largest_base_share, rest_growth_pct, without_part
from zs_analysis.metrics.growth import (
    Remainder,
    cagr_pct,
    change_pp,
    growth_gap_pp,
    growth_pct,
    implied_base,
    implied_remainder,
    implied_yoy_pct,
    required_growth_pct,
    required_path,
)
from zs_analysis.metrics.investment import ExFirmBound, ex_firm_bound, ex_firm_set, share_multiple
from zs_analysis.metrics.ladder import (
    highest_rung,
    rung_counts,
    rung_members,
    rung_moves,
    rung_turnover,
    transitions,
)
from zs_analysis.metrics.league import composite_score, rank_with_ties, standard_scores, weight_sensitivity
from zs_analysis.metrics.lists import (
    coming_on_stream,
    declining_firms,
    firm_single_months,
    large_firms,
    missing_reports,
    renovating_firms,
    renovation_projects,
    upgrading_firms,
)
from zs_analysis.metrics.per_mu import (
    energy_screen,
    low_efficiency,
    per_mu_class,
    per_mu_indicators,
    per_mu_score,
)
from zs_analysis.metrics.projects import (
    capacity_scenarios,
    investment_course,
    investment_progress,
    life_counts,
    project_lights,
    published_capacity,
    stage_course,
    stage_delays,
    standing,
    usual_delay_days,
)
from zs_analysis.metrics.revisions import (
    RevisionStatistics,
    first_and_newest,
    revision_statistics,
    split_change,
)
from zs_analysis.metrics.rounding import Interval, carries_rounding, propagate
from zs_analysis.metrics.seasonal import (
    SeasonalAdjustment,
    SeasonalAdjustmentError,
    lunar_new_year,
    seasonal_adjust,
    spring_festival_regressors,
)
from zs_analysis.metrics.shortfall import Shortfall, flow_shortfall, level_shortfall
from zs_analysis.metrics.targets import compare, flow_pace, gap, level_pace, light
from zs_analysis.metrics.units import convert
from zs_analysis.metrics.year_to_date import (
    SinglePeriod,
    month_pull_on_ytd,
    quarters_alone,
    single_period_growth,
    ytd_to_quarter,
    ytd_to_single,
)

__all__ = [
    "Concentration",
    "DisclosureRules",
    "ExFirmBound",
    "Interval",
    "PairDisclosure",
    "PublishedTable",
    "Remainder",
    "Rest",
    "RevisionStatistics",
    "SeasonalAdjustment",
    "SeasonalAdjustmentError",
    "Sensitivity",
    "Shortfall",
    "SinglePeriod",
    "apportion",
    "attack",
    "cagr_pct",
    "capacity_scenarios",
    "carries_rounding",
    "change_pp",
    "coming_on_stream",
    "compare",
    "composite_score",
    "concentration_bounds",
    "concentration_ratio",
    "contribution_pp",
    "contribution_share",
    "contributions",
    "convert",
    "declining_firms",
    "energy_screen",
    "ex_firm_bound",
    "ex_firm_set",
    "firm_single_months",
    "first_and_newest",
    "flow_pace",
    "flow_shortfall",
    "gap",
    "growth_gap_pp",
    "growth_pct",
    "hhi",
    "highest_rung",
    "implied_base",
    "implied_deflator",
    "implied_remainder",
    "implied_yoy_pct",
    "investment_course",
    "investment_progress",
    "joint_attack",
    "large_firms",
    "largest_base_share",
    "level_pace",
    "level_shortfall",
    "life_counts",
    "light",
    "low_efficiency",
    "lunar_new_year",
    "missing_reports",
    "month_pull_on_ytd",
    "month_targets",
    "month_weights",
    "pair_disclosure",
    "per_mu_class",
    "per_mu_indicators",
    "per_mu_score",
    "project_lights",
    "propagate",
    "protect",
    "published_capacity",
    "quarters_alone",
    "rank_with_ties",
    "real_growth_pct",
    "renovating_firms",
    "renovation_projects",
    "required_growth_pct",
    "required_path",
    "rest_growth_pct",
    "revision_statistics",
    "rung_counts",
    "rung_members",
    "rung_moves",
    "rung_turnover",
    "seasonal_adjust",
    "sensitivity",
    "share_multiple",
    "share_refusal",
    "single_period_growth",
    "split_change",
    "spring_festival_regressors",
    "stage_course",
    "stage_delays",
    "standard_scores",
    "standing",
    "target_course",
    "transitions",
    "upgrading_firms",
    "usual_delay_days",
    "weight_sensitivity",
    "weighted_contribution_pp",
    "with_unallocated",
    "without_part",
    "ytd_to_quarter",
    "ytd_to_single",
]
