"""The engine room: parameterised notebooks in, a small site of self-contained pages out.

It knows nothing of economics. `render_notebooks` checks the parameters of every notebook, runs them side
by side, and publishes for each a page with its workbook and files, or a page that says why not; then an index
and a manifest.
"""

import sys

import lazy_loader

# JupyterLab brings this grammar of internationalised addresses along, and jsonschema would build its parsers
# on import: half the start of every command (python-jsonschema/jsonschema#1428). It is optional there.
sys.modules.setdefault("rfc3987_syntax", None)

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "errors": ["ParameterError", "ReportError"],
        "execute": ["Execution", "Failure", "run_notebook"],
        "limits": ["Limits"],
        "page": ["FINDINGS", "PageMeta"],
        "parameters": ["Parameter", "checked", "declared"],
        "publish": ["Gate"],
        "render": ["render_notebooks"],
        "results": ["RenderResult", "ReportResult", "Verdict"],
        "runner": ["Runner"],
        "site": ["write_root_index"],
    },
)
