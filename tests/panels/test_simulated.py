"""Coverage on simulated cities whose months are known, from `benchmarks/panel.py` at a small size."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

SOURCE = Path(__file__).parents[2] / "benchmarks/panel.py"
SPEC = importlib.util.spec_from_file_location("panel_benchmark", SOURCE)
benchmark = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(benchmark)


@pytest.fixture(scope="module")
def cells() -> pd.DataFrame:
    return pd.concat([benchmark.trial((seed, "sparse", "")) for seed in range(5000, 5008)])


@pytest.mark.slow
def test_bands_cover_what_they_say_within_the_error_of_eight_cities(cells):
    scores = benchmark.score(cells).loc["sparse"].xs("all", level="node")
    # Cells of one city go together: the error of eight is far above that of their 3000 cells.
    assert scores.loc["M", "cover80"] == pytest.approx(80, abs=12)
    assert scores.loc["M", "cover95"] == pytest.approx(95, abs=8)


@pytest.mark.slow
def test_bands_beat_a_naive_guess_with_the_best_band_it_could_have(cells):
    scores = benchmark.score(cells).loc["sparse"].xs("all", level="node")
    assert (scores["score80"] < 0.7 * scores["naive80"]).all()


@pytest.mark.slow
def test_parts_add_up_where_all_are_shown(cells):
    city = cells[cells["ref_area"].eq("zhoushan")]
    wide = city.pivot(index=["seed", "freq", "time_period"], columns="activity", values="value").dropna()
    assert len(wide) > 20
    assert wide.drop(columns="total").sum(axis=1).to_numpy() == pytest.approx(
        wide["total"].to_numpy(), rel=1e-9
    )


def test_figures_of_a_simulated_city_are_what_they_claim():
    import numpy as np

    rng = np.random.default_rng(0)
    truth = benchmark.city(rng)
    facts = benchmark.publish(truth, rng, "sparse")
    total = facts.query("activity == 'total' and ref_area == 'zhoushan' and transformation == 'level'").iloc[
        0
    ]
    assert float(total["obs_value"]) == pytest.approx(truth.sum(axis=(0, 1))[12:24].sum(), abs=0.05)
