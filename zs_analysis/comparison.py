"""Two runs side by side: what changed in their numbers, and why."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zs_analysis.present.fonts import font_face_css
from zs_analysis.quarter import SUITE
from zs_analysis.reports import manifest
from zs_analysis.reports.books import BookChanges, compared_books
from zs_analysis.reports.changes import Changes, Comparison, changes, changes_page, headlines
from zs_analysis.reports.errors import ReportError
from zs_analysis.reports.files import write_atomic
from zs_analysis.reports.page import PageMeta
from zs_analysis.reports.words import WORDS


@dataclass(frozen=True)
class ComparisonResult:
    """What a comparison found and where it can be read.

    Attributes
    ----------
    page : Path
        The page.
    changes : Changes
        Headline numbers, parameters, data, code and reports that are not as they were.
    books : tuple of BookChanges
        The numbers behind charts and tables, by report; empty where the runs are in two languages.
    headlines : tuple of str
        What changed, in a few sentences.
    """

    page: Path
    changes: Changes
    books: tuple[BookChanges, ...]
    headlines: tuple[str, ...]


def compare(
    before: str | Path, after: str | Path, out: str | Path | None = None, lang: Literal["zh", "en"] = "zh"
) -> ComparisonResult:
    """Write a page of what changed between two runs: numbers, forecasts and their outcomes, data, code.

    Parameters
    ----------
    before, after : path
        Folders of two runs, such as ``outputs/2023Q3`` and ``outputs/2023Q4``.
    out : path, optional
        The page; ``changes-2023Q3-2023Q4.html`` in the working directory if not given.
    lang : {"zh", "en"}
        Language of the page, whatever that of the runs.

    Returns
    -------
    ComparisonResult

    Raises
    ------
    ReportError
        If a folder has no manifest, there is no such language, or the page cannot be written.
    """
    if lang not in WORDS:
        raise ReportError(f"no language {lang!r}; there are {', '.join(WORDS)}")
    folders = Path(before), Path(after)
    old, new = (manifest.of_run(folder, "compare") for folder in folders)
    found = changes(old, new)
    books = compared_books(folders, (old, new)) if old.get("lang") == new.get("lang") else ()
    names = [_name(folder) for folder in folders]
    page = Path(out) if out else Path(f"changes-{'-'.join(names)}.html")
    title = WORDS[lang]["changes_between"].format(*names[::-1])
    text = changes_page(
        [Comparison(title, found, books)],
        lang=lang,
        meta=PageMeta(SUITE[lang]),
        font_css=font_face_css,
        linked=False,
    )
    _make_folder(page)
    write_atomic(page, text)
    return ComparisonResult(page, found, books, tuple(headlines(found, lang)))


def _make_folder(page: Path) -> None:
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(
            f"Cannot write {page}: {error.strerror}. Name another file with --out (out=)."
        ) from error


def _name(folder: Path) -> str:
    """2023Q4, or 2023Q4-en for the folder of another language in it."""
    folder = folder.resolve()
    return f"{folder.parent.name}-{folder.name}" if folder.name in WORDS else folder.name
