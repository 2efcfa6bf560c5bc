"""What the notebooks of a run have in common, done once for all of them."""

from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules


def preload(data: Path | None = None, as_of: str | date | None = None) -> None:
    """Check and read the data package and import what the notebooks import.

    Parameters
    ----------
    data : path, optional
        Folder of the data package; the embedded one if not given.
    as_of : str or datetime.date, optional
        The day that the notebooks look from.
    """
    from zs_analysis.loaders import TABLES, load, validate

    validate(data)
    for table in TABLES:
        load(table, as_of, data)
    from zs_analysis import present

    present.fonts.register()
    for module in iter_modules(present.__path__, f"{present.__name__}."):
        import_module(module.name)
    for name in ("matplotlib.backends.backend_svg", "scipy.linalg", "scipy.special"):
        import_module(name)
