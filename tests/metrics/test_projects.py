"""The life of projects: hand-worked days, the order of scenarios and lights, ugly registers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis import metrics
from zs_analysis.metrics.projects import LIGHTS, SCENARIOS, STAGES

DAY = pd.Timestamp("2024-09-30")
LIMITS = {"invested_green": 1.0, "invested_amber": 0.9, "late_green": 30, "late_amber": 90}
BEFORE = pd.Timestamp("2022-01-01")
days = st.one_of(st.none(), st.integers(0, 1500))


def frame(*rows: tuple[str, str, str | None, str | None]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["project_id", "stage", "planned", "actual"])
    return table.assign(planned=pd.to_datetime(table["planned"]), actual=pd.to_datetime(table["actual"]))


@st.composite
def registers(draw: st.DrawFn) -> pd.DataFrame:
    """Any register: days in any order, some missing, some after the day of judgement."""
    rows = [
        (f"p{project}", stage, *(draw(days) for _ in range(2)))
        for project in range(draw(st.integers(1, 6)))
        for stage in draw(st.lists(st.sampled_from(STAGES), min_size=1, unique=True))
    ]
    table = pd.DataFrame(rows, columns=["project_id", "stage", "planned", "actual"])
    for name in ("planned", "actual"):
        table[name] = BEFORE + pd.to_timedelta(pd.array(table[name], dtype="Int64"), unit="D")
    return table


def test_states_of_a_life() -> None:
    life = metrics.stage_delays(
        frame(
            ("a", "signed", "2024-01-31", "2024-01-31"),
            ("a", "started", "2024-03-31", "2024-04-10"),
            ("a", "building", "2024-08-31", None),
            ("a", "completed", "2025-08-31", None),
        ),
        DAY,
    )
    assert life["state"].tolist() == ["on_time", "late", "overdue", "not_due"]
    assert life["days_late"].tolist() == [0, 10, 30, -335]
    assert life["reached"].tolist() == [True, True, False, False]


def test_a_stage_jumped_over_is_passed_on_an_unknown_day() -> None:
    life = metrics.stage_delays(
        frame(("a", "signed", "2024-01-31", None), ("a", "building", "2024-06-30", "2024-06-01")), DAY
    )
    assert life["reached"].all() and life["state"].tolist() == ["undated", "on_time"]
    assert life["days_late"].iloc[1] == -29


def test_what_happens_after_the_day_has_not_happened() -> None:
    life = metrics.stage_delays(frame(("a", "started", "2024-09-01", "2024-10-15")), DAY)
    assert life["state"].tolist() == ["overdue"] and life["days_late"].tolist() == [29]


def test_no_days_at_all() -> None:
    stages = frame(("a", "signed", None, None))
    assert metrics.stage_delays(stages, DAY)["state"].tolist() == ["undated"]
    row = metrics.standing(stages, DAY, longest_days={}).loc["a"]
    assert pd.isna(row["stage"]) and pd.isna(row["days_late"]) and not row["stuck"]
    assert metrics.stage_course(stages, "signed", DAY).empty


def test_standing_takes_the_newest_milestone() -> None:
    stages = frame(
        ("late", "signed", "2024-01-01", "2024-03-01"),
        ("late", "started", "2025-01-01", None),
        ("overdue", "signed", "2024-01-01", "2024-03-01"),
        ("overdue", "started", "2024-09-20", None),
        ("done", "completed", "2024-01-01", "2024-01-11"),
    )
    table = metrics.standing(stages, DAY, longest_days={"signed": 180, "completed": 1})
    assert table["days_late"].to_dict() == {"done": 10, "late": 60, "overdue": 10}
    assert table["stuck"].to_dict() == {"done": False, "late": True, "overdue": True}


def test_a_project_without_the_day_of_its_stage_is_not_stuck() -> None:
    stages = frame(("a", "signed", "2020-01-01", "2020-01-01"), ("a", "started", None, "2020-02-01"))
    row = metrics.standing(stages, DAY, longest_days={"signed": 10}).loc["a"]
    assert row["stage"] == "started" and not row["stuck"]


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        (frame(("a", "opened", None, None)), "stage must be one of"),
        (
            frame(("a", "signed", None, None), ("a", "signed", None, None)),
            "a project has each stage once; got a signed",
        ),
    ],
)
def test_registers_that_contradict_themselves_are_refused(stages: pd.DataFrame, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        metrics.stage_delays(stages, DAY)


@given(registers())
def test_the_funnel_never_grows_along_the_life(stages: pd.DataFrame) -> None:
    table = metrics.standing(stages, DAY, longest_days={}).assign(investment=1.0)
    counts = metrics.life_counts(table)
    assert counts["stage"].tolist() == list(STAGES)
    assert (counts["reached"].diff().dropna() <= 0).all()
    assert counts["now"].sum() == counts["reached"].iloc[0] == table["stage"].notna().sum()
    assert counts["investment"].sum() == pytest.approx(counts["investment_reached"].iloc[0])


@given(registers())
def test_groups_add_up_to_the_whole(stages: pd.DataFrame) -> None:
    table = metrics.standing(stages, DAY, longest_days={}).assign(investment=2.0)
    table["cluster"] = np.where(np.arange(len(table)) % 2, "ships", "seafood")
    parts = metrics.life_counts(table, ["cluster"]).groupby("stage")["reached"].sum()
    whole = metrics.life_counts(table).set_index("stage")["reached"]
    assert parts.to_dict() == whole[whole.index.isin(parts.index)].to_dict()


@given(registers(), st.sampled_from(STAGES))
def test_courses_never_fall(stages: pd.DataFrame, stage: str) -> None:
    course = metrics.stage_course(stages, stage, DAY)
    for name in ("planned", "actual"):
        assert (course[name].dropna().diff().dropna() >= 0).all()
    assert course["actual"].dropna().le(len(stages)).all()


def test_nothing_scheduled_has_no_ratio() -> None:
    months = pd.DataFrame(
        {"project_id": ["a", "b"], "time_period": "2024-09", "scheduled": [0.0, 2.0], "invested": [1.0, 1.0]}
    )
    ratio = metrics.investment_progress(months, "2024-09")["ratio_pct"]
    assert np.isnan(ratio["a"]) and ratio["b"] == 50


def test_the_newest_month_known_counts() -> None:
    months = pd.DataFrame(
        {
            "project_id": "a",
            "time_period": ["2024-07", "2024-08", "2024-10"],
            "scheduled": [1.0, 2.0, 9.0],
            "invested": [1.0, np.nan, 9.0],
        }
    )
    row = metrics.investment_progress(months, "2024-09").loc["a"]
    assert (row["time_period"], row["scheduled"]) == ("2024-07", 1.0)
    course = metrics.investment_course(months, "2024-09")
    assert course["time_period"].tolist() == ["2024-07", "2024-08", "2024-09"]
    assert course["invested"].tolist() == [1.0, 1.0, 1.0] and course["projects"].tolist() == [1, 1, 1]


def test_no_months() -> None:
    none = pd.DataFrame({"project_id": [], "time_period": [], "scheduled": [], "invested": []})
    none = none.astype({"project_id": str, "time_period": str})
    assert (
        metrics.investment_progress(none, "2024-09").empty
        and metrics.investment_course(none, "2024-09").empty
    )


def test_a_month_twice_is_refused() -> None:
    months = pd.DataFrame(
        {"project_id": ["a", "a"], "time_period": "2024-09", "scheduled": 1.0, "invested": 1.0}
    )
    for use in (metrics.investment_progress, metrics.investment_course):
        with pytest.raises(ValueError, match="each month once; got a 2024-09"):
            use(months, "2024-09")


@given(st.floats(0, 300), st.floats(0, 50), st.floats(-500, 500), st.floats(0, 100))
def test_lights_get_no_better_with_less_investment_or_more_delay(
    ratio: float, less: float, late: float, more: float
) -> None:
    pair = metrics.project_lights(
        pd.Series([ratio, max(ratio - less, 0)]), pd.Series([late, late + more]), limits=LIMITS
    )["light"]
    assert LIGHTS.index(pair[0]) <= LIGHTS.index(pair[1])


@pytest.mark.parametrize(
    ("ratio", "late", "light"),
    [
        (100, 30, "green"),
        (99.9, 0, "amber"),
        (90, 0, "amber"),
        (89.9, 0, "red"),
        (120, 31, "amber"),
        (120, 90, "amber"),
        (120, 91, "red"),
        (120, -60, "green"),
        (np.nan, 31, "amber"),
        (95, np.nan, "amber"),
    ],
)
def test_lights_at_their_thresholds(ratio: float, late: float, light: str) -> None:
    lights = metrics.project_lights(pd.Series([ratio]), pd.Series([late]), limits=LIMITS)
    assert lights["light"].tolist() == [light]


def test_no_light_where_nothing_is_known() -> None:
    lights = metrics.project_lights(pd.Series([np.nan]), pd.Series([np.nan]), limits=LIMITS)
    assert lights.isna().all(axis=None)


@pytest.mark.parametrize("wrong", [{"invested_amber": 1.1}, {"late_amber": 10}])
def test_limits_in_disorder_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="amber must not be stricter"):
        metrics.project_lights(pd.Series([1.0]), pd.Series([1.0]), limits=LIMITS | wrong)


def finished(late: list[int | None]) -> pd.DataFrame:
    """Projects planned for the first of 2024, late by so many days or still missing."""
    planned = pd.Timestamp("2024-01-01")
    rows = [
        (
            f"p{i}",
            "completed",
            str(planned.date()),
            None if n is None else str((planned + pd.Timedelta(days=n)).date()),
        )
        for i, n in enumerate(late)
    ]
    return frame(*rows)


def test_the_usual_delay_is_the_median_where_all_are_finished() -> None:
    assert metrics.usual_delay_days(finished([10, 20, 30, 40, 50]), DAY, least=5) == 30


def test_unfinished_projects_make_the_usual_delay_longer() -> None:
    # Kaplan-Meier by hand: 3 of 5 finished late by 10, 20, 30, two are 273 days overdue: S(30) = 0.4
    assert metrics.usual_delay_days(finished([10, 20, 30, None, None]), DAY, least=3) == 30
    # S(20) = 0.6 and nothing more is known
    assert metrics.usual_delay_days(finished([10, 20, None, None, None]), DAY, least=2) is None


def test_early_projects_are_no_negative_delay() -> None:
    assert metrics.usual_delay_days(finished([-40, -30, -20]), DAY, least=3) == 0


def test_actual_days_before_planned_ones_count_as_early() -> None:
    life = metrics.stage_delays(finished([-40]), DAY)
    assert life["days_late"].tolist() == [-40] and life["state"].tolist() == ["on_time"]


@st.composite
def capacities(draw: st.DrawFn) -> pd.DataFrame:
    size = draw(st.integers(1, 6))

    def some() -> pd.Series:
        drawn = [draw(days) for _ in range(size)]
        return BEFORE + pd.to_timedelta(pd.array(drawn, dtype="Int64"), unit="D").to_series(index=range(size))

    output = [draw(st.one_of(st.none(), st.floats(0, 500))) for _ in range(size)]
    ids = [draw(st.sampled_from(["ships", "seafood"])) for _ in range(size)]
    table = {"unique_id": ids, "output_a_year": pd.Series(output, dtype=float)}
    return pd.DataFrame(table | {"planned": some(), "actual": some()})


@given(capacities(), st.floats(1, 36), st.floats(0, 900))
def test_scenarios_come_in_order(projects: pd.DataFrame, ramp: float, delay: float) -> None:
    added = metrics.capacity_scenarios(
        projects, last_known="2024-09", months=15, ramp_months=ramp, delay_days=delay
    )
    wide = added.pivot(index=["unique_id", "ds"], columns="scenario", values="output_added")
    assert (wide["low"] <= wide["central"] + 1e-9).all() and (wide["central"] <= wide["high"] + 1e-9).all()
    assert (wide >= -1e-9).all(axis=None) and list(added["scenario"].unique()) == list(SCENARIOS)
    most = projects.groupby("unique_id")["output_a_year"].sum() / 12
    assert (wide["high"].groupby("unique_id").max() <= most + 1e-6).all()


@given(capacities())
def test_output_grows_month_by_month(projects: pd.DataFrame) -> None:
    added = metrics.capacity_scenarios(
        projects, last_known="2024-09", months=15, ramp_months=12, delay_days=60
    )
    for _, rows in added.groupby(["scenario", "unique_id"]):
        assert (rows.sort_values("ds")["output_added"].diff().dropna() >= -1e-9).all()


def test_a_project_reaches_full_capacity_after_the_ramp_and_no_more() -> None:
    projects = pd.DataFrame(
        {
            "unique_id": "ships",
            "output_a_year": [120.0],
            "planned": [DAY],
            "actual": [pd.Timestamp("2024-09-15")],
        }
    )
    added = metrics.capacity_scenarios(
        projects, last_known="2024-09", months=6, ramp_months=4, delay_days=None
    )
    low = added[added["scenario"].eq("low")]["output_added"]
    assert low.tolist() == [2.5, 5.0, 7.5, 10.0, 10.0, 10.0]
    assert list(added["scenario"].unique()) == ["low", "high"]


def test_what_a_project_delivers_already_is_not_added_again() -> None:
    projects = pd.DataFrame(
        {
            "unique_id": "ships",
            "output_a_year": [120.0],
            "planned": [DAY],
            "actual": [pd.Timestamp("2020-01-01")],
        }
    )
    added = metrics.capacity_scenarios(projects, last_known="2024-09", months=3, ramp_months=12, delay_days=0)
    assert added["output_added"].eq(0).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"months": 0}, "months must be at least 1"),
        ({"ramp_months": 0.5}, "ramp_months must be at least 1"),
        ({"delay_days": -1.0}, "delay_days must not be below zero"),
    ],
)
def test_scenarios_refuse_nonsense(change: dict[str, float], words: str) -> None:
    projects = pd.DataFrame(
        {"unique_id": ["a"], "output_a_year": [1.0], "planned": [DAY], "actual": [pd.NaT]}
    )
    asked = {"last_known": "2024-09", "months": 3, "ramp_months": 12, "delay_days": 0.0} | change
    with pytest.raises(ValueError, match=words):
        metrics.capacity_scenarios(projects, **asked)


def test_negative_output_is_refused() -> None:
    projects = pd.DataFrame(
        {"unique_id": ["a"], "output_a_year": [-1.0], "planned": [DAY], "actual": [pd.NaT]}
    )
    with pytest.raises(ValueError, match="output_a_year must not be below zero"):
        metrics.capacity_scenarios(projects, last_known="2024-09", months=3, ramp_months=12, delay_days=0)


def test_the_reviews_200_a_year_is_16_7_a_month() -> None:
    added = metrics.published_capacity(200.0, last_known="2023-10", months=14)
    assert added["output_added"].sum() == pytest.approx(200 * 14 / 12)
    assert added["ds"].iloc[[0, -1]].dt.strftime("%Y-%m-%d").tolist() == ["2023-11-30", "2024-12-31"]
