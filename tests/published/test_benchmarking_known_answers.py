"""Benchmarking against print: the IMF's manual, Stata, and R's tempdisagg.

K numbers are those of the project's list of known-answer cases. A tolerance is half the last digit given.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zs_analysis.panels import chow_lin, denton

# Bloem, Dippelsman and Maehle (2001), Quarterly National Accounts Manual, IMF, example 6.2.
INDICATOR_FROM_IMF = [98.2, 100.8, 102.2, 100.8, 99.0, 101.6, 102.7, 101.5, 100.5, 103.0, 103.5, 101.5]
TOTALS_FROM_IMF = [4000.0, 4161.4]
BENCHMARKED_FROM_IMF = [
    969.8, 998.4, 1018.3, 1013.4, 1007.2, 1042.9, 1060.3, 1051.0, 1040.6, 1066.5, 1071.7, 1051.0
]  # fmt: skip
LAST_RATIO_FROM_IMF = 10.355

# The Stata run that statsmodels' own test of dentonm carries.
BENCHMARKED_FROM_STATA = [
    64.334796, 127.80616, 187.82379, 120.03526, 56.563894, 105.97568, 147.50144, 89.958987, 40.547201, 74.445963,
    108.34473, 76.66211, 42.763347, 94.14664, 153.41596, 109.67405, 58.290761, 122.62556, 190.41409, 128.66959,
]  # fmt: skip

# Data set swisspharma of R's tempdisagg (Swiss chemical and pharmaceutical sales and exports, 1975 to 2010).
SALES_FROM_TEMPDISAGG = """
136.702329125076 151.056073683208 156.182411025399 157.207678493837 162.334015836027 168.485620646656
183.864632673227 186.256923432915 195.484330648858 214.280900903556 229.318157107314 232.393959512629
237.520296854819 257.342134577955 281.948553820469 293.5682517961 305.16592541909 325.487512829285
344.406431748204 382.791652411906 400.0 421.598166456267 461.940547756561 473.762303358583 513.597230570009
533.656329830929 618.681856619671 663.603508562527 691.309234069262 731.743847979507 777.296850499444
854.69498460372 1004.93097299718 1000.37133886138 1045.63930138848 988.309676143836
"""
EXPORTS_FROM_TEMPDISAGG = """
1818.817 1808.225 1649.206 1799.665 1985.753 2064.663 1856.387 1919.087 2015.152 2116.601 1972.348 1988.729
2164.848 2183.019 2004.491 2085.436 2202.925 2282.391 2125.113 2186.072 2529.957 2367.435 2235.741 2321.548
2720.669 2670.062 2581.773 2646.937 2823.649 2707.124 2532.887 2811.364 2841.249 2913.913 2801.485 2942.39
3242.56 3119.363 3034.631 3293.243 3602.49 3686.38 3379.88 3400.273 3630.32 3719.56 3406.022 3413.13 3778.9
3710.48 3412.83 3687.54 4042.417303 4009.614623 3756.136689 4055.832443 4518.584577 4660.644869 4128.378015
4504.609013 5036.659935 4703.117577 4256.36086 4425.559008 4948.707775 4851.943712 4503.009732 4801.228707
5779.277272 5390.734441 4924.00438 5163.534928 5840.851625 5829.176033 5289.828428 5388.432524 6399.483857
5807.346502 5511.128339 5773.876175 6294.915624 6144.047411 5862.777268 5741.106939 6663.527695 6612.185181
6289.160672 6389.031424 7200.851514 7763.252997 7080.846031 7602.474452 8239.402691 8080.526921 7498.393184
7483.922855 8270.329031 8245.308586 8248.545286 9226.608573 9536.765299 8855.509808 8834.653149 8664.748315
10882.192884 10907.337855 9999.504424 10043.508119 11502.040199 12079.125064 11078.311854 10284.11037
11901.454299 11307.195182 10817.807675 11167.182787 13163.220499 12555.266727 12060.280284 11823.157136
13649.138691 14133.588376 13426.016637 13629.238499 16001.982768 15575.656932 15380.199059 16017.032718
17806.370263 17470.473268 17047.233772 16486.830993 18353.920671 19438.272428 18150.494711 15975.591695
17768.978115 17793.127282 18236.999126 17972.13962 19915.79514 19482.479999 18484.648999 18026.46869
19687.520999 18913.066084
"""

# Results of R's tempdisagg on them: 1975 by quarter, then coefficients of the constant and of exports.
DENTON_CHOLETTE_FROM_R = [35.16242, 34.94793, 31.85685, 34.73512]
EXTRAPOLATED_FROM_R = [247.877116, 238.126287]
MAXLOG_FROM_R = {"b": [12.40888, 0.01339184], "1975": [34.84301, 34.70117, 32.57161, 34.58653]}
MAXLOG_SE_FROM_R = [1.493, 1.672e-4]
MAXLOG_EXTRAPOLATED_FROM_R = [276.060944, 265.689570]
RHO_FROM_R = -0.3069529
UNTRUNCATED_FROM_R = [12.31579, 0.01341]
FIXED_RHO_FROM_R = [16.42606, 0.01266204]
FERNANDEZ_FROM_R = {"b": [16.90312, 0.009546106], "1975": [34.26574, 34.31887, 33.10935, 35.00838]}


RETAIL = Path(__file__).parents[2].parent / "shared" / "series" / "us_retail_nsa_sa" / "data.csv"


def quarters(values: list[float], first: str) -> pd.Series:
    return pd.Series(values, index=pd.period_range(first, periods=len(values), freq="Q"))


def years(values: list[float], first: str) -> pd.Series:
    return pd.Series(values, index=pd.period_range(first, periods=len(values), freq="Y"))


@pytest.fixture
def sales() -> pd.Series:
    return years([float(number) for number in SALES_FROM_TEMPDISAGG.split()], "1975")


@pytest.fixture
def exports() -> pd.Series:
    numbers = [float(number) for number in EXPORTS_FROM_TEMPDISAGG.split()]
    return quarters(numbers, "1975Q1").rename("exports")


def test_k9_denton_imf_qna_2001_example_6_2() -> None:
    indicator = quarters(INDICATOR_FROM_IMF, "1998Q1")
    got = denton(indicator, years(TOTALS_FROM_IMF, "1998"))
    # One quarter is printed as 1042.9 and is 1042.849.
    np.testing.assert_allclose(got, BENCHMARKED_FROM_IMF, atol=0.1, rtol=0)
    assert got["1999Q2"] == pytest.approx(1042.849, abs=0.0005)
    assert (got / indicator).tail(5).tolist() == pytest.approx([LAST_RATIO_FROM_IMF] * 5, abs=0.0005)


def test_k10_denton_as_stata() -> None:
    indicator = quarters([50.0, 100.0, 150.0, 100.0] * 5, "2001Q1")
    got = denton(indicator, years([500.0, 400.0, 300.0, 400.0, 500.0], "2001"))
    np.testing.assert_allclose(got, BENCHMARKED_FROM_STATA, atol=1e-5, rtol=1e-7)


def test_k11_denton_cholette_as_r_tempdisagg(sales: pd.Series, exports: pd.Series) -> None:
    got = denton(exports, sales)
    assert got[:4].tolist() == pytest.approx(DENTON_CHOLETTE_FROM_R, abs=5e-6)
    assert got[-2:].tolist() == pytest.approx(EXTRAPOLATED_FROM_R, abs=5e-7)


def test_k11_chow_lin_maxlog_as_r_tempdisagg(sales: pd.Series, exports: pd.Series) -> None:
    got = chow_lin(sales, exports)
    assert got.rho == 0
    assert got.rho_unrestricted == pytest.approx(RHO_FROM_R, abs=5e-6)
    assert got.coefficients["estimate"].tolist() == pytest.approx(MAXLOG_FROM_R["b"], rel=5e-7)
    assert got.coefficients["se"].tolist() == pytest.approx(MAXLOG_SE_FROM_R, rel=4e-4)
    assert got.values[:4].tolist() == pytest.approx(MAXLOG_FROM_R["1975"], abs=5e-6)
    assert got.values[-2:].tolist() == pytest.approx(MAXLOG_EXTRAPOLATED_FROM_R, abs=5e-7)


def test_k11_chow_lin_with_the_untruncated_rho_as_r_tempdisagg(sales: pd.Series, exports: pd.Series) -> None:
    got = chow_lin(sales, exports, rho=RHO_FROM_R).coefficients["estimate"]
    assert got.tolist() == pytest.approx(UNTRUNCATED_FROM_R, abs=5e-6)


def test_k11_chow_lin_fixed_rho_as_r_tempdisagg(sales: pd.Series, exports: pd.Series) -> None:
    got = chow_lin(sales, exports, rho=0.9).coefficients["estimate"]
    assert got.tolist() == pytest.approx(FIXED_RHO_FROM_R, rel=5e-7)


def test_k11_fernandez_as_r_tempdisagg(sales: pd.Series, exports: pd.Series) -> None:
    got = chow_lin(sales, exports, method="fernandez")
    assert got.coefficients["estimate"].tolist() == pytest.approx(FERNANDEZ_FROM_R["b"], rel=5e-7)
    assert got.values[:4].tolist() == pytest.approx(FERNANDEZ_FROM_R["1975"], abs=5e-6)


@pytest.mark.skipif(not RETAIL.exists(), reason="shared/series/us_retail_nsa_sa is not beside this checkout")
@pytest.mark.parametrize(("kind", "error_pct"), [("445", 0.5), ("452", 0.6), ("722", 0.9), ("441", 1.2)])
def test_chow_lin_bands_cover_adjusted_us_retail(kind: str, error_pct: float) -> None:
    table = pd.read_csv(RETAIL, dtype={"series_id": str})

    def adjusted(series_id: str) -> pd.Series:
        rows = table[table["series_id"] == series_id]
        return pd.Series(rows["sa"].to_numpy(float), pd.PeriodIndex(rows["period"], freq="M"))[:"2019-12"]

    truth = adjusted(kind)
    got = chow_lin(truth.groupby(truth.index.asfreq("Y")).sum(), adjusted("retail_sales_total"))
    assert 0.92 < ((got.values - truth).abs() <= 1.96 * got.se).mean() < 0.97
    assert 100 * (got.values / truth - 1).abs().mean() < error_pct
