"""The views that labs look at, and codes that are not there."""

from functools import lru_cache
from pathlib import Path

from zs_analysis.loaders import newest_quarter
from zs_analysis.present.numbers import Lang
from zs_analysis.present.view import View


@lru_cache(maxsize=32)
def view_of(period: str, as_of: str | None, lang: Lang, data: str | None) -> View:
    """A view, with all that was made of it, kept while labs go back and forth between quarters."""
    return View(period, as_of, lang, data)


def newest_view(as_of: str | None, lang: Lang, data: str | Path | None) -> View:
    """The newest quarter that the data support on a day."""
    return view_of(newest_quarter(data, as_of)[0], as_of, lang, None if data is None else str(data))
