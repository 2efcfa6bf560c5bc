"""JupyterLab: frames that are easy to read, and labs, in which choices redraw a chart and its table.

| module | holds |
|---|---|
| `shown` | `show`: frames, charts and tables as they look best in Lab |
| `frames` | a frame as a table: names beside codes, status in words, figures as published |
| `lab` | `Lab`: choices, what they lead to, and both as a file |
| `series` | `series_lab`: any published series |
| `subjects` | `growth_lab`, `investment_lab`: charts and tables of the reports, for any quarter |
| `forecasts` | `forecast_lab`: part, quarter, horizon, scenario |
| `releases` | `release_lab`: what was known on a day |

Labs call what the reports call, and so show the same numbers.
"""

import lazy_loader

# On first use: widgets and the table's script are for Lab alone.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "forecasts": ["forecast_lab"],
        "lab": ["Choice", "Lab"],
        "releases": ["release_lab"],
        "series": ["series_lab"],
        "shown": ["show"],
        "subjects": ["growth_lab", "investment_lab"],
    },
)
