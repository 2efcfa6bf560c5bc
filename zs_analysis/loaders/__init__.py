"""The outside world in: the data package on disk, checked at the border, its vintages and as-of views."""

from zs_analysis.loaders.bulletin.cells import BulletinError
from zs_analysis.loaders.bulletin.read import Bulletin, examine, read_bulletin
from zs_analysis.loaders.export import export
from zs_analysis.loaders.ingest import Ingest, ingest
from zs_analysis.loaders.package import (
    DATA,
    TABLES,
    digests_as_known,
    headlines,
    load,
    newest_quarter,
    notice,
    read_text,
    resource,
    validate,
)
from zs_analysis.loaders.schema import DataError

__all__ = [
    "DATA",
    "Bulletin",
    "BulletinError",
    "TABLES",
    "DataError",
    "Ingest",
    "digests_as_known",
    "examine",
    "export",
    "headlines",
    "ingest",
    "load",
    "newest_quarter",
    "notice",
    "read_bulletin",
    "read_text",
    "resource",
    "validate",
]
