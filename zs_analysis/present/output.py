"""Output growth: its sentences, charts and tables."""

import re

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics import Remainder
from zs_analysis.model import PUBLISHED, Figure, figures, last_month
from zs_analysis.present import charts
from zs_analysis.present.chart import Chart
from zs_analysis.present.findings import Findings
from zs_analysis.present.numbers import fmt, growth_words, pct, period_words, pp, yi
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
            statement(view, VALUE_ADDED),
            contribution_finding(view),
            price_finding(view),
            rest_of_year_finding(view),
            parts_finding(view, "ref_area"),
            parts_finding(view, "activity"),
            parts_finding(view, "cross_cutting"),
            digital_finding(view),
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
        f"产值按现价、增加值按可比价计算，增速不能直接比较：若增加值率不变，两者之差相当于隐含平减指数{index}"
        f"（{span}），即{_price_words(view, deflator.value)}；增加值率变化也会形成这一差距，因此不是工业品价格指数。",
        f"Output is at current and value added at comparable prices, so their growth rates differ: with an unchanged "
        f"value-added rate the gap amounts to an implied deflator of {index} ({span}), {_price_words(view, deflator.value)}. "
        "A change of that rate would give the same gap; this is no price index.",
    )


def _price_words(view: View, deflator: float) -> str:
    change = 100 * (deflator - 1)
    size = pct(abs(change), 1, view.lang)
    if size == "0.0%":
        return view.say("与上年同期大致持平", "about the level of a year earlier")
    higher = change > 0
    return view.say(
        f"比上年同期{'高' if higher else '低'}约{size}",
        f"about {size} {'above' if higher else 'below'} a year earlier",
    )


def contribution_finding(view: View) -> str | None:
    """What industry contributes to the growth of the province's industry and of the city's GDP, as published."""
    province = view.current(UNSPECIFIED, "contribution", counterpart_area="zhejiang", unit="pct")
    gdp = view.current("gdp", "contribution", activity="industry_scale", unit="pct")
    parts = []
    if province:
        size = amount(view, province)
        parts += [
            view.say(f"对全省工业增速的贡献率为{size}", f"{size} to the growth of the province's industry")
        ]
    if gdp:
        size = amount(view, gdp)
        parts += [view.say(f"对全市GDP增速的贡献率为{size}", f"{size} to the growth of the city's GDP")]
    if not parts:
        return None
    when = window(view, province or gdp)
    return view.say(
        f"{when}规上工业{'，'.join(parts)}。",
        f"In {when} industry above designated size contributed {' and '.join(parts)}.",
    )


def digital_finding(view: View) -> str | None:
    """Growth of the core industries of the digital economy and their places in the province."""
    cells = {
        ("investment_fixed_asset", "digital_core"): view.say("项目投资", "project investment"),
        ("revenue", "digital_core"): view.say("营业收入", "revenue"),
        (VALUE_ADDED, "digital_core_manufacturing"): view.say(
            "核心制造业增加值", "value added of core manufacturing"
        ),
        ("revenue", "software"): view.say(
            "软件与信息服务业营收", "revenue of software and information services"
        ),
    }
    items = []
    for (indicator, activity), name in cells.items():
        change = view.current(indicator, "ytd_yoy", activity=activity)
        if change:
            place = view.beside(change, "ytd_yoy_rank")
            detail = view.say(f"，第{place.value:.0f}位", f", no. {place.value:.0f}") if place else ""
            items.append(name + _brackets(view, pct(change.value, change.decimals, view.lang) + detail))
    if not items:
        return None
    return view.say(
        f"数字经济核心产业同比增速及全省位次：{listed(view, items)}。",
        f"Digital economy, growth and place in the province: {listed(view, items)}.",
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


DIMENSIONS = {"ref_area": "ref_area", "activity": "activity", "cross_cutting": "activity"}
PRINTED_LABEL = re.compile(r"原文作“([^”]+)”")


def growth_by(view: View, dimension: str) -> pd.DataFrame:
    """Newest published growth of the city's areas or industries in the reported year.

    Parameters
    ----------
    dimension : {"ref_area", "activity", "cross_cutting"}
        Areas, the 155 clusters, or industries that are no cluster and may cut across several.

    Returns
    -------
    pandas.DataFrame
        Rows of observations with ``name``, the strongest growth first: of gross output where parts are
        published, else of what the source leaves unspecified. Empty if nothing is.
    """
    rows = figures(view.past, (OUTPUT, UNSPECIFIED), ("ytd_yoy", "yoy"), unit="pct", obs_status=PUBLISHED)
    whole_or_ytd = rows["freq"].eq("A") == rows["transformation"].eq("yoy")
    rows = rows[_is_part(view, rows, dimension) & whole_or_ytd & rows["time_period"].str[:4].eq(view.year)]
    if rows.empty:
        return rows.assign(name=[])
    newest = rows[rows["time_period"].eq(rows["time_period"].iloc[0])]
    stated = newest["indicator"].eq(OUTPUT)
    newest = newest[stated if stated.any() else ~stated].drop_duplicates(DIMENSIONS[dimension])
    names = [_part_name(view, row, dimension) for row in newest.to_dict("records")]
    return newest.assign(name=names).sort_values("obs_value", ascending=False, kind="stable")


def _part_name(view: View, row: dict[str, object], dimension: str) -> str:
    """The source's own word for an industry, where it differs from the cluster it is filed under."""
    if dimension == "ref_area":
        return view.name("areas", row["ref_area"])
    printed = PRINTED_LABEL.search(row["note"])
    return printed[1] if printed and view.lang == "zh" else view.name("activities", row["activity"])


def _is_part(view: View, rows: pd.DataFrame, dimension: str) -> pd.Series:
    if dimension == "ref_area":
        return rows["ref_area"].isin(view.inside("zhoushan")) & rows["activity"].eq("total")
    cluster = _is_cluster(view, rows)
    if dimension == "activity":
        return cluster
    return rows["ref_area"].eq("zhoushan") & ~rows["activity"].isin(["total", "all_clusters"]) & ~cluster


def parts_finding(view: View, dimension: str) -> str | None:
    """Growth of areas or industries in one sentence.

    Parameters
    ----------
    dimension : {"ref_area", "activity", "cross_cutting"}
    """
    parts = growth_by(view, dimension)
    if parts.empty:
        return None
    items = [
        name + _brackets(view, pct(value, decimals, view.lang))
        for name, value, decimals in parts[["name", "obs_value", "decimals"]].itertuples(index=False)
    ]
    what = {
        "ref_area": view.say("分区域看", "By area"),
        "activity": view.say("分行业看", "By industry"),
        "cross_cutting": view.say("从跨行业口径看", "Across industries"),
    }[dimension]
    when = _span(view, parts.iloc[0], year=False)
    return view.say(
        f"{what}，{when}同比增速：{listed(view, items)}{_doubt(view, parts)}。",
        f"{what}, growth in {when} was {listed(view, items)}{_doubt(view, parts)}.",
    )


def _span(view: View, row: pd.Series, *, year: bool = True) -> str:
    return period_words(row["time_period"], view.lang, ytd=row["freq"] == "M", year=year)


def _doubt(view: View, parts: pd.DataFrame) -> str:
    if parts["indicator"].iloc[0] != UNSPECIFIED:
        return ""
    return view.say(
        "（原文未注明产值或增加值）", "; the source does not say whether of output or of value added"
    )


def _brackets(view: View, text: str) -> str:
    return view.say(f"（{text}）", f" ({text})")


def growth_chart(view: View, dimension: str) -> Chart | None:
    """Bars of published growth by area or cluster; ``None`` where nothing is published.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}
    """
    parts = growth_by(view, dimension)
    if parts.empty:
        return None
    when = _span(view, parts.iloc[0])
    return charts.bars(
        parts,
        "name",
        "obs_value",
        title=_growth_title(view, parts, dimension),
        unit=view.say(f"{when}同比增速，%", f"growth on a year earlier, {when}, %"),
        source=view.source(parts["source_id"]),
        lang=view.lang,
        note=_growth_note(view, parts, dimension),
    )


def _growth_title(view: View, parts: pd.DataFrame, dimension: str) -> str:
    first, last = parts.iloc[0], parts.iloc[-1]
    if len(parts) == 1:
        return f"{first['name']}{view.say('', ': ')}{growth_words(first['obs_value'], first['decimals'], view.lang)}"
    what = {"ref_area": view.say("区域", "areas"), "activity": view.say("集群", "clusters")}[dimension]
    high, low = (pct(row["obs_value"], row["decimals"], view.lang) for row in (first, last))
    return view.say(
        f"公布增速的{len(parts)}个{what}中，{first['name']}最快（{high}），{last['name']}最慢（{low}）",
        f"Of {len(parts)} {what} with published growth, {first['name']} grew most ({high}), {last['name']} least ({low})",
    )


def _growth_note(view: View, parts: pd.DataFrame, dimension: str) -> str:
    noun = view.name("indicators", parts["indicator"].iloc[0])
    notes = [view.say(f"指标：{noun}。", f"Indicator: {noun}.")]
    if dimension == "ref_area":
        notes += [view.say("区域之间有重叠，不能相加。", "Areas overlap and must not be added up.")]
    else:
        notes += [
            view.say(
                "其余集群没有查到同期增速。", "For the other clusters no growth of the period was found."
            )
        ]
    if parts["activity"].eq("marine_electronics").any():
        notes += [
            view.say(
                "电子电机归入海洋电子集群，两者范围未必一致。",
                "Marine electronics is printed as 电子电机 (electronics and motors); the scopes may differ.",
            )
        ]
    return view.say("", " ").join(notes)


def remainder_chart(view: View) -> Chart | None:
    """Monthly output so far against what the announced year leaves."""
    known = rest_of_year(view)
    if known is None:
        return None
    expected, so_far, rest = known
    title = view.say(
        f"按全年{amount(view, expected)}推算，{months_left_words(view, so_far)}月均产值比{window(view, so_far)}{'低' if rest.versus_ytd_pct < 0 else '高'}"
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
            Column("level", view.say("产值", "Output"), unit=view.money_unit, status="level_status"),
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
    kinds = {"level": (("level", "ytd"), "1e8_cny"), "growth": (("yoy", "ytd_yoy"), "pct")}
    rows = {
        name: figures(view.past, OUTPUT, kind, ref_area="zhoushan", activity="total", unit=unit)
        for name, (kind, unit) in kinds.items()
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
    """Contributions of parts in points, closed to the total by a row for what is not published.

    Parameters
    ----------
    dimension : {"ref_area", "activity"}
    """
    parts = contribution_parts(view, dimension)
    if parts.empty:
        return None
    total, parts = parts.iloc[0], parts.iloc[1:].sort_values("contribution_pp", ascending=False)
    table = {"ref_area": "areas", "activity": "activities"}[dimension]
    frame = parts.assign(name=[view.name(table, code) for code in parts["code"]])
    top = frame.iloc[0]
    rest = view.say("未分列及舍入差", "Not published separately, rounding")
    closed = frame.set_index("name")[["level", "base", "contribution_pp"]].apply(
        lambda part: metrics.with_unallocated(part, total[part.name], label=rest)
    )
    whole = total.to_dict() | {"name": view.say("全市", "City")}
    frame = closed.assign(growth=frame.set_index("name")["growth"]).reset_index(names="name")
    frame = pd.concat([frame, pd.DataFrame([whole])], ignore_index=True)
    frame[["level", "base"]] = frame[["level", "base"]].apply(view.money)
    when = period_words(total["time_period"], view.lang, ytd=True)
    return Table(
        frame,
        view.say(
            f"{when}{top['name']}拉动规上工业总产值增长{pp(top['contribution_pp'], 1)}",
            f"{top['name']} contributed {pp(top['contribution_pp'], 1, 'en')} to growth of gross output, {when}",
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
    rows = [row for indicator in (OUTPUT, VALUE_ADDED) for row in _gaps(view, indicator)]
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
            "增加值增速按可比价计算，水平按现价计算；企业范围和基数修订也造成口径差。公布增速不因推算值而改动。",
            "Growth of value added is at comparable prices, levels are at current prices; the set of firms and "
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
