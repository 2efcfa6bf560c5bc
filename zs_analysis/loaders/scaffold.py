"""The start of a data package for another city: codes that cities share, and the empty tables of its own."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path

import pandas as pd

from zs_analysis.loaders import DATA
from zs_analysis.loaders.about import FILE, TIERS
from zs_analysis.loaders.package import TABLES, fields_of, read_text, resource
from zs_analysis.loaders.schema import DataError

CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
# Kinds of areas that every city of the province is compared with or lies in.
SHARED_AREAS = ("country", "province", "region", "city")
ALL_CLUSTERS, BUREAU, CONVENTION = "all_clusters", "市经信局", "本套件约定"
# Rules whose numbers come from Zhoushan's documents.
BORROWED = ("ladder", "per_mu_example")
EX_FIRM = "investment_industry_ex_zpc"


def init(folder: str | Path, *, city: str, zh: str, en: str) -> Path:
    """Write a valid data package for a city of Zhejiang, without a figure in it.

    Parameters
    ----------
    folder : path
        Where to; it must not exist, or be empty.
    city : str
        Code, like ``ningbo``.
    zh, en : str
        Full names, like ``宁波市`` and ``Ningbo``.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DataError
        If the folder holds something or cannot be written, or a name or code cannot be one.

    Notes
    -----
    Units, indicators, activities, the province and its cities, labels of bulletins and the rules come along
    from the embedded package. Clusters, targets, figures, sources, projects and registers are the city's own:
    their tables have columns and no rows. ``docs/bring-your-own-city.md`` has an example line of each.
    """
    folder = Path(folder)
    _refuse(folder, city, zh, en)
    tables = {name: pd.DataFrame(columns=fields_of(name)) for name in TABLES} | _shared(city, zh, en)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as made:
            _write(Path(made) / "package", tables, _description(city, zh, en))
            if folder.exists():
                folder.rmdir()
            shutil.move(Path(made) / "package", folder)
    except OSError as error:
        raise DataError.of(
            str(folder), f"cannot be written: {error.strerror}; name another folder"
        ) from error
    return folder


def _refuse(folder: Path, city: str, zh: str, en: str) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError.of(str(folder), "is there already and not an empty folder; name a new one")
    if not CODE.fullmatch(city):
        raise DataError.of("--city", f"must be lower-case letters, digits and _, like ningbo; got {city!r}")
    if not zh.strip() or not en.strip():
        raise DataError.of("--zh and --en", "must be the city's names, like 宁波市 and Ningbo")
    taken = read_text("areas", DATA).set_index("area")["kind"].get(city, "city")
    if taken != "city":
        raise DataError.of("--city", f"{city} is the code of a {taken} already; choose another")


def _shared(city: str, zh: str, en: str) -> dict[str, pd.DataFrame]:
    shared = {name: read_text(name, DATA) for name in ("areas", "activities", "aliases", "rules", "units")}
    shared["indicators"] = read_text("indicators", DATA)
    shared["areas"] = _areas(shared["areas"], city, zh, en)
    shared["activities"] = _activities(shared["activities"])
    shared["aliases"] = _aliases(shared["aliases"], shared["areas"], shared["activities"])
    shared["rules"] = _rules(shared["rules"])
    shared["indicators"] = _indicators(shared["indicators"])
    english = "Economy and Information Technology Bureau"
    shared["departments"] = pd.DataFrame(
        [[BUREAU, f"{zh}经济和信息化局", english]], columns=fields_of("departments")
    )
    return shared


def _areas(areas: pd.DataFrame, city: str, zh: str, en: str) -> pd.DataFrame:
    shared = areas[areas["kind"].isin(SHARED_AREAS) & areas["area"].ne(city)]
    province = areas.loc[areas["kind"].eq("province"), "area"].iloc[0]
    own = [city, zh, zh[:-1] if len(zh) > 2 and zh[-1] in "市州区县" else zh, en, "city", province, "yes", ""]
    return pd.concat([shared, pd.DataFrame([own], columns=areas.columns)])


def _activities(activities: pd.DataFrame) -> pd.DataFrame:
    """Without Zhoushan's clusters; the industries in one lie in manufacturing."""
    clusters = set(read_text("clusters", DATA)["cluster"])
    rows = activities[~activities["activity"].isin(clusters)]
    rows = rows.assign(parent=rows["parent"].mask(rows["parent"].isin(clusters), "manufacturing"))
    names = {"name_zh": "产业集群", "name_en": "Industrial clusters", "note": ""}
    rows.loc[rows["activity"].eq(ALL_CLUSTERS), list(names)] = list(names.values())
    return rows


def _aliases(aliases: pd.DataFrame, areas: pd.DataFrame, activities: pd.DataFrame) -> pd.DataFrame:
    known_area = aliases["ref_area"].isin(["", *areas["area"]])
    return aliases[known_area & aliases["activity"].isin(["", *activities["activity"]])]


def _rules(rules: pd.DataFrame) -> pd.DataFrame:
    """The rules, with no word of documents that are not this city's."""
    own = rules["source"].str.startswith(CONVENTION)
    source = rules["source"].mask(own, CONVENTION).str.replace("[，；]舟山.*", "", regex=True)
    words = f"{CONVENTION}：数值沿用他市文件，请改为本市的"
    return rules.assign(source=source.mask(rules["scheme"].isin(BORROWED) & ~own, words))


def _indicators(indicators: pd.DataFrame) -> pd.DataFrame:
    rows, names = indicators.copy(), ["name_zh", "name_en"]
    words = ["工业投资（扣除主导企业）", "Industrial investment excluding the dominant firm"]
    rows.loc[rows["indicator"].eq(EX_FIRM), names] = words
    return rows


def _description(city: str, zh: str, en: str) -> dict[str, object]:
    known = json.loads((DATA / FILE).read_text(encoding="utf-8"))
    short = zh.removesuffix("市")
    own = {
        "name": f"{city.replace('_', '-')}-clusters",
        "title": f"Published figures and targets of {en}'s manufacturing clusters",
        "city": city,
        "suite": {"zh": f"{short}产业集群分析", "en": f"{en}'s manufacturing clusters"},
        "clusters": {"zh": "产业集群", "en": "clusters"},
        "plan": {"zh": "行动方案", "en": "action plan"},
        "tiers": {tier: known["tiers"][tier] for tier in TIERS},
    }
    return known | own


def _write(folder: Path, tables: dict[str, pd.DataFrame], description: dict[str, object]) -> None:
    folder.mkdir()
    for name, table in tables.items():
        file = folder / str(resource(name)["path"])
        table.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")
    text = json.dumps(description, ensure_ascii=False, indent=2)
    (folder / FILE).write_text(text + "\n", encoding="utf-8", newline="\n")
