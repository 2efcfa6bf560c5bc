"""Disclosure control: the cases of sdcTable, pytauargus and the handbook, then what must hold for every table."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis.metrics import (
    DisclosureRules,
    PublishedTable,
    attack,
    ex_firm_bound,
    joint_attack,
    pair_disclosure,
    protect,
    sensitivity,
)

RULES = DisclosureRules(min_respondents=3, dominance_n=2, dominance_pct=85, p_pct=10)
HALF_UNIT_OF_FOUR_DECIMALS = 0.00005


def firms(*cells: tuple[str, str, list[float]]) -> pd.DataFrame:
    """A firm of its own group for each amount."""
    rows = [(area, kind, amount) for area, kind, amounts in cells for amount in amounts]
    frame = pd.DataFrame(rows, columns=["area", "kind", "output"])
    return frame.assign(holding=[f"h{number:03}" for number in range(len(frame))])


def hidden(table: pd.DataFrame, reason: str) -> set[tuple[str, ...]]:
    rows = table[table["suppressed"].eq(reason)]
    return set(rows[[name for name in ("area", "kind") if name in rows]].itertuples(index=False, name=None))


# K27: cells of sdcTable's microdata1 (100 rows, region by gender), which its own tests call sensitive
FROM_SDCTABLE_MICRODATA1 = {("A", "female"): [11, 9], ("D", "male"): [280, 11, *[7.5] * 10]}
NOT_SENSITIVE = {("B", "male"): [10] * 6, ("C", "female"): [12] * 5}
K27 = {
    "n at most 2": (DisclosureRules(min_respondents=3), {("A", "female")}),
    "(2,75)": (DisclosureRules(dominance_n=2, dominance_pct=75), {("A", "female"), ("D", "male")}),
    "p = 70": (DisclosureRules(p_pct=70), {("A", "female"), ("D", "male")}),
}


@pytest.mark.parametrize("name", K27)
def test_primary_rules_sdctable_microdata1(name):
    rules, sensitive = K27[name]
    cells = FROM_SDCTABLE_MICRODATA1 | NOT_SENSITIVE
    assert sum(FROM_SDCTABLE_MICRODATA1["D", "male"]) == 366
    assert {cell for cell, amounts in cells.items() if sensitivity(amounts, rules).reason} == sensitive


# K28: the table that pytauargus 0.6.0 protects, rule (2,75)
FROM_PYTAUARGUS = firms(
    ("N", "Retail", [100, 5, 5]),
    ("N", "Serv", [10, 10, 10]),
    ("S", "Retail", [20, 20, 20]),
    ("S", "Serv", [30, 30, 30]),
)


def test_secondary_suppression_pytauargus():
    rules = DisclosureRules(dominance_n=2, dominance_pct=75)
    table = protect(FROM_PYTAUARGUS, by=["area", "kind"], value="output", rules=rules)
    assert hidden(table, "primary") == {("N", "total"), ("N", "Retail")}
    assert hidden(table, "secondary") == {("S", "total"), ("S", "Retail")}
    shown = table[table["suppressed"].eq("")].set_index(["area", "kind"])["output"].to_dict()
    assert shown == {
        ("total", "total"): 290,
        ("total", "Retail"): 170,
        ("total", "Serv"): 120,
        ("N", "Serv"): 30,
        ("S", "Serv"): 90,
    }


# K29: the attacker of [[110, 30], [60, 90]] with public margins
CELLS = pd.DataFrame(
    [
        ("total", "total", 290),
        ("total", "Retail", 170),
        ("total", "Serv", 120),
        ("N", "total", 140),
        ("N", "Retail", 110),
        ("N", "Serv", 30),
        ("S", "total", 150),
        ("S", "Retail", 60),
        ("S", "Serv", 90),
    ],
    columns=["area", "kind", "output"],
)


def without(*cells: tuple[str, str]) -> PublishedTable:
    gone = CELLS[["area", "kind"]].apply(tuple, axis=1).isin(cells)
    return PublishedTable(
        CELLS.assign(output=CELLS["output"].astype(float).mask(gone)), ("area", "kind"), "output"
    )


def test_attacker_recovers_a_single_suppressed_cell():
    found = attack(without(("N", "Retail")))
    assert found.iloc[0].tolist() == ["N", "Retail", 110, 110]


def test_attacker_against_four_suppressed_cells():
    found = attack(without(("N", "Retail"), ("N", "Serv"), ("S", "Retail"), ("S", "Serv")))
    assert found.iloc[0].tolist() == ["N", "Retail", pytest.approx(20), pytest.approx(140)]


def test_p_rule_at_a_cell_of_one_large_firm():
    """K30: 1500, 60, 30, 10."""
    found = sensitivity([1500, 60, 30, 10], DisclosureRules(p_pct=10))
    assert (found.reason, found.protection) == ("p", 150 - 40)
    # the second firm knows the first within the remainder: 2.67 %
    assert sensitivity([1500, 60, 30, 10], DisclosureRules(p_pct=2.67)).reason == "p"
    assert sensitivity([1500, 60, 30, 10], DisclosureRules(p_pct=2.66)).reason == ""


def test_the_ex_firm_pair_of_the_review_bounds_the_firm_but_not_within_ten_percent():
    """K8: 429, -2.1 %, without the firm +89 %."""
    found = pair_disclosure(ex_firm_bound(429.0, -2.1, ex_growth_pct=89.0), p_pct=10)
    assert found.lo == pytest.approx(211.2181, abs=HALF_UNIT_OF_FOUR_DECIMALS)
    assert found.hi == pytest.approx(438.2022, abs=HALF_UNIT_OF_FOUR_DECIMALS)
    assert found.bounded and not found.within_p
    assert pair_disclosure(ex_firm_bound(429.0, -2.1, ex_growth_pct=89.0), p_pct=35).within_p
    # a firm that grew like the rest is not bounded
    assert not pair_disclosure(ex_firm_bound(429.0, 5.0, ex_growth_pct=5.0), p_pct=10).bounded


# Differencing


def one_way(**amounts: float | None) -> PublishedTable:
    return PublishedTable(
        pd.DataFrame({"area": list(amounts), "output": list(amounts.values())}), ("area",), "output"
    )


A = pd.DataFrame({"area": ["a"]})


def test_a_cell_that_an_earlier_release_shows_is_found():
    now = one_way(total=200, a=None, b=None, c=30)
    assert attack(now).iloc[0].tolist() == ["a", 0, 170]
    found = joint_attack([now, one_way(total=200, a=110, b=None, c=None)], A)
    assert found[["lo", "hi"]].iloc[0].tolist() == pytest.approx([110, 110])


def test_total_and_total_less_firm_give_the_firm():
    total, rest = one_way(total=438.2), one_way(total=None, rest=227.0, zpc=None)
    found = joint_attack([total, rest], pd.DataFrame({"area": ["zpc"]}))
    assert found["lo"].item() == pytest.approx(211.2) and found["hi"].item() == pytest.approx(211.2)


def test_a_table_of_two_dimensions_tells_one_of_one_dimension():
    margins = one_way(total=290, N=None, S=None)
    cells = pd.DataFrame({"area": ["N"]})
    assert joint_attack([margins, without(("N", "total"), ("S", "total"))], cells).iloc[0].tolist() == [
        "N",
        140,
        140,
    ]


def test_rounding_leaves_room_for_the_attacker():
    found = joint_attack([one_way(total=170, a=None, b=60)], A, half_unit=0.5)
    assert found[["lo", "hi"]].iloc[0].tolist() == pytest.approx([109, 111])


def test_of_a_cell_in_no_table_nothing_is_known():
    assert joint_attack([one_way(total=1)], A).iloc[0].tolist() == ["a", 0, np.inf]


def test_tables_that_cannot_be_of_the_same_amounts_are_refused():
    with pytest.raises(ValueError, match="no amounts fit what is published"):
        joint_attack(
            [one_way(total=10, a=None, b=None), one_way(total=None, a=8, b=8, c=None)], A.assign(area="c")
        )


def test_what_is_published_already_stays_and_what_was_hidden_stays_hidden():
    by_area = protect(FROM_PYTAUARGUS, by=["area"], value="output", rules=RULES)
    assert set(by_area["suppressed"]) == {""}
    sure = DisclosureRules(dominance_n=2, dominance_pct=75)
    earlier = one_way(total=290, N=None, S=None)
    table = protect(
        FROM_PYTAUARGUS.query("kind == 'Retail'"),
        by=["area"],
        value="output",
        rules=DisclosureRules(min_respondents=1),
        published=[earlier],
    )
    assert hidden(table, "secondary") == {("N",), ("S",)}
    shown = PublishedTable(CELLS.query("kind == 'Serv' and area != 'total'"), ("area", "kind"), "output")
    both = protect(FROM_PYTAUARGUS, by=["area", "kind"], value="output", rules=sure, published=[shown])
    assert not both.query("kind == 'Serv' and area != 'total'")["suppressed"].any()


# Sums of suppressed cells


def test_two_firms_alone_in_their_cells_do_not_find_each_other():
    """Both cells are hidden, but the total less the rest is their sum, from which each firm knows the other."""
    data = firms(("a", "x", [50]), ("b", "x", [60]), ("c", "x", [40, 40, 40]), ("d", "x", [90, 90, 90]))
    table = protect(data, by=["area"], value="output", rules=RULES)
    assert hidden(table, "primary") == {("a",), ("b",)} and hidden(table, "secondary") == {("c",)}


def test_a_group_counts_once_whatever_its_firms():
    data = firms(("a", "x", [10] * 5), ("b", "x", [10] * 5), ("c", "x", [30] * 4))
    assert not protect(data, by=["area"], value="output", rules=RULES)["suppressed"].any()
    grouped = data.assign(holding=data["holding"].mask(data["area"].eq("a"), "group"))
    table = protect(grouped, by=["area"], value="output", rules=RULES)
    assert hidden(table, "primary") == {("a",)} and len(hidden(table, "secondary")) == 1
    assert table.set_index("area").loc["total", "respondents"] == 10


# Every table


@st.composite
def micro_data(draw) -> pd.DataFrame:
    size = draw(st.integers(1, 40))
    of = {
        "area": st.sampled_from("abcd"),
        "kind": st.sampled_from("xyz"),
        "output": st.one_of(st.integers(0, 1000), st.integers(1000, 10**7)).map(float),
        "holding": st.integers(0, 30),
    }
    return pd.DataFrame(
        {name: draw(st.lists(values, min_size=size, max_size=size)) for name, values in of.items()}
    )


DIMENSIONS = st.sampled_from([["area"], ["area", "kind"]])
EXAMPLES = settings(max_examples=25, deadline=None)


def published(table: pd.DataFrame, by: list[str]) -> PublishedTable:
    shown = table.assign(output=table["output"].mask(table["suppressed"].ne("")))
    return PublishedTable(shown[[*by, "output"]], tuple(by), "output")


@EXAMPLES
@given(micro_data(), DIMENSIONS)
def test_no_attacker_gets_inside_the_protection_of_a_sensitive_cell(data, by):
    table = protect(data, by=by, value="output", rules=RULES)
    slack = 1e-6 * table["output"].max()
    found = attack(published(table, by)).merge(table, on=by)
    found = found[found["suppressed"].eq("primary")]
    assert len(found) == (table["reason"] != "").sum()
    low = (found["output"] - found["protection"]).clip(lower=0)
    assert (found["lo"] <= low + slack).all()
    assert (found["hi"] >= found["output"] + found["protection"] - slack).all()
    assert (found["hi"] - found["lo"] > 0).all()


@EXAMPLES
@given(micro_data(), DIMENSIONS)
def test_totals_are_those_of_the_contributions_and_of_their_parts(data, by):
    table = protect(data, by=by, value="output", rules=RULES)
    cell = dict(zip(table[by].itertuples(index=False, name=None), table["output"], strict=True))
    assert cell[("total",) * len(by)] == pytest.approx(data["output"].sum())
    for name in by:
        others = [other for other in by if other != name]
        parts = table[table[name].ne("total")]
        sums = parts.groupby(others)["output"].sum() if others else {(): parts["output"].sum()}
        for rest, amount in dict(sums).items():
            key = iter([rest])
            total = tuple("total" if other == name else next(key) for other in by)
            assert cell[total] == pytest.approx(amount)


@EXAMPLES
@given(micro_data(), DIMENSIONS, st.permutations(range(31)))
def test_names_of_groups_and_the_order_of_firms_change_nothing(data, by, names):
    table = protect(data, by=by, value="output", rules=RULES)
    renamed = data.assign(holding=data["holding"].map(dict(enumerate(names)))).sample(frac=1, random_state=1)
    again = protect(renamed, by=by, value="output", rules=RULES)
    pd.testing.assert_frame_equal(again[[*by, "suppressed"]], table[[*by, "suppressed"]])


@EXAMPLES
@given(micro_data(), st.permutations("abcd"))
def test_names_of_areas_do_not_change_what_is_sensitive(data, names):
    new = dict(zip("abcd", names, strict=True))
    table = protect(data, by=["area", "kind"], value="output", rules=RULES)
    again = protect(data.replace({"area": new}), by=["area", "kind"], value="output", rules=RULES)
    assert hidden(again, "primary") == {
        (new.get(area, area), kind) for area, kind in hidden(table, "primary")
    }


@EXAMPLES
@given(micro_data(), DIMENSIONS)
def test_ten_times_the_amounts_hide_the_same_cells(data, by):
    table = protect(data, by=by, value="output", rules=RULES)
    tenfold = protect(data.assign(output=data["output"] * 1024), by=by, value="output", rules=RULES)
    assert tenfold["suppressed"].tolist() == table["suppressed"].tolist()


@EXAMPLES
@given(st.lists(st.lists(st.integers(0, 99), min_size=2, max_size=2), min_size=2, max_size=4))
def test_the_attacker_finds_frechets_bounds(rows):
    """With all margins public: max(0, row + column - whole) and min(row, column), Fréchet (1940)."""
    inside = np.array(rows, dtype=float)
    frame = pd.DataFrame([(f"r{i}", f"c{j}", np.nan) for i in range(len(rows)) for j in (0, 1)])
    margins = [(f"r{i}", "total", amount) for i, amount in enumerate(inside.sum(axis=1))]
    margins += [("total", f"c{j}", amount) for j, amount in enumerate(inside.sum(axis=0))]
    frame = pd.concat([frame, pd.DataFrame([*margins, ("total", "total", inside.sum())])])
    found = attack(
        PublishedTable(frame.set_axis(["area", "kind", "output"], axis=1), ("area", "kind"), "output")
    )
    row, column = inside.sum(axis=1)[:, None], inside.sum(axis=0)[None, :]
    assert found["lo"].tolist() == pytest.approx(np.maximum(0, row + column - inside.sum()).ravel().tolist())
    assert found["hi"].tolist() == pytest.approx(np.minimum(row, column).ravel().tolist())


# Ugly inputs


def test_empty_single_and_zero_tables():
    data = firms(("a", "x", [5.0]))
    assert protect(data.head(0), by=["area"], value="output", rules=RULES).empty
    single = protect(data, by=["area"], value="output", rules=RULES)
    assert single["suppressed"].tolist() == ["primary", "primary"]
    assert attack(published(single, ["area"]))["hi"].tolist() == [np.inf, np.inf]
    zeros = protect(data.assign(output=0.0), by=["area"], value="output", rules=RULES)
    assert zeros["suppressed"].tolist() == ["", ""]


def test_firms_that_did_not_report_are_no_respondents():
    data = firms(("a", "x", [10, 10, np.nan]), ("b", "x", [10] * 5), ("c", "x", [10] * 5))
    table = protect(data, by=["area"], value="output", rules=RULES).set_index("area")
    assert table.loc["a", "respondents"] == 2 and table.loc["a", "reason"] == "respondents"


def test_a_negative_amount_is_refused_with_its_value():
    with pytest.raises(ValueError, match="output must not be negative; got 1: -3"):
        protect(firms(("a", "x", [5, -3])), by=["area"], value="output", rules=RULES)
    with pytest.raises(ValueError, match="must be known and not negative"):
        sensitivity([1, np.nan], RULES)


def test_missing_codes_and_a_code_called_total_are_refused():
    data = firms(("a", "x", [5, 3]))
    with pytest.raises(ValueError, match="area must be known in every row"):
        protect(data.assign(area=[None, "a"]), by=["area"], value="output", rules=RULES)
    with pytest.raises(ValueError, match="holding must be known in every row"):
        protect(data.assign(holding=None), by=["area"], value="output", rules=RULES)
    with pytest.raises(ValueError, match="area must be parts only"):
        protect(data.assign(area="total"), by=["area"], value="output", rules=RULES)
