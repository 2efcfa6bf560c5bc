"""The invented projects: their life from plan to production, and what is invested month by month."""

import numpy as np
import pandas as pd

from invented.reports import release_of
from invented.sectors import CLUSTERS, DOMINANT, MONTHS, SECTORS, rng_of

STAGES = ("planned", "signed", "started", "building", "completed")
STAGES_ZH = ("谋划", "签约", "开工", "在建", "投产")
COUNT, DAY_0, TODAY, SOURCE = 100, "2021-01-01", "2024-09-30", "example-projects-2024-09"
DAYS_A_MONTH = 30.4
# Months between one stage and the next, as planned.
STEPS = (0, 4, 5, 3, 16)
# Shares of projects that are renovations, and that stay where they are after a stage.
RENOVATION, STUCK = 0.42, 0.09
# The first projects are the dominant firm's: 100 million yuan, kind, day it begins, from `DAY_0`.
OF_DOMINANT = pd.DataFrame(
    [(180.0, "new", -700), (270.0, "new", -60), (128.0, "new", 1010), (9.5, "renovation", 420)],
    columns=["investment", "kind", "start"],
).assign(cluster="petrochemicals", enterprise=DOMINANT)


def register(firms: pd.DataFrame) -> pd.DataFrame:
    """The projects, what they cost and add, and when each stage is planned and reached.

    Parameters
    ----------
    firms : pandas.DataFrame
        As `invented.firms.register` gives them.

    Returns
    -------
    pandas.DataFrame
        Columns of ``projects``, and ``planned_<stage>``, ``actual_<stage>`` as days (``NaT``: not reached).
    """
    rng = rng_of("projects")
    renovation = rng.random(COUNT) < RENOVATION
    cluster = rng.choice(CLUSTERS, COUNT, p=_weights())
    cost = np.where(renovation, rng.lognormal(0.3, 0.7, COUNT), rng.lognormal(1.4, 0.9, COUNT))
    adds = np.where(renovation, rng.uniform(0.3, 0.8, COUNT), rng.uniform(0.9, 1.9, COUNT))
    frame = pd.DataFrame(
        {
            "project_id": [f"p-{number:03d}" for number in range(1, COUNT + 1)],
            "cluster": cluster,
            "enterprise": [_owner(firms, code, rng) for code in cluster],
            "kind": np.where(renovation, "renovation", "new"),
            "investment": cost.round(1).clip(0.3),
            "start": rng.triangular(-700, 1100, 1500, COUNT).round(),
        }
    )
    frame.loc[: len(OF_DOMINANT) - 1, list(OF_DOMINANT)] = OF_DOMINANT.to_numpy()
    frame["output_a_year"] = (frame["investment"] * adds).round(1)
    frame["ref_area"] = firms.set_index("enterprise")["ref_area"].reindex(frame["enterprise"]).to_numpy()
    return _described(frame.join(_dates(frame, rng)))


def _weights() -> np.ndarray:
    share = np.array([np.sqrt(SECTORS[code].output) for code in CLUSTERS])
    return share / share.sum()


def _owner(firms: pd.DataFrame, code: str, rng: np.random.Generator) -> str:
    larger = firms[firms["activity"].eq(code) & firms["first"].eq(0) & firms["enterprise"].ne(DOMINANT)]
    return rng.choice(larger["enterprise"].head(max(3, len(larger) // 2)))


def _dates(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Planned and actual days: some projects are early, most a little late, some stuck."""
    quicker = np.where(frame["kind"].eq("renovation"), 0.6, 1.0)[:, None]
    steps = (np.array(STEPS) * quicker).cumsum(axis=1) * DAYS_A_MONTH
    planned = frame[["start"]].to_numpy(dtype=float) + steps.round() + rng.integers(-6, 7, steps.shape)
    planned = np.maximum.accumulate(planned, axis=1)
    delay = (rng.normal(6, 32, steps.shape) * (np.array(STEPS) > 0)).cumsum(axis=1)
    actual = np.maximum.accumulate(planned + delay.round(), axis=1)
    stuck, stuck_after = rng.random(len(frame)) < STUCK, rng.integers(1, 4, len(frame))
    never = stuck[:, None] & (np.arange(len(STAGES)) > stuck_after[:, None])
    today = (pd.Timestamp(TODAY) - pd.Timestamp(DAY_0)).days
    actual = np.where(never | (actual > today), np.nan, actual)
    names = [f"{kind}_{stage}" for kind in ("planned", "actual") for stage in STAGES]
    days = pd.DataFrame(np.hstack([planned, actual]), columns=names)
    return days.apply(lambda column: pd.Timestamp(DAY_0) + pd.to_timedelta(column, unit="D"))


def _described(frame: pd.DataFrame) -> pd.DataFrame:
    reached = frame[[f"actual_{stage}" for stage in STAGES]].notna().sum(axis=1).clip(lower=1) - 1
    words = reached.map(dict(enumerate(STAGES_ZH)))
    number = frame["project_id"].str[-3:]
    return frame.assign(
        name_zh="示例项目" + number,
        name_en="Example project " + number,
        status=reached.map(dict(enumerate(STAGES))),
        status_zh=words,
        unit="1e8_cny",
        as_of=TODAY,
        quote="示例项目" + number + "（虚构）：" + words,
        place=number.astype(int).map(lambda row: f"第{row}行"),
        source_id=SOURCE,
        released=release_of(MONTHS[-1]),
    )


def stages(projects: pd.DataFrame) -> pd.DataFrame:
    """Stages in releases: the plan when a project is entered, then each stage as it is reached."""
    rows = [row for project in projects.to_dict("records") for row in _stage_rows(project)]
    return pd.DataFrame(rows, columns=["project_id", "stage", "planned", "actual", "released"])


def _stage_rows(project: dict[str, object]) -> list[dict[str, object]]:
    entered = release_of(max(project["planned_planned"].to_period("M"), MONTHS[0]))
    rows = {}
    for stage in STAGES:
        plan, actual = project[f"planned_{stage}"], project[f"actual_{stage}"]
        row = {"project_id": project["project_id"], "stage": stage, "planned": f"{plan:%Y-%m-%d}"}
        rows[stage, entered] = row | {"actual": "", "released": entered}
        if pd.notna(actual):
            known = max(release_of(actual.to_period("M")), entered)
            rows[stage, known] = row | {"actual": f"{actual:%Y-%m-%d}", "released": known}
    return list(rows.values())


def months(projects: pd.DataFrame) -> pd.DataFrame:
    """Investment scheduled and done since the start of each project, by month, 100 million yuan."""
    rng = rng_of("investment")
    frames = [_course(project, rng) for project in projects.to_dict("records")]
    columns = ["project_id", "time_period", "scheduled", "invested", "released"]
    return pd.concat([frame for frame in frames if frame is not None], ignore_index=True)[columns]


def _course(project: dict[str, object], rng: np.random.Generator) -> pd.DataFrame | None:
    """One project from the month it starts, planned or not, to three months after it is done."""
    started, done = project["actual_started"], project["actual_completed"]
    first = min(day for day in (project["planned_started"], started) if pd.notna(day))
    window = first.to_period("M") <= MONTHS
    if pd.notna(done):
        window &= done.to_period("M") + 3 >= MONTHS
    if not window.any():
        return None
    scheduled = _rise(project["planned_started"], project["planned_completed"])
    frame = pd.DataFrame(
        {
            "project_id": project["project_id"],
            "time_period": MONTHS.astype(str),
            "scheduled": (scheduled * project["investment"]).round(2),
            "invested": (_invested(project, rng) * project["investment"]).round(2),
            "released": [release_of(month) for month in MONTHS],
        }
    )
    return frame[window]


def _invested(project: dict[str, object], rng: np.random.Generator) -> np.ndarray:
    """Share invested by the end of each month: projects not done yet go on at a pace of their own."""
    begins, ends = project["planned_started"], project["planned_completed"]
    started, done = project["actual_started"], project["actual_completed"]
    noise, pace = np.exp(rng.normal(0, 0.014, len(MONTHS)).cumsum()), rng.uniform(0.86, 1.1)
    if pd.isna(started):
        return np.zeros(len(MONTHS))
    if pd.notna(done):
        share = _rise(started, done) * noise
    else:
        share = pace * np.minimum(_rise(started, ends + (ends - begins) * (1 / pace - 1)) * noise, 0.96)
    return np.maximum.accumulate(np.minimum(share, 1.02))


def _rise(begins: pd.Timestamp, ends: pd.Timestamp) -> np.ndarray:
    """Share done at the end of each month: slow at first, fast in the middle."""
    closes = MONTHS.to_timestamp(how="end")
    part = ((closes - begins) / (ends - begins)).to_numpy().clip(0, 1)
    return part * part * (3 - 2 * part)
