"""Open a file, tell its kind by its content, hand it to that kind's reader."""

import stat
from collections.abc import Callable
from pathlib import Path

from zs_analysis.loaders.bulletin.cells import BulletinError, Document
from zs_analysis.loaders.bulletin.files import excel, excel97, page, text, word
from zs_analysis.loaders.bulletin.files.kind import kind_of
from zs_analysis.loaders.bulletin.files.limits import MAX_CELLS, MAX_FILE_BYTES, refuse_above

_READERS: dict[str, Callable[[Path, bytes], Document]] = {
    "xlsx": excel.read,
    "xls": excel97.read,
    "docx": word.read,
    "html": page.read,
    "mht": page.read_archive,
    "text": text.read,
}
# What a library raises on a damaged file is not limited to its own errors.
_BROKEN = (Exception, RecursionError)


def open_document(path: Path | str) -> Document:
    """A bulletin file as sheets of cells, by what it holds and not by its suffix.

    Parameters
    ----------
    path : Path or str
        An xlsx, xlsm, xls, docx, html, mht, csv or text file.

    Returns
    -------
    Document

    Raises
    ------
    BulletinError
        If there is no such file, it is of another kind, damaged, protected, or larger than any bulletin.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = file.write_text("指标,1-3月\\n工业总产值,316.3\\n", encoding="gb18030")
    >>> [(cell.row, cell.column, cell.text) for cell in open_document(file).sheets[0].cells]
    [(1, 1, '指标'), (1, 2, '1-3月'), (2, 1, '工业总产值'), (2, 2, '316.3')]
    """
    path = Path(path)
    data = _content(path)
    kind = kind_of(path, data)
    try:
        document = _READERS[kind](path, data)
    except BulletinError:
        raise
    except _BROKEN as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        why = f"a damaged {kind} file ({reason}); open it, save it as xlsx and try again"
        raise BulletinError(path, why) from error
    refuse_above(MAX_CELLS, sum(len(sheet.cells) for sheet in document.sheets), "cells", path)
    if not document.sheets:
        raise BulletinError(path, f"no table in this {kind} file")
    return document


def _content(path: Path) -> bytes:
    """The bytes of a regular file."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise BulletinError(path, "a folder; give the files in it one by one")
        if not stat.S_ISREG(status.st_mode):
            raise BulletinError(path, "not a regular file (a pipe or device); save it as a file first")
        refuse_above(MAX_FILE_BYTES, status.st_size, "bytes", path)
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise BulletinError(path, f"there is no such file in {path.parent}") from error
    except OSError as error:
        raise BulletinError(
            path, f"cannot be opened ({error.strerror}); check the path and your rights"
        ) from error
    if not data.strip(b"\0 \r\n\t"):
        raise BulletinError(path, "the file is empty")
    return data
