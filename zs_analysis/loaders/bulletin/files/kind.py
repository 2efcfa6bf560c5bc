"""The kind of a file by its first bytes. Chinese systems save pages and UTF-16 text as .xls."""

import io
import re
import zipfile
from pathlib import Path

from zs_analysis.loaders.bulletin.cells import BulletinError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A BIFF stream without its container, as Excel 2 to 4 wrote: a BOF record of 4 or 6 bytes.
_BARE_BIFF = re.compile(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00")
_MHT = re.compile(rb"(?im)^MIME-Version:.*$")
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|table|meta|frameset|div|title)\b", re.I)
_SAVE_AS_XLSX = "save it as xlsx"
_OTHERS = {
    b"%PDF": "a PDF: its tables are drawings; copy the table into Excel and save it as xlsx",
    b"\x89PNG": "a picture (PNG): type the table into Excel or ask for the file",
    b"\xff\xd8\xff": "a picture (JPEG): type the table into Excel or ask for the file",
    b"GIF8": "a picture (GIF): type the table into Excel or ask for the file",
    b"BM": "a picture (BMP): type the table into Excel or ask for the file",
    b"{\\rtf": "a rich text file: open it in Word and save it as docx",
    b"Rar!": "an archive (RAR): unpack it first",
    b"7z\xbc\xaf": "an archive (7z): unpack it first",
    b"\x1f\x8b": "an archive (gzip): unpack it first",
    b"BZh": "an archive (bzip2): unpack it first",
    b"\xfd7zXZ": "an archive (xz): unpack it first",
    b"PAR1": "a Parquet file: not a bulletin",
    b"SQLite format 3": "a database: not a bulletin",
    b"MZ": "a program: not a bulletin",
    b"\x7fELF": "a program: not a bulletin",
}


def kind_of(path: Path, data: bytes) -> str:
    """What a file is, told by its content.

    Parameters
    ----------
    path : Path
        For messages; its suffix plays no part.
    data : bytes
        Not empty.

    Returns
    -------
    {"xlsx", "xls", "docx", "html", "mht", "text"}

    Raises
    ------
    BulletinError
        If it is of a kind that holds no table, with what to do.
    """
    if data.startswith(b"PK"):
        return _kind_of_zip(path, data)
    if data.startswith(_OLE):
        return _kind_of_ole(path, data)
    if _BARE_BIFF.match(data):
        return "xls"
    for start, why in _OTHERS.items():
        if data.startswith(start) and not (len(start) == 2 and _is_text(data)):
            raise BulletinError(path, why)
    head = data[:4096].replace(b"\0", b"")
    if _MHT.search(head) and b"Content-Type:".lower() in head.lower():
        return "mht"
    return _kind_of_text(path, head.decode("latin-1"))


def _kind_of_zip(path: Path, data: bytes) -> str:
    """An Office file by the name of its main part."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise BulletinError(
            path, f"an Office file or archive, damaged or cut off ({error}): fetch it again"
        ) from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "word/document.xml" in names:
        return "docx"
    if "mimetype" in names:
        raise BulletinError(path, f"an OpenDocument file: open it and {_SAVE_AS_XLSX}")
    if "xl/workbook.bin" in names:
        raise BulletinError(path, f"a binary workbook (xlsb): open it in Excel and {_SAVE_AS_XLSX}")
    if "[Content_Types].xml" in names:
        raise BulletinError(path, f"an Office file that is no workbook and no Word file: {_SAVE_AS_XLSX}")
    raise BulletinError(path, "a zip archive: unpack it and give the files in it")


def _kind_of_ole(path: Path, data: bytes) -> str:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise BulletinError(path, "protected by a password: open it, take the password off and save it")
    if holds("Workbook") or holds("Book"):
        return "xls"
    if holds("WordDocument"):
        raise BulletinError(path, "a Word 97-2003 file (doc): open it in Word and save it as docx")
    raise BulletinError(
        path, f"an old Office file without a workbook, or damaged: open it and {_SAVE_AS_XLSX}"
    )


def _kind_of_text(path: Path, head: str) -> str:
    start = head.lstrip("\xef\xbb\xbf\xff\xfe \r\n\t")
    if not start.startswith("<"):
        return "text"
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and not _PAGE.search(start):
        raise BulletinError(path, f"an XML spreadsheet of Excel 2003: open it in Excel and {_SAVE_AS_XLSX}")
    if _PAGE.search(start):
        return "html"
    if not start.startswith("<?xml"):
        return "text"
    raise BulletinError(
        path, f"XML that is not a page: open it in the program that wrote it and {_SAVE_AS_XLSX}"
    )


def _is_text(data: bytes) -> bool:
    return not re.search(rb"[\x00-\x08\x0e-\x1f]", data[:1024])
