"""Output growth: its sentences, charts and tables."""

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics import Remainder
from zs_analysis.model import PUBLISHED, Figure, figures, last_month
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import fmt, growth_words, pct, period_words, yi
from zs_analysis.present.phrases import amount, between, findings, listed, rounded, statement, window
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

OUTPUT, VALUE_ADDED, UNSPECIFIED = "gross_output_scale", "va_scale", "industry_scale_unspecified"
MONTHS = 12


def summary(view: View) -> Findings:
    """Findings that open the report."""
    return findings(
        view,
        [
            statement(view, OUTPUT),
            statement(
                view, VALUE_ADDED, view.say("规上工业增加值（可比价）", "Value added (comparable prices)")
            ),
            price_finding(view),
            rest_of_year_finding(view),
            parts_finding(view, "ref_area"),
            parts_finding(view, "activity"),
        ],
    )


def price_finding(view: View) -> str | None:
    """Why nominal output and real value added do not clash."""
    nominal, real = view.current(OUTPUT, "ytd_yoy"), view.current(VALUE_ADDED, "ytd_yoy")
    if nominal is None or real is None or nominal.time_period != real.time_period:
        return None
    deflator = metrics.implied_deflator(rounded(nominal), rounded(real))
    index, span = fmt(deflator.value, 3), between(view, deflator, 4)
    return view.say(
        f"产值按现价、增加值按可比价计算，两者不能直接比较：若增加值率不变，隐含平减指数为{index}（{span}），"
        f"即工业品价格{_price_words(view, deflator.value)}。",
        f"Output is at current and value added at comparable prices: with an unchanged value-added rate the implied "
        f"deflator is {index} ({span}), so prices are {_price_words(view, deflator.value)}.",
    )


def _price_words(view: View, deflator: float) -> str:
    change = 100 * (deflator - 1)
    size = pct(abs(change), 1, view.lang)
    if size == "0.0%":
        return view.say("与上年同期大致持平", "about the same as a year earlier")
    higher = change > 0
    return view.say(
        f"比上年同期{'高' if higher else '低'}约{size}",
        f"about {size} {'above' if higher else 'below'} a year earlier",
    )


def rest_of_year(view: View) -> tuple[Figure, Figure, Remainder] | None:
    """The announced year, the year so far and what they leave for the months to come."""
    expected, so_far = view.expected(OUTPUT), view.current(OUTPUT, "ytd")
    if expected is None or so_far is None or so_far.freq == "A":
        return None
    months_left = MONTHS - int(so_far.time_period[-2:])
    if months_left == 0 or so_far.value >= expected.value:
        return None
    # An announced 约3800 is no measurement: its rounding is unknown, so it enters as the number it is.
    return expected, so_far, metrics.implied_remainder(expected.value, so_far.value, months_left=months_left)


def rest_of_year_finding(view: View) -> str | None:
    """What the announced year implies for the months to come, against the months so far."""
    known = rest_of_year(view)
    if known is None:
        return None
    expected, so_far, rest = known
    lower = rest.versus_ytd_pct < 0
    change = abs(rest.versus_ytd_pct)
    months = months_left_words(view, so_far)
    return view.say(
        f"全年预计{amount(view, expected)}，据此{months}需完成{yi(rest.value, 1)}，月均{yi(rest.per_month, 1)}，"
        f"比{window(view, so_far)}月均{yi(rest.ytd_per_month, 1)}{'低' if lower else '高'}{pct(change, 1)}。",
        f"The announced year, {amount(view, expected)}, leaves {yi(rest.value, 1, 'en')} for {months}: "
        f"{yi(rest.per_month, 1, 'en')} a month, {pct(change, 1, 'en')} {'below' if lower else 'above'} the "
        f"monthly average of {window(view, so_far)} ({yi(rest.ytd_per_month, 1, 'en')}).",
    )


def months_left_words(view: View, so_far: Figure) -> str:
    """The months after a year-to-date figure: 11—12月."""
    first = pd.Period(so_far.time_period, freq="M") + 1
    last = f"{view.year}-12"
    if str(first) == last:
        return period_words(last, view.lang, year=False)
    start, end = (period_words(month, view.lang, year=False) for month in (str(first), last))
    return view.say(f"{first.month}—{end}", f"{start}–{end}")


def growth_by(view: View, dimension: str) -> pd.DataFrame:
    """Newest published growth of the city's areas or industries in the reported year.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}

    Returns
    -------
    pandas.DataFrame
        Rows of observations with ``name``, the strongest growth first: of gross output where parts are
        published, else of what the source leaves unspecified. Empty if nothing is.
    """
    rows = figures(view.observations, (OUTPUT, UNSPECIFIED), "ytd_yoy", freq="M", obs_status=PUBLISHED)
    rows = rows[
        _is_part(view, rows, dimension) & rows["time_period"].between(f"{view.year}-01", view.last_month)
    ]
    if rows.empty:
        return rows.assign(name=[])
    newest = rows[rows["time_period"].eq(rows["time_period"].max())]
    stated = newest["indicator"].eq(OUTPUT)
    newest = newest[stated if stated.any() else ~stated].drop_duplicates(dimension)
    table = {"ref_area": "areas", "activity": "activities"}[dimension]
    names = newest[dimension].map(lambda code: view.name(table, code))
    return newest.assign(name=names).sort_values("obs_value", ascending=False, kind="stable")


def _is_part(view: View, rows: pd.DataFrame, dimension: str) -> pd.Series:
    if dimension == "activity":
        return rows["ref_area"].eq("zhoushan") & rows["activity"].ne("total")
    return rows["ref_area"].isin(view.inside("zhoushan")) & rows["activity"].eq("total")


def parts_finding(view: View, dimension: str) -> str | None:
    """Growth of areas or industries in one sentence."""
    parts = growth_by(view, dimension)
    if parts.empty:
        return None
    doubt = parts["indicator"].iloc[0] == UNSPECIFIED
    items = [
        f"{row.name_}{_brackets(view, pct(row.obs_value, row.decimals, view.lang))}" for row in _named(parts)
    ]
    what = {"ref_area": view.say("分区域看", "By area"), "activity": view.say("分行业看", "By industry")}[
        dimension
    ]
    when = period_words(parts["time_period"].iloc[0], view.lang, ytd=True, year=False)
    return view.say(
        f"{what}，{when}同比增速依次为{listed(view, items)}"
        + ("；原文未注明产值或增加值。" if doubt else "。"),
        f"{what}, growth in {when} was {listed(view, items)}"
        + ("; the source does not say whether of output or of value added." if doubt else "."),
    )


def _named(parts: pd.DataFrame) -> list:
    return list(parts.rename(columns={"name": "name_"}).itertuples())


def _brackets(view: View, text: str) -> str:
    return view.say(f"（{text}）", f" ({text})")


def growth_chart(view: View, dimension: str) -> Chart | None:
    """Bars of published growth by area or industry; ``None`` where nothing is published."""
    parts = growth_by(view, dimension)
    if parts.empty:
        return None
    first, last = parts.iloc[0], parts.iloc[-1]
    what = {"ref_area": view.say("区域", "areas"), "activity": view.say("行业", "industries")}[dimension]
    noun = view.name("indicators", first["indicator"])
    single = (
        f"{first['name']}{view.say('', ': ')}{growth_words(first['obs_value'], first['decimals'], view.lang)}"
    )
    several = view.say(
        f"{len(parts)}个{what}中{first['name']}增长最快（{pct(first['obs_value'], first['decimals'])}），"
        f"{last['name']}最慢（{pct(last['obs_value'], last['decimals'])}）",
        f"Of {len(parts)} {what}, {first['name']} grew most ({pct(first['obs_value'], first['decimals'], 'en')}) and "
        f"{last['name']} least ({pct(last['obs_value'], last['decimals'], 'en')})",
    )
    when = period_words(first["time_period"], view.lang, ytd=True)
    return charts.bars(
        parts,
        "name",
        "obs_value",
        title=several if len(parts) > 1 else single,
        unit=view.say(f"{when}同比增速，%", f"growth on a year earlier, {when}, %"),
        source=view.source(parts["source_id"]),
        lang=view.lang,
        note=view.say(f"指标：{noun}。", f"Indicator: {noun}."),
    )


def remainder_chart(view: View) -> Chart | None:
    """Monthly output so far against what the announced year leaves."""
    known = rest_of_year(view)
    if known is None:
        return None
    expected, so_far, rest = known
    title = view.say(
        f"按全年{amount(view, expected)}推算，{months_left_words(view, so_far)}月均产值比前期{'低' if rest.versus_ytd_pct < 0 else '高'}"
        f"{pct(abs(rest.versus_ytd_pct), 1)}",
        f"The announced year of {amount(view, expected)} puts {months_left_words(view, so_far)} "
        f"{pct(abs(rest.versus_ytd_pct), 1, 'en')} {'below' if rest.versus_ytd_pct < 0 else 'above'} the months so far",
    )
    return charts.remainder(
        int(so_far.time_period[-2:]),
        view.money(rest.ytd_per_month),
        view.money(rest.per_month),
        decimals=view.say(1, 2),
        title=title,
        unit=view.say(f"月均产值，{view.money_unit}", f"output a month, {view.money_unit}"),
        source=view.source([so_far.source_id, expected.source_id]),
        lang=view.lang,
        note=view.say(
            "面积为产值；虚框由预计数推算，不是已公布数。",
            "Area is output; the hollow block is implied, not published.",
        ),
    )


def history_table(view: View) -> Table | None:
    """Every published level and growth of the city's output, period by period."""
    known = _history(view)
    if known.empty:
        return None
    return Table(
        known.assign(level=view.money(known["level"])),
        view.say("规上工业总产值历次公布数", "Gross output above designated size as published over time"),
        columns=(
            Column("period", view.say("时期", "Period")),
            Column("level", view.say("水平", "Level"), unit=view.money_unit, status="level_status"),
            Column("growth", view.say("同比", "Growth"), 1, unit="%", status="growth_status"),
        ),
        source=view.source([*known["level_source"].dropna(), *known["growth_source"].dropna()]),
        note=view.say(
            "没有列出的时期没有查到公布数，不作插补。",
            "Periods not listed have no published figure that was found; none is filled in.",
        ),
        lang=view.lang,
    )


def _history(view: View) -> pd.DataFrame:
    """Levels beside growth of the city's output, one row a period, the newest first."""
    kinds = {"level": ("level", "ytd"), "growth": ("yoy", "ytd_yoy")}
    rows = {
        name: figures(view.past, OUTPUT, kind, ref_area="zhoushan", activity="total")
        for name, kind in kinds.items()
    }
    columns = {name: _by_period(table, name) for name, table in rows.items()}
    joined = columns["level"].join(columns["growth"], how="outer").reset_index()
    order = joined.assign(end=last_month(joined)).sort_values(
        ["end", "freq", "ytd"], ascending=[False, True, False]
    )
    joined = joined.loc[order.index].reset_index(drop=True)
    periods = [period_words(row.time_period, view.lang, ytd=row.ytd) for row in joined.itertuples()]
    statuses = joined[["level_status", "growth_status"]].fillna("")
    return joined.assign(period=periods, **statuses)


def _by_period(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    keys = ["freq", "time_period", "ytd"]
    rows = rows.assign(ytd=rows["transformation"].str.startswith("ytd")).drop_duplicates(keys).set_index(keys)
    names = {"obs_value": name, "obs_status": f"{name}_status", "source_id": f"{name}_source"}
    return rows[list(names)].rename(columns=names)


def contribution_parts(view: View, dimension: str) -> pd.DataFrame:
    """Parts of the newest period for which levels and growth of parts are published.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}

    Returns
    -------
    pandas.DataFrame
        ``time_period, code, level, growth, base, contribution_pp``, one row a part and the total first;
        levels in 亿元. Empty if no period has the total and two parts.
    """
    cells = _output_cells(view, dimension)
    periods = cells.groupby("time_period")["code"].agg(lambda codes: "total" in set(codes) and len(codes) > 2)
    if not periods.any():
        return pd.DataFrame(columns=["time_period", "code", "level", "growth", "base", "contribution_pp"])
    newest = cells[cells["time_period"].eq(periods[periods].index.max())].copy()
    newest["base"] = [
        metrics.implied_base(level, rate)
        for level, rate in zip(newest["level"], newest["growth"], strict=True)
    ]
    total_base = newest.loc[newest["code"].eq("total"), "base"].iloc[0]
    newest["contribution_pp"] = metrics.contribution_pp(
        newest["level"], newest["base"], total_base=total_base
    )
    return newest.sort_values("code", key=lambda codes: codes.ne("total"), kind="stable", ignore_index=True)


def _output_cells(view: View, dimension: str) -> pd.DataFrame:
    """Levels and growth of output side by side, for the city and its additive areas or its industries."""
    units = ("1e8_cny", "pct")
    rows = figures(view.past, OUTPUT, ("ytd", "ytd_yoy"), freq="M", unit=units, obs_status=PUBLISHED)
    city = rows["ref_area"].eq("zhoushan") & rows["activity"].eq("total")
    part = rows["ref_area"].isin(_additive(view)) if dimension == "ref_area" else _is_cluster(view, rows)
    code = rows[dimension].mask(city, "total")
    cells = rows.assign(code=code)[city | part].drop_duplicates(["time_period", "code", "transformation"])
    wide = cells.pivot(index=["time_period", "code"], columns="transformation", values="obs_value")
    wide = wide.reindex(columns=["ytd", "ytd_yoy"]).dropna().reset_index()
    return wide.rename(columns={"ytd": "level", "ytd_yoy": "growth"}).rename_axis(columns=None)


def _is_cluster(view: View, rows: pd.DataFrame) -> pd.Series:
    # Clusters do not overlap; an industry may lie inside one or cut across several.
    return rows["ref_area"].eq("zhoushan") & rows["activity"].isin(view.table("clusters")["cluster"])


def _additive(view: View) -> list[str]:
    areas = view.table("areas")
    return areas.loc[areas["parent"].eq("zhoushan") & areas["additive"].eq("yes"), "area"].tolist()


def contribution_table(view: View, dimension: str) -> Table | None:
    """Contributions of parts in points, closed to the total by a row for what is not published."""
    parts = contribution_parts(view, dimension)
    if parts.empty:
        return None
    total, parts = parts.iloc[0], parts.iloc[1:].sort_values("contribution_pp", ascending=False)
    table = {"ref_area": "areas", "activity": "activities"}[dimension]
    frame = parts.assign(name=[view.name(table, code) for code in parts["code"]])
    rest = {"name": view.say("未分列及舍入差", "Not published separately, rounding")}
    rest |= {column: total[column] - frame[column].sum() for column in ("level", "base", "contribution_pp")}
    whole = total.to_dict() | {"name": view.say("全市", "City")}
    frame = pd.concat([frame, pd.DataFrame([rest, whole])], ignore_index=True)
    frame[["level", "base"]] = frame[["level", "base"]].apply(view.money)
    when = period_words(total["time_period"], view.lang, ytd=True)
    return Table(
        frame,
        view.say(
            f"{when}规上工业总产值：各部分对增长的拉动", f"Contributions to growth of gross output, {when}"
        ),
        columns=(
            Column("name", view.say("部分", "Part")),
            Column("level", view.say("产值", "Output"), view.say(1, 2), unit=view.money_unit),
            Column("growth", view.say("同比", "Growth"), 1, unit="%"),
            Column("base", view.say("推算同期基数", "Implied base"), view.say(1, 2), unit=view.money_unit),
            Column("contribution_pp", view.say("拉动", "Contribution"), 1, unit=view.say("百分点", "points")),
        ),
        source=view.source(_sources_of(view, total["time_period"])),
        note=view.say(
            "产值与增速为公布数；同期基数=产值÷（1+增速），拉动=增量÷全市同期基数。这是最近一个同时公布分项产值与增速的时期。",
            "Output and growth are published; base = output / (1 + growth), contribution = increase / the city's base. "
            "This is the newest period with both levels and growth of parts.",
        ),
        lang=view.lang,
    )


def _sources_of(view: View, time_period: str) -> pd.Series:
    rows = view.past[view.past["indicator"].eq(OUTPUT) & view.past["time_period"].eq(time_period)]
    return rows.loc[rows["ref_area"].eq("zhoushan"), "source_id"]


def gap_table(view: View) -> Table | None:
    """Published growth beside the growth that published levels imply (口径差)."""
    rows = [row for indicator in (OUTPUT, VALUE_ADDED, "gdp") for row in _gaps(view, indicator)]
    if not rows:
        return None
    return Table(
        pd.DataFrame(rows),
        view.say("公布增速与由公布水平推算的增速", "Published growth and growth implied by published levels"),
        columns=(
            Column("name", view.say("指标", "Indicator")),
            Column("year", view.say("年份", "Year"), align="right"),
            Column("before", view.say("上年水平", "Year before"), view.say(1, 2), unit=view.money_unit),
            Column("level", view.say("本年水平", "Level"), view.say(1, 2), unit=view.money_unit),
            Column("implied", view.say("推算增速", "Implied"), 1, unit="%"),
            Column("published", view.say("公布增速", "Published"), 1, unit="%"),
            Column("gap", view.say("口径差", "Gap"), 1, unit=view.say("百分点", "points")),
        ),
        source=view.source(source for row in rows for source in row["sources"]),
        note=view.say(
            "增加值和地区生产总值增速按可比价计算，水平按现价计算；企业范围和基数修订也造成口径差。公布增速不因推算值而改动。",
            "Growth of value added and GDP is at comparable prices, levels are at current prices; the set of firms and "
            "revised bases add to the gap. The published growth stands.",
        ),
        lang=view.lang,
    )


def _gaps(view: View, indicator: str) -> list[dict[str, object]]:
    where = {"freq": "A", "ref_area": "zhoushan", "activity": "total", "obs_status": "A"}
    levels = figures(view.past, indicator, "level", unit="1e8_cny", **where).drop_duplicates("time_period")
    growths = figures(view.past, indicator, "yoy", unit="pct", **where).drop_duplicates("time_period")
    level, published = (frame.set_index("time_period") for frame in (levels, growths))
    years = [year for year in sorted(published.index) if {year, str(int(year) - 1)} <= set(level.index)]
    return [_gap(view, indicator, level, published, year) for year in years]


def _gap(
    view: View, indicator: str, level: pd.DataFrame, published: pd.DataFrame, year: str
) -> dict[str, object]:
    now, before, rate = level.loc[year], level.loc[str(int(year) - 1)], published.loc[year]
    implied = metrics.growth_pct(now["obs_value"], before["obs_value"])
    return {
        "name": view.name("indicators", indicator),
        "year": year,
        "before": view.money(before["obs_value"]),
        "level": view.money(now["obs_value"]),
        "implied": implied,
        "published": rate["obs_value"],
        "gap": metrics.change_pp(rate["obs_value"], implied),
        "sources": (now["source_id"], before["source_id"], rate["source_id"]),
    }
