"""The engine room: parameterised notebooks in, a small site of self-contained pages out.

It knows nothing of economics. `render_notebooks` checks the parameters of every notebook, runs them side
by side, and publishes for each a page with its workbook and files, or a page that says why not; then an index
and a manifest.
"""

from zs_analysis.reports import compat  # noqa: F401 - first, it makes the other imports fast
from zs_analysis.reports.errors import ParameterError, ReportError
from zs_analysis.reports.execute import Execution, Failure, run_notebook
from zs_analysis.reports.limits import Limits
from zs_analysis.reports.page import FINDINGS, PageMeta
from zs_analysis.reports.parameters import Parameter, checked, declared
from zs_analysis.reports.publish import Gate, ReportResult, Verdict
from zs_analysis.reports.render import RenderResult, render_notebooks
from zs_analysis.reports.site import write_root_index

__all__ = [
    "FINDINGS",
    "Execution",
    "Failure",
    "Gate",
    "Limits",
    "PageMeta",
    "Parameter",
    "ParameterError",
    "RenderResult",
    "ReportError",
    "ReportResult",
    "Verdict",
    "checked",
    "declared",
    "render_notebooks",
    "run_notebook",
    "write_root_index",
]
