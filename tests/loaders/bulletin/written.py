"""One table written in every format a bulletin comes in.

A table is rows of fields of the same length. A field is text (blanks before it indent it), `Span` for a merged
cell, or None for a place that a span covers.
"""

import csv
import email.message
import html
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import docx
import openpyxl
import xlwt
from openpyxl.styles import Alignment


@dataclass(frozen=True)
class Span:
    """A merged cell."""

    text: str
    rows: int = 1
    columns: int = 1


Table = list[list[str | Span | None]]
_NUMBER = re.compile(r"-?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(%?)")


def places(table: Table) -> list[tuple[int, int, Span]]:
    """Row and column, from 1, of each cell that is written."""
    return [
        (row, column, field if isinstance(field, Span) else Span(field))
        for row, fields in enumerate(table, start=1)
        for column, field in enumerate(fields, start=1)
        if field is not None
    ]


def number(text: str) -> tuple[float, str] | None:
    """A numeral as the number a workbook stores, and the format that prints it so."""
    found = _NUMBER.fullmatch(text)
    if not found or re.match(r"-?0\d", text):
        return None
    whole = "#,##0" if "," in text else "0"
    code = whole + ("." + "0" * len(found[2]) if found[2] else "") + found[3]
    value = float(text.replace(",", "").rstrip("%"))
    return (value / 100 if found[3] else value), code


def _steps(text: str) -> tuple[str, int]:
    """A text without its indentation, and how many steps of two blanks that was."""
    bare = text.lstrip(" \u3000")
    blanks = text[: len(text) - len(bare)]
    return bare, (len(blanks) + blanks.count("\u3000")) // 2


def write_xlsx(table: Table, path: Path) -> None:
    """Numbers as numbers, merged cells, indentation as a property of the cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row, column, span in places(table):
        text, steps = _steps(span.text)
        stored = number(text)
        cell = sheet.cell(row, column, stored[0] if stored else text or None)
        cell.data_type = "n" if stored else "s" if text else "n"
        cell.number_format = stored[1] if stored else "General"
        cell.alignment = Alignment(indent=steps)
        if span.rows * span.columns > 1:
            sheet.merge_cells(
                start_row=row,
                start_column=column,
                end_row=row + span.rows - 1,
                end_column=column + span.columns - 1,
            )
    book.save(path)


def write_shared_xlsx(table: Table, path: Path) -> None:
    """As Excel itself stores it: texts in a table of shared strings."""
    write_xlsx(table, path)
    parts = {}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    strings: list[str] = []

    def share(found: re.Match[str]) -> str:
        strings.append(found[2])
        return f'{found[1]}t="s"><v>{len(strings) - 1}</v></c>'

    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(r'(<c [^>]*?)t="inlineStr"><is>(.*?)</is></c>', share, parts[sheet])
    items = "".join(f"<si>{text}</si>" for text in strings)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{items}</sst>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = "[Content_Types].xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/>'
    if "sharedStrings" not in parts[types]:
        parts[types] = parts[types].replace("</Types>", override + "</Types>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def edit_parts(path: Path, ending: str, edit: Callable[[str], str]) -> None:
    """Change the XML parts of an Office file whose name has an ending."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, edit(content.decode()) if name.endswith(ending) else content)


def write_xls(table: Table, path: Path) -> None:
    """An Excel 97 workbook."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    styles: dict[tuple[str, int], xlwt.XFStyle] = {}
    for row, column, span in places(table):
        text, steps = _steps(span.text)
        stored = number(text)
        key = (stored[1] if stored else "General", steps)
        if key not in styles:
            styles[key] = xlwt.easyxf(f"align: indent {steps}", num_format_str=key[0])
        value = stored[0] if stored else text
        if span.rows * span.columns > 1:
            edges = (row - 1, row + span.rows - 2, column - 1, column + span.columns - 2)
            sheet.write_merge(*edges, value, styles[key])
        elif text:
            sheet.write(row - 1, column - 1, value, styles[key])
    book.save(str(path))


def write_docx(table: Table, path: Path) -> None:
    """A Word table with merged cells."""
    document = docx.Document()
    grid = document.add_table(len(table), len(table[0]))
    rows = [row.cells for row in grid.rows]
    for row, column, span in places(table):
        cell = rows[row - 1][column - 1]
        if span.rows * span.columns > 1:
            cell = cell.merge(rows[row + span.rows - 2][column + span.columns - 2])
        cell.paragraphs[0].text = span.text
    document.save(str(path))


def as_html(table: Table, charset: str) -> str:
    """A page as a browser saves it."""
    lines = [
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><body><table>'
    ]
    for fields in table:
        cells = [field if isinstance(field, Span) else Span(field) for field in fields if field is not None]
        lines.append("<tr>" + "".join(map(_html_cell, cells)) + "</tr>")
    return "\n".join([*lines, "</table></body></html>\n"])


def _html_cell(span: Span) -> str:
    text = html.escape(span.text).replace("\n", "<br>")
    bare = text.lstrip(" ")
    spans = f' rowspan="{span.rows}"' * (span.rows > 1) + f' colspan="{span.columns}"' * (span.columns > 1)
    return f"<td{spans}>{'&nbsp;' * (len(text) - len(bare))}{bare}</td>"


def write_html(table: Table, path: Path, encoding: str = "utf-8") -> None:
    """A saved page in any encoding."""
    path.write_bytes(as_html(table, encoding).encode(encoding))


def write_html_gb(table: Table, path: Path) -> None:
    """A page that calls itself GB2312, as older sites do."""
    path.write_bytes(as_html(table, "gb2312").encode("gb18030"))


def write_mht(table: Table, path: Path) -> None:
    """A page saved as one file."""
    message = email.message.EmailMessage()
    message["MIME-Version"] = "1.0"
    message.set_content(as_html(table, "utf-8"), subtype="html", cte="quoted-printable")
    message.make_related()
    message.add_related(b"GIF89a", "image", "gif")
    path.write_bytes(message.as_bytes())


def as_text(table: Table, delimiter: str) -> str:
    """Delimited text, quoted where needed."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=delimiter, lineterminator="\n")
    writer.writerows(
        [[field.text if isinstance(field, Span) else field or "" for field in row] for row in table]
    )
    return lines.getvalue()


def text_writer(delimiter: str, encoding: str) -> Callable[[Table, Path], None]:
    """A writer of delimited text in an encoding."""
    return lambda table, path: path.write_bytes(as_text(table, delimiter).encode(encoding))


def write_pipe(table: Table, path: Path) -> None:
    """Fields between strokes, without quotation marks."""
    rows = [[field.text if isinstance(field, Span) else field or "" for field in row] for row in table]
    path.write_text("".join(" | ".join(row) + "\n" for row in rows), encoding="utf-8")


# Name of the format to the suffix of its file and its writer.
WRITERS: dict[str, tuple[str, Callable[[Table, Path], None]]] = {
    "xlsx": (".xlsx", write_xlsx),
    "xlsx-shared": (".xlsx", write_shared_xlsx),
    "xls": (".xls", write_xls),
    "docx": (".docx", write_docx),
    "html": (".html", write_html),
    "html-gb-as-xls": (".xls", write_html_gb),
    "mht": (".mht", write_mht),
    "csv": (".csv", text_writer(",", "utf-8")),
    "csv-bom": (".csv", text_writer(",", "utf-8-sig")),
    "csv-gb18030": (".csv", text_writer(",", "gb18030")),
    "csv-utf16": (".csv", text_writer(",", "utf-16")),
    "semicolon": (".csv", text_writer(";", "gb18030")),
    "tab": (".tsv", text_writer("\t", "utf-8")),
    "tab-utf16-as-xls": (".xls", text_writer("\t", "utf-16")),
    "pipe": (".txt", write_pipe),
}
# Formats that can merge cells.
MERGING = ("xlsx", "xlsx-shared", "xls", "docx", "html", "html-gb-as-xls", "mht")


def write(table: Table, name: str, folder: Path) -> Path:
    """Write a table in a format of `WRITERS`.

    Returns
    -------
    Path
        ``bulletin`` with the suffix of that format.
    """
    suffix, writer = WRITERS[name]
    path = folder / f"bulletin{suffix}"
    writer(table, path)
    return path
