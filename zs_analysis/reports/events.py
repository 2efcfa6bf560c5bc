"""What happens in a run, told as it happens: to a person as lines or a bar, to programs as lines of JSON."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from zs_analysis.exits import FAILED, exit_code
from zs_analysis.reports.errors import ReportError
from zs_analysis.reports.results import ReportResult

# Takes the name of an event and its facts.
Tell = Callable[..., None]


def silent(event: str, **facts: object) -> None:
    """Tells nobody."""


class Log:
    """A file that gets a line of JSON for each event of a run.

    Every line is written in one piece to the end of the file, so that runs at the same time may share it.

    Parameters
    ----------
    path : Path
        Made with its folder where it is not there.
    **about
        What tells this run from others of the same moment: it goes into the name of the run.

    Raises
    ------
    ReportError
        The file cannot be written.
    """

    def __init__(self, path: Path, **about: object) -> None:
        self.path = Path(path)
        named = json.dumps([_now(), platform.node(), os.getpid(), about], default=str)
        self.run = hashlib.sha256(named.encode()).hexdigest()[:12]
        self._broken, self._turn = False, threading.Lock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._append(b"")
        except OSError as error:
            raise ReportError(
                f"Cannot write the log {self.path}: {error.strerror}. Nothing was run."
            ) from error

    def __call__(self, event: str, **facts: object) -> None:
        """Append a line; a log that cannot be written any more, for a full disk say, stops no run."""
        try:
            with self._turn:  # threads tell too, and times come in order
                line = {"time": _now(), "run": self.run, "event": event, **facts}
                self._append(json.dumps(line, ensure_ascii=False, default=str).encode() + b"\n")
        except OSError as error:
            if not self._broken:
                tqdm.write(f"The log {self.path} cannot be written: {error.strerror}", file=sys.stderr)
            self._broken = True

    def _append(self, line: bytes) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)


@contextmanager
def logged(path: Path | None, **about: object) -> Iterator[Tell]:
    """A run whose begin and end are in a log, also when it is refused, interrupted or breaks down.

    Parameters
    ----------
    path : Path or None
        Of the `Log`; without one nothing is logged.
    **about
        What is asked for.

    Yields
    ------
    callable
        To be told what happens to the reports; it counts how they end.
    """
    tell = Log(path, **about) if path else silent
    started, counts, broken = time.monotonic(), Counter(), None

    def counting(event: str, **facts: Any) -> None:
        counts.update([facts["status"]] if "status" in facts else [])
        tell(event, **facts)

    tell("run_started", **about)
    try:
        yield counting
    except BaseException as error:
        broken = error
        raise
    finally:
        bad = counts["failed"] + counts["withheld"]
        tell(
            "run_finished",
            seconds=round(time.monotonic() - started, 2),
            **{status: counts[status] for status in ("ok", "unchanged", "failed", "withheld")},
            exit_code=exit_code(broken) or (FAILED if bad else 0),
            message=f"{type(broken).__name__}: {broken}" if broken else "",
        )


def finished(result: ReportResult) -> dict[str, object]:
    """What an event says of a report that is done."""
    return {
        "report": result.name,
        "status": "unchanged" if result.unchanged else result.status,
        "title": result.title,
        "seconds": round(result.seconds, 2),
        "message": result.message,
        "page": result.page,
        "error_page": result.error_page,
    }


@contextmanager
def shown(total: int, show: bool) -> Iterator[Tell]:
    """Tells a person how many of the reports are done: a bar on a terminal, and a line for each.

    Parameters
    ----------
    total : int
        Of reports.
    show : bool
        False shows nothing.
    """
    bar_fits = sys.stderr.isatty()
    with tqdm(total=total, file=sys.stderr, disable=not (show and bar_fits), unit="report") as bar:

        def tell(event: str, **facts: Any) -> None:
            if event == "report_finished" and show:
                bar.update()
                # tqdm keeps the line and the bar apart; without a terminal this is a plain line.
                tqdm.write(_line(**facts), file=sys.stderr)

        yield tell


@contextmanager
def told_to_both(total: int, progress: bool, tell: Tell) -> Iterator[Tell]:
    """One stream of events for the person at the screen and for whoever else listens."""
    with shown(total, progress) as show:

        def both(event: str, **facts: object) -> None:
            show(event, **facts)
            tell(event, **facts)

        yield both


def _line(report: str, status: str, seconds: float, **_: object) -> str:
    if status == "unchanged":
        return f"{'ok':6} {report} unchanged"
    return f"{status:6} {report} {seconds:.1f} s"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
