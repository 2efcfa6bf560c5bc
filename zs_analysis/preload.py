"""What the notebooks of a run have in common, done once for all of them."""

import sys
from collections.abc import Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

# What the library imports in its functions, since not everybody needs it: all reports, and forecasts alone.
SHARED = ("matplotlib.backends.backend_svg", "matplotlib.pyplot", "scipy.linalg", "scipy.special")
FORECASTING = (
    "hierarchicalforecast.methods",
    "statsmodels.tsa.exponential_smoothing.ets",
    "statsmodels.tsa.seasonal",
    "statsmodels.tsa.statespace.sarimax",
    "statsmodels.tsa.statespace.structural",
)


def preload(
    data: Path | None = None, as_of: str | date | None = None, *, forecasting: bool | None = None
) -> None:
    """Import what the notebooks import, read the data package, and make a chart and a table of it.

    What runs for the second time is quicker, and processes that are forked from this one share its memory.

    Parameters
    ----------
    data : path, optional
        Folder of the data package; the embedded one if not given.
    as_of : str or datetime.date, optional
        The day that the notebooks look from.
    forecasting : bool, optional
        Import what forecasts need too, a second's work. By default where the data have not been checked yet:
        no forecast of them is kept then, and reports wait for the check anyway.
    """
    from zs_analysis import present
    from zs_analysis.loaders import TABLES, checked, headlines, load
    from zs_analysis.present.investment import TRACED

    present.fonts.register()
    for module in iter_modules(present.__path__, f"{present.__name__}."):
        import_module(module.name)
    _tell_of_no_dask()
    if forecasting is None:
        forecasting = not checked(data)
    for name in SHARED + FORECASTING * forecasting:
        import_module(name)
    for table in TABLES:
        load(table, as_of, data)
    view = present.view.View(headlines(data, as_of)["quarter"].iloc[-1], as_of, data_dir=data and str(data))
    for shown in (view, present.investment.growth_chart(view), present.trace.table(view, TRACED)):
        if shown is not None:
            shown._repr_mimebundle_()


def _tell_of_no_dask() -> None:
    """Keep what forecasts import from importing all of dask, which no report needs, where it is installed."""
    if "dask" not in sys.modules:
        sys.modules["dask"] = None
        import_module("utilsforecast.compat")
        del sys.modules["dask"]


def prepare_forecast(parameters: Mapping[str, Any]) -> None:
    """Make and keep what the report of forecasts says beside its forecast and does not make it from.

    Parameters
    ----------
    parameters : mapping
        Of the notebooks: those of `zs_analysis.View`.
    """
    from zs_analysis.present import outlook
    from zs_analysis.present.view import View

    view = View(**parameters)
    if (before := outlook.last_report(view)) is not None:
        outlook.city_outlook(before)
    outlook.backtested(view)
