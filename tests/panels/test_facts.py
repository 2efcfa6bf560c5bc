"""Which figures a panel rests on."""

import pandas as pd
import pytest

import zs_analysis as zs
from zs_analysis.panels import fit


def reasons(observations: pd.DataFrame, **how: object) -> dict[str, str]:
    unused = fit(observations, **how).unused
    return dict(zip(unused["fact"], unused["reason"], strict=True))


@pytest.fixture
def base(figure):
    return [
        figure("total", "level", "2021", "1200.0"),
        figure("total", "ytd", "2022-10", "1100.0"),
        figure("ships", "level", "2021", "200.0"),
    ]


REFUSED = {
    "forecast": {"obs_status": "F"},
    "comparison": {"comparison": "~="},
    "constant_price": {"transformation": "yoy", "unit": "pct", "price_basis": "constant"},
    "overlapping_area": {"ref_area": "jintang"},
    "other_area": {"ref_area": "ningbo"},
    "overlapping_activity": {"activity": "manufacturing"},
    "not_a_quantity": {"transformation": "rank", "unit": "rank"},
    "not_positive": {"obs_value": "0.0"},
    "not_a_number": {"obs_value": "—"},
    "unit": {"unit": "t"},
    "no_base_period": {"transformation": "avg_yoy", "unit": "pct"},
    "other_whole": {"transformation": "share", "unit": "pct", "counterpart_area": "zhejiang"},
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_no_fact_stays_out_and_says_why(reason, base, figure):
    odd = figure("total", "level", "2022", "1300.0") | {"source_id": "odd"} | REFUSED[reason]
    with_it = pd.DataFrame([*base, odd])
    assert [why for fact, why in reasons(with_it).items() if fact.split("|")[4] == "odd"] == [reason]
    without = zs.panel(pd.DataFrame(base))
    pd.testing.assert_frame_equal(zs.panel(with_it), without)


@pytest.mark.parametrize(
    ("obs_value", "decimals", "half"),
    [("50.0", None, 0.05), ("50", None, 0.5), (50.0, 1, 0.05), (50.0, None, 0.05), ("1,050.25", None, 0.005)],
    ids=["string", "whole", "told", "float beside 200.5", "thousands"],
)
def test_a_printed_unit_is_told_written_or_taken_from_the_sources_other_figures(
    obs_value, decimals, half, figure
):
    rows = pd.DataFrame(
        [figure("ships", "level", "2021", obs_value), figure("total", "level", "2021", 2000.5)]
    )
    if decimals is not None:
        rows["decimals"] = [decimals, 1]
    facts = fit(rows).facts.set_index("activity")
    assert facts.loc["ships", "half"] == pytest.approx(half)


def test_the_last_release_of_a_family_of_sources_counts(base, figure):
    first = figure("total", "level", "2022", "1300.0") | {
        "source_id": "bureau-2023-01",
        "released": "2023-01-20",
    }
    later = figure("total", "level", "2022", "1320.0") | {
        "source_id": "bureau-2023-06",
        "released": "2023-06",
    }
    rows = pd.DataFrame([*base, first, later]).assign(
        released=lambda t: t["released"].replace("2024-01-31", "2023-01-01")
    )

    def whole(as_of):
        panel = zs.panel(rows, as_of=as_of).query(
            "activity == 'total' and freq == 'A' and time_period == '2022'"
        )
        return panel["value"].item()

    assert whole("2023-02-01") == pytest.approx(1300.0, abs=0.05)
    assert whole("2023-06-29") == pytest.approx(1300.0, abs=0.05)
    assert whole("2023-06-30") == pytest.approx(1320.0, abs=0.05)
    assert whole(None) == pytest.approx(1320.0, abs=0.05)


def test_one_figure_printed_by_two_sources_is_one_fact(base, figure):
    copy = figure("ships", "level", "2021", "20.00", "bn_cny") | {"source_id": "newspaper"}
    found = fit(pd.DataFrame([*base, copy]))
    assert len(found.facts) == 3
    assert found.unused["reason"].tolist() == ["copy"]


def test_an_unknown_release_is_known_only_without_as_of(base):
    rows = pd.DataFrame(base).assign(released=["2022-01-31", "2022-12-31", None])
    assert len(fit(rows, as_of="2024-01-31").facts) == 2
    assert len(fit(rows).facts) == 3


def test_an_old_figure_on_its_own_does_not_stretch_the_window(base, figure):
    old = figure("seafood", "level", "2011", "122.2")
    panel = zs.panel(pd.DataFrame([*base, old]))
    assert (panel["time_period"].min(), panel["time_period"].max()) == ("2020", "2022-Q4")
    assert (
        reasons(pd.DataFrame([*base, old])) == {"seafood": "before_window"}
        or "before_window" in reasons(pd.DataFrame([*base, old])).values()
    )


def test_an_activity_that_is_not_known_is_a_part_of_its_own(base, figure):
    panel = zs.panel(pd.DataFrame([*base, figure("drones", "level", "2021", "30.0")]))
    year = panel.query("freq == 'A' and time_period == '2021'").set_index("activity")["value"]
    assert year["drones"] == pytest.approx(30, abs=0.05)
    assert year["total"] == pytest.approx(year["drones"] + year["ships"] + year["rest"], rel=1e-9)


def test_nested_activities_are_not_siblings(base, figure):
    rows = [
        *base,
        figure("petrochemicals", "level", "2021", "700.0"),
        figure("refining", "level", "2021", "650.0"),
    ]
    year = (
        zs.panel(pd.DataFrame(rows))
        .query("freq == 'A' and time_period == '2021'")
        .set_index("activity")["value"]
    )
    assert year["total"] == pytest.approx(year["petrochemicals"] + year["ships"] + year["rest"], rel=1e-9)
    assert year["refining"] == pytest.approx(650, abs=0.05)


def test_parts_that_make_the_whole_leave_no_rest(base, figure):
    rows = [figure("total", "level", "2021", "900.0"), figure("ships", "level", "2021", "200.0")]
    closed = zs.panel(pd.DataFrame([*rows, figure("petrochemicals", "level", "2021", "700.1")]))
    assert set(closed["activity"]) == {"total", "ships", "petrochemicals"}
    open_ = zs.panel(pd.DataFrame([*rows, figure("petrochemicals", "level", "2021", "600.0")]))
    assert "rest" in set(open_["activity"])


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("total", "yoy", "2022", "5.0", "pct")], "no level of gross_output_scale to start from"),
        ([], "no level of gross_output_scale"),
    ],
    ids=["growth alone", "nothing"],
)
def test_without_a_level_the_error_says_so(rows, says, figure, base):
    observations = pd.DataFrame([figure(*row) for row in rows] or base[:0], columns=list(base[0]))
    with pytest.raises(ValueError, match=says):
        zs.panel(observations)


def test_a_missing_column_is_named(base):
    with pytest.raises(ValueError, match="observations lack unit"):
        zs.panel(pd.DataFrame(base).drop(columns="unit"))


def test_an_indicator_that_does_not_add_up_is_refused(base):
    with pytest.raises(ValueError, match="firms_scale is a .*, not a flow"):
        zs.panel(pd.DataFrame(base), indicator="firms_scale")
