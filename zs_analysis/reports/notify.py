"""A short message to people when a run is over, by whichever service they read."""

from __future__ import annotations

import logging
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from zs_analysis.exits import exit_code
from zs_analysis.reports.errors import ReportError
from zs_analysis.reports.results import RenderResult
from zs_analysis.reports.words import WORDS, Lang

if TYPE_CHECKING:
    from apprise import Apprise

# Addresses hold passwords and tokens, which command lines and logs would show to others.
ADDRESSES = "ZS_ANALYSIS_NOTIFY"
When = Literal["always", "failure", "change"]
# Of each kind in a message; the index has them all.
MOST_NAMED = 6


# A period and what became of its reports.
Told = tuple[str, RenderResult]


@contextmanager
def notified(
    when: When | None, suite: str, lang: Lang, in_words: Callable[[str], str] = str
) -> Iterator[list[Told]]:
    """Send a message when the block is over, to the addresses in the variable ``ZS_ANALYSIS_NOTIFY``.

    Parameters
    ----------
    when : {"always", "failure", "change"} or None
        ``failure``: if a report is not there or the block breaks down; ``change``: then, and if there is a
        new page. None sends nothing.
    suite : str
        Opens the title of the message.
    lang : {"zh", "en"}
        Of the message.
    in_words : callable
        What the message calls a period.

    Yields
    ------
    list
        To be filled with the period and the result of each run.

    Raises
    ------
    ReportError
        If messages are wanted and there is no address, apprise is not installed or cannot read one.
        A message that does not arrive is a warning on stderr and no error.
    """
    runs: list[Told] = []
    services, words = _services() if when else None, WORDS[lang]
    try:
        yield runs
    except Exception as error:
        end = words["notify_refused"].format(exit_code(error))
        text = "\n".join(filter(None, [_text(runs, lang, in_words), end]))
        _send(services, words["notify_list"].format(suite, words["failed"]), text, failed=True)
        raise
    reports = [report for _, result in runs for report in result.reports]
    failed = any(report.status != "ok" for report in reports)
    if when == "always" or failed or (when == "change" and not all(report.unchanged for report in reports)):
        title = words["notify_list"].format(suite, words["failed" if failed else "ok"])
        _send(services, title, _text(runs, lang, in_words) or words["notify_nothing"], failed=failed)


def _services() -> Apprise:
    try:
        from apprise import Apprise
    except ImportError as error:
        raise ReportError(
            "Messages need apprise, which is not installed: uv sync --extra notify, or pip install apprise."
        ) from error
    # its own lines name the addresses
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    services, addresses = Apprise(), os.environ.get(ADDRESSES, "").split()
    if not addresses:
        raise ReportError(f"Messages need an address in the environment variable {ADDRESSES}.")
    bad = [str(place) for place, address in enumerate(addresses, 1) if not services.add(address)]
    if bad:
        raise ReportError(f"apprise cannot read address {', '.join(bad)} of {len(addresses)} in {ADDRESSES}.")
    return services


def _send(services: Iterable[Any] | None, title: str, text: str, *, failed: bool) -> None:
    for place, service in enumerate(services or (), 1):
        try:
            sent = service.notify(text, title=title, notify_type="failure" if failed else "success")
        except Exception:  # of a hundred services, each with ways of its own
            sent = False
        if not sent:
            told = f"The message to address {place} in {ADDRESSES} ({service.service_name}) was not sent."
            print(f"zs-analysis: warning: {told}", file=sys.stderr)


def _text(runs: Sequence[Told], lang: Lang, in_words: Callable[[str], str]) -> str:
    """What the runs made and where it lies. No messages of reports: they might quote data."""
    return "\n".join(line for period, result in runs for line in _lines(in_words(period), result, lang))


def _lines(period: str, result: RenderResult, lang: Lang) -> Iterator[str]:
    words, titles = WORDS[lang], defaultdict(list)
    for report in result.reports:
        if not report.unchanged:
            titles["notify_new" if report.status == "ok" else report.status].append(report.title)
    yield period
    for kind, found in titles.items():
        yield words["notify_list"].format(words[kind], _named(found, lang))
    if "notify_new" not in titles:
        yield words["notify_nothing"]
    yield words["notify_list"].format(words["notify_index"], result.index.resolve())


def _named(titles: Sequence[str], lang: Lang) -> str:
    words, more = WORDS[lang], len(titles) - MOST_NAMED
    return words["notify_joint"].join(titles[:MOST_NAMED]) + (
        words["notify_more"].format(more) if more > 0 else ""
    )
