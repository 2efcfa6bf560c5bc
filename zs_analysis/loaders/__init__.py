"""The outside world in: the data package on disk, checked at the border, and its as-of views."""

from zs_analysis.loaders.package import DATA, TABLES, load, newest_quarter, read_text, validate
from zs_analysis.loaders.schema import DataError

__all__ = ["DATA", "TABLES", "DataError", "load", "newest_quarter", "read_text", "validate"]
