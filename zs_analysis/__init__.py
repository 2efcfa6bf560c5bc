"""Analytical notebooks and quarterly reports behind Zhoushan's 155 manufacturing clusters.

>>> import zs_analysis as zs
>>> zs.load("clusters")["cluster"].head(3).tolist()
['petrochemicals', 'ships', 'seafood']
"""

import lazy_loader

# Imported on first use: `zs-analysis --help` must not wait for pandas and matplotlib.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    {"explore", "forecast", "metrics", "model", "loaders", "panels", "present", "reports"},
    {
        "comparison": ["compare"],
        "explore.shown": ["show"],
        "loaders": ["BulletinError", "DataError", "export", "ingest", "load", "read_bulletin", "validate"],
        "model": ["PeriodError"],
        "panels": ["panel"],
        "present.style": ["use_style"],
        "present.view": ["View"],
        "quarter": ["render"],
    },
)
