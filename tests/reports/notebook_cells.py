"""Cells for notebooks made in the tests."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

PARAMETERS = 'period: str = "2023Q4"\nas_of: str | None = None\nfail: bool = False'


def code(source: str, *tags: str) -> NotebookNode:
    return new_code_cell(source, metadata={"tags": list(tags)})


def text(source: str, *tags: str) -> NotebookNode:
    return new_markdown_cell(source, metadata={"tags": list(tags)})
