"""What a report looks at: one quarter, as known on one day, told in one language."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, TypeVar, get_args

import pandas as pd

from zs_analysis.loaders import DATA, About, about, load, read_text, resource
from zs_analysis.metrics import convert
from zs_analysis.model import Codes, Figure, FigureIndex, as_of_date, last_month, quarter, require_code
from zs_analysis.present.numbers import Lang, period_words

T = TypeVar("T")

# A whole year is published as a level; until then the year so far stands for it.
WHOLE_YEAR = {"ytd": "level", "ytd_yoy": "yoy", "ytd_yoy_rank": "yoy_rank"}
# Releases of one series in a source line; of more, the first and the last are named.
MOST_CITED = 4
NAMED = {
    "indicators": "indicator",
    "areas": "area",
    "activities": "activity",
    "units": "unit",
    "departments": "department",
}
# Unit and the digits that 亿元 has more after the point.
FOREIGN_MONEY = {"bn_cny": -1, "mn_cny": 2}
SHORT_NAMES = {"areas": "short_zh", "departments": "department"}


NOTE = "application/vnd.zs.note+json"
REACH = "application/vnd.zs.reach+json"


class Note(str):
    """A short line on a page, such as why there is no chart; an empty one leaves no trace."""

    def _repr_html_(self) -> str:
        return f'<p class="zs-note">{escape(self)}</p>' if self else ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/html": self._repr_html_(), "text/plain": str(self), NOTE: str(self)}


@dataclass(frozen=True)
class Reach:
    """How far the figures of a view reach.

    Attributes
    ----------
    asked : str
        The quarter.
    newest : str or None
        Last month with a figure, up to the end of the quarter.
    reached : bool
        Whether there is a figure of the quarter.
    words : str
        For readers, where there is none.
    """

    asked: str
    newest: str | None
    reached: bool
    words: str

    def _repr_html_(self) -> str:
        return Note(self.words)._repr_html_()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        facts = {"asked": self.asked, "newest": self.newest, "reached": self.reached, "note": self.words}
        return {"text/html": self._repr_html_(), "text/plain": self.words, REACH: facts}


@dataclass(frozen=True)
class View:
    """The data of one report.

    Parameters
    ----------
    period : str
        Quarter, like ``2023Q4``.
    as_of : str, optional
        Day like ``2023-12-13``; what was released later is invisible. Everything if not given.
    lang : {"zh", "en"}
        Language of every word the view hands out.
    data_dir : str, optional
        Folder of another data package.

    Examples
    --------
    >>> view = View("2023Q4", "2023-12-13")
    >>> view.current("gross_output_scale", "ytd").value
    3246.8
    """

    period: str
    as_of: str | None = None
    lang: Lang = "zh"
    data_dir: str | None = None
    _made: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.as_of is not None:
            object.__setattr__(self, "as_of", str(as_of_date(self.as_of).date()))
        if self.lang not in get_args(Lang):
            raise ValueError(f"no language {self.lang!r}; there are {', '.join(get_args(Lang))}")
        quarter(self.period)

    def _repr_html_(self) -> str:
        return Note(self)._repr_html_()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return self.reach._repr_mimebundle_() | Note(self)._repr_mimebundle_()

    def __str__(self) -> str:
        period = self.say(
            f"报告期：{period_words(self.period)}。", f"Period: {period_words(self.period, 'en')}."
        )
        said = (self.notice, period, self.as_of_words, self.reach.words)
        return self.say("", " ").join(filter(None, said))

    @cached_property
    def reach(self) -> Reach:
        """How far the published figures reach; expectations do not count."""
        known = self.table("observations").query("obs_status != 'F'")
        month = last_month(known)
        newest = month[month.le(self.last_month)].max()
        newest = None if pd.isna(newest) else newest
        reached = newest is not None and newest >= str(self.quarter.asfreq("M", how="start"))
        return Reach(self.period, newest, reached, "" if reached else self._falls_short(newest))

    def _falls_short(self, newest: str | None) -> str:
        if newest is None:
            return self.say("没有已公布的数。", "No published figures are known.")
        return self.say(
            f"本季度没有已公布的数，最新的数到{period_words(newest)}为止。",
            f"There are no published figures of the quarter; the newest are of {period_words(newest, 'en')}.",
        )

    @property
    def no_data(self) -> "Note":
        """What a page shows where a chart or table has nothing to show."""
        return Note(self.say("本期没有可用数据。", "No data for this period."))

    @cached_property
    def about(self) -> About:
        """What the data package says of itself."""
        return about(self.data_dir)

    @property
    def city(self) -> str:
        """Code of the area that the reports are about."""
        return self.about.city

    @cached_property
    def province(self) -> str:
        """Code of the area that the city lies in; empty if none is given."""
        return self.table("areas").set_index("area").loc[self.city, "parent"]

    @property
    def city_name(self) -> str:
        """Short name of the city, like 舟山."""
        return self.name("areas", self.city)

    @property
    def notice(self) -> str:
        """What the data package wants said on every page: that its figures are invented, say. Mostly nothing."""
        return self.about.notice.get(self.lang, "")

    @property
    def as_of_words(self) -> str:
        """The day the data are known on, as a sentence."""
        if self.as_of is None:
            return self.say("未限定发布日期。", "Whatever the release date.")
        return self.say(f"数据截至{self.as_of}。", f"As published by {self.as_of}.")

    @cached_property
    def quarter(self) -> pd.Period:
        """The quarter reported."""
        return quarter(self.period)

    @property
    def year(self) -> str:
        """The year of the quarter."""
        return str(self.quarter.year)

    @cached_property
    def last_month(self) -> str:
        """Last month of the quarter, like ``2023-12``."""
        return str(self.quarter.asfreq("M", how="end"))

    def table(self, name: str) -> pd.DataFrame:
        """A table of the data package as known on the day, read once; `zs_analysis.load` tells its columns."""
        return self._kept(name, lambda: load(name, as_of=self.as_of, data=self.data_dir))

    def register(self, name: str) -> pd.DataFrame:
        """A table whose rows come in releases, such as ``enterprise_months``, each row as released last."""
        key = [column for column in resource(name)["schema"]["primaryKey"] if column != "released"]
        rows = self.table(name).sort_values("released", kind="stable")
        return rows.drop_duplicates(key, keep="last").sort_index()

    def rules(self, scheme: str) -> pd.DataFrame:
        """Rules of a scheme in force in the quarter, by ``rule``: value, unit, since when, meaning and source."""
        return self._kept(f"rules.{scheme}", lambda: self._rules_in_force(scheme))

    def _rules_in_force(self, scheme: str) -> pd.DataFrame:
        table = self.table("rules").query("scheme == @scheme").sort_values("valid_from", ascending=False)
        # A quarter before the first rule is judged by the first.
        in_force = table["valid_from"].str[:7].le(self.last_month)
        newest_first = pd.concat([table[in_force], table[~in_force][::-1]])
        return newest_first.drop_duplicates("rule").set_index("rule").sort_index()

    def once(self, make: Callable[["View"], T]) -> T:
        """What a function makes of this view, made only the first time."""
        return self._kept(f"{make.__module__}.{make.__qualname__}", lambda: make(self))

    def _kept(self, name: str, make: Callable[[], T]) -> T:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    @property
    def observations(self) -> pd.DataFrame:
        """Published figures known on the day, money in foreign units (billion yuan) turned into 亿元."""
        return self.once(_in_yi)

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        short = SHORT_NAMES if self.lang == "zh" else {}
        return {
            (table, row[key]): row[short.get(table, f"name_{self.lang}")]
            for table, key in NAMED.items()
            for row in self.table(table).to_dict("records")
        }

    def name(self, table: str, code: str) -> str:
        """Name of a code in the report's language; areas and departments go by short names, like 定海."""
        if (table, code) not in self._names:
            require_code(table, code, [known for name, known in self._names if name == table])
        return self._names[table, code]

    def in_both(self, make: Callable[["View"], T]) -> dict[str, T]:
        """What a function makes of this view in each language, the tables read once."""
        return {lang: make(self if lang == self.lang else self._other) for lang in get_args(Lang)}

    @cached_property
    def _other(self) -> "View":
        view = View(self.period, self.as_of, "en" if self.lang == "zh" else "zh", self.data_dir)
        # tables go by plain names, what functions made of them by dotted ones
        view._made.update((name, made) for name, made in self._made.items() if "." not in name)
        return view

    @property
    def units(self) -> pd.DataFrame:
        """The table of units, for conversions."""
        return self.table("units")

    @property
    def money_unit(self) -> str:
        """Unit of amounts in charts and tables: 亿元, in English billion yuan."""
        return self.say("亿元", "bn yuan")

    def money(self, amount: float | pd.Series) -> float | pd.Series:
        """An amount in 亿元, in `money_unit`."""
        return convert(amount, "1e8_cny", to=self.say("1e8_cny", "bn_cny"), units=self.units)

    def say(self, zh: str, en: str) -> str:
        """The one of two wordings that is in the report's language."""
        return zh if self.lang == "zh" else en

    def current(self, indicator: str, transformation: str, **where: str) -> Figure | None:
        """The figure for the year up to the quarter: of the whole year if that is out, else of its newest month.

        Parameters
        ----------
        indicator, transformation : str
            Codes; ``ytd``, ``ytd_yoy`` and their ranks turn into the whole year's where the quarter ends one.
        **where : str
            ``ref_area`` (the city if not given), ``activity`` and so on, as in `zs_analysis.model.figure`.
        """
        where = {"ref_area": self.city} | where
        whole_year = WHOLE_YEAR.get(transformation, transformation)
        if self.quarter.quarter == 4:
            found = self._index.figure(indicator, whole_year, freq="A", time_period=self.year, **where)
            if found:
                return found
        return self._months_so_far.figure(indicator, transformation, **where)

    def level_and_growth(self, indicator: str, **where: str) -> tuple[Figure | None, Figure | None]:
        """Level and growth of one period: the whole year if either is out, else the newest month with a level."""
        level, change = self.current(indicator, "ytd", **where), self.current(indicator, "ytd_yoy", **where)
        if level is None or (change and change.freq == "A" and level.freq != "A"):
            return None, change
        return level, self.beside(level, "ytd_yoy")

    def beside(self, known: Figure, transformation: str) -> Figure | None:
        """Another figure of the same cell and period: the growth beside a level, the place beside a growth."""
        code = WHOLE_YEAR.get(transformation, transformation) if known.freq == "A" else transformation
        same = {name: getattr(known, name) for name in ("time_period", "ref_area", "activity", "freq")}
        return self._index.figure(known.indicator, code, **same)

    @cached_property
    def _months_so_far(self) -> FigureIndex:
        period, freq = self.observations["time_period"], self.observations["freq"]
        return FigureIndex(
            self.observations[freq.eq("M") & period.between(f"{self.year}-01", self.last_month)]
        )

    def expected(self, indicator: str) -> Figure | None:
        """The publisher's own expectation for the whole year."""
        where = {"freq": "A", "time_period": self.year, "obs_status": "F"}
        return self._index.figure(indicator, "level", ref_area=self.city, **where)

    def inside(self, area: str) -> list[str]:
        """Areas that lie in an area, directly or not; firms are none."""
        within = self._parts_of_areas.get(area, [])
        return within + [deeper for code in within for deeper in self.inside(code)]

    @cached_property
    def _parts_of_areas(self) -> dict[str, list[str]]:
        areas = self.table("areas").query("kind != 'enterprise'")
        return areas.groupby("parent")["area"].agg(list).to_dict()

    def figures(self, indicator: Codes, transformation: Codes, **where: Codes) -> pd.DataFrame:
        """Rows of `past`, as `zs_analysis.model.figures` finds them."""
        return self._index_of_past.figures(indicator, transformation, **where)

    def figure(self, indicator: str, transformation: str, **where: Codes) -> Figure | None:
        """A figure of `past`, as `zs_analysis.model.figure` finds it."""
        return self._index_of_past.figure(indicator, transformation, **where)

    @cached_property
    def _index_of_past(self) -> FigureIndex:
        return FigureIndex(self.past)

    @cached_property
    def _index(self) -> FigureIndex:
        return FigureIndex(self.observations)

    @cached_property
    def past(self) -> pd.DataFrame:
        """Observations of periods up to the end of the quarter."""
        return self.observations[last_month(self.observations).le(self.last_month)]

    def source(self, source_ids: Iterable[str]) -> str:
        """Source line for a chart or table; a long row of releases of one publisher is told by its ends."""
        rows = self._sources.loc[list(dict.fromkeys(source_ids))]
        rows = rows.assign(series=rows["publisher"] + rows["title"].str.replace(r"\d+", "", regex=True))
        cited = [self._cited(group) for _, group in rows.groupby("series", sort=False)]
        return self.say("；", "; ").join(cited)

    def _cited(self, series: pd.DataFrame) -> str:
        if len(series) <= MOST_CITED:
            return self.say("；", "; ").join(self._citation(row) for row in series.to_dict("records"))
        ends = series.sort_values("released").iloc[[0, -1]]
        first, last = (self._citation(row) for row in ends.to_dict("records"))
        return self.say(f"{first}至{last}，共{len(series)}期", f"{first} to {last}, {len(series)} releases")

    @cached_property
    def _sources(self) -> pd.DataFrame:
        # as text: a release known by its year is cited by its year
        return read_text("sources", Path(self.data_dir or DATA)).set_index("source_id")

    def _citation(self, row: dict[str, str]) -> str:
        origin = self.say("，", ", ").join(part for part in (row["publisher"], row["released"]) if part)
        return self.say(f"《{row['title']}》（{origin}）", f"{row['title']} ({origin})")

    def frame(self, figures: dict[str, Figure]) -> pd.DataFrame:
        """Figures as a table with the indicators' names, for a chart."""
        names = [self.name("indicators", figure.indicator) for figure in figures.values()]
        return pd.DataFrame({"name": names, "value": [figure.value for figure in figures.values()]})


def _in_yi(view: View) -> pd.DataFrame:
    rows = view.table("observations")
    for unit, digits in FOREIGN_MONEY.items():
        foreign = rows["unit"].eq(unit)
        value = convert(rows["obs_value"], unit, to="1e8_cny", units=view.units)
        rows = rows.assign(
            obs_value=rows["obs_value"].mask(foreign, value),
            decimals=rows["decimals"].mask(foreign, (rows["decimals"] + digits).clip(lower=0)),
            unit=rows["unit"].mask(foreign, "1e8_cny"),
        )
    return rows
