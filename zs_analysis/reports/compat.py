"""Quirks of third parties. Imported before anything that imports nbformat."""

from __future__ import annotations

import sys


def import_jsonschema_fast() -> None:
    """Import jsonschema without the grammar of internationalised addresses, which no notebook needs.

    JupyterLab brings `rfc3987_syntax` along, and jsonschema then builds its parsers on import: half the start
    of every worker (python-jsonschema/jsonschema#1428, open). It is optional there, and blocked only here.
    """
    if "jsonschema" in sys.modules or "rfc3987_syntax" in sys.modules:
        return
    sys.modules["rfc3987_syntax"] = None
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules["rfc3987_syntax"]


import_jsonschema_fast()
