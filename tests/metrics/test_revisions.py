import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis import metrics

# The Bank of England's news-decomp example: 1.80 to 2.05.
CAUSES_FROM_NEWS_DECOMP = {"payrolls": 0.0045 * 40, "production": 0.010 * -2, "re-estimation": 0.08}
CHANGE_FROM_NEWS_DECOMP, RESIDUAL_FROM_NEWS_DECOMP = 2.05 - 1.80, 0.01
FIRST_FROM_K32, NEWEST_FROM_K32 = [6.3, 5.1, 4.8, 7.0], [6.5, 5.0, 5.2, 7.1]

figure = st.floats(-1e6, 1e6)
triples = st.lists(st.tuples(figure, figure, figure), min_size=1, max_size=8).map(
    lambda rows: pd.DataFrame(
        rows, columns=["known", "revised", "new"], index=[f"cell {k}" for k in range(len(rows))]
    )
)


def statistics(first: list[float], newest: list[float]) -> metrics.RevisionStatistics:
    return metrics.revision_statistics(pd.Series(first), pd.Series(newest))


def test_k32_revisions() -> None:
    found = statistics(FIRST_FROM_K32, NEWEST_FROM_K32)
    assert (found.count, found.revised) == (4, 4)
    assert found.mean == pytest.approx(0.15, abs=0.005)
    assert found.mean_absolute == pytest.approx(0.20, abs=0.005)
    assert found.root_mean_square == pytest.approx(0.2345, abs=0.00005)
    assert found.t == pytest.approx(1.441, abs=0.0005)


def test_k25_causes_and_a_residual_close_the_change() -> None:
    closed = metrics.with_unallocated(
        pd.Series(CAUSES_FROM_NEWS_DECOMP), CHANGE_FROM_NEWS_DECOMP, label="residual"
    )
    assert closed["residual"] == pytest.approx(RESIDUAL_FROM_NEWS_DECOMP)
    assert closed.sum() == pytest.approx(0.25)


@given(triples)
def test_revision_and_news_make_the_change(frame: pd.DataFrame) -> None:
    parts = metrics.split_change(frame["known"], frame["revised"], frame["new"])
    assert (parts["revision"] + parts["news"]).tolist() == pytest.approx(parts["change"].tolist(), abs=1e-6)


@given(triples)
def test_neither_unit_nor_name_nor_order_matters(frame: pd.DataFrame) -> None:
    parts = metrics.split_change(frame["known"], frame["revised"], frame["new"])
    other = 10 * frame.rename(index=lambda name: f"renamed {name}").iloc[::-1]
    again = metrics.split_change(other["known"], other["revised"], other["new"])
    for name in parts:
        assert sorted(again[name]) == pytest.approx(sorted(10 * parts[name]), abs=1e-6)


def test_an_unrevised_figure_is_all_news() -> None:
    parts = metrics.split_change(pd.Series([10.0]), pd.Series([10.0]), pd.Series([12.5]))
    assert parts.iloc[0].to_dict() == {"revision": 0.0, "news": 2.5, "change": 2.5}


def test_figures_that_were_not_known_stay_missing() -> None:
    parts = metrics.split_change(
        pd.Series({"a": 1.0}), pd.Series({"a": 1.0}), pd.Series({"a": 2.0, "b": 3.0})
    )
    assert parts.loc["b"].isna().all()


def test_the_same_cell_twice_is_refused() -> None:
    twice = pd.Series([1.0, 2.0], index=["a", "a"])
    with pytest.raises(ValueError, match="known has a more than once"):
        metrics.split_change(twice, twice, twice)


@given(st.lists(st.tuples(figure, figure), min_size=2, max_size=9), st.floats(-100, 100))
def test_statistics_do_not_depend_on_the_level(pairs: list[tuple[float, float]], shift: float) -> None:
    first, newest = ([pair[k] for pair in pairs] for k in (0, 1))
    found, moved = (
        statistics(first, newest),
        statistics([x + shift for x in first], [x + shift for x in newest]),
    )
    assert found.mean == pytest.approx(moved.mean, abs=1e-6)
    assert found.mean_absolute <= found.root_mean_square + 1e-6


def test_statistics_of_nothing_and_of_no_change() -> None:
    assert statistics([], []).count == 0 and math.isnan(statistics([], []).mean)
    same = statistics([1.0, 2.0], [1.0, 2.0])
    assert (same.revised, same.mean) == (0, 0.0) and math.isnan(same.t)


def test_binary_noise_is_no_revision() -> None:
    assert statistics([0.3], [0.1 + 0.2]).revised == 0


def test_a_missing_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="figures must be known"):
        statistics([1.0], [math.nan])


def releases(*rows: tuple[str, float, int, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["month", "obs_value", "decimals", "released"])
    return frame.assign(released=pd.to_datetime(frame["released"]))


def pairs_of(frame: pd.DataFrame) -> list[list[float]]:
    return metrics.first_and_newest(frame, cell=["month"])[["first", "newest"]].values.tolist()


def test_first_and_newest_of_three_releases() -> None:
    rows = releases(
        ("2023-09", 10.1, 1, "2023-11-20"),
        ("2023-09", 9.9, 1, "2023-10-20"),
        ("2023-09", 10.0, 1, "2023-12-20"),
    )
    assert pairs_of(rows) == [[9.9, 10.0]]


def test_what_came_out_once_or_without_a_day_is_left_out() -> None:
    once = releases(
        ("2023-08", 1.0, 1, "2023-09-20"), ("2023-09", 1.0, 1, "2023-10-20"), ("2023-09", 2.0, 1, None)
    )
    assert pairs_of(once) == []


def test_two_sources_of_one_day_are_no_revision() -> None:
    assert pairs_of(releases(("2023-09", 1.0, 1, "2023-10-20"), ("2023-09", 2.0, 1, "2023-10-20"))) == []
