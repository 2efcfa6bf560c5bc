"""The outside world in: the data package on disk, checked at the border, its vintages and as-of views."""

import lazy_loader

from zs_analysis.files import shipped

# On first use: who loads figures does not wait for the readers of Word, Excel and HTML.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "about": ["About", "about"],
        "bulletin.cells": ["BulletinError"],
        "bulletin.read": ["Bulletin", "examine", "read_bulletin"],
        "export": ["export"],
        "gaps": ["Gap", "gaps"],
        "ingest": ["Ingest", "ingest"],
        "package": [
            "TABLES",
            "checked",
            "digests_as_known",
            "headlines",
            "load",
            "newest_quarter",
            "read_text",
            "resource",
            "validate",
        ],
        "scaffold": ["init"],
        "schema": ["DataError"],
    },
)

DATA = shipped("data")
__all__ += ["DATA"]
