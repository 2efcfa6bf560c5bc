"""Every figure of the review's first section stands in a report, beside its line in that report's trace table."""

import ast
import re
from functools import cache
from html import unescape
from pathlib import Path

import nbformat
import pandas as pd
import pytest

import zs_analysis as zs
from zs_analysis.present import trace
from zs_analysis.present.table import Table

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
QUARTER, REVIEW_DAY, REVIEW = "2023Q4", "2023-12-13", "review-2023"
MARKUP = re.compile(r"<[^>]*>")

pytestmark = pytest.mark.slow


@cache
def view() -> zs.View:
    return zs.View(QUARTER, REVIEW_DAY, "zh")


@cache
def figures_of_section_one() -> pd.DataFrame:
    rows = view().table("observations")
    return rows[rows["source_id"].eq(REVIEW) & rows["place"].str.startswith("一")]


def cells(notebook: Path) -> list[str]:
    known = nbformat.read(notebook, as_version=4).cells
    return [
        cell.source
        for cell in known
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", [])
    ]


def traces(expression: ast.expr) -> bool:
    called = [node.func for node in ast.walk(expression) if isinstance(node, ast.Call)]
    return any(ast.unparse(one) == "trace.table" for one in called)


@cache
def report(notebook: Path) -> tuple[list[Table], str]:
    """The trace tables of a report, and the words of everything else it shows for the review's quarter."""
    names, traced, shown = {"view": view()}, [], []
    for source in cells(notebook):
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        imports = [part for part in tree.body if isinstance(part, ast.Import | ast.ImportFrom)]
        exec(compile(ast.Module(imports, []), str(notebook), "exec"), names)
        if last is not None:
            made = eval(compile(ast.Expression(last.value), str(notebook), "eval"), names)
            (traced if traces(last.value) else shown).append(made)
    words = " ".join(unescape(MARKUP.sub(" ", made._repr_html_())) for made in shown if made is not None)
    return [table for table in traced if isinstance(table, Table)], words


@cache
def reports() -> dict[str, tuple[set[tuple], str]]:
    known = {}
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        tables, words = report(notebook)
        known[notebook.stem] = (
            {line for table in tables for line in lines(table.frame)},
            words,
        )
    return known


def lines(frame: pd.DataFrame) -> list[tuple]:
    return list(frame[["figure", "kind", "period", "value", "place"]].itertuples(index=False, name=None))


def line_of(row: pd.Series) -> tuple:
    """The line a figure must have in a trace table: of this indicator alone, by its kind, period and clause."""
    frame = trace.table(view(), [row["indicator"]]).frame
    kind = view().say(*trace.TRANSFORMATIONS[row["transformation"]])
    about = frame[frame["kind"].eq(kind) & frame["place"].eq(row["place"])]
    return lines(about)


def numeral(row: pd.Series) -> re.Pattern:
    """The printed number, not as a part of a longer one; a fall may be told as such, without its minus."""
    printed = f"{abs(row['obs_value']):.{row['decimals']}f}"
    return re.compile(rf"(?<![\d.]){re.escape(printed)}(?![\d]|\.\d)")


def names(row: pd.Series) -> str:
    known = ["indicator", "ref_area", "activity", "transformation", "obs_value", "place"]
    return "-".join(str(row[name]) for name in known)


CODES = ["indicator", "ref_area", "activity", "time_period", "transformation", "obs_status"]
ROWS = [row for _, row in figures_of_section_one().iterrows()]


def test_section_one_is_there():
    assert len(ROWS) == len(figures_of_section_one()[CODES].drop_duplicates()) > 80


@pytest.mark.parametrize("row", ROWS, ids=names)
def test_the_figure_is_traced_and_shown_in_one_report(row):
    wanted = {line for line in line_of(row) if numeral(row).search(line[3])}
    assert wanted, "no trace table can hold it"
    tracing = {name: words for name, (known, words) in reports().items() if wanted & known}
    assert tracing, f"{names(row)} stands in no report's trace table"
    assert [name for name, words in tracing.items() if numeral(row).search(words)], (
        f"{names(row)} is traced in {', '.join(tracing)} but shown in none of them"
    )
