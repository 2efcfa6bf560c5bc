"""Every figure of the collected facts is in the data package, as printed."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
FACTS = ROOT.parent / "shared" / "published" / "zhoushan_facts.csv"
pytestmark = pytest.mark.skipif(
    not FACTS.exists(), reason="shared/published/zhoushan_facts.csv is not beside this checkout"
)

# The label of the collected facts to the code in units.csv. “每年” is the basis of a target, not its unit.
UNITS = {
    "%": "pct", "‰": "permille", "个百分点": "pp", "倍": "times", "位": "rank",
    "亿元": "1e8_cny", "万元": "1e4_cny", "元": "cny", "billion yuan": "bn_cny", "million yuan": "mn_cny",
    "亿美元": "1e8_usd", "万美元": "1e4_usd", "billion USD": "bn_usd", "million USD": "mn_usd",
    "万元/亩": "1e4_cny_per_mu", "万元/人": "1e4_cny_per_person",
    "家": "firm", "个": "count", "项": "item", "户": "household", "件": "piece", "家次": "firm_time", "批次": "batch", "个/年": "count",
    "人": "person", "万人": "1e4_person", "万户": "1e4_household", "万人次": "1e4_visit", "million": "mn_visit",
    "吨": "t", "tons": "t", "kilotons": "kt", "万吨": "1e4_t", "million tons": "mn_t", "亿吨": "1e8_t", "万载重吨": "1e4_dwt",
    "TEU": "teu", "万TEU": "1e4_teu", "million TEU": "mn_teu",
    "亿千瓦时": "1e8_kwh", "万平方米": "1e4_m2", "亩/年": "mu", "台/年": "set",
}  # fmt: skip

AMOUNT = {"level", "ytd", "cumulative"}
GROWTH = {"yoy", "ytd_yoy"}
TRANSFORMATIONS = {
    "level": AMOUNT, "count": AMOUNT, "index": AMOUNT, "share": AMOUNT | {"share"},
    "yoy": GROWTH, "yoy_real": GROWTH, "yoy_nominal": GROWTH, "cagr": {"avg_yoy"}, "growth_vs_2019": {"growth_since"},
    "contribution": {"contribution"}, "rank": {"rank", "yoy_rank", "ytd_yoy_rank"}, "forecast": AMOUNT | GROWTH,
}  # fmt: skip
PRICE_BASIS = {"yoy_real": "constant", "yoy_nominal": "current"}
PRICE_INDICES = {"cpi", "cpi_service", "cpi_consumer_goods", "retail_price_index", "ppi", "ppi_purchase"}


def read(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


# What the collected titles say of the copy stands in the source's note, not in its title.
COPY = r"\s*\([^()]*(?:转载|镜像|转引|机器译文|en\.bgzlr\.com|sheet030|浙江在线|舟山日报报道)[^()]*\)$"


def facts():
    table = read(FACTS)
    table["source_title"] = table["source_title"].str.replace(COPY, "", regex=True)
    return table.assign(value=table["value"].str.replace(",", ""), unit=table["unit"].map(UNITS))


def published(name):
    """A table of the package with the title of each row's source."""
    sources = read(ROOT / "data" / "sources.csv")
    return read(ROOT / "data" / f"{name}.csv").merge(
        sources[["source_id", "title"]], on="source_id", how="left"
    )


def missing(wanted, held):
    return sorted((Counter(map(tuple, wanted)) - Counter(map(tuple, held))).elements())


def test_every_unit_label_has_a_code():
    assert set(read(FACTS)["unit"]) - set(UNITS) == set()
    assert set(UNITS.values()) - set(read(ROOT / "data" / "units.csv")["unit"]) == set()


def test_every_figure_is_an_observation():
    table = facts().query("kind != 'target'")
    misses = []
    for kind, rows in table.groupby("kind"):
        held = published("observations").query(
            "transformation in @kinds", local_dict={"kinds": TRANSFORMATIONS[kind]}
        )
        held = held[(held["obs_status"] == "F") == (kind == "forecast")]
        if kind in PRICE_BASIS:
            held = held[(held["price_basis"] == PRICE_BASIS[kind]) | held["indicator"].isin(PRICE_INDICES)]
        wanted = rows[["value", "unit", "period", "source_title"]].to_numpy()
        misses += [
            (kind, *row)
            for row in missing(wanted, held[["obs_value", "unit", "time_period", "title"]].to_numpy())
        ]
    assert not misses, "\n".join(map(str, misses))


def test_no_figure_serves_two_facts():
    wanted = facts().query("kind != 'target'")[["value", "unit", "period", "source_title"]].to_numpy()
    held = published("observations")[["obs_value", "unit", "time_period", "title"]].to_numpy()
    misses = missing(wanted, held)
    assert not misses, "\n".join(map(str, misses))


def test_every_target_is_a_target():
    wanted = facts().query("kind == 'target'")[["value", "unit", "period", "source_title"]].to_numpy()
    held = published("targets")[["value", "unit", "deadline", "title"]].to_numpy()
    misses = missing(wanted, held)
    assert not misses, "\n".join(map(str, misses))


def test_release_dates_are_those_of_the_sources():
    wanted = facts()[["source_title", "source_date"]].drop_duplicates().to_numpy()
    held = read(ROOT / "data" / "sources.csv")[["title", "released"]].to_numpy()
    misses = missing(wanted, held)
    assert not misses, "\n".join(map(str, misses))
    observations = read(ROOT / "data" / "observations.csv").merge(
        read(ROOT / "data" / "sources.csv"), on="source_id", suffixes=("", "_source")
    )
    differing = observations[observations["released"] != observations["released_source"]]
    assert differing.empty, differing[["indicator", "time_period", "source_id", "released"]].to_string()
