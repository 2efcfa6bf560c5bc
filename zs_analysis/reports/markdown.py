"""Markdown of notebooks as HTML, with TeX formulas as MathML: readers need no script for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import jinja2
from math_core import LatexError, LatexToMathML
from nbconvert import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathInlineParser

from zs_analysis.reports.errors import ReportError

# For signs that text fonts lack, their likes that these have: a page brings no mathematical font along.
ALIKE = str.maketrans("⋅∼ϵϕˆ˜", "·~εφ^~")


def mathml(tex: str, *, display: bool) -> str:
    r"""A formula as MathML.

    Parameters
    ----------
    tex : str
        Without its dollar signs.
    display : bool
        On a line of its own.

    Raises
    ------
    ReportError
        It cannot be read; the message quotes it.

    Examples
    --------
    >>> mathml(r"\frac{x}{2}", display=False)
    '<math><mfrac><mi>x</mi><mn>2</mn></mfrac></math>'
    """
    try:
        return _converter().convert_with_local_state(tex, displaystyle=display).translate(ALIKE)
    except LatexError as error:
        raise ReportError(f"The formula ${tex.strip()}$ cannot be read: {error}. Mend its TeX.") from error


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


class MathRenderer(IPythonRenderer):
    """nbconvert's renderer, which leaves formulas to MathJax, without that."""

    def inline_math(self, body: str) -> str:
        """A formula within a line."""
        return mathml(body, display=False)

    def block_math(self, body: str) -> str:
        """A formula on a line of its own."""
        return mathml(body, display=True)

    def latex_environment(self, name: str, body: str) -> str:
        """An environment such as ``align``."""
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)


class MathParser(MathInlineParser):
    """nbconvert's parser, but prices such as $5 to $6 are no formula; the rule is pandoc's."""

    SPECIFICATION = MathInlineParser.SPECIFICATION | {
        "inline_math_tex": r"(?<![$\\])\$(?![\s$])(?P<math_inline_tex>(?:\\[\s\S]|[^$\\])+?)(?<!\s)\$(?!\d)"
    }


class MathExporter(TemplateExporter):
    """The cells of a notebook through our template, formulas as MathML.

    nbconvert's own exporter to HTML reads its page once more, for what our pages are read for anyhow; and no
    preprocessor is wanted.
    """

    output_mimetype = "text/html"
    file_extension = ".html"
    default_preprocessors = ()

    def default_filters(self) -> Iterator[tuple[str, Callable[..., str]]]:
        """The filters of templates."""
        yield from super().default_filters()
        yield "markdown2html", self.markdown2html

    @jinja2.pass_context
    def markdown2html(self, context: jinja2.runtime.Context, source: str) -> str:
        """Markdown of a cell or output as HTML."""
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = MathRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
        return MarkdownWithMath(renderer, inline=MathParser(hard_wrap=False)).render(source)
