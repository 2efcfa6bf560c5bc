"""What tables and charts of enterprises may show, and the record by which the gate judges a report."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from zs_analysis.metrics.disclosure import (
    PRIMARY,
    SECONDARY,
    TOTAL,
    DisclosureRules,
    PublishedTable,
    joint_attack,
    protect,
)
from zs_analysis.present.numbers import Lang
from zs_analysis.present.view import View

MIME = "application/vnd.zs.disclosure+json"
SUPPRESSED = "Q"
SCHEME = "disclosure"
# How far a cell may move, as a share of its amount, before it counts as another.
SAME = 1e-6


@dataclass(frozen=True)
class Disclosure:
    """What a table or chart of enterprises gives away, and whether it may leave the house.

    Attributes
    ----------
    kind : {"protected", "internal", "counts"}
    zh, en : str
        The verdict, one sentence in each language.
    passes : bool
        Whether a report with it may be published without an override.
    tables : tuple of mapping
        Cells as published, for differencing against later publications: `measure`, `period`, `population`,
        `by`, and `cells`, each a list of codes and the amount (None where suppressed).
    guarded : tuple of mapping
        For the gate alone, never published: the sensitive cells and the interval that an attacker's must reach
        beyond.
    rules : mapping
        The rules applied.
    """

    kind: Literal["protected", "internal", "counts"]
    zh: str
    en: str
    passes: bool
    tables: tuple[Mapping[str, Any], ...] = ()
    guarded: tuple[Mapping[str, Any], ...] = ()
    rules: Mapping[str, float | None] = field(default_factory=dict)

    @classmethod
    def internal(cls, zh: str, en: str) -> "Disclosure":
        """Of what names single enterprises or gives their amounts away; its report needs an override.

        Parameters
        ----------
        zh, en : str
            What is shown, such as ``六张清单`` and ``the six lists``.
        """
        return cls(
            "internal",
            f"限内部使用：{zh}。",
            f"For internal use: {en}.",
            False,
        )

    @classmethod
    def counts(cls, frame: pd.DataFrame | None = None) -> "Disclosure":
        """Of how many enterprises there are, without any amount; counts are not confidential."""
        return cls("counts", "只有企业个数，没有金额。", "Numbers of enterprises only, no amounts.", True)

    @classmethod
    def checked(cls, rules: DisclosureRules) -> "Disclosure":
        """Of totals of the whole register, none of which the rules find sensitive: nothing is withheld."""
        return cls(
            "protected", "各合计数均符合披露规则。", "All totals keep the rules.", True, rules=vars(rules)
        )

    @classmethod
    def joined(cls, *parts: "Disclosure") -> "Disclosure":
        """Of a table with several columns that were protected one by one."""
        worst = min(parts, key=lambda part: (part.passes, part.kind == "counts"))
        return cls(
            worst.kind,
            "".join(dict.fromkeys(part.zh for part in parts)),
            " ".join(dict.fromkeys(part.en for part in parts)),
            all(part.passes for part in parts),
            tuple(table for part in parts for table in part.tables),
            tuple(table for part in parts for table in part.guarded),
            worst.rules,
        )

    def record(self, title: str) -> dict[str, Any]:
        """What goes into the notebook beside a table or chart, as plain JSON."""
        return {
            "title": title,
            "kind": self.kind,
            "zh": self.zh,
            "en": self.en,
            "passes": self.passes,
            "rules": dict(self.rules),
            "tables": [dict(table) for table in self.tables],
            "guarded": [dict(table) for table in self.guarded],
        }


def disclosure_rules(view: View) -> DisclosureRules:
    """The rules in force in the quarter.

    Raises
    ------
    ValueError
        If the package has none: then nothing about enterprises can be shown.
    """
    values = view.rules(SCHEME)["value"]
    missing = [name for name in ("min_respondents", "p_pct") if name not in values]
    if missing:
        raise ValueError(
            f"rules.csv has no rule {', '.join(missing)} of the scheme {SCHEME}; add it (see docs/methods/"
            "disclosure.md), or nothing about enterprises can be shown"
        )
    count = values.get("dominance_n")
    return DisclosureRules(
        min_respondents=int(values["min_respondents"]),
        dominance_n=None if count is None else int(count),
        dominance_pct=None if count is None else float(values["dominance_pct"]),
        p_pct=float(values["p_pct"]),
    )


def protected(
    view: View,
    contributions: pd.DataFrame,
    by: str | Sequence[str],
    value: str,
    holding: str = "holding",
    *,
    period: str | None = None,
    population: str = "",
) -> tuple[pd.DataFrame, Disclosure]:
    """Total enterprises into a table that gives no single one away.

    Parameters
    ----------
    contributions : pandas.DataFrame
        A row for each enterprise: its codes in the columns `by`, its group in `holding`, its amount in `value`.
    by : str or sequence of str
        Dimensions.
    value : str
        Column of amounts, not negative; also the name under which publications are compared.
    period : str, optional
        Of the amounts; the view's last month if not given.
    population : str
        Which enterprises, where not all of the register: ``above_scale``, say. Tables of different populations
        are not compared.

    Returns
    -------
    pandas.DataFrame
        `by`, `value` and `<value>_status`: totals under the code ``total``, suppressed amounts empty with
        status ``Q``.
    Disclosure
        To hand to the `Table` or `Chart` that shows them.

    Raises
    ------
    ValueError
        If an amount is negative, a code or group is missing, or there are no rules.

    Notes
    -----
    Tables of one amount made from one view keep to each other's choice: what one shows the next cannot hide.
    Growth belongs to what is left of both its amounts: protect each and divide afterwards.
    """
    dimensions, rules = [by] if isinstance(by, str) else list(by), disclosure_rules(view)
    key = {"measure": value, "period": period or view.last_month, "population": population}
    before = _before(view, key, dimensions)
    table = protect(
        contributions,
        by=dimensions,
        value=value,
        holding=holding,
        rules=rules,
        published=list(before.values()),
    )
    hidden = table["suppressed"].ne("")
    frame = table[dimensions].assign(**{value: table[value].mask(hidden)})
    _remember(before, PublishedTable(frame, tuple(dimensions), value), key)
    shown = key | {"by": dimensions, "cells": _cells(frame, [*dimensions, value])}
    guarded = table[table["suppressed"].eq(PRIMARY)]
    low = (guarded[value] - guarded["protection"]).clip(lower=0)
    guards = guarded[dimensions].assign(low=low, high=guarded[value] + guarded["protection"])
    frame[f"{value}_status"] = hidden.map({True: SUPPRESSED, False: ""})
    return frame, Disclosure(
        "protected",
        *_verdict(table["suppressed"]),
        True,
        (shown,),
        (key | {"by": dimensions, "cells": _cells(guards, list(guards))},),
        vars(rules),
    )


Seen = dict[tuple[str, ...], PublishedTable]


def _tables_shown(view: View) -> dict[str, Seen]:
    return {}


def _before(view: View, key: Mapping[str, str], dimensions: Sequence[str]) -> Seen:
    """Tables of the same amounts that this view has made already, by their dimensions."""
    return view.once(_tables_shown).setdefault(repr(key), {})


def _remember(before: Seen, table: PublishedTable, key: Mapping[str, str]) -> None:
    wholes = [_whole(one) for one in (*before.values(), table)]
    known = [whole for whole in wholes if pd.notna(whole)]
    if known and max(known) - min(known) > SAME * max(known):
        raise ValueError(
            f"two tables of {key['measure']} in {key['period']} have the totals {min(known)} and {max(known)}: "
            "they are of different enterprises. Name them apart with population=, as in population='above_scale'"
        )
    before[table.by] = table


def _whole(table: PublishedTable) -> float:
    rows = table.frame
    for name in table.by:
        rows = rows[rows[name].eq(TOTAL)]
    return rows[table.value].squeeze() if len(rows) else float("nan")


def _cells(frame: pd.DataFrame, columns: list[str]) -> list[list[Any]]:
    rows = frame[columns].astype(object)
    return rows.where(rows.notna(), None).to_numpy().tolist()


def _verdict(suppressed: pd.Series) -> tuple[str, str]:
    counts = suppressed.value_counts()
    primary, secondary = counts.get(PRIMARY, 0), counts.get(SECONDARY, 0)
    if not primary:
        return "没有需要隐去的汇总数。", "No total needs to be withheld."
    return (
        f"{len(suppressed)}个汇总数中{primary}个按规则隐去，另隐去{secondary}个以防倒推。",
        f"Of {len(suppressed)} totals {primary} are withheld by rule and {secondary} lest those be worked out.",
    )


def judge(
    records: Sequence[Mapping[str, Any]], earlier: Iterable[Mapping[str, Any]], lang: Lang
) -> tuple[list[str], list[dict[str, Any]]]:
    """The gate: may a report with these records be published after those earlier publications?

    Parameters
    ----------
    records : sequence of mapping
        From `Disclosure.record`, all those of a report.
    earlier : iterable of mapping
        Public tables of earlier publications of the same data package.
    lang : {"zh", "en"}
        Of the reasons.

    Returns
    -------
    reasons : list of str
        Why not, one sentence each; empty if it may.
    public : list of mapping
        Public tables of this report, for later gates.
    """
    tables = _unique(table for record in records for table in record["tables"])
    known = [*tables, *_unique(earlier)]
    # Without the titles: a chart's title states what it found.
    counted = Counter(record[lang] for record in records if not record["passes"])
    reasons = [_times(text, count, lang) for text, count in counted.items()]
    for guard in _unique(guard for record in records for guard in record["guarded"]):
        alike = [table for table in known if _key(table) == _key(guard)]
        own = sum(_key(table) == _key(guard) for table in tables)
        reasons += [_told(guard, codes, lang) for codes in _given_away(guard, alike[:own], alike[own:])]
    return list(dict.fromkeys(reasons)), tables


def _times(text: str, count: int, lang: Lang) -> str:
    if count == 1:
        return text
    return f"{text}（{count}处）" if lang == "zh" else f"{text} ({count} tables and charts)"


def _unique(tables: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return list({repr(sorted(table.items())): dict(table) for table in tables}.values())


def _key(table: Mapping[str, Any]) -> tuple[str, str, str]:
    return table["measure"], table["period"], table["population"]


def _as_published(table: Mapping[str, Any]) -> PublishedTable:
    frame = pd.DataFrame(table["cells"], columns=[*table["by"], "amount"])
    return PublishedTable(frame.astype({"amount": float}), tuple(table["by"]), "amount")


def _given_away(
    guard: Mapping[str, Any], own: Sequence[Mapping[str, Any]], earlier: Sequence[Mapping[str, Any]]
) -> list[list[str]]:
    """Codes of the guarded cells that all publications together give away."""
    guards = pd.DataFrame(guard["cells"], columns=[*guard["by"], "low", "high"])
    now, before = [_as_published(table) for table in own], [_as_published(table) for table in earlier]
    # Where figures were revised in between not everything fits together; then each earlier one is taken alone.
    ways = ([[*now, *before]], [[*now, one] for one in before], [now, *([one] for one in before)])
    for way in ways:
        with suppress(ValueError):
            told = [_inside(guards, joint_attack(tables, guards[guard["by"]])) for tables in way]
            return guards.loc[pd.concat(told, axis=1).any(axis=1), guard["by"]].to_numpy().tolist()
    return guards[guard["by"]].to_numpy().tolist()


def _inside(guards: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """Whether an attacker's interval stays inside what must be left open."""
    slack = SAME * guards["high"]
    return found["lo"].gt(guards["low"] + slack) | found["hi"].lt(guards["high"] - slack)


def _told(guard: Mapping[str, Any], codes: Sequence[str], lang: Lang) -> str:
    cell = " × ".join(codes)
    if lang == "zh":
        return f"{guard['period']}的{guard['measure']}中已隐去的{cell}，与已公布的表合并后可以推算出来。"
    return f"{guard['measure']} of {guard['period']}: the withheld cell {cell} can be worked out from all that is published."
