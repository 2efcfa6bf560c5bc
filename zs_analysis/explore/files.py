"""What a lab shows as files: a workbook, and comma-separated text."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from zs_analysis.present.chart import plain_text
from zs_analysis.present.numbers import Lang
from zs_analysis.workbook import FURNITURE, headed_columns, report_book


def workbook_of(sheets: Sequence[Mapping[str, Any]], about: Sequence[tuple[str, str]], lang: Lang) -> bytes:
    """A workbook of charts and tables, as that of a report.

    Parameters
    ----------
    sheets : sequence of mapping
        As `Chart.sheet` and `Table.sheet` give them.
    about : sequence of pairs
        What the first sheet says: item and meaning.
    lang : {"zh", "en"}
    """
    words = FURNITURE[lang]
    about = [*about, (words["layout"], words["layout_text"]), (words["flags"], words["flags_text"])]
    return report_book(about, sheets, words)


def csv_of(sheet: Mapping[str, Any], lang: Lang) -> str:
    """A table as comma-separated text; after its columns their flags and, in each row, unit and source."""
    words, out = FURNITURE[lang], io.StringIO()
    columns = [(head, values) for head, values, _ in headed_columns(sheet, words)]
    for item in ("unit", "source"):
        if sheet[item]:
            columns.append((words[f"{item}_head"], [sheet[item]] * len(sheet["rows"])))
    heads, values = zip(*columns, strict=True)
    csv.writer(out, lineterminator="\n").writerows(
        [heads, *(map(plain_text, row) for row in zip(*values, strict=True))]
    )
    return out.getvalue()
