"""Analytical notebooks and quarterly reports behind Zhoushan's 155 manufacturing clusters.

>>> import zs_analysis as zs
>>> zs.load("clusters")["cluster"].head(3).tolist()
['petrochemicals', 'ships', 'seafood']
"""

from importlib import import_module
from typing import Any

# Imported on first use: `zs-analysis --help` must not wait for pandas and matplotlib.
_PUBLIC = {
    "load": "zs_analysis.loaders",
    "validate": "zs_analysis.loaders",
    "ingest": "zs_analysis.loaders",
    "export": "zs_analysis.loaders",
    "read_bulletin": "zs_analysis.loaders",
    "BulletinError": "zs_analysis.loaders",
    "panel": "zs_analysis.panels",
    "DataError": "zs_analysis.loaders",
    "PeriodError": "zs_analysis.model",
    "render": "zs_analysis.quarter",
    "compare": "zs_analysis.comparison",
    "View": "zs_analysis.present.view",
}
_ROOMS = {"forecast", "metrics", "model", "loaders", "panels", "present", "reports"}

__all__ = [*_PUBLIC, *sorted(_ROOMS)]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    if name in _ROOMS:
        return import_module(f"zs_analysis.{name}")
    raise AttributeError(f"module 'zs_analysis' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
