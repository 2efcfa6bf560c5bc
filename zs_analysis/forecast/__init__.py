"""Forecasts of clusters and of the city: pure functions on long frames ``unique_id, ds, y``.

| module | holds |
|---|---|
| `series` | a series made regular, or refused with a reason |
| `models` | the models, with parameters kept |
| `combination` | several models as one |
| `calibration`, `predictive` | sample paths whose intervals cover what they say |
| `hierarchy` | forecasts of a whole and its parts made to add up |
| `forecasting` | `forecast` and `fit` |
| `backtest`, `accuracy`, `evaluation` | earlier origins, scores, tests |
| `nowcast`, `news` | the running year, and why its forecast moved |
| `judgement`, `attainment` | scenarios, and the probability of a target |
"""

from zs_analysis.forecast.accuracy import scores
from zs_analysis.forecast.backtest import backtest, rolled
from zs_analysis.forecast.forecasting import Forecast, fit, forecast
from zs_analysis.forecast.paths import Paths

__all__ = ["Forecast", "Paths", "backtest", "fit", "forecast", "rolled", "scores"]
