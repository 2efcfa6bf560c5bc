"""Observations by the million: the quick check lets in what the full one lets in, and text comes back as it was."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zs_analysis.loaders import DATA, read_text, rows, rules
from zs_analysis.loaders.package import fields_of, observation_schema
from zs_analysis.loaders.schema import failures_in
from zs_analysis.model import KEY

SCHEMA = observation_schema(DATA)
OBSERVATIONS = read_text("observations", DATA).reset_index(drop=True)
CELLS = [
    "",
    "A",
    "Q",
    "2023",
    "2023-13",
    "2023-Q5",
    "1.5",
    "-2",
    "１",
    "1e8_cny",
    "pct",
    "rank",
    "ytd",
    "level",
    "zhoushan",
    "x y",
    "2024-02-30",
    "=1",
]


def sound(table: pd.DataFrame) -> bool:
    """The full check, row by row."""
    return failures_in(table, SCHEMA, "").empty and rules.broken("observations", table, "").empty


@settings(max_examples=15, deadline=None)
@given(
    row=st.integers(0, len(OBSERVATIONS) - 1),
    column=st.sampled_from(fields_of("observations")),
    cell=st.one_of(st.sampled_from(CELLS), st.text(max_size=5).filter(lambda text: text.isprintable())),
)
def test_the_quick_check_and_the_full_one_agree(row, column, cell):
    table = OBSERVATIONS.iloc[[row, (row + 1) % len(OBSERVATIONS)]].reset_index(drop=True)
    table.loc[0, column] = cell
    border = rows.Border(SCHEMA)
    assert border.lets_in(rows.from_frame(table)) == sound(table)
    assert border.lets_in(rows.from_frame(table)) == sound(table), "a second look says the same"


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=20))
def test_free_text_comes_back_as_it_was_written(texts):
    texts = [[cell.replace("\0", "") for cell in pair] for pair in texts]
    table = pd.DataFrame(texts, columns=list(rows.FREE)).map(
        lambda cell: cell.encode("utf-8", "ignore").decode()
    )
    lines = rows.to_csv(rows.from_frame(table)).decode("utf-8")
    back = list(csv.reader(io.StringIO(lines, newline=""), strict=True))
    assert [line or ["", ""] for line in back] == table.to_numpy().tolist()


def test_all_published_observations_pass_and_have_keys_of_their_own():
    batch = rows.from_frame(OBSERVATIONS)
    encoded = rows.encode(batch, KEY)
    assert rows.Border(SCHEMA).lets_in(batch)
    assert len(np.unique(rows.hashes(encoded, KEY, {}))) == len(OBSERVATIONS)


@pytest.mark.parametrize("size", [1, 7, 964])
def test_hashes_do_not_depend_on_the_batch_a_row_is_in(size):
    whole = rows.from_frame(OBSERVATIONS)
    parts = [whole.slice(start, size) for start in range(0, len(OBSERVATIONS), size)][:40]
    found = [rows.hashes(rows.encode(part, KEY), KEY, {}) for part in parts]
    together = np.concatenate(found)
    assert (together == rows.hashes(rows.encode(whole, KEY), KEY, {})[: len(together)]).all()


def test_a_long_file_is_read_in_batches_to_the_same_rows(tmp_path):
    table = pd.concat([OBSERVATIONS] * 12, ignore_index=True).assign(note='a "quoted"\nnote, in two lines')
    table.to_csv(tmp_path / "long.csv", index=False)
    batches = list(rows.read(tmp_path / "long.csv"))
    assert len(batches) > 1
    assert (
        pd.concat(map(rows.to_frame, batches), ignore_index=True).to_numpy().tolist()
        == table.to_numpy().tolist()
    )
