"""Do forecasts get better by adding up? Overnight trips in Australia, by state, region and purpose.

425 quarterly series from 1998, forecast from 2015Q4 for eight quarters, each on its own and reconciled. The
published numbers are of Hyndman and Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd edition,
table 11.2: exponential smoothing, and minimum trace with shrunk covariance.

    python benchmarks/accuracy/hierarchy.py --series ../shared/series/au_tourism
"""

import argparse
import time
from pathlib import Path

import pandas as pd

from zs_analysis.forecast import forecast

LAST_KNOWN, HORIZON, SEASON = pd.Period("2015Q4"), 8, 4
LEVELS = {
    "Total": [],
    "Purpose": ["purpose"],
    "State": ["state"],
    "State by purpose": ["state", "purpose"],
    "Regions": ["state", "region"],
    "Bottom": ["state", "region", "purpose"],
}
# MASE by level: base, reconciled.
PUBLISHED = {
    "Total": (1.53, 2.09),
    "Purpose": (1.33, 1.51),
    "State": (1.40, 1.45),
    "Regions": (1.13, 1.02),
    "Bottom": (0.98, 0.94),
    "All": (1.04, 0.98),
}
# Each level by the levels into which it splits.
SPLITS = {
    "Total": ["State", "Purpose"],
    "State": ["Regions", "State by purpose"],
    "Purpose": ["State by purpose"],
    "State by purpose": ["Bottom"],
    "Regions": ["Bottom"],
}


def cells(folder: Path) -> pd.DataFrame:
    """The bottom series: ``state, region, purpose, ds, y``."""
    table = pd.read_csv(folder / "data.csv")
    return table.assign(ds=pd.PeriodIndex(table["period"], freq="Q"), y=table["value"])


def name(row: pd.Series, level: str) -> str:
    return " | ".join(["Australia", *row[LEVELS[level]]])


def all_levels(bottom: pd.DataFrame) -> pd.DataFrame:
    """All series: ``unique_id, ds, y`` and the level of each."""
    keys = bottom[LEVELS["Bottom"]].drop_duplicates()
    pieces = []
    for level in LEVELS:
        codes = keys.assign(unique_id=keys.apply(name, axis=1, level=level), level=level)
        sums = bottom.merge(codes).groupby(["level", "unique_id", "ds"], as_index=False)["y"].sum()
        pieces.append(sums)
    return pd.concat(pieces, ignore_index=True)


def groupings(bottom: pd.DataFrame) -> dict[str, list[list[str]]]:
    """Parent to its parts, one list for each way it splits."""
    keys = bottom[LEVELS["Bottom"]].drop_duplicates()
    found: dict[str, list[list[str]]] = {}
    for parent_level, part_levels in SPLITS.items():
        for part_level in part_levels:
            parents = keys.apply(name, axis=1, level=parent_level)
            parts = keys.apply(name, axis=1, level=part_level)
            for parent, group in parts.groupby(parents):
                found.setdefault(parent, []).append(sorted(group.unique()))
    return found


def measured(forecasts: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """MASE and coverage of each series, means over the horizon."""
    known = series[series["ds"] <= LAST_KNOWN].sort_values("ds")
    scale = known.groupby("unique_id")["y"].agg(lambda y: y.diff(SEASON).abs().mean())
    joined = series[series["ds"] > LAST_KNOWN].merge(forecasts, on=["unique_id", "ds"], validate="1:1")
    joined["mase"] = (joined["y"] - joined["mean"]).abs() / joined["unique_id"].map(scale)
    for level in (80, 95):
        # draws at zero and sums leave rounding errors
        inside = joined["y"].between(joined[f"lo-{level}"] - 1e-9, joined[f"hi-{level}"] + 1e-9)
        joined[f"coverage-{level}"] = 100 * inside
    return joined.groupby(["level", "unique_id"])[["mase", "coverage-80", "coverage-95"]].mean()


def by_level(scores: pd.DataFrame) -> pd.DataFrame:
    levels = scores.groupby("level").mean().reindex(LEVELS)
    return pd.concat([levels, scores.mean().to_frame("All").T])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--series", type=Path, required=True, metavar="DIR", help="folder with data.csv of au_tourism"
    )
    bottom = cells(parser.parse_args().series)
    series = all_levels(bottom)
    train = series.loc[series["ds"] <= LAST_KNOWN, ["unique_id", "ds", "y"]]
    tables = {}
    for kind, hierarchy in {"base": None, "reconciled": groupings(bottom)}.items():
        started = time.process_time()
        tables[kind] = by_level(measured(forecast(train, HORIZON, hierarchy=hierarchy), series))
        print(
            f"{kind}: {time.process_time() - started:.0f} CPU seconds, {train['unique_id'].nunique()} series"
        )
    published = pd.DataFrame(PUBLISHED, index=["base", "reconciled"]).T
    print(pd.concat({**tables, "published MASE": published}, axis=1).round(2).to_string())


if __name__ == "__main__":
    main()
