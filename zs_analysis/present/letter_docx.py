"""A letter as a Word file in the layout of official letters (GB/T 9704-2012)."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from zs_analysis.files import timeless_zip

if TYPE_CHECKING:
    from zs_analysis.present.letters import Letter

TITLE, BODY, SMALL = Pt(22), Pt(16), Pt(14)  # 二号, 三号, 四号
LINE = Pt(28)
# Fonts that office PCs in China have, and what stands in for each elsewhere.
SONG, FANGSONG, LATIN = "宋体", "仿宋", "Times New Roman"
FONTS = {FANGSONG: "FangSong", SONG: "SimSun"}
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
MADE = datetime(2000, 1, 1)


def written(letter: Letter) -> bytes:
    """A letter as the bytes of a .docx: A4, title 二号, body 三号 indented by two characters, page numbers.

    Parameters
    ----------
    letter : Letter

    Returns
    -------
    bytes
        The same letter gives the same bytes: nothing in the file depends on the day or the machine.
    """
    document = docx.Document()
    _set_page(document.sections[0])
    _set_default_font(document)
    _name_properties(document, letter)
    _mark_pages(document.sections[0], letter)
    _add(document, letter.number, align=CENTRE)
    title = _add(document, letter.title, align=CENTRE, size=TITLE, font=SONG, bold=True)
    title.paragraph_format.line_spacing = Pt(36)
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(14)
    _add(document, letter.addressee)
    for text in (letter.opening, *letter.items, letter.request, letter.closing):
        _indent(_add(document, text))
    sign = _add(document, letter.signature, align=RIGHT)
    sign.paragraph_format.space_before = LINE
    sign.paragraph_format.keep_with_next = True
    _add(document, letter.date, align=RIGHT)
    _add(document, letter.remark, size=Pt(10.5)).paragraph_format.space_before = LINE
    out = io.BytesIO()
    document.save(out)
    return timeless_zip(out.getvalue())


def _set_page(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)


def _set_default_font(document: Document) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, BODY
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANGSONG)
    table = next(
        part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml"
    )
    known = table.blob.decode()
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, other in FONTS.items()
        if f'w:name="{name}"' not in known
    )
    table._blob = known.replace("</w:fonts>", f"{entries}</w:fonts>").encode()


def _name_properties(document: Document, letter: Letter) -> None:
    relations = document.part.package.rels
    for key in [key for key, one in relations.items() if one.reltype.endswith("/thumbnail")]:
        del relations[key]  # the template's own picture
    known = document.core_properties
    known.title, known.author, known.comments = letter.title, letter.signature, letter.mark
    known.last_modified_by, known.revision = letter.signature, 1
    known.created = known.modified = MADE


def _mark_pages(section: Section, letter: Letter) -> None:
    """The draft mark and the package's notice above every page, its number below."""
    head = section.header.paragraphs[0]
    head.alignment = CENTRE
    _run(head, letter.mark, size=SMALL, bold=True)
    if letter.notice:
        note = section.header.add_paragraph()
        note.alignment = CENTRE
        _run(note, letter.notice, size=Pt(10.5), bold=True)
    foot = section.footer.paragraphs[0]
    foot.alignment = CENTRE
    _run(foot, "— ", size=SMALL, font=SONG)
    _field(_run(foot, "", size=SMALL, font=SONG), "PAGE")
    _run(foot, " —", size=SMALL, font=SONG)


def _add(
    document: Document,
    text: str,
    *,
    align: WD_ALIGN_PARAGRAPH | None = None,
    size: Pt = BODY,
    font: str = FANGSONG,
    bold: bool = False,
) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.space_after, layout.line_spacing_rule, layout.line_spacing = Pt(0), WD_LINE_SPACING.EXACTLY, LINE
    _run(paragraph, text, size=size, font=font, bold=bold)
    return paragraph


def _run(paragraph: Paragraph, text: str, *, size: Pt, font: str = FANGSONG, bold: bool = False) -> Run:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = size, bold, LATIN
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    # Quotation marks and dashes are shared with Latin text; in Chinese they take the Chinese font.
    fonts.set(qn("w:hint"), "eastAsia")
    return run


def _indent(paragraph: Paragraph) -> None:
    """Indent the first line by two characters, whatever their size."""
    paragraph.paragraph_format.first_line_indent = 2 * BODY
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")


def _field(run: Run, code: str) -> None:
    for kind, text in (("begin", None), (None, code), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._element.append(element)
