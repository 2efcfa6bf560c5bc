"""Any published series: its course, its figures and where they stand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from zs_analysis.explore.lab import Choice, Chosen, Lab, Options, Piece
from zs_analysis.explore.views import newest_view
from zs_analysis.loaders import resource
from zs_analysis.model import PUBLISHED, require_code
from zs_analysis.present import forecast_charts
from zs_analysis.present.numbers import Lang, comparison_words, fmt, period_words
from zs_analysis.present.phrases import TRANSFORMATIONS
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

# What tells measures of one indicator apart: they share neither an axis nor a unit.
MEASURE = ["transformation", "freq", "unit", "counterpart_area", "base_per"]
FREQ = {"A": ("年度", "yearly"), "M": ("月度", "monthly"), "Q": ("季度", "quarterly")}


def series_lab(
    indicators: Sequence[str] = (),
    *,
    as_of: str | None = None,
    lang: Lang = "zh",
    data: str | Path | None = None,
) -> Lab:
    """Look at any published series: pick indicator, measure, area and cluster.

    Parameters
    ----------
    indicators : sequence of str, optional
        Codes to choose from; all that have a figure if not given.
    as_of : str, optional
        Day like ``2023-12-13``; what was released later is invisible.
    lang : {"zh", "en"}
    data : path, optional
        Folder of another data package.

    Examples
    --------
    >>> lab = series_lab(["gross_output_scale"])
    >>> lab.choose(measure=("ytd", "M", "1e8_cny", "", "")).options("ref_area")[:3]
    ['zhoushan', 'dinghai', 'putuo']
    """
    view = newest_view(as_of, lang, data)
    rows = view.table("observations")
    if indicators:
        for code in indicators:
            require_code(
                "indicator", code, view.table("indicators")["indicator"], where="the table of indicators"
            )
        rows = rows[rows["indicator"].isin(indicators)]
    return Lab(
        _choices(view, rows),
        lambda **chosen: _pieces(view, rows, chosen),
        title=view.say("公布数", "Published figures"),
        lang=lang,
    )


def _choices(view: View, rows: pd.DataFrame) -> list[Choice]:
    return [
        Choice("indicator", view.say("指标", "Indicator"), lambda _: _indicators(view, rows)),
        Choice("measure", view.say("数据类型", "Measure"), lambda so_far: _measures(view, _in(rows, so_far))),
        Choice(
            "ref_area",
            view.say("地区", "Area"),
            lambda so_far: _codes(view, "areas", _in(rows, so_far)["ref_area"]),
            view.city,
        ),
        Choice(
            "activity",
            view.say("集群、行业", "Cluster, industry"),
            lambda so_far: _codes(view, "activities", _in(rows, so_far)["activity"]),
            "total",
        ),
    ]


def _in(rows: pd.DataFrame, so_far: Chosen) -> pd.DataFrame:
    """Rows of what was chosen; the most told first."""
    for key, value in so_far.items():
        if value is None:  # nothing was on offer
            return rows.iloc[:0]
        names, values = (MEASURE, value) if key == "measure" else ([key], (value,))
        for name, one in zip(names, values, strict=True):
            rows = rows[rows[name].eq(one)]
    return rows


def _indicators(view: View, rows: pd.DataFrame) -> Options:
    return [(view.name("indicators", code), code) for code in rows["indicator"].value_counts(sort=True).index]


def _measures(view: View, rows: pd.DataFrame) -> Options:
    found = rows.groupby(MEASURE, sort=False).size().sort_values(ascending=False, kind="stable")
    return [(_measure_words(view, measure), measure) for measure in found.index]


def _measure_words(view: View, measure: tuple[str, ...]) -> str:
    transformation, freq, unit, counterpart, base = measure
    words = [view.say(*TRANSFORMATIONS[transformation]), view.say(*FREQ[freq]), view.name("units", unit)]
    words += [view.name("areas", counterpart)] if counterpart else []
    return view.say("，", ", ").join([*words, *([view.say(f"自{base}", f"since {base}")] if base else [])])


def _codes(view: View, table: str, codes: pd.Series) -> Options:
    order = {
        code: place
        for place, code in enumerate(view.table(table)[resource(table)["schema"]["fields"][0]["name"]])
    }
    return [(view.name(table, code), code) for code in sorted(set(codes), key=lambda code: order[code])]


def _pieces(view: View, rows: pd.DataFrame, chosen: Chosen) -> list[Piece]:
    found = _in(rows, chosen).sort_values(["time_period", "released"], kind="stable")
    if found.empty:
        return []
    return [_chart(view, found, chosen), _table(view, found, chosen)]


def _title(view: View, chosen: Chosen) -> str:
    where = [view.name("areas", chosen["ref_area"])]
    where += [view.name("activities", chosen["activity"])] if chosen["activity"] != "total" else []
    return (
        view.say("", ", ").join(where) + view.say("：", ": ") + view.name("indicators", chosen["indicator"])
    )


def _chart(view: View, found: pd.DataFrame, chosen: Chosen) -> Any:
    """Figures as last published; what was announced beforehand as marks beside them."""
    last = found.drop_duplicates(["time_period", "obs_status"], keep="last")
    known = last[last["obs_status"].isin(PUBLISHED)].drop_duplicates("time_period", keep="last")
    announced = last[last["obs_status"].eq("F")]
    history = known.set_axis(known["time_period"].to_numpy()).rename(
        columns={"time_period": "period", "obs_value": "value", "obs_status": "status"}
    )
    marks = [
        (view.say("预计", "announced"), row.obs_value, row.time_period) for row in announced.itertuples()
    ]
    return forecast_charts.fan(
        history[["period", "value", "status"]],
        pd.DataFrame(),
        marks=marks,
        title=_title(view, chosen),
        unit=_measure_words(view, chosen["measure"]),
        source=view.source(found["source_id"]),
        decimals=int(found["decimals"].max()),
        note=view.say("没有公布的时期留空。", "Periods without a published figure stay empty."),
        lang=view.lang,
    )


def _table(view: View, found: pd.DataFrame, chosen: Chosen) -> Table:
    """Every figure of the series, each release a row, as printed."""
    ytd = chosen["measure"][0].startswith("ytd")
    frame = pd.DataFrame(
        {
            "period": [period_words(period, view.lang, ytd=ytd) for period in found["time_period"]],
            "value": found["obs_value"].to_numpy(),
            "printed": [_printed(view, row) for row in found.itertuples()],
            "status": found["obs_status"].to_numpy(),
            "source": found["source_id"]
            .map(view.table("sources").set_index("source_id")["title"])
            .to_numpy(),
            "place": found["place"].replace("", None).to_numpy(),
            "released": found["released"].dt.strftime("%Y-%m-%d").to_numpy(),
            "note": found["note"].replace("", None).to_numpy(),
        }
    )
    columns = (
        Column("period", view.say("时期", "Period")),
        Column(
            "printed",
            view.say("公布数", "Figure"),
            align="right",
            unit=view.name("units", chosen["measure"][2]),
            status="status",
        ),
        Column("value", view.say("数值", "As a number"), int(found["decimals"].max())),
        Column("source", view.say("来源", "Source")),
        Column("place", view.say("出处", "Clause")),
        Column("released", view.say("公布日期", "Released")),
        Column("note", view.say("备注", "Note (Chinese)")),
    )
    told = tuple(column for column in columns if frame[column.key].notna().any())
    return Table(
        frame[::-1].reset_index(drop=True),
        _title(view, chosen),
        columns=told,
        source=view.source(found["source_id"]),
        lang=view.lang,
    )


def _printed(view: View, row: tuple) -> str:
    return comparison_words(fmt(row.obs_value, row.decimals, view.lang), row.comparison, view.lang)
