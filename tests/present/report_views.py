"""What the reports show, all of it by name; and data packages in which some figures are other ones."""

import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from zs_analysis.loaders import DATA
from zs_analysis.present import brief, clusters, investment, output, panel, targets, trace
from zs_analysis.present.view import View

QUARTER, REVIEW_DAY, THE_DAY_BEFORE = "2023Q4", "2023-12-13", "2023-12-12"
LANGS = ("zh", "en")
SUMMARIES = {
    room.__name__.rsplit(".", 1)[1]: room.summary for room in (brief, output, investment, clusters, targets)
}
CHARTS = {
    "growth by area": lambda view: output.growth_chart(view, "ref_area"),
    "growth by industry": lambda view: output.growth_chart(view, "activity"),
    "rest of the year": output.remainder_chart,
    "monthly course": panel.course_chart,
    "growth of investment": investment.growth_chart,
    "the dominant firm": investment.ex_firm_chart,
    "path of revenue": clusters.path_chart,
    "progress": targets.progress_chart,
}
TABLES = {
    "key figures": brief.key_table,
    "history": output.history_table,
    "contributions of areas": lambda view: output.contribution_table(view, "ref_area"),
    "contributions of industries": lambda view: output.contribution_table(view, "activity"),
    "gaps": output.gap_table,
    "estimated years": panel.years_table,
    "doubts": panel.doubts_table,
    "projects": investment.project_table,
    "coverage": clusters.coverage_table,
    "path": clusters.path_table,
    "targets": targets.target_table,
    "departments": targets.department_table,
    "trace": lambda view: trace.table(view, [output.OUTPUT, investment.TOTAL]),
}


@cache
def view_of(lang: str = "zh", period: str = QUARTER, as_of: str | None = REVIEW_DAY) -> View:
    return View(period, as_of, lang)


@cache
def sentences(
    room: str, lang: str = "zh", period: str = QUARTER, as_of: str | None = REVIEW_DAY
) -> tuple[str, ...]:
    return SUMMARIES[room](view_of(lang, period, as_of)).sentences


@cache
def chart(name: str, lang: str = "zh", period: str = QUARTER, as_of: str | None = REVIEW_DAY):
    return CHARTS[name](view_of(lang, period, as_of))


@cache
def table(name: str, lang: str = "zh", period: str = QUARTER, as_of: str | None = REVIEW_DAY):
    return TABLES[name](view_of(lang, period, as_of))


Cell = tuple[str, str]


def write_package(
    folder: Path,
    changed: Mapping[Cell, str] | None = None,
    more: Sequence[tuple[Cell, Mapping[str, str]]] = (),
    without: Sequence[Cell] = (),
) -> str:
    """The embedded package with other figures for the city's cells of the review, or with rows made after theirs."""
    shutil.copytree(DATA, folder)
    frame = pd.read_csv(folder / "observations.csv", dtype=str, keep_default_na=False)
    rows = [frame.loc[[cell_line(frame, cell)]].assign(**edits) for cell, edits in more]
    for cell, value in (changed or {}).items():
        frame.loc[cell_line(frame, cell), "obs_value"] = value
    frame = frame.drop(index=[cell_line(frame, cell) for cell in without])
    pd.concat([frame, *rows]).to_csv(folder / "observations.csv", index=False)
    return str(folder)


def cell_line(frame: pd.DataFrame, cell: Cell) -> int:
    indicator, transformation = cell
    found = frame.query(
        "source_id == 'review-2023' and ref_area == 'zhoushan' and activity == 'total'"
        " and indicator == @indicator and transformation == @transformation"
    )
    return found.index.item()


def write_review(folder: Path, changed: Mapping[Cell, str]) -> str:
    """The figures of the review alone, some of them changed: small, for tests that write many."""
    data = Path(write_package(folder, changed))
    frame = pd.read_csv(data / "observations.csv", dtype=str, keep_default_na=False)
    frame[frame["source_id"].eq("review-2023")].to_csv(data / "observations.csv", index=False)
    return str(data)
