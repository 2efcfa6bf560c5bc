"""Output growth: its sentences, charts and tables.

| module | holds |
|---|---|
| `headline` | the findings that open the report |
| `quarter` | the quarter alone |
| `changes` | what changed since the last quarter: revision and news |
| `parts` | growth of areas and industries |
| `contributions` | contributions to growth, in points and as shares |
| `dominant` | with and without the dominant producer |
| `concentration` | HHI and CR4 over clusters and areas |
| `province` | against the province, and ranks |
| `outlook` | what the announced year leaves |
| `history` | figures as published over time, and published against implied growth |
| `cells` | the published levels and growth all of them start from |
"""

from zs_analysis.present.output.cells import OUTPUT, UNSPECIFIED, VALUE_ADDED
from zs_analysis.present.output.changes import changes_table, no_last_quarter, no_revisions, revision_table
from zs_analysis.present.output.concentration import concentration_table
from zs_analysis.present.output.contributions import (
    contribution_chart,
    contribution_parts,
    contribution_table,
)
from zs_analysis.present.output.dominant import bound_table, dominant_table, no_bounds
from zs_analysis.present.output.headline import (
    digital_finding,
    price_finding,
    summary,
)
from zs_analysis.present.output.history import gap_table, history_table
from zs_analysis.present.output.outlook import (
    months_left_words,
    remainder_chart,
    rest_of_year,
    rest_of_year_finding,
)
from zs_analysis.present.output.parts import growth_by, growth_chart, moves_table, parts_finding
from zs_analysis.present.output.province import (
    contribution_finding,
    contribution_note,
    no_province,
    province_table,
    rank_table,
)
from zs_analysis.present.output.quarter import (
    missing_note,
    no_parts,
    quarter_chart,
    quarter_parts_table,
    quarter_table,
)

__all__ = [
    "OUTPUT",
    "UNSPECIFIED",
    "VALUE_ADDED",
    "bound_table",
    "changes_table",
    "concentration_table",
    "contribution_chart",
    "contribution_finding",
    "contribution_note",
    "contribution_parts",
    "contribution_table",
    "digital_finding",
    "dominant_table",
    "gap_table",
    "growth_by",
    "growth_chart",
    "history_table",
    "missing_note",
    "months_left_words",
    "moves_table",
    "no_bounds",
    "no_last_quarter",
    "no_parts",
    "no_province",
    "no_revisions",
    "parts_finding",
    "price_finding",
    "province_table",
    "quarter_chart",
    "quarter_parts_table",
    "quarter_table",
    "rank_table",
    "remainder_chart",
    "rest_of_year",
    "rest_of_year_finding",
    "revision_table",
    "summary",
]
