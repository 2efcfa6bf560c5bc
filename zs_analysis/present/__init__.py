"""What readers see: charts, tables, findings, and numbers as words."""

from zs_analysis.present import charts, fonts, numbers, style
from zs_analysis.present.chart import Chart
from zs_analysis.present.findings import Findings
from zs_analysis.present.fonts import MissingGlyphError, font_face_css
from zs_analysis.present.style import use_style
from zs_analysis.present.table import Column, Table

__all__ = [
    "Chart",
    "Column",
    "Findings",
    "MissingGlyphError",
    "Table",
    "charts",
    "font_face_css",
    "fonts",
    "numbers",
    "style",
    "use_style",
]
