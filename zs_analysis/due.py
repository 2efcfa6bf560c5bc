"""Which quarters have to be rendered: those that new data have made stale, and those that were missed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import zs_analysis as zs
from zs_analysis import quarter
from zs_analysis.files import locked
from zs_analysis.quarter import Order
from zs_analysis.reports import manifest
from zs_analysis.reports.errors import ReportError
from zs_analysis.reports.files import check_writable

if TYPE_CHECKING:
    import pandas as pd

LOCK = ".due.lock"


def orders_due(
    out: str | Path = "outputs",
    reports: Iterable[str] | None = None,
    lang: Literal["zh", "en"] = "zh",
    data: str | Path | None = None,
    override: Mapping[str, str] | None = None,
) -> list[Order]:
    """What has to be rendered below a folder so that it shows what is published; nothing is run or written.

    Parameters
    ----------
    out, reports, lang, data, override
        As `zs_analysis.render` takes them.

    Returns
    -------
    list of Order
        The oldest quarter first. Those are: quarters with a run in this language that would come out
        differently, and those with a published headline figure after the newest of them; where there is no
        run at all, only the newest quarter.

    Raises
    ------
    ReportError
        If a report is unknown, or a run below the folder was made from another data package.
    DataError
        If the data package has no headline figure, or its observations break their description.

    Notes
    -----
    A report keeps the day that it looks from. But where that is a day on which the headline figure of its
    quarter was published, and that of a later month of the quarter has been published since, it moves there.
    A quarter without a run is looked at from the day on which its headline figure was published.
    """
    names, known = [path.stem for path in quarter.notebooks_named(reports)], zs.loaders.headlines(data)
    if unknown := [name for name in override or {} if name not in names]:
        raise ReportError(f"An override names {', '.join(unknown)}; there are {', '.join(names)}.")
    return [
        order
        for period, days in _days(_runs(Path(out), lang, data), names, known, data).items()
        for order in _by_day(period, days, override or {})
        if any(quarter.explain(out=out, lang=lang, data=data, **vars(order)).values())
    ]


@contextmanager
def one_at_a_time(out: str | Path, waiting: Callable[[], object]) -> Iterator[None]:
    """Let others who render what is due in the same folder wait until this one is rendered.

    Parameters
    ----------
    out : path
        Made if it is not there.
    waiting : callable
        Called before waiting for another one.

    Raises
    ------
    ReportError
        If the folder cannot be written.
    """
    check_writable(Path(out), Path(out))
    lock = Path(out) / LOCK
    lock.touch()
    with locked(lock, waiting):
        yield


def _runs(out: Path, lang: str, data: str | Path | None) -> dict[str, dict[str, Any]]:
    """The manifests of the runs in a language, by quarter."""
    package = Path(data).resolve() if data else None
    found = {}
    for run in manifest.runs_below(out):
        parameters = run["parameters"]
        if run["lang"] != lang or "period" not in parameters:
            continue
        made_from = quarter.package_of(parameters, out)
        if made_from != package:
            one, other = (folder or "the embedded data" for folder in (made_from, package))
            raise ReportError(
                f"{parameters['period']} below {out} was made from {one}, not from {other}. "
                "Name the same package with --data, or another folder with --out."
            )
        found[parameters["period"]] = run
    return found


def _days(
    runs: Mapping[str, Mapping[str, Any]], names: list[str], known: pd.DataFrame, data: str | Path | None
) -> dict[str, dict[str, str | None]]:
    """The day that each report of each quarter looks from."""
    if not runs:
        period, day = zs.loaders.newest_quarter(data)
        return {period: dict.fromkeys(names, day)}
    there = {
        period: {name: _moved(day, known[known["quarter"].eq(period)]) for name, day in _pinned(run, names)}
        for period, run in runs.items()
    }
    missed = known[known["quarter"].gt(max(runs))].groupby("quarter")
    return dict(
        sorted((there | {period: dict.fromkeys(names, _last_day(rows)) for period, rows in missed}).items())
    )


def _by_day(period: str, days: Mapping[str, str | None], override: Mapping[str, str]) -> Iterator[Order]:
    for day in dict.fromkeys(days.values()):
        names = tuple(name for name, looks_from in days.items() if looks_from == day)
        yield Order(period, day, names, {name: why for name, why in override.items() if name in names})


def _pinned(run: Mapping[str, Any], names: list[str]) -> Iterator[tuple[str, str | None]]:
    """The day that each report of a run looked from; one that is not there, that of the run."""
    made = {entry["name"]: entry.get("parameters") for entry in run["reports"]}
    for name in names:
        yield name, (made.get(name) or run["parameters"]).get("as_of")


def _moved(day: str | None, known: pd.DataFrame) -> str | None:
    """The day itself, or that of the headline figure of a later month of the quarter."""
    if day is None or day not in set(known["released"]):
        return day
    month = known.loc[known["released"].eq(day), "month"].max()
    later = known[known["month"].gt(month) & known["released"].gt(day)]
    return day if later.empty else _last_day(later)


def _last_day(known: pd.DataFrame) -> str:
    """When the headline figure of the last month was first published."""
    return known.loc[known["month"].eq(known["month"].max()), "released"].min()
