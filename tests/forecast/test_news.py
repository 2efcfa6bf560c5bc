"""News: changes of forecasts traced by hand, rows that add up whatever changes, vintages that cannot be compared."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis.forecast.combination import MONTHLY, Pool, combine
from zs_analysis.forecast.models import Fitted, drift, seasonal_naive, theta
from zs_analysis.forecast.news import Vintage, news, totals

MONTHS = pd.period_range("2021-01", periods=60, freq="M")
YEAR_2023 = MONTHS[24:36]
values = st.floats(1, 1e3)


def series(y, index: pd.PeriodIndex = MONTHS) -> pd.Series:
    return pd.Series(np.asarray(y, dtype=float), index=index[: len(y)])


def vintage(y, model, season: int = 12, judgement: float = 0.0) -> Vintage:
    return Vintage(series(y), model(np.asarray(y, dtype=float), season), judgement)


def impacts(found: pd.DataFrame) -> dict[str, float]:
    return found.groupby("cause", sort=False)["impact"].sum().to_dict()


def halving(past: float) -> Fitted:
    """Each forecast `past` times the one before."""
    return Fitted(lambda y, horizon: y[:, None] * past ** np.arange(1, horizon + 1))


def test_every_cause_by_hand() -> None:
    old = Vintage(series([8, 4]), halving(0.5), judgement=1.0)
    new = Vintage(series([8, 6, 5, 2]), halving(0.25), judgement=3.0)
    found = news(old, new, MONTHS[1:5])
    # old 4+2+1+.5; revised 6+3+1.5+.75; then 6+5+2.5+1.25; then 6+5+2+1; new fit 6+5+2+.5
    assert found["cause"].tolist() == ["revision", "news", "news", "re_estimation", "judgement"]
    assert found["impact"].tolist() == [3.75, 3.5, -0.75, -0.5, 2.0]
    arrived = found[found["cause"].eq("news")]
    assert arrived["period"].tolist() == [MONTHS[2], MONTHS[3]]
    assert arrived[["forecast", "actual", "news"]].values.tolist() == [[3, 5, 2], [2.5, 2, -0.5]]
    assert arrived["weight"].tolist() == [1.75, 1.5]
    assert totals(old, new, MONTHS[1:5]) == (8.5, 16.5, 8.0)
    others = found[found["cause"].ne("news")]
    assert others[["period", "forecast", "actual", "news", "weight"]].isna().all(axis=None)


def test_columns() -> None:
    one = vintage([1, 2, 3], drift)
    expected = ["cause", "period", "forecast", "actual", "news", "weight", "impact"]
    assert news(one, one, MONTHS[:6]).columns.tolist() == expected


def test_a_known_year_changes_by_its_revisions_alone() -> None:
    old, new = (vintage(y, seasonal_naive) for y in (np.arange(36.0), np.arange(36.0) + 1))
    assert impacts(news(old, new, YEAR_2023)) == {"revision": 12, "re_estimation": 0, "judgement": 0}


def test_a_year_to_date_counts_as_itself_and_news_carries_on() -> None:
    y = np.full(34, 10.0)
    old, new = vintage(y[:33], drift), Vintage(series(np.r_[y[:33], 13]), drift(y, 1))
    found = news(old, new, YEAR_2023)
    # the October of 13 in place of 10, and the drift it starts: 3/33 a month, one and two months on
    assert found["impact"].iloc[1] == pytest.approx(3 + 2 * 3 + 3 * 3 / 33)
    assert found["weight"].iloc[1] == pytest.approx(3 + 3 / 33)


def test_a_figure_just_as_forecast_is_no_news_and_has_no_weight() -> None:
    for y in ([3, 3, 3, 3], [0.1, 0.2, 0.3, 0.4]):  # the second misses the drift by binary noise
        found = news(vintage(y[:3], drift), vintage(y, drift), MONTHS[:6])
        assert found.loc[1, ["news", "impact"]].tolist() == pytest.approx([0, 0], abs=1e-12)
        assert np.isnan(found.loc[1, "weight"])


def test_judgement_alone() -> None:
    y = [1.0, 2, 3]
    found = news(vintage(y, drift), vintage(y, drift, judgement=-2.5), MONTHS[:4])
    assert impacts(found) == {"revision": 0, "re_estimation": 0, "judgement": -2.5}


def test_a_whole_combination_in_real_use() -> None:
    rng = np.random.default_rng(5)
    y = np.exp(5 + 0.01 * np.arange(46) + np.resize(np.linspace(-0.2, 0.2, 12), 46) + rng.normal(0, 0.03, 46))
    pool = Pool({name: MONTHLY.models[name] for name in ("theta", "theta_log")})
    first, revised = y[:43].copy(), y.copy()
    first[-3:] *= 1.02
    old = Vintage(series(first), combine(first, 12, 12, pool), 4.0)
    new = Vintage(series(revised), combine(revised, 12, 12, pool), 1.0)
    target = MONTHS[36:48]
    found, total = news(old, new, target), totals(old, new, target)
    assert found["impact"].sum() == pytest.approx(total.change, abs=1e-9)
    assert total.old == pytest.approx(first[36:].sum() + old.model.mean[:5].sum() + 4)
    assert found["cause"].value_counts()["news"] == 3
    assert found["impact"].iloc[0] < -0.02 * y[40:43].sum()  # the level went down with the revision
    assert (found.loc[found["cause"].eq("news"), "weight"] > 1).all()


MODELS = [drift, seasonal_naive, theta]


@st.composite
def vintages(draw) -> tuple[Vintage, Vintage, pd.PeriodIndex]:
    """An old vintage, a longer and revised one with another model, and a target that may be known, coming or both."""
    before, more = draw(st.integers(14, 30)), draw(st.integers(0, 5))
    y = np.array(draw(st.lists(values, min_size=before + more, max_size=before + more)))
    revised = y[:before] * draw(st.sampled_from([1.0, 1.01, 0.9]))
    one, other = (draw(st.sampled_from(MODELS)) for _ in range(2))
    judged = [draw(st.floats(-50, 50)) for _ in range(2)]
    first = draw(st.integers(0, before + more))
    target = MONTHS[first : first + draw(st.integers(1, 12))]
    old = vintage(revised, one, season=draw(st.sampled_from([1, 12])), judgement=judged[0])
    return old, vintage(y, other, judgement=judged[1]), target


@settings(deadline=None, max_examples=20)
@given(vintages())
def test_rows_add_up_to_the_change_exactly(three) -> None:
    found, total = news(*three), totals(*three)
    scale = abs(total.old) + abs(total.new) + found["impact"].abs().sum()
    assert found["impact"].sum() == pytest.approx(total.change, abs=1e-12 * scale)
    arrived = found[found["cause"].eq("news")]
    assert (arrived["news"] == arrived["actual"] - arrived["forecast"]).all()
    told = arrived.dropna(subset="weight")
    assert (told["weight"] * told["news"]).to_numpy() == pytest.approx(
        told["impact"].to_numpy(), abs=1e-12 * scale
    )
    assert arrived.loc[arrived["weight"].isna(), "impact"].abs().to_numpy() == pytest.approx(
        0, abs=1e-12 * scale
    )


@settings(deadline=None, max_examples=15)
@given(vintages())
def test_the_same_vintage_has_only_zeros(three) -> None:
    _, one, target = three
    found = news(one, one, target)
    assert found["cause"].tolist() == ["revision", "re_estimation", "judgement"]
    assert found["impact"].tolist() == [0, 0, 0]
    assert totals(one, one, target).change == 0


@settings(deadline=None, max_examples=15)
@given(vintages())
def test_a_model_kept_is_never_re_estimation_and_data_kept_never_revision(three) -> None:
    old, new, target = three
    nothing = pytest.approx(0, abs=1e-12 * len(target) * new.series.sum())
    kept = news(old, Vintage(new.series, old.model), target).set_index("cause")["impact"]
    assert kept["re_estimation"] == nothing
    start = Vintage(new.series.iloc[: len(old.series)], new.model)
    assert news(start, new, target).set_index("cause")["impact"]["revision"] == nothing


def test_a_series_whose_february_holds_january() -> None:
    index = pd.period_range("2021-02", "2022-12", freq="M")
    index = index[index.month != 1]
    coming = pd.PeriodIndex(["2023-02", "2023-03"], freq="M")
    old = Vintage(series(range(1, 23), index), drift(np.arange(1.0, 23), 1))
    new = Vintage(pd.concat([old.series, pd.Series([25.0], coming[:1])]), old.model)
    found = news(old, new, coming)
    assert found.loc[1, ["period", "forecast", "actual"]].tolist() == [coming[0], 23, 25]
    with pytest.raises(ValueError, match="the target has 2023-01"):
        news(old, new, coming.insert(0, coming[0] - 1))


def test_a_young_series_without_a_january_yet_may_come_to_one() -> None:
    young = Vintage(series([1, 1, 1], MONTHS[1:4]), halving(1.0))
    assert totals(young, young, MONTHS[11:13]) == (2, 2, 0)


def test_quarters() -> None:
    quarters = pd.period_range("2022Q1", periods=8, freq="Q")
    old, new = (Vintage(series(y, quarters), halving(1.0)) for y in ([1, 2], [1, 2, 3]))
    assert totals(old, new, quarters[:4]) == (7, 9, 2)


OLD = series([1, 2, 3, 4])


@pytest.mark.parametrize(
    ("new", "target", "message"),
    [
        (OLD.iloc[1:], MONTHS[:6], "new series starts in 2021-02, the old one in 2021-01; cut both"),
        (OLD.iloc[:2], MONTHS[:6], "new series lacks 2021-03, 2021-04 of the old one"),
        (series([1, 2, np.nan, 4, 5]), MONTHS[:6], "the new series has no figure of 2021-03"),
        (OLD.drop(MONTHS[1]), MONTHS[:6], "the new series has no figure of 2021-02"),
        (OLD.iloc[::-1], MONTHS[:6], "the new series is out of order"),
        (pd.concat([OLD, OLD]), MONTHS[:6], "the new series has 2021-01, 2021-02, 2021-03, 2021-04 more than"),
        (OLD, MONTHS[:0], "the target has no period"),
        (OLD, MONTHS[:2].append(MONTHS[:1]), "the target has 2021-01 more than once"),
        (OLD, pd.period_range("2020-12", periods=3, freq="M"), "the target has 2020-12; give periods from 2021-01"),
    ],
)  # fmt: skip
def test_vintages_that_cannot_be_compared_are_refused(new, target, message) -> None:
    model = halving(0.5)
    for told in (news, totals):
        with pytest.raises(ValueError, match=message):
            told(Vintage(OLD, model), Vintage(new, model), target)


def test_a_month_that_only_the_new_series_has_inside_the_old_one_is_refused() -> None:
    index = MONTHS[:24]
    merged = series(np.ones(22), index[index.month != 1])
    monthly = series(np.ones(23), index[1:])
    model = halving(1.0)
    with pytest.raises(ValueError, match="the old series lacks 2022-01 of the new one"):
        news(Vintage(merged, model), Vintage(monthly, model), MONTHS[20:26])


def test_other_frequencies_are_refused() -> None:
    model = halving(0.5)
    one = Vintage(OLD, model)
    with pytest.raises(TypeError, match="the old series has periods like 2021-01, the target is by Q-DEC"):
        news(one, one, pd.period_range("2021Q1", periods=2, freq="Q"))
    with pytest.raises(TypeError, match="the old series needs a PeriodIndex of frequency M or Q or Y"):
        news(Vintage(OLD.reset_index(drop=True), model), one, MONTHS[:6])
    with pytest.raises(TypeError, match="the new series has nothing"):
        news(one, Vintage(OLD.iloc[:0], model), MONTHS[:6])


def test_a_model_without_a_forecast_is_refused() -> None:
    young = Vintage(OLD, seasonal_naive(OLD.to_numpy(), 12))
    with pytest.raises(ValueError, match="the model has no forecast from 2021-04; give it more observations"):
        news(young, young, MONTHS[:6])
