import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zs_analysis as zs
from zs_analysis.model import FigureIndex, figure, figures, last_month

OBSERVATIONS = zs.load("observations")
INDEX = FigureIndex(OBSERVATIONS)
COLUMNS = ["indicator", "transformation", "ref_area", "freq", "obs_status"]
cells = st.fixed_dictionaries({name: st.sampled_from(sorted(set(OBSERVATIONS[name]))) for name in COLUMNS})


def plainly(where: dict[str, list[str]]) -> pd.DataFrame:
    """The rows by masks of pandas, the newest first."""
    rows = OBSERVATIONS[
        pd.concat([OBSERVATIONS[name].isin(codes) for name, codes in where.items()], axis=1).all(axis=1)
    ]
    order = rows.assign(end=last_month(rows), year=rows["freq"].eq("A"))
    return rows.loc[order.sort_values(["end", "year", "released"], ascending=False, kind="stable").index]


@given(st.lists(cells, min_size=1, max_size=4), st.lists(st.sampled_from(COLUMNS[2:]), unique=True))
def test_an_index_finds_what_masks_find(wanted: list[dict[str, str]], more: list[str]) -> None:
    where = {name: [one[name] for one in wanted] for name in COLUMNS[:2] + more}
    pd.testing.assert_frame_equal(INDEX.figures(**where), plainly(where))


def test_any_indicator_of_several_in_the_order_of_release() -> None:
    where = {
        "indicator": ["gross_output_scale", "va_scale"],
        "transformation": ["ytd", "level"],
        "ref_area": ["zhoushan"],
    }
    found = INDEX.figures(**where)
    assert set(found["indicator"]) == set(where["indicator"])
    pd.testing.assert_frame_equal(found, plainly(where))
    pd.testing.assert_frame_equal(figures(OBSERVATIONS, **where), found)


def test_a_figure_of_no_period_is_the_newest() -> None:
    newest = INDEX.figure("gross_output_scale", "ytd", ref_area="zhoushan", time_period=None)
    assert (newest.time_period, newest.value) == ("2023-10", 3246.8)
    assert newest == figure(OBSERVATIONS, "gross_output_scale", "ytd", ref_area="zhoushan")


@pytest.mark.parametrize("where", [{"ref_area": "atlantis"}, {"ref_area": "zhoushan", "unit": ()}])
def test_codes_that_no_row_has_find_nothing(where: dict) -> None:
    assert INDEX.figure("gross_output_scale", "ytd", **where) is None
