"""The parameters a notebook declares, and whether given values fit them.

papermill runs a notebook with a misspelt parameter and only logs it, so a wrong quarter gets a right-looking
report (nteract/papermill#667, #818). Here the `parameters` cell is the contract, read without running it.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat

from zs_analysis.reports.errors import ParameterError

SCALARS = {"str": (str,), "int": (int,), "float": (float, int), "bool": (bool,), "None": (type(None),)}


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its type as written, and its default."""

    annotation: str
    default: object

    def accepts(self, value: object) -> bool:
        """Tell whether `value` has the declared type."""
        return _accepts(ast.parse(self.annotation, mode="eval").body, value)


def declared(notebook: Path) -> dict[str, Parameter]:
    """Read the parameters of a notebook without running it.

    Parameters
    ----------
    notebook : Path
        A notebook with one code cell tagged `parameters` holding annotated assignments of literals, such as
        ``period: str = "2023Q4"``, and imports. Types: str, int, float, bool, None, list, dict, `Literal`,
        `Optional` and unions of these.

    Returns
    -------
    dict of str to Parameter
        In the order of the cell.

    Raises
    ------
    ParameterError
        The notebook is unreadable, the cell is missing or doubled, or a line of it declares nothing usable.
    """
    where = Path(notebook).name
    found: dict[str, Parameter] = {}
    problems: list[str] = []
    for statement in _statements(Path(notebook)):
        try:
            name, parameter = _parameter(statement)
            found[name] = parameter
        except ValueError as error:
            problems.append(f"{where}, parameters cell, line {statement.lineno}: {error}")
    if problems:
        raise ParameterError(problems)
    return found


def checked(declared: Mapping[str, Parameter], given: Mapping[str, object]) -> dict[str, object]:
    """Complete `given` with the declared defaults, or refuse it.

    Parameters
    ----------
    declared : mapping of str to Parameter
        What the notebook takes.
    given : mapping of str to object
        What the caller wants to set.

    Returns
    -------
    dict
        A value for each declared parameter.

    Raises
    ------
    ParameterError
        Names that are not declared or values of another type; all of them at once.
    """
    problems = [problem for name, value in given.items() if (problem := _problem(declared, name, value))]
    if problems:
        raise ParameterError(problems)
    return {name: given.get(name, parameter.default) for name, parameter in declared.items()}


def _statements(notebook: Path) -> list[ast.stmt]:
    try:
        cells = nbformat.read(notebook, as_version=4).cells
    except Exception as error:
        raise ParameterError(
            [f"{notebook}: not a readable notebook ({error}).".replace("\n", " ")]
        ) from error
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1 or tagged[0].cell_type != "code":
        problem = f"{notebook.name}: {len(tagged)} cells tagged 'parameters'; tag exactly one code cell."
        raise ParameterError([problem])
    try:
        body = ast.parse(tagged[0].source).body
    except SyntaxError as error:
        raise ParameterError(
            [f"{notebook.name}, parameters cell, line {error.lineno}: {error.msg}."]
        ) from error
    return [s for s in body if not isinstance(s, ast.Import | ast.ImportFrom | ast.Expr)]


def _parameter(statement: ast.stmt) -> tuple[str, Parameter]:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
            parameter = Parameter(ast.unparse(annotation), _literal(value))
        case _:
            raise ValueError(
                f"`{ast.unparse(statement)}` declares no parameter; write `name: str = 'default'`."
            )
    if not parameter.accepts(parameter.default):
        raise ValueError(
            f"the default of '{name}', {parameter.default!r}, is not of type {parameter.annotation}."
        )
    return name, parameter


def _literal(value: ast.expr) -> object:
    try:
        return ast.literal_eval(value)
    except ValueError:
        raise ValueError(f"`{ast.unparse(value)}` is computed; a default must be a plain value.") from None


def _problem(declared: Mapping[str, Parameter], name: str, value: object) -> str | None:
    if name not in declared:
        near = difflib.get_close_matches(name, declared, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it takes: {', '.join(declared) or 'none'}."
        return f"no parameter '{name}'; {hint}"
    if not declared[name].accepts(value):
        got = type(value).__name__
        return f"parameter '{name}' takes {declared[name].annotation}, got {value!r} ({got})."
    return None


def _accepts(node: ast.expr, value: object) -> bool:
    match node:
        case ast.Constant(value=None):
            return value is None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _accepts(left, value) or _accepts(right, value)
        case ast.Name(id=name) if name in SCALARS:
            return type(value) in SCALARS[name]
        case ast.Name(id="list" | "dict" as name):
            return type(value).__name__ == name
        case ast.Subscript(value=ast.Name(id=name), slice=inner):
            return _accepts_generic(name, inner, value)
    raise ValueError(
        f"type `{ast.unparse(node)}` is not supported; use str, int, float, bool, Literal, list or dict."
    )


def _accepts_generic(name: str, inner: ast.expr, value: object) -> bool:
    match name, inner:
        case "Literal", _:
            choices = ast.literal_eval(inner)
            choices = choices if isinstance(choices, tuple) else (choices,)
            return any(type(value) is type(choice) and value == choice for choice in choices)
        case "Optional", _:
            return value is None or _accepts(inner, value)
        case "list", _:
            return type(value) is list and all(_accepts(inner, item) for item in value)
        case "dict", ast.Tuple(elts=[keys, items]):
            return type(value) is dict and all(
                _accepts(keys, k) and _accepts(items, v) for k, v in value.items()
            )
    raise ValueError(f"type `{name}[{ast.unparse(inner)}]` is not supported.")
