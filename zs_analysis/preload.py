"""What the notebooks of a run have in common, done once for all of them."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules


def preload(data: Path | None = None) -> None:
    """Check and read the data package and import what the notebooks import.

    Parameters
    ----------
    data : path, optional
        Folder of the data package; the embedded one if not given.
    """
    from zs_analysis.loaders import TABLES, load, validate

    validate(data)
    for table in TABLES:
        load(table, data=data)
    from zs_analysis import present

    for module in iter_modules(present.__path__, f"{present.__name__}."):
        import_module(module.name)
    for name in ("matplotlib.backends.backend_svg", "scipy.linalg", "scipy.sparse"):
        import_module(name)
