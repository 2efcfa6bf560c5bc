"""Is the combination better than last year and than the airline model alone? Real Chinese series.

Each series is forecast a year ahead from several earlier dates and compared with what came out. Year-to-date
figures become single periods; where January and February come as one figure they stay one, and a year has
eleven periods. Every model is judged at the same dates; errors are scaled by those of the seasonal naive
forecast within the history, and each number is a mean over series.

    python benchmarks/accuracy/china.py --series ../shared/series
    python benchmarks/accuracy/china.py --series ../shared/series --festival
"""

import argparse
import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from zs_analysis.forecast import rolled, scores

COMBINATION, BENCHMARK, AIRLINE = "combination", "seasonal_naive", "airline"
JUDGED = [COMBINATION, BENCHMARK, AIRLINE]
KEY = ["unique_id", "cutoff", "ds"]
# Nodes of the tree with fewer months are left out.
MONTHS_NEEDED = 72
MERGED_YEAR = 11
# Processes that each spread over all cores slow each other down several times.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}


class Set(NamedTuple):
    """Series, and how they are judged."""

    read: Callable[[Path], pd.DataFrame]
    horizon: int
    windows: int
    step: int


def electricity(folder: Path) -> pd.DataFrame:
    """Electricity use of the country by branch: whole, primary, secondary, tertiary, residents."""
    ytd = _table(folder / "cn_electricity_sector" / "ytd.csv", "M")
    return single_periods(ytd[ytd["ds"] >= pd.Period("2004-01")])


def electricity_tree(folder: Path) -> pd.DataFrame:
    """Months of electricity use by industry as they were published, some of them missing."""
    series = _table(folder / "cn_electricity_sector" / "data.csv", "M")
    nodes = pd.read_csv(folder / "cn_electricity_sector" / "tree.csv")["series_id"]
    series = series[series["unique_id"].isin(nodes)]
    return series[series.groupby("unique_id")["y"].transform("count") >= MONTHS_NEEDED]


def profit(folder: Path) -> pd.DataFrame:
    """Profits of industrial enterprises."""
    series = _table(folder / "cn_industrial_profit" / "data.csv", "M")
    return single_periods(series[series["unique_id"].eq("industrial_profit_ytd")])


def retail(folder: Path) -> pd.DataFrame:
    """Retail sales, in all and of the larger units."""
    return _table(folder / "cn_retail_sales" / "data.csv", "M")


def gdp(folder: Path) -> pd.DataFrame:
    """Nominal value added of the quarter, total and by sector."""
    series = _table(folder / "cn_gdp_sectors_quarterly" / "data.csv", "Q")
    return series[series["unique_id"].str.endswith("_quarter_nominal")]


SETS = {
    "electricity": Set(electricity, MERGED_YEAR, windows=12, step=11),
    "electricity tree": Set(electricity_tree, 12, windows=4, step=6),
    "industrial profit": Set(profit, MERGED_YEAR, windows=12, step=3),
    "retail sales": Set(retail, MERGED_YEAR, windows=9, step=3),
    "GDP by sector": Set(gdp, 4, windows=12, step=3),
}


def _table(file: Path, freq: str) -> pd.DataFrame:
    table = pd.read_csv(file)
    ds = pd.PeriodIndex(table["period"], freq=freq)
    return table.assign(unique_id=table["series_id"], ds=ds, y=table["value"])[["unique_id", "ds", "y"]]


def single_periods(ytd: pd.DataFrame) -> pd.DataFrame:
    """Year-to-date figures as single periods, January and February as one; missing after a gap."""
    ytd = ytd[ytd["ds"].dt.month > 1].sort_values(["unique_id", "ds"])
    before = ytd.assign(ds=ytd["ds"] + 1).rename(columns={"y": "before"})
    both = ytd.merge(before, on=["unique_id", "ds"], how="left")
    first = both["ds"].dt.month.eq(2)
    return both.assign(y=both["y"] - both["before"].mask(first, 0.0))[["unique_id", "ds", "y"]].dropna()


def evaluated(asked: Set, series: pd.DataFrame, festival: bool, executor: Executor) -> pd.DataFrame:
    """Forecasts of all models from all origins; the airline model has one name, in logs or not."""
    found = rolled(
        series,
        asked.horizon,
        asked.windows,
        step=asked.step,
        holiday="spring_festival" if festival else None,
        executor=executor,
    )
    return found.assign(model=found["model"].replace("airline_log", AIRLINE))


def judged(found: pd.DataFrame, series: pd.DataFrame) -> pd.Series:
    """MASE of the three, ratios, coverage; only forecasts that all three made.

    Scales are those of twelve months before even where a year has eleven periods: `scores` goes by dates.
    """
    found = found[found["model"].isin(JUDGED)]
    found = found[found.groupby(KEY)["mean"].transform("count").eq(len(JUDGED))]
    table = scores(found, series).set_index("model")
    mase, ours = table["mase"], table.loc[COMBINATION]
    origins = found.groupby("unique_id")["cutoff"].nunique()
    return pd.Series(
        {
            "series": len(origins),
            "origins": origins.max(),
            **mase[JUDGED],
            "to naive": ours["mase"] / mase[BENCHMARK],
            "to airline": ours["mase"] / mase[AIRLINE],
            "coverage-80": 100 * ours["coverage-80"],
            "coverage-95": 100 * ours["coverage-95"],
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=Path, required=True, metavar="DIR", help="folder of the data sets")
    parser.add_argument(
        "--festival", action="store_true", help="all models but the naive one know the Spring Festival"
    )
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes")
    asked = parser.parse_args()
    rows, members = {}, {}
    os.environ.update(ONE_THREAD)
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        for name, one in SETS.items():
            began, series = time.perf_counter(), one.read(asked.series)
            found = evaluated(one, series, asked.festival, pool)
            rows[name] = judged(found, series)
            members[name] = scores(found, series).set_index("model")["mase"]
            print(f"{name}: {time.perf_counter() - began:.0f} seconds", flush=True)
    pd.set_option("display.width", 200)
    print(f"\n{pd.DataFrame(rows).T.round(3).to_string()}\n\nMASE of every model\n")
    print(pd.DataFrame(members).round(3).to_string())


if __name__ == "__main__":
    main()
