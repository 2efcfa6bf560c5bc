"""Does the monthly panel's band cover the truth? Simulated cities with known months, and a tree of real
series.

The simulation shares nothing with the estimator's prior: paths are exponential smoothing with damped trends
and fat tails, the Spring Festival moves with its date, plants start in one month, Covid-19 has one common
shape, shares of areas drift on their own, and published growth is off by a comparability gap that a whole
year has in common.

    python benchmarks/panel.py --panels 200 --seed 1
    python benchmarks/panel.py --panels 60 --seed 1 --tree ../shared/series/cn_electricity_sector
"""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

import zs_analysis as zs

START, YEARS = 2019, 5
AREAS = ["dinghai", "putuo", "daishan", "shengsi", "etdz"]
ACTIVITIES = ["petrochemicals", "ships", "seafood", "rest"]
# Lunar New Year, day of the year: the share of its slack that falls into January.
NEW_YEAR = {2019: 36, 2020: 25, 2021: 43, 2022: 32, 2023: 22}
LEVELS = {80: 1.2815515655446004, 95: 1.959963984540054}


def city(rng: np.random.Generator) -> np.ndarray:
    """Areas by activities by months, in 亿元."""
    size = rng.lognormal(1.0, 1.0, (len(AREAS), 1)) * rng.lognormal(0.0, 0.8, (1, len(ACTIVITIES)))
    size = size * rng.lognormal(0.0, 0.5, size.shape)
    cycle = _path(rng, 0.012)
    by_activity = [_path(rng, 0.035) + _season(rng) + _covid(rng) for _ in ACTIVITIES]
    by_area = [_path(rng, 0.012) for _ in AREAS]
    logs = [
        [cycle + activity + area + _path(rng, 0.01) + _noise(rng, 0.03) for activity in by_activity]
        for area in by_area
    ]
    return size[:, :, None] * np.exp(np.array(logs) + _starts(rng, size.shape))


def _noise(rng: np.random.Generator, size: float) -> np.ndarray:
    return size * rng.standard_t(4, 12 * YEARS) / np.sqrt(2)


def _path(rng: np.random.Generator, size: float) -> np.ndarray:
    """Damped-trend exponential smoothing."""
    level, trend, found = 0.0, rng.normal(0.004, 0.004), []
    for shock in _noise(rng, size):
        level, trend = level + trend + shock, 0.004 + 0.9 * (trend - 0.004) + 0.1 * shock
        found.append(level)
    return np.array(found)


def _season(rng: np.random.Generator) -> np.ndarray:
    """A fixed pattern, slack about a moving Spring Festival, and an irregular."""
    pattern = rng.normal(0, 0.07, 12) + 0.05 * np.sin(np.arange(12) / 12 * 2 * np.pi + rng.uniform(0, 6))
    slack, year_end = rng.uniform(0.1, 0.35), rng.uniform(0, 0.15)
    found = np.tile(pattern - pattern.mean(), YEARS)
    for i in range(YEARS):
        january = np.clip((NEW_YEAR[START + i] - 16) / 20, 0, 1)
        found[12 * i] -= slack * (1 - january)
        found[12 * i + 1] -= slack * january + 0.08
        found[12 * i + 11] += year_end
    return found + _noise(rng, 0.05)


def _covid(rng: np.random.Generator) -> np.ndarray:
    found = np.zeros(12 * YEARS)
    found[12:16] = np.array([-0.05, -0.25, -0.12, -0.03]) * rng.uniform(0, 1.8)
    return found


def _starts(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Plants come on stream over some months: mostly one, mostly in the core industry."""
    found = np.zeros((*shape, 12 * YEARS))
    for _ in range(rng.choice([0, 1, 2], p=[0.2, 0.6, 0.2])):
        activity = 0 if rng.uniform() < 0.6 else rng.integers(shape[1])
        cell, month, months = (rng.integers(shape[0]), activity), rng.integers(4, 40), rng.integers(1, 8)
        ramp = np.clip((np.arange(12 * YEARS) - month) / months, 0, 1)
        found[cell] += rng.uniform(0.5, 2.0) * ramp
    return found


def publish(truth: np.ndarray, rng: np.random.Generator, pattern: str) -> pd.DataFrame:
    """Figures of a city as a bureau prints them, one decimal, growth with a comparability gap."""
    gap = rng.normal(0, 0.01, (len(AREAS) + 1, len(ACTIVITIES) + 1, YEARS))
    rows = [
        {"ref_area": area, "activity": activity, **figure}
        for area, activity, series, node in _nodes(truth)
        for figure in _figures(series, gap[node], area, activity, pattern)
    ]
    common = {
        "indicator": "gross_output_scale",
        "price_basis": "current",
        "obs_status": "A",
        "source_id": "sim",
    }
    return pd.DataFrame(rows).assign(**common, released="2024-01-31")


def _nodes(truth: np.ndarray) -> Iterator[tuple[str, str, np.ndarray, tuple[int, int]]]:
    yield "zhoushan", "total", truth.sum(axis=(0, 1)), (0, 0)
    for k, activity in enumerate(ACTIVITIES[:-1]):
        yield "zhoushan", activity, truth[:, k].sum(axis=0), (0, k + 1)
    for a, area in enumerate(AREAS):
        yield area, "total", truth[a].sum(axis=0), (a + 1, 0)


def _figures(
    series: np.ndarray, gap: np.ndarray, area: str, activity: str, pattern: str
) -> Iterator[dict[str, str]]:
    for kind, year, month in PATTERNS[pattern](area, activity):
        i, whole = year - START, month == 12
        now = series[12 * i : 12 * i + month].sum()
        period, freq = (str(year), "A") if whole else (f"{year}-{month:02d}", "M")
        head = {"freq": freq, "time_period": period}
        if kind == "level":
            yield head | {
                "transformation": "level" if whole else "ytd",
                "obs_value": f"{now:.1f}",
                "unit": "1e8_cny",
            }
            continue
        before = series[12 * i - 12 : 12 * i - 12 + month].sum()
        growth = 100 * (now / before * np.exp(gap[i]) - 1)
        yield head | {
            "transformation": "yoy" if whole else "ytd_yoy",
            "obs_value": f"{growth:.1f}",
            "unit": "pct",
        }


def sparse(area: str, activity: str) -> list[tuple[str, int, int]]:
    """What is known of Zhoushan: one table of a first quarter, a few years and growth rates."""
    table = [("level", 2020, 3), ("growth", 2020, 3)]
    if (area, activity) == ("zhoushan", "total"):
        return [
            *table,
            ("level", 2020, 12),
            ("growth", 2021, 4),
            ("growth", 2021, 12),
            ("level", 2023, 10),
            ("growth", 2023, 10),
        ]
    if activity == "petrochemicals":
        year = [
            ("level", 2020, 12),
            ("growth", 2020, 12),
            ("level", 2021, 9),
            ("growth", 2021, 9),
            ("growth", 2021, 4),
        ]
        return [*table, *year, ("level", 2022, 12), ("growth", 2022, 12)]
    return [*table, ("growth", 2020, 12)] if activity == "ships" else table


def dense(area: str, activity: str) -> list[tuple[str, int, int]]:
    """What a bureau has: quarterly year-to-date figures of everything, all months of the total."""
    months = range(2, 13) if (area, activity) == ("zhoushan", "total") else (3, 6, 9, 12)
    every = [(year, month) for year in range(START, START + YEARS) for month in months]
    return [("level", *one) for one in every] + [("growth", *one) for one in every if one[0] > START]


PATTERNS = {"sparse": sparse, "dense": dense}


def truth_frame(truth: np.ndarray) -> pd.DataFrame:
    """All nodes at all frequencies."""
    months = pd.period_range(f"{START}-01", periods=12 * YEARS, freq="M")
    nodes = {("zhoushan", "rest"): truth[:, -1].sum(axis=0)}
    nodes |= {(area, activity): series for area, activity, series, _ in _nodes(truth)}
    frames = []
    for (area, activity), values in nodes.items():
        series = pd.Series(values, months)
        labels = {
            "M": months.astype(str),
            "Q": months.year.astype(str) + "-Q" + months.quarter.astype(str),
            "A": months.year.astype(str),
        }
        for freq, label in labels.items():
            summed = series.groupby(label).sum()
            frames.append(
                pd.DataFrame(
                    {
                        "ref_area": area,
                        "activity": activity,
                        "freq": freq,
                        "time_period": summed.index,
                        "truth": summed.to_numpy(),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def trial(job: tuple[int, str, str]) -> pd.DataFrame:
    """One city: every cell with its truth, the panel's value and error, and a naive one."""
    seed, pattern, tree = job
    rng = np.random.default_rng(seed)
    truth = real_city(rng, Path(tree)) if tree else city(rng)
    facts = publish(truth, rng, pattern)
    began = time.perf_counter()
    panel = zs.panel(facts)
    seconds = time.perf_counter() - began
    found = panel.merge(truth_frame(truth), on=["ref_area", "activity", "freq", "time_period"])
    return found.assign(seed=seed, pattern=pattern, seconds=seconds, naive=naive(found, facts))


def naive(cells: pd.DataFrame, facts: pd.DataFrame) -> np.ndarray:
    """Each published level spread evenly over its months, the last one before or after carried on."""
    months = [f"{START + i // 12}-{i % 12 + 1:02d}" for i in range(12 * YEARS)]
    guesses = {}
    for node, rows in facts[facts["unit"].eq("1e8_cny")].groupby(["ref_area", "activity"]):
        guess = pd.Series(np.nan, months)
        for row in rows.sort_values("time_period").itertuples():
            last = row.time_period if len(row.time_period) > 4 else f"{row.time_period}-12"
            inside = [month for month in months if last[:4] + "-01" <= month <= last]
            known = guess[inside].sum()
            free = [month for month in inside if np.isnan(guess[month])]
            guess[free] = max(float(row.obs_value) - known, 0) / max(len(free), 1)
        guesses[node] = guess.ffill().bfill()
    total = guesses["zhoushan", "total"]
    guesses["zhoushan", "rest"] = total - sum(guesses["zhoushan", k] for k in ACTIVITIES[:-1])
    return np.array([_of(guesses[row.ref_area, row.activity], row.time_period) for row in cells.itertuples()])


def _of(guess: pd.Series, period: str) -> float:
    if "Q" in period:
        first = 3 * int(period[-1]) - 2
        return float(guess[[f"{period[:4]}-{first + i:02d}" for i in range(3)]].sum())
    return float(guess[[month for month in guess.index if month.startswith(period)]].sum())


def real_city(rng: np.random.Generator, folder: Path) -> np.ndarray:
    """Real electricity use of 20 drawn manufacturing industries, 2019-2023, as a city's cells.

    January and February 2023 were not published singly: they take the industry's mean ratio to March.
    """
    tree = pd.read_csv(folder / "tree.csv")
    data = pd.read_csv(folder / "data.csv")
    leaves = tree.loc[tree["level"].eq(3), "series_id"]
    wide = data[data["series_id"].isin(leaves)].pivot(index="period", columns="series_id", values="value")
    for month in ("01", "02"):
        ratios = [wide.loc[f"{year}-{month}"] / wide.loc[f"{year}-03"] for year in (2019, 2021, 2022)]
        wide.loc[f"2023-{month}"] = wide.loc["2023-03"] * sum(ratios) / len(ratios)
    wide = wide.reindex([f"{START + i // 12}-{i % 12 + 1:02d}" for i in range(12 * YEARS)]).dropna(axis=1)
    drawn = rng.choice(wide.columns, len(AREAS) * len(ACTIVITIES), replace=False)
    scale = rng.lognormal(1.0, 1.0, len(drawn)) / wide[drawn].mean().to_numpy()
    return (wide[drawn].to_numpy() * scale).T.reshape(len(AREAS), len(ACTIVITIES), -1)


def score(cells: pd.DataFrame) -> pd.DataFrame:
    """Coverage, interval scores and errors by pattern and frequency, and by node."""
    cells = cells.assign(node=np.where(cells["ref_area"].eq("zhoushan"), cells["activity"], "area"))
    shown = cells[cells["obs_status"].isin(["E", "F"])]
    parts = [shown.assign(node="all"), shown]
    groups = pd.concat(parts).groupby(["pattern", "freq", "node"], sort=False)
    table = groups.apply(_scores, include_groups=False)
    whole = pd.concat([cells.assign(node="all"), cells]).groupby(["pattern", "freq", "node"])["obs_status"]
    table["refused_pct"] = 100 * whole.apply(lambda status: status.eq("M").mean())
    table["fixed_pct"] = 100 * whole.apply(lambda status: status.eq("A").mean())
    return table


def _scores(cells: pd.DataFrame) -> pd.Series:
    off = cells["truth"] - cells["value"]
    # The band of the naive guess is the one that would have covered 80 % of these very cells.
    naive_off = np.log(cells["truth"] / cells["naive"].clip(lower=1e-3))
    width = np.quantile(np.abs(naive_off), 0.8)
    found = {"cells": len(cells)}
    found |= {f"cover{level}": 100 * (off.abs() <= z * cells["se"]).mean() for level, z in LEVELS.items()}
    found["score80"] = _interval_score(cells["truth"], cells["value"], LEVELS[80] * cells["se"])
    found["naive80"] = _interval_score(
        np.log(cells["truth"]), np.log(cells["naive"].clip(lower=1e-3)), width, relative=False
    )
    found["rmse"] = 100 * np.sqrt((np.log(cells["truth"] / cells["value"]) ** 2).mean())
    found["naive_rmse"] = 100 * np.sqrt((naive_off**2).mean())
    return pd.Series(found)


def _interval_score(
    truth: pd.Series, centre: pd.Series, half: pd.Series | float, *, relative: bool = True
) -> float:
    """Gneiting and Raftery (2007), eq. 43, at 80 percent, in percent of the truth."""
    outside = ((truth - centre).abs() - half).clip(lower=0)
    score = 2 * half + 2 / 0.2 * outside
    return float(100 * (score / truth if relative else score).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--pattern", choices=PATTERNS)
    parser.add_argument("--tree", default="", help="folder of the electricity tree")
    asked = parser.parse_args()
    patterns = [asked.pattern] if asked.pattern else list(PATTERNS)
    jobs = [(1000 * asked.seed + i, pattern, asked.tree) for pattern in patterns for i in range(asked.panels)]
    with ProcessPoolExecutor(asked.jobs) as pool:
        cells = pd.concat(pool.map(trial, jobs), ignore_index=True)
    pd.set_option("display.width", 200)
    print(score(cells).round(1).to_string())
    print(cells.groupby("pattern")["seconds"].median().round(1).to_string())


if __name__ == "__main__":
    main()
