"""Arithmetic that shows when a unit, a row or a cell is not what it seems."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from zs_analysis.loaders.bulletin.cells import Cell
from zs_analysis.loaders.bulletin.labels import Dictionary
from zs_analysis.loaders.bulletin.text import Numeral

# Units that bulletins print for one thing lie a factor of 1000 or more apart (亿元, 万元); years do not.
AGREES, CONTRADICTS = 10.0, 300.0
# Millions and billions are units of English texts.
_ENGLISH = ("mn_", "bn_")
SUM_TOLERANCE = 0.01
# Percentage points.
SHARE_TOLERANCE = 1.0
# Districts and counties without the zones beside them make at least this much of a city.
COUNTIES = 0.9
SECTORS = ("primary", "secondary", "tertiary")
# Money of one currency is often printed in another.
_ALIKE = {"usd": "cny"}


@dataclass(frozen=True)
class Draft:
    """A number on its way to an observation.

    Attributes
    ----------
    sheet : int
        Number of the sheet.
    cell : Cell
    number : Numeral
    block, row : int
        Head and row it stands under and in.
    indicator, ref_area, activity, freq, time_period, transformation, unit, status : str
    unit_cell : Cell or None
        Where the unit is printed; None where it stands in a title.
    head_unit : bool
        Whether that is the head.
    notes : tuple of str
    """

    sheet: int
    cell: Cell
    number: Numeral
    block: int
    row: int
    indicator: str
    ref_area: str
    activity: str
    freq: str
    time_period: str
    transformation: str
    unit: str
    status: str
    counterpart: str = ""
    unit_cell: Cell | None = None
    head_unit: bool = True
    notes: tuple[str, ...] = ()

    @property
    def is_level(self) -> bool:
        """Whether it is an amount, not a growth rate, share or rank."""
        return self.transformation in ("level", "ytd")

    @property
    def series(self) -> tuple[str, ...]:
        """What and when, whatever the area and activity."""
        return (self.indicator, self.freq, self.time_period, self.transformation)

    @property
    def key(self) -> tuple[str, ...]:
        """What two statements of the same number have in common."""
        return (*self.series, self.ref_area, self.activity, self.counterpart, self.unit)


@dataclass(frozen=True)
class Doubt:
    """Why a number was not taken."""

    reason: str
    detail: str = ""


Doubts = dict[Draft, Doubt]


def dimension(unit: str, words: Dictionary) -> str:
    """Dimension of a unit, currencies alike."""
    name = words.measures[unit]["dimension"]
    return _ALIKE.get(name, name)


def in_base_units(draft: Draft, words: Dictionary) -> float:
    """The value in the base unit of its dimension."""
    return draft.number.value * words.measures[draft.unit]["factor"]


def with_units_checked(drafts: Sequence[Draft], words: Dictionary) -> tuple[list[Draft], Doubts]:
    """Levels whose printed unit is orders of magnitude off the known figures of other years.

    Where exactly one other unit of the dimension agrees with them, all numbers under that printed unit are
    read in it and a note says so; otherwise they are doubted.
    """
    groups: dict[tuple[int, Cell | None, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.is_level:
            groups[draft.sheet, draft.unit_cell, draft.unit].append(draft)
    changed: dict[Draft, Draft] = {}
    doubts: Doubts = {}
    for (_, _, unit), members in groups.items():
        verdicts = {found for member in members if (found := _unit_that_agrees(member, words)) is not None}
        if verdicts <= {unit}:
            continue
        wrong = Doubt(
            "contradictory unit", f"{words.measures[unit]['name_zh']} against figures of other years"
        )
        if len(verdicts) == 1 and (right := verdicts.pop()):
            note = f"表{'头' if members[0].head_unit else '中'}单位误作“{words.measures[unit]['name_zh']}”"
            changed |= {
                member: replace(member, unit=right, notes=(*member.notes, note)) for member in members
            }
        else:
            doubts |= dict.fromkeys(members, wrong)
    return [changed.get(draft, draft) for draft in drafts if draft not in doubts], doubts


def _unit_that_agrees(draft: Draft, words: Dictionary) -> str | None:
    """The unit known figures speak for: the printed one, another, empty for none; None without figures."""
    known = _known(draft, words)
    if not known or not draft.number.value:
        return None
    if any(_close(in_base_units(draft, words), figure, CONTRADICTS) for figure in known):
        return draft.unit
    measures = words.measures
    kind = measures[draft.unit]["dimension"]
    alike = [unit for unit, row in measures.items() if row["dimension"] == kind]
    others = [unit for unit in alike if unit != draft.unit and not unit.startswith(_ENGLISH)]
    fits = [
        u for u in others if any(_close(draft.number.value * measures[u]["factor"], f, AGREES) for f in known)
    ]
    return fits[0] if len(fits) == 1 else ""


def _close(one: float, other: float, factor: float) -> bool:
    return bool(one and other) and 1 / factor <= abs(one / other) <= factor


def _known(draft: Draft, words: Dictionary) -> list[float]:
    """Figures of the same thing for other years, in base units of the same dimension."""
    kind = words.measures[draft.unit]["dimension"]
    key = (draft.indicator, draft.ref_area, draft.activity, draft.freq, draft.transformation)
    rows = words.known.get(key, ())
    return [
        value
        for period, unit, value in rows
        if period != draft.time_period
        and period[4:] == draft.time_period[4:]
        and words.measures[unit]["dimension"] == kind
    ]


def implausible(drafts: Sequence[Draft], words: Dictionary) -> Doubts:
    """Rows whose amounts cannot be: below zero, or more in one month than since January."""
    doubts: Doubts = {}
    rows: dict[tuple[int, int, int], list[Draft]] = defaultdict(list)
    for draft in drafts:
        rows[draft.sheet, draft.block, draft.row].append(draft)
    for members in rows.values():
        levels = [draft for draft in members if draft.is_level and _cannot_fall(draft, words)]
        if any(draft.number.value < 0 for draft in levels):
            doubts |= dict.fromkeys(
                members, Doubt("an amount below zero", "the row may have lost or gained a field")
            )
        elif _month_above_sum(levels):
            doubts |= dict.fromkeys(
                members, Doubt("the month is above the sum since January", "the row may have shifted")
            )
    return doubts


def _cannot_fall(draft: Draft, words: Dictionary) -> bool:
    kind = words.indicators[draft.indicator]["kind"]
    return (
        kind in ("flow", "stock", "count")
        and not draft.indicator.startswith("profit")
        and "increase" not in draft.indicator
    )


def _month_above_sum(levels: Iterable[Draft]) -> bool:
    sums = {
        (d.indicator, d.ref_area, d.activity, d.time_period, d.unit): d
        for d in levels
        if d.transformation == "ytd"
    }
    for draft in levels:
        total = sums.get((draft.indicator, draft.ref_area, draft.activity, draft.time_period, draft.unit))
        if (
            draft.transformation == "level"
            and total
            and draft.number.value > total.number.value + total.number.step
        ):
            return True
    return False


def parts_that_do_not_add(drafts: Sequence[Draft], words: Dictionary) -> Doubts:
    """Amounts whose parts do not make the whole: additive areas of an area, the three sectors of a total."""
    series: dict[tuple[str, ...], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.is_level and words.indicators[draft.indicator]["kind"] in ("flow", "stock", "count"):
            series[(draft.sheet, *draft.series)].append(draft)
    doubts: Doubts = {}
    for members in series.values():
        for whole, parts, least in _partitions(members, words):
            doubts |= _gap(whole, parts, words, least)
    return doubts


def _partitions(
    members: Sequence[Draft], words: Dictionary
) -> Iterable[tuple[Draft, list[Draft], float | None]]:
    """Wholes with their parts, and the least share of the whole these parts make: None where that is open."""
    found = {(draft.ref_area, draft.activity): draft for draft in members}
    for (area, activity), whole in found.items():
        inside = words.parts(area)
        parts = [found[part, activity] for part in inside if (part, activity) in found]
        if len(parts) > 1:
            counties = [part for part in inside if words.areas[part]["kind"] in ("district", "county")]
            without_zones = bool(counties) and all((part, activity) in found for part in counties)
            yield whole, parts, 1.0 if len(parts) == len(inside) else COUNTIES if without_zones else None
        if activity == "total" and all((area, sector) in found for sector in SECTORS):
            yield whole, [found[area, sector] for sector in SECTORS], 1.0


def _gap(whole: Draft, parts: Sequence[Draft], words: Dictionary, least: float | None) -> Doubts:
    total, summed = in_base_units(whole, words), sum(in_base_units(part, words) for part in parts)
    rounding = sum(part.number.step * words.measures[part.unit]["factor"] for part in (whole, *parts)) / 2
    room = SUM_TOLERANCE * abs(total) + rounding
    if summed <= total + room and (least is None or summed >= least * total - room):
        return {}
    factor = words.measures[whole.unit]["factor"]
    detail = f"sum {summed / factor:g}, whole {whole.number.printed}"
    return dict.fromkeys((whole, *parts), Doubt("parts do not add to the whole", detail))


def mixed_units(drafts: Sequence[Draft], words: Dictionary) -> Doubts:
    """Amounts of one indicator in one block whose unit is not that of most of its rows."""
    groups: dict[tuple[int, int, str, int], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.is_level:
            groups[draft.sheet, draft.block, draft.indicator, draft.cell.column].append(draft)
    doubts: Doubts = {}
    for members in groups.values():
        counts = Counter(draft.unit for draft in members)
        (most, number), *others = counts.most_common()
        if others:
            usual = most if number > others[0][1] else ""
            names = "、".join(words.measures[unit]["name_zh"] for unit in counts)
            odd = [draft for draft in members if draft.unit != usual]
            doubts |= dict.fromkeys(
                odd, Doubt("contradictory unit", f"{names} in one column of {odd[0].indicator}")
            )
    return doubts


def shares_that_do_not_match(drafts: Sequence[Draft], words: Dictionary) -> Doubts:
    """Rows whose share is not that of their amount in the one row of the block that is 100 %."""
    rows: dict[tuple[int, int], dict[int, list[Draft]]] = defaultdict(lambda: defaultdict(list))
    for draft in drafts:
        if draft.is_level or draft.transformation == "share":
            rows[draft.sheet, draft.block][draft.row].append(draft)
    doubts: Doubts = {}
    for block in rows.values():
        pairs = [_amount_and_share(members) for members in block.values()]
        wholes = [amount for amount, share in filter(None, pairs) if share.number.value == 100]
        if len(wholes) == 1:
            for amount, share in filter(None, pairs):
                doubts |= _share_gap(amount, share, in_base_units(wholes[0], words), words)
    return doubts


def _amount_and_share(members: Sequence[Draft]) -> tuple[Draft, Draft] | None:
    amounts = [draft for draft in members if draft.is_level]
    shares = [draft for draft in members if not draft.is_level]
    return (amounts[0], shares[0]) if len(amounts) == len(shares) == 1 else None


def _share_gap(amount: Draft, share: Draft, whole: float, words: Dictionary) -> Doubts:
    implied = 100 * in_base_units(amount, words) / whole if whole else 0.0
    if abs(implied - share.number.value) <= SHARE_TOLERANCE:
        return {}
    doubt = Doubt("the share does not match the amount", f"{implied:.4g} % of the whole")
    return dict.fromkeys((amount, share), doubt)


def said_twice(drafts: Sequence[Draft]) -> tuple[dict[Draft, Draft], Doubts]:
    """Numbers the file gives more than once: repeats of an earlier one, and contradictions."""
    first: dict[tuple[str, ...], Draft] = {}
    repeats: dict[Draft, Draft] = {}
    doubts: Doubts = {}
    for draft in drafts:
        earlier = first.setdefault(draft.key, draft)
        if earlier is draft:
            continue
        step = max(draft.number.step, earlier.number.step)
        if abs(draft.number.value - earlier.number.value) <= step / 2 * 1.0001:
            repeats[draft] = earlier
        else:
            detail = f"{earlier.number.printed} and {draft.number.printed}"
            doubts |= dict.fromkeys((earlier, draft), Doubt("the file gives two values", detail))
    return repeats, doubts
