"""Write an invented data package: 500 firms, 100 projects, and the figures that would be published of them.

    python examples/generate.py FOLDER

Everything that says something about firms, projects, output or investment is invented and named so. Copied
from ``data/`` are the vocabularies, the rules and the targets of the plan: the plan is the frame that the
invented outcomes are held against. The same bytes come out every time.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))

from invented import figures, firms, investment, outcomes, output, projects, reports

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
COPIED = (
    *("activities", "aliases", "areas", "clusters", "departments"),
    *("indicators", "panel_links", "rules", "targets", "units"),
)
# Real firms in the vocabulary, lest invented figures stand beside their names
RENAMED = {
    "浙江石油化工有限公司": "示例龙头企业有限公司",
    "浙石化": "示例龙头企业",
    "Zhejiang Petroleum & Chemical Co., Ltd.": "Example Leader Co., Ltd.",
    "ZPC": "Example Leader",
    "荣盛石化": "示例母公司",
    "Rongsheng Petrochemical": "Example Parent",
}
NOTICE = {"zh": "示例数据，纯属虚构。", "en": "Example data, wholly invented."}
TITLE = "Invented example of a data package (示例数据，纯属虚构)"
DESCRIPTION = (
    "Firms, projects, judgements, observations and their sources are invented by examples/generate.py. "
    "Vocabularies, rules and targets are those of the embedded package, but for the names of firms; the "
    "targets are the frame that the invented outcomes are held against."
)
README = """# 示例数据，纯属虚构 / Example data, wholly invented

Written by `examples/generate.py`. Firms, projects, judgements, observations and sources are invented.
Vocabularies, rules and targets are copied from `data/`: the targets are the published plan's, and serve as
the frame that the invented outcomes are held against.
"""
NOTE = "示例数据，纯属虚构"
PUBLISHER = "示例统计机构（虚构）"


def tables() -> dict[str, pd.DataFrame]:
    """Every invented table, by name, with the columns and the order of the data model."""
    register = firms.register()
    monthly = reports.months(register, firms.output(register))
    vintages, accounts = reports.with_revisions(monthly), reports.accounts(register, monthly)
    plans = projects.register(register)
    courses = projects.months(plans)
    counted = output.above_scale(vintages, accounts, register)
    invested = investment.by_month(plans, courses, output.known(counted, final=True))
    observations = figures.frame(_observations(register, accounts, counted, invested))
    return {
        "observations": observations,
        "sources": _sources(observations),
        "enterprises": register.assign(released=_first_release(register)),
        "enterprise_months": vintages,
        "enterprise_years": accounts,
        "projects": plans,
        "project_stages": projects.stages(plans),
        "project_months": courses,
        "judgements": outcomes.judgements(),
    }


def _observations(
    register: pd.DataFrame, accounts: pd.DataFrame, counted: pd.DataFrame, invested: pd.DataFrame
) -> Iterator[dict[str, str]]:
    targets = read("targets")
    published = list(output.figures(counted))
    yield from published
    yield from outcomes.province(figures.frame(published))
    yield from outcomes.expectations()
    yield from investment.figures(invested)
    yield from outcomes.digital()
    yield from outcomes.review()
    yield from outcomes.per_mu(accounts)
    yield from outcomes.of_accounts(accounts, register, targets)
    yield from outcomes.of_targets(targets)


def _first_release(register: pd.DataFrame) -> pd.Series:
    """A firm is entered with its first month's figures; those there from the start, with the first of all."""
    months = figures.MONTHS
    return register["first"].clip(lower=13).map(lambda number: reports.release_of(months[number]))


def _sources(observations: pd.DataFrame) -> pd.DataFrame:
    """The invented sources, and the documents that the copied targets quote."""
    rows = observations[["source_id", "released"]].drop_duplicates("source_id")
    of_projects = [projects.SOURCE, reports.release_of(figures.MONTHS[-1])]
    judged = outcomes.judgements()[["source_id", "released"]].drop_duplicates()
    rows = pd.concat([rows, pd.DataFrame([of_projects], columns=rows.columns), judged], ignore_index=True)
    rows = rows.sort_values("source_id").assign(
        title=rows["source_id"].map(_title),
        publisher=PUBLISHER,
        url="",
        kind="secondary",
        language="zh",
        note=NOTE,
    )
    sources = read("sources")
    quoted = sources[sources["source_id"].isin(read("targets")["source_id"])]
    return pd.concat([quoted, rows], ignore_index=True)


def _title(source_id: str) -> str:
    kind, _, period = source_id.removeprefix("example-").rpartition("-")
    if kind == "accounts":
        return f"示例企业年报汇总{period}年（虚构）"
    if kind.startswith("projects"):
        return "示例项目库（虚构）"
    if kind.startswith("judgements"):
        return "示例形势研判（虚构）"
    return f"示例统计月报{kind}年{int(period)}月（虚构）"


def read(table: str) -> pd.DataFrame:
    """A table of the embedded package as text cells."""
    return pd.read_csv(DATA / f"{table}.csv", dtype=str, keep_default_na=False)


def write(folder: Path) -> None:
    """Write the whole package into a folder.

    Parameters
    ----------
    folder : Path
        Made if it is missing; files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    description = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    columns = {
        one["name"]: [field["name"] for field in one["schema"]["fields"]] for one in description["resources"]
    }
    for name in COPIED:
        text = (DATA / f"{name}.csv").read_text(encoding="utf-8")
        for real, invented in RENAMED.items():
            text = text.replace(real, invented)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
    for name, table in tables().items():
        text = table[columns[name]].map(_text)
        text.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    described = description | {
        "name": "invented-example",
        "title": TITLE,
        "description": DESCRIPTION,
        "notice": NOTICE,
    }
    text = json.dumps(described, ensure_ascii=False, indent=2)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    (folder / "README.md").write_text(README, encoding="utf-8", newline="\n")


def _text(cell: object) -> object:
    """A number without an empty fraction; nothing where there is none."""
    if isinstance(cell, float):
        return "" if pd.isna(cell) else f"{cell:.2f}".rstrip("0").rstrip(".")
    return cell


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/generate.py FOLDER")
    write(Path(sys.argv[1]))
