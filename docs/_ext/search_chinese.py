"""Search for Chinese and English words in one index.

Chinese has no blanks between words. Each two neighbouring characters are a term, of pages and of queries,
as in Lucene's CJKAnalyzer: whatever part of a sentence a reader types is found, and official terms that no
dictionary knows too.
"""

import re

from sphinx.application import Sphinx
from sphinx.search import languages
from sphinx.search.en import SearchEnglish

CHINESE = "[\u3400-\u9fff]"
RUN = re.compile(f"{CHINESE}+|(?:(?!{CHINESE})\\w)+")
SPLIT = """
function splitQuery(query) {
  const runs = query.match(/[\\u3400-\\u9fff]+|(?:(?![\\u3400-\\u9fff])[\\p{Letter}\\p{Number}_])+/gu) || [];
  return runs.flatMap((run) =>
    /[\\u3400-\\u9fff]/.test(run) && run.length > 2
      ? Array.from({length: run.length - 1}, (_, at) => run.slice(at, at + 2))
      : [run]);
}
"""


class SearchChineseAndEnglish(SearchEnglish):
    """English words by their stems, Chinese by pairs of characters."""

    lang = "zs"
    js_splitter_code = SPLIT

    def split(self, input: str) -> list[str]:
        """The terms of a text."""
        return [term for run in RUN.findall(input) for term in pairs(run)]


def pairs(run: str) -> list[str]:
    """Each two neighbours of a run of Chinese characters; any other run as it is.

    Examples
    --------
    >>> pairs("总产值"), pairs("output"), pairs("亩")
    (['总产', '产值'], ['output'], ['亩'])
    """
    if len(run) < 3 or not re.match(CHINESE, run):
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    languages["zs"] = SearchChineseAndEnglish
    return {"parallel_read_safe": True}
