"""The sentences that open a report."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from zs_analysis.present.headlines import METRICS, Metric, metrics_of
from zs_analysis.present.numbers import Lang

MIME = "application/vnd.zs.findings+json"


@dataclass(frozen=True)
class Findings:
    """Findings of a report, one plain sentence each.

    Parameters
    ----------
    sentences : sequence of str
        Plain text; markup is shown as written.
    lang : {'zh', 'en'}

    Notes
    -----
    Numbers are not set off by markup, so that a search of the page's source finds the whole sentence. Those that
    a `Sentence` knows go along as data.
    """

    sentences: Sequence[str]
    lang: Lang = "zh"

    def __post_init__(self) -> None:
        if isinstance(self.sentences, str):
            raise TypeError("findings are a list of sentences; put the one sentence into a list")
        object.__setattr__(self, "sentences", tuple(self.sentences))

    @property
    def metrics(self) -> list[Metric]:
        """The numbers of the sentences as data, each once."""
        return metrics_of(self.sentences)

    def __str__(self) -> str:
        return "\n".join(f"- {sentence}" for sentence in self.sentences)

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(sentence)}</li>\n" for sentence in self.sentences)
        return f'<ul class="zs-findings" lang="{html_lang(self.lang)}">\n{items}</ul>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        shown = {"text/html": self._repr_html_(), "text/plain": str(self), MIME: list(self.sentences)}
        return shown | {METRICS: [metric.record() for metric in self.metrics]}


def html_lang(lang: Lang) -> str:
    """The language tag of HTML: Chinese is the simplified script of the mainland."""
    return {"zh": "zh-CN", "en": "en"}[lang]
