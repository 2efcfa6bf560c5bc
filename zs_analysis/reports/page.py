"""An executed notebook as one HTML file that needs nothing else: no network, no script, no installed font."""

from __future__ import annotations

import base64
import hashlib
import html
import importlib.metadata
import mimetypes
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import jinja2
import nbformat
from lxml import etree
from lxml import html as markup
from nbformat import NotebookNode
from traitlets.config import Config

from zs_analysis.reports.execute import Execution, Failure
from zs_analysis.reports.manifest import DISTRIBUTION
from zs_analysis.reports.words import HTML_LANG, WORDS, Lang

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from zs_analysis.reports.contract import Breach
    from zs_analysis.reports.markdown import MathExporter

FINDINGS = "application/vnd.zs.findings+json"
PRIORITY = ["text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain"]
TEMPLATES = Path(__file__).parent / "templates"

ACTIVE = ("script", "iframe", "object", "embed", "link", "base", "meta", "metadata", "form")
LOADING = {"src", "srcset", "poster", "data", "background", "xlink:href"}
CELL_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")

FontCss = Callable[[str], str]


@dataclass(frozen=True)
class PageMeta:
    """What the caller knows about every page of a run, as plain text in the language of the page."""

    suite: str
    period: str = ""
    as_of: str = ""
    notice: str = ""


@dataclass(frozen=True)
class PageLink:
    """A file beside a page, and what readers call it."""

    file: str
    label: str


@dataclass(frozen=True)
class Heading:
    """One entry of the table of contents."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Body:
    """The readable content of a notebook: everything but the furniture."""

    title: str
    findings: tuple[str, ...]
    headings: tuple[Heading, ...]
    html: str


def report_page(
    body: Body,
    *,
    lang: Lang,
    meta: PageMeta,
    font_css: FontCss,
    links: Sequence[PageLink] = (),
    override: str = "",
) -> str:
    """Put the content of a notebook into a page.

    Parameters
    ----------
    body : Body
        From `read_body`.
    lang : {"zh", "en"}
        Language of the furniture.
    meta : PageMeta
        Suite, period and "as of" line.
    font_css : callable
        Takes the text of the page, gives the CSS of a font that has its characters.
    links : sequence of PageLink
        Files that lie beside the page.
    override : str
        Why the page is published although it should not be; stands at its top.

    Returns
    -------
    str
        A complete HTML document; the same arguments give the same text.
    """
    context = {
        "title": body.title,
        "body": body,
        "headings": body.headings,
        "links": links,
        "override": override,
    }
    return document("report.html.j2", context, lang=lang, meta=meta, font_css=font_css)


def error_page(
    execution: Execution,
    parameters: Mapping[str, object],
    *,
    lang: Lang,
    meta: PageMeta,
    font_css: FontCss,
    earlier: str = "",
) -> str:
    """Say where and why a notebook failed, with what it had shown until then.

    Parameters
    ----------
    execution : Execution
        With a `failure`.
    parameters : mapping
        The values that it ran with.
    lang, meta, font_css
        As for `report_page`.
    earlier : str
        The page of an earlier run that stays, if there is one.

    Returns
    -------
    str
        A complete HTML document.
    """
    notebook = nbformat.reads(execution.executed, as_version=4) if execution.executed else None
    context = {
        "title": WORDS[lang]["error_title"],
        "name": execution.notebook.name,
        "earlier": earlier,
        "failure": execution.failure,
        "parameters": parameters,
        "excerpt": _excerpt(notebook, execution.failure) if notebook else [],
        "body": _partial_body(execution, lang),
    }
    return document("error.html.j2", context, lang=lang, meta=meta, font_css=lenient(font_css))


def breach_page(
    execution: Execution,
    breaches: Sequence[Breach],
    parameters: Mapping[str, object],
    *,
    lang: Lang,
    meta: PageMeta,
    font_css: FontCss,
    earlier: str = "",
) -> str:
    """Say what a report lacks that ran to its end, with what it has.

    Parameters
    ----------
    execution : Execution
        Without a `failure`.
    breaches : sequence of Breach
        From `zs_analysis.reports.contract.breaches`.
    parameters : mapping
        The values that it ran with.
    lang, meta, font_css
        As for `report_page`.
    earlier : str
        The page of an earlier run that stays, if there is one.

    Returns
    -------
    str
        A complete HTML document.
    """
    context = {
        "title": WORDS[lang]["breach_title"],
        "name": execution.notebook.name,
        "earlier": earlier,
        "parameters": parameters,
        "breaches": breaches,
        "body": _partial_body(execution, lang),
    }
    return document("breach.html.j2", context, lang=lang, meta=meta, font_css=lenient(font_css))


def withheld_page(
    name: str,
    title: str,
    reasons: Sequence[str],
    *,
    lang: Lang,
    meta: PageMeta,
    font_css: FontCss,
    earlier: str = "",
) -> str:
    """Say why a report is not published and what to do; nothing of its content is on the page.

    Parameters
    ----------
    name, title : str
        Of the report.
    reasons : sequence of str
        What speaks against it.
    lang, meta, font_css
        As for `report_page`.
    earlier : str
        The page of an earlier run that stays, if there is one.

    Returns
    -------
    str
        A complete HTML document.
    """
    context = {
        "title": WORDS[lang]["withheld_title"],
        "name": name,
        "earlier": earlier,
        "report": title,
        "reasons": reasons,
    }
    return document("withheld.html.j2", context, lang=lang, meta=meta, font_css=lenient(font_css))


def read_body(notebook: NotebookNode, source: Path, lang: Lang) -> Body:
    """Turn the cells of a notebook into HTML that cannot act and carries its own anchors.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, or stopped half way.
    source : Path
        Where it came from; pictures in its Markdown are looked up beside it.
    lang : {"zh", "en"}
        Cells tagged with the other language are left out.

    Returns
    -------
    Body
        Its title is the first level-1 heading, else the name of the file.
    """
    shown = _in_language(notebook, lang)
    body = _parsed(_cells_html(shown, lang))
    _embed_images(body, source.parent)
    _make_inert(body)
    title = _take_title(body) or source.stem
    headings = _anchor_headings(body)
    _let_scroll(body, WORDS[lang])
    _slant_variables(body)
    return Body(title, _findings(shown), headings, _inside(body))


def document(
    template: str, context: Mapping[str, object], *, lang: Lang, meta: PageMeta, font_css: FontCss
) -> str:
    """Render a template of this room into a self-contained document.

    Parameters
    ----------
    template : str
        File name in `templates/`.
    context : mapping
        What that template needs; at least `title`. A `script` is the one that its page may run.
    lang, meta, font_css
        As for `report_page`.

    Returns
    -------
    str
        A complete HTML document.
    """
    furniture = {
        "lang": lang,
        "html_lang": HTML_LANG[lang],
        "words": WORDS[lang],
        "meta": meta,
        "made_by": _made_by(),
        "script_hash": _script_hash(str(context.get("script", ""))),
    }
    page = _environment().get_template(template).render(context, **furniture)
    return page.replace("/*fonts*/", font_css(_text(page)), 1)


def lenient(font_css: FontCss) -> FontCss:
    """Do without the font where it lacks a character: an error page must appear whatever it quotes.

    Parameters
    ----------
    font_css : callable
        As for `report_page`.

    Returns
    -------
    callable
        Gives no CSS where `font_css` raises ValueError.
    """

    def css(text: str) -> str:
        try:
            return font_css(text)
        except ValueError:
            return ""

    return css


def _partial_body(execution: Execution, lang: Lang) -> Body | None:
    """What there is of a report that is not published; what cannot be shown must not hide why."""
    try:
        return read_body(nbformat.reads(execution.executed, as_version=4), execution.notebook, lang)
    except Exception:
        return None


def _in_language(notebook: NotebookNode, lang: Lang) -> NotebookNode:
    other = set(WORDS) - {lang}
    cells = [cell for cell in notebook.cells if other.isdisjoint(cell.metadata.get("tags", []))]
    return NotebookNode(notebook, cells=cells)


def _cells_html(notebook: NotebookNode, lang: Lang) -> str:
    resources = {"findings": FINDINGS, "no_alt": WORDS[lang]["no_alt"]}
    return _exporter().from_notebook_node(notebook, resources)[0]


@cache
def _exporter() -> MathExporter:
    # nbconvert, with the first page: the kernels are at work then, which wait for whatever is imported before
    from zs_analysis.reports.markdown import MathExporter

    config = Config({"NbConvertBase": {"display_data_priority": PRIORITY}})
    return MathExporter(
        config=config,
        template_name="report",
        extra_template_basedirs=[str(TEMPLATES)],
    )


def _findings(notebook: NotebookNode) -> tuple[str, ...]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    lists = [output.data[FINDINGS] for output in outputs if FINDINGS in output.get("data", {})]
    return tuple(str(sentence) for sentences in lists for sentence in sentences)


def _parsed(text: str) -> HtmlElement:
    """Parts of a page, in an element of their own."""
    # Embedded pictures are longer than what is thought to be an attack otherwise.
    parser = markup.HTMLParser(encoding="utf-8", huge_tree=True)
    return markup.fragment_fromstring(text, create_parent="div", parser=parser)


def _inside(body: HtmlElement) -> str:
    text = markup.tostring(body, encoding="unicode")
    return text.removeprefix("<div>").removesuffix("</div>").strip()


def _embed_images(body: HtmlElement, folder: Path) -> None:
    # nbconvert's own `embed_images` closes each inline tag of Markdown at once: <b>x</b> becomes <b></b>x.
    for image in body.iterfind(".//img[@src]"):
        if not urlsplit(image.get("src")).scheme:
            file = folder / unquote(image.get("src"))
            kind = mimetypes.guess_type(file.name)[0] or "image/png"
            content = base64.b64encode(file.read_bytes()).decode("ascii")
            image.set("src", f"data:{kind};base64,{content}")


def _make_inert(body: HtmlElement) -> None:
    """Drop what acts or loads; comments and SVG metadata too, where matplotlib writes the time of day."""
    for node in [*body.iterdescendants(*ACTIVE, etree.Comment, etree.PI)]:
        node.drop_tree()
    for element in body.iterdescendants():
        for name in [name for name, value in element.items() if _acts(element, name, value)]:
            del element.attrib[name]


def _acts(element: HtmlElement, name: str, value: str) -> bool:
    value = "".join(value[:100].split()).lower()  # browsers overlook white space too
    if name.startswith("on") or value.startswith("javascript:"):
        return True
    loads = name in LOADING or (name == "href" and element.tag != "a")
    return loads and not value.startswith(("data:", "#"))


def _take_title(body: HtmlElement) -> str:
    first, *others = [*body.iter("h1")] or [None]
    for heading in others:
        heading.tag = "h2"
    if first is None:
        return ""
    first.drop_tree()
    return _plain(first)


def _anchor_headings(body: HtmlElement) -> tuple[Heading, ...]:
    found = [*body.iter("h2", "h3")]
    taken = {"main", "contents", *(one.get("id") for one in body.iterfind(".//*[@id]") if one not in found)}
    headings = []
    for one in found:
        one.set("id", _new_id(_plain(one), taken))
        headings.append(Heading(int(one.tag[1]), one.get("id"), _plain(one)))
    return tuple(headings)


def _plain(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _new_id(text: str, taken: set[str]) -> str:
    return _unlike(re.sub(r"[^\w]+", "-", text.lower()).strip("-") or "section", taken, "-")


def _unlike(name: str, taken: set[str], between: str = " ") -> str:
    number, own = 1, name
    while own in taken:
        number += 1
        own = f"{name}{between}{number}"
    taken.add(own)
    return own


def _let_scroll(body: HtmlElement, words: Mapping[str, object]) -> None:
    """Put tables and formulas of a line of their own into boxes that scroll where a screen is narrow."""
    for listing in body.iter("pre"):
        listing.set("tabindex", "0")
    taken: set[str] = set()
    for element in [*body.iter("table"), *body.iterfind(".//math[@display='block']")]:
        caption = element.find("caption")
        formula = element.tag == "math"
        label = words["formula" if formula else "table"] if caption is None else _plain(caption)
        # A region that scrolls must take the keyboard's focus and have a name of its own (WCAG 2.1.1, 4.1.2).
        _boxed(element, "span" if formula else "div", _unlike(label, taken))


def _boxed(element: HtmlElement, tag: str, label: str) -> None:
    about = {"class": "zs-scroll", "role": "region", "tabindex": "0", "aria-label": label}
    box = element.makeelement(tag, about)
    element.addprevious(box)
    box.tail, element.tail = element.tail, None
    box.append(element)


def _slant_variables(body: HtmlElement) -> None:
    # Browsers would take slanted letters from a mathematical font, which need not be there.
    for name in body.xpath(".//mi[not(@mathvariant)]"):
        if len(text := name.text_content()) == 1 and text.isalpha():
            name.set("class", "is-variable")


def _excerpt(notebook: NotebookNode, failure: Failure) -> list[dict[str, object]]:
    """The cell that failed between its neighbours, line by line."""
    if failure.cell is None:
        return []
    line = CELL_LINE.search(failure.traceback)
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    at = code.index(failure.cell)
    return [
        {
            "number": i + 1,
            "lines": notebook.cells[i].source.splitlines(),
            "bad": i == failure.cell,
            "bad_line": int(line[1]) if line else None,
        }
        for i in code[max(at - 1, 0) : at + 2]
    ]


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["css_string"] = _css_string
    return environment


def _css_string(text: str) -> str:
    """A string of CSS in which nothing can end the string, the rule or the style."""
    return '"' + "".join(c if c.isalnum() else f"\\{ord(c):x} " for c in text) + '"'


def _made_by() -> str:
    try:
        return f"{DISTRIBUTION} {importlib.metadata.version(DISTRIBUTION)}"
    except importlib.metadata.PackageNotFoundError:
        return DISTRIBUTION


def _script_hash(script: str) -> str:
    """By which a Content-Security-Policy lets one script run and no other."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}" if script else ""


def _text(page: str) -> str:
    # Browsers draw roots with a sign that no text of the page has.
    page = re.sub(r"<m(?:sqrt|root)\b", "√<", page)
    return html.unescape(re.sub(r"<style.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL))
