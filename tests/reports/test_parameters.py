"""The cell of parameters is a contract: read without a kernel, and every breach named at once."""

import pickle

import nbformat
import pytest
from nbformat.v4 import new_notebook
from notebook_cells import code

from zs_analysis.reports import Parameter, ParameterError, checked, declared


def test_declared_reads_types_and_defaults(notebook):
    source = (
        'from typing import Literal\nlang: Literal["zh", "en"] = "zh"\nas_of: str | None = None\nn: int = -1'
    )
    assert declared(notebook("typed", parameters=source)) == {
        "lang": Parameter("Literal['zh', 'en']", "zh"),
        "as_of": Parameter("str | None", None),
        "n": Parameter("int", -1),
    }


@pytest.mark.parametrize("count", [0, 2])
def test_cell_missing_or_doubled(tmp_path, count):
    cells = [code("a: int = 1", "parameters") for _ in range(count)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "bad.ipynb")
    with pytest.raises(ParameterError, match=rf"bad\.ipynb: {count} cells tagged 'parameters'"):
        declared(tmp_path / "bad.ipynb")


def test_not_a_notebook(tmp_path):
    (tmp_path / "bad.ipynb").write_text("{")
    with pytest.raises(ParameterError, match="not a readable notebook"):
        declared(tmp_path / "bad.ipynb")


def test_every_bad_declaration_is_named_with_its_line(notebook):
    source = "a = 1\nb: int\nc: int = 'x'\nd: str = str(1)\ne: Path = 'x'\nf: int = 1"
    with pytest.raises(ParameterError) as caught:
        declared(notebook("lines", parameters=source))
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        f"lines.ipynb, parameters cell, line {line}" for line in range(1, 6)
    ]


def test_cell_with_magic_is_refused(notebook):
    with pytest.raises(ParameterError, match="line 1: invalid syntax"):
        declared(notebook("magic", parameters="%matplotlib inline"))


def test_checked_completes_with_defaults():
    takes = {"period": Parameter("str", "2023Q4"), "as_of": Parameter("str | None", "2024-01-01")}
    assert checked(takes, {"as_of": None}) == {"period": "2023Q4", "as_of": None}


def test_checked_names_every_problem_and_the_nearest_name():
    takes = {"quarter": Parameter("str", "2023Q4"), "jobs": Parameter("int", 1)}
    with pytest.raises(ParameterError) as caught:
        checked(takes, {"quater": "2024Q9", "jobs": "4", "zzz": 1})
    assert caught.value.problems == [
        "no parameter 'quater'; did you mean 'quarter'?",
        "parameter 'jobs' takes int, got '4' (str).",
        "no parameter 'zzz'; it takes: quarter, jobs.",
    ]
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


@pytest.mark.parametrize(
    ("annotation", "good", "bad"),
    [
        ("int", 1, True),
        ("float", 1, "1"),
        ("bool", True, 1),
        ("Literal['zh', 'en']", "en", "fr"),
        ("Literal[1]", 1, True),
        ("Optional[int]", None, "x"),
        ("list[str]", ["a"], ["a", 1]),
        ("dict[str, float]", {"a": 1}, {1: 1.0}),
        ("list", [1], (1,)),
    ],
)
def test_types(annotation, good, bad):
    assert Parameter(annotation, good).accepts(good)
    assert not Parameter(annotation, good).accepts(bad)
