"""What a data package says of itself: which area it is about, and what is called how there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zs_analysis.loaders import DATA
from zs_analysis.loaders.schema import DataError, failure, failure_frame
from zs_analysis.loaders.text import read_table

FILE = "datapackage.json"
NAMED = ("suite", "clusters", "plan")
TIERS = ("core", "leading", "special")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class About:
    """Whose figures a data package holds, and the words of its pages that differ from city to city.

    Attributes
    ----------
    city : str
        Code in ``areas.csv`` of the area that the reports are about.
    suite, clusters, plan : mapping of str to str
        By language: the title of the site, the clusters in short, the plan that sets the targets.
    tiers : mapping of str to mapping
        What the tiers of ``clusters.csv`` are called, by code and language.
    notice : mapping of str to str
        What every page must say, such as that figures are invented; empty for most.
    """

    city: str
    suite: Mapping[str, str]
    clusters: Mapping[str, str]
    plan: Mapping[str, str]
    tiers: Mapping[str, Mapping[str, str]]
    notice: Mapping[str, str] = field(default_factory=dict)


def about(data: str | Path | None = None) -> About:
    """Read what ``datapackage.json`` says of the package.

    Parameters
    ----------
    data : path, optional
        Folder of another data package.

    Raises
    ------
    DataError
        With everything that is missing or wrong in it.

    Examples
    --------
    >>> about().city, about().suite["en"]
    ('zhoushan', "Zhoushan's 155 manufacturing clusters")
    """
    folder = Path(data) if data else DATA
    said = _described(folder / FILE)
    if wrong := _wrong(said, folder):
        raise DataError(failure_frame([failure(FILE, rule, column=name) for name, rule in wrong.items()]))
    return About(**{name: said[name] for name in ("city", *NAMED, "tiers")}, notice=said.get("notice", {}))


def _described(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except OSError:
        rule = f"cannot be read in {file.parent}; zs-analysis init writes one (see docs/data-model.md)"
        raise DataError.of(FILE, rule) from None
    except ValueError as error:
        raise DataError.of(FILE, f"is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise DataError.of(FILE, "must be an object: {...}")
    return said


def _wrong(said: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """By field, what is wrong with it."""
    areas = read_table(folder / "areas.csv", "areas.csv")
    wrong = {name: 'must be {"zh": ..., "en": ...}' for name in NAMED if not _in_both(said.get(name))}
    if "area" not in areas or said.get("city") not in set(areas["area"]):
        wrong["city"] = "must be the code of an area in areas.csv, that of the city the reports are about"
    tiers = said.get("tiers")
    if not isinstance(tiers, Mapping) or not all(_in_both(tiers.get(tier)) for tier in TIERS):
        wrong["tiers"] = f'must have {{"zh": ..., "en": ...}} for each of {", ".join(TIERS)}'
    if "notice" in said and not _in_both(said["notice"]):
        wrong["notice"] = 'must be {"zh": ..., "en": ...} where it is given'
    return wrong


def _in_both(words: object) -> bool:
    return isinstance(words, Mapping) and all(
        isinstance(words.get(lang), str) and words[lang].strip() for lang in LANGUAGES
    )
