"""The code blocks of README and docs, run as they stand: by the tests, and for the pictures of the site.

| block | what is done |
|---|---|
| ``python`` | run; the blocks of a page share their names |
| ``output`` | compared with what the block before it printed and what its last line gave |
| ``console`` | each ``$ zs-analysis ...`` is run and what it prints compared |
| ``sh`` | commands, options and targets of ``make`` must exist |
| ``text FILE`` | the lines are added to the file |

An ellipsis (…) in an expected output stands for anything. A block after a comment
``<!--- skip: next "reason" -->`` is left out.
"""

import ast
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

import pandas as pd
from click.testing import CliRunner
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, SkipParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

from zs_analysis.cli import main

WIDE = ("display.width", 110, "display.max_columns", 12, "display.unicode.east_asian_width", True)
FILE = RawFencedCodeBlockLexer(re.compile(r"text (?P<name>\S+)$\n", re.M))
TARGET = re.compile(r"^([a-z]+):", re.M)


def files(document: Document) -> Iterator[Region]:
    """Find the blocks that are lines of a file."""
    for found in FILE(document):
        yield Region(found.start, found.end, (found.lexemes["name"], found.lexemes["source"]), lines)


def lines(example: Example) -> None:
    """Add the lines of a block to its file."""
    name, text = example.parsed
    with Path(name).open("a", encoding="utf-8") as file:
        file.write(str(text))


def python(example: Example) -> None:
    """Run a block; its last value is ``_`` afterwards, and what a notebook would show ``_shown``."""
    if "{{" in example.parsed:
        return  # of a template: run when the site is built
    tree = ast.parse(example.parsed)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    names = example.namespace
    with redirect_stdout(StringIO()) as printed, pd.option_context(*WIDE):
        exec(compile(tree, example.path, "exec"), names)
        names["_"] = eval(compile(ast.Expression(last.value), example.path, "eval"), names) if last else None
        names["_shown"] = printed.getvalue() + ("" if names["_"] is None else repr(names["_"]))


def output(example: Example) -> str | None:
    """Compare with the block before."""
    return difference(str(example.parsed), example.namespace["_shown"])


def console(example: Example) -> str | None:
    """Run each command and compare what it says."""
    for command, expected in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n?)*)", str(example.parsed), re.M):
        name, *words = shlex.split(command, comments=True)
        if name != "zs-analysis":
            return f"only zs-analysis runs here, not {command}"
        result = CliRunner().invoke(main, words, catch_exceptions=False)
        # what is told on the way comes first, as on a screen
        said = result.stderr + result.stdout
        if not expected.strip() and result.exit_code:
            return f"{command} ended with {result.exit_code}:\n{said}"
        if expected.strip() and (differs := difference(expected, said)):
            return f"{command}\n{differs}"
    return None


def difference(expected: str, got: str) -> str | None:
    """What was expected and what came, where they differ; blanks at the ends of lines do not count."""
    wanted, came = (
        "\n".join(line.rstrip() for line in text.strip().splitlines()) for text in (expected, got)
    )
    if re.fullmatch(re.escape(wanted).replace("…", ".*"), came, re.DOTALL):
        return None
    return f"expected:\n{wanted}\ngot:\n{came}"


def sh(example: Example) -> str | None:
    """Check that what a block calls exists."""
    for line in str(example.parsed).splitlines():
        if (words := shlex.split(line, comments=True)) and (wrong := unknown(words)):
            return f"{line}: {wrong}"
    return None


def unknown(words: list[str]) -> str | None:
    """The word of a command line that nothing answers to.

    Examples
    --------
    >>> unknown(["zs-analysis", "render", "2023Q4", "--language", "en"])
    '--language'
    """
    root = Path(__file__).parents[2]
    if words[0] == "python":
        there = find_spec(words[2]) if words[1] == "-m" else (root / words[1]).is_file()
        return None if there else words[1]
    if words[0] == "make":
        targets = TARGET.findall((root / "Makefile").read_text(encoding="utf-8"))
        return next((word for word in words[1:] if "=" not in word and word not in targets), None)
    if words[0] != "zs-analysis":
        return words[0]
    command = main.commands.get(words[1]) if len(words) > 1 and words[1][0] != "-" else main
    if command is None:
        return words[1]
    known = {"-h", "--help", "--version"} | {option for param in command.params for option in param.opts}
    return next((word for word in words if word[0] == "-" and word.partition("=")[0] not in known), None)


BLOCKS = Sybil(
    [
        SkipParser(),
        files,
        *(CodeBlockParser(block.__name__, block) for block in (python, output, console, sh)),
    ]
)


def run(page: Path) -> None:
    """Run the blocks of a page one after the other.

    Raises
    ------
    SybilFailure
        A block does not do what the page says.
    """
    for example in BLOCKS.parse(page).examples():
        example.evaluate()


def run_in_copy(root: str, *pages: str) -> None:
    """Run pages in a copy of `root`, which is the current folder, each on fresh data."""
    for page in pages:
        shutil.rmtree("data", ignore_errors=True)
        shutil.copytree(Path(root) / "data", "data")
        run(Path(page))


if __name__ == "__main__":
    run_in_copy(*sys.argv[1:])
