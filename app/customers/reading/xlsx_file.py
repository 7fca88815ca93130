"""Excel workbooks, read as a stream; formulas are never computed, only their saved results read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.customers.enums import RejectReason
from app.customers.errors import BadFile
from app.customers.layout import FileShape
from app.customers.reading.csv_file import check_columns
from app.customers.reading.plain import plain
from app.customers.reading.rows import Reject, Row, flaw_in, reject
from app.customers.reading.workbook import opened
from app.kernel.i18n import N_


def read_xlsx(path: Path, shape: FileShape) -> Iterator[tuple[int, Row | Reject]]:
    """Rows by column name, dates as ISO text; empty rows are skipped."""
    with opened(path) as book:
        if shape.sheet and shape.sheet not in book.sheetnames:
            raise BadFile(
                N_("The workbook has no sheet called %(sheet)s. It has: %(sheets)s"),
                sheet=shape.sheet,
                sheets=", ".join(book.sheetnames),
            )
        header: list[str] = []
        for line, cells in book.rows(shape.sheet or book.sheetnames[0]):
            if line < shape.header_row:
                continue
            if not header:
                header = [str(cell).strip() if cell is not None else "" for cell in cells]
                check_columns(header, shape)
            elif any(cell is not None for cell in cells):
                yield line, _row([plain(cell) for cell in cells], header, shape)
        if not header:
            raise BadFile(N_("The file has no header line"))


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
