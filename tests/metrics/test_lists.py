import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zs_analysis.metrics import (
    coming_on_stream,
    declining_firms,
    firm_single_months,
    large_firms,
    missing_reports,
    renovating_firms,
    renovation_projects,
    upgrading_firms,
    ytd_to_single,
)

# 5 亿元 (review 一(一)) and 2000 万元 (规上), in 10,000 yuan
FROM_REVIEW, FROM_NBS = 50000.0, 2000.0
SEPTEMBER = "2024-09"
day = pd.Timestamp


def reports(firm: str, outputs: dict[str, float | None], **more: float | dict[str, float]) -> pd.DataFrame:
    """Year-to-date rows of a firm; the base is its own figure of the year before where not given."""
    frame = pd.DataFrame({"time_period": list(outputs), "output_ytd": list(outputs.values())})
    before = frame["time_period"].str[:4].astype(int).sub(1).astype(str) + frame["time_period"].str[4:]
    frame = frame.assign(enterprise=firm, output_ytd_base=before.map(outputs).astype(float))
    frame = frame.assign(revenue_ytd=frame["output_ytd"], renovation_ytd=0.0)
    for column, values in more.items():
        frame[column] = frame["time_period"].map(values) if isinstance(values, dict) else values
    return frame.astype({"output_ytd": float})


def one(table: pd.DataFrame, firm: str) -> pd.Series:
    return table.set_index("enterprise").loc[firm]


amounts = st.floats(0, 1e5).map(lambda x: round(x, 1))


@st.composite
def registers(draw: st.DrawFn) -> pd.DataFrame:
    """A few firms with whole last years and this year up to September; figures grow through the year."""
    firms = draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True))
    tables = []
    for firm in firms:
        steps = [draw(amounts) for _ in range(4)]
        table = {
            "2023-02": steps[0],
            "2023-09": steps[0] + steps[1],
            "2023-12": steps[0] + steps[1] + steps[2],
            "2024-09": steps[3],
        }
        tables.append(reports(firm, table, renovation_ytd={"2023-09": steps[2], "2024-09": steps[1]}))
    return pd.concat(tables, ignore_index=True)


# Single months


def test_single_months_are_those_of_one_series() -> None:
    ytd = {"2024-02": 50.0, "2024-03": 80.0, "2024-04": 130.0, "2023-02": 40.0, "2023-03": 66.0}
    single = firm_single_months(reports("a", ytd)).set_index("time_period")
    known = ytd_to_single(pd.Series(ytd).set_axis(pd.PeriodIndex(ytd, freq="M")))
    assert single["output"].to_dict() == known["value"].set_axis(known.index.astype(str)).to_dict()
    assert single["months"].to_dict() == known["months"].set_axis(known.index.astype(str)).to_dict()


def test_a_january_of_its_own_is_part_of_february() -> None:
    rows = firm_single_months(reports("a", {"2024-01": 20.0, "2024-02": 50.0}))
    assert rows[["time_period", "output", "months"]].values.tolist() == [["2024-02", 50.0, 2]]


def test_firms_are_not_mixed_and_a_gap_is_not_spread() -> None:
    months = pd.concat(
        [reports("a", {"2024-02": 5.0, "2024-04": 9.0}), reports("b", {"2024-03": 7.0, "2024-04": 8.0})]
    )
    single = firm_single_months(months).set_index(["enterprise", "time_period"])["output"]
    assert single.isna().tolist() == [False, True, True, False]
    assert single[("b", "2024-04")] == 1.0


def test_a_month_twice_is_refused() -> None:
    twice = pd.concat([reports("a", {"2024-09": 1.0})] * 2)
    for make in (firm_single_months, lambda rows: declining_firms(rows, SEPTEMBER)):
        with pytest.raises(ValueError, match="more than once"):
            make(twice)


# Large firms


@pytest.mark.parametrize(
    ("outputs", "standing"),
    [
        ({"2023-09": 40000, "2023-12": 60000, "2024-09": 45000}, "above"),
        ({"2023-09": 30000, "2023-12": 45000, "2024-09": 36000}, "rising"),
        ({"2023-09": 40000, "2023-12": 52000, "2024-09": 36000}, "falling"),
        ({"2024-09": 51000}, "new"),
        ({"2023-12": 52000, "2024-09": 36000}, "unclear"),
        ({"2023-12": 52000, "2024-09": 50000}, "above"),
    ],
)
def test_standing_of_large_firms(outputs: dict[str, float], standing: str) -> None:
    assert (
        one(large_firms(reports("a", outputs), SEPTEMBER, threshold=FROM_REVIEW), "a")["standing"] == standing
    )


def test_large_firms_of_a_hand_made_register() -> None:
    large = {"2023-09": 60000.0, "2023-12": 90000.0, "2024-09": 75000.0}
    small = {"2023-09": 40000.0, "2023-12": 45000.0, "2024-09": 25000.0}
    months = pd.concat([reports("a", large), reports("b", small)])
    table = large_firms(months, SEPTEMBER, threshold=FROM_REVIEW)
    row = one(table, "a")
    assert table["enterprise"].tolist() == ["a"]
    assert row[["growth_pct", "share_pct", "pull_pp", "twelve_months"]].tolist() == [
        25.0,
        75.0,
        15.0,
        105000.0,
    ]


def test_pulls_of_all_firms_sum_to_their_growth() -> None:
    months = pd.concat(
        [
            reports("a", {"2023-09": 100.0, "2024-09": 130.0}),
            reports("b", {"2023-09": 300.0, "2024-09": 290.0}),
        ]
    )
    table = large_firms(months, SEPTEMBER, threshold=1)
    assert table["pull_pp"].sum() == pytest.approx(100 * (420 / 400 - 1))
    assert table["share_pct"].sum() == pytest.approx(100)


def test_no_growth_without_a_base_above_zero() -> None:
    months = pd.concat(
        [reports("a", {"2024-09": 60000.0}), reports("b", {"2023-09": 0.0, "2024-09": 60000.0})]
    )
    assert large_firms(months, SEPTEMBER, threshold=FROM_REVIEW)["growth_pct"].isna().all()


# Firms in decline


def test_decline_of_a_hand_made_register() -> None:
    fell = {"2023-08": 80.0, "2023-09": 100.0, "2024-08": 75.0, "2024-09": 90.0}
    worse = {"2023-08": 200.0, "2023-09": 220.0, "2024-08": 190.0, "2024-09": 190.0}
    grew = {"2023-09": 100.0, "2024-09": 120.0}
    months = pd.concat([reports("a", fell), reports("b", worse), reports("c", grew)])
    table = declining_firms(months, SEPTEMBER)
    assert table["enterprise"].tolist() == ["b", "a"]
    assert table["lost"].tolist() == [30.0, 10.0]
    assert table["share_of_loss_pct"].tolist() == [75.0, 25.0]
    assert table["months_in_a_row"].tolist() == [1, 1]
    assert table["stopped"].tolist() == [True, False]
    assert one(table, "a")["pull_pp"] == pytest.approx(-100 * 10 / 420)


def test_months_in_a_row_count_january_and_february_as_two_and_cross_the_year() -> None:
    base = {f"2022-{m:02d}": 10.0 * m for m in range(2, 13)}
    flat = {
        f"2023-{m:02d}": 10.0 * m - (5.0 if m >= 11 else 0) - (5.0 if m == 12 else 0) for m in range(2, 13)
    }
    now = {"2024-02": 15.0, "2024-03": 24.0}
    table = declining_firms(reports("a", base | flat | now), "2024-03")
    # November, December, January and February as one figure, March
    assert one(table, "a")["months_in_a_row"] == 5


def test_a_gap_or_a_better_month_ends_the_run() -> None:
    before = {"2023-02": 20.0, "2023-03": 30.0, "2023-04": 40.0}
    better = reports("a", before | {"2024-02": 10.0, "2024-03": 30.0, "2024-04": 35.0})
    gap = reports("b", before | {"2024-02": 10.0, "2024-04": 35.0})
    table = declining_firms(pd.concat([better, gap]), "2024-04")
    assert one(table, "a")["months_in_a_row"] == 1
    assert one(table, "b")["months_in_a_row"] == 0


def test_who_cannot_decline_is_not_listed() -> None:
    new, zero = reports("a", {"2024-09": 0.0}), reports("b", {"2023-09": 0.0, "2024-09": 0.0})
    late = reports("c", {"2023-09": 10.0, "2024-08": 1.0})
    assert declining_firms(pd.concat([new, zero, late]), SEPTEMBER).empty


# Renovation


def test_renovation_of_a_hand_made_register() -> None:
    months = pd.concat(
        [
            reports(
                "a", {"2023-09": 1.0, SEPTEMBER: 1.0}, renovation_ytd={"2023-09": 100.0, SEPTEMBER: 150.0}
            ),
            reports("b", {SEPTEMBER: 1.0}, renovation_ytd={SEPTEMBER: 50.0}),
            reports("c", {"2023-09": 1.0, SEPTEMBER: 1.0}, renovation_ytd={"2023-09": 30.0, SEPTEMBER: 0.0}),
            reports("d", {SEPTEMBER: 1.0}),
        ]
    )
    table = renovating_firms(months, SEPTEMBER)
    assert table["enterprise"].tolist() == ["a", "b", "c"]
    assert one(table, "a")[["base", "growth_pct", "share_pct"]].tolist() == [100.0, 50.0, 75.0]
    assert pd.isna(one(table, "b")["growth_pct"]) and one(table, "c")["growth_pct"] == -100.0


# Near the threshold


SMALL = pd.Index(["a", "b", "c", "d"])


def near(months: pd.DataFrame, part: float = 0.7) -> pd.DataFrame:
    return upgrading_firms(months, SEPTEMBER, below_scale=SMALL, threshold=FROM_NBS, near=part)


def test_annualised_by_the_firms_own_last_year() -> None:
    row = one(
        near(reports("a", {"2023-02": 200.0, "2023-09": 1000.0, "2023-12": 1500.0, SEPTEMBER: 1400.0})), "a"
    )
    assert row[["annualised", "twelve_months", "distance"]].tolist() == [2100.0, 1900.0, -100.0]
    assert (row["shape"], row["standing"]) == ("own", "on_course")


def test_a_firm_begun_last_year_takes_the_shape_of_the_others() -> None:
    others = reports("b", {"2023-02": 200.0, "2023-09": 1000.0, "2023-12": 1500.0, SEPTEMBER: 1.0})
    begun = reports("a", {"2023-02": 0.0, "2023-09": 10.0, "2023-12": 500.0, SEPTEMBER: 1200.0})
    row = one(near(pd.concat([others, begun])), "a")
    # its own ratio would be fifty
    assert row["shape"] == "all" and row["annualised"] == pytest.approx(1200 * 2000 / 1010)


def test_passed_on_course_near_and_far() -> None:
    last = {"2023-02": 100.0, "2023-09": 750.0, "2023-12": 1000.0}
    now = {"a": 2000.0, "b": 1600.0, "c": 1100.0, "d": 900.0}
    months = pd.concat([reports(firm, last | {SEPTEMBER: value}) for firm, value in now.items()])
    table = near(months)
    assert table["enterprise"].tolist() == ["a", "b", "c"]
    assert table["standing"].tolist() == ["passed", "on_course", "near"]


def test_only_firms_below_the_threshold_are_looked_at() -> None:
    months = pd.concat([reports("a", {SEPTEMBER: 1990.0}), reports("large", {SEPTEMBER: 1990.0})])
    assert near(months)["enterprise"].tolist() == ["a"]


def test_without_any_last_year_only_the_year_so_far_counts() -> None:
    row = one(near(reports("a", {SEPTEMBER: 1500.0})), "a")
    assert pd.isna(row["annualised"]) and row["standing"] == "near" and row["distance"] == 500.0


# Properties of the lists of firms

MAKERS = [
    lambda rows: large_firms(rows, SEPTEMBER, threshold=FROM_REVIEW),
    lambda rows: declining_firms(rows, SEPTEMBER),
    lambda rows: renovating_firms(rows, SEPTEMBER),
    lambda rows: upgrading_firms(rows, SEPTEMBER, below_scale=SMALL, threshold=FROM_NBS, near=0.7),
]


@given(registers(), st.randoms(use_true_random=False))
def test_lists_do_not_depend_on_the_order_of_rows(months: pd.DataFrame, random: object) -> None:
    order = list(months.index)
    random.shuffle(order)
    for make in MAKERS:
        pd.testing.assert_frame_equal(make(months.loc[order]), make(months))


@given(registers())
def test_ten_times_the_money_is_ten_times_the_list(months: pd.DataFrame) -> None:
    money = ["output_ytd", "output_ytd_base", "revenue_ytd", "renovation_ytd"]
    larger = months.assign(**{column: 10 * months[column] for column in money})
    small, large = declining_firms(months, SEPTEMBER), declining_firms(larger, SEPTEMBER)
    assert large["lost"].tolist() == pytest.approx([10 * lost for lost in small["lost"]])
    assert large["share_of_loss_pct"].tolist() == pytest.approx(small["share_of_loss_pct"].tolist())
    pair = [large_firms(rows, SEPTEMBER, threshold=limit) for rows, limit in ((months, 5e4), (larger, 5e5))]
    assert pair[0][["enterprise", "standing"]].equals(pair[1][["enterprise", "standing"]])


@given(registers())
def test_shares_of_the_loss_close(months: pd.DataFrame) -> None:
    table = declining_firms(months, SEPTEMBER)
    assert table.empty or table["share_of_loss_pct"].sum() == pytest.approx(100)
    assert (table["lost"] > 0).all() and table["lost"].is_monotonic_decreasing


def test_empty_registers_give_empty_lists() -> None:
    none = reports("a", {"2024-08": 1.0})
    assert [len(make(none)) for make in MAKERS] == [0, 0, 0, 0]


def test_late_reporters() -> None:
    months = pd.concat(
        [
            reports("a", {"2024-08": 1.0, SEPTEMBER: 2.0}),
            reports("b", {"2024-08": 1.0}),
            reports("c", {"2023-12": 1.0}),
        ]
    )
    assert missing_reports(months, SEPTEMBER).tolist() == ["b"]


@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_thresholds_must_be_above_zero(bad: float) -> None:
    months = reports("a", {SEPTEMBER: 1.0})
    with pytest.raises(ValueError, match="threshold must be above zero"):
        large_firms(months, SEPTEMBER, threshold=bad)
    with pytest.raises(ValueError, match="near must be above zero"):
        upgrading_firms(months, SEPTEMBER, below_scale=SMALL, threshold=FROM_NBS, near=bad)


# Projects


def projects(**columns: object) -> pd.DataFrame:
    known = {"project_id": list("abcdef"), "status": "building", "as_of": "2024-09-30", "output_a_year": 2.0}
    return pd.DataFrame(known | columns)


def completed(*rows: tuple[str, str | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["project_id", "planned", "actual"]).assign(stage="completed")
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("planned", "actual")})


def test_projects_coming_on_stream() -> None:
    stages = completed(
        ("a", "2024-03-31", "2024-04-10"),
        ("b", "2024-12-31", None),
        ("c", "2023-06-30", None),
        ("d", "2023-11-30", "2023-12-31"),
        ("e", "2025-01-31", None),
    )
    table = coming_on_stream(projects(), stages, "2024", day("2024-09-30")).set_index("project_id")
    assert table.index.tolist() == ["a", "c", "b"]
    assert table["state"].tolist() == ["late", "overdue", "not_due"]
    assert table.loc["a", "days_late"] == 10 and table.loc["c", "days_late"] == 458


def test_a_later_completion_has_not_happened() -> None:
    stages = completed(("a", "2024-09-01", "2024-10-20"))
    row = coming_on_stream(projects(), stages, "2024", day("2024-09-30")).iloc[0]
    assert row["state"] == "overdue" and pd.isna(row["actual"])


def test_a_stated_completion_needs_no_register() -> None:
    named = projects(
        status=["completed"] * 2 + ["building"] * 4, as_of=["2023-12-13", "2022-12-31"] + ["2023-12-13"] * 4
    )
    table = coming_on_stream(named, completed(), "2023", day("2023-12-13"))
    assert table[["project_id", "state", "reached"]].values.tolist() == [["a", "undated", True]]


def test_renovation_projects_put_the_furthest_behind_first() -> None:
    named = projects(
        kind=["renovation"] * 5 + ["new"],
        investment=5.0,
        status=["building"] * 3 + ["completed", "signed", "building"],
    )
    months = pd.DataFrame(
        {
            "project_id": ["a", "b", "d", "f"],
            "time_period": SEPTEMBER,
            "scheduled": [4.0, 4.0, 5.0, 9.0],
            "invested": [4.5, 3.0, 1.0, 1.0],
        }
    )
    table = renovation_projects(named, months, SEPTEMBER)
    assert table["project_id"].tolist() == ["b", "a", "c", "e", "d"]
    assert table["gap"].iloc[:2].tolist() == [-1.0, 0.5] and table["ratio_pct"].iloc[0] == 75.0
