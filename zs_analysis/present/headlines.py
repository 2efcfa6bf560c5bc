"""Headline numbers as data: what a finding says in words, so that two runs can be compared."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

METRICS = "application/vnd.zs.metrics+json"


@dataclass(frozen=True)
class Metric:
    """A number of a finding, in SDMX's terms.

    Attributes
    ----------
    status : {"A", "P", "E", "F"}
        Normal, provisional, estimated, forecast.
    origin : str
        Who says so, where the number is not simply a published figure: ``announced``, ``model``, ``judged``.
    lo, hi : float, optional
        Of a forecast, the 80 % interval; of a number that rounding leaves open, its bounds.
    words : mapping
        By language: ``label`` and ``period``; ``text``, the number as the finding prints it; ``interval``; and
        for differences ``power`` of ten, ``decimals``, ``unit`` (points where the number is in percent) and
        ``relative``: whether they may be told in percent of the number.
    """

    indicator: str
    ref_area: str
    activity: str
    time_period: str
    transformation: str
    unit: str
    value: float
    status: str
    origin: str
    lo: float | None
    hi: float | None
    words: Mapping[str, Mapping[str, Any]]

    def record(self) -> dict[str, Any]:
        """The metric as JSON."""
        return asdict(self)


class Sentence(str):
    """A finding that knows its numbers."""

    metrics: tuple[Metric, ...]

    def __new__(cls, text: str, metrics: Iterable[Metric] = ()) -> "Sentence":
        made = super().__new__(cls, text)
        made.metrics = tuple(metrics)
        return made


def metrics_of(sentences: Iterable[str]) -> list[Metric]:
    """The numbers of sentences, each once."""
    found: list[Metric] = []
    for sentence in sentences:
        found += [one for one in getattr(sentence, "metrics", ()) if one not in found]
    return found
