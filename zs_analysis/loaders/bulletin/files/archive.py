"""Office files are zip archives of XML: refuse bombs and damage before a library unpacks them."""

import io
import re
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from zs_analysis.loaders.bulletin.cells import BulletinError
from zs_analysis.loaders.bulletin.files.limits import (
    MAX_INFLATED_BYTES,
    MAX_MINOR_TAGS,
    MAX_PARTS,
    MAX_SHEETS,
    MAX_TAGS,
    refuse_above,
)

_PIECE = 2**20
_SHEET = re.compile(rb"<(?:\w+:)?sheet[\s/>]")
_PLAIN = re.compile(rb"<(?:row|c|v|f|is|si|t|r|rPr)[\s/>]")


def check_archive(path: Path, data: bytes) -> None:
    """Inflate every XML part of an Office file once, in pieces, and refuse what no bulletin has.

    Parameters
    ----------
    path : Path
        For messages.
    data : bytes
        The zip archive.

    Raises
    ------
    BulletinError
        If it is damaged or protected, inflates to more than `MAX_INFLATED_BYTES`, holds more than
        `MAX_TAGS` tags, or its XML declares a document type (entities that expand without end).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [part for part in archive.infolist() if _is_xml(part.filename)]
            refuse_above(MAX_PARTS, len(archive.infolist()), "parts", path)
            refuse_above(MAX_INFLATED_BYTES, sum(part.file_size for part in parts), "bytes inflated", path)
            tags = [_check_part(path, archive, part) for part in parts]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        why = f"damaged or cut off ({error}): fetch it again, or open it and save it as xlsx"
        raise BulletinError(path, why) from error
    except (RuntimeError, NotImplementedError) as error:
        raise BulletinError(
            path, f"protected or packed in an unusual way ({error}): save it as xlsx"
        ) from error
    refuse_above(MAX_TAGS, sum(all_tags for all_tags, _ in tags), "tags", path)
    refuse_above(MAX_MINOR_TAGS, sum(minor for _, minor in tags), "styles, names and merged ranges", path)


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _check_part(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, int]:
    """The number of tags in a part, and of those that are not cells, rows and text.

    `zipfile` reads no more than the declared size and checks the CRC.
    """
    tags = plain = sheets = 0
    with archive.open(part) as stream:
        piece = stream.read(_PIECE)
        _refuse_document_type(path, piece, part.filename)
        while piece:
            tags += piece.count(b"<") - piece.count(b"</")
            plain += len(_PLAIN.findall(piece))
            sheets += len(_SHEET.findall(piece)) if part.filename.endswith("workbook.xml") else 0
            piece = stream.read(_PIECE)
    refuse_above(MAX_SHEETS, sheets, "sheets", path)
    return tags, 0 if part.filename.endswith("document.xml") else tags - plain


class _Reached(Exception):
    """The first element of a document."""


def _refuse_document_type(path: Path, head: bytes, part: str) -> None:
    """No Office file has a document type, which can only stand before the first element."""

    def refuse(*_: object) -> None:
        raise BulletinError(
            path, f"its part {part} declares XML entities, as no Office program writes: do not open it"
        )

    def reached(*_: object) -> None:
        raise _Reached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, reached
    try:
        parser.Parse(head)
    except _Reached:
        return
    except expat.ExpatError as error:
        raise BulletinError(
            path, f"damaged: {part} is not XML ({error}); open it and save it as xlsx"
        ) from error
