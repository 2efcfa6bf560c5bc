"""Files that are no bulletin, damaged, or made to harm: each ends in one error, soon."""

import os
import random
import time
import zipfile

import pytest
import xlwt
from written import WRITERS, Span, edit_parts, write, write_docx, write_xls, write_xlsx

from zs_analysis.loaders.bulletin.cells import BulletinError
from zs_analysis.loaders.bulletin.files import open_document

resource = pytest.importorskip("resource")

TABLE = [[Span("2020年3月", 1, 2), None], ["工业总产值", "316.3"], ["定海区", "87.3"]]
MAX_SECONDS = 60  # of processor time; a few on a free machine
MAX_BYTES = 300 * 2**20


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.fixture
def refused(tmp_path):
    """Open content or a path and hand back why it is refused, within bounds of time and memory."""

    def read(content, words):
        path = content
        if isinstance(content, bytes):
            path = tmp_path / "bulletin.xls"
            path.write_bytes(content)
        start, before = time.process_time(), peak_bytes()
        with pytest.raises(BulletinError, match=words):
            open_document(path)
        assert time.process_time() - start < MAX_SECONDS
        assert peak_bytes() - before < MAX_BYTES

    return read


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\0" * 5000, "empty"),
        (b"%PDF-1.4", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "picture"),
        (b"{\\rtf1", "docx"),
        (b"Rar!\x1a\x07", "unpack"),
        (b"\x1f\x8b\x08\0", "unpack"),
        (b"<?xml version='1.0'?><a>1</a>", "XML"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "Excel 2003",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "damaged"),
        (random.Random(1).randbytes(10_000), "neither text nor"),
        (b"PK\x03\x04" + b"x" * 100, "cut off"),
        (b"<html><body>no table</body></html>", "no table"),
        (b"," * 1000, "no table"),
    ],
)
def test_what_is_no_bulletin_is_named(refused, content, words):
    refused(content, words)


def test_no_file_no_folder_no_pipe_no_device(refused, tmp_path):
    refused(tmp_path / "missing.xlsx", "no such file")
    refused(tmp_path, "folder")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "pipe or device")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_read(refused, tmp_path):
    (tmp_path / "a.csv").write_text("a,1\n")
    (tmp_path / "a.csv").chmod(0)
    refused(tmp_path / "a.csv", "rights")


@pytest.mark.parametrize(
    "content",
    [
        b"a,1\n" * 2_000_000,
        b"a,1\n" + b"x" * 50_000_000,
        b"a,1\n" + b"x" * 10_000_000,
        b"1\n" * 2_000_000,
        b"," * 5_000_000,
        b"a  1\n" * 3 + b"1  " * 3_000_000,
        b'a,"' + b"x\n" * 150_000 + b'",1',
    ],
    ids=["rows", "50 MB cell", "10 MB cell", "lines", "columns", "blanks", "quoted lines"],
)
def test_text_without_measure(refused, content):
    refused(content, "too large")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><body>" + b"<div>" * 100_000, "nested"),
        (b"<html><body>" + b"<table><tr><td>" * 50_000, "nested"),
        (b"<html><table>" + b"<tr><td colspan=100000000 rowspan=100000000>1" * 3000, "too large"),
        (
            b"<html><table><tr>" + b"<td colspan=1000 rowspan=60000>1" * 16 + b"<tr><td>2" * 50_000,
            "too large",
        ),
        (b"<html><table>" + b"<tr>" * 150_000, "too large"),
        (
            b"<html><body " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b"><table><tr><td>1</table>",
            "too large",
        ),
        (
            b"MIME-Version: 1.0\n" + b"Content-Type: multipart/related; boundary=a\n\n--a\n" * 1500,
            "too large",
        ),
        (b"MIME-Version: 1.0\n" + b"Content-Type: text/html\n\n--a\n" * 5000, "too large"),
    ],
    ids=["depth", "tables", "spans", "open spans", "rows", "attributes", "nested parts", "pages"],
)
def test_pages_without_measure(refused, content, words):
    refused(content, words)


def test_entities_of_a_page_are_not_expanded(tmp_path):
    entities = b'<!DOCTYPE html [<!ENTITY a "1111111111"><!ENTITY b "&a;&a;&a;&a;">]>'
    (tmp_path / "a.html").write_bytes(entities + b"<html><table><tr><td>&b;&b;</td></tr></table></html>")
    (sheet,) = open_document(tmp_path / "a.html").sheets
    assert "1111111111" not in sheet.cells[0].text


SHEET, DOCUMENT = "sheet1.xml", "word/document.xml"


@pytest.mark.parametrize(
    ("ending", "old", "new", "words"),
    [
        (SHEET, "<sheetData>", " " * 100_000_000 + "<sheetData>", "too large"),
        (SHEET, "<sheetData>", "<sheetData>" + "<row/>" * 1_000_000, "too large"),
        (SHEET, "<sheetData>", "<a>" * 600_000 + "</a>" * 600_000 + "<sheetData>", "too large"),
        (SHEET, "<worksheet", '<!DOCTYPE a [<!ENTITY a "b">]><worksheet', "entities"),
        (
            SHEET,
            "<mergeCells",
            "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 400_000 + "</mergeCells><mergeCells",
            "large",
        ),
        ("styles.xml", "<cellXfs", "<cellXfs>" + "<xf/>" * 200_000 + "</cellXfs><cellXfs", "too large"),
        ("workbook.xml", "</sheets>", '<sheet name="a" sheetId="9"/>' * 1000 + "</sheets>", "too large"),
    ],
    ids=["inflates", "rows", "depth", "entities", "merges", "styles", "sheets"],
)
def test_workbooks_without_measure(refused, tmp_path, ending, old, new, words):
    write_xlsx(TABLE, tmp_path / "a.xlsx")
    edit_parts(tmp_path / "a.xlsx", ending, lambda xml: xml.replace(old, new, 1))
    refused(tmp_path / "a.xlsx", words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<w:body>", "<w:body>" + "<w:p/>" * 600_000, "too large"),
        ("<w:body>", "<w:body>" + "<w:tbl><w:tr><w:tc>" * 2000 + "</w:tc></w:tr></w:tbl>" * 2000, "depth"),
        ("<w:tcPr>", '<w:tcPr><w:gridSpan w:val="100000000"/>', "too large"),
        ("<w:document", '<!DOCTYPE a [<!ENTITY a "b">]><w:document', "entities"),
    ],
    ids=["paragraphs", "depth", "spans", "entities"],
)
def test_word_files_without_measure(refused, tmp_path, old, new, words):
    write_docx(TABLE, tmp_path / "a.docx")
    edit_parts(tmp_path / "a.docx", DOCUMENT, lambda xml: xml.replace(old, new, 1))
    refused(tmp_path / "a.docx", words)


def test_an_xls_with_a_cell_at_the_edge_of_each_row(refused, tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for row in range(20_000):
        sheet.write(row, 255, 1)
    book.save(str(tmp_path / "a.xls"))
    refused(tmp_path / "a.xls", "too large")


def test_an_archive_in_an_archive(refused, tmp_path):
    write_xlsx(TABLE, tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.xlsx", "xl/workbook.xml.xlsx")
    refused(tmp_path / "a.zip", "unpack")


@pytest.mark.parametrize("name", ["xlsx", "docx"])
def test_a_changed_byte_of_an_office_file_is_found(tmp_path, name):
    path = write(TABLE, name, tmp_path)
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml" if name == "xlsx" else DOCUMENT)
    data = bytearray(path.read_bytes())
    data[part.header_offset + 120] ^= 1
    path.write_bytes(data)
    with pytest.raises(BulletinError):
        open_document(path)


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_cut_anywhere_never_shows_a_number_it_did_not_have(tmp_path, name):
    path = write(TABLE, name, tmp_path)
    data = path.read_bytes()
    whole = {cell.text for sheet in open_document(path).sheets for cell in sheet.cells}
    places = {*range(0, len(data), max(1, len(data) // 60)), *range(max(0, len(data) - 40), len(data))}
    for end in sorted(places):
        path.write_bytes(data[:end])
        try:
            cells = [cell for sheet in open_document(path).sheets for cell in sheet.cells]
        except BulletinError:
            continue
        assert {c.text for c in cells if not c.doubt and c.text.replace(".", "").isdigit()} <= whole


def test_a_damaged_xls_is_read_or_refused(tmp_path):
    write_xls(TABLE, tmp_path / "a.xls")
    data = (tmp_path / "a.xls").read_bytes()
    for seed in range(100):
        rng, damaged = random.Random(seed), bytearray(data)
        for _ in range(20):
            damaged[rng.randrange(len(data))] = rng.randrange(256)
        (tmp_path / "a.xls").write_bytes(damaged)
        try:
            open_document(tmp_path / "a.xls")
        except BulletinError as error:
            assert error.why
