"""The fallback where X-13 cannot run: an airline model takes the festival out, STL the season."""

import warnings

import numpy as np
import pandas as pd

from zs_analysis.metrics.seasonal.parts import COMPONENTS, REGRESSOR_COLUMNS, Parts, Transform


def stl_parts(series: pd.Series, festival: pd.DataFrame, transform: Transform) -> Parts:
    """Adjust a complete series by STL, after the holiday effect is taken out by regression.

    Parameters
    ----------
    series : pandas.Series
        Monthly or quarterly periods without a gap.
    festival : pandas.DataFrame
        Holiday regressors of at least these periods; no columns for none. Kept if they lower the AICc of the
        airline model (0 1 1)(0 1 1).
    transform : "auto", "log" or "none"
        "auto" takes logs of a series above zero.

    References
    ----------
    Cleveland, Cleveland, McRae and Terpenning (1990), STL, Journal of Official Statistics 6 (1), 3-73.
    Box and Jenkins (1976), Time Series Analysis, ch. 9 (the airline model).
    """
    from statsmodels.tsa.seasonal import STL

    log = transform != "none" and bool(series.min() > 0)
    period = 12 if series.index.freqstr == "M" else 4
    y = np.log(series) if log else series
    regressors, gain, converged = _festival_effect(y, festival.reindex(series.index), period)
    kept = regressors.loc[regressors["kept"], "estimate"]
    holiday = festival.reindex(series.index)[kept.index] @ kept if len(kept) else 0.0 * y
    fit = STL((y - holiday).to_numpy(), period=period, robust=True).fit()
    components = pd.DataFrame(
        {
            "adjusted": y - holiday - fit.seasonal,
            "seasonal": fit.seasonal,
            "trend": fit.trend,
            "irregular": fit.resid,
            "holiday": holiday,
            "trading_day": 0.0,
        },
        index=series.index,
    )
    return Parts(
        components=(np.exp(components) if log else components)[COMPONENTS],
        transform="log" if log else "none",
        model="STL" if festival.empty else "STL after (0 1 1)(0 1 1)",
        diagnostics={"holiday_aicc_gain": gain},
        regressors=regressors,
        flags=("holiday_not_kept",) * (gain <= 0) + ("not_converged",) * (not converged),
    )


def _festival_effect(y: pd.Series, festival: pd.DataFrame, period: int) -> tuple[pd.DataFrame, float, bool]:
    if festival.empty:
        empty = pd.DataFrame(columns=REGRESSOR_COLUMNS, index=pd.Index([], name="regressor", dtype="str"))
        return empty.astype({"kept": bool}), float("nan"), True
    # The optimiser works on numbers near one; the effect is scaled back.
    size = float(y.diff(period).std()) or 1.0
    with_it, without = (_airline(y / size, exog, period) for exog in (festival, None))
    gain = without.aicc - with_it.aicc
    names = festival.columns
    table = pd.DataFrame(
        {
            "group": "holiday",
            "estimate": with_it.params[names] * size,
            "se": with_it.bse[names] * size,
            "t": with_it.tvalues[names],
            "kept": bool(gain > 0),
        },
        index=pd.Index(names, name="regressor"),
    )
    return table[REGRESSOR_COLUMNS], float(gain), bool(with_it.mle_retvals["converged"])


def _airline(y: pd.Series, exog: pd.DataFrame | None, period: int):
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    model = SARIMAX(y, exog=exog, order=(0, 1, 1), seasonal_order=(0, 1, 1, period))
    with warnings.catch_warnings():
        # Whether it converged is read from the result and becomes a flag.
        warnings.simplefilter("ignore")
        return model.fit(disp=False)
