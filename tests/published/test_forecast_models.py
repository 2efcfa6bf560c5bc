"""Forecast models against numbers other programs printed.

K numbers are those of the project's list of known-answer cases.
"""

import numpy as np
import pytest

from zs_analysis.forecast.arma import most_likely
from zs_analysis.forecast.combination import AIRLINE, THETA
from zs_analysis.forecast.models import deseasonalised, in_logs, theta
from zs_analysis.forecast.predictive import conformal_quantile

# Box and Jenkins (1976), series G: international airline passengers in thousands, from January 1949.
PASSENGERS_FROM_BOX_JENKINS = """
112 118 132 129 121 135 148 148 136 119 104 118 115 126 141 135 125 149 170 170 158 133 114 140
145 150 178 163 172 178 199 199 184 162 146 166 171 180 193 181 183 218 230 242 209 191 172 194
196 196 236 235 229 243 264 272 237 211 180 201 204 188 235 227 234 264 302 293 259 229 203 229
242 233 267 269 270 315 364 347 312 274 237 278 284 277 317 313 318 374 413 405 355 306 271 306
315 301 356 348 355 422 465 467 404 347 305 336 340 318 362 348 363 435 491 505 404 359 310 337
360 342 406 396 420 472 548 559 463 407 362 405 417 391 419 461 472 535 622 606 508 461 390 432
"""
PASSENGERS = np.array(PASSENGERS_FROM_BOX_JENKINS.split(), float)

# `Arima(log(AirPassengers), c(0, 1, 1), c(0, 1, 1))` and `thetaf(AirPassengers)` of R's forecast 8.20.
AIRLINE_FROM_R_FORECAST_8_20 = [-0.4018, -0.5569]
AHEAD_FROM_R_FORECAST_8_20 = [450.42, 425.72, 479.01]
# `ets(AirPassengers, "MAM", damped = TRUE)` of R's forecast 8.20 and the same model of statsmodels 0.15.
ETS_LIKELIHOOD_FROM_R_FORECAST_8_20, ETS_AICC_FROM_R_FORECAST_8_20 = -679.583, 1400.64
ETS_LIKELIHOOD_FROM_STATSMODELS_0_15, ETS_AICC_FROM_STATSMODELS_0_15 = -525.62, 1095.36
DROPPED_BY_R_FROM_K14 = 153.50
THETA_FROM_R_FORECAST_8_20 = [440.08, 428.38, 489.71]
# `ThetaModel(AirPassengers).fit().forecast(3)` of statsmodels 0.15.
THETA_FROM_STATSMODELS_0_15 = [440.07, 428.37, 489.70]

# Luteinizing hormone at ten-minute intervals (Diggle 1990), accidental deaths in the US from January 1973
# (Brockwell and Davis 1991): data sets `lh` and `USAccDeaths` of R.
HORMONE_FROM_DIGGLE = """
2.4 2.4 2.4 2.2 2.1 1.5 2.3 2.3 2.5 2.0 1.9 1.7 2.2 1.8 3.2 3.2 2.7 2.2 2.2 1.9 1.9 1.8 2.7 3.0
2.3 2.0 2.0 2.9 2.9 2.7 2.7 2.3 2.6 2.4 1.8 1.7 1.5 1.4 2.1 3.3 3.5 3.5 3.1 2.6 2.1 3.4 3.0 2.9
"""
DEATHS_FROM_BROCKWELL_DAVIS = """
9007 8106 8928 9137 10017 10826 11317 10744 9713 9938 9161 8927
7750 6981 8038 8422 8714 9512 10120 9823 8743 9129 8710 8680
8162 7306 8124 7870 9387 9556 10093 9620 8285 8466 8160 8034
7717 7461 7767 7925 8623 8945 10078 9179 8037 8488 7874 8647
7792 6957 7726 8106 8890 9299 10625 9302 8314 8850 8265 8796
7836 6892 7791 8192 9115 9434 10484 9827 9110 9070 8633 9240
"""
# Examples of `?arima` in R: `arima(lh, c(1, 0, 0))`, `arima(lh, c(3, 0, 0))`, each with its mean last, and
# `arima(USAccDeaths, c(0, 1, 1), list(order = c(0, 1, 1)))`.
HORMONE_FROM_R = {1: [0.5739, 2.4133], 3: [0.6448, -0.0634, -0.2198, 2.3931]}
DEATHS_FROM_R = [-0.4303, -0.5528]

RESIDUALS_FROM_K36, HALF_WIDTH_FROM_K36 = [1, 2, 2, 3, 4, 5, 6, 8, 9], 8


def test_k13_airline_model_of_log_air_passengers() -> None:
    fitted = in_logs(AIRLINE)(PASSENGERS, 12)
    assert fitted.parameters.tolist() == pytest.approx(AIRLINE_FROM_R_FORECAST_8_20, abs=2e-4)
    # R and statsmodels stop at optima that differ by .01 passengers.
    assert fitted.forecasts(PASSENGERS, 3)[-1].tolist() == pytest.approx(AHEAD_FROM_R_FORECAST_8_20, abs=0.02)


@pytest.mark.parametrize("lags", HORMONE_FROM_R)
def test_autoregressions_of_the_hormone(lags: int) -> None:
    w = np.array(HORMONE_FROM_DIGGLE.split(), float)
    constant, *found = most_likely(w, (lags, 0), (0, 0), 1, drift=True)
    assert [*found, constant / (1 - sum(found))] == pytest.approx(HORMONE_FROM_R[lags], abs=5e-5)


def test_airline_model_of_accidental_deaths() -> None:
    found = AIRLINE(np.array(DEATHS_FROM_BROCKWELL_DAVIS.split(), float), 12)
    assert found.parameters.tolist() == pytest.approx(DEATHS_FROM_R, abs=1e-4)


def test_k14_likelihoods_of_ets_differ_by_a_constant_that_r_drops() -> None:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    damped = {"trend": "add", "damped_trend": True, "seasonal": "mul", "seasonal_periods": 12}
    found = ETSModel(PASSENGERS, error="mul", **damped).fit(disp=False)
    assert found.llf == pytest.approx(ETS_LIKELIHOOD_FROM_STATSMODELS_0_15, abs=0.005)
    assert found.aicc == pytest.approx(ETS_AICC_FROM_STATSMODELS_0_15, abs=0.005)
    n = len(PASSENGERS)
    dropped = n / 2 * (np.log(n) - 1 - np.log(2 * np.pi))
    assert dropped == pytest.approx(DROPPED_BY_R_FROM_K14, abs=0.005)
    # On one footing the two optima are half a point apart, their AICc as printed 305: they are never compared.
    assert found.llf - dropped == pytest.approx(ETS_LIKELIHOOD_FROM_R_FORECAST_8_20, abs=0.5)
    assert ETS_AICC_FROM_R_FORECAST_8_20 - found.aicc == pytest.approx(2 * dropped, abs=2)


def test_k15_theta_of_air_passengers_with_multiplicative_factors() -> None:
    from statsmodels.tsa.seasonal import seasonal_decompose

    def factors(_: np.ndarray, season: int) -> np.ndarray:
        return np.log(seasonal_decompose(PASSENGERS, model="multiplicative", period=season).seasonal[:season])

    found = deseasonalised(theta, factors, ratios=True)(PASSENGERS, 12).forecasts(PASSENGERS, 3)[-1]
    assert found.tolist() == pytest.approx(THETA_FROM_STATSMODELS_0_15, abs=0.005)
    assert found.tolist() == pytest.approx(THETA_FROM_R_FORECAST_8_20, abs=0.02)


def test_k15_theta_of_air_passengers_with_the_factors_of_the_pool() -> None:
    # The pool takes factors as means of logs over the last ten years, where R and statsmodels take arithmetic
    # means of ratios to a moving average over all twelve: another estimate of a pattern that moves, a percent
    # apart.
    found = THETA(PASSENGERS, 12).forecasts(PASSENGERS, 3)[-1]
    assert found.tolist() == pytest.approx(THETA_FROM_STATSMODELS_0_15, rel=0.015)


def test_k36_split_conformal_quantile() -> None:
    assert conformal_quantile(np.array(RESIDUALS_FROM_K36, float), 0.8) == HALF_WIDTH_FROM_K36
