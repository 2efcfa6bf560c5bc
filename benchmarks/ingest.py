"""Ingesting a long table of observations against reading it with pandas alone: seconds, ratio, peak memory.

    python benchmarks/ingest.py --rows 2000000

The file is made of invented figures in a temporary folder, the same ones each time; it goes into a copy of
the data package. Each step runs in a process of its own, so that its memory is its own.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from itertools import islice, product
from pathlib import Path

import zs_analysis as zs
from zs_analysis.loaders.package import fields_of

ROW = "{},{},,{},M,{},,ytd,current,,{},1e8_cny,A,F,invented,row {},2024-01-31,\n"
MEASURED = """
import resource, sys, time, pandas as pd, zs_analysis as zs
path, package = sys.argv[1:]
zs.ingest  # the import is not part of the work
wall, cpu = time.perf_counter(), time.process_time()
{work}
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(wall, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
STEPS = {
    "pandas.read_csv(path)": "pd.read_csv(path)",
    "pandas.read_csv(path, dtype=str)": "pd.read_csv(path, dtype=str, keep_default_na=False)",
    "zs.ingest, dry run": "assert zs.ingest(path, data=package, write=False).ok",
    "zs.ingest": "assert zs.ingest(path, data=package).written",
    "zs.ingest of the same file again": "assert not zs.ingest(path, data=package).written",
    "zs.validate of the package after it": "assert zs.validate(package).empty",
}


def invented(path: Path, rows: int) -> None:
    """Write so many rows of invented figures; no two have the same key."""
    months = [f"{year}-{month:02d}" for year in range(1000, 1240) for month in range(1, 13)]
    codes = [zs.load(table)[column] for table, column in (("indicators", "indicator"), ("areas", "area"))]
    activities = zs.load("activities")["activity"]
    with path.open("w", encoding="utf-8") as stream:
        stream.write(",".join(fields_of("observations")) + "\n")
        for row, (indicator, area, activity, month) in enumerate(
            islice(product(*codes, activities, months), rows)
        ):
            stream.write(ROW.format(indicator, area, activity, month, row * 7919 % 999_983 / 10, row))


def measure(work: str, path: Path, package: Path) -> tuple[float, float, float]:
    """Seconds on the clock, seconds of the processor, and megabytes at the peak of one step."""
    call = [sys.executable, "-c", MEASURED.format(work=work), str(path), str(package)]
    return tuple(map(float, subprocess.run(call, check=True, capture_output=True, text=True).stdout.split()))


def main() -> None:
    """Run all steps and print them as a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=2_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path, package = Path(folder) / "invented.csv", Path(folder) / "data"
        shutil.copytree(zs.loaders.DATA, package)
        invented(path, rows)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
        print("| step | seconds | CPU seconds | ratio of CPU seconds | peak MB |\n|---|---|---|---|---|")
        base = None
        for name, work in STEPS.items():
            wall, cpu, peak = measure(work, path, package)
            base = base or cpu
            print(f"| `{name}` | {wall:.1f} | {cpu:.1f} | {cpu / base:.1f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
