"""A small part of the fuzz run: damaged tables are read right or refused."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "bulletin_fuzz.py"


@pytest.fixture(scope="module")
def fuzz():
    spec = importlib.util.spec_from_file_location("bulletin_fuzz", SCRIPT)
    module = sys.modules["bulletin_fuzz"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_damaged_table_is_read_wrong(fuzz):
    outcomes = [fuzz.run_one(number, seed=7) for number in range(200)]
    assert [outcome for outcome in outcomes if outcome.result == "wrong"] == []
    assert {"read in full", "read in part", "refused"} == {outcome.result for outcome in outcomes}


def test_a_wrong_number_would_be_noticed(fuzz, tmp_path):
    made = fuzz.bulletin(fuzz.random.Random(1))
    path = fuzz.write(made.table, "docx", tmp_path)
    assert fuzz.judged(path, made.truth)[0] == "read in full"
    key = next(iter(made.truth))
    assert fuzz.judged(path, made.truth | {key: made.truth[key] + 0.1})[0] == "wrong"


def test_the_same_seed_makes_the_same_tables(fuzz):
    first, second = (fuzz.bulletin(fuzz.random.Random("1-2")) for _ in range(2))
    assert (first.table, first.truth) == (second.table, second.truth)
