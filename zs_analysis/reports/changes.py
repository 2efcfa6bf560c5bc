"""What changed between two runs, from their manifests: headline numbers, parameters, data, code, reports.

A number is a mapping, as notebooks hand it over with the MIME type `METRICS`: the fields of `CELL` say what
it is of, `time_period` when; `origin` is empty for what is known and names who says so for what is not;
`status` is ``F`` for a forecast. `words` holds, by language, the number as printed and how to write
differences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Literal

from zs_analysis.reports import manifest
from zs_analysis.reports.books import BookChanges
from zs_analysis.reports.files import write_atomic
from zs_analysis.reports.page import FontCss, PageMeta, document, lenient
from zs_analysis.reports.words import WORDS, Lang

CHANGES = "changes.html"
CELL = ("indicator", "ref_area", "activity", "transformation", "unit")
FORECAST = "F"
# Hexadecimal digits of a commit or a digest that are shown.
SHOWN = 12

Metric = Mapping[str, Any]
Key = tuple[str, ...]
# With the names of the reports that tell it.
Number = tuple[Metric, list[str]]


@dataclass(frozen=True)
class Pair:
    """One number in two runs.

    Attributes
    ----------
    before, after : mapping or None
        The number; one of them may be missing.
    reports : tuple of str
        Titles of the reports that tell it.
    """

    before: Metric | None
    after: Metric | None
    reports: tuple[str, ...]

    @property
    def known(self) -> Metric:
        """The newer of the two, for its name."""
        return self.after or self.before or {}

    @property
    def change(self) -> float:
        """After less before."""
        return self.after["value"] - self.before["value"] if self.before and self.after else 0.0

    @property
    def size(self) -> float:
        """The change as a share of the larger of the two numbers."""
        largest = (
            max(abs(self.before["value"]), abs(self.after["value"])) if self.before and self.after else 0
        )
        return abs(self.change) / largest if largest else 0.0

    @property
    def inside(self) -> bool | None:
        """Whether an outcome lies in the interval that was forecast; None where there was none."""
        low, high = (self.before[end] for end in ("lo", "hi")) if self.before else (None, None)
        return None if low is None or high is None else low <= self.known["value"] <= high


@dataclass(frozen=True)
class Setting:
    """A parameter, version or file that is not as it was; None where it was not, or is no more."""

    name: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> Literal["changed", "new", "gone"]:
        """What became of it."""
        return "new" if self.before is None else "gone" if self.after is None else "changed"


@dataclass(frozen=True)
class Changes:
    """What is not as it was between two runs.

    Attributes
    ----------
    revised, reforecast : tuple of Pair
        Numbers of one cell and period that are printed otherwise, the largest change first: known ones, and
        forecasts.
    outcomes : tuple of Pair
        Forecast before, known now.
    moved : tuple of Pair
        Known, and of another period now: then and now.
    new, gone : tuple of Pair
        Told by one run only.
    unchanged : int
        Numbers that are printed as they were.
    parameters, data, code : tuple of Setting
        What the runs were made from. Of files and digests, the beginning of the hash.
    reports : tuple of Setting
        By title, with the state before and after: ``ok``, ``failed``, ``withheld``.
    """

    revised: tuple[Pair, ...]
    reforecast: tuple[Pair, ...]
    outcomes: tuple[Pair, ...]
    moved: tuple[Pair, ...]
    new: tuple[Pair, ...]
    gone: tuple[Pair, ...]
    unchanged: int
    parameters: tuple[Setting, ...]
    data: tuple[Setting, ...]
    code: tuple[Setting, ...]
    reports: tuple[Setting, ...]


@dataclass(frozen=True)
class Comparison:
    """A part of the page: what is compared with what, in words, and what came out."""

    title: str
    changes: Changes
    books: tuple[BookChanges, ...] = ()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """Hold two manifests against each other.

    Parameters
    ----------
    before, after : mapping
        Manifests of two runs.

    Returns
    -------
    Changes

    Notes
    -----
    A number is the same one if its cell, period and origin are. What was forecast and is known now is an
    outcome, whoever had forecast it. Of the known numbers that are left, the newest of one cell are then and
    now.
    """
    old, new = _numbers(before), _numbers(after)
    titles = _titles(before, after)
    came = dict(_come_true(old, new))
    both = [key for key in old if key in new and key not in came]
    differ = [_pair(old, key, new, key, titles) for key in both if _printed(old[key]) != _printed(new[key])]
    left = [key for key in old if key not in new and key not in came]
    fresh = [key for key in new if key not in old and key not in came.values()]
    moved = dict(_then_and_now([key for key in left if not _ahead(old[key])], fresh))
    return Changes(
        revised=_largest_first(pair for pair in differ if pair.known["status"] != FORECAST),
        reforecast=_largest_first(pair for pair in differ if pair.known["status"] == FORECAST),
        outcomes=_largest_first(_pair(old, then, new, now, titles) for then, now in came.items()),
        moved=tuple(_pair(old, then, new, now, titles) for then, now in moved.items()),
        new=tuple(_pair(old, None, new, key, titles) for key in fresh if key not in moved.values()),
        gone=tuple(_pair(old, key, new, None, titles) for key in left if key not in moved),
        unchanged=len(both) - len(differ),
        parameters=_settings(before.get("parameters", {}), after.get("parameters", {})),
        data=_settings(_data(before), _data(after)),
        code=_settings(*(_code(run, _made(before) & _made(after)) for run in (before, after))),
        reports=_settings(_states(before, titles), _states(after, titles)),
    )


def _numbers(run: Mapping[str, Any]) -> dict[Key, Number]:
    """Numbers by what they are of, with their reports; what the run made goes before what it kept."""
    found: dict[Key, Number] = {}
    for report in sorted(run["reports"], key=lambda report: bool(report.get("kept"))):
        for one in (report.get("facts") or {}).get("metrics", []):
            key = (*(one[name] for name in CELL), one["origin"], one["time_period"])
            found.setdefault(key, (one, []))[1].append(report["name"])
    return found


def _titles(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    return {report["name"]: report["title"] for run in (before, after) for report in run["reports"]}


def _come_true(old: Mapping[Key, Number], new: Mapping[Key, Number]) -> Iterator[tuple[Key, Key]]:
    """Forecasts of which the outcome was not known and is now."""
    for key, number in old.items():
        outcome = (*key[:-2], "", key[-1])
        if _ahead(number) and outcome in new and outcome not in old:
            yield key, outcome


def _ahead(number: Number) -> bool:
    return number[0]["status"] == FORECAST


def _then_and_now(left: Iterable[Key], fresh: Iterable[Key]) -> Iterator[tuple[Key, Key]]:
    newest = {key[:-1]: key for key in sorted(left)}
    for name, now in {key[:-1]: key for key in sorted(fresh)}.items():
        if name in newest:
            yield newest[name], now


def _pair(
    old: Mapping[Key, Number],
    then: Key | None,
    new: Mapping[Key, Number],
    now: Key | None,
    titles: Mapping[str, str],
) -> Pair:
    before, told_before = old[then] if then else (None, [])
    after, told = new[now] if now else (None, [])
    return Pair(before, after, tuple(titles[name] for name in dict.fromkeys(told or told_before)))


def _largest_first(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple(sorted(pairs, key=lambda pair: -pair.size))


def _printed(number: Number) -> list[tuple[str, str]]:
    return [(words["text"], words["interval"]) for _, words in sorted(number[0]["words"].items())]


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Setting, ...]:
    names = [*before, *(name for name in after if name not in before)]
    pairs = [(name, before.get(name), after.get(name)) for name in names]
    texts = [(name, *(None if one is None else str(one) for one in ends)) for name, *ends in pairs]
    return tuple(Setting(*one) for one in texts if one[1] != one[2])


def _data(run: Mapping[str, Any]) -> dict[str, str]:
    """Digests of the data files, as the reports were made from them; else as the run recorded them."""
    made_from = [report.get("made_from") or {} for report in run["reports"]]
    found = {
        name.removeprefix("data "): digest
        for one in reversed(made_from)
        for name, digest in one.items()
        if name.startswith("data ")
    }
    return found or {Path(file["path"]).name: file["sha256"][:SHOWN] for file in run.get("data", [])}


def _code(run: Mapping[str, Any], names: Set[str]) -> dict[str, str]:
    """Versions and digests of what made a run; of the notebooks, those named."""
    git = run.get("git") or {}
    commit = {"commit": git["commit"][:SHOWN] + "+" * bool(git.get("dirty"))} if git.get("commit") else {}
    made_from = {report["name"]: report["made_from"] for report in run["reports"] if report.get("made_from")}
    libraries = [one["library"] for one in made_from.values() if "library" in one]
    library = {"library": libraries[0]} if libraries else {}
    python = {"python": run["python"]} if "python" in run else {}
    notebooks = {
        f"{name}.ipynb": f"{one['code']} {one['text']}" for name, one in made_from.items() if name in names
    }
    return commit | library | python | run.get("packages", {}) | notebooks


def _made(run: Mapping[str, Any]) -> set[str]:
    """Reports of which it is known what they were made from."""
    return {report["name"] for report in run["reports"] if report.get("made_from")}


def _states(run: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, str]:
    return {titles[report["name"]]: report["status"] for report in run["reports"]}


# Words


def difference(pair: Pair, lang: Lang) -> str:
    """The change of a number as printed, in percent of the number too where that makes sense."""
    words, ends = pair.known["words"][lang], [one for one in (pair.before, pair.after) if one]
    decimals = max(one["words"][lang]["decimals"] for one in ends)
    before, after = (_rounded(one["value"], words["power"], decimals) for one in ends)
    text = _signed(after - before, lang) + words["unit"]
    if not words["relative"] or before <= 0:
        return text
    share = _signed(_rounded(100 * float((after - before) / before), 0, 1), lang)
    return f"{text}（{share}%）" if lang == "zh" else f"{text} ({share}%)"


def _rounded(value: float, power: int, decimals: int) -> Decimal:
    return Decimal(f"{value:.12g}").scaleb(power).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _signed(number: Decimal, lang: Lang) -> str:
    sign = "+" if number > 0 else ""
    return f"{sign}{number:,f}" if lang == "en" else f"{sign}{number:f}"


def headlines(found: Changes, lang: Lang) -> list[str]:
    """What changed in a few sentences, the numbers first."""
    words = WORDS[lang]
    said = [_largest("changes_revised_lead", found.revised, lang) or words["changes_none"]]
    said += filter(None, [_largest("changes_reforecast_lead", found.reforecast, lang)])
    if found.outcomes:
        judged = [pair.inside for pair in found.outcomes if pair.inside is not None]
        said.append(words["changes_outcomes_lead"].format(len(found.outcomes), len(judged), sum(judged)))
    others = (len(found.moved), len(found.new), len(found.gone), found.unchanged)
    said += filter(None, [_counted("changes_counts", others, lang)])
    causes = (len(found.parameters), len(found.data), len(found.code))
    return [*said, _counted("changes_causes", causes, lang) or words["changes_same_causes"]]


def _counted(sentence: str, counts: Sequence[int], lang: Lang) -> str:
    """A sentence of what there is some of; nothing where there is none of anything."""
    kinds = zip(WORDS[lang][f"{sentence}_kinds"], counts, strict=True)
    parts = [kind.format(count) for kind, count in kinds if count]
    return WORDS[lang][sentence].format(("、" if lang == "zh" else ", ").join(parts)) if parts else ""


def _largest(sentence: str, pairs: Sequence[Pair], lang: Lang) -> str:
    if not pairs:
        return ""
    before, now = (one["words"][lang] for one in (pairs[0].before, pairs[0].after))
    told = (now["label"], now["period"], before["text"], now["text"], difference(pairs[0], lang))
    return WORDS[lang][sentence].format(len(pairs), *told)


# The page


def changes_page(
    comparisons: Sequence[Comparison], *, lang: Lang, meta: PageMeta, font_css: FontCss, linked: bool = True
) -> str:
    """A page of what changed.

    Parameters
    ----------
    comparisons : sequence of Comparison
        The most telling first.
    lang, meta, font_css
        As for `report_page`.
    linked : bool
        Whether the page lies beside the index and the manifest of the newer run.

    Returns
    -------
    str
        A complete HTML document; the same arguments give the same text.
    """
    context = {
        "title": WORDS[lang]["changes_title"],
        "comparisons": comparisons,
        "headlines": headlines,
        "difference": difference,
        "linked": linked,
    }
    return document("changes.html.j2", context, lang=lang, meta=meta, font_css=lenient(font_css))


def write_changes(
    out: Path, preceding: Path | None, *, lang: Lang, meta: PageMeta, font_css: FontCss
) -> Path | None:
    """Write into the folder of a run what changed since the run before, and since the folder was last made.

    Parameters
    ----------
    out : Path
        Of the run, with its manifest.
    preceding : Path, optional
        Of the run to compare with; it need not be there.
    lang, meta, font_css
        As for `report_page`.

    Returns
    -------
    Path or None
        The page; None, and no page, where there is nothing to compare with.
    """
    run, earlier = manifest.read(out), manifest.read(preceding) if preceding else None
    words, comparisons = WORDS[lang], []
    if run and earlier and earlier.get("lang") == run.get("lang"):
        title = words["changes_since_run"].format(
            preceding.name if preceding.name != lang else preceding.parent.name
        )
        comparisons.append(Comparison(title, changes(earlier, run)))
    if run and (replaced := _replaced_run(run)):
        day = max(report["rendered"] or "" for report in replaced["reports"])[:10]
        same = run | {"reports": [report for report in run["reports"] if report.get("before")]}
        comparisons.append(Comparison(words["changes_since_made"].format(day), changes(replaced, same)))
    page = out / CHANGES
    if not comparisons:
        page.unlink(missing_ok=True)
        return None
    write_atomic(page, changes_page(comparisons, lang=lang, meta=meta, font_css=font_css))
    return page


def before_of(entry: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a new entry of the manifest keeps of the one that it replaces, where a number is not as it was.

    Parameters
    ----------
    entry, earlier : mapping
        With ``facts``; `earlier` may be empty.
    """
    old, new = ((one.get("facts") or {}).get("metrics", []) for one in (earlier, entry))
    if not old or [_told(one) for one in old] == [_told(one) for one in new]:
        return earlier.get("before")
    kept = ("rendered", "parameters", "made_from", "commit")
    return {"facts": {"metrics": old}} | {name: earlier.get(name) for name in kept}


def _told(metric: Metric) -> tuple[Any, ...]:
    return *(metric[name] for name in (*CELL, "origin", "time_period", "status")), _printed((metric, []))


def _replaced_run(run: Mapping[str, Any]) -> dict[str, Any] | None:
    """The reports of a run as they were before it replaced them, as if they had been a run."""
    replaced = [report | report["before"] for report in run["reports"] if report.get("before")]
    if not replaced:
        return None
    commit = replaced[0]["commit"]
    git = {"commit": commit, "dirty": (run.get("git") or {}).get("dirty")} if commit else None
    return run | {"reports": replaced, "parameters": replaced[0]["parameters"] or {}, "git": git}
