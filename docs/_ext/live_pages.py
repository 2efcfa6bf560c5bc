"""Pages made from the data package, the notebooks and the docstrings when the site is built.

Pages below `TEMPLATES` are Jinja templates of Markdown. In the tutorials each block that gives a chart gets
its picture. Nothing of it is kept as a copy.
"""

import doctest
import inspect
import io
import json
import re
import runpy
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click
import jinja2
import pandas as pd
from code_blocks import BLOCKS, python
from matplotlib.figure import Figure
from sphinx.application import Sphinx

import zs_analysis as zs
from zs_analysis.cli import main
from zs_analysis.present import Chart, charts, forecast_charts

ROOT = Path(__file__).parents[2]
TEMPLATES = ("data/", "gallery", "howto/index", "reference/")
TUTORIALS = ("tutorial",)
QUARTER, DAY = "2023Q4", "2023-12-13"
CODE = "[a-z0-9][a-z0-9"
MARKUP = re.compile(r"([\\`*_|<>\[\]{}$#~])")


class Shown(NamedTuple):
    """A chart of the gallery: the call, its picture, and whether the data are the invented ones."""

    call: str
    chart: Chart
    invented: bool


def filled(app: Sphinx, docname: str, source: list[str]) -> None:
    """Called by Sphinx for the text of each page."""
    if docname.startswith(TEMPLATES):
        template = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        source[0] = template.from_string(source[0]).render(CONTEXT)
    elif docname.startswith(TUTORIALS):
        source[0] = "".join(with_pictures(app.env.doc2path(docname)))


def with_pictures(path: Path) -> Iterator[str]:
    """The text of a page, and after each block of code that gives a chart or a figure its picture."""
    document, end = BLOCKS.parse(Path(path)), 0
    for example in document.examples():
        example.evaluate()
        yield document.text[end : example.end]
        if example.region.evaluator is python:
            yield picture(document.namespace["_"])
        end = example.end
    yield document.text[end:]


def picture(value: object) -> str:
    """A chart or figure as Markdown; nothing for anything else."""
    if isinstance(value, Figure):
        with closing(io.StringIO()) as stream:
            value.savefig(stream, format="svg", metadata={"Date": None})
            svg = stream.getvalue()
        value = f'<div class="zs-plot">{svg[svg.index("<svg") :]}</div>'
    elif isinstance(value, Chart):
        value = value._repr_html_()
    else:
        return ""
    return f"\n\n```{{raw}} html\n{value}\n```\n"


@cache
def views(lang: str) -> tuple[zs.View, zs.View]:
    """What the charts look at: the published data, and the invented package."""
    folder = tempfile.mkdtemp(prefix="zs-docs-")
    runpy.run_path(str(ROOT / "examples/generate.py"))["write"](Path(folder))
    return zs.View(QUARTER, DAY, lang), zs.View(*zs.loaders.newest_quarter(folder), lang, folder)


def report_charts(lang: str = "en") -> dict[str, list[Shown]]:
    """The charts of each report, by the cells of its notebook; invented data where none are public."""
    seen: set[str] = set()
    paths = sorted(ROOT.glob("notebooks/*.ipynb"))
    return {path.stem: list(_of_notebook(path, lang, seen)) for path in paths}


def _of_notebook(path: Path, lang: str, seen: set[str]) -> Iterator[Shown]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    names = {"period": QUARTER, "as_of": DAY, "lang": lang, "data_dir": None}
    exec("".join(cells[1]["source"]), names)
    for cell in cells[2:]:
        call = "".join(cell["source"]).partition(" or ")[0]
        if call in seen or "_table(" in call or cell["metadata"].get("tags", ["chart"]) != ["chart"]:
            continue
        seen.add(call)
        for invented, view in enumerate(views(lang)):
            if isinstance(chart := eval(call, names | {"view": view}), Chart):
                yield Shown(call, chart, bool(invented))
                break


def own_charts() -> Iterator[tuple[str, str, Shown]]:
    """The chart functions for any frame: name, summary, and the example of the docstring."""
    for module in (charts, forecast_charts):
        room = module.__name__.rpartition(".")[2]
        for name, function in vars(module).items():
            if getattr(function, "__annotations__", {}).get("return") is Chart and name[0] != "_":
                yield f"{room}.{name}", _summary(function), _example(function, vars(module))


def _example(function: Any, names: dict[str, Any]) -> Shown:
    *steps, _ = doctest.DocTestParser().get_examples(function.__doc__)
    call, names = "".join(step.source for step in steps), dict(names)
    exec(call, names)
    return Shown(call, names["chart"], False)


def _summary(of: object) -> str:
    return (inspect.getdoc(of) or "").partition("\n\n")[0].replace("\n", " ")


def members(module: str) -> dict[str, list[str]]:
    """The public names of a room, those of the front door left to it, by the module that defines them."""
    room, by_module = import_module(module), {}
    front_door = set(zs.__all__) if room is not zs else set()
    for name in getattr(room, "__all__", None) or _own(room):
        value = getattr(room, name)
        if not inspect.ismodule(value) and name not in front_door:
            # a constant does not know where it was defined
            origin = value.__module__ if callable(value) else module
            by_module.setdefault(origin, []).append(name)
    return by_module


def _own(module: Any) -> list[str]:
    return [
        name
        for name, value in vars(module).items()
        if name[0] != "_" and callable(value) and getattr(value, "__module__", "") == module.__name__
    ]


def described(module: str, name: str) -> str:
    """The directive that documents a public name from its docstring."""
    value = getattr(import_module(module), name)
    kind = "function"
    if inspect.isclass(value):
        kind = "exception" if issubclass(value, Exception) else "class"
    elif not callable(value):
        kind = "data"
    more = "\n   :members:" if kind == "class" else ""
    return f".. auto{kind}:: {module}.{name}{more}\n"


def package() -> list[dict[str, Any]]:
    """The tables of the data package as `datapackage.json` describes them, and how many rows each has."""
    resources = json.loads((zs.loaders.DATA / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    return [resource | {"rows": len(zs.load(resource["name"]))} for resource in resources]


def constraints(field: dict[str, Any]) -> str:
    """What a value of a column has to be, in words."""
    rules = field.get("constraints", {})
    words = ["required"] * rules.get("required", False)
    words += [f"{key} {rules[key]}" for key in ("minimum", "maximum") if key in rules]
    if choices := rules.get("enum"):
        words.append(", ".join(f"`{value}`" if value else "empty" for value in choices))
    elif pattern := rules.get("pattern"):
        words.append("a code" if pattern.startswith(CODE) else f"like `{pattern}`".replace("|", "\\|"))
    return "; ".join(words)


def codes(name: str, *columns: str) -> str:
    """Columns of a table of codes as Markdown, the code itself set off."""
    frame = zs.load(name)[list(columns)].fillna("").astype(str)
    rows = [[f"`{first}`", *map(plain, rest)] for first, *rest in frame.itertuples(index=False)]
    return markdown_table(columns, rows)


def markdown_table(heads: tuple[str, ...], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(text: object) -> str:
    """Text in which nothing is markup."""
    return MARKUP.sub(r"\\\1", str(text).replace("\n", " "))


def sources() -> pd.DataFrame:
    """The source register, the newest first, and how many figures and targets each source gave."""
    counts = pd.concat([zs.load(name)["source_id"] for name in ("observations", "targets", "projects")])
    frame = zs.load("sources").assign(released=lambda table: table["released"].astype(str).replace("NaT", ""))
    frame["figures"] = frame["source_id"].map(counts.value_counts()).fillna(0).astype(int)
    return frame.fillna("").sort_values("released", ascending=False, kind="stable")


def commands() -> dict[str, str]:
    """What each command says of itself."""
    context = click.Context(main, info_name="zs-analysis", max_content_width=100)
    return {
        name: command.get_help(click.Context(command, context, name, max_content_width=100))
        for name, command in main.commands.items()
    }


CONTEXT = {
    "commands": commands,
    "exists": lambda page: (ROOT / f"docs/{page}.md").is_file(),
    "report_charts": report_charts,
    "own_charts": own_charts,
    "picture": picture,
    "members": members,
    "described": described,
    "summary": lambda module: _summary(import_module(module)),
    "package": package,
    "constraints": constraints,
    "codes": codes,
    "plain": plain,
    "escape": escape,
    "sources": sources,
    "zs": zs,
}


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", filled)
    return {"parallel_read_safe": True}
