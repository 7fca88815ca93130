"""Excel workbooks, read as a stream; formulas are never computed, only their saved results read."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app.customers.enums import RejectReason
from app.customers.errors import BadFile
from app.customers.layout import FileShape
from app.customers.reading.csv_file import check_columns
from app.customers.reading.plain import plain
from app.customers.reading.rows import Reject, Row, flaw_in, reject
from app.kernel.i18n import N_

_DAMAGE = (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, EOFError, OSError)


def read_xlsx(path: Path, shape: FileShape) -> Iterator[tuple[int, Row | Reject]]:
    """Rows by column name, dates as ISO text; empty rows are skipped."""
    with _sheet(path, shape) as sheet:
        rows = _careful(sheet.iter_rows(values_only=True))
        header: list[str] = []
        for line, cells in enumerate(rows, start=1):
            if line < shape.header_row:
                continue
            if line == shape.header_row:
                header = [str(cell).strip() if cell is not None else "" for cell in cells]
                check_columns(header, shape)
            elif any(cell is not None for cell in cells):
                yield line, _row([plain(cell) for cell in cells], header, shape)
        if not header:
            raise BadFile(N_("The file has no header line"))


@contextmanager
def _sheet(path: Path, shape: FileShape) -> Iterator[Any]:
    try:
        workbook = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except _DAMAGE as error:
        raise BadFile(N_("The workbook is damaged and cannot be opened")) from error
    try:
        if shape.sheet and shape.sheet not in workbook.sheetnames:
            raise BadFile(
                N_("The workbook has no sheet called %(sheet)s. It has: %(sheets)s"),
                sheet=shape.sheet,
                sheets=", ".join(workbook.sheetnames),
            )
        sheet = workbook[shape.sheet] if shape.sheet else workbook.worksheets[0]
        sheet.reset_dimensions()
        yield sheet
    finally:
        workbook.close()


def _careful(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """A workbook can turn out to be damaged half way through."""
    try:
        yield from rows
    except BadFile:
        raise
    except _DAMAGE as error:
        raise BadFile(N_("The workbook is damaged and cannot be read to its end")) from error


def _row(cells: list[Any], header: list[str], shape: FileShape) -> Row | Reject:
    filled = max(place for place, cell in enumerate(cells, start=1) if cell is not None)
    text = json.dumps(cells[:filled], ensure_ascii=False)
    flaws = (flaw_in(cell) for cell in cells if isinstance(cell, str))
    if flaw := next((flaw for flaw in flaws if flaw), None):
        return reject(flaw[0], text, detail=flaw[1])
    if filled < shape.least_cells or filled > len(header):
        reason = RejectReason.TOO_SHORT if filled < shape.least_cells else RejectReason.TOO_LONG
        return reject(reason, text, detail=f"{filled} of {len(header)} fields")
    cells += [None] * (len(header) - len(cells))
    return {name: cell for name, cell in zip(header, cells, strict=False) if name}
