"""What the reports show, all of it by name; and data packages in which some figures are other ones."""

import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from zs_analysis.loaders import DATA
from zs_analysis.present import (
    brief,
    clusters,
    digital,
    enterprises,
    forecasts,
    investment,
    league,
    letters,
    lists,
    model_card,
    output,
    panel,
    per_mu,
    projects,
    rules,
    scenarios,
    targets,
    trace,
)
from zs_analysis.present.view import View

QUARTER, REVIEW_DAY, THE_DAY_BEFORE = "2023Q4", "2023-12-13", "2023-12-12"
LANGS = ("zh", "en")
SUMMARIES = {
    room.__name__.rsplit(".", 1)[1]: room.summary
    for room in (
        brief,
        output,
        investment,
        clusters,
        targets,
        digital,
        letters,
        league,
        per_mu,
        enterprises,
        lists,
    )
}
CHARTS = {
    "growth by area": lambda view: output.growth_chart(view, "ref_area"),
    "growth by industry": lambda view: output.growth_chart(view, "activity"),
    "quarter alone": output.quarter_chart,
    "pulls of industries": lambda view: output.contribution_chart(view, "activity"),
    "pulls of areas": lambda view: output.contribution_chart(view, "ref_area"),
    "rest of the year": output.remainder_chart,
    "monthly course": panel.course_chart,
    "growth of investment": investment.growth_chart,
    "the dominant firm": investment.ex_firm_chart,
    "path of revenue": clusters.path_chart,
    "forecast of the city": forecasts.city_fan,
    "forecasts of parts": forecasts.parts_fan,
    "chance of the target": forecasts.attainment_chart,
    "judgements on the forecast": scenarios.scenario_fan,
    "share of manufacturing": investment.share_chart,
    "lives of projects": projects.life_chart,
    "investment against schedule": projects.schedule_chart,
    "lights of projects": projects.light_chart,
    "largest projects": projects.timeline_chart,
    "progress": targets.progress_chart,
    "growth of the digital economy": digital.growth_chart,
    "states by action": targets.state_chart,
    "states by lead": lambda view: targets.state_chart(view, "lead_department"),
    "new firms": enterprises.added_chart,
    "enterprise ladder": enterprises.ladder_chart,
    "monthly targets": lists.month_chart,
    "league of counties": lambda view: league.chart(view, "county"),
    "league of zones": lambda view: league.chart(view, "zone"),
    "league of clusters": lambda view: league.chart(view, "cluster"),
    "history of tax per mu": per_mu.history_chart,
    "land of classes": per_mu.land_chart,
}
TABLES = {
    "key figures": brief.key_table,
    "history": output.history_table,
    "contributions of areas": lambda view: output.contribution_table(view, "ref_area"),
    "contributions of industries": lambda view: output.contribution_table(view, "activity"),
    "gaps": output.gap_table,
    "quarters alone": output.quarter_table,
    "areas alone": lambda view: output.quarter_parts_table(view, "ref_area"),
    "industries alone": lambda view: output.quarter_parts_table(view, "activity"),
    "changes": output.changes_table,
    "revisions": output.revision_table,
    "moves of areas": lambda view: output.moves_table(view, "ref_area"),
    "moves of industries": lambda view: output.moves_table(view, "activity"),
    "dominant": output.dominant_table,
    "bounds": output.bound_table,
    "concentration": output.concentration_table,
    "province": output.province_table,
    "ranks": output.rank_table,
    "enterprise ladder": enterprises.ladder_table,
    "moves of output": enterprises.transition_table,
    "moves of specialised": lambda view: enterprises.transition_table(view, "specialised"),
    "turnover": enterprises.turnover_table,
    "ladder of clusters": lambda view: enterprises.group_table(view, "cluster"),
    "ladder of areas": lambda view: enterprises.group_table(view, "ref_area"),
    "monthly targets": lists.month_table,
    "months of clusters": lambda view: lists.group_table(view, "cluster"),
    "months of areas": lambda view: lists.group_table(view, "ref_area"),
    "large firms": lists.large_table,
    "coming on stream": lists.coming_table,
    "renovating firms": lists.renovating_table,
    "renovation projects": lists.renovation_project_table,
    "upgrading firms": lists.upgrading_table,
    "firms in decline": lists.declining_table,
    "estimated years": panel.years_table,
    "doubts": panel.doubts_table,
    "projects": investment.project_table,
    "renovation": investment.renovation_table,
    "history of shares": investment.share_history_table,
    "stages": projects.stage_table,
    "delays": projects.delay_table,
    "projects of clusters": lambda view: projects.group_table(view, "cluster"),
    "projects of areas": lambda view: projects.group_table(view, "ref_area"),
    "schedule of clusters": lambda view: projects.schedule_table(view, "cluster"),
    "schedule of areas": lambda view: projects.schedule_table(view, "ref_area"),
    "capacity": projects.capacity_table,
    "lights of single projects": projects.project_lights_table,
    "coverage": clusters.coverage_table,
    "path": clusters.path_table,
    "forecast years": forecasts.years_table,
    "announced year": forecasts.expectation_table,
    "attainment": forecasts.attainment_table,
    "scenario": scenarios.scenario_table,
    "judgements": scenarios.judgement_table,
    "model card": model_card.card_table,
    "incoherence": model_card.coherence_table,
    "last forecast": model_card.since_table,
    "backtest": model_card.backtest_table,
    "change of the forecast": model_card.change_table,
    "targets": targets.target_table,
    "urgent targets": targets.urgent_table,
    "pace": targets.pace_table,
    "actions": lambda view: targets.state_table(view, "action"),
    "departments": lambda view: targets.state_table(view, "lead_department"),
    "targets of clusters": lambda view: targets.state_table(view, "cluster"),
    "other leads": targets.bureau_table,
    "rules": lambda view: rules.rules_table(view, "pace", "project_light", "project_life", "capacity"),
    "digital economy": lambda view: digital.subject_table(view, "economy"),
    "digital transformation": lambda view: digital.subject_table(view, "factories"),
    "enterprise services": lambda view: digital.subject_table(view, "services"),
    "innovation": lambda view: digital.subject_table(view, "innovation"),
    "cluster building": lambda view: digital.subject_table(view, "clusters"),
    "other figures": lambda view: digital.subject_table(view, "other"),
    "expected of the year": digital.expected_table,
    "targets of digital empowerment and innovation": digital.plan_table,
    "letters": letters.overview_table,
    "places of counties": lambda view: league.place_table(view, "county"),
    "places of zones": lambda view: league.place_table(view, "zone"),
    "places of clusters": lambda view: league.place_table(view, "cluster"),
    "figures of counties": lambda view: league.figure_table(view, "county"),
    "figures of clusters": lambda view: league.figure_table(view, "cluster"),
    "scores of counties": lambda view: league.score_table(view, "county"),
    "scores of clusters": lambda view: league.score_table(view, "cluster"),
    "places moved": league.move_table,
    "places in the province": league.province_table,
    "rules of the leagues": league.weights_table,
    "per mu": per_mu.published_table,
    "scheme per mu": per_mu.scheme_table,
    "rules per mu": per_mu.method_table,
    "classes of firms": per_mu.class_table,
    "firms of areas per mu": lambda view: per_mu.part_table(view, "ref_area"),
    "firms of industries per mu": lambda view: per_mu.part_table(view, "activity"),
    "energy screen": per_mu.energy_table,
    "firms per mu": per_mu.firm_table,
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
