"""What intervals are calibrated on: figures made by `benchmarks/accuracy/calibrate.py`, not by hand."""

from typing import NamedTuple

# Probabilities that an error stays below a size in absolute value; the last size is the 99.8 % one.
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


# 545 yearly, 456 quarterly and 1128 monthly series of M3, none of the reported sample of 700.
CALIBRATIONS = {
    1: Calibration(0.85, 0.52, (0.0, 0.21, 0.47, 0.83, 1.11, 1.44, 2.13, 2.99, 4.32, 5.53, 13.6)),
    4: Calibration(0.55, 0.55, (0.0, 0.23, 0.5, 0.83, 1.04, 1.37, 1.93, 2.57, 3.66, 4.44, 7.5)),
    12: Calibration(0.45, 0.55, (0.0, 0.21, 0.45, 0.73, 0.91, 1.16, 1.57, 1.99, 2.63, 3.22, 4.99)),
}
