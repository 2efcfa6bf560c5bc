import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.metrics import (
    highest_rung,
    rung_counts,
    rung_members,
    rung_moves,
    rung_turnover,
    transitions,
)
from zs_analysis.metrics.ladder import ABSENT, BELOW, CHAINS, UNKNOWN

# 100, 10, 10 and 5 亿元 in 10,000 yuan: the plan, 二(三)8, and the review, 一(一) and 一(六)
FROM_PLAN_AND_REVIEW = {
    "revenue_10bn": 1e6,
    "revenue_1bn": 1e5,
    "output_1bn": 1e5,
    "output_500m": 5e4,
}
CHAIN = CHAINS["output"]
NONE = {"above_scale": "yes", "listed": "no", "specialised": "none", "chain_leader": "none"}


def years(*rows: tuple[str, str, float | None], **standing: str) -> pd.DataFrame:
    """Firms with a year and an output in 10,000 yuan; revenue is the same amount."""
    frame = pd.DataFrame(rows, columns=["enterprise", "year", "output"])
    return frame.assign(revenue=frame["output"], **(NONE | standing))


def held(frame: pd.DataFrame) -> pd.Series:
    return highest_rung(rung_members(frame, FROM_PLAN_AND_REVIEW), CHAIN)


@st.composite
def registers(draw: st.DrawFn) -> pd.DataFrame:
    """Some firms in two years, some of them in one only, some without an output."""
    firms = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True))
    amounts = st.one_of(st.none(), st.sampled_from([0.0, 49999.0, 50000.0, 100000.0, 2e6]))
    rows = [(firm, year, draw(amounts)) for firm in firms for year in ("2022", "2023") if draw(st.booleans())]
    rows += [("z", "2022", 1.0), ("z", "2023", 1.0)]
    frame = years(*rows)
    scale = [draw(st.sampled_from(["yes", "no"])) for _ in range(len(frame))]
    kind = [draw(st.sampled_from(["none", "innovative", "specialised", "little_giant"])) for _ in scale]
    return frame.assign(above_scale=scale, specialised=kind)


def test_rungs_of_a_hand_made_register() -> None:
    frame = years(("a", "2023", 2e6), ("b", "2023", 1e5), ("c", "2023", 5e4), ("d", "2023", 49999.0))
    members = rung_members(frame, FROM_PLAN_AND_REVIEW).droplevel("year")
    assert (
        members.loc["a", ["revenue_10bn", "revenue_1bn", "output_1bn", "output_500m"]].tolist() == [True] * 4
    )
    assert members["output_500m"].tolist() == [True, True, True, False]
    assert members["revenue_1bn"].tolist() == [True, True, False, False]
    assert held(frame).tolist() == ["output_1bn", "output_1bn", "output_500m", "above_scale"]


def test_a_rung_holds_those_above_it() -> None:
    rows = [("a", "2023", 1.0), ("b", "2023", 1.0), ("c", "2023", 1.0), ("d", "2023", 1.0)]
    frame = years(*rows).assign(
        specialised=["none", "innovative", "specialised", "little_giant"],
        chain_leader=["none", "city", "province", "none"],
    )
    counts = rung_counts(rung_members(frame, FROM_PLAN_AND_REVIEW)).set_index("rung")["firms"]
    assert counts[["innovative", "specialised", "little_giant"]].tolist() == [3, 2, 1]
    assert counts[["chain_leader_city", "chain_leader_province"]].tolist() == [2, 1]


def test_moves_of_a_hand_made_register() -> None:
    """a rises, b falls, c stays, d leaves, e enters, f cannot be placed in the second year."""
    before = [("a", 1.0), ("b", 1e5), ("c", 5e4), ("d", 1.0), ("f", 1.0)]
    after = [("a", 5e4), ("b", 5e4), ("c", 5e4), ("e", 1e5), ("f", None)]
    frame = years(*((f, "2022", x) for f, x in before), *((f, "2023", x) for f, x in after))
    flows = transitions(held(frame), "2022", "2023", CHAIN)
    assert flows.loc["above_scale"].to_dict() == {
        ABSENT: 1, BELOW: 0, "above_scale": 0, "output_500m": 1, "output_1bn": 0, UNKNOWN: 1,
    }  # fmt: skip
    moves = rung_moves(flows)
    wanted = {
        "before": 1, "stayed": 1, "up": 0, "down": 0, "left": 0, "to_unknown": 0, "entered": 0,
        "risen": 1, "fallen": 1, "from_unknown": 0, "after": 3,
    }  # fmt: skip
    assert moves.loc["output_500m"].to_dict() == wanted
    assert moves.loc["output_1bn", ["before", "down", "entered", "after"]].tolist() == [1, 1, 1, 1]


@given(registers())
def test_rows_and_columns_sum_to_the_counts(frame: pd.DataFrame) -> None:
    for chain in ("output", "specialised"):
        place = highest_rung(rung_members(frame, FROM_PLAN_AND_REVIEW), CHAINS[chain])
        flows = transitions(place, "2022", "2023", CHAINS[chain])
        for year, sums in (("2022", flows.sum(axis=1)), ("2023", flows.sum())):
            counts = place.xs(year, level="year").value_counts()
            assert sums.drop(ABSENT).to_dict() == {state: counts.get(state, 0) for state in flows.index[1:]}
        assert flows.loc[ABSENT, ABSENT] == 0
        assert flows.to_numpy().sum() == frame["enterprise"].nunique()


@given(registers())
def test_every_rung_closes(frame: pd.DataFrame) -> None:
    moves = rung_moves(transitions(held(frame), "2022", "2023", CHAIN))
    assert (moves["before"] == moves[["stayed", "up", "down", "left", "to_unknown"]].sum(axis=1)).all()
    assert (
        moves["after"] == moves[["stayed", "entered", "risen", "fallen", "from_unknown"]].sum(axis=1)
    ).all()


@given(registers())
def test_turnover_closes_to_the_counts(frame: pd.DataFrame) -> None:
    members = rung_members(frame, FROM_PLAN_AND_REVIEW)
    turnover = rung_turnover(members, "2022", "2023")
    counts = rung_counts(members).pivot(index="rung", columns="year", values="firms")
    assert turnover["before"].to_dict() == counts["2022"].to_dict()
    assert turnover["after"].to_dict() == counts["2023"].to_dict()
    known = turnover["before"] + turnover["new"] - turnover["lost"] + turnover["unclear"]
    assert known.tolist() == turnover["after"].tolist()
    # a status is always known
    assert turnover.loc[["above_scale", "specialised"], "unclear"].tolist() == [0, 0]


@given(registers())
def test_neither_order_nor_unit_matters(frame: pd.DataFrame) -> None:
    members = rung_members(frame, FROM_PLAN_AND_REVIEW)
    larger = frame.assign(output=frame["output"] * 10, revenue=frame["revenue"] * 10).iloc[::-1]
    other = rung_members(larger, {rung: 10 * limit for rung, limit in FROM_PLAN_AND_REVIEW.items()})
    pd.testing.assert_frame_equal(other.loc[members.index], members)


def test_groups_sum_to_the_city() -> None:
    frame = years(("a", "2023", 1e5), ("b", "2023", 5e4), ("c", "2023", 1.0))
    members = rung_members(frame, FROM_PLAN_AND_REVIEW)
    by_group = rung_counts(members, pd.Series({"a": "ships", "b": "ships", "c": "seafood"}))
    assert by_group.groupby("rung")["firms"].sum().to_dict() == (
        rung_counts(members).set_index("rung")["firms"].to_dict()
    )


def test_a_missing_output_hides_the_higher_rungs_alone() -> None:
    members = rung_members(years(("a", "2023", None), ("b", "2023", 1e5)), FROM_PLAN_AND_REVIEW)
    counts = rung_counts(members).set_index("rung")
    assert counts.loc["output_500m"].tolist() == ["2023", 1, 1]
    assert counts.loc["above_scale"].tolist() == ["2023", 2, 0]
    assert highest_rung(members, CHAIN).tolist() == [UNKNOWN, "output_1bn"]


def test_refusals() -> None:
    frame = years(("a", "2023", 1.0))
    with pytest.raises(ValueError, match="no threshold for output_500m"):
        rung_members(frame, {k: v for k, v in FROM_PLAN_AND_REVIEW.items() if k != "output_500m"})
    with pytest.raises(ValueError, match="more than one row"):
        rung_members(pd.concat([frame, frame]), FROM_PLAN_AND_REVIEW)
    with pytest.raises(ValueError, match="no firm in 2022; it has years 2023"):
        transitions(held(frame), "2022", "2023", CHAIN)
    with pytest.raises(ValueError, match="no firm in 2022"):
        rung_turnover(rung_members(frame, FROM_PLAN_AND_REVIEW), "2022", "2023")
