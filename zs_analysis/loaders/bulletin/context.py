"""What a file says once for many numbers: its period, its area, its unit."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zs_analysis.loaders.bulletin.cells import BulletinError, Cell, Document, Sheet
from zs_analysis.loaders.bulletin.grid import UNIT_LINE
from zs_analysis.loaders.bulletin.labels import TABLE_NUMBER, Dictionary, status_in
from zs_analysis.loaders.bulletin.text import folded, packed
from zs_analysis.loaders.bulletin.windows import Window, tight_month, windows_in

_WHOLE_TABLE = re.compile(r"注[0-9]?[::].*(?:本表|以上|表[中内])")
_HOW_PERIOD = "pass the period, e.g. --period 2023-10"


@dataclass(frozen=True)
class Options:
    """What the user adds to the file."""

    period: Window
    area: str


def options_of(path: Path, period: str | None, area: str | None, words: Dictionary) -> Options:
    """Check the options against the calendar and the area table."""
    window = Window()
    if period:
        found, rest = windows_in(packed(period))
        if len(found) != 1 or rest or found[0].span == "bad" or found[0].year is None:
            raise BulletinError(
                path, f"--period {period!r} is not a period; write 2023, 2023-10 or 2023年1-10月"
            )
        window = _of_title(found[0], period)
    if area and area not in words.areas:
        raise BulletinError(path, f"--area {area!r} is not an area; areas.csv has {', '.join(words.areas)}")
    return Options(window, area or "")


def title_windows(text: str) -> list[Window]:
    """Periods a title names; 3月 there leaves open whether the month alone or January to March is meant."""
    found, _ = windows_in(packed(TABLE_NUMBER.sub("", folded(text))))
    return [_of_title(window, text) for window in found if window.span != "bad"]


def _of_title(window: Window, text: str) -> Window:
    return replace(window, span="") if window.span == "month" and "当月" not in text else window


@dataclass(frozen=True)
class Setting:
    """Where a block stands: its file, its sheet, and the lines over it.

    Attributes
    ----------
    titles : tuple of Cell
        The block's own lines, the nearest last.
    sheet_titles : tuple of Cell
        Lines over the first block of the sheet.
    notes : tuple of str
        Footnotes on the whole table.
    released : str
        Release date, as precise as it is known.
    """

    document: Document
    sheet: Sheet
    words: Dictionary
    options: Options
    titles: tuple[Cell, ...]
    sheet_titles: tuple[Cell, ...]
    notes: tuple[str, ...]
    released: str

    def error(self, why: str, cell: Cell | None = None) -> BulletinError:
        """A refusal that shows its cell."""
        place = {"row": cell.row, "column": cell.column, "cell": cell.text} if cell else {}
        return BulletinError(self.document.path, why, sheet=self.sheet.name, **place)

    def title_texts(self) -> list[str]:
        """Titles over the block, the nearest first, the file's last."""
        nearest = reversed((*self.sheet_titles, *self.titles))
        file = self.document.properties.get("title", "")
        return [*(cell.text for cell in nearest), *reversed(self.sheet.above), self.sheet.name, file]

    def status(self) -> str:
        """Provisional or expected, where a title or a footnote on the whole table says so."""
        texts = (packed(text) for text in (*self.title_texts(), *self.notes))
        return next((status for text in texts if (status := status_in(text))), "")

    def window(self, heads: Sequence[Window]) -> Window:
        """The period the file gives a block: from its own title, else the sheet's, else the file's."""
        own = self._merged([cell.text for cell in self.titles], heads)
        sheet = self._merged([*(cell.text for cell in self.sheet_titles), *self.sheet.above], heads)
        file = self._merged([self.sheet.name, self.document.properties.get("title", "")], heads)
        option = self.options.period
        if sheet.contradicts(file):
            if not option.year or sheet.contradicts(option):
                why = f"two periods, {sheet} over the table, {file} in the file's title or the sheet's name"
                raise self.error(f"{why}; {_HOW_PERIOD}", self.sheet_titles[0] if self.sheet_titles else None)
            file = Window()
        found = own.joined(sheet.joined(file))
        if found.contradicts(option):
            raise self.error(f"--period {option} contradicts the file, which says {found}")
        return found.joined(option)

    def _merged(self, texts: Iterable[str], heads: Sequence[Window]) -> Window:
        merged = Window()
        for text in texts:
            for window in title_windows(text) or self._tight(text, heads):
                if merged.contradicts(window) and self.options.period.year is None:
                    raise self.error(
                        f"two periods, {merged} and {window}, in the title {text!r}; {_HOW_PERIOD}"
                    )
                merged = self.options.period if merged.contradicts(window) else merged.joined(window)
        return merged

    def _tight(self, text: str, heads: Sequence[Window]) -> list[Window]:
        """``20203`` is March or the third quarter: what heads, option and release date leave of it."""
        options = tight_month(packed(text))
        asked = [*heads, self.options.period]
        left = [window for window in options if not any(head.contradicts(window) for head in asked)]
        if self.released:
            left = [window for window in left if f"{window.year}-{window.month:02d}" <= self.released]
        if len(left) > 1:
            raise self.error(f"{text!r} may be {' or '.join(map(str, left))}; {_HOW_PERIOD}")
        return [replace(left[0], span="ytd" if left[0].span == "ytd" else "")] if left else []

    def area(self, cell: Cell) -> str:
        """The area of numbers whose row and column name none; where nobody names one, the own city."""
        properties = self.document.properties
        levels = (
            [title.text for title in self.titles],
            [*(title.text for title in self.sheet_titles), *self.sheet.above],
            [self.sheet.name],
            [properties.get("title", "")],
            [properties.get("publisher", "")],
        )
        found = next(
            (areas for level in levels if (areas := self.words.areas_in(packed(" ".join(level))))), []
        )
        return self._chosen(found, cell)

    def _chosen(self, found: list[str], cell: Cell) -> str:
        option = self.options.area
        if option and found and option not in found:
            raise self.error(f"--area {option} contradicts the file, which names {', '.join(found)}")
        if len(found) > 1 and not option:
            raise self.error(
                f"the area is {' or '.join(found)}; pass one of them, e.g. --area {found[0]}", cell
            )
        return option or (found[0] if found else self.words.city)

    def unit(self) -> str:
        """The unit a line of its own gives (单位:亿元), percent aside; empty for none or several."""
        lines = [UNIT_LINE.search(packed(text)) for text in self._unit_texts()]
        names = [name for line in lines if line for name in re.split(r"[、,;/和]|[(]|[)]", line[1])]
        units = dict.fromkeys(self.words.units[name] for name in names if name in self.words.units)
        units.pop("pct", None)
        return next(iter(units)) if len(units) == 1 else ""

    def _unit_texts(self) -> list[str]:
        own = [cell.text for cell in self.titles]
        if any(UNIT_LINE.search(packed(text)) for text in own):
            return own
        return [*(cell.text for cell in self.sheet_titles), *self.sheet.above]


def notes_of(sheet: Sheet) -> tuple[str, ...]:
    """Footnotes that speak of the whole table."""
    texts = (*(cell.text for cell in sheet.cells), *sheet.below)
    return tuple(text for text in texts if _WHOLE_TABLE.match(packed(text)))


def settled(
    setting: Setting, window: Window, base: Window, cell: Cell, *, stock: bool
) -> tuple[str, str, str]:
    """``freq, time_period, span`` of a number; refused where its year, month or stretch is not said."""
    full = window.filled_from(base)
    if full.year is None:
        raise setting.error(f"the year is not said; {_HOW_PERIOD}", cell)
    full = replace(full, year=full.year - full.years_back)
    if full.span == "A":
        return "A", f"{full.year}", "level"
    if full.month is None:
        raise setting.error(f"the month is not said; {_HOW_PERIOD}", cell)
    if window.year is None and base.month and full.month > base.month:
        why = f"{window} lies after the title's {base}: {full.year} or {full.year - 1}?"
        raise setting.error(f"{why} {_HOW_PERIOD}", cell)
    if not full.span and not stock:
        why = f"whether this is {full.month}月 alone or 1-{full.month}月 is not said"
        how = f"--period {full.year}年1-{full.month}月 or --period {full.year}年{full.month}月当月"
        raise setting.error(f"{why}; pass {how}", cell)
    span = "level" if full.span == "month" or stock else "ytd"
    return "M", f"{full.year}-{full.month:02d}", span
