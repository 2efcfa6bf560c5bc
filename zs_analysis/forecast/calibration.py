"""What intervals are calibrated on: figures made by `benchmarks/accuracy/calibrate.py`, not by hand."""

from typing import NamedTuple

# Probabilities below which an error stays in absolute value.
PROBABILITIES = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)


class Calibration(NamedTuple):
    """How errors of combined forecasts behave at one frequency.

    Attributes
    ----------
    growth : float
        Errors grow like ``h ** growth``.
    persistence : float
        Correlation of errors at horizons h < k along a path is ``(h / k) ** persistence``.
    sizes : tuple of float
        Absolute errors over their expected size at `PROBABILITIES`: split conformal quantiles over series.
    """

    growth: float
    persistence: float
    sizes: tuple[float, ...]


CALIBRATIONS = {
    1: Calibration(0.8, 0.5, (0.0, 0.25, 0.6, 1.0, 1.3, 1.7, 2.2, 2.7, 3.4, 4.2, 6.0)),
    4: Calibration(0.5, 0.5, (0.0, 0.25, 0.6, 1.0, 1.2, 1.5, 2.0, 2.5, 3.2, 4.0, 6.0)),
    12: Calibration(0.5, 0.5, (0.0, 0.25, 0.5, 0.85, 1.0, 1.3, 1.8, 2.3, 3.0, 3.6, 5.0)),
}
