"""The engine room: parameterised notebooks in, a small site of self-contained pages out.

It knows nothing of economics. `render_notebooks` checks the parameters of every notebook, runs them side
by side, and publishes for each a page with its workbook and files, or a page that says why not; then an index
and a manifest.
"""

import lazy_loader

from zs_analysis.reports import compat  # noqa: F401 - first, it makes the other imports fast

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "errors": ["ParameterError", "ReportError"],
        "execute": ["Execution", "Failure", "run_notebook"],
        "limits": ["Limits"],
        "page": ["FINDINGS", "PageMeta"],
        "parameters": ["Parameter", "checked", "declared"],
        "publish": ["Gate", "ReportResult", "Verdict"],
        "render": ["RenderResult", "render_notebooks"],
        "site": ["write_root_index"],
    },
)
