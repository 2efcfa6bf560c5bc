"""How large a bulletin may be: far above the longest yearbook tables, far below what fills a memory."""

from pathlib import Path

from zs_analysis.loaders.bulletin.cells import BulletinError

MAX_FILE_BYTES = 64 * 2**20  # a workbook with photographs
MAX_TEXT_BYTES = 16 * 2**20  # text and pages: 100,000 cells of 160 bytes
MAX_INFLATED_BYTES = 64 * 2**20  # the XML of a workbook with MAX_CELLS cells is below 32 MB
MAX_PARTS = 5_000  # files inside an xlsx or docx
MAX_SHEETS = 500  # a whole yearbook in one workbook
MAX_TAGS = 500_000  # of a workbook or Word file: a cell takes 2 to 20, each some 10 microseconds
MAX_PAGE_TAGS = 200_000  # of a page, gone through more than once
MAX_MINOR_TAGS = 50_000  # of its styles, names, merged ranges: openpyxl makes an object of each
MAX_CELLS = 100_000
MAX_LINES = 100_000
MAX_LINE_CHARACTERS = 100_000  # there are texts with a whole table on one line
MAX_COLUMNS = 16_384  # Excel's own
MAX_CELL_CHARACTERS = 32_767  # Excel's own
MAX_PLACES = 2_000_000  # grid places that merged cells may cover
MAX_DEPTH = 250  # nested elements of a page: libxml2 stops at 255
MAX_ATTRIBUTES = 1_000  # of one element: libxml2 compares each with each
MAX_NESTED_PARTS = 20  # parts within parts of a page saved as one file


def refuse_above(limit: int, amount: int, what: str, path: Path, *, sheet: str = "") -> None:
    """Refuse a file that is larger than any bulletin.

    Parameters
    ----------
    limit, amount : int
        The most that is read, and what the file has.
    what : str
        The unit, as in ``bytes``.
    path : Path
    sheet : str, optional

    Raises
    ------
    BulletinError
        If the amount is above the limit.
    """
    if amount > limit:
        why = f"more than {limit:,} {what}: too large for a bulletin; save the table alone as xlsx"
        raise BulletinError(path, why, sheet=sheet)
