"""Monthly panels from whatever has been published, with standard errors.

| module | holds |
|---|---|
| `facts` | which figures count, for which cell, how exactly |
| `cells` | areas, activities and the rests that close them |
| `prior` | what is believed of a monthly series beforehand |
| `solve` | the most likely cells and their covariance |
| `contradictions` | figures that contradict the rest, and jumps |
| `frame` | months, quarters and years with status and reason |
| `estimate` | `panel`, `consistency`, and the loading it needs |
| `benchmark` | a complete series brought to totals: Denton, Chow-Lin |
"""

from zs_analysis.panels.benchmark import BenchmarkError, Disaggregation, chow_lin, denton
from zs_analysis.panels.estimate import Fit, Inputs, consistency, fit, panel, solved
from zs_analysis.panels.facts import NoLevelError
from zs_analysis.panels.prior import Prior

__all__ = [
    "BenchmarkError",
    "Disaggregation",
    "Fit",
    "Inputs",
    "NoLevelError",
    "Prior",
    "chow_lin",
    "consistency",
    "denton",
    "fit",
    "panel",
    "solved",
]
