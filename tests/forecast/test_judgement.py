"""Judgements: hand-worked effects, the two shown apart, coherence whatever is judged, ugly input."""

import json
from datetime import date
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis import metrics
from zs_analysis.forecast import judgement
from zs_analysis.forecast.judgement import Judgement, Step, dated, from_scenarios
from zs_analysis.forecast.paths import Paths

MONTHS = pd.period_range("2024-01", periods=4, freq="M")
LEAVES = ("ships", "seafood", "rest", "north", "south")
# the city as clusters and as areas
SPLIT_TWICE = {"city": [["ships", "seafood", "rest"], ["north", "south"]]}
# clusters and areas cut from the same cells
CELLS = {
    "city": [["ships", "rest"], ["north", "south"]],
    "ships": ["ships north", "ships south"],
    "rest": ["rest north", "rest south"],
    "north": ["ships north", "rest north"],
    "south": ["ships south", "rest south"],
}
SAID = {"made": date(2023, 12, 13), "by": "bureau", "source": "register"}


def month(text: str) -> pd.Period:
    return pd.Period(text, freq="M")


def rng() -> np.random.Generator:
    return np.random.default_rng(155)


def coherent_paths(hierarchy: dict, draws: int = 20) -> Paths:
    """Random paths above zero that add up."""
    random = rng()
    if hierarchy is CELLS:
        cells = {code: random.gamma(2, 5, (4, draws)) for code in sorted({*CELLS["ships"], *CELLS["rest"]})}
        sums = {whole: sum(cells[part] for part in CELLS[whole]) for whole in list(CELLS)[1:]}
        all_of = cells | sums | {"city": sum(cells.values())}
    else:
        all_of = {code: random.gamma(2, 5, (4, draws)) for code in LEAVES[:3]}
        city, north = sum(all_of.values()), random.uniform(0, 1, (4, draws))
        all_of |= {"city": city, "north": city * north, "south": city * (1 - north)}
    ids = tuple(all_of)
    return Paths(ids, MONTHS, np.stack([all_of[code] for code in ids]))


def one_path(*values: float, unique_id: str = "ships") -> Paths:
    return Paths((unique_id,), MONTHS[: len(values)], np.array(values)[None, :, None])


def sure(size: float, unique_id: str = "ships", kind: str = "added", **more) -> Judgement:
    name = more.pop("name", f"{kind} {size}")
    return Judgement(name, unique_id, kind, dated(MONTHS[0], size, size, size, **more), **SAID)


def applied(paths: Paths, *judgements: Judgement, hierarchy: dict | None = None) -> Paths:
    return judgement.apply(paths, judgements, rng(), hierarchy)


def gaps(paths: Paths, hierarchy: dict) -> float:
    splits = {whole: [parts] if isinstance(parts[0], str) else parts for whole, parts in hierarchy.items()}
    return max(
        float(np.abs(paths.of(whole) - sum(paths.of(part) for part in parts)).max())
        for whole, several in splits.items()
        for parts in several
    )


def test_a_shutdown_has_a_beginning_and_an_end() -> None:
    steps = dated(month("2024-02"), -3.0, -3.0, -3.0, until=month("2024-03"))
    shut = Judgement("repair", "ships", "added", steps, **SAID)
    assert applied(one_path(5, 5, 2, 5), shut).values.ravel().tolist() == [5, 2, 0, 5]


def test_an_effect_that_began_before_the_paths_goes_on() -> None:
    ramp = Judgement("yard", "ships", "added", dated(month("2023-11"), 1.0, 4.0, 4.0, ramp=3), **SAID)
    early = Judgement("yard", "ships", "added", dated(month("2023-11"), 4.0, 4.0, 4.0, ramp=3), **SAID)
    assert applied(one_path(0, 0, 0), early).values.ravel().tolist() == [3, 4, 4]
    assert 2 < applied(one_path(0, 0, 0), ramp).values[0, 2, 0] < 4


def test_ramp_is_cut_where_the_effect_ends() -> None:
    steps = dated(month("2024-01"), 4.0, 4.0, 4.0, ramp=3, until=month("2024-02"))
    assert [step.central for step in steps] == [1, 2, 0]
    assert str(steps[-1].start) == "2024-03"


def test_percent_holds_for_the_path_with_what_was_added() -> None:
    both = (sure(-50, kind="factor"), sure(10))
    assert applied(one_path(10.0), *both).values.item() == 10
    assert applied(one_path(10.0), sure(10, kind="factor"), sure(20, kind="factor")).values.item() == (
        pytest.approx(13.2)
    )


@pytest.mark.parametrize("order", list(permutations((sure(5.0), sure(-9.0), sure(-50.0, kind="factor")))))
def test_the_order_of_judgements_does_not_matter(order: tuple[Judgement, ...]) -> None:
    # a floor after each of them would give 2.5 or 0
    assert applied(one_path(6.0), *order).values.item() == 1


def test_one_size_holds_for_all_periods_of_a_path() -> None:
    yard = Judgement("yard", "ships", "added", dated(MONTHS[0], 1.0, 2.0, 4.0), **SAID)
    paths = Paths(("ships",), MONTHS, np.full((1, 4, 1000), 10.0))
    size = applied(paths, yard).values[0] - 10
    assert np.ptp(size, axis=0).max() < 1e-12
    low, high = np.quantile(size[0], [0.1, 0.9])
    assert (low, high) == (pytest.approx(1, abs=0.01), pytest.approx(4, abs=0.01))


def test_sides_of_one_event_move_together_and_two_events_do_not() -> None:
    def size(name: str, unique_id: str) -> Judgement:
        return Judgement(name, unique_id, "added", dated(MONTHS[0], 1.0, 2.0, 4.0), **SAID)

    paths = Paths(("ships", "rest"), MONTHS, np.zeros((2, 4, 1000)))
    one = applied(paths, size("expansion", "ships"), size("expansion", "rest")).values[:, 0]
    two = applied(paths, size("expansion", "ships"), size("merger", "rest")).values[:, 0]
    assert np.array_equal(one[0], one[1])
    assert abs(np.corrcoef(two)[0, 1]) < 0.1


def test_new_capacity_takes_nothing_away_and_a_shutdown_adds_nothing() -> None:
    paths = Paths(("ships",), MONTHS, np.full((1, 4, 1000), 10.0))
    more = Judgement("yard", "ships", "added", dated(MONTHS[0], 0.0, 1.0, 3.0), **SAID)
    less = Judgement("repair", "ships", "added", dated(MONTHS[0], -3.0, -1.0, 0.0), **SAID)
    assert applied(paths, more).values.min() == 10
    assert applied(paths, less).values.max() == 10


def test_a_part_enters_its_wholes_and_leaves_its_siblings() -> None:
    paths = coherent_paths(SPLIT_TWICE)
    change = applied(paths, sure(6.0), hierarchy=SPLIT_TWICE).values - paths.values
    by_id = dict(zip(paths.ids, change, strict=True))
    assert by_id["ships"] == pytest.approx(6) and by_id["city"] == pytest.approx(6)
    assert np.all(by_id["rest"] == 0) and np.all(by_id["seafood"] == 0)
    # nothing says in which area: in proportion
    share = paths.of("north") / paths.of("city")
    assert by_id["north"] == pytest.approx(6 * share)


def test_a_price_shock_on_the_whole_is_the_same_percent_of_every_part() -> None:
    paths = coherent_paths(CELLS)
    after = applied(paths, sure(-8.0, "city", "factor"), hierarchy=CELLS)
    assert after.values == pytest.approx(paths.values * 0.92)


def test_a_cluster_cut_into_cells_reaches_the_areas_through_them() -> None:
    paths = coherent_paths(CELLS)
    change = applied(paths, sure(6.0), hierarchy=CELLS).values - paths.values
    by_id = dict(zip(paths.ids, change, strict=True))
    assert by_id["north"] == pytest.approx(by_id["ships north"])
    assert by_id["ships north"] == pytest.approx(6 * paths.of("ships north") / paths.of("ships"))


def test_parts_at_zero_share_evenly() -> None:
    paths = Paths(("city", "ships", "rest"), MONTHS, np.zeros((3, 4, 2)))
    after = applied(paths, sure(6.0, "city"), hierarchy={"city": ["ships", "rest"]})
    assert np.all(after.of("ships") == 3) and np.all(after.of("rest") == 3)


sizes = st.tuples(*[st.floats(-60, 60)] * 3).map(sorted)
percents = st.tuples(*[st.floats(-100, 60)] * 3).map(sorted)


@st.composite
def some_judgements(draw: st.DrawFn, ids: tuple[str, ...]) -> list[Judgement]:
    found = {}
    for number in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["added", "factor"]))
        start = MONTHS[0] + draw(st.integers(-2, 4))
        until = draw(st.one_of(st.none(), st.integers(0, 3).map(lambda more, start=start: start + more)))
        size = draw(sizes if kind == "added" else percents)
        steps = dated(start, *size, until=until, ramp=draw(st.integers(0, 3)))
        unique_id = draw(st.sampled_from(ids))
        found[number] = Judgement(f"event {number}", unique_id, kind, steps, **SAID)
    return list(found.values())


@pytest.mark.parametrize("hierarchy", [SPLIT_TWICE, CELLS])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_paths_that_add_up_still_do_and_stay_above_zero(hierarchy: dict, data: st.DataObject) -> None:
    paths = coherent_paths(hierarchy)
    judgements = data.draw(some_judgements(paths.ids))
    after = applied(paths, *judgements, hierarchy=hierarchy)
    assert gaps(after, hierarchy) < 1e-9 * max(1, np.abs(after.values).max())
    assert after.values.min() >= 0
    assert np.allclose(applied(paths, *reversed(judgements), hierarchy=hierarchy).values, after.values)


@given(st.data())
def test_a_judgement_of_zero_changes_nothing(data: st.DataObject) -> None:
    paths = coherent_paths(CELLS)
    nothing = sure(
        0.0, data.draw(st.sampled_from(paths.ids)), data.draw(st.sampled_from(["added", "factor"]))
    )
    assert np.array_equal(applied(paths, nothing, hierarchy=CELLS).values, paths.values)
    assert np.array_equal(applied(paths, hierarchy=CELLS).values, paths.values)


@given(sizes, st.floats(0.001, 50))
def test_a_higher_judgement_is_higher_on_every_path(size: list[float], more: float) -> None:
    paths = coherent_paths(SPLIT_TWICE)
    first, second = (
        applied(
            paths,
            Judgement("yard", "ships", "added", dated(MONTHS[1], *(one + extra for one in size)), **SAID),
            hierarchy=SPLIT_TWICE,
        )
        for extra in (0, more)
    )
    assert np.all(second.values >= first.values - 1e-9)
    assert second.of("city").mean() > first.of("city").mean() or first.of("ships")[1:].max() == 0


@given(sizes)
def test_scaling_paths_and_amounts_by_ten_scales_the_result_by_ten(size: list[float]) -> None:
    paths = coherent_paths(SPLIT_TWICE)
    results = [
        applied(
            paths.with_values(paths.values * factor),
            Judgement("x", "rest", "added", dated(MONTHS[0], *(factor * s for s in size)), **SAID),
            hierarchy=SPLIT_TWICE,
        )
        for factor in (1, 10)
    ]
    assert np.allclose(results[1].values, 10 * results[0].values, rtol=1e-6, atol=1e-6)


def test_paths_below_zero_are_no_mistake() -> None:
    after = applied(one_path(-5.0, 5.0), sure(-10.0))
    assert after.values.ravel().tolist() == [-15, 0]


def test_effects_show_the_model_and_the_judgement_apart() -> None:
    paths = coherent_paths(SPLIT_TWICE)
    shown = judgement.effects(paths, applied(paths, sure(6.0), hierarchy=SPLIT_TWICE))
    assert list(shown) == [
        "unique_id", "ds", "model", "judgement", "total", "lo-80", "hi-80", "lo-95", "hi-95",
    ]  # fmt: skip
    assert (shown["model"] + shown["judgement"]).to_numpy() == pytest.approx(shown["total"].to_numpy())
    assert shown.loc[shown["unique_id"].eq("city"), "judgement"].to_numpy() == pytest.approx(6)
    assert shown.loc[shown["unique_id"].eq("rest"), "judgement"].eq(0).all()


def test_effects_of_two_different_sets_of_paths_are_refused() -> None:
    with pytest.raises(ValueError, match="pass one pair"):
        judgement.effects(one_path(1.0), one_path(1.0, unique_id="rest"))


def test_record_is_plain_json_and_says_everything() -> None:
    yard = Judgement("yard", "ships", "added", dated(MONTHS[0], 1, np.float64(2), 4, ramp=1), **SAID)
    assert json.loads(json.dumps(judgement.record([yard]))) == [
        {
            "name": "yard",
            "unique_id": "ships",
            "kind": "added",
            "made": "2023-12-13",
            "by": "bureau",
            "source": "register",
            "steps": [
                {"start": "2024-01", "low": 0.5, "central": 1.0, "high": 2.0},
                {"start": "2024-02", "low": 1.0, "central": 2.0, "high": 4.0},
            ],
        }
    ]


def test_capacity_scenarios_become_one_judgement_a_series() -> None:
    day = pd.Timestamp
    projects = pd.DataFrame(
        {
            "unique_id": ["ships", "ships", "rest"],
            "output_a_year": [12.0, 24.0, 6.0],
            "planned": [day("2023-12-31"), day("2024-01-31"), day("2024-01-31")],
            "actual": [day("2023-12-31"), pd.NaT, pd.NaT],
        }
    )
    frame = metrics.capacity_scenarios(projects, last_known="2023-12", months=4, ramp_months=2, delay_days=31)
    rest, ships = from_scenarios(frame, name="capacity", **SAID)
    assert ships.steps[1] == Step(month("2024-02"), 1.0, 1.0, 2.0)
    assert ships.steps[3] == Step(month("2024-04"), 1.0, 2.0, 3.0)
    assert rest.name == ships.name == "capacity"
    paths = Paths(("ships", "rest"), MONTHS, np.zeros((2, 4, 1000)))
    after = applied(paths, ships, rest)
    high = frame[frame["scenario"].eq("high") & frame["unique_id"].eq("ships")]["output_added"].to_numpy()
    assert np.quantile(after.of("ships"), 0.9, axis=1) == pytest.approx(high, abs=0.02)


def test_published_capacity_is_sure() -> None:
    frame = metrics.published_capacity(12.0, last_known="2023-12", months=2)
    (total,) = from_scenarios(frame, name="capacity", **SAID)
    assert [step[1:] for step in total.steps] == [(1, 1, 1), (1, 1, 1)]


def test_no_scenarios_are_no_judgements() -> None:
    columns = ["scenario", "unique_id", "ds", "output_added"]
    assert from_scenarios(pd.DataFrame(columns=columns), name="capacity", **SAID) == ()


@pytest.mark.parametrize(
    ("scenarios", "amounts", "words"),
    [
        (["low", "high"], [1.0, 2.0], "low, central and high"),
        (["low", "central", "high"], [1.0, None, 2.0], "low, central and high"),
        (["low", "central", "high"], [1.0, 3.0, 2.0], "rising order"),
        (["low", "central", "central"], [1.0, 3.0, 2.0], "central ships 2024-01 more than once"),
    ],
)
def test_scenarios_that_say_less_are_refused(scenarios: list[str], amounts: list, words: str) -> None:
    frame = pd.DataFrame(
        {"scenario": scenarios, "unique_id": "ships", "ds": MONTHS[0], "output_added": amounts}
    )
    with pytest.raises(ValueError, match=words):
        from_scenarios(frame, name="capacity", **SAID)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "has no name"),
        ({"by": ""}, "has no by"),
        ({"source": ""}, "has no source"),
        ({"kind": "price"}, "kind must be one of added, factor"),
        ({"steps": ()}, "got none"),
        ({"steps": (Step(MONTHS[1], 1, 1, 1), Step(MONTHS[0], 1, 1, 1))}, "got 2024-02, 2024-01"),
        ({"steps": (Step(MONTHS[0], 1, 1, 1),) * 2}, "each period once"),
        ({"steps": (Step(MONTHS[0], 1, 1, 1), Step(pd.Period("2025Q1"), 1, 1, 1))}, "one frequency"),
        ({"steps": (Step(MONTHS[0], 3, 2, 1),)}, "rising order"),
        ({"steps": (Step(MONTHS[0], 1, 2, float("nan")),)}, "rising order"),
        ({"steps": (Step(MONTHS[0], 1, 2, float("inf")),)}, "rising order"),
        ({"kind": "factor", "steps": (Step(MONTHS[0], -101, 2, 3),)}, "none below -100 percent"),
    ],
)
def test_judgements_that_do_not_say_what_they_are_cannot_be_made(changes: dict, words: str) -> None:
    good = {"name": "yard", "unique_id": "ships", "kind": "added", "steps": dated(MONTHS[0], 1, 2, 3)}
    with pytest.raises(ValueError, match=words):
        Judgement(**(good | SAID | changes))


def test_dates_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="ends in 2023-12, before it starts in 2024-01"):
        dated(MONTHS[0], 1, 2, 3, until=month("2023-12"))
    with pytest.raises(ValueError, match="ramp is -1"):
        dated(MONTHS[0], 1, 2, 3, ramp=-1)


def test_judgements_that_do_not_fit_the_paths_are_refused() -> None:
    paths = one_path(1.0, 2.0)
    with pytest.raises(ValueError, match="no such series; name one of ships"):
        applied(paths, sure(1.0, "seafood"))
    with pytest.raises(ValueError, match="comes twice"):
        applied(paths, sure(1.0, name="yard"), sure(2.0, name="yard"))
    quarterly = Judgement("yard", "ships", "added", dated(pd.Period("2024Q1"), 1, 2, 3), **SAID)
    with pytest.raises(ValueError, match="starts in 2024Q1, the paths have periods like 2024-01"):
        applied(paths, quarterly)
    with pytest.raises(ValueError, match="the hierarchy has rest, which the paths have not"):
        applied(paths, hierarchy={"ships": ["rest"]})
    with pytest.raises(ValueError):
        applied(
            Paths(("a", "b"), MONTHS, np.zeros((2, 4, 1))), sure(1.0, "a"), hierarchy={"a": ["b"], "b": ["a"]}
        )
